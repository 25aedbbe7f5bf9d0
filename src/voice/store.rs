//! SQL of requests.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::request::{Event, EventKind, Identity, MOST_PICTURES, Receiver, Settings, Unit, VoiceRequest};
use crate::{
    auth::{
        acting::Acting,
        person::{Held, SignedIn},
    },
    database::Locked,
    failure::Failure,
    ids::{AccountId, CollegeId, InstitutionId, StudentId, VoiceRequestId, VoiceUnitId},
    office::{OfficeKind, SchoolLeague},
    page::paging::RowRange,
    rules::{
        proposal::Satisfaction,
        voice::{Area, Asked, Ending, Late, Stage, Within},
    },
    voice::VoiceHandler,
};

/// How a university handles requests; what is usual, where it has not said.
pub async fn settings(connection: &mut PgConnection, institution: InstitutionId) -> Result<Settings, Failure> {
    let row = sqlx::query!(
        "select take_up_hours, answer_days, emergency from voice_setting where institution_id = $1",
        institution.0
    )
    .fetch_optional(connection)
    .await?;
    let unsigned = |number: i32| u32::try_from(number).unwrap_or(1);
    Ok(row.map_or_else(Settings::default, |row| Settings {
        within: Within { take_up_hours: unsigned(row.take_up_hours), answer_days: unsigned(row.answer_days) },
        emergency: row.emergency,
    }))
}

/// Sets how requests are handled from now on; due days that are set stay.
pub(super) async fn set(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    settings: &Settings,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let signed = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    sqlx::query!(
        "insert into voice_setting (institution_id, take_up_hours, answer_days, emergency, kept_at, kept_by)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (institution_id) do update set take_up_hours = $2, answer_days = $3, emergency = $4, kept_at = $5,
                                                    kept_by = $6",
        acting.institution().0,
        signed(settings.within.take_up_hours),
        signed(settings.within.answer_days),
        settings.emergency,
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The offices that answer, by name.
pub async fn units(connection: &mut PgConnection, institution: InstitutionId) -> Result<Vec<Unit>, Failure> {
    let rows = sqlx::query!(
        r#"select id as "id: VoiceUnitId", name, duties, office from voice_unit
           where institution_id = $1 and ended_at is null order by name collate "C""#,
        institution.0
    )
    .fetch_all(connection)
    .await?;
    let unit = |id, name, duties, office: Option<String>| {
        Ok(Unit { id, name, duties, office: office.map(|slug| slug.parse()).transpose()? })
    };
    Ok(rows.into_iter().map(|row| unit(row.id, row.name, row.duties, row.office)).collect::<anyhow::Result<_>>()?)
}

/// An office that answers, about to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewUnit {
    pub name: String,
    pub duties: String,
    pub office: Option<OfficeKind>,
}

/// Registers an office that answers; `false` where there is one of that name.
pub(super) async fn add_unit(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    new: &NewUnit,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into voice_unit (id, institution_id, name, duties, office, made_at) values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing",
        VoiceUnitId::random().0,
        acting.institution().0,
        new.name,
        new.duties,
        new.office.map(OfficeKind::slug),
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Ends an office that answers; requests that are with it stay. Its name, or none where there is none.
pub(super) async fn end_unit(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    id: VoiceUnitId,
    now: OffsetDateTime,
) -> Result<Option<String>, Failure> {
    let name = sqlx::query_scalar!(
        "update voice_unit set ended_at = $3 where id = $1 and institution_id = $2 and ended_at is null returning name",
        id.0,
        acting.institution().0,
        now
    );
    Ok(name.fetch_optional(connection).await?)
}

/// Whose requests an office sees: a union its own, the school's League committee all, an answering office what was sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Desk {
    kind: OfficeKind,
    college: Option<CollegeId>,
}

impl Desk {
    pub fn of(acting: &Acting<VoiceHandler>) -> Self {
        Self::held(acting.office())
    }

    pub fn held(office: &Held) -> Self {
        let kind = if office.kind == OfficeKind::DeputySecretary { OfficeKind::SchoolLeague } else { office.kind };
        Self { kind, college: office.college }
    }

    /// It sees and may instruct all.
    pub fn is_league(self) -> bool {
        self.kind == OfficeKind::SchoolLeague
    }

    /// The unions whose requests it takes up.
    fn receiver(self) -> Option<&'static str> {
        match self.kind {
            OfficeKind::SchoolUnion => Some(Receiver::School.slug()),
            OfficeKind::GraduateUnion => Some(Receiver::Graduate.slug()),
            OfficeKind::CollegeUnion | OfficeKind::CollegeLeague => Some(Receiver::College.slug()),
            _ => None,
        }
    }
}

