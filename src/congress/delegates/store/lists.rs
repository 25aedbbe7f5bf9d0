//! SQL of the lists of elected delegates: handed in by a college's union, received or returned by the League committee.

use sqlx::{PgConnection, types::Uuid};
use time::OffsetDateTime;

use crate::{
    congress::{
        congress::{Congress, Standing},
        delegates::list::ListStage,
    },
    database::Locked,
    failure::Failure,
    ids::{AccountId, CollegeId, ContestId, DelegateId, DelegateListId, StudentId},
    rules::delegates::HandedIn,
};

/// A list as it stands.
#[derive(Debug, Clone)]
pub struct DelegateList {
    pub id: DelegateListId,
    /// The college; none for what belongs to no college.
    pub college: Option<CollegeId>,
    pub college_name: Option<String>,
    pub stage: ListStage,
    pub handed_in_at: OffsetDateTime,
    pub settled_at: Option<OffsetDateTime>,
    /// Why it was returned.
    pub says: Option<String>,
    pub elected: i64,
    pub substitutes: i64,
}

impl DelegateList {
    /// The League committee is to receive it or to return it.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.stage == ListStage::HandedIn
    }

    /// Whose list it is.
    #[must_use]
    pub fn of(&self) -> &str {
        self.college_name.as_deref().unwrap_or("社团和学生会")
    }
}

struct Row {
    id: DelegateListId,
    college: Option<CollegeId>,
    college_name: Option<String>,
    stage: String,
    handed_in_at: OffsetDateTime,
    settled_at: Option<OffsetDateTime>,
    says: Option<String>,
    elected: i64,
    substitutes: i64,
}

/// The lists of a congress, those that wait first.
pub async fn lists(connection: &mut PgConnection, congress: &Congress) -> Result<Vec<DelegateList>, Failure> {
    let rows = sqlx::query_as!(
        Row,
        r#"select l.id as "id: DelegateListId", l.college_id as "college: CollegeId", c.name as "college_name?", l.stage,
                  l.handed_in_at, l.settled_at, l.says,
                  (select count(*) from delegate_list_line i where i.list_id = l.id and i.standing = 'elected')
                      as "elected!",
                  (select count(*) from delegate_list_line i where i.list_id = l.id and i.standing = 'substitute')
                      as "substitutes!"
           from delegate_list l left join college c on c.id = l.college_id
           where l.congress_id = $1
           order by l.stage <> 'handed_in', c.place nulls last, c.name"#,
        congress.id.0
    )
    .fetch_all(connection)
    .await?;
    let list = |row: Row| {
        Ok(DelegateList {
            id: row.id,
            college: row.college,
            college_name: row.college_name,
            stage: row.stage.parse()?,
            handed_in_at: row.handed_in_at,
            settled_at: row.settled_at,
            says: row.says,
            elected: row.elected,
            substitutes: row.substitutes,
        })
    };
    Ok(rows.into_iter().map(list).collect::<anyhow::Result<_>>()?)
}

/// Somebody on a list.
#[derive(Debug, Clone)]
pub struct ListLine {
    pub unit: i16,
    pub standing: Standing,
    /// Among those of the unit of the same standing, from 1.
    pub place: i16,
    pub student: StudentId,
    pub number: String,
    pub name: String,
    pub contest: Option<ContestId>,
}

/// The lines of a list by unit, the elected first.
pub async fn lines(connection: &mut PgConnection, list: DelegateListId) -> Result<Vec<ListLine>, Failure> {
    let rows = sqlx::query!(
        r#"select i.unit, i.standing, i.place, i.student_id as "student: StudentId", s.number, s.name,
                  i.contest_id as "contest: ContestId"
           from delegate_list_line i join student s on s.id = i.student_id
           where i.list_id = $1 order by i.unit, i.standing, i.place"#,
        list.0
    )
    .fetch_all(connection)
    .await?;
    let mut lines = Vec::new();
    for row in rows {
        lines.push(ListLine {
            unit: row.unit,
            standing: row.standing.parse()?,
            place: row.place,
            student: row.student,
            number: row.number,
            name: row.name,
            contest: row.contest,
        });
    }
    Ok(lines)
}

