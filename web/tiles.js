// The published log: what was recorded since a bundle was made, read from the files of the same site.
//
// Follows docs/spec/published.md and docs/spec/log.md (C2SP tlog-tiles at tile height 8). Nothing that the site gives out is
// believed: what is read must lead to the root that the log signed, and the log must continue the bundle's.

import {parseCanonical} from './canonical.js';
import {digestOf, equalBytes, fromHex, toHex} from './hash.js';
import {openCheckpoint, parseEntry} from './log.js';
import {Frontier, leafHash, nodeHash} from './merkle.js';
import {parseVerifierKey} from './note.js';
import {allOf} from './notices.js';
import {KINDS, MAX_RECORD_LEN, checkRecord, objects, references, spokenOf} from './record.js';
import {Refusal, Unsupported} from './refusal.js';

export const TILE_WIDTH = 256;
const HEIGHT = 8n;
const HASH_LEN = 32;
const MAX_ENTRIES_LEN = TILE_WIDTH * (2 + 65_535);
const MAX_NOTE_LEN = 1 << 20;

// More entries than this since the bundle are not read: a reader waits for each.
export const MAX_NEWER = 10_000;

// Entries from before the bundle's checkpoint that are looked through, from the last backwards.
export const MAX_BACK = 1024;

// Records of these that are read, at most, and how many at a time.
const MAX_READ_BACK = 96;
const AT_A_TIME = 8;

// What can speak of a record, by how much it may change what is said of it. A claim or a source can't.
const SPEAKING = [
  'erasure',
  'correction',
  'revocation',
  'review',
  'response',
  'approval',
  'consent',
  'foreign',
  'disclosure',
  'observation',
  'relation',
  'article',
];

// Returns the path of a tile: `row` is `entries` or a level from 0, `width` 1 to 256.
export function tilePath(row, index, width) {
  const groups = [`${index % 1000n}`.padStart(3, '0')];
  for (let rest = index / 1000n; rest > 0n; rest /= 1000n) {
    groups.unshift(`x${`${rest % 1000n}`.padStart(3, '0')}`);
  }
  return `tile/${row}/${groups.join('/')}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

// Reads a tile of hashes, exactly as long as it must be.
export function parseHashes(bytes, width) {
  if (bytes.length !== HASH_LEN * width) {
    throw new Refusal('tile-length', `expected a tile of ${HASH_LEN * width} bytes, found ${bytes.length}`);
  }
  return Array.from({length: width}, (_, i) => bytes.slice(HASH_LEN * i, HASH_LEN * (i + 1)));
}

// Reads an entry bundle: each entry after its length in two bytes, the greater first.
export function parseEntries(bytes, width) {
  const entries = [];
  let at = 0;
  while (at < bytes.length && entries.length < TILE_WIDTH) {
    const len = at + 2 <= bytes.length ? 256 * bytes[at] + bytes[at + 1] : Infinity;
    if (at + 2 + len > bytes.length) {
      break;
    }
    entries.push(bytes.slice(at + 2, at + 2 + len));
    at += 2 + len;
  }
  if (at !== bytes.length || entries.length !== width) {
    throw new Refusal('tile-entries', `expected ${width} entries, each after its length, found another end`);
  }
  return entries;
}

// Returns a reader of files below an address. Nothing is read of a file beyond `most` bytes. It throws `Unsupported` for what
// the site does not answer: that is no proof of anything.
export function fetchFrom(base, fetchFile = globalThis.fetch.bind(globalThis)) {
  return async (path, most) => {
    let response;
    try {
      response = await fetchFile(new URL(path, base), {credentials: 'omit'});
    } catch {
      throw new Unsupported(`${path} can't be reached`);
    }
    if (!response.ok) {
      throw new Unsupported(`${path}: expected the file, found answer ${response.status}`);
    }
    const chunks = [];
    let len = 0;
    const reader = response.body.getReader();
    for (;;) {
      const {done, value} = await reader.read();
      if (done) {
        break;
      }
      len += value.length;
      if (len > most) {
        await reader.cancel();
        throw new Refusal('length', `${path}: expected at most ${most} bytes, found more`);
      }
      chunks.push(value);
    }
    const bytes = new Uint8Array(len);
    let at = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  };
}

