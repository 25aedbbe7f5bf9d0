//! SQL of the parts that a list of students names and that do not exist.

use std::collections::{BTreeSet, HashMap};

use sqlx::{PgConnection, types::Uuid};
use time::OffsetDateTime;

use super::{DecidedPlace, KnownPlace, Meaning, Part, UnknownPlace, name_of};
use crate::{
    database::Locked,
    failure::Failure,
    ids::{ImportId, InstitutionId},
    imports::import::Import,
    name::near::NearName,
    rules::roster::level_label,
};

/// Classes beside an unknown one, at most.
const MOST_KNOWN: usize = 40;

/// Parts on the page at once, those with a near name first; the others are new.
pub(super) const SHOWN: usize = 200;

/// A part that exists, with what it belongs to.
struct Neighbour {
    part: Part,
    /// The college of a major, the major of a class.
    above: Option<Uuid>,
    id: Uuid,
    path: Vec<String>,
}

impl Neighbour {
    fn name(&self) -> &str {
        name_of(self.part, &self.path)
    }

    fn label(&self) -> String {
        match (self.part, self.path.as_slice()) {
            (Part::Major, [_, major, level]) => format!("{major}（{level}）"),
            (Part::Class, [.., year, class]) => format!("{class}（{year} 级）"),
            (Part::College | Part::Major | Part::Class, _) => self.name().to_owned(),
        }
    }
}

/// A part that exists, with its name as it is compared.
type Compared<'a> = (&'a Neighbour, NearName);

/// The parts that exist by what they belong to. What belongs to one is of one kind; colleges belong to none.
struct Neighbours<'a>(HashMap<Option<Uuid>, Vec<Compared<'a>>>);

impl<'a> Neighbours<'a> {
    fn among(all: &'a [Neighbour]) -> Self {
        let mut by_above = HashMap::<Option<Uuid>, Vec<Compared<'a>>>::new();
        for neighbour in all {
            by_above.entry(neighbour.above).or_default().push((neighbour, NearName::new(neighbour.name())));
        }
        Self(by_above)
    }

    /// Those that exist beside a part.
    fn beside(&self, part: &NamedPart) -> &[Compared<'a>] {
        self.0.get(&part.above).map_or(&[], Vec::as_slice)
    }
}

/// A part that a file names and that does not exist.
struct NamedPart {
    part: Part,
    path: Vec<String>,
    rows: i32,
    /// The college of a major, the major of a class.
    above: Option<Uuid>,
    is_new: bool,
}

/// The parts that a file names and that do not exist. What is new with what it belongs to is not asked about again: of a
/// new college its majors, of a new major its classes.
async fn named_parts(
    connection: &mut PgConnection,
    id: ImportId,
    institution: InstitutionId,
) -> Result<Vec<NamedPart>, Failure> {
    let found = sqlx::query!(
        r#"with named as (
               select college, major, level, year, class, rows as n from named_places($1)
           ), known as (
               select n.*, c.id as college_id, m.id as major_id, k.id as class_id
               from named n left join college c on c.institution_id = $2 and c.name = n.college
                    left join major m on m.college_id = c.id and m.name = n.major
                         and m.level = level_slug(n.level)
                    left join class k on k.major_id = m.id and k.entry_year = n.year::integer and k.name = n.class
           ), place as (
               select 'college' as part, array[college] as path, sum(n)::integer as rows, null::uuid as above
               from known where college_id is null group by college
               union all
               select 'major', array[college, major, level], sum(n)::integer, college_id
               from known where college_id is not null and major_id is null group by college, major, level, college_id
               union all
               select 'class', array[college, major, level, year, class], sum(n)::integer, major_id
               from known where major_id is not null and class_id is null
               group by college, major, level, year, class, major_id
           )
           select p.part as "part!", p.path as "path!", p.rows as "rows!", p.above, d.path is not null as "is_new!"
           from place p left join import_place d on d.import_id = $1 and d.part = p.part and d.path = p.path
                and d.choice = 'new'
           order by array_position(array['college', 'major', 'class'], p.part), p.path"#,
        id.0,
        institution.0
    )
    .fetch_all(connection)
    .await?;
    let parts = found.into_iter().map(|row| {
        let (part, is_new) = (row.part.parse()?, row.is_new);
        Ok(NamedPart { part, path: row.path, rows: row.rows, above: row.above, is_new })
    });
    Ok(parts.collect::<anyhow::Result<Vec<_>>>()?)
}

