//! The demo's congress on the eve of its meeting: the hall, the agenda, the reports, who counts; and two colleges whose results
//! are on their way.

use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime, Time};

use crate::{
    clock::CHINA,
    congress::{
        congress::{Congress, Stage},
        store::{CongressFilter, list},
    },
    failure::Failure,
    ids::{AccountId, AgendaItemId, CongressId, InstitutionId, MeetingDocumentId, UnionId},
};

const WORK_REPORT: &str = "各位代表：
我代表校学生会，向大会报告一年来的工作，请予审议。
一、听取同学意见，推动解决食堂、宿舍、自习室等方面的实际问题四十一件。
二、按学期轮值，部门压缩到六个，工作人员全部公示。
三、组织志愿服务和学业帮扶，参加同学三千余人次。
不足之处：走进班级还不够多，有的活动重形式。下一步改进。";

const FINANCE_REPORT: &str = "各位代表：
本年度学生会经费由学校拨付，用于权益服务、学业帮扶和文体活动，收支平衡，账目由校团委审核。明细附后，请予审议。";

/// An item of the agenda: its kind, its title, who speaks.
const AGENDA: [(&str, &str, &str); 6] = [
    ("other", "宣布大会开幕", "执行主席"),
    ("report", "听取学生会工作报告", "学生会主席团成员"),
    ("report", "审议财务工作报告", "学生会主席团成员"),
    ("vote", "通过选举办法和监票人、计票人名单", "执行主席"),
    ("election", "选举新一届学生会主席团", "总监票人"),
    ("other", "宣布选举结果，大会闭幕", "执行主席"),
];

