//! SQL of delegates once they are listed: the delegations in which they sit, who leaves, and who moves up.

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use crate::{
    congress::congress::{Congress, Standing},
    database::Locked,
    failure::Failure,
    ids::{CollegeId, CongressDelegationId, DelegateId, StudentId},
};

/// A delegate with what their papers say.
#[derive(Debug, Clone)]
pub struct SeatedDelegate {
    pub id: DelegateId,
    pub student: StudentId,
    pub number: String,
    pub name: String,
    pub gender: Option<String>,
    pub ethnic: Option<String>,
    pub political: Option<String>,
    pub college: CollegeId,
    pub college_name: String,
    pub class_name: String,
    pub entry_year: i32,
    /// The unit whose seat they hold.
    pub unit: Option<i16>,
    /// The unit for whose seat they wait, and in which place.
    pub waits_for: Option<i16>,
    pub waiting_place: Option<i16>,
    pub delegation: Option<CongressDelegationId>,
    /// On the delegate's card.
    pub card: Option<i32>,
    pub standing: Standing,
    pub backbone: bool,
    pub head: bool,
    pub duty: Option<String>,
    /// Whose seat they moved up to.
    pub replaces: Option<String>,
    pub left_on: Option<Date>,
    pub ended_on: Option<Date>,
    pub ended_why: Option<String>,
}

impl SeatedDelegate {
    /// Elected, or the place among the substitutes.
    #[must_use]
    pub fn standing_in_words(&self) -> String {
        match (self.standing, self.waiting_place) {
            (Standing::Substitute, Some(place)) => format!("候补第 {place} 位"),
            (standing, _) => standing.label().to_owned(),
        }
    }

    /// They have a vote.
    #[must_use]
    pub fn votes(&self) -> bool {
        self.ended_on.is_none() && self.standing != Standing::Substitute
    }

    /// They are a student no more, and still on the list.
    #[must_use]
    pub fn is_gone(&self, today: Date) -> bool {
        self.ended_on.is_none() && self.left_on.is_some_and(|left| left <= today)
    }

    /// What they do in their delegation.
    #[must_use]
    pub fn duty_in_words(&self) -> &str {
        if self.head { "团长" } else { self.duty.as_deref().unwrap_or_default() }
    }
}

/// The delegates of a congress by unit: who holds a seat, who waits, who left.
pub async fn seated(connection: &mut PgConnection, congress: &Congress) -> Result<Vec<SeatedDelegate>, Failure> {
    let rows = sqlx::query!(
        r#"select d.id as "id: DelegateId", d.student_id as "student: StudentId", s.number, s.name, s.gender, s.ethnic,
                  s.political, c.id as "college: CollegeId", c.name as college_name, k.name as class_name, k.entry_year,
                  d.unit, d.waits_for, d.waiting_place, d.delegation_id as "delegation: CongressDelegationId",
                  d.number as card, d.standing, d.backbone, d.head_of_delegation as head, d.duty, b.name as "replaces?",
                  s.left_on, d.ended_on, d.ended_why
           from delegate d join student s on s.id = d.student_id join class k on k.id = s.class_id
                join major m on m.id = k.major_id join college c on c.id = m.college_id
                left join delegate r on r.id = d.replaces left join student b on b.id = r.student_id
           where d.congress_id = $1
           order by coalesce(d.unit, d.waits_for) nulls last, d.ended_on is not null, d.waiting_place nulls first, s.number"#,
        congress.id.0
    )
    .fetch_all(connection)
    .await?;
    let mut read = Vec::new();
    for row in rows {
        read.push(SeatedDelegate {
            id: row.id,
            student: row.student,
            number: row.number,
            name: row.name,
            gender: row.gender,
            ethnic: row.ethnic,
            political: row.political,
            college: row.college,
            college_name: row.college_name,
            class_name: row.class_name,
            entry_year: row.entry_year,
            unit: row.unit,
            waits_for: row.waits_for,
            waiting_place: row.waiting_place,
            delegation: row.delegation,
            card: row.card,
            standing: row.standing.parse()?,
            backbone: row.backbone,
            head: row.head,
            duty: row.duty,
            replaces: row.replaces,
            left_on: row.left_on,
            ended_on: row.ended_on,
            ended_why: row.ended_why,
        });
    }
    Ok(read)
}

