//! What a meeting is made of: its agenda, its documents, who is there, and what was voted on by show of hands.

use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::{
    clock::CHINA,
    ids::{AccountId, AgendaItemId, CongressId, HandVoteId, MeetingDocumentId, StudentId},
    rules::meeting::{Count, Duty, Hands, MeetingRules, Needed},
    words::words,
};

words! {
    /// How far check-in has come.
    CheckIn:
    NotYet = "not_yet", "未开始签到";
    Open = "open", "签到中";
    Closed = "closed", "签到已结束";
}

words! {
    /// How somebody was checked in.
    Way:
    Code = "code", "扫码";
    Number = "number", "学号或代表证号";
    Name = "name", "姓名";
    /// From the printed roll, by two people.
    Roll = "roll", "纸质签到册";
}

words! {
    AgendaKind:
    Report = "report", "报告";
    Review = "review", "审议";
    Election = "election", "选举";
    Vote = "vote", "表决";
    Other = "other", "其他";
}

words! {
    DocumentKind:
    WorkReport = "work_report", "工作报告";
    FinanceReport = "finance_report", "经费使用报告";
    ElectionRules = "election_rules", "选举办法";
    Other = "other", "其他";
}

words! {
    /// What is voted on by show of hands.
    VoteKind:
    PresidiumList = "presidium_list", "大会主席团名单";
    TellersList = "tellers_list", "总监票人、监票人、计票人名单";
    ElectionRules = "election_rules", "选举办法";
    Report = "report", "工作报告决议";
    Constitution = "constitution", "章程（修正案）";
    Other = "other", "其他";
}

impl VoteKind {
    /// The duties that its passing approves.
    #[must_use]
    pub fn approves(self) -> &'static [Duty] {
        match self {
            Self::PresidiumList => &[Duty::Presidium, Duty::ExecutiveChair],
            Self::TellersList => &[Duty::ChiefMonitor, Duty::Monitor, Duty::Teller],
            Self::ElectionRules | Self::Report | Self::Constitution | Self::Other => &[],
        }
    }
}

/// A meeting as it was prepared.
#[derive(Debug, Clone)]
pub struct Meeting {
    pub congress: CongressId,
    pub starts_at: OffsetDateTime,
    pub place: String,
    pub rules: MeetingRules,
    pub hall: Option<Hall>,
    pub check_in: CheckIn,
    pub check_in_closed_at: Option<OffsetDateTime>,
    /// The minutes as edited so far; none: as they are assembled.
    pub minutes: Option<String>,
    /// The keeper signed the minutes off.
    pub signed_at: Option<OffsetDateTime>,
}

impl Meeting {
    /// A mark of the minutes as they are kept, empty where none are: two write at them, and each must have seen what the
    /// other kept.
    #[must_use]
    pub fn minutes_mark(&self) -> String {
        self.minutes.as_deref().map(mark_of_minutes).unwrap_or_default()
    }
}

/// The mark of minutes that are kept.
#[must_use]
pub fn mark_of_minutes(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// The seats of a hall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hall {
    /// From the stage on, 1 to 60.
    pub rows: u16,
    /// 2 to 60.
    pub columns: u16,
}

/// Who is due and who is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Headcount {
    pub count: Count,
    /// Checked in and gone since.
    pub left: u32,
    /// Who sits in without a vote.
    pub guests: u32,
}

/// Somebody who is due.
#[derive(Debug, Clone)]
pub struct Attendee {
    pub student: StudentId,
    pub number: String,
    pub name: String,
    pub class: String,
    pub college: String,
    /// Empty where they sit with none.
    pub delegation: String,
    /// The number on their card.
    pub card: Option<i32>,
    /// A card on paper was made.
    pub has_card: bool,
    pub arrival: Option<Arrival>,
}

impl Attendee {
    /// The number on their card, or a dash.
    #[must_use]
    pub fn card_number(&self) -> String {
        self.card.map_or_else(|| "—".to_owned(), |number| format!("{number:03}"))
    }

    #[must_use]
    pub fn is_present(&self) -> bool {
        self.arrival.as_ref().is_some_and(|arrival| arrival.left_at.is_none())
    }

    /// Where they belong, as pages put it beside the name.
    #[must_use]
    pub fn place(&self) -> String {
        let unit = if self.delegation.is_empty() { &self.college } else { &self.delegation };
        format!("{unit} · {}", self.class)
    }
}

/// When and where somebody was checked in.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub at: OffsetDateTime,
    pub desk: String,
    pub way: Way,
    pub left_at: Option<OffsetDateTime>,
}

impl Arrival {
    /// The time of day at which they came, to the second.
    #[must_use]
    pub fn time(&self) -> String {
        clock_time(self.at)
    }
}

