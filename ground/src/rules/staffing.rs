//! STF: how many people a union has, and in which posts.
//!
//! 工作人员 has three meanings in the plans (trap T3): everyone (totals, shares), the members of a department who
//! are not its heads (the cap of a department), and everyone but presidium candidates (the college's chain).

use std::collections::HashMap;

use super::{
    Finding, Outcome, Plan, Rule,
    plan::{Bounds, BySize, Larger, Provision, Stated},
    roster::{Member, Post, count, numbers},
};
use crate::text::percent;

fn people(members: &[Member]) -> u32 {
    count(members, |_| true)
}

/// STF-01, 人左右 or 不超过: a breach only above the target and what 左右 allows, or above the larger limit where it is decided
/// that it holds; fewer is none.
#[must_use]
pub fn school_total(plan: &Plan, members: &[Member]) -> Finding {
    let Some(Stated { value, provision }) = plan.figures.school_total.as_ref() else {
        return Finding::unstated(Rule::Stf01, plan);
    };
    let (total, target, percent) = (people(members), value.people, plan.switches.about_percent);
    let (limit, says) = match (value.decided(), value.about) {
        (Some(Larger { at_most, condition, decided }), _) => {
            let decided = decided.as_deref().unwrap_or_default();
            (*at_most, format!("{at_most} 人（{condition}；依据：{decided}）"))
        }
        (None, true) => (target * (100 + percent) / 100, format!("“{target} 人左右”")),
        (None, false) => (target, format!("{target} 人")),
    };
    let over = total > limit;
    let message = match (over, value.decided().is_none() && value.about) {
        (true, true) => format!("工作人员 {total} 人，超过{says}（上浮 {percent}% 掌握，至多 {limit} 人）"),
        (true, false) => format!("工作人员 {total} 人，超过 {says}"),
        (false, true) => format!("工作人员 {total} 人，在{says}的掌握幅度内（至多 {limit} 人）"),
        (false, false) => format!("工作人员 {total} 人，不超过 {says}"),
    };
    let verdict = if over { provision.breach() } else { Outcome::Pass };
    let finding =
        Finding::new(provision, verdict, message).against(&total, format!("<={limit}")).gauge(total, 0, Some(limit));
    if !over {
        return finding;
    }
    let fewer = format!("减少 {} 人", total - limit);
    let larger = value.larger.as_ref().filter(|larger| larger.decided.is_none());
    finding.remedy(match (larger, verdict) {
        (Some(larger), _) => format!(
            "{fewer}；{}可以不超过 {} 人，本校适用的，由作出认定的单位确认后在方案文件里登记依据",
            larger.condition, larger.at_most
        ),
        (None, Outcome::Warn) => format!("{fewer}，或由校团委说明理由"),
        (None, _) => fewer,
    })
}

/// A figure that goes by a college's size: where that is not known and would decide, the answer is not known either.
fn by_size<T: Copy>(figure: &BySize<T>, students: Option<u32>, judge: impl Fn(T) -> Finding) -> Finding {
    let mut found = figure.of(students).into_iter().map(&judge);
    let Some(usual) = found.next() else { return judge(figure.usual) };
    if found.all(|other| other.verdict == usual.verdict) {
        return usual;
    }
    let message = format!("{}；限额随院系学生人数而定，没有这个人数，不能判断", usual.message);
    Finding { verdict: Outcome::Unknown, message, subjects: Vec::new(), ..usual }.remedy("先登记或填写院系的学生人数")
}

/// STF-07, 主席团成员不超过, in a college of so many students.
#[must_use]
pub fn college_presidium(plan: &Plan, members: &[Member], students: Option<u32>) -> Finding {
    let Some(Stated { value, provision }) = plan.figures.college_presidium.as_ref() else {
        return Finding::unstated(Rule::Stf07, plan);
    };
    let judge =
        |most| at_most(provision, "主席团成员", "人", most, numbers(members, |member| plan.is_on_presidium(member)));
    by_size(value, students, judge)
}

