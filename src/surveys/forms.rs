//! What the forms of questionnaires ask.

use serde::Deserialize;
use time::{Date, Duration, OffsetDateTime};

use super::{
    hosts::{Hosts, LEAGUE},
    sheet::Answer,
    store::{NewMeasure, Setup},
    survey::{Kind, LONGEST_TEXT, MOST_OPTIONS, MOST_QUESTIONS, MOST_TEXTS, Question, SCALE, Survey},
};
use crate::{
    ids::CollegeId,
    text::{day, folded, trimmed},
    web::forms::{Errors, lines, moment, moment_field, written},
};

/// The longest option, in characters.
const LONGEST_OPTION: usize = 60;

/// What a questionnaire is about, whom it asks and when, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SetupForm {
    pub host: String,
    pub title: String,
    pub purpose: String,
    /// `yes` or `no`.
    pub anonymous: String,
    pub opens_at: String,
    pub closes_at: String,
    /// Ids of colleges.
    pub college: Vec<String>,
    /// Years of entry, apart by anything.
    pub years: String,
}

impl SetupForm {
    /// What stands now.
    pub fn of(survey: &Survey) -> Self {
        Self {
            host: survey.union.map_or_else(|| LEAGUE.to_owned(), |union| union.to_string()),
            title: survey.title.clone(),
            purpose: survey.purpose.clone(),
            anonymous: if survey.anonymous { "yes".to_owned() } else { "no".to_owned() },
            opens_at: moment_field(survey.opens_at),
            closes_at: moment_field(survey.closes_at),
            college: survey.colleges.iter().map(ToString::to_string).collect(),
            years: survey.years.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        }
    }

    pub fn has_college(&self, id: &CollegeId) -> bool {
        self.college.contains(&id.to_string())
    }

    /// Reads the form, or leaves an error beside each field. `colleges`: those of the university.
    pub fn read(
        &self,
        hosts: &Hosts,
        colleges: &[CollegeId],
        now: OffsetDateTime,
        errors: &mut Errors,
    ) -> Option<Setup> {
        let host = hosts.chosen(&self.host);
        if host.is_none() {
            errors.add("host", "请选择以谁的名义");
        }
        let title = written(&self.title, 60, "title", "请填写名称，如“食堂满意度调研”", errors);
        if title.as_ref().is_some_and(|title| title.chars().count() < 2) {
            errors.add("title", "至少两个字");
        }
        let purpose = lines(&self.purpose, 500, "purpose", "请写明为什么调研、结果怎样用", errors);
        let anonymous = match self.anonymous.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        if anonymous.is_none() {
            errors.add("anonymous", "请选择匿名还是实名");
        }
        let opens_at = moment(&self.opens_at).filter(|at| *at < now + Duration::days(200));
        if opens_at.is_none() {
            errors.add("opens_at", "请填写开始时间，不晚于半年");
        }
        let most = opens_at.unwrap_or(now) + Duration::days(60);
        let closes_at = moment(&self.closes_at).filter(|at| Some(*at) > opens_at && *at > now && *at <= most);
        if closes_at.is_none() {
            errors.add("closes_at", "请填写截止时间，晚于开始和现在，开放不超过 60 天");
        }
        let typed = self.college.iter().filter(|text| !text.is_empty());
        let chosen: Option<Vec<CollegeId>> =
            typed.map(|text| text.parse().ok().filter(|id| colleges.contains(id))).collect();
        if chosen.is_none() {
            errors.add("college", "请选择本校的院系");
        }
        // A college's union asks its own college.
        let own = host.and_then(|host| hosts.college_of(host.union()));
        if own.is_some() && chosen.iter().flatten().any(|college| Some(*college) != own) {
            errors.add("college", "院系学生会的调研只面向本院系");
        }
        let years = self.read_years(errors);
        let (host, mut chosen) = (host?, chosen?);
        if let Some(own) = own {
            chosen = vec![own];
        }
        chosen.sort_unstable();
        chosen.dedup();
        let setup = Setup {
            union: host.union(),
            title: title?,
            purpose: purpose?,
            anonymous: anonymous?,
            opens_at: opens_at?,
            closes_at: closes_at?,
            colleges: chosen,
            years: years?,
        };
        errors.is_empty().then_some(setup)
    }

    fn read_years(&self, errors: &mut Errors) -> Option<Vec<i32>> {
        let text = folded(&self.years);
        let parts = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
        let years: Option<Vec<i32>> =
            parts.map(|part| part.parse().ok().filter(|year| (2000..=2100).contains(year))).collect();
        let unread = text.chars().any(|c| !c.is_ascii_digit() && !c.is_whitespace() && !"、，,;；级届".contains(c));
        let Some(mut years) = years.filter(|years| years.len() <= 12 && !unread) else {
            errors.add("years", "请填写入学年份，如 2024 2025；不限的不填");
            return None;
        };
        years.sort_unstable();
        years.dedup();
        Some(years)
    }
}

