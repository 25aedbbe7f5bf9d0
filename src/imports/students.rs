//! Lists of students: their columns, what each row would do, and its writing.

use std::ops::Range;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    columns::number,
    import::{Author, Import, Layout, Missing, MissingPerson},
};
use crate::{
    database::Locked,
    failure::Failure,
    ids::{ImportId, InstitutionId},
    sheet::{RowReader, roster::political_status},
};

const STATUSES: &[&str] = &["中共党员", "中共预备党员", "共青团员", "群众"];

const LEVELS: &[&str] = &["专科", "本科", "研究生"];

pub(super) const LAYOUT: Layout = Layout {
    columns: &[
        ("学号", &[]),
        ("姓名", &[]),
        ("院系", &[]),
        ("专业", &[]),
        ("培养层次", LEVELS),
        ("年级", &[]),
        ("班级", &[]),
        ("政治面貌", STATUSES),
        ("性别", &["男", "女"]),
        ("民族", &[]),
    ],
    required: &["学号", "姓名", "院系", "专业", "培养层次", "年级", "班级"],
    examples: &[&[
        "20260101",
        "示例（请删去）",
        "信息工程系",
        "软件技术",
        "专科",
        "2026",
        "软件技术2601班",
        "共青团员",
        "女",
        "汉族",
    ]],
};

/// The cells of a row, in the order of the columns.
pub(super) fn read(reader: &mut RowReader<'_, '_>) -> Vec<Option<String>> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let number = number(reader, "学号");
    let name = owned(reader.person_name("姓名"));
    let mut place = |column, longest| {
        let text = reader.required(column, longest)?;
        if text.chars().count() < 2 && column != "班级" {
            reader.fault(column, "至少两个字");
        }
        Some(text.to_owned())
    };
    let (college, major) = (place("院系", 60), place("专业", 60));
    let class = place("班级", 60);
    let level = reader.word("培养层次", &[("专科", "专科"), ("本科", "本科"), ("研究生", "研究生")]);
    if level.is_none() && reader.text("培养层次", 60).is_none() && !reader.is_faulty("培养层次") {
        reader.fault("培养层次", "不能为空");
    }
    let year = reader.entry_year("年级");
    if year.is_none() && !reader.is_faulty("年级") {
        reader.fault("年级", "不能为空");
    } else if year.as_deref().is_some_and(|year| !("1990".."2101").contains(&year)) {
        reader.fault("年级", "应在 1990 至 2100 之间");
    }
    let political = reader.text("政治面貌", 20).map(|status| political_status(status).to_owned());
    let gender = owned(reader.word("性别", &[("男", "男"), ("女", "女")]));
    let ethnic = owned(reader.text("民族", 20));
    vec![number, name, college, major, owned(level), year, class, political, gender, ethnic]
}

