//! SQL of how a university controls its unions' matters.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    auth::acting::Acting,
    failure::Failure,
    ids::{GroundId, InstitutionId},
    matters::scheme::{Control, Level, ListedGround, Scheme, USUAL_GROUNDS},
    office::SchoolLeague,
    rules::matters::{Ground, MatterKind, Measure, Step},
};

/// What a university set, the defaults where it set nothing.
pub async fn control(connection: &mut PgConnection, institution: InstitutionId) -> Result<Control, Failure> {
    let rows = sqlx::query!(
        "select kind, level, steps, lead_days, large_days from matter_scheme where institution_id = $1",
        institution.0
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut set = Vec::new();
    for row in rows {
        set.push(Scheme {
            kind: row.kind.parse()?,
            level: row.level.parse()?,
            steps: row.steps.iter().map(|step| step.parse()).collect::<anyhow::Result<Vec<Step>>>()?,
            lead_days: u32::try_from(row.lead_days).map_err(anyhow::Error::new)?,
            large_days: u32::try_from(row.large_days).map_err(anyhow::Error::new)?,
            is_default: false,
        });
    }
    let mut schemes = Vec::new();
    for level in Level::ALL {
        for kind in MatterKind::ALL {
            let own = set.iter().find(|one| one.kind == *kind && one.level == *level);
            schemes.push(own.cloned().unwrap_or_else(|| Scheme::usual(*kind, *level)));
        }
    }
    Ok(Control { schemes, grounds: grounds(connection, institution).await? })
}

async fn grounds(connection: &mut PgConnection, institution: InstitutionId) -> Result<Vec<ListedGround>, Failure> {
    let rows = sqlx::query!(
        r#"select id as "id: GroundId", slug, measure, label, threshold, dropped from report_ground
           where institution_id = $1 order by kept_at, id"#,
        institution.0
    )
    .fetch_all(connection)
    .await?;
    let untouched =
        USUAL_GROUNDS.iter().filter(|usual| !rows.iter().any(|row| row.slug.as_deref() == Some(usual.slug)));
    let mut listed: Vec<ListedGround> = untouched
        .map(|usual| ListedGround {
            id: None,
            slug: Some(usual.slug.to_owned()),
            ground: Ground { measure: usual.measure, label: usual.label.to_owned(), threshold: usual.threshold },
        })
        .collect();
    for row in rows.into_iter().filter(|row| !row.dropped) {
        let ground = Ground { measure: row.measure.parse()?, label: row.label, threshold: row.threshold };
        listed.push(ListedGround { id: Some(row.id), slug: row.slug, ground });
    }
    listed.sort_by_key(|one| Measure::ALL.iter().position(|measure| *measure == one.ground.measure));
    Ok(listed)
}

/// Sets how a kind of matter of a level is controlled.
pub async fn keep_scheme(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    scheme: &Scheme,
) -> Result<(), Failure> {
    let steps: Vec<String> = scheme.steps.iter().map(|step| step.slug().to_owned()).collect();
    sqlx::query!(
        "insert into matter_scheme (institution_id, kind, level, steps, lead_days, large_days)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (institution_id, kind, level)
         do update set steps = excluded.steps, lead_days = excluded.lead_days, large_days = excluded.large_days",
        acting.institution().0,
        scheme.kind.slug(),
        scheme.level.slug(),
        &steps,
        i32::try_from(scheme.lead_days).unwrap_or(i32::MAX),
        i32::try_from(scheme.large_days).unwrap_or(i32::MAX)
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A ground that the committee adds or changes.
#[derive(Debug, Clone)]
pub struct NewGround {
    /// The default whose place it takes.
    pub slug: Option<String>,
    pub ground: Ground,
}

/// Adds a ground, or one in the place of a default.
pub async fn keep_ground(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    new: &NewGround,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into report_ground (id, institution_id, slug, measure, label, threshold, kept_at, by_account)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (institution_id, slug)
         do update set threshold = excluded.threshold, dropped = false, kept_at = excluded.kept_at,
                       by_account = excluded.by_account",
        GroundId::random().0,
        acting.institution().0,
        new.slug,
        new.ground.measure.slug(),
        new.ground.label,
        new.ground.threshold,
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes a ground off the list; a default stays known as dropped. `false` where it is not on it.
pub async fn drop_ground(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    listed: &ListedGround,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let dropped = if let Some(id) = listed.id {
        sqlx::query!(
            "update report_ground set dropped = true, kept_at = $3, by_account = $4
             where id = $1 and institution_id = $2 and not dropped",
            id.0,
            acting.institution().0,
            now,
            acting.person().account.0
        )
        .execute(connection)
        .await?
    } else {
        sqlx::query!(
            "insert into report_ground (id, institution_id, slug, measure, label, threshold, dropped, kept_at, by_account)
             values ($1, $2, $3, $4, $5, $6, true, $7, $8) on conflict (institution_id, slug) do nothing",
            GroundId::random().0,
            acting.institution().0,
            listed.slug,
            listed.ground.measure.slug(),
            listed.ground.label,
            listed.ground.threshold,
            now,
            acting.person().account.0
        )
        .execute(connection)
        .await?
    };
    Ok(dropped.rows_affected() == 1)
}
