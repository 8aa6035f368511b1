// Checks a proof bundle in a browser: everything that `ledger check FILE` does, with nothing but the file and whom
// the reader trusts.
//
// Follows docs/spec/bundle.md, "Check"; the same steps in the same words as src/bundle/check.rs.
//
//     import {checkBundle} from './verify.js';
//     const result = await checkBundle(bytes, {logKey, policy});
//
// `bytes` is the file, a Uint8Array or an ArrayBuffer. `logKey` is the log's key as the reader knows it (a vkey as text);
// without one the outcome is never `verified`. `policy` is a C2SP policy as text. Both may be left out. Throws a
// `Refusal` if one of these two is not what it should be, and nothing else: whatever is wrong with the bytes, or with
// the browser, is in the result.
//
// The result is a plain object. These members are always there:
//
//     outcome   'verified' | 'altered' | 'cannot-check': exit codes 0, 1 and 3 of `ledger check`
//     intact    true only if verified
//     why       what decided it, in one sentence; absent if verified
//
// Where the bytes can be read as a bundle, there is also all that `ledger check --json` prints
// (schemas/cli/check.schema.json):
//
//     hash, index, kind, state, recorded, record?, proof     the record; `record` is absent if it was erased
//     steps     [{step, outcome: 'passed' | 'failed' | 'not-checked', why?, values?}]; `values` has the raw values that were
//               compared, as text or lists of text
//     origin, logKey, size, root, asOf?     the checkpoint; `asOf` is when its last entry was recorded
//     cosigned  [{witness, time, known}]
//     notices?  [{message, index}]: what should be known of the record and is not wrong
//     reviews, approvals, corrections, relations, responses, foreign, observations, disclosures, consents, erasures,
//     versions, articles, sources, supporting
//               lists of what else is in the bundle, each like the record: hash, index, kind, state, steps, …, and its
//               own `intact`
//     signers   [{key, role, holder?, enrolled, revoked?}]
//     decidedReview?   the hash of the review that stands
//     lacksOnlyWitnesses   whether all that is wrong is that too few witnesses of the policy have cosigned
//
// Numbers beyond 2^53 - 1, which no honest bundle holds, are text.

import {breathe} from './breathe.js';
import {MAX_BUNDLE_LEN, parseBundle} from './bundle.js';
import {parseCanonicalText} from './canonical.js';
import {checkPublicKey} from './ed25519.js';
import {digestOf, equalBytes, subtle, toBase64, toHex, utf8} from './hash.js';
import {openCheckpoint, parseCheckpoint, writeCheckpoint} from './log.js';
import {leafHash, verifyInclusion} from './merkle.js';
import {LOG_KEY, parseVerifierKey, verifyCosignatures} from './note.js';
import {parsePolicy} from './policy.js';
import {KINDS, MAX_RECORD_LEN, checkRecord, formatTimestamp, references, spokenOf} from './record.js';
import {Refusal, Unsupported, excerpt} from './refusal.js';
import {KEY_RULES, Rules, stateOf} from './rules.js';
import {parseDid, signedBytes, verifyProof} from './sign.js';

export {MAX_BUNDLE_LEN};

// The step that compares with the reader's policy. It says nothing of the record.
const QUORUM = 'the witnesses that the policy asks for have cosigned';

// What stands in the first entry as the hash of the one before.
const ZERO = '0'.repeat(64);

// Entries that are looked at together.
const CHUNK = 64;

export async function checkBundle(bytes, {logKey = null, policy = null} = {}) {
  try {
    subtle();
    const trust = {
      logKey: logKey === null ? null : await parseVerifierKey(logKey, LOG_KEY),
      policy: policy === null ? null : await parsePolicy(policy),
    };
    return await checkTrusting(ArrayBuffer.isView(bytes) ? bytes : new Uint8Array(bytes), trust);
  } catch (error) {
    if (error instanceof Unsupported) {
      return {outcome: 'cannot-check', intact: false, why: error.message};
    }
    throw error;
  }
}

async function checkTrusting(bytes, trust) {
  let bundle;
  let standing;
  try {
    bundle = await parseBundle(bytes);
    standing = await check(bundle, trust);
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    // A file of a newer version is not wrong: only a newer program can tell.
    const outcome = error.rule === 'version' ? 'cannot-check' : 'altered';
    const what = bundle === undefined && outcome === 'altered' ? 'this is no proof bundle: ' : '';
    return {outcome, intact: false, why: `${what}${error.message}`};
  }
  return tell(standing);
}

