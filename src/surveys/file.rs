//! The figures of a questionnaire as a workbook.

use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{
    Surveys, Verb,
    desk::kept,
    results::{PartAnswers, QuestionResult, Results, results},
    store::{self, NamedSheet},
    survey::Question,
};
use crate::{
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    ids::SurveyId,
    sheet::{ReportColumn, report_workbook},
    voice::VoiceKeeper,
    web::{routes::Routes, workbook},
};

pub(super) fn routes() -> Routes<Surveys> {
    Routes::default().recorded_get("/surveys/{survey}/file", file)
}

fn part_rows(result: &QuestionResult, part: &PartAnswers) -> Vec<Vec<String>> {
    let name = format!("{}. {}", result.question.place, result.question.says);
    let row = |what: &str, number: i32, value: &str| {
        vec![name.clone(), part.label.clone(), what.to_owned(), number.to_string(), value.to_owned()]
    };
    let mut rows = vec![row("作答人数", part.answered, "")];
    rows.extend(part.rows.iter().map(|one| row(&one.label, one.number, &one.value)));
    if !part.mean.is_empty() {
        rows.push(row("平均分", part.answered, &part.mean));
    }
    rows
}

/// Who took part, the figures of the whole and of each part, and the texts in an order drawn by lot.
fn rows(results: &Results) -> Vec<Vec<String>> {
    let response = results.response.iter().map(|row| {
        let said = format!("{} / {}", row.answers, row.invited);
        vec!["作答率".to_owned(), row.label.clone(), said, row.answers.to_string(), row.rate.clone()]
    });
    let mut rows: Vec<Vec<String>> = response.collect();
    if results.too_few {
        return rows;
    }
    for result in &results.questions {
        for part in std::iter::once(&result.whole).chain(&result.parts) {
            rows.extend(part_rows(result, part));
        }
        let name = format!("{}. {}", result.question.place, result.question.says);
        let text = |says: &String| vec![name.clone(), "全部".to_owned(), says.clone(), String::new(), String::new()];
        rows.extend(result.texts.iter().map(text));
    }
    rows
}

/// The answers with names, of a questionnaire that asked for them.
fn named_rows(questions: &[Question], sheets: &[NamedSheet]) -> Vec<Vec<String>> {
    let row = |sheet: &NamedSheet| {
        let who = format!("{} {}（{}）", sheet.number, sheet.name, sheet.class);
        let one = move |(question, says): (&Question, &String)| {
            let name = format!("{}. {}", question.place, question.says);
            vec![name, who.clone(), says.clone(), String::new(), String::new()]
        };
        questions.iter().zip(&sheet.says).map(one).collect::<Vec<_>>()
    };
    sheets.iter().flat_map(row).collect()
}

/// Hands the workbook out; the record knows of it, because one with names holds what people said.
async fn file(
    State(surveys): State<Surveys>,
    acting: Acting<VoiceKeeper>,
    Path(id): Path<SurveyId>,
) -> Result<Response, Failure> {
    let now = surveys.clock.now();
    let mut db = surveys.read().await?;
    let survey = kept(&mut db, &acting, id).await?;
    if !survey.is_counted() {
        return Err(Failure::Missing);
    }
    let mut rows = rows(&results(&mut db, &survey).await?);
    if !survey.anonymous {
        let questions = store::questions(&mut db, id).await?;
        rows.extend(named_rows(&questions, &store::sheets_by_name(&mut db, id).await?));
    }
    drop(db);
    let columns = [("题目", 36), ("范围或答题人", 22), ("选项或文字", 46), ("人数", 9), ("占比、平均", 12)]
        .map(|(heading, width)| ReportColumn { heading, width });
    let (title, name) = (survey.title.clone(), format!("{}.xlsx", survey.title));
    let signed = if survey.anonymous { "匿名" } else { "实名" };
    let caption = format!("{}　{signed}　面向{}", survey.host, survey.asked());
    let bytes =
        surveys.heavy(move || report_workbook(&title, &caption, &columns, &rows)).await?.map_err(anyhow::Error::new)?;
    surveys
        .write_as(acting.person().authority(), async |db| {
            let entry = Entry::new(Verb::SurveyKept, survey.title.clone()).detail("办理", "导出数据");
            audit::append(db, acting.person(), entry, now).await
        })
        .await?;
    Ok(workbook(&name, bytes))
}
