//! A fuzz target for each parser, on the stable toolchain: nothing that can be sent makes one panic, hang or accept
//! what it should not. `PROPTEST_CASES=100000 cargo test fuzz` runs them for longer.

use lunzhi::{
    elections::{election_file, record},
    imports::{
        file::{self, Decided},
        import::Kind,
        offices::IMPORTED_OFFICES,
    },
    rules::{
        congress::allocate,
        election::count,
        judgement::judge,
        plan::{BUILT_IN, Plan, Share, Union, built_in},
    },
    sheet::{
        Cell, Choice, Hidden, Sheet, document_text, drop_down_template,
        population::{self, PopulationFile},
        roster,
    },
};
use proptest::{prelude::*, sample::Index};

/// Bytes near to good ones: pieces cut out, doubled, overwritten.
fn mangled(good: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let edit = (any::<Index>(), any::<Index>(), any::<u8>(), 0..4_u8);
    prop::collection::vec(edit, 0..12).prop_map(move |edits| {
        let mut bytes = good.to_vec();
        for (from, to, byte, kind) in edits {
            if bytes.is_empty() {
                break;
            }
            let (mut from, mut to) = (from.index(bytes.len()), to.index(bytes.len()));
            if from > to {
                std::mem::swap(&mut from, &mut to);
            }
            let to = to.min(from + 40);
            match kind {
                0 => drop(bytes.drain(from..to)),
                1 => bytes[from] = byte,
                2 => {
                    let piece = bytes[from..to].to_vec();
                    bytes.splice(from..from, piece);
                }
                _ => bytes.truncate(from.max(good.len() / 2)),
            }
        }
        bytes
    })
}

const ROSTER: &[u8] = "学号,姓名,院系,岗位,部门,执行主席,政治面貌,专业排名,专业人数,不及格门数,年级,新生\n\
    1,张三,信息系,主席团成员,,是,党员,1,40,0,2024,否\n2,𠮷野,信息系,部门负责人,\"办,公室\",,团员,,,,2026级,是\n"
    .as_bytes();
const POPULATION: &[u8] = "类别,名称,年级,人数\n院系,甲,2024,400\n院系,乙,2023,3\n社团,合唱团,,12\n".as_bytes();
const ELECTION: &[u8] = r#"{"seats":2,"candidates":["甲","乙"],"due":9,"present":9,"issued":9,"rules":{"quorum":"2/3",
    "quorum_strict":true,"majority_of":"present","tie":"lot","write_in":true},"ballots":[{"甲":"for","+戊":"for"},{}]}"#
    .as_bytes();
const RECORD: &[u8] = r#"{"format":"lunzhi-record-1","institution":"甲","sitting":"s","title":"t","opened_at":"","closed_at":"",
    "counted_at":"","threshold":2,"monitors":3,"public_key":"","roll_size":3,"roll_hash":"","admitted":0,"resets":0,"envelopes":2,
    "excluded":0,"contests":[{"ordinal":1,"title":"班长","body":"班级：一班","seats":1,"candidates":["甲","乙"],"withdrawn":[],
    "rules":{"quorum":"1/2","quorum_strict":true,"majority_of":"present","tie":"lot","write_in":true},
    "attendance":{"due":3,"present":2,"issued":2},"paper":{"issued":0,"returned":0},
    "tally":{"returned":2,"valid":2,"void":0,"candidates":[{"name":"甲","for":2,"against":0,"abstain":0},
    {"name":"乙","for":0,"against":1,"abstain":1}],"write_ins":[]},
    "result":{"valid_election":true,"reasons":[],"returned":2,"valid":2,"void":0,"candidates":[
    {"name":"甲","for":2,"against":0,"abstain":0},{"name":"乙","for":0,"against":1,"abstain":1}],"write_ins":[],
    "elected":["甲"],"tied":[],"vacant":0}}],"ballots_hash":"","receipts":["aaaa","bbbb"]}"#
    .as_bytes();

const STUDENTS: &[u8] = "学号,姓名,院系,专业,培养层次,年级,班级,政治面貌,性别,民族\n\
    N1,张三,信息系,软件技术,专科,2026级,软件2601班,团员,男,汉族\nN2,𠮷野,信息系,软件技术,专科,2026,软件2601班,,,\n"
    .as_bytes();
