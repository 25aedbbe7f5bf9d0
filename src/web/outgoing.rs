//! What the portal asks of other servers: small answers, soon, and from the address that was asked alone.

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
    vec,
};

use axum::{
    body::Bytes,
    http::{Request, StatusCode, header},
};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{
        Client,
        connect::{HttpConnector, dns::Name},
    },
    rt::TokioExecutor,
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use tokio::{
    net::lookup_host,
    sync::{AcquireError, Semaphore},
    time::timeout,
};
use tower::util::{ServiceFn, service_fn};

/// Bytes of an answer.
const LARGEST_ANSWER: usize = 256 * 1024;
/// How long an answer may take, from the connection to its last byte.
const WITHIN: Duration = Duration::from_secs(10);
/// Requests under way at once.
const AT_ONCE: usize = 256;
/// Of these at one host: a server that hangs keeps no more, and leaves the other universities theirs.
const AT_ONE_HOST: usize = 32;
/// Requests for one host, those that wait for a place included: whoever signs in as a vote opens is asked about in turn.
const IN_LINE: usize = 256;
/// How long a request waits for its place.
const WAITS: Duration = Duration::from_secs(5);

type Resolving = Pin<Box<dyn Future<Output = io::Result<vec::IntoIter<SocketAddr>>> + Send>>;
type Resolver = ServiceFn<fn(Name) -> Resolving>;

/// The addresses of a name, asked for once: what was looked at is what is connected to. No name of a server leads into this
/// machine or to what stands on its own wire, whatever who keeps the name says from one moment to the next.
fn resolve(name: Name) -> Resolving {
    Box::pin(async move {
        let is_here = name.as_str().eq_ignore_ascii_case("localhost");
        let found = lookup_host((name.as_str(), 0)).await?;
        let fit: Vec<SocketAddr> = found.filter(|at| is_here || !is_nobody_elses(at.ip())).collect();
        if fit.is_empty() { Err(io::ErrorKind::PermissionDenied.into()) } else { Ok(fit.into_iter()) }
    })
}

/// An address that is this machine, or a service of its own wire, or nobody. Networks of a campus are not among them.
#[must_use]
pub fn is_nobody_elses(address: IpAddr) -> bool {
    /// Where a cloud keeps a service for the machine alone, outside the local links.
    const CLOUD: Ipv4Addr = Ipv4Addr::new(100, 100, 100, 200);
    match address.to_canonical() {
        IpAddr::V4(address) => {
            address.octets().first() == Some(&0)
                || address.is_loopback()
                || address.is_link_local()
                || address.is_multicast()
                || address.is_broadcast()
                || address == CLOUD
        }
        IpAddr::V6(address) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_unicast_link_local()
                || address.is_multicast()
        }
    }
}

type Https = Client<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>;

/// What the portal asks other servers with, and how much of it is under way.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Trusts the authorities that browsers trust.
    client: Https,
    /// Those that trust others, by these in PEM. Operators set them: there are few.
    own: Arc<Mutex<HashMap<String, Https>>>,
    places: Arc<Semaphore>,
    hosts: Arc<Hosts>,
}

/// A client for other servers. It follows no redirect, takes answers of at most 256 KB, and waits ten seconds for them from
/// when it has its place.
#[derive(Debug)]
pub struct Asker {
    client: Https,
    places: Arc<Semaphore>,
    hosts: Arc<Hosts>,
}

/// The places at each host for which there are requests.
#[derive(Debug, Default)]
struct Hosts(Mutex<HashMap<String, Weak<HostPlaces>>>);

/// A host's places.
#[derive(Debug)]
struct HostPlaces {
    /// Of all requests for it.
    line: Semaphore,
    /// Of those that are under way.
    turns: Semaphore,
}

impl Hosts {
    /// The places at a host with its port.
    fn of(&self, host: &str) -> Arc<HostPlaces> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = all.get(host).and_then(Weak::upgrade) {
            return places;
        }
        all.retain(|_, places| places.strong_count() > 0);
        let places = Arc::new(HostPlaces { line: Semaphore::new(IN_LINE), turns: Semaphore::new(AT_ONE_HOST) });
        all.insert(host.to_owned(), Arc::downgrade(&places));
        places
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
        let secure = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1();
        Self {
            client: Client::builder(TokioExecutor::new()).build(secure.wrap_connector(plain())),
            own: Arc::default(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
            hosts: Arc::default(),
        }
    }
}

fn plain() -> HttpConnector<Resolver> {
    let mut plain = HttpConnector::new_with_resolver(service_fn(resolve as fn(Name) -> Resolving));
    plain.enforce_http(false);
    plain
}

/// A client's side of TLS that trusts these authorities (PEM) and no others; none where they are no certificates.
#[must_use]
pub fn trusts(authorities: &str) -> Option<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(authorities.as_bytes()) {
        roots.add(certificate.ok()?).ok()?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
    (!roots.is_empty()).then(|| config.with_root_certificates(roots).with_no_client_auth())
}

impl Outgoing {
    /// A client that trusts the authorities that browsers trust, or these (PEM) alone.
    ///
    /// # Errors
    /// [`Unanswered::Unreachable`] where they are no certificates.
    pub fn trusting(&self, authorities: Option<&str>) -> Result<Asker, Unanswered> {
        let client = match authorities {
            Some(authorities) => self.own_client(authorities)?,
            None => self.client.clone(),
        };
        Ok(Asker { client, places: Arc::clone(&self.places), hosts: Arc::clone(&self.hosts) })
    }

    fn own_client(&self, authorities: &str) -> Result<Https, Unanswered> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = own.get(authorities) {
            return Ok(client.clone());
        }
        let config = trusts(authorities).ok_or(Unanswered::Unreachable)?;
        let secure = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1();
        let client: Https = Client::builder(TokioExecutor::new()).build(secure.wrap_connector(plain()));
        own.insert(authorities.to_owned(), client.clone());
        Ok(client)
    }
}

impl Asker {
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
        let at_host = self.hosts.of(&host);
        let _in_line = at_host.line.try_acquire().map_err(|_| Unanswered::Busy)?;
        // None is asked about before its place is there: what is asked about and given up is spent at the server.
        // Whoever waits for a host has none of the places that all share.
        let both = async {
            let turn = at_host.turns.acquire().await?;
            Ok::<_, AcquireError>((turn, self.places.acquire().await?))
        };
        let _places = timeout(WAITS, both).await.map_err(|_| Unanswered::Busy)?.map_err(|_| Unanswered::Busy)?;
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
