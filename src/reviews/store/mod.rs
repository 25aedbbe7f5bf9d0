//! SQL of reviews: the review itself and who reports in it here; the board, the sealed sheets, results and nominations in
//! files of their own. Whatever changes a review locks its row; a sheet on its way in holds a share lock on it.

mod attachments;
mod board;
mod holding;
mod nominations;
mod results;
mod scoring;

use sqlx::{PgConnection, types::Uuid};
use time::{Date, Duration, OffsetDateTime};

pub use attachments::*;
pub use board::*;
pub use holding::*;
pub use nominations::*;
pub use results::*;
pub use scoring::*;

use super::review::{Person, ReportState, Review, SittingKey, Stage};
use crate::{
    auth::acting::Acting,
    database::Locked,
    failure::Failure,
    ids::{DepartmentId, InstitutionId, PostId, ReviewId, SemesterId, StudentId, UnionId},
    office::SchoolLeague,
    rules::{
        Plan,
        plan::Stated,
        review::{Aspects, Bounds, Scheme, Weighted},
    },
    sealing::keys::PublicKey,
    unions::{
        store as unions_store,
        union::{PostKind, PostRow, Record, StudentUnion},
    },
};

/// So many days after results somebody may object, where a university has not said otherwise.
const OBJECTION_DAYS: i32 = 5;

/// How a university scores.
#[derive(Debug, Clone)]
pub struct KeptScheme {
    pub scheme: Scheme,
    pub objection_days: i32,
}

struct SchemeRow {
    weights: Vec<i32>,
    most: i32,
    trims: bool,
    excellent: i32,
    good: i32,
    satisfactory: i32,
    ceiling: Option<i32>,
}

fn number(value: i32) -> u32 {
    u32::try_from(value).unwrap_or(0)
}

