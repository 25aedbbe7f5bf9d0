//! Unions are set up, and one of them is shown as it stands.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::Redirect,
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;

use super::{
    Evidence, Tab, Tabs, calendar, evidence,
    own_rules::{OwnRow, own_rows},
    visible, with_mendings,
};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    directory::store::colleges,
    failure::Failure,
    ids::{CollegeId, UnionId},
    name::order,
    office::{SchoolLeague, UnionReader},
    page::{charts::QuotaBar, chrome::Chrome, filters, paging::RowRange},
    rules::{Clause, Finding, Outcome, Rule, plan::Union},
    unions::{
        Verb,
        chart::Chart,
        paths::{Done, UNIONS},
        store::{self, HistoryAct},
        union::{Department, PostRow, Record},
    },
    web::forms,
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CreateForm {
    what: String,
}

/// What is to be set up.
enum NewUnions {
    School,
    Graduate,
    /// One for each college.
    Colleges,
    College(CollegeId),
}

impl CreateForm {
    fn read(&self) -> Result<NewUnions, Failure> {
        match self.what.as_str() {
            "school" => Ok(NewUnions::School),
            "graduate" => Ok(NewUnions::Graduate),
            "colleges" => Ok(NewUnions::Colleges),
            college => college.parse().map(NewUnions::College).map_err(|_| Failure::Malformed),
        }
    }
}

pub(super) async fn create(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<CreateForm>,
) -> Result<Redirect, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let wanted = form.read()?;
    app.write_as(acting.person().authority(), async |db| {
        crate::rulebook::store::lock_plans(db, acting.institution()).await?;
        let plan = calendar(db, acting.institution()).await?;
        let in_plan = |kind: Union| plan.in_force(today).is_none_or(|plan| plan.unions.contains(&kind));
        let wanted: Vec<(Union, Option<CollegeId>)> = match wanted {
            NewUnions::School => vec![(Union::School, None)],
            NewUnions::Graduate if in_plan(Union::Graduate) => vec![(Union::Graduate, None)],
            NewUnions::Graduate => return Err(Failure::Malformed),
            NewUnions::Colleges => {
                let all = colleges(db, acting.institution()).await?;
                all.into_iter().map(|college| (Union::College, Some(college.id))).collect()
            }
            NewUnions::College(id) => vec![(Union::College, Some(id))],
        };
        for (kind, college) in wanted {
            if let Some(id) = store::create(db, &acting, kind, college, now).await? {
                let made = store::list(db, acting.institution(), Some(id)).await?;
                let name = made.into_iter().next().map(|union| union.name).unwrap_or_default();
                audit::append(db, acting.person(), Entry::new(Verb::UnionCreated, name), now).await?;
            }
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&Done::Created.at(UNIONS)))
}

/// A group of posts on a union's page.
struct PostGroup {
    name: String,
    department: Option<Department>,
    posts: Vec<PostRow>,
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/show.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is another question of the page")]
pub(super) struct UnionPage {
    chrome: Chrome,
    tabs: Tabs,
    record: Record,
    groups: Vec<PostGroup>,
    coming: Vec<PostRow>,
    chairs: Vec<String>,
    order_hint: Option<String>,
    bars: Vec<(Finding, QuotaBar)>,
    open: Vec<Evidence>,
    /// A plan governs and has such unions.
    judged: bool,
    /// The university's own rules to which something is to be done.
    own_open: Vec<OwnRow>,
    /// The plan has rules of the university's own for such unions.
    has_own: bool,
    chart: Chart,
    people: usize,
    /// Who is on duty follows from confirmed turns, and not from the roster's mark.
    by_turn: bool,
    /// What a union is, in the plan's own words (POL-01).
    position: Vec<Clause>,
    /// The plan asks for an executive chair.
    rotates: bool,
    /// What was just done, where an act leads here.
    latest: Option<HistoryAct>,
    done: &'static str,
}

/// Findings that stand in the open; the others are folded.
const SHOWN: usize = 8;

impl UnionPage {
    fn first_open(&self) -> &[Evidence] {
        self.open.get(..SHOWN).unwrap_or(&self.open)
    }

    fn other_open(&self) -> &[Evidence] {
        self.open.get(SHOWN..).unwrap_or_default()
    }
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<UnionId>,
    Query(forms::Done { done }): Query<forms::Done>,
) -> Result<UnionPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = visible(&mut db, &acting, id, today).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let position: Option<Vec<Clause>> = plans.in_force(today).map(|plan| {
        let stated = plan.provision(Rule::Pol01);
        stated.map(|stated| stated.clauses().cloned().collect()).unwrap_or_default()
    });
    let all = evidence(&record, &plans, &[], acting.office(), today);
    let judged = all.is_some();
    let mut all = all.unwrap_or_default();
    with_mendings(&mut all, id, &store::open_mendings(&mut db, acting.institution(), Some(id), today).await?);
    let bars = all
        .iter()
        .filter_map(|evidence| Some((evidence.finding.clone(), QuotaBar::new(evidence.finding.gauge?))))
        .collect();
    let open = all
        .into_iter()
        .filter(|evidence| matches!(evidence.finding.verdict, Outcome::Fail | Outcome::Warn | Outcome::Unknown))
        .collect();
    let mut own_open = own_rows(&mut db, &record, &plans, acting.institution(), today).await?;
    let has_own = !own_open.is_empty();
    own_open.retain(|row| record.union.opened_on.is_some() && row.is_open());
    let mut groups = vec![PostGroup { name: "主席团".to_owned(), department: None, posts: Vec::new() }];
    for department in record.departments_on(today) {
        groups.push(PostGroup {
            name: department.name.clone(),
            department: Some(department.clone()),
            posts: Vec::new(),
        });
    }
    for post in record.posts_on(today) {
        let group = groups
            .iter_mut()
            .find(|group| group.department.as_ref().map(|department| department.id) == post.department);
        if let Some(group) = group {
            group.posts.push(post.clone());
        }
    }
    let coming = record.posts.iter().filter(|post| post.from_day > today).cloned().collect();
    let latest = if done.is_empty() {
        None
    } else {
        store::history(&mut db, id, None, RowRange { skip: 0, most: 1 }).await?.pop()
    };
    let done = Done::said(&done);
    Ok(UnionPage {
        chrome: app.chrome(acting.person(), &record.union.name).under(UNIONS, "学生会"),
        tabs: Tabs::new(&acting, &record, Tab::Overview),
        groups,
        coming,
        order_hint: order::hint(record.posts_on(today).map(|post| post.name.as_str())),
        chairs: record.chairs_on(today).map(str::to_owned).collect(),
        bars,
        open,
        judged,
        own_open,
        has_own,
        chart: Chart::new(&record, today),
        people: record.people_on(today),
        by_turn: record.timeline.rotates_on(today),
        position: position.unwrap_or_default(),
        rotates: plans.in_force(today).is_some_and(|plan| plan.provision(Rule::Org03).is_some()),
        record,
        latest,
        done,
    })
}
