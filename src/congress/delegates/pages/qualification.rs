//! 代表资格审查报告: computed from the delegates as they are, adopted with its figures, printed and for Word.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use axum_extra::extract::{Form, Query};
use time::Date;

use super::{again, done_at, frame, kept, refusal, under_preparation, visible};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    congress::{
        CongressKeeper, CongressReader, Verb,
        congress::Congress,
        delegates::{
            forms::AdoptForm,
            paths::Done,
            report::{Counted, counted},
            store::{self, Adopted},
        },
    },
    directory,
    failure::Failure,
    ids::CongressId,
    page::chrome::Chrome,
    papers::{self, Column, Paper, Table},
    rulebook::governing,
    rules::{
        Finding,
        qualification::{Part, Qualification},
    },
    text::{chinese_day, percent},
    web::forms::{Done as DoneQuery, Errors, Submitted},
};

#[derive(Template, WebTemplate)]
#[template(path = "congress/delegates/qualification.html")]
pub(super) struct QualificationPage {
    chrome: Chrome,
    congress: Congress,
    paper: Paper,
    adopted: Option<Adopted>,
    figures: Qualification,
    /// What is said of the share of ordinary students; none while there are no delegates.
    breadth: Option<Finding>,
    /// Delegates who are students no more.
    gone: usize,
    keeps: bool,
    /// The mark of the report as it is now.
    seen: String,
    form: AdoptForm,
    errors: Errors,
    done: &'static str,
}

impl QualificationPage {
    /// The shares that are drawn, each of all delegates.
    fn shares(&self) -> Vec<Share> {
        let figures = &self.figures;
        let share = |name: &'static str, part: u32| Share::new(name, part, figures.total);
        let mut shares = vec![
            share("女代表", figures.women),
            share("中共党员（含预备党员）", figures.party),
            share("共青团员", figures.league),
        ];
        if !is_unregistered(figures) {
            shares.push(share("少数民族代表", figures.minority));
        }
        shares.push(share("非骨干代表", figures.ordinary()));
        shares
    }

    /// The report may be adopted: there are delegates, and all of them are still students.
    fn may_adopt(&self) -> bool {
        self.keeps && self.adopted.is_none() && self.figures.total > 0
    }
}

/// A share as it is drawn.
struct Share {
    name: &'static str,
    says: String,
    /// The bar's length, of 240.
    length: u32,
}

impl Share {
    fn new(name: &'static str, part: u32, whole: u32) -> Self {
        let length = u64::from(part) * 240 / u64::from(whole.max(1));
        let says = format!("{part} 人，{}", percent(part.into(), whole.into()));
        Self { name, says, length: u32::try_from(length).unwrap_or(240) }
    }
}

/// `12 人（37.5%）`.
fn of_all(part: u32, whole: u32) -> String {
    format!("{part}人，占{}", percent(part.into(), whole.into()))
}

fn list(parts: &[Part]) -> String {
    parts.iter().map(|part| format!("{}{}人", part.name, part.count)).collect::<Vec<_>>().join("，")
}

/// What is not known, in brackets; nothing where all is.
fn unknown(count: u32, what: &str) -> String {
    if count == 0 { String::new() } else { format!("（另有{count}人未登记{what}）") }
}

/// The delegates who are neither Party nor League members, so that the shares add up to all; nothing where there is none.
fn others(figures: &Qualification) -> String {
    let members = figures.party + figures.league + figures.political_unknown;
    match figures.total.saturating_sub(members) {
        0 => String::new(),
        others => format!("；其他{}", of_all(others, figures.total)),
    }
}

/// Of no delegate it is known of which nationality they are: that is no count of none.
fn is_unregistered(figures: &Qualification) -> bool {
    figures.total > 0 && figures.ethnic_unknown == figures.total
}

pub(in crate::congress::delegates) fn paper(congress: &Congress, counted: &Counted, today: Date) -> Paper {
    let Counted { figures, adopted, chain, .. } = counted;
    let Qualification { total, seats, women, men, party, probationary, league, minority, backbone, .. } = figures;
    let title = congress.title();
    let vacant = seats.saturating_sub(*total);
    let vacant = if vacant == 0 { String::new() } else { format!("，空缺{vacant}名") };
    let steps = if chain.is_empty() { String::new() } else { format!("代表经{}产生。", chain.join("，")) };
    let mut paper = Paper::new(format!("{}\n代表资格审查报告", congress.title_in_lines(0))).paragraph(format!(
        "根据有关规定，{title}筹备工作机构对代表的产生程序和资格进行了审查，现将审查情况报告如下。"
    ));
    paper = paper
        .heading("代表的名额和产生")
        .paragraph(format!("大会代表名额{seats}名，现有代表{total}名{vacant}。{steps}"))
        .paragraph(format!("代表来源：{}。", list(&figures.sources)));
    paper = paper.heading("代表的构成").items([
        format!(
            "性别：女代表{}；男代表{}{}。",
            of_all(*women, *total),
            of_all(*men, *total),
            unknown(figures.gender_unknown, "性别")
        ),
        format!(
            "政治面貌：中共党员（含预备党员{probationary}人）{}；共青团员{}{}{}。",
            of_all(*party, *total),
            of_all(*league, *total),
            others(figures),
            unknown(figures.political_unknown, "政治面貌")
        ),
        if is_unregistered(figures) {
            "民族：代表的民族没有登记，没有统计。".to_owned()
        } else {
            format!("民族：少数民族代表{}{}。", of_all(*minority, *total), unknown(figures.ethnic_unknown, "民族"))
        },
        format!("年级：{}。", list(&figures.grades)),
        format!(
            "不是学生会骨干（主席团成员、部门负责人）的代表{}（{total}－{backbone}＝{}）。",
            of_all(figures.ordinary(), *total),
            figures.ordinary()
        ),
    ]);
    if !figures.delegations.is_empty() {
        let columns = vec![Column::centred("序号", 4), Column::text("代表团", 20), Column::centred("代表（人）", 8)];
        let row = |(place, part): (usize, &Part)| vec![place.to_string(), part.name.clone(), part.count.to_string()];
        let rows = (1..).zip(&figures.delegations).map(row).collect();
        paper = paper.heading("代表团").paragraph("代表组成下列代表团。").table(Table::new(columns, rows));
    }
    let sources = "数字来源：名额取自批准的名额分配方案；产生程序取自推荐、审查记录和选举报告；性别、政治面貌、民族、\
                   年级取自学校的学生名单；骨干取自学生会花名册；占比为占代表总数的百分比，保留一位小数，四舍五入。";
    paper = paper.heading("审查结论").paragraph(format!("经审查，{total}名代表的产生符合规定的程序，代表资格有效。"));
    paper = paper.note(sources);
    let by = format!("{title}代表资格审查小组");
    match adopted {
        Some(adopted) => {
            for name in &adopted.examiners {
                paper = paper.signature_line(&format!("审查小组成员{name}"));
            }
            paper.signed(by, Some(adopted.at.date()))
        }
        None => paper.caption(&format!("草稿，截至{}", chinese_day(today))).signed(by, None),
    }
}

