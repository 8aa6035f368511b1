//! Answers: what a command found or did, for people and for programs.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use serde_json::Value;

use crate::canonical::Timestamp;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, or verified.
    Done,
    /// Checked, and something is wrong.
    Wrong,
    /// The command line can't be understood.
    Usage,
    /// Could not check, or could not do.
    Failed,
}

impl Exit {
    /// Returns the process's exit code.
    pub const fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Wrong => 1,
            Exit::Usage => 2,
            Exit::Failed => 3,
        }
    }
}

/// What a command answers.
#[derive(Clone, Debug)]
pub struct Answer {
    body: Body,
    /// For stderr: hints and warnings, not part of the answer.
    notes: Vec<String>,
    pub exit: Exit,
}

#[derive(Clone, Debug)]
enum Body {
    /// One answer, as text or as a JSON object.
    One { text: String, json: Value },
    /// A list, as a table or as JSON Lines.
    Many { table: Table, json: Vec<Value> },
    /// Bytes that are the answer in either form.
    Bytes(Vec<u8>),
}

impl Answer {
    /// An answer in lines of text, or as an object.
    pub fn new(text: impl Into<String>, json: Value) -> Self {
        Self::from_body(Body::One {
            text: text.into(),
            json,
        })
    }

    /// A list.
    pub fn list(table: Table, json: Vec<Value>) -> Self {
        Self::from_body(Body::Many { table, json })
    }

    /// Nothing, where everything was said before the command ended.
    pub fn none() -> Self {
        Self::bytes(Vec::new())
    }

    /// Exact bytes.
    pub fn bytes(bytes: Vec<u8>) -> Self {
        Self::from_body(Body::Bytes(bytes))
    }

    fn from_body(body: Body) -> Self {
        Answer {
            body,
            notes: Vec::new(),
            exit: Exit::Done,
        }
    }

    /// Adds a line for stderr.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds text below an answer, and a member with the same for programs; nothing where there is no text.
    pub fn with(mut self, more: &str, member: &str, value: Value) -> Self {
        if let (Body::One { text, json }, false) = (&mut self.body, more.is_empty()) {
            text.push_str(more);
            json[member] = value;
        }
        self
    }

    /// Puts an answer into a larger one, with its notes and how it ended. Bytes stay what they are.
    pub fn within(mut self, above: &str, mut larger: Value, member: &str) -> Self {
        match &mut self.body {
            Body::One { text, json } => {
                text.insert_str(0, above);
                larger[member] = json.take();
                *json = larger;
                self
            }
            Body::Many { .. } | Body::Bytes(_) if above.is_empty() => self,
            Body::Many { .. } | Body::Bytes(_) => self.note(above.trim_end()),
        }
    }

    /// Sets how the command ended.
    pub fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// Returns the answer as JSON: of a list, an array.
    pub fn json(&self) -> Value {
        match &self.body {
            Body::One { json, .. } => json.clone(),
            Body::Many { json, .. } => json.iter().cloned().collect(),
            Body::Bytes(bytes) => String::from_utf8_lossy(bytes).into(),
        }
    }

    /// Returns the answer as text.
    pub fn text(&self) -> String {
        match &self.body {
            Body::One { text, .. } => text.clone(),
            Body::Many { table, .. } => table.render(io::stdout().is_terminal()),
            Body::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        }
    }

    /// Prints the answer. What can't be printed was not answered: `verify | head` never looks verified.
    pub(super) fn print(&self, json: bool) -> Exit {
        let printed = match &self.body {
            Body::Bytes(bytes) if !io::stdout().is_terminal() => io::stdout().write_all(bytes),
            Body::One { json: value, .. } if json => print_json(&format!("{value:#}")),
            Body::Many { json: values, .. } if json => values
                .iter()
                .try_for_each(|value| print_json(&value.to_string())),
            _ => print_text(&self.text()),
        };
        let printed = printed.and_then(|()| io::stdout().flush());
        for note in &self.notes {
            // Nothing can be said any more if stderr is closed.
            let _ = writeln!(anstream::stderr(), "{}", visible(note));
        }
        match printed {
            Ok(()) => self.exit,
            // Who closed a pipe knows.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Failed,
            Err(error) => {
                let said = format!("error: cannot write the answer: {error}");
                let _ = writeln!(anstream::stderr(), "{said}");
                Exit::Failed
            }
        }
    }
}

