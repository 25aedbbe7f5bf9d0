//! The demo's rounds: a college's recruiting with candidates at every step, so that its offices find something to do, and the
//! candidates for presidiums: where the congress elects its delegates, some of the school's are on public notice and some
//! under review; where it meets tomorrow, all of the school's are settled, and those of a college are on public notice.

use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime};

use super::schools::School;
use crate::{
    failure::Failure,
    ids::{CaseId, InstitutionId, JointSessionId, OpinionId, RoundId},
    rulebook::{self, store::calendar},
    rules::{
        appointment::conditions,
        chain::Chain,
        offer::{Offer, offer},
        plan::Union,
        vetting::{Source, may_apply},
    },
    unions::{
        store as unions_store,
        union::{PostKind, Record, StudentFacts},
    },
    vetting::{
        case::{Evidence, Origin},
        round::{DayCount, Purpose, SteadyRound},
        store::{self, NewCase, NewPlace, NewRound, Opener, Prescribed, Submission},
    },
};

const STATEMENTS: [&str; 4] = [
    "大一一年我在学院服务台值班，累计六十小时。希望到学生会工作，把同学的意见整理清楚、反馈到位。",
    "我负责过班级的学风建设和晚自习组织，成绩稳定。愿意用课余时间服务更多同学。",
    "我参加过三次暑期社会实践，带队完成调研报告。希望把做事的方法用在服务同学上。",
    "我喜欢和同学打交道，也坐得住写材料。如果能加入，会守时、守纪律，把交办的事办完办好。",
];
const EXPERIENCES: [&str; 3] = ["班级学习委员；校级三好学生", "院系志愿服务队骨干；优秀共青团员", "班级团支部组织委员"];
const WORDS: [&str; 3] = [
    "政治坚定，品行端正，成绩居专业前列，乐于服务同学，同意推荐。",
    "思想上进，作风踏实，学有余力，在班级工作中群众基础好，同意推荐。",
    "热爱集体，做事认真，学习优良，有服务同学的意愿和能力，同意推荐。",
];

/// Opens the demo's rounds and brings candidates so far in them.
pub(super) async fn load_vetting(
    db: &mut PgConnection,
    school: &School,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let today = now.date();
    let first = school.colleges.first().map_or("", |(name, _)| name);
    let unions = unions_store::list(db, institution, None).await?;
    let records = unions_store::records(db, institution, unions, today).await?;
    let of_college =
        records.iter().find(|record| record.union.kind == Union::College && record.union.name.starts_with(first));
    let of_school = records.iter().find(|record| record.union.kind == Union::School);
    let holders: Vec<_> = records.iter().flat_map(|record| record.posts_on(today)).map(|post| post.student).collect();
    let mut free = candidates(db, institution, today).await?;
    free.retain(|fact| !holders.contains(&fact.student));
    if let Some(record) = of_college {
        let seats = record
            .departments_on(today)
            .map(|department| NewPlace {
                kind: PostKind::Staff,
                department: Some(department.id),
                seats: 1,
                to_elect: None,
            })
            .collect();
        // A union that is full as it stands can only be staffed anew.
        let full = record.people_on(today) + record.departments_on(today).count() > 30;
        let purpose = if full { Purpose::Term } else { Purpose::Recruit };
        let new = new_round("秋季招新", purpose, false, seats, today, RECRUITING);
        let round = open(db, institution, record, &new, now).await?;
        let (own, others): (Vec<StudentFacts>, Vec<StudentFacts>) =
            free.iter().filter(|fact| Some(fact.college_id) == record.union.college).cloned().partition(|fact| {
                // The class whose branch has an account to try.
                fact.class_id == first_class(&free, record)
            });
        for fact in own.iter().take(5) {
            hand_in(db, institution, &round, fact, Source::Ordinary, now).await?;
        }
        for (place, fact) in others.iter().take(46).enumerate() {
            let case = hand_in(db, institution, &round, fact, Source::Ordinary, now).await?;
            advance(db, institution, &round, case, if place < 41 { 1 } else { 2 }, now).await?;
        }
    }
    let college = of_college.and_then(|record| record.union.college);
    // Of the college whose offices have accounts; the last ones, so that nobody of the first round is here too.
    let own: Vec<&StudentFacts> = free.iter().rev().filter(|fact| Some(fact.college_id) == college).collect();
    let (for_school, others) = own.split_at(own.len().min(9));
    let elects_delegates = super::congress::elects_delegates(school);
    if let Some(record) = of_school {
        let round = presidium_round(record, 7, 5, if elects_delegates { ON_NOTICE } else { SETTLED });
        // The last ones of the list are still under review where the congress is some weeks off.
        let steps: &[usize] = if elects_delegates { &[3, 3, 2, 2, 1] } else { &[] };
        let listed = if elects_delegates { 4 } else { 7 };
        let candidates = for_school.get(..listed + steps.len()).unwrap_or(for_school);
        put_forward(db, institution, &round, candidates, steps, now).await?;
    }
    if let Some(record) = of_college.filter(|_| !elects_delegates) {
        let round = presidium_round(record, 5, 3, ON_NOTICE);
        put_forward(db, institution, &round, others.get(..5).unwrap_or_default(), &[], now).await?;
    }
    Ok(())
}

