//! What the forms of conduct ask.

use serde::Deserialize;
use time::{Date, Duration};

use super::{
    case::{InquiryKind, Source, Suspension},
    exits_store::Handover,
    store::{NewInquiry, Review},
};
use crate::{
    rules::conduct::{ExitKind, Ground, Sanction},
    text::{chinese_days, day},
    web::forms::{Errors, lines, written},
};

/// How long ago something may have happened that is noted, in days.
const NOTED_WITHIN: i64 = 365;
/// How far ahead or back an exit may take effect, in days.
const EXIT_AHEAD: i64 = 90;
const EXIT_BACK: i64 = 60;
/// The longest suspension, in days: a semester, of practice.
const LONGEST_SUSPENSION: i64 = 180;

/// The days of a suspension from today on, or an error beside the field; none for any other decision.
fn suspended(sanction: Option<Sanction>, typed: &str, today: Date, errors: &mut Errors) -> Option<Suspension> {
    if sanction != Some(Sanction::Suspension) {
        return None;
    }
    let last = day(typed);
    let near = today..=(today + Duration::days(LONGEST_SUSPENSION));
    match last {
        None => errors.add("until", "请填写停职到哪一天为止"),
        Some(last) if !near.contains(&last) => {
            errors.add("until", format!("应在{}之间", chinese_days(*near.start(), *near.end())));
        }
        Some(_) => {}
    }
    let until = last.filter(|last| near.contains(last)).and_then(Date::next_day)?;
    Some(Suspension { from: today, until })
}

/// 反映问题 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReportForm {
    /// `student` or `staff`.
    pub about: String,
    /// The officer, by number or name.
    pub number: String,
    pub pick: String,
    /// The member of the League committee's staff, in words.
    pub staff: String,
    pub ground: String,
    pub says: String,
    pub source: String,
}

/// A report without whom it is about.
pub(super) struct ReportSays {
    pub ground: Ground,
    pub says: String,
    pub source: Source,
}

impl ReportForm {
    pub fn is_about_staff(&self) -> bool {
        self.about == "staff"
    }

    /// Who is named of the League committee's staff, or an error beside the field.
    pub fn read_staff(&self, errors: &mut Errors) -> Option<String> {
        written(&self.staff, 60, "staff", "请写明反映的是哪一位", errors)
    }

    /// Reads the rest of the form, or leaves an error beside each field. `office`: an office reports.
    pub fn read(&self, office: bool, errors: &mut Errors) -> Option<ReportSays> {
        let ground = self.ground.parse::<Ground>().ok();
        if ground.is_none() {
            errors.add("ground", "请选择属于哪一类");
        }
        let says = lines(&self.says, 2000, "says", "请写明时间、地点和经过", errors);
        let source = if office { Some(Source::Office) } else { self.source.parse::<Source>().ok() };
        let source = source.filter(|source| office || *source != Source::Office);
        if source.is_none() {
            errors.add("source", "请选择署名还是保密");
        }
        Some(ReportSays { ground: ground?, says: says?, source: source? })
    }
}

/// One text: why, an objection, an answer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SaysForm {
    pub says: String,
}

impl SaysForm {
    /// The text with its lines, of 1 to `most` characters.
    pub fn read(&self, most: usize, ask: &'static str, errors: &mut Errors) -> Option<String> {
        lines(&self.says, most, "says", ask, errors)
    }
}

/// A note of the inquiry as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct InquiryForm {
    pub kind: String,
    pub day: String,
    pub says: String,
}

impl InquiryForm {
    pub fn read(&self, today: Date, errors: &mut Errors) -> Option<NewInquiry> {
        let kind = self.kind.parse::<InquiryKind>().ok();
        if kind.is_none() {
            errors.add("kind", "请选择记录的是什么");
        }
        let on_day = day(&self.day);
        match on_day {
            None => errors.add("day", "请填写日期"),
            Some(on) if on > today => errors.add("day", "日期还没有到"),
            Some(on) if on < today - Duration::days(NOTED_WITHIN) => errors.add("day", "不能早于一年前"),
            Some(_) => {}
        }
        let says = lines(&self.says, 2000, "says", "请写明查了什么、查明了什么", errors);
        let new = NewInquiry { kind: kind?, on_day: on_day?, says: says? };
        errors.is_empty().then_some(new)
    }
}

/// 处理决定 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct DecisionForm {
    pub sanction: String,
    /// The last day of a suspension.
    pub until: String,
    pub says: String,
}

/// A decision that can be read.
pub(super) struct DecisionSays {
    pub sanction: Sanction,
    pub suspension: Option<Suspension>,
    pub says: String,
}

