//! Lunzhi (轮值): a portal with which universities run their student unions by the book.
pub mod checkup;
pub mod commands;
pub mod congress;
pub mod elections;
pub mod rules;
pub mod sheet;