/// Which requests, and by whom they are looked at.
#[derive(Debug, Default, Clone)]
pub(super) struct RequestFilter {
    pub one: Option<VoiceRequestId>,
    /// Those that an office sees.
    pub desk: Option<Desk>,
    /// Those of an account.
    pub by: Option<AccountId>,
    /// Those that everybody may read.
    pub public: bool,
    pub stage: Option<Stage>,
    pub area: Option<Area>,
    /// Late now.
    pub late_at: Option<OffsetDateTime>,
    /// Words of the title or of the answer; empty for all.
    pub words: String,
    /// Who looks, for their own word on it.
    pub viewer: Option<AccountId>,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a column")]
struct Row {
    id: VoiceRequestId,
    number: i32,
    receiver: String,
    college: Option<String>,
    area: String,
    title: String,
    says: String,
    place: String,
    identity: String,
    author: Option<String>,
    may_publish: bool,
    is_public: bool,
    stage: String,
    received_at: OffsetDateTime,
    take_up_due: OffsetDateTime,
    lead: Option<String>,
    unit: Option<String>,
    online: bool,
    due_on: Option<Date>,
    turn: i16,
    answer: Option<String>,
    ending: Option<String>,
    answered_at: Option<OffsetDateTime>,
    satisfaction: Option<String>,
    remark: Option<String>,
    supports: i64,
    supported: bool,
    pictures: i16,
    handles: bool,
    keeps: bool,
}

impl TryFrom<Row> for VoiceRequest {
    type Error = anyhow::Error;

