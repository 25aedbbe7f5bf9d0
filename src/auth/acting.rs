//! The proof that a person acts in an office.

use std::marker::PhantomData;

use super::person::{Held, Scope, SignedIn};
use crate::{ids::InstitutionId, office::Office};

/// The proof that this request's person acts in one of the offices of `O`. Made by its extractor alone.
#[derive(Debug)]
pub struct Acting<O> {
    person: SignedIn,
    office: Held,
    proof: PhantomData<O>,
}

impl<O: Office> Acting<O> {
    /// The proof, where the person acts in one of the offices now.
    pub(super) fn proved(person: SignedIn) -> Result<Self, Box<SignedIn>> {
        match person.acting.as_ref().filter(|office| O::KINDS.contains(&office.kind)).cloned() {
            Some(office) => Ok(Self { person, office, proof: PhantomData }),
            None => Err(Box::new(person)),
        }
    }

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

    /// Whose data the office sees.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope { institution: self.person.institution, college: self.office.college, class: self.office.class }
    }
}
