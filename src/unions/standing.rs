//! How unions stand to the rules today, as one figure for the home page.

use sqlx::PgConnection;
use time::Date;

use super::{ComplianceReader, mending::breaches, owed::OwedRows, paths::COMPLIANCE_BREACHES, store};
use crate::{
    app::App,
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
    app: &App,
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    today: Date,
) -> Result<Option<Standing>, Failure> {
    if !UnionReader::KINDS.contains(&office.kind) {
        return Ok(None);
    }
    let mut unions = store::list(connection, person.institution, None).await?;
    unions.retain(|union| union.is_visible_to(office));
    let href = match unions.as_slice() {
        [] => return Ok(None),
        [one] => one.id.findings_path(),
        _ if ComplianceReader::KINDS.contains(&office.kind) => COMPLIANCE_BREACHES.to_owned(),
        _ => return Ok(None),
    };
    let Some(plan) = rulebook::store::calendar(connection, person.institution)
        .await?
        .in_force(today)
        .map(std::borrow::Cow::into_owned)
    else {
        return Ok(None);
    };
    let one = if let [one] = unions.as_slice() { Some(one.id) } else { None };
    let owed = OwedRows::load(connection, person.institution, one, app.clock.now()).await?;
    let records = store::records(connection, person.institution, unions, today).await?;
    // As the page counts them to which the figure leads.
    let judge =
        move || -> Vec<usize> { records.iter().map(|record| breaches(record, &plan, &owed, today).len()).collect() };
    let counts = app.heavy(judge).await?;
    let unions = counts.iter().filter(|breaches| **breaches > 0).count();
    Ok(Some(Standing { breaches: counts.iter().sum(), unions, href }))
}
