//! REV: who reviews whom, what a score sheet holds, what sheets come to, and what their results are good for. All arithmetic
//! is in whole numbers: a score is kept in hundredths of a point of a hundred, rounded half up, once, at the end.
//!
//! In one file, because a score goes through all of it from the sheet to the result; its tests, one a clause, are nearly a
//! third of it.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use time::Date;

use super::{
    Finding, Outcome, Plan, Rule, Verdict,
    plan::{Body, Provision, ReviewTerms, Stated},
};
use crate::{
    text::{chinese_day, folded, percent},
    words::words,
};

/// The aspects that are reviewed where a plan names none: those of the plan that does, in use elsewhere too.
pub const DEFAULT_ASPECTS: [&str; 5] = ["政治态度", "道德品行", "学习情况", "工作成效", "纪律作风"];
/// Below so many sheets nothing but the score is shown, and no group apart.
pub const FEWEST_SHOWN: usize = 5;
/// The whole of the weights, in percent.
const WHOLE: u32 = 100;

/// The aspects of a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aspects {
    pub names: Vec<String>,
    /// The plan names none.
    pub by_default: bool,
    /// What each weighs by the plan, in percent.
    pub weights: Option<Vec<u32>>,
    /// The greatest share of 优秀 by the plan, in percent.
    pub ceiling: Option<u32>,
}

impl Aspects {
    /// What the plan says of weights and of 优秀, in words; empty where it says nothing.
    #[must_use]
    pub fn terms_in_words(&self) -> String {
        let weigh = |weights: &Vec<u32>| {
            let one = |(name, weight): (&String, &u32)| format!("{name} {weight}%");
            self.names.iter().zip(weights).map(one).collect::<Vec<_>>().join("、")
        };
        let most = self.ceiling.map(|most| format!("优秀不超过 {most}%"));
        self.weights.as_ref().map(weigh).into_iter().chain(most).collect::<Vec<_>>().join("；")
    }
}

/// REV-03: the aspects that the plan names, else the usual ones.
#[must_use]
pub fn aspects(plan: &Plan) -> Aspects {
    match &plan.figures.review {
        Some(Stated { value: ReviewTerms { aspects, weights, excellent_at_most }, .. }) => {
            Aspects { names: aspects.clone(), by_default: false, weights: weights.clone(), ceiling: *excellent_at_most }
        }
        None => Aspects {
            names: DEFAULT_ASPECTS.map(str::to_owned).to_vec(),
            by_default: true,
            weights: None,
            ceiling: None,
        },
    }
}

words! {
    /// As what somebody sits on the board.
    #[derive(Hash, PartialOrd, Ord)]
    Category:
    Student = "student", "学生代表";
    Affairs = "affairs", "学生工作部门";
    League = "league", "团委（团组织）";
    Other = "other", "其他";
}

impl Category {
    /// The category by which a body of the plan takes part.
    fn of(body: Body) -> Self {
        match body {
            Body::StudentAffairs => Self::Affairs,
            Body::SchoolLeague | Body::CollegeLeague | Body::ClassBranch => Self::League,
            Body::SchoolUnion | Body::CollegeUnion => Self::Student,
            Body::SchoolParty | Body::CollegeParty | Body::DelegateParty => Self::Other,
        }
    }
}

/// Somebody on the board, as the rule sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardMember {
    pub name: String,
    pub category: Category,
    /// This review is of them too.
    pub reviewed: bool,
    /// They are there at the sitting; not looked at before.
    pub present: bool,
}

/// A board that may sit, passed by [`board`] or [`sitting`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatedBoard {
    members: usize,
}

impl SeatedBoard {
    /// How many sit on it.
    #[must_use]
    pub fn members(&self) -> usize {
        self.members
    }
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

/// REV-01: students are more than the plan's share, each office that the plan names is there, and nobody reviews themself.
pub fn board(plan: &Plan, members: &[BoardMember]) -> Verdict<SeatedBoard> {
    let all: Vec<&BoardMember> = members.iter().collect();
    Verdict::seal(composition(plan, &all), SeatedBoard { members: members.len() })
}

/// REV-01, judged again on those who have come; besides, more than half of the board must have.
pub fn sitting(plan: &Plan, members: &[BoardMember]) -> Verdict<SeatedBoard> {
    let present: Vec<&BoardMember> = members.iter().filter(|member| member.present).collect();
    let mut findings = composition(plan, &present);
    let (came, due) = (present.len(), members.len());
    let (verdict, says) = if came * 2 > due {
        (Outcome::Pass, format!("评议会 {due} 人，到会 {came} 人，过半数"))
    } else {
        (Outcome::Fail, format!("评议会 {due} 人，到会 {came} 人，没有过半数"))
    };
    let least = count(due / 2 + 1);
    let quorum = Finding::practice(Rule::Rev01, verdict, says).against(&came, format!(">={least}"));
    findings.push(quorum.remedy(if verdict == Outcome::Fail { "改期开会，或核对到会人员" } else { "" }));
    Verdict::seal(findings, SeatedBoard { members: came })
}

fn composition(plan: &Plan, members: &[&BoardMember]) -> Vec<Finding> {
    let mut findings = Vec::new();
    match &plan.figures.board {
        Some(Stated { value, provision }) => {
            let total = count(members.len());
            let students = count(members.iter().filter(|member| member.category == Category::Student).count());
            let least = value.students_over.floor_of(total) + 1;
            let enough = total > 0 && students >= least;
            let verdict = if enough { Outcome::Pass } else { Outcome::Fail };
            let says = format!("评议会 {total} 人，学生代表 {students} 人，应超过 {}", value.students_over);
            findings.push(
                Finding::new(provision, verdict, says)
                    .against(&students, format!(">={least}"))
                    .gauge(students, least, None)
                    .remedy(if enough { "" } else { "增加学生代表，或减少其他人员" }),
            );
            for body in &value.offices {
                findings.push(office(plan, provision, *body, members));
            }
        }
        None => findings.push(Finding::unstated(Rule::Rev01, plan)),
    }
    let own: Vec<&str> = members.iter().filter(|member| member.reviewed).map(|member| member.name.as_str()).collect();
    if !own.is_empty() {
        let says = format!("{}是本次述职的人员，不能评议本次述职", own.join("、"));
        findings.push(Finding::practice(Rule::Rev01, Outcome::Fail, says).remedy("换成不述职的人员"));
    }
    findings
}

fn office(plan: &Plan, provision: &Provision, body: Body, members: &[&BoardMember]) -> Finding {
    let name = plan.body_name(body);
    let there = members.iter().any(|member| member.category == Category::of(body));
    if there {
        Finding::new(provision, Outcome::Pass, format!("{name}有人参加评议会"))
    } else {
        Finding::new(provision, Outcome::Fail, format!("评议会没有{name}的人员"))
            .against(&0, ">=1")
            .remedy(format!("增加{name}的人员"))
    }
}

/// What the board answers to an objection, passed by [`reconsider`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reconsidered {
    members: usize,
    grade: Option<Grade>,
}

