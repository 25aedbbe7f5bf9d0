//! The preview of a roster, with everything the rules say of it, and its writing.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{changed_since, purpose_of};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    ids::{DocumentId, DraftId, UnionId},
    inbox::{self, Notice, To},
    office::UnionKeeper,
    page::{charts::QuotaBar, chrome::Chrome, filters},
    rules::{
        Finding, Outcome,
        adoption::Calendar,
        appointment::{Wanted, holding_in_words, reshuffle, reshuffled},
        chain::Chain,
    },
    text::{chinese_day, trimmed},
    unions::{
        Verb,
        pages::{
            attempt::{answer, held_up},
            calendar,
            fields::earlier_scan,
            frame, managed,
        },
        paths::Done,
        roster::{self, DraftState, RosterDraft, RosterPurpose},
        store::{self, Grounds, LockedUnion, RosterPerson},
        union::{PostRow, Record, StudentFacts},
    },
    web::forms::{Attempt, Errors, Submitted, reason, written},
};

/// A person whom a roster brings, as the preview shows them.
struct IncomingPerson {
    name: String,
    number: String,
    college: String,
    posts: String,
    chair: bool,
    /// 连任, 换岗 or 新任; empty where a union is registered as it stands.
    how: &'static str,
    /// The rules on people that this person does not meet, or has no data for.
    open: Vec<String>,
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/draft.html")]
pub(in crate::unions::pages) struct DraftPage {
    chrome: Chrome,
    record: Record,
    draft: RosterDraft,
    coming: Vec<IncomingPerson>,
    along: Consequences,
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
    /// How the plan says that people come to their posts.
    course: String,
}

async fn found(
    app: &App,
    acting: &Acting<UnionKeeper>,
    id: UnionId,
    draft: DraftId,
) -> Result<(Record, RosterDraft), Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = managed(&mut db, acting, id, today).await?;
    let draft = roster::draft(&mut db, id, draft).await?.ok_or(Failure::Missing)?;
    Ok((record, draft))
}

fn wanted_of(people: &[RosterPerson]) -> Vec<Wanted> {
    people.iter().flat_map(|person| person.posts.iter().cloned()).collect()
}

async fn draft_page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    id: UnionId,
    draft: DraftId,
    submitted: Submitted<CommitForm>,
) -> Result<DraftPage, Failure> {
    let Submitted { form, errors } = submitted;
    let (record, draft) = found(app, acting, id, draft).await?;
    let (mut db, today) = (app.read().await?, app.clock.today());
    let matched = roster::matched(&mut db, acting.institution(), &record.union, &draft.lines, draft.day, today).await?;
    let (people, moved) = match matched {
        Ok(people) => (people, Vec::new()),
        Err(wrong) => (Vec::new(), wrong.into_iter().collect()),
    };
    let plans = calendar(&mut db, acting.institution()).await?;
    let wanted = wanted_of(&people);
    let findings: Vec<Finding> = match draft.purpose {
        RosterPurpose::Register => {
            let mut as_found = reshuffled(&record.timeline, draft.day, &wanted);
            for chair in people.iter().filter(|person| person.chair) {
                for holding in &mut as_found.holdings {
                    let holder = as_found.people.get(holding.person);
                    let same =
                        holder.is_some_and(|holder| chair.posts.iter().any(|post| post.person.number == holder.number));
                    holding.marked_chair |= same;
                }
            }
            let day = draft.day.max(today);
            let judged = plans.in_force(day).and_then(|plan| as_found.findings(&plan, day).ok());
            judged.unwrap_or_default()
        }
        RosterPurpose::Reshuffle => {
            reshuffle(&plans, &record.timeline, draft.day, wanted.clone(), None).findings().to_vec()
        }
    };
    let refused = draft.purpose == RosterPurpose::Reshuffle
        && findings.iter().any(|finding| matches!(finding.verdict, Outcome::Fail | Outcome::Unknown));
    let needs_reason = draft.purpose == RosterPurpose::Reshuffle
        && !refused
        && findings.iter().any(|finding| finding.verdict == Outcome::Warn);
    let findings: Vec<Finding> = findings
        .into_iter()
        .map(|finding| {
            let mut numbers = finding.subjects.clone();
            numbers.extend(finding.unknown.clone().unwrap_or_default());
            let person = |number: &String| people.iter().find(|person| person.facts.number == *number);
            let names = numbers.iter().filter_map(person).map(|person| person.facts.name.clone()).collect();
            Finding { holders: names, ..finding }
        })
        .collect();
    let coming = coming(&record, &draft, &people, &findings);
    let (mut open, settled): (Vec<_>, Vec<_>) = findings
        .into_iter()
        .partition(|finding| matches!(finding.verdict, Outcome::Fail | Outcome::Warn | Outcome::Unknown));
    open.sort_by_key(|finding| (finding.verdict, finding.rule));
    let shown = open.into_iter().map(|finding| (finding.clone(), finding.gauge.map(QuotaBar::new))).collect();
    let along = Consequences::with(&record, &plans, &draft, &people);
    let document = match draft.document {
        Some(id) => earlier_scan(&mut db, acting.person(), &id.to_string()).await?,
        None => None,
    };
    let course = Chain::course_in_words(plans.in_force(today).as_deref(), record.union.kind);
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
        course,
    })
}

