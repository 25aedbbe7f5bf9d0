//! What a script asks while somebody types.

use std::{
    collections::HashMap,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json,
    extract::{FromRef, State},
};
use axum_extra::extract::Query;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{
    Among, Found, Search,
    guess::{Guesses, guess},
};
use crate::{
    app::{App, Routes},
    auth::acting::Acting,
    failure::Failure,
    ids::{AccountId, CollegeId},
    name::sought::Sought,
    office::{ElectionKeeper, Office},
    people::PeopleFinder,
    web,
};

/// How often one person may ask in [`SPAN`]: somebody who types a column of names, and nobody who copies a list.
const MOST_IN_SPAN: u32 = 120;
const SPAN: Duration = Duration::minutes(1);

/// What the features of people share: how often each person has asked.
#[derive(Debug, Clone, FromRef)]
pub struct People {
    app: App,
    pace: Arc<Pace>,
}

impl Deref for People {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl People {
    #[must_use]
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), pace: Arc::default() }
    }
}

#[derive(Debug, Default)]
struct Pace(Mutex<HashMap<AccountId, (OffsetDateTime, u32)>>);

impl Pace {
    /// Counts a question; `false` where it is one too many.
    fn allows(&self, account: AccountId, now: OffsetDateTime) -> bool {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.retain(|_, (since, _)| now - *since < SPAN);
        let (_, times) = asked.entry(account).or_insert((now, 0));
        *times += 1;
        *times <= MOST_IN_SPAN
    }
}

#[must_use]
pub(in crate::people) fn routes(state: People) -> Routes {
    web::routes::Routes::<People>::default().get("/people/find", suggest).with_state(state)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SuggestQuery {
    q: String,
    among: String,
    college: String,
}

/// Somebody as a script shows them.
#[derive(Serialize)]
struct Suggestion {
    number: String,
    name: String,
    place: String,
}

/// What a script shows under the field.
#[derive(Serialize)]
struct Suggestions {
    /// What is to be done, where it is not only to choose.
    says: &'static str,
    people: Vec<Suggestion>,
}

impl Suggestions {
    fn none(says: &'static str) -> Self {
        Self { says, people: Vec::new() }
    }

    fn of(Guesses { people, more }: Guesses) -> Self {
        let says = match (people.is_empty(), more) {
            (true, _) => "没有找到",
            (_, true) => "符合的人太多，只列出前 20 人，请再填几个字",
            _ => "",
        };
        let suggestion = |one: Found| Suggestion { place: one.place(), number: one.number, name: one.name };
        Self { says, people: people.into_iter().map(suggestion).collect() }
    }
}

async fn suggest(
    State(people): State<People>,
    acting: Acting<PeopleFinder>,
    Query(query): Query<SuggestQuery>,
) -> Result<Json<Suggestions>, Failure> {
    let among: Among = query.among.parse().unwrap_or(Among::Students);
    // Accounts are asked for where monitors and delegations are named.
    if among == Among::Accounts && !ElectionKeeper::KINDS.contains(&acting.office().kind) {
        return Err(Failure::Missing);
    }
    if !people.pace.allows(acting.person().account, people.clock.now()) {
        return Ok(Json(Suggestions::none("查得太快，请过一分钟再试")));
    }
    let sought = Sought::read(&query.q);
    if sought.is_empty() {
        return Ok(Json(Suggestions::none("")));
    }
    let search = Search::of(&acting, among, people.clock.today()).within(query.college.parse::<CollegeId>().ok());
    let found = guess(&mut *people.read().await?, &search, &sought).await?;
    Ok(Json(found.map_or_else(|why| Suggestions::none(why.says()), Suggestions::of)))
}