// Compares a bundle that was checked with the log as its site publishes it now.
//
// `result` is what `checkBundle` returned, `read` is `fetchFrom(address)` or the like: from a path and a number of bytes to
// the bytes. Returns `{outcome, size?, recorded?, later?, unread?, leftOut?, from?, unreadBefore?, why?}`, where `outcome` is
//
//     left-out       the bundle lacks what was said before its own checkpoint: `leftOut` lists {index, kind, hash, record}
//     current        nothing was said since of what is in the bundle
//     outdated       something was: `later` lists {index, kind, hash, record}
//     unknown        whether something was can't be told: `unread` lists {index, kind, hash}
//     older          the site shows fewer entries than the bundle speaks of
//     contradicted   it is another log, or the same with another history
//     not-compared   it can't be read
//
// Of what was recorded before the bundle's checkpoint, the entries from `from` on were looked through, and `unreadBefore`
// records of them could not be read. That nothing at all was left out, only a ledger with its look-ups tells.
export async function compareWithSite(result, read) {
  try {
    return await compare(result, read);
  } catch (error) {
    if (error instanceof Refusal) {
      return {outcome: 'contradicted', why: error.message};
    } else if (error instanceof Unsupported) {
      return {outcome: 'not-compared', why: error.message};
    }
    throw error;
  }
}

async function compare(result, read) {
  const logKey = await parseVerifierKey(result.logKey);
  const note = new TextDecoder('utf-8', {ignoreBOM: true}).decode(await read('checkpoint', MAX_NOTE_LEN));
  const {size, root} = await openCheckpoint(note, logKey);
  const before = BigInt(result.size);
  if (size < before) {
    return {outcome: 'older', size: Number(size)};
  }
  if (size - before > BigInt(MAX_NEWER)) {
    throw new Unsupported(`there are ${size - before} newer entries, and this page reads ${MAX_NEWER} at most`);
  }
  const from = startOf(BigInt(result.index) + 1n, before);
  const frontier = await frontierAt(from, size, read);
  const checkAgainst = async (expected, why) => {
    const found = await frontier.root();
    if (!equalBytes(found, expected)) {
      throw new Refusal('root', `${why}: root sha256:${toHex(found)}`);
    }
  };
  const checkBefore = () =>
    checkAgainst(fromHex(result.root.slice('sha256:'.length)), `its first ${before} entries are others`);
  const reading = new Reading(result);
  let recorded;
  const entries = [];
  for (let index = from; index < size; ) {
    for (const bytes of await entriesFrom(index, size, read)) {
      if (index === before) {
        await checkBefore();
      }
      await frontier.push(await leafHash(bytes));
      entries.push(parseEntry(new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)));
      index += 1n;
    }
  }
  if (size === before) {
    await checkBefore();
  }
  await checkAgainst(root, 'its entries do not have the root that it signed');
  const older = entries.splice(0, Number(before - from));
  const back = await reading.lookBack(older, read);
  for (const entry of entries) {
    recorded = entry.recorded;
    await reading.note(entry, read);
  }
  return {
    outcome: outcomeOf(reading, back),
    size: Number(size),
    ...(recorded && {recorded}),
    later: reading.later,
    unread: reading.unread.map(({missing, ...one}) => one),
    erased: reading.erased,
    from: Number(from),
    ...back,
  };
}

// What came after the record can speak of it; of that, no more than a reader waits for is looked through.
function startOf(first, size) {
  const start = size - BigInt(MAX_BACK);
  return start > first ? start : first < size ? first : size;
}

