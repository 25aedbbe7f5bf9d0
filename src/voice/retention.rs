//! What goes of requests when somebody is erased.

use sqlx::PgConnection;

use crate::{failure::Failure, ids::VoiceRequestId, inbox, people::retention::ErasedPeople};

/// The words and pictures of what those accounts asked, in notices too; that there was a request and how it was handled stays.
/// Of anonymous ones nobody knows whose they are.
pub async fn erase(connection: &mut PgConnection, gone: ErasedPeople<'_>) -> Result<(), Failure> {
    let own = sqlx::query_scalar!(
        r#"select id as "id: VoiceRequestId" from voice_request where account_id = any($1)"#,
        gone.accounts
    )
    .fetch_all(&mut *connection)
    .await?;
    let pages: Vec<String> = own.into_iter().flat_map(|id| [id.path(), id.desk_path()]).collect();
    inbox::take_back_of_requests(connection, &pages).await?;
    sqlx::query!(
        "delete from voice_picture p using voice_request q where q.id = p.request_id and q.account_id = any($1)",
        gone.accounts
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update voice_event e set says = '' from voice_request q
         where q.id = e.request_id and q.account_id = any($1)",
        gone.accounts
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update voice_request set title = '已删除', says = '已删除', place = '', is_public = false,
                                  answer = case when answer is not null then '已删除' end,
                                  remark = case when remark is not null then '已删除' end
         where account_id = any($1)",
        gone.accounts
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from face_seat where account_id = any($1)", gone.accounts).execute(&mut *connection).await?;
    sqlx::query!("delete from voice_support where account_id = any($1)", gone.accounts).execute(connection).await?;
    Ok(())
}
