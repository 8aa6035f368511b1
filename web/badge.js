// <claim-badge>: what was checked of a claim, on anybody's page.
//
//     <script type="module" src="https://desk.example/ledger/badge.js"></script>
//     <claim-badge hash="57d8dbfc…" ledger="https://desk.example/ledger/" log-key="desk.example/2026+bf225b05+AWUS…">
//       <a href="https://desk.example/ledger/claim/57d8dbfc….html">Who checked this?</a>
//     </claim-badge>
//
// Without script the link inside is a plain link. Nothing is requested until the reader asks; then the proof bundle
// `proof/HASH.json` is taken from under `ledger`, checked by the verifier beside this file, and compared with the log as it
// is published there now. Without `log-key` the check can't say whose log it is, and says so.
//
// Follows docs/spec/bundle.md. Every text of the ledger goes into the page as text, never as markup.

const ENGLISH = {
  ask: 'Check this claim',
  again: 'Check again',
  checking: 'Checking…',
  details: 'What was checked, and what was not',
  badHash: 'Not checked: the badge names no hash.',
  badLedger: 'Not checked: the badge names no address of a ledger.',
  unreachable: 'Not checked: the ledger did not answer.',
  absent: 'Not checked: the ledger has no proof of this claim, which does not make it false.',
  failed: 'Not checked: the verifier could not be loaded.',
  otherRecord: 'The proof is for another record than the badge names.',
  verified: 'Record intact.',
  altered: 'Record NOT intact: it is not as it was signed and logged.',
  'cannot-check': 'Record not wholly checked.',
  state: {
    recorded: 'No verdict: nobody has reviewed it.',
    'in-review': 'No verdict yet: its review waits for approval.',
    decided: 'Verdict:',
    're-review': 'Under review again; until then:',
    corrected: 'Corrected by the newsroom. Verdict:',
    retracted: 'Retracted: the newsroom withdrew it.',
    erased: 'Erased: its words were removed.',
  },
  none: 'none',
  words: {},
  unsound: 'the review is not intact',
  inDoubt: '⚠ In doubt: something that this rests on was retracted, or a signature is distrusted.',
  superseded: 'More was said of it since: see the ledger.',
  leftOut: 'The ledger withholds what was said of it.',
  contradicted: 'The ledger now shows another history than this proof.',
  open: {
    truth: 'Not checked: whether it is true. The record says who concluded what.',
    omission: 'Not checked: whether something was left out of the proof.',
    current: (size) => `Compared with the log of now, ${size} entries: nothing was said of it since.`,
    'not-compared': 'Not checked: whether something was said of it since. The log could not be read.',
    unknown: 'Not checked: whether something was said of it since. Some newer records are not given out.',
    older: 'Not checked: whether something was said of it since. The site shows an older log.',
  },
};

