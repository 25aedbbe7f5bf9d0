//! What an OpenID server says of itself, read leniently.

use serde_json::Value;
use time::OffsetDateTime;

use super::{
    keys::Keys,
    refusal::Refusal,
    server::{CampusServer, may_be_asked},
};

/// The addresses of a server, each of which may be asked.
#[derive(Debug, Clone)]
pub struct Endpoints {
    pub authorization: String,
    pub token: String,
    /// Where it says more of a person.
    pub person: Option<String>,
    pub keys: String,
    /// Where a browser ends its session there.
    pub session_end: Option<String>,
    /// It takes the client's secret in a header, as every server must; else in the form.
    pub takes_header: bool,
    /// It says in each answer who it is (RFC 9207).
    pub names_itself: bool,
}

impl Endpoints {
    /// Reads what a server says of itself: it must be the issuer that is set, to the slash.
    pub fn read(said: &Value, server: &CampusServer) -> Result<Self, Refusal> {
        if said.get("issuer").and_then(Value::as_str) != Some(server.address.as_str()) {
            return Err(Refusal::WrongIssuer);
        }
        let endpoint = |name| {
            let url = said.get(name).and_then(Value::as_str)?;
            may_be_asked(url, &server.address, server.plain_allowed).then(|| url.to_owned())
        };
        let needed = |name| endpoint(name).ok_or(Refusal::Unreadable);
        let ways = said.get("token_endpoint_auth_methods_supported").and_then(Value::as_array);
        let takes = |way: &str| ways.is_some_and(|ways| ways.iter().any(|known| known == way));
        Ok(Self {
            authorization: needed("authorization_endpoint")?,
            token: needed("token_endpoint")?,
            person: endpoint("userinfo_endpoint"),
            keys: needed("jwks_uri")?,
            session_end: endpoint("end_session_endpoint"),
            takes_header: takes("client_secret_basic") || !takes("client_secret_post"),
            names_itself: said.get("authorization_response_iss_parameter_supported") == Some(&Value::Bool(true)),
        })
    }
}

/// A server as it was asked lately.
#[derive(Debug, Clone)]
pub(super) struct Provider {
    pub at: Endpoints,
    pub keys: Keys,
    pub asked_at: OffsetDateTime,
}
