// Canonical JSON: RFC 8785, restricted so that simple tools reproduce it.
//
// Follows docs/spec/canonical.md, "JSON". One scanner decides what is acceptable and builds the value on the way.
// It refuses what JSON.parse lets pass: white space, key order, duplicate keys, floats, null, -0, integers beyond
// 2^53 - 1, longer escapes than needed, lone surrogates, U+0000, strings outside NFC, and nesting beyond MAX_DEPTH.

import {Refusal, Unsupported, excerpt} from './refusal.js';

// Deepest nesting of arrays and objects.
export const MAX_DEPTH = 32;

// A value that was checked and not built: its canonical text, to be read later.
export class Raw {
  constructor(text) {
    this.text = text;
  }
}

const DECODER = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

// Reads one value from its canonical bytes.
//
// `raw` names the members that are only checked; they are returned as `Raw`. No array gets more than `maxItems`
// members: what is beyond is checked and not built, so one more than allowed shows that there are too many. More than
// `maxValues` values are refused. Throws a `Refusal` with the rule that is broken.
export function parseCanonical(bytes, limits = {}) {
  let text;
  try {
    text = DECODER.decode(bytes);
  } catch {
    throw new Refusal('invalid-utf8', 'expected UTF-8, found other bytes');
  }
  return parseCanonicalText(text, limits);
}

