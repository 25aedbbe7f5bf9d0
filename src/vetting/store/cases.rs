//! Cases: read by whoever may see them, counted, locked.

use std::collections::{BTreeMap, HashMap};

use sqlx::{
    PgConnection,
    types::{Json, Uuid},
};
use time::Date;

use super::{RoundFilter, rounds};
use crate::{
    database::Locked,
    failure::Failure,
    ids::{CaseId, ClassId, CollegeId, InstitutionId, JointSessionId, PlaceId, RoundId, StudentId},
    name::order::{self, StrokeOrder},
    rules::{
        chain::{CandidateStep, Chain, DecisionKind, Stage},
        chain_steps::{StepTold, own_step_due},
    },
    vetting::{
        case::{CandidateText, Case, Evidence, Opinion, SentBack},
        chain_office::ChainOffice,
        round::{Purpose, Round, SteadyRound},
    },
    words::words,
};

/// Which cases are asked for.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    pub ids: Option<Vec<Uuid>>,
    pub round: Option<RoundId>,
    pub student: Option<StudentId>,
    /// At this stage, whatever the step.
    pub stage: Option<Stage>,
    pub college: Option<CollegeId>,
    /// With this in name, 学号 or number.
    pub text: String,
    pub window: Option<Window>,
}

impl CaseFilter {
    #[must_use]
    pub fn one(case: CaseId) -> Self {
        Self { ids: Some(vec![case.0]), ..Self::default() }
    }

    #[must_use]
    pub fn of_round(round: RoundId) -> Self {
        Self { round: Some(round), ..Self::default() }
    }
}

/// A part of a list.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// So many are left out.
    pub skip: i64,
    /// So many are given at the most.
    pub most: i64,
}

impl Window {
    /// The first one alone.
    pub const FIRST: Self = Self { skip: 0, most: 1 };

    /// A page of a list, from 0.
    #[must_use]
    pub fn page(page: i64, size: i64) -> Self {
        Self { skip: page * size, most: size }
    }
}

/// Cases that an office sees (all of them where none is named), and how many there are outside the window: those of a round
/// by place, then by the strokes of names; others by number.
pub async fn cases(
    connection: &mut PgConnection,
    institution: InstitutionId,
    office: Option<&ChainOffice>,
    filter: &CaseFilter,
) -> Result<(Vec<Case>, i64), Failure> {
    let all = found(connection, institution, office, filter).await?;
    let total = i64::try_from(all.len()).map_err(anyhow::Error::new)?;
    let Window { skip, most } = filter.window.unwrap_or(Window { skip: 0, most: total });
    let (skip, most) = (usize::try_from(skip).unwrap_or(usize::MAX), usize::try_from(most).unwrap_or(usize::MAX));
    let shown: Vec<Uuid> = all.into_iter().skip(skip).take(most).map(|id| id.0).collect();
    Ok((read(connection, &shown).await?, total))
}

/// A student's cases that an office has in hand, each with its round.
pub async fn under_way(
    connection: &mut PgConnection,
    institution: InstitutionId,
    student: StudentId,
) -> Result<Vec<(Case, Round)>, Failure> {
    let filter = CaseFilter { student: Some(student), stage: Some(Stage::At(0)), ..CaseFilter::default() };
    let (mine, _) = cases(&mut *connection, institution, None, &filter).await?;
    let ids: Vec<Uuid> = mine.iter().map(|case| case.round.0).collect();
    let which = RoundFilter { some: Some(&ids), ..RoundFilter::default() };
    let all = rounds(connection, institution, which).await?;
    let with_round = |case: Case| all.iter().find(|round| round.id == case.round).cloned().map(|round| (case, round));
    Ok(mine.into_iter().filter_map(with_round).collect())
}

