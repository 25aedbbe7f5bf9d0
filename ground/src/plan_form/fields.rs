//! The fields of a plan file as the form asks for them, one line a field. A key of the format that has no line here is kept as
//! it is written and shown as such: a new key works before it has a field, and one line gives it one.

use crate::rules::{
    Rule,
    catalogue::{CATALOGUE, Entry, Family},
    disclosure::{self, Basis, FigureKind, KnownBy},
    plan::{Body, Figures},
};

/// A word of the file and what it is called.
pub type Word = (&'static str, &'static str);

/// What a field holds, and so how it is asked and written.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Text,
    /// A text of some lines' length, without line breaks.
    Long,
    Number,
    /// A share, as `30%` or `1/3`.
    Share,
    Day,
    /// Yes or no, in the words of the field.
    Flag(&'static str, &'static str),
    Choice(&'static [Word]),
    /// Some of these words.
    Several(&'static [Word]),
    /// A line an item; where there need be none, an empty list is written.
    Lines {
        may_be_empty: bool,
    },
    /// Bodies by name, separated by 、; an office that has none here with the one that acts for it: 教务处（学生工作部门）.
    Bodies,
    /// The steps of a chain: rows of their own.
    Chain,
    /// Whole numbers, separated by 、.
    Numbers,
    /// A word of the file by its name, or what is typed.
    Named(&'static [Word]),
    /// A whole number, or a word of the file by its name.
    Times(&'static [Word]),
    /// Posts, one a line; one whose holder sits on the presidium with a mark behind it: 主席（属主席团）.
    Posts,
    /// A clause of the same rule, by its place.
    Clause,
    /// A whole number, or a share.
    Amount,
    /// Tables with these fields.
    Rows(&'static RowsOf),
}

/// Tables of a value, a row each.
#[derive(Debug)]
pub struct RowsOf {
    /// What a row is called.
    pub title: &'static str,
    pub fields: &'static [Field],
    /// The value is one table and no list of them.
    pub single: bool,
    /// Each table has clauses of its own, up to [`CLAUSES_OF_A_ROW`], whose fields stand among the others.
    pub quotes: bool,
}

/// What stands behind the fields of the clauses of one row: `quote`, `quote2`, `quote3`.
pub const CLAUSES_OF_A_ROW: [&str; 3] = ["", "2", "3"];

/// What marks a post whose holder sits on the presidium, as the form shows it and as it may be typed.
pub(super) const ON_PRESIDIUM: [&str; 2] = ["（属主席团）", "(属主席团)"];

/// A field of the file.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub key: &'static str,
    pub label: &'static str,
    pub kind: Kind,
    pub hint: &'static str,
}

const fn field(key: &'static str, label: &'static str, kind: Kind, hint: &'static str) -> Field {
    Field { key, label, kind, hint }
}

const ITEMS: Kind = Kind::Lines { may_be_empty: false };

const UNIONS: &[Word] = &[("school", "校级学生会"), ("college", "院系学生会"), ("graduate", "校研究生会")];

/// What the file says of itself.
pub const HEAD: &[Field] = &[
    field("title", "文件全称", Kind::Text, "如：关于深化学生会（研究生会）改革的实施方案"),
    field("short", "简称", Kind::Text, "不超过 20 字，用在标题里，如：本校方案（2026）"),
    field("document", "文号", Kind::Text, "如：某院党委〔2026〕12号"),
    field("issuer", "发文单位", Kind::Text, ""),
    field("effective", "施行日期", Kind::Day, "如 2026-09-01"),
    field("effective_note", "施行日期的依据", Kind::Text, "如：发文日期；或者原文写明的施行日期"),
    field("basis", "上位文件", Kind::Lines { may_be_empty: true }, "一行一个文号，可以不填"),
    field("unions", "适用的组织", Kind::Several(UNIONS), "没有勾选的组织，不按本方案检查"),
    field("code", "方案代码", Kind::Text, "系统里的代号：3 至 40 个小写字母、数字或连字符，如 my-school-2026"),
];

const DOCUMENTS: &RowsOf = &RowsOf {
    title: "同时引用的文件",
    single: false,
    quotes: false,
    fields: &[
        field("title", "文件全称", Kind::Text, "章程、选举办法、评议办法等；没有的不填"),
        field("kind", "哪一类", Kind::Choice(DOCUMENT_KINDS), ""),
        field("number", "文号", Kind::Text, "没有文号的填名称；条款里“出自另一份文件”照这里写"),
        field("issuer", "发文单位", Kind::Text, ""),
        field("day", "发文日期", Kind::Day, "如 2025-05-04"),
    ],
};

const DOCUMENT_KINDS: &[Word] = &[
    ("plan", "实施方案"),
    ("constitution", "章程"),
    ("election_rules", "选举办法"),
    ("review_rules", "评议办法"),
    ("other", "其他文件"),
];

const OWN: &RowsOf = &RowsOf {
    title: "本校另有的规定",
    single: false,
    quotes: true,
    fields: &[
        field("name", "规定的名称", Kind::Text, "规则库里没有、文件另有的规定，如：班级联络员；没有的不填"),
        field("quote", "原文", Kind::Long, ""),
        field("section", "章节", Kind::Text, "如：三（四）2"),
        field("document", "出自另一份文件", Kind::Text, "出自本方案的不填"),
        field("quote2", "第二处原文", Kind::Long, "只有一处的不填，下同"),
        field("section2", "第二处的章节", Kind::Text, ""),
        field("document2", "第二处出自另一份文件", Kind::Text, ""),
        field("quote3", "第三处原文", Kind::Long, ""),
        field("section3", "第三处的章节", Kind::Text, ""),
        field("document3", "第三处出自另一份文件", Kind::Text, ""),
        field("asks", "要求什么", Kind::Text, "概括填写，如：每班 1 名联络员"),
        field("check", "核对什么", Kind::Choice(OWN_CHECKS), ""),
        field("at_least", "下限", Kind::Amount, "人数或比例的才填，如 2、30%；都不填的，由人工把关"),
        field("at_most", "上限", Kind::Amount, "人数或比例的才填"),
        field(
            "by",
            "每学年哪一天以前",
            Kind::Named(&[("year", "一学年之内")]),
            "日期、文件、步骤的才填：06-30，或者：一学年之内",
        ),
        field("of", "谁的任期、谁须有经历", Kind::Choice(TERM_OF), "任期、任职经历的才选"),
        field("years", "几年一届", Kind::Number, "任期的才填"),
        field(
            "reelections",
            "可连任几届",
            Kind::Times(&[("unlimited", "不限")]),
            "任期的才填；不得连任的填 0，写明可以连任而没有限制的填：不限；没有写到连任的不填",
        ),
        field("months", "任职前满几个月", Kind::Number, "任职经历的才填，如一年以上填 12"),
        field("soft", "力度", Kind::Flag("柔性：达不到的只提醒", "刚性"), ""),
        field("unions", "只对哪些组织", Kind::Several(UNIONS), "对全部组织的不选"),
    ],
};

const OWN_CHECKS: &[Word] = &[
    ("people", "人数"),
    ("share", "比例"),
    ("date", "日期"),
    ("document", "存档文件"),
    ("step", "办理步骤"),
    ("term", "任期"),
    ("experience", "任职经历"),
];

const TERM_OF: &[Word] =
    &[("presidium", "主席团成员"), ("department", "工作部门成员"), ("delegates", "学生代表大会代表")];

/// Tables that the file has beside its rules.
pub const HEAD_LISTS: &[Field] = &[
    field("documents", "同时引用的文件", Kind::Rows(DOCUMENTS), ""),
    field("own", "本校另有的规定", Kind::Rows(OWN), ""),
];

/// The tables beside the rules that a name is of: `documents`, `own2.name`.
#[must_use]
pub(super) fn head_list(name: &str) -> Option<(&'static Field, &'static RowsOf)> {
    let row = name.split('.').next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit());
    let field = HEAD_LISTS.iter().find(|field| field.key == row)?;
    let Kind::Rows(rows) = field.kind else { return None };
    Some((field, rows))
}

const STRENGTHS: &[Word] = &[
    ("hard", "刚性：不超过、不低于、须、不得"),
    ("soft", "柔性：左右、一般、原则上"),
    ("duty", "原则要求：没有可量的标准"),
    ("implied", "由原文推得：写在“说明”里"),
];

/// What every rule is asked that the document states.
pub const OF_RULE: &[Field] = &[
    field("strength", "力度", Kind::Choice(STRENGTHS), ""),
    field("note", "说明", Kind::Long, "录入的人的话，不是引文；由原文推得的、数值与引文不同的必须写明理由"),
    field("effective", "另行施行的日期", Kind::Day, "与全文同日施行的不填"),
];

/// What a clause is asked.
pub const OF_CLAUSE: &[Field] = &[
    field("quote", "原文", Kind::Long, ""),
    field("section", "章节", Kind::Text, "如：三（四）2"),
    field("document", "出自另一份文件", Kind::Text, "出自本方案的不填"),
];

/// What a step of a chain is asked.
pub const OF_STEP: &[Field] = &[
    field(
        "by",
        "由谁",
        Kind::Bodies,
        "组织的名称，几个的用顿号隔开：学校党委、学校团委、学生工作部门、院系党组织、院系团组织等；其他单位写明由谁代为办理，如：教务处（学生工作部门）；一步里由一个单位代办几家的，各家分别签署意见",
    ),
    field("act", "办什么", Kind::Text, "原文的动词，如：推荐、审查、联合审查、同意、公示、面试"),
    field("how", "怎样办", Kind::Choice(HOW), ""),
    field("kind", "这一步是", Kind::Choice(STEP_KINDS), "不是签署意见的一步，办完后在轮次里登记，“由谁”可以不填"),
    field("days", "不少于几天", Kind::Number, "公示、试用写明天数的才填"),
];

/// What a step is.
const STEP_KINDS: &[Word] = &[
    ("", "签署意见"),
    ("notice", "公示"),
    ("interview", "面试"),
    ("poll", "民主测评"),
    ("trial", "试用"),
    ("application", "本人申请"),
];

/// How the bodies of a step act.
const HOW: &[Word] = &[
    ("", "都要办"),
    ("any", "其中一个就行"),
    ("together", "一起办（联合）"),
    ("each", "每人各办（面试、测评、试用）"),
];

const PERIOD_UNITS: &[Word] = &[("semester", "学期"), ("month", "月"), ("week", "周")];
const PER: &[Word] = &[("year", "每年"), ("semester", "每学期")];
const COVER: &[Word] = &[("college", "每个院系"), ("grade", "每个年级"), ("society", "每个主要社团")];
const VOTERS: &[Word] =
    &[("constituency", "本年级的学生"), ("college", "本院系全体学生"), ("congress", "本院系学生代表大会")];
const BASE: &[Word] = &[("served", "所联系学生"), ("all", "全校学生"), ("members", "会员")];

/// By what people are ranked.
const RANKED_BY: &[Word] = &[("marks", "学习成绩"), ("gpa", "平均学分绩点"), ("assessment", "综合测评")];

const LARGER: &RowsOf = &RowsOf {
    title: "较大的上限",
    single: true,
    quotes: false,
    fields: &[
        field("at_most", "上限", Kind::Number, "如 60"),
        field("condition", "在什么条件下", Kind::Text, "原文的话，如：学生人数较多、分校区较多的高校"),
        field("decided", "本校适用的依据", Kind::Text, "谁在哪一天认定本校适用；没有认定的不填，按通常的上限检查"),
    ],
};

const FROM: Field = field("from", "学生多少人及以上", Kind::Number, "不限的不填");
const BELOW: Field = field("below", "学生不足多少人", Kind::Number, "不限的不填");

const BANDS: &RowsOf = &RowsOf {
    title: "按院系规模另定的上限",
    single: false,
    quotes: false,
    fields: &[FROM, BELOW, field("at_most", "上限", Kind::Number, "")],
};

const TOTAL_BANDS: &RowsOf = &RowsOf {
    title: "按院系规模另定的人数",
    single: false,
    quotes: false,
    fields: &[
        FROM,
        BELOW,
        field("at_least", "下限", Kind::Number, "没有下限的不填"),
        field("at_most", "上限", Kind::Number, ""),
    ],
};

const EXEMPT: &RowsOf = &RowsOf {
    title: "原文免除的人",
    single: false,
    quotes: false,
    fields: &[
        field("who", "免除谁", Kind::Choice(&[("first_year", "新生"), ("graduate", "研究生")]), ""),
        field("clause", "依据第几条引文", Kind::Clause, "上面引文的顺序，如 1"),
    ],
};

/// What is said of how votes are counted, by its name.
const COUNTED: &[Word] = &[
    (">2/3", "超过三分之二"),
    ("2/3", "达到三分之二"),
    (">1/2", "超过半数"),
    ("1/2", "达到半数"),
    (">2/3 due", "超过应到的三分之二"),
    ("2/3 due", "达到应到的三分之二"),
    (">1/2 due", "超过应到的半数"),
    ("1/2 due", "达到应到的半数"),
    ("present", "实到过半"),
    ("valid", "有效票过半"),
    ("due", "应到过半"),
    ("none", "得票多的"),
    ("vacant", "空缺"),
    ("second_round", "进行第二轮"),
    ("lot", "抽签"),
    ("hands", "举手表决"),
    ("yes", "是"),
    ("no", "否"),
    ("abstain", "这一项弃权"),
    ("void", "整张票无效"),
];

const POINTS: &[Word] = &[
    ("quorum", "到会人数"),
    ("majority", "当选"),
    ("tie", "最后一席得票相同"),
    ("extra", "差额"),
    ("write_in", "可以另选他人"),
    ("write_in_needs_against", "弃权的不能另选他人"),
    ("unreadable", "无法辨认"),
    ("second_round", "第二轮和另行选举的当选"),
    ("constitution", "举手表决通过章程"),
];

const ELECTION: &RowsOf = &RowsOf {
    title: "计票的规定",
    single: false,
    quotes: false,
    fields: &[
        field("point", "哪一点", Kind::Choice(POINTS), "章程、选举办法写明的才填"),
        field(
            "value",
            "怎样规定",
            Kind::Named(COUNTED),
            "到会人数：超过三分之二、达到三分之二、超过半数、达到半数；当选：实到过半、有效票过半、应到过半、得票多的；\
             通过章程：超过三分之二、达到三分之二等（实到的），或者达到应到的三分之二等；得票相同：空缺、进行第二轮、抽签、举手表决；差额：人数如 1，比例如 20%；另选他人：是、否；无法辨认：这一项弃权、整张票无效",
        ),
        field("clause", "依据第几条引文", Kind::Clause, "上面引文的顺序，如 1"),
    ],
};

/// The values that rules state.
const VALUES: &[Field] = &[
    field("layers", "组织层次", ITEMS, "从上到下，一行一个，如：主席团"),
    field("titles", "不得使用的称谓", ITEMS, "一行一个，如：主席"),
    field("period", "周期单位", Kind::Choice(PERIOD_UNITS), ""),
    field("exact", "一期多长", Kind::Flag("正好一个周期", "最长一个周期"), "原文写“最长一个学期”的选后一项"),
    field("about", "左右的人数", Kind::Number, "原文写“40人左右”的填 40"),
    field("at_least", "下限", Kind::Number, "没有下限的填 0"),
    field("at_most", "上限", Kind::Number, ""),
    field("exactly", "人数", Kind::Number, ""),
    field("share", "比例", Kind::Share, "如 30%"),
    field("base", "按谁的人数计", Kind::Choice(BASE), ""),
    field("political", "可以的政治面貌", ITEMS, "一行一个，如：中共党员"),
    field("chain", "程序", Kind::Chain, ""),
    field("sources", "人选从哪里来", ITEMS, "一行一个"),
    field("times", "次数", Kind::Number, ""),
    field("per", "多久", Kind::Choice(PER), ""),
    field("cover", "名额覆盖", Kind::Several(COVER), ""),
    field("students_over", "学生代表超过", Kind::Share, "如 50%"),
    field("posts", "参加的岗位", ITEMS, "一行一个"),
    field("aspects", "评议的方面", ITEMS, "一行一个"),
    field("pledge", "自律承诺的名称", Kind::Text, ""),
    field("problems", "要防止的问题", ITEMS, "一行一个"),
    field("matters", "须审核的事项", ITEMS, "一行一个"),
    field("leader", "分管领导", Kind::Text, ""),
    field("taking_part", "参与的领导", Kind::Lines { may_be_empty: true }, "一行一个，可以不填"),
    field("areas", "听取意见的方面", Kind::Lines { may_be_empty: true }, "一行一个，可以不填"),
    field("number", "几个周期单位", Kind::Number, "只有一个的不填"),
    field("every", "每几年（学期）", Kind::Number, "每年、每学期的不填"),
    field("soonest", "最短可以几年（学期）", Kind::Number, "没有写的不填"),
    field("presidium", "主席团从严的比例", Kind::Share, "与其他人员相同的不填"),
    field("bases", "名次按什么范围排", Kind::Several(BASES), "按本专业的不填"),
    field("periods", "看哪一段的成绩", Kind::Several(PERIODS), "没有写的不填；几段的，符合一段就行"),
    field("required_only", "看哪些课程", Kind::Flag("只看必修课", "全部课程"), "没有写的不选"),
    field("at_most_share", "比例的上限", Kind::Share, "没有上限的不填"),
    field("teachers", "由教师担任的职务", ITEMS, "一行一个，如：秘书长；没有的不填"),
    field("by", "按什么排名", Kind::Several(RANKED_BY), "只按学习成绩的不填；几种的，符合一种就行"),
    field("weights", "各方面的权重", Kind::Numbers, "与“评议的方面”一一对应，合计 100，如：40、30、30；没有写的不填"),
    field("larger", "较大的上限", Kind::Rows(LARGER), ""),
    field("bands", "按院系规模另定", Kind::Rows(BANDS), ""),
    field("exempt", "原文免除的人", Kind::Rows(EXEMPT), ""),
    field("election", "计票的规定", Kind::Rows(ELECTION), ""),
    field("excellent_at_most", "优秀的上限（百分之几）", Kind::Number, "没有写的不填"),
    field("voters", "代表由谁选举", Kind::Choice(VOTERS), "没有写的不选，由院系学生会组织选举时确定"),
    field("meeting_of_all_below", "学生不足多少人可开全体学生大会", Kind::Number, "没有写的不填"),
];

const BASES: &[Word] = &[("major", "本专业"), ("grade", "本年级"), ("class", "本班"), ("college", "本院系")];
const PERIODS: &[Word] = &[("semester", "上学期"), ("year", "上学年"), ("entry", "入学以来")];

/// Keys that mean something else under one rule.
const OF_ONE_RULE: &[(Rule, Field)] = &[
    (Rule::Rev01, field("offices", "必须参加的单位", Kind::Bodies, "用顿号隔开，如：学校党委、学校团委")),
    (Rule::Gui09, field("offices", "协同的单位", ITEMS, "一行一个")),
    (Rule::Stf06, field("bands", "按院系规模另定", Kind::Rows(TOTAL_BANDS), "")),
    (
        Rule::Stf08,
        field("posts", "可以另设的岗位", Kind::Posts, "一行一个，如：顾问；算作主席团成员的写明，如：主席（属主席团）"),
    ),
];

/// How a rule's value is asked for; none where the key has no field.
#[must_use]
pub fn value(rule: Rule, key: &str) -> Option<&'static Field> {
    let own = OF_ONE_RULE.iter().find(|(of, field)| *of == rule && field.key == key).map(|(_, field)| field);
    own.or_else(|| VALUES.iter().find(|field| field.key == key))
}

/// The fields of a row of a rule, by a name in it: `chain1.by`, `bands2.from`; those of a chain's step for any other.
#[must_use]
pub(super) fn row_fields(rule: Rule, name: &str) -> &'static [Field] {
    let row = name.split('.').next().unwrap_or_default();
    match value(rule, row.trim_end_matches(|c: char| c.is_ascii_digit())).map(|field| field.kind) {
        Some(Kind::Rows(rows)) => rows.fields,
        _ => OF_STEP,
    }
}

