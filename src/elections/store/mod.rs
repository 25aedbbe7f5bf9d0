//! SQL of elections: sittings, contests and candidates here; casting, monitors, the count and paper in files of their own.
//!
//! Locks are taken in one order: the sitting, then its voters. A cast holds a share lock on the sitting, whatever changes
//! the sitting or a voter's standing the exclusive one.

mod casting;
mod counted;
mod monitors;
mod on_site;

use std::collections::HashMap;

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

pub use casting::*;
pub use counted::*;
pub use monitors::*;
pub use on_site::*;

use super::sitting::{Candidate, Contest, ContestRules, Sitting, Stage};
use crate::{
    auth::acting::Acting,
    failure::Failure,
    ids::{AccountId, CandidateId, ClassId, CollegeId, ContestId, InstitutionId, RoundId, SittingId, StudentId},
    office::ElectionKeeper,
    rules::sitting::{Announcement, Body, Fills},
};

/// What a sitting is asked to be.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its title, 2 to 40 characters.
    pub title: String,
    /// What voters are told, at most 600.
    pub note: String,
    /// From when votes are taken.
    pub opens_at: OffsetDateTime,
    /// Before when they must have come.
    pub closes_at: OffsetDateTime,
    /// Casting again replaces the envelope.
    pub revote: bool,
    /// Monitors who open the envelopes, 2 to 9.
    pub threshold: u8,
    /// The decision on rules that leave practice, at most 200 characters.
    pub decision: String,
}

struct Row {
    id: SittingId,
    institution: InstitutionId,
    college: Option<CollegeId>,
    college_name: Option<String>,
    title: String,
    note: String,
    stage: String,
    opens_at: OffsetDateTime,
    closes_at: OffsetDateTime,
    revote: bool,
    threshold: i32,
    decision: String,
    opened_at: Option<OffsetDateTime>,
    closed_at: Option<OffsetDateTime>,
    counted_at: Option<OffsetDateTime>,
    reported_at: Option<OffsetDateTime>,
    roll_size: Option<i32>,
    envelopes: Option<i32>,
    excluded: i32,
    excluded_why: Option<String>,
    ballots_published_at: Option<OffsetDateTime>,
    void_why: Option<String>,
    void_asked_by: Option<AccountId>,
    voided_at: Option<OffsetDateTime>,
}

impl Row {
    fn into_sitting(self) -> anyhow::Result<Sitting> {
        Ok(Sitting {
            id: self.id,
            institution: self.institution,
            college: self.college,
            keeper: self.college_name.unwrap_or_else(|| "学校".to_owned()),
            title: self.title,
            note: self.note,
            stage: self.stage.parse()?,
            opens_at: self.opens_at.to_offset(crate::clock::CHINA),
            closes_at: self.closes_at.to_offset(crate::clock::CHINA),
            revote: self.revote,
            threshold: u8::try_from(self.threshold)?,
            decision: self.decision,
            opened_at: self.opened_at,
            closed_at: self.closed_at,
            counted_at: self.counted_at,
            reported_at: self.reported_at,
            roll_size: self.roll_size,
            envelopes: self.envelopes,
            excluded: self.excluded,
            excluded_why: self.excluded_why,
            ballots_published_at: self.ballots_published_at,
            void_why: self.void_why,
            void_asked_by: self.void_asked_by,
            voided_at: self.voided_at,
        })
    }
}

/// The sittings of a university, newest first: all, one, or a college's.
pub async fn sittings(
    connection: &mut PgConnection,
    institution: InstitutionId,
    (one, college): (Option<SittingId>, Option<CollegeId>),
) -> Result<Vec<Sitting>, Failure> {
    let rows = sqlx::query_as!(
        Row,
        r#"select t.id as "id: SittingId", t.institution_id as "institution: InstitutionId",
                  t.college_id as "college: CollegeId", g.name as "college_name?", t.title, t.note, t.stage, t.opens_at,
                  t.closes_at, t.revote, t.threshold, t.decision, t.opened_at, t.closed_at, t.counted_at, t.reported_at,
                  t.roll_size, t.envelopes, t.excluded, t.excluded_why, t.ballots_published_at, t.void_why,
                  t.void_asked_by as "void_asked_by: AccountId", t.voided_at
           from sitting t left join college g on g.id = t.college_id
           where t.institution_id = $1 and ($2::uuid is null or t.id = $2) and ($3::uuid is null or t.college_id = $3)
           order by t.opens_at desc, t.id limit 500"#,
        institution.0,
        one.map(|id| id.0),
        college.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Row::into_sitting).collect::<anyhow::Result<_>>()?)
}

