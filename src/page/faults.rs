//! Whether the page that answers a form has something to correct, so that its title says so first: a reader who cannot see
//! the page hears its title before anything else.

use std::cell::Cell;

tokio::task_local! {
    static FAULTS: Cell<bool>;
}

/// Runs a request so that faults that are found in it are known to the page that it ends with.
pub async fn watch<F: Future>(request: F) -> F::Output {
    FAULTS.scope(Cell::new(false), request).await
}

/// Something is to be corrected.
pub fn note() {
    // Outside a request nobody shows a page.
    let _ = FAULTS.try_with(|faults| faults.set(true));
}

#[must_use]
pub fn are_noted() -> bool {
    FAULTS.try_with(Cell::get).unwrap_or_default()
}
