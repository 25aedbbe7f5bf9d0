//! How many places a round may offer: no more than there is room for on any day, with what other rounds have promised.

use std::collections::BTreeSet;

use time::Date;

use super::{
    Finding, Outcome, Rule, Verdict,
    adoption::Calendar,
    appointment::{add_new, is_worse},
    roster::{Member, Post},
    timeline::{Timeline, covers},
};
use crate::text::chinese_day;

/// Places that a round offers or has offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub post: Post,
    pub seats: u32,
    /// From which day they are held.
    pub from: Date,
}

/// Places that may be offered, passed by [`offer`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    offers: Vec<Offer>,
}

impl Offered {
    #[must_use]
    pub fn offers(&self) -> &[Offer] {
        &self.offers
    }

    /// How many seats were passed.
    #[must_use]
    pub fn seats(&self) -> u32 {
        self.offers.iter().map(|offer| offer.seats).sum()
    }

    /// All of them were judged as held from that day.
    #[must_use]
    pub fn are_from(&self, day: Date) -> bool {
        self.offers.iter().all(|offer| offer.from == day)
    }
}

/// STF-01 … STF-07: the places that a round offers fit beside those who hold a post from that day on and the places that
/// other rounds have promised, so that two rounds cannot give away the same one. Where the round `replaces` a term, those
/// who hold the offered posts now do not count. Too few people never refuse.
pub fn offer(
    calendar: &Calendar,
    timeline: &Timeline,
    promised: &[Offer],
    offers: Vec<Offer>,
    replaces: bool,
    reason: Option<&str>,
) -> Verdict<Offered> {
    let (mut base, mut as_is) = (timeline.clone(), timeline.clone());
    if replaces {
        for offer in &offers {
            let plan = calendar.in_force(offer.from);
            // A new presidium takes the place of its chair, too.
            let is_seat = |post: &Post| plan.as_ref().is_some_and(|plan| plan.is_seat(post));
            let is_left = |post: &Post| *post == offer.post || is_seat(&offer.post) && is_seat(post);
            for holding in base.holdings.iter_mut().filter(|holding| is_left(&holding.post)) {
                if holding.until.is_none_or(|until| until > offer.from) {
                    holding.until = Some(holding.from.max(offer.from));
                }
            }
        }
    }
    let mut next = 0;
    for promise in promised {
        add_seats(&mut base, promise, &mut next);
        add_seats(&mut as_is, promise, &mut next);
    }
    let mut with = base.clone();
    for offer in &offers {
        add_seats(&mut with, offer, &mut next);
    }
    let first = offers.iter().map(|offer| offer.from).min().unwrap_or(Date::MAX);
    let mut days: BTreeSet<Date> = with.days();
    days.extend(calendar.days());
    days.extend(offers.iter().map(|offer| offer.from));
    let stranger = nobody(0);
    let mut findings: Vec<Finding> = Vec::new();
    for day in days.into_iter().filter(|day| covers(first, None, *day)) {
        let Some(plan) = calendar.in_force(day) else { continue };
        let (Ok(before), Ok(after)) = (base.findings(&plan, day), with.findings(&plan, day)) else { continue };
        // A new term that leaves a soft limit where it stands passes nothing that was not passed before.
        let now = as_is.findings(&plan, day).unwrap_or_default();
        let raised = |finding: &Finding| {
            let hard = finding.verdict == Outcome::Fail;
            finding.rule != Rule::Stf10
                && is_worse(finding, &before, &stranger)
                && (hard || is_worse(finding, &now, &stranger))
        };
        let dated = |finding: Finding| {
            let when = if day > first { format!("自{}起，", chinese_day(day)) } else { String::new() };
            let held = before.iter().find(|known| (known.rule, &known.unit) == (finding.rule, &finding.unit));
            let held = held.and_then(|finding| finding.gauge).map_or(0, |gauge| gauge.value);
            let message = format!("{when}连同在任和其他轮次已留出的 {held} 个，全部用上后{}", finding.message);
            let holders = timeline.names(&finding.subjects);
            let holders = holders.into_iter().filter(|name| !name.starts_with(PROMISED)).collect();
            let remedy = "减少名额，或先办理离任，或先减少、结束已留出名额的轮次";
            Finding { message, holders, ..finding }.remedy(remedy)
        };
        add_new(&mut findings, after.into_iter().filter(raised).map(dated).collect());
    }
    Verdict::seal_with_reason(findings, Offered { offers }, reason)
}

/// What stands for the number of somebody who is not known yet.
const PROMISED: &str = "名额";

fn nobody(number: u32) -> Member {
    Member {
        number: format!("{PROMISED}{number}"),
        name: format!("{PROMISED}{number}"),
        college: None,
        level: None,
        political: None,
        rank: None,
        other_ranks: Vec::new(),
        failed_courses: None,
        failed_of_required: false,
        from_college_union: Some(true),
        first_year: None,
        pledged: None,
        posts: Vec::new(),
        chair: false,
    }
}

fn add_seats(timeline: &mut Timeline, offer: &Offer, next: &mut u32) {
    for _ in 0..offer.seats {
        *next += 1;
        timeline.add(&nobody(*next), offer.post.clone(), offer.from, None);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use time::macros::date;

    use super::*;
    use crate::rules::{
        plan::{Union, named},
        roster::tests::member,
    };

    const DAY: Date = date!(2026 - 12 - 01);

    #[test]
    fn two_rounds_cannot_give_the_same_place_away() {
        let plans = Calendar::always(Arc::new(named("suzhou-2020").unwrap().clone()));
        let office = || Post::Staff("办公室".to_owned());
        let mut union = Timeline::empty(Union::School);
        for number in 0..3 {
            union.add(&member(number, office()), office(), DAY, None);
        }
        let places = |seats| Offer { post: office(), seats, from: DAY };
        let judge = |promised: &[Offer], seats, replaces| {
            offer(&plans, &union, promised, vec![places(seats)], replaces, None).permit().map(|_| ())
        };
        assert!(judge(&[], 3, false).is_ok(), "3 + 3 are 6");
        let refused = judge(&[], 4, false).unwrap_err();
        assert_eq!((refused[0].rule, refused[0].verdict), (Rule::Stf05, Outcome::Fail));
        assert_eq!(refused[0].holders.len(), 3, "only those who hold a post are named: {:?}", refused[0].holders);
        assert!(judge(&[places(2)], 2, false).is_err(), "another round has promised two");
        assert!(judge(&[places(2)], 1, false).is_ok());
        assert!(judge(&[], 6, true).is_ok(), "a new term takes the place of the old one");
        assert!(judge(&[places(1)], 6, true).is_err());
    }
}
