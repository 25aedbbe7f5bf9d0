//! What an account says: everything of it, so that a published one stays as it was.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::{
    ids::UnionId,
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
    pub name: String,
    pub post: String,
    pub political: String,
    pub college: String,
    pub entry_year: i32,
    pub rank: String,
    pub failed: String,
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
    pub departments: Vec<DepartmentLine>,
    pub roster: Vec<RosterLine>,
}

impl UnionForm {
    /// Its presidium and departments with their heads, drawn.
    #[must_use]
    pub fn chart(&self) -> Chart {
        let holding = |post: &str| {
            let names = self.roster.iter().filter(|one| one.post == post);
            names.map(|one| ChartName { text: one.name.clone(), leads: true }).collect::<Vec<_>>()
        };
        let unit = |department: &DepartmentLine| {
            let mut names = holding(&format!("{} {}", department.name, PostKind::Head.label()));
            names.push(ChartName { text: format!("共 {} 人", department.people), leads: false });
            ChartUnit { title: department.name.clone(), names }
        };
        let units: Vec<ChartUnit> = self.departments.iter().map(unit).collect();
        Chart::of(&self.name, holding(PostKind::Presidium.label()), &units)
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
        self.unions.iter().flat_map(|union| &union.lines).filter(|line| line.is_open()).count()
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

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn line(no: &str, conclusion: Conclusion, figure: &str) -> FormLine {
        FormLine {
            no: no.to_owned(),
            mark: "core".to_owned(),
            text: "甲".to_owned(),
            conclusion: conclusion.slug().to_owned(),
            figure: figure.to_owned(),
            why: String::new(),
            missing: String::new(),
            remark: String::new(),
            is_known: true,
            evidence: String::new(),
        }
    }

    fn content(union: UnionId, lines: Vec<FormLine>) -> Content {
        let form = UnionForm {
            union,
            name: "校学生会".to_owned(),
            is_school: true,
            lines,
            constitution: String::new(),
            departments: Vec::new(),
            roster: Vec::new(),
        };
        Content {
            institution: "示范学院".to_owned(),
            academic_year: 2026,
            day: date!(2026 - 11 - 27),
            form_title: String::new(),
            form_source: String::new(),
            form_note: String::new(),
            unions: vec![form],
            methods: Vec::new(),
        }
    }

    #[test]
    fn the_presidium_and_the_heads_are_drawn_by_name_and_nobody_else() {
        let person = |name: &str, post: &str| RosterLine {
            name: name.to_owned(),
            post: post.to_owned(),
            political: String::new(),
            college: String::new(),
            entry_year: 2024,
            rank: String::new(),
            failed: String::new(),
        };
        let mut form = content(UnionId::random(), Vec::new()).unions.remove(0);
        form.departments =
            vec![DepartmentLine { name: "办公室".to_owned(), functions: "文书".to_owned(), people: 3 }];
        form.roster =
            vec![person("甲", "主席团成员"), person("乙", "办公室 部门负责人"), person("丙", "办公室 部门工作人员")];
        let chart = form.chart();
        let texts: Vec<&str> = chart.units[0].lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!((chart.top.lines[0].text.as_str(), texts), ("甲", vec!["乙", "共 3 人"]));
        assert!(chart.title.contains("主席团 1 人，工作部门 1 个"));
    }

    #[test]
    fn what_differs_from_the_year_before_is_named() {
        let union = UnionId::random();
        let before = content(union, vec![line("3", Conclusion::Yes, "实有 28 人"), line("4", Conclusion::Yes, "")]);
        let now = content(union, vec![line("3", Conclusion::Yes, "实有 31 人"), line("4", Conclusion::Yes, "")]);
        let all = now.since(&before).unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].before.as_str(), all[0].now.as_str()), ("是，实有 28 人", "是，实有 31 人"));
        assert_eq!(now.since(&content(UnionId::random(), Vec::new())), None, "a union that was not there");
        let mut other = before.clone();
        for line in &mut other.unions[0].lines {
            "乙".clone_into(&mut line.text);
        }
        assert_eq!(now.since(&other), None, "the same numbers of another form");
        assert_eq!(before.since(&before), Some(Vec::new()));
        assert_eq!(now.year_in_words(), "2026—2027 学年");
    }

    #[test]
    fn what_is_missing_is_open_until_somebody_says_why() {
        let union = UnionId::random();
        let mut content = content(union, vec![line("11", Conclusion::Missing, "")]);
        assert_eq!((content.open(), content.unions[0].lines[0].sign()), (1, "★"));
        content.unions[0].lines[0].remark = "大会推迟到三月".to_owned();
        assert_eq!((content.open(), content.count(Conclusion::Missing)), (0, 1));
    }

    #[test]
    fn an_account_reads_back_as_it_was_kept() {
        let content = content(UnionId::random(), vec![line("3", Conclusion::No, "实有 61 人")]);
        let kept = serde_json::to_value(&content).unwrap();
        assert_eq!(serde_json::from_value::<Content>(kept).unwrap(), content);
    }
}
