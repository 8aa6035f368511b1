// The page that checks a proof bundle without network: takes a file, asks `checkBundle`, and shows what it says.
//
// Follows docs/spec/bundle.md, "Check". Every text of the ledger goes into the page as text, never as markup. The record and what
// was concluded of it are two things, and stand on two lines.

import {noticesOf, revocationOf} from './notices.js';
import {MAX_BUNDLE_LEN, checkBundle} from './verify.js';

const MESSAGES = {
  title: 'Check a proof bundle',
  lead: 'This page works without network. Nothing that you choose leaves this computer.',
  file: 'Proof bundle: choose the file, or drop it here',
  logKey: 'The log’s key, as the newsroom gives it elsewhere (optional)',
  policy: 'Whom you trust: a policy of logs and witnesses (optional)',
  checking: 'Checking…',
  tooLong: 'The file is larger than a proof bundle can be.',
  unreadable: 'The file can’t be read.',
  record: {
    verified: 'Record: intact. This is what was signed and logged.',
    altered: 'Record: NOT intact. Something in this file is not as it was signed and logged.',
    'cannot-check': 'Record: not wholly checked.',
    witnesses: 'Record: intact, but not witnessed as your policy asks.',
  },
  noVerdict: 'Verdict: nothing can be said.',
  verdict: {
    recorded: 'Verdict: none. Nobody has reviewed it.',
    'in-review': 'Verdict: none yet. Its first review waits for approval.',
    decided: 'Verdict:',
    're-review': 'Verdict (under review again):',
    corrected: 'Verdict (corrected since):',
    retracted: 'Verdict: retracted. The newsroom withdrew it.',
    erased: 'Verdict: erased. Its words were removed.',
  },
  answers: {verdict: 'is it true?', attribution: 'did this speaker say it?', quote: 'are these the words?'},
  none: 'none.',
  unsound: 'The review that would say it is not intact.',
  inDoubt: (verdict) => `⚠ In doubt. ${verdict}`,
  known: 'What should be known of it',
  reason: (reason) => `reason: ${reason}`,
  revoked: (reason) => `key revoked: ${reason}`,
  steps: 'What was checked',
  said: 'What was said of it',
  raw: 'The values that were compared',
  notChecked: 'What was not checked',
  notCheckedList: [
    'Whether the words are true. The record says who concluded what; it does not make it so.',
    'Whether something was left out of this file: a correction, a reply, a newer review.',
    'Whether the quoted words stand in the article: the file does not hold the article.',
  ],
  since: (size, asOf) => `What was recorded after the first ${size} entries${asOf ? `, ${asOf}` : ''}.`,
  outcomes: {passed: 'passed', failed: 'FAILED', 'not-checked': 'not checked'},
  facts: {
    kind: 'Kind',
    hash: 'Hash',
    speaker: 'Said by',
    signer: 'Signed by',
    signed: 'Signed at',
    recorded: 'Recorded',
    ledger: 'Ledger',
    logKey: 'Log key',
    asOf: 'As of',
    cosigned: 'Witnessed',
  },
  place: (index, size) => `index ${index} of ${size} entries`,
  strangeWitness: 'a witness that your policy does not name',
  notEnrolled: 'a key that was not enrolled',
};

const at = (id) => document.getElementById(id);

// Makes an element with this text and these children.
function element(name, content = '', ...children) {
  const made = document.createElement(name);
  made.textContent = content;
  made.append(...children);
  return made;
}

function list(items) {
  return element('ul', '', ...items);
}

// Returns the line about the record, and the line about the verdict.
export function headlines(result) {
  const [record, verdict] = plainHeadlines(result);
  const isInDoubt = noticesOf(result).some(({isGrave}) => isGrave);
  return [record, isInDoubt ? MESSAGES.inDoubt(verdict) : verdict];
}

