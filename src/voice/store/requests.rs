//! SQL of requests: which there are, and how one is made.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    auth::{
        acting::Acting,
        person::{Held, SignedIn},
    },
    database::Locked,
    failure::Failure,
    ids::{AccountId, CollegeId, InstitutionId, StudentId, VoiceRequestId},
    office::OfficeKind,
    page::paging::RowRange,
    rules::voice::{AdmittedRequest, Area, Stage},
    voice::{
        VoiceHandler,
        request::{Event, EventKind, Identity, MOST_PICTURES, Receiver, VoiceRequest},
    },
};

/// Whose requests an office sees: a union its own, the school's League committee all, an answering office what was sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::voice) struct VoiceDesk {
    pub(super) kind: OfficeKind,
    pub(super) college: Option<CollegeId>,
}

impl VoiceDesk {
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
    pub(super) fn receiver(self) -> Option<&'static str> {
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
pub(in crate::voice) struct RequestFilter {
    pub one: Option<VoiceRequestId>,
    /// Those that an office sees.
    pub desk: Option<VoiceDesk>,
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
pub(in crate::voice) async fn requests(
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
        desk.and_then(VoiceDesk::receiver),
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
pub(in crate::voice) async fn one(
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
pub(in crate::voice) async fn lock(
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
pub(in crate::voice) async fn coded(
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
pub(in crate::voice) async fn events(connection: &mut PgConnection, id: VoiceRequestId) -> Result<Vec<Event>, Failure> {
    let rows = sqlx::query!("select kind, at, office, says from voice_event where request_id = $1 order by seq", id.0)
        .fetch_all(connection)
        .await?;
    let event = |kind: &str, at, office, says| Ok(Event { kind: kind.parse::<EventKind>()?, at, office, says });
    Ok(rows.into_iter().map(|row| event(&row.kind, row.at, row.office, row.says)).collect::<anyhow::Result<_>>()?)
}

/// Notes what was done. `office` is empty for the student.
pub(super) async fn note(
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
pub(in crate::voice) struct AskingStudent {
    pub enrolled: bool,
    pub is_graduate: bool,
    pub college: CollegeId,
    pub has_graduate_union: bool,
    pub has_college_union: bool,
}

/// What is known of a student who asks.
pub(in crate::voice) async fn asking(
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
pub(in crate::voice) struct NewRequest {
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
pub(in crate::voice) struct TakenIn {
    pub id: VoiceRequestId,
    pub number: i32,
}

/// Takes a request in, as the rule has passed. Of an anonymous one neither account nor minute is kept.
pub(in crate::voice) async fn ask(
    connection: &mut PgConnection,
    person: &SignedIn,
    asked: AdmittedRequest,
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
pub(in crate::voice) async fn asked_since(
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
pub(in crate::voice) async fn add_picture(
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
pub(in crate::voice) async fn picture(
    connection: &mut PgConnection,
    id: VoiceRequestId,
    place: i16,
) -> Result<Option<Vec<u8>>, Failure> {
    let jpeg = sqlx::query_scalar!("select jpeg from voice_picture where request_id = $1 and place = $2", id.0, place);
    Ok(jpeg.fetch_optional(connection).await?)
}
