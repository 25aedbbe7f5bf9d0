//! SQL of adoptions: what is registered, what is withdrawn, and what runs while a plan changes.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    auth::acting::Acting,
    database::Locked,
    failure::Failure,
    ids::{InstitutionId, PlanVersionId},
    office::SchoolLeague,
    rulebook::store::{PlansOf, WiderReason},
    rules::adoption::{Adoption, Last, Latest, Withdrawal},
};

/// The most rounds and sittings that are named; the rest is counted.
const NAMED: i64 = 40;

/// An adoption as the page shows it.
#[derive(Debug)]
pub(super) struct AdoptionRow {
    pub seq: i32,
    pub effective_from: Date,
    pub id: PlanVersionId,
    pub short: String,
    pub version: i32,
    /// When it was decided.
    pub adopted_at: OffsetDateTime,
    pub adopted_by: String,
    /// When it was withdrawn, by whom and why.
    pub withdrawn_at: Option<OffsetDateTime>,
    pub withdrawn_by: String,
    pub withdrawn_says: String,
}

/// Whether an adoption governs on a day, given all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It has begun, now or once.
    Begun,
    Ahead,
    /// A later one begins before it would.
    Superseded,
    Withdrawn,
}

impl AdoptionRow {
    /// Its phase; `later` are those registered after it.
    #[must_use]
    pub fn phase(&self, later: &[Self], today: Date) -> Phase {
        let overtakes = |other: &Self| other.withdrawn_at.is_none() && other.effective_from <= self.effective_from;
        if self.withdrawn_at.is_some() {
            Phase::Withdrawn
        } else if self.effective_from <= today {
            Phase::Begun
        } else if later.iter().any(overtakes) {
            Phase::Superseded
        } else {
            Phase::Ahead
        }
    }
}

