//! The demo's everyday work: a month of matters of the school's union, one of them refused, prior reports, one of them late,
//! and activities with those who signed up.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime, Time};

use super::paper::paper;
use crate::{
    clock::CHINA,
    failure::Failure,
    ids::{AccountId, InstitutionId, MatterId, PriorReportId, ReceiptId, StudentId, UnionId},
    secrets::readable,
};

/// Who acts in the demo's everyday work.
struct Cast {
    institution: InstitutionId,
    union: UnionId,
    filer: AccountId,
    presidium: AccountId,
    guide: AccountId,
    deputy: AccountId,
    lead: StudentId,
}

/// A matter of the demo.
struct DemoMatter {
    kind: &'static str,
    title: &'static str,
    why: &'static str,
    how: &'static str,
    /// Days from today to its start.
    starts: i64,
    people: Option<i32>,
    place: Option<&'static str>,
    safety: Option<&'static str>,
    channel: Option<&'static str>,
    body: Option<&'static str>,
    partner: Option<&'static str>,
    contact: Option<&'static str>,
    source: Option<&'static str>,
    urgent: Option<&'static str>,
    /// Names and fen.
    lines: &'static [(&'static str, i64)],
    ends: End,
}

/// How far a matter of the demo is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Asked,
    Guide,
    Refused,
    Returned,
    Approved,
    Begun,
    Closed,
}

const NOTHING: DemoMatter = DemoMatter {
    kind: "activity",
    title: "",
    why: "服务同学成长成才",
    how: "前期宣传、现场组织、活动总结，由相关部门分工落实。",
    starts: 0,
    people: None,
    place: None,
    safety: None,
    channel: None,
    body: None,
    partner: None,
    contact: None,
    source: None,
    urgent: None,
    lines: &[],
    ends: End::Asked,
};

const MATTERS: [DemoMatter; 8] = [
    DemoMatter {
        title: "学习宣讲团进班级",
        why: "引导同学坚定理想信念",
        starts: -24,
        people: Some(80),
        place: Some("图书馆报告厅"),
        lines: &[("宣讲材料印制", 18_650), ("场地布置", 24_000)],
        ends: End::Closed,
        ..NOTHING
    },
    DemoMatter {
        title: "校园歌手大赛决赛",
        starts: -3,
        people: Some(600),
        place: Some("大学生活动中心"),
        safety: Some("疏散通道四处，校医和保卫人员到场，分区就座，提前一小时检查用电。"),
        lines: &[("音响租用", 260_000), ("奖品", 90_000)],
        ends: End::Begun,
        ..NOTHING
    },
    DemoMatter {
        title: "冬日读书分享会",
        starts: 9,
        people: Some(60),
        place: Some("图书馆一楼大厅"),
        lines: &[("书签制作", 12_050)],
        ends: End::Approved,
        ..NOTHING
    },
    DemoMatter {
        title: "通宵电竞嘉年华",
        why: "丰富课余生活",
        how: "晚间开始，通宵进行。",
        starts: 6,
        people: Some(90),
        place: Some("体育馆"),
        ends: End::Refused,
        ..NOTHING
    },
    DemoMatter {
        kind: "publication",
        title: "考试周图书馆延时开放通知",
        starts: 2,
        channel: Some("学生会公众号"),
        body: Some("同学们：考试周图书馆自习区开放至二十三点，请有序入座，保持安静。"),
        urgent: Some("开放时间本周才确定"),
        ends: End::Guide,
        ..NOTHING
    },
    DemoMatter {
        kind: "contact",
        title: "走访社区洽谈志愿服务基地",
        starts: 16,
        partner: Some("滨河社区居民委员会"),
        contact: Some("visit"),
        ends: End::Returned,
        ..NOTHING
    },
    DemoMatter {
        kind: "funds",
        title: "文创材料采购",
        starts: 12,
        source: Some("start"),
        lines: &[("卡纸", 8_800), ("颜料", 13_420)],
        ends: End::Asked,
        ..NOTHING
    },
    DemoMatter {
        title: "新生志愿者训练营",
        starts: -17,
        people: Some(48),
        place: Some("实训楼 201"),
        ends: End::Closed,
        ..NOTHING
    },
];

