//! The monitors' shares on their way to a count: who has given theirs, until when it is held, and what to do now.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    clock::CHINA,
    elections::{
        Elections,
        ballot_box::Giver,
        sitting::{Monitor, Sitting},
        store::{self, CountHolder},
    },
    failure::Failure,
    ids::AccountId,
};

/// Where the shares of a sitting are.
#[derive(Clone, Copy)]
enum Held {
    /// Nobody has given one.
    Nowhere,
    Here,
    /// In the memory of another portal on the same database.
    Elsewhere(OffsetDateTime),
    /// They were given here and too long ago.
    Lapsed,
    /// They were given to a portal that runs no more.
    Lost,
}

/// The shares of a sitting that waits for its count.
pub(super) struct Collecting {
    givers: Vec<Giver>,
    held: Held,
    /// Those who have not given theirs, by name.
    missing: Vec<String>,
    given: Vec<String>,
    threshold: usize,
}

fn clock(at: OffsetDateTime) -> String {
    let at = at.to_offset(CHINA);
    format!("{:02}:{:02}", at.hour(), at.minute())
}

impl Collecting {
    pub(super) async fn of(
        app: &Elections,
        db: &mut PgConnection,
        sitting: &Sitting,
        monitors: &[Monitor],
        now: OffsetDateTime,
    ) -> Result<Self, Failure> {
        let givers = app.ballot_box.givers(sitting.id, now);
        let held = match store::count_holder(db, sitting.id).await? {
            _ if !givers.is_empty() => Held::Here,
            None => Held::Nowhere,
            Some(CountHolder { portal, .. }) if portal == app.ballot_box.portal => Held::Lapsed,
            Some(other) if other.is_live => Held::Elsewhere(other.held_until),
            Some(_) => Held::Lost,
        };
        let until = |monitor: &Monitor| givers.iter().find(|one| one.account == monitor.account).map(|one| one.until);
        let named =
            |monitor: &Monitor| until(monitor).map(|until| format!("{}（保留至 {}）", monitor.name, clock(until)));
        Ok(Self {
            held,
            given: monitors.iter().filter_map(named).collect(),
            missing: monitors.iter().filter(|one| until(one).is_none()).map(|one| one.name.clone()).collect(),
            threshold: usize::from(sitting.threshold),
            givers,
        })
    }

    pub(super) fn holds(&self, account: AccountId) -> bool {
        self.givers.iter().any(|one| one.account == account)
    }

    /// How it stands and what to do, in sentences.
    pub(super) fn says(&self) -> String {
        let needed = self.threshold;
        match self.held {
            Held::Nowhere => format!("还没有监票人输入口令。请 {needed} 名监票人约好时间，在 15 分钟之内各自输入。"),
            Held::Here => format!(
                "已输入口令：{}。还需要 {} 人，未输入的有：{}。满 15 分钟人数不够的，先输入的须重新输入；\
                 其间系统重新启动的，全部重新输入。",
                self.given.join("、"),
                needed.saturating_sub(self.givers.len()),
                self.missing.join("、")
            ),
            Held::Elsewhere(until) => format!(
                "另一台服务器正在收集本场次的口令，保留至 {}。请在先输入的监票人所用的网址输入；或者在那以后，\
                 全部监票人在同一网址重新输入。",
                clock(until)
            ),
            Held::Lapsed => {
                format!("先输入的口令已满 15 分钟，人数不够，已经清除。请 {needed} 名监票人约好时间重新输入。")
            }
            Held::Lost => {
                format!("系统在收集口令期间重新启动过，先输入的口令没有保留。请 {needed} 名监票人重新输入。")
            }
        }
    }
}
