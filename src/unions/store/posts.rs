//! Posts: taken down, appointed, corrected, ended, and a whole union staffed anew.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{About, Ground, Locked, Warned, departments::begin_departments, note};
use crate::{
    failure::Failure,
    ids::{CaseId, PostId, RoundId, StudentId, TurnId, UnionId},
    inbox::{self, Notice, To},
    rules::{
        appointment::{Appointment, Reshuffle, Wanted, holding_in_words, stays},
        offer::Offer,
        roster::Post,
        rotation::first_gap,
        timeline::{Holding, term_in_words},
    },
    unions::union::{PostKind, PostRow, Record},
};

/// What a post is written from.
struct NewPost<'a> {
    student: StudentId,
    wanted: &'a Wanted,
    from_college: Option<bool>,
    marked_chair: bool,
    registered: bool,
    corrects: Option<PostId>,
    way: Option<Way<'a>>,
}

/// How somebody came to a post.
#[derive(Debug, Clone, Copy)]
pub enum Way<'a> {
    /// By the vetting chain.
    Case(CaseId),
    /// Past it, for a stated reason.
    Direct(&'a str),
}

async fn insert_post(connection: &mut PgConnection, union: &Locked, new: &NewPost<'_>) -> Result<PostId, Failure> {
    let id = PostId::random();
    let (kind, department, title) = match &new.wanted.post {
        Post::Presidium => (PostKind::Presidium, None, None),
        Post::Head(department) => (PostKind::Head, Some(department), None),
        Post::Staff(department) => (PostKind::Staff, Some(department), None),
        Post::Other(title) => (PostKind::Other, None, Some(title)),
    };
    let (case, direct) = match new.way {
        Some(Way::Case(id)) => (Some(id.0), None),
        Some(Way::Direct(why)) => (None, Some(why)),
        None => (None, None),
    };
    let done = sqlx::query!(
        "insert into post (id, union_id, student_id, kind, department_id, title, from_day, until_day, from_college,
                           marked_chair, registered, corrects, case_id, direct)
         select $1, $2, $3, $4, d.id, $6, $7, $8, $9, $10, $11, $12, $13, $14
         from (select) one left join department d on d.union_id = $2 and d.name = $5 and d.from_day <= $7
                                                     and (d.until_day is null or d.until_day > $7)",
        id.0,
        union.id.0,
        new.student.0,
        kind.slug(),
        department,
        title,
        new.wanted.from,
        new.wanted.until,
        new.from_college,
        new.marked_chair,
        new.registered,
        new.corrects.map(|id| id.0),
        case,
        direct
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 1 { Ok(id) } else { Err(anyhow::anyhow!("a post's department is not there").into()) }
}

/// What a post is called in notes and in the record, without the person's name.
fn post_words(wanted: &Wanted) -> String {
    format!("{}，{}", holding_in_words(&wanted.post), term_in_words(wanted.from, wanted.until))
}

/// Appoints somebody whom the rule has passed.
///
/// # Errors
/// Where the database fails; its exclusion constraint, where the person holds the very post in that time.
pub async fn appoint(
    connection: &mut PgConnection,
    union: &Locked,
    appointment: &Appointment,
    (student, from_college, way): (StudentId, Option<bool>, Way<'_>),
    ground: &Ground,
    now: OffsetDateTime,
) -> Result<PostId, Failure> {
    let wanted = appointment.wanted();
    let way = Some(way);
    let new = NewPost { student, wanted, from_college, marked_chair: false, registered: false, corrects: None, way };
    let post = insert_post(connection, union, &new).await?;
    let about = About { post: Some(post), ..About::default() };
    let warned = Warned::of(appointment.warned());
    note(connection, union, "appointed", about, (Some(wanted.from), &post_words(wanted)), (ground, warned), now)
        .await?;
    Ok(post)
}

/// What is right in the place of a post that was written wrong.
#[derive(Debug, Clone, Copy)]
pub struct Right<'a> {
    /// The post, as the rule has passed it.
    pub appointment: &'a Appointment,
    pub student: StudentId,
    /// Whether they came from a college union, where the record does not say so itself.
    pub from_college: Option<bool>,
    /// It was taken down at the start, and stays so.
    pub registered: bool,
    /// It was marked as the chair's, and stays so.
    pub marked_chair: bool,
}

