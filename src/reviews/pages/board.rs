//! 评议会: its members, named or drawn by lot; confirmed; then the sitting, from who has come to the closing.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};

use super::{all_of, by_practice, entry, frame, managed, not_now, plan_on, refusal};
use crate::{
    audit,
    auth::acting::Acting,
    elections::{ballot_key, store::account_of},
    failure::Failure,
    ids::{AccountId, ReviewId},
    inbox::{Notice, To, tell},
    office::UnionKeeper,
    page::{chrome::Chrome, filters},
    people::find::{Among, PeopleField, Rest, Search, suggestions},
    reviews::{
        MOST_MONITORS, Reviews, THRESHOLD, Verb,
        forms::{DrawForm, MemberForm, TickedForm},
        paths::Done,
        review::{DealtShare, Member, Person, Review, Stage},
        store::{self, Draw, NewDraw, Opening, PaperSheet},
    },
    rules::{Finding, Plan, Rule, review as rule, review::Category},
    sealing::keys::{self, Purpose},
    secrets::readable,
    text::chinese_day,
    web::forms::{self, Errors, ReasonForm, filled_in, reason},
};

/// What the board's forms hold when the page is shown again.
#[derive(Default)]
struct TypedBoard {
    /// Who was ticked in the list of members.
    ticked: TickedForm,
    member: MemberForm,
    people: PeopleField,
    draw: DrawForm,
    pool: PeopleField,
    void: ReasonForm,
    errors: Errors,
}

#[derive(Template, WebTemplate)]
#[template(path = "reviews/board.html")]
struct BoardPage {
    chrome: Chrome,
    review: Review,
    members: Vec<Member>,
    persons: Vec<Person>,
    draws: Vec<Draw>,
    /// Delegates in office of the union's congress, among whom a lot is drawn where there are any.
    delegates: usize,
    findings: Vec<Finding>,
    /// Sheets that have come.
    sheets: i64,
    /// Those on paper that are typed in.
    typed_sheets: Vec<TypedSheet>,
    suggestions: String,
    typed: TypedBoard,
    done: &'static str,
}

/// A sheet on paper that is typed in.
struct TypedSheet {
    number: i16,
    /// On how many people.
    people: usize,
}

fn typed_sheets(sheets: &[PaperSheet]) -> Vec<TypedSheet> {
    let mut typed: Vec<TypedSheet> = Vec::new();
    for sheet in sheets {
        match typed.last_mut().filter(|last| last.number == sheet.number) {
            Some(last) => last.people += 1,
            None => typed.push(TypedSheet { number: sheet.number, people: 1 }),
        }
    }
    typed
}

impl BoardPage {
    /// Monitors who are still to make their passphrase or to show that it works, by name.
    fn unproved(&self) -> String {
        let names = self.members.iter().filter(|one| one.monitor && !one.has_proved()).map(|one| one.name.as_str());
        names.collect::<Vec<_>>().join("、")
    }

    fn has_delegates(&self) -> bool {
        self.delegates > 0
    }

    fn is_reporting(&self) -> bool {
        self.review.stage == Stage::Reporting
    }

    fn is_confirmed(&self) -> bool {
        self.review.stage == Stage::Confirmed
    }

    fn is_scoring(&self) -> bool {
        self.review.stage == Stage::Scoring
    }

    fn may_void(&self) -> bool {
        matches!(self.review.stage, Stage::Scoring | Stage::Closed)
    }

    /// How many will be scored.
    fn to_score(&self) -> usize {
        self.persons.iter().filter(|person| person.is_handed() && person.excused_why.is_none()).count()
    }

    /// How many of the board came.
    fn came(&self) -> usize {
        self.members.iter().filter(|member| member.scorer.is_some()).count()
    }

    /// The sheet on paper to be typed in next; none where there is one of everybody who came.
    fn next_sheet(&self) -> Option<i16> {
        let came = i16::try_from(self.came()).unwrap_or(i16::MAX);
        (1..=came).find(|number| self.typed_sheets.iter().all(|sheet| sheet.number != *number))
    }

    /// Not all have scored whom they may; on paper, not everybody who came has given a sheet.
    fn lacks_sheets(&self) -> bool {
        if self.review.on_paper {
            return self.typed_sheets.len() < self.came();
        }
        usize::try_from(self.sheets).is_ok_and(|sheets| sheets < self.sheets_due())
    }

