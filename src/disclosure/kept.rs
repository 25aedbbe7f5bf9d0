//! What is kept of people here, for the privacy notice.

use crate::{
    auth::kept::{Extent, Heading, KeptData},
    office::OfficeKind,
};

pub const KEPT: &[KeptData] = &[KeptData {
    slug: "disclosed",
    label: "改革自评表公开的姓名、职务、政治面貌、院系、年级、是否符合成绩条件；对学生会的评价",
    purpose: "每学年的改革情况公开，由师生监督，校团委决定向校外公开的，不登录也能看到；不公开名次和门数；评价不显示是谁写的",
    heading: Heading::Service,
    place: 120,
    readers: || OfficeKind::ALL.to_vec(),
    extent: Extent::Place,
    until: |years| format!("长期；离校{years}后从自评表里删除姓名和其他个人信息，只留职务，评价也删除"),
}];
