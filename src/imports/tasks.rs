//! A file that was previewed and waits to be committed.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{paths::IMPORTS, rankings::are_unsaid};
use crate::{
    auth::person::SignedIn,
    failure::Failure,
    ids::ImportId,
    office::{Office, OfficeKind, Registrar},
    page::task::Task,
};

/// For whoever keeps the data.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    _now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    match &person.acting {
        Some(office) if Registrar::KINDS.contains(&office.kind) => {
            let mut tasks: Vec<Task> = previewed(&mut *connection, person).await?.into_iter().collect();
            if office.kind != OfficeKind::Administrator && are_unsaid(connection, person.institution).await? {
                let says = "确认以前导入的排名是什么口径".to_owned();
                tasks.push(Task::new(false, says, "导入时没有注明，一直按专业排名使用".to_owned(), IMPORTS.to_owned()));
            }
            Ok(tasks)
        }
        _ => Ok(Vec::new()),
    }
}

async fn previewed(connection: &mut PgConnection, person: &SignedIn) -> Result<Option<Task>, Failure> {
    let row = sqlx::query!(
        r#"select id as "id: ImportId", file_name from import
           where institution_id = $1 and by_account = $2 and state = 'previewed' order by at desc limit 1"#,
        person.institution.0,
        person.account.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| {
        Task::new(false, format!("确认导入“{}”", row.file_name), "已预览，还没有写入".to_owned(), row.id.path())
    }))
}
