//! Scripts that were typed, to be typed again: in a file of the user's own, as far as one can be had.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Most scripts that are kept.
const MOST: usize = 1_000;

/// What was typed, the latest last, and where one is in it while one looks back.
pub struct History {
    scripts: Vec<String>,
    /// None: they are kept as long as the conversation lasts.
    file: Option<PathBuf>,
    at: usize,
}

impl History {
    /// That of the user: `manytongue/nx_history` in the folder for such things.
    pub fn of_user() -> History {
        let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let state = folder("XDG_STATE_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/state")));
        History::in_file(state.map(|state| state.join("manytongue/nx_history")))
    }

    /// One in a file, which may not be there.
    pub fn in_file(file: Option<PathBuf>) -> History {
        let text = file.as_deref().and_then(|file| fs::read_to_string(file).ok()).unwrap_or_default();
        // Each line is a JSON text, since scripts have several lines.
        let mut scripts: Vec<String> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        scripts.drain(..scripts.len().saturating_sub(MOST));
        History { at: scripts.len(), scripts, file }
    }

    /// Keeps a script; the same one twice in a row is kept once.
    pub fn add(&mut self, script: &str) {
        if self.scripts.last().is_none_or(|last| last != script) {
            self.scripts.push(script.to_owned());
            self.scripts.drain(..self.scripts.len().saturating_sub(MOST));
            if let Some(file) = &self.file {
                // History is a comfort: where it cannot be written, there is none the next time.
                let _ = write(file, &self.scripts);
            }
        }
        self.at = self.scripts.len();
    }

    /// The script before the one looked at.
    pub fn back(&mut self) -> Option<&str> {
        self.at = self.at.checked_sub(1)?;
        self.scripts.get(self.at).map(String::as_str)
    }

    /// The script after the one looked at; an empty one after the last.
    pub fn forward(&mut self) -> Option<&str> {
        if self.at >= self.scripts.len() {
            return None;
        }
        self.at += 1;
        Some(self.scripts.get(self.at).map_or("", String::as_str))
    }
}

/// Scripts have what people look for: nobody else may read them.
fn write(file: &Path, scripts: &[String]) -> std::io::Result<()> {
    fs::create_dir_all(file.parent().unwrap_or(file))?;
    let beside = file.with_extension("new");
    let mut out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    for script in scripts {
        serde_json::to_writer(&mut out, script)?;
        out.write_all(b"\n")?;
    }
    fs::rename(beside, file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn scripts_are_found_again_by_the_next_conversation_and_nobody_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("deep/nx_history");
        let mut history = History::in_file(Some(file.clone()));
        ["1", "for i in [1] do\n i end", "for i in [1] do\n i end"].iter().for_each(|script| history.add(script));
        assert_eq!(fs::metadata(&file).expect("a file").permissions().mode() & 0o077, 0);
        let mut next = History::in_file(Some(file));
        assert_eq!(next.back(), Some("for i in [1] do\n i end"));
        assert_eq!((next.back().map(str::to_owned), next.back()), (Some("1".to_owned()), None));
        assert_eq!(next.forward().map(str::to_owned), Some("for i in [1] do\n i end".to_owned()));
        assert_eq!((next.forward().map(str::to_owned), next.forward()), (Some(String::new()), None));
    }
}
