//! Spellings of a file as those that stand in the database already: whoever pads a name, writes a number in capitals or
//! leaves a blank in a class's name means the one that is there. Afterwards rows are compared by plain equality.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sqlx::PgConnection;

use super::{
    import::{BETWEEN, BLANK, Kind},
    judged::{StagedRow, about_known, usable},
};
use crate::{
    failure::Failure,
    ids::{ImportId, InstitutionId},
    name::number_key,
};

/// Takes over the known spellings for the rows that are not wrong.
pub(super) async fn take_over(
    connection: &mut PgConnection,
    rows: &mut [StagedRow],
    institution: InstitutionId,
    kind: Kind,
) -> Result<(), Failure> {
    take_over_numbers(connection, rows, institution).await?;
    take_over_names(connection, rows, institution).await?;
    match kind {
        Kind::Students => take_over_places(connection, rows, institution).await,
        Kind::Offices => take_over_colleges(connection, rows, institution).await,
        Kind::Grades => Ok(()),
    }
}

/// Writes the rows that are spelt otherwise than they stand in the database.
pub(super) async fn keep(connection: &mut PgConnection, id: ImportId, rows: &[StagedRow]) -> Result<(), Failure> {
    let respelt: Vec<&StagedRow> = rows.iter().filter(|row| row.is_respelt).collect();
    if respelt.is_empty() {
        return Ok(());
    }
    let numbers: Vec<i32> = respelt.iter().map(|row| row.row).collect();
    let cells: Vec<&str> = respelt.iter().map(|row| row.cells.as_text()).collect();
    sqlx::query!(
        "update import_row r set cells = string_to_array(u.cells, $4, $5)
         from unnest($2::integer[], $3::text[]) as u(row, cells) where r.import_id = $1 and r.row = u.row",
        id.0,
        &numbers,
        &cells as &[&str],
        BETWEEN.to_string(),
        BLANK.to_string()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Who has a number, in whatever spelling, or once had it.
#[derive(Default)]
struct Holders {
    /// The spelling of a student's number, of several the one before the others.
    student: Option<String>,
    /// Likewise of an account's.
    account: Option<String>,
    /// Spellings beside those.
    twins: Vec<String>,
}

impl Holders {
    /// How the number is spelt there, where it is not spelt so by anybody: whose exact number is there stays, even beside
    /// another that differs in case alone.
    fn respelt(&self, number: &str) -> Option<&str> {
        let mut spellings = self.student.iter().chain(&self.account).chain(&self.twins);
        if spellings.any(|spelling| spelling == number) {
            return None;
        }
        self.student.as_deref().or(self.account.as_deref())
    }
}

/// Takes over numbers, and notes of whom somebody has the number: one look for both, and those that follow look for nobody
/// else.
async fn take_over_numbers(
    connection: &mut PgConnection,
    rows: &mut [StagedRow],
    institution: InstitutionId,
) -> Result<(), Failure> {
    // Keys are made here: of forty thousand the database would make each with two functions of its own.
    let keys: Vec<String> = usable(rows).filter_map(|row| row.cells.get(0)).map(number_key).collect();
    let found = sqlx::query!(
        r#"select number_key as "key!", number as "number?", true as "is_student!", number_twin as "is_twin!"
           from student where institution_id = $1 and number_key = any($2)
           union all
           select number_key, number, false, number_twin from account where institution_id = $1 and number_key = any($2)
           union all
           select number_key, null, false, true from former_number where institution_id = $1 and number_key = any($2)"#,
        institution.0,
        &keys
    )
    .fetch_all(connection)
    .await?;
    if found.is_empty() {
        return Ok(());
    }
    let mut known = HashMap::<String, Holders>::with_capacity(found.len());
    for row in found {
        let holders = known.entry(row.key).or_default();
        match (row.number, row.is_twin, row.is_student) {
            (Some(number), true, _) => holders.twins.push(number),
            (Some(number), false, true) => holders.student = Some(number),
            (Some(number), false, false) => holders.account = Some(number),
            (None, _, _) => {}
        }
    }
    for row in rows.iter_mut().filter(|row| row.is_usable()) {
        let Some(holders) = row.cells.get(0).and_then(|number| known.get(&number_key(number))) else { continue };
        row.is_about_known = true;
        if let Some(number) = row.cells.get(0).and_then(|number| holders.respelt(number)) {
            row.respell(0, number);
        }
    }
    Ok(())
}

async fn take_over_names(
    connection: &mut PgConnection,
    rows: &mut [StagedRow],
    institution: InstitutionId,
) -> Result<(), Failure> {
    let (mut places, mut numbers, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for row in about_known(rows) {
        let mut cells = row.cells.each();
        if let (Some(Some(number)), Some(Some(name))) = (cells.next(), cells.next()) {
            places.push(row.row);
            numbers.push(number);
            names.push(name);
        }
    }
    if places.is_empty() {
        return Ok(());
    }
    let found = sqlx::query!(
        r#"select x.row as "row!", p.name as "name!"
           from unnest($1::integer[], $2::text[], $3::text[]) as x(row, number, name)
                left join student s on s.institution_id = $4 and s.number = x.number
                left join account a on a.institution_id = $4 and a.number = x.number
                cross join lateral (
                    select coalesce(s.name, a.name) as name, coalesce(s.name_key, a.name_key) as name_key) p
           where p.name <> x.name and p.name_key = name_key(x.name)"#,
        &places,
        &numbers as &[&str],
        &names as &[&str],
        institution.0
    )
    .fetch_all(connection)
    .await?;
    let known: HashMap<i32, String> = found.into_iter().map(|row| (row.row, row.name)).collect();
    if known.is_empty() {
        return Ok(());
    }
    for row in rows {
        if let Some(name) = known.get(&row.row) {
            row.respell(1, name);
        }
    }
    Ok(())
}

/// Colleges by the name that the file has.
async fn take_over_colleges(
    connection: &mut PgConnection,
    rows: &mut [StagedRow],
    institution: InstitutionId,
) -> Result<(), Failure> {
    let typed: BTreeSet<&str> = usable(rows).filter_map(|row| row.cells.get(3)).collect();
    let typed: Vec<&str> = typed.into_iter().collect();
    let found = sqlx::query!(
        r#"select n.typed as "typed!", c.name as "name!"
           from unnest($1::text[]) as n(typed)
                cross join lateral (
                    select c.name from college c where c.institution_id = $2 and c.name_key = name_key(n.typed)
                    order by c.name = n.typed desc, c.name limit 1) c
           where c.name <> n.typed"#,
        &typed as &[&str],
        institution.0
    )
    .fetch_all(connection)
    .await?;
    let known: BTreeMap<String, String> = found.into_iter().map(|row| (row.typed, row.name)).collect();
    for row in rows.iter_mut().filter(|row| row.is_usable()) {
        if let Some(name) = row.cells.get(3).and_then(|typed| known.get(typed)) {
            row.respell(3, name);
        }
    }
    Ok(())
}

/// What a college, a major and a class are called in the database.
struct KnownNames {
    college: String,
    major: String,
    class: String,
}

/// Colleges, then majors in them, then classes in those; of each place that the file names once.
async fn take_over_places(
    connection: &mut PgConnection,
    rows: &mut [StagedRow],
    institution: InstitutionId,
) -> Result<(), Failure> {
    let places: HashSet<[&str; 5]> = usable(rows).map(StagedRow::place).collect();
    let column = |at: usize| places.iter().filter_map(|place| place.get(at).copied()).collect::<Vec<&str>>();
    let (colleges, majors, levels, years, classes) = (column(0), column(1), column(2), column(3), column(4));
    let found = sqlx::query!(
        r#"with keyed as materialized (
               select n.*, level_slug(n.level) as slug, name_key(n.college) as college_key,
                      name_key(n.major) as major_key, name_key(n.class) as class_key
               from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
                    as n(college, major, level, year, class)
           ), known as materialized (
               select n.college, n.major, n.level, n.year, n.class, c.name as known_college,
                      coalesce(m.name, n.major) as known_major, coalesce(k.name, n.class) as known_class
               from keyed n
                    cross join lateral (
                        select c.id, c.name from college c where c.institution_id = $6 and c.name_key = n.college_key
                        order by c.name = n.college desc, c.name limit 1) c
                    left join lateral (
                        select m.id, m.name from major m
                        where m.college_id = c.id and m.level = n.slug and m.name_key = n.major_key
                        order by m.name = n.major desc, m.name limit 1) m on true
                    left join lateral (
                        select k.name from class k
                        where k.major_id = m.id and k.entry_year = n.year::integer and k.name_key = n.class_key
                        order by k.name = n.class desc, k.name limit 1) k on true
           )
           select college as "college!", major as "major!", level as "level!", year as "year!", class as "class!",
                  known_college as "known_college!", known_major as "known_major!", known_class as "known_class!"
           from known where (known_college, known_major, known_class) <> (college, major, class)"#,
        &colleges as &[&str],
        &majors as &[&str],
        &levels as &[&str],
        &years as &[&str],
        &classes as &[&str],
        institution.0
    )
    .fetch_all(connection)
    .await?;
    let mut known = HashMap::with_capacity(found.len());
    for row in found {
        let names = KnownNames { college: row.known_college, major: row.known_major, class: row.known_class };
        known.insert([row.college, row.major, row.level, row.year, row.class], names);
    }
    if known.is_empty() {
        return Ok(());
    }
    for row in rows.iter_mut().filter(|row| row.is_usable()) {
        if let Some(names) = known.get(&row.place().map(str::to_owned)) {
            row.respell(2, &names.college);
            row.respell(3, &names.major);
            row.respell(6, &names.class);
        }
    }
    Ok(())
}