/// A university's adoptions, the one registered last first, those that were withdrawn too.
pub(super) async fn adoptions(
    connection: &mut PgConnection,
    institution: InstitutionId,
) -> Result<Vec<AdoptionRow>, Failure> {
    let rows = sqlx::query_as!(
        AdoptionRow,
        r#"select a.seq, a.effective_from, v.id as "id: PlanVersionId", v.short, v.version, a.adopted_at,
                  p.name as adopted_by, w.withdrawn_at as "withdrawn_at?", coalesce(b.name, '') as "withdrawn_by!",
                  coalesce(w.says, '') as "withdrawn_says!"
           from adoption a join plan_version v on v.id = a.plan_version_id join account p on p.id = a.adopted_by
                left join adoption_withdrawal w on w.institution_id = a.institution_id and w.seq = a.seq
                left join account b on b.id = w.withdrawn_by
           where a.institution_id = $1 order by a.seq desc"#,
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The adoption in force today, which one of `version` would follow. Who is about to write locks the university first.
pub(super) async fn last_adoption(
    connection: &mut PgConnection,
    institution: InstitutionId,
    version: PlanVersionId,
    today: Date,
) -> Result<Option<Last>, Failure> {
    let last = sqlx::query_as!(
        Last,
        r#"select effective_from as "from!", plan_version_id = $2 as "same_version!" from standing_adoption
           where institution_id = $1 and effective_from <= $3 order by seq desc limit 1"#,
        institution.0,
        version.0,
        today
    );
    Ok(last.fetch_optional(connection).await?)
}

/// The adoption registered last of those that stand.
pub(super) async fn latest(
    connection: &mut PgConnection,
    institution: InstitutionId,
) -> Result<Option<Latest>, Failure> {
    let latest = sqlx::query_as!(
        Latest,
        r#"select seq as "seq!", adopted_at as "at!" from standing_adoption
           where institution_id = $1 order by seq desc limit 1"#,
        institution.0
    );
    Ok(latest.fetch_optional(connection).await?)
}

/// Writes an adoption that the rule has passed, for an office that was proved, with why it is wider than the baseline.
pub(super) async fn adopt(
    connection: &mut PgConnection,
    plans: &Locked<PlansOf>,
    acting: &Acting<SchoolLeague>,
    version: PlanVersionId,
    adoption: &Adoption,
    reasons: &[WiderReason],
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let seq = sqlx::query_scalar!(
        "insert into adoption (institution_id, seq, effective_from, plan_version_id, adopted_at, adopted_by)
         select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5 from adoption where institution_id = $1
         returning seq",
        plans.0.0,
        adoption.from(),
        version.0,
        now,
        acting.person().account.0
    )
    .fetch_one(&mut *connection)
    .await?;
    let rules: Vec<String> = reasons.iter().map(|reason| reason.rule.clone()).collect();
    let says: Vec<String> = reasons.iter().map(|reason| reason.says.clone()).collect();
    sqlx::query!(
        "insert into adoption_reason (institution_id, seq, rule, says)
         select $1, $2, t.rule, t.says from unnest($3::text[], $4::text[]) as t(rule, says)",
        plans.0.0,
        seq,
        &rules,
        &says
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes a withdrawal that the rule has passed, for an office that was proved.
pub(super) async fn withdraw(
    connection: &mut PgConnection,
    plans: &Locked<PlansOf>,
    acting: &Acting<SchoolLeague>,
    withdrawal: &Withdrawal,
    says: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into adoption_withdrawal (institution_id, seq, withdrawn_at, withdrawn_by, says)
         values ($1, $2, $3, $4, $5)",
        plans.0.0,
        withdrawal.seq(),
        now,
        acting.person().account.0,
        says
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What runs while the plan changes, and keeps what it began with.
#[derive(Debug, Default)]
pub(super) struct Running {
    pub rounds: Vec<RunningRound>,
    pub sittings: Vec<RunningSitting>,
    /// Turns of the executive chair that are confirmed and not over.
    pub turns: i64,
}

impl Running {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rounds.is_empty() && self.sittings.is_empty() && self.turns == 0
    }
}

/// A round that goes on under the plan by which it was opened.
#[derive(Debug)]
pub(super) struct RunningRound {
    pub union_name: String,
    pub title: String,
    /// The plan by which it was opened.
    pub plan: String,
}

/// A sitting that was announced and is not reported.
#[derive(Debug)]
pub(super) struct RunningSitting {
    pub title: String,
}

pub(super) async fn running(
    connection: &mut PgConnection,
    institution: InstitutionId,
    today: Date,
) -> Result<Running, Failure> {
    let rounds = sqlx::query_as!(
        RunningRound,
        r#"select coalesce(c.name || '学生会', case u.kind when 'graduate' then '校研究生会' else '校学生会' end)
                      as "union_name!", r.title, v.short as plan
           from vetting_round r join student_union u on u.id = r.union_id left join college c on c.id = u.college_id
                join plan_version v on v.id = r.plan_version_id
           where r.institution_id = $1 and r.ended_at is null order by r.opened_at, r.id limit $2"#,
        institution.0,
        NAMED
    )
    .fetch_all(&mut *connection)
    .await?;
    let sittings = sqlx::query_as!(
        RunningSitting,
        "select title from sitting
         where institution_id = $1 and stage in ('announced', 'rehearsed', 'open', 'closed', 'counted')
         order by opens_at, id limit $2",
        institution.0,
        NAMED
    )
    .fetch_all(&mut *connection)
    .await?;
    let turns = sqlx::query_scalar!(
        r#"select count(*) as "count!" from turn t join student_union u on u.id = t.union_id
           where u.institution_id = $1 and t.state = 'confirmed' and t.until_day > $2"#,
        institution.0,
        today
    )
    .fetch_one(connection)
    .await?;
    Ok(Running { rounds, sittings, turns })
}

/// What a university has to set up before its plan is of use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setup {
    pub has_students: bool,
    pub has_semesters: bool,
    /// Unions that are set up.
    pub unions: i64,
    /// Unions that are taken down and not under the rules yet.
    pub unopened: i64,
    /// Somebody holds an office of a college or of the school's Party and student affairs.
    pub has_offices: bool,
}

pub(super) async fn setup(connection: &mut PgConnection, institution: InstitutionId) -> Result<Setup, Failure> {
    let setup = sqlx::query_as!(
        Setup,
        r#"select exists (select from student where institution_id = $1) as "has_students!",
                  exists (select from semester where institution_id = $1) as "has_semesters!",
                  (select count(*) from student_union where institution_id = $1) as "unions!",
                  (select count(*) from student_union where institution_id = $1 and opened_on is null) as "unopened!",
                  exists (select from office where institution_id = $1 and ended_at is null
                          and kind in ('student_affairs', 'school_party', 'college_league', 'college_party'))
                      as "has_offices!""#,
        institution.0
    );
    Ok(setup.fetch_one(connection).await?)
}
