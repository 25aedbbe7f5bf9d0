//! SQL of what happens in a hall: slips, paper ballots, and voters who were left off the roll.

use sqlx::{PgConnection, types::Uuid};
use time::OffsetDateTime;

use crate::{
    auth::person::SignedIn,
    database::Locked,
    elections::sitting::Sitting,
    failure::Failure,
    ids::{AccountId, AdmissionId, SittingId, StudentId},
    sealing::keys::MarkKey,
};

/// The most slips of a sitting.
pub const MOST_SLIPS: i64 = 5_000;

/// A slip as the check-in desk sees it.
#[derive(Debug)]
pub struct Slip {
    /// The number printed on it.
    pub serial: i32,
    /// Whom it was given to: number and name.
    pub holder: Option<String>,
    pub bound_at: Option<OffsetDateTime>,
    /// Why it is void.
    pub voided_why: Option<String>,
}

/// A slip that was just made: its code is shown for some minutes and kept nowhere.
#[derive(Debug)]
pub struct NewSlip {
    /// The number printed on it.
    pub serial: i32,
    pub code: String,
}

/// The slips of a sitting: how many there are, and those that were given out or are void, the latest first.
pub async fn slips(connection: &mut PgConnection, sitting: SittingId) -> Result<(i64, Vec<Slip>), Failure> {
    let made = sqlx::query_scalar!(r#"select count(*) as "made!" from slip where sitting_id = $1"#, sitting.0)
        .fetch_one(&mut *connection)
        .await?;
    let rows = sqlx::query_as!(
        Slip,
        r#"select p.serial, s.number || ' ' || s.name as holder, p.bound_at, p.voided_why
           from slip p left join voter v on v.sitting_id = p.sitting_id and v.place = p.voter
                left join student s on s.id = v.student_id
           where p.sitting_id = $1 and (p.voter is not null or p.voided_at is not null)
           order by coalesce(p.voided_at, p.bound_at) desc limit 300"#,
        sitting.0
    );
    Ok((made, rows.fetch_all(connection).await?))
}

/// Adds slips with the hashes of their codes, numbered onwards; gives their numbers.
pub async fn make_slips(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    hashes: &[Vec<u8>],
    now: OffsetDateTime,
) -> Result<Vec<i32>, Failure> {
    let serials = sqlx::query_scalar!(
        "insert into slip (sitting_id, serial, code_hash, made_at)
         select $1, u.place + coalesce((select max(serial) from slip where sitting_id = $1), 0), u.hash, $3
         from unnest($2::bytea[]) with ordinality as u(hash, place) order by u.place returning serial",
        sitting.id.0,
        hashes,
        now
    );
    Ok(serials.fetch_all(connection).await?)
}

/// Why a slip or a paper ballot is not given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// Nobody on the roll has that number.
    NotOnRoll,
    /// There is no such slip, or it is void or somebody else's.
    NoSlip,
    /// The voter holds a slip that is not void.
    HasSlip,
    /// The voter has voted electronically already.
    HasVoted,
    /// The voter was given a paper ballot already.
    HasPaper,
    /// The sitting takes no votes at this moment.
    NotOpen,
}

struct VoterStatus {
    place: i32,
    on_paper: bool,
    voted: bool,
    by_slip: bool,
    slip: Option<i32>,
}

