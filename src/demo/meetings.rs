//! The demo's meetings: of the presidium with a major decision, a working meeting to which colleges came late or not at all,
//! and one to come.

use sqlx::{PgConnection, types::Uuid};
use time::{Duration, OffsetDateTime, Time};

use crate::{
    failure::Failure,
    ids::{DecisionId, InstitutionId, MeetingMemberId, UnionId, UnionMeetingId},
    meetings::meeting::Presence,
};

struct DemoMeeting {
    kind: &'static str,
    title: &'static str,
    place: &'static str,
    agenda: &'static str,
    /// Days from today.
    days: i64,
    minutes: Option<&'static str>,
}

const MEETINGS: [DemoMeeting; 4] = [
    DemoMeeting {
        kind: "presidium",
        title: "第五次主席团会议",
        place: "大学生活动中心 201",
        agenda: "研究本学期工作计划\n研究宿舍文化节筹备分工",
        days: -24,
        minutes: Some("会议逐项研究了本学期工作计划，提出修改意见三条。\n会议研究了宿舍文化节的筹备分工和经费安排。"),
    },
    DemoMeeting {
        kind: "link",
        title: "十一月校院学生会工作例会",
        place: "行政楼第三会议室",
        agenda: "通报各院系学生会工作情况\n部署权益提案征集",
        days: -16,
        minutes: Some("各院系学生会通报了近期工作。会议部署了权益提案征集，请各院系在本月底以前报送。"),
    },
    DemoMeeting {
        kind: "presidium",
        title: "第六次主席团会议",
        place: "大学生活动中心 201",
        agenda: "听取部门工作汇报",
        days: -2,
        minutes: None,
    },
    DemoMeeting {
        kind: "presidium",
        title: "第七次主席团会议",
        place: "大学生活动中心 201",
        agenda: "研究年度工作总结\n研究换届准备工作",
        days: 5,
        minutes: None,
    },
];

/// Loads the meetings of the school's union.
pub(super) async fn load_meetings(
    db: &mut PgConnection,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let found = sqlx::query!(
        r#"select u.id as "union: UnionId", o.account_id as account,
                  (select p.student_id from post p where p.union_id = u.id and p.kind = 'presidium' and p.voided_at is null
                          and p.until_day is null order by p.student_id limit 1) as chair
           from student_union u join office o on o.institution_id = u.institution_id and o.kind = 'school_union'
           where u.institution_id = $1 and u.kind = 'school' order by o.granted_at, o.id limit 1"#,
        institution.0
    )
    .fetch_optional(&mut *db)
    .await?;
    let Some(found) = found else { return Ok(()) };
    for meeting in &MEETINGS {
        let id = UnionMeetingId::random();
        let starts = now.replace_time(Time::MIDNIGHT) + Duration::days(meeting.days) + Duration::hours(19);
        sqlx::query!(
            "insert into union_meeting (id, union_id, kind, title, place, starts_at, minutes_long, agenda, stage, sequence,
                                        called_at, called_by, chair_id, minutes, held_at, held_by)
             values ($1, $2, $3, $4, $5, $6, 60, $7, $8, 0, $9, $10, $11, $12, $13, $14)",
            id.0,
            found.union.0,
            meeting.kind,
            meeting.title,
            meeting.place,
            starts,
            meeting.agenda,
            if meeting.minutes.is_some() { "held" } else { "called" },
            starts - Duration::days(6),
            found.account,
            found.chair,
            meeting.minutes,
            meeting.minutes.map(|_| starts + Duration::days(1)),
            meeting.minutes.map(|_| found.account)
        )
        .execute(&mut *db)
        .await?;
        invite(db, institution, found.union, id, meeting).await?;
    }
    decide(db, institution, now).await
}

/// Invites the presidium, and to a working meeting the colleges' unions.
async fn invite(
    db: &mut PgConnection,
    institution: InstitutionId,
    union: UnionId,
    id: UnionMeetingId,
    meeting: &DemoMeeting,
) -> Result<(), Failure> {
    let students = sqlx::query_scalar!(
        "select distinct student_id from post where union_id = $1 and kind = 'presidium' and voided_at is null
                and until_day is null order by student_id",
        union.0
    )
    .fetch_all(&mut *db)
    .await?;
    let colleges = sqlx::query_scalar!(
        "select u.id from student_union u join college c on c.id = u.college_id
         where u.institution_id = $1 and u.kind = 'college' and u.opened_on is not null order by c.name",
        institution.0
    )
    .fetch_all(&mut *db)
    .await?;
    let colleges = if meeting.kind == "link" { colleges } else { Vec::new() };
    let people = students.into_iter().map(|student| (Some(student), None));
    let unions = colleges.into_iter().map(|union| (None, Some(union)));
    let invited: Vec<(Option<Uuid>, Option<Uuid>)> = people.chain(unions).collect();
    for (place, (student, of_union)) in invited.into_iter().enumerate() {
        // One of the presidium had leave; of the colleges one was late, one did not come.
        let presence = match (of_union.is_some(), place) {
            (false, 1) => Presence::Excused,
            (true, 6) => Presence::Late,
            (true, 7) => Presence::Absent,
            _ => Presence::Present,
        };
        sqlx::query!(
            "insert into union_meeting_member (id, meeting_id, student_id, union_id, counts, presence)
             values ($1, $2, $3, $4, $5, $6)",
            MeetingMemberId::random().0,
            id.0,
            student,
            of_union,
            student.is_some() && meeting.kind == "presidium",
            meeting.minutes.map(|_| presence.slug())
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// What the first meeting decided: a major matter that is done, and one that is late.
async fn decide(db: &mut PgConnection, institution: InstitutionId, now: OffsetDateTime) -> Result<(), Failure> {
    let day = now.date();
    for (number, says, major, due, done) in [
        (1, "通过本学期学生会工作计划，报校团委", true, day - Duration::days(14), Some("已报校团委，校团委原则同意")),
        (2, "宿舍文化节由生活权益部牵头，制定方案和预算", false, day - Duration::days(4), None),
    ] {
        sqlx::query!(
            "insert into union_decision (id, meeting_id, number, says, major, yes, no, abstained, owner_id, due_on, at,
                                         by_account, done_at, done_by, done_says)
             select $1, m.id, $2, $3, $4, 3, 0, 0,
                    (select x.id from union_meeting_member x where x.meeting_id = m.id order by x.id limit 1), $5, m.starts_at,
                    m.called_by, case when $6::text is not null then m.held_at end,
                    case when $6 is not null then m.called_by end, $6
             from union_meeting m join student_union u on u.id = m.union_id
             where u.institution_id = $7 and m.kind = 'presidium' and m.stage = 'held'",
            DecisionId::random().0,
            number,
            says,
            major,
            due,
            done,
            institution.0
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}
