//! `lunzhi plan new`, `check` and `diff`: plan files for those who write them with an editor.

use std::{fmt::Write as _, path::Path};

use super::{Answer, Ends, Unreadable, find_plan, for_people, read_file};
use crate::rules::{
    CATALOGUE, Plan, Rule,
    catalogue::{Entry, Family},
    effect::{OwnChange, RuleChange, own_changes, rule_changes},
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

# 条款还引自章程、选举办法等的，逐份列出；引它们的条款写 document = 这里的 number。
# [[documents]]
# kind = \"constitution\" # plan、constitution 章程、election_rules 选举办法、review_rules 评议办法、other
# number = \"\" # 文号；没有文号的写名称
# title = \"\"
# issuer = \"\"
# day = 2026-05-04

# 规则库里没有、本校另有的规定：系统照引。写了界限的，按登记的情况核对；没有写的，由人工把关。
# [[own]]
# name = \"\"
# check = \"people\" # people 人数、share 比例、date 日期、document 存档文件、step 办理步骤、term 任期、experience 任职经历
# asks = \"\" # 要求什么，几个字
# at_least = 1 # 人数的下限；比例写成 \"30%\" 或 \"1/3\"；也可以写 at_most 上限
# by = \"06-30\" # 日期、存档文件、办理步骤：每学年的哪一天以前；\"year\" 为一学年之内
# of = \"presidium\" # 任期：presidium 主席团、department 部门、delegates 代表；years = 1 几年一届；reelections = 1 可连任几届，\"unlimited\" 不限，没有写到的不填
# months = 12 # 任职经历：of 所指的人任职前须满几个月
# soft = true # 一般、原则上：达不到的只提醒
# unions = [\"college\"] # 只对哪些组织；不写的，对方案适用的全部组织
# clauses = [{ id = \"\", section = \"\", quote = \"\" }]

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

/// What any chain of steps may say besides.
const OTHER_OFFICES: &str = "by 里可以写本文件没有列出的部门和由谁在系统里代办：{ name = \"教务处\", acts = \"student_affairs\" }；一步里由一个单位代办几家的，各家分别签署意见，由不同的人办理";
const OTHER_STEPS: &str = "不签署意见的步骤：{ act = \"公示\", kind = \"notice\", days = 5 }；kind 有 notice 公示、interview 面试、poll 民主测评、trial 试用（每人各自登记起止日期）、application 本人申请；面试、测评也各自登记的加 each = true";

/// What a rule's section may say besides, a line each; what stands in brackets in Chinese is the author's to fill in.
fn besides(rule: Rule) -> &'static [&'static str] {
    match rule {
        Rule::Org04 => {
            &["period = \"month\" # 以月、周为周期的：month、week；最长的写 exact = false", "number = 1 # 几个月、几周"]
        }
        Rule::Stf01 => &[
            "at_most = 40 # 文件写“不超过”的写 at_most，写“左右”的写 about，只写一个",
            "larger = { at_most = 60, condition = \"学生人数较多、分校区较多的高校\", decided = \"\" } # decided 写由谁认定本校适用；没有认定的整项不写 decided",
        ],
        Rule::Stf04 => &["at_most = 3 # 只有上限的不写 at_least"],
        Rule::Stf06 => &[
            "at_most = 30 # 只有上限的不写 at_least",
            "bands = [{ below = 400, at_most = 20 }] # 限额随院系学生人数而定：below 不足几人、from 几人及以上",
        ],
        Rule::Stf07 => {
            &["bands = [{ from = 501, at_most = 4 }] # 限额随院系学生人数而定：from 几人及以上、below 不足几人"]
        }
        Rule::Stf08 => &[
            "posts = [{ name = \"主席\", presidium = true }] # 文件允许另设的岗位；属于主席团的写 presidium = true",
            "teachers = [\"秘书长\"] # 由教师担任、不计入工作人员的",
        ],
        Rule::Elg03 => &[
            "share = \"1/3\" # 分数照写",
            "presidium = \"20%\" # 主席团成员另有更严的",
            "bases = [\"major\"] # 在哪里排名，满足其一：major 专业、grade 年级、class 班级、college 院系",
            "by = [\"marks\"] # 按什么排名：marks 学习成绩、gpa 平均学分绩点、assessment 综合测评",
            "periods = [\"semester\", \"year\", \"entry\"] # 看哪段时间，满足其一：上学期、上学年、入学以来",
            "required_only = true # 只计必修课",
            "exempt = [{ who = \"first_year\", clause = \"\" }] # 文件自己写明的例外：first_year 新生、graduate 研究生；clause 是下面条款的 id",
        ],
        Rule::Elg04 => &[
            "periods = [\"semester\"] # 看哪段时间",
            "required_only = true # 只计必修课",
            "exempt = [{ who = \"first_year\", clause = \"\" }] # 文件自己写明的例外",
        ],
        Rule::Vet01 | Rule::Vet02 | Rule::Vet03 => &[OTHER_OFFICES, OTHER_STEPS],
        Rule::Con03 => &[
            OTHER_OFFICES,
            OTHER_STEPS,
            "voters = \"congress\" # 文件写明由谁选举的：constituency 本年级的学生、college 本院系全体学生、congress 本院系学生代表大会",
        ],
        Rule::Con02 => &["every = 2 # 每几年", "meeting_of_all_below = 400 # 学生不足几人的院系可以召开全体学生大会"],
        Rule::Con01 | Rule::Rev02 => {
            &["every = 2 # 每几年（学期）", "soonest = 1 # “每一至二年”写 every = 2、soonest = 1"]
        }
        Rule::Con04 => &[
            "base = \"members\" # served 所联系学生、all 全校学生、members 会员",
            "at_most_share = \"10%\" # 另有上限的",
        ],
        Rule::Vet05 => &[
            "election = [{ point = \"quorum\", value = \">2/3\", clause = \"\" }] # 章程、选举办法写明的计票规定，逐条写",
            "point 有 quorum 到会人数（>2/3、2/3、>1/2、1/2、0）、majority 当选（present 实到、valid 有效票、due 应到、none 得票多的）、\
             tie 得票相同（vacant 空缺、second_round 第二轮、lot 抽签、hands 举手表决）、extra 差额（人数或比例）、write_in 另选他人（yes、no）、\
             write_in_needs_against 弃权的不能另选（yes、no）、unreadable 无法辨认（abstain、void）、\
             second_round 第二轮和另行选举的当选（取值同 majority）、constitution 举手表决通过章程（>2/3、2/3、>1/2、1/2，\
             都是实到的；按应到算的写 \"2/3 due\" 等）",
        ],
        Rule::Rev03 => {
            &["weights = [40, 30, 30] # 各方面的权重，合计 100", "excellent_at_most = 20 # 优秀不超过百分之几"]
        }
        Rule::Con06 => &["share = \"60%\" # 非学生会骨干的代表不低于多少"],
        _ => &[],
    }
}

