//! The pages of matters and prior reports.

mod acts;
mod form;
mod list;
mod receipts;
mod reports;
mod rules;
mod settle;
mod show;
mod told;

pub(super) use reports::seen_report;
pub(super) use show::particulars;

use sqlx::PgConnection;

use super::{matter::Matter, store};
use crate::{
    app::{App, Routes},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    ids::MatterId,
    matters::paths::MATTERS,
    office::Office,
    unions::{self, union::StudentUnion},
};

#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/matters", list::list)
        .get("/matters/new", form::ask)
        .post("/matters/new", form::create)
        .get("/matters/rules", rules::ask)
        .post("/matters/rules", rules::set)
        .post("/matters/rules/grounds", rules::add_ground)
        .post("/matters/rules/grounds/drop", rules::drop_ground)
        .get("/matters/{matter}", show::show)
        .get("/matters/{matter}/change", form::ask_change)
        .post("/matters/{matter}/change", form::change)
        .post("/matters/{matter}/sign", acts::sign)
        .post("/matters/{matter}/withdraw", acts::withdraw)
        .post("/matters/{matter}/revoke", acts::revoke)
        .post("/matters/{matter}/begin", acts::begin)
        .post("/matters/{matter}/settle", settle::settle)
        .upload("/matters/{matter}/receipts", receipts::attach)
        .get("/matters/{matter}/receipts/{receipt}", receipts::download)
        .post("/matters/{matter}/receipts/{receipt}/drop", receipts::detach)
        .post("/matters/{matter}/loans", settle::lend)
        .post("/matters/{matter}/loans/{loan}/back", settle::give_back)
        .post("/matters/{matter}/close", settle::close)
        .merge(reports::routes())
}

/// The unions whose matters an office sees.
pub(super) async fn visible_unions<O: Office>(
    db: &mut PgConnection,
    acting: &Acting<O>,
) -> Result<Vec<StudentUnion>, Failure> {
    let mut all = unions::store::list(db, acting.institution(), None).await?;
    all.retain(|union| union.is_visible_to(acting.office()));
    Ok(all)
}

/// The union whose own officers act in the office.
async fn own_union<O: Office>(db: &mut PgConnection, acting: &Acting<O>) -> Result<Option<StudentUnion>, Failure> {
    Ok(visible_unions(db, acting).await?.into_iter().find(|union| union.is_own_of(acting.office())))
}

/// A matter that the office sees.
pub(super) async fn seen<O: Office>(
    db: &mut PgConnection,
    acting: &Acting<O>,
    id: MatterId,
) -> Result<Matter, Failure> {
    let matter = store::find(db, acting.institution(), id).await?;
    matter.filter(|matter| matter.union().is_visible_to(acting.office())).ok_or(Failure::Missing)
}

/// A refusal of an act on a matter, which leads back to it.
fn refusal<O: Office>(app: &App, acting: &Acting<O>, wanted: &str, back: String) -> Refusal {
    let chrome = app.chrome(acting.person(), "没有办理").under(MATTERS, "四类事项审核");
    Refusal { chrome, wanted: wanted.to_owned(), back }
}

/// A refusal where the matter is no more where the page showed it.
fn moved_on<O: Office>(app: &App, acting: &Acting<O>, id: MatterId, wanted: &str) -> Failure {
    refusal(app, acting, wanted, id.path()).for_reason("这一件已经办到别的环节", "请打开这一件，看看现在到哪一步")
}
