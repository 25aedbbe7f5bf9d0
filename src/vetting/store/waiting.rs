//! What waits for an office, what is late below it, and what somebody has dealt with.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::cases::Window;
use crate::{
    failure::Failure,
    ids::{AccountId, CaseId, CollegeId, PlaceId, RoundId},
    rules::chain::{DecisionKind, Stage},
    vetting::chain_office::ChainOffice,
};

/// Which of the waiting cases are asked for.
#[derive(Debug, Clone)]
pub struct WaitingFilter {
    pub round: Option<RoundId>,
    pub step: Option<i32>,
    pub college: Option<CollegeId>,
    pub place: Option<PlaceId>,
    /// The best ranked first, else the earliest due.
    pub by_rank: bool,
    /// With this in name, 学号 or number.
    pub text: String,
    /// Only those that are late on this day.
    pub late_on: Option<Date>,
    pub window: Window,
}

impl WaitingFilter {
    /// Everything that waits, of which only the first and the number are asked for.
    #[must_use]
    pub fn first() -> Self {
        Self {
            round: None,
            step: None,
            college: None,
            place: None,
            by_rank: false,
            text: String::new(),
            late_on: None,
            window: Window::FIRST,
        }
    }

    /// It leaves cases of a round's step out.
    #[must_use]
    pub fn narrows_groups(&self) -> bool {
        self.college.is_some() || self.place.is_some() || self.late_on.is_some() || !self.text.is_empty()
    }

    /// It asks for nothing by which cases are not counted as they change.
    fn is_kept(&self) -> bool {
        self.college.is_none() && self.text.is_empty()
    }

    /// It asks for the cases of that round's step.
    #[must_use]
    pub fn has_group(&self, round: RoundId, step: i32) -> bool {
        self.round.is_none_or(|asked| asked == round) && self.step.is_none_or(|asked| asked == step)
    }
}

/// The ids of the cases that wait for an office, the earliest due first. Those on which the office's body has signed on this
/// visit wait for another. However many wait at a step, those that are shown are read, in the order of an index.
pub async fn waiting(
    connection: &mut PgConnection,
    office: &ChainOffice,
    which: &WaitingFilter,
) -> Result<Vec<CaseId>, Failure> {
    if which.by_rank {
        return best_ranked(connection, office, which).await;
    }
    let unions: Vec<String> = office.unions.iter().map(|kind| (*kind).to_owned()).collect();
    let Window { skip, most } = which.window;
    let ids = sqlx::query_scalar!(
        r#"select w.id as "id!: CaseId"
           from steps_of_body($1, $2, $3, $6, $7) a cross join lateral (
                    select c.id, c.due_on, c.number from vetting_case c
                    where c.round_id = a.round_id and c.step = a.step and c.stage = 'at'
                          and ($4::uuid is null or c.college_id = $4)
                          and ($5::uuid is null or acting_class(c.class_id) = $5)
                          and not exists (select from vetting_opinion o where o.case_id = c.id and o.visit = c.visit
                                          and o.step = c.step and o.body = $2 and o.place = a.opinions - 1
                                          and o.withdrawn_at is null)
                          and ($8::uuid is null or c.college_id = $8)
                          and ($9 = '' or c.number::text = $9 or exists (
                                  select from student s where s.id = c.student_id
                                         and (strpos(lower(s.name_key), lower(name_key($9))) > 0
                                              or strpos(s.number_key, number_key($9)) > 0)))
                          and ($10::date is null or c.due_on < $10) and ($11::uuid is null or c.place_id = $11)
                    order by c.due_on, c.number limit $12::bigint + $13::bigint
                ) w
           order by w.due_on, w.number offset $12 limit $13"#,
        office.institution.0,
        office.body.slug(),
        &unions,
        office.college.map(|id| id.0),
        office.class.map(|id| id.0),
        which.round.map(|id| id.0),
        which.step,
        which.college.map(|id| id.0),
        which.text,
        which.late_on,
        which.place.map(|id| id.0),
        skip,
        most
    );
    Ok(ids.fetch_all(connection).await?)
}