    fn try_from(row: Row) -> anyhow::Result<Self> {
        Ok(Self {
            id: row.id,
            number: row.number,
            receiver: row.receiver.parse()?,
            college: row.college,
            area: row.area.parse()?,
            title: row.title,
            says: row.says,
            place: row.place,
            identity: row.identity.parse()?,
            author: row.author,
            may_publish: row.may_publish,
            is_public: row.is_public,
            stage: row.stage.parse()?,
            received_at: row.received_at,
            take_up_due: row.take_up_due,
            lead: row.lead,
            unit: row.unit,
            online: row.online,
            due_on: row.due_on,
            turn: row.turn,
            answer: row.answer,
            ending: row.ending.map(|slug| slug.parse()).transpose()?,
            answered_at: row.answered_at,
            satisfaction: row.satisfaction.map(|slug| slug.parse()).transpose()?,
            remark: row.remark,
            supports: row.supports,
            supported: row.supported,
            pictures: row.pictures,
            handles: row.handles,
            keeps: row.keeps,
        })
    }
}

/// Requests: at a desk what is due first, else the newest.
pub(super) async fn requests(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: &RequestFilter,
    range: RowRange,
) -> Result<Vec<VoiceRequest>, Failure> {
    let desk = filter.desk;
    let rows = sqlx::query_as!(
        Row,
        r#"select q.id as "id: VoiceRequestId", q.number, q.receiver, c.name as "college?", q.area, q.title, q.says, q.place,
                  q.identity,
                  case when d.handles and q.identity = 'answering' or q.account_id = $6
                            or (d.handles or d.led or d.keeps) and q.identity = 'named'
                       then (select a.name || coalesce('（' || k.name || '）', '') from account a
                                    left join student s on s.id = a.student_id left join class k on k.id = s.class_id
                             where a.id = q.account_id) end as author,
                  q.may_publish, q.is_public, q.stage, q.received_at, q.take_up_due, l.name as "lead?", u.name as "unit?",
                  u.office is not null as "online!", q.due_on, q.turn, q.answer, q.ending, q.answered_at, q.satisfaction,
                  q.remark,
                  (select count(*) from voice_support v where v.request_id = q.id) as "supports!",
                  exists (select from voice_support v where v.request_id = q.id and v.account_id = $13) as "supported!",
                  (select count(*)::smallint from voice_picture p where p.request_id = q.id) as "pictures!",
                  d.handles or d.led as "handles!", d.keeps as "keeps!"
           from (
                    -- Which ones, and in which order: all else is asked of those of the page alone.
                    select q.id, q.number, case when $3::text is not null then q.due_at end as due
                    from voice_request q
                    where q.institution_id = $1 and ($2::uuid is null or q.id = $2)
                          and ($3::text is null or $3 = 'school_league'
                               or $4::text is not null and q.receiver = $4 and q.college_id is not distinct from $5
                               or $4::text is not null and ($5::uuid is null or q.college_id = $5)
                                  and (q.unit_id in (select id from voice_unit where institution_id = $1 and office = $3)
                                       or q.lead_unit_id in (
                                           select id from voice_unit where institution_id = $1 and office = $3))
                               -- Of an office that takes nothing up: what was sent to it, however little among how much.
                               or $4::text is null and ($5::uuid is null or q.college_id = $5) and q.id = any(array(
                                      select r.id from voice_unit n join voice_request r on r.unit_id = n.id
                                      where n.institution_id = $1 and n.office = $3
                                      union
                                      select r.id from voice_unit n join voice_request r on r.lead_unit_id = n.id
                                      where n.institution_id = $1 and n.office = $3)))
                          and ($6::uuid is null or q.account_id = $6) and (not $7 or q.is_public)
                          and ($8::text is null
                               or q.stage = $8 and (q.due_at is null) = ($8 not in ('received', 'sent')))
                          and ($9::text is null or q.area = $9)
                          and ($10::timestamptz is null or q.stage = 'received' and q.take_up_due < $10
                               or q.stage = 'sent' and q.due_on < china_day($10))
                          and ($11 = '' or strpos(q.title, $11) > 0 or strpos(coalesce(q.answer, ''), $11) > 0)
                    order by due nulls last, q.number desc
                    offset $12 limit $14
                ) page
                join voice_request q on q.id = page.id left join college c on c.id = q.college_id
                left join voice_unit l on l.id = q.lead_unit_id left join voice_unit u on u.id = q.unit_id
                cross join lateral (
                    select coalesce(case when q.stage = 'received' then false
                                         when q.unit_id is null then q.receiver = $4 and q.college_id is not distinct from $5
                                              and $3 <> 'college_league'
                                         else u.office = $3 and ($5::uuid is null or q.college_id = $5) end, false) as handles,
                           coalesce(l.office = $3 and ($5::uuid is null or q.college_id = $5), false) as led,
                           coalesce($3 = 'school_league'
                                    or q.receiver = $4 and q.college_id is not distinct from $5, false) as keeps
                ) d
           order by page.due nulls last, page.number desc"#,
        institution.0,
        filter.one.map(|id| id.0),
        desk.map(|desk| desk.kind.slug()),
        desk.and_then(Desk::receiver),
        desk.and_then(|desk| desk.college).map(|id| id.0),
        filter.by.map(|id| id.0),
        filter.public,
        filter.stage.map(Stage::slug),
        filter.area.map(Area::slug),
        filter.late_at,
        filter.words,
        range.skip,
        filter.viewer.map(|id| id.0),
        range.most
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(VoiceRequest::try_from).collect::<anyhow::Result<_>>()?)
}

const ONE: RowRange = RowRange { skip: 0, most: 1 };

/// The one request that a filter finds.
///
/// # Errors
/// [`Failure::Missing`] where it finds none.
pub(super) async fn one(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: &RequestFilter,
) -> Result<VoiceRequest, Failure> {
    requests(connection, institution, filter, ONE).await?.pop().ok_or(Failure::Missing)
}

/// Locks the one request that a filter finds.
///
/// # Errors
/// [`Failure::Missing`] where it finds none.
pub(super) async fn lock(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: &RequestFilter,
) -> Result<Locked<VoiceRequest>, Failure> {
    let id = filter.one.map(|id| id.0);
    sqlx::query!("select id from voice_request where id = $1 for update", id)
        .fetch_optional(&mut *connection)
        .await?
        .ok_or(Failure::Missing)?;
    Ok(Locked::new(one(connection, institution, filter).await?))
}

/// The request that a code opens.
pub(super) async fn coded(
    connection: &mut PgConnection,
    institution: InstitutionId,
    hash: &[u8],
) -> Result<Option<VoiceRequestId>, Failure> {
    let id = sqlx::query_scalar!(
        r#"select id as "id: VoiceRequestId" from voice_request where institution_id = $1 and code_hash = $2"#,
        institution.0,
        hash
    );
    Ok(id.fetch_optional(connection).await?)
}

/// What was done to a request, in order.
pub(super) async fn events(connection: &mut PgConnection, id: VoiceRequestId) -> Result<Vec<Event>, Failure> {
    let rows = sqlx::query!("select kind, at, office, says from voice_event where request_id = $1 order by seq", id.0)
        .fetch_all(connection)
        .await?;
    let event = |kind: &str, at, office, says| Ok(Event { kind: kind.parse::<EventKind>()?, at, office, says });
    Ok(rows.into_iter().map(|row| event(&row.kind, row.at, row.office, row.says)).collect::<anyhow::Result<_>>()?)
}

/// Notes what was done. `office` is empty for the student.
async fn note(
    connection: &mut PgConnection,
    id: VoiceRequestId,
    kind: EventKind,
    office: &str,
    says: &str,
    at: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into voice_event (request_id, seq, kind, at, office, says)
         select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5 from voice_event where request_id = $1",
        id.0,
        kind.slug(),
        at,
        office,
        says
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether a student may ask, and which unions there are to ask.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is another thing that the form asks")]
pub(super) struct AskingStudent {
    pub enrolled: bool,
    pub is_graduate: bool,
    pub college: CollegeId,
    pub has_graduate_union: bool,
    pub has_college_union: bool,
}

/// What is known of a student who asks.
pub(super) async fn asking(
    connection: &mut PgConnection,
    student: StudentId,
    today: Date,
) -> Result<Option<AskingStudent>, Failure> {
    let row = sqlx::query_as!(
        AskingStudent,
        r#"select (s.left_on is null or s.left_on > $2) as "enrolled!", m.level = 'graduate' as "is_graduate!",
                  m.college_id as "college: CollegeId",
                  exists (select from student_union u where u.institution_id = s.institution_id and u.kind = 'graduate')
                      as "has_graduate_union!",
                  exists (select from student_union u where u.college_id = m.college_id) as "has_college_union!"
           from student s join class k on k.id = s.class_id join major m on m.id = k.major_id where s.id = $1"#,
        student.0,
        today
    );
    Ok(row.fetch_optional(connection).await?)
}

/// A request about to be made.
#[derive(Debug, Clone)]
pub(super) struct NewRequest {
    pub receiver: Receiver,
    pub college: Option<CollegeId>,
    pub title: String,
    pub says: String,
    pub place: String,
    pub identity: Identity,
    /// The code's hash, where it is anonymous.
    pub code_hash: Option<Vec<u8>>,
    pub may_publish: bool,
    pub picture: Option<Vec<u8>>,
}

/// A request that was taken in.
#[derive(Debug, Clone, Copy)]
pub(super) struct TakenIn {
    pub id: VoiceRequestId,
    pub number: i32,
}

/// Takes a request in, as the rule has passed. Of an anonymous one neither account nor minute is kept.
pub(super) async fn ask(
    connection: &mut PgConnection,
    person: &SignedIn,
    asked: Asked,
    new: &NewRequest,
    take_up_due: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<TakenIn, Failure> {
    let number = sqlx::query_scalar!(
        "insert into voice_counter (institution_id, last) values ($1, 1)
         on conflict (institution_id) do update set last = voice_counter.last + 1 returning last",
        person.institution.0
    )
    .fetch_one(&mut *connection)
    .await?;
    let (id, anonymous) = (VoiceRequestId::random(), new.identity == Identity::Anonymous);
    let at = if anonymous { now.truncate_to_hour() } else { now };
    sqlx::query!(
        "insert into voice_request (id, institution_id, number, receiver, college_id, area, title, says, place, identity,
                                    account_id, code_hash, may_publish, is_public, stage, received_at, take_up_due, turn)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, false, 'received', $14, $15, 1)",
        id.0,
        person.institution.0,
        number,
        new.receiver.slug(),
        new.college.map(|id| id.0),
        asked.area().slug(),
        new.title,
        new.says,
        new.place,
        new.identity.slug(),
        (!anonymous).then_some(person.account.0),
        new.code_hash,
        new.may_publish,
        at,
        take_up_due
    )
    .execute(&mut *connection)
    .await?;
    if let Some(jpeg) = &new.picture {
        sqlx::query!("insert into voice_picture (request_id, place, jpeg) values ($1, 1, $2)", id.0, jpeg)
            .execute(&mut *connection)
            .await?;
    }
    note(connection, id, EventKind::Received, "", "", at).await?;
    Ok(TakenIn { id, number })
}

/// How many requests an account made since a moment, anonymous ones not among them.
pub(super) async fn asked_since(
    connection: &mut PgConnection,
    account: AccountId,
    since: OffsetDateTime,
) -> Result<i64, Failure> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from voice_request where account_id = $1 and received_at > $2"#,
        account.0,
        since
    );
    Ok(count.fetch_one(connection).await?)
}

