// Trust policies: which logs a reader believes, and which witnesses must have cosigned.
//
// Follows docs/spec/log.md, "Policy" (C2SP tlog-policy). A witness with a key of type 0x06 may stand in a policy, but
// its cosignatures are not checked here: it never counts.

import {utf8} from './hash.js';
import {LOG_KEY, ML_DSA_44_KEY, WITNESS_KEY, decimal, parseVerifierKey} from './note.js';
import {Refusal, excerpt} from './refusal.js';

const MAX_POLICY_LEN = 64 << 10;
const MAX_DEFINITIONS = 1024;

// Reads a policy. Throws a `Refusal`, with the `line` that is wrong where it is one.
export async function parsePolicy(text) {
  if (text.length > MAX_POLICY_LEN || utf8(text).length > MAX_POLICY_LEN) {
    throw new Refusal('length', `expected a policy of at most ${MAX_POLICY_LEN} bytes, found more`);
  }
  const reader = new Reader();
  for (const [i, line] of text.split('\n').entries()) {
    try {
      await reader.read(line);
    } catch (error) {
      if (error instanceof Refusal) {
        error.line = i + 1;
        error.message = `line ${i + 1} of the policy: ${error.message}`;
      }
      throw error;
    }
  }
  if (reader.quorumRule === undefined) {
    throw new Refusal('no-quorum', 'expected one quorum line in the policy, found none');
  }
  return new Policy(reader);
}

// Known logs, known witnesses, and the quorum that these must reach.
class Policy {
  constructor({logs, witnesses, rules, quorumRule}) {
    this.logs = logs;
    this.witnesses = witnesses;
    this.rules = rules;
    this.quorumRule = quorumRule;
  }

  // Returns the key by which the policy knows the log of this origin. Of several it is `own`, the one that the log
  // itself states, if that is among them.
  logKey(origin, own) {
    const keys = this.logs.map((log) => log.key).filter((key) => key.name === origin);
    return keys.find((key) => key.text === own) ?? keys[0] ?? null;
  }

  // Returns the keys of the witnesses whose cosignatures can be checked here.
  witnessKeys() {
    return this.witnesses.map((witness) => witness.key).filter((key) => key !== null);
  }

  // Tells whether cosignatures by these keys are enough, who of the policy signed, and who did not.
  quorum(signers) {
    const hasSigned = ({key}) => key !== null && signers.some((signer) => signer.text === key.text);
    const witnessed = [];
    for (const rule of this.rules) {
      witnessed.push(
        rule.members === null
          ? hasSigned(rule.witness)
          : rule.members.filter((member) => witnessed[member]).length >= rule.threshold,
      );
    }
    return {
      satisfied: this.quorumRule === null || witnessed[this.quorumRule],
      signed: this.witnesses.filter(hasSigned),
      missing: this.witnesses.filter((witness) => !hasSigned(witness)),
    };
  }
}

// What the lines up to here have defined.
class Reader {
  constructor() {
    this.logs = [];
    this.witnesses = [];
    // Witnesses and groups in the order of their lines, so that a group comes after its members.
    this.rules = [];
    // The place in `rules` of what must have witnessed; null if nobody must.
    this.quorumRule = undefined;
    this.names = new Map();
    this.members = new Set();
    this.keys = new Set();
  }

  async read(line) {
    const control = /[\0-\x08\x0a-\x1f\x7f]/.exec(line);
    if (control !== null) {
      throw new Refusal('control-character', `expected no control character but tab, found ${excerpt(control[0])}`);
    }
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    if (words.length === 0 || words[0].startsWith('#')) {
      return;
    }
    const [keyword, ...rest] = words;
    const form = (expected) => new Refusal('form', `expected "${expected}", found ${excerpt(line, 120)}`);
    switch (keyword) {
      case 'log':
        if (rest.length < 1 || rest.length > 2) {
          throw form('log VKEY [URL]');
        }
        return this.log(...rest);
      case 'witness':
        if (rest.length < 2 || rest.length > 3) {
          throw form('witness NAME VKEY [URL]');
        }
        return this.witness(...rest);
      case 'group':
        if (rest.length < 3) {
          throw form('group NAME any|all|K MEMBER...');
        }
        return this.group(...rest);
      case 'quorum':
        if (rest.length !== 1) {
          throw form('quorum NAME');
        }
        return this.quorum(rest[0]);
      default:
        throw new Refusal('keyword', `expected log, witness, group or quorum, found ${excerpt(keyword, 120)}`);
    }
  }

  async log(vkey, url = null) {
    const key = await parseVerifierKey(vkey, LOG_KEY);
    this.ownKey(key);
    this.logs.push({key, url});
    checkCount('log', this.logs.length);
  }

  async witness(name, vkey, url = null) {
    let key;
    try {
      key = await parseVerifierKey(vkey, WITNESS_KEY);
      this.ownKey(key);
    } catch (error) {
      if (error.found !== ML_DSA_44_KEY) {
        throw error;
      }
      this.ownKey(await parseVerifierKey(vkey, ML_DSA_44_KEY));
      key = null;
    }
    const witness = {name, key, url};
    this.define(name, {members: null, witness});
    this.witnesses.push(witness);
    checkCount('witness', this.witnesses.length);
  }

  group(name, word, ...names) {
    const threshold = {any: 1n, all: BigInt(names.length)}[word] ?? decimal(word);
    if (threshold === null || threshold < 1n || threshold > BigInt(names.length)) {
      throw new Refusal('threshold', `expected any, all or a number from 1 to ${names.length}, found ${excerpt(word, 120)}`);
    }
    const members = names.map((member) => this.member(member));
    this.define(name, {members, threshold: Number(threshold)});
    checkCount('group', this.rules.length - this.witnesses.length);
  }

  quorum(name) {
    const place = name === 'none' ? null : this.place(name);
    if (this.quorumRule !== undefined) {
      throw new Refusal('quorum-twice', 'expected one quorum line, found a second');
    }
    this.quorumRule = place;
  }

  define(name, rule) {
    if (name === 'none' || this.names.has(name)) {
      throw new Refusal('name-taken', `expected a name that is not defined yet, found ${excerpt(name, 120)}`);
    }
    this.names.set(name, this.rules.length);
    this.rules.push(rule);
  }

  place(name) {
    const place = this.names.get(name);
    if (place === undefined) {
      throw new Refusal('name-unknown', `expected a witness or group of an earlier line, found ${excerpt(name, 120)}`);
    }
    return place;
  }

  // Finds a name that no group has yet, so that a witness counts in one way only.
  member(name) {
    const place = this.place(name);
    if (this.members.has(place)) {
      throw new Refusal('member-twice', `expected ${excerpt(name, 120)} to be listed in one group at most, and once`);
    }
    this.members.add(place);
    return place;
  }

  ownKey({publicKey}) {
    const bytes = publicKey.join();
    if (this.keys.has(bytes)) {
      throw new Refusal('key-twice', 'expected a public key of its own, found that of an earlier line');
    }
    this.keys.add(bytes);
  }
}

function checkCount(keyword, found) {
  if (found > MAX_DEFINITIONS) {
    throw new Refusal('too-many', `expected at most ${MAX_DEFINITIONS} lines with ${keyword}, found more`);
  }
}
