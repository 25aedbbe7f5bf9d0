//! The papers of a sitting that are issued to the public: 选举公告, 候选人公告, 提前截止公告, 选举结果公告. The office in charge gives
//! each its number (发文字号) and says how the seal reads (落款).

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;
use time::Date;

use super::{
    acts::Act,
    frame,
    issue_form::{IssueForm, IssuePanel},
    manages,
    papers::{NoticePage, papers, result_paper},
    public_papers, refusal,
    report_paper::signed,
    visible,
};
use crate::{
    audit,
    auth::acting::Acting,
    elections::{
        ElectionReader, Elections,
        done::{Done, said},
        paths,
        public_paper::{Issue, PublicPaper},
        sitting::{Sitting, Stage},
        store,
    },
    failure::Failure,
    ids::SittingId,
    office::ElectionKeeper,
    page::chrome::Chrome,
    papers::Paper,
    web::forms::{Done as After, Errors},
};

/// A paper as it is issued.
struct Issued {
    issue: Issue,
    paper: Paper,
}

/// The sitting has come so far that there is such a paper.
fn is_out(sitting: &Sitting, which: PublicPaper) -> bool {
    match (which, sitting.stage()) {
        (_, Stage::Draft | Stage::Voided) => false,
        (PublicPaper::Announcement | PublicPaper::Candidates, _) => true,
        (PublicPaper::EarlyClosing, _) => sitting.closed_early(),
        (PublicPaper::ResultNotice, stage) => stage == Stage::Reported,
    }
}

/// A paper of a sitting; none as long as there is none.
async fn issued(
    db: &mut PgConnection,
    institution: &str,
    sitting: &Sitting,
    which: PublicPaper,
    today: Date,
) -> Result<Option<Issued>, Failure> {
    if !is_out(sitting, which) {
        return Ok(None);
    }
    let issue = store::issue(db, sitting.id, which).await?;
    let by = issue.signs_as(signed(institution, sitting));
    let paper = match which {
        PublicPaper::EarlyClosing => public_papers::early_closing(by, sitting),
        PublicPaper::Announcement => {
            let contests = store::contests_as_announced(db, sitting).await?;
            let monitors = store::monitors(db, sitting.id).await?;
            public_papers::announcement(by, sitting, &contests, &monitors)
        }
        PublicPaper::Candidates => {
            let contests = store::contests(db, sitting, Some(today)).await?;
            public_papers::candidates(by, sitting, &contests)
        }
        PublicPaper::ResultNotice => result_paper(&papers(db, institution, sitting.clone(), today).await?, &issue)?,
    };
    let paper = paper.number(issue.number.clone());
    Ok(Some(Issued { issue, paper }))
}

/// Every paper that a sitting has issued so far, with the monitors' report.
pub async fn issued_papers(
    db: &mut PgConnection,
    institution: &str,
    sitting: &Sitting,
    today: Date,
) -> Result<Vec<Paper>, Failure> {
    let mut found = Vec::new();
    for which in PublicPaper::ALL {
        found.extend(issued(db, institution, sitting, *which, today).await?.map(|issued| issued.paper));
    }
    if sitting.stage() == Stage::Reported {
        found.push(papers(db, institution, sitting.clone(), today).await?.report());
    }
    Ok(found)
}

/// The paper, where the sitting has come so far, with the frame of its page.
async fn found(
    app: &Elections,
    acting: &Acting<ElectionReader>,
    id: SittingId,
    which: PublicPaper,
) -> Result<(Chrome, Sitting, Issued), Failure> {
    let mut db = app.read().await?;
    let sitting = visible(&mut db, acting, id).await?;
    let institution = &acting.person().institution_name;
    let Some(issued) = issued(&mut db, institution, &sitting, which, app.clock.today()).await? else {
        let (stage, what) = (sitting.stage().label(), which.label());
        let (why, remedy) = match which {
            PublicPaper::EarlyClosing => ("本场次没有提前截止".to_owned(), "投票提前截止以后再打印"),
            PublicPaper::Announcement | PublicPaper::Candidates => {
                (format!("本场次{stage}，没有公告"), "公告以后再打印")
            }
            PublicPaper::ResultNotice => (format!("本场次{stage}，还没有{what}"), "计票、报告完成之后再看"),
        };
        return Err(refusal(app, acting.person(), &sitting, what).for_reason(why, remedy));
    };
    let chrome = frame(app, acting.person(), &sitting, which.label());
    Ok((chrome, sitting, issued))
}

