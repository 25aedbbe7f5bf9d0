//! What reviews ask of those who report, score and keep them.

use sqlx::{PgConnection, types::Uuid};
use time::{Date, Duration, OffsetDateTime};

use super::{
    paths::BEGIN,
    review::{Review, Stage},
    store,
};
use crate::{
    auth::person::{Held, SignedIn},
    failure::Failure,
    ids::ReviewId,
    office::{Office as _, UnionKeeper},
    page::task::Task,
    text::chinese_day,
};

/// So many days before its end a semester without a review is reminded of.
pub const REMIND_BEFORE: Duration = Duration::days(35);

/// What waits in reviews for a person, in whatever they do in them.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let today = now.date();
    let mut tasks = Vec::new();
    let keeper = person.acting.as_ref().filter(|office| UnionKeeper::KINDS.contains(&office.kind));
    let rows = sqlx::query!(
        r#"select r.id as "id: ReviewId", m.account_id is not null as "member!", m.monitor and m.proved_at is null as "unproved",
                  m.scorer is not null as "came!", m.monitor as "monitor?",
                  p.report_state is not null and p.report_state <> 'handed' and p.excused_why is null as "reports!",
                  (select count(*) from review_person q where q.review_id = r.id and q.excused_why is null
                                                              and q.report_state <> 'handed') as "missing!",
                  (select count(*) from review_objection o where o.review_id = r.id and o.answer is null) as "objections!"
           from review r left join review_member m on m.review_id = r.id and m.account_id = $2
                left join review_person p on p.review_id = r.id and p.student_id = $3
           where r.institution_id = $1 and r.stage <> 'settled'
                 and ($4 or m.account_id is not null or p.student_id is not null)"#,
        person.institution.0,
        person.account.0,
        person.student.map(|id| id.0),
        keeper.is_some()
    )
    .fetch_all(&mut *connection)
    .await?;
    if !rows.is_empty() {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
        let all = store::reviews_of(connection, person.institution, &ids).await?;
        for row in rows {
            let Some(review) = all.iter().find(|review| review.id == row.id) else { continue };
            let title = review.title();
            if row.reports && review.takes_reports() {
                let late = today > review.report_until;
                let more = format!("{}截止{}", chinese_day(review.report_until), if late { "，已逾期" } else { "" });
                let task = Task::new(late, format!("写述职报告：{title}"), more, review.id.own_path());
                tasks.push(task.due(Some(review.report_until)));
            }
            if row.member {
                let path = review.id.scoring_path();
                if review.stage == Stage::Confirmed && row.unproved == Some(true) {
                    let more = format!("{}开会", chinese_day(review.sits_on));
                    tasks.push(Task::new(false, format!("生成监票口令：{title}"), more, path));
                } else if review.stage == Stage::Scoring && row.came && !review.on_paper {
                    // It has no day: whoever chairs the board closes it.
                    let more = "评议会正在评分，会上截止".to_owned();
                    tasks.push(Task::new(true, format!("评分：{title}"), more, path));
                } else if review.stage == Stage::Closed && row.monitor == Some(true) {
                    let task = if review.on_paper {
                        let more = "纸质评议表已录入".to_owned();
                        Task::new(true, format!("核对评议表的录入：{title}"), more, review.id.compare_path())
                    } else {
                        Task::new(true, format!("开封评议表：{title}"), "评分已截止".to_owned(), path)
                    };
                    tasks.push(task);
                }
            }
            if keeper.is_some_and(|office| review.union.is_managed_by(office)) {
                tasks.extend(kept(review, row.missing, row.objections, today));
            }
        }
    }
    if let Some(office) = keeper {
        tasks.extend(unbegun(connection, person, office, today).await?);
    }
    Ok(tasks)
}

/// What a review asks of the office that keeps it.
fn kept(review: &Review, missing: i64, objections: i64, today: Date) -> Option<Task> {
    let (path, title) = (review.id.path(), review.title());
    match review.stage {
        Stage::Reporting | Stage::Confirmed if missing > 0 && today > review.report_until => {
            let more = format!("{}截止，{missing} 人未提交", chinese_day(review.report_until));
            Some(Task::new(true, format!("催交述职报告：{title}"), more, path))
        }
        Stage::Reporting if today + Duration::days(7) >= review.sits_on => {
            let more = format!("{}开会", chinese_day(review.sits_on));
            Some(Task::new(today >= review.sits_on, format!("确认评议会：{title}"), more, review.id.board_path()))
        }
        Stage::Confirmed if today >= review.sits_on => {
            Some(Task::new(true, format!("开会评分：{title}"), String::new(), review.id.board_path()))
        }
        Stage::Scoring if review.on_paper => {
            Some(Task::new(true, format!("录入纸质评议表：{title}"), String::new(), review.id.board_path()))
        }
        Stage::Counted if objections > 0 => {
            let more = format!("{objections} 件");
            Some(Task::new(true, format!("答复对评议结果的异议：{title}"), more, path))
        }
        Stage::Counted if review.object_until.is_some_and(|until| until < today) => {
            Some(Task::new(false, format!("办结：{title}"), "异议期已满".to_owned(), path))
        }
        _ => None,
    }
}

/// Unions under the rules whose semester is about to end without a review, in one line.
async fn unbegun(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    today: Date,
) -> Result<Option<Task>, Failure> {
    let row = sqlx::query!(
        r#"select count(*) as "unions!", min(s.until_day) as until
           from student_union u join semester s on s.institution_id = u.institution_id
                and s.from_day <= $2 and $2 < s.until_day
           where u.institution_id = $1 and u.opened_on is not null and ($3::uuid is null or u.college_id = $3)
                 and not exists (select from review r where r.union_id = u.id and r.semester_id = s.id)"#,
        person.institution.0,
        today,
        office.college.map(|id| id.0)
    )
    .fetch_one(connection)
    .await?;
    let Some(until) = row.until.filter(|until| row.unions > 0 && today + REMIND_BEFORE >= *until) else {
        return Ok(None);
    };
    let last = until.previous_day().unwrap_or(until);
    let says = format!("{}个学生会还没有开始本学期的述职评议", row.unions);
    Ok(Some(Task::new(false, says, format!("本学期到{}为止", chinese_day(last)), BEGIN.to_owned())))
}
