//! GUI-01, GUI-02: nothing of the four controlled matters begins before every step of its chain has signed it, and nothing
//! important before it was reported to the School Youth League committee. Whom else to ask, how long before, and what counts as
//! important no plan says: that is practice, and the League committee's to set.
//!
//! ```text
//!            ┌── return ──▶ Returned ──┐
//! file ──▶ Asked ── refuse ─▶ Refused  │        every change begins the chain anew
//!   ▲        │                         │
//!   └────────┼──────── change ◀────────┴── Approved, Revoked
//!            └─ the last step agrees ─▶ Approved ── begin ─▶ Begun ── close ─▶ Closed
//!                                          └─ revoke ─▶ Revoked        Withdrawn: before it has begun
//! ```

use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::{Finding, Outcome, Plan, Rule, Verdict};
use crate::{text::folded, words::words};

words! {
    /// The four controlled matters of GUI-02.
    MatterKind:
    Activity = "activity", "活动";
    Publication = "publication", "信息发布";
    Contact = "contact", "对外联系";
    Funds = "funds", "经费物资";
}

impl MatterKind {
    /// What it is that nobody does before the last approval.
    #[must_use]
    pub fn begins(self) -> &'static str {
        match self {
            Self::Activity => "开展",
            Self::Publication => "发布",
            Self::Contact => "联系",
            Self::Funds => "使用",
        }
    }

    /// The application as papers call it.
    #[must_use]
    pub fn paper(self) -> &'static str {
        match self {
            Self::Activity => "活动申请表",
            Self::Publication => "信息发布审批表",
            Self::Contact => "对外联系审批表",
            Self::Funds => "经费申请与决算表",
        }
    }
}

words! {
    /// Whose word a matter needs, in the order in which they sign.
    Step:
    Presidium = "presidium", "主席团意见";
    Guide = "guide", "指导老师意见";
    Deputy = "deputy", "校团委专职副书记意见";
}

words! {
    /// What a step says.
    Word:
    Agree = "agree", "同意";
    Return = "return", "退回修改";
    Refuse = "refuse", "不同意";
}

/// A step that has agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    pub step: Step,
    pub by: Uuid,
    pub at: OffsetDateTime,
}

/// How far a matter is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// With the steps that have agreed so far, in their order.
    Asked {
        signed: Vec<Signed>,
    },
    /// Sent back to be changed.
    Returned,
    Refused,
    Withdrawn,
    Approved {
        at: OffsetDateTime,
    },
    /// The approval was taken back.
    Revoked,
    Begun {
        approved: OffsetDateTime,
        at: OffsetDateTime,
    },
    Closed {
        approved: OffsetDateTime,
        begun: OffsetDateTime,
    },
}

words! {
    /// The stage as one word, as the database keeps it.
    StageWord:
    Asked = "asked", "审批中";
    Returned = "returned", "退回修改";
    Refused = "refused", "不予批准";
    Withdrawn = "withdrawn", "已撤回";
    Approved = "approved", "已批准";
    Revoked = "revoked", "已撤销批准";
    Begun = "begun", "已开展，待总结";
    Closed = "closed", "已办结";
}

impl StageWord {
    /// The tone of its tag.
    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Asked | Self::Withdrawn => "unknown",
            Self::Returned | Self::Begun => "warn",
            Self::Refused | Self::Revoked => "fail",
            Self::Approved | Self::Closed => "pass",
        }
    }
}

impl Stage {
    #[must_use]
    pub fn word(&self) -> StageWord {
        match self {
            Self::Asked { .. } => StageWord::Asked,
            Self::Returned => StageWord::Returned,
            Self::Refused => StageWord::Refused,
            Self::Withdrawn => StageWord::Withdrawn,
            Self::Approved { .. } => StageWord::Approved,
            Self::Revoked => StageWord::Revoked,
            Self::Begun { .. } => StageWord::Begun,
            Self::Closed { .. } => StageWord::Closed,
        }
    }
}

/// A matter's way: its chain, where it stands, and who filed what it says now. Moved by the methods of this type alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    chain: Vec<Step>,
    stage: Stage,
    filed_by: Uuid,
}

impl Course {
    /// A matter that was just filed, or filed again with changes.
    #[must_use]
    pub fn filed(chain: Vec<Step>, by: Uuid) -> Self {
        Self { chain, stage: Stage::Asked { signed: Vec::new() }, filed_by: by }
    }

