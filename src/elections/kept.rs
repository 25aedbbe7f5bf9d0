//! What is kept of people here, for the privacy notice.

use super::ElectionReader;
use crate::{
    auth::kept::{Extent, Heading, KeptData, as_a_number},
    office::{ElectionKeeper, Office},
};

pub const KEPT: &[KeptData] = &[
    KeptData {
        slug: "voted",
        label: "参加了哪次投票（不含投给谁），补登选民名册的理由",
        purpose: "选举计票；截止之后组织者能看到谁参加了投票，任何人都看不到投给谁",
        heading: Heading::Congress,
        place: 160,
        readers: || ElectionKeeper::KINDS.to_vec(),
        extent: Extent::Own,
        until: as_a_number,
    },
    KeptData {
        slug: "stood",
        label: "选举的候选人：选票上的姓名、简介、怎样产生、退选理由、得票；另选他人经监票人核对是谁的，也同样",
        purpose: "选举公告、选票、计票和监票报告；本次选举的选民都能看到。选票上另写的姓名只有监票人能看到原样，查不清是谁的只公布票数",
        heading: Heading::Congress,
        place: 170,
        readers: || ElectionReader::KINDS.to_vec(),
        extent: Extent::Place,
        until: |_| "长期；公布了的选举记录是公开文件，姓名不删除".to_owned(),
    },
];
