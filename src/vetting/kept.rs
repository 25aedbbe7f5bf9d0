//! What is kept of people here, for the privacy notice.

use super::Vetter;
use crate::{
    auth::kept::{Extent, Heading, KeptData, while_at_school},
    office::{Office, OfficeKind, UnionKeeper},
    unions::union::sees_grades,
};

pub const KEPT: &[KeptData] = &[
    KeptData {
        slug: "application",
        label: "报名材料：个人陈述、经历、来源、照片、承诺",
        purpose: "本人报名时填写；用于本次遴选",
        heading: Heading::Selection,
        place: 40,
        readers: || Vetter::KINDS.to_vec(),
        extent: Extent::Candidates,
        until: while_at_school,
    },
    KeptData {
        slug: "figures",
        label: "候选人提交时的排名、不及格门数、政治面貌",
        purpose: "提交时从登记的数据取得；审查的依据，任命时再核对",
        heading: Heading::Selection,
        place: 50,
        readers: graders,
        extent: Extent::Candidates,
        until: while_at_school,
    },
    KeptData {
        slug: "opinions",
        label: "各单位对候选人签署的意见，逐人登记的环节（如试用）的日期",
        purpose: "遴选程序；退回、不予通过的原因会告诉本人",
        heading: Heading::Selection,
        place: 60,
        readers: graders,
        extent: Extent::Candidates,
        until: while_at_school,
    },
    KeptData {
        slug: "objections",
        label: "公示期间收到的反映",
        purpose: "公示；不告诉被反映的人是谁反映的，署名的办理单位能看到姓名",
        heading: Heading::Selection,
        place: 70,
        readers: || UnionKeeper::KINDS.to_vec(),
        extent: Extent::Own,
        until: while_at_school,
    },
];

/// Those of them who see ranks and failed courses.
fn graders() -> Vec<OfficeKind> {
    Vetter::KINDS.iter().copied().filter(|kind| sees_grades(*kind)).collect()
}
