//! The meeting's line on the page of its congress.

use sqlx::PgConnection;
use time::Date;

use super::{nouns::CheckIn, store};
use crate::{
    congress::{
        congress::{Congress, Stage},
        section::{Progress, Section},
    },
    failure::Failure,
    page::filters::minute_of,
};

/// Where the meeting of a congress stands.
pub async fn section(connection: &mut PgConnection, congress: &Congress, today: Date) -> Result<Section, Failure> {
    let meeting = store::find(connection, congress.id).await?;
    let (progress, says) = match (&meeting, congress.stage) {
        (_, Stage::CalledOff) => (Progress::None, "大会已取消。".to_owned()),
        (None, Stage::Held | Stage::Closed) => (Progress::Done, "会议没有在系统里办理。".to_owned()),
        (None, Stage::Preparing | Stage::Convened) => {
            (Progress::ToDo, "会议的时间、会场、议程和到会规则还没有安排。".to_owned())
        }
        (Some(_), Stage::Held | Stage::Closed) => (Progress::Done, "会议纪要已签发。".to_owned()),
        (Some(meeting), Stage::Preparing | Stage::Convened) => {
            let head = store::headcount(connection, congress.id, today).await?;
            let says = match meeting.check_in {
                CheckIn::NotYet => {
                    format!("{}，{}；应到 {} 人。", minute_of(meeting.starts_at), meeting.place, head.count.due)
                }
                CheckIn::Open | CheckIn::Closed => {
                    format!(
                        "{}：应到 {} 人，实到 {} 人。",
                        meeting.check_in.label(),
                        head.count.due,
                        head.count.present
                    )
                }
            };
            (Progress::Now, says)
        }
    };
    Ok(Section { name: "会议", href: congress.id.meeting_path(), progress, says })
}
