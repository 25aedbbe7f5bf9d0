//! What the forms of guidance ask.

use serde::Deserialize;
use time::{Date, Duration};

use super::{
    college_store::{GuideKind, NewGuide, NewHearing},
    store::NewRecord,
};
use crate::{
    ids::{ClassId, UnionId},
    rules::{
        guidance::{Duty, Means, Topic},
        matters::fen,
    },
    text::{day, folded},
    web::forms::{Errors, lines, past_day, written},
};

/// How long ago something may have been done that is recorded.
const BACK: Duration = Duration::days(800);

/// The most fen of a year: a hundred million yuan.
const MOST_FEN: i64 = 10_000_000_000;

/// A record as typed; its scan comes with the upload.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct RecordForm {
    pub day: String,
    pub title: String,
    pub says: String,
    pub union: String,
    pub topic: String,
    pub means: String,
    pub class: String,
}

impl RecordForm {
    /// Reads the form for a duty, or leaves an error beside each field. `own` is the union whose office records: it is of
    /// that union then, but for guidance, which is of another one or of a class.
    pub fn read(&self, duty: Duty, own: Option<UnionId>, today: Date, errors: &mut Errors) -> Option<NewRecord> {
        let on_day = day(&self.day);
        match on_day {
            None => errors.add("day", "请填写日期"),
            Some(on) if on > today => errors.add("day", "日期还没有到"),
            Some(on) if on < today - BACK => errors.add("day", "不能早于两年以前"),
            Some(_) => {}
        }
        let topic = self.topic.parse::<Topic>().ok().filter(|_| duty == Duty::JointStudy);
        if duty == Duty::JointStudy && topic.is_none() {
            errors.add("topic", "请选择研究的是哪一类");
        }
        let means = self.means.parse::<Means>().ok().filter(|_| duty == Duty::Guiding);
        if duty == Duty::Guiding && means.is_none() {
            errors.add("means", "请选择指导的方式");
        }
        let class = self.class.parse::<ClassId>().ok().filter(|_| duty == Duty::Guiding);
        let picked = self.union.parse::<UnionId>().ok();
        let union = match duty {
            Duty::Guiding if class.is_some() => own.or(picked),
            Duty::Guiding => picked,
            Duty::Measures | Duty::Feedback | Duty::GoodPractice => own,
            _ => None,
        };
        if duty == Duty::Guiding && union.is_none() {
            errors.add("union", "请选择指导的是哪个学生会，或者哪个班级");
        }
        let title = written(&self.title, 80, "title", "请填写标题", errors);
        let says = lines(&self.says, 2000, "says", "请写明内容", errors);
        let new = NewRecord {
            duty,
            on_day: on_day?,
            title: title?,
            says: says?,
            union,
            topic,
            means,
            class,
            document: None,
            guided: None,
        };
        errors.is_empty().then_some(new)
    }
}

/// Days between two records, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct IntervalForm {
    pub every: String,
}

impl IntervalForm {
    pub fn read(&self, errors: &mut Errors) -> Option<u32> {
        let every = folded(&self.every).parse::<u32>().ok().filter(|days| (7..=1100).contains(days));
        if every.is_none() {
            errors.add("every", "应为 7 至 1100 的整数（天）");
        }
        every
    }
}

/// An answer as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AnswerForm {
    pub answer: String,
}

impl AnswerForm {
    pub fn read(&self, errors: &mut Errors) -> Option<String> {
        written(&self.answer, 1000, "answer", "请写明怎样答复", errors)
    }
}

/// Who fills a slot, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct RoleForm {
    /// `kind:word of the plan`.
    pub slot: String,
    pub name: String,
    pub title: String,
}

impl RoleForm {
    /// Name and title, or an error beside each field.
    pub fn read(&self, errors: &mut Errors) -> Option<(String, String)> {
        let name = written(&self.name, 40, "name", "请填写姓名（指导单位填单位名称）", errors);
        let title = written(&self.title, 60, "title", "请填写职务", errors);
        name.zip(title)
    }
}

/// That a college's Party organisation heard its union, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct HearingForm {
    pub day: String,
    pub says: String,
}

impl HearingForm {
    pub fn read(&self, today: Date, errors: &mut Errors) -> Option<NewHearing> {
        let on_day = past_day(&self.day, "day", today, errors);
        if on_day.is_some_and(|on| on < today - BACK) {
            errors.add("day", "不能早于两年以前");
        }
        let says = lines(&self.says, 2000, "says", "请写明听取了什么、研究决定了什么", errors);
        Some(NewHearing { on_day: on_day?, says: says? }).filter(|_| errors.is_empty())
    }
}

/// Who guides a college's union, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct GuideForm {
    pub kind: String,
    pub name: String,
    pub title: String,
}

impl GuideForm {
    pub fn read(&self, errors: &mut Errors) -> Option<NewGuide> {
        let kind = self.kind.parse::<GuideKind>().ok();
        if kind.is_none() {
            errors.add("kind", "请选择登记的是哪一项");
        }
        let name = written(&self.name, 40, "name", "请填写姓名", errors);
        let title = written(&self.title, 60, "title", "请填写职务", errors);
        Some(NewGuide { kind: kind?, name: name?, title: title? })
    }
}

/// The fixing of the list, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct GroupForm {
    pub document: String,
}

impl GroupForm {
    pub fn read(&self, errors: &mut Errors) -> Option<String> {
        written(&self.document, 60, "document", "请填写依据的文号，如“校党发〔2026〕12号”", errors)
    }
}

/// A paper of the year as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct YearPaperForm {
    pub title: String,
    pub says: String,
    /// In yuan, with at most two decimals.
    pub sum: String,
}

impl YearPaperForm {
    /// Title, text, and where a sum is asked for that sum in fen; or an error beside each field.
    pub fn read(&self, with_sum: bool, errors: &mut Errors) -> Option<YearPaperSays> {
        let title = written(&self.title, 80, "title", "请填写标题", errors);
        let says = lines(&self.says, 8000, "says", "请写正文", errors);
        let fen = if with_sum { fen(&self.sum, MOST_FEN) } else { None };
        if with_sum && fen.is_none() {
            errors.add("sum", "请填写合计金额（元），最多两位小数，如 12000 或 12000.50");
        }
        let says = YearPaperSays { title: title?, says: says?, fen };
        errors.is_empty().then_some(says)
    }
}

/// A paper of the year that can be read.
pub(super) struct YearPaperSays {
    pub title: String,
    pub says: String,
    pub fen: Option<i64>,
}
