//! Papers: 选票, 计票单, 监票报告, the result's notice for voters, the list of who has voted, and all of it in one file with
//! hashes. A paper carries the day of the act and not that of its printing.

use std::{fmt::Write as _, io::Write as _};

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use sqlx::PgConnection;
use time::Date;

use super::{
    frame, issue_form::IssuePanel, managed, refusal, refuse_candidates, report_paper::Papers, result, result_notice,
    visible,
};
use crate::{
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    elections::Elections,
    elections::{
        ElectionReader, Verb,
        names::NameMatch,
        paths,
        public_paper::{Issue, PublicPaper},
        record,
        sitting::{Contest, Sitting, Stage},
        store::{self, ListedVoter},
    },
    failure::{Failure, Refusal},
    ids::SittingId,
    office::ElectionKeeper,
    page::{chrome::Chrome, filters},
    papers::Paper,
    sheet::drop_down_template,
    web::workbook,
};

/// Printed ballots, one a page.
#[derive(Template, WebTemplate)]
#[template(path = "elections/paper_ballots.html")]
pub(super) struct BallotsPage {
    chrome: Chrome,
    institution: String,
    sitting: Sitting,
    contests: Vec<Contest>,
}

impl BallotsPage {
    /// What stands across every ballot that must not be used; empty for one that may.
    fn mark(&self) -> &'static str {
        match self.sitting.stage() {
            Stage::Draft => "草稿　不得使用",
            Stage::Voided => "已作废　不得使用",
            Stage::Announced | Stage::Rehearsed | Stage::Open | Stage::Closed | Stage::Counted | Stage::Reported => "",
        }
    }
}

