//! Who is signed in, the offices they hold, and whose data they see.

use time::{Date, OffsetDateTime};

use crate::{
    auth::password::PasswordOwner,
    ids::{AccountId, ClassId, CollegeId, InstitutionId, OfficeId, StudentId},
    office::OfficeKind,
    page::chrome::{Chrome, Link, LinkGroup, NavItem, Viewer},
    text::chinese_day,
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
    /// Their university asks a second factor of their office, and they have none yet: before anything else too.
    pub factor_missing: bool,
    /// The day on which their university moved to another database: here it is read alone.
    pub moved_on: Option<Date>,
    /// When this session was last used, to the minute; none where it does not end for being idle.
    pub seen_at: Option<OffsetDateTime>,
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
pub struct Authority {
    pub(super) session: Vec<u8>,
    pub(super) office: Option<OfficeId>,
}

impl SignedIn {
    /// What this person's act rests on, to be checked again when it is written.
    #[must_use]
    pub fn authority(&self) -> Authority {
        Authority { session: self.session.clone(), office: self.acting.as_ref().map(|office| office.id) }
    }

    /// Something of their own account comes before anything else.
    #[must_use]
    pub fn must_see_to_account(&self) -> bool {
        self.must_change_password || self.factor_missing
    }

    /// What nobody else should guess a new password by.
    #[must_use]
    pub fn password_owner(&self) -> PasswordOwner<'_> {
        PasswordOwner { number: &self.number, name: &self.name, school: &self.institution_name }
    }

    /// The frame of a page for this person: the entries that their office sees.
    #[must_use]
    pub fn chrome(&self, navigation: &[NavItem], title: &str) -> Chrome {
        let kind = self.acting.as_ref().map(|office| office.kind);
        let below = |href: &str| match href {
            "/" => self.path == "/",
            _ => self.path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        };
        // Of two entries one of which lies below the other, the page is in the nearer one.
        let student = self.student.is_some();
        let offered: Vec<&NavItem> = navigation.iter().filter(|item| item.is_for(kind, student)).collect();
        let nearest = offered.iter().map(|item| item.href).filter(|href| below(href)).max_by_key(|href| href.len());
        let link = |item: &&NavItem| Link { href: item.href, label: item.label, here: Some(item.href) == nearest };
        let groups = offered
            .chunk_by(|one, next| one.group == next.group)
            .filter_map(|items| {
                Some(LinkGroup { group: items.first()?.group, links: items.iter().map(link).collect() })
            })
            .collect();
        let viewer = Viewer {
            institution: self.institution_name.clone(),
            name: self.name.clone(),
            office: self.acting.as_ref().map_or_else(|| "没有职务".to_owned(), Held::label),
            may_switch: self.offices.len() > 1,
            unread: self.unread,
            moved_on: self.moved_on.map(chinese_day),
        };
        Chrome { viewer: Some(viewer), groups, ..Chrome::bare(title) }
    }
}

/// Whose data an office sees: all of a university, one college or one class of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    pub institution: InstitutionId,
    pub college: Option<CollegeId>,
    pub class: Option<ClassId>,
}
