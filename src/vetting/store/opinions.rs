//! Opinions: on one case or on many in one transaction, and the sessions of joint steps.

use std::collections::HashMap;

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use super::{
    cases::{CaseFilter, LockedCase, cases, opinions_of},
    delegations::delegated,
};
use crate::{
    auth::person::SignedIn,
    failure::Failure,
    ids::{CaseId, DelegationId, JointSessionId, OpinionId, PlaceId, RoundId},
    inbox::{self, Notice, To},
    office::OfficeKind,
    rules::{
        Finding,
        chain::{Decision, Seats, Stage, StepRequest, StepTaken, TakeBackRequest, TakenBack, take_step},
        plan::Body,
    },
    vetting::{
        case::{Case, CaseSeen, Opinion},
        chain_office::ChainOffice,
        round::{Place, Round},
    },
};

/// A session in which the offices of a joint step sat together.
#[derive(Debug, Clone)]
pub struct Session {
    pub id: JointSessionId,
    pub step: i32,
    pub held_on: Date,
    /// Who took part and what was discussed.
    pub says: String,
    /// The office that recorded it.
    pub office: String,
}

impl Session {
    /// The beginning of its minutes, to tell one from another.
    #[must_use]
    pub fn brief(&self) -> String {
        self.says.chars().take(20).collect()
    }
}

/// The sessions of a round, newest first.
pub async fn sessions(connection: &mut PgConnection, round: RoundId) -> Result<Vec<Session>, Failure> {
    let rows = sqlx::query_as!(
        Session,
        r#"select id as "id: JointSessionId", step, held_on, says, office from joint_session where round_id = $1
           order by held_on desc, at desc"#,
        round.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A session to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct NewSession<'a> {
    pub round: RoundId,
    pub step: usize,
    pub held_on: Date,
    /// Who took part and what was discussed.
    pub minutes: &'a str,
}

/// Records a session of a round's step.
pub async fn set_session(
    connection: &mut PgConnection,
    new: NewSession<'_>,
    person: &SignedIn,
    office: &str,
    now: OffsetDateTime,
) -> Result<JointSessionId, Failure> {
    let id = JointSessionId::random();
    sqlx::query!(
        "insert into joint_session (id, round_id, step, held_on, says, by_account, office, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        new.round.0,
        i32::try_from(new.step).unwrap_or(0),
        new.held_on,
        new.minutes,
        person.account.0,
        office,
        now
    )
    .execute(connection)
    .await?;
    Ok(id)
}

/// What somebody says of one case or of many.
#[derive(Debug, Clone)]
pub struct NewOpinion {
    pub decision: Decision,
    pub words: String,
    pub session: Option<JointSessionId>,
    /// A refusal for want of seats alone, of which candidates are told so.
    pub for_seats: bool,
}

/// A case on which the opinion could not be given, and why.
#[derive(Debug)]
pub struct NotGiven {
    pub case: Case,
    pub findings: Vec<Finding>,
}

/// A case with what the rule says of the opinion on it, and the delegation that it rests on.
struct Judged<'a> {
    case: Case,
    round: &'a Round,
    delegation: Option<DelegationId>,
    verdict: Result<StepTaken, Vec<Finding>>,
}

impl Judged<'_> {
    fn passes(&self) -> bool {
        self.verdict.as_ref().is_ok_and(|step| step.next() == Stage::Passed)
    }
}

/// What came of opinions.
#[derive(Debug, Default)]
pub struct BatchResult {
    /// The cases as they were, with where each went.
    pub done: Vec<(Case, Stage)>,
    /// Nothing was written of them.
    pub held: Vec<NotGiven>,
    /// Places for which more were chosen than have seats left, in words: then nothing at all was written.
    pub crowded: Vec<String>,
}

