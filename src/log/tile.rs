//! Tiles: the Merkle tree, and the entries under it, cut into files that never change.
//!
//! Follows C2SP [tlog-tiles] at tile height 8. A full tile holds 256 hashes of one level of the tree,
//! the levels 0, 8, 16 and so on; the hashes between are computed from them. An entry bundle holds
//! the 256 entries under a tile of level 0. The last of each may be partial: it is named after its
//! width, so that a wider one is another file. Pure computation: who keeps tiles, and where, is no
//! matter here, and whoever reads them must compare what follows from them with a signed root.
//!
//! [tlog-tiles]: https://c2sp.org/tlog-tiles

use std::fmt;
use std::str::FromStr;

use super::entry::MAX_ENTRY_LEN;
use super::merkle::{HashReader, NodeId};
use super::{Hash, node_hash};

/// Hashes in a full tile, and entries in a full bundle.
pub const TILE_WIDTH: u64 = 256;

/// Levels of the tree that lie within one tile.
const HEIGHT: u8 = 8;

/// Length of a hash in bytes.
const HASH_LEN: usize = 32;

/// Longest tile in bytes: a bundle of 256 entries of the greatest length.
pub const MAX_TILE_LEN: usize = TILE_WIDTH as usize * (2 + MAX_ENTRY_LEN);

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Row {
    /// Entries: the tile is an entry bundle.
    Entries,
    /// Hashes of the tree's level `8 * level`, for a level of 0 to 7.
    Hashes { level: u8 },
}

/// The name of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    row: Row,
    index: u64,
    width: u64,
}

/// Why a path or bytes are not a tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    #[error("expected tile/L/N or tile/entries/N, N in groups of three digits, found {found:?}")]
    Path { found: String },
    #[error("{tile}: expected {expected} bytes, found {found}")]
    Length {
        tile: Tile,
        expected: usize,
        found: usize,
    },
    #[error("{tile}: expected {expected} entries, each after its length, found another end")]
    Bundle { tile: Tile, expected: u64 },
}

impl Row {
    /// Returns all rows that a log of this size has: entries, and hashes of each level.
    pub fn all(size: u64) -> impl Iterator<Item = Row> {
        let levels = (0..HEIGHT).take_while(move |level| size >> (level * HEIGHT) > 0);
        let entries = (size > 0).then_some(Row::Entries);
        entries
            .into_iter()
            .chain(levels.map(|level| Row::Hashes { level }))
    }

    /// Returns how many entries or hashes this row has in a log of this size.
    fn len(self, size: u64) -> u64 {
        match self {
            Row::Entries => size,
            Row::Hashes { level } => size >> (level * HEIGHT),
        }
    }

    /// Returns the tiles that a log of `new` entries has and one of `old` entries had not: full ones, and
    /// at most one partial tile at the end.
    pub fn grown(self, old: u64, new: u64) -> impl Iterator<Item = Tile> {
        let (old, new) = (self.len(old), self.len(new));
        let first = if old < new {
            old / TILE_WIDTH
        } else {
            u64::MAX
        };
        (first..new.div_ceil(TILE_WIDTH)).map(move |index| Tile {
            row: self,
            index,
            width: TILE_WIDTH.min(new - index * TILE_WIDTH),
        })
    }

    /// Returns the tile that holds what is at `at` in this row, as wide as a log of this size has it: none
    /// if the log ends before.
    pub fn tile(self, at: u64, size: u64) -> Option<Tile> {
        let len = self.len(size);
        let index = at / TILE_WIDTH;
        (at < len).then(|| Tile {
            row: self,
            index,
            width: TILE_WIDTH.min(len - index * TILE_WIDTH),
        })
    }
}

impl Tile {
    /// Returns what the tile holds.
    pub fn row(self) -> Row {
        self.row
    }

    /// Returns the place in the row, in it, of the tile's first hash or entry.
    pub fn start(self) -> u64 {
        self.index * TILE_WIDTH
    }

    /// Returns how many hashes or entries it holds: 1 to 256.
    pub fn width(self) -> u64 {
        self.width
    }

    /// Tells whether the tile is full, and will never be replaced by a wider one.
    pub fn is_full(self) -> bool {
        self.width == TILE_WIDTH
    }

    /// Returns the full tile that replaces this one when the log has grown.
    pub fn full(self) -> Tile {
        Tile {
            width: TILE_WIDTH,
            ..self
        }
    }

    /// Returns the bytes of a tile of hashes.
    ///
    /// # Errors
    ///
    /// What the store fails with.
    pub fn hashes<R: HashReader>(self, level: u8, hashes: &R) -> Result<Vec<u8>, R::Error> {
        let mut bytes = Vec::with_capacity(HASH_LEN * self.width as usize);
        for at in self.start()..self.start() + self.width {
            let node = NodeId::at(u32::from(level * HEIGHT), at);
            bytes.extend_from_slice(hashes.hash(node)?.as_bytes());
        }
        Ok(bytes)
    }

