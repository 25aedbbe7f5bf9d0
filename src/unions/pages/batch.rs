//! 现状登记 and 换届: a whole roster, previewed with everything the rules say of it, then written whole or not at all.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;
use time::Date;

use super::{
    appoint::{Done, held_up, kept_scan, take_scan},
    calendar, frame, kept,
};
use crate::{
    app::App,
    audit::{self, Entry, Verb},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    ids::{DocumentId, DraftId, UnionId},
    inbox::{self, Notice, To},
    office::UnionKeeper,
    page::{charts::QuotaBar, chrome::Chrome, filters},
    rules::{
        Finding, Outcome,
        appointment::{Wanted, holding_in_words, reshuffle, reshuffled},
        roster::Post,
    },
    sheet::{BadCell, Sheet, faults_as_json, roster as file, roster::Unreadable},
    unions::{
        forms::near_day,
        roster::{self, Draft, Line, Purpose},
        store::{self, Found, Ground},
        union::{Fact, PostRow, Record},
    },
    web::forms::{Errors, Upload, written},
};

/// Bad rows shown on the page; the file to take back holds more.
const SHOWN_FAULTS: usize = 200;

#[derive(Debug, Clone, Default)]
struct AskForm {
    day: String,
    ground: String,
    document: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/batch.html")]
pub(super) struct AskPage {
    chrome: Chrome,
    record: Record,
    purpose: Purpose,
    form: AskForm,
    errors: Errors,
    document: Option<(DocumentId, String)>,
    bad: Vec<BadCell>,
    bad_count: usize,
    /// The bad rows for the file to take back, as JSON.
    take_back: String,
    has_plan: bool,
}

/// Before a union comes under the rules it is taken down; afterwards it is staffed anew.
fn purpose_of(record: &Record) -> Purpose {
    if record.union.opened_on.is_none() { Purpose::Register } else { Purpose::Reshuffle }
}

async fn ask_page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    id: UnionId,
    form: AskForm,
    errors: Errors,
) -> Result<AskPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = kept(&mut db, acting, id, today).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let document = kept_scan(&mut db, acting.person(), &form.document).await?;
    let purpose = purpose_of(&record);
    let chrome = frame(app, acting.person(), &record, purpose.label());
    let has_plan = plans.on(today).is_some_and(|plan| plan.unions.contains(&record.union.kind));
    Ok(AskPage {
        chrome,
        record,
        purpose,
        form,
        errors,
        document,
        bad: Vec::new(),
        bad_count: 0,
        take_back: String::new(),
        has_plan,
    })
}

pub(super) async fn ask(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
) -> Result<AskPage, Failure> {
    let form = AskForm { day: app.clock.today().to_string(), ..AskForm::default() };
    ask_page(&app, &acting, id, form, Errors::default()).await
}

/// The last day until today on which something began or ended: a 换届 does not rewrite what was served after its day.
fn changed_since(record: &Record, today: Date) -> Option<Date> {
    record.union.opened_on?;
    record.timeline.days().into_iter().rev().find(|day| *day <= today)
}