/// The parts that a file names and that do not exist, each with those that exist beside it.
pub(in crate::imports) async fn unknown(
    connection: &mut PgConnection,
    id: ImportId,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<Vec<UnknownPlace>, Failure> {
    let named = named_parts(connection, id, institution).await?;
    let all = neighbours(connection, institution, &named, now).await?;
    let neighbours = Neighbours::among(&all);
    let mut places = Vec::with_capacity(named.len());
    let (mut open, mut others) = (0, 0);
    for part in named {
        let name = NearName::new(name_of(part.part, &part.path));
        let mut beside: Vec<_> =
            neighbours.beside(&part).iter().map(|(other, near)| (name.distance(near), *other)).collect();
        beside.sort_by(|one, other| (one.0, one.1.name()).cmp(&(other.0, other.1.name())));
        // Of what is never shown the nearest is enough: a wrong column has a part of its own in every row.
        let is_open = !part.is_new && beside.first().is_some_and(|(nearest, _)| !nearest.is_far);
        let alike = if is_open { &mut open } else { &mut others };
        *alike += 1;
        beside.truncate(if *alike <= SHOWN { MOST_KNOWN } else { 1 });
        let known = beside.into_iter().map(|(distance, other)| KnownPlace {
            id: other.id.to_string(),
            path: other.path.clone(),
            label: other.label(),
            is_near: !distance.is_far,
        });
        let known = known.collect();
        places.push(UnknownPlace { part: part.part, path: part.path, rows: part.rows, is_new: part.is_new, known });
    }
    Ok(places)
}

/// How many of the parts are near by name to one that exists, and decided by nobody. A list of the whole school names a
/// thousand new classes, each among many: they are not put in order where none is shown.
pub(in crate::imports) async fn open(
    connection: &mut PgConnection,
    id: ImportId,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<usize, Failure> {
    let mut named = named_parts(connection, id, institution).await?;
    named.retain(|part| !part.is_new);
    if named.is_empty() {
        return Ok(0);
    }
    let all = neighbours(connection, institution, &named, now).await?;
    let neighbours = Neighbours::among(&all);
    let is_open = |part: &&NamedPart| {
        let name = NearName::new(name_of(part.part, &part.path));
        neighbours.beside(part).iter().any(|(_, near)| name.is_near(near))
    };
    Ok(named.iter().filter(is_open).count())
}

/// The colleges of a university, and the majors and open classes beside those that are named.
async fn neighbours(
    connection: &mut PgConnection,
    institution: InstitutionId,
    named: &[NamedPart],
    now: OffsetDateTime,
) -> Result<Vec<Neighbour>, Failure> {
    let above: BTreeSet<Uuid> = named.iter().filter_map(|part| part.above).collect();
    let above: Vec<Uuid> = above.into_iter().collect();
    let rows = sqlx::query!(
        r#"select 'college' as "part!", null::uuid as above, c.id as "id!", c.name as "college!", '' as "major!",
                  '' as "level!", 0 as "year!", '' as "class!"
           from college c where c.institution_id = $1
           union all
           select 'major', c.id, m.id, c.name, m.name, m.level, 0, ''
           from major m join college c on c.id = m.college_id where c.institution_id = $1 and c.id = any($2)
           union all
           select 'class', m.id, k.id, c.name, m.name, m.level, k.entry_year, k.name
           from class k join major m on m.id = k.major_id join college c on c.id = m.college_id
           where c.institution_id = $1 and m.id = any($2) and (k.ended_on is null or k.ended_on > china_day($3))"#,
        institution.0,
        &above,
        now
    )
    .fetch_all(connection)
    .await?;
    let mut neighbours = Vec::with_capacity(rows.len());
    for row in rows {
        let part = row.part.parse()?;
        let level = level_label(&row.level).to_owned();
        let path = match part {
            Part::College => vec![row.college],
            Part::Major => vec![row.college, row.major, level],
            Part::Class => vec![row.college, row.major, level, row.year.to_string(), row.class],
        };
        neighbours.push(Neighbour { part, above: row.above, id: row.id, path });
    }
    Ok(neighbours)
}

/// What was decided of a file's parts.
pub(in crate::imports) async fn decided(
    connection: &mut PgConnection,
    id: ImportId,
) -> Result<Vec<DecidedPlace>, Failure> {
    let rows = sqlx::query!(
        "select part, path, known, choice, rows from import_place where import_id = $1
         order by array_position(array['college', 'major', 'class'], part), path",
        id.0
    )
    .fetch_all(connection)
    .await?;
    let decided = rows.into_iter().map(|row| {
        let is_new = row.choice == "new";
        Ok(DecidedPlace { part: row.part.parse()?, path: row.path, known: row.known, is_new, rows: row.rows })
    });
    Ok(decided.collect::<anyhow::Result<Vec<_>>>()?)
}

/// Decides what a part is, and changes the file's rows to that.
pub(in crate::imports) async fn decide(
    connection: &mut PgConnection,
    import: &Locked<Import>,
    place: &UnknownPlace,
    meaning: &Meaning<'_>,
) -> Result<(), Failure> {
    let (choice, known) = match meaning {
        Meaning::New => ("new", None),
        Meaning::Leave => {
            let says = format!("{}：“{}”的行按选择不导入", place.part.label(), place.name());
            sqlx::query!(
                "update import_row set state = 'wrong', says = $3
                 where import_id = $1 and state in ('added', 'changed')
                       and cells[3:2 + cardinality($2::text[])] = $2::text[]",
                import.id.0,
                &place.path,
                says
            )
            .execute(&mut *connection)
            .await?;
            ("leave", None)
        }
        Meaning::Known(known) => {
            sqlx::query!(
                "update import_row set cells = cells[1:2] || $3::text[] || cells[3 + cardinality($2::text[]):10]
                 where import_id = $1 and state in ('added', 'changed')
                       and cells[3:2 + cardinality($2::text[])] = $2::text[]",
                import.id.0,
                &place.path,
                &known.path
            )
            .execute(&mut *connection)
            .await?;
            ("known", Some(known.label.as_str()))
        }
    };
    sqlx::query!(
        "insert into import_place (import_id, part, path, choice, known, rows) values ($1, $2, $3, $4, $5, $6)
         on conflict (import_id, part, path) do update set choice = excluded.choice, known = excluded.known,
                rows = excluded.rows",
        import.id.0,
        place.part.slug(),
        &place.path,
        choice,
        known,
        place.rows
    )
    .execute(connection)
    .await?;
    Ok(())
}
