//! A case: one candidate in one round, with what the conditions said when it was handed in and every opinion since.

use std::{fmt::Display, str::FromStr};

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::round::Round;
use crate::{
    ids::{CaseId, ClassId, CollegeId, JointSessionId, PlaceId, RoundId, StudentId},
    rules::{
        Finding, Outcome, Rule,
        chain::{self, CandidateStep, Decision, Progress, Stage},
        plan::Body,
        roster::{Rank, Ranked},
        vetting::Source,
    },
    text::{chinese_days, percent},
    unions::union::{OtherRank, StudentFacts},
    words::words,
};

time::serde::format_description!(iso_day, Date, "[year]-[month]-[day]");

/// One condition with its answer, as it was when the case was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    pub rule: String,
    /// Its answer, by its stable word.
    pub verdict: String,
    pub says: String,
    pub fact: String,
    /// From when the fact is, and who vouches for it.
    pub source: String,
    pub limit: String,
    /// The plan's words; empty where it is silent.
    pub quote: String,
    /// What would help; empty where nothing is to be done.
    #[serde(default)]
    pub remedy: String,
    /// By practice it is not asked of this person.
    #[serde(default)]
    pub exempt: bool,
}

impl Condition {
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.rule.parse::<Rule>().map_or("", |rule| rule.name())
    }

    /// The answer is to be explained: something is in the way, or was not asked.
    #[must_use]
    pub fn needs_words(&self) -> bool {
        self.exempt || matches!(self.outcome(), Outcome::Fail | Outcome::Unknown)
    }

    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.verdict.parse().unwrap_or(Outcome::Unknown)
    }
}

/// What the conditions said on a day, with the facts behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    #[serde(with = "iso_day")]
    pub on: Date,
    pub conditions: Vec<Condition>,
    /// Rank, and how many are ranked.
    pub rank: Option<(i32, i32)>,
    /// Places in rankings of anything else than the major.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_ranks: Vec<OtherRank>,
    pub failed: Option<i32>,
    /// Failed courses are counted of 必修课 alone.
    #[serde(default)]
    pub of_required: bool,
    /// 政治面貌.
    pub political: Option<String>,
}

/// A place in a ranking, and of what it is where it is not the major: `3 / 40（前 7.5%）`.
fn in_ranking(one: &Ranked) -> String {
    let of = if one.of.is_usual() { String::new() } else { format!("{} ", one.of.label()) };
    let Rank { rank, cohort } = one.rank;
    format!("{of}{rank} / {cohort}（前 {}）", percent(rank.into(), cohort.into()))
}

impl Evidence {
    /// Records what the conditions say of a person on a day.
    #[must_use]
    pub fn take(fact: &StudentFacts, findings: &[Finding], today: Date) -> Self {
        let day = |at: Option<OffsetDateTime>| at.map(|at| at.to_offset(crate::clock::CHINA).date());
        let graded = || {
            let period = fact.period.clone().unwrap_or_default();
            let source = fact.source.clone().unwrap_or_default();
            day(fact.graded_at).map_or_else(String::new, |day| format!("{period}，{source}，{day} 登记"))
        };
        let one = |finding: &Finding| {
            let (shown, source) = match finding.rule {
                Rule::Elg01 => {
                    let at = day(fact.political_at).map_or("学生名单".to_owned(), |day| format!("{day} 更正"));
                    (fact.political.clone(), if fact.political.is_some() { at } else { String::new() })
                }
                Rule::Elg03 => {
                    let known: Vec<String> = fact.rankings().iter().map(in_ranking).collect();
                    ((!known.is_empty()).then(|| known.join("；")), graded())
                }
                _ => {
                    let of = if fact.counts_required() { "（只算必修课）" } else { "" };
                    (fact.failed.map(|failed| format!("{failed} 门{of}")), graded())
                }
            };
            let none = match (finding.exempts(), fact.is_graduate()) {
                (true, true) => "研究生",
                (true, false) => "新生，尚无成绩",
                (false, _) => "未登记",
            };
            Condition {
                exempt: finding.exempts(),
                rule: finding.rule.code().to_owned(),
                verdict: finding.verdict.slug().to_owned(),
                says: finding.message.clone(),
                fact: shown.unwrap_or_else(|| none.to_owned()),
                source,
                limit: match (finding.rule, finding.limit.as_str()) {
                    (Rule::Elg03, _) => format!("前 {}", finding.limit.trim_start_matches("<=")),
                    (Rule::Elg04, "<=0") => "没有不及格课程".to_owned(),
                    _ => finding.limit_in_words(),
                },
                quote: finding.clause.as_ref().map(|clause| clause.quote.clone()).unwrap_or_default(),
                remedy: finding.remedy.clone(),
            }
        };
        Self {
            on: today,
            conditions: findings.iter().map(one).collect(),
            rank: fact.rank.zip(fact.cohort),
            other_ranks: fact.other_ranks.0.clone(),
            failed: fact.failed,
            of_required: fact.counts_required(),
            political: fact.political.clone(),
        }
    }

