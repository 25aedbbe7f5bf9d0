//! 遴选轮次: the list, and opening, changing and ending a round.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use time::{Date, Duration};

use super::{ConditionText, asks, calendar, frame, managed_round};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    ids::{PlaceId, RoundId, UnionId},
    inbox::{self, Notice},
    office::{Office, SchoolLeague, UnionKeeper},
    page::{chrome::Chrome, filters},
    rules::{
        Finding, Outcome, Plan, Rule,
        chain::{Chain, Stage},
        effect::MissingChain,
        offer::{Offer, offer},
        plan::{MarkPeriod, Union},
        roster::Post,
    },
    unions::{
        store as unions_store,
        union::{PostKind, Record, StudentUnion},
    },
    vetting::{
        Verb, Vetter,
        chain_office::ChainOffice,
        forms::{ChangeForm, DUE_DAYS, RoundForm},
        paths::{self, Done},
        round::{BASES, DayCount, Place, Purpose, Round, replaces},
        store::{self, NewPlace, Opener, Prescribed, RoundFilter},
    },
    web::forms::{Attempt, Errors, Submitted},
};

#[derive(Template, WebTemplate)]
#[template(path = "vetting/rounds.html")]
pub(super) struct RoundsPage {
    chrome: Chrome,
    current: Vec<Round>,
    over: Vec<Round>,
    keeps: bool,
    delegates: bool,
    today: Date,
}

pub(super) async fn list(State(app): State<App>, acting: Acting<Vetter>) -> Result<RoundsPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let office = ChainOffice::of(&mut db, &acting).await?;
    let mut all = store::rounds(&mut db, acting.institution(), RoundFilter::default()).await?;
    all.retain(|round| office.sees(round));
    let keeps = unions_store::list(&mut db, acting.institution(), None)
        .await?
        .iter()
        .any(|union| union.is_managed_by(acting.office()) && union.opened_on.is_some());
    let (over, current) = all.into_iter().partition(|round| round.ended_why.is_some());
    let delegates = SchoolLeague::KINDS.contains(&acting.office().kind);
    Ok(RoundsPage { chrome: app.chrome(acting.person(), "遴选轮次"), current, over, keeps, delegates, today })
}

/// A kind of place that a round may offer, with how it is filled.
pub(super) struct Slot {
    pub key: String,
    pub label: String,
    /// Holders, promised by other rounds, and the cap, in words.
    pub words: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "vetting/round_new.html")]
pub(super) struct OpenRoundPage {
    chrome: Chrome,
    form: RoundForm,
    errors: Errors,
    warned: Vec<Finding>,
    /// The unions to choose from, before one is chosen.
    unions: Vec<StudentUnion>,
    union: Option<StudentUnion>,
    chain: Option<Chain>,
    /// Why no round can be opened, and the rule that would say how.
    dead_end: Option<DeadEnd>,
    /// The person may write what is missing into the plan.
    drafts: bool,
    slots: Vec<Slot>,
    /// The people of the union as a whole, against what the plan says of them.
    total: String,
    conditions: Vec<ConditionText>,
    /// The periods over which marks may count: the plan's, where it names them.
    bases: Vec<(&'static str, &'static str)>,
    purposes: Vec<Purpose>,
    day_counts: &'static [DayCount],
    today: Date,
}

/// What keeps rounds of a kind from being opened at all.
struct DeadEnd {
    why: String,
    rule: Rule,
}

impl DeadEnd {
    fn of(plan: Option<&Plan>, union: Union, presidium: bool) -> Option<Self> {
        let Some(plan) = plan else {
            return Some(Self { why: "本校还没有启用实施方案".to_owned(), rule: Rule::Pol00 });
        };
        let missing = MissingChain::of(plan, union, presidium)?;
        Some(Self { why: missing.why(plan), rule: missing.rule })
    }

    /// There is a plan: it is to say more.
    fn has_plan(&self) -> bool {
        self.rule != Rule::Pol00
    }
}

