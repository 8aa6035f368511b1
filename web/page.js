// The script of every page: checks a record's proof, searches without a server, compares a text that the reader has.
//
// It believes nothing that the server says but what it checked itself, under a log key that the reader pinned: in the
// address (#log-key=...), or remembered in this browser at the reader's wish.

import {element, messages, word} from './dom.js';
import {noticesOf} from './notices.js';

const {root, logKey: namedKey, origin} = document.body.dataset;
const subject = document.querySelector('.subject');
const find = (selector) => document.querySelector(selector);

const MAX_FILE_LEN = 64 << 20;
const REMEMBERED = `log-key:${origin}`;
const REMEMBERED_POLICY = `policy:${origin}`;

// Records that are named one by one, and characters of their words.
const MAX_LISTED = 5;
const MAX_WORDS = 120;

// The policy that was typed in, if it is not remembered.
let typedPolicy = null;

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

// Returns whom the reader trusts as witnesses, if they said it.
function policyOfReader() {
  return typedPolicy ?? remembered(() => localStorage.getItem(REMEMBERED_POLICY));
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
  if (!globalThis.crypto?.subtle) {
    show(status, 'cannot', say('check.cannot'), say('check.insecure'));
    return;
  }
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
  const {checkBundle} = await import('./verify.js');
  let result;
  try {
    result = await checkBundle(bytes, {logKey: pinned, policy: policyOfReader()});
  } catch (error) {
    // What the reader pinned is no key, or the policy is none.
    show(status, 'cannot', say('check.cannot'), error.message);
    return;
  }
  await tell(status, result);
  showSteps(result);
  showWitnesses(result);
  if (status.dataset.state !== 'altered' && result.steps) {
    // Not shown as settled before the log had its say.
    const {state} = status.dataset;
    status.dataset.state = 'running';
    await compareWithLog(status, result);
    showNotices(status, result);
    if (status.dataset.state === 'running') {
      status.dataset.state = state;
    }
  }
}

// What makes the record or its grounds doubtful stands beside the check of it, whatever the page shows elsewhere.
function showNotices(status, result) {
  for (const {one, message, by} of noticesOf(result)) {
    const reason = by?.record?.type === 'revocation' ? ` (${word(say, 'revocation', by.record.content.reason)})` : '';
    const name = `${word(say, 'kind', one.kind)}, ${say('entry', {index: one.index})}`;
    status.append(' ', element('strong', {class: 'alarm'}, say('check.known', {what: `${name}: ${message}${reason}`})));
  }
}

// What was withheld from the proof, or recorded since, the log as it is published now tells.
async function compareWithLog(status, result) {
  const {compareWithSite, fetchFrom} = await import('./tiles.js');
  const comparison = await compareWithSite(result, fetchFrom(new URL(root, location.href)));
  const {outcome, size = ''} = comparison;
  if (outcome === 'contradicted') {
    show(status, 'altered', say('check.altered'), say('check.contradicted', {why: comparison.why ?? ''}));
  } else if (outcome === 'left-out') {
    show(status, 'withheld', say('check.left-out'), say('check.left-out-more', {what: listed(comparison.leftOut)}));
  } else if (outcome === 'outdated') {
    show(status, 'stale', say('check.outdated'), say('check.outdated-more', {what: listed(comparison.later)}));
  } else {
    status.append(' ', element('span', {}, say(`check.log-${outcome}`, {size, why: comparison.why ?? ''})));
    const isWhole = comparison.from === result.index + 1 && comparison.unreadBefore === 0;
    if (outcome === 'current' && !isWhole) {
      status.append(' ', element('span', {}, say('check.not-all', {from: comparison.from, n: comparison.unreadBefore})));
    }
  }
  const erased = Object.entries(comparison.erased ?? {}).map(([kind, n]) => `${n} × ${word(say, 'kind', kind)}`);
  if (outcome !== 'contradicted' && erased.length > 0) {
    status.append(' ', element('span', {}, say('check.erased-since', {what: erased.join(', ')})));
  }
}