const passed = (values) => ({outcome: 'passed', ...(values && {values})});
const failed = (why, values) => ({outcome: 'failed', why, ...(values && {values})});
const notChecked = (why, values) => ({outcome: 'not-checked', why, ...(values && {values})});
const step = (name, outcome) => ({step: name, ...outcome});

const hasFailed = (one) => one.steps.some(({outcome}) => outcome === 'failed');
const isIntact = (one) => one.steps.every(({outcome}) => outcome === 'passed');

// Checks every entry of a bundle, and says what follows for its subject.
async function check(bundle, trust) {
  const examined = [];
  for (let from = 0; from < bundle.items.length; from += CHUNK) {
    const chunk = bundle.items.slice(from, from + CHUNK);
    examined.push(...(await Promise.all(chunk.map(examine))));
    await breathe();
  }
  const ledger = foundingRecord(examined);
  const head = await openHead(bundle, ledger, trust);
  const fold = new Fold(head);
  for (let from = 0; from < bundle.items.length; from += CHUNK) {
    const chunk = bundle.items.slice(from, from + CHUNK);
    const inclusions = await Promise.all(chunk.map((item, i) => inclusion(head, item, examined[from + i].leaf)));
    for (const [i, item] of chunk.entries()) {
      fold.step(item, examined[from + i], inclusions[i]);
    }
    await breathe();
  }
  return fold.standing(bundle);
}

// Checks one entry by itself: digest and form of its record, signature.
async function examine(item) {
  const {entry} = item;
  const examined = {
    item,
    entry,
    leaf: await leafHash(entry.bytes),
    record: null,
    erased: item.record === null,
    findings: [],
    // Why this program could not check the record, if a newer one might.
    unknown: null,
    signed: toHex(await signedBytes(entry.proof, entry.record)),
    found: null,
  };
  const fault = (code, title, expected, found) =>
    examined.findings.push({code, text: `${title}: expected ${expected}, found ${found}`});
  if (BigInt(entry.index) !== item.index) {
    fault('entry-index', 'the entry has another index than its place', item.index, entry.index);
  }
  const did = entry.proof.key;
  try {
    if (!(await verifyProof(entry.proof, entry.record))) {
      fault('signature', 'the signature is not valid', `a signature of ${entry.record} by ${did}`, 'another');
    }
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    fault('signature', 'the signature is not valid', 'a signature under a sound key', `${did}: ${error.message}`);
  }
  if (item.record !== null) {
    await examineRecord(item.record, examined, fault);
  } else if (!KINDS.includes(entry.kind)) {
    // An erased record's kind is known from its entry alone.
    examined.unknown = `expected one of ${KINDS.join(', ')}, found ${excerpt(entry.kind)}`;
  }
  return examined;
}

async function examineRecord(text, examined, fault) {
  const bytes = utf8(text);
  const expected = examined.entry.record;
  examined.found = await digestOf(bytes);
  if (examined.found !== expected) {
    fault('record-digest', 'the record is not the one that was signed', expected, examined.found);
  }
  try {
    if (bytes.length > MAX_RECORD_LEN) {
      throw new Refusal('length', `a record has at most ${MAX_RECORD_LEN} bytes, found ${bytes.length}`);
    }
    const record = parseCanonicalText(text);
    checkRecord(record);
    examined.record = record;
    await lookAtKeys(record);
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    if (['unknown-kind', 'unknown-version'].includes(error.rule)) {
      examined.unknown = error.message;
    } else {
      fault('record-malformed', 'the record is not in its form', 'a canonical record', error.message);
    }
  }
}

// Returns the keys that a record enrols or revokes.
function keysConcerned(record) {
  switch (record?.type) {
    case 'ledger':
      return record.content.owners;
    case 'key':
    case 'revocation':
      return [record.content.key];
    default:
      return [];
  }
}

// Looks at keys before the rules ask for them: thousands of them take a while, and the fold does not give way.
async function lookAtKeys(record) {
  for (const did of keysConcerned(record)) {
    try {
      checkPublicKey(parseDid(did).publicKey);
    } catch (error) {
      if (!(error instanceof Refusal)) {
        throw error;
      }
    }
    await breathe();
  }
}

