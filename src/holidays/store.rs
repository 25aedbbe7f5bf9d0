//! SQL of the calendar.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    auth::acting::Acting,
    failure::Failure,
    holidays::HolidayKeeper,
    ids::{InstitutionId, TermBreakId},
    workdays::{Break, Schedule, SpecialDay, Workdays},
};

/// The schedules that a university keeps itself, by year.
pub async fn schedules(connection: &mut PgConnection, institution: InstitutionId) -> Result<Vec<Schedule>, Failure> {
    let rows = sqlx::query!(
        r#"select y.year, y.source, h.day, h.works, h.name from holiday_year y
           join holiday h on h.institution_id = y.institution_id and h.year = y.year
           where y.institution_id = $1 order by h.day"#,
        institution.0
    )
    .fetch_all(connection)
    .await?;
    let mut schedules: Vec<Schedule> = Vec::new();
    for row in rows {
        let day = SpecialDay { day: row.day, works: row.works, name: row.name };
        match schedules.last_mut() {
            Some(schedule) if schedule.year == row.year => schedule.days.push(day),
            _ => schedules.push(Schedule { year: row.year, source: row.source, days: vec![day] }),
        }
    }
    Ok(schedules)
}

/// A break of the university with its id.
#[derive(Debug, Clone)]
pub struct TermBreak {
    pub id: TermBreakId,
    pub of: Break,
}

/// The breaks of a university by day.
pub async fn breaks(connection: &mut PgConnection, institution: InstitutionId) -> Result<Vec<TermBreak>, Failure> {
    let rows = sqlx::query!(
        r#"select id as "id: TermBreakId", name, from_day, last_day from term_break
           where institution_id = $1 order by from_day"#,
        institution.0
    )
    .fetch_all(connection)
    .await?;
    let one = |name, from, last| Break { name, from, last };
    Ok(rows.into_iter().map(|row| TermBreak { id: row.id, of: one(row.name, row.from_day, row.last_day) }).collect())
}

/// Which days count at a university: by what is built in, and over it what the university keeps.
pub async fn workdays(connection: &mut PgConnection, institution: InstitutionId) -> Result<Workdays, Failure> {
    let own = schedules(&mut *connection, institution).await?;
    let breaks = breaks(connection, institution).await?.into_iter().map(|away| away.of).collect();
    Ok(Workdays::new([Schedule::announced(), own].concat(), breaks))
}

/// Keeps a year's schedule in the place of the one before.
pub async fn keep(
    connection: &mut PgConnection,
    acting: &Acting<HolidayKeeper>,
    schedule: &Schedule,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let institution = acting.institution();
    sqlx::query!(
        "insert into holiday_year (institution_id, year, source, kept_by, kept_at) values ($1, $2, $3, $4, $5)
         on conflict (institution_id, year) do update set source = $3, kept_by = $4, kept_at = $5",
        institution.0,
        schedule.year,
        schedule.source,
        acting.person().account.0,
        now
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from holiday where institution_id = $1 and year = $2", institution.0, schedule.year)
        .execute(&mut *connection)
        .await?;
    let days: Vec<Date> = schedule.days.iter().map(|day| day.day).collect();
    let works: Vec<bool> = schedule.days.iter().map(|day| day.works).collect();
    let names: Vec<String> = schedule.days.iter().map(|day| day.name.clone()).collect();
    sqlx::query!(
        "insert into holiday (institution_id, year, day, works, name)
         select $1, $2, t.day, t.works, t.name from unnest($3::date[], $4::boolean[], $5::text[]) as t(day, works, name)",
        institution.0,
        schedule.year,
        &days,
        &works,
        &names
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps a break; `false` where it overlaps another.
pub async fn add_break(
    connection: &mut PgConnection,
    acting: &Acting<HolidayKeeper>,
    away: &Break,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into term_break (id, institution_id, name, from_day, last_day) values ($1, $2, $3, $4, $5)
         on conflict do nothing",
        TermBreakId::random().0,
        acting.institution().0,
        away.name,
        away.from,
        away.last
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes a break; its name, or none where there is none.
pub async fn remove_break(
    connection: &mut PgConnection,
    acting: &Acting<HolidayKeeper>,
    id: TermBreakId,
) -> Result<Option<String>, Failure> {
    let name = sqlx::query_scalar!(
        "delete from term_break where id = $1 and institution_id = $2 returning name",
        id.0,
        acting.institution().0
    );
    Ok(name.fetch_optional(connection).await?)
}
