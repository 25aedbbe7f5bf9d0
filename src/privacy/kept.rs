//! What is kept of people, who sees it and how long: one table, from which the notice is written and which a test holds
//! against the pages. The offices are those of [`crate::office`], by which the pages themselves admit.

use time::{Date, macros::date};

use crate::{
    audit::Overseer,
    conduct::ConductHandler,
    congress::{CongressKeeper, DelegateReader},
    elections::ElectionReader,
    office::{
        Administrator, ElectionKeeper, MatterReader, Office, OfficeKind, Place, SlipPrinter, UnionKeeper, UnionReader,
    },
    people::{GradeReader, PeopleReader},
    reviews::ReviewReader,
    unions::union::sees_grades,
    vetting::Vetter,
    voice::{VoiceHandler, VoiceKeeper},
    words::words,
};

/// When what the notice says was changed last.
pub(super) const CHANGED: Date = date!(2026 - 11 - 29);

words! {
    /// A kind of personal data.
    Data:
    Identity = "identity", "学号、姓名、院系、专业、年级、班级、政治面貌、性别、民族";
    Grades = "grades", "专业排名、不及格门数，连同口径、统计期间和来源";
    Corrections = "corrections", "信息更正的记录、原来的学号，对成绩数据的异议和答复";
    Application = "application", "报名材料：个人陈述、经历、来源、照片、承诺";
    Figures = "figures", "候选人提交时的排名、不及格门数、政治面貌";
    Opinions = "opinions", "各单位对候选人签署的意见，逐人登记的环节（如试用）的日期";
    Objections = "objections", "公示期间收到的反映";
    Conduct = "conduct", "违纪失范的反映、调查核实和处理";
    Voice = "voice", "提出的诉求、对答复的评价、附议";
    Contact = "contact", "负责联系哪个班级、联系的记录；给班级联系人的留言";
    Surveyed = "surveyed", "答过哪次调研；实名调研的作答";
    Disclosed = "disclosed", "改革自评表公开的姓名、职务、政治面貌、院系、年级、是否符合成绩条件；对学生会的评价";
    Exits = "exits", "退出学生会的类别、理由和交接，任职期间不再符合条件的核对和决定";
    Duties = "duties", "自律承诺的签署，参加培训的情况";
    Posts = "posts", "在学生会和团组织担任的职务、任期";
    Voted = "voted", "参加了哪次投票（不含投给谁），补登选民名册的理由";
    Stood = "stood", "选举的候选人：选票上的姓名、简介、怎样产生、退选理由、得票；另选他人经监票人核对是谁的，也同样";
    Meetings = "meetings", "学生会会议的召集、出席和请假，志愿者的岗位和时长";
    Delegate = "delegate", "被推荐、审查、当选为学生代表大会代表的情况";
    Reviewed = "reviewed", "述职报告、评议得分和等次、对结果的异议、提名（不含谁评多少分）";
    Attended = "attended", "出席学生代表大会的签到：时间、签到台、是否中途退场；列席人员的姓名和单位";
    Proposals = "proposals", "提出、附议的提案，对答复的评价";
    Matters = "matters", "四类事项的负责人和联系电话、各环节的签署、单据扫描件（扫描件只有本会和审批单位能看）";
    Activities = "activities", "报名、签到参加的活动，对活动的评价（评价只显示人数）";
    Account = "account", "账号、登录过的浏览器和系统的大致名称、动态验证码的密钥（加密保存）、统一身份认证的用户（只存不能还原的摘要）";
    Messages = "messages", "系统里收到的消息";
    Unsent = "unsent", "登录过期时没有提交的表单";
    Record = "record", "谁以什么职务办了什么的操作记录，用统一身份认证登录的时间，登录失败较多时所在的网段";
}

/// Of which people an office sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Of those of its university, college or class.
    Place,
    /// Of candidates whose case came to it or whom it put forward, of its college or class.
    Candidates,
    /// Of what it has to do with itself.
    Own,
}

/// The offices of both sets, each once.
fn together(one: &[OfficeKind], other: &[OfficeKind]) -> Vec<OfficeKind> {
    one.iter().chain(other.iter().filter(|kind| !one.contains(kind))).copied().collect()
}

