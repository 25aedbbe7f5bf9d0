//! SQL of drafts.

use sqlx::{PgConnection, types::Json};
use time::OffsetDateTime;

use super::draft::{DocumentText, PlanDraft, Stage, Submission};
use crate::{
    auth::acting::Acting,
    database::Locked,
    failure::Failure,
    ids::{AccountId, InstitutionId, PlanDraftId, PlanVersionId},
    office::SchoolLeague,
    plan_form::{
        group::Group,
        typed::{DraftFields, GroupFields},
    },
};

/// The drafts of a university, the newest first; or one of them.
pub(super) async fn drafts(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<PlanDraftId>,
) -> Result<Vec<PlanDraft>, Failure> {
    let rows = sqlx::query!(
        r#"select d.id as "id: PlanDraftId", d.name, d.stage, d.made_at, m.name as maker, d.text_name,
                  case when $2::uuid is not null then d.document_text when d.document_text is not null then '' end
                      as document_text,
                  case when $2::uuid is not null then d.source when d.source is not null then '' end as source,
                  d.submitted_at, d.submitted_by as "submitted_by: AccountId", s.name as "submitter?", d.returned,
                  d.plan_version_id as "version: PlanVersionId"
           from plan_draft d join account m on m.id = d.made_by left join account s on s.id = d.submitted_by
           where d.institution_id = $1 and ($2::uuid is null or d.id = $2) order by d.made_at desc, d.id"#,
        institution.0,
        one.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| {
        let submitted = match (row.source, row.submitted_by, row.submitter, row.submitted_at) {
            (Some(source), Some(by), Some(name), Some(at)) => Some(Submission { source, by, name, at }),
            _ => None,
        };
        Ok(PlanDraft {
            id: row.id,
            name: row.name,
            stage: row.stage.parse()?,
            made_at: row.made_at,
            maker: row.maker,
            text: row.text_name.zip(row.document_text).map(|(name, text)| DocumentText { name, text }),
            submitted,
            returned: row.returned,
            version: row.version,
        })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// One draft of a university.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub(super) async fn one(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: PlanDraftId,
) -> Result<PlanDraft, Failure> {
    drafts(connection, institution, Some(id)).await?.pop().ok_or(Failure::Missing)
}

/// A draft as it is now, locked until the end of the transaction.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub(super) async fn lock(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    id: PlanDraftId,
) -> Result<Locked<PlanDraft>, Failure> {
    let institution = acting.institution();
    sqlx::query!("select id from plan_draft where id = $1 and institution_id = $2 for update", id.0, institution.0)
        .fetch_optional(&mut *connection)
        .await?;
    Ok(Locked::new(one(connection, institution, id).await?))
}

/// A group as it was saved last.
#[derive(Debug, Clone)]
pub(super) struct SavedGroup {
    pub group: Group,
    pub version: i32,
    pub typed: GroupFields,
    pub saved_at: OffsetDateTime,
    pub saver: String,
}

/// The groups of a draft in which something was saved.
pub(super) async fn groups(connection: &mut PgConnection, id: PlanDraftId) -> Result<Vec<SavedGroup>, Failure> {
    let rows = sqlx::query!(
        r#"select g.part, g.version, g.fields as "fields: Json<GroupFields>", g.saved_at, a.name as saver
           from plan_draft_group g join account a on a.id = g.saved_by where g.draft_id = $1"#,
        id.0
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| {
        Ok(SavedGroup {
            group: row.part.parse()?,
            version: row.version,
            typed: row.fields.0,
            saved_at: row.saved_at,
            saver: row.saver,
        })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// What is typed in all groups.
pub(super) fn content_of(groups: &[SavedGroup]) -> DraftFields {
    let mut content = DraftFields::default();
    for saved in groups {
        content.put(saved.group, saved.typed.clone());
    }
    content
}

/// Begins a draft with what it is to hold.
pub(super) async fn begin(
    connection: &mut PgConnection,
    institution: InstitutionId,
    by: AccountId,
    name: &str,
    content: &DraftFields,
    now: OffsetDateTime,
) -> Result<PlanDraftId, Failure> {
    let id = PlanDraftId::random();
    sqlx::query!(
        "insert into plan_draft (id, institution_id, name, stage, made_at, made_by) values ($1, $2, $3, 'open', $4, $5)",
        id.0,
        institution.0,
        name,
        now,
        by.0
    )
    .execute(&mut *connection)
    .await?;
    for group in Group::ALL {
        put(connection, id, *group, content.of(*group), by, now).await?;
    }
    Ok(id)
}

async fn put(
    connection: &mut PgConnection,
    id: PlanDraftId,
    group: Group,
    typed: &GroupFields,
    by: AccountId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into plan_draft_group (draft_id, part, version, fields, saved_at, saved_by)
         values ($1, $2, 1, $3, $4, $5)
         on conflict (draft_id, part) do update
         set version = plan_draft_group.version + 1, fields = $3, saved_at = $4, saved_by = $5",
        id.0,
        group.slug(),
        Json(typed) as _,
        now,
        by.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps what is typed in a group of an open draft; whoever saved before is seen by the version.
pub(super) async fn keep(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    draft: &Locked<PlanDraft>,
    group: Group,
    typed: &GroupFields,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    put(connection, draft.id, group, typed, acting.person().account, now).await
}

/// Keeps the document's text beside an open draft, in place of the former; `false` where it is not open.
pub(super) async fn keep_text(
    connection: &mut PgConnection,
    draft: &Locked<PlanDraft>,
    text: &DocumentText,
) -> Result<bool, Failure> {
    put_text(connection, draft.id, text).await
}

pub(super) async fn put_text(
    connection: &mut PgConnection,
    id: PlanDraftId,
    text: &DocumentText,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update plan_draft set text_name = $2, document_text = $3 where id = $1 and stage = 'open'",
        id.0,
        text.name,
        text.text
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Hands a draft in as the plan file that it makes; `false` where it is not open.
pub(super) async fn submit(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    draft: &Locked<PlanDraft>,
    source: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update plan_draft set stage = 'submitted', source = $2, submitted_at = $3, submitted_by = $4, returned = ''
         where id = $1 and stage = 'open'",
        draft.id.0,
        source,
        now,
        acting.person().account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Opens a draft again that was handed in, with the reason of whoever gives it back; `false` where it does not wait.
pub(super) async fn reopen(
    connection: &mut PgConnection,
    draft: &Locked<PlanDraft>,
    why: &str,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update plan_draft set stage = 'open', source = null, submitted_at = null, submitted_by = null, returned = $2
         where id = $1 and stage = 'submitted'",
        draft.id.0,
        why
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// The second person confirms what was handed in; `false` where it does not wait, or is their own.
pub(super) async fn confirm(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    draft: &Locked<PlanDraft>,
    version: PlanVersionId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update plan_draft set stage = 'confirmed', confirmed_at = $2, confirmed_by = $3, plan_version_id = $4
         where id = $1 and stage = 'submitted' and submitted_by <> $3",
        draft.id.0,
        now,
        acting.person().account.0,
        version.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Deletes an open draft; `false` where it is not open.
pub(super) async fn discard(connection: &mut PgConnection, draft: &Locked<PlanDraft>) -> Result<bool, Failure> {
    let done = sqlx::query!("delete from plan_draft where id = $1 and stage = 'open'", draft.id.0);
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// The drafts that wait for this person to confirm them.
pub(super) async fn waiting(
    connection: &mut PgConnection,
    institution: InstitutionId,
    person: AccountId,
) -> Result<Vec<PlanDraft>, Failure> {
    let mut found = drafts(connection, institution, None).await?;
    found.retain(|draft| draft.stage == Stage::Submitted && draft.may_confirm(person));
    Ok(found)
}

/// Others who hold an office of the School Youth League committee today and could confirm.
pub(super) async fn others(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    now: OffsetDateTime,
) -> Result<i64, Failure> {
    let count = sqlx::query_scalar!(
        r#"select count(distinct o.account_id) as "count!" from office o
           join account a on a.id = o.account_id
           where o.institution_id = $1 and o.kind in ('school_league', 'deputy_secretary') and o.account_id <> $2
                 and a.disabled_at is null and is_held(o.from_day, o.until_day, o.ended_at, $3)"#,
        acting.institution().0,
        acting.person().account.0,
        now
    );
    Ok(count.fetch_one(connection).await?)
}
