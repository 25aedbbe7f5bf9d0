//! SQL that reads students. It takes a [`Scope`] and finds nobody outside it.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::student::{Basis, CoursesCounted, Field, Left};
use crate::{
    auth::person::Scope,
    failure::Failure,
    ids::{AccountId, ClassId, CollegeId, GradeFactId, StudentId},
    office::OfficeKind,
    page::{paging::RowRange, table::Sorting},
    rules::{measure::Measure, roster::level_label, timeline::term_in_words},
    words::words,
};

/// A student as a list shows them.
#[derive(Debug)]
pub struct StudentRow {
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

/// Which students a list shows.
#[derive(Debug, Default)]
pub struct StudentFilter<'a> {
    /// Part of a number, a name or a class; empty for everybody.
    pub text: &'a str,
    pub college: Option<CollegeId>,
    /// Those who have left, and not those who are here.
    pub left: bool,
    /// Only those who have not activated their account.
    pub waiting: bool,
    /// Only those of this 政治面貌.
    pub political: Option<&'a str>,
    /// Only those who entered in this year.
    pub year: Option<i32>,
    /// Only those whose numbers differ in case or width alone from another's.
    pub twins: bool,
}

words! {
    /// What students are listed by.
    StudentColumn:
    Number = "number", "学号";
    Name = "name", "姓名";
    College = "college", "院系";
    Class = "class", "班级";
    Political = "political", "政治面貌";
    Account = "account", "账号";
}

/// How many students of a scope there are that a filter finds.
async fn count(
    connection: &mut PgConnection,
    scope: &Scope,
    filter: &StudentFilter<'_>,
    today: Date,
) -> Result<i64, Failure> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from student s
           where s.institution_id = $1 and s.erased_at is null
                 and ($2::uuid is null or s.class_id in (
                         select k.id from class k join major m on m.id = k.major_id where m.college_id = $2))
                 and ($3::uuid is null or s.class_id = $3)
                 and ($4::uuid is null or s.class_id in (
                         select k.id from class k join major m on m.id = k.major_id where m.college_id = $4))
                 and (strpos(s.number_key, number_key($5)) > 0 or strpos(lower(s.name_key), lower(name_key($5))) > 0
                      or exists (select from class k where k.id = s.class_id
                                 and strpos(lower(k.name_key), lower(name_key($5))) > 0)
                      or exists (select from former_number f where f.institution_id = $1 and f.student_id = s.id
                                 and strpos(f.number_key, number_key($5)) > 0))
                 and (s.left_on is not null and s.left_on <= $7) = $6
                 and (not $8 or not exists (select from account a join activated_account v on v.id = a.id
                                            where a.student_id = s.id))
                 and (not $9 or s.number_key in (select t.number_key from student t
                                                 where t.institution_id = $1 and t.number_twin))
                 and ($10::text is null or s.political = $10)
                 and ($11::integer is null or s.class_id in (select k.id from class k where k.entry_year = $11))"#,
        scope.institution.0,
        scope.college.map(|id| id.0),
        scope.class.map(|id| id.0),
        filter.college.map(|id| id.0),
        filter.text,
        filter.left,
        today,
        filter.waiting,
        filter.twins,
        filter.political,
        filter.year
    );
    Ok(count.fetch_one(connection).await?)
}

