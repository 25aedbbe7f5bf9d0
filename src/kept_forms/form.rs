//! A form as it was typed, to be sent once more.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use serde::{Deserialize, Serialize};

use super::field_names::{self, label};
use crate::{
    auth::token::Token,
    failure::Failure,
    ids::{AccountId, OfficeId},
    page::unsent::TypedText,
    sealing::keys::{self, Purpose},
    web::forms::{TypedField, typeable_part},
};

/// How a form is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    Plain,
    /// With room for files.
    Multipart,
}

impl Encoding {
    /// The encoding of a request's form; none where it has none.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        if kind.starts_with("application/x-www-form-urlencoded") {
            return Some(Self::Plain);
        }
        kind.starts_with("multipart/form-data").then_some(Self::Multipart)
    }
}

/// What stands between the parts of a form that is sent once more: no text that people type.
const BOUNDARY: &str = "lunzhi-9d1f0c7e5ab84f36-kept";

/// A form that was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptForm {
    /// Where it was sent.
    pub path: String,
    /// The office in which its writer acted.
    pub office: Option<OfficeId>,
    pub encoding: Encoding,
    pub fields: Vec<TypedField>,
}

impl KeptForm {
    /// Somebody has written something in it.
    #[must_use]
    pub fn is_worth_keeping(&self) -> bool {
        self.fields.iter().any(|field| !field.value.trim().is_empty())
    }

    /// Without what no keyboard types.
    #[must_use]
    pub fn typeable(mut self) -> Self {
        for field in &mut self.fields {
            field.value = typeable_part(&field.value);
        }
        self
    }

    /// What was typed, without what the page filled in and the marks by which forms name things and choices.
    #[must_use]
    pub fn texts(&self) -> Vec<TypedText> {
        let is_choice = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-'));
        let is_mark = |text: &str| text.split('.').next().is_some_and(|id| id.parse::<uuid::Uuid>().is_ok());
        let is_text = |text: &str| !is_choice(text) && !is_mark(text);
        let typed = self.fields.iter().filter(|field| is_text(field.value.trim()));
        let typed = typed.filter(|field| !field_names::is_hidden(&self.path, &field.name));
        let told = |field: &TypedField| TypedText { label: label(&field.name), text: field.value.clone() };
        typed.map(told).collect()
    }

    /// The body that sends it, and its type.
    fn body(&self) -> Result<(Vec<u8>, String), Failure> {
        match self.encoding {
            Encoding::Plain => {
                let pairs: Vec<(&str, &str)> =
                    self.fields.iter().map(|field| (field.name.as_str(), field.value.as_str())).collect();
                let text = serde_html_form::to_string(pairs).map_err(anyhow::Error::new)?;
                Ok((text.into_bytes(), "application/x-www-form-urlencoded".to_owned()))
            }
            Encoding::Multipart => {
                let part = |field: &TypedField| {
                    let name: String = field.name.chars().filter(|c| !matches!(c, '"' | '\r' | '\n')).collect();
                    let value = &field.value;
                    format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                };
                let text = self.fields.iter().map(part).collect::<String>() + &format!("--{BOUNDARY}--\r\n");
                Ok((text.into_bytes(), format!("multipart/form-data; boundary={BOUNDARY}")))
            }
        }
    }

    /// The request that sends it once more, on behalf of `parts`.
    ///
    /// # Errors
    /// Never for what a browser has sent.
    pub fn request(&self, mut parts: Parts) -> Result<Request, Failure> {
        let (body, kind) = self.body()?;
        parts.method = axum::http::Method::POST;
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&kind).map_err(anyhow::Error::new)?);
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        parts.headers.remove(header::TRANSFER_ENCODING);
        Ok(Request::from_parts(parts, Body::from(body)))
    }

    /// The form as the database keeps it: only the token opens it, and only for that account.
    ///
    /// # Errors
    /// Never for keys made here.
    pub fn seal(&self, token: &Token, account: AccountId) -> Result<Vec<u8>, Failure> {
        let text = serde_json::to_vec(self).map_err(anyhow::Error::new)?;
        let (_, public) = keys::pair_of_secret(&token.secret());
        Ok(keys::seal(&public, Purpose::KeptForm(account), &text)?)
    }

    /// Opens what was sealed; none with another token, or for another account.
    #[must_use]
    pub fn open(sealed: &[u8], token: &Token, account: AccountId) -> Option<Self> {
        let (secret, _) = keys::pair_of_secret(&token.secret());
        let text = keys::open(&secret, Purpose::KeptForm(account), sealed)?;
        serde_json::from_slice(&text).ok()
    }
}
