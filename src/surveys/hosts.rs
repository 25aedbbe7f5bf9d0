//! In whose name an office makes questionnaires.

use sqlx::PgConnection;

use super::store::SurveyHosts;
use crate::{
    auth::person::{Held, SignedIn},
    failure::Failure,
    ids::{CollegeId, UnionId},
    office::{Office, SchoolLeague},
    unions::{store as unions, union::StudentUnion},
    voice::{VoiceKeeper, tasks::speaks_for},
};

/// In whose name questionnaires are made: unions, and for the School Youth League committee its own.
#[derive(Debug, Clone, Default)]
pub(super) struct Hosts {
    pub unions: Vec<StudentUnion>,
    pub league: bool,
}

/// Whose a questionnaire is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    Union(UnionId),
    League,
}

impl Host {
    /// The union; none of the School Youth League committee.
    pub fn union(self) -> Option<UnionId> {
        match self {
            Self::Union(union) => Some(union),
            Self::League => None,
        }
    }
}

/// The word of the School Youth League committee among the hosts.
pub(super) const LEAGUE: &str = "league";

impl Hosts {
    /// Those of the office in which a person acts.
    pub async fn of(connection: &mut PgConnection, person: &SignedIn) -> Result<Self, Failure> {
        match &person.acting {
            Some(office) if VoiceKeeper::KINDS.contains(&office.kind) => Self::held(connection, person, office).await,
            _ => Ok(Self::default()),
        }
    }

    async fn held(connection: &mut PgConnection, person: &SignedIn, office: &Held) -> Result<Self, Failure> {
        let mut own = unions::list(connection, person.institution, None).await?;
        own.retain(|union| speaks_for(office, union));
        Ok(Self { unions: own, league: SchoolLeague::KINDS.contains(&office.kind) })
    }

    pub fn is_empty(&self) -> bool {
        self.unions.is_empty() && !self.league
    }

    /// What of theirs is looked for.
    pub fn of_theirs(&self) -> SurveyHosts {
        SurveyHosts { unions: self.unions.iter().map(|union| union.id).collect(), league: self.league }
    }

    /// There is one alone: it need not be chosen.
    pub fn is_one(&self) -> bool {
        self.unions.len() + usize::from(self.league) == 1
    }

    /// A questionnaire of that union is theirs; none: of the School Youth League committee.
    pub fn keeps(&self, union: Option<UnionId>) -> bool {
        match union {
            Some(id) => self.unions.iter().any(|union| union.id == id),
            None => self.league,
        }
    }

    /// The college of that union, beyond which it asks nobody.
    pub fn college_of(&self, union: Option<UnionId>) -> Option<CollegeId> {
        self.unions.iter().find(|one| Some(one.id) == union).and_then(|union| union.college)
    }

    /// Whose it is to be; none where nothing was chosen that is theirs.
    pub fn chosen(&self, typed: &str) -> Option<Host> {
        let host = match (typed, self.unions.as_slice()) {
            ("", [one]) if !self.league => Host::Union(one.id),
            ("", []) | (LEAGUE, _) => Host::League,
            _ => Host::Union(typed.parse().ok()?),
        };
        self.keeps(host.union()).then_some(host)
    }
}