/// A question as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct QuestionForm {
    pub kind: String,
    pub says: String,
    /// One a line.
    pub options: String,
    pub most: String,
    /// `no`: it may be skipped.
    pub required: String,
}

impl QuestionForm {
    /// Reads the form, or leaves an error beside each field. `known`: the questions before it.
    pub fn read(&self, known: &[Question], errors: &mut Errors) -> Option<Question> {
        let kind = self.kind.parse::<Kind>().ok();
        if kind.is_none() {
            errors.add("kind", "请选择题型");
        }
        let texts = known.iter().filter(|question| question.kind == Kind::Text).count();
        if kind == Some(Kind::Text) && texts >= MOST_TEXTS {
            errors.add("kind", format!("文字题最多 {MOST_TEXTS} 题"));
        }
        let says = written(&self.says, 120, "says", "请填写问题", errors);
        if known.len() >= MOST_QUESTIONS {
            errors.add("says", format!("一份问卷最多 {MOST_QUESTIONS} 题"));
        }
        let kind = kind?;
        let options = self.read_options(kind, errors);
        let most = match (kind, folded(&self.most).as_str(), &options) {
            (Kind::Several, "", Some(options)) => Some(options.len()),
            (Kind::Several, typed, Some(options)) => {
                let most = typed.parse::<usize>().ok().filter(|most| (1..=options.len()).contains(most));
                if most.is_none() {
                    errors.add("most", format!("应为 1 至 {} 的整数；不限的不填", options.len()));
                }
                most
            }
            _ => None,
        };
        let place = i16::try_from(known.len() + 1).ok()?;
        let question = Question { place, kind, says: says?, required: self.required != "no", options: options?, most };
        errors.is_empty().then_some(question)
    }

    fn read_options(&self, kind: Kind, errors: &mut Errors) -> Option<Vec<String>> {
        let typed: Vec<&str> = self.options.lines().map(trimmed).filter(|line| !line.is_empty()).collect();
        let mut fault = |says: String| {
            errors.add("options", says);
            None
        };
        let options = match kind {
            Kind::Text => return Some(Vec::new()),
            Kind::Scale if typed.is_empty() => return Some(SCALE.map(str::to_owned).to_vec()),
            Kind::Scale if typed.len() != 5 => {
                return fault("量表写 5 行，从 1 到 5 各一个词；不写就用“很不满意”到“很满意”".to_owned());
            }
            Kind::Single | Kind::Several | Kind::Order if !(2..=MOST_OPTIONS).contains(&typed.len()) => {
                return fault(format!("请写 2 至 {MOST_OPTIONS} 个选项，一行一个"));
            }
            Kind::Order if typed.len() > 10 => return fault("排序题最多 10 项".to_owned()),
            Kind::Single | Kind::Several | Kind::Order | Kind::Scale => typed,
        };
        let mut read: Vec<String> = Vec::new();
        for option in options {
            let option = written(option, LONGEST_OPTION, "options", "", errors)?;
            if read.contains(&option) {
                errors.add("options", format!("“{option}”写了两次"));
                return None;
            }
            read.push(option);
        }
        Some(read)
    }
}

/// What was found, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct FindingsForm {
    pub findings: String,
    /// `yes`: published with it.
    pub publish: String,
}

impl FindingsForm {
    pub fn read(&self, errors: &mut Errors) -> Option<String> {
        let says = lines(&self.findings, 2000, "findings", "请写明发现了什么", errors);
        says.filter(|_| errors.is_empty())
    }

    pub fn publishes(&self) -> bool {
        self.publish == "yes"
    }
}

/// What follows, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct MeasureForm {
    pub says: String,
    pub responsible: String,
    pub due_on: String,
}

impl MeasureForm {
    /// Reads the form, or leaves an error beside each field.
    pub fn read(&self, today: Date, errors: &mut Errors) -> Option<NewMeasure> {
        let says = written(&self.says, 300, "measure", "请写明做什么", errors);
        let responsible = written(&self.responsible, 60, "responsible", "请填写由谁负责", errors);
        let due_on = day(&self.due_on).filter(|day| (today..today + Duration::days(800)).contains(day));
        if due_on.is_none() {
            errors.add("due_on", "请填写完成日期，不早于今天");
        }
        let new = NewMeasure { says: says?, responsible: responsible?, due_on: due_on? };
        errors.is_empty().then_some(new)
    }
}

/// What came of a measure, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ProgressForm {
    pub says: String,
}

