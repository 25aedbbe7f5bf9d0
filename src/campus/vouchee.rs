//! A person for whom a university's server vouches.

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
