//! A form as it was typed, to be sent once more.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use serde::{Deserialize, Serialize};

use crate::{
    auth::token::Token,
    failure::Failure,
    ids::{AccountId, OfficeId},
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
    pub fn is_worth_keeping(&self) -> bool {
        self.fields.iter().any(|field| !field.value.trim().is_empty())
    }

    /// Without what no keyboard types.
    pub fn typeable(mut self) -> Self {
        for field in &mut self.fields {
            field.value = typeable_part(&field.value);
        }
        self
    }

    /// What was typed, without the marks by which forms name things and choices.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let is_choice = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-'));
        let is_text = move |text: &str| !is_choice(text.trim()) && text.parse::<uuid::Uuid>().is_err();
        self.fields.iter().map(|field| field.value.as_str()).filter(move |text| is_text(text))
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
    pub fn open(sealed: &[u8], token: &Token, account: AccountId) -> Option<Self> {
        let (secret, _) = keys::pair_of_secret(&token.secret());
        let text = keys::open(&secret, Purpose::KeptForm(account), sealed)?;
        serde_json::from_slice(&text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(encoding: Encoding) -> KeptForm {
        let field = |name: &str, value: &str| TypedField { name: name.to_owned(), value: value.to_owned() };
        let fields = vec![field("title", "秋季 & 招新"), field("note", "一\r\n二")];
        KeptForm { path: "/rounds/new".to_owned(), office: None, encoding, fields }
    }

    #[test]
    fn only_the_token_and_the_account_open_it() {
        let (token, account, form) = (Token::random(), AccountId::random(), form(Encoding::Plain));
        let sealed = form.seal(&token, account).unwrap();
        assert!(!sealed.windows(5).any(|part| part == b"title"));
        assert_eq!(KeptForm::open(&sealed, &token, account), Some(form));
        assert_eq!(KeptForm::open(&sealed, &token, AccountId::random()), None);
        assert_eq!(KeptForm::open(&sealed, &Token::random(), account), None);
    }

    #[tokio::test]
    async fn it_is_sent_again_as_it_was_typed() {
        use axum::extract::FromRequest;
        let parts = || Request::builder().uri("/rounds/new").body(()).unwrap().into_parts().0;
        let plain = form(Encoding::Plain).request(parts()).unwrap();
        let bytes = axum::body::to_bytes(plain.into_body(), 10_000).await.unwrap();
        let read: Vec<(String, String)> = serde_html_form::from_bytes(&bytes).unwrap();
        assert_eq!(read[0].1, "秋季 & 招新");
        let mut upload = form(Encoding::Multipart).request(parts()).unwrap();
        upload.extensions_mut().insert(crate::web::intake::Intake::default());
        let read = crate::web::forms::Upload::from_request(upload, &()).await.unwrap();
        assert_eq!((read.field("title"), read.field("note")), ("秋季 & 招新", "一\r\n二"));
        assert!(read.file.is_none());
    }
}
