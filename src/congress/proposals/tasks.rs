//! What waits of proposals: for the office that keeps a congress, and for delegates on their phones.

use sqlx::PgConnection;
use time::Date;

use super::{
    proposal::Proposal,
    store::{self, ProposalFilter},
};
use crate::{
    auth::person::{Held, SignedIn},
    congress::congress::Congress,
    failure::Failure,
    ids::{CongressId, StudentId},
    page::task::Task,
    rules::proposal::Stage,
};

/// Proposals to screen or assign, and replies that are late, by congress.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    congresses: &[Congress],
    today: Date,
) -> Result<Vec<Task>, Failure> {
    let rows = sqlx::query!(
        r#"select coalesce(p.carried_to, p.congress_id) as "congress!: CongressId",
                  count(*) filter (where p.stage in ('submitted', 'accepted')) as "open!",
                  count(*) filter (where p.stage = 'assigned' and p.due_on < $2) as "late!"
           from proposal p join congress c on c.id = p.congress_id
           where c.institution_id = $1 and p.stage in ('submitted', 'accepted', 'assigned')
           group by 1"#,
        person.institution.0,
        today
    )
    .fetch_all(connection)
    .await?;
    let mut tasks = Vec::new();
    for row in rows.into_iter().filter(|row| row.open + row.late > 0) {
        let Some(congress) = congresses.iter().find(|one| one.id == row.congress) else { continue };
        if !congress.is_kept_by(office) {
            continue;
        }
        let name = congress.short_title();
        let href = congress.id.proposals_path();
        if row.open > 0 {
            tasks.push(Task::new(
                false,
                format!("审查、交办{name}的 {} 件提案", row.open),
                String::new(),
                href.clone(),
            ));
        }
        if row.late > 0 {
            tasks.push(Task::new(true, format!("{name}有 {} 件提案逾期未答复", row.late), String::new(), href));
        }
    }
    Ok(tasks)
}

/// Proposals that wait for the answer of somebody for an office.
pub async fn answering(connection: &mut PgConnection, person: &SignedIn, today: Date) -> Result<Vec<Task>, Failure> {
    let filter = ProposalFilter { answered_by: Some(person.account), ..ProposalFilter::default() };
    let all = store::list(connection, person.institution, filter).await?;
    let open = all.into_iter().filter(|one| one.stage == Stage::Assigned);
    let task = |one: Proposal| {
        let office = one.office.clone().unwrap_or_default();
        let says = format!("答复提案：{}", one.title);
        Task::new(one.is_overdue(today), says, office, one.id.reply_path()).due(one.due_on)
    };
    Ok(open.map(task).collect())
}

/// Proposals that wait for a student: to second, to hand in, to rate.
pub async fn own(connection: &mut PgConnection, person: &SignedIn, student: StudentId) -> Result<Vec<Task>, Failure> {
    let filter = ProposalFilter { of: Some(student), ..ProposalFilter::default() };
    let mut tasks = Vec::new();
    for proposal in store::list(connection, person.institution, filter).await? {
        let href = proposal.id.path();
        if proposal.lead == student {
            if proposal.stage == Stage::Replied {
                tasks.push(Task::new(false, format!("评价提案的答复：{}", proposal.title), String::new(), href));
            }
        } else if proposal.stage == Stage::Draft {
            let asked = store::seconders(connection, proposal.id).await?;
            if asked.iter().any(|one| one.student == student && one.agreed.is_none()) {
                tasks.push(Task::new(false, format!("是否附议提案：{}", proposal.title), String::new(), href));
            }
        }
    }
    Ok(tasks)
}
