//! Lists of office holders: their columns, who may grant what, what each row would do, and its writing.

use std::ops::Range;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    import::{Import, Layout, Missing, MissingPerson, Move, RowState},
    judged::{Judged, keep},
};
use crate::{
    auth::acting::Acting,
    database::Locked,
    failure::Failure,
    ids::{AccountId, ImportId, InstitutionId},
    inbox::{self, Notice, To},
    name::number_key,
    office::{OfficeKind, Place, Registrar},
    sheet::RowReader,
    text::chinese_day,
};

/// Offices that a file may name.
pub const IMPORTED_OFFICES: &[OfficeKind] = &[
    OfficeKind::SchoolLeague,
    OfficeKind::StudentAffairs,
    OfficeKind::SchoolParty,
    OfficeKind::SchoolUnion,
    OfficeKind::GraduateUnion,
    OfficeKind::CollegeLeague,
    OfficeKind::CollegeParty,
    OfficeKind::CollegeUnion,
    OfficeKind::ClassBranch,
];

/// Those of them that the School Youth League committee may grant: League and union offices below it. An office that
/// reviews its candidates beside it (学生工作部门, Party organisations) is the administrators' to grant.
const LEAGUE_GRANTS: &[OfficeKind] = &[
    OfficeKind::SchoolUnion,
    OfficeKind::GraduateUnion,
    OfficeKind::CollegeLeague,
    OfficeKind::CollegeUnion,
    OfficeKind::ClassBranch,
];

/// The offices that somebody acting in `kind` may grant by a file.
#[must_use]
pub fn grants(kind: OfficeKind) -> &'static [OfficeKind] {
    match kind {
        OfficeKind::Administrator => IMPORTED_OFFICES,
        OfficeKind::SchoolLeague | OfficeKind::DeputySecretary => LEAGUE_GRANTS,
        _ => &[],
    }
}

/// The column of the offices.
pub(super) const OFFICE: &str = "职务";

pub(super) const LAYOUT: Layout = Layout {
    columns: &[
        ("学号（工号）", &[]),
        ("姓名", &[]),
        (
            OFFICE,
            &[
                "校团委",
                "学生工作部门",
                "学校党委",
                "校学生会",
                "校研究生会",
                "院系团组织",
                "院系党组织",
                "院系学生会",
                "班级团支部",
            ],
        ),
        ("院系", &[]),
        ("班级", &[]),
        ("任职起始日期", &[]),
        ("任职截止日期", &[]),
    ],
    required: &["学号（工号）", "姓名", OFFICE, "任职起始日期"],
    examples: &[
        &["20260101", "示例（请删去）", "班级团支部", "", "软件技术2601班", "2026-09-01", "2027-08-31"],
        &["T1001", "示例（请删去）", "院系团组织", "信息工程系", "", "2026-09-01", ""],
    ],
};

/// The cells of a row, in the order of the columns.
pub(super) fn read(reader: &mut RowReader<'_, '_>, may_grant: &[OfficeKind], own: &str) -> Vec<Option<String>> {
    let number = reader.person_number("学号（工号）");
    let name = reader.person_name("姓名").map(|name| name.shown().to_owned());
    let kind = reader.office(OFFICE, may_grant);
    let (college, class) = (reader.text("院系", 60), reader.text("班级", 60));
    match kind {
        None if !reader.is_faulty(OFFICE) => reader.fault(OFFICE, "不能为空"),
        Some(kind) if kind.place() == Place::College && college.is_none() => reader.fault("院系", "须填写院系"),
        Some(kind) if kind.place() == Place::Class && class.is_none() => reader.fault("班级", "须填写班级全称"),
        _ => {}
    }
    if number.as_ref().is_some_and(|number| number.key() == number_key(own)) {
        reader.fault("学号（工号）", "不能给自己授予职务");
    }
    let from = reader.day("任职起始日期");
    if from.is_none() && !reader.is_faulty("任职起始日期") {
        reader.fault("任职起始日期", "不能为空");
    }
    let last = if is_open_ended(reader) { None } else { reader.day("任职截止日期") };
    if let (Some(from), Some(last)) = (from, last)
        && last < from
    {
        reader.fault("任职截止日期", "早于任职起始日期");
    }
    // A place that the office does not have is not kept: a class branch has its class and no college of its own.
    let place = kind.map(OfficeKind::place);
    let kept = |text: Option<&str>, wanted| text.filter(|_| place == Some(wanted)).map(str::to_owned);
    vec![
        number.map(|number| number.shown().to_owned()),
        name,
        kind.map(|kind| kind.label().to_owned()),
        kept(college, Place::College),
        kept(class, Place::Class),
        from.map(|day| day.to_string()),
        last.map(|day| day.to_string()),
    ]
}

