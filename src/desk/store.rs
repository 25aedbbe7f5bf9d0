//! SQL of what waits.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    auth::acting::{Held, SignedIn},
    clock::CHINA,
    elections,
    failure::Failure,
    ids::{CaseId, ImportId, RoundId, StudentId, UnionId},
    office::{Office, OfficeKind, Registrar, SchoolLeague, UnionKeeper},
    rules::{plan::Union, rotation},
    vetting::{self, chain_office::Desk, store as vetting_store, store::Waiting},
};

/// Something that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// What is to be done.
    pub says: String,
    /// More of it: since when, by when.
    pub more: String,
    pub href: String,
    /// Something is amiss until it is done.
    pub urgent: bool,
}

fn task(urgent: bool, says: String, more: String, href: String) -> Task {
    Task { says, more, href, urgent }
}

/// Everything that waits for a person, urgent first.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let today = now.date();
    let mut tasks = Vec::new();
    if let Some(office) = &person.acting {
        tasks.extend(unions(connection, person, office, today).await?);
        if SchoolLeague::KINDS.contains(&office.kind) {
            tasks.extend(semesters(connection, person, today).await?);
        }
        if office.kind == OfficeKind::StudentAffairs {
            tasks.extend(disputes(connection, person, today).await?);
        }
        if vetting::OFFICES.contains(&office.kind) {
            tasks.extend(vetting(connection, person, office, today).await?);
        }
        if Registrar::KINDS.contains(&office.kind) {
            tasks.extend(imports(connection, person).await?);
        }
    }
    tasks.extend(elections(connection, person, now).await?);
    if let Some(student) = person.student {
        tasks.extend(duties(connection, student, today).await?);
        tasks.extend(applications(connection, student).await?);
    }
    tasks.sort_by_key(|task| !task.urgent);
    Ok(tasks)
}

