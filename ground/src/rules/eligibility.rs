//! ELG: who may work for a union. Everyone in a post must qualify, not only candidates (trap T12).

use super::{
    Finding, Outcome, Plan, Rule,
    plan::{Courses, Exempted, Provision, Ranking, SmallCohort, Stated},
    roster::{Level, Member, Ranked},
};

/// What a rule about people says of one person.
enum Answer {
    Meets,
    Falls,
    Unknown,
    Exempt,
}

/// Gathers the answers on each person into one finding: fails if anyone fails, else unknown if anyone is unknown.
fn gather(
    provision: &Provision,
    members: &[Member],
    limit: String,
    words: [&str; 3],
    ask: impl Fn(&Member) -> Answer,
) -> Finding {
    let (mut falls, mut unknown, mut exempt) = (Vec::new(), Vec::new(), Vec::new());
    for member in members {
        let list = match ask(member) {
            Answer::Meets => continue,
            Answer::Falls => &mut falls,
            Answer::Unknown => &mut unknown,
            Answer::Exempt => &mut exempt,
        };
        list.push(member.number.clone());
    }
    let [fault, missing, excused] = words;
    let (verdict, message) = if !falls.is_empty() {
        let more = if unknown.is_empty() { String::new() } else { format!("，另有 {} 人{missing}", unknown.len()) };
        (provision.breach(), format!("{} 人{fault}{more}", falls.len()))
    } else if unknown.is_empty() {
        (
            Outcome::Pass,
            if exempt.is_empty() {
                "全部符合".to_owned()
            } else {
                format!("全部符合，其中 {} 人{excused}不作要求", exempt.len())
            },
        )
    } else {
        (Outcome::Unknown, format!("{} 人{missing}", unknown.len()))
    };
    let remedy = match verdict {
        Outcome::Fail | Outcome::Warn => "核实后按退出或处理程序办理，由校团委决定",
        Outcome::Unknown => "由本人所在院系团组织补齐数据",
        Outcome::Pass | Outcome::NotJudged | Outcome::NotTakenDown | Outcome::NotRequired => "",
    };
    let measured = falls.len();
    Finding { unknown: Some(unknown), exempt: Some(exempt), ..Finding::new(provision, verdict, message) }
        .against(&measured, limit)
        .about(falls)
        .remedy(remedy)
}

/// ELG-01, 共产党员或共青团员: anything else fails, a blank is unknown. Probationary members are a switch (gap G9).
#[must_use]
pub fn political_status(plan: &Plan, members: &[Member]) -> Finding {
    let Some(Stated { value: accepted, provision }) = &plan.figures.political else {
        return Finding::unstated(Rule::Elg01, plan);
    };
    let probationary = plan.switches.probationary_counts;
    let fits = |status: &str| {
        let status = if probationary && status == "中共预备党员" { "中共党员" } else { status };
        accepted.iter().any(|accepted| accepted == status)
    };
    gather(provision, members, accepted.join("、"), ["不是党员或团员", "政治面貌未填", ""], |member| {
        match member.political.as_deref() {
            None => Answer::Unknown,
            Some(status) if fits(status) => Answer::Meets,
            Some(_) => Answer::Falls,
        }
    })
}

/// How somebody is excused: by the plan's own words, or by practice where it has none.
fn excused(by_plan: bool) -> &'static str {
    if by_plan { "按方案的规定" } else { "按惯例" }
}

/// The place that counts for a ranking: of those in what the plan ranks by, the one that speaks best. None where every place
/// that is known is one in something else.
pub(super) fn ranked(ranking: &Ranking, member: &Member) -> Option<Ranked> {
    let measures = ranking.measures();
    let ahead = |one: &Ranked, other: &Ranked| {
        let part = |own: &Ranked, of: &Ranked| u64::from(own.rank.rank) * u64::from(of.rank.cohort);
        part(one, other).cmp(&part(other, one))
    };
    member.rankings().filter(|one| measures.contains(&one.of)).min_by(ahead)
}

/// What rankings are known of people of whom none counts, in words.
pub(super) fn other_rankings(members: &[&Member]) -> String {
    let mut known: Vec<String> = Vec::new();
    for one in members.iter().flat_map(|member| member.rankings()) {
        if !known.contains(&one.of.label()) {
            known.push(one.of.label());
        }
    }
    known.join("、")
}