    /// A matter as the database keeps it.
    #[must_use]
    pub fn kept(chain: Vec<Step>, stage: Stage, filed_by: Uuid) -> Self {
        Self { chain, stage, filed_by }
    }

    #[must_use]
    pub fn chain(&self) -> &[Step] {
        &self.chain
    }

    #[must_use]
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The step whose word is awaited.
    #[must_use]
    pub fn awaits(&self) -> Option<Step> {
        match &self.stage {
            Stage::Asked { signed } => self.chain.get(signed.len()).copied(),
            Stage::Returned
            | Stage::Refused
            | Stage::Withdrawn
            | Stage::Approved { .. }
            | Stage::Revoked
            | Stage::Begun { .. }
            | Stage::Closed { .. } => None,
        }
    }

    /// Whether this change would begin the chain anew: what has begun or was withdrawn is changed no more.
    #[must_use]
    pub fn may_change(&self) -> bool {
        match self.stage {
            Stage::Asked { .. } | Stage::Returned | Stage::Refused | Stage::Approved { .. } | Stage::Revoked => true,
            Stage::Withdrawn | Stage::Begun { .. } | Stage::Closed { .. } => false,
        }
    }

    /// The awaited step's word. Whoever filed it signs nothing of it, and nobody signs two steps.
    pub fn word(&self, step: Step, word: Word, by: Uuid, at: OffsetDateTime) -> Verdict<Self> {
        let mut findings = Vec::new();
        let Stage::Asked { signed } = &self.stage else {
            findings.push(gone(&self.stage));
            return Verdict::seal(findings, self.clone());
        };
        if self.awaits() != Some(step) {
            let awaited = self.awaits().map_or("", Step::label);
            let says = format!("现在等的是“{awaited}”，不是“{}”", step.label());
            findings.push(house(says, "各环节依次签署，等前面的环节签署以后再来"));
        }
        if by == self.filed_by {
            findings.push(house(
                "申请由你提交，你不能再签署意见".to_owned(),
                "请本环节的另一人签署（申请与审批由不同的人办理，系统默认）",
            ));
        }
        if signed.iter().any(|one| one.by == by) {
            findings
                .push(house("你已经签署过前面的环节".to_owned(), "请本环节的另一人签署（一人不签两个环节，系统默认）"));
        }
        let stage = match word {
            Word::Return => Stage::Returned,
            Word::Refuse => Stage::Refused,
            Word::Agree => {
                let mut signed = signed.clone();
                signed.push(Signed { step, by, at });
                if signed.len() >= self.chain.len() { Stage::Approved { at } } else { Stage::Asked { signed } }
            }
        };
        Verdict::seal(findings, Self { stage, ..self.clone() })
    }

    /// Takes the approval back, before it has begun.
    #[must_use]
    pub fn revoked(&self) -> Option<Self> {
        matches!(self.stage, Stage::Approved { .. }).then(|| Self { stage: Stage::Revoked, ..self.clone() })
    }

    /// Gives the matter up, before it has begun.
    #[must_use]
    pub fn withdrawn(&self) -> Option<Self> {
        self.may_change().then(|| Self { stage: Stage::Withdrawn, ..self.clone() })
    }

    /// Marks it as begun at a moment: after the last approval, and after what has to be reported first was.
    pub fn begun(&self, plan: Option<&Plan>, at: OffsetDateTime, report: Reported) -> Verdict<Self> {
        let mut findings = Vec::new();
        let approved = match self.stage {
            Stage::Approved { at: approved } => {
                let says = format!("最后一个环节于{}批准，{}", exact(approved), before_or_after(at, approved));
                findings.push(
                    Finding::met_under(plan, Rule::Gui02, at >= approved, says)
                        .remedy("先审后办：填写批准以后的时间；确已提前开展的，撤回申请，并如实作为迟报报告校团委"),
                );
                approved
            }
            Stage::Asked { .. }
            | Stage::Returned
            | Stage::Refused
            | Stage::Withdrawn
            | Stage::Revoked
            | Stage::Begun { .. }
            | Stage::Closed { .. } => {
                let says = format!("这一件现在是“{}”，不是已批准", self.stage.word().label());
                findings.push(Finding::met_under(plan, Rule::Gui02, false, says).remedy("等各环节都签署同意以后再办"));
                at
            }
        };
        findings.extend(report.finding(plan, at));
        Verdict::seal(findings, Self { stage: Stage::Begun { approved, at }, ..self.clone() })
    }

