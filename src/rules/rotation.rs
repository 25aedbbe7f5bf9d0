//! ORG: the executive chair, a duty that presidium members carry in turn.

use super::{
    Finding, Outcome, Plan, Rule,
    roster::{Member, numbers},
};

/// ORG-03, 执行主席由主席团成员轮值担任: one at a time, and a presidium member. Nobody marked is unknown, not a breach.
#[must_use]
pub fn executive_chair(plan: &Plan, members: &[Member]) -> Finding {
    let Some(provision) = plan.provision(Rule::Org03) else {
        return Finding::not_required(Rule::Org03, plan);
    };
    let chairs = numbers(members, |member| member.chair);
    let outsiders = numbers(members, |member| member.chair && !member.on_presidium());
    let measured = chairs.len();
    let finding = if measured == 0 {
        Finding::new(provision, Outcome::Unknown, "名单没有标明谁是当值执行主席".to_owned())
            .remedy("在“执行主席”一栏填“是”")
    } else if measured > 1 {
        Finding::new(provision, provision.breach(), format!("标明了 {measured} 名执行主席，同一时间只能有 1 名"))
            .about(chairs)
            .remedy("只保留当值的一名")
    } else if !outsiders.is_empty() {
        Finding::new(provision, provision.breach(), "执行主席不是主席团成员".to_owned())
            .about(outsiders)
            .remedy("由主席团成员轮值担任")
    } else {
        Finding::new(provision, Outcome::Pass, "1 名执行主席，是主席团成员".to_owned())
    };
    finding.against(&measured, "=1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{
        plan::named,
        roster::{Post, tests::member},
    };

    #[test]
    fn s2_5_one_chair_on_the_presidium() {
        let plan = named("suzhou-2020").unwrap();
        let mut people =
            [member(1, Post::Presidium), member(2, Post::Presidium), member(3, Post::Staff("办公室".to_owned()))];
        assert_eq!(executive_chair(plan, &people).verdict, Outcome::Unknown);
        people[0].chair = true;
        assert_eq!(executive_chair(plan, &people).verdict, Outcome::Pass);
        people[1].chair = true;
        assert_eq!(executive_chair(plan, &people).subjects, ["20240001", "20240002"]);
        people[0].chair = false;
        people[1].chair = false;
        people[2].chair = true;
        assert_eq!(executive_chair(plan, &people).subjects, ["20240003"]);
    }
}
