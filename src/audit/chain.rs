//! An entry and its place in the chain.

use std::fmt;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::{
    ids::{AccountId, StudentId},
    rules::Clause,
};

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
    SessionsEnded,
    /// An office was granted.
    OfficeGranted,
    /// An office was ended.
    OfficeEnded,
    /// One-time codes were made.
    CodesMade,
    /// An account got its password by a one-time code.
    AccountActivated,
    /// A file was committed.
    ImportCommitted,
    /// A student's data were corrected.
    StudentCorrected,
    /// A student left, or came back.
    StudentLeft,
    /// An objection to a grade was raised.
    DisputeRaised,
    /// An objection to a grade was answered.
    DisputeAnswered,
    /// A college, major or class got another name.
    Renamed,
    /// The turn of the year: graduations and mergers.
    YearTurned,
    /// Personal data were erased.
    Erased,
    /// The time for which data are kept was set.
    RetentionSet,
    /// A student organisation was registered, changed or ended.
    OrganisationKept,
    /// A plan file was added.
    PlanAdded,
    /// A plan governs from a day on.
    PlanAdopted,
    /// A semester was set, changed or removed.
    SemesterKept,
    /// A student union was set up.
    UnionCreated,
    /// A union's posts were recorded as they were found.
    UnionRegistered,
    /// A union came under the rules.
    UnionOpened,
    /// Somebody was appointed to a post.
    Appointed,
    /// A post was ended.
    PostEnded,
    /// A post was corrected.
    PostCorrected,
    /// A whole union was newly staffed.
    Reshuffled,
    /// A department was set up, changed or ended.
    DepartmentKept,
    /// A turn of the executive chair was proposed, confirmed or withdrawn.
    TurnKept,
    /// A round of applications was opened, changed or ended.
    RoundKept,
    /// Somebody applied, was put forward, confirmed, or withdrew.
    CaseKept,
    OpinionGiven,
    /// Cases ended in appointments or on the list of candidates.
    CasesSettled,
    /// Candidates were put on public notice, or an objection was answered.
    NoticeKept,
    /// Somebody may sign more than one step of a case, or may no longer.
    DelegationKept,
    /// A sitting of an election was prepared, announced, opened, closed, counted, reported or voided.
    SittingKept,
    /// Monitors were named, made a passphrase, or gave their share.
    MonitorsKept,
    /// A voter was admitted, or voted on paper or by a slip.
    VoterKept,
    /// Paper ballots were counted.
    PaperKept,
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
            Self::CodesMade => "生成激活码",
            Self::AccountActivated => "激活账号",
            Self::ImportCommitted => "导入数据",
            Self::StudentCorrected => "更正学生信息",
            Self::StudentLeft => "登记离校",
            Self::DisputeRaised => "提出数据异议",
            Self::DisputeAnswered => "答复数据异议",
            Self::Renamed => "更名",
            Self::YearTurned => "学年更替",
            Self::Erased => "删除个人信息",
            Self::RetentionSet => "设置保存期限",
            Self::OrganisationKept => "登记学生组织",
            Self::PlanAdded => "上传方案",
            Self::PlanAdopted => "启用方案",
            Self::SemesterKept => "登记学期",
            Self::UnionCreated => "建立学生会",
            Self::UnionRegistered => "现状登记",
            Self::UnionOpened => "学生会启用",
            Self::Appointed => "任命",
            Self::PostEnded => "离任",
            Self::PostCorrected => "更正任职",
            Self::Reshuffled => "换届",
            Self::DepartmentKept => "工作部门",
            Self::TurnKept => "执行主席轮值",
            Self::RoundKept => "遴选轮次",
            Self::CaseKept => "报名与推荐",
            Self::OpinionGiven => "签署意见",
            Self::CasesSettled => "遴选结果",
            Self::NoticeKept => "公示",
            Self::DelegationKept => "兼办授权",
            Self::SittingKept => "选举场次",
            Self::MonitorsKept => "监票",
            Self::VoterKept => "选民与选票",
            Self::PaperKept => "纸质选票",
        }
    }
}

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
    /// The mark that is the whole of `text`.
    pub(super) fn parse(text: &str) -> Option<Self> {
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
    pub(super) verb: Verb,
    pub(super) object: String,
    pub(super) detail: Map<String, Value>,
    pub(super) clause: String,
}

impl Entry {
    /// An act on a person, who is named by a mark: the record is never rewritten, a name may have to go.
    #[must_use]
    pub fn about(verb: Verb, person: impl Into<Mark>) -> Self {
        Self::new(verb, person.into().to_string())
    }

    /// An act on an object that is no person.
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

/// An entry of the chain, without its hash.
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
    fn marks_read_back_and_names_are_no_marks() {
        let mark = Mark::Account(AccountId::random());
        assert_eq!(Mark::parse(&mark.to_string()), Some(mark));
        assert_eq!(Mark::parse("王老师（T1）"), None);
        assert_eq!(Mark::parse("⟦账号 x⟧"), None);
    }

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
