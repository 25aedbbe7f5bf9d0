//! SQL of meetings: how each is prepared, its agenda and its documents here; attendance, votes and minutes in files of their
//! own.
//!
//! A check-in holds a share lock on the meeting's row, whatever ends or changes the meeting the exclusive one, by [`lock`].

mod attendance;
mod minutes;
mod roll;
mod votes;

use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

pub use attendance::*;
pub use minutes::*;
pub use roll::*;
pub use votes::*;

use super::nouns::{AgendaItem, AgendaKind, CheckIn, DocumentHead, DocumentKind, Hall, Meeting};
use crate::{
    auth::{acting::Acting, person::SignedIn},
    clock::CHINA,
    congress::{CongressKeeper, congress::Congress},
    database::Locked,
    failure::Failure,
    ids::{AgendaItemId, CongressId, MeetingDocumentId},
    rules::meeting::MeetingRules,
};

/// The most items of an agenda.
const MOST_ITEMS: i64 = 40;
/// The most documents of a meeting.
const MOST_DOCUMENTS: i64 = 40;

struct Row {
    congress: CongressId,
    starts_at: OffsetDateTime,
    place: String,
    quorum_part: i16,
    quorum_whole: i16,
    quorum_strict: bool,
    majority_of: String,
    source: String,
    basis: String,
    hall_rows: Option<i16>,
    hall_columns: Option<i16>,
    check_in: String,
    check_in_closed_at: Option<OffsetDateTime>,
    minutes: Option<String>,
    signed_at: Option<OffsetDateTime>,
}

impl Row {
    fn into_meeting(self) -> anyhow::Result<Meeting> {
        let hall = match (self.hall_rows, self.hall_columns) {
            (Some(rows), Some(columns)) => Some(Hall { rows: rows.try_into()?, columns: columns.try_into()? }),
            _ => None,
        };
        Ok(Meeting {
            congress: self.congress,
            starts_at: self.starts_at.to_offset(CHINA),
            place: self.place,
            rules: MeetingRules {
                part: self.quorum_part.try_into()?,
                whole: self.quorum_whole.try_into()?,
                strict: self.quorum_strict,
                majority: self.majority_of.parse()?,
                source: self.source.parse()?,
                basis: self.basis,
            },
            hall,
            check_in: self.check_in.parse()?,
            check_in_closed_at: self.check_in_closed_at,
            minutes: self.minutes,
            signed_at: self.signed_at,
        })
    }
}

/// The meeting of a congress; none while it is not prepared.
pub async fn find(connection: &mut PgConnection, congress: CongressId) -> Result<Option<Meeting>, Failure> {
    let row = sqlx::query_as!(
        Row,
        r#"select congress_id as "congress: CongressId", starts_at, place, quorum_part, quorum_whole, quorum_strict,
                  majority_of, source, basis, hall_rows, hall_columns, check_in, check_in_closed_at, minutes, signed_at
           from meeting where congress_id = $1"#,
        congress.0
    );
    Ok(row.fetch_optional(connection).await?.map(Row::into_meeting).transpose()?)
}

/// A meeting as it is now, locked until the end of the transaction: check-ins wait.
pub async fn lock(connection: &mut PgConnection, congress: CongressId) -> Result<Locked<Meeting>, Failure> {
    sqlx::query!("select congress_id from meeting where congress_id = $1 for update", congress.0)
        .fetch_optional(&mut *connection)
        .await?;
    find(connection, congress).await?.map(Locked::new).ok_or(Failure::Missing)
}

/// What a meeting is asked to be.
#[derive(Debug, Clone)]
pub struct MeetingDraft {
    pub starts_at: OffsetDateTime,
    /// At most 60 characters.
    pub place: String,
    pub rules: MeetingRules,
    pub hall: Option<Hall>,
}