/// The ids of the cases that an office sees, in order. Strokes are counted by the program, so that the whole list is put in
/// order before a part of it is read.
async fn found(
    connection: &mut PgConnection,
    institution: InstitutionId,
    office: Option<&ChainOffice>,
    filter: &CaseFilter,
) -> Result<Vec<CaseId>, Failure> {
    let all = office.is_none_or(ChainOffice::manages_all);
    let keeps = office.and_then(ChainOffice::managed_college);
    let unions: Vec<String> =
        office.map(|office| office.unions.iter().map(|kind| (*kind).to_owned()).collect()).unwrap_or_default();
    let mut rows = sqlx::query!(
        r#"select c.id as "id: CaseId", c.place_id, s.name, i.stroke_order
           from vetting_case c join vetting_round r on r.id = c.round_id join student_union u on u.id = r.union_id
                join vetting_place p on p.id = c.place_id left join department d on d.id = p.department_id
                join student s on s.id = c.student_id join institution i on i.id = c.institution_id
           where c.institution_id = $1 and ($2::uuid[] is null or c.id = any($2)) and ($3::uuid is null or c.round_id = $3)
                 and ($4::uuid is null or c.student_id = $4) and ($5::text is null or c.stage = $5)
                 and ($6::uuid is null or c.college_id = $6)
                 and ($7 = '' or strpos(lower(s.name_key), lower(name_key($7))) > 0
                      or strpos(s.number_key, number_key($7)) > 0 or c.number::text = $7)
                 and ($8 or u.college_id = $9
                      or (u.kind = any($10) and ($12::uuid is null or c.college_id = $12)
                          and ($13::uuid is null or acting_class(c.class_id) = $13)
                          and ((c.submitted_at is not null and first_step(r.chain, $11) <= c.furthest)
                               or c.prepared_kind = $14)))
           order by case when $3 is null then c.number end, d.from_day, d.name,
                    array_position(array['presidium', 'head', 'staff'], p.kind), c.number"#,
        institution.0,
        filter.ids.as_deref(),
        filter.round.map(|id| id.0),
        filter.student.map(|id| id.0),
        filter.stage.map(Stage::slug),
        filter.college.map(|id| id.0),
        filter.text,
        all,
        keeps.map(|id| id.0),
        &unions,
        office.map_or("", |office| office.body.slug()),
        office.and_then(|office| office.college).map(|id| id.0),
        office.and_then(|office| office.class).map(|id| id.0),
        office.map_or("", |office| office.held.kind.slug())
    )
    .fetch_all(connection)
    .await?;
    if let (Some(_), Some(row)) = (filter.round, rows.first()) {
        let order: StrokeOrder = row.stroke_order.parse()?;
        for of_place in rows.chunk_by_mut(|one, next| one.place_id == next.place_id) {
            order::sort(of_place, order, |row| &row.name);
        }
    }
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The rounds and steps at which cases stand that an office sees, each once; what they are otherwise is not read.
pub async fn steps_of(
    connection: &mut PgConnection,
    office: &ChainOffice,
    ids: &[Uuid],
) -> Result<Vec<(RoundId, usize)>, Failure> {
    let filter = CaseFilter { ids: Some(ids.to_vec()), ..CaseFilter::default() };
    let seen: Vec<Uuid> =
        found(connection, office.institution, Some(office), &filter).await?.into_iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select distinct round_id as "round: RoundId", step as "step!" from vetting_case
           where id = any($1) and step is not null order by round_id, step"#,
        &seen
    );
    let mut steps = Vec::new();
    for row in rows.fetch_all(connection).await? {
        steps.push((row.round, usize::try_from(row.step).map_err(anyhow::Error::new)?));
    }
    Ok(steps)
}

/// Cases that an office is known to see, in the order of their ids.
pub async fn cases_of(connection: &mut PgConnection, ids: &[CaseId]) -> Result<Vec<Case>, Failure> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    read(connection, &ids).await
}

