//! The demo's reviews: two semesters of the school's union that are settled, this one's half scored, and a college's in which
//! reports are written. The monitors' passphrases are the passwords of their accounts.

use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime, macros::date};

use super::schools::School;
use crate::{
    accounts::store::{AccountManager, NewAccount, create},
    clock::CHINA,
    database::Locked,
    failure::Failure,
    fictional::random::SeededRandom,
    ids::{AccountId, InstitutionId},
    office::OfficeKind,
    reviews::{
        Marks, THRESHOLD,
        counting::count,
        review::{DealtShare, Member, Person, Review},
        sheet::Sheet,
        store::{self, DuePerson, NewReview, Opening, SemesterChoice},
    },
    rotation::store::{NewSemester, insert_semester},
    rulebook::store::calendar,
    rules::{
        Plan,
        plan::Union,
        review::{self as rule, BoardMember, Category, aspects, may_score},
    },
    sealing::keys::{self, MarkKey, PublicKey, Purpose, SecretKey, SheetPlace},
    unions::{store as unions_store, union::Record},
};

/// A semester before those in which the demo's unions have turns.
const EARLIER: (&str, Date, Date) = ("2025—2026 学年第一学期", date!(2025 - 09 - 01), date!(2026 - 02 - 23));
const TEXTS: [&str; 5] = [
    "坚持理论学习，组织本部门同学参加团课和主题团日，按时完成各项任务。",
    "遵守校纪校规，待人诚恳，处事公道，没有违纪情况。",
    "按时上课，没有课业不及格；合理安排工作和学习的时间。",
    "牵头办好迎新服务和学风建设月，收集同学意见并推动解决，参与同学满意。",
    "严格考勤，按时到会，不搞形式；经费和物资使用有登记。",
];
const REMARKS: [&str; 4] = ["做事踏实，有回应", "可以多到班级听意见", "牵头的活动组织得好", "汇报再简练一些"];

/// What the demo's reviews are made with.
struct Board<'a> {
    institution: InstitutionId,
    plan: Plan,
    marks: &'a Marks,
    keeper: AccountId,
    /// Who sits, as what; those with a passphrase are monitors.
    seats: Vec<(AccountId, Category, Option<String>)>,
}

/// Loads the demo's reviews.
pub(super) async fn load_reviews(
    db: &mut PgConnection,
    school: &School,
    institution: InstitutionId,
    key: &MarkKey,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let today = now.date();
    let plans = calendar(db, institution).await?;
    let Some(plan) = plans.in_force(today).map(std::borrow::Cow::into_owned) else { return Ok(()) };
    let (name, from, until) = EARLIER;
    insert_semester(db, institution, &NewSemester { name: name.to_owned(), from, until }).await?;
    let semesters = store::semesters(db, institution, today).await?;
    let [this, last, before, ..] = semesters.as_slice() else { return Ok(()) };
    let unions = unions_store::list(db, institution, None).await?;
    let records = unions_store::records(db, institution, unions, today).await?;
    let (marks, mut chance) = (Marks(key.clone()), SeededRandom::new(school.seed ^ 0x0715));
    let seats = seats(db, school, institution, &records, now).await?;
    let keeper = seats.iter().find(|(_, category, _)| *category == Category::League).map(|(account, ..)| *account);
    let board = Board { institution, plan, marks: &marks, keeper: keeper.ok_or(Failure::Missing)?, seats };
    let of = |kind: Union| records.iter().find(|record| record.union.kind == kind && record.union.opened_on.is_some());
    if let Some(record) = of(Union::School) {
        for semester in [before, last] {
            // Who led then, not who leads now.
            let due = store::due(record, &board.plan, semester, today);
            let sits = semester.until_day - Duration::days(40);
            let opened = opened(db, &board, record, semester, &due, sits).await?;
            score(db, &board, &opened.review, usize::MAX, &mut chance).await?;
            finish(db, &board, &opened, sits).await?;
        }
        let due = store::due(record, &board.plan, this, today);
        let opened = opened(db, &board, record, this, &due, today).await?;
        score(db, &board, &opened.review, board.seats.len() / 2, &mut chance).await?;
    }
    if let Some(record) = of(Union::College) {
        let due = store::due(record, &board.plan, this, today);
        let review = begin(db, &board, record, this, today + Duration::days(17), &due).await?;
        hand_in(db, &review, due.len() / 2, now).await?;
    }
    Ok(())
}

