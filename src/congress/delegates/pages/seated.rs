//! 代表名册 at work: who is a delegate, who waits, and the end of a mandate, which the first substitute takes over.

use std::collections::{HashMap, HashSet};

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::Redirect,
};
use axum_extra::extract::{Form, Query};
use time::Date;

use super::{done_at, frame, kept, refusal, under_preparation};
use crate::{
    app::App,
    audit::{self, Entry, Mark},
    auth::acting::Acting,
    congress::{
        CongressKeeper, CongressReader, Verb,
        congress::Congress,
        delegates::{
            paths::Done,
            store::{self, SeatedDelegate},
        },
        pages::visible,
    },
    failure::Failure,
    ids::{CongressId, DelegateId},
    inbox::{self, Notice, To},
    page::chrome::Chrome,
    people::OWN_DATA,
    web::forms::{Done as DoneQuery, Errors, ReasonForm, reason},
};

#[derive(Template, WebTemplate)]
#[template(path = "congress/delegates/seated.html")]
pub(super) struct SeatedPage {
    chrome: Chrome,
    congress: Congress,
    rows: Vec<SeatedDelegate>,
    units: HashMap<i16, String>,
    keeps: bool,
    /// Whose end can be taken back today.
    undoable: HashSet<DelegateId>,
    today: Date,
    done: &'static str,
}

impl SeatedPage {
    fn unit(&self, row: &SeatedDelegate) -> &str {
        let place = row.unit.or(row.waits_for);
        place.and_then(|place| self.units.get(&place)).map_or("", String::as_str)
    }

    fn votes(&self) -> usize {
        self.rows.iter().filter(|row| row.votes()).count()
    }

    fn gone(&self) -> usize {
        self.rows.iter().filter(|row| row.is_gone(self.today)).count()
    }

    fn is_gone(&self, row: &SeatedDelegate) -> bool {
        row.is_gone(self.today)
    }

    fn can_undo(&self, row: &SeatedDelegate) -> bool {
        self.undoable.contains(&row.id)
    }
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path(id): Path<CongressId>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<SeatedPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let congress = visible(&mut db, &acting, id).await?;
    let mut rows = store::seated(&mut db, &congress).await?;
    let college = acting.office().college.filter(|college| congress.college != Some(*college));
    rows.retain(|row| college.is_none_or(|college| row.college == college));
    let units = store::units(&mut db, &congress, None, today).await?;
    let units = units.iter().map(|one| (one.unit.place, one.unit.name())).collect();
    let keeps = congress.is_kept_by(acting.office());
    let mut undoable = HashSet::new();
    if keeps {
        undoable
            .extend(store::undoable_mandate_ends(&mut db, &congress, today).await?.into_iter().map(|end| end.delegate));
    }
    let chrome = frame(&app, acting.person(), &congress, "代表名单");
    Ok(SeatedPage { chrome, congress, rows, units, keeps, undoable, today, done: Done::said(&done) })
}

