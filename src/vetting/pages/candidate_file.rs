//! The file in which candidates are put forward: its template, and how it is read.

use axum::{
    extract::{Path, State},
    response::Response,
};

use super::visible_round;
use crate::{
    app::App,
    auth::acting::Acting,
    failure::Failure,
    ids::{PlaceId, RoundId},
    name::same_number,
    rules::vetting::Source,
    sheet::{BadCell, Columns, RowReader, Sheet, SheetError, drop_down_template},
    vetting::{
        Vetter,
        chain_office::ChainOffice,
        forms::{Application, sources},
        round::{Place, Round},
    },
    web::workbook,
};

pub(super) const COLUMNS: [&str; 8] = ["学号", "姓名", "岗位", "来源", "领域", "个人陈述", "经历", "推荐意见"];
pub(super) const REQUIRED: [&str; 3] = ["学号", "姓名", "岗位"];
/// The most candidates of one file.
pub(super) const MOST_ROWS: usize = 500;

/// Somebody to be put forward.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) number: String,
    pub(super) applied: Application,
    /// What the recommending body says of them.
    pub(super) words: String,
}

pub(super) async fn template(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<RoundId>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let office = ChainOffice::of(&mut db, &acting).await?;
    let round = visible_round(&mut db, &office, id).await?;
    let places: Vec<String> = round.places.iter().map(Place::label).collect();
    let places: Vec<&str> = places.iter().map(String::as_str).collect();
    let labels: Vec<&str> = sources(round.presidium).into_iter().map(Source::label).collect();
    let columns: Vec<(&str, &[&str])> = COLUMNS
        .iter()
        .map(|column| match *column {
            "岗位" => (*column, places.as_slice()),
            "来源" => (*column, labels.as_slice()),
            _ => (*column, &[][..]),
        })
        .collect();
    let place = places.first().copied().unwrap_or_default();
    let says = "政治坚定，品行端正，热心服务同学，学习成绩专业前10%";
    let statement = "（可以空着，由本人确认时填写）";
    let example = ["20260101", "示例（请删去）", place, "", "", statement, "", says].map(str::to_owned).to_vec();
    Ok(workbook("推荐人选模板.xlsx", drop_down_template("人选", &columns, &[example]).map_err(anyhow::Error::new)?))
}

/// Reads a file of candidates: all of whom it says who they are and for which place, whatever else is wrong with their
/// rows, and every cell that cannot be used.
pub(super) fn candidates(
    sheet: &Sheet,
    round: &Round,
    recommends: bool,
) -> Result<(Vec<Candidate>, Vec<BadCell>), SheetError> {
    let columns = Columns::find(sheet, &COLUMNS, &REQUIRED)?;
    if sheet.rows.len() > MOST_ROWS {
        return Err(SheetError(format!("一次最多 {MOST_ROWS} 人")));
    }
    let (mut found, mut bad): (Vec<Candidate>, Vec<BadCell>) = (Vec::new(), Vec::new());
    let places: Vec<(String, PlaceId)> = round.places.iter().map(|place| (place.label(), place.id)).collect();
    let places: Vec<(&str, PlaceId)> = places.iter().map(|(label, id)| (label.as_str(), *id)).collect();
    let words: Vec<(&str, Source)> = sources(round.presidium).into_iter().map(|one| (one.label(), one)).collect();
    for row in &sheet.rows {
        let mut reader = RowReader::new(row, &columns, &mut bad);
        let number = reader.person_number("学号").map(|number| number.shown().to_owned());
        let _ = reader.person_name("姓名");
        let place = reader.word("岗位", &places);
        if place.is_none() && !reader.is_faulty("岗位") {
            reader.fault("岗位", "请填写岗位");
        }
        let source = reader.word("来源", &words);
        let field = reader.text("领域", 30).unwrap_or_default().to_owned();
        let statement = reader.sentences("个人陈述", 1000).unwrap_or_default();
        let experience = reader.sentences("经历", 1000).unwrap_or_default();
        let says = reader.sentences("推荐意见", 300).unwrap_or_default();
        if recommends && says.is_empty() && !reader.is_faulty("推荐意见") {
            reader.fault("推荐意见", "推荐意见须说明政治表现、品行、服务意识和学习情况");
        }
        if source == Some(Source::Exemplar) && field.is_empty() {
            reader.fault("领域", "优秀学生典型须写明领域");
        }
        let is_again =
            number.as_deref().is_some_and(|number| found.iter().any(|known| same_number(&known.number, number)));
        if is_again {
            reader.fault("学号", "这个学号在文件里出现了两次");
        }
        if let (Some(number), Some(place), false) = (number, place, is_again) {
            let applied = Application { place, source, field, statement, experience };
            found.push(Candidate { number, applied, words: says });
        }
    }
    Ok((found, bad))
}
