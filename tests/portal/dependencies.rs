//! What the portal is built from: under which licences it may be given on, from where it comes, and what is in it twice.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use serde_json::Value;
use spdx::{Expression, LicenseItem, ParseMode};

/// Licences under which a library may be part of the program or of its tests. MPL-2.0 asks for nothing as long as the
/// library's own files are unchanged; CDLA-Permissive-2.0 is that of the certificate authorities' list.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Libraries of which two versions are in, because others that we use have not yet moved. A new one is looked at before
/// it is added here; one that is gone is taken off.
const TWICE: &[&str] = &[
    "block-buffer",
    "cookie",
    "cpufeatures",
    "crypto-common",
    "digest",
    "getrandom",
    "hashbrown",
    "http",
    "icu_collections",
    "icu_provider",
    "litemap",
    "miniz_oxide",
    "rand",
    "rand_core",
    "sha2",
    "syn",
    "synstructure",
    "thiserror",
    "thiserror-impl",
    "tinystr",
    "writeable",
    "yoke",
    "yoke-derive",
    "zerovec",
    "zerovec-derive",
];

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The packages that a Linux build takes, the workspace's own among them.
fn all_packages() -> Vec<Value> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--locked", "--offline", "--format-version=1"]);
    cargo.args(["--filter-platform", "x86_64-unknown-linux-gnu", "--manifest-path"]);
    let output = cargo.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn is_ours(package: &Value) -> bool {
    package["source"].is_null()
}

fn libraries() -> Vec<Value> {
    all_packages().into_iter().filter(|package| !is_ours(package)).collect()
}

fn named(package: &Value) -> &str {
    package["name"].as_str().unwrap()
}

#[test]
fn every_library_has_a_licence_under_which_it_may_be_given_on() {
    let may = |item: &LicenseItem| matches!(item, LicenseItem::Spdx { id, .. } if LICENCES.contains(&id.name));
    let mut wrong = BTreeSet::new();
    for package in libraries() {
        let text = package["license"].as_str().unwrap_or_default();
        // Some old packages write the slash of before SPDX.
        let read = Expression::parse_mode(text, ParseMode::LAX);
        if !read.is_ok_and(|licence| licence.evaluate(|asked| may(&asked.license))) {
            wrong.insert(format!("{}: {text}", named(&package)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_library_comes_from_the_registry_and_asks_for_versions() {
    for package in libraries() {
        assert_eq!(package["source"], REGISTRY, "{}", named(&package));
    }
    for package in all_packages().iter().filter(|package| is_ours(package)) {
        for asked in package["dependencies"].as_array().unwrap() {
            assert_ne!(asked["req"], "*", "{} names no version of {}", named(package), named(asked));
        }
    }
}

#[test]
fn what_is_in_twice_is_known() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in libraries() {
        versions.entry(named(&package).to_owned()).or_default().insert(package["version"].as_str().unwrap().to_owned());
    }
    let twice: Vec<&str> =
        versions.iter().filter(|(_, versions)| versions.len() > 1).map(|(name, _)| name.as_str()).collect();
    assert_eq!(twice, TWICE);
}
