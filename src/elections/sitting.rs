//! A sitting (场次), its contests, candidates and monitors.
//!
//! ```text
//!   ┌──────── take back ────────┐
//!   ▼                           │
//! Draft ── announce ─▶ Announced ── rehearse ─▶ Rehearsed ── open ─▶ Open
//!   ▲                                               │                 │ close, or time is up
//!   └────────────────── take back ──────────────────┘                 ▼
//!                              Reported ◀─ report ── Counted ◀─ count ── Closed
//!
//! Announced, Rehearsed, Open, Closed, Counted ── two people ─▶ Voided
//! ```
//!
//! In one file, because a stage holds what the next one adds to: a reader follows them from top to bottom.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    ids::{AccountId, CandidateId, ClassId, CollegeId, ContestId, InstitutionId, SittingId, StudentId},
    name::order::{self, StrokeKey, StrokeOrder},
    rules::{
        Clause, Plan,
        election::{MajorityOf, Round, RulePoint, Rules, Source, Tie, Unreadable},
        plan::{CountRule, DocumentKind},
        sitting::{Body, Fills},
    },
    sealing::keys::{MarkKey, PublicKey},
    words::words,
};

words! {
    /// How far a sitting has come.
    #[derive(PartialOrd, Ord)]
    Stage:
    Draft = "draft", "筹备";
    /// Voters know of it; nothing that is voted on changes any more.
    Announced = "announced", "已公告";
    /// The monitors' passphrases were shown to work.
    Rehearsed = "rehearsed", "已演练";
    Open = "open", "投票中";
    /// No vote is taken any more; the envelopes are sealed.
    Closed = "closed", "已截止";
    /// Counted; the envelopes are gone.
    Counted = "counted", "已计票";
    /// The monitors' report is made.
    Reported = "reported", "已报告";
    /// Void: its votes were destroyed unread, or its result does not stand.
    Voided = "voided", "已作废";
}

impl Stage {
    /// The stages to which it may lead: the table of the steps, drawn above. The database holds the same.
    #[must_use]
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Draft => &[Self::Announced],
            Self::Announced => &[Self::Rehearsed, Self::Draft, Self::Voided],
            Self::Rehearsed => &[Self::Open, Self::Draft, Self::Voided],
            Self::Open => &[Self::Closed, Self::Voided],
            Self::Closed => &[Self::Counted, Self::Voided],
            Self::Counted => &[Self::Reported, Self::Voided],
            Self::Reported | Self::Voided => &[],
        }
    }

    #[must_use]
    pub fn leads_to(self, next: Self) -> bool {
        self.next().contains(&next)
    }

    /// Candidates may withdraw: the ballot is announced, and not counted yet.
    #[must_use]
    pub fn takes_withdrawals(self) -> bool {
        match self {
            Self::Announced | Self::Rehearsed | Self::Open | Self::Closed => true,
            Self::Draft | Self::Counted | Self::Reported | Self::Voided => false,
        }
    }

    #[must_use]
    pub fn for_voters(self) -> &'static str {
        match self {
            Self::Draft | Self::Announced | Self::Rehearsed => "未开始",
            Self::Reported => "结果已公布",
            other => other.label(),
        }
    }

    /// The tone of its tag.
    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Draft | Self::Announced | Self::Rehearsed => "unknown",
            Self::Open | Self::Closed => "warn",
            Self::Counted | Self::Reported => "pass",
            Self::Voided => "fail",
        }
    }
}

/// Voters were told of it.
#[derive(Debug, Clone)]
pub struct AnnouncedStage {
    /// None where that was not kept.
    pub at: Option<OffsetDateTime>,
}

/// Votes were taken, of whoever stood on the frozen roll.
#[derive(Debug, Clone)]
pub struct OpenedStage {
    pub announced: AnnouncedStage,
    pub at: OffsetDateTime,
    pub roll_size: i32,
}

/// No vote is taken any more.
#[derive(Debug, Clone)]
pub struct ClosedStage {
    pub opened: OpenedStage,
    pub at: OffsetDateTime,
    pub envelopes: i32,
}

