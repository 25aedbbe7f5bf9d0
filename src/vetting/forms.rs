//! What the forms about rounds and cases ask.

use serde::Deserialize;
use time::{Date, Duration};

use super::{
    case::CaseSeen,
    round::{BASES, DayCount, Place, Purpose, Round},
    store::{NewPlace, NewRound, RoundChange},
};
use crate::{
    ids::{DepartmentId, JointSessionId, PlaceId},
    page::filters,
    rules::{
        chain::{Decision, DecisionKind},
        vetting::Source,
    },
    text::{chinese_day, day, is_hidden, trimmed},
    unions::union::PostKind,
    web::forms::{Errors, Upload, too_long, written},
};

/// How far ahead a round may lie.
const AHEAD: Duration = Duration::days(366);
/// Days for a step, where nobody says otherwise. The plans name none.
pub(super) const DUE_DAYS: i32 = 5;

/// A day in a field that is not before `from` and within a year.
fn coming_day(text: &str, field: &'static str, from: Date, errors: &mut Errors) -> Option<Date> {
    let Some(day) = day(text) else {
        errors.add(field, if trimmed(text).is_empty() { "请填写日期" } else { "请按 2026-09-01 的格式填写日期" });
        return None;
    };
    if day < from {
        errors.add(field, format!("不能早于{}", chinese_day(from)));
    } else if day > from + AHEAD {
        errors.add(field, "应在一年之内，请核对年份");
    } else {
        return Some(day);
    }
    None
}

fn whole(text: &str) -> Option<i32> {
    crate::text::folded(text).parse().ok()
}

/// A longer text with its line breaks; empty where nothing is written.
fn prose(text: &str, most: usize, field: &'static str, errors: &mut Errors) -> Option<String> {
    let text = text.replace("\r\n", "\n");
    let text = trimmed(&text);
    if text.chars().count() > most {
        errors.add(field, too_long(text, most));
    } else if text.chars().any(|c| is_hidden(c) && c != '\n') {
        errors.add(field, "含有看不见的字符");
    } else {
        return Some(text.to_owned());
    }
    None
}

/// 开启轮次 as typed. A slot names a kind of place (`presidium`, `head:部门`, `staff:部门`), with its seats beside it.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct RoundForm {
    #[serde(default)]
    pub union: String,
    #[serde(default)]
    pub places: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub purpose: String,
    #[serde(default)]
    pub basis: String,
    #[serde(default)]
    pub opens_on: String,
    #[serde(default)]
    pub closes_on: String,
    #[serde(default)]
    pub effective_on: String,
    #[serde(default)]
    pub due: Vec<String>,
    #[serde(default)]
    pub notice_days: String,
    #[serde(default)]
    pub day_count: String,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub reason: String,
    #[serde(default)]
    pub slot: Vec<String>,
    #[serde(default)]
    pub seats: Vec<String>,
    #[serde(default)]
    pub to_elect: String,
}

/// A slot as it is read back.
fn slot(text: &str) -> Option<(PostKind, Option<DepartmentId>)> {
    match text.split_once(':') {
        None if text == "presidium" => Some((PostKind::Presidium, None)),
        Some(("head", id)) => Some((PostKind::Head, Some(id.parse().ok()?))),
        Some(("staff", id)) => Some((PostKind::Staff, Some(id.parse().ok()?))),
        _ => None,
    }
}

impl RoundForm {
    /// The form as a query, so that a way back keeps everything.
    pub fn as_query(&self) -> String {
        let mut pairs = vec![
            ("union", self.union.as_str()),
            ("places", &self.places),
            ("title", &self.title),
            ("purpose", &self.purpose),
            ("basis", &self.basis),
            ("opens_on", &self.opens_on),
            ("closes_on", &self.closes_on),
            ("effective_on", &self.effective_on),
            ("notice_days", &self.notice_days),
            ("day_count", &self.day_count),
            ("note", &self.note),
            ("reason", &self.reason),
            ("to_elect", &self.to_elect),
        ];
        pairs.extend(self.due.iter().map(|days| ("due", days.as_str())));
        for (slot, seats) in self.slot.iter().zip(&self.seats).filter(|(_, seats)| !seats.is_empty()) {
            pairs.extend([("slot", slot.as_str()), ("seats", seats.as_str())]);
        }
        filters::query(&pairs)
    }

