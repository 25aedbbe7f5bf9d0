//! The demo's requests: a term of them, in every area and at every stage, with some that are late.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime, Time};

use crate::{
    clock::CHINA,
    failure::Failure,
    ids::{InstitutionId, VoiceRequestId, VoiceUnitId},
};

/// The offices that answer: name, what they see to, the office of the portal.
const UNITS: [(&str, &str, Option<&str>); 5] = [
    ("教务处", "选课、考试、教室", None),
    ("后勤管理处", "宿舍、食堂、水电", None),
    ("图书馆", "座位、借阅、开放时间", None),
    ("学生工作部（处）", "资助、心理、奖惩", Some("student_affairs")),
    ("信息化中心", "校园网、账号、一卡通", None),
];

/// A request as it is told.
struct DemoRequest {
    area: &'static str,
    title: &'static str,
    says: &'static str,
    /// By its place in [`UNITS`]; none: the union answers itself.
    unit: Option<usize>,
    /// Days ago.
    ago: i64,
    stage: &'static str,
    identity: &'static str,
    answer: &'static str,
    ending: &'static str,
    word: &'static str,
    supports: i64,
}

const fn told(
    area: &'static str,
    title: &'static str,
    says: &'static str,
    unit: Option<usize>,
    ago: i64,
) -> DemoRequest {
    DemoRequest {
        area,
        title,
        says,
        unit,
        ago,
        stage: "received",
        identity: "named",
        answer: "",
        ending: "",
        word: "",
        supports: 0,
    }
}

impl DemoRequest {
    const fn by(self, identity: &'static str) -> Self {
        Self { identity, ..self }
    }

    const fn sent(self, supports: i64) -> Self {
        Self { stage: "sent", supports, ..self }
    }

    const fn answered(self, ending: &'static str, answer: &'static str, supports: i64) -> Self {
        Self { stage: "answered", ending, answer, supports, ..self }
    }

    const fn confirmed(self, word: &'static str) -> Self {
        Self { stage: "confirmed", word, ..self }
    }
}

const REQUESTS: [DemoRequest; 14] = [
    told("rights", "宿舍三楼热水晚上九点后常停", "这两周晚上九点以后三楼的热水经常停，洗漱排队很久。", Some(1), 60)
        .answered("solved", "已更换三楼的循环泵，并把供水时间延长到二十三点。以后停水会提前在楼下通知。", 23)
        .confirmed("satisfied"),
    told("study", "选课系统第一轮卡顿，抢不到必修课", "第一轮开放的头十分钟打不开，专业必修课也没选上。", Some(0), 55)
        .answered(
            "explained",
            "必修课由系统预置，不需要抢；没有预置上的，请在第二周前到院系教学秘书处补选。第二轮已扩容。",
            41,
        )
        .confirmed("mostly"),
    told("study", "考试周图书馆座位不够", "七点半去就没有座位了，很多座位有书没人。", Some(2), 48)
        .answered(
            "solved",
            "考试周开放时间延长到二十三点，离座三十分钟的座位由值班老师清理；新增四楼自习区一百二十座。",
            35,
        )
        .confirmed("satisfied"),
    told("health", "希望心理咨询可以网上预约", "现在要打电话，占线，也不好意思说。", Some(3), 40)
        .by("anonymous")
        .answered("solved", "已开通网上预约，每周二晚、周四晚增加两名咨询师。紧急情况请直接打中心值班电话。", 12)
        .confirmed("satisfied"),
    told("integration", "新生第一次到外地，希望有人带着熟悉城市", "周末不知道去哪里，也没有认识的人。", None, 36)
        .answered("solved", "学生会每月第一个周六组织一次城市走读，已开三期，在活动里报名。", 9)
        .confirmed("satisfied"),
    told("rights", "食堂二楼菜价没有标在窗口", "打完才知道价钱，希望明码标价。", Some(1), 30)
        .answered("solved", "二楼十二个窗口已经全部装上价目屏。", 18)
        .confirmed("satisfied"),
    told("other", "教学楼充电插座太少", "下午连着上课，电脑没电，插座一个教室只有两个。", Some(1), 26)
        .answered("explained", "线路改造列入明年暑期计划；目前每层走廊设了充电柜，可以先用。", 27)
        .confirmed("dissatisfied"),
    told("study", "实验课分组信息发得太晚", "上课前一天晚上才知道分组。", Some(0), 18).by("answering").answered(
        "solved",
        "实验分组改为开课前一周公布，本学期余下的实验已补发。",
        5,
    ),
    told("rights", "校园网晚高峰掉线", "晚上八点到十点宿舍网络经常断。", Some(4), 9).answered(
        "solved",
        "七号、八号楼的出口已扩容，晚高峰不再掉线；仍有问题请报楼号和时间。",
        31,
    ),
    told("health", "操场夜间照明有一半不亮", "晚上跑步看不清，有人绊倒过。", Some(1), 6).sent(14),
    told("rights", "快递柜常满，取件要排队", "取一个快递排二十分钟。", Some(1), 3).sent(8),
    told("integration", "希望有转专业同学的交流会", "转过来以后课程衔接不上，想问问学长学姐。", None, 2)
        .sent(2)
        .by("answering"),
    told("health", "体测补测时间和考试冲突", "补测安排在期末考试那一天。", Some(0), 1),
    told("study", "自习室空调不制热", "三号楼二层自习室早上很冷。", Some(1), 0).by("anonymous"),
];

