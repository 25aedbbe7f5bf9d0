//! Cases: read by whoever may see them, handed in, confirmed, handed in again, withdrawn.

use std::collections::HashMap;

use sqlx::{
    PgConnection,
    types::{Json, Uuid},
};
use time::{Date, OffsetDateTime};

use crate::{
    failure::Failure,
    ids::{
        AccountId, CaseId, ClassId, CollegeId, InstitutionId, JointSessionId, OpinionId, PlaceId, RoundId, StudentId,
    },
    rules::{chain::Stage, vetting::Source},
    unions::union::Fact,
    vetting::{
        case::{CandidateText, Case, Evidence, Opinion, Origin},
        chain_office::ChainOffice,
        round::{Purpose, Round},
    },
};

/// Which cases are asked for.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    pub ids: Option<Vec<Uuid>>,
    pub round: Option<RoundId>,
    pub student: Option<StudentId>,
    /// At this stage, by its stable word.
    pub stage: Option<String>,
    pub college: Option<CollegeId>,
    /// With this in name, 学号 or number.
    pub text: String,
    /// So many are left out, and so many given at the most.
    pub window: Option<(i64, i64)>,
}

/// Cases that an office sees (all of them where none is named), by number, and how many there are outside the window.
pub async fn cases(
    connection: &mut PgConnection,
    institution: InstitutionId,
    office: Option<&ChainOffice>,
    only: &CaseFilter,
) -> Result<(Vec<Case>, i64), Failure> {
    let all = office.is_none_or(ChainOffice::manages_all);
    let keeps = office.and_then(ChainOffice::managed_college);
    let unions: Vec<String> =
        office.map(|office| office.unions.iter().map(|kind| (*kind).to_owned()).collect()).unwrap_or_default();
    let (skip, most) = only.window.unwrap_or((0, 100_000));
    let rows = sqlx::query!(
        r#"select c.id as "id: CaseId", c.number, c.round_id as "round: RoundId", r.title as round_title,
                  c.place_id as "place: PlaceId",
                  coalesce(d.name || ' ' || post_label(p.kind, null), '主席团候选人') as "place_name!",
                  c.student_id as "student: StudentId", s.number as student_number, s.name, s.gender,
                  c.college_id as "college: CollegeId", g.name as college_name, acting_class(c.class_id) as "class!: ClassId",
                  k.name as class_name, k.entry_year, c.origin, c.prepared_by, c.prepared_office, c.source, c.field, c.stage,
                  c.step, c.visit, c.furthest, c.due_on, c.says, c.submitted_at,
                  c.evidence as "evidence: Json<Evidence>", c.notice_until, count(*) over () as "total!"
           from vetting_case c join vetting_round r on r.id = c.round_id join student_union u on u.id = r.union_id
                join vetting_place p on p.id = c.place_id left join department d on d.id = p.department_id
                join student s on s.id = c.student_id join class k on k.id = c.class_id
                join college g on g.id = c.college_id
           where c.institution_id = $1 and ($2::uuid[] is null or c.id = any($2)) and ($3::uuid is null or c.round_id = $3)
                 and ($4::uuid is null or c.student_id = $4) and ($5::text is null or c.stage = $5)
                 and ($6::uuid is null or c.college_id = $6)
                 and ($7 = '' or position($7 in s.name) > 0 or position($7 in s.number) > 0 or c.number::text = $7)
                 and ($8 or u.college_id = $9
                      or (u.kind = any($10) and ($12::uuid is null or c.college_id = $12)
                          and ($13::uuid is null or acting_class(c.class_id) = $13)
                          and ((c.submitted_at is not null and first_step(r.chain, $11) <= c.furthest)
                               or c.prepared_kind = $14)))
           order by c.number offset $15 limit $16"#,
        institution.0,
        only.ids.as_deref(),
        only.round.map(|id| id.0),
        only.student.map(|id| id.0),
        only.stage,
        only.college.map(|id| id.0),
        only.text,
        all,
        keeps.map(|id| id.0),
        &unions,
        office.map_or("", |office| office.body.slug()),
        office.and_then(|office| office.college).map(|id| id.0),
        office.and_then(|office| office.class).map(|id| id.0),
        office.map_or("", |office| office.held.kind.slug()),
        skip,
        most
    )
    .fetch_all(connection)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let mut cases = Vec::with_capacity(rows.len());
    for row in rows {
        let step = row.step.and_then(|step| usize::try_from(step).ok());
        let stage = Stage::of(&row.stage, step).ok_or_else(|| anyhow::anyhow!("no stage is called {}", row.stage))?;
        cases.push(Case {
            id: row.id,
            number: row.number,
            round: row.round,
            round_title: row.round_title,
            place: row.place,
            place_name: row.place_name,
            student: row.student,
            student_number: row.student_number,
            name: row.name,
            gender: row.gender,
            college: row.college,
            college_name: row.college_name,
            class: row.class,
            class_name: row.class_name,
            entry_year: row.entry_year,
            origin: match row.origin.as_str() {
                "applied" => Origin::Applied,
                "recommended" => Origin::Recommended,
                _ => Origin::Prepared,
            },
            prepared_by: row.prepared_by,
            prepared_office: row.prepared_office,
            source: row.source.as_deref().and_then(Source::of),
            field: row.field,
            stage,
            visit: row.visit,
            furthest: row.furthest,
            due_on: row.due_on,
            says: row.says,
            submitted_at: row.submitted_at,
            evidence: row.evidence.map(|evidence| evidence.0),
            notice_until: row.notice_until,
        });
    }
    Ok((cases, total))
}