    /// The days that are typed beside a step.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template passes references")]
    pub fn due_of(&self, step: &usize) -> &str {
        self.due.get(*step).map_or("", String::as_str)
    }

    /// The seats that are typed beside a slot.
    pub fn seats_of(&self, slot: &str) -> &str {
        let place = self.slot.iter().position(|known| known == slot);
        place.and_then(|place| self.seats.get(place)).map_or("", String::as_str)
    }

    /// Reads the form, or leaves an error beside each field. A round has `steps` steps.
    pub fn read(&self, steps: usize, today: Date, errors: &mut Errors) -> Option<NewRound> {
        let title = written(&self.title, 40, "title", "请填写名称，如“2026年秋季招新”", errors);
        if title.as_ref().is_some_and(|title| title.chars().count() < 2) {
            errors.add("title", "至少两个字");
        }
        let purpose = self.purpose.parse::<Purpose>().ok();
        if purpose.is_none() {
            errors.add("purpose", "请选择");
        }
        let known = BASES.iter().any(|(slug, _)| *slug == self.basis);
        if !known {
            errors.add("basis", "请选择");
        }
        let basis = Some(self.basis.clone()).filter(|basis| !basis.is_empty());
        let presidium = self.places == "presidium";
        let places = self.read_places(presidium, errors);
        let opens = coming_day(&self.opens_on, "opens_on", today, errors);
        let closes = coming_day(&self.closes_on, "closes_on", opens.unwrap_or(today), errors);
        let effective = coming_day(&self.effective_on, "effective_on", closes.unwrap_or(today), errors);
        let due: Option<Vec<i32>> = (0..steps)
            .map(|step| self.due.get(step).and_then(|text| whole(text)).filter(|n| (1..=60).contains(n)))
            .collect();
        if due.is_none() {
            errors.add("due", "每一步的办理期限填 1 至 60");
        }
        let notice = whole(&self.notice_days).filter(|days| (0..=30).contains(days));
        if notice.is_none() {
            errors.add("notice_days", "填 0 至 30；0 表示不公示");
        }
        // Working days, where nothing is said.
        let day_count = match self.day_count.as_str() {
            "" => Some(DayCount::Working),
            word => word.parse().ok(),
        };
        if day_count.is_none() {
            errors.add("day_count", "请选择");
        }
        let note = prose(&self.note, 600, "note", errors);
        let reason = prose(&self.reason, 200, "reason", errors).filter(|reason| !reason.is_empty());
        let (title, purpose, opens, closes, effective) = (title?, purpose?, opens?, closes?, effective?);
        let (due_days, notice_days, day_count, note, places) = (due?, notice?, day_count?, note?, places?);
        errors.is_empty().then_some(NewRound {
            title,
            purpose,
            presidium,
            basis,
            opens_on: opens,
            closes_on: closes,
            effective_on: effective,
            due_days,
            notice_days,
            day_count,
            note,
            reason,
            places,
        })
    }

    fn read_places(&self, presidium: bool, errors: &mut Errors) -> Option<Vec<NewPlace>> {
        let mut places = Vec::new();
        for (text, seats) in self.slot.iter().zip(&self.seats) {
            let Some((kind, department)) = slot(text) else {
                errors.add("seats", "岗位有误，请刷新后重填");
                return None;
            };
            if (kind == PostKind::Presidium) != presidium || trimmed(seats).is_empty() || trimmed(seats) == "0" {
                continue;
            }
            let Some(seats) = whole(seats).filter(|seats| (1..=60).contains(seats)) else {
                errors.add("seats", "名额填 1 至 60 的整数，不招的留空");
                return None;
            };
            if places.iter().any(|known: &NewPlace| (known.kind, known.department) == (kind, department)) {
                errors.add("seats", "同一岗位填了两次，请刷新后重填");
                return None;
            }
            let mut elect = None;
            if presidium {
                elect = whole(&self.to_elect).filter(|elect| (1..=seats).contains(elect));
                if elect.is_none() {
                    errors.add("to_elect", "应选人数填 1 至候选人名额之间的整数");
                    return None;
                }
            }
            places.push(NewPlace { kind, department, seats, to_elect: elect });
        }
        if places.is_empty() {
            errors.add("seats", "请至少填写一个岗位的名额");
            return None;
        }
        Some(places)
    }
}

