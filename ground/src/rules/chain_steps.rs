//! Steps of a chain that are no opinions (公示, 面试, 民主测评, 试用): who opened the round says when each was taken, of the round
//! or of each candidate, and what comes after it waits until then (VET-01 … VET-03).

use time::Date;

use super::{
    Finding, Verdict,
    chain::{CandidateStep, Chain, OtherStep, Stage, TakenStep},
};
use crate::text::chinese_day;

/// What somebody says of such a step.
#[derive(Debug, Clone)]
pub struct TellRequest {
    /// Its place among the steps that are no opinions, from 0.
    pub place: usize,
    /// When it was, and who says so.
    pub taken: TakenStep,
}

/// A step that is no opinion and was taken. Its fields are private: only [`tell_step`] makes one.
///
/// ```compile_fail,E0451
/// use lunzhi_ground::rules::chain_steps::StepTold;
/// // A step that no rule has passed does not compile.
/// let told = StepTold { chain: todo!(), place: 0 };
/// ```
#[derive(Debug, Clone)]
pub struct StepTold {
    chain: Chain,
    place: usize,
}

impl StepTold {
    /// The chain, which now says so.
    #[must_use]
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The step as it is kept with a candidate.
    #[must_use]
    pub fn of_candidate(&self) -> Option<CandidateStep> {
        let taken = self.chain.others.get(self.place)?.taken.clone()?;
        Some(CandidateStep { place: self.place, taken })
    }

    /// The step in words: `公示 5 天`.
    #[must_use]
    pub fn in_words(&self) -> &str {
        self.chain.others.get(self.place).map_or("", |other| &other.says)
    }
}

/// VET-01 … VET-03: a step that is no opinion was taken: once, after those before it, over as many days as the plan says,
/// and not before it is over.
pub fn tell_step(chain: &Chain, request: TellRequest, today: Date) -> Verdict<StepTold> {
    tell(chain, None, request, today)
}

/// As [`tell_step`], of one candidate: a step that each passes by themselves, while the case goes on and once the opinions are
/// given that come before it. `chain` is the one of the candidate ([`Chain::of_candidate`]).
pub fn tell_candidate_step(chain: &Chain, stage: Stage, request: TellRequest, today: Date) -> Verdict<StepTold> {
    tell(chain, Some(stage), request, today)
}

/// How many opinions a case has behind it that goes on.
fn opinions_given(chain: &Chain, stage: Stage) -> Option<usize> {
    match stage {
        Stage::At(step) => Some(step),
        Stage::Passed => Some(chain.links.len()),
        Stage::Invited
        | Stage::Returned
        | Stage::Appointed
        | Stage::Listed
        | Stage::Refused
        | Stage::Withdrawn
        | Stage::Lapsed => None,
    }
}

/// The step that waits to be said of a candidate whose case stands there, and its place among those that are no opinions.
#[must_use]
pub fn own_step_due(chain: &Chain, stage: Stage) -> Option<usize> {
    let given = opinions_given(chain, stage)?;
    let open = chain.waits_for(given)?;
    chain.others.iter().position(|other| other == open).filter(|_| open.each)
}

fn tell(chain: &Chain, stage: Option<Stage>, request: TellRequest, today: Date) -> Verdict<StepTold> {
    let TellRequest { place, taken } = request;
    let mut told = StepTold { chain: chain.clone(), place };
    let mut findings = Vec::new();
    let refuse = |says: String| chain.refusal(says);
    let Some(other) = chain.others.get(place).filter(|other| chain.is_told(other)) else {
        return Verdict::seal(vec![refuse("程序里没有这一步，或者不用登记".to_owned())], told);
    };
    match stage {
        None if other.each => findings.push(refuse(format!("“{}”是每个人各自办的：请逐人登记", other.says))),
        Some(_) if !other.each => findings.push(refuse(format!("“{}”是全轮一起办的：请按轮登记", other.says))),
        Some(stage) => match opinions_given(chain, stage) {
            None => findings.push(refuse(format!("这件现在{}，不用登记", stage.label()))),
            Some(given) if given < other.after => {
                findings.push(refuse(format!("还没有到“{}”：前面还有意见没有签署", other.says)));
            }
            Some(_) => {}
        },
        None => {}
    }
    if let Some(taken) = &other.taken {
        let says = format!("“{}”已登记：{}，{}", other.says, taken.days_in_words(), taken.office);
        findings.push(refuse(says));
    }
    // What each passes by themselves holds up nobody else.
    let counts = |one: &OtherStep| (stage.is_some() || !one.each) && chain.is_told(one) && one.taken.is_none();
    let before = chain.others.iter().take(place).find(|one| counts(one));
    if let Some(before) = before {
        findings.push(refuse(format!("“{}”之前的“{}”还没有登记", other.says, before.says)));
    }
    findings.extend(days_fit(chain, other.days, &taken, today));
    if let Some(other) = told.chain.others.get_mut(place) {
        other.taken = Some(taken);
    }
    Verdict::seal(findings, told)
}

