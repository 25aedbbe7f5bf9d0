//! What the forms of reviews ask, read into domain types.

use serde::{Deserialize, Serialize};
use time::Date;

use super::{
    nomination::NominationKind,
    review::Review,
    sheet::{LONGEST_COMMENT, Sheet},
    store::{KeptScheme, SemesterChoice},
};
use crate::{
    failure::Failure,
    ids::{AccountId, ReviewId, SemesterId, UnionId},
    rules::review::{Basis, Bounds, Category, Criterion, Grade, Scheme, SchemeFault, Weighted},
    text::{chinese_day, day, folded, is_hidden, trimmed},
    web::forms::{Errors, past_day, ticked, too_long, written, written_if_any},
};

/// The longest text on one aspect of a report.
pub(super) const LONGEST_TEXT: usize = 2_000;
/// The ids of fields that stand once for each aspect.
const ASPECTS: [&str; 12] = [
    "aspect-1",
    "aspect-2",
    "aspect-3",
    "aspect-4",
    "aspect-5",
    "aspect-6",
    "aspect-7",
    "aspect-8",
    "aspect-9",
    "aspect-10",
    "aspect-11",
    "aspect-12",
];

/// A field of one aspect.
#[derive(Debug)]
pub(super) struct AspectField {
    pub id: &'static str,
    pub aspect: String,
    pub weight: u32,
    pub value: String,
}

/// A field for each aspect of a scheme, with what was typed.
pub(super) fn aspect_fields(scheme: &Scheme, typed: &[String]) -> Vec<AspectField> {
    let one = |(place, (weighted, id)): (usize, (&Weighted, &&'static str))| AspectField {
        id,
        aspect: weighted.aspect.clone(),
        weight: weighted.weight,
        value: typed.get(place).cloned().unwrap_or_default(),
    };
    scheme.weights().iter().zip(&ASPECTS).enumerate().map(one).collect()
}

/// The field of an aspect by its place.
pub(super) fn aspect_id(place: usize) -> &'static str {
    ASPECTS.get(place).copied().unwrap_or("aspect-1")
}

/// A review to be begun.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct BeginForm {
    pub union: String,
    pub semester: String,
    pub report_until: String,
    pub sits_on: String,
}

/// As [`BeginForm`], read.
#[derive(Debug)]
pub(super) struct Begin {
    pub union: UnionId,
    pub semester: SemesterId,
    pub report_until: Date,
    pub sits_on: Date,
}

impl BeginForm {
    pub(super) fn read(&self, semesters: &[SemesterChoice], today: Date, errors: &mut Errors) -> Option<Begin> {
        let union = self.union.parse().ok();
        if union.is_none() {
            errors.add("union", "请选择学生会");
        }
        let semester = semesters.iter().find(|known| known.id.to_string() == self.semester);
        if semester.is_none() {
            errors.add("semester", "请选择学期");
        }
        let (until, sits) = (day(&self.report_until), day(&self.sits_on));
        if until.is_none() {
            errors.add("report_until", "请填写述职报告的截止日期");
        }
        if until.is_some_and(|until| until < today) {
            errors.add("report_until", "截止日期已经过去");
        }
        if sits.is_none() {
            errors.add("sits_on", "请填写评议会的日期");
        }
        if until.zip(sits).is_some_and(|(until, sits)| sits < until) {
            errors.add("sits_on", "评议会不能早于报告的截止日期");
        }
        let begin = Begin { union: union?, semester: semester?.id, report_until: until?, sits_on: sits? };
        errors.is_empty().then_some(begin)
    }
}

/// Texts of a report, one for each aspect.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReportForm {
    pub text: Vec<String>,
    /// `hand` where it is handed in and not only saved.
    pub act: String,
}

impl ReportForm {
    /// Lines are kept; a draft may have gaps, what is handed in may not.
    pub(super) fn read(&self, review: &Review, errors: &mut Errors) -> Option<Vec<String>> {
        let weights = review.scheme.weights();
        let mut texts = Vec::new();
        for (place, weighted) in weights.iter().enumerate() {
            let text = trimmed(self.text.get(place).map_or("", String::as_str)).replace("\r\n", "\n");
            if text.chars().count() > LONGEST_TEXT {
                errors.add(aspect_id(place), too_long(&text, LONGEST_TEXT));
            } else if text.chars().any(|c| c != '\n' && is_hidden(c)) {
                errors.add(aspect_id(place), "含有看不见的字符");
            } else if text.is_empty() && self.hands_in() {
                errors.add(aspect_id(place), format!("请写“{}”", weighted.aspect));
            }
            texts.push(text);
        }
        errors.is_empty().then_some(texts)
    }

