//! The page 两人办理: what other administrators asked and one may confirm, and what one asked oneself.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::Redirect,
};
use axum_extra::extract::Query;

use super::{
    Verb,
    consent::{Consent, Standing},
    consents_store,
    pages::{Given, give_office},
    paths::{ACCOUNTS, CONSENTS, Done, consents_after},
    store::AccountManager,
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    ids::{AccountId, ConsentId},
    inbox::{self, Notice, To},
    office::Administrator,
    page::{chrome::Chrome, filters},
    web::forms::{self, Attempt},
};

#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/accounts/consents", list)
        .post("/accounts/consents/{consent}/confirm", confirm)
        .post("/accounts/consents/{consent}/end", end)
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/consents.html")]
struct ConsentsPage {
    chrome: Chrome,
    consents: Vec<Consent>,
    /// Whoever looks.
    me: AccountId,
    /// Nobody else could confirm anything.
    alone: bool,
    done: &'static str,
}

async fn list(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Query(query): Query<forms::Done>,
) -> Result<ConsentsPage, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let consents = consents_store::find(&mut db, acting.institution(), None, now).await?;
    let alone = consents_store::others(&mut db, acting.person(), None, now).await?.is_empty();
    let chrome = app.chrome(acting.person(), "两人办理").under(ACCOUNTS, "账号与职务");
    let done = query.done.parse().map_or("", Done::label);
    Ok(ConsentsPage { chrome, consents, me: acting.person().account, alone, done })
}

async fn confirm(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<ConsentId>,
) -> Result<Redirect, Failure> {
    let (now, me) = (app.clock.now(), acting.person().account);
    let chrome = app.chrome(acting.person(), "没有确认").under(CONSENTS, "两人办理");
    let refusal = Refusal { chrome, wanted: "确认".to_owned(), back: CONSENTS.to_owned() };
    app.write_as(acting.person().authority(), async |db| {
        let consent = consents_store::lock(db, &acting, id, now).await?.ok_or(Failure::Missing)?;
        if me == consent.asked_by || me == consent.account {
            return Err(refusal.for_reason("提出的人和被办理的人都不能确认", "请由另一名系统管理员确认"));
        }
        let entry = Entry::about(Verb::ConsentGiven, consent.account).detail("事项", consent.says());
        audit::append(db, acting.person(), entry, now).await?;
        let says = if let Some(office) = consent.office() {
            let manager = AccountManager::from(&acting);
            let standing = Standing::Confirmed(consent.asked_by);
            let given = Given { account: consent.account, office, standing };
            let given = give_office(db, &manager, acting.person(), given, now).await?;
            if let Attempt::Fault(_, why) = given {
                return Err(refusal.for_reason(why, "请点“不同意”，由提出的人重新办理"));
            }
            consents_store::end(db, &consent).await?;
            "职务已生效。"
        } else {
            if !consents_store::confirm(db, &consent, &acting, now).await? {
                // Another one confirmed it a moment before.
                return Ok(());
            }
            "请在期限内接着办理。"
        };
        let subject = format!("{}已由{}确认", consent.subject(), acting.person().name);
        let notice = Notice::new(subject, consent.path()).says(says);
        inbox::tell(db, acting.institution(), To::Account(consent.asked_by), &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&consents_after(Done::Confirmed)))
}

async fn end(
    State(app): State<App>,
    acting: Acting<Administrator>,
    Path(id): Path<ConsentId>,
) -> Result<Redirect, Failure> {
    let (now, me) = (app.clock.now(), acting.person().account);
    let done = app
        .write_as(acting.person().authority(), async |db| {
            let consent = consents_store::lock(db, &acting, id, now).await?.ok_or(Failure::Missing)?;
            let (done, how) =
                if consent.is_of(me) { (Done::Withdrawn, "撤回") } else { (Done::Declined, "不同意") };
            consents_store::end(db, &consent).await?;
            let entry = Entry::about(Verb::ConsentEnded, consent.account).detail("事项", consent.says());
            audit::append(db, acting.person(), entry.detail("方式", how), now).await?;
            if !consent.is_of(me) {
                let notice = Notice::new(format!("{}没有得到同意", consent.subject()), consent.path());
                let notice = notice.says(format!("由{}办理。", acting.person().name));
                inbox::tell(db, acting.institution(), To::Account(consent.asked_by), &notice, now).await?;
            }
            Ok(done)
        })
        .await?;
    Ok(Redirect::to(&consents_after(done)))
}
