//! What becomes of an act that the rules may hold up: it is done, it is refused, or its form comes back.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    failure::{Failure, Refusal},
    rules::{Finding, Outcome, Rule},
    web::forms::{Attempt, Errors},
};

/// Splits what stands in the way: a refusal, or warnings that a reason would settle.
pub(super) fn held_up(findings: Vec<Finding>, refusal: Refusal) -> Result<Attempt, Failure> {
    if findings.iter().any(|finding| matches!(finding.verdict, Outcome::Fail | Outcome::Unknown)) {
        return Err(refusal.because(findings));
    }
    Ok(Attempt::NeedsReason(findings.into_iter().filter(|finding| finding.verdict == Outcome::Warn).collect()))
}

/// What the visitor gets: on to the next page, or the form again with what is wrong or asked for.
pub(super) async fn answer(
    attempt: Attempt,
    mut errors: Errors,
    onward: String,
    again: impl AsyncFnOnce(Errors, Vec<Finding>) -> Result<Response, Failure>,
) -> Result<Response, Failure> {
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    match attempt {
        Attempt::Done(()) => Ok(Redirect::to(&onward).into_response()),
        Attempt::NeedsReason(warned) => {
            if warned.iter().any(|finding| finding.rule == Rule::Org13) {
                errors.add("ruling", "职能与其他学生组织相近，须有书面裁定，请填裁定文号");
            }
            if warned.iter().any(|finding| finding.rule != Rule::Org13) {
                errors.add("reason", "请写明理由；理由与本次办理一起保留并显示在检查明细里");
            }
            Ok((unfit, again(errors, warned).await?).into_response())
        }
        Attempt::Fault(field, says) => {
            errors.add(field, says);
            Ok((unfit, again(errors, Vec::new()).await?).into_response())
        }
    }
}
