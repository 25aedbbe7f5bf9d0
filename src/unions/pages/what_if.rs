//! 调整试算: what the rules would say if a department were added, people moved, or another plan adopted. Nothing is written.

use std::collections::BTreeMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;
use time::Date;

use super::{calendar, frame, managed};
use crate::{
    app::App,
    auth::acting::Acting,
    failure::Failure,
    ids::{PlanVersionId, UnionId},
    name::key,
    office::UnionKeeper,
    page::chrome::Chrome,
    rulebook::store as plans_store,
    rules::{
        Finding, Outcome, Plan, Rule,
        roster::{Level, Member, Post, Rank},
        timeline::{Timeline, Unit, covers},
    },
    text::{folded, trimmed},
    unions::union::{PostRow, Record},
    web::forms::{Errors, Submitted},
};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct WhatIfForm {
    plan: String,
    department: String,
    heads: String,
    staff: String,
    /// `post:where`, one for each post.
    #[serde(rename = "move")]
    moves: Vec<String>,
}

/// Its fields that may be at fault, in their order: who is supposed is read before the plan is looked for.
const FIELDS: [&str; 4] = ["plan", "department", "heads", "staff"];

impl WhatIfForm {
    /// Where a post would go: empty where it stays.
    fn target(&self, post: &PostRow) -> &str {
        let id = post.id.to_string();
        let found = self.moves.iter().find_map(|moved| moved.strip_prefix(&id)?.strip_prefix(':'));
        found.unwrap_or_default()
    }
}

/// A rule before and after.
struct RuleChange {
    rule: Rule,
    unit: Option<String>,
    before: Option<Finding>,
    after: Option<Finding>,
    change: Change,
}

/// How a rule stands after against before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Same,
    Better,
    Worse,
    /// It is asked no more.
    Gone,
    /// It is asked now, and met.
    New,
}

impl RuleChange {
    fn is_worse(&self) -> bool {
        self.change == Change::Worse
    }

    fn is_better(&self) -> bool {
        self.change == Change::Better
    }

    fn is_gone(&self) -> bool {
        self.change == Change::Gone
    }

    fn is_new(&self) -> bool {
        self.change == Change::New
    }

