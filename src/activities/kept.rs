//! What is kept of people here, for the privacy notice.

use crate::{
    auth::kept::{Extent, Heading, KeptData},
    office::{MatterReader, Office},
};

pub const KEPT: &[KeptData] = &[KeptData {
    slug: "activities",
    label: "报名、签到参加的活动，对活动的评价（评价只显示人数）",
    purpose: "组织活动、安排名额；统计活动覆盖的院系和年级",
    heading: Heading::Voice,
    place: 240,
    readers: || MatterReader::KINDS.to_vec(),
    extent: Extent::Place,
    until: |years| format!("长期；离校{years}后删除评价、姓名和学号，只留编号"),
}];
