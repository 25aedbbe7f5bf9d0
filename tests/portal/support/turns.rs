//! What stands before two portals on one database: odd requests go to the one, even requests to the other.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use axum::{Router, body::Body, http::Request};
use tower::ServiceExt;

/// So many answers are told of where a story fails.
const TOLD: usize = 60;

/// The last answers, each with the portal that gave it.
#[derive(Default)]
pub struct Answers(Mutex<VecDeque<String>>);

impl Answers {
    fn note(&self, answer: String) {
        let mut answers = self.0.lock().unwrap();
        if answers.len() == TOLD {
            answers.pop_front();
        }
        answers.push_back(answer);
    }
}

/// Prints them where the story that holds this fails.
#[derive(Default)]
pub struct ToldOnFailure(pub Arc<Answers>);

impl Drop for ToldOnFailure {
    fn drop(&mut self) {
        if thread::panicking() {
            for answer in &*self.0.0.lock().unwrap_or_else(PoisonError::into_inner) {
                eprintln!("{answer}");
            }
        }
    }
}

/// One proxy for every client that is given it: the turn is the story's and not each client's own.
pub fn by_turns(portals: [Router; 2], answers: &Arc<Answers>) -> Router {
    let ([one, other], answers, turn) = (portals, Arc::clone(answers), Arc::new(AtomicUsize::new(0)));
    Router::new().fallback(move |request: Request<Body>| {
        let number = turn.fetch_add(1, Ordering::Relaxed) + 1;
        let is_odd = !number.is_multiple_of(2);
        let (name, portal) = if is_odd { ("first", one.clone()) } else { ("second", other.clone()) };
        let asked = format!("{number}: {} {}", request.method(), request.uri());
        let answers = Arc::clone(&answers);
        async move {
            let answer = portal.oneshot(request).await.unwrap();
            answers.note(format!("{asked}: {} by the {name} portal", answer.status()));
            answer
        }
    })
}