/// The people of a roster as the preview shows them, those who do not meet the rules first.
fn coming(record: &Record, draft: &RosterDraft, people: &[RosterPerson], findings: &[Finding]) -> Vec<IncomingPerson> {
    let about_person = |number: &String| {
        let speaks = |finding: &&Finding| {
            let subjects = finding.subjects.iter().chain(finding.unknown.iter().flatten());
            finding.rule.is_personal() && subjects.into_iter().any(|known| known == number)
        };
        findings.iter().filter(speaks).map(|finding| finding.rule.name().to_owned()).collect::<Vec<_>>()
    };
    let before: Vec<&PostRow> = record.posts_on(draft.day).collect();
    let how = |person: &RosterPerson| {
        let own = before.iter().filter(|post| post.student == person.facts.student);
        let held: Vec<_> = own.map(|post| post.post()).collect();
        match draft.purpose {
            RosterPurpose::Register => "",
            RosterPurpose::Reshuffle if held.is_empty() => "新任",
            RosterPurpose::Reshuffle if person.posts.iter().all(|wanted| held.contains(&wanted.post)) => "留任",
            RosterPurpose::Reshuffle => "换岗",
        }
    };
    let mut coming: Vec<IncomingPerson> = people
        .iter()
        .map(|person| {
            let StudentFacts { name, number, college, .. } = &person.facts;
            IncomingPerson {
                name: name.clone(),
                number: number.clone(),
                college: college.clone(),
                posts: words_of(person),
                chair: person.chair,
                how: how(person),
                open: about_person(number),
            }
        })
        .collect();
    coming.sort_by_key(|one| one.open.is_empty());
    coming
}

/// What changes along with a 换届; nothing where a union is registered as it stands.
#[derive(Default)]
struct Consequences {
    leaving: Vec<String>,
    ended: Vec<String>,
    begun: Vec<String>,
    /// Appointments for a later day that fall away.
    superseded: usize,
    /// Turns that end because their holders leave the presidium.
    turns: Vec<String>,
}

