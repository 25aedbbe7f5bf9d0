//! The frame of every page: where am I, in which office do I act, where can I go.

use crate::{
    auth::acting::{Held, SignedIn},
    office::OfficeKind,
    page::assets,
};

/// One entry of the navigation.
#[derive(Debug, Clone, Copy)]
pub struct NavItem {
    pub href: &'static str,
    pub label: &'static str,
    /// What one does there, in one line; empty for the home page itself.
    pub says: &'static str,
    /// The offices that see it.
    pub offices: &'static [OfficeKind],
}

impl NavItem {
    /// That office sees it.
    #[must_use]
    pub fn is_for(&self, office: Option<OfficeKind>) -> bool {
        office.is_some_and(|office| self.offices.contains(&office))
    }
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
}

#[derive(Debug, Clone)]
pub struct Chrome {
    pub title: String,
    /// Who looks; none on pages outside.
    pub viewer: Option<Viewer>,
    pub links: Vec<Link>,
    /// Pages between the home page and this one: path and word.
    pub trail: Vec<(String, String)>,
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
            links: Vec::new(),
            trail: Vec::new(),
            style: assets::style(),
            script: assets::script(),
            icon: assets::icon(),
        }
    }

    /// The frame for a person: the entries that their office sees.
    #[must_use]
    pub fn signed_in(person: &SignedIn, navigation: &[NavItem], title: &str) -> Self {
        let kind = person.acting.as_ref().map(|office| office.kind);
        let below = |href: &str| match href {
            "/" => person.path == "/",
            _ => person.path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        };
        // Of two entries one of which lies below the other, the page is in the nearer one.
        let offered: Vec<&NavItem> = navigation.iter().filter(|item| item.is_for(kind)).collect();
        let nearest = offered.iter().map(|item| item.href).filter(|href| below(href)).max_by_key(|href| href.len());
        let links = offered
            .iter()
            .map(|item| Link { href: item.href, label: item.label, here: Some(item.href) == nearest })
            .collect();
        let viewer = Viewer {
            institution: person.institution_name.clone(),
            name: person.name.clone(),
            office: person.acting.as_ref().map_or_else(|| "没有职务".to_owned(), Held::label),
            may_switch: person.offices.len() > 1,
            unread: person.unread,
        };
        Self { viewer: Some(viewer), links, ..Self::bare(title) }
    }

    /// The viewer's university; empty outside.
    #[must_use]
    pub fn institution(&self) -> &str {
        self.viewer.as_ref().map_or("", |viewer| &viewer.institution)
    }

    /// Adds a page to the trail.
    #[must_use]
    pub fn under(mut self, path: &str, label: &str) -> Self {
        self.trail.push((path.to_owned(), label.to_owned()));
        self
    }
}
