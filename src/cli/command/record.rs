//! `ledger record`: a whole dossier in one transaction.

use std::path::{Component, Path};

use clap::Args;

use crate::canonical::{ArticleText, Digest};
use crate::cli::answer::Answer;
use crate::cli::context::{Context, read_input};
use crate::cli::error::CliError;
use crate::cli::submission::{Desk, Item, Signing};
use crate::ingest::dossier::{Dossier, Draft, Surroundings};
use crate::verify::anchors::read_text;

/// Record a dossier of articles, sources, claims, reviews and relations, all or nothing
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger record dossier.json --as ada --dry-run
  ledger record dossier.json --as ada --json")]
pub struct Arguments {
    /// The dossier, in JSON or TOML, or - for stdin; `file` names in it are relative to it
    dossier: String,
    #[command(flatten)]
    signing: Signing,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let path = Path::new(&arguments.dossier);
    let bytes = read_input(&arguments.dossier)?;
    let refused = |error: &dyn std::fmt::Display| {
        CliError::refused(format!("{}: {error}", arguments.dossier)).hint("nothing was appended")
    };
    // Editors on Windows put a mark before the text.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let is_toml = match path.extension() {
        Some(extension) => extension == "toml",
        // From stdin: a dossier in JSON is an object.
        None => !bytes.trim_ascii_start().starts_with(b"{"),
    };
    let dossier = match std::str::from_utf8(bytes) {
        Ok(text) if is_toml => Dossier::from_toml(text),
        _ => Dossier::from_json(bytes),
    };
    let dossier = dossier.map_err(|error| refused(&error))?;
    let desk = Desk::open(context, &arguments.signing)?;
    let mut surroundings = Beside {
        folder: path.parent().unwrap_or(Path::new("")),
        desk: &desk,
        items: Vec::new(),
    };
    dossier
        .seal_all(&mut surroundings)
        .map_err(|error| refused(&error))?;
    let items = surroundings.items;
    if items.is_empty() {
        return Err(
            CliError::refused(format!("{}: the dossier is empty", arguments.dossier))
                .hint("nothing was appended; `ledger help formats` names the dossier's schema"),
        );
    }
    desk.append_all(items)
}

/// A dossier's folder, and the ledger at hand.
struct Beside<'a> {
    folder: &'a Path,
    desk: &'a Desk<'a>,
    items: Vec<Item>,
}

impl Surroundings for Beside<'_> {
    fn file(&self, name: &str) -> Result<Vec<u8>, String> {
        let path = Path::new(name);
        // A dossier may come from somebody else: it names what lies beside it, and nothing above.
        let inside = path
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !inside {
            return Err("expected a path below the dossier's folder".to_owned());
        }
        // A link may lead anywhere, to a secret key too; a pipe may never end.
        let folder = match self.folder == Path::new("") {
            true => Path::new("."),
            false => self.folder,
        };
        let real = |path: &Path| {
            let real = path.canonicalize();
            real.map_err(|error| format!("cannot open {}: {error}", path.display()))
        };
        let (path, folder) = (real(&folder.join(path))?, real(folder)?);
        if !path.starts_with(folder) || !path.is_file() {
            return Err(
                "expected a file below the dossier's folder, found a link to elsewhere or no file"
                    .to_owned(),
            );
        }
        read_input(&path).map_err(|error| error.message().to_owned())
    }

    fn text_of(&self, record: &Digest) -> Result<Option<ArticleText>, String> {
        let store = self.desk.read();
        read_text(&|digest| store.object(digest), record).map_err(|error| error.to_string())
    }

    fn seal(&mut self, draft: Draft) -> Result<Digest, String> {
        let submission = self
            .desk
            .seal(draft.content, draft.objects)
            .map_err(|error| error.message().to_owned())?;
        let digest = submission.digest();
        self.items.push(Item {
            id: Some(draft.id),
            submission,
        });
        Ok(digest)
    }
}
