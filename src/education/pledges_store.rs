//! SQL of the text that officers pledge to keep, and of who has signed it.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::pledge::{PledgeText, Signature, Unsigned};
use crate::{
    auth::{acting::Acting, person::SignedIn},
    failure::Failure,
    ids::{CollegeId, InstitutionId, PledgeTextId, StudentId, UnionId},
    office::SchoolLeague,
};

/// The versions of the text, the newest first.
pub(super) async fn texts(
    connection: &mut PgConnection,
    institution: InstitutionId,
) -> Result<Vec<PledgeText>, Failure> {
    let rows = sqlx::query_as!(
        PledgeText,
        r#"select id as "id: PledgeTextId", title, body, from_day from pledge_text
           where institution_id = $1 order by from_day desc, kept_at desc"#,
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The version that is signed on a day.
pub(super) async fn text_on(
    connection: &mut PgConnection,
    institution: InstitutionId,
    day: Date,
) -> Result<Option<PledgeText>, Failure> {
    Ok(texts(connection, institution).await?.into_iter().find(|text| text.from_day <= day))
}

/// A version about to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewText {
    pub title: String,
    pub body: String,
    pub from_day: Date,
}

/// Keeps a version of the text.
pub(super) async fn keep_text(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    new: &NewText,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into pledge_text (id, institution_id, title, body, from_day, kept_at, kept_by)
         values ($1, $2, $3, $4, $5, $6, $7)",
        PledgeTextId::random().0,
        acting.institution().0,
        new.title,
        new.body,
        new.from_day,
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Signs for the academic year of the day; `false` where it was signed already.
pub(super) async fn sign(
    connection: &mut PgConnection,
    student: StudentId,
    text: &PledgeText,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into pledge (student_id, academic_year, text_id, signed_at)
         values ($1, academic_year(china_day($3)), $2, $3) on conflict do nothing",
        student.0,
        text.id.0,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// What a student has signed, the newest first.
pub(super) async fn signatures(connection: &mut PgConnection, student: StudentId) -> Result<Vec<Signature>, Failure> {
    let rows = sqlx::query_as!(
        Signature,
        r#"select p.academic_year::integer as "academic_year!", t.title as "title!", p.signed_at as "signed_at!",
                  false as "applied!"
           from pledge p join pledge_text t on t.id = p.text_id where p.student_id = $1
           union all
           select academic_year(china_day(v.pledged_at)), v.pledge, v.pledged_at, true
           from vetting_case v where v.student_id = $1 and v.pledged_at is not null and v.pledge is not null
           order by 3 desc"#,
        student.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Everybody in a post who has not signed in the academic year of the day.
pub(super) async fn unsigned(
    connection: &mut PgConnection,
    institution: InstitutionId,
    today: Date,
) -> Result<Vec<Unsigned>, Failure> {
    let rows = sqlx::query_as!(
        Unsigned,
        r#"with held as (
               select p.union_id, p.student_id,
                      string_agg(concat_ws(' ', d.name, post_label(p.kind, p.title)), '、' order by p.from_day) as posts
               from post p join student_union u on u.id = p.union_id left join department d on d.id = p.department_id
               where u.institution_id = $1 and u.opened_on is not null and p.voided_at is null and p.from_day <= $2
                     and (p.until_day is null or p.until_day > $2)
               group by 1, 2
           )
           select h.union_id as "union!: UnionId", s.number, s.name, h.posts as "posts!"
           from held h join student s on s.id = h.student_id
                left join last_pledges(array(select student_id from held)) g on g.student_id = h.student_id
           where coalesce(g.academic_year, 0) < academic_year($2) order by s.number"#,
        institution.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// How many they are, of a university's unions or of a college's alone.
pub(super) async fn count_unsigned(
    connection: &mut PgConnection,
    institution: InstitutionId,
    college: Option<CollegeId>,
    today: Date,
) -> Result<i64, Failure> {
    let count = sqlx::query_scalar!(
        r#"with held as (
               select distinct p.union_id, p.student_id from post p join student_union u on u.id = p.union_id
               where u.institution_id = $1 and u.opened_on is not null and p.voided_at is null and p.from_day <= $2
                     and (p.until_day is null or p.until_day > $2) and ($3::uuid is null or u.college_id = $3)
           )
           select count(*) as "count!"
           from held h left join last_pledges(array(select student_id from held)) g on g.student_id = h.student_id
           where coalesce(g.academic_year, 0) < academic_year($2)"#,
        institution.0,
        today,
        college.map(|id| id.0)
    );
    Ok(count.fetch_one(connection).await?)
}

/// The students of those numbers, for a notice.
pub(super) async fn numbered(
    connection: &mut PgConnection,
    institution: InstitutionId,
    numbers: &[String],
) -> Result<Vec<StudentId>, Failure> {
    let ids = sqlx::query_scalar!(
        r#"select s.id as "id: StudentId" from student s
           where s.id in (select student_numbered($1, n) from unnest($2::text[]) n) order by s.id"#,
        institution.0,
        numbers
    );
    Ok(ids.fetch_all(connection).await?)
}

/// Whether a person holds a post of a union on a day, or will, and has signed for its academic year; the first day of the
/// post where they have not.
pub(super) async fn owes(
    connection: &mut PgConnection,
    person: &SignedIn,
    today: Date,
) -> Result<Option<Date>, Failure> {
    let Some(student) = person.student else { return Ok(None) };
    let from = sqlx::query_scalar!(
        r#"select min(p.from_day) from post p join student_union u on u.id = p.union_id
           where p.student_id = $1 and p.voided_at is null and (p.until_day is null or p.until_day > $2)
                 and u.opened_on is not null
                 and not exists (select from last_pledges(array[$1::uuid]) g
                                 where g.academic_year >= academic_year($2))
                 and exists (select from pledge_text t where t.institution_id = u.institution_id and t.from_day <= $2)"#,
        student.0,
        today
    );
    Ok(from.fetch_one(connection).await?)
}
