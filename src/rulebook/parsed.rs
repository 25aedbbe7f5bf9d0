//! Plans that were parsed, by their text's hash: a text never changes, and parsing one takes longer than the rest of a page.

use std::{collections::VecDeque, sync::Arc};

use crate::rules::Plan;

/// Plans that are kept, of some hundred kB each: a university goes by one or two. Those that nobody asked for the longest time
/// go.
pub const MOST_PARSED: usize = 256;

/// The last one is the one asked for last.
#[derive(Debug, Default)]
pub struct ParsedPlans(VecDeque<(Vec<u8>, Arc<Plan>)>);

impl ParsedPlans {
    #[must_use]
    pub const fn new() -> Self {
        Self(VecDeque::new())
    }

    /// The plan with that hash, where it is kept.
    pub fn of(&mut self, hash: &[u8]) -> Option<Arc<Plan>> {
        let place = self.0.iter().rposition(|(kept, _)| kept == hash)?;
        let asked = self.0.remove(place)?;
        let plan = Arc::clone(&asked.1);
        self.0.push_back(asked);
        Some(plan)
    }

    pub fn keep(&mut self, hash: &[u8], plan: &Arc<Plan>) {
        // Somebody may have parsed it meanwhile.
        self.0.retain(|(kept, _)| kept != hash);
        self.0.push_back((hash.to_vec(), Arc::clone(plan)));
        if self.0.len() > MOST_PARSED {
            self.0.pop_front();
        }
    }
}
