//! `ledger serve`: the reader's site over HTTP.

use std::net::{SocketAddr, TcpListener};

use clap::Args;
use serde_json::json;

use super::publish::Texts;
use crate::cli::answer::Answer;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::serve::{Options, Server};

/// Serve the reader's pages, the published files and an API for reading, until interrupted
///
/// Gives out what `ledger publish` writes, as the ledger stands at each request. On this machine only unless
/// --listen says otherwise; for the public, put a server with TLS before it: a browser checks a proof only on a
/// page that came over https:// or from this machine. Nothing can be changed through it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger serve --listen 127.0.0.1:0
  ledger serve --listen 127.0.0.1:0 --prefix /facts --json")]
pub struct Arguments {
    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8400")]
    listen: SocketAddr,
    /// What stands before every path, if a proxy passes it on
    #[arg(
        long,
        value_name = "PATH",
        default_value = "",
        hide_default_value = true
    )]
    prefix: String,
    /// Whether to give out article texts, originals and snapshots too: only if they are yours
    #[arg(long, value_enum, default_value_t = Texts::None, value_name = "WHICH")]
    texts: Texts,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let prefix = arguments.prefix.trim_end_matches('/');
    let is_path = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
    if !(prefix.is_empty() || prefix.starts_with('/') && prefix.chars().all(is_path)) {
        return Err(CliError::usage(format!(
            "--prefix: expected a path such as /facts, found {:?}",
            arguments.prefix
        ))
        .hint("it begins with a slash, and has letters, digits, - _ . ~ and slashes"));
    }
    let server = Server::open(Options {
        ledger: context.ledger_path()?,
        texts: arguments.texts.into(),
        prefix: prefix.to_owned(),
        report: |problem| anstream::eprintln!("error: {problem}\n\nhint: run `ledger verify`"),
    })?;
    let address = arguments.listen;
    let failed = |error| {
        CliError::failed(format!("cannot listen on {address}: {error}"))
            .hint("name another port with --listen; port 0 takes a free one")
    };
    let listener = TcpListener::bind(address).map_err(failed)?;
    let url = format!("http://{}{prefix}/", listener.local_addr().map_err(failed)?);
    context.announce(&Answer::new(
        format!("{url}\n"),
        json!({ "format": 1, "url": url }),
    ))?;
    server.serve(listener).map_err(failed)?;
    Ok(Answer::none())
}
