//! Two invented universities to try the portal with: one under each built-in plan.

mod conduct;
mod congress;
mod contact;
mod delegates;
mod disclosure;
mod education;
mod elections;
mod guidance;
mod load;
mod matters;
mod meeting;
mod meetings;
mod paper;
mod plan_drafts;
mod proposals;
mod result;
mod reviews;
mod schools;
mod surveys;
mod unions;
mod vetting;
mod voice;

pub use load::{DemoAccount, accounts, load};