/// Cases by their ids, in that order.
async fn read(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Case>, Failure> {
    let rows = sqlx::query!(
        r#"select c.id as "id: CaseId", c.number, c.round_id as "round: RoundId", r.title as round_title,
                  c.place_id as "place: PlaceId",
                  coalesce(d.name || ' ' || post_label(p.kind, null), '主席团候选人') as "place_name!",
                  c.student_id as "student: StudentId", s.number as student_number, s.name, s.gender,
                  c.college_id as "college: CollegeId", g.name as college_name, acting_class(c.class_id) as "class!: ClassId",
                  k.name as class_name, k.entry_year, c.origin, c.prepared_by, c.prepared_office, c.source, c.field, c.stage,
                  c.step, c.visit, c.furthest, c.due_on, c.says, c.submitted_at,
                  c.evidence as "evidence: Json<Evidence>", c.notice_first, c.notice_until, b.office as "sent_back_by?",
                  c.stage = 'invited' and not exists (
                      select from account a join activated_account v on v.id = a.id
                      where a.student_id = s.id and a.disabled_at is null) as "unreachable!",
                  b.says as "sent_back_says?", b.back_to as "sent_back_to?",
                  c.own_steps as "own_steps: Json<Vec<CandidateStep>>"
           from unnest($1::uuid[]) with ordinality as u(id, place) join vetting_case c on c.id = u.id
                join vetting_round r on r.id = c.round_id
                join vetting_place p on p.id = c.place_id left join department d on d.id = p.department_id
                join student s on s.id = c.student_id join class k on k.id = c.class_id
                join college g on g.id = c.college_id
                left join lateral (
                    select o.office, o.says, o.verdict, o.back_to from vetting_opinion o
                    where o.case_id = c.id and o.withdrawn_at is null order by o.visit desc, o.at desc, o.id desc limit 1
                ) b on b.verdict = 'return' and c.stage in ('at', 'returned')
           order by u.place"#,
        ids
    )
    .fetch_all(connection)
    .await?;
    let mut cases = Vec::with_capacity(rows.len());
    for row in rows {
        let stage = stage(&row.stage, row.step)?;
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
            origin: row.origin.parse()?,
            prepared_by: row.prepared_by,
            prepared_office: row.prepared_office,
            source: row.source.as_deref().map(str::parse).transpose()?,
            field: row.field,
            stage,
            visit: row.visit,
            furthest: row.furthest,
            due_on: row.due_on,
            says: row.says,
            submitted_at: row.submitted_at,
            evidence: row.evidence.map(|evidence| evidence.0),
            notice_first: row.notice_first,
            notice_until: row.notice_until,
            unreachable: row.unreachable,
            sent_back: row.sent_back_by.zip(row.sent_back_says).map(|(office, says)| SentBack {
                office,
                says,
                to_candidate: row.sent_back_to.is_none(),
            }),
            own_steps: row.own_steps.0,
        });
    }
    Ok(cases)
}

/// How many cases of a round stand at a stage and step of a place.
#[derive(Debug, Clone)]
pub struct StageCount {
    pub place: PlaceId,
    pub stage: Stage,
    pub cases: i64,
    /// How many of them are late.
    pub late: i64,
}

/// How a round's cases stand: from the counts that are kept of them (`migrations/0095_round_counts.sql`).
pub async fn tally(connection: &mut PgConnection, round: RoundId, today: Date) -> Result<Vec<StageCount>, Failure> {
    let rows = sqlx::query!(
        r#"select place_id as "place: PlaceId", stage, step, sum(cases)::bigint as "cases!",
                  coalesce(sum(cases) filter (where due_on < $2), 0)::bigint as "late!"
           from round_count where round_id = $1 and signed_by is null group by 1, 2, 3 having sum(cases) > 0"#,
        round.0,
        today
    );
    let mut counts = Vec::new();
    for row in rows.fetch_all(connection).await? {
        let stage = stage(&row.stage, row.step)?;
        counts.push(StageCount { place: row.place, stage, cases: row.cases, late: row.late });
    }
    Ok(counts)
}

