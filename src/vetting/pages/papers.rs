//! Papers: 推荐审查表 of one candidate, 情况一览表 of a round, and the record of a round.

use std::collections::HashMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::Response,
};
use sqlx::types::Uuid;
use time::{Date, OffsetDateTime};

use super::{
    Composition,
    case::{mute, visible_case},
    composition, frame, visible_round,
};
use crate::{
    app::App,
    auth::acting::Acting,
    directory::store::stroke_order,
    failure::Failure,
    ids::{CaseId, RoundId, StudentId},
    name::order::StrokeOrder,
    page::{chrome::Chrome, filters},
    papers::{Column, Form, FormField, Paper, Table},
    rules::chain::Link,
    sheet::drop_down_template,
    text::chinese_day,
    unions::union::sees_grades,
    vetting::{
        Vetter,
        case::{CandidateText, Case, Opinion},
        chain_office::ChainOffice,
        round::Round,
        store::{self, CaseFilter, Session},
    },
    web::workbook,
};

/// One block of the form: a body with its opinion, or room for it.
struct OpinionBlock {
    act: String,
    body: String,
    opinion: Option<Opinion>,
    session: Option<Session>,
}

/// What 推荐审查表 of a case says.
struct ReviewForm {
    case: Case,
    round: Round,
    words: CandidateText,
    blocks: Vec<OpinionBlock>,
    /// Opinions that led back: kept with the form.
    returned: Vec<Opinion>,
    /// The posts that the candidate holds in unions today.
    held: Vec<String>,
    grades: bool,
}

/// The blocks of a case: each body of each step with its last word there.
fn blocks(round: &Round, opinions: &[Opinion], sessions: &[Session]) -> Vec<OpinionBlock> {
    let of_link = |(step, link): (usize, &Link)| {
        let mut of_step: Vec<OpinionBlock> = link
            .by
            .iter()
            .enumerate()
            .map(|(at, party)| {
                // Where one body acts for several offices, each of them has its block.
                let place = link.by.iter().take(at).filter(|before| before.body == party.body).count();
                let own =
                    |opinion: &&Opinion| opinion.is_at(&step) && opinion.body == party.body && opinion.place == place;
                let opinion = opinions.iter().rev().find(own).filter(|opinion| !opinion.returned()).cloned();
                let session = opinion.as_ref().and_then(|opinion| opinion.session);
                let session = session.and_then(|id| sessions.iter().find(|known| known.id == id).cloned());
                OpinionBlock { act: link.act.clone(), body: party.name.clone(), opinion, session }
            })
            .collect();
        // Where one of several recommends, only that one's block stands.
        if link.any {
            let signed = of_step.iter().position(|block| block.opinion.is_some());
            if let Some(place) = signed {
                of_step = vec![of_step.swap_remove(place)];
            }
        }
        of_step
    };
    round.chain.links.iter().enumerate().flat_map(of_link).collect()
}

pub(super) async fn form(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<CaseId>,
) -> Result<VettingPaperPage, Failure> {
    let form = review_form(&app, &acting, id).await?;
    let chrome = frame(&app, acting.person(), &form.round, "推荐审查表");
    Ok(VettingPaperPage { chrome, back: id.path(), word: id.form_word_path(), paper: form.paper() })
}

async fn review_form(app: &App, acting: &Acting<Vetter>, id: CaseId) -> Result<ReviewForm, Failure> {
    let office = ChainOffice::of(&mut *app.read().await?, acting).await?;
    let (case, round) = visible_case(app, &office, id).await?;
    let mut db = app.read().await?;
    let words = store::candidate_text(&mut db, id).await?;
    let mut opinions = store::opinions_of(&mut db, &[id.0]).await?;
    opinions.retain(|opinion| !opinion.withdrawn);
    let mut sessions = store::sessions(&mut db, round.id).await?;
    if !sees_grades(acting.office().kind) {
        mute(&office, &mut opinions, &mut sessions);
    }
    Ok(ReviewForm {
        blocks: blocks(&round, &opinions, &sessions),
        held: store::held_posts(&mut db, &[case.student.0], app.clock.today())
            .await?
            .remove(&case.student)
            .unwrap_or_default(),
        returned: opinions.into_iter().filter(Opinion::returned).collect(),
        grades: sees_grades(acting.office().kind),
        case,
        round,
        words,
    })
}

