//! What is kept of people here, for the privacy notice.

use super::{GradeReader, PeopleReader};
use crate::{
    auth::kept::{Extent, Heading, KeptData, while_at_school},
    office::Office,
};

pub const KEPT: &[KeptData] = &[
    KeptData {
        slug: "identity",
        label: "学号、姓名、院系、专业、年级、班级、政治面貌、性别、民族",
        purpose: "学校的学生名单；用于认定资格、统计代表构成",
        heading: Heading::Basics,
        place: 10,
        readers: || PeopleReader::KINDS.to_vec(),
        extent: Extent::Place,
        until: while_at_school,
    },
    KeptData {
        slug: "grades",
        label: "专业排名、不及格门数，连同口径、统计期间和来源",
        purpose: "教务处的成绩排名，由学校导入；只用于方案规定的成绩条件",
        heading: Heading::Basics,
        place: 20,
        readers: || GradeReader::KINDS.to_vec(),
        extent: Extent::Place,
        until: while_at_school,
    },
    KeptData {
        slug: "corrections",
        label: "信息更正的记录、原来的学号，对成绩数据的异议和答复",
        purpose: "更正有误的信息时留下原来的内容和理由；异议由学生工作部门答复",
        heading: Heading::Basics,
        place: 30,
        readers: || GradeReader::KINDS.to_vec(),
        extent: Extent::Place,
        until: while_at_school,
    },
];
