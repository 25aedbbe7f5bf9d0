//! SQL that finds people. It takes a [`Search`] and finds nobody outside its scope, who has left, or whose account is
//! closed. Names are compared without blanks and dots, numbers without case.

use sqlx::PgConnection;

use super::{Among, Found, Search};
use crate::failure::Failure;

/// Whom to find: who fits one of the first five, and the class where one is named.
#[derive(Debug, Default)]
pub(super) struct Pattern {
    /// Keys of numbers.
    pub(super) numbers: Vec<String>,
    /// Keys of names.
    pub(super) names: Vec<String>,
    /// How the number begins, as its key.
    pub(super) number_start: Option<String>,
    /// A part of the name, as its key.
    pub(super) name_part: Option<String>,
    /// A regular expression of the name in lower case.
    pub(super) initials: Option<String>,
    /// For `like`.
    pub(super) class: Option<String>,
    /// How many at most.
    pub(super) most: Option<i64>,
}

/// Who fits, those whose name is the part or begins with it first, short names before long ones.
pub(super) async fn find(
    connection: &mut PgConnection,
    search: &Search,
    pattern: &Pattern,
) -> Result<Vec<Found>, Failure> {
    match search.among {
        Among::Students => students(connection, search, pattern).await,
        Among::Accounts => accounts(connection, search, pattern).await,
    }
}

async fn students(
    connection: &mut PgConnection,
    Search { scope, today, .. }: &Search,
    pattern: &Pattern,
) -> Result<Vec<Found>, Failure> {
    // Names first and once, whatever the planner knows of the tables: after a restore it knows nothing. What is not asked
    // for is not worked out for everybody, in the one plan that serves every pattern.
    let rows = sqlx::query_as!(
        Found,
        r#"with person as materialized (
               select * from (
                   select s.number, s.name, s.class_id, s.number_key, s.name_key
                   from student s
                   where s.institution_id = $1 and s.erased_at is null and (s.left_on is null or s.left_on > $4)
               ) s
               where (cardinality($5::text[]) > 0 and number_key in (select unnest($5::text[])))
                     or (cardinality($6::text[]) > 0 and name_key in (select unnest($6::text[])))
                     or ($7::text is not null and starts_with(number_key, $7))
                     or ($8::text is not null and strpos(name_key, $8) > 0)
                     or ($9::text is not null and lower(name) ~ $9)
           )
           select p.number as "number!", p.name as "name!", k.name as class, c.name as college
           from person p join class k on k.id = p.class_id join major m on m.id = k.major_id
                join college c on c.id = m.college_id
           where ($2::uuid is null or c.id = $2) and ($3::uuid is null or k.id = $3)
                 and ($10::text is null or k.name like $10)
           order by p.name_key is not distinct from $8 desc, coalesce(starts_with(p.name_key, $8), false) desc,
                    length(p.name_key), p.name_key, p.number
           limit $11"#,
        scope.institution.0,
        scope.college.map(|id| id.0),
        scope.class.map(|id| id.0),
        *today,
        &pattern.numbers,
        &pattern.names,
        pattern.number_start,
        pattern.name_part,
        pattern.initials,
        pattern.class,
        pattern.most
    );
    Ok(rows.fetch_all(connection).await?)
}

async fn accounts(
    connection: &mut PgConnection,
    Search { scope, today, .. }: &Search,
    pattern: &Pattern,
) -> Result<Vec<Found>, Failure> {
    let rows = sqlx::query_as!(
        Found,
        r#"with person as materialized (
               select * from (
                   select a.id, a.number, a.name, a.student_id, a.number_key, a.name_key
                   from account a where a.institution_id = $1 and a.disabled_at is null
               ) a
               where (cardinality($5::text[]) > 0 and number_key in (select unnest($5::text[])))
                     or (cardinality($6::text[]) > 0 and name_key in (select unnest($6::text[])))
                     or ($7::text is not null and starts_with(number_key, $7))
                     or ($8::text is not null and strpos(name_key, $8) > 0)
                     or ($9::text is not null and lower(name) ~ $9)
           )
           select p.number as "number!", p.name as "name!", coalesce(k.name, '') as "class!",
                  coalesce(c.name, (select string_agg(coalesce(g.name || ' ', '') || office_label(o.kind), '、' order by o.from_day)
                                    from office o left join college g on g.id = o.college_id
                                    where o.account_id = p.id and o.ended_at is null and o.from_day <= $4
                                          and (o.until_day is null or o.until_day > $4)), '') as "college!"
           from person p left join lateral (
                    -- One after the other: of a name that is looked for there are few, and of students many.
                    select s.class_id from student s where s.id = p.student_id limit 1
                ) s on true left join class k on k.id = s.class_id
                left join major m on m.id = k.major_id left join college c on c.id = m.college_id
           where ($2::uuid is null or c.id = $2
                  or exists (select from office o where o.account_id = p.id and o.college_id = $2 and o.ended_at is null
                             and o.from_day <= $4 and (o.until_day is null or o.until_day > $4)))
                 and ($3::uuid is null or k.id = $3) and ($10::text is null or k.name like $10)
           order by p.name_key is not distinct from $8 desc, coalesce(starts_with(p.name_key, $8), false) desc,
                    length(p.name_key), p.name_key, p.number
           limit $11"#,
        scope.institution.0,
        scope.college.map(|id| id.0),
        scope.class.map(|id| id.0),
        *today,
        &pattern.numbers,
        &pattern.names,
        pattern.number_start,
        pattern.name_part,
        pattern.initials,
        pattern.class,
        pattern.most
    );
    Ok(rows.fetch_all(connection).await?)
}
