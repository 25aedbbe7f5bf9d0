//! The demo's sittings: one in which votes are cast, one that is reported, one being prepared, and the presidium's at the
//! congress that meets tomorrow. Its monitors' passphrases are the passwords of their accounts.

use sqlx::{PgConnection, types::Uuid};
use time::{Date, Duration, OffsetDateTime, Time};

use super::schools::School;
use crate::{
    clock::CHINA,
    congress::{
        congress,
        store::{CongressFilter, list},
    },
    elections::{
        ballot::{CountedText, Mark, Shape, Vote, Votes},
        ballot_box::full_size,
        counting,
        reconciliation::Account,
        record,
        sitting::{Contest, ContestRules, MonitorKey, Opened, Sitting, Stage, terms},
        store::{self, CountedBallots},
    },
    failure::Failure,
    fictional::random::SeededRandom,
    ids::{AccountId, CandidateId, ClassId, CollegeId, ContestId, InstitutionId, SittingId, StudentId},
    office::OfficeKind,
    rules::sitting::report,
    sealing::keys::{self, MarkKey, Purpose},
};

/// What a demo sitting is.
struct DemoSitting {
    title: &'static str,
    college: Option<CollegeId>,
    opens_at: OffsetDateTime,
    closes_at: OffsetDateTime,
    by: AccountId,
}

/// So many hours from now, at the full hour: nobody opens an election at 22:41.
fn full_hour(now: OffsetDateTime, hours: i64) -> OffsetDateTime {
    let at = now.to_offset(CHINA) + Duration::hours(hours);
    at.replace_time(Time::from_hms(at.hour(), 0, 0).unwrap_or(Time::MIDNIGHT))
}

/// The people of the demo's elections.
struct People {
    college: CollegeId,
    class: ClassId,
    keepers: (AccountId, AccountId),
    monitors: Vec<(AccountId, String)>,
}

/// Loads the demo's sittings.
pub(super) async fn load_elections(
    db: &mut PgConnection,
    school: &School,
    institution: InstitutionId,
    key: &MarkKey,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let (people, today) = (people(db, school, institution).await?, now.to_offset(CHINA).date());
    let mut chance = SeededRandom::new(school.seed ^ 0x5eed);
    let (_, college_keeper) = people.keepers;

    let open = DemoSitting {
        title: "院系学生代表大会代表选举",
        college: Some(people.college),
        opens_at: full_hour(now, -2),
        closes_at: full_hour(now, 46),
        by: college_keeper,
    };
    let open = sitting(db, institution, &open, &people, key, now).await?;
    let contests = [
        NewContest { title: "班级推选代表", body: "class", class: Some(people.class), seats: 1, candidates: 3 },
        NewContest { title: "院系代表", body: "college", class: None, seats: 3, candidates: 5 },
    ];
    add_contests(db, open, people.college, &contests, today).await?;
    let opened = open_sitting(db, institution, open, &people, key, now).await?;
    cast(db, &opened, key, &mut chance, 45, now).await?;

    let done = DemoSitting {
        title: "班级学生代表选举",
        college: Some(people.college),
        opens_at: full_hour(now, -50),
        closes_at: full_hour(now, -26),
        by: college_keeper,
    };
    let done = sitting(db, institution, &done, &people, key, now).await?;
    let contests =
        [NewContest { title: "班级学生代表", body: "class", class: Some(people.class), seats: 2, candidates: 4 }];
    add_contests(db, done, people.college, &contests, today).await?;
    let opened = open_sitting(db, institution, done, &people, key, now).await?;
    cast(db, &opened, key, &mut chance, 95, now - Duration::hours(30)).await?;
    finish(db, institution, school.name, &opened, now).await?;

    let day = (today + Duration::days(14)).midnight().assume_offset(CHINA);
    let next = DemoSitting {
        title: "班级学生代表补选",
        college: Some(people.college),
        opens_at: day + Duration::hours(14),
        closes_at: day + Duration::hours(17),
        by: college_keeper,
    };
    let next = sitting(db, institution, &next, &people, key, now).await?;
    let contests =
        [NewContest { title: "班级学生代表", body: "class", class: Some(people.class), seats: 1, candidates: 2 }];
    add_contests(db, next, people.college, &contests, today).await
}

