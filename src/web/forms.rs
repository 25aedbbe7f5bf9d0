//! What all forms share: errors beside their fields, and safe ways onward.

use std::{
    collections::BTreeMap,
    error::Error,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::{
        FromRequest, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use http_body_util::{BodyExt, LengthLimitError, Limited};
use percent_encoding::percent_decode;
use serde::{
    Deserialize, Serialize,
    de::{
        DeserializeOwned,
        value::{Error as Unread, MapDeserializer},
    },
};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};
use tokio::time::timeout;

use crate::{
    clock::CHINA,
    failure::Failure,
    page::{faults, unsent::Unsent},
    rules::Finding,
    sheet::{Choice, ChoiceForm, LARGEST_FILE},
    text::{day, folded, is_hidden, printable, trimmed},
    web::{
        intake::{Intake, Place, Uploader},
        routes::{LARGEST_FORM, LARGEST_TYPED},
        upload_body::{Reading, UploadBody},
    },
};

/// Errors by field, in Chinese, in the order in which the form is read: that of its fields.
#[derive(Debug, Clone, Default)]
pub struct Errors(Vec<(&'static str, String)>);

impl Errors {
    /// Adds an error; the first one of a field stays, it is the more specific.
    pub fn add(&mut self, field: &'static str, says: impl Into<String>) {
        if self.of(field).is_none() {
            faults::note();
            self.0.push((field, says.into()));
        }
    }

    /// Nothing is in the way of what the form asks for. A form that came back unsent is shown and not done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty() && Unsent::here().is_none()
    }

    /// Something is wrong that the summary can name.
    #[must_use]
    pub fn has_faults(&self) -> bool {
        !self.0.is_empty()
    }

    /// The error of a field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        let own = self.0.iter().find(|(own, _)| *own == field).map(|(_, says)| says.as_str());
        own.or_else(|| TOO_LARGE.filter(|_| is_file(field) && Unsent::here() == Some(Unsent::TooLarge)))
    }

    /// Puts them in the order of the form's fields, where reading has to take another.
    pub fn put_in_order(&mut self, fields: &[&str]) {
        self.0.sort_by_key(|(own, _)| fields.iter().position(|field| field == own).unwrap_or(fields.len()));
    }

    /// All errors with their fields, for the summary above the form.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(field, says)| (*field, says.as_str()))
    }
}

/// How the summary above a form begins. Of one that came back it is said why above it, and what it lacks is asked for again.
#[must_use]
pub fn summary_lead() -> &'static str {
    if Unsent::here().is_some() { "再次提交前请改正：" } else { "没有办理，请改正：" }
}

/// How long a body may take for which there is no place.
const READ_PAST: Duration = Duration::from_secs(5);

/// What is said beside the field of a file that came back as too large.
const TOO_LARGE: Option<&str> = Some("文件超过 8 MB，请换一个小一点的");

/// The fields in which files are sent.
fn is_file(field: &str) -> bool {
    matches!(field, "file" | "scan")
}

/// A form as it was sent, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Submitted<F> {
    pub form: F,
    pub errors: Errors,
}

impl<F> Submitted<F> {
    #[must_use]
    pub fn new(form: F, errors: Errors) -> Self {
        Self { form, errors }
    }

    /// The form with one fault, beside that field.
    #[must_use]
    pub fn with_fault(form: F, field: &'static str, says: impl Into<String>) -> Self {
        let mut errors = Errors::default();
        errors.add(field, says);
        Self { form, errors }
    }
}

/// What came of a form that could be read.
#[derive(Debug)]
pub enum Attempt<T = ()> {
    Done(T),
    /// The field and what is wrong with it: the page comes back with everything typed.
    Fault(&'static str, String),
    /// What was warned of and needs a reason before it is written.
    NeedsReason(Vec<Finding>),
}

impl<T> Attempt<T> {
    /// An attempt that failed for a field.
    pub fn fault(field: &'static str, says: impl Into<String>) -> Self {
        Self::Fault(field, says.into())
    }

