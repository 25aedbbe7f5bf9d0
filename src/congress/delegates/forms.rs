//! What the forms of delegates ask, read into domain types.

use serde::Deserialize;
use time::{Date, OffsetDateTime};

use super::recommendation::Terms;
use crate::{
    ids::{CongressId, RecommendationId},
    name::same_number,
    rules::{
        chain::{DecisionKind, TakenStep},
        chain_steps::TellRequest,
        delegates::{DelegateChain, USUAL_MARGIN},
        sitting::Body,
    },
    text::{day, folded, trimmed},
    vetting::case::Seen,
    web::forms::{Errors, moment, written},
};

/// How recommending is to go, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TermsForm {
    /// 推荐截止.
    pub closes: String,
    /// 差额, in percent.
    pub margin: String,
    /// The most recommended for each seat; blank for no limit.
    pub most: String,
}

impl TermsForm {
    /// What one usually begins with.
    #[must_use]
    pub fn usual() -> Self {
        Self { margin: USUAL_MARGIN.to_string(), ..Self::default() }
    }

    #[must_use]
    pub fn of(terms: &Terms) -> Self {
        Self {
            closes: terms.closes_on.to_string(),
            margin: terms.margin_percent.to_string(),
            most: terms.most_per_seat.map(|most| most.to_string()).unwrap_or_default(),
        }
    }

    /// What is asked for; none with errors beside the fields.
    pub fn read(&self, congress: CongressId, chain: DelegateChain, today: Date, errors: &mut Errors) -> Option<Terms> {
        let closes_on = day(&self.closes).filter(|day| *day >= today);
        if closes_on.is_none() {
            errors.add("closes", "请填写推荐的截止日期，不早于今天");
        }
        let margin = folded(&self.margin);
        let margin = margin.trim_end_matches('%').parse::<u32>().ok().filter(|percent| (1..=100).contains(percent));
        if margin.is_none() {
            errors.add("margin", "应为 1 至 100 的整数");
        }
        let typed = folded(&self.most);
        let most = typed.parse::<u32>().ok().filter(|most| (1..=20).contains(most));
        if most.is_none() && !typed.is_empty() {
            errors.add("most", "应为 1 至 20 的整数，不限的可以不填");
        }
        let terms = Terms { congress, chain, closes_on: closes_on?, margin_percent: margin?, most_per_seat: most };
        errors.is_empty().then_some(terms)
    }
}

/// A step that is no opinion and was taken, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct StepForm {
    /// The step's place among those that are no opinions.
    pub place: String,
    pub from: String,
    /// Blank for a step of one day.
    pub until: String,
}

impl StepForm {
    /// The place and the days; none with errors beside the fields.
    pub fn read(&self, office: &str, today: Date, errors: &mut Errors) -> Option<TellRequest> {
        let past = |typed: &str| day(typed).filter(|day| *day <= today);
        let from = past(&self.from);
        if from.is_none() {
            errors.add("from", "请填写日期，不晚于今天");
        }
        let until = if trimmed(&self.until).is_empty() { from } else { past(&self.until) };
        if until.is_none() && from.is_some() {
            errors.add("until", "请填写日期，不晚于今天");
        }
        let place = self.place.parse::<usize>().ok();
        if place.is_none() {
            errors.add("from", "请从“代表”页重新打开这一页");
        }
        let taken = TakenStep { from: from?, until: until?, office: office.to_owned() };
        Some(TellRequest { place: place?, taken })
    }
}

/// Whom a unit recommends, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RecommendForm {
    /// The unit, where the office recommends in several.
    pub unit: String,
    pub number: String,
    /// Who was chosen among people of one name.
    pub pick: String,
    pub words: String,
}

/// The longest opinion.
pub const LONGEST_WORDS: usize = 300;

