//! The house rules that no compiler knows.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    fn gather(folder: &Path, ending: &str, into: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                gather(&path, ending, into);
            } else if path.extension().is_some_and(|found| found == ending) {
                let text = fs::read_to_string(&path).unwrap();
                into.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), ending, &mut found);
    assert!(!found.is_empty());
    found
}

#[test]
fn every_module_opens_with_what_it_is() {
    for (path, text) in files("src", "rs") {
        assert!(text.starts_with("//! "), "{}", path.display());
    }
}

#[test]
fn no_drawer_for_odds_and_ends() {
    for (path, _) in files("src", "rs") {
        for part in &path {
            let name = part.to_string_lossy();
            let name = name.trim_end_matches(".rs");
            assert!(
                !["utils", "util", "common", "helpers", "models", "services", "manager"].contains(&name),
                "{}",
                path.display()
            );
        }
    }
}

#[test]
fn the_rules_do_no_io_keep_no_time_and_wait_for_nothing() {
    for (path, text) in files("src/rules", "rs") {
        for word in ["sqlx", "tokio", "async ", "std::fs", "std::io", "now_utc", "axum", "rand::"] {
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
    }
}

#[test]
fn no_number_of_a_plan_stands_in_the_rules() {
    for (path, text) in files("src/rules", "rs") {
        let code = text.split("#[cfg(test)]").next().unwrap();
        for quote in ["不超过5人", "40人左右", "60人左右", "20至30人", "2至3人以内"] {
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            assert!(!lines.clone().any(|line| line.contains(quote)), "{} has {quote}", path.display());
        }
    }
}

#[test]
fn pages_hold_nothing_inline_and_lead_to_no_other_host() {
    for (path, text) in files("templates", "html") {
        for word in ["style=", "<style", "onclick", "onload", "javascript:", "http://", "https://", "<script>", "|safe"]
        {
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
    }
}

/// A template is read by people: no line is wider than a screen. A Chinese character is as wide as two Latin ones.
#[test]
fn no_line_of_a_template_is_wider_than_a_screen() {
    for (path, text) in files("templates", "html") {
        for (number, line) in (1..).zip(text.lines()) {
            let wide: usize = line.chars().map(|one| if one > '\u{2e7f}' { 2 } else { 1 }).sum();
            assert!(wide <= 120, "{}:{number} is {wide} wide", path.display());
        }
    }
}

#[test]
fn a_line_of_a_template_holds_one_block_element() {
    const BLOCKS: &[&str] = &[
        "section",
        "article",
        "header",
        "footer",
        "nav",
        "div",
        "p",
        "h1",
        "h2",
        "h3",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "thead",
        "tbody",
        "tr",
        "td",
        "th",
        "form",
        "fieldset",
        "details",
        "blockquote",
        "option",
    ];
    for (path, text) in files("templates", "html") {
        for (number, line) in (1..).zip(text.lines()) {
            let opened = |name: &&&str| {
                let of = |end: char| line.matches(&format!("<{name}{end}")).count();
                of(' ') + of('>') > 0
            };
            let twice = BLOCKS.iter().any(|name| line.matches(&format!("</{name}>")).count() > 1);
            assert!(!twice, "{}:{number} holds a row of blocks", path.display());
            let several = BLOCKS.iter().filter(opened).count();
            assert!(several <= 1, "{}:{number} holds {several} blocks", path.display());
        }
    }
}

/// On a phone a row is a card, and each cell of it says its heading.
#[test]
fn a_cell_is_labelled_with_a_heading_of_its_table() {
    /// A card has less room, or one label for two headings.
    const SHORTER: &[(&str, &str)] = &[("elections/contest.html", "姓名"), ("imports/show.html", "所在")];
    for (path, text) in files("templates", "html") {
        for table in text.split("<table").skip(1).filter_map(|rest| rest.split("</table>").next()) {
            let headings: Vec<&str> = table
                .split("<th")
                .skip(1)
                .filter(|rest| rest.starts_with([' ', '>']))
                .filter_map(|rest| rest.split("</th>").next()?.split_once('>'))
                .map(|(_, heading)| heading.trim())
                .collect();
            for label in table.split("data-label=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                let shorter = SHORTER.iter().any(|(file, short)| path.ends_with(file) && *short == label);
                assert!(shorter || headings.contains(&label), "{}: no heading says {label}", path.display());
            }
        }
    }
}

#[test]
fn nothing_unfinished_is_left_lying() {
    for (path, text) in files("src", "rs").into_iter().chain(files("templates", "html")) {
        for word in ["TODO", "FIXME", "XXX", "unimplemented!", "#[allow("] {
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
    }
}