impl Data {
    /// The offices whose pages show it of others.
    #[must_use]
    pub fn readers(self) -> Vec<OfficeKind> {
        let of_figures = || Vetter::KINDS.iter().copied().filter(|kind| sees_grades(*kind)).collect();
        match self {
            Self::Identity => PeopleReader::KINDS.to_vec(),
            Self::Grades | Self::Corrections => GradeReader::KINDS.to_vec(),
            Self::Application => Vetter::KINDS.to_vec(),
            Self::Figures | Self::Opinions => of_figures(),
            Self::Objections | Self::Exits => UnionKeeper::KINDS.to_vec(),
            Self::Conduct => ConductHandler::KINDS.to_vec(),
            Self::Disclosed => OfficeKind::ALL.to_vec(),
            Self::Voice => VoiceHandler::KINDS.to_vec(),
            Self::Surveyed => VoiceKeeper::KINDS.to_vec(),
            // A person's page shows them too.
            Self::Posts => together(UnionReader::KINDS, PeopleReader::KINDS),
            Self::Duties | Self::Meetings | Self::Contact => UnionReader::KINDS.to_vec(),
            Self::Proposals | Self::Attended => CongressKeeper::KINDS.to_vec(),
            Self::Voted => ElectionKeeper::KINDS.to_vec(),
            Self::Stood => ElectionReader::KINDS.to_vec(),
            Self::Delegate => DelegateReader::KINDS.to_vec(),
            Self::Reviewed => ReviewReader::KINDS.to_vec(),
            Self::Matters | Self::Activities => MatterReader::KINDS.to_vec(),
            Self::Account => together(Administrator::KINDS, SlipPrinter::KINDS),
            Self::Messages | Self::Unsent => Vec::new(),
            Self::Record => Overseer::KINDS.to_vec(),
        }
    }

    fn extent(self) -> Extent {
        match self {
            Self::Identity
            | Self::Grades
            | Self::Corrections
            | Self::Posts
            | Self::Duties
            | Self::Contact
            | Self::Meetings
            | Self::Stood
            | Self::Disclosed
            | Self::Delegate
            | Self::Reviewed
            | Self::Matters
            | Self::Activities
            | Self::Account
            | Self::Record => Extent::Place,
            Self::Application | Self::Figures | Self::Opinions => Extent::Candidates,
            Self::Objections
            | Self::Voted
            | Self::Attended
            | Self::Proposals
            | Self::Messages
            | Self::Unsent
            | Self::Conduct
            | Self::Voice
            | Self::Surveyed
            | Self::Exits => Extent::Own,
        }
    }

