//! The organisation chart: presidium above, departments below, drawn on the server.

use time::Date;

use super::union::{Department, PostKind, Record};

const COLUMN: usize = 152;
const GAP: usize = 12;
const LINE: usize = 20;
const HEAD: usize = 34;
const MOST_ACROSS: usize = 6;

/// A name in a box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameLine {
    pub text: String,
    pub y: usize,
    /// The person leads: a head, or the chair on duty.
    pub strong: bool,
}

/// A box with a title and names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartBox {
    pub x: usize,
    pub y: usize,
    pub height: usize,
    /// The middle of its upper edge.
    pub middle: usize,
    pub title: String,
    pub lines: Vec<NameLine>,
}

/// A name, or another line of a box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartName {
    pub text: String,
    /// The person leads: a head, or the chair on duty.
    pub leads: bool,
}

/// A department with what stands in its box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartUnit {
    pub title: String,
    pub names: Vec<ChartName>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Pixels, as all measures here.
    pub width: usize,
    pub height: usize,
    /// Width of a box.
    pub column: usize,
    pub top: ChartBox,
    pub units: Vec<ChartBox>,
    /// Lines from the presidium to the departments, as a path.
    pub path: String,
    /// For those who cannot see it.
    pub title: String,
}

fn chart_box(title: String, names: Vec<ChartName>, x: usize, y: usize) -> ChartBox {
    let lines: Vec<NameLine> = names
        .into_iter()
        .enumerate()
        .map(|(place, one)| NameLine { text: one.text, y: y + HEAD + LINE * (place + 1) - 4, strong: one.leads })
        .collect();
    let height = HEAD + LINE * lines.len().max(1) + 8;
    ChartBox { x, y, height, middle: x + COLUMN / 2, title, lines }
}

impl Chart {
    /// The chart of a union on a day.
    #[must_use]
    pub fn new(record: &Record, day: Date) -> Self {
        let chairs: Vec<&str> = record.chairs_on(day).collect();
        let mut presidium = Vec::new();
        for post in record.posts_on(day).filter(|post| post.department.is_none()) {
            let on_duty = chairs.contains(&post.name.as_str());
            let title = if post.kind == PostKind::Other { format!("（{}）", post.label()) } else { String::new() };
            let duty = if on_duty { "（执行主席）" } else { "" };
            presidium.push(ChartName { text: format!("{}{title}{duty}", post.name), leads: on_duty });
        }
        let unit = |department: &Department| {
            let held = record.posts_on(day).filter(|post| post.department == Some(department.id));
            let names =
                held.map(|post| ChartName { text: post.name.clone(), leads: post.kind == PostKind::Head }).collect();
            ChartUnit { title: department.name.clone(), names }
        };
        let units: Vec<ChartUnit> = record.departments_on(day).map(unit).collect();
        Self::of(&record.union.name, presidium, &units)
    }

    /// The chart of a union whose presidium and departments show those names.
    #[must_use]
    pub fn of(union: &str, presidium: Vec<ChartName>, departments: &[ChartUnit]) -> Self {
        use std::fmt::Write as _;
        let across = departments.len().clamp(1, MOST_ACROSS);
        let width = across * (COLUMN + GAP) + GAP;
        let top = chart_box("主席团".to_owned(), presidium, (width - COLUMN) / 2, GAP);
        let bottom = top.y + top.height;
        let mut y = bottom + 36;
        let (mut units, mut path) = (Vec::new(), String::new());
        for row in departments.chunks(across) {
            let mut tallest = 0;
            let bar = y - 18;
            for (place, ChartUnit { title, names }) in row.iter().enumerate() {
                let one = chart_box(title.clone(), names.clone(), GAP + place * (COLUMN + GAP), y);
                tallest = tallest.max(one.height);
                let _ = write!(path, "M{} {bar}V{}", one.middle, one.y);
                units.push(one);
            }
            if let (Some(first), Some(last)) = (row.first().and(units.get(units.len() - row.len())), units.last()) {
                let middle = top.middle;
                let (left, right) = (first.middle.min(middle), last.middle.max(middle));
                let _ = write!(path, "M{left} {bar}H{right}");
            }
            y += tallest + 36;
        }
        if let Some(last) = units.last() {
            let _ = write!(path, "M{} {bottom}V{}", top.middle, last.y.saturating_sub(18));
        }
        let title = format!("{union}组织架构：主席团 {} 人，工作部门 {} 个", top.lines.len(), units.len());
        Self { width, height: y.saturating_sub(36) + GAP, column: COLUMN, top, units, path, title }
    }
}
