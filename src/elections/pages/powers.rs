//! 管理员能做什么、不能做什么: for one sitting, from the permissions that the program itself goes by.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Path, State};

use crate::{
    auth::person::SignedIn,
    elections::Elections,
    elections::{
        ElectionReader, TurnoutReader, paths,
        sitting::{Monitor, Sitting, Stage},
        store::{self, Incidents},
    },
    failure::Failure,
    ids::SittingId,
    office::{Administrator, ElectionKeeper, Office, OfficeKind, SlipPrinter},
    page::chrome::Chrome,
};

/// What somebody may do, and what stands against misuse.
pub(super) struct Power {
    pub act: &'static str,
    pub who: String,
    pub now: bool,
    pub guard: &'static str,
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/powers.html")]
pub(super) struct PowersPage {
    chrome: Chrome,
    sitting: Sitting,
    monitors: Vec<Monitor>,
    can: Vec<Power>,
    course: Incidents,
}

fn offices(kinds: &[OfficeKind], sitting: &Sitting) -> String {
    let of_school = sitting.college.is_none();
    let here = |kind: &&OfficeKind| !of_school || kind.place() == crate::office::Place::School;
    kinds.iter().filter(here).map(|kind| kind.label()).collect::<Vec<_>>().join("、")
}

fn powers(sitting: &Sitting) -> Vec<Power> {
    let stage = sitting.stage();
    let keepers = || format!("{}（候选人除外）", offices(ElectionKeeper::KINDS, sitting));
    let one = |act, who, now, guard| Power { act, who, now, guard };
    vec![
        one(
            "登记、修改选举项目、候选人、选举规则、监票人",
            keepers(),
            stage == Stage::Draft,
            "公告以后不能修改，收回公告才能改，都有记录；投票开启以后谁也不能改，数据库也拒绝",
        ),
        one(
            "冻结选民名册、开启投票",
            keepers(),
            stage == Stage::Rehearsed,
            "监票人演练成功之后才能开启；名册和候选人的核验码记入操作记录",
        ),
        one(
            "登记候选人退选",
            keepers(),
            (Stage::Announced..=Stage::Closed).contains(&stage),
            "选票不变，得票照计；有记录",
        ),
        one(
            "发出纸质选票、登记票码",
            keepers(),
            stage == Stage::Open,
            "发出纸质选票即关闭该选民的网上投票，已投票的不能再领；逐人有记录",
        ),
        one("提前截止投票", keepers(), stage == Stage::Open, "有记录；此后谁也不能再投"),
        one(
            "看投票进度（人数，不含姓名）",
            offices(TurnoutReader::KINDS, sitting),
            stage >= Stage::Open,
            "院系、班级只看到自己的人数，不足 20 人的投票期间不显示；看不到谁投了、投给谁",
        ),
        one("看场次和结果", offices(ElectionReader::KINDS, sitting), true, "计票以前没有任何得票可看"),
        one("看谁投了票（不含投给谁）", keepers(), stage >= Stage::Closed && stage != Stage::Voided, "截止以后才能看"),
        one(
            "提交口令、开票",
            format!("监票人，{} 人同时", sitting.threshold),
            stage == Stage::Closed,
            "口令只有监票人本人知道，系统不保存；开票之后即失效",
        ),
        one(
            "补登漏登的选民",
            "监票人，一人提出、另一人同意".to_owned(),
            stage == Stage::Open,
            "逐人有记录，并写进监票报告",
        ),
        one(
            "作废本场次",
            "办理单位提出，另一人或监票人同意".to_owned(),
            !matches!(stage, Stage::Draft | Stage::Reported | Stage::Voided),
            "须写明理由；选票未经拆看即销毁",
        ),
        one(
            "重置选民的密码",
            offices(Administrator::KINDS, sitting),
            true,
            "投票期间重置的，选民在选票页上看得到，次数写进监票报告；候选人不能重置选民的密码",
        ),
        one(
            "打印激活条（还没有账号的选民凭它第一次登录）",
            offices(SlipPrinter::KINDS, sitting),
            true,
            "拿到激活条的人能代替还没有激活的选民投票。投票期间，办理本场次的职务和候选人不能打印名册上班级的激活条；\
             每次打印有记录，监票人随即收到通知；各班首次激活的人数监票人随时看得到，总数写进监票报告",
        ),
    ]
}

pub(super) async fn show(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
) -> Result<PowersPage, Failure> {
    let mut db = app.read().await?;
    let sitting = store::sitting(&mut db, person.institution, id).await?.ok_or(Failure::Missing)?;
    let monitors = store::monitors(&mut db, id).await?;
    let is_monitor = monitors.iter().any(|one| one.account == person.account);
    if sitting.stage() == Stage::Draft && !super::manages(&person, &sitting) && !is_monitor {
        return Err(Failure::Missing);
    }
    let title = "管理员能做什么、不能做什么";
    // Each is led back to the page of the sitting that is theirs.
    let chrome = if is_monitor {
        app.chrome(&person, title).under(paths::MONITORING, "监票").under(&id.monitoring_path(), &sitting.title)
    } else if super::oversees(&person, &sitting) {
        super::frame(&app, &person, &sitting, title)
    } else {
        app.chrome(&person, title).under(paths::VOTES, "我的投票").under(&id.vote_path(), &sitting.title)
    };
    Ok(PowersPage { chrome, monitors, can: powers(&sitting), course: store::incidents(&mut db, id).await?, sitting })
}
