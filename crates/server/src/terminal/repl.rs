//! A conversation: lines are put together until they are a script, which is run; lines that begin with a colon are about
//! the conversation itself. Knows no terminal.

use crate::commands::{Completion, Mode, Order, Outcome};

const HELP: &str = "\
A script runs when it is whole: while a bracket or a block is open, go on in the next line. Tab completes.
  :explain SCRIPT   run it and tell how: its plan, its SQL, rows read, time and budget used
  :tables           the tables and their fields
  :help             this
  :quit             end (or Ctrl-D)
Ctrl-C drops what is typed.
";

/// What stands before a script that is to be explained.
const EXPLAIN: &str = ":explain";

/// A line, or why there is none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Line {
    Text(String),
    /// What was typed is dropped.
    Interrupted,
    End,
}

/// What may stand at a byte of a line.
pub type Complete<'c> = dyn FnMut(&str, usize) -> Vec<Completion> + 'c;

/// Where lines come from.
pub trait Lines {
    fn line(&mut self, prompt: &str, complete: &mut Complete<'_>) -> Result<Line, String>;
    /// Something to look at that is no result.
    fn say(&mut self, text: &str);
    /// A script that was typed, to be found again.
    fn remember(&mut self, script: &str);
}

/// Who is asked, and how outcomes are shown.
pub struct Session<'s> {
    pub database: String,
    pub mode: Mode,
    pub ask: &'s mut dyn FnMut(Order) -> Result<Outcome, String>,
    pub show: &'s mut dyn FnMut(&Outcome),
}

/// Goes on until there are no more lines.
pub fn run(session: &mut Session<'_>, lines: &mut dyn Lines) -> Result<(), String> {
    // A database that is not there is told before anything is typed.
    (session.ask)(Order::ListTables { database: session.database.clone() })?;
    let mut typed = String::new();
    loop {
        let prompt = if typed.is_empty() { "nx> " } else { "  | " };
        let line = lines.line(prompt, &mut |line, at| session.completions(&typed, line, at))?;
        match line {
            Line::End => return Ok(()),
            Line::Interrupted => typed.clear(),
            Line::Text(line) => {
                typed.push_str(&line);
                let script = typed.trim();
                if script.is_empty() {
                    typed.clear();
                } else if is_open(script) {
                    typed.push('\n');
                } else {
                    lines.remember(script);
                    if session.obey(script, lines).is_break() {
                        return Ok(());
                    }
                    typed.clear();
                }
            }
        }
    }
}

/// Whether more lines belong to it.
fn is_open(script: &str) -> bool {
    let explained = script.strip_prefix(EXPLAIN);
    (explained.is_some() || !script.starts_with(':')) && nx::syntax::is_unfinished(explained.unwrap_or(script))
}

