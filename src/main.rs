//! The command line: see [`ledger::cli`].

fn main() -> std::process::ExitCode {
    ledger::cli::main()
}
