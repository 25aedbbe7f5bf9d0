//! SQL of archives: what no other part reads.

use sqlx::PgConnection;
use time::Date;

use crate::{
    congress::congress::Congress,
    failure::Failure,
    ids::{DocumentId, SittingId},
};

/// A sitting of a congress with the public record that its report made.
#[derive(Debug)]
pub struct ArchivedSitting {
    pub id: SittingId,
    pub title: String,
    pub record: Option<String>,
}

/// The sittings of a congress, in their order.
pub async fn sittings(connection: &mut PgConnection, congress: &Congress) -> Result<Vec<ArchivedSitting>, Failure> {
    let rows = sqlx::query_as!(
        ArchivedSitting,
        r#"select id as "id: SittingId", title, record from sitting
           where congress_id = $1 and stage <> 'draft' order by opens_at, id"#,
        congress.id.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A unit with its seats.
#[derive(Debug)]
pub struct ArchivedUnit {
    pub name: String,
    pub students: i32,
    pub seats: i32,
}

/// The seats of a congress, in their order.
pub async fn units(connection: &mut PgConnection, congress: &Congress) -> Result<Vec<ArchivedUnit>, Failure> {
    let rows = sqlx::query_as!(
        ArchivedUnit,
        r#"select concat_ws(' ', c.name, u.entry_year::text || '级', o.name,
                            case u.kind when 'union' then '学生会' end) as "name!", u.students, u.seats
           from congress_unit u left join college c on c.id = u.college_id left join organisation o on o.id = u.organisation_id
           where u.congress_id = $1 order by u.place"#,
        congress.id.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// An election of delegates that was held elsewhere, as its report says.
#[derive(Debug)]
pub struct ArchivedReport {
    pub unit: String,
    pub held_on: Date,
    pub how: String,
    pub due: i32,
    pub present: i32,
    /// Everybody with their votes.
    pub votes: String,
    pub document: DocumentId,
}

/// The elections of delegates that were held elsewhere, in the order of the seats.
pub async fn reports(connection: &mut PgConnection, congress: &Congress) -> Result<Vec<ArchivedReport>, Failure> {
    let rows = sqlx::query_as!(
        ArchivedReport,
        r#"select concat_ws(' ', c.name, u.entry_year::text || '级', o.name,
                            case u.kind when 'union' then '学生会' end) as "unit!",
                  p.held_on as "held_on!", p.how as "how!", p.due as "due!", p.present as "present!",
                  (select coalesce(string_agg(s.name || ' ' || v.votes || ' 票', '、' order by v.votes desc, s.number), '')
                   from delegate_report_vote v join student s on s.id = v.student_id
                   where v.congress_id = p.congress_id and v.unit = p.unit) as "votes!",
                  p.document_id as "document!: DocumentId"
           from delegate_report p join congress_unit u on u.congress_id = p.congress_id and u.place = p.unit
                left join college c on c.id = u.college_id left join organisation o on o.id = u.organisation_id
           where p.congress_id = $1 order by u.place"#,
        congress.id.0
    );
    Ok(rows.fetch_all(connection).await?)
}
