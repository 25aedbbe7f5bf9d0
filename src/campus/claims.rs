//! What an OpenID server says of a person, read from the JSON by names: an odd claim refuses nobody.

use serde_json::Value;
use time::OffsetDateTime;

use super::refusal::Refusal;

/// By how much the server's clock may be off.
const LEEWAY: i64 = 120;

/// A value as text: a string, a whole number, or the first of several.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => {
            let text = text.trim();
            (!text.is_empty() && !text.eq_ignore_ascii_case("none")).then(|| text.to_owned())
        }
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        Value::Array(values) => values.iter().find_map(text_of),
        _ => None,
    }
}

/// A claim by its name; a name with dots leads into objects where no claim has the whole of it.
#[must_use]
pub fn claim(json: &Value, name: &str) -> Option<String> {
    if let Some(value) = json.get(name) {
        return text_of(value);
    }
    let inside = name.split('.').try_fold(json, |inside, part| inside.get(part))?;
    text_of(inside)
}

/// A moment in seconds; some servers write a string or a fraction.
fn moment(json: &Value, name: &str) -> Option<i64> {
    let value = json.get(name)?;
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    text.split('.').next()?.parse().ok()
}

/// What a logout token has among its events.
const LOGOUT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// How long after it was issued a logout token is taken, in seconds.
const LOGOUT_WITHIN: i64 = 600;

/// Whose sessions a logout token ends.
#[derive(Debug, PartialEq, Eq)]
pub struct Ended {
    /// The one session; without it all of the subject's.
    pub sid: Option<String>,
    pub subject: Option<String>,
    /// The token's own id, which every one has: by it one that is sent once more is known.
    pub id: String,
}

/// What a token must be for.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client: &'a str,
    pub nonce: &'a str,
    pub now: OffsetDateTime,
}

impl Expected<'_> {
    /// Looks at the claims of a token whose signature is right, and gives the subject.
    pub fn subject(&self, claims: &Value) -> Result<String, Refusal> {
        if claims.get("iss").and_then(Value::as_str) != Some(self.issuer) {
            return Err(Refusal::WrongIssuer);
        }
        if !self.is_for_us(claims) || claims.get("nonce").and_then(Value::as_str) != Some(self.nonce) {
            return Err(Refusal::NotForUs);
        }
        let now = self.now.unix_timestamp();
        // A number that is far off must not overflow.
        let ends = moment(claims, "exp").is_some_and(|end| end.saturating_add(LEEWAY) > now);
        let from_later = |name| moment(claims, name).is_some_and(|from| from.saturating_sub(LEEWAY) > now);
        if !ends || from_later("iat") || from_later("nbf") {
            return Err(Refusal::OutOfTime);
        }
        claim(claims, "sub").ok_or(Refusal::Unreadable)
    }

    /// Looks at the claims of a logout token whose signature is right. An ID token is none: it has a nonce, and no such event.
    pub fn ended(&self, claims: &Value) -> Result<Ended, Refusal> {
        if claims.get("iss").and_then(Value::as_str) != Some(self.issuer) {
            return Err(Refusal::WrongIssuer);
        }
        let is_logout = claims.get("events").is_some_and(|events| events.get(LOGOUT).is_some());
        if !is_logout || claims.get("nonce").is_some() || !self.is_for_us(claims) {
            return Err(Refusal::NotForUs);
        }
        let now = self.now.unix_timestamp();
        let is_of_now = |at: i64| (now - LOGOUT_WITHIN..=now + LEEWAY).contains(&at);
        let ended = moment(claims, "exp").is_some_and(|end| end.saturating_add(LEEWAY) <= now);
        if ended || !moment(claims, "iat").is_some_and(is_of_now) {
            return Err(Refusal::OutOfTime);
        }
        let read = |name| claim(claims, name);
        let (sid, subject) = (read("sid"), read("sub"));
        match read("jti") {
            Some(id) if sid.is_some() || subject.is_some() => Ok(Ended { sid, subject, id }),
            _ => Err(Refusal::Unreadable),
        }
    }

    /// We are the audience, or one of several and the party that asked.
    fn is_for_us(&self, claims: &Value) -> bool {
        let party = claims.get("azp").and_then(Value::as_str);
        match claims.get("aud") {
            Some(Value::String(audience)) => audience == self.client && party.is_none_or(|party| party == self.client),
            Some(Value::Array(all)) => {
                let among = all.iter().any(|audience| audience == self.client);
                among
                    && if all.len() > 1 { party == Some(self.client) } else { party.is_none_or(|it| it == self.client) }
            }
            _ => false,
        }
    }
}

/// What the token and the answer about the person say together; of a claim in both, the answer's counts. An answer that does
/// not say whom it is about may be about another: it says what the token does not, and never otherwise.
///
/// # Errors
/// Where the answer is about somebody else.
pub fn joined(token: Value, answer: Option<Value>, subject: &str) -> Result<Value, Refusal> {
    let (Value::Object(mut all), Some(Value::Object(answer))) = (token.clone(), answer) else { return Ok(token) };
    match answer.get("sub").and_then(text_of) {
        Some(about) if about != subject => return Err(Refusal::NotForUs),
        Some(_) => all.extend(answer),
        None => {
            let lacking = answer.into_iter().filter(|(name, _)| claim(&token, name).is_none());
            for (name, value) in lacking {
                all.entry(name).or_insert(value);
            }
        }
    }
    Ok(Value::Object(all))
}
