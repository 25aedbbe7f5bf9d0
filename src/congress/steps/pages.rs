//! The pages 学代会日程: the list of steps, one step, the rules on file, and the convening.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;
use time::Date;

use super::{
    forms::{ConveneForm, PutOffForm, RulesForm, StepForm},
    step::{RulesRow, Step, StepRow},
    store,
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    congress::{
        CongressKeeper, CongressReader, Verb,
        congress::{Congress, Stage},
        meeting,
        pages::{frame, kept, refusal, visible},
        paths::Done,
        section::Progress,
        store as core,
    },
    database::Locked,
    failure::{Failure, Refusal},
    ids::{CongressId, DocumentId},
    inbox::{self, Notice, To},
    office::OfficeKind,
    page::chrome::Chrome,
    rulebook::governing,
    rules::{
        Finding,
        plan::Union,
        seats::{Convened, Preparation, convene, rules_on_file},
    },
    text::chinese_day,
    unions::documents::{self, Scan},
    web::forms::{Done as DoneQuery, Errors, Upload},
};

#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/congresses/{congress}/steps", show)
        .get("/congresses/{congress}/steps/{step}", ask)
        .upload("/congresses/{congress}/steps/{step}", tick)
        .upload("/congresses/{congress}/rules", file_rules)
        .post("/congresses/{congress}/convene", act)
        .post("/congresses/{congress}/put-off", put_off)
        .get("/congresses/{congress}/documents/{document}", download)
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/steps.html")]
struct StepsPage {
    chrome: Chrome,
    congress: Congress,
    steps: Vec<StepRow>,
    rules: Vec<RulesRow>,
    /// CON-11: none where no plan governs.
    on_file: Option<Finding>,
    keeps: bool,
    today: Date,
    rules_form: RulesForm,
    convene_form: ConveneForm,
    put_off_form: PutOffForm,
    errors: Errors,
    done: &'static str,
}

impl StepsPage {
    fn by(&self, step: &StepRow) -> &'static str {
        step.step.by(self.congress.kind)
    }

    fn progress(&self, step: &StepRow) -> Progress {
        step.progress(self.today)
    }

    fn may_convene(&self) -> bool {
        self.keeps && self.congress.stage == Stage::Preparing
    }

    fn may_put_off(&self) -> bool {
        self.keeps && self.congress.stage == Stage::Convened
    }

    fn is_put_off_unfit(&self) -> bool {
        ["meets", "ground"].iter().any(|field| self.errors.of(field).is_some())
    }

    fn may_keep(&self) -> bool {
        self.keeps && self.congress.stage.is_under_way()
    }
}

/// What was typed into the forms of the page.
#[derive(Default)]
struct StepsForms {
    rules: RulesForm,
    convene: Option<ConveneForm>,
    put_off: PutOffForm,
    errors: Errors,
    done: &'static str,
}

async fn page(app: &App, person: &SignedIn, congress: Congress, forms: StepsForms) -> Result<StepsPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let steps = store::steps(&mut db, &congress).await?;
    let rules = store::rules(&mut db, congress.union).await?;
    let plan = governing(&mut db, congress.institution, today).await?.map(|governing| governing.plan);
    let on_file = plan.map(|plan| rules_on_file(&plan.as_of(today), rules.len()));
    let planned = || ConveneForm { meets: congress.meets_on.map(|day| day.to_string()).unwrap_or_default() };
    let convene_form = forms.convene.unwrap_or_else(planned);
    Ok(StepsPage {
        chrome: frame(app, person, &congress, "学代会日程"),
        steps,
        rules,
        on_file,
        keeps: person.acting.as_ref().is_some_and(|office| congress.is_kept_by(office)),
        today,
        rules_form: forms.rules,
        convene_form,
        put_off_form: forms.put_off,
        errors: forms.errors,
        done: forms.done,
        congress,
    })
}

fn unfit(page: impl IntoResponse) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

