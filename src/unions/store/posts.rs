//! Posts: registered as they stand, appointed, corrected, ended, and a whole union staffed anew.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    departments::begin_departments,
    ended::allow_turn_undoing,
    locked::{Act, Grounds, HistoryEntry, LockedUnion, note},
};
use crate::{
    failure::Failure,
    ids::{CaseId, CongressId, PostId, RoundId, StudentId, TurnId, UnionId},
    inbox::{self, Notice, To},
    rules::{
        appointment::{Appointment, Reshuffle, Wanted, holding_in_words, stays},
        offer::Offer,
        roster::Post,
        rotation::first_gap,
        timeline::{Holding, term_in_words},
    },
    text::chinese_day,
    unions::union::{PostKind, PostRow, StudentFacts, TurnState},
};

/// What a post is written from.
struct NewPost<'a> {
    student: StudentId,
    wanted: &'a Wanted,
    from_college: Option<bool>,
    marked_chair: bool,
    registered: bool,
    corrects: Option<PostId>,
    /// None where the post is registered or corrected.
    route: Option<Route<'a>>,
}

/// How somebody came to a post.
#[derive(Debug, Clone, Copy)]
pub enum Route<'a> {
    /// By the vetting chain.
    Case(CaseId),
    /// Past it, for a stated reason.
    Direct(&'a str),
    /// By the election of a congress.
    Elected(CongressId),
}

async fn insert_post(connection: &mut PgConnection, union: &LockedUnion, new: &NewPost<'_>) -> Result<PostId, Failure> {
    let id = PostId::random();
    let (kind, department, title) = match &new.wanted.post {
        Post::Presidium => (PostKind::Presidium, None, None),
        Post::Head(department) => (PostKind::Head, Some(department), None),
        Post::Staff(department) => (PostKind::Staff, Some(department), None),
        Post::Other(title) => (PostKind::Other, None, Some(title)),
    };
    let (case, direct, congress) = match new.route {
        Some(Route::Case(id)) => (Some(id.0), None, None),
        Some(Route::Direct(why)) => (None, Some(why), None),
        Some(Route::Elected(id)) => (None, None, Some(id.0)),
        None => (None, None, None),
    };
    let done = sqlx::query!(
        "insert into post (id, union_id, student_id, kind, department_id, title, from_day, until_day, from_college,
                           marked_chair, registered, corrects, case_id, direct, congress_id)
         select $1, $2, $3, $4, d.id, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15
         from (select) one left join department d on d.union_id = $2 and d.name = $5 and d.from_day <= $7
                                                     and (d.until_day is null or d.until_day > $7)",
        id.0,
        union.id().0,
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
        direct,
        congress
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 1 { Ok(id) } else { Err(anyhow::anyhow!("a post's department is not there").into()) }
}

/// What a post is called in notes and in the record, without the person's name.
fn post_words(wanted: &Wanted) -> String {
    format!("{}，{}", holding_in_words(&wanted.post), term_in_words(wanted.from, wanted.until))
}

/// Who is appointed, and how they came to the post.
#[derive(Debug, Clone, Copy)]
pub struct Appointee<'a> {
    pub student: StudentId,
    /// Whether they came from a college union, where the record does not say so itself.
    pub from_college: Option<bool>,
    pub route: Route<'a>,
}

/// Appoints somebody whom the rule has passed.
///
/// # Errors
/// The exclusion constraint of the database, where the person holds the very post in that time.
pub async fn appoint(
    connection: &mut PgConnection,
    union: &LockedUnion,
    appointment: &Appointment,
    appointee: Appointee<'_>,
    grounds: &Grounds,
    now: OffsetDateTime,
) -> Result<PostId, Failure> {
    let (wanted, Appointee { student, from_college, route }) = (appointment.wanted(), appointee);
    let route = Some(route);
    let new = NewPost { student, wanted, from_college, marked_chair: false, registered: false, corrects: None, route };
    let post = insert_post(connection, union, &new).await?;
    let entry = HistoryEntry::new(Act::Appointed)
        .post(post)
        .from(wanted.from)
        .says(post_words(wanted))
        .on(grounds)
        .warned(appointment.warned());
    note(connection, union, entry, now).await?;
    Ok(post)
}

