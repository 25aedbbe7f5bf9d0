//! Columns that several kinds of file have.

use crate::sheet::RowReader;

/// A 学号 or 工号.
pub(super) fn number(reader: &mut RowReader<'_, '_>, column: &str) -> Option<String> {
    let number = reader.required(column, 32)?;
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !number.chars().all(fits) {
        reader.fault(column, "只能有字母、数字和 - _ .");
        return None;
    }
    Some(number.to_owned())
}