const GRADES: &[u8] = "学号,姓名,专业排名,专业人数,不及格门数\n1,张三,3,40,0\n2,,4,40,\n".as_bytes();
const OFFICES: &[u8] = "学号（工号）,姓名,职务,院系,班级,任职起始日期,任职截止日期\n\
    1,张三,班级团支部,,软件2601班,2026-09-01,2027.8.31\nT2,李四,院系团组织,信息系,,2026年9月1日,\n"
    .as_bytes();

/// What a line that can be used promises to whoever stages it.
fn usable_lines_keep_their_promises(bytes: &[u8], kind: Kind) -> Result<(), TestCaseError> {
    let Ok(read) = file::read(bytes, kind, IMPORTED_OFFICES, "me", &Decided::default()) else { return Ok(()) };
    for line in &read.rows {
        prop_assert_eq!(line.cells.each().count(), kind.columns().len());
        for cell in line.cells.each().flatten() {
            prop_assert!(!cell.is_empty() && !cell.chars().any(char::is_control), "{:?}", cell);
        }
        if line.wrong.is_empty() {
            prop_assert!(line.cells.get(0).is_some_and(|number| number.chars().count() <= 32));
        }
    }
    Ok(())
}

fn workbook() -> &'static [u8] {
    static BYTES: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| {
        let row = |values: [&str; 4]| values.map(str::to_owned).to_vec();
        let rows = [row(["1", "张三", "主席团成员", ""]), row(["2", "李四", "部门负责人", "办公室"])];
        let columns: [(&str, &[&str]); 4] = [("学号", &[]), ("姓名", &[]), ("岗位", &["主席团成员"]), ("部门", &[])];
        drop_down_template("名单", &columns, &rows).unwrap()
    });
    &BYTES
}

/// An `OpenDocument` spreadsheet in one file, and a web page's cousin: text that is parsed as XML.
const FLAT: &[u8] = r#"<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0">
<office:styles><style:style style:name="g" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/>
</style:style><style:style style:name="h" style:family="table-cell" style:parent-style-name="g"/></office:styles>
<office:body><office:spreadsheet><table:table table:name="a"><table:table-column table:default-cell-style-name="h"/><table:table-row
table:default-cell-style-name="g"><table:table-cell office:value-type="string">
<text:p>学号</text:p></table:table-cell><table:table-cell><text:p>姓名</text:p></table:table-cell><table:table-cell><text:p>岗位</text:p>
</table:table-cell></table:table-row><table:table-row table:number-rows-repeated="3"><table:table-cell office:value-type="float"
office:value="1"><text:p>001</text:p></table:table-cell><table:table-cell table:number-columns-repeated="2"><text:p>甲&amp;</text:p>
</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document>"#
    .as_bytes();

/// A workbook of 97: one sheet with the records that cells are made of.
fn old_workbook() -> &'static [u8] {
    static BYTES: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| {
        let record = |kind: u16, data: &[u8]| {
            [&kind.to_le_bytes()[..], &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
        };
        let text = |row: u16, column: u16, text: &str| {
            let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let place = [row, column, 0, u16::try_from(units.len() / 2).unwrap()];
            record(0x0204, &[&place.map(u16::to_le_bytes).concat()[..], &[1], &units].concat())
        };
        let begin = |kind: u8| record(0x0809, &[0, 6, kind, 0]);
        let globals = |at: u32| {
            let sheet = record(0x0085, &[&at.to_le_bytes()[..], &[0, 0, 1, 0, b'a']].concat());
            [begin(5), record(0x00E0, &[0; 20]), sheet, record(0x000A, &[])].concat()
        };
        let number = record(0x0203, &[&[1, 0, 0, 0, 0, 0][..], &7_f64.to_le_bytes()].concat());
        let hidden = record(0x0208, &[1, 0, 0, 0, 2, 0, 255, 0, 0, 0, 0, 0, 0x20, 0, 0, 0]);
        let cells = [text(0, 0, "学号"), text(0, 1, "姓名"), text(0, 2, "岗位"), hidden, number, text(1, 1, "张三")];
        let start = u32::try_from(globals(0).len()).unwrap();
        let stream = [globals(start), begin(16), cells.concat(), record(0x000A, &[])].concat();
        let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
        std::io::Write::write_all(&mut file.create_stream("/Workbook").unwrap(), &stream).unwrap();
        file.into_inner().into_inner()
    });
    &BYTES
}

