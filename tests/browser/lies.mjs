// Visits claim pages whose server lies: `node lies.mjs SITES`, where SITES is JSON: the addresses `now`, `before` (the same ledger
// before a retraction) and `foreign` (another ledger that has these words as `foreignClaim`), the hash `claim` and the `logKey`,
// the words `quote` of the claim and the `reason` of its retraction. Ends with 1 and says what was seen otherwise than expected.

import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {checked, launch, open, status} from './browser.mjs';

const {now, before, foreign, foreignClaim, claim, logKey, quote, reason} = JSON.parse(process.argv[2]);
const digits = claim.replace('sha256:', '');
const PAGE = `claim/${digits}.html`;
const PROOF = `proof/${digits}.json`;

// A server that gives out another's files, each from `base(path)` and as `change(path, text)` makes it.
async function lying({base = () => now, change = (path, text) => text, rename = (path) => path}) {
  const server = createServer(async (request, response) => {
    const path = request.url.slice(1);
    const answer = await fetch(new URL(rename(path), base(path)));
    const bytes = Buffer.from(await answer.arrayBuffer());
    const type = answer.headers.get('content-type');
    const isText = /html|json|plain/.test(type);
    response.writeHead(answer.status, {'content-type': type}).end(isText ? change(path, bytes.toString()) : bytes);
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close()};
}

// The page and the proof of the other ledger, under the address of this one's.
const asForeign = (path) => path.replace(digits, foreignClaim.replace('sha256:', ''));
const inProof = (edit) => (path, text) => {
  if (path !== PROOF) {
    return text;
  }
  const bundle = JSON.parse(text);
  edit(bundle);
  return `${JSON.stringify(bundle)}\n`;
};
const inPage = (edit) => (path, text) => {
  if (path !== PAGE) {
    return text;
  }
  const edited = edit(text);
  assert.notEqual(edited, text, 'the lie is told');
  return edited;
};
const oldPage = (path) => (path === PAGE ? before : now);
const oldPageAndProof = (path) => ([PAGE, PROOF].includes(path) ? before : now);
const subject = (bundle) => bundle.entries.find((item) => item.entry.record === claim);
const foreignNote = await (await fetch(`${foreign}checkpoint`)).text();

const LIES = [
  {
    name: 'an altered record, on the page and in the proof',
    change: (path, text) => ([PAGE, PROOF].includes(path) ? text.replaceAll(quote, `not ${quote}`) : text),
    state: 'altered', says: /the record is the one with this hash.*expected sha256:[0-9a-f]{64}, found sha256:/,
  },
  {
    name: 'a wrong proof',
    change: inProof((bundle) => {
      const item = subject(bundle);
      const lines = item.proof.split('\n');
      const last = lines.findLastIndex((line) => line !== '');
      lines[last] = Buffer.from(Buffer.from(lines[last], 'base64').map((byte) => byte ^ 1)).toString('base64');
      item.proof = lines.join('\n');
    }),
    state: 'altered', says: /the entry is in the log/,
  },
  {
    name: 'a signature of another record',
    change: inProof((bundle) => {
      subject(bundle).entry.proof[0].proofValue = bundle.entries.at(-1).entry.proof[0].proofValue;
    }),
    state: 'altered', says: /signature/,
  },
  {
    name: 'a retraction withheld from the page and from the proof, under the checkpoint of now',
    base: oldPage,
    change: inProof((bundle) => {
      bundle.entries = bundle.entries.filter((item) => item.entry.kind !== 'correction');
    }),
    state: 'withheld', says: new RegExp(`withholds.*correction.*${reason}`),
  },
  {
    name: 'a page and a proof from before the retraction',
    base: oldPageAndProof,
    state: 'stale', says: new RegExp(`more was said.*correction.*${reason}.*erased since: 1 × article`),
  },
  {
    name: 'a log that ends before the proof',
    base: (path) => (path === 'checkpoint' ? before : now),
    state: 'intact', says: /Not checked.*older log than the proof/,
  },
  {
    name: 'the checkpoint of another log beside the proof',
    base: (path) => (path === 'checkpoint' ? foreign : now),
    state: 'altered', says: /another history/,
  },
  {
    name: 'the checkpoint of another log in the proof',
    change: inProof((bundle) => {
      bundle.checkpoint = foreignNote;
    }),
    state: 'altered', says: /the checkpoint is signed by the log's key/,
  },
  {
    name: 'another ledger that has the same words, under another key',
    base: () => foreign, rename: asForeign,
    state: 'altered', says: /the checkpoint is signed by the log's key/,
  },
  {
    name: 'the same, where nobody pinned a key',
    base: () => foreign, rename: asForeign, unpinned: true,
    state: 'altered', says: /page is altered.*Hash/,
  },
  {
    name: 'another key shown beside a true proof',
    change: inPage((text) => text.replaceAll(logKey, logKey.replace(/.{8}$/, 'AAAAAAA='))), unpinned: true,
    state: 'altered', says: /page is altered.*Key of the log/,
  },
  {
    name: 'other words on the page, with a true proof',
    change: inPage((text) => text.replace(/(<span data-signed[^>]*>[^<]{4})[^<]*/, '$1, not at all')),
    state: 'altered', says: /page is altered.*The words: .*not at all/,
  },
  {
    name: 'another speaker on the page, with a true proof',
    change: inPage((text) => text.replace('<p class="speaker"><bdi>A. Speaker', '<p class="speaker"><bdi>B. Speaker')),
    state: 'altered', says: /page is altered.*Speaker: .*B\. Speaker/,
  },
  {
    name: 'a better verdict on the page, with a true proof',
    change: inPage((text) => text.replace(/(data-answer="verdict"[^>]*>)[^<]*/, '$1True')),
    state: 'altered', says: /page is altered.*Verdict: this page shows “True”/,
  },
  {
    name: 'a stance turned round on the page, with a true proof',
    change: inPage((text) => text.replace(/(class="stance[^>]*>)[^<]*/, '$1Refutes')),
    state: 'altered', says: /page is altered.*Sources: this page shows “Refutes”/,
  },
  {
    name: 'other words around the quote, with a true proof',
    change: inPage((text) => text.replace(/<mark>/, 'Never: <mark>')),
    state: 'altered', says: /page is altered.*Context/,
  },
  {
    name: 'a retraction missing on the page, with a true proof',
    change: inPage((text) => text.replaceAll(reason, 'Nothing')),
    state: 'altered', says: new RegExp(`page is altered.*A correction: .*${reason}`),
  },
  {
    name: 'a retracted source without its mark, with a true proof',
    change: inPage((text) => text.replace(/<p class="alarm" data-retraction=.*?<\/p>/gs, '')),
    state: 'altered', says: /page is altered.*A correction: .*Forged/,
  },
  {
    name: 'a signature of a stolen key without its mark, with a true proof',
    change: inPage((text) => text.replace(/ \(<strong class="alarm" data-doubt=.*?<\/strong>\)/gs, '')),
    state: 'altered', says: /page is altered.*A signature in doubt: .*its signature is in doubt/,
  },
  ...['consent', 'foreign', 'relation', 'response'].map((kind) => ({
    name: `no ${kind} on the page, with a true proof`,
    change: inPage((text) => text.replace(new RegExp(`<div class="notice notice-${kind}".*?</p></div>`, 's'), '')),
    state: 'altered', says: /page is altered/,
  })),
  {
    name: 'a consent turned round on the page, with a true proof',
    change: inPage((text) => text.replace('Consent refused', 'Consent given')),
    state: 'altered', says: /page is altered.*A consent: .*Consent refused/,
  },
  {
    name: 'other words of somebody else on the page, with a true proof',
    change: inPage((text) => text.replace('It fell.', 'It stands.')),
    state: 'altered', says: /page is altered.*A foreign statement: .*It fell/,
  },
  {
    name: 'another reviewer on the page, with a true proof',
    change: inPage((text) => text.replace(/(Reviewed by <a [^>]*>(?:<bdi>)?)[^<]*/, '$1Somebody')),
    state: 'altered', says: /page is altered.*Who signed: this page shows “Somebody”/,
  },
  {
    name: 'another approver on the page, with a true proof',
    change: inPage((text) => text.replace(/(approved by <a [^>]*><bdi>)[^<]*/, '$1Somebody')),
    state: 'altered', says: /page is altered.*Who signed: this page shows “Somebody”, the proof has “Ben”/,
  },
  {
    name: 'no approver on the page, with a true proof',
    change: inPage((text) => text.replace(/<span id="approval-.*?<\/span>/s, '')),
    state: 'altered', says: /page is altered.*An approval/,
  },
  {
    name: 'an approval that nobody signed, with a true proof',
    change: inPage((text) => text.replace(/<span id="approval-[0-9]+">.*?<\/span>/s, (all) => all + all.replace(/approval-[0-9]+/, 'approval-999'))),
    state: 'altered', says: /page is altered.*An approval/,
  },
  {
    name: 'a page from before the retraction, with a true proof',
    base: oldPage,
    state: 'altered', says: /page is altered.*State: this page shows “Decided”, the proof has “Retracted”/,
  },
  {
    name: 'the page of another claim at this address',
    change: inPage((text) => text.replace(/data-hash="[^"]*"/, `data-hash="sha256:${'0'.repeat(64)}"`)),
    state: 'altered', says: /page is altered.*Hash/,
  },
  {
    name: 'no proof',
    base: (path) => (path === PROOF ? `${now}nothing/here/` : now),
    state: 'cannot', says: /cannot check this here.*could not be fetched: 404/,
  },
  {name: 'no lie', state: 'intact', says: /Compared with the log as it is published now, \d+ entries: nothing was said of it since/},
  {name: 'no lie, and grounds in doubt', state: 'intact', says: /To be known: review, entry \d+: rests on a source that was retracted later/},
  {name: 'no lie, and a signature in doubt', state: 'intact', says: /To be known: approval, entry \d+: doubtful.*\(the key was compromised\)/},
];

const browser = await launch();
for (const lie of LIES) {
  const server = await lying(lie);
  const pinned = lie.unpinned ? '' : `#log-key=${encodeURIComponent(logKey)}`;
  const {page, faults, close} = await open(browser, `${server.url}${PAGE}${pinned}`);
  await checked(page);
  const found = await status(page);
  assert.equal(found.state, lie.state, `${lie.name}: ${found.text}`);
  assert.match(found.text, lie.says, lie.name);
  // What was erased is not given out: the page asks for it, and says so.
  assert.deepEqual(faults.filter((fault) => !/404/.test(fault)), [], lie.name);
  await close();
  server.close();
}
await browser.close();
console.log(`${LIES.length} lies`);
