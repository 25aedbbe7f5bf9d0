//! The demo's congresses: one finished a year ago, one under way, and what colleges held before the portal. The first
//! university elects its delegates, the second meets tomorrow.

use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime};

use super::{paper::paper, schools::School};
use crate::{
    clock::CHINA,
    congress::{congress::Congress, seats, store},
    failure::Failure,
    ids::{AccountId, CongressId, DocumentId, InstitutionId, UnionId},
    office::OfficeKind,
    rulebook::governing,
    rules::{plan::Union, yearly::academic_year},
};

/// The order of business: a step that is ticked, days before the meeting, whose letter it is and its number.
const ORDER: [(&str, i64, &str, u8); 8] = [
    ("request_prepare", 62, "学会", 9),
    ("reply_prepare", 51, "党", 28),
    ("committee", 46, "", 0),
    ("request_convene", 29, "学会", 14),
    ("reply_party", 22, "党", 33),
    ("reply_federation", 21, "省学联", 6),
    ("notice", 8, "学会", 17),
    ("agenda", 8, "", 0),
];

/// The first university elects its delegates, the other one has them and meets tomorrow.
pub(super) fn elects_delegates(school: &School) -> bool {
    school.code == "qingyu"
}

/// A congress of the demo's school union.
struct DemoCongress {
    ordinal: &'static str,
    stage: &'static str,
    /// Days since it was begun.
    begun_ago: i64,
    counted_on: Date,
    meets_on: Date,
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
        begun_ago: 405,
        counted_on: day(-380),
        meets_on: day(-340),
    };
    congress(db, institution, keeper, &last, now).await?;
    let is_first = elects_delegates(school);
    let meets_on = if is_first { day(22) } else { day(1) };
    let next = DemoCongress {
        ordinal: "第二十三次",
        stage: if is_first { "preparing" } else { "convened" },
        begun_ago: 65,
        counted_on: meets_on - Duration::days(40),
        meets_on,
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
    bring_to(db, institution, id, asked.stage, now).await
}

/// Brings a congress in preparation to a stage: seats that are approved, the steps of the order of business that are done
/// by then, with their papers, and the rules by which it is held.
pub(super) async fn bring_to(
    db: &mut PgConnection,
    institution: InstitutionId,
    id: CongressId,
    stage: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let congress = store::lock(db, institution, id).await?.ok_or(Failure::Missing)?;
    let meets_on = congress.meets_on.ok_or(Failure::Missing)?;
    if let Some(governing) = governing(&mut *db, institution, now.date()).await? {
        seats::allot_main(db, &congress, &governing.plan).await?;
    }
    // Who came to the university after it met had no seat at it.
    sqlx::query!(
        "with later as (delete from congress_unit t using congress g
                        where g.id = $1 and t.congress_id = $1 and t.entry_year > g.academic_year
                        returning t.seats, t.students)
         update congress g set seats = g.seats - n.seats, students = g.students - n.students
         from (select sum(seats) as seats, sum(students) as students from later) n where g.id = $1 and n.seats is not null",
        id.0
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "update congress set seats_approved_at = case when seats is not null then $2::timestamptz end,
                             seats_approved_by = case when seats is not null then created_by end, stage = $3::text,
                             held_on = case when $3 in ('held', 'closed') then meets_on end
         where id = $1",
        id.0,
        // Before leave to convene is asked for, and before anybody is recommended.
        (meets_on - Duration::days(31)).midnight().assume_offset(CHINA) + Duration::hours(10),
        stage
    )
    .execute(&mut *db)
    .await?;
    let of_college = congress.kind == Union::College;
    for (step, before, sender, number) in ORDER {
        let done_on = meets_on - Duration::days(before);
        let has_step = !of_college || step != "reply_federation";
        // A congress that is being prepared has got as far as asking for leave to convene.
        if !has_step || done_on > now.date() || (stage == "preparing" && before < 29) {
            continue;
        }
        let place = if of_college { "系" } else { "院" };
        let says = match (step, of_college) {
            ("committee", true) => "院系团组织、院系学生会共同组成".to_owned(),
            ("committee", false) => "校团委、学生工作部门、校学生会共同组成".to_owned(),
            _ if sender.is_empty() => String::new(),
            _ if sender == "省学联" => format!("{sender}〔{}〕{number}号", done_on.year()),
            _ => format!("{place}{sender}〔{}〕{number}号", done_on.year()),
        };
        let filed = if matches!(step, "reply_party" | "reply_federation") {
            Some(paper(db, institution, "关于召开学生代表大会的批复.pdf", now).await?)
        } else {
            None
        };
        sqlx::query!(
            "insert into congress_step (congress_id, step, done_on, says, document_id, kept_at, kept_by)
             select id, $2, $3, $4, $5, $6, created_by from congress where id = $1",
            id.0,
            step,
            done_on,
            says,
            filed.map(|id| id.0),
            morning(done_on)
        )
        .execute(&mut *db)
        .await?;
    }
    rules(db, &congress, meets_on, now).await
}

fn morning(day: Date) -> OffsetDateTime {
    day.midnight().assume_offset(CHINA) + Duration::hours(9)
}

/// The rules by which a union's congresses are held (CON-11), once.
async fn rules(db: &mut PgConnection, congress: &Congress, meets_on: Date, now: OffsetDateTime) -> Result<(), Failure> {
    let known = sqlx::query_scalar!(
        r#"select exists (select from congress_rules where union_id = $1) as "known!""#,
        congress.union.0
    );
    if known.fetch_one(&mut *db).await? {
        return Ok(());
    }
    let document = paper(db, congress.institution, "学生代表大会工作规程.pdf", now).await?;
    let adopted_on = meets_on - Duration::days(60);
    sqlx::query!(
        "insert into congress_rules (id, institution_id, union_id, name, adopted_on, document_id, kept_at, kept_by)
         select $1, institution_id, union_id, '学生代表大会工作规程', $3, $4, $5, created_by from congress where id = $2",
        DocumentId::random().0,
        congress.id.0,
        adopted_on,
        document.0,
        morning(adopted_on)
    )
    .execute(db)
    .await?;
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