function outcomeOf({later, unread}, {leftOut}) {
  if (leftOut.length > 0) {
    return 'left-out';
  }
  return later.length > 0 ? 'outdated' : unread.length > 0 ? 'unknown' : 'current';
}

// Reads the roots of the complete subtrees of the first `size` entries, from the tiles of a log that has `now`.
async function frontierAt(size, now, read) {
  const roots = [];
  let at = 0n;
  for (let level = BigInt(size.toString(2).length) - 1n; level >= 0n; level -= 1n) {
    if (((size >> level) & 1n) === 1n) {
      roots.push(await subtreeAt(level, at >> level, now, read));
      at += 1n << level;
    }
  }
  return Frontier.of(size, size === 0n ? [] : roots);
}

// Returns the hash of the complete subtree of this level and index.
async function subtreeAt(level, index, now, read) {
  const row = level / HEIGHT;
  const within = level % HEIGHT;
  const first = index << within;
  const len = now >> (row * HEIGHT);
  const tile = first / BigInt(TILE_WIDTH);
  const width = widthOf(tile, len);
  const hashes = parseHashes(await readTile(`${row}`, tile, width, read, HASH_LEN * TILE_WIDTH, HASH_LEN * width), width);
  const start = Number(first % BigInt(TILE_WIDTH));
  let nodes = hashes.slice(start, start + (1 << Number(within)));
  while (nodes.length > 1) {
    const pairs = Array.from({length: nodes.length / 2}, (_, i) => nodeHash(nodes[2 * i], nodes[2 * i + 1]));
    nodes = await Promise.all(pairs);
  }
  return nodes[0];
}

function widthOf(tile, len) {
  const rest = len - tile * BigInt(TILE_WIDTH);
  return rest < BigInt(TILE_WIDTH) ? Number(rest) : TILE_WIDTH;
}

// Reads a tile. Where a partial one is gone, the log has grown since, and the full one begins with it.
async function readTile(row, tile, width, read, most, len) {
  try {
    return await read(tilePath(row, tile, width), most);
  } catch (error) {
    if (!(error instanceof Unsupported) || width === TILE_WIDTH) {
      throw error;
    }
    const full = await read(tilePath(row, tile, TILE_WIDTH), most);
    return len === null ? full : full.slice(0, len);
  }
}

// Returns the bytes of the entries from `index` on, as far as one bundle of entries has them.
async function entriesFrom(index, size, read) {
  const tile = index / BigInt(TILE_WIDTH);
  const width = widthOf(tile, size);
  const bytes = await readTile('entries', tile, width, read, MAX_ENTRIES_LEN, null);
  const found = parseEntriesUpTo(bytes, width);
  return found.slice(Number(index % BigInt(TILE_WIDTH)));
}

// As `parseEntries`, of a bundle that may have become wider.
function parseEntriesUpTo(bytes, width) {
  try {
    return parseEntries(bytes, width);
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    return parseEntries(bytes, TILE_WIDTH).slice(0, width);
  }
}

// Picks out what concerns a bundle: the same as src/bundle/newer.rs.
class Reading {
  constructor(result) {
    const all = allOf(result);
    this.records = new Set(all.map((one) => one.hash));
    this.signers = new Set(all.map((one) => one.proof[0].verificationMethod.split('#')[0]));
    // Texts and files of the records.
    this.objects = new Set(all.flatMap((one) => (one.record ? objects(one.record) : [])));
    this.subjects = new Set([result.hash, ...(result.reviews ?? []).map((one) => one.hash)]);
    // If it is an article: what is corrected of a claim in it is said of it too.
    this.article = result.kind === 'article' ? result.hash : null;
    this.later = [];
    // Each with the record that would have to be read.
    this.unread = [];
    // How many records might have spoken of it and were erased, by their kinds: what they said has no effect any more.
    this.erased = {};
  }