/// Gives an opinion on cases, each judged for itself with its row locked, in so many statements whatever their number.
///
/// # Errors
/// [`Failure::Missing`] where a case is none that the office sees: then nothing is written.
pub async fn give(
    connection: &mut PgConnection,
    office: &ChainOffice,
    person: &SignedIn,
    cases_seen: &[CaseSeen],
    new: &NewOpinion,
    now: OffsetDateTime,
) -> Result<BatchResult, Failure> {
    let seen: HashMap<CaseId, CaseSeen> = cases_seen.iter().map(|seen| (seen.id, *seen)).collect();
    let ids: Vec<Uuid> = seen.keys().map(|id| id.0).collect();
    // Rounds before cases before places, as everywhere: two who act at once wait for each other in one order.
    sqlx::query!(
        "select id from vetting_round where id in (select round_id from vetting_case where id = any($1)) order by id for share",
        &ids
    )
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query!("select id from vetting_case where id = any($1) order by id for update", &ids)
        .fetch_all(&mut *connection)
        .await?;
    let filter = CaseFilter { ids: Some(ids.clone()), ..CaseFilter::default() };
    let (found, _) = cases(connection, office.institution, Some(office), &filter).await?;
    if found.len() != ids.len() {
        return Err(Failure::Missing);
    }
    let of_cases: Vec<Uuid> = found.iter().map(|case| case.round.0).collect();
    let which = super::RoundFilter { some: Some(&of_cases), ..super::RoundFilter::default() };
    let rounds: HashMap<RoundId, Round> = super::rounds(connection, office.institution, which)
        .await?
        .into_iter()
        .map(|round| (round.id, round))
        .collect();
    let mut opinions: HashMap<CaseId, Vec<Opinion>> = HashMap::new();
    for opinion in opinions_of(connection, &ids).await? {
        opinions.entry(opinion.case).or_default().push(opinion);
    }
    let delegated = delegated(connection, person.account, now.date()).await?;
    let taken = if new.decision == Decision::Agree { seats_taken(connection, &found).await? } else { HashMap::new() };
    let session = match new.session {
        Some(id) => session_of(connection, id).await?,
        None => None,
    };
    let mut batch = BatchResult::default();
    let mut written = Written::default();
    let mut judged: Vec<Judged<'_>> = Vec::new();
    for case in found {
        let Some(round) = rounds.get(&case.round) else { return Err(Failure::Missing) };
        let given = opinions.remove(&case.id).unwrap_or_default();
        let delegation = delegated.get(&case.college).copied();
        let of_step = session.filter(|session| session.is_for(&case)).map(|session| session.id);
        let place = round.place(case.place);
        let label = place.map(Place::label).unwrap_or_default();
        let filled = taken.get(&case.place).copied().unwrap_or(0);
        let seats = Seats { place: &label, seats: place.map_or(0, Place::seats), taken: filled };
        let had = seen.get(&case.id);
        let ask = StepRequest {
            body: office.body,
            person: person.account.0,
            own: person.student == Some(case.student),
            seen: had.and_then(|had| u32::try_from(had.visit).ok()).unwrap_or(u32::MAX),
            place: had.map_or(0, |had| had.given),
            decision: new.decision,
            session: of_step.map(|id| id.0),
            delegated: false,
        };
        let progress = case.progress(&given);
        let chain = round.chain.of_candidate(&case.own_steps);
        // A delegation is named only where the opinion rests on it.
        let (verdict, delegation) = match (take_step(&chain, &progress, seats, ask).permit(), delegation) {
            (Err(_), Some(id)) => {
                let by_it = StepRequest { delegated: true, ..ask };
                (take_step(&chain, &progress, seats, by_it).permit(), Some(id))
            }
            (verdict, _) => (verdict, None),
        };
        judged.push(Judged { case, round, delegation, verdict });
    }
    batch.crowded = crowded(&judged, &taken);
    if !batch.crowded.is_empty() {
        return Ok(batch);
    }
    for Judged { case, round, delegation, verdict } in judged {
        let of_step = session.filter(|session| session.is_for(&case)).map(|session| session.id);
        match verdict {
            Err(findings) => batch.held.push(NotGiven { case, findings }),
            Ok(step) => {
                let link = round.link(step.step());
                let act = link.map(|link| link.act.clone()).unwrap_or_default();
                let label = link.map_or_else(|| office.held.label(), |link| office.signs_as(link, step.place()));
                let due = match step.next() {
                    Stage::At(next) => Some(round.due(next, now.date())),
                    _ => None,
                };
                written.back = new.decision.back_to().and_then(|step| i32::try_from(step).ok());
                written.add(WrittenOpinion { case: &case, step, delegation, session: of_step, label, act, due });
                batch.done.push((case, step.next()));
            }
        }
    }
    written.write(connection, office, person, new, now).await?;
    tell(connection, office, &batch.done, &rounds, new, now).await?;
    Ok(batch)
}

