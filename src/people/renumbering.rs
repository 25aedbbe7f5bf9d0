//! 换学号: a student who got another number (转专业, 转段) stays the person they are. Both numbers are kept: the new one
//! signs in, the old one still finds them and is nobody else's. Where a file has made a second person under the new
//! number meanwhile, the two are joined, as long as the second one has nothing but what files said of them.

use sqlx::{Connection, PgConnection, error::ErrorKind};
use time::OffsetDateTime;

use crate::{
    auth::acting::Acting,
    failure::Failure,
    ids::{ChangeId, StudentId},
    name::{Number, number_key},
    office::SchoolLeague,
};

/// A new number, and why.
#[derive(Debug, Clone)]
pub struct Renumbering {
    pub number: Number,
    /// Why, in words.
    pub reason: String,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Renumbered {
    Done {
        /// As it is shown: the spelling of the second person's, where there was one.
        number: String,
        /// A second person was joined.
        joined: bool,
    },
    /// They have this number already.
    Same,
    /// They hold an office of the school's staff: their number is for an administrator.
    Staff,
    /// It was somebody else's before.
    Former,
    /// An account that is no student's has the number.
    Account,
    /// The student of the number is called otherwise: their name.
    Other(String),
    /// The second person has an account in use, or is named in decisions.
    Busy,
}

impl Renumbered {
    /// Why nothing was written, in Chinese; empty where it was.
    #[must_use]
    pub fn says(&self) -> String {
        match self {
            Self::Done { .. } => String::new(),
            Self::Same => "这就是现在的学号；只改大小写的，请用“更正信息”".to_owned(),
            Self::Staff => "此人担任学校或院系的工作职务，学号由系统管理员更正".to_owned(),
            Self::Former => "这是另一名学生曾用的学号".to_owned(),
            Self::Account => "这个号码已有他人的账号，请核对".to_owned(),
            Self::Other(name) => format!("这个学号是{name}的，姓名不同，不是同一人；请核对"),
            Self::Busy => {
                "这个学号下的人已激活账号，或已有任职、遴选、选举、异议记录，不能合并；请核对是否同一人".to_owned()
            }
        }
    }
}

/// Whom the new number belongs to now.
struct Second {
    id: StudentId,
    name: String,
    same_name: bool,
    number: String,
}

/// Gives a student another number. The caller has found the student; nothing is written unless it ends in
/// [`Renumbered::Done`].
pub async fn renumber(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    id: StudentId,
    to: &Renumbering,
    now: OffsetDateTime,
) -> Result<Renumbered, Failure> {
    let institution = acting.institution().0;
    let was = sqlx::query!(
        r#"select s.number, exists (select from account a where a.student_id = s.id and is_staff(a.id, $3)) as "staff!"
           from student s where s.id = $1 and s.institution_id = $2 and s.erased_at is null for update of s"#,
        id.0,
        institution,
        now
    )
    .fetch_optional(&mut *connection)
    .await?
    .ok_or(Failure::Missing)?;
    if number_key(&was.number) == to.number.key() {
        return Ok(Renumbered::Same);
    }
    if was.staff {
        return Ok(Renumbered::Staff);
    }
    let former = sqlx::query_scalar!(
        r#"select exists (select from former_number where institution_id = $1 and number_key = $2 and student_id <> $3)
           as "former!""#,
        institution,
        to.number.key(),
        id.0
    );
    if former.fetch_one(&mut *connection).await? {
        return Ok(Renumbered::Former);
    }
    let second = sqlx::query_as!(
        Second,
        r#"select s.id as "id: StudentId", s.name, s.name_key = f.name_key as "same_name!", s.number
           from student s join student f on f.id = $3
           where s.institution_id = $1 and s.number_key = $2 and s.id <> $3 and s.erased_at is null
           order by s.number_twin limit 1 for update of s"#,
        institution,
        to.number.key(),
        id.0
    )
    .fetch_optional(&mut *connection)
    .await?;
    let strangers = sqlx::query_scalar!(
        r#"select exists (select from account a where a.institution_id = $1 and a.number_key = $2
                          and (a.student_id is null or (a.student_id <> $3 and a.student_id is distinct from $4)))
           as "strangers!""#,
        institution,
        to.number.key(),
        id.0,
        second.as_ref().map(|second| second.id.0)
    );
    if strangers.fetch_one(&mut *connection).await? {
        return Ok(Renumbered::Account);
    }
    if let Some(Second { name, same_name: false, .. }) = second {
        return Ok(Renumbered::Other(name));
    }
    if let Some(second) = &second {
        // Whatever else names the second person keeps the database from letting them go.
        let mut inner = connection.begin().await?;
        match join(&mut inner, acting, id, second.id, &to.reason, now).await {
            Ok(true) => inner.commit().await?,
            Ok(false) => {
                inner.rollback().await?;
                return Ok(Renumbered::Busy);
            }
            Err(failure) => return Err(failure),
        }
    }
    let number = second.as_ref().map_or(to.number.shown(), |second| second.number.as_str());
    sqlx::query!(
        "with kept as (
             insert into former_number (institution_id, student_id, number, until) values ($2, $1, $4, $5)
             on conflict (student_id, number) do update set until = $5
         ), account_follows as (
             update account set number = $3, number_twin = false where student_id = $1
         ), noted as (
             insert into student_change (id, student_id, at, by_account, office, field, before, after, reason)
             values ($6, $1, $5, $7, $8, 'number', $4, $3, $9)
         )
         update student set number = $3, number_twin = false where id = $1",
        id.0,
        institution,
        number,
        was.number,
        now,
        ChangeId::random().0,
        acting.person().account.0,
        acting.office().label(),
        to.reason
    )
    .execute(&mut *connection)
    .await?;
    // One who gets an earlier number back has it no longer as a former one.
    sqlx::query!("delete from former_number where student_id = $1 and number_key = $2", id.0, to.number.key())
        .execute(connection)
        .await?;
    Ok(Renumbered::Done { number: number.to_owned(), joined: second.is_some() })
}

