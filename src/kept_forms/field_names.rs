//! What the name of a form's field tells: whether anybody typed it, and what it is called.

/// Fields that the page fills in and nobody sees, by the first part of the address to which they are sent; without a part,
/// wherever they are sent.
const HIDDEN: [(&str, &[&str]); 17] = [
    (
        "",
        &[
            "apply",
            "asked",
            "blank",
            "candidate",
            "closed",
            "kept",
            "key",
            "member",
            "next",
            "offered",
            "opened",
            "point",
            "q",
            "round",
            "seen",
            "seq",
            "step",
            "turn",
            "volunteer",
            "which",
            "whom",
        ],
    ),
    ("activities", &["code"]),
    ("cases", &["case", "college"]),
    ("checkup", &["rows"]),
    ("congresses", &["body", "place"]),
    ("disclosure", &["answer", "no", "union"]),
    ("monitoring", &["name", "number"]),
    ("nominations", &["of"]),
    ("plan-drafts", &["version"]),
    ("plans", &["confirm", "from", "rule", "version"]),
    ("retention", &["total"]),
    ("reviews", &["person"]),
    ("rollover", &["cohort", "day", "from", "into"]),
    ("rounds", &["place", "places", "slot", "union"]),
    ("slips", &["college", "number", "year"]),
    ("unions", &["document", "own", "rule", "what"]),
    ("vetting", &["case", "college", "late", "many", "page", "place", "sort", "total"]),
];

/// What fields are called, where all that have one name are called alike: a name and its label a line.
const LABELS: &str = include_str!("labels.txt");

/// Nobody typed or chose what stands in the field of that name, in a form that is sent to the path.
#[must_use]
pub fn is_hidden(path: &str, name: &str) -> bool {
    let part = path.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default();
    HIDDEN.iter().any(|(of, names)| (of.is_empty() || *of == part) && names.contains(&name))
}

/// The label of the fields of that name; empty where it is not known.
#[must_use]
pub fn label(name: &str) -> &'static str {
    LABELS.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('\t')).unwrap_or_default()
}
