//! What the report on the delegates' qualification is made of.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use time::Date;

use super::{
    store::{self, Adopted, SeatedDelegate},
    unit::{UnitKind, UnitProgress},
};
use crate::{
    congress::congress::Congress,
    failure::Failure,
    ids::{CongressDelegationId, DelegateId},
    name::order::{self, StrokeOrder},
    rules::{
        delegates::DelegateChain,
        qualification::{Qualification, count},
    },
};

/// What the report is made of.
pub struct Counted {
    pub figures: Qualification,
    pub adopted: Option<Adopted>,
    /// The steps by which the delegates came to be, in words.
    pub chain: Vec<String>,
    /// Delegates with a vote, in the order of their delegations.
    pub rows: Vec<SeatedDelegate>,
}

/// Where a unit's seats are from.
fn source(unit: Option<&UnitProgress>) -> &'static str {
    match unit.map(|one| one.unit.kind) {
        Some(UnitKind::Grade) => "院系各年级",
        Some(UnitKind::Society) => "主要学生社团",
        Some(UnitKind::Union) | None => "学生会工作人员和主席团",
    }
}

/// Counts the delegates with a vote, or gives the figures as they were adopted.
pub async fn counted(db: &mut PgConnection, congress: &Congress, today: Date) -> Result<Counted, Failure> {
    let mut rows = store::seated(db, congress).await?;
    rows.retain(SeatedDelegate::votes);
    let units = store::units(db, congress, None, today).await?;
    let by_place: HashMap<i16, &UnitProgress> = units.iter().map(|one| (one.unit.place, one)).collect();
    let delegations = store::delegations(db, congress).await?;
    let named = |row: &SeatedDelegate| {
        let own = delegations.iter().find(|delegation| Some(delegation.id) == row.delegation);
        own.map(|delegation| delegation.name.as_str())
    };
    // Delegations stand in their order.
    rows.sort_by_key(|row| {
        let place = delegations.iter().position(|delegation| Some(delegation.id) == row.delegation);
        place.unwrap_or(usize::MAX)
    });
    let facts: Vec<_> = rows
        .iter()
        .map(|row| store::counted(row, source(row.unit.and_then(|place| by_place.get(&place).copied())), named(row)))
        .collect();
    let seats = units.iter().map(|one| one.unit.seats).sum();
    let adopted = store::adopted(db, congress).await?;
    let terms = store::terms(db, congress).await?;
    let chain = terms.map(|terms| DelegateChain::in_words(&terms.chain)).unwrap_or_default();
    let figures = adopted.as_ref().map_or_else(|| count(seats, &facts), |adopted| adopted.figures.clone());
    Ok(Counted { figures, adopted, chain, rows })
}

impl Counted {
    /// A mark of whom the report counts and of its figures: what is adopted is what was examined.
    #[must_use]
    pub fn mark(&self) -> String {
        // Figures and names always have a JSON form.
        let figures = serde_json::to_string(&self.figures).unwrap_or_default();
        let delegates: Vec<String> = self.rows.iter().map(|row| row.id.to_string()).collect();
        hex::encode(Sha256::digest(format!("{figures} {}", delegates.join(","))))
    }

    /// The delegates in the order of their numbers: by delegation, and in each by strokes.
    #[must_use]
    pub fn numbered(&self, strokes: StrokeOrder) -> Vec<DelegateId> {
        let mut delegations: Vec<Option<CongressDelegationId>> = self.rows.iter().map(|row| row.delegation).collect();
        delegations.dedup();
        let mut rows: Vec<&SeatedDelegate> = self.rows.iter().collect();
        order::sort(&mut rows, strokes, |row| &row.name);
        rows.sort_by_key(|row| delegations.iter().position(|delegation| *delegation == row.delegation));
        rows.iter().map(|row| row.id).collect()
    }
}
