//! Lists of students: their columns, what each row would do, and its writing.
//!
//! In one file: what a row is said to do and what it then does is read from the same columns.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    ops::Range,
};

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use super::{
    import::{Author, Import, Layout, Missing, MissingPerson, RowState},
    judged::{Judged, StagedRow, about_known, change, usable},
};
use crate::{
    database::Locked,
    directory,
    failure::Failure,
    ids::{ImportId, InstitutionId},
    name::{Spellings, key},
    rules::roster::{Level, level_label},
    sheet::RowReader,
    text::chinese_day,
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
    let number = reader.person_number("学号").map(|number| number.shown().to_owned());
    let name = reader.person_name("姓名").map(|name| name.shown().to_owned());
    let mut place = |column, longest| {
        let text = reader.required(column, longest)?;
        if text.chars().count() < 2 && column != "班级" {
            reader.fault(column, "至少两个字");
        }
        Some(text.to_owned())
    };
    let (college, major) = (place("院系", 60), place("专业", 60));
    let class = place("班级", 60);
    let level = reader.level("培养层次").map(|level| match level {
        Level::Vocational => "专科",
        Level::Undergraduate => "本科",
        Level::Graduate => "研究生",
    });
    let year = reader.entry_year("年级");
    for (column, is_blank) in [("培养层次", level.is_none()), ("年级", year.is_none())] {
        if is_blank && !reader.is_faulty(column) {
            reader.fault(column, "不能为空");
        }
    }
    let political = reader.political("政治面貌");
    let gender = reader.sex("性别");
    let ethnic = reader.nationality("民族");
    let owned = |text: Option<&str>| text.map(str::to_owned);
    vec![number, name, college, major, owned(level), year, class, owned(political), owned(gender), owned(ethnic)]
}

/// Takes the file's first spelling of a college, a major and a class.
pub(super) fn spell_alike(cells: &mut [Option<String>], spellings: &mut Spellings) {
    for place in [2, 3, 6] {
        if let Some(Some(text)) = cells.get_mut(place) {
            *text = spellings.first(text);
        }
    }
}

/// Rows that are looked up at once: what is known of each of them is held meanwhile.
const COMPARED: usize = 20_000;

