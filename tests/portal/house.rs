//! The house rules that no compiler knows.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

pub fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
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

/// Where the sources lie: the ground floor is a crate of its own.
const SOURCES: [&str; 2] = ["ground/src", "src"];

/// All our sources.
pub fn sources() -> Vec<(PathBuf, String)> {
    SOURCES.iter().flat_map(|folder| files(folder, "rs")).collect()
}

/// The path of a source below the folder of its crate.
fn inside(path: &Path) -> &Path {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    SOURCES.iter().find_map(|folder| path.strip_prefix(root.join(folder)).ok()).unwrap()
}

#[test]
fn every_module_opens_with_what_it_is() {
    for (path, text) in sources() {
        assert!(text.starts_with("//! "), "{}", path.display());
    }
}

/// What a file uses of the crate: paths as segments, `super` resolved. Re-exports and inline tests do not count.
fn uses(path: &Path, text: &str) -> Vec<Vec<String>> {
    let inside = inside(path).with_extension("");
    let mut own: Vec<String> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if own.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        own.pop();
    }
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap();
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    for statement in code.split(';').map(str::trim) {
        // The statement may follow an item's end; what counts is that it begins a line of `use`.
        let Some(tree) = statement.rsplit_once('}').map_or(statement, |(_, rest)| rest).trim().strip_prefix("use ")
        else {
            if let Some(at) = statement.find("use crate::{").or_else(|| statement.find("use super::{"))
                && !statement.get(..at).is_some_and(|before| before.trim_end().ends_with("pub"))
            {
                leaves(&statement[at + 4..], &[], &mut found);
            }
            continue;
        };
        leaves(tree, &[], &mut found);
    }
    for (at, _) in code.match_indices("crate::") {
        let path: String = code[at..].chars().take_while(|c| c.is_alphanumeric() || "_:".contains(*c)).collect();
        found.push(path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect());
    }
    let absolute = |path: Vec<String>| match path.first().map(String::as_str) {
        Some("crate") => Some(path[1..].to_vec()),
        Some("super") => {
            let ups = path.iter().take_while(|part| *part == "super").count();
            let base = own.len().checked_sub(ups)?;
            Some(own[..base].iter().chain(&path[ups..]).cloned().collect())
        }
        _ => None,
    };
    found.into_iter().filter_map(absolute).filter(|path| !path.is_empty()).collect()
}

/// The paths of a `use` tree.
fn leaves(tree: &str, before: &[String], found: &mut Vec<Vec<String>>) {
    let tree = tree.trim();
    let (head, group) = tree.split_once('{').map_or((tree, None), |(head, rest)| (head, Some(rest)));
    let head = head.split(" as ").next().unwrap();
    let path: Vec<String> = before
        .iter()
        .cloned()
        .chain(head.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty() && part != "self"))
        .collect();
    let Some(group) = group else { return found.push(path) };
    let (mut depth, mut start) = (0_usize, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return leaves_of(&group[start..at], &path, found),
            '}' => depth -= 1,
            ',' if depth == 0 => {
                leaves_of(&group[start..at], &path, found);
                start = at + 1;
            }
            _ => {}
        }
    }
}

fn leaves_of(part: &str, path: &[String], found: &mut Vec<Vec<String>>) {
    if !part.trim().is_empty() {
        leaves(part, path, found);
    }
}

/// The floors of `src/lib.rs`, from the ground up.
fn floors() -> BTreeMap<String, usize> {
    let library = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let list = library.split("//! ```text\n").nth(1).unwrap().split("//! ```").next().unwrap();
    let floors = list.lines().map(|line| line.trim_start_matches("//!")).enumerate();
    floors.flat_map(|(level, line)| line.split_whitespace().map(move |room| (room.to_owned(), level))).collect()
}

#[test]
fn a_room_imports_from_floors_below_it_alone() {
    let floors = floors();
    let level = |room: &str| *floors.get(room).unwrap_or_else(|| panic!("{room} stands on no floor of src/lib.rs"));
    for (path, text) in sources() {
        let inside = inside(&path);
        let room = inside.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
        if room == "lib" || room == "main" {
            continue;
        }
        for used in uses(&path, &text) {
            let other = &used[0];
            assert!(
                *other == room || level(other) < level(&room),
                "{} imports {} from the floor of {other}, which is not below {room}",
                inside.display(),
                used.join("::")
            );
        }
    }
}

