//! Lists of grades: their columns, what each row would do, and its writing. A later file never rewrites an earlier fact.

use std::ops::Range;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    import::{Author, Import, Layout, NoneFailed, RowState},
    judged::{Judged, change, keep},
};
use crate::{
    code_words::figures,
    database::Locked,
    failure::Failure,
    ids::{ImportId, InstitutionId},
    sheet::{LONGEST_CELL, RowReader, roster::read_rank},
};

pub(super) const FAILED: &str = "不及格门数";

pub(super) const LAYOUT: Layout = Layout {
    columns: &[("学号", &[]), ("姓名", &[]), ("专业排名", &[]), ("专业人数", &[]), (FAILED, &[])],
    required: &["学号"],
    examples: &[&["20260101", "示例（请删去）", "3", "40", "0"]],
};

/// The cells of a row, in the order of the columns.
pub(super) fn read(reader: &mut RowReader<'_, '_>, none_failed: Option<NoneFailed>) -> Vec<Option<String>> {
    let number = reader.person_number("学号").map(|number| number.shown().to_owned());
    let is_named = reader.text("姓名", LONGEST_CELL).is_some();
    let name = if is_named { reader.person_name("姓名").map(|name| name.shown().to_owned()) } else { None };
    let rank = read_rank(reader);
    let failed = match none_failed.filter(|_| figures::is_none(&reader.shown(FAILED))) {
        Some(NoneFailed::Zero) => Some(0),
        Some(NoneFailed::Unknown) | None => reader.failed_courses(FAILED),
    };
    if rank.is_none() && failed.is_none() && reader.is_clean() {
        reader.fault("专业排名", "排名与不及格门数都是空白，这一行没有内容");
    }
    let text = |figure: Option<u32>| figure.map(|figure| figure.to_string());
    vec![number, name, text(rank.map(|rank| rank.rank)), text(rank.map(|rank| rank.cohort)), text(failed)]
}