/// STF-02, 主席团成员不超过, in a school's union.
#[must_use]
pub fn presidium(plan: &Plan, members: &[Member]) -> Finding {
    let Some(Stated { value: limit, provision }) = plan.figures.school_presidium.as_ref() else {
        return Finding::unstated(Rule::Stf02, plan);
    };
    at_most(provision, "主席团成员", "人", *limit, numbers(members, |member| plan.is_on_presidium(member)))
}

/// STF-03, 工作部门不超过: the departments `known` by themselves, and those in which somebody holds a department post.
#[must_use]
pub fn departments(plan: &Plan, members: &[Member], known: &[&str]) -> Finding {
    let Some(&Stated { value: limit, ref provision }) = plan.figures.departments.as_ref() else {
        return Finding::unstated(Rule::Stf03, plan);
    };
    let names: Vec<&str> = departments_of(members, known).into_iter().map(|(name, _)| name).collect();
    let total = u32::try_from(names.len()).unwrap_or(u32::MAX);
    let (verdict, message) = if total > limit {
        (provision.breach(), format!("工作部门 {total} 个，超过 {limit} 个：{}", names.join("、")))
    } else {
        (Outcome::Pass, format!("工作部门 {total} 个，不超过 {limit} 个"))
    };
    let finding =
        Finding::new(provision, verdict, message).against(&total, format!("<={limit}")).gauge(total, 0, Some(limit));
    if total > limit { finding.remedy(format!("合并或撤销 {} 个部门", total - limit)) } else { finding }
}

/// STF-04, 负责人2至3人: one finding a department.
#[must_use]
pub fn heads(plan: &Plan, members: &[Member], known: &[&str]) -> Vec<Finding> {
    let Some(&Stated { value: bounds, ref provision }) = plan.figures.heads.as_ref() else {
        return vec![Finding::unstated(Rule::Stf04, plan)];
    };
    let judge = |(name, held): (&str, Vec<&Member>)| {
        let holders = numbers_of(&held, |post| matches!(post, Post::Head(department) if department == name));
        let total = u32::try_from(holders.len()).unwrap_or(u32::MAX);
        let finding = within(provision, &format!("{name}负责人"), bounds, total);
        let finding = if finding.verdict == Outcome::Pass { finding } else { finding.about(holders) };
        Finding { unit: Some(name.to_owned()), ..finding }
    };
    departments_of(members, known).into_iter().map(judge).collect()
}

/// STF-05, 工作人员不超过: one finding a department. Whether heads count is the plan's switch (trap T1).
#[must_use]
pub fn department_staff(plan: &Plan, members: &[Member], known: &[&str]) -> Vec<Finding> {
    let Some(&Stated { value: limit, ref provision }) = plan.figures.department_staff.as_ref() else {
        return vec![Finding::unstated(Rule::Stf05, plan)];
    };
    let inside = plan.switches.heads_inside;
    let judge = |(name, held): (&str, Vec<&Member>)| {
        let counts = |post: &Post| match post {
            Post::Staff(department) => department == name,
            Post::Head(department) => inside && department == name,
            Post::Presidium | Post::Other(_) => false,
        };
        let holders = numbers_of(&held, counts);
        let what = format!("{name}工作人员{}", if inside { "（含负责人）" } else { "（不含负责人）" });
        Finding { unit: Some(name.to_owned()), ..at_most(provision, &what, "人", limit, holders) }
    };
    departments_of(members, known).into_iter().map(judge).collect()
}

/// STF-06, 20至30人: everyone in the union of a college of so many students.
#[must_use]
pub fn college_total(plan: &Plan, members: &[Member], students: Option<u32>) -> Finding {
    let Some(Stated { value, provision }) = plan.figures.college_total.as_ref() else {
        return Finding::unstated(Rule::Stf06, plan);
    };
    by_size(value, students, |bounds| within(provision, "院系学生会工作人员", bounds, people(members)))
}