async fn faulty(app: &App, mut page: AskPage, sheet: Sheet, bad: Vec<BadCell>) -> Result<Response, Failure> {
    page.errors.add("file", format!("有 {} 处有误，什么也没有写入。改好后重新上传。", bad.len()));
    page.bad_count = bad.len();
    (page.take_back, page.bad) = app.heavy(move || (faults_as_json(&sheet, &bad), bad)).await?;
    page.bad.truncate(SHOWN_FAULTS);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

pub(super) async fn upload(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
    mut upload: Upload,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let field = |name: &str| upload.field(name).to_owned();
    let mut form = AskForm { day: field("day"), ground: field("ground"), document: field("document") };
    let record = kept(&mut *app.read().await?, &acting, id, today).await?;
    let purpose = purpose_of(&record);
    let day = near_day(&form.day, "day", "请填写日期", today, &mut errors);
    if purpose == Purpose::Register && day.is_some_and(|day| day > today) {
        errors.add("day", "现状登记的是已经在任的人，日期不能晚于今天");
    }
    if let Some((day, opened)) = day.zip(record.union.opened_on)
        && day <= opened
    {
        errors.add("day", format!("这个学生会自 {opened} 起启用，换届日期应在其后"));
    }
    if let Some(latest) = changed_since(&record, today).filter(|latest| day.is_some_and(|day| day < *latest)) {
        errors.add("day", format!("{latest} 当天已有任免，换届日期不能早于它"));
    }
    let words = match purpose {
        Purpose::Register => Some(String::new()),
        Purpose::Reshuffle => written(&form.ground, 120, "ground", "请填写换届依据，如选举结果批复文号", &mut errors),
    };
    if upload.file.is_none() {
        errors.add("file", "请选择名单文件（.xlsx 或 .csv）");
    }
    take_scan(&app, acting.person(), &upload, &mut form.document, &mut errors).await?;
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    let (Some(day), Some(words), Some(file), true) = (day, words, upload.file.take(), errors.is_empty()) else {
        return Ok((unfit, ask_page(&app, &acting, id, form, errors).await?).into_response());
    };
    let read = app
        .heavy(move || {
            let roster = file::read(&file);
            // The sheet is needed again where numbers turn out to be nobody's.
            roster.map(|roster| (roster, Sheet::read(&file)))
        })
        .await?;
    let (people, sheet) = match read {
        Ok((people, Ok(sheet))) => (people, sheet),
        Err(Unreadable::Rows(sheet, bad)) => {
            let page = ask_page(&app, &acting, id, form, errors).await?;
            return faulty(&app, page, sheet, bad).await;
        }
        Ok((_, Err(error))) | Err(Unreadable::File(error)) => {
            errors.add("file", error.to_string());
            return Ok((unfit, ask_page(&app, &acting, id, form, errors).await?).into_response());
        }
    };
    let lines = Line::of(&people);
    let mut others: Vec<&str> = lines
        .iter()
        .flat_map(|line| &line.posts)
        .filter(|(kind, _)| kind == "other")
        .map(|(_, title)| title.as_str())
        .collect();
    if purpose == Purpose::Reshuffle && !others.is_empty() {
        others.sort_unstable();
        others.dedup();
        let says = format!("除主席团成员、部门负责人、部门工作人员外不设其他岗位（STF-08）：{}", others.join("、"));
        errors.add("file", says);
        return Ok((unfit, ask_page(&app, &acting, id, form, errors).await?).into_response());
    }
    let matched = {
        let mut db = app.read().await?;
        roster::matched(&mut db, acting.institution(), &record.union, (&lines, day), today).await?
    };
    if let Err(wrong) = matched {
        let bad = roster::bad_cells(&sheet, &wrong);
        let page = ask_page(&app, &acting, id, form, errors).await?;
        return faulty(&app, page, sheet, bad).await;
    }
    let document = kept_scan(&mut *app.read().await?, acting.person(), &form.document).await?.map(|(id, _)| id);
    let ground = Ground { words, document, reason: None };
    let file_name = if upload.file_name.is_empty() { "未命名文件".to_owned() } else { upload.file_name };
    let draft = app
        .write_as(acting.person().authority(), async move |db| {
            let (locked, _) = store::lock(db, &acting, id, today).await?;
            let what = (purpose, day, file_name.as_str());
            roster::stage(db, &locked, acting.person(), what, (&lines, &ground), now).await
        })
        .await?;
    Ok(Redirect::to(&format!("/unions/{id}/batch/{draft}")).into_response())
}

/// A post that a roster brings, as the preview shows it.
struct Coming {
    name: String,
    number: String,
    college: String,
    posts: String,
    chair: bool,
    /// 连任, 换岗 or 新任; empty when a union is taken down.
    how: &'static str,
    /// The rules on people that this person does not meet, or has no data for.
    open: Vec<String>,
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/draft.html")]
pub(super) struct DraftPage {
    chrome: Chrome,
    record: Record,
    draft: Draft,
    coming: Vec<Coming>,
    along: Along,
    shown: Vec<(Finding, Option<QuotaBar>)>,
    settled: usize,
    /// A warning needs a reason.
    needs_reason: bool,
    /// A hard rule stands in the way.
    refused: bool,
    errors: Errors,
    form: CommitForm,
    document: Option<(DocumentId, String)>,
    /// What does not match any more; then nothing can be written.
    moved: Vec<(String, String)>,
}

async fn found(
    app: &App,
    acting: &Acting<UnionKeeper>,
    id: UnionId,
    draft: DraftId,
) -> Result<(Record, Draft), Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = kept(&mut db, acting, id, today).await?;
    let draft = roster::draft(&mut db, id, draft).await?.ok_or(Failure::Missing)?;
    Ok((record, draft))
}

fn wanted_of(people: &[(Fact, Found)]) -> Vec<Wanted> {
    people.iter().flat_map(|(_, found)| found.posts.iter().cloned()).collect()
}

async fn draft_page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    (id, draft): (UnionId, DraftId),
    (errors, form): (Errors, CommitForm),
) -> Result<DraftPage, Failure> {
    let (record, draft) = found(app, acting, id, draft).await?;
    let (mut db, today) = (app.read().await?, app.clock.today());
    let matched =
        roster::matched(&mut db, acting.institution(), &record.union, (&draft.lines, draft.day), today).await?;
    let (people, moved) = match matched {
        Ok(people) => (people, Vec::new()),
        Err(wrong) => (Vec::new(), wrong.into_iter().collect()),
    };
    let plans = calendar(&mut db, acting.institution()).await?;
    let wanted = wanted_of(&people);
    let findings: Vec<Finding> = match draft.purpose {
        Purpose::Register => {
            let mut as_found = reshuffled(&record.timeline, draft.day, &wanted);
            for (_, found) in people.iter().filter(|(_, found)| found.chair) {
                for holding in &mut as_found.holdings {
                    let person = as_found.people.get(holding.person);
                    let same =
                        person.is_some_and(|person| found.posts.iter().any(|post| post.person.number == person.number));
                    holding.marked_chair |= same;
                }
            }
            let day = draft.day.max(today);
            let judged = plans.in_force(day).and_then(|plan| as_found.findings(&plan, day).ok());
            judged.unwrap_or_default()
        }
        Purpose::Reshuffle => reshuffle(&plans, &record.timeline, draft.day, wanted.clone(), None).findings().to_vec(),
    };
    let refused = draft.purpose == Purpose::Reshuffle
        && findings.iter().any(|finding| matches!(finding.verdict, Outcome::Fail | Outcome::Unknown));
    let needs_reason = draft.purpose == Purpose::Reshuffle
        && !refused
        && findings.iter().any(|finding| finding.verdict == Outcome::Warn);
    let findings: Vec<Finding> = findings
        .into_iter()
        .map(|finding| {
            let mut numbers = finding.subjects.clone();
            numbers.extend(finding.unknown.clone().unwrap_or_default());
            let name = |number: &String| people.iter().find(|(fact, _)| fact.number == *number);
            let names = numbers.iter().filter_map(name).map(|(fact, _)| fact.name.clone()).collect();
            Finding { holders: names, ..finding }
        })
        .collect();
    let coming = coming(&record, &draft, &people, &findings);
    let (mut open, settled): (Vec<_>, Vec<_>) = findings
        .into_iter()
        .partition(|finding| matches!(finding.verdict, Outcome::Fail | Outcome::Warn | Outcome::Unknown));
    open.sort_by_key(|finding| (finding.verdict, finding.rule));
    let shown = open.into_iter().map(|finding| (finding.clone(), finding.gauge.map(QuotaBar::new))).collect();
    let along = Along::with(&record, &draft, &people);
    let document = match draft.document {
        Some(id) => kept_scan(&mut db, acting.person(), &id.to_string()).await?,
        None => None,
    };
    let chrome = frame(app, acting.person(), &record, draft.purpose.label());
    Ok(DraftPage {
        chrome,
        record,
        draft,
        coming,
        along,
        shown,
        settled: settled.len(),
        needs_reason,
        refused,
        errors,
        form,
        document,
        moved,
    })
}

