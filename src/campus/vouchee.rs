//! A person for whom a university's server vouches.

use sha2::{Digest, Sha256};

/// What the server says of them.
#[derive(Debug)]
pub(super) struct Vouchee {
    /// Who they are to the server.
    pub subject: String,
    /// 学号 or 工号, as the server states it.
    pub number: Option<String>,
    pub name: Option<String>,
    /// The hash by which the server ends the session.
    pub ticket: Option<Vec<u8>>,
}

/// What is kept of an answer: who has the table cannot give it again.
pub(super) fn answer_hash(code: &str, answer: &str) -> Vec<u8> {
    Sha256::digest(format!("{code} {answer}")).to_vec()
}

/// The hash by which an OpenID server ends one of its sessions, from the `sid` of its tokens.
pub(super) fn sid_hash(code: &str, sid: &str) -> Vec<u8> {
    answer_hash(code, &format!("sid {sid}"))
}
