//! The frame of every page: where am I, in which office do I act, where can I go.

use crate::{
    office::OfficeKind,
    page::{assets, faults, unsent::Unsent},
    words::words,
};

words! {
    /// The groups of the navigation, by what one is about, in the order in which they stand.
    #[derive(PartialOrd, Ord)]
    NavGroup:
    Today = "today", "今日";
    /// What belongs to the person and to no office.
    Own = "own", "我的";
    Unions = "unions", "学生会";
    Selection = "selection", "选人";
    Congress = "congress", "大会与选举";
    Conduct = "conduct", "评议与纪律";
    Activities = "activities", "活动与权益";
    Data = "data", "数据与设置";
}

/// One entry of the navigation.
#[derive(Debug, Clone, Copy)]
pub struct NavItem {
    pub href: &'static str,
    pub label: &'static str,
    /// What one does there, in one line; empty for the home page itself.
    pub says: &'static str,
    pub group: NavGroup,
    /// Its place in its group: each feature brings its own, in steps of ten.
    pub place: u16,
    /// The offices that see it.
    pub offices: &'static [OfficeKind],
}

impl NavItem {
    /// Somebody who acts in that office sees it; a student what is their own, whatever the office.
    #[must_use]
    pub fn is_for(&self, office: Option<OfficeKind>, student: bool) -> bool {
        let own = student && self.group == NavGroup::Own;
        office.is_some_and(|office| own || self.offices.contains(&office))
    }
}

/// A group of entries as a page shows it.
#[derive(Debug, Clone)]
pub struct LinkGroup {
    pub group: NavGroup,
    pub links: Vec<Link>,
}

/// An entry as a page shows it.
#[derive(Debug, Clone)]
pub struct Link {
    pub href: &'static str,
    pub label: &'static str,
    /// The page is below it.
    pub here: bool,
}

/// Who looks at the page.
#[derive(Debug, Clone)]
pub struct Viewer {
    pub institution: String,
    pub name: String,
    /// The office in which they act.
    pub office: String,
    /// They hold more than one.
    pub may_switch: bool,
    /// Notices they have not read.
    pub unread: i64,
    /// The day on which their university moved to another database, as papers have it.
    pub moved_on: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Chrome {
    pub title: String,
    /// Who looks; none on pages outside.
    pub viewer: Option<Viewer>,
    /// The navigation; empty outside.
    pub groups: Vec<LinkGroup>,
    /// Pages between the home page and this one: path and word.
    pub trail: Vec<(String, String)>,
    /// What is said of a form that came back unsent.
    pub unsent: Option<&'static str>,
    pub style: &'static str,
    pub script: &'static str,
    pub icon: &'static str,
}

impl Chrome {
    /// The frame of a page that does not know who looks.
    #[must_use]
    pub fn bare(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            viewer: None,
            groups: Vec::new(),
            trail: Vec::new(),
            unsent: Unsent::here().map(Unsent::label),
            style: assets::style(),
            script: assets::script(),
            icon: assets::icon(),
        }
    }

    /// The title as the browser's window has it: what is to be corrected is said before the page's name.
    #[must_use]
    pub fn window_title(&self) -> String {
        let before = match (faults::are_noted(), self.unsent) {
            (true, _) => "有误：",
            (false, Some(_)) => "没有提交：",
            (false, None) => "",
        };
        format!("{before}{} · 轮值", self.title)
    }

    /// The viewer's university; empty outside.
    #[must_use]
    pub fn institution(&self) -> &str {
        self.viewer.as_ref().map_or("", |viewer| &viewer.institution)
    }

    /// The day on which the viewer's university moved to another database.
    #[must_use]
    pub fn moved_on(&self) -> Option<&str> {
        self.viewer.as_ref()?.moved_on.as_deref()
    }

    /// Adds a page to the trail.
    #[must_use]
    pub fn under(mut self, path: &str, label: &str) -> Self {
        self.trail.push((path.to_owned(), label.to_owned()));
        self
    }
}
