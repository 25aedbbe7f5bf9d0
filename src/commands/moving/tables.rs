//! Which tables hold a university's rows and in which order they are filled, read from the database's own catalogue: a table
//! belongs to a university by its column, or by a required foreign key to one that does. One that does neither, and is not
//! named here with a reason, stops the move.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use sqlx::{FromRow, PgConnection};

use crate::ids::InstitutionId;

/// Stays behind: what opens a session or an account for whoever holds it, what waits for one browser, what one portal notes
/// for a moment, and what belongs to the database as a whole. The record goes its own way ([`crate::audit::moved`]).
const LEFT: &[&str] = &[
    "_sqlx_migrations",
    "activation",
    "audit_entry",
    "audit_head",
    "ballot_key",
    "calendar_feed",
    "campus_claim",
    "count_holder",
    "ended_session",
    "fact_stamp",
    "import_commit",
    "kept_file",
    "kept_form",
    "known_device",
    "moved_entry",
    "moved_university",
    "review_holder",
    "session",
    "sign_in_attempt",
];
/// Sealed to the portal's key file: of no use beside another key.
pub(super) const SEALED_BY_KEY: &[&str] = &["recovery_code", "second_factor"];
/// Rows without a university are everybody's, and are found again by what they are.
pub(super) const SHARED: &str = "plan_version";
/// A column that names a row of another table and has no foreign key.
pub(super) struct WithoutKey {
    pub holder: &'static str,
    pub column: &'static str,
    pub target: &'static str,
}

pub(super) const WITHOUT_KEY: [WithoutKey; 5] = [
    // So that casting a ballot need not look one up.
    WithoutKey { holder: "envelope", column: "sitting_id", target: "sitting" },
    // They are looked up once a statement, for all rows of a file.
    WithoutKey { holder: "import_row", column: "import_id", target: "import" },
    // So that whoever changes a case need not wait for whoever changes its round.
    WithoutKey { holder: "round_count", column: "round_id", target: "vetting_round" },
    WithoutKey { holder: "round_people", column: "round_id", target: "vetting_round" },
    WithoutKey { holder: "student", column: "class_id", target: "class" },
];
const ROOT: &str = "institution";
/// Stands in a condition for the university's id.
const UNIVERSITY: &str = ":university";

/// A table as the catalogue has it.
#[derive(Debug, Clone, FromRow)]
pub struct Table {
    pub name: String,
    /// Without those that are computed.
    pub columns: Vec<String>,
    /// In which order its rows stand in a file: by the primary key, else by all columns. Never as they lie, which may tell
    /// who came first.
    pub sorted_by: Vec<String>,
    /// Triggers of ours look at what is written.
    pub is_guarded: bool,
}

/// A foreign key as the catalogue has it.
#[derive(Debug, Clone, FromRow)]
pub struct ForeignKey {
    pub name: String,
    pub holder: String,
    pub columns: Vec<String>,
    pub target: String,
    pub target_columns: Vec<String>,
    /// None of its columns may be null.
    pub is_required: bool,
}

/// A table of which a university's rows are moved.
#[derive(Debug)]
pub struct MovedTable {
    pub table: Table,
    /// Which of its columns name rows of [`SHARED`].
    pub shared: Vec<String>,
    condition: String,
}

impl MovedTable {
    /// The university's rows, as a query.
    #[must_use]
    pub fn rows_of(&self, institution: InstitutionId) -> String {
        let Table { name, columns, sorted_by, .. } = &self.table;
        let condition = self.condition.replace(UNIVERSITY, &format!("'{institution}'::uuid"));
        format!("select {} from {name} where {condition} order by {}", listed(columns), listed(sorted_by))
    }
}

/// All of them, in the order in which they are filled, and the foreign keys that lead in a circle: they are asked at the end.
#[derive(Debug)]
pub struct MovedTables {
    pub tables: Vec<MovedTable>,
    pub late: Vec<ForeignKey>,
}

/// Names as a statement has them.
pub(super) fn listed(columns: &[String]) -> String {
    columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ")
}

/// Reads them from the catalogue.
///
/// # Errors
/// Where a table belongs to no university and is not known to stay behind.
pub(super) async fn moved_tables(connection: &mut PgConnection) -> Result<MovedTables> {
    let tables = sqlx::query_as::<_, Table>(
        "select c.relname::text as name,
                array(select a.attname::text from pg_attribute a
                      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                      order by a.attnum) as columns,
                coalesce((select array_agg(a.attname::text order by k.place)
                          from pg_constraint p cross join unnest(p.conkey) with ordinality k(number, place)
                          join pg_attribute a on a.attrelid = p.conrelid and a.attnum = k.number
                          where p.conrelid = c.oid and p.contype = 'p'),
                         array(select a.attname::text from pg_attribute a
                               where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                               order by a.attnum)) as sorted_by,
                exists (select from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal) as is_guarded
         from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1",
    );
    let keys = sqlx::query_as::<_, ForeignKey>(
        "select f.conname::text as name, h.relname::text as holder, t.relname::text as target,
                array_agg(a.attname::text order by k.place) as columns,
                array_agg(b.attname::text order by k.place) as target_columns,
                bool_and(a.attnotnull) as is_required
         from pg_constraint f join pg_class h on h.oid = f.conrelid join pg_class t on t.oid = f.confrelid
              cross join unnest(f.conkey, f.confkey) with ordinality k(number, target_number, place)
              join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.number
              join pg_attribute b on b.attrelid = f.confrelid and b.attnum = k.target_number
         where f.contype = 'f' and h.relnamespace = 'public'::regnamespace
         group by f.oid, f.conname, h.relname, t.relname order by 2, 1",
    );
    let (tables, keys) = (tables.fetch_all(&mut *connection).await?, keys.fetch_all(connection).await?);
    settled(tables, keys)
}

