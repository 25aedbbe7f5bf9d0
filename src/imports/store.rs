//! SQL of imports: what is the same for every kind of file. Every step is a few statements over whole sets of rows.

use std::ops::Range;

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::{
    grades,
    import::{Author, BETWEEN, BLANK, Committed, Import, Kind, NewImport, PreviewRow, ReadAs, RowState, State},
    judged::{Judged, StagedRow, keep, note_students, put_beside, staged},
    offices, progress_store, spelling, students,
};
use crate::{
    auth::acting::Acting,
    database::Locked,
    directory,
    failure::Failure,
    ids::{ImportId, InstitutionId},
    imports::progress::Progress,
    office::Registrar,
    page::paging::RowRange,
    people::student::CoursesCounted,
    rules::measure::Measure,
};

/// Rows of grades and offices that are compared at once: what is known of each of them is held meanwhile.
const COMPARED: i32 = 10_000;
/// Rows that are written at once: progress is seen.
const WRITTEN: i32 = 10_000;
/// Rows from which on a file changes what the planner should think of a table.
const BULK: i32 = 500;
/// How long a preview that nobody commits is kept, and wrong rows after a commit.
const KEPT: Duration = Duration::days(7);

/// Takes a file in for a preview and says of each row what it would do. Students are compared before they are written:
/// written first, most rows would be written twice.
pub async fn stage(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    new: NewImport,
    now: OffsetDateTime,
) -> Result<ImportId, Failure> {
    let (id, kind, institution) = (ImportId::random(), new.kind, acting.institution());
    keep_statistics(connection).await?;
    plan_for_whole_files(connection).await?;
    insert(connection, acting, id, &new, now).await?;
    note_people(connection, id, institution, kind, now).await?;
    let mut rows: Vec<StagedRow> = new.rows.into_iter().map(StagedRow::read).collect();
    let judged = judge(connection, &mut rows, institution, kind, now).await?;
    put_beside(&mut rows, judged);
    if kind == Kind::Students {
        note_students(connection, id, &rows).await?;
    }
    for part in rows.chunks(5_000) {
        insert_rows(connection, id, part).await?;
    }
    drop(rows);
    // The planner has not seen the new rows yet.
    sqlx::query!("analyze import_row (import_id, row, state)").execute(&mut *connection).await?;
    compare_where_they_stand(connection, acting, id, kind, now).await?;
    Ok(id)
}

/// Until the transaction ends: a list of the whole school is hashed in memory and not sorted, which takes longer for names in
/// Chinese.
async fn plan_for_whole_files(connection: &mut PgConnection) -> Result<(), Failure> {
    sqlx::query!("set local work_mem = '32MB'").execute(&mut *connection).await?;
    sqlx::query!("set local enable_mergejoin = off").execute(connection).await?;
    Ok(())
}

/// Takes over known spellings, and says of the rows of a list of students what they would do. Each statement is planned for
/// the rows that it brings, and not for a few of them; whatever is written is planned once again, with the looking up of
/// foreign keys, which takes three times as long where each key is planned for.
async fn judge(
    connection: &mut PgConnection,
    rows: &mut [StagedRow],
    institution: InstitutionId,
    kind: Kind,
    now: OffsetDateTime,
) -> Result<Vec<Judged>, Failure> {
    sqlx::query!("set local plan_cache_mode = force_custom_plan").execute(&mut *connection).await?;
    spelling::take_over(connection, rows, institution, kind).await?;
    let judged = match kind {
        Kind::Students => students::judge(connection, rows, institution, now).await?,
        Kind::Grades | Kind::Offices => Vec::new(),
    };
    sqlx::query!("set local plan_cache_mode = auto").execute(connection).await?;
    Ok(judged)
}

