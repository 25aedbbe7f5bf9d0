//! What is kept of people here, for the privacy notice.

use crate::{
    auth::kept::{Extent, Heading, KeptData, as_a_number},
    office::{Office, UnionReader},
};

pub const KEPT: &[KeptData] = &[KeptData {
    slug: "duties",
    label: "自律承诺的签署，参加培训的情况",
    purpose: "上岗前和每学年签署承诺；工作人员培训",
    heading: Heading::Service,
    place: 140,
    readers: || UnionReader::KINDS.to_vec(),
    extent: Extent::Place,
    until: as_a_number,
}];
