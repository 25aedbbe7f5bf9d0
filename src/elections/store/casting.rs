//! SQL of casting: the roll, the envelopes, and how many there are.

use sqlx::{PgConnection, types::Uuid};
use time::OffsetDateTime;

use crate::{
    auth::person::{Scope, SignedIn},
    elections::{sitting::Stage, turnout::Cell},
    failure::Failure,
    ids::{AccountId, ClassId, CollegeId, InstitutionId, SittingId, StudentId},
    office::OfficeKind,
    text::percent,
    words::words,
};

/// By what somebody votes: the hash of a session's token, or of a slip's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    Session(Vec<u8>),
    Slip(Vec<u8>),
}

impl Credential {
    fn session(&self) -> Option<&[u8]> {
        match self {
            Self::Session(hash) => Some(hash),
            Self::Slip(_) => None,
        }
    }

    fn slip(&self) -> Option<&[u8]> {
        match self {
            Self::Session(_) => None,
            Self::Slip(hash) => Some(hash),
        }
    }
}

/// Somebody on a roll.
#[derive(Debug, Clone)]
pub struct Voter {
    pub institution: InstitutionId,
    /// Their place on the roll.
    pub place: i32,
    /// The contests in which they vote, by ordinal.
    pub contests: Vec<i16>,
    /// A paper ballot was issued to them.
    pub on_paper: bool,
    /// When their envelope came, if one is there.
    pub cast_at: Option<OffsetDateTime>,
    /// When their password was last reset while they could vote.
    pub reset_at: Option<OffsetDateTime>,
    /// The slip that was noted under their name.
    pub slip: Option<i32>,
}

/// The voter who holds that session or slip; none where they are not on the roll.
pub async fn voter(
    connection: &mut PgConnection,
    sitting: SittingId,
    credential: &Credential,
    now: OffsetDateTime,
) -> Result<Option<Voter>, Failure> {
    // Two statements, each by its own index: one that asks for either would look through the whole roll.
    let row = match credential {
        Credential::Session(hash) => {
            let row = sqlx::query_as!(
                Voter,
                r#"select v.institution_id as "institution!: InstitutionId", v.place as "place!",
                          v.contests as "contests!", v.on_paper as "on_paper!", v.cast_at, v.reset_at,
                          v.slip
                   from session s join account a on a.id = s.account_id
                        join voter_standing v on v.sitting_id = $1 and v.student_id = a.student_id
                   where s.token_hash = $2 and s.expires_at > $3 and not s.awaits_factor and a.disabled_at is null
                         and (s.by_campus or not a.must_change_password)"#,
                sitting.0,
                hash,
                now
            );
            row.fetch_optional(connection).await?
        }
        Credential::Slip(hash) => {
            let row = sqlx::query_as!(
                Voter,
                r#"select v.institution_id as "institution!: InstitutionId", v.place as "place!",
                          v.contests as "contests!", v.on_paper as "on_paper!", v.cast_at, v.reset_at,
                          v.slip
                   from slip p join voter_standing v on v.sitting_id = p.sitting_id and v.place = p.voter
                   where p.sitting_id = $1 and p.code_hash = $2 and p.voided_at is null"#,
                sitting.0,
                hash
            );
            row.fetch_optional(connection).await?
        }
    };
    Ok(row)
}

/// What a cast needs to know of its voter before it is sealed.
#[derive(Debug, Clone)]
pub struct Place {
    pub institution: InstitutionId,
    /// Their place on the roll.
    pub place: i32,
    /// The contests in which they vote, by ordinal.
    pub contests: Vec<i16>,
}

impl From<&Voter> for Place {
    fn from(voter: &Voter) -> Self {
        Self { institution: voter.institution, place: voter.place, contests: voter.contests.clone() }
    }
}