function foundingRecord([first]) {
  if (first === undefined || first.item.index !== 0n || first.findings.length > 0 || first.record?.type !== 'ledger') {
    throw new Refusal(
      'no-founding-record',
      "it proves nothing: its first entry is no sound founding record, which would name the log's key",
    );
  }
  return first.record.content;
}

// The checkpoint, whether it is the log's, and who cosigned it.
async function openHead(bundle, ledger, {logKey, policy}) {
  let ownKey = null;
  try {
    ownKey = await parseVerifierKey(ledger.logKey, LOG_KEY);
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
  }
  const known = logKey ?? policy?.logKey(ledger.origin, ledger.logKey) ?? null;
  let checkpoint;
  try {
    checkpoint = await parseCheckpoint(bundle.checkpoint.text);
  } catch (error) {
    throw error instanceof Refusal
      ? new Refusal(error.rule, `it proves nothing: its checkpoint can't be read: ${error.message}`)
      : error;
  }
  const steps = [
    step("the checkpoint is signed by the log's key", await logOutcome(bundle.checkpoint, checkpoint, ledger, ownKey, known)),
  ];
  const {cosigned, outcome} = await cosignatures(bundle, policy, ownKey);
  if (outcome !== null) {
    steps.push(step('the cosignatures fit their keys', outcome));
  }
  if (policy !== null) {
    steps.push(step(QUORUM, quorumOutcome(policy, cosigned)));
  }
  return {
    origin: ledger.origin,
    logKey: known?.text ?? ledger.logKey,
    ownKey,
    checkpoint,
    cosigned: cosigned.map(({witness, time}) => ({
      witness: witness.text,
      time: formatTimestamp(time) ?? `${time} seconds after 1970`,
      known: policy !== null && policy.witnessKeys().some((key) => key.text === witness.text),
    })),
    steps,
  };
}

async function logOutcome(note, checkpoint, ledger, ownKey, known) {
  if (ownKey === null) {
    return failed(`${ledger.logKey} is no verifier key`);
  }
  const key = known ?? ownKey;
  const values = {
    key: key.text,
    foundingKey: ownKey.text,
    text: note.text,
    lines: note.signatures.map((line) => `${line.name} ${line.keyId}`),
  };
  try {
    await openCheckpoint(note, key);
  } catch (error) {
    if (error instanceof Refusal) {
      return failed(error.message, values);
    }
    throw error;
  }
  if (note.text !== writeCheckpoint(checkpoint)) {
    // What is signed beside the three lines, no witness signs and nobody audits.
    return failed('it has more lines than origin, size and root', values);
  }
  if (key.text !== ownKey.text) {
    // The founding record stands in the tree, and says whose tree it is.
    return failed(`the founding record names another key: ${ownKey.text}`, values);
  }
  if (known === null) {
    return notChecked(
      `whose log is this? It says ${ownKey.text}: compare this key with the one that the newsroom gives`,
      values,
    );
  }
  return passed(values);
}

// Checks the lines of the witnesses that the bundle or the policy names. There is nothing to check without. The log's
// own key is nobody's witness: whatever it signs besides, the operator said himself.
async function cosignatures(bundle, policy, ownKey) {
  const witnesses = [...bundle.witnesses];
  for (const key of policy?.witnessKeys() ?? []) {
    if (!witnesses.some((witness) => witness.text === key.text)) {
      witnesses.push(key);
    }
  }
  if (witnesses.length === 0) {
    return {cosigned: [], outcome: null};
  }
  const values = {witnesses: witnesses.map((witness) => witness.text)};
  let cosigned;
  try {
    cosigned = await verifyCosignatures(bundle.checkpoint, witnesses);
  } catch (error) {
    if (error instanceof Refusal) {
      return {cosigned: [], outcome: failed(error.message, values)};
    }
    throw error;
  }
  const missing = bundle.witnesses.find((key) => !cosigned.some((one) => one.witness.text === key.text));
  const isOwn = ({witness}) => ownKey !== null && equalBytes(witness.publicKey, ownKey.publicKey);
  const own = cosigned.find(isOwn);
  let outcome = passed(values);
  if (missing !== undefined) {
    outcome = failed(`there is none by ${missing.text}`, values);
  } else if (own !== undefined) {
    outcome = failed(`${own.witness.text} has the key of the log itself`, values);
  }
  return {cosigned: cosigned.filter((one) => !isOwn(one)), outcome};
}

