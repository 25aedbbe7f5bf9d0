//! The demo's congresses: one finished a year ago, one under way, and what colleges held before the portal. The first
//! university elects its delegates, the second meets tomorrow.

use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime};

use super::schools::School;
use crate::{
    clock::CHINA,
    congress::{seats, store},
    failure::Failure,
    ids::{AccountId, CongressId, InstitutionId, UnionId},
    office::OfficeKind,
    rulebook::governing,
    rules::yearly::academic_year,
};

/// A congress of the demo's school union.
struct DemoCongress {
    ordinal: &'static str,
    stage: &'static str,
    /// Days since it was begun.
    begun_ago: i64,
    counted_on: Date,
    meets_on: Date,
    held_on: Option<Date>,
    /// Steps that are done, with the day and what is said of them.
    steps: Vec<(&'static str, Date, &'static str)>,
}

/// Loads the demo's congresses.
pub(super) async fn load_congresses(
    db: &mut PgConnection,
    school: &School,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let today = now.date();
    let day = |days: i64| today + Duration::days(days);
    let keeper = keeper(db, school, institution).await?;
    let last = DemoCongress {
        ordinal: "第二十二次",
        stage: "closed",
        begun_ago: 400,
        counted_on: day(-380),
        meets_on: day(-340),
        held_on: Some(day(-340)),
        steps: vec![
            ("request_prepare", day(-400), "学会〔2025〕11号"),
            ("reply_prepare", day(-392), "院党〔2025〕31号"),
            ("reply_party", day(-360), "院党〔2025〕36号"),
            ("reply_federation", day(-358), "省学联〔2025〕8号"),
        ],
    };
    congress(db, institution, keeper, &last, now).await?;
    // The university that comes first elects its delegates; the other one meets tomorrow.
    let is_first = school.code == "qingyu";
    let meets_on = if is_first { day(16) } else { day(1) };
    let before = |days: i64| meets_on - Duration::days(days);
    let mut steps = vec![
        ("request_prepare", before(62), "学会〔2026〕9号"),
        ("reply_prepare", before(51), "院党〔2026〕28号"),
        ("committee", before(46), "校团委、学生工作部门、校学生会共同组成"),
        ("request_convene", before(29), "学会〔2026〕14号"),
    ];
    if !is_first {
        steps.extend([
            ("reply_party", before(22), "院党〔2026〕33号"),
            ("reply_federation", before(21), "省学联〔2026〕6号"),
            ("notice", before(8), "学会〔2026〕17号"),
            ("agenda", before(8), ""),
        ]);
    }
    let stage = if is_first { "preparing" } else { "convened" };
    let next = DemoCongress {
        ordinal: "第二十三次",
        stage,
        begun_ago: 60,
        counted_on: before(40),
        meets_on,
        held_on: None,
        steps,
    };
    congress(db, institution, keeper, &next, now).await?;
    colleges(db, institution, keeper, now).await
}

async fn keeper(db: &mut PgConnection, school: &School, institution: InstitutionId) -> Result<AccountId, Failure> {
    let known = school.accounts.iter().find(|(kind, _)| *kind == OfficeKind::SchoolLeague);
    let number = known.map(|(_, number)| *number).unwrap_or_default();
    let keeper = sqlx::query_scalar!(
        r#"select id as "id: AccountId" from account where institution_id = $1 and number = $2"#,
        institution.0,
        number
    );
    Ok(keeper.fetch_one(db).await?)
}

/// A congress of the school's union with its seats, as it is asked to be.
async fn congress(
    db: &mut PgConnection,
    institution: InstitutionId,
    keeper: AccountId,
    asked: &DemoCongress,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let id = CongressId::random();
    sqlx::query!(
        "insert into congress (id, institution_id, union_id, academic_year, ordinal, of_all, stage, counted_on, meets_on,
                               ordinary_percent, created_at, created_by)
         select $1, $2, id, $3, $4, false, 'preparing', $5, $6, 60, $7, $8 from student_union
         where institution_id = $2 and kind = 'school'",
        id.0,
        institution.0,
        i16::try_from(academic_year(asked.meets_on)).unwrap_or_default(),
        asked.ordinal,
        asked.counted_on,
        asked.meets_on,
        now - Duration::days(asked.begun_ago),
        keeper.0
    )
    .execute(&mut *db)
    .await?;
    let locked = store::lock(db, institution, id).await?.ok_or(Failure::Missing)?;
    if let Some(governing) = governing(&mut *db, institution, now.date()).await? {
        seats::allot_main(db, &locked, &governing.plan).await?;
    }
    sqlx::query!(
        "update congress set seats_approved_at = $2, seats_approved_by = $3, stage = $4, held_on = $5
         where id = $1 and seats is not null",
        id.0,
        // Before leave to convene is asked for, and before anybody is recommended.
        (asked.meets_on - Duration::days(31)).midnight().assume_offset(CHINA) + Duration::hours(10),
        keeper.0,
        asked.stage,
        asked.held_on
    )
    .execute(&mut *db)
    .await?;
    for (step, done_on, says) in &asked.steps {
        sqlx::query!(
            "insert into congress_step (congress_id, step, done_on, says, kept_at, kept_by) values ($1, $2, $3, $4, $5, $6)",
            id.0,
            step,
            done_on,
            says,
            now,
            keeper.0
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// What colleges held before the portal: most within the year, one longer ago, the last ones unknown.
async fn colleges(
    db: &mut PgConnection,
    institution: InstitutionId,
    keeper: AccountId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let unions = sqlx::query_scalar!(
        r#"select u.id as "id: UnionId" from student_union u join college c on c.id = u.college_id
           where u.institution_id = $1 order by c.place, c.name limit 6"#,
        institution.0
    );
    for (union, place) in unions.fetch_all(&mut *db).await?.into_iter().zip(0_i64..) {
        let held_on = now.date() - Duration::days(if place == 1 { 420 } else { 150 + 20 * place });
        sqlx::query!(
            "insert into congress (id, institution_id, union_id, academic_year, ordinal, of_all, stage, counted_on, meets_on,
                                   held_on, registered, created_at, created_by)
             values ($1, $2, $3, $4, '第三次', false, 'closed', $5, $5, $5, true, $6, $7)",
            CongressId::random().0,
            institution.0,
            union.0,
            i16::try_from(academic_year(held_on)).unwrap_or_default(),
            held_on,
            now,
            keeper.0
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}
