//! 代表: how far the units of a congress are, the terms of recommending, and the lists that wait.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use axum_extra::extract::{Form, Query};

use super::{again, done_at, frame, kept, refusal, under_preparation, visible};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    congress::{
        CongressKeeper, CongressReader, Verb,
        congress::Congress,
        delegates::{
            forms::TermsForm,
            paths::Done,
            recommendation::Terms,
            store::{self, DelegateList},
            unit::UnitProgress,
        },
    },
    failure::Failure,
    ids::CongressId,
    inbox::{self, Notice},
    office::OfficeKind,
    page::{chrome::Chrome, filters},
    rulebook,
    rules::{
        chain::OtherStep,
        delegates::{DelegateChain, USUAL_MARGIN, margin},
    },
    text::chinese_day,
    web::forms::{Done as DoneQuery, Errors, Submitted},
};

#[derive(Template, WebTemplate)]
#[template(path = "congress/delegates/overview.html")]
pub(super) struct DelegatesPage {
    chrome: Chrome,
    congress: Congress,
    terms: Option<Terms>,
    /// The steps of the plan in words.
    steps: Vec<String>,
    units: Vec<UnitProgress>,
    lists: Vec<DelegateList>,
    keeps: bool,
    /// The office is the union of a college that elects.
    elects: bool,
    form: TermsForm,
    errors: Errors,
    done: &'static str,
}

impl DelegatesPage {
    /// How many candidates a unit still lacks.
    fn missing(&self, one: &UnitProgress) -> u32 {
        let percent = self.terms.as_ref().map_or(USUAL_MARGIN, |terms| terms.margin_percent);
        one.ballot().missing(percent)
    }

    /// How many candidates a unit needs.
    fn needed(&self, one: &UnitProgress) -> u32 {
        let percent = self.terms.as_ref().map_or(USUAL_MARGIN, |terms| terms.margin_percent);
        one.unit.seats + margin(one.unit.seats, percent)
    }

    /// The office may take the result of a unit down that was elected elsewhere.
    fn takes_down(&self, one: &UnitProgress) -> bool {
        let own = if one.unit.elects_here() { self.elects } else { self.keeps };
        own && self.terms.is_some() && one.unit.seats > 0 && one.contest.is_none()
    }

    /// A step that is no opinion and for which others wait.
    fn open_step(&self) -> Option<&OtherStep> {
        self.terms.as_ref().and_then(|terms| terms.chain.open_step())
    }

    fn seats(&self) -> u32 {
        self.units.iter().map(|one| one.unit.seats).sum()
    }

    fn delegates(&self) -> u32 {
        self.units.iter().map(|one| one.delegates).sum()
    }
}

async fn page(
    app: &App,
    person: &SignedIn,
    congress: Congress,
    submitted: Submitted<Option<TermsForm>>,
    done: &'static str,
) -> Result<DelegatesPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let office = person.acting.as_ref();
    let college = office.and_then(|office| office.college);
    let units = store::units(&mut db, &congress, college, today).await?;
    let mut lists = store::lists(&mut db, &congress).await?;
    lists.retain(|list| college.is_none() || list.college == college || congress.college == college);
    let terms = store::terms(&mut db, &congress).await?;
    let steps = match &terms {
        Some(terms) => terms.chain.in_words(),
        None => match rulebook::store::calendar(&mut db, person.institution).await?.in_force(today) {
            Some(plan) => DelegateChain::of(&plan).in_words(),
            None => Vec::new(),
        },
    };
    let keeps = office.is_some_and(|office| congress.is_kept_by(office));
    let elects = office.is_some_and(|office| office.kind == OfficeKind::CollegeUnion);
    let Submitted { form, errors } = submitted;
    let form = form.unwrap_or_else(|| terms.as_ref().map_or_else(TermsForm::usual, TermsForm::of));
    let chrome = frame(app, person, &congress, "代表");
    Ok(DelegatesPage { chrome, congress, terms, steps, units, lists, keeps, elects, form, errors, done })
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path(id): Path<CongressId>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<DelegatesPage, Failure> {
    let congress = visible(&mut *app.read().await?, &acting, id).await?;
    page(&app, acting.person(), congress, Submitted::default(), Done::said(&done)).await
}

/// Begins recommending, or changes its last day and what may be recommended.
pub(super) async fn keep_terms(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<TermsForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let mut db = app.read().await?;
    let congress = crate::congress::pages::kept(&mut db, &acting, id).await?;
    let calendar = rulebook::store::calendar(&mut db, acting.institution()).await?;
    drop(db);
    let refused = || refusal(&app, acting.person(), &congress, "开始推荐代表", id.delegates_path());
    let Some(plan) = calendar.in_force(now.date()) else {
        return Err(refused().for_reason("学校还没有启用实施方案", "请先在“实施方案”里启用本校的方案"));
    };
    let Some(terms) = form.read(id, DelegateChain::of(&plan), now.date(), &mut errors) else {
        let page = page(&app, acting.person(), congress, Submitted::new(Some(form), errors), "").await?;
        return Ok(again(page));
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = kept(db, &acting, id).await?;
        under_preparation(&app, acting.person(), &locked, "开始推荐代表", id.delegates_path())?;
        if !locked.has_approved_seats() {
            let remedy = "先在“名额分配”里批准名额，再开始推荐";
            return Err(refused().for_reason("代表名额分配方案还没有批准", remedy));
        }
        let begins = store::terms(db, &locked).await?.is_none();
        store::keep_terms(db, &locked, &terms, acting.person().account, now).await?;
        if begins {
            let classes = store::recommending_classes(db, &locked, now.date()).await?;
            let notice = Notice::new(format!("请推荐代表人选：{}", locked.short_title()), id.recommendations_path())
                .says(format!("由班级团支部推荐，{}截止。", chinese_day(terms.closes_on)));
            inbox::tell_classes(db, acting.institution(), &classes, &notice, now).await?;
        }
        let entry = Entry::new(Verb::DelegatesKept, locked.short_title())
            .detail("办理", "推荐代表的安排")
            .detail("截止", terms.closes_on.to_string())
            .detail("差额", format!("{}%", terms.margin_percent));
        audit::append(db, acting.person(), entry.under(&terms.chain.before.clause()), now).await
    })
    .await?;
    Ok(done_at(&id.delegates_path(), Done::TermsKept).into_response())
}
