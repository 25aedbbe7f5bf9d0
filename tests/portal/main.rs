//! Everything that is tested from outside, in one binary: stories told through HTTP, printed truths, the programs'
//! behaviour as processes, and the browser.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop where it is"
)]

mod access;
mod accounts;
mod activities;
mod audit;
mod ballot_faults;
mod ballot_key;
mod browser;
mod by_turns;
mod campus;
mod campus_oidc;
mod checkup;
mod commands;
mod conduct;
mod congress;
mod congress_result;
mod congress_seats;
mod congress_steps;
mod contact;
mod counting_law;
mod delegates;
mod demo;
mod disclosure;
mod docs;
mod early_closing;
mod education;
mod elections;
mod every_form;
mod evidence;
mod failover;
mod find;
mod fuzz;
mod gather;
mod guidance;
mod hangups;
mod home;
mod house;
mod imports;
mod kept_overview;
mod links;
mod matters;
mod meeting;
mod meetings;
mod migrations;
mod monitors;
mod moving;
mod networks;
mod oracles;
mod order;
mod papers;
mod people;
mod pieces;
mod plan_drafts;
mod plans;
mod prepared;
mod privacy;
mod process;
mod projects;
mod proposals;
mod proxy;
mod reviews;
mod rollover;
mod rotation;
mod rulebook;
mod second_factor;
mod second_person;
mod secrecy;
mod sign_in;
mod strangers;
mod structure;
mod support;
mod survey_limits;
mod surveys;
mod tables;
mod unions;
mod vetting;
mod voice;
