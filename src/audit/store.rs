//! SQL of the record.

use std::collections::HashMap;

use sqlx::{Connection, PgConnection};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::{
    chain::{Broken, Entry, Link, Mark, RecordVerb, Verified},
    moved,
};
use crate::{
    auth::person::{Held, SignedIn},
    clock::CHINA,
    failure::Failure,
    ids::{AccountId, InstitutionId, StudentId},
};

struct Actor<'a> {
    institution: Option<InstitutionId>,
    account: Option<Uuid>,
    name: &'a str,
    office: &'a str,
}

/// Adds an entry in the transaction of the act it records: both are written or neither.
pub async fn append(
    connection: &mut PgConnection,
    person: &SignedIn,
    entry: Entry,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let office = person.acting.as_ref().map_or_else(String::new, Held::label);
    let name = Mark::from(person.account).to_string();
    let actor =
        Actor { institution: Some(person.institution), account: Some(person.account.0), name: &name, office: &office };
    add(connection, &actor, entry, now).await
}

/// Adds an entry of an act of a person who is not signed in yet: an activation.
pub async fn append_by_visitor(
    connection: &mut PgConnection,
    institution: InstitutionId,
    account: AccountId,
    entry: Entry,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let name = Mark::from(account).to_string();
    let actor = Actor { institution: Some(institution), account: Some(account.0), name: &name, office: "本人" };
    add(connection, &actor, entry, now).await
}

/// Adds an entry of what nobody known did: sign-ins that failed.
pub async fn append_by_nobody(
    connection: &mut PgConnection,
    institution: InstitutionId,
    entry: Entry,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let actor = Actor { institution: Some(institution), account: None, name: "未登录的访问者", office: "" };
    add(connection, &actor, entry, now).await
}

/// Adds an entry of an act whose doer is for nobody to know: a report in confidence.
pub async fn append_in_confidence(
    connection: &mut PgConnection,
    institution: InstitutionId,
    entry: Entry,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let actor = Actor { institution: Some(institution), account: None, name: "反映人（保密）", office: "" };
    add(connection, &actor, entry, now).await
}

/// Adds an entry of an act of whom a case is about: colleagues of theirs read the record too, and must not learn from it
/// that there is one.
pub async fn append_by_subject(
    connection: &mut PgConnection,
    institution: InstitutionId,
    entry: Entry,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let actor = Actor { institution: Some(institution), account: None, name: "本人（保密）", office: "" };
    add(connection, &actor, entry, now).await
}

/// Adds an entry of an act from the command line, by the operator of the server.
pub async fn append_by_operator(
    connection: &mut PgConnection,
    institution: InstitutionId,
    entry: Entry,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let actor = Actor { institution: Some(institution), account: None, name: "服务器命令行", office: "运维" };
    add(connection, &actor, entry, now).await
}

