//! 民族 by GB/T 3304-1991 中国各民族名称的罗马字母拼写法和代码: the 56 names, their numbers and their letters.

use super::{Fault, meaning, quoted, says_nothing, two_digits, word};

/// One of the 56 nationalities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nationality {
    name: &'static str,
    letters: &'static str,
}

impl Nationality {
    /// The name with 族: what is stored.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.name
    }

    fn coded(code: &str) -> Option<Self> {
        let by_letters = NATIONALITIES.iter().find(|one| one.letters.eq_ignore_ascii_case(code));
        let by_number = || two_digits(code)?.checked_sub(1).and_then(|place| NATIONALITIES.get(place));
        by_letters.or_else(by_number).copied()
    }

    fn named(name: &str) -> Option<Self> {
        let name = FORMER.iter().find(|(former, _)| *former == name).map_or(name, |(_, today)| today);
        NATIONALITIES.iter().find(|one| one.name == name || one.name.strip_suffix('族') == Some(name)).copied()
    }
}

const fn one(name: &'static str, letters: &'static str) -> Nationality {
    Nationality { name, letters }
}

/// In the order of their numbers, 01 to 56.
pub const NATIONALITIES: [Nationality; 56] = [
    one("汉族", "HA"),
    one("蒙古族", "MG"),
    one("回族", "HU"),
    one("藏族", "ZA"),
    one("维吾尔族", "UG"),
    one("苗族", "MH"),
    one("彝族", "YI"),
    one("壮族", "ZH"),
    one("布依族", "BY"),
    one("朝鲜族", "CS"),
    one("满族", "MA"),
    one("侗族", "DO"),
    one("瑶族", "YA"),
    one("白族", "BA"),
    one("土家族", "TJ"),
    one("哈尼族", "HN"),
    one("哈萨克族", "KZ"),
    one("傣族", "DA"),
    one("黎族", "LI"),
    one("傈僳族", "LS"),
    one("佤族", "VA"),
    one("畲族", "SH"),
    one("高山族", "GS"),
    one("拉祜族", "LH"),
    one("水族", "SU"),
    one("东乡族", "DX"),
    one("纳西族", "NX"),
    one("景颇族", "JP"),
    one("柯尔克孜族", "KG"),
    one("土族", "TU"),
    one("达斡尔族", "DU"),
    one("仫佬族", "ML"),
    one("羌族", "QI"),
    one("布朗族", "BL"),
    one("撒拉族", "SL"),
    one("毛南族", "MN"),
    one("仡佬族", "GL"),
    one("锡伯族", "XB"),
    one("阿昌族", "AC"),
    one("普米族", "PM"),
    one("塔吉克族", "TA"),
    one("怒族", "NU"),
    one("乌孜别克族", "UZ"),
    one("俄罗斯族", "RS"),
    one("鄂温克族", "EW"),
    one("德昂族", "DE"),
    one("保安族", "BN"),
    one("裕固族", "YG"),
    one("京族", "GI"),
    one("塔塔尔族", "TT"),
    one("独龙族", "DR"),
    one("鄂伦春族", "OR"),
    one("赫哲族", "HZ"),
    one("门巴族", "MB"),
    one("珞巴族", "LB"),
    one("基诺族", "JN"),
];

/// Names of the standard of 1982 that were changed, and spellings that stand in files.
const FORMER: &[(&str, &str)] = &[
    ("毛难族", "毛南族"),
    ("毛难", "毛南族"),
    ("崩龙族", "德昂族"),
    ("崩龙", "德昂族"),
    ("乌兹别克族", "乌孜别克族"),
    ("乌兹别克", "乌孜别克族"),
    ("畬族", "畲族"),
    ("畬", "畲族"),
];

/// Reads 民族.
pub fn read(text: &str) -> Result<Option<Nationality>, Fault> {
    let word = word(text);
    if says_nothing(&word) {
        return Ok(None);
    }
    if let Some(nationality) = meaning(&word, Nationality::coded, Nationality::named) {
        return Ok(Some(nationality));
    }
    let said = quoted(text);
    Err(match word.as_str() {
        "其他" | "其它" | "少数民族" | "97" | "98" => Fault::Open(format!("{said}没有说明是哪个民族")),
        _ => Fault::Strange(format!(
            "{said}不是 56 个民族之一；应填名称（如汉族），或国家标准 GB/T 3304 的代码（如 01、HA）"
        )),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_name_and_pair_of_letters_is_read() {
        for (place, nationality) in (1..).zip(NATIONALITIES) {
            let short = nationality.name.strip_suffix('族').unwrap();
            let small = nationality.letters.to_lowercase();
            let texts =
                [format!("{place:02}"), place.to_string(), format!("{place:02}{short}"), format!("{place} {short}族")];
            for text in texts.iter().map(String::as_str).chain([nationality.name, short, nationality.letters, &small]) {
                assert_eq!(read(text), Ok(Some(nationality)), "{text}");
            }
        }
        let letters: std::collections::BTreeSet<_> = NATIONALITIES.iter().map(|one| one.letters).collect();
        assert_eq!(letters.len(), 56);
        let numbers =
            [("08", "壮族"), ("15", "土家族"), ("30", "土族"), ("44", "俄罗斯族"), ("47", "保安族"), ("56", "基诺族")];
        for (number, name) in numbers {
            assert_eq!(read(number).unwrap().unwrap().label(), name);
        }
    }

    #[test]
    fn former_names_mean_those_of_today_and_other_words_are_not_taken() {
        for (former, today) in FORMER {
            assert_eq!(read(former).unwrap().unwrap().label(), *today);
        }
        for text in ["其他", "少数民族", "97"] {
            assert!(matches!(read(text), Err(Fault::Open(_))), "{text}");
        }
        for text in ["57", "00", "XX", "中华民族", "汉人", "族", "01-回族", "美国"] {
            assert!(matches!(read(text), Err(Fault::Strange(_))), "{text}");
        }
    }
}
