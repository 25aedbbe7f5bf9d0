//! A second seat allocation and a second vote count, written from the text of the file formats alone and by other
//! techniques than the portal's, and the properties that hold the portal's own against them.
//!
//! One file: each oracle is a program of its own, on purpose with nothing shared.

use std::collections::BTreeSet;

use lunzhi::rules::{
    Outcome, Plan, Rule,
    congress::{
        Allocation, Cohort, CollegeSeats, GradeSeats, Population, SeatTie, SocietySeats, TieBreak, TiedUnit, allocate,
    },
    election::{
        Attendance, Ballot, CandidateFigures, Choice, Count, Election, MajorityOf, Round, Rules, Tie, Unreadable,
        WriteInFigures, count, judge, tally as pile,
    },
    plan,
};
use proptest::{collection, prelude::*, sample::Index};

/// The built-in plans, each with whether it asks for coverage.
const PLANS: [(&str, bool); 2] = [("suzhou-2020", true), ("jining-2022", false)];
const COLLEGES: [&str; 6] = ["机电", "化工", "信息", "艺术", "体育", "商学"];
const GRADES: [&str; 4] = ["2024", "2023", "2025", "2022"];
const CANDIDATES: [&str; 6] = ["甲", "乙（一班）", "丙", "丁", "戊", "己"];
/// Each in two spellings. The first always stands, the second only where six stand, the third is the bare name of one who
/// stands where two do, the others never; of these two pairs may be one person each.
const WRITE_INS: [[&str; 2]; 7] = [
    ["甲", "甲 "],
    ["己", "\u{200b}己"],
    ["乙", "乙\u{3000}"],
    ["张三", "张\u{3000}三"],
    ["張三", "張 三"],
    ["王小明", "王 小明"],
    ["王晓明", "王晓\u{a0}明"],
];
const ALIKE: [[&str; 2]; 2] = [["张三", "張三"], ["王小明", "王晓明"]];

fn built_in(code: &str) -> &'static Plan {
    plan::named(code).expect("a built-in plan")
}

fn small<T: TryInto<u32>>(number: T) -> u32 {
    number.try_into().ok().expect("a small number")
}

// ---- Seats: the oracle ----

/// A college's grade with its seats. Every sum is taken afresh over the flat list.
struct Row {
    college: String,
    grade: String,
    students: i128,
    seats: i128,
}

fn students(rows: &[Row], of: impl Fn(&Row) -> bool) -> i128 {
    rows.iter().filter(|row| of(row)).map(|row| row.students).sum()
}

fn seated(rows: &[Row], of: impl Fn(&Row) -> bool) -> i128 {
    rows.iter().filter(|row| of(row)).map(|row| row.seats).sum()
}

/// Each name once, where it stands first.
fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let names: Vec<&str> = names.map(String::as_str).collect();
    (0..names.len()).filter(|&place| !names[..place].contains(&names[place])).map(|place| names[place]).collect()
}

/// Largest remainder, seat by seat: the next one goes to whoever is furthest below its exact share. All shares have
/// the same denominator, so the numerators compare exactly; who is a whole seat short comes before every fraction.
fn by_claims(seats: i128, sizes: &[i128]) -> Vec<i128> {
    let whole: i128 = sizes.iter().sum();
    let mut given = vec![0_i128; sizes.len()];
    // Where nobody has a claim, nobody gets a seat.
    let seats = if whole > 0 { seats } else { 0 };
    for _ in 0..seats {
        // A tie of remainders goes to the larger unit, then to the earlier row.
        let claim = |unit: usize| (seats * sizes[unit] - given[unit] * whole, sizes[unit]);
        let next = (1..sizes.len()).fold(0, |best, unit| if claim(unit) > claim(best) { unit } else { best });
        given[next] += 1;
    }
    given
}

