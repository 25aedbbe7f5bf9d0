//! SQL of students. What reads takes a [`Scope`] and finds nobody outside it; what writes takes the proof of an office
//! that keeps students' data.

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use super::student::{About, Basis, Field, Left};
use crate::{
    auth::{acting::Acting, person::Scope},
    failure::Failure,
    ids::{AccountId, ChangeId, ClassId, CollegeId, DisputeId, GradeFactId, InstitutionId, StudentId},
    office::{OfficeKind, Registrar, StudentAffairs},
    rules::timeline::term_in_words,
};

/// A student as a list shows them.
#[derive(Debug)]
pub struct ListRow {
    pub id: StudentId,
    /// 学号.
    pub number: String,
    pub name: String,
    pub college: String,
    pub class: String,
    /// 政治面貌.
    pub political: Option<String>,
    /// The first day on which they are no student any more.
    pub left_on: Option<Date>,
    /// They have activated their account.
    pub active: bool,
}

/// What a list is asked for.
#[derive(Debug, Default)]
pub struct Search<'a> {
    /// Part of a number, a name or a class; empty for everybody.
    pub text: &'a str,
    pub college: Option<CollegeId>,
    /// Those who have left, and not those who are here.
    pub left: bool,
    /// Only those who have not activated their account.
    pub waiting: bool,
}

/// Students of a scope by number, from a place on.
pub async fn list(
    connection: &mut PgConnection,
    scope: &Scope,
    search: &Search<'_>,
    (skip, most): (i64, i64),
    today: Date,
) -> Result<(Vec<ListRow>, i64), Failure> {
    let rows = sqlx::query!(
        r#"select s.id as "id: StudentId", s.number, s.name, c.name as college, k.name as class, s.political, s.left_on,
                  a.password_hash is not null as "active!", count(*) over () as "total!"
           from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
                join college c on c.id = m.college_id left join account a on a.student_id = s.id
           where s.institution_id = $1 and ($2::uuid is null or c.id = $2) and ($3::uuid is null or k.id = $3)
                 and s.erased_at is null and ($4::uuid is null or c.id = $4)
                 and (strpos(s.number, $5) > 0 or strpos(s.name, $5) > 0 or strpos(k.name, $5) > 0)
                 and (s.left_on is not null and s.left_on <= $7) = $6
                 and (not $8 or a.password_hash is null)
           order by s.number offset $9 limit $10"#,
        scope.institution.0,
        scope.college.map(|id| id.0),
        scope.class.map(|id| id.0),
        search.college.map(|id| id.0),
        search.text,
        search.left,
        today,
        search.waiting,
        skip,
        most
    )
    .fetch_all(connection)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let list = rows
        .into_iter()
        .map(|row| ListRow {
            id: row.id,
            number: row.number,
            name: row.name,
            college: row.college,
            class: row.class,
            political: row.political,
            left_on: row.left_on,
            active: row.active,
        })
        .collect();
    Ok((list, total))
}

#[derive(Debug, Clone)]
pub struct Student {
    pub id: StudentId,
    /// 学号.
    pub number: String,
    pub name: String,
    pub college: String,
    pub major: String,
    /// 培养层次, by its stable word.
    pub level: String,
    pub entry_year: i32,
    pub class: String,
    pub class_id: ClassId,
    /// 政治面貌.
    pub political: Option<String>,
    /// 性别.
    pub gender: Option<String>,
    /// 民族.
    pub ethnic: Option<String>,
    /// The first day on which they are no student any more.
    pub left_on: Option<Date>,
    /// Why; by its stable word.
    pub left_why: Option<String>,
    pub account: Option<AccountId>,
    /// They have activated it.
    pub active: bool,
}

impl Student {
    /// 培养层次 in words.
    #[must_use]
    pub fn level_label(&self) -> &'static str {
        crate::rules::roster::level_label(&self.level)
    }

    /// Why they left, in words.
    #[must_use]
    pub fn left_label(&self) -> &'static str {
        self.left_why.as_deref().and_then(|slug| slug.parse::<Left>().ok()).map_or("", Left::label)
    }
}

