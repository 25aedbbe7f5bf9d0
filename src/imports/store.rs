//! SQL of imports. Every step is a few statements over whole sets of rows.

use sqlx::{PgConnection, types::Uuid};
use time::{Duration, OffsetDateTime};

use super::file::{Kind, Line, grants};
use crate::{
    auth::acting::Acting,
    directory,
    failure::Failure,
    ids::{AccountId, ImportId, InstitutionId},
    imports::progress::Progress,
    office::Registrar,
    people::student::Basis,
};

/// Rows written between two looks at the progress.
const BATCH: i32 = 2_000;
/// How long a preview that nobody commits is kept, and wrong rows after a commit.
const KEPT: Duration = Duration::days(7);
/// Stands between two cells, and for a blank one, on the way into the database: cells hold no control characters.
const BETWEEN: char = '\u{1f}';
const BLANK: char = '\u{1e}';

/// A file to be previewed.
#[derive(Debug)]
pub struct NewImport {
    pub kind: Kind,
    /// What its uploader calls it.
    pub file_name: String,
    pub sha256: Vec<u8>,
    /// Grades: over what time, the time in words, and who vouches for them.
    pub grades: Option<(Basis, String, String)>,
    /// Offices: holders of the same places whom the file does not name are ended with its terms.
    pub end_others: bool,
    pub lines: Vec<Line>,
}

/// Takes a file in for a preview and says of each row what it would do.
pub async fn stage(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    new: &NewImport,
    now: OffsetDateTime,
) -> Result<ImportId, Failure> {
    let id = ImportId::random();
    let grades = new.grades.as_ref();
    sqlx::query!(
        "insert into import (id, institution_id, kind, file_name, sha256, basis, period, source, by_account, office, at,
                             state, rows, end_others)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'previewed', $12, $13)",
        id.0,
        acting.institution().0,
        new.kind.slug(),
        new.file_name,
        new.sha256,
        grades.map(|(basis, _, _)| basis.slug()),
        grades.map(|(_, period, _)| period.as_str()),
        grades.map(|(_, _, source)| source.as_str()),
        acting.person().account.0,
        acting.office().label(),
        now,
        i32::try_from(new.lines.len()).unwrap_or(i32::MAX),
        new.end_others
    )
    .execute(&mut *connection)
    .await?;
    for lines in new.lines.chunks(5_000) {
        let rows: Vec<i32> = lines.iter().map(|line| i32::try_from(line.row).unwrap_or(i32::MAX)).collect();
        let cells: Vec<String> = lines.iter().map(joined).collect();
        let wrongs: Vec<&str> = lines.iter().map(|line| line.wrong.as_str()).collect();
        sqlx::query!(
            "insert into import_row (import_id, row, state, cells, says)
             select $1, u.row, case when u.wrong = '' then 'added' else 'wrong' end,
                    string_to_array(u.cells, $5, $6), u.wrong
             from unnest($2::integer[], $3::text[], $4::text[]) as u(row, cells, wrong)",
            id.0,
            &rows,
            &cells,
            &wrongs as &[&str],
            BETWEEN.to_string(),
            BLANK.to_string()
        )
        .execute(&mut *connection)
        .await?;
    }
    // The planner has not seen the new rows yet.
    sqlx::query!("analyze import_row").execute(&mut *connection).await?;
    compare(connection, acting, id, new.kind, now).await?;
    Ok(id)
}

fn joined(line: &Line) -> String {
    let mut text = String::new();
    for (place, cell) in line.cells.iter().enumerate() {
        if place > 0 {
            text.push(BETWEEN);
        }
        match cell {
            Some(cell) => text.push_str(cell),
            None => text.push(BLANK),
        }
    }
    text
}