pub(super) async fn end(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path((id, delegate)): Path<(CongressId, DelegateId)>,
    Form(form): Form<ReasonForm>,
) -> Result<Redirect, Failure> {
    let (now, why) = (app.clock.now(), reason(&form.reason, &mut Errors::default()));
    let promoted = app
        .write_as(acting.person().authority(), async |db| {
            let congress = kept(db, &acting, id).await?;
            let refused = || refusal(&app, acting.person(), &congress, "终止代表资格", id.seated_path());
            under_preparation(&app, acting.person(), &congress, "终止代表资格", id.seated_path())?;
            let Some(why) = &why else {
                return Err(
                    refused().for_reason("没有写明终止的理由", "请写明理由，如毕业、退学、本人辞去，1 至 200 字")
                );
            };
            let all = store::seated(db, &congress).await?;
            let row = all.iter().find(|row| row.id == delegate).ok_or(Failure::Missing)?;
            if !store::end(db, &congress, delegate, why, now.date()).await? {
                return Err(refused().for_reason("代表资格已经终止", "刷新页面看现在的名单"));
            }
            let mut entry = Entry::about(Verb::DelegatesKept, row.student)
                .detail("办理", "终止代表资格")
                .detail("大会", congress.short_title())
                .detail("理由", why.clone());
            let notice = Notice::new(format!("你在{}的代表资格已终止", congress.title()), OWN_DATA).says(why);
            inbox::tell(db, acting.institution(), To::Student(row.student), &notice, now).await?;
            let next = match row.unit {
                Some(unit) => store::next_substitute(db, &congress, unit, now.date()).await?,
                None => None,
            };
            if let Some(next) = &next {
                if !store::promote(db, &congress, next.id, delegate).await? {
                    return Err(anyhow::anyhow!("a substitute did not move up").into());
                }
                entry = entry.detail("递补", Mark::from(next.student).to_string());
                let says = format!("你已递补为{}代表", congress.title());
                let notice = Notice::new(says, OWN_DATA).says(format!("接替{}。", row.name));
                inbox::tell(db, acting.institution(), To::Student(next.student), &notice, now).await?;
            }
            store::allow_mandate_undoing(db, &congress, row, next.as_ref(), now).await?;
            audit::append(db, acting.person(), entry, now).await?;
            Ok(next.is_some())
        })
        .await?;
    Ok(done_at(&id.seated_path(), if promoted { Done::Promoted } else { Done::Ended }))
}

/// Takes back an end of today that was a mistake.
pub(super) async fn undo(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path((id, delegate)): Path<(CongressId, DelegateId)>,
    Form(form): Form<ReasonForm>,
) -> Result<Redirect, Failure> {
    const WANTED: &str = "撤销终止代表资格";
    let (now, why) = (app.clock.now(), reason(&form.reason, &mut Errors::default()));
    app.write_as(acting.person().authority(), async |db| {
        let congress = kept(db, &acting, id).await?;
        let refused = || refusal(&app, acting.person(), &congress, WANTED, id.seated_path());
        under_preparation(&app, acting.person(), &congress, WANTED, id.seated_path())?;
        let Some(why) = &why else {
            return Err(refused().for_reason("没有写明撤销的理由", "请写明为什么撤销，如点错了人，1 至 200 字"));
        };
        let all = store::seated(db, &congress).await?;
        let row = all.iter().find(|row| row.id == delegate).ok_or(Failure::Missing)?;
        let undoable = store::undoable_mandate_ends(db, &congress, now.date()).await?;
        let Some(end) = undoable.into_iter().find(|end| end.delegate == delegate) else {
            return Err(refused().for_reason(
                "只有当天终止、递补的人还没有作为代表办过事的，才能撤销",
                "递补的人已经报到、列入选民、提出或附议提案、联系班级的，不能撤销",
            ));
        };
        if !store::take_back_mandate_end(db, &congress, delegate).await? {
            return Err(Failure::Busy);
        }
        let mut entry = Entry::about(Verb::DelegatesKept, row.student)
            .detail("办理", WANTED)
            .detail("大会", congress.short_title())
            .detail("理由", why.clone());
        let notice = Notice::new(format!("你在{}的代表资格已恢复", congress.title()), OWN_DATA)
            .says("终止是误办，代表资格照原来的继续。");
        inbox::tell(db, acting.institution(), To::Student(row.student), &notice, now).await?;
        if let Some(substitute) = end.substitute {
            entry = entry.detail("不再递补", Mark::from(substitute).to_string());
            let notice = Notice::new(format!("你在{}仍为候补代表", congress.title()), OWN_DATA)
                .says(format!("{}的代表资格是误办终止的，已经恢复。", row.name));
            inbox::tell(db, acting.institution(), To::Student(substitute), &notice, now).await?;
        }
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(done_at(&id.seated_path(), Done::EndUndone))
}
