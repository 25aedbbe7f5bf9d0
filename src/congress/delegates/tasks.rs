//! What of the delegates' elections waits for an office.

use std::collections::HashMap;

use sqlx::PgConnection;
use time::{Date, Duration};

use super::{
    recommendation::bodies_of,
    store::{self, CollegeTask, KeeperTask},
};
use crate::{
    auth::person::{Held, SignedIn},
    congress::store::{CongressFilter, list},
    failure::Failure,
    ids::CongressId,
    office::OfficeKind,
    page::task::Task,
    text::chinese_day,
};

/// A task is urgent in its last days.
const LAST: Duration = Duration::days(3);

/// What congresses are called.
struct CongressTitles(HashMap<CongressId, String>);

impl CongressTitles {
    /// Read in one statement, however many congresses ask for something.
    async fn read(connection: &mut PgConnection, person: &SignedIn) -> Result<Self, Failure> {
        let all = list(connection, person.institution, CongressFilter::default()).await?;
        Ok(Self(all.into_iter().map(|congress| (congress.id, congress.short_title())).collect()))
    }

    /// Empty for one that is gone.
    fn of(&self, id: CongressId) -> &str {
        self.0.get(&id).map_or("", String::as_str)
    }
}

/// Recommending for a class branch, reviewing for a Party organisation, the election for a college's union, receiving lists
/// for the League committee.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    today: Date,
) -> Result<Vec<Task>, Failure> {
    let (institution, mut classes, mut colleges) = (person.institution, Vec::new(), Vec::new());
    if let Some(class) = office.class.filter(|_| office.kind == OfficeKind::ClassBranch) {
        classes = store::classes_without(connection, institution, class, today).await?;
    }
    let party = store::waiting_for_party(connection, institution, bodies_of(office.kind), office.college).await?;
    if let Some(college) = office.college.filter(|_| office.kind == OfficeKind::CollegeUnion) {
        colleges = store::for_college(connection, institution, college, today).await?;
    }
    let kept = store::for_keeper(connection, institution, office, today).await?;
    let mut tasks = Vec::new();
    if classes.is_empty() && party.is_empty() && colleges.is_empty() && kept.is_empty() {
        return Ok(tasks);
    }
    let titles = CongressTitles::read(connection, person).await?;
    for one in classes {
        let id = CongressId(one.congress);
        let says = format!("推荐代表：{}", titles.of(id));
        let more = format!("{}截止", chinese_day(one.closes_on));
        tasks.push(Task::new(one.closes_on - today <= LAST, says, more, id.recommendations_path()));
    }
    for one in party {
        let id = CongressId(one.congress);
        let says = format!("审查代表人选 {} 人：{}", one.people, titles.of(id));
        let more = format!("推荐{}截止", chinese_day(one.closes_on));
        tasks.push(Task::new(one.closes_on <= today, says, more, id.recommendations_path()));
    }
    for CollegeTask { congress, closes_on, to_elect, to_list, returned } in colleges {
        let id = CongressId(congress);
        let name = titles.of(id);
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
    for KeeperTask { congress, lists, gone } in kept {
        let id = CongressId(congress);
        let name = titles.of(id);
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
