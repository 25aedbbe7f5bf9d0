//! SQL of votes by show of hands, and of those who preside, monitor and count.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    auth::person::SignedIn,
    congress::meeting::nouns::{DutyHolder, HandVoteRow, Meeting, VoteKind},
    database::Locked,
    failure::Failure,
    ids::{CongressId, HandVoteId, StudentId},
    rules::meeting::{Count, Duty, DutyGiven, HandVote, Hands, Named, Needed, VoteBase},
};

fn small(number: u32) -> anyhow::Result<i32> {
    Ok(i32::try_from(number)?)
}

/// The votes of a meeting in the order in which they were taken.
pub async fn votes(connection: &mut PgConnection, congress: CongressId) -> Result<Vec<HandVoteRow>, Failure> {
    let rows = sqlx::query!(
        r#"select id as "id: HandVoteId", place, kind, motion, due, present, votes_for, against, abstain, majority_of,
                  part, whole, strict, passed, at, voided_why
           from recorded_vote where congress_id = $1 order by place"#,
        congress.0
    );
    let whole = |number: i32| u32::try_from(number).unwrap_or(0);
    let kind = |word: &str| word.parse::<VoteKind>();
    let base = |word: &str| word.parse::<VoteBase>();
    let read = rows.fetch_all(connection).await?.into_iter().map(|row| {
        Ok(HandVoteRow {
            id: row.id,
            place: row.place,
            kind: kind(&row.kind)?,
            motion: row.motion,
            count: Count { due: whole(row.due), present: whole(row.present) },
            hands: Hands { votes_for: whole(row.votes_for), against: whole(row.against), abstain: whole(row.abstain) },
            needed: Needed {
                part: row.part.try_into()?,
                whole: row.whole.try_into()?,
                strict: row.strict,
                of: base(&row.majority_of)?,
            },
            passed: row.passed,
            at: row.at,
            voided_why: row.voided_why,
        })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// Takes a vote down; where it passes, those whom it is about are approved.
pub async fn take_vote(
    connection: &mut PgConnection,
    meeting: &Locked<Meeting>,
    kind: VoteKind,
    motion: &str,
    vote: &HandVote,
    by: &SignedIn,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let (id, Count { due, present }, hands) = (HandVoteId::random(), vote.count(), vote.hands());
    let Needed { part, whole, strict, of } = vote.needed();
    sqlx::query!(
        "insert into recorded_vote (id, congress_id, place, kind, motion, due, present, votes_for, against, abstain,
                                    majority_of, passed, at, by_account, part, whole, strict)
         select $2, $1, coalesce(max(place), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16
         from recorded_vote where congress_id = $1",
        meeting.congress.0,
        id.0,
        kind.slug(),
        motion,
        small(due)?,
        small(present)?,
        small(hands.votes_for)?,
        small(hands.against)?,
        small(hands.abstain)?,
        of.slug(),
        vote.passed(),
        now,
        by.account.0,
        i16::try_from(part).map_err(anyhow::Error::from)?,
        i16::try_from(whole).map_err(anyhow::Error::from)?,
        strict
    )
    .execute(&mut *connection)
    .await?;
    if vote.passed() {
        let duties: Vec<String> = kind.approves().iter().map(|duty| duty.slug().to_owned()).collect();
        sqlx::query!(
            "update meeting_duty set vote_id = $3 where congress_id = $1 and duty = any($2) and vote_id is null",
            meeting.congress.0,
            &duties,
            id.0
        )
        .execute(connection)
        .await?;
    }
    Ok(())
}

/// Voids a vote that was taken down wrongly; whom it approved are proposed again. `false` where there is none.
pub async fn void_vote(
    connection: &mut PgConnection,
    meeting: &Locked<Meeting>,
    vote: HandVoteId,
    why: &str,
    by: &SignedIn,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update recorded_vote set voided_at = $4, voided_by = $5, voided_why = $3
         where congress_id = $1 and id = $2 and voided_at is null",
        meeting.congress.0,
        vote.0,
        why,
        now,
        by.account.0
    );
    if done.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!(
        "update meeting_duty set vote_id = null where congress_id = $1 and vote_id = $2",
        meeting.congress.0,
        vote.0
    )
    .execute(connection)
    .await?;
    Ok(true)
}

/// Those with a duty in the meeting.
pub async fn duties(connection: &mut PgConnection, congress: CongressId) -> Result<Vec<DutyHolder>, Failure> {
    let rows = sqlx::query!(
        r#"select s.id as "student: StudentId", s.number, s.name, c.name || ' · ' || k.name as "place!", y.duty,
                  y.vote_id is not null as "approved!", stands_at_congress($1, s.id) as "stands!"
           from meeting_duty y join student s on s.id = y.student_id join class k on k.id = s.class_id
                join major m on m.id = k.major_id join college c on c.id = m.college_id
           where y.congress_id = $1
           order by array_position(array['presidium', 'executive_chair', 'chief_monitor', 'monitor', 'teller'], y.duty),
                    y.named_at, s.number"#,
        congress.0
    );
    let one = |word: &str| word.parse::<Duty>();
    let read = rows.fetch_all(connection).await?.into_iter().map(|row| {
        Ok(DutyHolder {
            student: row.student,
            number: row.number,
            name: row.name,
            place: row.place,
            duty: one(&row.duty)?,
            approved: row.approved,
            stands: row.stands,
        })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// What the rule asks of people who are to have a duty, with their ids in the order of the numbers.
pub async fn people_named(
    connection: &mut PgConnection,
    congress: CongressId,
    numbers: &[String],
    day: Date,
) -> Result<Vec<(StudentId, Named)>, Failure> {
    let rows = sqlx::query!(
        r#"select s.id as "id: StudentId", s.name, d.student_id is not null as "is_due!",
                  stands_at_congress($1, s.id) as "stands!"
           from congress g join unnest($2::text[]) with ordinality n(number, place) on true
                join student s on s.id = student_numbered(g.institution_id, n.number)
                left join lateral (select w.student_id from congress_due($1, $3) w
                                   where w.student_id = s.id limit 1) d on true
           where g.id = $1 order by n.place"#,
        congress.0,
        numbers,
        day
    );
    let one = |id, name, is_due, stands| (id, Named { name, is_due, stands });
    let rows = rows.fetch_all(connection).await?;
    Ok(rows.into_iter().map(|row| one(row.id, row.name, row.is_due, row.stands)).collect())
}

/// Puts people on a list, to be approved by a vote. Of a duty that one person has, whoever was proposed before makes way.
pub async fn give_duty(
    connection: &mut PgConnection,
    meeting: &Locked<Meeting>,
    given: &DutyGiven,
    students: &[StudentId],
    by: &SignedIn,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let duty = given.duty();
    if duty.is_single() {
        sqlx::query!(
            "delete from meeting_duty where congress_id = $1 and duty = $2 and vote_id is null",
            meeting.congress.0,
            duty.slug()
        )
        .execute(&mut *connection)
        .await?;
    }
    let students: Vec<_> = students.iter().map(|id| id.0).collect();
    sqlx::query!(
        "insert into meeting_duty (congress_id, student_id, duty, named_at, named_by)
         select $1, unnest($2::uuid[]), $3, $4, $5 on conflict do nothing",
        meeting.congress.0,
        &students,
        duty.slug(),
        now,
        by.account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Strikes somebody from a list; `false` where a vote has approved them.
pub async fn strike_duty(
    connection: &mut PgConnection,
    meeting: &Locked<Meeting>,
    student: StudentId,
    duty: Duty,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "delete from meeting_duty where congress_id = $1 and student_id = $2 and duty = $3 and vote_id is null",
        meeting.congress.0,
        student.0,
        duty.slug()
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}
