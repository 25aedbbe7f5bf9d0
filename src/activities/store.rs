//! SQL of activities and of whoever signs up.

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use super::activity::{Activity, Counts, Own, Participant, Ratings, Reach, Setup, Society, Way};
use crate::{
    auth::person::SignedIn,
    database::Locked,
    failure::Failure,
    ids::{ClassId, CollegeId, InstitutionId, MatterId, OrganisationId, StudentId, UnionId},
    matters::{
        matter::Matter,
        store::{self as matters, MatterFilter},
    },
    rules::{
        activities::{Announced, CheckIn, Place, Purpose, Satisfaction, Standing},
        matters::MatterKind,
    },
};

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ActivityFilter {
    pub one: Option<MatterId>,
    /// Those for which that student signed up.
    pub of: Option<StudentId>,
    /// Those whose sign-up is open at a moment.
    pub open_at: Option<OffsetDateTime>,
}

/// Activities of a university, those that come next first; four statements, however many there are.
pub(super) async fn activities(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: ActivityFilter,
) -> Result<Vec<Activity>, Failure> {
    let rows = sqlx::query!(
        r#"select a.matter_id as "id: MatterId", a.purpose, a.for_school, a.only_college as "only_college: CollegeId",
                  c.name as "college_name?", a.only_year, a.reason, a.places, a.closes_at, a.check_in, a.code,
                  n.taken as "taken!", n.waiting as "waiting!", n.present as "present!",
                  array(select k.name from activity_partner p join class k on k.id = p.class_id
                        where p.matter_id = a.matter_id order by k.name) as "classes!",
                  array(select o.id from activity_partner p join organisation o on o.id = p.organisation_id
                        where p.matter_id = a.matter_id order by o.name) as "society_ids!",
                  array(select o.name from activity_partner p join organisation o on o.id = p.organisation_id
                        where p.matter_id = a.matter_id order by o.name) as "society_names!"
           from (
                    -- Those that are shown first: of three years' activities nobody's sign-ups are counted.
                    select a.*, q.starts_at from activity a join matter q on q.id = a.matter_id
                    where q.institution_id = $1 and ($2::uuid is null or a.matter_id = $2)
                          and ($3::uuid is null or exists (
                              select from activity_sign_up o where o.matter_id = a.matter_id and o.student_id = $3
                                     and o.standing <> 'withdrawn'))
                          and ($4::timestamptz is null or q.stage = 'approved' and a.closes_at > $4)
                    order by q.starts_at desc, a.matter_id limit 300
                ) a left join college c on c.id = a.only_college
                cross join lateral (
                    select count(*) filter (where s.standing = 'in') as taken,
                           count(*) filter (where s.standing = 'waiting') as waiting, count(s.checked_in_at) as present
                    from activity_sign_up s where s.matter_id = a.matter_id
                ) n
           order by a.starts_at desc, a.matter_id"#,
        institution.0,
        filter.one.map(|id| id.0),
        filter.of.map(|id| id.0),
        filter.open_at
    )
    .fetch_all(&mut *connection)
    .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let of = MatterFilter { some: Some(&ids), kind: Some(MatterKind::Activity), ..MatterFilter::default() };
    let known = matters::matters(connection, institution, of).await?;
    let whole = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    let mut found = Vec::new();
    for row in rows {
        let Some(matter) = known.iter().find(|matter| matter.id == row.id).cloned() else { continue };
        let setup = Setup {
            purpose: row.purpose.parse()?,
            for_school: row.for_school,
            only_college: row.only_college,
            only_year: row.only_year,
            reason: row.reason,
            places: row.places.and_then(|places| u32::try_from(places).ok()),
            closes_at: row.closes_at,
        };
        let societies = row.society_ids.into_iter().zip(row.society_names);
        found.push(Activity {
            matter,
            setup,
            college_name: row.college_name,
            check_in: row.check_in.parse()?,
            code: row.code,
            counts: Counts { taken: whole(row.taken), waiting: whole(row.waiting), present: whole(row.present) },
            classes: row.classes,
            societies: societies.map(|(id, name)| Society { id: OrganisationId(id), name }).collect(),
        });
    }
    Ok(found)
}

/// One activity of a university.
pub(super) async fn find(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: MatterId,
) -> Result<Option<Activity>, Failure> {
    Ok(activities(connection, institution, ActivityFilter { one: Some(id), ..ActivityFilter::default() }).await?.pop())
}

