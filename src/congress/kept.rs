//! What is kept of people here, for the privacy notice.

use super::{CongressKeeper, DelegateReader};
use crate::{
    auth::kept::{Extent, Heading, KeptData, as_a_number},
    office::Office,
};

pub const KEPT: &[KeptData] = &[
    KeptData {
        slug: "delegate",
        label: "被推荐、审查、当选为学生代表大会代表的情况",
        purpose: "学生代表大会代表的推荐、选举和资格审查；代表名册",
        heading: Heading::Congress,
        place: 190,
        readers: || DelegateReader::KINDS.to_vec(),
        extent: Extent::Place,
        until: as_a_number,
    },
    KeptData {
        slug: "attended",
        label: "出席学生代表大会的签到：时间、签到台、是否中途退场；列席人员的姓名和单位",
        purpose: "清点到会人数；签到员只看到自己签到的人，大屏只显示人数",
        heading: Heading::Congress,
        place: 210,
        readers: || CongressKeeper::KINDS.to_vec(),
        extent: Extent::Own,
        until: as_a_number,
    },
    KeptData {
        slug: "proposals",
        label: "提出、附议的提案，对答复的评价",
        purpose: "代表行使提案权；公开提案的内容和办理，只写代表团，不写姓名",
        heading: Heading::Congress,
        place: 220,
        readers: || CongressKeeper::KINDS.to_vec(),
        extent: Extent::Own,
        until: as_a_number,
    },
];
