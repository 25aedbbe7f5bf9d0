//! What is kept of people here, for the privacy notice.

use super::ReviewReader;
use crate::{
    auth::kept::{Extent, Heading, KeptData},
    office::Office,
};

pub const KEPT: &[KeptData] = &[KeptData {
    slug: "reviewed",
    label: "述职报告、评议得分和等次、对结果的异议、提名（不含谁评多少分）",
    purpose: "每学期的述职评议；择优提名的依据。评议表无记名，任何人都看不到谁评多少分",
    heading: Heading::Service,
    place: 200,
    readers: || ReviewReader::KINDS.to_vec(),
    extent: Extent::Place,
    until: |years| format!("在校期间；离校{years}后删除报告、意见和异议，得分只留编号"),
}];