/// A change of a round as typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct ChangeForm {
    #[serde(default)]
    pub closes_on: String,
    #[serde(default)]
    pub effective_on: String,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub slot: Vec<String>,
    #[serde(default)]
    pub seats: Vec<String>,
    #[serde(default)]
    pub reason: String,
}

impl ChangeForm {
    /// The form with what is known now.
    pub fn of(round: &Round) -> Self {
        Self {
            closes_on: round.closes_on.to_string(),
            effective_on: round.effective_on.to_string(),
            note: round.note.clone(),
            slot: round.places.iter().map(|place| place.id.to_string()).collect(),
            seats: round.places.iter().map(|place| place.seats.to_string()).collect(),
            reason: String::new(),
        }
    }

    /// The form as a query, so that a way back keeps everything.
    pub fn as_query(&self) -> String {
        let mut pairs = vec![
            ("closes_on", self.closes_on.as_str()),
            ("effective_on", &self.effective_on),
            ("note", &self.note),
            ("reason", &self.reason),
        ];
        for (slot, seats) in self.slot.iter().zip(&self.seats) {
            pairs.extend([("slot", slot.as_str()), ("seats", seats.as_str())]);
        }
        filters::query(&pairs)
    }

    /// The seats typed beside a place.
    pub fn seats_of(&self, place: &PlaceId) -> &str {
        let at = self.slot.iter().position(|known| *known == place.to_string());
        at.and_then(|at| self.seats.get(at)).map_or("", String::as_str)
    }

    /// Reads the form, or leaves an error beside each field.
    pub fn read(&self, round: &Round, today: Date, errors: &mut Errors) -> Option<RoundChange> {
        let earliest = round.opens_on.max(today - Duration::days(1));
        let closes = coming_day(&self.closes_on, "closes_on", earliest.min(round.closes_on), errors);
        let effective =
            coming_day(&self.effective_on, "effective_on", closes.unwrap_or(today).min(round.effective_on), errors);
        if let Some((closes, effective)) = closes.zip(effective)
            && effective < closes
        {
            errors.add("effective_on", "不能早于报名截止");
        }
        let mut seats = Vec::new();
        for place in &round.places {
            match whole(self.seats_of(&place.id)).filter(|seats| (1..=60).contains(seats)) {
                Some(typed) if place.to_elect.is_some_and(|elect| typed < elect) => {
                    errors.add("seats", "候选人名额不能少于应选人数");
                }
                Some(typed) => seats.push((place.id, typed)),
                None => errors.add("seats", "名额填 1 至 60 的整数"),
            }
        }
        let note = prose(&self.note, 600, "note", errors);
        let reason = prose(&self.reason, 200, "reason", errors).filter(|reason| !reason.is_empty());
        let (closes_on, effective_on, note) = (closes?, effective?, note?);
        errors.is_empty().then_some(RoundChange { closes_on, effective_on, note, seats, reason })
    }
}

/// 报名 as typed, by the student or for them.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct ApplyForm {
    #[serde(default)]
    pub number: String,
    /// The number of who was chosen among those of one name.
    #[serde(default)]
    pub pick: String,
    #[serde(default)]
    pub place: String,
    #[serde(default)]
    pub source: String,
    #[serde(default)]
    pub field: String,
    #[serde(default)]
    pub statement: String,
    #[serde(default)]
    pub experience: String,
    #[serde(default)]
    pub words: String,
    #[serde(default)]
    pub pledge: String,
}

