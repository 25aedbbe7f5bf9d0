//! One post: its history, its end, its correction.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Query;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    appoint::{FIELDS, Judgeable, holds_it, judgeable, members},
    attempt::{answer, held_up},
    calendar,
    fields::{AppointFields, DepartmentRoom, OtherPost, scan_of, take_scan},
    frame, managed, visible,
};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    failure::{Failure, Refusal},
    ids::{DocumentId, PostId, StudentId, UnionId},
    inbox::{self, Notice, To},
    office::{UnionKeeper, UnionReader},
    page::{chrome::Chrome, filters, paging::RowRange},
    people::find::{Among, PersonField, Search},
    rules::{
        Finding,
        appointment::{appoint, holding_in_words},
    },
    text::chinese_day,
    unions::{
        Verb,
        forms::{AppointForm, EndForm, WHYS, other_post_value},
        paths::Done,
        store::{self, Correction, Grounds, HistoryAct, LockedUnion},
        union::{PostRow, Record},
    },
    web::forms::{Attempt, Errors, Upload, filled_in, reason},
};

#[derive(Template, WebTemplate)]
#[template(path = "unions/post.html")]
pub(super) struct PostPage {
    chrome: Chrome,
    record: Record,
    post: PostRow,
    today: Date,
    facts: Vec<HistoryAct>,
    keeps: bool,
    end: EndForm,
    whys: [&'static str; 3],
    form: AppointForm,
    person: PersonField,
    errors: Errors,
    presidium: String,
    rooms: Vec<DepartmentRoom>,
    /// Other posts that the plan allows.
    others: Vec<OtherPost>,
    warned: Vec<Finding>,
    document: Option<(DocumentId, String)>,
    /// The correction is open: it was sent and came back.
    correcting: bool,
    /// The end was entered today and can be taken back.
    undoable: bool,
    /// Why it is taken back, as typed.
    undo_reason: String,
}

impl PostPage {
    /// Where the person goes to another post of the union.
    fn move_path(&self) -> String {
        self.record.union.id.move_path(&self.post.number)
    }

    /// Where the person leaves, with what the union is afterwards shown first.
    fn leave_path(&self) -> String {
        self.record.union.id.leave_path(None, None, std::slice::from_ref(&self.post.number))
    }
}

pub(super) fn find(record: &Record, id: PostId) -> Result<PostRow, Failure> {
    record.posts.iter().find(|post| post.id == id).cloned().ok_or(Failure::Missing)
}

/// The correction's form as the post stands.
fn form_of(post: &PostRow) -> AppointForm {
    AppointForm {
        number: post.number.clone(),
        post: match &post.title {
            Some(title) => other_post_value(title),
            None => post.kind.slug().to_owned(),
        },
        department: post.department.map(|id| id.to_string()).unwrap_or_default(),
        from: post.from_day.to_string(),
        until: post.until_day.and_then(Date::previous_day).map(|day| day.to_string()).unwrap_or_default(),
        from_college: match post.from_college {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        }
        .to_owned(),
        ..AppointForm::default()
    }
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path((id, post)): Path<(UnionId, PostId)>,
    Query(typed): Query<AppointForm>,
) -> Result<Response, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = visible(&mut db, &acting, id, today).await?;
    let post = find(&record, post)?;
    let keeps = record.union.is_managed_by(acting.office());
    // The way back from a refusal brings what was typed.
    let correcting = keeps && !typed.number.is_empty();
    let forms = Forms {
        end: EndForm { day: today.to_string(), ..EndForm::default() },
        form: if correcting { typed } else { form_of(&post) },
        person: PersonField::new(&Search::of(&acting, Among::Students, today).within(record.union.college)),
        errors: Errors::default(),
        warned: Vec::new(),
        correcting,
        undo_reason: String::new(),
    };
    page(&app, &mut db, acting.person(), record, post, keeps, forms).await
}

/// The forms of the page as they are filled in, with what is said of them.
pub(super) struct Forms {
    end: EndForm,
    form: AppointForm,
    person: PersonField,
    errors: Errors,
    warned: Vec<Finding>,
    correcting: bool,
    undo_reason: String,
}

impl Forms {
    /// The page as it stands, with why an end is to be taken back as it was typed.
    pub(super) fn undoing(post: &PostRow, person: PersonField, undo_reason: String, errors: Errors) -> Self {
        Self {
            end: EndForm::default(),
            form: form_of(post),
            person,
            errors,
            warned: Vec::new(),
            correcting: false,
            undo_reason,
        }
    }
}

