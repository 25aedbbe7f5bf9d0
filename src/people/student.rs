//! A student's facts in their fixed words.

use std::str::FromStr;

/// 政治面貌 in its long form; common short words mean the long ones.
#[must_use]
pub fn political_status(text: &str) -> &str {
    match text {
        "党员" => "中共党员",
        "预备党员" => "中共预备党员",
        "团员" => "共青团员",
        long => long,
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $($(#[$variant_doc:meta])* $variant:ident = $slug:literal, $label:literal;)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable word, as the database keeps it.
            #[must_use]
            pub fn slug(self) -> &'static str {
                match self {
                    $(Self::$variant => $slug,)*
                }
            }

            #[must_use]
            pub fn label(self) -> &'static str {
                match self {
                    $(Self::$variant => $label,)*
                }
            }
        }

        impl FromStr for $name {
            type Err = anyhow::Error;
            fn from_str(slug: &str) -> anyhow::Result<Self> {
                let found = Self::ALL.iter().find(|known| known.slug() == slug);
                found.copied().ok_or_else(|| anyhow::anyhow!("no {} is called {slug}", stringify!($name)))
            }
        }
    };
}

words! {
    /// Over what time grades are counted (ELG-03, ELG-04).
    Basis:
    Semester = "semester", "上学期";
    Year = "year", "上学年";
    Entry = "entry", "入学以来";
}

words! {
    /// Why somebody is a student no more.
    Left:
    /// 毕业.
    Graduated = "graduated", "毕业";
    /// 退学.
    Withdrawn = "withdrawn", "退学";
    /// 转学.
    Transferred = "transferred", "转出";
    /// 休学.
    Suspended = "suspended", "休学";
    Other = "other", "其他";
}

words! {
    /// A student's field that can change.
    Field:
    /// 姓名.
    Name = "name", "姓名";
    /// 学号.
    Number = "number", "学号";
    /// 班级.
    Class = "class", "班级";
    /// 政治面貌.
    Political = "political", "政治面貌";
    /// 性别.
    Gender = "gender", "性别";
    /// 民族.
    Ethnic = "ethnic", "民族";
    /// 离校.
    Left = "left", "在校状态";
}

words! {
    /// What an objection is about.
    About:
    /// 专业排名.
    Rank = "rank", "专业排名";
    /// 不及格门数.
    Failed = "failed", "不及格门数";
}

/// 培养层次 by its stable word.
#[must_use]
pub fn level_label(slug: &str) -> &'static str {
    match slug {
        "vocational" => "专科",
        "undergraduate" => "本科",
        "graduate" => "研究生",
        _ => "",
    }
}