/// Loads the meeting of every congress that is convened.
pub(super) async fn load_meetings(
    db: &mut PgConnection,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    for congress in list(db, institution, CongressFilter::default()).await? {
        let by =
            sqlx::query_scalar!(r#"select created_by as "by: AccountId" from congress where id = $1"#, congress.id.0);
        let by = by.fetch_one(&mut *db).await?;
        if congress.stage == Stage::Convened {
            meeting(db, &congress, by, now).await?;
        }
    }
    Ok(())
}

async fn meeting(
    db: &mut PgConnection,
    congress: &Congress,
    by: AccountId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let day = congress.meets_on.unwrap_or(now.date());
    sqlx::query!(
        "insert into meeting (congress_id, starts_at, place, quorum_part, quorum_whole, quorum_strict, majority_of, source,
                              basis, hall_rows, hall_columns)
         values ($1, $2, '学术报告厅', 2, 3, true, 'present', 'practice', '', 16, 16)",
        congress.id.0,
        day.with_time(Time::MIDNIGHT).assume_offset(CHINA) + Duration::hours(14)
    )
    .execute(&mut *db)
    .await?;
    let mut reports = Vec::new();
    for (kind, title, body) in
        [("work_report", "学生会工作报告", WORK_REPORT), ("finance_report", "财务工作报告", FINANCE_REPORT)]
    {
        let id = MeetingDocumentId::random();
        sqlx::query!(
            "insert into meeting_document (id, congress_id, kind, title, body, sha256, at, by_account)
             values ($1, $2, $3, $4, $5::text, sha256(convert_to($5, 'UTF8')), $6, $7)",
            id.0,
            congress.id.0,
            kind,
            title,
            body,
            now - Duration::days(3),
            by.0
        )
        .execute(&mut *db)
        .await?;
        reports.push(id);
    }
    let mut reports = reports.into_iter();
    for (place, (kind, title, speaker)) in (1_i16..).zip(AGENDA) {
        let document = if kind == "report" { reports.next() } else { None };
        sqlx::query!(
            "insert into agenda_item (id, congress_id, place, kind, title, speaker, document_id)
             values ($1, $2, $3, $4, $5, $6, $7)",
            AgendaItemId::random().0,
            congress.id.0,
            place,
            kind,
            title,
            speaker,
            document.map(|id| id.0)
        )
        .execute(&mut *db)
        .await?;
    }
    // Delegates who stand in no election, one of each delegation after the other: the first preside, the next ones count.
    sqlx::query!(
        "with by_turn as (
             select d.student_id, d.number, row_number() over (partition by d.delegation_id order by d.number, d.id) as turn
             from delegate d
             where d.congress_id = $1 and d.standing = 'elected' and d.ended_on is null
                   and not stands_at_congress($1, d.student_id)
         ), picked as (
             select student_id, row_number() over (order by turn, number) as place from by_turn
         ), named as (
             select student_id, 'presidium' as duty from picked where place <= 9
             union all select student_id, 'executive_chair' from picked where place = 1
             union all select student_id, 'chief_monitor' from picked where place = 10
             union all select student_id, 'monitor' from picked where place in (11, 12)
             union all select student_id, 'teller' from picked where place between 13 and 16
         )
         insert into meeting_duty (congress_id, student_id, duty, named_at, named_by)
         select $1, student_id, duty, $2, $3 from named",
        congress.id.0,
        now - Duration::days(1),
        by.0
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "insert into check_in_officer (congress_id, account_id, desk, named_at, named_by)
         select $1, o.account_id, row_number() over (order by o.granted_at, o.id) || '号签到台', $2, $3
         from office o where o.institution_id = $4 and o.kind in ('school_league', 'student_affairs')
         on conflict do nothing",
        congress.id.0,
        now - Duration::days(1),
        by.0,
        congress.institution.0
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A college whose result is approved and overdue for filing, and one that has filled a vacancy and waits for the approval.
pub(super) async fn load_results(
    db: &mut PgConnection,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let rows = sqlx::query!(
        r#"select u.id as "union: UnionId",
                  (select o.account_id from office o where o.institution_id = $1 and o.kind = 'school_league'
                   order by o.granted_at, o.id limit 1) as "keeper!: AccountId"
           from student_union u join college c on c.id = u.college_id
           where u.institution_id = $1 and u.opened_on is not null
                 and not exists (select from congress g where g.union_id = u.id and g.stage in ('preparing', 'convened', 'held'))
                 and not exists (select from congress_result r join congress g on g.id = r.congress_id
                                 where g.union_id = u.id)
           order by c.place desc, c.name desc limit 2"#,
        institution.0
    )
    .fetch_all(&mut *db)
    .await?;
    for (row, fills_vacancy) in rows.iter().zip([false, true]) {
        let held = now.date() - Duration::days(if fills_vacancy { 9 } else { 40 });
        let congress = held_congress(db, institution, row.union, row.keeper, held, now).await?;
        let (purpose, post) = if fills_vacancy { ("by_election", "head") } else { ("term", "presidium") };
        sqlx::query!(
            "with result as (
                 insert into congress_result (congress_id, purpose, stage, elected_on, report, taken_at, taken_by,
                                              announced_on, announced_by, approved_on, approved_by, approval_number,
                                              file_within, file_by, seated_at, seated_by)
                 values ($1, $2, case when $3 then 'announced' else 'approved' end, $4::date, '选举结果报告', $5::timestamptz, $6::uuid, $4,
                         '大会执行主席', case when not $3 then $4 + 6 end,
                         case when not $3 then (select g.name || '党组织' from student_union u join college g on g.id = u.college_id
                                                where u.id = $7) end,
                         case when not $3 then '院党〔2026〕19号' end, case when not $3 then 10 end,
                         case when not $3 then $4 + 20 end, case when not $3 then $5 end, case when not $3 then $6 end)
                 returning congress_id
             )
             insert into congress_elected (congress_id, place, student_id)
             select r.congress_id, row_number() over (order by s.number), s.id
             from result r, (select distinct p.student_id from post p
                             where p.union_id = $7 and p.kind = $8 and p.voided_at is null
                                   and p.until_day is null order by 1 limit case when $3 then 1 else 5 end) held
                  join student s on s.id = held.student_id",
            congress.0,
            purpose,
            fills_vacancy,
            held,
            now - Duration::days(8),
            row.keeper.0,
            row.union.0,
            post
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

async fn held_congress(
    db: &mut PgConnection,
    institution: InstitutionId,
    union: UnionId,
    keeper: AccountId,
    held: Date,
    now: OffsetDateTime,
) -> Result<CongressId, Failure> {
    let id = CongressId::random();
    sqlx::query!(
        "insert into congress (id, institution_id, union_id, academic_year, ordinal, of_all, stage, counted_on, meets_on,
                               created_at, created_by)
         select $1, $2, $3, academic_year($4), '第四次', false, 'preparing', $4, $4, $5, $6",
        id.0,
        institution.0,
        union.0,
        held,
        (held - Duration::days(70)).with_time(Time::MIDNIGHT).assume_offset(CHINA) + Duration::hours(9),
        keeper.0
    )
    .execute(&mut *db)
    .await?;
    super::congress::bring_to(db, institution, id, "held", now).await?;
    Ok(id)
}
