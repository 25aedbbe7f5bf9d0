//! SQL of proposals.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::proposal::{Proposal, Reply, Right, Seconder, Settings};
use crate::{
    auth::person::SignedIn,
    congress::congress::Congress,
    database::Locked,
    failure::Failure,
    ids::{AccountId, CongressId, DelegateId, InstitutionId, ProposalId, StudentId},
    rules::proposal::{Ground, HandedIn, Matter, Satisfaction, Stage},
};

/// How a congress takes proposals; none where that is not settled.
pub async fn settings(connection: &mut PgConnection, congress: CongressId) -> Result<Option<Settings>, Failure> {
    let row = sqlx::query!("select closes_on, seconders from congress_proposals where congress_id = $1", congress.0)
        .fetch_optional(connection)
        .await?;
    let settings =
        |closes_on, seconders: i16| Settings { closes_on, seconders: u32::try_from(seconders).unwrap_or(u32::MAX) };
    Ok(row.map(|row| settings(row.closes_on, row.seconders)))
}

/// How many proposals handed in stand before a congress, and how far they are.
#[derive(Debug, Clone, Copy)]
pub struct ProposalCounts {
    pub all: i64,
    pub open: i64,
    /// Those of which the reply is late.
    pub late: i64,
}

/// Counts what [`list`] lists before a congress; none of their texts is read for it.
pub async fn counts(
    connection: &mut PgConnection,
    congress: CongressId,
    today: Date,
) -> Result<ProposalCounts, Failure> {
    let open: Vec<String> =
        Stage::ALL.iter().filter(|stage| stage.is_open()).map(|stage| stage.slug().to_owned()).collect();
    let counts = sqlx::query_as!(
        ProposalCounts,
        r#"select count(*) as "all!", count(*) filter (where p.stage = any($2)) as "open!",
                  count(*) filter (where p.stage = $3 and p.due_on < $4) as "late!"
           from proposal p
           where (p.carried_to = $1 or p.congress_id = $1 and p.carried_to is null) and p.number is not null"#,
        congress.0,
        &open,
        Stage::Assigned.slug(),
        today
    );
    Ok(counts.fetch_one(connection).await?)
}

/// Settles how a congress takes proposals.
pub async fn set(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    settings: Settings,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into congress_proposals (congress_id, closes_on, seconders, opened_at, opened_by)
         values ($1, $2, $3, $4, $5)
         on conflict (congress_id) do update set closes_on = $2, seconders = $3",
        congress.id.0,
        settings.closes_on,
        i16::try_from(settings.seconders).unwrap_or(i16::MAX),
        now,
        person.account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Where a student may propose on a day.
pub async fn rights(connection: &mut PgConnection, student: StudentId, today: Date) -> Result<Vec<Right>, Failure> {
    let rows = sqlx::query!(
        r#"select d.congress_id as "congress: CongressId", d.id as "delegate: DelegateId", p.closes_on, p.seconders,
                  coalesce(c.name, '学校') || g.ordinal || case when g.of_all then '全体学生大会'
                      when u.kind = 'graduate' then '研究生代表大会' else '学生代表大会' end as "title!"
           from delegate d join congress_proposals p on p.congress_id = d.congress_id
                join congress g on g.id = d.congress_id join student_union u on u.id = g.union_id
                left join college c on c.id = u.college_id
           where d.student_id = $1 and d.ended_on is null and d.standing <> 'substitute' and p.closes_on >= $2
                 and g.stage <> 'called_off'
           order by p.closes_on"#,
        student.0,
        today
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Right {
            congress: row.congress,
            congress_title: row.title,
            delegate: row.delegate,
            settings: Settings {
                closes_on: row.closes_on,
                seconders: u32::try_from(row.seconders).unwrap_or(u32::MAX),
            },
        })
        .collect())
}

/// Which proposals are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProposalFilter {
    pub one: Option<ProposalId>,
    /// Those handed in that stand before a congress.
    pub before: Option<CongressId>,
    /// Those of a student, and those that they were asked to second.
    pub of: Option<StudentId>,
    /// Those that every student may read.
    pub public: bool,
    /// Those that somebody answers for an office.
    pub answered_by: Option<AccountId>,
}

impl ProposalFilter {
    #[must_use]
    pub fn before(congress: CongressId) -> Self {
        Self { before: Some(congress), ..Self::default() }
    }
}

