//! The pages of an SQLite file: which bytes of a ledger mean nothing.
//!
//! Follows the [file format], section 1. `docs/spec/file.md` has the list in words, under "Bytes that mean
//! nothing"; here it is computed from the file, byte by byte.
//!
//! [file format]: https://www.sqlite.org/fileformat2.html

use std::collections::BTreeMap;
use std::ops::Range;

/// Bytes of the file's header that nobody has to believe.
const HEADER: [(Range<usize>, &str); 9] = [
    (18..20, "read and write version"),
    (24..28, "change counter"),
    (40..44, "schema cookie"),
    (44..48, "schema format, of which older ones are read alike"),
    (48..52, "suggested cache size"),
    (56..60, "text encoding, of which only two bits are read"),
    (64..68, "incremental vacuum, which needs auto-vacuum"),
    (72..92, "reserved"),
    (92..100, "who wrote last"),
];

/// Tables whose first column is the row's number: what is stored in its place is not read.
const NUMBERED: [&str; 8] = [
    "entry",
    "node",
    "checkpoint",
    "ledger",
    "subject",
    "wording",
    "mark_data",
    "mark_docsize",
];

/// The tables in which the full-text index is kept.
const FULL_TEXT: [&str; 4] = ["mark_data", "mark_idx", "mark_docsize", "mark_config"];

/// Returns, for each byte that means nothing, why. `roots` are the tables and indexes, each with the number
/// of its first page.
pub fn meaningless(file: &[u8], roots: &[(String, usize)]) -> BTreeMap<usize, &'static str> {
    let mut pages = Pages {
        file,
        size: match number(&file[16..18]) {
            1 => 65536,
            size => size,
        },
        found: BTreeMap::new(),
    };
    for (range, reason) in HEADER {
        pages.mark(range, reason);
    }
    pages.tree("sqlite_schema", 1);
    for (name, root) in roots {
        pages.tree(name, *root);
    }
    pages.free_pages();
    pages.found
}

struct Pages<'f> {
    file: &'f [u8],
    size: usize,
    found: BTreeMap<usize, &'static str>,
}

/// What a cell holds beside its key.
struct Cell {
    len: usize,
    /// The page on which the payload goes on, and how much of it is there.
    overflow: Option<(usize, usize)>,
    payload_at: usize,
}

impl Pages<'_> {
    fn mark(&mut self, range: Range<usize>, reason: &'static str) {
        self.found.extend(range.map(|at| (at, reason)));
    }

    fn number_at(&self, at: usize, len: usize) -> usize {
        number(&self.file[at..at + len])
    }

    fn tree(&mut self, name: &str, page: usize) {
        let start = (page - 1) * self.size;
        let header = start + if page == 1 { 100 } else { 0 };
        let kind = self.file[header];
        let (is_interior, is_table) = match kind {
            2 => (true, false),
            5 => (true, true),
            10 => (false, false),
            13 => (false, true),
            other => panic!("page {page} of {name} is of kind {other}"),
        };
        if FULL_TEXT.contains(&name) {
            self.mark(start..start + self.size, "full-text index, checked in part");
        }
        let cells = self.number_at(header + 3, 2);
        let pointers = header + if is_interior { 12 } else { 8 };
        let content = start + self.number_at(header + 5, 2);
        let mut used = vec![false; self.size];
        used[..pointers + 2 * cells - start].fill(true);
        let mut children = Vec::new();
        for cell in 0..cells {
            let at = start + self.number_at(pointers + 2 * cell, 2);
            if is_interior {
                children.push(self.number_at(at, 4));
            }
            let cell = self.cell(name, at, is_interior, is_table);
            used[at - start..at - start + cell.len].fill(true);
            if let Some((page, left)) = cell.overflow {
                self.overflow(page, left);
            }
            if is_table && !is_interior && NUMBERED.contains(&name) {
                let at = cell.payload_at + 1;
                self.mark(at..at + 1, "type of the row's number");
            }
        }
        let mut free = self.number_at(header + 1, 2);
        while free != 0 {
            let at = start + free;
            used[free..free + 4].fill(true);
            let len = self.number_at(at + 2, 2);
            self.mark(at + 4..at + len, "free block");
            used[free..free + len].fill(true);
            free = self.number_at(at, 2);
        }
        for (at, _) in used.iter().enumerate().filter(|(_, used)| !**used) {
            let at = start + at;
            let reason = match at < content {
                true => "gap before the cells",
                false => "fragment between the cells",
            };
            self.mark(at..at + 1, reason);
        }
        if is_interior {
            children.push(self.number_at(header + 8, 4));
        }
        for child in children {
            self.tree(name, child);
        }
    }

    fn cell(&mut self, name: &str, start: usize, is_interior: bool, is_table: bool) -> Cell {
        let mut at = start + if is_interior { 4 } else { 0 };
        if is_interior && is_table {
            at += varint(&self.file[at..]).1;
            return Cell {
                len: at - start,
                overflow: None,
                payload_at: at,
            };
        }
        let (payload, len) = varint(&self.file[at..]);
        at += len;
        if is_table {
            let (_, len) = varint(&self.file[at..]);
            if name == "sqlite_schema" {
                self.mark(at..at + len, "number of a row of the schema");
            }
            at += len;
        }
        let usable = self.size;
        let most = match is_table {
            true => usable - 35,
            false => (usable - 12) * 64 / 255 - 23,
        };
        let least = (usable - 12) * 32 / 255 - 23;
        if payload <= most {
            return Cell {
                // A cell is never shorter than a free block's head.
                len: (at + payload - start).max(4),
                overflow: None,
                payload_at: at,
            };
        }
        let fitting = least + (payload - least) % (usable - 4);
        let local = if fitting <= most { fitting } else { least };
        Cell {
            len: at + local + 4 - start,
            overflow: Some((self.number_at(at + local, 4), payload - local)),
            payload_at: at,
        }
    }

    fn overflow(&mut self, mut page: usize, mut left: usize) {
        while page != 0 {
            let start = (page - 1) * self.size;
            let here = left.min(self.size - 4);
            self.mark(start + 4 + here..start + self.size, "after the last byte");
            left -= here;
            page = self.number_at(start, 4);
        }
    }

    fn free_pages(&mut self) {
        let mut trunk = self.number_at(32, 4);
        while trunk != 0 {
            let start = (trunk - 1) * self.size;
            let leaves = self.number_at(start + 4, 4);
            self.mark(start + 8 + 4 * leaves..start + self.size, "free page");
            for leaf in 0..leaves {
                let leaf = self.number_at(start + 8 + 4 * leaf, 4);
                self.mark((leaf - 1) * self.size..leaf * self.size, "free page");
            }
            trunk = self.number_at(start, 4);
        }
    }
}

fn number(bytes: &[u8]) -> usize {
    (bytes.iter()).fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// Reads a number of variable length, and tells its length.
fn varint(bytes: &[u8]) -> (usize, usize) {
    let mut number = 0;
    for (at, byte) in bytes.iter().enumerate().take(8) {
        number = number << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return (number, at + 1);
        }
    }
    (number << 8 | usize::from(bytes[8]), 9)
}
