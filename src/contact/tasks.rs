//! What waits about contacts: classes that were not contacted this month, notes of students, classes without anybody.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{paths::CONTACT, store};
use crate::{
    auth::person::{Held, SignedIn},
    failure::Failure,
    ids::StudentId,
    office::OfficeKind,
    page::task::Task,
    rulebook::store::calendar,
    rules::Rule,
    unions::store as unions,
};

/// Everything of it that waits for a person.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    if let Some(office) = &person.acting {
        tasks.extend(of_office(connection, person, office, now.date()).await?);
    }
    if let Some(student) = person.student {
        tasks.extend(own(connection, person, student, now.date()).await?);
    }
    Ok(tasks)
}

/// For a union: classes with which nobody is in contact, where the plan asks for it.
async fn of_office(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    today: Date,
) -> Result<Option<Task>, Failure> {
    if !matches!(office.kind, OfficeKind::SchoolUnion | OfficeKind::GraduateUnion | OfficeKind::CollegeUnion) {
        return Ok(None);
    }
    let plans = calendar(connection, person.institution).await?;
    if plans.in_force(today).is_none_or(|plan| plan.provision(Rule::Rgt05).is_none()) {
        return Ok(None);
    }
    let all = unions::list(connection, person.institution, None).await?;
    let own = all.iter().find(|union| union.is_own_of(office) && union.opened_on.is_some());
    let Some(own) = own else { return Ok(None) };
    let found = unions::contact_coverage(connection, person.institution, Some(own.id), today).await?;
    let classes = found.iter().flat_map(|union| &union.classes);
    let bare = classes.filter(|class| class.contact.since.is_none()).count();
    let task = || Task::new(false, format!("给 {bare} 个班级安排联系人"), String::new(), own.id.contact_people_path());
    Ok((bare > 0).then(task))
}

/// For whoever is in contact with classes: those that were not contacted this month, and what students left for them.
async fn own(
    connection: &mut PgConnection,
    person: &SignedIn,
    student: StudentId,
    today: Date,
) -> Result<Vec<Task>, Failure> {
    let classes = store::own_classes(connection, person.institution, student, today).await?;
    let mut tasks = Vec::new();
    if classes.is_empty() {
        return Ok(tasks);
    }
    let rhythm = unions::contact_rhythm(connection, person.institution).await?;
    let waiting: Vec<_> = classes.iter().filter(|class| class.waits(&rhythm, today)).collect();
    if let Some(due) = waiting.iter().map(|class| class.due(&rhythm)).min() {
        let names: Vec<&str> = waiting.iter().take(3).map(|class| class.name.as_str()).collect();
        let says = format!("联系 {} 个班级，本月还没有联系", waiting.len());
        let task = Task::new(due < today, says, names.join("、"), CONTACT.to_owned());
        tasks.push(task.due(Some(due)));
    }
    let notes: i64 = classes.iter().map(|class| class.notes).sum();
    if notes > 0 {
        let says = format!("看 {notes} 条同学给班级联系人的留言");
        tasks.push(Task::new(false, says, String::new(), CONTACT.to_owned()));
    }
    Ok(tasks)
}