    pub(super) fn hands_in(&self) -> bool {
        self.act == "hand"
    }
}

/// A sheet: a score for each aspect, and a remark.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SheetForm {
    pub score: Vec<String>,
    pub comment: String,
}

impl SheetForm {
    /// REV-03: an aspect without a score is named beside its field.
    pub(super) fn read(&self, scheme: &Scheme, errors: &mut Errors) -> Option<Sheet> {
        let scores = match scheme.complete(&self.score) {
            Ok(scores) => Some(scores),
            Err(faults) => {
                for fault in faults {
                    errors.add(aspect_id(fault.place), fault.says);
                }
                None
            }
        };
        let comment = written_if_any(&self.comment, LONGEST_COMMENT, "comment", errors);
        let sheet = Sheet { scores: scores?, comment: comment? };
        errors.is_empty().then_some(sheet)
    }
}

/// A sheet on paper as it is typed in, line by line.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PaperForm {
    /// The place of each line's person.
    pub person: Vec<i16>,
    /// For each line a score for each aspect.
    pub score: Vec<String>,
    pub comment: Vec<String>,
    /// `yes` where nothing of the sheet was typed in when its form was shown.
    pub blank: String,
}

impl PaperForm {
    /// What was typed on a person's line, for so many aspects.
    pub(super) fn line(&self, person: i16, aspects: usize) -> PaperLine {
        let Some(place) = self.person.iter().position(|one| *one == person) else {
            return PaperLine { scores: vec![String::new(); aspects], comment: String::new() };
        };
        let mut scores: Vec<String> = self.score.iter().skip(place * aspects).take(aspects).cloned().collect();
        scores.resize(aspects, String::new());
        PaperLine { scores, comment: self.comment.get(place).cloned().unwrap_or_default() }
    }
}

/// A line of a sheet on paper: what it says of one person.
#[derive(Debug, Clone)]
pub(super) struct PaperLine {
    /// A score for each aspect, as it was typed.
    pub scores: Vec<String>,
    pub comment: String,
}

impl PaperLine {
    pub(super) fn of(sheet: &Sheet) -> Self {
        Self { scores: sheet.scores.iter().map(u32::to_string).collect(), comment: sheet.comment.clone() }
    }

    /// REV-03: what the line says; none where it is blank.
    ///
    /// # Errors
    /// What is wrong with it, in Chinese.
    pub(super) fn read(&self, scheme: &Scheme) -> Result<Option<Sheet>, String> {
        let blank = |text: &String| trimmed(text).is_empty();
        let comment = self.comment.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.scores.iter().all(blank) && comment.is_empty() {
            return Ok(None);
        }
        if self.scores.iter().any(blank) {
            return Err("有缺项：漏录的请补上；纸面上就缺的，这一行无效，整行不录".to_owned());
        }
        let scores = scheme
            .complete(&self.scores)
            .map_err(|faults| faults.into_iter().map(|fault| fault.says).collect::<Vec<_>>().join("；"))?;
        if comment.chars().count() > LONGEST_COMMENT {
            return Err(format!("意见不能超过 {LONGEST_COMMENT} 字"));
        }
        if comment.chars().any(is_hidden) {
            return Err("意见含有看不见的字符".to_owned());
        }
        Ok(Some(Sheet { scores, comment }))
    }
}

/// What a monitor says of the sheets that were typed in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ComparedForm {
    /// `same` where they are as on paper.
    pub act: String,
    /// What differs.
    pub reason: String,
    /// When what the monitor has before them was closed, as the page writes it.
    pub closed: String,
}

/// Members to be named.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct MemberForm {
    /// Numbers or names, one a line.
    pub number: String,
    /// The numbers of those who were chosen among people of one name.
    pub pick: Vec<String>,
    pub category: String,
}

impl MemberForm {
    pub(super) fn category(&self, errors: &mut Errors) -> Option<Category> {
        let category = self.category.parse().ok();
        if category.is_none() {
            errors.add("category", "请选择以什么身份参加");
        }
        category
    }
}

/// A lot to be drawn.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct DrawForm {
    pub seats: String,
    /// A list of names; empty where it is drawn among the congress's delegates.
    pub pool: String,
    pub pick: Vec<String>,
}

impl DrawForm {
    pub(super) fn seats(&self, errors: &mut Errors) -> Option<usize> {
        let seats = folded(&self.seats).parse::<usize>().ok().filter(|seats| (1..=200).contains(seats));
        if seats.is_none() {
            errors.add("seats", "应为 1 至 200 的整数");
        }
        seats
    }
}

