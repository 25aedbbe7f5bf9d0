//! 监票: what monitors do. They make their passphrase, show in the rehearsal that it works, and give their share at the
//! count; two of them admit a voter who was left off the roll, and one of them agrees to a sitting's being void.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    StepView, json_file,
    opening::rehearsal_text,
    refuse, result, said,
    show::{CountView, count_view, refreshed},
    steps,
    voiding::void_by_monitor,
};
use crate::{
    audit::{self, Entry, Verb},
    auth::person::SignedIn,
    elections::Elections,
    elections::{
        ballot_box::Halt,
        counting,
        sitting::{Contest, Monitor, Sitting, Stage},
        store::{self, Admission, Rehearsal},
    },
    failure::Failure,
    ids::{AccountId, AdmissionId, SittingId},
    page::{chrome::Chrome, filters},
    sealing::keys::{self, OpenShare, Purpose},
    text::{folded, is_hidden},
    web::forms::{Done, Errors, written},
};

#[derive(Template, WebTemplate)]
#[template(path = "elections/monitoring.html")]
pub(super) struct ListPage {
    chrome: Chrome,
    rows: Vec<Sitting>,
}

pub(super) async fn list(State(app): State<Elections>, person: SignedIn) -> Result<ListPage, Failure> {
    let mut db = app.read().await?;
    let own = store::monitored(&mut db, person.institution, person.account).await?;
    let all = store::sittings(&mut db, person.institution, (None, None)).await?;
    let rows = all.into_iter().filter(|sitting| own.contains(&sitting.id)).collect();
    Ok(ListPage { chrome: app.chrome(&person, "监票"), rows })
}

/// The sitting of a monitor with all its monitors.
async fn own(db: &mut PgConnection, person: &SignedIn, id: SittingId) -> Result<(Sitting, Vec<Monitor>), Failure> {
    let sitting = store::sitting(db, person.institution, id).await?.ok_or(Failure::Missing)?;
    let monitors = store::monitors(db, id).await?;
    if monitors.iter().any(|monitor| monitor.account == person.account) {
        Ok((sitting, monitors))
    } else {
        Err(Failure::Missing)
    }
}

/// What a monitor types.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PhraseForm {
    phrase: String,
}

/// Somebody who was left off the roll, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AdmissionForm {
    number: String,
    contest: Vec<i16>,
    why: String,
}

#[derive(Template)]
#[template(path = "elections/monitor.html")]
struct ShowPage {
    chrome: Chrome,
    sitting: Sitting,
    steps: Vec<StepView>,
    monitors: Vec<Monitor>,
    me: AccountId,
    contests: Vec<Contest>,
    admissions: Vec<Admission>,
    suspects: Vec<String>,
    rehearsing: bool,
    held: Vec<AccountId>,
    count: Option<CountView>,
    paper: bool,
    form: AdmissionForm,
    errors: Errors,
    now: OffsetDateTime,
    done: &'static str,
}

impl ShowPage {
    fn mine(&self) -> Option<&Monitor> {
        self.monitors.iter().find(|monitor| monitor.account == self.me)
    }

    fn holds(&self, account: &AccountId) -> bool {
        self.held.contains(account)
    }