fn kept(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

impl SchemeRow {
    fn scheme(&self, aspects: &[String]) -> Option<Scheme> {
        let weighted = |(aspect, weight): (&String, &i32)| Weighted { aspect: aspect.clone(), weight: number(*weight) };
        let bounds = Bounds {
            excellent: number(self.excellent),
            good: number(self.good),
            satisfactory: number(self.satisfactory),
        };
        let weights = aspects.iter().zip(&self.weights).map(weighted).collect();
        Scheme::new(weights, number(self.most), self.trims, bounds, self.ceiling.map(number)).ok()
    }
}

/// How a university scores: as it has set, or the usual way where it has not or its plan names other aspects now.
pub async fn scheme(
    connection: &mut PgConnection,
    institution: InstitutionId,
    aspects: &Aspects,
) -> Result<KeptScheme, Failure> {
    let row = sqlx::query!(
        "select weights, most, trims, excellent, good, satisfactory, ceiling, objection_days
         from review_scheme where institution_id = $1",
        institution.0
    )
    .fetch_optional(connection)
    .await?;
    let own = row.and_then(|row| {
        let fits = row.weights.len() == aspects.names.len();
        let own = SchemeRow {
            weights: row.weights,
            most: row.most,
            trims: row.trims,
            excellent: row.excellent,
            good: row.good,
            satisfactory: row.satisfactory,
            ceiling: row.ceiling,
        };
        let scheme = own.scheme(&aspects.names).filter(|_| fits)?;
        Some(KeptScheme { scheme, objection_days: row.objection_days })
    });
    let own = own
        .unwrap_or_else(|| KeptScheme { scheme: Scheme::by_default(&aspects.names), objection_days: OBJECTION_DAYS });
    Ok(KeptScheme { scheme: own.scheme.under(aspects), ..own })
}

/// Sets how a university scores from now on.
pub async fn keep_scheme(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    own: &KeptScheme,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let scheme = &own.scheme;
    let weights: Vec<i32> = scheme.weights().iter().map(|one| kept(one.weight)).collect();
    sqlx::query!(
        "insert into review_scheme (institution_id, weights, most, trims, excellent, good, satisfactory, ceiling,
                                    objection_days, changed_at, changed_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (institution_id) do update
         set weights = excluded.weights, most = excluded.most, trims = excluded.trims, excellent = excluded.excellent,
             good = excluded.good, satisfactory = excluded.satisfactory, ceiling = excluded.ceiling,
             objection_days = excluded.objection_days, changed_at = excluded.changed_at,
             changed_by = excluded.changed_by",
        acting.institution().0,
        &weights,
        kept(scheme.most()),
        scheme.trims(),
        kept(scheme.bounds().excellent),
        kept(scheme.bounds().good),
        kept(scheme.bounds().satisfactory),
        scheme.ceiling().map(kept),
        own.objection_days,
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The reviews of a university, newest first, or one of them.
pub async fn reviews(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<ReviewId>,
) -> Result<Vec<Review>, Failure> {
    let ids = one.map(|id| vec![id.0]);
    read(connection, institution, ids.as_deref()).await
}

/// Some reviews of a university, however many it has had, newest first.
pub async fn reviews_of(
    connection: &mut PgConnection,
    institution: InstitutionId,
    ids: &[Uuid],
) -> Result<Vec<Review>, Failure> {
    read(connection, institution, Some(ids)).await
}

/// Those reviews of a university, or all.
async fn read(
    connection: &mut PgConnection,
    institution: InstitutionId,
    ids: Option<&[Uuid]>,
) -> Result<Vec<Review>, Failure> {
    let rows = sqlx::query!(
        r#"select r.id as "id: ReviewId", r.union_id as "union: UnionId", s.name as semester, s.from_day, s.until_day,
                  r.stage, r.report_until, r.sits_on, r.aspects, r.aspects_by_default, r.weights, r.most, r.trims,
                  r.excellent, r.good, r.satisfactory, r.ceiling, r.objection_days, r.opened_at, r.public_key, r.seal,
                  r.on_paper, r.closed_at, r.sheets, r.counted_at, r.object_until, r.settled_at
           from review r join semester s on s.id = r.semester_id
           where r.institution_id = $1 and ($2::uuid[] is null or r.id = any($2))
           order by s.from_day desc, r.begun_at, r.id"#,
        institution.0,
        ids
    )
    .fetch_all(&mut *connection)
    .await?;
    let unions = unions_store::list(connection, institution, None).await?;
    let place = |id: UnionId| unions.iter().position(|union| union.id == id);
    let mut found = Vec::new();
    for row in rows {
        let union = place(row.union).and_then(|place| unions.get(place)).cloned();
        let own = SchemeRow {
            weights: row.weights,
            most: row.most,
            trims: row.trims,
            excellent: row.excellent,
            good: row.good,
            satisfactory: row.satisfactory,
            ceiling: row.ceiling,
        };
        let broken = || anyhow::anyhow!("a review is kept with a scheme that is none");
        let public = row.public_key.as_deref().and_then(PublicKey::from_bytes);
        found.push(Review {
            id: row.id,
            union: union.ok_or_else(|| anyhow::anyhow!("a review of a union that is not there"))?,
            semester: row.semester,
            from_day: row.from_day,
            until_day: row.until_day,
            stage: row.stage.parse()?,
            report_until: row.report_until,
            sits_on: row.sits_on,
            scheme: own.scheme(&row.aspects).ok_or_else(broken)?,
            aspects_by_default: row.aspects_by_default,
            objection_days: row.objection_days,
            opened_at: row.opened_at,
            key: public.zip(row.seal).map(|(public, seal)| SittingKey { public, seal }),
            on_paper: row.on_paper,
            closed_at: row.closed_at,
            sheets: row.sheets,
            counted_at: row.counted_at,
            object_until: row.object_until,
            settled_at: row.settled_at,
        });
    }
    // Of one semester in the order in which unions are listed.
    found.sort_by_key(|review| (std::cmp::Reverse(review.from_day), place(review.union.id)));
    Ok(found)
}

pub async fn review(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: ReviewId,
) -> Result<Option<Review>, Failure> {
    Ok(reviews(connection, institution, Some(id)).await?.pop())
}

/// A review as it is now, locked until the end of the transaction: sheets wait.
pub async fn lock(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: ReviewId,
) -> Result<Locked<Review>, Failure> {
    sqlx::query!("select id from review where id = $1 and institution_id = $2 for update", id.0, institution.0)
        .fetch_optional(&mut *connection)
        .await?;
    review(connection, institution, id).await?.map(Locked::new).ok_or(Failure::Missing)
}

/// As [`lock`], beside others who hold it so: for a sheet on its way in.
pub async fn lock_shared(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: ReviewId,
) -> Result<Locked<Review>, Failure> {
    sqlx::query!("select id from review where id = $1 and institution_id = $2 for share", id.0, institution.0)
        .fetch_optional(&mut *connection)
        .await?;
    review(connection, institution, id).await?.map(Locked::new).ok_or(Failure::Missing)
}

/// A semester in which a union can be reviewed.
#[derive(Debug, Clone)]
pub struct SemesterChoice {
    pub id: SemesterId,
    pub name: String,
    pub from_day: Date,
    pub until_day: Date,
}

/// The semesters of a university that have begun, newest first.
pub async fn semesters(
    connection: &mut PgConnection,
    institution: InstitutionId,
    today: Date,
) -> Result<Vec<SemesterChoice>, Failure> {
    let rows = sqlx::query_as!(
        SemesterChoice,
        r#"select id as "id: SemesterId", name, from_day, until_day from semester
           where institution_id = $1 and from_day <= $2 order by from_day desc"#,
        institution.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Who reports: everybody who held such a post in the semester so far, once, with all of theirs.
#[derive(Debug, Clone)]
pub struct DuePerson {
    pub student: StudentId,
    pub posts: String,
    pub departments: Vec<DepartmentId>,
    pub left_on: Option<Date>,
    /// The post that ended last, which says why.
    last: PostId,
}

/// The posts whose holders report, in the plan's words.
fn reporting_posts(plan: &Plan) -> Vec<String> {
    match &plan.figures.reports {
        Some(Stated { value: (_, posts), .. }) => posts.clone(),
        None => [PostKind::Presidium, PostKind::Head].map(|kind| kind.label().to_owned()).to_vec(),
    }
}

/// Who reports of a union in a semester, in the order of its roster.
#[must_use]
pub fn due(record: &Record, plan: &Plan, semester: &SemesterChoice, today: Date) -> Vec<DuePerson> {
    let posts = reporting_posts(plan);
    let last_day = semester.until_day.min(today.next_day().unwrap_or(today));
    let reports = |post: &PostRow| {
        let seat = post.seat && posts.iter().any(|label| label == PostKind::Presidium.label());
        seat || posts.iter().any(|label| label == post.label())
    };
    let held = |post: &&PostRow| {
        reports(post) && post.from_day < last_day && post.until_day.is_none_or(|until| until > semester.from_day)
    };
    let mut found: Vec<DuePerson> = Vec::new();
    for post in record.posts.iter().filter(held) {
        let left = post.until_day.filter(|until| *until < semester.until_day && *until <= today);
        let label = post.label_with_place();
        match found.iter_mut().find(|known| known.student == post.student) {
            Some(known) => {
                if !known.posts.split('、').any(|one| one == label) {
                    known.posts = format!("{}、{label}", known.posts);
                }
                known.departments.extend(post.department.filter(|id| !known.departments.contains(id)));
                // Whoever still holds one has not left.
                (known.left_on, known.last) = match (known.left_on, left) {
                    (Some(one), Some(other)) if other > one => (Some(other), post.id),
                    (Some(one), Some(_)) => (Some(one), known.last),
                    _ => (None, known.last),
                };
            }
            None => found.push(DuePerson {
                student: post.student,
                posts: label,
                departments: post.department.into_iter().collect(),
                left_on: left,
                last: post.id,
            }),
        }
    }
    found
}

/// A review to be begun.
#[derive(Debug)]
pub struct NewReview<'a> {
    pub union: &'a StudentUnion,
    pub semester: SemesterId,
    pub report_until: Date,
    pub sits_on: Date,
    pub aspects: &'a Aspects,
    pub scheme: &'a KeptScheme,
}

/// Begins a review; none where the union has one in that semester.
pub async fn begin(
    connection: &mut PgConnection,
    institution: InstitutionId,
    new: &NewReview<'_>,
    by: crate::ids::AccountId,
    now: OffsetDateTime,
) -> Result<Option<Locked<Review>>, Failure> {
    let (id, scheme) = (ReviewId::random(), &new.scheme.scheme);
    let weights: Vec<i32> = scheme.weights().iter().map(|one| kept(one.weight)).collect();
    let done = sqlx::query!(
        "insert into review (id, institution_id, union_id, semester_id, stage, report_until, sits_on, aspects,
                             aspects_by_default, weights, most, trims, excellent, good, satisfactory, ceiling,
                             objection_days, begun_at, begun_by)
         values ($1, $2, $3, $4, 'reporting', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
         on conflict on constraint review_once do nothing",
        id.0,
        institution.0,
        new.union.id.0,
        new.semester.0,
        new.report_until,
        new.sits_on,
        &new.aspects.names,
        new.aspects.by_default,
        &weights,
        kept(scheme.most()),
        scheme.trims(),
        kept(scheme.bounds().excellent),
        kept(scheme.bounds().good),
        kept(scheme.bounds().satisfactory),
        scheme.ceiling().map(kept),
        new.scheme.objection_days,
        now,
        by.0
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 { Ok(None) } else { lock(connection, institution, id).await.map(Some) }
}

/// Takes those who report onto the list, and writes down who has left since; nobody is taken off. Gives those who are new.
pub async fn take_persons(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    due: &[DuePerson],
) -> Result<Vec<StudentId>, Failure> {
    let last: Vec<Uuid> = due.iter().filter(|one| one.left_on.is_some()).map(|one| one.last.0).collect();
    let reasons = sqlx::query!(
        r#"select distinct on (f.post_id) f.post_id as "post!: PostId",
                  coalesce(nullif(f.reason, ''), nullif(f.says, ''), nullif(f.ground, ''), '任期届满') as "why!"
           from union_fact f where f.post_id = any($1) and f.act in ('ended', 'corrected', 'reshuffled')
           order by f.post_id, f.at desc"#,
        &last
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut new = Vec::new();
    for one in due {
        let why = reasons.iter().find(|reason| reason.post == one.last).map(|reason| reason.why.as_str());
        let why: Option<String> = one.left_on.map(|_| why.unwrap_or("离校或任期届满").chars().take(120).collect());
        let departments: Vec<Uuid> = one.departments.iter().map(|id| id.0).collect();
        let posts: String = one.posts.chars().take(200).collect();
        let added = sqlx::query_scalar!(
            r#"insert into review_person (review_id, place, student_id, posts, department_ids, left_on, left_why)
               select $1, coalesce(max(place), 0) + 1, $2, $3, $4, $5, $6 from review_person where review_id = $1
               on conflict (review_id, student_id) do update
               set posts = excluded.posts, department_ids = excluded.department_ids, left_on = excluded.left_on,
                   left_why = excluded.left_why,
                   excused_why = case when excluded.left_on is not null then review_person.excused_why end
               returning xmax = 0 as "new!""#,
            review.id.0,
            one.student.0,
            posts,
            &departments,
            one.left_on,
            why
        )
        .fetch_one(&mut *connection)
        .await?;
        if added {
            new.push(one.student);
        }
    }
    Ok(new)
}

/// Who reports, in the order of the list; or one of them.
pub async fn persons(
    connection: &mut PgConnection,
    review: ReviewId,
    one: Option<i16>,
) -> Result<Vec<Person>, Failure> {
    let rows = sqlx::query!(
        r#"select p.place, p.student_id as "student: StudentId", s.number, s.name, k.name as class, p.posts,
                  p.department_ids as "departments: Vec<DepartmentId>", p.left_on, p.left_why, p.excused_why, p.report,
                  p.report_state, p.handed_at, p.returned_why, p.scored
           from review_person p join student s on s.id = p.student_id join class k on k.id = s.class_id
           where p.review_id = $1 and ($2::smallint is null or p.place = $2) order by p.place"#,
        review.0,
        one
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Person {
                place: row.place,
                student: row.student,
                number: row.number,
                name: row.name,
                class: row.class,
                posts: row.posts,
                departments: row.departments,
                left_on: row.left_on,
                left_why: row.left_why,
                excused_why: row.excused_why,
                report: row.report,
                state: row.report_state.parse()?,
                handed_at: row.handed_at,
                returned_why: row.returned_why,
                scored: row.scored,
            })
        })
        .collect()
}

/// How far each review is with its reports.
#[derive(Debug, Clone, Copy)]
pub struct ReportCount {
    pub review: ReviewId,
    /// Without those who are excused.
    pub due: i64,
    pub handed: i64,
}

pub async fn report_counts(
    connection: &mut PgConnection,
    institution: InstitutionId,
) -> Result<Vec<ReportCount>, Failure> {
    let rows = sqlx::query_as!(
        ReportCount,
        r#"select p.review_id as "review: ReviewId", count(*) filter (where p.excused_why is null) as "due!",
                  count(*) filter (where p.excused_why is null and p.report_state = 'handed') as "handed!"
           from review_person p join review r on r.id = p.review_id where r.institution_id = $1 group by p.review_id"#,
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Somebody who left does not report; `false` where they did not leave, or have handed in.
pub async fn excuse(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    place: i16,
    why: &str,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update review_person set excused_why = $3
         where review_id = $1 and place = $2 and left_on is not null and report_state <> 'handed' and not scored",
        review.id.0,
        place,
        why
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Keeps somebody's report as a draft, or hands it in; `false` where it is handed in already, or it is too late.
pub async fn keep_report(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    student: StudentId,
    report: &[String],
    hands_in: bool,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let state = if hands_in { ReportState::Handed } else { ReportState::Draft };
    let done = sqlx::query!(
        "update review_person p
         set report = $3, report_state = $4, handed_at = case when $5 then $6::timestamptz end,
             returned_why = case when not $5 then returned_why end
         from review r
         where r.id = p.review_id and r.id = $1 and p.student_id = $2 and r.stage in ('reporting', 'confirmed')
               and p.report_state <> 'handed' and p.excused_why is null",
        review.id.0,
        student.0,
        report,
        state.slug(),
        hands_in,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Returns a report with words; `false` where none is handed in, or it is too late.
pub async fn return_report(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    place: i16,
    why: &str,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update review_person p set report_state = 'returned', returned_why = $3, handed_at = null
         from review r
         where r.id = p.review_id and r.id = $1 and p.place = $2 and r.stage in ('reporting', 'confirmed')
               and p.report_state = 'handed'",
        review.id.0,
        place,
        why
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// The reviews in which a student reports, newest first.
pub async fn own_reviews(
    connection: &mut PgConnection,
    institution: InstitutionId,
    student: StudentId,
) -> Result<Vec<ReviewId>, Failure> {
    let rows = sqlx::query_scalar!(
        r#"select r.id as "id: ReviewId" from review_person p join review r on r.id = p.review_id
           where p.student_id = $1 and r.institution_id = $2 order by r.begun_at desc"#,
        student.0,
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Moves a review on; `false` where it is not where it was.
pub(super) async fn step(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    to: Stage,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update review set stage = $3, confirmed_at = case $3 when 'reporting' then null else coalesce(confirmed_at, $4) end
         where id = $1 and stage = $2",
        review.id.0,
        review.stage.slug(),
        to.slug(),
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A review nobody objects to any more; `false` while somebody may, or waits for an answer.
pub async fn settle(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update review set stage = 'settled', settled_at = $2
         where id = $1 and stage = 'counted' and object_until < china_day($2)
               and not exists (select from review_objection o where o.review_id = $1 and o.answer is null)",
        review.id.0,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// The day until which somebody may object to results of today.
#[must_use]
pub(super) fn objections_until(review: &Review, today: Date) -> Date {
    today + Duration::days(i64::from(review.objection_days))
}