async fn add(
    connection: &mut PgConnection,
    actor: &Actor<'_>,
    entry: Entry,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    // The lock puts entries in order; it is held to the end of the transaction.
    let head = sqlx::query!("select seq, hash from audit_head for update").fetch_one(&mut *connection).await?;
    let detail = serde_json::Value::Object(entry.detail).to_string();
    let link = Link {
        seq: head.seq + 1,
        at: now,
        institution: actor.institution.map(|id| id.to_string()),
        account: actor.account.map(|id| id.to_string()),
        actor: actor.name,
        office: actor.office,
        verb: entry.verb.slug,
        object: &entry.object,
        detail: &detail,
        clause: &entry.clause,
    };
    let hash = link.hash(&head.hash);
    sqlx::query!(
        "insert into audit_entry
         (seq, at, institution_id, account_id, actor, office, verb, object, detail, clause, previous, hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        link.seq,
        now,
        actor.institution.map(|id| id.0),
        actor.account,
        link.actor,
        link.office,
        link.verb,
        link.object,
        link.detail,
        link.clause,
        head.hash,
        hash
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("update audit_head set seq = $1, hash = $2", link.seq, hash).execute(connection).await?;
    Ok(())
}

/// An entry as the page shows it.
#[derive(Debug)]
pub(super) struct EntryRow {
    pub seq: i64,
    pub at: OffsetDateTime,
    pub actor: String,
    pub office: String,
    pub verb: String,
    pub object: String,
    pub detail: String,
    pub clause: String,
}

/// Which entries a list shows.
#[derive(Debug)]
pub(super) struct EntryFilter<'a> {
    /// Everything that is done in the portal: what the stable words mean.
    pub verbs: &'a [RecordVerb],
    /// A number, or a name as it is written: whoever did it, or whom it is about. Empty for everybody.
    pub person: &'a str,
    pub verb: Option<RecordVerb>,
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
}

/// A university's entries before `before` (0: the newest), newest first, at most `most`.
pub(super) async fn page(
    connection: &mut PgConnection,
    institution: InstitutionId,
    filter: &EntryFilter<'_>,
    before: i64,
    most: i64,
) -> Result<Vec<EntryRow>, Failure> {
    let marks = if filter.person.is_empty() {
        None
    } else {
        Some(marks_of(&mut *connection, institution, filter.person).await?)
    };
    let start = |day: Date| day.midnight().assume_offset(CHINA);
    // Entries of before the stable words hold a label.
    let verbs = filter.verb.map(|verb| vec![verb.slug.to_owned(), verb.label.to_owned()]);
    let rows = sqlx::query_as!(
        EntryRow,
        "select seq, at, actor, office, verb, object, detail, clause from audit_entry
         where institution_id = $1 and ($2::bigint = 0 or seq < $2) and ($4::text[] is null or verb = any($4))
               and ($5::timestamptz is null or at >= $5) and ($6::timestamptz is null or at < $6)
               and ($7::text[] is null or exists (select from unnest($7) mark
                                                  where actor = mark or object = mark or strpos(detail, mark) > 0))
         order by seq desc limit $3",
        institution.0,
        before,
        most,
        verbs.as_deref(),
        filter.from.map(start),
        filter.until.and_then(Date::next_day).map(start),
        marks.as_deref()
    );
    let mut rows = rows.fetch_all(&mut *connection).await?;
    for row in &mut rows {
        if let Some(verb) = filter.verbs.iter().find(|verb| verb.slug == row.verb) {
            verb.label.clone_into(&mut row.verb);
        }
    }
    name_people(connection, &mut rows).await?;
    Ok(rows)
}

/// The marks of everybody who has or had that number or that name: a wrong name that was corrected is asked for too.
async fn marks_of(
    connection: &mut PgConnection,
    institution: InstitutionId,
    person: &str,
) -> Result<Vec<String>, Failure> {
    let people = sqlx::query!(
        r#"with renamed as materialized (
               select c.student_id from student_change c join student s on s.id = c.student_id
               where s.institution_id = $1 and c.field = 'name' and name_key(c.before) = name_key($2)
           )
           select a.id as "account: AccountId", a.student_id as "student: StudentId" from account a
           where a.institution_id = $1
                 and (a.number_key = number_key($2) or a.name_key = name_key($2)
                      or a.student_id in (select student_id from renamed)
                      or exists (select from former_number f where f.institution_id = $1 and f.student_id = a.student_id
                                 and f.number_key = number_key($2)))
           union all
           select null, s.id from student s
           where s.institution_id = $1 and (s.number_key = number_key($2) or s.name_key = name_key($2)
                                            or s.id in (select student_id from renamed))"#,
        institution.0,
        person
    );
    let people = people.fetch_all(connection).await?;
    let marks = people.iter().flat_map(|row| [row.account.map(Mark::from), row.student.map(Mark::from)]);
    Ok(marks.flatten().map(|mark| mark.to_string()).collect())
}

/// What stands for a person of whom nothing is kept any more.
const NAMELESS: &str = "信息已删除的人员";