/// Who sits on the boards: students of the school who report nowhere, and the offices that have accounts to try.
async fn seats(
    db: &mut PgConnection,
    school: &School,
    institution: InstitutionId,
    records: &[Record],
    now: OffsetDateTime,
) -> Result<Vec<(AccountId, Category, Option<String>)>, Failure> {
    let holders: Vec<_> = records.iter().flat_map(|record| &record.posts).map(|post| post.student).collect();
    let students = super::vetting::candidates(db, institution, now.date()).await?;
    let (mut seats, manager) = (Vec::new(), AccountManager::operator(institution));
    // Not the first ones: those apply in the demo's rounds.
    for row in students.iter().skip(students.len() / 2).filter(|row| !holders.contains(&row.student)) {
        if seats.len() == 5 {
            break;
        }
        let new = NewAccount { number: &row.number, name: &row.name, password_hash: None, must_change_password: false };
        seats.extend(create(db, &manager, &new, now).await?.map(|account| (account, Category::Student, None)));
    }
    for (kind, category) in [
        (OfficeKind::Student, Category::Student),
        (OfficeKind::StudentAffairs, Category::Affairs),
        (OfficeKind::SchoolLeague, Category::League),
        (OfficeKind::SchoolParty, Category::Other),
    ] {
        let Some((_, number)) = school.accounts.iter().find(|(known, _)| *known == kind) else { continue };
        let account = crate::elections::store::account_of(db, institution, number).await?;
        let phrase = (category != Category::Student).then(|| super::load::password(number));
        seats.extend(account.map(|account| (account, category, phrase)));
    }
    Ok(seats)
}

async fn begin(
    db: &mut PgConnection,
    board: &Board<'_>,
    record: &Record,
    semester: &SemesterChoice,
    sits_on: Date,
    due: &[DuePerson],
) -> Result<Locked<Review>, Failure> {
    let aspects = aspects(&board.plan);
    let scheme = store::scheme(db, board.institution, &aspects).await?;
    let report_until = sits_on - Duration::days(7);
    let new = NewReview {
        union: &record.union,
        semester: semester.id,
        report_until,
        sits_on,
        aspects: &aspects,
        scheme: &scheme,
    };
    let at = morning(report_until - Duration::days(14));
    let review = store::begin(db, board.institution, &new, board.keeper, at).await?.ok_or(Failure::Missing)?;
    store::take_persons(db, &review, due).await?;
    Ok(review)
}

fn morning(day: Date) -> OffsetDateTime {
    day.midnight().assume_offset(CHINA) + Duration::hours(9)
}

/// The first persons of the list hand in their reports.
async fn hand_in(
    db: &mut PgConnection,
    review: &Locked<Review>,
    most: usize,
    at: OffsetDateTime,
) -> Result<(), Failure> {
    let number = review.scheme.weights().len();
    let texts: Vec<String> = TEXTS.iter().cycle().take(number).map(|text| (*text).to_owned()).collect();
    for person in store::persons(db, review.id, None).await?.into_iter().take(most) {
        store::keep_report(db, review, person.student, &texts, true, at).await?;
    }
    Ok(())
}

/// A review in which scoring has begun, with its key.
struct Opened {
    review: Locked<Review>,
    secret: SecretKey,
}

