//! Names by sound: the order of look-ups, and the initials that people type to find somebody.
//!
//! Readings of characters come from the `pinyin` crate (pinyin-data); as surnames some characters sound otherwise, and
//! those stand here (现代汉语词典, 7th edition, where it gives a reading for 姓; several where people use several).
//! Official papers are ordered by strokes ([`super::order`]).

use std::{collections::HashMap, sync::LazyLock};

use pinyin::{Pinyin, ToPinyin, ToPinyinMulti};

use super::{is_han, key, order::Place, shown};

/// Surnames that do not sound as their characters mostly do. Other readings, after `/`, are for finding only.
const SURNAMES: &[(&str, &str)] = &[
    ("曾", "zeng1"),
    ("单", "shan4"),
    ("区", "ou1"),
    ("解", "xie4"),
    ("仇", "qiu2"),
    ("查", "zha1"),
    ("任", "ren2"),
    ("盖", "ge3/gai4"),
    ("朴", "piao2"),
    ("翟", "zhai2/di2"),
    ("乐", "yue4/le4"),
    ("覃", "qin2/tan2"),
    ("谌", "chen2/shen4"),
    ("费", "fei4/bi4"),
    ("华", "hua4"),
    ("宁", "ning4/ning2"),
    ("纪", "ji3/ji4"),
    ("葛", "ge3"),
    ("哈", "ha3"),
    ("黑", "he4"),
    ("员", "yun4"),
    ("隗", "wei3/kui2"),
    ("种", "chong2"),
    ("缪", "miao4"),
    ("繁", "po2"),
    ("秘", "bi4"),
    ("折", "she2"),
    ("召", "shao4"),
    ("郇", "xun2/huan2"),
    ("句", "gou1"),
    ("能", "nai4"),
    ("都", "du1"),
    ("过", "guo1"),
    ("那", "na1"),
    ("牟", "mu4/mou2"),
    ("燕", "yan1"),
    ("於", "yu1"),
    ("薄", "bo2"),
    ("卜", "bu3"),
    ("撒", "sa3"),
    ("相", "xiang4"),
    ("要", "yao1"),
    ("乜", "nie4"),
    ("粘", "nian2"),
    ("祭", "zhai4"),
    ("干", "gan1"),
    ("藏", "zang1"),
    ("洗", "xian3"),
    ("令", "ling2"),
    ("佴", "nai4"),
    ("长", "chang2"),
    ("阚", "kan4"),
    ("角", "jue2"),
    ("肖", "xiao1"),
    ("占", "zhan1"),
    ("尉迟", "yu4 chi2"),
    ("长孙", "zhang3 sun1"),
    ("万俟", "mo4 qi2"),
    ("澹台", "tan2 tai2"),
    ("令狐", "ling2 hu2"),
    ("乐正", "yue4 zheng4"),
    ("宰父", "zai3 fu3"),
    ("段干", "duan4 gan1"),
    ("相里", "xiang4 li3"),
    ("中行", "zhong1 hang2"),
];

/// The readings of each surname above, character by character.
static READINGS: LazyLock<HashMap<&str, Vec<Vec<&str>>>> = LazyLock::new(|| {
    let split = |readings: &'static str| readings.split(' ').map(|one| one.split('/').collect()).collect();
    SURNAMES.iter().map(|(surname, readings)| (*surname, split(readings))).collect()
});

/// How many initials of one name are kept: a long name of characters with several readings has thousands.
const MOST_INITIALS: usize = 32;

/// A character's sound. Letters as 现代汉语词典 has them: ü after u, then the tone, then strokes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Sound {
    letters: String,
    umlaut: bool,
    tone: char,
    place: Place,
}

/// What names are sorted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SoundKey(Vec<Sound>);

impl SoundKey {
    #[must_use]
    pub fn of(name: &str) -> Self {
        let characters: Vec<char> = key(name).chars().collect();
        let surname = surname_readings(&characters);
        let sound = |(place, character): (usize, &char)| {
            let reading = surname.and_then(|all| all.get(place)).and_then(|all| all.first().copied());
            let reading = reading.or_else(|| character.to_pinyin().map(Pinyin::with_tone_num_end));
            let reading = reading.map_or_else(|| character.to_lowercase().to_string(), str::to_owned);
            Sound {
                letters: reading
                    .chars()
                    .filter(|c| !c.is_ascii_digit())
                    .map(|c| if c == 'ü' { 'u' } else { c })
                    .collect(),
                umlaut: reading.contains('ü'),
                tone: reading.chars().last().filter(char::is_ascii_digit).unwrap_or('5'),
                place: Place::of(*character),
            }
        };
        Self(characters.iter().enumerate().map(sound).collect())
    }
}

