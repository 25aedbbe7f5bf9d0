//! What a browser carries while it is away at its university's server.

use axum::http::{HeaderMap, HeaderValue};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::Duration;

use crate::web::{cookies::Cookie, forms::local_path};

/// How long somebody may take to sign in there.
const COOKIE: Cookie = Cookie { name: "lunzhi-campus", lasts: Duration::minutes(15) };

/// A sign-in under way. It binds the answer to the browser that began, so that nobody is signed in as somebody else by a link.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Journey {
    school: String,
    /// Where it goes on afterwards.
    next: String,
    pub state: String,
    pub nonce: String,
    /// What proves at the redemption of a code who asked for it (RFC 7636).
    pub verifier: String,
}

fn random() -> String {
    let mut bytes = [0_u8; 32];
    rand::fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Journey {
    pub fn new(school: &str, next: &str) -> Self {
        let next = local_path(next).to_owned();
        Self { school: school.to_owned(), next, state: random(), nonce: random(), verifier: random() }
    }

    /// The one that this browser has under way at that school.
    pub fn of(request: &HeaderMap, school: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(COOKIE.read(request)?).ok()?;
        let journey: Self = serde_json::from_slice(&bytes).ok()?;
        (journey.school == school).then_some(journey)
    }

    pub fn set_cookie(&self, request: &HeaderMap) -> anyhow::Result<HeaderValue> {
        COOKIE.write(request, &URL_SAFE_NO_PAD.encode(serde_json::to_vec(self)?))
    }

    pub fn clear_cookie(request: &HeaderMap) -> anyhow::Result<HeaderValue> {
        COOKIE.clear(request)
    }

    /// A path of ours, whatever the browser sends.
    pub fn next(&self) -> &str {
        local_path(&self.next)
    }

    /// The challenge that goes with the verifier: S256.
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    fn returned(cookie: &HeaderValue) -> HeaderMap {
        let pair = cookie.to_str().unwrap().split(';').next().unwrap();
        [(header::HOST, "127.0.0.1"), (header::COOKIE, pair)]
            .into_iter()
            .map(|(name, value)| (name, HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    #[test]
    fn a_journey_comes_back_to_its_school_and_to_no_other_host() {
        let here: HeaderMap = [(header::HOST, HeaderValue::from_static("127.0.0.1"))].into_iter().collect();
        let begun = Journey::new("first", "/plans?a=1");
        let request = returned(&begun.set_cookie(&here).unwrap());
        let back = Journey::of(&request, "first").unwrap();
        assert_eq!((back.next(), &back.state, back.challenge()), ("/plans?a=1", &begun.state, begun.challenge()));
        assert!(Journey::of(&request, "second").is_none() && Journey::of(&here, "first").is_none());
        assert_eq!(Journey::new("first", "//evil.example").next(), "/");
        let forged = Journey { next: "https://evil.example/".to_owned(), ..begun };
        assert_eq!(Journey::of(&returned(&forged.set_cookie(&here).unwrap()), "first").unwrap().next(), "/");
    }

    #[test]
    fn rfc_7636_appendix_b_the_challenge_is_the_verifiers_hash() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned();
        let challenge = Journey { verifier, ..Journey::new("first", "/") }.challenge();
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