/// The people of a roster as the preview shows them, those who do not meet the rules first.
fn coming(record: &Record, draft: &Draft, people: &[(Fact, Found)], findings: &[Finding]) -> Vec<Coming> {
    let about_person = |number: &String| {
        let speaks = |finding: &&Finding| {
            let subjects = finding.subjects.iter().chain(finding.unknown.iter().flatten());
            super::is_personal(finding.rule) && subjects.into_iter().any(|known| known == number)
        };
        findings.iter().filter(speaks).map(|finding| finding.rule.name().to_owned()).collect::<Vec<_>>()
    };
    let before: Vec<&PostRow> = record.posts_on(draft.day).collect();
    let how = |fact: &Fact, found: &Found| {
        let held: Vec<_> = before.iter().filter(|post| post.student == fact.student).map(|post| post.post()).collect();
        match draft.purpose {
            Purpose::Register => "",
            Purpose::Reshuffle if held.is_empty() => "新任",
            Purpose::Reshuffle if found.posts.iter().all(|wanted| held.contains(&wanted.post)) => "连任",
            Purpose::Reshuffle => "换岗",
        }
    };
    let mut coming: Vec<Coming> = people
        .iter()
        .map(|(fact, found)| Coming {
            name: fact.name.clone(),
            number: fact.number.clone(),
            college: fact.college.clone(),
            posts: words_of(found),
            chair: found.chair,
            how: how(fact, found),
            open: about_person(&fact.number),
        })
        .collect();
    coming.sort_by_key(|one| one.open.is_empty());
    coming
}