/// Prepares the election that the delegates hold at the congress that is convened, with the candidates whom every office
/// has passed.
pub(super) async fn load_congress_election(
    db: &mut PgConnection,
    school: &School,
    institution: InstitutionId,
    key: &MarkKey,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let people = people(db, school, institution).await?;
    for congress in list(db, institution, CongressFilter::default()).await? {
        let (Some(day), congress::Stage::Convened) = (congress.meets_on, congress.stage) else { continue };
        let day = day.midnight().assume_offset(CHINA);
        let own = DemoSitting {
            title: "学生会主席团选举",
            college: None,
            opens_at: day + Duration::hours(15),
            closes_at: day + Duration::hours(16),
            by: people.keepers.0,
        };
        let own = sitting(db, institution, &own, &people, key, now).await?;
        let contest = ContestId::random();
        sqlx::query!(
            "with held as (update sitting set congress_id = $2 where id = $1)
             insert into contest (id, sitting_id, ordinal, title, fills, body, seats, rules)
             values ($3, $1, 1, '学生会主席团成员', 'presidium', 'congress', 5, $4)",
            own.0,
            congress.id.0,
            contest.0,
            serde_json::to_value(ContestRules::PRACTICE).map_err(anyhow::Error::new)?
        )
        .execute(&mut *db)
        .await?;
        sqlx::query!(
            "insert into contest_person (contest_id, student_id)
             select $1, student_id from delegate where congress_id = $2 and standing = 'elected' and ended_on is null",
            contest.0,
            congress.id.0
        )
        .execute(&mut *db)
        .await?;
        sqlx::query!(
            "insert into candidate (id, contest_id, ordinal, student_id, label, about, origin)
             select gen_random_uuid(), $1, row_number() over (order by c.number), s.id, s.name, k.name, '逐级审查确定，列入候选人名单'
             from vetting_case c join vetting_round r on r.id = c.round_id join student s on s.id = c.student_id
                  join class k on k.id = s.class_id
             where r.union_id = $2 and c.stage = 'listed'
             on conflict (contest_id, label) do nothing",
            contest.0,
            congress.union.0
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

async fn people(db: &mut PgConnection, school: &School, institution: InstitutionId) -> Result<People, Failure> {
    let rows = sqlx::query!(
        r#"select a.id as "account: AccountId", a.number, o.kind, o.college_id as "college: CollegeId",
                  o.class_id as "class: ClassId"
           from account a join office o on o.account_id = a.id where a.institution_id = $1"#,
        institution.0
    )
    .fetch_all(db)
    .await?;
    let known: Vec<&str> = school.accounts.iter().map(|(_, number)| *number).collect();
    let of = |kind: OfficeKind| {
        let found = rows.iter().find(|row| row.kind == kind.slug() && known.contains(&row.number.as_str()));
        found.ok_or_else(|| anyhow::anyhow!("the demo has no {}", kind.slug()))
    };
    let monitors = [OfficeKind::StudentAffairs, OfficeKind::SchoolParty, OfficeKind::CollegeParty];
    let monitors = monitors.into_iter().map(|kind| {
        let row = of(kind)?;
        anyhow::Ok((row.account, super::load::password(&row.number)))
    });
    Ok(People {
        college: of(OfficeKind::CollegeLeague)?
            .college
            .ok_or_else(|| anyhow::anyhow!("an office without a college"))?,
        class: of(OfficeKind::ClassBranch)?.class.ok_or_else(|| anyhow::anyhow!("a branch without a class"))?,
        keepers: (of(OfficeKind::SchoolLeague)?.account, of(OfficeKind::CollegeLeague)?.account),
        monitors: monitors.collect::<anyhow::Result<_>>()?,
    })
}

async fn sitting(
    db: &mut PgConnection,
    institution: InstitutionId,
    asked: &DemoSitting,
    people: &People,
    key: &MarkKey,
    now: OffsetDateTime,
) -> Result<SittingId, Failure> {
    let id = SittingId::random();
    sqlx::query!(
        "insert into sitting (id, institution_id, college_id, title, note, stage, opens_at, closes_at, revote, threshold,
                              created_at, created_by)
         values ($1, $2, $3, $4, '演示数据。监票口令就是监票人账号的登录密码。', 'draft', $5, $6, true, 2, $7, $8)",
        id.0,
        institution.0,
        asked.college.map(|id| id.0),
        asked.title,
        asked.opens_at,
        asked.closes_at,
        now,
        asked.by.0
    )
    .execute(&mut *db)
    .await?;
    for (place, (account, phrase)) in people.monitors.iter().enumerate() {
        let salt = keys::salt();
        let (_, public) = keys::pair_of(phrase, &salt)?;
        let own = MonitorKey::new(key, id, *account, salt.to_vec(), public);
        sqlx::query!(
            "insert into monitor (sitting_id, account_id, chief, named_at, salt, public_key, mac)
             values ($1, $2, $3, $4, $5, $6, $7)",
            id.0,
            account.0,
            place == 0,
            now,
            own.salt,
            own.public.as_bytes(),
            own.mac
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(id)
}

/// A contest to be loaded.
struct NewContest {
    title: &'static str,
    /// `class` or `college`.
    body: &'static str,
    class: Option<ClassId>,
    seats: i32,
    candidates: i64,
}

async fn add_contests(
    db: &mut PgConnection,
    sitting: SittingId,
    college: CollegeId,
    contests: &[NewContest],
    today: Date,
) -> Result<(), Failure> {
    for (ordinal, new) in (1_i16..).zip(contests) {
        contest(db, sitting, ordinal, college, new, today).await?;
    }
    Ok(())
}

/// A contest of delegates.
async fn contest(
    db: &mut PgConnection,
    sitting: SittingId,
    ordinal: i16,
    college: CollegeId,
    new: &NewContest,
    today: Date,
) -> Result<(), Failure> {
    let &NewContest { title, body, class, seats, candidates } = new;
    let id = ContestId::random();
    let classes: Vec<Uuid> = class.into_iter().map(|id| id.0).collect();
    sqlx::query!(
        "insert into contest (id, sitting_id, ordinal, title, fills, body, college_id, class_ids, seats, rules)
         values ($1, $2, $3, $4, 'delegates', $5, case when $5 = 'college' then $6::uuid end, $7, $8, $9)",
        id.0,
        sitting.0,
        ordinal,
        title,
        body,
        college.0,
        &classes,
        seats,
        serde_json::to_value(ContestRules::PRACTICE).map_err(anyhow::Error::new)?
    )
    .execute(&mut *db)
    .await?;
    // Those who have an account of the demo vote and do not stand: they would see another page than others.
    let rows = sqlx::query!(
        r#"select s.id as "id: StudentId", s.name, k.name as class
           from contest_roll($1, $4) r join student s on s.id = r.student_id join class k on k.id = s.class_id
           where not exists (select from account a where a.student_id = s.id) order by md5(s.number || $2) limit $3"#,
        id.0,
        title,
        candidates,
        today
    )
    .fetch_all(&mut *db)
    .await?;
    for (place, row) in (1_i16..).zip(rows) {
        sqlx::query!(
            "insert into candidate (id, contest_id, ordinal, student_id, label, about, origin)
             values ($1, $2, $3, $4, $5, $6, '班级团支部推荐') on conflict (contest_id, label) do nothing",
            CandidateId::random().0,
            id.0,
            place,
            row.id.0,
            row.name,
            row.class
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// A sitting that was opened, with the key pair that a real one forgets.
struct OpenedSitting {
    sitting: Sitting,
    contests: Vec<Contest>,
    secret: keys::SecretKey,
    public: keys::PublicKey,
}

async fn open_sitting(
    db: &mut PgConnection,
    institution: InstitutionId,
    id: SittingId,
    people: &People,
    key: &MarkKey,
    now: OffsetDateTime,
) -> Result<OpenedSitting, Failure> {
    let draft = store::lock(db, institution, id).await?;
    store::freeze_order(db, &draft).await?;
    for stage in ["announced", "rehearsed"] {
        sqlx::query!(
            "update sitting set stage = $2, rehearsed_at = $3, announced_at = opens_at - interval '3 days' where id = $1",
            id.0,
            stage,
            now
        )
        .execute(&mut *db)
        .await?;
    }
    sqlx::query!("update monitor set proved_at = $2 where sitting_id = $1", id.0, now).execute(&mut *db).await?;
    let draft = store::lock(db, institution, id).await?;
    let size = store::freeze_roll(db, &draft, now.date()).await?;
    let contests = store::contests_of_frozen_roll(db, &draft).await?;
    let (secret, public) = keys::make_pair();
    let shares = keys::split(&secret, draft.threshold, people.monitors.len());
    for (monitor, share) in store::monitors(db, id).await?.iter().zip(&shares) {
        let own = monitor.key.as_ref().ok_or_else(|| anyhow::anyhow!("a monitor has no key"))?;
        let sealed = keys::seal(&own.public, Purpose::Share(id, monitor.account), share)?;
        sqlx::query!(
            "update monitor set share = $3 where sitting_id = $1 and account_id = $2",
            id.0,
            monitor.account.0,
            sealed
        )
        .execute(&mut *db)
        .await?;
    }
    let opened = Opened {
        key: public,
        ballot_size: full_size(&contests, &store::contest_sets(db, id).await?),
        roll_hash: store::hash_roll(&store::roll(db, id).await?),
        contests_hash: store::hash_contests(&contests),
        terms: terms(&draft),
    };
    sqlx::query!(
        "update sitting set stage = 'open', opened_at = opens_at, public_key = $2, ballot_size = $3, roll_size = $4,
                            roll_hash = $5, seal = $6 where id = $1",
        id.0,
        public.as_bytes(),
        i32::try_from(opened.ballot_size).map_err(anyhow::Error::new)?,
        i32::try_from(size).map_err(anyhow::Error::new)?,
        opened.roll_hash,
        opened.mark(key, id)
    )
    .execute(&mut *db)
    .await?;
    let sitting = store::sitting(db, institution, id).await?.ok_or(Failure::Missing)?;
    Ok(OpenedSitting { sitting, contests, secret, public })
}

/// A vote that fits a contest, by chance.
fn vote(shape: &Shape, chance: &mut SeededRandom) -> Vote {
    let mut left = shape.seats;
    let choices = (0..shape.candidates)
        .map(|place| {
            // The first candidates are liked better, so that somebody is elected.
            if left > 0 && chance.below(10) < if place < 2 { 8 } else { 3 } {
                left -= 1;
                Mark::For
            } else if chance.below(3) == 0 {
                Mark::Abstain
            } else {
                Mark::Against
            }
        })
        .collect();
    Vote { choices, written: Vec::new() }
}

/// Lets a share of the voters, in percent, cast. Whoever has an account of the demo is left to vote.
async fn cast(
    db: &mut PgConnection,
    opened: &OpenedSitting,
    key: &MarkKey,
    chance: &mut SeededRandom,
    percent: u32,
    at: OffsetDateTime,
) -> Result<(), Failure> {
    let OpenedSitting { sitting, contests, public, .. } = opened;
    let spared = sqlx::query_scalar!(
        "select v.place from voter v where v.sitting_id = $1
         and exists (select from account a where a.student_id = v.student_id)",
        sitting.id.0
    )
    .fetch_all(&mut *db)
    .await?;
    let full = full_size(contests, &store::contest_sets(db, sitting.id).await?);
    let (mut places, mut texts, mut macs) = (Vec::new(), Vec::new(), Vec::new());
    for line in store::roll(db, sitting.id).await? {
        if chance.below(100) >= percent || spared.contains(&line.place) {
            continue;
        }
        let own = contests.iter().filter(|contest| line.contests.contains(&contest.ordinal));
        let shapes: Vec<Shape> = own.map(Shape::of).collect();
        let votes = Votes {
            receipt: crate::secrets::readable(crate::elections::ballot::RECEIPT, 64),
            votes: shapes.iter().map(|shape| vote(shape, chance)).collect(),
        };
        let text = votes.encode(&shapes, full).ok_or_else(|| anyhow::anyhow!("a vote that does not fit"))?;
        let sealed = keys::seal(public, Purpose::Envelope(sitting.id, line.place), &text)?;
        macs.push(key.mark_envelope(sitting.id, line.place, &sealed));
        places.push(line.place);
        texts.push(sealed);
    }
    sqlx::query!(
        "insert into envelope (sitting_id, voter, sealed, mac, cast_at)
         select $1, u.*, $2 from unnest($3::integer[], $4::bytea[], $5::bytea[]) as u",
        sitting.id.0,
        at,
        &places,
        &texts,
        &macs
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Closes, counts and reports.
async fn finish(
    db: &mut PgConnection,
    institution: InstitutionId,
    name: &str,
    opened: &OpenedSitting,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let OpenedSitting { sitting, contests, secret, .. } = opened;
    let id = sitting.id;
    let envelopes = store::close(db, institution, id, sitting.closes_at).await?.unwrap_or(0);
    let mut kept = CountedBallots { envelopes, ..CountedBallots::default() };
    for envelope in store::envelopes(db, id, 0, i64::from(envelopes)).await? {
        let own = contests.iter().filter(|contest| envelope.contests.contains(&contest.ordinal));
        let own: Vec<&Contest> = own.collect();
        let shapes: Vec<Shape> = own.iter().map(|contest| Shape::of(contest)).collect();
        let text = keys::open(secret, Purpose::Envelope(id, envelope.voter), &envelope.sealed);
        let votes = text.and_then(|text| Votes::decode(&text, &shapes));
        let votes = votes.ok_or_else(|| anyhow::anyhow!("an envelope of the demo does not open"))?;
        kept.receipts.push(votes.receipt);
        kept.voted.push(envelope.voter);
        for (contest, vote) in own.iter().zip(votes.votes) {
            let pattern = vote.pattern();
            match kept.patterns.iter_mut().find(|one| one.contest == contest.id && one.text == pattern) {
                Some(known) => known.votes += 1,
                None => kept.patterns.push(CountedText { contest: contest.id, text: pattern, votes: 1 }),
            }
        }
    }
    let file = record::ballots_file(sitting, contests, &kept.patterns, &kept.written)?;
    kept.ballots_hash = record::hash(file.as_bytes());
    let closed = store::lock(db, institution, id).await?;
    store::keep_count(db, &closed, kept, sitting.closes_at + Duration::minutes(20)).await?;
    let sitting = store::lock(db, institution, id).await?;
    if sitting.stage() != Stage::Counted {
        return Err(anyhow::anyhow!("the demo's count was not kept").into());
    }
    let (made, accounts) = counting::make_record(db, name, &sitting, contests).await?;
    let facts: Vec<_> =
        contests.iter().zip(&accounts).map(|(contest, account): (_, &Account)| account.facts(&contest.title)).collect();
    let permitted = report(&facts).permit().map_err(|_| anyhow::anyhow!("the demo's account does not add up"))?;
    let text = serde_json::to_string_pretty(&made).map_err(anyhow::Error::new)? + "\n";
    let results = counting::contest_results(contests, &accounts)?;
    store::report(db, &sitting, &text, &results, permitted, now).await?;
    Ok(())
}
