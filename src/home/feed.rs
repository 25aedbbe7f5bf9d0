//! The calendar as phones subscribe to it: an address that nobody can guess, of one person in one office, until they end it.

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use sha2::{Digest, Sha256};
use time::Duration;

use super::{
    Home, Verb,
    calendar::{self, CalendarQuery, gather},
    entries::{Days, entries},
    entry::CalendarEntry,
    paths::{CALENDAR, feed_path},
    subscription::{close, open, person_of},
};
use crate::{
    audit::{self, Entry},
    auth::{person::SignedIn, token::Token},
    calendar_file::{Event, When, calendar as calendar_file},
    clock::CHINA,
    failure::Failure,
    meetings,
    page::task::Task,
    web::{origin::Origin, routes::Routes},
};

/// How far back the file goes, and how far ahead: what is subscribed to is fetched again and again.
const BACK: Duration = Duration::days(31);
const AHEAD: Duration = Duration::days(366);

pub(super) fn routes() -> Routes<Home> {
    Routes::default()
        .post("/calendar/feed", make)
        .post("/calendar/feed/end", end)
        .get("/feeds/{token}/calendar.ics", feed)
}

/// Makes an address and shows it once; an earlier one ends.
async fn make(State(app): State<Home>, person: SignedIn, Origin(origin): Origin) -> Result<Response, Failure> {
    let now = app.clock.now();
    let office = person.acting.clone().ok_or(Failure::Missing)?;
    let token = Token::random();
    app.write_as(person.authority(), async |db| {
        close(db, &person, now).await?;
        open(db, &person, &office, &token, now).await?;
        audit::append(db, &person, Entry::about(Verb::CalendarKept, person.account).detail("办理", "开启订阅"), now)
            .await
    })
    .await?;
    let address = format!("{origin}{}", feed_path(&token.into_field()));
    Ok(calendar::page(&app, &person, &CalendarQuery::default(), address).await?.into_response())
}

async fn end(State(app): State<Home>, person: SignedIn) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(person.authority(), async |db| {
        if close(db, &person, now).await? {
            let entry = Entry::about(Verb::CalendarKept, person.account).detail("办理", "结束订阅");
            audit::append(db, &person, entry, now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(CALENDAR))
}

/// A deadline as a whole day. Its id is of what is to be done and not of how often: a count in its words may change.
fn deadline(person: &SignedIn, task: Task) -> Option<Event> {
    let due = task.due?;
    let lasting: String = task.says.chars().filter(|c| !c.is_ascii_digit()).collect();
    let digest = Sha256::digest(format!("{} {} {lasting}", person.account, task.href));
    let mut uid = hex::encode(digest);
    uid.truncate(32);
    Some(Event {
        uid: format!("{uid}@lunzhi"),
        sequence: 0,
        when: When::On(due),
        title: task.says,
        place: String::new(),
        says: [task.who, task.more].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n"),
        cancelled: false,
    })
}

async fn feed(State(app): State<Home>, Path(token): Path<String>) -> Result<Response, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let token = Token::from_field(&token).ok_or(Failure::Missing)?;
    let person = person_of(&mut db, &token, now).await?.ok_or(Failure::Missing)?;
    let meetings = meetings::tasks::invited(&mut db, &person, now).await?;
    let mut events: Vec<Event> = meetings.iter().map(meetings::meeting::UnionMeeting::event).collect();
    for task in gather(&app, &mut db, &person, now).await? {
        // A meeting stands there with its hour.
        if !meetings.iter().any(|meeting| meeting.id.path() == task.href) {
            events.extend(deadline(&person, task));
        }
    }
    let today = now.to_offset(CHINA).date();
    let days = Days { first: today - BACK, last: today + AHEAD };
    let known = |entry: &CalendarEntry| meetings.iter().any(|meeting| entry.is_meeting(meeting.id));
    let found = entries(&mut db, &person, days).await?;
    events.extend(found.iter().filter(|entry| !known(entry)).map(CalendarEntry::event));
    let text = calendar_file(&format!("{}学生会全年日历", person.institution_name), &events, now);
    let headers =
        [(header::CONTENT_TYPE, "text/calendar; charset=utf-8"), (header::CACHE_CONTROL, "private, no-store")];
    Ok((headers, text).into_response())
}