impl Reconsidered {
    /// How many of the board took part.
    #[must_use]
    pub fn members(self) -> usize {
        self.members
    }

    /// The grade that is given instead; none where it stays.
    #[must_use]
    pub fn grade(self) -> Option<Grade> {
        self.grade
    }
}

/// REV-01, REV-03: an objection is answered by a board that may sit, and no other grade passes the ceiling on 优秀. `others`
/// are the grades of everybody else.
pub fn reconsider(
    plan: &Plan,
    scheme: &Scheme,
    members: &[BoardMember],
    others: &[Grade],
    grade: Option<Grade>,
) -> Verdict<Reconsidered> {
    let mut findings = sitting(plan, members).findings().to_vec();
    let excellent = 1 + others.iter().filter(|other| **other == Grade::Excellent).count();
    let room = scheme.room(1 + others.len()).filter(|room| excellent > *room && grade == Some(Grade::Excellent));
    if let Some(room) = room {
        let says = format!("改为优秀以后，优秀是 {excellent} 人，名额 {room} 人");
        let of_plan = plan.figures.review.as_ref().filter(|stated| stated.value.excellent_at_most.is_some());
        let finding = match of_plan {
            Some(stated) => Finding::new(&stated.provision, Outcome::Fail, says),
            None => Finding::practice(Rule::Rev03, Outcome::Fail, says),
        };
        findings.push(finding.against(&excellent, format!("<={room}")).remedy("改为良好，或维持原等次"));
    }
    let came = members.iter().filter(|member| member.present).count();
    Verdict::seal(findings, Reconsidered { members: came, grade })
}

/// Whether a board member scores somebody: nobody does in whose department they are themselves.
#[must_use]
pub fn may_score<D: PartialEq>(departments: &[D], of_person: &[D]) -> bool {
    !departments.iter().any(|department| of_person.contains(department))
}

/// Draws people by lot: the first `seats` by the SHA-256 of the seed and their number. Whoever has the seed and the list can
/// draw again and must get the same.
#[must_use]
pub fn draw(seed: &str, numbers: &[String], seats: usize) -> Vec<String> {
    let key = |number: &String| (Sha256::digest(format!("{seed}\n{number}")).to_vec(), number.clone());
    let mut drawn: Vec<(Vec<u8>, String)> = numbers.iter().collect::<BTreeSet<_>>().into_iter().map(key).collect();
    drawn.sort();
    drawn.into_iter().take(seats).map(|(_, number)| number).collect()
}

words! {
    /// What a review comes to, the best first.
    #[derive(Hash, PartialOrd, Ord)]
    Grade:
    Excellent = "excellent", "优秀";
    Good = "good", "良好";
    Satisfactory = "satisfactory", "合格";
    Unsatisfactory = "unsatisfactory", "不合格";
}

/// An aspect with its weight in percent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighted {
    pub aspect: String,
    pub weight: u32,
}

/// From how many points on a grade is given, of a hundred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub excellent: u32,
    pub good: u32,
    pub satisfactory: u32,
}

/// How sheets become a result; made by [`Scheme::new`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    weights: Vec<Weighted>,
    most: u32,
    trims: bool,
    bounds: Bounds,
    ceiling: Option<u32>,
}

/// What is wrong with a scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemeFault {
    /// The weights make this many percent.
    Weights(u32),
    /// An aspect without any weight.
    NoWeight,
    /// The grades' bounds are not in their order, or not of a hundred.
    Bounds,
    /// A ceiling outside 1 to 100.
    Ceiling,
    /// A scale that is not in use.
    Scale,
}

/// The scales on which an aspect is scored: the most points of each.
pub const SCALES: [u32; 3] = [5, 10, 100];

