//! One matter: what it asks, who has signed, what may be done with it now.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use axum_extra::extract::Query;
use time::{Date, OffsetDateTime};

use super::seen;
use crate::{
    app::App,
    auth::acting::Acting,
    failure::Failure,
    ids::{LoanId, MatterId, PriorReportId, ReceiptId},
    matters::{
        MatterSigner,
        forms::{BeginForm, LoanForm, RevokeForm, SettleForm, SignForm, SummaryForm},
        matter::{Loan, Matter, Particulars, Receipt, Signature, office_of},
        paths::{Done, MATTERS},
        store,
    },
    office::{MatterReader, Office, SchoolLeague},
    page::{chrome::Chrome, filters},
    rulebook::store::calendar,
    rules::{
        Clause, Rule,
        matters::{MatterKind, Step, Word, yuan},
    },
    web::forms::{Done as After, Errors},
};

/// The forms of a matter as they are filled in.
#[derive(Default)]
pub(super) struct Forms {
    pub sign: SignForm,
    pub begin: BeginForm,
    pub settle: Option<SettleForm>,
    /// The line for which a scan was sent.
    pub line: String,
    pub loan: LoanForm,
    pub summary: SummaryForm,
    pub revoke: RevokeForm,
    pub errors: Errors,
    pub done: &'static str,
}

/// A step of the chain as the page draws it.
struct DrawnStep {
    step: Step,
    signature: Option<Signature>,
    /// Whose turn it is, by office and name.
    awaited: Option<String>,
}

#[derive(Template, WebTemplate)]
#[template(path = "matters/show.html")]
pub(super) struct MatterPage {
    chrome: Chrome,
    matter: Matter,
    chain: Vec<DrawnStep>,
    /// What was said of earlier versions.
    earlier: Vec<Signature>,
    loans: Vec<Loan>,
    /// Scans of receipts, where the office sees them.
    receipts: Vec<Receipt>,
    /// What makes it a major activity.
    major: Vec<String>,
    report: Option<(PriorReportId, OffsetDateTime)>,
    /// The step that the office may sign now.
    step: Option<Step>,
    words: &'static [Word],
    /// The office is the union's own.
    own: bool,
    may_revoke: bool,
    settle: SettleForm,
    forms: Forms,
    clause: Option<Clause>,
    today: Date,
}

impl MatterPage {
    /// This step answers for the content.
    fn reads_content(&self) -> bool {
        self.step.is_some_and(|step| reads_content(&self.matter, step))
    }

    fn may_change(&self) -> bool {
        self.own && self.matter.course.may_change()
    }

    fn may_begin(&self) -> bool {
        self.own && self.matter.is_approved()
    }

    fn may_close(&self) -> bool {
        self.own && self.matter.is_begun()
    }

    fn may_lend(&self) -> bool {
        self.own && (self.matter.is_approved() || self.matter.is_begun())
    }

    /// The scans for a line, counted from 1.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    fn receipts_of(&self, place: &usize) -> Vec<&Receipt> {
        self.receipts.iter().filter(|receipt| receipt.place == *place).collect()
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    fn is_line(&self, place: &usize) -> bool {
        self.forms.line == place.to_string()
    }

    fn receipt_path(&self, receipt: ReceiptId) -> String {
        self.matter.id.receipt_path(receipt)
    }

    fn wants_report(&self) -> bool {
        !self.major.is_empty() && self.report.is_none()
    }

    fn may_report(&self) -> bool {
        self.own && self.wants_report() && self.matter.is_open()
    }

    fn grounds(&self) -> String {
        self.major.join("、")
    }

    fn report_path(&self) -> String {
        self.matter.id.report_path()
    }

    fn reported_path(&self) -> String {
        self.report.map(|(id, _)| id.path()).unwrap_or_default()
    }

    fn reported_at(&self) -> String {
        self.report.map(|(_, at)| filters::minute_of(at)).unwrap_or_default()
    }

    fn planned(&self) -> String {
        yuan(self.matter.says.planned())
    }

    /// What was spent in all; empty before all of it is known.
    fn spent(&self) -> String {
        let lines = &self.matter.says.lines;
        let spent: Option<i64> = lines.iter().map(|line| line.spent).sum();
        spent.filter(|_| !lines.is_empty()).map(yuan).unwrap_or_default()
    }

    /// What is its kind's own, as pairs of a term and what it says.
    fn particulars(&self) -> Vec<(&'static str, String)> {
        particulars(&self.matter)
    }

    fn body(&self) -> &str {
        match &self.matter.says.particulars {
            Particulars::Publication { body, .. } => body,
            Particulars::Activity { .. } | Particulars::Contact { .. } | Particulars::Funds { .. } => "",
        }
    }

