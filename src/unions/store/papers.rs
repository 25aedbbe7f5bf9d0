//! What is read for papers and for the history: facts, reasons, the roster.

use sqlx::{
    PgConnection,
    types::{Json, Uuid},
};
use time::{Date, OffsetDateTime};

use super::locked::{Act, Warned};
use crate::{
    auth::person::Scope,
    failure::Failure,
    ids::{CongressId, DocumentId, InstitutionId, PostId, UnionId},
    name::order::{self, StrokeOrder},
    office::OfficeKind,
    page::paging::RowRange,
    rules::plan::Union,
    unions::union::PostKind,
};

/// What was done about a union, as its page shows it.
#[derive(Debug)]
pub struct HistoryRow {
    pub at: OffsetDateTime,
    pub act: Act,
    pub by: Option<String>,
    pub office: String,
    pub person: Option<String>,
    /// The post it is about.
    pub post: Option<PostId>,
    /// The day from which it holds.
    pub day: Option<Date>,
    pub says: String,
    pub ground: String,
    pub document: Option<DocumentId>,
    pub reason: String,
    /// What was warned of.
    pub warned: Json<Vec<Warned>>,
}

/// What was done in one act, as a union's history unfolds it: a 换届 ends and begins dozens of posts.
#[derive(Debug)]
pub struct HistoryAct {
    pub head: HistoryRow,
    /// What came with it.
    pub parts: Vec<HistoryRow>,
}

impl HistoryAct {
    /// Whom it is about; of many the first three and how many they are. Nobody where what was done names nobody.
    #[must_use]
    pub fn people(&self) -> String {
        if self.head.person.is_none() {
            return String::new();
        }
        let mut people: Vec<&str> = Vec::new();
        for name in std::iter::once(&self.head).chain(&self.parts).filter_map(|row| row.person.as_deref()) {
            if !people.contains(&name) {
                people.push(name);
            }
        }
        match people.as_slice() {
            [first, second, third, _, ..] => format!("{first}、{second}、{third}等 {} 人", people.len()),
            few => few.join("、"),
        }
    }

    /// Rows of the same moment were written by one act.
    fn of(rows: Vec<HistoryRow>) -> Vec<Self> {
        let mut acts: Vec<Self> = Vec::new();
        for row in rows {
            match acts.last_mut().filter(|act| act.head.at == row.at) {
                // What names nobody says what was done.
                Some(act) if row.person.is_none() && act.head.person.is_some() => {
                    let part = std::mem::replace(&mut act.head, row);
                    act.parts.push(part);
                }
                Some(act) => act.parts.push(row),
                None => acts.push(Self { head: row, parts: Vec::new() }),
            }
        }
        for act in &mut acts {
            act.parts.sort_by(|one, other| {
                (one.act.label(), &one.person, &one.says).cmp(&(other.act.label(), &other.person, &other.says))
            });
        }
        acts
    }
}

/// The history of a union or of one of its posts, newest act first.
pub async fn history(
    connection: &mut PgConnection,
    union: UnionId,
    post: Option<PostId>,
    range: RowRange,
) -> Result<Vec<HistoryAct>, Failure> {
    let rows = sqlx::query!(
        r#"with shown as (
               select f.* from union_fact f
               where f.union_id = $1
                     and ($2::uuid is null or f.post_id = $2 or f.post_id = (select corrects from post where id = $2))
           ), moment as (select distinct at from shown order by at desc offset $3 limit $4)
           select f.at as "at!", f.act as "act!", a.name as "by?", f.office as "office!", s.name as "person?",
                  f.post_id as "post: PostId", f.day, f.says as "says!", f.ground as "ground!",
                  f.document_id as "document: DocumentId", f.reason as "reason!",
                  f.warned as "warned!: Json<Vec<Warned>>"
           from shown f join moment on moment.at = f.at left join account a on a.id = f.by_account left join post p on p.id = f.post_id
                left join turn t on t.id = f.turn_id left join student s on s.id = coalesce(p.student_id, t.student_id)
           order by f.at desc, f.id"#,
        union.0,
        post.map(|id| id.0),
        range.skip,
        range.most
    )
    .fetch_all(connection)
    .await?;
    let rows: Result<Vec<HistoryRow>, Failure> = rows
        .into_iter()
        .map(|row| {
            Ok(HistoryRow {
                at: row.at,
                act: row.act.parse()?,
                by: row.by,
                office: row.office,
                person: row.person,
                post: row.post,
                day: row.day,
                says: row.says,
                ground: row.ground,
                document: row.document,
                reason: row.reason,
                warned: row.warned,
            })
        })
        .collect();
    Ok(HistoryAct::of(rows?))
}