/// Puts what is right in the place of a post that was written wrong, or nothing where it never was.
///
/// # Errors
/// As [`appoint`]; [`Failure::Missing`] where the post is not there or void.
pub async fn correct(
    connection: &mut PgConnection,
    union: &Locked,
    post: PostId,
    right: Option<Right<'_>>,
    ground: &Ground,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let done = sqlx::query!(
        "update post set voided_at = $3 where id = $1 and union_id = $2 and voided_at is null",
        post.0,
        union.id.0,
        now
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Err(Failure::Missing);
    }
    let (about, says, day, warned) = match right {
        Some(Right { appointment, student, from_college, registered, marked_chair }) => {
            let wanted = appointment.wanted();
            let corrects = Some(post);
            // Where it came from stays with the post that it corrects.
            let way = None;
            let new = NewPost { student, wanted, from_college, marked_chair, registered, corrects, way };
            let id = insert_post(connection, union, &new).await?;
            (id, format!("更正为{}", post_words(wanted)), Some(wanted.from), Warned::of(appointment.warned()))
        }
        None => (post, "登记有误，作废".to_owned(), None, Vec::new()),
    };
    let about = About { post: Some(about), ..About::default() };
    note(connection, union, "corrected", about, (day, &says), (ground, warned), now).await?;
    leave_duty(connection, union, now.date(), now).await
}

/// Ends the turns, proposed ones too, on the first day from `day` on on which their holders have no seat on the presidium.
async fn leave_duty(
    connection: &mut PgConnection,
    union: &Locked,
    day: Date,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let turns = sqlx::query!(
        r#"select id as "id: TurnId", student_id as "student: StudentId", state, from_day, until_day
           from turn where union_id = $1 and state <> 'withdrawn' and until_day > $2 and until_day > from_day"#,
        union.id.0,
        day
    )
    .fetch_all(&mut *connection)
    .await?;
    let seats = sqlx::query!(
        r#"select student_id as "student: StudentId", from_day, until_day from post
           where union_id = $1 and kind = 'presidium' and voided_at is null"#,
        union.id.0
    )
    .fetch_all(&mut *connection)
    .await?;
    for turn in turns {
        let own = seats.iter().filter(|seat| seat.student == turn.student);
        let own: Vec<(Date, Option<Date>)> = own.map(|seat| (seat.from_day, seat.until_day)).collect();
        let Some(end) = first_gap(&own, (turn.from_day.max(day), turn.until_day)) else { continue };
        sqlx::query!("update turn set until_day = greatest(from_day, $2) where id = $1", turn.id.0, end)
            .execute(&mut *connection)
            .await?;
        let about = About { turn: Some(turn.id), ..About::default() };
        let says = format!("不再是主席团成员，轮值自 {end} 起结束");
        note(connection, union, "turn_withdrawn", about, (Some(end), &says), (&Ground::default(), Vec::new()), now)
            .await?;
        if turn.state == "confirmed" {
            let notice = Notice::new(format!("你的执行主席轮值自 {end} 起结束"), "/duty");
            inbox::tell(connection, union.institution, To::Student(turn.student), &notice, now).await?;
        }
    }
    Ok(())
}

/// Ends a post: from `day` on it is held no more. A turn of the executive chair ends with the seat on the presidium. No cap
/// looks at it. `false` where it has ended by then.
pub async fn end(
    connection: &mut PgConnection,
    union: &Locked,
    post: PostId,
    day: Date,
    (why, ground): (&str, &Ground),
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update post set until_day = greatest(from_day, $3)
         where id = $1 and union_id = $2 and voided_at is null and (until_day is null or until_day > $3)",
        post.0,
        union.id.0,
        day
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let about = About { post: Some(post), ..About::default() };
    let says = format!("{why}，自 {day} 起不再任职");
    note(connection, union, "ended", about, (Some(day), &says), (ground, Vec::new()), now).await?;
    leave_duty(connection, union, day, now).await?;
    Ok(true)
}

/// A person of a roster that is taken down: their posts as they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub student: StudentId,
    pub posts: Vec<Wanted>,
    /// What the roster says of their coming from a college union.
    pub from_college: Option<bool>,
    /// The roster marks them as executive chair.
    pub chair: bool,
}