/// The places for which more people are chosen than have seats left, in words: then nobody is, and nothing else of the batch is
/// done either. Who gets the last seat is not for the order of a list to decide.
fn crowded(judged: &[Judged<'_>], taken: &HashMap<PlaceId, u32>) -> Vec<String> {
    let mut chosen: Vec<(&Place, u32)> = Vec::new();
    for one in judged.iter().filter(|one| one.passes()) {
        let Some(place) = one.round.place(one.case.place) else { continue };
        match chosen.iter_mut().find(|(known, _)| known.id == place.id) {
            Some((_, number)) => *number += 1,
            None => chosen.push((place, 1)),
        }
    }
    let over = |(place, number): (&Place, u32)| {
        let left = place.seats().saturating_sub(taken.get(&place.id).copied().unwrap_or(0));
        (number > left).then(|| format!("{}空余 {left} 个名额，勾选了 {number} 人", place.label()))
    };
    chosen.into_iter().filter_map(over).collect()
}

/// How many seats of each of a round's places are left to be decided.
pub async fn seats_left(connection: &mut PgConnection, round: &Round) -> Result<Vec<(PlaceId, i64)>, Failure> {
    let rows = sqlx::query!(
        r#"select p.id as "id: PlaceId",
                  p.seats - (select count(*) from vetting_case c where c.place_id = p.id
                             and c.stage in ('passed', 'appointed', 'listed')) as "left!"
           from vetting_place p where p.round_id = $1"#,
        round.id.0
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.id, row.left)).collect())
}

/// The places of a round whose seats are all decided.
pub async fn full_places(connection: &mut PgConnection, round: &Round) -> Result<Vec<PlaceId>, Failure> {
    let left = seats_left(connection, round).await?;
    Ok(left.into_iter().filter(|(_, left)| *left <= 0).map(|(place, _)| place).collect())
}

/// Opinions and moves, gathered so that each goes into one statement.
#[derive(Default)]
struct Written {
    cases: Vec<Uuid>,
    steps: Vec<i32>,
    visits: Vec<i32>,
    places: Vec<i16>,
    offices: Vec<String>,
    acts: Vec<String>,
    delegations: Vec<Option<Uuid>>,
    sessions: Vec<Option<Uuid>>,
    back: Option<i32>,
    moved: Vec<Uuid>,
    stages: Vec<String>,
    next: Vec<Option<i32>>,
    due: Vec<Option<Date>>,
}

/// One opinion that goes in.
struct WrittenOpinion<'a> {
    case: &'a Case,
    step: StepTaken,
    delegation: Option<DelegationId>,
    session: Option<JointSessionId>,
    /// The office in words.
    label: String,
    /// The step's verb, in the plan's word.
    act: String,
    due: Option<Date>,
}

impl Written {
    fn add(&mut self, opinion: WrittenOpinion<'_>) {
        let WrittenOpinion { case, step, delegation, session, label, act, due } = opinion;
        self.cases.push(case.id.0);
        self.steps.push(i32::try_from(step.step()).unwrap_or(0));
        self.visits.push(case.visit);
        self.places.push(i16::try_from(step.place()).unwrap_or(0));
        self.offices.push(label);
        self.acts.push(act);
        self.delegations.push(delegation.map(|id| id.0));
        self.sessions.push(session.map(|id| id.0));
        if step.moves() {
            self.moved.push(case.id.0);
            self.stages.push(step.next().slug().to_owned());
            self.next.push(match step.next() {
                Stage::At(next) => i32::try_from(next).ok(),
                _ => None,
            });
            self.due.push(due);
        }
    }