/// Adds a picture to a request that is open; `false` where it has enough.
pub(super) async fn add_picture(
    connection: &mut PgConnection,
    request: &Locked<VoiceRequest>,
    jpeg: &[u8],
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into voice_picture (request_id, place, jpeg)
         select q.id, 1 + (select count(*)::smallint from voice_picture p where p.request_id = q.id), $2
         from voice_request q where q.id = $1 and q.stage in ('received', 'sent')
              and (select count(*) from voice_picture p where p.request_id = q.id) < $3",
        request.id.0,
        jpeg,
        i64::from(MOST_PICTURES)
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A picture of a request.
pub(super) async fn picture(
    connection: &mut PgConnection,
    id: VoiceRequestId,
    place: i16,
) -> Result<Option<Vec<u8>>, Failure> {
    let jpeg = sqlx::query_scalar!("select jpeg from voice_picture where request_id = $1 and place = $2", id.0, place);
    Ok(jpeg.fetch_optional(connection).await?)
}

/// Where a request is sent, and whether its title may be read meanwhile.
#[derive(Debug, Clone)]
pub(super) struct Sending {
    /// None: the receiving union answers itself.
    pub unit: Option<VoiceUnitId>,
    pub says: String,
    pub publish: bool,
}

/// Takes a request up and sends it to an office; `false` where somebody was faster.
pub(super) async fn take_up(
    connection: &mut PgConnection,
    acting: &Acting<VoiceHandler>,
    request: &Locked<VoiceRequest>,
    sending: &Sending,
    due_on: Date,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update voice_request set stage = 'sent', taken_up_at = $2, lead_unit_id = $3, unit_id = $3, due_on = $4,
                                  is_public = may_publish and $5
         where id = $1 and stage = 'received'
               and ($3::uuid is null or exists (select from voice_unit u where u.id = $3 and u.ended_at is null
                                                       and u.institution_id = voice_request.institution_id))",
        request.id.0,
        now,
        sending.unit.map(|id| id.0),
        due_on,
        sending.publish
    );
    if done.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(false);
    }
    note(connection, request.id, EventKind::Sent, &acting.office().label(), &sending.says, now).await?;
    Ok(true)
}