async fn voter_status(
    connection: &mut PgConnection,
    sitting: SittingId,
    number: &str,
) -> Result<Option<VoterStatus>, Failure> {
    let row = sqlx::query_as!(
        VoterStatus,
        r#"select v.place, v.paper_at is not null as "on_paper!", e.voter is not null as "voted!",
                  coalesce(e.by_slip, false) as "by_slip!", p.serial as "slip?"
           from voter v join student s on s.id = v.student_id join sitting t on t.id = v.sitting_id
                left join envelope e on e.sitting_id = v.sitting_id and e.voter = v.place
                left join slip p on p.sitting_id = v.sitting_id and p.voter = v.place and p.voided_at is null
           where v.sitting_id = $1 and s.id = student_numbered(t.institution_id, $2)"#,
        sitting.0,
        number
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Notes at check-in which slip a voter drew. The sitting takes votes.
pub async fn bind_slip(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    serial: i32,
    number: &str,
    by: AccountId,
    now: OffsetDateTime,
) -> Result<Result<StudentId, Obstacle>, Failure> {
    let Some(status) = voter_status(connection, sitting.id, number).await? else { return Ok(Err(Obstacle::NotOnRoll)) };
    match status {
        VoterStatus { on_paper: true, .. } => return Ok(Err(Obstacle::HasPaper)),
        VoterStatus { slip: Some(_), .. } => return Ok(Err(Obstacle::HasSlip)),
        // Whoever voted by a slip that was lost draws another; what was cast by a session no slip replaces.
        VoterStatus { voted: true, by_slip: false, .. } => return Ok(Err(Obstacle::HasVoted)),
        _ => {}
    }
    let done = sqlx::query_scalar!(
        r#"update slip p set voter = $3, bound_at = $4, bound_by = $5 from voter v
           where p.sitting_id = $1 and p.serial = $2 and p.voter is null and p.voided_at is null
                 and v.sitting_id = $1 and v.place = $3
           returning v.student_id as "student: StudentId""#,
        sitting.id.0,
        serial,
        status.place,
        now,
        by.0
    );
    Ok(done.fetch_optional(connection).await?.ok_or(Obstacle::NoSlip))
}

/// Makes a slip void, because it was lost or spoilt; its holder may draw another. What was cast by it stays and can be replaced.
pub async fn void_slip(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    serial: i32,
    why: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update slip set voided_at = $3, voided_why = $4 where sitting_id = $1 and serial = $2 and voided_at is null",
        sitting.id.0,
        serial,
        now,
        why
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Gives a voter a paper ballot: the electronic one is closed for them. The sitting takes votes.
pub async fn issue_paper(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    number: &str,
    by: AccountId,
    now: OffsetDateTime,
) -> Result<Result<StudentId, Obstacle>, Failure> {
    let Some(status) = voter_status(connection, sitting.id, number).await? else { return Ok(Err(Obstacle::NotOnRoll)) };
    match status {
        VoterStatus { on_paper: true, .. } => return Ok(Err(Obstacle::HasPaper)),
        // First: whoever holds a slip is told nothing of what they did with it.
        VoterStatus { slip: Some(_), .. } => return Ok(Err(Obstacle::HasSlip)),
        VoterStatus { voted: true, .. } => return Ok(Err(Obstacle::HasVoted)),
        _ => {}
    }
    let student = sqlx::query_scalar!(
        r#"update voter set paper_at = $3, paper_by = $4 where sitting_id = $1 and place = $2
           returning student_id as "student: StudentId""#,
        sitting.id.0,
        status.place,
        now,
        by.0
    );
    Ok(Ok(student.fetch_one(connection).await?))
}

/// Paper ballots given out so far, the latest first: number and name, when.
pub async fn paper_issued(
    connection: &mut PgConnection,
    sitting: SittingId,
) -> Result<Vec<(String, OffsetDateTime)>, Failure> {
    let rows = sqlx::query!(
        r#"select s.number || ' ' || s.name as "voter!", v.paper_at as "at!" from voter v join student s on s.id = v.student_id
           where v.sitting_id = $1 and v.paper_at is not null order by v.paper_at desc limit 300"#,
        sitting.0
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.voter, row.at)).collect())
}

/// A voter who is to be admitted.
#[derive(Debug)]
pub struct Admission {
    pub id: AdmissionId,
    /// Number, name and class.
    pub voter: String,
    pub contests: String,
    pub why: String,
    pub asked_by: AccountId,
    pub asked_name: String,
    pub agreed_name: Option<String>,
}

/// Those who were or are to be admitted after the roll was frozen.
pub async fn admissions(connection: &mut PgConnection, sitting: SittingId) -> Result<Vec<Admission>, Failure> {
    let rows = sqlx::query_as!(
        Admission,
        r#"select d.id as "id: AdmissionId", s.number || ' ' || s.name || '（' || k.name || '）' as "voter!",
                  (select string_agg(c.title, '、' order by c.ordinal) from contest c
                   where c.sitting_id = d.sitting_id and c.ordinal = any (d.contests)) as "contests!", d.why,
                  d.asked_by as "asked_by: AccountId", a.name as asked_name, b.name as "agreed_name?"
           from admission d join student s on s.id = d.student_id join class k on k.id = s.class_id
                join account a on a.id = d.asked_by left join account b on b.id = d.agreed_by
           where d.sitting_id = $1 order by d.asked_at"#,
        sitting.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A voter who was left off the roll, as a monitor names them.
#[derive(Debug)]
pub struct NewAdmission<'a> {
    pub number: &'a str,
    /// The contests in which they are to vote, by ordinal.
    pub contests: &'a [i16],
    pub why: &'a str,
}

/// A monitor asks for a voter to be admitted; none where nobody has that number or they are on the roll or asked for already.
pub async fn ask_admission(
    connection: &mut PgConnection,
    sitting: &Sitting,
    admission: &NewAdmission<'_>,
    by: &SignedIn,
    now: OffsetDateTime,
) -> Result<Option<StudentId>, Failure> {
    let student = sqlx::query_scalar!(
        r#"insert into admission (id, sitting_id, student_id, contests, why, asked_by, asked_at)
           select $1, $2, s.id, $4, $5, $6, $7 from student s
           where s.id = student_numbered($8, $3) and (s.left_on is null or s.left_on > china_day($7))
                 and not exists (select from voter v where v.sitting_id = $2 and v.student_id = s.id)
           on conflict do nothing returning student_id as "student: StudentId""#,
        AdmissionId::random().0,
        sitting.id.0,
        admission.number,
        admission.contests,
        admission.why,
        by.account.0,
        now,
        sitting.institution.0
    );
    Ok(student.fetch_optional(connection).await?)
}

/// A second monitor agrees, and the voter is put on the roll with the portal's own mark.
pub async fn admit(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    id: AdmissionId,
    by: AccountId,
    key: &MarkKey,
    now: OffsetDateTime,
) -> Result<Option<StudentId>, Failure> {
    let row = sqlx::query!(
        r#"update admission d set agreed_by = $3, agreed_at = $4 from student s
           where d.id = $2 and d.sitting_id = $1 and d.agreed_by is null and d.asked_by <> $3 and s.id = d.student_id
           returning d.student_id as "student: StudentId", d.contests, s.class_id,
                     (select max(place) + 1 from voter where sitting_id = $1) as "place!""#,
        sitting.id.0,
        id.0,
        by.0,
        now
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let mac = mark_admitted(key, sitting.id, row.place, row.student, &row.contests);
    sqlx::query!(
        "insert into voter (sitting_id, place, student_id, class_id, contests, admission_id, mac)
         values ($1, $2, $3, $4, $5, $6, $7)",
        sitting.id.0,
        row.place,
        row.student.0,
        row.class_id,
        &row.contests,
        id.0,
        mac
    )
    .execute(connection)
    .await?;
    Ok(Some(row.student))
}

/// The portal's mark on somebody who was admitted.
#[must_use]
pub fn mark_admitted(key: &MarkKey, sitting: SittingId, place: i32, student: StudentId, contests: &[i16]) -> Vec<u8> {
    let contests: Vec<u8> = contests.iter().flat_map(|ordinal| ordinal.to_be_bytes()).collect();
    let student: Uuid = student.0;
    key.mark("admitted", &[sitting.0.as_bytes(), &place.to_be_bytes(), student.as_bytes(), &contests])
}