/// Says of the rows that are not wrong what they would do as the database is now, where that is not what stands beside them;
/// in the order of the rows.
pub(super) async fn judge(
    connection: &mut PgConnection,
    rows: &[StagedRow],
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<Vec<Judged>, Failure> {
    let places = class_places(connection, institution).await?;
    let by_path: HashMap<[&str; 5], &ClassPlace> = places.values().map(|place| (place.path(), place)).collect();
    let (mut news, mut added) = (Vec::new(), Vec::new());
    for part in rows.chunks(COMPARED) {
        let known = known_people(connection, part, institution, now).await?;
        for staged in usable(part) {
            let (known, target) = (known.get(&staged.row), by_path.get(&staged.place()).copied());
            let judged = if let Some(says) = year_ahead(staged, now.date()).or_else(|| fault(known, target)) {
                Judged::wrong(staged.row, says)
            } else if let Some(changes) = known.and_then(|known| known.changes(staged, target, &places)) {
                Judged::known(staged.row, &changes)
            } else {
                added.push(AddedRow { row: staged, class: target });
                continue;
            };
            if judged.is_news(staged) {
                news.push(judged);
            }
        }
    }
    let mut said = namesakes(connection, rows, &added, &places, institution, now).await?;
    for AddedRow { row: staged, .. } in added {
        let says = said.remove(&staged.row).unwrap_or_default();
        let judged = Judged { row: staged.row, state: RowState::Added, says };
        if judged.is_news(staged) {
            news.push(judged);
        }
    }
    news.sort_unstable_by_key(|judged| judged.row);
    Ok(news)
}

/// Who has the number that a row names.
struct KnownPerson {
    student: Option<KnownStudent>,
    /// The account of no student, with another name.
    is_anothers_account: bool,
    /// The account of no student, whose holder works for the school.
    is_staffs_account: bool,
    /// The student works for the school too, and the row has another name.
    renames_staff: bool,
    /// The number of today of whom it was once.
    renumbered: Option<String>,
}

struct KnownStudent {
    name: String,
    class: Uuid,
    political: Option<String>,
    gender: Option<String>,
    ethnic: Option<String>,
    left_on: Option<Date>,
}

/// A year of entry later than the next one: next year's list is made this year, and what is 2088 was written 88.
fn year_ahead(row: &StagedRow, today: Date) -> Option<String> {
    let year: i32 = row.cells.get(5)?.parse().ok()?;
    (year > today.year() + 1).then(|| format!("年级：{year} 级还没有入学，请核对"))
}

/// Why a row cannot be used.
fn fault(known: Option<&KnownPerson>, target: Option<&ClassPlace>) -> Option<String> {
    let student = known.and_then(|known| known.student.as_ref());
    if let Some(day) = student.and_then(|student| student.left_on) {
        let day = chinese_day(day);
        return Some(format!("学号：该生已于{day}离校；复学请先在“人员”里恢复在校"));
    }
    if target.is_some_and(|class| class.has_ended && student.is_none_or(|student| student.class != class.id)) {
        return Some("班级：该班已合并、结束或即将毕业".to_owned());
    }
    let known = known?;
    let faults = [
        (known.is_anothers_account, "学号：已有他人的账号使用这个学号"),
        (known.is_staffs_account, "学号：已有担任工作职务的账号使用这个学号，请先由系统管理员核对"),
        (known.renames_staff, "姓名：此人担任工作职务，姓名由系统管理员更正"),
    ];
    if let Some((_, says)) = faults.iter().find(|(is_so, _)| *is_so) {
        return Some((*says).to_owned());
    }
    known.renumbered.as_ref().map(|number| format!("学号：该生已换学号，请改用新学号 {number}"))
}

impl KnownPerson {
    /// What a row changes of the student; none where there is none of that number.
    fn changes(
        &self,
        row: &StagedRow,
        target: Option<&ClassPlace>,
        places: &HashMap<Uuid, ClassPlace>,
    ) -> Option<Vec<String>> {
        let old = self.student.as_ref()?;
        let mut changes = Vec::new();
        let name = row.cells.get(1).unwrap_or_default();
        if old.name != name {
            changes.push(change("姓名", Some(&old.name), name));
        }
        if target.is_none_or(|class| class.id != old.class) {
            let before = places.get(&old.class).map(|class| class.name.as_str());
            changes.push(change("班级", before, row.cells.get(6).unwrap_or_default()));
        }
        // A blank cell changes nothing.
        let others = [("政治面貌", 7, &old.political), ("性别", 8, &old.gender), ("民族", 9, &old.ethnic)];
        for (what, at, before) in others {
            if let Some(after) = row.cells.get(at).filter(|after| before.as_deref() != Some(*after)) {
                changes.push(change(what, before.as_deref(), after));
            }
        }
        Some(changes)
    }
}

/// By row, who has the number that it names. Of most rows of a new list nobody has, and they are not among them.
async fn known_people(
    connection: &mut PgConnection,
    rows: &[StagedRow],
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<HashMap<i32, KnownPerson>, Failure> {
    let places: Vec<i32> = about_known(rows).map(|row| row.row).collect();
    if places.is_empty() {
        return Ok(HashMap::new());
    }
    let numbers: Vec<&str> = about_known(rows).map(|row| row.cells.get(0).unwrap_or_default()).collect();
    let names: Vec<&str> = about_known(rows).map(|row| row.cells.get(1).unwrap_or_default()).collect();
    let found = sqlx::query!(
        r#"with file as materialized (
               -- Keys are made once a row, not once a pair of rows.
               select u.row, u.number, u.name, number_key(u.number) as number_key
               from unnest($1::integer[], $2::text[], $3::text[]) as u(row, number, name)
           )
           select f.row as "row!", s.name as "name?", s.class_id as "class?", s.political as "political?",
                  s.gender as "gender?", s.ethnic as "ethnic?",
                  case when s.left_on <= china_day($5) then s.left_on end as left_on,
                  a.id is not null and a.name <> f.name as "is_anothers_account!",
                  a.id is not null and is_staff(a.id, $5) as "is_staffs_account!",
                  coalesce(s.name <> f.name, false) and own.id is not null and is_staff(own.id, $5)
                      as "renames_staff!",
                  now.number as "renumbered?"
           from file f
                left join student s on s.institution_id = $4 and s.number = f.number
                left join account a on s.id is null and a.institution_id = $4 and a.number = f.number
                left join account own on own.student_id = s.id
                left join former_number old on s.id is null and old.institution_id = $4
                     and old.number_key = f.number_key
                left join student now on now.id = old.student_id
           where s.id is not null or a.id is not null or now.id is not null"#,
        &places,
        &numbers as &[&str],
        &names as &[&str],
        institution.0,
        now
    )
    .fetch_all(connection)
    .await?;
    let known = found.into_iter().map(|row| {
        let student = row.name.zip(row.class).map(|(name, class)| KnownStudent {
            name,
            class,
            political: row.political,
            gender: row.gender,
            ethnic: row.ethnic,
            left_on: row.left_on,
        });
        let person = KnownPerson {
            student,
            is_anothers_account: row.is_anothers_account,
            is_staffs_account: row.is_staffs_account,
            renames_staff: row.renames_staff,
            renumbered: row.renumbered,
        };
        (row.row, person)
    });
    Ok(known.collect())
}

/// A class with what it belongs to.
struct ClassPlace {
    id: Uuid,
    college: String,
    major: String,
    level: &'static str,
    year: String,
    name: String,
    /// It ends, or has.
    has_ended: bool,
}

impl ClassPlace {
    /// As rows name it.
    fn path(&self) -> [&str; 5] {
        [self.college.as_str(), self.major.as_str(), self.level, self.year.as_str(), self.name.as_str()]
    }
}

async fn class_places(
    connection: &mut PgConnection,
    institution: InstitutionId,
) -> Result<HashMap<Uuid, ClassPlace>, Failure> {
    let found = sqlx::query!(
        r#"select k.id, c.name as college, m.name as major, m.level, k.entry_year, k.name,
                  k.ended_on is not null as "has_ended!"
           from class k join major m on m.id = k.major_id join college c on c.id = m.college_id
           where c.institution_id = $1"#,
        institution.0
    )
    .fetch_all(connection)
    .await?;
    let places = found.into_iter().map(|row| {
        let place = ClassPlace {
            id: row.id,
            level: level_label(&row.level),
            year: row.entry_year.to_string(),
            college: row.college,
            major: row.major,
            name: row.name,
            has_ended: row.has_ended,
        };
        (row.id, place)
    });
    Ok(places.collect())
}

/// A row that adds somebody, with the class where there is one.
struct AddedRow<'a> {
    row: &'a StagedRow,
    class: Option<&'a ClassPlace>,
}