    /// Reads a tile of hashes.
    ///
    /// # Errors
    ///
    /// [`TileError::Length`] if it is not exactly as long as it must be.
    pub fn parse_hashes(self, bytes: &[u8]) -> Result<Vec<Hash>, TileError> {
        let expected = HASH_LEN * self.width as usize;
        if bytes.len() != expected {
            return Err(TileError::Length {
                tile: self,
                expected,
                found: bytes.len(),
            });
        }
        let (hashes, _) = bytes.as_chunks::<HASH_LEN>();
        Ok(hashes.iter().map(|hash| Hash::from_bytes(*hash)).collect())
    }

    /// Reads an entry bundle.
    ///
    /// # Errors
    ///
    /// [`TileError::Bundle`] if it does not hold exactly as many entries as it must.
    pub fn parse_entries(self, mut bytes: &[u8]) -> Result<Vec<Vec<u8>>, TileError> {
        let wrong = || TileError::Bundle {
            tile: self,
            expected: self.width,
        };
        let mut entries = Vec::new();
        while !bytes.is_empty() && (entries.len() as u64) < TILE_WIDTH {
            let (len, rest) = bytes.split_first_chunk().ok_or_else(wrong)?;
            let len = usize::from(u16::from_be_bytes(*len));
            let (entry, rest) = rest.split_at_checked(len).ok_or_else(wrong)?;
            entries.push(entry.to_vec());
            bytes = rest;
        }
        match bytes.is_empty() && entries.len() as u64 == self.width {
            true => Ok(entries),
            false => Err(wrong()),
        }
    }
}

/// Writes an entry bundle: each entry after its length in two bytes, the greater first.
///
/// Entries have at most [`MAX_ENTRY_LEN`] bytes; a longer one, which no log holds, is cut off there.
pub fn entry_bundle<'a>(entries: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        let len = u16::try_from(entry.len()).unwrap_or(u16::MAX);
        bytes.extend_from_slice(&len.to_be_bytes());
        bytes.extend_from_slice(&entry[..usize::from(len)]);
    }
    bytes
}

/// Where the hash of a node comes from: some hashes that stand side by side in one tile.
pub struct Source {
    pub row: Row,
    /// Place in the row of the first.
    pub at: u64,
    /// How many: a power of two, at most 128.
    pub len: u64,
}

/// Returns where to find the hash of a node in tiles.
pub fn source(node: NodeId) -> Source {
    let within = node.level() % HEIGHT;
    Source {
        row: Row::Hashes {
            level: node.level() / HEIGHT,
        },
        at: node.index() << within,
        len: 1 << within,
    }
}

/// Returns the hash of the complete subtree over these hashes; their number is a power of two.
pub fn subtree(hashes: &[Hash]) -> Option<Hash> {
    match hashes {
        [] => None,
        [only] => Some(*only),
        hashes => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            Some(node_hash(&subtree(left)?, &subtree(right)?))
        }
    }
}

impl fmt::Display for Tile {
    /// Writes the path, relative to where the log is published.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            Row::Entries => write!(f, "tile/entries/")?,
            Row::Hashes { level } => write!(f, "tile/{level}/")?,
        }
        // Groups of three digits, all but the last after an x: 1234067 is x001/x234/067.
        let mut groups = vec![format!("{:03}", self.index % 1000)];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        groups.reverse();
        write!(f, "{}", groups.join("/"))?;
        match self.is_full() {
            true => Ok(()),
            false => write!(f, ".p/{}", self.width),
        }
    }
}

impl FromStr for Tile {
    type Err = TileError;