/// STF-08, 均不设置其他任何职务: every post is one of the three, or one that the same clause allows.
#[must_use]
pub fn no_other_posts(plan: &Plan, members: &[Member]) -> Finding {
    let Some(provision) = plan.provision(Rule::Stf08) else {
        return Finding::unstated(Rule::Stf08, plan);
    };
    let allowed = plan.figures.other_posts.as_ref().map(|stated| &stated.value);
    let allows = |name: &String| allowed.is_some_and(|posts| posts.allowed.iter().any(|post| post.name == *name));
    let is_other = |post: &Post| matches!(post, Post::Other(name) if !allows(name));
    let holders = numbers(members, |member| member.posts.iter().any(is_other));
    if holders.is_empty() {
        let says = match allowed.filter(|posts| !posts.allowed.is_empty()) {
            None => "没有主席团成员和工作部门成员以外的岗位".to_owned(),
            Some(posts) => {
                let names: Vec<&str> = posts.allowed.iter().map(|post| post.name.as_str()).collect();
                format!("没有主席团成员、工作部门成员和方案允许的{}以外的岗位", names.join("、"))
            }
        };
        return Finding::new(provision, Outcome::Pass, says).against(&0, "0");
    }
    let mut names: Vec<&str> = members.iter().flat_map(|m| &m.posts).filter(|p| is_other(p)).map(Post::name).collect();
    names.sort_unstable();
    names.dedup();
    Finding::new(provision, provision.breach(), format!("设有不允许的岗位：{}", names.join("、")))
        .against(&holders.len(), "0")
        .about(holders)
        .remedy("改任部门负责人或部门工作人员；秘书长由团委教师担任的不列入名单；临时工作按项目招募志愿者，不占岗位")
}

/// STF-10, 来自系（院）学生会的成员不少于: of everyone, the presidium included (trap T13). Blanks fail only where the
/// share could not be reached even if all of them were 是.
#[must_use]
pub fn from_colleges(plan: &Plan, members: &[Member]) -> Finding {
    let Some(&Stated { value: share, ref provision }) = plan.figures.from_colleges.as_ref() else {
        return Finding::unstated(Rule::Stf10, plan);
    };
    let total = people(members);
    let yes = count(members, |member| member.from_college_union == Some(true));
    let blank = numbers(members, |member| member.from_college_union.is_none());
    let could_be = yes + u32::try_from(blank.len()).unwrap_or(u32::MAX);
    let needed = share.ceil_of(total);
    let finding = if yes >= needed {
        Finding::new(
            provision,
            Outcome::Pass,
            format!("来自院系学生会 {yes} 人，占 {total} 人的 {}，不少于 {share}", percent(yes.into(), total.into())),
        )
    } else if could_be < needed {
        let others = numbers(members, |member| member.from_college_union == Some(false));
        let unsure = if blank.is_empty() { String::new() } else { format!("，不清楚 {} 人", blank.len()) };
        let counted = format!("来自院系学生会 {yes} 人，不是的 {} 人{unsure}", others.len());
        let message = format!("{counted}；{total} 人中须有 {needed} 人，不足 {share}");
        Finding::new(provision, provision.breach(), message)
            .about(others)
            .remedy(format!("还须有 {} 名来自院系学生会的成员", needed - could_be))
    } else {
        let message = format!("来自院系学生会 {yes} 人，另有 {} 人未填，须有 {needed} 人", blank.len());
        Finding { unknown: Some(blank), ..Finding::new(provision, Outcome::Unknown, message) }
            .remedy("由院系团组织补填“来自院系学生会”一栏")
    };
    finding.against(&format!("{yes}/{total}"), format!(">={share}")).gauge(yes, needed, None)
}

/// The departments known by themselves, then those of the department posts in the roster's order, each with the members
/// who hold one there.
fn departments_of<'a>(members: &'a [Member], known: &[&'a str]) -> Vec<(&'a str, Vec<&'a Member>)> {
    let mut departments: Vec<(&str, Vec<&Member>)> = known.iter().map(|name| (*name, Vec::new())).collect();
    let mut places: HashMap<&str, usize> = known.iter().enumerate().map(|(place, name)| (*name, place)).collect();
    for member in members {
        for name in member.posts.iter().filter_map(Post::department) {
            let place = *places.entry(name).or_insert_with(|| {
                departments.push((name, Vec::new()));
                departments.len() - 1
            });
            if let Some((_, held)) = departments.get_mut(place)
                && held.last().is_none_or(|last| last.number != member.number)
            {
                held.push(member);
            }
        }
    }
    departments
}

