//! SQL of activation slips while votes are cast: whose monitors hear that slips of voters were printed.

use sqlx::{PgConnection, types::Uuid};
use time::OffsetDateTime;

use crate::{
    failure::Failure,
    ids::{AccountId, ClassId, SittingId},
};

/// A monitor of an open sitting on whose roll some classes stand.
#[derive(Debug)]
pub struct WatchingMonitor {
    pub account: AccountId,
    pub sitting: SittingId,
    /// The sitting's.
    pub title: String,
    /// Those of the classes that stand on the roll.
    classes: Vec<Uuid>,
}

impl WatchingMonitor {
    /// The class stands on the sitting's roll.
    #[must_use]
    pub fn watches(&self, class: ClassId) -> bool {
        self.classes.contains(&class.0)
    }
}

/// The monitors of the open sittings on whose rolls any of these classes stands.
pub async fn watching_monitors(
    connection: &mut PgConnection,
    classes: &[ClassId],
    now: OffsetDateTime,
) -> Result<Vec<WatchingMonitor>, Failure> {
    let classes: Vec<Uuid> = classes.iter().map(|class| class.0).collect();
    let rows = sqlx::query_as!(
        WatchingMonitor,
        r#"select m.account_id as "account: AccountId", t.id as "sitting: SittingId", t.title, own.classes as "classes!"
           from sitting t join monitor m on m.sitting_id = t.id
                cross join lateral (select array(select distinct v.class_id from voter v
                                                 where v.sitting_id = t.id and v.class_id = any($1)) as classes) own
           where t.stage = 'open' and t.closes_at > $2 and own.classes <> '{}'
           order by t.opened_at, t.id, m.account_id"#,
        &classes,
        now
    );
    Ok(rows.fetch_all(connection).await?)
}
