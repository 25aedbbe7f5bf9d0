//! What documents of other universities say and the two shipped plans do not, each held against facts.

use std::sync::Arc;

use time::{Date, macros::date};

use super::{
    Finding, Outcome, Plan, Rule,
    adoption::Calendar,
    appointment,
    chain::Chain,
    congress::{Cohort, Population, allocate, meeting_of_all},
    congress_result::by_congress,
    election::{MajorityOf, Rules},
    eligibility,
    judgement::{Known, judge, judge_with},
    measure::{Measure, RankBase, RankedBy},
    meeting::Count,
    offer::{Offer, offer},
    plan::{BUILT_IN, DocumentKind, Union, named},
    qualification::{DelegateFacts, count},
    review::{Scheme, aspects},
    roster::{Level, Member, Post, Rank, Ranked, tests::member},
    staffing,
    timeline::{Mandate, Semester, Timeline, Turn},
    yearly::{CongressYears, yearly},
};

/// A shipped plan with another section for one rule.
fn text_with(rule: &str, says: &str) -> String {
    let (_, text) = BUILT_IN[0];
    let start = text.find(&format!("[rule.{rule}]\n")).unwrap();
    let end = text[start + 1..].find("\n[rule.").map_or(text.len(), |at| start + at + 2);
    format!("{}[rule.{rule}]\n{says}\n{}", &text[..start], &text[end..])
}

const CLAUSE: &str = "clauses = [{ id = \"X1\", section = \"三\", quote = \"学生会的规定如下\" }]";

