//! Whom the contests of a congress elected to a union's presidium, as their reports say.

use sqlx::PgConnection;
use time::Date;

use super::{counting, names::SettledNames, sitting::Stage, store};
use crate::{
    clock::CHINA,
    failure::Failure,
    ids::{CongressId, ContestId, InstitutionId, SittingId, StudentId},
    rules::sitting::Fills,
};

/// Somebody elected to the presidium.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElectedStudent {
    pub student: StudentId,
    pub contest: ContestId,
    /// 赞成.
    pub votes: u32,
}

/// What the sittings of a congress came to.
#[derive(Debug, Clone, Default)]
pub struct ElectedPresidium {
    /// By votes.
    pub people: Vec<ElectedStudent>,
    /// The last day on which one of them closed.
    pub last_day: Option<Date>,
    /// The titles of sittings with such contests that are not reported yet.
    pub open: Vec<String>,
    /// Labels of the elected of whom nobody can tell which student is meant.
    pub unnamed: Vec<String>,
}

/// The presidium that the reported sittings of a congress elected.
pub async fn elected_presidium(
    db: &mut PgConnection,
    institution: InstitutionId,
    congress: CongressId,
) -> Result<ElectedPresidium, Failure> {
    let ids = sqlx::query_scalar!(
        r#"select t.id as "id: SittingId" from sitting t
           where t.institution_id = $1 and t.congress_id = $2 and t.stage <> 'voided'
                 and exists (select from contest c where c.sitting_id = t.id and c.fills = 'presidium')
           order by t.opens_at, t.id"#,
        institution.0,
        congress.0
    )
    .fetch_all(&mut *db)
    .await?;
    let mut found = ElectedPresidium::default();
    for id in ids {
        let Some(sitting) = store::sitting(db, institution, id).await? else { continue };
        if sitting.stage() != Stage::Reported {
            found.open.push(sitting.title);
            continue;
        }
        found.last_day = found.last_day.max(sitting.closed_at().map(|at| at.to_offset(CHINA).date()));
        let contests = store::contests(db, &sitting, None).await?;
        let accounts = counting::accounts(db, &sitting, &contests).await?;
        let matches = store::name_matches(db, sitting.id).await?;
        for (contest, account) in contests.iter().zip(accounts).filter(|(contest, _)| contest.fills == Fills::Presidium)
        {
            let settled = SettledNames::of(contest, &matches, true);
            for label in &account.count.elected {
                let stands = contest.candidates.iter().find(|one| one.label == *label).map(|one| one.student);
                let Some(student) = stands.or_else(|| settled.person(label).map(|person| person.student)) else {
                    found.unnamed.push(label.clone());
                    continue;
                };
                let own = account.count.candidates.iter().find(|one| one.name == *label).map(|one| one.votes_for);
                let written = || account.count.write_ins.iter().find(|one| one.name == *label).map(|one| one.votes_for);
                let votes = own.or_else(written).unwrap_or_default();
                if found.people.iter().all(|known| known.student != student) {
                    found.people.push(ElectedStudent { student, contest: contest.id, votes });
                }
            }
        }
    }
    found.people.sort_by_key(|one| std::cmp::Reverse(one.votes));
    Ok(found)
}
