//! SQL of recommended people: the terms of a congress, its units, who is recommended and what was said of them.

use std::collections::HashMap;

use sqlx::{
    PgConnection,
    types::{Json, Uuid},
};
use time::{Date, OffsetDateTime};

use crate::{
    auth::acting::Acting,
    congress::{
        DelegateRecommender,
        congress::Congress,
        delegates::{
            recommendation::{OpinionRow, Recommendation, Terms},
            unit::{Unit, UnitContest, UnitProgress},
        },
    },
    database::Locked,
    elections::sitting::Stage as SittingStage,
    failure::Failure,
    ids::{AccountId, ClassId, CollegeId, ContestId, RecommendationId, SittingId, StudentId},
    rules::{
        chain::{Chain, DecisionKind, Stage, StepTaken},
        chain_steps::StepTold,
        delegates::{DelegateChain, Recommendable},
        plan::Body,
    },
};

/// How the delegates of a congress are produced; none until recommending begins.
pub async fn terms(connection: &mut PgConnection, congress: &Congress) -> Result<Option<Terms>, Failure> {
    let row = sqlx::query!(
        r#"select chain as "chain: Json<DelegateChain>", closes_on, margin_percent, most_per_seat
           from delegate_terms where congress_id = $1"#,
        congress.id.0
    )
    .fetch_optional(connection)
    .await?;
    let count = |number: i16| u32::try_from(number).map_err(anyhow::Error::new);
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Terms {
        congress: congress.id,
        chain: row.chain.0,
        closes_on: row.closes_on,
        margin_percent: count(row.margin_percent)?,
        most_per_seat: row.most_per_seat.map(count).transpose()?,
    }))
}