/// The envelopes were opened.
#[derive(Debug, Clone)]
pub struct CountedStage {
    pub closed: ClosedStage,
    pub at: OffsetDateTime,
    /// Envelopes left out of it.
    pub excluded: i32,
    pub excluded_why: Option<String>,
    /// Everybody may see the full ballots since.
    pub ballots_published_at: Option<OffsetDateTime>,
}

/// The monitors' report was made.
#[derive(Debug, Clone)]
pub struct ReportedStage {
    pub counted: CountedStage,
    pub at: OffsetDateTime,
}

/// How far a sitting has come, with what each of its stages has settled.
#[derive(Debug, Clone)]
pub enum Course {
    Draft,
    Announced(AnnouncedStage),
    Rehearsed(AnnouncedStage),
    Open(OpenedStage),
    Closed(ClosedStage),
    Counted(CountedStage),
    Reported(ReportedStage),
    /// With how far it had come.
    Voided {
        before: Box<Self>,
        at: OffsetDateTime,
    },
}

impl Course {
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self {
            Self::Draft => Stage::Draft,
            Self::Announced(_) => Stage::Announced,
            Self::Rehearsed(_) => Stage::Rehearsed,
            Self::Open(_) => Stage::Open,
            Self::Closed(_) => Stage::Closed,
            Self::Counted(_) => Stage::Counted,
            Self::Reported(_) => Stage::Reported,
            Self::Voided { .. } => Stage::Voided,
        }
    }

    fn announcement(&self) -> Option<&AnnouncedStage> {
        match self {
            Self::Draft => None,
            Self::Announced(announced) | Self::Rehearsed(announced) => Some(announced),
            Self::Open(_) | Self::Closed(_) | Self::Counted(_) | Self::Reported(_) => {
                self.opening().map(|opened| &opened.announced)
            }
            Self::Voided { before, .. } => before.announcement(),
        }
    }

    fn opening(&self) -> Option<&OpenedStage> {
        match self {
            Self::Draft | Self::Announced(_) | Self::Rehearsed(_) => None,
            Self::Open(opened) => Some(opened),
            Self::Closed(_) | Self::Counted(_) | Self::Reported(_) => self.closing().map(|closed| &closed.opened),
            Self::Voided { before, .. } => before.opening(),
        }
    }

    fn closing(&self) -> Option<&ClosedStage> {
        match self {
            Self::Draft | Self::Announced(_) | Self::Rehearsed(_) | Self::Open(_) => None,
            Self::Closed(closed) => Some(closed),
            Self::Counted(_) | Self::Reported(_) => self.count().map(|counted| &counted.closed),
            Self::Voided { before, .. } => before.closing(),
        }
    }

    fn count(&self) -> Option<&CountedStage> {
        match self {
            Self::Draft | Self::Announced(_) | Self::Rehearsed(_) | Self::Open(_) | Self::Closed(_) => None,
            Self::Counted(counted) => Some(counted),
            Self::Reported(reported) => Some(&reported.counted),
            Self::Voided { before, .. } => before.count(),
        }
    }

    fn report(&self) -> Option<&ReportedStage> {
        match self {
            Self::Draft
            | Self::Announced(_)
            | Self::Rehearsed(_)
            | Self::Open(_)
            | Self::Closed(_)
            | Self::Counted(_) => None,
            Self::Reported(reported) => Some(reported),
            Self::Voided { before, .. } => before.report(),
        }
    }
}

/// What one asked and another has to agree to.
#[derive(Debug, Clone)]
pub struct Request {
    pub why: String,
    pub by: AccountId,
}

#[derive(Debug, Clone)]
pub struct Sitting {
    pub id: SittingId,
    pub institution: InstitutionId,
    /// The college that keeps it; none for the school.
    pub college: Option<CollegeId>,
    /// Who keeps it, in words.
    pub keeper: String,
    pub title: String,
    /// What voters are told.
    pub note: String,
    pub course: Course,
    /// From when votes are taken.
    pub opens_at: OffsetDateTime,
    /// Before when they must have come.
    pub closes_at: OffsetDateTime,
    /// Casting again replaces the envelope.
    pub revote: bool,
    /// The monitors whose passphrases open the envelopes.
    pub threshold: u8,
    /// The committee's decision on rules that leave practice.
    pub decision: String,
    /// It is to be closed before its time without a quorum, or was.
    pub early_closing: Option<Request>,
    /// It is to be void, or is.
    pub voiding: Option<Request>,
}