    /// What was done; where nothing was, an error beside the field.
    pub fn done_or(self, errors: &mut Errors) -> Option<T> {
        match self {
            Self::Done(done) => return Some(done),
            Self::Fault(field, says) => errors.add(field, says),
            Self::NeedsReason(_) => errors.add("reason", "请写明理由"),
        }
        None
    }
}

/// What a page is told by the act that leads to it: a word for what was done.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    /// The word; empty where one just comes to look.
    #[serde(default)]
    pub done: String,
}

/// The most fields of an upload's form.
const MOST_FIELDS: usize = 20;

/// A form with a file. The body's size is bounded by the router.
#[derive(Debug, Default)]
pub struct Upload {
    /// The file in the field `file`; none where no file was chosen.
    pub file: Option<Bytes>,
    /// What the browser calls it, cut at 100 characters and fit to be shown.
    pub file_name: String,
    /// The file in the field `scan`, with its name: the paper that an act rests on.
    pub scan: Option<(String, Bytes)>,
    fields: BTreeMap<String, String>,
    /// Held as long as the bytes are.
    _place: Option<Place>,
}

impl Upload {
    /// A text field; empty where the form has none.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// What was chosen about the file: its sheet, its hidden rows.
    #[must_use]
    pub fn choice(&self) -> Choice {
        self.form::<ChoiceForm>().unwrap_or_default().into()
    }

    /// The text fields as a form.
    ///
    /// # Errors
    /// [`Failure::Malformed`] where they are not that form's.
    pub fn form<F: DeserializeOwned>(&self) -> Result<F, Failure> {
        let fields = self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        F::deserialize(MapDeserializer::<_, Unread>::new(fields)).map_err(|_| Failure::Malformed)
    }
}

/// The text fields of a form as they arrived, for whoever shows it again where it was not done.
#[derive(Debug, Clone, Default)]
pub struct TypedFields(Arc<Mutex<Vec<TypedField>>>);

/// A text field as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedField {
    pub name: String,
    pub value: String,
}

impl TypedFields {
    pub fn note(&self, fields: Vec<TypedField>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = fields;
    }

    /// What was noted.
    #[must_use]
    pub fn take(&self) -> Vec<TypedField> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Reads a part to its end and keeps no more than so many bytes of it; none where it has more. About so many are expected.
async fn part_within(mut part: Field<'_>, most: usize, expected: usize) -> Result<Option<Bytes>, MultipartError> {
    // Grown by doubling, a file would lie in memory three times.
    let (mut kept, mut over) = (Vec::with_capacity(expected.min(most)), false);
    while let Some(chunk) = part.chunk().await? {
        over = over || kept.len() + chunk.len() > most;
        if over {
            kept = Vec::new();
        } else {
            kept.extend_from_slice(&chunk);
        }
    }
    Ok((!over).then(|| kept.into()))
}

/// How long a body is said to be; nothing where it is not said.
fn sent_length(headers: &HeaderMap) -> usize {
    headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok()).unwrap_or(0)
}

