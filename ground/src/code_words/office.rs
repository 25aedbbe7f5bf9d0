//! 职务: the field's words for an office, by their own and by that of whoever leads it (《中国共产主义青年团章程》, chapters
//! four and five, for 团支部, 团总支 and 团委).

use super::{Fault, quoted, says_nothing, word};
use crate::office::OfficeKind;

/// Beside the labels. A deputy is not among them: whether one acts in the portal is for whoever grants the office to say.
const NAMES: &[(&str, OfficeKind)] = &[
    ("校团委书记", OfficeKind::SchoolLeague),
    ("学校团委", OfficeKind::SchoolLeague),
    ("学校团委书记", OfficeKind::SchoolLeague),
    ("学工部", OfficeKind::StudentAffairs),
    ("学工处", OfficeKind::StudentAffairs),
    ("学工部(处)", OfficeKind::StudentAffairs),
    ("学生处", OfficeKind::StudentAffairs),
    ("学生工作部", OfficeKind::StudentAffairs),
    ("学生工作处", OfficeKind::StudentAffairs),
    ("学生工作部(处)", OfficeKind::StudentAffairs),
    ("学工部部长", OfficeKind::StudentAffairs),
    ("学工处处长", OfficeKind::StudentAffairs),
    ("学生处处长", OfficeKind::StudentAffairs),
    ("学生工作部部长", OfficeKind::StudentAffairs),
    ("学生工作处处长", OfficeKind::StudentAffairs),
    ("校党委", OfficeKind::SchoolParty),
    ("校党委书记", OfficeKind::SchoolParty),
    ("学校党委书记", OfficeKind::SchoolParty),
    ("学校学生会", OfficeKind::SchoolUnion),
    ("研究生会", OfficeKind::GraduateUnion),
    ("学校研究生会", OfficeKind::GraduateUnion),
    ("团总支", OfficeKind::CollegeLeague),
    ("团总支书记", OfficeKind::CollegeLeague),
    ("分团委", OfficeKind::CollegeLeague),
    ("分团委书记", OfficeKind::CollegeLeague),
    ("党总支", OfficeKind::CollegeParty),
    ("党总支书记", OfficeKind::CollegeParty),
    ("分学生会", OfficeKind::CollegeUnion),
    ("团支部", OfficeKind::ClassBranch),
    ("团支部书记", OfficeKind::ClassBranch),
    ("团支书", OfficeKind::ClassBranch),
    ("班级团支书", OfficeKind::ClassBranch),
    ("班级团支部书记", OfficeKind::ClassBranch),
    ("班团支部", OfficeKind::ClassBranch),
    ("班团支书", OfficeKind::ClassBranch),
    ("班团支部书记", OfficeKind::ClassBranch),
];

/// How a college may be named before what is in it.
const COLLEGES: &[&str] = &["二级学院", "院系", "学院", "院", "系"];

/// What there is in a college.
const IN_COLLEGES: &[(&str, OfficeKind)] = &[
    ("团委", OfficeKind::CollegeLeague),
    ("团总支", OfficeKind::CollegeLeague),
    ("团组织", OfficeKind::CollegeLeague),
    ("党委", OfficeKind::CollegeParty),
    ("党总支", OfficeKind::CollegeParty),
    ("党组织", OfficeKind::CollegeParty),
    ("学生会", OfficeKind::CollegeUnion),
];