/// ELG-03, 前30%以内: the boundary passes (trap T11), so 3 of 10 does and 4 of 10 does not, and 33 of 99 is within 1/3.
#[must_use]
pub fn rank(plan: &Plan, members: &[Member]) -> Finding {
    let Some(Stated { value: ranking, provision }) = plan.figures.ranking.as_ref() else {
        return Finding::unstated(Rule::Elg03, plan);
    };
    let switches = &plan.switches;
    let share_of = |member: &Member| ranking.share_for(plan.is_on_presidium(member));
    let share = match members {
        [one] => share_of(one),
        _ => ranking.share,
    };
    let rank_of = |member: &Member| ranked(ranking, member).map(|one| one.rank);
    let too_small = |member: &Member| rank_of(member).is_some_and(|rank| share_of(member).floor_of(rank.cohort) == 0);
    let marks = &ranking.marks;
    let exempt = |member: &Member| {
        let graduates = marks.exempts(Exempted::Graduate).unwrap_or(switches.graduate_exempt);
        let graduate = graduates && member.level == Some(Level::Graduate);
        let first_year = member.first_year == Some(true)
            && match marks.exempts(Exempted::FirstYear) {
                Some(exempt) => exempt,
                None => switches.first_year_exempt && rank_of(member).is_none(),
            };
        graduate || first_year
    };
    let fault = match ranking.presidium.filter(|_| members.len() > 1) {
        Some(stricter) => format!("不在{}前 {share}（主席团成员前 {stricter}）以内", ranking.among()),
        None => format!("不在{}前 {share} 以内", ranking.among()),
    };
    let finding = gather(
        provision,
        members,
        format!("<={share}"),
        [&fault, "没有排名数据", excused(marks.exempt.is_some())],
        |member| match rank_of(member) {
            _ if exempt(member) => Answer::Exempt,
            None => Answer::Unknown,
            Some(rank) if too_small(member) => match switches.small_cohort {
                SmallCohort::First if rank.rank == 1 => Answer::Meets,
                SmallCohort::First | SmallCohort::Nobody => Answer::Falls,
                SmallCohort::Unknown => Answer::Unknown,
            },
            Some(rank) if rank.rank <= share_of(member).floor_of(rank.cohort) => Answer::Meets,
            Some(_) => Answer::Falls,
        },
    );
    let elsewhere = |member: &&Member| rank_of(member).is_none() && member.rankings().next().is_some();
    let elsewhere: Vec<&Member> = members.iter().filter(|member| !exempt(member)).filter(elsewhere).collect();
    let finding = if elsewhere.is_empty() {
        finding
    } else {
        let (known, asked) = (other_rankings(&elsewhere), ranking.measures_in_words());
        let message =
            format!("{}；{} 人登记的是{known}，方案看的是{asked}，不能代替", finding.message, elsewhere.len());
        Finding { message, ..finding }
    };
    let small = members.iter().filter(|member| too_small(member) && !exempt(member)).count();
    if small == 0 {
        return finding;
    }
    let consequence = match switches.small_cohort {
        SmallCohort::Nobody => "按字面无人可以通过",
        SmallCohort::First => "按本校掌握第一名通过",
        SmallCohort::Unknown => "由校团委逐人认定",
    };
    let bases = ranking.bases_in_words();
    let message = format!("{}；{small} 人所在{bases}人数过少，{share} 不足 1 人，{consequence}", finding.message);
    Finding { message, ..finding }
}

/// ELG-04, 无课业不及格情况: a blank is unknown, but of a first-year, who has sat no examination yet (gap G1).
#[must_use]
pub fn failed_courses(plan: &Plan, members: &[Member]) -> Finding {
    let Some(Stated { value, provision }) = plan.figures.failed_courses.as_ref() else {
        return Finding::unstated(Rule::Elg04, plan);
    };
    let (limit, marks) = (value.at_most, &value.marks);
    let fault = if marks.required_only { "有必修课不及格" } else { "有课业不及格" };
    let words = [fault, "不及格门数未填", excused(marks.exempt.is_some())];
    // A graduate has failed courses like anybody else: only the plan's own words exempt them here.
    let excepted = |member: &Member| {
        let graduate = member.level == Some(Level::Graduate);
        let by_plan = |who| marks.exempts(who) == Some(true);
        graduate && by_plan(Exempted::Graduate) || member.first_year == Some(true) && by_plan(Exempted::FirstYear)
    };
    let by_practice = marks.exempt.is_none() && plan.switches.first_year_exempt;
    let exempt = |member: &Member| by_practice && member.first_year == Some(true);
    let finding = gather(provision, members, format!("<={limit}"), words, |member| match member.failed_courses {
        _ if excepted(member) => Answer::Exempt,
        None if exempt(member) => Answer::Exempt,
        None => Answer::Unknown,
        Some(_) if counts_otherwise(value, member) => Answer::Unknown,
        Some(failed) if failed <= limit => Answer::Meets,
        Some(_) => Answer::Falls,
    });
    let otherwise = members.iter().filter(|member| counts_otherwise(value, member) && !excepted(member)).count();
    if otherwise == 0 {
        return finding;
    }
    let message = format!("{}；{otherwise} 人登记的门数{}", finding.message, not_as_asked(value));
    Finding { message, ..finding }
}