    /// Closes what has begun.
    #[must_use]
    pub fn closed(&self) -> Option<Self> {
        let Stage::Begun { approved, at } = self.stage else { return None };
        Some(Self { stage: Stage::Closed { approved, begun: at }, ..self.clone() })
    }
}

/// What is known of a prior report (GUI-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reported {
    /// It is not of what has to be reported.
    NotAsked,
    Missing,
    /// Received at that moment.
    At(OffsetDateTime),
}

impl Reported {
    /// GUI-01: held against the moment of the decision or the start.
    fn finding(self, plan: Option<&Plan>, at: OffsetDateTime) -> Option<Finding> {
        match self {
            Self::NotAsked => None,
            Self::Missing => {
                let says = "属于重大活动，还没有向校团委报告".to_owned();
                Some(
                    Finding::met_under(plan, Rule::Gui01, false, says)
                        .remedy("先在“事先报告”里报告，校团委收到以后再开展"),
                )
            }
            Self::At(received) => {
                let says = format!("校团委于{}收到报告，{}", exact(received), before_or_after(at, received));
                Some(
                    Finding::met_under(plan, Rule::Gui01, at >= received, says)
                        .remedy("事先报告：时间应在收到报告以后；确已提前的，如实作为迟报报告"),
                )
            }
        }
    }
}

/// A decision that was reported first, passed by [`decide`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decided {
    at: OffsetDateTime,
}

impl Decided {
    #[must_use]
    pub fn at(self) -> OffsetDateTime {
        self.at
    }
}

/// GUI-01: an important matter is decided after it was reported. A committee that opposes it is heard (practice).
pub fn decide(
    plan: Option<&Plan>,
    received: OffsetDateTime,
    at: OffsetDateTime,
    answer: Option<Answer>,
) -> Verdict<Decided> {
    let mut findings: Vec<Finding> = Reported::At(received).finding(plan, at).into_iter().collect();
    if answer == Some(Answer::Opposed) {
        findings.push(house(
            "校团委答复“不同意”".to_owned(),
            "按答复调整以后重新报告（方案只要求事先报告，不同意的不作决定是系统默认）",
        ));
    }
    Verdict::seal(findings, Decided { at })
}

words! {
    /// How the League committee answers a report.
    Answer:
    Noted = "noted", "已知悉";
    Agreed = "agreed", "同意";
    Adjust = "adjust", "请调整后进行";
    Opposed = "opposed", "不同意";
}

words! {
    /// What is reported first.
    ReportKind:
    Decision = "decision", "决定重要事项";
    Activity = "activity", "开展重大活动";
}

words! {
    /// By what a ground of reporting is recognised.
    Measure:
    People = "people", "参加人数超过";
    Money = "money", "预算超过";
    Guests = "guests", "有校外人员参加";
    OffCampus = "off_campus", "在校外举行";
    /// A decision of that kind.
    Decision = "decision", "重要事项";
    /// An activity of that kind, which the union says itself.
    Named = "named", "重大活动";
}

/// Something that counts as important or major, as the League committee keeps it (trap G3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    pub measure: Measure,
    pub label: String,
    /// People, or fen: more than so many.
    pub threshold: Option<i64>,
}

/// What a ground is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Size {
    pub people: u32,
    /// In fen.
    pub money: i64,
    pub guests: bool,
    pub off_campus: bool,
}

impl Ground {
    /// An activity of that size falls under it.
    #[must_use]
    pub fn holds(&self, size: Size) -> bool {
        match self.measure {
            Measure::People => self.threshold.is_some_and(|most| i64::from(size.people) > most),
            Measure::Money => self.threshold.is_some_and(|most| size.money > most),
            Measure::Guests => size.guests,
            Measure::OffCampus => size.off_campus,
            Measure::Decision | Measure::Named => false,
        }
    }

    /// As lists and papers have it.
    #[must_use]
    pub fn in_words(&self) -> String {
        match (self.measure, self.threshold) {
            (Measure::People, Some(most)) => format!("参加人数超过 {most} 人"),
            (Measure::Money, Some(most)) => format!("预算超过 {} 元", yuan(most)),
            (Measure::Guests | Measure::OffCampus, _) => self.measure.label().to_owned(),
            _ => self.label.clone(),
        }
    }
}

/// An amount of fen as yuan: `1234.50`.
#[must_use]
pub fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