/// The parts of an upload, whose reader keeps no more of them in memory than what it looks at.
async fn parts_of<S: Send + Sync>(request: Request, state: &S, reading: &Reading) -> Result<Multipart, Failure> {
    let sent_as = request.headers().get(header::CONTENT_TYPE).and_then(|sent_as| sent_as.to_str().ok());
    let boundary = multer::parse_boundary(sent_as.unwrap_or_default()).map_err(|_| Failure::Malformed)?;
    let request = request.map(|body| Body::new(UploadBody::new(body, &boundary, reading.clone())));
    Multipart::from_request(request, state).await.map_err(|_| Failure::Malformed)
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Failure;
    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let broken = |error: MultipartError| {
            if is_over_the_limit(&error) { Failure::TooLarge } else { Failure::Malformed }
        };
        let intake = request.extensions().get::<Intake>().cloned();
        let intake = intake.ok_or_else(|| Failure::Broken(anyhow::anyhow!("the router gives no intake")))?;
        // What comes back is shown without files.
        let comes_back = Unsent::here().is_some();
        let place = match request.extensions().get::<Uploader>().copied() {
            _ if comes_back => Ok(None),
            Some(Uploader(account)) => intake.place(account, request.headers()).await.map(Some),
            None => Err(Failure::Busy),
        };
        // Where there is no place, files are read past: what was typed comes back.
        let past = if place.is_err() { Some(intake.read_past()?) } else { None };
        let most = if past.is_none() { LARGEST_FILE } else { 0 };
        let typed = request.extensions().get::<TypedFields>().cloned();
        let length = sent_length(request.headers());
        let reading = Reading::default();
        let mut parts = parts_of(request, state, &reading).await?;
        let read = async {
            let mut upload = Self::default();
            let (mut order, mut too_large, mut is_typed) = (Vec::new(), false, true);
            let mut room = LARGEST_TYPED;
            while let Some(part) = parts.next_field().await.map_err(broken)? {
                reading.begin_content();
                let name = part.name().unwrap_or_default().to_owned();
                if is_file(&name) {
                    let file_name = part.file_name().unwrap_or_default();
                    let is_chosen = !file_name.is_empty();
                    let file_name: String = printable(file_name, false).chars().take(100).collect();
                    // What is too large is read past, so that the fields behind it arrive too.
                    let bytes = part_within(part, most, length).await.map_err(broken)?;
                    too_large = too_large || bytes.is_none();
                    let bytes = bytes.filter(|bytes| is_chosen || !bytes.is_empty());
                    if name == "file" {
                        (upload.file_name, upload.file) = (file_name, bytes);
                    } else {
                        upload.scan = bytes.map(|bytes| (file_name, bytes));
                    }
                } else if upload.fields.len() < MOST_FIELDS {
                    let bytes = part_within(part, room, 0).await.map_err(broken)?.ok_or(Failure::TooMuchText)?;
                    room -= bytes.len();
                    let mut value = String::from_utf8(bytes.to_vec()).map_err(|_| Failure::Malformed)?;
                    let is_read_as_shown = leave_out_unseen(&name, &mut value);
                    is_typed = is_typed && is_read_as_shown && is_typeable(value.as_bytes());
                    order.push(TypedField { name: name.clone(), value: value.clone() });
                    upload.fields.insert(name, value);
                } else {
                    return Err(Failure::Malformed);
                }
                reading.begin_head();
            }
            Ok((upload, order, room, too_large, is_typed))
        };
        let (upload, order, room, too_large, is_typed) = if past.is_some() {
            // Whoever has no place keeps no connection for long.
            timeout(READ_PAST, read).await.map_err(|_| Failure::Busy)??
        } else {
            read.await?
        };
        if let Some(typed) = typed {
            typed.note(order);
        }
        let place = place?;
        if LARGEST_TYPED - room > LARGEST_FORM {
            return Err(Failure::TooMuchText);
        }
        if !is_typed {
            return Err(Failure::Untypeable);
        }
        if too_large { Err(Failure::TooLarge) } else { Ok(Self { _place: place, ..upload }) }
    }
}

/// A limit of some layer stands somewhere below the error.
pub(crate) fn is_over_the_limit(error: &(dyn Error + 'static)) -> bool {
    std::iter::successors(Some(error), |&error| error.source()).any(<dyn Error>::is::<LengthLimitError>)
}

/// A form as a query, without its empty fields: a way back that keeps everything typed.
///
/// # Errors
/// Where the form has a field that is no text.
pub fn as_query(form: &impl Serialize) -> Result<String, Failure> {
    let query = serde_html_form::to_string(form).map_err(anyhow::Error::new)?;
    // A value's own `=` is percent-encoded.
    let filled: Vec<&str> = query.split('&').filter(|pair| !pair.ends_with('=')).collect();
    Ok(filled.join("&"))
}

/// The page at `path` with a form on it as it was filled in: where a refusal leads back.
pub fn filled_in(path: &str, form: &impl Serialize) -> Result<String, Failure> {
    let query = as_query(form)?;
    Ok(if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") })
}

/// Why something is done, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ReasonForm {
    pub reason: String,
}

/// A reason of 1 to 200 characters, or an error beside the field.
pub fn reason(text: &str, errors: &mut Errors) -> Option<String> {
    written(text, 200, "reason", "请写明理由", errors)
}

/// A text of 1 to `most` characters; line breaks become blanks.
pub fn written(text: &str, most: usize, field: &'static str, ask: &'static str, errors: &mut Errors) -> Option<String> {
    let text = trimmed(text).split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        errors.add(field, ask);
    } else if text.chars().count() > most {
        errors.add(field, too_long(&text, most));
    } else if text.chars().any(is_hidden) {
        errors.add(field, "含有看不见的字符");
    } else {
        return Some(text);
    }
    None
}