/// One sitting of a university.
pub async fn sitting(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: SittingId,
) -> Result<Option<Sitting>, Failure> {
    Ok(sittings(connection, institution, (Some(id), None)).await?.pop())
}

/// A sitting as it is now, locked until the end of the transaction: casts wait.
pub async fn lock(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: SittingId,
) -> Result<Option<Sitting>, Failure> {
    sqlx::query!("select id from sitting where id = $1 and institution_id = $2 for update", id.0, institution.0)
        .fetch_optional(&mut *connection)
        .await?;
    sitting(connection, institution, id).await
}

pub async fn create(
    connection: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    draft: &Draft,
    now: OffsetDateTime,
) -> Result<SittingId, Failure> {
    let id = SittingId::random();
    sqlx::query!(
        "insert into sitting (id, institution_id, college_id, title, note, stage, opens_at, closes_at, revote, threshold,
                              decision, created_at, created_by)
         values ($1, $2, $3, $4, $5, 'draft', $6, $7, $8, $9, $10, $11, $12)",
        id.0,
        acting.institution().0,
        acting.office().college.map(|id| id.0),
        draft.title,
        draft.note,
        draft.opens_at,
        draft.closes_at,
        draft.revote,
        i32::from(draft.threshold),
        draft.decision,
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok(id)
}