/// Who had one remainder at the cut, for each of them who got a seat: all of them, that one, and whether it is larger than
/// all who got none.
fn ties_of(seats: i128, sizes: &[i128]) -> Vec<(Vec<usize>, usize, bool)> {
    let (whole, given) = (sizes.iter().sum::<i128>(), by_claims(seats, sizes));
    let units = || 0..sizes.len();
    let over = |unit: usize| whole > 0 && given[unit] * whole > seats * sizes[unit];
    let part = |unit: usize| if whole > 0 { seats * sizes[unit] % whole } else { 0 };
    let mut ties = Vec::new();
    let mut won: Vec<usize> = units().filter(|&unit| over(unit)).collect();
    won.sort_by_key(|&unit| (-sizes[unit], unit));
    for unit in won {
        let between: Vec<usize> = units().filter(|&other| part(other) == part(unit)).collect();
        let lost: Vec<usize> = between.iter().copied().filter(|&other| !over(other)).collect();
        if !lost.is_empty() {
            ties.push((between, unit, lost.iter().all(|&other| sizes[other] < sizes[unit])));
        }
    }
    ties
}

/// Those of the round in which nobody is left without a seat.
fn ties_of_one_each(seats: i128, sizes: &[i128]) -> Vec<(Vec<usize>, usize, bool)> {
    let shared = by_claims(seats, sizes);
    let others: Vec<usize> = (0..sizes.len()).filter(|&unit| shared[unit] > 0).collect();
    if others.len() == sizes.len() {
        return ties_of(seats, sizes);
    }
    let left = seats - i128::from(small(sizes.len() - others.len()));
    let other_sizes: Vec<i128> = others.iter().map(|&unit| sizes[unit]).collect();
    let ties = ties_of_one_each(left, &other_sizes).into_iter();
    let placed = |(between, given, larger): (Vec<usize>, usize, bool)| {
        (between.into_iter().map(|unit| others[unit]).collect(), others[given], larger)
    };
    ties.map(placed).collect()
}

/// Ties with the names of their units.
fn named(
    ties: Vec<(Vec<usize>, usize, bool)>,
    seat: TiedUnit,
    college: Option<&str>,
    name: impl Fn(usize) -> String,
) -> Vec<SeatTie> {
    let tie = |(between, given, larger): (Vec<usize>, usize, bool)| SeatTie {
        seat,
        college: college.map(str::to_owned),
        between: between.into_iter().map(&name).collect(),
        others: 0,
        given: name(given),
        by: if larger { TieBreak::Larger } else { TieBreak::Earlier },
    };
    ties.into_iter().map(tie).collect()
}

/// The same with at least one seat each; there must be as many seats as units, and every unit has students.
fn by_claims_one_each(seats: i128, sizes: &[i128]) -> Vec<i128> {
    let mut shared = by_claims(seats, sizes);
    let (fixed, others): (Vec<usize>, Vec<usize>) = (0..sizes.len()).partition(|&unit| shared[unit] == 0);
    if !fixed.is_empty() {
        let left = seats - i128::from(small(fixed.len()));
        let other_sizes: Vec<i128> = others.iter().map(|&unit| sizes[unit]).collect();
        shared.fill(1);
        for (unit, its_seats) in others.into_iter().zip(by_claims_one_each(left, &other_sizes)) {
            shared[unit] = its_seats;
        }
    }
    shared
}

/// The first that no other exceeds.
fn first_largest(all: &[usize], size: impl Fn(usize) -> i128) -> Option<usize> {
    all.iter().copied().find(|&one| all.iter().all(|&other| size(other) <= size(one)))
}

/// The row that takes a seat for a grade without one, and the row that gives it up. The rows stand by college, so a
/// tie goes to the college that stands first. A seat is for students: a college that has none of the grade takes none.
fn transfer(rows: &[Row], grade: &str) -> Option<(usize, usize)> {
    let spare = |college: &str| -> Vec<usize> {
        let gives = |row: &Row| row.seats > 0 && seated(rows, |other| other.grade == row.grade) > 1;
        (0..rows.len()).filter(|&place| rows[place].college == college && gives(&rows[place])).collect()
    };
    let may_take = |row: &Row| row.grade == grade && row.students > 0 && !spare(&row.college).is_empty();
    let takers: Vec<usize> = (0..rows.len()).filter(|&place| may_take(&rows[place])).collect();
    let taker = first_largest(&takers, |place| rows[place].students)?;
    let giver = first_largest(&spare(&rows[taker].college), |place| rows[place].seats)?;
    Some((taker, giver))
}

