//! Asking an OpenID server: what it says of itself, a code redeemed, and who it vouches for.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use time::Duration;

use super::{
    claims::{Ended, Expected, claim, joined},
    journey::Journey,
    keys::{Keys, SignedToken},
    paths::encoded,
    provider::{Endpoints, Provider},
    refusal::Refusal,
    server::CampusServer,
    state::{Campus, KNOWN_FOR},
    store::CampusSchool,
    vouchee::{Vouchee, sid_hash},
};
use crate::web::outgoing::Answer;

/// How long keys are taken for those of now where whoever sends a token is not known.
const KEYS_STAY: Duration = Duration::minutes(1);

/// The JSON of an answer; none but 200 counts.
fn json(answer: &Answer) -> Result<Value, Refusal> {
    if answer.status.is_server_error() {
        return Err(Refusal::InternalError);
    }
    if answer.status != 200 {
        return Err(Refusal::Unreadable);
    }
    serde_json::from_slice(&answer.body).map_err(|_| Refusal::Unreadable)
}

async fn ask(campus: &Campus, server: &CampusServer, url: &str) -> Result<Value, Refusal> {
    json(&campus.asks(server)?.get(url, None).await?)
}

async fn keys(campus: &Campus, server: &CampusServer, url: &str) -> Result<Keys, Refusal> {
    Keys::read(&ask(campus, server, url).await?).ok_or(Refusal::Unreadable)
}

/// What an issuer says of itself. One at a time asks it, and one that failed is left alone for a moment.
pub(super) async fn provider(campus: &Campus, server: &CampusServer) -> Result<Arc<Provider>, Refusal> {
    asked_within(campus, server, KNOWN_FOR).await
}

/// As [`provider`], where it was asked no longer ago than that.
async fn asked_within(campus: &Campus, server: &CampusServer, stays: Duration) -> Result<Arc<Provider>, Refusal> {
    let known = || campus.provider(server).filter(|known| campus.clock.now() - known.asked_at < stays);
    if let Some(known) = known() {
        return Ok(known);
    }
    let turn = campus.turn(server);
    let _alone = turn.lock().await;
    // Whoever asked meanwhile was told.
    if let Some(known) = known() {
        return Ok(known);
    }
    if let Some(why) = campus.failed_lately(server) {
        return Err(why);
    }
    let found = discover(campus, server).await;
    // Who had no place did not ask it.
    if let Err(why) = found
        && why != Refusal::Crowded
    {
        campus.remember_failure(server, why);
    }
    found
}

/// As [`provider`], asked anew.
pub(super) async fn discover(campus: &Campus, server: &CampusServer) -> Result<Arc<Provider>, Refusal> {
    let issuer = server.address.trim_end_matches('/');
    let said = ask(campus, server, &format!("{issuer}/.well-known/openid-configuration")).await?;
    let at = Endpoints::read(&said, server)?;
    let keys = keys(campus, server, &at.keys).await?;
    let provider = Provider { at, keys, asked_at: campus.clock.now() };
    Ok(campus.remember(server, provider))
}

fn form(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

/// Where a browser signs in; it comes back to `back`.
pub(super) async fn sign_in_url(
    campus: &Campus,
    server: &CampusServer,
    journey: &Journey,
    back: &str,
) -> Result<String, Refusal> {
    let client = server.client.as_ref().ok_or(Refusal::InvalidClient)?;
    let provider = provider(campus, server).await?;
    let query = form(&[
        ("response_type", "code"),
        ("client_id", &client.id),
        ("redirect_uri", back),
        ("scope", "openid profile"),
        ("state", &journey.state),
        ("nonce", &journey.nonce),
        ("code_challenge", &journey.challenge()),
        ("code_challenge_method", "S256"),
    ]);
    Ok(with_query(&provider.at.authorization, &query))
}

fn with_query(address: &str, query: &str) -> String {
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}{query}")
}

/// Where a browser ends its session there, where the server says so; it asks first, for nothing proves whose session it is.
pub(super) async fn sign_out_url(campus: &Campus, server: &CampusServer) -> Option<String> {
    let client = server.client.as_ref()?;
    let provider = provider(campus, server).await.ok()?;
    Some(with_query(provider.at.session_end.as_deref()?, &form(&[("client_id", &client.id)])))
}

/// A browser that came back with a code.
#[derive(Debug, Clone, Copy)]
pub(super) struct Return<'a> {
    pub code: &'a str,
    /// Who the answer says that it is from; empty where it does not say.
    pub issuer: &'a str,
    pub journey: &'a Journey,
    /// The address to which it came, as it was asked for.
    pub back: &'a str,
    /// The university's code.
    pub school: &'a str,
}

