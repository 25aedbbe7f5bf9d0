//! 评分: what a board member does. One person a page; a sheet is sealed before it is kept, and nobody reads it before the
//! monitors have opened the sitting together.

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
use zeroize::Zeroizing;

use super::{by_practice, entry, refusal};
use crate::{
    audit,
    auth::person::SignedIn,
    database::Locked,
    failure::Failure,
    ids::ReviewId,
    inbox::{Notice, tell_all},
    page::{chrome::Chrome, filters},
    reviews::{
        Reviews, THRESHOLD,
        counting::count,
        forms::{AspectField, SheetForm, aspect_fields},
        paths::{Done, SCORING},
        review::{Member, MemberKey, Person, Review, Stage},
        store::{self, Attachment, Counted},
    },
    rules::{Rule, review::may_score},
    sealing::{
        keys::{self, OpenShare, Purpose, SheetPlace},
        shares::Giver,
    },
    web::forms::{self, Errors, Submitted},
};

#[derive(Template, WebTemplate)]
#[template(path = "reviews/boards.html")]
pub(super) struct BoardsPage {
    chrome: Chrome,
    rows: Vec<Review>,
}

pub(super) async fn list(State(app): State<Reviews>, person: SignedIn) -> Result<BoardsPage, Failure> {
    let mut db = app.read().await?;
    let mut rows = Vec::new();
    for id in store::boards_of(&mut db, person.institution, person.account).await? {
        rows.extend(store::review(&mut db, person.institution, id).await?);
    }
    Ok(BoardsPage { chrome: app.chrome(&person, "评分"), rows })
}

/// A review as one of its board sees it.
struct Seat {
    review: Review,
    me: Member,
    members: Vec<Member>,
    /// Those whom this member scores.
    persons: Vec<Person>,
}

async fn seat(app: &Reviews, person: &SignedIn, id: ReviewId) -> Result<Seat, Failure> {
    let mut db = app.read().await?;
    let review = store::review(&mut db, person.institution, id).await?.ok_or(Failure::Missing)?;
    let members = store::members(&mut db, id).await?;
    let me = members.iter().find(|member| member.account == person.account).cloned().ok_or(Failure::Missing)?;
    if review.stage == Stage::Reporting {
        return Err(Failure::Missing);
    }
    let mut persons = store::persons(&mut db, id, None).await?;
    persons.retain(|one| one.scored && Some(one.student) != person.student);
    persons.retain(|one| may_score(&me.departments, &one.departments));
    Ok(Seat { review, me, members, persons })
}

#[derive(Template, WebTemplate)]
#[template(path = "reviews/scoring.html")]
struct ScoringPage {
    chrome: Chrome,
    review: Review,
    me: Member,
    members: Vec<Member>,
    persons: Vec<Person>,
    /// Places of those whom this member has scored.
    scored: Vec<i16>,
    /// Monitors whose shares are held now.
    givers: Vec<Giver>,
    errors: Errors,
    done: &'static str,
}

impl ScoringPage {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    fn has_scored(&self, place: &i16) -> bool {
        self.scored.contains(place)
    }

    fn scores(&self) -> bool {
        self.review.stage == Stage::Scoring && self.me.scorer.is_some() && !self.review.on_paper
    }

    /// What was typed in from paper waits to be compared.
    fn compares(&self) -> bool {
        self.review.on_paper && self.review.stage == Stage::Closed && self.me.monitor
    }

    /// Whom to score next: the first on the list who is not yet scored.
    fn next_person(&self) -> Option<&Person> {
        self.persons.iter().find(|one| !self.scored.contains(&one.place))
    }

    /// A passphrase can be made now.
    fn makes_key(&self) -> bool {
        self.me.monitor && self.review.stage == Stage::Confirmed
    }

    /// A passphrase is asked for now: to show that it works, or to open the sheets.
    fn asks(&self) -> bool {
        let proves = self.makes_key() && self.me.key.is_some() && !self.me.has_proved();
        let opens = self.me.monitor && self.review.stage == Stage::Closed && !self.review.on_paper;
        proves || opens && !self.gave(&self.me)
    }

    fn gave(&self, member: &Member) -> bool {
        self.givers.iter().any(|giver| giver.account == member.account)
    }

    fn monitors(&self) -> Vec<&Member> {
        self.members.iter().filter(|member| member.monitor).collect()
    }
}

