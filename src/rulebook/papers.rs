//! 方案原件: the document from which a plan was taken, kept beside its version and offered beside each quotation.

use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{paths::document_path, store::PlansOf};
use crate::{
    auth::person::SignedIn,
    database::Locked,
    failure::Failure,
    ids::{InstitutionId, PlanDocumentId, PlanVersionId},
    web::media,
};

/// The largest document, in bytes.
const LARGEST: usize = 8 * 1024 * 1024;
/// The most documents beside one version: a plan, its annexes, a scan page by page.
pub(super) const MOST: usize = 12;
/// The most with those that others took the place of, which stay on record.
pub(super) const MOST_KEPT: usize = 40;
/// What a document without a name is called.
pub(super) const UNNAMED: &str = "方案原件";

/// A document as the pages list it.
#[derive(Debug)]
pub struct PaperRow {
    pub id: PlanDocumentId,
    pub name: String,
    pub at: OffsetDateTime,
    /// When another took its place; it stays on record and is offered beside no quotation any more.
    pub replaced_at: Option<OffsetDateTime>,
    /// Why; empty where none has.
    pub replaced_why: String,
}

impl PaperRow {
    /// It is offered beside quotations.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.replaced_at.is_none()
    }

    #[must_use]
    pub fn path(&self) -> String {
        document_path(self.id)
    }
}

/// A document that another takes the place of.
#[derive(Debug)]
pub(super) struct Replaced {
    pub document: PlanDocumentId,
    pub why: String,
}

/// A document that may be kept.
#[derive(Debug)]
pub(super) struct Paper {
    pub name: String,
    pub sha256: Vec<u8>,
    media: &'static str,
}

impl Paper {
    /// Takes a file by its first bytes, whatever its name says.
    ///
    /// # Errors
    /// Why it cannot be kept, in Chinese.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, &'static str> {
        if bytes.is_empty() {
            return Err("请选择文件");
        }
        let media = media::document(bytes).ok_or("请上传 PDF、Word（.docx）或 JPG、PNG 格式的扫描件")?;
        if bytes.len() > LARGEST {
            return Err("原件不能超过 8 MB");
        }
        let name = if name.is_empty() { UNNAMED.to_owned() } else { name.chars().take(100).collect() };
        Ok(Self { name, sha256: Sha256::digest(bytes).to_vec(), media })
    }
}

/// The documents that a university keeps beside a version, the first one in front.
pub async fn papers(
    connection: &mut PgConnection,
    institution: InstitutionId,
    version: PlanVersionId,
) -> Result<Vec<PaperRow>, Failure> {
    let rows = sqlx::query_as!(
        PaperRow,
        r#"select id as "id: PlanDocumentId", name, at, replaced_at, coalesce(replaced_why, '') as "replaced_why!"
           from plan_document
           where institution_id = $1 and plan_version_id = $2 order by at, id"#,
        institution.0,
        version.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A document that is kept.
pub(super) struct KeptPaper {
    pub name: String,
    pub media: String,
    pub bytes: Vec<u8>,
    /// No other took its place.
    pub stands: bool,
}

/// A document that a university keeps.
pub(super) async fn kept(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: PlanDocumentId,
) -> Result<Option<KeptPaper>, Failure> {
    let paper = sqlx::query_as!(
        KeptPaper,
        r#"select name, media, bytes, replaced_at is null as "stands!"
           from plan_document where id = $1 and institution_id = $2"#,
        id.0,
        institution.0
    );
    Ok(paper.fetch_optional(connection).await?)
}

/// Keeps a document; whether it is new beside that version.
pub(super) async fn keep(
    connection: &mut PgConnection,
    plans: &Locked<PlansOf>,
    by: &SignedIn,
    version: PlanVersionId,
    paper: &Paper,
    bytes: &[u8],
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let kept = sqlx::query!(
        "insert into plan_document (id, institution_id, plan_version_id, name, media, bytes, sha256, at, by_account)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict on constraint plan_document_once do nothing",
        PlanDocumentId::random().0,
        plans.0.0,
        version.0,
        paper.name,
        paper.media,
        bytes,
        paper.sha256,
        now,
        by.account.0
    )
    .execute(connection)
    .await?;
    Ok(kept.rows_affected() == 1)
}

/// The university went by the version, or goes by it: who judged by it must find its document again.
pub(super) async fn is_adopted(
    connection: &mut PgConnection,
    institution: InstitutionId,
    version: PlanVersionId,
) -> Result<bool, Failure> {
    let adopted = sqlx::query_scalar!(
        r#"select exists (select from standing_adoption where institution_id = $1 and plan_version_id = $2) as "is!""#,
        institution.0,
        version.0
    );
    Ok(adopted.fetch_one(connection).await?)
}

/// A document takes the place of another, which stays on record; `false` where that one does not stand beside the version.
pub(super) async fn replace(
    connection: &mut PgConnection,
    plans: &Locked<PlansOf>,
    by: &SignedIn,
    version: PlanVersionId,
    wrong: &Replaced,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let replaced = sqlx::query!(
        "update plan_document set replaced_at = $4, replaced_by = $5, replaced_why = $6
         where id = $1 and institution_id = $2 and plan_version_id = $3 and replaced_at is null",
        wrong.document.0,
        plans.0.0,
        version.0,
        now,
        by.account.0,
        wrong.why
    )
    .execute(connection)
    .await?;
    Ok(replaced.rows_affected() == 1)
}

/// Takes a document away; its hash where it stood beside that version.
pub(super) async fn remove(
    connection: &mut PgConnection,
    plans: &Locked<PlansOf>,
    version: PlanVersionId,
    id: PlanDocumentId,
) -> Result<Option<Vec<u8>>, Failure> {
    let hash = sqlx::query_scalar!(
        "delete from plan_document where id = $1 and institution_id = $2 and plan_version_id = $3 returning sha256",
        id.0,
        plans.0.0,
        version.0
    );
    Ok(hash.fetch_optional(connection).await?)
}
