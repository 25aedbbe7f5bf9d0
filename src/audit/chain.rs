//! An entry and its place in the chain.

use std::fmt;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::{
    ids::{AccountId, StudentId},
    rules::Clause,
    words::words,
};

words! {
    /// What was done. The chain hashes the stable word, so that a label may change; entries of before the stable words
    /// hold the label of their day, and stay as they are.
    Verb:
    /// A university's own sign-in server was set, or given up.
    CampusSet = "campus_set", "设置统一身份认证";
    /// An account was bound to a user of the university's server.
    CampusBound = "campus_bound", "绑定统一身份认证";
    /// A person came by the university's server.
    CampusSignedIn = "campus_signed_in", "统一身份认证登录";
    /// Somebody who came by the university's server was not signed in.
    CampusRefused = "campus_refused", "统一身份认证未通过";
    /// A university was set up.
    InstitutionCreated = "institution_created", "建立学校";
    /// An account was made.
    AccountCreated = "account_created", "建立账号";
    /// An account may no longer sign in.
    AccountDisabled = "account_disabled", "停用账号";
    /// An account may sign in again.
    AccountEnabled = "account_enabled", "恢复账号";
    /// An account got a new password from somebody else.
    PasswordReset = "password_reset", "重置密码";
    /// A person chose a new password.
    PasswordChanged = "password_changed", "更换密码";
    /// Attempts to sign in failed so often that the next has to wait.
    SignInSlowed = "sign_in_slowed", "登录失败较多";
    /// The waiting after failed attempts was lifted.
    SignInOpened = "sign_in_opened", "解除登录等待";
    SessionsEnded = "sessions_ended", "结束登录";
    /// An office was granted.
    OfficeGranted = "office_granted", "授予职务";
    /// An office was ended.
    OfficeEnded = "office_ended", "免去职务";
    /// One-time codes were made.
    CodesMade = "codes_made", "生成激活码";
    /// An account got its password by a one-time code.
    AccountActivated = "account_activated", "激活账号";
    /// A list of people was taken as a workbook.
    ListExported = "list_exported", "导出名单";
    /// A file was committed.
    ImportCommitted = "import_committed", "导入数据";
    /// A student's data were corrected.
    StudentCorrected = "student_corrected", "更正学生信息";
    /// A student got another number, and perhaps a second person under it was joined.
    StudentRenumbered = "student_renumbered", "换学号";
    /// A student left, or came back.
    StudentLeft = "student_left", "登记离校";
    /// An objection to a grade was raised.
    DisputeRaised = "dispute_raised", "提出数据异议";
    /// An objection to a grade was answered.
    DisputeAnswered = "dispute_answered", "答复数据异议";
    /// A college, major or class got another name.
    Renamed = "renamed", "更名";
    /// The order of official lists or of the colleges was set.
    OrderSet = "order_set", "名单排序";
    /// The turn of the year: graduations and mergers.
    YearTurned = "year_turned", "学年更替";
    /// Personal data were erased.
    Erased = "erased", "删除个人信息";
    /// The time for which data are kept was set.
    RetentionSet = "retention_set", "设置保存期限";
    /// A student organisation was registered, changed or ended.
    OrganisationKept = "organisation_kept", "登记学生组织";
    /// A plan file was added.
    PlanAdded = "plan_added", "上传方案";
    /// A draft of a plan was begun, filled in, handed in, given back, confirmed or deleted.
    PlanDraftKept = "plan_draft_kept", "起草方案";
    /// A plan governs from a day on.
    PlanAdopted = "plan_adopted", "启用方案";
    /// An adoption was withdrawn within its day.
    PlanWithdrawn = "plan_withdrawn", "撤回启用";
    /// The document of a plan was put beside it, or taken away.
    PlanDocumentKept = "plan_document_kept", "方案原件";
    /// A semester was set, changed or removed.
    SemesterKept = "semester_kept", "登记学期";
    /// A student union was set up.
    UnionCreated = "union_created", "建立学生会";
    /// A union's posts were recorded as they were found.
    UnionRegistered = "union_registered", "现状登记";
    /// A union came under the rules.
    UnionOpened = "union_opened", "学生会启用";
    /// Somebody was appointed to a post.
    Appointed = "appointed", "任命";
    /// A post was ended.
    PostEnded = "post_ended", "离任";
    /// A post was corrected.
    PostCorrected = "post_corrected", "更正任职";
    /// A whole union was newly staffed.
    Reshuffled = "reshuffled", "换届";
    /// A department was set up, changed or ended.
    DepartmentKept = "department_kept", "工作部门";
    /// A turn of the executive chair was proposed, confirmed or withdrawn.
    TurnKept = "turn_kept", "执行主席轮值";
    /// A round of applications was opened, changed or ended.
    RoundKept = "round_kept", "遴选轮次";
    /// Somebody applied, was put forward, confirmed, or withdrew.
    CaseKept = "case_kept", "报名与推荐";
    OpinionGiven = "opinion_given", "签署意见";
    /// Cases ended in appointments or on the list of candidates.
    CasesSettled = "cases_settled", "遴选结果";
    /// Candidates were put on public notice, or an objection was answered.
    NoticeKept = "notice_kept", "公示";
    /// Somebody may sign more than one step of a case, or may no longer.
    DelegationKept = "delegation_kept", "兼办授权";
    /// A sitting of an election was prepared, announced, opened, closed, counted, reported or voided.
    SittingKept = "sitting_kept", "选举场次";
    /// Monitors were named, made a passphrase, or gave their share.
    MonitorsKept = "monitors_kept", "监票";
    /// A voter was admitted, or voted on paper or by a slip.
    VoterKept = "voter_kept", "选民与选票";
    /// Paper ballots were counted.
    PaperKept = "paper_kept", "纸质选票";
    /// The public holidays of a year were kept, or a break of the school.
    HolidaysKept = "holidays_kept", "工作日历";
    /// An opinion was taken back before the next office had opened the case.
    OpinionWithdrawn = "opinion_withdrawn", "收回意见";
    /// A congress was prepared, convened, held, settled or called off.
    CongressKept = "congress_kept", "学生代表大会";
    /// It was decided what the colleges, majors and classes of a file are that did not exist.
    PlacesMatched = "places_matched", "核对院系专业班级";
    /// A college was merged into another.
    CollegeMerged = "college_merged", "合并院系";
    /// An empty college was removed.
    CollegeRemoved = "college_removed", "删除院系";
    /// The result of a congress was taken down, or took a step.
    ResultKept = "result_kept", "学代会选举结果";
    /// Delegates of a congress were recommended, reviewed, listed, seated or ended.
    DelegatesKept = "delegates_kept", "大会代表";
    /// When idle sessions end, or who must have a second factor, was set.
    SignInRulesSet = "sign_in_rules_set", "设置登录安全";
    /// A semester's review was begun, reported in, sat, opened, answered or settled.
    ReviewKept = "review_kept", "述职评议";
    /// A list of nominees was begun or decided.
    NominationKept = "nomination_kept", "择优提名";
    /// A case of misconduct was reported, accepted, investigated, decided or answered.
    ConductKept = "conduct_kept", "违纪失范办理";
    /// Somebody looked at a case of misconduct.
    ConductSeen = "conduct_seen", "查看违纪失范件";
    /// Somebody asked to leave a union, left it, or handed over.
    ExitKept = "exit_kept", "退出与交接";
    /// A congress's meeting was arranged, its check-in opened or ended, a vote taken down, or its minutes kept.
    MeetingKept = "meeting_kept", "大会会议";
    /// The last turn of the year was taken back.
    YearTurnUndone = "year_turn_undone", "撤销学年更替";
    /// A person has a second factor from now on.
    FactorSet = "factor_set", "开启动态验证码";
    /// A second factor was given up, by its owner or by an administrator.
    FactorEnded = "factor_ended", "停用动态验证码";
    /// A code on paper stood in for the device.
    RecoveryCodeUsed = "recovery_code_used", "使用恢复码";
    /// The text to pledge was kept, signed, or its signature reminded of.
    PledgeKept = "pledge_kept", "自律承诺";
    /// A training of officers was announced, or who came was taken down.
    TrainingKept = "training_kept", "教育培训";
    /// A union's constitution was put on file.
    ConstitutionKept = "constitution_kept", "章程存档";
    /// It was reported how a union stands to a rule of the university's own.
    OwnRuleReported = "own_rule_reported", "本校规定登记";
    /// It was decided what becomes of an officer who no longer meets the conditions.
    LapseKept = "lapse_kept", "任职条件复核";
    /// The days within which conduct is answered and settled were set.
    ConductTermsSet = "conduct_terms_set", "设置办理期限";
    /// The codes on paper were made anew; the old ones work no more.
    RecoveryCodesMade = "recovery_codes_made", "重新生成恢复码";
    /// One administrator asked for what two have to agree on.
    ConsentAsked = "consent_asked", "提出两人办理";
    ConsentGiven = "consent_given", "确认两人办理";
    /// What one had asked was withdrawn, or another did not agree.
    ConsentEnded = "consent_ended", "撤回或不同意两人办理";
    /// A proposal was written, seconded, handed in, screened, assigned, answered or rated.
    ProposalKept = "proposal_kept", "提案";
    /// A controlled matter was filed, changed, signed, begun, settled or closed.
    MatterKept = "matter_kept", "四类事项审核";
    /// A prior report was made, answered, passed on, or decided upon.
    PriorReportKept = "prior_report_kept", "事先报告";
    /// How matters are controlled, or what counts as important, was set.
    MatterRulesSet = "matter_rules_set", "设置事项审核";
    /// A union's meeting was called, moved, held or called off, or decided something.
    UnionMeetingKept = "union_meeting_kept", "学生会会议";
    /// Something was recorded of how unions are led and guided, signed, answered, or fixed.
    GuidanceKept = "guidance_kept", "领导与指导";
    /// A plan, summary, budget or settlement was handed in.
    YearPaperKept = "year_paper_kept", "年度材料";
    /// A project was made, reported, received, recruited for, or closed.
    ProjectKept = "project_kept", "志愿项目";
    /// A calendar's secret address was made or ended.
    CalendarKept = "calendar_kept", "订阅日历";
    /// A student's request was made, taken up, sent on, answered or closed, or how requests are handled was set.
    VoiceKept = "voice_kept", "诉求办理";
    /// Somebody was put in contact with a class, or no more; a contact was logged; how often was set.
    ContactKept = "contact_kept", "直接联系同学";
    /// A questionnaire was made, opened, closed or published, or what follows from it was taken down. Never who answered.
    SurveyKept = "survey_kept", "问卷调研";
    /// A union's public page, or the yearly account, was kept, signed or published.
    DisclosureKept = "disclosure_kept", "公开栏和自评表";
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
    /// Every mark in a text, as it stands there.
    pub(super) fn all_in(text: &str) -> impl Iterator<Item = (Self, &str)> {
        text.match_indices('⟦').filter_map(|(start, _)| {
            let rest = text.get(start..)?;
            let mark = rest.get(..rest.find('⟧')? + '⟧'.len_utf8())?;
            Some((Self::parse(mark)?, mark))
        })
    }

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
        let text = format!("[\"{mark}\",\"⟦…\",\"甲\"]");
        assert_eq!(Mark::all_in(&text).map(|(found, _)| found).collect::<Vec<_>>(), [mark]);
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
