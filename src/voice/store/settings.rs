//! SQL of how requests are handled, and of the offices that answer them.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    auth::acting::Acting,
    failure::Failure,
    ids::{InstitutionId, VoiceUnitId},
    office::{OfficeKind, SchoolLeague},
    rules::voice::Within,
    voice::request::{Settings, Unit},
};

/// How a university handles requests; what is usual, where it has not said.
pub async fn settings(connection: &mut PgConnection, institution: InstitutionId) -> Result<Settings, Failure> {
    let row = sqlx::query!(
        "select take_up_hours, answer_days, emergency from voice_setting where institution_id = $1",
        institution.0
    )
    .fetch_optional(connection)
    .await?;
    let unsigned = |number: i32| u32::try_from(number).unwrap_or(1);
    Ok(row.map_or_else(Settings::default, |row| Settings {
        within: Within { take_up_hours: unsigned(row.take_up_hours), answer_days: unsigned(row.answer_days) },
        emergency: row.emergency,
    }))
}

/// Sets how requests are handled from now on; due days that are set stay.
pub(in crate::voice) async fn set(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    settings: &Settings,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let signed = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    sqlx::query!(
        "insert into voice_setting (institution_id, take_up_hours, answer_days, emergency, kept_at, kept_by)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (institution_id) do update set take_up_hours = $2, answer_days = $3, emergency = $4, kept_at = $5,
                                                    kept_by = $6",
        acting.institution().0,
        signed(settings.within.take_up_hours),
        signed(settings.within.answer_days),
        settings.emergency,
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The offices that answer, by name.
pub async fn units(connection: &mut PgConnection, institution: InstitutionId) -> Result<Vec<Unit>, Failure> {
    let rows = sqlx::query!(
        r#"select id as "id: VoiceUnitId", name, duties, office from voice_unit
           where institution_id = $1 and ended_at is null order by name collate "C""#,
        institution.0
    )
    .fetch_all(connection)
    .await?;
    let unit = |id, name, duties, office: Option<String>| {
        Ok(Unit { id, name, duties, office: office.map(|slug| slug.parse()).transpose()? })
    };
    Ok(rows.into_iter().map(|row| unit(row.id, row.name, row.duties, row.office)).collect::<anyhow::Result<_>>()?)
}

/// An office that answers, about to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::voice) struct NewUnit {
    pub name: String,
    pub duties: String,
    pub office: Option<OfficeKind>,
}

/// Registers an office that answers; `false` where there is one of that name.
pub(in crate::voice) async fn add_unit(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    new: &NewUnit,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into voice_unit (id, institution_id, name, duties, office, made_at) values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing",
        VoiceUnitId::random().0,
        acting.institution().0,
        new.name,
        new.duties,
        new.office.map(OfficeKind::slug),
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Ends an office that answers; requests that are with it stay. Its name, or none where there is none.
pub(in crate::voice) async fn end_unit(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    id: VoiceUnitId,
    now: OffsetDateTime,
) -> Result<Option<String>, Failure> {
    let name = sqlx::query_scalar!(
        "update voice_unit set ended_at = $3 where id = $1 and institution_id = $2 and ended_at is null returning name",
        id.0,
        acting.institution().0,
        now
    );
    Ok(name.fetch_optional(connection).await?)
}