pub(super) async fn table(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<RoundId>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let office = ChainOffice::of(&mut db, &acting).await?;
    let round = visible_round(&mut db, &office, id).await?;
    let filter = CaseFilter::of_round(id);
    let (cases, _) = store::cases(&mut db, acting.institution(), Some(&office), &filter).await?;
    let students: Vec<Uuid> = cases.iter().map(|case| case.student.0).collect();
    let held = store::held_posts(&mut db, &students, app.clock.today()).await?;
    drop(db);
    let grades = sees_grades(acting.office().kind);
    let bytes = app.heavy(move || sheet(&round, &cases, &held, grades)).await??;
    Ok(workbook("情况一览表.xlsx", bytes))
}

fn sheet(
    round: &Round,
    cases: &[Case],
    held: &HashMap<StudentId, Vec<String>>,
    grades: bool,
) -> anyhow::Result<Vec<u8>> {
    let mut headers = vec![
        "编号",
        "姓名",
        "学号",
        "性别",
        "院系",
        "班级",
        "年级",
        "岗位",
        "现任职务",
        "来源",
        "产生方式",
        "推荐（提交）单位",
        "进度",
        "说明",
    ];
    if grades {
        headers.extend(["政治面貌", "专业排名", "不及格门数"]);
    }
    let row = |case: &Case| {
        let mut row = vec![
            case.number.to_string(),
            case.name.clone(),
            case.student_number.clone(),
            case.gender.clone().unwrap_or_default(),
            case.college_name.clone(),
            case.class_name.clone(),
            case.entry_year.to_string(),
            case.place_name.clone(),
            held.get(&case.student).map(|held| held.join("、")).unwrap_or_default(),
            case.source_label(),
            case.origin.label().to_owned(),
            case.prepared_office.clone().unwrap_or_default(),
            case.standing(round),
            case.says.clone(),
        ];
        if grades {
            let evidence = case.evidence.as_ref();
            row.push(evidence.and_then(|one| one.political.clone()).unwrap_or_default());
            row.push(case.rank());
            row.push(evidence.and_then(|one| one.failed).map(|failed| failed.to_string()).unwrap_or_default());
        }
        row
    };
    let rows: Vec<Vec<String>> = cases.iter().map(row).collect();
    let columns: Vec<(&str, &[&str])> = headers.into_iter().map(|header| (header, &[][..])).collect();
    Ok(drop_down_template("情况一览表", &columns, &rows)?)
}

/// 情况一览表, or another paper of 遴选, as a page.
#[derive(Template, WebTemplate)]
#[template(path = "vetting/paper.html")]
pub(super) struct VettingPaperPage {
    chrome: Chrome,
    back: String,
    /// Where its Word file is.
    word: String,
    paper: Paper,
}

/// 情况一览表 of a round as the office sees it, on a day: the cases change until the round has ended.
async fn overview_paper(app: &App, acting: &Acting<Vetter>, id: RoundId) -> Result<(Round, Paper), Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let office = ChainOffice::of(&mut db, acting).await?;
    let round = visible_round(&mut db, &office, id).await?;
    let filter = CaseFilter::of_round(id);
    let (cases, _) = store::cases(&mut db, acting.institution(), Some(&office), &filter).await?;
    let students: Vec<Uuid> = cases.iter().map(|case| case.student.0).collect();
    let held = store::held_posts(&mut db, &students, today).await?;
    let paper = overview_of(&round, &cases, &held, sees_grades(acting.office().kind), today);
    Ok((round, paper))
}

