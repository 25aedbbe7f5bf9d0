//! `check`, `allocate`, `count` and `order` as people and scripts run them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use lunzhi::office::OfficeKind;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{FIRST, Portal, campus::query_of};

struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

fn lunzhi(args: &[&str], file: &Path) -> Output {
    let (command, rest) = args.split_first().unwrap();
    // Nothing around it may matter: no database, no network, no settings.
    Command::new(env!("CARGO_BIN_EXE_lunzhi")).env_clear().arg(command).arg(file).args(rest).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn errors(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(output.stdout.is_empty(), "nothing on standard output when the input cannot be read");
    String::from_utf8(output.stderr.clone()).unwrap()
}

const SCHOOL: [&str; 6] = ["check", "--plan", "suzhou-2020", "--union", "school", "--json"];

fn roster(presidium: u32) -> String {
    let line = |number: u32| {
        let chair = if number == 1 { "是" } else { "" };
        format!("{number},学生{number},主席团成员,共青团员,3,10,0,{chair},是")
    };
    let head = "学号,姓名,岗位,政治面貌,专业排名,专业人数,不及格门数,执行主席,来自院系学生会";
    let lines: Vec<String> = std::iter::once(head.to_owned()).chain((1..=presidium).map(line)).collect();
    lines.join("\n") + "\n"
}

#[test]
fn help_says_in_chinese_what_the_program_is() {
    let help = Command::new(env!("CARGO_BIN_EXE_lunzhi")).env_clear().arg("--help").output().unwrap();
    let says = String::from_utf8(help.stdout).unwrap();
    assert!(says.starts_with("轮值：依规运行学生会的系统"), "{says}");
}

#[test]
fn check_prints_one_object_with_exactly_the_rules_of_its_union() {
    let desk = Desk::new();
    let output = lunzhi(&SCHOOL, &desk.file("r.csv", roster(6)));
    assert_eq!(output.status.code(), Some(1));
    let report = json(&output);
    assert_eq!(
        (report["plan"].as_str(), report["union"].as_str(), report["people"].as_u64()),
        (Some("suzhou-2020"), Some("school"), Some(6))
    );
    let findings = report["findings"].as_array().unwrap();
    let rules: Vec<&str> = findings.iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
    assert_eq!(
        rules,
        ["ORG-02", "ORG-03", "STF-01", "STF-02", "STF-03", "STF-08", "STF-10", "ELG-01", "ELG-03", "ELG-04"]
    );
    let cap = &findings[3];
    assert_eq!(
        (cap["verdict"].as_str(), cap["measured"].as_str(), cap["limit"].as_str()),
        (Some("fail"), Some("6"), Some("<=5"))
    );
    assert_eq!(cap["subjects"].as_array().unwrap().len(), 6);
    assert_eq!(cap["message"], "主席团成员 6 人，超过 5 人");
    assert_eq!(
        cap["clause"],
        serde_json::json!({"document": "苏工院党委〔2020〕41号", "section": "三、坚持精简原则", "quote": "主席团成员不超过5人"})
    );
    let good = lunzhi(&SCHOOL, &desk.file("r.csv", roster(5)));
    assert_eq!(good.status.code(), Some(0));
    let college =
        lunzhi(&["check", "--plan", "jining-2022", "--union", "college", "--json"], &desk.file("r.csv", roster(3)));
    let rules: Vec<String> =
        json(&college)["findings"].as_array().unwrap().iter().map(|f| f["rule"].as_str().unwrap().to_owned()).collect();
    assert_eq!(rules, ["ORG-02", "ORG-03", "STF-06", "STF-07", "STF-08", "ELG-01", "ELG-03", "ELG-04"]);
    assert_eq!(college.status.code(), Some(0), "19 too few is a warning in Jining");
}

#[test]
fn check_reads_gb18030_and_workbooks_alike() {
    let desk = Desk::new();
    let text = roster(4).replace("学生2", "𠮷野");
    let expected = json(&lunzhi(&SCHOOL, &desk.file("r.csv", &text)));
    let (gb, _, _) = encoding_rs::GB18030.encode(&text);
    assert_eq!(json(&lunzhi(&SCHOOL, &desk.file("gb.csv", &gb))), expected);
    assert_eq!(json(&lunzhi(&SCHOOL, &desk.file("bom.csv", format!("\u{feff}{text}")))), expected);
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, line) in (0u32..).zip(text.lines()) {
        for (column, cell) in (0u16..).zip(line.split(',')) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write_number(row, column, number).unwrap(),
                Err(_) => sheet.write_string(row, column, cell).unwrap(),
            };
        }
    }
    let bytes = workbook.save_to_buffer().unwrap();
    assert_eq!(json(&lunzhi(&SCHOOL, &desk.file("r.xlsx", bytes))), expected);
}

