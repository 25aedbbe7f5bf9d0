//! SQL of corrections: a student's data changed with its reason, leaving, and coming back. What writes takes the proof of
//! an office that registers students.

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use super::student::{Field, Left};
use crate::{
    auth::acting::Acting,
    failure::Failure,
    ids::{ChangeId, ClassId, StudentId},
    office::{OfficeKind, Registrar},
};

/// What a student's data become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrected {
    /// 学号.
    pub number: String,
    pub name: String,
    pub class: ClassId,
    /// 政治面貌.
    pub political: Option<String>,
    /// 性别.
    pub gender: Option<String>,
    /// 民族.
    pub ethnic: Option<String>,
    /// Why, in words.
    pub reason: String,
}

/// How a correction ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Correction {
    Done(Vec<Field>),
    NumberTaken,
    /// They hold an office of the school's staff: their name and number are for an administrator.
    Staff,
}

/// Corrects a student's data and keeps the old values, with the reason; the account follows. A student who changes class
/// hands the old class's branch over.
pub async fn correct(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    id: StudentId,
    to: &Corrected,
    now: OffsetDateTime,
) -> Result<Correction, Failure> {
    let taken = sqlx::query_scalar!(
        r#"select s.number <> $2 and exists (
               select from student where institution_id = $1 and number_key = number_key($2) and id <> $3
               union all
               select from account where institution_id = $1 and number_key = number_key($2)
                      and student_id is distinct from $3
               union all
               select from former_number where institution_id = $1 and number_key = number_key($2) and student_id <> $3
           ) as "taken!" from student s where s.id = $3"#,
        acting.institution().0,
        to.number,
        id.0
    );
    if taken.fetch_one(&mut *connection).await? {
        return Ok(Correction::NumberTaken);
    }
    let guarded = sqlx::query_scalar!(
        r#"select exists (select from account a where a.student_id = $1 and is_staff(a.id, $2)
                          and (a.number, a.name) is distinct from ($3, $4)) as "staff!""#,
        id.0,
        now,
        to.number,
        to.name
    );
    if acting.office().kind != OfficeKind::Administrator && guarded.fetch_one(&mut *connection).await? {
        return Ok(Correction::Staff);
    }
    let fields = sqlx::query_scalar!(
        r#"with was as (
               select s.*, k.name as class_name from student s join class k on k.id = s.class_id
               where s.id = $1 and s.institution_id = $2 and s.erased_at is null for update of s
           ), done as (
               update student s set number = $3, name = $4, class_id = $5, political = $6, gender = $7, ethnic = $8,
                      number_twin = was.number_twin and was.number = $3
               from was where s.id = was.id returning s.id
           ), account_follows as (
               update account a set number = $3, name = $4, number_twin = a.number_twin and a.number = $3 from done
               where a.student_id = done.id and (a.number, a.name) is distinct from ($3, $4)
           ), branch as (
               update office o set ended_at = $9 from account a, was
               where a.student_id = was.id and o.account_id = a.id and o.kind = 'class_branch' and o.ended_at is null
                     and o.class_id = was.class_id and was.class_id <> $5
           ), kept as (
               insert into student_change (id, student_id, at, by_account, office, field, before, after, reason)
               select gen_random_uuid(), $1, $9, $10, $11, f.field, f.before, f.after, $12
               from was cross join lateral (values
                   ('number', was.number, $3), ('name', was.name, $4),
                   ('class', was.class_name, (select name from class where id = $5)),
                   ('political', was.political, $6), ('gender', was.gender, $7), ('ethnic', was.ethnic, $8)
               ) as f(field, before, after)
               where f.before is distinct from f.after
                     or (f.field = 'class' and was.class_id <> $5)
               returning field
           )
           select field from kept"#,
        id.0,
        acting.institution().0,
        to.number,
        to.name,
        to.class.0,
        to.political,
        to.gender,
        to.ethnic,
        now,
        acting.person().account.0,
        acting.office().label(),
        to.reason
    )
    .fetch_all(connection)
    .await?;
    let fields: anyhow::Result<Vec<Field>> = fields.iter().map(|slug| slug.parse()).collect();
    Ok(Correction::Done(fields?))
}