impl Sitting {
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.course.stage()
    }

    /// When voters were told of it; none where that was not kept.
    #[must_use]
    pub fn announced_at(&self) -> Option<OffsetDateTime> {
        self.course.announcement()?.at
    }

    /// When votes were first taken.
    #[must_use]
    pub fn opened_at(&self) -> Option<OffsetDateTime> {
        Some(self.course.opening()?.at)
    }

    /// Voters on the frozen roll.
    #[must_use]
    pub fn roll_size(&self) -> Option<i32> {
        Some(self.course.opening()?.roll_size)
    }

    #[must_use]
    pub fn closed_at(&self) -> Option<OffsetDateTime> {
        Some(self.course.closing()?.at)
    }

    /// Envelopes at closing.
    #[must_use]
    pub fn envelopes(&self) -> Option<i32> {
        Some(self.course.closing()?.envelopes)
    }

    #[must_use]
    pub fn counted_at(&self) -> Option<OffsetDateTime> {
        Some(self.course.count()?.at)
    }

    /// Envelopes left out of the count.
    #[must_use]
    pub fn excluded(&self) -> i32 {
        self.course.count().map_or(0, |count| count.excluded)
    }

    #[must_use]
    pub fn excluded_why(&self) -> Option<&str> {
        self.course.count()?.excluded_why.as_deref()
    }

    /// Since when everybody may see the full ballots.
    #[must_use]
    pub fn ballots_published_at(&self) -> Option<OffsetDateTime> {
        self.course.count()?.ballots_published_at
    }

    #[must_use]
    pub fn reported_at(&self) -> Option<OffsetDateTime> {
        Some(self.course.report()?.at)
    }

    /// Why it is to be closed before its time without a quorum, or was.
    #[must_use]
    pub fn close_why(&self) -> Option<&str> {
        self.early_closing.as_ref().map(|asked| asked.why.as_str())
    }

    /// Why it is to be void, or is.
    #[must_use]
    pub fn void_why(&self) -> Option<&str> {
        self.voiding.as_ref().map(|asked| asked.why.as_str())
    }

    /// Votes are taken at that moment.
    #[must_use]
    pub fn takes_votes(&self, now: OffsetDateTime) -> bool {
        self.stage() == Stage::Open && self.opens_at <= now && now < self.closes_at
    }

    /// It was closed before the announced end.
    #[must_use]
    pub fn closed_early(&self) -> bool {
        self.closed_at().is_some_and(|at| at < self.closes_at)
    }

    /// How far it has come as its voters are told, by the hour and not by its stage alone.
    #[must_use]
    pub fn for_voters(&self, now: OffsetDateTime) -> &'static str {
        match self.stage() {
            Stage::Open if now < self.opens_at => "未开始",
            Stage::Open if self.closes_at <= now => "已截止",
            stage => stage.for_voters(),
        }
    }

    /// When it closed, or will: it may have been closed before its time.
    #[must_use]
    pub fn ends(&self) -> &OffsetDateTime {
        self.course.closing().map_or(&self.closes_at, |closed| &closed.at)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContestRules {
    /// How it is counted.
    #[serde(flatten)]
    pub count: Rules,
    /// How many more candidates than seats there must be.
    pub extra: u32,
}

/// Where a contest's rule comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSource {
    pub point: RulePoint,
    pub source: Source,
    /// The clause, or the decision with its day; empty for practice.
    pub text: String,
}

impl RuleSource {
    /// The plan says it, in a clause of its own or of a document beside it.
    #[must_use]
    pub fn of(plan: &Plan, point: RulePoint, clause: &Clause) -> Self {
        let text = format!("{} {}：“{}”", clause.document, clause.section, clause.quote);
        let text = text.chars().take(200).collect();
        let kind = plan.documents.iter().find(|one| one.number == clause.document).map(|one| one.kind);
        let source = match kind {
            Some(DocumentKind::Constitution) => Source::Constitution,
            Some(DocumentKind::ElectionRules) => Source::ElectionRules,
            Some(DocumentKind::Plan | DocumentKind::ReviewRules | DocumentKind::Other) | None => Source::Plan,
        };
        Self { point, source, text }
    }
}