/// The reasons with which soft limits were passed, by union: rule, department, reason, when.
#[derive(Debug, Clone)]
pub struct ReasonRow {
    pub union: UnionId,
    pub rule: String,
    pub unit: Option<String>,
    pub reason: String,
    pub at: OffsetDateTime,
    pub office: String,
}

/// The reasons that were given in unions, newest first.
pub async fn reasons(connection: &mut PgConnection, unions: &[UnionId]) -> Result<Vec<ReasonRow>, Failure> {
    let ids: Vec<Uuid> = unions.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        ReasonRow,
        r#"select f.union_id as "union: UnionId", w ->> 'rule' as "rule!", w ->> 'unit' as unit, f.reason, f.at, f.office
           from union_fact f cross join lateral jsonb_array_elements(f.warned) w
           where f.union_id = any($1) and f.reason <> '' order by f.at desc"#,
        &ids
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A row of the printed roster.
#[derive(Debug)]
pub struct RosterRow {
    pub union_name: String,
    /// 姓名.
    pub name: String,
    /// 学号.
    pub number: String,
    pub college: String,
    pub class: String,
    pub entry_year: i32,
    /// 政治面貌.
    pub political: Option<String>,
    pub kind: PostKind,
    pub post: String,
    pub department: Option<String>,
    /// A seat on the presidium.
    pub seat: bool,
    pub from_day: Date,
    /// On duty as executive chair.
    pub chair: bool,
    /// In which order the roster stands.
    pub order: StrokeOrder,
}

/// The roster of a union on a day, in one statement: presidium, then department by department; of one kind of post by
/// strokes, the executive chair first. The statement itself gives nothing to an office that does not see the union.
pub async fn roster(
    connection: &mut PgConnection,
    scope: &Scope,
    office: OfficeKind,
    union: UnionId,
    day: Date,
) -> Result<Vec<RosterRow>, Failure> {
    let rows = sqlx::query!(
        r#"select union_name(u.kind, uc.name) as "union_name!", s.name, s.number, c.name as college, k.name as class,
                  k.entry_year, s.political, p.kind, post_label(p.kind, p.title) as "post!", d.name as "department?",
                  is_seat(p.kind, p.title, u.id, $3) as "seat!", p.from_day, i.stroke_order,
                  (exists (select from turn t where t.union_id = u.id and t.student_id = s.id and t.state = 'confirmed'
                           and is_seat(p.kind, p.title, u.id, $3) and t.from_day <= $3 and $3 < t.until_day)
                   -- Before the first turn only the roster that was taken down says who it was.
                   or (p.marked_chair and not exists (select from turn t where t.union_id = u.id
                                                      and t.state = 'confirmed' and t.from_day <= $3))) as "chair!"
           from student_union u join institution i on i.id = u.institution_id
                left join college uc on uc.id = u.college_id
                join post p on p.union_id = u.id and p.voided_at is null and p.from_day <= $3
                     and (p.until_day is null or p.until_day > $3)
                join student s on s.id = p.student_id join class k on k.id = s.class_id
                join major m on m.id = k.major_id join college c on c.id = m.college_id
                left join department d on d.id = p.department_id
           where u.id = $2 and u.institution_id = $1 and ($4::uuid is null or u.college_id = $4)
                 and ($5::text is null or u.kind = $5)
           order by p.department_id is not null, d.from_day, d.name,
                    p.kind = 'other' and is_seat(p.kind, p.title, u.id, $3) desc,
                    array_position(array['presidium', 'other', 'head', 'staff'], p.kind), p.from_day, s.number"#,
        scope.institution.0,
        union.0,
        day,
        scope.college.map(|id| id.0),
        own_kind(office)
    )
    .fetch_all(connection)
    .await?;
    let mut roster = Vec::with_capacity(rows.len());
    for row in rows {
        roster.push(RosterRow {
            union_name: row.union_name,
            name: row.name,
            number: row.number,
            college: row.college,
            class: row.class,
            entry_year: row.entry_year,
            political: row.political,
            kind: PostKind::of(&row.kind),
            post: row.post,
            department: row.department,
            seat: row.seat,
            from_day: row.from_day,
            chair: row.chair,
            order: row.stroke_order.parse()?,
        });
    }
    let of_one_kind = |one: &RosterRow, next: &RosterRow| {
        (one.kind, one.seat, &one.department) == (next.kind, next.seat, &next.department)
    };
    for holders in roster.chunk_by_mut(of_one_kind) {
        let order = holders.first().map_or(StrokeOrder::Surname, |one| one.order);
        order::sort(holders, order, |one| &one.name);
        holders.sort_by_key(|one| !one.chair);
    }
    Ok(roster)
}

/// The one kind of union that an office of the whole school sees; none for those that see all, or a college's.
pub(super) fn own_kind(office: OfficeKind) -> Option<&'static str> {
    match office {
        OfficeKind::SchoolUnion => Some(Union::School.slug()),
        OfficeKind::GraduateUnion => Some(Union::Graduate.slug()),
        _ => None,
    }
}