async fn page(
    app: &Elections,
    acting: &Acting<ElectionReader>,
    id: SittingId,
    which: PublicPaper,
    after: &After,
) -> Result<NoticePage, Failure> {
    let (chrome, sitting, Issued { issue, paper }) = found(app, acting, id, which).await?;
    let panel = || IssuePanel { action: id.issue_path(which.slug()), form: issue.into(), errors: Errors::default() };
    Ok(NoticePage {
        back: id.path(),
        word: id.paper_word_path(which.slug()),
        issue: manages(acting.person(), &sitting).then(panel),
        done: said(&after.done),
        ..NoticePage::bare(chrome, paper)
    })
}

async fn word(
    app: &Elections,
    acting: &Acting<ElectionReader>,
    id: SittingId,
    which: PublicPaper,
) -> Result<Response, Failure> {
    let (_, _, Issued { paper, .. }) = found(app, acting, id, which).await?;
    crate::papers::download(app, paper).await
}

pub(super) async fn keep(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    reader: Acting<ElectionReader>,
    Path((id, slug)): Path<(SittingId, String)>,
    Form(form): Form<IssueForm>,
) -> Result<Response, Failure> {
    let which: PublicPaper = slug.parse().map_err(|_| Failure::Missing)?;
    let act = Act::begin(&app, &acting, id, "填写发文字号和落款").await?;
    let mut errors = Errors::default();
    let Some(issue) = form.read(&mut errors) else {
        let page = page(&app, &reader, id, which, &After::default()).await?;
        let panel = IssuePanel { action: id.issue_path(which.slug()), form, errors };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, NoticePage { issue: Some(panel), ..page }).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        let sitting = store::lock(db, acting.institution(), id).await?;
        if !is_out(&sitting, which) {
            return Err(
                act.refuse(format!("本场次{}，没有{}", sitting.stage().label(), which.label()), "公文生成以后再填写")
            );
        }
        store::keep_issue(db, &sitting, which, &issue).await?;
        let entry = act
            .entry(act.wanted)
            .detail("公文", which.label())
            .detail("发文字号", issue.number.clone())
            .detail("落款", issue.issuer.clone());
        audit::append(db, acting.person(), entry, act.now).await
    })
    .await?;
    let back = paths::with_done(&id.paper_path(which.slug()), Done::Numbered);
    Ok(Redirect::to(&back).into_response())
}

pub(super) async fn notice(
    State(app): State<Elections>,
    acting: Acting<ElectionReader>,
    Path(id): Path<SittingId>,
    Query(after): Query<After>,
) -> Result<NoticePage, Failure> {
    page(&app, &acting, id, PublicPaper::ResultNotice, &after).await
}

pub(super) async fn notice_word(
    State(app): State<Elections>,
    acting: Acting<ElectionReader>,
    Path(id): Path<SittingId>,
) -> Result<Response, Failure> {
    word(&app, &acting, id, PublicPaper::ResultNotice).await
}

pub(super) async fn announcement(
    State(app): State<Elections>,
    acting: Acting<ElectionReader>,
    Path(id): Path<SittingId>,
    Query(after): Query<After>,
) -> Result<NoticePage, Failure> {
    page(&app, &acting, id, PublicPaper::Announcement, &after).await
}

pub(super) async fn announcement_word(
    State(app): State<Elections>,
    acting: Acting<ElectionReader>,
    Path(id): Path<SittingId>,
) -> Result<Response, Failure> {
    word(&app, &acting, id, PublicPaper::Announcement).await
}

pub(super) async fn candidates(
    State(app): State<Elections>,
    acting: Acting<ElectionReader>,
    Path(id): Path<SittingId>,
    Query(after): Query<After>,
) -> Result<NoticePage, Failure> {
    page(&app, &acting, id, PublicPaper::Candidates, &after).await
}

pub(super) async fn candidates_word(
    State(app): State<Elections>,
    acting: Acting<ElectionReader>,
    Path(id): Path<SittingId>,
) -> Result<Response, Failure> {
    word(&app, &acting, id, PublicPaper::Candidates).await
}

pub(super) async fn early_closing(
    State(app): State<Elections>,
    acting: Acting<ElectionReader>,
    Path(id): Path<SittingId>,
    Query(after): Query<After>,
) -> Result<NoticePage, Failure> {
    page(&app, &acting, id, PublicPaper::EarlyClosing, &after).await
}

pub(super) async fn early_closing_word(
    State(app): State<Elections>,
    acting: Acting<ElectionReader>,
    Path(id): Path<SittingId>,
) -> Result<Response, Failure> {
    word(&app, &acting, id, PublicPaper::EarlyClosing).await
}