/// The parts of a workbook that decide what its cells say.
const PARTS: [(&str, &[u8]); 6] = [
    ("[Content_Types].xml", b"<Types/>"),
    (
        "xl/workbook.xml",
        br#"<workbook><workbookPr date1904="0"/><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets><calcPr fullCalcOnLoad="1"/></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        br#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2"
        Type="x/styles" Target="styles.xml"/><Relationship Id="r3" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>"#,
    ),
    (
        "xl/styles.xml",
        br#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;x&quot;m;[Red]0.0#_);@"/></numFmts><fonts><font><strike/></font>
        </fonts><cellXfs><xf numFmtId="0" fontId="0"/><xf numFmtId="164" fontId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#,
    ),
    ("xl/sharedStrings.xml", "<sst><si><t>学号</t></si><si><r><t>姓</t></r><r><t>名</t></r></si><si><t>岗位</t></si></sst>".as_bytes()),
    (
        "xl/worksheets/sheet1.xml",
        br#"<worksheet><cols><col min="2" max="3" hidden="1"/></cols><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c t="s"><v>1</v></c><c
        t="s"><v>2</v></c></row><row r="2" hidden="1"><c r="A2" s="1"><v>46266.5</v></c><c s="2"><f>A1</f><v>0</v></c><c t="inlineStr"><is><t>x</t>
        </is></c></row></sheetData><mergeCells><mergeCell ref="A2:B9"/></mergeCells></worksheet>"#,
    ),
];

/// A workbook whose parts are packed after they were mangled: what no checksum refuses.
fn repacked(change: &(usize, Vec<u8>)) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (place, (name, part)) in PARTS.iter().enumerate() {
        let part = if place == change.0 { &change.1 } else { *part };
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, part).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Bytes of a part near to good ones, with its place.
fn mangled_part() -> impl Strategy<Value = (usize, Vec<u8>)> {
    (1..PARTS.len()).prop_flat_map(|place| (Just(place), mangled(PARTS[place].1)))
}

/// The parts of a binary workbook, with a text that is struck out in part, a hidden row and a hidden column.
fn binary_parts() -> &'static [(&'static str, Vec<u8>)] {
    static PARTS: std::sync::LazyLock<Vec<(&str, Vec<u8>)>> = std::sync::LazyLock::new(|| {
        let long = |number: u32| number.to_le_bytes().to_vec();
        let text = |text: &str| {
            let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            [long(u32::try_from(units.len() / 2).unwrap()), units].concat()
        };
        let record = |kind: u32, fields: &[Vec<u8>]| {
            let (data, low) = (fields.concat(), |number: u32| u8::try_from(number & 0x7F).unwrap());
            let length = u32::try_from(data.len()).unwrap();
            let mut bytes = if kind < 0x80 { vec![low(kind)] } else { vec![low(kind) | 0x80, low(kind >> 7)] };
            bytes.extend([low(length) | 0x80, low(length >> 7)]);
            bytes.extend(data);
            bytes
        };
        let rich = |words: &str| [vec![1], text(words), long(1), vec![1, 0, 0, 0]].concat();
        let plain = |words: &str| [vec![0], text(words)].concat();
        let row = |at: u32, flags: u8| record(0, &[long(at), long(0), vec![0x2C, 1, 0, flags], vec![0; 5]]);
        let cell = |kind: u32, column: u32, value: Vec<u8>| record(kind, &[long(column), long(0), value]);
        let workbook = [
            record(153, &[long(0), long(0), text("")]),
            record(156, &[long(0), long(1), text("r1"), text("a")]),
            record(157, &[vec![0; 24], vec![1, 0]]),
        ];
        let relations = br#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.bin"/></Relationships>"#;
        let styles = [
            record(44, &[vec![164, 0], text("000000")]),
            record(43, &[vec![0, 0, 8, 0], vec![0; 8]]),
            record(617, &[long(1)]),
            record(47, &[vec![0, 0, 164, 0, 0, 0], vec![0; 10]]),
            record(618, &[]),
        ];
        let strings = [plain("学号"), rich("姓名"), plain("岗位")].map(|shared| record(19, &[shared]));
        let sheet = [
            record(60, &[long(2), long(2), vec![0; 8], vec![1, 0]]),
            row(0, 0),
            cell(7, 0, long(0)),
            cell(7, 1, long(1)),
            cell(7, 2, long(2)),
            row(1, 0x10),
            cell(5, 0, 7_f64.to_le_bytes().to_vec()),
            cell(62, 1, rich("张三")),
            cell(9, 2, 0_f64.to_le_bytes().to_vec()),
            record(176, &[long(1), long(2), long(2), long(2)]),
        ];
        vec![
            ("xl/workbook.bin", workbook.concat()),
            ("xl/_rels/workbook.bin.rels", relations.to_vec()),
            ("xl/styles.bin", styles.concat()),
            ("xl/sharedStrings.bin", strings.concat()),
            ("xl/worksheets/sheet1.bin", sheet.concat()),
        ]
    });
    &PARTS
}

