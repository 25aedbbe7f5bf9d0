//! SQL of contests and candidates.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use crate::{
    auth::acting::Acting,
    clock::CHINA,
    database::Locked,
    elections::sitting::{Candidate, CandidateOrder, Contest, ContestRules, RuleSource, Sitting, Stage},
    failure::Failure,
    ids::{AccountId, CandidateId, ClassId, CollegeId, ContestId, InstitutionId, RoundId, SittingId, StudentId},
    office::ElectionKeeper,
    rules::sitting::{Body, Fills},
};

/// The contests of a sitting with their candidates. Voters are counted where a day is given, which a voter's page does not need:
/// those of the frozen roll, or of that day before it is.
pub async fn contests(
    connection: &mut PgConnection,
    sitting: &Sitting,
    count_on: Option<Date>,
) -> Result<Vec<Contest>, Failure> {
    read_contests(connection, sitting.id, sitting.opened_at().is_some(), count_on).await
}

/// As [`contests`], with the voters of the day of the announcement: what was announced stays, whoever comes or leaves since.
pub async fn contests_as_announced(connection: &mut PgConnection, sitting: &Sitting) -> Result<Vec<Contest>, Failure> {
    let at = sitting.announced_at().unwrap_or(sitting.opens_at);
    read_contests(connection, sitting.id, false, Some(at.to_offset(CHINA).date())).await
}

/// As [`contests`], in the act that opens the sitting: its roll was frozen just now.
pub async fn contests_of_frozen_roll(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
) -> Result<Vec<Contest>, Failure> {
    read_contests(connection, sitting.id, true, Some(sitting.opens_at.date())).await
}