/// What changes along with a 换届; of no interest where a union is taken down.
#[derive(Default)]
struct Along {
    leaving: Vec<String>,
    ended: Vec<String>,
    begun: Vec<String>,
    /// Appointments for a later day that fall away.
    superseded: usize,
    /// Turns that end because their holders leave the presidium.
    turns: Vec<String>,
}

impl Along {
    fn with(record: &Record, draft: &Draft, people: &[(Fact, Found)]) -> Self {
        if draft.purpose == Purpose::Register {
            return Self::default();
        }
        let wanted = wanted_of(people);
        let named: Vec<&str> = wanted.iter().filter_map(|one| one.post.department()).collect();
        let there: Vec<String> = record.departments_on(draft.day).map(|department| department.name.clone()).collect();
        let mut begun: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
        begun.sort_unstable();
        begun.dedup();
        begun.retain(|name| !there.contains(name));
        let stays = |number: &str| people.iter().any(|(fact, _)| fact.number == number);
        let mut leaving: Vec<String> =
            record.posts_on(draft.day).filter(|post| !stays(&post.number)).map(|post| post.name.clone()).collect();
        leaving.dedup();
        let ahead = |post: &&PostRow| post.from_day > draft.day && post.until_day != Some(post.from_day);
        let seated = |number: &str| wanted.iter().any(|one| one.post == Post::Presidium && one.person.number == number);
        let turns = record.turns.iter().filter(|turn| turn.until_day > draft.day && !seated(&turn.number));
        Self {
            leaving,
            ended: there.into_iter().filter(|name| !named.contains(&name.as_str())).collect(),
            begun,
            superseded: record.posts.iter().filter(ahead).count(),
            turns: turns.map(|turn| format!("{} {} 至 {}", turn.name, turn.from_day, turn.last_day())).collect(),
        }
    }
}

fn words_of(found: &Found) -> String {
    let words = found.posts.iter().map(|wanted| holding_in_words(&wanted.post));
    words.collect::<Vec<_>>().join("、")
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path((id, draft)): Path<(UnionId, DraftId)>,
) -> Result<DraftPage, Failure> {
    draft_page(&app, &acting, (id, draft), (Errors::default(), CommitForm::default())).await
}

#[derive(Default, Deserialize)]
pub(super) struct CommitForm {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    direct: String,
}

