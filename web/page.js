// The script of every page: checks a record's proof, searches without a server, compares a text that the reader has.
//
// It believes nothing that the server says but what it checked itself, under a log key that the reader pinned: in the
// address (#log-key=...), or remembered in this browser at the reader's wish.

import {element, messages, word} from './dom.js';

const {root, logKey: namedKey, origin} = document.body.dataset;
const subject = document.querySelector('.subject');
const find = (selector) => document.querySelector(selector);

const MAX_FILE_LEN = 64 << 20;
const REMEMBERED = `log-key:${origin}`;

const say = await messages();
offerCopies();
if (subject) {
  offerPinning();
  offerDrops();
  await checkRecord();
  addEventListener('hashchange', checkRecord);
}
if (find('form.search')) {
  const {offerSearch} = await import('./search.js');
  offerSearch(say, root);
}

// Returns the log's key as the reader knows it, if they said it.
function pinnedKey() {
  const inAddress = new URLSearchParams(location.hash.slice(1)).get('log-key');
  return inAddress ?? remembered(() => localStorage.getItem(REMEMBERED));
}

// A browser may forbid a site to remember anything.
function remembered(act) {
  try {
    return act();
  } catch {
    return null;
  }
}

// Checks the record that the page is about, and says what was found in the place of the server's word.
async function checkRecord() {
  const status = find('#record-status');
  show(status, 'running', say('check.running'));
  try {
    await fetchAndCheck(status);
  } catch (error) {
    // A fault of this script says nothing of the record.
    show(status, 'cannot', say('check.cannot'), error.message);
    throw error;
  }
}

async function fetchAndCheck(status) {
  const pinned = pinnedKey();
  showPin(pinned);
  let bytes;
  try {
    const response = await fetch(subject.dataset.proof, {cache: 'no-cache'});
    if (!response.ok) {
      throw new Error(`${response.status} ${response.statusText}`.trim());
    }
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    show(status, 'cannot', say('check.cannot'), say('check.no-proof', {why: error.message}));
    return;
  }
  if (!globalThis.crypto?.subtle) {
    show(status, 'cannot', say('check.cannot'), say('check.insecure'));
    return;
  }
  const {checkBundle} = await import('./verify.js');
  let result;
  try {
    result = await checkBundle(bytes, {logKey: pinned});
  } catch (error) {
    // What the reader pinned is no key.
    show(status, 'cannot', say('check.cannot'), error.message);
    return;
  }
  tell(status, result, pinned);
  showSteps(result);
  if (status.dataset.state !== 'altered' && result.steps) {
    await compareWithLog(status, result);
  }
}

// What was withheld from the proof, or recorded since, the log as it is published now tells.
async function compareWithLog(status, result) {
  const {compareWithSite, fetchFrom} = await import('./tiles.js');
  const comparison = await compareWithSite(result, fetchFrom(new URL(root, location.href)));
  if (comparison.outcome === 'contradicted') {
    show(status, 'altered', say('check.altered'), say('check.contradicted', {why: comparison.why ?? ''}));
  } else if (comparison.outcome === 'outdated') {
    show(status, 'stale', say('check.outdated'), say('check.outdated-more', {n: comparison.later.length}));
  } else {
    const name = comparison.outcome === 'current' ? 'check.current' : 'check.not-compared';
    status.append(' ', element('span', {}, say(name, {size: comparison.size ?? ''})));
  }
}