/// The places of a union with their holders on a day, what other rounds have promised, and what the plan allows.
fn slots(record: &Record, plan: &Plan, presidium: bool, promised: &[Offer], day: Date) -> Vec<Slot> {
    let of_school = record.union.kind != Union::College;
    let figures = &plan.figures;
    let held = |kind: PostKind, department| {
        record.posts_on(day).filter(|post| post.kind == kind && post.department == Some(department)).count()
    };
    let words = |held: usize, promised: u32, cap: Option<u32>| {
        let other = if promised > 0 { format!("，其他轮次已留 {promised}") } else { String::new() };
        let cap = cap.map(|cap| format!("，上限 {cap}")).unwrap_or_default();
        format!("在任 {held}{other}{cap}")
    };
    if presidium {
        let cap = figures.most_on_presidium(of_school, record.timeline.students);
        let elsewhere = promised.iter().map(|offer| offer.seats).sum();
        let words = words(record.seated_on(day), elsewhere, cap);
        return vec![Slot { key: "presidium".to_owned(), label: "主席团候选人".to_owned(), words }];
    }
    let open = record.departments.iter().filter(|department| department.until_day.is_none_or(|until| until > day));
    let both = open.flat_map(|department| {
        [PostKind::Head, PostKind::Staff].map(|kind| {
            let post = match kind {
                PostKind::Head => Post::Head(department.name.clone()),
                _ => Post::Staff(department.name.clone()),
            };
            let promised = promised.iter().filter(|offer| offer.post == post).map(|offer| offer.seats).sum();
            let cap = match kind {
                PostKind::Head => figures.heads.as_ref().map(|heads| heads.value.high),
                _ => figures.department_staff.as_ref().map(|most| most.value),
            };
            let inside = kind == PostKind::Staff && of_school && plan.switches.heads_inside;
            let with = if inside { "（含负责人）" } else { "" };
            let words = words(held(kind, department.id), promised, cap.filter(|_| of_school));
            Slot {
                key: format!("{}:{}", kind.slug(), department.id),
                label: format!("{} {}", department.name, kind.label()),
                words: format!("{words}{with}"),
            }
        })
    });
    both.collect()
}

/// Over which periods marks may count in a round: those that the plan names, or any.
fn bases_of(plan: Option<&Plan>) -> Vec<(&'static str, &'static str)> {
    let named = plan.and_then(|plan| plan.figures.ranking.as_ref()).map(|stated| &stated.value.marks.periods);
    match named.map(Vec::as_slice) {
        None | Some([]) => BASES.to_vec(),
        // Any of all there are: the one that is best for the person.
        Some(all) if MarkPeriod::ALL.iter().all(|period| all.contains(period)) => {
            BASES.iter().take(1).copied().collect()
        }
        Some(some) => {
            let named = |slug: &str| some.iter().any(|period| period.slug() == slug);
            BASES.iter().filter(|(slug, _)| named(slug)).copied().collect()
        }
    }
}

async fn page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    submitted: Submitted<RoundForm>,
    warned: Vec<Finding>,
) -> Result<OpenRoundPage, Failure> {
    let Submitted { mut form, errors } = submitted;
    let (mut db, today) = (app.read().await?, app.clock.today());
    let mut unions = unions_store::list(&mut db, acting.institution(), None).await?;
    unions.retain(|union| union.is_managed_by(acting.office()) && union.opened_on.is_some());
    let chosen = form.union.parse::<UnionId>().ok();
    let union = unions.iter().find(|union| Some(union.id) == chosen).cloned();
    let plans = calendar(&mut db, acting.institution()).await?;
    let plan = plans.in_force(today);
    let presidium = form.places == "presidium";
    let (mut chain, mut offered, mut conditions, mut total) = (None, Vec::new(), Vec::new(), String::new());
    if let (Some(union), Some(plan), "presidium" | "members") = (&union, &plan, form.places.as_str()) {
        chain = Chain::of(plan, union.kind, presidium);
        let record =
            unions_store::record(&mut db, acting.institution(), union.id, today).await?.ok_or(Failure::Missing)?;
        let promised = unions_store::promised(&mut db, union.id, presidium, None).await?;
        offered = slots(&record, plan, presidium, &promised, today);
        conditions = asks(plan);
        let judged = record.timeline.findings(plan, today).unwrap_or_default();
        let whole = judged.iter().find(|one| matches!(one.rule, Rule::Stf01 | Rule::Stf06));
        total = whole.map(|one| one.message.clone()).unwrap_or_default();
    }
    let dead_end = union.as_ref().and_then(|union| DeadEnd::of(plan.as_deref(), union.kind, presidium));
    let bases = bases_of(plan.as_deref());
    if let Some(chain) = &chain {
        if form.due.is_empty() {
            form.due = vec![DUE_DAYS.to_string(); chain.links.len()];
        }
        if form.opens_on.is_empty() {
            form.opens_on = today.to_string();
            form.closes_on = (today + Duration::days(7)).to_string();
            form.effective_on = (today + Duration::days(30)).to_string();
            form.notice_days = chain.notice_days().unwrap_or_default().to_string();
            if let Some((first, _)) = bases.first().filter(|_| !bases.iter().any(|(slug, _)| *slug == form.basis)) {
                (*first).clone_into(&mut form.basis);
            }
        }
    }
    let chrome = app.chrome(acting.person(), "开启轮次").under(paths::ROUNDS, "遴选轮次");
    Ok(OpenRoundPage {
        chrome,
        form,
        errors,
        warned,
        unions,
        union,
        chain,
        dead_end,
        drafts: SchoolLeague::KINDS.contains(&acting.office().kind),
        slots: offered,
        total,
        conditions,
        bases,
        purposes: Purpose::ALL.to_vec(),
        day_counts: DayCount::ALL,
        today,
    })
}

