//! ORG: how a union is built. Titles that no post may carry, two layers, and departments that repeat nobody's work.

use std::collections::BTreeSet;

use time::Date;

use super::{
    Finding, Outcome, Plan, Rule, Verdict,
    adoption::Calendar,
    plan::{Stated, Union},
    roster::{Member, Post, numbers},
    timeline::{Organisation, Timeline, Unit, covers},
};
use crate::rules::finding::is_over;
use crate::text::chinese_day;

/// Words in a department's name that speak of a layer of its own. Practice, from the national disclosure form: no
/// standing level such as a centre or a project office above or below the departments.
const LAYER_WORDS: [&str; 4] = ["中心", "项目办", "委员会", "分会"];
/// Endings that make a department sound like an authority. Practice.
const RANK_ENDINGS: [&str; 4] = ["处", "局", "科", "司"];
/// Functions of the university's own offices, which no student union carries out: the first core indicator of the national
/// disclosure form. Practice.
const OFFICES_FUNCTIONS: [&str; 8] =
    ["宿舍管理", "宿舍检查", "公寓管理", "文明纠察", "校园纠察", "安全保卫", "校园巡逻", "考勤管理"];

/// ORG-02, 不设主席、副主席: no post's name holds a barred word, except 主席团成员 itself.
#[must_use]
pub fn no_president(plan: &Plan, members: &[Member]) -> Finding {
    let Some(Stated { value: barred, provision }) = &plan.figures.barred_titles else {
        return Finding::unstated(Rule::Org02, plan);
    };
    let is_barred = |post: &Post| match post {
        Post::Other(name) => barred.iter().any(|title| name.contains(title.as_str())),
        Post::Presidium | Post::Head(_) | Post::Staff(_) => false,
    };
    let holders = numbers(members, |member| member.posts.iter().any(is_barred));
    let measured = holders.len();
    if holders.is_empty() {
        return Finding::new(provision, Outcome::Pass, "没有主席、副主席、会长等岗位".to_owned()).against(&0, "0");
    }
    let mut titles: Vec<&str> =
        members.iter().flat_map(|m| &m.posts).filter(|p| is_barred(p)).map(Post::name).collect();
    titles.sort_unstable();
    titles.dedup();
    Finding::new(provision, provision.breach(), format!("设有不允许的岗位：{}", titles.join("、")))
        .against(&measured, "0")
        .about(holders)
        .remedy("改为“主席团成员”，执行主席由主席团成员轮值担任，是职责不是岗位")
}

/// ORG-01, 主席团+工作部门: the portal knows presidium and departments alone; a department whose name speaks of another layer
/// is warned of.
#[must_use]
pub fn two_layers(plan: &Plan, departments: &[&str]) -> Finding {
    let Some(provision) = plan.provision(Rule::Org01) else {
        return Finding::unstated(Rule::Org01, plan);
    };
    let layers: Vec<&str> =
        departments.iter().copied().filter(|name| LAYER_WORDS.iter().any(|word| name.contains(word))).collect();
    if layers.is_empty() {
        let says = format!("主席团和 {} 个工作部门，两层", departments.len());
        return Finding::new(provision, Outcome::Pass, says).against(&2, "=2");
    }
    Finding::new(provision, Outcome::Warn, format!("名称像是在工作部门之外另设层级：{}", layers.join("、")))
        .against(&layers.len(), "0")
        .remedy("核对是否只是工作部门；是的话改用“部”一类名称")
}

/// ORG-12, 避免行政化: a department does not sound like an authority.
#[must_use]
pub fn no_ranks(plan: &Plan, departments: &[&str]) -> Finding {
    let Some(provision) = plan.provision(Rule::Org12) else {
        return Finding::unstated(Rule::Org12, plan);
    };
    let ranked: Vec<&str> =
        departments.iter().copied().filter(|name| RANK_ENDINGS.iter().any(|word| name.ends_with(word))).collect();
    if ranked.is_empty() {
        return Finding::new(provision, Outcome::Pass, "部门名称不带行政级别".to_owned()).against(&0, "0");
    }
    Finding::new(provision, Outcome::Warn, format!("部门名称带有行政机关色彩：{}", ranked.join("、")))
        .against(&ranked.len(), "0")
        .remedy("改用“部”一类名称")
}

/// The functions in a text, parted by commas and the like.
fn functions_of(text: &str) -> BTreeSet<&str> {
    let parts = text.split(['、', '，', ',', '；', ';', '。', '/', ' ', '\u{3000}']);
    parts.map(str::trim).filter(|part| part.chars().count() >= 2).collect()
}

/// Functions that two texts share: the same words, or one inside the other.
fn shared<'a>(ours: &'a str, theirs: &str) -> Vec<&'a str> {
    let theirs = functions_of(theirs);
    let meets = |ours: &&str| theirs.iter().any(|other| other.contains(*ours) || ours.contains(other));
    functions_of(ours).into_iter().filter(meets).collect()
}

