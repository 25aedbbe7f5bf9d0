//! What the page and the command ask of a university's server.

use std::fmt;

use serde::Deserialize;

use super::server::{CampusServer, ClientOf, PasswordFor, Protocol, SecretKey, address};
use crate::{
    config::PublicUrl, failure::Failure, ids::InstitutionId, sealing::keys::MarkKey, text::folded, web::forms::Errors,
};

/// What a box that is ticked sends.
const TICKED: &str = "yes";
/// Without it the server would send people to whatever host a request names.
const UNSTATED: &str =
    "运维还没有写明本系统的地址，不能设置：请运维启动时加上 --public-url https://本系统的域名，再来保存";
/// The choice of no server.
const OFF: &str = "off";

/// 统一身份认证 as typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct SettingsForm {
    /// A word of [`Protocol`], or `off`.
    pub protocol: String,
    pub server: String,
    pub number_field: String,
    pub name_field: String,
    pub client_id: String,
    /// Empty: the one that is kept, where server and client are the same.
    pub client_secret: String,
    /// `yes` where it is ticked.
    pub plain: String,
    /// `yes` where it is ticked.
    pub opens: String,
    /// A word of [`PasswordFor`].
    pub password_for: String,
    /// `yes`: nothing is typed, and what another administrator confirmed takes effect.
    pub apply: String,
}

impl fmt::Debug for SettingsForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SettingsForm")
    }
}

/// What seals a university's secret.
#[derive(Debug, Clone, Copy)]
pub struct Sealer<'a> {
    key: &'a SecretKey,
    institution: InstitutionId,
}

impl<'a> Sealer<'a> {
    pub(super) fn new(key: &'a SecretKey, institution: InstitutionId) -> Self {
        Self { key, institution }
    }

    /// With the key of this portal, for as long as `with` runs.
    pub fn within<T>(key: &MarkKey, institution: InstitutionId, with: impl FnOnce(Sealer<'_>) -> T) -> T {
        let key = SecretKey::of(key);
        with(Sealer { key: &key, institution })
    }
}

impl SettingsForm {
    /// The form with what is set now; a secret never comes back in a page.
    pub(super) fn showing(server: Option<&CampusServer>) -> Self {
        let Some(server) = server else {
            let password_for = PasswordFor::All.slug().to_owned();
            return Self { protocol: OFF.to_owned(), password_for, ..Self::default() };
        };
        let ticked = |is: bool| if is { TICKED.to_owned() } else { String::new() };
        Self {
            protocol: server.protocol.slug().to_owned(),
            server: server.address.clone(),
            number_field: server.number_field.clone().unwrap_or_default(),
            name_field: server.name_field.clone().unwrap_or_default(),
            client_id: server.client.as_ref().map_or_else(String::new, |client| client.id.clone()),
            client_secret: String::new(),
            plain: ticked(server.plain_allowed),
            opens: ticked(server.opens_students),
            password_for: server.password_for.slug().to_owned(),
            apply: String::new(),
        }
    }

    pub(super) fn without_secret(self) -> Self {
        Self { client_secret: String::new(), ..self }
    }

    pub(super) fn applies(&self) -> bool {
        self.apply == TICKED
    }

    pub(super) fn is_off(&self) -> bool {
        self.protocol == OFF
    }

    pub(super) fn allows_plain(&self) -> bool {
        self.plain == TICKED
    }

    pub(super) fn opens_students(&self) -> bool {
        self.opens == TICKED
    }

    /// Reads the form, or leaves an error beside each field; `origin` is where people reach the portal as the operator
    /// states it, `kept` what is set now.
    ///
    /// # Errors
    /// Never for a secret that can be sealed.
    pub fn read(
        &self,
        origin: Option<&PublicUrl>,
        kept: Option<&CampusServer>,
        sealer: Sealer<'_>,
        errors: &mut Errors,
    ) -> Result<Option<CampusServer>, Failure> {
        let protocol = self.protocol.parse::<Protocol>().ok();
        if protocol.is_none() {
            errors.add("protocol", "请选择 CAS 或 OIDC");
        }
        let Some(protocol) = protocol else { return Ok(None) };
        if origin.is_none() {
            errors.add("protocol", UNSTATED);
        }
        let address = match address(&self.server, self.allows_plain()) {
            Ok(address) if protocol == Protocol::Cas => Some(address.trim_end_matches('/').to_owned()),
            Ok(address) => Some(address.to_owned()),
            Err(says) => {
                errors.add("server", says);
                None
            }
        };
        let number_field = name_of(&self.number_field, "number_field", errors);
        let name_field = name_of(&self.name_field, "name_field", errors);
        let client = match protocol {
            Protocol::Cas => None,
            Protocol::Oidc => self.client(kept, address.as_deref(), sealer, errors)?,
        };
        let password_for = self.password_for.parse::<PasswordFor>().ok();
        if password_for.is_none() {
            errors.add("password_for", "请选择谁还可以用密码登录");
        }
        let (Some(address), Some(password_for), Some(origin)) = (address, password_for, origin) else {
            return Ok(None);
        };
        // The operator's own, for as long as the server is the same.
        let same = kept.filter(|kept| kept.address == address);
        let authorities = same.and_then(|kept| kept.authorities.clone());
        let server = CampusServer {
            protocol,
            address,
            origin: origin.as_str().to_owned(),
            number_field,
            name_field,
            client,
            plain_allowed: self.allows_plain(),
            opens_students: self.opens_students(),
            password_for,
            authorities,
        };
        Ok(errors.is_empty().then_some(server))
    }

    /// The client. A secret that is kept is for its own server and client: it is never sent to another.
    fn client(
        &self,
        kept: Option<&CampusServer>,
        address: Option<&str>,
        sealer: Sealer<'_>,
        errors: &mut Errors,
    ) -> Result<Option<ClientOf>, Failure> {
        let id = self.client_id.trim();
        if !plain(id, 300) {
            errors.add("client_id", "请填写信息化部门给的客户端编号（client_id）");
            return Ok(None);
        }
        let secret = self.client_secret.trim();
        if plain(secret, 500) {
            let secret = sealer.key.seal(sealer.institution, secret)?;
            return Ok(Some(ClientOf { id: id.to_owned(), secret }));
        }
        let kept = kept.filter(|kept| Some(kept.address.as_str()) == address).and_then(|kept| kept.client.as_ref());
        let same = kept.filter(|client| client.id == id && secret.is_empty());
        if same.is_none() {
            errors
                .add("client_secret", "请填写信息化部门给的客户端密钥（client_secret）；换了地址或编号的，要重新填写");
        }
        Ok(same.cloned())
    }
}

/// Visible ASCII of at most that many characters.
fn plain(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}

/// The name of an attribute or claim; none where it is left empty.
fn name_of(text: &str, field: &'static str, errors: &mut Errors) -> Option<String> {
    let name = folded(text);
    if name.chars().count() > 100 || name.chars().any(char::is_control) {
        errors.add(field, "应为属性（声明）的名称，不超过 100 字");
    }
    Some(name).filter(|name| !name.is_empty())
}
