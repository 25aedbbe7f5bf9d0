//! Invented names of people.

use crate::fictional::random::SeededRandom;

const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文";
const GIVEN: &str = "子涵宇轩欣怡梓浩然思雨晨曦佳琪俊杰雅婷明远志强文博嘉诚若兰诗瑶天佑静雯睿哲语桐景行云舒泽楷清扬安宁书恒亦凡向阳润泽乐康知夏秋实晓冬立春可心映雪海峰建业新月怀瑾凌霄星辰";
const COMPOUND: [&str; 4] = ["欧阳", "司徒", "上官", "诸葛"];

/// A name of two to four characters.
pub fn person(random: &mut SeededRandom) -> String {
    let surnames: Vec<char> = SURNAMES.chars().collect();
    let given: Vec<char> = GIVEN.chars().collect();
    let mut name = if random.below(60) == 0 {
        random.pick(&COMPOUND).copied().unwrap_or_default().to_owned()
    } else {
        random.pick(&surnames).map(char::to_string).unwrap_or_default()
    };
    for _ in 0..=u32::from(random.below(5) > 0) {
        name.extend(random.pick(&given));
    }
    name
}
