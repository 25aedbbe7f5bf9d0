//! The committed answers to the checked queries are those that a freshly migrated database gives. The compiler reads
//! them without a database; here they are held against one, as the macros themselves would write them.

use std::{collections::BTreeSet, fs, path::Path};

use lunzhi::database::migrate;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqlSafeStr};

use crate::{house::sources, support::empty_database};

/// A query as it is, or as it stands in a source: with its line breaks and quotes escaped.
fn bare(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && *letter != '\\').collect()
}

#[tokio::test]
async fn every_answer_is_the_one_that_the_database_gives_and_none_is_left_over() {
    let url = empty_database().await;
    migrate(&url).await.unwrap();
    let mut db = PgConnection::connect(&url).await.unwrap();
    // As the macros do: which columns may be null is read from a plan.
    db.execute("set plan_cache_mode = force_generic_plan").await.unwrap();
    let sources: String = sources().iter().map(|(_, text)| bare(text)).collect();
    let mut wrong = BTreeSet::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let committed: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let query = committed["query"].as_str().unwrap();
        let name = format!("query-{}.json", hex::encode(Sha256::digest(query)));
        assert!(path.ends_with(&name) && committed["hash"] == name[6..70], "{} is not its query's", path.display());
        if !sources.contains(&bare(query)) {
            wrong.insert(format!("no longer asked: {query}"));
        }
        match db.describe(AssertSqlSafe(query).into_sql_str()).await {
            Ok(answer) => {
                let answer = serde_json::to_value(&answer).unwrap();
                for part in ["columns", "parameters", "nullable"] {
                    let (old, new) = (&committed["describe"][part], &answer[part]);
                    if old != new {
                        wrong.insert(format!("{part} were {old}, are {new}: {query}"));
                    }
                }
            }
            Err(error) => drop(wrong.insert(format!("refused ({error}): {query}"))),
        }
    }
    assert!(wrong.is_empty(), "run `make prepare` and commit .sqlx:\n{wrong:#?}");
}
