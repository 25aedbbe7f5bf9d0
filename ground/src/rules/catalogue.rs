//! The 81 rules: code, name, what each asks in one sentence, how it is meant to be checked, and how far this
//! portal enforces it today.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

/// How a rule is meant to be checked once everything it needs is in the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    Refuse,
    /// The action passes with a warning and a recorded reason.
    Warn,
    /// A scheduled look or a reminder.
    Schedule,
    /// A figure or a record that is shown.
    Show,
}

impl Check {
    /// The word that the rule book prints.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Refuse => "当场拒绝",
            Self::Warn => "提醒并记录理由",
            Self::Schedule => "定期检查",
            Self::Show => "公开显示",
        }
    }
}

/// How far the portal enforces a rule today. The rule book prints it, so it must be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Today {
    /// Refused at the named place.
    Refused(&'static str),
    /// Warned of at the named place.
    Warned(&'static str),
    /// Looked at on a schedule, at the named place.
    Scheduled(&'static str),
    /// Judged and shown at the named place; nothing is refused yet.
    Shown(&'static str),
}

impl Today {
    /// The word for the state, without the place.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Refused(_) => "系统把关",
            Self::Warned(_) => "系统提示",
            Self::Scheduled(_) => "系统定期检查",
            Self::Shown(_) => "系统核对并显示",
        }
    }

    /// Where it happens.
    #[must_use]
    pub fn place(self) -> &'static str {
        match self {
            Self::Refused(place) | Self::Warned(place) | Self::Scheduled(place) | Self::Shown(place) => place,
        }
    }

    /// A stable word for filters and style sheets.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Warned(_) => "warned",
            Self::Scheduled(_) => "scheduled",
            Self::Shown(_) => "shown",
        }
    }
}

/// A family of rules, as the catalogue groups them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    Org,
    Stf,
    Vol,
    Elg,
    /// Vetting chains and election.
    Vet,
    Con,
    Rev,
    Dis,
    Gui,
    Rgt,
    Pol,
}

impl Family {
    /// All families in the catalogue's order.
    pub const ALL: [Self; 11] = [
        Self::Org,
        Self::Stf,
        Self::Vol,
        Self::Elg,
        Self::Vet,
        Self::Con,
        Self::Rev,
        Self::Dis,
        Self::Gui,
        Self::Rgt,
        Self::Pol,
    ];

    /// The heading in the rule book.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Org => "组织架构与轮值",
            Self::Stf => "机构和人员规模",
            Self::Vol => "项目志愿者",
            Self::Elg => "遴选条件",
            Self::Vet => "遴选程序",
            Self::Con => "学生代表大会",
            Self::Rev => "述职评议",
            Self::Dis => "从严治会与退出",
            Self::Gui => "领导与指导",
            Self::Rgt => "权益与联系同学",
            Self::Pol => "职能定位",
        }
    }

    /// The three letters in front of a rule's number.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Org => "ORG",
            Self::Stf => "STF",
            Self::Vol => "VOL",
            Self::Elg => "ELG",
            Self::Vet => "VET",
            Self::Con => "CON",
            Self::Rev => "REV",
            Self::Dis => "DIS",
            Self::Gui => "GUI",
            Self::Rgt => "RGT",
            Self::Pol => "POL",
        }
    }
}

/// What the catalogue says of one rule.
#[derive(Debug)]
pub struct Entry {
    pub rule: Rule,
    /// Its stable code, e.g. `STF-02`.
    pub code: &'static str,
    pub family: Family,
    pub name: &'static str,
    /// What it asks, in one Chinese sentence. The plan's own words are quoted beside it, never replaced by it.
    pub gist: &'static str,
    /// How it is meant to be checked.
    pub checks: &'static [Check],
    /// How far it is enforced today.
    pub today: Today,
}

