//! What stands in each paper.

use super::forms::PaperForm;
use crate::{
    congress::{congress::Congress, seats::unit::SeatUnit},
    papers::{Column, Imprint, Paper, Table},
    rules::{plan::Union, seats::UnitKind},
    text::chinese_day,
    words::words,
};

words! {
    /// A paper of a congress before it meets.
    PaperKind:
    RequestPrepare = "request-prepare", "请示筹备";
    RequestConvene = "request-convene", "请示召开";
    Notice = "notice", "会议通知";
    Agenda = "agenda", "会议议程";
}

/// What a paper is made from.
pub(super) struct Facts {
    pub congress: Congress,
    pub units: Vec<SeatUnit>,
    /// Who prepares it, as the step 成立筹备委员会 says; empty where it does not.
    pub committee: String,
}

/// The business of a congress (practice).
const AGENDA: [&str; 6] = [
    "宣布大会开幕",
    "听取和审议学生会工作报告",
    "审议学生会章程（修正案）和财务工作报告",
    "通过选举办法和监票人、计票人名单",
    "选举新一届学生会主席团",
    "宣布选举结果，大会闭幕",
];

impl PaperKind {
    pub fn paper(self, facts: &Facts, form: &PaperForm) -> Paper {
        let paper = match self {
            Self::RequestPrepare => facts.request_prepare(),
            Self::RequestConvene => facts.request_convene(form),
            Self::Notice => facts.notice(form),
            Self::Agenda => return facts.agenda(form),
        };
        let by = facts.congress.union_name();
        let paper = paper.number(form.number()).signed(by.clone(), form.day());
        match form.day() {
            Some(issued_on) => paper.imprint(Imprint { copies_to: form.copies(), issued_by: by, issued_on }),
            None => paper,
        }
    }
}

impl Facts {
    /// 主送机关 of a request: the Party body of the same level.
    fn party(&self) -> String {
        match (self.congress.kind, &self.congress.college_name) {
            (Union::College, Some(college)) => format!("{college}党组织"),
            _ => "学校党委".to_owned(),
        }
    }

    fn day(&self) -> String {
        self.congress.meets_on.map_or_else(|| "近期".to_owned(), chinese_day)
    }

    /// How many delegates there are, in a sentence.
    fn delegates(&self) -> String {
        let congress = &self.congress;
        let counted = chinese_day(congress.counted_on);
        match (congress.of_all, congress.seats.zip(congress.students)) {
            (true, _) => "大会由全体在校学生参加。".to_owned(),
            (false, None) => format!("代表名额以{counted}的在校学生人数为基数，按规定的比例和覆盖范围分配。"),
            (false, Some((seats, students))) => {
                let ordinary = match congress.ordinary_percent {
                    Some(share) => format!("，其中非学生会骨干的学生代表不低于{share}%"),
                    None => String::new(),
                };
                format!("代表名额以{counted}的在校学生{students}人为基数，共{seats}名{ordinary}。")
            }
        }
    }

    fn request_prepare(&self) -> Paper {
        let title = self.congress.title();
        let committee = match self.committee.as_str() {
            "" => "筹备工作由校团委指导，成立筹备委员会负责。".to_owned(),
            names => format!("筹备工作由筹备委员会负责：{names}。"),
        };
        Paper::new(format!("关于筹备召开\n{}的请示", self.congress.title_in_lines(3)))
            .to(self.party())
            .paragraph(format!(
                "根据学生会组织改革的有关要求和学生代表大会制度，拟于{}召开{title}。现将有关事项请示如下。",
                self.day()
            ))
            .heading("大会的主要任务")
            .paragraph(
                "听取和审议学生会工作报告，审议学生会章程修正案，选举新一届学生会主席团，征集和办理学生代表提案。",
            )
            .heading("代表名额")
            .paragraph(self.delegates())
            .heading("筹备工作")
            .paragraph(committee)
            .paragraph("妥否，请批示。")
    }

    fn request_convene(&self, form: &PaperForm) -> Paper {
        let title = self.congress.title();
        let paper = Paper::new(format!("关于召开\n{}的请示", self.congress.title_in_lines(3)))
            .to(self.party())
            .paragraph(format!("{title}的筹备工作已基本就绪，拟于{}召开。现将有关事项请示如下。", self.day()))
            .heading("时间和地点")
            .paragraph(format!("时间：{}{}。地点：{}。", self.day(), form.time(), form.place()))
            .heading("代表名额和分配")
            .paragraph(self.delegates());
        let paper = if self.units.is_empty() { paper } else { paper.table(self.seats()) };
        paper.heading("大会议程").items(AGENDA.map(|item| format!("{item}。"))).paragraph("妥否，请批示。")
    }

    fn notice(&self, form: &PaperForm) -> Paper {
        let title = self.congress.title();
        let to = match self.congress.kind {
            Union::College => "各班级团支部、全体代表",
            Union::School | Union::Graduate => "各院系学生会、各代表团",
        };
        let paper = Paper::new(format!("关于召开\n{}的通知", self.congress.title_in_lines(3)))
            .to(to)
            .paragraph(format!("经批准，{title}定于{}召开。现将有关事项通知如下。", self.day()))
            .heading("时间和地点")
            .paragraph(format!("时间：{}{}。地点：{}。", self.day(), form.time(), form.place()))
            .heading("参加人员")
            .paragraph(self.delegates());
        let paper = if self.units.is_empty() { paper } else { paper.table(self.seats()) };
        paper
            .heading("大会议程")
            .items(AGENDA.map(|item| format!("{item}。")))
            .heading("有关要求")
            .items([
                "代表凭出席证签到入场，不得委托他人代为出席和投票。".to_owned(),
                "因故不能出席的，会前向代表团团长书面请假。".to_owned(),
                "提案由一名代表提出、两名以上代表附议，会前交各代表团。".to_owned(),
            ])
            .paragraph("特此通知。")
    }

    fn agenda(&self, form: &PaperForm) -> Paper {
        Paper::new(format!("{}\n议程", self.congress.title_in_lines(0)))
            .caption(&format!("{}{}　{}", self.day(), form.time(), form.place()))
            .items(AGENDA.map(|item| format!("{item}。")))
    }

    /// The seats by college, then those of societies and of the union itself.
    fn seats(&self) -> Table {
        let columns = vec![
            Column::centred("序号", 4),
            Column::text("单位", 16),
            Column::centred("学生", 6),
            Column::centred("名额", 6),
        ];
        let mut lines: Vec<(String, u32, u32)> = Vec::new();
        for unit in &self.units {
            let name = match (unit.kind, &unit.college_name) {
                (UnitKind::Grade, Some(college)) if self.congress.kind != Union::College => college.clone(),
                _ => unit.name(),
            };
            match lines.last_mut() {
                Some((last, students, seats)) if *last == name => {
                    *students += unit.students;
                    *seats += unit.seats;
                }
                _ => lines.push((name, unit.students, unit.seats)),
            }
        }
        let number = |count: u32| if count == 0 { "–".to_owned() } else { count.to_string() };
        let total: u32 = lines.iter().map(|(_, _, seats)| seats).sum();
        let mut rows: Vec<Vec<String>> = (1..)
            .zip(&lines)
            .map(|(place, (name, students, seats)): (usize, _)| {
                vec![place.to_string(), name.clone(), number(*students), seats.to_string()]
            })
            .collect();
        rows.push(vec![String::new(), "合计".to_owned(), String::new(), total.to_string()]);
        Table::new(columns, rows)
    }
}