/// The number of failed courses that is known is counted of other courses than the plan asks for, and leaves open what it
/// would be: 必修课 are among all courses, so none failed of all is none of them, and too many of them is too many.
pub(super) fn counts_otherwise(courses: &Courses, member: &Member) -> bool {
    let (required, limit) = (courses.marks.required_only, courses.at_most);
    member.failed_courses.is_some_and(|failed| match (required, member.failed_of_required) {
        (true, false) => failed > limit,
        (false, true) => failed <= limit,
        (true, true) | (false, false) => false,
    })
}

/// How a number that [`counts_otherwise`] is counted, and how the plan counts.
pub(super) fn not_as_asked(courses: &Courses) -> &'static str {
    if courses.marks.required_only {
        "是全部课程的，方案只看必修课，不能代替"
    } else {
        "只算必修课，方案看全部课程，不能代替"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{
        plan::named,
        roster::{Post, Rank, tests::member},
    };

    fn one(change: impl FnOnce(&mut Member)) -> [Member; 1] {
        let mut one = member(1, Post::Presidium);
        change(&mut one);
        [one]
    }

    #[test]
    fn s4_1_party_and_league_members_qualify_and_blank_is_unknown() {
        let judge = |status: Option<&str>| {
            political_status(named("suzhou-2020").unwrap(), &one(|m| m.political = status.map(str::to_owned))).verdict
        };
        for status in ["中共党员", "中共预备党员", "共青团员"] {
            assert_eq!(judge(Some(status)), Outcome::Pass, "{status}");
        }
        assert_eq!(judge(Some("群众")), Outcome::Fail);
        assert_eq!(judge(None), Outcome::Unknown);
    }

    #[test]
    fn t11_the_boundary_of_30_percent_passes() {
        let judge = |rank, cohort| rank_of(&one(|m| m.rank = Some(Rank { rank, cohort })));
        assert_eq!(judge(3, 10).verdict, Outcome::Pass);
        assert_eq!(judge(4, 10).verdict, Outcome::Fail);
        assert_eq!(judge(33, 110).verdict, Outcome::Pass);
        let tiny = judge(1, 3);
        assert_eq!(tiny.verdict, Outcome::Fail, "floor(0.9) = 0");
        assert!(tiny.message.contains("无人可以通过"), "{}", tiny.message);
    }

    fn rank_of(members: &[Member]) -> Finding {
        rank(named("jining-2022").unwrap(), members)
    }

    #[test]
    fn g1_graduates_and_unranked_first_years_are_exempt() {
        let graduate = rank_of(&one(|m| {
            m.level = Some(Level::Graduate);
            m.rank = Some(Rank { rank: 9, cohort: 10 });
        }));
        assert_eq!((graduate.verdict, graduate.exempt.unwrap().len()), (Outcome::Pass, 1));
        let unranked = |first_year| {
            rank_of(&one(|m| {
                m.rank = None;
                m.first_year = first_year;
            }))
            .verdict
        };
        assert_eq!(unranked(Some(true)), Outcome::Pass);
        assert_eq!(unranked(Some(false)), Outcome::Unknown);
        assert_eq!(unranked(None), Outcome::Unknown);
        let ranked_first_year = rank_of(&one(|m| {
            m.first_year = Some(true);
            m.rank = Some(Rank { rank: 9, cohort: 10 });
        }));
        assert_eq!(ranked_first_year.verdict, Outcome::Fail, "a first-year with a rank is judged");
    }

    #[test]
    fn g1_a_first_year_without_examinations_is_exempt_and_one_with_a_failed_course_is_judged() {
        let judge = |first_year, failed| {
            let members = one(|m| (m.first_year, m.failed_courses) = (first_year, failed));
            let finding = failed_courses(named("suzhou-2020").unwrap(), &members);
            (finding.verdict, finding.exempt.unwrap().len())
        };
        assert_eq!(judge(Some(true), None), (Outcome::Pass, 1));
        assert_eq!(judge(Some(false), None), (Outcome::Unknown, 0));
        assert_eq!(judge(None, None), (Outcome::Unknown, 0));
        assert_eq!(judge(Some(true), Some(1)), (Outcome::Fail, 0));
        assert_eq!(judge(Some(true), Some(0)), (Outcome::Pass, 0));
    }

    #[test]
    fn a_failure_outweighs_what_is_unknown() {
        let mut members = vec![member(1, Post::Presidium), member(2, Post::Presidium), member(3, Post::Presidium)];
        members[0].failed_courses = Some(1);
        members[1].failed_courses = None;
        let finding = failed_courses(named("suzhou-2020").unwrap(), &members);
        assert_eq!(finding.verdict, Outcome::Fail);
        assert_eq!(
            (finding.subjects, finding.unknown.unwrap()),
            (vec!["20240001".to_owned()], vec!["20240002".to_owned()])
        );
    }
}
