//! What a CAS server says, read leniently: by local names, in both styles of attributes, with odd names and without a
//! charset. Document definitions are refused, and no entity but the five of XML is known.

use encoding_rs::GB18030;
use quick_xml::{
    XmlVersion,
    events::{BytesStart, Event},
    reader::Reader,
};

use super::{paths::encoded, refusal::Refusal, server::CampusServer};

/// The longest ticket.
const LONGEST_TICKET: usize = 256;
/// The deepest element of an answer.
const DEEPEST: usize = 32;

/// A person whom the server vouches for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CasPerson {
    pub user: String,
    /// Names with values, in the order of the answer; a name may stand several times.
    pub attributes: Vec<Attribute>,
}

/// What the server says of somebody beside their user; a name may stand several times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    pub name: String,
    pub value: String,
}

impl CasPerson {
    /// The first value of an attribute of that name, whatever its case.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let named = |attribute: &&Attribute| attribute.name.eq_ignore_ascii_case(name);
        self.attributes.iter().find(named).map(|attribute| attribute.value.as_str())
    }
}

/// A ticket as a query names it.
pub(super) fn is_ticket(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (1..=LONGEST_TICKET).contains(&text.len()) && text.bytes().all(fits)
}

/// Where a browser signs in; `service` is where it comes back to.
pub(super) fn sign_in_url(server: &CampusServer, service: &str) -> String {
    format!("{}/login?service={}", server.address, encoded(service))
}

/// Where a browser ends its session there.
pub(super) fn sign_out_url(server: &CampusServer) -> String {
    format!("{}/logout", server.address)
}

/// Where a ticket is asked about, by version 3 of the protocol or by version 2.
pub(super) fn validation_url(server: &CampusServer, version: &str, service: &str, ticket: &str) -> String {
    let call = if version == "3" { "p3/serviceValidate" } else { "serviceValidate" };
    format!("{}/{call}?service={}&ticket={}", server.address, encoded(service), encoded(ticket))
}

/// The text of an answer: UTF-8 whatever its header says, else as China's servers write.
fn text_of(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| GB18030.decode(bytes).0.into_owned())
}

/// An element on the way to where the reader is.
#[derive(Debug, Default)]
struct Open {
    name: String,
    text: String,
}

/// An element's name without its prefix. A name with a blank in it is read as one with attributes that have no values.
fn name_of(start: &BytesStart<'_>) -> String {
    let whole: &str = start.as_ref();
    let whole = if whole.contains('=') { start.name().into_inner() } else { whole };
    let whole = whole.trim().trim_end_matches('/').trim_end();
    whole.split_once(':').map_or(whole, |(_, local)| local).to_owned()
}

fn value_of(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = start.attributes();
    let found = attributes
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.local_name().into_inner().eq_ignore_ascii_case(name))?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

/// A value, but for what means that there is none.
fn said(value: &str) -> Option<String> {
    let value = value.trim();
    (!value.is_empty() && !value.eq_ignore_ascii_case("none") && !value.eq_ignore_ascii_case("null"))
        .then(|| value.to_owned())
}

/// What is found on the way through an answer.
#[derive(Debug, Default)]
struct Found {
    users: Vec<String>,
    attributes: Vec<Attribute>,
    failure: Option<String>,
    succeeds: bool,
}

impl Found {
    fn opened(&mut self, start: &BytesStart<'_>, path: &[Open]) {
        let name = path.last().map(|open| open.name.as_str()).unwrap_or_default();
        match name {
            "authenticationSuccess" => self.succeeds = true,
            "authenticationFailure" => self.failure = Some(value_of(start, "code").unwrap_or_default()),
            // The style of before version 3: <cas:attribute name="…" value="…"/>.
            "attribute" => {
                let value = value_of(start, "value").as_deref().and_then(said);
                self.attributes
                    .extend(value_of(start, "name").zip(value).map(|(name, value)| Attribute { name, value }));
            }
            _ => {}
        }
    }

    fn closed(&mut self, closed: &Open, path: &[Open]) {
        let parent = path.last().map(|open| open.name.as_str()).unwrap_or_default();
        match (parent, closed.name.as_str()) {
            ("authenticationSuccess", "user") => self.users.extend(said(&closed.text)),
            ("authenticationSuccess" | "attributes", name) if name != "attributes" && name != "attribute" => {
                let named = |value| Attribute { name: name.to_owned(), value };
                self.attributes.extend(said(&closed.text).map(named));
            }
            _ => {}
        }
    }

    fn outcome(self) -> Result<CasPerson, Refusal> {
        if let Some(code) = self.failure {
            return Err(Refusal::of_cas(&code));
        }
        // Two users are nobody: one of them may be what somebody wrote into an attribute of their own.
        match <[String; 1]>::try_from(self.users) {
            Ok([user]) if self.succeeds => Ok(CasPerson { user, attributes: self.attributes }),
            _ => Err(Refusal::Unreadable),
        }
    }
}

fn push(text: &mut String, event: &Event<'_>) {
    match event {
        Event::Text(piece) => text.push_str(&piece.xml10_content()),
        Event::CData(piece) => text.push_str(&piece.xml10_content()),
        Event::GeneralRef(reference) => {
            let known = match &**reference {
                "amp" => Some('&'),
                "lt" => Some('<'),
                "gt" => Some('>'),
                "quot" => Some('"'),
                "apos" => Some('\''),
                _ => reference.resolve_char_ref().ok().flatten(),
            };
            text.extend(known);
        }
        _ => {}
    }
}

/// Walks through elements; `closed` is told of each as it ends, with those around it.
fn walk(text: &str, found: &mut Found) -> Result<(), Refusal> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    config.expand_empty_elements = true;
    let mut path: Vec<Open> = Vec::new();
    loop {
        let event = reader.read_event().map_err(|_| Refusal::Unreadable)?;
        match &event {
            Event::Start(start) => {
                path.push(Open { name: name_of(start), text: String::new() });
                if path.len() > DEEPEST {
                    return Err(Refusal::Unreadable);
                }
                found.opened(start, &path);
            }
            Event::End(_) => {
                if let Some(closed) = path.pop() {
                    found.closed(&closed, &path);
                }
            }
            Event::DocType(_) => return Err(Refusal::Unreadable),
            Event::Eof => return if path.is_empty() { Ok(()) } else { Err(Refusal::Unreadable) },
            other => {
                if let Some(open) = path.last_mut() {
                    push(&mut open.text, other);
                }
            }
        }
    }
}

/// Whether an answer is of the protocol at all, be it yes or no, and not some page of the server.
pub(super) fn is_response(bytes: &[u8]) -> bool {
    text_of(bytes).contains("serviceResponse")
}

/// Reads the answer about a ticket.
pub fn answer(bytes: &[u8]) -> Result<CasPerson, Refusal> {
    let mut found = Found::default();
    walk(&text_of(bytes), &mut found)?;
    found.outcome()
}

/// The ticket that a request to end its session names; none where it names none.
#[must_use]
pub fn ended_ticket(request: &str) -> Option<String> {
    let mut reader = Reader::from_str(request);
    reader.config_mut().check_end_names = false;
    let (mut inside, mut text) = (false, String::new());
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => inside = name_of(&start) == "SessionIndex",
            Event::End(_) if inside => return Some(text.trim().to_owned()).filter(|ticket| is_ticket(ticket)),
            Event::DocType(_) | Event::Eof => return None,
            other if inside => push(&mut text, &other),
            _ => {}
        }
    }
}
