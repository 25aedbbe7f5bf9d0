//! The documents that a plan file quotes beside the plan itself: constitution, election rules, review rules.

use time::Date;

use super::{
    keys::{Keys, day},
    section::{Section, with_words},
};
use crate::words::words;

words! {
    /// What a document is.
    DocumentKind:
    Plan = "plan", "实施方案";
    Constitution = "constitution", "章程";
    ElectionRules = "election_rules", "选举办法";
    ReviewRules = "review_rules", "评议办法";
    Other = "other", "其他文件";
}

/// A document that clauses quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub kind: DocumentKind,
    /// What clauses call it: its number, or its title where it has none.
    pub number: String,
    pub title: String,
    pub issuer: String,
    /// The day on which it was issued.
    pub day: Date,
}

pub(super) fn read_documents(file: &Section<'_>) -> Vec<Document> {
    let Some(items) = file.optional("documents", |key| file.items(key)) else { return Vec::new() };
    let one = |item| {
        let table = file.section_of("documents", item)?;
        table.only(&["kind", "number", "title", "issuer", "day"]);
        let kind = table.one_of("kind", &with_words(DocumentKind::ALL, DocumentKind::slug));
        let (number, title) = (table.string("number", 60), table.string("title", 100));
        let (issuer, day) = (table.string("issuer", 60), table.date("day"));
        Some(Document { kind: kind?, number: number?, title: title?, issuer: issuer?, day: day? })
    };
    items.iter().filter_map(one).collect()
}

pub(super) fn write_documents(documents: &[Document], keys: &mut Keys) {
    for document in documents {
        keys.head("[documents]");
        keys.text("kind", document.kind.slug());
        keys.text("number", &document.number);
        keys.text("title", &document.title);
        keys.text("issuer", &document.issuer);
        keys.bare("day", day(document.day));
    }
}
