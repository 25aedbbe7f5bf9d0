//! Who checks in, and when check-in begins and ends.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;

use super::{Tab, acts::Act, again, below, counting_day, done_at, keeps, seen_meeting, tabs};
use crate::{
    audit,
    auth::{acting::Acting, person::SignedIn},
    congress::{
        CongressKeeper, CongressReader,
        congress::{Congress, Stage},
        meeting::{
            done::{Done, said},
            forms::OfficerForm,
            nouns::{Attendee, CheckIn, Headcount, Meeting, Officer},
            state::Meetings,
            store,
        },
    },
    failure::Failure,
    ids::{AccountId, CongressId},
    inbox::{Notice, To, tell},
    page::chrome::Chrome,
    people::find::{Among, PersonField, Search},
    rules::{Finding, meeting::quorum},
    text::{chinese_day, folded},
    web::forms::{Done as DoneQuery, Errors, Submitted, written},
};

/// A delegation with how many of it are there.
struct DelegationCount {
    name: String,
    due: usize,
    present: usize,
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/meeting/desks.html")]
pub(super) struct DesksPage {
    chrome: Chrome,
    tabs: Vec<Tab>,
    congress: Congress,
    meeting: Meeting,
    head: Headcount,
    quorum: Finding,
    delegations: Vec<DelegationCount>,
    officers: Vec<Officer>,
    keeps: bool,
    form: OfficerForm,
    person: PersonField,
    errors: Errors,
    done: &'static str,
}

impl DesksPage {
    fn may_change(&self) -> bool {
        self.keeps && self.congress.stage == Stage::Convened && self.meeting.signed_at.is_none()
    }

    fn desks_path(&self) -> String {
        self.congress.id.desks_path()
    }

    fn state_path(&self) -> String {
        format!("{}/state", self.congress.id.check_in_path())
    }

    fn check_in_path(&self) -> String {
        self.congress.id.check_in_path()
    }

    fn screen_path(&self) -> String {
        self.congress.id.screen_path()
    }

    fn cards_path(&self) -> String {
        self.congress.id.cards_path()
    }

