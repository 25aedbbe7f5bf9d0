//! An entry and its place in the chain.

use std::fmt;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::{
    ids::{AccountId, StudentId},
    rules::Clause,
};

/// What was done, as the feature that does it declares it ([`verbs`]): a stable word, which the chain hashes, and a label,
/// which may change. Entries of before the stable words hold the label of their day, and stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordVerb {
    pub slug: &'static str,
    pub label: &'static str,
}

/// Declares what a feature writes into the record: its enum `Verb`, and `VERBS`, which the roof gathers.
macro_rules! verbs {
    ($($(#[$doc:meta])* $verb:ident = $slug:literal, $label:literal;)*) => {
        $crate::words::words! {
            /// What this feature writes into the record.
            Verb:
            $($(#[$doc])* $verb = $slug, $label;)*
        }

        impl From<Verb> for $crate::audit::RecordVerb {
            fn from(verb: Verb) -> Self {
                Self { slug: verb.slug(), label: verb.label() }
            }
        }

        /// All of [`Verb`], for the record's filter.
        pub const VERBS: &[$crate::audit::RecordVerb] =
            &[$($crate::audit::RecordVerb { slug: $slug, label: $label },)*];
    };
}

pub(crate) use verbs;

/// A person in the record: an id that pages show as the name of today, and that stays when the name is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    Account(AccountId),
    Student(StudentId),
}

impl From<AccountId> for Mark {
    fn from(id: AccountId) -> Self {
        Self::Account(id)
    }
}

impl From<StudentId> for Mark {
    fn from(id: StudentId) -> Self {
        Self::Student(id)
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => write!(f, "⟦账号 {id}⟧"),
            Self::Student(id) => write!(f, "⟦学生 {id}⟧"),
        }
    }
}

impl Mark {
    /// Every mark in a text, as it stands there.
    pub fn all_in(text: &str) -> impl Iterator<Item = (Self, &str)> {
        text.match_indices('⟦').filter_map(|(start, _)| {
            let rest = text.get(start..)?;
            let mark = rest.get(..rest.find('⟧')? + '⟧'.len_utf8())?;
            Some((Self::parse(mark)?, mark))
        })
    }

    /// The mark that is the whole of `text`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let inner = text.strip_prefix('⟦')?.strip_suffix('⟧')?;
        let (kind, id) = inner.split_once(' ')?;
        match kind {
            "账号" => id.parse().ok().map(Self::Account),
            "学生" => id.parse().ok().map(Self::Student),
            _ => None,
        }
    }
}

/// What is recorded of an act.
#[derive(Debug, Clone)]
pub struct Entry {
    pub(super) verb: RecordVerb,
    pub(super) object: String,
    pub(super) detail: Map<String, Value>,
    pub(super) clause: String,
}

impl Entry {
    /// An act on a person, who is named by a mark: the record is never rewritten, a name may have to go.
    #[must_use]
    pub fn about(verb: impl Into<RecordVerb>, person: impl Into<Mark>) -> Self {
        Self::new(verb, person.into().to_string())
    }

    /// An act on an object that is no person.
    #[must_use]
    pub fn new(verb: impl Into<RecordVerb>, object: impl Into<String>) -> Self {
        Self { verb: verb.into(), object: object.into(), detail: Map::new(), clause: String::new() }
    }

    /// Adds a detail. Never a password, never a token.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(name.to_owned(), value.into());
        self
    }

    /// Names the clause the act rests on.
    #[must_use]
    pub fn under(mut self, clause: &Clause) -> Self {
        self.clause = format!("{} {}", clause.document, clause.section);
        self
    }
}

/// An entry of the chain, without its hash.
#[derive(Debug)]
pub struct Link<'a> {
    pub seq: i64,
    pub at: OffsetDateTime,
    pub institution: Option<String>,
    pub account: Option<String>,
    pub actor: &'a str,
    pub office: &'a str,
    pub verb: &'a str,
    pub object: &'a str,
    pub detail: &'a str,
    pub clause: &'a str,
}

impl Link<'_> {
    /// The hash of this entry after `previous`. The fields are framed by JSON, so that no two different entries have
    /// the same text.
    #[must_use]
    pub fn hash(&self, previous: &[u8]) -> Vec<u8> {
        let Self { seq, at, institution, account, actor, office, verb, object, detail, clause } = self;
        let micros = i64::try_from(at.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX);
        let text = json!([seq, micros, institution, account, actor, office, verb, object, detail, clause]).to_string();
        Sha256::new().chain_update(previous).chain_update(text.as_bytes()).finalize().to_vec()
    }
}

/// What a whole chain says.
#[derive(Debug, PartialEq, Eq)]
pub struct Verified {
    pub entries: i64,
    /// The last hash, in hexadecimal.
    pub head: String,
}

/// The first entry that does not fit, and why.
#[derive(Debug, PartialEq, Eq)]
pub struct Broken {
    pub seq: i64,
    pub why: &'static str,
}
