//! The election of the union's presidium by the delegates who are there: a sitting of the elections, made from here.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use time::Duration;

use super::{acts::Act, counting_day, done_at};
use crate::{
    audit::{self, Entry},
    auth::acting::Acting,
    congress::CongressKeeper,
    congress::meeting::{done::Done, nouns::Attendee, state::Meetings, store},
    elections::{
        Verb as ElectionVerb,
        sitting::{ContestRules, Stage},
        store::{self as elections, ContestDraft, SittingDraft},
    },
    failure::Failure,
    ids::{CongressId, StudentId},
    office::ElectionKeeper,
    rules::{
        meeting::quorum,
        sitting::{Body, Fills},
    },
};

/// How long votes are taken by default.
const LASTS: Duration = Duration::hours(1);
/// From when: candidates and monitors are registered before.
const LATER: Duration = Duration::minutes(30);
/// The monitors whose passphrases open the envelopes, by practice.
const THRESHOLD: u8 = 2;

pub(super) async fn create(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    elector: Acting<ElectionKeeper>,
    Path(id): Path<CongressId>,
) -> Result<Response, Failure> {
    let act = Act::begin(&app, &acting, id, "建立主席团选举场次").await?;
    app.write_as(acting.person().authority(), async |db| {
        let meeting = act.convened(db).await?;
        let day = counting_day(&meeting, act.now.date());
        let head = store::headcount(db, id, day).await?;
        if !head.count.is_enough(&meeting.rules) {
            return Err(act.refusal().because(vec![quorum(&meeting.rules, head.count)]));
        }
        let made = elections::sittings_at_congress(db, act.congress.institution, id).await?;
        if let Some(prepared) = made.iter().find(|sitting| sitting.stage() == Stage::Draft) {
            let remedy = "在原来的场次里登记选举项目、候选人和监票人；不用的先删除";
            return Err(act.refuse(format!("场次“{}”还在筹备", prepared.title), remedy));
        }
        let people = store::attendees(db, id, day).await?;
        let present: Vec<StudentId> =
            people.iter().filter(|one| one.is_present()).map(|one: &Attendee| one.student).collect();
        let title: String = format!("{}主席团选举", act.congress.short_title()).chars().take(40).collect();
        let opens_at = act.now + LATER;
        let draft = SittingDraft {
            title,
            note: format!("由到会的{}无记名投票。", act.congress.due()),
            opens_at,
            closes_at: opens_at + LASTS,
            revote: false,
            threshold: THRESHOLD,
            decision: String::new(),
        };
        let sitting = elections::create(db, &elector, &draft, act.now).await?;
        let sitting = elections::lock(db, act.congress.institution, sitting).await?;
        elections::hold_for_congress(db, &sitting, id).await?;
        let calendar = crate::rulebook::store::calendar(db, act.congress.institution).await?;
        let plan = calendar.in_force(act.now.date());
        let (rules, sources) = plan.map_or((ContestRules::PRACTICE, Vec::new()), |plan| ContestRules::by(&plan, 1));
        let contest = ContestDraft {
            title: "主席团成员".to_owned(),
            fills: Fills::Presidium,
            body: Body::Congress,
            college: None,
            classes: Vec::new(),
            people: present,
            seats: 1,
            rules,
            sources,
            round_of: None,
        };
        elections::add_contest(db, &sitting, &contest).await?;
        let entry = Entry::new(ElectionVerb::SittingKept, draft.title.clone())
            .detail("办理", act.wanted)
            .detail("选民", contest.people.len());
        audit::append(db, acting.person(), entry, act.now).await
    })
    .await?;
    Ok(done_at(&id.meeting_path(), Done::SittingMade).into_response())
}