/// A binary workbook with one of its parts in place of the good one.
fn binary_workbook(change: &(usize, Vec<u8>)) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (place, (name, part)) in binary_parts().iter().enumerate() {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, if place == change.0 { &change.1 } else { part }).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn mangled_binary_part() -> impl Strategy<Value = (usize, Vec<u8>)> {
    (0..binary_parts().len()).prop_flat_map(|place| (Just(place), mangled(&binary_parts()[place].1)))
}

/// A list that was read keeps what it promises to whoever reads its rows.
fn lists_keep_their_promises(bytes: &[u8]) -> Result<(), TestCaseError> {
    for hidden in [Hidden::Take, Hidden::Leave] {
        let choice = Choice { sheet: None, hidden: Some(hidden), hidden_columns: Some(hidden) };
        let Ok(sheet) = Sheet::read_for(bytes, &["学号", "姓名", "岗位"], &["学号", "姓名"], &choice) else {
            continue;
        };
        prop_assert!(sheet.rows.windows(2).all(|pair| pair[0].number < pair[1].number));
        prop_assert!(
            sheet.rows.iter().all(|row| row.cells.len() == sheet.headers.len() && row.number > sheet.heading_row)
        );
        for cell in sheet.rows.iter().flat_map(|row| &row.cells) {
            prop_assert!(!cell.shown().chars().any(char::is_control), "{:?}", cell);
            if let Cell::Date(day) = cell {
                prop_assert!((1990..=2100).contains(&day.year()), "{}", day);
            }
        }
    }
    Ok(())
}

fn judge_whatever(bytes: &[u8]) {
    if let Ok(roster) = roster::read(bytes, &Choice::default()) {
        for plan in built_in() {
            for union in Union::ALL {
                let _ = judge(plan, *union, &roster.members);
            }
        }
    }
}

proptest! {
    #[test]
    fn a_list_of_students_is_read_or_refused(bytes in mangled(STUDENTS)) {
        usable_lines_keep_their_promises(&bytes, Kind::Students)?;
    }

    #[test]
    fn a_list_of_grades_is_read_or_refused(bytes in mangled(GRADES)) {
        usable_lines_keep_their_promises(&bytes, Kind::Grades)?;
    }

    #[test]
    fn a_list_of_office_holders_is_read_or_refused(bytes in mangled(OFFICES)) {
        usable_lines_keep_their_promises(&bytes, Kind::Offices)?;
    }
}

