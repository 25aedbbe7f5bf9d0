//! SQL of leadership and guidance.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::record::{CollegeCoverage, LeadingGroup, Record, Role, Signature};
use crate::{
    auth::{acting::Acting, person::SignedIn},
    database::Locked,
    failure::Failure,
    ids::{AccountId, ClassId, DocumentId, GuidanceRecordId, InstitutionId, UnionId},
    office::{Office, OfficeKind, SchoolLeague, UnionReader},
    rules::guidance::{Concluded, Constituted, Duty, Guided, Means, SlotKind, Topic},
};

/// Who fills which slot today.
pub(super) async fn roles(connection: &mut PgConnection, institution: InstitutionId) -> Result<Vec<Role>, Failure> {
    let rows = sqlx::query!(
        "select kind, slot, name, title, from_day from guidance_role where institution_id = $1 and until_day is null
         order by array_position(array['leader', 'taking_part', 'office', 'guider'], kind), at",
        institution.0
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| {
        let kind = row.kind.parse()?;
        Ok(Role { kind, slot: row.slot, name: row.name, title: row.title, from_day: row.from_day })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// Who is to fill a slot.
pub(super) struct NewRole<'a> {
    pub kind: SlotKind,
    pub slot: &'a str,
    pub name: &'a str,
    pub title: &'a str,
}

/// Fills a slot from today on, and ends who filled it before.
pub(super) async fn fill(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    new: &NewRole<'_>,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let today = now.date();
    sqlx::query!(
        "update guidance_role set until_day = greatest(from_day, $4)
         where institution_id = $1 and kind = $2 and slot = $3 and until_day is null",
        acting.institution().0,
        new.kind.slug(),
        new.slot,
        today
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into guidance_role (id, institution_id, kind, slot, name, title, from_day, at, by_account)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        crate::ids::GuidanceRoleId::random().0,
        acting.institution().0,
        new.kind.slug(),
        new.slot,
        new.name,
        new.title,
        today,
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The list as it was last fixed.
pub(super) async fn group(
    connection: &mut PgConnection,
    institution: InstitutionId,
) -> Result<Option<LeadingGroup>, Failure> {
    let row = sqlx::query_as!(
        LeadingGroup,
        "select fixed_on, document, members from leading_group where institution_id = $1 order by at desc limit 1",
        institution.0
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Fixes the list, as the rule has passed.
pub(super) async fn fix(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    _passed: Constituted,
    group: &LeadingGroup,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into leading_group (id, institution_id, fixed_on, document, members, at, by_account)
         values ($1, $2, $3, $4, $5, $6, $7)",
        crate::ids::LeadingGroupId::random().0,
        acting.institution().0,
        group.fixed_on,
        group.document,
        group.members,
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Names of the deputy secretaries of today.
pub(super) async fn deputies(
    connection: &mut PgConnection,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<Vec<String>, Failure> {
    let names = sqlx::query_scalar!(
        "select a.name from office o join account a on a.id = o.account_id
         where o.institution_id = $1 and o.kind = 'deputy_secretary' and is_held(o.from_day, o.until_day, o.ended_at, $2)
         order by o.granted_at, o.id",
        institution.0,
        now
    );
    Ok(names.fetch_all(connection).await?)
}

/// Days between two records of a duty as they were set; none where practice holds.
pub(crate) async fn interval(
    connection: &mut PgConnection,
    institution: InstitutionId,
    duty: Duty,
) -> Result<Option<u32>, Failure> {
    let every = sqlx::query_scalar!(
        "select every from guidance_interval where institution_id = $1 and duty = $2",
        institution.0,
        duty.slug()
    );
    Ok(every.fetch_optional(connection).await?.and_then(|days| u32::try_from(days).ok()))
}

pub(super) async fn set_interval(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    duty: Duty,
    every: u32,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into guidance_interval (institution_id, duty, every, set_at, set_by) values ($1, $2, $3, $4, $5)
         on conflict (institution_id, duty) do update set every = $3, set_at = $4, set_by = $5",
        acting.institution().0,
        duty.slug(),
        i32::try_from(every).unwrap_or(i32::MAX),
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The day from which a first union of the university is under the rules: intervals run from then on.
pub(super) async fn opened(connection: &mut PgConnection, institution: InstitutionId) -> Result<Option<Date>, Failure> {
    let day = sqlx::query_scalar!("select min(opened_on) from student_union where institution_id = $1", institution.0);
    Ok(day.fetch_one(connection).await?)
}

/// The day of the last record of a duty.
pub(crate) async fn last(
    connection: &mut PgConnection,
    institution: InstitutionId,
    duty: Duty,
) -> Result<Option<Date>, Failure> {
    let day = sqlx::query_scalar!(
        "select max(on_day) from guidance_record where institution_id = $1 and duty = $2",
        institution.0,
        duty.slug()
    );
    Ok(day.fetch_one(connection).await?)
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct RecordFilter {
    pub one: Option<GuidanceRecordId>,
    pub duty: Option<Duty>,
    /// Of the union of the office's college alone.
    pub college: Option<crate::ids::CollegeId>,
}

/// Records, the newest first; at most 300.
pub(super) async fn records(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: RecordFilter,
) -> Result<Vec<Record>, Failure> {
    let rows = sqlx::query!(
        r#"select r.id as "id: GuidanceRecordId", r.duty, r.on_day, r.title, r.says, r.union_id as "union: UnionId",
                  case when u.id is not null then union_name(u.kind, c.name) end as union_name, r.topic, r.means,
                  k.name as "class?", r.document_id as "document: DocumentId", a.name || '（' || r.by_office || '）' as "by!",
                  r.league_by as "league_by: AccountId", l.name as "league_name?", r.affairs_by as "affairs_by: AccountId",
                  f.name as "affairs_name?", r.concluded_at, r.answer
           from guidance_record r join account a on a.id = r.by_account left join student_union u on u.id = r.union_id
                left join college c on c.id = u.college_id left join class k on k.id = r.class_id
                left join account l on l.id = r.league_by left join account f on f.id = r.affairs_by
           where r.institution_id = $1 and ($2::uuid is null or r.id = $2) and ($3::text is null or r.duty = $3)
                 and ($4::uuid is null or u.college_id = $4)
           order by r.on_day desc, r.at desc, r.id limit 300"#,
        institution.0,
        filter.one.map(|id| id.0),
        filter.duty.map(Duty::slug),
        filter.college.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    let signature = |account: Option<AccountId>, name: Option<String>| {
        account.zip(name).map(|(account, name)| Signature { account, name })
    };
    let read = rows.into_iter().map(|row| {
        Ok(Record {
            id: row.id,
            duty: row.duty.parse()?,
            on_day: row.on_day,
            title: row.title,
            says: row.says,
            union: row.union,
            union_name: row.union_name,
            topic: row.topic.map(|slug| slug.parse()).transpose()?,
            means: row.means.map(|slug| slug.parse()).transpose()?,
            class: row.class,
            document: row.document,
            by: row.by,
            league: signature(row.league_by, row.league_name),
            affairs: signature(row.affairs_by, row.affairs_name),
            concluded_at: row.concluded_at,
            answer: row.answer,
        })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// Locks a record; the caller judges who may act on it.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub(super) async fn lock(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: GuidanceRecordId,
) -> Result<Locked<Record>, Failure> {
    sqlx::query!("select id from guidance_record where id = $1 for update", id.0)
        .fetch_optional(&mut *connection)
        .await?;
    let filter = RecordFilter { one: Some(id), ..RecordFilter::default() };
    records(connection, institution, filter).await?.pop().map(Locked::new).ok_or(Failure::Missing)
}

/// A record about to be made.
#[derive(Debug, Clone)]
pub(super) struct NewRecord {
    pub duty: Duty,
    pub on_day: Date,
    pub title: String,
    pub says: String,
    pub union: Option<UnionId>,
    pub topic: Option<Topic>,
    pub means: Option<Means>,
    pub class: Option<ClassId>,
    pub document: Option<DocumentId>,
    /// What allows guidance: for that duty alone.
    pub guided: Option<Guided>,
}

/// Records what was done. A joint study begins with the signature of the office that records it.
pub(super) async fn add(
    connection: &mut PgConnection,
    acting: &Acting<UnionReader>,
    new: &NewRecord,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    if (new.duty == Duty::Guiding) != new.guided.is_some() {
        return Err(Failure::Malformed);
    }
    let kind = acting.office().kind;
    let signs = |yes: bool| (yes && new.duty == Duty::JointStudy).then_some(acting.person().account.0);
    let league = signs(SchoolLeague::KINDS.contains(&kind));
    let affairs = signs(kind == OfficeKind::StudentAffairs);
    sqlx::query!(
        "insert into guidance_record (id, institution_id, duty, on_day, title, says, union_id, topic, means, class_id,
                                      document_id, at, by_account, by_office, league_by, league_at, affairs_by, affairs_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
                 case when $15::uuid is not null then $12::timestamptz end, $16,
                 case when $16::uuid is not null then $12::timestamptz end)",
        GuidanceRecordId::random().0,
        acting.institution().0,
        new.duty.slug(),
        new.on_day,
        new.title,
        new.says,
        new.union.map(|id| id.0),
        new.topic.map(Topic::slug),
        new.means.map(Means::slug),
        new.class.map(|id| id.0),
        new.document.map(|id| id.0),
        now,
        acting.person().account.0,
        acting.office().label(),
        league,
        affairs
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Signs a joint study for the office in which the person acts; `false` where it has signed, or all is concluded.
pub(super) async fn sign(
    connection: &mut PgConnection,
    acting: &Acting<UnionReader>,
    record: &Locked<Record>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let kind = acting.office().kind;
    let done = sqlx::query!(
        "update guidance_record
         set league_by = case when $4 then $2 else league_by end, league_at = case when $4 then $3 else league_at end,
             affairs_by = case when $5 then $2 else affairs_by end, affairs_at = case when $5 then $3 else affairs_at end
         where id = $1 and duty = 'joint-study' and concluded_at is null
               and ($4 and league_by is null or $5 and affairs_by is null)",
        record.id.0,
        acting.person().account.0,
        now,
        SchoolLeague::KINDS.contains(&kind),
        kind == OfficeKind::StudentAffairs
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Concludes a joint study, as the rule has passed; `false` where somebody was faster.
pub(super) async fn conclude(
    connection: &mut PgConnection,
    record: &Locked<Record>,
    _passed: Concluded,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update guidance_record set concluded_at = $2
         where id = $1 and concluded_at is null and league_by is not null and affairs_by is not null",
        record.id.0,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Answers what a college fed back; `false` where somebody was faster.
pub(super) async fn answer(
    connection: &mut PgConnection,
    person: &SignedIn,
    record: &Locked<Record>,
    says: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update guidance_record set answer = $2, answered_at = $3, answered_by = $4
         where id = $1 and duty = 'feedback' and answer is null",
        record.id.0,
        says,
        now,
        person.account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// How far guidance reached each college since a day, and which have their measures on file.
pub(super) async fn coverage(
    connection: &mut PgConnection,
    institution: InstitutionId,
    since: Date,
    today: Date,
) -> Result<Vec<CollegeCoverage>, Failure> {
    let rows = sqlx::query_as!(
        CollegeCoverage,
        r#"select u.id as "union: UnionId", union_name(u.kind, c.name) as "name!",
                  count(r.id) filter (where r.means = 'system') as "system!",
                  count(r.id) filter (where r.means = 'resources') as "resources!",
                  count(r.id) filter (where r.means = 'activity') as "activity!",
                  (select count(*) from class k join major m on m.id = k.major_id
                   where m.college_id = c.id and (k.ended_on is null or k.ended_on > $3)) as "classes!",
                  (select count(distinct g.class_id) from guidance_record g
                   where g.union_id = u.id and g.duty = 'guiding' and g.class_id is not null and g.on_day >= $2)
                      as "guided_classes!",
                  exists (select from guidance_record g where g.union_id = u.id and g.duty = 'measures') as "measures!"
           from student_union u join college c on c.id = u.college_id
                left join guidance_record r on r.union_id = u.id and r.duty = 'guiding' and r.class_id is null
                                               and r.on_day >= $2
           where u.institution_id = $1 and u.kind = 'college'
           group by u.id, u.kind, c.id, c.name, c.place order by c.place, c.name"#,
        institution.0,
        since,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A class of a college.
pub(super) struct ClassRow {
    pub id: ClassId,
    pub name: String,
}

/// The classes of an office's college, the newest first.
pub(super) async fn classes(
    connection: &mut PgConnection,
    college: crate::ids::CollegeId,
    today: Date,
) -> Result<Vec<ClassRow>, Failure> {
    let rows = sqlx::query_as!(
        ClassRow,
        r#"select k.id as "id: ClassId", k.name from class k join major m on m.id = k.major_id
           where m.college_id = $1 and (k.ended_on is null or k.ended_on > $2) order by k.entry_year desc, k.name limit 400"#,
        college.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}
