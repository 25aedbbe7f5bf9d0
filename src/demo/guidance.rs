//! The demo's leadership and guidance: who leads, with one office still open; a hearing, a joint study that waits for its
//! second signature, measures, a problem, guidance, papers of the year, and projects of which one is overdue.

use sqlx::{PgConnection, types::Uuid};
use time::{Date, Duration, OffsetDateTime};

use crate::{
    failure::Failure,
    ids::{
        CollegeGuideId, CollegeHearingId, GuidanceRecordId, GuidanceRoleId, InstitutionId, ProjectId, ProjectTaskId,
        VolunteerHoursId, VolunteerId, YearPaperId,
    },
    rulebook::store::calendar,
    rules::guidance::{SlotKind, slots},
};

const NAMES: [&str; 12] =
    ["周国平", "郑文", "林建华", "何丽", "高志强", "罗敏", "梁伟", "宋婷", "唐军", "韩雪", "冯涛", "曹颖"];

/// Loads what stands on the pages of guidance.
pub(super) async fn load_guidance(
    db: &mut PgConnection,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let league = sqlx::query_scalar!(
        "select account_id from office where institution_id = $1 and kind = 'school_league'
         order by granted_at, id limit 1",
        institution.0
    )
    .fetch_optional(&mut *db)
    .await?;
    let Some(league) = league else { return Ok(()) };
    load_roles(db, institution, league, now).await?;
    let day = |days: i64| now.date() - Duration::days(days);
    record(db, institution, &Made::new("party-hearing", day(150), "学校党委会听取学生会工作汇报", league)).await?;
    record(db, institution, &Made::new("group-report", day(200), "第一次领导小组工作汇报", league)).await?;
    let study = Made { topic: Some("rules"), ..Made::new("joint-study", day(3), "学生会章程修订稿", league) };
    record(db, institution, &study).await?;
    record(db, institution, &Made::new("good-practice", day(40), "“一站式”权益服务经验", league)).await?;
    let unions = sqlx::query_scalar!(
        "select u.id from student_union u join college c on c.id = u.college_id
         where u.institution_id = $1 and u.kind = 'college' order by c.name",
        institution.0
    )
    .fetch_all(&mut *db)
    .await?;
    for (place, union) in unions.iter().enumerate() {
        load_college(db, *union, league, now).await?;
        if place % 3 != 2 {
            let title = "落实学生会改革的细化措施";
            let measures = Made { union: Some(*union), ..Made::new("measures", day(60), title, league) };
            record(db, institution, &measures).await?;
        }
        for (means, title) in [("system", "指导修订院系学生会章程"), ("activity", "联合开展宿舍文化节")]
        {
            if (place + title.len()) % 2 == 0 {
                let guiding =
                    Made { union: Some(*union), means: Some(means), ..Made::new("guiding", day(20), title, league) };
                record(db, institution, &guiding).await?;
            }
        }
    }
    if let Some(union) = unions.first() {
        let title = "班级团支部推荐人选不足";
        record(db, institution, &Made { union: Some(*union), ..Made::new("feedback", day(5), title, league) }).await?;
    }
    load_papers(db, institution, now).await?;
    load_projects(db, institution, league, now).await
}