macro_rules! catalogue {
    ($($rule:ident $code:literal $family:ident [$($check:ident)*] $today:expr, $name:literal, $gist:literal;)*) => {
        /// One of the 81 rules. Codes are stable: they stand in refusals, in files and in the rule book.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule { $(#[doc = $name] $rule,)* }

        /// Every rule, in the catalogue's order.
        pub const CATALOGUE: &[Entry] = &[$(Entry {
            rule: Rule::$rule, code: $code, family: Family::$family, name: $name, gist: $gist,
            checks: &[$(Check::$check),*], today: $today,
        },)*];

        impl Rule {
            /// The stable code, e.g. `STF-02`.
            #[must_use]
            pub fn code(self) -> &'static str { match self { $(Self::$rule => $code,)* } }

            #[must_use]
            pub fn name(self) -> &'static str { match self { $(Self::$rule => $name,)* } }
        }

        impl FromStr for Rule {
            type Err = UnknownRule;
            fn from_str(code: &str) -> Result<Self, UnknownRule> {
                match code { $($code => Ok(Self::$rule),)* _ => Err(UnknownRule) }
            }
        }
    };
}

/// The code names no rule of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such rule")]
pub struct UnknownRule;

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

const POSTS: Today = Today::Refused("任命、换届");
const TURNS: Today = Today::Refused("确认轮值");
const ALLOCATE: Today = Today::Refused("批准代表名额");

