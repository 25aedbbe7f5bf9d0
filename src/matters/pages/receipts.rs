//! Scans of receipts: kept beside the line that they prove, shown to the union itself and to whoever signs its matters, and to
//! nobody else who sees the matter.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    acts::own_only,
    moved_on, seen,
    show::{self, Forms},
    told::entry,
};
use crate::{
    app::App,
    audit,
    auth::acting::Acting,
    failure::Failure,
    ids::{MatterId, ReceiptId},
    matters::{
        MatterFiler, MatterSigner,
        matter::BudgetLine,
        paths::Done,
        store::{self, MOST_RECEIPTS},
    },
    text::folded,
    unions::documents::{self, Scan, saved},
    web::forms::{Errors, Upload},
};

/// A scan as it is sent: for which line, counted from 1.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ReceiptForm {
    line: String,
}

impl ReceiptForm {
    fn read(&self, lines: &[BudgetLine], errors: &mut Errors) -> Option<usize> {
        let place = folded(&self.line).parse::<usize>().ok().filter(|place| (1..=lines.len()).contains(place));
        if place.is_none() {
            errors.add("line", "请选择是哪一项的单据");
        }
        place
    }
}

pub(super) async fn attach(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Path(id): Path<MatterId>,
    upload: Upload,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let form: ReceiptForm = upload.form()?;
    let mut db = app.read().await?;
    let matter = seen(&mut db, &acting, id).await?;
    own_only(&acting, &matter)?;
    let kept = store::receipts(&mut db, id).await?.len();
    drop(db);
    let place = form.read(&matter.says.lines, &mut errors);
    let scan = match &upload.scan {
        _ if kept >= MOST_RECEIPTS => Err(format!("这一件已有 {MOST_RECEIPTS} 份扫描件，请合并成一个 PDF 再上传")),
        Some((name, bytes)) => Scan::read(name, bytes).map_err(str::to_owned),
        None => Err("请选择单据的扫描件（PDF、JPG 或 PNG，不超过 8 MB）".to_owned()),
    };
    let scan = scan.map_err(|why| errors.add("scan", why)).ok();
    let (Some(place), Some(scan)) = (place, scan) else {
        return show::unfit(&app, &acting, id, Forms { line: form.line, errors, ..Forms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        let document = documents::keep(db, acting.person(), &scan, now).await?;
        if !store::attach(db, &locked, acting.person(), place, document, now).await? {
            return Err(moved_on(&app, &acting, id, "上传单据"));
        }
        let line = locked.says.lines.get(place - 1).map(|line| line.name.clone()).unwrap_or_default();
        audit::append(db, acting.person(), entry(&locked, "上传单据").detail("项目", line), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Attached.at(&id.path())).into_response())
}

pub(super) async fn detach(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Path((id, receipt)): Path<(MatterId, ReceiptId)>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let matter = store::lock(db, acting.institution(), id).await?;
        own_only(&acting, &matter)?;
        if !store::detach(db, &matter, receipt).await? {
            return Err(moved_on(&app, &acting, id, "删除单据"));
        }
        audit::append(db, acting.person(), entry(&matter, "删除单据"), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Detached.at(&id.path())))
}

/// The scan, as a file to save.
pub(super) async fn download(
    State(app): State<App>,
    acting: Acting<MatterSigner>,
    Path((id, receipt)): Path<(MatterId, ReceiptId)>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    seen(&mut db, &acting, id).await?;
    let found = store::receipts(&mut db, id).await?.into_iter().find(|one| one.id == receipt);
    saved(&mut db, found.ok_or(Failure::Missing)?.document).await
}
