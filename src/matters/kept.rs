//! What is kept of people here, for the privacy notice.

use crate::{
    auth::kept::{Extent, Heading, KeptData},
    office::{MatterReader, Office},
};

pub const KEPT: &[KeptData] = &[KeptData {
    slug: "matters",
    label: "四类事项的负责人和联系电话、各环节的签署、单据扫描件（扫描件只有本会和审批单位能看）",
    purpose: "学生会活动、信息发布、对外联系、经费物资的审核",
    heading: Heading::Voice,
    place: 230,
    readers: || MatterReader::KINDS.to_vec(),
    extent: Extent::Place,
    until: |years| {
        format!("长期；离校{years}后联系电话和姓名删除；单据扫描件作为会计凭证，按学校的规定随事项保存，不删除")
    },
}];
