//! 政治面貌 by GB/T 4762-1984 政治面貌代码: codes, full and short names, and how forms write them.

use super::{Fault, meaning, quoted, says_nothing, two_digits, word};
use crate::words::words;

words! {
    /// A person's political status; the label is what is stored. Members of 民革 are 党员 and the unaffiliated
    /// 无党派人士 today (条例 of 2015 on the united front); the standard's 会员 and 民主人士 are read as well.
    Status:
    Party = "party", "中共党员";
    Probationary = "probationary", "中共预备党员";
    League = "league", "共青团员";
    Minge = "minge", "民革党员";
    Minmeng = "minmeng", "民盟盟员";
    Minjian = "minjian", "民建会员";
    Minjin = "minjin", "民进会员";
    Nonggong = "nonggong", "农工党党员";
    Zhigong = "zhigong", "致公党党员";
    Jiusan = "jiusan", "九三学社社员";
    Taimeng = "taimeng", "台盟盟员";
    Unaffiliated = "unaffiliated", "无党派人士";
    Masses = "masses", "群众";
}

impl Status {
    /// `01` to `13`: the order of [`Status::ALL`] is that of the codes.
    fn coded(code: &str) -> Option<Self> {
        two_digits(code)?.checked_sub(1).and_then(|place| Self::ALL.get(place)).copied()
    }

    fn named(word: &str) -> Option<Self> {
        // Who joined the Party may keep League membership (保留团籍) and is a Party member all the same; a League member
        // who keeps it, while abroad for instance, stays a League member.
        let plain = word.strip_suffix("(保留团籍)").or_else(|| word.strip_prefix("保留团籍的")).unwrap_or(word);
        let by_label = Self::ALL.iter().find(|status| status.label() == plain).copied();
        by_label.or_else(|| NAMES.iter().find(|(name, _)| *name == plain).map(|(_, status)| *status))
    }
}

/// Beside the labels: the standard's full and short names, then how forms and people write them.
const NAMES: &[(&str, Status)] = &[
    ("中国共产党党员", Status::Party),
    ("中国共产党预备党员", Status::Probationary),
    ("中国共产主义青年团团员", Status::League),
    ("中国国民党革命委员会会员", Status::Minge),
    ("中国国民党革命委员会党员", Status::Minge),
    ("民革会员", Status::Minge),
    ("中国民主同盟盟员", Status::Minmeng),
    ("中国民主建国会会员", Status::Minjian),
    ("中国民主促进会会员", Status::Minjin),
    ("中国农工民主党党员", Status::Nonggong),
    ("中国致公党党员", Status::Zhigong),
    ("台湾民主自治同盟盟员", Status::Taimeng),
    ("无党派民主人士", Status::Unaffiliated),
    ("党员", Status::Party),
    ("共产党员", Status::Party),
    ("正式党员", Status::Party),
    ("中共正式党员", Status::Party),
    ("中国共产党正式党员", Status::Party),
    ("中共党员(正式)", Status::Party),
    ("预备党员", Status::Probationary),
    ("共产党预备党员", Status::Probationary),
    ("中共党员(预备)", Status::Probationary),
    ("党员(预备)", Status::Probationary),
    ("团员", Status::League),
    ("共青团", Status::League),
    ("共青团团员", Status::League),
    ("青年团员", Status::League),
    ("普通群众", Status::Masses),
];

/// Stages on the way into the Party, which leave open what somebody is meanwhile.
const STAGES: &[&str] = &["积极分子", "发展对象", "入党申请人", "申请入党", "递交入党申请书", "拟发展对象"];

/// Reads 政治面貌.
pub fn read(text: &str) -> Result<Option<Status>, Fault> {
    let word = word(text);
    if says_nothing(&word) {
        return Ok(None);
    }
    if let Some(status) = meaning(&word, Status::coded, Status::named) {
        return Ok(Some(status));
    }
    let said = quoted(text);
    if STAGES.iter().any(|stage| word.contains(stage)) {
        return Err(Fault::Open(format!("{said}是入党的阶段，不是政治面貌；请填本人现在是共青团员还是群众")));
    }
    Err(match word.as_str() {
        "其他" | "其它" => Fault::Open(format!("{said}没有说明是哪一种政治面貌")),
        "无党派" => Fault::Open(format!("{said}可能指无党派人士，也可能指群众；请写明")),
        "保留团籍" => Fault::Open(format!("{said}没有说明是中共党员还是共青团员；请写明")),
        _ if word.contains("含预备") => Fault::Open(format!("{said}分不清是正式党员还是预备党员；请写明")),
        _ => Fault::Strange(format!(
            "{said}不是政治面貌；应填中共党员、中共预备党员、共青团员、群众，或国家标准 GB/T 4762 的其他名称、代码"
        )),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_and_name_of_the_standard_is_read() {
        let standard = [
            ("01", "中国共产党党员", "中共党员", Status::Party),
            ("02", "中国共产党预备党员", "中共预备党员", Status::Probationary),
            ("03", "中国共产主义青年团团员", "共青团员", Status::League),
            ("04", "中国国民党革命委员会会员", "民革会员", Status::Minge),
            ("05", "中国民主同盟盟员", "民盟盟员", Status::Minmeng),
            ("06", "中国民主建国会会员", "民建会员", Status::Minjian),
            ("07", "中国民主促进会会员", "民进会员", Status::Minjin),
            ("08", "中国农工民主党党员", "农工党党员", Status::Nonggong),
            ("09", "中国致公党党员", "致公党党员", Status::Zhigong),
            ("10", "九三学社社员", "九三学社社员", Status::Jiusan),
            ("11", "台湾民主自治同盟盟员", "台盟盟员", Status::Taimeng),
            ("12", "无党派民主人士", "无党派民主人士", Status::Unaffiliated),
            ("13", "群众", "群众", Status::Masses),
        ];
        assert_eq!(standard.len(), Status::ALL.len());
        for (code, full, short, status) in standard {
            let both = [format!("{code}-{full}"), format!("{code} {short}"), format!("{short}（{code}）")];
            for text in [code, code.trim_start_matches('0'), full, short, status.label()]
                .into_iter()
                .chain(both.iter().map(String::as_str))
            {
                assert_eq!(read(text), Ok(Some(status)), "{text}");
            }
        }
    }

    #[test]
    fn what_clerks_write_means_what_it_says() {
        for (text, status) in NAMES {
            assert_eq!(read(text), Ok(Some(*status)), "{text}");
        }
        for text in ["中共党员（保留团籍）", "保留团籍的中共党员", "０１", "中共 党员", "1.中共党员"]
        {
            assert_eq!(read(text), Ok(Some(Status::Party)), "{text}");
        }
        assert_eq!(read("共青团员（保留团籍）"), Ok(Some(Status::League)));
        assert_eq!(read("中共预备党员(保留团籍)"), Ok(Some(Status::Probationary)));
    }

    #[test]
    fn a_stage_is_asked_about_and_junk_is_not_taken() {
        for text in ["积极分子", "入党积极分子", "发展对象", "重点发展对象", "其他", "无党派", "中共党员（含预备党员）"]
        {
            let fault = read(text).unwrap_err();
            assert!(matches!(fault, Fault::Open(_)), "{text}");
            assert!(fault.to_string().starts_with(&format!("“{text}”")), "{fault}");
        }
        for text in ["14", "00", "0", "001", "少先队员", "党", "共青团员、群众", "99-群众"] {
            assert!(matches!(read(text), Err(Fault::Strange(_))), "{text}");
        }
    }
}
