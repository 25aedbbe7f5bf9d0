//! A reader's connection on its way from whoever found out who asks to the page that is read for them: to give it back to its
//! pool and take it again is a round trip as long as a short statement.

use std::{cell::Cell, future::poll_fn, pin::pin};

use sqlx::{Postgres, pool::PoolConnection};

tokio::task_local! {
    static LEFT: Cell<Option<PoolConnection<Postgres>>>;
}

/// Runs a page in which a connection may be left for what is read next. While the page waits for anything none lies there:
/// what it waits for may need one itself.
pub async fn handing_over<F: Future>(page: F) -> F::Output {
    let handed = async move {
        let mut page = pin!(page);
        poll_fn(|context| {
            let polled = page.as_mut().poll(context);
            drop(LEFT.with(Cell::take));
            polled
        })
        .await
    };
    LEFT.scope(Cell::new(None), handed).await
}

/// Leaves a connection, whose statements have ended, for what the page reads next. Outside a page it goes back to its pool.
pub fn leave(connection: PoolConnection<Postgres>) {
    let _ = LEFT.try_with(|left| left.set(Some(connection)));
}

/// The connection that was left.
pub(super) fn left() -> Option<PoolConnection<Postgres>> {
    LEFT.try_with(Cell::take).ok().flatten()
}