impl Scheme {
    /// A scheme; `ceiling` is the greatest share of 优秀 in percent.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn new(
        weights: Vec<Weighted>,
        most: u32,
        trims: bool,
        bounds: Bounds,
        ceiling: Option<u32>,
    ) -> Result<Self, SchemeFault> {
        let sum = weights.iter().fold(0_u32, |sum, one| sum.saturating_add(one.weight));
        if sum != WHOLE {
            return Err(SchemeFault::Weights(sum));
        }
        if weights.iter().any(|one| one.weight == 0) {
            return Err(SchemeFault::NoWeight);
        }
        let Bounds { excellent, good, satisfactory } = bounds;
        if !(satisfactory > 0 && satisfactory < good && good < excellent && excellent <= WHOLE) {
            return Err(SchemeFault::Bounds);
        }
        if ceiling.is_some_and(|ceiling| !(1..=WHOLE).contains(&ceiling)) {
            return Err(SchemeFault::Ceiling);
        }
        if !SCALES.contains(&most) {
            return Err(SchemeFault::Scale);
        }
        Ok(Self { weights, most, trims, bounds, ceiling })
    }

    /// Equal weights (what is left over goes to the first ones), a scale of a hundred, 90, 75 and 60 points.
    #[must_use]
    pub fn by_default(aspects: &[String]) -> Self {
        let number = count(aspects.len()).max(1);
        let (each, over) = (WHOLE / number, WHOLE % number);
        let weight = |(place, aspect): (u32, &String)| Weighted {
            aspect: aspect.clone(),
            weight: each + u32::from(place < over),
        };
        Self {
            weights: (0..).zip(aspects).map(weight).collect(),
            most: WHOLE,
            trims: false,
            bounds: Bounds { excellent: 90, good: 75, satisfactory: 60 },
            ceiling: None,
        }
    }

    /// The scheme with what the plan says of it: its weights, and no more 优秀 than it allows.
    #[must_use]
    pub fn under(mut self, aspects: &Aspects) -> Self {
        if let Some(weights) = aspects.weights.as_ref().filter(|weights| weights.len() == self.weights.len()) {
            for (one, weight) in self.weights.iter_mut().zip(weights) {
                one.weight = *weight;
            }
        }
        self.ceiling = match (self.ceiling, aspects.ceiling) {
            (Some(own), Some(most)) => Some(own.min(most)),
            (own, most) => own.or(most),
        };
        self
    }

    #[must_use]
    pub fn weights(&self) -> &[Weighted] {
        &self.weights
    }

    /// The most points an aspect is given.
    #[must_use]
    pub fn most(&self) -> u32 {
        self.most
    }

    /// The highest and the lowest sheet are left out.
    #[must_use]
    pub fn trims(&self) -> bool {
        self.trims
    }

    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The greatest share of 优秀, in percent.
    #[must_use]
    pub fn ceiling(&self) -> Option<u32> {
        self.ceiling
    }

    /// REV-03: a sheet has a score for each aspect, between 0 and the most. Gives the faults by the aspect's place.
    ///
    /// # Errors
    /// Each aspect that has no score, or one outside the scale.
    pub fn complete(&self, typed: &[String]) -> Result<Vec<u32>, Vec<SheetFault>> {
        let (mut scores, mut faults) = (Vec::new(), Vec::new());
        for (place, one) in self.weights.iter().enumerate() {
            let text = typed.get(place).map(|text| folded(text)).unwrap_or_default();
            match text.parse::<u32>() {
                Ok(score) if score <= self.most => scores.push(score),
                _ if text.is_empty() => {
                    let says = format!("“{}”还没有评分；各个方面都要评，缺项不能提交", one.aspect);
                    faults.push(SheetFault { place, says });
                }
                _ => {
                    let says = format!("“{}”应为 0 至 {} 的整数", one.aspect, self.most);
                    faults.push(SheetFault { place, says });
                }
            }
        }
        if faults.is_empty() { Ok(scores) } else { Err(faults) }
    }

    /// A sheet's weighted sum, of at most a hundred times the scale.
    fn sum(&self, sheet: &[u32]) -> u64 {
        self.weights.iter().zip(sheet).map(|(one, score)| u64::from(one.weight) * u64::from(*score)).sum()
    }

    /// A sum over `sheets` sheets as hundredths of a point of a hundred, rounded half up.
    fn hundredths(&self, sum: u64, sheets: u64) -> u32 {
        let divisor = (sheets * u64::from(self.most)).max(1);
        u32::try_from((200 * sum + divisor) / (2 * divisor)).unwrap_or(u32::MAX)
    }

    fn grade(&self, score: u32) -> Grade {
        match score {
            score if score >= self.bounds.excellent * 100 => Grade::Excellent,
            score if score >= self.bounds.good * 100 => Grade::Good,
            score if score >= self.bounds.satisfactory * 100 => Grade::Satisfactory,
            _ => Grade::Unsatisfactory,
        }
    }

    /// What sheets come to; none without any. Their order does not matter.
    #[must_use]
    pub fn tally(&self, sheets: &[Vec<u32>]) -> Option<Tally> {
        let mut sums: Vec<u64> = sheets.iter().map(|sheet| self.sum(sheet)).collect();
        sums.sort_unstable();
        let mut bands = [0; 4];
        for sum in &sums {
            let grade = self.grade(self.hundredths(*sum, 1));
            for (band, known) in bands.iter_mut().zip(Grade::ALL) {
                *band += u32::from(*known == grade);
            }
        }
        let trimmed = self.trims && sums.len() >= FEWEST_SHOWN;
        let counted = if trimmed { sums.get(1..sums.len() - 1).unwrap_or_default() } else { &sums };
        let number = u64::from(count(counted.len()));
        if number == 0 {
            return None;
        }
        let aspect = |place: usize| {
            let sum: u64 = sheets.iter().filter_map(|sheet| sheet.get(place)).map(|score| u64::from(*score)).sum();
            self.hundredths(sum * u64::from(WHOLE), u64::from(count(sheets.len())))
        };
        Some(Tally {
            sheets: count(sheets.len()),
            score: self.hundredths(counted.iter().sum(), number),
            aspects: (0..self.weights.len()).map(aspect).collect(),
            bands,
            trimmed,
        })
    }

    /// How many of so many people may be 优秀; none where there is no ceiling.
    fn room(&self, people: usize) -> Option<usize> {
        let ceiling = usize::try_from(self.ceiling?).unwrap_or(0);
        Some(people * ceiling / usize::try_from(WHOLE).unwrap_or(1))
    }

    /// The grades of scores in hundredths, in their order. Where more would be 优秀 than the ceiling lets, the lower ones are
    /// 良好; of those who are equal at the ceiling, nobody is 优秀, because it is not to be passed.
    #[must_use]
    pub fn grades(&self, scores: &[u32]) -> Vec<Grade> {
        let mut grades: Vec<Grade> = scores.iter().map(|score| self.grade(*score)).collect();
        let Some(room) = self.room(scores.len()) else { return grades };
        let mut best: Vec<u32> = scores
            .iter()
            .zip(&grades)
            .filter(|(_, grade)| **grade == Grade::Excellent)
            .map(|(score, _)| *score)
            .collect();
        best.sort_unstable_by(|one, other| other.cmp(one));
        if let Some(first_out) = best.get(room) {
            for (score, grade) in scores.iter().zip(&mut grades) {
                if *grade == Grade::Excellent && score <= first_out {
                    *grade = Grade::Good;
                }
            }
        }
        grades
    }

    /// How a result is worked out, in words.
    #[must_use]
    pub fn in_words(&self) -> String {
        let weights: Vec<String> = self.weights.iter().map(|one| format!("{} {}%", one.aspect, one.weight)).collect();
        let trims = if self.trims {
            format!("去掉一张最高分和一张最低分（不足 {FEWEST_SHOWN} 张不去）")
        } else {
            "取全部评议表的平均".to_owned()
        };
        let Bounds { excellent, good, satisfactory } = self.bounds;
        let ceiling =
            self.ceiling.map(|most| format!("；优秀不超过 {most}%，名额处同分的都不评优秀")).unwrap_or_default();
        format!(
            "每个方面 0 至 {} 分，折成百分制按{}加权；{trims}，四舍五入到两位小数；{excellent} 分以上优秀，{good} 分以上良好，\
             {satisfactory} 分以上合格，其余不合格{ceiling}",
            self.most,
            weights.join("、")
        )
    }
}