/// As [`waiting`], the best ranked first: all that wait are looked at.
async fn best_ranked(
    connection: &mut PgConnection,
    office: &ChainOffice,
    which: &WaitingFilter,
) -> Result<Vec<CaseId>, Failure> {
    let unions: Vec<String> = office.unions.iter().map(|kind| (*kind).to_owned()).collect();
    let Window { skip, most } = which.window;
    let ids = sqlx::query_scalar!(
        r#"select c.id as "id: CaseId"
           from steps_of_body($1, $2, $3, $6, $7) a
                join vetting_case c on c.round_id = a.round_id and c.step = a.step and c.stage = 'at'
           where ($4::uuid is null or c.college_id = $4)
                 and ($5::uuid is null or acting_class(c.class_id) = $5)
                 and not exists (select from vetting_opinion o where o.case_id = c.id and o.visit = c.visit
                                 and o.step = c.step and o.body = $2 and o.place = a.opinions - 1
                                 and o.withdrawn_at is null)
                 and ($8::uuid is null or c.college_id = $8)
                 and ($9 = '' or c.number::text = $9 or exists (
                         select from student s where s.id = c.student_id
                                and (strpos(lower(s.name_key), lower(name_key($9))) > 0
                                     or strpos(s.number_key, number_key($9)) > 0)))
                 and ($10::date is null or c.due_on < $10) and ($11::uuid is null or c.place_id = $11)
           order by (c.evidence -> 'rank' ->> 0)::numeric / (c.evidence -> 'rank' ->> 1)::numeric nulls last, c.due_on,
                    c.number
           offset $12 limit $13"#,
        office.institution.0,
        office.body.slug(),
        &unions,
        office.college.map(|id| id.0),
        office.class.map(|id| id.0),
        which.round.map(|id| id.0),
        which.step,
        which.college.map(|id| id.0),
        which.text,
        which.late_on,
        which.place.map(|id| id.0),
        skip,
        most
    );
    Ok(ids.fetch_all(connection).await?)
}

/// How many cases wait for an office, whatever the window.
#[derive(Debug, Clone, Copy)]
pub struct WaitingCount {
    pub all: i64,
    /// How many of them are late.
    pub late: i64,
}

/// Counts what [`waiting`] lists: of all colleges from the counts that are kept (`migrations/0095_round_counts.sql`).
pub async fn count_waiting(
    connection: &mut PgConnection,
    office: &ChainOffice,
    which: &WaitingFilter,
    today: Date,
) -> Result<WaitingCount, Failure> {
    let unions: Vec<String> = office.unions.iter().map(|kind| (*kind).to_owned()).collect();
    if office.college.is_none() && office.class.is_none() && which.is_kept() {
        let count = sqlx::query_as!(
            WaitingCount,
            r#"with left_over as (
                   select w.due_on, case when w.signed_by is null then w.cases else -w.cases end as cases
                   from steps_of_body($1, $2, $3, $4, $5) a
                        join round_count w on w.round_id = a.round_id and w.step = a.step and w.stage = 'at'
                   where (w.signed_by is null or (w.signed_by = $2 and w.opinion = a.opinions - 1))
                         and ($6::uuid is null or w.place_id = $6)
                         and ($7::date is null or w.due_on < $7)
               )
               select coalesce(sum(cases), 0)::bigint as "all!",
                      coalesce(sum(cases) filter (where due_on < $8), 0)::bigint as "late!"
               from left_over"#,
            office.institution.0,
            office.body.slug(),
            &unions,
            which.round.map(|id| id.0),
            which.step,
            which.place.map(|id| id.0),
            which.late_on,
            today
        );
        return Ok(count.fetch_one(connection).await?);
    }
    let count = sqlx::query_as!(
        WaitingCount,
        r#"select count(*) as "all!", count(*) filter (where c.due_on < $12) as "late!"
           from steps_of_body($1, $2, $3, $6, $7) a
                join vetting_case c on c.round_id = a.round_id and c.step = a.step and c.stage = 'at'
           where ($4::uuid is null or c.college_id = $4)
                 and ($5::uuid is null or acting_class(c.class_id) = $5)
                 and not exists (select from vetting_opinion o where o.case_id = c.id and o.visit = c.visit
                                 and o.step = c.step and o.body = $2 and o.place = a.opinions - 1
                                 and o.withdrawn_at is null)
                 and ($8::uuid is null or c.college_id = $8)
                 and ($9 = '' or c.number::text = $9 or exists (
                         select from student s where s.id = c.student_id
                                and (strpos(lower(s.name_key), lower(name_key($9))) > 0
                                     or strpos(s.number_key, number_key($9)) > 0)))
                 and ($10::date is null or c.due_on < $10) and ($11::uuid is null or c.place_id = $11)"#,
        office.institution.0,
        office.body.slug(),
        &unions,
        office.college.map(|id| id.0),
        office.class.map(|id| id.0),
        which.round.map(|id| id.0),
        which.step,
        which.college.map(|id| id.0),
        which.text,
        which.late_on,
        which.place.map(|id| id.0),
        today
    );
    Ok(count.fetch_one(connection).await?)
}

