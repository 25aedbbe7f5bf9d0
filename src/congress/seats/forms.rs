//! What the forms of seats ask.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{
    draft::Request,
    unit::{SeatUnit, Society},
};
use crate::{ids::OrganisationId, rules::seats::UnitKind, text::folded, web::forms::Errors};

/// The most seats of a congress; the database holds the same.
const MOST: u32 = 5_000;

/// What a plan of seats is drafted from, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct DraftForm {
    /// `yes` once somebody has chosen: an empty list of societies then means none.
    pub asked: String,
    /// All seats; empty for the least number.
    pub total: String,
    /// The union's own places.
    pub own: String,
    /// The main societies of this congress, by id.
    pub society: Vec<String>,
    pub done: String,
}

impl DraftForm {
    /// The form of a draft as it is, or what one usually begins with.
    pub fn of(total: Option<u32>, units: &[SeatUnit], societies: &[Society]) -> Self {
        let id = |id: &OrganisationId| id.to_string();
        let society = if units.is_empty() {
            societies.iter().filter(|society| society.is_main).map(|society| id(&society.id)).collect()
        } else {
            units.iter().filter_map(|unit| unit.organisation.as_ref()).map(id).collect()
        };
        let own: u32 = units.iter().filter(|unit| unit.kind == UnitKind::Union).map(|unit| unit.seats).sum();
        Self {
            asked: String::new(),
            total: total.map(|total| total.to_string()).unwrap_or_default(),
            own: own.to_string(),
            society,
            done: String::new(),
        }
    }

    pub fn is_asked(&self) -> bool {
        self.asked == "yes"
    }

    pub fn flags(&self, society: &Society) -> bool {
        self.society.contains(&society.id.to_string())
    }

    /// Reads the form, or leaves an error beside each field.
    pub fn read(&self, societies: &[Society], errors: &mut Errors) -> Option<Request> {
        let total = folded(&self.total);
        let count = total.parse::<u32>().ok().filter(|count| (1..=MOST).contains(count));
        if count.is_none() && !total.is_empty() {
            errors.add("total", "应为 1 至 5000 的整数；不填按最低数");
        }
        let own = folded(&self.own);
        let own = if own.is_empty() { Some(0) } else { own.parse::<u32>().ok().filter(|own| *own <= MOST) };
        if own.is_none() {
            errors.add("own", "应为 0 至 5000 的整数");
        }
        let own = own?;
        if count.is_some_and(|count| own >= count) {
            errors.add("own", "应少于名额总数");
        }
        let flagged: BTreeSet<&String> = self.society.iter().collect();
        let societies: Vec<Society> =
            societies.iter().filter(|society| flagged.contains(&society.id.to_string())).cloned().collect();
        let clubs = u32::try_from(societies.len()).unwrap_or(u32::MAX);
        if count.is_some_and(|count| own < count && own.saturating_add(clubs) >= count) {
            let taken = own.saturating_add(clubs);
            errors.add("total", format!("学生会自身和主要社团已占 {taken} 个，院系和年级就没有名额了"));
        }
        errors.is_empty().then_some(Request { total: count, own, societies })
    }
}

/// The seats of the units as typed, in the order of the list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct CellsForm {
    pub seats: Vec<String>,
    /// The mark of the seats that the page showed.
    pub seen: String,
}

/// 批准 as typed, with the cells above it as they stood then.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ApprovalForm {
    pub reason: String,
    pub seats: Vec<String>,
    /// The mark of the seats that the page showed.
    pub seen: String,
}

impl ApprovalForm {
    /// Cells were changed and not kept.
    pub fn changes(&self, units: &[SeatUnit]) -> bool {
        let kept = units.iter().map(|unit| unit.seats.to_string());
        !self.seats.is_empty() && !self.seats.iter().map(|typed| folded(typed)).eq(kept)
    }
}

impl CellsForm {
    /// Reads the seats of so many units that must add up to `total`, or leaves an error.
    pub fn read(&self, units: usize, total: u32, errors: &mut Errors) -> Option<Vec<u32>> {
        let one = |typed: &String| folded(typed).parse::<u32>().ok().filter(|seats| *seats <= MOST);
        let seats: Option<Vec<u32>> = self.seats.iter().map(one).collect();
        let Some(seats) = seats.filter(|seats| seats.len() == units) else {
            errors.add("seats", "每一格应为 0 至 5000 的整数");
            return None;
        };
        let sum: u32 = seats.iter().sum();
        if sum != total {
            let what =
                if sum > total { format!("多 {} 个", sum - total) } else { format!("少 {} 个", total - sum) };
            errors.add("seats", format!("合计 {sum} 个，与名额总数 {total} 个不符（{what}）"));
        }
        errors.is_empty().then_some(seats)
    }
}
