//! 以姓氏笔画为序: the order in which official papers list people.
//!
//! Characters are compared by the number of their strokes, then by the kinds of the strokes one by one (横竖撇点折), then
//! by their place in 通用规范汉字表 (State Council, 2013). `strokes.txt` holds its 8,105 characters in the order that these
//! three make, each line with its number of strokes; `cargo xtask stroke-order` writes it and says how. Sorting by
//! ICU, by a collation of the database or by Unihan's strokes would count Taiwan's shapes: 艹 as 4, 辶 as 4, 黄 as 12.
//!
//! Lists of the Party, the CPPCC and the League put single given names first: a name of two characters counts as having a
//! blank in its middle. People's congresses use 以姓名笔画为序, without the blank. Under either a compound surname needs
//! no list. Dots do not count.

use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

use crate::{name::key, words::words};

/// The characters of the table by strokes: a number of strokes, a blank, characters with as many.
const STROKES: &str = include_str!("strokes.txt");

static RANKS: LazyLock<HashMap<char, u16>> = LazyLock::new(|| {
    let characters =
        STROKES.lines().filter_map(|line| line.split_once(' ')).flat_map(|(_, characters)| characters.chars());
    characters.zip(0..).collect()
});

words! {
    /// Which order a paper is in.
    StrokeOrder:
    /// A name of two characters before longer ones of the same surname.
    Surname = "surname", "以姓氏笔画为序";
    Whole = "whole", "以姓名笔画为序";
}

/// Where a character stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// The middle of a name of two characters.
    Blank,
    Rank(u16),
    /// A character that the table lacks.
    Unknown(char),
}

impl Place {
    pub(super) fn of(character: char) -> Self {
        RANKS.get(&character).map_or(Self::Unknown(character), |rank| Self::Rank(*rank))
    }
}

/// What names are sorted by. A name with a character that the table lacks comes after all others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StrokeKey {
    lacks: bool,
    places: Vec<Place>,
}

impl StrokeKey {
    #[must_use]
    pub fn of(name: &str, order: StrokeOrder) -> Self {
        let mut places: Vec<Place> = bare(&key(name)).chars().map(Place::of).collect();
        let lacks = places.iter().any(|place| matches!(place, Place::Unknown(_)));
        if let (StrokeOrder::Surname, [first, second]) = (order, places.as_slice()) {
            places = vec![*first, Place::Blank, *second];
        }
        Self { lacks, places }
    }
}

/// A name, as its key, without what papers put in brackets behind it: （女）, （回族）, the class of a namesake.
fn bare(key: &str) -> &str {
    key.split_once('(').map(|(name, _)| name).filter(|name| !name.is_empty()).unwrap_or(key)
}

/// Sorts people by their names. Those of one name stay as they were.
pub fn sort<T>(people: &mut [T], order: StrokeOrder, name: impl Fn(&T) -> &str) {
    people.sort_by_cached_key(|person| StrokeKey::of(name(person), order));
}

/// The characters of a name that the table lacks: the name's place is for people to find.
#[must_use]
pub fn unknown(name: &str) -> Vec<char> {
    let lacks = |c: &char| matches!(Place::of(*c), Place::Unknown(_));
    bare(&key(name)).chars().filter(lacks).collect()
}