/// What is said beside a text of more than `most` characters: how many are to be taken out can be seen.
#[must_use]
pub fn too_long(text: &str, most: usize) -> String {
    format!("不能超过 {most} 字，现在 {} 字", text.chars().count())
}

/// As [`written`], where nothing need be written: then it is empty.
pub fn written_if_any(text: &str, most: usize, field: &'static str, errors: &mut Errors) -> Option<String> {
    if trimmed(text).is_empty() { Some(String::new()) } else { written(text, most, field, "", errors) }
}

/// A day that is not after today, or an error beside the field.
pub fn past_day(text: &str, field: &'static str, today: Date, errors: &mut Errors) -> Option<Date> {
    let read = day(text).filter(|day| *day <= today);
    if read.is_none() {
        errors.add(field, format!("请填写日期，如 {today}；不能晚于今天"));
    }
    read
}

/// A moment as a field of date and time sends it, to the minute, in China's time. One that names a zone is none: it would be
/// read as another moment than was meant.
#[must_use]
pub fn moment(text: &str) -> Option<OffsetDateTime> {
    let text = folded(text).replace(' ', "T");
    let (date, time) = text.split_once('T')?;
    let mut parts = time.split(':');
    let (hour, minute) = (parts.next()?, parts.next()?);
    if !parts.all(|seconds| seconds.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')) {
        return None;
    }
    let time = Time::from_hms(hour.parse().ok()?, minute.parse().ok()?, 0).ok()?;
    Some(PrimitiveDateTime::new(day(date)?, time).assume_offset(CHINA))
}

/// As [`moment`], to the second.
#[must_use]
pub fn moment_to_the_second(text: &str) -> Option<OffsetDateTime> {
    let text = folded(text).replace(' ', "T");
    let (date, time) = text.split_once('T')?;
    let mut parts = time.split(':').map(|part| part.parse::<u8>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    let time = Time::from_hms(hour, minute, second).ok().filter(|_| parts.next().is_none())?;
    Some(PrimitiveDateTime::new(day(date)?, time).assume_offset(CHINA))
}

/// A moment as such a field shows it.
#[must_use]
pub fn moment_field(at: OffsetDateTime) -> String {
    let at = at.to_offset(CHINA);
    format!("{}T{:02}:{:02}", at.date(), at.hour(), at.minute())
}

/// A text of several lines, of 1 to `most` characters.
pub fn lines(text: &str, most: usize, field: &'static str, ask: &'static str, errors: &mut Errors) -> Option<String> {
    let text = trimmed(text).replace("\r\n", "\n");
    if text.is_empty() {
        errors.add(field, ask);
    } else if text.chars().count() > most {
        errors.add(field, too_long(&text, most));
    } else if text.chars().any(|c| c != '\n' && is_hidden(c)) {
        errors.add(field, "含有看不见的字符");
    } else {
        return Some(text);
    }
    None
}

/// Lets the page that answers know whether something is to be corrected.
pub async fn watched(request: Request, next: Next) -> Response {
    faults::watch(next.run(request)).await
}

/// Refuses what no keyboard types before a handler sees it: control characters, which the database could not even keep,
/// the two codes that are no characters, and marks that turn the text around. Characters without a width, which come along
/// when text is pasted, are left out.
pub async fn typeable(request: Request, next: Next) -> Response {
    let is_form = request.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(FORM));
    if !is_form {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    match Limited::new(body, LARGEST_FORM).collect().await {
        Ok(body) => match typed_body(body.to_bytes()) {
            Some(body) => next.run(Request::from_parts(head, Body::from(body))).await,
            None => Failure::Untypeable.into_response(),
        },
        Err(error) if is_over_the_limit(&*error) => Failure::TooMuchText.into_response(),
        Err(_) => Failure::Malformed.into_response(),
    }
}

const FORM: &[u8] = b"application/x-www-form-urlencoded";

fn decoded(encoded: &[u8]) -> Vec<u8> {
    percent_decode(encoded).collect()
}

/// The body of a form without what has no width; none where it holds what cannot be typed.
fn typed_body(body: Bytes) -> Option<Bytes> {
    let plain = decoded(&body);
    if !is_typeable(&plain) {
        return None;
    }
    if !String::from_utf8_lossy(&plain).chars().any(|c| has_no_width(c) || turns_text(c)) {
        return Some(body);
    }
    // What cannot be read is the handler's to refuse.
    let Ok(mut pairs) = serde_html_form::from_bytes::<Vec<(String, String)>>(&body) else { return Some(body) };
    let is_typed = pairs.iter_mut().all(|(name, value)| leave_out_unseen(name, value));
    is_typed.then(|| serde_html_form::to_string(&pairs).map_or(body, Bytes::from))
}

/// Fields of secrets, which are compared to the letter.
const SECRET: [&str; 5] = ["password", "old", "new", "again", "client_secret"];

/// Leaves out of a field what has no width; `false` where marks in it turn the text around.
fn leave_out_unseen(name: &str, value: &mut String) -> bool {
    if SECRET.contains(&name) {
        return true;
    }
    value.retain(|c| !has_no_width(c));
    !value.contains(turns_text)
}

/// Soft hyphens, zero-width blanks and joiners, marks of byte order: all of them hidden, and none changes what is read.
fn has_no_width(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Marks of direction: what is shown is not what is read.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2065}'..='\u{206f}')
}

