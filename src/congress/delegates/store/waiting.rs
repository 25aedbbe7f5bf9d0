//! SQL of what waits for offices.

use sqlx::{PgConnection, types::Uuid};
use time::Date;

use crate::{
    auth::person::Held,
    congress::CongressKeeper,
    failure::Failure,
    ids::{ClassId, CollegeId, CongressId, InstitutionId},
    office::Office,
    rules::plan::Body,
};

/// A congress to which a class is to recommend people and has recommended none.
#[derive(Debug)]
pub struct ClassTask {
    pub congress: Uuid,
    pub closes_on: Date,
}

/// The congresses to which a class may recommend people and has recommended nobody.
pub async fn classes_without(
    connection: &mut PgConnection,
    institution: InstitutionId,
    class: ClassId,
    today: Date,
) -> Result<Vec<ClassTask>, Failure> {
    let rows = sqlx::query_as!(
        ClassTask,
        r#"select distinct g.id as congress, t.closes_on
           from class k join major m on m.id = k.major_id
                join congress_unit u on u.kind = 'grade' and u.college_id = m.college_id and u.entry_year = k.entry_year
                join congress g on g.id = u.congress_id join delegate_terms t on t.congress_id = g.id
           where k.id = $2 and g.institution_id = $1 and g.stage in ('preparing', 'convened') and t.closes_on >= $3
                 and u.seats > 0
                 and not exists (select from recommendation r where r.congress_id = g.id and r.class_id = k.id
                                 and r.stage in ('at', 'passed'))
                 and not exists (select from delegate_contest e join contest q on q.id = e.contest_id
                                        join sitting s on s.id = q.sitting_id
                                 where e.congress_id = g.id and e.unit = u.place and s.stage <> 'voided')
           order by t.closes_on"#,
        institution.0,
        class.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A congress to which a class recommends people.
#[derive(Debug)]
pub struct ClassCongress {
    pub id: CongressId,
    /// `学校第三次学生代表大会`.
    pub title: String,
    /// The last day on which somebody is recommended.
    pub closes_on: Date,
    /// Whom the class recommends now.
    pub recommended: i64,
    /// Of whom somebody decides yet.
    pub waiting: i64,
}

/// The congresses to which a class recommends people, the newest first.
pub async fn congresses_of_class(
    connection: &mut PgConnection,
    institution: InstitutionId,
    class: ClassId,
) -> Result<Vec<ClassCongress>, Failure> {
    let rows = sqlx::query_as!(
        ClassCongress,
        r#"select g.id as "id: CongressId",
                  coalesce(c.name, '学校') || g.ordinal || case n.kind when 'graduate' then '研究生代表大会'
                      else '学生代表大会' end as "title!",
                  t.closes_on,
                  (select count(*) from recommendation r where r.congress_id = g.id and acting_class(r.class_id) = $2
                          and r.stage in ('at', 'passed')) as "recommended!",
                  (select count(*) from recommendation r where r.congress_id = g.id and acting_class(r.class_id) = $2
                          and r.stage = 'at') as "waiting!"
           from congress g join delegate_terms t on t.congress_id = g.id join student_union n on n.id = g.union_id
                left join college c on c.id = n.college_id
           where g.institution_id = $1 and g.stage <> 'called_off'
                 and exists (select from congress_unit u join major m on m.college_id = u.college_id
                                    join class k on k.major_id = m.id and k.entry_year = u.entry_year
                             where u.congress_id = g.id and u.kind = 'grade' and k.id = $2)
           order by t.began_at desc"#,
        institution.0,
        class.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Recommended people of a congress who wait for a body.
#[derive(Debug)]
pub struct PartyTask {
    pub congress: Uuid,
    pub people: i64,
    /// The last day on which somebody is recommended.
    pub closes_on: Date,
}

/// The congresses in which recommended people wait for one of those bodies, of a college where it is named.
pub async fn waiting_for_party(
    connection: &mut PgConnection,
    institution: InstitutionId,
    bodies: &[Body],
    college: Option<CollegeId>,
) -> Result<Vec<PartyTask>, Failure> {
    let bodies: Vec<String> = bodies.iter().map(|body| body.slug().to_owned()).collect();
    let rows = sqlx::query_as!(
        PartyTask,
        r#"select g.id as congress, count(*) as "people!", t.closes_on
           from recommendation r join congress g on g.id = r.congress_id join delegate_terms t on t.congress_id = g.id
           where g.institution_id = $1 and g.stage in ('preparing', 'convened') and r.stage = 'at' and r.step > 0
                 and exists (select from jsonb_array_elements(t.chain -> 'before' -> 'links' -> r.step::integer -> 'by') b
                             where b ->> 'body' = any ($2))
                 and ($3::uuid is null or r.college_id = $3)
           group by g.id, t.closes_on order by t.closes_on"#,
        institution.0,
        &bodies,
        college.map(|id| id.0)
    );
    Ok(rows.fetch_all(connection).await?)
}

/// What a college's union is to do for a congress.
#[derive(Debug)]
pub struct CollegeTask {
    pub congress: Uuid,
    pub closes_on: Date,
    /// Its units whose election is not made.
    pub to_elect: i64,
    /// All are elected, and no list is handed in.
    pub to_list: bool,
    pub returned: bool,
}

/// What a college's union is to do for the congresses that are prepared.
pub async fn for_college(
    connection: &mut PgConnection,
    institution: InstitutionId,
    college: CollegeId,
    today: Date,
) -> Result<Vec<CollegeTask>, Failure> {
    let rows = sqlx::query_as!(
        CollegeTask,
        r#"with unit as (
               select u.congress_id, e.stage,
                      exists (select from delegate_report p where p.congress_id = u.congress_id and p.unit = u.place)
                          as reported
               from congress_unit u left join lateral (
                        select s.stage from delegate_contest t join contest q on q.id = t.contest_id
                               join sitting s on s.id = q.sitting_id
                        where t.congress_id = u.congress_id and t.unit = u.place and s.stage <> 'voided' limit 1
                    ) e on true
               where u.kind = 'grade' and u.college_id = $2 and u.seats > 0
           )
           select g.id as congress, t.closes_on,
                  count(*) filter (where n.stage is null and not n.reported) as "to_elect!",
                  bool_and(coalesce(n.stage = 'reported', false) or n.reported) and l.stage is null as "to_list!",
                  coalesce(l.stage = 'returned', false) as "returned!"
           from unit n join congress g on g.id = n.congress_id join delegate_terms t on t.congress_id = g.id
                left join delegate_list l on l.congress_id = g.id and l.college_id = $2
           where g.institution_id = $1 and g.stage in ('preparing', 'convened') and $3 >= china_day(t.began_at)
           group by g.id, t.closes_on, l.stage order by t.closes_on"#,
        institution.0,
        college.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// What the League committee is to do for a congress.
#[derive(Debug)]
pub struct KeeperTask {
    pub congress: Uuid,
    /// Lists that wait to be received.
    pub lists: i64,
    /// Delegates who are students no more.
    pub gone: i64,
}

/// What an office is to do for the congresses that it keeps; nothing for one that keeps none.
pub async fn for_keeper(
    connection: &mut PgConnection,
    institution: InstitutionId,
    office: &Held,
    today: Date,
) -> Result<Vec<KeeperTask>, Failure> {
    if !CongressKeeper::KINDS.contains(&office.kind) {
        return Ok(Vec::new());
    }
    let rows = sqlx::query_as!(
        KeeperTask,
        r#"select g.id as congress,
                  (select count(*) from delegate_list l where l.congress_id = g.id and l.stage = 'handed_in') as "lists!",
                  (select count(*) from delegate d join student s on s.id = d.student_id
                   where d.congress_id = g.id and d.ended_on is null and s.left_on <= $3) as "gone!"
           from congress g join student_union n on n.id = g.union_id
           where g.institution_id = $1 and g.stage in ('preparing', 'convened') and n.college_id is not distinct from $2
           order by g.created_at"#,
        institution.0,
        office.college.map(|id| id.0),
        today
    );
    Ok(rows.fetch_all(connection).await?)
}
