//! Loading the demo into an empty database, whole or not at all.

use std::{collections::HashMap, pin::Pin};

use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use time::{Date, macros::date};

use super::schools::{SCHOOLS, School};
use crate::{
    accounts::{
        self,
        store::{AccountManager, NewAccount, NewOffice, OfficePlace, Term},
    },
    adoption,
    audit::{self, Entry},
    directory::{
        self,
        store::{class_named, place_colleges},
    },
    failure::Failure,
    fictional::{names, random::SeededRandom},
    ids::{AccountId, ClassId, CollegeId, GradeFactId, InstitutionId, MajorId, OrganisationId, StudentId},
    inbox::{self, Notice, To},
    office::{OfficeKind, Place},
    people::{self, disputes_store::NewDispute, student::About},
    router::Portal,
    rules::{baseline::compare_all, plan},
    text::chinese_day,
};

const CLASS_OF: u32 = 42;
/// From when the demo's plans govern: before any date a visitor would try.
const ADOPTED: Date = date!(2024 - 09 - 01);
/// The term of the class branches' secretaries.
const BRANCHES: (Date, Date) = (date!(2026 - 09 - 01), date!(2027 - 09 - 01));
const LAST_SEMESTER: &str = "2025—2026 学年第二学期";

/// An account to try the demo with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAccount {
    /// University and office, in Chinese.
    pub office: String,
    /// 学号 or 工号.
    pub number: &'static str,
    /// The password it starts with.
    pub password: String,
}

/// The demo's accounts, always the same.
#[must_use]
pub fn accounts() -> Vec<DemoAccount> {
    let of_school = |school: &'static School| {
        school.accounts.iter().map(|(kind, number)| DemoAccount {
            office: format!("{} {}", school.name, office_label(school, *kind)),
            number,
            password: password(number),
        })
    };
    SCHOOLS.iter().flat_map(of_school).collect()
}

fn office_label(school: &School, kind: OfficeKind) -> String {
    match kind.place() {
        Place::School => kind.label().to_owned(),
        Place::College => format!("{} {}", first_college(school), kind.label()),
        Place::Class => format!("{} {}", first_class(school), kind.label()),
    }
}

fn first_college(school: &School) -> &'static str {
    school.colleges.first().map_or("", |(name, _)| name)
}

fn first_class(school: &School) -> String {
    let major = school.colleges.first().and_then(|(_, majors)| majors.first()).copied().unwrap_or_default();
    let year = school.years.first().copied().unwrap_or_default();
    class_name(major, year, 1)
}

fn class_name(major: &str, year: u16, number: u32) -> String {
    format!("{major}{:02}{number:02}班", year % 100)
}

/// A password that differs from account to account. It is printed at every start: the demo keeps no secrets.
pub(super) fn password(number: &str) -> String {
    let digest = Sha256::digest(format!("lunzhi demo {number}"));
    let mut hex = hex::encode(digest);
    hex.truncate(12);
    format!("demo-{hex}")
}

/// A part of the demo, behind a pointer: the type of the whole would grow with each part, and compiling it with it.
fn part<'a, E>(
    loaded: impl Future<Output = Result<(), E>> + Send + 'a,
) -> Pin<Box<dyn Future<Output = Result<(), E>> + Send + 'a>> {
    Box::pin(loaded)
}