/// Loads them for the school's union.
pub(super) async fn load_matters(
    db: &mut PgConnection,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let Some(cast) = cast(db, institution).await? else { return Ok(()) };
    let mut made = Vec::new();
    for (number, told) in (1..).zip(&MATTERS) {
        made.push(matter(db, institution, &cast, told, number, now).await?);
    }
    sqlx::query!(
        "insert into matter_counter (institution_id, matters, reports) values ($1, $2, 2)",
        institution.0,
        i32::try_from(MATTERS.len()).unwrap_or(i32::MAX)
    )
    .execute(&mut *db)
    .await?;
    let contest = made.get(1).copied();
    reports(db, institution, &cast, contest, now).await?;
    for (place, id) in made.into_iter().enumerate() {
        match place {
            0 => activity(db, institution, &cast, id, "guidance", now).await?,
            1 => activity(db, institution, &cast, id, "culture", now).await?,
            2 => activity(db, institution, &cast, id, "study", now).await?,
            7 => activity(db, institution, &cast, id, "practice", now).await?,
            _ => {}
        }
    }
    Ok(())
}

/// The people: of the union's two accounts the second is a member's of the presidium, who signs.
async fn cast(db: &mut PgConnection, institution: InstitutionId) -> Result<Option<Cast>, Failure> {
    sqlx::query!(
        "with signer as (
             select a.id, a.number, a.name from office o join account a on a.id = o.account_id
             where o.institution_id = $1 and o.kind = 'school_union' order by a.number desc limit 1
         ), member as (
             select p.student_id from post p join student_union u on u.id = p.union_id
             where u.institution_id = $1 and u.kind = 'school' and p.kind = 'presidium' and p.voided_at is null
                   and p.until_day is null and not exists (select from account a where a.student_id = p.student_id)
             order by p.student_id limit 1
         ), linked as (
             update account a set student_id = member.student_id from signer, member where a.id = signer.id
         )
         update student s set number = signer.number, name = signer.name from signer, member where s.id = member.student_id",
        institution.0
    )
    .execute(&mut *db)
    .await?;
    let row = sqlx::query!(
        r#"select u.id as "union: UnionId",
                  (select o.account_id from office o join account a on a.id = o.account_id
                   where o.institution_id = $1 and o.kind = 'school_union' order by a.number limit 1) as "filer: AccountId",
                  (select o.account_id from office o join account a on a.id = o.account_id
                   where o.institution_id = $1 and o.kind = 'school_union' order by a.number desc limit 1)
                      as "presidium: AccountId",
                  (select o.account_id from office o join account a on a.id = o.account_id
                   where o.institution_id = $1 and o.kind = 'school_league' order by a.number limit 1) as "guide: AccountId",
                  (select o.account_id from office o join account a on a.id = o.account_id
                   where o.institution_id = $1 and o.kind = 'deputy_secretary' order by a.number limit 1)
                      as "deputy: AccountId",
                  (select p.student_id from post p where p.union_id = u.id and p.kind = 'head' and p.voided_at is null
                          and p.until_day is null order by p.student_id limit 1) as "lead: StudentId"
           from student_union u where u.institution_id = $1 and u.kind = 'school'"#,
        institution.0
    )
    .fetch_optional(db)
    .await?;
    let cast = row.and_then(|row| {
        Some(Cast {
            institution,
            union: row.union,
            filer: row.filer?,
            presidium: row.presidium?,
            guide: row.guide?,
            deputy: row.deputy?,
            lead: row.lead?,
        })
    });
    Ok(cast)
}

fn at(now: OffsetDateTime, days: i64, hour: u8) -> OffsetDateTime {
    let time = Time::from_hms(hour, 0, 0).unwrap_or(Time::MIDNIGHT);
    (now.to_offset(CHINA) + Duration::days(days)).replace_time(time)
}

