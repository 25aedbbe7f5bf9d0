//! SQL of plan versions and adoptions.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, types::Json};
use time::{Date, OffsetDateTime};

use super::{parsed::ParsedPlans, paths::document_path};
use crate::{
    auth::{
        acting::Acting,
        extract::Alongside,
        person::SignedIn,
        store::{OfficeRow, PersonRow},
    },
    database::Locked,
    failure::Failure,
    ids::{AccountId, InstitutionId, OfficeId, PlanDocumentId, PlanVersionId, StudentId},
    office::SchoolLeague,
    rules::{
        Plan, Rule,
        adoption::{Calendar, Registration},
        plan::{BUILT_IN, PlanError},
    },
};

/// The plan that governs a university on a day.
#[derive(Debug, Clone)]
pub struct Governing {
    pub id: PlanVersionId,
    pub version: i32,
    /// The first day on which it governs.
    pub from: Date,
    /// Its text is one that this program brings along.
    pub is_built_in: bool,
    pub plan: Arc<Plan>,
}

/// A version of a plan that a university may adopt.
#[derive(Debug)]
pub struct VersionRow {
    pub id: PlanVersionId,
    pub code: String,
    pub version: i32,
    pub short: String,
    pub title: String,
    pub document: String,
    pub effective: Date,
    /// It came with the program.
    pub built_in: bool,
    /// When it was added.
    pub created_at: OffsetDateTime,
}

fn digest(source: &str) -> Vec<u8> {
    Sha256::digest(source.as_bytes()).to_vec()
}

/// Of the whole program: every feature asks by which plan a day goes, and has a connection for it and no state.
static PARSED: Mutex<ParsedPlans> = Mutex::new(ParsedPlans::new());

static BUILT_IN_HASHES: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| BUILT_IN.iter().map(|(_, source)| digest(source)).collect());

fn parsed(hash: &[u8]) -> Option<Arc<Plan>> {
    PARSED.lock().unwrap_or_else(PoisonError::into_inner).of(hash)
}

fn parse(source: &str, hash: &[u8]) -> Result<Arc<Plan>, Failure> {
    if let Some(plan) = parsed(hash) {
        return Ok(plan);
    }
    let plan = Arc::new(Plan::parse(source).map_err(|errors| stale(&errors))?);
    PARSED.lock().unwrap_or_else(PoisonError::into_inner).keep(hash, &plan);
    Ok(plan)
}

/// A stored plan was valid when it came in; a later program that asks for more must be able to say so.
fn stale(errors: &[PlanError]) -> Failure {
    let first = errors.first().map(ToString::to_string).unwrap_or_default();
    Failure::PlanUnreadable(anyhow::anyhow!("{first}"))
}

/// Adds the built-in plans: a text that the database does not know yet becomes the next version.
pub async fn take_in_built_in(connection: &mut PgConnection, now: OffsetDateTime) -> Result<(), Failure> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext('built-in plans'))").execute(&mut *connection).await?;
    for (_, source) in BUILT_IN {
        let plan = parse(source, &digest(source))?;
        insert(connection, None, &plan, source, now).await?;
    }
    Ok(())
}

/// Adds a university's own plan; gives its version's id and whether it is new. The same text again is no new version.
pub async fn add(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    plan: &Plan,
    source: &str,
    now: OffsetDateTime,
) -> Result<(PlanVersionId, bool), Failure> {
    lock_plans(connection, acting.institution()).await?;
    insert(connection, Some(acting.institution()), plan, source, now).await
}

/// The plans of a university and their adoptions, as what is locked before they change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlansOf(pub InstitutionId);

/// Locks a university's plans: other changes wait for the end of this transaction.
pub async fn lock_plans(connection: &mut PgConnection, institution: InstitutionId) -> Result<Locked<PlansOf>, Failure> {
    sqlx::query!("select id from institution where id = $1 for no key update", institution.0)
        .fetch_one(connection)
        .await?;
    Ok(Locked::new(PlansOf(institution)))
}

