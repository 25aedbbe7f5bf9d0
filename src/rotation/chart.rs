//! The turns on a line of time, drawn on the server: confirmed ones filled, proposals hatched, gaps in red.

use time::{Date, Duration, Month};

use super::store::{ExplainedGap, SemesterRow};
use crate::{
    rules::{rotation::gaps, timeline::Turn},
    text::{chinese_day, chinese_days},
    unions::union::{Record, TurnRow},
    words::words,
};

const WIDTH: i64 = 960;
/// Where the turns begin, below semesters and months.
const TURNS: i64 = 58;
/// From one lane to the next; a piece is six less.
const LANE: i64 = 46;

words! {
    /// What a piece of the line is.
    PieceKind:
    Semester = "semester", "学期";
    Confirmed = "confirmed", "已确认";
    Proposed = "proposed", "拟定";
    Gap = "gap", "空缺";
    /// Days without a chair of which somebody has said why.
    Explained = "explained", "空缺，已说明";
}

/// A piece of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub x: i64,
    pub width: i64,
    /// 0 for what is confirmed and for gaps; proposals that overlap lie below each other.
    pub lane: i64,
    pub kind: PieceKind,
    /// The word inside, empty where there is no room for it.
    pub word: String,
    /// What it says to those who cannot see it.
    pub title: String,
}

