//! SQL of meetings and of what they decide.

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use super::meeting::{CollegeAttendance, Decision, Member, Presence, Settings, Stage, UnionMeeting};
use crate::{
    auth::{acting::Acting, person::SignedIn},
    database::Locked,
    failure::Failure,
    ids::{CollegeId, DecisionId, DepartmentId, InstitutionId, MeetingMemberId, StudentId, UnionId, UnionMeetingId},
    name::order::{self, StrokeOrder},
    office::SchoolLeague,
    rules::union_meeting::{Called, Decided, Quorum, Votes},
    unions::store::LockedUnion,
};

/// What holds for the meetings of a university.
pub(crate) async fn settings(connection: &mut PgConnection, institution: InstitutionId) -> Result<Settings, Failure> {
    let row = sqlx::query!("select link_every, quorum from meeting_setting where institution_id = $1", institution.0)
        .fetch_optional(connection)
        .await?;
    Ok(match row {
        Some(row) => Settings { link_every: u32::try_from(row.link_every).ok(), quorum: row.quorum.parse()? },
        None => Settings::PRACTICE,
    })
}

pub(super) async fn set(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    every: u32,
    quorum: Quorum,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into meeting_setting (institution_id, link_every, quorum, set_at, set_by) values ($1, $2, $3, $4, $5)
         on conflict (institution_id) do update set link_every = $2, quorum = $3, set_at = $4, set_by = $5",
        acting.institution().0,
        i32::try_from(every).unwrap_or(i32::MAX),
        quorum.slug(),
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What a student is in a union today.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub union: UnionId,
    /// The executive chair on duty.
    pub on_duty: bool,
    /// The departments that they head.
    pub heads: Vec<DepartmentId>,
}

