//! 改革自评表: the accounts of a university by year, and one of them, filled from what the portal knows.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;

use super::{
    AccountReader, AccountSigner, Verb,
    content::{Content, Difference, FormLine, line_id},
    forms::{BeginForm, NewAccount, OpenForm, SaidAllForm, SaidForm},
    live,
    paths::{Done, YEARS},
    store::{self, Disclosure, SaidRow},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    failure::{Failure, Refusal},
    ids::{DisclosureId, InstitutionId, UnionId},
    inbox::{self, Notice, To},
    office::{Office, OfficeKind, SchoolLeague},
    page::{
        charts::{Part, PartCount, strip},
        chrome::Chrome,
        filters,
    },
    rulebook::store::calendar,
    rules::{
        Clause, Rule,
        disclosure::{Basis, Conclusion, IndicatorList, list as indicators, lists, sign as may_sign},
        yearly::{academic_year, academic_year_in_words},
    },
    unions::{store as unions, union::StudentUnion},
    web::forms::{Done as After, Errors},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/disclosure/years", list)
        .post("/disclosure/years", begin)
        .get("/disclosure/years/{disclosure}", show)
        .post("/disclosure/years/{disclosure}/say", say)
        .post("/disclosure/years/{disclosure}/say-all", say_all)
        .post("/disclosure/years/{disclosure}/sign", sign)
        .post("/disclosure/years/{disclosure}/reopen", reopen)
        .post("/disclosure/years/{disclosure}/publish", publish)
        .post("/disclosure/years/{disclosure}/open", set_open)
}

/// An academic year that may be accounted for.
struct YearChoice {
    year: i32,
    label: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "disclosure/years.html")]
struct YearsPage {
    chrome: Chrome,
    accounts: Vec<Disclosure>,
    is_league: bool,
    choices: Vec<YearChoice>,
    lists: &'static [IndicatorList],
    clause: Option<Clause>,
    errors: Errors,
    done: &'static str,
}

impl YearsPage {
    #[expect(clippy::trivially_copy_pass_by_ref, clippy::unused_self, reason = "a template asks the page by reference")]
    fn year(&self, year: &i32) -> String {
        academic_year_in_words(*year)
    }
}

fn holds(person: &SignedIn, offices: &[OfficeKind]) -> bool {
    person.acting.as_ref().is_some_and(|office| offices.contains(&office.kind))
}

async fn years(app: &App, person: &SignedIn, errors: Errors, done: &'static str) -> Result<YearsPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let mut accounts = store::list(&mut db, person.institution, None).await?;
    // What is not published is for those who have to do with it.
    if !holds(person, AccountReader::KINDS) {
        accounts.retain(Disclosure::is_published);
    }
    let now = academic_year(today);
    let free = |year: &i32| accounts.iter().all(|account| account.academic_year != *year);
    let choices =
        (now - 2..=now).rev().filter(free).map(|year| YearChoice { year, label: academic_year_in_words(year) });
    let choices = choices.collect();
    let plans = calendar(&mut db, person.institution).await?;
    let plan = plans.in_force(today);
    let clause = plan.and_then(|plan| plan.provision(Rule::Rgt06).map(|provision| provision.clause().clone()));
    Ok(YearsPage {
        chrome: app.chrome(person, "改革自评表"),
        is_league: holds(person, SchoolLeague::KINDS),
        accounts,
        choices,
        lists: lists(),
        clause,
        errors,
        done,
    })
}

async fn list(
    State(app): State<App>,
    person: SignedIn,
    Query(After { done }): Query<After>,
) -> Result<YearsPage, Failure> {
    years(&app, &person, Errors::default(), Done::said(&done)).await
}

