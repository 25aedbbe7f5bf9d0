//! Everything the plans ask of the people in a union at one moment, judged together.

use super::measure::Measure;

/// A post as it stands in a roster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Post {
    /// 主席团成员.
    Presidium,
    /// 部门负责人 of the department.
    Head(String),
    /// 部门工作人员 of the department.
    Staff(String),
    /// Any other name: a post that the rules do not allow.
    Other(String),
}

impl Post {
    /// The department of the two department posts.
    #[must_use]
    pub fn department(&self) -> Option<&str> {
        match self {
            Self::Head(department) | Self::Staff(department) => Some(department),
            Self::Presidium | Self::Other(_) => None,
        }
    }

    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Presidium => "主席团成员",
            Self::Head(_) => "部门负责人",
            Self::Staff(_) => "部门工作人员",
            Self::Other(name) => name,
        }
    }
}

/// A person's place in a ranking, in that of their major where nothing else is said; both from 1, and `rank` is at most
/// `cohort`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rank {
    /// 专业排名.
    pub rank: u32,
    /// 专业人数.
    pub cohort: u32,
}

/// A place in a ranking, and of what the ranking is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranked {
    pub of: Measure,
    pub rank: Rank,
}

/// 培养层次.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// 专科.
    Vocational,
    /// 本科.
    Undergraduate,
    /// 研究生.
    Graduate,
}

/// A person of a union with what the rules ask about them. `None` is "not known", never "no".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// 学号.
    pub number: String,
    /// 姓名.
    pub name: String,
    /// 院系.
    pub college: Option<String>,
    /// 培养层次.
    pub level: Option<Level>,
    /// 政治面貌 in its long form.
    pub political: Option<String>,
    /// 专业排名 and 专业人数: by 学习成绩 of all courses in their major.
    pub rank: Option<Rank>,
    /// Their places in rankings of anything else.
    pub other_ranks: Vec<Ranked>,
    /// 不及格门数.
    pub failed_courses: Option<u32>,
    /// 不及格门数 counts 必修课 alone.
    pub failed_of_required: bool,
    /// 来自院系学生会.
    pub from_college_union: Option<bool>,
    /// 新生 without a rank yet.
    pub first_year: Option<bool>,
    /// The calendar year in which the academic year began for which the pledge was last signed, 0 for none; not known where
    /// the university keeps no text to sign.
    pub pledged: Option<i32>,
    /// The posts held, at least one.
    pub posts: Vec<Post>,
    /// On duty as 执行主席.
    pub chair: bool,
}

impl Member {
    /// Every ranking in which they have a place.
    pub fn rankings(&self) -> impl Iterator<Item = Ranked> {
        let usual = self.rank.map(|rank| Ranked { of: Measure::USUAL, rank });
        usual.into_iter().chain(self.other_ranks.iter().copied())
    }
}

/// Student numbers of the members that `pick` picks, in the roster's order.
pub(super) fn numbers(members: &[Member], pick: impl Fn(&Member) -> bool) -> Vec<String> {
    members.iter().filter(|member| pick(member)).map(|member| member.number.clone()).collect()
}

/// A count for findings. A roster is bounded far below `u32::MAX`.
pub(super) fn count(members: &[Member], pick: impl Fn(&Member) -> bool) -> u32 {
    u32::try_from(members.iter().filter(|member| pick(member)).count()).unwrap_or(u32::MAX)
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A member without a fault, holding `post`.
    pub fn member(number: u32, post: Post) -> Member {
        Member {
            number: format!("2024{number:04}"),
            name: format!("学生{number}"),
            college: Some("信息系".to_owned()),
            level: Some(Level::Undergraduate),
            political: Some("共青团员".to_owned()),
            rank: Some(Rank { rank: 1, cohort: 40 }),
            other_ranks: Vec::new(),
            failed_courses: Some(0),
            failed_of_required: false,
            from_college_union: Some(true),
            first_year: Some(false),
            pledged: None,
            posts: vec![post],
            chair: false,
        }
    }

    /// A school union of 41 people at every cap of the Suzhou plan: 5 + 6 × (2 + 4).
    pub fn full_school() -> Vec<Member> {
        let mut members: Vec<Member> = (0..5).map(|number| member(number, Post::Presidium)).collect();
        members[0].chair = true;
        for department in 0..6 {
            let name = format!("部门{department}");
            for place in 0..6 {
                let post = if place < 2 { Post::Head(name.clone()) } else { Post::Staff(name.clone()) };
                members.push(member(100 + department * 10 + place, post));
            }
        }
        members
    }
}
