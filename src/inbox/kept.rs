//! What is kept of people here, for the privacy notice.

use crate::auth::kept::{Extent, Heading, KeptData, while_at_school};

pub const KEPT: &[KeptData] = &[KeptData {
    slug: "messages",
    label: "系统里收到的消息",
    purpose: "告诉本人办理的进展；发给单位的消息，由任职的人查看",
    heading: Heading::Account,
    place: 260,
    readers: Vec::new,
    extent: Extent::Own,
    until: while_at_school,
}];
