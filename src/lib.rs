//! Lunzhi (轮值): a portal with which universities run their student unions by the book.
//!
//! # The map
//!
//! A university adopts a *plan*: a document that says how its student unions are built, staffed, elected and
//! reviewed. The plan is data ([`rules::plan`]), each value with the clause it rests on; the rules ([`rules`]) are
//! pure functions that hold facts against it and give back every finding with its clause. Everything else brings
//! facts to the rules, writes what they allow, and shows what they say.
//!
//! A request passes the layers of [`app::router`], proves its office ([`auth::acting::Acting`]), reads through
//! [`app::App::read`] (a connection that cannot write) or writes through [`app::App::write`] (one transaction, run to
//! its end whatever the client does), and ends as a page struct beside its handler or as a
//! [`failure::Failure`], which is a page too.
//!
//! A feature is a folder with the same files, read top-down: `mod.rs`, its noun, `store.rs` (SQL), `forms.rs`,
//! `pages.rs`. Dependencies run one way: rules ← noun ← store ← pages. [`web`], [`auth`] and [`audit`] know no
//! feature.

pub mod rules;

pub mod sealing;

pub mod code_words;
pub mod sheet;

pub mod clock;
pub mod config;
pub mod ids;
pub mod name;
pub mod office;
pub mod text;
mod words;

pub mod app;
pub mod database;
pub mod failure;
pub mod page;

pub mod audit;
pub mod auth;
pub mod web;

pub mod accounts;
pub mod checkup;
pub mod desk;
pub mod directory;
pub mod elections;
pub mod imports;
pub mod inbox;
pub mod people;
pub mod privacy;
pub mod rollover;
pub mod rotation;
pub mod rulebook;
pub mod unions;
pub mod vetting;

pub mod commands;
pub mod demo;
pub mod fictional;

pub mod serve;