/// Unions that wait to be taken down, opened or given a chair, and turns that wait to be confirmed: for whoever keeps them,
/// and their own officers where they may propose.
async fn unions(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    today: Date,
) -> Result<Vec<Task>, Failure> {
    let kind = match office.kind {
        OfficeKind::SchoolUnion => Some(Union::School.slug()),
        OfficeKind::GraduateUnion => Some(Union::Graduate.slug()),
        OfficeKind::CollegeUnion | OfficeKind::CollegeLeague => Some(Union::College.slug()),
        OfficeKind::SchoolLeague | OfficeKind::DeputySecretary => None,
        _ => return Ok(Vec::new()),
    };
    let keeps = UnionKeeper::KINDS.contains(&office.kind);
    let rows = sqlx::query!(
        r#"select u.id as "id: UnionId", union_name(u.kind, c.name) as "name!", u.opened_on is not null as "opened!",
                  exists (select from post p where p.union_id = u.id and p.voided_at is null) as "taken_down!",
                  (select count(*) from turn t where t.union_id = u.id and t.state = 'proposed'
                                                     and t.until_day > t.from_day) as "proposed!",
                  exists (select from post p where p.union_id = u.id and p.voided_at is null and p.marked_chair
                          and p.from_day <= $4 and (p.until_day is null or p.until_day > $4))
                  and not exists (select from turn t where t.union_id = u.id and t.state = 'confirmed' and t.from_day <= $4)
                      as "marked!",
                  (select min(d)::date from generate_series($4::date, $4::date + $5::integer, interval '1 day') d
                   where not exists (select from turn t where t.union_id = u.id and t.state = 'confirmed'
                                     and t.from_day <= d::date and d::date < t.until_day)) as gap,
                  (select min(d)::date from generate_series($4::date, $4::date + $5::integer, interval '1 day') d
                   where not exists (select from turn t where t.union_id = u.id and t.state <> 'withdrawn'
                                     and t.from_day <= d::date and d::date < t.until_day)) as open_gap
           from student_union u left join college c on c.id = u.college_id
           where u.institution_id = $1 and ($2::text is null or u.kind = $2) and ($3::uuid is null or u.college_id = $3)
           order by array_position(array['school', 'graduate', 'college'], u.kind), c.name"#,
        person.institution.0,
        kind,
        office.college.map(|id| id.0),
        today,
        i32::try_from(rotation::AHEAD.whole_days()).unwrap_or(21)
    )
    .fetch_all(connection)
    .await?;
    let mut tasks = Vec::new();
    let mut waiting: (Vec<String>, Option<UnionId>) = (Vec::new(), None);
    for row in rows {
        let href = format!("/unions/{}", row.id);
        if !row.opened {
            if !keeps {
                continue;
            }
            if row.taken_down {
                tasks.push(task(false, format!("核对并启用{}", row.name), "现状已登记".to_owned(), href));
            } else {
                waiting.0.push(row.name);
                waiting.1 = Some(row.id);
            }
            continue;
        }
        let rotation = format!("{href}/rotation");
        if row.proposed > 0 && keeps {
            let says = format!("确认{}的执行主席轮值", row.name);
            let urgent = row.gap.is_some_and(|gap| gap <= today) && row.open_gap.is_none_or(|gap| gap > today);
            tasks.push(task(urgent, says, format!("已拟定 {} 期", row.proposed), rotation.clone()));
        }
        // What is proposed already waits for the confirmation and not for another proposal.
        if let Some(gap) = row.open_gap {
            let says = if row.marked {
                format!("{}的执行主席只在名单里标明，请排定并确认轮值", row.name)
            } else if gap <= today {
                format!("{}今天没有当值执行主席，请排定轮值", row.name)
            } else {
                format!("{}自 {gap} 起没有当值执行主席，请排定下一期", row.name)
            };
            tasks.push(task(gap <= today, says, String::new(), rotation));
        }
    }
    // A university that begins has dozens: one line for all.
    match (waiting.0.as_slice(), waiting.1) {
        ([one], Some(id)) => {
            tasks.push(task(false, format!("为{one}做现状登记"), String::new(), format!("/unions/{id}/batch")));
        }
        ([first, ..], _) => {
            let says = format!("{}个学生会还没有现状登记", waiting.0.len());
            tasks.push(task(false, says, format!("{first}等"), "/unions".to_owned()));
        }
        _ => {}
    }
    Ok(tasks)
}

/// The semester that is missing, or will be soon.
async fn semesters(connection: &mut PgConnection, person: &SignedIn, today: Date) -> Result<Option<Task>, Failure> {
    let row = sqlx::query!(
        r#"select exists (select from student_union where institution_id = $1) as "unions!",
                  exists (select from semester where institution_id = $1 and from_day <= $2 and $2 < until_day) as "now!",
                  exists (select from semester where institution_id = $1 and from_day <= $2 + 30
                          and $2 + 30 < until_day) as "soon!""#,
        person.institution.0,
        today
    )
    .fetch_one(connection)
    .await?;
    let says = match (row.unions, row.now, row.soon) {
        (false, ..) | (true, true, true) => return Ok(None),
        (true, false, _) => "登记本学期的起止日期",
        (true, true, false) => "登记下学期的起止日期",
    };
    let more = "执行主席轮值以学期为准".to_owned();
    Ok(Some(task(!row.now, says.to_owned(), more, "/semesters".to_owned())))
}

async fn disputes(connection: &mut PgConnection, person: &SignedIn, today: Date) -> Result<Option<Task>, Failure> {
    let row = sqlx::query!(
        r#"select count(*) as "open!", min(d.due_on) as due
           from dispute d join student s on s.id = d.student_id where s.institution_id = $1 and d.upheld is null"#,
        person.institution.0
    )
    .fetch_one(connection)
    .await?;
    Ok(row.due.map(|due| {
        let (says, more) = (format!("答复 {} 件数据异议", row.open), format!("最早一件 {due} 前答复"));
        task(due < today, says, more, "/disputes".to_owned())
    }))
}