/// When a round was opened and how far it has come, in days before today or, below 0, after it.
#[derive(Debug, Clone, Copy)]
struct Schedule {
    opened: i64,
    closed: i64,
    /// When its first candidates took their first step.
    reviewed: i64,
    /// When those who had passed were put on public notice.
    noticed: i64,
    /// It is over: the candidates are on the list for the congress.
    settled: Option<i64>,
}

const RECRUITING: Schedule = Schedule { opened: 3, closed: -11, reviewed: 0, noticed: 0, settled: None };
/// The notice has run since yesterday, and anybody may object.
const ON_NOTICE: Schedule = Schedule { opened: 25, closed: 12, reviewed: 10, noticed: 1, settled: None };
const SETTLED: Schedule = Schedule { opened: 50, closed: 38, reviewed: 34, noticed: 22, settled: Some(10) };

/// A round for candidates for the presidium of a union, to be opened.
struct PresidiumRound<'a> {
    record: &'a Record,
    places: Vec<NewPlace>,
    schedule: Schedule,
}

fn presidium_round(record: &Record, seats: i32, to_elect: i32, schedule: Schedule) -> PresidiumRound<'_> {
    let place = NewPlace { kind: PostKind::Presidium, department: None, seats, to_elect: Some(to_elect) };
    PresidiumRound { record, places: vec![place], schedule }
}

/// Opens a round for candidates: the first ones pass every step, the last ones have come so many steps far.
async fn put_forward(
    db: &mut PgConnection,
    institution: InstitutionId,
    wanted: &PresidiumRound<'_>,
    candidates: &[&StudentFacts],
    steps: &[usize],
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let schedule = wanted.schedule;
    let ago = |days: i64| now - Duration::days(days);
    let new = new_round("主席团换届", Purpose::Term, true, wanted.places.clone(), now.date(), schedule);
    let round = open(db, institution, wanted.record, &new, ago(schedule.opened)).await?;
    let sources = match wanted.record.union.kind {
        Union::College => [Source::CollegeStaff, Source::Ordinary, Source::Exemplar],
        Union::School | Union::Graduate => [Source::CollegeStaff, Source::SchoolStaff, Source::Exemplar],
    };
    let passing = candidates.len().saturating_sub(steps.len());
    for (place, fact) in candidates.iter().enumerate() {
        let source = sources.get(place % 3).copied().unwrap_or(Source::CollegeStaff);
        let case = hand_in(db, institution, &round, fact, source, ago(schedule.closed + 1)).await?;
        match place.checked_sub(passing).and_then(|place| steps.get(place)) {
            Some(step) => advance(db, institution, &round, case, *step, ago(2)).await?,
            None => pass(db, institution, &round, case, schedule, now).await?,
        }
    }
    if let Some(settled) = schedule.settled {
        sqlx::query!(
            "update vetting_round set ended_at = $2, ended_why = '候选人名单已提请大会选举' where id = $1",
            round.id.0,
            ago(settled)
        )
        .execute(db)
        .await?;
    }
    Ok(())
}