function tell(status, result, pinned) {
  const differs = differences(result);
  if (differs.length > 0) {
    show(status, 'altered', say('check.altered'), say('check.page-differs', {what: differs.join(', ')}));
    return;
  }
  const open = (result.steps ?? []).filter((step) => step.outcome === 'not-checked');
  const failed = (result.steps ?? []).find((step) => step.outcome === 'failed');
  const isWhoseLog = (step) => step.step === "the checkpoint is signed by the log's key";
  const isErased = (step) => result.state === 'erased' && step.step === 'the record is the one with this hash';
  if (result.outcome === 'altered') {
    const more = failed ? say('check.altered-more', {step: failed.step, why: failed.why}) : result.why;
    show(status, 'altered', say('check.altered'), more);
  } else if (result.outcome === 'verified') {
    show(status, 'intact', say('check.intact'), say('check.intact-more', {steps: countSteps(result)}));
  } else if (result.steps && open.every((step) => isWhoseLog(step) || isErased(step))) {
    const words = result.state === 'erased' ? 'check.erased' : pinned ? 'check.intact' : 'check.unpinned';
    const more = pinned ? [] : [say('check.intact-unpinned')];
    show(status, pinned ? 'intact' : 'unpinned', say(words), ...more);
  } else {
    const [step] = open;
    const more = step ? say('check.cannot-more', {step: step.step, why: step.why}) : result.why;
    show(status, 'cannot', say('check.cannot'), more);
  }
}

// What this page shows may be older than the proof, or not be what was signed.
function differences(result) {
  const differs = [];
  const {hash} = subject.dataset;
  const compare = (selector, expected) => {
    const shown = find(selector)?.textContent;
    if (shown !== undefined && expected !== undefined && shown !== expected) {
      differs.push(`“${shown.slice(0, 80)}” / “${String(expected).slice(0, 80)}”`);
    }
  };
  const named = /([0-9a-f]{64})\.html$/.exec(location.pathname)?.[1];
  if ((result.hash ?? hash) !== hash || (named !== undefined && hash !== `sha256:${named}`)) {
    differs.push(`${hash} / ${result.hash ?? named}`);
  }
  if (!result.steps) {
    return differs;
  }
  compare('#provenance-hash', result.hash);
  const title = {claim: 'text', article: 'headline', source: 'title'}[result.kind];
  compare('h1 [data-signed]', result.record?.content[title]);
  compare('#verdict-line .state', word(say, 'state', result.state));
  const review = (result.reviews ?? []).find((one) => one.hash === result.decidedReview);
  const content = review?.record?.content ?? {};
  for (const vocabulary of ['verdict', 'attribution', 'quote']) {
    const expected = content[vocabulary] ? word(say, vocabulary, content[vocabulary]) : say('answer.none');
    compare(`#verdict-line [data-answer=${vocabulary}]`, expected);
  }
  compare('#verdict-line .explanation', content.explanation);
  return differs;
}

function others(result) {
  const lists = ['reviews', 'approvals', 'corrections', 'relations', 'responses', 'erasures', 'articles', 'sources', 'supporting'];
  return lists.flatMap((list) => result[list] ?? []);
}

function countSteps(result) {
  return [result, ...others(result)].reduce((sum, one) => sum + one.steps.length, 0);
}

function show(status, state, sentence, ...more) {
  status.dataset.state = state;
  status.replaceChildren(element('strong', {}, sentence), ...more.flatMap((text) => [' ', element('span', {}, text)]));
}

// Replaces what the server found by what the browser found, each step with what was compared.
function showSteps(result) {
  if (!result.steps) {
    return;
  }
  const list = find('#steps');
  list.dataset.by = 'browser';
  list.replaceChildren(...result.steps.map(stepItem));
  for (const one of others(result).filter((one) => !one.intact)) {
    const steps = one.steps.filter((step) => step.outcome !== 'passed');
    list.append(...steps.map((step) => stepItem({...step, step: `${one.kind} ${one.hash}: ${step.step}`})));
  }
  find('#steps-note').textContent = say('steps.by-browser');
}

function stepItem({step, outcome, why, values}) {
  const item = element('li', {'data-outcome': outcome},
    element('span', {class: 'outcome'}, say(`step.${outcome}`)), ' ',
    element('span', {lang: 'en'}, why ? `${step}: ${why}` : step));
  if (values) {
    const rows = Object.entries(values).map(([name, value]) => element('div', {},
      element('dt', {}, name),
      element('dd', {}, element('code', {class: 'hash'}, Array.isArray(value) ? value.join('\n') : String(value)))));
    item.append(element('details', {lang: 'en'},
      element('summary', {lang: document.documentElement.lang}, say('values.show')), element('dl', {class: 'values'}, ...rows)));
  }
  return item;
}