/// What is wrong with a score, by the place of its aspect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetFault {
    pub place: usize,
    pub says: String,
}

/// What the sheets on one person come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    pub sheets: u32,
    /// In hundredths of a point of a hundred.
    pub score: u32,
    /// The mean of each aspect over all sheets, in the same unit.
    pub aspects: Vec<u32>,
    /// Sheets by the grade that each alone would give, the best first.
    pub bands: [u32; 4],
    /// The highest and the lowest sheet were left out.
    pub trimmed: bool,
}

/// A score as people read it: `87.50`.
#[must_use]
pub fn score_in_words(hundredths: u32) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// How far a union is with a semester's reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    pub semester: String,
    /// Who held a post and is not excused.
    pub due: u32,
    pub handed: u32,
    /// Until when they report; none while no review has begun.
    pub until: Option<Date>,
    /// The day on which the review is late, whether it has begun or not.
    pub late_from: Date,
}

impl Coverage {
    /// How many have handed in, as every share is shown.
    #[must_use]
    pub fn percent(&self) -> String {
        if self.due == 0 { percent(1, 1) } else { percent(self.handed.into(), self.due.into()) }
    }
}

/// REV-02: whoever held such a post in the semester reports in it.
#[must_use]
pub fn coverage(plan: &Plan, facts: &Coverage, today: Date) -> Finding {
    let Some(Stated { provision, .. }) = &plan.figures.reports else {
        return Finding::unstated(Rule::Rev02, plan);
    };
    let Coverage { semester, due, handed, until, late_from } = facts;
    let share = facts.percent();
    let finding = if handed >= due {
        let says = format!("{semester}应述职 {due} 人，都已提交述职报告");
        Finding::new(provision, Outcome::Pass, says)
    } else if today >= *late_from {
        let when =
            until.map_or_else(|| "还没有开始述职评议".to_owned(), |day| format!("{}截止，已逾期", chinese_day(day)));
        let says = format!("{semester}应述职 {due} 人，已提交 {handed} 人（{share}），{when}");
        Finding::new(provision, provision.breach(), says).remedy(if until.is_some() {
            "催交述职报告，召开评议会"
        } else {
            "在“述职评议”里开始本学期的评议"
        })
    } else {
        let says =
            format!("{semester}应述职 {due} 人，已提交 {handed} 人（{share}），{}起逾期", chinese_day(*late_from));
        Finding::new(provision, Outcome::Pass, says)
    };
    finding.against(&share, "=100%")
}

/// Somebody with a closed result, in the order of the ranking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    pub number: String,
    pub name: String,
    /// In hundredths.
    pub score: u32,
    pub grade: Grade,
}

/// The ranks of results, from 1: by grade, then by score; equals share a rank.
#[must_use]
pub fn ranks(results: &[Ranked]) -> Vec<usize> {
    let better = |one: &Ranked, other: &Ranked| {
        (one.grade, std::cmp::Reverse(one.score)) < (other.grade, std::cmp::Reverse(other.score))
    };
    results.iter().map(|own| 1 + results.iter().filter(|other| better(other, own)).count()).collect()
}

/// Who is nominated, passed by [`nominate`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nominees {
    places: Vec<usize>,
    deviates: bool,
}

impl Nominees {
    /// Their places in the list of results.
    #[must_use]
    pub fn places(&self) -> &[usize] {
        &self.places
    }

    /// Somebody with a better result is left out.
    #[must_use]
    pub fn deviates(&self) -> bool {
        self.deviates
    }
}

/// REV-05: nominees are taken by their results. Nobody without a closed result or with 不合格 is; whoever passes over a
/// better result gives a reason.
pub fn nominate(
    plan: &Plan,
    results: &[Ranked],
    chosen: &[usize],
    seats: usize,
    reason: Option<&str>,
) -> Verdict<Nominees> {
    let ranks = ranks(results);
    let of = |place: &usize| results.get(*place).zip(ranks.get(*place));
    let provision = plan.provision(Rule::Rev05);
    let finding = |verdict, says: String| match provision {
        Some(provision) => Finding::new(provision, verdict, says),
        None => Finding::practice(Rule::Rev05, verdict, says),
    };
    let mut findings = Vec::new();
    if chosen.iter().any(|place| of(place).is_none()) {
        findings.push(finding(Outcome::Fail, "有人没有已办结的评议结果，不能提名".to_owned()));
    }
    let failed: Vec<&Ranked> = chosen.iter().filter_map(|place| results.get(*place)).collect();
    let failed: Vec<&&Ranked> = failed.iter().filter(|one| one.grade == Grade::Unsatisfactory).collect();
    if !failed.is_empty() {
        let names: Vec<&str> = failed.iter().map(|one| one.name.as_str()).collect();
        let says = format!("{}的评议结果是不合格，不能提名", names.join("、"));
        findings.push(finding(Outcome::Fail, says).about(failed.iter().map(|one| one.number.clone()).collect()));
    }
    if chosen.len() > seats {
        let says = format!("名额 {seats} 个，选了 {} 人", chosen.len());
        findings.push(
            Finding::practice(Rule::Rev05, Outcome::Fail, says)
                .against(&chosen.len(), format!("<={seats}"))
                .remedy(format!("减去 {} 人", chosen.len() - seats)),
        );
    }
    let last = chosen.iter().filter_map(of).map(|(_, rank)| *rank).max().unwrap_or(0);
    let passed_over: Vec<&Ranked> = (0..results.len())
        .filter(|place| !chosen.contains(place))
        .filter_map(|place| of(&place))
        .filter(|(one, rank)| one.grade != Grade::Unsatisfactory && **rank < last)
        .map(|(one, _)| one)
        .collect();
    if passed_over.is_empty() {
        findings.push(finding(Outcome::Pass, "按评议结果的次序提名".to_owned()));
    } else {
        let names: Vec<&str> = passed_over.iter().map(|one| one.name.as_str()).collect();
        let says = format!("{}的评议结果更好而没有提名", names.join("、"));
        let numbers = passed_over.iter().map(|one| one.number.clone()).collect();
        findings.push(finding(Outcome::Warn, says).about(numbers).remedy("按次序提名，或写明理由"));
    }
    let nominees = Nominees { places: chosen.to_vec(), deviates: !passed_over.is_empty() };
    Verdict::seal_with_reason(findings, nominees, reason)
}