/// Students of a scope, and how many there are. They are counted apart from the page, which stops at its end where an index
/// has its order.
pub async fn list(
    connection: &mut PgConnection,
    scope: &Scope,
    filter: &StudentFilter<'_>,
    sorting: Sorting<StudentColumn>,
    range: RowRange,
    today: Date,
) -> Result<(Vec<StudentRow>, i64), Failure> {
    // Names are looked up by their sound, with the surnames' own readings.
    let by_sound = sorting.by == StudentColumn::Name;
    let read = if by_sound { RowRange::ALL } else { range };
    let rows = sqlx::query!(
        r#"select s.id as "id: StudentId", s.number, s.name, c.name as college, k.name as class, s.political, s.left_on,
                  v.id is not null as "active!"
           from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
                join college c on c.id = m.college_id left join account a on a.student_id = s.id
                left join activated_account v on v.id = a.id
                cross join lateral (select case $12::text when 'college' then lpad(c.place::text, 5, '0') || c.name
                                                          when 'class' then lpad(c.place::text, 5, '0') || k.name
                                                          when 'name' then s.name_key
                                                          when 'political' then coalesce(s.political, '')
                                                          when 'account' then (v.id is not null)::text
                                                          else s.number end as key) o
           where s.institution_id = $1 and ($2::uuid is null or c.id = $2) and ($3::uuid is null or k.id = $3)
                 and s.erased_at is null and ($4::uuid is null or c.id = $4)
                 and (strpos(s.number_key, number_key($5)) > 0 or strpos(lower(s.name_key), lower(name_key($5))) > 0
                      or strpos(lower(k.name_key), lower(name_key($5))) > 0
                      or exists (select from former_number f where f.institution_id = $1 and f.student_id = s.id
                                 and strpos(f.number_key, number_key($5)) > 0))
                 and (s.left_on is not null and s.left_on <= $7) = $6
                 and (not $8 or v.id is null)
                 and (not $11 or s.number_key in (select t.number_key from student t
                                                  where t.institution_id = $1 and t.number_twin))
                 and ($14::text is null or s.political = $14)
                 and ($15::integer is null or k.entry_year = $15)
           order by case when not $13 then o.key end, case when $13 then o.key end desc, s.number
           offset $9 limit $10"#,
        scope.institution.0,
        scope.college.map(|id| id.0),
        scope.class.map(|id| id.0),
        filter.college.map(|id| id.0),
        filter.text,
        filter.left,
        today,
        filter.waiting,
        read.skip,
        read.most,
        filter.twins,
        sorting.by.slug(),
        sorting.downward,
        filter.political,
        filter.year
    )
    .fetch_all(&mut *connection)
    .await?;
    let found = i64::try_from(rows.len()).map_err(anyhow::Error::new)?;
    let total = match found {
        0 => 0,
        // The last page.
        _ if found < read.most => read.skip + found,
        _ => count(connection, scope, filter, today).await?,
    };
    let list = rows.into_iter().map(|row| StudentRow {
        id: row.id,
        number: row.number,
        name: row.name,
        college: row.college,
        class: row.class,
        political: row.political,
        left_on: row.left_on,
        active: row.active,
    });
    let mut list: Vec<StudentRow> = list.collect();
    if by_sound {
        list = range.of(sorting.by_sound(list, |one| &one.name).await?);
    }
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
    /// Numbers that they had before, the latest first.
    pub former_numbers: Vec<String>,
}

impl Student {
    /// The numbers that they had before, in words.
    #[must_use]
    pub fn formerly(&self) -> String {
        self.former_numbers.join("、")
    }

    /// 培养层次 in words.
    #[must_use]
    pub fn level_label(&self) -> &'static str {
        level_label(&self.level)
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
                  a.id as "account: AccountId", v.id is not null as "active!",
                  array(select f.number from former_number f where f.student_id = s.id order by f.until desc)
                      as "former_numbers!"
           from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
                join college c on c.id = m.college_id left join account a on a.student_id = s.id
                left join activated_account v on v.id = a.id
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
    /// The place in the ranking.
    pub rank: Option<i32>,
    /// How many are ranked.
    pub cohort: Option<i32>,
    /// Of what the ranking is, by its stable word.
    pub rank_of: String,
    pub failed: Option<i32>,
    /// Of which courses failed ones are counted, by its stable word.
    pub failed_of: String,
    pub source: String,
    /// When it was recorded.
    pub recorded_at: OffsetDateTime,
    /// A later fact of the same time was recorded.
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