async fn insert(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    id: ImportId,
    new: &NewImport,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let grades = new.grades.as_ref();
    sqlx::query!(
        "insert into import (id, institution_id, kind, file_name, sha256, basis, period, source, by_account, office, at,
                             state, rows, end_others, sheet, notes, ignored, rank_of, failed_of)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'previewed', $12, $13, $14, $15, $16, $17, $18)",
        id.0,
        acting.institution().0,
        new.kind.slug(),
        new.file_name,
        new.sha256,
        grades.map(|grades| grades.basis.slug()),
        grades.map(|grades| grades.period.as_str()),
        grades.map(|grades| grades.source.as_str()),
        acting.person().account.0,
        acting.office().label(),
        now,
        i32::try_from(new.rows.len()).unwrap_or(i32::MAX),
        new.end_others,
        new.read_as.sheet,
        new.read_as.notes,
        new.read_as.ignored,
        grades.map_or(Measure::USUAL, |grades| grades.measure).slug(),
        grades.map_or(CoursesCounted::All, |grades| grades.courses).slug()
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_rows(connection: &mut PgConnection, id: ImportId, rows: &[StagedRow]) -> Result<(), Failure> {
    let numbers: Vec<i32> = rows.iter().map(|row| row.row).collect();
    let cells: Vec<&str> = rows.iter().map(|row| row.cells.as_text()).collect();
    let states: Vec<&str> = rows.iter().map(|row| row.state.slug()).collect();
    let says: Vec<&str> = rows.iter().map(|row| row.says.as_str()).collect();
    sqlx::query!(
        "insert into import_row (import_id, row, state, cells, says)
         select $1, u.row, u.state, string_to_array(u.cells, $6, $7), u.says
         from unnest($2::integer[], $3::text[], $4::text[], $5::text[]) as u(row, state, cells, says)",
        id.0,
        &numbers,
        &states as &[&str],
        &cells as &[&str],
        &says as &[&str],
        BETWEEN.to_string(),
        BLANK.to_string()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Brings the planner up to date about tables that rows are compared with and that were filled in bulk: by the file before
/// this one, or a moment ago by a restore.
async fn keep_statistics(connection: &mut PgConnection) -> Result<(), Failure> {
    let stale = sqlx::query_scalar!(
        r#"select c.relname::text as "table!" from pg_class c join pg_stat_all_tables s on s.relid = c.oid
           where c.oid = any(array['student', 'account', 'grade_fact']::regclass[])
                 and (c.reltuples < 0 or s.n_mod_since_analyze > 500 + c.reltuples / 5)"#
    )
    .fetch_all(&mut *connection)
    .await?;
    for table in stale {
        // Whoever is at it already does it for all.
        match table.as_str() {
            "student" => sqlx::query!("analyze (skip_locked) student").execute(&mut *connection).await?,
            "account" => sqlx::query!("analyze (skip_locked) account").execute(&mut *connection).await?,
            _ => sqlx::query!("analyze (skip_locked) grade_fact").execute(&mut *connection).await?,
        };
    }
    Ok(())
}

/// Brings the planner up to date about the tables that a file was written to, in one statement; of few rows it knows enough.
pub(super) async fn look_at_written(connection: &mut PgConnection, import: &Import) -> Result<(), Failure> {
    if import.added.saturating_add(import.changed) < BULK {
        return Ok(());
    }
    match import.kind {
        Kind::Students => sqlx::query!("analyze (skip_locked) student, class, major").execute(connection).await?,
        Kind::Grades => sqlx::query!("analyze (skip_locked) grade_fact").execute(connection).await?,
        Kind::Offices => sqlx::query!("analyze (skip_locked) account, office").execute(connection).await?,
    };
    Ok(())
}

/// Says of each row that is not wrong what it would do as the database is now, and counts.
pub(super) async fn compare(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    id: ImportId,
    kind: Kind,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let institution = acting.institution();
    plan_for_whole_files(connection).await?;
    note_people(connection, id, institution, kind, now).await?;
    let mut rows = staged(connection, id).await?;
    let judged = judge(connection, &mut rows, institution, kind, now).await?;
    spelling::keep(connection, id, &rows).await?;
    keep(connection, id, &judged).await?;
    put_beside(&mut rows, judged);
    if kind == Kind::Students {
        note_students(connection, id, &rows).await?;
    }
    drop(rows);
    compare_where_they_stand(connection, acting, id, kind, now).await
}

/// Compares the rows of grades and of offices, which are few or have facts of their own beside them, and counts.
async fn compare_where_they_stand(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    id: ImportId,
    kind: Kind,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    match kind {
        Kind::Students => return Ok(()),
        Kind::Grades => {
            grades::leave_out_mended(connection, id, acting.institution()).await?;
            for rows in batches(connection, id, COMPARED).await? {
                grades::compare(connection, id, acting.institution(), rows, now).await?;
            }
        }
        Kind::Offices => {
            for rows in batches(connection, id, COMPARED).await? {
                offices::compare(connection, acting, id, rows, now).await?;
            }
        }
    }
    count(connection, id).await
}

async fn count(connection: &mut PgConnection, id: ImportId) -> Result<(), Failure> {
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

/// What a list of students is compared with, as one text: versions of rows, by where they lie and who wrote them, and the
/// day. Two that are equal stand for one and the same; what was copied elsewhere is another.
async fn people_now(
    connection: &mut PgConnection,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<String, Failure> {
    let row = sqlx::query_scalar!(
        r#"with version as (
               select 'student' as what, ctid::text || xmin::text as at from student where institution_id = $1
               union all
               select 'account', ctid::text || xmin::text from account where institution_id = $1
               union all
               select 'former', ctid::text || xmin::text from former_number where institution_id = $1
               union all
               select 'office', ctid::text || xmin::text from office where institution_id = $1
               union all
               select 'college', ctid::text || xmin::text from college where institution_id = $1
               union all
               select 'major', m.ctid::text || m.xmin::text
               from major m join college c on c.id = m.college_id where c.institution_id = $1
               union all
               select 'class', k.ctid::text || k.xmin::text
               from class k join major m on m.id = k.major_id join college c on c.id = m.college_id
               where c.institution_id = $1
           )
           select concat_ws(' ', china_day($2), string_agg(concat(what, n, ':', sum), ' ' order by what)) as "now!"
           from (select what, count(*) as n, sum(hashtextextended(at, 0)) as sum from version group by what) v"#,
        institution.0,
        now
    );
    Ok(row.fetch_one(connection).await?)
}

/// Notes what a list of students is about to be compared with: what changes meanwhile is another state.
async fn note_people(
    connection: &mut PgConnection,
    id: ImportId,
    institution: InstitutionId,
    kind: Kind,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    if kind == Kind::Students {
        let people = people_now(connection, institution, now).await?;
        sqlx::query!("update import set compared_with = $2 where id = $1", id.0, people).execute(connection).await?;
    }
    Ok(())
}

/// Nothing that a list of students was compared with has changed since.
async fn is_as_compared(
    connection: &mut PgConnection,
    import: &Import,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    if import.kind != Kind::Students {
        return Ok(false);
    }
    let people = people_now(connection, institution, now).await?;
    let is_so = sqlx::query_scalar!(
        r#"select coalesce(compared_with = $2, false) as "is_so!" from import where id = $1"#,
        import.id.0,
        people
    );
    Ok(is_so.fetch_one(connection).await?)
}

/// A university's files, newest first; or one of them.
pub async fn list(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<ImportId>,
) -> Result<Vec<Import>, Failure> {
    let rows = sqlx::query!(
        r#"select i.id as "id: ImportId", i.kind, i.file_name, i.basis, i.period, i.source, a.name as by, i.office, i.at,
                  i.state, i.settled_at, i.rows, i.added, i.changed, i.same, i.wrong, i.end_others,
                  i.sheet, i.notes, i.ignored, i.rank_of, i.failed_of
           from import i join account a on a.id = i.by_account
           where i.institution_id = $1 and ($2::uuid is null or i.id = $2) order by i.at desc, i.id limit 50"#,
        institution.0,
        one.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    let imports = rows.into_iter().map(|row| {
        Ok(Import {
            id: row.id,
            kind: row.kind.parse()?,
            file_name: row.file_name,
            basis: row.basis.map(|slug| slug.parse()).transpose()?,
            period: row.period,
            source: row.source,
            measure: Measure::of_slug(&row.rank_of).unwrap_or(Measure::USUAL),
            courses: row.failed_of.parse()?,
            by: row.by,
            office: row.office,
            at: row.at,
            state: row.state.parse()?,
            settled_at: row.settled_at,
            rows: row.rows,
            added: row.added,
            changed: row.changed,
            same: row.same,
            wrong: row.wrong,
            end_others: row.end_others,
            read_as: ReadAs { sheet: row.sheet, notes: row.notes, ignored: row.ignored },
        })
    });
    Ok(imports.collect::<anyhow::Result<Vec<_>>>()?)
}

/// Rows of one state, from a place on.
pub async fn rows(
    connection: &mut PgConnection,
    id: ImportId,
    state: RowState,
    range: RowRange,
) -> Result<Vec<PreviewRow>, Failure> {
    let rows = sqlx::query!(
        r#"select row, array(select coalesce(c, '') from unnest(cells) with ordinality as u(c, n) order by n) as "cells!",
                  says
           from import_row where import_id = $1 and state = $2 order by row offset $3 limit $4"#,
        id.0,
        state.slug(),
        range.skip,
        range.most
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| PreviewRow { row: row.row, cells: row.cells, says: row.says }).collect())
}

/// Locks a file of the university, to commit it.
pub(super) async fn lock(
    connection: &mut PgConnection,
    institution: &Locked<InstitutionId>,
    id: ImportId,
) -> Result<Locked<Import>, Failure> {
    let state = sqlx::query_scalar!(
        "select state from import where id = $1 and institution_id = $2 for update",
        id.0,
        institution.0
    );
    state.fetch_optional(&mut *connection).await?.ok_or(Failure::Missing)?;
    let found = list(connection, **institution, Some(id)).await?;
    Ok(Locked::new(found.into_iter().next().ok_or(Failure::Missing)?))
}

/// Commits a previewed file in the caller's transaction.
pub async fn commit(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    id: ImportId,
    progress: &Progress,
    now: OffsetDateTime,
) -> Result<Committed, Failure> {
    let institution = directory::store::lock(connection, acting.institution()).await?;
    let import = lock(connection, &institution, id).await?;
    match import.state {
        State::Previewed => {}
        State::Committed | State::Discarded => return Ok(Committed::Settled),
    }
    if !is_as_compared(connection, &import, *institution, now).await? {
        let digest = digest_of(connection, &import, *institution, now).await?;
        compare(connection, acting, id, import.kind, now).await?;
        if digest_of(connection, &import, *institution, now).await? != digest {
            return Ok(Committed::Moved);
        }
    }
    plan_for_whole_files(connection).await?;
    let mut moves = Vec::new();
    let author = Author { account: acting.person().account.0, office: acting.office().label() };
    match import.kind {
        Kind::Students => {
            students::set_up(connection, &import, &institution).await?;
            for rows in batches(connection, id, WRITTEN).await? {
                if import.added > 0 {
                    students::add(connection, &import, &institution, rows.clone()).await?;
                }
                if import.changed > 0 {
                    students::change_known(connection, &import, rows.clone(), &author, now).await?;
                }
                progress.add_rows(&rows);
            }
            students::link_accounts(connection, &import, &institution, now).await?;
        }
        Kind::Grades => {
            for rows in batches(connection, id, WRITTEN).await? {
                grades::write(connection, &import, rows.clone(), &author, now).await?;
                progress.add_rows(&rows);
            }
        }
        Kind::Offices => {
            moves = offices::write(connection, &import, &institution, now).await?;
            progress.add_rows(&(0..import.rows));
        }
    }
    sqlx::query!("update import set state = 'committed', settled_at = $2, places = null where id = $1", id.0, now)
        .execute(&mut *connection)
        .await?;
    // Staged personal data go as soon as they have served; what is wrong stays a while for the file to take back.
    sqlx::query!("delete from import_row where import_id = $1 and state <> 'wrong'", id.0)
        .execute(&mut *connection)
        .await?;
    Ok(Committed::Done { import: Box::new(import.clone()), moves })
}

/// The rows of a file, `most` at a time.
async fn batches(connection: &mut PgConnection, id: ImportId, most: i32) -> Result<Vec<Range<i32>>, Failure> {
    let last = sqlx::query_scalar!("select max(row) from import_row where import_id = $1", id.0)
        .fetch_one(connection)
        .await?
        .unwrap_or(0);
    let end = last.saturating_add(1);
    let mut batches = Vec::new();
    let mut from = 0;
    while from < end {
        let until = end.min(from.saturating_add(most));
        batches.push(from..until);
        from = until;
    }
    Ok(batches)
}

/// What a preview says, as a hash: two that say the same are the same.
async fn digest_of(
    connection: &mut PgConnection,
    import: &Import,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(Option<Vec<u8>>, Option<Vec<u8>>), Failure> {
    let digest = sqlx::query_scalar!(
        "select sha256(convert_to(string_agg(row || state || says, ',' order by row), 'UTF8'))
         from import_row where import_id = $1",
        import.id.0
    )
    .fetch_one(&mut *connection)
    .await?;
    let others = sqlx::query_scalar!(
        "select sha256(convert_to(
                    string_agg(office_id || coalesce(until_day::text, '') || new_day, ',' order by office_id), 'UTF8'))
         from handed_over($1, $2, $3)",
        import.id.0,
        institution.0,
        now
    );
    let others = if import.end_others { others.fetch_one(connection).await? } else { None };
    Ok((digest, others))
}

/// Discards a previewed file with its rows; `false` where it was settled before.
pub async fn discard(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    id: ImportId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update import set state = 'discarded', settled_at = $3, places = null
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

/// Says that no portal of before commits anything any more: a database of this portal's own has nobody else.
pub async fn end_commits(connection: &mut PgConnection) -> Result<(), Failure> {
    sqlx::query!("delete from import_commit").execute(connection).await?;
    Ok(())
}

/// Clears away the rows of files that nobody committed or took back within a week.
pub async fn clear_old(connection: &mut PgConnection, now: OffsetDateTime) -> Result<(), Failure> {
    sqlx::query!(
        "update import set state = 'discarded', settled_at = $1, places = null where state = 'previewed' and at < $2",
        now,
        now - KEPT
    )
    .execute(&mut *connection)
    .await?;
    progress_store::clear_old(connection).await?;
    sqlx::query!("delete from import_row r using import i where i.id = r.import_id and i.settled_at < $1", now - KEPT)
        .execute(connection)
        .await?;
    Ok(())
}
