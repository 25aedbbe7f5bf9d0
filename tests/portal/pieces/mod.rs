//! What a piece of the portal does by itself: no database, no page, no story.

mod auth;
mod campus;
mod config;
mod contact;
mod database;
mod disclosure;
mod elections;
mod failure;
mod home;
mod imports;
mod page;
mod projects;
mod reviews;
mod rollover;
mod sealing;
mod surveys;
mod voice;
mod web;