/// Changes a sitting that is being prepared; `false` where it no longer is.
pub async fn change(
    connection: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    id: SittingId,
    draft: &Draft,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update sitting set title = $3, note = $4, opens_at = $5, closes_at = $6, revote = $7, threshold = $8, decision = $9
         where id = $1 and institution_id = $2 and stage = 'draft'",
        id.0,
        acting.institution().0,
        draft.title,
        draft.note,
        draft.opens_at,
        draft.closes_at,
        draft.revote,
        i32::from(draft.threshold),
        draft.decision
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes a sitting that was never announced; `false` where it was.
pub async fn remove(
    connection: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    id: SittingId,
) -> Result<bool, Failure> {
    // A second round's contest names the first's; both are removed in the order in which they were made.
    let done = sqlx::query!(
        "delete from sitting where id = $1 and institution_id = $2 and stage = 'draft'",
        id.0,
        acting.institution().0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

pub async fn announce(
    connection: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    id: SittingId,
    _: Announcement,
) -> Result<bool, Failure> {
    step(connection, acting.institution(), id, (Stage::Draft, Stage::Announced)).await
}

/// Takes an announcement back, so that it can be changed: the monitors' rehearsal is to be done again.
pub async fn take_back(
    connection: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    sitting: &Sitting,
) -> Result<bool, Failure> {
    let id = sitting.id;
    if !matches!(sitting.stage, Stage::Announced | Stage::Rehearsed) {
        return Ok(false);
    }
    sqlx::query!("update monitor set proved_at = null, share = null where sitting_id = $1", id.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query!("delete from rehearsal_ballot where sitting_id = $1", id.0).execute(&mut *connection).await?;
    sqlx::query!("update sitting set rehearsal_key = null, rehearsed_at = null where id = $1", id.0)
        .execute(&mut *connection)
        .await?;
    step(connection, acting.institution(), id, (sitting.stage, Stage::Draft)).await
}

/// Moves a sitting from one stage to the next; `false` where it is not there.
pub(super) async fn step(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: SittingId,
    (from, to): (Stage, Stage),
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update sitting set stage = $4 where id = $1 and institution_id = $2 and stage = $3",
        id.0,
        institution.0,
        from.slug(),
        to.slug()
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// The contests of a sitting with their candidates. Voters are counted where a day is given, which a voter's page does not need:
/// those of the frozen roll, or of that day before it is.
pub async fn contests(
    connection: &mut PgConnection,
    sitting: &Sitting,
    count_on: Option<Date>,
) -> Result<Vec<Contest>, Failure> {
    let rows = sqlx::query!(
        r#"select c.id as "id: ContestId", c.ordinal, c.title, c.fills, c.body, c.college_id as "college: CollegeId",
                  c.class_ids, c.seats, c.rules, c.round_of as "round_of: ContestId", g.name as "college_name?",
                  (select string_agg(k.name, '、' order by k.name) from class k where k.id = any (c.class_ids)) as classes,
                  case when $2 then 0 else (select count(*) from contest_roll(c.id, $3)) end as "voters!"
           from contest c left join college g on g.id = c.college_id
           where c.sitting_id = $1 order by c.ordinal"#,
        sitting.id.0,
        sitting.opened_at.is_some() || count_on.is_none(),
        count_on
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut candidates = candidates(connection, sitting.id).await?;
    let frozen = if sitting.opened_at.is_some() && count_on.is_some() {
        frozen(connection, sitting.id).await?
    } else {
        HashMap::new()
    };
    let mut contests = Vec::new();
    for row in rows {
        let body = Body::ALL.into_iter().find(|body| body.slug() == row.body);
        let fills = Fills::ALL.into_iter().find(|fills| fills.slug() == row.fills);
        let (Some(body), Some(fills)) = (body, fills) else {
            return Err(anyhow::anyhow!("a contest of an unknown kind").into());
        };
        let rules: ContestRules = serde_json::from_value(row.rules).map_err(anyhow::Error::new)?;
        let voters = frozen.get(&row.ordinal).copied().unwrap_or(row.voters);
        let body_name = match body {
            Body::College => row.college_name.unwrap_or_default(),
            Body::Congress => "大会正式代表".to_owned(),
            Body::Class | Body::Constituency => row.classes.unwrap_or_default(),
        };
        contests.push(Contest {
            candidates: candidates.remove(&row.id).unwrap_or_default(),
            id: row.id,
            ordinal: row.ordinal,
            title: row.title,
            fills,
            body,
            body_name,
            college: row.college,
            classes: row.class_ids.into_iter().map(ClassId).collect(),
            seats: u32::try_from(row.seats).map_err(anyhow::Error::new)?,
            rules,
            round_of: row.round_of,
            voters: u32::try_from(voters).map_err(anyhow::Error::new)?,
        });
    }
    Ok(contests)
}

/// How many may vote in each contest by the frozen roll.
async fn frozen(connection: &mut PgConnection, id: SittingId) -> Result<HashMap<i16, i64>, Failure> {
    let rows = sqlx::query!(
        r#"select ordinal as "ordinal!", count(*) as "voters!" from voter v cross join unnest(v.contests) ordinal
           where v.sitting_id = $1 group by ordinal"#,
        id.0
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.ordinal, row.voters)).collect())
}

async fn candidates(
    connection: &mut PgConnection,
    sitting: SittingId,
) -> Result<HashMap<ContestId, Vec<Candidate>>, Failure> {
    let rows = sqlx::query!(
        r#"select d.id as "id: CandidateId", d.contest_id as "contest: ContestId", d.student_id as "student: StudentId",
                  s.number, d.label, d.about, d.origin, d.withdrawn_why as withdrawn
           from candidate d join contest c on c.id = d.contest_id join student s on s.id = d.student_id
           where c.sitting_id = $1 order by c.ordinal, d.ordinal"#,
        sitting.0
    )
    .fetch_all(connection)
    .await?;
    let mut by_contest: HashMap<ContestId, Vec<Candidate>> = HashMap::new();
    for row in rows {
        by_contest.entry(row.contest).or_default().push(Candidate {
            id: row.id,
            student: row.student,
            number: row.number,
            label: row.label,
            about: row.about,
            origin: row.origin,
            withdrawn: row.withdrawn,
        });
    }
    Ok(by_contest)
}

/// What a contest is asked to be.
#[derive(Debug, Clone)]
pub struct ContestDraft {
    /// Its title, 2 to 40 characters.
    pub title: String,
    pub fills: Fills,
    pub body: Body,
    pub college: Option<CollegeId>,
    /// A class's or a constituency's.
    pub classes: Vec<ClassId>,
    /// Those who vote in a congress's.
    pub people: Vec<StudentId>,
    /// Seats, 1 to 60.
    pub seats: u32,
    pub rules: ContestRules,
    /// The contest whose second round it is.
    pub round_of: Option<ContestId>,
}

/// Adds a contest to a sitting that is being prepared (the database refuses it for any other).
pub async fn add_contest(
    connection: &mut PgConnection,
    _: &Acting<ElectionKeeper>,
    sitting: SittingId,
    draft: &ContestDraft,
) -> Result<ContestId, Failure> {
    let id = ContestId::random();
    let classes: Vec<Uuid> = draft.classes.iter().map(|id| id.0).collect();
    sqlx::query!(
        "insert into contest (id, sitting_id, ordinal, title, fills, body, college_id, class_ids, seats, rules, round_of)
         select $1, $2, coalesce((select max(ordinal) from contest where sitting_id = $2), 0) + 1, $3, $4, $5, $6, $7, $8,
                $9, $10",
        id.0,
        sitting.0,
        draft.title,
        draft.fills.slug(),
        draft.body.slug(),
        draft.college.map(|id| id.0),
        &classes,
        i32::try_from(draft.seats).map_err(anyhow::Error::new)?,
        serde_json::to_value(draft.rules).map_err(anyhow::Error::new)?,
        draft.round_of.map(|id| id.0)
    )
    .execute(&mut *connection)
    .await?;
    name_people(connection, id, &draft.people).await?;
    Ok(id)
}

async fn name_people(connection: &mut PgConnection, contest: ContestId, people: &[StudentId]) -> Result<(), Failure> {
    let people: Vec<Uuid> = people.iter().map(|id| id.0).collect();
    sqlx::query!(
        "insert into contest_person (contest_id, student_id) select $1, unnest($2::uuid[]) on conflict do nothing",
        contest.0,
        &people
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Changes a contest of a sitting that is being prepared.
pub async fn change_contest(
    connection: &mut PgConnection,
    _: &Acting<ElectionKeeper>,
    id: ContestId,
    draft: &ContestDraft,
) -> Result<(), Failure> {
    let classes: Vec<Uuid> = draft.classes.iter().map(|id| id.0).collect();
    sqlx::query!(
        "update contest set title = $2, fills = $3, body = $4, college_id = $5, class_ids = $6, seats = $7, rules = $8
         where id = $1",
        id.0,
        draft.title,
        draft.fills.slug(),
        draft.body.slug(),
        draft.college.map(|id| id.0),
        &classes,
        i32::try_from(draft.seats).map_err(anyhow::Error::new)?,
        serde_json::to_value(draft.rules).map_err(anyhow::Error::new)?
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from contest_person where contest_id = $1", id.0).execute(&mut *connection).await?;
    name_people(connection, id, &draft.people).await
}

/// Removes a contest of a sitting that is being prepared.
pub async fn remove_contest(
    connection: &mut PgConnection,
    _: &Acting<ElectionKeeper>,
    id: ContestId,
) -> Result<(), Failure> {
    sqlx::query!("delete from contest where id = $1", id.0).execute(connection).await?;
    Ok(())
}

/// The numbers of those who are named one by one for a contest of a congress.
pub async fn people_of(connection: &mut PgConnection, id: ContestId) -> Result<Vec<(StudentId, String)>, Failure> {
    let rows = sqlx::query!(
        r#"select s.id as "id: StudentId", s.number from contest_person p join student s on s.id = p.student_id
           where p.contest_id = $1 order by s.number"#,
        id.0
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.id, row.number)).collect())
}

/// A student as a list of numbers names them.
#[derive(Debug, Clone)]
pub struct Named {
    pub id: StudentId,
    pub number: String,
    pub name: String,
    pub class: String,
    pub college: CollegeId,
}

/// The students with those numbers who are here on a day.
pub async fn students(
    connection: &mut PgConnection,
    institution: InstitutionId,
    numbers: &[String],
    today: Date,
) -> Result<Vec<Named>, Failure> {
    let rows = sqlx::query_as!(
        Named,
        r#"select s.id as "id: StudentId", s.number, s.name, k.name as class, m.college_id as "college: CollegeId"
           from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
           where s.institution_id = $1 and s.number = any ($2) and (s.left_on is null or s.left_on > $3)"#,
        institution.0,
        numbers,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Classes by name, with their colleges.
pub async fn classes_named(
    connection: &mut PgConnection,
    institution: InstitutionId,
    names: &[String],
    today: Date,
) -> Result<Vec<(ClassId, String, CollegeId)>, Failure> {
    let rows = sqlx::query!(
        r#"select k.id as "id: ClassId", k.name, g.id as "college: CollegeId"
           from class k join major m on m.id = k.major_id join college g on g.id = m.college_id
           where g.institution_id = $1 and k.name = any ($2) and (k.ended_on is null or k.ended_on > $3)"#,
        institution.0,
        names,
        today
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.id, row.name, row.college)).collect())
}

/// Somebody who is to stand.
#[derive(Debug, Clone)]
pub struct Standing {
    pub student: StudentId,
    /// As the ballot prints it; differs from every other of the contest.
    pub label: String,
    /// A few words on the ballot.
    pub about: String,
    /// Where the candidacy comes from.
    pub origin: String,
}

/// Adds candidates to a contest of a sitting that is being prepared, after those who stand already. Other features hand theirs
/// over by this. Whoever stands already stays as they are.
pub async fn stand(
    connection: &mut PgConnection,
    _: &Acting<ElectionKeeper>,
    contest: ContestId,
    standing: &[Standing],
) -> Result<(), Failure> {
    let ids: Vec<Uuid> = standing.iter().map(|_| CandidateId::random().0).collect();
    let students: Vec<Uuid> = standing.iter().map(|one| one.student.0).collect();
    let labels: Vec<String> = standing.iter().map(|one| one.label.clone()).collect();
    let abouts: Vec<String> = standing.iter().map(|one| one.about.clone()).collect();
    let origins: Vec<String> = standing.iter().map(|one| one.origin.clone()).collect();
    sqlx::query!(
        "insert into candidate (id, contest_id, ordinal, student_id, label, about, origin)
         select u.id, $1, u.place + coalesce((select max(ordinal) from candidate where contest_id = $1), 0), u.student,
                u.label, u.about, u.origin
         from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[])
              with ordinality as u(id, student, label, about, origin, place)
         on conflict (contest_id, student_id) do nothing",
        contest.0,
        &ids,
        &students,
        &labels,
        &abouts,
        &origins
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes a candidate off a ballot that is being prepared.
pub async fn strike(
    connection: &mut PgConnection,
    _: &Acting<ElectionKeeper>,
    contest: ContestId,
    id: CandidateId,
) -> Result<bool, Failure> {
    let done = sqlx::query!("delete from candidate where id = $1 and contest_id = $2", id.0, contest.0);
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Records that a candidate withdrew after the ballot was announced: the ballot stays as it is, the votes are counted, and
/// the candidate is not elected.
pub async fn withdraw(
    connection: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    (contest, id): (ContestId, CandidateId),
    why: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update candidate set withdrawn_at = $4, withdrawn_by = $5, withdrawn_why = $3
         where id = $1 and contest_id = $2 and withdrawn_at is null",
        id.0,
        contest.0,
        why,
        now,
        acting.person().account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A list of candidates that vetting has made and that a congress may elect from.
#[derive(Debug)]
pub struct Listed {
    pub round: RoundId,
    pub title: String,
    /// How many are listed.
    pub people: i64,
}

/// The rounds of a keeper whose candidates for a presidium are listed.
pub async fn listed_rounds(
    connection: &mut PgConnection,
    institution: InstitutionId,
    college: Option<CollegeId>,
) -> Result<Vec<Listed>, Failure> {
    let rows = sqlx::query_as!(
        Listed,
        r#"select r.id as "round: RoundId", r.title, count(*) as "people!"
           from vetting_case c join vetting_round r on r.id = c.round_id join student_union u on u.id = r.union_id
           where c.institution_id = $1 and c.stage = 'listed' and ($2::uuid is null or u.college_id = $2)
           group by r.id order by max(r.opened_at) desc limit 20"#,
        institution.0,
        college.map(|id| id.0)
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The students whom a round has listed.
pub async fn listed(
    connection: &mut PgConnection,
    institution: InstitutionId,
    round: RoundId,
    college: Option<CollegeId>,
) -> Result<Vec<Named>, Failure> {
    let rows = sqlx::query_as!(
        Named,
        r#"select s.id as "id: StudentId", s.number, s.name, k.name as class, m.college_id as "college: CollegeId"
           from vetting_case c join vetting_round r on r.id = c.round_id join student_union u on u.id = r.union_id
                join student s on s.id = c.student_id join class k on k.id = s.class_id join major m on m.id = k.major_id
           where c.institution_id = $1 and c.round_id = $2 and c.stage = 'listed'
                 and ($3::uuid is null or u.college_id = $3)
           order by s.number"#,
        institution.0,
        round.0,
        college.map(|id| id.0)
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The account's student stands in this sitting.
pub async fn stands_in(connection: &mut PgConnection, sitting: SittingId, account: AccountId) -> Result<bool, Failure> {
    let stands = sqlx::query_scalar!(
        r#"select exists (
               select from candidate d join contest c on c.id = d.contest_id join account a on a.student_id = d.student_id
               where c.sitting_id = $1 and a.id = $2) as "stands!""#,
        sitting.0,
        account.0
    );
    Ok(stands.fetch_one(connection).await?)
}

/// Asks for a sitting to be void; somebody else agrees.
pub async fn ask_void(
    connection: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    id: SittingId,
    why: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update sitting set void_asked_at = $3, void_asked_by = $4, void_why = $5
         where id = $1 and institution_id = $2 and stage not in ('draft', 'reported', 'voided') and void_asked_at is null",
        id.0,
        acting.institution().0,
        now,
        acting.person().account.0,
        why
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Drops the wish that a sitting be void.
pub async fn keep_valid(
    connection: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    id: SittingId,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update sitting set void_asked_at = null, void_asked_by = null, void_why = null
         where id = $1 and institution_id = $2 and stage <> 'voided' and void_asked_at is not null",
        id.0,
        acting.institution().0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Makes a sitting void, by somebody who did not ask for it: its envelopes and shares are destroyed unread.
pub async fn make_void(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: SittingId,
    by: AccountId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update sitting set stage = 'voided', voided_at = $4, voided_by = $3, rehearsal_key = null
         where id = $1 and institution_id = $2 and stage not in ('draft', 'reported', 'voided')
               and void_asked_by is not null and void_asked_by <> $3",
        id.0,
        institution.0,
        by.0,
        now
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    destroy(connection, id).await?;
    Ok(true)
}

/// What could open an envelope, and the envelopes.
pub(super) async fn destroy(connection: &mut PgConnection, id: SittingId) -> Result<(), Failure> {
    sqlx::query!("delete from envelope where sitting_id = $1", id.0).execute(&mut *connection).await?;
    sqlx::query!("delete from rehearsal_ballot where sitting_id = $1", id.0).execute(&mut *connection).await?;
    sqlx::query!(
        "update monitor set share = null, salt = null, public_key = null, mac = null where sitting_id = $1",
        id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The contests of a sitting that have a second round already.
pub async fn second_rounds(connection: &mut PgConnection, id: SittingId) -> Result<Vec<ContestId>, Failure> {
    let ids = sqlx::query_scalar!(
        r#"select c.id as "id: ContestId" from contest c join contest second on second.round_of = c.id
           where c.sitting_id = $1"#,
        id.0
    );
    Ok(ids.fetch_all(connection).await?)
}

/// Gives a second round to the keeper of the first.
pub async fn hand_to(connection: &mut PgConnection, id: SittingId, college: Option<CollegeId>) -> Result<(), Failure> {
    sqlx::query!("update sitting set college_id = $2 where id = $1", id.0, college.map(|id| id.0))
        .execute(connection)
        .await?;
    Ok(())
}

/// The key to which a sitting's ballots are sealed, and the hash of its roll.
pub async fn marks(connection: &mut PgConnection, id: SittingId) -> Result<(Vec<u8>, Vec<u8>), Failure> {
    let row = sqlx::query!("select public_key, roll_hash from sitting where id = $1", id.0);
    let row = row.fetch_one(connection).await?;
    Ok((row.public_key.unwrap_or_default(), row.roll_hash.unwrap_or_default()))
}