impl Session<'_> {
    fn obey(&mut self, script: &str, lines: &mut dyn Lines) -> std::ops::ControlFlow<()> {
        let database = self.database.clone();
        let order =
            match script.strip_prefix(':').map(|word| word.split_once(char::is_whitespace).unwrap_or((word, ""))) {
                None => Order::Script { database, script: script.to_owned(), mode: self.mode },
                Some(("explain", script)) if !script.trim().is_empty() => {
                    Order::Script { database, script: script.to_owned(), mode: Mode::Explain }
                }
                Some(("tables", "")) => Order::ListTables { database },
                Some(("quit" | "q", "")) => return std::ops::ControlFlow::Break(()),
                Some(("help", "")) => {
                    lines.say(HELP);
                    return std::ops::ControlFlow::Continue(());
                }
                Some(_) => {
                    lines.say("there is no such command; :help tells which there are\n");
                    return std::ops::ControlFlow::Continue(());
                }
            };
        match (self.ask)(order) {
            Ok(outcome) => (self.show)(&outcome),
            Err(why) => lines.say(&format!("{why}\n")),
        }
        std::ops::ControlFlow::Continue(())
    }

    /// What may stand at a byte of a line that follows what is typed already. Where nobody answers there is nothing.
    fn completions(&mut self, typed: &str, line: &str, at: usize) -> Vec<Completion> {
        let whole = format!("{typed}{line}");
        // Only what is explained is a script among what begins with a colon.
        let command = if whole.starts_with(EXPLAIN) { EXPLAIN.len() } else { 0 };
        let (Some(script), Some(cursor)) = (whole.get(command..), (typed.len() + at).checked_sub(command)) else {
            return Vec::new();
        };
        let order = Order::CompleteScript { database: self.database.clone(), script: script.to_owned(), cursor };
        let Ok(Outcome::Completions(found)) = (self.ask)(order) else { return Vec::new() };
        let in_line = |c: Completion| {
            let place = |byte: usize| (byte + command).checked_sub(typed.len());
            let (start, end) = (place(c.start)?, place(c.end)?);
            (line.get(start..end).is_some() && end == at).then_some(Completion { start, end, ..c })
        };
        found.into_iter().filter_map(in_line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    struct Typed {
        lines: std::vec::IntoIter<Line>,
        prompts: Vec<String>,
        said: String,
        remembered: Vec<String>,
        /// What is completed at the end of each line.
        offered: Vec<Vec<Completion>>,
    }

    impl Lines for Typed {
        fn line(&mut self, prompt: &str, complete: &mut Complete<'_>) -> Result<Line, String> {
            self.prompts.push(prompt.to_owned());
            let line = self.lines.next().unwrap_or(Line::End);
            if let Line::Text(text) = &line {
                self.offered.push(complete(text, text.len()));
            }
            Ok(line)
        }

        fn say(&mut self, text: &str) {
            self.said.push_str(text);
        }

        fn remember(&mut self, script: &str) {
            self.remembered.push(script.to_owned());
        }
    }

    /// What was asked, besides completions, and what the lines met.
    fn converse(lines: &[&str], answer: fn(&Order) -> Result<Outcome, String>) -> (Vec<Order>, usize, Typed) {
        let lines: Vec<Line> = lines.iter().map(|line| Line::Text((*line).to_owned())).collect();
        let mut typed = Typed {
            lines: lines.into_iter(),
            prompts: Vec::new(),
            said: String::new(),
            remembered: Vec::new(),
            offered: Vec::new(),
        };
        let (mut asked, mut shown) = (Vec::new(), 0);
        let mut session = Session {
            database: "db".to_owned(),
            mode: Mode::Query,
            ask: &mut |order| {
                let answer = answer(&order);
                if !matches!(order, Order::CompleteScript { .. }) {
                    asked.push(order);
                }
                answer
            },
            show: &mut |_| shown += 1,
        };
        run(&mut session, &mut typed).expect("it ends");
        asked.remove(0);
        (asked, shown, typed)
    }

    fn script(script: &str, mode: Mode) -> Order {
        Order::Script { database: "db".to_owned(), script: script.to_owned(), mode }
    }

    fn one(_: &Order) -> Result<Outcome, String> {
        Ok(Outcome::Ran { result: json!(1) })
    }

    #[test]
    fn a_script_runs_when_its_brackets_and_blocks_are_closed() {
        let (asked, shown, typed) = converse(&["for i in [", "1] do", "i end", "", "2"], one);
        assert_eq!(asked, [script("for i in [\n1] do\ni end", Mode::Query), script("2", Mode::Query)]);
        assert_eq!((shown, typed.remembered.len()), (2, 2));
        assert_eq!(typed.prompts, ["nx> ", "  | ", "  | ", "nx> ", "nx> ", "nx> "]);
    }

    #[test]
    fn commands_are_obeyed_and_what_is_none_is_told() {
        let (asked, _, typed) =
            converse(&[":tables", ":explain cnt(", "select A)", ":help", ":nothing", ":quit", "3"], one);
        let tables = Order::ListTables { database: "db".to_owned() };
        assert_eq!(asked, [tables, script("cnt(\nselect A)", Mode::Explain)]);
        assert!(typed.said.contains(":explain SCRIPT") && typed.said.contains("no such command"), "{}", typed.said);
    }

    #[test]
    fn what_goes_wrong_does_not_end_the_conversation() {
        let (asked, shown, typed) = converse(&["1", "2"], |order| match order {
            Order::Script { .. } => Err("nobody is there".to_owned()),
            _ => one(order),
        });
        assert_eq!((asked.len(), shown), (2, 0));
        assert_eq!(typed.said, "nobody is there\n".repeat(2));
    }

    #[test]
    fn completions_know_the_lines_before() {
        let (_, _, typed) = converse(&["cnt(", "sel"], |order| match order {
            Order::CompleteScript { script, cursor, .. } => {
                let (text, told) = (script.clone(), String::new());
                Ok(Outcome::Completions(vec![Completion { text, told, start: cursor - 3, end: *cursor }]))
            }
            _ => one(order),
        });
        let found = Completion { text: "cnt(\nsel".to_owned(), told: String::new(), start: 0, end: 3 };
        assert_eq!(typed.offered[1], [found]);
    }
}
