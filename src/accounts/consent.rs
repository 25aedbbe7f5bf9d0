//! 两人办理: what one administrator asks and another confirms. One alone could otherwise make an account, give it any
//! office, and act in it.
//!
//! ```text
//! asked ── another confirms ──> an office is granted at once
//!   │                      └──> a password or a second factor: the one who asked takes it away
//!   └── withdrawn, declined, or a day ──> nothing
//! ```
//!
//! It is asked for offices beyond the class, and for whoever holds one: class branches are many, and see their class
//! alone. Where nobody else could confirm, an administrator acts alone: the School Youth League committee is told, and
//! the record says so. Lists of offices by file are uploaded by one administrator and committed by another
//! (`imports`). The School Youth League committee's own lists need no second person: they name offices below it.
//!
//! Whoever sets the university's own sign-in server (`campus`) decides who comes in, and could come as anybody: it is
//! asked and confirmed here, and the one who asked lets it take effect there.

use time::{Date, Duration, OffsetDateTime};

use super::{
    paths::CAMPUS,
    store::{NewOffice, OfficePlace, Term, in_words},
};
use crate::{
    ids::{AccountId, ClassId, CollegeId, ConsentId},
    office::OfficeKind,
    text::chinese_day,
    words::words,
};

/// How long one has to confirm it, and the other to carry it out.
pub(super) const LASTS: Duration = Duration::hours(24);

words! {
    /// What it is that two have to agree on.
    ConsentAct:
    Password = "password", "重置密码";
    Factor = "factor", "停用动态验证码";
    Office = "office", "授予职务";
    /// About nobody: whoever asked stands for the account.
    Campus = "campus", "修改统一身份认证";
}

/// What two have to agree on about one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matter {
    Password,
    Factor,
    Office(NewOffice),
}

impl Matter {
    pub fn act(self) -> ConsentAct {
        match self {
            Self::Password => ConsentAct::Password,
            Self::Factor => ConsentAct::Factor,
            Self::Office(_) => ConsentAct::Office,
        }
    }

    pub fn office(self) -> Option<NewOffice> {
        match self {
            Self::Office(office) => Some(office),
            Self::Password | Self::Factor => None,
        }
    }
}

/// How an act stands that may need a second person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It needs none: it is about nobody's office beyond the class.
    Free,
    /// The other one has confirmed it, or has asked for what one confirms.
    Confirmed(AccountId),
    /// Nobody else could confirm it.
    Alone,
    /// It was asked, now or before.
    Asked,
}

/// An office beyond the class: whoever holds it sees and decides about others.
#[must_use]
pub(super) fn is_beyond_the_class(kind: OfficeKind) -> bool {
    !matches!(kind, OfficeKind::Student | OfficeKind::ClassBranch)
}

/// Something that was asked and is open.
#[derive(Debug)]
pub(super) struct Consent {
    pub id: ConsentId,
    pub act: ConsentAct,
    /// Whom it is about.
    pub account: AccountId,
    pub number: String,
    pub name: String,
    /// The office that is to be granted.
    pub kind: Option<OfficeKind>,
    pub college: Option<CollegeId>,
    pub class: Option<ClassId>,
    /// Its college's or class's name.
    pub place: Option<String>,
    pub from_day: Option<Date>,
    /// The first day after its term.
    pub until_day: Option<Date>,
    /// How the university's own server is to be set, in words.
    pub settings: Option<String>,
    pub asked_by: AccountId,
    pub asker: String,
    pub asked_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
    pub confirmed_by: Option<AccountId>,
    /// The name of whoever confirmed it.
    pub confirmer: Option<String>,
}

impl Consent {
    /// The office that is to be granted.
    pub fn office(&self) -> Option<NewOffice> {
        let (kind, from) = self.kind.zip(self.from_day)?;
        let place = match (self.college, self.class) {
            (Some(college), _) => OfficePlace::College(college),
            (None, Some(class)) => OfficePlace::Class(class),
            (None, None) => OfficePlace::School,
        };
        Some(NewOffice { kind, place, term: Term { from, until: self.until_day } })
    }

    /// What it is about, in words: `王老师的重置密码`.
    pub fn subject(&self) -> String {
        match self.act {
            ConsentAct::Campus => self.act.label().to_owned(),
            ConsentAct::Password | ConsentAct::Factor | ConsentAct::Office => {
                format!("{}的{}", self.name, self.act.label())
            }
        }
    }

    /// It is about an account, not about the university's own server.
    pub fn is_about_somebody(&self) -> bool {
        self.settings.is_none()
    }

    /// Where it is carried out.
    pub fn path(&self) -> String {
        if self.is_about_somebody() { self.account.path() } else { CAMPUS.to_owned() }
    }

    /// What is to be done, in words.
    pub fn says(&self) -> String {
        if let Some(settings) = &self.settings {
            return format!("{}：{settings}", self.act.label());
        }
        let Some(kind) = self.kind else { return self.act.label().to_owned() };
        let office = in_words(kind.slug(), self.place.as_ref());
        let term = self.from_day.map_or_else(String::new, |day| format!("，{}起", chinese_day(day)));
        let last = self
            .until_day
            .and_then(Date::previous_day)
            .map_or_else(String::new, |day| format!("至{}", chinese_day(day)));
        format!("{}：{office}{term}{last}", self.act.label())
    }

    /// This person may confirm it: they neither asked it nor is it about them.
    pub fn may_confirm(&self, person: AccountId) -> bool {
        self.confirmed_by.is_none() && person != self.asked_by && person != self.account
    }

    /// It was confirmed, and this person carries it out.
    pub fn is_ready_for(&self, person: AccountId) -> bool {
        self.confirmed_by.is_some() && person == self.asked_by
    }

    pub fn is_of(&self, person: AccountId) -> bool {
        person == self.asked_by
    }
}