/// ORG-13, 不与其他学生组织重叠: one finding a department whose functions another organisation has too, and one where none
/// does. It is about organisations and not about persons (trap T14). A written ruling settles it.
#[must_use]
pub fn overlaps(plan: &Plan, units: &[&Unit], organisations: &[Organisation]) -> Vec<Finding> {
    let Some(provision) = plan.provision(Rule::Org13) else {
        return vec![Finding::unstated(Rule::Org13, plan)];
    };
    let judge = |unit: &&Unit| {
        // A name says what a department does, too.
        let done = format!("{}、{}", unit.functions, unit.name);
        let met: Vec<String> = organisations
            .iter()
            .map(|other| (other, shared(&done, &other.functions)))
            .filter(|(_, shared)| !shared.is_empty())
            .map(|(other, shared)| format!("{}（{}）", other.name, shared.join("、")))
            .collect();
        if met.is_empty() {
            return None;
        }
        let finding = match &unit.ruling {
            Some(ruling) => {
                let says = format!("{}的职能与{}相近，已有书面裁定：{ruling}", unit.name, met.join("、"));
                Finding::new(provision, Outcome::Pass, says)
            }
            None => Finding::new(
                provision,
                Outcome::Warn,
                format!("{}的职能与{}相近，没有书面裁定", unit.name, met.join("、")),
            )
            .remedy("调整职能，或由校团委书面裁定并登记裁定文号"),
        };
        Some(Finding { unit: Some(unit.name.clone()), ..finding.against(&met.len(), "0") })
    };
    let mut found: Vec<Finding> = units.iter().filter_map(judge).collect();
    let blank: Vec<&str> =
        units.iter().filter(|unit| unit.functions.is_empty()).map(|unit| unit.name.as_str()).collect();
    if !blank.is_empty() {
        let says = format!("{} 个部门没有登记职能，无从比对：{}", blank.len(), blank.join("、"));
        found.push(Finding::new(provision, Outcome::Unknown, says).remedy("在“部门”里登记职能"));
    }
    if found.is_empty() {
        let says = "各部门职能与其他学生组织没有重叠".to_owned();
        return vec![Finding::new(provision, Outcome::Pass, says).against(&0, "0")];
    }
    found
}

/// The first core indicator of the disclosure form: no functions of the university's own offices. Practice and no plan's word,
/// so it cites no clause.
#[must_use]
pub fn offices_functions(units: &[&Unit]) -> Vec<Finding> {
    let judge = |unit: &&Unit| {
        let text = format!("{}、{}", unit.name, unit.functions);
        let found: Vec<&str> = OFFICES_FUNCTIONS.into_iter().filter(|word| text.contains(word)).collect();
        let says = format!(
            "{}承担了{}：属于行政职能，年度改革自评表核心指标第 1 项“不承担行政职能”不能通过",
            unit.name,
            found.join("、")
        );
        (!found.is_empty()).then(|| Finding {
            unit: Some(unit.name.clone()),
            ..Finding::practice(Rule::Pol03, Outcome::Warn, says)
                .against(&found.len(), "0")
                .remedy("把这项职能交还职能部门")
        })
    };
    units.iter().filter_map(judge).collect()
}

/// A department from a day on, passed by [`establish`]. Its fields are private: only the rule makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Establishment {
    unit: Unit,
    warned: Vec<Finding>,
}

impl Establishment {
    #[must_use]
    pub fn unit(&self) -> &Unit {
        &self.unit
    }

    /// What was warned of and passed with a reason.
    #[must_use]
    pub fn warned(&self) -> &[Finding] {
        &self.warned
    }
}

