//! The state of meetings: the application, and the cards that were just made.

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;

use crate::{app::App, congress::meeting::nouns::Attendee, web::just_made::JustMade};

/// A card whose code is shown for some minutes and kept nowhere.
#[derive(Debug)]
pub struct NewCard {
    pub(super) attendee: Attendee,
    pub(super) code: String,
}

#[derive(Debug, Clone, FromRef)]
pub struct Meetings {
    app: App,
    pub(super) cards: Arc<JustMade<Vec<NewCard>>>,
}

impl Meetings {
    #[must_use]
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), cards: Arc::default() }
    }
}

impl Deref for Meetings {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}
