//! The shape of the project, checked: who may depend on whom, who may name what, how long files may be.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The arrows that are allowed: a package and what of ours it may depend on. A new arrow is a decision page.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("nx", &["model"]),
    ("store", &["model"]),
    ("blobs", &["model"]),
    ("engine", &["model", "store", "blobs", "nx"]),
    ("edge", &["model", "engine"]),
    ("outbound", &["model", "engine"]),
    ("transfer", &["model", "engine"]),
    ("mail", &["engine"]),
    ("donotname", &["model", "engine", "edge", "transfer"]),
    ("ninox", &["model", "engine", "edge"]),
    ("dynalist", &["model", "engine", "edge", "transfer"]),
    ("dato", &["model", "engine", "edge"]),
    (
        "server",
        &[
            "model",
            "store",
            "nx",
            "engine",
            "edge",
            "transfer",
            "outbound",
            "mail",
            "donotname",
            "ninox",
            "dynalist",
            "dato",
        ],
    ),
    ("testbed", &["model", "store"]),
    (
        "testkit",
        &[
            "model",
            "store",
            "engine",
            "edge",
            "outbound",
            "donotname",
            "ninox",
            "dynalist",
            "dato",
            "server",
            "testbed",
        ],
    ),
];

/// Packages of others that only one of ours may name.
const OWNED: &[(&str, &[&str])] = &[
    ("rusqlite", &["store"]),
    ("tokio-postgres", &["store"]),
    ("tokio-postgres-rustls", &["store"]),
    ("rustls", &["store"]),
    ("jiff", &["model"]),
    ("icu_collator", &["model"]),
    ("icu_casemap", &["model"]),
    ("regex", &["model", "nx", "testkit"]),
    ("axum", &["edge", "server", "donotname", "ninox", "dynalist", "dato", "testkit"]),
    ("tower", &["edge", "server"]),
    ("tower-http", &["edge", "server"]),
    ("argon2", &["engine"]),
    ("aws-lc-rs", &["engine"]),
    // The one way out (S05). `blobs` reaches its own storage through `object_store`, at an address of the operator's.
    ("reqwest", &["outbound"]),
    ("object_store", &["blobs"]),
    ("hyper", &["server"]),
    ("hyper-util", &["server"]),
    ("hyper-rustls", &[]),
    // The client of the tests' own requests.
    ("ureq", &["testkit"]),
    ("url", &["outbound"]),
    ("csv", &["transfer"]),
    ("quick-xml", &["transfer"]),
    ("lettre", &["mail"]),
    ("image", &["blobs"]),
];

/// Longest file of code outside tests, in lines.
const LONGEST: usize = 500;
/// Half of the files must be no longer than this.
const MEDIAN: usize = 150;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the root of the project")
}

fn manifests() -> BTreeMap<String, toml::Table> {
    let mut found = BTreeMap::new();
    for folder in ["crates", "dialects"] {
        for entry in std::fs::read_dir(root().join(folder)).expect("a folder of packages") {
            let path = entry.expect("a folder").path().join("Cargo.toml");
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let manifest: toml::Table = text.parse().expect("a manifest");
            found.insert(manifest["package"]["name"].as_str().expect("a name").to_owned(), manifest);
        }
    }
    found
}

fn dependencies(manifest: &toml::Table) -> Vec<String> {
    manifest.get("dependencies").and_then(|d| d.as_table()).map(|d| d.keys().cloned().collect()).unwrap_or_default()
}

/// The files of code, generated and test files left out.
fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            if path.is_dir() {
                if !matches!(name.as_str(), "target" | "tests" | "golden" | "benches") {
                    walk(&path, found);
                }
            } else if name.ends_with(".rs") && name != "tests.rs" {
                found.push((path.clone(), std::fs::read_to_string(&path).expect("a readable file")));
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join("crates"), &mut found);
    walk(&root().join("dialects"), &mut found);
    found
}

