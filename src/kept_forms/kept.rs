//! What is kept of people here, for the privacy notice.

use crate::auth::kept::{Extent, Heading, KeptData};

pub const KEPT: &[KeptData] = &[KeptData {
    slug: "unsent",
    label: "登录过期时没有提交的表单",
    purpose: "免得写好的内容丢失；加密保存，只有本人在同一浏览器能打开，不含密码和选票；等待选择工作表的名单文件也这样保存",
    heading: Heading::Account,
    place: 270,
    readers: Vec::new,
    extent: Extent::Own,
    until: |_| "1 小时".to_owned(),
}];