    /// How many sheets there are when everybody who came has scored all whom they may.
    fn sheets_due(&self) -> usize {
        let came = self.members.iter().filter(|member| member.scorer.is_some());
        came.map(|member| {
            let may = |person: &&Person| person.scored && rule::may_score(&member.departments, &person.departments);
            self.persons.iter().filter(may).count()
        })
        .sum()
    }
}

async fn page(
    app: &Reviews,
    acting: &Acting<UnionKeeper>,
    id: ReviewId,
    typed: TypedBoard,
    done: &'static str,
) -> Result<Response, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let (review, persons) = managed(&mut db, acting, id).await?;
    let members = store::members(&mut db, id).await?;
    let findings = match plan_on(&mut db, acting.institution(), today).await? {
        Some(plan) => judged(&plan, &review, &members, &persons),
        None => Vec::new(),
    };
    let unfit = !typed.errors.is_empty();
    let page = BoardPage {
        chrome: frame(app, acting.person(), &review, "评议会"),
        draws: store::draws(&mut db, id).await?,
        delegates: store::delegates(&mut db, &review).await?.len(),
        sheets: store::sheet_count(&mut db, id).await?,
        typed_sheets: typed_sheets(&store::paper_sheets(&mut db, id).await?),
        suggestions: suggestions(Among::Accounts),
        findings,
        review,
        members,
        persons,
        typed,
        done,
    };
    let response = page.into_response();
    Ok(if unfit { (StatusCode::UNPROCESSABLE_ENTITY, response).into_response() } else { response })
}

/// What the rule says of the board as it is now.
fn judged(plan: &Plan, review: &Review, members: &[Member], persons: &[Person]) -> Vec<Finding> {
    let seats: Vec<rule::BoardMember> = members.iter().map(|member| member.seat(persons)).collect();
    if review.stage == Stage::Reporting || review.stage == Stage::Confirmed {
        rule::board(plan, &seats).findings().to_vec()
    } else {
        rule::sitting(plan, &seats).findings().to_vec()
    }
}

pub(super) async fn show(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ReviewId>,
    Query(forms::Done { done }): Query<forms::Done>,
    Query(ticked): Query<TickedForm>,
) -> Result<Response, Failure> {
    page(&app, &acting, id, TypedBoard { ticked, ..TypedBoard::default() }, Done::said(&done)).await
}

pub(super) async fn name(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ReviewId>,
    Form(mut form): Form<MemberForm>,
) -> Result<Response, Failure> {
    let (mut errors, now) = (Errors::default(), app.clock.now());
    let mut db = app.read().await?;
    managed(&mut db, &acting, id).await?;
    let category = form.category(&mut errors);
    let search = Search::of(&acting, Among::Accounts, now.date());
    let (typed, picked) = (&mut form.number, &form.pick);
    let people = PeopleField::read(&mut db, &search, typed, picked, Rest::Class, "number", &mut errors).await?;
    let numbers = people.numbers();
    if numbers.is_empty() {
        errors.add("number", "请填写成员的学号、工号或姓名");
    }
    let mut accounts = Vec::new();
    for number in &numbers {
        match account_of(&mut db, acting.institution(), number).await? {
            Some(account) => accounts.push(account),
            None => errors.add("number", format!("没有学号或工号为 {number} 的账号，请先由系统管理员建立或激活")),
        }
    }
    drop(db);
    let Some(category) = category.filter(|_| errors.is_empty()) else {
        let typed = TypedBoard { member: form, people, errors, ..TypedBoard::default() };
        return page(&app, &acting, id, typed, "").await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        for account in &accounts {
            if !store::name_member(db, &locked, *account, category, false, now).await? {
                return Err(not_now(&app, acting.person(), "增加评议会成员", &locked));
            }
        }
        let entry = entry(&locked, "增加评议会成员").detail("身份", category.label()).detail("人数", accounts.len());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Named.at(&id.board_path())).into_response())
}

