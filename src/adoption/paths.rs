//! What the page of the plans says after an act.

use super::forms::AdoptForm;
use crate::{failure::Failure, rulebook::PLANS, web::forms::as_query, words::words};

/// The longest query of a way back, in bytes: proxies refuse an address of 8 KB.
const LONGEST_QUERY: usize = 6_000;

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

/// The plans with the form of an adoption filled in; without its reasons where they are longer than an address may be.
///
/// # Errors
/// Where the form has a field that is no text.
pub(super) fn adoption_form(form: &AdoptForm) -> Result<String, Failure> {
    let AdoptForm { version, from, .. } = form.clone();
    let mut query = as_query(&form.filled())?;
    if query.len() > LONGEST_QUERY {
        query = as_query(&AdoptForm { version, from, ..AdoptForm::default() })?;
    }
    Ok(format!("{PLANS}?{query}"))
}