#[test]
fn unreadable_input_names_every_row_and_prints_nothing() {
    let desk = Desk::new();
    let bad = "学号,姓名,岗位,部门,专业排名\n1,张三,部门负责人,,\n2,李四,主席团成员,,x\n2,李五,主席团成员,,\n";
    let lines = errors(&lunzhi(&SCHOOL, &desk.file("r.csv", bad)));
    assert_eq!(lines.lines().count(), 2, "{lines}");
    assert!(lines.contains("第 2 行，“部门”列") && lines.contains("第 3 行，“专业排名”列，“x”"));
    assert!(errors(&lunzhi(&SCHOOL, &desk.0.path().join("missing.csv"))).contains("无法读取"));
    assert!(errors(&lunzhi(&SCHOOL, desk.0.path())).contains("无法读取"), "a folder");
    let graduate = ["check", "--plan", "suzhou-2020", "--union", "graduate"];
    assert!(errors(&lunzhi(&graduate, &desk.file("r.csv", roster(1)))).contains("没有校研究生会"));
    let no_plan = ["check", "--plan", "nowhere-2020", "--union", "school"];
    assert!(errors(&lunzhi(&no_plan, &desk.file("r.csv", roster(1)))).contains("suzhou-2020"));
    let unknown = lunzhi(&SCHOOL, &desk.file("r.csv", roster(1).replace("不及格门数", "爱好")));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("忽略了不认识的列：爱好"));
}

#[test]
fn check_asks_which_sheet_and_which_rows_and_says_what_it_read() {
    let desk = Desk::new();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for name in ["2024级", "2025级"] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        for (row, line) in (0..).zip(roster(3).lines()) {
            for (column, cell) in (0..).zip(line.split(',')) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
        sheet.set_row_hidden(2).unwrap();
    }
    let file = desk.file("r.xlsx", workbook.save_to_buffer().unwrap());
    let says = errors(&lunzhi(&SCHOOL, &file));
    assert!(says.contains("“2024级”") && says.contains("“2025级”") && says.contains("--sheet"), "{says}");
    let with = |more: &[&str]| lunzhi(&[&SCHOOL[..], more].concat(), &file);
    let says = errors(&with(&["--sheet", "2025级"]));
    assert!(says.contains("第 3 行") && says.contains("--hidden take"), "{says}");
    for (hidden, people, word) in [("take", 3, "已一并读取"), ("leave", 2, "没有读取")] {
        let output = with(&["--sheet", "2025级", "--hidden", hidden]);
        assert_eq!(json(&output)["people"], people);
        let notes = String::from_utf8(output.stderr).unwrap();
        assert!(notes.contains("工作表“2025级”") && notes.contains(word), "{notes}");
    }
    assert!(errors(&with(&["--sheet", "2026级"])).contains("没有工作表“2026级”"));
}