/// Somebody whom a desk checked in a moment ago.
#[derive(Debug)]
pub struct Recent {
    pub student: StudentId,
    pub name: String,
    pub number: String,
    pub at: OffsetDateTime,
    /// They have left.
    pub gone: bool,
}

impl Recent {
    #[must_use]
    pub fn time(&self) -> String {
        clock_time(self.at)
    }
}

/// A check-in that was taken back.
#[derive(Debug)]
pub struct UndoneCheckIn {
    pub name: String,
    pub number: String,
    pub at: OffsetDateTime,
    pub desk: String,
    pub taken_back_at: OffsetDateTime,
    pub taken_back_by: String,
    pub why: String,
}

/// The time of day, to the second.
fn clock_time(at: OffsetDateTime) -> String {
    let at = at.to_offset(CHINA);
    format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
}

words! {
    /// How somebody who was checked in came to be there.
    Admission:
    Now = "now", "签到成功";
    /// They had left and are back.
    Back = "back", "已登记返回会场";
    /// They were checked in before.
    Already = "already", "已经签到过了，只计一次";
}

words! {
    /// Why somebody was not checked in.
    NotCheckedIn:
    NotOpen = "not_open", "现在不是签到时间：签到由会务组开始和结束";
    /// They are no delegate in office of this congress, or nobody is called so.
    NotDue = "not_due", "不是本次大会现任的正式代表；列席人员请在下面登记";
    /// Several are called so, and none of them was picked.
    Several = "several", "有几位代表符合，请选定是哪一位";
    /// Whoever wants to check in neither is an officer of this congress nor keeps it.
    NoRight = "no_right", "签到由签到员办理，你不是本次大会的签到员";
}

/// What came of checking somebody in.
#[derive(Debug, Clone, Copy)]
pub enum CheckedIn {
    There { came: Admission, student: StudentId },
    Not(NotCheckedIn),
}

/// Who checks delegates in.
#[derive(Debug, Clone)]
pub struct Officer {
    pub account: AccountId,
    pub number: String,
    pub name: String,
    pub desk: String,
    /// Whom they have checked in so far.
    pub checked_in: i64,
}

/// Somebody who sits in without a vote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    pub name: String,
    pub unit: String,
}

#[derive(Debug, Clone)]
pub struct AgendaItem {
    pub id: AgendaItemId,
    /// From 1.
    pub place: i16,
    pub kind: AgendaKind,
    pub title: String,
    /// Who reports or presides over it; empty for nobody in particular.
    pub speaker: String,
    pub document: Option<MeetingDocumentId>,
}

/// A document without its content.
#[derive(Debug, Clone)]
pub struct DocumentHead {
    pub id: MeetingDocumentId,
    pub kind: DocumentKind,
    pub title: String,
    /// A PDF, not written here.
    pub is_file: bool,
    pub at: OffsetDateTime,
}

/// A vote by show of hands as it was taken down.
#[derive(Debug, Clone)]
pub struct HandVoteRow {
    pub id: HandVoteId,
    /// From 1.
    pub place: i16,
    pub kind: VoteKind,
    pub motion: String,
    pub count: Count,
    pub hands: Hands,
    /// What it had to pass with.
    pub needed: Needed,
    pub passed: bool,
    pub at: OffsetDateTime,
    /// It was taken down wrongly, and why.
    pub voided_why: Option<String>,
}

impl HandVoteRow {
    /// Its kind before what it passes with; nothing where the motion says the same.
    #[must_use]
    pub fn kind_before(&self) -> String {
        if self.motion == self.kind.label() { String::new() } else { format!("{}，", self.kind.label()) }
    }

    #[must_use]
    pub fn outcome(&self) -> &'static str {
        match (&self.voided_why, self.passed) {
            (Some(_), _) => "作废",
            (None, true) => "通过",
            (None, false) => "未通过",
        }
    }

    /// The tone of its tag.
    #[must_use]
    pub fn tone(&self) -> &'static str {
        match (&self.voided_why, self.passed) {
            (Some(_), _) => "unknown",
            (None, true) => "pass",
            (None, false) => "fail",
        }
    }
}

/// Somebody with a duty in the meeting.
#[derive(Debug, Clone)]
pub struct DutyHolder {
    pub student: StudentId,
    pub number: String,
    pub name: String,
    pub place: String,
    pub duty: Duty,
    /// A vote approved them.
    pub approved: bool,
    /// They have come to stand in an election of this congress.
    pub stands: bool,
}

/// Names taken from a printed roll.
#[derive(Debug, Clone)]
pub struct RollEntry {
    pub id: crate::ids::RollEntryId,
    pub entered_by: AccountId,
    pub entered_name: String,
    pub entered_at: OffsetDateTime,
    /// Who confirmed it; none while nobody has.
    pub confirmed_name: Option<String>,
    /// Names with numbers.
    pub people: Vec<String>,
}