/// Prepares a meeting or changes how it was prepared; `false` once check-in has begun: its rules stand.
pub async fn prepare(
    connection: &mut PgConnection,
    _: &Acting<CongressKeeper>,
    congress: &Locked<Congress>,
    draft: &MeetingDraft,
) -> Result<bool, Failure> {
    let small = |number: u32| i16::try_from(number).map_err(anyhow::Error::new);
    let seats = |number: u16| i16::try_from(number).map_err(anyhow::Error::new);
    let MeetingRules { part, whole, strict, majority, source, basis } = &draft.rules;
    let done = sqlx::query!(
        "insert into meeting (congress_id, starts_at, place, quorum_part, quorum_whole, quorum_strict, majority_of, source,
                              basis, hall_rows, hall_columns)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (congress_id) do update set starts_at = $2, place = $3, quorum_part = $4, quorum_whole = $5,
             quorum_strict = $6, majority_of = $7, source = $8, basis = $9, hall_rows = $10, hall_columns = $11
         where meeting.check_in = 'not_yet'",
        congress.id.0,
        draft.starts_at,
        draft.place,
        small(*part)?,
        small(*whole)?,
        *strict,
        majority.slug(),
        source.slug(),
        basis,
        draft.hall.map(|hall| seats(hall.rows)).transpose()?,
        draft.hall.map(|hall| seats(hall.columns)).transpose()?
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Puts a meeting on another day at the same hour; `false` once check-in has begun. One that is not prepared yet has no hour.
pub async fn put_off(connection: &mut PgConnection, congress: &Locked<Congress>, day: Date) -> Result<bool, Failure> {
    let Some(meeting) = find(&mut *connection, congress.id).await? else { return Ok(true) };
    let done = sqlx::query!(
        "update meeting set starts_at = $2 where congress_id = $1 and check_in = 'not_yet'",
        congress.id.0,
        meeting.starts_at.replace_date(day)
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Opens check-in, ends it, or goes on with it; `false` where it does not stand there.
pub async fn move_check_in(
    connection: &mut PgConnection,
    meeting: &Locked<Meeting>,
    to: CheckIn,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let leads = match meeting.check_in {
        CheckIn::NotYet | CheckIn::Closed => to == CheckIn::Open,
        CheckIn::Open => to == CheckIn::Closed,
    };
    if !leads || meeting.signed_at.is_some() {
        return Ok(false);
    }
    let done = sqlx::query!(
        "update meeting set check_in = $3, check_in_opened_at = coalesce(check_in_opened_at, $4),
                            check_in_closed_at = case $3 when 'closed' then $4 end
         where congress_id = $1 and check_in = $2",
        meeting.congress.0,
        meeting.check_in.slug(),
        to.slug(),
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// The agenda in order.
pub async fn agenda(connection: &mut PgConnection, congress: CongressId) -> Result<Vec<AgendaItem>, Failure> {
    let rows = sqlx::query!(
        r#"select id as "id: AgendaItemId", place, kind, title, speaker, document_id as "document: MeetingDocumentId"
           from agenda_item where congress_id = $1 order by place"#,
        congress.0
    );
    let one = |kind: &str| kind.parse::<AgendaKind>();
    let read = rows.fetch_all(connection).await?.into_iter().map(|row| {
        Ok(AgendaItem {
            id: row.id,
            place: row.place,
            kind: one(&row.kind)?,
            title: row.title,
            speaker: row.speaker,
            document: row.document,
        })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// What an item is asked to be.
#[derive(Debug, Clone)]
pub struct ItemDraft {
    pub kind: AgendaKind,
    /// 2 to 60 characters.
    pub title: String,
    /// At most 40.
    pub speaker: String,
    pub document: Option<MeetingDocumentId>,
}

/// Adds an item at the agenda's end; `false` where it is full or the document is not this meeting's.
pub async fn add_item(
    connection: &mut PgConnection,
    meeting: &Locked<Meeting>,
    draft: &ItemDraft,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into agenda_item (id, congress_id, place, kind, title, speaker, document_id)
         select $2, $1, count(*) + 1, $3, $4, $5, $6 from agenda_item where congress_id = $1
         having count(*) < $7 and ($6::uuid is null
                or exists (select from meeting_document where id = $6 and congress_id = $1))",
        meeting.congress.0,
        AgendaItemId::random().0,
        draft.kind.slug(),
        draft.title,
        draft.speaker,
        draft.document.map(|id| id.0),
        MOST_ITEMS
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Strikes an item; those behind it move up.
pub async fn strike_item(
    connection: &mut PgConnection,
    meeting: &Locked<Meeting>,
    item: AgendaItemId,
) -> Result<bool, Failure> {
    let done = sqlx::query!("delete from agenda_item where congress_id = $1 and id = $2", meeting.congress.0, item.0);
    if done.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(false);
    }
    let left: Vec<AgendaItemId> = agenda(connection, meeting.congress).await?.into_iter().map(|one| one.id).collect();
    order_items(connection, meeting, &left).await?;
    Ok(true)
}

/// Puts the items in that order.
pub async fn order_items(
    connection: &mut PgConnection,
    meeting: &Locked<Meeting>,
    items: &[AgendaItemId],
) -> Result<(), Failure> {
    let ids: Vec<_> = items.iter().map(|id| id.0).collect();
    sqlx::query!(
        "update agenda_item a set place = o.place
         from unnest($2::uuid[]) with ordinality o(id, place) where a.congress_id = $1 and a.id = o.id",
        meeting.congress.0,
        &ids
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The documents of a meeting.
pub async fn documents(connection: &mut PgConnection, congress: CongressId) -> Result<Vec<DocumentHead>, Failure> {
    let rows = sqlx::query!(
        r#"select id as "id: MeetingDocumentId", kind, title, bytes is not null as "is_file!", at
           from meeting_document where congress_id = $1
           order by array_position(array['work_report', 'finance_report', 'election_rules', 'other'], kind), at"#,
        congress.0
    );
    let one = |kind: &str| kind.parse::<DocumentKind>();
    let read = rows.fetch_all(connection).await?.into_iter().map(|row| {
        Ok(DocumentHead { id: row.id, kind: one(&row.kind)?, title: row.title, is_file: row.is_file, at: row.at })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// What a document says.
#[derive(Debug, Clone)]
pub enum Content {
    Written(String),
    Pdf(Vec<u8>),
}

/// A document with its content.
pub async fn document(
    connection: &mut PgConnection,
    congress: CongressId,
    id: MeetingDocumentId,
) -> Result<Option<(String, Content)>, Failure> {
    let row = sqlx::query!(
        "select title, body, bytes from meeting_document where congress_id = $1 and id = $2",
        congress.0,
        id.0
    );
    let read = row.fetch_optional(connection).await?;
    Ok(read.and_then(|row| {
        let content = row.body.map(Content::Written).or_else(|| row.bytes.map(Content::Pdf))?;
        Some((row.title, content))
    }))
}

/// Adds a document; `false` where the meeting has too many.
pub async fn add_document(
    connection: &mut PgConnection,
    meeting: &Locked<Meeting>,
    kind: DocumentKind,
    title: &str,
    content: &Content,
    by: &SignedIn,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let (body, bytes) = match content {
        Content::Written(text) => (Some(text.as_str()), None),
        Content::Pdf(bytes) => (None, Some(bytes.as_slice())),
    };
    let hash = Sha256::digest(body.map_or_else(|| bytes.unwrap_or_default(), str::as_bytes)).to_vec();
    let done = sqlx::query!(
        "insert into meeting_document (id, congress_id, kind, title, body, bytes, sha256, at, by_account)
         select $2, $1, $3, $4, $5, $6, $7, $8, $9
         where (select count(*) from meeting_document where congress_id = $1) < $10",
        meeting.congress.0,
        MeetingDocumentId::random().0,
        kind.slug(),
        title,
        body,
        bytes,
        hash,
        now,
        by.account.0,
        MOST_DOCUMENTS
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Takes a document away, from the agenda too; its title.
pub async fn remove_document(
    connection: &mut PgConnection,
    meeting: &Locked<Meeting>,
    id: MeetingDocumentId,
) -> Result<Option<String>, Failure> {
    sqlx::query!(
        "update agenda_item set document_id = null where congress_id = $1 and document_id = $2",
        meeting.congress.0,
        id.0
    )
    .execute(&mut *connection)
    .await?;
    let title = sqlx::query_scalar!(
        "delete from meeting_document where congress_id = $1 and id = $2 returning title",
        meeting.congress.0,
        id.0
    );
    Ok(title.fetch_optional(connection).await?)
}