/// Takes over what files said of the second person and lets them go; `false` where something else names them, and then
/// what was written is to be rolled back.
async fn join(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    first: StudentId,
    second: StudentId,
    reason: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let in_use = sqlx::query_scalar!(
        r#"select exists (select from account a left join activated_account v on v.id = a.id
                          where a.student_id = $1 and (v.id is not null or a.disabled_at is not null))
                  or exists (select from dispute where student_id = $1) as "in_use!""#,
        second.0
    );
    if in_use.fetch_one(&mut *connection).await? {
        return Ok(false);
    }
    // Facts are never rewritten: they are taken down anew, with their own time and source.
    sqlx::query!(
        "with facts as (
             insert into grade_fact (id, student_id, basis, period, rank, cohort, rank_of, failed, failed_of, source,
                                     recorded_at, recorded_by, import_id)
             select gen_random_uuid(), $1, basis, period, rank, cohort, rank_of, failed, failed_of, source, recorded_at,
                    recorded_by, import_id
             from grade_fact where student_id = $2
         ), changes as (
             insert into student_change (id, student_id, at, by_account, office, field, before, after, reason, import_id)
             select gen_random_uuid(), $1, at, by_account, office, field, before, after, reason, import_id
             from student_change where student_id = $2
         ), numbers as (
             insert into former_number (institution_id, student_id, number, until)
             select institution_id, $1, number, until from former_number where student_id = $2
             on conflict do nothing
         )
         update notice set student_id = $1 where student_id = $2",
        first.0,
        second.0
    )
    .execute(&mut *connection)
    .await?;
    // The later file knows the class that they are in now.
    sqlx::query!(
        "with was as (
             select f.id, f.class_id, f.political, f.gender, f.ethnic, fk.name as class, s.class_id as new_class_id,
                    sk.name as new_class, coalesce(s.political, f.political) as new_political,
                    coalesce(s.gender, f.gender) as new_gender, coalesce(s.ethnic, f.ethnic) as new_ethnic
             from student f join class fk on fk.id = f.class_id, student s join class sk on sk.id = s.class_id
             where f.id = $1 and s.id = $2
         ), branch as (
             update office o set ended_at = $3 from account a, was
             where a.student_id = was.id and o.account_id = a.id and o.kind = 'class_branch' and o.ended_at is null
                   and o.class_id = was.class_id and was.class_id <> was.new_class_id
         ), noted as (
             insert into student_change (id, student_id, at, by_account, office, field, before, after, reason)
             select gen_random_uuid(), was.id, $3, $4, $5, f.field, f.before, f.after, $6
             from was cross join lateral (values
                 ('class', was.class, was.new_class, was.class_id <> was.new_class_id),
                 ('political', was.political, was.new_political, was.political is distinct from was.new_political),
                 ('gender', was.gender, was.new_gender, was.gender is distinct from was.new_gender),
                 ('ethnic', was.ethnic, was.new_ethnic, was.ethnic is distinct from was.new_ethnic)
             ) as f(field, before, after, differs)
             where f.differs
         )
         update student f set class_id = was.new_class_id, political = was.new_political, gender = was.new_gender,
                ethnic = was.new_ethnic
         from was where f.id = was.id",
        first.0,
        second.0,
        now,
        acting.person().account.0,
        acting.office().label(),
        reason
    )
    .execute(&mut *connection)
    .await?;
    // A slip that was printed for the new number opens the one account that the person then has.
    sqlx::query!(
        "update account set student_id = $1
         where student_id = $2 and not exists (select from account where student_id = $1)",
        first.0,
        second.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from activation v using account a where a.id = v.account_id and a.student_id = $1", second.0)
        .execute(&mut *connection)
        .await?;
    let gone = async {
        sqlx::query!("delete from former_number where student_id = $1", second.0).execute(&mut *connection).await?;
        sqlx::query!("delete from grade_fact where student_id = $1", second.0).execute(&mut *connection).await?;
        sqlx::query!("delete from student_change where student_id = $1", second.0).execute(&mut *connection).await?;
        sqlx::query!("delete from account where student_id = $1", second.0).execute(&mut *connection).await?;
        sqlx::query!("delete from student where id = $1", second.0).execute(&mut *connection).await
    };
    match gone.await {
        Ok(_) => Ok(true),
        Err(sqlx::Error::Database(error)) if error.kind() == ErrorKind::ForeignKeyViolation => Ok(false),
        Err(error) => Err(error.into()),
    }
}