  // Looks for what belongs into the bundle and is not in it, among entries from before its checkpoint.
  async lookBack(entries, read) {
    const strange = entries.filter(({kind, record}) => SPEAKING.includes(kind) && !this.records.has(record));
    strange.sort((a, b) => SPEAKING.indexOf(a.kind) - SPEAKING.indexOf(b.kind));
    const looked = strange.slice(0, MAX_READ_BACK);
    const leftOut = [];
    let unreadBefore = strange.length - looked.length;
    for (let at = 0; at < looked.length; at += AT_A_TIME) {
      const some = looked.slice(at, at + AT_A_TIME);
      const records = await Promise.all(some.map((entry) => readRecord(entry.record, read)));
      for (const [i, record] of records.entries()) {
        const {index, kind, record: hash} = some[i];
        if (record === null) {
          unreadBefore += 1;
        } else if (this.belongs(record)) {
          leftOut.push({index, kind, hash, record});
        }
      }
    }
    return {leftOut, unreadBefore};
  }

  // Tells whether a record would be in an honest bundle: it speaks of the subject or a review of it, or takes back what is in
  // the bundle. The same as src/bundle/back.rs.
  belongs(record) {
    const {type, content} = record;
    if (spokenOf(record).some((hash) => this.subjects.has(hash))) {
      return true;
    }
    switch (type) {
      case 'revocation':
        return this.signers.has(content.key);
      case 'correction':
        return this.records.has(content.subject);
      case 'erasure':
        return this.records.has(content.subject) || this.objects.has(content.subject);
      case 'consent':
        return this.records.has(content.withdraws);
      default:
        return false;
    }
  }

  async note(entry, read) {
    const {index, kind, record: hash} = entry;
    // By its kind, which is signed, it can't speak of another record.
    if (kind === 'claim' || kind === 'source') {
      return;
    }
    const record = await readRecord(hash, read);
    if (record === null) {
      this.unread.push({index, kind, hash, missing: hash});
      return;
    }
    if (record.type === 'erasure') {
      this.erase(record.content.subject);
    }
    if (this.concerns(record)) {
      // What speaks of a later review speaks of the bundle's subject too.
      this.records.add(hash);
      this.later.push({index, kind, hash, record});
    } else if (this.article !== null && record.type === 'correction') {
      const {subject} = record.content;
      const corrected = await readRecord(subject, read);
      if (corrected === null) {
        this.unread.push({index, kind, hash, missing: subject});
      } else if ((corrected.content.appearances ?? []).some((one) => one.article === this.article)) {
        this.records.add(hash);
        this.later.push({index, kind, hash, record});
      }
    }
  }

  erase(subject) {
    for (const {missing, hash, kind} of this.unread.filter((one) => one.missing === subject)) {
      const erased = missing !== hash ? 'claim' : KINDS.includes(kind) ? kind : 'record';
      this.erased[erased] = (this.erased[erased] ?? 0) + 1;
    }
    this.unread = this.unread.filter((one) => one.missing !== subject);
  }

  concerns(record) {
    const {type, content} = record;
    switch (type) {
      case 'claim':
      case 'source':
        return false;
      case 'revocation':
        return this.signers.has(content.key);
      case 'erasure':
        return this.records.has(content.subject);
      default:
        return references(record).some((one) => this.records.has(one.record));
    }
  }
}

// Returns a record of the site, or null if it is not given out or not the one with this hash.
async function readRecord(hash, read) {
  const digits = hash.slice('sha256:'.length);
  try {
    const bytes = await read(`object/${digits.slice(0, 2)}/${digits.slice(2)}`, MAX_RECORD_LEN);
    if ((await digestOf(bytes)) !== hash) {
      return null;
    }
    const record = parseCanonical(bytes);
    checkRecord(record);
    return record;
  } catch (error) {
    if (error instanceof Refusal || error instanceof Unsupported) {
      return null;
    }
    throw error;
  }
}
