//! The pages of elections: of those who keep them, of monitors, and of voters.

mod acts;
mod announcement;
mod closing;
mod contests;
mod entries;
mod monitor;
mod monitors;
mod on_site;
mod opening;
mod papers;
mod powers;
mod readiness;
mod receipt;
mod result;
mod runoff;
mod show;
mod sittings;
mod slip;
mod turnout;
mod voiding;
mod vote;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
pub use closing::close_overdue;
use sqlx::PgConnection;

use super::{
    sitting::{Sitting, Stage},
    store,
};
use crate::{
    auth::{acting::Acting, person::SignedIn},
    elections::Elections,
    failure::{Failure, Refusal},
    ids::SittingId,
    office::{ElectionKeeper, Office},
    page::chrome::Chrome,
    rules::{Finding, Outcome},
    web::routes::Routes,
};

#[must_use]
pub fn routes() -> Routes<Elections> {
    Routes::default()
        .get("/votes", vote::list)
        .get("/votes/{sitting}", vote::show)
        .post("/votes/{sitting}", vote::check)
        .post("/votes/{sitting}/edit", vote::edit)
        .post("/votes/{sitting}/cast", vote::cast)
        .post("/votes/{sitting}/receipt", receipt::receipt)
        .get("/votes/{sitting}/edit", vote::back)
        .get("/votes/{sitting}/cast", vote::back)
        .get("/receipts/{sitting}", receipt::ask_receipt)
        .post("/receipts/{sitting}", receipt::look_up)
        .get("/votes/{sitting}/record.json", receipt::record)
        .get("/votes/{sitting}/ballots.json", receipt::ballots)
        .get("/votes/{sitting}/powers", powers::show)
        .get("/slip", slip::slip)
        .post("/slip", slip::typed)
        .get("/slip/ballot", slip::slip_ballot)
        .post("/slip/ballot", slip::slip_check)
        .post("/slip/ballot/edit", slip::slip_edit)
        .post("/slip/ballot/cast", slip::slip_cast)
        .get("/slip/ballot/edit", slip::slip)
        .get("/slip/ballot/cast", slip::slip)
        .get("/sittings", sittings::list)
        .get("/sittings/new", sittings::ask)
        .post("/sittings/new", sittings::create)
        .get("/sittings/{sitting}", show::show)
        .get("/sittings/{sitting}/edit", sittings::edit)
        .post("/sittings/{sitting}/edit", sittings::change)
        .post("/sittings/{sitting}/remove", sittings::remove)
        .get("/sittings/{sitting}/contests/new", contests::ask)
        .post("/sittings/{sitting}/contests/new", contests::add)
        .get("/sittings/{sitting}/contests/{contest}", contests::show)
        .post("/sittings/{sitting}/contests/{contest}", contests::change)
        .post("/sittings/{sitting}/contests/{contest}/remove", contests::remove)
        .post("/sittings/{sitting}/contests/{contest}/candidates", contests::stand)
        .post("/sittings/{sitting}/contests/{contest}/listed", contests::take_listed)
        .post("/sittings/{sitting}/contests/{contest}/candidates/{candidate}/strike", contests::strike)
        .post("/sittings/{sitting}/contests/{contest}/candidates/{candidate}/withdraw", contests::withdraw)
        .post("/sittings/{sitting}/contests/{contest}/lot", runoff::lot)
        .post("/sittings/{sitting}/contests/{contest}/second", runoff::second_round)
        .post("/sittings/{sitting}/contests/{contest}/recount", entries::clear)
        .post("/sittings/{sitting}/monitors", monitors::name_monitor)
        .post("/sittings/{sitting}/monitors/{account}/dismiss", monitors::dismiss_monitor)
        .post("/sittings/{sitting}/announce", announcement::announce)
        .post("/sittings/{sitting}/back", announcement::take_back)
        .post("/sittings/{sitting}/rehearse", opening::rehearse)
        .post("/sittings/{sitting}/open", opening::open)
        .post("/sittings/{sitting}/close", closing::close)
        .post("/sittings/{sitting}/report", closing::report)
        .post("/sittings/{sitting}/publish", closing::publish)
        .post("/sittings/{sitting}/void", voiding::ask_void)
        .post("/sittings/{sitting}/void/drop", voiding::drop_void)
        .post("/sittings/{sitting}/void/agree", voiding::agree_void)
        .post("/sittings/{sitting}/again", voiding::hold_again)
        .get("/sittings/{sitting}/turnout", turnout::show)
        .get("/turnout", turnout::list)
        .get("/sittings/{sitting}/hall", on_site::show)
        .post("/sittings/{sitting}/paper", on_site::issue)
        .post("/sittings/{sitting}/slips", on_site::make_slips)
        .post("/sittings/{sitting}/slips/bind", on_site::bind)
        .post("/sittings/{sitting}/slips/void", on_site::void)
        .get("/sittings/{sitting}/ballots", papers::ballots)
        .get("/sittings/{sitting}/tally", papers::tally)
        .get("/sittings/{sitting}/report", papers::report)
        .get("/sittings/{sitting}/notice", papers::notice)
        .get("/sittings/{sitting}/voters.xlsx", papers::voters)
        .recorded_get("/sittings/{sitting}/archive.zip", papers::archive)
        .get("/monitoring", monitor::list)
        .get("/monitoring/{sitting}", monitor::show)
        .post("/monitoring/{sitting}/passphrase", monitor::passphrase)
        .post("/monitoring/{sitting}/unseal", monitor::unseal)
        .post("/monitoring/{sitting}/exclude", monitor::exclude)
        .post("/monitoring/{sitting}/admissions", monitor::ask_admission)
        .post("/monitoring/{sitting}/admissions/{admission}", monitor::admit)
        .post("/monitoring/{sitting}/void", monitor::agree_void)
        .get("/monitoring/{sitting}/ballots.json", monitor::ballots)
        .get("/entries/{sitting}/{contest}", entries::ask)
        .post("/entries/{sitting}/{contest}", entries::enter)
}

