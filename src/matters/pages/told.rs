//! Who is told of an act on a matter, and its entry of the record.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    audit::Entry,
    failure::Failure,
    inbox::{self, Notice, To},
    matters::{
        Verb,
        matter::{Matter, Office, office_of},
        paths::sign_up_path,
        store,
    },
    rules::matters::{Course, Step},
};

/// Tells whoever signed up for an activity that it does not take place as it was announced.
pub(super) async fn tell_signed_up(
    db: &mut PgConnection,
    matter: &Matter,
    says: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let students = store::signed_up(db, matter.id).await?;
    if students.is_empty() {
        return Ok(());
    }
    let notice = Notice::new(format!("你报名的活动暂停：{}", matter.says.title), sign_up_path(matter.id)).says(says);
    inbox::tell_all(db, matter.institution, &students, &notice, now).await
}

/// Tells the union's own officers.
pub(super) async fn tell_union(
    db: &mut PgConnection,
    matter: &Matter,
    notice: &Notice,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    // The presidium's step is held by the union's own office.
    let Office { kind, college } = office_of(Step::Presidium, matter.union_kind, matter.college);
    inbox::tell(db, matter.institution, To::Office { kind, college, class: None }, notice, now).await
}

/// Tells the office whose word comes next.
pub(super) async fn tell_next(
    db: &mut PgConnection,
    matter: &Matter,
    course: &Course,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let Some(step) = course.awaits() else { return Ok(()) };
    let Office { kind, college } = office_of(step, matter.union_kind, matter.college);
    let notice = Notice::new(format!("请签署{}：{}", step.label(), matter.says.title), matter.id.path()).says(format!(
        "{}申请，{}。",
        matter.applicant(),
        matter.kind().label()
    ));
    inbox::tell(db, matter.institution, To::Office { kind, college, class: None }, &notice, now).await
}

/// An entry of the record about a matter.
pub(super) fn entry(matter: &Matter, act: &str) -> Entry {
    let mut entry = Entry::new(Verb::MatterKept, matter.name())
        .detail("申请单位", matter.applicant())
        .detail("办理", act)
        .detail("第几次提交", matter.revision);
    if let Some(urgent) = &matter.says.urgent {
        entry = entry.detail("加急", urgent.as_str());
    }
    entry
}
