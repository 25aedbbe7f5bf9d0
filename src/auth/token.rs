//! Session tokens and the cookie that carries them.

use axum::http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};
use time::Duration;
use zeroize::Zeroizing;

use crate::web::cookies::{Cookie, SESSION};

/// How long a session lasts: a working day. Office computers are shared.
pub const SESSION_LASTS: Duration = Duration::hours(12);

/// How long a session whose password was right waits for the second factor.
pub const FACTOR_WITHIN: Duration = Duration::minutes(5);

/// How much longer a browser keeps the cookie: by it a form that is sent too late is known for whose it was.
const COOKIE_OUTLASTS: Duration = Duration::hours(24);

/// How long a browser is remembered as one that has signed in before.
pub const DEVICE_LASTS: Duration = Duration::days(180);

/// How long a form is kept that was sent after its session had ended, and a file about which somebody is asked first.
pub const FORM_LASTS: Duration = Duration::hours(1);

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It opens a session.
    Session,
    /// It tells that this browser has signed in before; it opens nothing.
    Device,
    /// It opens the form that this browser sent after its session had ended.
    KeptForm,
}

impl Purpose {
    fn cookie(self) -> Cookie {
        match self {
            Self::Session => Cookie { name: SESSION, lasts: SESSION_LASTS.saturating_add(COOKIE_OUTLASTS) },
            Self::Device => Cookie { name: "lunzhi-device", lasts: DEVICE_LASTS },
            Self::KeptForm => Cookie { name: "lunzhi-form", lasts: FORM_LASTS },
        }
    }
}

/// A secret that a browser holds; the database holds its hash.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A random token of 256 bits.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0_u8; 32];
        rand::fill(&mut bytes);
        Self(hex::encode(bytes))
    }

    /// What the database keeps.
    #[must_use]
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }

    /// A secret that the token alone gives, and its hash does not.
    #[must_use]
    pub fn secret(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(Sha256::digest(format!("kept form {}", self.0).as_bytes()).into())
    }

    /// The token in a request's cookies.
    #[must_use]
    pub fn from_headers(purpose: Purpose, headers: &HeaderMap) -> Option<Self> {
        Self::from_field(purpose.cookie().read(headers)?)
    }

    /// The token in a field of a form.
    #[must_use]
    pub fn from_field(value: &str) -> Option<Self> {
        let fits = value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
        fits.then(|| Self(value.to_owned()))
    }

    /// What a field of a form carries, for a page that its person alone is shown.
    #[must_use]
    pub fn into_field(self) -> String {
        self.0
    }

    /// The header that gives the token to the browser.
    ///
    /// # Errors
    /// Never for a token made here.
    pub fn set_cookie(&self, purpose: Purpose, request: &HeaderMap) -> anyhow::Result<HeaderValue> {
        purpose.cookie().write(request, &self.0)
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

/// The header that takes a session's token away again; the browser stays one that has signed in before.
///
/// # Errors
/// Never.
pub fn clear_cookie(request: &HeaderMap) -> anyhow::Result<HeaderValue> {
    Purpose::Session.cookie().clear(request)
}

/// The header that takes the token of a kept form away again.
///
/// # Errors
/// Never.
pub fn clear_kept_form(request: &HeaderMap) -> anyhow::Result<HeaderValue> {
    Purpose::KeptForm.cookie().clear(request)
}

/// The hash of a code as typed: case, blanks and hyphens do not count.
#[must_use]
pub fn hash_of(typed: &str) -> Vec<u8> {
    let plain: String = typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    Sha256::digest(plain.as_bytes()).to_vec()
}