    /// Every condition was met, or not asked for.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.conditions.iter().all(|one| one.outcome() == Outcome::Warn || one.outcome().is_settled())
    }

    /// Every condition was met or not asked for, and none needs a word.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.conditions.iter().all(|one| one.outcome().is_settled())
    }

    #[must_use]
    pub fn differs(&self, other: &Self) -> bool {
        (self.rank, self.failed, self.of_required) != (other.rank, other.failed, other.of_required)
            || (&self.political, &self.other_ranks) != (&other.political, &other.other_ranks)
    }
}

words! {
    /// How a case came to be.
    Origin:
    Applied = "applied", "本人报名";
    /// The body that recommends named the student and signed.
    Recommended = "recommended", "组织推荐";
    /// An officer of a union prepared it.
    Prepared = "prepared", "学生会整理提交";
}

/// By whom a case was sent back, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentBack {
    /// The office in words.
    pub office: String,
    pub says: String,
    /// To the candidate, else to an earlier step.
    pub to_candidate: bool,
}

impl SentBack {
    /// What happened, without the reason.
    #[must_use]
    pub fn in_words(&self) -> String {
        format!("曾由{}{}", self.office, if self.to_candidate { "退回本人修改" } else { "退回" })
    }
}

/// A case as lists and pages show it.
#[derive(Debug, Clone)]
pub struct Case {
    pub id: CaseId,
    pub number: i32,
    pub round: RoundId,
    pub round_title: String,
    pub place: PlaceId,
    pub place_name: String,
    pub student: StudentId,
    /// 学号.
    pub student_number: String,
    pub name: String,
    /// 男 or 女, where it is known.
    pub gender: Option<String>,
    /// The college whose offices act.
    pub college: CollegeId,
    pub college_name: String,
    /// The class whose branch acts.
    pub class: ClassId,
    pub class_name: String,
    pub entry_year: i32,
    /// How it came to be.
    pub origin: Origin,
    pub prepared_by: Option<Uuid>,
    /// The office that prepared it, in words.
    pub prepared_office: Option<String>,
    /// Where the candidate comes from.
    pub source: Option<Source>,
    /// The field in which an exemplar stands out.
    pub field: String,
    pub stage: Stage,
    /// How often it has moved.
    pub visit: i32,
    /// The furthest step it has reached.
    pub furthest: i32,
    /// By when its step is to be done.
    pub due_on: Option<Date>,
    /// Why it was returned, refused, withdrawn or ended.
    pub says: String,
    /// When it was handed in.
    pub submitted_at: Option<OffsetDateTime>,
    /// What the conditions said then.
    pub evidence: Option<Evidence>,
    /// The first day of the public notice that counts.
    pub notice_first: Option<Date>,
    /// The last day of the public notice.
    pub notice_until: Option<Date>,
    /// It waits for a candidate whose account is not activated.
    pub unreachable: bool,
    /// The last opinion sent it back.
    pub sent_back: Option<SentBack>,
    /// The steps that are no opinions and that the candidate has passed alone.
    pub own_steps: Vec<CandidateStep>,
}