/// Sends a request on to another office; the day by which it is due and who was asked first stay. `false` where it is not
/// being handled any more.
pub(super) async fn send_on(
    connection: &mut PgConnection,
    acting: &Acting<VoiceHandler>,
    request: &Locked<VoiceRequest>,
    sending: &Sending,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update voice_request set unit_id = $2
         where id = $1 and stage = 'sent' and unit_id is distinct from $2
               and ($2::uuid is null or exists (select from voice_unit u where u.id = $2 and u.ended_at is null
                                                       and u.institution_id = voice_request.institution_id))",
        request.id.0,
        sending.unit.map(|id| id.0)
    );
    if done.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(false);
    }
    note(connection, request.id, EventKind::SentOn, &acting.office().label(), &sending.says, now).await?;
    Ok(true)
}

/// An answer about to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub ending: Ending,
    pub says: String,
    pub publish: bool,
}

/// Answers a request; `false` where somebody was faster.
pub(super) async fn answer(
    connection: &mut PgConnection,
    acting: &Acting<VoiceHandler>,
    request: &Locked<VoiceRequest>,
    answer: &Answer,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update voice_request set stage = 'answered', answer = $2, ending = $3, answered_at = $4,
                                  is_public = may_publish and $5
         where id = $1 and stage = 'sent'",
        request.id.0,
        answer.says,
        answer.ending.slug(),
        now,
        answer.publish
    );
    if done.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(false);
    }
    note(connection, request.id, EventKind::Answered, &acting.office().label(), &answer.says, now).await?;
    Ok(true)
}

