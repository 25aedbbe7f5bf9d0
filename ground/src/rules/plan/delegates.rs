//! CON-04, CON-06: how many delegates there are, and how many of them are ordinary students.

use super::{
    keys::{Keys, quoted},
    section::{Section, with_words},
    share::Share,
};
use crate::words::words;

words! {
    /// On whom the share of delegates is taken.
    DelegateBase:
    /// 所联系学生: those the union serves.
    Served = "served", "所联系学生人数";
    /// 全校学生.
    All = "all", "全校学生总数";
    /// 会员: every student is one.
    Members = "members", "会员总数";
}

/// CON-04: the least share of delegates, and of whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DelegateShare {
    pub share: Share,
    pub base: DelegateBase,
    /// The largest share, where the plan sets a band (3 % 至 10 %).
    pub at_most: Option<Share>,
}

impl DelegateShare {
    pub(super) const KEYS: [&'static str; 3] = ["share", "base", "at_most_share"];

    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let share = section.share("share");
        let base = section.one_of("base", &with_words(DelegateBase::ALL, DelegateBase::slug));
        let at_most = section.optional("at_most_share", |key| section.share(key));
        if at_most.zip(share).is_some_and(|(most, least)| most < least) {
            section.error(section.at, format!("{} 的 at_most_share 小于 share", section.path));
        }
        Some(Self { share: share?, base: base?, at_most })
    }

    pub(super) fn in_words(self) -> String {
        let Self { share, base, at_most } = self;
        let most = at_most.map(|most| format!("，不高于 {most}")).unwrap_or_default();
        format!("不低于{}的 {share}{most}", base.label())
    }

    pub(super) fn write(self, keys: &mut Keys) {
        keys.bare("share", quoted(&self.share.to_string()));
        keys.text("base", self.base.slug());
        if let Some(most) = self.at_most {
            keys.bare("at_most_share", quoted(&most.to_string()));
        }
    }
}
