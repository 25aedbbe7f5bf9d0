//! The demo's contacts: officers and delegates with classes, a term of visits with what was raised, a class that nobody
//! contacts.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use crate::{failure::Failure, ids::InstitutionId};

/// What was raised, by turns.
const RAISED: [&str; 8] = [
    "考试周自习室座位不够，希望延长开放时间",
    "宿舍洗衣机坏了两台，报修一周没有修好",
    "希望多安排几次与专业老师的见面会",
    "食堂晚上七点以后只剩一个窗口",
    "实习信息发得太晚，希望提前一个月通知",
    "操场东侧路灯不亮，晚上跑步不安全",
    "班里有同学转专业，课程衔接想找人问问",
    "希望学生会的活动提前一周通知",
];

/// The request in which the first point of them ended.
const ENDED_IN: &str = "考试周图书馆座位不够";

/// Loads contacts of all classes but one, and what was logged of them since.
pub(super) async fn load_contact(
    db: &mut PgConnection,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    assign(db, institution, now).await?;
    log(db, institution, now).await?;
    raise(db, institution).await?;
    sqlx::query!(
        "insert into contact_request (point_id, request_id)
         select (array_agg(p.id order by e.on_day, p.id))[1], q.id
         from contact_point p join contact_entry e on e.id = p.entry_id
              join contact_assignment a on a.id = e.assignment_id
              join voice_request q on q.institution_id = a.institution_id and q.title = $2
         where a.institution_id = $1 and p.says = $3
         group by q.id",
        institution.0,
        ENDED_IN,
        RAISED[0]
    )
    .execute(&mut *db)
    .await?;
    // A student asks those in contact with their class.
    sqlx::query!(
        "insert into contact_note (id, class_id, account_id, signed, says, left_at)
         select gen_random_uuid(), s.class_id, c.id, false, '班里几门课的作业都压在同一周，能不能反映一下', $2
         from account c join student s on s.id = c.student_id
         where c.institution_id = $1 and exists (select from contact_assignment a where a.class_id = s.class_id)
         order by c.number limit 1",
        institution.0,
        now - Duration::days(1)
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A college's officers have its classes by turns, where it has a union; else the school's officers. The delegates of the
/// school's congress have their own classes besides. The last class has nobody.
async fn assign(db: &mut PgConnection, institution: InstitutionId, now: OffsetDateTime) -> Result<(), Failure> {
    let from = now.date() - Duration::days(95);
    sqlx::query!(
        "with class_of as (
             select n.union_id, u.kind, n.class_id, n.college_id,
                    row_number() over (partition by n.union_id order by k.entry_year desc, k.name, k.id) as place,
                    row_number() over (partition by n.union_id order by k.entry_year, k.name desc, k.id) as back
             from contact_classes($1, $2) n join student_union u on u.id = n.union_id join class k on k.id = n.class_id
             where u.opened_on is not null
         ), person as (
             select p.union_id, p.id as post_id, p.student_id, greatest(p.from_day, $3) as from_day,
                    row_number() over (partition by p.union_id order by p.kind, p.id) as place,
                    count(*) over (partition by p.union_id) as people
             from post p join student_union u on u.id = p.union_id
             where u.institution_id = $1 and p.voided_at is null and p.kind <> 'other' and p.from_day <= $2
                   and (p.until_day is null or p.until_day > $2)
         )
         insert into contact_assignment (id, institution_id, union_id, student_id, class_id, post_id, from_day, assigned_at,
                                         assigned_by)
         select gen_random_uuid(), $1, c.union_id, p.student_id, c.class_id, p.post_id, p.from_day, $4, o.account_id
         from class_of c join person p on p.union_id = c.union_id and p.place = (c.place - 1) % p.people + 1
              cross join lateral (select account_id from office where institution_id = $1 and kind = 'school_league'
                                  order by granted_at, id limit 1) o
         where case c.kind when 'school'
                   then c.back > 1 and not exists (
                       select from class_of o join person q on q.union_id = o.union_id
                       where o.kind = 'college' and o.class_id = c.class_id)
                   else c.kind = 'college' and not exists (
                       select from class_of l where l.kind = 'school' and l.class_id = c.class_id and l.back = 1) end
         on conflict do nothing",
        institution.0,
        now.date(),
        from,
        now - Duration::days(95)
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "insert into contact_assignment (id, institution_id, union_id, student_id, class_id, delegate_id, from_day,
                                         assigned_at, assigned_by)
         select gen_random_uuid(), $1, g.union_id, d.student_id, s.class_id, d.id, china_day(d.listed_at), d.listed_at,
                d.listed_by
         from delegate d join congress g on g.id = d.congress_id join student_union u on u.id = g.union_id
              join student s on s.id = d.student_id
         where g.institution_id = $1 and u.kind = 'school' and mandate_holds(d.id, $2)
               and exists (select from contact_assignment a where a.class_id = s.class_id)
         on conflict do nothing",
        institution.0,
        now.date()
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A visit a month for most classes; this month some have none yet.
async fn log(db: &mut PgConnection, institution: InstitutionId, now: OffsetDateTime) -> Result<(), Failure> {
    sqlx::query!(
        "insert into contact_entry (id, assignment_id, on_day, way, made_at)
         select gen_random_uuid(), a.id, d.day, (array['visit', 'dormitory', 'talk', 'single', 'online'])[1 + h.hash % 5],
                $3::timestamptz - make_interval(days => $2::date - d.day)
         from contact_assignment a
              cross join lateral (select get_byte(decode(md5(a.class_id::text), 'hex'), 0) as hash) h
              cross join generate_series(0, 3) as back
              cross join lateral (
                  select (date_trunc('month', $2::date::timestamp) - make_interval(months => back))::date + 2 + h.hash % 24 as day
              ) d
         where a.institution_id = $1 and a.post_id is not null and d.day between a.from_day and $2::date
               and (back > 0 or h.hash % 4 > 0)",
        institution.0,
        now.date(),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Something was raised at every other visit.
async fn raise(db: &mut PgConnection, institution: InstitutionId) -> Result<(), Failure> {
    let raised = RAISED.map(str::to_owned).to_vec();
    sqlx::query!(
        "insert into contact_point (id, entry_id, place, says)
         select gen_random_uuid(), v.id, 1, ($2::text[])[(1 + (v.place / 2 - 1) % 8)::integer]
         from (select e.id, row_number() over (order by e.on_day, a.class_id, e.id) as place
               from contact_entry e join contact_assignment a on a.id = e.assignment_id
               where a.institution_id = $1) v
         where v.place % 2 = 0",
        institution.0,
        &raised
    )
    .execute(db)
    .await?;
    Ok(())
}