/// An amount of yuan as people type it, in fen: `1,234.50`, `120`, `￥88.8`, `7元`. None where it is no such amount, or more than
/// `most` fen.
#[must_use]
pub fn fen(typed: &str, most: i64) -> Option<i64> {
    let text = folded(typed).replace([',', '，', '￥', '¥'], "");
    let text = text.strip_suffix('元').unwrap_or(&text).trim();
    let (yuan, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if yuan.is_empty() || yuan.len() > 9 || rest.len() > 2 || !digits(yuan) || !digits(rest) {
        return None;
    }
    let rest: i64 = if rest.is_empty() { 0 } else { format!("{rest:0<2}").parse().ok()? };
    Some(yuan.parse::<i64>().ok()? * 100 + rest).filter(|fen| *fen <= most)
}

/// What a matter about to be filed is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filing {
    pub kind: MatterKind,
    pub people: u32,
    /// More than so many people need a safety plan.
    pub safe_up_to: u32,
    pub has_safety_plan: bool,
    /// The first day on which it may start in time, by the lead time.
    pub earliest: Date,
    pub starts: Date,
    /// Working days of the lead time.
    pub lead_days: u32,
    pub is_urgent: bool,
}

/// The permission to file. Made by [`file`] alone.
#[derive(Debug)]
pub struct Filed(());

/// GUI-02: what an application needs. Lead times and the safety plan are practice; what is urgent says so.
pub fn file(facts: Filing) -> Verdict<Filed> {
    let Filing { kind, people, safe_up_to, has_safety_plan, earliest, starts, lead_days, is_urgent } = facts;
    let mut findings = Vec::new();
    if kind == MatterKind::Activity && people > safe_up_to && !has_safety_plan {
        let says = format!("参加人数 {people}，超过 {safe_up_to} 人的活动须有安全预案（实践惯例）");
        findings.push(
            Finding::practice(Rule::Gui02, Outcome::Fail, says)
                .against(&people, format!("<={safe_up_to}"))
                .remedy("请填写安全预案：责任人、疏散、医疗、天气等"),
        );
    }
    if starts < earliest && !is_urgent {
        let says = format!("应提前 {lead_days} 个工作日申请，最早 {earliest} {}（实践惯例）", kind.begins());
        findings.push(
            Finding::practice(Rule::Gui02, Outcome::Fail, says)
                .against(&starts, earliest.to_string())
                .remedy("改期；确实来不及的写明加急理由，会标明“加急”"),
        );
    }
    Verdict::seal(findings, Filed(()))
}

/// What a matter about to be closed is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// Lines of the budget without what was spent.
    pub unsettled: usize,
    /// Materials that are not back.
    pub lent: usize,
}

/// The permission to close. Made by [`close`] alone.
#[derive(Debug)]
pub struct ClosedInOrder(());

/// Nothing is closed with an open account or with materials out (practice).
pub fn close(facts: Closing) -> Verdict<ClosedInOrder> {
    let mut findings = Vec::new();
    if facts.unsettled > 0 {
        findings.push(house(format!("决算还差 {} 项", facts.unsettled), "先填写决算：每项实支和单据号"));
    }
    if facts.lent > 0 {
        findings.push(house(format!("借用的物资还有 {} 项没有归还", facts.lent), "先登记归还"));
    }
    Verdict::seal(findings, ClosedInOrder(()))
}

/// A moment to the second, in China's time, as two moments are told apart.
fn exact(at: OffsetDateTime) -> String {
    let at = at.to_offset(crate::clock::CHINA);
    format!(" {} {:02}:{:02}:{:02} ", at.date(), at.hour(), at.minute(), at.second())
}

fn before_or_after(at: OffsetDateTime, than: OffsetDateTime) -> String {
    format!("所填时间{}在其{}", exact(at), if at < than { "以前" } else { "以后" })
}

fn house(says: String, remedy: &str) -> Finding {
    Finding::house(Outcome::Fail, says).remedy(remedy)
}

