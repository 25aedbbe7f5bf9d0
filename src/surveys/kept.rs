//! What is kept of people here, for the privacy notice.

use crate::{
    auth::kept::{Extent, Heading, KeptData},
    office::Office,
    voice::VoiceKeeper,
};

pub const KEPT: &[KeptData] = &[KeptData {
    slug: "surveyed",
    label: "答过哪次调研；实名调研的作答",
    purpose: "问卷调研；实名的组织单位能看到谁答了什么，匿名的加密封存，统计以后只留合计，页面上谁也看不到谁答了什么，也不显示谁答过；统计以前做的备份里还有封存的答卷，另有密钥文件的人能打开",
    heading: Heading::Voice,
    place: 110,
    readers: || VoiceKeeper::KINDS.to_vec(),
    extent: Extent::Own,
    until: |years| format!("长期；离校{years}后删除实名的作答，答过的记录只留编号"),
}];
