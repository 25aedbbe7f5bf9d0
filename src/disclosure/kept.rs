//! What is kept of people here, for the privacy notice.

use crate::{
    auth::kept::{Extent, KeptData},
    office::OfficeKind,
};

pub const KEPT: &[KeptData] = &[KeptData {
    slug: "disclosed",
    label: "改革自评表公开的姓名、职务、政治面貌、院系、年级、是否符合成绩条件；对学生会的评价",
    purpose: "每学年的改革情况公开，由师生监督，校团委决定向校外公开的，不登录也能看到；不公开名次和门数；评价不显示是谁写的",
    place: 120,
    readers: || OfficeKind::ALL.to_vec(),
    extent: Extent::Place,
    until: |_| "长期；公开以后不再改动，评价在离校期满后删除".to_owned(),
}];