#[test]
fn numbers_that_a_program_spoilt_are_faults_and_marked_ones_are_their_text() {
    let desk = Desk::new();
    let with = |number: &str| {
        let line = format!("{number},甲某,主席团成员,共青团员,3,10,0,是,是\n");
        lunzhi(&SCHOOL, &desk.file("r.csv", roster(0) + &line))
    };
    for (number, word) in [
        ("202400103.0", "小数"),
        ("202400103.", "小数"),
        ("2.026990001E9", "科学计数"),
        ("2.02401E+11", "科学计数"),
        ("2.02699010001E11", "科学计数"),
    ] {
        assert!(errors(&with(number)).contains(word), "{number}");
    }
    for number in ["\"=\"\"001234\"\"\"", "=\"001234\"", "'001234"] {
        let report = json(&with(number));
        assert_eq!(report["findings"][1]["rule"], "ORG-03");
        assert_eq!(report["people"], 1, "{number}");
    }
    let output = with("2024E1");
    assert_eq!(json(&output)["people"], 1, "a letter in a number is no exponent");
}

#[test]
fn allocate_leaves_totals_out_with_a_word() {
    let desk = Desk::new();
    let text = "类别;名称;年级;人数\n院系;甲;2024;400\n合计;;;400\n";
    let output = lunzhi(&["allocate", "--plan", "suzhou-2020", "--json"], &desk.file("p.csv", text));
    assert_eq!(json(&output)["students"], 400);
    assert!(String::from_utf8(output.stderr).unwrap().contains("第 3 行是备注或合计"));
}

#[test]
fn a_gigabyte_a_bomb_and_a_stump_end_at_once_with_a_reason() {
    let desk = Desk::new();
    let huge = desk.file("huge.csv", "学号,姓名,岗位\n");
    fs::File::options().write(true).open(&huge).unwrap().set_len(1 << 30).unwrap();
    assert!(errors(&lunzhi(&SCHOOL, &huge)).contains("超过 8 MB"));
    assert!(errors(&lunzhi(&["count"], &huge)).contains("超过 64 MB"));
    assert!(errors(&lunzhi(&SCHOOL, Path::new("/dev/zero"))).contains("不是普通文件"));
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).unwrap();
    for _ in 0..100 {
        std::io::Write::write_all(&mut zip, &vec![b' '; 1 << 20]).unwrap();
    }
    let bomb = zip.finish().unwrap().into_inner();
    assert!(errors(&lunzhi(&SCHOOL, &desk.file("bomb.xlsx", &bomb))).contains("解压后超过 64 MB"));
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.add_worksheet().write(0, 0, "学号").unwrap();
    let whole = workbook.save_to_buffer().unwrap();
    assert!(errors(&lunzhi(&SCHOOL, &desk.file("stump.xlsx", &whole[..whole.len() / 2]))).contains("损坏"));
    let rows = "学号,姓名,岗位\n".to_owned() + &"1,a,b\n".repeat(60_001);
    assert!(errors(&lunzhi(&SCHOOL, &desk.file("rows.csv", rows))).contains("超过 60000 行"));
}

#[test]
fn a_plan_file_of_ones_own_serves_as_well() {
    let desk = Desk::new();
    let (_, text) = lunzhi::rules::plan::BUILT_IN[0];
    let own = text.replace("code = \"suzhou-2020\"", "code = \"own-2026\"").replace("at_most = 5\n", "at_most = 7\n");
    let plan = desk.file("own.toml", own).display().to_string();
    let args = ["check", "--plan", &plan, "--union", "school", "--json"];
    let report = json(&lunzhi(&args, &desk.file("r.csv", roster(6))));
    assert_eq!(report["plan"], "own-2026");
    assert_eq!(report["findings"][3]["verdict"], "pass");
    let broken = desk.file("broken.toml", text.replace("at_most = 5\n", "at_most = -5\n")).display().to_string();
    let args = ["check", "--plan", &broken, "--union", "school"];
    assert!(errors(&lunzhi(&args, &desk.file("r.csv", roster(6)))).contains("rule.STF-02.at_most"));
}