/// The League committee's word on a request, to whoever handles it; `false` where it is closed.
pub(super) async fn instruct(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    request: &Locked<VoiceRequest>,
    says: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    if !request.stage.is_open() {
        return Ok(false);
    }
    note(connection, request.id, EventKind::Instructed, &acting.office().label(), says, now).await?;
    Ok(true)
}

/// Publishes what its author has not forbidden, or takes it back; `false` where nothing changes.
pub(super) async fn publish(
    connection: &mut PgConnection,
    request: &Locked<VoiceRequest>,
    publish: bool,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update voice_request set is_public = $2
         where id = $1 and is_public <> $2 and may_publish and stage in ('sent', 'answered', 'confirmed')",
        request.id.0,
        publish
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A student's word on an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub satisfaction: Satisfaction,
    pub remark: Option<String>,
}

/// Closes an answered request with its author's word; `false` where it is not answered.
pub(super) async fn confirm(
    connection: &mut PgConnection,
    request: &Locked<VoiceRequest>,
    word: &Word,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update voice_request set stage = 'confirmed', satisfaction = $2, remark = $3, confirmed_at = $4
         where id = $1 and stage = 'answered'",
        request.id.0,
        word.satisfaction.slug(),
        word.remark,
        now
    );
    if done.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(false);
    }
    note(connection, request.id, EventKind::Confirmed, "", word.satisfaction.label(), now).await?;
    Ok(true)
}

/// Sends the first answer back, with the day by which the next is due; `false` where it is not answered, or was sent back
/// before.
pub(super) async fn send_back(
    connection: &mut PgConnection,
    request: &Locked<VoiceRequest>,
    why: &str,
    due_on: Date,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update voice_request set stage = 'sent', turn = 2, answer = null, ending = null, answered_at = null, due_on = $2
         where id = $1 and stage = 'answered' and turn = 1",
        request.id.0,
        due_on
    );
    if done.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(false);
    }
    note(connection, request.id, EventKind::SentBack, "", why, now).await?;
    Ok(true)
}

/// What stands in the place of words that are gone.
const GONE: &str = "已撤回";

/// Withdraws an open request: its words and pictures go. `false` where it is answered.
pub(super) async fn withdraw(
    connection: &mut PgConnection,
    request: &Locked<VoiceRequest>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update voice_request set stage = 'withdrawn', title = $2, says = $2, place = '', is_public = false
         where id = $1 and stage in ('received', 'sent')",
        request.id.0,
        GONE
    );
    if done.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!("delete from voice_picture where request_id = $1", request.id.0).execute(&mut *connection).await?;
    sqlx::query!("update voice_event set says = '' where request_id = $1", request.id.0)
        .execute(&mut *connection)
        .await?;
    note(connection, request.id, EventKind::Withdrawn, "", "", now).await?;
    Ok(true)
}