fn overview_of(
    round: &Round,
    cases: &[Case],
    held: &HashMap<StudentId, Vec<String>>,
    grades: bool,
    today: Date,
) -> Paper {
    let mut columns = vec![
        Column::centred("编号", 5),
        Column::centred("姓名", 8),
        Column::centred("性别", 5),
        Column::text("院系班级", 16),
        Column::text("岗位", 11),
        Column::text("现任职务", 12),
        Column::text("来源", 10),
        Column::text("进度", 16),
    ];
    if grades {
        let figures =
            [Column::centred("政治面貌", 8), Column::centred("专业排名", 8), Column::centred("不及格门数", 7)];
        columns.splice(7..7, figures);
    }
    let row = |case: &Case| {
        let mut row = vec![
            case.number.to_string(),
            case.name.clone(),
            case.gender.clone().unwrap_or_default(),
            format!("{}{}", case.college_name, case.class_name),
            case.place_name.clone(),
            held.get(&case.student).map(|held| held.join("、")).unwrap_or_default(),
            case.source_label(),
        ];
        if grades {
            let evidence = case.evidence.as_ref();
            row.push(evidence.and_then(|one| one.political.clone()).unwrap_or_default());
            row.push(case.rank());
            row.push(evidence.and_then(|one| one.failed).map(|failed| failed.to_string()).unwrap_or_default());
        }
        row.push(case.standing(round));
        row
    };
    let rows: Vec<Vec<String>> = cases.iter().map(row).collect();
    let whom = if round.presidium { "主席团候选人" } else { "工作人员人选" };
    Paper::new(format!("{}{whom}情况一览表", round.union.name))
        .caption(&format!("{}，截至{}", round.title, chinese_day(today)))
        .landscape()
        .table(Table::new(columns, rows))
}

pub(super) async fn overview(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<RoundId>,
) -> Result<VettingPaperPage, Failure> {
    let (round, paper) = overview_paper(&app, &acting, id).await?;
    let chrome = frame(&app, acting.person(), &round, "情况一览表");
    Ok(VettingPaperPage { chrome, back: id.path(), word: id.overview_word_path(), paper })
}

pub(super) async fn overview_word(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<RoundId>,
) -> Result<Response, Failure> {
    let (_, paper) = overview_paper(&app, &acting, id).await?;
    crate::papers::download(&app, paper).await
}

impl OpinionBlock {
    /// The body and what it does, as the label of its block.
    fn label(&self) -> String {
        format!("{}{}意见", self.body, self.act)
    }

    /// Its opinion with who gave it in the system; empty as long as there is none.
    fn says(&self) -> String {
        let Some(opinion) = &self.opinion else { return String::new() };
        let mut lines = vec![match opinion.says.as_str() {
            "" => opinion.verdict_label().to_owned(),
            says => format!("{}。{says}", opinion.verdict_label()),
        }];
        if let Some(session) = &self.session {
            lines.push(format!("{}联合会议", chinese_day(session.held_on)));
        }
        let delegated = if opinion.delegated { "（兼办授权）" } else { "" };
        let at = filters::minute_of(opinion.at);
        lines.push(format!("系统记录：{} {}，{at}{delegated}", opinion.office, opinion.by_name));
        lines.join("\n")
    }
}

impl ReviewForm {
    /// The fields beside the photo and below it: who it is and for which post.
    fn person(&self) -> Form {
        let case = &self.case;
        let evidence = case.evidence.as_ref().filter(|_| self.grades);
        let political = evidence.and_then(|one| one.political.clone()).unwrap_or_default();
        let failed = evidence.and_then(|one| one.failed).map(|failed| format!("{failed}门")).unwrap_or_default();
        let rank = if self.grades { case.rank() } else { String::new() };
        let held = if self.held.is_empty() { "无".to_owned() } else { self.held.join("、") };
        let source = format!("{}（{}）", case.source_label(), case.origin.label());
        let photo = if self.words.photo { case.id.photo_path() } else { String::new() };
        Form::new(photo)
            .row(vec![
                FormField::new("姓名", &case.name),
                FormField::new("性别", case.gender.clone().unwrap_or_default()),
            ])
            .row(vec![
                FormField::new("学号", &case.student_number),
                FormField::new("年级", format!("{}级", case.entry_year)),
            ])
            .row(vec![FormField::new("院系", &case.college_name), FormField::new("班级", &case.class_name)])
            .row(vec![FormField::new("政治面貌", political), FormField::new("拟任岗位", &case.place_name)])
            .row(vec![FormField::new("专业排名", rank), FormField::new("不及格门数", failed)])
            .row(vec![FormField::new("现任职务", held)])
            .row(vec![FormField::new("来源", source)])
    }

