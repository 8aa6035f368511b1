// Pastes quotes into the search of a site: `node quotes.mjs SITE`, where SITE is JSON: the address `url` or the `folder` of plain
// files, and `quotes`: what is pasted, the hash of the claim that is meant, and the words of its standing.

import assert from 'node:assert/strict';
import {launch, open} from './browser.mjs';
import {serveFolder} from './files.mjs';

const {url, folder, quotes} = JSON.parse(process.argv[2]);
const server = folder ? await serveFolder(folder) : {url, close: () => {}};
const browser = await launch();
for (const {pasted, hash, standing} of quotes) {
  const {page, faults, close} = await open(browser, server.url);
  await page.fill('#q', pasted);
  await page.press('#q', 'Enter');
  await page.waitForSelector('#found');
  const found = await page.locator('.summary').evaluateAll((items) =>
    items.map((item) => [item.querySelector('a').href, item.querySelector('.summary-standing').textContent]));
  const meant = found.find(([href]) => href.includes(hash.replace('sha256:', '')));
  assert.ok(meant, `found of “${pasted.slice(0, 20)}…”: ${JSON.stringify(found)}`);
  assert.ok(meant[1].includes(standing), meant[1]);
  // A plain server answers 404 for parts of the index that hold nothing.
  assert.deepEqual(faults.filter((fault) => !(folder && /404/.test(fault))), []);
  await close();
}
await browser.close();
server.close();