/// A student of a scope.
pub async fn find(connection: &mut PgConnection, scope: &Scope, id: StudentId) -> Result<Option<Student>, Failure> {
    let row = sqlx::query_as!(
        Student,
        r#"select s.id as "id: StudentId", s.number, s.name, c.name as college, m.name as major, m.level, k.entry_year,
                  k.name as class, k.id as "class_id: ClassId", s.political, s.gender, s.ethnic, s.left_on, s.left_why,
                  a.id as "account: AccountId", a.password_hash is not null as "active!"
           from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
                join college c on c.id = m.college_id left join account a on a.student_id = s.id
           where s.id = $4 and s.institution_id = $1 and s.erased_at is null and ($2::uuid is null or c.id = $2)
                 and ($3::uuid is null or k.id = $3)"#,
        scope.institution.0,
        scope.college.map(|id| id.0),
        scope.class.map(|id| id.0),
        id.0
    );
    Ok(row.fetch_optional(connection).await?)
}

#[derive(Debug, Clone)]
pub struct Grade {
    pub id: GradeFactId,
    /// Over what time, by its stable word.
    pub basis: String,
    /// The time in words: `2025—2026 学年第二学期`.
    pub period: String,
    /// Rank in the major.
    pub rank: Option<i32>,
    /// Students of the major.
    pub cohort: Option<i32>,
    pub failed: Option<i32>,
    pub source: String,
    /// When it was recorded.
    pub recorded_at: OffsetDateTime,
    /// A later fact of the same time stands beside it.
    pub superseded: bool,
    /// An objection to its rank is open.
    pub rank_disputed: bool,
    /// An objection to its failed courses is open.
    pub failed_disputed: bool,
}

impl Grade {
    /// Over what time, in words.
    #[must_use]
    pub fn basis_label(&self) -> &'static str {
        self.basis.parse::<Basis>().map_or("", Basis::label)
    }
}

