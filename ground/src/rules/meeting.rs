//! What holds in a congress's meeting: how many must be there, what a show of hands passes with, and who may count votes.
//!
//! Both plans are silent on it (gap G5): what is asked is practice or the committee's decision, and cites no clause.

use super::{Finding, Outcome, Verdict, election::Source};
use crate::words::words;

words! {
    /// What more than half is needed of.
    VoteBase:
    Present = "present", "实到人数";
    Due = "due", "应到人数";
}

/// The rules of a meeting and where they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingRules {
    /// Quorum as a fraction of those due, at most 1.
    pub part: u32,
    /// At least 1.
    pub whole: u32,
    /// More than the quorum, not just as many.
    pub strict: bool,
    pub majority: VoteBase,
    pub source: Source,
    /// The clause or the decision in words; empty for practice.
    pub basis: String,
}

impl MeetingRules {
    /// What most universities do.
    #[must_use]
    pub fn practice() -> Self {
        Self {
            part: 2,
            whole: 3,
            strict: true,
            majority: VoteBase::Present,
            source: Source::Practice,
            basis: String::new(),
        }
    }

    /// The same quorum and majority, wherever they come from.
    #[must_use]
    pub fn is_practice(&self) -> bool {
        let usual = Self::practice();
        (self.part, self.whole, self.strict, self.majority) == (usual.part, usual.whole, usual.strict, usual.majority)
    }

    /// Where they come from, as pages and papers label it.
    #[must_use]
    pub fn label(&self) -> String {
        match self.source {
            Source::Practice => "实践惯例，方案未作规定".to_owned(),
            source => format!("依据{}：{}", source.label(), self.basis),
        }
    }

    #[must_use]
    pub fn quorum_in_words(&self) -> String {
        if self.part == 0 {
            return "不设到会人数要求".to_owned();
        }
        let word = if self.strict { "超过" } else { "达到" };
        format!("实到{word}应到的 {}/{}，会议有效", self.part, self.whole)
    }

    #[must_use]
    pub fn majority_in_words(&self) -> String {
        format!("赞成超过{}的一半为通过", self.majority.label())
    }
}

/// Who is due at a meeting and who is there, without those who sit in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    pub due: u32,
    /// At most [`due`](Self::due).
    pub present: u32,
}

impl Count {
    /// The least number of people with whom the meeting is valid.
    #[must_use]
    pub fn needed(self, rules: &MeetingRules) -> u32 {
        let (part, whole) = (u64::from(rules.part), u64::from(rules.whole.max(1)));
        let product = u64::from(self.due) * part;
        let needed = if rules.strict { product / whole + 1 } else { product.div_ceil(whole) };
        u32::try_from(if rules.part == 0 { 0 } else { needed }).unwrap_or(u32::MAX)
    }

    /// So many are missing.
    #[must_use]
    pub fn missing(self, rules: &MeetingRules) -> u32 {
        self.needed(rules).saturating_sub(self.present)
    }

    #[must_use]
    pub fn is_enough(self, rules: &MeetingRules) -> bool {
        self.missing(rules) == 0
    }
}

/// Are enough people there?
#[must_use]
pub fn quorum(rules: &MeetingRules, count: Count) -> Finding {
    let Count { due, present } = count;
    let needed = count.needed(rules);
    let enough = count.is_enough(rules);
    let word = if enough { "到会人数够" } else { "到会人数不够" };
    let says = format!("{word}：应到 {due} 人，实到 {present} 人，至少 {needed} 人（{}）", rules.quorum_in_words());
    let verdict = if enough { Outcome::Pass } else { Outcome::Fail };
    let remedy = format!("{}。请等人数够了再表决；有人退场的，可以请回；仍不够的，休会改期", rules.label());
    Finding::house(verdict, says).against(&present, format!(">={needed}")).remedy(if enough {
        String::new()
    } else {
        remedy
    })
}

/// A show of hands as it was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hands {
    pub votes_for: u32,
    pub against: u32,
    pub abstain: u32,
}

impl Hands {
    #[must_use]
    pub fn sum(self) -> u32 {
        self.votes_for.saturating_add(self.against).saturating_add(self.abstain)
    }

    /// Why the count cannot be right, in words; none where everybody who is there stands in it once.
    #[must_use]
    pub fn fault(self, present: u32) -> Option<String> {
        let Self { votes_for, against, abstain } = self;
        let sum = self.sum();
        (sum != present).then(|| {
            format!("赞成 {votes_for} + 反对 {against} + 弃权 {abstain} = {sum}，与实到 {present} 人不等；请重新清点")
        })
    }
}

