// A proof bundle as a file: one record with everything that it rests on.
//
// Follows docs/spec/bundle.md, "File". Nothing of what it says is checked here; see verify.js. The length is looked at
// before anything is read, and no more entries are built than there may be.

import {breathe} from './breathe.js';
import {Raw, parseCanonical} from './canonical.js';
import {parseEntry, parseProofHead} from './log.js';
import {MAX_SIGNATURES, WITNESS_KEY, parseNote, parseVerifierKey} from './note.js';
import {count, digest, list, object, string} from './record.js';
import {Refusal, excerpt} from './refusal.js';

export const MAX_BUNDLE_LEN = 64 << 20;
export const MAX_ITEMS = 10_000;

const TYPE = 'proof-bundle';
const VERSION = 1;

// A bundle of the greatest number of entries and witnesses holds fewer values, records not counted.
const MAX_VALUES = 100_000;

function raw(value, at) {
  if (!(value instanceof Raw)) {
    throw new Refusal('record', `\`${at}\`: expected it only in an entry`);
  }
}

const ITEM = object({entry: raw, proof: string}, {record: raw});
const BUNDLE = object({
  checkpoint: string,
  entries: list(ITEM),
  last: ITEM,
  subject: digest,
  type: string,
  version: count,
  witnesses: list(string),
});

// Reads a file. Throws a `Refusal`, whose rule is `version` if only a newer program can read it.
export async function parseBundle(bytes) {
  if (bytes.length > MAX_BUNDLE_LEN) {
    throw new Refusal('length', `a proof bundle has at most ${MAX_BUNDLE_LEN} bytes, found ${bytes.length}`);
  }
  if (bytes.at(-1) !== 0x0a) {
    throw new Refusal('end', 'expected a line feed at the end of the file');
  }
  const members = parseCanonical(bytes.subarray(0, -1), {
    raw: ['entry', 'record'],
    // One more than allowed shows that there are too many.
    maxItems: MAX_ITEMS + 1,
    maxValues: MAX_VALUES,
  });
  BUNDLE(members, '');
  if (members.type !== TYPE) {
    throw new Refusal('type', `expected type "${TYPE}", found ${excerpt(members.type, 40)}`);
  }
  if (members.version !== VERSION) {
    throw new Refusal('version', `unknown version ${members.version} of a proof bundle; this page knows version ${VERSION}`);
  }
  checkCount('entries', MAX_ITEMS, members.entries.length);
  // Each has a line of its own in the checkpoint.
  checkCount('witnesses', MAX_SIGNATURES, members.witnesses.length);
  const checkpoint = within('checkpoint', () => parseNote(members.checkpoint));
  const items = [];
  for (const [place, entry] of members.entries.entries()) {
    const item = readItem(`entries[${place}]`, entry);
    const before = items.at(-1);
    if (before !== undefined && before.index >= item.index) {
      throw new Refusal(
        'order',
        `expected entries in the order of the log, each once; found entry ${item.index} after ${before.index}`,
      );
    }
    items.push(item);
    await breathe();
  }
  if (Object.hasOwn(members.last, 'record')) {
    throw new Refusal('last-record', 'expected no record beside the last entry: it only tells the time');
  }
  return {
    subject: members.subject,
    last: readItem('last', members.last),
    items,
    checkpoint,
    witnesses: await Promise.all(members.witnesses.map((key) => parseVerifierKey(key, WITNESS_KEY))),
  };
}

function checkCount(what, most, found) {
  if (found > most) {
    throw new Refusal('too-many', `a proof bundle has at most ${most} ${what}, found more`);
  }
}

function within(place, read) {
  try {
    return read();
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(error.rule, `\`${place}\`: ${error.message}`) : error;
  }
}

// An entry, the text of its record (null where the bundle has none), and the way from its leaf to the root. `index`
// is the place that the proof is for.
function readItem(at, members) {
  const entry = within(at, () => parseEntry(members.entry.text));
  const {index, path, extra} = within(at, () => parseProofHead(members.proof));
  // Nobody signed it, so it could be changed unseen.
  if (extra !== null) {
    throw new Refusal('extra', `entry ${index}: expected no unsigned \`extra\` line in its proof`);
  }
  return {index, entry, path, record: members.record?.text ?? null};
}
