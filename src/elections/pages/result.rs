//! The result of a sitting as pages and papers show it.

use sqlx::PgConnection;

use crate::{
    elections::{
        ballot::CountedText,
        counting,
        names::SettledNames,
        reconciliation::{Account, FEW},
        record,
        sitting::{Contest, Sitting, Stage},
        store::{self, Lot},
    },
    failure::Failure,
    rules::election::{CandidateFigures, MajorityOf},
};

/// What a count says of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CandidateOutcome {
    Elected,
    /// Tied for the last seat, which a lot or a second round still fills.
    TiedOpen,
    /// Tied for the last seat when the report was made.
    TiedLost,
    Withdrawn,
    NotElected,
}

impl CandidateOutcome {
    /// Empty for most, who are not elected.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Elected => "当选",
            Self::TiedOpen => "得票相同，待定",
            Self::TiedLost => "得票相同，未当选",
            Self::Withdrawn => "退选",
            Self::NotElected => "",
        }
    }

    pub(super) fn is_elected(self) -> bool {
        self == Self::Elected
    }
}

/// A candidate, or somebody written in, in a contest's result.
pub(super) struct CandidateRow {
    pub name: String,
    pub written: bool,
    pub figures: CandidateFigures,
    pub outcome: CandidateOutcome,
    /// The length of the bar, 0 to 200.
    pub length: u32,
}

/// A contest with its account and lines.
pub(super) struct ContestResult {
    pub contest: Contest,
    pub account: Account,
    pub lines: Vec<CandidateRow>,
    pub lot: Option<Lot>,
    /// Whom the names written in mean.
    pub settled: SettledNames,
    /// Its rules are not those of the contest before it.
    pub own_rules: bool,
}

impl CandidateRow {
    /// Abstentions, with the lines among them that could not be read.
    pub(super) fn abstained(&self) -> String {
        let CandidateFigures { abstain, unreadable, .. } = self.figures;
        if unreadable > 0 { format!("{abstain}（其中无法辨认{unreadable}）") } else { abstain.to_string() }
    }
}

impl ContestResult {
    /// What remains to be done about a tie.
    pub(super) fn tie_word(&self) -> String {
        let tied = &self.account.count.tied;
        if tied.is_empty() { String::new() } else { tied.join("、") }
    }

    /// The tied names that were written in and that no monitors settled.
    pub(super) fn unsettled_tied(&self) -> Vec<&String> {
        let stands = |name: &String| self.contest.candidates.iter().any(|one| one.label == *name);
        let settled = |name: &String| self.settled.person(name).is_some();
        self.account.count.tied.iter().filter(|name| !stands(name) && !settled(name)).collect()
    }

    /// What a candidate needs to be elected, as a sentence.
    pub(super) fn needed_in_words(&self) -> String {
        let rules = self.contest.rules.count;
        let base = match rules.base() {
            MajorityOf::Present => "实到人数",
            MajorityOf::Valid => "有效票",
            MajorityOf::Due => "应到人数",
            MajorityOf::None => return "得票多的当选，不要求过半数；没有得票的不能当选。".to_owned(),
        };
        let needed = rules.needed(self.account.attendance, self.account.tally.valid);
        format!("赞成达到 {needed} 票即超过半数（以{base}为准）。")
    }
}

/// The results of a sitting.
pub(super) struct Results {
    pub contests: Vec<ContestResult>,
    pub published: bool,
}

