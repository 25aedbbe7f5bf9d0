//! 会议: a congress meets. Its agenda and documents, check-in at several desks and the number of those present, votes by
//! show of hands, the election of the presidium, and the minutes with which it is over. Both plans are silent on how a
//! meeting is held (gap G5): what is asked is practice or the committee's decision, and says so. Clause: VET-05.

pub(in crate::congress) mod announced;
pub(in crate::congress) mod archived;
pub mod composed;
mod done;
mod election_rules;
mod forms;
mod nouns;
mod pages;
mod paths;
mod section;
mod state;
mod stated;
pub(in crate::congress) mod store;
pub mod tasks;

pub use section::section;
pub use state::Meetings;

use crate::app::Routes;

/// The routes of meetings.
#[must_use]
pub fn routes(state: Meetings) -> Routes {
    pages::routes().with_state(state)
}
