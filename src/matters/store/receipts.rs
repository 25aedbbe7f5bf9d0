//! SQL of the scans of receipts beside a settlement.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    auth::person::SignedIn,
    database::Locked,
    failure::Failure,
    ids::{DocumentId, MatterId, ReceiptId},
    matters::matter::{Matter, Receipt},
};

/// The most scans of one matter.
pub const MOST_RECEIPTS: usize = 40;

/// The scans of a matter's receipts, by the line that each is for.
pub async fn receipts(connection: &mut PgConnection, id: MatterId) -> Result<Vec<Receipt>, Failure> {
    let rows = sqlx::query!(
        r#"select r.id as "id: ReceiptId", r.place, r.document_id as "document: DocumentId", d.name
           from matter_receipt r join document d on d.id = r.document_id
           where r.matter_id = $1 order by r.place, r.at, r.id"#,
        id.0
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| Receipt {
        id: row.id,
        place: usize::try_from(row.place).unwrap_or_default(),
        name: row.name,
        document: row.document,
    });
    Ok(read.collect())
}

/// Adds a scan to a line; `false` where the matter is not being settled, has no such line, or has enough of them.
pub async fn attach(
    connection: &mut PgConnection,
    matter: &Locked<Matter>,
    person: &SignedIn,
    place: usize,
    document: DocumentId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into matter_receipt (id, matter_id, place, document_id, at, by_account)
         select $2, l.matter_id, l.place, $4, $5, $6 from matter_line l join matter q on q.id = l.matter_id
         where q.id = $1 and q.stage = 'begun' and l.place = $3
               and (select count(*) from matter_receipt r where r.matter_id = $1) < $7",
        matter.id.0,
        ReceiptId::random().0,
        i32::try_from(place).unwrap_or(i32::MAX),
        document.0,
        now,
        person.account.0,
        i64::try_from(MOST_RECEIPTS).unwrap_or(i64::MAX)
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Takes a scan away, and its file with it; `false` where it is not there, or the matter is closed.
pub async fn detach(connection: &mut PgConnection, matter: &Locked<Matter>, id: ReceiptId) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "with gone as (delete from matter_receipt r using matter q
                       where r.id = $2 and r.matter_id = $1 and q.id = r.matter_id and q.stage = 'begun'
                       returning r.document_id)
         delete from document d using gone where d.id = gone.document_id",
        matter.id.0,
        id.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}
