//! `lunzhi plan new`, `check` and `diff`: plan files for those who write them with an editor.

use std::{fmt::Write as _, path::Path};

use super::{Answer, Ends, Unreadable, find_plan, for_people, read_file};
use crate::rules::{
    CATALOGUE, Plan, Rule,
    catalogue::{Entry, Family},
    effect::{RuleChange, rule_changes},
    plan::{self, Figures, LARGEST_FILE, Word},
};

const HEAD: &str = "\
# 方案文件：本校学生会深化改革实施方案逐条录入。以 # 开头的是说明。
# 引号里空着的都要填；填好以后运行 lunzhi plan check 本文件，逐行指出还缺什么。
format = 1
code = \"\" # 方案代码：3 至 40 个小写字母、数字或连字符，如 my-school-2026
title = \"\" # 全称
short = \"\" # 简称，用在标题里
document = \"\" # 文号
issuer = \"\" # 发文单位
# effective = 2026-09-01 # 施行日期，去掉行首的 # 后填写
effective_note = \"\" # 施行日期从哪里来
basis = [] # 上位文件的文号
unions = [\"school\", \"college\"] # 适用的组织：school 校学生会、college 院系学生会、graduate 研究生会

# 每一项规则在本文件里出现一次：
#   写明——去掉下面那一节每行行首的 #，填写数值和原文，再从 not_taken_down 里删去编号；
#   只引原文——文件有规定，但数值填不进去：加一行 judged = false，只填力度和原文，系统照引，由人工把关；
#   没有写到——把编号移到 silent，系统写“本方案未作要求”；
#   还没有对照——留在 not_taken_down，系统写“方案尚未录入”，不会打勾。
silent = []
not_taken_down = [
";

const BODIES: &str = "\
]

# 本校文件怎样称呼程序里的各个组织。
[bodies]
school_party = \"学校党委\"
school_league = \"校团委\"
student_affairs = \"学生工作部（处）\"
school_union = \"校学生会\"
college_party = \"院系党组织\"
college_league = \"院系团组织\"
college_union = \"院系学生会\"
class_branch = \"班级团支部\"
delegate_party = \"代表人选所在党组织\"

# 文件没有写明、由本校掌握的口径：都作为实践惯例显示，须写理由。
[switch.heads_inside]
value = true # 部门工作人员的人数包含负责人：true 包含，false 不含
reason = \"\"

[switch.about_percent]
value = 10 # “左右”允许超出百分之几
reason = \"\"

[switch.first_year_exempt]
value = true # 尚无排名和成绩的新生不作这两项要求
reason = \"\"

[switch.graduate_exempt]
value = true # 研究生不作排名要求
reason = \"\"

[switch.probationary_counts]
value = true # 预备党员按党员对待
reason = \"\"

[switch.small_cohort]
value = \"nobody\" # 专业人数过少时：nobody 按字面无人可通过、first 第一名视为通过、unknown 由校团委逐人认定
reason = \"\"

[rule.POL-00]
strength = \"duty\"
clauses = [
    { id = \"0\", section = \"\", quote = \"\" }, # 印发方案的原话：由谁、经什么会议决定
]
";

/// A commented plan file that nobody has filled in.
#[must_use]
pub fn new_plan() -> Answer {
    let mut text = HEAD.to_owned();
    let rules = || CATALOGUE.iter().filter(|entry| entry.rule != Rule::Pol00);
    for family in Family::ALL {
        let codes = rules().filter(|entry| entry.family == family).map(|entry| format!("\"{}\"", entry.code));
        let codes = codes.collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "    {codes}, # {}", family.label());
    }
    text += BODIES;
    for entry in rules() {
        text += &blank(entry);
    }
    Answer { text, ends: Ends::Passes, notes: Vec::new() }
}

/// A rule's section, commented out, with the values that it takes as a built-in plan has them.
fn blank(entry: &Entry) -> String {
    let mut text = format!("\n# {} {}：{}\n", entry.code, entry.name, entry.gist);
    let _ = writeln!(
        text,
        "# [rule.{}]\n# strength = \"hard\" # hard 刚性、soft 柔性、duty 原则要求、implied 由原文推得（另写 note）",
        entry.code
    );
    for key in Figures::keys(entry.rule) {
        let shown = plan::BUILT_IN.iter().find_map(|(_, text)| value_in(text, entry.code, key));
        let _ = writeln!(text, "# {}", shown.unwrap_or_else(|| format!("{key} = ")));
    }
    text + "# clauses = [\n#     { id = \"\", section = \"\", quote = \"\" }, # 章节和原文，一字不改\n# ]\n"
}

/// A key of a rule's section with its value, as that plan file writes it.
fn value_in(text: &str, code: &str, key: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("[rule.{code}]\n"))?;
    let section = rest.split("\n[").next()?;
    let mut lines = section.lines().skip_while(|line| !line.starts_with(&format!("{key} = ")));
    let mut value = vec![lines.next()?];
    if value.iter().all(|line| line.ends_with('[')) {
        // A list of several lines ends with its bracket.
        for line in lines {
            value.push(line);
            if line == "]" {
                break;
            }
        }
    }
    Some(value.join("\n# "))
}

/// Every fault of the plan file at `path`, or what it says and does not.
///
/// # Errors
/// [`Unreadable`] where the file cannot be read or has faults.
pub fn check_plan(path: &Path) -> Result<Answer, Unreadable> {
    let bytes = read_file(path, LARGEST_FILE + 1)?;
    let text = plan::text_of(&bytes).map_err(|says| Unreadable::one(format!("{}：{says}", path.display())))?;
    let plan = Plan::parse(text).map_err(|errors| Unreadable::all(&errors))?;
    let mut lists =
        [("写明", Vec::new()), ("只引原文", Vec::new()), ("没有写到", Vec::new()), ("尚未录入", Vec::new())];
    for entry in CATALOGUE {
        let [(_, stated), (_, quoted), (_, silent), (_, waiting)] = &mut lists;
        let list = match plan.word_on(entry.rule) {
            Word::Stated(_) => stated,
            Word::Quoted(_) => quoted,
            Word::Silent => silent,
            Word::NotTakenDown => waiting,
        };
        list.push(entry);
    }
    let mut text = format!("{}（{}，{}）：没有错误。\n", plan.title, plan.code, plan.document);
    for (word, entries) in &lists {
        let _ = writeln!(text, "\n{word} {} 项", entries.len());
        for entry in entries {
            let figure = plan.provision(entry.rule).and_then(|provision| provision.figure.as_deref());
            let figure = figure.map(|figure| format!("：{figure}")).unwrap_or_default();
            let _ = writeln!(text, "  {} {}{figure}", entry.code, entry.name);
        }
    }
    Ok(Answer { text: for_people(&text), ends: Ends::Passes, notes: Vec::new() })
}

/// What differs between two plans, rule by rule.
///
/// # Errors
/// [`Unreadable`] where one of them cannot be read.
pub fn diff_plans(one: &str, other: &str) -> Result<Answer, Unreadable> {
    let (one, other) = (find_plan(one)?, find_plan(other)?);
    let mut text = String::new();
    for RuleChange { entry, before, after } in rule_changes(&one, &other) {
        let _ = writeln!(text, "{} {}", entry.code, entry.name);
        let _ = writeln!(text, "  {}：{before}\n  {}：{after}", one.short, other.short);
    }
    if text.is_empty() {
        text.push_str("两份方案的各项规定没有不同。\n");
    }
    Ok(Answer { text: for_people(&text), ends: Ends::Passes, notes: Vec::new() })
}
