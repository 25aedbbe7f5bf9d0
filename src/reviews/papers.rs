//! The papers of a review: 述职报告, 述职评议表, 评议结果通报.

use super::review::{Outcome, Person, Review};
use crate::{
    clock::CHINA,
    name::order::StrokeOrder,
    papers::{Column, Paper, Table},
    rules::review::Grade,
    text::chinese_day,
    unions::union::name_in_full,
};

/// Somebody's report as it was handed in.
pub(super) fn report_paper(institution: &str, review: &Review, person: &Person) -> Paper {
    let union = name_in_full(institution, &review.union.name);
    let mut paper = Paper::new(format!("{}述职报告", review.semester))
        .caption(&format!("{union}　{}　{}", person.posts, person.name));
    for (place, weighted) in review.scheme.weights().iter().enumerate() {
        paper = paper.heading(&weighted.aspect);
        for line in person.text(&place).lines().filter(|line| !line.trim().is_empty()) {
            paper = paper.paragraph(line);
        }
    }
    let day = person.handed_at.map(|at| at.to_offset(CHINA).date());
    paper.signature_line("述职人").signed(person.name.clone(), day)
}

/// The blank sheet of a board member, for a board that writes by hand.
pub(super) fn sheet_paper(institution: &str, review: &Review, persons: &[Person]) -> Paper {
    let mut columns = vec![Column::centred("序号", 4), Column::centred("姓名", 8), Column::text("岗位", 14)];
    for one in review.scheme.weights() {
        columns.push(Column::centred(&format!("{}（{}%）", one.aspect, one.weight), 8));
    }
    columns.push(Column::text("意见", 14));
    let due = persons.iter().filter(|person| person.excused_why.is_none());
    let row = |(place, person): (usize, &Person)| {
        let mut cells = vec![place.to_string(), person.name.clone(), person.posts.clone()];
        cells.resize(columns.len(), String::new());
        cells
    };
    let rows = (1..).zip(due).map(row).collect();
    Paper::new(format!("{}\n{}述职评议表", name_in_full(institution, &review.union.name), review.semester))
        .landscape()
        .caption(&format!("每个方面 0 至 {} 分；无记名", review.scheme.most()))
        .table(Table::new(columns, rows))
        .note("各个方面都要评分，缺项的无效；不评议本人和本部门的负责人。")
}

/// What is announced of a review: grades, not scores; within a grade people stand by strokes.
pub(super) fn notice_paper(
    institution: &str,
    review: &Review,
    rows: &[(Person, Outcome)],
    strokes: StrokeOrder,
) -> Paper {
    let union = name_in_full(institution, &review.union.name);
    let columns = vec![
        Column::centred("序号", 5),
        Column::centred("姓名", 10),
        Column::text("岗位", 24),
        Column::centred("等次", 10),
    ];
    let row = |(place, (person, outcome)): (usize, &(Person, Outcome))| {
        let grade = outcome.grade.label().to_owned();
        vec![place.to_string(), person.name.clone(), person.posts.clone(), grade]
    };
    let count = |grade: &Grade| rows.iter().filter(|(_, outcome)| outcome.grade == *grade).count();
    let grades = Grade::ALL.iter().map(|grade| format!("{}{}人", grade.label(), count(grade)));
    let day = review.counted_at.map(|at| at.to_offset(CHINA).date());
    let sat = day.map(chinese_day).unwrap_or_default();
    let unit = if review.union.college.is_some() { "院系团组织" } else { "校团委" };
    Paper::new(format!("关于{union}\n{}述职评议结果的通报", review.semester))
        .paragraph(format!(
            "根据述职评议制度，评议会于{sat}对{union}{}任职的主席团成员和部门负责人进行了述职评议，共评议{}人：{}。现将结果通报如下。",
            review.semester,
            rows.len(),
            grades.collect::<Vec<_>>().join("，")
        ))
        .table(Table::new(columns, (1..).zip(rows).map(row).collect()))
        .note(format!("同一等次内{}。计分办法：{}。", strokes.label(), review.scheme.in_words()))
        .paragraph("特此通报。")
        .signed(format!("{institution}{unit}（盖章）"), day)
}
