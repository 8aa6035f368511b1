"""What people use instead, over the same records: a git repository with one SSH-signed commit a record, and a plain
Python script with a hash chain in sqlite3 and Ed25519 of `cryptography`.

    python3 benches/others.py target/tmp/bench/1000.ledger

Reads the records out of a ledger file, writes them again in both ways, and verifies. Prints seconds and microseconds a
record. Needs git, ssh-keygen and the package `cryptography`; everything is written to a folder that is removed.
"""

import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

RECORDS_IN_A_COMMIT = 1000


def records(ledger):
    connection = sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)
    rows = connection.execute("SELECT object.bytes FROM entry JOIN object ON digest = record ORDER BY idx")
    return [bytes(row[0]) for row in rows]


def show(what, began, count):
    seconds = time.perf_counter() - began
    print(f"{what:34} {seconds:9.3f} s {seconds / count * 1e6:10.1f} us/record")


def with_git(all_records, folder):
    key = folder / "key"
    run = lambda *command, **more: subprocess.run(command, check=True, capture_output=True, cwd=folder, **more)
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key))
    (folder / "signers").write_text("desk@example.org " + Path(f"{key}.pub").read_text())
    run("git", "init", "-q", "repository")
    git = lambda *command, **more: run("git", "-C", "repository", *command, **more)
    for name, value in [
        ("user.name", "Desk"),
        ("user.email", "desk@example.org"),
        ("gpg.format", "ssh"),
        ("user.signingkey", str(key)),
        ("gpg.ssh.allowedSignersFile", str(folder / "signers")),
        ("commit.gpgsign", "true"),
        ("gc.auto", "0"),
    ]:
        git("config", name, value)
    began = time.perf_counter()
    for record in all_records:
        name = hashlib.sha256(record).hexdigest()
        path = folder / "repository" / name[:2] / name[2:]
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(record)
        git("add", str(path))
        git("commit", "-q", "-m", name)
    show("git: one signed commit a record", began, len(all_records))
    began = time.perf_counter()
    marks = git("log", "--format=%G?").stdout.split()
    assert marks == [b"G"] * len(all_records), set(marks)
    show("git log --format=%G?", began, len(all_records))
    began = time.perf_counter()
    git("fsck", "--full", "--strict")
    show("git fsck", began, len(all_records))


def with_python(all_records, folder):
    key = Ed25519PrivateKey.generate()
    connection = sqlite3.connect(folder / "chain.db")
    connection.execute("PRAGMA journal_mode = wal")
    connection.execute("PRAGMA synchronous = full")
    connection.execute("CREATE TABLE chain (idx INTEGER PRIMARY KEY, hash BLOB UNIQUE, signature BLOB, bytes BLOB)")
    began = time.perf_counter()
    last = bytes(32)
    for index, record in enumerate(all_records):
        last = hashlib.sha256(last + record).digest()
        connection.execute("INSERT INTO chain VALUES (?, ?, ?, ?)", (index, last, key.sign(last), record))
        if index % RECORDS_IN_A_COMMIT == RECORDS_IN_A_COMMIT - 1:
            connection.commit()
    connection.commit()
    show("python: append, commit each 1,000", began, len(all_records))
    began = time.perf_counter()
    public, last = key.public_key(), bytes(32)
    for index, hash_, signature, record in connection.execute("SELECT * FROM chain ORDER BY idx"):
        last = hashlib.sha256(last + record).digest()
        assert last == hash_, index
        public.verify(signature, last)
    show("python: verify", began, len(all_records))


def main():
    all_records = records(sys.argv[1])
    print(f"{len(all_records)} records, {sum(map(len, all_records)) / len(all_records):.0f} bytes each")
    for ways in [with_python, with_git]:
        if ways is with_git and len(all_records) > int(os.environ.get("MOST_COMMITS", 20_000)):
            print("git: left out, it would take too long; set MOST_COMMITS")
            continue
        with tempfile.TemporaryDirectory() as folder:
            ways(all_records, Path(folder))


main()