words! {
    /// What a criterion of nomination looks at.
    #[derive(Hash)]
    Basis:
    Result = "result", "评议结果";
    Service = "service", "服务";
    Contribution = "contribution", "贡献";
    Other = "other", "其他";
}

/// A criterion with its points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    pub name: String,
    pub basis: Basis,
    pub points: u32,
}

/// Criteria that do not hang on a post, passed by [`criteria`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criteria {
    all: Vec<Criterion>,
}

impl Criteria {
    #[must_use]
    pub fn all(&self) -> &[Criterion] {
        &self.all
    }
}

/// Words that mean a post.
const POST: &[&str] = &[
    "岗位",
    "职务",
    "任职",
    "职级",
    "级别",
    "职位",
    "头衔",
    "身份",
    "主席",
    "主席团",
    "部长",
    "负责人",
    "干事",
    "委员",
    "干部",
    "班长",
    "书记",
    "会长",
    "主任",
    "秘书",
    "层级",
    "资历",
];
/// Words that mean what somebody does in it.
const DEED: &[&str] = &[
    "服务", "贡献", "时长", "成效", "成绩", "评议", "考核", "述职", "表现", "实绩", "项目", "业绩", "质量", "满意",
    "志愿", "完成",
];
/// Words by which a figure is attached to a post whatever is done in it.
const FACTOR: &[&str] =
    &["系数", "分档", "固定分", "基础分", "职务分", "任职分", "岗位分", "职级分", "身份分", "年限", "津贴"];

/// The words say that points come by a post: a post with a factor, or a post (or a department's name) and no deed.
fn is_tied(name: &str, departments: &[String]) -> bool {
    let plain: String = folded(name).chars().filter(|c| c.is_alphanumeric()).collect();
    let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    let department = departments.iter().any(|department| !department.is_empty() && plain.contains(department.as_str()));
    (has(POST) || department) && (has(FACTOR) || !has(DEED))
}

