//! What waits for an office, what is late below it, and what somebody has dealt with.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::cases::Window;
use crate::{
    failure::Failure,
    ids::{AccountId, CaseId, CollegeId, PlaceId, RoundId},
    rules::chain::{DecisionKind, Stage},
    vetting::chain_office::ChainOffice,
};

/// Which of the waiting cases are asked for.
#[derive(Debug, Clone)]
pub struct WaitingFilter {
    pub round: Option<RoundId>,
    pub step: Option<i32>,
    pub college: Option<CollegeId>,
    pub place: Option<PlaceId>,
    /// The best ranked first, else the earliest due.
    pub by_rank: bool,
    /// With this in name, 学号 or number.
    pub text: String,
    /// Only those that are late on this day.
    pub late_on: Option<Date>,
    pub window: Window,
}

impl WaitingFilter {
    /// Everything that waits, of which only the first and the number are asked for.
    #[must_use]
    pub fn first() -> Self {
        Self {
            round: None,
            step: None,
            college: None,
            place: None,
            by_rank: false,
            text: String::new(),
            late_on: None,
            window: Window::FIRST,
        }
    }
}

/// The ids of the cases that wait for an office, the earliest due first, and how many there are in all. Those on which the
/// office's body has signed on this visit wait for another.
pub async fn waiting(
    connection: &mut PgConnection,
    office: &ChainOffice,
    which: &WaitingFilter,
) -> Result<(Vec<CaseId>, i64), Failure> {
    let unions: Vec<String> = office.unions.iter().map(|kind| (*kind).to_owned()).collect();
    let Window { skip, most } = which.window;
    let rows = sqlx::query!(
        r#"select c.id as "id: CaseId", count(*) over () as "total!"
           from vetting_case c join vetting_round r on r.id = c.round_id join student_union u on u.id = r.union_id
                join student s on s.id = c.student_id
           where c.institution_id = $1 and c.stage = 'at' and step_has(r.chain, c.step, $2) and u.kind = any($3)
                 and ($4::uuid is null or c.college_id = $4)
                 and ($5::uuid is null or acting_class(c.class_id) = $5)
                 and not exists (select from vetting_opinion o where o.case_id = c.id and o.visit = c.visit
                                 and o.step = c.step and o.body = $2 and o.withdrawn_at is null)
                 and ($6::uuid is null or c.round_id = $6) and ($7::integer is null or c.step = $7)
                 and ($8::uuid is null or c.college_id = $8)
                 and ($9 = '' or strpos(lower(s.name_key), lower(name_key($9))) > 0
                      or strpos(s.number_key, number_key($9)) > 0 or c.number::text = $9)
                 and ($10::date is null or c.due_on < $10) and ($11::uuid is null or c.place_id = $11)
           order by case when $12 then (c.evidence -> 'rank' ->> 0)::numeric / (c.evidence -> 'rank' ->> 1)::numeric end
                    nulls last, c.due_on, c.number offset $13 limit $14"#,
        office.institution.0,
        office.body.slug(),
        &unions,
        office.college.map(|id| id.0),
        office.class.map(|id| id.0),
        which.round.map(|id| id.0),
        which.step,
        which.college.map(|id| id.0),
        which.text,
        which.late_on,
        which.place.map(|id| id.0),
        which.by_rank,
        skip,
        most
    )
    .fetch_all(connection)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    Ok((rows.into_iter().map(|row| row.id).collect(), total))
}

/// Cases that wait for an office at one step of one round.
#[derive(Debug)]
pub struct WaitingGroup {
    pub round: RoundId,
    pub title: String,
    pub union_name: String,
    pub step: i32,
    pub act: String,
    pub cases: i64,
}

