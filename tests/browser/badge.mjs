// Opens badges on the page of another site, and the verifier as a file: `node badge.mjs SITE`, where SITE is JSON: the address `url`,
// the `logKey`, `claims` from names of states to hashes, and the `folder` that the site was published to.

import assert from 'node:assert/strict';
import {readFile, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {launch, open} from './browser.mjs';

const {url, logKey, claims, folder} = JSON.parse(process.argv[2]);
const digits = (state) => claims[state].replace('sha256:', '');
const badge = (state, key = logKey) =>
  `<claim-badge id="${state}" hash="${digits(state)}" ledger="${url}"${key ? ` log-key="${key}"` : ''}>`
  + `<a href="${url}claim/${digits(state)}.html">Who checked this?</a></claim-badge>`;
const html = (language, body) =>
  `<!doctype html><html lang="${language}"><meta charset="utf-8"><title>A newspaper</title><link rel="icon" href="data:,">`
  + `<style>* {color: red; font-size: 99px}</style><script type="module" src="${url}badge.js"></script>${body}</html>`;
const pages = {
  '/en': html('en', ['decided', 'corrected', 'retracted'].map((state) => badge(state)).join('') + badge('recorded', '')),
  '/de': html('de-AT', badge('retracted')),
};
const newspaper = createServer((request, response) => {
  response.writeHead(200, {'content-type': 'text/html'}).end(pages[request.url]);
});
await new Promise((resolve) => {
  newspaper.listen(0, 'localhost', resolve);
});
const home = `http://localhost:${newspaper.address().port}`;
assert.notEqual(new URL(home).host, new URL(url).host);
const browser = await launch();

async function visit(where, look, options) {
  const {page, faults, close} = await open(browser, where, options);
  const requests = [];
  page.on('request', (request) => requests.push(request.url()));
  await look(page, requests);
  // Asking the ledger is what a badge is for; whatever else goes wrong is a fault.
  assert.deepEqual(faults.filter((fault) => !fault.startsWith(`request to ${url}`)), [], where);
  await close();
}
const says = async (page, state, button) => {
  await page.click(`#${state} button`);
  await page.waitForFunction(([id, label]) => document.getElementById(id).shadowRoot.querySelector('button').textContent === label, [state, button]);
  return page.textContent(`#${state} .says`);
};

await visit(`${home}/en`, async (page, requests) => {
  await page.waitForSelector('#decided button');
  await page.waitForLoadState('networkidle');
  requests.length = 0;
  await page.waitForTimeout(300);
  assert.deepEqual(requests, [], 'nothing is asked before the reader asks');
  assert.match(await says(page, 'decided', 'Check again'), /^Record intact\. Verdict: mostly-verified\.$/);
  assert.ok(requests.length > 1 && requests.every((one) => one.startsWith(url)), requests.join(' '));
  assert.match(await says(page, 'corrected', 'Check again'), /Corrected by the newsroom/);
  assert.match(await says(page, 'retracted', 'Check again'), /Retracted: the newsroom withdrew it/);
  // Without a key that the newspaper names, whose log it is stays open.
  assert.match(await says(page, 'recorded', 'Check again'), /not wholly checked.*nobody has reviewed it/);
  assert.match(await page.textContent('#decided details'), /Not checked: whether it is true/);
  // The page around it has no hold on its insides.
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.querySelector('#decided').shadowRoot.querySelector('.badge')).fontSize), '99px');
});
await visit(`${home}/de`, async (page) => {
  assert.match(await says(page, 'retracted', 'Noch einmal prüfen'), /Eintrag unversehrt\. Zurückgezogen: Die Redaktion/);
});
await visit(`${home}/en`, async (page, requests) => {
  const link = page.locator('#decided a');
  assert.equal(await link.textContent(), 'Who checked this?');
  assert.equal(await link.getAttribute('href'), `${url}claim/${digits('decided')}.html`);
  assert.equal(await page.locator('#decided button').count(), 0);
  assert.deepEqual(requests, []);
}, {javaScriptEnabled: false});
newspaper.close();

// The verifier as a file on the reader's machine: no network, and the same answers.
const proof = join(folder, 'proof', `${digits('decided')}.json`);
await visit(pathToFileURL(join(folder, 'verify.html')).href, async (page, requests) => {
  assert.equal(await page.evaluate(() => location.protocol), 'file:');
  await page.fill('#log-key', logKey);
  await page.setInputFiles('#file', proof);
  await page.waitForSelector('#result .verified');
  assert.match(await page.textContent('#result'), /Record: intact.*Verdict: is it true\? mostly-verified/);
  const altered = join(folder, '..', 'altered.json');
  await writeFile(altered, (await readFile(proof, 'utf8')).replaceAll('We looked.', 'We liked it.'));
  await page.setInputFiles('#file', altered);
  await page.waitForSelector('#result .altered');
  assert.match(await page.textContent('#result'), /NOT intact/);
  await page.setInputFiles('#file', join(folder, 'proof', `${digits('retracted')}.json`));
  await page.waitForFunction(() => /Verdict: retracted/.test(document.querySelector('#result').textContent));
  // By dropping it, too.
  const bytes = await readFile(proof, 'utf8');
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'proof.json'));
    document.querySelector('#drop').dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}));
  }, bytes);
  await page.waitForFunction(() => /mostly-verified/.test(document.querySelector('#result').textContent));
  assert.deepEqual(requests.filter((one) => !one.startsWith('blob:')), []);
});
await browser.close();