pub(super) async fn ask(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Query(form): Query<RoundForm>,
) -> Result<OpenRoundPage, Failure> {
    page(&app, &acting, Submitted::new(form, Errors::default()), Vec::new()).await
}

/// Splits what stands in the way of places: a refusal, or warnings that a reason would settle.
fn held_up<T>(findings: Vec<Finding>, refusal: Refusal) -> Result<Attempt<T>, Failure> {
    if findings.iter().any(|finding| matches!(finding.verdict, Outcome::Fail | Outcome::Unknown)) {
        return Err(refusal.because(findings));
    }
    Ok(Attempt::NeedsReason(findings))
}

/// The posts that places stand for; candidates for the presidium are no posts yet. None where a department is gone by then.
fn offers(record: &Record, places: &[NewPlace], from: Date) -> Option<Vec<Offer>> {
    let one = |place: &NewPlace| {
        let name = record
            .departments
            .iter()
            .find(|known| Some(known.id) == place.department && known.until_day.is_none_or(|until| until > from))
            .map(|known| known.name.clone());
        let post = match place.kind {
            PostKind::Presidium | PostKind::Other => Post::Presidium,
            PostKind::Head => Post::Head(name?),
            PostKind::Staff => Post::Staff(name?),
        };
        // As many as are elected sit on the presidium; the others only stand.
        let seats = u32::try_from(place.to_elect.unwrap_or(place.seats)).ok()?;
        Some(Offer { post, seats, from })
    };
    places.iter().map(one).collect()
}

pub(super) async fn open(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Form(form): Form<RoundForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    let asked = page(&app, &acting, Submitted::new(form.clone(), Errors::default()), Vec::new()).await?;
    let (Some(union), Some(chain)) = (asked.union, asked.chain) else {
        if asked.unions.is_empty() {
            return Err(Failure::Missing);
        }
        errors.add("union", "请选择学生会和招收的岗位；本校须已启用实施方案");
        return Ok((unfit, page(&app, &acting, Submitted::new(form, errors), Vec::new()).await?).into_response());
    };
    let read = form.read(chain.links.len(), today, &mut errors);
    if !asked.bases.iter().any(|(slug, _)| *slug == form.basis) {
        errors.add("basis", "本校方案写明了看哪一段时间的成绩，请在列出的里面选");
        errors.put_in_order(&["title", "purpose", "basis"]);
    }
    let asks = chain.notice_days().and_then(|days| i32::try_from(days).ok());
    if let Some(least) = asks.filter(|least| read.as_ref().is_some_and(|new| new.notice_days < *least)) {
        errors.add("notice_days", format!("本校方案规定公示不少于 {least} 天"));
    }
    let Some(new) = read.filter(|_| errors.is_empty()) else {
        return Ok((unfit, page(&app, &acting, Submitted::new(form, errors), Vec::new()).await?).into_response());
    };
    let refusal = Refusal {
        chrome: app.chrome(acting.person(), "开启轮次").under(paths::ROUNDS, "遴选轮次"),
        wanted: format!("为{}开启{}", union.name, new.title),
        back: format!("{}?{}", paths::OPEN_ROUND, form.as_query()),
    };
    let id = union.id;
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            let record = unions_store::lock(db, &acting, id, today).await?;
            let Some(governing) = crate::rulebook::governing(db, acting.institution(), today).await? else {
                return Ok(Attempt::fault("union", "本校还没有启用实施方案"));
            };
            let plans = calendar(db, acting.institution()).await?;
            let Some(wanted) = offers(&record, &new.places, new.effective_on) else {
                return Ok(Attempt::fault("seats", "有的部门届时已经撤销，请刷新后重填"));
            };
            let promised = unions_store::promised(db, id, new.presidium, None).await?;
            let replaces = replaces(new.presidium, new.purpose);
            let verdict = offer(&plans, &record.timeline, &promised, wanted, replaces, new.reason.as_deref());
            let passed = match verdict.permit() {
                Ok(passed) => passed,
                Err(findings) => return held_up(findings, refusal),
            };
            let prescribed = Prescribed { chain: &chain, plan: governing.id };
            let by = Opener { institution: acting.institution(), account: Some(acting.person().account) };
            let round = store::open_round(db, &record, &new, &passed, prescribed, by, now).await?;
            let entry = Entry::new(Verb::RoundKept, record.union.name.clone())
                .detail("轮次", new.title.clone())
                .detail("办理", "开启")
                .detail("报名截止", new.closes_on.to_string())
                .under(&chain.clause());
            audit::append(db, acting.person(), entry, now).await?;
            Ok(Attempt::Done(round))
        })
        .await?;
    let warned = match attempt {
        Attempt::Done(round) => return Ok(Redirect::to(&Done::Opened.at(&round.path())).into_response()),
        Attempt::NeedsReason(warned) => {
            errors.add("reason", "名额超出柔性要求，请写明理由；理由随本轮保留");
            warned
        }
        Attempt::Fault(field, says) => {
            errors.add(field, says);
            Vec::new()
        }
    };
    Ok((unfit, page(&app, &acting, Submitted::new(form, errors), warned).await?).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "vetting/round_edit.html")]
