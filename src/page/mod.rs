//! What a page is made of before anybody asks for it: its frame, its assets, filters of templates, and charts.

pub mod assets;
pub mod charts;
pub mod chrome;
pub mod faults;
pub mod filters;
pub mod heat;
pub mod paging;
pub mod table;
pub mod task;
pub mod unsent;