function plainHeadlines(result) {
  const record = MESSAGES.record[result.lacksOnlyWitnesses ? 'witnesses' : result.outcome];
  if (result.steps === undefined) {
    return [record, MESSAGES.noVerdict];
  }
  const verdict = MESSAGES.verdict[result.state];
  if (!verdict.endsWith(':')) {
    return [record, verdict];
  }
  const review = result.reviews.find((one) => one.hash === result.decidedReview);
  // Words that nobody signed must not pass for the editors' conclusion.
  if (review?.steps.some(({outcome}) => outcome === 'failed')) {
    return [record, `${verdict} ${MESSAGES.unsound}`];
  }
  const content = review?.record?.content ?? {};
  const answers = Object.entries(MESSAGES.answers)
    .filter(([name]) => content[name] !== undefined)
    .map(([name, question]) => `${question} ${content[name]}`);
  return [record, `${verdict} ${answers.join(', ') || MESSAGES.none}`];
}

function signerOf(result, one) {
  const key = one.proof[0].verificationMethod.split('#')[0];
  const signer = result.signers.find((known) => known.key === key);
  if (signer === undefined) {
    return `${MESSAGES.notEnrolled}, ${key}`;
  }
  const revocation = revocationOf(result, one);
  const revoked = revocation === undefined ? '' : `, ${MESSAGES.revoked(revocation.reason)}`;
  return `${signer.holder ?? signer.key} (${signer.role}${revoked})`;
}

// Says what should be known, of which record, and by which entry.
function noticeOf({one, message, by}) {
  const because = by?.record?.type === 'revocation' ? `, ${MESSAGES.reason(by.record.content.reason)}` : '';
  const follows = by === undefined ? '' : ` (${by.kind}, index ${by.index}${because})`;
  const item = element('li', `${one.kind}, index ${one.index}: ${message}${follows}`);
  item.className = 'cannot-check';
  return item;
}

// Returns the words of a record that a reader looks for.
function wordsOf({record, kind, hash}) {
  if (record === undefined) {
    return hash;
  }
  const {content} = record;
  switch (kind) {
    case 'claim':
      return content.text;
    case 'article':
      return content.headline;
    case 'source':
      return content.title;
    case 'review':
      return content.explanation;
    case 'correction':
      return `${content.kind}: ${content.reason}`;
    case 'response':
      return `${content.by.name}: ${content.text}`;
    case 'foreign':
      return `${content.by.name}: ${content.statement}${content.rating ? ` (${Object.values(content.rating).join(', ')})` : ''}`;
    case 'observation':
      return `${content.url}: ${content.outcome}, ${content.observed}`;
    case 'disclosure':
      return `${content.by.name}: ${content.aiUse.stage}, ${content.aiUse.description}`;
    case 'consent':
      return `${content.person.name}: ${content.decision}, ${content.scope.join(', ')}`;
    case 'relation':
      return `${content.relation} ${content.to}`;
    case 'erasure':
      return content.reason;
    default:
      return hash;
  }
}

function stepOf({step, outcome, why}) {
  const item = element('li', `${step}: ${MESSAGES.outcomes[outcome]}${why === undefined ? '' : `. ${why}`}`);
  item.className = {passed: 'verified', failed: 'altered', 'not-checked': 'cannot-check'}[outcome];
  return item;
}

function facts(result) {
  const {facts: names} = MESSAGES;
  const told = [
    [names.kind, result.kind],
    [names.speaker, result.record?.content.speaker?.name],
    [names.signer, signerOf(result, result)],
    [names.signed, result.proof[0].created],
    [names.recorded, `${result.recorded}, ${MESSAGES.place(result.index, result.size)}`],
    [names.asOf, result.asOf],
    [names.hash, result.hash],
    [names.ledger, result.origin],
    [names.logKey, result.logKey],
    ...result.cosigned.map((one) => [
      names.cosigned,
      `${one.witness}, ${one.time}${one.known ? '' : `, ${MESSAGES.strangeWitness}`}`,
    ]),
  ];
  const shown = told.filter(([, value]) => value !== undefined);
  return element('dl', '', ...shown.flatMap(([name, value]) => [element('dt', name), element('dd', value)]));
}