/// The proposals of a university, newest congress first, by number; at most 500.
pub async fn list(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: ProposalFilter,
) -> Result<Vec<Proposal>, Failure> {
    let rows = sqlx::query!(
        r#"select p.id as "id: ProposalId", p.congress_id as "congress: CongressId",
                  coalesce(p.carried_to, p.congress_id) as "before!: CongressId",
                  coalesce(c.name, '学校') || g.ordinal || case when g.of_all then '全体学生大会'
                      when u.kind = 'graduate' then '研究生代表大会' else '学生代表大会' end as "congress_title!", p.number,
                  d.student_id as "lead: StudentId", s.name as lead_name, coalesce(t.name, '') as "delegation!", p.matter,
                  p.title, p.cause, p.advice, p.stage, p.submitted_at, p.refused_for, p.screening,
                  p.joined_to as "joined_to: ProposalId", p.office, p.handler_id as "handler: AccountId",
                  h.name as "handler_name?", p.due_on, p.turn
           from proposal p left join account h on h.id = p.handler_id join congress g on g.id = p.congress_id join student_union u on u.id = g.union_id
                left join college c on c.id = u.college_id join delegate d on d.id = p.lead_id
                join student s on s.id = d.student_id left join congress_delegation t on t.id = d.delegation_id
           where g.institution_id = $1 and ($2::uuid is null or p.id = $2)
                 and ($3::uuid is null or coalesce(p.carried_to, p.congress_id) = $3 and p.number is not null)
                 and ($4::uuid is null or p.stage <> 'withdrawn' and (d.student_id = $4 or exists (
                     select from proposal_seconder n join delegate a on a.id = n.delegate_id
                     where n.proposal_id = p.id and a.student_id = $4)))
                 and (not $5 or p.stage in ('accepted', 'joined', 'assigned', 'replied', 'closed'))
                 and ($6::uuid is null or p.handler_id = $6 and p.stage in ('assigned', 'replied', 'closed'))
           order by g.academic_year desc, g.created_at desc, p.number, p.created_at limit 500"#,
        institution.0,
        filter.one.map(|id| id.0),
        filter.before.map(|id| id.0),
        filter.of.map(|id| id.0),
        filter.public,
        filter.answered_by.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| {
        Ok(Proposal {
            id: row.id,
            congress: row.congress,
            before: row.before,
            congress_title: row.congress_title,
            number: row.number,
            lead: row.lead,
            lead_name: row.lead_name,
            delegation: row.delegation,
            matter: row.matter.parse()?,
            title: row.title,
            cause: row.cause,
            advice: row.advice,
            stage: row.stage.parse()?,
            submitted_at: row.submitted_at,
            refused_for: row.refused_for.map(|ground| ground.parse()).transpose()?,
            screening: row.screening,
            joined_to: row.joined_to,
            office: row.office,
            handler: row.handler,
            handler_name: row.handler_name,
            due_on: row.due_on,
            turn: row.turn,
        })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// One proposal of a university.
pub async fn find(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: ProposalId,
) -> Result<Option<Proposal>, Failure> {
    Ok(list(connection, institution, ProposalFilter { one: Some(id), ..ProposalFilter::default() }).await?.pop())
}

/// A proposal as it is now, locked until the end of the transaction.
///
/// # Errors
/// [`Failure::Missing`] where there is none.
pub async fn lock(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: ProposalId,
) -> Result<Locked<Proposal>, Failure> {
    sqlx::query!("select id from proposal where id = $1 for update", id.0).fetch_optional(&mut *connection).await?;
    find(connection, institution, id).await?.map(Locked::new).ok_or(Failure::Missing)
}

/// The seconders of a proposal, those who agreed first.
pub async fn seconders(connection: &mut PgConnection, id: ProposalId) -> Result<Vec<Seconder>, Failure> {
    let rows = sqlx::query_as!(
        Seconder,
        r#"select d.student_id as "student: StudentId", s.name, c.name as college, n.agreed
           from proposal_seconder n join delegate d on d.id = n.delegate_id join student s on s.id = d.student_id
                join class k on k.id = s.class_id join major m on m.id = k.major_id join college c on c.id = m.college_id
           where n.proposal_id = $1 order by n.agreed desc nulls last, n.asked_at"#,
        id.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The replies to a proposal, the first one first.
pub async fn replies(connection: &mut PgConnection, id: ProposalId) -> Result<Vec<Reply>, Failure> {
    let rows = sqlx::query!(
        "select turn, office, replied_on, says, satisfaction, remark from proposal_reply where proposal_id = $1 order by turn",
        id.0
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| {
        Ok(Reply {
            turn: row.turn,
            office: row.office,
            replied_on: row.replied_on,
            says: row.says,
            satisfaction: row.satisfaction.map(|word| word.parse()).transpose()?,
            remark: row.remark,
        })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// What a proposal says.
#[derive(Debug, Clone)]
pub struct ProposalText {
    pub matter: Matter,
    pub title: String,
    pub cause: String,
    pub advice: String,
}

/// Keeps a new draft.
pub async fn draft(
    connection: &mut PgConnection,
    right: &Right,
    text: &ProposalText,
    now: OffsetDateTime,
) -> Result<ProposalId, Failure> {
    let id = ProposalId::random();
    sqlx::query!(
        "insert into proposal (id, congress_id, lead_id, matter, title, cause, advice, stage, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'draft', $8)",
        id.0,
        right.congress.0,
        right.delegate.0,
        text.matter.slug(),
        text.title,
        text.cause,
        text.advice,
        now
    )
    .execute(connection)
    .await?;
    Ok(id)
}

/// Changes a draft; who had seconded it is asked again. `false` where it is none any more.
pub async fn rewrite(
    connection: &mut PgConnection,
    proposal: &Locked<Proposal>,
    text: &ProposalText,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "with changed as (
             update proposal set matter = $2, title = $3, cause = $4, advice = $5 where id = $1 and stage = 'draft'
             returning id
         ), again as (
             update proposal_seconder n set agreed = null, answered_at = null from changed where n.proposal_id = changed.id
         )
         select count(*) from changed",
        proposal.id.0,
        text.matter.slug(),
        text.title,
        text.cause,
        text.advice
    );
    Ok(done.fetch_one(connection).await?.count == Some(1))
}

/// A delegate of a congress who may second.
#[derive(Debug, Clone)]
pub struct Peer {
    pub delegate: DelegateId,
    pub student: StudentId,
    pub number: String,
    pub name: String,
    pub class: String,
    pub college: String,
}

/// The delegates of a congress with a vote.
pub async fn peers(connection: &mut PgConnection, congress: CongressId) -> Result<Vec<Peer>, Failure> {
    let rows = sqlx::query_as!(
        Peer,
        r#"select d.id as "delegate: DelegateId", d.student_id as "student: StudentId", s.number, s.name, k.name as class,
                  c.name as college
           from delegate d join student s on s.id = d.student_id join class k on k.id = s.class_id
                join major m on m.id = k.major_id join college c on c.id = m.college_id
           where d.congress_id = $1 and d.ended_on is null and d.standing <> 'substitute' order by s.number"#,
        congress.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Asks a delegate to second; `false` where they were asked before.
pub async fn ask(
    connection: &mut PgConnection,
    proposal: &Locked<Proposal>,
    delegate: DelegateId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into proposal_seconder (proposal_id, delegate_id, asked_at)
         select id, $2, $3 from proposal where id = $1 and stage = 'draft' on conflict do nothing",
        proposal.id.0,
        delegate.0,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Notes a seconder's answer; `false` where they were not asked, or the proposal is no draft any more.
pub async fn answer(
    connection: &mut PgConnection,
    proposal: &Locked<Proposal>,
    student: StudentId,
    agreed: bool,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update proposal_seconder n set agreed = $3, answered_at = $4
         from delegate d, proposal p
         where n.proposal_id = $1 and d.id = n.delegate_id and d.student_id = $2 and p.id = n.proposal_id
               and p.stage = 'draft'",
        proposal.id.0,
        student.0,
        agreed,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Hands a proposal in, under the next number of its congress, which is locked.
pub async fn submit(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    proposal: &Locked<Proposal>,
    _permitted: HandedIn,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update proposal set stage = 'submitted', submitted_at = $3,
                number = (select coalesce(max(number), 0) + 1 from proposal where congress_id = $2)
         where id = $1 and congress_id = $2 and stage = 'draft'",
        proposal.id.0,
        congress.id.0,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Takes a draft back; `false` where it is none any more.
pub async fn withdraw(connection: &mut PgConnection, proposal: &Locked<Proposal>) -> Result<bool, Failure> {
    let done = sqlx::query!("update proposal set stage = 'withdrawn' where id = $1 and stage = 'draft'", proposal.id.0);
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// What the committee decides.
#[derive(Debug, Clone, Copy)]
pub enum Screening {
    /// 立案.
    Accept,
    Refuse(Ground),
    /// 并案.
    Join(ProposalId),
}

/// Notes what the committee decided; `false` where it has decided before.
pub async fn screen(
    connection: &mut PgConnection,
    proposal: &Locked<Proposal>,
    screening: Screening,
    says: Option<&str>,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let (stage, ground, joined) = match screening {
        Screening::Accept => (Stage::Accepted, None, None),
        Screening::Refuse(ground) => (Stage::Refused, Some(ground.slug()), None),
        Screening::Join(other) => (Stage::Joined, None, Some(other.0)),
    };
    let done = sqlx::query!(
        "update proposal set stage = $2, refused_for = $3, joined_to = $4, screening = $5, screened_at = $6, screened_by = $7
         where id = $1 and stage = 'submitted'",
        proposal.id.0,
        stage.slug(),
        ground,
        joined,
        says,
        now,
        person.account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// The account of a member of staff by 工号; none where there is none that may sign in.
pub async fn staff_account(
    connection: &mut PgConnection,
    institution: InstitutionId,
    number: &str,
) -> Result<Option<AccountId>, Failure> {
    let account = sqlx::query_scalar!(
        r#"select id as "id: AccountId" from account
           where id = account_numbered($1, $2) and student_id is null and disabled_at is null"#,
        institution.0,
        number
    );
    Ok(account.fetch_optional(connection).await?)
}

/// To whom a proposal is assigned, and until when it is answered.
#[derive(Debug, Clone)]
pub struct Assignment {
    pub office: String,
    /// Who answers for the office in the portal; none where the reply comes on paper.
    pub handler: Option<AccountId>,
    pub due_on: Date,
}

/// Assigns a proposal to an office of the university; `false` where it is not accepted, or replied to by now.
pub async fn assign(
    connection: &mut PgConnection,
    proposal: &Locked<Proposal>,
    assignment: &Assignment,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update proposal set stage = 'assigned', office = $2, handler_id = $3, due_on = $4
         where id = $1 and stage in ('accepted', 'assigned')",
        proposal.id.0,
        assignment.office,
        assignment.handler.map(|id| id.0),
        assignment.due_on
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Takes down the reply of the office; `false` where none is awaited.
pub async fn reply(
    connection: &mut PgConnection,
    proposal: &Locked<Proposal>,
    replied_on: Date,
    says: &str,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "with answered as (
             update proposal set stage = 'replied' where id = $1 and stage = 'assigned' returning id, turn, office
         )
         insert into proposal_reply (proposal_id, turn, office, replied_on, says, at, by_account)
         select id, turn, office, $2, $3, $4, $5 from answered",
        proposal.id.0,
        replied_on,
        says,
        now,
        person.account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Notes the proposer's word on a reply, and where it leads; `false` where none is awaited.
pub async fn rate(
    connection: &mut PgConnection,
    proposal: &Locked<Proposal>,
    satisfaction: Satisfaction,
    remark: Option<&str>,
    to: Stage,
    due_on: Option<Date>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "with rated as (
             update proposal_reply r set satisfaction = $2, remark = $3, rated_at = $6
             from proposal p where r.proposal_id = $1 and p.id = r.proposal_id and r.turn = p.turn and p.stage = 'replied'
                                   and r.satisfaction is null
             returning r.proposal_id
         )
         update proposal p set stage = $4, turn = case when $4 = 'assigned' then 2 else p.turn end,
                               due_on = coalesce($5, p.due_on), closed_at = case when $4 = 'closed' then $6 end
         from rated where p.id = rated.proposal_id",
        proposal.id.0,
        satisfaction.slug(),
        remark,
        to.slug(),
        due_on,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Carries what is not closed of a union's earlier congresses over to this one; gives how many.
pub async fn carry_over(connection: &mut PgConnection, congress: &Locked<Congress>) -> Result<u64, Failure> {
    let done = sqlx::query!(
        "update proposal p set carried_to = $1
         from congress c
         where c.id = p.congress_id and c.union_id = $2 and c.created_at < $3 and c.id <> $1
               and p.stage in ('submitted', 'accepted', 'assigned', 'replied') and p.carried_to is distinct from $1",
        congress.id.0,
        congress.union.0,
        congress.created_at
    );
    Ok(done.execute(connection).await?.rows_affected())
}