/// Of all tables with their foreign keys those that are moved.
///
/// # Errors
/// Where a table belongs to no university, or leads to one that stays behind.
pub fn settled(tables: Vec<Table>, mut keys: Vec<ForeignKey>) -> Result<MovedTables> {
    for WithoutKey { holder, column, target } in WITHOUT_KEY {
        if [holder, target].iter().all(|name| tables.iter().any(|table| table.name == *name)) {
            keys.push(ForeignKey {
                name: String::new(),
                holder: holder.to_owned(),
                columns: vec![column.to_owned()],
                target: target.to_owned(),
                target_columns: vec!["id".to_owned()],
                is_required: true,
            });
        }
    }
    let tables: Vec<Table> = tables.into_iter().filter(|table| !LEFT.contains(&table.name.as_str())).collect();
    let conditions = conditions(&tables, &keys);
    let astray: Vec<&str> =
        tables.iter().map(|table| table.name.as_str()).filter(|name| !conditions.contains_key(*name)).collect();
    ensure!(astray.is_empty(), "这些表不知道属于哪所学校，没有转出：{}", astray.join("、"));
    keys.retain(|key| conditions.contains_key(&key.holder) && key.holder != key.target);
    let leads_back: Vec<&str> =
        keys.iter().filter(|key| !conditions.contains_key(&key.target)).map(|key| key.name.as_str()).collect();
    ensure!(leads_back.is_empty(), "这些外键指向不转移的表，没有转出：{}", leads_back.join("、"));
    let (order, late) = in_order(conditions.keys().cloned().collect(), &keys);
    let mut known: BTreeMap<String, Table> = tables.into_iter().map(|table| (table.name.clone(), table)).collect();
    let tables = order.into_iter().filter_map(|name| {
        let table = known.remove(&name)?;
        let condition = conditions.get(&name)?.clone();
        let names_shared = |key: &&ForeignKey| key.holder == name && key.target == SHARED;
        let shared = keys.iter().filter(names_shared).flat_map(|key| key.columns.clone()).collect();
        Some(MovedTable { table, shared, condition })
    });
    Ok(MovedTables { tables: tables.collect(), late })
}

/// Which rows of each table are a university's: by the table's own column where it has one, else by the shortest way.
fn conditions(tables: &[Table], keys: &[ForeignKey]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::from([(ROOT.to_owned(), format!("id = {UNIVERSITY}"))]);
    let owns = |key: &&ForeignKey| key.target == ROOT && (key.is_required || key.holder == SHARED);
    for key in keys.iter().filter(owns) {
        if let [column] = key.columns.as_slice()
            && tables.iter().any(|table| table.name == key.holder)
        {
            found.insert(key.holder.clone(), format!("\"{column}\" = {UNIVERSITY}"));
        }
    }
    loop {
        let mut next = BTreeMap::new();
        for key in keys.iter().filter(|key| key.is_required && key.target != SHARED) {
            let is_new = tables.iter().any(|table| table.name == key.holder) && !found.contains_key(&key.holder);
            let Some(condition) = found.get(&key.target).filter(|_| is_new) else { continue };
            let way = format!(
                "({}) in (select {} from {} where {condition})",
                listed(&key.columns),
                listed(&key.target_columns),
                key.target
            );
            next.entry(key.holder.clone()).or_insert(way);
        }
        if next.is_empty() {
            return found;
        }
        found.append(&mut next);
    }
}

/// Tables after those that they name, and the keys that make this impossible.
fn in_order(mut left: BTreeSet<String>, keys: &[ForeignKey]) -> (Vec<String>, Vec<ForeignKey>) {
    let (mut order, mut late): (Vec<String>, Vec<ForeignKey>) = (Vec::new(), Vec::new());
    while !left.is_empty() {
        let waits = |key: &&ForeignKey| {
            left.contains(&key.holder) && left.contains(&key.target) && late.iter().all(|one| one.name != key.name)
        };
        let waiting: Vec<&ForeignKey> = keys.iter().filter(waits).collect();
        let is_free = |name: &&String| waiting.iter().all(|key| key.holder != **name);
        let free: Vec<String> = left.iter().filter(is_free).cloned().collect();
        if free.is_empty() {
            let circle = left.iter().find(|name| leads(&waiting, name, name));
            let in_circle = |key: &&&ForeignKey| {
                circle.is_some_and(|name| key.holder == *name && leads(&waiting, &key.target, name))
            };
            let turned: Vec<ForeignKey> = waiting.iter().filter(in_circle).map(|key| (*key).clone()).collect();
            late.extend(turned);
            continue;
        }
        left.retain(|name| !free.contains(name));
        order.extend(free);
    }
    (order, late)
}

/// A way of at least one key leads from one table to the other.
fn leads(keys: &[&ForeignKey], from: &str, to: &str) -> bool {
    let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(name) = next.pop() {
        for key in keys.iter().filter(|key| key.holder == name) {
            if key.target == to {
                return true;
            }
            if seen.insert(key.target.as_str()) {
                next.push(&key.target);
            }
        }
    }
    false
}