impl DecisionForm {
    /// Reads the form, or leaves an error beside each field. `staff`: it is about the League committee's own people, whom
    /// this portal removes from no post and suspends from none.
    pub fn read(&self, staff: bool, today: Date, errors: &mut Errors) -> Option<DecisionSays> {
        let sanction = self.sanction.parse::<Sanction>().ok();
        let post = |sanction: &Sanction| matches!(sanction, Sanction::Removal | Sanction::Suspension);
        let sanction = sanction.filter(|sanction| !staff || !post(sanction));
        if sanction.is_none() {
            errors.add("sanction", "请选择处理结果");
        }
        let suspension = suspended(sanction, &self.until, today, errors);
        let says = lines(&self.says, 2000, "decision", "请写明查明的事实和处理的依据，会告诉本人", errors);
        let decision = DecisionSays { sanction: sanction?, suspension, says: says? };
        errors.is_empty().then_some(decision)
    }
}

/// 复核 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReviewForm {
    /// Empty: the decision stands.
    pub changed: String,
    /// The last day of a suspension.
    pub until: String,
    pub says: String,
}

impl ReviewForm {
    /// Reads the form, or leaves an error beside each field. The decision may become milder and not harder: whoever
    /// objects is not punished for it.
    pub fn read(&self, now: Sanction, today: Date, errors: &mut Errors) -> Option<Review> {
        let changed = if self.changed.is_empty() { None } else { self.changed.parse::<Sanction>().ok() };
        if !self.changed.is_empty() && !changed.is_some_and(|changed| milder(now).contains(&changed)) {
            errors.add("changed", "请选择复核结论");
        }
        let suspension = suspended(changed, &self.until, today, errors);
        let says = lines(&self.says, 2000, "says", "请写明复核的情况，会告诉本人", errors)?;
        errors.is_empty().then_some(Review { changed, suspension, says })
    }
}

/// What a decision may be changed into after an objection.
pub(super) fn milder(than: Sanction) -> &'static [Sanction] {
    match than {
        Sanction::Removal => &[Sanction::Suspension, Sanction::Warning, Sanction::Talk, Sanction::NoFault],
        Sanction::Suspension => &[Sanction::Warning, Sanction::Talk, Sanction::NoFault],
        Sanction::Warning => &[Sanction::Talk, Sanction::NoFault],
        Sanction::Talk => &[Sanction::NoFault],
        Sanction::NoFault | Sanction::Referred => &[],
    }
}

/// An exit as the office that manages the union types it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ExitForm {
    pub kind: String,
    pub day: String,
    pub reason: String,
}

/// An exit that can be read.
pub(super) struct ExitSays {
    pub kind: ExitKind,
    /// The first day without a post.
    pub day: Date,
    pub reason: String,
}

impl ExitForm {
    pub fn read(&self, today: Date, errors: &mut Errors) -> Option<ExitSays> {
        let kind = self.kind.parse::<ExitKind>().ok();
        if kind.is_none() {
            errors.add("kind", "请选择退出类别");
        }
        let day = exit_day(&self.day, today, errors);
        let reason = written(&self.reason, 500, "reason", "请写明退出理由", errors);
        Some(ExitSays { kind: kind?, day: day?, reason: reason? }).filter(|_| errors.is_empty())
    }
}

/// The first day without a post as typed, or an error beside the field.
pub(super) fn exit_day(typed: &str, today: Date, errors: &mut Errors) -> Option<Date> {
    let day = day(typed);
    let near = (today - Duration::days(EXIT_BACK))..=(today + Duration::days(EXIT_AHEAD));
    match day {
        None => errors.add("day", "请填写从哪一天起不再任职"),
        Some(day) if !near.contains(&day) => {
            errors.add("day", format!("应在{}之间", chinese_days(*near.start(), *near.end())));
        }
        Some(_) => {}
    }
    day
}

/// What an officer asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct LeavingForm {
    pub union: String,
    pub kind: String,
    pub reason: String,
}

impl LeavingForm {
    /// Reads kind and reason, or leaves an error beside each field.
    pub fn read(&self, errors: &mut Errors) -> Option<(ExitKind, String)> {
        let own = |kind: &ExitKind| matches!(kind, ExitKind::Resignation | ExitKind::Accountable);
        let kind = self.kind.parse::<ExitKind>().ok().filter(own);
        if kind.is_none() {
            errors.add("kind", "请选择类别");
        }
        let reason = written(&self.reason, 500, "reason", "请写明理由", errors);
        kind.zip(reason)
    }
}

/// 交接清单 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct HandoverForm {
    pub says: String,
    pub to: String,
}

impl HandoverForm {
    pub fn read(&self, errors: &mut Errors) -> Option<Handover> {
        let says = lines(&self.says, 2000, "says", "请写明交接的工作、资料、物品和账目；没有的写“无”", errors);
        let to = written(&self.to, 60, "to", "请写明交给谁", errors);
        Some(Handover { says: says?, to: to? })
    }
}
