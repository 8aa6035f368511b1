//! Merkle nodes: whether the stored hashes are those of the entries.

use std::collections::VecDeque;

use super::finding::{Check, Finding};
use crate::log::{Hash, NodeId};
use crate::store::{Read, StoreError};

/// Nodes that are read at a time.
const CHUNK: usize = 4096;

/// The stored nodes, read in storage order while the fold computes them.
#[derive(Default)]
pub(super) struct Nodes {
    /// What was read and not yet compared.
    ahead: VecDeque<(u64, Hash)>,
    /// Where to read on.
    read_to: u64,
    /// The node that comes next.
    position: u64,
}

impl Nodes {
    /// Begins with the first node that the entry at `index` completes.
    pub(super) fn from(index: u64) -> Self {
        Nodes {
            position: NodeId::new(0, index).map_or(u64::MAX, NodeId::position),
            ..Nodes::default()
        }
    }

    /// Compares the nodes that the entry at `index` completes.
    pub(super) fn check(
        &mut self,
        index: u64,
        nodes: &[(NodeId, Hash)],
        store: &dyn Read,
    ) -> Result<Vec<Finding>, StoreError> {
        let mut findings = Vec::new();
        for (node, hash) in nodes {
            self.position = node.position();
            match self.next(store) {
                Ok(Some(found)) if found == *hash => {}
                Ok(Some(found)) => findings.push(Finding::new(Check::Node, index, hash, found)),
                Ok(None) => {
                    let expected = format!("a node at position {}", self.position);
                    findings.push(Finding::new(Check::Node, index, expected, "none"));
                }
                // What is missing or cut off is told of each entry whose hashes it held; the rest can be read.
                Err(StoreError::Damaged { found }) => {
                    findings.push(Finding::new(Check::Node, index, hash, found));
                }
                Err(error) => return Err(error),
            }
            self.position += 1;
        }
        Ok(findings)
    }

    /// Returns the stored hash at the present position.
    fn next(&mut self, store: &dyn Read) -> Result<Option<Hash>, StoreError> {
        // A row that was left over is of a position that is not the fold's.
        while self
            .ahead
            .pop_front_if(|(at, _)| *at < self.position)
            .is_some()
        {}
        if self.ahead.is_empty() {
            self.read_to = self.read_to.max(self.position);
            self.ahead.extend(store.nodes(self.read_to, CHUNK)?);
            if let Some((last, _)) = self.ahead.back() {
                self.read_to = last.saturating_add(1);
            }
        }
        let found = self.ahead.pop_front_if(|(at, _)| *at == self.position);
        Ok(found.map(|(_, hash)| hash))
    }

    /// Finds what is stored beyond the last entry's nodes.
    pub(super) fn finish(&self, store: &dyn Read) -> Result<Option<Finding>, StoreError> {
        let beyond = store.nodes(self.position, 1)?;
        Ok(beyond.first().map(|(position, _)| {
            let found = format!("a node at position {position}");
            Finding::new(Check::Node, None, format!("{} nodes", self.position), found)
        }))
    }
}
