//! One line at a time at a terminal: typing, looking back, completing. A line longer than the terminal moves sideways.

mod buffer;

use super::history::History;
use super::keys::{self, Key};
use super::repl::{Complete, Line, Lines};
use buffer::{Buffer, Offer};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use std::io::{self, Read, Write};

/// Columns of a terminal that does not tell.
const USUAL_WIDTH: usize = 80;
/// Most completions that are listed at once.
const MOST_LISTED: usize = 40;

/// The terminal that standard input is.
pub struct Editor {
    history: History,
}

impl Editor {
    /// A conversation with whoever sits at the terminal.
    pub fn open() -> Result<Editor, String> {
        tcgetattr(io::stdin()).map_err(|error| format!("the terminal cannot be used: {error}"))?;
        Ok(Editor { history: History::of_user() })
    }
}

impl Lines for Editor {
    fn line(&mut self, prompt: &str, complete: &mut Complete<'_>) -> Result<Line, String> {
        let unusable = |error: io::Error| format!("the terminal cannot be used: {error}");
        let _raw = Raw::on().map_err(unusable)?;
        let width = tcgetwinsize(io::stdout()).map_or(0, |size| usize::from(size.ws_col));
        let width = if width == 0 { USUAL_WIDTH } else { width };
        let (mut keys, mut screen) = (io::stdin().lock(), io::stdout().lock());
        edit(&mut keys, &mut screen, (prompt, width), &mut self.history, complete).map_err(unusable)
    }

    fn say(&mut self, text: &str) {
        eprint!("{text}");
    }

    fn remember(&mut self, script: &str) {
        self.history.add(script);
    }
}

/// Keys come one by one and are not shown by the terminal, as long as this lives.
struct Raw(Termios);

impl Raw {
    fn on() -> io::Result<Raw> {
        let before = tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(io::stdin(), OptionalActions::Drain, &raw)?;
        Ok(Raw(before))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // A terminal that is gone needs no order.
        let _ = tcsetattr(io::stdin(), OptionalActions::Drain, &self.0);
    }
}

/// Reads keys until the line is whole.
fn edit(
    keys: &mut impl Read,
    screen: &mut impl Write,
    (prompt, width): (&str, usize),
    history: &mut History,
    complete: &mut Complete<'_>,
) -> io::Result<Line> {
    let mut buffer = Buffer::default();
    loop {
        write!(screen, "{}", buffer.drawn(prompt, width))?;
        screen.flush()?;
        match keys::next(keys)? {
            Key::Enter => return ended(screen, Line::Text(buffer.text())),
            Key::Interrupt => return ended(screen, Line::Interrupted),
            Key::Eof if buffer.is_empty() => return ended(screen, Line::End),
            Key::Eof | Key::Delete => buffer.delete(),
            Key::Char(c) => buffer.insert(c),
            Key::Backspace => buffer.backspace(),
            Key::EraseWord => buffer.erase_word(),
            Key::EraseBefore => buffer.erase_before(),
            Key::EraseAfter => buffer.erase_after(),
            Key::Left => buffer.left(),
            Key::Right => buffer.right(),
            Key::Home => buffer.home(),
            Key::End => buffer.end(),
            Key::Up => history.back().into_iter().for_each(|script| buffer.replace(script)),
            Key::Down => history.forward().into_iter().for_each(|script| buffer.replace(script)),
            Key::Clear => write!(screen, "\u{1b}[2J\u{1b}[H")?,
            Key::Tab => {
                let (line, at) = (buffer.text(), buffer.cursor());
                match buffer.complete(complete(&line, at)) {
                    Offer::Taken => {}
                    Offer::Choice(found) => {
                        write!(screen, "\r\n")?;
                        for candidate in found.iter().take(MOST_LISTED) {
                            write!(screen, "  {:24} {}\r\n", visible(&candidate.text), visible(&candidate.told))?;
                        }
                        if found.len() > MOST_LISTED {
                            write!(screen, "  and {} more\r\n", found.len() - MOST_LISTED)?;
                        }
                    }
                }
            }
            Key::Other => {}
        }
    }
}

fn ended(screen: &mut impl Write, line: Line) -> io::Result<Line> {
    write!(screen, "\r\n")?;
    screen.flush()?;
    Ok(line)
}

/// A name in one line that does not steer the terminal.
fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Completion;

    fn typed(bytes: &str, offered: &[&str]) -> (Line, String) {
        let (mut screen, mut history) = (Vec::new(), History::in_file(None));
        history.add("cnt(\nselect A)");
        let mut complete = |line: &str, at: usize| -> Vec<Completion> {
            let start = line[..at].rfind(' ').map_or(0, |space| space + 1);
            let told = "table".to_owned();
            let completion = |text: &&str| Completion { text: (*text).to_owned(), told: told.clone(), start, end: at };
            offered.iter().map(completion).collect()
        };
        let keys = &mut bytes.as_bytes();
        let line = edit(keys, &mut screen, ("nx> ", 80), &mut history, &mut complete).expect("a line");
        (line, String::from_utf8(screen).expect("text"))
    }

    fn line(bytes: &str) -> String {
        match typed(bytes, &[]).0 {
            Line::Text(text) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn keys_edit_a_line() {
        assert_eq!(line("ac\u{1b}[Db\r"), "abc");
        assert_eq!(line("äbc\u{1}\u{1b}[3~x\u{5}\u{7f}y\r"), "xby");
        assert_eq!(line("one two\u{17}x\r"), "one x");
        assert_eq!(line("one\u{15}two\u{1}\u{b}\r"), "");
        assert_eq!(line("abc\u{4}\r"), "abc", "it ends nothing within a line");
    }

    #[test]
    fn a_line_is_dropped_or_the_conversation_ended() {
        assert_eq!(typed("abc\u{3}", &[]).0, Line::Interrupted);
        assert_eq!(typed("\u{4}", &[]).0, Line::End);
        assert_eq!(typed("", &[]).0, Line::End, "the terminal is gone");
    }

    #[test]
    fn a_script_is_found_again_with_its_lines() {
        assert_eq!(line("\u{1b}[A\r"), "cnt(\nselect A)");
        assert_eq!(line("\u{1b}[A\u{1b}[B1\r"), "1");
        assert!(typed("\u{1b}[A\r", &[]).1.contains("cnt(↵select A)"));
    }

    #[test]
    fn tab_completes_as_far_as_it_is_clear_and_else_lists() {
        assert_eq!(typed("select In\t\r", &["Invoices"]).0, Line::Text("select Invoices".to_owned()));
        let (line, screen) = typed("select I\t\t\r", &["Invoices", "Inventory"]);
        assert_eq!(line, Line::Text("select Inv".to_owned()));
        assert!(screen.contains("Inventory") && screen.contains("table"), "{screen}");
        assert_eq!(typed("select X\t\r", &[]).0, Line::Text("select X".to_owned()));
    }
}