/// How students leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    /// The first day on which they are no students any more.
    pub day: Date,
    pub why: Left,
    /// What it rests on, in words.
    pub reason: String,
}

/// What a leaving came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone {
    pub students: i64,
    /// Offices that end with it, beside that of a student.
    pub offices: i64,
}

/// Students leave on a day: their offices end with the day before, their history stays. Those who have left already are left
/// alone, and so are those who hold an office of the school's staff: an administrator ends that first.
pub async fn leave(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    students: &[Uuid],
    leaving: &Leaving,
    now: OffsetDateTime,
) -> Result<Gone, Failure> {
    let Leaving { day, why, reason } = leaving;
    let words = format!("{day} 起{}", why.label());
    let done = sqlx::query!(
        r#"with gone as (
               update student set left_on = $3, left_why = $4
               where id = any($1) and institution_id = $2 and left_on is null and erased_at is null
                     and not exists (select from account a where a.student_id = student.id and is_staff(a.id, $5))
               returning id
           ), kept as (
               insert into student_change (id, student_id, at, by_account, office, field, before, after, reason)
               select gen_random_uuid(), id, $5, $6, $7, 'left', '在校', $8, $9 from gone
           ), shortened as (
               update office o set until_day = $3 from account a join gone on gone.id = a.student_id
               where o.account_id = a.id and o.ended_at is null and o.from_day < $3
                     and (o.until_day is null or o.until_day > $3)
               returning o.kind
           ), withdrawn as (
               update office o set ended_at = $5 from account a join gone on gone.id = a.student_id
               where o.account_id = a.id and o.ended_at is null and o.from_day >= $3
               returning o.kind
           )
           select (select count(*) from gone) as "gone!",
                  (select count(*) from shortened where kind <> 'student')
                  + (select count(*) from withdrawn where kind <> 'student') as "offices!""#,
        students,
        acting.institution().0,
        day,
        why.slug(),
        now,
        acting.person().account.0,
        acting.office().label(),
        words,
        reason
    )
    .fetch_one(connection)
    .await?;
    Ok(Gone { students: done.gone, offices: done.offices })
}

/// Somebody who had left is a student again, from today, in their class or the one it was merged into, which goes on with
/// them; offices do not come back by themselves. `false` where they had
/// not left or their data are erased.
pub async fn come_back(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    student: StudentId,
    reason: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query_scalar!(
        r#"with was as (
               select id, left_on, class_id from student
               where id = $1 and institution_id = $2 and left_on is not null and erased_at is null for update
           ), place as (
               -- The class may have been merged meanwhile, into one that was merged too.
               with recursive onward as (
                   select k.id, k.merged_into from class k, was where k.id = was.class_id
                   union all
                   select k.id, k.merged_into from class k join onward on k.id = onward.merged_into
               )
               select id from onward where merged_into is null
           ), open_again as (
               update class k set ended_on = null from place where k.id = place.id and k.ended_on is not null
           ), back as (
               update student s set left_on = null, left_why = null, class_id = place.id
               from was, place where s.id = was.id returning s.id
           ), kept as (
               insert into student_change (id, student_id, at, by_account, office, field, before, after, reason)
               select $7, was.id, $3, $4, $5, 'left', was.left_on::text || ' 起离校', '在校', $6 from was
           ), reopened as (
               -- A leaving that was still to come only shortened it.
               update office o set until_day = null from account a, was
               where a.student_id = was.id and o.account_id = a.id and o.kind = 'student' and o.ended_at is null
                     and o.until_day = was.left_on and was.left_on > china_day($3)
               returning o.account_id
           ), again as (
               insert into office (id, account_id, institution_id, kind, from_day, granted_at)
               select gen_random_uuid(), a.id, a.institution_id, 'student', china_day($3), $3
               from account a join back on back.id = a.student_id join activated_account v on v.id = a.id
               where a.id not in (select account_id from reopened)
               on conflict do nothing
           )
           select count(*) as "back!" from back"#,
        student.0,
        acting.institution().0,
        now,
        acting.person().account.0,
        acting.office().label(),
        reason,
        ChangeId::random().0
    );
    Ok(done.fetch_one(connection).await? == 1)
}
