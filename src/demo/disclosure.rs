//! The demo's public account: last year's, signed by two and published.

use sqlx::{PgConnection, types::Json};
use time::{Duration, OffsetDateTime};

use crate::{
    disclosure::live,
    failure::Failure,
    ids::{DisclosureId, InstitutionId},
    rules::{disclosure::lists, yearly::academic_year},
};

/// Loads the account of the academic year before, as the unions stand today.
pub(super) async fn load_disclosure(
    db: &mut PgConnection,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let (Some(list), today) = (lists().first(), now.date()) else { return Ok(()) };
    let year = academic_year(today) - 1;
    let gathered = live::gather(&mut *db, institution, None, year, list, today).await?;
    let mut content = gathered.assemble();
    content.day = today - Duration::days(170);
    sqlx::query!(
        "with first as (select account_id from office where institution_id = $2 and kind = 'school_league'
                        order by granted_at, id limit 1),
              second as (select account_id from office where institution_id = $2 and kind = 'school_party'
                         order by granted_at, id limit 1)
         insert into disclosure (id, institution_id, academic_year, form, form_version, stage, made_at, made_by, content,
                                 signed_at, signed_by, signed_office, published_at, published_by, published_office)
         select $1, $2, $3, $4, $5, 'published', $6, first.account_id, $7, $8, first.account_id, '校团委', $9,
                second.account_id, '学校党委'
         from first, second where first.account_id <> second.account_id",
        DisclosureId::random().0,
        institution.0,
        i16::try_from(year).unwrap_or(i16::MAX),
        list.code,
        list.version,
        now - Duration::days(185),
        Json(&content) as _,
        now - Duration::days(170),
        now - Duration::days(165)
    )
    .execute(db)
    .await?;
    Ok(())
}
