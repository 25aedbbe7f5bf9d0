//! A draft that the demo begins with.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{draft::DocumentText, store};
use crate::{
    failure::Failure,
    ids::{AccountId, InstitutionId},
    plan_form::{
        group::Group,
        quoting::{add_clause, suggest_figure},
        reading,
    },
    rules::Rule,
};

/// A draft that is half done.
#[derive(Debug)]
pub struct DemoDraft<'a> {
    pub name: &'a str,
    /// The document's text.
    pub text: &'a str,
    /// Rules that are stated, with their sentence and its section.
    pub stated: &'a [(Rule, &'a str, &'a str)],
}

/// Begins the draft.
///
/// # Errors
/// What the database says.
pub async fn begin_demo(
    connection: &mut PgConnection,
    institution: InstitutionId,
    by: AccountId,
    demo: &DemoDraft<'_>,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let mut content = reading::empty();
    for (rule, quote, section) in demo.stated {
        let typed = content.of_mut(Group::of_rule(*rule));
        add_clause(typed, *rule, quote, section);
        suggest_figure(typed, *rule, quote);
        typed.set(format!("{rule}.strength"), "hard");
    }
    let id = store::begin(connection, institution, by, demo.name, &content, now).await?;
    let text = DocumentText { name: format!("{}.docx", demo.name), text: demo.text.to_owned() };
    store::put_text(connection, id, &text).await?;
    Ok(())
}
