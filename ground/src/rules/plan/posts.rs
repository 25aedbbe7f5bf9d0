//! STF-08: posts beside the three, which a plan allows in its own words.

use std::borrow::Cow;

use super::{
    Plan,
    keys::{Inline, Keys},
    section::{Section, is_table},
};
use crate::rules::roster::{Member, Post};

/// A post that the plan allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedPost {
    pub name: String,
    /// Its holder is a member of the presidium: 主席, 副主席.
    pub on_presidium: bool,
}

/// The posts beside presidium members and members of departments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OtherPosts {
    pub allowed: Vec<AllowedPost>,
    /// Offices that teachers hold, such as 秘书长: whoever holds one alone is no member of the union's staff.
    pub teachers: Vec<String>,
}

impl OtherPosts {
    pub(super) const KEYS: [&'static str; 2] = ["posts", "teachers"];

    /// Posts may be named alone, or as tables that say whether they are on the presidium.
    pub(super) fn read(section: &Section<'_>) -> Self {
        let allowed = section.optional("posts", |key| {
            let one = |item| {
                if !is_table(item) {
                    return Some(AllowedPost { name: section.text_of(key, item, 20)?, on_presidium: false });
                }
                let table = section.section_of(key, item)?;
                table.only(&["name", "presidium"]);
                let on_presidium = table.optional("presidium", |key| table.boolean(key)).unwrap_or_default();
                Some(AllowedPost { name: table.string("name", 20)?, on_presidium })
            };
            Some(section.items(key)?.iter().filter_map(one).collect())
        });
        let teachers = section.optional("teachers", |key| section.strings(key, 0));
        Self { allowed: allowed.unwrap_or_default(), teachers: teachers.unwrap_or_default() }
    }

    pub(super) fn in_words(&self) -> String {
        let names = |on: bool| {
            let of = self.allowed.iter().filter(move |post| post.on_presidium == on);
            of.map(|post| post.name.as_str()).collect::<Vec<_>>().join("、")
        };
        let mut says = Vec::new();
        for (names, what) in [(names(true), "（属主席团）"), (names(false), "")] {
            if !names.is_empty() {
                says.push(format!("可以设{names}{what}"));
            }
        }
        if !self.teachers.is_empty() {
            says.push(format!("{}由教师担任，不计入工作人员", self.teachers.join("、")));
        }
        says.join("；")
    }

    pub(super) fn write(&self, keys: &mut Keys) {
        if !self.allowed.is_empty() {
            let table = |post: &AllowedPost| {
                Inline::default().text("name", &post.name).flag("presidium", post.on_presidium).end()
            };
            keys.tables("posts", &self.allowed.iter().map(table).collect::<Vec<_>>());
        }
        if !self.teachers.is_empty() {
            keys.list("teachers", &self.teachers);
        }
    }
}

impl Plan {
    fn posts(&self) -> Option<&OtherPosts> {
        self.figures.other_posts.as_ref().map(|stated| &stated.value)
    }

    /// The post is a seat on the presidium: by its name, or because the plan says that its 主席 sits there.
    #[must_use]
    pub fn is_seat(&self, post: &Post) -> bool {
        match post {
            Post::Presidium => true,
            Post::Head(_) | Post::Staff(_) => false,
            Post::Other(name) => self
                .posts()
                .is_some_and(|posts| posts.allowed.iter().any(|allowed| allowed.on_presidium && allowed.name == *name)),
        }
    }

    /// The posts, beside 主席团成员, whose holders sit on the presidium.
    #[must_use]
    pub fn seats(&self) -> Vec<String> {
        let allowed = self.posts().map(|posts| posts.allowed.as_slice()).unwrap_or_default();
        allowed.iter().filter(|post| post.on_presidium).map(|post| post.name.clone()).collect()
    }

    /// The person holds a seat on the presidium.
    #[must_use]
    pub fn is_on_presidium(&self, member: &Member) -> bool {
        member.posts.iter().any(|post| self.is_seat(post))
    }

    /// Those who hold a post that is no teacher's office: the union's staff.
    #[must_use]
    pub fn without_teachers<'a>(&self, members: &'a [Member]) -> Cow<'a, [Member]> {
        let teachers = self.posts().map(|posts| posts.teachers.as_slice()).unwrap_or_default();
        let is_teaching = |post: &Post| matches!(post, Post::Other(name) if teachers.contains(name));
        let only_teaches = |member: &&Member| !member.posts.is_empty() && member.posts.iter().all(is_teaching);
        if !members.iter().any(|member| only_teaches(&member)) {
            return Cow::Borrowed(members);
        }
        members.iter().filter(|member| !only_teaches(member)).cloned().collect()
    }
}
