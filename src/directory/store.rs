//! SQL of the directory.

use sqlx::PgConnection;
use time::Date;

use crate::{
    auth::{acting::Acting, office::SchoolLeague},
    failure::Failure,
    ids::{ClassId, CollegeId, InstitutionId, OrganisationId},
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

/// Students on a day by college and entry year, colleges by name, newest grade first.
///
/// # Errors
/// Where the database fails.
pub async fn cohorts(
    connection: &mut PgConnection,
    institution: InstitutionId,
    today: Date,
) -> Result<Vec<CohortRow>, Failure> {
    let rows = sqlx::query_as!(
        CohortRow,
        r#"select c.name as college, k.entry_year, count(*) as "students!"
           from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
                join college c on c.id = m.college_id
           where s.institution_id = $1 and (s.left_on is null or s.left_on > $2)
           group by c.name, k.entry_year order by c.name, k.entry_year desc"#,
        institution.0,
        today
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
        "select name, is_main, members from organisation
         where institution_id = $1 and kind = 'society' and ended_on is null order by is_main desc, name",
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

/// The class of that name that has not ended, if there is exactly one.
///
/// # Errors
/// Where the database fails.
pub async fn class_named(
    connection: &mut PgConnection,
    institution: InstitutionId,
    name: &str,
    today: Date,
) -> Result<Option<ClassId>, Failure> {
    let rows = sqlx::query_scalar!(
        r#"select k.id as "id: ClassId" from class k join major m on m.id = k.major_id join college c on c.id = m.college_id
           where c.institution_id = $1 and k.name = $2 and (k.ended_on is null or k.ended_on > $3) limit 2"#,
        institution.0,
        name,
        today
    )
    .fetch_all(connection)
    .await?;
    Ok(if let [one] = rows.as_slice() { Some(*one) } else { None })
}

/// A student organisation as its page shows it.
#[derive(Debug, Clone)]
pub struct OrganisationRow {
    /// Its id.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// `society` or `other`.
    pub kind: String,
    /// The League committee counts it among the main societies.
    pub is_main: bool,
    /// Its members; none if nobody knows.
    pub members: Option<i32>,
    /// What it does, in words.
    pub functions: String,
    /// The first day on which it is no more.
    pub ended_on: Option<Date>,
}

impl OrganisationRow {
    /// How the form names its kind.
    #[must_use]
    pub fn kind_slug(&self) -> &'static str {
        match (self.kind.as_str(), self.is_main) {
            ("society", true) => "main",
            ("society", false) => "society",
            _ => "other",
        }
    }

    /// Its kind in words.
    #[must_use]
    pub fn kind_label(&self) -> &'static str {
        match self.kind_slug() {
            "main" => "主要社团",
            "society" => "社团",
            _ => "其他学生组织",
        }
    }
}

/// The student organisations, those that still are first; or one that still is.
///
/// # Errors
/// Where the database fails.
pub async fn organisations(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<OrganisationId>,
) -> Result<Vec<OrganisationRow>, Failure> {
    let rows = sqlx::query_as!(
        OrganisationRow,
        r#"select id as "id: OrganisationId", name, kind, is_main, members, functions, ended_on from organisation
           where institution_id = $1 and ($2::uuid is null or (id = $2 and ended_on is null))
           order by ended_on is not null, kind desc, is_main desc, name"#,
        institution.0,
        one.map(|id| id.0)
    );
    Ok(rows.fetch_all(connection).await?)
}

/// What is registered of a student organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its name, 2 to 60 characters.
    pub name: String,
    /// It is a society.
    pub is_society: bool,
    /// It is a main society.
    pub is_main: bool,
    /// Its members, if known.
    pub members: Option<i32>,
    /// What it does, at most 500 characters.
    pub functions: String,
}

/// Registers an organisation, or changes one that still is; `false` where the name is taken or there is none.
///
/// # Errors
/// Where the database fails.
pub async fn keep_organisation(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    id: Option<OrganisationId>,
    organisation: &Organisation,
) -> Result<bool, Failure> {
    let kind = if organisation.is_society { "society" } else { "other" };
    let done = if let Some(id) = id {
        sqlx::query!(
            "update organisation o set name = $3, kind = $4, is_main = $5, members = $6, functions = $7
             where id = $1 and institution_id = $2 and ended_on is null
                   and not exists (select from organisation x where x.institution_id = $2 and x.name = $3 and x.id <> $1)",
            id.0,
            acting.institution().0,
            organisation.name,
            kind,
            organisation.is_main,
            organisation.members,
            organisation.functions
        )
        .execute(connection)
        .await?
    } else {
        sqlx::query!(
            "insert into organisation (id, institution_id, name, kind, is_main, members, functions)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
            OrganisationId::random().0,
            acting.institution().0,
            organisation.name,
            kind,
            organisation.is_main,
            organisation.members,
            organisation.functions
        )
        .execute(connection)
        .await?
    };
    Ok(done.rows_affected() == 1)
}

/// Ends an organisation from a day on; gives its name, none where there is none.
///
/// # Errors
/// Where the database fails.
pub async fn end_organisation(
    connection: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    id: OrganisationId,
    day: Date,
) -> Result<Option<String>, Failure> {
    let name = sqlx::query_scalar!(
        "update organisation set ended_on = $3 where id = $1 and institution_id = $2 and ended_on is null
         returning name",
        id.0,
        acting.institution().0,
        day
    );
    Ok(name.fetch_optional(connection).await?)
}
