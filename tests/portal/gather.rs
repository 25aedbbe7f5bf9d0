//! Writes that are gathered: each answered for itself, whatever becomes of the others in its statement.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use lunzhi::{
    database::{
        Pools,
        batch_writer::{BatchWriter, Lane},
    },
    failure::Failure,
};
use tokio::sync::Semaphore;

use crate::support::Portal;

#[tokio::test]
async fn a_bad_write_fails_alone_and_two_of_one_key_are_not_in_one_statement() {
    let portal = Portal::start().await;
    let mut owner = portal.owner().await;
    sqlx::query("create table kept (key text primary key check (key <> 'bad'), times integer not null)")
        .execute(&mut owner)
        .await
        .unwrap();
    let statements = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&statements);
    let pool = Pools::new(&portal.url).unwrap().single;
    let gatherer = Arc::new(BatchWriter::start(
        pool,
        || true,
        move |db, keys: &[String]| {
            counted.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move {
                // Refused by the server where one statement touches a row twice.
                let written: Vec<(String, i32)> = sqlx::query_as(
                    "insert into kept select k, 1 from unnest($1::text[]) k
                 on conflict (key) do update set times = kept.times + 1 returning key, times",
                )
                .bind(keys)
                .fetch_all(db)
                .await?;
                let times = |key: &String| written.iter().find(|(known, _)| known == key).map(|(_, times)| *times);
                keys.iter().map(times).map(|times| times.ok_or(Failure::Missing)).collect()
            })
        },
    ));
    let write = |key: &str| {
        let (gatherer, key) = (Arc::clone(&gatherer), key.to_owned());
        tokio::spawn(async move { gatherer.write(key.clone(), key).await })
    };
    let sound: Vec<_> = (0..40).map(|number| write(&format!("key {number}"))).collect();
    let twice: Vec<_> = (0..3).map(|_| write("again")).collect();
    for task in sound {
        assert_eq!(task.await.unwrap().unwrap(), 1);
    }
    let mut times: Vec<i32> = Vec::new();
    for task in twice {
        times.push(task.await.unwrap().unwrap());
    }
    times.sort_unstable();
    assert_eq!(times, [1, 2, 3], "one after the other");
    assert!(statements.load(Ordering::Relaxed) < 20, "they were gathered");
    let beside: Vec<_> = (0..5).map(|number| write(&format!("beside {number}"))).collect();
    assert!(write("bad").await.unwrap().is_err());
    for task in beside {
        assert_eq!(task.await.unwrap().unwrap(), 1);
    }
    let (kept,): (i64,) = sqlx::query_as("select count(*) from kept").fetch_one(&mut owner).await.unwrap();
    assert_eq!(kept, 46);
}

#[tokio::test]
async fn those_who_wait_in_vain_for_a_lock_do_not_wait_again_one_by_one() {
    let portal = Portal::start().await;
    let mut owner = portal.owner().await;
    for statement in ["create table held (key text)", "begin", "lock table held in access exclusive mode"] {
        sqlx::query(statement).execute(&mut owner).await.unwrap();
    }
    let statements = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&statements);
    let pool = Pools::new(&portal.url).unwrap().single;
    let gatherer = Arc::new(BatchWriter::start(
        pool,
        || true,
        move |db, keys: &[usize]| {
            counted.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move {
                sqlx::query("set lock_timeout = '200ms'").execute(&mut *db).await?;
                sqlx::query("insert into held values ('')").execute(db).await?;
                Ok(keys.to_vec())
            })
        },
    ));
    let waiting: Vec<_> = (0..12)
        .map(|key| {
            let gatherer = Arc::clone(&gatherer);
            tokio::spawn(async move { gatherer.write(key, key).await })
        })
        .collect();
    for told in waiting {
        let told = told.await.unwrap();
        assert!(matches!(told, Err(Failure::Busy | Failure::Database(_))), "{told:?}");
    }
    assert!(statements.load(Ordering::Relaxed) < 6, "nobody was tried alone");
}

#[tokio::test]
async fn those_who_go_together_are_written_in_one_statement_and_others_by_halves() {
    let portal = Portal::start().await;
    let pools = Pools::new(&portal.url).unwrap();
    for (lane, statements) in [(Lane::in_turn(&pools).together(), vec![1, 6]), (Lane::in_turn(&pools), vec![1, 4, 2])] {
        let (sizes, go_on) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Semaphore::new(0)));
        let (noted, first) = (Arc::clone(&sizes), Arc::clone(&go_on));
        let writer = Arc::new(BatchWriter::start(
            lane,
            || false,
            move |_, keys: &[usize]| {
                noted.lock().unwrap().push(keys.len());
                let first = Arc::clone(&first);
                Box::pin(async move {
                    // The first statement ends when the others wait.
                    first.acquire().await.unwrap().forget();
                    Ok(keys.to_vec())
                })
            },
        ));
        let write = |key| {
            let writer = Arc::clone(&writer);
            tokio::spawn(async move { writer.write(key, key).await.unwrap() })
        };
        let mut tasks = vec![write(0)];
        while sizes.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        tasks.extend((1..=6).map(&write));
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        go_on.add_permits(3);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*sizes.lock().unwrap(), statements);
    }
}
