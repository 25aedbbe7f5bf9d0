//! The watch over the database: every second it asks the server whether it lives and takes writes, by a connection of its own,
//! and turns the pools to another one when the database has moved there.

use std::time::Duration;

use sqlx::PgConnection;
use tokio::time::{sleep, timeout};

use super::{
    Pools,
    address::Address,
    pool::Standing,
    reach::{ANSWERS_WITHIN, AnsweringServer, ReachedServer, causes, find, standing},
    space::Space,
};

/// How often it is looked at, and how often while it cannot be written to.
const EVERY: Duration = Duration::from_secs(1);
const HURRIED: Duration = Duration::from_millis(300);
/// The least time between two looks, however many doubt.
const LEAST: Duration = Duration::from_millis(50);

/// Watches over the database from now on, by the connection that was made: when it moves to another server, the pools turn
/// there. Where the disk is full nothing is written. Inside a runtime.
pub fn watch_server(pools: &Pools, reached: ReachedServer, space: Space) {
    let ReachedServer { address, server, connection } = reached;
    let watch =
        ServerWatch { pools: pools.clone(), address, server, connection: Some(connection), space, hangs: false };
    tokio::spawn(watch.run());
}

#[derive(Debug)]
struct ServerWatch {
    pools: Pools,
    address: Address,
    server: usize,
    connection: Option<PgConnection>,
    space: Space,
    /// The server took a connection, and then said nothing more: what is under way on it never ends by itself.
    hangs: bool,
}

/// What the server of the connection says.
enum ServerAnswer {
    Stands(Standing),
    BrokeOff,
    Hangs,
}

impl ServerWatch {
    /// Looks for as long as the portal runs.
    async fn run(mut self) {
        loop {
            let standing = match self.look().await {
                Standing::Writable | Standing::CommitsWait if self.space.is_full() => Standing::Full,
                standing => standing,
            };
            let watched = &self.pools.watched;
            if watched.note(standing) {
                let server = self.address.servers.get(self.server).map_or("", |server| server.name.as_str());
                tracing::warn!(?standing, server, "database");
            }
            metrics::gauge!("lunzhi_database_writable").set(f64::from(u8::from(standing == Standing::Writable)));
            let pause = if standing == Standing::Writable { EVERY } else { HURRIED };
            sleep(LEAST).await;
            tokio::select! {
                () = sleep(pause) => {}
                () = watched.doubted() => {}
            }
        }
    }

    async fn ask(&mut self) -> ServerAnswer {
        let Some(connection) = &mut self.connection else { return ServerAnswer::BrokeOff };
        match timeout(ANSWERS_WITHIN, standing(connection)).await {
            Ok(Ok(standing)) => ServerAnswer::Stands(standing),
            Ok(Err(_)) => ServerAnswer::BrokeOff,
            Err(_) => ServerAnswer::Hangs,
        }
    }

    async fn look(&mut self) -> Standing {
        let asked = self.ask().await;
        match asked {
            ServerAnswer::Stands(standing) if standing != Standing::ReadOnly || self.address.servers.len() == 1 => {
                return standing;
            }
            ServerAnswer::Stands(_) | ServerAnswer::BrokeOff => {}
            ServerAnswer::Hangs => self.hangs = true,
        }
        let lives = matches!(asked, ServerAnswer::Stands(_));
        let found = match find(&self.address).await {
            Ok(found) => found,
            Err(unfit) => {
                self.connection = None;
                if self.pools.watched.standing() != Standing::Away {
                    tracing::warn!(cause = causes(&unfit), "no server of the database answers");
                }
                self.end_what_hangs();
                return Standing::Away;
            }
        };
        let AnsweringServer { server, connection, standing } = found;
        if !lives || server != self.server {
            if let Some(server) = self.address.servers.get(server) {
                self.pools.turn_to(&server.options);
            }
            metrics::counter!("lunzhi_database_turns_total").increment(1);
        }
        (self.server, self.connection) = (server, Some(connection));
        self.end_what_hangs();
        standing
    }

    /// After the pools have turned: whoever tries again finds the other server.
    fn end_what_hangs(&mut self) {
        if std::mem::take(&mut self.hangs) {
            self.pools.watched.give_up();
        }
    }
}