/// What a show of hands passes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needed {
    /// At most [`whole`](Self::whole).
    pub part: u32,
    /// At least 1.
    pub whole: u32,
    /// More than that part, not just as many.
    pub strict: bool,
    pub of: VoteBase,
}

impl Needed {
    /// More than half.
    #[must_use]
    pub fn more_than_half(of: VoteBase) -> Self {
        Self { part: 1, whole: 2, strict: true, of }
    }

    /// `赞成达到实到的 2/3`.
    #[must_use]
    pub fn in_words(self) -> String {
        let word = if self.strict { "超过" } else { "达到" };
        let base = match self.of {
            VoteBase::Present => "实到",
            VoteBase::Due => "应到",
        };
        format!("赞成{word}{base}的 {}/{}", self.part, self.whole)
    }

    /// So many are enough.
    #[must_use]
    pub fn is_met(self, votes_for: u32, count: Count) -> bool {
        let base = match self.of {
            VoteBase::Present => count.present,
            VoteBase::Due => count.due,
        };
        let (reached, asked) = (u64::from(votes_for) * u64::from(self.whole), u64::from(base) * u64::from(self.part));
        if self.strict { reached > asked } else { reached >= asked }
    }
}

/// A vote by show of hands that may be taken down. Made by [`show_of_hands`] and [`show_of_hands_with`] alone.
#[derive(Debug)]
pub struct HandVote {
    count: Count,
    hands: Hands,
    needed: Needed,
}

impl HandVote {
    #[must_use]
    pub fn count(&self) -> Count {
        self.count
    }

    #[must_use]
    pub fn hands(&self) -> Hands {
        self.hands
    }

    #[must_use]
    pub fn needed(&self) -> Needed {
        self.needed
    }

    /// Enough are for it.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.needed.is_met(self.hands.votes_for, self.count)
    }
}

/// May this show of hands be taken down? Whoever is there counts once, and enough are there.
pub fn show_of_hands(rules: &MeetingRules, count: Count, hands: Hands) -> Verdict<HandVote> {
    show_of_hands_with(rules, Needed::more_than_half(rules.majority), count, hands)
}

/// As [`show_of_hands`], of what passes with another part than more than half.
pub fn show_of_hands_with(rules: &MeetingRules, needed: Needed, count: Count, hands: Hands) -> Verdict<HandVote> {
    let mut findings = vec![quorum(rules, count)];
    if let Some(fault) = hands.fault(count.present) {
        findings.push(Finding::house(Outcome::Fail, fault).remedy("请重新清点举手的人数"));
    }
    Verdict::seal(findings, HandVote { count, hands, needed })
}

words! {
    /// What somebody does in the meeting.
    Duty:
    Presidium = "presidium", "大会主席团成员";
    ExecutiveChair = "executive_chair", "大会执行主席";
    ChiefMonitor = "chief_monitor", "总监票人";
    Monitor = "monitor", "监票人";
    Teller = "teller", "计票人";
}

impl Duty {
    /// They watch over ballots or count them: who stands for election cannot.
    #[must_use]
    pub fn is_of_count(self) -> bool {
        match self {
            Self::ChiefMonitor | Self::Monitor | Self::Teller => true,
            Self::Presidium | Self::ExecutiveChair => false,
        }
    }

    /// There is one of them.
    #[must_use]
    pub fn is_single(self) -> bool {
        self == Self::ChiefMonitor
    }
}

/// Somebody who is to have a duty.
#[derive(Debug, Clone)]
pub struct Named {
    pub name: String,
    /// A delegate in office, or a student of a meeting of all.
    pub is_due: bool,
    /// They stand in an election of this congress.
    pub stands: bool,
}

/// The permission to name somebody for a duty. Made by [`name_for`] alone.
#[derive(Debug)]
pub struct DutyGiven {
    duty: Duty,
}

impl DutyGiven {
    #[must_use]
    pub fn duty(&self) -> Duty {
        self.duty
    }
}

