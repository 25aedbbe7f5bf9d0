//! Sealed score sheets of a review against the ballots of an election: sealing them, and opening and counting them, in one
//! thread.

use std::time::{Duration, Instant};

use lunzhi::{
    elections::ballot::{Mark, Shape, Vote, Votes},
    ids::{AccountId, ReviewId, SittingId, UnionId},
    reviews::{
        Marks, counting,
        review::{Member, Review, Stage},
        sheet::Sheet,
        store::SealedSheet,
    },
    rules::{
        plan::Union,
        review::{Category, DEFAULT_ASPECTS, Scheme},
    },
    sealing::keys::{self, MarkKey, PublicKey, Purpose, SecretKey, SheetPlace},
    unions::union::StudentUnion,
};

use super::{ROUNDS, spread};

const OFFICERS: i16 = 60;
const SCORERS: i16 = 60;
const BALLOTS: i32 = 60 * 60;

/// A review that is closed, with so many sheets.
fn review() -> Review {
    let day = time::macros::date!(2026 - 11 - 20);
    let union = StudentUnion {
        id: UnionId::random(),
        kind: Union::School,
        college: None,
        name: "校学生会".to_owned(),
        opened_on: Some(day),
    };
    Review {
        id: ReviewId::random(),
        union,
        semester: "本学期".to_owned(),
        from_day: day,
        until_day: day,
        stage: Stage::Closed,
        on_paper: false,
        report_until: day,
        sits_on: day,
        scheme: Scheme::by_default(&DEFAULT_ASPECTS.map(str::to_owned)),
        aspects_by_default: false,
        objection_days: 5,
        opened_at: None,
        key: None,
        closed_at: None,
        sheets: Some(BALLOTS),
        counted_at: None,
        object_until: None,
        settled_at: None,
    }
}

fn member(scorer: i16) -> Member {
    let category = if scorer % 4 == 0 { Category::Affairs } else { Category::Student };
    Member {
        account: AccountId::random(),
        student: None,
        number: scorer.to_string(),
        name: "成员".to_owned(),
        category,
        drawn: false,
        monitor: false,
        scorer: Some(scorer),
        key: None,
        proved_at: None,
        share: None,
        departments: Vec::new(),
    }
}

/// Every sheet of every scorer, sealed and marked as the portal does.
fn seal_sheets(review: &Review, marks: &Marks, key: &PublicKey) -> Vec<SealedSheet> {
    let mut sheets = Vec::new();
    for scorer in 1..=SCORERS {
        for person in 1..=OFFICERS {
            let score = 60 + u32::from((scorer * 7 + person).unsigned_abs()) % 40;
            let sheet =
                Sheet { scores: vec![score; 5], comment: "工作扎实，还要多到同学中去。".to_owned() };
            let place = SheetPlace { scorer, person };
            let sealed = keys::seal(key, Purpose::Sheet(review.id, place), &sheet.encode().unwrap()).unwrap();
            let mac = marks.sheet(review.id, place, &sealed);
            sheets.push(SealedSheet { scorer, person, sealed, mac });
        }
    }
    sheets
}

const SHAPE: Shape = Shape { ordinal: 1, candidates: 5, lines: 1, seats: 3 };

/// As many ballots, sealed and marked as a cast is.
fn seal_ballots(sitting: SittingId, mark: &MarkKey, key: &PublicKey) -> Vec<(Vec<u8>, Vec<u8>)> {
    let size = lunzhi::elections::ballot::size(&[SHAPE]);
    let one = |place: i32| {
        let vote = Vote { choices: vec![Mark::For; 5], written: vec!["另一名学生".to_owned()] };
        let votes = Votes { receipt: format!("{place:016}"), votes: vec![vote] };
        let text = votes.encode(&[SHAPE], size).unwrap();
        let sealed = keys::seal(key, Purpose::Envelope(sitting, place), &text).unwrap();
        let mac = mark.mark_envelope(sitting, place, &sealed);
        (sealed, mac)
    };
    (1..=BALLOTS).map(one).collect()
}

/// Opens them as a count does, up to the pattern of each.
fn open_ballots(sitting: SittingId, mark: &MarkKey, key: &SecretKey, ballots: &[(Vec<u8>, Vec<u8>)]) -> usize {
    let mut patterns = std::collections::HashMap::<String, u32>::new();
    for (place, (sealed, mac)) in (1..).zip(ballots) {
        assert!(mark.is_envelope(sitting, place, sealed, mac));
        let text = keys::open(key, Purpose::Envelope(sitting, place), sealed).unwrap();
        for vote in Votes::decode(&text, &[SHAPE]).unwrap().votes {
            *patterns.entry(vote.pattern()).or_default() += 1;
        }
    }
    patterns.len()
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let done = work();
    (done, began.elapsed())
}

/// 60 officers by 60 sheets against as many ballots.
pub fn measure() {
    let (secret, public) = keys::make_pair();
    let (mark, sitting, review) = (MarkKey::random(), SittingId::random(), review());
    let marks = Marks(mark.clone());
    let members: Vec<Member> = (1..=SCORERS).map(member).collect();
    let (mut sealing, mut opening) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (ballots, ballots_sealed) = timed(|| seal_ballots(sitting, &mark, &public));
        let (sheets, sheets_sealed) = timed(|| seal_sheets(&review, &marks, &public));
        let (patterns, ballots_opened) = timed(|| open_ballots(sitting, &mark, &secret, &ballots));
        let (counted, sheets_counted) = timed(|| counting::count(&review, &members, &marks, &secret, &sheets));
        assert_eq!((patterns, counted.unwrap().sheets), (1, BALLOTS));
        sealing.push(ballots_sealed.as_secs_f64() / sheets_sealed.as_secs_f64());
        opening.push(ballots_opened.as_secs_f64() / sheets_counted.as_secs_f64());
    }
    println!("sealing 60 × 60 sheets against ballots    {} (target 0.90)", spread(sealing, 2));
    println!("  opening and counting them               {} (target 0.90)\n", spread(opening, 2));
}