async fn page(
    app: &App,
    person: &SignedIn,
    congress: Congress,
    submitted: Submitted<AdoptForm>,
    done: &'static str,
) -> Result<QualificationPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let counted = counted(&mut db, &congress, today).await?;
    let paper = paper(&congress, &counted, today);
    let keeps = person.acting.as_ref().is_some_and(|office| congress.is_kept_by(office));
    let plan = governing(&mut db, congress.institution, today).await?.map(|governing| governing.plan);
    let by_plan = plan.and_then(|plan| counted.figures.breadth_by(&plan));
    let breadth = by_plan.or_else(|| counted.figures.breadth(congress.ordinary_percent));
    // Of nobody no share is met.
    let breadth = breadth.filter(|_| counted.figures.total > 0);
    let (gone, seen) = (counted.rows.iter().filter(|row| row.is_gone(today)).count(), counted.mark());
    let Counted { figures, adopted, .. } = counted;
    let Submitted { form, errors } = submitted;
    let chrome = frame(app, person, &congress, "代表资格审查报告");
    Ok(QualificationPage { chrome, congress, paper, adopted, figures, breadth, gone, keeps, seen, form, errors, done })
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path(id): Path<CongressId>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<QualificationPage, Failure> {
    let congress = visible(&mut *app.read().await?, &acting, id).await?;
    page(&app, acting.person(), congress, Submitted::default(), Done::said(&done)).await
}

pub(super) async fn word(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path(id): Path<CongressId>,
) -> Result<Response, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let congress = visible(&mut db, &acting, id).await?;
    let counted = counted(&mut db, &congress, today).await?;
    drop(db);
    papers::download(&app, paper(&congress, &counted, today)).await
}

/// Adopts the report with its figures, and gives the delegates their numbers by delegation and strokes.
pub(super) async fn adopt(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<AdoptForm>,
) -> Result<Response, Failure> {
    let (now, mut errors, wanted) = (app.clock.now(), Errors::default(), "通过代表资格审查报告");
    let Some(examiners) = form.read(&mut errors) else {
        let congress = crate::congress::pages::kept(&mut *app.read().await?, &acting, id).await?;
        return Ok(again(page(&app, acting.person(), congress, Submitted::new(form, errors), "").await?));
    };
    let is_adopted = app
        .write_as(acting.person().authority(), async |db| {
            let congress = kept(db, &acting, id).await?;
            under_preparation(&app, acting.person(), &congress, wanted, id.qualification_path())?;
            let refused = || refusal(&app, acting.person(), &congress, wanted, id.qualification_path());
            let counted = counted(db, &congress, now.date()).await?;
            if counted.rows.is_empty() {
                return Err(refused().for_reason("还没有代表", "接收当选代表名单以后再审查"));
            }
            let gone = counted.rows.iter().filter(|row| row.is_gone(now.date())).count();
            if gone > 0 {
                let why = format!("有 {gone} 名代表已经离校");
                return Err(refused().for_reason(why, "先在代表名单里终止他们的资格，候补代表依次递补"));
            }
            if counted.adopted.is_none() && counted.mark() != form.seen {
                return Ok(false);
            }
            let account = acting.person().account;
            if !store::adopt(db, &congress, &counted.figures, &examiners, account, now).await? {
                return Err(refused().for_reason("报告已经通过", "通过以后代表有变动的，在大会上补充说明"));
            }
            let strokes = directory::store::stroke_order(db, acting.institution()).await?;
            let ids = counted.numbered(strokes);
            store::give_numbers(db, &congress, &ids).await?;
            let entry = Entry::new(Verb::DelegatesKept, congress.short_title())
                .detail("办理", wanted)
                .detail("代表", counted.figures.total);
            audit::append(db, acting.person(), entry, now).await?;
            Ok(true)
        })
        .await?;
    if !is_adopted {
        let congress = crate::congress::pages::kept(&mut *app.read().await?, &acting, id).await?;
        let says = "代表名单刚才变了，报告的数字已经不同；请看过现在的报告，再确认";
        let submitted = Submitted::with_fault(AdoptForm { sure: String::new(), ..form }, "sure", says);
        return Ok(again(page(&app, acting.person(), congress, submitted, "").await?));
    }
    Ok(done_at(&id.qualification_path(), Done::Adopted).into_response())
}
