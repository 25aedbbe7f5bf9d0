//! The file of a congress: made when it is asked for, and that somebody took it is recorded.

use std::{fmt::Write as _, io};

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    packing::{Packer, Sending, body},
    store,
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    congress::{
        CongressKeeper, VERBS, Verb,
        congress::{Congress, Delegate},
        delegates,
        meeting::{self, archived::MeetingFile},
        pages::kept,
        papers::{core_papers, store as additions},
        proposals::{self, proposal::ProposalPaper},
        result::{
            self,
            result::{ResultPaper, ScanOf},
        },
        steps, store as congresses,
    },
    directory, elections,
    failure::Failure,
    ids::{CongressId, DocumentId, MeetingDocumentId},
    page::filters::{minute_of, query_value},
    papers::Paper,
    rulebook::store::calendar,
    rules::congress_result::announcing,
    text::as_cell,
    unions::documents::{self, Scan},
};

#[must_use]
pub fn routes() -> Routes {
    Routes::default().recorded_get("/congresses/{congress}/archive", download)
}

/// Where a file of the archive comes from when its turn has come.
enum Source {
    Bytes(Vec<u8>),
    /// It becomes a Word file while it is packed.
    Paper(Box<Paper>),
    /// A scan on file.
    Document(DocumentId),
    /// A scan of a step of the result.
    Scan(ScanOf),
    /// A document that the meeting's delegates read.
    Meeting(MeetingDocumentId),
}

/// A file of the archive.
struct ArchivedFile {
    /// With its folder; without the ending, where the source tells it.
    name: String,
    source: Source,
}

impl ArchivedFile {
    fn paper(folder: &str, paper: Paper) -> Self {
        let name = format!("{folder}/{}.docx", plain(paper.file_name().trim_end_matches(".docx")));
        Self { name, source: Source::Paper(Box::new(paper)) }
    }
}

/// A list as a file that offices open in a spreadsheet.
fn list(name: &str, head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> anyhow::Result<ArchivedFile> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(head)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| as_cell(cell).into_owned()))?;
    }
    let bytes = writer.into_inner().map_err(|error| anyhow::anyhow!("a list cannot be written: {error}"))?;
    Ok(ArchivedFile { name: format!("名单/{name}.csv"), source: Source::Bytes(bytes) })
}

fn delegates_list(delegates: &[Delegate]) -> anyhow::Result<ArchivedFile> {
    let head = ["代表证号", "姓名", "学号", "院系", "班级", "产生方式", "终止日期", "终止原因"];
    let row = |one: &Delegate| {
        vec![
            one.card.map(|card| card.to_string()).unwrap_or_default(),
            one.name.clone(),
            one.number.clone(),
            one.college.clone(),
            one.class.clone(),
            one.standing.label().to_owned(),
            one.ended_on.map(|day| day.to_string()).unwrap_or_default(),
            one.ended_why.clone().unwrap_or_default(),
        ]
    };
    list("代表名单", &head, delegates.iter().map(row))
}

/// A name without what folders and file systems refuse.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !c.is_control() && !r#"/\:*?"<>|"#.contains(*c)).take(60).collect()
}

/// Everything of a congress, from the parts that keep it.
async fn contents(db: &mut PgConnection, congress: &Congress, today: Date) -> Result<Vec<ArchivedFile>, Failure> {
    let mut files = Vec::new();
    let units = store::units(db, congress).await?;
    if !units.is_empty() {
        let rows = units.iter().map(|unit| vec![unit.name.clone(), unit.students.to_string(), unit.seats.to_string()]);
        files.push(list("代表名额", &["单位", "学生人数", "名额"], rows)?);
    }
    files.push(delegates_list(&congresses::delegates(db, congress).await?)?);
    files.extend(reports_of(db, congress).await?);
    if let Some(document) = congress.document {
        files.push(ArchivedFile {
            name: "公文/登记依据（扫描件）".to_owned(), source: Source::Document(document)
        });
    }
    files.extend(core_papers(db, congress).await?.into_iter().map(|paper| ArchivedFile::paper("公文", paper)));
    if let Some(paper) = delegates::qualification_paper(db, congress, today).await? {
        files.push(ArchivedFile::paper("公文", paper));
    }
    files.extend(steps_of(db, congress).await?);
    for file in meeting::archived::files(db, congress, today).await? {
        files.push(match file {
            MeetingFile::Paper(paper) => ArchivedFile::paper("会议", *paper),
            MeetingFile::Document(id, title) => {
                ArchivedFile { name: format!("会议/文件/{}", plain(&title)), source: Source::Meeting(id) }
            }
            MeetingFile::List(name, head, rows) => list(name, head, rows.into_iter())?,
        });
    }
    for (place, one) in (1..).zip(store::sittings(db, congress).await?) {
        let folder = format!("选举/{place:02} {}", plain(&one.title));
        if let Some(record) = one.record {
            let name = format!("{folder}/公开记录.json");
            files.push(ArchivedFile { name, source: Source::Bytes(record.into_bytes()) });
        }
        if let Some(sitting) = elections::store::sitting(db, congress.institution, one.id).await? {
            let papers = elections::issued_papers(db, &congress.institution_name, &sitting, today).await?;
            files.extend(papers.into_iter().map(|paper| ArchivedFile::paper(&folder, paper)));
        }
    }
    files.extend(result_of(db, congress, today).await?);
    files.extend(proposals_of(db, congress).await?);
    files.push(record_of(db, congress).await?);
    files.sort_by(|one, other| one.name.cmp(&other.name));
    tell_apart(&mut files);
    Ok(files)
}