async fn insert(
    connection: &mut PgConnection,
    institution: Option<InstitutionId>,
    plan: &Plan,
    source: &str,
    now: OffsetDateTime,
) -> Result<(PlanVersionId, bool), Failure> {
    let owner = institution.map(|id| id.0);
    let known = sqlx::query_scalar!(
        r#"select id as "id: PlanVersionId" from plan_version
           where institution_id is not distinct from $1 and code = $2 and sha256 = $3"#,
        owner,
        plan.code,
        digest(source)
    )
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(known) = known {
        return Ok((known, false));
    }
    let id = PlanVersionId::random();
    sqlx::query!(
        "insert into plan_version
             (id, institution_id, code, version, short, title, document, effective, source, sha256, created_at, seats)
         select $1, $2, $3, coalesce(max(version), 0) + 1, $4, $5, $6, $7, $8, $9, $10, $11
         from plan_version where institution_id is not distinct from $2 and code = $3",
        id.0,
        owner,
        plan.code,
        plan.short,
        plan.title,
        plan.document,
        plan.effective,
        source,
        digest(source),
        now,
        &plan.seats()
    )
    .execute(connection)
    .await?;
    Ok((id, true))
}

/// The versions a university may adopt: built-in ones and its own, newest version of each plan first.
pub async fn versions(connection: &mut PgConnection, institution: InstitutionId) -> Result<Vec<VersionRow>, Failure> {
    let rows = sqlx::query_as!(
        VersionRow,
        r#"select id as "id: PlanVersionId", code, version, short, title, document, effective,
                  institution_id is null as "built_in!", created_at
           from plan_version where institution_id is null or institution_id = $1
           order by institution_id nulls last, effective, code, version desc"#,
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A version that a university may see, with its text.
pub async fn version(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: PlanVersionId,
) -> Result<Option<(i32, Arc<Plan>, String)>, Failure> {
    let row = sqlx::query!(
        "select version, source, sha256 from plan_version
         where id = $1 and (institution_id is null or institution_id = $2)",
        id.0,
        institution.0
    )
    .fetch_optional(connection)
    .await?;
    row.map(|row| Ok((row.version, parse(&row.source, &row.sha256)?, row.source))).transpose()
}

/// The plan that governs a university on `day`; none before its first adoption.
pub async fn governing(
    connection: &mut PgConnection,
    institution: InstitutionId,
    day: Date,
) -> Result<Option<Governing>, Failure> {
    let row = sqlx::query!(
        r#"select v.id as "id: PlanVersionId", v.version, v.sha256, a.effective_from as "effective_from!"
           from standing_adoption a join plan_version v on v.id = a.plan_version_id
           where a.institution_id = $1 and a.effective_from <= $2 order by a.seq desc limit 1"#,
        institution.0,
        day
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(found(connection, row.id, row.version, &row.sha256, row.effective_from).await?))
}

/// Every adoption of a university with its plan: which governs on which day.
pub async fn calendar(connection: &mut PgConnection, institution: InstitutionId) -> Result<Calendar, Failure> {
    let rows = sqlx::query!(
        r#"select v.id as "id: PlanVersionId", v.version, v.sha256, a.effective_from,
                  w.seq is not null as "is_withdrawn!"
           from adoption a join plan_version v on v.id = a.plan_version_id
                left join adoption_withdrawal w on w.institution_id = a.institution_id and w.seq = a.seq
           where a.institution_id = $1 order by a.seq"#,
        institution.0
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut registered = Vec::new();
    for row in rows {
        let (from, is_withdrawn) = (row.effective_from, row.is_withdrawn);
        match found(connection, row.id, row.version, &row.sha256, from).await {
            Ok(governing) => registered.push(Registration { from, plan: governing.plan, is_withdrawn }),
            // Nobody needs it any more.
            Err(Failure::PlanUnreadable(_)) if is_withdrawn => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(Calendar::of(registered))
}

/// The plan that governs the university of a session's person today, read with them.
#[derive(Debug)]
pub struct GoverningToday(pub Option<Governing>);

impl Alongside for GoverningToday {
    async fn load(
        connection: &mut PgConnection,
        token_hash: &[u8],
        now: OffsetDateTime,
    ) -> Result<Option<(SignedIn, Self)>, Failure> {
        let row = sqlx::query!(
            r#"select p.account_id as "account!: AccountId", p.institution_id as "institution!: InstitutionId",
                      p.institution_name as "institution_name!", p.number as "number!", p.name as "name!",
                      p.must_change_password as "must_change_password!", p.student_id as "student: StudentId",
                      p.office_id as "chosen: OfficeId", p.offices as "offices!: Json<Vec<OfficeRow>>",
                      p.seen_at as "seen_at?", p.factor_missing as "factor_missing!",
                      p.moved_on as "moved_on?",
                      g.id as "id?: PlanVersionId", g.version as "version?", g.sha256 as "sha256?",
                      g.effective_from as "effective_from?"
               from person_of_session($1, $2) p left join lateral (
                   select v.id, v.version, v.sha256, a.effective_from
                   from standing_adoption a join plan_version v on v.id = a.plan_version_id
                   where a.institution_id = p.institution_id and a.effective_from <= $3 order by a.seq desc limit 1
               ) g on true"#,
            token_hash,
            now,
            now.date()
        )
        .fetch_optional(&mut *connection)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let governing = match (row.id, row.version, row.sha256, row.effective_from) {
            (Some(id), Some(version), Some(hash), Some(from)) => {
                Some(found(connection, id, version, &hash, from).await?)
            }
            _ => None,
        };
        let person = PersonRow {
            account: row.account,
            institution: row.institution,
            institution_name: row.institution_name,
            number: row.number,
            name: row.name,
            must_change_password: row.must_change_password,
            student: row.student,
            chosen: row.chosen,
            offices: row.offices,
            seen_at: row.seen_at,
            factor_missing: row.factor_missing,
            moved_on: row.moved_on,
        };
        Ok(Some((person.into_person(token_hash)?, Self(governing))))
    }
}

async fn found(
    connection: &mut PgConnection,
    id: PlanVersionId,
    version: i32,
    hash: &[u8],
    from: Date,
) -> Result<Governing, Failure> {
    let plan = if let Some(plan) = parsed(hash) {
        plan
    } else {
        let source = sqlx::query_scalar!("select source from plan_version where id = $1", id.0);
        parse(&source.fetch_one(connection).await?, hash)?
    };
    let is_built_in = BUILT_IN_HASHES.iter().any(|known| known == hash);
    Ok(Governing { id, version, from, is_built_in, plan })
}

/// A document of the plan as the rule book offers it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct BookPaper {
    id: PlanDocumentId,
    pub name: String,
}

impl BookPaper {
    pub fn path(&self) -> String {
        document_path(self.id)
    }
}

/// What a university keeps beside its plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// The document itself, as far as no other took its place.
    pub(super) papers: Vec<BookPaper>,
    /// Why it goes by what is wider than the national baseline.
    pub(super) reasons: Vec<WiderReason>,
}

/// What a university keeps beside the version by which it goes on a day.
pub(super) async fn beside(
    connection: &mut PgConnection,
    institution: InstitutionId,
    version: PlanVersionId,
    day: Date,
) -> Result<Beside, Failure> {
    let found = sqlx::query!(
        r#"select (select coalesce(json_agg(json_build_object('id', d.id, 'name', d.name) order by d.at, d.id), '[]')
                   from plan_document d where d.institution_id = $1 and d.plan_version_id = $2 and d.replaced_at is null)
                      as "papers!: Json<Vec<BookPaper>>",
                  (select coalesce(json_agg(json_build_object('rule', r.rule, 'says', r.says) order by r.rule), '[]')
                   from adoption_reason r where r.institution_id = $1 and r.seq = (
                       select a.seq from standing_adoption a
                       where a.institution_id = $1 and a.effective_from <= $3 order by a.seq desc limit 1))
                      as "reasons!: Json<Vec<WiderReason>>""#,
        institution.0,
        version.0,
        day
    )
    .fetch_one(connection)
    .await?;
    Ok(Beside { papers: found.papers.0, reasons: found.reasons.0 })
}

/// Why the university goes by a rule that is wider than the national one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WiderReason {
    /// The rule's code.
    pub rule: String,
    pub says: String,
}

impl WiderReason {
    /// The rule by its name, and why.
    #[must_use]
    pub fn in_words(&self) -> String {
        let name = self.rule.parse::<Rule>().map_or(self.rule.as_str(), |rule| rule.name());
        format!("{name}：{}", self.says)
    }
}

/// The reasons that were given with the adoption that governs on a day.
pub async fn wider_reasons(
    connection: &mut PgConnection,
    institution: InstitutionId,
    day: Date,
) -> Result<Vec<WiderReason>, Failure> {
    let rows = sqlx::query_as!(
        WiderReason,
        "select r.rule, r.says from adoption_reason r
         where r.institution_id = $1 and r.seq = (
             select a.seq from standing_adoption a
             where a.institution_id = $1 and a.effective_from <= $2 order by a.seq desc limit 1)
         order by r.rule",
        institution.0,
        day
    );
    Ok(rows.fetch_all(connection).await?)
}