/// Prints JSON. What would be unseen or would turn the text around stands as an escape, which is the same JSON.
fn print_json(json: &str) -> io::Result<()> {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        // Line breaks here are the layout's: within strings they are escaped already.
        match c == '\n' || is_harmless(c) {
            true => out.push(c),
            false => write!(out, "\\u{:04x}", u32::from(c)).expect("writing to a string"),
        }
    }
    writeln!(io::stdout(), "{out}")
}

fn print_text(text: &str) -> io::Result<()> {
    write!(anstream::stdout(), "{}", visible(text))?;
    match text.is_empty() || text.ends_with('\n') {
        true => Ok(()),
        false => writeln!(anstream::stdout()),
    }
}

/// Makes control characters of recorded texts visible: a record can't move the cursor or hide a line. The
/// styles of this module stay.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(style) = STYLES.iter().find(|style| rest.starts_with(**style)) {
            out.push_str(style);
            rest = &rest[style.len()..];
            continue;
        }
        match matches!(c, '\n' | '\t') || is_harmless(c) {
            true => out.push(c),
            false => out.extend(c.escape_unicode()),
        }
        rest = &rest[c.len_utf8()..];
    }
    out
}

/// Tells whether a character neither steers a terminal nor makes text run other than it is written.
fn is_harmless(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !(c.is_control() || turns)
}

const STYLES: [&str; 5] = [
    "\u{1b}[0m",
    "\u{1b}[1m",
    "\u{1b}[2m",
    "\u{1b}[32m",
    "\u{1b}[31m",
];

/// A green mark with a word: colour never stands alone.
pub fn good(word: &str) -> String {
    styled(AnsiColor::Green.on_default(), &format!("✓ {word}"))
}

/// A red mark with a word.
pub fn bad(word: &str) -> String {
    styled(AnsiColor::Red.on_default(), &format!("✗ {word}"))
}

/// A mark for what was not checked.
pub fn unknown(word: &str) -> String {
    format!("? {word}")
}

/// Words that are not there any more, in red and brackets.
pub fn removed(words: &str) -> String {
    styled(AnsiColor::Red.on_default(), &format!("[-{words}-]"))
}

/// Words that came in, in green and brackets.
pub fn added(words: &str) -> String {
    styled(AnsiColor::Green.on_default(), &format!("{{+{words}+}}"))
}

/// Text that leads the eye.
pub fn bold(text: &str) -> String {
    styled(Style::new().bold(), text)
}

/// Text that matters less.
pub fn dim(text: &str) -> String {
    styled(Style::new().dimmed(), text)
}

fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// The time of a cosignature, given in seconds after 1970-01-01T00:00:00Z. A witness may state any.
pub fn witnessed(time: u64) -> String {
    let time_or_none = i64::try_from(time)
        .ok()
        .and_then(|s| Timestamp::from_unix_seconds(s).ok());
    time_or_none.map_or_else(
        || format!("{time} seconds after 1970"),
        |time| time.to_string(),
    )
}

/// A number of things, in words that fit it.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    match n {
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    }
}

/// Rows of text. On a terminal the columns are aligned; in a pipe they are separated by tabs.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Lays the table out.
    pub fn render(&self, terminal: bool) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let widths: Vec<usize> = (0..columns)
            .map(|i| {
                let cells = self.rows.iter().filter_map(|row| row.get(i));
                cells
                    .map(|cell| cell.chars().count())
                    .max()
                    .unwrap_or_default()
            })
            .collect();
        let mut out = String::new();
        for row in &self.rows {
            for (i, cell) in row.iter().enumerate() {
                let cell = cell.replace(['\n', '\t'], " ");
                let last = i + 1 == row.len();
                let laid_out = match (terminal, last) {
                    (_, true) => write!(out, "{cell}"),
                    (true, false) => write!(out, "{cell:<width$}  ", width = widths[i]),
                    (false, false) => write!(out, "{cell}\t"),
                };
                laid_out.expect("writing to a string");
            }
            out.push('\n');
        }
        out
    }
}