/// People ticked in a list, by account.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct TickedForm {
    pub account: Vec<String>,
}

impl TickedForm {
    pub(super) fn accounts(&self) -> Result<Vec<AccountId>, Failure> {
        ticked(&self.account)
    }

    /// Somebody is ticked.
    pub(super) fn has(&self, account: &AccountId) -> bool {
        has(&self.account, account)
    }
}

/// What the board answers to an objection.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct AnswerForm {
    pub answer: String,
    /// A grade's word; empty where it stays.
    pub grade: String,
    /// When the board considered it.
    pub day: String,
    /// Who of it took part.
    pub account: Vec<String>,
}

/// As [`AnswerForm`], read.
#[derive(Debug)]
pub(super) struct Answer {
    pub says: String,
    /// The grade that is given instead; none where it stays.
    pub grade: Option<Grade>,
    pub considered_on: Date,
    pub took_part: Vec<AccountId>,
}

impl AnswerForm {
    /// Reads the form; the board considers an objection on the day on which it was made, or after.
    pub(super) fn read(&self, made_on: Date, today: Date, errors: &mut Errors) -> Result<Option<Answer>, Failure> {
        let word = Some(self.grade.as_str()).filter(|word| !word.is_empty());
        let grade = word.map(str::parse::<Grade>).transpose().map_err(|_| Failure::Malformed)?;
        let considered_on = past_day(&self.day, "day", today, errors);
        if considered_on.is_some_and(|day| day < made_on) {
            errors.add("day", format!("异议是{}提出的，不能早于这一天", chinese_day(made_on)));
        }
        let took_part: Vec<AccountId> = ticked(&self.account)?;
        if took_part.is_empty() {
            errors.add("account", "请勾选参加复议的成员");
        }
        let says = written(&self.answer, 500, "answer", "请写明答复和理由", errors);
        let read = says.zip(considered_on).filter(|_| errors.is_empty());
        Ok(read.map(|(says, considered_on)| Answer { says, grade, considered_on, took_part }))
    }

    /// Somebody is ticked.
    pub(super) fn has(&self, account: &AccountId) -> bool {
        has(&self.account, account)
    }
}

/// An account is among those that were sent.
fn has(sent: &[String], account: &AccountId) -> bool {
    sent.iter().any(|id| id.parse().ok() == Some(*account))
}

/// How a university scores.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SchemeForm {
    pub weight: Vec<String>,
    pub most: String,
    pub trims: String,
    pub excellent: String,
    pub good: String,
    pub satisfactory: String,
    pub ceiling: String,
    pub days: String,
}

impl SchemeForm {
    pub(super) fn of(own: &KeptScheme) -> Self {
        let (scheme, bounds) = (&own.scheme, own.scheme.bounds());
        Self {
            weight: scheme.weights().iter().map(|one| one.weight.to_string()).collect(),
            most: scheme.most().to_string(),
            trims: if scheme.trims() { "yes" } else { "" }.to_owned(),
            excellent: bounds.excellent.to_string(),
            good: bounds.good.to_string(),
            satisfactory: bounds.satisfactory.to_string(),
            ceiling: scheme.ceiling().map(|most| most.to_string()).unwrap_or_default(),
            days: own.objection_days.to_string(),
        }
    }

