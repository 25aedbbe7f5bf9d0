//! Lunzhi (轮值): a portal with which universities run their student unions by the book.
//!
//! # The map
//!
//! A university adopts a *plan*: a document that says how its student unions are built, staffed, elected and
//! reviewed. The plan is data ([`rules::plan`]), each value with the clause it rests on; the rules ([`rules`]) are
//! pure functions that hold facts against it and give back every finding with its clause. Everything else brings
//! facts to the rules, writes what they allow, and shows what they say.
//!
//! A request passes the layers of [`router::router`], proves its office ([`auth::acting::Acting`]), reads through
//! [`app::App::read`] (a connection that cannot write) or writes through [`app::App::write`] (one transaction, run to
//! its end whatever the client does), and ends as a page struct beside its handler or as a
//! [`failure::Failure`], which is a page too.
//!
//! A feature is a folder with the same files, read top-down: `mod.rs` (what it is, its routes, its entries of the
//! navigation, its verbs of the record, the sets of offices it alone asks for), its noun, `store.rs` (SQL), `forms.rs`,
//! `pages.rs`, `tasks.rs` (what waits for an office), `retention.rs` (what goes when people are erased), `kept.rs` (what the
//! privacy notice says of it). Dependencies run one way: rules ← noun ← store ← pages. What a feature owns it declares itself;
//! [`router`] lists them.
//!
//! `docs/ARCHITECTURE.md` follows one request step by step, lists the files of a new feature, and has the glossary: the
//! word in the code, the plans' word, the clause.
//!
//! # The floors
//!
//! From the ground up; a room imports from floors below it alone, and no file imports in a circle. A test reads this list.
//!
//! ```text
//! clock config ids office picture secrets text words
//! name workdays calendar_file
//! rules
//! code_words plan_form
//! sealing
//! sheet
//! fictional
//! page
//! failure
//! database
//! web
//! auth
//! app
//! audit inbox kept_forms papers
//! rulebook
//! directory holidays plan_drafts
//! people
//! sign_in
//! unions
//! rotation
//! conduct education vetting
//! elections
//! congress
//! adoption
//! reviews
//! matters
//! activities
//! meetings
//! guidance projects
//! voice
//! contact
//! disclosure surveys
//! accounts
//! campus
//! imports
//! rollover privacy roster_check
//! home health
//! router
//! demo
//! commands serve
//! ```

pub use lunzhi_ground::{
    calendar_file, clock, code_words, fictional, name, office, picture, plan_form, rules, secrets, sheet, text, words,
    workdays,
};

pub mod config;
pub mod ids;

pub mod sealing;

pub mod failure;
pub mod page;

pub mod database;
pub mod web;

pub mod auth;

pub mod app;

pub mod accounts;
pub mod activities;
pub mod adoption;
pub mod audit;
pub mod campus;
pub mod conduct;
pub mod congress;
pub mod contact;
pub mod directory;
pub mod disclosure;
pub mod education;
pub mod elections;
pub mod guidance;
pub mod holidays;
pub mod imports;
pub mod inbox;
pub mod kept_forms;
pub mod matters;
pub mod meetings;
pub mod papers;
pub mod people;
pub mod plan_drafts;
pub mod privacy;
pub mod projects;
pub mod reviews;
pub mod rollover;
pub mod roster_check;
pub mod rotation;
pub mod rulebook;
pub mod sign_in;
pub mod surveys;
pub mod unions;
pub mod vetting;
pub mod voice;

pub mod health;
pub mod home;
pub mod router;

pub mod commands;
pub mod demo;
pub mod serve;
