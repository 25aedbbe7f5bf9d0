//! SQL of the public column and of the yearly account.

use std::collections::HashMap;

use sqlx::{PgConnection, types::Json};
use time::{Date, OffsetDateTime};

use super::content::Content;
use crate::{
    auth::{acting::Acting, person::SignedIn},
    database::Locked,
    failure::Failure,
    ids::{AccountId, DisclosureId, InstitutionId, UnionId},
    office::SchoolLeague,
    rules::{
        disclosure::{Origins, Signable},
        matters::yuan,
    },
    words::words,
};

words! {
    /// How far an account is.
    ///
    /// ```text
    /// Draft ──first signature──▶ Signed ──second signature, somebody else's──▶ Published
    ///   ▲───────given back────────┘
    /// ```
    Stage:
    Draft = "draft", "填写中";
    Signed = "signed", "已签字，待复核";
    Published = "published", "已公开";
}

/// A university's account of an academic year.
#[derive(Debug, Clone)]
pub struct Disclosure {
    pub id: DisclosureId,
    pub academic_year: i32,
    pub form: String,
    pub stage: Stage,
    /// What was signed; none while it is a draft.
    pub content: Option<Content>,
    pub signed_at: Option<OffsetDateTime>,
    pub signed_by: Option<AccountId>,
    /// Who signed, by office and name.
    pub signed: Option<String>,
    pub published_at: Option<OffsetDateTime>,
    pub published: Option<String>,
    /// It is read without signing in.
    pub is_open: bool,
}

impl Disclosure {
    #[must_use]
    pub fn is_draft(&self) -> bool {
        self.stage == Stage::Draft
    }

    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.stage == Stage::Signed
    }

    #[must_use]
    pub fn is_published(&self) -> bool {
        self.stage == Stage::Published
    }
}

