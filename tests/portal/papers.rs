//! Official documents: the same paper on the page and in Word, and the layout that Word is told.

use std::{
    collections::HashMap,
    fmt::Write as _,
    io::{Cursor, Read},
};

use lunzhi::{
    office::OfficeKind,
    papers::{Column, Imprint, Paper, Table},
    text::chinese_day,
};
use quick_xml::{XmlVersion, events::Event, reader::Reader};
use time::{Duration, macros::date};

use crate::support::{
    FIRST, Page, Portal, SECOND,
    sitting::{Asked, Plan, SMALL, cast, opened, voters},
    union::{rows, union},
    vetting::{Opening, Stage, agree, announce_coming_years, apply, open, stage, student_account},
};

/// A part of a Word file.
fn part(file: &[u8], name: &str) -> String {
    let mut text = String::new();
    let mut zip = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// What stands in a Word file, a paragraph or a row of a table a line: `[style] text`, with what its style does not say.
pub fn outline(file: &[u8]) -> String {
    let document = part(file, "word/document.xml");
    let mut reader = Reader::from_str(&document);
    let (mut out, mut line, mut in_text, mut in_row) = (String::new(), String::new(), false, false);
    loop {
        let event = reader.read_event().unwrap();
        let value = |name: &str| match &event {
            Event::Start(tag) | Event::Empty(tag) => tag
                .try_get_attribute(name)
                .unwrap()
                .map(|value| value.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned()),
            _ => None,
        };
        match &event {
            Event::Eof => return out,
            Event::Start(tag) | Event::Empty(tag) => match tag.name().as_ref() {
                "w:pStyle" => write!(line, "[{}] ", value("w:val").unwrap()).unwrap(),
                "w:ind" => write!(line, "{{right {}}} ", value("w:rightChars").unwrap()).unwrap(),
                "w:keepNext" => line += "{with the next} ",
                "w:jc" if in_row => line += "{centred} ",
                "w:gridCol" => write!(line, "{} ", value("w:w").unwrap()).unwrap(),
                "w:tblHeader" => line += "{on every page} ",
                "w:tr" => in_row = true,
                "w:br" => line.push('⏎'),
                "w:tab" => line.push('⇥'),
                "w:t" => in_text = true,
                "w:pgSz" => write!(line, "sheet {} × {}", value("w:w").unwrap(), value("w:h").unwrap()).unwrap(),
                "w:pgMar" => {
                    let sides = ["w:top", "w:right", "w:bottom", "w:left"].map(|side| value(side).unwrap());
                    write!(line, ", margins {}", sides.join(" ")).unwrap();
                }
                "w:docGrid" => write!(line, ", lines of {}", value("w:linePitch").unwrap()).unwrap(),
                _ => {}
            },
            Event::Text(text) if in_text => line += text,
            Event::GeneralRef(reference) => line.push(reference.resolve_char_ref().unwrap().unwrap()),
            Event::End(tag) => match tag.name().as_ref() {
                "w:t" => in_text = false,
                "w:tc" => line += "| ",
                "w:tr" => in_row = false,
                _ => {}
            },
            _ => {}
        }
        let ends = matches!(&event, Event::End(tag) if match tag.name().as_ref() {
            "w:p" => !in_row,
            "w:tr" | "w:tblGrid" | "w:sectPr" => true,
            _ => false,
        });
        if ends {
            out += line.trim_end();
            out.push('\n');
            line.clear();
        }
    }
}

pub fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// How far a text begins with a day as papers write it, with its time where there is one; none where it does not.
fn day_at(text: &str) -> Option<usize> {
    let after = |rest: &str, unit: &str| {
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        let (number, rest) = rest.split_at(digits);
        let known = (1..=4).contains(&number.len()) && rest.starts_with(unit);
        known.then(|| digits + unit.len())
    };
    let mut length = 0;
    for unit in ["年", "月", "日"] {
        length += after(text.split_at(length).1, unit)?;
    }
    let time = after(text.split_at(length).1, "时");
    let time = time.and_then(|hour| Some(hour + after(text.split_at(length + hour).1, "分")?));
    Some(length + time.unwrap_or(0))
}

/// An outline without its days, and without how far a signature stands from the edge, which depends on how long its day is.
pub fn undated(outline: &str) -> String {
    let (mut out, mut rest) = (String::new(), outline);
    while let Some(first) = rest.chars().next() {
        if let Some(length) = day_at(rest) {
            out += "⟨日⟩";
            rest = rest.split_at(length).1;
        } else if rest.starts_with("{right ") {
            rest = rest.split_once("} ").unwrap().1;
        } else {
            out.push(first);
            rest = rest.split_at(first.len_utf8()).1;
        }
    }
    out
}

#[test]
fn days_are_taken_out_of_an_outline() {
    let dated = "[Signature] {right 450} 校团委\n2026年11月2日9时05分至2026年9月1日，2026年级，3月2日";
    assert_eq!(undated(dated), "[Signature] 校团委\n⟨日⟩至⟨日⟩，2026年级，3月2日");
}

/// A paper with everything that a paper can have.
fn whole() -> Paper {
    let columns = vec![Column::centred("序号", 4), Column::text("代表团", 20), Column::centred("名额", 6)];
    let names = ["信息工程系", "经济管理系", "马克思主义学院<筹>"];
    let row = |(place, name): (usize, &&str)| vec![place.to_string(), (*name).to_owned(), "12".to_owned()];
    let rows = (1..).zip(&names).map(row).collect();
    Paper::new("关于召开示范学院第三次\n学生代表大会的请示")
        .number("示学〔2026〕3号")
        .caption("2026年11月2日主席团会议通过")
        .to("学校党委、团委")
        .paragraph("根据“三会”章程……拟召开大会，主持人为阿依努尔·买买提。\u{b}")
        .heading("会议名额")
        .subheading("分配")
        .table(Table::new(columns, rows))
        .note("注：名额以2026年9月30日在校人数计算。")
        .heading("会议议程")
        .items(["听取工作报告；".to_owned(), "选举主席团。".to_owned()])
        .signature_line("经办人")
        .signed("示范学院学生会", Some(date!(2026 - 11 - 02)))
        .imprint(Imprint {
            copies_to: "省学联".to_owned(),
            issued_by: "示范学院学生会秘书处".to_owned(),
            issued_on: date!(2026 - 11 - 03),
        })
}

#[test]
fn a_long_title_is_broken_at_the_end_of_a_word() {
    let in_lines = |title: &str| Paper::new(title).title_in_lines();
    let long = "青屿工业职业技术学院电子与通信工程系学生会\n工作人员退出登记表";
    assert_eq!(in_lines(long), "青屿工业职业技术学院\n电子与通信工程系学生会\n工作人员退出登记表");
    assert_eq!(Paper::new(long).landscape().title_in_lines(), long, "there is room for it on a sheet that lies across");
    let students = "关于组建望岳医科大学大学生艺术团筹备工作组的请示";
    assert_eq!(in_lines(students), "关于组建望岳医科大学\n大学生艺术团筹备工作组的请示");
    let whole = "关于加强和改进学生食堂和宿舍服务工作的若干意见";
    assert_eq!(in_lines(whole), whole, "where no word is known to end it is left to Word and the browser");
}

#[test]
fn a_paper_in_word_has_the_layout_of_the_standard() {
    let file = whole().to_word().unwrap();
    assert_eq!(file, whole().to_word().unwrap(), "the same paper is the same file");
    for name in ["[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "word/_rels/document.xml.rels"]
        .into_iter()
        .chain(["word/styles.xml", "word/settings.xml", "word/footer1.xml", "word/footer2.xml"])
    {
        let text = part(&file, name);
        let mut reader = Reader::from_str(&text);
        while reader.read_event().unwrap_or_else(|error| panic!("{name}: {error}")) != Event::Eof {}
    }
    let settings = part(&file, "word/settings.xml");
    assert!(settings.contains("w:evenAndOddHeaders") && settings.contains("w:name=\"compatibilityMode\""));
    assert!(part(&file, "docProps/core.xml").contains("2026-11-02T00:00:00Z"), "its own day, not the clock's");
    assert!(part(&file, "word/styles.xml").contains("w:firstLineChars=\"200\""));
    assert_snapshot("paper_in_word", &outline(&file));
}

/// The styles of a Word file by their ids: font, size in half points, line in twips, what else is asked; with what each takes
/// from the style under it.
fn styles(file: &[u8]) -> HashMap<String, HashMap<&'static str, String>> {
    let text = part(file, "word/styles.xml");
    let mut reader = Reader::from_str(&text);
    let mut styles: HashMap<String, HashMap<&'static str, String>> = HashMap::new();
    let (mut own, mut id) = (HashMap::new(), String::new());
    loop {
        let event = reader.read_event().unwrap();
        match &event {
            Event::Eof => return styles,
            Event::End(tag) if matches!(tag.name().as_ref(), "w:style") => {
                styles.insert(std::mem::take(&mut id), std::mem::take(&mut own));
            }
            Event::Start(tag) | Event::Empty(tag) => {
                let value = |name: &str| {
                    let value = tag.try_get_attribute(name).unwrap();
                    value.map(|value| value.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned())
                };
                let asked = match tag.name().as_ref() {
                    "w:style" => {
                        id = value("w:styleId").unwrap();
                        continue;
                    }
                    "w:basedOn" => {
                        own.clone_from(&styles[&value("w:val").unwrap()]);
                        continue;
                    }
                    "w:rFonts" => vec![("font", value("w:eastAsia"))],
                    "w:sz" => vec![("size", value("w:val"))],
                    "w:spacing" => {
                        vec![("line", value("w:line")), ("rule", value("w:lineRule")), ("apart", value("w:val"))]
                    }
                    "w:ind" => vec![("first line", value("w:firstLineChars"))],
                    "w:overflowPunct" => vec![("overflow", value("w:val"))],
                    _ => continue,
                };
                own.extend(asked.into_iter().filter_map(|(name, value)| Some((name, value?))));
            }
            _ => {}
        }
    }
}

/// GB/T 9704-2012, 5.2 and 7: 版心, 22 lines of 28 characters, the fonts with their sizes, the page number's place.
#[test]
fn word_sets_22_lines_of_28_characters_in_the_fonts_of_the_standard() {
    let file = whole().to_word().unwrap();
    let styles = styles(&file);
    let set = |style: &str, asked: &[&str]| {
        let said = asked.iter().map(|one| styles[style].get(one).map_or("–", String::as_str));
        said.collect::<Vec<_>>().join(" ")
    };
    for (style, expected) in [
        ("Title", "方正小标宋简体 44 640 exact"),
        ("BodyText", "仿宋_GB2312 32 579 exact"),
        ("Recipients", "仿宋_GB2312 32 579 exact"),
        ("Heading1", "黑体 32 579 exact"),
        ("Heading2", "楷体_GB2312 32 579 exact"),
        ("Signature", "仿宋_GB2312 32 579 exact"),
        ("Imprint", "仿宋_GB2312 28 500 exact"),
        ("TableText", "仿宋_GB2312 24 320 exact"),
        ("SmallTableHead", "黑体 21 280 exact"),
        ("Footer", "宋体 28 240 auto"),
    ] {
        assert_eq!(set(style, &["font", "size", "line", "rule"]), expected, "{style}");
    }
    assert_eq!(set("BodyText", &["first line", "apart", "overflow"]), "200 -5 0");
    // The sheet without its margins, which every golden file has; a character is 16 points, set a quarter closer.
    let (height, width) = (16838 - 2098 - 1984, 11906 - 1588 - 1474);
    assert_eq!((height / 579, width / (320 - 5)), (22, 28));
    for (name, side) in [("footer1", "right"), ("footer2", "left")] {
        let footer = part(&file, &format!("word/{name}.xml"));
        assert!(footer.contains(&format!("<w:jc w:val=\"{side}\"/>")), "{name}: odd pages right, even ones left");
        assert!(footer.contains(" PAGE ") && footer.contains("— ") && footer.contains(" —"), "{name}");
    }
    let links = part(&file, "word/_rels/document.xml.rels");
    let document = part(&file, "word/document.xml");
    for (kind, name) in [("default", "footer1.xml"), ("even", "footer2.xml")] {
        let (_, after) = document.split_once(&format!("<w:footerReference w:type=\"{kind}\" r:id=\"")).unwrap();
        let id = after.split_once('"').unwrap().0;
        let link = links.split("<Relationship ").find(|link| link.contains(&format!("Id=\"{id}\""))).unwrap();
        assert!(link.contains(name), "{kind}: {link}");
    }
}

/// The name under which a file is saved.
fn saved_as(page: &Page) -> String {
    let says = page.headers["content-disposition"].to_str().unwrap();
    let encoded = says.split("filename*=UTF-8''").nth(1).unwrap();
    let mut bytes = Vec::new();
    for (place, part) in encoded.split('%').enumerate() {
        let (byte, rest) = if place == 0 { ("", part) } else { part.split_at(2) };
        bytes.extend(u8::from_str_radix(byte, 16).ok());
        bytes.extend(rest.as_bytes());
    }
    String::from_utf8(bytes).unwrap()
}

/// What stands in the paper of a page stands in the Word file too.
pub fn assert_says_the_same(page: &Page, shown: &str) {
    let shown = shown.replace(['⏎', '⇥'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let texts = page.all(".formal td, .formal th, .formal p, .formal h1, .formal h2, .formal h3");
    assert!(texts.len() > 4, "{texts:?}");
    for text in texts {
        assert!(shown.contains(&text), "{text} is not in\n{shown}");
    }
}

#[tokio::test]
async fn a_roster_for_word_says_what_its_page_says() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let roster = rows(1, 2, "主席团成员", "") + &rows(10, 2, "部门负责人", "办公室");
    let today = portal.app.clock.today();
    let first = (today - Duration::days(60)).to_string();
    let path = union(&mut league, "school", &roster, &first, true).await;
    let file = league.get(&format!("{path}/roster.docx")).await;
    assert_eq!(file.status, 200);
    assert!(saved_as(&file).ends_with("学生会工作人员花名册.docx"), "{}", saved_as(&file));
    let shown = outline(&file.bytes);
    assert_says_the_same(&league.get(&format!("{path}/roster")).await, &shown);
    let fixed = shown.replace(&chinese_day(today), "⟨今天⟩").replace(&first, "⟨任职日⟩");
    assert_snapshot("roster_in_word", &fixed);
    // Students do not see each other's political status.
    let mut officer = portal.signed_in(OfficeKind::SchoolUnion).await;
    let theirs = outline(&officer.get(&format!("{path}/roster.docx")).await.bytes);
    assert!(shown.contains("政治面貌") && !theirs.contains("政治面貌"), "{theirs}");
    for (school, office) in [(FIRST, OfficeKind::CollegeUnion), (SECOND, OfficeKind::SchoolLeague)] {
        assert_eq!(portal.signed_in_at(school, office).await.get(&format!("{path}/roster.docx")).await.status, 404);
    }
}

#[tokio::test]
async fn a_public_notice_says_from_when_to_when_who_issues_it_and_where_objections_go() {
    let Stage { portal, college, today, .. } = stage().await;
    let opening = Opening { notice: "5", ..Opening::staff("综合部 部门工作人员", "3", today) };
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &opening).await;
    let notice = format!("{round}/notice");
    let calendar = announce_coming_years(&portal).await;
    // One is through the chain when applications close, another later.
    let pass = async || {
        for office in [OfficeKind::ClassBranch, OfficeKind::CollegeLeague, OfficeKind::CollegeParty] {
            agree(&mut portal.signed_in(office).await, &[]).await;
        }
    };
    let publish = async || {
        let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
        assert_eq!(league.post(&notice, &[]).await.status, 303);
        (league, calendar.span(portal.app.clock.today(), 5))
    };
    apply(&mut student_account(&portal, 80).await, &round, "ordinary").await;
    pass().await;
    apply(&mut student_account(&portal, 82).await, &round, "ordinary").await;
    let file = format!("{notice}.docx");
    assert_eq!(league.get(&file).await.status, 404, "nobody is on notice");
    portal.app.clock.advance(Duration::days(6));
    let published = portal.app.clock.today();
    let (mut league, span) = publish().await;
    let running = league.get(&round).await.text();
    let days = format!(
        "正在公示：首日 <strong>{}</strong>，末日 <strong>{}</strong>",
        chinese_day(span.first),
        chinese_day(span.last)
    );
    assert!(running.contains(&days), "the round says until when: {running}");
    let (unsaid, issuer) = (league.get(&notice).await, format!("{notice}/issuer"));
    assert!(unsaid.all(".formal-signature p")[0].ends_with("信息工程系团组织"), "{:?}", unsaid.all(".formal p"));
    let wrong = league.post(&issuer, &[("issuer", ""), ("contact", "综合楼")]).await;
    assert_eq!(wrong.status, 422);
    assert_eq!(wrong.field("反映渠道（受理单位、电话、邮箱、地点）"), "综合楼");
    let said = [
        ("issuer", "共青团第一测试学院信息工程系总支部委员会"),
        ("contact", "系团总支（综合楼201），电话 0512-00000000"),
        ("number", "示团[2026]8号"),
    ];
    assert_eq!(league.post(&issuer, &said).await.status, 303);
    let mut student = student_account(&portal, 81).await;
    assert_eq!(student.post(&issuer, &said).await.status, 403);
    let page = student.get(&notice).await;
    assert!(!page.text().contains("方案未作要求"), "what is said to staff is for staff");
    let word = student.get(&file).await;
    assert_eq!(saved_as(&word), "关于第一测试学院信息工程系学生会拟任工作人员的公示.docx");
    let shown = outline(&word.bytes);
    assert_says_the_same(&page, &shown);
    let (first, last) = (chinese_day(span.first), chinese_day(span.last));
    // How far the signature stands from the edge depends on how long the day is.
    let (head, tail) = shown.rsplit_once("{right ").unwrap();
    let fixed = format!("{head}{}", tail.split_once("} ").unwrap().1);
    let fixed = fixed.replace(&first, "⟨首日⟩").replace(&last, "⟨末日⟩");
    let fixed = fixed.replace(&chinese_day(published), "⟨发布日⟩");
    assert_snapshot("notice_in_word", &fixed);
    // Who passes a day later is shown a day longer, and the paper says so beside each name.
    portal.app.clock.advance(span.first - published);
    pass().await;
    let (mut league, later) = publish().await;
    let page = league.get(&notice).await;
    let terms = page.all("td[data-label='公示时间']");
    assert_eq!(terms[0], format!("{first}至{last}"));
    assert!(terms[1].starts_with(&chinese_day(later.first)), "{terms:?}");
    portal.app.clock.advance(span.last - portal.app.clock.today() + Duration::days(1));
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert_eq!(league.get(&notice).await.all("td[data-label='姓名']"), ["学生82"], "the first one's notice is over");
    portal.app.clock.advance(later.last - portal.app.clock.today() + Duration::days(1));
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert_eq!(league.get(&file).await.status, 404);
    assert!(league.get(&notice).await.text().contains("公示期已过"));
}

#[tokio::test]
async fn the_review_form_and_the_overview_are_papers_and_show_students_no_figures() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let opening = Opening::staff("综合部 部门工作人员", "3", today);
    let round = open(&mut league, &college, today, &opening).await;
    apply(&mut student_account(&portal, 80).await, &round, "ordinary").await;
    agree(&mut portal.signed_in(OfficeKind::ClassBranch).await, &[("words", "评语甲乙丙")]).await;
    let page = league.get(&format!("{round}/overview")).await;
    let word = league.get(&format!("{round}/overview.docx")).await;
    assert_eq!(saved_as(&word), "信息工程系学生会工作人员人选情况一览表.docx");
    let shown = outline(&word.bytes);
    assert_says_the_same(&page, &shown);
    assert!(shown.contains("80/600") && shown.contains(&format!("截至{}", chinese_day(today))), "{shown}");
    let mut officers = portal.signed_in(OfficeKind::CollegeUnion).await;
    let theirs = officers.get(&format!("{round}/overview")).await;
    assert!(!theirs.text().contains("80/600") && !theirs.text().contains("政治面貌"), "{}", theirs.text());
    let case = league.get(&format!("{round}/cases")).await.attributes("td[data-label='姓名'] a", "href").remove(0);
    let form = league.get(&format!("{case}/form.docx")).await;
    assert_eq!(saved_as(&form), "信息工程系学生会工作人员推荐审查表.docx");
    let shown = outline(&form.bytes);
    for part in ["学生80", "80/600", "评语甲乙丙", "负责人签字：", "（盖章）", &chinese_day(today)] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    let page = league.get(&format!("{case}/form")).await;
    assert_eq!(page.all("td.formal-photo"), ["照片"], "there is none yet");
    let labels = page.all(".formal-form th");
    assert!(labels.len() > 14 && labels.contains(&"现任职务".to_owned()), "{labels:?}");
    for label in labels {
        assert!(shown.contains(&format!("[FormLabel] {label}|")), "{label} is not in {shown}");
    }
    assert_eq!(
        portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await.get(&format!("{case}/form.docx")).await.status,
        404
    );
}

