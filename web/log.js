// The log: entries, checkpoints, and the proof that an entry is in the tree under a checkpoint.
//
// Follows docs/spec/log.md, "Entry", "Checkpoint" and "Proof file".

import {parseCanonicalText} from './canonical.js';
import {equalBytes, fromBase64, toBase64, utf8} from './hash.js';
import {MAX_SIZE, emptyRoot, leafHash, verifyInclusion} from './merkle.js';
import {decimal, parseNote, verifyNote} from './note.js';
import {count, digest, list, object, string, timestamp} from './record.js';
import {Refusal, excerpt} from './refusal.js';
import {readProof} from './sign.js';

export const MAX_ENTRY_LEN = 65_535;
export const MAX_PATH_LEN = 63;
const MAX_TLOG_PROOF_LEN = 2 << 20;
const HEADER = 'c2sp.org/tlog-proof@v1';

const PROOF = object({
  created: timestamp,
  cryptosuite: string,
  proofPurpose: string,
  proofValue: string,
  type: string,
  verificationMethod: string,
});

const ENTRY = object({
  index: count,
  kind: string,
  prev: digest,
  proof: list((value, at) => {
    PROOF(value, at);
    readProof(value);
  }),
  record: digest,
  recorded: timestamp,
});

// Reads an entry from its canonical text.
export function parseEntry(text) {
  const bytes = text.length > MAX_ENTRY_LEN ? null : utf8(text);
  if (bytes === null || bytes.length > MAX_ENTRY_LEN) {
    throw new Refusal('length', `expected an entry of at most ${MAX_ENTRY_LEN} bytes, found more`);
  }
  let value;
  try {
    value = parseCanonicalText(text);
    ENTRY(value, '');
  } catch (error) {
    throw error instanceof Refusal ? new Refusal('json', error.message) : error;
  }
  if (!/^[a-z-]{1,32}$/.test(value.kind)) {
    throw new Refusal('kind', `entry member "kind": expected 1 to 32 characters of a to z and -, found ${excerpt(value.kind, 40)}`);
  }
  if (value.proof.length !== 1) {
    throw new Refusal('proof-count', `entry member "proof": expected one proof, found ${value.proof.length}`);
  }
  return {...value, proof: readProof(value.proof[0]), bytes};
}

// Reads the text of a checkpoint, whoever signed it.
export async function parseCheckpoint(text) {
  const lines = text.slice(0, -1).split('\n');
  if (!text.endsWith('\n') || /[\0-\x09\x0b-\x1f]/.test(text) || lines.includes('')) {
    throw new Refusal('lines', 'expected non-empty lines without control characters, each with a line feed at its end');
  }
  const [origin, sizeText, rootText] = lines;
  const missing = (what) =>
    new Refusal('missing-line', `expected the line with the checkpoint's ${what}, found the end`);
  if (sizeText === undefined) {
    throw missing('size');
  }
  const size = decimal(sizeText);
  if (size === null || size > MAX_SIZE) {
    throw new Refusal('size', `expected a size of 0 to ${MAX_SIZE} in plain decimal digits, found ${excerpt(sizeText, 120)}`);
  }
  if (rootText === undefined) {
    throw missing('root');
  }
  const root = parseHash(rootText, 'root');
  if (size === 0n && !equalBytes(root, await emptyRoot())) {
    throw new Refusal('empty-root', `expected the root of no leaves at size 0, found ${rootText}`);
  }
  return {origin, size, root};
}

// Returns the text of a checkpoint: three lines.
export function writeCheckpoint({origin, size, root}) {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

// Reads a signed checkpoint of the log with this key, and checks its signature. Lines by other keys are ignored.
export async function openCheckpoint(note, logKey) {
  const read = typeof note === 'string' ? parseNote(note) : note;
  await verifyNote(read, [logKey]);
  const checkpoint = await parseCheckpoint(read.text);
  if (checkpoint.origin !== logKey.name) {
    throw new Refusal('other-origin', `expected a checkpoint of "${logKey.name}", found one of ${excerpt(checkpoint.origin, 120)}`);
  }
  return checkpoint;
}

// Reads what stands in a proof file before the checkpoint: with the blank line, and nothing behind it.
export function parseProofHead(head) {
  checkProof(head);
  if (!head.endsWith('\n\n') || head.indexOf('\n\n') !== head.length - 2) {
    throw noCheckpoint();
  }
  return parseHead(head.slice(0, -2));
}

// Reads a proof file, and returns what it says of an entry and the note of its checkpoint.
export function parseTlogProof(text) {
  checkProof(text);
  const blank = text.indexOf('\n\n');
  if (blank < 0) {
    throw noCheckpoint();
  }
  return {...parseHead(text.slice(0, blank)), note: parseNote(text.slice(blank + 2))};
}

// Checks that the log with this key has `entry` (bytes) where the proof says, and returns the checkpoint.
export async function verifyTlogProof(proof, entry, logKey) {
  const checkpoint = await openCheckpoint(proof.note, logKey);
  await verifyInclusion(proof.index, checkpoint.size, await leafHash(entry), proof.path, checkpoint.root);
  return checkpoint;
}

function checkProof(text) {
  if (text.length > MAX_TLOG_PROOF_LEN || utf8(text).length > MAX_TLOG_PROOF_LEN) {
    throw new Refusal('length', `expected a proof of at most ${MAX_TLOG_PROOF_LEN} bytes, found more`);
  }
  const end = text.indexOf('\n');
  const header = end < 0 ? text : text.slice(0, end);
  if (header !== HEADER) {
    throw new Refusal('header', `expected "${HEADER}" in the first line, found ${excerpt(header, 120)}`);
  }
}

function noCheckpoint() {
  return new Refusal('no-checkpoint', 'expected a blank line and a checkpoint after the hashes');
}

// Reads the lines between the header, which was checked, and the blank line.
function parseHead(head) {
  const lines = head.split('\n').slice(1);
  let extra = null;
  if (lines[0]?.startsWith('extra')) {
    const line = lines.shift();
    extra = line.startsWith('extra ') ? fromBase64(line.slice('extra '.length)) : null;
    if (extra === null || extra.length === 0) {
      throw new Refusal('extra', `expected extra data in base64, and no such line where there is none, found ${excerpt(line, 120)}`);
    }
  }
  const line = lines.shift() ?? '';
  const index = line.startsWith('index ') ? decimal(line.slice('index '.length)) : null;
  if (index === null || index >= MAX_SIZE) {
    throw new Refusal('index', `expected a line "index N" with N from 0 to below ${MAX_SIZE}, found ${excerpt(line, 120)}`);
  }
  if (lines.length > MAX_PATH_LEN) {
    throw new Refusal('path-too-long', `expected at most ${MAX_PATH_LEN} hashes, found ${lines.length}`);
  }
  return {index, path: lines.map((hash) => parseHash(hash, 'hash')), extra};
}

function parseHash(text, rule) {
  const hash = text.length === 44 ? fromBase64(text) : null;
  if (hash === null || hash.length !== 32) {
    throw new Refusal(rule, `expected the base64 of 32 bytes, found ${excerpt(text, 60)}`);
  }
  return hash;
}