/// One rule with its value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced {
    pub point: RulePoint,
    pub label: &'static str,
    pub value: String,
    pub source: Source,
    pub text: String,
}

impl Sourced {
    #[must_use]
    pub fn is_practice(&self) -> bool {
        self.source == Source::Practice
    }

    /// The source in words: `依据章程：第二十三条`.
    #[must_use]
    pub fn basis(&self) -> String {
        match (self.source, self.text.as_str()) {
            (Source::Practice, _) => "实践惯例，方案未作规定".to_owned(),
            (source, "") => format!("依据{}", source.label()),
            (source, text) => format!("依据{}：{text}", source.label()),
        }
    }
}

impl ContestRules {
    /// What most universities do.
    pub const PRACTICE: Self = Self { count: Rules::PRACTICE, extra: 1 };

    /// What the plan says for so many seats, each point with its clause, and what most universities do where it says nothing.
    #[must_use]
    pub fn by(plan: &Plan, seats: u32) -> (Self, Vec<RuleSource>) {
        let (mut rules, mut sources) = (Self::PRACTICE, Vec::new());
        for (term, clause) in plan.election_terms() {
            term.rule.set(&mut rules.count);
            if let CountRule::Extra(extra) = term.rule {
                rules.extra = extra.of(seats);
            }
            sources.extend(term.rule.point().map(|point| RuleSource::of(plan, point, clause)));
        }
        (rules, sources)
    }

    /// How a further round is counted: by the majority that the plan gives it, where it gives one; else among the tied the
    /// most votes win, and another election goes by the rules of the first. With the source where the plan has a say.
    #[must_use]
    pub fn further(self, plan: Option<&Plan>, among_tied: bool) -> (Rules, Option<RuleSource>) {
        let by_practice = if among_tied { Round::Tied } else { Round::First };
        let Some((plan, (majority, clause))) = plan.and_then(|plan| Some((plan, plan.second_round()?))) else {
            return (Rules { round: by_practice, ..self.count }, None);
        };
        // Among the tied the most votes win without a majority: that has a round of its own.
        let by_votes = among_tied && majority == MajorityOf::None;
        let round = if by_votes { Round::Tied } else { Round::First };
        let majority_of = if by_votes { self.count.majority_of } else { majority };
        let write_in = self.count.write_in && !among_tied;
        let point = if by_votes { RulePoint::Tie } else { RulePoint::Majority };
        (Rules { round, majority_of, write_in, ..self.count }, Some(RuleSource::of(plan, point, clause)))
    }

    /// The rule is what most universities do.
    #[must_use]
    pub fn is_practice(&self, point: RulePoint) -> bool {
        let (own, usual) = (&self.count, &Rules::PRACTICE);
        match point {
            RulePoint::Quorum => (own.quorum, own.quorum_strict) == (usual.quorum, usual.quorum_strict),
            RulePoint::Majority => own.majority_of == usual.majority_of,
            RulePoint::Tie => own.tie == usual.tie,
            RulePoint::Extra => self.extra == Self::PRACTICE.extra,
            RulePoint::WriteIn => own.write_in == usual.write_in,
            RulePoint::WriteInNeedsAgainst => own.write_in_needs_against == usual.write_in_needs_against,
            RulePoint::Unreadable => own.unreadable == usual.unreadable,
        }
    }