const GERMAN = {
  ask: 'Diese Aussage prüfen',
  again: 'Noch einmal prüfen',
  checking: 'Wird geprüft …',
  details: 'Was geprüft wurde, und was nicht',
  badHash: 'Nicht geprüft: Das Abzeichen nennt keinen Hash.',
  badLedger: 'Nicht geprüft: Das Abzeichen nennt keine Adresse eines Ledgers.',
  unreachable: 'Nicht geprüft: Das Ledger hat nicht geantwortet.',
  absent: 'Nicht geprüft: Das Ledger hat keinen Beweis dieser Aussage. Das macht sie nicht falsch.',
  failed: 'Nicht geprüft: Das Prüfprogramm konnte nicht geladen werden.',
  otherRecord: 'Der Beweis ist für einen anderen Eintrag als den, den das Abzeichen nennt.',
  verified: 'Eintrag unversehrt.',
  altered: 'Eintrag NICHT unversehrt: Er ist nicht so, wie er unterschrieben und protokolliert wurde.',
  'cannot-check': 'Eintrag nicht ganz geprüft.',
  state: {
    recorded: 'Kein Urteil: Niemand hat die Aussage geprüft.',
    'in-review': 'Noch kein Urteil: Die Prüfung wartet auf Zustimmung.',
    decided: 'Urteil:',
    're-review': 'Wird erneut geprüft; bis dahin:',
    corrected: 'Von der Redaktion berichtigt. Urteil:',
    retracted: 'Zurückgezogen: Die Redaktion hat die Aussage zurückgenommen.',
    erased: 'Gelöscht: Die Worte wurden entfernt.',
  },
  none: 'keines',
  words: {
    'attribution.confirmed': 'Bestätigt',
    'attribution.disputed': 'Umstritten',
    'attribution.misattributed': 'Falsch zugeschrieben',
    'attribution.unlocated': 'Nicht aufgefunden',
    'quote.altered': 'Verändert',
    'quote.elided': 'Gekürzt',
    'quote.paraphrase': 'Umschrieben',
    'quote.translated': 'Übersetzt',
    'quote.unlocated': 'Nicht aufgefunden',
    'quote.verbatim': 'Wörtlich',
    'verdict.false': 'Falsch',
    'verdict.missing-context': 'Zusammenhang fehlt',
    'verdict.mixed': 'Teils wahr, teils falsch',
    'verdict.mostly-false': 'Größtenteils falsch',
    'verdict.mostly-verified': 'Größtenteils wahr',
    'verdict.not-checkable': 'Nicht prüfbar',
    'verdict.outdated': 'Überholt',
    'verdict.unproven': 'Nicht erwiesen',
    'verdict.verified': 'Wahr',
  },
  unsound: 'Die Prüfung ist nicht unversehrt',
  inDoubt: '⚠ Zweifelhaft: Etwas, worauf dies beruht, wurde zurückgezogen, oder einer Unterschrift wird nicht mehr vertraut.',
  superseded: 'Seither wurde mehr dazu gesagt: siehe das Ledger.',
  leftOut: 'Das Ledger hält zurück, was dazu gesagt wurde.',
  contradicted: 'Das Ledger zeigt jetzt eine andere Geschichte als dieser Beweis.',
  open: {
    truth: 'Nicht geprüft: ob es wahr ist. Der Eintrag sagt, wer was festgestellt hat.',
    omission: 'Nicht geprüft: ob im Beweis etwas weggelassen wurde.',
    current: (size) => `Verglichen mit dem Protokoll von jetzt, ${size} Einträge: Seither wurde nichts dazu gesagt.`,
    'not-compared': 'Nicht geprüft: ob seither etwas dazu gesagt wurde. Das Protokoll war nicht zu lesen.',
    unknown: 'Nicht geprüft: ob seither etwas dazu gesagt wurde. Einige neuere Einträge werden nicht herausgegeben.',
    older: 'Nicht geprüft: ob seither etwas dazu gesagt wurde. Die Seite zeigt ein älteres Protokoll.',
  },
};

// The badge speaks the language of the place that it stands in, where it knows it.
const LANGUAGES = {en: ENGLISH, de: GERMAN};
const messagesOf = (language) => LANGUAGES[(language ?? '').split('-')[0].toLowerCase()] ?? ENGLISH;

const STYLE = `
  :host { display: block; font: inherit; }
  .badge { border: 1px solid #8888; border-radius: 0.4em; padding: 0.4em 0.7em; font-size: 0.9em; color-scheme: light dark; }
  .row { display: flex; gap: 0.7em; flex-wrap: wrap; align-items: baseline; }
  button { font: inherit; padding: 0.2em 0.7em; cursor: pointer; }
  button:focus-visible, summary:focus-visible { outline: 2px solid; outline-offset: 2px; }
  .says { margin: 0.3em 0 0; min-height: 2.6em; line-height: 1.3; overflow-wrap: anywhere; }
  .verified { color: light-dark(#0a6b2d, #6fd08c); }
  .altered { color: light-dark(#b3261e, #ff9a90); }
  .cannot-check { color: light-dark(#7a5a00, #e6c15a); }
  details { min-height: 1.5em; }
  details[hidden] { display: block; visibility: hidden; }
  ul { padding-left: 1.2em; margin: 0.3em 0; overflow-wrap: anywhere; }
`;

