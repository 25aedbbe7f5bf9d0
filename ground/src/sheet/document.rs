//! The text of a document, paragraph by paragraph: Word (`.docx`) and plain text. Read to be quoted from; how it looks is left
//! out.

use quick_xml::events::Event;

use super::{
    LARGEST_FILE, SheetError, delimited, error,
    xml::{self, name, next, open_archive, part, place_of},
};

/// The first bytes of files whose text is not read, and what to do with each.
const OTHERS: [(&[u8], &str); 5] = [
    (b"\xD0\xCF\x11\xE0", "这是旧版 Word 或 Excel 文件：请用 Word 或 WPS 打开，另存为 .docx"),
    (b"%PDF", "这是 PDF 文件，文字读不出来：请打开后复制文字，粘贴到下面"),
    (b"{\\rtf", "这是 RTF 文档：请用 Word 或 WPS 打开，另存为 .docx"),
    (b"\x89PNG", "这是图片，文字读不出来：请把文字录入或粘贴到下面"),
    (b"\xFF\xD8\xFF", "这是图片，文字读不出来：请把文字录入或粘贴到下面"),
];

/// The text of a document by what it is, whatever its name says: a line a paragraph.
///
/// # Errors
/// Where it is no document, damaged or too large, in Chinese with what to do.
pub fn document_text(bytes: &[u8]) -> Result<String, SheetError> {
    if bytes.len() > LARGEST_FILE {
        return error(format!("文件超过 {} MB", LARGEST_FILE / 1024 / 1024));
    }
    if bytes.starts_with(b"PK") {
        return word_text(bytes);
    }
    if let Some((_, says)) = OTHERS.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return error(*says);
    }
    let text = delimited::decode(bytes)
        .map_err(|_| SheetError("这不是文本，也不是 Word 文档：请上传 .docx 或 .txt，或者粘贴到下面".to_owned()))?;
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn word_text(bytes: &[u8]) -> Result<String, SheetError> {
    let damaged = |_| SheetError("文件已损坏：请用 Word 或 WPS 打开后另存为 .docx，或者复制文字粘贴到下面".to_owned());
    let mut archive = open_archive(bytes).map_err(damaged)?;
    if place_of(&archive, "xl/workbook.xml").is_some() {
        return error("这是 Excel 文件，不是文件原文：请上传 .docx 或 .txt");
    }
    let Some(document) = part(&mut archive, "word/document.xml").map_err(damaged)? else {
        return error("这不是 Word 文档：请上传 .docx 或 .txt");
    };
    let (mut reader, mut buffer) = (xml::reader(document.as_slice()), Vec::new());
    let (mut text, mut is_text) = (String::new(), false);
    loop {
        match next(&mut reader, &mut buffer).map_err(damaged)? {
            Event::Eof => break,
            Event::Start(start) => match name(&start) {
                "t" => is_text = true,
                "tab" => text.push(' '),
                "br" | "cr" => text.push('\n'),
                _ => {}
            },
            Event::End(end) => match end.local_name().into_inner() {
                "t" => is_text = false,
                "p" => text.push('\n'),
                _ => {}
            },
            event if is_text => xml::push(&mut text, &event),
            _ => {}
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use proptest::prelude::*;

    use super::*;

    fn docx(document: &str) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(document.as_bytes()).unwrap();
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn a_word_document_is_read_paragraph_by_paragraph() {
        let bytes = docx(
            "<w:document xmlns:w=\"w\"><w:body><w:p><w:r><w:t>一、总</w:t></w:r><w:r><w:t>则</w:t></w:r></w:p>\
             <w:p><w:r><w:t>不超过 5 人&amp;</w:t><w:delText>删去</w:delText></w:r></w:p></w:body></w:document>",
        );
        assert_eq!(document_text(&bytes).unwrap(), "一、总则\n不超过 5 人&\n");
    }

    #[test]
    fn plain_text_is_read_in_the_usual_encodings_and_other_files_are_named() {
        assert_eq!(document_text("\u{feff}甲\r\n乙".as_bytes()).unwrap(), "甲\n乙");
        assert_eq!(document_text(&[0xD6, 0xD0, 0xB9, 0xFA]).unwrap(), "中国");
        let others: [(&[u8], &str); 4] =
            [(b"%PDF-1.7", "PDF"), (b"\xD0\xCF\x11\xE0", ".docx"), (b"PK\x03\x04", "损坏"), (b"\0\0\0\0", "不是文本")];
        for (bytes, says) in others {
            assert!(document_text(bytes).unwrap_err().0.contains(says), "{says}");
        }
    }

    proptest! {
        #[test]
        fn documents_of_any_parts_are_read_or_refused(
            parts in prop::collection::vec("<w:(p|r|t|br|tab)/?>|</w:(p|t)>|&(amp|#x41|bad);|[一二三<&]{0,3}", 0..40)
        ) {
            let _ = document_text(&docx(&parts.concat()));
        }
    }
}