/// Takes a union down as it stands: what was taken down before is void. Only before the union comes under the rules.
pub async fn register(
    connection: &mut PgConnection,
    union: &Locked,
    day: Date,
    people: &[Found],
    says: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    // What departments do was entered on their own page: a roster that is taken down again does not lose it.
    let known = sqlx::query!(
        "select name, functions, ruling from department
         where union_id = $1 and (until_day is null or until_day > from_day) and functions <> ''",
        union.id.0
    )
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query!(
        "with gone as (update post set voided_at = $2 where union_id = $1 and voided_at is null)
         update department set until_day = from_day where union_id = $1",
        union.id.0,
        now
    )
    .execute(&mut *connection)
    .await?;
    let mut names: Vec<&str> = Vec::new();
    for name in people.iter().flat_map(|found| &found.posts).filter_map(|wanted| wanted.post.department()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    begin_departments(connection, union, &names, day).await?;
    for row in known {
        sqlx::query!(
            "update department set functions = $3, ruling = $4
             where union_id = $1 and name = $2 and (until_day is null or until_day > from_day)",
            union.id.0,
            row.name,
            row.functions,
            row.ruling
        )
        .execute(&mut *connection)
        .await?;
    }
    for found in people {
        for wanted in &found.posts {
            let marked_chair = found.chair && (wanted.post == Post::Presidium || found.posts.len() == 1);
            let new = NewPost {
                student: found.student,
                wanted,
                from_college: found.from_college,
                marked_chair,
                registered: true,
                corrects: None,
                way: None,
            };
            insert_post(connection, union, &new).await?;
        }
    }
    note(connection, union, "registered", About::default(), (Some(day), says), (&Ground::default(), Vec::new()), now)
        .await
}

/// Staffs a whole union anew, as the rule has passed: whoever is named for the post they hold goes on with it, everybody
/// else in a post ends, departments that nobody is named for end, and those named begin. Gives the posts that began.
pub async fn reshuffle(
    connection: &mut PgConnection,
    union: &Locked,
    record: &Record,
    (reshuffle, people, direct): (&Reshuffle, &[Found], Option<&str>),
    ground: &Ground,
    now: OffsetDateTime,
) -> Result<Vec<(StudentId, Post)>, Failure> {
    let day = reshuffle.day();
    let going_on = |row: &PostRow, holding: &Holding| {
        reshuffle.appointments().iter().find(|wanted| stays(holding, Some(&row.number), wanted))
    };
    let mut staying: Vec<&Wanted> = Vec::new();
    for (row, holding) in record.posts.iter().zip(&record.timeline.holdings).filter(|(row, _)| row.is_on(day)) {
        if let Some(wanted) = going_on(row, holding) {
            sqlx::query!(
                "update post set from_college = $2 where id = $1 and from_college is null and $2::boolean is not null",
                row.id.0,
                people.iter().find(|found| found.student == row.student).and_then(|found| found.from_college)
            )
            .execute(&mut *connection)
            .await?;
            staying.push(wanted);
            continue;
        }
        sqlx::query!("update post set until_day = greatest(from_day, $2) where id = $1", row.id.0, day)
            .execute(&mut *connection)
            .await?;
        let about = About { post: Some(row.id), ..About::default() };
        note(connection, union, "ended", about, (Some(day), "换届"), (ground, Vec::new()), now).await?;
        if !reshuffle.appointments().iter().any(|wanted| wanted.person.number == row.number) {
            tell_end(connection, union, (row, &record.union.name), (day, "换届"), now).await?;
        }
    }
    // What was appointed for a later day is superseded with the rest.
    sqlx::query!(
        "with posts as (
             update post set until_day = from_day
             where union_id = $1 and voided_at is null and from_day > $2 and (until_day is null or until_day > from_day)
         )
         update department set until_day = from_day
         where union_id = $1 and from_day > $2 and (until_day is null or until_day > from_day)",
        union.id.0,
        day
    )
    .execute(&mut *connection)
    .await?;
    for row in record.posts.iter().filter(|row| row.from_day > day) {
        let about = About { post: Some(row.id), ..About::default() };
        note(connection, union, "ended", about, (Some(day), "换届，尚未生效的任命撤回"), (ground, Vec::new()), now)
            .await?;
        tell_end(connection, union, (row, &record.union.name), (day, "换届，尚未生效的任命撤回"), now).await?;
    }
    let named: Vec<&str> = reshuffle.appointments().iter().filter_map(|wanted| wanted.post.department()).collect();
    for department in record.departments_on(day).filter(|department| named.contains(&department.name.as_str())) {
        // One that was to end and is named again goes on.
        sqlx::query!("update department set until_day = null where id = $1", department.id.0)
            .execute(&mut *connection)
            .await?;
    }
    for department in record.departments_on(day).filter(|department| !named.contains(&department.name.as_str())) {
        sqlx::query!("update department set until_day = greatest(from_day, $2) where id = $1", department.id.0, day)
            .execute(&mut *connection)
            .await?;
        let about = About { department: Some(department.id), ..About::default() };
        let says = format!("换届，撤销{}", department.name);
        note(connection, union, "department_ended", about, (Some(day), &says), (ground, Vec::new()), now).await?;
    }
    let mut new: Vec<&str> = Vec::new();
    for name in named {
        if !new.contains(&name) && !record.departments_on(day).any(|known| known.name == name) {
            new.push(name);
        }
    }
    begin_departments(connection, union, &new, day).await?;
    let mut begun = Vec::new();
    for wanted in reshuffle.appointments().iter().filter(|wanted| !staying.contains(wanted)) {
        let Some(found) = people.iter().find(|found| found.posts.contains(wanted)) else { continue };
        let new = NewPost {
            student: found.student,
            wanted,
            from_college: found.from_college,
            marked_chair: false,
            registered: false,
            corrects: None,
            way: direct.map(Way::Direct),
        };
        let post = insert_post(connection, union, &new).await?;
        let about = About { post: Some(post), ..About::default() };
        note(connection, union, "appointed", about, (Some(day), &post_words(wanted)), (ground, Vec::new()), now)
            .await?;
        begun.push((found.student, wanted.post.clone()));
    }
    leave_duty(connection, union, day, now).await?;
    let says = format!("换届：{} 个岗位，其中连任 {} 个", reshuffle.appointments().len(), staying.len());
    let warned = Warned::of(reshuffle.warned());
    note(connection, union, "reshuffled", About::default(), (Some(day), &says), (ground, warned), now).await?;
    Ok(begun)
}

