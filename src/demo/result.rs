//! The demo's finished congress: a college's of the year before, with its result filed and its proposals at every step.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime, macros::date};

use crate::{
    failure::Failure,
    ids::{AccountId, CongressId, DelegateId, InstitutionId, ProposalId, StudentId, UnionId},
};

/// The day on which it met.
const HELD: Date = date!(2025 - 12 - 10);

/// What a demo proposal is: its text, how far it is, and the office that handles it.
struct DemoProposal {
    matter: &'static str,
    title: &'static str,
    cause: &'static str,
    advice: &'static str,
    stage: &'static str,
    office: Option<&'static str>,
}

const PROPOSALS: [DemoProposal; 4] = [
    DemoProposal {
        matter: "life",
        title: "延长图书馆考试周开放时间",
        cause: "考试周晚上九点以后，教学楼和图书馆都已关门，住校同学没有自习的地方。",
        advice: "考试周前后两周图书馆开放到二十三点，并安排值班。",
        stage: "closed",
        office: Some("图书馆"),
    },
    DemoProposal {
        matter: "teaching",
        title: "公布实训课程的考核标准",
        cause: "部分实训课程开课时没有说明考核办法，同学不清楚怎样准备。",
        advice: "开课第一周在课程平台上公布考核标准和各部分的比例。",
        stage: "replied",
        office: Some("教务处"),
    },
    DemoProposal {
        matter: "rights",
        title: "宿舍报修两天内答复",
        cause: "宿舍报修以后不知道由谁办理、什么时候来人。",
        advice: "报修两个工作日内告知维修时间，没有配件的说明原因。",
        stage: "assigned",
        office: Some("后勤管理处"),
    },
    DemoProposal {
        matter: "growth",
        title: "增加职业规划讲座的场次",
        cause: "讲座集中在毕业年级，低年级同学难以参加。",
        advice: "每学期为一、二年级各安排两场。",
        stage: "submitted",
        office: None,
    },
];

/// Loads the finished congress of the college of which the demo has the offices.
pub(super) async fn load_result(
    db: &mut PgConnection,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let union = sqlx::query!(
        r#"select u.id as "id: UnionId",
                  (select o.account_id from office o where o.institution_id = $1 and o.kind = 'school_league' limit 1)
                      as "keeper: AccountId"
           from student_union u join college c on c.id = u.college_id
           where u.institution_id = $1 and u.opened_on is not null
           order by exists (select from office o where o.college_id = c.id and o.kind = 'college_league') desc, c.name limit 1"#,
        institution.0
    )
    .fetch_optional(&mut *db)
    .await?;
    let Some((union, keeper)) = union.and_then(|row| Some((row.id, row.keeper?))) else { return Ok(()) };
    let congress = CongressId::random();
    sqlx::query!(
        "insert into congress (id, institution_id, union_id, academic_year, ordinal, of_all, stage, counted_on, meets_on,
                               held_on, created_at, created_by)
         values ($1, $2, $3, 2025, '第三次', false, 'closed', $4, $4, $4, $5, $6)",
        congress.0,
        institution.0,
        union.0,
        HELD,
        now - time::Duration::days(400),
        keeper.0
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "with result as (
             insert into congress_result (congress_id, purpose, stage, elected_on, report, taken_at, taken_by, announced_on,
                                          announced_by, approved_on, approved_by, approval_number, file_within, file_by, sent_on,
                                          receiver, receipt_on, receipt_number, seated_at, seated_by)
             values ($1, 'term', 'filed', $3::date, '第三次学生代表大会选举结果报告', $4::timestamptz, $5, $3, '大会执行主席', $3 + 5, '院系党组织',
                     '院党〔2025〕12号', 10, $3 + 19, $3 + 9, '校学生会', $3 + 12, '备2025-8', $4, $5)
             returning congress_id
         )
         insert into congress_elected (congress_id, place, student_id)
         select r.congress_id, row_number() over (order by s.number), p.student_id
         from result r, post p join student s on s.id = p.student_id
         where p.union_id = $2 and p.kind = 'presidium' and p.voided_at is null",
        congress.0,
        union.0,
        HELD,
        now,
        keeper.0
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "insert into congress_proposals (congress_id, closes_on, seconders, opened_at, opened_by) values ($1, $2, 2, $3, $4)",
        congress.0,
        HELD,
        now,
        keeper.0
    )
    .execute(&mut *db)
    .await?;
    let delegates = delegates(db, congress, union, keeper, now).await?;
    for (number, proposal) in (1_i16..).zip(&PROPOSALS) {
        if let [lead, seconders @ ..] = delegates.as_slice() {
            load_proposal(db, congress, number, proposal, *lead, seconders, now).await?;
        }
    }
    Ok(())
}

/// The presidium as delegates; a meeting of all has no others who could be named.
async fn delegates(
    db: &mut PgConnection,
    congress: CongressId,
    union: UnionId,
    keeper: AccountId,
    now: OffsetDateTime,
) -> Result<Vec<DelegateId>, Failure> {
    let students = sqlx::query_scalar!(
        r#"select p.student_id as "student: StudentId" from post p join student s on s.id = p.student_id
           where p.union_id = $1 and p.voided_at is null and p.kind in ('presidium', 'head')
           group by p.student_id, s.number order by s.number limit 3"#,
        union.0
    )
    .fetch_all(&mut *db)
    .await?;
    let mut delegates = Vec::new();
    for student in students {
        let id = DelegateId::random();
        sqlx::query!(
            "insert into delegate (id, congress_id, student_id, standing, backbone, listed_at, listed_by)
             values ($1, $2, $3, 'outside', true, $4, $5)",
            id.0,
            congress.0,
            student.0,
            now,
            keeper.0
        )
        .execute(&mut *db)
        .await?;
        delegates.push(id);
    }
    Ok(delegates)
}

async fn load_proposal(
    db: &mut PgConnection,
    congress: CongressId,
    number: i16,
    proposal: &DemoProposal,
    lead: DelegateId,
    seconders: &[DelegateId],
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let id = ProposalId::random();
    let answered = matches!(proposal.stage, "replied" | "closed");
    sqlx::query!(
        "insert into proposal (id, congress_id, number, lead_id, matter, title, cause, advice, stage, created_at, submitted_at,
                               office, due_on, closed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text, $10::timestamptz, $10, $11::text, case when $11 is not null then $12::date end,
                 case when $9 = 'closed' then $10 end)",
        id.0,
        congress.0,
        number,
        lead.0,
        proposal.matter,
        proposal.title,
        proposal.cause,
        proposal.advice,
        proposal.stage,
        now,
        proposal.office,
        now.date() + time::Duration::days(20)
    )
    .execute(&mut *db)
    .await?;
    for seconder in seconders {
        sqlx::query!(
            "insert into proposal_seconder (proposal_id, delegate_id, asked_at, agreed, answered_at) values ($1, $2, $3, true, $3)",
            id.0,
            seconder.0,
            now
        )
        .execute(&mut *db)
        .await?;
    }
    if let Some(office) = proposal.office.filter(|_| answered) {
        sqlx::query!(
            "insert into proposal_reply (proposal_id, turn, office, replied_on, says, at, by_account, satisfaction, rated_at)
             select $1, 1, $2, $3, '您的建议已经采纳，正在安排落实。', $4::timestamptz, c.created_by, $5::text, case when $5 is not null then $4 end
             from congress c where c.id = $6",
            id.0,
            office,
            now.date(),
            now,
            (proposal.stage == "closed").then_some("satisfied"),
            congress.0
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}