/// STF-03, ORG-01, ORG-12, ORG-13: whether a department may be set up. The number of departments is judged on every day from
/// its first; functions that another organisation has too need a written ruling, no other reason does, and every other
/// warning needs a reason.
///
/// `instead` is the department that it takes the place of, where one is changed.
pub fn establish(
    calendar: &Calendar,
    timeline: &Timeline,
    unit: Unit,
    instead: Option<&str>,
    reason: Option<&str>,
) -> Verdict<Establishment> {
    let mut with = timeline.clone();
    if let Some(name) = instead {
        with.units.retain(|known| known.name != name || !covers(known.from, known.until, unit.from));
    }
    let mut findings: Vec<Finding> = Vec::new();
    let before = timeline.clone();
    with.units.push(unit.clone());
    let mut days: BTreeSet<Date> = with.days().into_iter().chain(calendar.days()).collect();
    days.insert(unit.from);
    for day in days.range(unit.from..).copied().filter(|day| covers(unit.from, unit.until, *day)) {
        let Some(plan) = calendar.in_force(day) else { continue };
        if !plan.unions.contains(&with.union) {
            continue;
        }
        let count = |timeline: &Timeline| timeline.units_on(day).count();
        let names: Vec<&str> = with.units_on(day).map(|unit| unit.name.as_str()).collect();
        let mut found = vec![two_layers(&plan, &[unit.name.as_str()]), no_ranks(&plan, &[unit.name.as_str()])];
        if with.union != Union::College && count(&with) > count(&before) {
            let mut finding = super::staffing::departments(&plan, &with.members_on(day), &names);
            if with.union == Union::Graduate && finding.verdict == Outcome::Fail {
                finding.verdict = Outcome::Warn;
            }
            if is_over(&finding) {
                finding.holders =
                    names.iter().filter(|name| **name != unit.name).map(|name| (*name).to_owned()).collect();
            }
            if day > unit.from && is_over(&finding) {
                finding.message = format!("自{}起，{}", chinese_day(day), finding.message);
            }
            found.push(finding);
        }
        found.extend(overlaps(&plan, &[&unit], &with.organisations));
        found.extend(offices_functions(&[&unit]));
        found.retain(|finding| matches!(finding.verdict, Outcome::Fail | Outcome::Warn));
        for finding in found {
            let known = findings.iter().any(|known| (known.rule, &known.unit) == (finding.rule, &finding.unit));
            if !known {
                findings.push(finding);
            }
        }
    }
    let warned = findings.iter().filter(|finding| finding.verdict == Outcome::Warn).cloned().collect();
    let unruled = findings.iter().any(|finding| finding.rule == Rule::Org13);
    Verdict::seal_with_reason(findings, Establishment { unit, warned }, reason.filter(|_| !unruled))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use time::macros::date;

    use super::*;
    use crate::rules::{plan::named, roster::tests::member};

    #[test]
    fn s2_4_a_president_fails_and_a_presidium_member_does_not() {
        for plan in ["suzhou-2020", "jining-2022"].map(|code| named(code).unwrap()) {
            let people = |post| [member(1, Post::Presidium), member(2, post)];
            assert_eq!(no_president(plan, &people(Post::Presidium)).verdict, Outcome::Pass);
            for title in ["主席", "副主席", "会长", "执行主席", "主席助理"] {
                let finding = no_president(plan, &people(Post::Other(title.to_owned())));
                assert_eq!((finding.verdict, finding.subjects), (Outcome::Fail, vec!["20240002".to_owned()]));
            }
            assert_eq!(no_president(plan, &people(Post::Other("秘书长".to_owned()))).verdict, Outcome::Pass);
        }
    }

    fn unit(name: &str, functions: &str) -> Unit {
        let (name, functions) = (name.to_owned(), functions.to_owned());
        Unit { name, functions, ruling: None, changed: None, from: date!(2026 - 10 - 01), until: None }
    }

    fn found(code: &str, there: usize, unit: Unit, reason: Option<&str>) -> Result<(), Vec<(Rule, Outcome)>> {
        let mut timeline = Timeline::empty(Union::School);
        timeline.units = (0..there).map(|place| self::unit(&format!("部门{place}"), "文艺演出")).collect();
        timeline.organisations =
            vec![Organisation { name: "新媒体社".to_owned(), functions: "新媒体运营、摄影".to_owned() }];
        let plans = Calendar::always(Arc::new(named(code).unwrap().clone()));
        let verdict = establish(&plans, &timeline, unit, None, reason);
        let pairs = |findings: Vec<Finding>| findings.iter().map(|finding| (finding.rule, finding.verdict)).collect();
        verdict.permit().map(|_| ()).map_err(pairs)
    }

    #[test]
    fn s3_5_a_seventh_department_is_refused() {
        assert_eq!(found("suzhou-2020", 5, unit("宣传部", "海报"), None), Ok(()));
        let seventh = found("suzhou-2020", 6, unit("宣传部", "海报"), Some("理由"));
        assert_eq!(seventh, Err(vec![(Rule::Stf03, Outcome::Fail)]));
    }

    #[test]
    fn s3_1_functions_of_another_organisation_ask_for_a_ruling() {
        let bare = found("suzhou-2020", 0, unit("宣传部", "新媒体运营"), Some("确有需要"));
        assert_eq!(bare, Err(vec![(Rule::Org13, Outcome::Warn)]), "a reason is no ruling");
        let mut ruled = unit("宣传部", "新媒体运营");
        ruled.ruling = Some("校团委〔2026〕8号".to_owned());
        assert_eq!(found("suzhou-2020", 0, ruled, None), Ok(()));
        assert_eq!(found("jining-2022", 0, unit("宣传部", "新媒体运营"), None), Ok(()), "that plan does not ask it");
    }

    #[test]
    fn s2_1_another_layer_a_rank_and_an_offices_work_are_warned_of() {
        for (name, rule) in [("新媒体中心", Rule::Org01), ("学术处", Rule::Org12), ("校园文明纠察部", Rule::Pol03)]
        {
            let warned = found("suzhou-2020", 0, unit(name, "海报"), None);
            assert_eq!(warned, Err(vec![(rule, Outcome::Warn)]), "{name}");
            assert_eq!(found("suzhou-2020", 0, unit(name, "海报"), Some("历史沿用")), Ok(()), "{name}");
        }
    }
}