function quorumOutcome(policy, cosigned) {
  const {satisfied, signed, missing} = policy.quorum(cosigned.map((one) => one.witness));
  const names = (witnesses) => witnesses.map((witness) => witness.name);
  const values = {signed: names(signed), missing: names(missing)};
  const listed = (witnesses) => (witnesses.length === 0 ? 'nobody' : names(witnesses).join(', '));
  return satisfied ? passed(values) : failed(`signed by ${listed(signed)}, missing ${listed(missing)}`, values);
}

async function inclusion({checkpoint}, item, leaf) {
  const {size, root} = checkpoint;
  const values = {
    leaf: toBase64(leaf),
    index: `${item.index}`,
    size: `${size}`,
    path: item.path.map(toBase64),
    root: toBase64(root),
  };
  if (item.index >= size) {
    return failed(`the checkpoint covers ${size} entries`, values);
  }
  try {
    await verifyInclusion(item.index, size, leaf, item.path, root);
    return passed(values);
  } catch (error) {
    if (error instanceof Refusal) {
      return failed(error.message, values);
    }
    throw error;
  }
}

const notJudged = (index) => notChecked(`entry ${index} is of a newer format: a newer program can`);

// The rules over the entries of the bundle, in the order of the log.
class Fold {
  constructor(head) {
    this.head = head;
    this.rules = new Rules(head.ownKey);
    this.judged = [];
    // Keys whose record is not sound, and why.
    this.unsoundKeys = new Map();
    // The first entry that only a newer program can judge.
    this.unjudged = null;
    // Index and leaf hash of the last entry so far.
    this.before = {index: -1n, leaf: ZERO};
  }

  step(item, examined, isIncluded) {
    if (examined.unknown !== null) {
      this.unjudged ??= item.index;
    }
    const violations = this.unjudged === null ? this.rules.apply(examined.entry, examined.record) : [];
    const judged = {...examined, inclusion: this.place(item, isIncluded), unjudged: this.unjudged, violations};
    const fault = faultOf(judged);
    if (fault !== null) {
      for (const did of keysConcerned(judged.record)) {
        if (!this.unsoundKeys.has(did)) {
          this.unsoundKeys.set(did, `entry ${item.index}, which tells of the key, is not sound: ${fault}`);
        }
      }
    }
    this.judged.push(judged);
    this.before = {index: item.index, leaf: toHex(examined.leaf)};
  }

  // Checks that an entry in the tree follows on the one before, if that is in the bundle.
  place({index, entry}, isIncluded) {
    const expected = `sha256:${this.before.leaf}`;
    if (isIncluded.outcome !== 'passed' || index !== this.before.index + 1n || entry.prev === expected) {
      return isIncluded;
    }
    return failed(`the entry does not follow on the one before: expected ${expected}, found ${entry.prev}`, isIncluded.values);
  }

  async standing(bundle) {
    const attested = this.judged.map((judged) => this.attest(judged));
    addNotices(attested, bundle.subject, this.rules.doubtful);
    const record = attested.find((one) => one.hash === bundle.subject);
    if (record === undefined) {
      throw new Refusal('no-subject', `it proves nothing: it lacks the record that it is about, ${bundle.subject}`);
    }
    // What holds for the checkpoint holds for everything under it, and is told once.
    record.steps.push(...this.head.steps);
    const last = await this.lastRecorded(bundle.last);
    record.steps.push(step("the checkpoint's last entry tells its time", last.outcome));
    if (this.unjudged !== null) {
      // A newer program may know that something in between changes what is said here.
      record.steps.push(step('nothing said of it later is of a newer format', notJudged(this.unjudged)));
    }
    const rest = attested.filter((one) => one !== record);
    const reviews = rest.filter((one) => one.record?.type === 'review' && one.record.content.subject === record.hash);
    const subjects = new Set([record.hash, ...reviews.map((one) => one.hash)]);
    const about = rest.filter((one) => spokenOf(one.record).some((digest) => subjects.has(digest)));
    const spoken = new Set(about);
    const others = rest.filter((one) => !spoken.has(one));
    const namedByIt = new Set(record.record === null ? [] : references(record.record).map((one) => one.record));
    const unnamed = others.filter((one) => !namedByIt.has(one.hash));
    const namedByReviews = new Set(reviews.flatMap((one) => sourcesOf(one.record)));
    return {
      head: this.head,
      asOf: last.recorded,
      record,
      about,
      named: others.filter((one) => namedByIt.has(one.hash)),
      evidence: unnamed.filter((one) => namedByReviews.has(one.hash)),
      supporting: unnamed.filter((one) => !namedByReviews.has(one.hash)),
    };
  }