pub(super) async fn draw(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ReviewId>,
    Form(mut form): Form<DrawForm>,
) -> Result<Response, Failure> {
    let (mut errors, now) = (Errors::default(), app.clock.now());
    let mut db = app.read().await?;
    let (review, persons) = managed(&mut db, &acting, id).await?;
    let seats = form.seats(&mut errors);
    let delegates = store::delegates(&mut db, &review).await?;
    let (pool, people) = if delegates.is_empty() {
        let search = Search::of(&acting, Among::Accounts, now.date());
        let (typed, picked) = (&mut form.pool, &form.pick);
        let people = PeopleField::read(&mut db, &search, typed, picked, Rest::Class, "pool", &mut errors).await?;
        (people.numbers(), people)
    } else {
        (delegates, PeopleField::default())
    };
    let own = |number: &String| persons.iter().any(|person| person.number == *number);
    let pool: Vec<String> = pool.into_iter().filter(|number| !own(number)).collect();
    if pool.is_empty() {
        errors.add("pool", "请填写参加抽签的学生代表，一行一人");
    } else if seats.is_some_and(|seats| seats > pool.len()) {
        errors.add("seats", format!("参加抽签的只有 {} 人", pool.len()));
    }
    let mut accounts = Vec::new();
    for number in &pool {
        match account_of(&mut db, acting.institution(), number).await? {
            Some(account) => accounts.push((number.clone(), account)),
            None => errors.add("pool", format!("没有学号为 {number} 的账号，请先激活")),
        }
    }
    drop(db);
    let Some(seats) = seats.filter(|_| errors.is_empty()) else {
        errors.put_in_order(&["pool", "seats"]);
        let typed = TypedBoard { draw: form, pool: people, errors, ..TypedBoard::default() };
        return page(&app, &acting, id, typed, "").await;
    };
    let seed = readable(20, 5);
    let drawn = rule::draw(&seed, &pool, seats);
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        for (_, account) in accounts.iter().filter(|(number, _)| drawn.contains(number)) {
            if !store::name_member(db, &locked, *account, Category::Student, true, now).await? {
                return Err(not_now(&app, acting.person(), "抽签", &locked));
            }
        }
        let kept = NewDraw { seed: &seed, seats, pool: &pool, drawn: &drawn };
        store::keep_draw(db, &locked, &kept, acting.person().account, now).await?;
        let entry = entry(&locked, "抽签产生学生代表").detail("种子", seed.clone()).detail("参加", pool.len());
        audit::append(db, acting.person(), entry.detail("抽出", drawn.len()), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Drawn.at(&id.board_path())).into_response())
}

pub(super) async fn remove(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Path((id, account)): Path<(ReviewId, AccountId)>,
) -> Result<Redirect, Failure> {
    managed(&mut *app.read().await?, &acting, id).await?;
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        if !store::remove_member(db, &locked, account).await? {
            return Err(not_now(&app, acting.person(), "移出评议会成员", &locked));
        }
        let entry =
            audit::Entry::about(Verb::ReviewKept, account).detail("办理", "移出评议会").detail("评议", locked.title());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Removed.at(&id.board_path())))
}

/// Confirms the board with the monitors who are ticked.
pub(super) async fn confirm(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ReviewId>,
    Form(form): Form<TickedForm>,
) -> Result<Redirect, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    managed(&mut db, &acting, id).await?;
    let plan = plan_on(&mut db, acting.institution(), now.date()).await?.ok_or(Failure::Missing)?;
    drop(db);
    let back = filled_in(&id.board_path(), &form)?;
    let refused = || refusal(&app, acting.person(), "确认评议会", back.clone());
    let ticked = form.accounts()?;
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        let members = store::members(db, id).await?;
        let persons = store::persons(db, id, None).await?;
        let seats: Vec<rule::BoardMember> = members.iter().map(|member| member.seat(&persons)).collect();
        let passed = rule::board(&plan, &seats).permit().map_err(|findings| refused().because(findings))?;
        let mut monitors: Vec<AccountId> = members.iter().map(|member| member.account).collect();
        all_of(&monitors, &ticked, refused())?;
        monitors.retain(|account| ticked.contains(account));
        if !(usize::from(THRESHOLD)..=MOST_MONITORS).contains(&monitors.len()) {
            let why = format!("选了 {} 名监票人", monitors.len());
            let remedy = "在成员里选 2 至 5 名监票人；其中任意 2 名的口令可以开封，建议 3 名";
            return Err(by_practice(refused(), Rule::Rev01, why, remedy));
        }
        if !store::confirm(db, &locked, &passed, &monitors, now).await? {
            return Err(not_now(&app, acting.person(), "确认评议会", &locked));
        }
        for member in &members {
            let says = if monitors.contains(&member.account) {
                "你还是监票人：请在开会以前生成并保管监票口令，评分截止以后凭口令开封评议表。"
            } else {
                "请准时到会，开始评分以后在手机上逐人评分。"
            };
            let subject = format!("评议会成员：{}（{}开会）", locked.title(), chinese_day(locked.sits_on));
            let notice = Notice::new(subject, id.scoring_path()).says(says);
            tell(db, acting.institution(), To::Account(member.account), &notice, now).await?;
        }
        let entry = entry(&locked, "确认评议会").detail("人数", passed.members()).detail("监票人", monitors.len());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Confirmed.at(&id.board_path())))
}

