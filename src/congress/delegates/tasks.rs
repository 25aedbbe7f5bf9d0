//! What of the delegates' elections waits for an office.

use sqlx::PgConnection;
use time::{Date, Duration};

use super::{
    recommendation::bodies_of,
    store::{self, CollegeTask, KeeperTask},
};
use crate::{
    auth::person::{Held, SignedIn},
    congress::store::find,
    failure::Failure,
    ids::CongressId,
    office::OfficeKind,
    page::task::Task,
    text::chinese_day,
};

/// A task is urgent in its last days.
const LAST: Duration = Duration::days(3);

/// What a congress is called; empty for one that is gone.
async fn title(connection: &mut PgConnection, person: &SignedIn, id: CongressId) -> Result<String, Failure> {
    Ok(find(connection, person.institution, id).await?.map(|congress| congress.short_title()).unwrap_or_default())
}

/// Recommending for a class branch, reviewing for a Party organisation, the election for a college's union, receiving lists
/// for the League committee.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    today: Date,
) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    if let Some(class) = office.class.filter(|_| office.kind == OfficeKind::ClassBranch) {
        for one in store::classes_without(connection, person.institution, class, today).await? {
            let id = CongressId(one.congress);
            let says = format!("推荐代表：{}", title(connection, person, id).await?);
            let more = format!("{}截止", chinese_day(one.closes_on));
            tasks.push(Task::new(one.closes_on - today <= LAST, says, more, id.recommendations_path()));
        }
    }
    for one in store::waiting_for_party(connection, person.institution, bodies_of(office.kind), office.college).await? {
        let id = CongressId(one.congress);
        let says = format!("审查代表人选 {} 人：{}", one.people, title(connection, person, id).await?);
        let more = format!("推荐{}截止", chinese_day(one.closes_on));
        tasks.push(Task::new(one.closes_on <= today, says, more, id.recommendations_path()));
    }
    if let Some(college) = office.college.filter(|_| office.kind == OfficeKind::CollegeUnion) {
        for CollegeTask { congress, closes_on, to_elect, to_list, returned } in
            store::for_college(connection, person.institution, college, today).await?
        {
            let id = CongressId(congress);
            let name = title(connection, person, id).await?;
            if returned {
                let says = format!("名单被退回，请改正后再上报：{name}");
                tasks.push(Task::new(true, says, String::new(), id.delegate_list_path()));
            } else if to_elect > 0 {
                let more = format!("推荐{}截止，{to_elect} 个单位还没有组织选举", chinese_day(closes_on));
                tasks.push(Task::new(false, format!("组织代表选举：{name}"), more, id.delegate_elections_path()));
            } else if to_list {
                let says = format!("上报当选代表名单：{name}");
                tasks.push(Task::new(true, says, "选举已有结果".to_owned(), id.delegate_list_path()));
            }
        }
    }
    for KeeperTask { congress, lists, gone } in store::for_keeper(connection, person.institution, office, today).await?
    {
        let id = CongressId(congress);
        let name = title(connection, person, id).await?;
        if lists > 0 {
            let says = format!("接收代表名单 {lists} 份：{name}");
            tasks.push(Task::new(true, says, String::new(), id.delegates_path()));
        }
        if gone > 0 {
            let says = format!("{gone} 名代表已离校，请终止资格、依次递补：{name}");
            tasks.push(Task::new(true, says, String::new(), id.seated_path()));
        }
    }
    Ok(tasks)
}