    async fn write(
        &self,
        connection: &mut PgConnection,
        office: &ChainOffice,
        person: &SignedIn,
        new: &NewOpinion,
        now: OffsetDateTime,
    ) -> Result<(), Failure> {
        if self.cases.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = self.cases.iter().map(|_| OpinionId::random().0).collect();
        sqlx::query!(
            "insert into vetting_opinion (id, case_id, step, visit, body, place, office, act, verdict, back_to, says,
                                          session_id, delegation_id, by_account, at)
             select t.id, t.case_id, t.step, t.visit, $6, t.place, t.office, t.act, $7, $8, $9, t.session_id,
                    t.delegation_id, $10, $11
             from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::integer[], $5::text[], $12::uuid[], $13::uuid[],
                         $14::smallint[], $15::text[])
                  as t(id, case_id, step, visit, act, session_id, delegation_id, place, office)",
            &ids,
            &self.cases,
            &self.steps,
            &self.visits,
            &self.acts,
            office.body.slug(),
            new.decision.kind().slug(),
            self.back,
            new.words,
            person.account.0,
            now,
            &self.sessions as &[Option<Uuid>],
            &self.delegations as &[Option<Uuid>],
            &self.places,
            &self.offices
        )
        .execute(&mut *connection)
        .await?;
        let says = if new.decision == Decision::Agree { "" } else { new.words.as_str() };
        let moved = sqlx::query!(
            "update vetting_case c set stage = t.stage, step = t.step, due_on = t.due, visit = c.visit + 1, says = $5,
                    furthest = greatest(c.furthest, coalesce(t.step, 0)),
                    settled_at = case when t.stage in ('passed', 'refused') then $6::timestamptz end
             from unnest($1::uuid[], $2::text[], $3::integer[], $4::date[]) as t(id, stage, step, due)
             where c.id = t.id and c.stage = 'at'",
            &self.moved,
            &self.stages,
            &self.next as &[Option<i32>],
            &self.due as &[Option<Date>],
            says,
            now
        )
        .execute(connection)
        .await?;
        if moved.rows_affected() != self.moved.len() as u64 {
            return Err(anyhow::anyhow!("a case that was held has moved").into());
        }
        Ok(())
    }
}

/// Tells candidates what they must know, and the offices of a joint step that a case went back.
async fn tell(
    connection: &mut PgConnection,
    office: &ChainOffice,
    done: &[(Case, Stage)],
    rounds: &HashMap<RoundId, Round>,
    new: &NewOpinion,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let mut notices = Vec::new();
    let why = new.words.trim_end_matches(['。', '.']);
    let mut joint: HashMap<(RoundId, usize), usize> = HashMap::new();
    for (case, stage) in done {
        let href = case.id.application_path();
        let subject = match stage {
            Stage::Returned => {
                Some((format!("你的报名被退回：{}", case.round_title), format!("原因：{why}。修改后可再次提交。")))
            }
            Stage::Refused if new.for_seats => Some((format!("本次未入选：{}", case.round_title), new.words.clone())),
            Stage::Refused => Some((format!("你的报名未通过：{}", case.round_title), format!("原因：{}", new.words))),
            Stage::Passed => Some((format!("{}：你已通过审查", case.round_title), "后续安排请看报名进度。".to_owned())),
            Stage::Invited | Stage::At(_) | Stage::Appointed | Stage::Listed | Stage::Withdrawn | Stage::Lapsed => None,
        };
        if let Some((subject, says)) = subject {
            notices.push((case.student, Notice::new(subject, href).says(says)));
        }
        let was_joint = case.step().filter(|step| {
            let link = rounds.get(&case.round).and_then(|round| round.link(*step));
            link.is_some_and(|link| link.by.len() > 1 && !link.any)
        });
        if let (Some(step), Decision::Return(_) | Decision::ReturnToCandidate) = (was_joint, new.decision) {
            *joint.entry((case.round, step)).or_default() += 1;
        }
    }
    inbox::tell_students(connection, office.institution, &notices, now).await?;
    for ((round, step), cases) in joint {
        let Some((round, link)) = rounds.get(&round).and_then(|round| Some((round, round.link(step)?))) else {
            continue;
        };
        let mut others: Vec<Body> =
            link.by.iter().map(|party| party.body).filter(|body| *body != office.body).collect();
        others.sort_unstable();
        others.dedup();
        for body in others {
            let kind = match body {
                Body::StudentAffairs => OfficeKind::StudentAffairs,
                Body::SchoolLeague => OfficeKind::SchoolLeague,
                Body::SchoolParty => OfficeKind::SchoolParty,
                _ => continue,
            };
            let subject = format!("{}在“{}”环节退回 {cases} 件：{}", office.held.label(), link.act, round.title);
            let says = format!("原因：{}。已签署的意见保留备查；重新到这一环节时，各方须重新签署。", new.words);
            let notice = Notice::new(subject, round.id.cases_path()).says(says);
            inbox::tell(connection, office.institution, To::Office { kind, college: None, class: None }, &notice, now)
                .await?;
        }
    }
    Ok(())
}

