//! SQL of how far a union's people are in contact with classes (RGT-05). [`crate::contact`] keeps these tables.

use std::collections::HashMap;

use sqlx::PgConnection;
use time::Date;

use crate::{
    failure::Failure,
    holidays::store::breaks,
    ids::{ClassId, CollegeId, InstitutionId, UnionId},
    rules::{
        Finding, Plan,
        contact::{ClassContact, EVERY, Rhythm, direct_contact},
    },
};

/// A class that a union is to be in contact with. A contact by whichever union counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactClass {
    pub id: ClassId,
    pub college: CollegeId,
    pub college_name: String,
    pub contact: ClassContact,
}

/// The classes of a union, and how often they are to be contacted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnionContacts {
    pub union: UnionId,
    pub rhythm: Rhythm,
    /// By college, the newest grade first.
    pub classes: Vec<ContactClass>,
}

impl UnionContacts {
    /// What the rule says of them.
    #[must_use]
    pub fn judge(&self, plan: &Plan, today: Date) -> Finding {
        let classes: Vec<ClassContact> = self.classes.iter().map(|class| class.contact.clone()).collect();
        direct_contact(plan, &classes, &self.rhythm, today)
    }
}

/// How often classes are to be contacted; as is usual, where the university has not said.
pub async fn contact_rhythm(connection: &mut PgConnection, institution: InstitutionId) -> Result<Rhythm, Failure> {
    let every = sqlx::query_scalar!("select every from contact_setting where institution_id = $1", institution.0)
        .fetch_optional(&mut *connection)
        .await?;
    let every = every.and_then(|every| u32::try_from(every).ok()).unwrap_or(EVERY);
    let breaks = breaks(connection, institution).await?.into_iter().map(|one| one.of).collect();
    Ok(Rhythm { every, breaks })
}

/// The contacts of every union of a university on a day, or of one.
pub async fn contact_coverage(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<UnionId>,
    today: Date,
) -> Result<Vec<UnionContacts>, Failure> {
    let rhythm = contact_rhythm(connection, institution).await?;
    let rows = sqlx::query!(
        r#"with held as (
               select class_id, min(from_day) as since from contacts_on($1, $2) group by class_id
           ), met as (
               -- The last of each assignment, by its index: of three years' entries there are a hundred thousand.
               select a.class_id, max(e.last) as last
               from contact_assignment a cross join lateral (
                        select max(e.on_day) as last from contact_entry e where e.assignment_id = a.id and e.on_day <= $2
                    ) e
               where a.institution_id = $1 group by a.class_id
           )
           select n.union_id as "union!: UnionId", n.class_id as "id!: ClassId", c.id as "college: CollegeId",
                  c.name as college_name, k.name, held.since as "since?", met.last as "last?"
           from contact_classes($1, $2) n join class k on k.id = n.class_id join college c on c.id = n.college_id
                left join held on held.class_id = k.id left join met on met.class_id = k.id
           where $3::uuid is null or n.union_id = $3
           order by n.union_id, c.place, c.name, k.entry_year desc, k.name collate "C", k.id"#,
        institution.0,
        today,
        one.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    let mut unions: HashMap<UnionId, UnionContacts> = HashMap::new();
    for row in rows {
        let none = || UnionContacts { union: row.union, rhythm: rhythm.clone(), classes: Vec::new() };
        let contact = ClassContact { name: row.name, since: row.since, last: row.last };
        let class = ContactClass { id: row.id, college: row.college, college_name: row.college_name, contact };
        unions.entry(row.union).or_insert_with(none).classes.push(class);
    }
    Ok(unions.into_values().collect())
}
