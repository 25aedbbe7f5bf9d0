//! SQL of results: what each came to, its steps, its scans.

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use super::result::{Announcement, Approval, CongressResult, Elected, Purpose, Receipt, ScanOf, Sending, State};
use crate::{
    auth::person::SignedIn,
    congress::congress::Congress,
    database::Locked,
    failure::Failure,
    ids::{CongressId, ContestId, InstitutionId, StudentId},
    rules::congress_result::{Stage, StepTaken},
    unions::documents::Scan,
};

/// The result of a congress.
pub async fn find(connection: &mut PgConnection, id: CongressId) -> Result<Option<CongressResult>, Failure> {
    let row = sqlx::query!(
        r#"select purpose, stage, elected_on, report, announced_on, announced_by, approved_on, approved_by, approval_number,
                  file_by, sent_on, receiver, receipt_on, receipt_number, seated_at,
                  array(select s.step from congress_scan s where s.congress_id = r.congress_id) as "scans!: Vec<String>"
           from congress_result r where congress_id = $1"#,
        id.0
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let announced = row.announced_on.zip(row.announced_by).map(|(on, by)| Announcement { on, by });
    let approved = row.approved_on.zip(row.approved_by).zip(row.approval_number.zip(row.file_by));
    let approved = approved.map(|((on, by), (number, file_by))| Approval { on, by, number, file_by });
    let sent = row.sent_on.zip(row.receiver).map(|(on, receiver)| Sending { on, receiver });
    let filed = row.receipt_on.zip(row.receipt_number).map(|(on, number)| Receipt { on, number });
    let state = match (row.stage.parse::<Stage>()?, announced, approved, sent, filed) {
        (Stage::Announced, Some(told), ..) => State::Announced(told),
        (Stage::Approved, Some(told), Some(approval), ..) => State::Approved(told, approval),
        (Stage::Sent, Some(told), Some(approval), Some(sent), _) => State::Sent(told, approval, sent),
        (Stage::Filed, Some(told), Some(approval), Some(sent), Some(receipt)) => {
            State::Filed(told, approval, sent, receipt)
        }
        (Stage::Elected | Stage::Announced | Stage::Approved | Stage::Sent | Stage::Filed, ..) => State::Elected,
    };
    let scans = row.scans.iter().map(|step| step.parse()).collect::<anyhow::Result<_>>()?;
    Ok(Some(CongressResult {
        purpose: row.purpose.parse()?,
        elected_on: row.elected_on,
        report: row.report,
        state,
        seated_at: row.seated_at,
        elected: elected(connection, id).await?,
        scans,
    }))
}

async fn elected(connection: &mut PgConnection, id: CongressId) -> Result<Vec<Elected>, Failure> {
    let rows = sqlx::query!(
        r#"select e.student_id as "student: StudentId", s.number, s.name, c.name as college, k.name as class,
                  e.contest_id as "contest: ContestId", e.votes
           from congress_elected e join student s on s.id = e.student_id join class k on k.id = s.class_id
                join major m on m.id = k.major_id join college c on c.id = m.college_id
           where e.congress_id = $1 order by e.place"#,
        id.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Elected {
            student: row.student,
            number: row.number,
            name: row.name,
            college: row.college,
            class: row.class,
            contest: row.contest,
            votes: row.votes.and_then(|votes| u32::try_from(votes).ok()),
        })
        .collect())
}

/// What a result begins with.
#[derive(Debug)]
pub struct ResultDraft {
    pub purpose: Purpose,
    pub elected_on: Date,
    pub report: Option<String>,
    /// By votes.
    pub elected: Vec<NewElected>,
}

/// Somebody elected, as they are taken down.
#[derive(Debug, Clone, Copy)]
pub struct NewElected {
    pub student: StudentId,
    pub contest: Option<ContestId>,
    pub votes: Option<u32>,
}