async fn page(
    app: &App,
    db: &mut PgConnection,
    person: &SignedIn,
    record: Record,
    post: PostRow,
    keeps: bool,
    forms: Forms,
) -> Result<Response, Failure> {
    let today = app.clock.today();
    let plans = calendar(db, person.institution).await?;
    let plan = plans.in_force(today);
    let fields = AppointFields::load(db, person, &record, plan.as_deref(), &forms.form, today).await?;
    let AppointFields { presidium, rooms, others, document } = fields;
    let facts = store::history(db, record.union.id, Some(post.id), RowRange { skip: 0, most: 50 }).await?;
    let undoable = keeps && store::undoable_end(db, record.union.id, post.id, today).await?.is_some();
    let title = format!("{} {}", post.name, post.label());
    let Forms { end, form, person: field, errors, warned, correcting, undo_reason } = forms;
    Ok(PostPage {
        chrome: frame(app, person, &record, &title),
        record,
        post,
        today,
        facts,
        keeps,
        end,
        whys: WHYS,
        form,
        person: field,
        errors,
        presidium,
        rooms,
        others,
        warned,
        document,
        correcting,
        undoable,
        undo_reason,
    }
    .into_response())
}

/// The page again, as it was sent.
pub(super) async fn again(
    app: &App,
    acting: &Acting<UnionKeeper>,
    id: UnionId,
    post: PostId,
    forms: Forms,
) -> Result<Response, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = managed(&mut db, acting, id, today).await?;
    let post = find(&record, post)?;
    page(app, &mut db, acting.person(), record, post, true, forms).await
}

pub(super) async fn end(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path((id, post)): Path<(UnionId, PostId)>,
    upload: Upload,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let form: EndForm = upload.form()?;
    let mut document = upload.field("document").to_owned();
    let record = managed(&mut *app.read().await?, &acting, id, today).await?;
    let row = find(&record, post)?;
    take_scan(&app, acting.person(), &upload, &mut document, "end-scan", &mut errors).await?;
    if let (Some(typed), Some(until)) = (crate::text::day(&form.day), row.until_day)
        && typed >= until
    {
        errors
            .add("day", format!("任期到{}为止，离任日期须在其前", chinese_day(until.previous_day().unwrap_or(until))));
    }
    let Some((day, why, grounds)) = form.read(row.from_day, today, &mut errors) else {
        errors.put_in_order(&["day", "why", "end-ground", "end-scan"]);
        let form_kept = AppointForm { document, ..form_of(&row) };
        let person = PersonField::new(&members(&acting, &record, today));
        let forms = Forms {
            end: form,
            form: form_kept,
            person,
            errors,
            warned: Vec::new(),
            correcting: false,
            undo_reason: String::new(),
        };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, again(&app, &acting, id, post, forms).await?).into_response());
    };
    let document = scan_of(&app, acting.person(), &document).await?;
    let grounds = Grounds { document, ..grounds };
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, &acting, id, today).await?;
        let row = find(&locked, post)?;
        if !store::end(db, &locked, post, day, why, &grounds, now).await? {
            return Err(Failure::Missing);
        }
        store::allow_undoing(db, &locked, &row, now).await?;
        let entry = Entry::about(Verb::PostEnded, row.student)
            .detail("学生会", locked.union.name.clone())
            .detail("岗位", row.label_with_place())
            .detail("原因", why)
            .detail("自", day.to_string())
            .detail("依据", grounds.words.clone());
        audit::append(db, acting.person(), entry, now).await?;
        store::tell_end(db, &locked, &row, day, why, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Ended.at(&id.path())).into_response())
}

