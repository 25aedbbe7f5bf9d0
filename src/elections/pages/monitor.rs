//! 监票: what monitors do. They make their passphrase, show in the rehearsal that it works, and give their share at the
//! count; two of them admit a voter who was left off the roll, and one of them agrees to a sitting's being void.
//!
//! In one file, because one page shows all of its forms again where one of them could not be read.

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
    StepView,
    closing::close_by_monitor,
    collecting::Collecting,
    done_at, json_file, result,
    show::{CountView, count_view, names, refreshed},
    steps,
    voiding::void_by_monitor,
};
use crate::{
    audit::{self, Entry},
    auth::person::SignedIn,
    elections::{
        Elections, Verb,
        ballot::size,
        ballot_box::Halt,
        ballot_key,
        counting::{self, Exclusion},
        done::{Done, said},
        paths,
        reconciliation::without_quorum,
        sitting::{Contest, Monitor, MonitorKey, Sitting, Stage},
        store::{self, Admission, ClassFirsts, Dependent, NewAdmission},
    },
    failure::{Failure, Refusal},
    ids::{AccountId, AdmissionId, SittingId},
    page::{chrome::Chrome, filters},
    people::find::{PersonField, Search},
    sealing::keys::{self, OpenShare, PublicKey, Purpose},
    text::{folded, is_hidden},
    web::forms::{Done as DoneQuery, Errors, Submitted, reason, written},
};

#[derive(Template, WebTemplate)]
#[template(path = "elections/monitoring.html")]
pub(super) struct MonitoringPage {
    chrome: Chrome,
    /// Those that the ballot key does not open.
    strangers: Vec<Dependent>,
    rows: Vec<Sitting>,
}

pub(super) async fn list(State(app): State<Elections>, person: SignedIn) -> Result<MonitoringPage, Failure> {
    let mut db = app.read().await?;
    let own = store::monitored(&mut db, person.institution, person.account).await?;
    let all = store::sittings(&mut db, person.institution, None, None).await?;
    let rows = all.into_iter().filter(|sitting| own.contains(&sitting.id)).collect();
    let mut strangers = ballot_key::strangers(&mut db, &app.ballot_box.key).await?;
    strangers.retain(|one| own.contains(&one.id));
    Ok(MonitoringPage { chrome: app.chrome(&person, "监票"), strangers, rows })
}

