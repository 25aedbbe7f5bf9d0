//! What a file is, whatever its name says: read, or named with what to do about it.

use super::{
    SheetError,
    book::{Book, TextBook},
    delimited, error, ods,
    table::Headings,
    xls::Xls,
    xlsb::Xlsb,
    xlsx::Xlsx,
    xml::{open_archive, part, place_of},
};

const SAVE_AS: &str = "请用 Excel 或 WPS 打开后另存为 .xlsx";

/// The first bytes of files that are no tables, and what each is.
const OTHERS: [(&[u8], &str); 14] = [
    (b"%PDF", "这是 PDF 文件，不是表格，请上传 .xlsx 或 .csv"),
    (b"{\\rtf", "这是 RTF 文档，请把表格复制到 Excel 或 WPS 表格里，存为 .xlsx"),
    (b"\x89PNG", "这是图片，不是表格，请上传 .xlsx 或 .csv"),
    (b"\xFF\xD8\xFF", "这是图片，不是表格，请上传 .xlsx 或 .csv"),
    (b"GIF8", "这是图片，不是表格，请上传 .xlsx 或 .csv"),
    (b"BM", "这是图片，不是表格，请上传 .xlsx 或 .csv"),
    (b"II*\0", "这是图片，不是表格，请上传 .xlsx 或 .csv"),
    (b"MM\0*", "这是图片，不是表格，请上传 .xlsx 或 .csv"),
    (b"Rar!", "这是压缩包，请解压后上传里面的表格"),
    (b"7z\xBC\xAF", "这是压缩包，请解压后上传里面的表格"),
    (b"\x1F\x8B", "这是压缩包，请解压后上传里面的表格"),
    (b"SQLite format", "这是数据库文件，不是表格，请上传 .xlsx 或 .csv"),
    (b"MZ", "这是程序，不是表格，请上传 .xlsx 或 .csv"),
    (b"\x7FELF", "这是程序，不是表格，请上传 .xlsx 或 .csv"),
];

/// Opens a file as the book that it is.
pub(super) fn open<'b>(bytes: &'b [u8], headings: &Headings<'_>) -> Result<Box<dyn Book + 'b>, SheetError> {
    if bytes.is_empty() {
        return error("文件是空的");
    }
    if bytes.starts_with(b"PK") {
        return open_zip(bytes);
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Ok(Box::new(Xls::open(bytes)?));
    }
    // A Chinese text may begin with the letters of a short mark.
    let is_text = |mark: &[u8]| mark.len() < 3 && !bytes.contains(&0);
    if let Some((_, says)) = OTHERS.iter().find(|(mark, _)| bytes.starts_with(mark) && !is_text(mark)) {
        return error(*says);
    }
    if bytes.get(4..8) == Some(b"ftyp") || (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP")) {
        return error("这是图片，不是表格，请上传 .xlsx 或 .csv");
    }
    if matches!(bytes, [0x09, 0x00 | 0x02 | 0x04 | 0x08, ..]) && bytes.contains(&0) {
        return error(format!("这是很旧的 .xls（Excel 95 或更早），{SAVE_AS}"));
    }
    let text = delimited::decode(bytes)?;
    if let Some(markup) = Markup::of(&text) {
        return match markup {
            Markup::FlatOds => Ok(Box::new(ods::Ods::open(text.as_bytes().to_vec(), None)?)),
            Markup::WebPage => error(format!("这是网页，不是真正的 Excel 文件，{SAVE_AS}")),
            Markup::Archive => error(format!("这是网页存档（MHTML），不是真正的 Excel 文件，{SAVE_AS}")),
            Markup::Spreadsheet2003 => error(format!("这是 XML 表格 2003，{SAVE_AS}")),
            Markup::Xml => error("这是 XML 文件，不是表格，请上传 .xlsx 或 .csv"),
            Markup::Json => error("这是 JSON 文件，不是表格，请上传 .xlsx 或 .csv"),
        };
    }
    Ok(Box::new(TextBook::new(delimited::read(&text, headings)?)))
}

fn open_zip(bytes: &[u8]) -> Result<Box<dyn Book + '_>, SheetError> {
    let mut archive = open_archive(bytes)?;
    let has = |name: &str| place_of(&archive, name).is_some();
    if has("xl/workbook.bin") {
        return Ok(Box::new(Xlsb::open(archive)?));
    }
    let (is_word, is_slides) = (has("word/document.xml"), has("ppt/presentation.xml"));
    let is_office = has("[Content_Types].xml");
    if is_word {
        return error("这是 Word 文档，请把表格复制到 Excel 或 WPS 表格里，存为 .xlsx");
    }
    if is_slides {
        return error("这是演示文稿，不是表格，请上传 .xlsx 或 .csv");
    }
    if let Some(kind) = part(&mut archive, "mimetype")? {
        let kind = String::from_utf8_lossy(&kind);
        if kind.contains("opendocument.spreadsheet") {
            if let Some(manifest) = part(&mut archive, "META-INF/manifest.xml")?
                && String::from_utf8_lossy(&manifest).contains("encryption-data")
            {
                return error("这个文件加了密码，请去掉密码后再上传");
            }
            let content = part(&mut archive, "content.xml")?;
            let content = content.ok_or_else(|| SheetError("文件已损坏，不是完整的 .ods".to_owned()))?;
            let named = part(&mut archive, "styles.xml")?;
            return Ok(Box::new(ods::Ods::open(content, named.as_deref())?));
        }
        if kind.contains("opendocument") {
            return error("这是 OpenDocument 文档，不是表格，请上传 .xlsx 或 .ods");
        }
    }
    if !is_office {
        return error("这是压缩包，请解压后上传里面的表格");
    }
    Ok(Box::new(Xlsx::open(archive)?))
}

/// Text that is no table.
enum Markup {
    WebPage,
    /// A web page with its pictures in one file.
    Archive,
    Spreadsheet2003,
    FlatOds,
    Xml,
    Json,
}

impl Markup {
    fn of(text: &str) -> Option<Self> {
        let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let head: String = text.chars().take(4_000).collect::<String>().to_ascii_lowercase();
        if head.starts_with('<') {
            return Some(Self::of_xml(&head));
        }
        if head.starts_with("mime-version:") || head.starts_with("from: <saved by") {
            return Some(Self::Archive);
        }
        if (head.starts_with('{') || head.starts_with('['))
            && serde_json::from_str::<serde::de::IgnoredAny>(text.trim_end()).is_ok()
        {
            return Some(Self::Json);
        }
        None
    }

    /// Of text that begins with `<`, in small letters.
    fn of_xml(head: &str) -> Self {
        if head.contains("urn:schemas-microsoft-com:office:spreadsheet") && !head.contains("<html") {
            Self::Spreadsheet2003
        } else if head.contains("urn:oasis:names:tc:opendocument:xmlns:office") {
            Self::FlatOds
        } else if head.starts_with("<?xml") && !head.contains("<html") {
            Self::Xml
        } else {
            Self::WebPage
        }
    }
}