/// Several people who are put forward for one kind of place, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SeveralForm {
    /// 学号 or 姓名, one a line.
    pub people: String,
    /// The numbers of those who were chosen among people of one name.
    pub pick: Vec<String>,
    pub several_place: String,
    pub several_words: String,
}

/// 报名 as read.
#[derive(Debug, Clone)]
pub(super) struct Application {
    pub place: PlaceId,
    pub source: Option<Source>,
    pub field: String,
    pub statement: String,
    pub experience: String,
}

/// The sources that a candidate may name: of the presidium by the plan, of members everybody.
pub(super) fn sources(presidium: bool) -> Vec<Source> {
    Source::ALL.iter().copied().filter(|source| !presidium || *source != Source::Ordinary).collect()
}

impl ApplyForm {
    /// The form in a request with a file.
    pub fn of(upload: &Upload) -> Self {
        let field = |name: &str| upload.field(name).to_owned();
        Self {
            pick: String::new(),
            number: field("number"),
            place: field("place"),
            source: field("source"),
            field: field("field"),
            statement: field("statement"),
            experience: field("experience"),
            words: field("words"),
            pledge: field("pledge"),
        }
    }

    /// Reads the form, or leaves an error beside each field. The statement is asked of the candidate alone; `silent` where
    /// the plan asks for no source.
    pub fn read(&self, round: &Round, own: bool, silent: bool, errors: &mut Errors) -> Option<Application> {
        let place = self.place.parse::<PlaceId>().ok().and_then(|id| round.place(id)).map(|place: &Place| place.id);
        if place.is_none() {
            errors.add("place", "请选择岗位");
        }
        let source = self.source.parse().ok().filter(|source| sources(round.presidium).contains(source));
        if source.is_none() && (round.presidium && !silent || own && !round.presidium) {
            errors.add("source", "请选择来源");
        }
        let field = prose(&self.field, 30, "field", errors);
        if source == Some(Source::Exemplar) && field.as_ref().is_some_and(String::is_empty) {
            errors.add("field", "请写明领域，如“学习科研”“志愿服务”");
        }
        let statement = prose(&self.statement, 1500, "statement", errors);
        if own && statement.as_ref().is_some_and(|text| text.chars().count() < 20) {
            errors.add("statement", "请写至少 20 字");
        }
        let experience = prose(&self.experience, 1500, "experience", errors);
        let (place, field, statement, experience) = (place?, field?, statement?, experience?);
        let field = if source == Some(Source::Exemplar) { field } else { String::new() };
        errors.is_empty().then_some(Application { place, source, field, statement, experience })
    }

    /// The form as a query, so that a way back keeps what was typed; texts too long for an address are left out.
    pub fn as_query(&self) -> String {
        let short = |text: &'_ str| text.chars().count() <= 300;
        let pairs = [
            ("number", self.number.as_str()),
            ("place", &self.place),
            ("source", &self.source),
            ("field", &self.field),
            ("statement", &self.statement),
            ("experience", &self.experience),
            ("words", &self.words),
        ];
        let kept: Vec<(&str, &str)> = pairs.into_iter().filter(|(_, text)| short(text)).collect();
        filters::query(&kept)
    }

    /// The pledge is signed, or an error stands beside it.
    pub fn pledged(&self, errors: &mut Errors) -> bool {
        if self.pledge != "yes" {
            errors.add("pledge", "请阅读并勾选承诺");
        }
        self.pledge == "yes"
    }
}