/// Begins recommending, or changes its terms; the chain stays as it was when it began.
pub async fn keep_terms(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    terms: &Terms,
    by: AccountId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let count = |number: u32| i16::try_from(number).map_err(anyhow::Error::new);
    sqlx::query!(
        "insert into delegate_terms (congress_id, chain, closes_on, margin_percent, most_per_seat, began_at, began_by)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (congress_id) do update
         set closes_on = excluded.closes_on, margin_percent = excluded.margin_percent,
             most_per_seat = excluded.most_per_seat",
        congress.id.0,
        serde_json::to_value(&terms.chain).map_err(anyhow::Error::new)?,
        terms.closes_on,
        count(terms.margin_percent)?,
        terms.most_per_seat.map(count).transpose()?,
        now,
        by.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps that a step of the chain which is no opinion was taken.
pub async fn tell_step(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    told: &StepTold,
) -> Result<(), Failure> {
    sqlx::query!(
        "update delegate_terms set chain = jsonb_set(chain, '{before}', $2) where congress_id = $1",
        congress.id.0,
        serde_json::to_value(told.chain()).map_err(anyhow::Error::new)?
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The units of a congress with how far each has come, in their order; those of one college where it is named.
pub async fn units(
    connection: &mut PgConnection,
    congress: &Congress,
    college: Option<CollegeId>,
    today: Date,
) -> Result<Vec<UnitProgress>, Failure> {
    let rows = sqlx::query!(
        r#"with standing as (
               select r.unit, r.stage,
                      (s.left_on is null or s.left_on > $3) and is_of_unit(r.congress_id, r.unit, s.id, $3) as fits
               from recommendation r join student s on s.id = r.student_id
               where r.congress_id = $1 and r.stage in ('at', 'passed')
           ), counted as (
               select unit, count(*) filter (where stage = 'passed' and fits) as passed,
                      count(*) filter (where stage = 'at' and fits) as waiting,
                      count(*) filter (where not fits) as gone
               from standing group by unit
           )
           select u.place, u.kind, u.college_id as "college: CollegeId", c.name as "college_name?", u.entry_year,
                  o.name as "organisation?", u.seats, coalesce(n.passed, 0) as "passed!",
                  coalesce(n.waiting, 0) as "waiting!", coalesce(n.gone, 0) as "gone!",
                  k.contest_id as "contest?: ContestId", k.sitting_id as "sitting?: SittingId", k.stage as "stage?",
                  exists (select from delegate_report p where p.congress_id = u.congress_id and p.unit = u.place)
                      as "has_report!",
                  (select count(*) from delegate d where d.congress_id = u.congress_id and d.unit = u.place
                          and d.ended_on is null) as "delegates!"
           from congress_unit u left join college c on c.id = u.college_id
                left join organisation o on o.id = u.organisation_id left join counted n on n.unit = u.place
                left join lateral (
                    select t.contest_id, q.sitting_id, s.stage
                    from delegate_contest t join contest q on q.id = t.contest_id join sitting s on s.id = q.sitting_id
                    where t.congress_id = u.congress_id and t.unit = u.place and s.stage <> 'voided'
                    order by s.created_at desc limit 1
                ) k on true
           where u.congress_id = $1 and ($2::uuid is null or (u.kind = 'grade' and u.college_id = $2))
           order by u.place"#,
        congress.id.0,
        college.map(|id| id.0),
        today
    )
    .fetch_all(connection)
    .await?;
    let count = |number: i64| u32::try_from(number).map_err(anyhow::Error::new);
    let mut units = Vec::new();
    for row in rows {
        let contest = match (row.contest, row.sitting, row.stage) {
            (Some(contest), Some(sitting), Some(stage)) => {
                let stage: SittingStage = stage.parse()?;
                let reported = stage == SittingStage::Reported;
                Some(UnitContest { contest, sitting, stage: stage.label(), reported })
            }
            _ => None,
        };
        let unit = Unit {
            place: row.place,
            kind: row.kind.parse()?,
            college: row.college,
            college_name: row.college_name,
            entry_year: row.entry_year,
            organisation: row.organisation,
            seats: u32::try_from(row.seats).map_err(anyhow::Error::new)?,
        };
        units.push(UnitProgress {
            unit,
            passed: count(row.passed)?,
            waiting: count(row.waiting)?,
            gone: count(row.gone)?,
            contest,
            has_report: row.has_report,
            delegates: count(row.delegates)?,
        });
    }
    Ok(units)
}

/// Which recommended people are read.
#[derive(Debug, Clone, Copy, Default)]
pub struct RecommendationFilter {
    /// Whose Party organisation is this college's.
    pub college: Option<CollegeId>,
    /// Whom this class's League branch recommends, or whose class it is now.
    pub class: Option<ClassId>,
    pub unit: Option<i16>,
    /// Those that still stand.
    pub alive: bool,
}

/// Recommended people of a congress by unit and number, with what was said of them.
pub async fn recommendations(
    connection: &mut PgConnection,
    congress: &Congress,
    filter: RecommendationFilter,
    today: Date,
) -> Result<Vec<Recommendation>, Failure> {
    let rows = sqlx::query!(
        r#"select r.id as "id: RecommendationId", r.unit, r.student_id as "student: StudentId", s.number, s.name,
                  s.political, k.name as class_name, c.name as college_name, r.class_id as "class: ClassId",
                  r.college_id as "college: CollegeId", r.stage, r.step, r.visit,
                  ((s.left_on is null or s.left_on > $5) and is_of_unit(r.congress_id, r.unit, s.id, $5)) as "fits!",
                  r.made_at, r.ended_why
           from recommendation r join student s on s.id = r.student_id join class k on k.id = s.class_id
                join college c on c.id = r.college_id
           where r.congress_id = $1 and ($2::uuid is null or r.college_id = $2)
                 and ($3::uuid is null or acting_class(r.class_id) = $3) and ($4::smallint is null or r.unit = $4)
                 and (not $6 or r.stage in ('at', 'passed'))
           order by r.unit, r.stage in ('at', 'passed') desc, s.number, r.made_at limit 3000"#,
        congress.id.0,
        filter.college.map(|id| id.0),
        filter.class.map(|id| id.0),
        filter.unit,
        today,
        filter.alive
    )
    .fetch_all(&mut *connection)
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let mut opinions = opinions(connection, &ids).await?;
    let mut read = Vec::new();
    for row in rows {
        let step = row.step.map(usize::try_from).transpose().map_err(anyhow::Error::new)?;
        let stage = Stage::of(&row.stage, step).ok_or_else(|| anyhow::anyhow!("no stage is called {}", row.stage))?;
        read.push(Recommendation {
            opinions: opinions.remove(&row.id).unwrap_or_default(),
            id: row.id,
            unit: row.unit,
            student: row.student,
            number: row.number,
            name: row.name,
            political: row.political,
            class_name: row.class_name,
            college_name: row.college_name,
            class: row.class,
            college: row.college,
            stage,
            visit: u32::try_from(row.visit).map_err(anyhow::Error::new)?,
            fits: row.fits,
            made_at: row.made_at,
            ended_why: row.ended_why,
        });
    }
    Ok(read)
}

async fn opinions(
    connection: &mut PgConnection,
    ids: &[Uuid],
) -> Result<HashMap<RecommendationId, Vec<OpinionRow>>, Failure> {
    let rows = sqlx::query!(
        r#"select recommendation_id as "id: RecommendationId", visit, step, body, place, account_id as "account: AccountId",
                  office, verdict, says, at
           from recommendation_opinion where recommendation_id = any ($1) order by recommendation_id, visit, at"#,
        ids
    );
    let mut by_recommendation: HashMap<RecommendationId, Vec<OpinionRow>> = HashMap::new();
    for row in rows.fetch_all(connection).await? {
        let verdict: DecisionKind = row.verdict.parse()?;
        by_recommendation.entry(row.id).or_default().push(OpinionRow {
            visit: u32::try_from(row.visit).map_err(anyhow::Error::new)?,
            step: usize::try_from(row.step).map_err(anyhow::Error::new)?,
            body: serde_json::from_value(row.body.into()).map_err(anyhow::Error::new)?,
            place: usize::try_from(row.place).map_err(anyhow::Error::new)?,
            account: row.account,
            office: row.office,
            verdict,
            says: row.says,
            at: row.at,
        });
    }
    Ok(by_recommendation)
}

/// Locks a unit, after its congress is kept from being changed: what it recommends is counted and written by one at a time.
pub async fn lock_unit(connection: &mut PgConnection, congress: &Congress, unit: i16) -> Result<bool, Failure> {
    sqlx::query!("select id from congress where id = $1 for share", congress.id.0)
        .fetch_optional(&mut *connection)
        .await?;
    let found = sqlx::query!(
        "select place from congress_unit where congress_id = $1 and place = $2 for no key update",
        congress.id.0,
        unit
    );
    Ok(found.fetch_optional(connection).await?.is_some())
}

/// The classes that recommend to a congress: those of the grades that have seats.
pub async fn recommending_classes(
    connection: &mut PgConnection,
    congress: &Congress,
    day: Date,
) -> Result<Vec<ClassId>, Failure> {
    let classes = sqlx::query_scalar!(
        r#"select k.id as "id: ClassId" from congress_unit u join major m on m.college_id = u.college_id
                join class k on k.major_id = m.id and k.entry_year = u.entry_year
           where u.congress_id = $1 and u.kind = 'grade' and u.seats > 0 and (k.ended_on is null or k.ended_on > $2)
           order by k.id"#,
        congress.id.0,
        day
    );
    Ok(classes.fetch_all(connection).await?)
}

/// The unit of a class's grade; none where it has no seats.
pub async fn unit_of_class(
    connection: &mut PgConnection,
    congress: &Congress,
    class: ClassId,
) -> Result<Option<i16>, Failure> {
    let unit = sqlx::query_scalar!(
        "select u.place from congress_unit u join major m on m.college_id = u.college_id join class k on k.major_id = m.id
         where u.congress_id = $1 and u.kind = 'grade' and k.entry_year = u.entry_year and k.id = $2",
        congress.id.0,
        class.0
    );
    Ok(unit.fetch_optional(connection).await?)
}

/// A student who is to be recommended in a unit.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub student: StudentId,
    pub number: String,
    pub name: String,
    pub enrolled: bool,
    pub of_unit: bool,
    /// The class whose League branch acts for theirs.
    pub class: ClassId,
    pub college: CollegeId,
    /// Their own account, if they have one.
    pub account: Option<AccountId>,
    /// The unit in which they are recommended already, or hold a seat.
    pub elsewhere: Option<i16>,
}

/// The student of that number beside a unit; none where nobody has it.
pub async fn of_student(
    connection: &mut PgConnection,
    congress: &Congress,
    unit: i16,
    number: &str,
    today: Date,
) -> Result<Option<Candidate>, Failure> {
    let candidate = sqlx::query_as!(
        Candidate,
        r#"select s.id as "student: StudentId", s.number, s.name, (s.left_on is null or s.left_on > $5) as "enrolled!",
                  is_of_unit($2, $3, s.id, $5) as "of_unit!", acting_class(s.class_id) as "class!: ClassId",
                  m.college_id as "college: CollegeId",
                  (select a.id from account a where a.student_id = s.id) as "account: AccountId",
                  coalesce(
                      (select r.unit from recommendation r where r.congress_id = $2 and r.student_id = s.id
                              and r.stage in ('at', 'passed')),
                      (select coalesce(d.unit, d.waits_for) from delegate d
                       where d.congress_id = $2 and d.student_id = s.id and d.ended_on is null)) as elsewhere
           from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
           where s.id = student_numbered($1, $4)"#,
        congress.institution.0,
        congress.id.0,
        unit,
        number,
        today
    );
    Ok(candidate.fetch_optional(connection).await?)
}

/// An opinion as it is signed.
#[derive(Debug, Clone)]
pub struct NewOpinion<'a> {
    pub body: Body,
    pub account: AccountId,
    /// The office in words.
    pub office: &'a str,
    pub verdict: DecisionKind,
    /// At most 300 characters.
    pub says: &'a str,
}

/// Whom a unit recommends.
#[derive(Debug, Clone, Copy)]
pub struct NewRecommendation<'a> {
    pub unit: i16,
    pub candidate: &'a Candidate,
    /// The class whose League branch recommends; none where a society or a union names them.
    pub class: Option<ClassId>,
}