proptest! {
    #[test]
    fn sheets_of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = Sheet::read(&bytes);
        let _ = document_text(&bytes);
        let _ = election_file::read(&bytes);
        let _ = population::read(&bytes, &Choice::default());
    }

    #[test]
    fn rosters_near_to_good_ones(bytes in mangled(ROSTER)) {
        judge_whatever(&bytes);
    }

    #[test]
    fn workbooks_near_to_good_ones(bytes in mangled(workbook())) {
        judge_whatever(&bytes);
    }

    #[test]
    fn parts_of_workbooks_near_to_good_ones(change in mangled_part()) {
        lists_keep_their_promises(&repacked(&change))?;
    }

    #[test]
    fn parts_of_binary_workbooks_near_to_good_ones(change in mangled_binary_part()) {
        lists_keep_their_promises(&binary_workbook(&change))?;
    }

    #[test]
    fn documents_near_to_good_ones(bytes in mangled(FLAT)) {
        lists_keep_their_promises(&bytes)?;
    }

    #[test]
    fn old_workbooks_near_to_good_ones(bytes in mangled(old_workbook())) {
        lists_keep_their_promises(&bytes)?;
    }

    #[test]
    fn the_files_that_are_changed_are_good_ones((format, value) in ("[yMd0#?.,%\"x;@hs\\[\\]/ -]{0,20}", any::<f64>())) {
        let binary = binary_workbook(&(usize::MAX, Vec::new()));
        for good in [repacked(&(0, b"x".to_vec())), binary, FLAT.to_vec(), old_workbook().to_vec()] {
            let choice = Choice { sheet: None, hidden: Some(Hidden::Take), hidden_columns: Some(Hidden::Take) };
            let read = Sheet::read_for(&good, &["学号", "姓名", "岗位"], &["学号", "姓名"], &choice);
            prop_assert!(read.is_ok(), "{:?}", read);
        }
        // Any format of any number.
        let escaped = format.replace('"', "&quot;");
        let styles = format!("<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"{escaped}\"/></numFmts><cellXfs><xf/>\
            <xf numFmtId=\"164\"/></cellXfs></styleSheet>");
        lists_keep_their_promises(&repacked(&(3, styles.into_bytes())))?;
        let sheet = String::from_utf8(PARTS[5].1.to_vec()).unwrap().replace("46266.5", &value.to_string());
        lists_keep_their_promises(&repacked(&(5, sheet.into_bytes())))?;
    }

    #[test]
    fn populations_near_to_good_ones(bytes in mangled(POPULATION), seats in prop::option::of(0..500_u32)) {
        if let Ok(PopulationFile { population, .. }) = population::read(&bytes, &Choice::default()) {
            for plan in built_in() {
                let allocation = allocate(plan, &population, seats);
                let given: u64 = allocation.colleges.iter().map(|college| u64::from(college.seats)).sum();
                prop_assert!(given <= u64::from(allocation.seats));
            }
        }
    }

    #[test]
    fn the_record_that_is_changed_is_a_good_one(() in Just(())) {
        let file = record::read(RECORD).unwrap();
        prop_assert!(record::verify(&file, None).is_ok(), "{:?}", record::verify(&file, None));
    }

    #[test]
    fn elections_near_to_good_ones(bytes in mangled(ELECTION)) {
        if let Ok(election) = election_file::read(&bytes) {
            let count = count(&election);
            prop_assert_eq!(count.valid + count.void, count.returned);
        }
    }

    /// A record that was changed anywhere is read and checked, or named; it agrees only where nothing that counts changed.
    #[test]
    fn records_near_to_good_ones(bytes in mangled(RECORD)) {
        if let Ok(file) = record::read(&bytes)
            && record::verify(&file, None).is_ok()
        {
            let contest = &file.contests[0];
            prop_assert_eq!(contest.result.valid + contest.result.void, contest.result.returned);
            prop_assert_eq!(file.receipts.len(), usize::try_from(file.envelopes - file.excluded).unwrap());
        }
    }

    #[test]
    fn plans_near_to_good_ones(bytes in mangled(BUILT_IN[0].1.as_bytes())) {
        if let Ok(text) = String::from_utf8(bytes)
            && let Err(errors) = Plan::parse(&text)
        {
            let lines = text.lines().count() + 1;
            prop_assert!(!errors.is_empty());
            prop_assert!(errors.iter().all(|error| error.line >= 1 && error.line <= lines), "{:?}", errors);
        }
    }

    #[test]
    fn shares_of_any_text(text in "[0-9.% ]{0,8}", base in any::<u32>()) {
        if let Some(share) = Share::parse(&text) {
            prop_assert!(share.floor_of(base) <= share.ceil_of(base) && share.ceil_of(base) <= base);
            prop_assert_eq!(Share::parse(&share.to_string()), Some(share));
        }
    }
}