/// The allocation as the text defines it, without findings, and the verdicts of CON-04 and CON-05.
type Seats = (Allocation, [Outcome; 2]);

fn seats_by_the_text((code, coverage): (&str, bool), population: &Population, asked: Option<u32>) -> Seats {
    let colleges = distinct(population.cohorts.iter().map(|cohort| &cohort.college));
    let mut rows: Vec<Row> = Vec::new();
    for name in &colleges {
        for cohort in population.cohorts.iter().filter(|cohort| cohort.college == *name) {
            let (college, grade) = (cohort.college.clone(), cohort.grade.clone());
            rows.push(Row { college, grade, students: cohort.students.into(), seats: 0 });
        }
    }
    let sizes: Vec<i128> = colleges.iter().map(|name| students(&rows, |row| row.college == *name)).collect();
    let real: Vec<usize> = (0..colleges.len()).filter(|&college| sizes[college] > 0).collect();
    let mut grades = distinct(population.cohorts.iter().map(|cohort| &cohort.grade));
    grades.retain(|grade| students(&rows, |row| row.grade == *grade) > 0);
    let all: i128 = sizes.iter().sum();

    let one_percent = all / 100 + i128::from(all % 100 > 0);
    let societies = population.societies.len();
    let for_coverage = if coverage { real.len().max(grades.len()) + societies } else { 0 };
    let minimum = one_percent.max(small(for_coverage).into());
    let total = asked.map_or(minimum, i128::from);

    let to_societies = if coverage { total.min(small(societies).into()) } else { 0 };
    let rest = total - to_societies;
    let real_sizes: Vec<i128> = real.iter().map(|&college| sizes[college]).collect();
    let one_each = coverage && rest >= i128::from(small(real.len()));
    let shares = if one_each { by_claims_one_each(rest, &real_sizes) } else { by_claims(rest, &real_sizes) };
    let of_colleges = if one_each { ties_of_one_each(rest, &real_sizes) } else { ties_of(rest, &real_sizes) };
    let mut ties = named(of_colleges, TiedUnit::College, None, |unit| colleges[real[unit]].to_owned());
    for (college, share) in real.iter().zip(shares) {
        let places: Vec<usize> = (0..rows.len()).filter(|&place| rows[place].college == colleges[*college]).collect();
        let sizes: Vec<i128> = places.iter().map(|&place| rows[place].students).collect();
        let grade_of = |unit: usize| rows[places[unit]].grade.clone();
        ties.extend(named(ties_of(share, &sizes), TiedUnit::Grade, Some(colleges[*college]), grade_of));
        for (place, seats) in places.into_iter().zip(by_claims(share, &sizes)) {
            rows[place].seats = seats;
        }
    }
    for grade in &grades {
        let bare = coverage && seated(&rows, |row| row.grade == *grade) == 0;
        if bare && let Some((taker, giver)) = transfer(&rows, grade) {
            rows[taker].seats += 1;
            rows[giver].seats -= 1;
        }
    }

    let covered = real.iter().all(|&college| seated(&rows, |row| row.college == colleges[college]) > 0)
        && grades.iter().all(|grade| seated(&rows, |row| row.grade == *grade) > 0)
        && to_societies == i128::from(small(societies));
    let pass_if = |met: bool| if met { Outcome::Pass } else { Outcome::Fail };
    let verdicts = [pass_if(total * 100 >= all), if coverage { pass_if(covered) } else { Outcome::NotRequired }];
    let grade_seats = |row: &Row| {
        let (students, seats) = (small(row.students), small(row.seats));
        GradeSeats { grade: row.grade.clone(), students, seats }
    };
    let college_seats = |(name, size): (&&str, &i128)| {
        let seats = small(seated(&rows, |row| row.college == *name));
        let grades = rows.iter().filter(|row| row.college == *name).map(grade_seats).collect();
        CollegeSeats { name: (*name).to_owned(), students: small(*size).into(), seats, grades }
    };
    let society_seats =
        |(place, name): (i128, &String)| SocietySeats { name: name.clone(), seats: (place < to_societies).into() };
    let allocation = Allocation {
        plan: code.to_owned(),
        students: small(all).into(),
        minimum: small(minimum),
        seats: small(total),
        colleges: colleges.iter().zip(&sizes).map(college_seats).collect(),
        societies: (0_i128..).zip(&population.societies).map(society_seats).collect(),
        ties,
        findings: Vec::new(),
    };
    (allocation, verdicts)
}