/// May these people have that duty?
pub fn name_for(duty: Duty, people: &[Named]) -> Verdict<DutyGiven> {
    let mut findings = Vec::new();
    let names = |of: &dyn Fn(&Named) -> bool| {
        let names: Vec<&str> = people.iter().filter(|one| of(one)).map(|one| one.name.as_str()).collect();
        names.join("、")
    };
    let strangers = names(&|one| !one.is_due);
    if !strangers.is_empty() {
        let says = format!("{strangers}不是本次大会的正式代表");
        findings.push(Finding::house(Outcome::Fail, says).remedy(format!("{}从到会的正式代表中产生", duty.label())));
    }
    let candidates = names(&|one| one.stands && duty.is_of_count());
    if !candidates.is_empty() {
        let says = format!("{candidates}是本次大会选举的候选人；候选人不得担任监票人、计票人（实践惯例）");
        findings.push(Finding::house(Outcome::Fail, says).remedy("请从不是候选人的正式代表中推荐"));
    }
    Verdict::seal(findings, DutyGiven { duty })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(part: u32, whole: u32, strict: bool) -> MeetingRules {
        MeetingRules { part, whole, strict, ..MeetingRules::practice() }
    }

    #[test]
    fn practice_asks_for_more_than_two_thirds_and_not_just_two_thirds() {
        let usual = MeetingRules::practice();
        for (due, needed) in [(300, 201), (299, 200), (301, 201), (3, 3), (1, 1), (0, 1)] {
            assert_eq!(Count { due, present: 0 }.needed(&usual), needed, "{due}");
        }
        let verdict = |present| quorum(&usual, Count { due: 300, present }).verdict;
        assert_eq!((verdict(200), verdict(201)), (Outcome::Fail, Outcome::Pass));
        assert_eq!(Count { due: 300, present: 0 }.needed(&rules(2, 3, false)), 200);
        assert_eq!(Count { due: 301, present: 0 }.needed(&rules(1, 2, false)), 151);
        assert_eq!(Count { due: 301, present: 0 }.needed(&rules(0, 1, true)), 0, "nothing is asked");
        let missing = |present| Count { due: 6, present }.missing(&usual);
        assert_eq!([missing(0), missing(4), missing(5), missing(6)], [5, 1, 0, 0]);
    }

    #[test]
    fn what_is_needed_is_the_least_number_with_which_a_meeting_is_valid() {
        for due in 0..60_u32 {
            for (part, whole, strict) in [(2, 3, true), (2, 3, false), (1, 2, true), (4, 5, false), (1, 1, false)] {
                let rules = rules(part, whole, strict);
                let valid = |present: u32| {
                    let (has, needs) = (present * whole, due * part);
                    if strict { has > needs } else { has >= needs }
                };
                let needed = Count { due, present: 0 }.needed(&rules);
                assert!(valid(needed) && (needed == 0 || !valid(needed - 1)), "{due} {part}/{whole}");
            }
        }
    }

    #[test]
    fn a_show_of_hands_counts_whoever_is_there_once() {
        let (usual, count) = (MeetingRules::practice(), Count { due: 100, present: 90 });
        let hands = |votes_for, against, abstain| Hands { votes_for, against, abstain };
        let vote = show_of_hands(&usual, count, hands(46, 40, 4)).permit().unwrap();
        assert!(vote.passed());
        let half = show_of_hands(&usual, count, hands(45, 45, 0)).permit().unwrap();
        assert!(!half.passed(), "half is not more than half");
        let of_due = MeetingRules { majority: VoteBase::Due, ..usual.clone() };
        assert!(!show_of_hands(&of_due, count, hands(50, 40, 0)).permit().unwrap().passed());
        let faults = show_of_hands(&usual, count, hands(46, 40, 5)).permit().unwrap_err();
        assert!(faults.iter().any(|one| one.message.contains("= 91，与实到 90 人不等")), "{faults:?}");
        let few = Count { due: 100, present: 60 };
        assert!(show_of_hands(&usual, few, hands(60, 0, 0)).permit().is_err(), "the quorum is lost");
    }

    #[test]
    fn what_asks_for_two_thirds_passes_with_as_many_and_with_no_fewer() {
        let two_thirds = Needed { part: 2, whole: 3, strict: false, of: VoteBase::Present };
        let count = Count { due: 100, present: 90 };
        let passed = |votes_for| {
            let hands = Hands { votes_for, against: 90 - votes_for, abstain: 0 };
            let vote = show_of_hands_with(&MeetingRules::practice(), two_thirds, count, hands);
            vote.permit().unwrap().passed()
        };
        assert_eq!([59, 60, 61].map(passed), [false, true, true]);
        let more = Needed { strict: true, ..two_thirds };
        assert_eq!([60, 61].map(|votes| more.is_met(votes, count)), [false, true]);
        let due = Needed { of: VoteBase::Due, ..two_thirds };
        assert_eq!([66, 67].map(|votes| due.is_met(votes, count)), [false, true], "66 of 100 are fewer");
    }

    #[test]
    fn who_stands_neither_monitors_nor_counts() {
        let person = |is_due, stands| Named { name: "张三".to_owned(), is_due, stands };
        for duty in Duty::ALL {
            assert_eq!(name_for(*duty, &[person(true, true)]).permit().is_err(), duty.is_of_count(), "{duty:?}");
            assert!(name_for(*duty, &[person(true, false)]).permit().is_ok());
            assert!(name_for(*duty, &[person(false, false)]).permit().is_err());
        }
    }
}