/// Whether a text holds nothing but what can be typed.
fn is_typeable(bytes: &[u8]) -> bool {
    let control = bytes.iter().any(|byte| matches!(byte, 0..=8 | 11 | 12 | 14..=31 | 127));
    !control && !bytes.windows(3).any(|code| matches!(code, [0xEF, 0xBF, 0xBE | 0xBF]))
}

/// A text without what no keyboard types.
#[must_use]
pub fn typeable_part(text: &str) -> String {
    let is_seen = |c: char| !has_no_width(c) && !turns_text(c) && is_typeable(c.encode_utf8(&mut [0; 4]).as_bytes());
    text.chars().filter(|c| is_seen(*c)).collect()
}

/// The ids of what was ticked in a list.
///
/// # Errors
/// [`Failure::Malformed`] where one is no id: people tick, and type nothing. Who is told that an act is done did not tick less
/// than they think.
pub fn ticked<I: FromStr>(typed: &[String]) -> Result<Vec<I>, Failure> {
    typed.iter().map(|id| id.parse().map_err(|_| Failure::Malformed)).collect()
}

/// The places that were typed for the rows of a list, from 1; none where one is no number of a row, with an error beside the
/// field `place`.
pub fn typed_places(typed: &[String], errors: &mut Errors) -> Option<Vec<usize>> {
    let place = |text: &String| folded(text).parse::<usize>().ok().filter(|place| (1..=typed.len()).contains(place));
    let places: Option<Vec<usize>> = typed.iter().map(place).collect();
    if places.is_none() {
        errors.add("place", format!("次序应为 1 至 {} 的整数", typed.len()));
    }
    places
}

/// Rows in the order of the places typed for them, one each. Of two with one place, the row that came up to it stands before the one
/// that had it, and the row that came down to it after: whoever types a place for one row alone finds it there.
#[must_use]
pub fn moved<T>(rows: Vec<T>, places: &[usize]) -> Vec<T> {
    let mut keyed: Vec<_> =
        rows.into_iter().zip(places).zip(1..).map(|((row, place), was)| ((*place, place.cmp(&was)), row)).collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, row)| row).collect()
}

/// A path of ours, or the home page for anything that would lead elsewhere.
#[must_use]
pub fn local_path(path: &str) -> &str {
    // What is no plain ASCII cannot stand in a header; a page that was asked for came percent-encoded.
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let ours = path.starts_with('/') && !path.starts_with("//") && plain && path.len() <= 2_000;
    if ours { path } else { "/" }
}