async fn matter(
    db: &mut PgConnection,
    institution: InstitutionId,
    cast: &Cast,
    told: &DemoMatter,
    number: i32,
    now: OffsetDateTime,
) -> Result<MatterId, Failure> {
    let id = MatterId::random();
    let filed = at(now, told.starts.min(0) - 12, 9).min(now - Duration::days(4));
    let urgent = told.urgent;
    sqlx::query!(
        "insert into matter (id, institution_id, union_id, number, kind, title, lead_id, phone, why, how, starts_at, place,
                             people, safety, channel, body, partner, contact, source, urgent, stage, revision, steps,
                             filed_at, filed_by)
         values ($1, $2, $3, $4, $5, $6, $7, '13800001234', $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 'asked',
                 1, array['presidium', 'guide', 'deputy'], $20, $21)",
        id.0,
        institution.0,
        cast.union.0,
        number,
        told.kind,
        told.title,
        cast.lead.0,
        told.why,
        told.how,
        at(now, told.starts, 19),
        told.place,
        told.people,
        told.safety,
        told.channel,
        told.body,
        told.partner,
        told.contact,
        told.source,
        urgent,
        filed,
        cast.filer.0
    )
    .execute(&mut *db)
    .await?;
    let (names, planned): (Vec<String>, Vec<i64>) =
        told.lines.iter().map(|(name, fen)| ((*name).to_owned(), *fen)).unzip();
    sqlx::query!(
        "insert into matter_line (matter_id, place, name, planned)
         select $1, t.place, t.name, t.planned
         from unnest($2::text[], $3::bigint[]) with ordinality as t(name, planned, place)",
        id.0,
        &names,
        &planned
    )
    .execute(&mut *db)
    .await?;
    sign(db, cast, id, told, filed).await?;
    settle(db, cast, id, told, filed, now).await?;
    Ok(id)
}

