//! What the name of a form's field tells: whether anybody typed it, and what it is called.

/// Fields that the page fills in and nobody sees, by a part of the address to which they are sent. Elsewhere one of the same
/// name may be typed into.
const HIDDEN: [(&str, &[&str]); 16] = [
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
    ("/activities/", &["code"]),
    ("/cases/", &["case", "college"]),
    ("/checkup/faults", &["rows"]),
    ("/delegates/steps", &["place"]),
    ("/disclosure/", &["no", "union"]),
    ("/mending", &["own", "rule"]),
    ("/nominations/", &["of"]),
    ("/on-paper/", &["person"]),
    ("/own-rules", &["rule"]),
    ("/plan-drafts/", &["version"]),
    ("/plans/adopt", &["confirm", "rule", "version"]),
    ("/retention/", &["total"]),
    ("/rounds/", &["place", "places", "slot", "union"]),
    ("/slips", &["college", "number", "year"]),
    ("/vetting", &["case", "college", "late", "many", "page", "place", "sort", "total"]),
];

/// What fields are called, where all that have one name are called alike: a name and its label a line.
const LABELS: &str = include_str!("labels.txt");

/// Nobody typed or chose what stands in the field of that name, in a form that is sent to the path.
#[must_use]
pub fn is_hidden(path: &str, name: &str) -> bool {
    HIDDEN.iter().any(|(part, names)| path.contains(part) && names.contains(&name))
}

/// The label of the fields of that name; empty where it is not known.
#[must_use]
pub fn label(name: &str) -> &'static str {
    LABELS.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('\t')).unwrap_or_default()
}