#[test]
fn allocate_prints_the_allocation_and_fails_with_too_few_seats() {
    let desk = Desk::new();
    let text = "类别,名称,年级,人数\n院系,甲,2024,4000\n院系,甲,2023,3000\n院系,乙,2024,1432\n社团,合唱团,,\n";
    let population = desk.file("p.csv", text);
    let output = lunzhi(&["allocate", "--plan", "suzhou-2020", "--json"], &population);
    assert_eq!(output.status.code(), Some(0));
    let allocation = json(&output);
    assert_eq!(
        (allocation["students"].as_u64(), allocation["minimum"].as_u64(), allocation["seats"].as_u64()),
        (Some(8432), Some(85), Some(85))
    );
    assert_eq!(allocation["societies"], serde_json::json!([{"name": "合唱团", "seats": 1}]));
    assert_eq!(
        allocation["colleges"][1],
        serde_json::json!({"name": "乙", "students": 1432, "seats": 14, "grades": [{"grade": "2024", "students": 1432, "seats": 14}]})
    );
    let few = lunzhi(&["allocate", "--plan", "suzhou-2020", "--seats", "2", "--json"], &population);
    assert_eq!(few.status.code(), Some(1));
    assert_eq!(json(&few)["findings"][0]["verdict"], "fail");
    let jining = json(&lunzhi(&["allocate", "--plan", "jining-2022", "--json"], &population));
    assert_eq!(
        jining["findings"][1],
        serde_json::json!({
            "rule": "CON-05", "verdict": "not_required", "measured": "", "limit": "", "subjects": [],
            "message": "济宁方案（2022）未作此项要求", "clause": null
        })
    );
    let twice = format!("{text}院系,乙,2024,3\n");
    assert!(errors(&lunzhi(&["allocate", "--plan", "suzhou-2020"], &desk.file("p.csv", twice))).contains("第 6 行"));
    let people = lunzhi(&["allocate", "--plan", "suzhou-2020"], &desk.file("p.csv", text));
    assert!(String::from_utf8(people.stdout).unwrap().contains("至少 85 个名额"));
    assert_eq!(allocation["ties"], serde_json::json!([]));
}

#[test]
fn allocate_names_a_tie_and_how_it_was_decided() {
    let desk = Desk::new();
    let even = desk.file("p.csv", "类别,名称,年级,人数\n院系,甲,2024,500\n院系,乙,2024,500\n");
    let allocation = json(&lunzhi(&["allocate", "--plan", "jining-2022", "--seats", "11", "--json"], &even));
    assert_eq!(
        allocation["ties"],
        serde_json::json!([{"seat": "college", "between": ["甲", "乙"], "given": "甲", "by": "earlier row"}])
    );
    let people = lunzhi(&["allocate", "--plan", "jining-2022", "--seats", "11"], &even);
    let table = String::from_utf8(people.stdout).unwrap();
    assert!(table.contains("余数相同：甲、乙，这一个名额给了甲（人数也相同，按表中次序）"), "{table}");
}

#[test]
fn count_says_who_is_elected_and_ends_with_1_where_the_election_is_not_valid() {
    let desk = Desk::new();
    let ballots = vec![r#"{"甲":"for","乙":"against","+戊":"for"}"#; 60].join(",");
    let text = format!(
        r#"{{"seats":3,"candidates":["甲","乙"],"due":100,"present":90,"issued":90,
        "rules":{{"quorum":"2/3","quorum_strict":true,"majority_of":"present","tie":"second_round","write_in":true}},
        "ballots":[{ballots}]}}"#
    );
    let output = lunzhi(&["count", "--json"], &desk.file("e.json", &text));
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        json(&output),
        serde_json::json!({
            "valid_election": true, "reasons": [], "returned": 60, "valid": 60, "void": 0,
            "candidates": [{"name": "甲", "for": 60, "against": 0, "abstain": 0}, {"name": "乙", "for": 0, "against": 60, "abstain": 0}],
            "write_ins": [{"name": "戊", "for": 60}], "elected": ["甲", "戊"], "tied": [], "vacant": 1
        })
    );
    let output = lunzhi(&["count", "--json"], &desk.file("e.json", text.replace("\"present\":90", "\"present\":66")));
    assert_eq!(output.status.code(), Some(1));
    let count = json(&output);
    assert_eq!((count["reasons"].as_array().unwrap().len(), count["elected"].as_array().unwrap().len()), (2, 0));
    assert!(errors(&lunzhi(&["count"], &desk.file("e.json", text.replace("+戊", "戊")))).contains("第 60 张选票"));
    assert!(errors(&lunzhi(&["count"], &desk.file("e.json", "{"))).contains("JSON"));
}

