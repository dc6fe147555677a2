//! The reference of the language, made from the table of functions, for `docs/nx.md`. What is not about a function is
//! written by hand in `prose.md`; its examples are run as tests too.

use crate::builtin::{Builtin, Group, REFUSED, TABLE};
use std::fmt::{self, Write};
use std::sync::LazyLock;

const PROSE: &str = include_str!("prose.md");

/// What stands before the result of an example.
const GIVES: &str = "=> ";

/// Scripts of the prose and their results as JSON text, over the same small database as the examples of functions.
pub static EXAMPLES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let (mut examples, mut script, mut is_code) = (Vec::new(), String::new(), false);
    for line in PROSE.lines() {
        if line.starts_with("```") {
            is_code = line == "```nx";
        } else if let Some(result) = line.strip_prefix(GIVES).filter(|_| is_code) {
            examples.push((std::mem::take(&mut script), result.to_owned()));
        } else if is_code {
            if !script.is_empty() {
                script.push('\n');
            }
            script.push_str(line);
        }
    }
    examples
});

/// The reference as Markdown.
pub fn reference() -> String {
    let mut out = String::new();
    // A string takes everything.
    let _: fmt::Result = write(&mut out);
    out
}

fn write(out: &mut String) -> fmt::Result {
    let refused: Vec<String> = REFUSED.iter().map(|name| format!("`{name}`")).collect();
    out.write_str(&PROSE.replace("{refused}", &refused.join(", ")))?;
    write!(
        out,
        "\n## Functions\n\nNull in, null out, unless it says otherwise. Positions count from 0, in characters.\n"
    )?;
    for group in Group::ALL {
        write!(out, "\n### {}\n", group.title())?;
        let of_group = |row: &&Builtin| row.group == group;
        TABLE.iter().copied().flatten().filter(of_group).try_for_each(|row| write_row(row, out))?;
    }
    Ok(())
}

fn write_row(row: &Builtin, out: &mut String) -> fmt::Result {
    write!(out, "\n#### {}\n\n`{}`\n\n{}\n\n```nx\n", row.name, row.signature, row.summary)?;
    for (script, result) in row.examples {
        writeln!(out, "{script}\n{GIVES}{result}")?;
    }
    out.write_str("```\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_reference_in_docs_is_what_is_made() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/nx.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, reference()).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap();
        assert!(written == reference(), "docs/nx.md is not what is made: UPDATE_DOCS=1 cargo test -p nx writes it");
    }

    #[test]
    fn the_prose_has_examples_with_results() {
        assert!(EXAMPLES.len() > 30);
        for (script, result) in EXAMPLES.iter() {
            assert!(!script.is_empty() && serde_json::from_str::<model::Json>(result).is_ok(), "{script} {result}");
        }
    }
}
