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
        "with file as materialized (
             select row, cells[1] as number, number_key(cells[1]) as key from import_row
             where import_id = $1 and state <> 'wrong'
         )
         update import_row r set cells[1] = coalesce(s.number, a.number)
         from file x
              left join student s on s.institution_id = $2 and s.number_key = x.key and not s.number_twin
              left join account a on a.institution_id = $2 and a.number_key = x.key and not a.number_twin
         where r.import_id = $1 and r.row = x.row and coalesce(s.number, a.number) <> x.number
               and not exists (select from student t where t.institution_id = $2 and t.number = x.number)
               and not exists (select from account t where t.institution_id = $2 and t.number = x.number)",
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

/// Colleges, then majors in them, then classes in those; of each place that the file names once.
async fn take_over_places(
    connection: &mut PgConnection,
    id: ImportId,
    institution: InstitutionId,
) -> Result<(), Failure> {
    sqlx::query!(
        "with named as (
             select distinct cells[3] as college, cells[4] as major, cells[5] as level, cells[6] as year,
                    cells[7] as class
             from import_row where import_id = $1 and state <> 'wrong'
         ), keyed as materialized (
             select n.*, level_slug(n.level) as slug, name_key(n.college) as college_key, name_key(n.major) as major_key,
                    name_key(n.class) as class_key
             from named n
         ), known as materialized (
             select n.college, n.major, n.level, n.year, n.class, c.name as known_college,
                    coalesce(m.name, n.major) as known_major, coalesce(k.name, n.class) as known_class
             from keyed n
                  cross join lateral (
                      select c.id, c.name from college c where c.institution_id = $2 and c.name_key = n.college_key
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
         update import_row r
         set cells = r.cells[1:2] || array[k.known_college, k.known_major, k.level, k.year, k.known_class] || r.cells[8:]
         from known k
         where r.import_id = $1 and r.state <> 'wrong' and r.cells[3] = k.college and r.cells[4] = k.major
               and r.cells[5] = k.level and r.cells[6] = k.year and r.cells[7] = k.class
               and (k.known_college, k.known_major, k.known_class) <> (k.college, k.major, k.class)",
        id.0,
        institution.0
    )
    .execute(connection)
    .await?;
    Ok(())
}