/// The last day is left open in words. 9999-12-31 is a day that nobody reaches, and asked about.
fn is_open_ended(reader: &mut RowReader<'_, '_>) -> bool {
    const OPEN: [&str; 8] = ["长期", "至今", "现在", "无", "无固定期限", "-", "—", "/"];
    let shown = reader.shown("任职截止日期");
    if shown.starts_with("9999") {
        reader.fault("任职截止日期", "长期任职的，这一格请留空");
        return true;
    }
    OPEN.contains(&shown.as_ref())
}

/// Says of some rows that are not wrong what they would do as the database is now.
pub(super) async fn compare(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    id: ImportId,
    rows: Range<i32>,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    // The person who commits must be able to grant, too, and not only the one who uploaded.
    let may_grant: Vec<&str> = grants(acting.office().kind).iter().map(|kind| kind.label()).collect();
    let found = sqlx::query!(
        r#"with file as (
               select row, cells[1] as number, cells[2] as name, cells[3] as office, cells[4] as college,
                      cells[5] as class, cells[6]::date as from_day,
                      daterange(cells[6]::date, cells[7]::date + 1) as term
               from import_row where import_id = $1 and row >= $4 and row < $5 and state <> 'wrong'
           )
           select f.row as "row!", f.number as "number!", f.name as "name!", f.office as "office!",
                  f.college is not null and c.id is null as "no_such_college!",
                  case when f.class is not null then k.n end as classes,
                  coalesce(s.name, a.name) as known_as, coalesce(s.left_on <= f.from_day, false) as "has_left!",
                  a.id is not null as "has_account!", a.disabled_at is not null as "is_disabled!",
                  lower(o.term) as held_from, upper(o.term) - 1 as held_to,
                  coalesce(o.term @> f.term, false) as "is_held!", now.number as "renumbered?",
                  case when sc.id <> coalesce(c.id, k.college) then sc.name end as elsewhere
           from file f
                left join account a on a.institution_id = $2 and a.number = f.number
                left join student s on s.institution_id = $2 and s.number = f.number
                left join class sk on sk.id = s.class_id left join major sm on sm.id = sk.major_id
                left join college sc on sc.id = sm.college_id
                left join former_number old on s.id is null and a.id is null and old.institution_id = $2
                     and old.number_key = number_key(f.number)
                left join student now on now.id = old.student_id
                left join college c on c.institution_id = $2 and c.name = f.college
                left join lateral (
                    select count(*) as n, min(k.id::text)::uuid as id, min(kc.id::text)::uuid as college
                    from class k join major m on m.id = k.major_id join college kc on kc.id = m.college_id
                    where kc.institution_id = $2 and k.name_key = name_key(f.class)
                          and (k.ended_on is null or k.ended_on > china_day($3))) k on true
                left join lateral (
                    select daterange(o.from_day, o.until_day) as term from office o
                    where o.account_id = a.id and o.ended_at is null and o.kind = office_slug(f.office)
                          and o.college_id is not distinct from c.id and o.class_id is not distinct from k.id
                          and daterange(o.from_day, o.until_day) && f.term
                    order by o.from_day limit 1) o on true
           order by f.row"#,
        id.0,
        acting.institution().0,
        now,
        rows.start,
        rows.end
    )
    .fetch_all(&mut *connection)
    .await?;
    let judged = found.into_iter().map(|row| {
        let wrong = |says: &str| Judged::wrong(row.row, says);
        if !may_grant.contains(&row.office.as_str()) {
            return wrong("职务：由系统管理员授予，当前职务不能导入");
        }
        if number_key(&row.number) == number_key(&acting.person().number) {
            return wrong("学号（工号）：不能给自己授予职务");
        }
        if let Some(number) = row.renumbered {
            return wrong(&format!("学号（工号）：该生已换学号，请改用新学号 {number}"));
        }
        if row.no_such_college {
            return wrong("院系：没有这个院系");
        }
        match row.classes {
            Some(0) => return wrong("班级：没有这个班级，请核对班级全称"),
            Some(2..) => return wrong("班级：有几个班级同名"),
            Some(_) | None => {}
        }
        if let Some(known_as) = row.known_as.filter(|known_as| *known_as != row.name) {
            return wrong(&format!("姓名：与学号（工号）不符，该号码是{known_as}"));
        }
        if let Some(college) = row.elsewhere {
            return wrong(&format!("院系：该生是{college}的学生，不能担任其他院系的职务"));
        }
        if row.has_left {
            return wrong("学号（工号）：该生已离校");
        }
        if row.is_disabled {
            return wrong("学号（工号）：账号已停用");
        }
        match row.held_from {
            Some(from) if !row.is_held => {
                let to = row.held_to.map_or_else(|| "起长期".to_owned(), |day| format!("至{}", chinese_day(day)));
                wrong(&format!("任职起始日期：与现任期重叠（{}{to}），续任请从现任期之后填起", chinese_day(from)))
            }
            Some(from) => {
                let to = row.held_to.map_or_else(String::new, |day| format!("，至{}", chinese_day(day)));
                Judged {
                    row: row.row, state: RowState::Same, says: format!("已担任（{}起{to}）", chinese_day(from))
                }
            }
            None => {
                let says = if row.has_account { "" } else { "新账号，需要激活码" };
                Judged { row: row.row, state: RowState::Added, says: says.to_owned() }
            }
        }
    });
    keep(connection, id, &judged.collect::<Vec<_>>()).await
}

