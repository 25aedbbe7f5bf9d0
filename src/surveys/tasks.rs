//! What waits about questionnaires: for students to be answered; for whoever makes them to be counted, published and seen to, and
//! to be held in time (RGT-03).

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    hosts::Hosts,
    paths::SURVEYS,
    store::{self, SurveyFilter, SurveyHosts},
    survey::{Stage, Survey},
};
use crate::{
    auth::person::{Held, SignedIn},
    clock::CHINA,
    failure::Failure,
    ids::StudentId,
    office::{Office, OfficeKind},
    page::task::Task,
    rulebook::store::calendar,
    rules::Rule,
    unions::store::survey_coverage,
    voice::VoiceKeeper,
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

/// For an office. The League committees hear of what is late alone: the unions do the daily work.
async fn of_office(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    if !VoiceKeeper::KINDS.contains(&office.kind) {
        return Ok(Vec::new());
    }
    let today = now.to_offset(CHINA).date();
    let hosts = Hosts::of(connection, person).await?;
    let is_union =
        matches!(office.kind, OfficeKind::SchoolUnion | OfficeKind::GraduateUnion | OfficeKind::CollegeUnion);
    let mut tasks = Vec::new();
    let own = if is_union {
        SurveyHosts { league: false, ..hosts.of_theirs() }
    } else {
        SurveyHosts { unions: Vec::new(), league: hosts.league }
    };
    let filter = SurveyFilter { stages: Some(&[Stage::Open, Stage::Closed]), hosts: Some(own), ids: None };
    for survey in store::surveys(connection, person.institution, filter).await? {
        tasks.extend(to_do(&survey, now));
    }
    let late = store::late_measures(connection, person.institution, today).await?;
    let mut late = late.iter().filter(|measure| hosts.keeps(measure.union));
    if let Some(first) = late.next() {
        let says = format!("落实调研的 {} 项逾期措施", late.count() + 1);
        tasks.push(Task::new(true, says, String::new(), first.survey.desk_path()));
    }
    tasks.extend(regular(connection, person, &hosts, is_union, today).await?);
    Ok(tasks)
}

/// What a questionnaire waits for.
fn to_do(survey: &Survey, now: OffsetDateTime) -> Option<Task> {
    let says = match survey.stage {
        Stage::Open if survey.awaits_count(now) => format!("统计调研“{}”", survey.title),
        Stage::Closed => format!("写结论并公布调研“{}”", survey.title),
        Stage::Open | Stage::Draft | Stage::Published => return None,
    };
    Some(Task::new(false, says, String::new(), survey.id.desk_path()))
}

/// The questionnaires that the semester still wants, where the plan asks for them.
async fn regular(
    connection: &mut PgConnection,
    person: &SignedIn,
    hosts: &Hosts,
    is_union: bool,
    today: Date,
) -> Result<Option<Task>, Failure> {
    let plans = calendar(connection, person.institution).await?;
    if plans.in_force(today).is_none_or(|plan| plan.provision(Rule::Rgt03).is_none()) {
        return Ok(None);
    }
    let mut wanted = survey_coverage(connection, person.institution, None, today).await?;
    wanted.retain(|one| hosts.keeps(Some(one.union)) && one.held.missing() > 0);
    wanted.retain(|one| is_union || today > one.held.due());
    let Some(first) = wanted.first() else { return Ok(None) };
    let due = first.held.due();
    let says = if is_union {
        "开展本学期的问卷调研".to_owned()
    } else {
        format!("督促 {} 个学生会开展本学期的问卷调研", wanted.len())
    };
    let more = format!("{}每个学生会 {} 次", first.held.semester, first.held.wanted());
    Ok(Some(Task::new(today > due, says, more, SURVEYS.to_owned()).due(Some(due))))
}

/// For a student: questionnaires to be answered.
async fn own(
    connection: &mut PgConnection,
    person: &SignedIn,
    student: StudentId,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let asked = store::to_answer(connection, person, student, now).await?;
    let task = |one: store::ToAnswer| {
        let due = one.closes_at.to_offset(CHINA).date();
        Task::new(false, format!("填写问卷：{}", one.title), String::new(), one.id.path()).due(Some(due))
    };
    Ok(asked.into_iter().map(task).collect())
}
