//! 聘书 and 任职证明 for whoever serves or has served a union; the page 我的任职 on which students find their own.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::Response,
};
use sqlx::PgConnection;
use time::Date;

use super::paths::{SERVICE, letter_word};
use crate::{
    app::{App, Routes},
    auth::person::SignedIn,
    failure::Failure,
    ids::{InstitutionId, PostId, StudentId, UnionId},
    page::chrome::Chrome,
    papers::{self, Paper},
    text::chinese_day,
    unions::{store as unions, union::name_in_full},
    words::words,
};

words! {
    /// A letter about a post.
    Letter:
    Appointment = "appointment", "聘书";
    Proof = "proof", "任职证明";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/my-service", list)
        .get("/service/{post}/appointment", appointment)
        .get("/service/{post}/appointment.docx", appointment_word)
        .get("/service/{post}/proof", proof)
        .get("/service/{post}/proof.docx", proof_word)
}

/// A post that somebody holds or held.
#[derive(Debug, Clone)]
struct Service {
    id: PostId,
    union: UnionId,
    union_name: String,
    student: StudentId,
    name: String,
    number: String,
    college: String,
    post: String,
    from_day: Date,
    /// The first day on which it is held no more.
    until_day: Option<Date>,
}

impl Service {
    /// The term in words, both days within it.
    fn term(&self) -> String {
        let from = chinese_day(self.from_day);
        match self.until_day.and_then(Date::previous_day) {
            Some(last) => format!("{from}至{}", chinese_day(last)),
            None => format!("{from}至今"),
        }
    }

    fn is_over(&self, today: Date) -> bool {
        self.until_day.is_some_and(|until| until <= today)
    }
}

/// The posts of a student, or one post; terms of no day left out.
async fn services(
    connection: &mut PgConnection,
    institution: InstitutionId,
    student: Option<StudentId>,
    one: Option<PostId>,
) -> Result<Vec<Service>, Failure> {
    let rows = sqlx::query_as!(
        Service,
        r#"select p.id as "id: PostId", p.union_id as "union: UnionId", union_name(u.kind, g.name) as "union_name!",
                  p.student_id as "student: StudentId", s.name, s.number, c.name as college,
                  concat_ws('', d.name, post_label(p.kind, p.title)) as "post!", p.from_day, p.until_day
           from post p join student_union u on u.id = p.union_id left join college g on g.id = u.college_id
                join student s on s.id = p.student_id join class k on k.id = s.class_id join major m on m.id = k.major_id
                join college c on c.id = m.college_id left join department d on d.id = p.department_id
           where u.institution_id = $1 and p.voided_at is null and (p.until_day is null or p.until_day > p.from_day)
                 and ($2::uuid is null or p.student_id = $2) and ($3::uuid is null or p.id = $3)
           order by p.from_day desc, p.id limit 100"#,
        institution.0,
        student.map(|id| id.0),
        one.map(|id| id.0)
    );
    Ok(rows.fetch_all(connection).await?)
}

#[derive(Template, WebTemplate)]
#[template(path = "guidance/service.html")]
struct ServicePage {
    chrome: Chrome,
    services: Vec<Service>,
    today: Date,
}

async fn list(State(app): State<App>, person: SignedIn) -> Result<ServicePage, Failure> {
    let services = match person.student {
        Some(student) => services(&mut *app.read().await?, person.institution, Some(student), None).await?,
        None => Vec::new(),
    };
    Ok(ServicePage { chrome: app.chrome(&person, "我的任职"), services, today: app.clock.today() })
}

/// A letter: for whoever holds the post themselves, and for the League organisation that manages the union.
async fn letter(app: &App, person: &SignedIn, id: PostId, which: Letter) -> Result<Paper, Failure> {
    let today = app.clock.today();
    let mut db = app.read().await?;
    let service = services(&mut db, person.institution, None, Some(id)).await?.pop().ok_or(Failure::Missing)?;
    let union = unions::list(&mut db, person.institution, Some(service.union)).await?.pop();
    let keeps = person.acting.as_ref().zip(union.as_ref()).is_some_and(|(office, union)| union.is_managed_by(office));
    if !keeps && person.student != Some(service.student) {
        return Err(Failure::Missing);
    }
    if service.from_day > today || (which == Letter::Appointment && service.is_over(today)) {
        return Err(Failure::Missing);
    }
    let by = name_in_full(&person.institution_name, &service.union_name);
    let who = format!("{}（学号{}，{}）", service.name, service.number, service.college);
    let league = match union.and_then(|union| union.college) {
        Some(_) => {
            format!("{}{}团组织", person.institution_name, service.union_name.trim_end_matches("学生会"))
        }
        None => format!("{}团委", person.institution_name),
    };
    Ok(match which {
        Letter::Appointment => Paper::new("聘书")
            .to(format!("{}同学", service.name))
            .paragraph(format!("聘任{who}为{by}{}，任期自{}起。", service.post, chinese_day(service.from_day)))
            .paragraph("请认真履行职责，全心全意服务同学。")
            .signed(league, Some(today)),
        Letter::Proof => Paper::new("任职证明")
            .paragraph(format!("兹证明{who}于{}担任{by}{}。", service.term(), service.post))
            .paragraph("特此证明。")
            .signed(league, Some(today)),
    })
}

#[derive(Template, WebTemplate)]
#[template(path = "conduct/paper.html")]
struct PaperPage {
    chrome: Chrome,
    paper: Paper,
    /// The same for Word.
    word: String,
}

async fn shown(app: &App, person: &SignedIn, id: PostId, which: Letter) -> Result<PaperPage, Failure> {
    let paper = letter(app, person, id, which).await?;
    let chrome = app.chrome(person, which.label());
    let chrome = if person.student.is_some() { chrome.under(SERVICE, "我的任职") } else { chrome };
    Ok(PaperPage { chrome, paper, word: letter_word(id, which.slug()) })
}

async fn appointment(State(app): State<App>, person: SignedIn, Path(id): Path<PostId>) -> Result<PaperPage, Failure> {
    shown(&app, &person, id, Letter::Appointment).await
}

async fn appointment_word(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<PostId>,
) -> Result<Response, Failure> {
    papers::download(&app, letter(&app, &person, id, Letter::Appointment).await?).await
}

async fn proof(State(app): State<App>, person: SignedIn, Path(id): Path<PostId>) -> Result<PaperPage, Failure> {
    shown(&app, &person, id, Letter::Proof).await
}

async fn proof_word(State(app): State<App>, person: SignedIn, Path(id): Path<PostId>) -> Result<Response, Failure> {
    papers::download(&app, letter(&app, &person, id, Letter::Proof).await?).await
}