/// Leaves out of rows what objections have mended.
pub(super) async fn leave_out_mended(
    connection: &mut PgConnection,
    id: ImportId,
    institution: InstitutionId,
) -> Result<(), Failure> {
    // A figure that was recorded before the ruling is not put back.
    sqlx::query!(
        "update import_row r set cells[3] = case when x.rank then null else r.cells[3] end,
                cells[4] = case when x.rank then null else r.cells[4] end,
                cells[5] = case when x.failed then null else r.cells[5] end
         from (
             select r.row,
                    coalesce(bool_or(d.about = 'rank' and f.rank_of = i.rank_of and e.rank_of = i.rank_of
                                     and (e.rank, e.cohort) = (r.cells[3]::integer, r.cells[4]::integer)),
                             false) as rank,
                    coalesce(bool_or(d.about = 'failed' and f.failed_of = i.failed_of and e.failed_of = i.failed_of
                                     and e.failed = r.cells[5]::integer), false) as failed
             from import_row r join import i on i.id = r.import_id
                  join student s on s.institution_id = $2 and s.number = r.cells[1]
                  join grade_fact f on f.student_id = s.id and f.basis = i.basis and f.period = i.period
                  join dispute d on d.id = f.dispute_id and d.upheld
                  join grade_fact e on e.student_id = s.id and e.basis = i.basis and e.period = i.period
                       and e.recorded_at < f.recorded_at
             where r.import_id = $1 and r.state <> 'wrong'
             group by r.row
         ) x
         where r.import_id = $1 and r.row = x.row and (x.rank or x.failed)",
        id.0,
        institution.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Says of some rows that are not wrong what they would do as the database is now.
pub(super) async fn compare(
    connection: &mut PgConnection,
    id: ImportId,
    institution: InstitutionId,
    rows: Range<i32>,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let found = sqlx::query!(
        r#"with file as (
               select r.row, r.cells[1] as number, r.cells[2] as name, r.cells[3]::integer as rank,
                      r.cells[4]::integer as cohort, r.cells[5]::integer as failed, i.basis, i.period, i.rank_of,
                      i.failed_of
               from import_row r join import i on i.id = r.import_id
               where r.import_id = $1 and r.row >= $4 and r.row < $5 and r.state <> 'wrong'
           )
           select f.row as "row!", f.name, f.rank, f.cohort, f.failed, s.name as "student?",
                  coalesce(s.left_on <= china_day($3), false) as "has_left!", g.id is not null as "is_known!",
                  r.rank as "old_rank?", r.cohort as "old_cohort?", g.failed as "old_failed?",
                  g.failed_of <> f.failed_of as "counts_otherwise?",
                  (f.rank is null or f.failed is null) and exists (
                      select from grade_fact x join dispute d on d.id = x.dispute_id
                      where x.student_id = s.id and x.basis = f.basis and x.period = f.period
                            and case d.about when 'rank' then f.rank is null else f.failed is null end)
                      as "is_reviewed!", now.number as "renumbered?"
           from file f
                left join student s on s.institution_id = $2 and s.number = f.number
                left join former_number old on s.id is null and old.institution_id = $2
                     and old.number_key = number_key(f.number)
                left join student now on now.id = old.student_id
                left join lateral (
                    select g.id, g.failed, g.failed_of from grade_fact g
                    where g.student_id = s.id and g.basis = f.basis and g.period = f.period
                    order by g.recorded_at desc, g.id limit 1) g on true
                -- A place in one ranking says nothing about a place in another.
                left join lateral (
                    select g.rank, g.cohort from grade_fact g
                    where g.student_id = s.id and g.basis = f.basis and g.period = f.period and g.rank_of = f.rank_of
                          and g.rank is not null
                    order by g.recorded_at desc, g.id limit 1) r on true
           order by f.row"#,
        id.0,
        institution.0,
        now,
        rows.start,
        rows.end
    )
    .fetch_all(&mut *connection)
    .await?;
    let judged = found.into_iter().map(|row| {
        if let Some(number) = row.renumbered {
            return Judged::wrong(row.row, format!("学号：该生已换学号，请改用新学号 {number}"));
        }
        let Some(student) = row.student else {
            return Judged::wrong(row.row, "学号：没有这名学生，请先导入学生名单");
        };
        if row.has_left {
            return Judged::wrong(row.row, "学号：该生已离校");
        }
        if row.name.is_some_and(|name| name != student) {
            return Judged::wrong(row.row, format!("姓名：与学号不符，该学号是{student}"));
        }
        let mut changes = Vec::new();
        if let Some((rank, cohort)) = row.rank.zip(row.cohort)
            && (row.old_rank, row.old_cohort) != (Some(rank), Some(cohort))
        {
            let old = row.old_rank.zip(row.old_cohort).map(|(rank, cohort)| format!("{rank}/{cohort}"));
            changes.push(change("排名", old.as_deref(), &format!("{rank}/{cohort}")));
        }
        let counts_otherwise = row.counts_otherwise == Some(true);
        if let Some(failed) = row.failed.filter(|failed| counts_otherwise || row.old_failed != Some(*failed)) {
            let old = row.old_failed.map(|failed| failed.to_string());
            let new = if counts_otherwise { format!("{failed}（口径不同）") } else { failed.to_string() };
            changes.push(change("不及格门数", old.as_deref(), &new));
        }
        let state = match (row.is_known, changes.is_empty()) {
            (false, _) => RowState::Added,
            (true, true) => RowState::Same,
            (true, false) => RowState::Changed,
        };
        if row.is_reviewed {
            changes.push("另一项已经异议复核，以复核为准".to_owned());
        }
        Judged { row: row.row, state, says: changes.join("；") }
    });
    keep(connection, id, &judged.collect::<Vec<_>>()).await
}

/// Writes the grades of some rows.
pub(super) async fn write(
    connection: &mut PgConnection,
    import: &Locked<Import>,
    rows: Range<i32>,
    author: &Author,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    // What the file leaves blank is taken over from the fact before it: the new one is then the whole truth of its time.
    sqlx::query!(
        "insert into grade_fact
             (id, student_id, basis, period, rank, cohort, rank_of, failed, failed_of, source, recorded_at, recorded_by,
              import_id)
         select gen_random_uuid(), s.id, i.basis, i.period, coalesce(f.rank, g.rank),
                case when f.rank is null then g.cohort else f.cohort end,
                case when f.rank is null then coalesce(g.rank_of, i.rank_of) else i.rank_of end,
                coalesce(f.failed, g.failed),
                case when f.failed is null then coalesce(g.failed_of, i.failed_of) else i.failed_of end,
                i.source, $4, $5, i.id
         from (select import_id, cells[1] as number, cells[3]::integer as rank, cells[4]::integer as cohort,
                      cells[5]::integer as failed
               from import_row where import_id = $1 and row >= $2 and row < $3 and state in ('added', 'changed')) f
              join import i on i.id = f.import_id
              join student s on s.institution_id = i.institution_id and s.number = f.number
              left join lateral (
                  select g.rank, g.cohort, g.rank_of, g.failed, g.failed_of from grade_fact g
                  where g.student_id = s.id and g.basis = i.basis and g.period = i.period
                  order by g.recorded_at desc, g.id limit 1) g on true",
        import.id.0,
        rows.start,
        rows.end,
        now,
        author.account
    )
    .execute(connection)
    .await?;
    Ok(())
}
