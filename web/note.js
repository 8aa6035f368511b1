// Signed notes: text and signature lines, the keys of those who sign them, and cosignatures of witnesses.
//
// Follows docs/spec/log.md, "Signed notes" and "Cosignature" (C2SP signed-note and tlog-cosignature). Nothing in a
// note may be believed before `verifyNote`.

import {checkPublicKey, verifySignature} from './ed25519.js';
import {concat, fromBase64, sha256, toHex, utf8} from './hash.js';
import {Refusal, excerpt} from './refusal.js';

export const MAX_NOTE_LEN = 1 << 20;
export const MAX_SIGNATURES = 100;

// Signature types: what a log signs with, what a witness cosigns with, and one whose cosignatures are not checked.
export const LOG_KEY = 0x01;
export const WITNESS_KEY = 0x04;
export const ML_DSA_44_KEY = 0x06;

const KEY_LEN = {[LOG_KEY]: 32, [WITNESS_KEY]: 32, [ML_DSA_44_KEY]: 1312};
const MAX_TIME = 2n ** 63n - 1n;
const LINE_START = '— ';

// What Unicode calls white space: other characters than JavaScript's `\s`.
const WHITE_SPACE = '\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const NOT_IN_NAMES = new RegExp(`[${WHITE_SPACE}\\0-\\x1f+]`);

// Tells whether a text can be the name of a key: not empty, no white space, no control characters, no `+`.
export function isValidKeyName(name) {
  return name !== '' && !NOT_IN_NAMES.test(name);
}

// Reads a decimal number without sign and leading zeros; returns null for every other text.
export function decimal(text) {
  return /^(0|[1-9][0-9]{0,19})$/.test(text) && BigInt(text) < 2n ** 64n ? BigInt(text) : null;
}

// Reads a key as a vkey, `name+id+base64`. `type` is the signature type that the caller wants.
export async function parseVerifierKey(text, type = LOG_KEY) {
  const malformed = () =>
    new Refusal('malformed', `expected a verifier key (name+id+base64), found ${excerpt(text, 120)}`);
  // Base64 may hold a `+` too; name and id do not.
  const [, name, id, encoded] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text) ?? [];
  if (name === undefined || !/^[0-9a-f]{8}$/.test(id)) {
    throw malformed();
  }
  const blob = fromBase64(encoded);
  if (blob === null || blob.length === 0) {
    throw malformed();
  }
  if (blob[0] !== type) {
    const error = new Refusal('unsupported-type', `expected a key of type ${type}, found one of type ${blob[0]}`);
    error.found = blob[0];
    throw error;
  }
  const publicKey = blob.subarray(1);
  if (publicKey.length !== KEY_LEN[type]) {
    throw new Refusal('key-length', `expected a key of ${KEY_LEN[type]} bytes, found ${publicKey.length} bytes`);
  }
  if (!isValidKeyName(name)) {
    throw new Refusal('name', `expected a key name without spaces, control characters and +, found ${excerpt(name)}`);
  }
  const hash = await sha256(concat(utf8(name), Uint8Array.of(0x0a), blob));
  const keyId = toHex(hash.subarray(0, 4));
  if (keyId !== id) {
    throw new Refusal('key-id', `expected key id ${keyId} for this name and key, found ${id}`);
  }
  if (type !== ML_DSA_44_KEY) {
    try {
      checkPublicKey(publicKey);
    } catch (error) {
      throw error instanceof Refusal ? new Refusal('weak-key', error.message) : error;
    }
  }
  return {text, name, keyId, publicKey};
}

// Reads a note. It is written again as the same text, so `note.note` is all of it.
export function parseNote(note) {
  // A character takes one byte or more.
  if (note.length > MAX_NOTE_LEN || utf8(note).length > MAX_NOTE_LEN) {
    throw new Refusal('length', `expected a note of at most ${MAX_NOTE_LEN} bytes, found more`);
  }
  const control = /[\0-\x09\x0b-\x1f]/.exec(note);
  if (control !== null) {
    throw new Refusal('control-character', `found the control character ${excerpt(control[0])} at character ${control.index} of the note`);
  }
  const blank = note.lastIndexOf('\n\n');
  const tail = note.slice(blank + 2);
  if (blank < 0 || tail === '') {
    throw new Refusal('no-signatures', 'expected a blank line and signature lines after the text');
  }
  if (!tail.endsWith('\n')) {
    throw signatureLine(tail.slice(tail.lastIndexOf('\n') + 1));
  }
  const lines = tail.slice(0, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) {
    throw new Refusal('too-many-signatures', `expected at most ${MAX_SIGNATURES} signature lines, found ${lines.length}`);
  }
  return {note, text: note.slice(0, blank + 1), signatures: lines.map(parseSignatureLine)};
}

function signatureLine(found) {
  return new Refusal('signature-line', `expected a signature line ("— name base64"), found ${excerpt(found, 120)}`);
}

function parseSignatureLine(line) {
  const rest = line.startsWith(LINE_START) ? line.slice(LINE_START.length) : '';
  const space = rest.indexOf(' ');
  const name = rest.slice(0, Math.max(space, 0));
  const blob = fromBase64(rest.slice(space + 1));
  if (!isValidKeyName(name) || blob === null || blob.length < 5) {
    throw signatureLine(line);
  }
  return {name, keyId: toHex(blob.subarray(0, 4)), blob: blob.subarray(4)};
}

// The lines that belong to a key: those with its name and its id.
function linesOf(note, key) {
  return note.signatures.filter((line) => line.name === key.name && line.keyId === key.keyId);
}

async function checkLine(line, key, signed, signature) {
  if (!(await verifySignature(key.publicKey, signed, signature))) {
    throw badSignature(line);
  }
}

function badSignature({name, keyId}) {
  return new Refusal('bad-signature', `the signature by ${excerpt(name)} (key id ${keyId}) does not fit the note`);
}

// Checks the signatures of known logs, and returns the keys that signed. Every line of a known key must fit, and
// there must be one. Lines of other keys are ignored.
export async function verifyNote(note, keys) {
  const signed = utf8(note.text);
  const signers = [];
  for (const key of keys) {
    const lines = linesOf(note, key);
    for (const line of lines) {
      await checkLine(line, key, signed, line.blob);
    }
    if (lines.length > 0) {
      signers.push(key);
    }
  }
  if (signers.length === 0) {
    throw new Refusal('no-known-key', 'the note has no signature by a known key');
  }
  return signers;
}

// Checks the cosignatures of known witnesses, and returns the latest of each who cosigned, in the order of
// `witnesses`. Every line of a known witness must fit; there may be none.
export async function verifyCosignatures(note, witnesses) {
  const cosignatures = [];
  for (const witness of witnesses) {
    let latest = null;
    for (const line of linesOf(note, witness)) {
      const time = await verifyCosignature(note, line, witness);
      latest = latest === null || time > latest ? time : latest;
    }
    if (latest !== null) {
      cosignatures.push({witness, time: latest});
    }
  }
  return cosignatures;
}

async function verifyCosignature(note, line, witness) {
  if (line.blob.length < 8) {
    throw badSignature(line);
  }
  const time = BigInt(`0x${toHex(line.blob.subarray(0, 8))}`);
  if (time > MAX_TIME) {
    throw new Refusal('cosignature-time', `expected the cosignature by ${excerpt(line.name)} at most ${MAX_TIME} seconds after 1970, found ${time}`);
  }
  const signed = utf8(`cosignature/v1\ntime ${time}\n${note.text}`);
  await checkLine(line, witness, signed, line.blob.subarray(8));
  return time;
}
