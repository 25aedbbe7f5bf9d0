//! Documents of the meeting: written here or a PDF, read by delegates on their phones.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    acts::Act,
    done_at,
    own::may_read,
    show::{self, TypedForms},
};
use crate::{
    audit,
    auth::{acting::Acting, person::SignedIn},
    congress::CongressKeeper,
    congress::meeting::{
        done::Done,
        forms::{DocumentForm, long_text},
        state::Meetings,
        store::{self, Content},
    },
    failure::Failure,
    ids::{CongressId, MeetingDocumentId},
    page::chrome::Chrome,
    web::{
        self,
        forms::{Errors, Submitted, Upload},
        media,
    },
};

/// What the form says: the file where one was sent, else the text.
fn content(upload: &Upload, form: &DocumentForm, errors: &mut Errors) -> Option<Content> {
    let text = long_text(&form.body, "body", errors);
    match (&upload.file, text.is_empty()) {
        (Some(_), false) => errors.add("file", "上传了文件，就不要再填写正文"),
        (Some(bytes), true) if media::scan(bytes) == Some(media::PDF) => return Some(Content::Pdf(bytes.to_vec())),
        (Some(_), true) => errors.add("file", "请上传 PDF 文件；Word 文件请先另存为 PDF"),
        (None, true) => errors.add("body", "请填写正文，或上传 PDF 文件"),
        (None, false) => return Some(Content::Written(text)),
    }
    None
}

pub(super) async fn add(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    upload: Upload,
) -> Result<Response, Failure> {
    let act = Act::begin(&app, &acting, id, "登记会议文件").await?;
    let (form, mut errors): (DocumentForm, _) = (upload.form()?, Errors::default());
    let (head, content) = (form.read_head(&mut errors), content(&upload, &form, &mut errors));
    let (Some((kind, title)), Some(content), true) = (head, content, errors.is_empty()) else {
        let typed = TypedForms { document: form, ..TypedForms::default() };
        return show::again(&app, acting.person(), act.congress, Submitted::new(typed, errors)).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let meeting = act.meeting(db).await?;
        if !store::add_document(db, &meeting, kind, &title, &content, acting.person(), act.now).await? {
            return Err(act.refuse("会议文件太多", "请先撤下不需要的文件"));
        }
        let entry = act.entry().detail("文件", title.clone()).detail("类别", kind.label());
        audit::append(db, acting.person(), entry, act.now).await
    })
    .await?;
    Ok(done_at(&id.meeting_path(), Done::DocumentAdded).into_response())
}

pub(super) async fn remove(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path((id, document)): Path<(CongressId, MeetingDocumentId)>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "撤下会议文件").await?;
    app.write_as(acting.person().authority(), async |db| {
        let meeting = act.meeting(db).await?;
        let Some(title) = store::remove_document(db, &meeting, document).await? else { return Err(Failure::Missing) };
        audit::append(db, acting.person(), act.entry().detail("文件", title), act.now).await
    })
    .await?;
    Ok(done_at(&id.meeting_path(), Done::DocumentRemoved))
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/meeting/document.html")]
struct DocumentPage {
    chrome: Chrome,
    title: String,
    paragraphs: Vec<String>,
}

/// For those who see the congress, and for those who are due at it.
pub(super) async fn show(
    State(app): State<Meetings>,
    person: SignedIn,
    Path((id, document)): Path<(CongressId, MeetingDocumentId)>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let (congress, _) = may_read(&mut db, &person, id, app.clock.today()).await?;
    let (title, content) = store::document(&mut db, id, document).await?.ok_or(Failure::Missing)?;
    match content {
        Content::Written(text) => {
            let paragraphs = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
            let chrome = app.chrome(&person, &title).under(&id.own_meeting_path(), &congress.short_title());
            Ok(DocumentPage { chrome, title, paragraphs }.into_response())
        }
        Content::Pdf(bytes) => Ok(web::file(media::PDF, &format!("{title}.pdf"), "document.pdf", bytes)),
    }
}
