//! REV-03: the aspects of a review, what each weighs, and how many may be 优秀.

use super::{keys::Keys, section::Section};

/// What a plan says of how a review is scored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewTerms {
    pub aspects: Vec<String>,
    /// What each aspect weighs, in percent, a hundred together; none where the plan does not say.
    pub weights: Option<Vec<u32>>,
    /// The greatest share of 优秀, in percent.
    pub excellent_at_most: Option<u32>,
}

impl ReviewTerms {
    pub(super) const KEYS: [&'static str; 3] = ["aspects", "weights", "excellent_at_most"];

    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let aspects = section.strings("aspects", 1);
        let weights = section.optional("weights", |key| section.numbers(key, 1..=100));
        if let Some(weights) = &weights {
            if aspects.as_ref().is_some_and(|aspects| aspects.len() != weights.len()) {
                section.error(section.at, format!("{} 的 weights 应与 aspects 一一对应", section.path));
            }
            let sum: u32 = weights.iter().sum();
            if sum != 100 {
                section.error(section.at, format!("{} 的 weights 合计应为 100，现在是 {sum}", section.path));
            }
        }
        let excellent_at_most = section.optional("excellent_at_most", |key| section.number(key, 1..=100));
        Some(Self { aspects: aspects?, weights, excellent_at_most })
    }

    pub(super) fn in_words(&self) -> String {
        let aspects = match &self.weights {
            None => self.aspects.join("、"),
            Some(weights) => {
                let one = |(aspect, weight): (&String, &u32)| format!("{aspect} {weight}%");
                self.aspects.iter().zip(weights).map(one).collect::<Vec<_>>().join("、")
            }
        };
        let most = self.excellent_at_most.map(|most| format!("；优秀不超过 {most}%")).unwrap_or_default();
        format!("{aspects}{most}")
    }

    pub(super) fn write(&self, keys: &mut Keys) {
        keys.list("aspects", &self.aspects);
        if let Some(weights) = &self.weights {
            let weights: Vec<String> = weights.iter().map(ToString::to_string).collect();
            keys.bare("weights", format!("[{}]", weights.join(", ")));
        }
        if let Some(most) = self.excellent_at_most {
            keys.bare("excellent_at_most", most);
        }
    }
}
