//! What the readers of XML parts share: names without prefixes, texts with their references, files in a bounded archive.

use std::{
    borrow::Cow,
    io::{BufRead, Cursor, Read},
};

use quick_xml::{
    XmlVersion,
    events::{BytesRef, BytesStart, Event},
    reader::Reader,
};

use super::{SheetError, error};

/// The most bytes that all entries of a workbook may inflate to.
const MOST_INFLATED: u64 = 64 * 1024 * 1024;
/// The most entries of a workbook.
const MOST_ENTRIES: usize = 2_000;

pub(super) type Archive<'a> = zip::ZipArchive<Cursor<&'a [u8]>>;

pub(super) fn damaged<T>(_: T) -> SheetError {
    SheetError("文件已损坏，请用 Excel 或 WPS 打开后另存为 .xlsx".to_owned())
}

/// Opens an archive after inflating every entry through a cap: declared sizes lie.
pub(super) fn open_archive(bytes: &[u8]) -> Result<Archive<'_>, SheetError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > MOST_ENTRIES {
        return error("文件内部结构过于复杂");
    }
    let mut left = MOST_INFLATED;
    for place in 0..archive.len() {
        let entry = archive.by_index(place).map_err(damaged)?;
        let is_sheet = entry.name().is_ok_and(|name| name.contains("worksheets/"));
        let read = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink()).map_err(damaged)?;
        let Some(rest) = left.checked_sub(read) else {
            let mut says = format!("文件解压后超过 {} MB", MOST_INFLATED / 1024 / 1024);
            if is_sheet {
                says.push_str("：多半是表格下方有大量带格式的空行，请把数据复制到新工作表后再上传");
            }
            return error(says);
        };
        left = rest;
    }
    Ok(archive)
}

/// The place of an entry, whose name's case and leading slash do not count.
pub(super) fn place_of(archive: &Archive<'_>, name: &str) -> Option<usize> {
    let wanted = name.trim_start_matches('/');
    let exact = archive.index_for_name(wanted);
    exact.or_else(|| {
        (0..archive.len()).find(|&place| {
            let found = archive.name_for_index(place).and_then(Result::ok);
            found.is_some_and(|found| found.replace('\\', "/").eq_ignore_ascii_case(wanted))
        })
    })
}

/// An entry's bytes; none where the archive has no such entry.
pub(super) fn part(archive: &mut Archive<'_>, name: &str) -> Result<Option<Vec<u8>>, SheetError> {
    let Some(place) = place_of(archive, name) else { return Ok(None) };
    let mut bytes = Vec::new();
    archive.by_index(place).map_err(damaged)?.take(MOST_INFLATED).read_to_end(&mut bytes).map_err(damaged)?;
    Ok(Some(bytes))
}

/// A reader of XML that takes what programs write and no document definitions.
pub(super) fn reader<R: BufRead>(inner: R) -> Reader<R> {
    let mut reader = Reader::from_reader(inner);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.expand_empty_elements = true;
    reader
}

/// The next event.
pub(super) fn next<'b, R: BufRead>(reader: &mut Reader<R>, buffer: &'b mut Vec<u8>) -> Result<Event<'b>, SheetError> {
    buffer.clear();
    reader.read_event_into(buffer).map_err(damaged)
}

/// An element's name without its prefix.
pub(super) fn name<'e>(start: &'e BytesStart<'_>) -> &'e str {
    start.local_name().into_inner()
}

/// An attribute by its name without a prefix.
pub(super) fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = start.attributes();
    let found = attributes
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.local_name().into_inner() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned)
}

/// An attribute that is a number.
pub(super) fn number<T: std::str::FromStr>(start: &BytesStart<'_>, name: &str) -> Option<T> {
    attribute(start, name)?.trim().parse().ok()
}

/// An attribute that is set: `1`, `true`, or what a program of the field writes for it.
pub(super) fn is_set(start: &BytesStart<'_>, name: &str) -> bool {
    attribute(start, name).is_some_and(|value| matches!(value.trim(), "1" | "true" | "on"))
}

/// Adds to a text what an event brings: text, character data or a reference.
pub(super) fn push(text: &mut String, event: &Event<'_>) {
    match event {
        Event::Text(piece) => text.push_str(&piece.xml10_content()),
        Event::CData(piece) => text.push_str(&piece.xml10_content()),
        Event::GeneralRef(reference) => text.extend(resolved(reference)),
        _ => {}
    }
}

fn resolved(reference: &BytesRef<'_>) -> Option<char> {
    match reference.as_ref() {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => reference.resolve_char_ref().ok().flatten(),
    }
}
