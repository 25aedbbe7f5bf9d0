//! How near two names of parts of a university are.

use super::key;

/// How far a name is from another; less is nearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Distance {
    /// The names may be one, spelt differently.
    pub is_far: bool,
    steps: usize,
}

/// A name as it is compared with many others: what is made of it is made once.
#[derive(Debug)]
pub struct NearName {
    key: Vec<char>,
    ordinals: Vec<char>,
}

impl NearName {
    #[must_use]
    pub fn new(name: &str) -> Self {
        let key: Vec<char> = key(name).chars().collect();
        Self { ordinals: ordinals(&key), key }
    }

    /// The names may be one, spelt differently.
    #[must_use]
    pub fn is_near(&self, other: &Self) -> bool {
        self.ordinals == other.ordinals && self.looks_like(other, || edits(&self.key, &other.key))
    }

    /// How far the name is from another.
    #[must_use]
    pub fn distance(&self, other: &Self) -> Distance {
        let steps = edits(&self.key, &other.key);
        Distance { is_far: self.ordinals != other.ordinals || !self.looks_like(other, || steps), steps }
    }

    /// As [`is_near`](Self::is_near), whatever tells them apart.
    fn looks_like(&self, other: &Self, steps: impl FnOnce() -> usize) -> bool {
        let (one, other) = (&self.key, &other.key);
        let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
        let is_short_for = short.len() >= 2 && short.len() * 2 >= long.len() && is_within(short, long);
        is_short_for || same_but_for_the_kind(one, other) || steps() <= (long.len() / 4).max(1)
    }
}

/// What tells parts apart that are named alike: figures, letters, and the words that people count with. 软件2401班 is not
/// 软件2402班 spelt wrong.
fn ordinals(name: &[char]) -> Vec<char> {
    const COUNTING: &str = "〇零一二三四五六七八九十甲乙丙丁戊己庚辛东南西北上下";
    name.iter().copied().filter(|c| c.is_ascii_alphanumeric() || COUNTING.contains(*c)).collect()
}

/// One is a 学院 where the other is a 系: colleges change their kind more often than their subject.
fn same_but_for_the_kind(one: &[char], other: &[char]) -> bool {
    let subject = |name: &[char]| {
        let name: String = name.iter().collect();
        let kinds = ["学院", "院", "系", "部"];
        kinds.iter().find_map(|kind| name.strip_suffix(kind).map(str::to_owned)).filter(|subject| !subject.is_empty())
    };
    subject(one).is_some_and(|of_one| subject(other) == Some(of_one))
}

/// All characters of one name stand in the other, in their order: 信息系 in 信息工程系.
fn is_within(short: &[char], long: &[char]) -> bool {
    let mut rest = long.iter();
    short.iter().all(|c| rest.any(|other| other == c))
}

/// Characters to change, leave out or put in.
fn edits(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, c) in one.iter().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(at + 1);
        for (place, (pair, d)) in row.windows(2).zip(other).enumerate() {
            let [diagonal, above] = pair else { continue };
            let left = next.get(place).copied().unwrap_or_default();
            next.push((diagonal + usize::from(c != d)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(one: &str, other: &str) -> Distance {
        let (one, other) = (NearName::new(one), NearName::new(other));
        let distance = one.distance(&other);
        assert_eq!(one.is_near(&other), !distance.is_far, "{one:?} {other:?}");
        distance
    }

    #[test]
    fn a_typing_error_is_near_and_another_number_is_not() {
        for (one, other) in [
            ("信息工程糸", "信息工程系"),
            ("信息系", "信息工程系"),
            ("软件技术2401班", "软件2401班"),
            ("机电与 工程学院", "机电工程学院"),
            ("信息工程学院", "信息工程系"),
        ] {
            assert!(!distance(one, other).is_far, "{one} {other}");
        }
        for (one, other) in [
            ("软件2401班", "软件2402班"),
            ("第一学院", "第二学院"),
            ("护理A班", "护理B班"),
            ("机电工程系", "信息工程系"),
            ("艺术系", "信息工程系"),
            ("系", "信息工程系"),
        ] {
            assert!(distance(one, other).is_far, "{one} {other}");
        }
        assert_eq!(edits(&['甲', '乙'], &['乙']), 1);
        assert!(distance("信息工程糸", "信息工程系") < distance("信息工程糸", "机电工程系"));
    }
}