// Everything in one text, made only for whoever opens it: it can be as long as the bundle.
function rawValues(result) {
  const text = element('pre');
  const details = element('details', '', element('summary', MESSAGES.raw), text);
  details.addEventListener('toggle', () => {
    text.textContent = JSON.stringify(result, null, 2);
  });
  return details;
}

function show(result) {
  const [record, verdict] = headlines(result);
  const first = element('p', '', element('strong', record));
  first.className = result.outcome;
  const parts = [first, element('p', '', element('strong', verdict))];
  if (result.why !== undefined) {
    parts.push(element('p', result.why));
  }
  const notices = noticesOf(result);
  if (notices.length > 0) {
    parts.push(element('h2', MESSAGES.known), list(notices.map(noticeOf)));
  }
  if (result.steps !== undefined) {
    const related = [
      'reviews',
      'approvals',
      'corrections',
      'relations',
      'responses',
      'foreign',
      'observations',
      'disclosures',
      'consents',
      'erasures',
      'articles',
      'sources',
    ];
    const others = related.flatMap((name) => result[name]);
    parts.push(
      element('blockquote', wordsOf(result)),
      facts(result),
      element('h2', MESSAGES.steps),
      list(result.steps.map(stepOf)),
      element('h2', MESSAGES.said),
      list(
        others.map((one) => {
          const failed = one.steps.filter(({outcome}) => outcome !== 'passed').map(stepOf);
          return element('li', `${one.kind}, ${signerOf(result, one)}: ${wordsOf(one)}`, list(failed));
        }),
      ),
      rawValues(result),
    );
  }
  const open = [...MESSAGES.notCheckedList, ...(result.steps ? [MESSAGES.since(result.size, result.asOf)] : [])];
  parts.push(element('h2', MESSAGES.notChecked), list(open.map((line) => element('li', line))));
  at('result').replaceChildren(...parts);
}

function say(text) {
  at('result').replaceChildren(element('p', text));
}

// The file that was chosen last; what is still being checked of another is not shown any more.
let chosen = null;

async function check() {
  const file = chosen;
  if (file === null) {
    return;
  }
  if (file.size > MAX_BUNDLE_LEN) {
    say(MESSAGES.tooLong);
    return;
  }
  say(MESSAGES.checking);
  let bytes;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    say(MESSAGES.unreadable);
    return;
  }
  const given = (id) => at(id).value.trim() || null;
  const policy = given('policy');
  try {
    const result = await checkBundle(bytes, {logKey: given('log-key'), policy: policy && `${policy}\n`});
    if (file === chosen) {
      show(result);
    }
  } catch (error) {
    // What was typed is no key or no policy.
    say(error.message);
  }
}

function choose(file) {
  chosen = file ?? null;
  check();
}

function start() {
  for (const [id, text] of [
    ['title', MESSAGES.title],
    ['lead', MESSAGES.lead],
    ['file-label', MESSAGES.file],
    ['log-key-label', MESSAGES.logKey],
    ['policy-label', MESSAGES.policy],
  ]) {
    at(id).textContent = text;
  }
  const drop = at('drop');
  at('file').addEventListener('change', (event) => choose(event.target.files[0]));
  for (const id of ['log-key', 'policy']) {
    at(id).addEventListener('change', check);
  }
  // A file that is dropped beside the box must not be opened in place of the page.
  for (const name of ['dragover', 'drop']) {
    document.addEventListener(name, (event) => event.preventDefault());
  }
  drop.addEventListener('dragover', () => drop.classList.add('over'));
  for (const name of ['dragleave', 'drop']) {
    drop.addEventListener(name, () => drop.classList.remove('over'));
  }
  document.addEventListener('drop', (event) => choose(event.dataTransfer.files[0]));
}

start();