/// The unions in which a student holds a post.
pub(crate) async fn roles(
    connection: &mut PgConnection,
    institution: InstitutionId,
    student: StudentId,
    today: Date,
) -> Result<Vec<Role>, Failure> {
    let rows = sqlx::query_as!(
        Role,
        r#"with own as (
               select p.* from post p where p.student_id = $2 and p.voided_at is null and p.from_day <= $3
                      and (p.until_day is null or p.until_day > $3)
           )
           select u.id as "union: UnionId",
                  exists (select from turn t where t.union_id = u.id and t.student_id = $2 and t.state = 'confirmed'
                          and t.from_day <= $3 and $3 < t.until_day)
                  or exists (select from own where own.union_id = u.id and own.marked_chair)
                     and not exists (select from turn t where t.union_id = u.id and t.state = 'confirmed'
                                     and t.from_day <= $3) as "on_duty!",
                  array(select own.department_id from own where own.union_id = u.id and own.kind = 'head')
                      as "heads!: Vec<DepartmentId>"
           from student_union u where u.institution_id = $1 and u.id in (select union_id from own)"#,
        institution.0,
        student.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

#[derive(Debug, Default, Clone)]
pub(crate) struct MeetingFilter {
    pub one: Option<UnionMeetingId>,
    pub unions: Option<Vec<Uuid>>,
    /// To which that student is invited.
    pub invites: Option<StudentId>,
    /// To which the union of that college is invited.
    pub college: Option<CollegeId>,
    /// Which begin from that moment on.
    pub from: Option<OffsetDateTime>,
}

struct Row {
    id: UnionMeetingId,
    union: UnionId,
    union_name: String,
    kind: String,
    department: Option<String>,
    title: String,
    place: String,
    starts_at: OffsetDateTime,
    minutes_long: i32,
    agenda: String,
    stage: String,
    sequence: i32,
    caller: String,
    ordered_for: Option<String>,
    cancelled_for: Option<String>,
    minutes: Option<String>,
    held_at: Option<OffsetDateTime>,
}

impl TryFrom<Row> for UnionMeeting {
    type Error = anyhow::Error;

    fn try_from(row: Row) -> anyhow::Result<Self> {
        Ok(Self {
            id: row.id,
            union: row.union,
            union_name: row.union_name,
            kind: row.kind.parse()?,
            department: row.department,
            title: row.title,
            place: row.place,
            starts_at: row.starts_at,
            minutes_long: u32::try_from(row.minutes_long)?,
            agenda: row.agenda,
            stage: row.stage.parse()?,
            sequence: u32::try_from(row.sequence)?,
            caller: row.caller,
            ordered_for: row.ordered_for,
            cancelled_for: row.cancelled_for,
            minutes: row.minutes,
            held_at: row.held_at,
        })
    }
}

/// Meetings, the latest first; at most 300.
pub(crate) async fn meetings(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: MeetingFilter,
) -> Result<Vec<UnionMeeting>, Failure> {
    let rows = sqlx::query_as!(
        Row,
        r#"select m.id as "id: UnionMeetingId", m.union_id as "union: UnionId", union_name(u.kind, c.name) as "union_name!",
                  m.kind, d.name as "department?", m.title, m.place, m.starts_at, m.minutes_long, m.agenda, m.stage,
                  m.sequence, coalesce(s.name, a.name) as "caller!", m.ordered_for, m.cancelled_for, m.minutes, m.held_at
           from (
                    -- Those that are shown first: names are looked up for them alone.
                    select m.* from union_meeting m join student_union u on u.id = m.union_id
                    where u.institution_id = $1 and ($2::uuid is null or m.id = $2)
                          and ($3::uuid[] is null or m.union_id = any($3)
                               or exists (select from union_meeting_member x join student_union g on g.id = x.union_id
                                          where x.meeting_id = m.id and g.college_id = $5))
                          and ($4::uuid is null or exists (
                              select from union_meeting_member x where x.meeting_id = m.id and x.student_id = $4))
                          and ($6::timestamptz is null or m.starts_at >= $6)
                    order by m.starts_at desc, m.id limit 300
                ) m join student_union u on u.id = m.union_id left join college c on c.id = u.college_id
                left join department d on d.id = m.department_id left join student s on s.id = m.chair_id
                join account a on a.id = m.called_by
           order by m.starts_at desc, m.id"#,
        institution.0,
        filter.one.map(|id| id.0),
        filter.unions.as_deref(),
        filter.invites.map(|id| id.0),
        filter.college.map(|id| id.0),
        filter.from
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(UnionMeeting::try_from).collect::<anyhow::Result<_>>()?)
}

/// One meeting of a university.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub(super) async fn find(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: UnionMeetingId,
) -> Result<UnionMeeting, Failure> {
    let filter = MeetingFilter { one: Some(id), ..MeetingFilter::default() };
    meetings(connection, institution, filter).await?.pop().ok_or(Failure::Missing)
}

/// Locks a meeting; the caller judges who may act on it.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub(super) async fn lock(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: UnionMeetingId,
) -> Result<Locked<UnionMeeting>, Failure> {
    sqlx::query!("select id from union_meeting where id = $1 for update", id.0)
        .fetch_optional(&mut *connection)
        .await?;
    find(connection, institution, id).await.map(Locked::new)
}