pub(super) async fn ballots(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<BallotsPage, Failure> {
    let mut db = app.read().await?;
    let sitting = managed(&mut db, &acting, id).await?;
    let contests = store::contests(&mut db, &sitting, Some(app.clock.today())).await?;
    let institution = acting.person().institution_name.clone();
    Ok(BallotsPage { chrome: frame(&app, acting.person(), &sitting, "纸质选票"), institution, sitting, contests })
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/tally.html")]
pub(super) struct TallyPage {
    chrome: Chrome,
    papers: Papers,
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/notice.html")]
pub(super) struct NoticePage {
    pub(super) chrome: Chrome,
    /// Where its reader came from; empty where the page stands alone.
    pub(super) back: String,
    /// Where the Word file is, for the offices; empty for others.
    pub(super) word: String,
    pub(super) paper: Paper,
    /// For the office in charge.
    pub(super) issue: Option<IssuePanel>,
    pub(super) done: &'static str,
}

impl NoticePage {
    /// The paper to read; what more there is to it is for whoever knows.
    pub(super) fn bare(chrome: Chrome, paper: Paper) -> Self {
        Self { chrome, back: String::new(), word: String::new(), paper, issue: None, done: "" }
    }
}

/// 选举结果公告, which is only asked for when there are results.
pub(super) fn result_paper(papers: &Papers, issue: &Issue) -> Result<Paper, Failure> {
    let results = papers.results.as_ref().ok_or(Failure::Missing)?;
    let signed = issue.signs_as(papers.signed());
    Ok(result_notice::paper(signed, &papers.sitting, results).number(issue.number.clone()))
}

/// What the papers of a sitting say; `today` is by which its voters are counted as long as it is not open.
pub(super) async fn papers(
    db: &mut PgConnection,
    institution: &str,
    sitting: Sitting,
    today: Date,
) -> Result<Papers, Failure> {
    let contests = store::contests(db, &sitting, Some(today)).await?;
    let (record, ballots_hash) = store::record(db, sitting.id).await?;
    let mut entries = store::paper_entries(db, sitting.id).await?;
    let names = settled_in_words(&contests, &store::name_matches(db, sitting.id).await?);
    Ok(Papers {
        institution: institution.to_owned(),
        monitors: store::monitors(db, sitting.id).await?,
        results: result::results(db, &sitting, &contests).await?,
        course: store::incidents(db, sitting.id).await?,
        early: store::early_closing(db, sitting.id).await?,
        admissions: store::admissions(db, sitting.id).await?,
        entries: contests
            .iter()
            .filter_map(|contest| entries.remove(&contest.id).map(|own| (contest.title.clone(), own)))
            .collect(),
        names,
        record_hash: record.map(|text| hex::encode(record::hash(text.as_bytes()))).unwrap_or_default(),
        ballots_hash: ballots_hash.map(hex::encode).unwrap_or_default(),
        sitting,
    })
}

/// How two monitors settled the names written in, without the words that were written.
fn settled_in_words(contests: &[Contest], matches: &[NameMatch]) -> Vec<String> {
    let mut sentences = Vec::new();
    for contest in contests {
        let mut groups: Vec<(&NameMatch, usize)> = Vec::new();
        for one in matches.iter().filter(|one| one.contest == contest.id && one.agreed_name.is_some()) {
            let same = |known: &NameMatch| {
                (&known.person, &known.why, &known.asked_name, &known.agreed_name)
                    == (&one.person, &one.why, &one.asked_name, &one.agreed_name)
            };
            match groups.iter_mut().find(|(known, _)| same(known)) {
                Some((_, spellings)) => *spellings += 1,
                None => groups.push((one, 1)),
            }
        }
        for (one, spellings) in groups {
            let whom = match &one.person {
                Some(person) => format!("{}（{}）", person.name, person.class),
                None => "查不清是谁，计入其他".to_owned(),
            };
            let agreed = one.agreed_name.as_deref().unwrap_or_default();
            sentences.push(format!(
                "{}的另选他人：{spellings}种写法核对为{whom}，理由：{}（{}提出，{agreed}确认）。",
                contest.title, one.why, one.asked_name
            ));
        }
    }
    sentences
}

async fn of(
    app: &Elections,
    acting: &Acting<ElectionReader>,
    id: SittingId,
    title: &str,
    wanted: Stage,
) -> Result<(Chrome, Papers), Failure> {
    let mut db = app.read().await?;
    let sitting = visible(&mut db, acting, id).await?;
    let chrome = frame(app, acting.person(), &sitting, title);
    if sitting.stage() < wanted || sitting.stage() == Stage::Voided {
        let why = format!("本场次{}，还没有{title}", sitting.stage().label());
        return Err(
            Refusal { chrome, wanted: title.to_owned(), back: id.path() }.for_reason(why, "计票、报告完成之后再看")
        );
    }
    if sitting.stage() < Stage::Reported {
        refuse_candidates(app, &mut db, acting.person(), &sitting, "查看没有公布的结果").await?;
    }
    let papers = papers(&mut db, &acting.person().institution_name, sitting, app.clock.today()).await?;
    Ok((chrome, papers))
}

pub(super) async fn tally(
    State(app): State<Elections>,
    acting: Acting<ElectionReader>,
    Path(id): Path<SittingId>,
) -> Result<TallyPage, Failure> {
    let (chrome, papers) = of(&app, &acting, id, "计票单", Stage::Counted).await?;
    Ok(TallyPage { chrome, papers })
}

pub(super) async fn report(
    State(app): State<Elections>,
    acting: Acting<ElectionReader>,
    Path(id): Path<SittingId>,
) -> Result<NoticePage, Failure> {
    let (chrome, papers) = of(&app, &acting, id, "监票报告", Stage::Reported).await?;
    let (back, word) = (id.path(), id.paper_word_path("report"));
    Ok(NoticePage { back, word, ..NoticePage::bare(chrome, papers.report()) })
}

pub(super) async fn report_word(
    State(app): State<Elections>,
    acting: Acting<ElectionReader>,
    Path(id): Path<SittingId>,
) -> Result<Response, Failure> {
    let (_, papers) = of(&app, &acting, id, "监票报告", Stage::Reported).await?;
    crate::papers::download(&app, papers.report()).await
}

/// The result's notice for whoever is of the university: after the report it is public.
pub(super) async fn notice_for_voters(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
) -> Result<NoticePage, Failure> {
    let mut db = app.read().await?;
    let sitting = store::sitting(&mut db, person.institution, id).await?.ok_or(Failure::Missing)?;
    if sitting.stage() != Stage::Reported {
        return Err(Failure::Missing);
    }
    let chrome =
        app.chrome(&person, "选举结果公告").under(paths::VOTES, "我的投票").under(&id.vote_path(), &sitting.title);
    let issue = store::issue(&mut db, id, PublicPaper::ResultNotice).await?;
    let papers = papers(&mut db, &person.institution_name, sitting, app.clock.today()).await?;
    let paper = result_paper(&papers, &issue)?;
    Ok(NoticePage { back: id.vote_path(), ..NoticePage::bare(chrome, paper) })
}

pub(super) async fn voters(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let mut db = app.read().await?;
    let sitting = managed(&mut db, &acting, id).await?;
    refuse_candidates(&app, &mut db, acting.person(), &sitting, "下载参加投票情况表").await?;
    if sitting.closed_at().is_none() || sitting.stage() == Stage::Voided {
        let refused = refusal(&app, acting.person(), &sitting, "参加投票情况表");
        return Err(refused.for_reason("投票截止以前，谁投了票不给任何人看", "投票截止以后再下载"));
    }
    let rows = store::voters_list(&mut db, id).await?;
    drop(db);
    app.write_as(acting.person().authority(), async |db| {
        let entry = Entry::new(Verb::VoterKept, sitting.title.clone()).detail("办理", "下载参加投票情况表");
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    let bytes = app
        .heavy(move || {
            let columns: Vec<(&str, &[&str])> = ["学号", "姓名", "班级", "参加投票"].map(|one| (one, &[][..])).to_vec();
            let row = |one: ListedVoter| {
                vec![one.number, one.name, one.class, if one.voted { "是" } else { "否" }.to_owned()]
            };
            drop_down_template("参加投票情况", &columns, &rows.into_iter().map(row).collect::<Vec<_>>())
        })
        .await?
        .map_err(anyhow::Error::new)?;
    Ok(workbook("参加投票情况表.xlsx", bytes))
}

/// Everything of a sitting in one file, with the SHA-256 of each part in a list.
pub(super) async fn archive(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let sitting = managed(&mut db, &acting, id).await?;
    if sitting.stage() != Stage::Reported {
        let refused = refusal(&app, acting.person(), &sitting, "下载存档");
        return Err(refused.for_reason(format!("本场次{}", sitting.stage().label()), "生成监票报告之后再下载"));
    }
    let (record, _) = store::record(&mut db, id).await?;
    let contests = store::contests(&mut db, &sitting, Some(app.clock.today())).await?;
    let institution = acting.person().institution_name.clone();
    let title = sitting.title.clone();
    let bare = |name: &str| Chrome::bare(&format!("{title} {name}"));
    let issue = store::issue(&mut db, id, PublicPaper::ResultNotice).await?;
    let papers = papers(&mut db, &institution, sitting.clone(), app.clock.today()).await?;
    let report = NoticePage::bare(bare("监票报告"), papers.report());
    let notice = NoticePage::bare(bare("结果公告"), result_paper(&papers, &issue)?);
    let tally = TallyPage { chrome: bare("计票单"), papers };
    let ballot = BallotsPage { chrome: bare("选票"), institution, sitting, contests };
    drop(db);
    let html = |page: Result<String, askama::Error>| page.map(String::into_bytes).map_err(anyhow::Error::new);
    let mut files: Vec<(&str, Vec<u8>)> = vec![
        ("record.json", record.unwrap_or_default().into_bytes()),
        ("监票报告.html", html(report.render())?),
        ("计票单.html", html(tally.render())?),
        ("结果公告.html", html(notice.render())?),
        ("监票报告.docx", report.paper.to_word()?),
        ("结果公告.docx", notice.paper.to_word()?),
        ("选票样张.html", html(ballot.render())?),
    ];
    let style = crate::page::assets::style_text().as_bytes().to_vec();
    files.push(("style.css", style));
    for (_, bytes) in &mut files {
        // The papers open without the portal: their style lies beside them.
        if bytes.starts_with(b"<!doctype html>") {
            let text = String::from_utf8_lossy(bytes).replace(crate::page::assets::style(), "style.css");
            *bytes = text.into_bytes();
        }
    }
    let bytes = app.heavy(move || pack(files)).await??;
    let headers = [
        (header::CONTENT_TYPE, "application/zip"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"archive.zip\""),
    ];
    Ok((headers, bytes).into_response())
}

fn pack(files: Vec<(&str, Vec<u8>)>) -> anyhow::Result<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let mut list = String::new();
    for (name, bytes) in files {
        writeln!(list, "{}  {name}", hex::encode(record::hash(&bytes)))?;
        zip.start_file(name, options)?;
        zip.write_all(&bytes)?;
    }
    zip.start_file("SHA256SUMS", options)?;
    zip.write_all(list.as_bytes())?;
    Ok(zip.finish()?.into_inner())
}
