//! Scans of signed decisions: taken in as they are, handed out as files to save and never shown as pages.

use axum::{
    extract::{Path, State},
    response::Response,
};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::{store, union::StudentUnion};
use crate::{
    app::App,
    auth::{acting::Acting, person::SignedIn},
    failure::Failure,
    ids::{DocumentId, InstitutionId, UnionId},
    office::UnionReader,
    web::{self, media},
};

/// The largest scan, in bytes.
pub const LARGEST: usize = 8 * 1024 * 1024;
/// How long a scan that no act refers to is kept: its form may come back filled in.
const KEPT: Duration = Duration::days(1);

/// A scan to be kept.
#[derive(Debug)]
pub struct Scan {
    name: String,
    media: &'static str,
    bytes: Vec<u8>,
}

impl Scan {
    /// Takes a file by its first bytes, whatever its name says.
    ///
    /// # Errors
    /// Why it cannot be kept, in Chinese.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, &'static str> {
        if bytes.is_empty() {
            return Err("文件是空的");
        }
        let media = media::scan(bytes).ok_or("请上传 PDF、JPG 或 PNG 格式的扫描件")?;
        if bytes.len() > LARGEST {
            return Err("扫描件不能超过 8 MB");
        }
        let name = if name.is_empty() { "扫描件".to_owned() } else { name.chars().take(100).collect() };
        Ok(Self { name, media, bytes: bytes.to_vec() })
    }
}

impl Scan {
    /// As its sender called it, at most 100 characters.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    #[must_use]
    pub fn media(&self) -> &'static str {
        self.media
    }

    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The scan as a file to save.
    #[must_use]
    pub fn into_download(self) -> Response {
        handed_out(&self.name, self.media, self.bytes)
    }
}

/// Keeps a scan and deletes those that no act referred to within a day.
pub async fn keep(
    connection: &mut PgConnection,
    person: &SignedIn,
    scan: &Scan,
    now: OffsetDateTime,
) -> Result<DocumentId, Failure> {
    sqlx::query!(
        "delete from document d where d.at < $1 and not exists (select from union_fact f where f.document_id = d.id)
                and not exists (select from roster_draft r where r.document_id = d.id)
                and not exists (select from delegate_report r where r.document_id = d.id)
                and not exists (select from congress_step s where s.document_id = d.id)
                and not exists (select from congress_rules r where r.document_id = d.id)
                and not exists (select from congress g where g.document_id = d.id)
                and not exists (select from union_constitution c where c.document_id = d.id)
                and not exists (select from guidance_record r where r.document_id = d.id)
                and not exists (select from matter_receipt r where r.document_id = d.id)",
        now - KEPT
    )
    .execute(&mut *connection)
    .await?;
    let id = DocumentId::random();
    sqlx::query!(
        "insert into document (id, institution_id, name, media, bytes, sha256, at, by_account)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        person.institution.0,
        scan.name,
        scan.media,
        scan.bytes,
        Sha256::digest(&scan.bytes).to_vec(),
        now,
        person.account.0
    )
    .execute(connection)
    .await?;
    Ok(id)
}

/// The name of a scan that the person took in themselves a moment ago, for a form that comes back.
pub async fn own(
    connection: &mut PgConnection,
    person: &SignedIn,
    id: DocumentId,
) -> Result<Option<(DocumentId, String)>, Failure> {
    let name = sqlx::query_scalar!(
        "select name from document where id = $1 and institution_id = $2 and by_account = $3",
        id.0,
        person.institution.0,
        person.account.0
    );
    Ok(name.fetch_optional(connection).await?.map(|name| (id, name)))
}

async fn union_of(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: DocumentId,
) -> Result<Vec<StudentUnion>, Failure> {
    let ids = sqlx::query_scalar!(
        r#"select f.union_id as "id!: UnionId" from union_fact f join document d on d.id = f.document_id
           where d.id = $1 and d.institution_id = $2
           union
           select c.union_id from union_constitution c join document d on d.id = c.document_id
           where d.id = $1 and d.institution_id = $2"#,
        id.0,
        institution.0
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut unions = Vec::new();
    for id in ids {
        unions.extend(store::list(connection, institution, Some(id)).await?);
    }
    Ok(unions)
}

/// A scan as a file to save: no folder in its name, and the ending of what it is, whatever its sender called it.
pub(crate) fn handed_out(name: &str, media: &str, bytes: Vec<u8>) -> Response {
    web::file(media, &media::saved_name(name, media, "扫描件"), "scan", bytes)
}

/// Only for an office that sees a union whose act rests on the scan.
pub(super) async fn download(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<DocumentId>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let unions = union_of(&mut db, acting.institution(), id).await?;
    if !unions.iter().any(|union| union.is_visible_to(acting.office())) {
        return Err(Failure::Missing);
    }
    saved(&mut db, id).await
}

/// A scan on file. The caller has asked whether the office sees what it belongs to.
pub(crate) async fn scan(connection: &mut PgConnection, id: DocumentId) -> Result<Option<Scan>, Failure> {
    let row = sqlx::query!("select name, bytes from document where id = $1", id.0).fetch_optional(connection).await?;
    Ok(row.and_then(|row| Scan::read(&row.name, &row.bytes).ok()))
}

/// A scan as a file to save. The caller has asked whether the office sees what it belongs to.
pub(crate) async fn saved(connection: &mut PgConnection, id: DocumentId) -> Result<Response, Failure> {
    let row = sqlx::query!("select name, media, bytes from document where id = $1", id.0).fetch_one(connection).await?;
    Ok(handed_out(&row.name, &row.media, row.bytes))
}