/// Hands a list in, or in once more after it was returned; none where one waits or is received.
pub async fn hand_in(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    college: Option<CollegeId>,
    lines: &[ListLine],
    _: HandedIn,
    by: AccountId,
    now: OffsetDateTime,
) -> Result<Option<DelegateListId>, Failure> {
    let id = sqlx::query_scalar!(
        r#"insert into delegate_list as l (id, congress_id, college_id, stage, handed_in_at, handed_in_by)
           values ($1, $2, $3, 'handed_in', $4, $5)
           on conflict (congress_id, college_id) do update
           set stage = 'handed_in', handed_in_at = excluded.handed_in_at, handed_in_by = excluded.handed_in_by,
               settled_at = null, settled_by = null, says = null
           where l.stage = 'returned' returning l.id as "id: DelegateListId""#,
        DelegateListId::random().0,
        congress.id.0,
        college.map(|id| id.0),
        now,
        by.0
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(id) = id else { return Ok(None) };
    sqlx::query!("delete from delegate_list_line where list_id = $1", id.0).execute(&mut *connection).await?;
    let units: Vec<i16> = lines.iter().map(|line| line.unit).collect();
    let standings: Vec<String> = lines.iter().map(|line| line.standing.slug().to_owned()).collect();
    let places: Vec<i16> = lines.iter().map(|line| line.place).collect();
    let students: Vec<Uuid> = lines.iter().map(|line| line.student.0).collect();
    let contests: Vec<Option<Uuid>> = lines.iter().map(|line| line.contest.map(|id| id.0)).collect();
    sqlx::query!(
        "insert into delegate_list_line (list_id, unit, standing, place, student_id, contest_id)
         select $1, u.* from unnest($2::smallint[], $3::text[], $4::smallint[], $5::uuid[], $6::uuid[]) as u",
        id.0,
        &units,
        &standings,
        &places,
        &students,
        &contests as &[Option<Uuid>]
    )
    .execute(connection)
    .await?;
    Ok(Some(id))
}

/// Receives a list: its people are delegates, and those who come next wait for a seat. Gives its lines; none where it does
/// not wait.
pub async fn receive(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    list: &DelegateList,
    by: AccountId,
    now: OffsetDateTime,
) -> Result<Option<Vec<ListLine>>, Failure> {
    let done = sqlx::query!(
        "update delegate_list set stage = 'received', settled_at = $3, settled_by = $4
         where id = $1 and congress_id = $2 and stage = 'handed_in'",
        list.id.0,
        congress.id.0,
        now,
        by.0
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(None);
    }
    let lines = lines(&mut *connection, list.id).await?;
    let ids: Vec<Uuid> = lines.iter().map(|_| DelegateId::random().0).collect();
    let students: Vec<Uuid> = lines.iter().map(|line| line.student.0).collect();
    // Who sits with a delegation already made sits with it at once.
    sqlx::query!(
        "insert into delegate (id, congress_id, student_id, unit, waits_for, waiting_place, delegation_id, standing,
                               backbone, contest_id, listed_at, listed_by)
         select n.id, $2, i.student_id, case when i.standing = 'elected' then i.unit end,
                case when i.standing = 'substitute' then i.unit end, case when i.standing = 'substitute' then i.place end,
                (select d.id from congress_delegation d where d.congress_id = $2 and d.college_id = l.college_id
                 order by d.place limit 1),
                i.standing, is_backbone(i.student_id, china_day(l.handed_in_at)), i.contest_id, l.handed_in_at,
                l.handed_in_by
         from delegate_list_line i join delegate_list l on l.id = i.list_id
              join unnest($3::uuid[], $4::uuid[]) as n(id, student) on n.student = i.student_id
         where i.list_id = $1",
        list.id.0,
        congress.id.0,
        &ids,
        &students
    )
    .execute(connection)
    .await?;
    Ok(Some(lines))
}

/// Returns a list with a reason; `false` where it does not wait.
pub async fn return_list(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    list: &DelegateList,
    why: &str,
    by: AccountId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update delegate_list set stage = 'returned', settled_at = $3, settled_by = $4, says = $5
         where id = $1 and congress_id = $2 and stage = 'handed_in'",
        list.id.0,
        congress.id.0,
        now,
        by.0,
        why
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}
