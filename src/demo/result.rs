//! The demo's finished congress: a college's of the year before, with its result filed.

use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime, macros::date};

use crate::{
    clock::CHINA,
    failure::Failure,
    ids::{AccountId, CongressId, InstitutionId, UnionId},
};

/// The day on which it met.
const HELD: Date = date!(2025 - 12 - 10);

/// Noon, so many days after it met.
fn noon(days: i64) -> OffsetDateTime {
    (HELD + Duration::days(days)).midnight().assume_offset(CHINA) + Duration::hours(12)
}

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
                               created_at, created_by)
         values ($1, $2, $3, 2025, '第三次', false, 'preparing', $4, $4, $5, $6)",
        congress.0,
        institution.0,
        union.0,
        HELD,
        noon(-70),
        keeper.0
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "with result as (
             insert into congress_result (congress_id, purpose, stage, elected_on, report, taken_at, taken_by, announced_on,
                                          announced_by, approved_on, approved_by, approval_number, file_within, file_by, sent_on,
                                          receiver, receipt_on, receipt_number, seated_at, seated_by)
             values ($1, 'term', 'filed', $3::date, '第三次学生代表大会选举结果报告', $4::timestamptz, $5, $3, '大会执行主席', $3 + 5,
                     (select g.name || '党组织' from student_union u join college g on g.id = u.college_id where u.id = $2),
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
        noon(5),
        keeper.0
    )
    .execute(&mut *db)
    .await?;
    // They have been in office since, not only since the portal took them down.
    sqlx::query!(
        "insert into post (id, union_id, student_id, kind, from_day, until_day, from_college, registered)
         select gen_random_uuid(), p.union_id, p.student_id, p.kind, $2::date + 5, p.from_day, p.from_college, true
         from post p where p.union_id = $1 and p.kind = 'presidium' and p.voided_at is null and p.until_day is null
                           and p.from_day > $2::date + 5",
        union.0,
        HELD
    )
    .execute(&mut *db)
    .await?;
    super::congress::bring_to(db, institution, congress, "closed", now).await
}
