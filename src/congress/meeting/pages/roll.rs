//! The printed roll (签到册) goes on where the network does not: entered later by one person, confirmed by another.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};

use super::{acts::Act, again, below, counting_day, done_at};
use crate::{
    audit,
    auth::{acting::Acting, person::SignedIn},
    congress::{
        CongressKeeper,
        congress::{Congress, Stage},
        meeting::{
            done::{Done, said},
            forms::PeopleForm,
            nouns::{CheckIn, Meeting, RollEntry},
            state::Meetings,
            store,
        },
        pages::kept,
    },
    database::Locked,
    failure::Failure,
    ids::{CongressId, RollEntryId, StudentId},
    page::{chrome::Chrome, filters},
    people::find::{Among, PeopleField, Rest, Search},
    web::forms::{Done as DoneQuery, Errors, Submitted},
};

/// The most lines at once.
const LONGEST_COLUMN: usize = 500;

#[derive(Template, WebTemplate)]
#[template(path = "congress/meeting/roll.html")]
pub(super) struct RollPage {
    chrome: Chrome,
    congress: Congress,
    meeting: Meeting,
    entries: Vec<RollEntry>,
    person: SignedIn,
    form: PeopleForm,
    people: PeopleField,
    errors: Errors,
    done: &'static str,
}

impl RollPage {
    fn is_open(&self) -> bool {
        self.congress.stage == Stage::Convened
            && self.meeting.check_in != CheckIn::NotYet
            && self.meeting.signed_at.is_none()
    }

    fn path(&self) -> String {
        self.congress.id.roll_path()
    }

    fn entry_path(&self, entry: &RollEntry) -> String {
        self.congress.id.roll_entry_path(entry.id)
    }

    fn is_own(&self, entry: &RollEntry) -> bool {
        entry.entered_by == self.person.account
    }

    fn paper_path(&self) -> String {
        self.congress.id.meeting_paper_path("roll")
    }
}

async fn page(
    app: &Meetings,
    acting: &Acting<CongressKeeper>,
    id: CongressId,
    submitted: Submitted<PeopleForm>,
    people: PeopleField,
    done: &'static str,
) -> Result<RollPage, Failure> {
    let mut db = app.read().await?;
    let congress = kept(&mut db, acting, id).await?;
    let meeting = store::find(&mut db, id).await?.ok_or(Failure::Missing)?;
    let Submitted { form, errors } = submitted;
    Ok(RollPage {
        chrome: below(app, acting.person(), &congress, "纸质签到册"),
        entries: store::roll_entries(&mut db, id).await?,
        person: acting.person().clone(),
        congress,
        meeting,
        form,
        people,
        errors,
        done,
    })
}

pub(super) async fn show(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<RollPage, Failure> {
    page(&app, &acting, id, Submitted::default(), PeopleField::default(), said(&done)).await
}

/// Rolls are entered once check-in has begun and until the minutes are signed.
fn may_enter(act: &Act, meeting: &Locked<Meeting>) -> Result<(), Failure> {
    if meeting.check_in == CheckIn::NotYet || meeting.signed_at.is_some() {
        return Err(act.refuse("纸质签到册在开始签到以后、会议纪要签发以前录入", "请先开始签到"));
    }
    Ok(())
}

pub(super) async fn enter(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(mut form): Form<PeopleForm>,
) -> Result<Response, Failure> {
    let act = Act::begin(&app, &acting, id, "录入纸质签到册").await?.back_to(id.roll_path());
    let mut errors = Errors::default();
    let mut people = PeopleField::default();
    if form.numbers.lines().count() > LONGEST_COLUMN {
        errors.add("numbers", format!("一次最多 {LONGEST_COLUMN} 行"));
    } else {
        let search = Search::of(&acting, Among::Students, act.now.date());
        let (mut db, typed) = (app.read().await?, &mut form.numbers);
        people = PeopleField::read(&mut db, &search, typed, &form.pick, Rest::Class, "numbers", &mut errors).await?;
        let meeting = store::find(&mut db, id).await?.ok_or(Failure::Missing)?;
        let day = counting_day(&meeting, act.now.date());
        let named = store::people_named(&mut db, id, &people.numbers(), day).await?;
        let strangers: Vec<&str> = named.iter().filter(|one| !one.1.is_due).map(|one| one.1.name.as_str()).collect();
        if named.is_empty() || named.len() < people.people.len() {
            errors.add("numbers", "有的学号没有找到，请核对");
        } else if !strangers.is_empty() {
            errors.add("numbers", format!("{}不是本次大会现任的正式代表", strangers.join("、")));
        }
        if errors.is_empty() {
            drop(db);
            let students: Vec<StudentId> = named.iter().map(|one| one.0).collect();
            app.write_as(acting.person().authority(), async |db| {
                let meeting = act.convened(db).await?;
                may_enter(&act, &meeting)?;
                store::enter_roll(db, &meeting, &students, acting.person(), act.now).await?;
                audit::append(db, acting.person(), act.entry().detail("人数", students.len()), act.now).await
            })
            .await?;
            return Ok(done_at(&id.roll_path(), Done::RollEntered).into_response());
        }
    }
    Ok(again(page(&app, &acting, id, Submitted::new(form, errors), people, "").await?))
}

pub(super) async fn confirm(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path((id, entry)): Path<(CongressId, RollEntryId)>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "确认纸质签到册").await?.back_to(id.roll_path());
    app.write_as(acting.person().authority(), async |db| {
        let meeting = act.convened(db).await?;
        may_enter(&act, &meeting)?;
        let day = counting_day(&meeting, act.now.date());
        let Some(counted) = store::confirm_roll(db, &meeting, entry, day, acting.person(), act.now).await? else {
            let remedy = "请由会务组的另一人对照签到册核对后确认";
            return Err(act.refuse("录入的人不能自己确认，已确认的也不能再确认", remedy));
        };
        audit::append(db, acting.person(), act.entry().detail("计入", counted), act.now).await
    })
    .await?;
    Ok(done_at(&id.roll_path(), Done::RollConfirmed))
}

pub(super) async fn drop_entry(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path((id, entry)): Path<(CongressId, RollEntryId)>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "清除纸质签到册的录入").await?.back_to(id.roll_path());
    app.write_as(acting.person().authority(), async |db| {
        let meeting = act.convened(db).await?;
        if !store::drop_roll(db, &meeting, entry).await? {
            return Err(act.refuse("已确认的录入不能清除", "个别人签错的，在签到台撤销签到"));
        }
        audit::append(db, acting.person(), act.entry(), act.now).await
    })
    .await?;
    Ok(done_at(&id.roll_path(), Done::RollDropped))
}
