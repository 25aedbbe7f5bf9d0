//! Something that waits for a person: a line of the home page.

/// Something that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// What is to be done.
    pub says: String,
    /// More of it: since when, by when.
    pub more: String,
    pub href: String,
    /// Something is amiss until it is done.
    pub urgent: bool,
}

impl Task {
    #[must_use]
    pub fn new(urgent: bool, says: String, more: String, href: String) -> Self {
        Self { says, more, href, urgent }
    }
}
