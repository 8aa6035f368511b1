// Ed25519: the one rule by which a key may sign and a signature is valid.
//
// Follows docs/spec/signature.md, "Validity". WebCrypto checks the equation. What browsers let pass is refused here:
// keys that are not canonically encoded, of small order or with a torsion part; `R` of small order or not
// canonically encoded; `s` not below the group order. Nothing here is secret, so nothing runs in constant time.

import {subtle, toHex} from './hash.js';
import {Refusal, Unsupported} from './refusal.js';

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
const ROOT_OF_MINUS_ONE = 19681161376707505956807079304988542015446066515923890162744021073123829784752n;
const SIGN_BIT = 1n << 255n;

// The y of all eight points of small order: 0 (order 4), 1, -1, and those of order 8.
const SMALL_ORDER_Y = new Set([
  0n,
  1n,
  P - 1n,
  2707385501144840649318225287225658788936804267575313519463743609750303402022n,
  55188659117513257062467267217118295137698188065244968500265048394206261417927n,
]);

const mod = (n) => {
  const rest = n % P;
  return rest < 0n ? rest + P : rest;
};

function littleEndian(bytes) {
  return BigInt(`0x${toHex(Uint8Array.from(bytes).reverse())}`);
}

// Returns x^(2^n).
function squared(x, n) {
  let power = x;
  for (let i = 0; i < n; i += 1) {
    power = (power * power) % P;
  }
  return power;
}

// Returns x^((p - 5) / 8), and (p - 5) / 8 = 2^252 - 3.
function rootPower(x) {
  const x2 = (squared(x, 1) * x) % P;
  const x4 = (squared(x2, 2) * x2) % P;
  const x5 = (squared(x4, 1) * x) % P;
  const x10 = (squared(x5, 5) * x5) % P;
  const x20 = (squared(x10, 10) * x10) % P;
  const x40 = (squared(x20, 20) * x20) % P;
  const x50 = (squared(x40, 10) * x10) % P;
  const x100 = (squared(x50, 50) * x50) % P;
  const x200 = (squared(x100, 100) * x100) % P;
  const x250 = (squared(x200, 50) * x50) % P;
  return (squared(x250, 2) * x) % P;
}

// Reads a point in its canonical encoding (RFC 8032 §5.1.3), as X, Y, Z, T; returns null if the bytes are none.
function decompress(bytes) {
  const encoded = littleEndian(bytes);
  const isOdd = encoded >= SIGN_BIT;
  const y = isOdd ? encoded - SIGN_BIT : encoded;
  if (y >= P) {
    return null;
  }
  const y2 = (y * y) % P;
  const u = mod(y2 - 1n);
  const v = (D * y2 + 1n) % P;
  const v3 = (squared(v, 1) * v) % P;
  let x = (((u * v3) % P) * rootPower((((u * squared(v3, 1)) % P) * v) % P)) % P;
  const vx2 = (v * ((x * x) % P)) % P;
  if (vx2 === mod(-u)) {
    x = (x * ROOT_OF_MINUS_ONE) % P;
  } else if (vx2 !== u) {
    return null;
  }
  if (x === 0n && isOdd) {
    return null;
  }
  if (((x & 1n) === 1n) !== isOdd) {
    x = mod(-x);
  }
  return [x, y, 1n, (x * y) % P];
}

function double([x, y, z]) {
  const a = x * x;
  const b = y * y;
  const e = ((x + y) * (x + y) - a - b) % P;
  const g = (b - a) % P;
  const f = (g - 2n * z * z) % P;
  const h = (-a - b) % P;
  return [(e * f) % P, (g * h) % P, (f * g) % P, (e * h) % P];
}

function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = (y1 - x1) * (y2 - x2);
  const b = (y1 + x1) * (y2 + x2);
  const c = 2n * ((D * ((t1 * t2) % P)) % P);
  const d = 2n * z1 * z2;
  const e = (b - a) % P;
  const f = (d - c) % P;
  const g = (d + c) % P;
  const h = (b + a) % P;
  return [(e * f) % P, (g * h) % P, (f * g) % P, (e * h) % P];
}

// Tells whether the group order times the point is the neutral point: it lies in the group of prime order.
function isTorsionFree(point) {
  let sum = [0n, 1n, 1n, 0n];
  for (const bit of ORDER.toString(2)) {
    sum = double(sum);
    if (bit === '1') {
      sum = add(sum, point);
    }
  }
  return mod(sum[0]) === 0n && mod(sum[1] - sum[2]) === 0n;
}

// Returns the rule that 32 bytes break, or null if they are a key that may sign (rule 1).
function brokenRule(bytes) {
  const point = decompress(bytes);
  if (point === null) {
    return 'not-canonical';
  }
  if (point[0] === 0n && point[1] === 1n) {
    return 'identity';
  }
  return isTorsionFree(point) ? null : 'torsion';
}

const WHY = {
  'not-canonical': 'the key is no point of the curve in canonical encoding',
  identity: 'the key is the identity point: anyone could sign for it',
  torsion: 'the key has a torsion part: verifiers would not agree on its signatures',
};

// Keys that were looked at, by their bytes: the rule broken, and the key as WebCrypto holds it. A look costs more
// than a signature.
const known = new Map();
const MAX_KNOWN = 1 << 15;

function lookUp(bytes) {
  const name = toHex(bytes);
  let found = known.get(name);
  if (found === undefined) {
    found = {rule: brokenRule(bytes), imported: null};
    if (known.size >= MAX_KNOWN) {
      known.clear();
    }
    known.set(name, found);
  }
  return found;
}

// Checks that 32 bytes are a key that may sign. Throws a `Refusal` with the rule that they break.
export function checkPublicKey(bytes) {
  const {rule} = lookUp(bytes);
  if (rule !== null) {
    throw new Refusal(rule, WHY[rule]);
  }
}

// Tells whether a signature of 64 bytes is valid (rule 2). Throws a `Refusal` for a key that may not sign, and
// `Unsupported` where the browser knows no Ed25519.
export async function verifySignature(publicKey, message, signature) {
  checkPublicKey(publicKey);
  if (signature.length !== 64) {
    return false;
  }
  const r = littleEndian(signature.subarray(0, 32)) & (SIGN_BIT - 1n);
  if (r >= P || SMALL_ORDER_Y.has(r) || littleEndian(signature.subarray(32)) >= ORDER) {
    return false;
  }
  const found = lookUp(publicKey);
  try {
    found.imported ??= subtle().importKey('raw', publicKey, {name: 'Ed25519'}, false, ['verify']);
    return await subtle().verify({name: 'Ed25519'}, await found.imported, signature, message);
  } catch (error) {
    found.imported = null;
    if (error instanceof Unsupported) {
      throw error;
    }
    throw new Unsupported(`this browser can't check Ed25519 signatures (${error.name}): use a newer one`);
  }
}
