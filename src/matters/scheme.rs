//! How a university controls its unions' matters: who signs, how long before, what counts as important. No plan says any of
//! it; each default is practice, and the School Youth League committee's to change.

use crate::{
    ids::GroundId,
    rules::{
        matters::{Ground, MatterKind, Measure, Step},
        plan::Union,
    },
    words::words,
};

/// More than so many people need a safety plan (practice).
pub(crate) const SAFE_UP_TO: u32 = 100;
/// Days within which a summary is due (practice).
pub(super) const SUMMARY_WITHIN: i64 = 7;
/// Working days within which the League committee passes a report on: 及时 without a number (gap G4).
pub(super) const PASS_WITHIN: u32 = 3;

words! {
    /// The level of a union, as far as its chain goes.
    Level:
    School = "school", "校级学生会、研究生会";
    College = "college", "院系学生会";
}

impl Level {
    pub(super) fn of(union: Union) -> Self {
        match union {
            Union::School | Union::Graduate => Self::School,
            Union::College => Self::College,
        }
    }
}

/// How a kind of matter of a level is controlled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    pub kind: MatterKind,
    pub level: Level,
    pub steps: Vec<Step>,
    /// Working days between filing and start.
    pub lead_days: u32,
    /// The same for a large activity or a sponsored contact.
    pub large_days: u32,
    /// Nobody has changed it.
    pub is_default: bool,
}

impl Scheme {
    pub(super) fn usual(kind: MatterKind, level: Level) -> Self {
        let (lead_days, large_days) = match kind {
            MatterKind::Activity => (5, 10),
            MatterKind::Publication => (1, 1),
            // Outside sponsors a month ahead: 22 working days.
            MatterKind::Contact => (5, 22),
            MatterKind::Funds => (3, 3),
        };
        Self { kind, level, steps: Step::ALL.to_vec(), lead_days, large_days, is_default: true }
    }

    pub(super) fn has(&self, step: Step) -> bool {
        self.steps.contains(&step)
    }

    /// The choice of steps as one word.
    pub(super) fn chosen(&self) -> &'static str {
        match (self.has(Step::Presidium), self.has(Step::Guide)) {
            (true, true) => "all",
            (true, false) => "presidium",
            (false, true) => "guide",
            (false, false) => "deputy",
        }
    }
}

/// The choices of a chain: the stable word, and the steps.
pub(super) static CHAINS: [(&str, &[Step]); 4] = [
    ("all", &[Step::Presidium, Step::Guide, Step::Deputy]),
    ("presidium", &[Step::Presidium, Step::Deputy]),
    ("guide", &[Step::Guide, Step::Deputy]),
    ("deputy", &[Step::Deputy]),
];

/// A ground as the committee's list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedGround {
    /// None for a default that nobody has touched.
    pub id: Option<GroundId>,
    /// The stable word of a default; none for the university's own.
    pub slug: Option<String>,
    pub ground: Ground,
}

impl ListedGround {
    pub(super) fn is_default(&self) -> bool {
        self.id.is_none()
    }

    /// Of what a union decides, not of what it does.
    pub(super) fn is_of_decisions(&self) -> bool {
        self.ground.measure == Measure::Decision
    }

    /// By what the form names it.
    pub(super) fn key(&self) -> String {
        self.id.map(|id| id.to_string()).or_else(|| self.slug.clone()).unwrap_or_default()
    }
}

/// A default that stands until the committee changes it.
pub(super) struct UsualGround {
    pub slug: &'static str,
    pub measure: Measure,
    pub label: &'static str,
    pub threshold: Option<i64>,
}

const fn usual(slug: &'static str, measure: Measure, label: &'static str, threshold: Option<i64>) -> UsualGround {
    UsualGround { slug, measure, label, threshold }
}

/// What counts as important or major unless the committee says otherwise (practice; gap G3).
pub(super) static USUAL_GROUNDS: [UsualGround; 9] = [
    usual("people", Measure::People, "参加人数较多", Some(100)),
    usual("money", Measure::Money, "预算较大", Some(500_000)),
    usual("guests", Measure::Guests, "有校外人员参加", None),
    usual("off_campus", Measure::OffCampus, "在校外举行", None),
    usual("rules", Measure::Decision, "制定、修改章程和规章制度", None),
    usual("plan", Measure::Decision, "确定学期工作计划和经费预算", None),
    usual("structure", Measure::Decision, "调整部门设置", None),
    usual("honours", Measure::Decision, "以学生会名义评选表彰", None),
    usual("alliance", Measure::Decision, "与校外单位签订协议、联合举办", None),
];

/// All that a university set.
#[derive(Debug, Clone)]
pub struct Control {
    pub schemes: Vec<Scheme>,
    pub grounds: Vec<ListedGround>,
}

impl Control {
    /// How a kind of matter of a union is controlled.
    #[must_use]
    pub fn scheme(&self, kind: MatterKind, union: Union) -> Scheme {
        let level = Level::of(union);
        let own = self.schemes.iter().find(|scheme| scheme.kind == kind && scheme.level == level);
        own.cloned().unwrap_or_else(|| Scheme::usual(kind, level))
    }

    /// The grounds of decisions, in words.
    pub(crate) fn of_decisions(&self) -> Vec<String> {
        let own = self.grounds.iter().filter(|one| one.is_of_decisions());
        own.map(|one| one.ground.in_words()).collect()
    }

    /// What makes an activity a major one, in words.
    pub(super) fn of_activities(&self) -> Vec<String> {
        let own = self.grounds.iter().filter(|one| !one.is_of_decisions());
        own.map(|one| one.ground.in_words()).collect()
    }
}
