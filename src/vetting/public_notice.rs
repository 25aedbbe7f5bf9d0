//! 公示 as a paper: who is to be chosen, from which day to which, where objections go, and who issues it.

use time::Date;

use super::{case::Case, round::Round};
use crate::{
    name::order::StrokeOrder,
    papers::{Column, Paper, Table},
    text::chinese_day,
    unions::union::name_in_full,
};

/// The days of a public notice, the first and the last both within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeTerm {
    /// The day on which it was published: shown from then on.
    pub published: Date,
    /// The first day that counts.
    pub first: Date,
    pub until: Date,
}

impl NoticeTerm {
    /// The days of both: one begins as candidates pass, and ends with the last of them.
    #[must_use]
    pub fn together(self, other: Self) -> Self {
        Self {
            published: self.published.min(other.published),
            first: self.first.min(other.first),
            until: self.until.max(other.until),
        }
    }

    fn in_words(self) -> String {
        format!("{}至{}", chinese_day(self.first), chinese_day(self.until))
    }
}

/// A candidate on public notice.
#[derive(Debug, Clone)]
pub struct NoticedCase {
    pub case: Case,
    pub term: NoticeTerm,
}

/// Who issues a notice, under which number, and where objections go besides the system; empty where the office has not said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeIssuer {
    /// In the words of the seal.
    pub name: String,
    /// Telephone, e-mail, room.
    pub contact: String,
    /// 发文字号.
    pub number: String,
}

impl NoticeIssuer {
    /// The name that its signature has: the office's own, or what is known of it.
    fn signs_as(&self, institution: &str, round: &Round) -> String {
        match (&round.union.college, self.name.as_str()) {
            (_, name) if !name.is_empty() => name.to_owned(),
            (None, _) => format!("共青团{institution}委员会"),
            (Some(_), _) => {
                let college = round.union.name.trim_end_matches("学生会");
                format!("{institution}{college}团组织")
            }
        }
    }
}

/// The paper, in the order of `noticed`, which is that of places, then `order`.
#[must_use]
pub fn paper(
    institution: &str,
    round: &Round,
    noticed: &[NoticedCase],
    issuer: &NoticeIssuer,
    order: StrokeOrder,
) -> Paper {
    let union = name_in_full(institution, &round.union.name);
    let chosen = if round.presidium { "主席团候选人" } else { "拟任工作人员" };
    let decides = if round.presidium { "推荐" } else { "任用" };
    let posts = if round.presidium { "主席团候选人" } else { "工作人员" };
    let steps: Vec<String> = round.chain.links.iter().map(crate::rules::chain::Link::in_words).collect();
    let mut paper = Paper::new(format!("关于{union}\n{chosen}的公示")).paragraph(format!(
        "根据{}等规定，经{}，拟{decides}下列{}名同学为{union}{posts}，现予公示（{}{}）。",
        round.chain.document,
        steps.join("、"),
        noticed.len(),
        if round.places.len() > 1 { "先分岗位，再" } else { "" },
        order.label(),
    ));
    let first = noticed.first().map(|one| one.term);
    let together = noticed.iter().all(|one| Some(one.term) == first);
    if let (Some(term), true) = (first, together) {
        let days = round.days_in_words(&round.notice_days).replace(' ', "");
        paper = paper.paragraph(format!("公示时间：{}（含首尾两日，共{days}）。", term.in_words()));
    }
    paper = paper.table(table(noticed, together)).paragraph("公示期内如有不同意见，请通过下列渠道反映：");
    let mut channels = vec!["登录系统，在本公示的页面提交；".to_owned()];
    if issuer.contact.is_empty() {
        channels = vec!["登录系统，在本公示的页面提交。".to_owned()];
    } else {
        channels.push(format!("{}。", issuer.contact.trim_end_matches('。')));
    }
    let day = noticed.iter().map(|one| one.term.published).max();
    paper.items(channels).signed(issuer.signs_as(institution, round), day).number(issuer.number.clone())
}

/// Those on notice; each with their days where these differ.
fn table(noticed: &[NoticedCase], together: bool) -> Table {
    let mut columns = vec![
        Column::centred("序号", 4),
        Column::centred("姓名", 9),
        Column::text("院系", 12),
        Column::text("班级", 12),
        Column::text("岗位", 15),
    ];
    if !together {
        columns.push(Column::centred("公示时间", 12));
    }
    let row = |(place, one): (usize, &NoticedCase)| {
        let case = &one.case;
        let mut cells = vec![
            place.to_string(),
            case.name.clone(),
            case.college_name.clone(),
            case.class_name.clone(),
            case.place_name.clone(),
        ];
        if !together {
            cells.push(one.term.in_words());
        }
        cells
    };
    Table::new(columns, (1..).zip(noticed).map(row).collect())
}