async fn show(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path(id): Path<CongressId>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<StepsPage, Failure> {
    let congress = visible(&mut *app.read().await?, &acting, id).await?;
    page(&app, acting.person(), congress, StepsForms { done: Done::said(&done), ..StepsForms::default() }).await
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/step.html")]
struct StepPage {
    chrome: Chrome,
    row: StepRow,
    form: StepForm,
    errors: Errors,
}

/// A step of a congress that the office keeps.
async fn step_of(
    app: &App,
    acting: &Acting<CongressKeeper>,
    id: CongressId,
    slug: &str,
) -> Result<(Congress, StepRow), Failure> {
    let mut db = app.read().await?;
    let congress = kept(&mut db, acting, id).await?;
    let step: Step = slug.parse().map_err(|_| Failure::Missing)?;
    let row = store::steps(&mut db, &congress).await?.into_iter().find(|row| row.step == step);
    Ok((congress, row.ok_or(Failure::Missing)?))
}

async fn ask(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path((id, slug)): Path<(CongressId, String)>,
) -> Result<StepPage, Failure> {
    let (congress, row) = step_of(&app, &acting, id, &slug).await?;
    let chrome =
        frame(&app, acting.person(), &congress, row.step.label()).under(&congress.id.steps_path(), "学代会日程");
    Ok(StepPage { chrome, form: StepForm::of(&row), row, errors: Errors::default() })
}

/// The scan that a form brought, or an error beside its field.
fn scan_of(upload: &mut Upload, errors: &mut Errors) -> Option<Scan> {
    let file = upload.file.take()?;
    match Scan::read(&upload.file_name, &file) {
        Ok(scan) => Some(scan),
        Err(why) => {
            errors.add("file", why);
            None
        }
    }
}

async fn tick(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path((id, slug)): Path<(CongressId, String)>,
    mut upload: Upload,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let (congress, row) = step_of(&app, &acting, id, &slug).await?;
    let form: StepForm = upload.form()?;
    let scan = scan_of(&mut upload, &mut errors);
    let filed = row.paper.is_some() || scan.is_some();
    let Some(mut draft) = form.read(row.step, filed, now.date(), &mut errors) else {
        errors.put_in_order(&["due", "done", "says", "file"]);
        let chrome =
            frame(&app, acting.person(), &congress, row.step.label()).under(&congress.id.steps_path(), "学代会日程");
        return Ok(unfit(StepPage { chrome, row, form, errors }));
    };
    let is_kept = app
        .write_as(acting.person().authority(), async |db| {
            let locked = core::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
            let row = store::steps(db, &locked).await?.into_iter().find(|now| now.step == row.step);
            let row = row.ok_or(Failure::Missing)?;
            // Two take down the same step: neither does away with what the other did.
            if row.mark() != form.seen {
                return Ok(false);
            }
            draft.document = match &scan {
                _ if draft.done_on.is_none() => None,
                Some(scan) => Some(documents::keep(db, acting.person(), scan, now).await?),
                None => row.paper.as_ref().map(|paper| paper.id),
            };
            if !store::keep(db, &acting, &locked, row.step, &draft, now).await? {
                let refused = refusal(&app, acting.person(), &locked, row.step.label(), id.steps_path());
                return Err(refused.for_reason(format!("大会{}", locked.stage.label()), "办结或取消以后日程不再改变"));
            }
            let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
            let entry = Entry::new(Verb::CongressKept, locked.short_title())
                .detail("办理", row.step.label())
                .detail("期限", day(draft.due_on))
                .detail("完成", day(draft.done_on))
                .detail("依据", draft.says.clone());
            audit::append(db, acting.person(), entry, now).await?;
            Ok(true)
        })
        .await?;
    if is_kept {
        return Ok(Redirect::to(&Done::StepKept.at(&id.steps_path())).into_response());
    }
    let (congress, row) = step_of(&app, &acting, id, &slug).await?;
    let day = |day: Option<Date>| day.map_or_else(|| "没有填".to_owned(), chinese_day);
    let (due, done) = (day(row.due.filter(|_| row.due_is_set)), day(row.done_on));
    let says = format!("刚才有人改过这一步：期限{due}，完成日期{done} {}。你填的还没有保存，请核对后再保存", row.says);
    errors.add("due", says);
    let form = StepForm { seen: row.mark(), ..form };
    let chrome =
        frame(&app, acting.person(), &congress, row.step.label()).under(&congress.id.steps_path(), "学代会日程");
    Ok(unfit(StepPage { chrome, row, form, errors }))
}

async fn file_rules(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    mut upload: Upload,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let congress = kept(&mut *app.read().await?, &acting, id).await?;
    let form: RulesForm = upload.form()?;
    let scan = scan_of(&mut upload, &mut errors);
    let draft = form.read(scan.is_some(), &mut errors);
    let Some((draft, scan)) = draft.zip(scan) else {
        errors.put_in_order(&["name", "adopted", "file"]);
        let forms = StepsForms { rules: form, errors, ..StepsForms::default() };
        return Ok(unfit(page(&app, acting.person(), congress, forms).await?));
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = core::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
        let document = documents::keep(db, acting.person(), &scan, now).await?;
        store::file_rules(db, &acting, &locked, &draft, document, now).await?;
        let entry = Entry::new(Verb::CongressKept, locked.short_title())
            .detail("办理", "大会制度存档")
            .detail("文件", draft.name.clone())
            .detail("日期", draft.adopted_on.to_string());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::RulesFiled.at(&id.steps_path())).into_response())
}

/// The union whose congress it is, as the one to be told.
fn its_union(congress: &Congress) -> To {
    let (kind, college) = match congress.kind {
        Union::School => (OfficeKind::SchoolUnion, None),
        Union::Graduate => (OfficeKind::GraduateUnion, None),
        Union::College => (OfficeKind::CollegeUnion, congress.college),
    };
    To::Office { kind, college, class: None }
}

/// That a congress may meet on that day, by what is on record; else `refused` with the reasons.
async fn permitted(
    db: &mut PgConnection,
    congress: &Locked<Congress>,
    meets_on: Date,
    today: Date,
    refused: Refusal,
) -> Result<Convened, Failure> {
    let Some(governing) = governing(&mut *db, congress.institution, today).await? else {
        return Err(refused.for_reason("本校还没有启用实施方案", "由校团委启用实施方案"));
    };
    let steps = store::steps(db, congress).await?;
    let is_done = |step: Step| steps.iter().any(|row| row.step == step && row.done_on.is_some());
    let facts = Preparation {
        kind: congress.kind,
        seats_approved: (!congress.of_all).then_some(congress.has_approved_seats()),
        party_replied: is_done(Step::ReplyParty),
        federation_replied: is_done(Step::ReplyFederation),
        meets_on,
    };
    convene(&governing.plan.as_of(today), &facts).permit().map_err(|findings| refused.because(findings))
}

async fn act(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<ConveneForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let congress = kept(&mut *app.read().await?, &acting, id).await?;
    let Some(meets_on) = form.read(congress.counted_on, &mut errors) else {
        let forms = StepsForms { convene: Some(form), errors, ..StepsForms::default() };
        return Ok(unfit(page(&app, acting.person(), congress, forms).await?));
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = core::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
        let refused = || refusal(&app, acting.person(), &locked, "召开大会", id.steps_path());
        let convened = permitted(db, &locked, meets_on, now.date(), refused()).await?;
        if !store::convene(db, &locked, convened).await? {
            return Err(refused().for_reason(format!("大会{}", locked.stage.label()), "筹备中的大会才能批准召开"));
        }
        let entry = Entry::new(Verb::CongressKept, locked.short_title())
            .detail("办理", "批准召开")
            .detail("召开日期", meets_on.to_string());
        audit::append(db, acting.person(), entry, now).await?;
        let notice = Notice::new(format!("{}：已批准召开", locked.short_title()), id.steps_path())
            .says(format!("召开日期：{}。请印发会议通知，拟定议程。", chinese_day(meets_on)));
        inbox::tell(db, locked.institution, its_union(&locked), &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Convened.at(&id.path())).into_response())
}

async fn put_off(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<PutOffForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let congress = kept(&mut *app.read().await?, &acting, id).await?;
    let too_late = |congress: &Congress| {
        let refused = refusal(&app, acting.person(), congress, "大会改期", id.steps_path());
        refused.for_reason(format!("大会{}", congress.stage.label()), "批准召开以后、签到开始以前可以改期")
    };
    if congress.stage != Stage::Convened {
        return Err(too_late(&congress));
    }
    let Some(asked) = form.read(&congress, now.date(), &mut errors) else {
        let forms = StepsForms { put_off: form, errors, ..StepsForms::default() };
        return Ok(unfit(page(&app, acting.person(), congress, forms).await?));
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = core::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
        let refused = || refusal(&app, acting.person(), &locked, "大会改期", id.steps_path());
        let convened = permitted(db, &locked, asked.meets_on, now.date(), refused()).await?;
        if !store::put_off(db, &locked, convened).await? {
            return Err(too_late(&locked));
        }
        if !meeting::store::put_off(db, &locked, asked.meets_on).await? {
            return Err(refused().for_reason("签到已经开始", "会议没有开完的，写入会议纪要"));
        }
        let was = locked.meets_on.map(chinese_day).unwrap_or_default();
        let entry = Entry::new(Verb::CongressKept, locked.short_title())
            .detail("办理", "改期")
            .detail("原定", was.clone())
            .detail("召开日期", asked.meets_on.to_string())
            .detail("依据", asked.ground.clone());
        audit::append(db, acting.person(), entry, now).await?;
        let says = format!(
            "由{was}改到{}召开（{}）。请重新印发会议通知，核对会议安排和选举场次的投票时间。",
            chinese_day(asked.meets_on),
            asked.ground
        );
        let notice = Notice::new(format!("{}：改期", locked.short_title()), id.steps_path()).says(says);
        inbox::tell(db, locked.institution, its_union(&locked), &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::PutOff.at(&id.steps_path())).into_response())
}

async fn download(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path((id, document)): Path<(CongressId, DocumentId)>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let congress = visible(&mut db, &acting, id).await?;
    if !store::holds_paper(&mut db, &congress, document).await? {
        return Err(Failure::Missing);
    }
    documents::saved(&mut db, document).await
}