// ---- Seats: the properties ----

/// Rows in any order, so that colleges interleave; many equal and empty ones, so that remainders tie.
fn populations() -> impl Strategy<Value = Population> {
    let size = prop_oneof![
        8 => prop::sample::select(vec![0_u32, 0, 1, 1, 1, 7, 7, 100]),
        3 => 0_u32..=12,
        3 => 0_u32..=2_000,
        1 => 0_u32..=30_000,
        1 => Just(1_000_000_u32),
    ];
    let row = (0..COLLEGES.len(), 0..GRADES.len(), size);
    (1..=COLLEGES.len(), collection::vec(row, 0..=18), 0_usize..=4).prop_map(|(colleges, rows, societies)| {
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
    #![proptest_config(ProptestConfig::with_cases(2 * ProptestConfig::default().cases))]

    #[test]
    fn an_allocation_is_the_one_in_the_text(population in populations(), asked in seats_asked()) {
        for rules in PLANS {
            let mut actual = allocate(built_in(rules.0), &population, asked);
            let findings = std::mem::take(&mut actual.findings);
            let (expected, [con04, con05]) = seats_by_the_text(rules, &population, asked);
            prop_assert_eq!(actual, expected);
            let verdicts: Vec<_> = findings.iter().map(|finding| (finding.rule, finding.verdict)).collect();
            prop_assert_eq!(verdicts, [(Rule::Con04, con04), (Rule::Con05, con05)], "{}", rules.0);
        }
    }

    #[test]
    fn seats_add_up_and_cover_all_where_they_suffice(population in populations(), asked in seats_asked()) {
        for (code, coverage) in PLANS {
            let actual = allocate(built_in(code), &population, asked);
            let to_colleges: u32 = actual.colleges.iter().map(|college| college.seats).sum();
            let to_societies: u32 = actual.societies.iter().map(|society| society.seats).sum();
            let must_cover = coverage && actual.seats >= actual.minimum;
            prop_assert!(coverage || to_societies == 0);
            prop_assert!(!must_cover || actual.societies.iter().all(|society| society.seats == 1));
            prop_assert_eq!(to_colleges, if actual.students > 0 { actual.seats - to_societies } else { 0 });
            for college in &actual.colleges {
                prop_assert!(!must_cover || college.students == 0 || college.seats > 0, "{}", college.name);
                prop_assert_eq!(college.seats, college.grades.iter().map(|grade| grade.seats).sum::<u32>());
                prop_assert!(college.grades.iter().all(|grade| grade.students > 0 || grade.seats == 0));
            }
        }
    }

    /// The quota rule of the largest remainder. The seats asked may be more than a seat-by-seat oracle can share out.
    #[test]
    fn without_coverage_a_college_is_within_one_seat_of_its_share(
        population in populations(),
        asked in prop_oneof![3 => 0_u32..=200, 1 => any::<u32>()],
    ) {
        let actual = allocate(built_in("jining-2022"), &population, Some(asked));
        let all = i128::from(actual.students);
        for college in &actual.colleges {
            let off = i128::from(college.seats) * all - i128::from(asked) * i128::from(college.students);
            prop_assert!(off.abs() < all.max(1), "{college:?}");
        }
    }

    /// A grade stays bare only where no college that has it could spare a seat; then the finding names it.
    #[test]
    fn a_grade_without_a_seat_could_not_be_helped(population in populations(), asked in seats_asked()) {
        let actual = allocate(built_in("suzhou-2020"), &population, asked);
        let all: Vec<&GradeSeats> = actual.colleges.iter().flat_map(|college| &college.grades).collect();
        let in_school = |grade: &str| all.iter().filter(|one| one.grade == grade).map(|one| one.seats).sum::<u32>();
        for college in &actual.colleges {
            let spare = college.grades.iter().any(|grade| grade.seats > 0 && in_school(&grade.grade) > 1);
            for bare in college.grades.iter().filter(|grade| grade.students > 0 && in_school(&grade.grade) == 0) {
                prop_assert!(!spare, "{} could help {}", college.name, bare.grade);
                let coverage = actual.findings.iter().find(|finding| finding.rule == Rule::Con05);
                prop_assert!(coverage.is_some_and(|one| one.message.contains(&bare.grade)), "{}", bare.grade);
            }
        }
    }
}

/// Worked by hand, to hold the oracle itself to the text: 100, 1 and 100 students and two seats give both large grades
/// one (1.005 and 0.995, then 0.99 and 0.01); the first college spares its own for the grade that has none.
#[test]
fn a_bare_grade_takes_the_seat_that_is_spare() {
    let mut population = Population::default();
    for (college, grade, students) in [("机电", "2023", 100), ("机电", "2024", 1), ("化工", "2023", 100)] {
        population.cohorts.push(Cohort { college: college.to_owned(), grade: grade.to_owned(), students });
    }
    let (expected, verdicts) = seats_by_the_text(PLANS[0], &population, Some(2));
    let seats = expected.colleges.iter().flat_map(|college| &college.grades).map(|grade| grade.seats);
    assert_eq!(seats.collect::<Vec<_>>(), [0, 1, 1]);
    assert_eq!((expected.minimum, verdicts), (3, [Outcome::Fail, Outcome::Pass]));
    assert_eq!((by_claims(1, &[1, 1]), by_claims(2, &[1, 3])), (vec![1, 0], vec![0, 2]));
    assert_eq!(by_claims_one_each(5, &[97, 1, 1, 1]), [2, 1, 1, 1]);
}

// ---- Votes: the oracle ----

/// A name as it is compared; what surrounds or parts its characters here shows nothing.
fn bare(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '\u{3000}' | '\u{a0}' | '\u{200b}')).collect()
}