impl Piece {
    #[must_use]
    pub fn slug(&self) -> &'static str {
        self.kind.slug()
    }

    /// The middle, where its word stands.
    #[must_use]
    pub fn middle(&self) -> i64 {
        self.x + self.width / 2
    }

    #[must_use]
    pub fn top(&self) -> i64 {
        TURNS + self.lane * LANE
    }

    /// Where its word stands.
    #[must_use]
    pub fn line(&self) -> i64 {
        self.top() + 25
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineChart {
    pub semesters: Vec<Piece>,
    /// Where each month begins, and its word.
    pub months: Vec<(i64, String)>,
    pub turns: Vec<Piece>,
    pub today: Option<i64>,
    /// Gaps for which nobody is even proposed, as days: first and last.
    pub gaps: Vec<(Date, Date)>,
    /// What is proposed and waits: who, first and last day.
    pub waiting: Vec<(String, Date, Date)>,
    /// Proposals that cannot all be confirmed, a sentence a pair.
    pub clashes: Vec<String>,
    /// What it says to those who cannot see it.
    pub title: String,
}

impl TimelineChart {
    /// The line of a union: today's semester, the one before where somebody was on duty in it, and those after; none
    /// without semesters.
    #[must_use]
    pub fn new(record: &Record, semesters: &[SemesterRow], explained: &[ExplainedGap], today: Date) -> Option<Self> {
        let now = semesters.iter().rposition(|semester| semester.from_day <= today).unwrap_or(0);
        let before = now.checked_sub(1).filter(|before| {
            let row = semesters.get(*before);
            row.is_some_and(|row| record.turns.iter().any(|turn| turn.from_day < row.until_day))
        });
        let shown = semesters.get(before.unwrap_or(now)..)?;
        let shown = shown.get(..shown.len().min(4))?;
        let (from, until) = (shown.first()?.from_day, shown.last()?.until_day);
        let days = (until - from).whole_days().max(1);
        let x = |day: Date| (day.clamp(from, until) - from).whole_days() * WIDTH / days;
        let piece = |start: Date, end: Date, kind, word: String, title: String| {
            let (left, right) = (x(start), x(end));
            let width = (right - left).max(2);
            let fits = i64::try_from(word.chars().count()).unwrap_or(i64::MAX) * 15 < width;
            Piece { x: left, width, lane: 0, kind, word: if fits { word } else { String::new() }, title }
        };
        let last = |until: Date| until - Duration::DAY;
        let semesters = shown
            .iter()
            .map(|row| {
                let title = format!("{}：{}", row.name, chinese_days(row.from_day, row.last_day()));
                piece(row.from_day, row.until_day, PieceKind::Semester, row.name.clone(), title)
            })
            .collect();
        // Before a union came under the rules nobody had to be on duty by the portal.
        let since = record.union.opened_on.map_or(until, |opened| opened.max(from));
        let empty = gaps(&record.timeline.turns, since, until);
        let lanes = lanes(&record.turns);
        let mut turns: Vec<Piece> = record
            .turns
            .iter()
            .zip(lanes)
            .filter(|(turn, _)| turn.from_day < until && turn.until_day > from)
            .map(|(turn, lane)| {
                let kind = if turn.confirmed { PieceKind::Confirmed } else { PieceKind::Proposed };
                let title = format!("{}：{}（{}）", turn.name, turn.days_in_words(), kind.label());
                Piece { lane, ..piece(turn.from_day, turn.until_day, kind, turn.name.clone(), title) }
            })
            .collect();
        turns.extend(empty.iter().map(|(start, end)| {
            let said = explained.iter().find(|one| one.covers(*start, *end));
            let kind = if said.is_some() { PieceKind::Explained } else { PieceKind::Gap };
            let why = said.map(|one| format!("（{}）", one.why)).unwrap_or_default();
            piece(*start, *end, kind, "空缺".to_owned(), format!("空缺：{}{why}", chinese_days(*start, last(*end))))
        }));
        // Gaps lie below proposals that would fill them.
        turns.sort_by_key(|piece| (!matches!(piece.kind, PieceKind::Gap | PieceKind::Explained), piece.x));
        let title = format!("执行主席轮值：{}，空缺 {} 段", chinese_days(from, last(until)), empty.len());
        let proposed = record.turns.iter().filter(|turn| !turn.confirmed && turn.until_day > since);
        let waiting = proposed.map(|turn| (turn.name.clone(), turn.from_day, turn.last_day())).collect();
        let all: Vec<_> = record.turns.iter().map(crate::unions::union::TurnRow::turn).collect();
        let unsaid = |(start, end): &(Date, Date)| explained.iter().all(|one| !one.covers(*start, *end));
        let gaps = gaps(&all, since, until).into_iter().filter(unsaid).map(|(start, end)| (start, last(end))).collect();
        let today = (from <= today && today < until).then(|| x(today));
        let (months, clashes) = (months(from, until, x), clashes(&record.turns));
        Some(Self { semesters, months, turns, today, gaps, waiting, clashes, title })
    }

    /// Down to the foot of the last lane.
    #[must_use]
    pub fn foot(&self) -> i64 {
        TURNS + self.turns.iter().map(|piece| piece.lane + 1).max().unwrap_or(1) * LANE
    }

    /// With room for the word of today.
    #[must_use]
    pub fn height(&self) -> i64 {
        self.foot() + 18
    }
}

/// The lane of each turn: a proposal that overlaps another, or what is confirmed, lies below it.
fn lanes(turns: &[TurnRow]) -> Vec<i64> {
    let mut placed: Vec<(&TurnRow, i64)> = turns.iter().filter(|turn| turn.confirmed).map(|turn| (turn, 0)).collect();
    for turn in turns.iter().filter(|turn| !turn.confirmed) {
        let mut lane = 0;
        while placed.iter().any(|(other, at)| *at == lane && overlap(turn, other)) {
            lane += 1;
        }
        placed.push((turn, lane));
    }
    let lane_of = |turn: &TurnRow| placed.iter().find(|(other, _)| other.id == turn.id).map_or(0, |(_, lane)| *lane);
    turns.iter().map(lane_of).collect()
}

fn overlap(one: &TurnRow, other: &TurnRow) -> bool {
    one.from_day < other.until_day && other.from_day < one.until_day
}

fn clashes(turns: &[TurnRow]) -> Vec<String> {
    let mut proposed: Vec<&TurnRow> = turns.iter().filter(|turn| !turn.confirmed).collect();
    proposed.sort_by_key(|turn| (turn.from_day, turn.until_day));
    let mut clashes = Vec::new();
    for (place, one) in proposed.iter().enumerate() {
        for other in proposed.iter().skip(place + 1).filter(|other| overlap(one, other)) {
            let (from, last) = (one.from_day.max(other.from_day), one.last_day().min(other.last_day()));
            clashes.push(format!(
                "{}与{}的拟定在{}至{}重叠，只能确认一个",
                one.name,
                other.name,
                chinese_day(from),
                chinese_day(last)
            ));
        }
    }
    clashes
}

/// The first days of months within the line; every second one where they would touch.
fn months(from: Date, until: Date, x: impl Fn(Date) -> i64) -> Vec<(i64, String)> {
    let (mut months, mut day) = (Vec::new(), from.replace_day(1).unwrap_or(from));
    let step = if (until - from).whole_days() > 700 { 2 } else { 1 };
    while day < until {
        if day >= from && (u8::from(day.month()) - 1).is_multiple_of(step) {
            months.push((x(day), format!("{}月", u8::from(day.month()))));
        }
        let year = if day.month() == Month::December { day.year() + 1 } else { day.year() };
        day = Date::from_calendar_date(year, day.month().next(), 1).unwrap_or(until);
    }
    months
}

/// Days that have gone by without a chair, from the day on which the union came under the rules; those that last are not
/// among them.
#[must_use]
pub fn past_gaps(turns: &[Turn], opened_on: Option<Date>, today: Date) -> Vec<(Date, Date)> {
    let Some((opened, tomorrow)) = opened_on.zip(today.next_day()) else { return Vec::new() };
    gaps(turns, opened, tomorrow).into_iter().filter(|(_, until)| *until <= today).collect()
}