fn lines(contest: &Contest, account: &Account, is_final: bool) -> Vec<CandidateRow> {
    let (tally, count) = (&account.tally, &account.count);
    let most = tally.valid.max(1);
    let outcome = |name: &String| {
        if contest.withdrawn().contains(name) {
            CandidateOutcome::Withdrawn
        } else if count.elected.contains(name) {
            CandidateOutcome::Elected
        } else if !count.tied.contains(name) {
            CandidateOutcome::NotElected
        } else if is_final {
            CandidateOutcome::TiedLost
        } else {
            CandidateOutcome::TiedOpen
        }
    };
    let line = |figures: CandidateFigures, written| CandidateRow {
        name: figures.name.clone(),
        written,
        outcome: outcome(&figures.name),
        length: u32::try_from(u64::from(figures.votes_for) * 200 / u64::from(most)).unwrap_or(200),
        figures,
    };
    let written = tally.write_ins.iter().map(|one| CandidateFigures {
        name: one.name.clone(),
        votes_for: one.votes_for,
        against: 0,
        abstain: 0,
        unreadable: 0,
    });
    // Names that few wrote in are not shown: what they come to is.
    let others = (tally.others > 0).then(|| CandidateFigures {
        name: "其他".to_owned(),
        votes_for: tally.others,
        against: 0,
        abstain: 0,
        unreadable: 0,
    });
    let written = written.chain(others);
    tally
        .candidates
        .iter()
        .cloned()
        .map(|figures| line(figures, false))
        .chain(written.map(|figures| line(figures, true)))
        .collect()
}

/// The results as they stand after the count.
pub(super) async fn results(
    db: &mut PgConnection,
    sitting: &Sitting,
    contests: &[Contest],
) -> Result<Option<Results>, Failure> {
    if !matches!(sitting.stage(), Stage::Counted | Stage::Reported) {
        return Ok(None);
    }
    let accounts = counting::accounts(db, sitting, contests).await?;
    let mut lots = store::lots(db, sitting.id).await?;
    let matches = store::name_matches(db, sitting.id).await?;
    let (mut before, is_final) = (None, sitting.stage() == Stage::Reported);
    let one = |(contest, account): (&Contest, Account)| ContestResult {
        own_rules: {
            let rules = Some(contest.rules_in_words(&sitting.decision));
            let own = rules != before;
            before = rules;
            own
        },
        settled: SettledNames::of(contest, &matches, is_final),
        lines: lines(contest, &account, is_final),
        lot: lots.remove(&contest.id),
        contest: contest.clone(),
        account,
    };
    let contests = contests.iter().zip(accounts).map(one).collect();
    Ok(Some(Results { contests, published: is_final }))
}

/// The results for voters: after the report.
pub(super) async fn published(
    db: &mut PgConnection,
    sitting: &Sitting,
    contests: &[Contest],
) -> Result<Option<Results>, Failure> {
    if sitting.stage() == Stage::Reported { results(db, sitting, contests).await } else { Ok(None) }
}

/// The full ballots of a sitting as the file whose hash stands in the record.
pub(super) async fn ballots_file(db: &mut PgConnection, sitting: &Sitting) -> Result<String, Failure> {
    let day = sitting.opens_at.date();
    let contests = store::contests(db, sitting, Some(day)).await?;
    let mut patterns = Vec::new();
    for (contest, rows) in store::patterns(db, sitting.id).await? {
        patterns.extend(rows.into_iter().map(|(text, votes)| CountedText { contest, text, votes }));
    }
    let mut written = Vec::new();
    for (contest, rows) in store::written_in(db, sitting.id).await? {
        written.extend(rows.into_iter().map(|one| CountedText { contest, text: one.name, votes: one.votes_for }));
    }
    Ok(record::ballots_file(sitting, &contests, &patterns, &written)?)
}

/// The full ballots may be published where few patterns are possible: with few candidates, and enough ballots.
pub(super) fn few_patterns(contests: &[Contest], results: Option<&Results>) -> bool {
    let small = contests.iter().all(|contest| contest.candidates.len() <= 4 && !contest.rules.count.takes_write_ins());
    let enough = results.is_some_and(|results| {
        // A few paper ballots would stand there by subtraction.
        results.contests.iter().all(|one| {
            let paper = one.account.paper_tally.as_ref().map_or(0, |tally| tally.returned);
            one.account.electronic_tally.returned >= FEW && (paper == 0 || paper >= FEW)
        })
    });
    small && enough
}
