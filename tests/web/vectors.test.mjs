// The vectors of tests/vectors, run through the verifier in web/: each file that concerns it, every case.

import assert from 'node:assert/strict';
import {readFileSync, readdirSync} from 'node:fs';
import {test} from 'node:test';

import {parseCanonical, parseCanonicalText} from '../../web/canonical.js';
import {checkPublicKey, verifySignature} from '../../web/ed25519.js';
import {digestOf, fromBase64, fromHex, sha256, toBase64, toHex, utf8} from '../../web/hash.js';
import {openCheckpoint, parseEntry, parseTlogProof, verifyTlogProof} from '../../web/log.js';
import {Frontier, leafHash, verifyConsistency, verifyInclusion} from '../../web/merkle.js';
import {LOG_KEY, WITNESS_KEY, parseNote, parseVerifierKey, verifyCosignatures, verifyNote} from '../../web/note.js';
import {parsePolicy} from '../../web/policy.js';
import {KINDS, MAX_RECORD_LEN, checkRecord, dateKind, digest, parseTimestamp} from '../../web/record.js';
import {Refusal, Unsupported} from '../../web/refusal.js';
import {decodeProofValue, hashData, parseDid, parseVerificationMethod, readProof, signedBytes, verifyProof} from '../../web/sign.js';
import {words} from '../../web/text.js';

const ROOT = new URL('../vectors/', import.meta.url);

function read(file) {
  return JSON.parse(readFileSync(new URL(file, ROOT), 'utf8'));
}

// All the cases of a folder, each with its file. A folder without cases proves nothing.
function cases(folder) {
  const all = readdirSync(new URL(`${folder}/`, ROOT)).flatMap((file) =>
    read(`${folder}/${file}`).cases.map((one, i) => [`${folder}/${file}, case ${i + 1}`, one]),
  );
  assert.notEqual(all.length, 0, folder);
  return all;
}

// Returns the rule by which something is refused, or null if it is not. Nothing but a refusal may be thrown.
async function ruleOf(run) {
  try {
    await run();
    return null;
  } catch (error) {
    assert.ok(error instanceof Refusal, error.stack);
    return error.rule;
  }
}

const keys = (texts, type) => Promise.all(texts.map((text) => parseVerifierKey(text, type)));

test('canonical JSON is accepted or refused by the same rule', async () => {
  const undecided = [];
  for (const [at, one] of cases('canonical/json')) {
    const bytes = one.hex === undefined ? utf8(one.input) : fromHex(one.hex);
    const rule = await ruleOf(() => {
      try {
        parseCanonical(bytes);
      } catch (error) {
        if (!(error instanceof Unsupported)) {
          throw error;
        }
        // A character that no version of Unicode knows yet: its form can't be told.
        undecided.push(one.name);
      }
    });
    assert.equal(rule, one.refused ?? null, `${at}: ${one.name}`);
    if (one.sha256 !== undefined) {
      assert.equal(await digestOf(bytes), one.sha256, at);
    }
  }
  assert.deepEqual(undecided, ['neighbours of the surrogates']);
});

test('times, dates and digests are read or refused', async () => {
  for (const [at, one] of cases('canonical/timestamp')) {
    assert.equal(parseTimestamp(one.text), one.unixSeconds ?? null, `${at}: ${one.text}`);
  }
  for (const [at, one] of cases('canonical/date')) {
    assert.equal(dateKind(one.text), one.kind ?? null, `${at}: ${one.text}`);
  }
  for (const [at, one] of cases('canonical/digest')) {
    const rule = await ruleOf(() => digest(one.text, 'digest'));
    assert.equal(rule === null, one.hex !== undefined, at);
    if (one.hex !== undefined) {
      assert.equal(await digestOf(fromHex(one.hex)), one.text, at);
    }
  }
});

test('keys may sign or not', async () => {
  for (const [at, one] of cases('sign/key')) {
    const rule = await ruleOf(() => checkPublicKey(fromHex(one.publicKey)));
    assert.equal(rule, one.refused ?? null, `${at}: ${one.name}`);
    if (one.did !== undefined) {
      assert.equal(toHex(parseDid(one.did).publicKey), one.publicKey, at);
    }
  }
});

test('signatures are valid or not', async () => {
  for (const [at, one] of cases('sign/signature')) {
    const [key, message, signature] = [one.publicKey, one.message, one.signature].map(fromHex);
    const valid = await verifySignature(key, message, signature);
    assert.equal(valid, one.refused === undefined, `${at}: ${one.name}`);
  }
  const {cases: speccheck} = read('sign/speccheck/cases.json');
  assert.equal(speccheck.length, 12);
  for (const one of speccheck) {
    const [key, message, signature] = [one.pub_key, one.message, one.signature].map(fromHex);
    const rule = await ruleOf(async () => {
      assert.equal(await verifySignature(key, message, signature), false, `case ${one.n}`);
    });
    const expected = {6: null, 7: null, 10: 'not-canonical', 11: 'not-canonical'};
    assert.equal(rule, one.n in expected ? expected[one.n] : 'torsion', `case ${one.n}`);
  }
});