  // Tells when the last entry under the checkpoint was recorded, or why that can't be told.
  async lastRecorded(last) {
    const {size} = this.head.checkpoint;
    if (last.index + 1n !== size) {
      return {recorded: null, outcome: failed(`expected entry ${size - 1n}, found ${last.index}`)};
    }
    const outcome = this.place(last, await inclusion(this.head, last, await leafHash(last.entry.bytes)));
    return {recorded: outcome.outcome === 'passed' ? last.entry.recorded : null, outcome};
  }

  attest(judged) {
    const {entry, item, record} = judged;
    const subject = this.rules.subjects.get(entry.record);
    return {
      hash: entry.record,
      index: item.index,
      kind: entry.kind,
      record,
      recorded: entry.recorded,
      proof: entry.proof,
      signer: this.rules.signers.get(entry.proof.key),
      subject,
      steps: [
        step('the record is the one with this hash', recordOutcome(judged, subject?.erased ?? null)),
        step("the signature is the editor's", signatureOutcome(judged)),
        step('the key was enrolled before, and not revoked', this.keyOutcome(judged)),
        step('the entry is in the log', judged.inclusion),
        step('the rules of the ledger allow it', rulesOutcome(judged)),
      ],
      notices: [],
    };
  }

  keyOutcome(judged) {
    const did = judged.entry.proof.key;
    const why = this.unsoundKeys.get(did) ?? violationOf(judged, (rule) => KEY_RULES.includes(rule));
    if (why !== null) {
      return failed(why, {key: did});
    }
    return judged.unjudged === null ? passed({key: did}) : notJudged(judged.unjudged);
  }
}

function violationOf(judged, isOf) {
  const broken = judged.violations.find(({rule}) => isOf(rule));
  return broken === undefined ? null : `expected ${broken.expected}, found ${broken.found}`;
}

// Says what is wrong with an entry, whoever signed it.
function faultOf(judged) {
  return judged.findings[0]?.text ?? judged.inclusion.why ?? violationOf(judged, () => true);
}

function recordOutcome({entry, findings, unknown, erased, found}, erasedAt) {
  const values = {expected: entry.record, ...(found !== null && {found})};
  const finding = findings.find(({code}) => code !== 'signature');
  if (finding !== undefined) {
    return failed(finding.text, values);
  } else if (unknown !== null) {
    return notChecked(unknown, values);
  } else if (!erased) {
    return passed(values);
  } else if (erasedAt === null) {
    return failed('its words are not here, and no erasure says why', values);
  }
  return notChecked('the record was erased; its hash and signature remain', values);
}

function signatureOutcome(judged) {
  const {key, signature} = judged.entry.proof;
  const values = {key, signed: judged.signed, signature: toHex(signature)};
  const finding = judged.findings.find(({code}) => code === 'signature');
  const why = finding?.text ?? violationOf(judged, (rule) => rule === 'signer');
  return why === null ? passed(values) : failed(why, values);
}

function rulesOutcome(judged) {
  const why = violationOf(judged, (rule) => rule !== 'signer' && !KEY_RULES.includes(rule));
  if (why !== null) {
    return failed(why);
  }
  return judged.unjudged === null ? passed() : notJudged(judged.unjudged);
}

const DONE = {correction: 'corrected', clarification: 'clarified', update: 'updated', retraction: 'retracted'};

// Adds to each record what should be known of it and is not wrong: the same as src/bundle/notice.rs. What became of
// `subject` itself is told in full elsewhere.
function addNotices(all, subject, doubtful) {
  const found = takenBack(all);
  for (const one of all) {
    for (const {key, from} of doubtful) {
      if (one.proof.key === key && one.index >= BigInt(from)) {
        const message = `doubtful: what its key signed from index ${from} on is distrusted`;
        one.notices.push({message, index: one.signer?.revoked ?? from});
      }
    }
    const own = found.get(one.hash);
    if (own !== undefined && one.hash !== subject) {
      const message = own.why === null ? `${own.done} later` : `${own.done} later: ${own.why}`;
      one.notices.push({message, index: own.index});
    }
    for (const hash of [...new Set(restsOn(one.record))].sort()) {
      const other = found.get(hash);
      if (other !== undefined) {
        const rests = other.kind === 'article' ? 'stands in an article' : 'rests on a source';
        one.notices.push({message: `${rests} that was ${other.done} later: ${hash}`, index: other.index});
      }
    }
  }
}

