//! A fuzz target for each parser, on the stable toolchain: nothing that can be sent makes one panic, hang or accept
//! what it should not. `PROPTEST_CASES=100000 cargo test fuzz` runs them for longer.

use lunzhi::{
    elections::{election_file, record},
    imports::{file, import::Kind, offices::IMPORTED_OFFICES},
    rules::{
        congress::allocate,
        election::count,
        judgement::judge,
        plan::{BUILT_IN, Plan, Share, Union, built_in},
    },
    sheet::{Sheet, drop_down_template, population, roster},
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
const OFFICES: &[u8] = "学号（工号）,姓名,职务,院系,班级,任职第一天,任职最后一天\n\
    1,张三,班级团支部,,软件2601班,2026-09-01,2027.8.31\nT2,李四,院系团组织,信息系,,2026年9月1日,\n"
    .as_bytes();

/// What a line that can be used promises to whoever stages it.
fn usable_lines_keep_their_promises(bytes: &[u8], kind: Kind) -> Result<(), TestCaseError> {
    let Ok(read) = file::read(bytes, kind, IMPORTED_OFFICES, "me") else { return Ok(()) };
    for line in &read.rows {
        prop_assert_eq!(line.cells.len(), kind.columns().len());
        for cell in line.cells.iter().flatten() {
            prop_assert!(!cell.is_empty() && !cell.chars().any(char::is_control), "{:?}", cell);
        }
        if line.wrong.is_empty() {
            prop_assert!(line.cells[0].as_deref().is_some_and(|number| number.chars().count() <= 32));
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

fn judge_whatever(bytes: &[u8]) {
    if let Ok(roster) = roster::read(bytes) {
        for plan in built_in() {
            for (_, union) in Union::ALL {
                let _ = judge(plan, union, &roster.members);
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
        let _ = election_file::read(&bytes);
        let _ = population::read(&bytes);
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
    fn populations_near_to_good_ones(bytes in mangled(POPULATION), seats in prop::option::of(0..500_u32)) {
        if let Ok((population, _)) = population::read(&bytes) {
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