test('what a lenient browser lets pass is refused all the same', async () => {
  const real = crypto.subtle;
  const lenient = {importKey: (...asked) => real.importKey(...asked), verify: async () => true};
  Object.defineProperty(globalThis.crypto, 'subtle', {value: lenient, configurable: true});
  try {
    const refused = cases('sign/signature').filter(([, one]) => ['s-range', 'small-order-r'].includes(one.refused));
    assert.ok(refused.length > 3);
    for (const [at, one] of refused) {
      const [key, message, signature] = [one.publicKey, one.message, one.signature].map(fromHex);
      assert.equal(await verifySignature(key, message, signature), false, `${at}: ${one.name}`);
    }
  } finally {
    delete globalThis.crypto.subtle;
  }
});

test('names of keys, proof values and proofs are read or refused', async () => {
  for (const [folder, parse, written] of [
    ['sign/did', (text) => parseDid(text).publicKey, 'hex'],
    ['sign/proof-value', decodeProofValue, 'hex'],
    ['sign/verification-method', (text) => parseVerificationMethod(text).did, 'did'],
  ]) {
    for (const [at, one] of cases(folder)) {
      let found;
      const rule = await ruleOf(() => {
        found = parse(one.text);
      });
      assert.equal(rule === null, one.refused === undefined, `${at}: ${one.text}`);
      if (rule === null) {
        assert.equal(written === 'hex' ? toHex(found) : found, one[written], at);
      }
    }
  }
  // A proof is read where it stands: in an entry.
  const good = parseCanonicalText(read('log/entries.json').entries.accepted[0].entry);
  for (const [at, one] of cases('sign/proof')) {
    const rule = await ruleOf(() => {
      const entry = sorted({...good, proof: []}).replace('"proof":[]', () => `"proof":[${one.input}]`);
      parseEntry(entry);
    });
    assert.equal(rule === null, one.refused !== true, `${at}: ${one.name}`);
  }
});

test('records are signed as another implementation signs them', async () => {
  for (const [at, one] of cases('sign/records')) {
    const record = read(`handwritten/${one.record}`);
    assert.equal(await digestOf(utf8(sorted(record))), one.digest, at);
    const proof = readProof(one.proof);
    assert.equal(toHex(await signedBytes(proof, one.digest)), one.signedBytes, at);
    assert.equal(await verifyProof(proof, one.digest), true, at);
    assert.equal(await verifyProof({...proof, created: '2020-01-01T00:00:00Z'}, one.digest), false, at);
  }
  const vector = read('sign/eddsa-jcs-2022/w3c.json');
  assert.equal(sorted(vector.unsignedDocument), vector.canonicalDocument);
  assert.equal(sorted(vector.proofConfig), vector.canonicalProofConfig);
  assert.equal(toHex(await sha256(utf8(vector.canonicalDocument))), vector.documentHashHex);
  const signed = await hashData(utf8(vector.canonicalProofConfig), `sha256:${vector.documentHashHex}`);
  assert.equal(toHex(signed), vector.hashDataHex);
  const key = parseVerificationMethod(vector.key.verificationMethod);
  assert.equal(await verifySignature(key.publicKey, signed, decodeProofValue(vector.proofValue)), true);
});

