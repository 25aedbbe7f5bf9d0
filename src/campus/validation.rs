//! Asking a CAS server about a ticket.

use axum::http::StatusCode;

use super::{cas, refusal::Refusal, server::CampusServer, state::Campus};

/// Asks a CAS server about a ticket: by version 3, and by version 2 where it has no other.
pub(super) async fn validate(
    campus: &Campus,
    server: &CampusServer,
    service: &str,
    ticket: &str,
) -> Result<cas::CasPerson, Refusal> {
    let asks = campus.asks(server)?;
    let mut answer = asks.get(&cas::validation_url(server, "3", service, ticket), None).await?;
    if answer.status == StatusCode::NOT_FOUND {
        answer = asks.get(&cas::validation_url(server, "2", service, ticket), None).await?;
    }
    if answer.status.is_server_error() {
        return Err(Refusal::InternalError);
    }
    if !answer.status.is_success() {
        return Err(Refusal::Unreadable);
    }
    cas::answer(&answer.body)
}
