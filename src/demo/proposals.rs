//! The demo's proposals: those of a college's finished congress on their way through the offices, and the first ones at the
//! congress that meets tomorrow, where delegates may still hand in theirs.

use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime};

use crate::{
    clock::CHINA,
    congress::{
        congress::{Congress, Stage},
        store::{CongressFilter, list},
    },
    failure::Failure,
    ids::{CongressId, DelegateId, InstitutionId, ProposalId},
};

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
        stage: "replied",
        office: Some("就业指导中心"),
    },
];

/// Before the congress that meets tomorrow.
const NEW: [DemoProposal; 2] = [
    DemoProposal {
        matter: "life",
        title: "食堂增加清淡窗口",
        cause: "晚自习和实习回来以后，窗口只剩重油重辣的菜，肠胃不好的同学没有选择。",
        advice: "每个食堂保留一个清淡窗口到二十点。",
        stage: "submitted",
        office: None,
    },
    DemoProposal {
        matter: "teaching",
        title: "提前公布实习轮转安排",
        cause: "轮转安排在开始前两三天才公布，同学来不及联系住宿和交通。",
        advice: "至少提前两周公布，并说明变动的联系人。",
        stage: "submitted",
        office: None,
    },
];

/// Opens proposals of the finished congress that has a result, and of the one that meets next.
pub(super) async fn load_proposals(
    db: &mut PgConnection,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    for congress in list(db, institution, CongressFilter::default()).await? {
        let (Some(meets_on), Some(_)) = (congress.meets_on, congress.seats) else { continue };
        if congress.stage == Stage::Convened {
            // One is enough: the demo has two delegates with accounts.
            open(db, &congress, meets_on, 1, now).await?;
            all(db, &congress, &NEW, 1, now).await?;
        } else if congress.stage == Stage::Closed && congress.college.is_some() {
            open(db, &congress, meets_on, 2, now).await?;
            all(db, &congress, &PROPOSALS, 2, now).await?;
        }
    }
    Ok(())
}

async fn open(
    db: &mut PgConnection,
    congress: &Congress,
    closes_on: Date,
    seconders: i16,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into congress_proposals (congress_id, closes_on, seconders, opened_at, opened_by)
         select id, $2::date, $3, least($4::timestamptz, $2::date - interval '20 days'), created_by
         from congress where id = $1",
        congress.id.0,
        closes_on,
        seconders,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The proposals of delegates who have no account to try, with their seconders.
async fn all(
    db: &mut PgConnection,
    congress: &Congress,
    proposals: &[DemoProposal],
    seconders: i64,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let delegates = sqlx::query_scalar!(
        r#"select d.id as "delegate: DelegateId" from delegate d join student s on s.id = d.student_id
           where d.congress_id = $1 and d.standing = 'elected' and d.ended_on is null
                 and not exists (select from account a where a.student_id = s.id)
           order by s.number limit $2::bigint + 1"#,
        congress.id.0,
        seconders
    )
    .fetch_all(&mut *db)
    .await?;
    let [lead, seconders @ ..] = delegates.as_slice() else { return Ok(()) };
    let meets_on = congress.meets_on.unwrap_or(now.date());
    let at = (meets_on - Duration::days(3)).midnight().assume_offset(CHINA) + Duration::hours(9);
    let by = Signed { lead: *lead, seconders, at };
    for (number, proposal) in (1_i16..).zip(proposals) {
        load_proposal(db, congress.id, number, proposal, &by, now).await?;
    }
    Ok(())
}

/// Who hands in a proposal and when.
struct Signed<'a> {
    lead: DelegateId,
    seconders: &'a [DelegateId],
    at: OffsetDateTime,
}

async fn load_proposal(
    db: &mut PgConnection,
    congress: CongressId,
    number: i16,
    proposal: &DemoProposal,
    by: &Signed<'_>,
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
        by.lead.0,
        proposal.matter,
        proposal.title,
        proposal.cause,
        proposal.advice,
        proposal.stage,
        by.at,
        proposal.office,
        now.date() + Duration::days(20)
    )
    .execute(&mut *db)
    .await?;
    for seconder in by.seconders {
        sqlx::query!(
            "insert into proposal_seconder (proposal_id, delegate_id, asked_at, agreed, answered_at) values ($1, $2, $3, true, $3)",
            id.0,
            seconder.0,
            by.at
        )
        .execute(&mut *db)
        .await?;
    }
    if let Some(office) = proposal.office.filter(|_| answered) {
        let replied = by.at + Duration::days(30);
        sqlx::query!(
            "insert into proposal_reply (proposal_id, turn, office, replied_on, says, at, by_account, satisfaction, rated_at)
             select $1, 1, $2, $3, '您的建议已经采纳，正在安排落实。', $4::timestamptz, c.created_by, $5::text, case when $5 is not null then $4 end
             from congress c where c.id = $6",
            id.0,
            office,
            replied.date(),
            replied,
            (proposal.stage == "closed").then_some("satisfied"),
            congress.0
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}
