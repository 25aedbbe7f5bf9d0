//! A union's roster on its way in: 现状登记 and 换届. Read from the columns that the `check` command reads, matched against the
//! students, judged, and written whole or not at all.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, types::Json};
use time::{Date, OffsetDateTime};

use super::{
    store::{self, Grounds, LockedUnion, RosterPerson},
    union::{Department, PostKind, StudentFacts, StudentUnion},
};
use crate::{
    auth::person::SignedIn,
    failure::Failure,
    ids::{DocumentId, DraftId, InstitutionId, UnionId},
    name::{key, number_key},
    rules::{
        appointment::Wanted,
        roster::{Member, Post},
    },
    sheet::{BadCell, Sheet, roster::Roster},
    words::words,
};

words! {
    /// What a roster is uploaded for.
    RosterPurpose:
    /// The union as it stands.
    Register = "register", "现状登记";
    /// The whole union anew.
    Reshuffle = "reshuffle", "换届";
}

impl RosterPurpose {
    #[must_use]
    pub fn is_register(self) -> bool {
        self == Self::Register
    }
}

/// How far a roster is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftState {
    Previewed,
    Committed,
    Discarded,
}

impl DraftState {
    const ALL: [Self; 3] = [Self::Previewed, Self::Committed, Self::Discarded];

    /// The stable word, as the database keeps it.
    fn slug(self) -> &'static str {
        match self {
            Self::Previewed => "previewed",
            Self::Committed => "committed",
            Self::Discarded => "discarded",
        }
    }

    fn of(slug: &str) -> anyhow::Result<Self> {
        let found = Self::ALL.into_iter().find(|state| state.slug() == slug);
        found.ok_or_else(|| anyhow::anyhow!("no state of a roster is called {slug}"))
    }
}

/// A person of a roster as it is kept between preview and commit. Personal facts are not kept: the portal has its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterLine {
    /// 学号.
    pub number: String,
    /// 姓名.
    pub name: String,
    /// Kind and department or title of each post.
    pub posts: Vec<(String, String)>,
    /// 来自院系学生会.
    pub from_college: Option<bool>,
    /// 执行主席.
    pub chair: bool,
}

impl RosterLine {
    /// The lines of a roster that was read.
    #[must_use]
    pub fn of(roster: &Roster) -> Vec<Self> {
        let post = |post: &Post| {
            let named = match post {
                Post::Presidium => "",
                Post::Head(named) | Post::Staff(named) | Post::Other(named) => named,
            };
            (PostKind::of_post(post).slug().to_owned(), named.to_owned())
        };
        let line = |member: &Member| Self {
            number: member.number.clone(),
            name: member.name.clone(),
            posts: member.posts.iter().map(post).collect(),
            from_college: member.from_college_union,
            chair: member.chair,
        };
        roster.members.iter().map(line).collect()
    }

    /// Calls the line's departments as the union does, where they are the same but for blanks, width or brackets.
    pub(super) fn spell_as_known(&mut self, departments: &[Department]) {
        for (kind, named) in &mut self.posts {
            let known = departments.iter().find(|department| key(&department.name) == key(named));
            if let Some(known) = known.filter(|_| PostKind::of(kind).post(named).department().is_some()) {
                named.clone_from(&known.name);
            }
        }
    }

    pub(super) fn posts(&self) -> impl Iterator<Item = Post> {
        self.posts.iter().map(|(kind, named)| PostKind::of(kind).post(named))
    }
}

/// A roster on its way in.
#[derive(Debug)]
pub struct RosterDraft {
    pub id: DraftId,
    pub purpose: RosterPurpose,
    /// The day from which it holds.
    pub day: Date,
    /// What its uploader calls it.
    pub file_name: String,
    /// Its lines; none once it is settled.
    pub lines: Vec<RosterLine>,
    pub ground: String,
    pub document: Option<DocumentId>,
    pub state: DraftState,
}

impl RosterDraft {
    #[must_use]
    pub fn is_committed(&self) -> bool {
        self.state == DraftState::Committed
    }

    #[must_use]
    pub fn is_discarded(&self) -> bool {
        self.state == DraftState::Discarded
    }
}

/// A roster for its preview.
#[derive(Debug)]
pub(super) struct NewDraft<'a> {
    pub purpose: RosterPurpose,
    /// The day from which it holds.
    pub day: Date,
    pub file_name: &'a str,
    pub lines: &'a [RosterLine],
    pub grounds: &'a Grounds,
}