fn gone(stage: &Stage) -> Finding {
    let says = format!("这一件现在是“{}”", stage.word().label());
    house(says, "请打开这一件，看看现在到哪一步")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::{Duration, UtcOffset, macros::datetime};

    use super::*;
    use crate::rules::plan::named;

    const APPROVED: OffsetDateTime = datetime!(2026-11-20 00:00:00 +8);

    fn accounts() -> [Uuid; 4] {
        [1, 2, 3, 4].map(Uuid::from_u128)
    }

    fn approved() -> Course {
        Course::kept(vec![Step::Deputy], Stage::Approved { at: APPROVED }, Uuid::from_u128(9))
    }

    fn plan() -> Option<&'static Plan> {
        named("suzhou-2020")
    }

    #[test]
    fn gui_02_nothing_begins_a_second_before_the_last_approval_whatever_the_time_zone() {
        let begins = |at| approved().begun(plan(), at, Reported::NotAsked).permit().is_ok();
        assert!(!begins(APPROVED - Duration::SECOND));
        assert!(begins(APPROVED));
        // The day before by Greenwich's date, and the same instant.
        let elsewhere = APPROVED.to_offset(UtcOffset::UTC);
        assert_ne!(elsewhere.date(), APPROVED.date());
        assert!(begins(elsewhere));
        // By its own clock it is the day after the approval, and an hour before it.
        let early = datetime!(2026-11-20 12:00:00 +14) - Duration::hours(7);
        assert!(early.date() >= APPROVED.date() && !begins(early));
        let refused = approved().begun(plan(), APPROVED - Duration::SECOND, Reported::NotAsked).permit().unwrap_err();
        assert_eq!(refused[0].clause.as_ref().unwrap().id, "S10.4");
        assert!(refused[0].message.contains("2026-11-19 23:59:59"), "{}", refused[0].message);
    }

    #[test]
    fn gui_01_a_major_activity_begins_after_its_report_was_received() {
        let at = APPROVED + Duration::hours(1);
        let begins = |report| approved().begun(plan(), at, report).permit();
        assert!(begins(Reported::NotAsked).is_ok());
        assert!(begins(Reported::At(at)).is_ok());
        for report in [Reported::Missing, Reported::At(at + Duration::SECOND)] {
            let refused = begins(report).unwrap_err();
            let finding = refused.iter().find(|finding| finding.rule == Rule::Gui01).unwrap();
            assert_eq!(finding.clause.as_ref().unwrap().id, "S7.4");
        }
        // Where the plan is silent it is practice, and no clause is claimed.
        let jining = named("jining-2022");
        let refused = approved().begun(jining, at, Reported::Missing).permit().unwrap_err();
        assert!(refused.iter().all(|finding| finding.clause.is_none()));
        assert!(refused.iter().any(|finding| finding.message.contains("实践惯例")));
    }

    #[test]
    fn gui_01_a_decision_dated_before_the_report_was_received_is_refused() {
        let received = APPROVED;
        assert!(decide(plan(), received, received, None).permit().is_ok());
        assert!(decide(plan(), received, received - Duration::SECOND, None).permit().is_err());
        assert!(decide(plan(), received, received, Some(Answer::Adjust)).permit().is_ok());
        assert!(decide(plan(), received, received, Some(Answer::Opposed)).permit().is_err());
    }

    #[test]
    fn nobody_signs_what_they_filed_nor_two_steps() {
        let [filer, one, two, _] = accounts();
        let course = Course::filed(vec![Step::Guide, Step::Deputy], filer);
        let agree = |course: &Course, step, by| course.word(step, Word::Agree, by, APPROVED).permit();
        assert!(agree(&course, Step::Guide, filer).is_err());
        assert!(agree(&course, Step::Deputy, two).is_err(), "out of turn");
        let course = agree(&course, Step::Guide, one).unwrap();
        assert!(agree(&course, Step::Deputy, one).is_err());
        let course = agree(&course, Step::Deputy, two).unwrap();
        assert_eq!(course.stage(), &Stage::Approved { at: APPROVED });
    }

    #[test]
    fn an_application_needs_a_safety_plan_above_the_bound_and_its_lead_time() {
        let day = time::macros::date!(2026 - 11 - 20);
        let facts = Filing {
            kind: MatterKind::Activity,
            people: 100,
            safe_up_to: 100,
            has_safety_plan: false,
            earliest: day,
            starts: day,
            lead_days: 5,
            is_urgent: false,
        };
        assert!(file(facts).permit().is_ok());
        assert!(file(Filing { people: 101, ..facts }).permit().is_err());
        assert!(file(Filing { people: 101, has_safety_plan: true, ..facts }).permit().is_ok());
        let soon = Filing { starts: day - Duration::DAY, ..facts };
        assert!(file(soon).permit().is_err());
        assert!(file(Filing { is_urgent: true, ..soon }).permit().is_ok());
    }

    #[test]
    fn what_counts_as_major_is_more_than_the_bound() {
        let ground = |measure, threshold| Ground { measure, label: String::new(), threshold };
        let size = Size { people: 100, money: 500_000, guests: false, off_campus: true };
        assert!(!ground(Measure::People, Some(100)).holds(size));
        assert!(ground(Measure::People, Some(99)).holds(size));
        assert!(!ground(Measure::Money, Some(500_000)).holds(size));
        assert!(ground(Measure::Money, Some(499_999)).holds(size));
        assert!(ground(Measure::OffCampus, None).holds(size) && !ground(Measure::Guests, None).holds(size));
        assert_eq!(yuan(123_450), "1234.50");
    }

    /// Anything that anybody may try.
    #[derive(Debug, Clone, Copy)]
    enum Act {
        Word(Step, Word, usize),
        Change(usize),
        Revoke,
        Withdraw,
        Begin,
        Close,
    }

    /// Most steps agree, so that some histories come to an end.
    const WORDS: &[Word] = &[Word::Agree, Word::Agree, Word::Agree, Word::Return, Word::Refuse];

    fn acts() -> impl Strategy<Value = Act> {
        let step = prop::sample::select(Step::ALL);
        let word = prop::sample::select(WORDS);
        prop_oneof![
            6 => (step, word, 0_usize..4).prop_map(|(step, word, by)| Act::Word(step, word, by)),
            1 => (0_usize..4).prop_map(Act::Change),
            1 => Just(Act::Revoke),
            1 => Just(Act::Withdraw),
            3 => Just(Act::Begin),
            1 => Just(Act::Close),
        ]
    }

    proptest! {
        #[test]
        fn gui_02_no_history_of_acts_reaches_started_without_every_approval(
            chain in prop::sample::select(vec![
                vec![Step::Deputy], vec![Step::Guide, Step::Deputy], vec![Step::Presidium, Step::Guide, Step::Deputy],
            ]),
            history in prop::collection::vec(acts(), 0..60),
        ) {
            let people = accounts();
            let mut course = Course::filed(chain.clone(), people[0]);
            // What was agreed to since the last change, kept apart from the course.
            let mut agreed: Vec<(Step, usize)> = Vec::new();
            let mut now = APPROVED;
            let mut has_begun = false;
            for act in history {
                now += Duration::MINUTE;
                let next = match act {
                    Act::Word(step, word, by) => course.word(step, word, people[by], now).permit().ok(),
                    Act::Change(by) => course.may_change().then(|| Course::filed(chain.clone(), people[by])),
                    Act::Revoke => course.revoked(),
                    Act::Withdraw => course.withdrawn(),
                    Act::Begin => course.begun(None, now, Reported::NotAsked).permit().ok(),
                    Act::Close => course.closed(),
                };
                let Some(next) = next else { continue };
                match act {
                    Act::Word(step, Word::Agree, by) => agreed.push((step, by)),
                    Act::Change(_) => agreed.clear(),
                    _ => {}
                }
                let begins = matches!(next.stage(), Stage::Begun { .. } | Stage::Closed { .. });
                if begins {
                    let steps: Vec<Step> = agreed.iter().map(|(step, _)| *step).collect();
                    prop_assert_eq!(&steps, &chain);
                    let mut by: Vec<usize> = agreed.iter().map(|(_, by)| *by).collect();
                    by.sort_unstable();
                    by.dedup();
                    prop_assert_eq!(by.len(), chain.len(), "as many people as steps");
                    has_begun = true;
                }
                prop_assert!(!has_begun || begins, "what has begun stays so");
                course = next;
            }
        }
    }

    #[test]
    fn amounts_are_read_to_the_fen_and_never_as_fractions() {
        for (typed, want) in [
            ("120", Some(12_000)),
            ("１００", Some(10_000)),
            ("12,000.5", Some(1_200_050)),
            ("1,234.50", Some(123_450)),
            ("￥0.07", Some(7)),
            ("88.8元", Some(8_880)),
            ("10000000", Some(1_000_000_000)),
            ("10000000.01", None),
            ("１２０００．5", None),
            ("1.234", None),
            ("-5", None),
            ("", None),
            (".5", None),
            ("1e3", None),
        ] {
            assert_eq!(fen(typed, 1_000_000_000), want, "{typed}");
        }
    }
}