function showPin(pinned) {
  const note = find('#log-key-note');
  const state = pinned === null ? 'log-key.own' : pinned === namedKey ? 'log-key.pinned' : 'log-key.differs';
  note.replaceChildren(say(state));
  if (pinned !== null) {
    note.append(' ', element('a', {href: `#log-key=${encodeURIComponent(pinned)}`}, say('pin.link')));
    const forget = element('button', {type: 'button'}, say('pin.forget'));
    forget.addEventListener('click', () => {
      remembered(() => localStorage.removeItem(REMEMBERED));
      history.replaceState(null, '', location.pathname + location.search);
      checkRecord();
    });
    note.append(' ', forget);
  }
}

function offerPinning() {
  const box = find('#pin');
  const form = box.querySelector('form');
  const field = form.querySelector('#pin-key');
  box.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const key = field.value.trim();
    const bad = !/^\S+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$/.test(key);
    field.setCustomValidity(bad ? say('pin.bad') : '');
    if (bad) {
      field.reportValidity();
      return;
    }
    if (form.elements.remember.checked) {
      remembered(() => localStorage.setItem(REMEMBERED, key));
    }
    history.replaceState(null, '', `#log-key=${encodeURIComponent(key)}`);
    checkRecord();
    find('#record-status').scrollIntoView({block: 'center'});
  });
  field.addEventListener('input', () => field.setCustomValidity(''));
}

// A button beside whatever is meant to be copied.
function offerCopies() {
  for (const button of document.querySelectorAll('[data-copy]')) {
    button.hidden = false;
    button.addEventListener('click', () => copy(button, find(`#${button.dataset.copy}`).textContent));
  }
  for (const id of ['log-key', 'embed', 'citation']) {
    const target = find(`#${id}`);
    if (target) {
      const button = element('button', {type: 'button', class: 'copy', 'aria-describedby': id}, say('copy'));
      button.addEventListener('click', () => copy(button, target.textContent));
      (target.closest('pre') ?? target).after(button);
    }
  }
}

async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = say('copied');
  } catch {
    // Without that permission the text can still be selected by hand.
    getSelection().selectAllChildren(find(`#${button.dataset.copy ?? button.getAttribute('aria-describedby')}`));
  }
}

// A reader who has the article's text sees whether the words stand in it. The file never leaves the machine.
function offerDrops() {
  for (const figure of document.querySelectorAll('.appearance')) {
    const zone = figure.querySelector('.drop');
    if (!zone) {
      continue;
    }
    const input = zone.querySelector('input');
    zone.hidden = false;
    input.addEventListener('change', () => compareText(figure, input.files[0]));
    zone.addEventListener('dragover', (event) => {
      event.preventDefault();
      zone.classList.add('over');
    });
    zone.addEventListener('dragleave', () => zone.classList.remove('over'));
    zone.addEventListener('drop', (event) => {
      event.preventDefault();
      zone.classList.remove('over');
      compareText(figure, event.dataTransfer.files[0]);
    });
  }
}

async function compareText(figure, file) {
  const status = figure.querySelector('.drop [role=status]');
  if (!file) {
    return;
  }
  status.textContent = say('drop.checking');
  status.textContent = say(await placeIn(figure.dataset, file));
}

// Says by a message how the quoted words stand in a text.
async function placeIn({start, end, exact, text: digest}, file) {
  if (file.size > MAX_FILE_LEN) {
    return 'drop.too-long';
  }
  const [{normalizeText}, {digestOf, utf8}] = await Promise.all([import('./text.js'), import('./hash.js')]);
  let text;
  try {
    text = new TextDecoder('utf-8', {fatal: true}).decode(await file.arrayBuffer());
  } catch {
    return 'drop.not-text';
  }
  const normal = normalizeText(text);
  // Places count code points, not the units of JavaScript.
  const there = [...normal].slice(Number(start), Number(end)).join('');
  if (there === exact) {
    return (await digestOf(utf8(normal))) === digest ? 'drop.same' : 'drop.version';
  }
  return normal.includes(exact) ? 'drop.moved' : 'drop.lost';
}