async fn imports(connection: &mut PgConnection, person: &SignedIn) -> Result<Option<Task>, Failure> {
    let row = sqlx::query!(
        r#"select id as "id: ImportId", file_name from import
           where institution_id = $1 and by_account = $2 and state = 'previewed' order by at desc limit 1"#,
        person.institution.0,
        person.account.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| {
        let href = format!("/imports/{}", row.id);
        task(false, format!("确认导入“{}”", row.file_name), "已预览，还没有写入".to_owned(), href)
    }))
}

/// Candidates who wait for an office, those of offices below who are late, and rounds whose chosen wait to be settled.
async fn vetting(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    today: Date,
) -> Result<Vec<Task>, Failure> {
    let desk = Desk::of_office(connection, person.institution, office).await?;
    let any = Waiting { window: (0, 1), ..Waiting::default() };
    let (_, all) = vetting_store::waiting(connection, &desk, &any).await?;
    let (_, late) = vetting_store::waiting(connection, &desk, &Waiting { late_on: Some(today), ..any }).await?;
    let mut tasks = Vec::new();
    if all > 0 {
        let more = if late > 0 { format!("其中 {late} 件已逾期") } else { String::new() };
        tasks.push(task(late > 0, format!("办理 {all} 件遴选"), more, "/vetting".to_owned()));
    }
    let below: i64 = vetting_store::overdue(connection, &desk, today).await?.iter().map(|late| late.cases).sum();
    if below > 0 {
        tasks.push(task(true, format!("下级有 {below} 件遴选逾期未办"), String::new(), "/vetting".to_owned()));
    }
    if UnionKeeper::KINDS.contains(&office.kind) {
        let rows = sqlx::query!(
            r#"select r.id as "id: RoundId", r.title, count(*) as "open!"
               from vetting_objection o join vetting_case c on c.id = o.case_id join vetting_round r on r.id = c.round_id
                    join student_union u on u.id = r.union_id
               where r.institution_id = $1 and o.upheld is null
                     and case when $2::uuid is null then u.college_id is null else u.college_id = $2 end
               group by r.id order by min(o.at)"#,
            person.institution.0,
            office.college.map(|id| id.0)
        )
        .fetch_all(&mut *connection)
        .await?;
        for row in rows {
            let says = format!("核实{}公示期间的 {} 件反映", row.title, row.open);
            tasks.push(task(true, says, String::new(), format!("/rounds/{}/objections", row.id)));
        }
        let rows = sqlx::query!(
            r#"select r.id as "id: RoundId", r.title, r.places, count(*) as "passed!",
                      count(*) filter (where r.notice_days > 0 and c.notice_until is null) as "unshown!"
               from vetting_case c join vetting_round r on r.id = c.round_id join student_union u on u.id = r.union_id
               where r.institution_id = $1 and c.stage = 'passed' and r.ended_at is null
                     and (c.notice_until is null or c.notice_until < $3)
                     and case when $2::uuid is null then u.college_id is null else u.college_id = $2 end
               group by r.id order by r.effective_on"#,
            person.institution.0,
            office.college.map(|id| id.0),
            today
        )
        .fetch_all(connection)
        .await?;
        for row in rows {
            let (says, href) = match (row.unshown, row.places.as_str()) {
                (1.., _) => (format!("公示{}的 {} 人", row.title, row.unshown), format!("/rounds/{}", row.id)),
                (_, "presidium") => (
                    format!("把{}的 {} 人列入候选人名单", row.title, row.passed),
                    format!("/rounds/{}/outcome", row.id),
                ),
                _ => (format!("任命{}的 {} 人", row.title, row.passed), format!("/rounds/{}/outcome", row.id)),
            };
            tasks.push(task(false, says, "已通过全部环节".to_owned(), href));
        }
    }
    Ok(tasks)
}