async fn page(
    app: &Reviews,
    person: &SignedIn,
    id: ReviewId,
    errors: Errors,
    done: &'static str,
) -> Result<Response, Failure> {
    let Seat { review, me, members, persons } = seat(app, person, id).await?;
    let scored = match me.scorer.filter(|_| review.stage == Stage::Scoring) {
        Some(scorer) => store::scored_by(&mut *app.read().await?, id, scorer).await?,
        None => Vec::new(),
    };
    let givers = app.shares.givers(&id, app.clock.now());
    let chrome = app.chrome(person, &review.title()).under(SCORING, "评分");
    let unfit = !errors.is_empty();
    let page = ScoringPage { chrome, review, me, members, persons, scored, givers, errors, done };
    Ok(if unfit { (StatusCode::UNPROCESSABLE_ENTITY, page).into_response() } else { page.into_response() })
}

pub(super) async fn show(
    State(app): State<Reviews>,
    person: SignedIn,
    Path(id): Path<ReviewId>,
    Query(forms::Done { done }): Query<forms::Done>,
) -> Result<Response, Failure> {
    page(&app, &person, id, Errors::default(), Done::said(&done)).await
}

#[derive(Template, WebTemplate)]
#[template(path = "reviews/score.html")]
struct ScorePage {
    chrome: Chrome,
    review: Review,
    person: Person,
    attachments: Vec<Attachment>,
    fields: Vec<AspectField>,
    /// An earlier sheet is replaced.
    again: bool,
    form: SheetForm,
    errors: Errors,
}

/// What a sheet is about, where this member may give it now.
pub(super) struct Scored {
    review: Review,
    person: Person,
    attachments: Vec<Attachment>,
    scorer: i16,
}

pub(super) async fn scored(app: &Reviews, viewer: &SignedIn, id: ReviewId, place: i16) -> Result<Scored, Failure> {
    let Seat { review, me, persons, .. } = seat(app, viewer, id).await?;
    let Some(scorer) = me.scorer.filter(|_| review.stage == Stage::Scoring && !review.on_paper) else {
        let refused = refusal(app, viewer, "评分", id.scoring_path());
        let why = if review.on_paper {
            "这次评议用纸质评议表评分，不在网上评分".to_owned()
        } else if review.stage == Stage::Scoring {
            "你没有登记到会，不能评分".to_owned()
        } else {
            format!("这次评议现在是“{}”，不在评分", review.stage_label())
        };
        return Err(by_practice(refused, Rule::Rev03, why, "有疑问请联系办理评议的团组织"));
    };
    let person = persons.into_iter().find(|person| person.place == place).ok_or(Failure::Missing)?;
    let attachments = store::attachments(&mut *app.read().await?, id, place).await?;
    Ok(Scored { review, person, attachments, scorer })
}

fn score_page(
    app: &Reviews,
    viewer: &SignedIn,
    one: Scored,
    again: bool,
    submitted: Submitted<SheetForm>,
) -> ScorePage {
    let Scored { review, person, attachments, .. } = one;
    let chrome =
        app.chrome(viewer, &person.name).under(SCORING, "评分").under(&review.id.scoring_path(), &review.title());
    let Submitted { form, errors } = submitted;
    let fields = aspect_fields(&review.scheme, &form.score);
    ScorePage { chrome, review, person, attachments, fields, again, form, errors }
}

pub(super) async fn ask(
    State(app): State<Reviews>,
    person: SignedIn,
    Path((id, place)): Path<(ReviewId, i16)>,
) -> Result<Response, Failure> {
    let one = scored(&app, &person, id, place).await?;
    let again = store::scored_by(&mut *app.read().await?, id, one.scorer).await?.contains(&place);
    Ok(score_page(&app, &person, one, again, Submitted::default()).into_response())
}

