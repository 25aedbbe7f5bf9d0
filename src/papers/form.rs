//! A form as a part of a paper: labels beside what is filled in, ruled like a table but without a head.

/// The columns of a form: a label and what stands beside it, twice, and the photo.
const COLUMNS: usize = 5;
/// The shares of the columns in the width.
const SHARES: [u32; COLUMNS] = [13, 24, 13, 24, 18];
/// How many rows stand beside the photo.
const PHOTO_ROWS: usize = 4;

/// A form in small type, so that it fits both sides of a sheet; a photo stands at the right end of its first rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    shares: [u32; COLUMNS],
    pub rows: Vec<FormRow>,
    /// Where the photo is shown on a page, which Word has glued on; empty where there is none.
    pub photo: String,
}

/// Fields side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormRow {
    pub fields: Vec<FormField>,
    /// The line below, on which somebody signs by hand; empty for none.
    pub signature: String,
    /// There is room for a seal.
    pub is_sealed: bool,
}

/// A label with what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormField {
    pub label: String,
    pub text: String,
    /// Over how many columns the text goes.
    pub columns: usize,
}

impl Form {
    #[must_use]
    pub fn new(photo: String) -> Self {
        Self { shares: SHARES, rows: Vec::new(), photo }
    }

    /// Adds fields side by side, at most two; the last one takes the rest of the width.
    #[must_use]
    pub fn row(self, fields: Vec<FormField>) -> Self {
        self.with(FormRow { fields, signature: String::new(), is_sealed: false })
    }

    /// Adds a field below which `role` signs by hand.
    #[must_use]
    pub fn signed_row(self, field: FormField, role: &str) -> Self {
        let signature = format!("{role}签字：{}　　年　　月　　日", "＿".repeat(6));
        self.with(FormRow { fields: vec![field], signature, is_sealed: false })
    }

    /// Adds a field below which `role` signs by hand, with room for the seal of their office.
    #[must_use]
    pub fn sealed_row(self, field: FormField, role: &str) -> Self {
        let signature = format!("{role}签字：{}　（盖章）　　年　　月　　日", "＿".repeat(6));
        self.with(FormRow { fields: vec![field], signature, is_sealed: true })
    }

    fn with(mut self, mut row: FormRow) -> Self {
        let photo = usize::from(self.rows.len() < PHOTO_ROWS);
        let others = 2 * row.fields.len();
        if let Some(last) = row.fields.last_mut() {
            last.columns = (COLUMNS + 1).saturating_sub(others + photo);
        }
        self.rows.push(row);
        self
    }

    /// How many rows stand beside the photo.
    #[must_use]
    pub fn photo_rows(&self) -> usize {
        self.rows.len().min(PHOTO_ROWS)
    }

    /// The columns in parts of a width.
    pub(super) fn columns(&self, width: u32) -> [u32; COLUMNS] {
        let all = self.shares.iter().sum::<u32>().max(1);
        self.shares.map(|share| width * share / all)
    }

    /// The widths of the columns in hundredths of the table's, as pages have them.
    #[must_use]
    pub fn percents(&self) -> Vec<String> {
        self.columns(10_000).map(|part| format!("{}.{:02}", part / 100, part % 100)).to_vec()
    }
}

impl FormRow {
    /// Too long to be kept on one page.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.fields.iter().any(|field| field.text.chars().count() > 200)
    }

    /// The style of the row on a page.
    #[must_use]
    pub fn style(&self) -> &'static str {
        match (self.is_sealed, self.is_long()) {
            (_, true) => "formal-long",
            (true, false) => "seal",
            (false, false) => "formal-row",
        }
    }
}

impl FormField {
    #[must_use]
    pub fn new(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self { label: label.into(), text: text.into(), columns: 1 }
    }
}
