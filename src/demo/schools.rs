//! What the two invented universities are made of.

use crate::office::OfficeKind;

/// A university of the demo.
pub(super) struct School {
    pub code: &'static str,
    pub name: &'static str,
    pub plan: &'static str,
    pub seed: u64,
    /// Students in all; the last class takes the rest.
    pub students: u32,
    pub level: &'static str,
    /// Entry years of the main level.
    pub years: &'static [u16],
    pub colleges: &'static [(&'static str, &'static [&'static str])],
    /// Graduate majors, all in the last college; none where there is no graduate union.
    pub graduate: &'static [&'static str],
    /// Main societies with their functions.
    pub main_societies: &'static [(&'static str, &'static str)],
    pub other_societies: &'static [(&'static str, &'static str)],
    /// Student organisations that are no societies.
    pub other_organisations: &'static [(&'static str, &'static str)],
    /// Accounts to try: office, number.
    pub accounts: &'static [(OfficeKind, &'static str)],
}

pub(super) const SCHOOLS: [School; 2] = [
    School {
        code: "qingyu",
        name: "青屿工业职业技术学院",
        plan: "suzhou-2020",
        seed: 20_200_041,
        students: 8_432,
        level: "vocational",
        years: &[2024, 2025, 2026],
        colleges: &[
            ("信息工程系", &["软件技术", "计算机网络技术", "人工智能技术应用"]),
            ("机电工程系", &["机电一体化技术", "工业机器人技术", "数控技术"]),
            ("经济管理系", &["大数据与会计", "电子商务", "现代物流管理"]),
            ("艺术设计系", &["视觉传达设计", "环境艺术设计"]),
            ("建筑工程系", &["工程造价", "建筑工程技术"]),
            ("汽车工程系", &["新能源汽车技术", "汽车检测与维修技术"]),
            ("电子与通信工程系", &["应用电子技术", "现代通信技术"]),
            ("外语与旅游系", &["商务英语", "旅游管理"]),
        ],
        graduate: &[],
        main_societies: &[
            ("青年志愿者协会", "志愿服务、支教、社区实践"),
            ("大学生合唱团", "合唱排练与演出"),
            ("机器人创新社", "机器人竞赛、科技创新"),
            ("国旗护卫队", "升旗、国防教育"),
        ],
        other_societies: &[
            ("羽毛球协会", "羽毛球训练与比赛"),
            ("摄影社", "摄影采风、校园影像"),
            ("茶艺社", "茶艺展示"),
            ("街舞社", "街舞排练与演出"),
            ("文学社", "文学创作、社刊编辑"),
        ],
        other_organisations: &[
            ("大学生社团联合会", "社团管理、社团活动协调"),
            ("大学生新媒体中心", "校园新闻、新媒体运营"),
        ],
        accounts: &[
            (OfficeKind::Administrator, "Q0001"),
            (OfficeKind::SchoolLeague, "Q0002"),
            (OfficeKind::StudentAffairs, "Q0003"),
            (OfficeKind::SchoolParty, "Q0004"),
            (OfficeKind::SchoolUnion, "Q0005"),
            (OfficeKind::CollegeLeague, "Q0006"),
            (OfficeKind::CollegeParty, "Q0007"),
            (OfficeKind::CollegeUnion, "Q0008"),
            (OfficeKind::ClassBranch, "Q0009"),
            (OfficeKind::Student, "Q0010"),
            (OfficeKind::DeputySecretary, "Q0011"),
            (OfficeKind::SchoolUnion, "Q0012"),
            // A second one: what two have to agree on can be tried.
            (OfficeKind::Administrator, "Q0013"),
        ],
    },
    School {
        code: "wangyue",
        name: "望岳医科大学",
        plan: "jining-2022",
        seed: 20_220_019,
        students: 12_076,
        level: "undergraduate",
        years: &[2022, 2023, 2024, 2025, 2026],
        colleges: &[
            ("临床医学院", &["临床医学", "麻醉学", "医学影像学", "儿科学"]),
            ("口腔医学院", &["口腔医学"]),
            ("药学院", &["药学", "制药工程"]),
            ("护理学院", &["护理学", "助产学"]),
            ("公共卫生学院", &["预防医学", "健康服务与管理"]),
            ("精神卫生学院", &["精神医学", "应用心理学"]),
            ("医学信息工程学院", &["医学信息工程", "生物医学工程", "数据科学与大数据技术"]),
            ("管理学院", &["公共事业管理", "市场营销"]),
            ("康复医学院", &["康复治疗学"]),
            ("研究生院", &[]),
        ],
        graduate: &["临床医学", "药学", "公共卫生", "护理"],
        main_societies: &[
            ("红十字会学生分会", "急救培训、无偿献血宣传"),
            ("大学生艺术团", "文艺演出"),
            ("青年志愿者协会", "志愿服务、医院导诊"),
            ("医学人文社", "医学人文阅读与讲座"),
        ],
        other_societies: &[
            ("急救技能社", "急救技能训练"),
            ("围棋社", "围棋比赛"),
            ("轮滑社", "轮滑训练"),
            ("天文爱好者协会", "天文观测"),
        ],
        other_organisations: &[("大学生社团联合会", "社团管理、社团活动协调")],
        accounts: &[
            (OfficeKind::Administrator, "W0001"),
            (OfficeKind::SchoolLeague, "W0002"),
            (OfficeKind::StudentAffairs, "W0003"),
            (OfficeKind::SchoolParty, "W0004"),
            (OfficeKind::SchoolUnion, "W0005"),
            (OfficeKind::GraduateUnion, "W0006"),
            (OfficeKind::CollegeLeague, "W0007"),
            (OfficeKind::CollegeParty, "W0008"),
            (OfficeKind::CollegeUnion, "W0009"),
            (OfficeKind::ClassBranch, "W0010"),
            (OfficeKind::Student, "W0011"),
            (OfficeKind::DeputySecretary, "W0012"),
            (OfficeKind::SchoolUnion, "W0013"),
        ],
    },
];