/// Loads the offices that answer and a term of requests. Their authors are students of the university with an account.
pub(super) async fn load_voice(
    db: &mut PgConnection,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let mut units = Vec::new();
    for (name, duties, office) in UNITS {
        let id = VoiceUnitId::random();
        sqlx::query!(
            "insert into voice_unit (id, institution_id, name, duties, office, made_at) values ($1, $2, $3, $4, $5, $6)",
            id.0,
            institution.0,
            name,
            duties,
            office,
            now - Duration::days(90)
        )
        .execute(&mut *db)
        .await?;
        units.push(id);
    }
    let authors = sqlx::query_scalar!(
        "select a.id from account a join office o on o.account_id = a.id and o.kind = 'student'
         where a.institution_id = $1 and a.student_id is not null order by a.password_hash is null, a.number limit 60",
        institution.0
    )
    .fetch_all(&mut *db)
    .await?;
    let Some(first) = authors.first() else { return Ok(()) };
    for (number, told) in (1_i32..).zip(&REQUESTS) {
        let place = usize::try_from(number).unwrap_or(0);
        // The first author is the demo's own student, who finds one to confirm.
        let author = if told.stage == "answered" { first } else { authors.get(place % authors.len()).unwrap_or(first) };
        let unit = told.unit.and_then(|unit| units.get(unit)).map(|id| id.0);
        load_request(db, institution, number, told, *author, unit, now).await?;
    }
    let last = i32::try_from(REQUESTS.len()).unwrap_or(1);
    sqlx::query!("insert into voice_counter (institution_id, last) values ($1, $2)", institution.0, last)
        .execute(db)
        .await?;
    Ok(())
}

async fn load_request(
    db: &mut PgConnection,
    institution: InstitutionId,
    number: i32,
    told: &DemoRequest,
    author: sqlx::types::Uuid,
    unit: Option<sqlx::types::Uuid>,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let id = VoiceRequestId::random();
    let nine = Time::from_hms(9, 0, 0).unwrap_or(Time::MIDNIGHT);
    let asked = if told.ago == 0 { now } else { (now - Duration::days(told.ago)).to_offset(CHINA).replace_time(nine) };
    let anonymous = told.identity == "anonymous";
    let taken_up = (told.stage != "received").then(|| asked + Duration::hours(5));
    let answered = (!told.answer.is_empty()).then(|| asked + Duration::days(3));
    let confirmed = (!told.word.is_empty()).then(|| asked + Duration::days(4));
    let code = anonymous.then(|| crate::auth::token::hash_of(&crate::secrets::code()));
    sqlx::query!(
        "insert into voice_request (id, institution_id, number, receiver, area, title, says, place, identity, account_id,
                                    code_hash, may_publish, is_public, stage, received_at, take_up_due, taken_up_at,
                                    lead_unit_id, unit_id, due_on, turn, answer, ending, answered_at, satisfaction, remark,
                                    confirmed_at)
         values ($1, $2, $3, 'school', $4, $5, $6, '', $7, $8, $9, true, $10, $11, $12, $13, $14, $15, $15, $16, 1, $17, $18,
                 $19, $20, $21, $22)",
        id.0,
        institution.0,
        number,
        told.area,
        told.title,
        told.says,
        told.identity,
        (!anonymous).then_some(author),
        code,
        taken_up.is_some(),
        told.stage,
        asked,
        asked + Duration::days(1),
        taken_up,
        unit.filter(|_| taken_up.is_some()),
        taken_up.map(|at| (at + Duration::days(4)).date()),
        (!told.answer.is_empty()).then_some(told.answer),
        (!told.ending.is_empty()).then_some(told.ending),
        answered,
        (!told.word.is_empty()).then_some(told.word),
        (told.word == "dissatisfied").then_some("希望暑假以前先改几间。"),
        confirmed
    )
    .execute(&mut *db)
    .await?;
    let events = [
        ("received", Some(asked), "", ""),
        ("sent", taken_up, "校学生会", ""),
        ("answered", answered, "校学生会", told.answer),
        ("confirmed", confirmed, "", ""),
    ];
    for (seq, (kind, at, office, says)) in (1_i32..).zip(events) {
        let Some(at) = at else { continue };
        sqlx::query!(
            "insert into voice_event (request_id, seq, kind, at, office, says) values ($1, $2, $3, $4, $5, $6)",
            id.0,
            seq,
            kind,
            at,
            office,
            says
        )
        .execute(&mut *db)
        .await?;
    }
    sqlx::query!(
        "insert into voice_support (request_id, account_id)
         select $1, a.id from account a where a.institution_id = $2 and a.student_id is not null and a.id <> $3
         order by md5(a.id::text || $1::uuid::text) limit $4",
        id.0,
        institution.0,
        author,
        if taken_up.is_some() { told.supports } else { 0 }
    )
    .execute(db)
    .await?;
    Ok(())
}