    /// Each rule in words, with its source: what is named for it, else practice, else the sitting's decision.
    #[must_use]
    pub fn in_words(&self, sources: &[RuleSource], decision: &str) -> Vec<Sourced> {
        let own = self.count;
        let one = |point: RulePoint, value: &str| {
            let named = sources.iter().find(|one| one.point == point);
            let (source, text) = match named {
                Some(RuleSource { source: Source::Decision, text, .. }) if text.is_empty() => {
                    (Source::Decision, decision.to_owned())
                }
                Some(RuleSource { source, text, .. }) => (*source, text.clone()),
                None if self.is_practice(point) => (Source::Practice, String::new()),
                None => (Source::Decision, decision.to_owned()),
            };
            Sourced { point, label: point.label(), value: value.to_owned(), source, text }
        };
        let second = own.round == Round::Tied;
        let majority = match own.base() {
            MajorityOf::Present => "赞成超过实到人数的一半",
            MajorityOf::Valid => "赞成超过有效票的一半",
            MajorityOf::Due => "赞成超过应到人数的一半",
            MajorityOf::None if second => "在上一轮得票相同的人中，得票多的当选，不再要求过半数",
            MajorityOf::None => "得票多的当选，不要求过半数；没有得票的不能当选",
        };
        let tie = match own.tie {
            Tie::Vacant => "都不当选，席位空缺",
            Tie::SecondRound => "都不当选，在他们之中进行第二轮",
            Tie::Lot => "在他们之中当众抽签",
            Tie::Hands => "由到会的人在他们之中举手表决",
        };
        let mut rules = vec![one(RulePoint::Quorum, &own.quorum_in_words())];
        let by_tie = Sourced { label: RulePoint::Majority.label(), ..one(RulePoint::Tie, majority) };
        rules.push(if second { by_tie } else { one(RulePoint::Majority, majority) });
        if !second {
            let extra = match self.extra {
                0 => "等额选举".to_owned(),
                extra => format!("候选人至少比应选多 {extra} 人"),
            };
            rules.push(one(RulePoint::Extra, &extra));
        }
        let write_in = match (own.write_in, second) {
            (_, true) => "第二轮不另选他人，写了的票无效",
            (true, false) => "可以另选他人",
            (false, false) => "不设另选他人，写了的票无效",
        };
        let own_point = if second { RulePoint::Tie } else { RulePoint::WriteIn };
        rules.push(Sourced { label: RulePoint::WriteIn.label(), ..one(own_point, write_in) });
        if own.takes_write_ins() {
            let says = if own.write_in_needs_against {
                "弃权的不能另选他人：另选几人，须先反对几名候选人，不足的票无效"
            } else {
                "弃权的也可以另选他人"
            };
            rules.push(one(RulePoint::WriteInNeedsAgainst, says));
        }
        rules.push(Sourced {
            label: "选多了",
            value: "所选多于应选人数的票无效；网上投票提交不了这样的票".to_owned(),
            point: RulePoint::WriteIn,
            source: Source::Practice,
            text: String::new(),
        });
        let unreadable = match own.unreadable {
            Unreadable::Abstain => "个别项无法辨认的按弃权计，整张无法辨认的无效",
            Unreadable::Void => "有一项无法辨认的，整张票无效",
        };
        rules.push(one(RulePoint::Unreadable, unreadable));
        rules.push(one(RulePoint::Tie, tie));
        rules
    }
}

words! {
    /// In which order candidates stand, as ballots and papers say it.
    CandidateOrder:
    Surname = "surname", "候选人以姓氏笔画为序";
    Whole = "whole", "候选人以姓名笔画为序";
    /// Whoever keeps the sitting has moved a line out of the order of strokes.
    Adjusted = "adjusted", "候选人次序由主办单位确定";
    /// Announced when no other order was kept.
    Entered = "entered", "候选人以登记先后为序";
}

impl CandidateOrder {
    /// The order of a draft. Names that the table of strokes lacks stand where people have put them.
    fn of_draft(candidates: &[Candidate], wanted: StrokeOrder) -> Self {
        let known = candidates.iter().map(|one| one.name.as_str()).filter(|name| order::unknown(name).is_empty());
        if !known.is_sorted_by_key(|name| StrokeKey::of(name, wanted)) {
            return Self::Adjusted;
        }
        match wanted {
            StrokeOrder::Surname => Self::Surname,
            StrokeOrder::Whole => Self::Whole,
        }
    }
}

#[derive(Debug, Clone)]
pub struct Candidate {
    pub id: CandidateId,
    pub student: StudentId,
    pub number: String,
    /// The name of today, by which a draft is ordered.
    pub name: String,
    /// As the ballot prints it.
    pub label: String,
    /// A few words on the ballot.
    pub about: String,
    /// Where the candidacy comes from.
    pub origin: String,
    /// Withdrawn since the ballot was announced, and why.
    pub withdrawn: Option<String>,
}

