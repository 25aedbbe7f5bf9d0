//! What stands in each paper.

use super::forms::PaperForm;
use crate::{
    congress::{congress::Congress, meeting::announced::Announced, seats::unit::SeatUnit},
    papers::{Column, Imprint, Paper, Table},
    rules::{plan::Union, seats::UnitKind},
    text::{chinese_day, trimmed},
    words::words,
};

words! {
    /// A paper of a congress before it meets. A request goes to one body alone: each body has its own.
    PaperKind:
    RequestPrepare = "request-prepare", "请示筹备";
    FederationPrepare = "federation-prepare", "请示筹备（报上级学联）";
    RequestConvene = "request-convene", "请示召开";
    FederationConvene = "federation-convene", "请示召开（报上级学联）";
    Notice = "notice", "会议通知";
    Agenda = "agenda", "会议议程";
}

/// What a paper is made from.
pub(super) struct Facts {
    pub congress: Congress,
    pub units: Vec<SeatUnit>,
    /// Who prepares it, as the step 成立筹备委员会 says; empty where it does not.
    pub committee: String,
    /// What the Party body has answered to each request: 文号 or a word; none while it has not.
    pub may_prepare: Option<String>,
    pub may_convene: Option<String>,
    /// The meeting as it is arranged; none while it is not.
    pub meeting: Option<Announced>,
}

impl PaperKind {
    /// The congress has that paper: a college's congress asks no federation.
    pub fn is_of(self, congress: &Congress) -> bool {
        match self {
            Self::FederationPrepare | Self::FederationConvene => congress.kind != Union::College,
            Self::RequestPrepare | Self::RequestConvene | Self::Notice | Self::Agenda => true,
        }
    }

    pub fn paper(self, facts: &Facts, form: &PaperForm) -> Paper {
        let federation = facts.congress.higher_body();
        let paper = match self {
            Self::RequestPrepare => facts.request_prepare(&facts.congress.party_body(), None),
            Self::FederationPrepare => facts.request_prepare(federation, facts.may_prepare.as_deref()),
            Self::RequestConvene => facts.request_convene(form, &facts.congress.party_body(), None),
            Self::FederationConvene => facts.request_convene(form, federation, facts.may_convene.as_deref()),
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
    fn of_graduates(&self) -> bool {
        self.congress.kind == Union::Graduate
    }

    fn people(&self) -> &'static str {
        if self.of_graduates() { "研究生" } else { "学生" }
    }

    fn union(&self) -> &'static str {
        if self.of_graduates() { "研究生会" } else { "学生会" }
    }

    /// The business of the meeting: as it is arranged, else what is usual.
    fn business(&self) -> Vec<String> {
        let arranged = self.meeting.as_ref().map(|meeting| meeting.agenda.as_slice()).unwrap_or_default();
        if !arranged.is_empty() {
            return arranged.iter().map(|item| format!("{item}。")).collect();
        }
        let union = self.union();
        vec![
            "宣布大会开幕。".to_owned(),
            format!("听取和审议{union}工作报告。"),
            format!("审议{union}章程（修正案）和财务工作报告。"),
            "通过选举办法和监票人、计票人名单。".to_owned(),
            format!("选举新一届{union}主席团。"),
            "宣布选举结果，大会闭幕。".to_owned(),
        ]
    }

    /// Where it meets: as typed, else as the meeting is arranged, else room for it.
    fn place(&self, form: &PaperForm) -> String {
        let arranged = self.meeting.as_ref().filter(|_| trimmed(&form.place).is_empty());
        arranged.map_or_else(|| form.place(), |meeting| meeting.place.clone())
    }

    /// When it begins, in the same way.
    fn begins(&self, form: &PaperForm) -> String {
        let arranged = self.meeting.as_ref().filter(|_| trimmed(&form.time).is_empty());
        arranged.map_or_else(|| form.time(), |meeting| meeting.begins.clone())
    }

    /// What the Party body answered, as a sentence to whoever is asked after it.
    fn answered(&self, answer: Option<&str>) -> Option<String> {
        let number = match trimmed(answer?) {
            "" => String::new(),
            number => format!("（{number}）"),
        };
        Some(format!("此事已经{}批复同意{number}。", self.congress.party_body()))
    }

    fn day(&self) -> String {
        self.congress.meets_on.map_or_else(|| "近期".to_owned(), chinese_day)
    }

    /// How many delegates there are, in a sentence.
    fn delegates(&self) -> String {
        let (congress, people) = (&self.congress, self.people());
        let counted = chinese_day(congress.counted_on);
        match (congress.of_all, congress.seats.zip(congress.students)) {
            (true, _) => format!("大会由全体在校{people}参加。"),
            (false, None) => format!("代表名额以{counted}的在校{people}人数为基数，按规定的比例和覆盖范围分配。"),
            (false, Some((seats, students))) => {
                let union = self.union();
                let ordinary = match congress.ordinary_percent {
                    Some(share) => format!("，其中非{union}骨干的{people}代表不低于{share}%"),
                    None => String::new(),
                };
                format!("代表名额以{counted}的在校{people}{students}人为基数，共{seats}名{ordinary}。")
            }
        }
    }

