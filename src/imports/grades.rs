//! Lists of grades: their columns, what each row would do, and its writing. A later file never rewrites an earlier fact.

use std::ops::Range;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    columns::number,
    import::{Author, Import, Layout},
};
use crate::{
    database::Locked,
    failure::Failure,
    ids::{ImportId, InstitutionId},
    sheet::{RowReader, roster::read_rank},
};

pub(super) const LAYOUT: Layout = Layout {
    columns: &[("学号", &[]), ("姓名", &[]), ("专业排名", &[]), ("专业人数", &[]), ("不及格门数", &[])],
    required: &["学号"],
    examples: &[&["20260101", "示例（请删去）", "3", "40", "0"]],
};

/// The cells of a row, in the order of the columns.
pub(super) fn read(reader: &mut RowReader<'_, '_>) -> Vec<Option<String>> {
    let number = number(reader, "学号");
    let name = reader.text("姓名", 50).map(str::to_owned);
    let rank = read_rank(reader);
    let failed = reader.whole("不及格门数", 0..=200);
    if rank.is_none() && failed.is_none() && reader.is_clean() {
        reader.fault("专业排名", "排名与不及格门数都是空白，这一行没有内容");
    }
    let text = |figure: Option<u32>| figure.map(|figure| figure.to_string());
    vec![number, name, text(rank.map(|rank| rank.rank)), text(rank.map(|rank| rank.cohort)), text(failed)]
}

/// Says of each row that is not wrong what it would do as the database stands now.
pub(super) async fn compare(
    connection: &mut PgConnection,
    id: ImportId,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    // What an objection has mended is not put back: a figure that stood there before the ruling is left out of the row.
    sqlx::query!(
        "update import_row r set cells[3] = case when x.rank then null else r.cells[3] end,
                cells[4] = case when x.rank then null else r.cells[4] end,
                cells[5] = case when x.failed then null else r.cells[5] end
         from (
             select r.row,
                    coalesce(bool_or(d.about = 'rank' and (e.rank, e.cohort) = (r.cells[3]::integer, r.cells[4]::integer)),
                             false) as rank,
                    coalesce(bool_or(d.about = 'failed' and e.failed = r.cells[5]::integer), false) as failed
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
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update import_row r set
             state = case when d.wrong <> '' then 'wrong' when d.known is null then 'added'
                          when d.changes = '' then 'same' else 'changed' end,
             says = case when d.wrong <> '' then d.wrong
                         else concat_ws('；', nullif(d.changes, ''),
                                        case when d.reviewed then '另一项已经异议复核，以复核为准' end) end
         from (
             select r.row, g.id as known,
                    (r.cells[3] is null or r.cells[5] is null) and exists (
                        select from grade_fact f join dispute d on d.id = f.dispute_id
                        where f.student_id = s.id and f.basis = i.basis and f.period = i.period
                              and case d.about when 'rank' then r.cells[3] is null else r.cells[5] is null end) as reviewed,
                    case when s.id is null then '学号：没有这名学生，请先导入学生名单'
                         when s.left_on is not null and s.left_on <= china_day($3) then '学号：该生已离校'
                         when r.cells[2] is not null and s.name <> r.cells[2]
                             then '姓名：与学号不符，该学号是' || s.name
                         else '' end as wrong,
                    concat_ws('；',
                        case when r.cells[3] is not null and (g.rank, g.cohort) is distinct from
                                  (r.cells[3]::integer, r.cells[4]::integer)
                             then '排名：' || coalesce(g.rank || '/' || g.cohort, '未登记') || ' → '
                                  || r.cells[3] || '/' || r.cells[4] end,
                        case when r.cells[5] is not null and g.failed is distinct from r.cells[5]::integer
                             then '不及格门数：' || coalesce(g.failed::text, '未登记') || ' → ' || r.cells[5] end
                    ) as changes
             from import_row r join import i on i.id = r.import_id
                  left join student s on s.institution_id = $2 and s.number = r.cells[1]
                  left join lateral (
                      select g.id, g.rank, g.cohort, g.failed from grade_fact g
                      where g.student_id = s.id and g.basis = i.basis and g.period = i.period
                      order by g.recorded_at desc, g.id limit 1) g on true
             where r.import_id = $1 and r.state <> 'wrong'
         ) d
         where r.import_id = $1 and r.row = d.row",
        id.0,
        institution.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
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
             (id, student_id, basis, period, rank, cohort, failed, source, recorded_at, recorded_by, import_id)
         select gen_random_uuid(), s.id, i.basis, i.period, coalesce(r.cells[3]::integer, g.rank),
                case when r.cells[3] is null then g.cohort else r.cells[4]::integer end,
                coalesce(r.cells[5]::integer, g.failed), i.source, $4, $5, i.id
         from import_row r join import i on i.id = r.import_id
              join student s on s.institution_id = i.institution_id and s.number = r.cells[1]
              left join lateral (
                  select g.rank, g.cohort, g.failed from grade_fact g
                  where g.student_id = s.id and g.basis = i.basis and g.period = i.period
                  order by g.recorded_at desc, g.id limit 1) g on true
         where r.import_id = $1 and r.row >= $2 and r.row < $3 and r.state in ('added', 'changed')",
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