    /// What the candidate pledged in the system, and when.
    fn pledged(&self) -> String {
        let Some(pledge) = &self.words.pledge else { return String::new() };
        let at = self.words.pledged_at.map(|at| format!("（{}在系统里承诺）", filters::minute_of(at)));
        format!("本人承诺遵守《{pledge}》，所填属实。{}", at.unwrap_or_default())
    }

    /// 推荐审查表. Each office signs by hand below what it wrote in the system.
    fn paper(&self) -> Paper {
        let Self { case, round, words, .. } = self;
        let whom = if round.presidium { "主席团候选人" } else { "工作人员" };
        let mut form = self
            .person()
            .row(vec![FormField::new("个人陈述", &words.statement)])
            .row(vec![FormField::new("经历", &words.experience)])
            .signed_row(FormField::new("承诺", self.pledged()), "本人");
        for block in &self.blocks {
            form = form.sealed_row(FormField::new(block.label(), block.says()), "负责人");
        }
        let mut paper = Paper::new(format!("{}{whom}推荐审查表", round.union.name))
            .caption(&format!("编号{}，{}", case.number, round.title))
            .form(form);
        for one in &self.returned {
            let (at, verdict) = (filters::minute_of(one.at), one.verdict_label());
            paper = paper.note(format!("退回记录：{at}{}在“{}”环节{verdict}：{}", one.office, one.act, one.says));
        }
        let chain = &round.chain;
        // One line: with the clause's own words it would stand on a page without the form.
        paper.note(format!("程序依据：{} {}。", chain.document, chain.section))
    }
}

pub(super) async fn form_word(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<CaseId>,
) -> Result<Response, Failure> {
    let form = review_form(&app, &acting, id).await?;
    crate::papers::download(&app, form.paper()).await
}

#[derive(Template, WebTemplate)]
#[template(path = "vetting/record.html")]
pub(super) struct RecordPage {
    chrome: Chrome,
    institution: String,
    round: Round,
    cases: Vec<(Case, Vec<Opinion>)>,
    order: StrokeOrder,
    sessions: Vec<Session>,
    stages: Vec<(&'static str, usize)>,
    composition: Composition,
    objections: usize,
    grades: bool,
    at: OffsetDateTime,
    by: String,
}

pub(super) async fn record(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<RoundId>,
) -> Result<RecordPage, Failure> {
    let mut db = app.read().await?;
    let office = ChainOffice::of(&mut db, &acting).await?;
    let round = visible_round(&mut db, &office, id).await?;
    if !office.manages(&round) {
        return Err(Failure::Missing);
    }
    let filter = CaseFilter::of_round(id);
    let (cases, _) = store::cases(&mut db, acting.institution(), Some(&office), &filter).await?;
    let ids: Vec<Uuid> = cases.iter().map(|case| case.id.0).collect();
    let mut opinions: HashMap<CaseId, Vec<Opinion>> = HashMap::new();
    for opinion in store::opinions_of(&mut db, &ids).await? {
        opinions.entry(opinion.case).or_default().push(opinion);
    }
    let mut stages: Vec<(&'static str, usize)> = Vec::new();
    for case in &cases {
        match stages.iter_mut().find(|(label, _)| *label == case.stage.label()) {
            Some((_, count)) => *count += 1,
            None => stages.push((case.stage.label(), 1)),
        }
    }
    Ok(RecordPage {
        chrome: frame(&app, acting.person(), &round, "遴选记录"),
        institution: acting.person().institution_name.clone(),
        composition: composition(&cases.iter().collect::<Vec<_>>()),
        sessions: store::sessions(&mut db, id).await?,
        order: stroke_order(&mut db, acting.institution()).await?,
        objections: store::objections(&mut db, id).await?.len(),
        cases: cases
            .into_iter()
            .map(|case| {
                let given = opinions.remove(&case.id).unwrap_or_default();
                (case, given)
            })
            .collect(),
        stages,
        grades: sees_grades(acting.office().kind),
        at: app.clock.now(),
        by: format!("{} {}", acting.office().label(), acting.person().name),
        round,
    })
}
