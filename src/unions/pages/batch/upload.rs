//! A roster is uploaded: read, matched against the students, and kept for its preview.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{changed_since, purpose_of};
use crate::{
    app::App,
    auth::acting::Acting,
    failure::Failure,
    ids::{DocumentId, UnionId},
    kept_forms::{bring_file, keep_file},
    office::UnionKeeper,
    page::chrome::Chrome,
    sheet::{BadCell, Sheet, SheetChoice, faults_as_json, roster as file, roster::Unreadable},
    text::chinese_day,
    unions::{
        forms::near_day,
        pages::{
            calendar,
            fields::{earlier_scan, scan_of, take_scan},
            frame, managed,
        },
        roster::{self, NewDraft, RosterLine, RosterPurpose},
        store::{self, Grounds},
        union::{Department, Record},
    },
    web::forms::{Errors, Submitted, Upload, written},
};

/// Bad rows shown on the page; the file to take back holds more.
const SHOWN_FAULTS: usize = 200;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct UploadForm {
    day: String,
    ground: String,
    document: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/batch.html")]
pub(in crate::unions::pages) struct UploadPage {
    chrome: Chrome,
    record: Record,
    purpose: RosterPurpose,
    form: UploadForm,
    errors: Errors,
    document: Option<(DocumentId, String)>,
    choice: SheetChoice,
    bad: Vec<BadCell>,
    bad_count: usize,
    /// The bad rows for the file to take back, as JSON.
    take_back: String,
    has_plan: bool,
}

async fn upload_page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    id: UnionId,
    submitted: Submitted<UploadForm>,
) -> Result<UploadPage, Failure> {
    let Submitted { form, errors } = submitted;
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = managed(&mut db, acting, id, today).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let document = earlier_scan(&mut db, acting.person(), &form.document).await?;
    let purpose = purpose_of(&record);
    let chrome = frame(app, acting.person(), &record, purpose.label());
    let has_plan = plans.on(today).is_some_and(|plan| plan.unions.contains(&record.union.kind));
    Ok(UploadPage {
        chrome,
        record,
        purpose,
        form,
        errors,
        document,
        choice: SheetChoice::default(),
        bad: Vec::new(),
        bad_count: 0,
        take_back: String::new(),
        has_plan,
    })
}

pub(in crate::unions::pages) async fn ask(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
) -> Result<UploadPage, Failure> {
    let form = UploadForm { day: app.clock.today().to_string(), ..UploadForm::default() };
    upload_page(&app, &acting, id, Submitted::new(form, Errors::default())).await
}

async fn faulty(app: &App, mut page: UploadPage, sheet: Sheet, bad: Vec<BadCell>) -> Result<Response, Failure> {
    page.errors.add("file", format!("有 {} 处有误，什么也没有写入。改好后重新上传。", bad.len()));
    page.bad_count = bad.len();
    (page.take_back, page.bad) = app.heavy(move || (faults_as_json(&sheet, &bad), bad)).await?;
    page.bad.truncate(SHOWN_FAULTS);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

pub(in crate::unions::pages) async fn upload(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
    mut upload: Upload,
) -> Result<Response, Failure> {
    bring_file(&app, acting.person(), &mut upload).await?;
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let mut form: UploadForm = upload.form()?;
    let record = managed(&mut *app.read().await?, &acting, id, today).await?;
    let purpose = purpose_of(&record);
    let day = near_day(&form.day, "day", "请填写日期", today, &mut errors);
    if purpose == RosterPurpose::Register && day.is_some_and(|day| day > today) {
        errors.add("day", "现状登记的是已经在任的人，日期不能晚于今天");
    }
    if let Some((day, opened)) = day.zip(record.union.opened_on)
        && day <= opened
    {
        errors.add("day", format!("这个学生会自{}起启用，换届日期应在其后", chinese_day(opened)));
    }
    if let Some(latest) = changed_since(&record, today).filter(|latest| day.is_some_and(|day| day < *latest)) {
        errors.add("day", format!("{latest} 当天已有任免，换届日期不能早于它"));
    }
    if upload.file.is_none() {
        errors.add("file", "请选择名单文件");
    }
    let words = match purpose {
        RosterPurpose::Register => Some(String::new()),
        RosterPurpose::Reshuffle => {
            written(&form.ground, 120, "ground", "请填写换届依据，如选举结果批复文号", &mut errors)
        }
    };
    take_scan(&app, acting.person(), &upload, &mut form.document, "scan", &mut errors).await?;
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    let (Some(day), Some(words), Some(file), true) = (day, words, upload.file.take(), errors.is_empty()) else {
        return Ok((unfit, upload_page(&app, &acting, id, Submitted::new(form, errors)).await?).into_response());
    };
    let choice = upload.choice();
    let (chosen, sent) = (choice.clone(), file.clone());
    let people = match app.heavy(move || file::read(&file, &choice)).await? {
        Ok(people) => people,
        Err(Unreadable::Asks(question)) => {
            errors.add("file", question.to_string());
            let mut page = upload_page(&app, &acting, id, Submitted::new(form, errors)).await?;
            let kept = keep_file(&app, acting.person(), &upload.file_name, sent).await?;
            page.choice = SheetChoice { choice: chosen, question: Some(question), kept };
            return Ok((unfit, page).into_response());
        }
        Err(Unreadable::Rows(sheet, bad)) => {
            let page = upload_page(&app, &acting, id, Submitted::new(form, errors)).await?;
            return faulty(&app, page, *sheet, bad).await;
        }
        Err(Unreadable::File(error)) => {
            errors.add("file", error.to_string());
            return Ok((unfit, upload_page(&app, &acting, id, Submitted::new(form, errors)).await?).into_response());
        }
    };
    let mut lines = RosterLine::of(&people);
    // Those of the day first: a department that was set up again has a namesake that ended.
    let departments: Vec<Department> = record.departments_on(day).chain(&record.departments).cloned().collect();
    for line in &mut lines {
        line.spell_as_known(&departments);
    }
    let matched = {
        let mut db = app.read().await?;
        roster::matched(&mut db, acting.institution(), &record.union, &lines, day, today).await?
    };
    if let Err(wrong) = matched {
        let bad = roster::bad_cells(&people.sheet, &wrong);
        let page = upload_page(&app, &acting, id, Submitted::new(form, errors)).await?;
        return faulty(&app, page, people.sheet, bad).await;
    }
    let document = scan_of(&app, acting.person(), &form.document).await?;
    let grounds = Grounds { words, document, reason: None };
    let file_name = if upload.file_name.is_empty() { "未命名文件" } else { &upload.file_name };
    let new = NewDraft { purpose, day, file_name, lines: &lines, grounds: &grounds };
    let draft = app
        .write_as(acting.person().authority(), async |db| {
            let locked = store::lock(db, &acting, id, today).await?;
            roster::stage(db, &locked, acting.person(), &new, now).await
        })
        .await?;
    Ok(Redirect::to(&id.draft_path(draft)).into_response())
}