#[tokio::test]
async fn what_is_announced_before_the_count_is_one_paper_on_the_page_and_in_word() {
    let portal = Portal::start().await;
    let mut sitting = opened(&portal, &SMALL).await;
    let early = format!("{}/early-closing.docx", sitting.path);
    assert_eq!(sitting.keeper.get(&early).await.status, 409, "it was not closed early");
    sitting.close().await;
    let day = chinese_day(portal.app.clock.today());
    for (paper, name) in [("announcement", "公告"), ("candidates", "候选人公告"), ("early-closing", "提前截止投票公告")]
    {
        let page = sitting.keeper.get(&format!("{}/{paper}", sitting.path)).await;
        let path = format!("{}/{paper}.docx", sitting.path);
        assert!(page.attributes("a", "href").contains(&path), "{path}");
        let word = sitting.keeper.get(&path).await;
        assert_eq!(saved_as(&word), format!("代表选举{name}.docx"));
        let shown = outline(&word.bytes);
        assert_says_the_same(&page, &shown);
        assert!(shown.contains(&day), "dated with the day of the act: {shown}");
    }
    let mut stranger = portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await;
    assert_eq!(stranger.get(&early).await.status, 404);
}

#[tokio::test]
async fn contests_under_the_same_rules_stand_together_in_the_report() {
    let portal = Portal::start().await;
    let two: [Asked<'_>; 2] = [("班长", 10, 1, &[101, 102], &[]), ("学习委员", 10, 1, &[103, 104], &[])];
    let mut sitting = opened(&portal, &Plan { contests: &two, fields: &[] }).await;
    for mut client in voters(&portal, 1..=9).await {
        let ballot = [("c1-1", "F"), ("c1-2", "A"), ("c2-1", "F"), ("c2-2", "A")];
        cast(&mut client, &sitting.id, &ballot).await;
    }
    sitting.count().await;
    sitting.act("report", &[]).await;
    let report = sitting.keeper.get(&format!("{}/report", sitting.path)).await;
    assert!(report.text().contains("（一）班长、学习委员"), "{}", report.text());
    let page = sitting.keeper.get(&sitting.path).await.text();
    assert!(!page.contains("学生会主席团的选举结果"), "a class elects no presidium: {page}");
}

#[tokio::test]
async fn the_result_is_announced_with_the_day_of_its_report_whenever_it_is_printed() {
    let portal = Portal::start().await;
    let mut sitting = opened(&portal, &SMALL).await;
    for mut client in voters(&portal, 1..=9).await {
        cast(&mut client, &sitting.id, &[("c1-1", "F"), ("c1-2", "A")]).await;
    }
    sitting.count().await;
    let file = format!("{}/notice.docx", sitting.path);
    assert_eq!(sitting.keeper.get(&file).await.status, 409, "not before the report");
    sitting.act("report", &[]).await;
    let day = chinese_day(portal.app.clock.today());
    let page = sitting.keeper.get(&format!("{}/notice", sitting.path)).await;
    let word = sitting.keeper.get(&file).await;
    assert!(saved_as(&word).ends_with("结果公告.docx"), "{}", saved_as(&word));
    let shown = outline(&word.bytes);
    assert_says_the_same(&page, &shown);
    assert!(!shown.contains("报上级学生会组织备案"), "what is said to staff is not in the paper");
    let (head, tail) = shown.rsplit_once("{right ").unwrap();
    let fixed = format!("{head}{}", tail.split_once("} ").unwrap().1);
    assert_snapshot("result_in_word", &fixed.replace(&day, "⟨报告日⟩"));
    let report = sitting.keeper.get(&format!("{}/report.docx", sitting.path)).await;
    assert_eq!(saved_as(&report), "代表选举监票报告.docx");
    let told = outline(&report.bytes);
    assert_says_the_same(&sitting.keeper.get(&format!("{}/report", sitting.path)).await, &told);
    assert!(told.contains(&day) && told.matches("（签字）：").count() == 3, "{told}");
    let archive = sitting.keeper.get(&format!("{}/archive.zip", sitting.path)).await.bytes;
    let mut in_archive = Vec::new();
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    zip.by_name("结果公告.docx").unwrap().read_to_end(&mut in_archive).unwrap();
    assert_eq!(in_archive, word.bytes, "the same file, whenever it is made");
}

#[tokio::test]
async fn papers_are_issued_under_the_number_and_the_seal_that_the_office_gives() {
    let portal = Portal::start().await;
    let mut sitting = opened(&portal, &SMALL).await;
    let (notice, path) = (format!("{}/notice", sitting.path), format!("{}/papers/notice", sitting.path));
    let said = [("number", "学会[2026]9号"), ("issuer", "第一测试学院第三次学生代表大会主席团")];
    let early = sitting.keeper.post(&path, &said).await;
    assert!(early.status == 409 && early.text().contains("没有选举结果公告"), "{}", early.text());
    let announcement = format!("{}/announcement", sitting.path);
    assert_eq!(sitting.keeper.get(&announcement).await.all(".formal-signature p")[0], "共青团第一测试学院委员会");
    for mut client in voters(&portal, 1..=9).await {
        cast(&mut client, &sitting.id, &[("c1-1", "F"), ("c1-2", "A")]).await;
    }
    sitting.count().await;
    sitting.act("report", &[]).await;
    let long = "号".repeat(41);
    let wrong = sitting.keeper.post(&path, &[("number", &long), ("issuer", "主席团")]).await;
    assert_eq!((wrong.status, wrong.fault("发文字号").is_empty()), (422, false));
    assert_eq!(wrong.field("落款（按公章上的名称）"), "主席团");
    let kept = sitting.keeper.post_on(&path, &said).await;
    assert!(kept.text().contains("已保存，公文上的发文字号和落款已经更新"), "{}", kept.text());
    assert_eq!(kept.all(".formal-number"), ["学会〔2026〕9号"], "the year stands in its own brackets");
    assert_eq!(kept.all(".formal-signature p")[0], "第一测试学院第三次学生代表大会主席团");
    let word = outline(&sitting.keeper.get(&format!("{notice}.docx")).await.bytes);
    assert!(word.contains("[Number] 学会〔2026〕9号") && word.contains("第三次学生代表大会主席团"), "{word}");
    let read = crate::support::sitting::voter(&portal, 10).await.get(&format!("{}/notice", sitting.votes())).await;
    assert_eq!(read.all(".formal-number"), ["学会〔2026〕9号"], "voters read the same");
    assert!(read.all("form[action*='papers']").is_empty(), "and give no numbers");
    let other = sitting.keeper.get(&announcement).await;
    assert!(other.all(".formal-number").is_empty(), "each paper has its own");
    assert_eq!(sitting.keeper.post(&format!("{}/papers/tally", sitting.path), &said).await.status, 404);
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    assert_eq!(party.post(&path, &said).await.status, 403);
    assert!(party.get(&notice).await.all("form[action*='papers']").is_empty());
    let mut stranger = portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await;
    assert_eq!(stranger.post(&path, &said).await.status, 404);
    assert!(sitting.keeper.get("/audit").await.text().contains("填写发文字号和落款"));
}