/// Redeems a code and asks who the person is, in one go: a second redemption would take the first one's token away.
pub(super) async fn redeem(campus: &Campus, school: &CampusSchool, came: Return<'_>) -> Result<Vouchee, Refusal> {
    let server = &school.server;
    let client = server.client.as_ref().ok_or(Refusal::InvalidClient)?;
    let provider = provider(campus, server).await?;
    let is_named = !came.issuer.is_empty();
    if (is_named || provider.at.names_itself) && came.issuer != server.address {
        return Err(Refusal::WrongIssuer);
    }
    let secret = campus.secret_key.open(school.institution, &client.secret).ok_or(Refusal::NoSecret)?;
    let mut pairs = vec![
        ("grant_type", "authorization_code"),
        ("code", came.code),
        ("redirect_uri", came.back),
        ("code_verifier", came.journey.verifier.as_str()),
    ];
    let mut header = None;
    if provider.at.takes_header {
        let pair = format!("{}:{}", encoded(&client.id), encoded(&secret));
        header = Some(format!("Basic {}", STANDARD.encode(pair)));
    } else {
        pairs.extend([("client_id", client.id.as_str()), ("client_secret", secret.as_str())]);
    }
    let answer = campus.asks(server)?.post(&provider.at.token, form(&pairs), header.as_deref()).await?;
    if answer.status.is_client_error() {
        let said: Value = serde_json::from_slice(&answer.body).map_err(|_| Refusal::Unreadable)?;
        return Err(Refusal::of_oidc(said.get("error").and_then(Value::as_str).unwrap_or_default()));
    }
    let tokens = json(&answer)?;
    let token =
        tokens.get("id_token").and_then(Value::as_str).and_then(SignedToken::read).ok_or(Refusal::Unreadable)?;
    let token = verified(campus, server, &provider, &token).await?;
    let now = campus.clock.now();
    let expected = Expected { issuer: &server.address, client: &client.id, nonce: &came.journey.nonce, now };
    let subject = expected.subject(&token)?;
    let ticket = claim(&token, "sid").map(|sid| sid_hash(came.school, &sid));
    // What the token says is enough; a server that does not say more loses nobody their sign-in.
    let access = tokens.get("access_token").and_then(Value::as_str);
    let person = match provider.at.person.as_deref().zip(access) {
        Some((url, access)) => about(campus, server, url, access).await,
        None => None,
    };
    let all = joined(token, person, &subject)?;
    let read = |name: &Option<String>| name.as_deref().and_then(|name| claim(&all, name));
    let number = if server.number_field.is_some() { read(&server.number_field) } else { Some(subject.clone()) };
    Ok(Vouchee { number, name: read(&server.name_field), subject, ticket })
}

async fn about(campus: &Campus, server: &CampusServer, url: &str, access: &str) -> Option<Value> {
    let bearer = format!("Bearer {access}");
    json(&campus.asks(server).ok()?.get(url, Some(&bearer)).await.ok()?).ok()
}

/// What a token claims that the server signed. Servers change their keys: unknown ones are asked for once.
async fn verified(
    campus: &Campus,
    server: &CampusServer,
    provider: &Provider,
    token: &SignedToken,
) -> Result<Value, Refusal> {
    if let Some(claims) = provider.keys.claims(token) {
        return Ok(claims);
    }
    let fresh = keys(campus, server, &provider.at.keys).await?;
    let claims = fresh.claims(token).ok_or(Refusal::BadSignature)?;
    campus.remember(server, Provider { keys: fresh, ..provider.clone() });
    Ok(claims)
}

/// Whose sessions a token ends that the server sent by itself. Anybody may send one: keys that may have changed are asked for
/// once a minute.
pub(super) async fn ended(campus: &Campus, school: &CampusSchool, token: &str) -> Result<Ended, Refusal> {
    let server = &school.server;
    let client = server.client.as_ref().ok_or(Refusal::InvalidClient)?;
    let token = SignedToken::read(token).ok_or(Refusal::Unreadable)?;
    let known = provider(campus, server).await?;
    let now = campus.clock.now();
    let claims = match known.keys.claims(&token) {
        Some(claims) => claims,
        None => asked_within(campus, server, KEYS_STAY).await?.keys.claims(&token).ok_or(Refusal::BadSignature)?,
    };
    Expected { issuer: &server.address, client: &client.id, nonce: "", now }.ended(&claims)
}