/// What is right in the place of a post that was written wrong.
#[derive(Debug, Clone, Copy)]
pub struct Correction<'a> {
    /// The post, as the rule has passed it.
    pub appointment: &'a Appointment,
    pub student: StudentId,
    /// Whether they came from a college union, where the record does not say so itself.
    pub from_college: Option<bool>,
    /// It was registered as it stood, and stays so.
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
    union: &LockedUnion,
    post: PostId,
    right: Option<Correction<'_>>,
    grounds: &Grounds,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let done = sqlx::query!(
        "update post set voided_at = $3 where id = $1 and union_id = $2 and voided_at is null",
        post.0,
        union.id().0,
        now
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Err(Failure::Missing);
    }
    let entry = HistoryEntry::new(Act::Corrected).on(grounds);
    let entry = match right {
        Some(Correction { appointment, student, from_college, registered, marked_chair }) => {
            let wanted = appointment.wanted();
            let corrects = Some(post);
            // Where it came from stays with the post that it corrects.
            let route = None;
            let new = NewPost { student, wanted, from_college, marked_chair, registered, corrects, route };
            let id = insert_post(connection, union, &new).await?;
            let says = format!("更正为{}", post_words(wanted));
            entry.post(id).from(wanted.from).says(says).warned(appointment.warned())
        }
        None => entry.post(post).says("登记有误，作废"),
    };
    note(connection, union, entry, now).await?;
    leave_duty(connection, union, now.date(), now).await
}

/// Ends the turns, proposed ones too, on the first day not before `day` on which their holders are not on the presidium.
async fn leave_duty(
    connection: &mut PgConnection,
    union: &LockedUnion,
    day: Date,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let turns = sqlx::query!(
        r#"select id as "id: TurnId", student_id as "student: StudentId", state, from_day, until_day
           from turn where union_id = $1 and state <> 'withdrawn' and until_day > $2 and until_day > from_day"#,
        union.id().0,
        day
    )
    .fetch_all(&mut *connection)
    .await?;
    let seats = sqlx::query!(
        r#"select student_id as "student: StudentId", from_day, until_day from post
           where union_id = $1 and is_seat(kind, title, union_id, $2) and voided_at is null"#,
        union.id().0,
        day
    )
    .fetch_all(&mut *connection)
    .await?;
    for turn in turns {
        let own = seats.iter().filter(|seat| seat.student == turn.student);
        let own: Vec<(Date, Option<Date>)> = own.map(|seat| (seat.from_day, seat.until_day)).collect();
        let Some(end) = first_gap(&own, turn.from_day.max(day), turn.until_day) else { continue };
        allow_turn_undoing(connection, union, turn.id, end.max(turn.from_day), now).await?;
        sqlx::query!("update turn set until_day = greatest(from_day, $2) where id = $1", turn.id.0, end)
            .execute(&mut *connection)
            .await?;
        let says = format!("不再是主席团成员，轮值自{}起结束", chinese_day(end));
        let entry = HistoryEntry::new(Act::TurnWithdrawn).turn(turn.id).from(end).says(says);
        note(connection, union, entry, now).await?;
        if turn.state.parse::<TurnState>()? == TurnState::Confirmed {
            let notice = Notice::new(format!("你的执行主席轮值自{}起结束", chinese_day(end)), "/duty");
            inbox::tell(connection, union.institution(), To::Student(turn.student), &notice, now).await?;
        }
    }
    Ok(())
}

