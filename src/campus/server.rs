//! A university's own sign-in server, as it is set.

use std::{fmt, net::IpAddr};

use axum::http::{Uri, uri::Scheme};
use zeroize::Zeroizing;

use crate::{
    failure::Failure,
    ids::InstitutionId,
    sealing::keys::{self, MarkKey, Purpose},
    words::words,
};

/// Characters of an address.
const LONGEST_ADDRESS: usize = 300;

words! {
    /// By which protocol the server is asked.
    Protocol:
    Cas = "cas", "CAS 2/3";
    Oidc = "oidc", "OIDC";
}

words! {
    /// Who may also sign in with a password.
    PasswordFor:
    All = "all", "所有人";
    /// Those who hold an office beyond the class: the others come by the university's server alone.
    Staff = "staff", "担任教师职务的人";
}

/// Opens and seals the secrets of clients: drawn from the key that is a file and no row.
pub struct SecretKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey")
    }
}

impl SecretKey {
    #[must_use]
    pub fn of(key: &MarkKey) -> Self {
        Self(key.secret_for("campus sign-in"))
    }

    /// The secret as the database keeps it, for that university alone.
    pub fn seal(&self, institution: InstitutionId, secret: &str) -> Result<Vec<u8>, Failure> {
        let (_, public) = keys::pair_of_secret(&self.0);
        Ok(keys::seal(&public, Purpose::CampusSecret(institution), secret.as_bytes())?)
    }

    /// Opens what was sealed; none with another key, or for another university.
    #[must_use]
    pub fn open(&self, institution: InstitutionId, sealed: &[u8]) -> Option<Zeroizing<String>> {
        let (secret, _) = keys::pair_of_secret(&self.0);
        let opened = keys::open(&secret, Purpose::CampusSecret(institution), sealed)?;
        String::from_utf8(opened.to_vec()).ok().map(Zeroizing::new)
    }
}

/// An OpenID client as the server knows it.
#[derive(Debug, Clone)]
pub struct ClientOf {
    pub id: String,
    /// Sealed.
    pub secret: Vec<u8>,
}

/// How people of a university sign in by its own server.
#[derive(Debug, Clone)]
pub struct CampusServer {
    pub protocol: Protocol,
    /// The address of the CAS server without a slash at its end, or the issuer to the letter.
    pub address: String,
    /// The portal's public address when it was set, to which the server sends people back. Never of a request: who names
    /// the host would name for whom a ticket is.
    pub origin: String,
    /// The attribute or claim that is the number; none: the user, or the subject.
    pub number_field: Option<String>,
    /// The one that is the name.
    pub name_field: Option<String>,
    /// With [`Protocol::Oidc`].
    pub client: Option<ClientOf>,
    /// It may be asked without TLS though it is another machine.
    pub plain_allowed: bool,
    /// A student of the roster who has no account gets one.
    pub opens_students: bool,
    pub password_for: PasswordFor,
    /// The authorities by which it is trusted, in PEM, as the operator has set them; none: those that browsers trust.
    pub authorities: Option<String>,
}

impl CampusServer {
    /// Whether another would vouch for the same people in the same way, so that whoever came by it is who they were.
    #[must_use]
    pub fn vouches_as(&self, other: &Self) -> bool {
        let of = |server: &Self| {
            let client = server.client.as_ref().map(|client| client.id.clone());
            (server.protocol, server.address.clone(), server.number_field.clone(), client)
        };
        of(self) == of(other)
    }

    /// Whether others than before would decide who comes in: another server, or whoever stands between it and the portal.
    #[must_use]
    pub fn lets_others_decide(&self, before: Option<&Self>) -> bool {
        before.is_none_or(|before| !before.vouches_as(self) || (self.plain_allowed && !before.plain_allowed))
    }
}

/// An address of the server that may be asked: with TLS, or on this machine, or without TLS where that is allowed.
///
/// # Errors
/// What is wrong with it, in Chinese.
pub fn address(text: &str, plain_allowed: bool) -> Result<&str, &'static str> {
    const SAYS: &str = "应为完整的地址，如 https://cas.example.edu.cn/cas，不带问号和用户名";
    let text = text.trim();
    let uri: Uri = text.parse().map_err(|_| SAYS)?;
    let (Some(host), Some(authority)) = (uri.host(), uri.authority()) else { return Err(SAYS) };
    let is_plain = uri.scheme() == Some(&Scheme::HTTP);
    let is_web = is_plain || uri.scheme() == Some(&Scheme::HTTPS);
    let whole = is_web && uri.query().is_none() && !text.contains('#') && !authority.as_str().contains('@');
    if !whole || host.is_empty() || text.len() > LONGEST_ADDRESS {
        return Err(SAYS);
    }
    if is_plain && !plain_allowed && !matches!(host, "127.0.0.1" | "localhost" | "[::1]") {
        return Err("应以 https:// 开头；确实只有 http 的，请勾选“允许不加密”");
    }
    Ok(text)
}

/// Whether an address that a server names of itself may be asked: as [`address`], but it may have a query. One inside this
/// machine or its network is asked for an `issuer` that is there itself alone.
#[must_use]
pub fn may_be_asked(url: &str, issuer: &str, plain_allowed: bool) -> bool {
    let fits = address(url.split('?').next().unwrap_or_default(), plain_allowed).is_ok();
    fits && (!is_inside(url) || is_inside(issuer))
}

/// Whether an address is this machine or one of a private network, to the letter; what a whole name resolves to is the
/// university's own, and campus servers are inside. Resolvers also read `127.1`, `2130706433` and `0x7f000001` as addresses.
#[must_use]
pub fn is_inside(url: &str) -> bool {
    let uri: Option<Uri> = url.parse().ok();
    let host = uri.as_ref().and_then(Uri::host).unwrap_or_default();
    let name = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase();
    if let Ok(address) = name.parse::<IpAddr>() {
        return match address.to_canonical() {
            IpAddr::V4(address) => {
                let [first, second, ..] = address.octets();
                // The network of a carrier, where clouds keep services of their own.
                let is_shared = first == 100 && (64..128).contains(&second);
                is_shared
                    || first == 0
                    || address.is_loopback()
                    || address.is_private()
                    || address.is_link_local()
                    || address.is_multicast()
                    || address.is_broadcast()
            }
            IpAddr::V6(address) => {
                address.is_loopback()
                    || address.is_unspecified()
                    || address.is_unique_local()
                    || address.is_unicast_link_local()
                    || address.is_multicast()
            }
        };
    }
    let Some((_, last)) = name.rsplit_once('.') else { return true };
    let is_number = last.starts_with("0x") || last.bytes().all(|byte| byte.is_ascii_digit());
    is_number || matches!(last, "localhost" | "localdomain")
}
