//! Opening the sheets of a sitting: a barrier. As many as at the closing, each of the portal's making, each opens; or nothing
//! is written. What is kept names nobody who scored.

use std::collections::BTreeMap;

use super::{
    Marks,
    review::{Member, Review},
    sheet::Sheet,
    store::{Counted, OpenComment, OpenMark, PaperSheet, PersonResult, SealedSheet},
};
use crate::{
    rules::review::{Category, FEWEST_SHOWN, Tally},
    sealing::keys::{self, Purpose, SecretKey, SheetPlace},
};

/// An open sheet of a group.
struct Opened {
    is_student: bool,
    sheet: Sheet,
}

/// Opens all sheets and works out the results.
///
/// # Errors
/// Why nothing may be kept, in Chinese.
pub fn count(
    review: &Review,
    members: &[Member],
    marks: &Marks,
    key: &SecretKey,
    sheets: &[SealedSheet],
) -> Result<Counted, &'static str> {
    let number = i32::try_from(sheets.len()).map_err(|_| "评议表太多")?;
    if review.sheets != Some(number) {
        return Err("评议表的数目与截止时不一致：有人越过系统改动了数据库。什么都没有写入，请查明原因");
    }
    let mut by_person: BTreeMap<i16, Vec<Opened>> = BTreeMap::new();
    for sealed in sheets {
        let place = SheetPlace { scorer: sealed.scorer, person: sealed.person };
        if !marks.is_sheet(review.id, place, &sealed.sealed, &sealed.mac) {
            return Err("有来历不明的评议表：不是由系统收下的。什么都没有写入，请查明原因，或作废重评");
        }
        let text = keys::open(key, Purpose::Sheet(review.id, place), &sealed.sealed);
        let sheet = text.and_then(|text| Sheet::decode(&text, review.scheme.weights().len()));
        let sheet = sheet.ok_or("有评议表打不开。什么都没有写入，请查明原因，或作废重评")?;
        let member = members.iter().find(|member| member.scorer == Some(sealed.scorer));
        let is_student = member.ok_or("评议会名单被人改动了，什么都没有写入")?.category == Category::Student;
        by_person.entry(sealed.person).or_default().push(Opened { is_student, sheet });
    }
    Ok(results(review, number, by_person))
}

/// Works out the results of sheets on paper, of which none says whose it is.
///
/// # Errors
/// Why nothing may be kept, in Chinese.
pub fn count_paper(review: &Review, sheets: Vec<PaperSheet>) -> Result<Counted, &'static str> {
    let number = i32::try_from(sheets.len()).map_err(|_| "评议表太多")?;
    if review.sheets != Some(number) {
        return Err("评议表的数目与录入完毕时不一致：有人越过系统改动了数据库。什么都没有写入，请查明原因");
    }
    let mut by_person: BTreeMap<i16, Vec<Opened>> = BTreeMap::new();
    for PaperSheet { person, sheet, .. } in sheets {
        by_person.entry(person).or_default().push(Opened { is_student: false, sheet });
    }
    Ok(results(review, number, by_person))
}

/// What open sheets come to.
fn results(review: &Review, number: i32, by_person: BTreeMap<i16, Vec<Opened>>) -> Counted {
    let mut counted = Counted { sheets: number, marks: Vec::new(), comments: Vec::new(), results: Vec::new() };
    let mut tallies: Vec<(i16, Tally)> = Vec::new();
    for (person, opened) in by_person {
        let students = opened.iter().filter(|one| one.is_student).count();
        // A group is kept apart only where neither it nor what is left without it is small.
        let apart = students >= FEWEST_SHOWN && opened.len() - students >= FEWEST_SHOWN;
        let scores: Vec<Vec<u32>> = opened.iter().map(|one| one.sheet.scores.clone()).collect();
        for Opened { is_student, sheet } in opened {
            let category = apart.then_some(if is_student { "student" } else { "other" });
            let scores = sheet.scores.iter().map(|score| i32::try_from(*score).unwrap_or(0)).collect();
            counted.marks.push(OpenMark { person, category, scores });
            if !sheet.comment.is_empty() {
                counted.comments.push(OpenComment { person, says: sheet.comment });
            }
        }
        if let Some(tally) = review.scheme.tally(&scores) {
            tallies.push((person, tally));
        }
    }
    let scores: Vec<u32> = tallies.iter().map(|(_, tally)| tally.score).collect();
    let grades = review.scheme.grades(&scores);
    counted.results =
        tallies.into_iter().zip(grades).map(|((person, tally), grade)| PersonResult { person, tally, grade }).collect();
    counted
}