    /// What it is for, and where it comes from.
    #[must_use]
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Identity => "学校的学生名单；用于认定资格、统计代表构成",
            Self::Grades => "教务处的成绩排名，由学校导入；只用于方案规定的成绩条件",
            Self::Corrections => "更正有误的信息时留下原来的内容和理由；异议由学生工作部门答复",
            Self::Application => "本人报名时填写；用于本次遴选",
            Self::Figures => "提交时从登记的数据取得；审查的依据，任命时再核对",
            Self::Opinions => "遴选程序；退回、不予通过的原因会告诉本人",
            Self::Objections => "公示；不告诉被反映的人是谁反映的，署名的办理单位能看到姓名",
            Self::Conduct => "调查核实和处理；保密反映的，任何页面都不显示是谁反映的；每次查看都有记录",
            Self::Voice => {
                "办理和答复；实名的办理单位能看到姓名，选“仅答复单位可见”的只有答复单位能看到，匿名的不存账号，任何单位都看不到"
            }
            Self::Contact => {
                "直接联系同学、听取意见；本班同学能看到联系人的姓名和职务；留言只有联系本班的人能看到，选择署名的才显示姓名"
            }
            Self::Surveyed => {
                "问卷调研；实名的组织单位能看到谁答了什么，匿名的加密封存，统计以后只留合计，页面上谁也看不到谁答了什么，也不显示谁答过；统计以前做的备份里还有封存的答卷，另有密钥文件的人能打开"
            }
            Self::Disclosed => "每学年的改革情况公开，由师生监督；不公开名次和门数；评价不显示是谁写的",
            Self::Exits => "退出和工作交接",
            Self::Duties => "上岗前和每学年签署承诺；工作人员培训",
            Self::Posts => "任命和换届；学生会的花名册",
            Self::Voted => "选举计票；截止之后组织者能看到谁参加了投票，任何人都看不到投给谁",
            Self::Stood => {
                "选举公告、选票、计票和监票报告；本次选举的选民都能看到。选票上另写的姓名只有监票人能看到原样，查不清是谁的只公布票数"
            }
            Self::Meetings => "通知开会、清点到会人数、出具志愿服务证明；参加会议的人能看到彼此的出席情况",
            Self::Messages => "告诉本人办理的进展；发给单位的消息，由任职的人查看",
            Self::Reviewed => "每学期的述职评议；择优提名的依据。评议表无记名，任何人都看不到谁评多少分",
            Self::Attended => "清点到会人数；签到员只看到自己签到的人，大屏只显示人数",
            Self::Proposals => "代表行使提案权；公开提案的内容和办理，只写代表团，不写姓名",
            Self::Matters => "学生会活动、信息发布、对外联系、经费物资的审核",
            Self::Activities => "组织活动、安排名额；统计活动覆盖的院系和年级",
            Self::Account => "登录和账号安全",
            Self::Delegate => "学生代表大会代表的推荐、选举和资格审查；代表名册",
            Self::Unsent => {
                "免得写好的内容丢失；加密保存，只有本人在同一浏览器能打开，不含密码和选票；等待选择工作表的名单文件也这样保存"
            }
            Self::Record => "办事留痕，不能改动",
        }
    }

    /// How long it is kept. `years` after leaving, in words.
    #[must_use]
    pub fn kept_for(self, years: &str) -> String {
        match self {
            Self::Identity
            | Self::Grades
            | Self::Corrections
            | Self::Application
            | Self::Figures
            | Self::Opinions
            | Self::Objections
            | Self::Conduct
            | Self::Voice
            | Self::Messages
            | Self::Exits => {
                format!("在校期间，离校{years}后删除")
            }
            Self::Reviewed => format!("在校期间；离校{years}后删除报告、意见和异议，得分只留编号"),
            Self::Activities => format!("长期；离校{years}后删除评价、姓名和学号，只留编号"),
            Self::Surveyed => format!("长期；离校{years}后删除实名的作答，答过的记录只留编号"),
            Self::Matters => {
                format!("长期；离校{years}后联系电话和姓名删除；单据扫描件作为会计凭证，按学校的规定随事项保存，不删除")
            }
            Self::Stood => "长期；公布了的选举记录是公开文件，姓名不删除".to_owned(),
            Self::Posts
            | Self::Duties
            | Self::Meetings
            | Self::Voted
            | Self::Attended
            | Self::Delegate
            | Self::Proposals => {
                format!("长期；离校{years}后姓名和学号删除，只留编号")
            }
            Self::Contact => format!("长期；离校{years}后姓名和学号删除，只留编号，留言删除"),
            Self::Disclosed => "长期；公开以后不再改动，评价在离校期满后删除".to_owned(),
            Self::Account => {
                format!("账号到离校{years}后；一次登录 12 小时，浏览器 180 天，已结束的登录再留 1 天")
            }
            Self::Unsent => "1 小时".to_owned(),
            Self::Record => format!("长期；离校{years}后只留没有含义的编号"),
        }
    }

    /// Who sees it, in words.
    #[must_use]
    pub fn seen_by(self) -> String {
        let readers = self.readers();
        let of = |place: Place| {
            let labels: Vec<&str> =
                readers.iter().filter(|kind| kind.place() == place).map(|kind| kind.label()).collect();
            let whose = match (self.extent(), place) {
                (Extent::Place, Place::School) => "（全校）",
                (Extent::Place, Place::College) => "（本院系）",
                (Extent::Place, Place::Class) => "（本班）",
                (Extent::Candidates, Place::School) => "（轮到本单位办理或由本单位提交的候选人）",
                (Extent::Candidates, Place::College) => "（本院系的候选人）",
                (Extent::Candidates, Place::Class) => "（本班的候选人）",
                (Extent::Own, _) => "（自己组织的）",
            };
            (!labels.is_empty()).then(|| format!("{}{whose}", labels.join("、")))
        };
        let all: Vec<String> = [Place::School, Place::College, Place::Class].into_iter().filter_map(of).collect();
        if all.is_empty() { "只有本人".to_owned() } else { format!("本人；{}", all.join("；")) }
    }
}
