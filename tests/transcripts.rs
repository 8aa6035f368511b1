//! Whole sessions, word for word, as they stand in `tests/transcripts`.
//!
//! `TRYCMD=overwrite cargo test --test transcripts` writes what the program says now; read it before you
//! commit it.

#[test]
fn sessions_read_as_they_are_written_down() {
    trycmd::TestCases::new()
        .env("LEDGER_KEYS", "keys")
        .env("LEDGER_STATE", "state")
        .env("LEDGER_NOW", "2026-11-20T10:00:00Z")
        .env("LEDGER_SEED", "a transcript")
        .case("tests/transcripts/*.trycmd");
}