/// A rule's section, commented out, with the values that it takes as a built-in plan has them.
fn blank(entry: &Entry) -> String {
    let mut text = format!("\n# {} {}：{}\n", entry.code, entry.name, entry.gist);
    let _ = writeln!(
        text,
        "# [rule.{}]\n# strength = \"hard\" # hard 刚性、soft 柔性、duty 原则要求、implied 由原文推得（另写 note）",
        entry.code
    );
    let built_in = |key: &&str| plan::BUILT_IN.iter().find_map(|(_, text)| value_in(text, entry.code, key));
    for shown in Figures::keys(entry.rule).iter().filter_map(built_in) {
        let _ = writeln!(text, "# {shown}");
    }
    // Commented twice: whoever takes the # away from the section has the values that every document gives.
    for line in besides(entry.rule) {
        let _ = writeln!(text, "# # 另可写：{line}");
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
    if !plan.own.is_empty() {
        let _ = writeln!(text, "\n本校另有的规定 {} 项", plan.own.len());
        for rule in &plan.own {
            let _ = writeln!(text, "  {}（{}）", rule.name, rule.check_in_words());
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
    for OwnChange { name, before, after } in own_changes(&one, &other) {
        let _ = writeln!(text, "本校另有的规定：{name}");
        let _ = writeln!(text, "  {}：{before}\n  {}：{after}", one.short, other.short);
    }
    if text.is_empty() {
        text.push_str("两份方案的各项规定没有不同。\n");
    }
    Ok(Answer { text: for_people(&text), ends: Ends::Passes, notes: Vec::new() })
}
