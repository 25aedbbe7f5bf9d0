//! The agenda: items added, struck and put in order.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::{
    acts::Act,
    done_at,
    show::{self, TypedForms},
};
use crate::{
    audit,
    auth::acting::Acting,
    congress::{
        CongressKeeper,
        meeting::{done::Done, forms::ItemForm, nouns::AgendaItem, state::Meetings, store},
    },
    failure::Failure,
    ids::{AgendaItemId, CongressId},
    web::forms::{Errors, Submitted, moved, typed_places},
};

pub(super) async fn add(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<ItemForm>,
) -> Result<Response, Failure> {
    let act = Act::begin(&app, &acting, id, "加入议程").await?;
    let mut errors = Errors::default();
    let Some(draft) = form.read(&mut errors) else {
        let typed = TypedForms { item: form, ..TypedForms::default() };
        return show::again(&app, acting.person(), act.congress, Submitted::new(typed, errors)).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let meeting = act.meeting(db).await?;
        if !store::add_item(db, &meeting, &draft).await? {
            return Err(act.refuse("议程已满，或者所选的文件已经撤下", "请先删去不需要的议程，或重新选择文件"));
        }
        audit::append(db, acting.person(), act.entry().detail("议程", draft.title.clone()), act.now).await
    })
    .await?;
    Ok(done_at(&id.meeting_path(), Done::ItemAdded).into_response())
}

pub(super) async fn strike(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path((id, item)): Path<(CongressId, AgendaItemId)>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "删去议程").await?;
    app.write_as(acting.person().authority(), async |db| {
        let meeting = act.meeting(db).await?;
        let agenda = store::agenda(db, id).await?;
        let Some(own) = agenda.into_iter().find(|one| one.id == item) else { return Err(Failure::Missing) };
        store::strike_item(db, &meeting, item).await?;
        audit::append(db, acting.person(), act.entry().detail("议程", own.title), act.now).await
    })
    .await?;
    Ok(done_at(&id.meeting_path(), Done::ItemStruck))
}

/// The place of each item, in the order in which the page shows them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OrderForm {
    place: Vec<String>,
}

pub(super) async fn order(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<OrderForm>,
) -> Result<Response, Failure> {
    let act = Act::begin(&app, &acting, id, "调整议程次序").await?;
    let mut errors = Errors::default();
    let Some(places) = typed_places(&form.place, &mut errors) else {
        let submitted = Submitted::new(TypedForms::default(), errors);
        return show::again(&app, acting.person(), act.congress, submitted).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let meeting = act.meeting(db).await?;
        let agenda = store::agenda(db, id).await?;
        if agenda.len() != places.len() {
            return Err(act.refuse("议程刚才有人改过", "刷新页面看现在的议程"));
        }
        let items: Vec<AgendaItem> = moved(agenda, &places);
        let ids: Vec<AgendaItemId> = items.iter().map(|one| one.id).collect();
        store::order_items(db, &meeting, &ids).await?;
        audit::append(db, acting.person(), act.entry(), act.now).await
    })
    .await?;
    Ok(done_at(&id.meeting_path(), Done::ItemsMoved).into_response())
}
