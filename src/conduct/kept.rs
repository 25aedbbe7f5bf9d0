//! What is kept of people here, for the privacy notice.

use super::ConductHandler;
use crate::{
    auth::kept::{Extent, Heading, KeptData, while_at_school},
    office::{Office, UnionKeeper},
};

pub const KEPT: &[KeptData] = &[
    KeptData {
        slug: "conduct",
        label: "违纪失范的反映、调查核实和处理",
        purpose: "调查核实和处理；保密反映的，任何页面都不显示是谁反映的；每次查看都有记录",
        heading: Heading::Service,
        place: 80,
        readers: || ConductHandler::KINDS.to_vec(),
        extent: Extent::Own,
        until: while_at_school,
    },
    KeptData {
        slug: "exits",
        label: "退出学生会的类别、理由和交接，任职期间不再符合条件的核对和决定",
        purpose: "退出和工作交接",
        heading: Heading::Service,
        place: 130,
        readers: || UnionKeeper::KINDS.to_vec(),
        extent: Extent::Own,
        until: while_at_school,
    },
];