/// 意见 as typed, on one case or on many.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct OpinionForm {
    /// Each as somebody had it before them.
    #[serde(default)]
    pub case: Vec<String>,
    #[serde(default)]
    pub verdict: String,
    #[serde(default)]
    pub back: String,
    #[serde(default)]
    pub words: String,
    #[serde(default)]
    pub session: String,
    #[serde(default)]
    pub held_on: String,
    #[serde(default)]
    pub minutes: String,
    /// Many are refused at once, knowingly.
    #[serde(default)]
    pub sure: String,
    /// On to the next case that waits.
    #[serde(default)]
    pub next: String,
    // The filters of the list, to come back to it as it was.
    #[serde(default)]
    pub round: String,
    #[serde(default)]
    pub college: String,
    #[serde(default)]
    pub q: String,
}

/// The joint session that is named with an opinion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SessionChoice {
    None,
    /// One that is on record.
    Known(JointSessionId),
    /// One to be recorded: its day, who took part and what was discussed.
    New(Date, String),
}

/// 意见 as read.
#[derive(Debug, Clone)]
pub(super) struct OpinionRequest {
    pub cases: Vec<CaseSeen>,
    pub decision: Decision,
    pub words: String,
    pub session: SessionChoice,
}

/// The most cases of one batch.
pub(super) const MOST_CASES: usize = 500;

impl OpinionForm {
    /// Reads the form, or leaves an error beside each field. `recommends` where agreeing is a recommendation, which must say
    /// something of the person (ELG-02, ELG-06).
    pub fn read(&self, recommends: bool, today: Date, errors: &mut Errors) -> Option<OpinionRequest> {
        let cases: Option<Vec<CaseSeen>> = self.case.iter().map(|token| CaseSeen::read(token)).collect();
        let cases = cases.filter(|cases| !cases.is_empty() && cases.len() <= MOST_CASES);
        if cases.is_none() {
            errors.add("case", format!("请至少勾选一人，一次最多 {MOST_CASES} 人"));
        }
        let kind = self.verdict.parse::<DecisionKind>().ok();
        let decision = match (kind, self.back.as_str()) {
            (Some(DecisionKind::Return), "candidate") => Some(Decision::ReturnToCandidate),
            (Some(DecisionKind::Return), step) => step.parse().ok().map(Decision::Return),
            (kind, _) => kind.map(|kind| kind.with_step(None)),
        };
        match (decision, kind) {
            (None, Some(DecisionKind::Return)) => errors.add("back", "请选择退回到哪一步"),
            (None, _) => errors.add("verdict", "请选择结论"),
            (Some(_), _) => {}
        }
        if decision == Some(Decision::Refuse) && self.sure != "yes" {
            errors.add("sure", format!("将对 {} 人不予通过，原因随即告诉本人；请勾选确认", self.case.len()));
        }
        let session = match self.session.as_str() {
            "" => SessionChoice::None,
            "new" => {
                let held = day(&self.held_on).filter(|day| *day <= today && *day > today - Duration::days(120));
                if held.is_none() {
                    errors.add("held_on", "请填写会议日期，不晚于今天");
                }
                let minutes = written(
                    &self.minutes,
                    600,
                    "minutes",
                    "请写明参加人员和审查情况，如“学生工作部、校团委共5人参加”",
                    errors,
                );
                held.zip(minutes).map_or(SessionChoice::None, |(day, minutes)| SessionChoice::New(day, minutes))
            }
            known => known.parse().map_or_else(
                |_| {
                    errors.add("session", "请选择一次已经登记的会议");
                    SessionChoice::None
                },
                SessionChoice::Known,
            ),
        };
        let words = prose(&self.words, 300, "words", errors);
        if words.as_ref().is_some_and(String::is_empty) {
            match decision {
                Some(Decision::Agree) if recommends => {
                    errors.add("words", "推荐意见须说明政治表现、品行、服务意识（ELG-02）和学习情况（ELG-06）");
                }
                Some(Decision::Agree) | None => {}
                Some(Decision::Return(_) | Decision::ReturnToCandidate) => errors.add("words", "退回须写明原因"),
                Some(Decision::Refuse) => errors.add("words", "不予通过须写明原因，原因会告诉本人"),
            }
        }
        let (cases, decision, words) = (cases?, decision?, words?);
        errors.is_empty().then_some(OpinionRequest { cases, decision, words, session })
    }
}