/// What waits for an office, by round and step: cases of one group can be dealt with together.
pub async fn waiting_groups(connection: &mut PgConnection, office: &ChainOffice) -> Result<Vec<WaitingGroup>, Failure> {
    let unions: Vec<String> = office.unions.iter().map(|kind| (*kind).to_owned()).collect();
    let rows = sqlx::query_as!(
        WaitingGroup,
        r#"select r.id as "round: RoundId", r.title, union_name(u.kind, g.name) as "union_name!", c.step as "step!",
                  r.chain -> 'links' -> c.step ->> 'act' as "act!", count(*) as "cases!"
           from vetting_case c join vetting_round r on r.id = c.round_id join student_union u on u.id = r.union_id
                left join college g on g.id = u.college_id
           where c.institution_id = $1 and c.stage = 'at' and step_has(r.chain, c.step, $2) and u.kind = any($3)
                 and ($4::uuid is null or c.college_id = $4)
                 and ($5::uuid is null or acting_class(c.class_id) = $5)
                 and not exists (select from vetting_opinion o where o.case_id = c.id and o.visit = c.visit
                                 and o.step = c.step and o.body = $2 and o.withdrawn_at is null)
           group by r.id, u.kind, g.name, c.step order by min(c.due_on), r.title"#,
        office.institution.0,
        office.body.slug(),
        &unions,
        office.college.map(|id| id.0),
        office.class.map(|id| id.0)
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A step that is late, for the office above.
#[derive(Debug)]
pub struct OverdueStep {
    pub round: RoundId,
    pub title: String,
    pub college: String,
    /// The bodies that are waited for.
    pub bodies: String,
    pub cases: i64,
    /// The earliest day by which one was to be done.
    pub since: Date,
}

/// Steps of others that are late, as the office above them sees it: a college's League organisation its class branches, the
/// school's League committee everybody else.
pub async fn overdue(
    connection: &mut PgConnection,
    office: &ChainOffice,
    today: Date,
) -> Result<Vec<OverdueStep>, Failure> {
    let college = office.managed_college();
    if !office.manages_all() && college.is_none() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query_as!(
        OverdueStep,
        r#"select r.id as "round: RoundId", r.title, g.name as college,
                  (select string_agg(b ->> 'name', '、') from jsonb_array_elements(r.chain -> 'links' -> c.step -> 'by') b)
                      as "bodies!",
                  count(*) as "cases!", min(c.due_on) as "since!"
           from vetting_case c join vetting_round r on r.id = c.round_id join college g on g.id = c.college_id
           where c.institution_id = $1 and c.stage = 'at' and c.due_on < $2
                 and case when $3::uuid is null then not step_has(r.chain, c.step, 'school_league')
                          else c.college_id = $3 and step_has(r.chain, c.step, 'class_branch') end
           group by r.id, r.title, g.name, c.step order by min(c.due_on), g.name limit 50"#,
        office.institution.0,
        today,
        college.map(|id| id.0)
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Cases that wait for an office in which nobody can act, for the office above.
#[derive(Debug)]
pub struct UnstaffedStep {
    pub round: RoundId,
    pub title: String,
    pub college: String,
    /// The class, where a class branch is waited for.
    pub class: Option<String>,
    /// The bodies that are waited for in vain.
    pub bodies: String,
    pub cases: i64,
}

/// Cases that wait for an office that nobody holds who can sign in, as the office above them sees it at once: a college's
/// League organisation its class branches, the school's League committee everybody else, and the class branches of a college
/// whose League organisation has nobody either.
pub async fn unstaffed(
    connection: &mut PgConnection,
    office: &ChainOffice,
    now: OffsetDateTime,
) -> Result<Vec<UnstaffedStep>, Failure> {
    let college = office.managed_college();
    if !office.manages_all() && college.is_none() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query_as!(
        UnstaffedStep,
        r#"with stuck as (
               select r.id, r.title, g.name as college, c.college_id, r.institution_id, u.kind, acting_class(c.class_id) as class,
                      step_has(r.chain, c.step, 'class_branch') as of_class,
                      unstaffed_bodies(r.chain, c.step, r.institution_id, u.kind, c.college_id, acting_class(c.class_id), $2)
                          as bodies
               from vetting_case c join vetting_round r on r.id = c.round_id join student_union u on u.id = r.union_id
                    join college g on g.id = c.college_id
               where c.institution_id = $1 and c.stage = 'at' and r.ended_at is null
                     and ($3::uuid is null or c.college_id = $3)
           )
           select s.id as "round: RoundId", s.title, s.college, k.name as "class?", s.bodies as "bodies!", count(*) as "cases!"
           from stuck s left join class k on s.of_class and k.id = s.class
           where s.bodies is not null
                 and case when $3::uuid is not null then s.of_class
                          else not s.of_class
                               or not is_staffed(s.institution_id, 'college_league', s.kind, s.college_id, s.class, $2) end
           group by s.id, s.title, s.college, k.name, s.bodies order by s.title, s.college, k.name limit 50"#,
        office.institution.0,
        now,
        college.map(|id| id.0)
    );
    Ok(rows.fetch_all(connection).await?)
}

/// An opinion that somebody gave, with where the case stands now.
#[derive(Debug)]
pub struct OwnOpinion {
    pub case: CaseId,
    pub number: i32,
    pub title: String,
    pub name: String,
    /// 学号.
    pub student_number: String,
    pub act: String,
    pub decision: DecisionKind,
    pub says: String,
    pub at: OffsetDateTime,
    /// Where the case stands, whatever the step.
    pub stage: Stage,
}

impl OwnOpinion {
    #[must_use]
    pub fn verdict_label(&self) -> &'static str {
        self.decision.label()
    }

    /// Where the case stands, in words.
    #[must_use]
    pub fn stage_label(&self) -> &'static str {
        self.stage.label()
    }
}

/// The opinions that a person gave for an office's body, newest first.
pub async fn own_opinions(
    connection: &mut PgConnection,
    office: &ChainOffice,
    account: AccountId,
    window: Window,
) -> Result<Vec<OwnOpinion>, Failure> {
    let rows = sqlx::query!(
        r#"select c.id as "case: CaseId", c.number, r.title, s.name, s.number as student_number, o.act, o.verdict, o.says, o.at,
                  c.stage
           from vetting_opinion o join vetting_case c on c.id = o.case_id join vetting_round r on r.id = c.round_id
                join student s on s.id = c.student_id
           where o.by_account = $1 and o.body = $2 and c.institution_id = $3 and o.withdrawn_at is null
           order by o.at desc, c.number offset $4 limit $5"#,
        account.0,
        office.body.slug(),
        office.institution.0,
        window.skip,
        window.most
    );
    let mut opinions = Vec::new();
    for row in rows.fetch_all(connection).await? {
        let stage =
            Stage::of(&row.stage, Some(0)).ok_or_else(|| anyhow::anyhow!("no stage is called {}", row.stage))?;
        opinions.push(OwnOpinion {
            case: row.case,
            number: row.number,
            title: row.title,
            name: row.name,
            student_number: row.student_number,
            act: row.act,
            decision: row.verdict.parse()?,
            says: row.says,
            at: row.at,
            stage,
        });
    }
    Ok(opinions)
}