fn stage(slug: &str, step: Option<i32>) -> Result<Stage, Failure> {
    let step = step.and_then(|step| usize::try_from(step).ok());
    Ok(Stage::of(slug, step).ok_or_else(|| anyhow::anyhow!("no stage is called {slug}"))?)
}

/// The opinions on cases, in their order.
pub async fn opinions_of(connection: &mut PgConnection, cases: &[Uuid]) -> Result<Vec<Opinion>, Failure> {
    let rows = sqlx::query!(
        r#"select o.case_id as "case: CaseId", o.step, o.visit, o.body, o.place, o.office, o.act, o.verdict, o.back_to, o.says,
                  o.session_id as "session: JointSessionId", o.delegation_id is not null as "delegated!",
                  o.withdrawn_at is not null as "withdrawn!", o.by_account as "by", a.name as by_name, o.at
           from vetting_opinion o join account a on a.id = o.by_account where o.case_id = any($1)
           order by o.case_id, o.visit, o.at, o.id"#,
        cases
    );
    let mut opinions = Vec::new();
    for row in rows.fetch_all(connection).await? {
        let back_to = row.back_to.map(usize::try_from).transpose().map_err(anyhow::Error::new)?;
        opinions.push(Opinion {
            case: row.case,
            step: usize::try_from(row.step).map_err(anyhow::Error::new)?,
            visit: row.visit,
            body: serde_json::from_value(row.body.into()).map_err(anyhow::Error::new)?,
            place: usize::try_from(row.place).map_err(anyhow::Error::new)?,
            office: row.office,
            act: row.act,
            decision: row.verdict.parse::<DecisionKind>()?.with_step(back_to),
            says: row.says,
            session: row.session,
            delegated: row.delegated,
            withdrawn: row.withdrawn,
            by: row.by,
            by_name: row.by_name,
            at: row.at,
        });
    }
    Ok(opinions)
}

/// What a candidate wrote.
pub async fn candidate_text(connection: &mut PgConnection, case: CaseId) -> Result<CandidateText, Failure> {
    let words = sqlx::query_as!(
        CandidateText,
        r#"select statement, experience, pledge, pledged_at,
                  exists (select from case_photo p where p.case_id = c.id) as "photo!"
           from vetting_case c where id = $1"#,
        case.0
    );
    Ok(words.fetch_one(connection).await?)
}

/// A case that nobody else changes, in a round that nobody else changes.
#[derive(Debug)]
pub struct LockedCase {
    pub case: Locked<Case>,
    pub round: SteadyRound,
}

/// Locks a case; its round is held before it, as everywhere.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub async fn lock_case(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: CaseId,
) -> Result<LockedCase, Failure> {
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
    let (found, _) = cases(connection, institution, None, &CaseFilter::one(id)).await?;
    let case = found.into_iter().next().map(Locked::new).ok_or(Failure::Missing)?;
    let round = super::round(connection, institution, round).await?.map(SteadyRound::new).ok_or(Failure::Missing)?;
    Ok(LockedCase { case, round })
}

/// Locks cases of a round that is locked. There may be fewer than were asked for.
pub async fn lock_cases(
    connection: &mut PgConnection,
    institution: InstitutionId,
    round: &Locked<Round>,
    ids: &[CaseId],
) -> Result<Vec<Locked<Case>>, Failure> {
    let wanted: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    sqlx::query!("select id from vetting_case where id = any($1) order by id for update", &wanted)
        .fetch_all(&mut *connection)
        .await?;
    let filter = CaseFilter { ids: Some(wanted), ..CaseFilter::of_round(round.id) };
    let (found, _) = cases(connection, institution, None, &filter).await?;
    Ok(found.into_iter().map(Locked::new).collect())
}