pub(super) async fn commit(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path((id, draft)): Path<(UnionId, DraftId)>,
    Form(form): Form<CommitForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let (record, shown) = found(&app, &acting, id, draft).await?;
    let has_reason = !crate::text::trimmed(&form.reason).is_empty();
    let reason = if has_reason { crate::web::forms::reason(&form.reason, &mut errors) } else { None };
    let asks = shown.purpose == Purpose::Reshuffle;
    let ask = "请说明为什么不经遴选程序任命；说明随任职保留，并列在合规总览里";
    let direct = if asks { written(&form.direct, 200, "direct", ask, &mut errors) } else { None };
    if !errors.is_empty() {
        let page = draft_page(&app, &acting, (id, draft), (errors, form)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let refusal = Refusal {
        chrome: frame(&app, acting.person(), &record, shown.purpose.label()),
        wanted: format!("{}换届，自 {} 起", record.union.name, shown.day),
        back: format!("/unions/{id}/batch/{draft}"),
    };
    let (done, acting) = app
        .write_as(acting.person().authority(), async move |db| {
            let (locked, record) = store::lock(db, &acting, id, today).await?;
            let draft = roster::draft(db, id, draft).await?.ok_or(Failure::Missing)?;
            if draft.state != "previewed" {
                return Ok((Done::Unfit("file", "这份名单已经办理过了".to_owned()), acting));
            }
            if draft.purpose != purpose_of(&record) {
                return Ok((Done::Unfit("file", "这个学生会的状态变了，请重新上传".to_owned()), acting));
            }
            if changed_since(&record, today).is_some_and(|latest| draft.day < latest) {
                let says = "上传之后又有任免，换届日期不能早于它，请重新上传".to_owned();
                return Ok((Done::Unfit("file", says), acting));
            }
            let numbers: Vec<String> = draft.lines.iter().map(|line| line.number.clone()).collect();
            store::hold_students(db, acting.institution(), &numbers).await?;
            let matched =
                roster::matched(db, acting.institution(), &record.union, (&draft.lines, draft.day), today).await?;
            let Ok(people) = matched else {
                return Ok((Done::Unfit("file", "预览之后学生数据变了，请看下面的说明".to_owned()), acting));
            };
            let wanted = wanted_of(&people);
            let found: Vec<Found> = people.iter().map(|(_, found)| found.clone()).collect();
            let says = format!("{} 人、{} 个岗位", people.len(), wanted.len());
            let name = record.union.name.clone();
            match draft.purpose {
                Purpose::Register => {
                    store::register(db, &locked, draft.day, &found, &says, now).await?;
                    let entry = Entry::new(Verb::UnionRegistered, name).detail("登记", says);
                    audit::append(db, acting.person(), entry, now).await?;
                }
                Purpose::Reshuffle => {
                    let plans = calendar(db, acting.institution()).await?;
                    let verdict = reshuffle(&plans, &record.timeline, draft.day, wanted, reason.as_deref());
                    let passed = match verdict.permit() {
                        Ok(passed) => passed,
                        Err(findings) => return Ok((held_up(findings, refusal)?, acting)),
                    };
                    let ground =
                        Ground { words: draft.ground.clone(), document: draft.document, reason: reason.clone() };
                    let begun =
                        store::reshuffle(db, &locked, &record, (&passed, &found, direct.as_deref()), &ground, now)
                            .await?;
                    let entry = Entry::new(Verb::Reshuffled, name.clone())
                        .detail("自", draft.day.to_string())
                        .detail("任命", says)
                        .detail("依据", draft.ground.clone())
                        .detail("理由", reason.unwrap_or_default())
                        .detail("未经遴选程序", direct.unwrap_or_default());
                    audit::append(db, acting.person(), entry, now).await?;
                    for (student, post) in begun {
                        let subject = format!("你被任命为{name}{}", holding_in_words(&post));
                        let notice = Notice::new(subject, "/me/data")
                            .says(format!("自 {} 起任职。依据：{}。", draft.day, draft.ground));
                        inbox::tell(db, acting.institution(), To::Student(student), &notice, now).await?;
                    }
                }
            }
            roster::settle(db, &locked, draft.id, "committed").await?;
            Ok((Done::Written, acting))
        })
        .await?;
    let onward = match shown.purpose {
        Purpose::Register => format!("/unions/{id}?done=registered"),
        Purpose::Reshuffle => format!("/unions/{id}?done=reshuffled"),
    };
    super::appoint::answer(done, errors, onward, async |errors, _| {
        Ok(draft_page(&app, &acting, (id, draft), (errors, form)).await?.into_response())
    })
    .await
}

pub(super) async fn discard(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path((id, draft)): Path<(UnionId, DraftId)>,
) -> Result<Redirect, Failure> {
    let today = app.clock.today();
    app.write_as(acting.person().authority(), async move |db| {
        let (locked, _) = store::lock(db, &acting, id, today).await?;
        roster::settle(db, &locked, draft, "discarded").await
    })
    .await?;
    Ok(Redirect::to(&format!("/unions/{id}")))
}
