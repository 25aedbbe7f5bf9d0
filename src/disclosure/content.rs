//! What an account says: everything of it, so that a published one stays as it was.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::{
    ids::{StudentId, UnionId},
    rules::{
        disclosure::{Conclusion, IndicatorMark},
        yearly::academic_year_in_words,
    },
    unions::{
        chart::{Chart, ChartName, ChartUnit},
        union::PostKind,
    },
};

/// A line of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormLine {
    pub no: String,
    /// The stable word of its mark; empty where it has none.
    pub mark: String,
    pub text: String,
    /// The stable word of its conclusion.
    pub conclusion: String,
    pub figure: String,
    pub why: String,
    pub missing: String,
    pub remark: String,
    /// The portal knows: no hand ticks it.
    pub is_known: bool,
    /// Where what it rests on can be seen.
    pub evidence: String,
}

impl FormLine {
    #[must_use]
    pub fn conclusion(&self) -> Conclusion {
        self.conclusion.parse().unwrap_or(Conclusion::Missing)
    }

    #[must_use]
    pub fn is_yes(&self) -> bool {
        self.conclusion() == Conclusion::Yes
    }

    #[must_use]
    pub fn is_no(&self) -> bool {
        self.conclusion() == Conclusion::No
    }

    /// `★` for a core indicator, `▲` for one that is watched.
    #[must_use]
    pub fn sign(&self) -> &'static str {
        match self.mark.parse() {
            Ok(IndicatorMark::Core) => "★",
            Ok(IndicatorMark::Watch) => "▲",
            Err(_) => "",
        }
    }

    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.conclusion() == Conclusion::Missing
    }

    /// Missing, and nobody says why.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_missing() && self.remark.is_empty()
    }

    /// What stands under 备注: the figure, then the remark.
    #[must_use]
    pub fn notes(&self) -> String {
        [self.figure.as_str(), self.remark.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("；")
    }

    fn said(&self) -> String {
        let figure = if self.figure.is_empty() { String::new() } else { format!("，{}", self.figure) };
        format!("{}{figure}", self.conclusion().label())
    }
}

/// A department with what it sees to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartmentLine {
    pub name: String,
    pub functions: String,
    pub people: usize,
}

/// Somebody on the roster, with the columns that are usual in such accounts: of ranks only whether they meet the condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterLine {
    /// Whose line it is, so that they can be erased from it; no page shows it. None of whom was erased.
    #[serde(default)]
    pub student: Option<StudentId>,
    pub name: String,
    pub post: String,
    /// A seat on the presidium under another name (主席).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub other_seat: bool,
    pub political: String,
    pub college: String,
    /// 0 where whoever it was is erased.
    pub entry_year: i32,
    pub rank: String,
    pub failed: String,
}

impl RosterLine {
    /// `2024级`.
    #[must_use]
    pub fn grade(&self) -> String {
        if self.entry_year == 0 { String::new() } else { format!("{}级", self.entry_year) }
    }
}

/// The form of one union.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnionForm {
    pub union: UnionId,
    pub name: String,
    /// Of the school, and no college's.
    pub is_school: bool,
    pub lines: Vec<FormLine>,
    pub constitution: String,
    /// The version on file: its name, when and by whom it was adopted; empty where none is.
    #[serde(default)]
    pub filed: String,
    pub departments: Vec<DepartmentLine>,
    pub roster: Vec<RosterLine>,
}

/// Where a line stands on the page of its account.
pub(super) fn line_id(union: UnionId, no: &str) -> String {
    format!("line-{union}-{no}")
}

impl UnionForm {
    /// Lines that are missing and of which nobody says why.
    #[must_use]
    pub fn open_lines(&self) -> Vec<&FormLine> {
        self.lines.iter().filter(|line| line.is_open()).collect()
    }

    #[must_use]
    pub fn line_id(&self, line: &FormLine) -> String {
        line_id(self.union, &line.no)
    }

    /// Its constitution is written down or on file.
    #[must_use]
    pub fn has_constitution(&self) -> bool {
        !self.constitution.is_empty() || !self.filed.is_empty()
    }

    /// Its presidium and departments with their heads, drawn.
    #[must_use]
    pub fn chart(&self) -> Chart {
        let leading = |one: &RosterLine| ChartName { text: one.name.clone(), leads: true };
        let unit = |department: &DepartmentLine| {
            let head = format!("{} {}", department.name, PostKind::Head.label());
            let mut names: Vec<ChartName> = self.roster.iter().filter(|one| one.post == head).map(leading).collect();
            names.push(ChartName { text: format!("共 {} 人", department.people), leads: false });
            ChartUnit { title: department.name.clone(), names }
        };
        let units: Vec<ChartUnit> = self.departments.iter().map(unit).collect();
        let seats = self.roster.iter().filter(|one| one.other_seat || one.post == PostKind::Presidium.label());
        Chart::of(&self.name, seats.map(leading).collect(), &units)
    }

    #[must_use]
    pub fn count(&self, conclusion: Conclusion) -> usize {
        self.lines.iter().filter(|line| line.conclusion() == conclusion).count()
    }
}

/// What a plan says of how something is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodLine {
    pub name: String,
    pub quote: String,
    pub place: String,
}

/// An account whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub institution: String,
    pub academic_year: i32,
    /// The day as of which it stands.
    pub day: Date,
    pub form_title: String,
    pub form_source: String,
    pub form_note: String,
    pub unions: Vec<UnionForm>,
    /// How it is elected and reviewed, in the plan's words.
    pub methods: Vec<MethodLine>,
}

/// What an indicator said the year before, where it says something else now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub union: String,
    pub no: String,
    pub text: String,
    pub before: String,
    pub now: String,
}

impl Content {
    /// `2025—2026 学年`.
    #[must_use]
    pub fn year_in_words(&self) -> String {
        academic_year_in_words(self.academic_year)
    }

    /// Lines that are missing and of which nobody says why.
    #[must_use]
    pub fn open(&self) -> usize {
        self.unions.iter().map(|union| union.open_lines().len()).sum()
    }

    #[must_use]
    pub fn count(&self, conclusion: Conclusion) -> usize {
        self.unions.iter().map(|union| union.count(conclusion)).sum()
    }

    /// What differs from the year before; none where no indicator is the same, because another form was filled in.
    #[must_use]
    pub fn since(&self, before: &Self) -> Option<Vec<Difference>> {
        let (mut all, mut compared) = (Vec::new(), false);
        for union in &self.unions {
            let Some(then) = before.unions.iter().find(|one| one.union == union.union) else { continue };
            for line in &union.lines {
                // Another form, or another version of it, has something else under the same number.
                let is_same = |one: &&FormLine| one.no == line.no && one.text == line.text;
                let Some(was) = then.lines.iter().find(is_same) else { continue };
                compared = true;
                if was.said() != line.said() {
                    all.push(Difference {
                        union: union.name.clone(),
                        no: line.no.clone(),
                        text: line.text.clone(),
                        before: was.said(),
                        now: line.said(),
                    });
                }
            }
        }
        compared.then_some(all)
    }
}