/// Seals a sheet and keeps it. No entry is written of it: the record would say who scored when.
pub(super) async fn score(
    State(app): State<Reviews>,
    person: SignedIn,
    Path((id, place)): Path<(ReviewId, i16)>,
    Form(form): Form<SheetForm>,
) -> Result<Response, Failure> {
    let one = scored(&app, &person, id, place).await?;
    let mut errors = Errors::default();
    let Some(sheet) = form.read(&one.review.scheme, &mut errors) else {
        let page = score_page(&app, &person, one, false, Submitted::new(form, errors));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let key = one.review.key.as_ref().filter(|key| app.marks.is_sitting(id, key)).ok_or(Failure::WrongBallotKey)?;
    let at = SheetPlace { scorer: one.scorer, person: place };
    let text = Zeroizing::new(sheet.encode().ok_or(Failure::Malformed)?);
    let sealed = keys::seal(&key.public, Purpose::Sheet(id, at), &text)?;
    let mac = app.marks.sheet(id, at, &sealed);
    let taken = app
        .write_as(person.authority(), async |db| {
            let locked = store::lock_shared(db, person.institution, id).await?;
            // A sitting that was voided and opened anew meanwhile has another key.
            let same = locked.key.as_ref().is_some_and(|own| own.public == key.public);
            if same { store::take_sheet(db, &locked, at, &sealed, &mac).await } else { Ok(false) }
        })
        .await?;
    if !taken {
        let refused = refusal(&app, &person, "评分", id.scoring_path());
        return Err(by_practice(refused, Rule::Rev03, "评分刚才截止了，这一张没有收下", "此前提交的都在"));
    }
    Ok(Redirect::to(&Done::Scored.at(&id.scoring_path())).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "reviews/passphrase.html")]
struct PassphrasePage {
    chrome: Chrome,
    review: Review,
    name: String,
    phrase: String,
}

/// Makes a monitor's passphrase, which is shown once and kept nowhere.
pub(super) async fn make_key(
    State(app): State<Reviews>,
    person: SignedIn,
    Path(id): Path<ReviewId>,
) -> Result<Response, Failure> {
    let Seat { review, me, .. } = seat(&app, &person, id).await?;
    let (phrase, salt) = (keys::passphrase(), keys::salt());
    let typed = phrase.clone();
    let public = app.heavy(move || keys::pair_of(&typed, &salt).map(|(_, public)| public)).await??;
    let key = app.marks.member(id, me.account, salt.to_vec(), public);
    let now = app.clock.now();
    app.write_as(person.authority(), async |db| {
        let locked = store::lock(db, person.institution, id).await?;
        if !store::keep_key(db, &locked, person.account, &key).await? {
            let refused = refusal(&app, &person, "生成监票口令", id.scoring_path());
            let why = "你不是监票人，或评分已经开始，口令不能再换";
            return Err(by_practice(refused, Rule::Rev01, why, "口令遗失的，请办理评议的团组织作废本次评分，重新生成"));
        }
        audit::append(db, &person, entry(&locked, "生成监票口令"), now).await
    })
    .await?;
    let chrome = app.chrome(&person, "监票口令").under(SCORING, "评分");
    Ok(PassphrasePage { chrome, review, name: person.name, phrase }.into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PhraseForm {
    phrase: String,
}

/// A monitor types the passphrase: before the sitting to show that it works, after it to give their share.
pub(super) async fn phrase(
    State(app): State<Reviews>,
    person: SignedIn,
    Path(id): Path<ReviewId>,
    Form(form): Form<PhraseForm>,
) -> Result<Response, Failure> {
    let Seat { review, me, .. } = seat(&app, &person, id).await?;
    if form.phrase.len() > 200 {
        return Err(Failure::Malformed);
    }
    let refused = || refusal(&app, &person, "输入监票口令", id.scoring_path());
    let key = me.key.clone().filter(|_| me.monitor && matches!(review.stage, Stage::Confirmed | Stage::Closed));
    let Some(key) = key else {
        let why = "现在不需要口令";
        return Err(by_practice(refused(), Rule::Rev01, why, "口令在开会以前核对、评分截止以后使用"));
    };
    if !app.marks.is_member(id, me.account, &key) {
        let why = "系统里存的密钥不是你生成的那一把，已被人改动";
        return Err(by_practice(refused(), Rule::Rev01, why, "请由其他监票人开封，并查明原因"));
    }
    let Some(secret) = secret_of(&app, key.clone(), form.phrase).await? else {
        let mut errors = Errors::default();
        errors.add("phrase", "口令不对，请照抄下的口令重新输入；大小写和连字符不影响");
        return page(&app, &person, id, errors, "").await;
    };
    let now = app.clock.now();
    if review.stage == Stage::Confirmed {
        app.write_as(person.authority(), async |db| {
            let locked = store::lock(db, person.institution, id).await?;
            if !store::prove(db, &locked, person.account, &key, now).await? {
                return Err(by_practice(refused(), Rule::Rev01, "口令刚才换过了", "请输入新的口令"));
            }
            audit::append(db, &person, entry(&locked, "核对监票口令"), now).await
        })
        .await?;
        return Ok(Redirect::to(&Done::Proved.at(&id.scoring_path())).into_response());
    }
    let dealt = me.share.as_ref().filter(|share| app.marks.is_share(id, me.account, &share.sealed, &share.mark));
    let opened = dealt.and_then(|share| keys::open(&secret, Purpose::SheetShare(id, me.account), &share.sealed));
    let Some(share) = opened.and_then(|bytes| keys::share(&bytes)) else {
        let why = "口令正确，但系统里存的这一份密钥不是开始评分时分给你的，已被人改动";
        return Err(by_practice(refused(), Rule::Rev01, why, "请由其他监票人开封，并查明原因"));
    };
    app.write_as(person.authority(), async |db| {
        let locked = store::lock(db, person.institution, id).await?;
        if !store::hold_shares(db, &locked, app.portal).await? {
            let why = "另一台服务器正在收集本次评议的口令，口令只保存在那一台的内存里";
            let remedy = "请在先输入的监票人所用的网址输入；或者 15 分钟以后，全部在同一网址重新输入";
            return Err(by_practice(refused(), Rule::Rev01, why, remedy));
        }
        audit::append(db, &person, entry(&locked, "开封时提交口令"), now).await
    })
    .await?;
    let shares = app.shares.hold(id, person.account, share, now);
    if shares.len() < usize::from(THRESHOLD) {
        return Ok(Redirect::to(&Done::ShareGiven.at(&id.scoring_path())).into_response());
    }
    open_sheets(&app, &person, id, &shares).await?;
    Ok(Redirect::to(&Done::Counted.at(&id.scoring_path())).into_response())
}

/// The secret key of a passphrase; none where it is another one's.
async fn secret_of(app: &Reviews, key: MemberKey, phrase: String) -> Result<Option<keys::SecretKey>, Failure> {
    let found = app
        .heavy(move || {
            let phrase = Zeroizing::new(phrase);
            let (secret, public) = keys::pair_of(&phrase, &key.salt)?;
            anyhow::Ok((public == key.public).then_some(secret))
        })
        .await??;
    Ok(found)
}

/// Opens every sheet, keeps what they come to and tells those concerned; or nothing at all.
async fn open_sheets(app: &Reviews, person: &SignedIn, id: ReviewId, shares: &[OpenShare]) -> Result<(), Failure> {
    let refused = || refusal(app, person, "开封评议表", id.scoring_path());
    let stop = |why: &'static str| by_practice(refused(), Rule::Rev03, why, "评议表都在，可以再试");
    let mut db = app.read().await?;
    let review = store::review(&mut db, person.institution, id).await?.ok_or(Failure::Missing)?;
    let members = store::members(&mut db, id).await?;
    let sheets = store::sheets(&mut db, id).await?;
    drop(db);
    let key = review.key.clone().filter(|key| app.marks.is_sitting(id, key));
    let key = key.ok_or_else(|| stop("本场次的密钥不是开始评分时设的，已被人改动"))?;
    let secret = keys::join(shares, THRESHOLD, &key.public).ok_or_else(|| stop("两份密钥合不成本场次的密钥"))?;
    let marks = std::sync::Arc::clone(&app.marks);
    let counted = app.heavy(move || count(&review, &members, &marks, &secret, &sheets)).await?.map_err(stop)?;
    let now = app.clock.now();
    app.write(async |db| {
        let locked = store::lock(db, person.institution, id).await?;
        if !store::holds_shares(db, &locked, app.portal).await? {
            return Err(stop("另一台服务器接手了本次开封，这一台什么都没有写入"));
        }
        store::let_shares_go(db, &locked).await?;
        if keep_results(db, person, &locked, counted, now).await? {
            Ok(())
        } else {
            Err(stop("评议表在开封期间变了，什么都没有写入"))
        }
    })
    .await?;
    app.shares.drop_of(&id);
    Ok(())
}

/// Keeps what sheets came to, and tells those concerned; `false` where they have changed meanwhile: then nothing is to be kept.
pub(super) async fn keep_results(
    db: &mut PgConnection,
    person: &SignedIn,
    locked: &Locked<Review>,
    counted: Counted,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let (number, scored) = (counted.sheets, counted.results.len());
    if !store::keep_count(db, locked, counted, now).await? {
        return Ok(false);
    }
    let persons = store::persons(db, locked.id, None).await?;
    let told: Vec<_> = persons.iter().filter(|one| one.scored).map(|one| one.student).collect();
    let says = "可以在“我的述职”里看结果；有异议的，请在异议期内提出。";
    let notice = Notice::new(format!("评议结果已公布：{}", locked.title()), locked.id.own_path()).says(says);
    tell_all(db, person.institution, &told, &notice, now).await?;
    let what = if locked.on_paper { "核对纸质评议表，计分" } else { "开封计分" };
    let entry = entry(locked, what).detail("评议表", number).detail("述职", scored);
    audit::append(db, person, entry, now).await?;
    Ok(true)
}