/// How many of the seats of the cases' places are decided, with the places held.
async fn seats_taken(connection: &mut PgConnection, found: &[Case]) -> Result<HashMap<PlaceId, u32>, Failure> {
    let mut places: Vec<Uuid> = found.iter().map(|case| case.place.0).collect();
    places.sort_unstable();
    places.dedup();
    sqlx::query!("select id from vetting_place where id = any($1) order by id for update", &places)
        .fetch_all(&mut *connection)
        .await?;
    let rows = sqlx::query!(
        r#"select place_id as "place: PlaceId", count(*) as "taken!" from vetting_case
           where place_id = any($1) and stage in ('passed', 'appointed', 'listed') group by 1"#,
        &places
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.place, u32::try_from(row.taken).unwrap_or(u32::MAX))).collect())
}

/// The step of a round that a session was about.
#[derive(Clone, Copy)]
struct SessionStep {
    id: JointSessionId,
    round: RoundId,
    step: usize,
}

impl SessionStep {
    /// The case stands at that step.
    fn is_for(&self, case: &Case) -> bool {
        self.round == case.round && Some(self.step) == case.step()
    }
}

async fn session_of(connection: &mut PgConnection, id: JointSessionId) -> Result<Option<SessionStep>, Failure> {
    let row = sqlx::query!(r#"select round_id as "round: RoundId", step from joint_session where id = $1"#, id.0)
        .fetch_optional(connection)
        .await?;
    Ok(row.and_then(|row| Some(SessionStep { id, round: row.round, step: usize::try_from(row.step).ok()? })))
}

/// How many opinions an office has given on the present visit of each case that is at a step; none for those on which it has
/// given none.
pub async fn given_now(
    connection: &mut PgConnection,
    office: &ChainOffice,
    cases: &[CaseId],
) -> Result<HashMap<CaseId, usize>, Failure> {
    let ids: Vec<Uuid> = cases.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select c.id as "id: CaseId", count(*) as "given!"
           from vetting_case c join vetting_opinion o on o.case_id = c.id and o.visit = c.visit and o.step = c.step
           where c.id = any($1) and c.stage = 'at' and o.body = $2 and o.withdrawn_at is null group by c.id"#,
        &ids,
        office.body.slug()
    );
    let counts = rows.fetch_all(connection).await?.into_iter();
    Ok(counts.map(|row| (row.id, usize::try_from(row.given).unwrap_or(0))).collect())
}

