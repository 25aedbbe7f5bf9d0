//! The state of meetings: the application, the cards that were just made, and the desks that check in at this moment.

use std::{
    collections::{HashMap, HashSet},
    ops::Deref,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::extract::FromRef;

use crate::{
    app::App,
    congress::meeting::{
        nouns::Attendee,
        store::{self, CheckInRequest, CheckInTarget},
    },
    database::batch_writer::{BatchWriter, Lane},
    failure::Failure,
    ids::{AttendanceId, CongressId, StudentId},
    page::unsent::Unsent,
    web::just_made::JustMade,
};

/// Halls whose writers are kept; more are forgotten all at once.
const MOST_HALLS: usize = 200;

/// Desks that are remembered; more are forgotten all at once.
const MOST_DESKS: usize = 10_000;

/// A card whose code is shown for some minutes and kept nowhere.
#[derive(Debug)]
pub struct NewCard {
    pub(super) attendee: Attendee,
    pub(super) code: String,
}

type CheckIns = BatchWriter<AttendanceId, CheckInRequest, Option<StudentId>>;

/// The desks of all halls.
#[derive(Debug, Default)]
struct Desks {
    /// One for each meeting: one that is being changed does not hold up another.
    writers: Mutex<HashMap<CongressId, Arc<CheckIns>>>,
    /// The sessions of officers who have checked in.
    officers: Mutex<HashSet<(CongressId, Vec<u8>)>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug, Clone, FromRef)]
pub struct Meetings {
    app: App,
    pub(super) cards: Arc<JustMade<Vec<NewCard>>>,
    #[from_ref(skip)]
    desks: Arc<Desks>,
}

impl Meetings {
    #[must_use]
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), cards: Arc::default(), desks: Arc::default() }
    }

    /// Remembers that an officer has checked in at a meeting, so that their next one may go with those of the other desks. It
    /// lets nobody do so: the statement looks at the session and the right again.
    pub(super) fn remember_desk(&self, congress: CongressId, session: &[u8]) {
        let mut officers = locked(&self.desks.officers);
        if officers.len() >= MOST_DESKS {
            officers.clear();
        }
        officers.insert((congress, session.to_vec()));
    }

    /// Checks somebody in together with whoever else is at this moment, by the session alone; none where it is to be asked for
    /// by itself.
    ///
    /// # Errors
    /// Where the database fails.
    pub(super) async fn check_in_together(
        &self,
        congress: CongressId,
        session: &[u8],
        meant: CheckInTarget<'_>,
    ) -> Result<Option<StudentId>, Failure> {
        let desk = (congress, session.to_vec());
        if Unsent::here().is_some() || !locked(&self.desks.officers).contains(&desk) {
            return Ok(None);
        }
        let request = CheckInRequest::new(session, meant);
        let student = self.writer_of(congress).write(request.id, request).await?;
        if student.is_none() {
            locked(&self.desks.officers).remove(&desk);
        }
        Ok(student)
    }

    fn writer_of(&self, congress: CongressId) -> Arc<CheckIns> {
        let mut writers = locked(&self.desks.writers);
        if writers.len() >= MOST_HALLS && !writers.contains_key(&congress) {
            writers.clear();
        }
        let start = || {
            let (clock, hasher) = (self.clock.clone(), Arc::clone(&self.hasher));
            // Longer than a moment nobody waits for company, but where the cores are busy with those who sign in.
            Arc::new(BatchWriter::start(
                Lane::in_turn(&self.pools).together(),
                move || hasher.is_crowded(),
                move |db, asked| {
                    let now = clock.now();
                    Box::pin(async move { store::check_ins(db, congress, asked, now).await })
                },
            ))
        };
        Arc::clone(writers.entry(congress).or_insert_with(start))
    }
}

impl Deref for Meetings {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}