async fn read_contests(
    connection: &mut PgConnection,
    sitting: SittingId,
    is_frozen: bool,
    count_on: Option<Date>,
) -> Result<Vec<Contest>, Failure> {
    let rows = sqlx::query!(
        r#"select c.id as "id: ContestId", c.ordinal, c.title, c.fills, c.body, c.college_id as "college: CollegeId",
                  c.class_ids, c.seats, c.rules, c.sources, c.round_of as "round_of: ContestId", g.name as "college_name?",
                  c.by_hand, c.candidate_order, t.stage, i.stroke_order,
                  (select string_agg(k.name, '、' order by k.name) from class k where k.id = any (c.class_ids)) as classes,
                  case when $2 then 0 else (select count(*) from contest_roll(c.id, $3)) end as "voters!"
           from contest c join sitting t on t.id = c.sitting_id join institution i on i.id = t.institution_id
                left join college g on g.id = c.college_id
           where c.sitting_id = $1 order by c.ordinal"#,
        sitting.0,
        is_frozen || count_on.is_none(),
        count_on
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut candidates = candidates(connection, sitting).await?;
    let frozen = if is_frozen && count_on.is_some() { frozen(connection, sitting).await? } else { HashMap::new() };
    let mut contests = Vec::new();
    for row in rows {
        let (body, fills) = (row.body.parse::<Body>()?, row.fills.parse::<Fills>()?);
        let rules: ContestRules = serde_json::from_value(row.rules).map_err(anyhow::Error::new)?;
        let voters = frozen.get(&row.ordinal).copied().unwrap_or(row.voters);
        let body_name = match body {
            Body::College => row.college_name.unwrap_or_default(),
            Body::Congress => "大会正式代表".to_owned(),
            Body::Class | Body::Constituency => row.classes.unwrap_or_default(),
        };
        let order = row.candidate_order.as_deref().map_or(Ok(CandidateOrder::Entered), str::parse)?;
        let mut contest = Contest {
            candidates: candidates.remove(&row.id).unwrap_or_default(),
            id: row.id,
            sitting,
            ordinal: row.ordinal,
            title: row.title,
            fills,
            body,
            body_name,
            college: row.college,
            classes: row.class_ids.into_iter().map(ClassId).collect(),
            seats: u32::try_from(row.seats).map_err(anyhow::Error::new)?,
            rules,
            sources: read_sources(row.sources)?,
            round_of: row.round_of,
            voters: u32::try_from(voters).map_err(anyhow::Error::new)?,
            order,
            by_hand: row.by_hand,
        };
        if row.stage == Stage::Draft.slug() {
            contest.put_in_order(row.stroke_order.parse()?);
        }
        contests.push(contest);
    }
    Ok(contests)
}

/// A rule's source as the database keeps it, by the stable word of the rule.
#[derive(Serialize, Deserialize)]
struct StoredSource {
    source: String,
    text: String,
}

fn read_sources(stored: serde_json::Value) -> anyhow::Result<Vec<RuleSource>> {
    let stored: BTreeMap<String, StoredSource> = serde_json::from_value(stored)?;
    let one = |(point, StoredSource { source, text }): (String, StoredSource)| {
        Ok(RuleSource { point: point.parse()?, source: source.parse()?, text })
    };
    stored.into_iter().map(one).collect()
}

fn stored_sources(sources: &[RuleSource]) -> anyhow::Result<serde_json::Value> {
    let one = |one: &RuleSource| {
        let stored = StoredSource { source: one.source.slug().to_owned(), text: one.text.clone() };
        (one.point.slug().to_owned(), stored)
    };
    Ok(serde_json::to_value(sources.iter().map(one).collect::<BTreeMap<_, _>>())?)
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
                  s.number, s.name, d.label, d.about, d.origin, d.withdrawn_why as withdrawn
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
            name: row.name,
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
    pub sources: Vec<RuleSource>,
    /// The contest whose second round it is.
    pub round_of: Option<ContestId>,
}

impl ContestDraft {
    /// A contest as it was registered; `people` vote in it where they are no class or college.
    #[must_use]
    pub fn like(own: &Contest, people: Vec<StudentId>) -> Self {
        Self {
            title: own.title.clone(),
            fills: own.fills,
            body: own.body,
            college: own.college,
            classes: own.classes.clone(),
            people,
            seats: own.seats,
            rules: own.rules,
            sources: own.sources.clone(),
            round_of: None,
        }
    }
}

/// What is voted on changes while the sitting is a draft, and the database refuses it later.
fn may_change(sitting: &Locked<Sitting>) -> anyhow::Result<()> {
    anyhow::ensure!(sitting.stage() == Stage::Draft, "what is voted on does not change after the announcement");
    Ok(())
}

/// As [`may_change`], for a contest of that sitting and of no other.
fn may_change_contest(sitting: &Locked<Sitting>, contest: &Contest) -> anyhow::Result<()> {
    anyhow::ensure!(contest.sitting == sitting.id, "the contest is of another sitting");
    may_change(sitting)
}

/// Adds a contest to a sitting that is being prepared.
pub async fn add_contest(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    draft: &ContestDraft,
) -> Result<ContestId, Failure> {
    may_change(sitting)?;
    let id = ContestId::random();
    let classes: Vec<Uuid> = draft.classes.iter().map(|id| id.0).collect();
    sqlx::query!(
        "insert into contest (id, sitting_id, ordinal, title, fills, body, college_id, class_ids, seats, rules, sources,
                              round_of)
         select $1, $2, coalesce((select max(ordinal) from contest where sitting_id = $2), 0) + 1, $3, $4, $5, $6, $7, $8,
                $9, $10, $11",
        id.0,
        sitting.id.0,
        draft.title,
        draft.fills.slug(),
        draft.body.slug(),
        draft.college.map(|id| id.0),
        &classes,
        i32::try_from(draft.seats).map_err(anyhow::Error::new)?,
        serde_json::to_value(draft.rules).map_err(anyhow::Error::new)?,
        stored_sources(&draft.sources)?,
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
    sitting: &Locked<Sitting>,
    contest: &Contest,
    draft: &ContestDraft,
) -> Result<(), Failure> {
    may_change_contest(sitting, contest)?;
    let id = contest.id;
    let classes: Vec<Uuid> = draft.classes.iter().map(|id| id.0).collect();
    sqlx::query!(
        "update contest set title = $2, fills = $3, body = $4, college_id = $5, class_ids = $6, seats = $7, rules = $8,
                            sources = $9
         where id = $1",
        id.0,
        draft.title,
        draft.fills.slug(),
        draft.body.slug(),
        draft.college.map(|id| id.0),
        &classes,
        i32::try_from(draft.seats).map_err(anyhow::Error::new)?,
        serde_json::to_value(draft.rules).map_err(anyhow::Error::new)?,
        stored_sources(&draft.sources)?
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from contest_person where contest_id = $1", id.0).execute(&mut *connection).await?;
    name_people(connection, id, &draft.people).await
}

/// Removes a contest of a sitting that is being prepared.
pub async fn remove_contest(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    contest: &Contest,
) -> Result<(), Failure> {
    may_change_contest(sitting, contest)?;
    sqlx::query!("delete from contest where id = $1", contest.id.0).execute(connection).await?;
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
pub struct NamedStudent {
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
) -> Result<Vec<NamedStudent>, Failure> {
    let rows = sqlx::query_as!(
        NamedStudent,
        r#"select s.id as "id: StudentId", s.number, s.name, k.name as class, m.college_id as "college: CollegeId"
           from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
           where s.id in (select student_numbered($1, n) from unnest($2::text[]) n) and (s.left_on is null or s.left_on > $3)"#,
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
           where g.institution_id = $1 and k.name_key in (select name_key(n) from unnest($2::text[]) n) and (k.ended_on is null or k.ended_on > $3)"#,
        institution.0,
        names,
        today
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.id, row.name, row.college)).collect())
}

/// Somebody who is to stand.
#[derive(Debug, Clone)]
pub struct NewCandidate {
    pub student: StudentId,
    /// As the ballot prints it; differs from every other of the contest.
    pub label: String,
    /// A few words on the ballot.
    pub about: String,
    /// Where the candidacy comes from.
    pub origin: String,
}

/// Adds candidates to a contest of a sitting that is being prepared, after those who stand already. Whoever
/// stands already stays as they are.
pub async fn add_candidates(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    contest: ContestId,
    candidates: &[NewCandidate],
) -> Result<(), Failure> {
    may_change(sitting)?;
    let ids: Vec<Uuid> = candidates.iter().map(|_| CandidateId::random().0).collect();
    let students: Vec<Uuid> = candidates.iter().map(|one| one.student.0).collect();
    let labels: Vec<String> = candidates.iter().map(|one| one.label.clone()).collect();
    let abouts: Vec<String> = candidates.iter().map(|one| one.about.clone()).collect();
    let origins: Vec<String> = candidates.iter().map(|one| one.origin.clone()).collect();
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
pub async fn remove_candidate(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    contest: &Contest,
    id: CandidateId,
) -> Result<bool, Failure> {
    may_change_contest(sitting, contest)?;
    let done = sqlx::query!("delete from candidate where id = $1 and contest_id = $2", id.0, contest.id.0);
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Puts the candidates of a contest that is being prepared in that order; they keep it where it is by hand.
pub async fn place_candidates(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    contest: &Contest,
    candidates: &[CandidateId],
) -> Result<(), Failure> {
    may_change_contest(sitting, contest)?;
    keep_places(connection, contest.id, candidates).await
}

/// Says whether the candidates of a contest that is being prepared keep the places that people gave them, or stand by
/// strokes.
pub async fn order_by_hand(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    contest: ContestId,
    by_hand: bool,
) -> Result<(), Failure> {
    may_change(sitting)?;
    let done = sqlx::query!(
        "update contest set by_hand = $3 where id = $1 and sitting_id = $2",
        contest.0,
        sitting.id.0,
        by_hand
    );
    done.execute(connection).await?;
    Ok(())
}

/// Keeps the order of a draft's candidates as it is announced.
pub async fn freeze_order(connection: &mut PgConnection, sitting: &Locked<Sitting>) -> Result<(), Failure> {
    may_change(sitting)?;
    for contest in contests(connection, sitting, None).await? {
        let candidates: Vec<CandidateId> = contest.candidates.iter().map(|one| one.id).collect();
        keep_places(connection, contest.id, &candidates).await?;
        let order = contest.order.slug();
        sqlx::query!("update contest set candidate_order = $2 where id = $1", contest.id.0, order)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Gives candidates the places in which they are named, from 1. All of a contest's are named.
async fn keep_places(
    connection: &mut PgConnection,
    contest: ContestId,
    candidates: &[CandidateId],
) -> Result<(), Failure> {
    let ids: Vec<Uuid> = candidates.iter().map(|id| id.0).collect();
    let done = sqlx::query!(
        "update candidate d set ordinal = u.place from unnest($2::uuid[]) with ordinality as u(id, place)
         where d.contest_id = $1 and d.id = u.id",
        contest.0,
        &ids
    )
    .execute(connection)
    .await?;
    let all = u64::try_from(candidates.len()).is_ok_and(|all| all == done.rows_affected());
    if all { Ok(()) } else { Err(anyhow::anyhow!("a candidate is of another contest").into()) }
}

/// Records that a candidate withdrew after the ballot was announced: the ballot stays as it is, the votes are counted, and
/// the candidate is not elected.
pub async fn withdraw(
    connection: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    sitting: &Locked<Sitting>,
    contest: &Contest,
    id: CandidateId,
    why: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    if contest.sitting != sitting.id || !sitting.stage().takes_withdrawals() {
        return Ok(false);
    }
    let done = sqlx::query!(
        "update candidate set withdrawn_at = $4, withdrawn_by = $5, withdrawn_why = $3
         where id = $1 and contest_id = $2 and withdrawn_at is null",
        id.0,
        contest.id.0,
        why,
        now,
        acting.person().account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A list of candidates that vetting has made and that a congress may elect from.
#[derive(Debug)]
pub struct ListedRound {
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
) -> Result<Vec<ListedRound>, Failure> {
    let rows = sqlx::query_as!(
        ListedRound,
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
) -> Result<Vec<NamedStudent>, Failure> {
    let rows = sqlx::query_as!(
        NamedStudent,
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

/// The contests of a sitting that have a second round already.
pub async fn second_rounds(connection: &mut PgConnection, id: SittingId) -> Result<Vec<ContestId>, Failure> {
    let ids = sqlx::query_scalar!(
        r#"select c.id as "id: ContestId" from contest c join contest second on second.round_of = c.id
           where c.sitting_id = $1"#,
        id.0
    );
    Ok(ids.fetch_all(connection).await?)
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

/// The candidates for delegates of a congress who have not passed every step, or are of the unit no more, by contest and
/// name. Those of a second round stood in the first.
pub async fn unrecommended(
    connection: &mut PgConnection,
    sitting: SittingId,
    today: Date,
) -> Result<HashMap<ContestId, Vec<String>>, Failure> {
    let rows = sqlx::query!(
        r#"select c.id as "contest: ContestId", s.name
           from sitting t join contest c on c.sitting_id = t.id join candidate d on d.contest_id = c.id
                join student s on s.id = d.student_id
           where t.id = $1 and t.congress_id is not null and c.fills = 'delegates' and c.round_of is null
                 and not exists (
                     select from recommendation r
                     where r.congress_id = t.congress_id and r.student_id = d.student_id and r.stage = 'passed'
                           and is_of_unit(r.congress_id, r.unit, s.id, $2) and (s.left_on is null or s.left_on > $2)
                           and not exists (select from delegate_contest u where u.contest_id = c.id and u.unit <> r.unit))
           order by c.ordinal, d.ordinal"#,
        sitting.0,
        today
    );
    let mut by_contest: HashMap<ContestId, Vec<String>> = HashMap::new();
    for row in rows.fetch_all(connection).await? {
        by_contest.entry(row.contest).or_default().push(row.name);
    }
    Ok(by_contest)
}