/// A student's grade facts, newest first.
pub async fn grades(connection: &mut PgConnection, student: StudentId) -> Result<Vec<Grade>, Failure> {
    let rows = sqlx::query_as!(
        Grade,
        r#"select g.id as "id: GradeFactId", g.basis, g.period, g.rank, g.cohort, g.failed, g.source, g.recorded_at,
                  row_number() over (partition by g.basis, g.period order by g.recorded_at desc, g.id) > 1
                      as "superseded!",
                  exists (select from dispute d where d.grade_fact_id = g.id and d.about = 'rank'
                          and d.upheld is null) as "rank_disputed!",
                  exists (select from dispute d where d.grade_fact_id = g.id and d.about = 'failed'
                          and d.upheld is null) as "failed_disputed!"
           from grade_fact g where g.student_id = $1 order by g.recorded_at desc, g.id"#,
        student.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A change of a student's data.
#[derive(Debug)]
pub struct Change {
    pub at: OffsetDateTime,
    pub by: String,
    pub office: String,
    /// What, by its stable word.
    pub field: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub reason: String,
}

impl Change {
    /// What was changed, in words.
    #[must_use]
    pub fn field_label(&self) -> &'static str {
        self.field.parse::<Field>().map_or("", Field::label)
    }
}

/// A student's history, newest first.
pub async fn changes(connection: &mut PgConnection, student: StudentId) -> Result<Vec<Change>, Failure> {
    let rows = sqlx::query_as!(
        Change,
        r#"select c.at, a.name as by, c.office, c.field, c.before, c.after, c.reason
           from student_change c join account a on a.id = c.by_account
           where c.student_id = $1 order by c.at desc, c.id"#,
        student.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// An office that a student holds or held.
#[derive(Debug)]
pub struct HeldRow {
    /// Its kind, by its stable word.
    pub kind: String,
    pub place: Option<String>,
    pub from_day: Date,
    /// The first day after the term.
    pub until_day: Option<Date>,
    /// It was ended ahead of its term.
    pub ended_at: Option<OffsetDateTime>,
}

impl HeldRow {
    #[must_use]
    pub fn label(&self) -> String {
        let label = self.kind.parse().map_or("", crate::office::OfficeKind::label);
        self.place.as_ref().map_or_else(|| label.to_owned(), |place| format!("{place} {label}"))
    }
}

/// A post in a student union that a student holds, held or will hold.
#[derive(Debug)]
pub struct UnionPostRow {
    pub union: String,
    pub department: Option<String>,
    pub post: String,
    pub from_day: Date,
    /// The first day on which it is held no more.
    pub until_day: Option<Date>,
}

impl UnionPostRow {
    #[must_use]
    pub fn term(&self) -> String {
        term_in_words(self.from_day, self.until_day)
    }
}

/// The posts of a student in unions, newest first.
pub async fn union_posts(connection: &mut PgConnection, student: StudentId) -> Result<Vec<UnionPostRow>, Failure> {
    let rows = sqlx::query_as!(
        UnionPostRow,
        r#"select union_name(u.kind, c.name) as "union!", d.name as "department?", post_label(p.kind, p.title) as "post!",
                  p.from_day, p.until_day
           from post p join student_union u on u.id = p.union_id left join college c on c.id = u.college_id
                left join department d on d.id = p.department_id
           where p.student_id = $1 and p.voided_at is null and (p.until_day is null or p.until_day > p.from_day)
           order by p.from_day desc, p.id"#,
        student.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The offices of a student beside that of a student.
pub async fn held(connection: &mut PgConnection, student: StudentId) -> Result<Vec<HeldRow>, Failure> {
    let rows = sqlx::query_as!(
        HeldRow,
        "select o.kind, coalesce(c.name, k.name) as place, o.from_day, o.until_day, o.ended_at
         from office o join account a on a.id = o.account_id left join college c on c.id = o.college_id
              left join class k on k.id = o.class_id
         where a.student_id = $1 and o.kind <> 'student' order by o.from_day desc, o.id",
        student.0
    );
    Ok(rows.fetch_all(connection).await?)
}

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
}

/// How a correction ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Correction {
    Done(Vec<Field>),
    NumberTaken,
    /// They hold an office of the school's staff: their name and number are for who keeps the accounts.
    Staff,
}

/// Corrects a student's data and keeps what stood there, with the reason; the account follows. Whoever changes class
/// hands the old class's branch over.
pub async fn correct(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    id: StudentId,
    to: &Corrected,
    reason: &str,
    now: OffsetDateTime,
) -> Result<Correction, Failure> {
    let taken = sqlx::query_scalar!(
        r#"select exists (
               select from student where institution_id = $1 and number = $2 and id <> $3
               union all
               select from account where institution_id = $1 and number = $2 and student_id is distinct from $3
           ) as "taken!""#,
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
               update student s set number = $3, name = $4, class_id = $5, political = $6, gender = $7, ethnic = $8
               from was where s.id = was.id returning s.id
           ), account_follows as (
               update account a set number = $3, name = $4 from done
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
        reason
    )
    .fetch_all(connection)
    .await?;
    let fields: anyhow::Result<Vec<Field>> = fields.iter().map(|slug| slug.parse()).collect();
    Ok(Correction::Done(fields?))
}

/// Students leave on a day: their offices end with the day before, their history stays. Gives how many left, and how many
/// offices end. Those who have left already are left alone, and so are those who hold an office of the school's staff:
/// whoever keeps the accounts ends that first.
pub async fn leave(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    students: &[Uuid],
    (day, why): (Date, Left),
    reason: &str,
    now: OffsetDateTime,
) -> Result<(i64, i64), Failure> {
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
    Ok((done.gone, done.offices))
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
               from account a join back on back.id = a.student_id
               where a.password_hash is not null and a.id not in (select account_id from reopened)
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

#[derive(Debug)]
pub struct Dispute {
    pub id: DisputeId,
    pub student: StudentId,
    /// 学号.
    pub number: String,
    pub name: String,
    pub college: String,
    /// What it is about, by its stable word.
    pub about: String,
    /// The fact's time, by its stable word and in words.
    pub basis: String,
    pub period: String,
    pub rank: Option<i32>,
    pub cohort: Option<i32>,
    /// Failed courses as recorded.
    pub failed: Option<i32>,
    /// Who vouches for the fact.
    pub source: String,
    /// What the student says.
    pub says: String,
    pub at: OffsetDateTime,
    /// The last day for an answer.
    pub due_on: Date,
    /// It was upheld or not; none while it is open.
    pub upheld: Option<bool>,
    pub answer: Option<String>,
    /// When it was answered.
    pub answered_at: Option<OffsetDateTime>,
}

impl Dispute {
    /// What it is about, in words.
    #[must_use]
    pub fn about_label(&self) -> &'static str {
        self.about.parse::<About>().map_or("", About::label)
    }

    /// The fact's time, in words.
    #[must_use]
    pub fn basis_label(&self) -> &'static str {
        self.basis.parse::<Basis>().map_or("", Basis::label)
    }
}

/// Objections of a university, of one student or one of them: open ones first, the most urgent first.
pub async fn disputes(
    connection: &mut PgConnection,
    institution: InstitutionId,
    student: Option<StudentId>,
    one: Option<DisputeId>,
) -> Result<Vec<Dispute>, Failure> {
    let rows = sqlx::query_as!(
        Dispute,
        r#"select d.id as "id: DisputeId", s.id as "student: StudentId", s.number, s.name, c.name as college, d.about,
                  g.basis, g.period, g.rank, g.cohort, g.failed, g.source, d.says, d.at, d.due_on, d.upheld, d.answer,
                  d.answered_at
           from dispute d join grade_fact g on g.id = d.grade_fact_id join student s on s.id = d.student_id
                join class k on k.id = s.class_id join major m on m.id = k.major_id
                join college c on c.id = m.college_id
           where s.institution_id = $1 and ($2::uuid is null or s.id = $2) and ($3::uuid is null or d.id = $3)
           order by d.upheld is not null, case when d.upheld is null then d.due_on end, d.answered_at desc, d.id
           limit 500"#,
        institution.0,
        student.map(|id| id.0),
        one.map(|id| id.0)
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Raises an objection of a student to a fact about themselves; `None` where the fact is not theirs, or says nothing of
/// it, or an objection is open already.
pub async fn raise(
    connection: &mut PgConnection,
    student: StudentId,
    (fact, about): (GradeFactId, About),
    says: &str,
    due_on: Date,
    now: OffsetDateTime,
) -> Result<Option<DisputeId>, Failure> {
    let row = sqlx::query_scalar!(
        r#"insert into dispute (id, student_id, grade_fact_id, about, says, at, due_on)
           select $1, g.student_id, g.id, $4, $5, $6, $7 from grade_fact g
           where g.id = $3 and g.student_id = $2
                 and case $4 when 'rank' then g.rank is not null else g.failed is not null end
           on conflict do nothing returning id as "id: DisputeId""#,
        DisputeId::random().0,
        student.0,
        fact.0,
        about.slug(),
        says,
        now,
        due_on
    );
    Ok(row.fetch_optional(connection).await?)
}

/// What the student-affairs office found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    pub upheld: bool,
    pub answer: String,
    /// The right rank and cohort, where the objection was about them and is upheld.
    pub rank: Option<(i32, i32)>,
    /// The right number of failed courses, likewise.
    pub failed: Option<i32>,
}

/// Answers an objection; where it is upheld a new fact is recorded beside the old one. `false` where it was answered
/// already.
pub async fn answer(
    connection: &mut PgConnection,
    acting: &Acting<StudentAffairs>,
    dispute: DisputeId,
    ruling: &Ruling,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update dispute d set upheld = $3, answer = $4, answered_at = $5, answered_by = $6
         from student s where d.id = $1 and s.id = d.student_id and s.institution_id = $2 and d.upheld is null",
        dispute.0,
        acting.institution().0,
        ruling.upheld,
        ruling.answer,
        now,
        acting.person().account.0
    );
    if done.execute(&mut *connection).await?.rows_affected() != 1 {
        return Ok(false);
    }
    if ruling.upheld {
        sqlx::query!(
            "insert into grade_fact (id, student_id, basis, period, rank, cohort, failed, source, recorded_at,
                                     recorded_by, dispute_id)
             select $2, g.student_id, g.basis, g.period, coalesce($3, g.rank), coalesce($4, g.cohort),
                    coalesce($5, g.failed), left('学生工作部门复核（原来源：' || was.source || '）', 60), $6, $7, d.id
             from dispute d join grade_fact was on was.id = d.grade_fact_id
                  -- What the objection is not about is taken from the newest fact: it may have been mended meanwhile.
                  cross join lateral (
                      select g.* from grade_fact g
                      where g.student_id = was.student_id and g.basis = was.basis and g.period = was.period
                      order by g.recorded_at desc, g.id limit 1) g
             where d.id = $1",
            dispute.0,
            GradeFactId::random().0,
            ruling.rank.map(|(rank, _)| rank),
            ruling.rank.map(|(_, cohort)| cohort),
            ruling.failed,
            now,
            acting.person().account.0
        )
        .execute(connection)
        .await?;
    }
    Ok(true)
}