/// The department that a meeting is of.
pub(super) async fn department_of(
    connection: &mut PgConnection,
    id: UnionMeetingId,
) -> Result<Option<DepartmentId>, Failure> {
    let department =
        sqlx::query_scalar!(r#"select department_id as "id: DepartmentId" from union_meeting where id = $1"#, id.0);
    Ok(department.fetch_optional(connection).await?.flatten())
}

/// The invited: the presidium first, people in the order of official papers, then the colleges' unions in their own.
pub(crate) async fn members(connection: &mut PgConnection, id: UnionMeetingId) -> Result<Vec<Member>, Failure> {
    let rows = sqlx::query!(
        r#"select x.id as "id: MeetingMemberId", x.student_id as "student: StudentId",
                  coalesce(s.name, union_name(u.kind, c.name)) as "name!", x.counts, x.presence, i.stroke_order
           from union_meeting_member x join union_meeting t on t.id = x.meeting_id
                join student_union w on w.id = t.union_id join institution i on i.id = w.institution_id
                left join student s on s.id = x.student_id
                left join student_union u on u.id = x.union_id left join college c on c.id = u.college_id
           where x.meeting_id = $1 order by s.number nulls last, c.place, c.name"#,
        id.0
    )
    .fetch_all(connection)
    .await?;
    let order: StrokeOrder = rows.first().map_or(Ok(StrokeOrder::Surname), |row| row.stroke_order.parse())?;
    let read = rows.into_iter().map(|row| {
        let presence = row.presence.map(|slug| slug.parse()).transpose()?;
        Ok(Member { id: row.id, student: row.student, name: row.name, counts: row.counts, presence })
    });
    let members = read.collect::<anyhow::Result<Vec<Member>>>()?;
    let (mut people, unions): (Vec<Member>, Vec<Member>) =
        members.into_iter().partition(|member| member.student.is_some());
    order::sort(&mut people, order, |member| &member.name);
    people.sort_by_key(|member| !member.counts);
    people.extend(unions);
    Ok(people)
}

/// The students and the colleges whose unions are invited, for notices.
pub(super) struct Invited {
    pub students: Vec<StudentId>,
    pub colleges: Vec<CollegeId>,
}

pub(super) async fn invited(connection: &mut PgConnection, id: UnionMeetingId) -> Result<Invited, Failure> {
    let rows = sqlx::query!(
        r#"select x.student_id as "student: StudentId", u.college_id as "college: CollegeId"
           from union_meeting_member x left join student_union u on u.id = x.union_id where x.meeting_id = $1"#,
        id.0
    )
    .fetch_all(connection)
    .await?;
    let students = rows.iter().filter_map(|row| row.student).collect();
    Ok(Invited { students, colleges: rows.iter().filter_map(|row| row.college).collect() })
}

/// Who is to be invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Invitee {
    Student { id: StudentId, counts: bool },
    Union(UnionId),
}

/// A meeting about to be called.
#[derive(Debug, Clone)]
pub(super) struct NewMeeting {
    pub department: Option<DepartmentId>,
    pub title: String,
    pub place: String,
    pub starts_at: OffsetDateTime,
    pub minutes_long: u32,
    pub agenda: String,
    /// Why the League organisation orders it.
    pub ordered_for: Option<String>,
    pub invitees: Vec<Invitee>,
}

/// Calls a meeting, as the rule has passed.
pub(super) async fn call(
    connection: &mut PgConnection,
    person: &SignedIn,
    union: &LockedUnion,
    called: Called,
    new: &NewMeeting,
    now: OffsetDateTime,
) -> Result<UnionMeetingId, Failure> {
    let id = UnionMeetingId::random();
    let chair = person.student.filter(|_| new.ordered_for.is_none());
    sqlx::query!(
        "insert into union_meeting (id, union_id, kind, department_id, title, place, starts_at, minutes_long, agenda, stage,
                                    sequence, called_at, called_by, chair_id, ordered_for)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'called', 0, $10, $11, $12, $13)",
        id.0,
        union.id().0,
        called.kind().slug(),
        new.department.map(|id| id.0),
        new.title,
        new.place,
        new.starts_at,
        i32::try_from(new.minutes_long).unwrap_or(i32::MAX),
        new.agenda,
        now,
        person.account.0,
        chair.map(|id| id.0),
        new.ordered_for
    )
    .execute(&mut *connection)
    .await?;
    let (mut ids, mut students, mut unions, mut counts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for invitee in &new.invitees {
        ids.push(MeetingMemberId::random().0);
        let (student, of_union, counted) = match invitee {
            Invitee::Student { id, counts } => (Some(id.0), None, *counts),
            Invitee::Union(id) => (None, Some(id.0), false),
        };
        students.push(student);
        unions.push(of_union);
        counts.push(counted);
    }
    sqlx::query!(
        "insert into union_meeting_member (id, meeting_id, student_id, union_id, counts)
         select t.id, $1, t.student, t.of_union, t.counts
         from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::boolean[]) as t(id, student, of_union, counts)",
        id.0,
        &ids,
        &students as &[Option<Uuid>],
        &unions as &[Option<Uuid>],
        &counts
    )
    .execute(connection)
    .await?;
    Ok(id)
}