impl ProgressForm {
    pub fn read(&self, errors: &mut Errors) -> Option<String> {
        written(&self.says, 300, "done", "请写明怎样落实的", errors).filter(|_| errors.is_empty())
    }
}

/// How many in a semester, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SettingForm {
    pub per_semester: String,
}

impl SettingForm {
    pub fn read(&self, errors: &mut Errors) -> Option<i32> {
        let number = folded(&self.per_semester).parse::<i32>().ok().filter(|number| (1..=6).contains(number));
        if number.is_none() {
            errors.add("per_semester", "应为 1 至 6 的整数");
        }
        number.filter(|_| errors.is_empty())
    }
}

/// A field of a form as it came.
#[derive(Debug, Clone, Deserialize)]
pub struct Field(pub String, pub String);

/// The fields of the questions by their places: `q1` to `q30`.
const FIELDS: [&str; MOST_QUESTIONS] = [
    "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11", "q12", "q13", "q14", "q15", "q16", "q17",
    "q18", "q19", "q20", "q21", "q22", "q23", "q24", "q25", "q26", "q27", "q28", "q29", "q30",
];

/// The field of a question.
pub(super) fn field_of(question: &Question) -> &'static str {
    let at = usize::try_from(question.place).ok().and_then(|place| place.checked_sub(1));
    at.and_then(|at| FIELDS.get(at)).copied().unwrap_or("q1")
}

/// Answers as they came, whatever questions there are.
#[derive(Debug, Clone, Default)]
pub struct AnswerForm(Vec<Field>);

impl AnswerForm {
    #[must_use]
    pub fn new(fields: Vec<Field>) -> Self {
        Self(fields)
    }

    /// What was typed for a question, in the order in which it came.
    #[must_use]
    pub fn typed(&self, question: &Question) -> Vec<&str> {
        let name = field_of(question);
        self.0.iter().filter(|field| field.0 == name).map(|field| field.1.as_str()).collect()
    }

    /// Reads an answer to each question, or leaves an error beside each that cannot be read.
    pub fn read(&self, questions: &[Question], errors: &mut Errors) -> Option<Vec<Answer>> {
        let answers: Option<Vec<Answer>> = questions
            .iter()
            .map(|question| answer(question, &self.typed(question), errors))
            .collect::<Vec<Option<Answer>>>()
            .into_iter()
            .collect();
        answers.filter(|_| errors.is_empty())
    }
}

fn places(typed: &[&str], options: usize) -> Option<Vec<u8>> {
    let place = |text: &&str| {
        let place = folded(text).parse::<u8>().ok()?;
        (1..=options).contains(&usize::from(place)).then_some(place)
    };
    typed.iter().map(place).collect()
}

fn answer(question: &Question, typed: &[&str], errors: &mut Errors) -> Option<Answer> {
    let (name, options) = (field_of(question), question.options.len());
    let typed: Vec<&str> = match question.kind {
        Kind::Order if typed.iter().any(|text| !trimmed(text).is_empty()) => typed.to_vec(),
        _ => typed.iter().copied().filter(|text| !trimmed(text).is_empty()).collect(),
    };
    if typed.is_empty() {
        if question.required {
            errors.add(name, format!("第 {} 题还没有回答", question.place));
            return None;
        }
        return Some(Answer::Skipped);
    }
    let mut fault = |says: String| {
        errors.add(name, says);
        None
    };
    let place = question.place;
    match question.kind {
        Kind::Single | Kind::Scale => match places(&typed, options).as_deref() {
            Some([one]) => Some(Answer::One(*one)),
            _ => fault(format!("第 {place} 题请选一项")),
        },
        Kind::Several => {
            let Some(mut chosen) = places(&typed, options) else {
                return fault(format!("第 {place} 题请从各项里选"));
            };
            chosen.sort_unstable();
            chosen.dedup();
            let most = question.most.unwrap_or(options);
            if chosen.len() > most {
                return fault(format!("第 {place} 题最多选 {most} 项，你选了 {} 项", chosen.len()));
            }
            Some(Answer::Several(chosen))
        }
        Kind::Order => {
            let ranks = places(&typed, options).filter(|ranks| ranks.len() == options);
            let all = |ranks: &Vec<u8>| {
                let mut sorted = ranks.clone();
                sorted.sort_unstable();
                sorted.dedup();
                sorted.len() == options
            };
            match ranks.filter(all) {
                Some(ranks) => Some(Answer::Order(ranks)),
                None => fault(format!("第 {place} 题请给每一项填 1 至 {options} 的次序，不能重复")),
            }
        }
        Kind::Text => {
            let text = typed.join("\n");
            lines(&text, LONGEST_TEXT, name, "", errors).map(Answer::Text)
        }
    }
}
