//! Asking a CAS server about a ticket.

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
    // A server without version 3 says that there is no such page, or that it is forbidden, or sends to its sign-in page, or shows
    // it: it has not looked at the ticket. Of a ticket that is no good it says so with 200, in a response of the protocol.
    let is_other_page = answer.status.is_success() && !cas::is_response(&answer.body);
    if answer.status.is_client_error() || answer.status.is_redirection() || is_other_page {
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
