//! A file about which somebody is asked first, from the question to the answer.

use axum::body::Bytes;

use super::store;
use crate::{
    app::App,
    auth::{person::SignedIn, token::Token},
    failure::Failure,
    ids::AccountId,
    sealing::keys::{self, Purpose},
    sheet::KeptUpload,
    web::forms::Upload,
};

/// Stands between the name and the file: no name holds it.
const BETWEEN: u8 = 0;

/// Keeps an uploaded file until its person has answered; the one that was kept for them before goes.
///
/// # Errors
/// Where the person may no longer act.
pub async fn keep_file(app: &App, person: &SignedIn, file_name: &str, file: Bytes) -> Result<KeptUpload, Failure> {
    let (token, account, now) = (Token::random(), person.account, app.clock.now());
    let text = [file_name.as_bytes(), &[BETWEEN], &file].concat();
    let (sealed, token) = app.heavy(move || (seal(&token, account, &text), token)).await?;
    let sealed = sealed?;
    app.write_as(person.authority(), async |db| store::keep_file(db, &token, account, &sealed, now).await).await?;
    Ok(KeptUpload { token: token.into_field(), file_name: file_name.to_owned() })
}

/// Seals a file for whoever has the token and is that person; `text` is the file's name, the byte that ends it, and the file.
///
/// # Errors
/// Where it cannot be sealed.
pub fn seal(token: &Token, account: AccountId, text: &[u8]) -> anyhow::Result<Vec<u8>> {
    let (_, public) = keys::pair_of_secret(&token.secret());
    keys::seal(&public, Purpose::KeptFile(account), text)
}

/// The file's name and the file; none for another token or another person.
#[must_use]
pub fn open(sealed: &[u8], token: &Token, account: AccountId) -> Option<(String, Bytes)> {
    let (secret, _) = keys::pair_of_secret(&token.secret());
    let text = keys::open(&secret, Purpose::KeptFile(account), sealed)?;
    let end = text.iter().position(|byte| *byte == BETWEEN)?;
    let (name, file) = text.split_at_checked(end)?;
    Some((String::from_utf8(name.to_vec()).ok()?, Bytes::copy_from_slice(file.get(1..)?)))
}

/// Puts the file that is kept for its person into an upload without one. Gives what is kept, for the page that asks again.
///
/// # Errors
/// What the database says.
pub async fn bring_file(app: &App, person: &SignedIn, upload: &mut Upload) -> Result<KeptUpload, Failure> {
    let Some(token) = Token::from_field(upload.field("kept")).filter(|_| upload.file.is_none()) else {
        return Ok(KeptUpload::default());
    };
    let account = person.account;
    let sealed = store::kept_file(&mut *app.read().await?, &token, account, app.clock.now()).await?;
    let Some(sealed) = sealed else { return Ok(KeptUpload::default()) };
    let (opened, token) = app.heavy(move || (open(&sealed, &token, account), token)).await?;
    let Some((name, file)) = opened else { return Ok(KeptUpload::default()) };
    upload.file_name.clone_from(&name);
    upload.file = Some(file);
    Ok(KeptUpload { token: token.into_field(), file_name: name })
}
