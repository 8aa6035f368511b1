// SHA-256 by WebCrypto, and bytes as text: hexadecimal and base64, each in one written form.
//
// Follows docs/spec/canonical.md, "Digests", and docs/spec/log.md, "Signed notes" (base64).

import {Unsupported} from './refusal.js';

const ENCODER = new TextEncoder();

// Returns WebCrypto, which browsers give only to pages that came over https, from this machine or from a file.
export function subtle() {
  const found = globalThis.crypto?.subtle;
  if (!found) {
    throw new Unsupported('this browser gives no cryptography to a page that came without https');
  }
  return found;
}

// Returns the bytes of a text in UTF-8.
export function utf8(text) {
  return ENCODER.encode(text);
}

// Returns the parts, one after the other.
export function concat(...parts) {
  const bytes = new Uint8Array(parts.reduce((len, part) => len + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export async function sha256(bytes) {
  return new Uint8Array(await subtle().digest('SHA-256', bytes));
}

// Returns the digest of bytes as it is written: `sha256:` and 64 digits.
export async function digestOf(bytes) {
  return `sha256:${toHex(await sha256(bytes))}`;
}

const HEX = Array.from({length: 256}, (_, byte) => byte.toString(16).padStart(2, '0'));

export function toHex(bytes) {
  let text = '';
  for (const byte of bytes) {
    text += HEX[byte];
  }
  return text;
}

// Reads digits of which the caller knows that they are hexadecimal and of even number.
export function fromHex(digits) {
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i += 1) {
    bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  }
  return bytes;
}

export function toBase64(bytes) {
  let binary = '';
  for (const byte of bytes) {
    binary += String.fromCharCode(byte);
  }
  return btoa(binary);
}

// Reads standard base64 with padding and with unused bits of zero; returns null for every other text.
export function fromBase64(text) {
  let binary;
  try {
    binary = atob(text);
  } catch {
    return null;
  }
  // atob takes white space, missing padding and any unused bits; what it would write again has one form.
  if (btoa(binary) !== text) {
    return null;
  }
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

export function equalBytes(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