/// The words of the steps, as far as the matter is.
async fn sign(
    db: &mut PgConnection,
    cast: &Cast,
    id: MatterId,
    told: &DemoMatter,
    filed: OffsetDateTime,
) -> Result<(), Failure> {
    let words: &[(&str, &str, &str)] = match told.ends {
        End::Asked => &[],
        End::Guide => &[("presidium", "agree", "同意")],
        End::Returned => &[("presidium", "agree", "同意"), ("guide", "return", "请补充走访人员名单和返校时间")],
        End::Refused => &[("presidium", "agree", "同意"), ("guide", "refuse", "通宵举行影响作息和安全，不予批准")],
        End::Approved | End::Begun | End::Closed => {
            &[("presidium", "agree", "同意"), ("guide", "agree", "同意，注意组织"), ("deputy", "agree", "同意")]
        }
    };
    for (days, (step, verdict, says)) in (1..).zip(words) {
        let by = match *step {
            "presidium" => cast.presidium,
            "guide" => cast.guide,
            _ => cast.deputy,
        };
        sqlx::query!(
            "insert into matter_signature (matter_id, revision, step, verdict, says, content_read, at, by_account)
             values ($1, 1, $2, $3, $4, $5, $6, $7)",
            id.0,
            *step,
            *verdict,
            *says,
            *step == "guide" && *verdict == "agree",
            filed + Duration::days(days),
            by.0
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// Where the matter stands, with its account where it was closed.
async fn settle(
    db: &mut PgConnection,
    cast: &Cast,
    id: MatterId,
    told: &DemoMatter,
    filed: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let stage = match told.ends {
        End::Asked | End::Guide => return Ok(()),
        End::Refused => "refused",
        End::Returned => "returned",
        End::Approved => "approved",
        End::Begun => "begun",
        End::Closed => "closed",
    };
    let approved = matches!(told.ends, End::Approved | End::Begun | End::Closed).then(|| filed + Duration::days(3));
    let begun = matches!(told.ends, End::Begun | End::Closed).then(|| at(now, told.starts, 19));
    let closed = (told.ends == End::Closed).then(|| at(now, told.starts + 5, 10));
    sqlx::query!(
        "update matter set stage = $2, approved_at = $3, begun_at = $4, begun_noted_at = $4,
                           begun_by = case when $4::timestamptz is not null then $5::uuid end, summary_due = $6,
                           summary = case when $7::timestamptz is not null
                                          then '按计划举行，组织有序，同学反映良好；宣传还可以更早。' end,
                           closed_at = $7
         where id = $1",
        id.0,
        stage,
        approved,
        begun,
        cast.filer.0,
        begun.map(|begun| (begun + Duration::days(7)).to_offset(CHINA).date()),
        closed
    )
    .execute(&mut *db)
    .await?;
    if let Some(closed) = closed {
        sqlx::query!(
            "update matter_line set spent = planned - 350, receipt = '票据 ' || (4000 + place) where matter_id = $1",
            id.0
        )
        .execute(&mut *db)
        .await?;
        let scan = paper(db, cast.institution, "票据.pdf", closed).await?;
        sqlx::query!(
            "insert into matter_receipt (id, matter_id, place, document_id, at, by_account)
             select $2, matter_id, place, $3, $4, $5 from matter_line where matter_id = $1 order by place limit 1",
            id.0,
            ReceiptId::random().0,
            scan.0,
            closed,
            cast.filer.0
        )
        .execute(&mut *db)
        .await?;
    }
    if told.ends == End::Begun {
        sqlx::query!(
            "insert into matter_loan (id, matter_id, what, quantity, lender, due_on, lent_at, lent_by)
             values (gen_random_uuid(), $1, '对讲机', 6, '校团委办公室', $2, $3, $4)",
            id.0,
            at(now, told.starts + 2, 9).date(),
            at(now, told.starts, 9),
            cast.filer.0
        )
        .execute(db)
        .await?;
    }
    Ok(())
}

/// A report on the contest, passed on to the Party committee, and a decision that was reported too late.
async fn reports(
    db: &mut PgConnection,
    institution: InstitutionId,
    cast: &Cast,
    contest: Option<MatterId>,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let received = at(now, -12, 10);
    sqlx::query!(
        "insert into prior_report (id, institution_id, union_id, number, kind, matter_id, title, says, why, grounds,
                                   planned_at, received_at, by_account, answer, answer_says, answered_at, answered_by,
                                   pass_due, passed_at, passed_by, party_reply, party_replied_on)
         values ($1, $2, $3, 1, 'activity', $4, '校园歌手大赛决赛', '拟在大学生活动中心举行决赛，观众约六百人。',
                 '丰富校园文化，展示同学风采', array['参加人数超过 100 人'], $5, $6, $7, 'agreed', '同意，落实安全预案', $8, $9, $10,
                 $8, $9, '同意，确保安全', $11)",
        PriorReportId::random().0,
        institution.0,
        cast.union.0,
        contest.map(|id| id.0),
        at(now, -3, 19),
        received,
        cast.filer.0,
        received + Duration::days(1),
        cast.guide.0,
        (received + Duration::days(4)).date(),
        (received + Duration::days(3)).date()
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "insert into prior_report (id, institution_id, union_id, number, kind, title, says, why, grounds, planned_at,
                                   happened_at, received_at, by_account)
         values ($1, $2, $3, 2, 'decision', '调整宣传工作分工', '已将公众号运营由一个部门改为两个部门轮流负责。',
                 '便于统筹', array['调整部门设置'], $4, $4, $5, $6)",
        PriorReportId::random().0,
        institution.0,
        cast.union.0,
        at(now, -5, 15),
        at(now, -2, 9),
        cast.filer.0
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What students see of an activity, and who signed up.
async fn activity(
    db: &mut PgConnection,
    institution: InstitutionId,
    cast: &Cast,
    id: MatterId,
    purpose: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let code = readable(20, 5);
    sqlx::query!(
        "insert into activity (matter_id, purpose, for_school, places, closes_at, check_in, code, kept_at, kept_by)
         select id, $2, false, 60, starts_at, case when stage = 'approved' then 'not_yet' else 'ended' end, $3, $4, $5
         from matter where id = $1",
        id.0,
        purpose,
        code,
        now - Duration::days(3),
        cast.filer.0
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "insert into activity_partner (matter_id, organisation_id)
         select $1, id from organisation where institution_id = $2 and kind = 'society' and is_main order by name limit 1",
        id.0,
        institution.0
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "with chosen as (
             select s.id, row_number() over (order by md5(s.id::text || $1::uuid::text)) as place
             from student s where s.institution_id = $2 and s.left_on is null
             order by place limit 66
         )
         insert into activity_sign_up (matter_id, student_id, standing, at, checked_in_at, way, satisfaction, rated_at)
         select q.id, chosen.id, case when chosen.place <= 60 then 'in' else 'waiting' end,
                $3::timestamptz + chosen.place * interval '7 min', case when came then q.begun_at end,
                case when came then 'code' end, case when came then said end,
                case when came and said is not null then q.begun_at + interval '3 hours' end
         from chosen, matter q,
              lateral (select q.begun_at is not null and chosen.place <= 60 and chosen.place % 8 <> 0 as came) as there,
              lateral (select case when chosen.place % 9 = 0 then 'mostly' when chosen.place % 23 = 0 then 'dissatisfied'
                                   when chosen.place % 3 <> 0 then 'satisfied' end as said) as word
         where q.id = $1",
        id.0,
        institution.0,
        now - Duration::days(2)
    )
    .execute(db)
    .await?;
    Ok(())
}