/// The lists of a rule that have rows: its chain and tables.
pub fn lists(rule: Rule) -> impl Iterator<Item = &'static Field> {
    values(rule).filter(|field| matches!(field.kind, Kind::Chain | Kind::Rows(_)))
}

/// The values that a rule states, as they are asked for.
pub fn values(rule: Rule) -> impl Iterator<Item = &'static Field> {
    Figures::keys(rule).iter().filter_map(move |key| value(rule, key))
}

/// What a plan leaves open, with what it is called.
pub const SWITCHES: &[Field] = &[
    field("heads_inside", "部门人数怎样计", Kind::Flag("包含负责人", "不含负责人"), ""),
    field("about_percent", "“左右”允许超出百分之几", Kind::Number, "0 至 50"),
    field("first_year_exempt", "尚无排名和成绩的新生", Kind::Flag("不作这两项要求", "同样要求"), ""),
    field("graduate_exempt", "研究生的专业排名", Kind::Flag("不作要求", "同样要求"), ""),
    field("probationary_counts", "预备党员", Kind::Flag("按党员对待", "不按党员对待"), ""),
    field("small_cohort", "专业人数过少", Kind::Choice(COHORTS), ""),
];

const COHORTS: &[Word] =
    &[("nobody", "按字面无人可通过"), ("first", "第一名视为通过"), ("unknown", "由校团委逐人认定")];

