//! README and `docs/` say what stands in the files: quotations, the floors, paths, links, the fields of published formats.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: impl AsRef<Path>) -> String {
    let path = root().join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The READMEs and everything in `docs/`, with its text.
fn documents() -> Vec<(PathBuf, String)> {
    let folder = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let all = folder.chain(["README.md", "README.zh-CN.md"].map(|name| root().join(name)));
    all.map(|path| (path.clone(), read(path))).collect()
}

/// A fenced block: what stands beside its opening fence, and its lines.
struct Block {
    info: String,
    lines: String,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let inside: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            found.push(Block { info: info.to_owned(), lines: inside.join("\n") });
        }
    }
    found
}

#[test]
fn code_that_readme_quotes_stands_in_the_file_it_names() {
    let blocks = blocks(&read("README.md"));
    let quoted: Vec<_> = blocks.iter().filter_map(|block| Some((block.info.strip_prefix("rust ")?, block))).collect();
    assert!(quoted.len() >= 6, "six steps, and code in each");
    for (file, block) in quoted {
        assert!(read(file).contains(&block.lines), "{file} does not have:\n{}", block.lines);
    }
}

/// README has the features in one line: a new one touches no list but those of the sources.
#[test]
fn readme_lists_the_floors_of_the_library() {
    let library = read("src/lib.rs");
    let list = library.split("//! ```text\n").nth(1).unwrap().split("//! ```").next().unwrap();
    let floors: Vec<&str> = list.lines().map(|line| line.trim_start_matches("//! ")).collect();
    let readme = blocks(&read("README.md")).into_iter().find(|block| block.info == "text").unwrap();
    let (below, above) = readme.lines.split_once("the features, each alone: ").unwrap();
    let (named, above) = above.split_once('\n').unwrap();
    let (below, above): (Vec<&str>, Vec<&str>) = (below.lines().collect(), above.lines().collect());
    assert!(floors.starts_with(&below) && floors.ends_with(&above), "{below:?} and {above:?}");
    let features = floors[below.len()..floors.len() - above.len()].join(" ");
    let features: Vec<&str> = features.split(' ').collect();
    assert!(features.len() > 20 && !below.contains(&"home") && named.ends_with(" …"));
    for feature in named.trim_end_matches(" …").split(", ") {
        assert!(features.contains(&feature), "{feature}");
    }
}

#[test]
fn readme_is_short() {
    let bytes = read("README.md").len();
    assert!(bytes <= 8_192, "{bytes} bytes: what is longer goes into docs/");
}

#[test]
fn paths_in_the_documents_lead_to_files() {
    for (document, text) in documents() {
        let named = text.split('`').skip(1).step_by(2).filter(|word| {
            let inside = ["src/", "tests/", "templates/", "migrations/", "static/", "docs/", "xtask/"];
            inside.iter().any(|folder| word.starts_with(folder)) && !word.contains(['<', '{', '*', ' ', '\n'])
        });
        for path in named {
            assert!(root().join(path).exists(), "{} names {path}", document.display());
        }
        let links = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        for link in links.filter(|link| !link.is_empty() && !link.contains("://")) {
            let path = document.parent().unwrap().join(link);
            assert!(path.exists(), "{} links to {link}", document.display());
        }
    }
}

/// The text of every Rust file in a folder.
fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text += &sources(&path);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            text += &fs::read_to_string(path).unwrap();
        }
    }
    text
}

#[test]
fn tests_that_the_documents_name_are_there() {
    let all: String = ["src", "ground/src", "tests"].iter().map(|folder| sources(&root().join(folder))).collect();
    let mut named = 0;
    for document in ["docs/SECURITY.md", "docs/ASVS.md"] {
        let text = read(document);
        let words = text.split('`').skip(1).step_by(2);
        let is_name =
            |word: &&str| word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == ':');
        for name in words.filter(|word| word.contains("::")).filter(is_name) {
            let last = name.rsplit("::").next().unwrap();
            assert!(last == "tests" || all.contains(&format!("fn {last}(")), "{document} names {name}");
            named += 1;
        }
    }
    assert!(named > 100, "{named}");
}

/// The names of a struct's fields as a file of the format has them.
fn fields(source: &str, name: &str) -> Vec<String> {
    let body = source.split(&format!("struct {name} {{\n")).nth(1).unwrap_or_else(|| panic!("no struct {name}"));
    let body = body.split("\n}").next().unwrap();
    let mut renamed = None;
    let mut found = Vec::new();
    for line in body.lines().map(str::trim).filter(|line| !line.starts_with("///")) {
        if let Some(rest) = line.strip_prefix("#[serde(rename = \"") {
            renamed = rest.split('"').next().map(str::to_owned);
        } else if let Some((field, _)) = line.split_once(": ").filter(|_| !line.starts_with('#')) {
            let own = field.rsplit(' ').next().unwrap().to_owned();
            found.push(renamed.take().unwrap_or(own));
        }
    }
    assert!(!found.is_empty(), "{name}");
    found
}

#[test]
fn every_field_of_the_published_formats_is_described() {
    let described = read("docs/RECORD-FORMAT.md");
    let (record, election_file, count) =
        (read("src/elections/record.rs"), read("src/elections/election_file.rs"), read("ground/src/rules/election.rs"));
    let folder_of_a_move = read("src/commands/moving/folder.rs");
    for (source, name) in [
        (&record, "RecordFile"),
        (&record, "ContestRecord"),
        (&record, "SourceRecord"),
        (&record, "PaperRecord"),
        (&record, "Apart"),
        (&record, "LotRecord"),
        (&record, "BallotsFile"),
        (&record, "ContestBallots"),
        (&record, "Pattern"),
        (&election_file, "RulesOfFile"),
        (&count, "Attendance"),
        (&count, "Tally"),
        (&count, "CandidateFigures"),
        (&count, "WriteInFigures"),
        (&count, "Count"),
        (&folder_of_a_move, "MoveManifest"),
    ] {
        for field in fields(source, name) {
            assert!(described.contains(&format!("`{field}`")), "{name}.{field}");
        }
    }
}