/// The names of a count in one spelling, write-ins by votes and then by that.
fn in_one_spelling(mut count: Count) -> Count {
    for figures in count.write_ins.iter_mut().chain(&mut count.unclear) {
        figures.name = bare(&figures.name);
    }
    for name in count.elected.iter_mut().chain(&mut count.tied).chain(count.similar.iter_mut().flatten()) {
        *name = bare(name);
    }
    let order = |one: &WriteInFigures| (std::cmp::Reverse(one.votes_for), one.name.clone());
    count.write_ins.sort_by_key(order);
    count.unclear.sort_by_key(order);
    for group in &mut count.similar {
        group.sort();
    }
    count.similar.sort();
    count
}

/// Of how many more than half are needed; none where the most votes win.
fn half_of(election: &Election, valid: u32) -> Option<u32> {
    match (election.rules.round, election.rules.majority_of) {
        (Round::Tied, _) | (_, MajorityOf::None) => None,
        (Round::First, MajorityOf::Present) => Some(election.present),
        (Round::First, MajorityOf::Valid) => Some(valid),
        (Round::First, MajorityOf::Due) => Some(election.due),
    }
}

fn tally(ballots: &[&Ballot], of: impl Fn(&Ballot) -> bool) -> u32 {
    small(ballots.iter().filter(|ballot| of(ballot)).count())
}

