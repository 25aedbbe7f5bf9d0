//! Scanned papers of the demo: a blank sheet that says that it is an example.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    failure::Failure,
    ids::{DocumentId, InstitutionId},
};

/// Puts a paper on file in the name of the School Youth League committee.
pub(super) async fn paper(
    db: &mut PgConnection,
    institution: InstitutionId,
    name: &str,
    now: OffsetDateTime,
) -> Result<DocumentId, Failure> {
    let (id, bytes) = (DocumentId::random(), sheet());
    sqlx::query!(
        "insert into document (id, institution_id, name, media, bytes, sha256, at, by_account)
         select $1, $2, $3, 'application/pdf', $4, $5, $6, o.account_id from office o
         where o.institution_id = $2 and o.kind = 'school_league' order by o.granted_at, o.id limit 1",
        id.0,
        institution.0,
        name,
        &bytes,
        Sha256::digest(&bytes).to_vec(),
        now
    )
    .execute(db)
    .await?;
    Ok(id)
}

/// One sheet of A4 as PDF, with the words that every reader has a font for.
fn sheet() -> Vec<u8> {
    let words = "BT /F1 20 Tf 72 740 Td (Sample document of the demo) Tj ET";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{words}\nendstream", words.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let (mut file, mut starts) = ("%PDF-1.4\n".to_owned(), Vec::new());
    for (number, object) in (1..).zip(&objects) {
        starts.push(file.len());
        let _ = write!(file, "{number} 0 obj\n{object}\nendobj\n");
    }
    let table = file.len();
    let _ = write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for start in starts {
        let _ = writeln!(file, "{start:010} 00000 n ");
    }
    let _ = write!(file, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1);
    file.into_bytes()
}
