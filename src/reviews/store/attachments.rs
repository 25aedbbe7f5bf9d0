//! SQL of the files that go with an officer's report.

use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    database::Locked,
    failure::Failure,
    ids::{AttachmentId, ReviewId},
    reviews::review::Review,
    unions::documents::Scan,
};

/// The most files of a report.
pub const MOST_ATTACHMENTS: i64 = 3;

/// A file of a report.
#[derive(Debug, Clone)]
pub struct Attachment {
    pub id: AttachmentId,
    pub name: String,
    /// In bytes.
    pub size: i32,
}

impl Attachment {
    /// Its size in words: `1.2 MB`, `36 KB`.
    #[must_use]
    pub fn size_in_words(&self) -> String {
        let kilobytes = u64::try_from(self.size).unwrap_or(0).div_ceil(1024);
        if kilobytes < 1024 {
            format!("{kilobytes} KB")
        } else {
            let tenths = kilobytes * 10 / 1024;
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

/// The files of a person's report in the order in which they came.
pub async fn attachments(
    connection: &mut PgConnection,
    review: ReviewId,
    person: i16,
) -> Result<Vec<Attachment>, Failure> {
    let rows = sqlx::query_as!(
        Attachment,
        r#"select id as "id: AttachmentId", name, length(bytes) as "size!" from review_attachment
           where review_id = $1 and person = $2 order by at, id"#,
        review.0,
        person
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Adds a file to a report that is being written; `false` where it is handed in, or has as many as it may.
pub async fn attach(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    person: i16,
    scan: &Scan,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into review_attachment (id, review_id, person, name, media, bytes, sha256, at)
         select $1, p.review_id, p.place, $4, $5, $6, $7, $8 from review_person p join review r on r.id = p.review_id
         where p.review_id = $2 and p.place = $3 and p.report_state <> 'handed' and p.excused_why is null
               and r.stage in ('reporting', 'confirmed')
               and (select count(*) from review_attachment a where a.review_id = $2 and a.person = $3) < $9",
        AttachmentId::random().0,
        review.id.0,
        person,
        scan.name(),
        scan.media(),
        scan.bytes(),
        Sha256::digest(scan.bytes()).to_vec(),
        now,
        MOST_ATTACHMENTS
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Takes a file away from a report that is being written; `false` where it is handed in or there is none.
pub async fn detach(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    person: i16,
    id: AttachmentId,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "delete from review_attachment a using review_person p
         where a.id = $3 and a.review_id = $1 and a.person = $2 and p.review_id = a.review_id and p.place = a.person
               and p.report_state <> 'handed'",
        review.id.0,
        person,
        id.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A file of a person's report.
pub async fn attachment(
    connection: &mut PgConnection,
    review: ReviewId,
    person: i16,
    id: AttachmentId,
) -> Result<Option<Scan>, Failure> {
    let row = sqlx::query!(
        "select name, bytes from review_attachment where id = $1 and review_id = $2 and person = $3",
        id.0,
        review.0,
        person
    );
    let row = row.fetch_optional(connection).await?;
    Ok(row.and_then(|row| Scan::read(&row.name, &row.bytes).ok()))
}
