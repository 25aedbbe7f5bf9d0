//! The page 实施方案: what governs, what an adoption would change, and its withdrawal within a day.

use std::sync::Arc;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sha2::{Digest, Sha256};
use time::{Date, OffsetDateTime};

use super::{
    Verb,
    forms::{AdoptForm, LONGEST, WithdrawForm},
    paths::{Done, adoption_form, plans_after},
    preview::{Preview, basis, preview},
    store::{self, AdoptionRow, Phase, Setup},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    ids::{InstitutionId, PlanVersionId},
    inbox::{Notice, tell_offices},
    office::{OfficeKind, SchoolLeague},
    page::{chrome::Chrome, filters},
    rulebook::{
        PLANS,
        store::{self as plans, Governing, VersionRow, WiderReason},
    },
    rules::{
        Outcome, Plan, Rule, Verdict,
        adoption::{Adoption, Latest, adopt, withdraw},
        baseline::{Comparison, compare_all},
    },
    text::chinese_day,
    web::forms::{self, Errors, Submitted, written},
};

/// The routes of adoptions.
#[must_use]
pub fn routes() -> Routes {
    Routes::default().get("/plans", list).post("/plans/adopt", adopt_plan).post("/plans/withdraw", withdraw_adoption)
}

#[derive(Template, WebTemplate)]
#[template(path = "adoption/plans.html")]
struct PlansPage {
    chrome: Chrome,
    governing: Option<Governing>,
    adoptions: Vec<(AdoptionRow, Phase)>,
    versions: Vec<VersionRow>,
    form: AdoptForm,
    /// The adoption that can still be withdrawn.
    revocable: Option<Latest>,
    /// The first moment at which it can be withdrawn no more.
    stands_from: Option<OffsetDateTime>,
    withdrawing: WithdrawForm,
    setup: Setup,
    errors: Errors,
    done: &'static str,
}

impl PlansPage {
    fn may_withdraw(&self, row: &AdoptionRow) -> bool {
        self.revocable.is_some_and(|latest| latest.seq == row.seq)
    }
}

/// What the page of the plans shows beside what is on record.
#[derive(Default)]
struct Shown {
    adopting: AdoptForm,
    withdrawing: WithdrawForm,
    errors: Errors,
    done: &'static str,
}

async fn plans_page(app: &App, acting: &Acting<SchoolLeague>, shown: Shown) -> Result<PlansPage, Failure> {
    let mut db = app.read().await?;
    let (institution, now) = (acting.institution(), app.clock.now());
    let today = app.clock.today();
    let rows = store::adoptions(&mut db, institution).await?;
    let phases: Vec<Phase> =
        (0..).zip(&rows).map(|(place, row)| row.phase(rows.get(..place).unwrap_or_default(), today)).collect();
    let latest = store::latest(&mut db, institution).await?;
    let revocable = latest.filter(|latest| withdraw(*latest, latest.seq, now).permit().is_ok());
    Ok(PlansPage {
        chrome: app.chrome(acting.person(), "实施方案"),
        // A plan that this program can no longer read must not keep another one from being adopted.
        governing: plans::governing(&mut db, institution, today).await.ok().flatten(),
        adoptions: rows.into_iter().zip(phases).collect(),
        versions: plans::versions(&mut db, institution).await?,
        form: shown.adopting,
        revocable,
        stands_from: revocable.map(|latest| latest.stands_from()),
        withdrawing: shown.withdrawing,
        setup: store::setup(&mut db, institution).await?,
        errors: shown.errors,
        done: shown.done,
    })
}

async fn list(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Query(forms::Done { done }): Query<forms::Done>,
    Query(form): Query<AdoptForm>,
) -> Result<PlansPage, Failure> {
    let done = done.parse().map_or("", Done::label);
    // After a refusal the form names the reason beside the field; nothing is wrong with one that nobody has filled in.
    let mut errors = Errors::default();
    let typed = if form.is_empty() { None } else { form.read(&mut Errors::default()) };
    if let Some((version, from)) = typed {
        let refused = judge_adoption(&app, &acting, version, from).await?.permit().err().unwrap_or_default();
        if let Some(finding) = refused.iter().find(|finding| finding.verdict == Outcome::Fail) {
            errors.add("from", format!("{}；{}", finding.message, finding.remedy));
        }
    }
    plans_page(&app, &acting, Shown { adopting: form, errors, done, ..Shown::default() }).await
}