/// Notes that an office whose turn it is has the case open, so that what led there stands.
pub async fn note_opening(
    connection: &mut PgConnection,
    office: &ChainOffice,
    case: CaseSeen,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into case_opening (case_id, visit, body, at) values ($1, $2, $3, $4) on conflict do nothing",
        case.id.0,
        case.visit,
        office.body.slug(),
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether an office has had the case open on its present visit: that one, or any other.
#[derive(Debug, Clone, Copy)]
pub struct Openings {
    pub own: bool,
    pub others: bool,
}

/// Who has had a case open on its present visit.
pub async fn openings(connection: &mut PgConnection, office: &ChainOffice, case: &Case) -> Result<Openings, Failure> {
    let row = sqlx::query!(
        r#"select coalesce(bool_or(body = $3), false) as "own!", coalesce(bool_or(body <> $3), false) as "others!"
           from case_opening where case_id = $1 and visit = $2"#,
        case.id.0,
        case.visit,
        office.body.slug()
    )
    .fetch_one(connection)
    .await?;
    Ok(Openings { own: row.own, others: row.others })
}

/// What the rule asks of an opinion that an office wants to take back.
#[must_use]
pub fn take_back_request(
    office: &ChainOffice,
    case: &Case,
    round: &Round,
    opinions: &[Opinion],
    openings: Openings,
    today: Date,
) -> TakeBackRequest {
    let last = opinions.iter().rev().find(|opinion| !opinion.withdrawn);
    TakeBackRequest {
        body: office.body,
        opened: openings.others,
        noticed: case.notice_until.is_some(),
        today: last.is_some_and(|last| last.at.to_offset(crate::clock::CHINA).date() == today),
        ended: round.ended_why.is_some(),
    }
}

/// Takes an office's last opinion on a case back: the case stands where it stood before, and what others have signed there
/// stands. A candidate who was told otherwise is told. `false` where a refused candidate has applied anew meanwhile.
pub async fn withdraw_opinion(
    connection: &mut PgConnection,
    office: &ChainOffice,
    person: &SignedIn,
    locked: &LockedCase,
    taken: TakenBack,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let LockedCase { case, round } = locked;
    let step = i32::try_from(taken.step()).map_err(anyhow::Error::new)?;
    let visit = i32::try_from(taken.visit()).map_err(anyhow::Error::new)?;
    let moved = sqlx::query!(
        "update vetting_case c set stage = 'at', step = $2, visit = $3, due_on = $4, settled_at = null,
                says = coalesce((select o.says from vetting_opinion o where o.case_id = c.id and o.verdict = 'return'
                                 and o.visit = $3 - 1 and o.withdrawn_at is null limit 1), ''),
                furthest = greatest($2, coalesce((select max(o.step) from vetting_opinion o where o.case_id = c.id
                                                  and o.withdrawn_at is null), 0))
         where c.id = $1 and c.stage = $5 and c.visit = $6
               and not exists (select from vetting_case n where n.round_id = c.round_id and n.student_id = c.student_id
                               and n.id <> c.id and n.stage not in ('withdrawn', 'refused', 'lapsed'))",
        case.id.0,
        step,
        visit,
        round.due(taken.step(), now.date()),
        case.stage.slug(),
        case.visit
    )
    .execute(&mut *connection)
    .await?;
    if moved.rows_affected() == 0 {
        return Ok(false);
    }
    let withdrawn = sqlx::query!(
        "update vetting_opinion set withdrawn_at = $5, withdrawn_by = $6
         where case_id = $1 and visit = $2 and step = $3 and body = $4 and place = $7 and withdrawn_at is null",
        case.id.0,
        visit,
        step,
        office.body.slug(),
        now,
        person.account.0,
        i16::try_from(taken.place()).map_err(anyhow::Error::new)?
    )
    .execute(&mut *connection)
    .await?;
    if withdrawn.rows_affected() != 1 {
        return Err(anyhow::anyhow!("an opinion that was to be taken back is not there").into());
    }
    if matches!(case.stage, Stage::Returned | Stage::Refused | Stage::Passed) {
        let notice = Notice::new(format!("上一条结论已收回：{}", case.round_title), case.id.application_path())
            .says(format!("{}收回了刚才签署的意见，重新办理。", office.held.label()));
        inbox::tell_students(connection, office.institution, &[(case.student, notice)], now).await?;
    }
    Ok(true)
}
