//! The demo's delegates: recommended and partly reviewed where a congress elects them, seated and examined where it is about
//! to meet or has met.

use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime};

use super::paper::paper;
use crate::{
    clock::CHINA,
    congress::{
        congress::{Congress, Stage},
        delegates::{recommendation::Terms, report::counted, store},
        store::{CongressFilter, list, lock},
    },
    database::Locked,
    directory,
    failure::Failure,
    ids::{AccountId, InstitutionId},
    rulebook::governing,
    rules::delegates::{DelegateChain, USUAL_MARGIN},
};

/// Loads the delegates of the demo's congresses whose seats are approved.
pub(super) async fn load_delegates(
    db: &mut PgConnection,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let Some(governing) = governing(&mut *db, institution, now.date()).await? else { return Ok(()) };
    let chain = DelegateChain::of(&governing.plan);
    for congress in list(db, institution, CongressFilter::default()).await? {
        if congress.has_approved_seats() && congress.stage != Stage::CalledOff {
            let locked = lock(db, institution, congress.id).await?.ok_or(Failure::Missing)?;
            let by = sqlx::query_scalar!(
                r#"select created_by as "by: AccountId" from congress where id = $1"#,
                congress.id.0
            );
            let by = by.fetch_one(&mut *db).await?;
            delegates_of(db, &locked, &chain, by, now).await?;
        }
    }
    Ok(())
}

async fn delegates_of(
    db: &mut PgConnection,
    congress: &Locked<Congress>,
    chain: &DelegateChain,
    by: AccountId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let elects = congress.stage == Stage::Preparing;
    let meets_on = congress.meets_on.unwrap_or(now.date());
    let closes_on = if elects { now.date() + Duration::days(4) } else { meets_on - Duration::days(25) };
    let terms = Terms {
        congress: congress.id,
        chain: chain.clone(),
        closes_on,
        margin_percent: USUAL_MARGIN,
        most_per_seat: Some(3),
    };
    // In the order of the schedule: recommended once the seats are approved, and listed when all colleges have elected.
    let before = |days: i64| (meets_on - Duration::days(days)).midnight().assume_offset(CHINA) + Duration::hours(9);
    let at = if elects { now - Duration::days(8) } else { before(28) };
    store::keep_terms(db, congress, &terms, by, at).await?;
    let steps = i32::try_from(chain.before.links.len()).unwrap_or(1);
    recommend(db, congress, steps, elects, by, at).await?;
    if elects {
        return Ok(());
    }
    seat(db, congress, by, before(16)).await?;
    report(db, congress, by, meets_on - Duration::days(18), before(17)).await?;
    hand_in(db, congress, by, before(16)).await?;
    store::make_delegations(db, congress).await?;
    sqlx::query!(
        "update delegate d set head_of_delegation = true
         where d.id in (select distinct on (delegation_id) id from delegate
                        where congress_id = $1 and standing = 'elected' and delegation_id is not null
                        order by delegation_id, backbone desc, id)",
        congress.id.0
    )
    .execute(&mut *db)
    .await?;
    let counted = counted(db, congress, now.date()).await?;
    let examiners = ["校团委", "学生工作部门", "校学生会"].map(|office| format!("{office}代表")).to_vec();
    store::adopt(db, congress, &counted.figures, &examiners, by, before(3)).await?;
    let strokes = directory::store::stroke_order(db, congress.institution).await?;
    store::give_numbers(db, congress, &counted.numbered(strokes)).await
}

/// More people than places in each grade, first those with an account to try; where they are being elected, every third grade
/// is not reviewed yet, or lacks one.
async fn recommend(
    db: &mut PgConnection,
    congress: &Locked<Congress>,
    steps: i32,
    elects: bool,
    by: AccountId,
    at: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "with picked as (
             select u.place as unit, u.seats, s.id as student, s.class_id, m.college_id,
                    row_number() over (partition by u.place order by exists (
                        select from account a where a.student_id = s.id and a.password_hash is not null) desc, md5(s.id::text))
                        as rank
             from congress_unit u join major m on m.college_id = u.college_id
                  join class k on k.major_id = m.id and k.entry_year = u.entry_year join student s on s.class_id = k.id
             where u.congress_id = $1 and u.kind = 'grade' and u.seats > 0 and s.left_on is null
         )
         insert into recommendation (id, congress_id, unit, student_id, class_id, college_id, stage, step, visit, made_at,
                                     made_by)
         select gen_random_uuid(), $1, unit, student, class_id, college_id,
                case when $3 and $2 > 1 and unit % 3 = 0 then 'at' else 'passed' end,
                case when $3 and $2 > 1 and unit % 3 = 0 then 1 end,
                case when $3 and $2 > 1 and unit % 3 = 0 then 1 else $2 end, $4, $5
         from picked
         where rank <= seats + case when $3 and unit % 3 = 0 then 0 else greatest(1, ceil(seats * 0.2)) end",
        congress.id.0,
        steps,
        elects,
        at,
        by.0
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "insert into recommendation_opinion (recommendation_id, visit, step, body, account_id, office, verdict, says, at)
         select r.id, o.step, o.step, o.body, $2, o.office, 'agree', o.says, $3
         from recommendation r join class k on k.id = r.class_id join college c on c.id = r.college_id
              cross join lateral (values
                  (0, 'class_branch', k.name || ' 班级团支部', '政治坚定，学习努力，热心为同学服务'),
                  (1, 'delegate_party', c.name || ' 院系党组织', '同意')) as o(step, body, office, says)
         where r.congress_id = $1 and (o.step = 0 or (r.stage = 'passed' and r.visit > o.step))",
        congress.id.0,
        by.0,
        at
    )
    .execute(&mut *db)
    .await?;
    Ok(())
}

