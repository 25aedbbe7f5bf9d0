//! The demo's conduct: a report under inquiry, and an officer who hands over.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use crate::{
    failure::Failure,
    ids::{ConductCaseId, ExitId, InstitutionId},
};

/// Loads a case about a head of the school's union, reported by the student-affairs office, and an exit of a college
/// officer in its handover.
pub(super) async fn load_conduct(
    db: &mut PgConnection,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let case = ConductCaseId::random();
    let made = sqlx::query!(
        "with number as (insert into conduct_counter (institution_id, last) values ($2, 1) returning last),
              officer as (
                  select p.student_id from post p join student_union u on u.id = p.union_id
                  where u.institution_id = $2 and u.kind = 'school' and p.kind = 'head' and p.voided_at is null
                        and p.until_day is null
                  order by p.student_id limit 1),
              teacher as (
                  select o.account_id from office o where o.institution_id = $2 and o.kind = 'student_affairs'
                  order by o.granted_at, o.id limit 1)
         insert into conduct_case (id, institution_id, number, student_id, ground, says, source, reporter_id, handler, stage,
                                   reported_at, due_on, accepted_at)
         select $1, $2, last, student_id, 'bureaucratic', '活动筹备中要求低年级同学替自己写总结，态度生硬。', 'office',
                account_id, 'school_league', 'accepted', $3, $4, $5
         from number, officer, teacher",
        case.0,
        institution.0,
        now - Duration::days(6),
        (now + Duration::days(9)).date(),
        now - Duration::days(5)
    )
    .execute(&mut *db)
    .await?;
    if made.rows_affected() == 1 {
        sqlx::query!(
            "insert into conduct_inquiry (id, case_id, kind, on_day, says, at, by_account)
             select gen_random_uuid(), $1, 'inquiry', $2, '向同组三位同学了解情况，所述一致。', $3, o.account_id
             from office o where o.institution_id = $4 and o.kind = 'school_league' order by o.granted_at, o.id limit 1",
            case.0,
            (now - Duration::days(3)).date(),
            now - Duration::days(3),
            institution.0
        )
        .execute(&mut *db)
        .await?;
    }
    let day = (now - Duration::days(2)).date();
    sqlx::query!(
        "with leaver as (
             select p.id, p.union_id, p.student_id from post p join student_union u on u.id = p.union_id
             where u.institution_id = $2 and u.kind = 'college' and p.kind = 'staff' and p.voided_at is null
                   and p.until_day is null and p.from_day < $4
             order by p.student_id limit 1),
              ended as (update post set until_day = $4 from leaver where post.id = leaver.id),
              keeper as (
                  select o.account_id from office o where o.institution_id = $2 and o.kind = 'school_league'
                  order by o.granted_at, o.id limit 1)
         insert into union_exit (id, union_id, student_id, kind, reason, stage, asked_at, asked_by, from_day, settled_at,
                                 settled_by, handover_due)
         select $1, union_id, student_id, 'resignation', '准备升学，难以兼顾', 'handing_over', $3, account_id, $4, $3,
                account_id, $5
         from leaver, keeper",
        ExitId::random().0,
        institution.0,
        now - Duration::days(2),
        day,
        day + Duration::days(7)
    )
    .execute(db)
    .await?;
    Ok(())
}