/// Numbers files that would have one name: a document's title, or a proposal's number of another congress, may come twice.
fn tell_apart(files: &mut [ArchivedFile]) {
    let (mut last, mut times) = (String::new(), 1);
    for file in files {
        times = if file.name == last { times + 1 } else { 1 };
        last.clone_from(&file.name);
        if times > 1 {
            file.name = match file.name.rsplit_once('.') {
                Some((stem, ending)) if ending.len() <= 4 => format!("{stem}（{times}）.{ending}"),
                _ => format!("{}（{times}）", file.name),
            };
        }
    }
}

/// What was done, as the record of the portal has it: by number and hash each line is found in the chain.
async fn record_of(db: &mut PgConnection, congress: &Congress) -> Result<ArchivedFile, Failure> {
    let (title, since) = (congress.short_title(), congress.created_at);
    let entries = audit::entries_about(db, congress.institution, VERBS, &title, since).await?;
    let rows = entries.into_iter().map(|one| {
        let (seq, at) = (one.seq.to_string(), minute_of(one.at));
        vec![seq, at, one.office, one.act, one.object, one.details, one.clause, one.hash]
    });
    let head = ["序号", "时间", "职务", "事项", "对象", "详情", "依据", "校验值"];
    Ok(list("办理记录", &head, rows)?)
}

/// The elections of delegates that were held elsewhere: a list of them, and the report of each.
async fn reports_of(db: &mut PgConnection, congress: &Congress) -> Result<Vec<ArchivedFile>, Failure> {
    let reports = store::reports(db, congress).await?;
    if reports.is_empty() {
        return Ok(Vec::new());
    }
    let scans = (1..).zip(&reports).map(|(place, one)| ArchivedFile {
        name: format!("代表选举/{place:02} {}（扫描件）", plain(&one.unit)),
        source: Source::Document(one.document),
    });
    let mut files: Vec<ArchivedFile> = scans.collect();
    let rows = reports.iter().map(|one| {
        let (due, present) = (one.due.to_string(), one.present.to_string());
        vec![one.unit.clone(), one.held_on.to_string(), one.how.clone(), due, present, one.votes.clone()]
    });
    files.push(list("代表选举", &["单位", "日期", "办法", "应到", "实到", "得票"], rows)?);
    Ok(files)
}

/// The steps with the papers on file, and the rules by which the congress was held.
async fn steps_of(db: &mut PgConnection, congress: &Congress) -> Result<Vec<ArchivedFile>, Failure> {
    let mut files = Vec::new();
    let rows = steps::store::steps(db, congress).await?;
    for (place, row) in (1..).zip(&rows) {
        if let Some(paper) = &row.paper {
            let name = format!("日程/{place:02} {}（扫描件）", row.step.label());
            files.push(ArchivedFile { name, source: Source::Document(paper.id) });
        }
    }
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let lines =
        rows.iter().map(|row| vec![row.step.label().to_owned(), day(row.due), day(row.done_on), row.says.clone()]);
    files.push(list("日程", &["事项", "期限", "完成", "文号或说明"], lines)?);
    for (place, rule) in (1..).zip(steps::store::rules(db, congress.union).await?) {
        let name = format!("制度/{place:02} {}（{}）", plain(&rule.name), rule.adopted_on);
        files.push(ArchivedFile { name, source: Source::Document(rule.paper.id) });
    }
    Ok(files)
}

/// The result with its papers and scans.
async fn result_of(db: &mut PgConnection, congress: &Congress, today: Date) -> Result<Vec<ArchivedFile>, Failure> {
    let mut files = Vec::new();
    let Some(found) = result::store::find(db, congress.id).await? else { return Ok(files) };
    let plans = calendar(db, congress.institution).await?;
    let word = plans.in_force(today).map_or("公布", |plan| announcing(&plan));
    let mut additions = additions::additions(db, congress.id).await?;
    for which in ResultPaper::ALL {
        let paper = result::paper(congress, &found, *which, word);
        let added = which.added_as().and_then(|word| additions.remove(word));
        files.push(ArchivedFile::paper(
            "选举结果",
            match added {
                Some(added) => paper.number(added.number).dated(added.dated_on),
                None => paper,
            },
        ));
    }
    for of in &found.scans {
        let name = format!("选举结果/{}（扫描件）", of.label());
        files.push(ArchivedFile { name, source: Source::Scan(*of) });
    }
    Ok(files)
}

