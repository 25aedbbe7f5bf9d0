//! What the page of the plans says after an act.

use time::Date;

use crate::{ids::PlanVersionId, rulebook::PLANS, words::words};

words! {
    /// What was done with a plan.
    Done:
    Received = "added", "方案已收存。请选启用日期，先看影响，再启用。";
    Adopted = "adopted", "方案已启用，已通知各单位。自启用之日起，各项检查以该方案为据；此前的结论仍由原方案解释。一天内可以撤回。";
    Scheduled = "scheduled", "已登记，已通知各单位。到启用之日起，各项检查以该方案为据；在此之前仍执行现行方案。一天内可以撤回。";
    Withdrawn = "withdrawn", "启用已撤回，已通知各单位。各项检查与没有这次启用时一样，只在沿革和操作记录中留有记载。";
}

pub(super) fn plans_after(done: Done) -> String {
    format!("{PLANS}?done={}", done.slug())
}

/// The plans with the form of an adoption filled in.
pub(super) fn adoption_form(version: PlanVersionId, from: Date) -> String {
    format!("{PLANS}?version={version}&from={from}")
}
