//! A second seat allocation and a second vote count, written from the text of the file formats alone and by other
//! techniques than the portal's, and the properties that hold the portal's own against them.

use std::collections::BTreeSet;

use lunzhi::rules::{
    Outcome, Plan, Rule,
    congress::{Allocation, Cohort, Population, allocate},
    election::{Ballot, CandidateFigures, Choice, Count, Election, MajorityOf, Rules, Tie, WriteInFigures, count},
    plan,
};
use proptest::{collection::vec, prelude::*, sample::Index};

/// The built-in plans, each with whether it asks for coverage.
const PLANS: [(&str, bool); 2] = [("suzhou-2020", true), ("jining-2022", false)];
const COLLEGES: [&str; 6] = ["机电", "化工", "信息", "艺术", "体育", "商学"];
const GRADES: [&str; 4] = ["2024", "2023", "2025", "2022"];
const CANDIDATES: [&str; 6] = ["甲", "乙", "丙", "丁", "戊", "己"];
/// The first always stands, the second only where six stand, the others never.
const WRITE_INS: [&str; 5] = ["甲", "己", "辛", "庚", "壬"];

fn built_in(code: &str) -> &'static Plan {
    plan::named(code).expect("a built-in plan")
}

// ---- Seats: the oracle ----

/// A row of the population with the seats it got. Every sum is taken afresh over the flat list.
#[derive(Debug)]
struct Row<'a> {
    cohort: &'a Cohort,
    seats: i128,
}

/// Everything that the format defines of an allocation.
#[derive(Debug, PartialEq, Eq)]
struct Picture {
    students: i128,
    minimum: i128,
    seats: i128,
    /// Name, students, seats.
    colleges: Vec<(String, i128, i128)>,
    /// College, grade, students, seats.
    grades: Vec<(String, String, i128, i128)>,
    societies: Vec<(String, i128)>,
    con04: Option<Outcome>,
    con05: Option<Outcome>,
}

impl Picture {
    /// Seats of a grade in the whole school.
    fn of_grade(&self, wanted: &str) -> i128 {
        self.grades.iter().filter(|(_, grade, ..)| grade == wanted).map(|(.., seats)| seats).sum()
    }

    /// Grades that have students somewhere and a seat nowhere.
    fn bare_grades(&self) -> BTreeSet<&str> {
        let with_students = self.grades.iter().filter(|(_, _, students, _)| *students > 0);
        with_students.map(|(_, grade, ..)| grade.as_str()).filter(|grade| self.of_grade(grade) == 0).collect()
    }
}

fn picture(allocation: &Allocation) -> Picture {
    let verdict = |rule: Rule| allocation.findings.iter().find(|one| one.rule == rule).map(|found| found.verdict);
    let mut grades = Vec::new();
    for college in &allocation.colleges {
        for one in &college.grades {
            grades.push((college.name.clone(), one.grade.clone(), i128::from(one.students), i128::from(one.seats)));
        }
    }
    Picture {
        students: allocation.students.into(),
        minimum: allocation.minimum.into(),
        seats: allocation.seats.into(),
        colleges: allocation.colleges.iter().map(|c| (c.name.clone(), c.students.into(), c.seats.into())).collect(),
        grades,
        societies: allocation.societies.iter().map(|s| (s.name.clone(), s.seats.into())).collect(),
        con04: verdict(Rule::Con04),
        con05: verdict(Rule::Con05),
    }
}

fn int(number: usize) -> i128 {
    i128::try_from(number).expect("a small number")
}

fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let mut seen: Vec<&str> = Vec::new();
    for name in names {
        if !seen.contains(&name.as_str()) {
            seen.push(name.as_str());
        }
    }
    seen
}

fn students(population: &Population, of: impl Fn(&Cohort) -> bool) -> i128 {
    population.cohorts.iter().filter(|cohort| of(cohort)).map(|cohort| i128::from(cohort.students)).sum()
}

