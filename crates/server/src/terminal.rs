//! `manytongue nx` where somebody types or reads: where a script comes from, how its mistakes are coloured, and the
//! lines of a conversation. What scripts do is in `commands/nx.rs`.

mod editor;
mod history;
mod keys;
mod repl;

use crate::cli::Place;
use crate::commands::{self, Mode, Order, Outcome};
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Longest script that is read; longer ones are refused by the language.
const LONGEST: u64 = 2 << 20;

/// What `manytongue nx` was told.
pub struct Asked {
    pub database: String,
    pub script: Option<String>,
    pub file: Option<PathBuf>,
    pub mode: Mode,
    pub place: Place,
}

/// Runs the script that was given, or asks for one after the other.
pub fn run(asked: Asked) -> Result<ExitCode, String> {
    let Asked { database, script, file, mode, place } = asked;
    let script = match (script, file) {
        (Some(script), _) => script,
        (None, Some(file)) => read(&file)?,
        (None, None) if std::io::stdin().is_terminal() => return converse(&database, mode, &place),
        (None, None) => read_all(std::io::stdin().lock(), "standard input")?,
    };
    if script.trim().is_empty() {
        return Err("the script is empty".to_owned());
    }
    let outcome = commands::carry_out(&place, Order::Script { database, script, mode })?;
    tell(&outcome, &place)
}

fn converse(database: &str, mode: Mode, place: &Place) -> Result<ExitCode, String> {
    let mut lines = editor::Editor::open()?;
    let mut session = repl::Session {
        database: database.to_owned(),
        mode,
        ask: &mut |order| commands::carry_out(place, order),
        show: &mut |outcome| {
            // A mistake does not end a conversation.
            let _ = tell(outcome, place);
        },
    };
    repl::run(&mut session, &mut lines)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints what came of a script: its result to the standard output, its mistakes to that of errors.
fn tell(outcome: &Outcome, place: &Place) -> Result<ExitCode, String> {
    if let Outcome::Mistaken { drawn } = outcome {
        eprint!("{}", if std::io::stderr().is_terminal() { coloured(drawn) } else { drawn.clone() });
        return Ok(ExitCode::FAILURE);
    }
    let text = if place.json { commands::json(outcome)? + "\n" } else { commands::text(outcome) };
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| error.to_string())?;
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> Result<String, String> {
    let name = file.display().to_string();
    let opened = std::fs::File::open(file).map_err(|error| format!("{name} cannot be read: {error}"))?;
    read_all(opened, &name)
}

fn read_all(from: impl Read, name: &str) -> Result<String, String> {
    let mut script = String::new();
    let read = from.take(LONGEST + 1).read_to_string(&mut script);
    let length = read.map_err(|error| format!("{name} cannot be read: {error}"))?;
    if length as u64 > LONGEST { Err(format!("{name} is longer than {LONGEST} bytes")) } else { Ok(script) }
}

/// Drawn mistakes with what is wrong in red.
fn coloured(drawn: &str) -> String {
    let mut out = String::new();
    for line in drawn.split_inclusive('\n') {
        let under = line.split_once(" | ").filter(|(margin, _)| margin.trim().is_empty());
        match (line.strip_prefix("error"), under) {
            (Some(rest), _) => out.push_str(&format!("\u{1b}[1;31merror\u{1b}[0m{rest}")),
            (None, Some((margin, marks))) => {
                out.push_str(&format!("{margin} | \u{1b}[31m{}\u{1b}[0m\n", marks.trim_end()));
            }
            (None, None) => out.push_str(line),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_wrong_is_coloured() {
        let drawn = nx::diagnostic::draw("1 +\nx", &[nx::diagnostic::at("1 +\nx", (2, 1), "no `x`".to_owned())]);
        assert_eq!(
            coloured(&drawn),
            "\u{1b}[1;31merror\u{1b}[0m: no `x`\n  --> line 2, column 1\n2 | x\n  | \u{1b}[31m^\u{1b}[0m\n"
        );
    }
}
