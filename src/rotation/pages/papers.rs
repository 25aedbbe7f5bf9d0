//! 执行主席工作交接书: what one executive chair hands to the next, printed and for Word.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::visible;
use crate::{
    app::App,
    auth::person::SignedIn,
    clock::CHINA,
    failure::Failure,
    ids::{TurnId, UnionId},
    page::chrome::Chrome,
    papers::{self, Paper},
    text::chinese_day,
    unions::union::{Record, TurnRow, name_in_full},
};

/// What is handed over at the end of a turn; none where its chair wrote nothing.
fn handover_of(institution: &str, record: &Record, turn: &TurnRow) -> Option<Paper> {
    let text = turn.handover.as_ref()?;
    let union = name_in_full(institution, &record.union.name);
    let term = |turn: &TurnRow| format!("{}至{}", chinese_day(turn.from_day), chinese_day(turn.last_day()));
    let next = record
        .turns
        .iter()
        .filter(|other| other.confirmed && other.from_day >= turn.until_day)
        .min_by_key(|other| other.from_day);
    let receives = match next {
        Some(next) => format!("接任人：{}（{}），当值期{}。", next.name, next.number, term(next)),
        None => "接任人：下一任执行主席，待确认。".to_owned(),
    };
    let mut paper = Paper::new(format!("{union}\n执行主席工作交接书"))
        .paragraph(format!("交接人：{}（{}），当值期{}。", turn.name, turn.number, term(turn)))
        .paragraph(receives)
        .heading("交接事项");
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        paper = paper.paragraph(line);
    }
    let on = turn.handover_at.map(|at| at.to_offset(CHINA).date());
    Some(
        paper
            .signature_line("交接人")
            .signature_line("接任人")
            .signature_line("监交人（主管团组织）")
            .signed(union, on),
    )
}

async fn paper(app: &App, person: &SignedIn, id: UnionId, turn: TurnId) -> Result<Paper, Failure> {
    let (record, _) = visible(app, person, id).await?;
    let found = record.turns.iter().find(|one| one.id == turn && one.confirmed);
    found.and_then(|turn| handover_of(&person.institution_name, &record, turn)).ok_or(Failure::Missing)
}

#[derive(Template, WebTemplate)]
#[template(path = "conduct/paper.html")]
pub(super) struct HandoverPage {
    chrome: Chrome,
    paper: Paper,
    /// The same for Word.
    word: String,
}

pub(super) async fn handover(
    State(app): State<App>,
    person: SignedIn,
    Path((id, turn)): Path<(UnionId, TurnId)>,
) -> Result<HandoverPage, Failure> {
    let paper = paper(&app, &person, id, turn).await?;
    let chrome = app.chrome(&person, "执行主席工作交接书").under(&id.rotation_path(), "轮值");
    Ok(HandoverPage { chrome, paper, word: id.handover_word_path(turn) })
}

pub(super) async fn handover_word(
    State(app): State<App>,
    person: SignedIn,
    Path((id, turn)): Path<(UnionId, TurnId)>,
) -> Result<Response, Failure> {
    papers::download(&app, paper(&app, &person, id, turn).await?).await
}