fn numbers_of(members: &[&Member], holds: impl Fn(&Post) -> bool) -> Vec<String> {
    let holders = members.iter().filter(|member| member.posts.iter().any(&holds));
    holders.map(|member| member.number.clone()).collect()
}

fn at_most(provision: &Provision, what: &str, unit: &str, limit: u32, holders: Vec<String>) -> Finding {
    let total = u32::try_from(holders.len()).unwrap_or(u32::MAX);
    let finding = if total > limit {
        Finding::new(provision, provision.breach(), format!("{what} {total} {unit}，超过 {limit} {unit}"))
            .about(holders)
            .remedy(format!("减少 {} {unit}", total - limit))
    } else {
        Finding::new(provision, Outcome::Pass, format!("{what} {total} {unit}，不超过 {limit} {unit}"))
    };
    finding.against(&total, format!("<={limit}")).gauge(total, 0, Some(limit))
}

fn within(provision: &Provision, what: &str, Bounds { low, high }: Bounds, total: u32) -> Finding {
    let finding = if total < low {
        Finding::new(provision, provision.breach(), format!("{what} {total} 人，不足 {low} 人"))
            .remedy(format!("补充 {} 人", low - total))
    } else if total > high {
        Finding::new(provision, provision.breach(), format!("{what} {total} 人，超过 {high} 人"))
            .remedy(format!("减少 {} 人", total - high))
    } else {
        let says = match low {
            0 => format!("{what} {total} 人，不超过 {high} 人"),
            low => format!("{what} {total} 人，在 {low} 至 {high} 人之间"),
        };
        Finding::new(provision, Outcome::Pass, says)
    };
    let limit = if low == 0 { format!("<={high}") } else { format!("{low}..{high}") };
    finding.against(&total, limit).gauge(total, low, Some(high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{
        plan::named,
        roster::tests::{full_school, member},
    };

    fn suzhou() -> &'static Plan {
        named("suzhou-2020").unwrap()
    }

    fn jining() -> &'static Plan {
        named("jining-2022").unwrap()
    }

    fn of(number: u32, post: impl Fn(u32) -> Post) -> Vec<Member> {
        (0..number).map(|place| member(place, post(place))).collect()
    }

    fn staff(number: u32) -> Vec<Member> {
        of(number, |_| Post::Staff("办公室".to_owned()))
    }

    #[test]
    fn s3_3_and_j4_2_1_about_40_and_60_allow_a_tenth_more() {
        assert_eq!(school_total(suzhou(), &staff(44)).verdict, Outcome::Pass);
        assert_eq!(school_total(suzhou(), &staff(45)).verdict, Outcome::Warn);
        assert_eq!(school_total(suzhou(), &staff(3)).verdict, Outcome::Pass);
        assert_eq!(school_total(jining(), &staff(66)).verdict, Outcome::Pass);
        assert_eq!(school_total(jining(), &staff(67)).verdict, Outcome::Warn);
    }

    #[test]
    fn s3_4_a_sixth_presidium_member_fails() {
        let judge = |number| {
            let members = of(number, |_| Post::Presidium);
            presidium(suzhou(), &members)
        };
        assert_eq!(judge(5).verdict, Outcome::Pass);
        let finding = judge(6);
        assert_eq!((finding.verdict, finding.measured.as_str(), finding.limit.as_str()), (Outcome::Fail, "6", "<=5"));
        assert_eq!(finding.subjects.len(), 6);
        assert_eq!(finding.message, "主席团成员 6 人，超过 5 人");
    }

    #[test]
    fn s3_9_a_fourth_college_presidium_member_fails() {
        let judge = |number| {
            let members = of(number, |_| Post::Presidium);
            college_presidium(jining(), &members, None).verdict
        };
        assert_eq!((judge(3), judge(4)), (Outcome::Pass, Outcome::Fail));
    }

    #[test]
    fn s3_5_a_seventh_department_fails() {
        let judge = |number| departments(suzhou(), &of(number, |place| Post::Staff(format!("部{place}"))), &[]).verdict;
        assert_eq!((judge(6), judge(7)), (Outcome::Pass, Outcome::Fail));
    }

    #[test]
    fn s3_6_each_department_has_two_or_three_heads() {
        let judge = |number| heads(suzhou(), &of(number, |_| Post::Head("文体部".to_owned())), &[]);
        let verdicts: Vec<Outcome> = (1..=4).flat_map(judge).map(|finding| finding.verdict).collect();
        assert_eq!(verdicts, [Outcome::Fail, Outcome::Pass, Outcome::Pass, Outcome::Fail]);
        let none = heads(suzhou(), &staff(2), &[]);
        assert_eq!((none.len(), none[0].verdict, none[0].unit.as_deref()), (1, Outcome::Fail, Some("办公室")));
    }

    #[test]
    fn t1_heads_count_in_suzhou_and_stand_on_top_in_jining() {
        let mut members = of(3, |_| Post::Head("办公室".to_owned()));
        members.extend((10..14).map(|number| member(number, Post::Staff("办公室".to_owned()))));
        assert_eq!(department_staff(suzhou(), &members, &[])[0].verdict, Outcome::Fail, "3 + 4 > 6");
        assert_eq!(department_staff(jining(), &members, &[])[0].verdict, Outcome::Pass, "4 <= 6");
        assert_eq!(department_staff(jining(), &staff(7), &[])[0].verdict, Outcome::Warn, "一般不超过");
    }

    #[test]
    fn s3_8_and_j4_2_6_a_college_union_has_20_to_30_people() {
        let both = |number| [suzhou(), jining()].map(|plan| college_total(plan, &staff(number), None).verdict);
        assert_eq!(both(19), [Outcome::Fail, Outcome::Warn]);
        assert_eq!(both(20), [Outcome::Pass, Outcome::Pass]);
        assert_eq!(both(30), [Outcome::Pass, Outcome::Pass]);
        assert_eq!(both(31), [Outcome::Fail, Outcome::Warn]);
    }

    #[test]
    fn s3_10_any_other_post_fails() {
        let mut members = full_school();
        members[9].posts = vec![Post::Other("秘书长".to_owned())];
        let finding = no_other_posts(suzhou(), &members);
        assert_eq!((finding.verdict, finding.subjects.len()), (Outcome::Fail, 1));
    }

    #[test]
    fn s5_6_half_must_come_from_colleges_and_blanks_are_not_no() {
        let judge = |yes: usize, no: usize, blank: usize| {
            let mut members = staff(u32::try_from(yes + no + blank).unwrap());
            for (place, member) in members.iter_mut().enumerate() {
                member.from_college_union = if place < yes {
                    Some(true)
                } else if place < yes + no {
                    Some(false)
                } else {
                    None
                };
            }
            from_colleges(suzhou(), &members).verdict
        };
        assert_eq!(judge(20, 20, 0), Outcome::Pass);
        assert_eq!(judge(19, 20, 1), Outcome::Unknown);
        assert_eq!(judge(18, 21, 1), Outcome::Fail);
        assert_eq!(judge(20, 21, 0), Outcome::Fail, "20 of 41 is under half");
        assert_eq!(judge(0, 0, 4), Outcome::Unknown);
        assert_eq!(from_colleges(jining(), &staff(4)).verdict, Outcome::NotRequired);
    }

    #[test]
    fn one_person_in_two_posts_counts_once() {
        let mut members = staff(6);
        members[0].posts.push(Post::Head("办公室".to_owned()));
        assert_eq!(department_staff(suzhou(), &members, &[])[0].measured, "6");
    }
}
