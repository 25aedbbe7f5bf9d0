//! Who is told of an act on a matter, and its entry of the record.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    audit::Entry,
    failure::Failure,
    inbox::{self, Notice, To},
    matters::{
        Verb,
        matter::{Matter, Office, Particulars, office_of},
        paths::sign_up_path,
        store,
    },
    page::filters::minute_of,
    rules::matters::{Course, Stage, Step},
};

/// What becomes of an activity, for whoever signed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ActivityFate {
    /// It is changed, or its approval taken back: their place is theirs still, if it goes on.
    Paused,
    GoesOn,
    CalledOff,
}

impl ActivityFate {
    fn subject(self) -> &'static str {
        match self {
            Self::Paused => "你报名的活动暂停",
            Self::GoesOn => "你报名的活动恢复",
            Self::CalledOff => "你报名的活动不举行",
        }
    }
}

/// Tells whoever signed up for an activity what becomes of it.
pub(super) async fn tell_signed_up(
    db: &mut PgConnection,
    matter: &Matter,
    fate: ActivityFate,
    says: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let students = store::signed_up(db, matter.id).await?;
    if students.is_empty() {
        return Ok(());
    }
    let notice = Notice::new(format!("{}：{}", fate.subject(), matter.says.title), sign_up_path(matter.id)).says(says);
    inbox::tell_all(db, matter.institution, &students, &notice, now).await
}

/// Tells whoever signed up before a change what the last word on it was: nobody can sign up before the first approval.
pub(super) async fn tell_of_word(
    db: &mut PgConnection,
    matter: &Matter,
    stage: &Stage,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let Particulars::Activity { place, .. } = &matter.says.particulars else { return Ok(()) };
    match stage {
        Stage::Approved { .. } => {
            let when = minute_of(matter.says.starts_at);
            let says = format!("已重新批准：{when}，{place}。不能参加的请取消报名，名额由候补的同学递补。");
            tell_signed_up(db, matter, ActivityFate::GoesOn, &says, now).await
        }
        Stage::Refused => tell_signed_up(db, matter, ActivityFate::CalledOff, "修改后的安排没有得到批准。", now).await,
        Stage::Asked { .. }
        | Stage::Returned
        | Stage::Withdrawn
        | Stage::Revoked
        | Stage::Begun { .. }
        | Stage::Closed { .. } => Ok(()),
    }
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
