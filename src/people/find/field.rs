//! A field that asks for one person.

use sqlx::PgConnection;

use super::{
    Found, Rest, Search, guess,
    store::{self, Pattern},
};
use crate::{
    failure::Failure,
    name::sought::{ByKey, Sought},
    text::folded,
    web::forms::Errors,
};

/// A field that asks for one person, by number, name, initials, or name and class; with the people to choose from where
/// more than one is meant.
#[derive(Debug, Clone, Default)]
pub struct PersonField {
    /// Who was found.
    pub found: Option<Found>,
    /// Who may be meant.
    pub choices: Vec<Found>,
    /// The address that suggests people to a script; empty where none are.
    pub suggestions: String,
    /// What is typed names nobody yet.
    pub open: bool,
}

/// Of a page with a field in its form and one that only looks somebody up: the one that was sent. The other is as it is
/// first.
#[derive(Debug, Default)]
pub enum SentField {
    #[default]
    Neither,
    Form(PersonField),
    Lookup(PersonField),
}

impl SentField {
    /// What is typed names nobody yet.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self {
            Self::Neither => false,
            Self::Form(field) | Self::Lookup(field) => field.open,
        }
    }

    /// The field of the form and that of the look-up.
    #[must_use]
    pub fn apart(self, search: &Search) -> (PersonField, PersonField) {
        let other = PersonField::new(search);
        match self {
            Self::Neither => (other.clone(), other),
            Self::Form(field) => (field, other),
            Self::Lookup(field) => (other, field),
        }
    }
}

impl PersonField {
    /// The field before anybody is looked for.
    #[must_use]
    pub fn new(search: &Search) -> Self {
        Self { suggestions: search.suggestions(), ..Self::default() }
    }

    /// Looks for who is typed, or was picked among those who were offered. Where one person is meant, their number takes
    /// the place of what is typed, as if it had been typed; else there is an error beside the field. A number that nobody
    /// has stays as it is: the form says what that means to it.
    pub async fn read(
        connection: &mut PgConnection,
        search: &Search,
        typed: &mut String,
        picked: &str,
        field: &'static str,
        errors: &mut Errors,
    ) -> Result<Self, Failure> {
        let mut own = Self::new(search);
        let sought = Sought::read(typed);
        if sought.is_empty() {
            return Ok(own);
        }
        let whole =
            Pattern { numbers: sought.numbers().collect(), names: sought.names().collect(), ..Pattern::default() };
        let found = store::find(connection, search, &whole).await?;
        let (named, _) = sought.pick(&ByKey::of(&found), Rest::Class);
        if let [one] = named.as_slice() {
            return Ok(own.settled(one, typed));
        }
        if named.is_empty() && sought.is_number() {
            return Ok(own);
        }
        own.open = true;
        match guess::guess(connection, search, &sought).await? {
            Err(why) => errors.add(field, why.says()),
            Ok(guesses) => {
                let picked = folded(picked);
                if let Some(one) = guesses.people.iter().find(|one| one.number == picked) {
                    return Ok(own.settled(one, typed));
                }
                errors.add(field, says(&guesses, named.len()));
                own.choices = guesses.people;
            }
        }
        Ok(own)
    }

    fn settled(mut self, one: &Found, typed: &mut String) -> Self {
        typed.clone_from(&one.number);
        self.found = Some(one.clone());
        self.open = false;
        self
    }
}

fn says(guesses: &guess::Guesses, named: usize) -> &'static str {
    match (guesses.people.len(), named) {
        (0, _) => "没有找到这个人；请核对姓名，或改填学号",
        (_, 2..) => "有重名，请选定是哪一位",
        _ if guesses.more => "符合的人太多，只列出前 20 人；请选定一位，或把姓名填完整",
        _ => "请选定是哪一位",
    }
}
