//! What the forms of an appointment and of its correction share: the places with the room they have, and the scan of the
//! decision.

use sqlx::PgConnection;
use time::Date;

use crate::{
    app::App,
    auth::person::SignedIn,
    failure::Failure,
    ids::{DepartmentId, DocumentId},
    rules::{
        Plan,
        plan::{AllowedPost, Union},
    },
    unions::{
        documents::{self, Scan},
        forms::{AppointForm, other_post_value},
        union::{Department, PostKind, Record},
    },
    web::forms::{Errors, Upload},
};

/// A department with what it has room for.
pub(super) struct DepartmentRoom {
    pub id: DepartmentId,
    pub words: String,
}

/// The departments of a union on a day, those to come too, with the people they have and may have.
fn rooms(record: &Record, plan: Option<&Plan>, today: Date) -> (String, Vec<DepartmentRoom>) {
    let of_school = record.union.kind != Union::College;
    let limit = |limit: Option<u32>| limit.map(|limit| format!("/{limit}")).unwrap_or_default();
    let most = plan.and_then(|plan| plan.figures.most_on_presidium(of_school, record.timeline.students));
    let presidium = format!("现有 {}{} 人", record.seated_on(today), limit(most));
    let heads_most =
        plan.filter(|_| of_school).and_then(|plan| plan.figures.heads.as_ref()).map(|heads| heads.value.high);
    let staff_most =
        plan.filter(|_| of_school).and_then(|plan| plan.figures.department_staff.as_ref()).map(|most| most.value);
    let inside = plan.is_some_and(|plan| plan.switches.heads_inside) && of_school;
    let room = |department: &Department| {
        let held = |kind| {
            record.posts_on(today).filter(|post| post.department == Some(department.id) && post.kind == kind).count()
        };
        let (heads, staff) = (held(PostKind::Head), held(PostKind::Staff));
        let staff = if inside { staff + heads } else { staff };
        let with = if inside { "（含负责人）" } else { "" };
        let term = if department.is_on(today) { String::new() } else { format!("（{}）", department.term()) };
        let words = format!(
            "{}{term}：负责人 {heads}{}，工作人员{with} {staff}{}",
            department.name,
            limit(heads_most),
            limit(staff_most)
        );
        DepartmentRoom { id: department.id, words }
    };
    let open = |department: &&Department| department.until_day.is_none_or(|until| until > today);
    (presidium, record.departments.iter().filter(open).map(room).collect())
}

/// A post beside the three, which the plan allows.
pub(super) struct OtherPost {
    /// By which the form names it.
    pub value: String,
    pub name: String,
}

fn others(plan: Option<&Plan>) -> Vec<OtherPost> {
    let stated = plan.and_then(|plan| plan.figures.other_posts.as_ref());
    let allowed = stated.map(|stated| stated.value.allowed.as_slice()).unwrap_or_default();
    let one = |post: &AllowedPost| OtherPost { value: other_post_value(&post.name), name: post.name.clone() };
    allowed.iter().map(one).collect()
}

/// What the fields of an appointment show beside the form.
pub(super) struct AppointFields {
    /// The people on the presidium and the most there may be, in words.
    pub presidium: String,
    pub rooms: Vec<DepartmentRoom>,
    pub others: Vec<OtherPost>,
    /// The scan that was sent before, with its name.
    pub document: Option<(DocumentId, String)>,
}

impl AppointFields {
    pub(super) async fn load(
        db: &mut PgConnection,
        person: &SignedIn,
        record: &Record,
        plan: Option<&Plan>,
        form: &AppointForm,
        today: Date,
    ) -> Result<Self, Failure> {
        let (presidium, rooms) = rooms(record, plan, today);
        let document = earlier_scan(db, person, &form.document).await?;
        Ok(Self { presidium, rooms, others: others(plan), document })
    }
}

/// The scan that a form which comes back has brought already, with its name.
pub(super) async fn earlier_scan(
    db: &mut PgConnection,
    person: &SignedIn,
    field: &str,
) -> Result<Option<(DocumentId, String)>, Failure> {
    match field.parse() {
        Ok(id) => documents::own(db, person, id).await,
        Err(_) => Ok(None),
    }
}

/// The scan that a form has brought, for its grounds.
pub(super) async fn scan_of(app: &App, person: &SignedIn, field: &str) -> Result<Option<DocumentId>, Failure> {
    Ok(earlier_scan(&mut *app.read().await?, person, field).await?.map(|(id, _)| id))
}

/// Keeps the scan that came with a form, if one did, and notes it in the form.
pub(super) async fn take_scan(
    app: &App,
    person: &SignedIn,
    upload: &Upload,
    document: &mut String,
    field: &'static str,
    errors: &mut Errors,
) -> Result<(), Failure> {
    let Some((name, file)) = &upload.scan else { return Ok(()) };
    match Scan::read(name, file) {
        Err(why) => errors.add(field, why),
        Ok(scan) => {
            let now = app.clock.now();
            let id = app.write_as(person.authority(), async |db| documents::keep(db, person, &scan, now).await).await?;
            *document = id.to_string();
        }
    }
    Ok(())
}
