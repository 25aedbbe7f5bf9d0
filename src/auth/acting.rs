//! Who is signed in, and the proof that they act in an office.

use std::marker::PhantomData;

use sqlx::PgConnection;
use time::OffsetDateTime;

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{Method, request::Parts},
};

use super::{
    store,
    token::{Purpose, Token},
};
use crate::{
    app::App,
    failure::Failure,
    ids::{AccountId, ClassId, CollegeId, InstitutionId, OfficeId, StudentId},
    office::{Office, OfficeKind},
};

/// An office that a person holds now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub id: OfficeId,
    pub kind: OfficeKind,
    /// Its college's or class's name; none for the whole university.
    pub place: Option<String>,
    pub college: Option<CollegeId>,
    pub class: Option<ClassId>,
}

impl Held {
    /// The office in words: `信息工程系 院系团组织`.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.place {
            Some(place) => format!("{place} {}", self.kind.label()),
            None => self.kind.label().to_owned(),
        }
    }
}

/// A person who is signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub account: AccountId,
    pub institution: InstitutionId,
    pub institution_name: String,
    /// 学号 or 工号.
    pub number: String,
    pub name: String,
    pub student: Option<StudentId>,
    /// They must choose a password of their own before anything else.
    pub must_change_password: bool,
    /// Notices they have not read.
    pub unread: i64,
    /// The offices they hold now.
    pub offices: Vec<Held>,
    /// The one in which they act; none where they hold none.
    pub acting: Option<Held>,
    /// The hash of this session's token.
    pub session: Vec<u8>,
    /// The path that was asked for.
    pub path: String,
}

/// What an act rests on: a session, and the office in which it acts.
#[derive(Debug, Clone)]
pub struct Standing {
    pub(super) session: Vec<u8>,
    pub(super) office: Option<OfficeId>,
}

impl SignedIn {
    /// What this person's act rests on, to be looked at again when it is written.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing { session: self.session.clone(), office: self.acting.as_ref().map(|office| office.id) }
    }
}

async fn signed_in(parts: &Parts, app: &App) -> Result<Option<SignedIn>, Failure> {
    let Some(token) = Token::from_headers(Purpose::Session, &parts.headers) else { return Ok(None) };
    let (mut connection, now) = (app.read().await?, app.clock.now());
    let Some(person) = store::person_of_session(&mut connection, &token.hash(), now).await? else { return Ok(None) };
    let unread = app.unread.of(&mut connection, &person, now).await?;
    Ok(Some(SignedIn { path: parts.uri.path().to_owned(), unread, ..person }))
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        admit(parts, signed_in(parts, app).await?)
    }
}

/// What a page reads together with its person, in one statement: round trips are the cost of a page.
pub trait Alongside: Sized + Send {
    /// Reads the person of a session and the rest.
    fn load(
        connection: &mut PgConnection,
        token_hash: &[u8],
        now: OffsetDateTime,
    ) -> impl Future<Output = Result<Option<(SignedIn, Self)>, Failure>> + Send;
}

/// A person who is signed in, and what was read with them.
#[derive(Debug)]
pub struct With<T>(pub SignedIn, pub T);

impl<T: Alongside> FromRequestParts<App> for With<T> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let mut found = None;
        if let Some(token) = Token::from_headers(Purpose::Session, &parts.headers) {
            let (mut connection, now) = (app.read().await?, app.clock.now());
            if let Some((person, rest)) = T::load(&mut connection, &token.hash(), now).await? {
                let unread = app.unread.of(&mut connection, &person, now).await?;
                found = Some((SignedIn { path: parts.uri.path().to_owned(), unread, ..person }, rest));
            }
        }
        let (person, rest) = found.unzip();
        let person = admit(parts, person)?;
        rest.map(|rest| Self(person, rest)).ok_or(Failure::Missing)
    }
}

fn admit(parts: &Parts, person: Option<SignedIn>) -> Result<SignedIn, Failure> {
    let own_account = |path: &str| path == "/me" || path.starts_with("/me/");
    match person {
        Some(person) if person.must_change_password && !own_account(&person.path) => Err(Failure::PasswordFirst),
        Some(person) => Ok(person),
        // After signing in, on to the page that was asked for; an act is not repeated by itself.
        None if parts.method == Method::GET => {
            let wanted = parts.uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
            Err(Failure::SignInFirst(wanted.to_owned()))
        }
        None => Err(Failure::SignInFirst("/".to_owned())),
    }
}

impl OptionalFromRequestParts<App> for SignedIn {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Failure> {
        signed_in(parts, app).await
    }
}

/// The proof that this request's person acts in one of the offices of `O`. Made by its extractor alone.
#[derive(Debug)]
pub struct Acting<O> {
    person: SignedIn,
    office: Held,
    proof: PhantomData<O>,
}

impl<O: Office> Acting<O> {
    #[must_use]
    pub fn person(&self) -> &SignedIn {
        &self.person
    }

    #[must_use]
    pub fn office(&self) -> &Held {
        &self.office
    }

    /// Their university: whatever they do, they do it there alone.
    #[must_use]
    pub fn institution(&self) -> InstitutionId {
        self.person.institution
    }
}

/// Whose data an office sees: all of a university, one college or one class of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    pub institution: InstitutionId,
    pub college: Option<CollegeId>,
    pub class: Option<ClassId>,
}

impl<O: Office> Acting<O> {
    /// Whose data the office sees.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope { institution: self.person.institution, college: self.office.college, class: self.office.class }
    }
}

impl<O: Office> FromRequestParts<App> for Acting<O> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let person = <SignedIn as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        let fits = |office: &&Held| O::KINDS.contains(&office.kind);
        if let Some(office) = person.acting.as_ref().filter(fits).cloned() {
            return Ok(Self { person, office, proof: PhantomData });
        }
        let held = person.offices.iter().find(fits).map(|office| office.kind);
        let chrome = Box::new(app.chrome(&person, "不属于当前职务的权限"));
        Err(Failure::NotYours { chrome, needed: O::KINDS, held })
    }
}