/// Tells somebody that their post ends.
pub async fn tell_end(
    connection: &mut PgConnection,
    union: &Locked,
    (post, name): (&PostRow, &str),
    (day, why): (Date, &str),
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let notice = Notice::new(format!("你在{name}的任职自 {day} 起结束"), "/me/data")
        .says(format!("{}，{why}。", post.label_with_place()));
    inbox::tell(connection, union.institution, To::Student(post.student), &notice, now).await
}

/// The places of a union that rounds of its vetting have promised and not yet filled: of members, or of the presidium, where
/// as many count as are to be elected. A round that has ended promises nothing; whom it appointed holds a post.
pub async fn promised(
    connection: &mut PgConnection,
    union: UnionId,
    presidium: bool,
    but: Option<RoundId>,
) -> Result<Vec<Offer>, Failure> {
    let rows = sqlx::query!(
        r#"select p.kind, d.name as "department?", r.effective_on,
                  coalesce(p.to_elect, p.seats) - (select count(*)::integer from vetting_case c
                                                   where c.place_id = p.id and c.stage = 'appointed') as "open!"
           from vetting_place p join vetting_round r on r.id = p.round_id left join department d on d.id = p.department_id
           where r.union_id = $1 and r.ended_at is null and (r.places = 'presidium') = $2
                 and ($3::uuid is null or r.id <> $3)"#,
        union.0,
        presidium,
        but.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    let offer = |kind: &str, department: Option<String>, seats: i32, from| {
        let seats = u32::try_from(seats).ok().filter(|seats| *seats > 0)?;
        let post = match (department, PostKind::of(kind)) {
            (Some(department), PostKind::Head) => Post::Head(department),
            (Some(department), _) => Post::Staff(department),
            (None, _) => Post::Presidium,
        };
        Some(Offer { post, seats, from })
    };
    Ok(rows.into_iter().filter_map(|row| offer(&row.kind, row.department, row.open, row.effective_on)).collect())
}