/// A contest with its candidates.
#[derive(Debug, Clone)]
pub struct Contest {
    pub id: ContestId,
    pub sitting: SittingId,
    /// Its place in the sitting, from 1.
    pub ordinal: i16,
    pub title: String,
    pub fills: Fills,
    pub body: Body,
    pub body_name: String,
    pub college: Option<CollegeId>,
    /// A class's or constituency's.
    pub classes: Vec<ClassId>,
    pub seats: u32,
    pub rules: ContestRules,
    /// Where its rules come from, as far as somebody said so.
    pub sources: Vec<RuleSource>,
    /// It is the second round of another.
    pub round_of: Option<ContestId>,
    /// Who stands, in the ballot's order.
    pub candidates: Vec<Candidate>,
    pub order: CandidateOrder,
    /// Lines of the draft were moved: it is not put in order again.
    pub by_hand: bool,
    /// Students who may vote in it: today, or on the frozen roll.
    pub voters: u32,
}

impl Contest {
    /// Puts a draft's candidates in order, unless lines were moved, and says which order that is.
    pub(super) fn put_in_order(&mut self, wanted: StrokeOrder) {
        if !self.by_hand {
            order::sort(&mut self.candidates, wanted, |one| &one.name);
        }
        self.order = CandidateOrder::of_draft(&self.candidates, wanted);
    }

    /// The most names that a ballot cast here writes in: a phone's form ends somewhere, and five is more than practice knows.
    pub const MOST_WRITE_INS: u32 = 5;

    /// Lines for names written in.
    #[must_use]
    pub fn lines(&self) -> u32 {
        if self.rules.count.takes_write_ins() { self.seats.min(Self::MOST_WRITE_INS) } else { 0 }
    }

    /// Its rules in words, each with its source; `decision` is the sitting's.
    #[must_use]
    pub fn rules_in_words(&self, decision: &str) -> Vec<Sourced> {
        self.rules.in_words(&self.sources, decision)
    }

    /// Who is elected, in a sentence for voters; and that it is a second round, where it is one.
    #[must_use]
    pub fn who_wins(&self) -> String {
        let count = self.rules.count;
        let tied = count.round == Round::Tied;
        let round = match (tied, self.round_of.is_some()) {
            (true, _) => "这是第二轮，只在上一轮得票相同的人中选：",
            (false, true) => "这是第二轮，选上一轮空缺的席位：",
            (false, false) => "",
        };
        let wins = match count.base() {
            MajorityOf::None if tied => "得票多的当选，不再要求过半数",
            MajorityOf::None => "按相对多数，得票多的当选，不要求过半数",
            MajorityOf::Present => "赞成票超过实到人数的一半才能当选",
            MajorityOf::Valid => "赞成票超过有效票的一半才能当选",
            MajorityOf::Due => "赞成票超过应到人数的一半才能当选",
        };
        format!("{round}{wins}。")
    }

    /// The numbers of those lines.
    #[must_use]
    pub fn line_numbers(&self) -> Vec<u32> {
        (1..=self.lines()).collect()
    }

    /// The candidates with their places, in two columns from seventeen on: a printed page holds sixty.
    #[must_use]
    pub fn columns(&self) -> Vec<Vec<(usize, &Candidate)>> {
        let all: Vec<_> = self.candidates.iter().enumerate().map(|(place, one)| (place + 1, one)).collect();
        let many = if all.len() > 16 { all.len().div_ceil(2) } else { all.len().max(1) };
        all.chunks(many).map(<[_]>::to_vec).collect()
    }

    /// What the table of strokes lacks of the candidates' names.
    #[must_use]
    pub fn order_hint(&self) -> Option<String> {
        order::hint(self.candidates.iter().map(|one| one.name.as_str()))
    }

    /// The candidates as the ballot prints them.
    #[must_use]
    pub fn labels(&self) -> Vec<String> {
        self.candidates.iter().map(|candidate| candidate.label.clone()).collect()
    }