    fn roll_path(&self) -> String {
        self.congress.id.roll_path()
    }
}

fn by_delegation(people: &[Attendee]) -> Vec<DelegationCount> {
    let mut rows: Vec<DelegationCount> = Vec::new();
    for one in people {
        let name = if one.delegation.is_empty() { &one.college } else { &one.delegation };
        let present = usize::from(one.is_present());
        match rows.iter_mut().find(|row| row.name == *name) {
            Some(row) => (row.due, row.present) = (row.due + 1, row.present + present),
            None => rows.push(DelegationCount { name: name.clone(), due: 1, present }),
        }
    }
    rows
}

async fn page(
    app: &Meetings,
    person: &SignedIn,
    congress: Congress,
    meeting: Meeting,
    submitted: Submitted<OfficerForm>,
    field: PersonField,
    done: &'static str,
) -> Result<DesksPage, Failure> {
    let (id, day) = (congress.id, counting_day(&meeting, app.clock.today()));
    let mut db = app.read().await?;
    let head = store::headcount(&mut db, id, day).await?;
    let Submitted { form, errors } = submitted;
    Ok(DesksPage {
        chrome: below(app, person, &congress, "签到"),
        tabs: tabs(id, &id.desks_path()),
        quorum: quorum(&meeting.rules, head.count),
        head,
        delegations: by_delegation(&store::attendees(&mut db, id, day).await?),
        officers: store::officers(&mut db, id).await?,
        keeps: keeps(person, &congress),
        congress,
        meeting,
        form,
        person: field,
        errors,
        done,
    })
}

pub(super) async fn show(
    State(app): State<Meetings>,
    acting: Acting<CongressReader>,
    Path(id): Path<CongressId>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<DesksPage, Failure> {
    let (congress, meeting) = seen_meeting(&mut *app.read().await?, &acting, id).await?;
    let field = PersonField::default();
    page(&app, acting.person(), congress, meeting, Submitted::default(), field, said(&done)).await
}

pub(super) async fn name_officer(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(mut form): Form<OfficerForm>,
) -> Result<Response, Failure> {
    let act = Act::begin(&app, &acting, id, "确定签到员").await?.back_to(id.desks_path());
    let (mut errors, search) = (Errors::default(), Search::of(&acting, Among::Accounts, app.clock.today()));
    let mut db = app.read().await?;
    let meeting = store::find(&mut db, id).await?.ok_or(Failure::Missing)?;
    let field = PersonField::read(&mut db, &search, &mut form.number, &form.pick, "number", &mut errors).await?;
    let number = folded(&form.number);
    let found =
        if errors.is_empty() { store::account_numbered(&mut db, acting.institution(), &number).await? } else { None };
    drop(db);
    if found.is_none() {
        errors.add("number", "没有这个账号；签到员要能登录：请填写学号、工号或姓名");
    }
    let desk = written(&form.desk, 20, "desk", "请填写签到台的名称，如“1 号台”", &mut errors);
    let (Some((account, _)), Some(desk), true) = (found, desk, errors.is_empty()) else {
        let submitted = Submitted::new(form, errors);
        return Ok(again(page(&app, acting.person(), act.congress, meeting, submitted, field, "").await?));
    };
    app.write_as(acting.person().authority(), async |db| {
        let meeting = act.meeting(db).await?;
        store::name_officer(db, &meeting, account, &desk, acting.person(), act.now).await?;
        let notice = Notice::new(format!("你是{}的签到员（{desk}）", act.congress.short_title()), id.check_in_path())
            .says("签到开始以后，用手机扫代表的出席证，或者输入学号、代表证号、姓名签到。");
        tell(db, acting.institution(), To::Account(account), &notice, act.now).await?;
        let entry = act.entry().detail("签到员", audit::Mark::from(account).to_string()).detail("签到台", desk.clone());
        audit::append(db, acting.person(), entry, act.now).await
    })
    .await?;
    Ok(done_at(&id.desks_path(), Done::OfficerNamed).into_response())
}

pub(super) async fn dismiss(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path((id, account)): Path<(CongressId, AccountId)>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "取消签到员").await?.back_to(id.desks_path());
    app.write_as(acting.person().authority(), async |db| {
        let meeting = act.meeting(db).await?;
        if !store::dismiss_officer(db, &meeting, account, act.now).await? {
            return Err(Failure::Missing);
        }
        let entry = act.entry().detail("签到员", audit::Mark::from(account).to_string());
        audit::append(db, acting.person(), entry, act.now).await
    })
    .await?;
    Ok(done_at(&id.desks_path(), Done::OfficerDismissed))
}

/// To what check-in is to be moved.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct StateForm {
    to: String,
}

pub(super) async fn move_check_in(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<StateForm>,
) -> Result<Redirect, Failure> {
    let to = form.to.parse::<CheckIn>().map_err(|_| Failure::Malformed)?;
    let wanted = if to == CheckIn::Open { "开始签到" } else { "结束签到" };
    let act = Act::begin(&app, &acting, id, wanted).await?.back_to(id.desks_path());
    let was = app
        .write_as(acting.person().authority(), async |db| {
            let meeting = act.convened(db).await?;
            let day = act.congress.meets_on.unwrap_or_else(|| meeting.starts_at.date());
            if act.now.date() < day {
                let why = format!("大会定于{}召开，还没有到这一天", chinese_day(day));
                return Err(act.refuse(why, "日期改了的，先在学代会日程里登记改期"));
            }
            let head = store::headcount(db, id, act.now.date()).await?;
            if head.count.due == 0 {
                return Err(act.refuse("还没有正式代表，应到 0 人", "请先登记当选的代表"));
            }
            if !store::move_check_in(db, &meeting, to, act.now).await? {
                return Err(act.refuse(format!("现在{}", meeting.check_in.label()), "刷新页面看现在的情况"));
            }
            // Who was checked in stands in the attendance alone: an entry for each would make the desks wait for each other.
            let entry = act
                .entry()
                .detail("应到", head.count.due)
                .detail("实到", head.count.present)
                .detail("退场", head.left)
                .detail("列席", head.guests);
            audit::append(db, acting.person(), entry, act.now).await?;
            Ok(meeting.check_in)
        })
        .await?;
    let done = match (was, to) {
        (CheckIn::Closed, _) => Done::CheckInReopened,
        (_, CheckIn::Open) => Done::CheckInOpened,
        (_, CheckIn::NotYet | CheckIn::Closed) => Done::CheckInClosed,
    };
    Ok(done_at(&id.desks_path(), done))
}