const MAX_BUNDLE_LEN = 64 << 20;

// Returns what is said of a result: how it ended, one sentence on the record and one on the verdict, and the lines
// of what was and was not checked. `comparison` is what `compareWithSite` returned, or null where nothing was compared;
// `notices` is what `noticesOf` returned.
export function describe(result, comparison, language, notices = []) {
  const say = messagesOf(language);
  const lines = (result.steps ?? []).map(({step, outcome, why}) => `${step}: ${outcome}${why ? ` (${why})` : ''}`);
  if (result.why !== undefined) {
    lines.unshift(result.why);
  }
  lines.push(say.open.truth, say.open.omission);
  const said = comparison?.outcome ?? 'not-compared';
  const outcome = said === 'contradicted' ? 'altered' : result.outcome;
  // Of what is not intact, nothing more is told.
  if (outcome === 'altered') {
    const first = result.outcome === 'altered' ? say.altered : say.contradicted;
    return {outcome, summary: first, lines};
  }
  const parts = [say[outcome]];
  if (result.state !== undefined) {
    parts.push(verdictOf(result, say));
  }
  const isInDoubt = notices.some(({isGrave}) => isGrave);
  if (isInDoubt) {
    parts.push(say.inDoubt);
  }
  lines.unshift(...notices.map(noticeLine));
  if (said === 'outdated' || said === 'left-out') {
    parts.push(said === 'outdated' ? say.superseded : say.leftOut);
    const more = said === 'outdated' ? comparison.later : comparison.leftOut;
    lines.push(...more.map(({kind, index, hash}) => `${kind}, index ${index}, ${hash}`));
  } else {
    const line = say.open[said];
    lines.push(typeof line === 'function' ? line(comparison.size) : line);
  }
  const isClean = !isInDoubt && said !== 'outdated' && said !== 'left-out';
  return {outcome: isClean ? outcome : 'cannot-check', summary: parts.join(' '), lines};
}

function noticeLine({one, message, by}) {
  const reason = by?.record?.type === 'revocation' ? ` (${by.record.content.reason})` : '';
  return `${one.kind}, index ${one.index}: ${message}${reason}`;
}

function verdictOf(result, say) {
  const state = say.state[result.state];
  if (!state.endsWith(':')) {
    return state;
  }
  const review = result.reviews.find((one) => one.hash === result.decidedReview);
  if (review?.steps.some((step) => step.outcome === 'failed')) {
    return `${state} ${say.unsound}.`;
  }
  const {verdict, attribution, quote} = review?.record?.content ?? {};
  const answers = Object.entries({verdict, attribution, quote}).filter(([, answer]) => answer);
  const told = answers.map(([name, answer]) => say.words[`${name}.${answer}`] ?? answer);
  return `${state} ${told.join(', ') || say.none}.`;
}

// Reads at most `most` bytes; returns null if there are more.
async function readBody(response, most) {
  const chunks = [];
  let len = 0;
  const reader = response.body.getReader();
  for (;;) {
    const {done, value} = await reader.read();
    if (done) {
      return new Uint8Array(await new Blob(chunks).arrayBuffer());
    }
    len += value.length;
    if (len > most) {
      await reader.cancel();
      return null;
    }
    chunks.push(value);
  }
}

