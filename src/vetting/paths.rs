//! Where the pages of 遴选 are, and what the page that follows an act says.

use crate::{
    ids::{CaseId, RoundId},
    words::words,
};

pub(super) const ROUNDS: &str = "/rounds";
pub(super) const OPEN_ROUND: &str = "/rounds/new";
pub(super) const APPLY: &str = "/apply";
pub(super) const WORK: &str = "/vetting";
pub(super) const DELEGATIONS: &str = "/delegations";

impl RoundId {
    pub(crate) fn path(self) -> String {
        format!("{ROUNDS}/{self}")
    }

    pub(super) fn edit_path(self) -> String {
        self.path() + "/edit"
    }

    /// The steps of its chain that are no opinions.
    pub(super) fn steps_path(self) -> String {
        self.path() + "/steps"
    }

    /// One of those that each candidate passes alone.
    pub(super) fn own_step_path(self, place: usize) -> String {
        format!("{}?step={place}", self.steps_path())
    }

    pub(super) fn cases_path(self) -> String {
        self.path() + "/cases"
    }

    pub(super) fn nominate_path(self) -> String {
        self.path() + "/nominate"
    }

    pub(crate) fn notice_path(self) -> String {
        self.path() + "/notice"
    }

    /// 情况一览表 as a Word file.
    pub(super) fn overview_word_path(self) -> String {
        self.path() + "/overview.docx"
    }

    pub(super) fn objections_path(self) -> String {
        self.path() + "/objections"
    }

    pub(super) fn outcome_path(self) -> String {
        self.path() + "/outcome"
    }

    /// Where a student applies.
    pub(crate) fn apply_path(self) -> String {
        format!("{APPLY}/{self}")
    }
}

impl CaseId {
    /// The case before an office.
    pub(super) fn path(self) -> String {
        format!("/cases/{self}")
    }

    /// 推荐审查表 as a Word file.
    pub(super) fn form_word_path(self) -> String {
        self.path() + "/form.docx"
    }

    pub(super) fn photo_path(self) -> String {
        self.path() + "/photo"
    }

    /// The case before its candidate.
    pub(super) fn application_path(self) -> String {
        format!("/applications/{self}")
    }

    pub(super) fn application_edit_path(self) -> String {
        self.application_path() + "/edit"
    }
}

words! {
    /// What was done, as the page that follows is told in its address, and what that page says of it.
    Done:
    Opened = "opened", "已开启。报名期内，符合范围的学生在首页就能看到。";
    Changed = "changed", "已修改。";
    Told = "told", "已登记这一环节。后面的环节可以接着办理。";
    ToldOfEach = "told-of-each", "已为所选的人登记这一环节。他们后面的环节可以接着办理。";
    Ended = "ended", "本轮已结束，未用的名额已释放。";
    Applied = "applied", "已提交。下一步由推荐单位办理，进度看这一页。";
    Confirmed = "confirmed", "已确认并提交。";
    Withdrawn = "withdrawn", "已撤回。";
    Nominated = "nominated", "已提交，并已通知本人确认；本人确认、承诺之后进入下一步。";
    Notified = "notified", "已公示。公示期内收到的反映只有办理单位能看到。";
    NoticeWithdrawn = "notice-withdrawn", "公示已撤下；改正以后可以重新公示，天数重新起算。";
    Issued = "issued", "已保存，公示上的发文字号、落款和反映渠道已经更新。";
    Objected = "objected", "已收到你的反映。只有办理单位能看到，不会告诉被反映人是谁反映的；核实的结果在“消息”里告诉你。";
    Answered = "answered", "已记录核实结果。";
    Appointed = "appointed", "已任命，并已通知本人；任职情况见学生会的花名册。";
    Listed = "listed", "已列入候选人名单。下一步由学生代表大会选举；遴选记录可以打印存档。";
    TakenBack = "taken-back", "已收回，请重新签署。收回的意见留有记录。";
    Delegated = "delegated", "已登记授权。";
}

/// The round, which then says how many were put forward and how many of them cannot sign in yet.
pub(super) fn nominated_path(round: RoundId, people: usize, unreachable: i64) -> String {
    format!("{}&people={people}&unreachable={unreachable}", Done::Nominated.at(&round.path()))
}

/// What the round says of it.
pub(super) fn nominated_in_words(people: u32, unreachable: u32) -> String {
    if unreachable == 0 {
        return format!("已提交 {people} 人，并已通知本人确认；本人确认、承诺之后进入下一步。");
    }
    format!(
        "已提交 {people} 人，其中 {unreachable} 人账号还没有激活，看不到通知、也不能确认：\
         激活条由院系团组织、校团委或系统管理员打印，请先发给他们；候选人名单里标着“未激活”。"
    )
}

impl Done {
    /// The path of the page that says so.
    pub(super) fn at(self, path: &str) -> String {
        format!("{path}?done={}", self.slug())
    }
}