async fn proposals_of(db: &mut PgConnection, congress: &Congress) -> Result<Vec<ArchivedFile>, Failure> {
    let mut files = Vec::new();
    let before = proposals::store::ProposalFilter::before(congress.id);
    let strokes = directory::store::stroke_order(db, congress.institution).await?;
    let mut rows = Vec::new();
    for one in proposals::store::list(db, congress.institution, before).await? {
        let seconded = proposals::Seconded::new(proposals::store::seconders(db, one.id).await?, strokes);
        let replies = proposals::store::replies(db, one.id).await?;
        for which in ProposalPaper::ALL {
            if let Some(mut paper) = proposals::paper(congress, &one, &seconded, &replies, *which) {
                // Each is saved under its own number.
                let _ = write!(paper.title, "（{}）", one.number_in_words());
                files.push(ArchivedFile::paper("提案", paper));
            }
        }
        rows.push(vec![
            one.number_in_words(),
            one.title.clone(),
            one.matter.label().to_owned(),
            one.stage.label().to_owned(),
            one.office.clone().unwrap_or_default(),
        ]);
    }
    files.push(list("提案", &["编号", "标题", "类别", "进度", "承办部门"], rows.into_iter())?);
    Ok(files)
}

/// A file whose turn has come.
enum Ready {
    Bytes(String, Vec<u8>),
    Paper(String, Box<Paper>),
}

fn scanned(name: &str, scan: &Scan) -> Ready {
    let ending = scan.media().rsplit('/').next().unwrap_or("bin").replace("jpeg", "jpg");
    Ready::Bytes(format!("{name}.{ending}"), scan.bytes().to_vec())
}

/// Reads a file; none where it is not there any more.
async fn read(app: &App, congress: &Congress, file: ArchivedFile) -> Result<Option<Ready>, Failure> {
    let ArchivedFile { name, source } = file;
    Ok(match source {
        Source::Bytes(bytes) => Some(Ready::Bytes(name, bytes)),
        Source::Paper(paper) => Some(Ready::Paper(name, paper)),
        Source::Document(id) => documents::scan(&mut *app.read().await?, id).await?.map(|scan| scanned(&name, &scan)),
        Source::Scan(of) => {
            result::store::scan(&mut *app.read().await?, congress, of).await?.map(|scan| scanned(&name, &scan))
        }
        Source::Meeting(id) => {
            let found = meeting::archived::document(&mut *app.read().await?, congress.id, id).await?;
            found.map(|(ending, bytes)| Ready::Bytes(format!("{name}.{ending}"), bytes))
        }
    })
}

/// Packs and sends one file after the other. Where the reader has gone away there is nothing left to do.
async fn send(
    app: &App,
    congress: &Congress,
    files: Vec<ArchivedFile>,
    made_at: OffsetDateTime,
    sending: &Sending,
) -> Result<(), Failure> {
    let mut packer = Packer::default();
    for file in files {
        let Some(ready) = read(app, congress, file).await? else { continue };
        let done = app.heavy(move || {
            let (name, bytes) = match ready {
                Ready::Bytes(name, bytes) => (name, bytes),
                Ready::Paper(name, paper) => (name, paper.to_word()?),
            };
            let part = packer.add(&name, &bytes)?;
            Ok::<_, anyhow::Error>((packer, part))
        });
        let part;
        (packer, part) = done.await??;
        if sending.send(Ok(part)).await.is_err() {
            return Ok(());
        }
    }
    let title = congress.title();
    let rest = app.heavy(move || packer.finish(&title, made_at)).await??;
    // The reader may have gone away at the very end.
    let _ = sending.send(Ok(rest)).await;
    Ok(())
}

async fn download(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let mut db = app.read().await?;
    let congress = kept(&mut db, &acting, id).await?;
    let files = contents(&mut db, &congress, now.date()).await?;
    drop(db);
    app.write_as(acting.person().authority(), async |db| {
        let entry = Entry::new(Verb::CongressKept, congress.short_title()).detail("办理", "下载归档文件");
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    let name = query_value(&format!("{}归档.zip", plain(&congress.title())));
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"congress.zip\"; filename*=UTF-8''{name}")),
    ];
    let (sending, body) = body();
    tokio::spawn(async move {
        if let Err(failure) = send(&app, &congress, files, now, &sending).await {
            tracing::error!(%failure, "an archive broke off");
            // The reader learns that the file is not whole.
            let _ = sending.send(Err(io::Error::other("the archive broke off"))).await;
        }
    });
    Ok((headers, body).into_response())
}
