//! Where the pages of the plans are, and what they say after an act.

use time::Date;

use crate::{ids::PlanVersionId, words::words};

pub(super) const PLANS: &str = "/plans";

words! {
    /// What was done with a plan.
    Done:
    Adopted = "adopted", "方案已启用。自启用之日起，各项检查以该方案为据；此前的结论仍由原方案解释。";
    Scheduled = "scheduled", "已登记。到启用之日起，各项检查以该方案为据；在此之前仍执行现行方案。";
    Added = "added", "方案文件已收存。需要时在下面选定并启用。";
    Same = "same", "这份文件与已收存的版本完全相同，没有新增版本。";
}

pub(super) fn plans_after(done: Done) -> String {
    format!("{PLANS}?done={}", done.slug())
}

/// The plans with the form of an adoption filled in.
pub(super) fn adoption_form(version: PlanVersionId, from: Date) -> String {
    format!("{PLANS}?version={version}&from={from}")
}