/// Why a case is withdrawn: who took it back.
pub const BY_CANDIDATE: &str = "本人撤回";
pub const BY_OFFICE: &str = "提交单位撤回";

impl Case {
    /// The office that put the candidate forward took that back.
    #[must_use]
    pub fn is_retracted(&self) -> bool {
        self.stage == Stage::Withdrawn && self.says == BY_OFFICE
    }

    /// What an office put forward, as the candidate is told of it.
    #[must_use]
    pub fn offer_in_words(&self) -> &'static str {
        if self.is_recommended() { "对你的推荐" } else { "为你提交的人选材料" }
    }

    /// Takes the words out of why it was sent back: students do not read them of each other.
    pub fn mute(&mut self) {
        if let Some(back) = &mut self.sent_back {
            back.says.clear();
        }
    }

    /// The first and the last day of its public notice.
    #[must_use]
    pub fn notice_days(&self) -> Option<String> {
        self.notice_first.zip(self.notice_until).map(|(first, until)| chinese_days(first, until))
    }

    /// The step at which it stands.
    #[must_use]
    pub fn step(&self) -> Option<usize> {
        match self.stage {
            Stage::At(step) => Some(step),
            _ => None,
        }
    }

    /// An office has named the candidate, who has not yet agreed.
    #[must_use]
    pub fn is_invited(&self) -> bool {
        self.stage == Stage::Invited
    }

    /// It is back with the candidate.
    #[must_use]
    pub fn is_returned(&self) -> bool {
        self.stage == Stage::Returned
    }

    /// It is with the candidate, who may hand it in.
    #[must_use]
    pub fn is_with_candidate(&self) -> bool {
        self.is_invited() || self.is_returned()
    }

    /// The body that recommends named the candidate.
    #[must_use]
    pub fn is_recommended(&self) -> bool {
        self.origin == Origin::Recommended
    }

    /// It went back to an earlier step or to the candidate, where it says why.
    #[must_use]
    pub fn went_back(&self) -> bool {
        self.step().is_some() || self.is_returned()
    }

    /// Its step was to be done before a day.
    #[must_use]
    pub fn is_late(&self, today: &Date) -> bool {
        self.due_on.is_some_and(|due| due < *today)
    }

    /// Where it stands, with the step's words.
    #[must_use]
    pub fn standing(&self, round: &Round) -> String {
        match self.step().and_then(|step| round.link(step)) {
            Some(link) => format!("待{}", link.in_words()),
            None => self.stage.label().to_owned(),
        }
    }

    #[must_use]
    pub fn source_label(&self) -> String {
        match self.source {
            Some(Source::Exemplar) if !self.field.is_empty() => {
                format!("{}（{}）", Source::Exemplar.label(), self.field)
            }
            Some(source) => source.label().to_owned(),
            None => "未说明".to_owned(),
        }
    }

    /// Rank and cohort, as far as they were known.
    #[must_use]
    pub fn rank(&self) -> String {
        let rank = self.evidence.as_ref().and_then(|evidence| evidence.rank);
        rank.map_or_else(|| "—".to_owned(), |(rank, cohort)| format!("{rank}/{cohort}"))
    }

    /// The steps that each candidate passes alone, in the order of the chain, with when this one did; empty where its round
    /// has none.
    #[must_use]
    pub fn own_steps_in_words(&self, round: &Round) -> Vec<String> {
        let chain = round.chain.of_candidate(&self.own_steps);
        let said = |(says, other): (String, &chain::OtherStep)| match &other.taken {
            Some(taken) => format!("{says}：{}，{}登记", taken.days_in_words(), taken.office),
            None => format!("{says}：还没有登记"),
        };
        chain.others_with_places().into_iter().filter(|(_, other)| other.each).map(said).collect()
    }

    /// How far it has come, as the rules see it.
    #[must_use]
    pub fn progress(&self, opinions: &[Opinion]) -> Progress {
        Progress {
            stage: self.stage,
            visit: u32::try_from(self.visit).unwrap_or(0),
            opinions: opinions
                .iter()
                .filter(|opinion| opinion.case == self.id && !opinion.withdrawn)
                .filter_map(Opinion::for_the_rules)
                .collect(),
            prepared_by: self.prepared_by.filter(|_| self.origin == Origin::Prepared),
        }
    }
}

