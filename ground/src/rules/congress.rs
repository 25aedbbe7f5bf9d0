//! CON: how many delegates a congress has and where their seats go.

use std::{cmp::Reverse, collections::HashMap};

use serde::{Deserialize, Serialize};

use super::{
    Finding, Outcome, Plan, Rule,
    plan::{Cover, DelegateBase, DelegateShare, Stated, Union},
};

/// Students of one grade in one college.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cohort {
    pub college: String,
    /// Entry year as printed, e.g. `2024`.
    pub grade: String,
    /// Students, at most 1,000,000.
    pub students: u32,
}

/// The students a congress stands for. No college and grade stands twice; societies' members are not students again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Population {
    /// One entry a college and grade, in the order of the file.
    pub cohorts: Vec<Cohort>,
    /// The main societies, in the order of the file.
    pub societies: Vec<String>,
}

/// Seats of one grade in one college.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GradeSeats {
    /// Entry year as printed.
    pub grade: String,
    /// Students of that grade in the college.
    pub students: u32,
    pub seats: u32,
}

/// Seats of one college.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CollegeSeats {
    pub name: String,
    pub students: u64,
    /// Its seats: the sum of its grades'.
    pub seats: u32,
    /// Its grades, in the order of the file.
    pub grades: Vec<GradeSeats>,
}

/// Seats of one society.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SocietySeats {
    pub name: String,
    /// 1 where the plan covers main societies and there was a seat left, else 0.
    pub seats: u32,
}

/// What a tie of remainders gave a seat to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TiedUnit {
    College,
    /// A grade inside a college.
    Grade,
}

/// Why one of several with one remainder got the seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TieBreak {
    #[serde(rename = "larger unit")]
    Larger,
    #[serde(rename = "earlier row")]
    Earlier,
}

impl TieBreak {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Larger => "人数多的先得",
            Self::Earlier => "人数也相同，按表中次序",
        }
    }
}

/// A tie of remainders that decided a seat. There is one for each seat that those who are tied got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatTie {
    pub seat: TiedUnit,
    /// The college of the grades.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub college: Option<String>,
    /// Those with that remainder, in the order of the file; of very many the first 50.
    pub between: Vec<String>,
    /// How many more have it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub others: usize,
    pub given: String,
    pub by: TieBreak,
}