#[test]
fn no_files_import_in_a_circle() {
    let all = sources();
    let names: BTreeSet<PathBuf> = all.iter().map(|(path, _)| inside(path).to_owned()).collect();
    let file_of = |path: &[String]| {
        (1..=path.len()).rev().find_map(|length| {
            let stem: PathBuf = path[..length].iter().collect();
            [stem.with_extension("rs"), stem.join("mod.rs")].into_iter().find(|file| names.contains(file))
        })
    };
    let mut left: BTreeMap<PathBuf, BTreeSet<PathBuf>> = BTreeMap::new();
    for (path, text) in &all {
        let own = inside(path).to_owned();
        let used = uses(path, text).iter().filter_map(|used| file_of(used)).filter(|file| *file != own).collect();
        left.insert(own, used);
    }
    // What imports nothing that is left cannot be in a circle; in the end only circles are.
    loop {
        let free: Vec<PathBuf> = left
            .iter()
            .filter(|(_, used)| used.iter().all(|file| !left.contains_key(file)))
            .map(|(own, _)| own.clone())
            .collect();
        if free.is_empty() {
            break;
        }
        left.retain(|own, _| !free.contains(own));
    }
    let circle: Vec<String> = left
        .iter()
        .flat_map(|(own, used)| {
            let back = used.iter().filter(|file| left.contains_key(*file));
            back.map(|file| format!("{} imports {}", own.display(), file.display()))
        })
        .collect();
    assert!(circle.is_empty(), "in a circle:\n{}", circle.join("\n"));
}

/// A file that goes over about 600 lines, its inline tests aside, says in its first lines why it is one.
#[test]
fn a_long_file_says_why_it_is_one() {
    for (path, text) in sources().into_iter().chain(files("tests", "rs")) {
        let lines = text.split("#[cfg(test)]\nmod ").next().unwrap().lines().count();
        let mut docs = text.lines().take_while(|line| line.starts_with("//!"));
        let says = |line: &str| line.contains("ne file") || line.contains("ne module");
        assert!(lines <= 640 || docs.any(says), "{} has {lines} lines", path.display());
    }
}

