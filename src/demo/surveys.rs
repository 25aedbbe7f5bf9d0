//! The demo's questionnaires: one that is counted, with findings and what follows, and one that runs.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::schools::School;
use crate::{
    failure::Failure,
    fictional::random::SeededRandom,
    ids::{CollegeId, InstitutionId, StudentId, SurveyId, SurveyMeasureId},
    sealing::keys::MarkKey,
    surveys::{
        SurveyKeys,
        counting::{CollegeName, count},
        sheet::{Answer, Sheet},
        store,
        survey::{Kind, Question, SCALE},
    },
};

/// A question as it is told.
struct DemoQuestion {
    kind: Kind,
    says: &'static str,
    options: &'static [&'static str],
    most: Option<i16>,
}

const fn told(kind: Kind, says: &'static str, options: &'static [&'static str]) -> DemoQuestion {
    DemoQuestion { kind, says, options, most: None }
}

const CANTEEN: [DemoQuestion; 5] = [
    told(Kind::Single, "你平时主要在哪里吃午饭", &["一食堂", "二食堂", "校外", "外卖"]),
    told(Kind::Scale, "你对食堂的总体满意程度", &SCALE),
    DemoQuestion {
        most: Some(2),
        ..told(Kind::Several, "最希望先改进什么", &["菜价", "口味", "排队", "卫生", "开放时间"])
    },
    told(Kind::Order, "三种新窗口，你更想要哪一种", &["平价套餐", "地方风味", "轻食"]),
    told(Kind::Text, "还想说什么", &[]),
];

const LIBRARY: [DemoQuestion; 3] = [
    told(Kind::Scale, "图书馆座位够不够用", &["很不够", "不够", "一般", "够", "很够"]),
    told(Kind::Single, "考试周希望开到几点", &["22 点", "23 点", "24 点"]),
    told(Kind::Text, "对图书馆的建议", &[]),
];

const TEXTS: [&str; 6] = [
    "二食堂排队太久，希望多开两个窗口。",
    "早餐可以早十分钟开。",
    "平价菜卖得太快，十二点以后就没有了。",
    "希望座位旁边多几个插座。",
    "晚上再晚一点关门就好了。",
    "总体不错，谢谢师傅。",
];

/// Who answers.
struct Answerer {
    id: StudentId,
    college: CollegeId,
    year: i32,
}

/// A questionnaire as it is told.
struct Planned<'a> {
    title: &'static str,
    purpose: &'static str,
    questions: &'a [DemoQuestion],
    /// In days from today.
    opens: i64,
    closes: i64,
}

/// Loads a questionnaire with findings and one that runs.
pub(super) async fn load_surveys(
    db: &mut PgConnection,
    school: &School,
    institution: InstitutionId,
    key: &MarkKey,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let (keys, mut random) = (SurveyKeys::new(key.clone()), SeededRandom::new(school.seed));
    let canteen = Planned {
        title: "食堂满意度调研",
        purpose: "了解同学对食堂的意见，结果交后勤管理处，作为下学期窗口调整的依据。",
        questions: &CANTEEN,
        opens: -30,
        closes: -20,
    };
    let id = open(db, institution, &keys, &canteen, now).await?;
    answer(db, institution, id, &keys, 160, &mut random).await?;
    publish(db, institution, id, &keys, now).await?;
    let library = Planned {
        title: "考试周图书馆开放时间调研",
        purpose: "确定考试周的开放时间和座位安排，结果交图书馆。",
        questions: &LIBRARY,
        opens: -3,
        closes: 11,
    };
    let id = open(db, institution, &keys, &library, now).await?;
    answer(db, institution, id, &keys, 40, &mut random).await
}

/// Makes a questionnaire of the school's union and opens it to everybody.
async fn open(
    db: &mut PgConnection,
    institution: InstitutionId,
    keys: &SurveyKeys,
    planned: &Planned<'_>,
    now: OffsetDateTime,
) -> Result<SurveyId, Failure> {
    let (id, opens) = (SurveyId::random(), now + Duration::days(planned.opens));
    sqlx::query!(
        "insert into survey (id, institution_id, union_id, title, purpose, anonymous, stage, opens_at, closes_at, years,
                             made_at, made_by)
         select $1, $2, (select u.id from student_union u where u.institution_id = $2 and u.kind = 'school'), $3, $4, true,
                'draft', $5, $6, '{}', $5, a.id
         from account a join office o on o.account_id = a.id and o.kind = 'school_league'
         where a.institution_id = $2 order by a.number limit 1",
        id.0,
        institution.0,
        planned.title,
        planned.purpose,
        opens,
        now + Duration::days(planned.closes)
    )
    .execute(&mut *db)
    .await?;
    for (place, told) in (1_i16..).zip(planned.questions) {
        let options: Vec<String> = told.options.iter().map(ToString::to_string).collect();
        sqlx::query!(
            "insert into survey_question (survey_id, place, kind, says, required, options, most)
             values ($1, $2, $3, $4, $5, $6, $7)",
            id.0,
            place,
            told.kind.slug(),
            told.says,
            told.kind != Kind::Text,
            &options,
            told.most
        )
        .execute(&mut *db)
        .await?;
    }
    let survey = store::survey(db, institution, id).await?;
    let pair = keys.make(&survey, &store::questions(db, id).await?)?;
    sqlx::query!(
        "update survey set stage = 'open', opened_at = opens_at, public_key = $2, locked_key = $3, seal = $4 where id = $1",
        id.0,
        pair.public.as_bytes(),
        pair.locked,
        pair.seal
    )
    .execute(db)
    .await?;
    Ok(id)
}

