//! SQL of the directory.

use sqlx::PgConnection;

use crate::{
    failure::Failure,
    ids::{ClassId, CollegeId, InstitutionId},
};

/// Students of one grade in one college.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CohortRow {
    /// The college.
    pub college: String,
    /// The entry year.
    pub entry_year: i32,
    /// Its students.
    pub students: i64,
}

/// Students by college and entry year, colleges by name, newest grade first.
///
/// # Errors
/// Where the database fails.
pub async fn cohorts(connection: &mut PgConnection, institution: InstitutionId) -> Result<Vec<CohortRow>, Failure> {
    let rows = sqlx::query_as!(
        CohortRow,
        r#"select c.name as college, k.entry_year, count(*) as "students!"
           from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
                join college c on c.id = m.college_id
           where s.institution_id = $1
           group by c.name, k.entry_year order by c.name, k.entry_year desc"#,
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A society.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocietyRow {
    /// Its name.
    pub name: String,
    /// The League committee counts it among the main ones.
    pub is_main: bool,
    /// Its members; none if nobody knows.
    pub members: Option<i32>,
}

/// The societies, main ones first.
///
/// # Errors
/// Where the database fails.
pub async fn societies(connection: &mut PgConnection, institution: InstitutionId) -> Result<Vec<SocietyRow>, Failure> {
    let rows = sqlx::query_as!(
        SocietyRow,
        "select name, is_main, members from society where institution_id = $1 order by is_main desc, name",
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A college or class that an office can belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollegeRow {
    /// Its id.
    pub id: CollegeId,
    /// Its name.
    pub name: String,
}

/// The colleges by name.
///
/// # Errors
/// Where the database fails.
pub async fn colleges(connection: &mut PgConnection, institution: InstitutionId) -> Result<Vec<CollegeRow>, Failure> {
    let rows = sqlx::query_as!(
        CollegeRow,
        r#"select id as "id: CollegeId", name from college where institution_id = $1 order by name"#,
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The class of that name, if there is exactly one.
///
/// # Errors
/// Where the database fails.
pub async fn class_named(
    connection: &mut PgConnection,
    institution: InstitutionId,
    name: &str,
) -> Result<Option<ClassId>, Failure> {
    let rows = sqlx::query_scalar!(
        r#"select k.id as "id: ClassId" from class k join major m on m.id = k.major_id join college c on c.id = m.college_id
           where c.institution_id = $1 and k.name = $2 limit 2"#,
        institution.0,
        name
    )
    .fetch_all(connection)
    .await?;
    Ok(if let [one] = rows.as_slice() { Some(*one) } else { None })
}
