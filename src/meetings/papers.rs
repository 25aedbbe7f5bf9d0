//! 会议通知 and 会议纪要, printed and for Word.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{
    meeting::{Decision, Member, UnionMeeting},
    rights::{Seen, see},
    store::{self, DecisionFilter},
    under_its_list,
};
use crate::{
    app::{App, Routes},
    auth::person::SignedIn,
    clock::CHINA,
    directory::store::stroke_order,
    failure::Failure,
    ids::UnionMeetingId,
    name::order::StrokeOrder,
    page::chrome::Chrome,
    papers::{self, Column, Paper, Table, closed_up},
    text::chinese_day,
    unions::union::name_in_full,
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/union-meetings/{meeting}/notice", notice)
        .get("/union-meetings/{meeting}/notice.docx", notice_word)
        .get("/union-meetings/{meeting}/minutes", minutes)
        .get("/union-meetings/{meeting}/minutes.docx", minutes_word)
}

#[derive(Template, WebTemplate)]
#[template(path = "conduct/paper.html")]
struct PaperPage {
    chrome: Chrome,
    paper: Paper,
    /// The same for Word.
    word: String,
}

async fn paper(app: &App, person: &SignedIn, id: UnionMeetingId, of_minutes: bool) -> Result<Paper, Failure> {
    let mut db = app.read().await?;
    let meeting = store::find(&mut db, person.institution, id).await?;
    let Seen { meeting, members, .. } = see(&mut db, person, meeting, app.clock.today()).await?;
    let by = name_in_full(&person.institution_name, &meeting.union_name);
    let invited = Invited { members: &members, order: stroke_order(&mut db, person.institution).await? };
    if !of_minutes {
        return Ok(notice_of(&by, &meeting, &invited));
    }
    if !meeting.is_held() {
        return Err(Failure::Missing);
    }
    let filter = DecisionFilter { meeting: Some(id), ..DecisionFilter::default() };
    let decisions = store::decisions(&mut db, person.institution, filter).await?;
    Ok(minutes_of(&by, &meeting, &invited, &decisions))
}

/// The invited, in the order in which official papers of the university name people.
struct Invited<'m> {
    members: &'m [Member],
    order: StrokeOrder,
}

impl Invited<'_> {
    /// The order in brackets; empty where there is nothing to put in order.
    fn ordered(&self) -> String {
        let people = self.members.iter().filter(|member| member.student.is_some());
        match people.clone().count() {
            0 | 1 => String::new(),
            _ if people.clone().any(|member| member.counts) && people.clone().any(|member| !member.counts) => {
                format!("（主席团成员在前，{}）", self.order.label())
            }
            _ => format!("（{}）", self.order.label()),
        }
    }
}

fn names<'a>(members: impl Iterator<Item = &'a Member>) -> String {
    let names: Vec<&str> = members.map(|member| member.name.as_str()).collect();
    if names.is_empty() { "无".to_owned() } else { names.join("、") }
}

/// When it is, as papers say it.
fn when(meeting: &UnionMeeting) -> String {
    closed_up(&meeting.when())
}

fn notice_of(by: &str, meeting: &UnionMeeting, invited: &Invited<'_>) -> Paper {
    let mut opening = format!("定于{}在{}召开{}。现将有关事项通知如下。", when(meeting), meeting.place, meeting.title);
    if let Some(reason) = &meeting.ordered_for {
        opening = format!("{reason}。{opening}");
    }
    Paper::new(format!("{by}\n关于召开{}的通知", meeting.title))
        .paragraph(opening)
        .heading(&format!("参加人员{}", invited.ordered()))
        .paragraph(format!("{}。", names(invited.members.iter())))
        .heading("会议议程")
        .items(meeting.items().map(str::to_owned))
        .heading("有关要求")
        .paragraph("请准时到会；因故不能参加的，事先请假。")
        .signed(by, None)
}

fn minutes_of(by: &str, meeting: &UnionMeeting, invited: &Invited<'_>, decisions: &[Decision]) -> Paper {
    let members = invited.members;
    let there = |member: &&Member| member.presence.is_some_and(super::meeting::Presence::is_there);
    let mut paper = Paper::new(format!("{by}\n{}纪要", meeting.title))
        .paragraph(format!("时间：{}", when(meeting)))
        .paragraph(format!("地点：{}", meeting.place))
        .paragraph(format!("召集人：{}", meeting.caller))
        .paragraph(format!("到会{}：{}", invited.ordered(), names(members.iter().filter(there))))
        .paragraph(format!("缺席和请假：{}", names(members.iter().filter(|member| !there(member)))))
        .heading("会议议程")
        .items(meeting.items().map(str::to_owned))
        .heading("会议记录");
    for line in meeting.minutes.as_deref().unwrap_or_default().lines().filter(|line| !line.trim().is_empty()) {
        paper = paper.paragraph(line);
    }
    if !decisions.is_empty() {
        let columns = vec![
            Column::centred("序号", 4),
            Column::text("决定事项", 17),
            Column::text("表决", 10),
            Column::centred("承办", 6),
            Column::centred("期限", 10),
        ];
        let row = |one: &Decision| {
            let says = if one.major { format!("（重大事项）{}", one.says) } else { one.says.clone() };
            let due = one.due_on.map(chinese_day).unwrap_or_default();
            vec![
                one.number.to_string(),
                says,
                closed_up(&one.votes_in_words()),
                one.owner.clone().unwrap_or_default(),
                due,
            ]
        };
        let rows = decisions.iter().map(row).collect();
        paper = paper.heading("决定事项").table(Table::new(columns, rows));
    }
    paper.signed(by, meeting.held_at.map(|at| at.to_offset(CHINA).date())).signature_line("执行主席")
}

async fn shown(app: &App, person: &SignedIn, id: UnionMeetingId, of_minutes: bool) -> Result<PaperPage, Failure> {
    let paper = paper(app, person, id, of_minutes).await?;
    let title = if of_minutes { "会议纪要" } else { "会议通知" };
    let chrome = under_its_list(app.chrome(person, title), person).under(&id.path(), "这次会议");
    Ok(PaperPage { chrome, paper, word: id.paper_word_path(of_minutes) })
}

async fn notice(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<UnionMeetingId>,
) -> Result<PaperPage, Failure> {
    shown(&app, &person, id, false).await
}

async fn notice_word(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<UnionMeetingId>,
) -> Result<Response, Failure> {
    papers::download(&app, paper(&app, &person, id, false).await?).await
}

async fn minutes(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<UnionMeetingId>,
) -> Result<PaperPage, Failure> {
    shown(&app, &person, id, true).await
}

async fn minutes_word(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<UnionMeetingId>,
) -> Result<Response, Failure> {
    papers::download(&app, paper(&app, &person, id, true).await?).await
}