/// How a name is spelled in plain letters, a syllable a character: `zhang`, `wei` for 张伟.
#[must_use]
pub fn syllables(name: &str) -> Vec<String> {
    SoundKey::of(name).0.into_iter().map(|sound| sound.letters).collect()
}

/// Sorts people by the sound of their names. Those of one name stay as they were.
pub fn sort<T>(people: &mut [T], name: impl Fn(&T) -> &str) {
    people.sort_by_cached_key(|person| SoundKey::of(name(person)));
}

/// The initials by which a name may be looked for: `zs` for 张三; several where characters have several readings, at
/// most 32. Of Latin words the first letters.
#[must_use]
pub fn initials(name: &str) -> Vec<String> {
    let text = shown(name);
    let characters: Vec<char> = key(&text).chars().collect();
    let surname = surname_readings(&characters);
    let (mut all, mut han, mut in_word) = (vec![String::new()], 0, false);
    for character in text.chars() {
        // The usual reading first: it is what stays where there are too many.
        let mut letters: Vec<char> = Vec::new();
        if is_han(character) {
            let of_surname = surname.and_then(|all| all.get(han)).into_iter().flatten().copied();
            let others = character.to_pinyin_multi().into_iter().flatten().map(Pinyin::plain);
            for letter in of_surname.chain(others).filter_map(|reading| reading.chars().next()) {
                if !letters.contains(&letter) {
                    letters.push(letter);
                }
            }
            han += 1;
        } else if character.is_alphanumeric() && !in_word {
            letters.extend(character.to_lowercase());
        }
        in_word = character.is_alphanumeric() && !is_han(character);
        if letters.is_empty() {
            continue;
        }
        let longer = letters.iter().flat_map(|letter| all.iter().map(move |known| format!("{known}{letter}")));
        all = longer.take(MOST_INITIALS).collect();
    }
    all.retain(|initials| !initials.is_empty());
    all
}

/// A character's usual reading without its tone.
#[must_use]
pub fn plain(character: char) -> Option<&'static str> {
    character.to_pinyin().map(Pinyin::plain)
}

/// A Han character of a block in which the readings' source has any.
fn all_han() -> impl Iterator<Item = char> {
    ('\u{3400}'..='\u{9fff}').chain('\u{20000}'..='\u{323af}').filter(|c| is_han(*c))
}

/// Per letter from a to z: the Han characters that sound with it first, in any reading, as runs from one to another.
static SOUNDING: LazyLock<Vec<Vec<(char, char)>>> = LazyLock::new(|| {
    let mut all = vec![Vec::<(char, char)>::new(); 26];
    let mut add = |letter: Option<char>, character: char| {
        let place = letter.and_then(|letter| u32::from(letter).checked_sub(u32::from('a')));
        let runs = place.and_then(|place| all.get_mut(usize::try_from(place).ok()?));
        let Some(runs) = runs else { return };
        match runs.last_mut() {
            Some((_, last)) if *last == character => {}
            Some((_, last)) if u32::from(*last) + 1 == u32::from(character) => *last = character,
            _ => runs.push((character, character)),
        }
    };
    for character in all_han() {
        for reading in character.to_pinyin_multi().into_iter().flatten() {
            add(reading.plain().chars().next(), character);
        }
    }
    for (surname, readings) in SURNAMES {
        for (character, readings) in surname.chars().zip(readings.split(' ')) {
            for reading in readings.split('/') {
                add(reading.chars().next(), character);
            }
        }
    }
    all
});

/// A regular expression for names in lower case whose initials begin with those letters: `^([张-...]|z[a-z]*)…`. A database
/// finds by it without keeping initials beside every name. None for what is no row of 2 to 8 letters from a to z.
#[must_use]
pub fn expression(letters: &str) -> Option<String> {
    let letters = letters.to_lowercase();
    if !(2..=8).contains(&letters.len()) || !letters.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    let mut expression = String::from("^");
    for (place, letter) in letters.bytes().enumerate() {
        if place > 0 {
            // Blanks and dots of a name do not count.
            expression.push_str("[^[:alnum:]]*");
        }
        expression.push('(');
        let runs = SOUNDING.get(usize::from(letter - b'a')).filter(|runs| !runs.is_empty());
        if let Some(runs) = runs {
            expression.push('[');
            for (first, last) in runs {
                expression.push(*first);
                if last != first {
                    expression.push('-');
                    expression.push(*last);
                }
            }
            expression.push_str("]|");
        }
        expression.push(char::from(letter));
        expression.push_str("[a-z]*)");
    }
    Some(expression)
}