    /// Of what the ranking is, in words; empty where it is the one of the major.
    #[must_use]
    pub fn measure_label(&self) -> String {
        measure_label(&self.rank_of)
    }

    /// Failed courses are counted of 必修课 alone.
    #[must_use]
    pub fn counts_required(&self) -> bool {
        self.failed_of == CoursesCounted::Required.slug()
    }
}

/// Of what a ranking is, in words; empty where it is the one of the major.
pub(super) fn measure_label(slug: &str) -> String {
    let other = Measure::of_slug(slug).filter(|measure| !measure.is_usual());
    other.map(Measure::label).unwrap_or_default()
}

/// A student's grade facts, newest first.
pub async fn grades(connection: &mut PgConnection, student: StudentId) -> Result<Vec<Grade>, Failure> {
    let rows = sqlx::query_as!(
        Grade,
        r#"select g.id as "id: GradeFactId", g.basis, g.period, g.rank, g.cohort, g.rank_of, g.failed, g.failed_of,
                  g.source, g.recorded_at,
                  row_number() over (partition by g.basis, g.period, g.rank_of order by g.recorded_at desc, g.id) > 1
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
pub struct OfficeRow {
    /// Its kind, by its stable word.
    pub kind: String,
    pub place: Option<String>,
    pub from_day: Date,
    /// The first day after the term.
    pub until_day: Option<Date>,
    /// It was ended ahead of its term.
    pub ended_at: Option<OffsetDateTime>,
}

impl OfficeRow {
    #[must_use]
    pub fn label(&self) -> String {
        let label = self.kind.parse().map_or("", OfficeKind::label);
        self.place.as_ref().map_or_else(|| label.to_owned(), |place| format!("{place} {label}"))
    }

    /// The last day of the term.
    #[must_use]
    pub fn last_day(&self) -> Option<Date> {
        self.until_day.and_then(Date::previous_day)
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

/// A congress to which a student is or was a delegate.
#[derive(Debug)]
pub struct DelegacyRow {
    /// `第二十三次学生代表大会`, with the college's name where it is a college's.
    pub congress: String,
    /// 正式代表, 候补代表 and the like.
    pub standing: String,
    pub delegation: Option<String>,
    /// On the delegate's card.
    pub card: Option<i32>,
    pub ended_on: Option<Date>,
}

/// The congresses to which a student is or was a delegate, newest first.
pub async fn delegacies(connection: &mut PgConnection, student: StudentId) -> Result<Vec<DelegacyRow>, Failure> {
    let rows = sqlx::query_as!(
        DelegacyRow,
        r#"select coalesce(c.name, '') || g.ordinal || case n.kind when 'graduate' then '研究生代表大会'
                      else '学生代表大会' end as "congress!",
                  case d.standing when 'elected' then '正式代表' when 'substitute' then '候补代表'
                      else '名额以外的代表' end as "standing!",
                  l.name as "delegation?", d.number as card, d.ended_on
           from delegate d join congress g on g.id = d.congress_id join student_union n on n.id = g.union_id
                left join college c on c.id = n.college_id left join congress_delegation l on l.id = d.delegation_id
           where d.student_id = $1 order by g.created_at desc"#,
        student.0
    );
    Ok(rows.fetch_all(connection).await?)
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
pub async fn held(connection: &mut PgConnection, student: StudentId) -> Result<Vec<OfficeRow>, Failure> {
    let rows = sqlx::query_as!(
        OfficeRow,
        "select o.kind, coalesce(c.name, k.name) as place, o.from_day, o.until_day, o.ended_at
         from office o join account a on a.id = o.account_id left join college c on c.id = o.college_id
              left join class k on k.id = o.class_id
         where a.student_id = $1 and o.kind <> 'student' order by o.from_day desc, o.id",
        student.0
    );
    Ok(rows.fetch_all(connection).await?)
}