/// Everybody whom the plan names but the last office.
async fn load_roles(
    db: &mut PgConnection,
    institution: InstitutionId,
    league: Uuid,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let plans = calendar(db, institution).await?;
    let slots = plans.in_force(now.date()).map(|plan| slots(&plan)).unwrap_or_default();
    let last = slots.iter().rposition(|slot| slot.kind == SlotKind::Office);
    for (place, slot) in slots.iter().enumerate().filter(|(place, _)| Some(*place) != last) {
        let title = match slot.kind {
            SlotKind::Leader | SlotKind::TakingPart => "学校党委副书记".to_owned(),
            SlotKind::Office => format!("{}负责人", slot.name),
            SlotKind::Guider => "指导单位".to_owned(),
        };
        let name = if slot.kind == SlotKind::Guider {
            slot.name.as_str()
        } else {
            NAMES.get(place).copied().unwrap_or("王某")
        };
        sqlx::query!(
            "insert into guidance_role (id, institution_id, kind, slot, name, title, from_day, at, by_account)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            GuidanceRoleId::random().0,
            institution.0,
            slot.kind.slug(),
            slot.name,
            name,
            title,
            now.date() - Duration::days(80),
            now - Duration::days(80),
            league
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// A college's Party organisation heard its union this year and last, and two of its teachers guide it.
async fn load_college(db: &mut PgConnection, union: Uuid, by: Uuid, now: OffsetDateTime) -> Result<(), Failure> {
    for (ago, says) in
        [(30, "听取本学期工作汇报，研究部门设置和换届安排。"), (330, "听取上一学年工作汇报，研究评优推荐。")]
    {
        sqlx::query!(
            "insert into college_hearing (id, union_id, on_day, says, at, by_account, by_office)
             values ($1, $2, $3, $4, $5, $6, '院系党组织')",
            CollegeHearingId::random().0,
            union,
            now.date() - Duration::days(ago),
            says,
            now - Duration::days(ago),
            by
        )
        .execute(&mut *db)
        .await?;
    }
    for (kind, name, title) in [("in_charge", "王某", "团总支书记"), ("secretary_general", "李某", "专职团干部")]
    {
        sqlx::query!(
            "insert into college_guide (id, union_id, kind, name, title, from_day, at, by_account, by_office)
             values ($1, $2, $3, $4, $5, $6, $7, $8, '院系团组织')",
            CollegeGuideId::random().0,
            union,
            kind,
            name,
            title,
            now.date() - Duration::days(400),
            now - Duration::days(400),
            by
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// A record of the demo.
struct Made {
    duty: &'static str,
    day: Date,
    title: &'static str,
    by: Uuid,
    union: Option<Uuid>,
    topic: Option<&'static str>,
    means: Option<&'static str>,
}

impl Made {
    fn new(duty: &'static str, day: Date, title: &'static str, by: Uuid) -> Self {
        Self { duty, day, title, by, union: None, topic: None, means: None }
    }
}

async fn record(db: &mut PgConnection, institution: InstitutionId, made: &Made) -> Result<(), Failure> {
    let at = made.day.midnight().assume_offset(crate::clock::CHINA) + Duration::hours(10);
    sqlx::query!(
        "insert into guidance_record (id, institution_id, duty, on_day, title, says, union_id, topic, means, at, by_account,
                                      by_office, league_by, league_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '校团委', case when $3 = 'joint-study' then $11::uuid end,
                 case when $3 = 'joint-study' then $10::timestamptz end)",
        GuidanceRecordId::random().0,
        institution.0,
        made.duty,
        made.day,
        made.title,
        format!("{}的有关情况，已按程序办理并留存材料。", made.title),
        made.union,
        made.topic,
        made.means,
        at,
        made.by
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The plan and the budget of the school's union.
async fn load_papers(db: &mut PgConnection, institution: InstitutionId, now: OffsetDateTime) -> Result<(), Failure> {
    let semester = sqlx::query_scalar!(
        "select from_day from semester where institution_id = $1 and from_day <= $2 and $2 < until_day",
        institution.0,
        now.date()
    )
    .fetch_optional(&mut *db)
    .await?;
    let Some(from) = semester else { return Ok(()) };
    sqlx::query!(
        "insert into year_paper (id, union_id, kind, period, title, says, at, by_account)
         select $1, u.id, 'plan', $2, '本学期工作计划', $3, $4, o.account_id
         from student_union u join office o on o.institution_id = u.institution_id and o.kind = 'school_union'
         where u.institution_id = $5 and u.kind = 'school' order by o.granted_at, o.id limit 1",
        YearPaperId::random().0,
        from,
        "围绕立德树人根本任务，本学期重点做好思想引领、权益服务、校园文化三方面工作。\n一是办好宿舍文化节。\n二是办好权益提案征集。",
        from.midnight().assume_offset(crate::clock::CHINA) + Duration::days(18),
        institution.0
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Three projects of the school's union: one that recruits, one whose last day is over, one that is closed.
async fn load_projects(
    db: &mut PgConnection,
    institution: InstitutionId,
    league: Uuid,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let union = sqlx::query_scalar!(
        "select id from student_union where institution_id = $1 and kind = 'school'",
        institution.0
    )
    .fetch_optional(&mut *db)
    .await?;
    let Some(union) = union else { return Ok(()) };
    let students = sqlx::query_scalar!(
        "select s.id from student s where s.institution_id = $1 and s.left_on is null
                and not exists (select from post p where p.student_id = s.id)
         order by md5('volunteers' || s.number) limit 60",
        institution.0
    )
    .fetch_all(&mut *db)
    .await?;
    let day = |days: i64| now.date() + Duration::days(days);
    for (place, (title, starts, ends, closed)) in [
        ("学生代表大会会务志愿服务", day(-3), day(12), false),
        ("秋季运动会志愿服务", day(-40), day(-6), false),
        ("迎新志愿服务", day(-85), day(-75), true),
    ]
    .into_iter()
    .enumerate()
    {
        let (id, task) = (ProjectId::random(), ProjectTaskId::random());
        let made = starts.midnight().assume_offset(crate::clock::CHINA) - Duration::days(10);
        sqlx::query!(
            "insert into project (id, union_id, title, necessity, place, starts_on, ends_on, stage, made_at, made_by, report,
                                  reported_at, received_at, received_by, recruits_at, closed_at, closed_by, summary)
             values ($1, $2, $3, '由学校委托学生会主办，需要较多同学参加引导、签到和秩序维护。', '校园', $4, $5, $6, $7, $8,
                     '报告活动的时间、地点、人数和安全措施。', $7, $7, $8, $7, $9, $10, $11)",
            id.0,
            union,
            title,
            starts,
            ends,
            if closed { "closed" } else { "recruiting" },
            made,
            league,
            closed.then(|| made + Duration::days(22)),
            closed.then_some(league),
            closed.then_some("圆满完成，志愿者全部解散。")
        )
        .execute(&mut *db)
        .await?;
        if place == 0 {
            sqlx::query!(
                "insert into project_matter (project_id, matter_id)
                 select $1, id from matter where union_id = $2 and stage in ('approved', 'begun') order by number limit 1",
                id.0,
                union
            )
            .execute(&mut *db)
            .await?;
        }
        sqlx::query!(
            "insert into project_task (id, project_id, title, places) values ($1, $2, '引导和秩序维护', 30)",
            task.0,
            id.0
        )
        .execute(&mut *db)
        .await?;
        for student in students.iter().skip(place * 20).take(12) {
            let volunteer = VolunteerId::random();
            sqlx::query!(
                "insert into volunteer (id, project_id, task_id, student_id, from_at, until_at) values ($1, $2, $3, $4, $5, $6)",
                volunteer.0,
                id.0,
                task.0,
                student,
                made + Duration::days(2),
                closed.then(|| made + Duration::days(22))
            )
            .execute(&mut *db)
            .await?;
            sqlx::query!(
                "insert into volunteer_hours (id, volunteer_id, on_day, quarters, at, by_account) values ($1, $2, $3, 14, $4, $5)",
                VolunteerHoursId::random().0,
                volunteer.0,
                starts,
                now,
                league
            )
            .execute(&mut *db)
            .await?;
        }
    }
    Ok(())
}