async fn judge_adoption(
    app: &App,
    acting: &Acting<SchoolLeague>,
    version: PlanVersionId,
    from: Date,
) -> Result<Verdict<Adoption>, Failure> {
    let mut db = app.read().await?;
    let (_, plan, _) = plans::version(&mut db, acting.institution(), version).await?.ok_or(Failure::Missing)?;
    let last = store::last_adoption(&mut db, acting.institution(), version, app.clock.today()).await?;
    Ok(adopt(&plan, from, last, app.clock.today()))
}

/// What it changes is shown before it is done.
#[derive(Template, WebTemplate)]
#[template(path = "adoption/confirm.html")]
struct ConfirmAdoptionPage {
    chrome: Chrome,
    form: AdoptForm,
    version: PlanVersionId,
    plan: Arc<Plan>,
    number: i32,
    from: Date,
    today: Date,
    preview: Preview,
    /// The rules on which it is wider than the national baseline, for each of which a reason is asked.
    wider: Vec<Comparison>,
    /// The reasons given at the adoption before.
    given: Vec<WiderReason>,
    errors: Errors,
}

impl ConfirmAdoptionPage {
    /// What stands in the field of a rule: what was typed, else the reason given before.
    fn reason(&self, rule: Rule) -> &str {
        let before = || self.given.iter().find(|given| given.rule == rule.code()).map(|given| given.says.as_str());
        self.form.typed(rule).or_else(before).unwrap_or_default()
    }
}

/// A version that is to be adopted.
struct Chosen {
    version: PlanVersionId,
    number: i32,
    plan: Arc<Plan>,
    from: Date,
}

async fn confirm_page(
    app: &App,
    acting: &Acting<SchoolLeague>,
    chosen: Chosen,
    submitted: Submitted<AdoptForm>,
) -> Result<ConfirmAdoptionPage, Failure> {
    let (mut db, institution, today) = (app.read().await?, acting.institution(), app.clock.today());
    let Chosen { version, number, plan, from } = chosen;
    let basis = basis(&mut db, institution, from, today).await?;
    let given = plans::wider_reasons(&mut db, institution, today).await?;
    // Nobody waits for a connection while the unions are judged.
    drop(db);
    let judged = Arc::clone(&plan);
    let preview = app.heavy(move || preview(basis, &judged)).await?;
    let wider = asked_of(&plan);
    let chrome = app.chrome(acting.person(), "启用方案").under(PLANS, "实施方案");
    let Submitted { form, errors } = submitted;
    Ok(ConfirmAdoptionPage { chrome, form, version, plan, number, from, today, preview, wider, given, errors })
}

/// The rules on which a plan is wider than words of the national level that have been read.
fn asked_of(plan: &Plan) -> Vec<Comparison> {
    compare_all(plan).into_iter().filter(Comparison::needs_reason).collect()
}

