//! SQL of the directory.

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use crate::{
    auth::acting::Acting,
    database::Locked,
    failure::Failure,
    ids::{ClassId, CollegeId, InstitutionId, MajorId, OrganisationId},
    name::order::{self, StrokeOrder},
    office::{OfficeKind, Registrar, SchoolLeague},
    page::{paging::RowRange, table::Sorting},
    words::words,
};

/// Locks a university's students and classes to the end of the transaction, waiting its turn: one import at a time, by
/// whatever process, and no turn of the year in between.
///
/// # Errors
/// Where the lock is not had within the database's time for locks.
pub async fn lock(connection: &mut PgConnection, institution: InstitutionId) -> Result<Locked<InstitutionId>, Failure> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('import ' || $1::text, 0))", institution.0.to_string())
        .fetch_one(connection)
        .await?;
    Ok(Locked::new(institution))
}

/// Students of one grade in one college.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CohortRow {
    pub college: String,
    pub entry_year: i32,
    pub students: i64,
}

/// Students on a day by college and entry year, newest grade first.
pub async fn cohorts(
    connection: &mut PgConnection,
    institution: InstitutionId,
    today: Date,
) -> Result<Vec<CohortRow>, Failure> {
    let rows = sqlx::query_as!(
        CohortRow,
        r#"select c.name as college, k.entry_year, sum(n.students)::bigint as "students!"
           from (
                    select s.class_id, count(*) as students from student s
                    where s.institution_id = $1 and (s.left_on is null or s.left_on > $2) group by 1
                ) n join class k on k.id = n.class_id join major m on m.id = k.major_id
                join college c on c.id = m.college_id
           group by c.id, k.entry_year order by c.place, c.name, k.entry_year desc"#,
        institution.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocietyRow {
    pub name: String,
    /// The League committee counts it among the main ones.
    pub is_main: bool,
    /// Its members; none if nobody knows.
    pub members: Option<i32>,
}

/// The societies, main ones first.
pub async fn societies(connection: &mut PgConnection, institution: InstitutionId) -> Result<Vec<SocietyRow>, Failure> {
    let rows = sqlx::query_as!(
        SocietyRow,
        "select name, is_main, members from organisation
         where institution_id = $1 and kind = 'society' and ended_on is null order by is_main desc, name",
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A college or class that an office can belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollegeRow {
    pub id: CollegeId,
    pub name: String,
}

/// The colleges of a university in its order.
pub async fn colleges(connection: &mut PgConnection, institution: InstitutionId) -> Result<Vec<CollegeRow>, Failure> {
    let rows = sqlx::query_as!(
        CollegeRow,
        r#"select id as "id: CollegeId", name from college where institution_id = $1 order by place, name"#,
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// In which order the official lists of a university name people.
pub async fn stroke_order(connection: &mut PgConnection, institution: InstitutionId) -> Result<StrokeOrder, Failure> {
    let order = sqlx::query_scalar!("select stroke_order from institution where id = $1", institution.0);
    Ok(order.fetch_one(connection).await?.parse()?)
}

pub async fn set_stroke_order(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    order: StrokeOrder,
) -> Result<(), Failure> {
    let (institution, order) = (acting.institution().0, order.slug());
    sqlx::query!("update institution set stroke_order = $2 where id = $1", institution, order)
        .execute(connection)
        .await?;
    Ok(())
}

/// The colleges stand as the university has put them, and not by the strokes of their names.
pub async fn colleges_are_by_hand(connection: &mut PgConnection, institution: InstitutionId) -> Result<bool, Failure> {
    let by_hand = sqlx::query_scalar!("select colleges_by_hand from institution where id = $1", institution.0);
    Ok(by_hand.fetch_one(connection).await?)
}

/// Puts all colleges of a university in that order.
pub async fn set_college_order(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    colleges: &[CollegeId],
) -> Result<(), Failure> {
    let institution = acting.institution();
    sqlx::query!("update institution set colleges_by_hand = true where id = $1", institution.0)
        .execute(&mut *connection)
        .await?;
    keep_college_places(connection, institution, colleges).await
}

/// Puts the colleges of a university in the order of their names' strokes again.
pub async fn order_colleges_by_strokes(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
) -> Result<(), Failure> {
    let institution = acting.institution();
    sqlx::query!("update institution set colleges_by_hand = false where id = $1", institution.0)
        .execute(&mut *connection)
        .await?;
    place_colleges(connection, institution).await
}

/// Gives the colleges of a university their places, for whoever sets one up or gives it another name: by the strokes of
/// their names or, where the university has put them in its own order, new ones after the others.
pub async fn place_colleges(connection: &mut PgConnection, institution: InstitutionId) -> Result<(), Failure> {
    let mut colleges = colleges(connection, institution).await?;
    order::sort(&mut colleges, StrokeOrder::Whole, |college| &college.name);
    if colleges_are_by_hand(connection, institution).await? {
        let placed = sqlx::query_scalar!(
            r#"select id as "id: CollegeId" from college where institution_id = $1 and place > 0 order by place"#,
            institution.0
        );
        let placed = placed.fetch_all(&mut *connection).await?;
        colleges.sort_by_key(|college| placed.iter().position(|id| *id == college.id).unwrap_or(placed.len()));
    }
    let ids: Vec<CollegeId> = colleges.iter().map(|college| college.id).collect();
    keep_college_places(connection, institution, &ids).await
}

/// As [`place_colleges`], for every university that has a college without a place: those that stood before places were kept.
pub async fn place_all_colleges(connection: &mut PgConnection) -> Result<(), Failure> {
    let waiting =
        sqlx::query_scalar!(r#"select distinct institution_id as "id: InstitutionId" from college where place = 0"#);
    for institution in waiting.fetch_all(&mut *connection).await? {
        place_colleges(connection, institution).await?;
    }
    Ok(())
}

async fn keep_college_places(
    connection: &mut PgConnection,
    institution: InstitutionId,
    colleges: &[CollegeId],
) -> Result<(), Failure> {
    let ids: Vec<Uuid> = colleges.iter().map(|id| id.0).collect();
    sqlx::query!(
        "update college c set place = u.place from unnest($2::uuid[]) with ordinality as u(id, place)
         where c.institution_id = $1 and c.id = u.id and c.place <> u.place",
        institution.0,
        &ids
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The class of that name that has not ended, if there is exactly one.
pub async fn class_named(
    connection: &mut PgConnection,
    institution: InstitutionId,
    name: &str,
    today: Date,
) -> Result<Option<ClassId>, Failure> {
    let id = sqlx::query_scalar!(r#"select open_class($1, $2, $3) as "id: ClassId""#, institution.0, name, today);
    Ok(id.fetch_one(connection).await?)
}

words! {
    /// What a student organisation is.
    OrganisationKind:
    /// One that the League committee counts among the main ones: it sends delegates to the congress.
    MainSociety = "main", "主要社团";
    Society = "society", "社团";
    Other = "other", "其他学生组织";
}

/// A student organisation as its page shows it.
#[derive(Debug, Clone)]
pub struct OrganisationRow {
    pub id: OrganisationId,
    pub name: String,
    /// `society` or `other`.
    pub kind: String,
    /// The League committee counts it among the main societies.
    pub is_main: bool,
    /// Its members; none if nobody knows.
    pub members: Option<i32>,
    /// What it does, in words.
    pub functions: String,
    /// The first day on which it is no more.
    pub ended_on: Option<Date>,
}

impl OrganisationRow {
    #[must_use]
    pub fn organisation_kind(&self) -> OrganisationKind {
        match (self.kind.as_str(), self.is_main) {
            ("society", true) => OrganisationKind::MainSociety,
            ("society", false) => OrganisationKind::Society,
            _ => OrganisationKind::Other,
        }
    }

    #[must_use]
    pub fn kind_label(&self) -> &'static str {
        self.organisation_kind().label()
    }
}

/// The student organisations, those that still are first; or one that still is.
pub async fn organisations(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<OrganisationId>,
) -> Result<Vec<OrganisationRow>, Failure> {
    let rows = sqlx::query_as!(
        OrganisationRow,
        r#"select id as "id: OrganisationId", name, kind, is_main, members, functions, ended_on from organisation
           where institution_id = $1 and ($2::uuid is null or (id = $2 and ended_on is null))
           order by ended_on is not null, kind desc, is_main desc, name"#,
        institution.0,
        one.map(|id| id.0)
    );
    Ok(rows.fetch_all(connection).await?)
}

/// What is registered of a student organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its name, 2 to 60 characters.
    pub name: String,
    pub kind: OrganisationKind,
    pub members: Option<i32>,
    /// What it does, at most 500 characters.
    pub functions: String,
}

/// Registers an organisation, or changes one that still is; `false` where the name is taken or there is none.
pub async fn keep_organisation(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    id: Option<OrganisationId>,
    organisation: &Organisation,
) -> Result<bool, Failure> {
    let (kind, is_main) = match organisation.kind {
        OrganisationKind::MainSociety => ("society", true),
        OrganisationKind::Society => ("society", false),
        OrganisationKind::Other => ("other", false),
    };
    let done = if let Some(id) = id {
        sqlx::query!(
            "update organisation o set name = $3, kind = $4, is_main = $5, members = $6, functions = $7
             where id = $1 and institution_id = $2 and ended_on is null
                   and not exists (select from organisation x where x.institution_id = $2 and x.name_key = name_key($3)
                                    and x.id <> $1)",
            id.0,
            acting.institution().0,
            organisation.name,
            kind,
            is_main,
            organisation.members,
            organisation.functions
        )
        .execute(connection)
        .await?
    } else {
        sqlx::query!(
            "insert into organisation (id, institution_id, name, kind, is_main, members, functions)
             select $1, $2, $3, $4, $5, $6, $7
             where not exists (select from organisation x where x.institution_id = $2 and x.name_key = name_key($3))
             on conflict do nothing",
            OrganisationId::random().0,
            acting.institution().0,
            organisation.name,
            kind,
            is_main,
            organisation.members,
            organisation.functions
        )
        .execute(connection)
        .await?
    };
    Ok(done.rows_affected() == 1)
}

/// Ends an organisation from a day on; gives its name, none where there is none.
pub async fn end_organisation(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    id: OrganisationId,
    day: Date,
) -> Result<Option<String>, Failure> {
    let name = sqlx::query_scalar!(
        "update organisation set ended_on = $3 where id = $1 and institution_id = $2 and ended_on is null
         returning name",
        id.0,
        acting.institution().0,
        day
    );
    Ok(name.fetch_optional(connection).await?)
}

words! {
    /// Whether an office was held before, is held now or will be.
    Tenure:
    Now = "", "现任";
    Past = "past", "曾任";
    Future = "future", "将任";
}

/// Which offices a list shows.
#[derive(Debug, Clone, Copy)]
pub struct OfficeFilter {
    pub kind: Option<OfficeKind>,
    /// Offices of this college and of its classes.
    pub college: Option<CollegeId>,
    pub tenure: Tenure,
}

/// Somebody in an office.
#[derive(Debug)]
pub struct HolderRow {
    /// 学号 or 工号.
    pub number: String,
    pub name: String,
    pub office: String,
    pub from_day: Date,
    /// The last day of the term.
    pub last_day: Option<Date>,
    /// It was ended ahead of its term.
    pub ended_at: Option<OffsetDateTime>,
    pub active: bool,
}

words! {
    /// What office holders are listed by.
    HolderColumn:
    /// As offices rank, then by place.
    Office = "office", "职务";
    Name = "name", "姓名";
    Number = "number", "学号（工号）";
    From = "from", "任职起始日期";
    Last = "last", "任职截止日期";
    Account = "account", "账号";
}

/// Who holds offices beside that of a student, and how many.
pub async fn holders(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: OfficeFilter,
    sorting: Sorting<HolderColumn>,
    range: RowRange,
    now: OffsetDateTime,
) -> Result<(Vec<HolderRow>, i64), Failure> {
    // As people are listed: by the sound of their names.
    let by_sound = sorting.by == HolderColumn::Name;
    let read = if by_sound { RowRange::ALL } else { range };
    let when = match filter.tenure {
        Tenure::Now => "now",
        Tenure::Past => "past",
        Tenure::Future => "future",
    };
    let rows = sqlx::query!(
        r#"select a.number, a.name, coalesce(c.name || ' ', k.name || ' ', '') || office_label(o.kind) as "office!",
                  o.from_day, o.until_day - 1 as last_day, o.ended_at, v.id is not null as "active!",
                  count(*) over () as "total!"
           from office o join account a on a.id = o.account_id left join activated_account v on v.id = a.id
                left join class k on k.id = o.class_id
                left join major m on m.id = k.major_id left join college c on c.id = o.college_id
                cross join lateral (select lpad(array_position(array[
                        'school_league', 'deputy_secretary', 'student_affairs', 'school_party', 'school_union',
                        'graduate_union', 'college_league', 'college_party', 'college_union', 'class_branch'],
                        o.kind)::text, 2, '0') || lpad(coalesce(c.place, 0)::text, 5, '0') || coalesce(c.name, '')
                        || coalesce(k.name, '') as text) rank
                cross join lateral (select case $8::text when 'name' then a.name when 'number' then a.number
                                                         when 'from' then o.from_day::text
                                                         when 'last' then coalesce(o.until_day::text, '9999')
                                                         when 'account' then (v.id is not null)::text
                                                         else rank.text end as key) sorted
           where o.institution_id = $1 and o.kind <> 'student' and ($2::text is null or o.kind = $2)
                 and ($3::uuid is null or coalesce(o.college_id, m.college_id) = $3)
                 and case $4 when 'now' then is_held(o.from_day, o.until_day, o.ended_at, $5)
                             when 'future' then o.ended_at is null and o.from_day > china_day($5)
                             else o.ended_at is not null or o.until_day <= china_day($5) end
           order by case when not $9 then sorted.key end, case when $9 then sorted.key end desc, rank.text, a.number, o.id
           offset $6 limit $7"#,
        institution.0,
        filter.kind.map(OfficeKind::slug),
        filter.college.map(|id| id.0),
        when,
        now,
        read.skip,
        read.most,
        sorting.by.slug(),
        sorting.downward
    )
    .fetch_all(connection)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let row = rows.into_iter().map(|row| HolderRow {
        number: row.number,
        name: row.name,
        office: row.office,
        from_day: row.from_day,
        last_day: row.last_day,
        ended_at: row.ended_at,
        active: row.active,
    });
    let mut list: Vec<HolderRow> = row.collect();
    if by_sound {
        list = range.of(sorting.by_sound(list, |one| &one.name).await?);
    }
    Ok((list, total))
}

/// An office that nobody holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vacancy {
    pub college: String,
    /// The office with its college or class, in words.
    pub office: String,
}

/// Offices of colleges and classes that nobody holds now, at most 500.
pub async fn vacancies(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: OfficeFilter,
    now: OffsetDateTime,
) -> Result<Vec<Vacancy>, Failure> {
    let rows = sqlx::query_as!(
        Vacancy,
        r#"with place as (
               select c.name as college, c.name || ' ' || office_label(w.kind) as office, w.kind, c.id as college_id,
                      null::uuid as class_id, c.place, w.rank
               from college c cross join (values ('college_league', 1), ('college_party', 2), ('college_union', 3)) as w(kind, rank)
               where c.institution_id = $1
               union all
               select c.name, k.name || ' ' || office_label('class_branch'), 'class_branch', c.id, k.id, c.place, 4
               from class k join major m on m.id = k.major_id join college c on c.id = m.college_id
               where c.institution_id = $1 and (k.ended_on is null or k.ended_on > china_day($4))
           )
           select p.college as "college!", p.office as "office!" from place p
           where ($2::text is null or p.kind = $2) and ($3::uuid is null or p.college_id = $3)
                 and not exists (
                     select from office o where o.institution_id = $1 and o.kind = p.kind
                            and is_held(o.from_day, o.until_day, o.ended_at, $4)
                            and case when p.class_id is null then o.college_id = p.college_id
                                     else o.class_id = p.class_id end)
           order by p.place, p.college, p.rank, p.office limit 500"#,
        institution.0,
        filter.kind.map(OfficeKind::slug),
        filter.college.map(|id| id.0),
        now
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A class with its major.
#[derive(Debug, Clone)]
pub struct ClassRow {
    pub major_id: MajorId,
    pub major: String,
    /// 培养层次, by its stable word.
    pub level: String,
    /// The class; none for a major without one.
    pub class_id: Option<ClassId>,
    pub class: Option<String>,
    pub entry_year: Option<i32>,
    pub students: i64,
    /// The first day on which it is no more.
    pub ended_on: Option<Date>,
    /// The class that took its students over.
    pub merged_into: Option<String>,
}

/// The classes of one grade in a college.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradeClasses {
    pub college: String,
    pub entry_year: i32,
    /// Their names, in order.
    pub classes: Vec<String>,
}

/// The classes that stand on a day, of one college or of all, newest grade first.
pub async fn grade_classes(
    connection: &mut PgConnection,
    institution: InstitutionId,
    college: Option<CollegeId>,
    today: Date,
) -> Result<Vec<GradeClasses>, Failure> {
    let rows = sqlx::query_as!(
        GradeClasses,
        r#"select c.name as college, k.entry_year, array_agg(k.name order by k.name) as "classes!"
           from class k join major m on m.id = k.major_id join college c on c.id = m.college_id
           where c.institution_id = $1 and ($2::uuid is null or c.id = $2)
                 and (k.ended_on is null or k.ended_on > $3)
           group by c.id, k.entry_year order by c.place, c.name, k.entry_year desc"#,
        institution.0,
        college.map(|id| id.0),
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The majors and classes of a college of the university, newest classes first.
pub async fn class_rows(
    connection: &mut PgConnection,
    institution: InstitutionId,
    college: CollegeId,
    today: Date,
) -> Result<Vec<ClassRow>, Failure> {
    let rows = sqlx::query_as!(
        ClassRow,
        r#"select m.id as "major_id: MajorId", m.name as major, m.level, k.id as "class_id?: ClassId",
                  k.name as "class?", k.entry_year as "entry_year?", k.ended_on, n.name as "merged_into?",
                  (select count(*) from student s
                   where s.class_id = k.id and (s.left_on is null or s.left_on > $3)) as "students!"
           from major m join college c on c.id = m.college_id left join class k on k.major_id = m.id
                left join class n on n.id = k.merged_into
           where c.institution_id = $1 and c.id = $2
           order by m.name, m.level, m.id, k.entry_year desc, k.name"#,
        institution.0,
        college.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

words! {
    /// A part of a university that has a name.
    Part:
    College = "college", "院系";
    Major = "major", "专业";
    Class = "class", "班级";
}

/// Gives a part of the university another name and gives its old one; none where the name is taken beside it, or there is
/// no such part.
pub async fn rename(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    part: Part,
    id: Uuid,
    name: &str,
) -> Result<Option<String>, Failure> {
    let institution = acting.institution().0;
    // The old name is read from the snapshot before the update.
    let was = match part {
        Part::College => {
            sqlx::query_scalar!(
                "update college c set name = $3 from college was
                 where c.id = $1 and was.id = c.id and c.institution_id = $2
                       and not exists (select from college x where x.institution_id = $2 and x.name_key = name_key($3)
                                       and x.id <> c.id)
                 returning was.name",
                id,
                institution,
                name
            )
            .fetch_optional(connection)
            .await?
        }
        Part::Major => {
            sqlx::query_scalar!(
                "update major m set name = $3 from major was join college c on c.id = was.college_id
                 where m.id = $1 and was.id = m.id and c.institution_id = $2
                       and not exists (select from major x where x.college_id = m.college_id and x.level = m.level
                                       and x.name_key = name_key($3) and x.id <> m.id)
                 returning was.name",
                id,
                institution,
                name
            )
            .fetch_optional(connection)
            .await?
        }
        Part::Class => {
            sqlx::query_scalar!(
                "update class k set name = $3
                 from class was join major m on m.id = was.major_id join college c on c.id = m.college_id
                 where k.id = $1 and was.id = k.id and c.institution_id = $2
                       and not exists (select from class x where x.major_id = k.major_id
                                       and x.entry_year = k.entry_year and x.name_key = name_key($3)
                                       and x.id <> k.id)
                 returning was.name",
                id,
                institution,
                name
            )
            .fetch_optional(connection)
            .await?
        }
    };
    Ok(was)
}
