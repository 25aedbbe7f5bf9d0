//! What an uploaded document is, told by its first bytes whatever its name says, and the name under which it is saved again.

pub const PDF: &str = "application/pdf";
pub const JPEG: &str = "image/jpeg";
pub const PNG: &str = "image/png";
pub const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// The media type of a scan: PDF, JPEG or PNG.
#[must_use]
pub fn scan(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [b'%', b'P', b'D', b'F', b'-', ..] => Some(PDF),
        [0xFF, 0xD8, 0xFF, ..] => Some(JPEG),
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some(PNG),
        _ => None,
    }
}

/// The media type of a document: a scan, or Word's own format.
#[must_use]
pub fn document(bytes: &[u8]) -> Option<&'static str> {
    let is_word = || bytes.starts_with(b"PK\x03\x04") && bytes.windows(17).any(|part| part == b"word/document.xml");
    scan(bytes).or_else(|| is_word().then_some(WORD))
}

/// The name under which it is saved: no folder, and the ending of what it is; `unnamed` where nothing else is left.
#[must_use]
pub fn saved_name(name: &str, media: &str, unnamed: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem).trim_matches('.');
    let ending = match media {
        PDF => "pdf",
        PNG => "png",
        JPEG => "jpg",
        _ => "docx",
    };
    format!("{}.{ending}", if stem.is_empty() { unnamed } else { stem })
}