/// Keeps that a candidate passed a step that is no opinion.
pub async fn note_own_step(connection: &mut PgConnection, case: &Locked<Case>, told: &StepTold) -> Result<(), Failure> {
    let step: Vec<CandidateStep> = told.of_candidate().into_iter().collect();
    sqlx::query!(
        "update vetting_case set own_steps = own_steps || $2 where id = $1",
        case.id.0,
        serde_json::to_value(step).map_err(anyhow::Error::new)?
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How many candidates of a round have come to a step that each passes alone, by its place.
pub async fn own_steps_due(
    connection: &mut PgConnection,
    round: RoundId,
    chain: &Chain,
) -> Result<BTreeMap<usize, usize>, Failure> {
    let mut due = BTreeMap::new();
    if !chain.has_own_steps() {
        return Ok(due);
    }
    let rows = sqlx::query!(
        r#"select stage, step, own_steps as "own_steps: Json<Vec<CandidateStep>>"
           from vetting_case where round_id = $1 and stage in ('at', 'passed')"#,
        round.0
    );
    for row in rows.fetch_all(connection).await? {
        if let Some(place) = own_step_due(&chain.of_candidate(&row.own_steps.0), stage(&row.stage, row.step)?) {
            *due.entry(place).or_default() += 1;
        }
    }
    Ok(due)
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

/// How many people hold the posts of a round's places on a day; a place that nobody holds is left out.
pub async fn holders(
    connection: &mut PgConnection,
    round: &Round,
    day: Date,
) -> Result<HashMap<PlaceId, i64>, Failure> {
    let rows = sqlx::query!(
        r#"select v.id as "place: PlaceId", count(distinct p.student_id) as "held!"
           from vetting_place v join post p on p.union_id = $2
                and (p.kind = v.kind and p.department_id is not distinct from v.department_id
                     or v.kind = 'presidium' and is_seat(p.kind, p.title, p.union_id, $3))
           where v.round_id = $1 and p.voided_at is null and p.from_day <= $3 and (p.until_day is null or p.until_day > $3)
           group by v.id"#,
        round.id.0,
        round.union.id.0,
        day
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.place, row.held)).collect())
}

/// Whether a student holds the very post of a place on the day from which a round's posts are held: nobody is chosen for what
/// they have, unless the round replaces the term.
pub async fn holds_place(
    connection: &mut PgConnection,
    round: &Round,
    student: StudentId,
    place: PlaceId,
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

words! {
    /// By what candidates are counted.
    CountedBy:
    Source = "source", "来源";
    College = "college", "院系";
    Grade = "grade", "年级";
    Gender = "gender", "性别";
}

/// So many people have one value.
#[derive(Debug)]
pub struct PeopleCount {
    pub by: CountedBy,
    /// The value; of sources the stable word.
    pub label: Option<String>,
    pub people: i64,
}

/// The candidates of a round by source, college, grade and gender, without those whose case came to nothing: from the counts
/// that are kept of them.
pub async fn counts(connection: &mut PgConnection, round: RoundId) -> Result<Vec<PeopleCount>, Failure> {
    let rows = sqlx::query!(
        r#"select c.part as "part!", c.label, sum(c.people)::bigint as "people!"
           from (
               select case p.part when 'class' then 'grade' when 'student' then 'gender' else p.part end as part,
                      case p.part when 'college' then (select g.name from college g where g.id = p.row_id)
                                  when 'class' then (select k.entry_year::text from class k where k.id = p.row_id)
                                  when 'student' then (select s.gender from student s where s.id = p.row_id)
                                  else p.label end as label,
                      p.people
               from round_people p where p.round_id = $1
           ) c
           group by 1, 2 having sum(c.people) > 0 order by 3 desc, 2"#,
        round.0
    );
    let mut counts = Vec::new();
    for row in rows.fetch_all(connection).await? {
        counts.push(PeopleCount { by: row.part.parse()?, label: row.label, people: row.people });
    }
    Ok(counts)
}
