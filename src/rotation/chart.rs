//! The turns on a line of time, drawn on the server: confirmed ones filled, proposals hatched, gaps in red.

use time::{Date, Duration};

use super::store::SemesterRow;
use crate::{rules::rotation::gaps, unions::union::Record, words::words};

const WIDTH: i64 = 960;

words! {
    /// What a piece of the line is.
    PieceKind:
    Semester = "semester", "学期";
    Confirmed = "confirmed", "已确认";
    Proposed = "proposed", "拟定";
    Gap = "gap", "空缺";
}

/// A piece of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub x: i64,
    pub width: i64,
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
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineChart {
    pub semesters: Vec<Piece>,
    pub turns: Vec<Piece>,
    pub today: Option<i64>,
    /// Gaps for which nobody is even proposed, as days: first and last.
    pub gaps: Vec<(Date, Date)>,
    /// What is proposed and waits: who, first and last day.
    pub waiting: Vec<(String, Date, Date)>,
    /// What it says to those who cannot see it.
    pub title: String,
}

impl TimelineChart {
    /// The line of a union: today's semester, the one before where somebody was on duty in it, and those after; none
    /// without semesters.
    #[must_use]
    pub fn new(record: &Record, semesters: &[SemesterRow], today: Date) -> Option<Self> {
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
            Piece { x: left, width, kind, word: if fits { word } else { String::new() }, title }
        };
        let last = |until: Date| until - Duration::DAY;
        let semesters = shown
            .iter()
            .map(|row| {
                let title = format!("{}：{} 至 {}", row.name, row.from_day, row.last_day());
                piece(row.from_day, row.until_day, PieceKind::Semester, row.name.clone(), title)
            })
            .collect();
        // Before a union came under the rules nobody had to be on duty by the portal.
        let since = record.union.opened_on.map_or(until, |opened| opened.max(from));
        let empty = gaps(&record.timeline.turns, since, until);
        let mut turns: Vec<Piece> = record
            .turns
            .iter()
            .filter(|turn| turn.from_day < until && turn.until_day > from)
            .map(|turn| {
                let kind = if turn.confirmed { PieceKind::Confirmed } else { PieceKind::Proposed };
                let title = format!("{}：{} 至 {}（{}）", turn.name, turn.from_day, turn.last_day(), kind.label());
                piece(turn.from_day, turn.until_day, kind, turn.name.clone(), title)
            })
            .collect();
        turns.extend(empty.iter().map(|(start, end)| {
            piece(*start, *end, PieceKind::Gap, "空缺".to_owned(), format!("空缺：{start} 至 {}", last(*end)))
        }));
        // Gaps lie below proposals that would fill them.
        turns.sort_by_key(|piece| (piece.kind != PieceKind::Gap, piece.x));
        let title = format!("执行主席轮值：{from} 至 {}，空缺 {} 段", last(until), empty.len());
        let proposed = record.turns.iter().filter(|turn| !turn.confirmed && turn.until_day > since);
        let waiting = proposed.map(|turn| (turn.name.clone(), turn.from_day, turn.last_day())).collect();
        let all: Vec<_> = record.turns.iter().map(crate::unions::union::TurnRow::turn).collect();
        let gaps = gaps(&all, since, until).into_iter().map(|(start, end)| (start, last(end))).collect();
        let today = (from <= today && today < until).then(|| x(today));
        Some(Self { semesters, turns, today, gaps, waiting, title })
    }
}
