//! The rules: both plans as data, every quota as a pure function, every answer cited.
//!
//! A rule takes a [`Plan`](plan::Plan) and facts and gives back every finding, each with the rule's code, the
//! measured value, the limit and the clause it rests on. Nothing here does I/O, keeps time or is async.
//!
//! What a rule allows is *sealed*: the decision can be made by the rule alone, so that a store that asks for it
//! cannot be called without having asked the rule.
//!
//! ```compile_fail,E0451
//! use lunzhi_ground::rules::adoption::Adoption;
//! // An adoption that no rule has passed does not compile: its fields are private.
//! let adoption = Adoption { code: "suzhou-2020".into(), from: time::macros::date!(2026 - 09 - 01) };
//! ```

pub mod activities;
pub mod adoption;
pub mod appointment;
pub mod baseline;
pub mod catalogue;
pub mod chain;
pub mod chain_steps;
pub mod clause;
pub mod conduct;
pub mod congress;
pub mod congress_result;
pub mod contact;
pub mod delegates;
pub mod disclosure;
pub mod education;
pub mod effect;
pub mod election;
pub mod eligibility;
pub mod everyday;
pub mod finding;
pub mod folding;
pub mod guidance;
pub mod judgement;
pub mod matters;
pub mod measure;
pub mod meeting;
pub mod offer;
pub mod own;
pub mod plan;
pub mod projects;
pub mod proposal;
pub mod qualification;
pub mod review;
pub mod roster;
pub mod rotation;
pub mod seats;
pub mod sitting;
pub mod staffing;
pub mod structure;
pub mod survey;
pub mod timeline;
pub mod union_meeting;
pub mod vetting;
pub mod voice;
pub mod yearly;

pub use catalogue::{CATALOGUE, Rule};
pub use clause::{Clause, Outcome};
pub use finding::{Finding, Gauge, Verdict};
pub use plan::Plan;

#[cfg(test)]
mod other_universities;
