//! SQL of the congresses at which sittings are held.

use sqlx::PgConnection;

use super::sitting as one;
use crate::{
    database::Locked,
    elections::sitting::Sitting,
    failure::Failure,
    ids::{CongressId, InstitutionId, SittingId},
};

/// The sittings in which the delegates of a congress vote, in the order in which they take votes.
pub async fn sittings_at_congress(
    connection: &mut PgConnection,
    institution: InstitutionId,
    congress: CongressId,
) -> Result<Vec<Sitting>, Failure> {
    let ids = sqlx::query_scalar!(
        r#"select id as "id: SittingId" from sitting t
           where institution_id = $1 and congress_id = $2
                 and exists (select from contest c where c.sitting_id = t.id and c.body = 'congress')
           order by opens_at, id"#,
        institution.0,
        congress.0
    );
    let mut found = Vec::new();
    for id in ids.fetch_all(&mut *connection).await? {
        found.extend(one(connection, institution, id).await?);
    }
    Ok(found)
}

/// A congress at which a sitting is held.
#[derive(Debug, Clone)]
pub struct SittingCongress {
    pub id: CongressId,
    /// As lists call it.
    pub title: String,
}

/// The congress at which a sitting is held; none where it is held at none.
pub async fn congress_of(
    connection: &mut PgConnection,
    sitting: SittingId,
) -> Result<Option<SittingCongress>, Failure> {
    let congress = sqlx::query_as!(
        SittingCongress,
        r#"select g.id as "id: CongressId",
                  coalesce(c.name, '学校') || g.ordinal || case when g.of_all then '全体学生大会'
                      when u.kind = 'graduate' then '研究生代表大会' else '学生代表大会' end as "title!"
           from sitting t join congress g on g.id = t.congress_id join student_union u on u.id = g.union_id
                left join college c on c.id = u.college_id
           where t.id = $1"#,
        sitting.0
    );
    Ok(congress.fetch_optional(connection).await?)
}

/// A second round, or a sitting that is held again, is of the congress of the first.
pub async fn take_over_congress(
    connection: &mut PgConnection,
    first: &Sitting,
    new: &Locked<Sitting>,
) -> Result<(), Failure> {
    sqlx::query!(
        "update sitting set congress_id = (select congress_id from sitting where id = $2) where id = $1",
        new.id.0,
        first.id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}
