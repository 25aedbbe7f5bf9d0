//! What is kept of people here, for the privacy notice.

use crate::{
    auth::kept::{Extent, Heading, KeptData},
    office::{Office, UnionReader},
};

pub const KEPT: &[KeptData] = &[KeptData {
    slug: "contact",
    label: "负责联系哪个班级、联系的记录；给班级联系人的留言",
    purpose: "直接联系同学、听取意见；本班同学能看到联系人的姓名和职务；留言只有联系本班的人能看到，选择署名的才显示姓名",
    heading: Heading::Voice,
    place: 100,
    readers: || UnionReader::KINDS.to_vec(),
    extent: Extent::Place,
    until: |years| format!("长期；离校{years}后姓名和学号删除，只留编号，留言删除"),
}];