// As `parseCanonical`, of a text that was decoded already.
export function parseCanonicalText(text, {raw = [], maxItems = Infinity, maxValues = Infinity} = {}) {
  return new Scanner(text, new Set(raw), maxItems, maxValues).document();
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ESCAPES = {'"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t'};
const NUMBER = /[-+.eE0-9]*/y;
const NOT_ASCII = /[^\0-\x7f]/;
// Characters that this browser's Unicode tables don't know. Those that never will be assigned have no other form.
const UNASSIGNED = /(?!\p{Noncharacter_Code_Point})\p{Cn}/u;

class Scanner {
  constructor(text, raw, maxItems, maxValues) {
    this.text = text;
    this.at = 0;
    this.raw = raw;
    this.maxItems = maxItems;
    this.valuesLeft = maxValues;
    // Within a raw member nothing is built.
    this.building = true;
  }

  document() {
    this.noSpace();
    const value = this.value(0);
    this.noSpace();
    if (this.at < this.text.length) {
      throw this.expected('the end of the JSON');
    }
    return value;
  }

  refusal(rule, message) {
    return new Refusal(rule, `${message}, at character ${this.at + 1}`);
  }

  expected(what) {
    const found = this.at < this.text.length ? excerpt(this.text.slice(this.at, this.at + 1)) : 'the end';
    return this.refusal('expected', `expected ${what}, found ${found}`);
  }

  take(character) {
    if (this.text[this.at] !== character) {
      throw this.expected(`'${character}'`);
    }
    this.at += 1;
  }

  noSpace() {
    if (' \t\n\r'.includes(this.text[this.at] ?? 'end')) {
      throw this.refusal('white-space', 'not canonical: white space between the tokens');
    }
  }

  value(depth) {
    if (this.building) {
      this.valuesLeft -= 1;
      if (this.valuesLeft < 0) {
        throw this.refusal('too-many-values', 'more values than there can be');
      }
    }
    const character = this.text[this.at];
    switch (character) {
      case '{':
        return this.object(this.deeper(depth));
      case '[':
        return this.array(this.deeper(depth));
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      default:
    }
    if (character === '-' || (character >= '0' && character <= '9')) {
      return this.number();
    }
    if (this.text.startsWith('null', this.at)) {
      throw this.refusal('null', 'found null: leave out a field whose value is not recorded');
    }
    throw this.expected('a JSON value');
  }

  deeper(depth) {
    if (depth >= MAX_DEPTH) {
      throw this.refusal('too-deep', `nested deeper than ${MAX_DEPTH} arrays and objects`);
    }
    return depth + 1;
  }

  word(word, value) {
    if (!this.text.startsWith(word, this.at)) {
      throw this.expected('a JSON value');
    }
    this.at += word.length;
    return value;
  }

  array(depth) {
    const items = [];
    this.take('[');
    this.noSpace();
    if (this.text[this.at] === ']') {
      this.at += 1;
      return items;
    }
    for (;;) {
      if (this.building && items.length >= this.maxItems) {
        this.unbuilt(depth);
      } else {
        const item = this.value(depth);
        if (this.building) {
          items.push(item);
        }
      }
      this.noSpace();
      if (this.text[this.at] !== ',') {
        this.take(']');
        return items;
      }
      this.at += 1;
      this.noSpace();
    }
  }

  object(depth) {
    const members = {};
    this.take('{');
    this.noSpace();
    if (this.text[this.at] === '}') {
      this.at += 1;
      return members;
    }
    let last = null;
    for (;;) {
      const key = this.key(last);
      last = key;
      this.noSpace();
      this.take(':');
      this.noSpace();
      const member = this.raw.has(key) && this.building ? this.rawValue(depth) : this.value(depth);
      if (this.building) {
        // Not by assignment: `__proto__` is a member like any other.
        Object.defineProperty(members, key, {value: member, configurable: true, enumerable: true, writable: true});
      }
      this.noSpace();
      if (this.text[this.at] !== ',') {
        this.take('}');
        return members;
      }
      this.at += 1;
      this.noSpace();
    }
  }

  rawValue(depth) {
    const start = this.at;
    this.unbuilt(depth);
    return new Raw(this.text.slice(start, this.at));
  }

  unbuilt(depth) {
    this.building = false;
    this.value(depth);
    this.building = true;
  }

  key(last) {
    if (this.text[this.at] !== '"') {
      throw this.expected('a key in quotation marks');
    }
    const key = this.string();
    if (NOT_ASCII.test(key)) {
      throw this.refusal('key-not-ascii', `expected an ASCII key, found ${excerpt(key)}`);
    }
    if (key === last) {
      throw this.refusal('duplicate-key', `key ${excerpt(key)} stands twice in one object`);
    }
    if (last !== null && key < last) {
      throw this.refusal('key-order', `not canonical: key ${excerpt(key)} stands after ${excerpt(last)}, keys are sorted`);
    }
    return key;
  }

  number() {
    NUMBER.lastIndex = this.at;
    const [token] = NUMBER.exec(this.text);
    if (token === '-0') {
      throw this.refusal('negative-zero', 'expected 0, found -0');
    }
    const digits = token.startsWith('-') ? token.slice(1) : token;
    if (!/^[0-9]+$/.test(digits)) {
      throw this.refusal('float', `expected an integer, found ${excerpt(token, 40)}`);
    }
    if (digits.length > 1 && digits.startsWith('0')) {
      throw this.refusal('expected', `expected a number without leading zeros, found ${excerpt(token, 40)}`);
    }
    const value = Number(token);
    // Rounding never brings a greater number below 2^53.
    if (!Number.isSafeInteger(value)) {
      throw this.refusal(
        'integer-range',
        `expected an integer within ±${Number.MAX_SAFE_INTEGER}, found ${excerpt(token, 40)}`,
      );
    }
    this.at += token.length;
    return value;
  }

  string() {
    const {text} = this;
    this.at += 1;
    let start = this.at;
    let decoded = '';
    for (;;) {
      const code = text.charCodeAt(this.at);
      if (code === QUOTE) {
        break;
      } else if (code === BACKSLASH) {
        decoded += text.slice(start, this.at);
        decoded += this.escape();
        start = this.at;
      } else if (code >= 0x20) {
        this.at += 1;
      } else {
        throw this.expected(Number.isNaN(code) ? '\'"\'' : 'an escaped control character');
      }
    }
    decoded += text.slice(start, this.at);
    this.at += 1;
    this.checkText(decoded);
    return decoded;
  }

  // Checks the rules that hold for the characters of every string, key or value. U+0000 was refused where it stood.
  checkText(text) {
    if (!NOT_ASCII.test(text)) {
      return;
    }
    if (UNASSIGNED.test(text)) {
      throw new Unsupported(
        `this browser's Unicode tables are too old for a character in ${excerpt(text, 40)}: use a newer browser`,
      );
    }
    if (text.normalize('NFC') !== text) {
      throw this.refusal('not-nfc', `expected a string in Unicode NFC, found ${excerpt(text, 40)} in another form`);
    }
  }

  escape() {
    const start = this.at;
    this.at += 1;
    const letter = this.text[this.at];
    let decoded;
    if (letter === 'u') {
      this.at += 1;
      decoded = this.unicodeEscape();
    } else if (Object.hasOwn(ESCAPES, letter ?? 'end')) {
      this.at += 1;
      decoded = ESCAPES[letter];
    } else {
      throw this.expected('an escape that JSON knows');
    }
    if (decoded === '\0') {
      throw this.refusal('nul-character', 'found the character U+0000 in a string');
    }
    // JSON.stringify writes the escapes of RFC 8785 §3.2.2.2.
    if (JSON.stringify(decoded) !== `"${this.text.slice(start, this.at)}"`) {
      throw this.refusal('long-escape', 'not canonical: an escape that has a shorter form');
    }
    return decoded;
  }

  unicodeEscape() {
    const lone = () =>
      this.refusal('lone-surrogate', 'expected a pair of surrogate escapes, found half of one');
    const first = this.fourHexDigits();
    if (first < 0xd800 || first >= 0xe000) {
      return String.fromCharCode(first);
    }
    if (first >= 0xdc00 || !this.text.startsWith('\\u', this.at)) {
      throw lone();
    }
    this.at += 2;
    const second = this.fourHexDigits();
    if (second < 0xdc00 || second >= 0xe000) {
      throw lone();
    }
    return String.fromCharCode(first, second);
  }

  fourHexDigits() {
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
      throw this.expected('four hexadecimal digits');
    }
    this.at += 4;
    return Number.parseInt(digits, 16);
  }
}