/// Loads the demo where there is no university yet; `false` where there is one, and then nothing changes.
///
/// # Errors
/// Then nothing is written.
pub async fn load(portal: &Portal) -> Result<bool, Failure> {
    let mut hashes = HashMap::new();
    let is_empty = !sqlx::query_scalar!(r#"select exists (select from institution) as "exists!""#)
        .fetch_one(&mut *portal.read().await?)
        .await?;
    if !is_empty {
        return Ok(false);
    }
    for account in accounts() {
        hashes.insert(account.number, portal.hasher.hash(&account.password).await?);
    }
    let (now, ballot_box) = (portal.clock.now(), portal.elections.ballot_box.clone());
    portal
        .write(async |db| {
            // Whole universities at once take longer than a page may, on a busy machine by far.
            sqlx::query!("set local statement_timeout = '10min'").execute(&mut *db).await?;
            sqlx::query!("select pg_advisory_xact_lock(hashtext('demo'))").execute(&mut *db).await?;
            if sqlx::query_scalar!(r#"select exists (select from institution) as "exists!""#)
                .fetch_one(&mut *db)
                .await?
            {
                return Ok(false);
            }
            for school in &SCHOOLS {
                let institution = accounts::store::create_institution(db, school.code, school.name, now).await?;
                let entry = Entry::new(directory::Verb::InstitutionCreated, school.name);
                audit::append_by_operator(db, institution, entry, now).await?;
                part(load_students(db, school, institution)).await?;
                part(load_organisations(db, school, institution)).await?;
                part(load_accounts(db, school, institution, &hashes, now)).await?;
                part(super::unions::load_unions(db, school, institution, now)).await?;
                part(super::vetting::load_vetting(db, school, institution, now)).await?;
                part(super::conduct::load_conduct(db, institution, now)).await?;
                part(super::education::load_education(db, institution, now)).await?;
                part(super::matters::load_matters(db, institution, now)).await?;
                part(super::meetings::load_meetings(db, institution, now)).await?;
                part(super::guidance::load_guidance(db, institution, now)).await?;
                part(super::voice::load_voice(db, institution, now)).await?;
                part(super::surveys::load_surveys(db, school, institution, &ballot_box.key, now)).await?;
                part(super::elections::load_elections(db, school, institution, &ballot_box.key, now)).await?;
                part(super::reviews::load_reviews(db, school, institution, &ballot_box.key, now)).await?;
                part(super::result::load_result(db, institution, now)).await?;
                part(place_colleges(db, institution)).await?;
                part(super::congress::load_congresses(db, school, institution, now)).await?;
                part(super::meeting::load_results(db, institution, now)).await?;
                part(super::delegates::load_delegates(db, institution, now)).await?;
                part(super::proposals::load_proposals(db, institution, now)).await?;
                part(super::elections::load_congress_election(db, school, institution, &ballot_box.key, now)).await?;
                part(super::meeting::load_meetings(db, institution, now)).await?;
                part(super::contact::load_contact(db, institution, now)).await?;
                part(super::disclosure::load_disclosure(db, institution, now)).await?;
                part(super::plan_drafts::load_plan_drafts(db, institution, now)).await?;
            }
            Ok(true)
        })
        .await
}

struct Class {
    id: ClassId,
    year: u16,
    students: u32,
}

async fn load_students(db: &mut PgConnection, school: &School, institution: InstitutionId) -> Result<(), Failure> {
    let mut random = SeededRandom::new(school.seed);
    let classes = load_classes(db, school, institution, &mut random).await?;
    let (mut ids, mut numbers, mut people) = (Vec::new(), Vec::new(), Vec::new());
    let (mut class_ids, mut politics) = (Vec::new(), Vec::new());
    for (place, class) in classes.iter().enumerate() {
        for seat in 1..=class.students {
            numbers.push(format!("{}{:03}{seat:02}", class.year, place + 1));
            people.push(names::person(&mut random));
            class_ids.push(class.id.0);
            let status = match random.below(100) {
                0..3 => "中共党员",
                3..8 => "中共预备党员",
                8..85 => "共青团员",
                _ => "群众",
            };
            politics.push(status.to_owned());
            ids.push(StudentId::random().0);
        }
    }
    sqlx::query!(
        "insert into student (institution_id, id, number, name, class_id, political)
         select $1, * from unnest($6::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[])",
        institution.0,
        &numbers,
        &people,
        &class_ids,
        &politics,
        &ids
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "update student set gender = case when get_byte(decode(md5(number), 'hex'), 0) % 2 = 0 then '男' else '女' end
         where institution_id = $1",
        institution.0
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Colleges, majors and classes; the last class takes what is left of the students.
async fn load_classes(
    db: &mut PgConnection,
    school: &School,
    institution: InstitutionId,
    random: &mut SeededRandom,
) -> Result<Vec<Class>, Failure> {
    let mut majors = Vec::new();
    for (name, names) in school.colleges {
        let college = CollegeId::random();
        sqlx::query!(
            "insert into college (id, institution_id, name) values ($1, $2, $3)",
            college.0,
            institution.0,
            name
        )
        .execute(&mut *db)
        .await?;
        let years = school.years;
        majors.extend(names.iter().map(|major| (college, *major, school.level, years)));
        if names.is_empty() {
            // The newest three years of the school's own.
            let years = years.get(years.len().saturating_sub(3)..).unwrap_or(years);
            majors.extend(school.graduate.iter().map(|major| (college, *major, "graduate", years)));
        }
    }
    let mut plan = Vec::new();
    for (college, name, level, years) in &majors {
        let major = MajorId::random();
        sqlx::query!(
            "insert into major (id, college_id, name, level) values ($1, $2, $3, $4)",
            major.0,
            college.0,
            name,
            level
        )
        .execute(&mut *db)
        .await?;
        plan.extend(years.iter().map(|year| (major, *name, *year)));
    }
    // Each major and year has so many classes that the school comes out at its size.
    let cohorts = u32::try_from(plan.len()).unwrap_or(1).max(1);
    let mut left = school.students;
    let mut classes = Vec::new();
    for (place, (major, name, year)) in (0u32..).zip(&plan) {
        let open = cohorts - place;
        let share = if open == 1 { left } else { (left / open * (80 + random.below(41)) / 100).min(left) };
        left -= share;
        let number = share.div_ceil(CLASS_OF);
        for class in 0..number {
            let students = share / number + u32::from(class < share % number);
            let id = ClassId::random();
            let title = class_name(name, *year, class + 1);
            sqlx::query!(
                "insert into class (id, major_id, entry_year, name) values ($1, $2, $3, $4)",
                id.0,
                major.0,
                i32::from(*year),
                title
            )
            .execute(&mut *db)
            .await?;
            classes.push(Class { id, year: *year, students });
        }
    }
    Ok(classes)
}

async fn load_organisations(db: &mut PgConnection, school: &School, institution: InstitutionId) -> Result<(), Failure> {
    let mut random = SeededRandom::new(school.seed + 1);
    let societies = school.main_societies.iter().map(|known| (known, "society", true));
    let societies = societies.chain(school.other_societies.iter().map(|known| (known, "society", false)));
    let all = societies.chain(school.other_organisations.iter().map(|known| (known, "other", false)));
    for ((name, functions), kind, is_main) in all {
        sqlx::query!(
            "insert into organisation (id, institution_id, name, is_main, members, kind, functions)
             values ($1, $2, $3, $4, $5, $6, $7)",
            OrganisationId::random().0,
            institution.0,
            name,
            is_main,
            i32::try_from(30 + random.below(200)).unwrap_or(30),
            kind,
            functions
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

async fn load_accounts(
    db: &mut PgConnection,
    school: &School,
    institution: InstitutionId,
    hashes: &HashMap<&str, String>,
    now: time::OffsetDateTime,
) -> Result<(), Failure> {
    let mut random = SeededRandom::new(school.seed + 2);
    let college = sqlx::query_scalar!(
        r#"select id as "id: CollegeId" from college where institution_id = $1 and name = $2"#,
        institution.0,
        first_college(school)
    )
    .fetch_one(&mut *db)
    .await?;
    let class = class_named(db, institution, &first_class(school), now.date()).await?;
    let mut league: Option<AccountId> = None;
    let manager = AccountManager::operator(institution);
    for (kind, number) in school.accounts {
        let hash = hashes.get(number).map_or("", String::as_str);
        let name = names::person(&mut random);
        if let (OfficeKind::Student | OfficeKind::ClassBranch, Some(class)) = (kind, class) {
            // Students of the demo are among the students.
            sqlx::query!(
                "update student set number = $3, name = $4, political = '共青团员'
                 where id = (select id from student where class_id = $2 and institution_id = $1
                                    and number not in (select number from account where institution_id = $1)
                             order by number limit 1)",
                institution.0,
                class.0,
                number,
                name
            )
            .execute(&mut *db)
            .await?;
        }
        let account = NewAccount { number, name: &name, password_hash: Some(hash), must_change_password: false };
        let account = accounts::store::create(db, &manager, &account, now).await?.ok_or(Failure::Missing)?;
        let place = match kind.place() {
            Place::School => OfficePlace::School,
            Place::College => OfficePlace::College(college),
            Place::Class => OfficePlace::Class(class.ok_or(Failure::Missing)?),
        };
        let office = NewOffice { kind: *kind, place, term: Term::since(ADOPTED) };
        accounts::store::grant(db, &manager, account, &office, now).await?;
        if *kind == OfficeKind::SchoolLeague {
            league = Some(account);
        }
    }
    let league = league.ok_or(Failure::Missing)?;
    part(load_branches(db, institution, now)).await?;
    part(load_grades(db, institution, league, now)).await?;
    part(load_dispute(db, institution, now)).await?;
    adopt(db, school, institution, league, now).await
}

/// A secretary for each class branch, most of whom have not activated their account.
async fn load_branches(
    db: &mut PgConnection,
    institution: InstitutionId,
    now: time::OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "with secretary as (
             select distinct on (s.class_id) s.id, s.number, s.name, s.class_id from student s
             where s.institution_id = $1 and not exists (
                       select from office o where o.class_id = s.class_id and o.kind = 'class_branch')
             order by s.class_id, s.number
         ), made as (
             insert into account (id, institution_id, number, name, must_change_password, created_at, student_id)
             select gen_random_uuid(), $1, number, name, false, $2, id from secretary returning id, student_id
         )
         insert into office (id, account_id, institution_id, kind, class_id, from_day, until_day, granted_at)
         select gen_random_uuid(), m.id, $1, 'class_branch', s.class_id, $3, $4, $2
         from made m join secretary s on s.id = m.student_id",
        institution.0,
        now,
        BRANCHES.0,
        BRANCHES.1
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Ranks and failed courses of last semester for everybody but first-years; the order is invented and always the same.
async fn load_grades(
    db: &mut PgConnection,
    institution: InstitutionId,
    by: AccountId,
    now: time::OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into grade_fact (id, student_id, basis, period, rank, cohort, failed, source, recorded_at, recorded_by)
         select gen_random_uuid(), r.id, 'semester', $4, r.rank, r.cohort,
                case when r.rank * 5 > r.cohort * 4 then 1 + r.rank % 3 else 0 end, '教务处', $2, $3
         from (select s.id, k.entry_year,
                      (row_number() over (partition by k.major_id, k.entry_year
                                          -- Those with an account to try lead: they can be appointed.
                                          order by s.number ~ '^[0-9]', md5(s.number)))::integer as rank,
                      (count(*) over (partition by k.major_id, k.entry_year))::integer as cohort
               from student s join class k on k.id = s.class_id where s.institution_id = $1) r
         where r.entry_year < 2026",
        institution.0,
        now,
        by.0,
        LAST_SEMESTER
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The demo's student doubts a figure, and the student-affairs office has something to answer.
async fn load_dispute(
    db: &mut PgConnection,
    institution: InstitutionId,
    now: time::OffsetDateTime,
) -> Result<(), Failure> {
    let fact = sqlx::query!(
        r#"select a.student_id as "student!: StudentId", g.id as "fact: GradeFactId"
           from account a join office o on o.account_id = a.id and o.kind = 'student'
                join grade_fact g on g.student_id = a.student_id
           where a.institution_id = $1 and a.password_hash is not null limit 1"#,
        institution.0
    );
    let Some(row) = fact.fetch_optional(&mut *db).await? else { return Ok(()) };
    let due_on = (now + people::own::ANSWER_WITHIN).date();
    let says = "我是转专业来的，登记的专业人数好像还是原专业的，请按现在的专业重新核对。".to_owned();
    let new = NewDispute { fact: row.fact, about: About::Rank, says };
    people::disputes_store::raise(db, row.student, &new, due_on, now).await?;
    let notice = Notice::new(format!("学生对专业排名有异议，{}前答复", chinese_day(due_on)), "/disputes");
    let office = To::Office { kind: OfficeKind::StudentAffairs, college: None, class: None };
    inbox::tell(db, institution, office, &notice, now).await
}

async fn adopt(
    db: &mut PgConnection,
    school: &School,
    institution: InstitutionId,
    by: AccountId,
    now: time::OffsetDateTime,
) -> Result<(), Failure> {
    let version = sqlx::query_scalar!(
        "select id from plan_version where institution_id is null and code = $1 order by version desc limit 1",
        school.plan
    )
    .fetch_one(&mut *db)
    .await?;
    sqlx::query!(
        "insert into adoption (institution_id, seq, effective_from, plan_version_id, adopted_at, adopted_by)
         values ($1, 1, $2, $3, $4, $5)",
        institution.0,
        ADOPTED,
        version,
        now,
        by.0
    )
    .execute(&mut *db)
    .await?;
    for wider in plan::named(school.plan).map(compare_all).unwrap_or_default().iter().filter(|one| one.needs_reason()) {
        sqlx::query!(
            "insert into adoption_reason (institution_id, seq, rule, says) values ($1, 1, $2, $3)",
            institution.0,
            wider.rule.code(),
            "学生人数较多、校区分散，按方案原文的“左右”掌握，每学期核对一次"
        )
        .execute(&mut *db)
        .await?;
    }
    let short = plan::named(school.plan).map_or(school.plan, |plan| plan.short.as_str());
    let entry = Entry::new(adoption::Verb::PlanAdopted, short).detail("启用日期", ADOPTED.to_string());
    audit::append_by_operator(db, institution, entry, now).await
}