    /// A passphrase is asked for now.
    fn asks(&self) -> bool {
        let has_key = self.mine().is_some_and(|monitor| monitor.key.is_some());
        has_key && !self.holds(&self.me) && (self.rehearsing || self.sitting.stage == Stage::Closed)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    fn chose(&self, ordinal: &i16) -> bool {
        self.form.contest.contains(ordinal)
    }
}

async fn page(
    app: &Elections,
    person: &SignedIn,
    id: SittingId,
    (form, errors, done): (AdmissionForm, Errors, &'static str),
) -> Result<Response, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let (sitting, monitors) = own(&mut db, person, id).await?;
    let contests = store::contests(&mut db, &sitting, Some(now.date())).await?;
    let count = count_view(app, id).filter(|_| sitting.stage == Stage::Closed);
    let suspects = match count.as_ref().and_then(|count| count.halt.clone()) {
        Some(Halt::Suspicious(places)) => store::names(&mut db, id, &places).await?,
        _ => Vec::new(),
    };
    let came = store::came(&mut db, id).await?;
    let unfit = !errors.is_empty();
    let page = ShowPage {
        chrome: app.chrome(person, &sitting.title).under("/monitoring", "监票"),
        steps: steps(&sitting),
        me: person.account,
        contests,
        admissions: store::admissions(&mut db, id).await?,
        suspects,
        rehearsing: store::rehearsal(&mut db, id).await?.is_some(),
        held: app.ballot_box.held(id, now).0,
        count,
        paper: came.values().any(|came| came.paper > 0) && sitting.closed_at.is_some(),
        form,
        errors,
        now,
        done,
        sitting,
        monitors,
    };
    let response = refreshed(page.count.as_ref(), &page)?;
    Ok(if unfit { (StatusCode::UNPROCESSABLE_ENTITY, response).into_response() } else { response })
}

pub(super) async fn show(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Failure> {
    page(&app, &person, id, (AdmissionForm::default(), Errors::default(), said(&done))).await
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/passphrase.html")]
struct PassphrasePage {
    chrome: Chrome,
    sitting: Sitting,
    phrase: String,
    duty: &'static str,
    name: String,
}

fn refused(app: &Elections, person: &SignedIn, id: SittingId, (wanted, why, remedy): (&str, &str, &str)) -> Failure {
    let chrome = app.chrome(person, "没有办理").under("/monitoring", "监票");
    refuse(chrome, format!("/monitoring/{id}"), wanted, why, remedy)
}

pub(super) async fn passphrase(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
) -> Result<Response, Failure> {
    let (sitting, monitors) = own(&mut *app.read().await?, &person, id).await?;
    let duty = monitors.iter().find(|one| one.account == person.account).map_or("监票人", Monitor::duty);
    let (phrase, salt) = (keys::passphrase(), keys::salt());
    let typed = phrase.clone();
    let (_, key) = app.heavy(move || keys::pair_of(&typed, &salt)).await??;
    let mac = Monitor::mark(&app.ballot_box.key, (id, person.account), &salt, &key);
    let (chrome, now) = (app.chrome(&person, "监票口令").under("/monitoring", "监票"), app.clock.now());
    let (actor, title) = (person.clone(), sitting.title.clone());
    let kept = app
        .write_as(person.authority(), async move |db| {
            let kept = store::keep_key(db, (id, actor.account), (&salt, &key, &mac)).await?;
            if kept {
                let entry = Entry::new(Verb::MonitorsKept, title).detail("办理", "生成监票口令");
                audit::append(db, &actor, entry, now).await?;
            }
            Ok(kept)
        })
        .await?;
    if !kept {
        let says = (
            "生成监票口令",
            "演练已经开始或投票已经开启，口令不能再换",
            "口令遗失的，请办理单位收回公告，重新生成、重新演练",
        );
        return Err(refused(&app, &person, id, says));
    }
    Ok(PassphrasePage { chrome, sitting, phrase, duty, name: person.name }.into_response())
}

/// Opens a monitor's share with the passphrase; none where the phrase is not theirs.
async fn open_share(
    app: &Elections,
    sitting: SittingId,
    monitor: &Monitor,
    phrase: String,
) -> Result<Option<OpenShare>, Failure> {
    let (Some(salt), Some(key), Some(sealed)) = (monitor.salt.clone(), monitor.key, monitor.share.clone()) else {
        return Ok(None);
    };
    let account = monitor.account;
    let opened = app
        .heavy(move || {
            let phrase = zeroize::Zeroizing::new(phrase);
            let (secret, public) = keys::pair_of(&phrase, &salt)?;
            if public != key {
                return anyhow::Ok(None);
            }
            let bytes = keys::open(&secret, Purpose::Share(sitting, account), &sealed);
            Ok(bytes.and_then(|bytes| keys::share(&bytes)))
        })
        .await??;
    Ok(opened)
}

pub(super) async fn unseal(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
    Form(form): Form<PhraseForm>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let (sitting, monitors) = own(&mut db, &person, id).await?;
    let rehearsal = store::rehearsal(&mut db, id).await?;
    let contests = store::contests(&mut db, &sitting, None).await?;
    let unsettled = counting::unsettled(&mut db, id, &contests).await?;
    drop(db);
    let rehearses = sitting.stage == Stage::Announced && rehearsal.is_some();
    if !rehearses && sitting.stage != Stage::Closed {
        let says = ("输入监票口令", "现在不需要口令", "口令在演练时和投票截止以后使用");
        return Err(refused(&app, &person, id, says));
    }
    let mine = monitors.iter().find(|one| one.account == person.account).ok_or(Failure::Missing)?;
    if form.phrase.len() > 200 {
        return Err(Failure::Malformed);
    }
    if !rehearses && !unsettled.is_empty() {
        let says = format!("{}的纸质选票还没有录入一致，请先清点、由两人分别录入，再开票", unsettled.join("、"));
        let mut errors = Errors::default();
        errors.add("phrase", says);
        return page(&app, &person, id, (AdmissionForm::default(), errors, "")).await;
    }
    let Some(share) = open_share(&app, id, mine, form.phrase).await? else {
        let mut errors = Errors::default();
        errors.add("phrase", "口令不对，请照打印的口令重新输入；大小写和连字符不影响");
        return page(&app, &person, id, (AdmissionForm::default(), errors, "")).await;
    };
    let now = app.clock.now();
    let shares = app.ballot_box.hold(id, person.account, share, now);
    if let (true, Some(rehearsal)) = (rehearses, rehearsal) {
        return rehearsed(&app, &person, (sitting, &monitors), (&shares, &rehearsal)).await;
    }
    let (actor, title) = (person.clone(), sitting.title.clone());
    app.write_as(person.authority(), async move |db| {
        let entry = Entry::new(Verb::MonitorsKept, title).detail("办理", "开票时交出一份密钥");
        audit::append(db, &actor, entry, now).await
    })
    .await?;
    let to = if start(&app, &person, &sitting, &shares, None).await? { "counting" } else { "shared" };
    Ok(Redirect::to(&format!("/monitoring/{id}?done={to}")).into_response())
}

/// Begins the count where enough shares are held.
async fn start(
    app: &Elections,
    person: &SignedIn,
    sitting: &Sitting,
    shares: &[OpenShare],
    exclude: Option<(Vec<i32>, String)>,
) -> Result<bool, Failure> {
    let enough = usize::from(sitting.threshold);
    if shares.len() < enough {
        return Ok(false);
    }
    let ballot = app
        .ballot_box
        .opened(&mut *app.read().await?, person.institution, sitting.id)
        .await?
        .ok_or(Failure::Missing)?;
    let Some(key) = keys::join(shares, sitting.threshold, &ballot.opened.key) else {
        return Err(anyhow::anyhow!("the shares of the monitors do not give the key of the sitting").into());
    };
    Ok(counting::begin(app, person, sitting.id, key, exclude))
}

/// A passphrase was shown to work. Once all have, and the throw-away ballots open, the rehearsal is over.
async fn rehearsed(
    app: &Elections,
    person: &SignedIn,
    (sitting, monitors): (Sitting, &[Monitor]),
    (shares, rehearsal): (&[OpenShare], &Rehearsal),
) -> Result<Response, Failure> {
    let id = sitting.id;
    let complete = shares.len() == monitors.len();
    let opens = complete
        && keys::join(shares, sitting.threshold, &rehearsal.key).is_some_and(|secret| {
            rehearsal.ballots.iter().all(|(number, sealed)| {
                let text = keys::open(&secret, Purpose::Rehearsal(id, *number), sealed);
                text.is_some_and(|text| text.as_slice() == rehearsal_text(*number).as_bytes())
            })
        });
    if complete && !opens {
        app.ballot_box.drop_shares(id);
        let says = ("演练", "口令都对，但演练选票没有打开", "请办理单位重新开始演练");
        return Err(refused(app, person, id, says));
    }
    let (actor, now) = (person.clone(), app.clock.now());
    app.write_as(person.authority(), async move |db| {
        store::lock(db, actor.institution, id).await?;
        store::prove(db, id, actor.account, now).await?;
        let entry = Entry::new(Verb::MonitorsKept, sitting.title.clone()).detail("办理", "演练：口令有效");
        audit::append(db, &actor, entry, now).await?;
        if opens && store::end_rehearsal(db, actor.institution, id, now).await? {
            let entry = Entry::new(Verb::SittingKept, sitting.title).detail("办理", "演练成功");
            audit::append(db, &actor, entry, now).await?;
        }
        Ok(())
    })
    .await?;
    if opens {
        app.ballot_box.drop_shares(id);
    }
    Ok(Redirect::to(&format!("/monitoring/{id}?done=proved")).into_response())
}

/// Why envelopes are left out, as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ExcludeForm {
    reason: String,
}

pub(super) async fn exclude(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
    Form(form): Form<ExcludeForm>,
) -> Result<Response, Failure> {
    let (sitting, monitors) = own(&mut *app.read().await?, &person, id).await?;
    let chief = monitors.iter().any(|one| one.account == person.account && one.chief);
    let halted = app.ballot_box.progress(id).and_then(|progress| progress.halt());
    let places = match halted {
        Some(Halt::Suspicious(places)) => places,
        _ => Vec::new(),
    };
    if sitting.stage != Stage::Closed || places.is_empty() || !chief {
        let says = ("不计入来历不明的信封", "没有来历不明的信封，或者你不是总监票人", "由总监票人与监票人商定后办理");
        return Err(refused(&app, &person, id, says));
    }
    let mut errors = Errors::default();
    let Some(why) = crate::web::forms::reason(&form.reason, &mut errors) else {
        return page(&app, &person, id, (AdmissionForm::default(), errors, "")).await;
    };
    let shares = app.ballot_box.held(id, app.clock.now()).1;
    let to = if start(&app, &person, &sitting, &shares, Some((places, why))).await? { "counting" } else { "" };
    Ok(Redirect::to(&format!("/monitoring/{id}?done={to}")).into_response())
}

pub(super) async fn ask_admission(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
    Form(form): Form<AdmissionForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let (sitting, _) = own(&mut *app.read().await?, &person, id).await?;
    if !sitting.takes_votes(now) {
        let says = ("补入选民", "补入在投票期间办理", "投票截止以后不能补入");
        return Err(refused(&app, &person, id, says));
    }
    let number = folded(&form.number);
    if number.is_empty() || number.chars().count() > 32 || number.chars().any(is_hidden) {
        errors.add("number", "请填写学号");
    }
    let contests = store::contests(&mut *app.read().await?, &sitting, Some(now.date())).await?;
    let mut chosen: Vec<i16> =
        contests.iter().map(|one| one.ordinal).filter(|one| form.contest.contains(one)).collect();
    chosen.sort_unstable();
    // The padding was set at opening: nobody's ballots may be longer than those of the frozen roll.
    let fits = match app.ballot_box.opened(&mut *app.read().await?, person.institution, id).await? {
        Some(ballot) => crate::elections::ballot::size(&ballot.shapes(&chosen)) <= ballot.opened.ballot_size,
        None => false,
    };
    if chosen.is_empty() || !fits {
        errors.add("contest", "请勾选该选民应当参加的选举项目，不超过其他选民");
    }
    let why = written(&form.why, 200, "why", "请写明怎样漏登、依据什么补入", &mut errors);
    let Some(why) = why.filter(|_| errors.is_empty()) else {
        return page(&app, &person, id, (form, errors, "")).await;
    };
    let (actor, standing) = (person.clone(), person.authority());
    let asked = app
        .write_as(standing, async move |db| {
            let (place, what) = ((actor.institution, id), (number.as_str(), chosen.as_slice(), why.as_str()));
            let Some(student) = store::ask_admission(db, place, what, actor.account, now).await? else {
                return Ok(false);
            };
            let entry = Entry::about(Verb::VoterKept, student)
                .detail("办理", "提出补入选民名册")
                .detail("场次", sitting.title)
                .detail("理由", why);
            audit::append(db, &actor, entry, now).await?;
            Ok(true)
        })
        .await?;
    if !asked {
        errors.add("number", "没有这个在校学生，或者已经在名册上、已经提出过");
        return page(&app, &person, id, (form, errors, "")).await;
    }
    Ok(Redirect::to(&format!("/monitoring/{id}?done=asked")).into_response())
}

pub(super) async fn admit(
    State(app): State<Elections>,
    person: SignedIn,
    Path((id, admission)): Path<(SittingId, AdmissionId)>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    own(&mut *app.read().await?, &person, id).await?;
    let (actor, ballot_box) = (person.clone(), app.ballot_box.clone());
    let admitted = app
        .write_as(person.authority(), async move |db| {
            let sitting = store::lock(db, actor.institution, id).await?.ok_or(Failure::Missing)?;
            if !sitting.takes_votes(now) {
                return Ok(false);
            }
            let Some(student) = store::admit(db, id, admission, (actor.account, &ballot_box.key), now).await? else {
                return Ok(false);
            };
            let entry =
                Entry::about(Verb::VoterKept, student).detail("办理", "同意补入选民名册").detail("场次", sitting.title);
            audit::append(db, &actor, entry, now).await?;
            Ok(true)
        })
        .await?;
    if !admitted {
        let says = ("同意补入选民", "投票已截止，或者是你自己提出的，或者已经办理", "须由另一名监票人在投票期间同意");
        return Err(refused(&app, &person, id, says));
    }
    Ok(Redirect::to(&format!("/monitoring/{id}?done=admitted")))
}

pub(super) async fn agree_void(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let (sitting, _) = own(&mut *app.read().await?, &person, id).await?;
    void_by_monitor(&app, &person, sitting).await?;
    Ok(Redirect::to(&format!("/monitoring/{id}?done=voided")))
}

/// The full ballots, for the monitors to keep.
pub(super) async fn ballots(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let (sitting, _) = own(&mut db, &person, id).await?;
    if sitting.counted_at.is_none() || sitting.stage == Stage::Voided {
        return Err(Failure::Missing);
    }
    Ok(json_file("ballots.json", result::ballots_file(&mut db, &sitting).await?))
}
