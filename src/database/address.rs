//! Where the database is: one server or several, of which one takes writes, as libpq's addresses name them.

use std::{str::FromStr, time::Duration};

use anyhow::{Context, Error, Result, bail, ensure};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sqlx::postgres::PgConnectOptions;

/// How long a connection may take to be made, where the address does not say `connect_timeout`.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);

/// `postgres://user@a:1,b:2/db?target_session_attrs=read-write`, or `host=a,b port=1,2 dbname=db`.
#[derive(Debug, Clone)]
pub struct Address {
    pub servers: Vec<Server>,
    /// How long a connection to one of them may take to be made.
    pub connect_within: Duration,
    /// For PostgreSQL's own programs, without the password.
    client: String,
    password: Option<String>,
}

/// One server that may hold the database.
#[derive(Debug, Clone)]
pub struct Server {
    /// For the log: host and port.
    pub name: String,
    pub options: PgConnectOptions,
}

/// What an address says, decoded.
type Settings = Vec<(String, String)>;

impl FromStr for Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let after = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
        let mut settings = after.map_or_else(|| of_words(text), of_url)?;
        let hosts = take(&mut settings, "host").or_else(|| take(&mut settings, "hostaddr")).unwrap_or_default();
        let ports = take(&mut settings, "port").unwrap_or_default();
        if let Some(wanted) = take(&mut settings, "target_session_attrs") {
            let fits = matches!(wanted.as_str(), "any" | "read-write" | "primary");
            ensure!(fits, "the portal writes: target_session_attrs={wanted} is not for it; leave it out");
        }
        let within = take(&mut settings, "connect_timeout").and_then(|seconds| seconds.parse::<u64>().ok());
        let connect_within = within.filter(|seconds| *seconds > 0).map_or(CONNECT_WITHIN, Duration::from_secs);
        let (hosts, ports): (Vec<&str>, Vec<&str>) = (hosts.split(',').collect(), ports.split(',').collect());
        let fits = ports.len() == 1 || ports.len() == hosts.len();
        ensure!(fits, "the address names {} hosts and {} ports", hosts.len(), ports.len());
        let mut servers = Vec::new();
        for (place, host) in hosts.iter().enumerate() {
            let port = ports.get(place).or_else(|| ports.first()).copied().unwrap_or_default();
            servers.push(Server { name: format!("{host}:{port}"), options: options(host, port, &settings)? });
        }
        let password = take(&mut settings, "password");
        let mut client = settings;
        let whole = [("host", hosts.join(",")), ("port", ports.join(","))];
        client.extend(whole.into_iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| (key.into(), value)));
        if servers.len() > 1 {
            client.push(("target_session_attrs".to_owned(), "read-write".to_owned()));
        }
        let quoted = |value: &str| value.replace('\\', "\\\\").replace('\'', "\\'");
        let words: Vec<String> = client.iter().map(|(key, value)| format!("{key}='{}'", quoted(value))).collect();
        Ok(Self { servers, connect_within, client: words.join(" "), password })
    }
}

impl Address {
    /// The address for PostgreSQL's own programs without the password, which would stand in lists of processes; and the
    /// password.
    #[must_use]
    pub fn for_clients(&self) -> (&str, Option<&str>) {
        (&self.client, self.password.as_deref())
    }
}

/// The value of a setting, which is taken away; of several the last.
fn take(settings: &mut Settings, key: &str) -> Option<String> {
    let value = settings.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value.clone());
    settings.retain(|(known, _)| known != key);
    value.filter(|value| !value.is_empty())
}

fn options(host: &str, port: &str, settings: &[(String, String)]) -> Result<PgConnectOptions> {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let own = [("host", host), ("port", port)].into_iter().filter(|(_, value)| !value.is_empty());
    let all = own.chain(settings.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    let query: Vec<String> = all.map(|(key, value)| format!("{}={}", encoded(key), encoded(value))).collect();
    let url = format!("postgres:///?{}", query.join("&"));
    url.parse::<PgConnectOptions>().context("the address of the database cannot be read")
}

fn decoded(text: &str) -> Result<String> {
    Ok(percent_decode_str(text).decode_utf8().context("the address of the database is no UTF-8")?.into_owned())
}

/// What stands after the scheme.
fn of_url(text: &str) -> Result<Settings> {
    let (rest, query) = text.split_once('?').unwrap_or((text, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    let (person, places) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = person.split_once(':').unwrap_or((person, ""));
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for place in places.split(',') {
        // An address of IPv6 stands in brackets, for it has colons of its own.
        let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, port)) => (host, port.trim_start_matches(':')),
            None => place.rsplit_once(':').unwrap_or((place, "")),
        };
        hosts.push(decoded(host)?);
        ports.push(port);
    }
    let mut settings = Settings::new();
    let has_port = ports.iter().any(|port| !port.is_empty());
    if has_port {
        for port in ports.iter_mut().filter(|port| port.is_empty()) {
            *port = "5432";
        }
    }
    let own = [
        ("user", decoded(user)?),
        ("password", decoded(password)?),
        ("host", hosts.join(",")),
        ("port", if has_port { ports.join(",") } else { String::new() }),
        ("dbname", decoded(database)?),
    ];
    settings.extend(own.into_iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| (key.to_owned(), value)));
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        settings.push((decoded(key)?, decoded(value)?));
    }
    Ok(settings)
}

/// `key=value` in words; a value with blanks stands in single quotes, and a backslash takes away what the next character means.
fn of_words(text: &str) -> Result<Settings> {
    let (mut settings, mut rest) = (Settings::new(), text.trim_start());
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=').context("the address of the database is no address")?;
        let after = after.trim_start();
        let is_quoted = after.starts_with('\'');
        let (mut value, mut end, mut is_escaped) = (String::new(), None, false);
        for (at, c) in after.char_indices().skip(usize::from(is_quoted)) {
            if std::mem::take(&mut is_escaped) {
                value.push(c);
            } else if c == '\\' {
                is_escaped = true;
            } else if (is_quoted && c == '\'') || (!is_quoted && c.is_whitespace()) {
                end = Some(at + c.len_utf8());
                break;
            } else {
                value.push(c);
            }
        }
        if is_quoted && end.is_none() {
            bail!("a quotation in the address of the database has no end");
        }
        settings.push((key.trim().to_owned(), value));
        rest = after.get(end.unwrap_or(after.len())..).unwrap_or_default().trim_start();
    }
    Ok(settings)
}
