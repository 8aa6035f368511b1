// Tiles: their paths and bytes, and a bundle compared with a published log. The folder that the last test reads is made by
// tests/web.rs, which names it in LEDGER_PUBLISHED.

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';

import {Refusal, Unsupported} from '../../web/refusal.js';
import {TILE_WIDTH, compareWithSite, fetchFrom, parseEntries, parseHashes, tilePath} from '../../web/tiles.js';
import {checkBundle} from '../../web/verify.js';

test('tiles have their paths', () => {
  assert.equal(tilePath('entries', 0n, 3), 'tile/entries/000.p/3');
  assert.equal(tilePath('0', 1_234_067n, TILE_WIDTH), 'tile/0/x001/x234/067');
  assert.equal(tilePath('1', 1000n, 255), 'tile/1/x001/000.p/255');
});

test('tiles are exactly as long as they must be', () => {
  assert.equal(parseHashes(new Uint8Array(64), 2).length, 2);
  assert.throws(() => parseHashes(new Uint8Array(63), 2), Refusal);
  assert.deepEqual(parseEntries(Uint8Array.of(0, 1, 7, 0, 0), 2), [Uint8Array.of(7), new Uint8Array()]);
  for (const [bytes, width] of [
    [[0, 1, 7], 2],
    [[0, 2, 7], 1],
    [[0], 1],
    [[0, 0, 0, 0], 1],
  ]) {
    assert.throws(() => parseEntries(Uint8Array.from(bytes), width), Refusal, `${bytes}`);
  }
});

test('a file is read as far as it may be long', async () => {
  const answer = (body, status = 200) => fetchFrom('https://a.example/b/', async () => new Response(body, {status}));
  assert.equal((await answer('abc')('checkpoint', 3)).length, 3);
  await assert.rejects(answer('abcd')('checkpoint', 3), Refusal);
  await assert.rejects(answer('', 404)('checkpoint', 3), Unsupported);
});

const folder = process.env.LEDGER_PUBLISHED;

test('a bundle is compared with the log as it is published', {skip: folder === undefined}, async () => {
  const files = (name, change = (bytes) => bytes) => async (path) => {
    try {
      return change(new Uint8Array(readFileSync(join(folder, name, path))), path);
    } catch {
      throw new Unsupported(`${path} is not there`);
    }
  };
  const logKey = readFileSync(join(folder, 'log-key'), 'utf8');
  const read = (name) => readFileSync(join(folder, name));
  const result = await checkBundle(read('claim.proof.json'), {logKey});
  assert.equal(result.outcome, 'verified');

  const same = await compareWithSite(result, files('same'));
  assert.deepEqual([same.outcome, same.size], ['current', result.size]);
  const newer = await compareWithSite(result, files('newer'));
  assert.equal(newer.outcome, 'outdated', newer.why);
  assert.deepEqual(newer.later.map(({kind}) => kind).sort(), ['consent', 'correction', 'foreign']);
  assert.equal(newer.later[0].record.content.kind, 'retraction');
  assert.ok(newer.size > result.size + 256, 'more than one tile');

  const later = await checkBundle(read('later.proof.json'), {logKey});
  assert.equal((await compareWithSite(later, files('same'))).outcome, 'older');
  assert.equal((await compareWithSite(later, files('newer'))).outcome, 'current');

  // What is taken back of a claim is said of its article; what is erased leaves no earlier proof in doubt for ever.
  const article = await checkBundle(read('article.proof.json'), {logKey});
  const ofArticle = await compareWithSite(article, files('newer'));
  assert.deepEqual([ofArticle.outcome, ofArticle.later.map(({kind}) => kind)], ['outdated', ['correction']]);
  const erased = await compareWithSite(later, files('erased'));
  assert.deepEqual([erased.outcome, erased.unread, erased.erased], ['current', [], {article: 1}]);

  // What a server leaves out of a proof that it made for the checkpoint of now, the log has still.
  let withheld;
  for (const without of ['foreign', 'consent', 'correction']) {
    const bundle = JSON.parse(read('later.proof.json'));
    const isIt = ({entry}) => entry.kind === without;
    assert.equal(bundle.entries.filter(isIt).length, 1);
    bundle.entries = bundle.entries.filter((item) => !isIt(item));
    withheld = await checkBundle(new TextEncoder().encode(`${JSON.stringify(bundle)}\n`), {logKey});
    assert.deepEqual([withheld.outcome, withheld.size], ['verified', later.size]);
    const told = await compareWithSite(withheld, files('newer'));
    assert.deepEqual([told.outcome, told.leftOut.map(({kind}) => kind)], ['left-out', [without]]);
  }
  // A record that the site does not give out is counted.
  const hidden = await compareWithSite(withheld, async (path, most) => {
    if (path.startsWith('object/')) {
      throw new Unsupported(`${path} is not there`);
    }
    return files('newer')(path, most);
  });
  assert.equal(hidden.outcome, 'current');
  assert.ok(hidden.unreadBefore > 0);
  assert.equal(hidden.from, later.index + 1);

  const flipped = (where, place) =>
    files('newer', (bytes, path) => {
      if (path.startsWith(where)) {
        bytes[place < 0 ? bytes.length + place : place] ^= 1;
      }
      return bytes;
    });
  for (const [where, place, outcome] of [
    ['checkpoint', -40, 'contradicted'],
    // The first hashes are those of the entries that the bundle speaks of; the last entries are the newer ones.
    ['tile/0/', 0, 'contradicted'],
    ['tile/entries/', -40, 'contradicted'],
    // A record that can't be read may have spoken of it.
    ['object/', -40, 'unknown'],
  ]) {
    assert.equal((await compareWithSite(result, flipped(where, place))).outcome, outcome, where);
  }
  const nothing = async (path) => {
    throw new Unsupported(`${path} is not there`);
  };
  assert.equal((await compareWithSite(result, nothing)).outcome, 'not-compared');
  const forked = {...result, root: later.root};
  assert.equal((await compareWithSite(forked, files('newer'))).outcome, 'contradicted');
});

test('a comparison says what `ledger check --against` says', {skip: folder === undefined}, async () => {
  const logKey = readFileSync(join(folder, 'log-key'), 'utf8');
  const compared = JSON.parse(readFileSync(join(folder, 'compared.json'), 'utf8'));
  assert.ok(compared.some(({against}) => against.leftOut?.length > 0));
  for (const {bundle, place, against} of compared) {
    const result = await checkBundle(readFileSync(join(folder, bundle)), {logKey});
    const read = async (path) => {
      try {
        return new Uint8Array(readFileSync(join(folder, place, path)));
      } catch {
        throw new Unsupported(`${path} is not there`);
      }
    };
    const told = await compareWithSite(result, read);
    const bare = (list) => list?.map(({hash, index, kind}) => ({hash, index, kind}));
    const {size, from, unreadBefore, erased} = told;
    const ours = {size, from, unreadBefore, erased, later: bare(told.later), leftOut: bare(told.leftOut), unread: bare(told.unread)};
    for (const [name, value] of Object.entries(ours)) {
      assert.deepEqual(value, against[name], `${bundle} against ${place}: ${name}`);
    }
    const outcome = told.outcome === 'left-out' ? 'outdated' : told.outcome;
    assert.equal(outcome, against.outcome, `${bundle} against ${place}`);
  }
});