/// A student of the name of somebody whom the file adds.
struct Namesake<'a> {
    number: String,
    class: &'a ClassPlace,
}

/// By place and name, the namesake with the lowest number.
struct Namesakes<'a, Place>(HashMap<(Place, &'a str), Namesake<'a>>);

impl<'a, Place: Eq + Hash> Namesakes<'a, Place> {
    fn note(&mut self, place: Place, name: &'a str, number: &str, class: &'a ClassPlace) {
        let namesake = || Namesake { number: number.to_owned(), class };
        let lowest = self.0.entry((place, name)).or_insert_with(namesake);
        if number < lowest.number.as_str() {
            *lowest = namesake();
        }
    }
}

/// By row, what is said of somebody whom the file adds where there is a student of that name in the class or the college whom
/// the file does not name with their own number: the number may be new, and the person not.
async fn namesakes(
    connection: &mut PgConnection,
    rows: &[StagedRow],
    added: &[AddedRow<'_>],
    places: &HashMap<Uuid, ClassPlace>,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<HashMap<i32, String>, Failure> {
    let names: HashSet<String> = added.iter().filter_map(|added| added.row.cells.get(1)).map(key).collect();
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    // A row that cannot be used names somebody too.
    let listed: HashSet<&str> = rows.iter().filter_map(|row| row.cells.get(0)).collect();
    let written_to: HashSet<Uuid> = added.iter().filter_map(|added| Some(added.class?.id)).collect();
    let (mut in_class, mut in_college) = (Namesakes(HashMap::new()), Namesakes(HashMap::new()));
    let sought: Vec<&str> = names.iter().map(String::as_str).collect();
    for part in sought.chunks(COMPARED) {
        // Of many at once, with `any`, of which the names are hashed: in a school of forty thousand everybody has
        // namesakes, and each of them looked for by itself would take ten times as long. They come in one row, whose
        // lists stand in one order: each in a row of its own takes longer to read than to find.
        let found = sqlx::query!(
            r#"select coalesce(array_agg(x.number), '{}') as "numbers!", coalesce(array_agg(x.name_key), '{}') as "names!",
                      coalesce(array_agg(x.class_id), '{}') as "classes!"
               from student x
               where x.institution_id = $1 and (x.left_on is null or x.left_on > china_day($2)) and x.name_key = any($3)"#,
            institution.0,
            now,
            part as &[&str]
        )
        .fetch_one(&mut *connection)
        .await?;
        for ((number, name), class) in found.numbers.iter().zip(&found.names).zip(&found.classes) {
            let class = places.get(class).filter(|_| !listed.contains(number.as_str()));
            let (Some(class), Some(name)) = (class, names.get(name.as_str())) else { continue };
            if written_to.contains(&class.id) {
                in_class.note(class.id, name, number, class);
            }
            in_college.note(class.college.as_str(), name, number, class);
        }
    }
    let said = added.iter().filter_map(|AddedRow { row, class }| {
        let (name, college) = (key(row.cells.get(1)?), row.cells.get(2)?);
        let in_class = class.and_then(|class| in_class.0.get(&(class.id, name.as_str())));
        let Namesake { number, class } = in_class.or_else(|| in_college.0.get(&(college, name.as_str())))?;
        let class = &class.name;
        let says = format!("可能是换了学号：{class}有同名的 {number}；是同一人的，请先在“人员”里换学号，再导入");
        Some((row.row, says))
    });
    Ok(said.collect())
}

/// Colleges, majors and classes that the file names and that do not exist yet.
#[derive(Debug, Default)]
pub struct NewStructure {
    pub colleges: Vec<String>,
    /// Majors with their college.
    pub majors: Vec<String>,
    pub classes: Vec<String>,
}

/// The most names of one kind on a page: a name under the wrong heading makes a class of everybody.
const NAMED: usize = 200;

impl NewStructure {
    pub(super) fn colleges_named(&self) -> String {
        named(&self.colleges)
    }

    pub(super) fn majors_named(&self) -> String {
        named(&self.majors)
    }

    pub(super) fn classes_named(&self) -> String {
        named(&self.classes)
    }
}

fn named(names: &[String]) -> String {
    let more = if names.len() > NAMED { "等" } else { "" };
    let shown: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    format!("{}{more}", shown.join("、"))
}

/// What a list of students would set up.
pub async fn new_structure(
    connection: &mut PgConnection,
    id: ImportId,
    institution: InstitutionId,
) -> Result<NewStructure, Failure> {
    let row = sqlx::query!(
        r#"with named as (
               select college, major, level, year, class from named_places($1)
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
         from (select distinct college as name from named_places($1)) n
         on conflict do nothing",
        import.id.0,
        institution.0
    )
    .execute(&mut *connection)
    .await?;
    directory::store::place_colleges(connection, **institution).await?;
    sqlx::query!(
        "insert into major (id, college_id, name, level)
         select gen_random_uuid(), c.id, n.name, n.level
         from (select distinct college, major as name, level_slug(level) as level from named_places($1)) n
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
         from (select distinct college, major, level_slug(level) as level, year::integer as year, class as name
               from named_places($1)) n
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

/// Adds the new students of some rows. Places are gathered first, each as rows name it: joined one by one, each row would
/// look for its own. Ids follow each other, with a beginning drawn for these rows: forty thousand drawn one by one lie all
/// over the key's index.
pub(super) async fn add(
    connection: &mut PgConnection,
    import: &Locked<Import>,
    institution: &Locked<InstitutionId>,
    rows: Range<i32>,
) -> Result<(), Failure> {
    sqlx::query!(
        "with place as materialized (
             select array[c.name, m.name, l.label, k.entry_year::text, k.name] as path, k.id
             from college c join major m on m.college_id = c.id join class k on k.major_id = m.id
                  join unnest(array['专科', '本科', '研究生']) as l(label) on level_slug(l.label) = m.level
             where c.institution_id = $2
         ), drawn as materialized (
             select left(gen_random_uuid()::text, 24) as beginning
         )
         insert into student (id, institution_id, number, name, class_id, political, gender, ethnic)
         select (d.beginning || lpad(to_hex(r.row), 12, '0'))::uuid, $2, r.cells[1], r.cells[2], p.id,
                r.cells[8], r.cells[9], r.cells[10]
         from drawn d cross join import_row r join place p on p.path = r.cells[3:7]
         where r.import_id = $1 and r.row >= $3 and r.row < $4 and r.state = 'added'",
        import.id.0,
        institution.0,
        rows.start,
        rows.end
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Joins the accounts of new students that were there before them: whoever can sign in may act as a student at once.
pub(super) async fn link_accounts(
    connection: &mut PgConnection,
    import: &Locked<Import>,
    institution: &Locked<InstitutionId>,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "with linked as (
             update account a set student_id = s.id
             from import_row r join student s on s.institution_id = $2 and s.number = r.cells[1]
             where r.import_id = $1 and r.state = 'added' and a.institution_id = $2 and a.number = r.cells[1]
                   and a.student_id is null
             returning a.id
         )
         insert into office (id, account_id, institution_id, kind, from_day, granted_at)
         select gen_random_uuid(), l.id, $2, 'student', china_day($3), $3
         from linked l join activated_account v on v.id = l.id
         on conflict do nothing",
        import.id.0,
        institution.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Changes the students of some rows, with the history of what changed.
pub(super) async fn change_known(
    connection: &mut PgConnection,
    import: &Locked<Import>,
    rows: Range<i32>,
    author: &Author,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let reason: String = format!("导入：{}", import.file_name).chars().take(200).collect();
    sqlx::query!(
        "with named as (
             select import_id, cells[1] as number, cells[2] as name, cells[3] as college, cells[4] as major,
                    level_slug(cells[5]) as level, cells[6]::integer as entry_year, cells[7] as class,
                    cells[8] as political, cells[9] as gender, cells[10] as ethnic
             from import_row where import_id = $1 and row >= $2 and row < $3 and state = 'changed'
         ), was as (
             select s.id, s.name, s.class_id, s.political, s.gender, s.ethnic, o.name as class_name,
                    n.name as new_name, k.id as new_class_id, k.name as new_class_name,
                    n.political as new_political, n.gender as new_gender, n.ethnic as new_ethnic
             from named n join import i on i.id = n.import_id
                  join college c on c.institution_id = i.institution_id and c.name = n.college
                  join major m on m.college_id = c.id and m.name = n.major and m.level = n.level
                  join class k on k.major_id = m.id and k.entry_year = n.entry_year and k.name = n.class
                  join student s on s.institution_id = i.institution_id and s.number = n.number
                  join class o on o.id = s.class_id
         ), done as (
             update student s set name = was.new_name, class_id = was.new_class_id,
                    political = coalesce(was.new_political, s.political), gender = coalesce(was.new_gender, s.gender),
                    ethnic = coalesce(was.new_ethnic, s.ethnic)
             from was where s.id = was.id
         ), account_follows as (
             update account a set name = was.new_name from was where a.student_id = was.id and a.name <> was.new_name
         ), branch as (
             -- Whoever changes class hands the old class's branch over.
             update office o set ended_at = $4 from account a, was
             where a.student_id = was.id and o.account_id = a.id and o.kind = 'class_branch' and o.ended_at is null
                   and o.class_id = was.class_id and was.class_id <> was.new_class_id
         )
         insert into student_change (id, student_id, at, by_account, office, field, before, after, reason, import_id)
         select gen_random_uuid(), was.id, $4, $5, $6, f.field, f.before, f.after, $7, $1
         from was cross join lateral (values
             ('name', was.name, was.new_name, was.name <> was.new_name),
             ('class', was.class_name, was.new_class_name, was.class_id <> was.new_class_id),
             ('political', was.political, was.new_political, was.political is distinct from was.new_political),
             ('gender', was.gender, was.new_gender, was.gender is distinct from was.new_gender),
             ('ethnic', was.ethnic, was.new_ethnic, was.ethnic is distinct from was.new_ethnic)
         ) as f(field, before, after, differs)
         where f.differs and f.after is not null",
        import.id.0,
        rows.start,
        rows.end,
        now,
        author.account,
        author.office,
        reason
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
        r#"with file as materialized (
               select number_key(cells[1]) as number, cells[3] as college from import_row where import_id = $1
           ), place as materialized (
               select k.id, k.name
               from class k join major m on m.id = k.major_id join college c on c.id = m.college_id
               where c.institution_id = $2
                     and c.name_key in (select name_key(n.college) from (select distinct college from file) n)
           ), gone as materialized (
               select s.number, s.name, s.class_id from student s
               where s.institution_id = $2 and (s.left_on is null or s.left_on > china_day($4))
                     and s.class_id in (select id from place)
                     and not exists (select from file f where f.number = s.number_key)
           ), first as (
               -- Only of those who are shown more is looked up.
               select number, name, class_id from gone order by number limit $3
           )
           select f.number as "number!", f.name as "name!", p.name as "place!",
                  (select count(*) from gone) as "total!"
           from first f join place p on p.id = f.class_id order by f.number"#,
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