/// An activity as it is now: nobody else signs up for it, and its matter does not change, until the end of the transaction.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub(super) async fn lock(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: MatterId,
) -> Result<Locked<Activity>, Failure> {
    sqlx::query!(
        "select a.matter_id from matter q join activity a on a.matter_id = q.id
         where q.id = $1 and q.institution_id = $2 for share of q for update of a",
        id.0,
        institution.0
    )
    .fetch_optional(&mut *connection)
    .await?;
    find(connection, institution, id).await?.map(Locked::new).ok_or(Failure::Missing)
}

/// With whom an activity is held.
#[derive(Debug, Clone, Default)]
pub(super) struct Partners {
    pub classes: Vec<ClassId>,
    pub societies: Vec<OrganisationId>,
}

/// Announces an activity, or changes how it is announced; the matter is locked.
pub(super) async fn keep(
    connection: &mut PgConnection,
    matter: &Locked<Matter>,
    person: &SignedIn,
    setup: &Setup,
    partners: &Partners,
    _permitted: Announced,
    Kept { code, now }: Kept,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into activity (matter_id, purpose, for_school, only_college, only_year, reason, places, closes_at, check_in,
                               code, kept_at, kept_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'not_yet', $9, $10, $11)
         on conflict (matter_id)
         do update set purpose = excluded.purpose, for_school = excluded.for_school, only_college = excluded.only_college,
                       only_year = excluded.only_year, reason = excluded.reason, places = excluded.places,
                       closes_at = excluded.closes_at, kept_at = excluded.kept_at, kept_by = excluded.kept_by",
        matter.id.0,
        setup.purpose.slug(),
        setup.for_school,
        setup.only_college.map(|id| id.0),
        setup.only_year,
        setup.reason,
        setup.places.and_then(|places| i32::try_from(places).ok()),
        setup.closes_at,
        code,
        now,
        person.account.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from activity_partner where matter_id = $1", matter.id.0).execute(&mut *connection).await?;
    let classes: Vec<_> = partners.classes.iter().map(|id| id.0).collect();
    let societies: Vec<_> = partners.societies.iter().map(|id| id.0).collect();
    sqlx::query!(
        "insert into activity_partner (matter_id, class_id, organisation_id)
         select $1::uuid, c, null::uuid from unnest($2::uuid[]) c
         union all select $1::uuid, null::uuid, o from unnest($3::uuid[]) o",
        matter.id.0,
        &classes,
        &societies
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What [`keep`] needs besides what is kept.
#[derive(Debug)]
pub(super) struct Kept {
    /// The code on the wall, for an activity that has none yet.
    pub code: String,
    pub now: OffsetDateTime,
}

/// What a student is, as far as signing up goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Applicant {
    pub college: CollegeId,
    pub year: i32,
    pub left_on: Option<Date>,
}

pub(super) async fn applicant(connection: &mut PgConnection, student: StudentId) -> Result<Option<Applicant>, Failure> {
    let row = sqlx::query_as!(
        Applicant,
        r#"select m.college_id as "college: CollegeId", k.entry_year as year, s.left_on
           from student s join class k on k.id = s.class_id join major m on m.id = k.major_id where s.id = $1"#,
        student.0
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Keeps a place, or one in the waiting list; `false` where they had signed up.
pub(super) async fn sign_up(
    connection: &mut PgConnection,
    activity: &Locked<Activity>,
    student: StudentId,
    place: Place,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into activity_sign_up (matter_id, student_id, standing, at) values ($1, $2, $3, $4)
         on conflict (matter_id, student_id)
         do update set standing = excluded.standing, at = excluded.at where activity_sign_up.standing = 'withdrawn'",
        activity.id().0,
        student.0,
        place.standing().slug(),
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Gives a place up; `false` where there is none, or they were checked in.
pub(super) async fn cancel(
    connection: &mut PgConnection,
    activity: &Locked<Activity>,
    student: StudentId,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update activity_sign_up set standing = 'withdrawn'
         where matter_id = $1 and student_id = $2 and standing <> 'withdrawn' and checked_in_at is null",
        activity.id().0,
        student.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Gives free places to those who wait longest; gives who they are.
pub(super) async fn move_up(
    connection: &mut PgConnection,
    activity: &Locked<Activity>,
) -> Result<Vec<StudentId>, Failure> {
    let moved = sqlx::query_scalar!(
        r#"with free as (
               select case when a.places is null then 1000000
                           else a.places - (select count(*) from activity_sign_up s
                                            where s.matter_id = a.matter_id and s.standing = 'in') end as places
               from activity a where a.matter_id = $1
           ), next as (
               select student_id from activity_sign_up where matter_id = $1 and standing = 'waiting'
               order by at, student_id limit (select greatest(places, 0) from free)
           )
           update activity_sign_up s set standing = 'in' from next
           where s.matter_id = $1 and s.student_id = next.student_id
           returning s.student_id as "student: StudentId""#,
        activity.id().0
    );
    Ok(moved.fetch_all(connection).await?)
}

/// How a student stands with an activity.
pub(super) async fn own(
    connection: &mut PgConnection,
    id: MatterId,
    student: StudentId,
) -> Result<Option<Own>, Failure> {
    let row = sqlx::query!(
        "select standing, checked_in_at, satisfaction from activity_sign_up where matter_id = $1 and student_id = $2",
        id.0,
        student.0
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Own {
        standing: row.standing.parse()?,
        checked_in_at: row.checked_in_at,
        satisfaction: row.satisfaction.map(|word| word.parse()).transpose()?,
    }))
}

/// What came of a check-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CheckedIn {
    Now,
    /// Counted once, however often the code is read.
    Already,
    /// No place, or check-in is not open.
    No,
}

/// Checks somebody in who has a place, in one statement; at the desk after the end of check-in too, who was there and is not on
/// the list. Not while the activity is changed or its approval taken back.
pub(super) async fn check_in(
    connection: &mut PgConnection,
    activity: &Locked<Activity>,
    student: StudentId,
    way: Way,
    now: OffsetDateTime,
) -> Result<CheckedIn, Failure> {
    let done = sqlx::query!(
        "update activity_sign_up s set checked_in_at = $3, way = $4
         from activity a join matter q on q.id = a.matter_id
         where s.matter_id = $1 and s.student_id = $2 and s.standing = 'in' and s.checked_in_at is null
               and a.matter_id = s.matter_id and q.stage in ('approved', 'begun')
               and (a.check_in = 'open' or a.check_in = 'ended' and $4 = 'desk')",
        activity.id().0,
        student.0,
        now,
        way.slug()
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 1 {
        return Ok(CheckedIn::Now);
    }
    let known = own(connection, activity.id(), student).await?;
    Ok(if known.is_some_and(|own| own.was_there()) { CheckedIn::Already } else { CheckedIn::No })
}

/// Opens or ends check-in; `false` where it was not where the page showed it.
pub(super) async fn set_check_in(
    connection: &mut PgConnection,
    activity: &Locked<Activity>,
    to: CheckIn,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update activity set check_in = $2 where matter_id = $1 and check_in = $3",
        activity.id().0,
        to.slug(),
        activity.check_in.slug()
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Puts another code on the wall.
pub(super) async fn set_code(
    connection: &mut PgConnection,
    activity: &Locked<Activity>,
    code: &str,
) -> Result<(), Failure> {
    sqlx::query!("update activity set code = $2 where matter_id = $1", activity.id().0, code)
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps how somebody found it who was there; `false` for anybody else.
pub(super) async fn rate(
    connection: &mut PgConnection,
    id: MatterId,
    student: StudentId,
    satisfaction: Satisfaction,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update activity_sign_up set satisfaction = $3, rated_at = $4
         where matter_id = $1 and student_id = $2 and checked_in_at is not null",
        id.0,
        student.0,
        satisfaction.slug(),
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Everybody on the list, those with a place first.
pub(super) async fn participants(connection: &mut PgConnection, id: MatterId) -> Result<Vec<Participant>, Failure> {
    let rows = sqlx::query!(
        r#"select s.id as "student: StudentId", s.number, s.name, c.name as college, k.name as class, u.standing,
                  u.checked_in_at, u.way
           from activity_sign_up u join student s on s.id = u.student_id join class k on k.id = s.class_id
                join major m on m.id = k.major_id join college c on c.id = m.college_id
           where u.matter_id = $1 and u.standing <> 'withdrawn'
           order by u.standing, u.at, s.number limit 2000"#,
        id.0
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| {
        Ok(Participant {
            student: row.student,
            number: row.number,
            name: row.name,
            college: row.college,
            class: row.class,
            standing: row.standing.parse::<Standing>()?,
            checked_in_at: row.checked_in_at,
            way: row.way.map(|way| way.parse()).transpose()?,
        })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// Whom an activity reached, against who is enrolled today.
#[derive(Debug, Default)]
pub(super) struct ReachByPart {
    pub colleges: Vec<Reach>,
    /// By the year of entry, the latest first.
    pub grades: Vec<Reach>,
}

/// Whom an activity reached. Students are counted by class, once for both.
pub(super) async fn reach(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: MatterId,
) -> Result<ReachByPart, Failure> {
    let rows = sqlx::query!(
        r#"with of_class as (
               select s.class_id, count(*) as enrolled, 0 as present from student s
               where s.institution_id = $1 and s.left_on is null group by 1
               union all
               select s.class_id, count(*) filter (where s.left_on is not null), count(*)
               from activity_sign_up u join student s on s.id = u.student_id
               where u.matter_id = $2 and u.checked_in_at is not null and s.institution_id = $1 group by 1
           )
           select c.name as "college?", k.entry_year as "year?", sum(n.enrolled)::bigint as "enrolled!",
                  sum(n.present)::bigint as "present!"
           from of_class n join class k on k.id = n.class_id join major m on m.id = k.major_id
                join college c on c.id = m.college_id
           group by grouping sets ((c.id, c.place, c.name), (k.entry_year)) having sum(n.enrolled) > 0
           order by c.place, c.name, k.entry_year desc"#,
        institution.0,
        id.0
    )
    .fetch_all(connection)
    .await?;
    let whole = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    let mut reach = ReachByPart::default();
    for row in rows {
        let (part, name) = match (row.college, row.year) {
            (Some(college), _) => (&mut reach.colleges, college),
            (None, Some(year)) => (&mut reach.grades, format!("{year}级")),
            (None, None) => continue,
        };
        part.push(Reach { name, present: whole(row.present), enrolled: whole(row.enrolled) });
    }
    Ok(reach)
}

/// How participants found it.
pub(super) async fn ratings(connection: &mut PgConnection, id: MatterId) -> Result<Ratings, Failure> {
    let row = sqlx::query!(
        r#"select count(*) filter (where satisfaction = 'satisfied') as "satisfied!",
                  count(*) filter (where satisfaction = 'mostly') as "mostly!",
                  count(*) filter (where satisfaction = 'dissatisfied') as "dissatisfied!"
           from activity_sign_up where matter_id = $1"#,
        id.0
    )
    .fetch_one(connection)
    .await?;
    let whole = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
    Ok(Ratings { satisfied: whole(row.satisfied), mostly: whole(row.mostly), dissatisfied: whole(row.dissatisfied) })
}

/// The purposes in the order in which figures show them.
pub(super) fn count_of(activities: &[Activity], purpose: Purpose) -> usize {
    activities.iter().filter(|activity| activity.setup.purpose == purpose).count()
}

/// Activities that a student was at, that ended within a month, and that they have not rated. What its papers say matters only
/// where it was called off; where nobody wrote down its end it took an hour.
pub(super) async fn unrated(
    connection: &mut PgConnection,
    student: StudentId,
    now: OffsetDateTime,
) -> Result<Vec<EndedActivity>, Failure> {
    let rows = sqlx::query_as!(
        EndedActivity,
        r#"select q.id as "id: MatterId", q.title from activity_sign_up u join activity a on a.matter_id = u.matter_id
                  join matter q on q.id = a.matter_id
           where u.student_id = $1 and u.checked_in_at is not null and u.satisfaction is null
                 and q.stage not in ('refused', 'withdrawn', 'revoked')
                 and coalesce(q.ends_at, q.starts_at + interval '1 hour') between $2::timestamptz - interval '30 days' and $2
           order by u.checked_in_at desc limit 5"#,
        student.0,
        now
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Unions' activities that are over, with people who had a place and of whom nobody noted that they were there.
pub(super) async fn unattended(
    connection: &mut PgConnection,
    unions: &[UnionId],
    now: OffsetDateTime,
) -> Result<Vec<EndedActivity>, Failure> {
    let unions: Vec<_> = unions.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        EndedActivity,
        r#"select q.id as "id: MatterId", q.title from activity a join matter q on q.id = a.matter_id
           where q.union_id = any($1) and q.stage in ('approved', 'begun') and a.check_in = 'not_yet'
                 and coalesce(q.ends_at, q.starts_at + interval '1 hour') <= $2
                 and exists (select from activity_sign_up u where u.matter_id = a.matter_id and u.standing = 'in')
           order by q.starts_at, q.id limit 20"#,
        &unions,
        now
    );
    Ok(rows.fetch_all(connection).await?)
}

/// An activity that is over.
#[derive(Debug)]
pub(super) struct EndedActivity {
    pub id: MatterId,
    pub title: String,
}