// JSON with sorted keys and no white space, also of what no canonical value may hold.
function sorted(value) {
  if (Array.isArray(value)) {
    return `[${value.map(sorted).join(',')}]`;
  } else if (typeof value === 'object' && value !== null) {
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${sorted(value[name])}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

// Reads a record as verify.js does.
function readRecord(text) {
  if (utf8(text).length > MAX_RECORD_LEN) {
    throw new Refusal('length', 'too long');
  }
  checkRecord(parseCanonicalText(text));
}

function at(value, pointer) {
  const path = pointer.split('/').slice(1);
  const last = path.pop();
  return [path.reduce((inner, name) => inner[name], value), last];
}

test('records of each kind are accepted or refused', async () => {
  const ofAllKinds = read('record/reject.json').cases;
  for (const kind of KINDS) {
    const instances = {minimal: read(`record/${kind}/minimal.json`), maximal: read(`record/${kind}/maximal.json`)};
    for (const {record, digest} of Object.values(instances)) {
      readRecord(sorted(record));
      assert.equal(await digestOf(utf8(sorted(record))), digest, kind);
    }
    const rejected = [...read(`record/${kind}/reject.json`).cases, ...ofAllKinds];
    for (const one of rejected) {
      let record = structuredClone(instances[one.base].record);
      for (const pointer of one.remove ?? []) {
        const [parent, name] = at(record, pointer);
        delete parent[name];
      }
      for (const [pointer, value] of Object.entries(one.set ?? {})) {
        if (pointer === '') {
          record = value;
          continue;
        }
        const [parent, name] = at(record, pointer);
        if (Array.isArray(parent) && name === '-') {
          parent.push(value);
        } else {
          parent[name] = value;
        }
      }
      const rule = await ruleOf(() => readRecord(sorted(record)));
      assert.notEqual(rule, null, `${kind}: ${one.name}`);
      const code = ['unknown-kind', 'unknown-version'].includes(rule) ? rule : undefined;
      assert.equal(code, one.code, `${kind}: ${one.name}: ${rule}`);
    }
  }
});

test('trees have their roots, and proofs prove', async () => {
  const {leaves, roots} = read('log/rfc6962-leaves.json');
  const grown = new Frontier();
  assert.equal(toHex(await grown.root()), roots[0]);
  for (const [i, leaf] of leaves.entries()) {
    await grown.push(await leafHash(fromHex(leaf)));
    assert.equal(toHex(await grown.root()), roots[i + 1]);
  }

  const trees = read('log/rfc6962.json');
  const leaf = (index) => leafHash(utf8(`entry ${index}\n`));
  const frontier = new Frontier();
  const found = new Map([['0', await frontier.root()]]);
  const largest = Math.max(...Object.keys(trees.roots).map(Number));
  const wanted = new Set(trees.consistency.flatMap((one) => [one.old, one.new]));
  for (let size = 1; size <= largest; size += 1) {
    await frontier.push(await leaf(size - 1));
    if (`${size}` in trees.roots || wanted.has(size)) {
      found.set(`${size}`, await frontier.root());
    }
  }
  for (const [size, root] of Object.entries(trees.roots)) {
    assert.equal(toBase64(found.get(size)), root, size);
  }
  for (const {size, index, path} of trees.inclusion) {
    await verifyInclusion(index, size, await leaf(index), path.map(fromBase64), found.get(`${size}`));
  }
  for (const {old, new: size, path} of trees.consistency) {
    await verifyConsistency(old, size, found.get(`${old}`), found.get(`${size}`), path.map(fromBase64));
  }

  const {inclusion, consistency} = read('log/proofs.json');
  for (const one of inclusion) {
    const {index, size, path} = one;
    const rule = await ruleOf(() =>
      verifyInclusion(BigInt(index), BigInt(size), fromBase64(one.leaf), path.map(fromBase64), fromBase64(one.root)),
    );
    assert.equal(rule ?? 'accepted', one.result, one.about);
  }
  for (const one of consistency) {
    const [oldRoot, newRoot] = [one.oldRoot, one.newRoot].map(fromBase64);
    const rule = await ruleOf(() =>
      verifyConsistency(BigInt(one.old), BigInt(one.new), oldRoot, newRoot, one.path.map(fromBase64)),
    );
    assert.equal(rule ?? 'accepted', one.result, one.about);
  }
});

test('entries are read or refused', async () => {
  const {accepted, refused} = read('log/entries.json').entries;
  const frontier = new Frontier();
  for (const one of accepted) {
    const entry = parseEntry(one.entry);
    for (const member of ['index', 'kind', 'record', 'recorded']) {
      assert.equal(entry[member], one[member]);
    }
    const leaf = await leafHash(entry.bytes);
    assert.equal(`sha256:${toHex(leaf)}`, one.leaf);
    assert.equal(await verifyProof(entry.proof, entry.record), true);
    await frontier.push(leaf);
    assert.equal(toBase64(await frontier.root()), one.root);
  }
  for (const one of refused) {
    assert.equal(await ruleOf(() => parseEntry(one.entry)), one.rule, one.about);
  }
});

test('keys of logs and witnesses are read or refused', async () => {
  for (const [file, name, type] of [
    ['log/verifier-keys.json', 'keys', LOG_KEY],
    ['log/witness-keys.json', 'witnessKeys', WITNESS_KEY],
  ]) {
    const {accepted, refused} = read(file)[name];
    for (const one of accepted) {
      const key = await parseVerifierKey(one.vkey, type);
      assert.deepEqual([key.name, key.keyId, toHex(key.publicKey)], [one.name, one.id, one.public], one.about);
    }
    for (const one of refused) {
      assert.equal(await ruleOf(() => parseVerifierKey(one.vkey, type)), one.rule, one.about);
    }
  }
});

test('notes, checkpoints and cosignatures are verified or refused', async () => {
  const {notes} = read('log/notes.json');
  for (const one of notes.accepted) {
    const note = parseNote(one.note);
    assert.equal(note.text, one.text, one.about);
    const signers = await verifyNote(note, await keys(one.keys, LOG_KEY));
    assert.deepEqual(signers.map((key) => key.text), one.signers, one.about);
  }
  for (const one of notes.refused) {
    const known = await keys(one.keys, LOG_KEY);
    assert.equal(await ruleOf(() => verifyNote(parseNote(one.note), known)), one.rule, one.about);
  }
  for (const one of read('log/note-signing.json').signing) {
    await verifyNote(parseNote(`${one.text}\n${one.line}\n`), await keys([one.vkey], LOG_KEY));
  }

  const {checkpoints} = read('log/checkpoints.json');
  for (const one of checkpoints.accepted) {
    const {origin, size, root} = await openCheckpoint(one.note, await parseVerifierKey(one.key));
    assert.deepEqual([origin, `${size}`, toBase64(root)], [one.origin, one.size, one.root], one.about);
  }
  for (const one of checkpoints.refused) {
    const key = await parseVerifierKey(one.key);
    assert.equal(await ruleOf(() => openCheckpoint(one.note, key)), one.rule, one.about);
  }

  const {cosignatures} = read('log/cosignatures.json');
  for (const one of cosignatures.accepted) {
    const found = await verifyCosignatures(parseNote(one.note), await keys(one.witnesses, WITNESS_KEY));
    const cosigned = found.map(({witness, time}) => ({witness: witness.text, time: `${time}`}));
    assert.deepEqual(cosigned, one.cosigned, one.about);
  }
  for (const one of cosignatures.refused) {
    const witnesses = await keys(one.witnesses, WITNESS_KEY);
    assert.equal(await ruleOf(() => verifyCosignatures(parseNote(one.note), witnesses)), one.rule, one.about);
  }
  for (const one of read('log/cosigning.json').cosigning) {
    const note = parseNote(`${one.text}\n${one.line}\n`);
    const [found] = await verifyCosignatures(note, await keys([one.vkey], WITNESS_KEY));
    assert.equal(`${found.time}`, one.time, one.about);
  }
});

test('proof files prove or are refused', async () => {
  const {accepted, refused} = read('log/tlog-proofs.json').tlogProofs;
  for (const one of accepted) {
    const proof = parseTlogProof(one.proof);
    const {size} = await verifyTlogProof(proof, utf8(one.entry), await parseVerifierKey(one.log));
    assert.deepEqual([`${proof.index}`, `${size}`], [one.index, one.size], one.about);
    assert.equal(proof.extra === null ? undefined : toHex(proof.extra), one.extra, one.about);
  }
  for (const one of refused) {
    const log = await parseVerifierKey(one.log);
    const rule = await ruleOf(() => verifyTlogProof(parseTlogProof(one.proof), utf8(one.entry), log));
    // The same word is the rule of two things; the vectors tell them apart.
    assert.equal(rule, one.rule.replace(/^inclusion-/, ''), one.about);
  }
});

test('policies are read or refused, and their quorum counted', async () => {
  const {accepted, refused} = read('log/policies.json').policies;
  for (const one of accepted) {
    const policy = await parsePolicy(one.policy);
    const told = ({name, key, url}) => ({...(name && {name}), ...(key && {key: key.text}), ...(url && {url})});
    assert.deepEqual(policy.logs.map(told), one.logs, one.about);
    assert.deepEqual(policy.witnesses.map(told), one.witnesses, one.about);
    for (const {signed, satisfied} of one.quorum) {
      const signers = policy.witnesses.filter(({name}) => signed.includes(name)).map(({key}) => key);
      const quorum = policy.quorum(signers);
      assert.equal(quorum.satisfied, satisfied, `${one.about}: ${signed}`);
      assert.deepEqual(quorum.signed.map(({name}) => name).sort(), [...signed].sort(), one.about);
    }
  }
  for (const one of refused) {
    let line;
    const rule = await ruleOf(() =>
      parsePolicy(one.policy).catch((error) => {
        line = error.line;
        throw error;
      }),
    );
    assert.equal(rule, one.rule, one.about);
    assert.equal(line, one.line, one.about);
  }
});

test('words are folded as the search index folds them', () => {
  for (const [at, one] of cases('search')) {
    assert.deepEqual(words(one.text).sort(), [...one.words].sort(), `${at}: ${one.text}`);
  }
});