/// Recommends somebody; none where another unit recommends them meanwhile.
pub async fn recommend(
    connection: &mut PgConnection,
    acting: &Acting<DelegateRecommender>,
    congress: &Congress,
    new: NewRecommendation<'_>,
    _: Recommendable,
    now: OffsetDateTime,
) -> Result<Option<RecommendationId>, Failure> {
    let id = RecommendationId::random();
    let done = sqlx::query!(
        "insert into recommendation (id, congress_id, unit, student_id, class_id, college_id, stage, step, visit, made_at,
                                     made_by)
         values ($1, $2, $3, $4, $5, $6, 'at', 0, 0, $7, $8) on conflict do nothing",
        id.0,
        congress.id.0,
        new.unit,
        new.candidate.student.0,
        new.class.map(|id| id.0),
        new.candidate.college.0,
        now,
        acting.person().account.0
    );
    Ok((done.execute(connection).await?.rows_affected() == 1).then_some(id))
}

/// Writes down an opinion and moves what it is about; `false` where that has moved meanwhile.
pub async fn give(
    connection: &mut PgConnection,
    id: RecommendationId,
    chain: &Chain,
    taken: StepTaken,
    opinion: &NewOpinion<'_>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let visit = i32::try_from(taken.visit()).map_err(anyhow::Error::new)?;
    let step = i16::try_from(taken.step()).map_err(anyhow::Error::new)?;
    let next = match taken.next() {
        Stage::At(step) => Some(i16::try_from(step).map_err(anyhow::Error::new)?),
        _ => None,
    };
    let why = (opinion.verdict == DecisionKind::Refuse).then(|| {
        let act = chain.links.get(taken.step()).map_or("审查", |link| link.act.as_str());
        format!("{act}：{}", opinion.says)
    });
    let done = sqlx::query!(
        "update recommendation set stage = $4, step = $5, visit = visit + $6, ended_why = left($7, 300)
         where id = $1 and stage = 'at' and step = $2 and visit = $3",
        id.0,
        step,
        visit,
        taken.next().slug(),
        next,
        i32::from(taken.moves()),
        why
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!(
        "insert into recommendation_opinion (recommendation_id, visit, step, body, place, account_id, office, verdict, says,
                                             at)
         values ($1, $2, $3, $4, $10, $5, left($6, 130), $7, $8, $9)",
        id.0,
        visit,
        step,
        opinion.body.slug(),
        opinion.account.0,
        opinion.office,
        opinion.verdict.slug(),
        opinion.says,
        now,
        i16::try_from(taken.place()).map_err(anyhow::Error::new)?
    )
    .execute(connection)
    .await?;
    Ok(true)
}