/// Takes a result down; `false` where the congress has one.
pub async fn begin(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    draft: &ResultDraft,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into congress_result (congress_id, purpose, stage, elected_on, report, taken_at, taken_by)
         values ($1, $2, 'elected', $3, $4, $5, $6) on conflict do nothing",
        congress.id.0,
        draft.purpose.slug(),
        draft.elected_on,
        draft.report,
        now,
        person.account.0
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let students: Vec<Uuid> = draft.elected.iter().map(|one| one.student.0).collect();
    let contests: Vec<Option<Uuid>> = draft.elected.iter().map(|one| one.contest.map(|id| id.0)).collect();
    let votes: Vec<Option<i32>> =
        draft.elected.iter().map(|one| one.votes.and_then(|votes| i32::try_from(votes).ok())).collect();
    sqlx::query!(
        "insert into congress_elected (congress_id, place, student_id, contest_id, votes)
         select $1, e.place, e.student, e.contest, e.votes
         from unnest($2::uuid[], $3::uuid[], $4::integer[]) with ordinality as e(student, contest, votes, place)",
        congress.id.0,
        &students,
        contests as Vec<Option<Uuid>>,
        votes as Vec<Option<i32>>
    )
    .execute(connection)
    .await?;
    Ok(true)
}

/// Takes back a result that was not announced yet; `false` where it was, or there is none.
pub async fn drop_result(connection: &mut PgConnection, congress: &Locked<Congress>) -> Result<bool, Failure> {
    let done = sqlx::query!("delete from congress_result where congress_id = $1 and stage = 'elected'", congress.id.0)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that the congress was told, and by whom; `false` where the result stands elsewhere by now.
pub async fn announce(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    taken: StepTaken,
    by: &str,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update congress_result set stage = 'announced', announced_on = $2, announced_by = $3
         where congress_id = $1 and stage = 'elected'",
        congress.id.0,
        taken.day(),
        by
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// What an approval says beside its day.
#[derive(Debug, Clone)]
pub struct NewApproval {
    pub by: String,
    pub number: String,
    /// Working days for the filing.
    pub within: i16,
    /// The day they come to.
    pub file_by: Date,
}

/// Notes the approval; `false` where the result stands elsewhere by now.
pub async fn approve(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    taken: StepTaken,
    approval: &NewApproval,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update congress_result set stage = 'approved', approved_on = $2, approved_by = $3, approval_number = $4,
                                    file_within = $5, file_by = $6
         where congress_id = $1 and stage = 'announced'",
        congress.id.0,
        taken.day(),
        approval.by,
        approval.number,
        approval.within,
        approval.file_by
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Notes that the result was sent to the higher body; `false` where it stands elsewhere by now.
pub async fn send(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    taken: StepTaken,
    receiver: &str,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update congress_result set stage = 'sent', sent_on = $2, receiver = $3
         where congress_id = $1 and stage = 'approved'",
        congress.id.0,
        taken.day(),
        receiver
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Notes the receipt; `false` where the result stands elsewhere by now.
pub async fn file(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    taken: StepTaken,
    number: &str,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update congress_result set stage = 'filed', receipt_on = $2, receipt_number = $3
         where congress_id = $1 and stage = 'sent'",
        congress.id.0,
        taken.day(),
        number
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Notes that the elected took their posts; `false` where they did before, or nothing is approved.
pub async fn seat(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update congress_result set seated_at = $2, seated_by = $3
         where congress_id = $1 and seated_at is null and approved_on is not null",
        congress.id.0,
        now,
        person.account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Keeps the scan of what a step rests on, in the place of the one before.
pub async fn keep_scan(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    of: ScanOf,
    scan: &Scan,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into congress_scan (id, congress_id, step, name, media, bytes, sha256, at, by_account)
         values (gen_random_uuid(), $1, $2, $3, $4, $5, sha256($5), $6, $7)
         on conflict (congress_id, step) do update set name = $3, media = $4, bytes = $5, sha256 = sha256($5), at = $6,
                                                       by_account = $7",
        congress.id.0,
        of.slug(),
        scan.name(),
        scan.media(),
        scan.bytes(),
        now,
        person.account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A scan with its name and its media type.
pub async fn scan(connection: &mut PgConnection, congress: &Congress, of: ScanOf) -> Result<Option<Scan>, Failure> {
    let row = sqlx::query!(
        "select name, bytes from congress_scan where congress_id = $1 and step = $2",
        congress.id.0,
        of.slug()
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.and_then(|row| Scan::read(&row.name, &row.bytes).ok()))
}

/// How many the last congress of a union elected that elected a whole presidium, before one of a day.
pub async fn elected_before(
    connection: &mut PgConnection,
    congress: &Congress,
    day: Date,
) -> Result<Option<u32>, Failure> {
    let many = sqlx::query_scalar!(
        r#"select (select count(*) from congress_elected e where e.congress_id = r.congress_id) as "many!"
           from congress_result r join congress c on c.id = r.congress_id
           where c.union_id = $1 and r.purpose = 'term' and r.approved_on <= $2 and c.id <> $3
           order by r.approved_on desc, r.taken_at desc limit 1"#,
        congress.union.0,
        day,
        congress.id.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(many.and_then(|many| u32::try_from(many).ok()))
}

/// 学号 of the elected who came from a college union, by the round that listed them.
pub async fn from_colleges(connection: &mut PgConnection, congress: &Congress) -> Result<Vec<String>, Failure> {
    let numbers = sqlx::query_scalar!(
        "select s.number from congress_elected e join student s on s.id = e.student_id
         where e.congress_id = $1 and exists (
             select from vetting_case v join vetting_round r on r.id = v.round_id
             where v.student_id = e.student_id and r.union_id = $2 and r.places = 'presidium' and v.source = 'college_staff')",
        congress.id.0,
        congress.union.0
    );
    Ok(numbers.fetch_all(connection).await?)
}

/// What hangs on a presidium that leaves and goes on without it.
#[derive(Debug, Clone, Default)]
pub struct OpenMatters {
    /// Rosters that were uploaded and not written.
    pub rosters: i64,
    /// Rounds of the vetting that are open.
    pub rounds: i64,
    /// Names of those leaving whose accounts hold an office of the union.
    pub officers: Vec<String>,
}

/// What is open in a union, and who of those students holds its office in the portal on a day.
pub async fn open_matters(
    connection: &mut PgConnection,
    congress: &Congress,
    students: &[Uuid],
    day: Date,
) -> Result<OpenMatters, Failure> {
    let counts = sqlx::query!(
        r#"select (select count(*) from roster_draft d where d.union_id = $1 and d.state = 'previewed') as "rosters!",
                  (select count(*) from vetting_round r where r.union_id = $1 and r.ended_at is null) as "rounds!""#,
        congress.union.0
    )
    .fetch_one(&mut *connection)
    .await?;
    let officers = sqlx::query_scalar!(
        "select distinct a.name from office o join account a on a.id = o.account_id
         where o.institution_id = $1 and o.kind in ('school_union', 'graduate_union', 'college_union')
               and a.student_id = any($2) and o.from_day <= $3 and (o.until_day is null or o.until_day > $3)
         order by a.name",
        congress.institution.0,
        students,
        day
    )
    .fetch_all(connection)
    .await?;
    Ok(OpenMatters { rosters: counts.rosters, rounds: counts.rounds, officers })
}

/// A result that is under way, as lists of what waits have it.
#[derive(Debug)]
pub struct OpenResult {
    pub congress: CongressId,
    pub stage: Stage,
    pub file_by: Option<Date>,
    pub seated: bool,
}

/// The results of a university that are not settled, oldest first.
pub async fn open_results(
    connection: &mut PgConnection,
    institution: InstitutionId,
) -> Result<Vec<OpenResult>, Failure> {
    let rows = sqlx::query!(
        r#"select r.congress_id as "congress: CongressId", r.stage, r.file_by, r.seated_at is not null as "seated!"
           from congress_result r join congress c on c.id = r.congress_id
           where c.institution_id = $1 and (r.stage <> 'filed' or r.seated_at is null) order by r.taken_at"#,
        institution.0
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(OpenResult {
                congress: row.congress,
                stage: row.stage.parse()?,
                file_by: row.file_by,
                seated: row.seated,
            })
        })
        .collect()
}