/// A sitting that an office keeps: the school's all, a college's its own.
async fn kept(db: &mut PgConnection, acting: &Acting<ElectionKeeper>, id: SittingId) -> Result<Sitting, Failure> {
    let sitting = store::sitting(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
    if keeps(acting.person(), &sitting) { Ok(sitting) } else { Err(Failure::Missing) }
}

/// The person acts in an office that keeps the sitting.
fn keeps(person: &SignedIn, sitting: &Sitting) -> bool {
    person.acting.as_ref().is_some_and(|office| {
        ElectionKeeper::KINDS.contains(&office.kind) && (office.college.is_none() || office.college == sitting.college)
    })
}

/// A refusal of the portal's own: no plan has a clause on it.
fn refuse(chrome: Chrome, back: String, wanted: &str, why: impl Into<String>, remedy: &str) -> Failure {
    let finding = Finding::house(Outcome::Fail, why.into()).remedy(remedy);
    Refusal { chrome, wanted: wanted.to_owned(), back }.because(vec![finding])
}

/// The frame of a page of a sitting.
fn frame(app: &Elections, person: &SignedIn, sitting: &Sitting, title: &str) -> Chrome {
    let path = format!("/sittings/{}", sitting.id);
    app.chrome(person, title).under("/sittings", "选举").under(&path, &sitting.title)
}

/// Refuses whoever stands in the sitting: candidates neither keep, monitor nor count it.
async fn not_standing(
    app: &Elections,
    db: &mut PgConnection,
    person: &SignedIn,
    (sitting, wanted): (&Sitting, &str),
) -> Result<(), Failure> {
    if !store::stands_in(db, sitting.id, person.account).await? {
        return Ok(());
    }
    let back = format!("/sittings/{}", sitting.id);
    let why = "你是本场次的候选人；候选人不得办理、监票、计票";
    Err(refuse(frame(app, person, sitting, "没有办理"), back, wanted, why, "请由本单位其他人员办理"))
}

/// A file of JSON to keep.
fn json_file(name: &str, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, text).into_response()
}

/// What a page says of the act that led to it.
fn said(word: &str) -> &'static str {
    match word {
        "created" => "已建立场次。下一步登记选举项目、候选人和监票人。",
        "changed" => "已修改。",
        "contest" => "已登记选举项目。下一步登记候选人。",
        "removed" => "已删除。",
        "stood" => "已登记候选人。",
        "struck" => "已从名单中删去。",
        "withdrawn" => "已登记退选。选票不变，得票照计，不能当选。",
        "monitor" => "已登记监票人，并已通知本人生成口令。",
        "dismissed" => "已更换监票人。",
        "announced" => "已公告。选民在“我的投票”里能看到；选举项目和候选人不能再改。",
        "back" => "已收回公告，可以修改；监票人需要重新演练。",
        "rehearsing" => "演练开始。请监票人各自输入口令，全部成功后即可开启投票。",
        "opened" => "投票已开启，选民名册已冻结。",
        "closed" => "投票已截止。请监票人输入口令开票。",
        "reported" => "监票报告已生成，结果已向选民公布。下一步由大会公告、批准、备案。",
        "published" => "全部选票已公布。",
        "void-asked" => "已提出作废，须由另一人同意才生效。",
        "void-dropped" => "已撤回作废的提议。",
        "voided" => "本场次已作废，选票未经拆看已销毁。",
        "again" => "已照作废的场次另建一场。请核对时间、项目、候选人和监票人，再公告。",
        "lot" => "已登记抽签结果。",
        "second" => "已建立第二轮，应选人数和候选人由上一轮得出。",
        "issued" => "已登记发出纸质选票，该选民的网上投票已关闭。",
        "bound" => "已登记领票。",
        "slip-voided" => "该票已作废，可以另领一张。",
        "entered" => "已保存录入。",
        "dropped" => "已清除录入，请重新清点、由两人分别录入。",
        "asked" => "已提出补入，须由另一名监票人同意。",
        "admitted" => "已补入选民名册，并记入监票报告。",
        "proved" => "口令正确。",
        "shared" => "口令正确，你的一份密钥已交出。",
        "counting" => "人数已够，正在计票。",
        _ => "",
    }
}

/// The steps of a sitting as its pages draw them.
struct StepView {
    label: &'static str,
    /// `done`, `now` or `todo`.
    state: &'static str,
}

fn steps(sitting: &Sitting) -> Vec<StepView> {
    let shown =
        [Stage::Draft, Stage::Announced, Stage::Rehearsed, Stage::Open, Stage::Closed, Stage::Counted, Stage::Reported];
    let state = |stage: Stage| match stage.cmp(&sitting.stage) {
        _ if sitting.stage == Stage::Voided => "todo",
        std::cmp::Ordering::Less => "done",
        std::cmp::Ordering::Equal if stage == Stage::Reported => "done",
        std::cmp::Ordering::Equal => "now",
        std::cmp::Ordering::Greater => "todo",
    };
    shown.into_iter().map(|stage| StepView { label: stage.label(), state: state(stage) }).collect()
}
