//! The file of a congress: made when it is asked for, and that somebody took it is recorded.

use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
};

use askama::Template;
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use super::store;
use crate::{
    app::{App, Routes},
    audit::{self, Entry, Verb},
    auth::acting::Acting,
    congress::{
        congress::{Congress, Delegate},
        pages::{kept, refusal},
        proposals::{self, proposal::ProposalPaper},
        result::{
            self,
            result::{ResultPaper, ScanOf},
        },
        store as congresses,
    },
    failure::Failure,
    ids::CongressId,
    office::CongressKeeper,
    page::filters::{self, query_value},
    papers::Paper,
    rulebook::store::calendar,
    rules::congress_result::announcing,
};

/// The most bytes that one file holds before it is packed: the scans of a congress are at most 32 MB.
const MOST: usize = 96 * 1024 * 1024;

#[must_use]
pub fn routes() -> Routes {
    Routes::default().recorded_get("/congresses/{congress}/archive", download)
}

/// A file of the archive.
struct ArchivedFile {
    /// With its folder.
    name: String,
    bytes: Vec<u8>,
}

/// What goes into an archive before it is packed. A paper becomes a Word file while it is packed.
#[derive(Default)]
struct Contents {
    files: Vec<ArchivedFile>,
    papers: Vec<(&'static str, Paper)>,
}

/// A line of the table of contents.
struct IndexRow {
    name: String,
    size: usize,
    hash: String,
}

#[derive(Template)]
#[template(path = "congress/archive/index.html")]
struct IndexPage {
    title: String,
    made_at: OffsetDateTime,
    rows: Vec<IndexRow>,
}

/// A list as a file that offices open in a spreadsheet.
fn list(name: &str, head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> anyhow::Result<ArchivedFile> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(head)?;
    for row in rows {
        writer.write_record(&row)?;
    }
    let bytes = writer.into_inner().map_err(|error| anyhow::anyhow!("a list cannot be written: {error}"))?;
    Ok(ArchivedFile { name: format!("名单/{name}.csv"), bytes })
}

fn delegates(delegates: &[Delegate]) -> anyhow::Result<ArchivedFile> {
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
async fn contents(db: &mut PgConnection, congress: &Congress, today: Date) -> Result<Contents, Failure> {
    let mut contents = Contents::default();
    let units = store::units(db, congress).await?;
    if !units.is_empty() {
        let rows = units.iter().map(|unit| vec![unit.name.clone(), unit.students.to_string(), unit.seats.to_string()]);
        contents.files.push(list("代表名额", &["单位", "学生人数", "名额"], rows)?);
    }
    contents.files.push(delegates(&congresses::delegates(db, congress).await?)?);
    for (place, sitting) in (1..).zip(store::sittings(db, congress).await?) {
        if let Some(record) = sitting.record {
            let name = format!("选举/{place:02} {}（公开记录）.json", plain(&sitting.title));
            contents.files.push(ArchivedFile { name, bytes: record.into_bytes() });
        }
    }
    if let Some(found) = result::store::find(db, congress.id).await? {
        let plans = calendar(db, congress.institution).await?;
        let word = plans.in_force(today).map_or("公布", |plan| announcing(&plan));
        contents
            .papers
            .extend(ResultPaper::ALL.iter().map(|which| ("选举结果", result::paper(congress, &found, *which, word))));
        for of in ScanOf::ALL {
            if let Some(scan) = result::store::scan(db, congress, *of).await? {
                let ending = scan.media().rsplit('/').next().unwrap_or("bin").replace("jpeg", "jpg");
                let name = format!("选举结果/{}（扫描件）.{ending}", of.label());
                contents.files.push(ArchivedFile { name, bytes: scan.bytes().to_vec() });
            }
        }
    }
    let before = proposals::store::ProposalFilter::before(congress.id);
    let mut rows = Vec::new();
    for one in proposals::store::list(db, congress.institution, before).await? {
        let seconders = proposals::store::seconders(db, one.id).await?;
        let replies = proposals::store::replies(db, one.id).await?;
        for which in ProposalPaper::ALL {
            if let Some(mut paper) = proposals::paper(congress, &one, &seconders, &replies, *which) {
                // Each is saved under its own number.
                let _ = write!(paper.title, "（{}）", one.number_in_words());
                contents.papers.push(("提案", paper));
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
    contents.files.push(list("提案", &["编号", "标题", "类别", "进度", "承办部门"], rows.into_iter())?);
    Ok(contents)
}

impl Contents {
    /// Packs everything with a table of contents that any browser shows; none where it is more than one file holds.
    fn pack(self, title: String, made_at: OffsetDateTime) -> anyhow::Result<Option<Vec<u8>>> {
        let Self { mut files, papers } = self;
        for (folder, paper) in papers {
            let name = format!("{folder}/{}", plain(paper.file_name().trim_end_matches(".docx")));
            files.push(ArchivedFile { name: format!("{name}.docx"), bytes: paper.to_word()? });
        }
        if files.iter().map(|file| file.bytes.len()).sum::<usize>() > MOST {
            return Ok(None);
        }
        files.sort_by(|one, other| one.name.cmp(&other.name));
        let hash = |bytes: &[u8]| {
            Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            })
        };
        let row =
            |file: &ArchivedFile| IndexRow { name: file.name.clone(), size: file.bytes.len(), hash: hash(&file.bytes) };
        let index = IndexPage { title, made_at, rows: files.iter().map(row).collect() };
        let sums = index.rows.iter().fold(String::new(), |mut text, row| {
            let _ = writeln!(text, "{}  {}", row.hash, row.name);
            text
        });
        files.push(ArchivedFile { name: "SHA256SUMS.txt".to_owned(), bytes: sums.into_bytes() });
        files.push(ArchivedFile { name: "index.html".to_owned(), bytes: index.render()?.into_bytes() });
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default());
        for file in files {
            zip.start_file(file.name, options)?;
            zip.write_all(&file.bytes)?;
        }
        Ok(Some(zip.finish()?.into_inner()))
    }
}

async fn download(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let mut db = app.read().await?;
    let congress = kept(&mut db, &acting, id).await?;
    let contents = contents(&mut db, &congress, now.date()).await?;
    drop(db);
    let title = congress.title();
    let packed = app.heavy(move || contents.pack(title, now)).await??;
    let Some(bytes) = packed else {
        let refused = refusal(&app, acting.person(), &congress, "下载归档文件", id.path());
        return Err(refused.for_reason("文书和扫描件太多，一个文件放不下", "请联系运行系统的人员从数据库导出"));
    };
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
    Ok((headers, bytes).into_response())
}