/// People of a roster matched against the students, or what is wrong by the key of the 学号.
pub(super) async fn matched(
    connection: &mut PgConnection,
    institution: InstitutionId,
    union: &StudentUnion,
    lines: &[RosterLine],
    day: Date,
    today: Date,
) -> Result<Result<Vec<RosterPerson>, HashMap<String, String>>, Failure> {
    let numbers: Vec<String> = lines.iter().map(|line| line.number.clone()).collect();
    let facts = store::facts_by_number(connection, institution, &numbers, None, today).await?;
    let facts: HashMap<String, &StudentFacts> = facts.iter().map(|fact| (number_key(&fact.number), fact)).collect();
    let (mut people, mut wrong) = (Vec::new(), HashMap::new());
    for line in lines {
        let number = number_key(&line.number);
        let fault = match facts.get(&number) {
            None => Some("系统没有这个学号的在校学生；请核对学号，或先导入学生名单".to_owned()),
            Some(fact) if key(&fact.name) != key(&line.name) => {
                Some("姓名与系统登记的不同；请核对学号和姓名".to_owned())
            }
            Some(fact) => union.why_not_member(fact, day).or_else(|| bad_department(line)),
        };
        match (fault, facts.get(&number)) {
            (None, Some(fact)) => {
                let person = fact.member(line.from_college, today);
                // Whoever is known to leave holds the post until then.
                let wanted = |post| Wanted { person: person.clone(), post, from: day, until: fact.left_on };
                people.push(RosterPerson {
                    facts: (*fact).clone(),
                    posts: line.posts().map(wanted).collect(),
                    from_college: line.from_college,
                    chair: line.chair,
                });
            }
            (fault, _) => {
                wrong.insert(number, fault.unwrap_or_default());
            }
        }
    }
    Ok(if wrong.is_empty() { Ok(people) } else { Err(wrong) })
}

fn bad_department(line: &RosterLine) -> Option<String> {
    let names = line.posts().filter_map(|post| post.department().map(str::to_owned));
    let unfit = names.into_iter().find(|name| !(2..=30).contains(&name.chars().count()))?;
    Some(format!("部门名称“{unfit}”应为 2 至 30 字"))
}

/// The bad cells of a sheet whose 学号 have a fault by their key.
pub(super) fn bad_cells(sheet: &Sheet, wrong: &HashMap<String, String>) -> Vec<BadCell> {
    let Some(place) = sheet.headers.iter().position(|header| header == "学号") else { return Vec::new() };
    let bad = |row: &crate::sheet::Row| {
        let value = row.cells.get(place)?.shown().into_owned();
        let reason = wrong.get(&number_key(&value))?.clone();
        Some(BadCell { row: row.number, column: "学号".to_owned(), value, reason })
    };
    sheet.rows.iter().filter_map(bad).collect()
}

/// Keeps a roster for its preview and discards what was previewed before for the same union.
pub(super) async fn stage(
    connection: &mut PgConnection,
    union: &LockedUnion,
    person: &SignedIn,
    new: &NewDraft<'_>,
    now: OffsetDateTime,
) -> Result<DraftId, Failure> {
    sqlx::query!(
        "update roster_draft set state = 'discarded', rows = '[]' where union_id = $1 and state = 'previewed'",
        union.id().0
    )
    .execute(&mut *connection)
    .await?;
    let id = DraftId::random();
    sqlx::query!(
        "insert into roster_draft (id, union_id, purpose, day, file_name, rows, ground, document_id, by_account, at, state)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'previewed')",
        id.0,
        union.id().0,
        new.purpose.slug(),
        new.day,
        new.file_name,
        serde_json::to_value(new.lines).map_err(anyhow::Error::new)?,
        new.grounds.words,
        new.grounds.document.map(|id| id.0),
        person.account.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(id)
}

pub(super) async fn draft(
    connection: &mut PgConnection,
    union: UnionId,
    id: DraftId,
) -> Result<Option<RosterDraft>, Failure> {
    // As the statement calls it.
    type Line = RosterLine;
    let row = sqlx::query!(
        r#"select purpose, day, file_name, rows as "rows: Json<Vec<Line>>", ground,
                  document_id as "document: DocumentId", state
           from roster_draft where id = $1 and union_id = $2"#,
        id.0,
        union.0
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(RosterDraft {
        id,
        purpose: row.purpose.parse()?,
        day: row.day,
        file_name: row.file_name,
        lines: row.rows.0,
        ground: row.ground,
        document: row.document,
        state: DraftState::of(&row.state)?,
    }))
}

/// Settles a roster that is still previewed; `false` where it was settled meanwhile.
pub(super) async fn settle(
    connection: &mut PgConnection,
    union: &LockedUnion,
    id: DraftId,
    state: DraftState,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update roster_draft set state = $3, rows = '[]' where id = $1 and union_id = $2 and state = 'previewed'",
        id.0,
        union.id().0,
        state.slug()
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
