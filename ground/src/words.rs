//! Fixed words: an enum, the stable word that the database keeps, and the label for people, in one table.

/// A fixed word, where the code asks only that it is one.
pub trait Word: Copy + PartialEq + std::str::FromStr + 'static {
    fn all() -> &'static [Self];
    /// The stable word.
    fn stable(self) -> &'static str;
    /// The word for people.
    fn shown(self) -> &'static str;
}

/// Declares an enum with `ALL`, `slug`, `label` and `FromStr` (by the stable word).
#[macro_export]
#[doc(hidden)]
macro_rules! declare_words {
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

        impl $crate::words::Word for $name {
            fn all() -> &'static [Self] {
                Self::ALL
            }

            fn stable(self) -> &'static str {
                self.slug()
            }

            fn shown(self) -> &'static str {
                self.label()
            }
        }

        impl std::str::FromStr for $name {
            type Err = anyhow::Error;
            fn from_str(slug: &str) -> anyhow::Result<Self> {
                let found = Self::ALL.iter().find(|known| known.slug() == slug);
                found.copied().ok_or_else(|| anyhow::anyhow!("no {} is called {slug}", stringify!($name)))
            }
        }
    };
}

/// Makes words what a page says after an act: they travel in the address of the page that the act leads to.
#[macro_export]
#[doc(hidden)]
macro_rules! declare_said_after {
    ($name:ident) => {
        impl $name {
            /// The sentence of that word; empty for any other.
            pub(super) fn said(word: &str) -> &'static str {
                word.parse().map_or("", Self::label)
            }

            /// The page at `path`, which says so.
            pub(super) fn at(self, path: &str) -> String {
                format!("{path}?done={}", self.slug())
            }
        }
    };
}

pub use declare_said_after as said_after;
pub use declare_words as words;
