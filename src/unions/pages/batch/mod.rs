//! 现状登记 and 换届: a whole roster, previewed with everything the rules say of it, then written whole or not at all.

pub(super) mod draft;
pub(super) mod upload;

use time::Date;

use crate::unions::{roster::RosterPurpose, union::Record};

/// Before a union comes under the rules it is registered as it stands; afterwards it is staffed anew.
fn purpose_of(record: &Record) -> RosterPurpose {
    if record.union.opened_on.is_none() { RosterPurpose::Register } else { RosterPurpose::Reshuffle }
}

/// The last day until today on which something began or ended: a 换届 does not rewrite what was served after its day.
fn changed_since(record: &Record, today: Date) -> Option<Date> {
    record.union.opened_on?;
    record.timeline.days().into_iter().rev().find(|day| *day <= today)
}