impl RecommendForm {
    /// The words of the recommendation.
    pub fn words(&self, errors: &mut Errors) -> Option<String> {
        written(&self.words, LONGEST_WORDS, "words", "请写明推荐意见", errors)
    }
}

/// An opinion on some recommended people, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ReviewForm {
    /// Each as it was before the reader.
    pub pick: Vec<String>,
    /// A decision's stable word.
    pub verdict: String,
    pub says: String,
}

/// A recommended person as somebody had them before them.
pub type RecommendationSeen = Seen<RecommendationId, u32>;

/// An opinion on some recommended people.
#[derive(Debug)]
pub struct Review {
    pub picked: Vec<RecommendationSeen>,
    pub verdict: DecisionKind,
    pub says: String,
}

impl ReviewForm {
    /// The person is ticked.
    #[must_use]
    pub fn has(&self, id: RecommendationId) -> bool {
        let id = id.to_string();
        self.pick.iter().any(|one| one.split('.').next() == Some(id.as_str()))
    }

    /// What is asked for; none with errors beside the fields.
    pub fn read(&self, errors: &mut Errors) -> Option<Review> {
        let picked: Option<Vec<_>> = self.pick.iter().map(|token| RecommendationSeen::read(token)).collect();
        if self.pick.is_empty() {
            errors.add("pick", "请勾选要办理的人");
        } else if picked.is_none() {
            errors.add("pick", "勾选的人选有认不出的，请核对勾选后再签署");
        }
        let verdict = self.verdict.parse().ok().filter(|verdict| *verdict != DecisionKind::Return);
        if verdict.is_none() {
            errors.add("verdict", "请选择审查结论");
        }
        let says = if verdict == Some(DecisionKind::Refuse) || !trimmed(&self.says).is_empty() {
            written(&self.says, LONGEST_WORDS, "says", "不予通过的，请写明理由", errors)
        } else {
            Some("同意".to_owned())
        };
        let review = Review { picked: picked?, verdict: verdict?, says: says? };
        errors.is_empty().then_some(review)
    }
}

/// The election of a college's delegates, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ElectionForm {
    pub opens: String,
    pub closes: String,
    /// By whom they are elected: a body's stable word.
    pub body: String,
}

/// The election of a college's delegates.
#[derive(Debug, Clone, Copy)]
pub struct ElectionRequest {
    pub opens_at: OffsetDateTime,
    pub closes_at: OffsetDateTime,
    pub body: Body,
}

impl ElectionForm {
    /// What is asked for; none with errors beside the fields.
    pub fn read(&self, now: OffsetDateTime, errors: &mut Errors) -> Option<ElectionRequest> {
        let opens_at = moment(&self.opens).filter(|at| *at > now);
        if opens_at.is_none() {
            errors.add("opens", "请填写投票开始的日期和时间，晚于现在");
        }
        let longest = time::Duration::days(31);
        let closes_at =
            moment(&self.closes).filter(|at| opens_at.is_none_or(|opens| *at > opens && *at < opens + longest));
        if closes_at.is_none() {
            errors.add("closes", "请填写投票截止的日期和时间，晚于开始，最长 31 天");
        }
        let body = self.body.parse().ok().filter(|body| *body != Body::Class);
        if body.is_none() {
            errors.add("body", "请选择由谁选举");
        }
        let request = ElectionRequest { opens_at: opens_at?, closes_at: closes_at?, body: body? };
        errors.is_empty().then_some(request)
    }
}

/// The report of an election that was held elsewhere, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ReportForm {
    pub held: String,
    pub how: String,
    pub due: String,
    pub present: String,
    /// A student's number and votes, one a line.
    pub votes: String,
}

/// Who stood elsewhere, by number, with their votes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoteLine {
    pub number: String,
    pub votes: u32,
}

/// The report of an election that was held elsewhere.
#[derive(Debug, Clone)]
pub struct Report {
    pub held_on: Date,
    pub how: String,
    pub due: u32,
    pub present: u32,
    pub votes: Vec<VoteLine>,
}

