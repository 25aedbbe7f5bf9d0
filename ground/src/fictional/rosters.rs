//! Invented rosters to try the check with: nobody in them exists. Each has a few faults on purpose.

use super::{names, random::SeededRandom};
use crate::{
    rules::plan::Union,
    sheet::{drop_down_template, roster::COLUMNS},
};

/// A workbook with headers, drop-down lists and two example rows.
///
/// # Errors
/// Where the workbook cannot be written.
pub fn template() -> anyhow::Result<Vec<u8>> {
    let example = |values: [&str; 15]| values.map(str::to_owned).to_vec();
    let rows = [
        example([
            "2024010101",
            "示例（请删去）",
            "信息工程系",
            "软件技术",
            "2024",
            "专科",
            "共青团员",
            "3",
            "42",
            "0",
            "主席团成员",
            "",
            "是",
            "是",
            "否",
        ]),
        example([
            "2025010102",
            "示例（请删去）",
            "信息工程系",
            "软件技术",
            "2025",
            "专科",
            "共青团员",
            "",
            "",
            "0",
            "部门工作人员",
            "办公室",
            "",
            "是",
            "是",
        ]),
    ];
    Ok(drop_down_template("名单", &COLUMNS, &rows)?)
}

/// A whole invented roster of that kind of union.
///
/// # Errors
/// Where the workbook cannot be written.
pub fn roster(union: Union) -> anyhow::Result<Vec<u8>> {
    let mut random = SeededRandom::new(match union {
        Union::School => 11,
        Union::College => 12,
        Union::Graduate => 13,
    });
    let (presidium, departments, heads, staff): (u32, &[&str], u32, u32) = match union {
        // One presidium member and one head too many; 46 people in all.
        Union::School => (6, &["办公室", "权益服务部", "学习实践部", "文体部", "宣传部", "社团服务部"], 2, 4),
        Union::College => (3, &["综合部", "学习部", "文体部", "服务部"], 2, 4),
        Union::Graduate => (4, &["办公室", "学术部", "服务部"], 2, 7),
    };
    let mut rows = Vec::new();
    for place in 0..presidium {
        rows.push(person(&mut random, union, "主席团成员", "", place == 0));
    }
    for (place, department) in departments.iter().enumerate() {
        let extra = u32::from(place == 1);
        for _ in 0..heads + extra * 2 {
            rows.push(person(&mut random, union, "部门负责人", department, false));
        }
        for _ in 0..staff {
            rows.push(person(&mut random, union, "部门工作人员", department, false));
        }
    }
    if union == Union::School {
        rows.push(person(&mut random, union, "秘书长", "", false));
    }
    Ok(drop_down_template("示例名单（虚构）", &COLUMNS, &rows)?)
}

const MAJORS: [(&str, &str); 5] = [
    ("信息工程系", "软件技术"),
    ("机电工程系", "机电一体化技术"),
    ("经济管理系", "大数据与会计"),
    ("艺术设计系", "视觉传达设计"),
    ("建筑工程系", "工程造价"),
];

fn person(random: &mut SeededRandom, union: Union, post: &str, department: &str, chair: bool) -> Vec<String> {
    let (college, major) = match union {
        Union::College => ("信息工程系", "软件技术"),
        Union::School | Union::Graduate => *random.pick(&MAJORS).unwrap_or(&("信息工程系", "软件技术")),
    };
    let graduate = union == Union::Graduate;
    let year = 2023 + random.below(3);
    let cohort = 30 + random.below(60);
    let worst = if random.below(12) == 0 { cohort } else { cohort * 3 / 10 };
    let rank = 1 + random.below(worst);
    let political = match random.below(20) {
        0 => "群众",
        1 | 2 => "中共预备党员",
        3 => "中共党员",
        _ => "共青团员",
    };
    let failed = if random.below(25) == 0 { "1" } else { "0" };
    let from_college = if random.below(3) == 0 { "否" } else { "是" };
    let (rank, cohort) = if graduate { (String::new(), String::new()) } else { (rank.to_string(), cohort.to_string()) };
    vec![
        format!("{year}{:06}", random.below(1_000_000)),
        names::person(random),
        college.to_owned(),
        major.to_owned(),
        year.to_string(),
        if graduate { "研究生" } else { "专科" }.to_owned(),
        political.to_owned(),
        rank,
        cohort,
        failed.to_owned(),
        post.to_owned(),
        department.to_owned(),
        if chair { "是" } else { "" }.to_owned(),
        if matches!(union, Union::School) { from_college } else { "" }.to_owned(),
        "否".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        rules::{Outcome, judgement::judge, plan::named},
        sheet::{
            Choice,
            roster::{Unreadable, read},
        },
    };

    #[test]
    fn samples_read_and_have_faults_to_show() {
        for (union, plan) in
            [(Union::School, "suzhou-2020"), (Union::College, "suzhou-2020"), (Union::Graduate, "jining-2022")]
        {
            let roster = read(&roster(union).unwrap(), &Choice::default()).unwrap();
            let findings = judge(named(plan).unwrap(), union, &roster.members).unwrap();
            let count = |outcome| findings.iter().filter(|finding| finding.verdict == outcome).count();
            assert!(count(Outcome::Pass) > 2, "{union:?} {findings:#?}");
            assert!(count(Outcome::Fail) + count(Outcome::Warn) > 0, "{union:?} {findings:#?}");
        }
        let read = read(&template().unwrap(), &Choice::default());
        let Err(Unreadable::Rows(_, bad)) = read else { panic!("examples are nobody: {read:?}") };
        assert!(bad.iter().all(|bad| bad.reason.contains("示例")), "{bad:?}");
        assert_eq!(bad.len(), 2);
    }
}