/// Says that a public request concerns an account too; `false` where it said so before, or where it is its own.
pub(super) async fn support(
    connection: &mut PgConnection,
    request: &Locked<VoiceRequest>,
    account: AccountId,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into voice_support (request_id, account_id)
         select id, $2 from voice_request
         where id = $1 and is_public and stage in ('sent', 'answered') and account_id is distinct from $2
         on conflict do nothing",
        request.id.0,
        account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Who is told of an answer: the author, where they are known, and those whom it concerns too.
pub(super) async fn concerned(
    connection: &mut PgConnection,
    request: &Locked<VoiceRequest>,
) -> Result<Vec<StudentId>, Failure> {
    let students = sqlx::query_scalar!(
        r#"select a.student_id as "id!: StudentId" from account a
           where a.student_id is not null
                 and (a.id in (select account_id from voice_support where request_id = $1)
                      or a.id = (select account_id from voice_request where id = $1))"#,
        request.id.0
    );
    Ok(students.fetch_all(connection).await?)
}

/// The college whose union takes a request up.
pub(super) async fn college_of(
    connection: &mut PgConnection,
    request: &Locked<VoiceRequest>,
) -> Result<Option<CollegeId>, Failure> {
    let college =
        sqlx::query_scalar!(r#"select college_id as "id: CollegeId" from voice_request where id = $1"#, request.id.0);
    Ok(college.fetch_one(connection).await?)
}

/// The office of the portal that handles a request that is being handled; none where its unit is not in the portal.
pub(super) async fn handling_office(
    connection: &mut PgConnection,
    request: &Locked<VoiceRequest>,
) -> Result<Option<OfficeKind>, Failure> {
    let row = sqlx::query!(
        r#"select q.unit_id is null as "own!", u.office as "office?"
           from voice_request q left join voice_unit u on u.id = q.unit_id where q.id = $1"#,
        request.id.0
    )
    .fetch_one(connection)
    .await?;
    if row.own {
        return Ok(Some(request.receiver.office()));
    }
    Ok(row.office.map(|slug| slug.parse()).transpose()?)
}

/// How many requests are late at a desk, and how many are open.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Waiting {
    pub received: i64,
    pub sent: i64,
    pub late: Late,
    /// The first day on which something is due.
    pub due: Option<Date>,
}

/// What waits at a desk.
pub(super) async fn waiting(
    connection: &mut PgConnection,
    institution: InstitutionId,
    desk: Desk,
    now: OffsetDateTime,
) -> Result<Waiting, Failure> {
    let row = sqlx::query!(
        r#"select count(*) filter (where q.stage = 'received') as "received!",
                  count(*) filter (where q.stage = 'sent') as "sent!",
                  count(*) filter (where q.stage = 'received' and q.take_up_due < $5) as "late_take_up!",
                  count(*) filter (where q.stage = 'sent' and q.due_on < china_day($5)) as "late_answer!",
                  min(case when q.stage = 'received' then china_day(q.take_up_due) else q.due_on end) as due
           from voice_request q left join voice_unit u on u.id = q.unit_id left join voice_unit l on l.id = q.lead_unit_id
           where q.institution_id = $1 and q.stage in ('received', 'sent')
                 and ($2 = 'school_league' or q.receiver = $3 and q.college_id is not distinct from $4
                      or (u.office = $2 or l.office = $2) and ($4::uuid is null or q.college_id = $4))"#,
        institution.0,
        desk.kind.slug(),
        desk.receiver(),
        desk.college.map(|id| id.0),
        now
    )
    .fetch_one(connection)
    .await?;
    let late = Late { take_up: row.late_take_up, answer: row.late_answer };
    Ok(Waiting { received: row.received, sent: row.sent, late, due: row.due })
}

/// Answered requests that wait for an account's word.
pub(super) async fn to_confirm(connection: &mut PgConnection, account: AccountId) -> Result<i64, Failure> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from voice_request where account_id = $1 and stage = 'answered'"#,
        account.0
    );
    Ok(count.fetch_one(connection).await?)
}