impl SeatTie {
    /// Those who are tied, in words.
    #[must_use]
    pub fn between_in_words(&self) -> String {
        let named = self.between.join("、");
        match self.others {
            0 => named,
            others => format!("{named}等 {} 个", self.between.len() + others),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(others: &usize) -> bool {
    *others == 0
}

/// The most units that a tie names: of forty thousand equal colleges each of the ties would name them all.
const MOST_TIED: usize = 50;

/// An allocation of delegates' seats with what the rules say of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Allocation {
    pub plan: String,
    /// All students of the colleges.
    pub students: u64,
    /// The least number of seats: the plan's share and what coverage needs.
    pub minimum: u32,
    /// The seats that were shared out.
    pub seats: u32,
    /// The colleges, in the order of the file.
    pub colleges: Vec<CollegeSeats>,
    /// The societies, in the order of the file.
    pub societies: Vec<SocietySeats>,
    /// Ties of remainders that decided a seat, the colleges' first.
    pub ties: Vec<SeatTie>,
    pub findings: Vec<Finding>,
}

/// Shares out delegates' seats: societies first, colleges by largest remainder, inside a college its grades by
/// largest remainder, then a seat for each grade of the school that has none. Without `seats`, the least number.
#[must_use]
pub fn allocate(plan: &Plan, population: &Population, seats: Option<u32>) -> Allocation {
    let covers = |what| plan.figures.cover.as_ref().is_some_and(|cover| cover.value.contains(&what));
    let mut colleges = colleges_of(population);
    let students: u64 = colleges.iter().map(|college| college.students).sum();
    let grades = grades_of(population);

    let share_floor = share_floor(plan, students);
    let with_students = colleges.iter().filter(|college| college.students > 0).count();
    let areas = [(Cover::College, with_students), (Cover::Grade, grades.len())];
    let widest = areas.into_iter().filter(|(what, _)| covers(*what)).map(|(_, number)| number).max().unwrap_or(0);
    let clubs = if covers(Cover::Society) { population.societies.len() } else { 0 };
    let minimum = share_floor.max(whole(widest + clubs));
    let seats = seats.unwrap_or(minimum);

    let for_clubs = seats.min(whole(clubs));
    let societies: Vec<SocietySeats> = population
        .societies
        .iter()
        .zip(0u32..)
        .map(|(name, place)| SocietySeats { name: name.clone(), seats: u32::from(place < for_clubs) })
        .collect();

    let sizes: Vec<u64> = colleges.iter().map(|college| college.students).collect();
    let shares = if covers(Cover::College) {
        at_least_one_each(seats - for_clubs, &sizes)
    } else {
        largest_remainder(seats - for_clubs, &sizes)
    };
    let names: Vec<&String> = colleges.iter().map(|college| &college.name).collect();
    let mut ties = named_ties(&shares.ties, TiedUnit::College, None, &names);
    for (college, seats) in colleges.iter_mut().zip(shares.seats) {
        let sizes: Vec<u64> = college.grades.iter().map(|grade| u64::from(grade.students)).collect();
        college.seats = seats;
        let shares = largest_remainder(seats, &sizes);
        let names: Vec<&String> = college.grades.iter().map(|grade| &grade.grade).collect();
        ties.extend(named_ties(&shares.ties, TiedUnit::Grade, Some(&college.name), &names));
        for (grade, seats) in college.grades.iter_mut().zip(shares.seats) {
            grade.seats = seats;
        }
    }
    if covers(Cover::Grade) {
        for grade in &grades {
            if seats_of_grade(&colleges, grade) == 0 {
                give_a_seat(&mut colleges, grade);
            }
        }
    }
    let findings = vec![share_finding(plan, seats, students), coverage_finding(plan, &colleges, &societies, &grades)];
    Allocation { plan: plan.code.clone(), students, minimum, seats, colleges, societies, ties, findings }
}

/// A college with fewer students than this may hold a meeting of them all instead of a congress (practice).
pub const MEETING_OF_ALL_BELOW: u32 = 400;

/// Why a union with so many students cannot hold a meeting of them all; none where it can. The number is the plan's where it
/// has one, else practice's.
#[must_use]
pub fn meeting_of_all(plan: Option<&Plan>, kind: Union, students: u32) -> Option<Finding> {
    let stated = plan.and_then(|plan| plan.figures.college_congress.as_ref());
    let by_plan = stated.and_then(|said| Some((said.value.meeting_of_all_below?, &said.provision)));
    let below = by_plan.map_or(MEETING_OF_ALL_BELOW, |(below, _)| below);
    let remedy = "召开学生代表大会，选举代表";
    match kind {
        Union::School | Union::Graduate => {
            Some(Finding::house(Outcome::Fail, "只有院系可以召开全体学生大会".to_owned()).remedy(remedy))
        }
        Union::College if students < below => None,
        Union::College => {
            let says = format!("基准日有在校学生 {students} 人；不足 {below} 人的院系可以召开全体学生大会");
            let finding = match by_plan {
                Some((_, provision)) => Finding::new(provision, Outcome::Fail, says),
                None => Finding::house(Outcome::Fail, format!("{says}（实践惯例）")),
            };
            Some(finding.remedy(remedy))
        }
    }
}

/// The least number of seats by the plan's share of so many students; 0 where the plan states none.
pub(super) fn share_floor(plan: &Plan, students: u64) -> u32 {
    let stated = plan.figures.delegates.as_ref();
    stated.map_or(0, |stated| stated.value.share.ceil_of(u32::try_from(students).unwrap_or(u32::MAX)))
}

fn whole(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn colleges_of(population: &Population) -> Vec<CollegeSeats> {
    let mut colleges: Vec<CollegeSeats> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for Cohort { college, grade, students } in &population.cohorts {
        let grade = GradeSeats { grade: grade.clone(), students: *students, seats: 0 };
        let place = *places.entry(college).or_insert(colleges.len());
        if let Some(known) = colleges.get_mut(place) {
            known.students += u64::from(*students);
            known.grades.push(grade);
        } else {
            let students = u64::from(*students);
            colleges.push(CollegeSeats { name: college.clone(), students, seats: 0, grades: vec![grade] });
        }
    }
    colleges
}

/// The grades that have students somewhere, in the order in which the rows first name them.
fn grades_of(population: &Population) -> Vec<String> {
    let mut grades: Vec<(String, u64)> = Vec::new();
    for cohort in &population.cohorts {
        let students = u64::from(cohort.students);
        match grades.iter_mut().find(|(grade, _)| *grade == cohort.grade) {
            Some((_, known)) => *known += students,
            None => grades.push((cohort.grade.clone(), students)),
        }
    }
    grades.into_iter().filter(|(_, students)| *students > 0).map(|(grade, _)| grade).collect()
}

/// Ties by the names of their units.
fn named_ties(ties: &[Tied], seat: TiedUnit, college: Option<&String>, names: &[&String]) -> Vec<SeatTie> {
    let name = |unit: &usize| names.get(*unit).map(|name| (*name).clone());
    let with_names = |tied: &Tied| {
        Some(SeatTie {
            seat,
            college: college.cloned(),
            between: tied.between.iter().filter_map(name).collect(),
            others: tied.others,
            given: name(&tied.given)?,
            by: tied.by,
        })
    };
    ties.iter().filter_map(with_names).collect()
}

/// A tie by the places of its units.
struct Tied {
    between: Vec<usize>,
    others: usize,
    given: usize,
    by: TieBreak,
}

/// Seats of units, and the ties that decided them.
struct Shares {
    seats: Vec<u32>,
    ties: Vec<Tied>,
}

/// Hamilton's method: the whole parts of the quotas, then one seat each by largest remainder; ties go to the larger
/// unit, then to the earlier one. Units of no size get nothing; without any size no seat is given.
fn largest_remainder(seats: u32, sizes: &[u64]) -> Shares {
    let total: u128 = sizes.iter().map(|&size| u128::from(size)).sum();
    if total == 0 {
        return Shares { seats: vec![0; sizes.len()], ties: Vec::new() };
    }
    let quota = |&size: &u64| u128::from(size) * u128::from(seats);
    let mut shares: Vec<u32> =
        sizes.iter().map(|size| u32::try_from(quota(size) / total).unwrap_or(u32::MAX)).collect();
    let left = usize::try_from(seats - shares.iter().sum::<u32>()).unwrap_or(0);
    let mut order: Vec<(usize, &u64)> = sizes.iter().enumerate().collect();
    order.sort_by_key(|&(place, size)| (Reverse(quota(size) % total), Reverse(*size), place));
    let (given, others) = order.split_at_checked(left).unwrap_or((&order, &[]));
    for (place, _) in given {
        if let Some(share) = shares.get_mut(*place) {
            *share += 1;
        }
    }
    Shares { ties: ties_at_the_cut(given, others, &|size| quota(&size) % total), seats: shares }
}

/// The seats that were given to one of several with the same remainder while another of them got none.
fn ties_at_the_cut(given: &[(usize, &u64)], others: &[(usize, &u64)], remainder: &dyn Fn(u64) -> u128) -> Vec<Tied> {
    let Some(edge) = given.last().map(|(_, size)| remainder(**size)) else { return Vec::new() };
    let at_the_edge = |(_, size): &&(usize, &u64)| remainder(**size) == edge;
    let lost: Vec<&(usize, &u64)> = others.iter().take_while(at_the_edge).collect();
    let Some(largest) = lost.iter().map(|(_, size)| **size).max() else { return Vec::new() };
    let won: Vec<&(usize, &u64)> = given.iter().filter(at_the_edge).collect();
    let mut between: Vec<usize> = won.iter().chain(&lost).map(|(place, _)| *place).collect();
    between.sort_unstable();
    let others = between.len().saturating_sub(MOST_TIED);
    between.truncate(MOST_TIED);
    let tied = |(place, size): &&(usize, &u64)| Tied {
        between: between.clone(),
        others,
        given: *place,
        by: if **size > largest { TieBreak::Larger } else { TieBreak::Earlier },
    };
    won.iter().map(tied).collect()
}

/// Largest remainder with a seat for every unit that has a size: those that got none are fixed at one together and
/// the rest is shared out again among the others, until none is left without. With fewer seats than units nothing
/// can be promised and the plain method decides.
fn at_least_one_each(seats: u32, sizes: &[u64]) -> Shares {
    let units = whole(sizes.iter().filter(|&&size| size > 0).count());
    if seats < units {
        return largest_remainder(seats, sizes);
    }
    let mut fixed = vec![false; sizes.len()];
    loop {
        let held = whole(fixed.iter().filter(|&&fixed| fixed).count());
        let open: Vec<u64> = sizes.iter().zip(&fixed).map(|(&size, &fixed)| if fixed { 0 } else { size }).collect();
        let shares = largest_remainder(seats - held, &open);
        let mut settled = true;
        for ((&size, share), fixed) in open.iter().zip(&shares.seats).zip(&mut fixed) {
            if size > 0 && *share == 0 {
                *fixed = true;
                settled = false;
            }
        }
        if settled {
            let one_if_fixed = |(share, fixed)| if fixed { 1 } else { share };
            let seats = shares.seats.into_iter().zip(fixed).map(one_if_fixed).collect();
            return Shares { seats, ties: shares.ties };
        }
    }
}

fn seats_of_grade(colleges: &[CollegeSeats], grade: &str) -> u32 {
    colleges.iter().flat_map(|college| &college.grades).filter(|held| held.grade == grade).map(|held| held.seats).sum()
}

/// A grade without a seat takes one inside a college: of those with a seat to spare, the one with most students of
/// the grade gives it from its grade with most seats, but never a grade's only seat in the school. Ties go to the
/// earlier row. If no college can give, nothing changes.
fn give_a_seat(colleges: &mut [CollegeSeats], grade: &str) {
    let mut in_school: HashMap<&str, u32> = HashMap::new();
    for held in colleges.iter().flat_map(|college| &college.grades) {
        *in_school.entry(&held.grade).or_default() += held.seats;
    }
    let donor = |college: &CollegeSeats| {
        let can_give =
            |held: &&GradeSeats| held.seats > 0 && in_school.get(held.grade.as_str()).is_some_and(|seats| *seats > 1);
        let most = college.grades.iter().filter(can_give).map(|held| held.seats).max()?;
        college.grades.iter().filter(can_give).find(|held| held.seats == most).map(|held| held.grade.clone())
    };
    let of_grade = |college: &CollegeSeats| {
        college.grades.iter().find(|held| held.grade == grade && held.students > 0).map(|held| held.students)
    };
    let mut best: Option<(u32, usize, String)> = None;
    for (place, college) in colleges.iter().enumerate() {
        if let Some((students, from)) = of_grade(college).zip(donor(college))
            && best.as_ref().is_none_or(|(most, ..)| students > *most)
        {
            best = Some((students, place, from));
        }
    }
    let Some((_, place, from)) = best else { return };
    for held in colleges.iter_mut().skip(place).take(1).flat_map(|college| &mut college.grades) {
        if held.grade == from {
            held.seats -= 1;
        } else if held.grade == grade {
            held.seats += 1;
        }
    }
}

/// CON-04, 不低于1%: not below means rounded up (trap T6).
pub(super) fn share_finding(plan: &Plan, seats: u32, students: u64) -> Finding {
    let least = share_floor(plan, students);
    let Some(Stated { value: DelegateShare { share, base, at_most }, provision }) = &plan.figures.delegates else {
        return Finding::unstated(Rule::Con04, plan);
    };
    let whom = match base {
        DelegateBase::Served => "所联系学生",
        DelegateBase::All => "全校学生",
        DelegateBase::Members => "会员",
    };
    let most = at_most.map(|share| (share, share.floor_of(u32::try_from(students).unwrap_or(u32::MAX)).max(least)));
    let finding = if let Some((share, most)) = most.filter(|(_, most)| seats > *most) {
        let says = format!("代表名额 {seats} 个，高于{whom} {students} 人的 {share}，至多 {most} 个");
        Finding::new(provision, provision.breach(), says).remedy(format!("减少 {} 个名额", seats - most))
    } else if seats < least {
        Finding::new(
            provision,
            provision.breach(),
            format!("代表名额 {seats} 个，低于{whom} {students} 人的 {share}，至少 {least} 个"),
        )
        .remedy(format!("增加 {} 个名额", least - seats))
    } else {
        Finding::new(
            provision,
            Outcome::Pass,
            format!("代表名额 {seats} 个，不低于{whom} {students} 人的 {share}（{least} 个）"),
        )
    };
    let limit = most.map_or_else(|| format!(">={least}"), |(_, most)| format!("{least}..{most}"));
    finding.against(&seats, limit).gauge(seats, least, most.map(|(_, most)| most))
}

/// CON-05, 覆盖各个系（院）、年级及主要学生社团: each of them, not each college × grade.
pub(super) fn coverage_finding(
    plan: &Plan,
    colleges: &[CollegeSeats],
    societies: &[SocietySeats],
    grades: &[String],
) -> Finding {
    let Some(Stated { value: cover, provision }) = &plan.figures.cover else {
        return Finding::unstated(Rule::Con05, plan);
    };
    let mut missing: Vec<String> = Vec::new();
    let mut needed = 0;
    if cover.contains(&Cover::College) {
        let asked = colleges.iter().filter(|college| college.students > 0);
        needed += asked.clone().count();
        missing.extend(asked.filter(|college| college.seats == 0).map(|college| college.name.clone()));
    }
    if cover.contains(&Cover::Grade) {
        needed += grades.len();
        let without = grades.iter().filter(|grade| seats_of_grade(colleges, grade) == 0);
        missing.extend(without.map(|grade| format!("{grade}级")));
    }
    if cover.contains(&Cover::Society) {
        needed += societies.len();
        missing.extend(societies.iter().filter(|society| society.seats == 0).map(|society| society.name.clone()));
    }
    let covered = needed - missing.len();
    let finding = if missing.is_empty() {
        Finding::new(provision, Outcome::Pass, format!("名额覆盖全部 {needed} 个院系、年级和主要社团"))
    } else {
        let message = format!("有 {} 个院系、年级或主要社团没有名额：{}", missing.len(), missing.join("、"));
        Finding::new(provision, provision.breach(), message).about(missing).remedy("增加名额，或调整院系内的分配")
    };
    finding.against(&format!("{covered}/{needed}"), format!("={needed}")).gauge(whole(covered), whole(needed), None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::plan::named;

    fn population(cohorts: &[(&str, &str, u32)], societies: &[&str]) -> Population {
        Population {
            cohorts: cohorts
                .iter()
                .map(|&(college, grade, students)| Cohort {
                    college: college.to_owned(),
                    grade: grade.to_owned(),
                    students,
                })
                .collect(),
            societies: societies.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    fn suzhou(population: &Population, seats: Option<u32>) -> Allocation {
        allocate(named("suzhou-2020").unwrap(), population, seats)
    }

    fn seats(allocation: &Allocation) -> Vec<u32> {
        allocation.colleges.iter().map(|college| college.seats).collect()
    }

    #[test]
    fn t6_8432_students_need_85_delegates() {
        let allocation = suzhou(&population(&[("甲", "2024", 8000), ("乙", "2024", 432)], &[]), None);
        assert_eq!((allocation.minimum, allocation.seats), (85, 85));
        assert_eq!(allocation.findings[0].verdict, Outcome::Pass);
        let short = suzhou(&population(&[("甲", "2024", 8000), ("乙", "2024", 432)], &[]), Some(84));
        assert_eq!(short.findings[0].verdict, Outcome::Fail);
    }

    #[test]
    fn t6_coverage_can_need_more_than_one_percent() {
        let cohorts = [("甲", "2023", 50), ("乙", "2023", 40), ("丙", "2024", 10)];
        let allocation = suzhou(&population(&cohorts, &["合唱团", "志愿者协会"]), None);
        assert_eq!(allocation.minimum, 5, "three colleges and two societies, not 1 % of 100");
        assert_eq!(seats(&allocation), [1, 1, 1]);
        assert!(allocation.findings.iter().all(|finding| finding.verdict == Outcome::Pass));
    }

    #[test]
    fn s6_4_tiny_colleges_are_fixed_at_one_and_the_rest_shared_out_again() {
        let cohorts = [("甲", "2024", 900), ("乙", "2024", 60), ("丙", "2024", 20), ("丁", "2024", 20)];
        assert_eq!(seats(&suzhou(&population(&cohorts, &[]), Some(10))), [7, 1, 1, 1]);
    }

    #[test]
    fn s6_4_a_grade_without_a_seat_takes_one_where_it_has_most_students() {
        let cohorts =
            [("甲", "2023", 500), ("甲", "2024", 490), ("甲", "2020", 5), ("乙", "2023", 300), ("乙", "2020", 4)];
        let allocation = suzhou(&population(&cohorts, &[]), Some(8));
        let grades: Vec<u32> = allocation.colleges[0].grades.iter().map(|grade| grade.seats).collect();
        assert_eq!(grades.iter().sum::<u32>(), allocation.colleges[0].seats);
        assert_eq!(grades[2], 1);
        assert_eq!(allocation.findings[1].verdict, Outcome::Pass);
    }

    #[test]
    fn s6_4_too_few_seats_are_still_shared_out_and_fail_by_name() {
        let cohorts = [("甲", "2023", 500), ("乙", "2023", 300), ("丙", "2024", 9)];
        let allocation = suzhou(&population(&cohorts, &["合唱团"]), Some(2));
        assert_eq!(allocation.societies[0].seats, 1);
        assert_eq!(seats(&allocation), [1, 0, 0]);
        let coverage = &allocation.findings[1];
        assert_eq!(coverage.verdict, Outcome::Fail);
        assert_eq!(coverage.subjects, ["乙", "丙", "2024级"]);
    }

    #[test]
    fn j3_2_4_where_the_plan_is_silent_nothing_is_covered() {
        let cohorts = [("甲", "2023", 9000), ("乙", "2023", 10)];
        let allocation = allocate(named("jining-2022").unwrap(), &population(&cohorts, &["合唱团"]), None);
        assert_eq!(seats(&allocation), [91, 0]);
        assert_eq!(allocation.societies[0].seats, 0);
        assert_eq!(allocation.findings[1].verdict, Outcome::NotRequired);
    }

    #[test]
    fn a_tie_of_remainders_goes_to_the_larger_then_the_earlier() {
        assert_eq!(largest_remainder(1, &[10, 10]).seats, [1, 0]);
        assert_eq!(largest_remainder(2, &[1, 3]).seats, [0, 2], "0.5 and 1.5: the larger one gets the seat");
        assert_eq!(largest_remainder(3, &[0, 0]).seats, [0, 0]);
    }

    #[test]
    fn a_tie_that_decided_a_seat_is_named() {
        let ties = |cohorts: &[(&str, &str, u32)], seats| suzhou(&population(cohorts, &[]), Some(seats)).ties;
        let even = ties(&[("甲", "2024", 500), ("乙", "2024", 500)], 11);
        assert_eq!(
            serde_json::to_value(&even).unwrap(),
            serde_json::json!([{"seat": "college", "between": ["甲", "乙"], "given": "甲", "by": "earlier row"}])
        );
        assert!(ties(&[("甲", "2024", 500), ("乙", "2024", 500)], 10).is_empty());
        let larger = ties(&[("甲", "2024", 1), ("乙", "2024", 3)], 2);
        assert!(larger.is_empty(), "both have students, so each has one: no remainder decided");
        let jining =
            allocate(named("jining-2022").unwrap(), &population(&[("甲", "2024", 1), ("乙", "2024", 3)], &[]), Some(2));
        assert_eq!((jining.ties[0].given.as_str(), jining.ties[0].by), ("乙", TieBreak::Larger));
        let grades = ties(&[("甲", "2023", 50), ("甲", "2024", 50), ("乙", "2024", 100)], 6);
        assert_eq!(
            serde_json::to_value(&grades).unwrap(),
            serde_json::json!([
                {"seat": "grade", "college": "甲", "between": ["2023", "2024"], "given": "2023", "by": "earlier row"}
            ])
        );
        let three = ties(&[("甲", "2024", 10), ("乙", "2024", 10), ("丙", "2024", 10)], 5);
        assert_eq!(three.iter().map(|tie| tie.given.as_str()).collect::<Vec<_>>(), ["甲", "乙"]);
        assert!(three.iter().all(|tie| tie.between == ["甲", "乙", "丙"] && tie.others == 0));
    }

    #[test]
    fn a_tie_of_very_many_names_the_first_of_them() {
        let names: Vec<String> = (0..3_000).map(|place| format!("院系{place}")).collect();
        let cohorts: Vec<(&str, &str, u32)> = names.iter().map(|name| (name.as_str(), "2024", 150)).collect();
        let ties = suzhou(&population(&cohorts, &[]), Some(4_500)).ties;
        assert_eq!(ties.len(), 1_500, "one for each seat that a remainder decided");
        assert!(ties.iter().all(|tie| tie.between.len() == 50 && tie.others == 2_950));
        let words = ties.first().map(SeatTie::between_in_words).unwrap_or_default();
        assert!(words.starts_with("院系0、院系1、") && words.ends_with("等 3000 个"), "{words}");
    }
}
