//! The students whom a congress represents (CON-04), from a spreadsheet: a row for each college and grade, or society.

use std::collections::HashSet;

use crate::{
    name::Spellings,
    rules::congress::{Cohort, Population},
    sheet::{BadCell, Choice, Columns, Question, ReadError, RowReader, Sheet, SheetError},
};

const KIND: &str = "类别";
const NAME: &str = "名称";
const GRADE: &str = "年级";
const STUDENTS: &str = "人数";

/// What a row may be of; whether it is a society.
const KINDS: &[(&str, bool)] = &[("院系", false), ("学院", false), ("院", false), ("系", false), ("社团", true)];

/// Why a population cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// The file as a whole.
    File(SheetError),
    /// Somebody must choose first.
    Asks(Question),
    /// Rows of it, each with its reason.
    Rows(Vec<BadCell>),
}

impl From<ReadError> for Unreadable {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::File(error) => Self::File(error),
            ReadError::Asks(question) => Self::Asks(question),
        }
    }
}

/// A population that was read.
#[derive(Debug)]
pub struct PopulationFile {
    pub population: Population,
    /// Headers that were ignored.
    pub ignored: Vec<String>,
    /// What it was read from.
    pub sheet: Sheet,
}

/// Reads a population file, or gives every row that is wrong.
pub fn read(bytes: &[u8], choice: &Choice) -> Result<PopulationFile, Unreadable> {
    let all = [KIND, NAME, GRADE, STUDENTS];
    let sheet = Sheet::read_for(bytes, &all, &all, choice)?;
    let columns = Columns::find(&sheet, &all, &all).map_err(Unreadable::File)?;
    let (mut population, mut bad, mut seen) = (Population::default(), Vec::new(), HashSet::new());
    let mut spellings = Spellings::default();
    for row in &sheet.rows {
        let mut reader = RowReader::new(row, &columns, &mut bad);
        let is_society = reader.required(KIND, 10).and_then(|_| reader.word(KIND, KINDS));
        let name = reader.required(NAME, 60).map(|name| spellings.first(name));
        let grade = reader.entry_year(GRADE);
        let students = reader.students(STUDENTS);
        if !reader.is_clean() {
            continue;
        }
        let (Some(is_society), Some(name)) = (is_society, name) else { continue };
        if is_society && grade.is_some() {
            reader.fault(GRADE, "社团一行的年级应留空");
        } else if !seen.insert((is_society, name.clone(), grade.clone())) {
            reader.fault(NAME, "同一院系同一年级（或同一社团）重复出现");
        } else if is_society {
            population.societies.push(name);
        } else {
            match (grade, students) {
                (Some(grade), Some(students)) => {
                    population.cohorts.push(Cohort { college: name, grade, students });
                }
                (None, _) => reader.fault(GRADE, "院系一行须填年级"),
                (_, None) => reader.fault(STUDENTS, "院系一行须填人数"),
            }
        }
    }
    if bad.is_empty() {
        Ok(PopulationFile { population, ignored: columns.ignored, sheet })
    } else {
        Err(Unreadable::Rows(bad))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_rows_are_all_named() {
        let text = "类别,名称,年级,人数\n院系,甲,2024,\n院系,甲,2024,3\n社团,合唱团,2024,\n班级,乙,2024,1\n院系,丙,,5\n社团,书画社,,\n院系,丁,2023,1.5\n";
        let Err(Unreadable::Rows(bad)) = read(text.as_bytes(), &Choice::default()) else { panic!("must be refused") };
        let places: Vec<(u32, &str)> = bad.iter().map(|bad| (bad.row, bad.column.as_str())).collect();
        assert_eq!(places, [(2, "人数"), (3, "名称"), (4, "年级"), (5, "类别"), (6, "年级"), (8, "人数")]);
    }

    #[test]
    fn one_college_is_one_however_it_is_spaced() {
        let read = |text: &str| read(text.as_bytes(), &Choice::default());
        let PopulationFile { population, .. } =
            read("类别,名称,年级,人数\n院系,大学院,2024级,\"1,200\"\n学院,大 学院,23级,30人\n").unwrap();
        let found: Vec<_> = population.cohorts.iter().map(|one| (one.college.as_str(), one.students)).collect();
        assert_eq!(found, [("大学院", 1200), ("大学院", 30)]);
        let twice = read("类别,名称,年级,人数\n院系,大学院,2024,1\n院系,大　学院,24级,2\n");
        assert!(matches!(twice, Err(Unreadable::Rows(bad)) if bad[0].column == "名称"));
    }

    #[test]
    fn a_society_needs_no_number() {
        let text = "人数,名称,年级,类别,备注\n,合唱团,,社团,x\n30,甲,2024级,院系,\n";
        let PopulationFile { population, ignored, .. } = read(text.as_bytes(), &Choice::default()).unwrap();
        assert_eq!(population.societies, ["合唱团"]);
        assert_eq!(population.cohorts[0].grade, "2024");
        assert_eq!(ignored, ["备注"]);
    }
}