/// Reads 职务 among the offices that may be granted here.
pub fn read(text: &str, may_grant: &[OfficeKind]) -> Result<Option<OfficeKind>, Fault> {
    let word = word(text);
    if says_nothing(&word) {
        return Ok(None);
    }
    let said = quoted(text);
    let offered = || may_grant.iter().map(|kind| format!("“{}”", kind.label())).collect::<Vec<_>>().join("、");
    if let Some(kind) = named(&word) {
        let label = kind.label();
        return if may_grant.contains(&kind) {
            Ok(Some(kind))
        } else if word == label {
            Err(Fault::Open(format!("{label}由系统管理员授予，当前职务不能导入")))
        } else {
            Err(Fault::Open(format!("{said}即{label}，由系统管理员授予，当前职务不能导入")))
        };
    }
    if word.contains('副') && named(&word.replace('副', "")).is_some() {
        return Err(Fault::Open(format!("{said}是副职；确由其在系统里办理的，请改填所在组织：{}", offered())));
    }
    let either = match word.as_str() {
        "团委" | "团委书记" => Some((OfficeKind::SchoolLeague, OfficeKind::CollegeLeague)),
        "党委" | "党委书记" => Some((OfficeKind::SchoolParty, OfficeKind::CollegeParty)),
        "学生会" => Some((OfficeKind::SchoolUnion, OfficeKind::CollegeUnion)),
        _ => None,
    };
    Err(match either {
        Some((school, college)) => {
            Fault::Open(format!("{said}没有说明是“{}”还是“{}”；请写明", school.label(), college.label()))
        }
        None => Fault::Strange(format!("{said}不是可以导入的职务；应填{}", offered())),
    })
}

fn named(word: &str) -> Option<OfficeKind> {
    // Those three are never granted by a file.
    let by_file = |kind: &&OfficeKind| {
        !matches!(kind, OfficeKind::Administrator | OfficeKind::DeputySecretary | OfficeKind::Student)
    };
    let by_label = OfficeKind::ALL.iter().filter(by_file).find(|kind| kind.label() == word).copied();
    let by_name = || NAMES.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind);
    let in_college = || {
        let part = COLLEGES.iter().find_map(|college| word.strip_prefix(college))?;
        let part = part.strip_suffix("书记").filter(|part| *part != "学生会").unwrap_or(part);
        IN_COLLEGES.iter().find(|(name, _)| *name == part).map(|(_, kind)| *kind)
    };
    by_label.or_else(by_name).or_else(in_college)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRANTED: &[OfficeKind] = &[OfficeKind::SchoolUnion, OfficeKind::CollegeLeague, OfficeKind::ClassBranch];

    #[test]
    fn the_words_of_the_field_mean_their_office() {
        for (text, kind) in NAMES {
            assert_eq!(read(text, &[*kind]), Ok(Some(*kind)), "{text}");
        }
        for text in ["团支部书记", "团支书", "班级团支部", "班团支部书记", "团 支 书"] {
            assert_eq!(read(text, GRANTED), Ok(Some(OfficeKind::ClassBranch)), "{text}");
        }
        for text in ["团总支书记", "院系团总支书记", "系团总支", "学院团委书记", "二级学院团委", "院系团组织"]
        {
            assert_eq!(read(text, GRANTED), Ok(Some(OfficeKind::CollegeLeague)), "{text}");
        }
        assert_eq!(read("院学生会", &[OfficeKind::CollegeUnion]), Ok(Some(OfficeKind::CollegeUnion)));
        assert_eq!(read("／", GRANTED), Ok(None));
    }

    #[test]
    fn what_leaves_open_which_office_is_asked_about() {
        for text in ["团委书记", "团委", "党委", "学生会", "团支部副书记", "团总支副书记", "院系团委副书记"]
        {
            assert!(matches!(read(text, OfficeKind::ALL), Err(Fault::Open(_))), "{text}");
        }
        for text in ["班长", "系统管理员", "学生会书记", "院系学生会书记", "书记", "系", "主席"]
        {
            assert!(matches!(read(text, OfficeKind::ALL), Err(Fault::Strange(_))), "{text}");
        }
    }

    #[test]
    fn only_what_may_be_granted_is_offered() {
        let fault = read("班长", GRANTED).unwrap_err().to_string();
        assert!(fault.contains("应填“校学生会”、“院系团组织”、“班级团支部”"), "{fault}");
        assert!(!fault.contains("学校党委"), "{fault}");
        assert_eq!(read("学校党委", GRANTED).unwrap_err().to_string(), "学校党委由系统管理员授予，当前职务不能导入");
        let fault = read("学工部", GRANTED).unwrap_err().to_string();
        assert!(fault.contains("“学工部”即学生工作部门，由系统管理员授予"), "{fault}");
    }
}