/// How bodies are called where nobody has typed anything.
pub fn body_names() -> impl Iterator<Item = Word> {
    Body::ALL.iter().map(|body| (body.slug(), body.label()))
}

/// What a field is called, by its name in the form; empty for one that is kept as written.
#[must_use]
pub fn label(name: &str) -> &'static str {
    let (first, rest) = name.split_once('.').unwrap_or((name, ""));
    let in_list = |list: &'static [Field], key: &str| list.iter().find(|field| field.key == key);
    let last = name.rsplit('.').next().unwrap_or_default();
    let found = match (first, first.parse::<Rule>()) {
        ("bodies", _) => return body_names().find(|(slug, _)| *slug == rest).map_or("", |(_, label)| label),
        ("switch", _) if last == "reason" => return "理由",
        ("switch", _) => in_list(SWITCHES, rest.split('.').next().unwrap_or_default()),
        (_, Ok(_)) if rest == "state" => return "这一条",
        (_, Ok(_)) if rest.starts_with("clause") => in_list(OF_CLAUSE, last),
        (_, Ok(rule)) if rest.contains('.') => in_list(row_fields(rule, rest), last),
        (_, Ok(rule)) => in_list(OF_RULE, rest).or_else(|| value(rule, rest)),
        _ => match head_list(first) {
            Some((_, rows)) => in_list(rows.fields, last),
            None => in_list(HEAD, first),
        },
    };
    found.map_or("", |field| field.label)
}