/// The places of those who hold these sessions, in their order: one statement for many who cast at once.
pub async fn places(
    connection: &mut PgConnection,
    asked: &[(SittingId, Vec<u8>)],
    now: OffsetDateTime,
) -> Result<Vec<Option<Place>>, Failure> {
    let sittings: Vec<Uuid> = asked.iter().map(|(sitting, _)| sitting.0).collect();
    let sessions: Vec<&[u8]> = asked.iter().map(|(_, session)| session.as_slice()).collect();
    // Behind a select the planner does not know how many there are: it plans once for all batches. Otherwise it plans for
    // each, which takes eight times as long as finding one voter.
    let rows = sqlx::query!(
        r#"select u.ord as "ord!", a.institution_id as "institution: InstitutionId", v.place, v.contests
           from unnest((select $1::uuid[]), (select $2::bytea[])) with ordinality as u(sitting, session, ord)
                join session s on s.token_hash = u.session and s.expires_at > $3 and not s.awaits_factor
                join account a on a.id = s.account_id and a.disabled_at is null
                     and (s.by_campus or not a.must_change_password)
                join voter v on v.sitting_id = u.sitting and v.student_id = a.student_id"#,
        &sittings,
        &sessions as &[&[u8]],
        now
    )
    .fetch_all(connection)
    .await?;
    let mut places: Vec<Option<Place>> = asked.iter().map(|_| None).collect();
    for row in rows {
        let ord = usize::try_from(row.ord - 1).map_err(anyhow::Error::new)?;
        if let Some(place) = places.get_mut(ord) {
            *place = Some(Place { institution: row.institution, place: row.place, contests: row.contests });
        }
    }
    Ok(places)
}

/// The sitting that a slip opens, until it is void.
pub async fn sitting_of_slip(
    connection: &mut PgConnection,
    code_hash: &[u8],
) -> Result<Option<(SittingId, InstitutionId)>, Failure> {
    let row = sqlx::query!(
        r#"select p.sitting_id as "sitting: SittingId", t.institution_id as "institution: InstitutionId"
           from slip p join sitting t on t.id = p.sitting_id where p.code_hash = $1 and p.voided_at is null"#,
        code_hash
    );
    Ok(row.fetch_optional(connection).await?.map(|row| (row.sitting, row.institution)))
}

/// An envelope on its way in.
#[derive(Debug, Clone)]
pub struct CastRequest {
    pub sitting: SittingId,
    pub voter: i32,
    /// By what they vote.
    pub credential: Credential,
    pub sealed: Vec<u8>,
    pub mac: Vec<u8>,
}

impl CastRequest {
    /// What two casts share that cannot stand in one statement.
    #[must_use]
    pub fn key(&self) -> (SittingId, i32) {
        (self.sitting, self.voter)
    }
}

/// What became of a cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CastAnswer {
    /// It is in, and replaces an earlier one.
    Taken,
    /// The sitting takes no votes at this moment.
    Closed,
    /// The session has ended, the slip is void, or it is another's place.
    Stranger,
    /// A paper ballot was issued.
    OnPaper,
    /// There is one already, and this sitting allows no second.
    Again,
}