/// Says of each row that is not wrong what it would do as the database stands now.
pub(super) async fn compare(
    connection: &mut PgConnection,
    id: ImportId,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "update import_row r set
             state = case when d.wrong <> '' then 'wrong' when d.student is null then 'added'
                          when d.changes = '' then 'same' else 'changed' end,
             says = case when d.wrong <> '' then d.wrong else d.changes end
         from (
             select r.row, s.id as student,
                    case when s.left_on is not null and s.left_on <= china_day($3)
                             then '学号：该生已于 ' || s.left_on || ' 离校；复学请先在“人员”里恢复在校'
                         when target.ended_on is not null and target.id is distinct from k.id
                             then '班级：该班已合并、结束或即将毕业'
                         when a.id is not null and a.name <> r.cells[2] then '学号：已有他人的账号使用这个学号'
                         when a.id is not null and is_staff(a.id, $3)
                             then '学号：已有担任工作职务的账号使用这个学号，请先由系统管理员核对'
                         when s.name <> r.cells[2] and own.id is not null and is_staff(own.id, $3)
                             then '姓名：此人担任工作职务，姓名由系统管理员更正'
                         else '' end as wrong,
                    case when s.id is null then '' else concat_ws('；',
                        case when s.name <> r.cells[2] then '姓名：' || s.name || ' → ' || r.cells[2] end,
                        case when k.id is distinct from target.id
                             then '班级：' || k.name || ' → ' || r.cells[7] end,
                        case when r.cells[8] is not null and s.political is distinct from r.cells[8]
                             then '政治面貌：' || coalesce(s.political, '未登记') || ' → ' || r.cells[8] end,
                        case when r.cells[9] is not null and s.gender is distinct from r.cells[9]
                             then '性别：' || coalesce(s.gender, '未登记') || ' → ' || r.cells[9] end,
                        case when r.cells[10] is not null and s.ethnic is distinct from r.cells[10]
                             then '民族：' || coalesce(s.ethnic, '未登记') || ' → ' || r.cells[10] end) end as changes
             from import_row r
                  left join student s on s.institution_id = $2 and s.number = r.cells[1]
                  left join class k on k.id = s.class_id
                  left join college tc on tc.institution_id = $2 and tc.name = r.cells[3]
                  left join major tm on tm.college_id = tc.id and tm.name = r.cells[4]
                       and tm.level = level_slug(r.cells[5])
                  left join class target on target.major_id = tm.id and target.entry_year = r.cells[6]::integer
                       and target.name = r.cells[7]
                  left join account a on s.id is null and a.institution_id = $2 and a.number = r.cells[1]
                  left join account own on own.student_id = s.id
             where r.import_id = $1 and r.state <> 'wrong'
         ) d
         where r.import_id = $1 and r.row = d.row",
        id.0,
        institution.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Colleges, majors and classes that the file names and that do not exist yet.
#[derive(Debug, Default)]
pub struct NewStructure {
    pub colleges: Vec<String>,
    /// Majors with their college.
    pub majors: Vec<String>,
    pub classes: Vec<String>,
}

/// What a list of students would set up.
pub async fn new_structure(
    connection: &mut PgConnection,
    id: ImportId,
    institution: InstitutionId,
) -> Result<NewStructure, Failure> {
    let row = sqlx::query!(
        r#"with named as (
               select distinct r.cells[3] as college, r.cells[4] as major, r.cells[5] as level, r.cells[6] as year,
                      r.cells[7] as class
               from import_row r where r.import_id = $1 and r.state in ('added', 'changed')
           ), known as (
               select n.*, c.id as college_id, m.id as major_id, k.id as class_id
               from named n left join college c on c.institution_id = $2 and c.name = n.college
                    left join major m on m.college_id = c.id and m.name = n.major
                         and m.level = level_slug(n.level)
                    left join class k on k.major_id = m.id and k.entry_year = n.year::integer and k.name = n.class
           )
           select array(select distinct college from known where college_id is null order by 1) as "colleges!",
                  array(select distinct college || ' ' || major || '（' || level || '）' from known
                        where major_id is null order by 1) as "majors!",
                  array(select distinct class || '（' || college || ' ' || major || '）' from known
                        where class_id is null order by 1) as "classes!""#,
        id.0,
        institution.0
    )
    .fetch_one(connection)
    .await?;
    Ok(NewStructure { colleges: row.colleges, majors: row.majors, classes: row.classes })
}

