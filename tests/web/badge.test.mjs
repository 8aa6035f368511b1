// <claim-badge>: what it asks for, and what it says.

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';

import {ask, describe} from '../../web/badge.js';

const good = JSON.parse(readFileSync(new URL('../vectors/bundle/good.json', import.meta.url), 'utf8')).cases;
const CLAIM = good[0];
const RETRACTED = good.find(({name}) => name === 'a source that was retracted');
const LEDGER = 'https://desk.example/ledger/';

const load = (file) => import(`../../web/${file}`);
const hashOf = (one) => JSON.parse(one.bundle).subject;

// Asks with a site that has this bundle, and the checkpoint in it unless it shall have none.
async function asked(one, {hash = hashOf(one), logKey = one.logKey, bundle = one.bundle, checkpoint} = {}) {
  const requests = [];
  const fetchFile = async (url) => {
    requests.push(`${url}`);
    const path = `${url}`.slice(LEDGER.length);
    const answers = {
      [`proof/${hash.slice('sha256:'.length)}.json`]: bundle,
      checkpoint,
    };
    return (answers[path] ?? null) === null ? new Response('', {status: 404}) : new Response(answers[path]);
  };
  return {told: await ask({hash, ledger: LEDGER, logKey}, fetchFile, load), requests};
}

test('a badge asks for the proof and for the log, and says what was and was not checked', async () => {
  const {told, requests} = await asked(CLAIM);
  assert.equal(requests[0], `${LEDGER}proof/${hashOf(CLAIM).slice(7)}.json`);
  assert.ok(requests.every((url) => url.startsWith(LEDGER)));
  assert.equal(told.outcome, 'verified');
  assert.equal(told.summary, 'Record intact. Corrected by the newsroom. Verdict: false.');
  assert.ok(told.lines.some((line) => line.startsWith('Not checked: whether it is true')));
  assert.ok(told.lines.some((line) => line.includes('The log could not be read')));
});

test('a retracted record is said to be retracted', async () => {
  const {told} = await asked(RETRACTED);
  assert.equal(told.summary, 'Record intact. Retracted: the newsroom withdrew it.');
});

test('without the log’s key the record is not wholly checked', async () => {
  const {told} = await asked(CLAIM, {logKey: null});
  assert.equal(told.outcome, 'cannot-check');
  assert.match(told.lines[0], /whose log is this/);
});

test('another record’s proof, an altered one and none at all are told apart', async () => {
  const other = await asked(CLAIM, {hash: hashOf(RETRACTED)});
  assert.match(other.told.summary, /another record/);
  const altered = await asked(CLAIM, {bundle: CLAIM.bundle.replace('A date.', 'A dote.')});
  assert.deepEqual([altered.told.outcome, altered.told.summary.startsWith('Record NOT intact')], ['altered', true]);
  const absent = await asked(CLAIM, {bundle: null});
  assert.match(absent.told.summary, /does not make it false/);
  const offline = await ask({hash: hashOf(CLAIM), ledger: LEDGER}, () => Promise.reject(new TypeError('offline')), load);
  assert.match(offline.summary, /did not answer/);
  for (const [hash, ledger] of [
    ['x', LEDGER],
    [hashOf(CLAIM), 'javascript:alert(1)'],
    [hashOf(CLAIM), null],
  ]) {
    const told = await ask({hash, ledger}, () => assert.fail('nothing may be requested'), load);
    assert.equal(told.outcome, 'cannot-check');
  }
});

test('what the log says since changes what the badge says', async () => {
  const {checkBundle} = await load('verify.js');
  const result = await checkBundle(new TextEncoder().encode(CLAIM.bundle), {logKey: CLAIM.logKey});
  const later = [{kind: 'correction', index: 99, hash: 'sha256:00'}];
  const outdated = describe(result, {outcome: 'outdated', later});
  assert.match(outdated.summary, /More was said of it since/);
  assert.ok(outdated.lines.includes('correction, index 99, sha256:00'));
  assert.equal(describe(result, {outcome: 'contradicted'}).outcome, 'altered');
  const current = describe(result, {outcome: 'current', size: 7});
  assert.ok(current.lines.some((line) => line.includes('nothing was said of it since')));
});

const folder = process.env.LEDGER_PUBLISHED;

test('a verdict in doubt does not look clean', {skip: folder === undefined}, async () => {
  const [logKey, ...bundles] = ['log-key', 'rests.proof.json', 'doubted.proof.json'].map((name) => readFileSync(join(folder, name), 'utf8'));
  const [rests, doubted] = await Promise.all(bundles.map((bundle) => asked({bundle, logKey})));
  for (const {told} of [rests, doubted]) {
    assert.equal(told.outcome, 'cannot-check');
    assert.match(told.summary, /^Record intact\. Verdict: false\. ⚠ In doubt: /);
    assert.ok(told.lines.some((line) => /^review, index \d+: rests on a source that was retracted later/.test(line)), told.lines.join('\n'));
  }
  assert.ok(!rests.told.lines.some((line) => line.includes('distrusted')));
  assert.ok(doubted.told.lines.some((line) => /^approval, index \d+: .*is distrusted \(compromised\)$/.test(line)));
  const german = describe({outcome: 'verified', state: 'recorded', steps: []}, null, 'de', [{one: {}, message: '', isGrave: true}]);
  assert.match(german.summary, /⚠ Zweifelhaft: /);
});

test('the badge speaks German as the pages do, and English where it knows no better', async () => {
  const messages = JSON.parse(readFileSync(new URL('../../web/messages/de.json', import.meta.url), 'utf8'));
  const answers = Object.keys(messages).filter((name) => /^(verdict|attribution|quote)\./.test(name));
  assert.ok(answers.length > 15);
  for (const name of answers) {
    const [vocabulary, answer] = name.split('.');
    const review = {hash: 'r', steps: [], record: {content: {[vocabulary]: answer}}};
    const result = {outcome: 'verified', state: 'decided', decidedReview: 'r', reviews: [review], steps: []};
    const say = (language) => describe(result, {outcome: 'current', size: 1}, language).summary;
    assert.equal(say('de-AT'), `Eintrag unversehrt. Urteil: ${messages[name]}.`);
    assert.equal(say('fr'), `Record intact. Verdict: ${answer}.`);
  }
});