/// The accounts of a university, the newest year first; or one of them.
pub async fn list(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<DisclosureId>,
) -> Result<Vec<Disclosure>, Failure> {
    let rows = sqlx::query!(
        r#"select d.id as "id: DisclosureId", d.academic_year, d.form, d.stage, d.content as "content: Json<Content>",
                  d.signed_at, d.signed_by as "signed_by: AccountId", d.signed_office || ' ' || s.name as signed,
                  d.published_at, d.published_office || ' ' || p.name as published,
                  exists (select from disclosure_open o where o.disclosure_id = d.id) as "is_open!"
           from disclosure d left join account s on s.id = d.signed_by left join account p on p.id = d.published_by
           where d.institution_id = $1 and ($2::uuid is null or d.id = $2) order by d.academic_year desc"#,
        institution.0,
        one.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| {
        Ok(Disclosure {
            id: row.id,
            academic_year: i32::from(row.academic_year),
            form: row.form,
            stage: row.stage.parse()?,
            content: row.content.map(|Json(content)| content),
            signed_at: row.signed_at,
            signed_by: row.signed_by,
            signed: row.signed,
            published_at: row.published_at,
            published: row.published,
            is_open: row.is_open,
        })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// One account of a university.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub async fn one(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: DisclosureId,
) -> Result<Disclosure, Failure> {
    list(connection, institution, Some(id)).await?.pop().ok_or(Failure::Missing)
}

/// An account as it is now, locked until the end of the transaction.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub async fn lock(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: DisclosureId,
) -> Result<Locked<Disclosure>, Failure> {
    sqlx::query!("select id from disclosure where id = $1 for update", id.0).fetch_optional(&mut *connection).await?;
    Ok(Locked::new(one(connection, institution, id).await?))
}

/// Begins the account of a year; none where there is one.
pub(super) async fn begin(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    academic_year: i16,
    form: &str,
    version: &str,
    now: OffsetDateTime,
) -> Result<Option<DisclosureId>, Failure> {
    let id = sqlx::query_scalar!(
        r#"insert into disclosure (id, institution_id, academic_year, form, form_version, stage, made_at, made_by)
           values ($1, $2, $3, $4, $5, 'draft', $6, $7) on conflict do nothing returning id as "id: DisclosureId""#,
        DisclosureId::random().0,
        acting.institution().0,
        academic_year,
        form,
        version,
        now,
        acting.person().account.0
    );
    Ok(id.fetch_optional(connection).await?)
}

/// What is said of an indicator of a union.
#[derive(Debug, Clone)]
pub struct SaidRow {
    pub union: UnionId,
    pub indicator: String,
    pub answer: Option<bool>,
    pub remark: String,
}

/// What is said in an account.
pub async fn said(connection: &mut PgConnection, id: DisclosureId) -> Result<Vec<SaidRow>, Failure> {
    let rows = sqlx::query_as!(
        SaidRow,
        r#"select union_id as "union: UnionId", indicator, answer, remark from disclosure_said where disclosure_id = $1"#,
        id.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Keeps what is said of an indicator; `false` where the account is no draft, or the union another university's.
pub(super) async fn say(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    disclosure: &Locked<Disclosure>,
    said: &SaidRow,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into disclosure_said (disclosure_id, union_id, indicator, answer, remark, at, by_account)
         select d.id, u.id, $3, $4, $5, $6, $7 from disclosure d join student_union u on u.institution_id = d.institution_id
         where d.id = $1 and u.id = $2 and d.stage = 'draft'
         on conflict (disclosure_id, union_id, indicator) do update set answer = $4, remark = $5, at = $6, by_account = $7",
        disclosure.id.0,
        said.union.0,
        said.indicator,
        said.answer,
        said.remark,
        now,
        acting.person().account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// The first signature: the account stands from now on as it is. `false` where somebody was faster.
pub(super) async fn sign(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    disclosure: &Locked<Disclosure>,
    _: Signable,
    content: &Content,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update disclosure set stage = 'signed', content = disclosure_erased($2), signed_at = $3, signed_by = $4,
                               signed_office = $5
         where id = $1 and stage = 'draft'",
        disclosure.id.0,
        Json(content) as _,
        now,
        acting.person().account.0,
        acting.office().label()
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Gives a signed account back to be changed; `false` where it is not signed.
pub(super) async fn reopen(connection: &mut PgConnection, disclosure: &Locked<Disclosure>) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update disclosure set stage = 'draft', content = null, signed_at = null, signed_by = null, signed_office = null
         where id = $1 and stage = 'signed'",
        disclosure.id.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// The second signature, somebody else's: it is published and never changed again. `false` where it is not signed, or by the
/// same person.
pub(super) async fn publish(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &str,
    disclosure: &Locked<Disclosure>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update disclosure set stage = 'published', published_at = $2, published_by = $3, published_office = $4
         where id = $1 and stage = 'signed' and signed_by <> $3",
        disclosure.id.0,
        now,
        person.account.0,
        office
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Lets an account be read without signing in, or no more; `false` where it is not published.
pub(super) async fn set_open(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    disclosure: &Locked<Disclosure>,
    is_open: bool,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    if !disclosure.is_published() {
        return Ok(false);
    }
    if is_open {
        sqlx::query!(
            "insert into disclosure_open (disclosure_id, opened_at, opened_by) values ($1, $2, $3) on conflict do nothing",
            disclosure.id.0,
            now,
            acting.person().account.0
        )
        .execute(connection)
        .await?;
    } else {
        sqlx::query!("delete from disclosure_open where disclosure_id = $1", disclosure.id.0)
            .execute(connection)
            .await?;
    }
    Ok(true)
}

/// The university of an account that is read without signing in.
pub(super) async fn open_account(
    connection: &mut PgConnection,
    id: DisclosureId,
) -> Result<Option<InstitutionId>, Failure> {
    let institution = sqlx::query_scalar!(
        r#"select d.institution_id as "id: InstitutionId"
           from disclosure_open o join disclosure d on d.id = o.disclosure_id where d.id = $1"#,
        id.0
    );
    Ok(institution.fetch_optional(connection).await?)
}

/// An account that is read without signing in.
#[derive(Debug, Clone)]
pub(super) struct OpenAccount {
    pub id: DisclosureId,
    pub academic_year: i16,
}

/// The accounts of a university that are read without signing in, the newest year first.
pub(super) async fn open_accounts(
    connection: &mut PgConnection,
    institution: InstitutionId,
) -> Result<Vec<OpenAccount>, Failure> {
    let rows = sqlx::query_as!(
        OpenAccount,
        r#"select d.id as "id: DisclosureId", d.academic_year
           from disclosure_open o join disclosure d on d.id = o.disclosure_id
           where d.institution_id = $1 order by d.academic_year desc"#,
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// How the people of a union came to their posts.
#[derive(Debug, Clone, Copy)]
pub struct OriginRow {
    pub union: UnionId,
    pub presidium: bool,
    pub origins: Origins,
}

/// How the people in posts on a day came to them: by the chain or the congress, past both, or as they were found.
pub async fn origins(
    connection: &mut PgConnection,
    institution: InstitutionId,
    day: Date,
) -> Result<Vec<OriginRow>, Failure> {
    let rows = sqlx::query!(
        r#"select p.union_id as "union!: UnionId", p.seat as "presidium!", count(distinct p.student_id) as "people!",
                  count(distinct p.student_id) filter (where p.elected or p.case_id is not null and not p.seat)
                      as "by_rule!",
                  count(distinct p.student_id) filter (where not p.registered and p.case_id is null
                      and not p.elected and p.corrects is null) as "past!"
           from (
               select p.*, is_seat(p.kind, p.title, u.id, $2) as seat,
                      -- A member of the presidium who became its chair was elected to it all the same, and so was whoever a
                      -- later congress left in their seat: by the result that holds on the post's first day or on this one.
                      p.congress_id is not null or is_seat(p.kind, p.title, u.id, $2) and exists (
                          select from congress_elected e join congress_result r on r.congress_id = e.congress_id
                               join congress c on c.id = r.congress_id, unnest(array[p.from_day, $2]) as held(day)
                          where e.student_id = p.student_id and c.union_id = u.id and r.approved_on <= held.day
                                and not exists (
                                    select from congress_result later join congress d on d.id = later.congress_id
                                    where d.union_id = u.id and later.purpose = 'term' and later.approved_on <= held.day
                                          and (later.approved_on, later.taken_at) > (r.approved_on, r.taken_at))) as elected
               from post p join student_union u on u.id = p.union_id
               where u.institution_id = $1 and p.voided_at is null and p.from_day <= $2
                     and (p.until_day is null or p.until_day > $2)
           ) p
           where p.kind <> 'other' or p.seat
           group by 1, 2"#,
        institution.0,
        day
    )
    .fetch_all(connection)
    .await?;
    let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(rows
        .into_iter()
        .map(|row| OriginRow {
            union: row.union,
            presidium: row.presidium,
            origins: Origins { people: number(row.people), by_rule: number(row.by_rule), past: number(row.past) },
        })
        .collect())
}

pub async fn institution_name(connection: &mut PgConnection, institution: InstitutionId) -> Result<String, Failure> {
    let name = sqlx::query_scalar!("select name from institution where id = $1", institution.0);
    Ok(name.fetch_one(connection).await?)
}

/// The constitutions of a university's unions that are written down.
pub async fn constitutions(
    connection: &mut PgConnection,
    institution: InstitutionId,
) -> Result<HashMap<UnionId, String>, Failure> {
    let rows = sqlx::query!(
        r#"select c.union_id as "union: UnionId", c.constitution
           from disclosure_column c join student_union u on u.id = c.union_id
           where u.institution_id = $1 and c.constitution <> ''"#,
        institution.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.union, row.constitution)).collect())
}

/// What a union's page shows beside what the portal knows.
#[derive(Debug, Clone, Default)]
pub struct ColumnText {
    pub constitution: String,
    /// It is read without signing in.
    pub is_open: bool,
}

/// What a union's page shows beside what the portal knows.
pub async fn column(connection: &mut PgConnection, union: UnionId) -> Result<ColumnText, Failure> {
    let row =
        sqlx::query_as!(ColumnText, "select constitution, is_open from disclosure_column where union_id = $1", union.0);
    Ok(row.fetch_optional(connection).await?.unwrap_or_default())
}

/// Keeps it; the union is one of the League committee's own university.
pub(super) async fn keep_column(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    union: UnionId,
    column: &ColumnText,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into disclosure_column (union_id, constitution, is_open, kept_at, kept_by)
         select id, $3, $4, $5, $6 from student_union where id = $1 and institution_id = $2
         on conflict (union_id) do update set constitution = $3, is_open = $4, kept_at = $5, kept_by = $6",
        union.0,
        acting.institution().0,
        column.constitution,
        column.is_open,
        now,
        acting.person().account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// The university of a union whose page is read without signing in.
pub async fn open_union(connection: &mut PgConnection, union: UnionId) -> Result<Option<InstitutionId>, Failure> {
    let institution = sqlx::query_scalar!(
        r#"select u.institution_id as "id: InstitutionId" from student_union u join disclosure_column c on c.union_id = u.id
           where u.id = $1 and c.is_open"#,
        union.0
    );
    Ok(institution.fetch_optional(connection).await?)
}

/// What a union did, in numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Deeds {
    /// Requests of students that it took up, within a year, and those that were answered and solved.
    pub requests: i64,
    pub answered: i64,
    pub solved: i64,
    /// Proposals that were taken up, and those that are closed.
    pub proposals: i64,
    pub closed: i64,
    /// Activities that took place within a year, and the money that was settled for matters of any kind, in fen.
    pub activities: i64,
    pub spent: i64,
    /// Officers by the grade of the last review that is settled.
    pub excellent: i64,
    pub good: i64,
    pub satisfactory: i64,
    pub unsatisfactory: i64,
}

impl Deeds {
    /// What was settled, in yuan.
    #[must_use]
    pub fn spent_in_yuan(&self) -> String {
        yuan(self.spent)
    }

    /// Officers who were reviewed.
    #[must_use]
    pub fn reviewed(&self) -> i64 {
        self.excellent + self.good + self.satisfactory + self.unsatisfactory
    }
}

/// What a union did; requests, activities and money since a moment.
pub async fn deeds(
    connection: &mut PgConnection,
    institution: InstitutionId,
    union: UnionId,
    since: OffsetDateTime,
) -> Result<Deeds, Failure> {
    let row = sqlx::query_as!(
        Deeds,
        r#"with own as (select * from student_union where id = $2 and institution_id = $1),
                asked as (
                    select q.stage, q.answer, q.ending from voice_request q join own u
                           on q.receiver = u.kind and q.college_id is not distinct from u.college_id
                    where q.institution_id = $1 and q.received_at >= $3 and q.stage <> 'withdrawn'),
                proposed as (
                    select p.stage from proposal p join congress g on g.id = p.congress_id join own u on u.id = g.union_id
                    where p.stage in ('accepted', 'joined', 'assigned', 'replied', 'closed')),
                last as (
                    select r.id from review r join own u on u.id = r.union_id where r.stage = 'settled'
                    order by r.sits_on desc limit 1),
                graded as (select x.grade from review_result x join last on last.id = x.review_id)
           select (select count(*) from matter m join own u on u.id = m.union_id
                   where m.kind = 'activity' and m.stage in ('begun', 'closed') and m.begun_at >= $3) as "activities!",
                  (select coalesce(sum(l.spent), 0)::bigint from matter_line l join matter m on m.id = l.matter_id
                          join own u on u.id = m.union_id
                   where m.stage in ('begun', 'closed') and m.begun_at >= $3) as "spent!",
                  (select count(*) from asked) as "requests!",
                  (select count(*) from asked where answer is not null) as "answered!",
                  (select count(*) from asked where ending = 'solved') as "solved!",
                  (select count(*) from proposed) as "proposals!",
                  (select count(*) from proposed where stage in ('closed', 'joined')) as "closed!",
                  (select count(*) from graded where grade = 'excellent') as "excellent!",
                  (select count(*) from graded where grade = 'good') as "good!",
                  (select count(*) from graded where grade = 'satisfactory') as "satisfactory!",
                  (select count(*) from graded where grade = 'unsatisfactory') as "unsatisfactory!""#,
        institution.0,
        union.0,
        since
    );
    Ok(row.fetch_one(connection).await?)
}

/// An activity of a union that took place, and what was settled for it.
#[derive(Debug, Clone)]
pub struct Held {
    pub title: String,
    pub on: Date,
    /// Who checked in.
    pub came: i64,
    /// In fen; none before the settlement.
    pub spent: Option<i64>,
}

impl Held {
    /// What was settled, in yuan.
    #[must_use]
    pub fn spent_in_yuan(&self) -> Option<String> {
        self.spent.map(yuan)
    }
}

/// The last activities of a union that took place since a moment, at most 12, the newest first.
pub async fn held(
    connection: &mut PgConnection,
    institution: InstitutionId,
    union: UnionId,
    since: OffsetDateTime,
) -> Result<Vec<Held>, Failure> {
    let rows = sqlx::query_as!(
        Held,
        r#"select m.title, china_day(m.begun_at) as "on!",
                  (select count(*) from activity_sign_up g where g.matter_id = m.id and g.checked_in_at is not null) as "came!",
                  (select sum(l.spent)::bigint from matter_line l where l.matter_id = m.id) as spent
           from matter m
           where m.union_id = $2 and m.institution_id = $1 and m.kind = 'activity' and m.stage in ('begun', 'closed')
                 and m.begun_at >= $3
           order by m.begun_at desc limit 12"#,
        institution.0,
        union.0,
        since
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A congress or an election of a union that was announced.
#[derive(Debug, Clone)]
pub struct Announced {
    pub says: String,
    pub on: Date,
}

/// Congresses of a union that were convened or held, and sittings of its college (or of the school) that were announced, the
/// newest first.
pub async fn announced(
    connection: &mut PgConnection,
    institution: InstitutionId,
    union: UnionId,
) -> Result<Vec<Announced>, Failure> {
    let rows = sqlx::query_as!(
        Announced,
        r#"select says as "says!", day as "on!" from (
               select g.ordinal || case when g.of_all then '全体学生大会' when u.kind = 'graduate' then '研究生代表大会'
                                        else '学生代表大会' end
                          || case when g.stage = 'convened' then '将召开' else '已召开' end as says,
                      coalesce(g.held_on, g.meets_on) as day
               from congress g join student_union u on u.id = g.union_id
               where u.id = $2 and g.institution_id = $1 and g.stage in ('convened', 'held', 'closed')
               union all
               select '选举公告：' || s.title, china_day(s.opens_at)
               from sitting s join student_union u on u.id = $2 and s.college_id is not distinct from u.college_id
               where s.institution_id = $1 and u.kind <> 'graduate'
                     and s.stage in ('announced', 'rehearsed', 'open', 'closed', 'counted', 'reported')) all_of_it
           where day is not null order by day desc limit 12"#,
        institution.0,
        union.0
    );
    Ok(rows.fetch_all(connection).await?)
}