    fn is_same(&self) -> bool {
        self.change == Change::Same
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/what_if.html")]
pub(super) struct WhatIfPage {
    chrome: Chrome,
    record: Record,
    posts: Vec<(PostRow, String)>,
    targets: Vec<(String, String)>,
    plans: Vec<(String, String)>,
    form: WhatIfForm,
    errors: Errors,
    /// None before anything was asked.
    answer: Option<Vec<RuleChange>>,
    /// What was asked, in words.
    asked: Vec<String>,
}

impl WhatIfPage {
    /// Somebody is supposed to move.
    fn moves(&self) -> bool {
        self.posts.iter().any(|(_, target)| !target.is_empty())
    }
}

/// What the rules say of what was supposed.
struct Answer {
    lines: Vec<RuleChange>,
    /// What was supposed, in words.
    asked: Vec<String>,
}

async fn page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    record: Record,
    submitted: Submitted<WhatIfForm>,
    answer: Option<Answer>,
) -> Result<WhatIfPage, Failure> {
    let Submitted { form, errors } = submitted;
    let (mut db, today) = (app.read().await?, app.clock.today());
    let versions = plans_store::versions(&mut db, acting.institution()).await?;
    let plans =
        versions.iter().map(|row| (row.id.to_string(), format!("{} 第 {} 版", row.short, row.version))).collect();
    let mut targets = vec![("leave".to_owned(), "离任".to_owned()), ("presidium".to_owned(), "主席团成员".to_owned())];
    let mut names: Vec<String> = record.departments_on(today).map(|department| department.name.clone()).collect();
    let added = trimmed(&form.department).to_owned();
    if !added.is_empty() && !names.contains(&added) {
        names.push(added);
    }
    for name in names {
        targets.push((format!("head:{name}"), format!("{name} 负责人")));
        targets.push((format!("staff:{name}"), format!("{name} 工作人员")));
    }
    let posts = record.posts_on(today).map(|post| (post.clone(), form.target(post).to_owned())).collect();
    let (answer, asked) = answer.map(|answer| (answer.lines, answer.asked)).unzip();
    Ok(WhatIfPage {
        chrome: frame(app, acting.person(), &record, "调整试算"),
        record,
        posts,
        targets,
        plans,
        form,
        errors,
        answer,
        asked: asked.unwrap_or_default(),
    })
}

pub(super) async fn ask(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
) -> Result<WhatIfPage, Failure> {
    let record = managed(&mut *app.read().await?, &acting, id, app.clock.today()).await?;
    page(&app, &acting, record, Submitted::default(), None).await
}

fn number(text: &str, field: &'static str, errors: &mut Errors) -> u32 {
    let text = folded(text);
    if text.is_empty() {
        return 0;
    }
    let number = text.parse::<u32>().ok().filter(|number| *number <= 50);
    if number.is_none() {
        errors.add(field, "请填写 0 至 50 的整数");
    }
    number.unwrap_or(0)
}

/// Somebody who meets every condition, for posts that are only supposed.
fn anybody(place: u32) -> Member {
    Member {
        number: format!("调整试算{place}"),
        name: format!("新增 {place}"),
        college: None,
        level: Some(Level::Undergraduate),
        political: Some("共青团员".to_owned()),
        rank: Some(Rank { rank: 1, cohort: 100 }),
        other_ranks: Vec::new(),
        failed_courses: Some(0),
        failed_of_required: false,
        from_college_union: Some(true),
        first_year: Some(false),
        pledged: None,
        posts: Vec::new(),
        chair: false,
    }
}

fn post_of(target: &str) -> Option<Post> {
    match target.split_once(':') {
        None if target == "presidium" => Some(Post::Presidium),
        Some(("head", name)) => Some(Post::Head(name.to_owned())),
        Some(("staff", name)) => Some(Post::Staff(name.to_owned())),
        _ => None,
    }
}

/// The union as supposed, and what was supposed in words.
fn supposed(record: &Record, form: &WhatIfForm, heads: u32, staff: u32, today: Date) -> (Timeline, Vec<String>) {
    let (mut timeline, mut words) = (record.timeline.clone(), Vec::new());
    let name = trimmed(&form.department).to_owned();
    let known = timeline.units_on(today).find(|unit| key(&unit.name) == key(&name)).map(|unit| unit.name.clone());
    let name = known.unwrap_or(name);
    if !name.is_empty() {
        if !timeline.units_on(today).any(|unit| unit.name == name) {
            let (functions, ruling, name) = (String::new(), None, name.clone());
            timeline.units.push(Unit { name, functions, ruling, changed: None, from: today, until: None });
        }
        words.push(format!("部门“{name}”，新增负责人 {heads} 人、工作人员 {staff} 人"));
        for place in 0..heads {
            timeline.add(&anybody(place + 1), Post::Head(name.clone()), today, None);
        }
        for place in 0..staff {
            timeline.add(&anybody(heads + place + 1), Post::Staff(name.clone()), today, None);
        }
    }
    let mut added: Vec<(Member, Post)> = Vec::new();
    for (row, holding) in record.posts.iter().zip(timeline.holdings.iter_mut()) {
        let target = form.target(row);
        if target.is_empty() || !covers(holding.from, holding.until, today) {
            continue;
        }
        let post = post_of(target);
        if post.as_ref() == Some(&holding.post) {
            continue;
        }
        holding.until = Some(today);
        let person = timeline.people.get(holding.person).cloned();
        words.push(match &post {
            Some(post) => format!("{}改任{}", row.name, crate::rules::appointment::holding_in_words(post)),
            None => format!("{}离任", row.name),
        });
        added.extend(person.zip(post));
    }
    for (person, post) in added {
        timeline.add(&person, post, today, None);
    }
    (timeline, words)
}

fn compare(before: Vec<Finding>, after: Vec<Finding>) -> Vec<RuleChange> {
    let mut lines: BTreeMap<(Rule, Option<String>), [Option<Finding>; 2]> = BTreeMap::new();
    for finding in before {
        let [line, _] = lines.entry((finding.rule, finding.unit.clone())).or_default();
        *line = Some(finding);
    }
    for finding in after {
        let [_, line] = lines.entry((finding.rule, finding.unit.clone())).or_default();
        *line = Some(finding);
    }
    let gravity = |finding: &Option<Finding>| {
        let judged = finding.as_ref().map(|finding| finding.verdict).filter(|verdict| verdict.is_judged());
        judged.unwrap_or(Outcome::NotRequired)
    };
    let mut lines: Vec<RuleChange> = lines
        .into_iter()
        .map(|((rule, unit), [before, after])| {
            // What a plan does not ask is neither better nor worse than what it does.
            let change = match (gravity(&before), gravity(&after)) {
                (Outcome::NotRequired, Outcome::NotRequired) => Change::Same,
                (_, Outcome::NotRequired) => Change::Gone,
                (Outcome::NotRequired, Outcome::Pass) => Change::New,
                (before, after) if after < before => Change::Worse,
                (before, after) if after > before => Change::Better,
                _ => Change::Same,
            };
            RuleChange { rule, unit, before, after, change }
        })
        .collect();
    let measured = |finding: &Option<Finding>| finding.as_ref().map(|finding| finding.measured.clone());
    // What changes comes first.
    lines.sort_by_key(|line| (line.is_same(), measured(&line.before) == measured(&line.after)));
    lines
}

pub(super) async fn answer(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
    Form(form): Form<WhatIfForm>,
) -> Result<Response, Failure> {
    let (today, mut errors) = (app.clock.today(), Errors::default());
    let record = managed(&mut *app.read().await?, &acting, id, today).await?;
    let (heads, staff) = (number(&form.heads, "heads", &mut errors), number(&form.staff, "staff", &mut errors));
    if trimmed(&form.department).is_empty() && heads + staff > 0 {
        errors.add("department", "请填写部门名称");
    }
    if trimmed(&form.department).chars().count() > 30 {
        errors.add("department", "不能超过 30 字");
    }
    let mut db = app.read().await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let now = plans.on(today).map(|plan| plan.as_ref().clone());
    let chosen: Option<Plan> = if form.plan.is_empty() {
        now.clone()
    } else {
        let id = form.plan.parse::<PlanVersionId>().map_err(|_| Failure::Malformed)?;
        let found = plans_store::version(&mut db, acting.institution(), id).await?;
        found.map(|(_, plan, _)| plan.as_ref().clone())
    };
    drop(db);
    let Some(then) = chosen else {
        errors.add("plan", "请选择方案：本校还没有启用实施方案");
        errors.put_in_order(&FIELDS);
        let page = page(&app, &acting, record, Submitted::new(form, errors), None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    if !then.unions.contains(&record.union.kind) {
        errors.add("plan", format!("{}没有{}，不适用", then.short, record.union.kind.label()));
    }
    if !errors.is_empty() {
        errors.put_in_order(&FIELDS);
        let page = page(&app, &acting, record, Submitted::new(form, errors), None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let (timeline, mut asked) = supposed(&record, &form, heads, staff, today);
    if !form.plan.is_empty() && now.as_ref().is_none_or(|now| *now != then) {
        asked.insert(0, format!("启用{}", then.short));
    }
    let before = now.and_then(|plan| record.timeline.findings(&plan.as_of(today), today).ok()).unwrap_or_default();
    let after = timeline.findings(&then.as_of(today), today).unwrap_or_default();
    let lines = compare(before, after);
    Ok(page(&app, &acting, record, Submitted::new(form, errors), Some(Answer { lines, asked })).await?.into_response())
}