/// How many cases of a round stand at a stage and step of a place.
#[derive(Debug, Clone)]
pub struct StageCount {
    pub place: PlaceId,
    /// The stage, by its stable word.
    pub stage: String,
    pub step: Option<i32>,
    pub cases: i64,
    /// How many of them are late.
    pub late: i64,
}

/// How a round's cases stand.
pub async fn tally(connection: &mut PgConnection, round: RoundId, today: Date) -> Result<Vec<StageCount>, Failure> {
    let rows = sqlx::query_as!(
        StageCount,
        r#"select place_id as "place: PlaceId", stage, step, count(*) as "cases!",
                  count(*) filter (where due_on < $2) as "late!"
           from vetting_case where round_id = $1 group by 1, 2, 3"#,
        round.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The opinions on cases, in their order.
pub async fn opinions_of(connection: &mut PgConnection, cases: &[Uuid]) -> Result<Vec<Opinion>, Failure> {
    let rows = sqlx::query_as!(
        Opinion,
        r#"select o.case_id as "case: CaseId", o.step, o.visit, o.body, o.office, o.act, o.verdict, o.back_to, o.says,
                  o.session_id as "session: JointSessionId", o.delegation_id is not null as "delegated!",
                  o.by_account as "by", a.name as by_name, o.at
           from vetting_opinion o join account a on a.id = o.by_account where o.case_id = any($1)
           order by o.case_id, o.visit, o.at, o.id"#,
        cases
    );
    Ok(rows.fetch_all(connection).await?)
}

/// What a candidate wrote.
pub async fn words(connection: &mut PgConnection, case: CaseId) -> Result<CandidateText, Failure> {
    let words = sqlx::query_as!(
        CandidateText,
        r#"select statement, experience, pledge, pledged_at,
                  exists (select from case_photo p where p.case_id = c.id) as "photo!"
           from vetting_case c where id = $1"#,
        case.0
    );
    Ok(words.fetch_one(connection).await?)
}

/// What a case is handed in with.
#[derive(Debug, Clone)]
pub struct Submission {
    pub place: PlaceId,
    /// Where the candidate comes from.
    pub source: Option<Source>,
    /// The field in which they stand out.
    pub field: String,
    /// 个人陈述.
    pub statement: String,
    /// 经历.
    pub experience: String,
    /// The text that was pledged.
    pub pledge: String,
    /// What the conditions say.
    pub evidence: Evidence,
}

/// A case to be begun.
#[derive(Debug)]
pub struct NewCase<'a> {
    pub round: &'a Round,
    pub fact: &'a Fact,
    /// How it came to be.
    pub origin: Origin,
    /// Who prepared it: account, office's kind, office in words.
    pub prepared: Option<(AccountId, &'a str, String)>,
}

async fn next_number(connection: &mut PgConnection, institution: InstitutionId) -> Result<i32, Failure> {
    let last = sqlx::query_scalar!(
        "insert into vetting_counter (institution_id, last) values ($1, 1)
         on conflict (institution_id) do update set last = vetting_counter.last + 1 returning last",
        institution.0
    );
    Ok(last.fetch_one(connection).await?)
}

/// Hands in a student's own application; none where they have one in this round already.
pub async fn hand_in(
    connection: &mut PgConnection,
    institution: InstitutionId,
    new: &NewCase<'_>,
    submission: &Submission,
    now: OffsetDateTime,
) -> Result<Option<CaseId>, Failure> {
    let Some(id) = insert(connection, institution, new, submission.place, now).await? else { return Ok(None) };
    complete(connection, (id, new.round), submission, (Stage::At(0), 0), now).await?;
    Ok(Some(id))
}

/// Names a student, who is to confirm; none where they have a case in this round already. What is known of the source is
/// kept for the student to put right.
pub async fn invite(
    connection: &mut PgConnection,
    institution: InstitutionId,
    new: &NewCase<'_>,
    (place, source, field): (PlaceId, Option<Source>, &str),
    (statement, experience): (&str, &str),
    now: OffsetDateTime,
) -> Result<Option<CaseId>, Failure> {
    let Some(id) = insert(connection, institution, new, place, now).await? else { return Ok(None) };
    sqlx::query!(
        "update vetting_case set source = $2, field = $3, statement = $4, experience = $5 where id = $1",
        id.0,
        source.map(Source::slug),
        field,
        statement,
        experience
    )
    .execute(connection)
    .await?;
    Ok(Some(id))
}

async fn insert(
    connection: &mut PgConnection,
    institution: InstitutionId,
    new: &NewCase<'_>,
    place: PlaceId,
    now: OffsetDateTime,
) -> Result<Option<CaseId>, Failure> {
    let taken = sqlx::query_scalar!(
        r#"select exists (select from vetting_case where round_id = $1 and student_id = $2
                          and stage not in ('withdrawn', 'refused', 'lapsed')) as "taken!""#,
        new.round.id.0,
        new.fact.student.0
    );
    if taken.fetch_one(&mut *connection).await? {
        return Ok(None);
    }
    let number = next_number(connection, institution).await?;
    let id = CaseId::random();
    let prepared = new.prepared.as_ref();
    let done = sqlx::query!(
        "insert into vetting_case (id, number, institution_id, round_id, place_id, student_id, college_id, class_id, origin,
                                   prepared_by, prepared_kind, prepared_office, created_at, stage)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'invited')
         on conflict (round_id, student_id) where stage not in ('withdrawn', 'refused', 'lapsed') do nothing",
        id.0,
        number,
        institution.0,
        new.round.id.0,
        place.0,
        new.fact.student.0,
        new.fact.college_id.0,
        new.fact.class_id.0,
        new.origin.slug(),
        prepared.map(|(account, ..)| account.0),
        prepared.map(|(_, kind, _)| *kind),
        prepared.map(|(.., office)| office.clone()),
        now
    )
    .execute(connection)
    .await?;
    Ok((done.rows_affected() == 1).then_some(id))
}

