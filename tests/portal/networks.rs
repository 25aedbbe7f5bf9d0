//! A campus behind one address: thousands of honest people sign in from it, some of whom mistype.

use time::Duration;

use crate::support::{Client, FIRST, PASSWORD, Portal};

/// More people than a network has failures free, five times over.
const PEOPLE: i32 = 1_000;
const ADDRESS: &str = "202.120.1.9";

/// Signs in by a new device behind the address; the status.
async fn arrive(device: &Client, number: &str, password: &str) -> u16 {
    let body = serde_html_form::to_string([("school", FIRST), ("number", number), ("password", password)]).unwrap();
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("x-forwarded-for", ADDRESS)];
    device.clone().send("POST", "/sign-in", &headers, body.into_bytes()).await.status
}

#[tokio::test]
async fn on_the_morning_of_an_election_a_campus_behind_one_address_gets_in() {
    let portal = Portal::start().await;
    let made = "insert into account (id, institution_id, number, name, password_hash, password_set_at,
                                     must_change_password, created_at)
                select gen_random_uuid(), a.institution_id, 'M' || lpad(n::text, 5, '0'), '投票人', a.password_hash, story_now(),
                       false, story_now()
                from account a join institution i on i.id = a.institution_id, generate_series(1, $2) n
                where i.code = $1 and a.number = 'student'";
    sqlx::query(made).bind(FIRST).bind(PEOPLE).execute(&mut portal.owner().await).await.unwrap();
    let device = portal.visitor();
    for person in 1..=PEOPLE {
        let number = format!("M{person:05}");
        // Every fifth mistypes once: twice as many failures as a network has free.
        if person % 5 == 0 {
            assert_eq!(arrive(&device, &number, "a slip of the finger").await, 422, "{number}");
        }
        assert_eq!(arrive(&device, &number, PASSWORD).await, 303, "{number}");
        // Ten a second, which are ten thousand in a quarter of an hour.
        if person % 10 == 0 {
            portal.app.clock.advance(Duration::seconds(1));
        }
    }
}