pub(super) struct EditRoundPage {
    chrome: Chrome,
    round: Round,
    form: ChangeForm,
    errors: Errors,
    warned: Vec<Finding>,
    under_way: i64,
    why: String,
}

async fn edit_page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    id: RoundId,
    form: Option<ChangeForm>,
    errors: Errors,
    warned: Vec<Finding>,
) -> Result<EditRoundPage, Failure> {
    let round = managed_round(app, acting, id).await?;
    let tally = store::tally(&mut *app.read().await?, id, app.clock.today()).await?;
    let under_way =
        tally.iter().filter(|row| row.stage.is_under_way() || row.stage == Stage::Passed).map(|row| row.cases).sum();
    let form = form.unwrap_or_else(|| ChangeForm::of(&round));
    Ok(EditRoundPage {
        chrome: frame(app, acting.person(), &round, "修改与结束"),
        round,
        form,
        errors,
        warned,
        under_way,
        why: String::new(),
    })
}

pub(super) async fn edit(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<RoundId>,
    Query(form): Query<ChangeForm>,
) -> Result<EditRoundPage, Failure> {
    let form = Some(form).filter(|form| !form.slot.is_empty());
    edit_page(&app, &acting, id, form, Errors::default(), Vec::new()).await
}

pub(super) async fn change(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<RoundId>,
    Form(form): Form<ChangeForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let round = managed_round(&app, &acting, id).await?;
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    if round.ended_why.is_some() {
        errors.add("closes_on", "本轮已经结束，不能再改");
    }
    let Some(change) = form.read(&round, today, &mut errors) else {
        return Ok((unfit, edit_page(&app, &acting, id, Some(form), errors, Vec::new()).await?).into_response());
    };
    let refusal = Refusal {
        chrome: frame(&app, acting.person(), &round, "修改与结束"),
        wanted: format!("修改{}", round.title),
        back: format!("{}?{}", id.edit_path(), form.as_query()),
    };
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            let record = unions_store::lock(db, &acting, round.union.id, today).await?;
            let round = store::lock_round(db, acting.institution(), id).await?;
            let tally = store::tally(db, id, today).await?;
            let count = |place: PlaceId, is_meant: fn(Stage) -> bool| -> i64 {
                tally.iter().filter(|row| row.place == place && is_meant(row.stage)).map(|row| row.cases).sum()
            };
            for (place, seats) in &change.seats {
                let taken = count(*place, Stage::fills_a_seat);
                if i64::from(*seats) < taken {
                    let label = round.place(*place).map(Place::label).unwrap_or_default();
                    let says = format!("{label}已确定 {taken} 人，名额不能少于 {taken}");
                    return Ok(Attempt::Fault("seats", says));
                }
            }
            let places: Vec<NewPlace> = round
                .places
                .iter()
                .filter_map(|place| {
                    let Place { id, kind, department, to_elect, .. } = *place;
                    Some(NewPlace { kind, department, seats: change.seats_of(id)?, to_elect })
                })
                .collect();
            let Some(wanted) = offers(&record, &places, change.effective_on) else {
                return Ok(Attempt::fault("seats", "有的部门届时已经撤销"));
            };
            // Whom the round has appointed holds a post already.
            let filled = |place: PlaceId| u32::try_from(count(place, |stage| stage == Stage::Appointed)).unwrap_or(0);
            let wanted = wanted
                .into_iter()
                .zip(&round.places)
                .map(|(offer, place)| Offer { seats: offer.seats.saturating_sub(filled(place.id)), ..offer })
                .collect();
            let promised = unions_store::promised(db, round.union.id, round.presidium, Some(id)).await?;
            let plans = calendar(db, acting.institution()).await?;
            let reason = change.reason.as_deref();
            let verdict = offer(&plans, &record.timeline, &promised, wanted, round.replaces(), reason);
            let passed = match verdict.permit() {
                Ok(passed) => passed,
                Err(findings) => return held_up(findings, refusal),
            };
            let notices = store::on_notice(db, acting.institution(), today).await?;
            if change.closes_on >= today && notices.iter().any(|one| one.round == id) {
                return Ok(Attempt::fault("closes_on", "本轮正在公示，公示期间不再接受报名"));
            }
            if !store::change_round(db, &record, &round, &change, &passed).await? {
                return Ok(Attempt::fault("closes_on", "本轮已经结束，不能再改"));
            }
            let entry = Entry::new(Verb::RoundKept, record.union.name.clone())
                .detail("轮次", round.title.clone())
                .detail("办理", "修改")
                .detail("报名截止", change.closes_on.to_string())
                .detail("名额", change.seats.iter().map(|(_, seats)| i64::from(*seats)).sum::<i64>().to_string());
            audit::append(db, acting.person(), entry, now).await?;
            Ok(Attempt::Done(()))
        })
        .await?;
    let warned = match attempt {
        Attempt::Done(()) => return Ok(Redirect::to(&Done::Changed.at(&id.path())).into_response()),
        Attempt::NeedsReason(warned) => {
            errors.add("reason", "名额超出柔性要求，请写明理由");
            warned
        }
        Attempt::Fault(field, says) => {
            errors.add(field, says);
            Vec::new()
        }
    };
    Ok((unfit, edit_page(&app, &acting, id, Some(form), errors, warned).await?).into_response())
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct EndForm {
    #[serde(default)]
    why: String,
    #[serde(default)]
    sure: String,
}