/// The count as the text defines it, a figure at a time. Reasons are only counted: their words are not defined.
fn votes_by_the_text(election: &Election) -> Count {
    let Election { seats, candidates, due, present, issued, rules, ballots } = election;
    let is_void = |ballot: &Ballot| {
        let listed = ballot.choices.iter().filter(|(_, choice)| *choice == Choice::For).count();
        let written = ballot.write_ins.iter().filter(|(_, choice)| *choice == Choice::For).count();
        let names_a_candidate = ballot.write_ins.iter().any(|(name, _)| candidates.contains(&bare(name)));
        let none_allowed = !rules.write_in || rules.round == Round::Tied;
        let of = |wanted| ballot.choices.iter().filter(|(_, choice)| *choice == wanted).count();
        small(listed + written) > *seats
            || names_a_candidate
            || (none_allowed && !ballot.write_ins.is_empty())
            || (rules.write_in_needs_against && ballot.write_ins.len() > of(Choice::Against))
            || (rules.unreadable == Unreadable::Void && of(Choice::Unreadable) > 0)
    };
    let valid: Vec<&Ballot> = ballots.iter().filter(|ballot| !is_void(ballot)).collect();
    let says = |ballot: &Ballot, place: usize, choice: Choice| ballot.choices.contains(&(place, choice));
    let mut candidate_figures = Vec::new();
    for (place, name) in candidates.iter().enumerate() {
        let votes_for = tally(&valid, |ballot| says(ballot, place, Choice::For));
        let against = tally(&valid, |ballot| says(ballot, place, Choice::Against));
        let neither = |ballot: &Ballot| !says(ballot, place, Choice::For) && !says(ballot, place, Choice::Against);
        let abstain = tally(&valid, neither);
        let unreadable = tally(&valid, |ballot| says(ballot, place, Choice::Unreadable));
        candidate_figures.push(CandidateFigures { name: name.clone(), votes_for, against, abstain, unreadable });
    }
    let written: BTreeSet<String> =
        valid.iter().flat_map(|one| one.write_ins.iter().map(|(name, _)| bare(name))).collect();
    let (mut write_ins, mut unclear) = (Vec::new(), Vec::new());
    for votes_for in (1..=small(valid.len())).rev() {
        for name in &written {
            let chosen = |ballot: &Ballot| {
                ballot.write_ins.iter().any(|(own, choice)| bare(own) == *name && *choice == Choice::For)
            };
            if tally(&valid, chosen) == votes_for {
                let begins = candidates.iter().any(|label| label.starts_with(&format!("{name}（")));
                let list = if begins { &mut unclear } else { &mut write_ins };
                list.push(WriteInFigures { name: name.clone(), votes_for });
            }
        }
    }
    let listed = |name: &str| write_ins.iter().any(|one| one.name == name);
    let both = ALIKE.iter().filter(|pair| pair.iter().all(|name| listed(name)));
    let similar = both.map(|pair| pair.map(str::to_owned).to_vec()).collect();

    let half = half_of(election, small(valid.len()));
    let people = candidate_figures.iter().map(|one| (&one.name, one.votes_for));
    let people = people.chain(write_ins.iter().map(|one| (&one.name, one.votes_for)));
    let past: Vec<(&String, u32)> =
        people.filter(|(_, votes)| u64::from(*votes) * 2 > u64::from(half.unwrap_or(0))).collect();
    let above = |votes: u32| small(past.iter().filter(|(_, other)| *other > votes).count());
    let level = |votes: u32| small(past.iter().filter(|(_, other)| *other == votes).count());
    let (numerator, denominator) = rules.quorum;
    let (here, needed) = (u128::from(*present) * u128::from(denominator), u128::from(*due) * u128::from(numerator));
    let no_quorum = if rules.quorum_strict { here <= needed } else { here < needed };
    let failures = [no_quorum, small(ballots.len()) > *issued, issued > present, present > due];
    let failures = failures.into_iter().filter(|failed| *failed).count();

    let mut elected: Vec<String> = Vec::new();
    let mut tied: Vec<String> = Vec::new();
    for votes in (1..=small(valid.len())).rev() {
        for &(name, _) in past.iter().filter(|(_, its_votes)| failures == 0 && *its_votes == votes) {
            if above(votes) + level(votes) <= *seats {
                elected.push(name.clone());
            } else if above(votes) < *seats && rules.tie != Tie::Vacant {
                tied.push(name.clone());
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
        unclear,
        others: 0,
        similar,
        vacant: *seats - small(elected.len()),
        elected,
        tied,
    }
}

// ---- Votes: the properties ----

/// A choice left out, for, against, said to be an abstention or not to be read, by these weights.
fn choices([left_out, votes_for, against, abstain, unreadable]: [u32; 5]) -> impl Strategy<Value = Option<Choice>> {
    prop_oneof![
        left_out => Just(None),
        votes_for => Just(Some(Choice::For)),
        against => Just(Some(Choice::Against)),
        abstain => Just(Some(Choice::Abstain)),
        unreadable => Just(Some(Choice::Unreadable)),
    ]
}

fn ballots() -> impl Strategy<Value = Ballot> {
    let listed = collection::vec(choices([16, 12, 8, 4, 1]), CANDIDATES.len());
    let written = collection::vec((choices([72, 8, 1, 1, 0]), 0_usize..2), WRITE_INS.len());
    (listed, written).prop_map(|(listed, written)| {
        let choices = listed.into_iter().enumerate().filter_map(|(place, choice)| Some((place, choice?)));
        let write_ins = WRITE_INS.into_iter().zip(written);
        let write_ins = write_ins.filter_map(|(name, (choice, spelling))| Some((name[spelling].to_owned(), choice?)));
        Ballot { choices: choices.collect(), write_ins: write_ins.collect() }
    })
}

fn election_rules() -> impl Strategy<Value = Rules> {
    let quorum = prop_oneof![
        4 => Just((2_u32, 3_u32)),
        8 => (0_u32..=5, 1_u32..=5).prop_map(|(part, whole)| (part.min(whole), whole)),
        1 => Just((u32::MAX - 1, u32::MAX)),
    ];
    let majority_of =
        prop::sample::select(vec![MajorityOf::Present, MajorityOf::Valid, MajorityOf::Due, MajorityOf::None]);
    let round = prop_oneof![4 => Just(Round::First), 1 => Just(Round::Tied)];
    let unreadable = prop_oneof![Just(Unreadable::Abstain), Just(Unreadable::Void)];
    let tie = prop_oneof![Just(Tie::Vacant), Just(Tie::SecondRound), Just(Tie::Lot), Just(Tie::Hands)];
    let switches = (any::<bool>(), prop::bool::weighted(0.7), prop::bool::weighted(0.3));
    let later = (round, unreadable);
    (quorum, majority_of, tie, switches, later).prop_map(|(quorum, majority_of, tie, switches, later)| {
        let (quorum_strict, write_in, write_in_needs_against) = switches;
        let (round, unreadable) = later;
        Rules { quorum, quorum_strict, majority_of, tie, write_in, round, write_in_needs_against, unreadable }
    })
}

/// Ballots are drawn from a few patterns, so that majorities and ties come about; a fifth of the elections stand just
/// at their quorum, a few have figures near the end of their type.
fn elections() -> impl Strategy<Value = Election> {
    let cast = (collection::vec(ballots(), 1..=5), collection::vec(any::<Index>(), 0..=40));
    let gap = || prop_oneof![4 => Just(0_i64), 4 => 0_i64..=4, 1 => -3_i64..=-1];
    let huge = prop::option::weighted(0.1, any::<[u32; 3]>());
    let figures = ([gap(), gap(), gap()], prop::bool::weighted(0.2), huge);
    ((1_u32..=4, 1..=CANDIDATES.len()), cast, election_rules(), figures).prop_map(|(sizes, cast, rules, figures)| {
        let ((seats, standing), (patterns, picks), ([one, two, three], at_quorum, huge)) = (sizes, cast, figures);
        let mut ballots: Vec<Ballot> = picks.iter().map(|pick| pick.get(&patterns).clone()).collect();
        for ballot in &mut ballots {
            ballot.choices.retain(|(place, _)| *place < standing);
        }
        let issued = (i64::from(small(ballots.len())) + one).max(0);
        let present = (issued + two).max(0);
        let (part, whole) = (i64::from(rules.quorum.0), i64::from(rules.quorum.1));
        let due = if at_quorum && part > 0 { present * whole / part } else { (present + three).max(0) };
        let mut figures = huge.unwrap_or([small(due), small(present), small(issued)]);
        if huge.is_some() {
            figures.sort_unstable();
            figures.reverse();
        }
        let [due, present, issued] = figures;
        let candidates = CANDIDATES[..standing].iter().map(|name| (*name).to_owned()).collect();
        Election { seats, candidates, due, present, issued, rules, ballots }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2 * ProptestConfig::default().cases))]

    #[test]
    fn a_count_is_the_one_in_the_text(election in elections()) {
        let actual = in_one_spelling(count(&election));
        let mut expected = in_one_spelling(votes_by_the_text(&election));
        prop_assert_eq!(actual.reasons.len(), expected.reasons.len(), "{:?}", actual.reasons);
        expected.reasons.clone_from(&actual.reasons);
        prop_assert_eq!(actual, expected);
    }

    #[test]
    fn figures_add_up_and_the_elected_lead(election in elections()) {
        let actual = count(&election);
        prop_assert_eq!(actual.valid + actual.void, actual.returned);
        prop_assert_eq!(small(actual.elected.len()) + actual.vacant, election.seats);
        prop_assert!(actual.valid_election || actual.elected.is_empty());
        prop_assert!(actual.elected.iter().all(|name| !actual.tied.contains(name)));
        for one in &actual.candidates {
            prop_assert_eq!(one.votes_for + one.against + one.abstain, actual.valid, "{}", one.name);
        }
        let half = half_of(&election, actual.valid).unwrap_or(0);
        let mut people: Vec<(&String, u32)> = actual.candidates.iter().map(|one| (&one.name, one.votes_for)).collect();
        people.extend(actual.write_ins.iter().map(|one| (&one.name, one.votes_for)));
        let (won, lost): (Vec<_>, Vec<_>) = people.into_iter().partition(|(name, _)| actual.elected.contains(name));
        prop_assert_eq!(won.len(), actual.elected.len());
        for (name, votes) in won {
            prop_assert!(u64::from(votes) * 2 > u64::from(half), "{name}");
            prop_assert!(lost.iter().all(|(_, other)| *other < votes), "{name}");
        }
    }

    #[test]
    fn the_order_of_ballots_does_not_matter(
        election in elections(),
        order in Just((0..40).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let ballots = order.iter().filter_map(|&place| election.ballots.get(place).cloned()).collect();
        let shuffled = Election { ballots, ..election.clone() };
        prop_assert_eq!(in_one_spelling(count(&shuffled)), in_one_spelling(count(&election)));
    }

    /// Two piles, as electronic and paper ballots are, come to what one pile comes to.
    #[test]
    fn piles_add_up_to_the_whole(election in elections(), cut in any::<Index>()) {
        let at = if election.ballots.is_empty() { 0 } else { cut.index(election.ballots.len() + 1) };
        let part = |ballots: &[Ballot]| pile(&Election { ballots: ballots.to_vec(), ..election.clone() });
        let (first, second) = election.ballots.split_at(at);
        let both = part(first).with(&part(second));
        prop_assert_eq!(&both, &pile(&election));
        prop_assert!(both.faults().is_empty(), "{:?}", both.faults());
        let Election { seats, due, present, issued, rules, .. } = &election;
        let attendance = Attendance { due: *due, present: *present, issued: *issued };
        prop_assert_eq!(judge(*seats, rules, attendance, &both, &[]), count(&election));
    }

    /// Whoever withdrew is not elected, keeps the figures, and takes no seat from anybody who would have had one.
    #[test]
    fn a_withdrawal_elects_others(election in elections(), place in any::<Index>()) {
        let Election { seats, due, present, issued, rules, .. } = &election;
        let attendance = Attendance { due: *due, present: *present, issued: *issued };
        let figures = pile(&election);
        let gone = vec![place.get(&election.candidates).clone()];
        let (before, after) = (count(&election), judge(*seats, rules, attendance, &figures, &gone));
        prop_assert!(!after.elected.contains(&gone[0]) && !after.tied.contains(&gone[0]));
        prop_assert_eq!(&after.candidates, &before.candidates);
        let stays = |name: &&String| **name != gone[0];
        prop_assert!(before.elected.iter().filter(stays).all(|name| after.elected.contains(name)));
    }

    /// There is room for one more ballot, so that the second count is not invalid for that alone.
    #[test]
    fn an_abstention_elects_nobody_new(election in elections()) {
        let issued = small(election.ballots.len()) + 1;
        let before = Election { due: issued, present: issued, issued, ..election };
        let mut after = before.clone();
        after.ballots.push(Ballot::default());
        let (before, after) = (count(&before), count(&after));
        prop_assert_eq!(after.valid, before.valid + 1);
        prop_assert!(after.elected.iter().all(|name| before.elected.contains(name)));
    }
}