    /// The heading above [`delegates`](Self::delegates).
    fn delegates_heading(&self, with_table: &str) -> String {
        if self.congress.of_all { "参加人员".to_owned() } else { format!("代表名额{with_table}") }
    }

    fn request_prepare(&self, to: &str, answer: Option<&str>) -> Paper {
        let (title, people, union) = (self.congress.title(), self.people(), self.union());
        let guide = match &self.congress.college_name {
            Some(college) => format!("{college}团组织"),
            None => "校团委".to_owned(),
        };
        let committee = match self.committee.as_str() {
            "" => format!("筹备工作由{guide}指导，成立筹备委员会负责。"),
            names => format!("筹备工作由筹备委员会负责：{names}。"),
        };
        let proposals = if self.congress.of_all { String::new() } else { format!("{people}代表") };
        let paper =
            Paper::new(format!("关于筹备召开\n{}的请示", self.congress.title_in_lines(3))).to(to).paragraph(format!(
                "根据{union}组织改革的有关要求和{people}代表大会制度，拟于{}召开{title}。现将有关事项请示如下。",
                self.day()
            ));
        let paper = match self.answered(answer) {
            Some(says) => paper.paragraph(says),
            None => paper,
        };
        paper
            .heading("大会的主要任务")
            .paragraph(format!(
                "听取和审议{union}工作报告，审议{union}章程修正案，选举新一届{union}主席团，征集和办理{proposals}提案。"
            ))
            .heading(&self.delegates_heading(""))
            .paragraph(self.delegates())
            .heading("筹备工作")
            .paragraph(committee)
            .paragraph("妥否，请批示。")
    }

    fn request_convene(&self, form: &PaperForm, to: &str, answer: Option<&str>) -> Paper {
        let title = self.congress.title();
        let paper = Paper::new(format!("关于召开\n{}的请示", self.congress.title_in_lines(3)))
            .to(to)
            .paragraph(format!("{title}的筹备工作已基本就绪，拟于{}召开。现将有关事项请示如下。", self.day()));
        let paper = match self.answered(answer) {
            Some(says) => paper.paragraph(says),
            None => paper,
        };
        let paper = self.when_and_where(paper, form);
        let paper = paper.heading(&self.delegates_heading("和分配")).paragraph(self.delegates());
        let paper = if self.units.is_empty() { paper } else { paper.table(self.seats()) };
        paper.heading("大会议程").items(self.business()).paragraph("妥否，请批示。")
    }

    fn when_and_where(&self, paper: Paper, form: &PaperForm) -> Paper {
        let (time, place) = (self.begins(form), self.place(form));
        paper.heading("时间和地点").paragraph(format!("时间：{}{time}。地点：{place}。", self.day()))
    }

    fn notice(&self, form: &PaperForm) -> Paper {
        let title = self.congress.title();
        let to = match (self.congress.kind, self.congress.of_all) {
            (Union::College, true) => "各班级团支部、全体同学",
            (Union::College, false) => "各班级团支部、全体代表",
            (Union::School, _) => "各院系学生会、各代表团",
            (Union::Graduate, _) => "各院系、各代表团",
        };
        let paper = Paper::new(format!("关于召开\n{}的通知", self.congress.title_in_lines(3)))
            .to(to)
            .paragraph(format!("经批准，{title}定于{}召开。现将有关事项通知如下。", self.day()));
        let paper = self.when_and_where(paper, form).heading("参加人员").paragraph(self.delegates());
        let paper = if self.units.is_empty() { paper } else { paper.table(self.seats()) };
        let asked = if self.congress.of_all {
            [
                "同学凭学生证签到入场，不得委托他人代为出席和投票。",
                "因故不能出席的，会前向班级团支部书面请假。",
                "提案由一名同学提出、两名以上同学附议，会前提交。",
            ]
        } else {
            [
                "代表凭出席证签到入场，不得委托他人代为出席和投票。",
                "因故不能出席的，会前向代表团团长书面请假。",
                "提案由一名代表提出、两名以上代表附议，会前交各代表团。",
            ]
        };
        paper
            .heading("大会议程")
            .items(self.business())
            .heading("有关要求")
            .items(asked.map(str::to_owned))
            .paragraph("特此通知。")
    }

    fn agenda(&self, form: &PaperForm) -> Paper {
        Paper::new(format!("{}\n议程", self.congress.title_in_lines(0)))
            .caption(&format!("{}{}　{}", self.day(), self.begins(form), self.place(form)))
            .items(self.business())
    }

    /// The seats by college, then those of societies and of the union itself.
    fn seats(&self) -> Table {
        let columns = vec![
            Column::centred("序号", 4),
            Column::text("单位", 16),
            Column::centred(self.people(), 6),
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
        // A society that was weighed and got no seat is no unit of the congress.
        lines.retain(|(_, students, seats)| *students > 0 || *seats > 0);
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
