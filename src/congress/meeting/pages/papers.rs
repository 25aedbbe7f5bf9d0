//! The papers of a meeting, to print and as Word files.

use std::fmt::Write as _;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::Response,
};
use sqlx::PgConnection;
use time::Date;

use super::{below, counting_day, seen_meeting};
use crate::{
    auth::acting::Acting,
    congress::{
        CongressReader,
        congress::Congress,
        meeting::{
            composed::{Course, ElectedContest, MeetingPaper, PreparedContest, SeatingPlan},
            nouns::{Guest, Meeting},
            state::Meetings,
            store,
        },
        pages::refusal,
    },
    elections::{counting, sitting::Stage, store as elections},
    failure::Failure,
    ids::CongressId,
    page::chrome::Chrome,
    papers::{self, Paper},
};

/// What the papers of a meeting rest on, as it is now.
pub(in crate::congress::meeting) async fn course(
    db: &mut PgConnection,
    congress: Congress,
    meeting: Meeting,
    today: Date,
) -> Result<Course, Failure> {
    let (id, day) = (congress.id, counting_day(&meeting, today));
    let (mut contests, mut prepared) = (Vec::new(), Vec::new());
    for sitting in elections::sittings_at_congress(db, congress.institution, id).await? {
        if sitting.stage() == Stage::Voided {
            continue;
        }
        let own = elections::contests(db, &sitting, Some(today)).await?;
        let first_rounds = own.iter().filter(|contest| contest.round_of.is_none());
        prepared.extend(first_rounds.map(|contest| PreparedContest::of(contest, &sitting)));
        if sitting.stage() != Stage::Reported {
            continue;
        }
        let accounts = counting::accounts(db, &sitting, &own).await?;
        contests.extend(own.into_iter().zip(accounts).map(|(contest, account)| ElectedContest {
            title: contest.title,
            seats: contest.seats,
            account,
        }));
    }
    let guests = store::guests(db, id).await?;
    let guest = |one: Guest| {
        if one.unit.is_empty() { one.name } else { format!("{}（{}）", one.name, one.unit) }
    };
    Ok(Course {
        head: store::headcount(db, id, day).await?,
        guests: guests.into_iter().map(guest).collect(),
        people: store::attendees(db, id, day).await?,
        agenda: store::agenda(db, id).await?,
        votes: store::votes(db, id).await?,
        duties: store::duties(db, id).await?,
        contests,
        prepared,
        congress,
        meeting,
    })
}

/// A seat as the plan draws it.
struct DrawnSeat {
    x: usize,
    y: usize,
    /// Delegations take turns, so that neighbours differ.
    tone: usize,
}

/// The hall as one drawing: 24 units a seat.
struct DrawnHall {
    width: usize,
    height: usize,
    seats: Vec<DrawnSeat>,
    labels: Vec<DrawnLabel>,
    title: String,
}

/// A delegation's name on its first seat.
struct DrawnLabel {
    x: usize,
    y: usize,
    text: String,
}

const SEAT: usize = 24;
/// Room for the stage.
const STAGE: usize = 40;

impl DrawnHall {
    fn new(plan: &SeatingPlan) -> Self {
        let (rows, columns) = (usize::from(plan.hall.rows), usize::from(plan.hall.columns));
        let (mut drawn, mut labels, mut title) = (Vec::new(), Vec::new(), "座次图：".to_owned());
        for (place, block) in plan.blocks.iter().enumerate() {
            let _ = write!(title, "{}{} {} 人", if place > 0 { "，" } else { "" }, block.name, block.seats.len());
            let inside = block.seats.iter().filter(|seat| seat.row < rows);
            for (number, seat) in inside.enumerate() {
                let (x, y) = (seat.column * SEAT, STAGE + seat.row * SEAT);
                if number == 0 {
                    labels.push(DrawnLabel { x: x + SEAT / 2, y: y + 16, text: (place + 1).to_string() });
                }
                drawn.push(DrawnSeat { x: x + 2, y: y + 2, tone: place % 4 });
            }
        }
        Self { width: columns * SEAT, height: STAGE + rows * SEAT, seats: drawn, labels, title }
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/meeting/paper.html")]
pub(super) struct MeetingPaperPage {
    chrome: Chrome,
    paper: Paper,
    word: String,
    back: String,
    hall: Option<DrawnHall>,
    /// Said to staff only.
    hint: String,
}

/// A paper with what stands around it.
struct Made {
    paper: Paper,
    hall: Option<DrawnHall>,
    hint: String,
}

fn made(course: &Course, which: MeetingPaper) -> Option<Made> {
    let alone = |paper| Some(Made { paper, hall: None, hint: String::new() });
    match which {
        MeetingPaper::Agenda => alone(course.agenda_paper()),
        MeetingPaper::ElectionRules => {
            let hint = if course.rules_are_of_practice() {
                "还没有建立选举场次，条文按实践惯例写；建立以后按场次的计票办法写。".to_owned()
            } else {
                "条文按选举场次的计票办法写；各项的依据见场次的页面。".to_owned()
            };
            Some(Made { paper: course.election_rules(), hall: None, hint })
        }
        MeetingPaper::Script => alone(course.script()),
        MeetingPaper::Roll => alone(course.roll()),
        MeetingPaper::Minutes => alone(course.minutes_paper()),
        MeetingPaper::Seating => {
            let plan = course.seating(course.meeting.hall?);
            let hint = match plan.missing {
                0 => "图中的数字是下表中代表团的次序。".to_owned(),
                missing => format!("会场座位不够：还有 {missing} 人没有座位，请在会议安排里核对排数和每排座位数。"),
            };
            Some(Made { paper: course.seating_paper(&plan), hall: Some(DrawnHall::new(&plan)), hint })
        }
    }
}

/// A paper of a meeting; none where what it shows was not arranged.
pub(in crate::congress::meeting) fn paper_of(course: &Course, which: MeetingPaper) -> Option<Paper> {
    made(course, which).map(|made| made.paper)
}

async fn make(
    app: &Meetings,
    acting: &Acting<CongressReader>,
    id: CongressId,
    which: &str,
) -> Result<(Congress, MeetingPaper, Made), Failure> {
    let which = which.parse::<MeetingPaper>().map_err(|_| Failure::Missing)?;
    let mut db = app.read().await?;
    let (congress, meeting) = seen_meeting(&mut db, acting, id).await?;
    let course = course(&mut db, congress.clone(), meeting, app.clock.today()).await?;
    let Some(made) = made(&course, which) else {
        let refused = refusal(app, acting.person(), &congress, which.label(), id.meeting_path());
        return Err(refused.for_reason("还没有填写会场的排数和每排座位数", "请在会议安排里填写"));
    };
    Ok((congress, which, made))
}

pub(super) async fn show(
    State(app): State<Meetings>,
    acting: Acting<CongressReader>,
    Path((id, which)): Path<(CongressId, String)>,
) -> Result<MeetingPaperPage, Failure> {
    let (congress, which, Made { paper, hall, hint }) = make(&app, &acting, id, &which).await?;
    let chrome = below(&app, acting.person(), &congress, which.label());
    let word = format!("{}/word", id.meeting_paper_path(which.slug()));
    Ok(MeetingPaperPage { chrome, paper, word, back: id.meeting_path(), hall, hint })
}

pub(super) async fn word(
    State(app): State<Meetings>,
    acting: Acting<CongressReader>,
    Path((id, which)): Path<(CongressId, String)>,
) -> Result<Response, Failure> {
    let (_, _, Made { paper, .. }) = make(&app, &acting, id, &which).await?;
    papers::download(&app, paper).await
}