/// Writes what a candidate hands in and puts the case where the chain begins for it.
async fn complete(
    connection: &mut PgConnection,
    (id, round): (CaseId, &Round),
    submission: &Submission,
    (stage, visit): (Stage, i32),
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let step = match stage {
        Stage::At(step) => Some(step),
        _ => None,
    };
    let due = step.map(|step| round.due(step, now.date()));
    let step = step.and_then(|step| i32::try_from(step).ok());
    sqlx::query!(
        "update vetting_case set place_id = $2, source = $3, field = $4, statement = $5, experience = $6, pledge = $7,
                pledged_at = $8::timestamptz, evidence = $9, submitted_at = $8, stage = $10::text, step = $11, visit = $12,
                furthest = greatest(furthest, coalesce($11, 0)), due_on = $13, says = '',
                settled_at = case when $10 = 'passed' then $8::timestamptz end
         where id = $1",
        id.0,
        submission.place.0,
        submission.source.map(Source::slug),
        submission.field,
        submission.statement,
        submission.experience,
        submission.pledge,
        now,
        serde_json::to_value(&submission.evidence).map_err(anyhow::Error::new)?,
        stage.slug(),
        step,
        visit,
        due
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A candidate confirms a case that was prepared for them, or hands one in again that came back; `false` where it is at
/// neither.
pub async fn resubmit(
    connection: &mut PgConnection,
    (case, round): (&Case, &Round),
    submission: &Submission,
    stage: Stage,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    if !matches!(case.stage, Stage::Invited | Stage::Returned) {
        return Ok(false);
    }
    complete(connection, (case.id, round), submission, (stage, case.visit + 1), now).await?;
    Ok(true)
}

/// Holds a case for the rest of a transaction; the round is held before it, as everywhere.
///
/// # Errors
/// [`Failure::Missing`] where there is none; else where the database fails.
pub async fn hold_case(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: CaseId,
) -> Result<(Case, Round), Failure> {
    let round = sqlx::query_scalar!(
        r#"select r.id as "id: RoundId" from vetting_round r
           where r.id = (select round_id from vetting_case where id = $1 and institution_id = $2) for share"#,
        id.0,
        institution.0
    )
    .fetch_optional(&mut *connection)
    .await?
    .ok_or(Failure::Missing)?;
    sqlx::query!("select id from vetting_case where id = $1 for update", id.0).fetch_one(&mut *connection).await?;
    let only = CaseFilter { ids: Some(vec![id.0]), ..CaseFilter::default() };
    let (found, _) = cases(connection, institution, None, &only).await?;
    let round = super::round(connection, institution, round).await?.ok_or(Failure::Missing)?;
    Ok((found.into_iter().next().ok_or(Failure::Missing)?, round))
}

/// Withdraws a case that is under way; `false` where it is not.
pub async fn withdraw(
    connection: &mut PgConnection,
    case: CaseId,
    why: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update vetting_case set stage = 'withdrawn', step = null, due_on = null, visit = visit + 1, says = $2, settled_at = $3
         where id = $1 and stage in ('invited', 'at', 'returned', 'passed')",
        case.0,
        why,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps a candidate's photo in the place of the one before.
pub async fn set_photo(connection: &mut PgConnection, case: CaseId, jpeg: &[u8]) -> Result<(), Failure> {
    sqlx::query!(
        "insert into case_photo (case_id, jpeg) values ($1, $2) on conflict (case_id) do update set jpeg = excluded.jpeg",
        case.0,
        jpeg
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn photo(connection: &mut PgConnection, case: CaseId) -> Result<Option<Vec<u8>>, Failure> {
    Ok(sqlx::query_scalar!("select jpeg from case_photo where case_id = $1", case.0).fetch_optional(connection).await?)
}

/// The posts that students hold in unions on a day, in words.
pub async fn held_posts(
    connection: &mut PgConnection,
    students: &[Uuid],
    today: Date,
) -> Result<HashMap<StudentId, Vec<String>>, Failure> {
    let rows = sqlx::query!(
        r#"select p.student_id as "student: StudentId",
                  union_name(u.kind, g.name) || ' ' || coalesce(d.name || ' ', '') || post_label(p.kind, p.title) as "words!"
           from post p join student_union u on u.id = p.union_id left join college g on g.id = u.college_id
                left join department d on d.id = p.department_id
           where p.student_id = any($1) and p.voided_at is null and (p.until_day is null or p.until_day > $2)
                 and (p.until_day is null or p.until_day > p.from_day)
           order by p.from_day"#,
        students,
        today
    )
    .fetch_all(connection)
    .await?;
    let mut held: HashMap<StudentId, Vec<String>> = HashMap::new();
    for row in rows {
        held.entry(row.student).or_default().push(row.words);
    }
    Ok(held)
}

/// Whether a student holds the very post of a place on the day from which a round's posts are held: nobody is chosen for what
/// they have, unless the round replaces the term.
pub async fn holds_place(
    connection: &mut PgConnection,
    round: &Round,
    (student, place): (StudentId, PlaceId),
) -> Result<bool, Failure> {
    if round.presidium || round.purpose == Purpose::Term {
        return Ok(false);
    }
    let holds = sqlx::query_scalar!(
        r#"select exists (
               select from post p join vetting_place v on v.id = $3 and v.kind = p.kind
                      and v.department_id is not distinct from p.department_id
               where p.union_id = $1 and p.student_id = $2 and p.voided_at is null
                     and (p.until_day is null or p.until_day > $4)) as "holds!""#,
        round.union.id.0,
        student.0,
        place.0,
        round.effective_on
    );
    Ok(holds.fetch_one(connection).await?)
}

/// People counted by something: which of `source`, `college`, `grade`, `gender`, by what, and how many.
#[derive(Debug)]
pub struct PeopleCount {
    /// By what they are counted.
    pub part: String,
    /// The value; of sources the stable word.
    pub label: Option<String>,
    pub people: i64,
}

/// The candidates of a round by source, college, grade and gender, without those whose case came to nothing.
pub async fn counts(connection: &mut PgConnection, round: RoundId) -> Result<Vec<PeopleCount>, Failure> {
    let rows = sqlx::query_as!(
        PeopleCount,
        r#"select case when grouping(c.source) = 0 then 'source' when grouping(g.name) = 0 then 'college'
                       when grouping(k.entry_year) = 0 then 'grade' else 'gender' end as "part!",
                  coalesce(c.source, g.name, k.entry_year::text, s.gender) as label, count(*) as "people!"
           from vetting_case c join student s on s.id = c.student_id join class k on k.id = c.class_id
                join college g on g.id = c.college_id
           where c.round_id = $1 and c.stage not in ('invited', 'refused', 'withdrawn', 'lapsed')
           group by grouping sets ((c.source), (g.name), (k.entry_year), (s.gender))
           order by 3 desc, 2"#,
        round.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Notes the recommendation that the naming office signed, so that it stands first among the opinions.
pub async fn note_recommendation(
    connection: &mut PgConnection,
    (case, office): (CaseId, &ChainOffice),
    (act, says): (&str, &str),
    by: AccountId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into vetting_opinion (id, case_id, step, visit, body, office, act, verdict, says, by_account, at)
         values ($1, $2, 0, 0, $3, $4, $5, 'agree', $6, $7, $8)",
        OpinionId::random().0,
        case.0,
        office.body.slug(),
        office.held.label(),
        act,
        says,
        by.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}