/// A small election as a file, with these further rules and ballots.
fn election(candidates: &str, rules: &str, ballots: &str) -> String {
    format!(
        r#"{{"seats":1,"candidates":{candidates},"due":9,"present":8,"issued":8,"rules":{{"quorum":"2/3",
        "quorum_strict":true,"majority_of":"present","tie":"second_round","write_in":true{rules}}},"ballots":[{ballots}]}}"#
    )
}

#[test]
fn count_follows_the_further_rules() {
    let desk = Desk::new();
    let run = |text: &str| json(&lunzhi(&["count", "--json"], &desk.file("e.json", text)));
    let three = r#"{"甲":"for"},{"甲":"for"},{"乙":"for"},{},{},{}"#;
    let plain = election(r#"["甲","乙"]"#, "", three);
    assert_eq!(run(&plain)["elected"], serde_json::json!([]));
    assert_eq!(run(&plain.replace("\"present\",\"tie", "\"none\",\"tie"))["elected"], serde_json::json!(["甲"]));
    let round = election(r#"["甲","乙"]"#, r#","round":"tied""#, &format!("{three},{{\"+戊\":\"for\"}}"));
    assert_eq!((run(&round)["elected"][0].as_str(), run(&round)["void"].as_u64()), (Some("甲"), Some(1)));
    let half_of_due =
        plain.replace("\"present\",\"tie", "\"due\",\"tie").replace(three, &[r#"{"甲":"for"}"#; 5].join(","));
    assert_eq!(run(&half_of_due)["elected"], serde_json::json!(["甲"]), "5 of 9");
    assert_eq!(run(&half_of_due.replace("\"due\":9", "\"due\":10"))["elected"], serde_json::json!([]), "5 of 10");
    let against = election(
        r#"["甲"]"#,
        r#","write_in_needs_against":true"#,
        r#"{"甲":"abstain","+戊":"for"},{"甲":"against","+戊":"for"}"#,
    );
    assert_eq!((run(&against)["void"].as_u64(), run(&against)["valid"].as_u64()), (Some(1), Some(1)));
    let unread = election(r#"["甲","乙"]"#, "", r#"{"甲":"for","乙":"unreadable"}"#);
    assert_eq!(
        run(&unread)["candidates"][1],
        serde_json::json!({"name": "乙", "for": 0, "against": 0, "abstain": 1, "unreadable": 1})
    );
    assert_eq!(run(&unread.replace("\"write_in\":true", "\"write_in\":true,\"unreadable\":\"void\""))["void"], 1);
    let bare = election(
        r#"["张伟（软件2401班）","张伟（机械2402班）"]"#,
        "",
        r#"{"+张　伟":"for"},{"+张三":"for"},{"+張三":"for"}"#,
    );
    let count = run(&bare);
    assert_eq!(count["unclear"], serde_json::json!([{"name": "张伟", "for": 1}]));
    assert_eq!(count["similar"], serde_json::json!([["张三", "張三"]]));
    let people = lunzhi(&["count"], &desk.file("e.json", &bare));
    let table = String::from_utf8(people.stdout).unwrap();
    assert!(
        table.contains("不计给任何人") && table.contains("请核对是否同一人（没有合并计算）：张三、張三"),
        "{table}"
    );
    let twice = election(r#"["甲"]"#, "", r#"{"+张三":"for","+张 三":"for"}"#);
    assert!(errors(&lunzhi(&["count"], &desk.file("e.json", twice))).contains("出现了两次"));
}

#[test]
fn order_lists_names_by_the_strokes_of_surnames() {
    let desk = Desk::new();
    let names = desk.file("names.txt", "\u{feff}王一平\r\n王　伟\r\n\r\n張三\r\n丁磊\r\n阿依古丽•买买提\r\n马六\r\n");
    let output = lunzhi(&["order"], &names);
    assert_eq!(output.status.code(), Some(0));
    let lines = String::from_utf8(output.stdout).unwrap();
    assert_eq!(lines, "丁磊\n马六\n王伟\n王一平\n阿依古丽·买买提\n張三\n");
    assert!(String::from_utf8(output.stderr).unwrap().contains("“張三”的“張”"));
    let whole = json(&lunzhi(&["order", "--whole", "--json"], &names));
    assert_eq!(
        whole,
        serde_json::json!({
            "rule": "whole",
            "names": ["丁磊", "马六", "王一平", "王伟", "阿依古丽·买买提", "張三"],
            "unknown": ["張三"]
        })
    );
    assert_eq!(json(&lunzhi(&["order", "--json"], &names))["rule"], "surname");
    assert!(errors(&lunzhi(&["order"], &desk.file("gbk.txt", [0xcd, 0xf5, 0xce, 0xb0]))).contains("不是 UTF-8"));
    assert!(errors(&lunzhi(&["order"], &desk.0.path().join("missing.txt"))).contains("无法读取"));
    assert_eq!(lunzhi(&["order"], &desk.file("none.txt", "")).status.code(), Some(0));
}

#[test]
fn order_reads_standard_input() {
    let desk = Desk::new();
    let names = fs::File::open(desk.file("names.txt", "王伟\n丁一\n")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_lunzhi"));
    let output = command.env_clear().args(["order", "-"]).stdin(names).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "丁一\n王伟\n");
}

#[test]
fn official_words_and_codes_pass_and_words_that_say_nothing_are_unknown() {
    let desk = Desk::new();
    let elg = |word: &str| {
        let output = lunzhi(&SCHOOL, &desk.file("r.csv", roster(5).replacen("共青团员", word, 1)));
        if output.status.code() == Some(2) {
            return errors(&output);
        }
        let report = json(&output);
        let finding = report["findings"].as_array().unwrap().iter().find(|one| one["rule"] == "ELG-01").unwrap();
        finding["verdict"].as_str().unwrap().to_owned()
    };
    for word in [
        "中国共产党党员",
        "中共正式党员",
        "共产党员",
        "01",
        "1",
        "中国共产党预备党员",
        "中共党员(含预备党员)",
        "02",
        "中国共产主义青年团团员",
        "共青团员（保留团籍）",
        "03-共青团员",
        "3",
    ] {
        let verdict = elg(word);
        if word.contains("含预备") {
            assert!(verdict.contains("分不清是正式党员还是预备党员"), "{verdict}");
        } else {
            assert_eq!(verdict, "pass", "{word}");
        }
    }
    for word in ["未知", "无", "-", "/", "不详", ""] {
        assert_eq!(elg(word), "unknown", "{word}");
    }
    assert_eq!(elg("13"), "fail");
    assert!(elg("入党积极分子").contains("第 2 行，“政治面貌”列，“入党积极分子”"));
}

#[test]
fn one_person_is_one_whatever_the_case_and_the_blanks_and_so_is_a_department() {
    let desk = Desk::new();
    let text = "学号,姓名,岗位,部门,院系\nb2401,张三,部门负责人,办公室,大学院\nB2402,李四,部门负责人,办 公 室,大 学院\n\
                Ｂ2401,张　三,部门工作人员,学习部(一),大学院\n3,古丽•买买提,部门工作人员,学习部（一）,\n";
    let report = json(&lunzhi(&SCHOOL, &desk.file("r.csv", text)));
    assert_eq!(report["people"], 3);
    let findings = report["findings"].as_array().unwrap();
    let units: Vec<&str> =
        findings.iter().filter(|one| one["rule"] == "STF-04").filter_map(|one| one["unit"].as_str()).collect();
    assert_eq!(units, ["办公室", "学习部(一)"]);
    let population = "类别,名称,年级,人数\n院系,大学院,2024,\"1,200\"\n学院,大 学院,23级,300\n";
    let allocated = lunzhi(&["allocate", "--plan", "suzhou-2020", "--json"], &desk.file("p.csv", population));
    assert_eq!(json(&allocated)["colleges"].as_array().unwrap().len(), 1, "{allocated:?}");
    let exchanged = lunzhi(&SCHOOL, &desk.file("r.csv", "学号,姓名,岗位\n周八,88007,主席团成员\n"));
    assert!(errors(&exchanged).contains("是否与姓名填反了"));
}

/// A plan that says nothing so far but where it comes from.
fn untaken() -> String {
    let (_, suzhou) = lunzhi::rules::plan::BUILT_IN[0];
    let (head, rest) = suzhou.split_once("silent = [").unwrap();
    let (_, rest) = rest.split_once("]\n").unwrap();
    let (middle, _) = rest.split_once("[rule.ORG-01]").unwrap();
    let source = suzhou.split_once("[rule.POL-00]").unwrap().1.split("\n[rule.").next().unwrap();
    let codes = lunzhi::rules::CATALOGUE.iter().map(|entry| entry.code).filter(|code| *code != "POL-00");
    let codes = codes.map(|code| format!("{code:?}")).collect::<Vec<_>>().join(", ");
    format!("{head}silent = []\nnot_taken_down = [{codes}]\n{middle}[rule.POL-00]{source}\n")
        .replace("suzhou-2020", "mine-2026")
}

#[test]
fn a_plan_nobody_has_taken_down_is_never_met() {
    let desk = Desk::new();
    let plan = desk.file("mine.toml", untaken());
    let args = ["check", "--plan", plan.to_str().unwrap(), "--union", "school", "--json"];
    let output = lunzhi(&args, &desk.file("r.csv", roster(6)));
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let report = json(&output);
    let findings = report["findings"].as_array().unwrap();
    assert!(!findings.is_empty());
    for finding in findings {
        assert_eq!((&finding["verdict"], &finding["clause"]), (&Value::from("not_taken_down"), &Value::Null));
        assert!(!finding["message"].as_str().unwrap().contains("未作"), "{finding}");
    }
    let people = lunzhi(&args[..5], &desk.file("r.csv", roster(6)));
    let text = String::from_utf8(people.stdout).unwrap();
    assert!(people.status.code() == Some(3) && text.contains("方案尚未录入") && !text.contains('✓'), "{text}");
}

#[test]
fn a_plan_file_is_begun_checked_with_every_line_that_is_wrong_and_compared() {
    let desk = Desk::new();
    let run = |args: &[&str]| {
        let ended = Command::new(env!("CARGO_BIN_EXE_lunzhi")).env_clear().arg("plan").args(args).output().unwrap();
        (ended.status.code(), String::from_utf8(ended.stdout).unwrap(), String::from_utf8(ended.stderr).unwrap())
    };
    let (status, blank, _) = run(&["new"]);
    assert_eq!(status, Some(0));
    for entry in lunzhi::rules::CATALOGUE {
        assert!(blank.contains(&format!("[rule.{}]", entry.code)), "{} has a section to fill in", entry.code);
    }
    assert!(blank.contains("# at_most = 5") && blank.contains("# chain = ["), "{blank}");
    let file = desk.file("new.toml", &blank);
    let (status, out, faults) = run(&["check", file.to_str().unwrap()]);
    assert_eq!((status, out.as_str()), (Some(2), ""));
    assert!(faults.contains("缺少 effective（施行日期）") && faults.contains("第 4 行："), "{faults}");

    // Filled in by somebody who uncomments one rule after the other: it is a plan at every step.
    let filled = untaken();
    let file = desk.file("mine.toml", &filled);
    let (status, out, _) = run(&["check", file.to_str().unwrap()]);
    assert!(status == Some(0) && out.contains("写明 1 项") && out.contains("尚未录入 80 项"), "{out}");
    let (status, out, _) = run(&["diff", "suzhou-2020", "jining-2022"]);
    assert!(status == Some(0) && out.contains("STF-01") && out.contains("40 人左右") && out.contains("60 人左右"));
    assert!(!out.contains("STF-02 "), "what is the same is left out: {out}");
    let (status, out, _) = run(&["diff", "suzhou-2020", file.to_str().unwrap()]);
    assert!(status == Some(0) && out.contains("尚未录入"), "{out}");
    let word = desk.file("plan.docx", b"PK\x03\x04");
    let (status, _, says) = run(&["check", word.to_str().unwrap()]);
    assert!(status == Some(2) && says.contains("Word 或 Excel 文件"), "{says}");
}

#[tokio::test]
async fn sso_sets_a_universitys_own_server_and_gives_it_up() {
    let (portal, desk) = (Portal::start().await, Desk::new());
    let secret = desk.file("secret", "s3cret\n");
    let (secret, key) = (secret.to_str().unwrap(), desk.0.path().join("ballot.key"));
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lunzhi"));
        command.env_clear().env("DATABASE_URL", &portal.url).arg("sso").arg("--ballot-key").arg(&key);
        let ended = command.env("LUNZHI_PUBLIC_URL", "https://lunzhi.example.edu.cn").args(args).output().unwrap();
        (ended.status.code(), String::from_utf8(ended.stdout).unwrap() + &String::from_utf8(ended.stderr).unwrap())
    };
    let (status, says) =
        run(&["--school", FIRST, "cas", "--server", "https://cas.example.edu.cn/cas/", "--number-attribute", "xh"]);
    assert_eq!((status, says.as_str()), (Some(0), "已设置：CAS 2/3，https://cas.example.edu.cn/cas\n"));
    let sent = portal.visitor().get(&format!("/sso/{FIRST}")).await;
    assert!(sent.location().starts_with("https://cas.example.edu.cn/cas/login?service="), "{}", sent.location());
    let service = query_of(sent.location()).remove("service").unwrap();
    assert_eq!(service, format!("https://lunzhi.example.edu.cn/sso/cas/{FIRST}"), "as stated, whatever host is asked");
    let unstated = Command::new(env!("CARGO_BIN_EXE_lunzhi"))
        .env_clear()
        .env("DATABASE_URL", &portal.url)
        .args(["sso", "--school", FIRST, "cas", "--server", "https://cas.example.edu.cn/cas"])
        .output()
        .unwrap();
    assert!(!unstated.status.success() && String::from_utf8_lossy(&unstated.stderr).contains("--public-url"));
    let oidc =
        ["oidc", "--issuer", "https://id.example.edu.cn/", "--client-id", "lunzhi", "--client-secret-file", secret];
    let more = ["--number-claim", "xh", "--open-students", "--password-for-staff-alone"];
    let (status, says) = run(&[&["--school", FIRST][..], &oidc, &more].concat());
    assert_eq!(status, Some(0), "{says}");
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let page = administrator.get("/campus").await;
    assert_eq!(
        (page.field("服务器地址").as_str(), page.field("方式").as_str()),
        ("https://id.example.edu.cn/", "oidc")
    );
    assert_eq!(page.field("谁还可以用密码登录"), "staff");
    assert!(!page.text().contains("s3cret") && !says.contains("s3cret"));
    let record = administrator.get("/audit").await.text();
    assert!(record.contains("设置统一身份认证") && record.contains("服务器命令行"), "{record}");
    for (args, words) in [
        (&["--school", "nowhere", "off"][..], "没有代码为 nowhere 的学校"),
        (&["--school", FIRST, "cas", "--server", "http://cas.example.edu.cn"][..], "https"),
        (&["--school", FIRST, "cas", "--server", "cas"][..], "完整的地址"),
    ] {
        let (status, says) = run(args);
        assert!(status == Some(1) && says.contains(words), "{says}");
    }
    let (status, says) = run(&["--school", FIRST, "off"]);
    assert!(status == Some(0) && says.contains("已停用"), "{says}");
    assert_eq!(portal.visitor().get(&format!("/sso/{FIRST}")).await.status, 404);
}
