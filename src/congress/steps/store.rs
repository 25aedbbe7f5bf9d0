//! SQL of the steps of a congress, and of the rules by which congresses are held.

use std::collections::HashMap;

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::step::{FiledPaper, RulesRow, Step, StepRow};
use crate::{
    auth::acting::Acting,
    clock::CHINA,
    congress::{
        CongressKeeper,
        congress::{Congress, Stage},
    },
    database::Locked,
    failure::Failure,
    ids::{DocumentId, UnionId},
    rules::seats::Convened,
};

/// The steps of a congress as they stand, in order.
pub async fn steps(connection: &mut PgConnection, congress: &Congress) -> Result<Vec<StepRow>, Failure> {
    let rows = sqlx::query!(
        r#"select s.step as "step!", s.due_on, s.done_on, s.says as "says!", s.document_id as "document: DocumentId", d.name as "document_name?"
           from congress_step s left join document d on d.id = s.document_id where s.congress_id = $1"#,
        congress.id.0
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut kept: HashMap<String, _> = rows.into_iter().map(|row| (row.step.clone(), row)).collect();
    let known = sqlx::query!(
        r#"select (select max(adopted_on) from congress_rules r where r.union_id = g.union_id) as rules,
                  (select count(*) from delegate d where d.congress_id = g.id and d.ended_on is null
                                                         and d.standing = 'elected') as "delegates!",
                  (select max(listed_at) from delegate d where d.congress_id = g.id) as listed_at,
                  (select q.adopted_at from qualification_report q where q.congress_id = g.id) as adopted_at,
                  exists (select from delegate d where d.congress_id = g.id and d.number is not null) as "numbered!"
           from congress g where g.id = $1"#,
        congress.id.0
    )
    .fetch_one(connection)
    .await?;
    let day = |at: Option<OffsetDateTime>| at.map(|at| at.to_offset(CHINA).date());
    let elected = congress.seats.is_some_and(|seats| known.delegates >= i64::from(seats));
    let derived = |step: Step| match step {
        Step::Rules => known.rules,
        Step::Seats => day(congress.seats_approved_at),
        Step::Delegates => day(known.listed_at).filter(|_| elected),
        Step::Qualification => day(known.adopted_at.or(known.listed_at)).filter(|_| known.numbered),
        Step::Meeting => congress.held_on,
        Step::Result => congress.held_on.filter(|_| congress.stage == Stage::Closed),
        _ => None,
    };
    let one = |step: &Step| {
        let row = kept.remove(step.slug());
        let set = row.as_ref().and_then(|row| row.due_on);
        let says = match step {
            Step::Delegates => format!("已报 {} 人，名额 {} 个", known.delegates, congress.seats.unwrap_or(0)),
            _ => row.as_ref().map(|row| row.says.clone()).unwrap_or_default(),
        };
        let paper = row.as_ref().and_then(|row| row.document.zip(row.document_name.clone()));
        StepRow {
            congress: congress.id,
            step: *step,
            due: set.or_else(|| StepRow::usual(*step, congress)),
            due_is_set: set.is_some(),
            done_on: if step.is_derived() { derived(*step) } else { row.as_ref().and_then(|row| row.done_on) },
            says,
            paper: paper.map(|(id, name)| FiledPaper { id, name }),
        }
    };
    Ok(Step::ALL.iter().filter(|step| step.is_of(congress)).map(one).collect())
}

/// A step as it is ticked.
#[derive(Debug, Clone)]
pub(super) struct StepDraft {
    pub due_on: Option<Date>,
    pub done_on: Option<Date>,
    pub says: String,
    pub document: Option<DocumentId>,
}

/// Keeps a step; `false` where the congress is no longer under way.
pub(super) async fn keep(
    connection: &mut PgConnection,
    acting: &Acting<CongressKeeper>,
    congress: &Locked<Congress>,
    step: Step,
    draft: &StepDraft,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into congress_step (congress_id, step, due_on, done_on, says, document_id, kept_at, kept_by)
         select id, $2, $3, $4, $5, $6, $7, $8 from congress where id = $1 and stage in ('preparing', 'convened', 'held')
         on conflict (congress_id, step) do update set due_on = $3, done_on = $4, says = $5, document_id = $6, kept_at = $7,
                                                       kept_by = $8",
        congress.id.0,
        step.slug(),
        draft.due_on,
        draft.done_on,
        draft.says,
        draft.document.map(|id| id.0),
        now,
        acting.person().account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Puts a congress that is convened on another day; `false` where it is not at that stage.
pub(super) async fn put_off(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    convened: Convened,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update congress set meets_on = $3 where id = $1 and stage = $2",
        congress.id.0,
        Stage::Convened.slug(),
        convened.meets_on()
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Convenes a congress in preparation; `false` where it is past that.
pub(super) async fn convene(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    convened: Convened,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update congress set stage = $3, meets_on = $4 where id = $1 and stage = $2",
        congress.id.0,
        Stage::Preparing.slug(),
        Stage::Convened.slug(),
        convened.meets_on()
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// The rules by which a union's congresses are held, the newest version of each name first.
pub(in crate::congress) async fn rules(
    connection: &mut PgConnection,
    union: UnionId,
) -> Result<Vec<RulesRow>, Failure> {
    let rows = sqlx::query!(
        r#"select r.name, r.adopted_on, r.document_id as "document: DocumentId", d.name as document_name
           from congress_rules r join document d on d.id = r.document_id
           where r.union_id = $1 order by r.name, r.adopted_on desc, r.kept_at desc"#,
        union.0
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| RulesRow {
        name: row.name,
        adopted_on: row.adopted_on,
        paper: FiledPaper { id: row.document, name: row.document_name },
    });
    Ok(read.collect())
}

/// Rules that are put on file.
#[derive(Debug, Clone)]
pub(super) struct RulesDraft {
    pub name: String,
    pub adopted_on: Date,
}

/// Puts a version of the rules on file.
pub(super) async fn file_rules(
    connection: &mut PgConnection,
    acting: &Acting<CongressKeeper>,
    congress: &Locked<Congress>,
    draft: &RulesDraft,
    document: DocumentId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into congress_rules (id, institution_id, union_id, name, adopted_on, document_id, kept_at, kept_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        DocumentId::random().0,
        congress.institution.0,
        congress.union.0,
        draft.name,
        draft.adopted_on,
        document.0,
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A paper is on file for the congress: of a step, or among the rules of its union.
pub(super) async fn holds_paper(
    connection: &mut PgConnection,
    congress: &Congress,
    id: DocumentId,
) -> Result<bool, Failure> {
    let held = sqlx::query_scalar!(
        r#"select exists (select from congress_step where congress_id = $1 and document_id = $3)
                  or exists (select from congress_rules where union_id = $2 and document_id = $3)
                  or exists (select from congress where id = $1 and document_id = $3) as "held!""#,
        congress.id.0,
        congress.union.0,
        id.0
    );
    Ok(held.fetch_one(connection).await?)
}
