//! 纸质选票计票录入: two people enter what was counted by hand, each without seeing the other's; a third settles what differs.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;
use sqlx::PgConnection;

use super::{contests::contest_of, frame, keeps, kept, not_standing, refuse};
use crate::{
    audit::{self, Entry, Verb},
    auth::{acting::Acting, person::SignedIn},
    elections::Elections,
    elections::{
        counting,
        forms::{Fields, PaperForm},
        sitting::{Contest, Sitting, Stage},
        store::{self, PaperEntry},
    },
    failure::Failure,
    ids::{ContestId, SittingId},
    office::ElectionKeeper,
    page::{chrome::Chrome, filters},
    web::forms::Errors,
};

#[derive(Template, WebTemplate)]
#[template(path = "elections/entry.html")]
pub(super) struct EntryPage {
    chrome: Chrome,
    sitting: Sitting,
    contest: Contest,
    issued: u32,
    /// 1, 2 or 3; none where everything is settled or this person has entered before.
    turn: Option<i16>,
    entries: Vec<PaperEntry>,
    differences: Vec<(String, u32, u32)>,
    settled: bool,
    form: PaperForm,
    errors: Errors,
    keeps: bool,
}

impl EntryPage {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    fn value(&self, kind: &str, place: &usize) -> &str {
        self.form.value(&format!("{kind}{place}"))
    }
}

/// Which turn comes next, for a person: the first two are different people, the third is needed where they differ and is a third
/// person.
fn turn(entries: &[PaperEntry], person: &SignedIn) -> Option<i16> {
    let entered = entries.iter().any(|entry| entry.account == person.account);
    match entries {
        _ if entered || counting::settled(entries).is_some() => None,
        [] => Some(1),
        [_] => Some(2),
        _ => Some(3),
    }
}

/// The sitting and contest of somebody who counts: whoever keeps it, or monitors it.
async fn counted(
    app: &Elections,
    db: &mut PgConnection,
    person: &SignedIn,
    (id, contest): (SittingId, ContestId),
) -> Result<(Sitting, Contest), Failure> {
    let sitting = store::sitting(db, person.institution, id).await?.ok_or(Failure::Missing)?;
    let monitors = store::monitors(db, id).await?;
    if !keeps(person, &sitting) && !monitors.iter().any(|one| one.account == person.account) {
        return Err(Failure::Missing);
    }
    not_standing(app, db, person, (&sitting, "录入纸质选票")).await?;
    let contest = contest_of(db, &sitting, contest, app.clock.today()).await?;
    Ok((sitting, contest))
}

async fn page(
    app: &Elections,
    person: &SignedIn,
    ids: (SittingId, ContestId),
    (form, errors): (Option<PaperForm>, Errors),
) -> Result<EntryPage, Failure> {
    let mut db = app.read().await?;
    let (sitting, contest) = counted(app, &mut db, person, ids).await?;
    let entries = store::paper_entries(&mut db, sitting.id).await?.remove(&contest.id).unwrap_or_default();
    let issued = store::came(&mut db, sitting.id).await?.get(&contest.ordinal).map_or(0, |came| came.paper);
    let differences = match entries.as_slice() {
        [first, second, ..] => first.figures.differences(&second.figures),
        _ => Vec::new(),
    };
    let turn = turn(&entries, person).filter(|_| may_enter(&sitting) && issued > 0);
    let keeps = keeps(person, &sitting);
    let chrome = if keeps {
        frame(app, person, &sitting, "纸质选票计票录入")
    } else {
        app.chrome(person, "纸质选票计票录入")
            .under("/monitoring", "监票")
            .under(&format!("/monitoring/{}", sitting.id), &sitting.title)
    };
    let settled = counting::settled(&entries).is_some();
    let form = form.unwrap_or_default();
    Ok(EntryPage { chrome, sitting, contest, issued, turn, entries, differences, settled, form, errors, keeps })
}

/// After the count nobody writes down what fits it.
fn may_enter(sitting: &Sitting) -> bool {
    sitting.stage == Stage::Closed
}

pub(super) async fn ask(
    State(app): State<Elections>,
    person: SignedIn,
    Path(ids): Path<(SittingId, ContestId)>,
) -> Result<EntryPage, Failure> {
    page(&app, &person, ids, (None, Errors::default())).await
}

pub(super) async fn enter(
    State(app): State<Elections>,
    person: SignedIn,
    Path((id, contest_id)): Path<(SittingId, ContestId)>,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let mut db = app.read().await?;
    let (sitting, contest) = counted(&app, &mut db, &person, (id, contest_id)).await?;
    let issued = store::came(&mut db, id).await?.get(&contest.ordinal).map_or(0, |came| came.paper);
    drop(db);
    let form = PaperForm { fields };
    let back = format!("/entries/{id}/{contest_id}");
    let chrome = app.chrome(&person, "没有办理");
    if !may_enter(&sitting) || issued == 0 {
        let why = "纸质选票在投票截止以后、开票以前录入；没有发出纸质选票的项目不用录入";
        return Err(refuse(chrome, back, "录入纸质选票", why, "刷新页面看现在的情况"));
    }
    let Some(figures) = form.read(&contest, issued, &mut errors) else {
        let page = page(&app, &person, (id, contest_id), (Some(form), errors)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let actor = person.clone();
    app.write_as(person.authority(), async move |db| {
        let locked = store::lock(db, actor.institution, id).await?;
        let entries = store::paper_entries(db, id).await?.remove(&contest_id).unwrap_or_default();
        let turn = turn(&entries, &actor).filter(|_| locked.as_ref().is_some_and(may_enter));
        let entered = match turn {
            Some(turn) => store::enter_paper(db, (contest_id, turn), actor.account, &figures, now).await?,
            None => false,
        };
        let Some(turn) = turn.filter(|_| entered) else {
            let remedy = "两次录入须由不同的两人完成；不一致时由第三人核对选票后录入";
            return Err(refuse(chrome, back, "录入纸质选票", "你已经录入过这一项，或者已经录入一致", remedy));
        };
        let entry = Entry::new(Verb::PaperKept, sitting.title)
            .detail("办理", format!("第 {turn} 次录入"))
            .detail("项目", contest.title)
            .detail("收回", figures.tally.returned);
        audit::append(db, &actor, entry, now).await
    })
    .await?;
    Ok(Redirect::to(&format!("/entries/{id}/{contest_id}")).into_response())
}

pub(super) async fn clear(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest)): Path<(SittingId, ContestId)>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let mut db = app.read().await?;
    let sitting = kept(&mut db, &acting, id).await?;
    not_standing(&app, &mut db, acting.person(), (&sitting, "重新清点纸质选票")).await?;
    let own = contest_of(&mut db, &sitting, contest, now.date()).await?;
    drop(db);
    let chrome = frame(&app, acting.person(), &sitting, "没有办理");
    app.write_as(acting.person().authority(), async move |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        if !locked.as_ref().is_some_and(may_enter) {
            let why = "已经开票计票，不能重新清点";
            return Err(refuse(
                chrome,
                format!("/sittings/{id}"),
                "重新清点纸质选票",
                why,
                "结果有误的，由两人办理作废",
            ));
        }
        if store::drop_entries(db, contest).await? > 0 {
            let entry = Entry::new(Verb::PaperKept, sitting.title)
                .detail("办理", "清除录入，重新清点")
                .detail("项目", own.title);
            audit::append(db, acting.person(), entry, now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&format!("/sittings/{id}?done=dropped")))
}