#[test]
fn packages_depend_only_along_the_arrows() {
    let manifests = manifests();
    for (name, manifest) in &manifests {
        let (_, allowed) = ARROWS.iter().find(|(n, _)| n == name).unwrap_or_else(|| panic!("{name} has no arrows"));
        for dependency in dependencies(manifest).iter().filter(|d| manifests.contains_key(*d)) {
            assert!(allowed.contains(&dependency.as_str()), "{name} -> {dependency} is not an arrow of the design");
        }
    }
    assert_eq!(manifests.len(), ARROWS.len(), "an arrow for every package, and no arrow for none");
}

#[test]
fn what_one_room_owns_no_other_names() {
    for (name, manifest) in manifests() {
        for dependency in dependencies(&manifest) {
            if let Some((_, owners)) = OWNED.iter().find(|(d, _)| *d == dependency) {
                assert!(owners.contains(&name.as_str()), "{name} must not name {dependency}");
            }
        }
    }
}

/// What opens a connection: only these rooms do, and to nobody but who they are for. Every address that somebody gave
/// goes through `outbound` (S05).
#[test]
fn connections_are_made_in_known_rooms_only() {
    let allowed: &[(&str, &str)] = &[
        ("crates/outbound/", "reqwest::"),
        ("crates/outbound/", "lookup_host"),
        ("crates/store/src/postgres/", "TcpStream::connect"),
        ("crates/server/src/control/", "UnixStream::connect"),
        ("crates/testbed/", "TcpStream::connect"),
        ("crates/testbed/", "Command::new"),
        ("crates/testkit/", "ureq::"),
    ];
    let openers = [
        "reqwest::",
        "ureq::",
        "hyper::client",
        "client::legacy",
        "lookup_host",
        "ToSocketAddrs",
        "to_socket_addrs",
        "TcpStream::connect",
        "TcpSocket::",
        "UdpSocket::",
        "UnixStream::connect",
        "Command::new",
    ];
    for (path, text) in sources() {
        let place = path.to_string_lossy().into_owned();
        let code = text.split("#[cfg(test)]").next().unwrap_or("");
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for opener in openers.into_iter().filter(|opener| line.contains(opener)) {
                let known = allowed.iter().any(|(room, what)| place.contains(room) && *what == opener);
                assert!(known, "{place}: {opener} outside the one way out: {line}");
            }
        }
    }
}

#[test]
fn sql_is_written_only_in_the_store() {
    let verbs = ["SELECT ", "INSERT INTO", "DELETE FROM", "CREATE TABLE", "ALTER TABLE"];
    for (path, text) in sources() {
        if path.to_string_lossy().contains("crates/store/") {
            continue;
        }
        for line in text.lines().filter(|l| l.contains('"') && !l.trim_start().starts_with("//")) {
            let found = verbs.iter().find(|verb| line.contains(&format!("\"{verb}")));
            assert!(found.is_none(), "{}: SQL outside the store: {line}", path.display());
        }
    }
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let mut lengths: Vec<usize> = Vec::new();
    for (path, text) in sources() {
        let code = text.split("#[cfg(test)]").next().unwrap_or("");
        let length = code.lines().count();
        assert!(length <= LONGEST, "{} has {length} lines, more than {LONGEST}", path.display());
        lengths.push(length);
    }
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= MEDIAN, "the median file has {median} lines, more than {MEDIAN}");
}

#[test]
fn the_core_knows_no_dialect() {
    for (path, text) in sources() {
        let place = path.to_string_lossy().into_owned();
        if !["crates/model/", "crates/store/", "crates/engine/"].iter().any(|room| place.contains(room)) {
            continue;
        }
        for line in text.lines().filter(|l| !l.trim_start().starts_with("//") && !l.trim_start().starts_with('*')) {
            let low = line.to_lowercase();
            for dialect in ["donotname", "dynalist", "datocms", "ninox"] {
                assert!(!low.contains(dialect), "{place}: the core names {dialect}: {line}");
            }
        }
    }
}