// Finds the last retraction of each record, or else the last correction.
function takenBack(all) {
  const at = new Map(all.map((one) => [`${one.index}`, one]));
  const found = new Map();
  for (const {hash, kind, subject} of all) {
    const index = subject?.retracted ?? subject?.corrected ?? null;
    const correction = index === null ? undefined : at.get(`${index}`);
    // A consent is withdrawn by another, which is no correction.
    if (correction?.record?.type === 'correction') {
      const {kind: how, reason} = correction.record.content;
      // Words that nobody signed are not told as a reason.
      found.set(hash, {kind, done: DONE[how], index: number(correction.index), why: hasFailed(correction) ? null : reason});
    }
  }
  return found;
}

// Returns the articles in which a claim stands, and the sources of a claim or a review.
function restsOn(record) {
  return record?.type === 'claim' ? references(record).map((one) => one.record) : sourcesOf(record);
}

// Returns the sources that a review names as its evidence.
function sourcesOf(record) {
  return record?.type === 'review' ? record.content.evidence.map((one) => one.source) : [];
}

const number = (n) => (n <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(n) : `${n}`);

function attestation(one) {
  const {members} = one.proof;
  return {
    hash: one.hash,
    index: number(one.index),
    kind: one.kind,
    state: stateOf(one.subject),
    recorded: one.recorded,
    intact: isIntact(one),
    steps: one.steps,
    proof: [members],
    ...(one.notices.length > 0 && {notices: one.notices}),
    ...(one.record !== null && {record: one.record}),
  };
}

// Puts what was found into the words of `ledger check --json`.
function tell({head, asOf, record, about, named, evidence, supporting}) {
  const all = [record, ...about, ...named, ...evidence, ...supporting];
  const ofKind = (list, kind) => list.filter((one) => one.kind === kind).map(attestation);
  const wrong = all.flatMap((one) => one.steps).filter(({outcome}) => outcome === 'failed');
  const open = record.steps.filter(({outcome}) => outcome === 'not-checked');
  const decisive = wrong[0] ?? open[0];
  const outcome = wrong.length > 0 ? 'altered' : open.length > 0 ? 'cannot-check' : 'verified';
  const decided = about.find((one) => one.index === BigInt(record.subject?.decidedReview ?? -1));
  return {
    ...attestation(record),
    format: 1,
    outcome,
    ...(decisive && {why: `${decisive.step}: ${decisive.why}`}),
    intact: outcome === 'verified',
    lacksOnlyWitnesses: wrong.length > 0 && wrong.every((one) => one.step === QUORUM),
    origin: head.origin,
    logKey: head.logKey,
    size: number(head.checkpoint.size),
    root: `sha256:${toHex(head.checkpoint.root)}`,
    ...(asOf !== null && {asOf}),
    cosigned: head.cosigned,
    reviews: ofKind(about, 'review'),
    approvals: ofKind(about, 'approval'),
    corrections: ofKind(about, 'correction'),
    relations: ofKind(about, 'relation'),
    responses: ofKind(about, 'response'),
    foreign: ofKind(about, 'foreign'),
    observations: ofKind(about, 'observation'),
    disclosures: ofKind(about, 'disclosure'),
    consents: ofKind(about, 'consent'),
    erasures: ofKind(about, 'erasure'),
    versions: ofKind(about, 'article'),
    articles: ofKind(named, 'article'),
    sources: ofKind([...named, ...evidence], 'source'),
    signers: signersOf(all),
    ...(decided && {decidedReview: decided.hash}),
    supporting: supporting.map(attestation),
    claims: [],
  };
}

function signersOf(all) {
  const signers = new Map();
  for (const {proof, signer} of all) {
    if (signer !== undefined && !signers.has(proof.key)) {
      signers.set(proof.key, {
        format: 1,
        key: proof.key,
        role: signer.role,
        enrolled: signer.enrolled,
        ...(signer.holder !== null && {holder: signer.holder}),
        ...(signer.revoked !== null && {revoked: signer.revoked}),
      });
    }
  }
  return [...signers.values()];
}
