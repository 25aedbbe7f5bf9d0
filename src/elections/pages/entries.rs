//! 纸质选票计票录入: two people enter what was counted by hand, each without seeing the other's; a third settles what differs.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;
use sqlx::PgConnection;

use super::{again, contests::contest_of, done_at, frame, managed, manages, refusal, refuse_candidates};
use crate::{
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    elections::{
        Elections, Verb, counting,
        done::Done,
        forms::{Fields, PaperForm},
        paths,
        sitting::{Contest, Sitting, Stage},
        store::{self, PaperEntry},
    },
    failure::{Failure, Refusal},
    ids::{ContestId, SittingId},
    office::ElectionKeeper,
    page::{chrome::Chrome, filters},
    rules::election::Unreadable,
    web::forms::{Errors, Submitted},
};

#[derive(Template, WebTemplate)]
#[template(path = "elections/entry.html")]
pub(super) struct EntryPage {
    chrome: Chrome,
    sitting: Sitting,
    contest: Contest,
    /// Paper ballots given out.
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
    /// A line that cannot be read abstains, and is counted apart.
    fn has_unreadable(&self) -> bool {
        self.contest.rules.count.unreadable == Unreadable::Abstain
    }

    /// A candidate carries a class or number behind the name: the bare name says nothing.
    fn has_namesakes(&self) -> bool {
        self.contest.candidates.iter().any(|one| one.label.contains('（'))
    }

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

/// A contest whose paper ballots somebody counts: of the office in charge, or a monitor.
struct CountedContest {
    sitting: Sitting,
    contest: Contest,
    /// Paper ballots given out.
    issued: u32,
}

async fn counted(
    app: &Elections,
    db: &mut PgConnection,
    person: &SignedIn,
    id: SittingId,
    contest: ContestId,
) -> Result<CountedContest, Failure> {
    let sitting = store::sitting(db, person.institution, id).await?.ok_or(Failure::Missing)?;
    let monitors = store::monitors(db, id).await?;
    if !manages(person, &sitting) && !monitors.iter().any(|one| one.account == person.account) {
        return Err(Failure::Missing);
    }
    refuse_candidates(app, db, person, &sitting, "录入纸质选票").await?;
    let contest = contest_of(db, &sitting, contest, app.clock.today()).await?;
    let issued = store::contest_turnouts(db, id).await?.get(&contest.ordinal).map_or(0, |turnout| turnout.paper);
    Ok(CountedContest { sitting, contest, issued })
}

async fn page(
    app: &Elections,
    person: &SignedIn,
    id: SittingId,
    contest: ContestId,
    submitted: Submitted<PaperForm>,
) -> Result<EntryPage, Failure> {
    let mut db = app.read().await?;
    let CountedContest { sitting, contest, issued } = counted(app, &mut db, person, id, contest).await?;
    let entries = store::paper_entries(&mut db, sitting.id).await?.remove(&contest.id).unwrap_or_default();
    let differences = match entries.as_slice() {
        [first, second, ..] => first.figures.differences(&second.figures),
        _ => Vec::new(),
    };
    let turn = turn(&entries, person).filter(|_| may_enter(&sitting) && issued > 0);
    let keeps = manages(person, &sitting);
    let chrome = if keeps {
        frame(app, person, &sitting, "纸质选票计票录入")
    } else {
        app.chrome(person, "纸质选票计票录入")
            .under(paths::MONITORING, "监票")
            .under(&id.monitoring_path(), &sitting.title)
    };
    let settled = counting::settled(&entries).is_some();
    let Submitted { form, errors } = submitted;
    Ok(EntryPage { chrome, sitting, contest, issued, turn, entries, differences, settled, form, errors, keeps })
}

/// After the count nobody writes down what fits it.
fn may_enter(sitting: &Sitting) -> bool {
    sitting.stage() == Stage::Closed
}

pub(super) async fn ask(
    State(app): State<Elections>,
    person: SignedIn,
    Path((id, contest)): Path<(SittingId, ContestId)>,
) -> Result<EntryPage, Failure> {
    page(&app, &person, id, contest, Submitted::default()).await
}

pub(super) async fn enter(
    State(app): State<Elections>,
    person: SignedIn,
    Path((id, contest)): Path<(SittingId, ContestId)>,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    let (now, mut errors, own_page) = (app.clock.now(), Errors::default(), id.entry_path(contest));
    let CountedContest { sitting, contest, issued } =
        counted(&app, &mut *app.read().await?, &person, id, contest).await?;
    let form = PaperForm { fields };
    let refused = || Refusal {
        chrome: app.chrome(&person, "没有办理"),
        wanted: "录入纸质选票".to_owned(),
        back: own_page.clone(),
    };
    if !may_enter(&sitting) || issued == 0 {
        let why = "纸质选票在投票截止以后、开票以前录入；没有发出纸质选票的项目不用录入";
        return Err(refused().for_reason(why, "刷新页面看现在的情况"));
    }
    let Some(figures) = form.read(&contest, issued, &mut errors) else {
        return Ok(again(page(&app, &person, id, contest.id, Submitted::new(form, errors)).await?));
    };
    app.write_as(person.authority(), async |db| {
        let locked = store::lock(db, person.institution, id).await?;
        let entries = store::paper_entries(db, id).await?.remove(&contest.id).unwrap_or_default();
        let turn = turn(&entries, &person).filter(|_| may_enter(&locked));
        let entered = match turn {
            Some(turn) => store::enter_paper(db, &locked, &contest, turn, person.account, &figures, now).await?,
            None => false,
        };
        let Some(turn) = turn.filter(|_| entered) else {
            let remedy = "两次录入须由不同的两人完成；不一致时由第三人核对选票后录入";
            return Err(refused().for_reason("你已经录入过这一项，或者已经录入一致", remedy));
        };
        let entry = Entry::new(Verb::PaperKept, sitting.title.clone())
            .detail("办理", format!("第 {turn} 次录入"))
            .detail("项目", contest.title.clone())
            .detail("收回", figures.tally.returned);
        audit::append(db, &person, entry, now).await
    })
    .await?;
    Ok(Redirect::to(&own_page).into_response())
}

pub(super) async fn clear(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest)): Path<(SittingId, ContestId)>,
) -> Result<Redirect, Failure> {
    let (now, wanted) = (app.clock.now(), "重新清点纸质选票");
    let mut db = app.read().await?;
    let sitting = managed(&mut db, &acting, id).await?;
    refuse_candidates(&app, &mut db, acting.person(), &sitting, wanted).await?;
    let contest = contest_of(&mut db, &sitting, contest, now.date()).await?;
    drop(db);
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        if !may_enter(&locked) {
            let refused = refusal(&app, acting.person(), &sitting, wanted);
            return Err(refused.for_reason("已经开票计票，不能重新清点", "结果有误的，由两人办理作废"));
        }
        if store::drop_entries(db, &locked, &contest).await? > 0 {
            let entry = Entry::new(Verb::PaperKept, sitting.title.clone())
                .detail("办理", "清除录入，重新清点")
                .detail("项目", contest.title.clone());
            audit::append(db, acting.person(), entry, now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(done_at(&id.path(), Done::EntriesDropped))
}