/// Moves a meeting; `false` where it is not to come any more.
pub(super) async fn change(
    connection: &mut PgConnection,
    meeting: &Locked<UnionMeeting>,
    starts_at: OffsetDateTime,
    place: &str,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update union_meeting set starts_at = $2, place = $3, sequence = sequence + 1 where id = $1 and stage = 'called'",
        meeting.id.0,
        starts_at,
        place
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Calls a meeting off; `false` where it was held, called off, or has decided something.
pub(super) async fn cancel(
    connection: &mut PgConnection,
    meeting: &Locked<UnionMeeting>,
    why: &str,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update union_meeting set stage = 'cancelled', cancelled_for = $2, sequence = sequence + 1
         where id = $1 and stage = 'called' and not exists (select from union_decision d where d.meeting_id = $1)",
        meeting.id.0,
        why
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Takes down who came; `false` where the meeting is not open, or somebody is not invited.
pub(super) async fn attend(
    connection: &mut PgConnection,
    meeting: &Locked<UnionMeeting>,
    presences: &[(MeetingMemberId, Presence)],
) -> Result<bool, Failure> {
    if meeting.stage != Stage::Called {
        return Ok(false);
    }
    let ids: Vec<Uuid> = presences.iter().map(|(id, _)| id.0).collect();
    let words: Vec<String> = presences.iter().map(|(_, presence)| presence.slug().to_owned()).collect();
    let done = sqlx::query!(
        "update union_meeting_member x set presence = t.presence
         from unnest($2::uuid[], $3::text[]) as t(id, presence) where x.id = t.id and x.meeting_id = $1",
        meeting.id.0,
        &ids,
        &words
    );
    Ok(done.execute(connection).await?.rows_affected() == u64::try_from(presences.len()).unwrap_or(u64::MAX))
}

/// A decision about to be taken down.
#[derive(Debug, Clone)]
pub struct NewDecision {
    pub says: String,
    /// Who carries it out, and the last day.
    pub owner: Option<(MeetingMemberId, Date)>,
}

/// Takes a decision down, as the rule has passed; `false` where the meeting is not open or the owner not invited.
pub(super) async fn decide(
    connection: &mut PgConnection,
    person: &SignedIn,
    meeting: &Locked<UnionMeeting>,
    decided: Decided,
    new: &NewDecision,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let number = |votes: u32| i32::try_from(votes).unwrap_or(i32::MAX);
    let votes = decided.votes();
    let done = sqlx::query!(
        "insert into union_decision (id, meeting_id, number, says, major, yes, no, abstained, owner_id, due_on, at, by_account)
         select $1, m.id, 1 + (select coalesce(max(number), 0) from union_decision where meeting_id = m.id), $3, $4, $5, $6,
                $7, $8, $9, $10, $11
         from union_meeting m where m.id = $2 and m.stage = 'called'
              and ($8::uuid is null or exists (select from union_meeting_member x where x.id = $8 and x.meeting_id = m.id))",
        DecisionId::random().0,
        meeting.id.0,
        new.says,
        decided.is_major(),
        votes.map(|votes| number(votes.yes)),
        votes.map(|votes| number(votes.no)),
        votes.map(|votes| number(votes.abstained)),
        new.owner.map(|(id, _)| id.0),
        new.owner.map(|(_, due)| due),
        now,
        person.account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Keeps the minutes and ends the meeting; `false` where it was ended before.
pub(super) async fn keep_minutes(
    connection: &mut PgConnection,
    person: &SignedIn,
    meeting: &Locked<UnionMeeting>,
    minutes: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update union_meeting set stage = 'held', minutes = $2, held_at = $3, held_by = $4
         where id = $1 and stage = 'called' and starts_at <= $3
               and not exists (select from union_meeting_member x where x.meeting_id = $1 and x.presence is null)",
        meeting.id.0,
        minutes,
        now,
        person.account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

#[derive(Debug, Default, Clone)]
pub(crate) struct DecisionFilter {
    pub one: Option<DecisionId>,
    pub meeting: Option<UnionMeetingId>,
    pub unions: Option<Vec<Uuid>>,
    /// Those that somebody still has to carry out.
    pub open: bool,
}

/// Decisions: by meeting and number, those of a list by the day on which they are due.
pub(crate) async fn decisions(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: DecisionFilter,
) -> Result<Vec<Decision>, Failure> {
    let rows = sqlx::query!(
        r#"select d.id as "id: DecisionId", d.meeting_id as "meeting: UnionMeetingId", m.title,
                  m.union_id as "union: UnionId", union_name(u.kind, c.name) as "union_name!", d.number, d.says, d.major,
                  d.yes, d.no, d.abstained, coalesce(s.name, union_name(g.kind, gc.name)) as owner,
                  x.student_id as "owner_student: StudentId", d.due_on, d.done_says
           from union_decision d join union_meeting m on m.id = d.meeting_id join student_union u on u.id = m.union_id
                left join college c on c.id = u.college_id left join union_meeting_member x on x.id = d.owner_id
                left join student s on s.id = x.student_id left join student_union g on g.id = x.union_id
                left join college gc on gc.id = g.college_id
           where u.institution_id = $1 and ($2::uuid is null or d.meeting_id = $2)
                 and ($3::uuid[] is null or m.union_id = any($3))
                 and (not $4 or d.owner_id is not null and d.done_at is null) and ($5::uuid is null or d.id = $5)
           order by case when $4 then d.due_on end, m.starts_at desc, d.number limit 300"#,
        institution.0,
        filter.meeting.map(|id| id.0),
        filter.unions.as_deref(),
        filter.open,
        filter.one.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    let number = |votes: i32| u32::try_from(votes).unwrap_or(0);
    let read = rows.into_iter().map(|row| Decision {
        id: row.id,
        meeting: row.meeting,
        meeting_title: row.title,
        union: row.union,
        union_name: row.union_name,
        number: row.number,
        says: row.says,
        major: row.major,
        votes: match (row.yes, row.no, row.abstained) {
            (Some(yes), Some(no), Some(abstained)) => {
                Some(Votes { yes: number(yes), no: number(no), abstained: number(abstained) })
            }
            _ => None,
        },
        owner: row.owner,
        owner_student: row.owner_student,
        due_on: row.due_on,
        done: row.done_says,
    });
    Ok(read.collect())
}

/// Notes that a decision is carried out; `false` where that was noted before.
pub(super) async fn carry_out(
    connection: &mut PgConnection,
    person: &SignedIn,
    decision: DecisionId,
    says: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update union_decision set done_at = $2, done_by = $3, done_says = $4
         where id = $1 and owner_id is not null and done_at is null",
        decision.0,
        now,
        person.account.0,
        says
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// The school's union, and its last working meeting with the colleges': for ORG-09.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LinkState {
    /// The day from which the union is under the rules.
    pub since: Date,
    pub last: Option<Date>,
}

/// None where there is no school union under the rules.
pub(crate) async fn link_state(
    connection: &mut PgConnection,
    institution: InstitutionId,
) -> Result<Option<LinkState>, Failure> {
    let row = sqlx::query_as!(
        LinkState,
        r#"select u.opened_on as "since!",
                  (select max(china_day(m.starts_at)) from union_meeting m
                   where m.union_id = u.id and m.kind = 'link' and m.stage = 'held') as last
           from student_union u where u.institution_id = $1 and u.kind = 'school' and u.opened_on is not null"#,
        institution.0
    );
    Ok(row.fetch_optional(connection).await?)
}

/// How the colleges' unions came to the working meetings since a moment.
pub(crate) async fn attendance(
    connection: &mut PgConnection,
    institution: InstitutionId,
    since: OffsetDateTime,
) -> Result<Vec<CollegeAttendance>, Failure> {
    let rows = sqlx::query_as!(
        CollegeAttendance,
        r#"select union_name(u.kind, c.name) as "name!", count(*) as "due!",
                  count(*) filter (where x.presence = 'present') as "present!",
                  count(*) filter (where x.presence = 'late') as "late!",
                  count(*) filter (where x.presence = 'excused') as "excused!",
                  count(*) filter (where x.presence = 'absent') as "absent!"
           from union_meeting_member x join union_meeting m on m.id = x.meeting_id
                join student_union u on u.id = x.union_id left join college c on c.id = u.college_id
           where u.institution_id = $1 and m.kind = 'link' and m.stage <> 'cancelled' and x.presence is not null
                 and m.starts_at >= $2
           group by u.id, u.kind, c.name, c.place order by c.place, c.name"#,
        institution.0,
        since
    );
    Ok(rows.fetch_all(connection).await?)
}
