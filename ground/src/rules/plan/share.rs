//! Shares as plans write them.

use std::{cmp::Ordering, fmt};

/// A share, exact: in percent to a hundredth of it, or a fraction such as 1/3. Two that are equal in value are equal.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    /// At least 1 and at most the denominator.
    numerator: u32,
    /// 10,000 where it was written in percent, else at most 100.
    denominator: u32,
}

/// The denominator of what is written in percent.
const OF_PERCENT: u32 = 10_000;

impl Share {
    /// Reads `30%`, `1.25%` or `1/3`; none if it is not more than 0 and at most the whole.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty();
        let text = text.trim();
        if let Some((numerator, denominator)) = text.split_once('/') {
            if !digits(numerator) || !digits(denominator) || numerator.len() > 3 || denominator.len() > 3 {
                return None;
            }
            let (numerator, denominator) = (numerator.parse().ok()?, denominator.parse::<u32>().ok()?);
            let fits = (2..=100).contains(&denominator) && (1..=denominator).contains(&numerator);
            return fits.then_some(Self { numerator, denominator });
        }
        let number = text.strip_suffix('%')?.trim_end();
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        if !digits(whole) || !digits(fraction) || whole.len() > 3 || fraction.len() > 2 {
            return None;
        }
        let scale = if fraction.len() == 1 { 10 } else { 1 };
        let basis_points = whole.parse::<u32>().ok()? * 100 + fraction.parse::<u32>().ok()? * scale;
        (1..=OF_PERCENT).contains(&basis_points).then_some(Self { numerator: basis_points, denominator: OF_PERCENT })
    }

    /// The largest whole number that is not above this share of `base`.
    #[must_use]
    pub fn floor_of(self, base: u32) -> u32 {
        let exact = u64::from(self.numerator) * u64::from(base);
        u32::try_from(exact / u64::from(self.denominator)).unwrap_or(u32::MAX)
    }

    /// The smallest whole number that is not below this share of `base`.
    #[must_use]
    pub fn ceil_of(self, base: u32) -> u32 {
        let exact = u64::from(self.numerator) * u64::from(base);
        u32::try_from(exact.div_ceil(u64::from(self.denominator))).unwrap_or(u32::MAX)
    }
}

impl PartialEq for Share {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Share {}

impl PartialOrd for Share {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Share {
    fn cmp(&self, other: &Self) -> Ordering {
        let cross = |one: &Self, other: &Self| u64::from(one.numerator) * u64::from(other.denominator);
        cross(self, other).cmp(&cross(other, self))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.denominator != OF_PERCENT {
            return write!(f, "{}/{}", self.numerator, self.denominator);
        }
        let (whole, rest) = (self.numerator / 100, self.numerator % 100);
        match rest {
            0 => write!(f, "{whole}%"),
            tens if tens % 10 == 0 => write!(f, "{whole}.{}%", tens / 10),
            _ => write!(f, "{whole}.{rest:02}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_round_the_way_the_words_demand() {
        let share = |text| Share::parse(text).unwrap();
        assert_eq!(share("1%").ceil_of(8432), 85);
        assert_eq!(share("1%").ceil_of(8400), 84);
        assert_eq!(share("30%").floor_of(10), 3);
        assert_eq!(share("30%").floor_of(3), 0);
        assert_eq!(share("12.5%").to_string(), "12.5%");
        assert_eq!(Share::parse("0%"), None);
        assert_eq!(Share::parse("101%"), None);
        assert_eq!(Share::parse("-1%"), None);
    }

    #[test]
    fn a_third_is_a_third() {
        let third = Share::parse("1/3").unwrap();
        assert_eq!((third.floor_of(99), third.floor_of(98), third.ceil_of(100)), (33, 32, 34));
        assert_eq!(Share::parse("33.33%").unwrap().floor_of(99), 32, "which no percentage says");
        assert_eq!(third.to_string(), "1/3");
        assert!(third > Share::parse("33.33%").unwrap() && third < Share::parse("33.34%").unwrap());
        assert_eq!(Share::parse("1/2"), Share::parse("50%"));
        for wrong in ["0/3", "4/3", "1/0", "1/1", "1/101", "/3", "1/", "1/3/5", "a/b"] {
            assert_eq!(Share::parse(wrong), None, "{wrong}");
        }
    }
}