async fn begin(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<BeginForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let mut begun = None;
    if let Some(NewAccount { year, list }) = form.read(now.date(), &mut errors) {
        begun = app
            .write_as(acting.person().authority(), async |db| {
                let begun = store::begin(db, &acting, year, &list.code, &list.version, now).await?;
                if begun.is_some() {
                    let entry = Entry::new(Verb::DisclosureKept, academic_year_in_words(i32::from(year)))
                        .detail("办理", "开始填写")
                        .detail("表样", format!("{} {}", list.title, list.version));
                    audit::append(db, acting.person(), entry, now).await?;
                }
                Ok(begun)
            })
            .await?;
        if begun.is_none() {
            errors.add("year", "这一学年已经有了");
        }
    }
    let Some(id) = begun else {
        let page = years(&app, acting.person(), errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    Ok(Redirect::to(&Done::Begun.at(&id.path())).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "disclosure/year.html")]
struct YearPage {
    chrome: Chrome,
    account: Disclosure,
    content: Content,
    counts: Vec<Part>,
    /// From the year before; none where it filled in another form.
    differences: Option<Vec<Difference>>,
    /// The year before is published.
    has_before: bool,
    is_league: bool,
    /// May sign second: somebody else than the first.
    may_publish: bool,
    /// The forms that came back.
    typed: TypedAccount,
    errors: Errors,
    done: &'static str,
}

/// What an account's forms hold when its page is shown again.
#[derive(Default)]
struct TypedAccount {
    /// That of one line.
    line: SaidForm,
    /// That of a union's open lines.
    open: Vec<TypedLine>,
}

/// An open line as it was typed.
struct TypedLine {
    said: SaidForm,
    /// What is wrong with it; empty where nothing is.
    fault: String,
}

impl TypedLine {
    /// Reads it, where something is typed.
    fn read(said: SaidForm) -> Result<(Self, Option<SaidRow>), Failure> {
        if !said.says_something() {
            return Ok((Self { said, fault: String::new() }, None));
        }
        said.union.parse::<UnionId>().map_err(|_| Failure::Malformed)?;
        let mut errors = Errors::default();
        let row = said.read(&mut errors);
        let fault = errors.of("remark").unwrap_or_default().to_owned();
        Ok((Self { said, fault }, row))
    }
}

impl YearPage {
    fn may_write(&self) -> bool {
        self.is_league && self.account.is_draft()
    }

    /// The League committee says who reads it.
    fn may_open(&self) -> bool {
        self.is_league && self.account.is_published()
    }

    /// Where it is read without signing in.
    fn open_path(&self) -> String {
        self.account.id.open_path()
    }

    fn is_sent(&self, union: &UnionId, no: &str) -> bool {
        self.typed.line.union == union.to_string() && self.typed.line.no == no
    }

    /// What was typed of a union's open lines came back.
    fn came_back(&self, union: &UnionId) -> bool {
        self.typed.open.iter().any(|one| one.said.union == union.to_string())
    }

    /// One line's form came back.
    fn is_one_sent(&self) -> bool {
        !self.typed.line.no.is_empty()
    }

    /// The remark in a line's form: as it came back, or as it is kept.
    fn remark_of<'a>(&'a self, union: &UnionId, line: &'a FormLine) -> &'a str {
        if self.is_sent(union, &line.no) { &self.typed.line.remark } else { &line.remark }
    }

    /// A line's form has that answer: as it came back, or as it is kept.
    fn is_answer_of(&self, union: &UnionId, line: &FormLine, answer: &str) -> bool {
        if self.is_sent(union, &line.no) {
            return self.typed.line.answer == answer;
        }
        if answer == "yes" { line.is_yes() } else { line.is_no() }
    }

    /// What was typed of an open line.
    fn typed_of(&self, union: &UnionId, no: &str) -> Option<&TypedLine> {
        self.typed.open.iter().find(|one| one.said.union == union.to_string() && one.said.no == no)
    }

    fn typed_remark(&self, union: &UnionId, no: &str) -> &str {
        self.typed_of(union, no).map_or("", |one| one.said.remark.as_str())
    }

    fn is_typed_answer(&self, union: &UnionId, no: &str, answer: &str) -> bool {
        self.typed_of(union, no).is_some_and(|one| one.said.answer == answer)
    }

    fn is_wrong(&self, union: &UnionId, no: &str) -> bool {
        !self.fault_of(union, no).is_empty()
    }

    /// What is wrong with what was typed of an open line; empty where nothing is.
    fn fault_of(&self, union: &UnionId, no: &str) -> &str {
        self.typed_of(union, no).map_or("", |one| one.fault.as_str())
    }
}

/// What an account says: as it was signed, or as it would stand today.
pub(super) async fn content(app: &App, institution: InstitutionId, account: &Disclosure) -> Result<Content, Failure> {
    if let Some(content) = &account.content {
        return Ok(content.clone());
    }
    let list = indicators(&account.form).ok_or(Failure::Missing)?;
    let (id, year, today) = (Some(account.id), account.academic_year, app.clock.today());
    let gathered = live::gather(&mut *app.read().await?, institution, id, year, list, today).await?;
    app.heavy(move || gathered.assemble()).await
}

/// An account that a person may read: published ones everybody, others those who have to do with them.
pub(super) async fn readable(
    db: &mut PgConnection,
    person: &SignedIn,
    id: DisclosureId,
) -> Result<Disclosure, Failure> {
    let account = store::one(db, person.institution, id).await?;
    if account.is_published() || holds(person, AccountReader::KINDS) { Ok(account) } else { Err(Failure::Missing) }
}

async fn page(
    app: &App,
    person: &SignedIn,
    id: DisclosureId,
    typed: TypedAccount,
    errors: Errors,
    done: &'static str,
) -> Result<YearPage, Failure> {
    let account = readable(&mut *app.read().await?, person, id).await?;
    let content = content(app, person.institution, &account).await?;
    let all = store::list(&mut *app.read().await?, person.institution, None).await?;
    let before = all.iter().find(|one| one.is_published() && one.academic_year == account.academic_year - 1);
    let before = before.and_then(|one| one.content.as_ref());
    let differences = before.and_then(|before| content.since(before));
    let counts = strip(&[
        PartCount::new("pass", "是", content.count(Conclusion::Yes)),
        PartCount::new("fail", "否", content.count(Conclusion::No)),
        PartCount::new("unknown", "待补", content.count(Conclusion::Missing)),
    ]);
    let signs = holds(person, SchoolLeague::KINDS) || holds(person, &[OfficeKind::SchoolParty]);
    Ok(YearPage {
        chrome: app.chrome(person, &content.year_in_words()).under(YEARS, "改革自评表"),
        has_before: before.is_some(),
        differences,
        counts,
        is_league: holds(person, SchoolLeague::KINDS),
        may_publish: signs && account.is_signed() && account.signed_by != Some(person.account),
        account,
        content,
        typed,
        errors,
        done,
    })
}

async fn show(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<DisclosureId>,
    Query(After { done }): Query<After>,
) -> Result<YearPage, Failure> {
    page(&app, &person, id, TypedAccount::default(), Errors::default(), Done::said(&done)).await
}

fn refusal(app: &App, person: &SignedIn, id: DisclosureId, wanted: &str) -> Refusal {
    let chrome = app.chrome(person, wanted).under(YEARS, "改革自评表");
    Refusal { chrome, wanted: wanted.to_owned(), back: id.path() }
}

fn moved_on(refusal: Refusal, account: &Disclosure) -> Failure {
    refusal.for_reason(format!("这一份现在是“{}”", account.stage.label()), "打开它，看看现在到哪一步")
}

fn entry(account: &Disclosure, act: &str) -> Entry {
    Entry::new(Verb::DisclosureKept, academic_year_in_words(account.academic_year)).detail("办理", act)
}

async fn say(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<DisclosureId>,
    Form(form): Form<SaidForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let account = store::one(&mut *app.read().await?, acting.institution(), id).await?;
    let list = indicators(&account.form).ok_or(Failure::Missing)?;
    let Some(mut said) = form.read(&mut errors) else {
        let typed = TypedAccount { line: form, ..TypedAccount::default() };
        let page = page(&app, acting.person(), id, typed, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let all = unions::list(&mut *app.read().await?, acting.institution(), Some(said.union)).await?;
    keep_to(list, &all, &mut said)?;
    let refusal = refusal(&app, acting.person(), id, "填写改革自评表");
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        if !store::say(db, &acting, &locked, &said, now).await? {
            return Err(moved_on(refusal, &locked));
        }
        let entry = entry(&locked, "填写").detail("指标", said.indicator.clone());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    // The form is long: whoever fills it in stays where they are.
    let line = line_id(said.union, &said.indicator);
    Ok(Redirect::to(&format!("{}#{line}", Done::Said.at(&id.path()))).into_response())
}

/// What may be said of an indicator: nothing is ticked by hand that the portal knows.
fn keep_to(list: &IndicatorList, unions: &[StudentUnion], said: &mut SaidRow) -> Result<(), Failure> {
    let union = unions.iter().find(|union| union.id == said.union).ok_or(Failure::Missing)?;
    let indicator = list.of(union.kind).iter().find(|one| one.no == said.indicator).ok_or(Failure::Missing)?;
    said.answer = said.answer.filter(|_| matches!(indicator.basis, Basis::Asked(_)));
    Ok(())
}

/// Keeps what is said of a union's open lines at once, and not line by line. Those of forty unions together would be longer than a
/// form may be.
async fn say_all(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<DisclosureId>,
    Form(form): Form<SaidAllForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let account = store::one(&mut *app.read().await?, acting.institution(), id).await?;
    let list = indicators(&account.form).ok_or(Failure::Missing)?;
    let (mut said, mut typed) = (Vec::new(), Vec::new());
    for one in form.each() {
        let (line, row) = TypedLine::read(one)?;
        said.extend(row);
        typed.push(line);
    }
    let wrong = typed.iter().filter(|one| !one.fault.is_empty());
    let wrong: Vec<String> = wrong.map(|one| format!("第 {} 项", one.said.no)).collect();
    if !wrong.is_empty() {
        errors.add("remark", format!("{}的备注要改，见各项下面写明的", wrong.join("、")));
    } else if !typed.iter().any(|one| one.said.says_something()) {
        errors.add("remark", "请至少填写一项");
    }
    if !errors.is_empty() {
        let typed = TypedAccount { open: typed, ..TypedAccount::default() };
        let page = page(&app, acting.person(), id, typed, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let all = unions::list(&mut *app.read().await?, acting.institution(), None).await?;
    for one in &mut said {
        keep_to(list, &all, one)?;
    }
    let refusal = refusal(&app, acting.person(), id, "填写改革自评表");
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        for one in &said {
            if !store::say(db, &acting, &locked, one, now).await? {
                return Err(moved_on(refusal, &locked));
            }
        }
        audit::append(db, acting.person(), entry(&locked, "填写").detail("项数", said.len()), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Said.at(&id.path())).into_response())
}

async fn sign(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<DisclosureId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let refusal = refusal(&app, acting.person(), id, "签字");
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        let list = indicators(&locked.form).ok_or(Failure::Missing)?;
        let (year, today) = (locked.academic_year, now.date());
        let gathered = live::gather(db, acting.institution(), Some(id), year, list, today).await?;
        let content = app.heavy(move || gathered.assemble()).await?;
        let plans = calendar(db, acting.institution()).await?;
        let plan = plans.in_force(today).ok_or(Failure::Missing)?;
        let signable = match may_sign(&plan, content.open()).permit() {
            Ok(signable) => signable,
            Err(findings) => return Err(refusal.because(findings)),
        };
        if !store::sign(db, &acting, &locked, signable, &content, now).await? {
            return Err(moved_on(refusal, &locked));
        }
        audit::append(db, acting.person(), entry(&locked, "签字"), now).await?;
        let notice = Notice::new(format!("{}改革自评表已签字，请复核签字", academic_year_in_words(year)), id.path());
        for kind in [OfficeKind::SchoolLeague, OfficeKind::SchoolParty] {
            let to = To::Office { kind, college: None, class: None };
            inbox::tell(db, acting.institution(), to, &notice, now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&Done::Signed.at(&id.path())))
}

async fn reopen(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<DisclosureId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let refusal = refusal(&app, acting.person(), id, "退回修改");
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        if !store::reopen(db, &locked).await? {
            return Err(moved_on(refusal, &locked));
        }
        audit::append(db, acting.person(), entry(&locked, "退回修改"), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Reopened.at(&id.path())))
}

async fn publish(
    State(app): State<App>,
    acting: Acting<AccountSigner>,
    Path(id): Path<DisclosureId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let refusal = refusal(&app, acting.person(), id, "复核签字并公开");
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        if locked.signed_by == Some(acting.person().account) {
            return Err(refusal
                .for_reason("第一个签字的是你自己，两个签字不能是同一个人", "请校团委另一人或者学校党委复核签字"));
        }
        if !store::publish(db, acting.person(), &acting.office().label(), &locked, now).await? {
            return Err(moved_on(refusal, &locked));
        }
        audit::append(db, acting.person(), entry(&locked, "复核签字并公开"), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Published.at(&id.path())))
}

async fn set_open(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<DisclosureId>,
    Form(form): Form<OpenForm>,
) -> Result<Redirect, Failure> {
    let (now, is_open) = (app.clock.now(), form.is_open == "yes");
    let refusal = refusal(&app, acting.person(), id, "改变公开范围");
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        if !store::set_open(db, &acting, &locked, is_open, now).await? {
            return Err(moved_on(refusal, &locked));
        }
        let entry = entry(&locked, "公开范围").detail("不登录可看", if is_open { "是" } else { "否" });
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    let done = if is_open { Done::Opened } else { Done::Shut };
    Ok(Redirect::to(&done.at(&id.path())))
}