impl Consequences {
    fn with(record: &Record, plans: &Calendar, draft: &RosterDraft, people: &[RosterPerson]) -> Self {
        if draft.purpose == RosterPurpose::Register {
            return Self::default();
        }
        let wanted = wanted_of(people);
        let named: Vec<&str> = wanted.iter().filter_map(|one| one.post.department()).collect();
        let there: Vec<String> = record.departments_on(draft.day).map(|department| department.name.clone()).collect();
        let mut begun: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
        begun.sort_unstable();
        begun.dedup();
        begun.retain(|name| !there.contains(name));
        let stays = |number: &str| people.iter().any(|person| person.facts.number == number);
        let mut leaving: Vec<String> =
            record.posts_on(draft.day).filter(|post| !stays(&post.number)).map(|post| post.name.clone()).collect();
        leaving.dedup();
        let ahead = |post: &&PostRow| post.from_day > draft.day && post.until_day != Some(post.from_day);
        let seated = |number: &str| {
            wanted.iter().any(|one| {
                one.person.number == number && plans.in_force(draft.day).is_some_and(|plan| plan.is_seat(&one.post))
            })
        };
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

fn words_of(person: &RosterPerson) -> String {
    let words = person.posts.iter().map(|wanted| holding_in_words(&wanted.post));
    words.collect::<Vec<_>>().join("、")
}

pub(in crate::unions::pages) async fn show(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path((id, draft)): Path<(UnionId, DraftId)>,
) -> Result<DraftPage, Failure> {
    draft_page(&app, &acting, id, draft, Submitted::default()).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::unions::pages) struct CommitForm {
    reason: String,
    direct: String,
}

pub(in crate::unions::pages) async fn commit(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path((id, draft)): Path<(UnionId, DraftId)>,
    Form(form): Form<CommitForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let (record, shown) = found(&app, &acting, id, draft).await?;
    let why = if trimmed(&form.reason).is_empty() { None } else { reason(&form.reason, &mut errors) };
    let asks = shown.purpose == RosterPurpose::Reshuffle;
    let ask = "请说明为什么不经遴选程序任命；说明随任职保留，并列在对照检查总览里";
    let direct = if asks { written(&form.direct, 200, "direct", ask, &mut errors) } else { None };
    if !errors.is_empty() {
        let page = draft_page(&app, &acting, id, draft, Submitted::new(form, errors)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            let locked = store::lock(db, &acting, id, today).await?;
            let draft = roster::draft(db, id, draft).await?.ok_or(Failure::Missing)?;
            if draft.state != DraftState::Previewed {
                return Ok(Attempt::fault("file", "这份名单已经办理过了"));
            }
            if draft.purpose != purpose_of(&locked) {
                return Ok(Attempt::fault("file", "这个学生会的状态变了，请重新上传"));
            }
            if changed_since(&locked, today).is_some_and(|latest| draft.day < latest) {
                return Ok(Attempt::fault("file", "上传之后又有任免，换届日期不能早于它，请重新上传"));
            }
            let numbers: Vec<String> = draft.lines.iter().map(|line| line.number.clone()).collect();
            store::hold_students(db, acting.institution(), &numbers).await?;
            let union = &locked.union;
            let matched = roster::matched(db, acting.institution(), union, &draft.lines, draft.day, today).await?;
            let Ok(people) = matched else {
                return Ok(Attempt::fault("file", "预览之后学生数据变了，请看下面的说明"));
            };
            let attempt = match draft.purpose {
                RosterPurpose::Register => {
                    register(db, &acting, &locked, &draft, &people, now).await?;
                    Attempt::Done(())
                }
                RosterPurpose::Reshuffle => {
                    let whys = Whys { reason: why.as_deref(), direct: direct.as_deref() };
                    match restaff(db, &acting, &locked, &draft, &people, whys, now).await? {
                        Ok(()) => Attempt::Done(()),
                        Err(findings) => {
                            let refusal = Refusal {
                                chrome: frame(&app, acting.person(), &record, shown.purpose.label()),
                                wanted: format!("{}换届，自{}起", record.union.name, chinese_day(shown.day)),
                                back: id.draft_path(draft.id),
                            };
                            held_up(findings, refusal)?
                        }
                    }
                }
            };
            if matches!(attempt, Attempt::Done(())) {
                roster::settle(db, &locked, draft.id, DraftState::Committed).await?;
            }
            Ok(attempt)
        })
        .await?;
    let done = if shown.purpose.is_register() { Done::Registered } else { Done::Reshuffled };
    answer(attempt, errors, done.at(&id.path()), async |errors, _| {
        Ok(draft_page(&app, &acting, id, draft, Submitted::new(form, errors)).await?.into_response())
    })
    .await
}

/// The people and posts of a roster, in words.
fn size_in_words(people: &[RosterPerson]) -> String {
    let posts: usize = people.iter().map(|person| person.posts.len()).sum();
    format!("{} 人、{posts} 个岗位", people.len())
}

/// Writes a roster as the union stands.
async fn register(
    db: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    locked: &LockedUnion,
    draft: &RosterDraft,
    people: &[RosterPerson],
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let says = size_in_words(people);
    store::register(db, locked, draft.day, people, &says, now).await?;
    let entry = Entry::new(Verb::UnionRegistered, locked.union.name.clone()).detail("登记", says);
    audit::append(db, acting.person(), entry, now).await
}

/// Why soft limits are passed, and why the people did not come through the vetting chain.
struct Whys<'a> {
    reason: Option<&'a str>,
    direct: Option<&'a str>,
}

/// Staffs the union anew and tells those who are appointed; or gives what the rule finds in the way.
async fn restaff(
    db: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    locked: &LockedUnion,
    draft: &RosterDraft,
    people: &[RosterPerson],
    whys: Whys<'_>,
    now: OffsetDateTime,
) -> Result<Result<(), Vec<Finding>>, Failure> {
    let plans = calendar(db, acting.institution()).await?;
    let passed = match reshuffle(&plans, &locked.timeline, draft.day, wanted_of(people), whys.reason).permit() {
        Ok(passed) => passed,
        Err(findings) => return Ok(Err(findings)),
    };
    let reason = whys.reason.map(str::to_owned);
    let grounds = Grounds { words: draft.ground.clone(), document: draft.document, reason };
    let begun = store::reshuffle(db, locked, &passed, people, whys.direct, &grounds, now).await?;
    let name = &locked.union.name;
    let entry = Entry::new(Verb::Reshuffled, name.clone())
        .detail("自", draft.day.to_string())
        .detail("任命", size_in_words(people))
        .detail("依据", draft.ground.clone())
        .detail("理由", whys.reason.unwrap_or_default())
        .detail("未经遴选程序", whys.direct.unwrap_or_default());
    audit::append(db, acting.person(), entry, now).await?;
    for (student, post) in begun {
        let subject = format!("你被任命为{name}{}", holding_in_words(&post));
        let notice = Notice::new(subject, crate::people::OWN_DATA).says(format!(
            "自{}起任职。依据：{}。",
            chinese_day(draft.day),
            draft.ground
        ));
        inbox::tell(db, acting.institution(), To::Student(student), &notice, now).await?;
    }
    Ok(Ok(()))
}

pub(in crate::unions::pages) async fn discard(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path((id, draft)): Path<(UnionId, DraftId)>,
) -> Result<Redirect, Failure> {
    let today = app.clock.today();
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, &acting, id, today).await?;
        roster::settle(db, &locked, draft, DraftState::Discarded).await
    })
    .await?;
    Ok(Redirect::to(&id.path()))
}
