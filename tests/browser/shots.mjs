// Takes screenshots of a site for people to look at: `node shots.mjs FOLDER URL...`, at three widths, light and dark.

import {mkdir} from 'node:fs/promises';
import {launch, open} from './browser.mjs';

const [folder, ...urls] = process.argv.slice(2);
await mkdir(folder, {recursive: true});
const browser = await launch();
for (const [place, url] of urls.entries()) {
  for (const width of [320, 768, 1280]) {
    for (const colorScheme of ['light', 'dark']) {
      const {page, faults, close} = await open(browser, url, {viewport: {width, height: 900}, colorScheme});
      await page.waitForFunction(() => !['unchecked', 'running'].includes(document.querySelector('#record-status')?.dataset.state));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      await page.screenshot({path: `${folder}/${place}-${width}-${colorScheme}.png`, fullPage: true});
      console.log(`${place} ${width} ${colorScheme} overflow ${overflow} faults ${JSON.stringify(faults)} state ${await page.evaluate(() => document.querySelector('#record-status')?.textContent)}`);
      await close();
    }
  }
}
await browser.close();
