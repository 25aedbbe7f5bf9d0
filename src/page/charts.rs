//! Figures drawn on the server as SVG. Each stands beside the same figures in words, so none needs a reader's eyes.

use crate::rules::Gauge;

/// Units across a drawing.
const WIDTH: u32 = 240;

/// A measured number as a bar against the room it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaBar {
    /// Where the allowed room begins and how wide it is.
    pub room: (u32, u32),
    /// How long the bar is.
    pub length: u32,
    /// Where the bounds stand.
    pub limits: Vec<u32>,
    /// What it says to those who cannot see it.
    pub title: String,
}

impl QuotaBar {
    /// A bar scaled so that both the number and the bounds fit.
    #[must_use]
    pub fn new(gauge: Gauge) -> Self {
        let Gauge { value, low, high } = gauge;
        let most = value.max(high.unwrap_or(low)).max(1);
        let full = most.saturating_add(most / 5).saturating_add(1);
        let scale =
            |number: u32| u32::try_from(u64::from(number) * u64::from(WIDTH) / u64::from(full)).unwrap_or(WIDTH);
        let end = high.map_or(WIDTH, scale);
        let bounds = match (low, high) {
            (0, Some(high)) => format!("上限 {high}"),
            (low, Some(high)) => format!("{low} 至 {high}"),
            (low, None) => format!("下限 {low}"),
        };
        let start = scale(low);
        Self {
            room: (start, end.saturating_sub(start)),
            length: scale(value).max(2),
            limits: [(low > 0).then_some(start), high.map(scale)].into_iter().flatten().collect(),
            title: format!("实有 {value}，{bounds}"),
        }
    }
}

/// One part of a stacked strip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub start: u32,
    /// How wide it is.
    pub width: u32,
    /// A stable word for its colour.
    pub slug: &'static str,
    pub label: &'static str,
    pub count: usize,
}

/// How many there are of one kind, with its colour's stable word and its label.
#[derive(Debug, Clone, Copy)]
pub struct PartCount {
    slug: &'static str,
    label: &'static str,
    count: usize,
}

impl PartCount {
    #[must_use]
    pub fn new(slug: &'static str, label: &'static str, count: usize) -> Self {
        Self { slug, label, count }
    }
}

/// A strip of parts in proportion; parts of nothing are left out of the drawing but not of the list.
#[must_use]
pub fn strip(counts: &[PartCount]) -> Vec<Part> {
    let total = counts.iter().map(|one| one.count).sum::<usize>().max(1);
    let mut before = 0;
    let at = |count: usize| u32::try_from(count * 480 / total).unwrap_or(0);
    counts
        .iter()
        .map(|&PartCount { slug, label, count }| {
            let start = at(before);
            before += count;
            Part { start, width: at(before) - start, slug, label, count }
        })
        .collect()
}

/// A number as a bar against the largest of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareBar {
    /// How long the bar is, of 240 units.
    pub length: u32,
    /// What it says to those who cannot see it.
    pub title: String,
}

impl ShareBar {
    #[must_use]
    pub fn new(value: u32, most: u32, title: String) -> Self {
        let length = u64::from(value) * u64::from(WIDTH) / u64::from(most.max(1));
        Self { length: u32::try_from(length).unwrap_or(WIDTH), title }
    }
}

/// A QR code as one path of dark squares, to be drawn in a square of `size` units.
#[derive(Debug, Clone)]
pub struct Qr {
    pub path: String,
    /// Units to a side, with the quiet zone of four that readers need.
    pub size: usize,
}

impl Qr {
    const QUIET: usize = 4;

    /// The code of a text.
    ///
    /// # Errors
    /// Where the text is too long for one, over some 2,000 bytes.
    pub fn new(text: &str) -> anyhow::Result<Self> {
        use std::fmt::Write as _;
        let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::M)?;
        let width = code.width();
        let mut path = String::new();
        for (place, color) in code.to_colors().into_iter().enumerate() {
            if color == qrcode::Color::Dark {
                write!(path, "M{} {}h1v1h-1z", place % width + Self::QUIET, place / width + Self::QUIET)?;
            }
        }
        Ok(Self { path, size: width + 2 * Self::QUIET })
    }
}
