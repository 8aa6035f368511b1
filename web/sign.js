// Who said it: `did:key` names, and W3C Data Integrity proofs with the cryptosuite eddsa-jcs-2022.
//
// Follows docs/spec/signature.md, "Keys" and "Proof". A proof has exactly six members. What is signed are 64 bytes,
// the hash of the proof without its value and the record's digest.

import {verifySignature} from './ed25519.js';
import {concat, fromHex, sha256, toHex, utf8} from './hash.js';
import {Refusal, excerpt} from './refusal.js';

const TYPE = 'DataIntegrityProof';
const CRYPTOSUITE = 'eddsa-jcs-2022';
const PURPOSE = 'assertionMethod';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
// Multicodec prefix of an Ed25519 public key.
const ED25519_PUB = 'ed01';

// Reads the base58btc of exactly `len` bytes; returns null for every other text. A text encodes one row of bytes.
function fromBase58(text, len) {
  // It takes quadratic time.
  if (text.length > 2 * len) {
    return null;
  }
  let number = 0n;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) {
      return null;
    }
    number = number * 58n + BigInt(digit);
  }
  let zeros = 0;
  while (text[zeros] === '1') {
    zeros += 1;
  }
  let digits = number === 0n ? '' : number.toString(16);
  digits = digits.padStart(digits.length + (digits.length % 2), '0');
  return zeros + digits.length / 2 === len ? fromHex('00'.repeat(zeros) + digits) : null;
}

// Reads a `did:key`, and returns its name and the 32 bytes that claim to be a key.
export function parseDid(text) {
  const wrong = () =>
    new Refusal('did', `expected the did:key of an Ed25519 key (did:key:z6Mk…), found ${excerpt(text, 130)}`);
  if (typeof text !== 'string' || !text.startsWith('did:key:z')) {
    throw wrong();
  }
  const bytes = fromBase58(text.slice('did:key:z'.length), 34);
  if (bytes === null || !toHex(bytes).startsWith(ED25519_PUB)) {
    throw wrong();
  }
  return {did: text, publicKey: bytes.subarray(2)};
}

// Reads a verification method: the name, `#`, and the key again.
export function parseVerificationMethod(text) {
  const wrong = () => new Refusal('did', `expected a did:key and its key again after #, found ${excerpt(text, 130)}`);
  const at = text.indexOf('#');
  if (at < 0 || text.slice(0, at) !== `did:key:${text.slice(at + 1)}`) {
    throw wrong();
  }
  return parseDid(text.slice(0, at));
}

// Reads a `proofValue`: `z` and the base58btc of 64 bytes.
export function decodeProofValue(text) {
  const signature = text.startsWith('z') && text.length <= 89 ? fromBase58(text.slice(1), 64) : null;
  if (signature === null) {
    throw new Refusal('proof', `proof member "proofValue": expected "z" and the base58btc of 64 bytes, found ${excerpt(text, 100)}`);
  }
  return signature;
}

// Takes the members of a proof, of which the types were checked, for a proof of ours.
export function readProof(members) {
  const fixed = {type: TYPE, cryptosuite: CRYPTOSUITE, proofPurpose: PURPOSE};
  for (const [member, expected] of Object.entries(fixed)) {
    if (members[member] !== expected) {
      throw new Refusal('proof', `proof member "${member}": expected "${expected}", found ${excerpt(members[member])}`);
    }
  }
  const {did, publicKey} = parseVerificationMethod(members.verificationMethod);
  return {
    created: members.created,
    key: did,
    publicKey,
    signature: decodeProofValue(members.proofValue),
    members,
  };
}

// Returns the bytes that are signed: SHA-256 of the configuration, then the record's digest.
export async function signedBytes(proof, recordDigest) {
  const {created, key} = proof;
  const method = `${key}#${key.slice('did:key:'.length)}`;
  // In canonical form: every member is plain ASCII without anything to escape.
  const configuration =
    `{"created":"${created}","cryptosuite":"${CRYPTOSUITE}","proofPurpose":"${PURPOSE}",` +
    `"type":"${TYPE}","verificationMethod":"${method}"}`;
  return hashData(utf8(configuration), recordDigest);
}

// Combines a canonical proof configuration and a document's digest into the bytes that are signed.
export async function hashData(configuration, documentDigest) {
  return concat(await sha256(configuration), fromHex(documentDigest.slice('sha256:'.length)));
}

// Tells whether the signature over the record with this digest is valid. Throws a `Refusal` for a key that may
// not sign.
export async function verifyProof(proof, recordDigest) {
  return verifySignature(proof.publicKey, await signedBytes(proof, recordDigest), proof.signature);
}