/// Ends a delegate's mandate; `false` where it is ended.
pub async fn end(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    delegate: DelegateId,
    why: &str,
    today: Date,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update delegate set ended_on = $3, ended_why = $4, head_of_delegation = false
         where id = $1 and congress_id = $2 and ended_on is null",
        delegate.0,
        congress.id.0,
        today,
        why
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A substitute who may move up.
#[derive(Debug)]
pub struct Substitute {
    pub id: DelegateId,
    pub student: StudentId,
    pub name: String,
    /// In which place they wait.
    pub place: i16,
    pub delegation: Option<CongressDelegationId>,
}

/// Who comes next for a seat of a unit: the first of the substitutes who is still a student.
pub async fn next_substitute(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    unit: i16,
    today: Date,
) -> Result<Option<Substitute>, Failure> {
    let next = sqlx::query_as!(
        Substitute,
        r#"select d.id as "id: DelegateId", s.id as "student: StudentId", s.name, d.waiting_place as "place!",
                  d.delegation_id as "delegation: CongressDelegationId"
           from delegate d join student s on s.id = d.student_id
           where d.congress_id = $1 and d.waits_for = $2 and d.ended_on is null
                 and (s.left_on is null or s.left_on > $3)
           order by d.waiting_place limit 1"#,
        congress.id.0,
        unit,
        today
    );
    Ok(next.fetch_optional(connection).await?)
}

/// Gives the seat of a delegate who was ended to a substitute, with a number after all others where numbers are given.
pub async fn promote(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    substitute: DelegateId,
    replaces: DelegateId,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update delegate d
         set standing = 'elected', unit = b.unit, waits_for = null, waiting_place = null, replaces = b.id,
             delegation_id = coalesce(d.delegation_id, b.delegation_id),
             number = (select max(number) + 1 from delegate where congress_id = $1)
         from delegate b
         where d.id = $2 and d.congress_id = $1 and d.standing = 'substitute' and d.ended_on is null
               and b.id = $3 and b.congress_id = $1 and b.ended_on is not null and b.unit = d.waits_for",
        congress.id.0,
        substitute.0,
        replaces.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Keeps what the end of a mandate took the place of, so that it can be taken back the same day; `row` is the delegate before
/// the end.
pub async fn allow_mandate_undoing(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    row: &SeatedDelegate,
    next: Option<&Substitute>,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!("delete from ended_delegate where at < $1::timestamptz - interval '2 days'", now)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "insert into ended_delegate (delegate_id, was_head, substitute_id, waiting_place, substitute_delegation, at)
         select id, $2::boolean, $3::uuid, $4::smallint, $5::uuid, $6::timestamptz
         from delegate where id = $1 and congress_id = $7
         on conflict (delegate_id) do update
         set was_head = excluded.was_head, substitute_id = excluded.substitute_id,
             waiting_place = excluded.waiting_place, substitute_delegation = excluded.substitute_delegation,
             at = excluded.at",
        row.id.0,
        row.head,
        next.map(|next| next.id.0),
        next.map(|next| next.place),
        next.and_then(|next| next.delegation).map(|delegation| delegation.0),
        now,
        congress.id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// An end of a mandate that can be taken back.
#[derive(Debug, Clone)]
pub struct UndoableMandateEnd {
    pub delegate: DelegateId,
    /// Who moved up, and waits again.
    pub substitute: Option<StudentId>,
}

/// The ends of today that can be taken back: of people who are still students, and while whoever moved up has done nothing as
/// a delegate.
pub async fn undoable_mandate_ends(
    connection: &mut PgConnection,
    congress: &Congress,
    today: Date,
) -> Result<Vec<UndoableMandateEnd>, Failure> {
    let rows = sqlx::query_as!(
        UndoableMandateEnd,
        r#"select e.delegate_id as "delegate: DelegateId", b.student_id as "substitute?: StudentId"
           from ended_delegate e join delegate d on d.id = e.delegate_id join student s on s.id = d.student_id
                left join delegate b on b.id = e.substitute_id
           where d.congress_id = $1 and china_day(e.at) = $2 and d.ended_on is not null
                 and (s.left_on is null or s.left_on > $2)
                 and (b.id is null
                      or (b.replaces = d.id and b.ended_on is null
                          and not exists (select from proposal p where p.lead_id = b.id)
                          and not exists (select from proposal_seconder p where p.delegate_id = b.id)
                          and not exists (select from contact_assignment c where c.delegate_id = b.id)
                          -- On a roll that was announced: they may vote, or have voted.
                          and not exists (select from sitting t join contest c on c.sitting_id = t.id
                                               join contest_person p on p.contest_id = c.id
                                          where t.congress_id = d.congress_id and t.stage not in ('draft', 'voided')
                                                and p.student_id = b.student_id)
                          and not exists (select from attendance a
                                          where a.congress_id = d.congress_id and a.student_id = b.student_id
                                                and a.undone_at is null)))"#,
        congress.id.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Gives a mandate back that was ended by mistake; whoever moved up for it waits again in their place. `false` where it cannot
/// be taken back any more.
pub async fn take_back_mandate_end(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    delegate: DelegateId,
) -> Result<bool, Failure> {
    sqlx::query!(
        "update delegate b
         set standing = 'substitute', waits_for = b.unit, waiting_place = e.waiting_place, unit = null, replaces = null,
             delegation_id = e.substitute_delegation, number = null, head_of_delegation = false, duty = null
         from ended_delegate e
         where e.delegate_id = $1 and b.id = e.substitute_id and b.congress_id = $2 and b.replaces = $1",
        delegate.0,
        congress.id.0
    )
    .execute(&mut *connection)
    .await?;
    // Somebody else may head the delegation by now.
    let done = sqlx::query!(
        "with back as (delete from ended_delegate where delegate_id = $1 returning was_head)
         update delegate d
         set ended_on = null, ended_why = null,
             head_of_delegation = back.was_head and not exists (
                 select from delegate h
                 where h.delegation_id = d.delegation_id and h.head_of_delegation and h.ended_on is null)
         from back where d.id = $1 and d.congress_id = $2 and d.ended_on is not null",
        delegate.0,
        congress.id.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A delegation with how many sit in it.
#[derive(Debug, Clone)]
pub struct Delegation {
    pub id: CongressDelegationId,
    pub place: i16,
    pub name: String,
    pub college: Option<CollegeId>,
    /// Delegates with a vote.
    pub delegates: i64,
    pub head: Option<String>,
}

/// The delegations of a congress in their order.
pub async fn delegations(connection: &mut PgConnection, congress: &Congress) -> Result<Vec<Delegation>, Failure> {
    let rows = sqlx::query_as!(
        Delegation,
        r#"select n.id as "id: CongressDelegationId", n.place, n.name, n.college_id as "college: CollegeId",
                  (select count(*) from delegate d where d.delegation_id = n.id and d.ended_on is null
                          and d.standing <> 'substitute') as "delegates!",
                  (select s.name from delegate d join student s on s.id = d.student_id
                   where d.delegation_id = n.id and d.head_of_delegation and d.ended_on is null) as head
           from congress_delegation n where n.congress_id = $1 order by n.place"#,
        congress.id.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Makes a delegation for each college that has delegates and none yet, in the university's order, and lets them sit in it.
/// Gives how many were made.
pub async fn make_delegations(connection: &mut PgConnection, congress: &Locked<Congress>) -> Result<u64, Failure> {
    let colleges = sqlx::query!(
        r#"select c.id, c.name from college c
           where exists (select from delegate d join student s on s.id = d.student_id join class k on k.id = s.class_id
                                join major m on m.id = k.major_id
                         where d.congress_id = $1 and d.ended_on is null and m.college_id = c.id)
                 and not exists (select from congress_delegation n where n.congress_id = $1 and n.college_id = c.id)
           order by c.place, c.name"#,
        congress.id.0
    )
    .fetch_all(&mut *connection)
    .await?;
    let ids: Vec<Uuid> = colleges.iter().map(|_| CongressDelegationId::random().0).collect();
    let names: Vec<String> = colleges.iter().map(|college| delegation_name(&college.name)).collect();
    let colleges: Vec<Uuid> = colleges.iter().map(|college| college.id).collect();
    let made = sqlx::query!(
        "insert into congress_delegation (id, congress_id, place, name, college_id)
         select u.id, $1, u.place + coalesce((select max(place) from congress_delegation where congress_id = $1), 0), u.name,
                u.college
         from unnest($2::uuid[], $3::text[], $4::uuid[]) with ordinality as u(id, name, college, place)
         on conflict do nothing",
        congress.id.0,
        &ids,
        &names,
        &colleges
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update delegate d set delegation_id = n.id
         from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
              join congress_delegation n on n.college_id = m.college_id
         where d.congress_id = $1 and n.congress_id = $1 and d.delegation_id is null and s.id = d.student_id",
        congress.id.0
    )
    .execute(connection)
    .await?;
    Ok(made.rows_affected())
}

/// `信息工程系代表团`; cut where a college's name is long.
fn delegation_name(college: &str) -> String {
    let name: String = college.chars().take(37).collect();
    format!("{name}代表团")
}

/// Adds a delegation of others who sit together; `false` where the name is taken.
pub async fn add_delegation(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    name: &str,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into congress_delegation (id, congress_id, place, name)
         select $1, $2, coalesce((select max(place) from congress_delegation where congress_id = $2), 0) + 1, $3
         on conflict do nothing",
        CongressDelegationId::random().0,
        congress.id.0,
        name
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Removes a delegation in which nobody sits; `false` where somebody does.
pub async fn end_delegation(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    delegation: CongressDelegationId,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "delete from congress_delegation n where n.id = $1 and n.congress_id = $2
         and not exists (select from delegate d where d.delegation_id = n.id)",
        delegation.0,
        congress.id.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Lets delegates sit in a delegation; gives how many moved. A head who moves is head no more.
pub async fn move_to(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    delegation: CongressDelegationId,
    delegates: &[DelegateId],
) -> Result<u64, Failure> {
    let ids: Vec<Uuid> = delegates.iter().map(|id| id.0).collect();
    let done = sqlx::query!(
        "update delegate d set delegation_id = n.id, head_of_delegation = false, duty = null
         from congress_delegation n
         where d.id = any ($3) and d.congress_id = $1 and d.ended_on is null and n.id = $2 and n.congress_id = $1
               and d.delegation_id is distinct from n.id",
        congress.id.0,
        delegation.0,
        &ids
    );
    Ok(done.execute(connection).await?.rows_affected())
}

/// Makes somebody head of their delegation, or gives them another duty in it, or none; `false` where they sit in none.
pub async fn set_duty(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    delegate: DelegateId,
    head: bool,
    duty: Option<&str>,
) -> Result<bool, Failure> {
    if head {
        sqlx::query!(
            "update delegate h set head_of_delegation = false from delegate d
             where d.id = $1 and d.congress_id = $2 and h.delegation_id = d.delegation_id and h.head_of_delegation",
            delegate.0,
            congress.id.0
        )
        .execute(&mut *connection)
        .await?;
    }
    let done = sqlx::query!(
        "update delegate set head_of_delegation = $3, duty = $4
         where id = $1 and congress_id = $2 and ended_on is null and standing <> 'substitute' and delegation_id is not null",
        delegate.0,
        congress.id.0,
        head,
        duty
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}
