//! SQL of retention and erasure.

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use crate::{
    accounts,
    auth::acting::Acting,
    campus,
    failure::Failure,
    ids::InstitutionId,
    imports, inbox, kept_forms,
    office::Administrator,
    people::{
        self,
        retention::{EraseOf, ErasedPeople},
    },
    sign_in, unions,
};

/// How long a university keeps the data of people who have left, in years.
pub async fn retention_years(connection: &mut PgConnection, institution: InstitutionId) -> Result<i32, Failure> {
    let years = sqlx::query_scalar!("select retention_years from institution where id = $1", institution.0);
    Ok(years.fetch_one(connection).await?)
}

/// Sets it; 1 to 30.
pub async fn set_retention(
    connection: &mut PgConnection,
    acting: &Acting<Administrator>,
    years: i32,
) -> Result<(), Failure> {
    sqlx::query!("update institution set retention_years = $2 where id = $1", acting.institution().0, years)
        .execute(connection)
        .await?;
    Ok(())
}

/// Those whose time is up, by the year in which they left.
#[derive(Debug)]
pub struct Due {
    pub year: i32,
    pub students: i64,
}

/// Those whose time is up on a day.
pub async fn due(connection: &mut PgConnection, institution: InstitutionId, today: Date) -> Result<Vec<Due>, Failure> {
    let rows = sqlx::query_as!(
        Due,
        r#"select extract(year from s.left_on)::integer as "year!", count(*) as "students!"
           from student s join institution i on i.id = s.institution_id
           where s.institution_id = $1 and s.erased_at is null
                 and s.left_on <= ($2::date - make_interval(years => i.retention_years))::date
           group by 1 order by 1"#,
        institution.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The ids of those whose time is up.
pub async fn due_ids(
    connection: &mut PgConnection,
    institution: InstitutionId,
    today: Date,
) -> Result<Vec<Uuid>, Failure> {
    let ids = sqlx::query_scalar!(
        "select s.id from student s join institution i on i.id = s.institution_id
         where s.institution_id = $1 and s.erased_at is null
               and s.left_on <= ($2::date - make_interval(years => i.retention_years))::date
         order by s.id for update of s",
        institution.0,
        today
    );
    Ok(ids.fetch_all(connection).await?)
}

/// The student of a number who has left by a day and is not erased.
pub async fn gone_student(
    connection: &mut PgConnection,
    institution: InstitutionId,
    number: &str,
    today: Date,
) -> Result<Option<Uuid>, Failure> {
    let id = sqlx::query_scalar!(
        "select id from student where id = student_numbered($1, $2) and left_on <= $3 and erased_at is null for update",
        institution.0,
        number,
        today
    );
    Ok(id.fetch_optional(connection).await?)
}

/// How many students were erased so far.
pub async fn erased(connection: &mut PgConnection, institution: InstitutionId) -> Result<i64, Failure> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from student where institution_id = $1 and erased_at is not null"#,
        institution.0
    );
    Ok(count.fetch_one(connection).await?)
}

/// Erases students who have left: names, numbers, facts, history, notices and everything they sign in with, and what each of
/// `features` keeps of them. Their rows stay, under a number that says nothing. Gives how many were erased.
pub async fn erase(
    connection: &mut PgConnection,
    acting: &Acting<Administrator>,
    features: &[EraseOf],
    students: &[Uuid],
    now: OffsetDateTime,
) -> Result<u64, Failure> {
    let institution = acting.institution();
    let accounts = people::retention::accounts_of(connection, institution, students).await?;
    // What names people by their number goes while they still have it.
    sign_in::retention::erase(connection, institution, students, &accounts).await?;
    imports::retention::erase(connection, institution, students).await?;
    unions::retention::erase(connection, institution, students).await?;
    people::retention::erase_facts(connection, students).await?;
    inbox::retention::erase(connection, students, &accounts).await?;
    kept_forms::erase(connection, &accounts).await?;
    campus::store::erase(connection, &accounts).await?;
    accounts::retention::erase(connection, &accounts).await?;
    let erased = people::retention::erase(connection, institution, students, now).await?;
    // Last: triggers let an opinion be rewritten only once the person it is about is erased.
    for erase in features {
        erase(&mut *connection, ErasedPeople { students, accounts: &accounts }).await?;
    }
    Ok(erased)
}
