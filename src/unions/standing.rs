//! How unions stand to the rules today, as one figure for the home page.

use std::borrow::Cow;

use sqlx::PgConnection;
use time::Date;

use super::{
    ComplianceReader,
    mending::breaches,
    owed::OwedRows,
    pages::{AskedOverview, Overviews},
    paths::COMPLIANCE_BREACHES,
    store,
};
use crate::{
    auth::person::{Held, SignedIn},
    failure::Failure,
    office::{Office, UnionReader},
    rulebook,
};

/// The hard breaches of the unions that an office sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub breaches: usize,
    /// The unions that have one.
    pub unions: usize,
    /// Where they are listed.
    pub href: String,
}

/// How the unions stand that an office sees; none where it sees none or no plan governs.
pub async fn standing(
    overviews: &Overviews,
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    today: Date,
) -> Result<Option<Standing>, Failure> {
    if !UnionReader::KINDS.contains(&office.kind) {
        return Ok(None);
    }
    let (institution, now) = (person.institution, overviews.clock.now());
    // Before all that they stand on: what changes in between is told from what was read.
    let stamps = if ComplianceReader::KINDS.contains(&office.kind) {
        Some(store::fact_stamps(connection, institution).await?)
    } else {
        None
    };
    let mut unions = store::list(connection, institution, None).await?;
    unions.retain(|union| union.is_visible_to(office));
    let href = match unions.as_slice() {
        [] => return Ok(None),
        [one] => one.id.findings_path(),
        _ if stamps.is_some() => COMPLIANCE_BREACHES.to_owned(),
        _ => return Ok(None),
    };
    let plans = rulebook::store::calendar(connection, institution).await?;
    // As the page counts them to which the figure leads.
    let counts = if let Some(stamps) = stamps {
        if plans.in_force(today).is_none() {
            return Ok(None);
        }
        // It is the overview of the day: of hundreds of unions those alone are judged that changed.
        let (day, is_whole, with_days) = (today, true, true);
        let asked = AskedOverview { institution, office, unions, plans, day, stamps, now, today, is_whole, with_days };
        overviews.breaches(connection, asked).await?
    } else {
        let Some(plan) = plans.in_force(today).map(Cow::into_owned) else { return Ok(None) };
        let one = if let [one] = unions.as_slice() { Some(one.id) } else { None };
        let owed = OwedRows::load(connection, institution, one, now).await?;
        let records = store::records(connection, institution, unions, today).await?;
        let judge = move || -> Vec<usize> {
            records.iter().map(|record| breaches(record, &plan, &owed, today).len()).collect()
        };
        overviews.heavy(judge).await?
    };
    let unions = counts.iter().filter(|breaches| **breaches > 0).count();
    Ok(Some(Standing { breaches: counts.iter().sum(), unions, href }))
}
