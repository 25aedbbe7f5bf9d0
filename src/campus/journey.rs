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
pub struct Journey {
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
    #[must_use]
    pub fn new(school: &str, next: &str) -> Self {
        let next = local_path(next).to_owned();
        Self { school: school.to_owned(), next, state: random(), nonce: random(), verifier: random() }
    }

    /// The one that this browser has under way at that school.
    #[must_use]
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
    #[must_use]
    pub fn next(&self) -> &str {
        local_path(&self.next)
    }

    /// The challenge that goes with the verifier: S256.
    #[must_use]
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.as_bytes()))
    }
}
