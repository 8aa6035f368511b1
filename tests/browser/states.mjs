// Visits the claim page in each of its states: `node states.mjs SITE`, where SITE is JSON: the address `url`, the `logKey`,
// `claims` from names of states to hashes, and a `policy` with one witness that cosigned and one that did not.

import assert from 'node:assert/strict';
import {checked, launch, open, status} from './browser.mjs';

const {url, logKey, claims, policy} = JSON.parse(process.argv[2]);
const pinned = `#log-key=${encodeURIComponent(logKey)}`;
const address = (hash, base = url) => `${base}claim/${hash.replace('sha256:', '')}.html`;

// What the two lines say: of the record, and of the verdict.
const STATES = {
  recorded: [/^Intact/, /Recorded – nobody has reviewed it/],
  'in-review': [/^Intact/, /In review – its first review waits for approval/],
  decided: [/^Intact/, /Mostly true\. Decided/],
  're-review': [/^Intact/, /Mostly true\. Under re-review/],
  corrected: [/^Intact/, /Corrected – see what was corrected below/],
  superseded: [/^Intact/, /Corrected/],
  retracted: [/^Intact/, /Retracted – the newsroom withdrew it/],
  erased: [/lawfully erased/, /Erased – its words were removed/],
};

const browser = await launch();
async function visit(where, look, options, from = browser) {
  const {page, faults, close} = await open(from, where, options);
  await look(page);
  assert.deepEqual(faults, [], where);
  await close();
}

for (const [state, [record, verdict]] of Object.entries(STATES)) {
  await visit(address(claims[state]) + pinned, async (page) => {
    await checked(page);
    const found = await status(page);
    assert.deepEqual([state, found.state], [state, 'intact'], found.text);
    assert.match(found.text, record);
    assert.match(await page.textContent('#verdict-line .conclusion'), verdict);
    assert.equal(await page.locator('#steps [data-outcome=failed]').count(), 0);
  });
}

await visit(address(claims.superseded) + pinned, async (page) => {
  const [replacement] = await page.locator('.notice-correction a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  assert.ok(replacement.includes(claims.recorded.replace('sha256:', '')), replacement);
});

// A claim that is not here is unknown, and nothing more.
const {page, close} = await open(browser, address('0'.repeat(64)));
assert.match(await page.textContent('main'), /does not make it false/);
await close();

// Over an unprotected connection a browser gives no cryptography: that says nothing of the record.
const elsewhere = await launch(['--host-resolver-rules=MAP desk.example 127.0.0.1']);
await visit(address(claims.decided, url.replace('127.0.0.1', 'desk.example')) + pinned, async (page) => {
  await checked(page);
  assert.equal(await page.evaluate(() => isSecureContext), false);
  const found = await status(page);
  assert.equal(found.state, 'cannot', found.text);
  assert.match(found.text, /cannot check this here.*unprotected connection/);
  assert.doesNotMatch(found.text, /altered/i);
}, {}, elsewhere);
await elsewhere.close();

// Whom the reader trusts as witnesses is theirs to say; how many of them cosigned is told then.
await visit(address(claims.decided) + pinned, async (page) => {
  await checked(page);
  assert.match(await page.textContent('#witness-line'), /1 witness cosigned/);
  await page.click('#pin summary');
  await page.fill('#policy', `${policy}group both any here there\nquorum both`);
  await page.click('#policy-form button');
  await page.waitForFunction(() => /1 of the 2 witnesses/.test(document.querySelector('#witness-line').textContent));
  assert.match(await page.textContent('#witness-line'), /satisfied/);
  await checked(page);
  assert.equal((await status(page)).state, 'intact');
  await page.fill('#policy', `${policy}group both all here there\nquorum both`);
  await page.click('#policy-form button');
  await page.waitForFunction(() => /asks for more/.test(document.querySelector('#witness-line').textContent));
  assert.match((await status(page)).text, /not witnessed as your policy asks/);
  // What is no policy is told, and says nothing of the record.
  await page.fill('#policy', 'quorum nobody');
  await page.click('#policy-form button');
  await page.waitForFunction(() => /line 1 of the policy/.test(document.querySelector('#record-status').textContent));
  assert.equal((await status(page)).state, 'cannot');
});
await browser.close();