/// Ends a post: from `day` on it is held no more. A turn of the executive chair ends with the seat on the presidium. No cap
/// is checked. `false` where it has ended by then.
pub async fn end(
    connection: &mut PgConnection,
    union: &LockedUnion,
    post: PostId,
    day: Date,
    why: &str,
    grounds: &Grounds,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update post set until_day = greatest(from_day, $3)
         where id = $1 and union_id = $2 and voided_at is null and (until_day is null or until_day > $3)",
        post.0,
        union.id().0,
        day
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let says = format!("{why}，自{}起不再任职", chinese_day(day));
    note(connection, union, HistoryEntry::new(Act::Ended).post(post).from(day).says(says).on(grounds), now).await?;
    leave_duty(connection, union, day, now).await?;
    Ok(true)
}

/// A person of a roster, matched against the students.
#[derive(Debug, Clone)]
pub struct RosterPerson {
    pub facts: StudentFacts,
    pub posts: Vec<Wanted>,
    /// What the roster says of their coming from a college union.
    pub from_college: Option<bool>,
    /// The roster marks them as executive chair.
    pub chair: bool,
}

/// Registers a union as it stands: what was registered before is void. Only before the union comes under the rules.
pub async fn register(
    connection: &mut PgConnection,
    union: &LockedUnion,
    day: Date,
    people: &[RosterPerson],
    says: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    // What departments do was entered on their own page: a roster that is registered again does not lose it.
    let known = sqlx::query!(
        "select name, functions, ruling from department
         where union_id = $1 and (until_day is null or until_day > from_day) and functions <> ''",
        union.id().0
    )
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query!(
        "with gone as (update post set voided_at = $2 where union_id = $1 and voided_at is null)
         update department set until_day = from_day where union_id = $1",
        union.id().0,
        now
    )
    .execute(&mut *connection)
    .await?;
    let mut names: Vec<&str> = Vec::new();
    for name in people.iter().flat_map(|person| &person.posts).filter_map(|wanted| wanted.post.department()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    begin_departments(connection, union, &names, day).await?;
    for row in known {
        sqlx::query!(
            "update department set functions = $3, ruling = $4
             where union_id = $1 and name = $2 and (until_day is null or until_day > from_day)",
            union.id().0,
            row.name,
            row.functions,
            row.ruling
        )
        .execute(&mut *connection)
        .await?;
    }
    for person in people {
        for wanted in &person.posts {
            let seated = person.posts.iter().any(|one| one.post == Post::Presidium);
            let of_chair = match &wanted.post {
                Post::Presidium => true,
                // A chair by the plan (主席) may head a department, too.
                Post::Other(_) => !seated,
                Post::Head(_) | Post::Staff(_) => person.posts.len() == 1,
            };
            let marked_chair = person.chair && of_chair;
            let new = NewPost {
                student: person.facts.student,
                wanted,
                from_college: person.from_college,
                marked_chair,
                registered: true,
                corrects: None,
                route: None,
            };
            insert_post(connection, union, &new).await?;
        }
    }
    note(connection, union, HistoryEntry::new(Act::Registered).from(day).says(says), now).await
}

/// Staffs a whole union anew, as the rule has passed: whoever is named for the post they hold goes on with it, everybody
/// else in a post ends, departments that nobody is named for end, and those named begin. Gives the posts that began.
pub async fn reshuffle(
    connection: &mut PgConnection,
    union: &LockedUnion,
    reshuffle: &Reshuffle,
    people: &[RosterPerson],
    direct: Option<&str>,
    grounds: &Grounds,
    now: OffsetDateTime,
) -> Result<Vec<(StudentId, Post)>, Failure> {
    let day = reshuffle.day();
    let going_on = |row: &PostRow, holding: &Holding| {
        reshuffle.appointments().iter().find(|wanted| stays(holding, Some(&row.number), wanted))
    };
    let mut staying: Vec<&Wanted> = Vec::new();
    for (row, holding) in union.posts.iter().zip(&union.timeline.holdings).filter(|(row, _)| row.is_on(day)) {
        if let Some(wanted) = going_on(row, holding) {
            sqlx::query!(
                "update post set from_college = $2 where id = $1 and from_college is null and $2::boolean is not null",
                row.id.0,
                people.iter().find(|person| person.facts.student == row.student).and_then(|person| person.from_college)
            )
            .execute(&mut *connection)
            .await?;
            staying.push(wanted);
            continue;
        }
        sqlx::query!("update post set until_day = greatest(from_day, $2) where id = $1", row.id.0, day)
            .execute(&mut *connection)
            .await?;
        let entry = HistoryEntry::new(Act::Ended).post(row.id).from(day).says("换届").on(grounds);
        note(connection, union, entry, now).await?;
        if !reshuffle.appointments().iter().any(|wanted| wanted.person.number == row.number) {
            tell_end(connection, union, row, day, "换届", now).await?;
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
        union.id().0,
        day
    )
    .execute(&mut *connection)
    .await?;
    for row in union.posts.iter().filter(|row| row.from_day > day) {
        let why = "换届，尚未生效的任命撤回";
        note(connection, union, HistoryEntry::new(Act::Ended).post(row.id).from(day).says(why).on(grounds), now)
            .await?;
        tell_end(connection, union, row, day, why, now).await?;
    }
    let named: Vec<&str> = reshuffle.appointments().iter().filter_map(|wanted| wanted.post.department()).collect();
    for department in union.departments_on(day).filter(|department| named.contains(&department.name.as_str())) {
        // One that was to end and is named again goes on.
        sqlx::query!("update department set until_day = null where id = $1", department.id.0)
            .execute(&mut *connection)
            .await?;
    }
    for department in union.departments_on(day).filter(|department| !named.contains(&department.name.as_str())) {
        sqlx::query!("update department set until_day = greatest(from_day, $2) where id = $1", department.id.0, day)
            .execute(&mut *connection)
            .await?;
        let says = format!("换届，撤销{}", department.name);
        let entry = HistoryEntry::new(Act::DepartmentEnded).department(department.id).from(day).says(says).on(grounds);
        note(connection, union, entry, now).await?;
    }
    let mut new: Vec<&str> = Vec::new();
    for name in named {
        if !new.contains(&name) && !union.departments_on(day).any(|known| known.name == name) {
            new.push(name);
        }
    }
    begin_departments(connection, union, &new, day).await?;
    let mut begun = Vec::new();
    for wanted in reshuffle.appointments().iter().filter(|wanted| !staying.contains(wanted)) {
        let Some(person) = people.iter().find(|person| person.posts.contains(wanted)) else { continue };
        let student = person.facts.student;
        let new = NewPost {
            student,
            wanted,
            from_college: person.from_college,
            marked_chair: false,
            registered: false,
            corrects: None,
            route: direct.map(Route::Direct),
        };
        let post = insert_post(connection, union, &new).await?;
        let entry = HistoryEntry::new(Act::Appointed).post(post).from(day).says(post_words(wanted)).on(grounds);
        note(connection, union, entry, now).await?;
        begun.push((student, wanted.post.clone()));
    }
    leave_duty(connection, union, day, now).await?;
    let says = format!("换届：{} 个岗位，其中留任 {} 个", reshuffle.appointments().len(), staying.len());
    let entry = HistoryEntry::new(Act::Reshuffled).from(day).says(says).on(grounds).warned(reshuffle.warned());
    note(connection, union, entry, now).await?;
    Ok(begun)
}

/// Tells somebody that their post ends.
pub async fn tell_end(
    connection: &mut PgConnection,
    union: &LockedUnion,
    post: &PostRow,
    day: Date,
    why: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let name = &union.union.name;
    let notice = Notice::new(format!("你在{name}的任职自{}起结束", chinese_day(day)), crate::people::OWN_DATA)
        .says(format!("{}，{why}。", post.label_with_place()));
    inbox::tell(connection, union.institution(), To::Student(post.student), &notice, now).await
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
