//! What waits about meetings: the working meeting that is due, minutes and decisions for whoever is on duty, and the
//! meetings to which one is invited.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    meeting::UnionMeeting,
    paths::MEETINGS,
    store::{self, MeetingFilter},
};
use crate::{
    auth::person::{Held, SignedIn},
    failure::Failure,
    ids::StudentId,
    office::{Office, OfficeKind, SchoolLeague},
    page::task::Task,
    rulebook::store::calendar,
    rules::{Rule, union_meeting::Linked},
};

/// Everything of it that waits for a person.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    if let Some(office) = &person.acting {
        tasks.extend(of_office(connection, person, office, now).await?);
    }
    if let Some(student) = person.student {
        tasks.extend(own(connection, person, student, now).await?);
    }
    Ok(tasks)
}

/// For an office: the working meeting that is due (ORG-09), and for a college's union the meetings to which it is invited.
async fn of_office(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    if SchoolLeague::KINDS.contains(&office.kind) || office.kind == OfficeKind::SchoolUnion {
        tasks.extend(link_due(connection, person, now).await?);
    }
    if let (OfficeKind::CollegeUnion, Some(college)) = (office.kind, office.college) {
        let filter = MeetingFilter {
            unions: Some(Vec::new()),
            college: Some(college),
            from: Some(now),
            ..MeetingFilter::default()
        };
        for meeting in store::meetings(connection, person.institution, filter).await? {
            if meeting.is_called() {
                let says = format!("参加{}：{}", meeting.title, meeting.when());
                let task = Task::new(false, says, meeting.place.clone(), meeting.id.path());
                tasks.push(task.due(Some(meeting.day())).awaited_by(meeting.union_name.clone()));
            }
        }
    }
    Ok(tasks)
}

async fn link_due(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Option<Task>, Failure> {
    let today = now.date();
    let plans = calendar(connection, person.institution).await?;
    let asked = plans.in_force(today).is_some_and(|plan| plan.provision(Rule::Org09).is_some());
    let state = store::link_state(connection, person.institution).await?.filter(|_| asked);
    let Some(state) = state else { return Ok(None) };
    let settings = store::settings(connection, person.institution).await?;
    let due = Linked { every: settings.link_every, last: state.last, since: state.since }.due();
    let says = "召开校院学生会工作例会".to_owned();
    let more = format!("每 {} 天一次", settings.every());
    Ok(Some(Task::new(due < today, says, more, MEETINGS.to_owned()).due(Some(due))))
}

/// For a student: meetings to come, and where they are on duty the minutes and the decisions that wait.
async fn own(
    connection: &mut PgConnection,
    person: &SignedIn,
    student: StudentId,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    let filter = MeetingFilter { invites: Some(student), from: Some(now), ..MeetingFilter::default() };
    for meeting in store::meetings(connection, person.institution, filter).await? {
        if meeting.is_called() {
            let says = format!("参加{}：{}", meeting.title, meeting.when());
            let task = Task::new(false, says, meeting.place.clone(), meeting.id.path());
            tasks.push(task.due(Some(meeting.day())).awaited_by(meeting.union_name.clone()));
        }
    }
    let roles = store::roles(connection, person.institution, student, now.date()).await?;
    let chaired: Vec<_> = roles.iter().filter(|role| role.on_duty).map(|role| role.union.0).collect();
    if chaired.is_empty() {
        return Ok(tasks);
    }
    let filter = MeetingFilter { unions: Some(chaired.clone()), ..MeetingFilter::default() };
    for meeting in store::meetings(connection, person.institution, filter).await? {
        if meeting.awaits_minutes(&now) {
            let says = format!("整理会议记录：{}", meeting.title);
            let task = Task::new(false, says, meeting.when(), meeting.id.path());
            tasks.push(task.due(Some(meeting.day() + time::Duration::days(7))).awaited_by(meeting.union_name.clone()));
        }
    }
    let filter = store::DecisionFilter { unions: Some(chaired), open: true, ..store::DecisionFilter::default() };
    for decision in store::decisions(connection, person.institution, filter).await? {
        let says: String = format!("督促落实：{}", decision.says).chars().take(60).collect();
        let more = decision.owner.clone().map(|owner| format!("由{owner}办理")).unwrap_or_default();
        let late = decision.is_late(&now.date());
        tasks.push(Task::new(late, says, more, decision.meeting.path()).due(decision.due_on));
    }
    Ok(tasks)
}

/// The meetings to which a person is invited, themselves or through a college's union, from a month ago on: for their
/// calendar.
pub async fn invited(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<UnionMeeting>, Failure> {
    let from = Some(now - time::Duration::days(31));
    let mut found = Vec::new();
    if let Some(student) = person.student {
        let filter = MeetingFilter { invites: Some(student), from, ..MeetingFilter::default() };
        found.extend(store::meetings(connection, person.institution, filter).await?);
    }
    let college = person.acting.as_ref().filter(|office| office.kind == OfficeKind::CollegeUnion);
    if let Some(college) = college.and_then(|office| office.college) {
        let filter =
            MeetingFilter { unions: Some(Vec::new()), college: Some(college), from, ..MeetingFilter::default() };
        found.extend(store::meetings(connection, person.institution, filter).await?);
    }
    Ok(found)
}
