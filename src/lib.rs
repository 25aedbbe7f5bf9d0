//! Lunzhi (轮值): a portal with which universities run their student unions by the book.
pub mod rules;