/// Takes a case through every step and puts it on public notice; where the round is over, on the list for the congress.
async fn pass(
    db: &mut PgConnection,
    institution: InstitutionId,
    round: &SteadyRound,
    case: CaseId,
    schedule: Schedule,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let ago = |days: i64| now - Duration::days(days);
    advance(db, institution, round, case, round.chain.links.len(), ago(schedule.reviewed)).await?;
    let published = ago(schedule.noticed).date();
    let span = round.notice(published);
    sqlx::query!(
        "update vetting_case set stage = case when $5::timestamptz is null then 'passed' else 'listed' end, step = null,
                                 due_on = null, notice_from = $2, notice_first = $3, notice_until = $4, settled_at = $5
         where id = $1",
        case.0,
        published,
        span.first,
        span.last,
        schedule.settled.map(ago)
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Students who meet every condition, in a fictional order that is always the same.
pub(super) async fn candidates(
    db: &mut PgConnection,
    institution: InstitutionId,
    today: Date,
) -> Result<Vec<StudentFacts>, Failure> {
    // A branch's secretary cannot recommend themself.
    let ids = sqlx::query_scalar!(
        "select id from student s where institution_id = $1 and left_on is null and number ~ '^[0-9]'
                and not exists (select from account a join office o on o.account_id = a.id and o.kind = 'class_branch'
                                where a.student_id = s.id)
         order by md5('vetting' || number) limit 3000",
        institution.0
    )
    .fetch_all(&mut *db)
    .await?;
    let mut facts = unions_store::facts(db, &ids, today).await?;
    let plans = calendar(db, institution).await?;
    let Some(plan) = plans.in_force(today) else { return Ok(Vec::new()) };
    facts.retain(|fact| fact.rank.is_some() && may_apply(&plan, &fact.member(None, today)).permit().is_ok());
    facts.sort_by(|one, other| (one.college_id, &one.number).cmp(&(other.college_id, &other.number)));
    Ok(facts)
}

/// The first class of a union's college, by number of its students.
fn first_class(facts: &[StudentFacts], record: &Record) -> crate::ids::ClassId {
    let own = facts.iter().filter(|fact| Some(fact.college_id) == record.union.college);
    own.min_by(|one, other| one.number.cmp(&other.number))
        .map_or(crate::ids::ClassId(uuid::Uuid::nil()), |fact| fact.class_id)
}

fn new_round(
    title: &str,
    purpose: Purpose,
    presidium: bool,
    places: Vec<NewPlace>,
    today: Date,
    schedule: Schedule,
) -> NewRound {
    let days = |days| today + Duration::days(days);
    NewRound {
        title: title.to_owned(),
        purpose,
        presidium,
        basis: None,
        opens_on: days(-schedule.opened),
        closes_on: days(-schedule.closed),
        effective_on: days(30),
        due_days: Vec::new(),
        notice_days: if presidium { 5 } else { 0 },
        day_count: DayCount::Working,
        note: "报名前请看清条件；提交后由推荐单位办理，进度在本页查看。".to_owned(),
        reason: None,
        places,
    }
}

async fn open(
    db: &mut PgConnection,
    institution: InstitutionId,
    record: &Record,
    new: &NewRound,
    now: OffsetDateTime,
) -> Result<SteadyRound, Failure> {
    let governing = rulebook::governing(db, institution, now.date()).await?.ok_or(Failure::Missing)?;
    let chain = Chain::of(&governing.plan, record.union.kind, new.presidium).ok_or(Failure::Missing)?;
    let plans = calendar(db, institution).await?;
    let offers: Vec<Offer> = if new.presidium {
        let seats = new.places.iter().filter_map(|place| u32::try_from(place.to_elect?).ok()).sum();
        vec![Offer { post: crate::rules::roster::Post::Presidium, seats, from: new.effective_on }]
    } else {
        let offer = |place: &NewPlace| {
            let department = record.departments.iter().find(|known| Some(known.id) == place.department)?;
            let post = crate::rules::roster::Post::Staff(department.name.clone());
            Some(Offer { post, seats: u32::try_from(place.seats).ok()?, from: new.effective_on })
        };
        new.places.iter().filter_map(offer).collect()
    };
    let passed = offer(&plans, &record.timeline, &[], offers, new.presidium, None);
    let passed = passed.permit().map_err(|_| anyhow::anyhow!("the demo offers places that there are not"))?;
    let locked = unions_store::hold_by_operator(db, institution, record.union.id, now.date()).await?;
    let prescribed = Prescribed { chain: &chain, plan: governing.id };
    let by = Opener { institution, account: None };
    let new = NewRound { due_days: vec![5; chain.links.len()], ..new.clone() };
    let id = store::open_round(db, &locked, &new, &passed, prescribed, by, now).await?;
    store::steady_round(db, institution, id).await
}

/// One of a list, by something that differs from student to student and stays.
fn one_of(list: &[&'static str], fact: &StudentFacts) -> &'static str {
    let sum: usize = fact.number.bytes().map(usize::from).sum();
    list.get(sum % list.len().max(1)).copied().unwrap_or_default()
}

async fn hand_in(
    db: &mut PgConnection,
    institution: InstitutionId,
    round: &SteadyRound,
    fact: &StudentFacts,
    source: Source,
    now: OffsetDateTime,
) -> Result<CaseId, Failure> {
    let plans = calendar(db, institution).await?;
    let plan = plans.in_force(now.date()).ok_or(Failure::Missing)?;
    let findings = conditions(&plan, &fact.member(None, now.date()));
    let sum: usize = fact.number.bytes().map(usize::from).sum();
    let place = round.places.get(sum % round.places.len().max(1)).ok_or(Failure::Missing)?;
    let submission = Submission {
        place: place.id,
        source: Some(source),
        field: if source == Source::Exemplar { "学习科研".to_owned() } else { String::new() },
        statement: one_of(&STATEMENTS, fact).to_owned(),
        experience: one_of(&EXPERIENCES, fact).to_owned(),
        pledge: plan.figures.pledge.as_ref().map(|pledge| pledge.value.clone()).unwrap_or_default(),
        evidence: Evidence::take(fact, &findings, now.date()),
        photo: None,
    };
    let new = NewCase { round, fact, origin: Origin::Applied, prepared: None };
    store::hand_in(db, institution, &new, &submission, now).await?.ok_or(Failure::Missing)
}

/// Signs the steps before `to` for whoever holds the offices, as they would.
async fn advance(
    db: &mut PgConnection,
    institution: InstitutionId,
    round: &SteadyRound,
    case: CaseId,
    to: usize,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    for (step, link) in round.chain.links.iter().enumerate().take(to) {
        let session = if link.together { Some(session_of(db, round.id, step, now).await?) } else { None };
        let signers = if link.any { link.by.get(..1).unwrap_or_default() } else { link.by.as_slice() };
        for party in signers {
            let sum = usize::from(case.0.as_bytes().first().copied().unwrap_or(0));
            let words = if step == 0 { WORDS.get(sum % WORDS.len()).copied().unwrap_or_default() } else { "" };
            sqlx::query!(
                "insert into vetting_opinion (id, case_id, step, visit, body, office, act, verdict, says, session_id, by_account, at)
                 select $1, c.id, $3, c.visit, $4,
                        coalesce(g.name || ' ', k.name || ' ', '') || office_label(o.kind), $5, 'agree', $6, $7, o.account_id, $8
                 from vetting_case c join office o on o.institution_id = $9 and o.kind = $4 and o.ended_at is null
                           and (o.college_id is null or o.college_id = c.college_id)
                           and (o.class_id is null or o.class_id = c.class_id)
                      join account a on a.id = o.account_id and a.student_id is distinct from c.student_id
                      left join college g on g.id = o.college_id left join class k on k.id = o.class_id
                 where c.id = $2 limit 1",
                OpinionId::random().0,
                case.0,
                i32::try_from(step).unwrap_or(0),
                party.body.slug(),
                link.act,
                words,
                session.map(|id| id.0),
                now,
                institution.0
            )
            .execute(&mut *db)
            .await?;
        }
        let next = i32::try_from(step + 1).unwrap_or(1);
        sqlx::query!(
            "update vetting_case set step = $2, visit = visit + 1, furthest = $2, due_on = $3 where id = $1",
            case.0,
            next,
            round.due(step + 1, now.date())
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// The session of a joint step, recorded once.
async fn session_of(
    db: &mut PgConnection,
    round: RoundId,
    step: usize,
    now: OffsetDateTime,
) -> Result<JointSessionId, Failure> {
    if let Some(known) = store::sessions(db, round).await?.first() {
        return Ok(known.id);
    }
    let id = JointSessionId::random();
    sqlx::query!(
        "insert into joint_session (id, round_id, step, held_on, says, by_account, office, at)
         select $1, r.id, $3, $4, '学生工作部门 2 人、校团委 3 人参加，逐一审查候选人材料', o.account_id, '校团委', $5
         from vetting_round r join office o on o.institution_id = r.institution_id and o.kind = 'school_league'
         where r.id = $2 limit 1",
        id.0,
        round.0,
        i32::try_from(step).unwrap_or(0),
        now.date(),
        now
    )
    .execute(db)
    .await?;
    Ok(id)
}