async fn opened(
    db: &mut PgConnection,
    board: &Board<'_>,
    record: &Record,
    semester: &SemesterChoice,
    due: &[DuePerson],
    sits_on: Date,
) -> Result<Opened, Failure> {
    let review = begin(db, board, record, semester, sits_on, due).await?;
    let at = morning(sits_on);
    hand_in(db, &review, due.len(), at - Duration::days(8)).await?;
    for (account, category, _) in &board.seats {
        store::name_member(db, &review, *account, *category, false, at).await?;
    }
    let persons = store::persons(db, review.id, None).await?;
    let members = store::members(db, review.id).await?;
    let seat = |member: &Member| BoardMember { present: true, ..member.seat(&persons) };
    let seats: Vec<BoardMember> = members.iter().map(seat).collect();
    let unfit = |_| anyhow::anyhow!("the demo's board may not sit");
    let passed = rule::board(&board.plan, &seats).permit().map_err(unfit)?;
    let with_phrase = board.seats.iter().filter_map(|(account, _, phrase)| Some((*account, phrase.as_ref()?)));
    let monitors: Vec<(AccountId, &String)> = with_phrase.collect();
    let accounts: Vec<AccountId> = monitors.iter().map(|(account, _)| *account).collect();
    store::confirm(db, &review, &passed, &accounts, at).await?;
    let review = store::lock(db, board.institution, review.id).await?;
    let (secret, public) = keys::make_pair();
    let mut shares = Vec::new();
    for ((account, phrase), share) in monitors.iter().zip(keys::split(&secret, THRESHOLD, monitors.len())) {
        let salt = keys::salt();
        let (_, own) = keys::pair_of(phrase, &salt)?;
        let key = board.marks.member(review.id, *account, salt.to_vec(), own);
        store::keep_key(db, &review, *account, &key).await?;
        store::prove(db, &review, *account, &key, at).await?;
        let sealed = keys::seal(&own, Purpose::SheetShare(review.id, *account), &share)?;
        let mark = board.marks.share(review.id, *account, &sealed);
        shares.push((*account, DealtShare { sealed, mark }));
    }
    let opening = Opening {
        key: Some(board.marks.sitting(review.id, public)),
        present: members.iter().map(|member| member.account).collect(),
        shares,
        persons: persons.iter().map(|person| person.place).collect(),
    };
    let passed = rule::sitting(&board.plan, &seats).permit().map_err(unfit)?;
    store::open(db, &review, &passed, &opening, at).await?;
    Ok(Opened { review: store::lock(db, board.institution, review.id).await?, secret })
}

/// The first members score everybody whom they may.
async fn score(
    db: &mut PgConnection,
    board: &Board<'_>,
    review: &Locked<Review>,
    members: usize,
    chance: &mut SeededRandom,
) -> Result<(), Failure> {
    let persons = store::persons(db, review.id, None).await?;
    let public: PublicKey = review.key.as_ref().ok_or(Failure::Missing)?.public;
    for member in store::members(db, review.id).await?.iter().take(members) {
        let Some(scorer) = member.scorer else { continue };
        let may = |person: &&Person| person.scored && may_score(&member.departments, &person.departments);
        for person in persons.iter().filter(may) {
            let usual = 78 + u32::from(person.number.bytes().last().unwrap_or(b'0') % 10);
            let given = review.scheme.weights().iter().map(|_| usual + chance.below(12)).collect();
            let comment = if chance.below(3) == 0 { chance.pick(&REMARKS).copied().unwrap_or_default() } else { "" };
            let sheet = Sheet { scores: given, comment: comment.to_owned() };
            let at = SheetPlace { scorer, person: person.place };
            let text = sheet.encode().ok_or(Failure::Missing)?;
            let sealed = keys::seal(&public, Purpose::Sheet(review.id, at), &text)?;
            let mac = board.marks.sheet(review.id, at, &sealed);
            store::take_sheet(db, review, at, &sealed, &mac).await?;
        }
    }
    Ok(())
}

/// Closes, counts and settles a review.
async fn finish(db: &mut PgConnection, board: &Board<'_>, opened: &Opened, sits_on: Date) -> Result<(), Failure> {
    let at = morning(sits_on) + Duration::hours(3);
    store::close(db, &opened.review, at).await?;
    let review = store::lock(db, board.institution, opened.review.id).await?;
    let members = store::members(db, review.id).await?;
    let sheets = store::sheets(db, review.id).await?;
    let counted = count(&review, &members, board.marks, &opened.secret, &sheets).map_err(anyhow::Error::msg)?;
    store::keep_count(db, &review, counted, at).await?;
    let review = store::lock(db, board.institution, review.id).await?;
    store::settle(db, &review, at + Duration::days(i64::from(review.objection_days) + 2)).await?;
    Ok(())
}