fn seated(rows: &[Row<'_>], of: impl Fn(&Cohort) -> bool) -> i128 {
    rows.iter().filter(|row| of(row.cohort)).map(|row| row.seats).sum()
}

/// Largest remainder, seat by seat: the next one goes to whoever is furthest below its exact share. All shares have
/// the same denominator, so the numerators compare exactly; who is a whole seat short comes before every fraction.
fn by_claims(seats: i128, sizes: &[i128]) -> Vec<i128> {
    let whole: i128 = sizes.iter().sum();
    let mut given = vec![0_i128; sizes.len()];
    if whole == 0 {
        return given;
    }
    for _ in 0..seats {
        // A tie of remainders goes to the larger unit, then to the earlier row.
        let claim = |unit: usize| (seats * sizes[unit] - given[unit] * whole, sizes[unit]);
        let next = (1..sizes.len()).fold(0, |best, unit| if claim(unit) > claim(best) { unit } else { best });
        given[next] += 1;
    }
    given
}

/// The same with at least one seat each; there must be as many seats as units, and every unit has students.
fn by_claims_one_each(seats: i128, sizes: &[i128]) -> Vec<i128> {
    let round = by_claims(seats, sizes);
    if !round.contains(&0) {
        return round;
    }
    let others: Vec<usize> = (0..sizes.len()).filter(|&unit| round[unit] > 0).collect();
    let left = seats - int(sizes.len() - others.len());
    let other_sizes: Vec<i128> = others.iter().map(|&unit| sizes[unit]).collect();
    let mut shared = vec![1_i128; sizes.len()];
    for (unit, its_seats) in others.into_iter().zip(by_claims_one_each(left, &other_sizes)) {
        shared[unit] = its_seats;
    }
    shared
}

/// The first that no other exceeds.
fn first_largest(all: &[usize], size: impl Fn(usize) -> i128) -> Option<usize> {
    all.iter().copied().find(|&one| all.iter().all(|&other| size(other) <= size(one)))
}

/// The row that takes a seat for a grade without one, and the row that gives it up.
fn transfer(rows: &[Row<'_>], colleges: &[&str], grade: &str) -> Option<(usize, usize)> {
    let school_seats = |place: usize| seated(rows, |cohort| cohort.grade == rows[place].cohort.grade);
    let mut takers = Vec::new();
    let mut givers = Vec::new();
    for college in colleges {
        let here: Vec<usize> = (0..rows.len()).filter(|&place| rows[place].cohort.college == *college).collect();
        let spare: Vec<usize> =
            here.iter().copied().filter(|&place| rows[place].seats > 0 && school_seats(place) > 1).collect();
        // A seat is for students: a college that has none of the grade cannot take it.
        let taker = here.into_iter().find(|&place| rows[place].cohort.grade == grade && rows[place].cohort.students > 0);
        if let (Some(taker), Some(giver)) = (taker, first_largest(&spare, |place| rows[place].seats)) {
            takers.push(taker);
            givers.push(giver);
        }
    }
    // The takers stand in the order of the colleges, so a tie goes to the college that stands first.
    let taker = first_largest(&takers, |place| i128::from(rows[place].cohort.students))?;
    let position = takers.iter().position(|&place| place == taker)?;
    Some((taker, givers[position]))
}

fn seats_by_the_text(coverage: bool, population: &Population, asked: Option<u32>) -> Picture {
    let colleges = distinct(population.cohorts.iter().map(|cohort| &cohort.college));
    let grades = distinct(population.cohorts.iter().map(|cohort| &cohort.grade));
    let societies = int(population.societies.len());
    let all = students(population, |_| true);
    let in_college = |name: &str| students(population, |cohort| cohort.college == name);
    let in_grade = |name: &str| students(population, |cohort| cohort.grade == name);
    let real_colleges: Vec<&str> = colleges.iter().copied().filter(|name| in_college(name) > 0).collect();
    let real_grades: Vec<&str> = grades.iter().copied().filter(|name| in_grade(name) > 0).collect();

    let one_percent = all / 100 + i128::from(all % 100 > 0);
    let for_coverage = if coverage { int(real_colleges.len().max(real_grades.len())) + societies } else { 0 };
    let minimum = one_percent.max(for_coverage);
    let total = asked.map_or(minimum, i128::from);

    let to_societies = if coverage { societies.min(total) } else { 0 };
    let society_seats: Vec<i128> = (0..societies).map(|place| i128::from(place < to_societies)).collect();
    let rest = total - to_societies;
    let sizes: Vec<i128> = real_colleges.iter().map(|name| in_college(name)).collect();
    let one_each = coverage && rest >= int(sizes.len());
    let per_college = if one_each { by_claims_one_each(rest, &sizes) } else { by_claims(rest, &sizes) };
    let mut rows: Vec<Row<'_>> = population.cohorts.iter().map(|cohort| Row { cohort, seats: 0 }).collect();
    for (name, college_seats) in real_colleges.iter().zip(per_college) {
        let places: Vec<usize> = (0..rows.len()).filter(|&place| rows[place].cohort.college == *name).collect();
        let sizes: Vec<i128> = places.iter().map(|&place| i128::from(rows[place].cohort.students)).collect();
        for (place, row_seats) in places.into_iter().zip(by_claims(college_seats, &sizes)) {
            rows[place].seats = row_seats;
        }
    }
    if coverage {
        for grade in &real_grades {
            if seated(&rows, |cohort| cohort.grade == *grade) == 0
                && let Some((taker, giver)) = transfer(&rows, &colleges, grade)
            {
                rows[taker].seats += 1;
                rows[giver].seats -= 1;
            }
        }
    }

    let college_seats = |name: &str| seated(&rows, |cohort| cohort.college == name);
    let covered = real_colleges.iter().all(|name| college_seats(name) > 0)
        && real_grades.iter().all(|name| seated(&rows, |cohort| cohort.grade == *name) > 0)
        && society_seats.iter().all(|&seats| seats == 1);
    let pass_if = |met: bool| Some(if met { Outcome::Pass } else { Outcome::Fail });
    let mut grade_lines = Vec::new();
    for name in &colleges {
        for row in rows.iter().filter(|row| row.cohort.college == *name) {
            let Cohort { college, grade, students } = row.cohort;
            grade_lines.push((college.clone(), grade.clone(), i128::from(*students), row.seats));
        }
    }
    Picture {
        students: all,
        minimum,
        seats: total,
        colleges: colleges.iter().map(|name| ((*name).to_owned(), in_college(name), college_seats(name))).collect(),
        grades: grade_lines,
        societies: population.societies.iter().cloned().zip(society_seats).collect(),
        con04: pass_if(total * 100 >= all),
        con05: if coverage { pass_if(covered) } else { Some(Outcome::NotRequired) },
    }
}

// ---- Seats: the properties ----

/// Rows in any order, so that colleges interleave; many equal and empty ones, so that remainders tie.
fn populations() -> impl Strategy<Value = Population> {
    let size = prop_oneof![
        2 => Just(0_u32),
        3 => Just(1_u32),
        3 => Just(7_u32),
        3 => Just(100_u32),
        3 => 0_u32..=12,
        3 => 0_u32..=2_000,
        1 => 0_u32..=30_000,
        1 => Just(1_000_000_u32),
    ];
    let row = (0..COLLEGES.len(), 0..GRADES.len(), size);
    (1..=COLLEGES.len(), vec(row, 0..=18), 0_usize..=4).prop_map(|(colleges, rows, societies)| {
        let mut population = Population::default();
        for (college, grade, students) in rows {
            let (college, grade) = (COLLEGES[college % colleges].to_owned(), GRADES[grade].to_owned());
            if population.cohorts.iter().all(|other| (&other.college, &other.grade) != (&college, &grade)) {
                population.cohorts.push(Cohort { college, grade, students });
            }
        }
        population.societies = (1..=societies).map(|number| format!("社团{number}")).collect();
        population
    })
}

fn seats_asked() -> impl Strategy<Value = Option<u32>> {
    prop_oneof![2 => Just(None), 3 => (0_u32..=12).prop_map(Some), 3 => (0_u32..=200).prop_map(Some)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn an_allocation_is_the_one_in_the_text(population in populations(), asked in seats_asked()) {
        for (code, coverage) in PLANS {
            let actual = allocate(built_in(code), &population, asked);
            prop_assert_eq!(actual.plan.as_str(), code);
            prop_assert_eq!(picture(&actual), seats_by_the_text(coverage, &population, asked), "{}", code);
            prop_assert_eq!(actual.findings.len(), 2, "{}", code);
        }
    }

    #[test]
    fn seats_add_up_and_stand_for_students(population in populations(), asked in seats_asked()) {
        for (code, coverage) in PLANS {
            let actual = picture(&allocate(built_in(code), &population, asked));
            let to_colleges: i128 = actual.colleges.iter().map(|(.., seats)| seats).sum();
            let to_societies: i128 = actual.societies.iter().map(|(_, seats)| seats).sum();
            if actual.students > 0 {
                prop_assert_eq!(to_colleges + to_societies, actual.seats, "{}", code);
            } else {
                prop_assert_eq!(to_colleges, 0, "{}", code);
            }
            for (name, _, seats) in &actual.colleges {
                let of_grades = actual.grades.iter().filter(|(college, ..)| college == name);
                prop_assert_eq!(*seats, of_grades.map(|(.., seats)| seats).sum::<i128>(), "{} {}", code, name);
            }
            for (college, grade, students, seats) in &actual.grades {
                prop_assert!(*students > 0 || *seats == 0, "{code} {college} {grade}");
            }
            prop_assert!(coverage || to_societies == 0);
            prop_assert!(actual.societies.is_sorted_by(|(_, one), (_, next)| one >= next));
        }
    }

    #[test]
    fn no_seats_asked_means_the_minimum_and_more_still_covers(population in populations(), extra in 0_u32..=20) {
        for (code, coverage) in PLANS {
            let least = allocate(built_in(code), &population, None);
            prop_assert_eq!(&least, &allocate(built_in(code), &population, Some(least.minimum)), "{}", code);
            let enough = picture(&allocate(built_in(code), &population, Some(least.minimum + extra)));
            prop_assert_eq!(enough.con04, Some(Outcome::Pass), "{}", code);
            if coverage {
                for (name, students, seats) in &enough.colleges {
                    prop_assert!(*students == 0 || *seats > 0, "{code} {name}");
                }
                prop_assert!(enough.societies.iter().all(|(_, seats)| *seats == 1), "{code}");
            }
        }
    }

    /// The quota rule of the largest remainder. The seats asked may be more than a seat-by-seat oracle can share out.
    #[test]
    fn without_coverage_a_college_is_within_one_seat_of_its_share(
        population in populations(),
        asked in prop_oneof![3 => 0_u32..=200, 1 => any::<u32>()],
    ) {
        let actual = picture(&allocate(built_in("jining-2022"), &population, Some(asked)));
        for (name, students, seats) in &actual.colleges {
            let off = seats * actual.students - i128::from(asked) * students;
            prop_assert!(off.abs() < actual.students.max(1), "{name}: {seats}");
        }
    }

    #[test]
    fn a_larger_college_never_has_fewer_seats(population in populations(), asked in seats_asked()) {
        for (code, _) in PLANS {
            let actual = picture(&allocate(built_in(code), &population, asked));
            for (large, more, its_seats) in &actual.colleges {
                for (small, less, other_seats) in &actual.colleges {
                    prop_assert!(more <= less || its_seats >= other_seats, "{code} {large} {small}");
                }
            }
        }
    }

    /// A grade stays bare only where no college that has it could spare a seat; then the finding names it.
    #[test]
    fn a_grade_without_a_seat_could_not_be_helped(population in populations(), asked in seats_asked()) {
        let allocation = allocate(built_in("suzhou-2020"), &population, asked);
        let actual = picture(&allocation);
        let bare = actual.bare_grades();
        for (college, grade, students, _) in &actual.grades {
            if *students == 0 || !bare.contains(grade.as_str()) {
                continue;
            }
            for (other_college, other_grade, _, seats) in &actual.grades {
                let spare = college == other_college && *seats > 0 && actual.of_grade(other_grade) > 1;
                prop_assert!(!spare, "{college} could spare a seat of {other_grade} for {grade}");
            }
        }
        let coverage = allocation.findings.iter().find(|finding| finding.rule == Rule::Con05);
        let coverage = coverage.expect("a finding on coverage");
        prop_assert!(bare.is_empty() || coverage.verdict == Outcome::Fail);
        for grade in bare {
            prop_assert!(coverage.message.contains(grade), "{grade} is not in: {}", coverage.message);
        }
    }

    #[test]
    fn shares_do_not_depend_on_the_scale(population in populations(), asked in 0_u32..=200, times in 2_u32..=10) {
        let mut small = population;
        small.cohorts.iter_mut().for_each(|cohort| cohort.students = cohort.students.min(100_000));
        let mut large = small.clone();
        large.cohorts.iter_mut().for_each(|cohort| cohort.students *= times);
        for (code, _) in PLANS {
            let small = picture(&allocate(built_in(code), &small, Some(asked)));
            let large = picture(&allocate(built_in(code), &large, Some(asked)));
            let seats = |one: &Picture| one.grades.iter().map(|(.., seats)| *seats).collect::<Vec<i128>>();
            prop_assert_eq!(seats(&small), seats(&large), "{}", code);
            prop_assert_eq!(small.con05, large.con05, "{}", code);
        }
    }
}

/// Worked by hand, to hold the oracle itself to the text: 100, 1 and 100 students and two seats give both large grades
/// one (1.005 and 0.995, then 0.99 and 0.01); the first college spares its own for the grade that has none.
#[test]
fn a_bare_grade_takes_the_seat_that_is_spare() {
    let cohort = |college: &str, grade: &str, students| Cohort { college: college.into(), grade: grade.into(), students };
    let cohorts = vec![cohort("机电", "2023", 100), cohort("机电", "2024", 1), cohort("化工", "2023", 100)];
    let population = Population { cohorts, societies: Vec::new() };
    let expected = seats_by_the_text(true, &population, Some(2));
    assert_eq!(expected.grades.iter().map(|(.., seats)| *seats).collect::<Vec<_>>(), [0, 1, 1]);
    assert_eq!((expected.minimum, expected.con04, expected.con05), (3, Some(Outcome::Fail), Some(Outcome::Pass)));
    assert_eq!(picture(&allocate(built_in("suzhou-2020"), &population, Some(2))), expected);
    assert_eq!((by_claims(1, &[1, 1]), by_claims(2, &[1, 3])), (vec![1, 0], vec![0, 2]));
    assert_eq!(by_claims_one_each(5, &[97, 1, 1, 1]), [2, 1, 1, 1]);
}

// ---- Votes: the oracle ----

fn small(number: usize) -> u32 {
    u32::try_from(number).expect("a small number")
}

/// The count as the text defines it, a figure at a time. Reasons are only counted: their words are not defined.
fn votes_by_the_text(election: &Election) -> Count {
    let Election { seats, candidates, due, present, issued, rules, ballots } = election;
    let is_void = |ballot: &Ballot| {
        let all = ballot.choices.iter().map(|(_, choice)| choice).chain(ballot.write_ins.iter().map(|(_, choice)| choice));
        let too_many = small(all.filter(|choice| **choice == Choice::For).count()) > *seats;
        let names_a_candidate = ballot.write_ins.iter().any(|(name, _)| candidates.contains(name));
        too_many || names_a_candidate || (!rules.write_in && !ballot.write_ins.is_empty())
    };
    let valid: Vec<&Ballot> = ballots.iter().filter(|ballot| !is_void(ballot)).collect();
    let says = |ballot: &Ballot, place: usize, choice: Choice| ballot.choices.contains(&(place, choice));
    let tally = |of: &dyn Fn(&Ballot) -> bool| small(valid.iter().filter(|ballot| of(ballot)).count());

    let mut candidate_figures = Vec::new();
    for (place, name) in candidates.iter().enumerate() {
        candidate_figures.push(CandidateFigures {
            name: name.clone(),
            votes_for: tally(&|ballot| says(ballot, place, Choice::For)),
            against: tally(&|ballot| says(ballot, place, Choice::Against)),
            abstain: tally(&|ballot| !says(ballot, place, Choice::For) && !says(ballot, place, Choice::Against)),
        });
    }
    let written: BTreeSet<&String> = valid.iter().flat_map(|ballot| ballot.write_ins.iter().map(|(name, _)| name)).collect();
    let mut write_ins = Vec::new();
    for votes_for in (1..=small(valid.len())).rev() {
        for name in &written {
            if tally(&|ballot| ballot.write_ins.contains(&((*name).clone(), Choice::For))) == votes_for {
                write_ins.push(WriteInFigures { name: (*name).clone(), votes_for });
            }
        }
    }

    let base = match rules.majority_of {
        MajorityOf::Present => *present,
        MajorityOf::Valid => small(valid.len()),
    };
    let people = candidate_figures.iter().map(|one| (&one.name, one.votes_for));
    let people = people.chain(write_ins.iter().map(|one| (&one.name, one.votes_for)));
    let past: Vec<(&String, u32)> = people.filter(|(_, votes)| u64::from(*votes) * 2 > u64::from(base)).collect();
    let above = |votes: u32| small(past.iter().filter(|(_, other)| *other > votes).count());
    let level = |votes: u32| small(past.iter().filter(|(_, other)| *other == votes).count());

    let (part, whole) = rules.quorum;
    let (here, needed) = (u128::from(*present) * u128::from(whole), u128::from(*due) * u128::from(part));
    let no_quorum = if rules.quorum_strict { here <= needed } else { here < needed };
    let failures = [no_quorum, small(ballots.len()) > *issued, issued > present, present > due];
    let failures = failures.into_iter().filter(|failed| *failed).count();

    let (mut elected, mut tied) = (Vec::new(), Vec::new());
    for votes in (0..=small(valid.len())).rev() {
        for (name, _) in past.iter().filter(|(_, its_votes)| failures == 0 && *its_votes == votes) {
            if above(votes) + level(votes) <= *seats {
                elected.push((*name).clone());
            } else if above(votes) < *seats && rules.tie != Tie::Vacant {
                tied.push((*name).clone());
            }
        }
    }
    Count {
        valid_election: failures == 0,
        reasons: vec![String::new(); failures],
        returned: small(ballots.len()),
        valid: small(valid.len()),
        void: small(ballots.len() - valid.len()),
        candidates: candidate_figures,
        write_ins,
        vacant: seats - small(elected.len()),
        elected,
        tied,
    }
}

// ---- Votes: the properties ----

fn ballots() -> impl Strategy<Value = Ballot> {
    let choice = prop_oneof![
        4 => Just(None),
        3 => Just(Some(Choice::For)),
        2 => Just(Some(Choice::Against)),
        1 => Just(Some(Choice::Abstain)),
    ];
    let write_in = prop_oneof![
        36 => Just(None),
        4 => Just(Some(Choice::For)),
        1 => Just(Some(Choice::Against)),
        1 => Just(Some(Choice::Abstain)),
    ];
    let choices = vec(choice, CANDIDATES.len());
    let write_ins = vec(write_in, WRITE_INS.len());
    (choices, write_ins, any::<bool>()).prop_map(|(choices, write_ins, backwards)| {
        let named = choices.into_iter().enumerate().filter_map(|(place, choice)| Some((place, choice?)));
        let written = WRITE_INS.into_iter().zip(write_ins);
        let written = written.filter_map(|(name, choice)| Some((name.to_owned(), choice?)));
        let mut ballot = Ballot { choices: named.collect(), write_ins: written.collect() };
        if backwards {
            ballot.choices.reverse();
            ballot.write_ins.reverse();
        }
        ballot
    })
}

fn election_rules() -> impl Strategy<Value = Rules> {
    let quorum = prop_oneof![
        4 => Just((2_u32, 3_u32)),
        8 => (0_u32..=5, 1_u32..=5).prop_map(|(part, whole)| (part.min(whole), whole)),
        1 => Just((u32::MAX - 1, u32::MAX)),
    ];
    let majority_of = prop_oneof![Just(MajorityOf::Present), Just(MajorityOf::Valid)];
    let tie = prop_oneof![Just(Tie::Vacant), Just(Tie::SecondRound), Just(Tie::Lot)];
    (quorum, any::<bool>(), majority_of, tie, prop::bool::weighted(0.7)).prop_map(
        |(quorum, quorum_strict, majority_of, tie, write_in)| Rules { quorum, quorum_strict, majority_of, tie, write_in },
    )
}

/// How far a figure lies above the one it should not be below.
fn gaps() -> impl Strategy<Value = i64> {
    prop_oneof![4 => Just(0_i64), 4 => 0_i64..=4, 1 => -3_i64..=-1]
}

/// Ballots are drawn from a few patterns, so that majorities and ties come about; a fifth of the elections stand just
/// at their quorum, a few have figures near the end of their type.
fn elections() -> impl Strategy<Value = Election> {
    let seats_and_standing = (1_u32..=4, 1..=CANDIDATES.len());
    let cast = (vec(ballots(), 1..=5), vec(any::<Index>(), 0..=40));
    let huge = prop::option::weighted(0.1, any::<[u32; 3]>());
    let figures = (gaps(), gaps(), gaps(), prop::bool::weighted(0.2), huge);
    (seats_and_standing, cast, election_rules(), figures).prop_map(|(numbers, (patterns, picks), rules, figures)| {
        let (seats, standing) = numbers;
        let mut ballots: Vec<Ballot> = picks.iter().map(|pick| pick.get(&patterns).clone()).collect();
        ballots.iter_mut().for_each(|ballot| ballot.choices.retain(|(place, _)| *place < standing));
        let (issued_gap, present_gap, due_gap, at_quorum, huge) = figures;
        let issued = (i64::from(small(ballots.len())) + issued_gap).max(0);
        let present = (issued + present_gap).max(0);
        let (part, whole) = rules.quorum;
        let due = if at_quorum && part > 0 { present * i64::from(whole) / i64::from(part) } else { present + due_gap };
        let mut figures = [due.max(0), present, issued].map(|figure| u32::try_from(figure).expect("a small number"));
        if let Some(mut numbers) = huge {
            numbers.sort_unstable();
            numbers.reverse();
            figures = numbers;
        }
        let [due, present, issued] = figures;
        let candidates = CANDIDATES[..standing].iter().map(|name| (*name).to_owned()).collect();
        Election { seats, candidates, due, present, issued, rules, ballots }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_count_is_the_one_in_the_text(election in elections()) {
        let actual = count(&election);
        let mut expected = votes_by_the_text(&election);
        prop_assert_eq!(actual.reasons.len(), expected.reasons.len(), "{:?}", actual.reasons);
        expected.reasons.clone_from(&actual.reasons);
        prop_assert_eq!(actual, expected);
    }

    #[test]
    fn figures_add_up(election in elections()) {
        let actual = count(&election);
        prop_assert_eq!(actual.valid + actual.void, actual.returned);
        prop_assert_eq!(small(actual.elected.len()) + actual.vacant, election.seats);
        prop_assert_eq!(actual.valid_election, actual.reasons.is_empty());
        prop_assert!(actual.valid_election || actual.elected.is_empty());
        for one in &actual.candidates {
            prop_assert_eq!(one.votes_for + one.against + one.abstain, actual.valid, "{}", one.name);
        }
        let alone = |ballot: &Ballot| count(&Election { ballots: vec![ballot.clone()], ..election.clone() });
        prop_assert_eq!(election.ballots.iter().map(|ballot| alone(ballot).void).sum::<u32>(), actual.void);
    }

    #[test]
    fn the_elected_have_a_majority_and_more_votes_than_anyone_left_out(election in elections()) {
        let actual = count(&election);
        let base = if election.rules.majority_of == MajorityOf::Valid { actual.valid } else { election.present };
        let candidates = actual.candidates.iter().map(|one| (&one.name, one.votes_for));
        let people: Vec<(&String, u32)> =
            candidates.chain(actual.write_ins.iter().map(|one| (&one.name, one.votes_for))).collect();
        let (won, lost): (Vec<_>, Vec<_>) = people.iter().partition(|(name, _)| actual.elected.contains(*name));
        prop_assert_eq!(won.len(), actual.elected.len());
        for (name, votes) in won {
            prop_assert!(u64::from(*votes) * 2 > u64::from(base), "{name}");
            prop_assert!(!actual.tied.contains(*name), "{name}");
            prop_assert!(lost.iter().all(|(_, other)| other < votes), "{name}");
        }
    }

    #[test]
    fn the_order_of_ballots_does_not_matter(
        election in elections(),
        order in Just((0..40).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let mut shuffled = election.clone();
        shuffled.ballots = order.iter().filter_map(|&place| election.ballots.get(place).cloned()).collect();
        prop_assert_eq!(count(&shuffled), count(&election));
    }

    /// There is room for one more ballot, so that the second count is not invalid for that alone.
    #[test]
    fn an_abstention_elects_nobody_new(election in elections(), of_valid in any::<bool>()) {
        let mut before = election;
        before.rules.majority_of = if of_valid { MajorityOf::Valid } else { MajorityOf::Present };
        before.issued = small(before.ballots.len()) + 1;
        before.present = before.issued;
        before.due = before.issued;
        let mut after = before.clone();
        after.ballots.push(Ballot::default());
        let (before, after) = (count(&before), count(&after));
        prop_assert_eq!(after.valid, before.valid + 1);
        prop_assert!(after.elected.iter().all(|name| before.elected.contains(name)));
    }

    #[test]
    fn an_abstention_said_is_an_abstention_left_out(election in elections()) {
        let (mut said, mut left_out) = (election.clone(), election.clone());
        for ballot in &mut said.ballots {
            for place in 0..election.candidates.len() {
                if ballot.choices.iter().all(|(named, _)| *named != place) {
                    ballot.choices.push((place, Choice::Abstain));
                }
            }
        }
        for ballot in &mut left_out.ballots {
            ballot.choices.retain(|(_, choice)| *choice != Choice::Abstain);
        }
        prop_assert_eq!(count(&said), count(&election));
        prop_assert_eq!(count(&left_out), count(&election));
    }

    #[test]
    fn the_tie_rule_decides_only_who_is_listed(election in elections()) {
        let [vacant, second_round, lot] = [Tie::Vacant, Tie::SecondRound, Tie::Lot].map(|tie| {
            let rules = Rules { tie, ..election.rules };
            count(&Election { rules, ..election.clone() })
        });
        prop_assert!(vacant.tied.is_empty());
        prop_assert_eq!(&Count { tied: Vec::new(), ..second_round.clone() }, &vacant);
        prop_assert_eq!(second_round, lot);
    }
}
