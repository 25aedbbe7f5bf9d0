//! SQL of what students say of unions.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    auth::person::SignedIn,
    failure::Failure,
    ids::{InstitutionId, UnionId},
};

/// What students say of a union.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stars {
    pub count: i64,
    pub mean: Option<f64>,
}

/// How students judge a union.
pub(super) async fn stars(connection: &mut PgConnection, union: UnionId) -> Result<Stars, Failure> {
    let row = sqlx::query_as!(
        Stars,
        r#"select count(*) as "count!", avg(stars)::double precision as mean from disclosure_comment where union_id = $1"#,
        union.0
    );
    Ok(row.fetch_one(connection).await?)
}

/// A student's word on a union.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comment {
    pub stars: i16,
    pub says: String,
}

/// Keeps a student's word on a union, in the place of the one before.
pub(super) async fn comment(
    connection: &mut PgConnection,
    person: &SignedIn,
    union: UnionId,
    comment: &Comment,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into disclosure_comment (union_id, account_id, stars, says, at)
         select id, $3, $4, $5, $6 from student_union where id = $1 and institution_id = $2
         on conflict (union_id, account_id) do update set stars = $4, says = $5, at = $6",
        union.0,
        person.institution.0,
        person.account.0,
        comment.stars,
        comment.says,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A word on a union as the League committee reads it: not whose it is.
#[derive(Debug, Clone)]
pub(super) struct CommentRow {
    pub union_name: String,
    pub stars: i16,
    pub says: String,
    pub on: Date,
}

/// What students say of unions, newest first, at most 200.
pub(super) async fn comments(
    connection: &mut PgConnection,
    institution: InstitutionId,
) -> Result<Vec<CommentRow>, Failure> {
    let rows = sqlx::query_as!(
        CommentRow,
        r#"select union_name(u.kind, c.name) as "union_name!", m.stars, m.says, china_day(m.at) as "on!"
           from disclosure_comment m join student_union u on u.id = m.union_id left join college c on c.id = u.college_id
           where u.institution_id = $1 order by m.at desc limit 200"#,
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}