/// Takes a batch of casts in one statement; no voter twice.
///
/// # Errors
/// Where the database fails; then none of them is in.
pub async fn cast(
    connection: &mut PgConnection,
    asked: &[CastRequest],
    now: OffsetDateTime,
) -> Result<Vec<CastAnswer>, Failure> {
    let sittings: Vec<Uuid> = asked.iter().map(|one| one.sitting.0).collect();
    let voters: Vec<i32> = asked.iter().map(|one| one.voter).collect();
    let sessions: Vec<Option<&[u8]>> = asked.iter().map(|one| one.credential.session()).collect();
    let slips: Vec<Option<&[u8]>> = asked.iter().map(|one| one.credential.slip()).collect();
    let ballots: Vec<&[u8]> = asked.iter().map(|one| one.sealed.as_slice()).collect();
    let macs: Vec<&[u8]> = asked.iter().map(|one| one.mac.as_slice()).collect();
    let rows = sqlx::query!(
        r#"select opened as "opened!", stands as "stands!", on_paper as "on_paper!", taken as "taken!"
           from cast_ballots($1, $2, $3, $4, $5, $6, $7) order by place"#,
        &sittings,
        &voters,
        &sessions as &[Option<&[u8]>],
        &slips as &[Option<&[u8]>],
        &ballots as &[&[u8]],
        &macs as &[&[u8]],
        now
    )
    .fetch_all(connection)
    .await?;
    let answer = |opened, stands, on_paper, taken| match (opened, stands, on_paper, taken) {
        (_, _, _, true) => CastAnswer::Taken,
        (false, ..) => CastAnswer::Closed,
        (_, false, ..) => CastAnswer::Stranger,
        (_, _, true, _) => CastAnswer::OnPaper,
        _ => CastAnswer::Again,
    };
    Ok(rows.into_iter().map(|row| answer(row.opened, row.stands, row.on_paper, row.taken)).collect())
}

/// A sitting as one of its voters sees it.
#[derive(Debug)]
pub struct VoterSitting {
    pub id: SittingId,
    pub title: String,
    pub stage: Stage,
    pub opens_at: OffsetDateTime,
    pub closes_at: OffsetDateTime,
    pub closed_at: Option<OffsetDateTime>,
    /// The titles of the contests in which they vote.
    pub contests: String,
    /// They have voted: their envelope is there, or it was counted.
    pub voted: bool,
    /// When, while the envelope is there.
    pub cast_at: Option<OffsetDateTime>,
    pub on_paper: bool,
}

impl VoterSitting {
    /// It was closed before the announced end.
    #[must_use]
    pub fn closed_early(&self) -> bool {
        self.closed_at.is_some_and(|at| at < self.closes_at)
    }

    /// When it closed, or will.
    #[must_use]
    pub fn ends(&self) -> &OffsetDateTime {
        self.closed_at.as_ref().unwrap_or(&self.closes_at)
    }
}

/// The sittings on whose frozen roll a student stands, and those announced in which they will.
pub async fn voter_sittings(
    connection: &mut PgConnection,
    institution: InstitutionId,
    student: StudentId,
    now: OffsetDateTime,
) -> Result<Vec<VoterSitting>, Failure> {
    let rows = sqlx::query!(
        r#"select t.id as "id!: SittingId", t.title as "title!", t.stage as "stage!", t.opens_at as "opens_at!",
                  t.closes_at as "closes_at!", t.closed_at, m.contests as "contests!", m.voted as "voted!", m.cast_at,
                  m.on_paper as "on_paper!"
           from sitting t join (
               select v.sitting_id, e.voter is not null or h.voter is not null as voted, e.cast_at,
                      v.paper_at is not null as on_paper,
                      (select string_agg(c.title, '、' order by c.ordinal) from contest c
                       where c.sitting_id = v.sitting_id and c.ordinal = any (v.contests)) as contests
               from voter v left join envelope e on e.sitting_id = v.sitting_id and e.voter = v.place
                    left join has_voted h on h.sitting_id = v.sitting_id and h.voter = v.place
               where v.student_id = $2
               union all
               select t.id, false, null, false, string_agg(c.title, '、' order by c.ordinal)
               from sitting t join contest c on c.sitting_id = t.id
                    join student s on s.id = $2 join class k on k.id = s.class_id join major m on m.id = k.major_id
               where t.institution_id = $1 and t.stage in ('announced', 'rehearsed') and t.closes_at > $3
                     and case c.body when 'college' then m.college_id = c.college_id
                         when 'congress' then exists (select from contest_person p
                                                      where p.contest_id = c.id and p.student_id = $2)
                         else s.class_id = any (c.class_ids) end
               group by t.id
           ) m on m.sitting_id = t.id
           where t.institution_id = $1
           order by t.stage <> 'open', t.closes_at desc limit 100"#,
        institution.0,
        student.0,
        now
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(VoterSitting {
                id: row.id,
                title: row.title,
                stage: row.stage.parse()?,
                opens_at: row.opens_at,
                closes_at: row.closes_at,
                closed_at: row.closed_at,
                contests: row.contests,
                voted: row.voted,
                cast_at: row.cast_at,
                on_paper: row.on_paper,
            })
        })
        .collect()
}

