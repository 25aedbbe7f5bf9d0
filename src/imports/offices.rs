//! Lists of office holders: their columns, who may grant what, what each row would do, and its writing.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    columns::number,
    import::{Import, Layout, Missing, MissingPerson, Move},
};
use crate::{
    auth::acting::Acting,
    database::Locked,
    failure::Failure,
    ids::{AccountId, ImportId, InstitutionId},
    office::{OfficeKind, Place, Registrar},
    sheet::RowReader,
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
pub(super) fn grants(kind: OfficeKind) -> &'static [OfficeKind] {
    match kind {
        OfficeKind::Administrator => IMPORTED_OFFICES,
        OfficeKind::SchoolLeague | OfficeKind::DeputySecretary => LEAGUE_GRANTS,
        _ => &[],
    }
}

pub(super) const LAYOUT: Layout = Layout {
    columns: &[
        ("学号（工号）", &[]),
        ("姓名", &[]),
        (
            "职务",
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
        ("任职第一天", &[]),
        ("任职最后一天", &[]),
    ],
    required: &["学号（工号）", "姓名", "职务", "任职第一天"],
    examples: &[
        &["20260101", "示例（请删去）", "班级团支部", "", "软件技术2601班", "2026-09-01", "2027-08-31"],
        &["T1001", "示例（请删去）", "院系团组织", "信息工程系", "", "2026-09-01", ""],
    ],
};

/// The cells of a row, in the order of the columns.
pub(super) fn read(reader: &mut RowReader<'_, '_>, may_grant: &[OfficeKind], own: &str) -> Vec<Option<String>> {
    let number = number(reader, "学号（工号）");
    let name = reader.person_name("姓名").map(str::to_owned);
    let words: Vec<(&str, OfficeKind)> = IMPORTED_OFFICES.iter().map(|kind| (kind.label(), *kind)).collect();
    let kind = reader.word("职务", &words);
    let (college, class) = (reader.text("院系", 60), reader.text("班级", 60));
    match kind {
        None if !reader.is_faulty("职务") => reader.fault("职务", "不能为空"),
        Some(kind) if !may_grant.contains(&kind) => {
            reader.fault("职务", format!("{}由系统管理员授予，当前职务不能导入", kind.label()));
        }
        Some(kind) if kind.place() == Place::College && college.is_none() => reader.fault("院系", "须填写院系"),
        Some(kind) if kind.place() == Place::Class && class.is_none() => reader.fault("班级", "须填写班级全称"),
        _ => {}
    }
    if number.as_deref() == Some(own) {
        reader.fault("学号（工号）", "不能给自己授予职务");
    }
    let from = reader.day("任职第一天");
    if from.is_none() && !reader.is_faulty("任职第一天") {
        reader.fault("任职第一天", "不能为空");
    }
    let last = reader.day("任职最后一天");
    if let (Some(from), Some(last)) = (from, last)
        && last < from
    {
        reader.fault("任职最后一天", "早于任职第一天");
    }
    // A place that the office does not have is not kept: a class branch has its class and no college of its own.
    let place = kind.map(OfficeKind::place);
    let kept = |text: Option<&str>, wanted| text.filter(|_| place == Some(wanted)).map(str::to_owned);
    vec![
        number,
        name,
        kind.map(|kind| kind.label().to_owned()),
        kept(college, Place::College),
        kept(class, Place::Class),
        from.map(|day| day.to_string()),
        last.map(|day| day.to_string()),
    ]
}

/// Says of each row that is not wrong what it would do as the database stands now.
pub(super) async fn compare(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    id: ImportId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    // Whoever commits must be able to grant, not only whoever uploaded.
    let may_grant: Vec<&str> = grants(acting.office().kind).iter().map(|kind| kind.label()).collect();
    sqlx::query!(
        "update import_row r set
             state = case when d.wrong <> '' then 'wrong' when d.held is not null then 'same' else 'added' end,
             says = case when d.wrong <> '' then d.wrong when d.held is not null then d.held
                         when d.account is null then '新账号，需要激活码' else '' end
         from (
             select r.row, a.id as account,
                    case when r.cells[3] <> all($4::text[]) then '职务：由系统管理员授予，当前职务不能导入'
                         when r.cells[1] = $5 then '学号（工号）：不能给自己授予职务'
                         when r.cells[4] is not null and c.id is null then '院系：没有这个院系'
                         when r.cells[5] is not null and k.n = 0 then '班级：没有这个班级，请核对班级全称'
                         when r.cells[5] is not null and k.n > 1 then '班级：有几个班级同名'
                         when coalesce(s.name, a.name, r.cells[2]) <> r.cells[2]
                             then '姓名：与学号（工号）不符，该号码是' || coalesce(s.name, a.name)
                         when s.left_on is not null and s.left_on <= r.cells[6]::date then '学号（工号）：该生已离校'
                         when a.disabled_at is not null then '学号（工号）：账号已停用'
                         when o.term is not null and not o.term @> f.term
                             then '任职第一天：与现任期重叠（' || lower(o.term)
                                  || coalesce(' 至 ' || (upper(o.term) - 1), ' 起长期') || '），续任请从现任期之后填起'
                         else '' end as wrong,
                    '已担任（' || lower(o.term) || ' 起' || coalesce('，至 ' || (upper(o.term) - 1), '') || '）' as held
             from import_row r
                  cross join lateral (select daterange(r.cells[6]::date, r.cells[7]::date + 1) as term) f
                  left join account a on a.institution_id = $2 and a.number = r.cells[1]
                  left join student s on s.institution_id = $2 and s.number = r.cells[1]
                  left join college c on c.institution_id = $2 and c.name = r.cells[4]
                  left join lateral (
                      select count(*) as n, min(k.id::text)::uuid as id from class k join major m on m.id = k.major_id
                             join college kc on kc.id = m.college_id
                      where kc.institution_id = $2 and k.name = r.cells[5]
                            and (k.ended_on is null or k.ended_on > china_day($3))) k on true
                  left join lateral (
                      select daterange(o.from_day, o.until_day) as term from office o
                      where o.account_id = a.id and o.ended_at is null and o.kind = office_slug(r.cells[3])
                            and o.college_id is not distinct from c.id and o.class_id is not distinct from k.id
                            and daterange(o.from_day, o.until_day) && f.term
                      order by o.from_day limit 1) o on true
             where r.import_id = $1 and r.state <> 'wrong'
         ) d
         where r.import_id = $1 and r.row = d.row",
        id.0,
        acting.institution().0,
        now,
        &may_grant as &[&str],
        acting.person().number
    )
    .execute(connection)
    .await?;
    Ok(())
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
             ), told as (
                 insert into notice (id, institution_id, account_id, subject, body, href, at)
                 select gen_random_uuid(), $2, account_id, left('你不再担任' || office, 80),
                        '换届，任职到 ' || (new_day - 1) || ' 为止。', '/me#offices', $3 from worded
             )
             select account_id as "account!: AccountId", office as "office!" from worded"#,
            id,
            institution.0,
            now
        )
        .fetch_all(&mut *connection)
        .await?;
        moves.extend(ended.into_iter().map(|row| Move { account: row.account, office: row.office, ended: true }));
    }
    sqlx::query!(
        "insert into account (id, institution_id, number, name, must_change_password, created_at, student_id)
         select distinct on (r.cells[1]) gen_random_uuid(), $2::uuid, r.cells[1], r.cells[2], false, $3::timestamptz, s.id
         from import_row r left join student s on s.institution_id = $2 and s.number = r.cells[1]
         where r.import_id = $1 and r.state = 'added'
         on conflict (institution_id, number) do nothing",
        id,
        institution.0,
        now
    )
    .execute(&mut *connection)
    .await?;
    let granted = sqlx::query!(
        r#"with granted as (
             insert into office (id, account_id, institution_id, kind, college_id, class_id, from_day, until_day,
                                 granted_at)
             select gen_random_uuid(), a.id, $2, office_slug(r.cells[3]), c.id, k.id, r.cells[6]::date,
                    least(r.cells[7]::date + 1, s.left_on), $3
             from import_row r join account a on a.institution_id = $2 and a.number = r.cells[1]
                  left join student s on s.id = a.student_id
                  left join college c on c.institution_id = $2 and c.name = r.cells[4]
                  left join class k on k.id = open_class($2, r.cells[5], china_day($3))
             where r.import_id = $1 and r.state = 'added'
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
         ), told as (
             insert into notice (id, institution_id, account_id, subject, body, href, at)
             select gen_random_uuid(), $2, account_id, left('你担任了新的职务：' || office, 80),
                    '自 ' || from_day || ' 起。', '/me#offices', $3 from worded
         )
         select account_id as "account!: AccountId", office as "office!" from worded"#,
        id,
        institution.0,
        now
    )
    .fetch_all(connection)
    .await?;
    moves.extend(granted.into_iter().map(|row| Move { account: row.account, office: row.office, ended: false }));
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
