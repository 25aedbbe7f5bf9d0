//! What the portal asks of other servers: small answers, soon, and from the address that was asked alone.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    body::Bytes,
    http::{Request, StatusCode, header},
};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::{sync::Semaphore, time::timeout};

/// Bytes of an answer.
const LARGEST_ANSWER: usize = 256 * 1024;
/// How long an answer may take, from the connection to its last byte.
const WITHIN: Duration = Duration::from_secs(10);
/// Requests under way at once.
const AT_ONCE: usize = 256;
/// Of these at one host: a server that hangs keeps no more, and leaves the other universities theirs.
const AT_ONE_HOST: usize = 32;

/// A client for other servers. It follows no redirect, takes answers of at most 256 KB and waits ten seconds.
#[derive(Debug, Clone)]
pub struct Outgoing {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    places: Arc<Semaphore>,
    hosts: Arc<Hosts>,
}

/// How many requests are under way at each host that has any.
#[derive(Debug, Default)]
struct Hosts(Mutex<HashMap<String, usize>>);

/// A place among the requests at a host, until it is dropped.
#[derive(Debug)]
struct HostPlace<'a> {
    hosts: &'a Hosts,
    host: String,
}

impl Hosts {
    /// A place at a host with its port; none where all are taken.
    fn place(&self, host: &str) -> Option<HostPlace<'_>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let under_way = all.entry(host.to_owned()).or_default();
        if *under_way >= AT_ONE_HOST {
            return None;
        }
        *under_way += 1;
        Some(HostPlace { hosts: self, host: host.to_owned() })
    }
}

impl Drop for HostPlace<'_> {
    fn drop(&mut self) {
        let mut all = self.hosts.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(under_way) = all.get_mut(&self.host) {
            *under_way = under_way.saturating_sub(1);
            if *under_way == 0 {
                all.remove(&self.host);
            }
        }
    }
}

/// An answer, whatever its status.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Bytes,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unanswered {
    /// No connection, none that is trusted, or one that broke off; or the address is none.
    Unreachable,
    TookLong,
    TooLarge,
    /// Too many wait for other servers already.
    Busy,
}

impl Default for Outgoing {
    fn default() -> Self {
        // The authorities are those that browsers trust, and stand in the program.
        let connector = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Self { client, places: Arc::new(Semaphore::new(AT_ONCE)), hosts: Arc::default() }
    }
}

impl Outgoing {
    /// Gets an address, with an `Authorization` where one is given.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn get(&self, url: &str, authorization: Option<&str>) -> Result<Answer, Unanswered> {
        let mut request =
            Request::get(url).header(header::ACCEPT, "application/json, application/xml;q=0.9, */*;q=0.1");
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        self.send(request.body(Full::default()).map_err(|_| Unanswered::Unreachable)?).await
    }

    /// Posts a form (already encoded) to an address, with an `Authorization` where one is given.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn post(&self, url: &str, form: String, authorization: Option<&str>) -> Result<Answer, Unanswered> {
        let mut request = Request::post(url)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        self.send(request.body(Full::from(form)).map_err(|_| Unanswered::Unreachable)?).await
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Answer, Unanswered> {
        let host = request.uri().authority().ok_or(Unanswered::Unreachable)?.as_str().to_ascii_lowercase();
        let _at_host = self.hosts.place(&host).ok_or(Unanswered::Busy)?;
        let _place = self.places.try_acquire().map_err(|_| Unanswered::Busy)?;
        let asked = async {
            let response = self.client.request(request).await.map_err(|_| Unanswered::Unreachable)?;
            let status = response.status();
            let body = Limited::new(response.into_body(), LARGEST_ANSWER).collect().await.map_err(|error| {
                if error.is::<LengthLimitError>() { Unanswered::TooLarge } else { Unanswered::Unreachable }
            })?;
            Ok(Answer { status, body: body.to_bytes() })
        };
        timeout(WITHIN, asked).await.unwrap_or(Err(Unanswered::TookLong))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_hangs_leaves_the_others_their_places() {
        let hosts = Hosts::default();
        let mut taken: Vec<_> = (0..AT_ONE_HOST).map(|_| hosts.place("a.example").unwrap()).collect();
        assert!(hosts.place("a.example").is_none());
        assert!(hosts.place("a.example:8443").is_some() && hosts.place("b.example").is_some());
        taken.pop();
        assert!(hosts.place("a.example").is_some());
        taken.clear();
        assert!(hosts.0.lock().unwrap().is_empty(), "nothing is kept of hosts that are done");
    }
}
