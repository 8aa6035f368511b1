// Whole bundles: the page and `ledger check` agree on every vector.

import assert from 'node:assert/strict';
import {readFileSync, readdirSync} from 'node:fs';
import {test} from 'node:test';

import {fromHex, utf8} from '../../web/hash.js';
import {parseVerifierKey} from '../../web/note.js';
import {Refusal, Unsupported} from '../../web/refusal.js';
import {checkBundle} from '../../web/verify.js';

const FOLDER = new URL('../vectors/bundle/', import.meta.url);

// All results in one: the record's, and those of what else is in the bundle.
function attestations(result) {
  return [result, ...Object.values(result).filter(Array.isArray).flat()].filter((one) => one.steps);
}

for (const file of readdirSync(FOLDER)) {
  const {about, cases} = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
  test(about, async () => {
    assert.notEqual(cases.length, 0);
    for (const one of cases) {
      const bytes = one.hex === undefined ? utf8(one.bundle) : fromHex(one.hex);
      const result = await checkBundle(bytes, {logKey: one.logKey, policy: one.policy});
      assert.equal(result.outcome, one.outcome, `${one.name}: ${result.why}`);
      assert.equal(result.intact, one.outcome === 'verified', one.name);
      assert.equal(result.why === undefined, one.outcome === 'verified', one.name);
      if (one.step === undefined) {
        assert.equal(result.steps === undefined, one.outcome !== 'verified', one.name);
        continue;
      }
      const ended = {altered: 'failed', 'cannot-check': 'not-checked'}[one.outcome];
      const steps = attestations(result).flatMap(({steps}) => steps);
      const found = steps.filter(({outcome}) => outcome === ended).map(({step}) => step);
      assert.ok(found.includes(one.step), `${one.name}: ${found}`);
    }
  });
}

const [GOOD] = JSON.parse(readFileSync(new URL('good.json', FOLDER), 'utf8')).cases;

test('a page that came without https says that it can check nothing', async () => {
  const {subtle} = globalThis.crypto;
  Object.defineProperty(globalThis.crypto, 'subtle', {value: undefined, configurable: true});
  try {
    const result = await checkBundle(utf8(GOOD.bundle), {logKey: GOOD.logKey});
    assert.deepEqual([result.outcome, result.intact], ['cannot-check', false]);
    assert.match(result.why, /https/);
  } finally {
    delete globalThis.crypto.subtle;
  }
  assert.equal(globalThis.crypto.subtle, subtle);
});

test('a browser without Ed25519 can check no signature, which is not the same as a wrong one', async () => {
  const real = crypto.subtle;
  const without = {
    digest: (...asked) => real.digest(...asked),
    importKey: () => Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError')),
  };
  // One that has imported no key yet.
  const {verifySignature} = await import('../../web/ed25519.js?without');
  const {publicKey} = await parseVerifierKey(GOOD.logKey);
  Object.defineProperty(globalThis.crypto, 'subtle', {value: without, configurable: true});
  try {
    await assert.rejects(verifySignature(publicKey, utf8('x'), new Uint8Array(64).fill(9)), Unsupported);
  } finally {
    delete globalThis.crypto.subtle;
  }
});

test('a character that the browser does not know yet is not judged', async () => {
  const bundle = GOOD.bundle.replace('naïve', 'na\u{e0080}ve');
  assert.notEqual(bundle, GOOD.bundle);
  const result = await checkBundle(utf8(bundle), {logKey: GOOD.logKey});
  assert.equal(result.outcome, 'cannot-check');
  assert.match(result.why, /Unicode/);
});

test('what the reader gives must be a key and a policy', async () => {
  for (const trust of [{logKey: 'a key'}, {policy: 'a policy'}]) {
    await assert.rejects(checkBundle(utf8(GOOD.bundle), trust), Refusal);
  }
});

test('a bundle of the greatest size is refused in no time, and one of as much nonsense too', async () => {
  const most = 64 << 20;
  for (const [name, bytes] of [
    ['a byte too many', new Uint8Array(most + 1)],
    ['zeros', new Uint8Array(most)],
    ['brackets', new Uint8Array(most).fill(0x5b)],
    ['lists', utf8(`[${'[],'.repeat(20_000_000)}[]]\n`)],
    ['one long text', utf8(`{"checkpoint":"${'a'.repeat(most - 20)}"}\n`)],
  ]) {
    const start = performance.now();
    const result = await checkBundle(bytes, {logKey: GOOD.logKey});
    assert.equal(result.outcome, 'altered', name);
    const took = performance.now() - start;
    assert.ok(took < 20_000, `${name}: ${took} ms`);
  }
});
