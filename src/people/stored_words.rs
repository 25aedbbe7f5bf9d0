//! 政治面貌 and 民族 that were stored before the field's words and codes had one meaning, brought to the one form. The
//! program does it at every start: it knows the tables, and where nothing is to be done it reads a few words.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    audit::{self, Entry},
    code_words::{
        Fault,
        nationality::{self, Nationality},
        political::{self, Status},
    },
    failure::Failure,
    ids::InstitutionId,
    people::Verb,
};

/// Brings stored words to the one form; each university's record says how many were changed.
pub async fn unify(connection: &mut PgConnection, now: OffsetDateTime) -> Result<(), Failure> {
    let stored = sqlx::query!(
        r#"select institution_id as "institution!: InstitutionId", 'political' as "field!", political as "word!"
           from student where political is not null group by 1, 3
           union all
           select institution_id, 'ethnic', ethnic from student where ethnic is not null group by 1, 3"#
    )
    .fetch_all(&mut *connection)
    .await?;
    for row in stored {
        let is_political = row.field == "political";
        let read = if is_political {
            political::read(&row.word).map(|found| found.map(Status::label))
        } else {
            nationality::read(&row.word).map(|found| found.map(Nationality::label))
        };
        let becomes = match read {
            Ok(Some(same)) if same == row.word => continue,
            Ok(meant) => meant,
            // It leaves open what somebody is (积极分子): not known is the truth, and whoever is not known is asked about.
            Err(Fault::Open(_)) => None,
            Err(Fault::Strange(_)) => continue,
        };
        let changed = if is_political {
            sqlx::query!(
                "update student set political = $3 where institution_id = $1 and political = $2",
                row.institution.0,
                row.word,
                becomes
            )
            .execute(&mut *connection)
            .await?
        } else {
            sqlx::query!(
                "update student set ethnic = $3 where institution_id = $1 and ethnic = $2",
                row.institution.0,
                row.word,
                becomes
            )
            .execute(&mut *connection)
            .await?
        };
        // A word that says nothing is not repeated: it may be any text.
        let entry = Entry::new(Verb::StudentCorrected, if is_political { "政治面貌" } else { "民族" })
            .detail("原来写作", if becomes.is_some() { row.word.as_str() } else { "没有说明" })
            .detail("统一为", becomes.unwrap_or("未登记"))
            .detail("人数", changed.rows_affected().to_string());
        audit::append_by_operator(connection, row.institution, entry, now).await?;
    }
    Ok(())
}
