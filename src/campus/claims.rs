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
pub(super) fn claim(json: &Value, name: &str) -> Option<String> {
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
pub(super) struct Ended {
    /// The one session; without it all of the subject's.
    pub sid: Option<String>,
    pub subject: Option<String>,
    /// The token's own id, which every one has: by it one that is sent once more is known.
    pub id: String,
}

/// What a token must be for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
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
pub(super) fn joined(token: Value, answer: Option<Value>, subject: &str) -> Result<Value, Refusal> {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-28 20:00 +8);

    fn expected() -> Expected<'static> {
        Expected { issuer: "https://id.example.edu.cn/", client: "lunzhi", nonce: "n", now: NOW }
    }

    #[test]
    fn a_logout_token_says_so_and_an_id_token_is_none() {
        let now = NOW.unix_timestamp();
        let token = |changed: &Value| {
            let mut all = json!({ "iss": "https://id.example.edu.cn/", "aud": "lunzhi", "iat": now, "jti": "j", "sid": "s",
                                  "events": { (LOGOUT): {} } });
            for (name, value) in changed.as_object().unwrap() {
                all[name] = value.clone();
            }
            expected().ended(&all)
        };
        let own = Ended { sid: Some("s".to_owned()), subject: None, id: "j".to_owned() };
        assert_eq!(token(&json!({})).unwrap(), own);
        assert_eq!(token(&json!({ "sub": 7 })).unwrap().subject.as_deref(), Some("7"));
        for (changed, why) in [
            (json!({ "nonce": "n" }), Refusal::NotForUs),
            (json!({ "events": {} }), Refusal::NotForUs),
            (json!({ "aud": "other" }), Refusal::NotForUs),
            (json!({ "iss": "https://other.example/" }), Refusal::WrongIssuer),
            (json!({ "iat": now - 3_600 }), Refusal::OutOfTime),
            (json!({ "exp": now - 600 }), Refusal::OutOfTime),
            (json!({ "sid": null }), Refusal::Unreadable),
            (json!({ "jti": null }), Refusal::Unreadable),
        ] {
            assert_eq!(token(&changed).unwrap_err(), why, "{changed}");
        }
    }

    fn claims(changed: &Value) -> Value {
        let now = NOW.unix_timestamp();
        let mut all = json!({ "iss": "https://id.example.edu.cn/", "aud": "lunzhi", "sub": "u1", "nonce": "n",
                              "exp": now + 60, "iat": now });
        all.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
        all
    }

    fn subject(changed: &Value) -> Result<String, Refusal> {
        expected().subject(&claims(changed))
    }

    #[test]
    fn a_numeric_subject_and_odd_claims_refuse_nobody() {
        assert_eq!(subject(&json!({})), Ok("u1".to_owned()));
        assert_eq!(subject(&json!({ "sub": 20_240_001 })), Ok("20240001".to_owned()));
        let odd = json!({ "email_verified": "true", "address": "one line", "updated_at": "yesterday", "amr": 3 });
        assert_eq!(subject(&odd), Ok("u1".to_owned()));
        let times = json!({ "exp": (NOW.unix_timestamp() + 60).to_string(), "iat": 1.5 });
        assert_eq!(subject(&times), Ok("u1".to_owned()));
    }

    #[test]
    fn two_minutes_are_allowed_and_no_more() {
        let now = NOW.unix_timestamp();
        assert!(subject(&json!({ "exp": now - 119 })).is_ok());
        assert_eq!(subject(&json!({ "exp": now - 120 })), Err(Refusal::OutOfTime));
        assert!(subject(&json!({ "iat": now + 120 })).is_ok());
        assert_eq!(subject(&json!({ "iat": now + 121 })), Err(Refusal::OutOfTime));
        assert_eq!(subject(&json!({ "nbf": now + 121 })), Err(Refusal::OutOfTime));
        assert_eq!(subject(&json!({ "exp": null })), Err(Refusal::OutOfTime));
        assert!(subject(&json!({ "exp": i64::MAX })).is_ok());
    }

    #[test]
    fn a_token_for_others_is_none_for_us() {
        assert_eq!(subject(&json!({ "iss": "https://id.example.edu.cn" })), Err(Refusal::WrongIssuer), "to the slash");
        for other in [
            json!({ "aud": "other" }),
            json!({ "aud": ["lunzhi", "other"] }),
            json!({ "aud": ["lunzhi", "other"], "azp": "other" }),
            json!({ "azp": "other" }),
            json!({ "nonce": "m" }),
            json!({ "nonce": null }),
            json!({ "aud": null }),
        ] {
            assert_eq!(subject(&other), Err(Refusal::NotForUs), "{other}");
        }
        assert!(subject(&json!({ "aud": ["lunzhi"] })).is_ok());
        assert!(subject(&json!({ "aud": ["lunzhi", "other"], "azp": "lunzhi" })).is_ok());
    }

    #[test]
    fn number_and_name_are_read_by_their_names() {
        let json = json!({ "xh": 20_240_001, "cn": ["张三", "Zhang"], "a.b": "whole", "attributes": { "gh": " T1 " },
                           "half": 1.5, "none": "None", "flag": true });
        let read = |name| claim(&json, name);
        assert_eq!(read("xh").as_deref(), Some("20240001"));
        assert_eq!(read("cn").as_deref(), Some("张三"));
        assert_eq!((read("a.b").as_deref(), read("attributes.gh").as_deref()), (Some("whole"), Some("T1")));
        for absent in ["half", "none", "flag", "nowhere", "attributes.none", ""] {
            assert_eq!(read(absent), None, "{absent}");
        }
    }

    #[test]
    fn an_answer_about_somebody_else_is_not_taken() {
        let token = json!({ "sub": "u1", "xh": "1" });
        assert_eq!(joined(token.clone(), Some(json!({ "sub": "u2" })), "u1"), Err(Refusal::NotForUs));
        let all = joined(token.clone(), Some(json!({ "sub": "u1", "xh": "2" })), "u1").unwrap();
        assert_eq!(claim(&all, "xh").as_deref(), Some("2"));
        let unnamed = json!({ "xh": "2", "profile.gh": "3", "cn": "张三" });
        let all = joined(json!({ "sub": "u1", "xh": "1", "profile": { "gh": "1" } }), Some(unnamed), "u1").unwrap();
        let read = |name| claim(&all, name);
        assert_eq!((read("xh").as_deref(), read("profile.gh").as_deref()), (Some("1"), Some("1")), "the token's stay");
        assert_eq!(read("cn").as_deref(), Some("张三"));
        assert_eq!(joined(token.clone(), Some(json!("no object")), "u1"), Ok(token));
    }

    proptest! {
        #[test]
        fn nothing_that_is_claimed_stops_the_program(text in "[\\[\\]{}\":,.0-9a-z-]{0,120}", name in ".{0,20}") {
            if let Ok(json) = serde_json::from_str::<Value>(&text) {
                let _ = claim(&json, &name);
                let _ = expected().subject(&json);
                let _ = joined(json.clone(), Some(json), "u1");
            }
        }
    }
}