/// Cases that wait for an office at one step of one round.
#[derive(Debug)]
pub struct WaitingGroup {
    pub round: RoundId,
    pub title: String,
    pub union_name: String,
    pub step: i32,
    pub act: String,
    pub cases: i64,
}

/// What waits for an office, by round and step: cases of one group can be dealt with together.
pub async fn waiting_groups(connection: &mut PgConnection, office: &ChainOffice) -> Result<Vec<WaitingGroup>, Failure> {
    let unions: Vec<String> = office.unions.iter().map(|kind| (*kind).to_owned()).collect();
    if office.college.is_none() && office.class.is_none() {
        let rows = sqlx::query_as!(
            WaitingGroup,
            r#"select r.id as "round!: RoundId", r.title as "title!", union_name(u.kind, g.name) as "union_name!",
                      a.step as "step!", r.chain -> 'links' -> a.step ->> 'act' as "act!", w.cases as "cases!"
               from steps_of_body($1, $2, $3, null, null) a join vetting_round r on r.id = a.round_id
                    join student_union u on u.id = r.union_id left join college g on g.id = u.college_id
                    cross join lateral (
                        select sum(d.cases)::bigint as cases, min(d.due_on) as due_on
                        from (
                            select c.due_on, sum(case when c.signed_by is null then c.cases else -c.cases end) as cases
                            from round_count c
                            where c.round_id = a.round_id and c.step = a.step and c.stage = 'at'
                                  and (c.signed_by is null or (c.signed_by = $2 and c.opinion = a.opinions - 1))
                            group by c.due_on having sum(case when c.signed_by is null then c.cases else -c.cases end) > 0
                        ) d
                    ) w
               where w.cases > 0 order by w.due_on, r.title"#,
            office.institution.0,
            office.body.slug(),
            &unions
        );
        return Ok(rows.fetch_all(connection).await?);
    }
    let rows = sqlx::query_as!(
        WaitingGroup,
        r#"select r.id as "round!: RoundId", r.title as "title!", union_name(u.kind, g.name) as "union_name!",
                  p.step as "step!",
                  r.chain -> 'links' -> p.step ->> 'act' as "act!", w.cases as "cases!"
           from vetting_round r join student_union u on u.id = r.union_id left join college g on g.id = u.college_id
                cross join lateral generate_series(0, jsonb_array_length(r.chain -> 'links') - 1) as p(step)
                cross join lateral (select opinions_of_step(r.chain, p.step, $2) as opinions offset 0) n
                cross join lateral (
                    select count(*) as cases, min(c.due_on) as due_on from vetting_case c
                    where c.round_id = r.id and c.step = p.step and c.stage = 'at'
                          and ($4::uuid is null or c.college_id = $4)
                          and ($5::uuid is null or acting_class(c.class_id) = $5)
                          and not exists (select from vetting_opinion o where o.case_id = c.id and o.visit = c.visit
                                          and o.step = c.step and o.body = $2 and o.place = n.opinions - 1
                                          and o.withdrawn_at is null)
                ) w
           where r.institution_id = $1 and r.ended_at is null and u.kind = any($3) and step_has(r.chain, p.step, $2)
                 and w.cases > 0
           order by w.due_on, r.title"#,
        office.institution.0,
        office.body.slug(),
        &unions,
        office.college.map(|id| id.0),
        office.class.map(|id| id.0)
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A step that is late, for the office above.
#[derive(Debug)]
pub struct OverdueStep {
    pub round: RoundId,
    pub title: String,
    pub college: String,
    /// The bodies that are waited for.
    pub bodies: String,
    pub cases: i64,
    /// The earliest day by which one was to be done.
    pub since: Date,
}

/// Steps of others that are late, as the office above them sees it: a college's League organisation its class branches, the
/// school's League committee everybody else.
pub async fn overdue(
    connection: &mut PgConnection,
    office: &ChainOffice,
    today: Date,
) -> Result<Vec<OverdueStep>, Failure> {
    let college = office.managed_college();
    if !office.manages_all() && college.is_none() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query_as!(
        OverdueStep,
        r#"select r.id as "round!: RoundId", r.title as "title!", g.name as "college!",
                  (select string_agg(b ->> 'name', '、') from jsonb_array_elements(r.chain -> 'links' -> p.step -> 'by') b)
                      as "bodies!",
                  w.cases as "cases!", w.since as "since!"
           from vetting_round r
                cross join lateral generate_series(0, jsonb_array_length(r.chain -> 'links') - 1) as p(step)
                cross join lateral (
                    select c.college_id, count(*) as cases, min(c.due_on) as since from vetting_case c
                    where c.round_id = r.id and c.step = p.step and c.stage = 'at' and c.due_on < $2
                          and ($3::uuid is null or c.college_id = $3)
                    group by c.college_id
                ) w join college g on g.id = w.college_id
           where r.institution_id = $1 and r.ended_at is null
                 and case when $3::uuid is null then not step_has(r.chain, p.step, 'school_league')
                          else step_has(r.chain, p.step, 'class_branch') end
           order by w.since, g.name limit 50"#,
        office.institution.0,
        today,
        college.map(|id| id.0)
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Cases that wait for an office in which nobody can act, for the office above.
#[derive(Debug)]
pub struct UnstaffedStep {
    pub round: RoundId,
    pub title: String,
    pub college: String,
    /// The class, where a class branch is waited for.
    pub class: Option<String>,
    /// The bodies that are waited for in vain.
    pub bodies: String,
    pub cases: i64,
}

/// Cases that wait for an office that nobody holds who can sign in, as the office above them sees it at once: a college's
/// League organisation its class branches, the school's League committee everybody else, and the class branches of a college
/// whose League organisation has nobody either. Who is there is read once for all of them: asked for each class by itself it
/// takes longer than a page may.
pub async fn unstaffed(
    connection: &mut PgConnection,
    office: &ChainOffice,
    now: OffsetDateTime,
) -> Result<Vec<UnstaffedStep>, Failure> {
    let college = office.managed_college();
    if !office.manages_all() && college.is_none() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query_as!(
        UnstaffedStep,
        r#"with waiting as (
               select r.id, w.step, w.college_id, w.class_id, w.cases
               from vetting_round r cross join lateral (
                        select c.step, c.college_id, c.class_id, count(*) as cases from vetting_case c
                        where c.round_id = r.id and c.stage = 'at' and ($3::uuid is null or c.college_id = $3)
                        group by c.step, c.college_id, c.class_id
                    ) w
               where r.institution_id = $1 and r.ended_at is null
           ), asked as (
               select r.id, d.step, r.title, r.chain, u.kind, step_has(r.chain, d.step, 'class_branch') as of_class
               from (select distinct id, step from waiting) d join vetting_round r on r.id = d.id
                    join student_union u on u.id = r.union_id
           ), grouped as (
               select a.id, a.step, w.college_id, case when a.of_class then coalesce(k.merged_into, k.id) end as class,
                      sum(w.cases)::bigint as cases
               from waiting w join asked a on a.id = w.id and a.step = w.step join class k on k.id = w.class_id
               group by 1, 2, 3, 4
           ), party as (
               select a.id, a.step, b.turn, b.body ->> 'name' as name,
                      case b.body ->> 'body' when 'school_league' then array['school_league', 'deputy_secretary']
                                             when 'school_union' then array[a.kind || '_union']
                                             else array[b.body ->> 'body'] end as kinds,
                      coalesce((a.chain -> 'links' -> a.step -> 'any')::boolean, false) as one_will_do
               from asked a
                    cross join jsonb_array_elements(a.chain -> 'links' -> a.step -> 'by') with ordinality b(body, turn)
           ), staffed as materialized (
               -- An office of the whole university stands under the university itself.
               select distinct o.kind, coalesce(o.class_id, o.college_id, $1) as place
               from office o cross join lateral (
                        -- One account after the other: offices of these kinds are few, and accounts are many.
                        select a.id from account a join activated_account v on v.id = a.id
                        where a.id = o.account_id and a.disabled_at is null limit 1
                    ) a
               where o.institution_id = $1 and is_held(o.from_day, o.until_day, o.ended_at, $2)
                     and o.kind = any(array(select unnest(p.kinds) from party p) || array['college_league'])
           ), there as (
               select g.id, g.step, g.college_id, g.class, g.cases, y.turn, y.name, y.one_will_do,
                      bool_or(s.kind is not null) as is_there
               from grouped g join party y on y.id = g.id and y.step = g.step cross join lateral unnest(y.kinds) k(kind)
                    left join staffed s on s.kind = k.kind and s.place = case
                        when k.kind = 'class_branch' then g.class
                        when k.kind in ('college_league', 'college_party', 'college_union') then g.college_id
                        else $1 end
               group by 1, 2, 3, 4, 5, 6, 7, 8
           ), stuck as (
               -- Of a step that one of several may take, only where none of them is there.
               select id, step, college_id, class, cases,
                      string_agg(name, '、' order by turn) filter (where not is_there) as bodies
               from there group by 1, 2, 3, 4, 5 having not (bool_or(one_will_do) and bool_or(is_there))
           )
           select a.id as "round!: RoundId", a.title as "title!", c.name as "college!", k.name as "class?",
                  t.bodies as "bodies!", sum(t.cases)::bigint as "cases!"
           from stuck t join asked a on a.id = t.id and a.step = t.step
                join college c on c.id = t.college_id left join class k on k.id = t.class
           where t.bodies is not null
                 and case when $3::uuid is not null then a.of_class
                          else not a.of_class or not exists (
                              select from staffed s where s.kind = 'college_league' and s.place = t.college_id) end
           group by a.id, a.title, c.name, k.name, t.bodies order by a.title, c.name, k.name, t.bodies limit 50"#,
        office.institution.0,
        now,
        college.map(|id| id.0)
    );
    Ok(rows.fetch_all(connection).await?)
}

/// An opinion that somebody gave, with where the case stands now.
#[derive(Debug)]
pub struct OwnOpinion {
    pub case: CaseId,
    pub number: i32,
    pub title: String,
    pub name: String,
    /// 学号.
    pub student_number: String,
    pub act: String,
    pub decision: DecisionKind,
    pub says: String,
    pub at: OffsetDateTime,
    /// Where the case stands, whatever the step.
    pub stage: Stage,
}

impl OwnOpinion {
    #[must_use]
    pub fn verdict_label(&self) -> &'static str {
        self.decision.label()
    }

    /// Where the case stands, in words.
    #[must_use]
    pub fn stage_label(&self) -> &'static str {
        self.stage.label()
    }
}

/// The opinions that a person gave for an office's body, newest first.
pub async fn own_opinions(
    connection: &mut PgConnection,
    office: &ChainOffice,
    account: AccountId,
    window: Window,
) -> Result<Vec<OwnOpinion>, Failure> {
    let rows = sqlx::query!(
        r#"select c.id as "case: CaseId", c.number, r.title, s.name, s.number as student_number, o.act, o.verdict, o.says, o.at,
                  c.stage
           from vetting_opinion o join vetting_case c on c.id = o.case_id join vetting_round r on r.id = c.round_id
                join student s on s.id = c.student_id
           where o.by_account = $1 and o.body = $2 and c.institution_id = $3 and o.withdrawn_at is null
           order by o.at desc, c.number offset $4 limit $5"#,
        account.0,
        office.body.slug(),
        office.institution.0,
        window.skip,
        window.most
    );
    let mut opinions = Vec::new();
    for row in rows.fetch_all(connection).await? {
        let stage =
            Stage::of(&row.stage, Some(0)).ok_or_else(|| anyhow::anyhow!("no stage is called {}", row.stage))?;
        opinions.push(OwnOpinion {
            case: row.case,
            number: row.number,
            title: row.title,
            name: row.name,
            student_number: row.student_number,
            act: row.act,
            decision: row.verdict.parse()?,
            says: row.says,
            at: row.at,
            stage,
        });
    }
    Ok(opinions)
}
