// Opens the pages of a site in Chromium: `node smoke.mjs URL HASH LOG_KEY QUOTE [ARTICLE_TEXT_FILE]`. Ends with 1 and says what was seen
// otherwise than expected.

import assert from 'node:assert/strict';
import {checked, launch, open} from './browser.mjs';

const [url, hash, logKey, quote, textFile] = process.argv.slice(2);
const claim = `${url}claim/${hash.replace('sha256:', '')}.html`;
const browser = await launch();

async function visit(address, look, options) {
  const {page, faults, close} = await open(browser, address, options);
  await look(page);
  assert.deepEqual(faults, [], address);
  await close();
}

const state = (page) => page.getAttribute('#record-status', 'data-state');

// Nobody has said whose log this is: intact, but under a key that only the site names.
await visit(claim, async (page) => {
  await checked(page);
  assert.equal(await state(page), 'unpinned');
  assert.equal(await page.getAttribute('#steps', 'data-by'), 'browser');
  assert.ok((await page.locator('#steps li').count()) >= 7);
  // Pinned by hand, it is intact, and the key stands in the address.
  await page.fill('#pin-key', logKey);
  await page.click('#pin button');
  await page.waitForFunction(() => document.querySelector('#record-status').dataset.state === 'intact');
  assert.ok(page.url().includes('#log-key='));
});

await visit(`${claim}#log-key=${encodeURIComponent(logKey)}`, async (page) => {
  await checked(page);
  assert.equal(await state(page), 'intact');
  assert.equal(await page.locator('#steps [data-outcome=passed]').count(), await page.locator('#steps li').count());
  if (textFile) {
    await page.setInputFiles('.appearance .drop input', textFile);
    const status = page.locator('.appearance .drop [role=status]').first();
    await page.waitForFunction(() => /byte for byte/.test(document.querySelector('.drop [role=status]').textContent));
    assert.match(await status.textContent(), /byte for byte/);
  }
});

// Another key than the log's: the checkpoint is not signed by it.
const other = logKey.replace(/^[^+]+/, (name) => `${name}x`);
await visit(`${claim}#log-key=${encodeURIComponent(other)}`, async (page) => {
  await checked(page);
  assert.notEqual(await state(page), 'intact');
});

// A page that shows other words than those that were signed is caught, whatever the server says.
const {page, close} = await open(browser, 'about:blank');
await page.route('**/claim/*.html', async (route) => {
  const response = await route.fetch();
  const body = (await response.text()).replace(/(<span data-signed[^>]*>)[^<]*/, '$1Something else');
  await route.fulfill({response, body});
});
await page.goto(claim);
await checked(page);
assert.equal(await state(page), 'altered');
await close();

// A quote that a reader pastes is found with its status, with the keyboard alone.
await visit(url, async (page) => {
  await page.focus('#q');
  await page.keyboard.type(quote);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  await page.waitForSelector('#found');
  const href = await page.getAttribute('.summary a', 'href');
  assert.ok(href.includes(hash.replace('sha256:', '')), href);
  assert.ok((await page.textContent('.summary .state')).length > 0);
});

// Without script everything but the check can be read, and says so.
await visit(claim, async (page) => {
  const text = await page.textContent('main');
  assert.ok(text.includes(quote.slice(0, 20)));
  assert.ok(text.includes('your browser runs no script'));
}, {javaScriptEnabled: false});

// In another language, at the narrowest width, nothing runs out of the page.
for (const width of [320, 768, 1280]) {
  await visit(`${url}de/claim/${hash.replace('sha256:', '')}.html`, async (page) => {
    await checked(page);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, `${width} px`);
  }, {viewport: {width, height: 800}});
}

await browser.close();