catalogue! {
    Org01 "ORG-01" Org [Refuse] Today::Refused("部门以外的层级无处可设；名称像另一层级的，设立部门时提醒"), "主席团+工作部门两层架构", "学生会只有主席团和工作部门两层，不另设中心、办公室等层级。";
    Org02 "ORG-02" Org [Refuse] POSTS, "不设主席、副主席", "岗位名称中不得出现主席、副主席、会长。";
    Org03 "ORG-03" Org [Refuse Schedule] TURNS, "执行主席由主席团成员轮值", "同一时间只有一名执行主席，且必须是在任主席团成员。";
    Org04 "ORG-04" Org [Refuse Schedule] TURNS, "轮值周期", "一个轮值周期的长度以学期为准。";
    Org05 "ORG-05" Org [Refuse] Today::Refused("会议（决定重大事项）"), "主席团集体负责重大事项", "重大事项须有主席团会议记录，不得一人决定。";
    Org06 "ORG-06" Org [Refuse] Today::Refused("会议（召集）"), "执行主席召集会议、牵头日常工作", "只有当值执行主席可以召集主席团会议。";
    Org07 "ORG-07" Org [Refuse Show] Today::Refused("领导与指导（只能逐级指导）"), "逐级指导关系", "院系学生会接受校级学生会指导。";
    Org08 "ORG-08" Org [Show] Today::Shown("领导与指导（指导到了哪里）"), "学校、学院、班级三级联动", "各级组织在制度、资源、活动上相互联动。";
    Org09 "ORG-09" Org [Schedule Show] Today::Scheduled("会议、首页待办"), "校、院系学生会工作例会", "校级与院系学生会按期召开工作例会。";
    Org10 "ORG-10" Org [Show] Today::Shown("活动开展（按院系统计承办）"), "院系承办面向全校的工作项目", "院系学生会承办面向全校学生的具体项目。";
    Org11 "ORG-11" Org [Show] Today::Shown("活动开展（合办的班级、社团，覆盖的院系和年级）"), "动员同学，依托班级和社团", "在班级工作和社团活动的基础上开展活动。";
    Org12 "ORG-12" Org [Refuse Warn] Today::Warned("设立部门"), "减少层次，避免行政化", "组织层次不超过两层，名称不带行政级别。";
    Org13 "ORG-13" Org [Warn Show] Today::Warned("设立部门"), "不与其他学生组织重叠", "学生会的机构不与其他学生组织职能重叠。";
    Stf01 "STF-01" Stf [Warn Show] Today::Warned("任命、换届"), "校级学生会工作人员总数", "校级学生会全体工作人员控制在规定人数左右。";
    Stf02 "STF-02" Stf [Refuse] POSTS, "校级主席团人数", "校级主席团成员不超过规定人数。";
    Stf03 "STF-03" Stf [Refuse] Today::Refused("设立部门、换届"), "校级工作部门数", "校级工作部门不超过规定个数。";
    Stf04 "STF-04" Stf [Refuse Schedule] POSTS, "每个部门的负责人数", "每个工作部门的负责人在规定的上下限之内。";
    Stf05 "STF-05" Stf [Refuse Warn] POSTS, "每个部门的工作人员数", "每个工作部门的工作人员不超过规定人数。";
    Stf06 "STF-06" Stf [Refuse Warn Show] POSTS, "院系学生会工作人员总数", "院系学生会全体工作人员在规定范围之内。";
    Stf07 "STF-07" Stf [Refuse] POSTS, "院系主席团人数", "院系主席团成员不超过规定人数。";
    Stf08 "STF-08" Stf [Refuse] POSTS, "不设置其他任何职务", "除主席团成员、部门负责人、部门工作人员外不设岗位。";
    Stf09 "STF-09" Stf [Warn] Today::Warned("任命、换届"), "研究生会参照执行", "校研究生会的工作人员设置参照校学生会规定。";
    Stf10 "STF-10" Stf [Refuse Show] Today::Refused("换届；单个任命时提醒"), "来自院系学生会的比例", "校级学生会工作人员中来自院系学生会的不低于规定比例。";
    Vol01 "VOL-01" Vol [Refuse] Today::Refused("志愿项目（开始招募）"), "项目化招募志愿者", "确需主办的重大工作或活动，按项目招募志愿者。";
    Vol02 "VOL-02" Vol [Refuse Schedule] Today::Refused("志愿项目（报名、结项）；逾期的列出、首页待办"), "因事用人、事完人散", "项目结束，志愿者的工作关系同时结束。";
    Elg01 "ELG-01" Elg [Refuse Schedule] POSTS, "政治面貌", "工作人员须为共产党员或共青团员。";
    Elg02 "ELG-02" Elg [Refuse] Today::Refused("遴选办理（推荐须有意见）"), "政治品德与服务意识", "推荐单位对政治、品德、服务意识签署意见。";
    Elg03 "ELG-03" Elg [Refuse Schedule] POSTS, "学习成绩综合排名", "综合排名在本专业规定比例以内，含边界。";
    Elg04 "ELG-04" Elg [Refuse Schedule] POSTS, "无课业不及格", "没有课业不及格的情况。";
    Elg05 "ELG-05" Elg [Refuse] Today::Refused("报名"), "符合条件均可报名", "符合条件的学生都可以报名，不设隐形门槛。";
    Elg06 "ELG-06" Elg [Refuse] Today::Refused("遴选办理（推荐须有意见）"), "学有余力、品学兼优", "推荐意见须说明学习与品行情况。";
    Vet01 "VET-01" Vet [Refuse] Today::Refused("遴选办理"), "校级主席团候选人的遴选程序", "各步依次进行，上一步未通过不得进入下一步。";
    Vet02 "VET-02" Vet [Refuse] Today::Refused("遴选办理"), "校级工作部门成员的遴选程序", "推荐之后由两个部门审核确定，缺一不可。";
    Vet03 "VET-03" Vet [Refuse] Today::Refused("遴选办理"), "院系候选人和工作人员的遴选程序", "团支部推荐，院系团组织、党组织依次把关。";
    Vet04 "VET-04" Vet [Warn Show] Today::Warned("列入候选人名单"), "候选人具有代表性", "候选人来源不应只有一类。";
    Vet05 "VET-05" Vet [Refuse] Today::Refused("任命、换届、更正；遴选结果、选举公告"), "主席团由学生代表大会选举产生", "没有学代会选举记录，不得任主席团成员。";
    Con01 "CON-01" Con [Schedule Show] Today::Scheduled("对照检查总览、首页待办"), "校级学代会每年召开", "校级学生代表大会每年召开一次。";
    Con02 "CON-02" Con [Schedule Warn] Today::Scheduled("对照检查总览、首页待办"), "院系学代会原则上每年召开", "院系学生代表大会原则上每年召开一次。";
    Con03 "CON-03" Con [Refuse] Today::Refused("推荐代表、组织代表选举、上报代表名单、公告场次"), "代表的产生程序", "代表经团支部推荐，按规定步骤选举产生。";
    Con04 "CON-04" Con [Refuse] ALLOCATE, "代表名额不低于规定比例", "代表名额按学生数的规定比例向上取整。";
    Con05 "CON-05" Con [Refuse] ALLOCATE, "名额覆盖院系、年级和主要社团", "每个院系、每个年级、每个主要社团至少一名代表。";
    Con06 "CON-06" Con [Warn Show] Today::Warned("批准代表名额"), "代表的广泛性与普通学生比例", "代表来源广泛，普通学生代表的比例不下降。";
    Con07 "CON-07" Con [Refuse] Today::Refused("学代会选举结果"), "选举结果向大会公布", "选举结果先向大会公告（报告），再报批准。";
    Con08 "CON-08" Con [Refuse] Today::Refused("学代会选举结果"), "同级党组织批准", "选举结果经同级党组织批准后生效。";
    Con09 "CON-09" Con [Schedule Show] Today::Scheduled("对照检查总览、待办"), "报上级备案", "批准后报上级学联、学生会组织备案。";
    Con10 "CON-10" Con [Refuse] Today::Refused("批准代表名额、组织代表选举、批准召开"), "院系学代会程序一致", "院系学代会与校级学代会程序相同。";
    Con11 "CON-11" Con [Show] Today::Shown("学代会日程"), "改革完善学代会制度", "学代会制度有成文规定并存档。";
    Rev01 "REV-01" Rev [Refuse] Today::Refused("确认评议会、开始评分、答复异议"), "评议会的组成", "学生代表过半，学生工作部门和团委都参加。";
    Rev02 "REV-02" Rev [Schedule Show] Today::Scheduled("述职评议、对照检查总览"), "述职的对象和次数", "主席团成员和部门负责人每学期述职一次。";
    Rev03 "REV-03" Rev [Refuse] Today::Refused("评分"), "评议的方面", "按规定的各个方面综合评价，缺项不得提交。";
    Rev04 "REV-04" Rev [Show] Today::Refused("择优提名"), "以服务和贡献为导向的激励", "激励看服务和贡献。";
    Rev05 "REV-05" Rev [Refuse] Today::Refused("择优提名"), "依据评议结果择优提名", "评奖评优、测评加分依据评议结果提名。";
    Rev06 "REV-06" Rev [Refuse] Today::Refused("择优提名"), "不与岗位简单直接挂钩", "加分规则不得以岗位为唯一依据。";
    Dis01 "DIS-01" Dis [Refuse Show] Today::Refused("报名与确认、任命、换届；每学年在承诺签署、对照检查总览核对"), "签署自律承诺", "上岗前签署规定的自律文本，每学年签署一次。";
    Dis02 "DIS-02" Dis [Show] Today::Shown("教育培训、对照检查总览；反映问题、违纪失范办理（按三类问题统计）"), "防范功利化、庸俗化、小官僚", "加强日常教育管理，防范三类问题。";
    Dis03 "DIS-03" Dis [Refuse] Today::Refused("四类事项审核（活动、信息发布的内容审核）；学生会的章程、对照检查总览"), "依法依章程开展活动", "活动内容积极向上，并经审核。";
    Dis04 "DIS-04" Dis [Refuse Schedule] Today::Refused("违纪失范办理"), "团委调查核实和处理", "违纪失范由学校团委迅速调查，按程序处理。";
    Dis05 "DIS-05" Dis [Refuse] Today::Refused("退出与交接"), "退出机制", "工作人员退出有类别、有程序、有交接。";
    Gui01 "GUI-01" Gui [Refuse Show] Today::Refused("事先报告、登记开展"), "重要事项、重大活动事先报告", "先报告学校团委，后决定、后开展。";
    Gui02 "GUI-02" Gui [Refuse] Today::Refused("四类事项审核"), "四类事项审核管理", "活动、信息、对外联系、经费物资先审后办。";
    Gui03 "GUI-03" Gui [Refuse Show] Today::Refused("账号与职务（不能有两名）；领导与指导显示缺位"), "1名团委专职副书记指导", "明确且只明确一名团委专职副书记。";
    Gui04 "GUI-04" Gui [Show] Today::Shown("领导与指导"), "双重指导", "接受学校团委和上级学联的双重指导。";
    Gui05 "GUI-05" Gui [Schedule Show] Today::Scheduled("事先报告、首页待办"), "团委及时向党委汇报", "学生会工作重大事项由团委及时向党委汇报。";
    Gui06 "GUI-06" Gui [Schedule] Today::Scheduled("领导与指导、首页待办"), "党委定期听取汇报", "学校党委定期听取学生会工作汇报。";
    Gui07 "GUI-07" Gui [Refuse] Today::Refused("领导与指导（共同研究定稿）"), "共同研究规章、规划和遴选", "学生工作部门和团委共同研究重要事项。";
    Gui08 "GUI-08" Gui [Show] Today::Refused("领导与指导（确定名单）"), "分管校领导", "明确分管学生会工作的校领导。";
    Gui09 "GUI-09" Gui [Refuse Show] Today::Refused("领导与指导（确定名单）"), "部门协同与领导小组", "有关部门分工合作，共同管理。";
    Gui10 "GUI-10" Gui [Schedule] Today::Scheduled("领导与指导、首页待办"), "领导小组办公室及其汇报", "办公室定期向领导小组汇报。";
    Gui11 "GUI-11" Gui [Show] Today::Scheduled("领导与指导、首页待办"), "纳入学校党建整体格局", "学生会建设纳入学校党建工作统筹谋划。";
    Gui12 "GUI-12" Gui [Show] Today::Shown("领导与指导（细化措施、问题反馈、经验做法）"), "推广经验、细化措施", "总结推广经验，院系制定细化措施。";
    Rgt01 "RGT-01" Rgt [Refuse Schedule Show] Today::Scheduled("办理诉求"), "听取、反馈、帮助解决", "收集同学的需求和困难，反馈学校并推动解决。";
    Rgt02 "RGT-02" Rgt [Refuse Show] Today::Shown("办理诉求"), "团委指导下的权益工作", "在校团委指导下开展日常权益工作。";
    Rgt03 "RGT-03" Rgt [Schedule Show] Today::Scheduled("调研、对照检查总览、首页待办"), "日常调研机制", "建立日常调研机制。";
    Rgt04 "RGT-04" Rgt [Schedule Show] Today::Scheduled("面对面"), "面对面沟通渠道", "搭建面对面沟通渠道。";
    Rgt05 "RGT-05" Rgt [Schedule Show] Today::Scheduled("直接联系同学、对照检查总览、首页待办"), "直接联系同学制度", "学生代表、学生干部直接联系同学。";
    Rgt06 "RGT-06" Rgt [Show] Today::Shown("公开栏、改革自评表"), "同学参与、监督和评议", "完善同学参与、监督和评议的机制。";
    Rgt07 "RGT-07" Rgt [Show] Today::Shown("学校治理"), "参与学校治理", "提升学生会在学校治理中的作用。";
    Pol00 "POL-00" Pol [Show] Today::Refused("启用实施方案"), "方案的出处和施行", "规则以成文方案为据，自启用之日起适用，不溯及既往。";
    Pol01 "POL-01" Pol [Show] Today::Shown("领导与指导"), "党领导下的主要学生组织", "学生会是党领导下的学生组织和桥梁纽带。";
    Pol02 "POL-02" Pol [Show] Today::Shown("活动开展（按目的统计）"), "政治引领", "以政治引领为根本，传达党的声音。";
    Pol03 "POL-03" Pol [Refuse Show] Today::Refused("发布活动（限定范围须写明理由）、提诉求"), "服务全体同学", "面向全体同学，服务全体同学。";
}

impl Rule {
    /// The rule's entry in the catalogue.
    #[must_use]
    pub fn entry(self) -> Option<&'static Entry> {
        CATALOGUE.iter().find(|entry| entry.rule == self)
    }

    /// It looks at what students do not see of each other.
    #[must_use]
    pub fn is_personal(self) -> bool {
        matches!(self, Self::Elg01 | Self::Elg03 | Self::Elg04)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_holds_81_rules_with_codes_of_their_family() {
        assert_eq!(CATALOGUE.len(), 81);
        for entry in CATALOGUE {
            assert!(entry.code.starts_with(entry.family.prefix()), "{}", entry.code);
            assert_eq!(entry.code.parse(), Ok(entry.rule));
            assert!(!entry.checks.is_empty(), "{}", entry.code);
        }
    }
}
