//! What is kept of people here, for the privacy notice.

use super::VoiceHandler;
use crate::{
    auth::kept::{Extent, Heading, KeptData, while_at_school},
    office::Office,
};

pub const KEPT: &[KeptData] = &[KeptData {
    slug: "voice",
    label: "提出的诉求、对答复的评价、附议",
    purpose: "办理和答复；实名的办理单位能看到姓名，选“仅答复单位可见”的只有答复单位能看到，匿名的不存账号，任何单位都看不到",
    heading: Heading::Voice,
    place: 90,
    readers: || VoiceHandler::KINDS.to_vec(),
    extent: Extent::Own,
    until: while_at_school,
}];
