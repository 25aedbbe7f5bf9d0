//! The proposals before a congress, as its committee has them: how many of which kind, the deadline, what is carried over.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use time::Date;

use crate::{
    app::App,
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    congress::{
        CongressKeeper, Verb,
        congress::Congress,
        pages::{frame, kept},
        proposals::{
            forms::SettingsForm,
            paths::Done,
            proposal::{Proposal, Settings},
            store::{self, ProposalFilter},
        },
        store as congresses,
    },
    failure::Failure,
    ids::CongressId,
    page::{
        charts::{Part, PartCount, strip},
        chrome::Chrome,
        filters,
    },
    rules::proposal::{Matter, Stage},
    web::forms::{Done as DoneQuery, Errors, Submitted},
};

/// The proposals of one kind, by how far they are.
struct MatterRow {
    label: &'static str,
    waiting: usize,
    in_hand: usize,
    closed: usize,
    refused: usize,
}

impl MatterRow {
    fn of(label: &'static str, proposals: &[&Proposal]) -> Self {
        let count = |stages: &[Stage]| proposals.iter().filter(|one| stages.contains(&one.stage)).count();
        Self {
            label,
            waiting: count(&[Stage::Submitted]),
            in_hand: count(&[Stage::Accepted, Stage::Assigned, Stage::Replied]),
            closed: count(&[Stage::Closed, Stage::Joined]),
            refused: count(&[Stage::Refused]),
        }
    }

    fn total(&self) -> usize {
        self.waiting + self.in_hand + self.closed + self.refused
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/proposals/committee.html")]
pub(super) struct CommitteePage {
    chrome: Chrome,
    congress: Congress,
    proposals: Vec<Proposal>,
    rows: Vec<MatterRow>,
    strip: Vec<Part>,
    settings: Option<Settings>,
    today: Date,
    form: SettingsForm,
    errors: Errors,
    done: &'static str,
}

async fn page(
    app: &App,
    person: &SignedIn,
    congress: Congress,
    submitted: Option<Submitted<SettingsForm>>,
    done: &'static str,
) -> Result<CommitteePage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let settings = store::settings(&mut db, congress.id).await?;
    let proposals = store::list(&mut db, congress.institution, ProposalFilter::before(congress.id)).await?;
    let row = |matter: &Matter| {
        let own: Vec<&Proposal> = proposals.iter().filter(|one| one.matter == *matter).collect();
        MatterRow::of(matter.label(), &own)
    };
    let rows: Vec<MatterRow> = Matter::ALL.iter().map(row).collect();
    let all = MatterRow::of("合计", &proposals.iter().collect::<Vec<_>>());
    let strip = strip(&[
        PartCount::new("pass", "办结、并案", all.closed),
        PartCount::new("warn", "办理中", all.in_hand),
        PartCount::new("unknown", "待审查", all.waiting),
        PartCount::new("fail", "不予立案", all.refused),
    ]);
    let Submitted { form, errors } =
        submitted.unwrap_or_else(|| Submitted::new(SettingsForm::of(settings), Errors::default()));
    let chrome = frame(app, person, &congress, "提案");
    Ok(CommitteePage { chrome, congress, proposals, rows, strip, settings, today, form, errors, done })
}

pub(super) async fn list(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<CommitteePage, Failure> {
    let congress = kept(&mut *app.read().await?, &acting, id).await?;
    page(&app, acting.person(), congress, None, Done::said(&done)).await
}

pub(super) async fn set(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<SettingsForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let congress = kept(&mut *app.read().await?, &acting, id).await?;
    let Some(settings) = form.read(today, &mut errors).filter(|_| errors.is_empty()) else {
        let page = page(&app, acting.person(), congress, Some(Submitted::new(form, errors)), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = congresses::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
        store::set(db, &locked, settings, acting.person(), now).await?;
        let entry = Entry::new(Verb::ProposalKept, locked.short_title())
            .detail("办理", "确定提案截止日期")
            .detail("截止", settings.closes_on.to_string())
            .detail("附议人数", settings.seconders);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Set.at(&id.proposals_path())).into_response())
}

pub(super) async fn carry(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    kept(&mut *app.read().await?, &acting, id).await?;
    app.write_as(acting.person().authority(), async |db| {
        let locked = congresses::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
        let many = store::carry_over(db, &locked).await?;
        let entry = Entry::new(Verb::ProposalKept, locked.short_title())
            .detail("办理", "转入上次大会未办结的提案")
            .detail("件数", many);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Carried.at(&id.proposals_path())))
}