/// What people are told of a list in which names have characters that the table lacks; none where no name has.
#[must_use]
pub fn hint<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let lacking: BTreeSet<char> = names.into_iter().flat_map(unknown).collect();
    let lacking: Vec<String> = lacking.into_iter().map(String::from).collect();
    (!lacking.is_empty())
        .then(|| format!("姓名中的“{}”不在通用规范汉字表里，没有笔画数据，排在最后", lacking.join("、")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sorted(names: &str, order: StrokeOrder) -> String {
        let mut names: Vec<&str> = names.split(' ').collect();
        sort(&mut names, order, |name| name);
        names.join(" ")
    }

    fn strokes_of(character: char) -> u32 {
        let line = STROKES.lines().find(|line| line.contains(character)).unwrap();
        line.split_once(' ').unwrap().0.parse().unwrap()
    }

    #[test]
    fn the_table_holds_the_characters_of_the_standard_by_strokes() {
        assert_eq!(RANKS.len(), 8_105);
        let counts: Vec<u32> = STROKES.lines().map(|line| line.split_once(' ').unwrap().0.parse().unwrap()).collect();
        assert!(counts.is_sorted());
        assert_eq!((counts.first(), counts.last()), (Some(&1), Some(&36)));
    }

    #[test]
    fn strokes_are_those_of_the_mainland() {
        let by_hand = [
            ("一乙", 1),
            ("丁刁卜乃", 2),
            ("马于万卫习", 3),
            ("王尹孔韦毛方", 4),
            ("石龙叶田史白冯艾边", 5),
            ("刘吕江汤许孙阮阴那", 6),
            ("李吴何余邹宋汪沈张陆陈苏严杜玘玚", 7),
            ("林范罗金周郑孟武", 8),
            ("赵胡钟段侯姚贺骆荣", 9),
            ("袁莫贾夏顾徐高郭唐陶", 10),
            ("黄萧曹龚常崔康梁", 11),
            ("董蒋韩程傅谢彭琭", 12),
            ("蓝赖雷虞窦", 13),
            ("蔡廖谭熊", 14),
            ("德黎潘颜", 15),
            ("薛霍燕", 16),
            ("戴魏", 17),
            ("瞿", 18),
        ];
        for (characters, strokes) in by_hand {
            for character in characters.chars() {
                assert_eq!(strokes_of(character), strokes, "{character}");
            }
        }
    }

    #[test]
    fn common_surnames_stand_in_the_official_order() {
        let right = "丁 卜 刁 于 万 马 王 韦 毛 方 尹 孔 邓 石 龙 叶 田 史 白 冯 吕 朱 乔 任 华 向 刘 江 汤 许 阮 孙 严 苏 杜 李 \
                     杨 吴 邱 何 余 邹 汪 沈 宋 张 陆 陈 武 范 林 罗 金 周 郑 孟 赵 胡 钟 段 侯 姚 贺 袁 莫 贾 夏 顾 钱 徐 高 \
                     郭 唐 陶 黄 萧 曹 龚 常 崔 康 梁 彭 董 蒋 韩 程 傅 谢 蓝 赖 雷 蔡 廖 谭 熊 黎 颜 潘 薛 霍 戴 魏 瞿";
        let right = right.split_whitespace().collect::<Vec<_>>().join(" ");
        let backwards = right.split(' ').rev().collect::<Vec<_>>().join(" ");
        assert_eq!(sorted(&backwards, StrokeOrder::Whole), right);
        assert!(right.split(' ').count() > 60);
    }

    #[test]
    fn a_single_given_name_comes_first_by_surname_and_where_it_falls_by_name() {
        let names = "王一平 王刚 王伟 王丁一 张三 丁磊 丁一";
        assert_eq!(sorted(names, StrokeOrder::Surname), "丁一 丁磊 王刚 王伟 王一平 王丁一 张三");
        assert_eq!(sorted(names, StrokeOrder::Whole), "丁一 丁磊 王一平 王丁一 王刚 王伟 张三");
    }

    #[test]
    fn compound_surnames_need_no_list_and_dots_and_padding_do_not_count() {
        assert_eq!(
            sorted("欧阳娜 欧文杰 欧阳 司马光 上官云", StrokeOrder::Surname),
            "上官云 司马光 欧阳 欧文杰 欧阳娜"
        );
        let dotted = "阿依古丽·买买提";
        assert_eq!(StrokeKey::of(dotted, StrokeOrder::Surname), StrokeKey::of("阿依古丽•买买提", StrokeOrder::Surname));
        assert_eq!(StrokeKey::of("王　芳", StrokeOrder::Surname), StrokeKey::of("王芳", StrokeOrder::Surname));
    }

    #[test]
    fn what_stands_in_brackets_behind_a_name_does_not_count() {
        let names = "王五（信息系） 李四（女） 王五 丁一（女，回族）";
        assert_eq!(sorted(names, StrokeOrder::Surname), "丁一（女，回族） 王五（信息系） 王五 李四（女）");
        assert!(unknown("张伟（软件2401班）").is_empty());
        assert_eq!(unknown("（女）"), ['(', ')'], "no name");
    }

    #[test]
    fn names_with_a_character_that_the_table_lacks_come_last() {
        assert_eq!(sorted("張三 魏征 丁㐂 John 一", StrokeOrder::Surname), "一 魏征 丁㐂 John 張三");
        assert_eq!(unknown("丁㐂"), ['㐂']);
        assert!(unknown("丁·一").is_empty());
    }

    #[test]
    fn people_of_one_name_stay_as_they_were() {
        let mut people = [("张伟", 2), ("丁一", 3), ("张　伟", 1)];
        sort(&mut people, StrokeOrder::Surname, |(name, _)| name);
        assert_eq!(people.map(|(_, number)| number), [3, 2, 1]);
    }

    proptest! {
        #[test]
        fn any_text_has_a_place(one in any::<String>(), other in any::<String>()) {
            for order in StrokeOrder::ALL {
                let (one, other) = (StrokeKey::of(&one, *order), StrokeKey::of(&other, *order));
                prop_assert_eq!(one.cmp(&other), other.cmp(&one).reverse());
            }
        }
    }
}