/// The indicator of the national self-assessment is about the rule.
fn concerns(basis: &Basis, rule: Rule, of_school: bool) -> bool {
    match basis {
        Basis::Rules(rules) => rules.contains(&rule),
        Basis::Figure { kind, .. } => {
            let (school, college) = match kind {
                FigureKind::Staff => (Rule::Stf01, Rule::Stf06),
                FigureKind::Presidium => (Rule::Stf02, Rule::Stf07),
                FigureKind::Departments => (Rule::Stf03, Rule::Stf03),
                FigureKind::Congress => (Rule::Con01, Rule::Con02),
            };
            rule == if of_school { school } else { college }
        }
        Basis::Known(KnownBy::NoOfficeFunctions) => rule == Rule::Pol03,
        Basis::Known(KnownBy::Vetted) => matches!(rule, Rule::Vet01 | Rule::Vet02),
        Basis::Known(KnownBy::Elected) => rule == Rule::Vet05,
        Basis::Known(KnownBy::Trained) => rule == Rule::Dis02,
        Basis::Known(KnownBy::Nominated) => matches!(rule, Rule::Rev05 | Rule::Rev06),
        // A plan speaks of the school's own Party committee and guiders; these two are a college's.
        Basis::Known(KnownBy::Heard | KnownBy::Guided) | Basis::Asked(_) => false,
    }
}