/// The sitting of a monitor with all its monitors.
pub(super) async fn own(
    db: &mut PgConnection,
    person: &SignedIn,
    id: SittingId,
) -> Result<(Sitting, Vec<Monitor>), Failure> {
    let sitting = store::sitting(db, person.institution, id).await?.ok_or(Failure::Missing)?;
    let monitors = store::monitors(db, id).await?;
    if monitors.iter().any(|monitor| monitor.account == person.account) {
        Ok((sitting, monitors))
    } else {
        Err(Failure::Missing)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PhraseForm {
    phrase: String,
}

/// Somebody who was left off the roll.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AdmissionForm {
    number: String,
    /// The number of who was chosen among those of one name.
    pick: String,
    contest: Vec<i16>,
    why: String,
}

#[derive(Template)]
#[template(path = "elections/monitor.html")]
struct MonitorPage {
    chrome: Chrome,
    sitting: Sitting,
    steps: Vec<StepView>,
    monitors: Vec<Monitor>,
    me: AccountId,
    contests: Vec<Contest>,
    admissions: Vec<Admission>,
    suspects: Vec<String>,
    rehearsing: bool,
    /// The shares for the count, while the sitting waits for it.
    collecting: Option<Collecting>,
    count: Option<CountView>,
    /// The contests for which too few have come, while somebody wants to close before the end.
    unmet: Vec<String>,
    paper: bool,
    /// Where codes were used since the opening.
    firsts: Vec<ClassFirsts>,
    form: AdmissionForm,
    person: PersonField,
    errors: Errors,
    now: OffsetDateTime,
    done: &'static str,
}

impl MonitorPage {
    /// The contests in which names may be written in, once they are counted.
    fn with_names(&self) -> Vec<&Contest> {
        let counted = self.sitting.counted_at().is_some() && self.sitting.stage() != Stage::Voided;
        self.contests.iter().filter(|contest| counted && contest.rules.count.takes_write_ins()).collect()
    }

    fn mine(&self) -> Option<&Monitor> {
        self.monitors.iter().find(|monitor| monitor.account == self.me)
    }

    fn holds(&self, account: &AccountId) -> bool {
        self.collecting.as_ref().is_some_and(|collecting| collecting.holds(*account))
    }

    /// A passphrase is asked for now.
    fn asks(&self) -> bool {
        let Some(mine) = self.mine().filter(|monitor| monitor.key.is_some()) else { return false };
        self.rehearsing && mine.proved_at.is_none() || self.sitting.stage() == Stage::Closed && !self.holds(&self.me)
    }

    /// Monitors who are still to type their passphrase in the rehearsal, by name.
    fn unproved(&self) -> String {
        names(self.monitors.iter().filter(|monitor| monitor.proved_at.is_none()))
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
    submitted: Submitted<AdmissionForm>,
    done: &'static str,
) -> Result<Response, Failure> {
    page_with(app, person, id, submitted, PersonField::default(), done).await
}

/// The page with the field of who is to be admitted as it was sent.
async fn page_with(
    app: &Elections,
    person: &SignedIn,
    id: SittingId,
    submitted: Submitted<AdmissionForm>,
    admitted: PersonField,
    done: &'static str,
) -> Result<Response, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let (sitting, monitors) = own(&mut db, person, id).await?;
    let contests = store::contests(&mut db, &sitting, Some(now.date())).await?;
    let count = count_view(app, &mut db, &sitting).await?;
    let suspects = match count.as_ref().and_then(|count| count.halt.clone()) {
        Some(Halt::Suspicious(places)) => store::names(&mut db, id, &places).await?,
        Some(Halt::Failed(_)) | None => Vec::new(),
    };
    let turnouts = store::contest_turnouts(&mut db, id).await?;
    let is_counted_elsewhere = count.as_ref().is_some_and(|count| count.is_elsewhere);
    let collecting = if sitting.stage() == Stage::Closed && !is_counted_elsewhere {
        Some(Collecting::of(app, &mut db, &sitting, &monitors, now).await?)
    } else {
        None
    };
    let Submitted { form, errors } = submitted;
    let unfit = !errors.is_empty();
    let page = MonitorPage {
        chrome: app.chrome(person, &sitting.title).under(paths::MONITORING, "监票"),
        steps: steps(&sitting),
        me: person.account,
        admissions: store::admissions(&mut db, id).await?,
        suspects,
        firsts: store::firsts_by_class(&mut db, id).await?,
        rehearsing: store::rehearsal(&mut db, id).await?.is_some(),
        collecting,
        count,
        unmet: if sitting.close_why().is_some() && sitting.stage() == Stage::Open {
            without_quorum(&contests, &turnouts)
        } else {
            Vec::new()
        },
        paper: turnouts.values().any(|turnout| turnout.paper > 0) && sitting.closed_at().is_some(),
        form,
        person: admitted,
        errors,
        now,
        done,
        contests,
        sitting,
        monitors,
    };
    let response = refreshed(page.count.as_ref(), &page)?;
    Ok(if unfit { (StatusCode::UNPROCESSABLE_ENTITY, response).into_response() } else { response })
}

/// The page with one fault beside its field.
async fn faulty(
    app: &Elections,
    person: &SignedIn,
    id: SittingId,
    field: &'static str,
    says: impl Into<String>,
) -> Result<Response, Failure> {
    page(app, person, id, Submitted::with_fault(AdmissionForm::default(), field, says), "").await
}

pub(super) async fn show(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<Response, Failure> {
    page(&app, &person, id, Submitted::default(), said(&done)).await
}

/// Whether another passphrase takes the place of the one that there is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewPhraseForm {
    /// `yes` where a monitor asks for another one.
    anew: String,
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

fn refusal(app: &Elections, person: &SignedIn, id: SittingId, wanted: &str) -> Refusal {
    let chrome = app.chrome(person, "没有办理").under(paths::MONITORING, "监票");
    Refusal { chrome, wanted: wanted.to_owned(), back: id.monitoring_path() }
}

pub(super) async fn passphrase(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
    Form(form): Form<NewPhraseForm>,
) -> Result<Response, Failure> {
    let (sitting, monitors) = own(&mut *app.read().await?, &person, id).await?;
    let mine = monitors.iter().find(|one| one.account == person.account);
    // A reload of the page that shows it must not void what was just written down.
    if form.anew != "yes" && mine.is_some_and(|one| one.key.is_some()) {
        let remedy = "口令已经抄好的，不用再办；没有抄下的，回到监票页面勾选“重新生成”，旧的随即失效";
        return Err(refusal(&app, &person, id, "生成监票口令").for_reason("你的口令已经生成，只显示一次", remedy));
    }
    let duty = mine.map_or("监票人", Monitor::duty);
    let (phrase, salt) = (keys::passphrase(), keys::salt());
    let typed = phrase.clone();
    let (salt, public) = app.heavy(move || keys::pair_of(&typed, &salt).map(|(_, public)| (salt, public))).await??;
    let key = MonitorKey::new(&app.ballot_box.key, id, person.account, salt.to_vec(), public);
    let now = app.clock.now();
    let kept = app
        .write_as(person.authority(), async |db| {
            let strangers = ballot_key::claim(db, &app.ballot_box.key, now).await?;
            if let Some((why, remedy)) = ballot_key::refusal(&strangers, person.institution) {
                return Err(refusal(&app, &person, id, "生成监票口令").for_reason(why, remedy));
            }
            let kept = store::keep_key(db, id, &person, &key).await?;
            if kept {
                let entry = Entry::new(Verb::MonitorsKept, sitting.title.clone()).detail("办理", "生成监票口令");
                audit::append(db, &person, entry, now).await?;
            }
            Ok(kept)
        })
        .await?;
    if !kept {
        let why = "演练已经开始或投票已经开启，口令不能再换";
        let remedy = "口令遗失的，请办理单位收回公告，重新生成、重新演练";
        return Err(refusal(&app, &person, id, "生成监票口令").for_reason(why, remedy));
    }
    let chrome = app.chrome(&person, "监票口令").under(paths::MONITORING, "监票");
    Ok(PassphrasePage { chrome, sitting, phrase, duty, name: person.name }.into_response())
}

/// Opens a monitor's share with the passphrase; none where the phrase is not theirs.
async fn open_share(
    app: &Elections,
    sitting: SittingId,
    monitor: &Monitor,
    phrase: String,
) -> Result<Option<OpenShare>, Failure> {
    let (Some(key), Some(share)) = (monitor.key.clone(), monitor.share.clone()) else { return Ok(None) };
    let account = monitor.account;
    let opened = app
        .heavy(move || {
            let phrase = zeroize::Zeroizing::new(phrase);
            let (secret, public) = keys::pair_of(&phrase, &key.salt)?;
            if public != key.public {
                return anyhow::Ok(None);
            }
            let bytes = keys::open(&secret, Purpose::Share(sitting, account), &share.sealed);
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
    let strangers = ballot_key::strangers(&mut db, &app.ballot_box.key).await?;
    drop(db);
    if let Some((why, remedy)) = ballot_key::refusal(&strangers, person.institution) {
        return Err(refusal(&app, &person, id, "输入监票口令").for_reason(why, remedy));
    }
    let rehearsal = rehearsal.filter(|_| sitting.stage() == Stage::Announced);
    if rehearsal.is_none() && sitting.stage() != Stage::Closed {
        let refused = refusal(&app, &person, id, "输入监票口令");
        return Err(refused.for_reason("现在不需要口令", "口令在演练时和投票截止以后使用"));
    }
    let mine = monitors.iter().find(|one| one.account == person.account).ok_or(Failure::Missing)?;
    if form.phrase.len() > 200 {
        return Err(Failure::Malformed);
    }
    if rehearsal.is_none() && !unsettled.is_empty() {
        let says = format!("{}的纸质选票还没有录入一致，请先清点、由两人分别录入，再开票", unsettled.join("、"));
        return faulty(&app, &person, id, "phrase", says).await;
    }
    let share = open_share(&app, id, mine, form.phrase).await?;
    if app.ballot_box.note_phrase(id, person.account, share.is_some()) {
        let now = app.clock.now();
        app.write_as(person.authority(), async |db| {
            let entry = Entry::new(Verb::MonitorsKept, sitting.title.clone()).detail("办理", "多次输错监票口令");
            audit::append(db, &person, entry, now).await
        })
        .await?;
    }
    let Some(share) = share else {
        let says = "口令不对，请照打印的口令重新输入；大小写和连字符不影响";
        return faulty(&app, &person, id, "phrase", says).await;
    };
    if let Some(rehearsal) = rehearsal {
        return prove(&app, &person, &sitting, mine, &share, &rehearsal).await;
    }
    let ballot = app.ballot_box.opened(&mut *app.read().await?, person.institution, id).await?;
    let ballot = ballot.ok_or(Failure::Missing)?;
    if !is_dealt(&app, id, mine, &ballot.opened.key, &share) {
        let refused = refusal(&app, &person, id, "输入监票口令");
        let why = "口令正确，但系统里存的这一份密钥不是开启投票时分给你的，已被人改动";
        return Err(refused.for_reason(why, "请由其他监票人输入口令开票，并查明原因"));
    }
    let now = app.clock.now();
    let portal = app.ballot_box.portal;
    let here = app
        .write_as(person.authority(), async |db| {
            let locked = store::lock(db, person.institution, id).await?;
            let here = locked.stage() == Stage::Closed && store::hold_count(db, &locked, portal).await?;
            if here {
                let entry = Entry::new(Verb::MonitorsKept, sitting.title.clone()).detail("办理", "开票时提交口令");
                audit::append(db, &person, entry, now).await?;
            }
            Ok(here)
        })
        .await?;
    if !here {
        let refused = refusal(&app, &person, id, "输入监票口令");
        let why = "另一台服务器正在收集本场次的口令，口令只保存在那一台的内存里";
        return Err(
            refused.for_reason(why, "请在先输入的监票人所用的网址输入；或者 15 分钟以后，全部在同一网址重新输入")
        );
    }
    let shares = app.ballot_box.hold(id, person.account, share, now);
    let counts = start(&app, &person, &sitting, &shares, None).await?;
    Ok(done_at(&id.monitoring_path(), if counts { Done::Counting } else { Done::ShareGiven }).into_response())
}

/// Begins the count where enough shares are held.
async fn start(
    app: &Elections,
    person: &SignedIn,
    sitting: &Sitting,
    shares: &[OpenShare],
    exclude: Option<Exclusion>,
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
        app.ballot_box.drop_shares(sitting.id);
        let refused = refusal(app, person, sitting.id, "开票");
        let why = "口令都正确，但合起来打不开：系统里存的密钥有一份已被人改动";
        return Err(refused.for_reason(why, "请换其他监票人的口令再试，并查明原因"));
    };
    Ok(counting::begin(app, person, sitting.id, key, exclude).await)
}

/// The share is the one that was dealt to the monitor when that key was made; of shares without a mark, which are older, it
/// is enough that they open.
fn is_dealt(app: &Elections, id: SittingId, monitor: &Monitor, public: &PublicKey, share: &OpenShare) -> bool {
    let mark = monitor.share.as_ref().and_then(|share| share.mark.as_ref());
    mark.is_none_or(|mark| app.ballot_box.key.is_share(id, monitor.account, public, share, mark))
}

/// Keeps that a passphrase was shown to work, by its share alone: monitors need not come together, nor to one portal. With
/// the last of them the rehearsal is over.
async fn prove(
    app: &Elections,
    person: &SignedIn,
    sitting: &Sitting,
    mine: &Monitor,
    share: &OpenShare,
    rehearsal: &PublicKey,
) -> Result<Response, Failure> {
    let id = sitting.id;
    if !is_dealt(app, id, mine, rehearsal, share) {
        let refused = refusal(app, person, id, "演练");
        let why = "口令正确，但打开的不是本次演练分给你的那一份";
        return Err(refused.for_reason(why, "请办理单位重新开始演练"));
    }
    let now = app.clock.now();
    let proved = app
        .write_as(person.authority(), async |db| {
            let locked = store::lock(db, person.institution, id).await?;
            if locked.stage() != Stage::Announced || !store::prove(db, &locked, person.account, rehearsal, now).await? {
                return Ok(false);
            }
            let entry = Entry::new(Verb::MonitorsKept, locked.title.clone()).detail("办理", "演练：口令有效");
            audit::append(db, person, entry, now).await?;
            if store::unproved(db, &locked).await? == 0 && store::end_rehearsal(db, &locked, now).await? {
                let entry = Entry::new(Verb::SittingKept, locked.title.clone()).detail("办理", "演练成功");
                audit::append(db, person, entry, now).await?;
            }
            Ok(true)
        })
        .await?;
    if !proved {
        let refused = refusal(app, person, id, "演练");
        return Err(refused.for_reason("演练刚刚重新开始或已收回公告", "请回到监票页面，照现在的情况办理"));
    }
    Ok(done_at(&id.monitoring_path(), Done::Proved).into_response())
}

/// Why envelopes are left out.
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
    let places = match app.ballot_box.progress(id).and_then(|progress| progress.halt()) {
        Some(Halt::Suspicious(places)) => places,
        Some(Halt::Failed(_)) | None => Vec::new(),
    };
    if sitting.stage() != Stage::Closed || places.is_empty() || !chief {
        let refused = refusal(&app, &person, id, "不计入来历不明的选票");
        let why = "没有来历不明的选票，或者你不是总监票人";
        return Err(refused.for_reason(why, "由总监票人与监票人商定后办理"));
    }
    let mut errors = Errors::default();
    let Some(why) = reason(&form.reason, &mut errors) else {
        return page(&app, &person, id, Submitted::new(AdmissionForm::default(), errors), "").await;
    };
    let shares = app.ballot_box.held(id, app.clock.now());
    let own_page = id.monitoring_path();
    Ok(if start(&app, &person, &sitting, &shares, Some(Exclusion { places, why })).await? {
        done_at(&own_page, Done::Counting).into_response()
    } else {
        Redirect::to(&own_page).into_response()
    })
}

pub(super) async fn ask_admission(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
    Form(mut form): Form<AdmissionForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let mut db = app.read().await?;
    let (sitting, _) = own(&mut db, &person, id).await?;
    if !sitting.takes_votes(now) {
        let refused = refusal(&app, &person, id, "补登选民");
        return Err(refused.for_reason("补登在投票期间办理", "投票截止以后不能补登"));
    }
    let search = Search::by_name(person.institution, sitting.college, now.date());
    let admitted = PersonField::read(&mut db, &search, &mut form.number, &form.pick, "number", &mut errors).await?;
    let number = folded(&form.number);
    if number.is_empty() || number.chars().count() > 32 || number.chars().any(is_hidden) {
        errors.add("number", "请填写学号或姓名");
    }
    let contests = store::contests(&mut db, &sitting, Some(now.date())).await?;
    let mut chosen: Vec<i16> =
        contests.iter().map(|one| one.ordinal).filter(|one| form.contest.contains(one)).collect();
    chosen.sort_unstable();
    // The padding was set at opening: nobody's ballots may be longer than those of the frozen roll.
    let fits = match app.ballot_box.opened(&mut db, person.institution, id).await? {
        Some(ballot) => size(&ballot.shapes(&chosen)) <= ballot.opened.ballot_size,
        None => false,
    };
    if chosen.is_empty() || !fits || !form.contest.iter().all(|one| chosen.contains(one)) {
        errors.add("contest", "请勾选该选民应当参加的选举项目，不超过其他选民");
    }
    let why = written(&form.why, 200, "why", "请写明怎样漏登、依据什么补登", &mut errors);
    drop(db);
    let Some(why) = why.filter(|_| errors.is_empty()) else {
        return page_with(&app, &person, id, Submitted::new(form, errors), admitted, "").await;
    };
    let admission = NewAdmission { number: &number, contests: &chosen, why: &why };
    let asked = app
        .write_as(person.authority(), async |db| {
            let Some(student) = store::ask_admission(db, &sitting, &admission, &person, now).await? else {
                return Ok(false);
            };
            let entry = Entry::about(Verb::VoterKept, student)
                .detail("办理", "提出补登选民名册")
                .detail("场次", sitting.title.clone())
                .detail("理由", why.clone());
            audit::append(db, &person, entry, now).await?;
            Ok(true)
        })
        .await?;
    if !asked {
        let says = "没有这个在校学生，或者已经在名册上、已经提出过";
        return page_with(&app, &person, id, Submitted::with_fault(form, "number", says), admitted, "").await;
    }
    Ok(done_at(&id.monitoring_path(), Done::AdmissionAsked).into_response())
}

pub(super) async fn admit(
    State(app): State<Elections>,
    person: SignedIn,
    Path((id, admission)): Path<(SittingId, AdmissionId)>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    own(&mut *app.read().await?, &person, id).await?;
    let admitted = app
        .write_as(person.authority(), async |db| {
            let sitting = store::lock(db, person.institution, id).await?;
            if !sitting.takes_votes(now) {
                return Ok(false);
            }
            let key = &app.ballot_box.key;
            let Some(student) = store::admit(db, &sitting, admission, person.account, key, now).await? else {
                return Ok(false);
            };
            let entry = Entry::about(Verb::VoterKept, student)
                .detail("办理", "同意补登选民名册")
                .detail("场次", sitting.title.clone());
            audit::append(db, &person, entry, now).await?;
            Ok(true)
        })
        .await?;
    if !admitted {
        let why = "投票已截止，或者是你自己提出的，或者已经办理";
        let refused = refusal(&app, &person, id, "同意补登选民");
        return Err(refused.for_reason(why, "须由另一名监票人在投票期间同意"));
    }
    Ok(done_at(&id.monitoring_path(), Done::Admitted))
}

pub(super) async fn agree_void(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let (sitting, _) = own(&mut *app.read().await?, &person, id).await?;
    void_by_monitor(&app, &person, sitting).await?;
    Ok(done_at(&id.monitoring_path(), Done::Voided))
}

pub(super) async fn agree_close(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let (sitting, _) = own(&mut *app.read().await?, &person, id).await?;
    close_by_monitor(&app, &person, sitting).await?;
    Ok(done_at(&id.monitoring_path(), Done::Closed))
}

/// The full ballots, for the monitors to keep.
pub(super) async fn ballots(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let (sitting, _) = own(&mut db, &person, id).await?;
    if sitting.counted_at().is_none() || sitting.stage() == Stage::Voided {
        return Err(Failure::Missing);
    }
    Ok(json_file("ballots.json", result::ballots_file(&mut db, &sitting).await?))
}
