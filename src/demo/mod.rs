//! Two invented universities to try the portal with: one under each built-in plan.

mod conduct;
mod congress;
mod delegates;
mod education;
mod disclosure;
mod elections;
mod guidance;
mod load;
mod meeting;
mod paper;
mod matters;
mod meetings;
mod result;
mod reviews;
mod schools;
mod unions;
mod vetting;
mod voice;

pub use load::{DemoAccount, accounts, load};