/// The figures of a group of requests.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// What they have in common: an area's word, or an office's name.
    pub of: String,
    pub total: i64,
    pub open: i64,
    pub late: i64,
    pub answered: i64,
    /// Of the answered, after the day they were due.
    pub answered_late: i64,
    pub solved: i64,
    pub satisfied: i64,
    pub mostly: i64,
    pub dissatisfied: i64,
    /// Days from the request to the answer, on average.
    pub days: Option<f64>,
}

/// By what requests are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Area,
    /// The office that was asked first.
    Office,
}

/// The figures of what a desk sees, received since a day, by area or by office.
pub(super) async fn figures(
    connection: &mut PgConnection,
    institution: InstitutionId,
    desk: Desk,
    by: By,
    since: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<Vec<Figures>, Failure> {
    let rows = sqlx::query_as!(
        Figures,
        r#"select case when $6 then q.area
                       else coalesce(l.name, case q.receiver when 'school' then '校学生会' when 'graduate' then '校研究生会'
                                                  else c.name || '学生会' end) end as "of!",
                  count(*) as "total!", count(*) filter (where q.stage in ('received', 'sent')) as "open!",
                  count(*) filter (where q.stage = 'received' and q.take_up_due < $5
                                         or q.stage = 'sent' and q.due_on < china_day($5)) as "late!",
                  count(*) filter (where q.answer is not null) as "answered!",
                  count(*) filter (where china_day(q.answered_at) > q.due_on) as "answered_late!",
                  count(*) filter (where q.ending = 'solved') as "solved!",
                  count(*) filter (where q.satisfaction = 'satisfied') as "satisfied!",
                  count(*) filter (where q.satisfaction = 'mostly') as "mostly!",
                  count(*) filter (where q.satisfaction = 'dissatisfied') as "dissatisfied!",
                  (avg(extract(epoch from q.answered_at - q.received_at)) / 86400)::double precision as days
           from voice_request q left join voice_unit l on l.id = q.lead_unit_id left join voice_unit u on u.id = q.unit_id
                left join college c on c.id = q.college_id
           where q.institution_id = $1 and q.stage <> 'withdrawn' and q.received_at >= $7
                 and ($2 = 'school_league' or q.receiver = $3 and q.college_id is not distinct from $4
                      or (u.office = $2 or l.office = $2) and ($4::uuid is null or q.college_id = $4))
           group by 1 order by 2 desc, 1"#,
        institution.0,
        desk.kind.slug(),
        desk.receiver(),
        desk.college.map(|id| id.0),
        now,
        by == By::Area,
        since
    );
    Ok(rows.fetch_all(connection).await?)
}

/// How many open requests there are by how long they are open: up to a day, three, seven, longer.
pub(super) async fn ages(
    connection: &mut PgConnection,
    institution: InstitutionId,
    desk: Desk,
    now: OffsetDateTime,
) -> Result<[i64; 4], Failure> {
    let row = sqlx::query!(
        r#"select count(*) filter (where $5 - q.received_at < '1 day') as "day!",
                  count(*) filter (where $5 - q.received_at >= '1 day' and $5 - q.received_at < '3 days') as "three!",
                  count(*) filter (where $5 - q.received_at >= '3 days' and $5 - q.received_at < '7 days') as "week!",
                  count(*) filter (where $5 - q.received_at >= '7 days') as "longer!"
           from voice_request q left join voice_unit l on l.id = q.lead_unit_id left join voice_unit u on u.id = q.unit_id
           where q.institution_id = $1 and q.stage in ('received', 'sent')
                 and ($2 = 'school_league' or q.receiver = $3 and q.college_id is not distinct from $4
                      or (u.office = $2 or l.office = $2) and ($4::uuid is null or q.college_id = $4))"#,
        institution.0,
        desk.kind.slug(),
        desk.receiver(),
        desk.college.map(|id| id.0),
        now
    )
    .fetch_one(connection)
    .await?;
    Ok([row.day, row.three, row.week, row.longer])
}