/// Whether an administrator commits offices beyond the class that they uploaded themselves: two people do that where there
/// are two.
pub(super) async fn is_of_one(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    id: ImportId,
) -> Result<bool, Failure> {
    if acting.office().kind != OfficeKind::Administrator {
        return Ok(false);
    }
    let of_one = sqlx::query_scalar!(
        r#"select exists (select from import i join import_row r on r.import_id = i.id
                          where i.id = $1 and i.by_account = $2 and i.kind = 'offices' and i.state = 'previewed'
                                and r.state = 'added' and r.cells[3] <> '班级团支部') as "of_one!""#,
        id.0,
        acting.person().account.0
    );
    Ok(of_one.fetch_one(connection).await?)
}

/// Grants the offices of the file, and ends those that it hands over; gives who came and went.
pub(super) async fn write(
    connection: &mut PgConnection,
    import: &Locked<Import>,
    institution: &Locked<InstitutionId>,
    now: OffsetDateTime,
) -> Result<Vec<Move>, Failure> {
    let (id, mut moves) = (import.id.0, Vec::new());
    if import.end_others {
        // Before the new ones are granted: who hands over a place holds it to the day before.
        let ended = sqlx::query!(
            r#"with gone as (
                 update office o set until_day = case when x.from_day < x.new_day then x.new_day else o.until_day end,
                        ended_at = case when x.from_day < x.new_day then null else $3::timestamptz end
                 from handed_over($1, $2, $3) x where o.id = x.office_id
                 returning o.account_id, o.kind, o.college_id, o.class_id, x.new_day
             ), worded as (
                 select g.account_id, g.new_day,
                        coalesce(c.name || ' ', k.name || ' ', '') || office_label(g.kind) as office
                 from gone g left join college c on c.id = g.college_id left join class k on k.id = g.class_id
             )
             select account_id as "account!: AccountId", office as "office!", new_day - 1 as "last_day!" from worded"#,
            id,
            institution.0,
            now
        )
        .fetch_all(&mut *connection)
        .await?;
        for row in ended {
            let notice = Notice::new(format!("你不再担任{}", row.office), "/me#offices")
                .says(format!("换届，任职到{}为止。", chinese_day(row.last_day)));
            inbox::tell(connection, **institution, To::Account(row.account), &notice, now).await?;
            moves.push(Move { account: row.account, office: row.office, ended: true });
        }
    }
    sqlx::query!(
        "insert into account (id, institution_id, number, name, must_change_password, created_at, student_id)
         select distinct on (f.number) gen_random_uuid(), $2::uuid, f.number, f.name, false, $3::timestamptz, s.id
         from (select cells[1] as number, cells[2] as name from import_row where import_id = $1 and state = 'added') f
              left join student s on s.institution_id = $2 and s.number = f.number
         on conflict do nothing",
        id,
        institution.0,
        now
    )
    .execute(&mut *connection)
    .await?;
    let granted = sqlx::query!(
        r#"with file as (
             select cells[1] as number, cells[3] as office, cells[4] as college, cells[5] as class,
                    cells[6]::date as from_day, cells[7]::date + 1 as until_day
             from import_row where import_id = $1 and state = 'added'
         ), granted as (
             insert into office (id, account_id, institution_id, kind, college_id, class_id, from_day, until_day,
                                 granted_at)
             select gen_random_uuid(), a.id, $2, office_slug(f.office), c.id, k.id, f.from_day,
                    least(f.until_day, s.left_on), $3
             from file f join account a on a.institution_id = $2 and a.number = f.number
                  left join student s on s.id = a.student_id
                  left join college c on c.institution_id = $2 and c.name = f.college
                  left join class k on k.id = open_class($2, f.class, china_day($3))
             on conflict do nothing
             returning account_id, kind, college_id, class_id, from_day
         ), worded as (
             select g.account_id, g.kind, g.from_day,
                    coalesce(c.name || ' ', k.name || ' ', '') || office_label(g.kind) as office
             from granted g left join college c on c.id = g.college_id left join class k on k.id = g.class_id
         ), voided as (
             -- Slips that were printed for a student open nothing more once an office beyond the class comes with it.
             update activation v set voided_at = $3 from worded w
             where v.account_id = w.account_id and w.kind <> 'class_branch' and v.purpose = 'first'
                   and v.used_at is null and v.voided_at is null
         )
         select account_id as "account!: AccountId", office as "office!", from_day as "from_day!" from worded"#,
        id,
        institution.0,
        now
    )
    .fetch_all(&mut *connection)
    .await?;
    for row in granted {
        let notice = Notice::new(format!("你担任了新的职务：{}", row.office), "/me#offices")
            .says(format!("自{}起。", chinese_day(row.from_day)));
        inbox::tell(connection, **institution, To::Account(row.account), &notice, now).await?;
        moves.push(Move { account: row.account, office: row.office, ended: false });
    }
    Ok(moves)
}

/// Holders of the offices that the file names whom it does not name itself.
pub(super) async fn missing(
    connection: &mut PgConnection,
    id: ImportId,
    institution: InstitutionId,
    most: i64,
    now: OffsetDateTime,
) -> Result<Missing, Failure> {
    let rows = sqlx::query!(
        r#"select a.number as "number!", a.name as "name!",
                          coalesce(c.name || ' ', k.name || ' ', '') || office_label(o.kind) as "place!",
                          count(*) over () as "total!"
                   from handed_over($1, $2, $4) o join account a on a.id = o.account_id
                        left join college c on c.id = o.college_id left join class k on k.id = o.class_id
                   order by 3, 1 limit $3"#,
        id.0,
        institution.0,
        most,
        now
    )
    .fetch_all(connection)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let person = rows.into_iter().map(|row| MissingPerson { number: row.number, name: row.name, place: row.place });
    Ok(Missing { people: person.collect(), total })
}