/// So many students without an account answer: those of the demo's accounts find it open.
async fn answer(
    db: &mut PgConnection,
    institution: InstitutionId,
    id: SurveyId,
    keys: &SurveyKeys,
    number: i64,
    random: &mut SeededRandom,
) -> Result<(), Failure> {
    let survey = store::survey(db, institution, id).await?;
    let questions = store::questions(db, id).await?;
    let answerers = sqlx::query_as!(
        Answerer,
        r#"select s.id as "id: StudentId", m.college_id as "college: CollegeId", k.entry_year as year
           from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
           where s.institution_id = $1 and s.left_on is null
                 and not exists (select from account a where a.student_id = s.id and a.password_hash is not null)
           order by md5(s.number) limit $2"#,
        institution.0,
        number
    )
    .fetch_all(&mut *db)
    .await?;
    for Answerer { id: student, college, year } in answerers {
        let answers = questions.iter().map(|question| invent(question, random)).collect();
        let sheet = keys.seal(&survey, student, &Sheet { college, year, answers }, &questions)?;
        sqlx::query!(
            "insert into survey_envelope (survey_id, student_id, sealed, mac) values ($1, $2, $3, $4)",
            id.0,
            student.0,
            sheet.sealed,
            sheet.mac
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// An invented answer.
fn invent(question: &Question, random: &mut SeededRandom) -> Answer {
    let options = u32::try_from(question.options.len()).unwrap_or(1).max(1);
    let mut one = |of: u32| u8::try_from(random.below(of)).unwrap_or(0) + 1;
    match question.kind {
        Kind::Single => Answer::One(one(options)),
        // Of two draws the higher: people are rather content.
        Kind::Scale => Answer::One(one(options).max(one(options))),
        Kind::Several => {
            let mut chosen = vec![one(options), one(options)];
            chosen.sort_unstable();
            chosen.dedup();
            Answer::Several(chosen)
        }
        Kind::Order => {
            let turn = usize::from(one(options)) - 1;
            let mut ranks: Vec<u8> = (1..=u8::try_from(options).unwrap_or(1)).collect();
            ranks.rotate_left(turn);
            Answer::Order(ranks)
        }
        Kind::Text => {
            let at = usize::from(one(24)) - 1;
            TEXTS.get(at).map_or(Answer::Skipped, |says| Answer::Text((*says).to_owned()))
        }
    }
}

/// Counts a questionnaire and publishes what was found.
async fn publish(
    db: &mut PgConnection,
    institution: InstitutionId,
    id: SurveyId,
    keys: &SurveyKeys,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let survey = store::lock(db, institution, id).await?;
    let questions = store::questions(db, id).await?;
    let sheets = store::sheets(db, &survey).await?;
    let waiting = store::waiting_by_college(db, &survey, now.date()).await?;
    let names = sqlx::query_as!(
        CollegeName,
        r#"select id as "id: CollegeId", name from college where institution_id = $1 order by place, name"#,
        institution.0
    )
    .fetch_all(&mut *db)
    .await?;
    let open =
        keys.open_all(&survey, &questions, &sheets).map_err(|why| anyhow::anyhow!("the demo's answers: {why}"))?;
    let closed = survey.closes_at + Duration::hours(1);
    store::write_count(db, &survey, &count(&open, &questions, &waiting, &names), &[], closed).await?;
    sqlx::query!(
        "update survey set stage = 'published', findings = $2, published_at = $3 where id = $1",
        id.0,
        "多数同学在校内吃午饭，总体满意。意见集中在排队和菜价：午间两个食堂的窗口不够，平价菜供应时间短。",
        closed + Duration::days(2)
    )
    .execute(&mut *db)
    .await?;
    for (says, responsible, due, done) in [
        ("午间在二食堂增开两个窗口", "后勤管理处", -5, Some("已增开两个窗口，排队缩短到五分钟以内")),
        ("平价菜供应到十三点", "后勤管理处", 20, None),
    ] {
        sqlx::query!(
            "insert into survey_measure (id, survey_id, says, responsible, due_on, made_at, done, done_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            SurveyMeasureId::random().0,
            id.0,
            says,
            responsible,
            (now + Duration::days(due)).date(),
            closed + Duration::days(2),
            done,
            done.map(|_| closed + Duration::days(7))
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}