/// How many have voted in a part of a sitting.
#[derive(Debug, Clone)]
pub struct Turnout {
    /// The part: a contest or a class.
    pub label: String,
    pub due: i64,
    pub cast: i64,
    pub paper: i64,
}

impl Turnout {
    /// All who have voted.
    #[must_use]
    pub fn voted(&self) -> i64 {
        self.cast + self.paper
    }

    /// The share as a percentage.
    #[must_use]
    pub fn percent(&self) -> String {
        percent(self.voted().unsigned_abs(), self.due.unsigned_abs())
    }

    /// The share of a bar so long.
    #[must_use]
    pub fn length(&self, whole: i64) -> i64 {
        self.voted() * whole / self.due.max(1)
    }
}

/// How many have voted in a sitting and in each of its contests: the whole first, under no label.
pub async fn turnout(connection: &mut PgConnection, sitting: SittingId) -> Result<Vec<Turnout>, Failure> {
    let rows = sqlx::query_as!(
        Turnout,
        r#"with stands as (
               select v.contests, v.paper_at is not null as paper, e.voter is not null or h.voter is not null as sent
               from voter v left join envelope e on e.sitting_id = v.sitting_id and e.voter = v.place
                    left join has_voted h on h.sitting_id = v.sitting_id and h.voter = v.place
               where v.sitting_id = $1
           )
           select coalesce(c.title, '') as "label!", count(*) as "due!", count(*) filter (where s.sent) as "cast!",
                  count(*) filter (where s.paper) as "paper!"
           from (select null::smallint as ordinal, sent, paper from stands
                 union all select unnest(contests), sent, paper from stands) s
                left join contest c on c.sitting_id = $1 and c.ordinal = s.ordinal
           group by s.ordinal, c.title order by s.ordinal nulls first"#,
        sitting.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// How many have voted among those of one class who vote in the same contests, in the order of colleges and classes:
/// numbers and never names.
pub async fn turnout_cells(connection: &mut PgConnection, sitting: SittingId) -> Result<Vec<Cell>, Failure> {
    let rows = sqlx::query_as!(
        Cell,
        r#"select m.college_id as "college: CollegeId", k.id as "class: ClassId", k.name as label, v.contests,
                  count(*) as "due!",
                  count(*) filter (where e.voter is not null or h.voter is not null) as "cast!",
                  count(*) filter (where v.paper_at is not null) as "paper!"
           from voter v join class k on k.id = v.class_id join major m on m.id = k.major_id
                join college c on c.id = m.college_id
                left join envelope e on e.sitting_id = v.sitting_id and e.voter = v.place
                left join has_voted h on h.sitting_id = v.sitting_id and h.voter = v.place
           where v.sitting_id = $1
           group by m.college_id, k.id, c.id, v.contests
           order by c.place, c.name, k.entry_year desc, k.name, v.contests"#,
        sitting.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The sittings whose turnout an office sees: open or over, and in which somebody of its college or class votes.
pub async fn sittings_with_turnout(
    connection: &mut PgConnection,
    scope: &Scope,
    kind: OfficeKind,
) -> Result<Vec<SittingId>, Failure> {
    let ids = sqlx::query_scalar!(
        r#"select t.id as "id: SittingId" from sitting t
           where t.institution_id = $1 and t.opened_at is not null and t.voided_at is null
                 and (not $2 or t.college_id = $3 or exists (
                     select from voter v join class k on k.id = v.class_id join major m on m.id = k.major_id
                     where v.sitting_id = t.id and ($4::uuid is null or v.class_id = $4)
                           and ($3::uuid is null or m.college_id = $3)))
           order by t.opens_at desc limit 50"#,
        scope.institution.0,
        matches!(
            kind,
            OfficeKind::ClassBranch | OfficeKind::CollegeLeague | OfficeKind::CollegeParty | OfficeKind::CollegeUnion
        ),
        scope.college.map(|id| id.0),
        scope.class.map(|id| id.0)
    );
    Ok(ids.fetch_all(connection).await?)
}

/// What became of a voter's password while they could vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordEvent {
    /// It was taken away, and another set by a code; or another user of the university's server came in the voter's name.
    Reset,
    /// The first one was set by a code.
    First,
}

impl PasswordEvent {
    fn slug(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::First => "first",
        }
    }
}

/// Notes what became of an account's password, by whom, in the sittings in which its student can vote. Gives how many those
/// are.
pub async fn note_reset(
    connection: &mut PgConnection,
    account: AccountId,
    by: Option<AccountId>,
    event: PasswordEvent,
    now: OffsetDateTime,
) -> Result<u64, Failure> {
    let done = sqlx::query!(
        "insert into voter_reset (sitting_id, voter, at, by_account, kind)
         select v.sitting_id, v.place, $3, $2, $4 from account a join voter v on v.student_id = a.student_id
              join sitting t on t.id = v.sitting_id
         where a.id = $1 and t.stage = 'open' and t.closes_at > $3",
        account.0,
        by.map(|id| id.0),
        now,
        event.slug()
    );
    Ok(done.execute(connection).await?.rows_affected())
}

/// How many voters of each class got their first password by a code since a sitting was opened.
pub async fn firsts_by_class(connection: &mut PgConnection, sitting: SittingId) -> Result<Vec<ClassFirsts>, Failure> {
    let rows = sqlx::query_as!(
        ClassFirsts,
        r#"select k.name as class, count(*) as "firsts!", max(r.at) as "last!"
           from voter_reset r join voter v on v.sitting_id = r.sitting_id and v.place = r.voter
                join class k on k.id = v.class_id
           where r.sitting_id = $1 and r.kind = 'first' group by k.id order by max(r.at) desc"#,
        sitting.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A class in which codes were used while votes are cast.
#[derive(Debug)]
pub struct ClassFirsts {
    pub class: String,
    pub firsts: i64,
    /// When the last one was.
    pub last: OffsetDateTime,
}

/// An open sitting on whose roll a class stands and that an office keeps (a college's office those of its college, a
/// school's all), by title: with fresh codes it could vote in the voters' places.
pub async fn kept_with_class(
    connection: &mut PgConnection,
    class: ClassId,
    college: Option<CollegeId>,
    now: OffsetDateTime,
) -> Result<Option<String>, Failure> {
    let title = sqlx::query_scalar!(
        "select t.title from sitting t
         where t.stage = 'open' and t.closes_at > $3 and ($2::uuid is null or t.college_id = $2)
               and exists (select from voter v where v.sitting_id = t.id and v.class_id = $1)
         order by t.opened_at limit 1",
        class.0,
        college.map(|id| id.0),
        now
    );
    Ok(title.fetch_optional(connection).await?)
}

/// An open sitting in which the account's student stands, by title: whoever stands neither resets passwords nor hands out
/// codes while votes are cast.
pub async fn stands_now(
    connection: &mut PgConnection,
    account: AccountId,
    now: OffsetDateTime,
) -> Result<Option<String>, Failure> {
    let title = sqlx::query_scalar!(
        "select t.title from account a join candidate d on d.student_id = a.student_id
              join contest c on c.id = d.contest_id join sitting t on t.id = c.sitting_id
         where a.id = $1 and t.stage = 'open' and t.closes_at > $2 limit 1",
        account.0,
        now
    );
    Ok(title.fetch_optional(connection).await?)
}

words! {
    /// What somebody is to do in a sitting, with the words of their list.
    Duty:
    Vote = "vote", "投票";
    MakeKey = "key", "生成监票口令";
    Rehearse = "rehearsal", "输入监票口令演练";
    Count = "count", "输入监票口令开票";
    AgreeAdmission = "admission", "商定补登选民";
    ConfirmNames = "names", "确认另选他人";
    AgreeVoid = "void", "商定是否作废";
    AgreeClose = "close", "商定是否提前截止";
    Open = "open", "开启投票";
    Report = "report", "核对计票、生成监票报告";
}

/// What waits for somebody in elections: votes to cast, a monitor's part, and sittings that their office has in charge.
#[derive(Debug)]
pub struct Waiting {
    pub duty: Duty,
    pub id: SittingId,
    pub title: String,
    pub until: OffsetDateTime,
}

/// What waits for a person. `keeps` is given for an office that keeps sittings: of the school, or of a college.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    keeps: Option<Option<CollegeId>>,
    now: OffsetDateTime,
) -> Result<Vec<Waiting>, Failure> {
    let rows = sqlx::query!(
        r#"select 'vote' as "what!", t.id as "id!: SittingId", t.title as "title!", t.closes_at as "until!"
           from voter v join sitting t on t.id = v.sitting_id
           where v.student_id = $3 and t.stage = 'open' and t.opens_at <= $4 and $4 < t.closes_at and v.paper_at is null
                 and not exists (select from envelope e where e.sitting_id = v.sitting_id and e.voter = v.place)
           union all
           select case when t.stage = 'closed' then 'count' when m.public_key is null then 'key' else 'rehearsal' end,
                  t.id, t.title, t.opens_at
           from monitor m join sitting t on t.id = m.sitting_id
           where m.account_id = $2
                 and (t.stage = 'closed'
                      or (t.stage in ('draft', 'announced') and m.public_key is null
                          or t.stage = 'announced' and t.rehearsal_key is not null and m.proved_at is null)
                         and not exists (select from student s where s.id = $3 and s.left_on <= china_day($4)))
           union all
           select 'admission', t.id, t.title, t.closes_at
           from monitor m join sitting t on t.id = m.sitting_id
           where m.account_id = $2 and t.stage = 'open' and $4 < t.closes_at and exists (
                     select from admission d where d.sitting_id = t.id and d.agreed_by is null and d.asked_by <> $2)
           union all
           select 'names', t.id, t.title, t.counted_at
           from monitor m join sitting t on t.id = m.sitting_id
           where m.account_id = $2 and t.stage = 'counted' and exists (
                     select from written_in_match n join contest c on c.id = n.contest_id
                     where c.sitting_id = t.id and n.agreed_by is null and n.asked_by <> $2)
           union all
           select 'void', t.id, t.title, t.void_asked_at
           from monitor m join sitting t on t.id = m.sitting_id
           where m.account_id = $2 and t.void_asked_at is not null and t.voided_at is null and t.void_asked_by <> $2
           union all
           select 'close', t.id, t.title, t.closes_at
           from monitor m join sitting t on t.id = m.sitting_id
           where m.account_id = $2 and t.stage = 'open' and $4 < t.closes_at and t.close_asked_by <> $2
           union all
           select case t.stage when 'rehearsed' then 'open' else 'report' end, t.id, t.title, t.opens_at
           from sitting t
           where t.institution_id = $1 and $5 and t.college_id is not distinct from $6 and (
                     t.stage = 'rehearsed' and t.opens_at - interval '1 day' <= $4 or t.stage = 'counted')
           order by 4"#,
        person.institution.0,
        person.account.0,
        person.student.map(|id| id.0),
        now,
        keeps.is_some(),
        keeps.flatten().map(|id| id.0)
    );
    let waiting = rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(|row| anyhow::Ok(Waiting { duty: row.what.parse()?, id: row.id, title: row.title, until: row.until }));
    Ok(waiting.collect::<anyhow::Result<_>>()?)
}