fn plan_with(rule: &str, figures: &str) -> Plan {
    let text = text_with(rule, &format!("strength = \"hard\"\n{figures}\n{CLAUSE}"));
    Plan::parse(&text).unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn refusals(rule: &str, figures: &str) -> String {
    let text = text_with(rule, &format!("strength = \"hard\"\n{figures}\n{CLAUSE}"));
    let errors = Plan::parse(&text).expect_err("must be refused");
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn staff(number: u32) -> Vec<Member> {
    (0..number).map(|place| member(place, Post::Staff("办公室".to_owned()))).collect()
}

#[test]
fn stf_01_an_upper_limit_is_none_of_about_and_the_larger_one_holds_where_it_is_decided() {
    let judge = |plan: &Plan, people| staffing::school_total(plan, &staff(people));
    let strict = plan_with("STF-01", "at_most = 40");
    assert_eq!((judge(&strict, 40).verdict, judge(&strict, 41).verdict), (Outcome::Pass, Outcome::Fail));
    let over = judge(&strict, 41);
    assert!(!over.message.contains("左右") && !over.remedy.contains("理由"), "{over:?}");
    let condition = "larger = { at_most = 60, condition = \"学生人数较多的高校\"";
    let undecided = plan_with("STF-01", &format!("at_most = 40\n{condition} }}"));
    let finding = judge(&undecided, 45);
    assert!(finding.verdict == Outcome::Fail && finding.remedy.contains("学生人数较多的高校可以不超过 60 人"));
    let decided = plan_with("STF-01", &format!("at_most = 40\n{condition}, decided = \"校党委会 3 月 2 日\" }}"));
    assert_eq!((judge(&decided, 60).verdict, judge(&decided, 61).verdict), (Outcome::Pass, Outcome::Fail));
    assert!(judge(&decided, 51).message.contains("依据：校党委会 3 月 2 日"));
    assert!(refusals("STF-01", "about = 40\nat_most = 40").contains("只能写一个"));
    assert!(refusals("STF-01", "at_most = 40\nlarger = { at_most = 40, condition = \"人多\" }").contains("应大于"));
    assert!(refusals("STF-01", "").contains("缺少 rule.STF-01.about（左右）或 rule.STF-01.at_most（不超过）"));
}

#[test]
fn stf_06_an_upper_limit_needs_no_lower_one() {
    let plan = plan_with("STF-06", "at_most = 30");
    let finding = staffing::college_total(&plan, &staff(3), None);
    assert_eq!((finding.verdict, finding.limit_in_words().as_str()), (Outcome::Pass, "不超过 30"));
    assert_eq!(staffing::college_total(&plan, &staff(31), None).verdict, Outcome::Fail);
    assert_eq!(plan.provision(Rule::Stf06).unwrap().figure.as_deref(), Some("不超过 30 人"));
}

#[test]
fn stf_07_a_limit_goes_by_the_colleges_size_and_is_unknown_where_that_is() {
    let plan = plan_with("STF-07", "at_most = 3\nbands = [{ from = 501, at_most = 4 }]");
    let people: Vec<Member> = (0..4).map(|place| member(place, Post::Presidium)).collect();
    let verdict = |students| staffing::college_presidium(&plan, &people, students).verdict;
    assert_eq!(
        (verdict(Some(500)), verdict(Some(501)), verdict(None)),
        (Outcome::Fail, Outcome::Pass, Outcome::Unknown)
    );
    assert_eq!(staffing::college_presidium(&plan, &people[..3], None).verdict, Outcome::Pass, "within every limit");
    let all = judge_with(&plan, Union::College, &people, Known { students: Some(501), ..Known::default() }).unwrap();
    assert!(all.iter().any(|finding| finding.rule == Rule::Stf07 && finding.verdict == Outcome::Pass));
    assert!(refusals("STF-07", "at_most = 3\nbands = [{ at_most = 4 }]").contains("须写明 from"));
}

#[test]
fn elg_03_a_third_of_the_grade_with_the_plans_own_exemptions() {
    let exempt = "exempt = [{ who = \"graduate\", clause = \"X1\" }]";
    let plan = plan_with("ELG-03", &format!("share = \"1/3\"\npresidium = \"20%\"\nbases = [\"grade\"]\n{exempt}"));
    let one = |change: &dyn Fn(&mut Member)| {
        let mut one = member(1, Post::Staff("办公室".to_owned()));
        change(&mut one);
        eligibility::rank(&plan, &[one])
    };
    let in_grade = |rank, cohort| {
        let of = Measure { base: RankBase::Grade, ..Measure::USUAL };
        vec![Ranked { of, rank: Rank { rank, cohort } }]
    };
    let ranked = |rank, cohort| one(&|member| member.other_ranks = in_grade(rank, cohort));
    assert_eq!((ranked(33, 99).verdict, ranked(34, 99).verdict), (Outcome::Pass, Outcome::Fail), "1/3 is 1/3");
    assert!(ranked(34, 99).message.contains("本年级前 1/3"), "{}", ranked(34, 99).message);
    let seated = one(&|member| {
        member.posts = vec![Post::Presidium];
        member.other_ranks = in_grade(30, 99);
    });
    assert_eq!((seated.verdict, seated.limit.as_str()), (Outcome::Fail, "<=20%"), "stricter for the presidium");
    let graduate = one(&|member| {
        member.level = Some(Level::Graduate);
        member.rank = None;
    });
    assert!(graduate.verdict == Outcome::Pass && graduate.exempts());
    let first_year = one(&|member| {
        member.first_year = Some(true);
        member.rank = None;
    });
    assert_eq!(first_year.verdict, Outcome::Unknown, "the plan exempts graduates alone, practice adds nobody");
    let person = Member { level: Some(Level::Graduate), rank: None, ..member(1, Post::Presidium) };
    let told = super::appointment::conditions(&plan, &person);
    let of_rank = told.iter().find(|finding| finding.rule == Rule::Elg03).unwrap();
    assert!(of_rank.message.contains("“学生会的规定如下”") && !of_rank.message.contains("惯例"), "{}", of_rank.message);
    let unknown = refusals("ELG-03", "share = \"30%\"\nexempt = [{ who = \"graduate\", clause = \"Y9\" }]");
    assert!(unknown.contains("“Y9”不是这一项 clauses 里的 id"), "{unknown}");
}

#[test]
fn elg_04_required_courses_and_a_clause_for_first_years() {
    let plan =
        plan_with("ELG-04", "at_most = 0\nrequired_only = true\nexempt = [{ who = \"first_year\", clause = \"X1\" }]");
    let judge = |failed, first_year| {
        let person = Member {
            failed_courses: failed,
            failed_of_required: true,
            first_year: Some(first_year),
            ..member(1, Post::Presidium)
        };
        eligibility::failed_courses(&plan, &[person])
    };
    assert!(judge(Some(1), false).message.contains("必修课不及格"));
    assert_eq!(judge(None, true).verdict, Outcome::Pass);
    assert!(judge(None, true).message.contains("按方案的规定"));
}

#[test]
fn stf_08_a_post_that_the_plan_allows_is_not_failed_under_the_clause_that_allows_it() {
    let plan = plan_with(
        "STF-08",
        "posts = [{ name = \"主席\", presidium = true }, { name = \"顾问\" }]\nteachers = [\"秘书长\"]",
    );
    let post = |name: &str| Post::Other(name.to_owned());
    let people = [member(1, post("主席")), member(2, post("顾问")), member(3, post("秘书长")), member(4, post("助理"))];
    let found = judge(&plan, Union::School, &people).unwrap();
    let of = |rule| found.iter().find(|finding| finding.rule == rule).unwrap();
    assert_eq!(of(Rule::Stf08).subjects, ["20240004"], "the teacher is no staff, the other two are allowed");
    assert_eq!(of(Rule::Stf02).measured, "1", "a chair sits on the presidium");
    assert_eq!(of(Rule::Stf01).measured, "3");
    assert!(plan.is_seat(&post("主席")) && !plan.is_seat(&post("顾问")));
    let named_alone = plan_with("STF-08", "posts = [\"顾问\"]");
    let found = judge(&named_alone, Union::School, &people).unwrap();
    let other = found.iter().find(|finding| finding.rule == Rule::Stf08).unwrap();
    assert_eq!(other.subjects, ["20240001", "20240003", "20240004"]);
    assert!(!named_alone.is_seat(&post("顾问")));
}

/// A plan whose presidium has a convener, and the post.
fn with_convener() -> (Plan, Post) {
    (plan_with("STF-08", "posts = [{ name = \"召集人\", presidium = true }]"), Post::Other("召集人".to_owned()))
}

#[test]
fn vet_05_a_convener_on_the_presidium_rests_on_the_same_result_as_its_members() {
    let (plan, convener) = with_convener();
    let (elected_on, later, end) = (date!(2026 - 12 - 20), date!(2026 - 12 - 25), date!(2027 - 03 - 01));
    let one = member(1, Post::Presidium);
    let mut timeline = Timeline::empty(Union::School);
    timeline.opened = Some(date!(2026 - 09 - 01));
    timeline.elected.push(Mandate { number: one.number.clone(), from: elected_on, until: None });
    let verdict = |timeline: &Timeline, day| by_congress(&plan, timeline, &one, day).unwrap().verdict;
    timeline.add(&one, Post::Presidium, elected_on, Some(later));
    assert_eq!(verdict(&timeline, later), Outcome::Pass, "from one seat to the other nobody leaves");
    timeline.add(&one, convener.clone(), later, Some(end));
    assert_eq!(verdict(&timeline, end), Outcome::Pass, "and back");
    assert_eq!(
        verdict(&timeline, date!(2027 - 03 - 02)),
        Outcome::Fail,
        "whoever left that seat has left the presidium"
    );
    timeline.holdings.clear();
    timeline.add(&one, Post::Presidium, date!(2026 - 09 - 01), Some(end));
    assert_eq!(verdict(&timeline, date!(2027 - 04 - 01)), Outcome::Fail, "who was elected again has left as well");
}

#[test]
fn vet_05_the_days_of_a_conveners_seat_are_put_right_without_a_new_result() {
    let (plan, convener) = with_convener();
    let calendar = Calendar::always(Arc::new(plan));
    let day = date!(2026 - 12 - 20);
    let mut timeline = Timeline::empty(Union::School);
    timeline.opened = Some(date!(2026 - 09 - 01));
    timeline.add(&member(1, convener.clone()), convener.clone(), date!(2026 - 09 - 01), None);
    let wanted = |from: Date| appointment::Wanted {
        person: member(1, convener.clone()),
        post: convener.clone(),
        from,
        until: Some(date!(2027 - 01 - 01)),
    };
    let verdict = |instead| appointment::appoint(&calendar, &timeline, instead, wanted(day), None).permit();
    assert!(verdict(Some(0)).is_ok());
    let refused = verdict(None).unwrap_err();
    assert!(refused.iter().any(|one| one.rule == Rule::Vet05 && one.verdict == Outcome::Fail), "{refused:?}");
}

#[test]
fn stf_02_a_round_for_a_new_presidium_takes_the_conveners_seat_with_the_others() {
    let (plan, convener) = with_convener();
    let calendar = Calendar::always(Arc::new(plan));
    let day = date!(2026 - 12 - 20);
    let mut timeline = Timeline::empty(Union::School);
    timeline.add(&member(0, convener.clone()), convener, date!(2026 - 09 - 01), None);
    for place in 1..5 {
        timeline.add(&member(place, Post::Presidium), Post::Presidium, date!(2026 - 09 - 01), None);
    }
    let judge = |seats, replaces| {
        let offers = vec![Offer { post: Post::Presidium, seats, from: day }];
        offer(&calendar, &timeline, &[], offers, replaces, None).permit().map(|_| ())
    };
    assert!(judge(5, true).is_ok());
    let refused = judge(1, false).unwrap_err();
    assert_eq!((refused[0].rule, refused[0].verdict), (Rule::Stf02, Outcome::Fail), "five sit there already");
}

#[test]
fn con_04_soft_words_are_soft_and_a_band_has_a_top() {
    let population = Population {
        cohorts: vec![Cohort { college: "信息系".to_owned(), grade: "2024".to_owned(), students: 1000 }],
        societies: Vec::new(),
    };
    let verdict = |plan: &Plan, seats| allocate(plan, &population, Some(seats)).findings[0].verdict;
    let hard = plan_with("CON-04", "share = \"3%\"\nbase = \"members\"\nat_most_share = \"10%\"");
    assert_eq!(
        [29, 30, 100, 101].map(|seats| verdict(&hard, seats)),
        [Outcome::Fail, Outcome::Pass, Outcome::Pass, Outcome::Fail]
    );
    let figures = format!("strength = \"soft\"\nshare = \"3%\"\nbase = \"members\"\n{CLAUSE}");
    let soft = Plan::parse(&text_with("CON-04", &figures)).unwrap();
    assert_eq!(verdict(&soft, 29), Outcome::Warn, "一般不低于");
}

#[test]
fn con_06_sixty_percent_of_the_delegates_are_ordinary_students() {
    let plan = plan_with("CON-06", "share = \"60%\"");
    let delegate = |backbone| DelegateFacts {
        gender: None,
        political: None,
        ethnic: None,
        grade: 2024,
        source: "院系".to_owned(),
        delegation: None,
        backbone,
    };
    let judge = |backbone: u32| {
        let delegates: Vec<DelegateFacts> = (0..10).map(|place| delegate(place < backbone)).collect();
        count(10, &delegates).breadth_by(&plan).unwrap()
    };
    assert_eq!((judge(4).verdict, judge(5).verdict), (Outcome::Pass, Outcome::Fail));
    assert!(judge(5).clause.is_some() && !judge(5).message.contains("惯例"));
    assert!(count(1, &[delegate(true)]).breadth_by(super::plan::named("suzhou-2020").unwrap()).is_none());
}

#[test]
fn con_01_a_congress_every_one_or_two_years() {
    let plan = plan_with("CON-01", "times = 1\nper = \"year\"\nevery = 2\nsoonest = 1");
    assert_eq!(plan.provision(Rule::Con01).unwrap().figure.as_deref(), Some("每 1 至 2 年 1 次"));
    let years = CongressYears { held: vec![date!(2025 - 04 - 02)], ..CongressYears::default() };
    let verdict = |day| yearly(&plan, Union::School, &years, day).unwrap().verdict;
    assert_eq!((verdict(date!(2027 - 04 - 02)), verdict(date!(2027 - 04 - 03))), (Outcome::Pass, Outcome::Fail));
}

#[test]
fn con_02_a_small_college_may_hold_a_meeting_of_all_by_the_plans_own_number() {
    let plan = plan_with("CON-02", "times = 1\nper = \"year\"\nmeeting_of_all_below = 200");
    let asked = |plan, students| meeting_of_all(plan, Union::College, students);
    assert!(asked(Some(&plan), 199).is_none());
    let refused = asked(Some(&plan), 200).unwrap();
    assert!(refused.clause.is_some() && !refused.message.contains("惯例"), "{}", refused.message);
    assert!(asked(None, 399).is_none() && asked(None, 400).unwrap().message.contains("实践惯例"));
    assert!(meeting_of_all(Some(&plan), Union::School, 1).is_some());
}

#[test]
fn org_04_a_turn_of_months_or_weeks() {
    let semester = Semester { from: date!(2026 - 09 - 01), until: date!(2027 - 02 - 22) };
    let judge = |plan: &Plan, until| -> Finding {
        let mut timeline = Timeline::empty(Union::School);
        timeline.semesters = vec![semester];
        let (number, name) = ("20240001".to_owned(), "学生1".to_owned());
        timeline.turns = vec![Turn { number, name, from: date!(2026 - 10 - 31), until }];
        super::rotation::length_of_turn(plan, &timeline, date!(2026 - 11 - 02))
    };
    let month = plan_with("ORG-04", "period = \"month\"\nexact = true");
    assert_eq!(judge(&month, date!(2026 - 11 - 30)).verdict, Outcome::Pass, "from the 31st to a month of 30 days");
    assert_eq!(judge(&month, date!(2026 - 11 - 20)).verdict, Outcome::Fail);
    assert_eq!(judge(&month, date!(2026 - 12 - 10)).verdict, Outcome::Fail);
    let weeks = plan_with("ORG-04", "period = \"week\"\nnumber = 2\nexact = false");
    assert_eq!(judge(&weeks, date!(2026 - 11 - 14)).verdict, Outcome::Pass);
    assert_eq!(judge(&weeks, date!(2026 - 11 - 15)).verdict, Outcome::Fail);
    assert_eq!(weeks.provision(Rule::Org04).unwrap().figure.as_deref(), Some("最长 2 周"));
}

#[test]
fn vet_05_the_constitution_says_how_votes_are_counted() {
    let plan = plan_with(
        "VET-05",
        "election = [\n{ point = \"quorum\", value = \"2/3\", clause = \"X1\" },\n\
         { point = \"majority\", value = \"valid\", clause = \"X1\" },\n\
         { point = \"extra\", value = \"20%\", clause = \"X1\" },\n]",
    );
    let figure = plan.provision(Rule::Vet05).unwrap().figure.clone().unwrap();
    assert!(figure.contains("赞成超过有效票的一半当选"), "{figure}");
    let mut rules = Rules::PRACTICE;
    let holds = |rules: &Rules, extra| -> Vec<bool> {
        plan.election_terms().map(|(term, _)| term.rule.holds(rules, 5, extra)).collect()
    };
    assert_eq!(holds(&rules, 0), [false, false, false]);
    for (term, clause) in plan.election_terms() {
        assert_eq!(clause.quote, "学生会的规定如下");
        term.rule.set(&mut rules);
    }
    assert_eq!(holds(&rules, 1), [true, true, true], "20% of 5 is one");
    let wrong = refusals(
        "VET-05",
        "election = [{ point = \"tie\", value = \"dice\", clause = \"X1\" }, { point = \"extra\", value = \"x\", clause = \"Y\" }]",
    );
    assert!(wrong.contains("以下之一：vacant、second_round、lot") && wrong.contains("应为人数"), "{wrong}");
    assert!(wrong.contains("“Y”不是这一项 clauses 里的 id"), "{wrong}");
}

#[test]
fn vet_05_a_constitution_passes_with_a_part_of_those_present_or_of_all_who_are_due() {
    let passes = |value: &str| {
        let term = format!("election = [{{ point = \"constitution\", value = \"{value}\", clause = \"X1\" }}]");
        let plan = plan_with("VET-05", &term);
        let (needed, clause) = plan.constitution_passes().unwrap();
        assert_eq!(clause.quote, "学生会的规定如下");
        let count = Count { due: 100, present: 90 };
        (
            plan.provision(Rule::Vet05).unwrap().figure.clone().unwrap(),
            [60, 66, 67].map(|votes| needed.is_met(votes, count)),
        )
    };
    assert_eq!(passes("2/3"), ("赞成达到实到的 2/3 通过章程".to_owned(), [true, true, true]));
    assert_eq!(passes("2/3 due"), ("赞成达到应到的 2/3 通过章程".to_owned(), [false, false, true]));
    let none = refusals("VET-05", "election = [{ point = \"constitution\", value = \"0\", clause = \"X1\" }]");
    assert!(none.contains("以下之一：>2/3、2/3"), "nobody passes one with no vote at all: {none}");
}

#[test]
fn elg_03_a_ranking_says_of_what_it_may_be() {
    let measures = |figures: &str| {
        let plan = plan_with("ELG-03", figures);
        plan.figures.ranking.as_ref().map(|stated| stated.value.measures_in_words()).unwrap_or_default()
    };
    assert_eq!(measures("share = \"30%\""), "本专业排名", "the one that every registrar has");
    let other =
        measures("share = \"1/3\"\nbases = [\"grade\", \"class\"]\nby = [\"assessment\"]\nrequired_only = true");
    assert_eq!(other, "本年级综合测评排名（只算必修课）或本班综合测评排名（只算必修课）");
}

#[test]
fn elg_03_a_place_in_another_ranking_than_the_plans_is_no_place_and_says_which_is_needed() {
    let plan = plan_with("ELG-03", "share = \"30%\"\nbases = [\"major\", \"grade\"]\nby = [\"assessment\"]");
    let in_grade = Measure { base: RankBase::Grade, by: RankedBy::Assessment, required_only: false };
    let in_major = Measure { base: RankBase::Major, ..in_grade };
    let judge = |others: &[(Measure, u32)]| {
        let mut one = member(1, Post::Presidium);
        let place = |(of, rank): &(Measure, u32)| Ranked { of: *of, rank: Rank { rank: *rank, cohort: 10 } };
        one.other_ranks = others.iter().map(place).collect();
        eligibility::rank(&plan, &[one])
    };
    let by_marks = judge(&[]);
    assert_eq!(by_marks.verdict, Outcome::Unknown, "first by marks is nothing by the overall assessment");
    let says = "1 人登记的是本专业排名，方案看的是本专业综合测评排名或本年级综合测评排名，不能代替";
    assert!(by_marks.message.contains(says), "{}", by_marks.message);
    assert_eq!(judge(&[(in_grade, 3)]).verdict, Outcome::Pass);
    assert_eq!(judge(&[(in_grade, 4)]).verdict, Outcome::Fail);
    assert_eq!(judge(&[(in_grade, 4), (in_major, 2)]).verdict, Outcome::Pass, "any of them will do");
    let (_, shipped) = BUILT_IN[0];
    let mut one = member(1, Post::Presidium);
    one.rank = None;
    one.other_ranks = vec![Ranked { of: in_grade, rank: Rank { rank: 1, cohort: 10 } }];
    let told = appointment::conditions(&Plan::parse(shipped).unwrap(), &one);
    let told = told.iter().find(|finding| finding.rule == Rule::Elg03).unwrap();
    assert_eq!(told.verdict, Outcome::Unknown);
    assert!(told.message.contains("登记的是本年级综合测评排名，方案看的是本专业排名"), "{}", told.message);
}

#[test]
fn elg_04_failed_courses_of_other_courses_decide_only_what_they_can() {
    let required = plan_with("ELG-04", "at_most = 0\nrequired_only = true");
    let all = plan_with("ELG-04", "at_most = 0");
    let judge = |plan: &Plan, failed, of_required| {
        let person =
            Member { failed_courses: Some(failed), failed_of_required: of_required, ..member(1, Post::Presidium) };
        eligibility::failed_courses(plan, &[person])
    };
    assert_eq!(judge(&required, 0, false).verdict, Outcome::Pass, "none at all is none that is required");
    let open = judge(&required, 1, false);
    assert_eq!(open.verdict, Outcome::Unknown);
    assert!(open.message.contains("方案只看必修课，不能代替"), "{}", open.message);
    assert_eq!(judge(&required, 1, true).verdict, Outcome::Fail);
    assert_eq!(judge(&all, 1, true).verdict, Outcome::Fail, "one that is required is one of all");
    assert_eq!(judge(&all, 0, true).verdict, Outcome::Unknown);
}

#[test]
fn vet_05_a_further_round_may_have_a_majority_of_its_own() {
    let plan = plan_with(
        "VET-05",
        "election = [\n{ point = \"majority\", value = \"due\", clause = \"X1\" },\n\
         { point = \"second_round\", value = \"none\", clause = \"X1\" },\n]",
    );
    let figure = plan.provision(Rule::Vet05).unwrap().figure.clone().unwrap();
    assert!(figure.contains("第二轮和另行选举得票多的当选"), "{figure}");
    let (majority, clause) = plan.second_round().unwrap();
    assert_eq!((majority, clause.quote.as_str()), (MajorityOf::None, "学生会的规定如下"));
    let mut rules = Rules::PRACTICE;
    for (term, _) in plan.election_terms() {
        term.rule.set(&mut rules);
    }
    assert_eq!(rules.majority_of, MajorityOf::Due, "the first round goes by its own");
    let twice = refusals(
        "VET-05",
        "election = [{ point = \"second_round\", value = \"due\", clause = \"X1\" }, \
         { point = \"second_round\", value = \"none\", clause = \"X1\" }]",
    );
    assert!(twice.contains("“第二轮的当选”写了两次"), "{twice}");
    assert!(named("suzhou-2020").unwrap().second_round().is_none());
}

#[test]
fn rev_03_the_plans_weights_and_its_ceiling_of_excellent_hold() {
    let plan = plan_with("REV-03", "aspects = [\"工作\", \"学习\"]\nweights = [70, 30]\nexcellent_at_most = 20");
    let aspects = aspects(&plan);
    assert_eq!(aspects.terms_in_words(), "工作 70%、学习 30%；优秀不超过 20%");
    let scheme = Scheme::by_default(&aspects.names).under(&aspects);
    let weights: Vec<u32> = scheme.weights().iter().map(|one| one.weight).collect();
    assert_eq!((weights, scheme.ceiling()), (vec![70, 30], Some(20)));
    assert_eq!(scheme.clone().under(&aspects), scheme);
    let wrong = refusals("REV-03", "aspects = [\"工作\", \"学习\"]\nweights = [70, 20, 5]");
    assert!(wrong.contains("一一对应") && wrong.contains("合计应为 100，现在是 95"), "{wrong}");
}

#[test]
fn a_clause_quotes_a_document_that_is_listed() {
    let (_, text) = BUILT_IN[0];
    let listed = "[[documents]]\nkind = \"constitution\"\nnumber = \"学生会章程\"\ntitle = \"学生会章程\"\n\
                  issuer = \"学代会\"\nday = 2025-05-04\n\n[bodies]";
    let quotes = |document: &str| {
        let text = text.replacen("[bodies]", listed, 1);
        text.replacen("{ id = \"S3.4\"", &format!("{{ document = \"{document}\", id = \"S3.4\""), 1)
    };
    let plan = Plan::parse(&quotes("学生会章程")).unwrap();
    assert_eq!((plan.documents.len(), plan.documents[0].kind), (1, DocumentKind::Constitution));
    let errors = Plan::parse(&quotes("选举办法")).unwrap_err();
    assert!(errors[0].reason.contains("“选举办法”没有列在 documents 里"), "{errors:?}");
}

#[test]
fn vet_01_three_offices_in_one_session_and_steps_that_are_no_opinions() {
    let plan = plan_with(
        "VET-01",
        "chain = [\n{ act = \"申请\", kind = \"application\" },\n{ act = \"推荐\", by = [\"college_league\"] },\n\
         { act = \"联合审查\", by = [\"student_affairs\", \"school_league\", { name = \"教务处\", acts = \"student_affairs\" }], \
         together = true },\n{ act = \"公示\", kind = \"notice\", days = 5 },\n{ act = \"确定\", by = [\"school_party\"] },\n]",
    );
    let chain = Chain::of(&plan, Union::School, true).unwrap();
    assert_eq!(chain.links.len(), 3);
    assert!(chain.links[1].bodies_in_words().ends_with("、教务处"), "{}", chain.links[1].bodies_in_words());
    let notice = chain.notice().unwrap();
    assert_eq!((notice.after, notice.days, notice.says.as_str()), (2, Some(5), "公示 5 天"));
    assert_eq!(chain.others_after(0).count(), 1, "it begins with an application");
    let without = refusals("VET-01", "chain = [{ act = \"公示\", kind = \"notice\" }]");
    assert!(without.contains("至少有一步是签署意见的"), "{without}");
}
