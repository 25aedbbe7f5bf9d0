//! A sitting brought to where a test needs it, through the pages as its people would, and voters who are signed in without
//! a password.

use lunzhi::{auth::token::Token, office::OfficeKind};

use super::{Client, FIRST, Page, Portal};

/// A sitting that was opened.
pub struct Sitting {
    /// Its path, `/sittings/…`.
    pub path: String,
    /// Its id.
    pub id: String,
    /// Its contests' paths.
    pub contests: Vec<String>,
    /// 校团委, who keeps it.
    pub keeper: Client,
    /// The monitors with their passphrases, the chief first.
    pub monitors: Vec<(Client, String)>,
}

/// A contest: title, how many students vote in it from number 1 on, seats, candidates' numbers, other fields.
pub type Asked<'a> = (&'a str, u32, u32, &'a [u32], &'a [(&'a str, &'a str)]);

/// What a sitting is to be.
pub struct Plan<'a> {
    /// Contests.
    pub contests: &'a [Asked<'a>],
    /// Fields of the sitting that differ.
    pub fields: &'a [(&'a str, &'a str)],
}

/// One contest of ten voters, one seat, two candidates (students 101 and 102).
pub const SMALL: Plan<'_> = Plan { contests: &[("班长", 10, 1, &[101, 102], &[])], fields: &[] };

/// A student's number.
pub fn number(student: u32) -> String {
    format!("2024{student:04}")
}

/// A client of a student with a session of their own; the account is made where there is none.
pub async fn voter(portal: &Portal, student: u32) -> Client {
    voters(portal, student..=student).await.remove(0)
}

/// As [`voter`], many at once.
pub async fn voters(portal: &Portal, students: std::ops::RangeInclusive<u32>) -> Vec<Client> {
    let numbers: Vec<String> = students.map(number).collect();
    let tokens: Vec<(String, Vec<u8>)> = numbers.iter().map(|_| token()).collect();
    let hashes: Vec<Vec<u8>> = tokens.iter().map(|(_, hash)| hash.clone()).collect();
    let mut db = portal.owner().await;
    sqlx::query(
        "insert into account (id, institution_id, number, name, password_hash, password_set_at, must_change_password,
                              created_at, student_id)
         select gen_random_uuid(), s.institution_id, s.number, s.name, a.password_hash, story_now(), false, story_now(), s.id
         from student s join institution i on i.id = s.institution_id
              join account a on a.institution_id = i.id and a.number = 'student'
         where s.number = any($1) and i.code = $2 on conflict do nothing",
    )
    .bind(&numbers)
    .bind(FIRST)
    .execute(&mut db)
    .await
    .unwrap();
    sqlx::query(
        "insert into office (id, account_id, institution_id, kind, from_day, granted_at)
         select gen_random_uuid(), a.id, a.institution_id, 'student', '2024-09-01', story_now()
         from account a join institution i on i.id = a.institution_id
         where a.number = any($1) and i.code = $2 and not exists (select from office o where o.account_id = a.id)",
    )
    .bind(&numbers)
    .bind(FIRST)
    .execute(&mut db)
    .await
    .unwrap();
    sqlx::query(
        "insert into session (token_hash, account_id, device, created_at, expires_at)
         select u.hash, a.id, 'test', story_now(), story_now() + interval '12 hours'
         from unnest($1::text[], $2::bytea[]) as u(number, hash)
              join institution i on i.code = $3 join account a on a.institution_id = i.id and a.number = u.number",
    )
    .bind(&numbers)
    .bind(&hashes)
    .bind(FIRST)
    .execute(&mut db)
    .await
    .unwrap();
    // One router for all: making one takes longer than many a request.
    let visitor = portal.visitor();
    tokens
        .into_iter()
        .map(|(text, _)| {
            let mut client = visitor.clone();
            client.set_cookie("lunzhi", &text);
            client
        })
        .collect()
}

/// A session's token as the cookie has it, and its hash.
pub fn token() -> (String, Vec<u8>) {
    let token = Token::random();
    let mut headers = axum::http::HeaderMap::new();
    headers.insert("host", "127.0.0.1:8080".parse().unwrap());
    let cookie = token.set_cookie(lunzhi::auth::token::Purpose::Session, &headers).unwrap();
    let value = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap().1.to_owned();
    (value, token.hash())
}

pub fn see_other(page: &Page) -> String {
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().to_owned()
}

/// A moment as a field of date and time sends it, some minutes from now.
pub fn in_minutes(portal: &Portal, minutes: i64) -> String {
    let at = portal.app.clock.now() + time::Duration::minutes(minutes);
    format!("{}T{:02}:{:02}", at.date(), at.hour(), at.minute())
}

