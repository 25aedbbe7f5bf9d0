//! Rules of a university's own, which stand in no catalogue: quoted, with the shape of what they ask.

use super::{
    keys::Keys,
    section::{Section, with_words},
};
use crate::{rules::Clause, words::words};

words! {
    /// What somebody who looks after such a rule looks at.
    OwnCheck:
    People = "people", "核对人数";
    Share = "share", "核对比例";
    Date = "date", "核对日期";
    Document = "document", "核对存档文件";
    Step = "step", "核对办理步骤";
}

/// A rule of the university's own. The portal quotes it, and people judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRule {
    pub name: String,
    pub check: OwnCheck,
    /// What is asked, in a few words: `每班 1 名联络员`.
    pub asks: String,
    /// At least one.
    pub clauses: Vec<Clause>,
}

pub(super) fn read_own(file: &Section<'_>, clauses: impl Fn(&Section<'_>) -> Vec<Clause>) -> Vec<OwnRule> {
    let Some(items) = file.optional("own", |key| file.items(key)) else { return Vec::new() };
    let one = |item| {
        let table = file.section_of("own", item)?;
        table.only(&["name", "check", "asks", "clauses"]);
        let (name, asks) = (table.string("name", 40), table.string("asks", 100));
        let check = table.one_of("check", &with_words(OwnCheck::ALL, OwnCheck::slug));
        Some(OwnRule { name: name?, check: check?, asks: asks?, clauses: clauses(&table) })
    };
    items.iter().filter_map(one).collect()
}

pub(super) fn write_own(rules: &[OwnRule], keys: &mut Keys, clause: impl Fn(&Clause) -> String) {
    for rule in rules {
        keys.head("[own]");
        keys.text("name", &rule.name);
        keys.text("check", rule.check.slug());
        keys.text("asks", &rule.asks);
        keys.tables("clauses", &rule.clauses.iter().map(&clause).collect::<Vec<_>>());
    }
}
