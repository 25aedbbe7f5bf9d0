//! What unions ask of those who keep them.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    mending::{JudgedMending, judged},
    paths::UNIONS,
    store,
};
use crate::{
    auth::person::{Held, SignedIn},
    clock::CHINA,
    failure::Failure,
    ids::UnionId,
    office::{Office, OfficeKind, UnionKeeper},
    page::task::Task,
    rulebook,
    rules::{Rule, plan::Union, rotation},
    text::chinese_day,
};

/// Everything of it that waits for a person.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    match &person.acting {
        Some(office) => {
            let mut tasks = of_office(connection, person, office, now.date()).await?;
            tasks.extend(to_mend(connection, person, office, now).await?);
            Ok(tasks)
        }
        None => Ok(Vec::new()),
    }
}

/// Unions that wait to be registered, opened or given a chair, and turns that wait to be confirmed: for the office that
/// manages them, and for their own officers where they may propose.
async fn of_office(
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
                  u.opened_on is null
                  and exists (select from post p where p.union_id = u.id and p.voided_at is null) as "taken_down!",
                  (select count(*) from turn t where t.union_id = u.id and t.state = 'proposed'
                                                     and t.until_day > t.from_day) as "proposed!",
                  exists (select from post p where p.union_id = u.id and p.voided_at is null and p.marked_chair
                          and p.from_day <= $4 and (p.until_day is null or p.until_day > $4))
                  and not exists (select from turn t where t.union_id = u.id and t.state = 'confirmed' and t.from_day <= $4)
                      as "marked!",
                  -- A gap begins today or with the end of a turn.
                  (select min(e.day) from (
                       select $4::date as day union all
                       select t.until_day from turn t where t.union_id = u.id and t.state = 'confirmed'
                              and t.until_day > $4 and t.until_day <= $4 + $5::integer) e
                   where not exists (select from turn t where t.union_id = u.id and t.state = 'confirmed'
                                     and t.from_day <= e.day and e.day < t.until_day)) as gap,
                  (select min(e.day) from (
                       select $4::date as day union all
                       select t.until_day from turn t where t.union_id = u.id and t.state <> 'withdrawn'
                              and t.until_day > $4 and t.until_day <= $4 + $5::integer) e
                   where not exists (select from turn t where t.union_id = u.id and t.state <> 'withdrawn'
                                     and t.from_day <= e.day and e.day < t.until_day)) as open_gap
           from student_union u left join college c on c.id = u.college_id
           where u.institution_id = $1 and ($2::text is null or u.kind = $2) and ($3::uuid is null or u.college_id = $3)
           order by array_position(array['school', 'graduate', 'college'], u.kind), c.place, c.name"#,
        person.institution.0,
        kind,
        office.college.map(|id| id.0),
        today,
        i32::try_from(rotation::AHEAD.whole_days()).unwrap_or(21)
    )
    .fetch_all(&mut *connection)
    .await?;
    // Nobody need be on duty where the plan does not ask for an executive chair.
    let plans = rulebook::store::calendar(connection, person.institution).await?;
    let rotates = plans.in_force(today).is_some_and(|plan| plan.provision(Rule::Org03).is_some());
    let mut tasks = Vec::new();
    let mut unregistered: Vec<(UnionId, String)> = Vec::new();
    for row in rows {
        let href = row.id.path();
        if !row.opened {
            if !keeps {
                continue;
            }
            if row.taken_down {
                tasks.push(Task::new(false, format!("核对并启用{}", row.name), "现状已登记".to_owned(), href));
            } else {
                unregistered.push((row.id, row.name));
            }
            continue;
        }
        let rotation = row.id.rotation_path();
        if row.proposed > 0 && keeps {
            let says = format!("确认{}的执行主席轮值", row.name);
            let urgent = row.gap.is_some_and(|gap| gap <= today) && row.open_gap.is_none_or(|gap| gap > today);
            let task = Task::new(urgent, says, format!("已拟定 {} 期", row.proposed), rotation.clone());
            tasks.push(task.due(row.gap).awaited_by(row.name.clone()));
        }
        // What is proposed already waits for the confirmation and not for another proposal.
        if let Some(gap) = row.open_gap.filter(|_| rotates) {
            let says = if row.marked {
                format!("{}的执行主席只在名单里标明，请排定并确认轮值", row.name)
            } else if gap <= today {
                format!("{}今天没有当值执行主席，请排定轮值", row.name)
            } else {
                format!("{}自{}起没有当值执行主席，请排定下一期", row.name, chinese_day(gap))
            };
            tasks.push(Task::new(gap <= today, says, String::new(), rotation).due(Some(gap)));
        }
    }
    // A university that begins has dozens: one line for all.
    match unregistered.as_slice() {
        [(id, one)] => {
            tasks.push(Task::new(false, format!("为{one}做现状登记"), String::new(), id.batch_path()));
        }
        [(_, first), ..] => {
            let says = format!("{}个学生会还没有现状登记", unregistered.len());
            tasks.push(Task::new(false, says, format!("{first}等"), UNIONS.to_owned()));
        }
        [] => {}
    }
    Ok(tasks)
}

/// What is to be mended by a day: for the office that puts it right; and what is past its day for the school's committee, too,
/// which set the day.
async fn to_mend(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    if !UnionKeeper::KINDS.contains(&office.kind) {
        return Ok(Vec::new());
    }
    let today = now.to_offset(CHINA).date();
    let mut mendings = store::open_mendings(connection, person.institution, None, today).await?;
    if mendings.is_empty() {
        return Ok(Vec::new());
    }
    let unions = store::list(connection, person.institution, None).await?;
    let managed = |id: UnionId| unions.iter().find(|union| union.id == id && union.is_managed_by(office));
    mendings.retain(|one| managed(one.union).is_some_and(|union| one.is_late || union.is_mended_by(office)));
    let judged = judged(connection, person.institution, mendings, now).await?;
    let task = |one: JudgedMending| {
        let finding = one.breaches.first()?;
        let JudgedMending { mending, name, .. } = &one;
        let own = managed(mending.union).is_some_and(|union| union.is_mended_by(office));
        let act = if own { "整改" } else { "督促整改" };
        let says = format!("{act}：{name}，{}", mending.rule.name());
        let more = format!("{}。要求：{}", finding.says, mending.says);
        let href = mending.union.broken_path(&mending.rule);
        Some(Task::new(mending.is_late, says, more, href).due(Some(mending.due_on)).awaited_by(mending.office.clone()))
    };
    Ok(judged.into_iter().filter_map(task).collect())
}