/// Votes to cast, and what keepers and monitors of sittings have to do.
async fn elections(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let office = person.acting.as_ref();
    let keeps = office.filter(|office| elections::KEEPERS.contains(&office.kind)).map(|office| office.college);
    let who = (person.institution, person.account, person.student);
    let rows = elections::store::waiting(connection, who, keeps, now).await?;
    let at = |row: &elections::store::Waiting| {
        let at = row.until.to_offset(CHINA);
        format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
    };
    let one = |row: elections::store::Waiting| {
        let (says, more, href, urgent) = match row.what.as_str() {
            "vote" => ("投票", format!("{} 截止", at(&row)), format!("/votes/{}", row.id), true),
            "key" => ("生成监票口令", format!("{} 开始投票", at(&row)), format!("/monitoring/{}", row.id), false),
            "rehearsal" => {
                ("输入监票口令演练", format!("{} 开始投票", at(&row)), format!("/monitoring/{}", row.id), true)
            }
            "count" => ("输入监票口令开票", "投票已截止".to_owned(), format!("/monitoring/{}", row.id), true),
            "admission" => ("商定补入选民", format!("{} 截止", at(&row)), format!("/monitoring/{}", row.id), true),
            "void" => ("商定是否作废", "办理单位已提出".to_owned(), format!("/monitoring/{}", row.id), true),
            "open" => ("开启投票", format!("{} 开始投票", at(&row)), format!("/sittings/{}", row.id), true),
            _ => ("核对计票、生成监票报告", "已计票".to_owned(), format!("/sittings/{}", row.id), true),
        };
        task(urgent, format!("{says}：{}", row.title), more, href)
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Cases that wait for the student themself.
async fn applications(connection: &mut PgConnection, student: StudentId) -> Result<Vec<Task>, Failure> {
    let rows = sqlx::query!(
        r#"select c.id as "id: CaseId", c.stage, r.title, r.closes_on, c.prepared_office
           from vetting_case c join vetting_round r on r.id = c.round_id
           where c.student_id = $1 and c.stage in ('invited', 'returned') and r.ended_at is null order by c.created_at"#,
        student.0
    )
    .fetch_all(connection)
    .await?;
    let mut tasks = Vec::new();
    for row in rows {
        let href = format!("/applications/{}", row.id);
        tasks.push(if row.stage == "returned" {
            task(true, format!("修改并再次提交：{}", row.title), "已被退回".to_owned(), href)
        } else {
            let more = format!("{}推荐，{} 前提交", row.prepared_office.unwrap_or_default(), row.closes_on);
            task(true, format!("确认推荐：{}", row.title), more, href)
        });
    }
    Ok(tasks)
}

/// What a student's turn as executive chair asks of them.
async fn duties(connection: &mut PgConnection, student: StudentId, today: Date) -> Result<Vec<Task>, Failure> {
    let rows = sqlx::query!(
        r#"select union_name(u.kind, c.name) as "name!", t.from_day, t.until_day, t.handover is not null as "handed!"
           from turn t join student_union u on u.id = t.union_id left join college c on c.id = u.college_id
           where t.student_id = $1 and t.state = 'confirmed' and t.until_day > t.from_day and t.from_day <= $2
                 and $2 < t.until_day + 7
           order by t.from_day"#,
        student.0,
        today
    )
    .fetch_all(connection)
    .await?;
    let mut tasks = Vec::new();
    for row in rows {
        let last = row.until_day.previous_day().unwrap_or(row.until_day);
        if !row.handed && row.until_day <= today + rotation::AHEAD {
            let says = format!("写{}执行主席交接说明", row.name);
            tasks.push(task(row.until_day <= today, says, format!("轮值到 {last}"), "/duty".to_owned()));
        } else if today < row.until_day {
            let says = format!("你是{}当值执行主席", row.name);
            tasks.push(task(false, says, format!("轮值到 {last}"), "/duty".to_owned()));
        }
    }
    Ok(tasks)
}