/// Says of each row that is not wrong what it would do as the database stands now, and counts.
async fn compare(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    id: ImportId,
    kind: Kind,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let institution = acting.institution();
    match kind {
        Kind::Students => compare_students(connection, id, institution, now).await?,
        Kind::Grades => compare_grades(connection, id, institution, now).await?,
        Kind::Offices => compare_offices(connection, acting, id, now).await?,
    }
    sqlx::query!(
        "update import i set added = c.added, changed = c.changed, same = c.same, wrong = c.wrong
         from (select count(*) filter (where state = 'added')::integer as added,
                      count(*) filter (where state = 'changed')::integer as changed,
                      count(*) filter (where state = 'same')::integer as same,
                      count(*) filter (where state = 'wrong')::integer as wrong
               from import_row where import_id = $1) c
         where i.id = $1",
        id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn compare_students(
    connection: &mut PgConnection,
    id: ImportId,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "update import_row r set
             state = case when d.wrong <> '' then 'wrong' when d.student is null then 'added'
                          when d.changes = '' then 'same' else 'changed' end,
             says = case when d.wrong <> '' then d.wrong else d.changes end
         from (
             select r.row, s.id as student,
                    case when s.left_on is not null and s.left_on <= china_day($3)
                             then '学号：该生已于 ' || s.left_on || ' 离校；复学请先在“人员”里恢复在校'
                         when target.ended_on is not null and target.id is distinct from k.id
                             then '班级：该班已合并、结束或即将毕业'
                         when a.id is not null and a.name <> r.cells[2] then '学号：已有他人的账号使用这个学号'
                         when a.id is not null and is_staff(a.id, $3)
                             then '学号：已有担任工作职务的账号使用这个学号，请先由系统管理员核对'
                         when s.name <> r.cells[2] and own.id is not null and is_staff(own.id, $3)
                             then '姓名：此人担任工作职务，姓名由系统管理员更正'
                         else '' end as wrong,
                    case when s.id is null then '' else concat_ws('；',
                        case when s.name <> r.cells[2] then '姓名：' || s.name || ' → ' || r.cells[2] end,
                        case when k.id is distinct from target.id
                             then '班级：' || k.name || ' → ' || r.cells[7] end,
                        case when r.cells[8] is not null and s.political is distinct from r.cells[8]
                             then '政治面貌：' || coalesce(s.political, '未登记') || ' → ' || r.cells[8] end,
                        case when r.cells[9] is not null and s.gender is distinct from r.cells[9]
                             then '性别：' || coalesce(s.gender, '未登记') || ' → ' || r.cells[9] end,
                        case when r.cells[10] is not null and s.ethnic is distinct from r.cells[10]
                             then '民族：' || coalesce(s.ethnic, '未登记') || ' → ' || r.cells[10] end) end as changes
             from import_row r
                  left join student s on s.institution_id = $2 and s.number = r.cells[1]
                  left join class k on k.id = s.class_id
                  left join college tc on tc.institution_id = $2 and tc.name = r.cells[3]
                  left join major tm on tm.college_id = tc.id and tm.name = r.cells[4]
                       and tm.level = level_slug(r.cells[5])
                  left join class target on target.major_id = tm.id and target.entry_year = r.cells[6]::integer
                       and target.name = r.cells[7]
                  left join account a on s.id is null and a.institution_id = $2 and a.number = r.cells[1]
                  left join account own on own.student_id = s.id
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

async fn compare_grades(
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

async fn compare_offices(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    id: ImportId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    // Whoever commits must be able to grant, not only whoever uploaded.
    let may_grant: Vec<&str> = grants(acting.office().kind).iter().map(|kind| kind.label()).collect();
    sqlx::query!(
        "update import_row r set
             state = case when d.wrong <> '' then 'wrong' when d.held is not null then 'same' else 'added' end,
             says = case when d.wrong <> '' then d.wrong when d.held is not null then d.held
                         when d.account is null then '新账号，需要激活码' else '' end
         from (
             select r.row, a.id as account,
                    case when r.cells[3] <> all($4::text[]) then '职务：由系统管理员授予，当前职务不能导入'
                         when r.cells[1] = $5 then '学号（工号）：不能给自己授予职务'
                         when r.cells[4] is not null and c.id is null then '院系：没有这个院系'
                         when r.cells[5] is not null and k.n = 0 then '班级：没有这个班级，请核对班级全称'
                         when r.cells[5] is not null and k.n > 1 then '班级：有几个班级同名'
                         when coalesce(s.name, a.name, r.cells[2]) <> r.cells[2]
                             then '姓名：与学号（工号）不符，该号码是' || coalesce(s.name, a.name)
                         when s.left_on is not null and s.left_on <= r.cells[6]::date then '学号（工号）：该生已离校'
                         when a.disabled_at is not null then '学号（工号）：账号已停用'
                         when o.term is not null and not o.term @> f.term
                             then '任职第一天：与现任期重叠（' || lower(o.term)
                                  || coalesce(' 至 ' || (upper(o.term) - 1), ' 起长期') || '），续任请从现任期之后填起'
                         else '' end as wrong,
                    '已担任（' || lower(o.term) || ' 起' || coalesce('，至 ' || (upper(o.term) - 1), '') || '）' as held
             from import_row r
                  cross join lateral (select daterange(r.cells[6]::date, r.cells[7]::date + 1) as term) f
                  left join account a on a.institution_id = $2 and a.number = r.cells[1]
                  left join student s on s.institution_id = $2 and s.number = r.cells[1]
                  left join college c on c.institution_id = $2 and c.name = r.cells[4]
                  left join lateral (
                      select count(*) as n, min(k.id::text)::uuid as id from class k join major m on m.id = k.major_id
                             join college kc on kc.id = m.college_id
                      where kc.institution_id = $2 and k.name = r.cells[5]
                            and (k.ended_on is null or k.ended_on > china_day($3))) k on true
                  left join lateral (
                      select daterange(o.from_day, o.until_day) as term from office o
                      where o.account_id = a.id and o.ended_at is null and o.kind = office_slug(r.cells[3])
                            and o.college_id is not distinct from c.id and o.class_id is not distinct from k.id
                            and daterange(o.from_day, o.until_day) && f.term
                      order by o.from_day limit 1) o on true
             where r.import_id = $1 and r.state <> 'wrong'
         ) d
         where r.import_id = $1 and r.row = d.row",
        id.0,
        acting.institution().0,
        now,
        &may_grant as &[&str],
        acting.person().number
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A file as its page shows it.
#[derive(Debug, Clone)]
pub struct Import {
    pub id: ImportId,
    /// Its kind, by its stable word.
    pub kind: String,
    /// What its uploader calls it.
    pub file_name: String,
    /// Grades: the basis by its stable word.
    pub basis: Option<String>,
    /// Grades: the time in words.
    pub period: Option<String>,
    /// Grades: who vouches for them.
    pub source: Option<String>,
    pub by: String,
    pub office: String,
    pub at: OffsetDateTime,
    /// `previewed`, `committed` or `discarded`.
    pub state: String,
    /// When it was committed or discarded.
    pub settled_at: Option<OffsetDateTime>,
    /// Rows in the file.
    pub rows: i32,
    /// Rows that add something.
    pub added: i32,
    /// Rows that change something.
    pub changed: i32,
    /// Rows that change nothing.
    pub same: i32,
    /// Rows that cannot be used.
    pub wrong: i32,
    /// Offices: other holders are ended.
    pub end_others: bool,
}

impl Import {
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        self.kind.parse().ok()
    }

    /// What its uploader called it, while that is kept.
    #[must_use]
    pub fn title(&self) -> &str {
        if self.file_name.is_empty() { "（文件名已清除）" } else { &self.file_name }
    }

    #[must_use]
    pub fn kind_label(&self) -> &'static str {
        self.kind().map_or("", Kind::label)
    }

    /// Grades: over what time, in words.
    #[must_use]
    pub fn basis_label(&self) -> &'static str {
        self.basis.as_deref().and_then(|slug| slug.parse().ok()).map_or("", Basis::label)
    }
}

/// A university's files, newest first; or one of them.
pub async fn list(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<ImportId>,
) -> Result<Vec<Import>, Failure> {
    let rows = sqlx::query_as!(
        Import,
        r#"select i.id as "id: ImportId", i.kind, i.file_name, i.basis, i.period, i.source, a.name as by, i.office, i.at,
                  i.state, i.settled_at, i.rows, i.added, i.changed, i.same, i.wrong, i.end_others
           from import i join account a on a.id = i.by_account
           where i.institution_id = $1 and ($2::uuid is null or i.id = $2) order by i.at desc, i.id limit 50"#,
        institution.0,
        one.map(|id| id.0)
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A row of a preview.
#[derive(Debug)]
pub struct PreviewRow {
    /// The number that the spreadsheet program shows.
    pub row: i32,
    pub cells: Vec<String>,
    /// What changes, or what is wrong.
    pub says: String,
}

/// Rows of one state, from a place on.
pub async fn rows(
    connection: &mut PgConnection,
    id: ImportId,
    state: &str,
    (skip, most): (i64, i64),
) -> Result<Vec<PreviewRow>, Failure> {
    let rows = sqlx::query!(
        r#"select row, array(select coalesce(c, '') from unnest(cells) with ordinality as u(c, n) order by n) as "cells!",
                  says
           from import_row where import_id = $1 and state = $2 order by row offset $3 limit $4"#,
        id.0,
        state,
        skip,
        most
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| PreviewRow { row: row.row, cells: row.cells, says: row.says }).collect())
}

/// Colleges, majors and classes that the file names and that do not exist yet.
#[derive(Debug, Default)]
pub struct NewStructure {
    pub colleges: Vec<String>,
    /// Majors with their college.
    pub majors: Vec<String>,
    pub classes: Vec<String>,
}

/// What a list of students would set up.
pub async fn new_structure(
    connection: &mut PgConnection,
    id: ImportId,
    institution: InstitutionId,
) -> Result<NewStructure, Failure> {
    let row = sqlx::query!(
        r#"with named as (
               select distinct r.cells[3] as college, r.cells[4] as major, r.cells[5] as level, r.cells[6] as year,
                      r.cells[7] as class
               from import_row r where r.import_id = $1 and r.state in ('added', 'changed')
           ), known as (
               select n.*, c.id as college_id, m.id as major_id, k.id as class_id
               from named n left join college c on c.institution_id = $2 and c.name = n.college
                    left join major m on m.college_id = c.id and m.name = n.major
                         and m.level = level_slug(n.level)
                    left join class k on k.major_id = m.id and k.entry_year = n.year::integer and k.name = n.class
           )
           select array(select distinct college from known where college_id is null order by 1) as "colleges!",
                  array(select distinct college || ' ' || major || '（' || level || '）' from known
                        where major_id is null order by 1) as "majors!",
                  array(select distinct class || '（' || college || ' ' || major || '）' from known
                        where class_id is null order by 1) as "classes!""#,
        id.0,
        institution.0
    )
    .fetch_one(connection)
    .await?;
    Ok(NewStructure { colleges: row.colleges, majors: row.majors, classes: row.classes })
}

/// People whom the file does not name although it names their college, or their place: number, name, where.
pub async fn missing(
    connection: &mut PgConnection,
    import: &Import,
    institution: InstitutionId,
    most: i64,
    now: OffsetDateTime,
) -> Result<(Vec<(String, String, String)>, i64), Failure> {
    let rows = match import.kind() {
        Some(Kind::Students) => sqlx::query!(
            r#"select s.number as "number!", s.name as "name!", k.name as "place!", count(*) over () as "total!"
                   from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
                        join college c on c.id = m.college_id
                   where s.institution_id = $2 and (s.left_on is null or s.left_on > china_day($4))
                         and c.name in (select cells[3] from import_row where import_id = $1)
                         and not exists (select from import_row r where r.import_id = $1 and r.cells[1] = s.number)
                   order by s.number limit $3"#,
            import.id.0,
            institution.0,
            most,
            now
        )
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(|row| (row.number, row.name, row.place, row.total))
        .collect(),
        Some(Kind::Offices) => sqlx::query!(
            r#"select a.number as "number!", a.name as "name!",
                          coalesce(c.name || ' ', k.name || ' ', '') || office_label(o.kind) as "place!",
                          count(*) over () as "total!"
                   from handed_over($1, $2, $4) o join account a on a.id = o.account_id
                        left join college c on c.id = o.college_id left join class k on k.id = o.class_id
                   order by 3, 1 limit $3"#,
            import.id.0,
            institution.0,
            most,
            now
        )
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(|row| (row.number, row.name, row.place, row.total))
        .collect(),
        Some(Kind::Grades) | None => Vec::new(),
    };
    let total = rows.first().map_or(0, |(_, _, _, total)| *total);
    Ok((rows.into_iter().map(|(number, name, place, _)| (number, name, place)).collect(), total))
}

/// How a commit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    Done,
    /// Something else was changed since the preview: it was made anew, and nothing else was written.
    Moved,
    /// It was committed or discarded before.
    Settled,
}

/// Somebody who came into an office by a file, or went out of one.
#[derive(Debug)]
pub struct Move {
    pub account: AccountId,
    pub office: String,
    pub ended: bool,
}

/// Commits a previewed file in the caller's transaction; gives it and, for offices, who came and went.
///
/// # Errors
/// Where the database fails; then nothing is written.
pub async fn commit(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    id: ImportId,
    progress: &Progress,
    now: OffsetDateTime,
) -> Result<(Committed, Option<(Import, Vec<Move>)>), Failure> {
    let institution = acting.institution();
    directory::store::lock(connection, institution).await?;
    let state = sqlx::query_scalar!(
        "select state from import where id = $1 and institution_id = $2 for update",
        id.0,
        institution.0
    );
    match state.fetch_optional(&mut *connection).await?.as_deref() {
        Some("previewed") => {}
        Some(_) => return Ok((Committed::Settled, None)),
        None => return Err(Failure::Missing),
    }
    let one = |found: Vec<Import>| found.into_iter().next().ok_or(Failure::Missing);
    let before = one(list(connection, institution, Some(id)).await?)?;
    let kind = before.kind().ok_or(Failure::Missing)?;
    let digest = digest_of(connection, &before, institution, now).await?;
    compare(connection, acting, id, kind, now).await?;
    if digest_of(connection, &before, institution, now).await? != digest {
        return Ok((Committed::Moved, None));
    }
    let mut moves = Vec::new();
    let author = Author { account: acting.person().account.0, office: acting.office().label() };
    match kind {
        Kind::Students => {
            set_up(connection, id, institution).await?;
            each_batch(connection, id, progress, Step::Students, &author, now).await?;
        }
        Kind::Grades => each_batch(connection, id, progress, Step::Grades, &author, now).await?,
        Kind::Offices => {
            moves = commit_offices(connection, &before, institution, now).await?;
            progress.add(u64::try_from(before.rows).unwrap_or(0));
        }
    }
    sqlx::query!("update import set state = 'committed', settled_at = $2 where id = $1", id.0, now)
        .execute(&mut *connection)
        .await?;
    // Staged personal data go as soon as they have served; what is wrong stays a while for the file to take back.
    sqlx::query!("delete from import_row where import_id = $1 and state <> 'wrong'", id.0)
        .execute(&mut *connection)
        .await?;
    Ok((Committed::Done, Some((before, moves))))
}

/// What a preview says, as a hash: two that say the same are the same.
async fn digest_of(
    connection: &mut PgConnection,
    import: &Import,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(Option<String>, Option<String>), Failure> {
    let digest = sqlx::query_scalar!(
        "select md5(string_agg(row || state || says, ',' order by row)) from import_row where import_id = $1",
        import.id.0
    )
    .fetch_one(&mut *connection)
    .await?;
    let others = sqlx::query_scalar!(
        "select md5(string_agg(office_id || coalesce(until_day::text, '') || new_day, ',' order by office_id))
         from handed_over($1, $2, $3)",
        import.id.0,
        institution.0,
        now
    );
    let others = if import.end_others { others.fetch_one(connection).await? } else { None };
    Ok((digest, others))
}

struct Author {
    account: Uuid,
    office: String,
}

#[derive(Clone, Copy)]
enum Step {
    Students,
    Grades,
}

async fn each_batch(
    connection: &mut PgConnection,
    id: ImportId,
    progress: &Progress,
    step: Step,
    author: &Author,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let last = sqlx::query_scalar!("select max(row) from import_row where import_id = $1", id.0)
        .fetch_one(&mut *connection)
        .await?
        .unwrap_or(0);
    let mut from = 0;
    while from <= last {
        let until = from.saturating_add(BATCH);
        match step {
            Step::Students => write_students(connection, id, (from, until), author, now).await?,
            Step::Grades => write_grades(connection, id, (from, until), author, now).await?,
        }
        progress.add(u64::try_from(BATCH.min(last - from + 1)).unwrap_or(0));
        from = until;
    }
    Ok(())
}

/// Sets up colleges, majors and classes that the file names.
async fn set_up(connection: &mut PgConnection, id: ImportId, institution: InstitutionId) -> Result<(), Failure> {
    sqlx::query!(
        "insert into college (id, institution_id, name)
         select gen_random_uuid(), $2, n.name
         from (select distinct cells[3] as name from import_row
               where import_id = $1 and state in ('added', 'changed')) n
         on conflict do nothing",
        id.0,
        institution.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into major (id, college_id, name, level)
         select gen_random_uuid(), c.id, n.name, n.level
         from (select distinct cells[3] as college, cells[4] as name,
                      level_slug(cells[5]) as level
               from import_row where import_id = $1 and state in ('added', 'changed')) n
              join college c on c.institution_id = $2 and c.name = n.college
         on conflict do nothing",
        id.0,
        institution.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into class (id, major_id, entry_year, name)
         select gen_random_uuid(), m.id, n.year, n.name
         from (select distinct cells[3] as college, cells[4] as major,
                      level_slug(cells[5]) as level, cells[6]::integer as year, cells[7] as name
               from import_row where import_id = $1 and state in ('added', 'changed')) n
              join college c on c.institution_id = $2 and c.name = n.college
              join major m on m.college_id = c.id and m.name = n.major and m.level = n.level
         on conflict do nothing",
        id.0,
        institution.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_students(
    connection: &mut PgConnection,
    id: ImportId,
    (from, until): (i32, i32),
    author: &Author,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "with file as (
             select r.state, r.cells, i.institution_id, i.file_name, k.id as class_id, k.name as class_name
             from import_row r join import i on i.id = r.import_id
                  join college c on c.institution_id = i.institution_id and c.name = r.cells[3]
                  join major m on m.college_id = c.id and m.name = r.cells[4]
                       and m.level = level_slug(r.cells[5])
                  join class k on k.major_id = m.id and k.entry_year = r.cells[6]::integer and k.name = r.cells[7]
             where r.import_id = $1 and r.row >= $2 and r.row < $3 and r.state in ('added', 'changed')
         ), new as (
             insert into student (id, institution_id, number, name, class_id, political, gender, ethnic)
             select gen_random_uuid(), institution_id, cells[1], cells[2], class_id, cells[8], cells[9], cells[10]
             from file where state = 'added'
             returning id, institution_id, number
         ), linked as (
             update account a set student_id = new.id from new
             where a.institution_id = new.institution_id and a.number = new.number and a.student_id is null
             returning a.id, a.institution_id, a.password_hash
         ), students_too as (
             insert into office (id, account_id, institution_id, kind, from_day, granted_at)
             select gen_random_uuid(), id, institution_id, 'student', china_day($4), $4
             from linked where password_hash is not null
             on conflict do nothing
         ), was as (
             select s.*, k.name as old_class, f.cells, f.class_id as new_class_id, f.class_name, f.file_name
             from file f join student s on s.institution_id = f.institution_id and s.number = f.cells[1]
                  join class k on k.id = s.class_id
             where f.state = 'changed'
         ), done as (
             update student s set name = was.cells[2], class_id = was.new_class_id,
                    political = coalesce(was.cells[8], s.political), gender = coalesce(was.cells[9], s.gender),
                    ethnic = coalesce(was.cells[10], s.ethnic)
             from was where s.id = was.id
         ), account_follows as (
             update account a set name = was.cells[2] from was where a.student_id = was.id and a.name <> was.cells[2]
         ), branch as (
             -- Whoever changes class hands the old class's branch over.
             update office o set ended_at = $4 from account a, was
             where a.student_id = was.id and o.account_id = a.id and o.kind = 'class_branch' and o.ended_at is null
                   and o.class_id = was.class_id and was.class_id <> was.new_class_id
         )
         insert into student_change (id, student_id, at, by_account, office, field, before, after, reason, import_id)
         select gen_random_uuid(), was.id, $4, $5, $6, f.field, f.before, f.after, left('导入：' || was.file_name, 200), $1
         from was cross join lateral (values
             ('name', was.name, was.cells[2], was.name <> was.cells[2]),
             ('class', was.old_class, was.class_name, was.class_id <> was.new_class_id),
             ('political', was.political, was.cells[8], was.cells[8] is not null
                 and was.political is distinct from was.cells[8]),
             ('gender', was.gender, was.cells[9], was.cells[9] is not null and was.gender is distinct from was.cells[9]),
             ('ethnic', was.ethnic, was.cells[10], was.cells[10] is not null
                 and was.ethnic is distinct from was.cells[10])
         ) as f(field, before, after, differs)
         where f.differs",
        id.0,
        from,
        until,
        now,
        author.account,
        author.office
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_grades(
    connection: &mut PgConnection,
    id: ImportId,
    (from, until): (i32, i32),
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
        id.0,
        from,
        until,
        now,
        author.account
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn commit_offices(
    connection: &mut PgConnection,
    import: &Import,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<Vec<Move>, Failure> {
    let (id, mut moves) = (import.id.0, Vec::new());
    if import.end_others {
        // Before the new ones are granted: who hands over a place holds it to the day before.
        let ended = sqlx::query!(
            r#"with gone as (
                 update office o set until_day = case when x.from_day < x.new_day then x.new_day else o.until_day end,
                        ended_at = case when x.from_day < x.new_day then null else $3::timestamptz end
                 from handed_over($1, $2, $3) x where o.id = x.office_id
                 returning o.account_id, o.kind, o.college_id, o.class_id, x.new_day
             ), worded as (
                 select g.account_id, g.new_day,
                        coalesce(c.name || ' ', k.name || ' ', '') || office_label(g.kind) as office
                 from gone g left join college c on c.id = g.college_id left join class k on k.id = g.class_id
             ), told as (
                 insert into notice (id, institution_id, account_id, subject, body, href, at)
                 select gen_random_uuid(), $2, account_id, left('你不再担任' || office, 80),
                        '换届，任职到 ' || (new_day - 1) || ' 为止。', '/me#offices', $3 from worded
             )
             select account_id as "account!: AccountId", office as "office!" from worded"#,
            id,
            institution.0,
            now
        )
        .fetch_all(&mut *connection)
        .await?;
        moves.extend(ended.into_iter().map(|row| Move { account: row.account, office: row.office, ended: true }));
    }
    sqlx::query!(
        "insert into account (id, institution_id, number, name, must_change_password, created_at, student_id)
         select distinct on (r.cells[1]) gen_random_uuid(), $2::uuid, r.cells[1], r.cells[2], false, $3::timestamptz, s.id
         from import_row r left join student s on s.institution_id = $2 and s.number = r.cells[1]
         where r.import_id = $1 and r.state = 'added'
         on conflict (institution_id, number) do nothing",
        id,
        institution.0,
        now
    )
    .execute(&mut *connection)
    .await?;
    let granted = sqlx::query!(
        r#"with granted as (
             insert into office (id, account_id, institution_id, kind, college_id, class_id, from_day, until_day,
                                 granted_at)
             select gen_random_uuid(), a.id, $2, office_slug(r.cells[3]), c.id, k.id, r.cells[6]::date,
                    least(r.cells[7]::date + 1, s.left_on), $3
             from import_row r join account a on a.institution_id = $2 and a.number = r.cells[1]
                  left join student s on s.id = a.student_id
                  left join college c on c.institution_id = $2 and c.name = r.cells[4]
                  left join class k on k.id = open_class($2, r.cells[5], china_day($3))
             where r.import_id = $1 and r.state = 'added'
             on conflict do nothing
             returning account_id, kind, college_id, class_id, from_day
         ), worded as (
             select g.account_id, g.kind, g.from_day,
                    coalesce(c.name || ' ', k.name || ' ', '') || office_label(g.kind) as office
             from granted g left join college c on c.id = g.college_id left join class k on k.id = g.class_id
         ), voided as (
             -- Slips that were printed for a student open nothing more once an office beyond the class comes with it.
             update activation v set voided_at = $3 from worded w
             where v.account_id = w.account_id and w.kind <> 'class_branch' and v.purpose = 'first'
                   and v.used_at is null and v.voided_at is null
         ), told as (
             insert into notice (id, institution_id, account_id, subject, body, href, at)
             select gen_random_uuid(), $2, account_id, left('你担任了新的职务：' || office, 80),
                    '自 ' || from_day || ' 起。', '/me#offices', $3 from worded
         )
         select account_id as "account!: AccountId", office as "office!" from worded"#,
        id,
        institution.0,
        now
    )
    .fetch_all(connection)
    .await?;
    moves.extend(granted.into_iter().map(|row| Move { account: row.account, office: row.office, ended: false }));
    Ok(moves)
}

/// Discards a previewed file with its rows; `false` where it was settled before.
pub async fn discard(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    id: ImportId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update import set state = 'discarded', settled_at = $3
         where id = $1 and institution_id = $2 and state = 'previewed'",
        id.0,
        acting.institution().0,
        now
    );
    let discarded = done.execute(&mut *connection).await?.rows_affected() == 1;
    if discarded {
        sqlx::query!("delete from import_row where import_id = $1", id.0).execute(connection).await?;
    }
    Ok(discarded)
}

/// Clears away the rows of files that nobody committed or took back within a week.
pub async fn clear_old(connection: &mut PgConnection, now: OffsetDateTime) -> Result<(), Failure> {
    sqlx::query!(
        "update import set state = 'discarded', settled_at = $1 where state = 'previewed' and at < $2",
        now,
        now - KEPT
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from import_row r using import i where i.id = r.import_id and i.settled_at < $1", now - KEPT)
        .execute(connection)
        .await?;
    Ok(())
}