/// Prepares a sitting with contests, candidates and three monitors; it is not announced yet.
pub async fn prepare(portal: &Portal, plan: &Plan<'_>) -> Sitting {
    let mut keeper = portal.signed_in(OfficeKind::SchoolLeague).await;
    let (opens, closes) = (in_minutes(portal, 5), in_minutes(portal, 125));
    let mut fields =
        vec![("title", "代表选举"), ("opens", &opens), ("closes", &closes), ("threshold", "2"), ("revote", "yes")];
    fields.retain(|(name, _)| plan.fields.iter().all(|(other, _)| other != name));
    fields.extend(plan.fields);
    let to = see_other(&keeper.post("/sittings/new", &fields).await);
    let path = to.split('?').next().unwrap().to_owned();
    let id = path.rsplit('/').next().unwrap().to_owned();
    let mut contests = Vec::new();
    for (title, people, seats, candidates, more) in plan.contests {
        let people: Vec<String> = (1..=*people).map(number).collect();
        let (people, seats) = (people.join("\n"), seats.to_string());
        let mut fields = vec![
            ("title", *title),
            ("fills", "other"),
            ("body", "congress"),
            ("people", &people),
            ("seats", &seats),
            ("quorum", "2/3+"),
            ("majority", "present"),
            ("extra", "1"),
            ("write_in", "yes"),
            ("tie", "second_round"),
        ];
        fields.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
        fields.extend(*more);
        let to = see_other(&keeper.post(&format!("{path}/contests/new"), &fields).await);
        let contest = to.split('?').next().unwrap().to_owned();
        let numbers: Vec<String> = candidates.iter().map(|one| number(*one)).collect();
        let fields = [("numbers", numbers.join("\n")), ("origin", "班级团支部推荐".to_owned())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        see_other(&keeper.post(&format!("{contest}/candidates"), &fields).await);
        contests.push(contest);
    }
    let mut monitors = Vec::new();
    for (kind, chief) in
        [(OfficeKind::StudentAffairs, "yes"), (OfficeKind::SchoolParty, ""), (OfficeKind::ClassBranch, "")]
    {
        let client = portal.signed_in(kind).await;
        see_other(&keeper.post(&format!("{path}/monitors"), &[("number", kind.slug()), ("chief", chief)]).await);
        monitors.push((client, String::new()));
    }
    Sitting { path, id, contests, keeper, monitors }
}

impl Sitting {
    /// An act of the keeper that must succeed.
    pub async fn act(&mut self, what: &str, fields: &[(&str, &str)]) {
        see_other(&self.keeper.post(&format!("{}/{what}", self.path), fields).await);
    }

    /// Announces it and lets every monitor make a passphrase.
    pub async fn announce(&mut self) {
        self.act("announce", &[]).await;
        for (monitor, phrase) in &mut self.monitors {
            let page = monitor.post(&format!("/monitoring/{}/passphrase", self.id), &[]).await;
            assert_eq!(page.status, 200, "{}", page.text());
            *phrase = page.all(".receipt").remove(0);
        }
    }

    /// Rehearses with every monitor's passphrase.
    pub async fn rehearse(&mut self) {
        self.act("rehearse", &[]).await;
        for place in 0..self.monitors.len() {
            self.unseal(place).await;
        }
    }

    /// A monitor types the passphrase; of two portals at that which collects them, as the refusal of the other one says.
    pub async fn unseal(&mut self, place: usize) {
        let (monitor, phrase) = &mut self.monitors[place];
        let (path, fields) = (format!("/monitoring/{}/unseal", self.id), [("phrase", phrase.as_str())]);
        let mut answer = monitor.post(&path, &fields).await;
        if answer.status == 409 && answer.text().contains("另一台服务器正在收集本场次的口令") {
            answer = monitor.post(&path, &fields).await;
        }
        see_other(&answer);
    }

    /// From now on the keeper and the monitors are at the first of two portals, as the documented proxy has them: what a
    /// count found stays in the memory of the portal that counts.
    pub fn meet_at_the_first(&mut self, portal: &Portal) {
        self.keeper = self.keeper.at(portal.first());
        for (monitor, _) in &mut self.monitors {
            *monitor = monitor.at(portal.first());
        }
    }

    /// Announces, rehearses and opens it, and moves the clock to where votes are taken.
    pub async fn open(&mut self, portal: &Portal) {
        self.announce().await;
        self.rehearse().await;
        self.act("open", &[]).await;
        portal.app.clock.advance(time::Duration::minutes(6));
    }

    /// Closes it before its time; where too few have come, with a reason and by two people.
    pub async fn close(&mut self) {
        let close = format!("{}/close", self.path);
        if self.keeper.post(&close, &[("sure", "yes")]).await.status == 422 {
            see_other(&self.keeper.post(&close, &[("sure", "yes"), ("close_why", "提前结束")]).await);
            see_other(&self.monitors[2].0.post(&format!("/monitoring/{}/close", self.id), &[]).await);
        }
    }

    /// Closes it and lets two monitors open the envelopes; waits for the count.
    pub async fn count(&mut self) {
        self.close().await;
        self.unseal(0).await;
        self.unseal(1).await;
        self.counted().await;
    }

    /// Waits until it is counted.
    pub async fn counted(&mut self) {
        let page = self.page_until("已计票").await;
        assert!(page.text().contains("计票结果"), "{}", page.text());
    }

    /// The keeper's page as soon as its tag says this.
    pub async fn page_until(&mut self, word: &str) -> Page {
        loop {
            let page = self.keeper.get(&self.path).await;
            assert_eq!(page.status, 200, "{}", page.text());
            if page.all(".summary-line .tag").first().is_some_and(|tag| tag == word) {
                return page;
            }
            assert!(!page.text().contains("计票没有完成"), "{}", page.text());
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// The voters' page of it.
    pub fn votes(&self) -> String {
        format!("/votes/{}", self.id)
    }
}

/// Casts a ballot; the receipt without hyphens.
pub async fn cast(client: &mut Client, sitting: &str, fields: &[(&str, &str)]) -> String {
    let page = client.post(&format!("/votes/{sitting}/cast"), fields).await;
    assert!(page.status == 200 && page.heading() == "已投票", "{}", page.text());
    page.all(".receipt").remove(0).replace('-', "")
}

/// A sitting of that plan, opened.
pub async fn opened(portal: &Portal, plan: &Plan<'_>) -> Sitting {
    let mut sitting = prepare(portal, plan).await;
    sitting.open(portal).await;
    sitting
}