    pub(super) fn read(&self, aspects: &[String], errors: &mut Errors) -> Option<KeptScheme> {
        // The unit stands beside the field, and some type it all the same.
        let number = |text: &str| folded(text).trim_end_matches(['%', '％', '分']).trim_end().parse::<u32>().ok();
        let mut weights = Vec::new();
        for (place, aspect) in aspects.iter().enumerate() {
            match self.weight.get(place).and_then(|text| number(text)) {
                Some(weight) => weights.push(Weighted { aspect: aspect.clone(), weight }),
                None => errors.add(aspect_id(place), "应为整数，单位是百分之一"),
            }
        }
        let mut bound = |text: &str, field| {
            let value = number(text);
            if value.is_none() {
                errors.add(field, "应为 1 至 100 的整数");
            }
            value
        };
        let most = bound(&self.most, "most");
        let excellent = bound(&self.excellent, "excellent");
        let good = bound(&self.good, "good");
        let satisfactory = bound(&self.satisfactory, "satisfactory");
        let ceiling = if trimmed(&self.ceiling).is_empty() { Some(None) } else { number(&self.ceiling).map(Some) };
        if ceiling.is_none() {
            errors.add("ceiling", "应为 1 至 100 的整数，不设上限可以不填");
        }
        let days = folded(&self.days).parse::<i32>().ok().filter(|days| (1..=30).contains(days));
        if days.is_none() {
            errors.add("days", "应为 1 至 30 天");
        }
        let bounds = Bounds { excellent: excellent?, good: good?, satisfactory: satisfactory? };
        if weights.len() < aspects.len() {
            return None;
        }
        match Scheme::new(weights, most?, self.trims == "yes", bounds, ceiling?) {
            Ok(scheme) => {
                let own = KeptScheme { scheme, objection_days: days? };
                errors.is_empty().then_some(own)
            }
            Err(fault) => {
                let (field, says) = match fault {
                    SchemeFault::Weights(sum) => (aspect_id(0), format!("各方面的权重合计应为 100%，现在是 {sum}%")),
                    SchemeFault::NoWeight => (aspect_id(0), "每个方面都要有权重".to_owned()),
                    SchemeFault::Bounds => ("excellent", "分数线应依次降低，在 1 至 100 之间".to_owned()),
                    SchemeFault::Ceiling => ("ceiling", "应为 1 至 100 的整数".to_owned()),
                    SchemeFault::Scale => ("most", "请选择分制".to_owned()),
                };
                errors.add(field, says);
                errors.put_in_order(&[aspect_id(0), "most", "excellent", "good", "satisfactory", "ceiling", "days"]);
                None
            }
        }
    }
}

/// The most criteria of a nomination that the form shows.
pub(super) const CRITERIA: usize = 6;

/// A nomination to be begun.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct NominationForm {
    pub review: String,
    pub title: String,
    pub kind: String,
    pub seats: String,
    pub criterion: Vec<String>,
    pub basis: Vec<String>,
    pub points: Vec<String>,
}

/// As [`NominationForm`], read.
#[derive(Debug)]
pub(super) struct NewList {
    pub review: ReviewId,
    pub title: String,
    pub kind: NominationKind,
    pub seats: i16,
    pub criteria: Vec<Criterion>,
}

impl NominationForm {
    /// A criterion as it was typed, for the template.
    pub(super) fn typed(&self, place: usize) -> [&str; 3] {
        [&self.criterion, &self.basis, &self.points].map(|list| list.get(place).map_or("", String::as_str))
    }

    pub(super) fn read(&self, errors: &mut Errors) -> Option<NewList> {
        let review = self.review.parse().ok();
        if review.is_none() {
            errors.add("review", "请选择依据哪一次评议");
        }
        let title = written(&self.title, 40, "title", "请填写名称，如“优秀学生干部”", errors);
        if title.as_ref().is_some_and(|title| title.chars().count() < 2) {
            errors.add("title", "至少两个字");
        }
        let kind = self.kind.parse().ok();
        if kind.is_none() {
            errors.add("kind", "请选择类别");
        }
        let seats = folded(&self.seats).parse::<i16>().ok().filter(|seats| (1..=500).contains(seats));
        if seats.is_none() {
            errors.add("seats", "应为 1 至 500 的整数");
        }
        let mut criteria = Vec::new();
        for place in 0..CRITERIA {
            let [name, basis, points] = self.typed(place);
            if trimmed(name).is_empty() {
                continue;
            }
            let name = written(name, 40, "criterion", "", errors);
            let basis = basis.parse::<Basis>().ok();
            let points = folded(points).parse::<u32>().ok().filter(|points| (1..=100).contains(points));
            if name.as_ref().is_some_and(|name| name.chars().count() < 2) {
                errors.add("criterion", "条件至少两个字");
            }
            match (name, basis, points) {
                (Some(name), Some(basis), Some(points)) => criteria.push(Criterion { name, basis, points }),
                _ => errors.add("criterion", "每项条件都要选择看什么，分值为 1 至 100 的整数"),
            }
        }
        if criteria.is_empty() {
            errors.add("criterion", "请至少写一项条件");
        }
        let new = NewList { review: review?, title: title?, kind: kind?, seats: seats?, criteria };
        errors.is_empty().then_some(new)
    }
}

/// Whom a nomination takes: places in the review, and a ground for each.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct DecideForm {
    pub person: Vec<i16>,
    /// The person of each ground, in their order.
    pub of: Vec<i16>,
    pub ground: Vec<String>,
    pub reason: String,
}

impl DecideForm {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    pub(super) fn has(&self, person: &i16) -> bool {
        self.person.contains(person)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    pub(super) fn ground_of(&self, person: &i16) -> &str {
        let place = self.of.iter().position(|one| one == person);
        place.and_then(|place| self.ground.get(place)).map_or("", String::as_str)
    }
}
