//! Figures of a result: the aspects as a radar, the semesters as a line. Each stands beside the same in a table.

use std::f64::consts::TAU;

use super::store::PastScore;
use crate::rules::review::score_in_words;

/// Half the drawing's side, and the radius of the whole hundred.
const MIDDLE: f64 = 150.0;
const RADIUS: f64 = 95.0;

/// A place of a drawing with a word.
#[derive(Debug)]
pub struct Word {
    pub x: String,
    pub y: String,
    pub text: String,
}

/// The aspects of a result around a middle.
#[derive(Debug)]
pub struct Radar {
    /// Polygons at 25, 50, 75 and 100 points.
    pub rings: Vec<String>,
    pub shape: String,
    pub words: Vec<Word>,
    pub title: String,
}

fn spot(place: usize, of: usize, radius: f64) -> (f64, f64) {
    let part = |number: usize| f64::from(u32::try_from(number).unwrap_or(0));
    let angle = TAU * part(place) / part(of.max(1));
    (MIDDLE + radius * angle.sin(), MIDDLE - radius * angle.cos())
}

fn polygon(radii: &[f64]) -> String {
    let point = |(place, radius): (usize, &f64)| {
        let (x, y) = spot(place, radii.len(), *radius);
        format!("{x:.1},{y:.1}")
    };
    radii.iter().enumerate().map(point).collect::<Vec<_>>().join(" ")
}

impl Radar {
    /// The radar of means in hundredths of a point of a hundred.
    #[must_use]
    pub fn new(aspects: &[String], means: &[u32]) -> Self {
        let radii: Vec<f64> = means.iter().map(|mean| RADIUS * f64::from(*mean) / 10_000.0).collect();
        let ring = |quarter: u32| polygon(&vec![RADIUS * f64::from(quarter) / 4.0; aspects.len()]);
        let word = |(place, aspect): (usize, &String)| {
            let (x, y) = spot(place, aspects.len(), RADIUS + 26.0);
            Word { x: format!("{x:.1}"), y: format!("{y:.1}"), text: aspect.clone() }
        };
        let said = aspects.iter().zip(means).map(|(aspect, mean)| format!("{aspect} {}", score_in_words(*mean)));
        Self {
            rings: (1..=4).map(ring).collect(),
            shape: polygon(&radii),
            words: aspects.iter().enumerate().map(word).collect(),
            title: said.collect::<Vec<_>>().join("，"),
        }
    }
}

/// Scores from semester to semester.
#[derive(Debug)]
pub(super) struct Trend {
    pub line: String,
    pub points: Vec<Word>,
    pub title: String,
}

impl Trend {
    /// The line of two semesters or more; none of fewer.
    pub(super) fn new(past: &[PastScore]) -> Option<Self> {
        let last = past.len().checked_sub(1).filter(|last| *last > 0)?;
        let point = |(place, one): (usize, &PastScore)| {
            let (step, steps) = (u32::try_from(place).unwrap_or(0), u32::try_from(last).unwrap_or(1));
            let x = 40.0 + 400.0 * f64::from(step) / f64::from(steps);
            let y = 120.0 - f64::from(one.score) / 100.0;
            Word { x: format!("{x:.1}"), y: format!("{y:.1}"), text: score_in_words(one.score) }
        };
        let points: Vec<Word> = past.iter().enumerate().map(point).collect();
        let line: Vec<String> = points.iter().map(|point| format!("{},{}", point.x, point.y)).collect();
        let said = past.iter().map(|one| format!("{} {}", one.semester, score_in_words(one.score)));
        Some(Self { line: line.join(" "), points, title: said.collect::<Vec<_>>().join("，") })
    }
}
