//! SQL of the seats of a congress.

use sqlx::{PgConnection, types::Uuid};
use time::OffsetDateTime;

use super::unit::{Cohort, SeatUnit, Society};
use crate::{
    auth::acting::Acting,
    congress::{CongressKeeper, congress::Congress},
    database::Locked,
    failure::Failure,
    ids::{CollegeId, OrganisationId},
    rules::{
        congress::SeatTie,
        plan::DelegateBase,
        seats::{ApprovedSeats, LastShare},
    },
};

/// The units of a congress in the order of its list; none until the seats are drafted.
pub async fn units(connection: &mut PgConnection, congress: &Congress) -> Result<Vec<SeatUnit>, Failure> {
    let rows = sqlx::query!(
        r#"select t.place, t.kind, t.college_id as "college: CollegeId", c.name as "college_name?", t.entry_year,
                  t.organisation_id as "organisation: OrganisationId", o.name as "organisation_name?", t.students, t.seats
           from congress_unit t left join college c on c.id = t.college_id
                left join organisation o on o.id = t.organisation_id
           where t.congress_id = $1 order by t.place"#,
        congress.id.0
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| {
        Ok(SeatUnit {
            place: row.place,
            kind: row.kind.parse()?,
            college: row.college,
            college_name: row.college_name,
            entry_year: row.entry_year,
            organisation: row.organisation,
            organisation_name: row.organisation_name,
            students: u32::try_from(row.students)?,
            seats: u32::try_from(row.seats)?,
        })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// The students for whom a congress stands by college and grade, the newest grade first, on the day by which they are
/// counted: of the school those whom the union serves (所联系学生), which are not those of a graduate union of its own, or
/// all where the plan counts all.
pub async fn cohorts(
    connection: &mut PgConnection,
    congress: &Congress,
    base: DelegateBase,
) -> Result<Vec<Cohort>, Failure> {
    let rows = sqlx::query!(
        r#"select c.id as "college: CollegeId", c.name as college_name, k.entry_year, sum(n.students)::bigint as "students!"
           from (
                    select s.class_id, count(*) as students from student s
                    where s.institution_id = $1 and (s.left_on is null or s.left_on > $2)
                          and ($3::uuid is null or s.class_id in (
                              select k.id from class k join major m on m.id = k.major_id where m.college_id = $3))
                    group by 1
                ) n join class k on k.id = n.class_id join major m on m.id = k.major_id
                join college c on c.id = m.college_id
           where case $4 when 'graduate' then m.level = 'graduate'
                     when 'school' then not $5::boolean or m.level <> 'graduate'
                          or not exists (select from student_union u where u.institution_id = $1 and u.kind = 'graduate')
                     else true end
           group by c.id, k.entry_year order by c.place, c.name, k.entry_year desc"#,
        congress.institution.0,
        congress.counted_on,
        congress.college.map(|id| id.0),
        congress.kind.slug(),
        base != DelegateBase::All
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| Cohort {
        college: row.college,
        college_name: row.college_name,
        entry_year: row.entry_year,
        students: u32::try_from(row.students).unwrap_or(u32::MAX),
    });
    Ok(read.collect())
}

/// The societies that may be flagged as main ones.
pub(super) async fn societies(connection: &mut PgConnection, congress: &Congress) -> Result<Vec<Society>, Failure> {
    let rows = sqlx::query_as!(
        Society,
        r#"select id as "id: OrganisationId", name, is_main from organisation
           where institution_id = $1 and kind = 'society' and ended_on is null order by is_main desc, name"#,
        congress.institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The ties that decided seats of the draft.
pub(super) async fn ties(connection: &mut PgConnection, congress: &Congress) -> Result<Vec<SeatTie>, Failure> {
    let ties = sqlx::query_scalar!("select seat_ties from congress where id = $1", congress.id.0);
    Ok(serde_json::from_value(ties.fetch_one(connection).await?).map_err(anyhow::Error::new)?)
}

/// The delegates of the union's last congress before this one of which they are on record.
pub(super) async fn last_share(
    connection: &mut PgConnection,
    congress: &Congress,
) -> Result<Option<LastShare>, Failure> {
    let row = sqlx::query!(
        r#"select g.ordinal, count(*) as "delegates!", count(*) filter (where not d.backbone) as "ordinary!"
           from congress g join delegate d on d.congress_id = g.id and d.ended_on is null and d.standing <> 'substitute'
           where g.union_id = $1 and g.id <> $2 and g.held_on is not null and g.created_at < $3
           group by g.id order by g.held_on desc limit 1"#,
        congress.union.0,
        congress.id.0,
        congress.created_at
    )
    .fetch_optional(connection)
    .await?;
    let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(row.map(|row| LastShare { title: row.ordinal, ordinary: count(row.ordinary), delegates: count(row.delegates) }))
}

/// Keeps a draft in the place of the one before; `false` where the seats are approved, or the congress is past preparation.
pub(super) async fn keep(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    units: &[SeatUnit],
    total: u32,
    ties: &[SeatTie],
) -> Result<bool, Failure> {
    let students: u32 = units.iter().map(|unit| unit.students).sum();
    let kept = sqlx::query!(
        "update congress set seats = $2, students = $3, seat_ties = $4
         where id = $1 and stage = 'preparing' and not of_all and seats_approved_at is null",
        congress.id.0,
        i32::try_from(total).unwrap_or(i32::MAX),
        i32::try_from(students).unwrap_or(i32::MAX),
        serde_json::to_value(ties).map_err(anyhow::Error::new)?
    )
    .execute(&mut *connection)
    .await?;
    if kept.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!("delete from congress_unit where congress_id = $1", congress.id.0).execute(&mut *connection).await?;
    let places: Vec<i16> = units.iter().map(|unit| unit.place).collect();
    let kinds: Vec<String> = units.iter().map(|unit| unit.kind.slug().to_owned()).collect();
    let colleges: Vec<Option<Uuid>> = units.iter().map(|unit| unit.college.map(|id| id.0)).collect();
    let years: Vec<Option<i32>> = units.iter().map(|unit| unit.entry_year).collect();
    let organisations: Vec<Option<Uuid>> = units.iter().map(|unit| unit.organisation.map(|id| id.0)).collect();
    let number = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
    let students: Vec<i32> = units.iter().map(|unit| number(unit.students)).collect();
    let seats: Vec<i32> = units.iter().map(|unit| number(unit.seats)).collect();
    sqlx::query!(
        "insert into congress_unit (congress_id, place, kind, college_id, entry_year, organisation_id, students, seats)
         select $1, t.* from unnest($2::smallint[], $3::text[], $4::uuid[], $5::integer[], $6::uuid[], $7::integer[],
                                    $8::integer[]) t",
        congress.id.0,
        &places,
        &kinds,
        &colleges as &[Option<Uuid>],
        &years as &[Option<i32>],
        &organisations as &[Option<Uuid>],
        &students,
        &seats
    )
    .execute(connection)
    .await?;
    Ok(true)
}

/// Sets the seats of the units by hand, in the order of the list; `false` where they are approved.
pub(super) async fn edit(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    seats: &[u32],
) -> Result<bool, Failure> {
    let places: Vec<i16> = (1..).take(seats.len()).collect();
    let seats: Vec<i32> = seats.iter().map(|seats| i32::try_from(*seats).unwrap_or(i32::MAX)).collect();
    let done = sqlx::query!(
        "update congress_unit t set seats = e.seats
         from unnest($2::smallint[], $3::integer[]) e(place, seats), congress g
         where t.congress_id = $1 and t.place = e.place and g.id = t.congress_id and g.stage = 'preparing'
               and g.seats_approved_at is null",
        congress.id.0,
        &places,
        &seats
    );
    Ok(done.execute(connection).await?.rows_affected() > 0)
}

/// Approves the seats, which bind the elections from now on; `false` where they are approved already.
pub(super) async fn approve(
    connection: &mut PgConnection,
    acting: &Acting<CongressKeeper>,
    congress: &Locked<Congress>,
    approved: &ApprovedSeats,
    reason: Option<&str>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update congress set seats_approved_at = $3, seats_approved_by = $4, seats_reason = $5
         where id = $1 and seats = $2 and stage = 'preparing' and seats_approved_at is null",
        congress.id.0,
        i32::try_from(approved.total()).unwrap_or(i32::MAX),
        now,
        acting.person().account.0,
        reason
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Opens approved seats again; `false` where a delegate is on the list or an election of delegates is announced.
pub(super) async fn reopen(connection: &mut PgConnection, congress: &Locked<Congress>) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update congress g set seats_approved_at = null, seats_approved_by = null, seats_reason = null
         where id = $1 and stage = 'preparing' and seats_approved_at is not null
               and not exists (select from delegate d where d.congress_id = g.id)
               and not exists (select from sitting s where s.congress_id = g.id and s.stage not in ('draft', 'voided'))",
        congress.id.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}