impl ReportForm {
    /// What is asked for; none with errors beside the fields.
    pub fn read(&self, today: Date, errors: &mut Errors) -> Option<Report> {
        let held_on = day(&self.held).filter(|day| *day <= today);
        if held_on.is_none() {
            errors.add("held", "请填写选举的日期，不晚于今天");
        }
        let whole = |text: &str| folded(text).parse::<u32>().ok().filter(|count| (1..=100_000).contains(count));
        let (due, present) = (whole(&self.due), whole(&self.present));
        if due.is_none() {
            errors.add("due", "请填写应到人数");
        }
        if present.is_none() || present > due {
            errors.add("present", "请填写实到人数，不多于应到人数");
        }
        let how = written(&self.how, 200, "how", "请写明在什么地方、以什么方式选举", errors);
        if how.as_ref().is_some_and(|how| how.chars().count() < 2) {
            errors.add("how", "至少 2 个字");
        }
        let votes = self.votes(present.unwrap_or(u32::MAX), errors);
        let report = Report { held_on: held_on?, how: how?, due: due?, present: present?, votes };
        errors.is_empty().then_some(report)
    }

    fn votes(&self, present: u32, errors: &mut Errors) -> Vec<VoteLine> {
        let mut lines: Vec<VoteLine> = Vec::new();
        for line in self.votes.lines().map(folded).filter(|line| !line.is_empty()) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let read = match words.as_slice() {
                [number, .., votes] => votes.parse().ok().filter(|votes| *votes <= present).map(|votes| {
                    let number = (*number).to_owned();
                    VoteLine { number, votes }
                }),
                _ => None,
            };
            match read {
                Some(line) if lines.iter().all(|known| !same_number(&known.number, &line.number)) => lines.push(line),
                Some(line) => errors.add("votes", format!("{}写了两行", line.number)),
                None => errors.add("votes", format!("“{line}”应为学号和得票数，得票不多于实到人数")),
            }
        }
        if lines.is_empty() {
            errors.add("votes", "请填写每名候选人的学号和得票数，一行一人");
        }
        lines
    }
}

/// A form's fields as they came: the list of a college has two for each of its units.
pub type Fields = Vec<(String, String)>;

/// The numbers that a field of a list holds, one a line, with or without a name beside.
#[must_use]
pub fn numbers(fields: &Fields, name: &str) -> Vec<String> {
    let value = fields.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.as_str());
    value.lines().filter_map(|line| folded(line).split_whitespace().next().map(str::to_owned)).collect()
}

/// A delegation of others, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct DelegationForm {
    pub name: String,
}

/// Who sits where, or does what in a delegation, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct SeatingForm {
    pub pick: Vec<String>,
    /// The delegation that they move to.
    pub delegation: String,
    /// `head`, or a duty in words; empty for none.
    pub duty: String,
}

/// The report on the qualification, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct AdoptForm {
    /// Who examined the delegates, one a line.
    pub examiners: String,
    pub sure: String,
    /// The mark of the report that the page showed.
    pub seen: String,
}

impl AdoptForm {
    /// Who examined the delegates, 1 to 20 names; none with errors beside the fields.
    pub fn read(&self, errors: &mut Errors) -> Option<Vec<String>> {
        let typed = self.examiners.replace(['、', '，', ','], "\n");
        let names: Vec<String> =
            typed.lines().map(|line| trimmed(line).to_owned()).filter(|name| !name.is_empty()).collect();
        if names.is_empty() || names.len() > 20 || names.iter().any(|name| name.chars().count() > 50) {
            errors.add("examiners", "请填写代表资格审查小组成员的姓名，一行一人，最多 20 人");
        }
        if self.sure != "yes" {
            errors.add("sure", "请确认：通过以后数字和代表证号不再变动");
        }
        errors.is_empty().then_some(names)
    }
}
