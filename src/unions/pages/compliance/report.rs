//! 学生会组织对照检查情况报告: what the overview found, as a paper that is signed and sent.

use askama::Template;
use askama_web::WebTemplate;
use axum::{extract::State, response::Response};
use axum_extra::extract::Query;
use time::Date;

use super::{Breach, ComplianceFilter, CompliancePage, Extent, Overviews, OwnBreach, judged};
use crate::{
    auth::acting::Acting,
    failure::Failure,
    page::chrome::Chrome,
    papers::{self, Column, Paper, Table, closed_up},
    rules::Outcome,
    text::chinese_day,
    unions::{
        ComplianceReader,
        mending::Mending,
        paths::{COMPLIANCE, compliance_paper},
    },
    web::forms::as_query,
};

/// What is asked where no rule says what would make room.
const UNKNOWN_REMEDY: &str = "请查明原因，逐项改正";

#[derive(Template, WebTemplate)]
#[template(path = "unions/compliance_report.html")]
pub(super) struct ComplianceReportPage {
    chrome: Chrome,
    paper: Paper,
    /// The same in Word.
    word: String,
}

pub(super) async fn page(
    State(overviews): State<Overviews>,
    acting: Acting<ComplianceReader>,
    Query(filter): Query<ComplianceFilter>,
) -> Result<ComplianceReportPage, Failure> {
    let word = compliance_paper(&as_query(&filter)?);
    let paper = paper_of(&judged(&overviews, &acting, filter, Extent::File).await?, overviews.clock.today());
    let chrome = overviews.chrome(acting.person(), "检查情况报告").under(COMPLIANCE, "对照检查总览");
    Ok(ComplianceReportPage { chrome, paper, word })
}

pub(super) async fn word(
    State(overviews): State<Overviews>,
    acting: Acting<ComplianceReader>,
    Query(filter): Query<ComplianceFilter>,
) -> Result<Response, Failure> {
    let page = judged(&overviews, &acting, filter, Extent::File).await?;
    papers::download(&overviews, paper_of(&page, overviews.clock.today())).await
}

fn paper_of(page: &CompliancePage, today: Date) -> Paper {
    let of = |verdict: Outcome| page.breaches.iter().filter(move |breach| breach.verdict == verdict);
    let day = chinese_day(page.ahead.unwrap_or(today));
    let by = if page.plan.is_empty() { String::new() } else { format!("依据{}，", page.plan) };
    let mut paper = Paper::new(format!("{}\n学生会组织对照检查情况报告", page.institution))
        .landscape()
        .caption(&format!("截至{day}"))
        .paragraph(format!("{by}对{}个学生会组织逐条对照检查，现将情况报告如下。", page.checked))
        .heading("检查结论");
    paper = if page.is_clean() {
        paper.paragraph("没有不符合刚性要求的组织。")
    } else if page.failing.is_empty() {
        paper.paragraph("有组织不符合本校规定的刚性要求，见“本校规定”部分；没有其他不符合项。")
    } else {
        let said = page.failing.iter().map(|(name, count)| format!("{name}{count}项"));
        let said: Vec<String> = said.collect();
        paper.paragraph(format!("{}个组织有不符合项：{}。", page.failing.len(), said.join("、")))
    };
    for (heading, verdict) in [("不符合的项目", Outcome::Fail), ("需要提醒的项目", Outcome::Warn)] {
        paper = paper.heading(heading);
        paper =
            if of(verdict).next().is_none() { paper.paragraph("没有。") } else { paper.table(table(of(verdict))) };
    }
    if !page.own.is_empty() {
        let one = |own: &OwnBreach| {
            let says = closed_up(&own.message);
            format!("{}“{}”（{}）：{says}。", own.name, own.rule, own.verdict.label())
        };
        paper = paper.heading("本校规定").items(page.own.iter().map(one));
    }
    with_demands(paper, page)
        .signature_line("核对人")
        .signature_line("审核人")
        .signed(format!("{}（盖章）", page.institution), Some(today))
}

/// What the day asks that was set; nothing where none was.
fn asked(mending: Option<&Mending>) -> String {
    mending.map(|mending| format!("{}。", mending.says)).unwrap_or_default()
}

/// What is to be mended, by whom and until when.
fn with_demands(paper: Paper, page: &CompliancePage) -> Paper {
    let of_listed = |breach: &Breach| {
        let remedy = closed_up(if breach.remedy.is_empty() { UNKNOWN_REMEDY } else { &breach.remedy });
        let asked = asked(breach.mending.as_ref());
        format!("{}“{}”：{remedy}（{}）。{asked}", breach.name, breach.rule.name(), breach.who_and_when())
    };
    let of_own = |own: &OwnBreach| {
        let when = own.mending.as_ref().map(|mending| format!("，{}", mending.by_when())).unwrap_or_default();
        let asked = asked(own.mending.as_ref());
        format!("{}“{}”：{UNKNOWN_REMEDY}（{}办理{when}）。{asked}", own.name, own.rule, own.keeper)
    };
    let listed: Vec<&Breach> = page.breaches.iter().filter(|breach| breach.verdict == Outcome::Fail).collect();
    let own: Vec<&OwnBreach> = page.own.iter().filter(|own| own.verdict == Outcome::Fail).collect();
    let all = listed.len() + own.len();
    if all == 0 {
        return paper;
    }
    let dated = listed.iter().filter(|breach| breach.mending.is_some()).count()
        + own.iter().filter(|own| own.mending.is_some()).count();
    let demands = listed.into_iter().map(of_listed).chain(own.into_iter().map(of_own));
    let paper = paper.heading("整改要求").items(demands);
    paper.paragraph(match (dated, all - dated) {
        (_, 0) => "以上各项请在写明的期限内整改，并报告结果。",
        (0, _) => "以上各项请于　　　　年　　月　　日以前整改，并报告结果。",
        _ => "以上写明期限的各项请在期限内整改，其他各项请于　　　　年　　月　　日以前整改，并报告结果。",
    })
}

fn table<'a>(breaches: impl Iterator<Item = &'a Breach>) -> Table {
    let columns = vec![
        Column::centred("序号", 5),
        Column::text("组织", 11),
        Column::text("条目", 11),
        Column::text("情况", 22),
        Column::text("涉及的人", 26),
        Column::text("依据", 17),
        Column::centred("自何日起", 14),
    ];
    let row = |(place, breach): (usize, &Breach)| {
        let people = breach.people.iter().map(|person| match person.about.as_str() {
            "" => person.name.clone(),
            about => format!("{}（{}）", person.name, closed_up(about)),
        });
        let more = (breach.others > 0).then(|| format!("另{}人", breach.others));
        vec![
            place.to_string(),
            breach.name.clone(),
            breach.rule.name().to_owned(),
            closed_up(&breach.says),
            people.chain(more).collect::<Vec<_>>().join("、"),
            if breach.clause.is_empty() { "实践惯例".to_owned() } else { breach.clause.clone() },
            breach.since.map(|day| day.to_string()).unwrap_or_default(),
        ]
    };
    Table::new(columns, (1..).zip(breaches).map(row).collect())
}