/// A library with tests of its own is compiled a second time. What is pure is tested on the ground floor, where that is soon
/// done; what is not, from outside.
#[test]
fn the_portals_library_has_no_tests_of_its_own() {
    for (path, text) in files("src", "rs") {
        assert!(!text.contains("#[cfg(test)]") && !text.contains("#[test]"), "{} has tests", path.display());
        let fences = text.matches("```").count();
        assert_eq!(fences, 2 * text.matches("```text").count(), "{} has an example that nothing runs", path.display());
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    assert!(manifest.contains("[lib]\ntest = false\ndoctest = false\n"), "and none are looked for");
    // An example stands in a file of its own, which the crate that runs it takes in too.
    let run = fs::read_to_string(root.join("tests/proofs/lib.rs")).unwrap();
    for (path, _) in files("src", "md") {
        let name = path.strip_prefix(root).unwrap().display().to_string();
        assert!(run.contains(&format!("include_str!(\"../../{name}\")")), "nothing runs {name}");
    }
}

/// What must not compile would fail for want of the crate, whatever the rest of it says.
#[test]
fn an_example_names_the_crate_in_which_it_stands() {
    for (path, text) in files("ground/src", "rs") {
        assert!(!text.contains(" use lunzhi::"), "{} is not above itself", path.display());
    }
}

#[test]
fn no_drawer_for_odds_and_ends() {
    for (path, _) in sources() {
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
    for (path, text) in files("ground/src/rules", "rs") {
        for word in ["sqlx", "tokio", "async ", "std::fs", "std::io", "now_utc", "axum", "rand::"] {
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
    }
}

/// A province's own form is one more file of that folder, and no line of code.
#[test]
fn every_form_of_the_yearly_account_is_taken_in() {
    assert_eq!(lunzhi::rules::disclosure::lists().len(), files("ground/src/rules/indicators", "toml").len());
}

#[test]
fn no_number_of_a_plan_stands_in_the_rules() {
    for (path, text) in files("ground/src/rules", "rs") {
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

/// A sheet of A4 is as narrow as a phone: without `screen` a printed table falls apart into cards.
#[test]
fn what_is_for_narrow_screens_is_for_no_paper() {
    for (path, text) in files("static", "css") {
        let narrow = |line: &&str| line.starts_with("@media") && line.contains("max-width");
        let for_paper: Vec<&str> =
            text.lines().filter(narrow).filter(|line| !line.starts_with("@media screen and ")).collect();
        assert!(for_paper.is_empty(), "{}: {for_paper:?}", path.display());
    }
}

/// A template is read by people. A Chinese character is as wide as two Latin ones.
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

/// A page asks its struct, or an enum; a state is no word that somebody could misspell.
#[test]
fn a_template_compares_no_state_as_a_word() {
    for (path, text) in files("templates", "html") {
        for word in ["slug() == \"", "slug() != \"", "style == \"", "stage == \""] {
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
    }
}

/// On a phone a row is a card, and each cell of it says its heading.
#[test]
fn a_cell_is_labelled_with_a_heading_of_its_table() {
    /// A card has less room, or one label for two headings.
    const SHORTER: &[(&str, &str)] = &[("elections/contest.html", "姓名"), ("imports/show.html", "所在")];
    let labels: String = sources().into_iter().map(|(_, text)| text).collect();
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
                // A table that is sorted by its headings has them from an enum of words.
                let sorted = table.contains("table::headings(") && labels.contains(&format!(", \"{label}\";"));
                let shorter = sorted || SHORTER.iter().any(|(file, short)| path.ends_with(file) && *short == label);
                assert!(shorter || headings.contains(&label), "{}: no heading says {label}", path.display());
            }
        }
    }
}

#[test]
fn whether_somebody_can_sign_in_is_asked_of_one_view() {
    // Who comes by the university's own server has no password. These ask of the password itself.
    let own = ["accounts/codes.rs", "accounts/vouched.rs", "auth/vouched.rs", "campus/store.rs"];
    for (path, text) in files("src", "rs") {
        let inside = inside(&path);
        if !inside.starts_with("demo") && own.iter().all(|own| inside != Path::new(own)) {
            assert!(!text.contains("password_hash is "), "{} asks no `activated_account`", path.display());
        }
    }
}

#[test]
fn nothing_unfinished_is_left_lying() {
    for (path, text) in sources().into_iter().chain(files("templates", "html")) {
        for word in ["TODO", "FIXME", "XXX", "unimplemented!", "#[allow("] {
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
    }
}

/// What a story writes by the server's clock is true on some days and false on others. Programs of their own, what a portal
/// holds for a while, and databases that no story began on go by it.
#[test]
fn stories_date_what_they_write_by_their_own_time() {
    let others = ["ballot_faults.rs", "by_turns.rs", "house.rs", "moving.rs", "server.rs"];
    for (path, text) in files("tests/portal", "rs") {
        for word in [" now()", "(now()", "current_date", "current_timestamp"] {
            let is_other = others.iter().any(|name| path.ends_with(name));
            assert!(is_other || !text.contains(word), "{} has {word}: story_now(), story_day()", path.display());
        }
    }
}

/// The parameter lists of a file's functions, each from its opening bracket to the closing one, with the line it begins on.
fn parameters(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
    for (at, _) in code.match_indices("fn ") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_')
            || code[..at].lines().next_back().is_some_and(|line| line.trim_start().starts_with("//"))
        {
            continue;
        }
        let rest = &code[at + 3..];
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let Some(open) = rest[name.len()..].find('(').map(|found| found + name.len()) else { continue };
        // A type such as `fn(&str)` has no name.
        if name.is_empty() || rest[name.len()..open].contains(['{', ';']) {
            continue;
        }
        let mut depth = 0;
        let end = rest[open..].char_indices().find(|(_, c)| {
            depth += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            depth == 0
        });
        let Some((end, _)) = end else { continue };
        found.push((code[..at].lines().count(), rest[open + 1..open + end].to_owned()));
    }
    found
}

/// How many members the largest tuple in a type has. What functions take is none.
fn widest_tuple(kind: &str) -> usize {
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut widest = 0;
    for (at, c) in kind.char_indices() {
        match c {
            '(' if kind[..at].ends_with(|before: char| before.is_alphanumeric()) => open.push(None),
            '(' => open.push(Some(1)),
            '[' | '<' => open.push(None),
            ']' => drop(open.pop()),
            '>' if !kind[..at].ends_with('-') => drop(open.pop()),
            ')' => widest = widest.max(open.pop().flatten().unwrap_or(0)),
            ',' => {
                if let Some(Some(members)) = open.last_mut() {
                    *members += 1;
                }
            }
            _ => {}
        }
    }
    widest
}

/// Names stand in signatures; a list may hold pairs, and nothing wider. What axum hands over in one piece
/// (`Path((a, b)): Path<(A, B)>`) and what closures take apart are no signatures of ours.
#[test]
fn no_parameter_is_a_tuple() {
    for (path, text) in sources() {
        for (line, list) in parameters(&text) {
            let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
            for (at, c) in list.char_indices() {
                match c {
                    '(' | '[' | '{' | '<' => depth += 1,
                    ')' | ']' | '}' => depth -= 1,
                    '>' if !list[..at].ends_with(['-', '=']) => depth -= 1,
                    ',' if depth == 0 => {
                        parts.push(&list[start..at]);
                        start = at + 1;
                    }
                    _ => {}
                }
            }
            parts.push(&list[start..]);
            for part in parts.into_iter().map(str::trim) {
                let kind = part.split_once(':').map_or("", |(_, kind)| kind.trim().trim_start_matches('&').trim());
                let is_tuple =
                    kind.starts_with('(') && kind != "()" && !kind.starts_with("(impl") && !kind.starts_with("(dyn");
                assert!(!part.starts_with('(') && !is_tuple, "{}:{line} takes a tuple: {part}", path.display());
                let widest = if kind.starts_with("Path<") { 0 } else { widest_tuple(kind) };
                assert!(widest <= 2, "{}:{line} takes tuples of {widest}: {part}", path.display());
            }
        }
    }
}

/// A route and the links to it drift apart where each writes the path anew: they stand in a feature's `paths.rs`, of a small
/// one beside its routes in `mod.rs`. What every page leads to (assets, signing in) stands in `page/`.
#[test]
fn paths_are_written_in_one_place() {
    for (path, text) in sources() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for (number, line) in (1..).zip(text.split("#[cfg(test)]\nmod ").next().unwrap().lines()) {
            let (_, rest) = line.split_once("format!(\"/").unwrap_or_default();
            let is_frame = path.iter().any(|part| part == "page");
            let is_place = ["paths.rs", "mod.rs"].contains(&name.as_str());
            let written = rest.starts_with(|c: char| c.is_ascii_lowercase()) && !is_place && !is_frame;
            assert!(!written, "{}:{number} writes a path", path.display());
        }
    }
}

/// The rules of a style sheet: their selectors, and what they say.
fn style_rules(css: &str) -> Vec<(Vec<String>, String)> {
    let mut text = String::new();
    for (place, piece) in css.split("/*").enumerate() {
        text.push_str(if place == 0 { piece } else { piece.split_once("*/").unwrap().1 });
    }
    let rule = |chunk: &str| {
        let (before, body) = chunk.rsplit_once('{')?;
        let list = before.rsplit(['{', ';']).next()?.trim();
        (!list.starts_with('@')).then(|| (selectors(list), body.to_owned()))
    };
    text.split('}').filter_map(rule).collect()
}

/// The selectors of a list; one that holds a list itself is one.
fn selectors(list: &str) -> Vec<String> {
    let (mut found, mut depth) = (vec![String::new()], 0_usize);
    for c in list.chars() {
        depth = match c {
            '(' | '[' => depth + 1,
            ')' | ']' => depth - 1,
            _ => depth,
        };
        if c == ',' && depth == 0 {
            found.push(String::new());
        } else {
            found.last_mut().unwrap().push(c);
        }
    }
    found.iter().map(|one| one.trim().to_owned()).collect()
}

/// Safari 14 and Chrome 86 leave out a whole rule where they do not know one of its selectors: the newer ones have rules of their
/// own, which only add comfort. Where they know no gap between the parts of a row, margins stand for it.
#[test]
fn what_browsers_of_2020_do_not_know_takes_nothing_else_with_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let css = fs::read_to_string(root.join("static/lunzhi.css")).unwrap();
    let (_, rest) = css.split_once("@supports not ((inset: 0) or (appearance: none)) {").unwrap();
    let (margins, _) = rest.split_once("\n}\n").unwrap();
    for (list, body) in style_rules(&css) {
        let is_newer = |one: &&String| {
            let holds_list = |rest: &str| rest.split(')').next().unwrap().contains(',');
            [":has(", ":is(", ":where(", "::details-content"].iter().any(|word| one.contains(word))
                || one.split(":not(").skip(1).any(holds_list)
        };
        let newer = list.iter().filter(is_newer).count();
        assert!(newer == 0 || newer == list.len(), "{list:?} are lost together");
        for word in ["inset:", "aspect-ratio:", "color-mix(", "-inline:", "-block:", "dvh"] {
            assert!(!body.contains(word), "{list:?} has {word}");
        }
        if body.contains("flex;") && body.contains(" gap: ") && !body.contains(" gap: 0;") {
            for one in list {
                assert!(margins.contains(&format!("{one} > ")), "{one} has no margins for its gap");
            }
        }
    }
    for word in ["@layer", "@container", "@property", "width >", "width <"] {
        assert!(!css.contains(word), "the style sheet has {word}");
    }
    let script = fs::read_to_string(root.join("static/lunzhi.js")).unwrap();
    for word in
        [".requestSubmit(", ".at(", "structuredClone(", "Object.hasOwn(", ".findLast", ".toSorted(", "??=", "||="]
    {
        assert!(!script.contains(word), "the script has {word}");
    }
}

/// What `make quick` leaves to `make test`: a browser, portals as processes, or thousands of requests.
const SLOW: &[&str] =
    &["ballot_faults", "browser", "every_form", "failover", "hangups", "links", "process", "proxy", "secrecy"];

#[test]
fn the_quick_tier_leaves_out_what_is_slow_and_nothing_else() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let makefile = fs::read_to_string(root.join("Makefile")).unwrap();
    let left_out = makefile.lines().find_map(|line| line.strip_prefix("SLOW := ")).unwrap();
    assert_eq!(left_out.split(' ').collect::<Vec<_>>(), SLOW);
    for module in SLOW {
        assert!(root.join("tests/portal").join(module).with_extension("rs").exists(), "{module}");
    }
}
