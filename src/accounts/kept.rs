//! What is kept of people here, for the privacy notice.

use crate::{
    auth::kept::{Extent, Heading, KeptData, together},
    office::{Administrator, Office, SlipPrinter},
};

pub const KEPT: &[KeptData] = &[KeptData {
    slug: "account",
    label: "账号、登录过的浏览器和系统的大致名称、动态验证码的密钥（加密保存）、统一身份认证的用户（只存不能还原的摘要）",
    purpose: "登录和账号安全",
    heading: Heading::Account,
    place: 250,
    readers: || together(Administrator::KINDS, SlipPrinter::KINDS),
    extent: Extent::Place,
    until: |years| format!("账号到离校{years}后；一次登录 12 小时，浏览器 180 天，已结束的登录再留 1 天"),
}];
