//! The papers of a sitting that are issued to the public, and under which number and seal.

use crate::words::words;

words! {
    /// A paper that is issued.
    PublicPaper:
    Announcement = "announcement", "选举公告";
    Candidates = "candidates", "候选人公告";
    EarlyClosing = "early-closing", "提前截止公告";
    ResultNotice = "notice", "选举结果公告";
}

/// What the office in charge has given a paper; empty where it has given nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Issue {
    /// 发文字号.
    pub number: String,
    /// 落款, in the words of the seal.
    pub issuer: String,
}

impl Issue {
    /// Who signs: whom the office has named, else who is known to be in charge.
    #[must_use]
    pub fn signs_as(&self, in_charge: String) -> String {
        if self.issuer.is_empty() { in_charge } else { self.issuer.clone() }
    }
}