/// The surname's readings, where it is one of those above and a given name follows.
fn surname_readings(name: &[char]) -> Option<&'static [Vec<&'static str>]> {
    let of = |length: usize| {
        let surname: String = name.get(..length).filter(|_| name.len() > length)?.iter().collect();
        READINGS.get(surname.as_str()).map(Vec::as_slice)
    };
    of(2).or_else(|| of(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sorted(names: &str) -> String {
        let mut names: Vec<&str> = names.split(' ').collect();
        sort(&mut names, |name| name);
        names.join(" ")
    }

    #[test]
    fn a_name_is_spelled_as_its_surname_is_read() {
        assert_eq!(syllables("单雪华"), ["shan", "xue", "hua"]);
        assert_eq!(syllables("吕布"), ["lu", "bu"]);
    }

    #[test]
    fn surnames_sound_as_surnames() {
        assert_eq!(
            sorted("曾静 陈晨 单雪 丁一 区志 欧文 仇英 曲阜 查良 赵云 翟明 盖文 葛明 任我 解缙"),
            "陈晨 丁一 盖文 葛明 区志 欧文 仇英 曲阜 任我 单雪 解缙 曾静 查良 翟明 赵云"
        );
        assert_eq!(sorted("张三 长孙无忌 万俟卨 莫言 尉迟恭 于谦 韦一"), "万俟卨 莫言 韦一 于谦 尉迟恭 张三 长孙无忌");
        // 曾 and 单 at another place than the first, and 单 alone, are no surnames.
        assert_eq!(sorted("王曾 王尘 单"), "单 王曾 王尘");
    }

    #[test]
    fn a_syllable_goes_by_letters_then_tone_then_strokes() {
        assert_eq!(sorted("马力 马丽 妈 李四 李思"), "李思 李四 妈 马力 马丽");
        assert_eq!(sorted("吕一 陆一 栾一 卢一"), "卢一 陆一 吕一 栾一");
        assert_eq!(sorted("李白 John 阿依"), "阿依 John 李白");
    }

    #[test]
    fn every_surname_of_the_list_has_a_syllable_for_each_character_and_says_something_new() {
        for (surname, readings) in SURNAMES {
            let all: Vec<&str> = readings.split(' ').collect();
            assert_eq!(all.len(), surname.chars().count(), "{surname}");
            for reading in readings.split([' ', '/']) {
                assert!(
                    reading.trim_end_matches(['1', '2', '3', '4']).chars().all(|c| c.is_ascii_lowercase()),
                    "{surname}"
                );
                assert!(reading.ends_with(['1', '2', '3', '4']), "{surname}");
            }
            let usual: Vec<&str> = surname.chars().map(|c| c.to_pinyin().unwrap().with_tone_num_end()).collect();
            let more = readings.contains('/') || surname.starts_with('长');
            assert!(more || usual != all, "{surname} sounds as usual");
        }
        assert_eq!(READINGS.len(), SURNAMES.len(), "each stands once");
    }

    #[test]
    fn initials_find_a_name_by_each_of_its_readings() {
        assert!(initials("张三").contains(&"zs".to_owned()));
        for of_zeng in ["zj", "cj"] {
            assert!(initials("曾静").contains(&of_zeng.to_owned()), "{of_zeng}");
        }
        assert!(initials("尉迟恭").contains(&"ycg".to_owned()));
        assert!(initials("阿依古丽·买买提").contains(&"ayglmmt".to_owned()));
        assert_eq!(initials("JOHN  Smith"), ["js"]);
        assert_eq!(initials("（）"), Vec::<String>::new());
        assert_eq!(initials("单单单单单单单单单单").len(), MOST_INITIALS);
        assert_eq!(initials("单单单单单单单单单单")[0], "s".to_owned() + &"d".repeat(9));
    }

    #[test]
    fn an_expression_has_every_reading_of_a_letter_and_no_other() {
        assert_eq!(
            (expression("z"), expression("z1"), expression("abcdefghi"), expression("张三")),
            (None, None, None, None)
        );
        let of = |letter: char| {
            let place = usize::try_from(u32::from(letter) - u32::from('a')).unwrap();
            let runs = SOUNDING[place].clone();
            move |character: char| runs.iter().any(|(first, last)| (*first..=*last).contains(&character))
        };
        for (letter, sound) in [('z', "张曾翟祭"), ('d', "单翟都"), ('s', "单三"), ('y', "尉员燕"), ('o', "区欧")]
        {
            let sounds = of(letter);
            assert!(sound.chars().all(&sounds), "{letter}");
        }
        let sounds = of('z');
        assert!("李王三".chars().all(|c| !sounds(c)));
        assert!(expression("ZS").unwrap().starts_with("^(["));
    }

    proptest! {
        #[test]
        fn any_text_has_a_sound(text in any::<String>()) {
            prop_assert!(initials(&text).len() <= MOST_INITIALS);
            prop_assert_eq!(SoundKey::of(&text), SoundKey::of(&shown(&text)));
        }
    }
}
