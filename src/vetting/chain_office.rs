//! An office of the chain: which body it is there, and whose cases come to it.

use sqlx::PgConnection;

use crate::{
    auth::{acting::Acting, person::Held},
    failure::Failure,
    ids::{ClassId, CollegeId, InstitutionId},
    office::{Office, OfficeKind},
    rules::{
        chain::Link,
        plan::{Body, Union},
    },
    vetting::{case::Case, round::Round},
};

/// An office as the chains see it.
#[derive(Debug, Clone)]
pub struct ChainOffice {
    pub institution: InstitutionId,
    pub held: Held,
    /// The body that it is.
    pub body: Body,
    /// The kinds of union for which it is that body.
    pub unions: Vec<&'static str>,
    /// Only this college's cases; a class branch has its class's college.
    pub college: Option<CollegeId>,
    /// Only this class's cases.
    pub class: Option<ClassId>,
}

impl ChainOffice {
    /// An office as the chains see it.
    ///
    /// # Errors
    /// [`Failure::Missing`] for an office that is in no chain.
    pub async fn of<O: Office>(connection: &mut PgConnection, acting: &Acting<O>) -> Result<Self, Failure> {
        Self::of_office(connection, acting.institution(), acting.office()).await
    }

    /// As [`of`](Self::of), of an office that somebody holds: for what they see of it.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub async fn of_office(
        connection: &mut PgConnection,
        institution: InstitutionId,
        office: &Held,
    ) -> Result<Self, Failure> {
        let everywhere = || Union::ALL.iter().map(|union| union.slug()).collect();
        let (body, unions) = match office.kind {
            OfficeKind::SchoolLeague | OfficeKind::DeputySecretary => (Body::SchoolLeague, everywhere()),
            OfficeKind::StudentAffairs => (Body::StudentAffairs, everywhere()),
            OfficeKind::SchoolParty => (Body::SchoolParty, everywhere()),
            OfficeKind::SchoolUnion => (Body::SchoolUnion, vec![Union::School.slug()]),
            // For places of the graduate union, its own officers are what the school's are for the school's.
            OfficeKind::GraduateUnion => (Body::SchoolUnion, vec![Union::Graduate.slug()]),
            OfficeKind::CollegeLeague => (Body::CollegeLeague, everywhere()),
            OfficeKind::CollegeParty => (Body::CollegeParty, everywhere()),
            OfficeKind::CollegeUnion => (Body::CollegeUnion, everywhere()),
            OfficeKind::ClassBranch => (Body::ClassBranch, everywhere()),
            OfficeKind::Administrator | OfficeKind::Student => return Err(Failure::Missing),
        };
        let mut college = office.college;
        if let Some(class) = office.class {
            let found = sqlx::query_scalar!(
                r#"select m.college_id as "college: CollegeId" from class k join major m on m.id = k.major_id where k.id = $1"#,
                class.0
            );
            college = found.fetch_optional(connection).await?;
        }
        Ok(Self { institution, held: office.clone(), body, unions, college, class: office.class })
    }

    /// What it signs a step as: [`Link::signed_as`].
    #[must_use]
    pub fn signs_as(&self, link: &Link, place: usize) -> String {
        link.signed_as(self.body, place, self.held.label())
    }

    /// The office keeps the round: opened it or could have.
    #[must_use]
    pub fn manages(&self, round: &Round) -> bool {
        round.union.is_managed_by(&self.held)
    }

    /// The office keeps every round of the university.
    #[must_use]
    pub fn manages_all(&self) -> bool {
        matches!(self.held.kind, OfficeKind::SchoolLeague | OfficeKind::DeputySecretary)
    }

    /// The college whose rounds the office keeps, where it is a college's League organisation.
    #[must_use]
    pub fn managed_college(&self) -> Option<CollegeId> {
        self.college.filter(|_| self.held.kind == OfficeKind::CollegeLeague)
    }

    /// The office put the case forward.
    #[must_use]
    pub fn put_forward(&self, case: &Case) -> bool {
        case.prepared_office.as_deref() == Some(&self.held.label())
    }

    /// It is that body in the chain of that round.
    #[must_use]
    pub fn acts_in(&self, round: &Round) -> bool {
        self.unions.contains(&round.union.kind.slug()) && round.chain.links.iter().any(|link| link.has(self.body))
    }

    /// The office sees the round: its own union's, one in whose chain it acts, or one to which it puts candidates forward.
    #[must_use]
    pub fn sees(&self, round: &Round) -> bool {
        let near = round.union.college.is_none() || self.college.is_none() || round.union.college == self.college;
        let of_kind = self.unions.contains(&round.union.kind.slug());
        let named = matches!(self.held.kind, OfficeKind::CollegeUnion) && round.union.college.is_none();
        near && of_kind && (round.union.is_visible_to(&self.held) || self.acts_in(round) || named)
    }

    /// The office recommends in that round: it is a body of the first step.
    #[must_use]
    pub fn recommends_in(&self, round: &Round) -> bool {
        self.acts_in(round) && round.link(0).is_some_and(|link| link.has(self.body))
    }

    /// The office may put candidates of its own forward: it recommends, or it is a union whose officers prepare files.
    #[must_use]
    pub fn nominates_in(&self, round: &Round) -> bool {
        let officers =
            matches!(self.held.kind, OfficeKind::SchoolUnion | OfficeKind::GraduateUnion | OfficeKind::CollegeUnion);
        self.sees(round) && (self.recommends_in(round) || officers)
    }

    /// The case is of the office's college and class.
    #[must_use]
    pub fn is_near(&self, case: &Case) -> bool {
        self.college.is_none_or(|college| college == case.college)
    }
}