/// REV-06 and REV-04: no criterion gives points by a post alone, also not behind other words or in a column for each post;
/// service or contribution is looked at.
pub fn criteria(plan: &Plan, criteria: Vec<Criterion>, departments: &[String]) -> Verdict<Criteria> {
    let mut findings = Vec::new();
    let tied: Vec<&str> =
        criteria.iter().map(|one| one.name.as_str()).filter(|name| is_tied(name, departments)).collect();
    findings.push(match plan.provision(Rule::Rev06) {
        None => Finding::unstated(Rule::Rev06, plan),
        Some(provision) if tied.is_empty() => {
            Finding::new(provision, Outcome::Pass, "各项条件都不单凭岗位给分".to_owned())
        }
        Some(provision) => {
            let says = format!("“{}”单凭岗位给分", tied.join("”“"));
            Finding::new(provision, provision.breach(), says)
                .remedy("改按服务时长、工作成效、评议结果等给分，不按担任什么职务给分")
        }
    });
    let looks = criteria.iter().any(|one| matches!(one.basis, Basis::Service | Basis::Contribution));
    findings.push(match plan.provision(Rule::Rev04) {
        None => Finding::unstated(Rule::Rev04, plan),
        Some(provision) if looks => Finding::new(provision, Outcome::Pass, "条件里有服务或贡献".to_owned()),
        Some(provision) => Finding::new(provision, Outcome::Fail, "条件里没有服务，也没有贡献".to_owned())
            .remedy("至少列一项服务或贡献的条件"),
    });
    Verdict::seal(findings, Criteria { all: criteria })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use super::*;
    use crate::rules::plan::named;

    fn suzhou() -> &'static Plan {
        named("suzhou-2020").unwrap()
    }

    fn members(categories: &[(Category, usize)]) -> Vec<BoardMember> {
        let one = |category| BoardMember { name: "某人".to_owned(), category, reviewed: false, present: true };
        categories.iter().flat_map(|(category, number)| std::iter::repeat_n(one(*category), *number)).collect()
    }

    #[test]
    fn s8_1_students_are_more_than_half_and_both_offices_are_there() {
        for plan in [suzhou(), named("jining-2022").unwrap()] {
            let good = members(&[(Category::Student, 5), (Category::Affairs, 2), (Category::League, 2)]);
            assert_eq!(board(plan, &good).permit().unwrap().members(), 9);
            let half = members(&[(Category::Student, 4), (Category::Affairs, 2), (Category::League, 2)]);
            let refused = board(plan, &half).permit().unwrap_err();
            assert_eq!((refused[0].verdict, refused[0].limit.as_str()), (Outcome::Fail, ">=5"));
            assert!(refused[0].clause.is_some());
            let without = members(&[(Category::Student, 5), (Category::League, 2)]);
            assert!(board(plan, &without).permit().is_err());
            assert!(board(plan, &[]).permit().is_err());
        }
    }

    #[test]
    fn s8_1_the_sitting_is_judged_by_those_who_came() {
        let mut board = members(&[(Category::Student, 6), (Category::Affairs, 1), (Category::League, 1)]);
        assert!(sitting(suzhou(), &board).permit().is_ok());
        board[6].present = false;
        assert!(sitting(suzhou(), &board).permit().is_err(), "an office is missing");
        let mut few = members(&[(Category::Student, 9), (Category::Affairs, 1), (Category::League, 1)]);
        for member in few.iter_mut().take(6) {
            member.present = false;
        }
        let refused = sitting(suzhou(), &few).permit().unwrap_err();
        assert!(refused.iter().any(|one| one.verdict == Outcome::Fail && one.message.contains("没有过半数")));
    }

    #[test]
    fn s8_1_nobody_sits_on_their_own_review_or_scores_their_own_department() {
        let mut own = members(&[(Category::Student, 5), (Category::Affairs, 1), (Category::League, 1)]);
        own[0].reviewed = true;
        assert!(board(suzhou(), &own).permit().is_err());
        assert!(!may_score(&["学习部"], &["学习部"]));
        assert!(may_score(&["学习部"], &["文艺部"]) && may_score::<&str>(&[], &["文艺部"]));
    }

    #[test]
    fn s8_1_an_objection_is_the_boards_to_answer() {
        let mut board = members(&[(Category::Student, 6), (Category::Affairs, 1), (Category::League, 1)]);
        let answer = |board: &[BoardMember], others: &[Grade], grade, ceiling| {
            reconsider(suzhou(), &scheme(false, ceiling), board, others, grade).permit()
        };
        let passed = answer(&board, &[Grade::Good; 9], Some(Grade::Excellent), Some(10)).unwrap();
        assert_eq!((passed.members(), passed.grade()), (8, Some(Grade::Excellent)), "one of ten may be 优秀");
        let others = [[Grade::Good; 8].as_slice(), &[Grade::Excellent]].concat();
        let refused = answer(&board, &others, Some(Grade::Excellent), Some(10)).unwrap_err();
        assert!(refused.iter().any(|one| one.limit == "<=1" && one.rule == Rule::Rev03), "{refused:?}");
        assert!(answer(&board, &others, Some(Grade::Excellent), None).is_ok());
        assert!(answer(&board, &others, None, Some(10)).is_ok(), "it stays");
        board[6].present = false;
        assert!(answer(&board, &others, None, None).is_err(), "an office is missing");
        for member in &mut board {
            member.present = false;
        }
        assert!(answer(&board, &others, None, None).is_err(), "nobody took part");
    }

    #[test]
    fn s8_3_the_plans_aspects_and_the_usual_ones_where_it_is_silent() {
        assert!(!aspects(suzhou()).by_default);
        let jining = aspects(named("jining-2022").unwrap());
        assert!(jining.by_default);
        assert_eq!(jining.names, aspects(suzhou()).names);
    }

    fn scheme(trims: bool, ceiling: Option<u32>) -> Scheme {
        let usual = Scheme::by_default(&DEFAULT_ASPECTS.map(str::to_owned));
        Scheme::new(usual.weights, 100, trims, usual.bounds, ceiling).unwrap()
    }

    #[test]
    fn s8_3_a_sheet_that_lacks_an_aspect_is_named_with_it() {
        let typed = |scores: [&str; 5]| scores.map(str::to_owned);
        assert_eq!(scheme(false, None).complete(&typed(["90", "９1", "0", "100", "77"])), Ok(vec![90, 91, 0, 100, 77]));
        let faults = scheme(false, None).complete(&typed(["90", "", "101", "x", "1"])).unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.place).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(faults[0].says.contains("道德品行"));
        assert_eq!(scheme(false, None).complete(&[]).unwrap_err().len(), 5);
    }

    #[test]
    fn weights_make_a_hundred_and_bounds_stand_in_order() {
        let weight = |weight| Weighted { aspect: "工作成效".to_owned(), weight };
        let bounds = Bounds { excellent: 90, good: 75, satisfactory: 60 };
        let new = |weights: &[u32], bounds, ceiling, most| {
            Scheme::new(weights.iter().map(|one| weight(*one)).collect(), most, false, bounds, ceiling)
        };
        assert!(new(&[60, 40], bounds, Some(30), 10).is_ok());
        assert_eq!(new(&[60, 41], bounds, None, 10), Err(SchemeFault::Weights(101)));
        assert_eq!(new(&[100, 0], bounds, None, 10), Err(SchemeFault::NoWeight));
        assert_eq!(new(&[u32::MAX, 1], bounds, None, 10), Err(SchemeFault::Weights(u32::MAX)));
        assert_eq!(new(&[100], Bounds { good: 90, ..bounds }, None, 10), Err(SchemeFault::Bounds));
        assert_eq!(new(&[100], bounds, Some(101), 10), Err(SchemeFault::Ceiling));
        assert_eq!(new(&[100], bounds, None, 7), Err(SchemeFault::Scale));
        for number in 1..=12_usize {
            let aspects: Vec<String> = (0..number).map(|one| one.to_string()).collect();
            assert_eq!(Scheme::by_default(&aspects).weights.iter().map(|one| one.weight).sum::<u32>(), 100);
        }
    }

    #[test]
    fn a_mean_is_rounded_half_up_once() {
        let weights = vec![Weighted { aspect: "甲".to_owned(), weight: 100 }];
        let usual = Bounds { excellent: 90, good: 75, satisfactory: 60 };
        let one = Scheme::new(weights, 100, false, usual, None).unwrap();
        let score =
            |scores: &[u32]| one.tally(&scores.iter().map(|score| vec![*score]).collect::<Vec<_>>()).unwrap().score;
        assert_eq!(score(&[90, 90, 91]), 9033);
        assert_eq!(score(&[90, 91, 91]), 9067);
        assert_eq!(score(&[89, 90, 90, 90, 90, 90, 90, 90]), 8988, "89.875");
        assert_eq!(one.tally(&[]), None);
        assert_eq!(score_in_words(8905), "89.05");
    }

    #[test]
    fn a_trimmed_mean_of_few_is_a_plain_one() {
        let sheets = |scores: &[u32]| scores.iter().map(|score| vec![*score; 5]).collect::<Vec<_>>();
        let few = scheme(true, None).tally(&sheets(&[0, 80, 80, 100])).unwrap();
        assert!(!few.trimmed && few.score == 6500);
        let enough = scheme(true, None).tally(&sheets(&[0, 80, 80, 80, 100])).unwrap();
        assert!(enough.trimmed && enough.score == 8000 && enough.sheets == 5);
        assert_eq!(enough.bands, [1, 3, 0, 1], "the distribution shows every sheet");
        assert_eq!(enough.aspects, [6800; 5], "so do the means of the aspects");
    }

    #[test]
    fn the_ceiling_is_not_passed_and_equals_at_it_are_treated_alike() {
        let grades = scheme(false, Some(30)).grades(&[9500, 9400, 9300, 9300, 8000, 7000, 7000, 7000, 5999, 6000]);
        let excellent = |grades: &[Grade]| grades.iter().filter(|grade| **grade == Grade::Excellent).count();
        assert_eq!(excellent(&grades), 2, "three places, and two are equal at the third");
        assert_eq!(grades[8..], [Grade::Unsatisfactory, Grade::Satisfactory]);
        assert_eq!(excellent(&scheme(false, Some(40)).grades(&[9500, 9400, 9300, 9300, 1, 1, 1, 1, 1, 1])), 4);
        assert_eq!(excellent(&scheme(false, Some(30)).grades(&[9500, 9400])), 0, "30 % of two is nobody");
        assert_eq!(excellent(&scheme(false, None).grades(&[9500, 9400])), 2);
    }

    #[test]
    fn a_lot_can_be_drawn_again_from_its_seed() {
        let numbers: Vec<String> = (0..40).map(|number| format!("2024{number:04}")).collect();
        let drawn = draw("seed", &numbers, 9);
        let turned: Vec<String> = numbers.iter().rev().chain(&numbers).cloned().collect();
        assert_eq!(drawn, draw("seed", &turned, 9), "neither order nor doubles matter");
        assert_ne!(drawn, draw("other", &numbers, 9));
        assert_eq!(drawn.len(), 9);
        assert_eq!(draw("seed", &numbers, 100).len(), 40);
    }

    #[test]
    fn s8_2_reports_that_are_missing_are_a_breach_when_they_are_late() {
        let facts = |handed, until| Coverage {
            semester: "本学期".to_owned(),
            due: 3,
            handed,
            until,
            late_from: date!(2026 - 12 - 21),
        };
        let early = coverage(suzhou(), &facts(1, None), date!(2026 - 12 - 20));
        assert_eq!((early.verdict, early.measured.as_str()), (Outcome::Pass, "33.3%"));
        let late = coverage(suzhou(), &facts(2, Some(date!(2026 - 12 - 20))), date!(2026 - 12 - 21));
        assert_eq!((late.verdict, late.measured.as_str()), (Outcome::Fail, "66.7%"));
        assert!(late.message.contains("逾期") && late.clause.is_some());
        let done = coverage(suzhou(), &facts(3, None), date!(2027 - 12 - 21));
        assert_eq!((done.verdict, done.measured.as_str()), (Outcome::Pass, "100.0%"));
    }

    fn ranked(scores: &[(u32, Grade)]) -> Vec<Ranked> {
        let one = |(place, (score, grade)): (usize, &(u32, Grade))| Ranked {
            number: place.to_string(),
            name: format!("第{place}位"),
            score: *score,
            grade: *grade,
        };
        scores.iter().enumerate().map(one).collect()
    }

    #[test]
    fn s8_5_nominees_are_taken_by_result_and_a_deviation_has_its_reason() {
        use Grade::{Excellent, Good, Unsatisfactory};
        let results = ranked(&[(9500, Excellent), (9400, Good), (9400, Good), (5000, Unsatisfactory)]);
        assert_eq!(ranks(&results), [1, 2, 2, 4]);
        let plan = suzhou();
        assert!(!nominate(plan, &results, &[0, 2], 2, None).permit().unwrap().deviates(), "equals may be chosen among");
        assert!(nominate(plan, &results, &[1], 2, None).permit().is_err());
        assert!(nominate(plan, &results, &[1], 2, Some("另获更高奖项")).permit().unwrap().deviates());
        assert!(nominate(plan, &results, &[0, 1, 2, 3], 4, Some("理由")).permit().is_err(), "not satisfactory");
        assert!(nominate(plan, &results, &[0, 1, 2], 2, None).permit().is_err(), "more than there are places");
        let unknown = nominate(plan, &results, &[9], 2, Some("理由")).permit().unwrap_err();
        assert_eq!(unknown[0].verdict, Outcome::Fail);
        assert!(unknown[0].clause.is_some());
    }

    #[test]
    fn s8_6_points_for_a_post_are_refused_behind_whatever_words() {
        let departments = ["学习部".to_owned(), "办公室".to_owned()];
        for name in [
            "任职系数",
            "职务分",
            "主席团成员加 10 分",
            "部 长",
            "岗位·基础分",
            "担任负责人",
            "学习部",
            "办公室 5 分",
            "学生干部身份",
            "任职年限×服务",
            "岗位级别系数（按工作成效）",
            "执行主席",
        ] {
            assert!(is_tied(name, &departments), "{name}");
        }
        for name in
            ["志愿服务时长", "岗位工作成效", "述职评议得分", "负责项目的完成质量", "学习成绩", "办公室服务同学的满意度"]
        {
            assert!(!is_tied(name, &departments), "{name}");
        }
        let one = |name: &str, basis| Criterion { name: name.to_owned(), basis, points: 10 };
        for plan in [suzhou(), named("jining-2022").unwrap()] {
            let good = vec![one("志愿服务时长", Basis::Service), one("评议得分", Basis::Result)];
            assert_eq!(criteria(plan, good, &[]).permit().unwrap().all().len(), 2);
            let tied = vec![one("志愿服务时长", Basis::Service), one("任职系数", Basis::Contribution)];
            let refused = criteria(plan, tied, &[]).permit().unwrap_err();
            assert!(refused.iter().any(|one| one.rule == Rule::Rev06 && one.clause.is_some()));
            let no_service = vec![one("评议得分", Basis::Result)];
            assert!(criteria(plan, no_service, &[]).permit().is_err());
        }
    }

    fn sheets() -> impl Strategy<Value = Vec<Vec<u32>>> {
        proptest::collection::vec(proptest::collection::vec(0..=100_u32, 5), 1..40)
    }

    proptest! {
        #[test]
        fn the_order_of_sheets_does_not_matter(sheets in sheets(), trims: bool, turn in 0..40_usize) {
            let mut other = sheets.clone();
            other.reverse();
            let turn = turn % other.len();
            other.rotate_left(turn);
            prop_assert_eq!(scheme(trims, None).tally(&sheets), scheme(trims, None).tally(&other));
        }

        #[test]
        fn a_score_lies_between_the_lowest_and_the_highest_sheet(sheets in sheets(), trims: bool) {
            let scheme = scheme(trims, None);
            let alone: Vec<u32> = sheets.iter().map(|sheet| scheme.tally(std::slice::from_ref(sheet)).unwrap().score).collect();
            let tally = scheme.tally(&sheets).unwrap();
            prop_assert!(alone.iter().min().unwrap() <= &tally.score && &tally.score <= alone.iter().max().unwrap());
            prop_assert_eq!(tally.bands.iter().sum::<u32>(), tally.sheets);
        }

        #[test]
        fn sheets_that_agree_give_their_own_score(score in 0..=100_u32, number in 1..30_usize, trims: bool) {
            let sheets = vec![vec![score; 5]; number];
            prop_assert_eq!(scheme(trims, None).tally(&sheets).unwrap().score, score * 100);
        }

        #[test]
        fn a_better_sheet_never_lowers_a_score(sheets in sheets(), place in any::<prop::sample::Index>(), aspect in 0..5_usize) {
            let mut better = sheets.clone();
            let place = place.index(better.len());
            better[place][aspect] = 100;
            for trims in [false, true] {
                prop_assert!(scheme(trims, None).tally(&better).unwrap().score >= scheme(trims, None).tally(&sheets).unwrap().score);
            }
        }

        #[test]
        fn grades_keep_the_order_of_scores_and_the_ceiling(scores in proptest::collection::vec(0..=10_000_u32, 1..60), ceiling in 1..=100_u32) {
            let scheme = scheme(false, Some(ceiling));
            let grades = scheme.grades(&scores);
            let best = grades.iter().filter(|grade| **grade == Grade::Excellent).count();
            prop_assert!(best * 100 <= scores.len() * usize::try_from(ceiling).unwrap());
            for (one, grade) in scores.iter().zip(&grades) {
                for (other, lower) in scores.iter().zip(&grades) {
                    prop_assert!(one < other || grade <= lower, "{one} {grade:?} {other} {lower:?}");
                }
            }
        }

        #[test]
        fn whatever_the_weights_and_the_scale_a_score_is_the_weighted_mean(
            cuts in proptest::collection::btree_set(1..100_u32, 4), most in prop::sample::select(SCALES.to_vec()), sheets in sheets()
        ) {
            let cuts: Vec<u32> = std::iter::once(0).chain(cuts).chain([100]).collect();
            let weights: Vec<u32> = cuts.windows(2).map(|pair| pair[1] - pair[0]).collect();
            let weigh = |(weight, aspect): (&u32, char)| Weighted { aspect: aspect.to_string(), weight: *weight };
            let weighted = weights.iter().zip("甲乙丙丁戊".chars()).map(weigh).collect();
            let usual = Bounds { excellent: 90, good: 75, satisfactory: 60 };
            let scheme = Scheme::new(weighted, most, false, usual, None).unwrap();
            let scaled = |sheet: &Vec<u32>| sheet.iter().map(|score| score % (most + 1)).collect::<Vec<u32>>();
            let sheets: Vec<Vec<u32>> = sheets.iter().map(scaled).collect();
            let pairs = sheets.iter().flat_map(|sheet| sheet.iter().zip(&weights));
            let sum: u64 = pairs.map(|(score, weight)| u64::from(score * weight)).sum();
            let whole = u64::try_from(sheets.len()).unwrap() * u64::from(most);
            let score = u64::from(scheme.tally(&sheets).unwrap().score);
            prop_assert!((200 * sum).abs_diff(2 * score * whole) <= whole, "{score} of {sum} / {whole}");
        }

        #[test]
        fn a_sheet_that_lacks_aspects_is_refused_with_each_of_them(
            sheet in proptest::collection::vec(0..=100_u32, 5), lacks in proptest::collection::vec(any::<bool>(), 5)
        ) {
            let type_in = |(score, lacks): (&u32, &bool)| if *lacks { String::new() } else { score.to_string() };
            let typed: Vec<String> = sheet.iter().zip(&lacks).map(type_in).collect();
            let missing: Vec<usize> = (0..5).filter(|place| lacks[*place]).collect();
            let (scores, places) = match scheme(false, None).complete(&typed) {
                Ok(scores) => (scores, Vec::new()),
                Err(faults) => (sheet.clone(), faults.iter().map(|fault| fault.place).collect()),
            };
            prop_assert_eq!((scores, places), (sheet, missing));
        }

        #[test]
        fn of_few_sheets_none_is_left_out(
            few in proptest::collection::vec(proptest::collection::vec(0..=100_u32, 5), 1..FEWEST_SHOWN)
        ) {
            prop_assert_eq!(scheme(true, None).tally(&few), scheme(false, None).tally(&few));
        }

        #[test]
        fn equals_share_a_rank_and_the_better_stand_before(scores in proptest::collection::vec(0..=20_u32, 1..30)) {
            let results: Vec<(u32, Grade)> = scores.iter().map(|score| (*score, Grade::Good)).collect();
            let ranks = ranks(&ranked(&results));
            for (one, rank) in scores.iter().zip(&ranks) {
                for (other, behind) in scores.iter().zip(&ranks) {
                    prop_assert_eq!(one.cmp(other), behind.cmp(rank));
                }
            }
        }

        #[test]
        fn the_rounded_score_is_within_half_a_hundredth(sheets in sheets()) {
            let sum: u64 = sheets.iter().flatten().map(|score| u64::from(*score) * 20).sum();
            let exact = u64::try_from(sheets.len()).unwrap() * 100;
            let score = u64::from(scheme(false, None).tally(&sheets).unwrap().score) * exact;
            prop_assert!((2 * 100 * sum).abs_diff(2 * score) <= exact);
        }
    }
}
