// Holds every kind of page against the rules of axe-core, and walks through one by keyboard: `node access.mjs SITE`, where SITE is
// JSON: the address `url`, the `logKey` and the `paths` of the pages.

import assert from 'node:assert/strict';
import axe from 'axe-core';
import {launch, open} from './browser.mjs';

const {url, logKey, paths} = JSON.parse(process.argv[2]);
const browser = await launch();
const settled = (page) =>
  page.waitForFunction(() => !['unchecked', 'running'].includes(document.querySelector('#record-status')?.dataset.state));

for (const path of paths) {
  const {page, faults, close} = await open(browser, url + path);
  await settled(page);
  await page.waitForLoadState('networkidle');
  // What is folded up is looked at too.
  await page.evaluate(() => document.querySelectorAll('details').forEach((one) => {
    one.open = true;
  }));
  // By the debugger, which the page's policy does not bind.
  await page.evaluate(axe.source);
  for (const width of [320, 1280]) {
    for (const colorScheme of ['light', 'dark']) {
      const where = `${path} ${width} ${colorScheme}`;
      await page.setViewportSize({width, height: 800});
      await page.emulateMedia({colorScheme});
      const {violations} = await page.evaluate(() => globalThis.axe.run({resultTypes: ['violations']}));
      const told = violations.flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary}`));
      assert.deepEqual(told, [], where);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, where);
    }
  }
  // Where there is no record, the page itself is answered with 404.
  assert.deepEqual(faults.filter((fault) => !(path.includes('00000') && /404/.test(fault))), [], path);
  await close();
}

// By keyboard: the first stop leads to the content, each stop shows where it is, and the walk ends.
const {page, faults, close} = await open(browser, `${url}${paths.find((path) => path.startsWith('claim/'))}#log-key=${encodeURIComponent(logKey)}`);
await settled(page);
await page.keyboard.press('Tab');
assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
const stops = new Set();
for (let i = 0; i < 300; i += 1) {
  const stop = await page.evaluate(() => {
    const one = document.activeElement;
    if (one === document.body) {
      return null;
    }
    const {outlineStyle, outlineWidth} = getComputedStyle(one);
    const place = [...document.querySelectorAll('*')].indexOf(one);
    return {place, shown: outlineStyle !== 'none' && outlineWidth !== '0px', html: one.outerHTML.slice(0, 80), id: one.id, type: one.tagName};
  });
  if (stop === null || stops.has(stop.place)) {
    break;
  }
  stops.add(stop.place);
  assert.ok(stop.shown, `the focus can be seen on ${stop.html}`);
  await page.keyboard.press('Tab');
}
const reachable = await page.evaluate(() =>
  [...document.querySelectorAll('a[href], button, input, textarea, summary')].filter((one) => one.checkVisibility() && one.tabIndex >= 0).length);
assert.ok(stops.size >= reachable, `${stops.size} stops for ${reachable} controls`);
assert.deepEqual(faults, []);
await close();
await browser.close();
