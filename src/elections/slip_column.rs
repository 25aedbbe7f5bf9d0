//! Slips that were handed out, as two columns pasted from a table: the serial, then who drew it.

use crate::text::{folded, trimmed};

/// The heading of the serials, where the column was pasted with it.
const HEADING: &str = "票号";
/// So much of a line that cannot be read is said again.
const MOST_SAID: usize = 30;

/// Two columns, line by line: as many people as serials.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SlipColumn {
    pub serials: Vec<i32>,
    /// One a line, as a field of people reads them.
    pub people: String,
}

fn parts(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；')
}

impl SlipColumn {
    /// Reads both.
    ///
    /// # Errors
    /// What is wrong with the first line that is, in Chinese.
    pub fn read(text: &str) -> Result<Self, String> {
        let (mut serials, mut people) = (Vec::new(), Vec::new());
        for line in text.lines().map(trimmed).filter(|line| !line.is_empty()) {
            let (first, rest) = line.split_once(parts).unwrap_or((line, ""));
            let (first, rest) = (folded(first), rest.trim_matches(parts));
            if first == HEADING {
                continue;
            }
            let serial = first.parse::<i32>().ok().filter(|serial| *serial > 0 && !rest.is_empty());
            let Some(serial) = serial else {
                let line: String = line.chars().take(MOST_SAID).collect();
                return Err(format!("“{line}”：每行先写票号，再写领取人的学号或姓名"));
            };
            if serials.contains(&serial) {
                return Err(format!("票号 {serial} 写了两次"));
            }
            serials.push(serial);
            people.push(rest);
        }
        if serials.is_empty() {
            return Err("请粘贴票号和领取人，一行一张".to_owned());
        }
        Ok(Self { serials, people: people.join("\n") })
    }

    /// The columns as they are shown again, once the people are settled; none where the lines no longer match.
    #[must_use]
    pub fn written(&self) -> Option<String> {
        let people: Vec<&str> = self.people.lines().collect();
        let pairs = self.serials.iter().zip(&people).map(|(serial, person)| format!("{serial} {person}"));
        (people.len() == self.serials.len()).then(|| pairs.collect::<Vec<_>>().join("\n"))
    }
}
