//! What is kept of people here, for the privacy notice.

use crate::{
    auth::kept::{Extent, Heading, KeptData, as_a_number},
    office::{Office, UnionReader},
};

pub const KEPT: &[KeptData] = &[KeptData {
    slug: "meetings",
    label: "学生会会议的召集、出席和请假，志愿者的岗位和时长",
    purpose: "通知开会、清点到会人数、出具志愿服务证明；参加会议的人能看到彼此的出席情况",
    heading: Heading::Service,
    place: 180,
    readers: || UnionReader::KINDS.to_vec(),
    extent: Extent::Place,
    until: as_a_number,
}];