/// What passes through a chain of opinions, as somebody had it before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen<Id, Visit> {
    pub id: Id,
    /// A number, as its noun counts it.
    pub visit: Visit,
    /// How many opinions their office had given on that visit: where it acts for several, the next one is to speak.
    pub given: usize,
}

/// A case as somebody had it before them.
pub type CaseSeen = Seen<CaseId, i32>;

impl<Id: Display + FromStr, Visit: Display + FromStr> Seen<Id, Visit> {
    /// As forms have it: `<id>.3`, or `<id>.3.1` where the office has given one opinion.
    #[must_use]
    pub fn token(self) -> String {
        let Self { id, visit, given } = self;
        if given == 0 { format!("{id}.{visit}") } else { format!("{id}.{visit}.{given}") }
    }

    /// What a form had.
    #[must_use]
    pub fn read(token: &str) -> Option<Self> {
        let (id, at) = token.split_once('.')?;
        let (visit, given) = at.split_once('.').unwrap_or((at, "0"));
        Some(Self { id: id.parse().ok()?, visit: visit.parse().ok()?, given: given.parse().ok()? })
    }
}

/// An opinion that was given.
#[derive(Debug, Clone)]
pub struct Opinion {
    pub case: CaseId,
    pub step: usize,
    pub visit: i32,
    pub body: Body,
    /// Of the offices for which the body acts in the step, the one that spoke, from 0.
    pub place: usize,
    pub office: String,
    /// What it did, in the plan's word.
    pub act: String,
    pub decision: Decision,
    pub says: String,
    pub session: Option<JointSessionId>,
    /// It was given by a recorded delegation.
    pub delegated: bool,
    /// It was taken back and counts for nothing.
    pub withdrawn: bool,
    pub by: Uuid,
    pub by_name: String,
    pub at: OffsetDateTime,
}

impl Opinion {
    #[must_use]
    pub fn verdict_label(&self) -> &'static str {
        match self.decision {
            Decision::Agree => "同意",
            Decision::ReturnToCandidate => "退回本人",
            Decision::Return(_) => "退回前面环节",
            Decision::Refuse => "不予通过",
        }
    }

    /// The colour word of its tag.
    #[must_use]
    pub fn tone(&self) -> &'static str {
        match self.decision {
            Decision::Agree => "pass",
            Decision::Return(_) | Decision::ReturnToCandidate => "warn",
            Decision::Refuse => "fail",
        }
    }

    #[must_use]
    pub fn agreed(&self) -> bool {
        self.decision == Decision::Agree
    }

    /// It ended the case.
    #[must_use]
    pub fn refused(&self) -> bool {
        self.decision == Decision::Refuse
    }

    /// It led back, to an earlier step or to the candidate.
    #[must_use]
    pub fn returned(&self) -> bool {
        matches!(self.decision, Decision::Return(_) | Decision::ReturnToCandidate)
    }

    /// It was given at that step.
    #[must_use]
    pub fn is_at(&self, step: &usize) -> bool {
        self.step == *step
    }

    /// It was given in that session.
    #[must_use]
    pub fn is_of(&self, session: &JointSessionId) -> bool {
        self.session == Some(*session)
    }

    fn for_the_rules(&self) -> Option<chain::Opinion> {
        Some(chain::Opinion {
            step: self.step,
            visit: u32::try_from(self.visit).ok()?,
            body: self.body,
            place: self.place,
            person: self.by,
            decision: self.decision,
            session: self.session.map(|id| id.0),
        })
    }
}

/// What the candidate wrote.
#[derive(Debug, Clone, Default)]
pub struct CandidateText {
    /// 个人陈述.
    pub statement: String,
    /// 经历.
    pub experience: String,
    /// The text that was pledged.
    pub pledge: Option<String>,
    pub pledged_at: Option<OffsetDateTime>,
    /// There is a photo.
    pub photo: bool,
}
