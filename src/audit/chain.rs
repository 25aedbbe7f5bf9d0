//! An entry and its place in the chain.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::rules::Clause;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// A university was set up.
    InstitutionCreated,
    /// An account was made.
    AccountCreated,
    /// An account may no longer sign in.
    AccountDisabled,
    /// An account may sign in again.
    AccountEnabled,
    /// An account got a new password from somebody else.
    PasswordReset,
    /// A person chose a new password.
    PasswordChanged,
    /// Sessions were ended.
    SessionsEnded,
    /// An office was granted.
    OfficeGranted,
    /// An office was ended.
    OfficeEnded,
    /// A plan file was taken in.
    PlanAdded,
    /// A plan governs from a day on.
    PlanAdopted,
}

impl Verb {
    /// The word that the record keeps and shows.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::InstitutionCreated => "建立学校",
            Self::AccountCreated => "建立账号",
            Self::AccountDisabled => "停用账号",
            Self::AccountEnabled => "恢复账号",
            Self::PasswordReset => "重置密码",
            Self::PasswordChanged => "更换密码",
            Self::SessionsEnded => "结束登录",
            Self::OfficeGranted => "授予职务",
            Self::OfficeEnded => "免去职务",
            Self::PlanAdded => "上传方案",
            Self::PlanAdopted => "启用方案",
        }
    }
}

/// What is recorded of an act.
#[derive(Debug, Clone)]
pub struct Entry {
    pub(super) verb: Verb,
    pub(super) object: String,
    pub(super) detail: Map<String, Value>,
    pub(super) clause: String,
}

impl Entry {
    /// An act on an object.
    #[must_use]
    pub fn new(verb: Verb, object: impl Into<String>) -> Self {
        Self { verb, object: object.into(), detail: Map::new(), clause: String::new() }
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

/// An entry as it stands in the chain, without its hash.
#[derive(Debug)]
pub(super) struct Link<'a> {
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
    pub fn hash(&self, previous: &[u8]) -> Vec<u8> {
        let Self { seq, at, institution, account, actor, office, verb, object, detail, clause } = self;
        let micros = i64::try_from(at.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX);
        let text = json!([seq, micros, institution, account, actor, office, verb, object, detail, clause]).to_string();
        Sha256::new().chain_update(previous).chain_update(text.as_bytes()).finalize().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_changed_field_changes_the_hash() {
        let link = |object, office| Link {
            seq: 1,
            at: OffsetDateTime::UNIX_EPOCH,
            institution: None,
            account: None,
            actor: "甲",
            office,
            verb: "建立账号",
            object,
            detail: "{}",
            clause: "",
        };
        let hash = link("乙", "管理员").hash(&[0; 32]);
        assert_eq!(hash, link("乙", "管理员").hash(&[0; 32]));
        assert_ne!(hash, link("丙", "管理员").hash(&[0; 32]));
        assert_ne!(hash, link("乙", "管理员").hash(&[1; 32]));
        assert_ne!(link("a", "b\",\"c").hash(&[0; 32]), link("a\",\"b", "c").hash(&[0; 32]));
    }
}