pub(super) async fn take_back(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ReviewId>,
) -> Result<Redirect, Failure> {
    managed(&mut *app.read().await?, &acting, id).await?;
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        if !store::take_back(db, &locked, now).await? {
            return Err(not_now(&app, acting.person(), "收回评议会", &locked));
        }
        audit::append(db, acting.person(), entry(&locked, "收回评议会"), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::TakenBack.at(&id.board_path())))
}

/// Opens the sitting with those who are ticked as present: in one act the key is made, split, dealt and forgotten.
pub(super) async fn open(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ReviewId>,
    Form(form): Form<TickedForm>,
) -> Result<Redirect, Failure> {
    begin(&app, &acting, id, &form, false).await?;
    Ok(Redirect::to(&Done::Opened.at(&id.board_path())))
}

/// Opens the sitting of a board that writes on paper: nothing is sealed, and its sheets are typed in.
pub(super) async fn open_on_paper(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ReviewId>,
    Form(form): Form<TickedForm>,
) -> Result<Redirect, Failure> {
    begin(&app, &acting, id, &form, true).await?;
    Ok(Redirect::to(&Done::OpenedOnPaper.at(&id.board_path())))
}

async fn begin(
    app: &Reviews,
    acting: &Acting<UnionKeeper>,
    id: ReviewId,
    form: &TickedForm,
    on_paper: bool,
) -> Result<(), Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    managed(&mut db, acting, id).await?;
    let plan = plan_on(&mut db, acting.institution(), now.date()).await?.ok_or(Failure::Missing)?;
    drop(db);
    let back = filled_in(&id.board_path(), form)?;
    let refused = || refusal(app, acting.person(), "开始评分", back.clone());
    let ticked = form.accounts()?;
    app.write_as(acting.person().authority(), async |db| {
        if !on_paper {
            let strangers = ballot_key::claim(db, &app.marks.0, now).await?;
            if let Some((why, remedy)) = ballot_key::refusal(&strangers, acting.institution()) {
                return Err(by_practice(refused(), Rule::Rev01, why, remedy));
            }
        }
        let locked = store::lock(db, acting.institution(), id).await?;
        if locked.stage != Stage::Confirmed {
            return Err(not_now(app, acting.person(), "开始评分", &locked));
        }
        let members = store::members(db, id).await?;
        let persons = store::persons(db, id, None).await?;
        let board: Vec<AccountId> = members.iter().map(|member| member.account).collect();
        all_of(&board, &ticked, refused())?;
        let present: Vec<&Member> = members.iter().filter(|member| ticked.contains(&member.account)).collect();
        let seat =
            |member: &Member| rule::BoardMember { present: ticked.contains(&member.account), ..member.seat(&persons) };
        let seats: Vec<rule::BoardMember> = members.iter().map(seat).collect();
        let passed = rule::sitting(&plan, &seats).permit().map_err(|findings| refused().because(findings))?;
        let scored = scored(&persons);
        if scored.is_empty() {
            return Err(by_practice(refused(), Rule::Rev01, "还没有人提交述职报告", "请先催交述职报告"));
        }
        let opening = if on_paper {
            let present = present.iter().map(|member| member.account).collect();
            Opening { key: None, present, shares: Vec::new(), persons: scored }
        } else {
            deal(app, &locked, &members, &present, scored)
                .map_err(|(why, remedy)| by_practice(refused(), Rule::Rev01, why, remedy))?
        };
        if !store::open(db, &locked, &passed, &opening, now).await? {
            return Err(not_now(app, acting.person(), "开始评分", &locked));
        }
        let entry = entry(&locked, "开始评分").detail("到会", passed.members()).detail("述职", opening.persons.len());
        let entry = match &opening.key {
            Some(key) => entry.detail("公钥", hex::encode(key.public.as_bytes())),
            None => entry.detail("方式", "纸质评议表"),
        };
        audit::append(db, acting.person(), entry, now).await
    })
    .await
}

