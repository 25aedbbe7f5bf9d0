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
pub(super) struct SecretKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey")
    }
}

impl SecretKey {
    pub fn of(key: &MarkKey) -> Self {
        Self(key.secret_for("campus sign-in"))
    }

    /// The secret as the database keeps it, for that university alone.
    pub fn seal(&self, institution: InstitutionId, secret: &str) -> Result<Vec<u8>, Failure> {
        let (_, public) = keys::pair_of_secret(&self.0);
        Ok(keys::seal(&public, Purpose::CampusSecret(institution), secret.as_bytes())?)
    }

    /// Opens what was sealed; none with another key, or for another university.
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
    pub(super) fn vouches_as(&self, other: &Self) -> bool {
        let of = |server: &Self| {
            let client = server.client.as_ref().map(|client| client.id.clone());
            (server.protocol, server.address.clone(), server.number_field.clone(), client)
        };
        of(self) == of(other)
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
pub(super) fn may_be_asked(url: &str, issuer: &str, plain_allowed: bool) -> bool {
    let fits = address(url.split('?').next().unwrap_or_default(), plain_allowed).is_ok();
    fits && (!is_inside(url) || is_inside(issuer))
}

/// Whether an address is this machine or one of a private network, to the letter; what a whole name resolves to is the
/// university's own, and campus servers are inside. Resolvers also read `127.1`, `2130706433` and `0x7f000001` as addresses.
pub(super) fn is_inside(url: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_tls_only_this_machine_is_asked_unless_it_is_allowed() {
        for fine in ["https://cas.example.edu.cn/cas", "http://127.0.0.1:8000", "http://[::1]:8000/a"] {
            assert_eq!(address(fine, false), Ok(fine));
        }
        for wrong in [
            "http://cas.example.edu.cn",
            "https://a@b.example",
            "https://b.example/?a=b",
            "ftp://b.example",
            "",
            "/cas",
        ] {
            assert!(address(wrong, false).is_err(), "{wrong}");
        }
        assert!(address("http://cas.example.edu.cn", true).is_ok());
        assert!(may_be_asked("https://b.example/authorize?x=y", "https://b.example", false));
        assert!(!may_be_asked("http://b.example/authorize", "https://b.example", false));
    }

    #[test]
    fn inside_is_asked_where_the_issuer_is_inside_alone() {
        for inside in [
            "http://127.0.0.1:8000/token",
            "http://localhost/token",
            "https://[::1]/token",
            "https://127.1/token",
            "https://2130706433/token",
            "https://0x7f.0.0.0x1/token",
            "https://10.1.2.3/token",
            "https://192.168.1.1./token",
            "https://169.254.169.254/latest",
            "https://100.100.100.200/latest",
            "https://[fd00::1]/token",
            "https://[fe80::1]/token",
            "https://[::ffff:10.1.2.3]/token",
            "https://0.0.0.0/token",
            "https://db/token",
            "https://a.localhost/token",
        ] {
            assert!(is_inside(inside) && !may_be_asked(inside, "https://id.example.edu.cn/", true), "{inside}");
            assert!(may_be_asked(inside, "http://127.0.0.1:9000/", true), "{inside}");
        }
        for outside in
            ["https://cas.example.edu.cn/cas", "https://202.120.2.2/cas", "https://[2001:da8::1]/", "https://1.example"]
        {
            assert!(!is_inside(outside), "{outside}");
        }
    }

    #[test]
    fn another_server_or_number_vouches_for_others() {
        let server = CampusServer {
            protocol: Protocol::Cas,
            address: "https://cas.example.edu.cn/cas".to_owned(),
            origin: "https://lunzhi.example.edu.cn".to_owned(),
            number_field: None,
            name_field: None,
            client: None,
            plain_allowed: false,
            opens_students: false,
            password_for: PasswordFor::All,
            authorities: None,
        };
        let changed = CampusServer { opens_students: true, name_field: Some("cn".to_owned()), ..server.clone() };
        assert!(server.vouches_as(&changed));
        let number = CampusServer { number_field: Some("xh".to_owned()), ..server.clone() };
        let elsewhere = CampusServer { address: "https://id.example.edu.cn".to_owned(), ..server.clone() };
        let client = Some(ClientOf { id: "lunzhi".to_owned(), secret: Vec::new() });
        let way = CampusServer { protocol: Protocol::Oidc, client, ..server.clone() };
        assert!([number, elsewhere, way].iter().all(|other| !server.vouches_as(other)));
    }

    #[test]
    fn a_secret_opens_with_its_key_for_its_university_alone() {
        let (mark, institution) = (MarkKey::random(), InstitutionId::random());
        let sealed = SecretKey::of(&mark).seal(institution, "secret").unwrap();
        let opened = |key: &MarkKey, of| SecretKey::of(key).open(of, &sealed).map(|secret| secret.to_string());
        assert_eq!(opened(&mark, institution).as_deref(), Some("secret"));
        assert_eq!(opened(&MarkKey::random(), institution), None);
        assert_eq!(opened(&mark, InstitutionId::random()), None);
    }
}