/// Sets up colleges, majors and classes that the file names.
pub(super) async fn set_up(
    connection: &mut PgConnection,
    import: &Locked<Import>,
    institution: &Locked<InstitutionId>,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into college (id, institution_id, name)
         select gen_random_uuid(), $2, n.name
         from (select distinct cells[3] as name from import_row
               where import_id = $1 and state in ('added', 'changed')) n
         on conflict do nothing",
        import.id.0,
        institution.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into major (id, college_id, name, level)
         select gen_random_uuid(), c.id, n.name, n.level
         from (select distinct cells[3] as college, cells[4] as name,
                      level_slug(cells[5]) as level
               from import_row where import_id = $1 and state in ('added', 'changed')) n
              join college c on c.institution_id = $2 and c.name = n.college
         on conflict do nothing",
        import.id.0,
        institution.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into class (id, major_id, entry_year, name)
         select gen_random_uuid(), m.id, n.year, n.name
         from (select distinct cells[3] as college, cells[4] as major,
                      level_slug(cells[5]) as level, cells[6]::integer as year, cells[7] as name
               from import_row where import_id = $1 and state in ('added', 'changed')) n
              join college c on c.institution_id = $2 and c.name = n.college
              join major m on m.college_id = c.id and m.name = n.major and m.level = n.level
         on conflict do nothing",
        import.id.0,
        institution.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes the students of some rows.
pub(super) async fn write(
    connection: &mut PgConnection,
    import: &Locked<Import>,
    rows: Range<i32>,
    author: &Author,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "with file as (
             select r.state, r.cells, i.institution_id, i.file_name, k.id as class_id, k.name as class_name
             from import_row r join import i on i.id = r.import_id
                  join college c on c.institution_id = i.institution_id and c.name = r.cells[3]
                  join major m on m.college_id = c.id and m.name = r.cells[4]
                       and m.level = level_slug(r.cells[5])
                  join class k on k.major_id = m.id and k.entry_year = r.cells[6]::integer and k.name = r.cells[7]
             where r.import_id = $1 and r.row >= $2 and r.row < $3 and r.state in ('added', 'changed')
         ), new as (
             insert into student (id, institution_id, number, name, class_id, political, gender, ethnic)
             select gen_random_uuid(), institution_id, cells[1], cells[2], class_id, cells[8], cells[9], cells[10]
             from file where state = 'added'
             returning id, institution_id, number
         ), linked as (
             update account a set student_id = new.id from new
             where a.institution_id = new.institution_id and a.number = new.number and a.student_id is null
             returning a.id, a.institution_id, a.password_hash
         ), students_too as (
             insert into office (id, account_id, institution_id, kind, from_day, granted_at)
             select gen_random_uuid(), id, institution_id, 'student', china_day($4), $4
             from linked where password_hash is not null
             on conflict do nothing
         ), was as (
             select s.*, k.name as old_class, f.cells, f.class_id as new_class_id, f.class_name, f.file_name
             from file f join student s on s.institution_id = f.institution_id and s.number = f.cells[1]
                  join class k on k.id = s.class_id
             where f.state = 'changed'
         ), done as (
             update student s set name = was.cells[2], class_id = was.new_class_id,
                    political = coalesce(was.cells[8], s.political), gender = coalesce(was.cells[9], s.gender),
                    ethnic = coalesce(was.cells[10], s.ethnic)
             from was where s.id = was.id
         ), account_follows as (
             update account a set name = was.cells[2] from was where a.student_id = was.id and a.name <> was.cells[2]
         ), branch as (
             -- Whoever changes class hands the old class's branch over.
             update office o set ended_at = $4 from account a, was
             where a.student_id = was.id and o.account_id = a.id and o.kind = 'class_branch' and o.ended_at is null
                   and o.class_id = was.class_id and was.class_id <> was.new_class_id
         )
         insert into student_change (id, student_id, at, by_account, office, field, before, after, reason, import_id)
         select gen_random_uuid(), was.id, $4, $5, $6, f.field, f.before, f.after, left('导入：' || was.file_name, 200), $1
         from was cross join lateral (values
             ('name', was.name, was.cells[2], was.name <> was.cells[2]),
             ('class', was.old_class, was.class_name, was.class_id <> was.new_class_id),
             ('political', was.political, was.cells[8], was.cells[8] is not null
                 and was.political is distinct from was.cells[8]),
             ('gender', was.gender, was.cells[9], was.cells[9] is not null and was.gender is distinct from was.cells[9]),
             ('ethnic', was.ethnic, was.cells[10], was.cells[10] is not null
                 and was.ethnic is distinct from was.cells[10])
         ) as f(field, before, after, differs)
         where f.differs",
        import.id.0,
        rows.start,
        rows.end,
        now,
        author.account,
        author.office
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Students of the colleges that the file names whom it does not name itself.
pub(super) async fn missing(
    connection: &mut PgConnection,
    id: ImportId,
    institution: InstitutionId,
    most: i64,
    now: OffsetDateTime,
) -> Result<Missing, Failure> {
    let rows = sqlx::query!(
        r#"select s.number as "number!", s.name as "name!", k.name as "place!", count(*) over () as "total!"
                   from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
                        join college c on c.id = m.college_id
                   where s.institution_id = $2 and (s.left_on is null or s.left_on > china_day($4))
                         and c.name in (select cells[3] from import_row where import_id = $1)
                         and not exists (select from import_row r where r.import_id = $1 and r.cells[1] = s.number)
                   order by s.number limit $3"#,
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
