//! CON-03, CON-04: how delegates are produced and who elects them, and how many there are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    keys::{Keys, quoted},
    section::{Section, with_words},
    share::Share,
    steps::{Step, chain_in_words, read_chain, write_chain},
    words::Body,
};
use crate::words::words;

words! {
    /// Who elects a college's delegates.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    Voters:
    /// Those of the unit that the seats are of.
    Constituency = "constituency", "本年级的学生";
    College = "college", "本院系全体学生";
    /// The delegates of the college's own congress.
    Congress = "congress", "本院系学生代表大会";
}

/// CON-03: the steps by which delegates are produced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelegateSteps {
    pub chain: Vec<Step>,
    /// None where the plan does not say who votes.
    pub voters: Option<Voters>,
}

impl DelegateSteps {
    pub(super) const KEYS: [&'static str; 2] = ["chain", "voters"];

    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let chain = read_chain(section);
        let voters = section.optional("voters", |key| section.one_of(key, &with_words(Voters::ALL, Voters::slug)));
        Some(Self { chain: chain?, voters })
    }

    pub(super) fn in_words(&self, names: Option<&BTreeMap<Body, String>>) -> String {
        let chain = names.map(|names| chain_in_words(&self.chain, names)).unwrap_or_default();
        let voters = self.voters.map(|voters| format!("（由{}选举）", voters.label())).unwrap_or_default();
        chain + &voters
    }

    pub(super) fn write(&self, keys: &mut Keys) {
        write_chain(&self.chain, keys);
        if let Some(voters) = self.voters {
            keys.text("voters", voters.slug());
        }
    }
}

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
