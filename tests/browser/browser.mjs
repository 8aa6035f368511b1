// A browser for tests: Debian's Chromium with a fresh profile, and pages that keep what went wrong in them.

import {chromium} from 'playwright-core';

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

export function launch(flags = []) {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  return chromium.launch({executablePath, headless: true, args: [...FLAGS, ...flags]});
}

// Waits until the page's script has said what it found. A comparison with the log comes after the first word.
export async function checked(page) {
  await page.waitForFunction(() => !['unchecked', 'running'].includes(document.querySelector('#record-status').dataset.state));
  await page.waitForLoadState('networkidle');
}

// Returns what the line on the record says.
export async function status(page) {
  const line = page.locator('#record-status');
  return {state: await line.getAttribute('data-state'), text: await line.textContent()};
}

// Opens a page whose `faults` hold what must never happen: errors, refused policies, requests to another host.
export async function open(browser, url, options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const faults = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && faults.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const {host, protocol} = new URL(request.url());
    if (host !== new URL(url).host && protocol !== 'data:') {
      faults.push(`request to ${request.url()}`);
    }
  });
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  await page.goto(url, {waitUntil: 'load'});
  return {page, faults, close: () => context.close()};
}
