//! The papers of a review: 述职报告, 述职评议表, 评议结果通报, 汇总表.

use super::review::{Outcome, Person, Review};
use crate::{
    clock::CHINA,
    name::order::{self, StrokeOrder},
    papers::{Column, Paper, Table, closed_up},
    rules::review::{FEWEST_SHOWN, Grade, score_in_words},
    text::chinese_day,
    unions::union::name_in_full,
};

/// The semester as titles have it.
fn semester(review: &Review) -> String {
    closed_up(&review.semester)
}

/// Somebody's report as it was handed in.
pub(super) fn report_paper(institution: &str, review: &Review, person: &Person) -> Paper {
    let union = name_in_full(institution, &review.union.name);
    let mut paper = Paper::new(format!("{}述职报告", semester(review)))
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

/// Who stands on the sheet of a board member, in the order of official lists.
pub(super) fn in_sheet_order(persons: &[Person], strokes: StrokeOrder) -> Vec<&Person> {
    let mut due: Vec<&Person> = persons.iter().filter(|person| person.excused_why.is_none()).collect();
    order::sort(&mut due, strokes, |person| &person.name);
    due
}

/// The blank sheet of a board member, for a board that writes by hand.
pub(super) fn sheet_paper(institution: &str, review: &Review, persons: &[Person], strokes: StrokeOrder) -> Paper {
    let mut columns = vec![Column::centred("序号", 4), Column::centred("姓名", 8), Column::text("岗位", 15)];
    for one in review.scheme.weights() {
        columns.push(Column::centred(&format!("{}（{}%）", one.aspect, one.weight), 8));
    }
    columns.push(Column::text("意见", 14));
    let due = in_sheet_order(persons, strokes);
    let row = |(place, person): (usize, &Person)| {
        let mut cells = vec![place.to_string(), person.name.clone(), person.posts.clone()];
        cells.resize(columns.len(), String::new());
        cells
    };
    let rows = (1..).zip(due).map(row).collect();
    Paper::new(format!("{}\n{}述职评议表", name_in_full(institution, &review.union.name), semester(review)))
        .landscape()
        .caption(&format!("每个方面0至{}分；无记名；{}", review.scheme.most(), strokes.label()))
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
    Paper::new(format!("关于{union}\n{}述职评议结果的通报", semester(review)))
        .paragraph(format!(
            "根据述职评议制度，评议会于{sat}对{union}{}任职的主席团成员和部门负责人进行了述职评议，共评议{}人：{}。现将结果通报如下。",
            semester(review),
            rows.len(),
            grades.collect::<Vec<_>>().join("，")
        ))
        .table(Table::new(columns, (1..).zip(rows).map(row).collect()))
        .note(format!("同一等次内{}。计分办法：{}。", strokes.label(), closed_up(&review.scheme.in_words())))
        .paragraph("特此通报。")
        .signed(keeper(institution, review), day)
}

/// The League organisation that keeps the review, with room for its seal.
fn keeper(institution: &str, review: &Review) -> String {
    match review.union.college {
        Some(_) => format!("{institution}{}团组织（盖章）", review.union.name.trim_end_matches("学生会")),
        None => format!("共青团{institution}委员会（盖章）"),
    }
}

/// The means of the aspects; of few sheets none is shown.
pub(super) fn means(outcome: &Outcome) -> Vec<String> {
    let few = outcome.is_of_few();
    outcome.aspects.iter().map(|mean| if few { String::new() } else { score_in_words(*mean) }).collect()
}

/// Everybody who was scored, the best first: for the files of the League organisation, not for announcing.
pub(super) fn summary_paper(institution: &str, review: &Review, rows: &[(Person, Outcome)]) -> Paper {
    let mut columns = vec![
        Column::centred("序号", 5),
        Column::centred("姓名", 9),
        Column::centred("学号", 11),
        Column::text("班级", 13),
        Column::text("岗位", 15),
    ];
    columns.extend(review.scheme.weights().iter().map(|one| Column::centred(&one.aspect, 9)));
    columns.extend([("评议表", 7), ("得分", 7), ("等次", 7)].map(|(title, width)| Column::centred(title, width)));
    let row = |(place, (person, outcome)): (usize, &(Person, Outcome))| {
        let mut cells = vec![place.to_string(), person.name.clone(), person.number.clone()];
        cells.extend([person.class.clone(), person.posts.clone()]);
        cells.extend(means(outcome));
        cells.extend([outcome.sheets.to_string(), outcome.score_in_words(), outcome.grade.label().to_owned()]);
        cells
    };
    let rows: Vec<Vec<String>> = (1..).zip(rows).map(row).collect();
    let day = review.counted_at.map(|at| at.to_offset(CHINA).date());
    Paper::new(format!("{}\n{}述职评议汇总表", name_in_full(institution, &review.union.name), semester(review)))
        .landscape()
        .caption(&format!("共评议{}人", rows.len()))
        .table(Table::new(columns, rows))
        .note(format!("计分办法：{}。", closed_up(&review.scheme.in_words())))
        .note(format!("评议表不足{FEWEST_SHOWN}张的，只列得分和等次。"))
        .signature_line("填表人")
        .signature_line("审核人")
        .signed(keeper(institution, review), day)
}