/// Who is scored at a sitting: whoever has handed in a report.
fn scored(persons: &[Person]) -> Vec<i16> {
    let due = persons.iter().filter(|person| person.is_handed() && person.excused_why.is_none());
    due.map(|person| person.place).collect()
}

/// What the opening sets: the sitting's key, a share of it for each monitor, who scores and who is scored.
///
/// # Errors
/// Why it cannot be opened, and what helps, in Chinese.
fn deal(
    app: &Reviews,
    review: &Review,
    members: &[Member],
    present: &[&Member],
    persons: Vec<i16>,
) -> Result<Opening, (String, &'static str)> {
    let monitors: Vec<&Member> = members.iter().filter(|member| member.monitor).collect();
    let late: Vec<&str> = monitors.iter().filter(|one| !one.has_proved()).map(|one| one.name.as_str()).collect();
    if !late.is_empty() {
        let why = format!("监票人{}还没有生成并核对口令", late.join("、"));
        return Err((why, "请监票人在“评分”里生成口令，再输入一次核对"));
    }
    let forged = || ("监票人的密钥不是在系统里生成的，已被人改动".to_owned(), "请查明原因，收回评议会，重新生成口令");
    let (secret, public) = keys::make_pair();
    let mut shares = Vec::new();
    for (member, share) in monitors.iter().zip(keys::split(&secret, THRESHOLD, monitors.len())) {
        let key = member.key.as_ref().filter(|key| app.marks.is_member(review.id, member.account, key));
        let key = key.ok_or_else(forged)?;
        let sealed = keys::seal(&key.public, Purpose::SheetShare(review.id, member.account), &share);
        let sealed = sealed.map_err(|_| forged())?;
        let mark = app.marks.share(review.id, member.account, &sealed);
        shares.push((member.account, DealtShare { sealed, mark }));
    }
    let present = present.iter().map(|member| member.account).collect();
    Ok(Opening { key: Some(app.marks.sitting(review.id, public)), present, shares, persons })
}

pub(super) async fn close(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ReviewId>,
) -> Result<Redirect, Failure> {
    managed(&mut *app.read().await?, &acting, id).await?;
    let now = app.clock.now();
    let closed = app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        let refused = || refusal(&app, acting.person(), "截止评分", id.board_path());
        if locked.stage == Stage::Scoring && store::sheet_count(db, id).await? == 0 {
            let remedy =
                if locked.on_paper { "请先录入收回的评议表" } else { "请到会成员评分以后再截止" };
            return Err(by_practice(refused(), Rule::Rev03, "还没有收到评议表", remedy));
        }
        if !store::close(db, &locked, now).await? {
            return Err(not_now(&app, acting.person(), "截止评分", &locked));
        }
        let (what, done) =
            if locked.on_paper { ("录入完毕", Done::ClosedOnPaper) } else { ("截止评分", Done::Closed) };
        audit::append(db, acting.person(), entry(&locked, what), now).await?;
        Ok(done)
    });
    Ok(Redirect::to(&closed.await?.at(&id.board_path())))
}

pub(super) async fn void(
    State(app): State<Reviews>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ReviewId>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Failure> {
    managed(&mut *app.read().await?, &acting, id).await?;
    let (mut errors, now) = (Errors::default(), app.clock.now());
    let Some(why) = reason(&form.reason, &mut errors).filter(|_| errors.is_empty()) else {
        return page(&app, &acting, id, TypedBoard { void: form, errors, ..TypedBoard::default() }, "").await;
    };
    let voided = app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        if !store::void(db, &locked).await? {
            return Err(not_now(&app, acting.person(), "作废本次评分", &locked));
        }
        store::let_shares_go(db, &locked).await?;
        let entry = entry(&locked, "作废评分").detail("理由", why.clone());
        audit::append(db, acting.person(), entry, now).await?;
        Ok(if locked.on_paper { Done::VoidedOnPaper } else { Done::Voided })
    });
    let done = voided.await?;
    app.shares.drop_of(&id);
    Ok(Redirect::to(&done.at(&id.board_path())).into_response())
}