/// Whoever is recommended holds the seats; the others wait for one. Societies are represented by students who hold none.
async fn seat(
    db: &mut PgConnection,
    congress: &Locked<Congress>,
    by: AccountId,
    at: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "with ranked as (
             select r.unit, r.student_id, u.seats,
                    row_number() over (partition by r.unit order by exists (
                        select from account a where a.student_id = r.student_id and a.password_hash is not null) desc,
                        md5(r.student_id::text)) as rank
             from recommendation r join congress_unit u on u.congress_id = r.congress_id and u.place = r.unit
             where r.congress_id = $1 and r.stage = 'passed'
         )
         insert into delegate (id, congress_id, student_id, unit, waits_for, waiting_place, standing, backbone, listed_at,
                               listed_by)
         select gen_random_uuid(), $1, student_id, case when rank <= seats then unit end,
                case when rank > seats then unit end, case when rank > seats then rank - seats end,
                case when rank <= seats then 'elected' else 'substitute' end, is_backbone(student_id, china_day($2)), $2, $3
         from ranked",
        congress.id.0,
        at,
        by.0
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "with free as (
             select s.id as student, row_number() over (order by md5(s.id::text || 'society')) as rank from student s
             where s.institution_id = $4 and s.left_on is null
                   and not exists (select from delegate d where d.congress_id = $1 and d.student_id = s.id)
         ), place as (
             select u.place, row_number() over (order by u.place, n) as rank
             from congress_unit u cross join lateral generate_series(1, u.seats) n
             where u.congress_id = $1 and u.kind <> 'grade'
         )
         insert into delegate (id, congress_id, student_id, unit, standing, backbone, listed_at, listed_by)
         select gen_random_uuid(), $1, f.student, p.place, 'elected', is_backbone(f.student, china_day($2)), $2, $3
         from place p join free f on f.rank = p.rank",
        congress.id.0,
        at,
        by.0,
        congress.institution.0
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What each unit reported of its election: whoever holds its seats was voted for by most, the others by fewer.
async fn report(
    db: &mut PgConnection,
    congress: &Locked<Congress>,
    by: AccountId,
    held_on: Date,
    at: OffsetDateTime,
) -> Result<(), Failure> {
    let document = paper(db, congress.institution, "代表选举报告.pdf", at).await?;
    sqlx::query!(
        "insert into delegate_report (congress_id, unit, held_on, how, due, present, document_id, entered_at, entered_by)
         select $1, u.place, $2, case when u.kind = 'grade' then '本年级选举会议，无记名投票' else '成员会议，无记名投票' end,
                n.due, n.due - n.due / 8, $3, $4, $5
         from congress_unit u cross join lateral (select case u.kind when 'grade' then u.students else 40 end as due) n
         where u.congress_id = $1 and u.seats > 0",
        congress.id.0,
        held_on,
        document.0,
        at,
        by.0
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "insert into delegate_report_vote (congress_id, unit, student_id, votes)
         select p.congress_id, p.unit, d.student_id,
                case when d.standing = 'elected' then p.present - p.present / 5 - (row_number() over (
                         partition by p.unit, d.standing order by d.id))::integer
                     else greatest(p.present / 4 - d.waiting_place, 0) end
         from delegate_report p join delegate d on d.congress_id = p.congress_id and coalesce(d.unit, d.waits_for) = p.unit
         where p.congress_id = $1",
        congress.id.0
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The lists of those elected, of each college and of what belongs to none, as they were received.
async fn hand_in(
    db: &mut PgConnection,
    congress: &Locked<Congress>,
    by: AccountId,
    at: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "with whose as (
             select u.place, case when u.kind = 'grade' then u.college_id end as college_id from congress_unit u
             where u.congress_id = $1 and u.seats > 0
         ), list as (
             insert into delegate_list (id, congress_id, college_id, stage, handed_in_at, handed_in_by, settled_at, settled_by)
             select gen_random_uuid(), $1, n.college_id, 'received', $2::timestamptz, $3::uuid, $2 + interval '3 hours', $3
             from (select distinct college_id from whose) n
             returning id, college_id
         )
         insert into delegate_list_line (list_id, unit, standing, place, student_id)
         select l.id, w.place, d.standing,
                coalesce(d.waiting_place, row_number() over (partition by w.place, d.standing order by d.id)), d.student_id
         from delegate d join whose w on w.place = coalesce(d.unit, d.waits_for)
              join list l on l.college_id is not distinct from w.college_id
         where d.congress_id = $1",
        congress.id.0,
        at,
        by.0
    )
    .execute(db)
    .await?;
    Ok(())
}
