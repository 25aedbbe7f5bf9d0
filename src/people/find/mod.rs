//! A person found by what people know of them: number, name, initials, or name with class. One field for every form that
//! asks for somebody ([`PersonField`]), one for those that take a column of them ([`PeopleField`]), and the suggestions
//! that a script shows while somebody types. Nobody outside the office's scope is found, and an office that does not
//! read lists of people finds only whom it names whole.

mod field;
mod guess;
mod list;
mod pages;
mod store;

pub use field::{PersonField, SentField};
pub use list::PeopleField;
pub use pages::People;
pub(super) use pages::routes;

pub use crate::name::sought::{Found, Rest};

use time::Date;

use super::paths::suggestions_path;
use crate::{
    auth::{acting::Acting, person::Scope},
    ids::{CollegeId, InstitutionId},
    office::Office,
    people::PeopleReader,
    words::words,
};

words! {
    /// Among whom somebody is looked for.
    Among:
    Students = "students", "学生";
    /// Staff and students who may sign in.
    Accounts = "accounts", "账号";
}

/// Where somebody is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Search {
    among: Among,
    scope: Scope,
    /// Only who is named whole, by number or by name, is found.
    whole: bool,
    /// A script may suggest people while somebody types.
    suggests: bool,
    today: Date,
}

impl Search {
    /// Among whom the office sees.
    #[must_use]
    pub fn of<O: Office>(acting: &Acting<O>, among: Among, today: Date) -> Self {
        let whole = !PeopleReader::KINDS.contains(&acting.office().kind);
        Self { among, scope: acting.scope(), whole, suggests: true, today }
    }

    /// Among the students of a university, or of a college of it, for somebody who acts in no office: a monitor. Only who
    /// is named whole is found.
    #[must_use]
    pub fn by_name(institution: InstitutionId, college: Option<CollegeId>, today: Date) -> Self {
        let scope = Scope { institution, college, class: None };
        Self { among: Among::Students, scope, whole: true, suggests: false, today }
    }

    /// Only in that college, where one is named and the office sees more than one.
    #[must_use]
    pub fn within(mut self, college: Option<CollegeId>) -> Self {
        self.scope.college = self.scope.college.or(college);
        self
    }

    /// The address that suggests people to a script; empty where none are.
    fn suggestions(&self) -> String {
        if self.suggests { suggestions_path(self.among.slug(), self.scope.college) } else { String::new() }
    }
}

/// The address that suggests people to a script: whom the office sees that asks.
#[must_use]
pub fn suggestions(among: Among) -> String {
    suggestions_path(among.slug(), None)
}
