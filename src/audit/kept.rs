//! What is kept of people here, for the privacy notice.

use super::Overseer;
use crate::{
    auth::kept::{Extent, Heading, KeptData},
    office::Office,
};

pub const KEPT: &[KeptData] = &[KeptData {
    slug: "record",
    label: "谁以什么职务办了什么的操作记录，用统一身份认证登录的时间，登录失败较多时所在的网段",
    purpose: "办事留痕，不能改动",
    heading: Heading::Account,
    place: 280,
    readers: || Overseer::KINDS.to_vec(),
    extent: Extent::Place,
    until: |years| format!("长期；离校{years}后只留没有含义的编号"),
}];