/// Puts today's names in the place of marks.
pub(super) async fn name_people(connection: &mut PgConnection, rows: &mut [EntryRow]) -> Result<(), Failure> {
    let (mut accounts, mut students) = (Vec::new(), Vec::new());
    let texts = rows.iter().flat_map(|row| [&row.actor, &row.object, &row.detail]);
    for (mark, _) in texts.flat_map(|text| Mark::all_in(text)) {
        match mark {
            Mark::Account(id) => accounts.push(id.0),
            Mark::Student(id) => students.push(id.0),
        }
    }
    let people = sqlx::query!(
        r#"select id as "id!", name as "name!", number as "number!" from account where id = any($1)
           union all select id, name, number from student where id = any($2)"#,
        &accounts,
        &students
    )
    .fetch_all(connection)
    .await?;
    let names: HashMap<Uuid, String> =
        people.into_iter().map(|row| (row.id, format!("{}（{}）", row.name, row.number))).collect();
    for row in rows {
        for text in [&mut row.actor, &mut row.object] {
            let id = match Mark::parse(text) {
                Some(Mark::Account(id)) => id.0,
                Some(Mark::Student(id)) => id.0,
                None => continue,
            };
            // Nobody reads an id: whoever is not there any more has no name either.
            *text = names.get(&id).cloned().unwrap_or_else(|| NAMELESS.to_owned());
        }
        let marks: Vec<(Mark, String)> =
            Mark::all_in(&row.detail).map(|(mark, text)| (mark, text.to_owned())).collect();
        for (mark, text) in marks {
            let (Mark::Account(AccountId(id)) | Mark::Student(StudentId(id))) = mark;
            let name = names.get(&id).map_or(NAMELESS, String::as_str);
            // The detail is JSON: what a name holds must not end its text.
            let quoted = serde_json::Value::from(name).to_string();
            let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default();
            row.detail = row.detail.replace(&text, inner);
        }
    }
    Ok(())
}

/// Entries read at a time.
const BATCH: i64 = 1_000;

/// Walks the whole chain from its first entry.
///
/// # Errors
/// The inner error names the first entry that does not fit.
pub async fn verify(connection: &mut PgConnection) -> Result<Result<Verified, Broken>, Failure> {
    // One snapshot for all batches and the head: entries that are added meanwhile are not seen by half.
    let mut snapshot = connection.begin_with("begin isolation level repeatable read, read only").await?;
    let verified = verify_within(&mut snapshot).await;
    snapshot.rollback().await?;
    verified
}

/// As [`verify`], in a transaction of the caller's that sees one snapshot.
///
/// # Errors
/// As [`verify`].
pub async fn verify_within(connection: &mut PgConnection) -> Result<Result<Verified, Broken>, Failure> {
    let (mut seq, mut hash) = (0_i64, vec![0_u8; 32]);
    loop {
        let rows = sqlx::query!(
            "select seq, at, institution_id, account_id, actor, office, verb, object, detail, clause, previous, hash
             from audit_entry where seq > $1 order by seq limit $2",
            seq,
            BATCH
        )
        .fetch_all(&mut *connection)
        .await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let link = Link {
                seq: row.seq,
                at: row.at,
                institution: row.institution_id.map(|id| id.to_string()),
                account: row.account_id.map(|id| id.to_string()),
                actor: &row.actor,
                office: &row.office,
                verb: &row.verb,
                object: &row.object,
                detail: &row.detail,
                clause: &row.clause,
            };
            let broken = |why| Ok(Err(Broken { seq: row.seq, why }));
            if row.seq != seq + 1 {
                return broken("前面缺少记录");
            }
            if row.previous != hash {
                return broken("与上一条不相接");
            }
            if link.hash(&row.previous) != row.hash {
                return broken("内容与哈希不符");
            }
            (seq, hash) = (row.seq, row.hash);
        }
    }
    let head = sqlx::query!("select seq, hash from audit_head").fetch_one(&mut *connection).await?;
    if (head.seq, &head.hash) != (seq, &hash) {
        return Ok(Err(Broken { seq: head.seq, why: "末尾的记录缺失" }));
    }
    if let Some(broken) = moved::broken(connection).await? {
        return Ok(Err(broken));
    }
    let head = hex::encode(&hash);
    Ok(Ok(Verified { entries: seq, head }))
}