    /// Those who withdrew since it was announced.
    #[must_use]
    pub fn withdrawn(&self) -> Vec<String> {
        let gone = self.candidates.iter().filter(|candidate| candidate.withdrawn.is_some());
        gone.map(|candidate| candidate.label.clone()).collect()
    }
}

/// The key that a monitor's passphrase gives.
#[derive(Debug, Clone)]
pub struct MonitorKey {
    /// Of the passphrase.
    pub salt: Vec<u8>,
    pub public: PublicKey,
    /// The portal's own mark on salt and key: what somebody else writes into the table has none.
    pub mac: Vec<u8>,
}

impl MonitorKey {
    /// A key with the portal's mark.
    #[must_use]
    pub fn new(mark: &MarkKey, sitting: SittingId, account: AccountId, salt: Vec<u8>, public: PublicKey) -> Self {
        let mut key = Self { salt, public, mac: Vec::new() };
        key.mac = mark.mark("monitor", &key.parts(&sitting, &account));
        key
    }

    fn parts<'a>(&'a self, sitting: &'a SittingId, account: &'a AccountId) -> [&'a [u8]; 4] {
        [sitting.0.as_bytes(), account.0.as_bytes(), &self.salt, self.public.as_bytes()]
    }
}

/// A monitor (监票人).
#[derive(Debug, Clone)]
pub struct Monitor {
    pub account: AccountId,
    pub number: String,
    pub name: String,
    /// The chief monitor (总监票人).
    pub chief: bool,
    /// What their passphrase gives, once there is one.
    pub key: Option<MonitorKey>,
    /// When it was shown to work in the rehearsal.
    pub proved_at: Option<OffsetDateTime>,
    /// The share that is sealed to the key.
    pub share: Option<SealedShare>,
}

/// A share as it was dealt.
#[derive(Debug, Clone)]
pub struct SealedShare {
    /// Sealed to the monitor's key.
    pub sealed: Vec<u8>,
    /// The portal's own mark on what is sealed; none on a share that was dealt before marks were.
    pub mark: Option<Vec<u8>>,
}

impl Monitor {
    /// The key that the monitor themself made: somebody else's, written into the table, is none.
    #[must_use]
    pub fn own_key(&self, mark: &MarkKey, sitting: SittingId) -> Option<PublicKey> {
        let key = self.key.as_ref()?;
        mark.is_mark("monitor", &key.parts(&sitting, &self.account), &key.mac).then_some(key.public)
    }

    /// The word for the duty.
    #[must_use]
    pub fn duty(&self) -> &'static str {
        if self.chief { "总监票人" } else { "监票人" }
    }
}

/// The terms of a sitting as its mark covers them.
#[must_use]
pub fn terms(sitting: &Sitting) -> Vec<u8> {
    let Sitting { opens_at, closes_at, revote, threshold, .. } = sitting;
    format!("{} {} {revote} {threshold}", opens_at.unix_timestamp(), closes_at.unix_timestamp()).into_bytes()
}

/// What the opening sets and the portal marks.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The key to which ballots are sealed.
    pub key: PublicKey,
    /// Bytes of every ballot before sealing.
    pub ballot_size: usize,
    /// The hash of the roll.
    pub roll_hash: Vec<u8>,
    /// The hash of the contests.
    pub contests_hash: Vec<u8>,
    /// Hours, threshold, whether one may cast again, and the monitors' keys.
    pub terms: Vec<u8>,
}

impl Opened {
    fn parts<'a>(&'a self, sitting: &'a SittingId, size: &'a [u8; 8]) -> [&'a [u8]; 6] {
        [sitting.0.as_bytes(), self.key.as_bytes(), size, &self.roll_hash, &self.contests_hash, &self.terms]
    }

    #[must_use]
    pub fn mark(&self, key: &MarkKey, sitting: SittingId) -> Vec<u8> {
        key.mark("sitting", &self.parts(&sitting, &(self.ballot_size as u64).to_be_bytes()))
    }

    /// The mark is the portal's own.
    #[must_use]
    pub fn is_marked(&self, key: &MarkKey, sitting: SittingId, mark: &[u8]) -> bool {
        key.is_mark("sitting", &self.parts(&sitting, &(self.ballot_size as u64).to_be_bytes()), mark)
    }
}
