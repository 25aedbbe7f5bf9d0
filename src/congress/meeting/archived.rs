//! What the archive of a congress holds of its meeting.

use sqlx::PgConnection;
use time::Date;

use super::{
    composed::MeetingPaper,
    pages,
    store::{self, Content},
};
use crate::{
    congress::congress::Congress,
    failure::Failure,
    ids::{CongressId, MeetingDocumentId},
    page::filters::minute_of,
    papers::Paper,
};

/// A file of the archive.
pub(in crate::congress) enum MeetingFile {
    Paper(Box<Paper>),
    /// A document that the delegates read, with its title.
    Document(MeetingDocumentId, String),
    /// A list: its name, its head, its rows.
    List(&'static str, &'static [&'static str], Vec<Vec<String>>),
}

/// The papers of a congress's meeting, its documents, who came, and the votes by show of hands; nothing where none was prepared.
pub(in crate::congress) async fn files(
    db: &mut PgConnection,
    congress: &Congress,
    today: Date,
) -> Result<Vec<MeetingFile>, Failure> {
    let Some(meeting) = store::find(db, congress.id).await? else { return Ok(Vec::new()) };
    let course = pages::course(db, congress.clone(), meeting, today).await?;
    let mut files: Vec<MeetingFile> = MeetingPaper::ALL
        .iter()
        .filter_map(|which| pages::paper_of(&course, *which))
        .map(|paper| MeetingFile::Paper(Box::new(paper)))
        .collect();
    let documents = store::documents(db, congress.id).await?;
    files.extend(documents.into_iter().map(|one| MeetingFile::Document(one.id, one.title)));
    let came = course.people.iter().map(|one| {
        let arrival = one.arrival.as_ref();
        vec![
            one.card_number(),
            one.name.clone(),
            one.number.clone(),
            one.college.clone(),
            one.delegation.clone(),
            arrival.map(|arrival| minute_of(arrival.at)).unwrap_or_default(),
            arrival.map(|arrival| arrival.desk.clone()).unwrap_or_default(),
            arrival.map(|arrival| arrival.way.label().to_owned()).unwrap_or_default(),
            arrival.and_then(|arrival| arrival.left_at).map(minute_of).unwrap_or_default(),
        ]
    });
    let head = &["代表证号", "姓名", "学号", "院系", "代表团", "签到时间", "签到台", "方式", "退场时间"];
    files.push(MeetingFile::List("签到", head, came.collect()));
    let undone = store::undone(db, congress.id).await?.into_iter().map(|one| {
        vec![
            one.name,
            one.number,
            minute_of(one.at),
            one.desk,
            minute_of(one.taken_back_at),
            one.taken_back_by,
            one.why,
        ]
    });
    let head = &["姓名", "学号", "签到时间", "签到台", "撤销时间", "撤销人", "理由"];
    files.push(MeetingFile::List("撤销的签到", head, undone.collect()));
    let guests = store::guests(db, congress.id).await?.into_iter().map(|one| vec![one.name, one.unit]);
    files.push(MeetingFile::List("列席人员", &["姓名", "单位"], guests.collect()));
    let votes = course.votes.iter().map(|one| {
        let number = |count: u32| count.to_string();
        vec![
            one.place.to_string(),
            one.motion.clone(),
            one.kind.label().to_owned(),
            minute_of(one.at),
            number(one.count.due),
            number(one.count.present),
            number(one.hands.votes_for),
            number(one.hands.against),
            number(one.hands.abstain),
            one.needed.in_words(),
            one.outcome().to_owned(),
            one.voided_why.clone().unwrap_or_default(),
        ]
    });
    let head =
        &["次序", "表决事项", "类别", "时间", "应到", "实到", "赞成", "反对", "弃权", "通过的要求", "结果", "作废原因"];
    files.push(MeetingFile::List("举手表决", head, votes.collect()));
    let duties = course.duties.iter().map(|one| {
        let approved = if one.approved { "已表决通过" } else { "未表决" };
        vec![one.duty.label().to_owned(), one.name.clone(), approved.to_owned()]
    });
    files.push(MeetingFile::List("大会职责", &["职责", "姓名", "表决"], duties.collect()));
    Ok(files)
}

/// A document with the ending of what it is.
pub(in crate::congress) async fn document(
    db: &mut PgConnection,
    congress: CongressId,
    id: MeetingDocumentId,
) -> Result<Option<(&'static str, Vec<u8>)>, Failure> {
    let found = store::document(db, congress, id).await?;
    Ok(found.map(|(_, content)| match content {
        Content::Written(text) => ("txt", text.into_bytes()),
        Content::Pdf(bytes) => ("pdf", bytes),
    }))
}
