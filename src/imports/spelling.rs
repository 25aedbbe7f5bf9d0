//! Spellings of a file as those that stand in the database already: whoever pads a name, writes a number in capitals or
//! leaves a blank in a class's name means the one that is there. Afterwards rows are compared by plain equality.

use sqlx::PgConnection;

use super::import::Kind;
use crate::{
    failure::Failure,
    ids::{ImportId, InstitutionId},
};

/// Takes over the known spellings for the rows that are not wrong.
pub(super) async fn take_over(
    connection: &mut PgConnection,
    id: ImportId,
    institution: InstitutionId,
    kind: Kind,
) -> Result<(), Failure> {
    // Whose exact number is there stays, even beside another that differs in case alone.
    sqlx::query!(
        "update import_row r set cells[1] = coalesce(s.number, a.number)
         from import_row x
              left join student s on s.institution_id = $2 and s.number_key = number_key(x.cells[1])
                   and not s.number_twin
              left join account a on a.institution_id = $2 and a.number_key = number_key(x.cells[1])
                   and not a.number_twin
         where x.import_id = $1 and x.state <> 'wrong' and r.import_id = $1 and r.row = x.row
               and coalesce(s.number, a.number) <> x.cells[1]
               and not exists (select from student t where t.institution_id = $2 and t.number = x.cells[1])
               and not exists (select from account t where t.institution_id = $2 and t.number = x.cells[1])",
        id.0,
        institution.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update import_row r set cells[2] = p.name
         from import_row x
              left join student s on s.institution_id = $2 and s.number = x.cells[1]
              left join account a on a.institution_id = $2 and a.number = x.cells[1]
              cross join lateral (select coalesce(s.name, a.name) as name, coalesce(s.name_key, a.name_key) as name_key) p
         where x.import_id = $1 and x.state <> 'wrong' and r.import_id = $1 and r.row = x.row
               and p.name <> x.cells[2] and p.name_key = name_key(x.cells[2])",
        id.0,
        institution.0
    )
    .execute(&mut *connection)
    .await?;
    match kind {
        Kind::Students => take_over_places(connection, id, institution).await,
        Kind::Offices => {
            sqlx::query!(
                "update import_row r set cells[4] = c.name
                 from (select distinct cells[4] as typed from import_row where import_id = $1 and state <> 'wrong') n
                      cross join lateral (
                          select c.name from college c where c.institution_id = $2 and c.name_key = name_key(n.typed)
                          order by c.name = n.typed desc, c.name limit 1) c
                 where r.import_id = $1 and r.state <> 'wrong' and r.cells[4] = n.typed and c.name <> n.typed",
                id.0,
                institution.0
            )
            .execute(connection)
            .await?;
            Ok(())
        }
        Kind::Grades => Ok(()),
    }
}

/// Colleges, then majors in them, then classes in those.
async fn take_over_places(
    connection: &mut PgConnection,
    id: ImportId,
    institution: InstitutionId,
) -> Result<(), Failure> {
    sqlx::query!(
        "update import_row r set cells[3] = c.name
         from (select distinct cells[3] as typed from import_row where import_id = $1 and state <> 'wrong') n
              cross join lateral (
                  select c.name from college c where c.institution_id = $2 and c.name_key = name_key(n.typed)
                  order by c.name = n.typed desc, c.name limit 1) c
         where r.import_id = $1 and r.state <> 'wrong' and r.cells[3] = n.typed and c.name <> n.typed",
        id.0,
        institution.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update import_row r set cells[4] = m.name
         from (select distinct cells[3] as college, cells[4] as typed, cells[5] as level
               from import_row where import_id = $1 and state <> 'wrong') n
              cross join lateral (
                  select m.name from college c join major m on m.college_id = c.id
                  where c.institution_id = $2 and c.name = n.college and m.level = level_slug(n.level)
                        and m.name_key = name_key(n.typed)
                  order by m.name = n.typed desc, m.name limit 1) m
         where r.import_id = $1 and r.state <> 'wrong' and r.cells[3] = n.college and r.cells[4] = n.typed
               and r.cells[5] = n.level and m.name <> n.typed",
        id.0,
        institution.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update import_row r set cells[7] = k.name
         from (select distinct cells[3] as college, cells[4] as major, cells[5] as level, cells[6] as year,
                      cells[7] as typed
               from import_row where import_id = $1 and state <> 'wrong') n
              cross join lateral (
                  select k.name from college c join major m on m.college_id = c.id join class k on k.major_id = m.id
                  where c.institution_id = $2 and c.name = n.college and m.level = level_slug(n.level)
                        and m.name = n.major and k.entry_year = n.year::integer and k.name_key = name_key(n.typed)
                  order by k.name = n.typed desc, k.name limit 1) k
         where r.import_id = $1 and r.state <> 'wrong' and r.cells[3] = n.college and r.cells[4] = n.major
               and r.cells[5] = n.level and r.cells[6] = n.year and r.cells[7] = n.typed and k.name <> n.typed",
        id.0,
        institution.0
    )
    .execute(connection)
    .await?;
    Ok(())
}