pub(super) async fn correct(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path((id, post)): Path<(UnionId, PostId)>,
    upload: Upload,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let (mut form, never) = (upload.form::<AppointForm>()?, upload.field("never") == "yes");
    let mut db = app.read().await?;
    let mut record = managed(&mut db, &acting, id, today).await?;
    let row = find(&record, post)?;
    let search = members(&acting, &record, today);
    let person = if never {
        PersonField::new(&search)
    } else {
        PersonField::read(&mut db, &search, &mut form.number, &form.pick, "number", &mut errors).await?
    };
    drop(db);
    form.pick.clear();
    take_scan(&app, acting.person(), &upload, &mut form.document, "scan", &mut errors).await?;
    let unopened = record.union.opened_on.is_none();
    // What was registered as it stood may have begun before the union came under the rules.
    if row.registered {
        record.union.opened_on = None;
    }
    // A correction rests on its reason; the decision it was made on stays that of the post.
    "更正".clone_into(&mut form.ground);
    let read = if never { None } else { form.read(&record, today, &mut errors) };
    let reason = reason(&form.reason, &mut errors);
    if unopened {
        errors.add("number", "启用之前请重新做现状登记，上一次登记会作废");
    }
    let forms = |form: AppointForm, errors: Errors, warned: Vec<Finding>| Forms {
        end: EndForm { day: today.to_string(), ..EndForm::default() },
        form,
        person: person.clone(),
        errors,
        warned,
        correcting: true,
        undo_reason: String::new(),
    };
    if (read.is_none() && !never) || reason.is_none() || !errors.is_empty() {
        errors.put_in_order(&FIELDS);
        let page = again(&app, &acting, id, post, forms(form, errors, Vec::new())).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let document = scan_of(&app, acting.person(), &form.document).await?;
    let grounds = Grounds { words: "更正".to_owned(), document, reason };
    let back = filled_in(&id.post_path(post), &form)?;
    let registered = row.registered;
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            let locked = store::lock(db, &acting, id, today).await?;
            let row = find(&locked, post)?;
            let says = if let Some(asked) = &read {
                let Judgeable { facts, wanted, plans } = match judgeable(db, &acting, &locked, asked, today).await? {
                    Ok(found) => found,
                    Err(attempt) => return Ok(attempt),
                };
                let words = format!("{}，自{}起", holding_in_words(&wanted.post), chinese_day(wanted.from));
                let place = locked.posts.iter().position(|known| known.id == post);
                if holds_it(&locked.timeline, place, &wanted) {
                    return Ok(Attempt::fault("number", format!("{}在这段时间已任这一岗位", facts.name)));
                }
                let verdict = appoint(&plans, &locked.timeline, place, wanted, grounds.reason.as_deref());
                let appointment = match verdict.permit() {
                    Ok(appointment) => appointment,
                    Err(findings) => {
                        let refusal = Refusal {
                            chrome: frame(&app, acting.person(), &locked, "更正任职"),
                            wanted: format!("更正{}的任职（{}）", row.name, locked.union.name),
                            back: back.clone(),
                        };
                        return held_up(findings, refusal);
                    }
                };
                let (appointment, student) = (&appointment, facts.student);
                let to = appointment.wanted();
                let seat = plans.in_force(to.from).is_some_and(|plan| plan.is_seat(&to.post));
                let marked_chair = row.marked_chair && student == row.student && seat;
                let from_college = asked.from_college;
                let right = Correction { appointment, student, from_college, registered, marked_chair };
                store::correct(db, &locked, post, Some(right), &grounds, now).await?;
                if student != row.student {
                    tell_both(db, &acting, &locked, &row, student, &words, now).await?;
                }
                words
            } else {
                store::correct(db, &locked, post, None, &grounds, now).await?;
                store::tell_end(db, &locked, &row, row.from_day, "登记有误，已作废", now).await?;
                "作废".to_owned()
            };
            let entry = Entry::about(Verb::PostCorrected, row.student)
                .detail("学生会", locked.union.name.clone())
                .detail("原", format!("{}，自{}起", row.label_with_place(), chinese_day(row.from_day)))
                .detail("改为", says)
                .detail("现状登记", registered)
                .detail("理由", grounds.reason.clone().unwrap_or_default());
            audit::append(db, acting.person(), entry, now).await?;
            Ok(Attempt::Done(()))
        })
        .await?;
    answer(attempt, errors, Done::Corrected.at(&id.path()), async |errors, warned| {
        again(&app, &acting, id, post, forms(form, errors, warned)).await
    })
    .await
}

/// A correction that names somebody else: recorded for the one who holds the post, and told to both.
async fn tell_both(
    db: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    locked: &LockedUnion,
    row: &PostRow,
    student: StudentId,
    words: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let name = &locked.union.name;
    let entry = Entry::about(Verb::Appointed, student)
        .detail("学生会", name.clone())
        .detail("岗位", words)
        .detail("依据", "更正");
    audit::append(db, acting.person(), entry, now).await?;
    let notice =
        Notice::new(format!("你在{name}的任职已登记"), crate::people::OWN_DATA).says(format!("{words}（更正登记）。"));
    inbox::tell(db, acting.institution(), To::Student(student), &notice, now).await?;
    store::tell_end(db, locked, row, row.from_day, "登记有误，已更正", now).await
}
