//! From which network a request comes: what attempts to sign in are counted by, and all of an address that is kept.

use std::{
    convert::Infallible,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use sha2::{Digest, Sha256};

/// The first 24 bits of an IPv4 address, the first 56 of an IPv6 address, which is what one household or office gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl Network {
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() & !0xFF).into(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !(u128::MAX >> 56)).into(),
        })
    }

    /// The network of the browser. Through a proxy on this machine it is the address that the proxy added last; what
    /// stands before it in the header is the sender's own invention.
    fn of_request(peer: Option<IpAddr>, headers: &HeaderMap) -> Self {
        let peer = peer.unwrap_or(Ipv4Addr::LOCALHOST.into());
        let mut lines = headers.get_all("x-forwarded-for").into_iter().filter_map(|line| line.to_str().ok());
        let added =
            lines.next_back().and_then(|line| line.rsplit(',').next()).and_then(|last| last.trim().parse().ok());
        Self::of(added.filter(|_| peer.is_loopback()).unwrap_or(peer))
    }

    /// A key of 32 bytes that no device's or session's can be.
    #[must_use]
    pub fn hash(self) -> Vec<u8> {
        Sha256::digest(format!("network {self}")).to_vec()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = if self.0.is_ipv4() { 24 } else { 56 };
        write!(f, "{}/{bits}", self.0)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Network {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        Ok(Self::of_request(peer, &parts.headers))
    }
}