/// What the national self-assessment asks beside a rule, in this portal's own words: nothing where none is known.
#[must_use]
pub fn national(rule: Rule) -> Vec<String> {
    let mut found = Vec::new();
    for list in disclosure::lists() {
        for (level, indicators, of_school) in [("校级", &list.school, true), ("院系级", &list.college, false)] {
            let own = indicators.iter().filter(|indicator| concerns(&indicator.basis, rule, of_school));
            found.extend(own.map(|one| format!("{level}第 {} 项：{}", one.no, one.text)));
        }
    }
    found
}

/// The rules of a family, in the catalogue's order.
pub fn rules_of(family: Family) -> impl Iterator<Item = &'static Entry> {
    CATALOGUE.iter().filter(move |entry| entry.family == family)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{
        election::RulePoint,
        plan::{DocumentKind, OwnCheck, StepKind, Strength, TermOf, Union, Voters},
    };

    #[test]
    fn the_form_offers_the_words_of_the_format() {
        let words = |list: &[Word]| list.iter().map(|(slug, _)| *slug).collect::<Vec<_>>();
        assert_eq!(words(UNIONS), Union::ALL.iter().map(|one| one.slug()).collect::<Vec<_>>());
        let kinds: Vec<_> = StepKind::ALL.iter().skip(1).map(|one| one.slug()).collect();
        assert_eq!(words(STEP_KINDS).split_first(), Some((&"", kinds.as_slice())), "an opinion is what says nothing");
        let points: Vec<_> =
            RulePoint::ALL.iter().map(|one| one.slug()).chain(["second_round", "constitution"]).collect();
        assert_eq!(words(POINTS), points);
        assert_eq!(words(DOCUMENT_KINDS), DocumentKind::ALL.iter().map(|one| one.slug()).collect::<Vec<_>>());
        assert_eq!(words(OWN_CHECKS), OwnCheck::ALL.iter().map(|one| one.slug()).collect::<Vec<_>>());
        assert_eq!(words(TERM_OF), TermOf::ALL.iter().map(|one| one.slug()).collect::<Vec<_>>());
        assert_eq!(words(VOTERS), Voters::ALL.iter().map(|one| one.slug()).collect::<Vec<_>>());
        assert_eq!(words(STRENGTHS), Strength::ALL.iter().map(|one| one.slug()).collect::<Vec<_>>());
    }

    #[test]
    fn national_wording_stands_beside_the_rules_it_is_about() {
        assert_eq!(national(Rule::Stf02), ["校级第 4 项：主席团成员不超过 5 人"]);
        assert_eq!(national(Rule::Stf07), ["院系级第 4 项：主席团成员不超过 3 人"]);
        assert_eq!((national(Rule::Elg03).len(), national(Rule::Gui09).len()), (2, 0));
    }

    #[test]
    fn every_field_has_a_name_for_people() {
        for entry in CATALOGUE {
            for field in values(entry.rule) {
                assert!(!label(&format!("{}.{}", entry.code, field.key)).is_empty(), "{} {}", entry.code, field.key);
            }
        }
        assert_eq!(label("STF-02.clause2.quote"), "原文");
        assert_eq!(label("VET-01.chain1.by"), "由谁");
        assert_eq!((label("STF-01.larger1.decided"), label("VET-05.election3.value")), ("本校适用的依据", "怎样规定"));
        assert_eq!((label("documents2.issuer"), label("own1.reelections")), ("发文单位", "可连任几届"));
        assert_eq!((label("STF-06.bands1.at_least"), label("STF-07.bands1.at_least")), ("下限", ""));
        assert_eq!((label("switch.about_percent.reason"), label("effective")), ("理由", "施行日期"));
        assert_eq!(label("bodies.school_league"), "学校团委");
    }
}