function listed(records) {
  const shown = records.slice(0, MAX_LISTED).map(({kind, index, record}) => {
    const {reason, explanation, text} = record.content;
    const words = reason ?? explanation ?? text;
    const name = `${word(say, 'kind', kind)}, ${say('entry', {index})}`;
    return words ? `${name}: “${words.slice(0, MAX_WORDS)}”` : name;
  });
  return shown.join('; ') + (records.length > MAX_LISTED ? '; …' : '');
}

async function tell(status, result) {
  const {differences} = await import('./shown.js');
  const differs = differences(result, say, {hash: subject.dataset.hash});
  const steps = result.steps ?? [];
  const isWhoseLog = (step) => step.step === "the checkpoint is signed by the log's key";
  // Which key it is that did not fit, the step itself says.
  const shownKey = find('#log-key').textContent;
  if (result.logKey !== undefined && result.logKey !== shownKey && !steps.some((step) => isWhoseLog(step) && step.outcome === 'failed')) {
    differs.push({what: 'log-key', shown: shownKey, expected: result.logKey});
  }
  if (result.outcome !== 'altered' && differs.length > 0) {
    show(status, 'altered', say('check.page-altered'), ...differs.slice(0, MAX_LISTED).map(
      ({what, shown, expected}) => say('check.differs', {what: say(`differs.${what}`), shown: shown || '—', expected: expected || '—'})));
    return;
  }
  const open = steps.filter((step) => step.outcome === 'not-checked');
  const allFailed = [result, ...others(result)].flatMap((one) => one.steps ?? []).filter((step) => step.outcome === 'failed');
  // Under a checkpoint that is not the log's, nothing else fits either.
  const failed = allFailed.find(isWhoseLog) ?? allFailed[0];
  const isErased = (step) => result.state === 'erased' && step.step === 'the record is the one with this hash';
  if (result.lacksOnlyWitnesses) {
    show(status, 'cannot', say('check.unwitnessed'), say('check.altered-more', {step: failed.step, why: failed.why}));
  } else if (result.outcome === 'altered') {
    const more = failed ? say('check.altered-more', {step: failed.step, why: failed.why}) : result.why;
    show(status, 'altered', say('check.altered'), more);
  } else if (result.outcome === 'verified') {
    show(status, 'intact', say('check.intact'), say('check.intact-more', {steps: countSteps(result)}));
  } else if (steps.length > 0 && open.every((step) => isWhoseLog(step) || isErased(step))) {
    const isOurs = !open.some(isWhoseLog);
    const words = result.state === 'erased' ? 'check.erased' : isOurs ? 'check.intact' : 'check.unpinned';
    const more = isOurs ? [] : [say('check.intact-unpinned')];
    show(status, isOurs ? 'intact' : 'unpinned', say(words), ...more);
  } else {
    const [step] = open;
    const more = step ? say('check.cannot-more', {step: step.step, why: step.why}) : result.why;
    show(status, 'cannot', say('check.cannot'), more);
  }
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

// How many witnesses are enough, the reader's policy says.
function showWitnesses(result) {
  const quorum = result.steps?.find((step) => step.step === 'the witnesses that the policy asks for have cosigned');
  if (quorum?.values) {
    const {signed, missing} = quorum.values;
    const name = quorum.outcome === 'passed' ? 'witnesses.enough' : 'witnesses.too-few';
    find('#witness-line').textContent = say(name, {m: signed.length, n: signed.length + missing.length, missing: missing.join(', ')});
  }
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
  offerPolicy(box.querySelector('#policy-form'));
}

function offerPolicy(form) {
  const field = form.elements.policy;
  field.value = policyOfReader() ?? '';
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = field.value.trim();
    typedPolicy = text === '' ? null : `${text}\n`;
    const isKept = typedPolicy !== null && form.elements.remember.checked;
    remembered(() => (isKept ? localStorage.setItem(REMEMBERED_POLICY, typedPolicy) : localStorage.removeItem(REMEMBERED_POLICY)));
    checkRecord();
    find('#record-status').scrollIntoView({block: 'center'});
  });
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