/// The days are in their order, over, and as many as the plan says, the first and the last counted in.
fn days_fit(chain: &Chain, least: Option<u32>, taken: &TakenStep, today: Date) -> Option<Finding> {
    if taken.until < taken.from {
        return Some(chain.refusal("末日早于首日".to_owned()));
    }
    if taken.until > today {
        return Some(chain.refusal(format!("{}还没有到：办完了再登记", chinese_day(taken.until))));
    }
    let days = (taken.until - taken.from).whole_days() + 1;
    let least = i64::from(least?);
    let finding = || {
        let says = format!("方案规定不少于 {least} 天，登记的是 {days} 天");
        chain.refusal(says).against(&days, format!(">={least}"))
    };
    (days < least).then(finding)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::rules::{
        chain::{Decision, OtherStep, Progress, Seats, Stage, StepRequest, take_step},
        plan::{Body, Union, named},
    };

    /// The chain of a college, with an application, an interview and a trial of some days, and a notice at its end.
    fn chain() -> Chain {
        let mut chain = Chain::of(named("suzhou-2020").unwrap(), Union::College, false).unwrap();
        let last = chain.links.len();
        let other = |after: usize, kind: &str, days: Option<u32>| OtherStep {
            after,
            kind: kind.to_owned(),
            says: kind.to_owned(),
            days,
            each: false,
            taken: None,
        };
        chain.others = vec![
            other(0, "application", None),
            other(1, "interview", None),
            other(last, "trial", Some(30)),
            other(last, "notice", Some(5)),
        ];
        chain
    }

    fn request(place: usize, from: Date, until: Date) -> TellRequest {
        let taken = TakenStep { from, until, office: "校团委".to_owned() };
        TellRequest { place, taken }
    }

    fn refusal(chain: &Chain, request: TellRequest) -> String {
        let findings = tell_step(chain, request, date!(2026 - 10 - 20)).permit().unwrap_err();
        assert!(findings.iter().all(|finding| finding.clause.is_some()), "{findings:?}");
        findings.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>().join("；")
    }

    #[test]
    fn vet_01_a_step_that_is_no_opinion_is_told_once_in_its_order_when_it_is_over() {
        let chain = chain();
        let (day, today) = (date!(2026 - 10 - 12), date!(2026 - 10 - 20));
        assert!(refusal(&chain, request(0, day, day)).contains("不用登记"), "an application is known");
        assert!(refusal(&chain, request(9, day, day)).contains("没有这一步"));
        assert!(refusal(&chain, request(3, day, day)).contains("不用登记"), "the notice is the portal's");
        assert!(refusal(&chain, request(1, day, date!(2026 - 10 - 21))).contains("还没有到"));
        assert!(refusal(&chain, request(1, today, day)).contains("末日早于首日"));
        assert!(refusal(&chain, request(2, day, today)).contains("“interview”还没有登记"));
        let told = tell_step(&chain, request(1, day, day), today).permit().unwrap();
        assert_eq!((told.in_words(), told.chain().waits_for(1)), ("interview", None));
        assert!(refusal(told.chain(), request(1, day, day)).contains("已登记：2026-10-12，校团委"));
        let short = refusal(told.chain(), request(2, date!(2026 - 09 - 22), today));
        assert!(short.contains("不少于 30 天，登记的是 29 天"), "{short}");
        let whole = tell_step(told.chain(), request(2, date!(2026 - 09 - 21), today), today).permit().unwrap();
        assert_eq!(whole.chain().waits_for(chain.links.len()), None);
        let kept = serde_json::to_string(whole.chain()).unwrap();
        assert_eq!(&serde_json::from_str::<Chain>(&kept).unwrap(), whole.chain(), "a round keeps it");
    }

    #[test]
    fn vet_03_a_trial_is_told_of_each_candidate_and_holds_up_nobody_else() {
        let mut chain = chain();
        let last = chain.links.len();
        let interviewed = date!(2026 - 08 - 01);
        chain.others[1].taken = Some(request(1, interviewed, interviewed).taken);
        chain.others[2].each = true;
        let today = date!(2026 - 10 - 20);
        let ask = || request(2, date!(2026 - 09 - 21), today);
        assert!(refusal(&chain, ask()).contains("请逐人登记"));
        let of_one = |stage: Stage, request: TellRequest| {
            let findings = tell_candidate_step(&chain.of_candidate(&[]), stage, request, today).permit().unwrap_err();
            findings.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>().join("；")
        };
        assert!(of_one(Stage::At(last - 1), ask()).contains("前面还有意见没有签署"));
        assert!(of_one(Stage::Refused, ask()).contains("不用登记"));
        assert!(of_one(Stage::Passed, request(1, today, today)).contains("请按轮登记"));
        assert!(of_one(Stage::Passed, request(2, today, today)).contains("不少于 30 天"));
        assert_eq!(own_step_due(&chain.of_candidate(&[]), Stage::Passed), Some(2));
        let told = tell_candidate_step(&chain.of_candidate(&[]), Stage::Passed, ask(), today).permit().unwrap();
        let kept = told.of_candidate().unwrap();
        let text = serde_json::to_string(&kept).unwrap();
        assert_eq!(text, r#"{"place":2,"from":"2026-09-21","until":"2026-10-20","office":"校团委"}"#);
        let again: CandidateStep = serde_json::from_str(&text).unwrap();
        let of_them = chain.of_candidate(std::slice::from_ref(&again));
        assert_eq!((of_them.waits_for(last), own_step_due(&of_them, Stage::Passed)), (None, None));
        let twice = tell_candidate_step(&of_them, Stage::Passed, ask(), today).permit().unwrap_err();
        assert!(twice[0].message.contains("已登记"), "{}", twice[0].message);
        // For all others it is still open, and the round has nothing to say of it.
        assert_eq!(chain.of_candidate(&[]).waits_for(last).map(|other| other.kind.as_str()), Some("trial"));
        assert_eq!(chain.round_waits_for(last), None);
    }

    #[test]
    fn vet_03_the_opinion_after_it_waits_and_a_no_does_not() {
        let chain = chain();
        let seats = Seats { place: "办公室干事", seats: 9, taken: 0 };
        let at = |step: usize| Progress { stage: Stage::At(step), visit: 0, opinions: Vec::new(), prepared_by: None };
        let ask = |decision: Decision, body: Body| StepRequest {
            body,
            person: uuid::Uuid::from_u128(1),
            own: false,
            seen: 0,
            place: 0,
            decision,
            session: None,
            delegated: false,
        };
        let body = |step: usize| chain.links[step].by[0].body;
        assert!(take_step(&chain, &at(0), seats, ask(Decision::Agree, body(0))).permit().is_ok());
        let waits = take_step(&chain, &at(1), seats, ask(Decision::Agree, body(1))).permit().unwrap_err();
        assert!(waits[0].message.contains("“interview”，本轮还没有登记办完"), "{}", waits[0].message);
        assert!(take_step(&chain, &at(1), seats, ask(Decision::Refuse, body(1))).permit().is_ok());
        assert_eq!(chain.waits_for(chain.links.len()).map(|other| other.kind.as_str()), Some("interview"));
    }
}
