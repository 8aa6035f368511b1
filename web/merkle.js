// The Merkle tree of the log: hashes, and what proofs of inclusion and consistency prove.
//
// Follows docs/spec/log.md, "Hashes" (RFC 6962 §2.1, verified as in RFC 9162 §2.1.3.2 and §2.1.4.2). Hashes are
// 32 bytes; sizes and indexes are BigInt or integers, up to 2^63 - 1. Nothing is hashed before the length of a
// proof is right.

import {concat, equalBytes, sha256, toBase64} from './hash.js';
import {Refusal} from './refusal.js';

export const MAX_SIZE = 2n ** 63n - 1n;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

// Returns the hash of a leaf, here the bytes of an entry.
export function leafHash(bytes) {
  return sha256(concat(LEAF, bytes));
}

// Returns the hash of the node over two others.
export function nodeHash(left, right) {
  return sha256(concat(NODE, left, right));
}

// Returns the root of the tree without leaves.
export function emptyRoot() {
  return sha256(new Uint8Array());
}

const bitLength = (n) => (n === 0n ? 0 : n.toString(2).length);
const ones = (n) => n.toString(2).replaceAll('0', '').length;

// The way from a node up to the root. Below the point where it meets the way of the tree's last leaf, each level has
// a sibling, on the side that the node's index tells; from there on only left siblings exist, one for each
// one-bit that is left of the index.
function climb(level, index, size) {
  const last = (size - 1n) >> BigInt(level);
  const inner = bitLength(index ^ last);
  return {
    len: inner + ones(index >> BigInt(inner)),
    isLeft: (above) => above >= inner || ((index >> BigInt(above)) & 1n) === 1n,
  };
}

function checkSize(size) {
  if (size > MAX_SIZE) {
    throw new Refusal('size', `expected a tree of at most ${MAX_SIZE} leaves, found ${size}`);
  }
}

function checkPathLen(path, expected) {
  if (path.length !== expected) {
    throw new Refusal('path-length', `expected a proof of ${expected} hashes, found ${path.length}`);
  }
}

function checkRoot(size, expected, found) {
  if (!equalBytes(expected, found)) {
    throw new Refusal('root', `expected root ${toBase64(expected)} at size ${size}, found ${toBase64(found)}`);
  }
}

// Checks that the tree of `size` leaves with this root has `leaf` at `index`.
export async function verifyInclusion(index, size, leaf, path, root) {
  const [at, leaves] = [BigInt(index), BigInt(size)];
  checkSize(leaves);
  if (at >= leaves) {
    throw new Refusal('index', `expected an index below the size ${leaves}, found ${at}`);
  }
  const way = climb(0, at, leaves);
  checkPathLen(path, way.len);
  let hash = leaf;
  for (const [above, sibling] of path.entries()) {
    hash = await (way.isLeft(above) ? nodeHash(sibling, hash) : nodeHash(hash, sibling));
  }
  checkRoot(leaves, root, hash);
}

// Checks that the tree of `newSize` leaves begins with the tree of `oldSize` leaves.
export async function verifyConsistency(oldSize, newSize, oldRoot, newRoot, path) {
  const [before, after] = [BigInt(oldSize), BigInt(newSize)];
  checkSize(after);
  if (before > after) {
    throw new Refusal('old-size', `expected an old size of at most the new size ${after}, found ${before}`);
  }
  if (before === 0n || before === after) {
    checkPathLen(path, 0);
    if (before === 0n) {
      checkRoot(0n, oldRoot, await emptyRoot());
    }
    if (before === after) {
      checkRoot(after, newRoot, oldRoot);
    }
    return;
  }
  let level = 0n;
  while (((before >> level) & 1n) === 0n) {
    level += 1n;
  }
  const way = climb(level, (before - 1n) >> level, after);
  // The subtree to start from is the old tree where that is complete; otherwise it is given.
  const given = before >> level === 1n ? 0 : 1;
  checkPathLen(path, given + way.len);
  const start = given === 1 ? path[0] : oldRoot;
  let [oldHash, newHash] = [start, start];
  for (const [above, sibling] of path.slice(given).entries()) {
    // What is on the left was there already; what is on the right came later.
    if (way.isLeft(above)) {
      oldHash = await nodeHash(sibling, oldHash);
      newHash = await nodeHash(sibling, newHash);
    } else {
      newHash = await nodeHash(newHash, sibling);
    }
  }
  checkRoot(before, oldRoot, oldHash);
  checkRoot(after, newRoot, newHash);
}

// A tree that grows at its end: the roots of its complete subtrees, the largest first.
export class Frontier {
  constructor() {
    this.size = 0n;
    this.roots = [];
  }

  // Returns the frontier of a tree of `size` leaves, by the hashes of its complete subtrees, the largest first.
  static of(size, roots) {
    const frontier = new Frontier();
    frontier.size = BigInt(size);
    frontier.roots = [...roots];
    return frontier;
  }

  // Adds a leaf by its hash.
  async push(leaf) {
    let hash = leaf;
    for (let left = this.size; (left & 1n) === 1n; left >>= 1n) {
      hash = await nodeHash(this.roots.pop(), hash);
    }
    this.roots.push(hash);
    this.size += 1n;
  }

  async root() {
    if (this.roots.length === 0) {
      return emptyRoot();
    }
    let hash = this.roots.at(-1);
    for (let i = this.roots.length - 2; i >= 0; i -= 1) {
      hash = await nodeHash(this.roots[i], hash);
    }
    return hash;
  }
}
