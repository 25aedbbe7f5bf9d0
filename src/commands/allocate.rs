//! `lunzhi allocate`: delegates' seats by college and grade.

use std::path::Path;

use super::{
    Answer, Ends, Unreadable, find_plan, findings_in_words, for_people, json, read_file, reading_notes, table,
};
use crate::{
    clock::Clock,
    rules::congress::{self, Allocation, SeatTie},
    sheet::{self, Choice, population},
};

/// Shares out the seats for the population at `path`; without `seats`, the least number.
///
/// # Errors
/// [`Unreadable`] where the population or the plan cannot be read.
pub fn allocate(
    path: &Path,
    choice: &Choice,
    plan: &str,
    seats: Option<u32>,
    as_json: bool,
) -> Result<Answer, Unreadable> {
    let plan = find_plan(plan)?;
    let bytes = read_file(path, sheet::LARGEST_FILE)?;
    let file = population::read(&bytes, choice).map_err(|unreadable| match unreadable {
        population::Unreadable::File(error) => Unreadable::one(error.to_string()),
        population::Unreadable::Asks(question) => Unreadable::question(&question),
        population::Unreadable::Rows(bad) => Unreadable::all(&bad),
    })?;
    let allocation = congress::allocate(&plan.as_of(Clock::default().today()), &file.population, seats);
    let text = if as_json { json(&allocation)? } else { for_people(&in_words(&plan.short, &allocation)) };
    Ok(Answer { text, ends: Ends::of(&allocation.findings), notes: reading_notes(&file.sheet, &file.ignored) })
}

fn in_words(plan: &str, allocation: &Allocation) -> String {
    let Allocation { students, minimum, seats, .. } = allocation;
    let mut rows = vec![["院系或社团", "年级", "学生", "名额"].map(str::to_owned).to_vec()];
    for college in &allocation.colleges {
        rows.push(vec![college.name.clone(), "合计".into(), college.students.to_string(), college.seats.to_string()]);
        for grade in &college.grades {
            rows.push(vec![String::new(), grade.grade.clone(), grade.students.to_string(), grade.seats.to_string()]);
        }
    }
    for society in &allocation.societies {
        rows.push(vec![society.name.clone(), "社团".into(), String::new(), society.seats.to_string()]);
    }
    // Without a share or coverage in the plan there is no minimum, and 0 would be put into its mouth.
    let least =
        if *minimum == 0 { "方案没有写名额下限".to_owned() } else { format!("至少 {minimum} 个名额") };
    let head = format!("名额分配：{plan} · 学生 {students} 人 · {least} · 本次分配 {seats} 个");
    let ties: String = allocation.ties.iter().map(tie_in_words).collect();
    format!("{head}\n\n{}{ties}\n{}", table(&rows), findings_in_words(&allocation.findings))
}

fn tie_in_words(tie: &SeatTie) -> String {
    let SeatTie { college, given, by, .. } = tie;
    let place = college.as_ref().map(|college| format!("{college}的年级")).unwrap_or_default();
    format!("余数相同：{place}{}，这一个名额给了{given}（{}）\n", tie.between_in_words(), by.label())
}