// Fetches a claim's bundle, checks it, and returns what is said of it. `load` imports a module that lies beside this one.
export async function ask({hash, ledger, logKey, language}, fetchFile, load) {
  const say = messagesOf(language);
  const notChecked = (summary) => ({outcome: 'cannot-check', summary, lines: []});
  const digits = (hash ?? '').replace(/^sha256:/, '');
  if (!/^[0-9a-f]{64}$/.test(digits)) {
    return notChecked(say.badHash);
  }
  if (!/^https?:\/\//.test(ledger ?? '') || !URL.canParse(ledger)) {
    return notChecked(say.badLedger);
  }
  const base = new URL(ledger.endsWith('/') ? ledger : `${ledger}/`);
  let bytes;
  try {
    const response = await fetchFile(new URL(`proof/${digits}.json`, base), {credentials: 'omit'});
    if (!response.ok) {
      return notChecked(response.status === 404 ? say.absent : say.unreachable);
    }
    bytes = await readBody(response, MAX_BUNDLE_LEN);
  } catch {
    return notChecked(say.unreachable);
  }
  let verify;
  let tiles;
  let notices;
  try {
    [verify, tiles, notices] = await Promise.all(['verify.js', 'tiles.js', 'notices.js'].map(load));
  } catch {
    return notChecked(say.failed);
  }
  const result = bytes === null ? {outcome: 'altered'} : await verify.checkBundle(bytes, {logKey});
  if (result.hash !== undefined && result.hash !== `sha256:${digits}`) {
    return {outcome: 'altered', summary: say.otherRecord, lines: []};
  }
  const isComparable = result.steps !== undefined && result.outcome !== 'altered';
  const comparison = isComparable ? await tiles.compareWithSite(result, tiles.fetchFrom(base, fetchFile)) : null;
  return describe(result, comparison, language, notices.noticesOf(result));
}

// Returns the language of the nearest element that names one.
const languageOf = (badge) => badge.closest('[lang]')?.lang;

// Outside of a browser there are no elements, and the functions above are all there is.
const Element = globalThis.HTMLElement ?? class {};

export class ClaimBadge extends Element {
  connectedCallback() {
    if (this.shadowRoot !== null) {
      return;
    }
    const say = messagesOf(languageOf(this));
    const make = (name, text = '') => Object.assign(document.createElement(name), {textContent: text});
    const root = this.attachShadow({mode: 'open'});
    const box = Object.assign(make('div'), {className: 'badge'});
    const row = Object.assign(make('div'), {className: 'row'});
    this.button = Object.assign(make('button', say.ask), {type: 'button'});
    this.says = Object.assign(make('p'), {className: 'says'});
    this.says.setAttribute('role', 'status');
    this.says.setAttribute('aria-live', 'polite');
    this.details = Object.assign(make('details'), {hidden: true});
    this.lines = make('ul');
    this.details.append(make('summary', say.details), this.lines);
    row.append(make('slot'), this.button);
    box.append(row, this.says, this.details);
    root.append(make('style', STYLE), box);
    this.button.addEventListener('click', () => this.check());
  }

  async check() {
    // Not `disabled`: that would take the focus away from whoever asked by keyboard.
    if (this.isChecking) {
      return;
    }
    this.isChecking = true;
    const language = languageOf(this);
    const say = messagesOf(language);
    this.says.className = 'says';
    this.says.textContent = say.checking;
    let told;
    try {
      const [hash, ledger, logKey] = ['hash', 'ledger', 'log-key'].map((name) => this.getAttribute(name));
      told = await ask({hash, ledger, logKey, language}, fetch.bind(globalThis), (file) => import(new URL(file, import.meta.url)));
    } catch (error) {
      // The badge names a key that is none.
      told = {outcome: 'cannot-check', summary: error.message, lines: []};
    }
    this.isChecking = false;
    this.says.className = `says ${told.outcome}`;
    this.says.textContent = told.summary;
    this.lines.replaceChildren(
      ...told.lines.map((line) => Object.assign(document.createElement('li'), {textContent: line})),
    );
    this.details.hidden = told.lines.length === 0;
    this.button.textContent = say.again;
  }
}

globalThis.customElements?.define('claim-badge', ClaimBadge);