    fn from_str(path: &str) -> Result<Self, TileError> {
        let wrong = || TileError::Path {
            found: path.chars().take(120).collect(),
        };
        let rest = path.strip_prefix("tile/").ok_or_else(wrong)?;
        let (row, rest) = rest.split_once('/').ok_or_else(wrong)?;
        let row = match row {
            "entries" => Row::Entries,
            level => Row::Hashes {
                level: (level.parse().ok())
                    .filter(|level| *level < HEIGHT)
                    .ok_or_else(wrong)?,
            },
        };
        let (groups, width) = match rest.split_once(".p/") {
            Some((groups, width)) => (groups, width.parse().map_err(|_| wrong())?),
            None => (rest, TILE_WIDTH),
        };
        let mut index: u64 = 0;
        for group in groups.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            let number: u64 = digits.parse().map_err(|_| wrong())?;
            index = (index.checked_mul(1000))
                .and_then(|index| index.checked_add(number))
                .filter(|index| *index <= u64::MAX / TILE_WIDTH)
                .ok_or_else(wrong)?;
        }
        let tile = Tile { row, index, width };
        // A path has one form: whatever else was read above is written otherwise.
        match (1..=TILE_WIDTH).contains(&width) && tile.to_string() == path {
            true => Ok(tile),
            false => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::merkle::Frontier;
    use super::*;
    use crate::log::leaf_hash;

    fn names(row: Row, old: u64, new: u64) -> Vec<String> {
        row.grown(old, new).map(|tile| tile.to_string()).collect()
    }

    const LEVEL_0: Row = Row::Hashes { level: 0 };

    #[test]
    fn log_of_70000_entries_has_the_tiles_of_the_specification() {
        let level = |level| names(Row::Hashes { level }, 0, 70_000);
        assert_eq!(level(0).len(), 274);
        assert_eq!(level(0)[272..], ["tile/0/272", "tile/0/273.p/112"]);
        assert_eq!(level(1), ["tile/1/000", "tile/1/001.p/17"]);
        assert_eq!(level(2), ["tile/2/000.p/1"]);
        assert_eq!(level(3), [""; 0]);
        assert_eq!(Row::all(70_000).count(), 4);
        assert_eq!(
            names(Row::Entries, 69_999, 70_000),
            ["tile/entries/273.p/112"]
        );
    }

    #[test]
    fn tile_of_no_width_is_none() {
        assert_eq!(Row::all(0).count(), 0);
        assert_eq!(names(LEVEL_0, 0, 256), ["tile/0/000"]);
        assert_eq!(names(Row::Hashes { level: 1 }, 0, 256), ["tile/1/000.p/1"]);
        assert_eq!(names(LEVEL_0, 256, 256), [""; 0]);
        assert_eq!(names(LEVEL_0, 255, 257), ["tile/0/000", "tile/0/001.p/1"]);
        assert_eq!(names(LEVEL_0, 5, 4), [""; 0]);
    }

    #[test]
    fn path_has_one_form() {
        for path in [
            "tile/0/000",
            "tile/7/x001/x234/067",
            "tile/entries/x001/000.p/255",
            "tile/1/999.p/1",
        ] {
            assert_eq!(path.parse::<Tile>().unwrap().to_string(), path);
        }
        for path in [
            "",
            "tile/",
            "tile/0/0",
            "tile/8/000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/x000/000",
            "tile/0/001/000",
            "tile/0/+01",
            "tile/-1/000",
            "tile/entries/000/",
            "/tile/0/000",
            "tile/0/../000",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert!(path.parse::<Tile>().is_err(), "{path}");
        }
    }

    #[test]
    fn every_node_is_found_in_tiles() {
        let mut hashes: Vec<Hash> = Vec::new();
        let mut frontier = Frontier::new();
        let size = 1_000_u64;
        let mut nodes = Vec::new();
        for leaf in 0..size {
            for (node, hash) in frontier.push(leaf_hash(&leaf.to_be_bytes())).unwrap() {
                hashes.push(hash);
                nodes.push((node, hash));
            }
        }
        for (node, hash) in nodes {
            let Source { row, at, len } = source(node);
            let tile = row.tile(at, size).unwrap();
            let Row::Hashes { level } = row else {
                panic!("a node lies among hashes");
            };
            let bytes = tile.hashes(level, &hashes).unwrap();
            let held = tile.parse_hashes(&bytes).unwrap();
            let first = (at - tile.start()) as usize;
            let found = subtree(&held[first..first + len as usize]);
            assert_eq!(found, Some(hash), "{node}");
        }
    }

    #[test]
    fn bundle_is_read_as_it_was_written_or_refused() {
        let entries: Vec<Vec<u8>> = (0..256_usize).map(|len| vec![7; len]).collect();
        let bytes = entry_bundle(entries.iter().map(Vec::as_slice));
        let full = Row::Entries.tile(0, 256).unwrap();
        assert_eq!(full.parse_entries(&bytes).unwrap(), entries);
        let partial = Row::Entries.tile(0, 3).unwrap();
        assert!(partial.parse_entries(&bytes).is_err());
        let three = entry_bundle(entries[..3].iter().map(Vec::as_slice));
        assert_eq!(partial.parse_entries(&three).unwrap(), entries[..3]);
        assert!(full.parse_entries(&three).is_err());
        for cut in 0..three.len() {
            assert!(partial.parse_entries(&three[..cut]).is_err(), "{cut}");
        }
        assert!(
            partial
                .parse_entries(&[&bytes[..], &[0, 0]].concat())
                .is_err()
        );
        let hashes = LEVEL_0.tile(0, 3).unwrap();
        assert!(hashes.parse_hashes(&[0; 96]).is_ok());
        assert!(hashes.parse_hashes(&[0; 8192]).is_err());
        assert!(hashes.parse_hashes(&[0; 95]).is_err());
    }
}
