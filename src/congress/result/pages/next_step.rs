//! The step of a result that an office may take now, and what its form asks.

use time::Date;

use crate::{
    auth::person::Held,
    congress::{
        congress::Congress,
        result::{
            forms::{FILE_WITHIN, StepForm},
            result::CongressResult,
        },
    },
    rules::congress_result::Step,
};

/// The step that an office may take now, with what its form asks.
pub(super) struct NextStep {
    pub step: Step,
    /// What the page calls it.
    pub label: String,
    pub action: String,
    /// Who, and when: the labels of the fields.
    pub by: String,
    pub day: String,
    /// The keeper takes down what another body decided: with its document.
    pub needs_scan: bool,
}

impl NextStep {
    /// The step, where it is the office's.
    pub fn of(congress: &Congress, result: &CongressResult, office: &Held, word: &str) -> Option<Self> {
        let step = result.stage().next()?;
        if !may_take(congress, office, step) {
            return None;
        }
        let keeps = congress.is_kept_by(office);
        let label = match step {
            Step::Announce => format!("登记向大会{word}"),
            Step::Approve if keeps => "登记批复".to_owned(),
            Step::Approve => "批准选举结果".to_owned(),
            Step::Send => format!("报{}备案", congress.higher_body()),
            Step::File => "登记备案回执".to_owned(),
        };
        Some(Self {
            step,
            label,
            action: congress.id.result_step_path(step),
            by: match step {
                Step::Announce => format!("{word}人"),
                Step::Approve => "批准单位".to_owned(),
                Step::Send | Step::File => "报送单位（收文）".to_owned(),
            },
            day: match step {
                Step::Announce => format!("{word}日期"),
                Step::Approve => "批准日期".to_owned(),
                Step::Send => "报送日期".to_owned(),
                Step::File => "回执日期".to_owned(),
            },
            needs_scan: step == Step::Approve && keeps,
        })
    }

    /// What one usually begins with.
    pub fn usual(&self, congress: &Congress, today: Date) -> StepForm {
        let by = match self.step {
            Step::Announce => "大会执行主席".to_owned(),
            Step::Approve => congress.party_body(),
            Step::Send => congress.higher_body().to_owned(),
            Step::File => String::new(),
        };
        StepForm { day: today.to_string(), by, number: String::new(), within: FILE_WITHIN.to_string() }
    }

    pub fn asks_by(&self) -> bool {
        self.step != Step::File
    }

    pub fn asks_number(&self) -> bool {
        matches!(self.step, Step::Approve | Step::File)
    }

    pub fn asks_within(&self) -> bool {
        self.step == Step::Approve
    }

    pub fn asks_scan(&self) -> bool {
        self.step != Step::Announce
    }

    pub fn number_label(&self) -> &'static str {
        if self.step == Step::File { "回执文号（编号）" } else { "批复文号" }
    }
}

/// The office takes the step of that congress.
pub(super) fn may_take(congress: &Congress, office: &Held, step: Step) -> bool {
    let keeps = congress.is_kept_by(office);
    match step {
        Step::Announce | Step::Send => keeps,
        Step::Approve => keeps || congress.is_approved_by(office),
        Step::File => keeps || congress.is_filed_with(office),
    }
}