async fn adopt_plan(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<AdoptForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    if form.goes_back() {
        let page = plans_page(&app, &acting, Shown { adopting: form, ..Shown::default() }).await?;
        return Ok(page.into_response());
    }
    let read = form.read(&mut errors);
    let Some((version, from)) = read.filter(|_| errors.is_empty()) else {
        let page = plans_page(&app, &acting, Shown { adopting: form, errors, ..Shown::default() }).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let (number, plan, text) = {
        let found = plans::version(&mut *app.read().await?, acting.institution(), version).await?;
        found.ok_or(Failure::Missing)?
    };
    let hash = hex::encode(Sha256::digest(text));
    let (now, today) = (app.clock.now(), app.clock.today());
    let refusal = Refusal {
        chrome: app.chrome(acting.person(), "启用方案").under(PLANS, "实施方案"),
        wanted: format!("自{}起启用{}（第 {number} 版）", chinese_day(from), plan.short),
        back: adoption_form(&form)?,
    };
    let is_confirmed = form.is_confirmed();
    let reasons = if is_confirmed { form.reasons(&asked_of(&plan), &mut errors) } else { Vec::new() };
    if !is_confirmed || !errors.is_empty() {
        judge_adoption(&app, &acting, version, from).await?.permit().map_err(|findings| refusal.because(findings))?;
        let status = if is_confirmed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let chosen = Chosen { version, number, plan, from };
        let page = confirm_page(&app, &acting, chosen, Submitted::new(form, errors)).await?;
        return Ok((status, page).into_response());
    }
    app.write_as(acting.person().authority(), async move |db| {
        let locked = plans::lock_plans(db, acting.institution()).await?;
        let last = store::last_adoption(db, acting.institution(), version, today).await?;
        let verdict = adopt(&plan, from, last, today);
        let adoption = verdict.permit().map_err(|findings| refusal.because(findings))?;
        store::adopt(db, &locked, &acting, version, &adoption, &reasons, now).await?;
        let says = format!(
            "自{}起，各项检查以《{}》（{}）为据；在办的遴选轮次、选举场次和已确认的轮值照原来的办。一天内可能撤回，撤回的另行通知。",
            chinese_day(from), plan.title, plan.document
        );
        tell(db, acting.institution(), format!("自{}起启用{}", chinese_day(from), plan.short), says, now).await?;
        let mut entry = Entry::new(Verb::PlanAdopted, format!("{}（第 {number} 版）", plan.short))
            .detail("启用日期", adoption.from().to_string())
            .detail("方案代码", adoption.code())
            .detail("文件摘要", hash);
        if !reasons.is_empty() {
            let reasons: Vec<String> = reasons.iter().map(WiderReason::in_words).collect();
            entry = entry.detail("宽于全国要求的理由", reasons.join("；"));
        }
        if let Some(provision) = plan.provision(Rule::Pol00) {
            entry = entry.under(provision.clause());
        }
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    let done = if from > today { Done::Scheduled } else { Done::Adopted };
    Ok(Redirect::to(&plans_after(done)).into_response())
}

/// Tells every office that has to do with the plan; who manages accounts and who only studies has no act in it.
async fn tell(
    db: &mut sqlx::PgConnection,
    institution: InstitutionId,
    subject: String,
    says: String,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let acts = |kind: &OfficeKind| !matches!(kind, OfficeKind::Administrator | OfficeKind::Student);
    let kinds: Vec<OfficeKind> = OfficeKind::ALL.iter().copied().filter(acts).collect();
    tell_offices(db, institution, &kinds, &Notice::new(subject, "/rulebook").says(says), now).await
}

async fn withdraw_adoption(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<WithdrawForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let Some(says) = written(&form.says, LONGEST, "says", "请写明撤回的理由", &mut errors) else {
        let page = plans_page(&app, &acting, Shown { withdrawing: form, errors, ..Shown::default() }).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let now = app.clock.now();
    let refusal = Refusal {
        chrome: app.chrome(acting.person(), "撤回启用").under(PLANS, "实施方案"),
        wanted: "撤回启用".to_owned(),
        back: PLANS.to_owned(),
    };
    app.write_as(acting.person().authority(), async move |db| {
        let locked = plans::lock_plans(db, acting.institution()).await?;
        let latest = store::latest(db, acting.institution()).await?.ok_or(Failure::Missing)?;
        let verdict = withdraw(latest, form.number(), now);
        let withdrawal = verdict.permit().map_err(|findings| refusal.because(findings))?;
        let rows = store::adoptions(db, acting.institution()).await?;
        let row = rows.iter().find(|row| row.seq == withdrawal.seq()).ok_or(Failure::Missing)?;
        store::withdraw(db, &locked, &acting, &withdrawal, &says, now).await?;
        let notice = format!("自{}起启用{}已撤回", chinese_day(row.effective_from), row.short);
        let body = format!("理由：{says}。各项检查与没有这次启用时一样。");
        tell(db, acting.institution(), notice, body, now).await?;
        let entry = Entry::new(Verb::PlanWithdrawn, format!("{}（第 {} 版）", row.short, row.version))
            .detail("启用日期", row.effective_from.to_string())
            .detail("理由", says);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&plans_after(Done::Withdrawn)).into_response())
}