/// A post that somebody came to past the chain.
#[derive(Debug, Clone)]
pub struct DirectRow {
    pub union: UnionId,
    pub union_name: String,
    pub post: PostId,
    pub name: String,
    pub place: String,
    pub from_day: Date,
    pub why: String,
    pub ground: String,
}

/// A result of a congress that was approved and not filed in time.
#[derive(Debug)]
pub struct OverdueFiling {
    pub congress: CongressId,
    pub union_name: String,
    pub ordinal: String,
    pub approved_on: Date,
    /// The last day on which it was due.
    pub file_by: Date,
}

/// CON-09: the results that should have been filed before a day, the longest overdue first.
pub async fn overdue_filings(
    connection: &mut PgConnection,
    institution: InstitutionId,
    today: Date,
) -> Result<Vec<OverdueFiling>, Failure> {
    let rows = sqlx::query_as!(
        OverdueFiling,
        r#"select c.id as "congress: CongressId", union_name(u.kind, g.name) as "union_name!", c.ordinal,
                  r.approved_on as "approved_on!", r.file_by as "file_by!"
           from congress_result r join congress c on c.id = r.congress_id join student_union u on u.id = c.union_id
                left join college g on g.id = u.college_id
           where c.institution_id = $1 and r.stage = 'approved' and r.file_by < $2 order by r.file_by, c.id limit 500"#,
        institution.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The posts held on a day that somebody came to past the chain, outside 现状登记, newest first.
pub async fn direct_appointments(
    connection: &mut PgConnection,
    institution: InstitutionId,
    today: Date,
) -> Result<Vec<DirectRow>, Failure> {
    let rows = sqlx::query_as!(
        DirectRow,
        r#"select u.id as "union: UnionId", union_name(u.kind, g.name) as "union_name!", p.id as "post: PostId", s.name,
                  coalesce(d.name || ' ', '') || post_label(p.kind, p.title) as "place!", p.from_day,
                  coalesce(p.direct, '未说明') as "why!",
                  coalesce((select f.ground from union_fact f where f.post_id = p.id and f.act = 'appointed' limit 1), '')
                      as "ground!"
           from post p join student_union u on u.id = p.union_id left join college g on g.id = u.college_id
                left join department d on d.id = p.department_id join student s on s.id = p.student_id
           where u.institution_id = $1 and p.voided_at is null and not p.registered and p.case_id is null
                 and p.congress_id is null and p.corrects is null and (p.until_day is null or (p.until_day > $2 and p.until_day > p.from_day))
           order by p.from_day desc, u.id, s.number limit 500"#,
        institution.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}