/// Takes a recommendation back before the ballot of its unit is made; `false` where it is made or nothing stands.
pub async fn withdraw(
    connection: &mut PgConnection,
    _: &Acting<DelegateRecommender>,
    congress: &Congress,
    recommendation: &Recommendation,
    why: &str,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update recommendation r set stage = 'withdrawn', step = null, visit = visit + 1, ended_why = $3
         where r.id = $1 and r.congress_id = $2 and r.stage in ('at', 'passed')
               and not exists (select from delegate_contest t join contest q on q.id = t.contest_id
                                      join candidate d on d.contest_id = q.id join sitting s on s.id = q.sitting_id
                               where t.congress_id = $2 and d.student_id = r.student_id and s.stage <> 'voided')
               and not exists (select from delegate_report_vote v
                               where v.congress_id = $2 and v.student_id = r.student_id)",
        recommendation.id.0,
        congress.id.0,
        why
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Ends the recommendations of a unit whose people are of it no more, in the act that makes its ballot. Gives how many.
pub async fn lapse(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    unit: i16,
    today: Date,
) -> Result<u64, Failure> {
    let done = sqlx::query!(
        "update recommendation r set stage = 'lapsed', step = null, visit = visit + 1, ended_why = '生成选票时已不在本单位'
         from student s
         where r.congress_id = $1 and r.unit = $2 and r.stage in ('at', 'passed') and s.id = r.student_id
               and not ((s.left_on is null or s.left_on > $3) and is_of_unit(r.congress_id, r.unit, s.id, $3))",
        congress.id.0,
        unit,
        today
    );
    Ok(done.execute(connection).await?.rows_affected())
}