    fn safety(&self) -> &str {
        match &self.matter.says.particulars {
            Particulars::Activity { safety, .. } => safety,
            Particulars::Publication { .. } | Particulars::Contact { .. } | Particulars::Funds { .. } => "",
        }
    }

    fn back_path(&self, loan: LoanId) -> String {
        self.matter.id.give_back_path(loan)
    }

    fn change_path(&self) -> String {
        self.matter.id.change_path()
    }

    fn form_path(&self) -> String {
        self.matter.id.form_path()
    }
}

/// The step answers for the content of what is shown or done in public: the teacher's, or where none signs the last one's
/// (DIS-03).
pub(super) fn reads_content(matter: &Matter, step: Step) -> bool {
    let public = matches!(matter.kind(), MatterKind::Activity | MatterKind::Publication);
    let reader = if matter.course.chain().contains(&Step::Guide) { Step::Guide } else { Step::Deputy };
    public && step == reader
}

/// What is its kind's own, as pairs of a term and what it says.
pub(in crate::matters) fn particulars(matter: &Matter) -> Vec<(&'static str, String)> {
    match &matter.says.particulars {
        Particulars::Activity { ends_at, place, people, off_campus, guests, .. } => {
            let mut pairs = vec![("地点", place.clone()), ("参加人数", format!("{people}人"))];
            if let Some(ends) = ends_at {
                pairs.insert(0, ("结束时间", filters::minute_of(*ends)));
            }
            if *off_campus {
                pairs.push(("校外", "在校外举行".to_owned()));
            }
            let guests = if guests.is_empty() { "无".to_owned() } else { guests.clone() };
            pairs.push(("校外人员", guests));
            pairs
        }
        Particulars::Publication { channel, .. } => vec![("发布渠道", channel.clone())],
        Particulars::Contact { partner, contact } => {
            vec![("联系单位和人员", partner.clone()), ("方式", contact.label().to_owned())]
        }
        Particulars::Funds { source } => vec![("经费来源", source.label().to_owned())],
    }
}

pub(super) async fn page<O: Office>(
    app: &App,
    acting: &Acting<O>,
    id: MatterId,
    mut forms: Forms,
) -> Result<MatterPage, Failure> {
    let today = app.clock.today();
    let mut db = app.read().await?;
    let matter = seen(&mut db, acting, id).await?;
    let (now, earlier) = store::signatures(&mut db, id)
        .await?
        .into_iter()
        .partition::<Vec<_>, _>(|signature| signature.revision == matter.revision);
    let awaits = matter.course.awaits();
    let mut chain = Vec::new();
    for step in matter.course.chain().iter().copied() {
        let signature = now.iter().find(|signature| signature.step == step).cloned();
        let mut awaited = None;
        if awaits == Some(step) {
            let office = office_of(step, matter.union_kind, matter.college);
            let names = store::holders(&mut db, acting.institution(), office, today).await?;
            let names = if names.is_empty() {
                "现在无人任职，请校团委在“账号”里授予".to_owned()
            } else {
                names.join("、")
            };
            awaited = Some(format!("{}（{names}）", office.kind.label()));
        }
        chain.push(DrawnStep { step, signature, awaited });
    }
    let control = store::control(&mut db, acting.institution()).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let plan = plans.in_force(today);
    let clause = plan.and_then(|plan| plan.provision(Rule::Gui02).map(|provision| provision.clause().clone()));
    let step = matter.step_of(acting.office());
    let own = matter.union().is_own_of(acting.office());
    let may_revoke = matter.is_approved() && SchoolLeague::KINDS.contains(&acting.office().kind);
    let sees_receipts = MatterSigner::KINDS.contains(&acting.office().kind);
    let receipts = if sees_receipts { store::receipts(&mut db, id).await? } else { Vec::new() };
    let settle = forms.settle.take().unwrap_or_else(|| SettleForm::of(&matter.says.lines));
    Ok(MatterPage {
        chrome: app.chrome(acting.person(), &matter.says.title).under(MATTERS, "四类事项审核"),
        chain,
        earlier,
        loans: store::loans(&mut db, id).await?,
        receipts,
        major: matter.says.major(&control),
        report: store::reported(&mut db, id).await?,
        step,
        words: Word::ALL,
        own,
        may_revoke,
        settle,
        forms,
        clause,
        today,
        matter,
    })
}

/// The page again with its faults.
pub(super) async fn unfit<O: Office>(
    app: &App,
    acting: &Acting<O>,
    id: MatterId,
    forms: Forms,
) -> Result<Response, Failure> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(app, acting, id, forms).await?).into_response())
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<MatterReader>,
    Path(id): Path<MatterId>,
    Query(After { done }): Query<After>,
) -> Result<MatterPage, Failure> {
    page(&app, &acting, id, Forms { done: Done::said(&done), ..Forms::default() }).await
}
