//! SQL of trainings.

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use super::training::{Attendee, OwnTraining, Presence, Training};
use crate::{
    auth::acting::Acting,
    database::Locked,
    failure::Failure,
    ids::{InstitutionId, StudentId, TrainingId, UnionId},
    office::UnionKeeper,
};

/// The trainings of a university, or one; the newest first, at most 300.
pub(super) async fn trainings(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<TrainingId>,
) -> Result<Vec<Training>, Failure> {
    let rows = sqlx::query_as!(
        Training,
        r#"select t.id as "id: TrainingId", t.title, t.on_day, t.place, t.says,
                  array(select m.union_id from training_union m where m.training_id = t.id)
                      as "unions!: Vec<UnionId>",
                  coalesce((select string_agg(union_name(u.kind, c.name), '、'
                                              order by array_position(array['school', 'graduate', 'college'], u.kind),
                                                       c.place, c.name)
                            from training_union m join student_union u on u.id = m.union_id
                                 left join college c on c.id = u.college_id
                            where m.training_id = t.id), '') as "union_names!",
                  (select count(*) from training_attendance a where a.training_id = t.id) as "expected!",
                  (select count(*) from training_attendance a
                   where a.training_id = t.id and a.presence = 'came') as "came!",
                  t.closed_at is not null as "closed!"
           from training t where t.institution_id = $1 and ($2::uuid is null or t.id = $2)
           order by t.on_day desc, t.taken_at desc limit 300"#,
        institution.0,
        one.map(|id| id.0)
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Locks a training.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub(super) async fn lock(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: TrainingId,
) -> Result<Locked<Training>, Failure> {
    sqlx::query!("select id from training where id = $1 and institution_id = $2 for update", id.0, institution.0)
        .fetch_optional(&mut *connection)
        .await?
        .ok_or(Failure::Missing)?;
    let training = trainings(connection, institution, Some(id)).await?.into_iter().next();
    training.map(Locked::new).ok_or(Failure::Missing)
}

/// A training about to be announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewTraining {
    pub unions: Vec<UnionId>,
    pub title: String,
    pub on_day: Date,
    pub place: String,
    pub says: String,
}

/// Announces a training to whoever holds a post in its unions on its day; gives it and them.
pub(super) async fn announce(
    connection: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    new: &NewTraining,
    now: OffsetDateTime,
) -> Result<(TrainingId, Vec<StudentId>), Failure> {
    let id = TrainingId::random();
    sqlx::query!(
        "insert into training (id, institution_id, title, on_day, place, says, taken_at, taken_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        acting.institution().0,
        new.title,
        new.on_day,
        new.place,
        new.says,
        now,
        acting.person().account.0
    )
    .execute(&mut *connection)
    .await?;
    let unions: Vec<Uuid> = new.unions.iter().map(|union| union.0).collect();
    sqlx::query!(
        "insert into training_union (training_id, union_id)
         select $1, u.id from student_union u where u.id = any($2) and u.institution_id = $3",
        id.0,
        &unions,
        acting.institution().0
    )
    .execute(&mut *connection)
    .await?;
    let students = sqlx::query_scalar!(
        r#"insert into training_attendance (training_id, student_id, union_id, presence)
           select distinct on (p.student_id) $1, p.student_id, p.union_id, 'expected'
           from post p join training_union m on m.union_id = p.union_id and m.training_id = $1
           where p.voided_at is null and p.from_day <= $2 and (p.until_day is null or p.until_day > $2)
           order by p.student_id, p.from_day
           returning student_id as "id: StudentId""#,
        id.0,
        new.on_day
    );
    Ok((id, students.fetch_all(connection).await?))
}

/// Whoever is expected at a training, by union and number.
pub(super) async fn attendees(connection: &mut PgConnection, id: TrainingId) -> Result<Vec<Attendee>, Failure> {
    let rows = sqlx::query!(
        r#"select a.student_id as "student: StudentId", s.number, s.name, union_name(u.kind, c.name) as "union_name!",
                  a.presence
           from training_attendance a join student s on s.id = a.student_id join student_union u on u.id = a.union_id
                left join college c on c.id = u.college_id
           where a.training_id = $1
           order by array_position(array['school', 'graduate', 'college'], u.kind), c.place, c.name, s.number"#,
        id.0
    )
    .fetch_all(connection)
    .await?;
    let attendee = |student, number, name, union_name, presence: &str| {
        Ok(Attendee { student, number, name, union_name, presence: presence.parse()? })
    };
    Ok(rows
        .into_iter()
        .map(|row| attendee(row.student, row.number, row.name, row.union_name, &row.presence))
        .collect::<anyhow::Result<_>>()?)
}

/// Who was there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attended {
    pub student: StudentId,
    pub presence: Presence,
}

/// Takes down who came; again where something was wrong.
pub(super) async fn close(
    connection: &mut PgConnection,
    training: &Locked<Training>,
    attended: &[Attended],
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let students: Vec<Uuid> = attended.iter().map(|one| one.student.0).collect();
    let presences: Vec<String> = attended.iter().map(|one| one.presence.slug().to_owned()).collect();
    sqlx::query!(
        "update training_attendance a set presence = t.presence
         from unnest($2::uuid[], $3::text[]) as t(student, presence)
         where a.training_id = $1 and a.student_id = t.student",
        training.id.0,
        &students,
        &presences
    )
    .execute(&mut *connection)
    .await?;
    let done = sqlx::query!(
        "update training set closed_at = $2 where id = $1 and on_day <= china_day($2)",
        training.id.0,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// The trainings of a student, the newest first.
pub(super) async fn own(connection: &mut PgConnection, student: StudentId) -> Result<Vec<OwnTraining>, Failure> {
    let rows = sqlx::query!(
        "select t.title, t.on_day, t.place, a.presence
         from training_attendance a join training t on t.id = a.training_id
         where a.student_id = $1 order by t.on_day desc limit 50",
        student.0
    )
    .fetch_all(connection)
    .await?;
    let own =
        |title, on_day, place, presence: &str| Ok(OwnTraining { title, on_day, place, presence: presence.parse()? });
    Ok(rows
        .into_iter()
        .map(|row| own(row.title, row.on_day, row.place, &row.presence))
        .collect::<anyhow::Result<_>>()?)
}