pub(super) async fn end(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<RoundId>,
    Form(form): Form<EndForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    managed_round(&app, &acting, id).await?;
    let ask = "请写明结束的原因，如“本轮工作已完成”；未办结的候选人会看到";
    let why = crate::web::forms::written(&form.why, 200, "why", ask, &mut errors);
    let shown = edit_page(&app, &acting, id, None, Errors::default(), Vec::new()).await?;
    if shown.under_way > 0 && form.sure != "yes" {
        errors.add("sure", "请勾选确认：没有办结的一并终止");
    }
    let (Some(why), true) = (why, errors.is_empty()) else {
        let page = EditRoundPage { errors, ..shown };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, EditRoundPage { why: form.why, ..page }).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        let round = store::lock_round(db, acting.institution(), id).await?;
        if !store::end_round(db, &round, &why, now).await? {
            return Ok(());
        }
        let rest = store::lapse_rest(db, &round, &why, now).await?;
        let notice =
            Notice::new(format!("{}已结束，你的报名随之终止", round.title), paths::APPLY).says(format!("原因：{why}"));
        let told: Vec<_> = rest.iter().map(|student| (*student, notice.clone())).collect();
        inbox::tell_students(db, acting.institution(), &told, now).await?;
        let entry = Entry::new(Verb::RoundKept, round.union.name.clone())
            .detail("轮次", round.title.clone())
            .detail("办理", "结束")
            .detail("未办结", rest.len().to_string())
            .detail("原因", why.clone());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Ended.at(&id.path())).into_response())
}
