// What is said: the shape of each kind of record, the records that it names, and the times and dates in it.
//
// Follows docs/spec/record.md, and docs/spec/canonical.md, "Times" and "Dates". Whether a record may stand at its
// place in a ledger is decided in rules.js.

import {Refusal, excerpt} from './refusal.js';
import {parseDid} from './sign.js';

export const MAX_RECORD_LEN = 1 << 20;
const MAX_CONTEXT = 32;
const VERSION = 1;

// What a check of a value is called with: the value, and the path to it for the message. It throws a `Refusal`.

function refuse(at, expected, found) {
  const shown = typeof found === 'string' ? excerpt(found) : Array.isArray(found) ? 'a list' : typeof found === 'object' ? 'an object' : `${found}`;
  throw new Refusal('record', `\`${at}\`: expected ${expected}, found ${shown}`);
}

// An object with exactly these members; those in `optional` may be absent.
export function object(required, optional = {}) {
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      refuse(at, 'an object', value);
    }
    for (const name of Object.keys(value)) {
      const check = Object.hasOwn(required, name) ? required[name] : Object.hasOwn(optional, name) ? optional[name] : null;
      if (check === null) {
        throw new Refusal('record', `\`${at}\`: unknown member ${excerpt(name)}`);
      }
      check(value[name], at === '' ? name : `${at}.${name}`);
    }
    for (const name of Object.keys(required)) {
      if (!Object.hasOwn(value, name)) {
        throw new Refusal('record', `\`${at}\`: missing member "${name}"`);
      }
    }
  };
}

export function list(check) {
  return (value, at) => {
    if (!Array.isArray(value)) {
      refuse(at, 'a list', value);
    }
    value.forEach((item, i) => check(item, `${at}[${i}]`));
  };
}

// A list that is either absent or has members: one way to say "none".
function nonEmpty(check) {
  return (value, at) => {
    list(check)(value, at);
    if (value.length === 0) {
      refuse(at, 'at least one member', value);
    }
  };
}

function text(expected, fits) {
  return (value, at) => {
    if (typeof value !== 'string' || !fits(value)) {
      refuse(at, expected, value);
    }
  };
}

const oneOf = (...words) => text(`one of ${words.join(', ')}`, (value) => words.includes(value));

export const string = text('text', () => true);

function integer(most) {
  return (value, at) => {
    if (typeof value !== 'number' || value < 0 || value > most) {
      refuse(at, `an integer from 0 to ${most}`, value);
    }
  };
}

export const count = integer(Number.MAX_SAFE_INTEGER);

// White space as Unicode has it; JavaScript's own adds U+FEFF and lacks U+0085.
const SPACE = '\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const SPACE_AT_END = new RegExp(`^[${SPACE}]|[${SPACE}]$`);
const SPACE_OR_CONTROL = new RegExp(`[${SPACE}\\0-\\x1f\\x7f-\\x9f]`);
const CONTROL = /[\0-\x1f\x7f-\x9f]/;
const CONTROL_IN_PROSE = /[\0-\x08\x0b-\x1f\x7f-\x9f]/;

const hasEnds = (value) => value !== '' && !SPACE_AT_END.test(value);

const line = text('a line of text without white space at its ends', (value) => hasEnds(value) && !CONTROL.test(value));
const prose = text(
  'text without white space at its ends, lines separated by LF',
  (value) => hasEnds(value) && !CONTROL_IN_PROSE.test(value),
);
const url = text(
  'an address that begins with http:// or https://, without spaces',
  (value) => /^https?:\/\/[^/]/s.test(value) && !SPACE_OR_CONTROL.test(value),
);
const language = text('a language tag such as en or pt-BR', (value) => /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(value));
const mediaType = text(
  'a media type such as text/html',
  (value) =>
    value.length <= 255 &&
    /^[!-~]([ -~]*[!-~])?$/.test(value) &&
    /^[A-Za-z0-9!#$&^_.+-]+\/[A-Za-z0-9!#$&^_.+-]+$/.test(value.split(';')[0]),
);
const token = text('a word of lower-case letters, digits and hyphens', (value) => /^[a-z][a-z0-9-]{0,63}$/.test(value));
const origin = text("the ledger's name, such as factdesk.example/2026", (value) => /^[!-*,-~]{1,255}$/.test(value));
const salt = text('32 lower-case hexadecimal digits', (value) => /^[0-9a-f]{32}$/.test(value));

export const digest = text('"sha256:" and 64 lower-case hexadecimal digits', (value) => /^sha256:[0-9a-f]{64}$/.test(value));

const did = (value, at) => {
  try {
    parseDid(value);
  } catch {
    refuse(at, 'the did:key of an Ed25519 key (did:key:z6Mk…)', value);
  }
};

function isDay(year, month, day) {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

// The last moment that the library of `ledger` holds: 9999-12-30T22:00:00Z.
const LAST_SECOND = 253_402_207_200;

// Reads a time, RFC 3339 in UTC with whole seconds; returns seconds after 1970, or null for every other text.
export function parseTimestamp(value) {
  const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z$/.exec(value);
  if (parts === null) {
    return null;
  }
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number);
  if (!isDay(year, month, day) || hour > 23 || minute > 59 || second > 59) {
    return null;
  }
  // Date.UTC takes a year below 100 for one of the twentieth century.
  const seconds = new Date(0).setUTCFullYear(year, month - 1, day) / 1000 + hour * 3600 + minute * 60 + second;
  return seconds <= LAST_SECOND ? seconds : null;
}

// Writes seconds after 1970 as a time; returns null where no time of ours is.
export function formatTimestamp(seconds) {
  return seconds >= 0n && seconds <= BigInt(LAST_SECOND)
    ? new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z')
    : null;
}

// Tells what a date is: `unknown`, `calendar` or `moment`; returns null for what is none.
export function dateKind(value) {
  if (value === 'unknown') {
    return 'unknown';
  }
  if (parseTimestamp(value) !== null) {
    return 'moment';
  }
  const parts = /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?$/.exec(value);
  return parts !== null && isDay(Number(parts[1]), Number(parts[2] ?? 1), Number(parts[3] ?? 1)) ? 'calendar' : null;
}

export const timestamp = text('a time such as 2026-11-20T10:00:00Z', (value) => parseTimestamp(value) !== null);
const date = text('a date (2026, 2026-11, 2026-11-20, 2026-11-20T10:00:00Z or unknown)', (value) => dateKind(value) !== null);
const nextLook = text('a date of the next look', (value) => !['unknown', null].includes(dateKind(value)));

const codePoints = (value) => {
  let len = 0;
  for (const _ of value) {
    len += 1;
  }
  return len;
};

const appearanceMembers = object({article: digest, end: count, exact: string, prefix: string, start: count, suffix: string});

function appearance(value, at) {
  appearanceMembers(value, at);
  const len = codePoints(value.exact);
  if (len === 0 || value.start + len !== value.end) {
    refuse(at, `\`exact\` to have end - start code points (${value.start} to ${value.end})`, value.exact);
  }
  for (const context of [value.prefix, value.suffix]) {
    if (codePoints(context) > MAX_CONTEXT) {
      refuse(at, `at most ${MAX_CONTEXT} code points of context`, context);
    }
  }
}

const STANCE = oneOf('supports', 'refutes', 'context');
const evidenceMembers = object({source: digest, stance: STANCE}, {end: count, exact: prose, note: prose, start: count});

function evidence(value, at) {
  evidenceMembers(value, at);
  const [hasStart, hasEnd, hasExact] = ['start', 'end', 'exact'].map((name) => Object.hasOwn(value, name));
  if (hasStart !== hasEnd || (hasStart && value.start >= value.end)) {
    refuse(at, '`start` and `end` together, start before end', value);
  }
  if (hasStart && !hasExact) {
    refuse(at, '`exact` with `start` and `end`', value);
  }
}

const reviewMembers = object(
  {evidence: list(evidence), explanation: prose, subject: digest},
  {
    attribution: oneOf('confirmed', 'misattributed', 'unlocated', 'disputed'),
    quote: oneOf('verbatim', 'elided', 'altered', 'paraphrase', 'translated', 'unlocated'),
    reviewBy: nextLook,
    supersedes: digest,
    verdict: oneOf(
      'verified',
      'mostly-verified',
      'mixed',
      'missing-context',
      'mostly-false',
      'false',
      'outdated',
      'unproven',
      'not-checkable',
    ),
  },
);

function review(value, at) {
  reviewMembers(value, at);
  if (!['verdict', 'attribution', 'quote'].some((name) => Object.hasOwn(value, name))) {
    refuse(at, 'at least one of verdict, attribution and quote', value);
  }
}

const named = object({name: line}, {url});
const person = object({name: line}, {role: line});
const aiUse = object({description: prose, stage: token}, {checkedBy: line, digitalSourceType: url, tool: line});
const ratingMembers = object({}, {best: line, name: prose, value: line, worst: line});

function rating(value, at) {
  ratingMembers(value, at);
  if (!['name', 'value'].some((name) => Object.hasOwn(value, name))) {
    refuse(at, "a rating's `name` or `value`", value);
  }
}

const observationMembers = object(
  {observed: timestamp, outcome: oneOf('unchanged', 'changed', 'gone'), subject: digest, url},
  {announced: prose, expected: digest, found: digest, note: prose, status: count},
);

function observation(value, at) {
  observationMembers(value, at);
  const [hasExpected, hasFound, isAnnounced] = ['expected', 'found', 'announced'].map((name) => Object.hasOwn(value, name));
  const isChanged = value.outcome === 'changed';
  if (hasFound !== isChanged || (isAnnounced && !isChanged) || (!hasExpected && value.outcome !== 'gone')) {
    refuse(
      at,
      '`expected` with an unchanged or changed page, `found` with a changed one only, `announced` too',
      value.outcome,
    );
  }
  if (hasExpected && value.expected === value.found) {
    refuse(at, 'two digests that differ, of a changed page', value.expected);
  }
}

const consentMembers = object(
  {date, decision: oneOf('given', 'refused', 'withdrawn'), person, scope: nonEmpty(token), subject: digest},
  {note: prose, until: text('a date of its end', (value) => !['unknown', null].includes(dateKind(value))), withdraws: digest},
);

function consent(value, at) {
  consentMembers(value, at);
  if ((value.decision === 'withdrawn') !== Object.hasOwn(value, 'withdraws')) {
    refuse(at, '`withdraws` with the decision withdrawn, and with no other', value.decision);
  }
}

const statement = object({field: token, from: token, value: prose});
const credentialsMembers = object(
  {presence: oneOf('embedded', 'remote', 'none', 'unreadable'), reader: line},
  {
    failures: nonEmpty(line),
    stated: nonEmpty(statement),
    trust: oneOf('listed', 'not-listed', 'unknown'),
    trustList: digest,
    validation: oneOf('valid', 'invalid'),
  },
);

function credentials(value, at) {
  credentialsMembers(value, at);
  const [isValidated, hasTrust, hasList, hasFailures] = ['validation', 'trust', 'trustList', 'failures'].map((name) =>
    Object.hasOwn(value, name),
  );
  const isEmbedded = value.presence === 'embedded';
  if (isValidated !== isEmbedded || hasTrust !== isEmbedded) {
    refuse(at, '`validation` and `trust` with embedded credentials, and with no other', value.presence);
  }
  if (hasFailures && value.presence !== 'unreadable' && value.validation !== 'invalid') {
    refuse(at, '`failures` with credentials that are invalid or unreadable only', value.failures[0]);
  }
  if ((['listed', 'not-listed'].includes(value.trust) && !hasList) || (hasList && !isEmbedded)) {
    refuse(at, '`trustList` with a signer that was looked for in it', value.trust ?? 'no signer');
  }
}

const policy = object({approvals: integer(255)});
const articleText = object({digest, mediaType, normalizer: oneOf('text/1'), size: count}, {extractor: line});
const received = object({digest, mediaType, size: count}, {retrieved: timestamp});
const snapshot = object({digest, mediaType, size: count}, {credentials, retrieved: timestamp});

// What a record of each kind holds.
const CONTENT = {
  ledger: object({logKey: line, name: line, origin, owners: nonEmpty(did), policy}, {continues: prose}),
  key: object(
    {holder: object({name: line}, {email: line, url}), key: did, role: oneOf('owner', 'editor', 'contributor', 'auditor')},
    {replaces: did},
  ),
  revocation: object({key: did, reason: oneOf('superseded', 'left', 'lost', 'compromised')}, {distrustFrom: count}),
  policy,
  erasure: object({reason: prose, subject: digest}, {authority: prose}),
  article: object(
    {headline: line, published: date, text: articleText},
    {
      aiUse: nonEmpty(aiUse),
      authors: nonEmpty(line),
      language,
      links: nonEmpty(object({rel: token, url}, {label: line})),
      modified: date,
      note: prose,
      original: received,
      publisher: named,
      revises: digest,
      stated: nonEmpty(statement),
      url,
    },
  ),
  source: object(
    {level: oneOf('primary', 'secondary', 'aggregator', 'archive', 'reference'), published: date, title: line},
    {archives: nonEmpty(url), authors: nonEmpty(line), derivedFrom: nonEmpty(digest), publisher: named, snapshot, url},
  ),
  claim: object(
    {
      appearances: nonEmpty(appearance),
      checkability: oneOf('checkable', 'opinion', 'prediction', 'satire', 'advertising', 'boilerplate'),
      kind: oneOf('direct-quote', 'indirect-speech', 'assertion'),
      said: date,
      speaker: object({name: line}, {role: line, sameAs: url}),
      text: prose,
    },
    {
      language,
      sources: nonEmpty(object({source: digest, stance: STANCE}, {note: prose})),
      translation: object({language, text: prose}, {translator: line}),
      via: nonEmpty(object({name: line}, {source: digest, url})),
    },
  ),
  review,
  approval: object({review: digest}),
  correction: object(
    {kind: oneOf('correction', 'clarification', 'update', 'retraction'), reason: prose, subject: digest},
    {replacement: digest},
  ),
  relation: object(
    {from: digest, relation: oneOf('contradicts', 'corroborates', 'same-as', 'paraphrases', 'updates'), to: digest},
    {note: prose},
  ),
  response: object(
    {by: person, received: date, subject: digest, text: prose},
    {source: digest},
  ),
  foreign: object(
    {by: named, form: token, published: date, statement: prose},
    {identifier: line, language, note: prose, passage: appearance, rating, source: digest, speaker: line, subject: digest, url},
  ),
  observation,
  disclosure: object({aiUse, by: named, disclosed: date, subject: digest}, {source: digest}),
  consent,
};

export const KINDS = Object.keys(CONTENT);

// Records of the ledger itself. The rules need them, so they can't be erased.
export function isOfTheLedgerItself(kind) {
  return ['ledger', 'key', 'revocation', 'policy', 'erasure'].includes(kind);
}

const anything = () => {};
const envelope = object({
  content: anything,
  created: timestamp,
  editor: did,
  ledger: origin,
  salt,
  type: string,
  version: count,
});

// Checks a record that was read as canonical JSON. Throws a `Refusal`; its rule is `unknown-kind` or
// `unknown-version` where a newer program might accept what this one does not know.
export function checkRecord(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse('', 'an object', value);
  }
  const {type, version} = value;
  string(type, 'type');
  count(version, 'version');
  if (!Object.hasOwn(CONTENT, type)) {
    throw new Refusal('unknown-kind', `unknown kind of record ${excerpt(type, 40)}; known are ${KINDS.join(', ')}`);
  }
  if (version !== VERSION) {
    throw new Refusal(
      'unknown-version',
      `unknown version ${version} of kind "${type}"; this program knows version ${VERSION}`,
    );
  }
  envelope(value, '');
  CONTENT[type](value.content, 'content');
}

const CORRECTABLE = ['article', 'source', 'claim', 'foreign', 'observation', 'disclosure'];
// The last two say too little to be mended: the right one is recorded anew.
const RETRACTABLE = [...CORRECTABLE, 'relation', 'response'];

// Returns the records that a record names: the field, the digest, and the kinds that fit there.
export function references({type, content}) {
  const one = (field, record, ...kinds) => (record === undefined ? [] : [{field, record, kinds}]);
  const each = (items, read) => (items ?? []).flatMap(read);
  switch (type) {
    case 'article':
      return one('revises', content.revises, 'article');
    case 'source':
      return each(content.derivedFrom, (record) => one('derivedFrom', record, 'source'));
    case 'claim':
      return [
        ...each(content.appearances, ({article}) => one('appearances.article', article, 'article')),
        ...each(content.via, ({source}) => one('via.source', source, 'source')),
        ...each(content.sources, ({source}) => one('sources.source', source, 'source')),
      ];
    case 'review':
      return [
        ...one('subject', content.subject, 'claim', 'article'),
        ...each(content.evidence, ({source}) => one('evidence.source', source, 'source')),
        ...one('supersedes', content.supersedes, 'review'),
      ];
    case 'approval':
      return one('review', content.review, 'review');
    case 'correction': {
      const kinds = content.kind === 'retraction' ? RETRACTABLE : CORRECTABLE;
      return [...one('subject', content.subject, ...kinds), ...one('replacement', content.replacement, ...kinds)];
    }
    case 'relation':
      return [...one('from', content.from, 'claim'), ...one('to', content.to, 'claim')];
    case 'response':
      return [
        ...one('subject', content.subject, 'claim', 'article', 'review'),
        ...one('source', content.source, 'source'),
      ];
    case 'foreign':
      return [
        ...one('subject', content.subject, 'claim', 'article'),
        ...one('passage.article', content.passage?.article, 'article'),
        ...one('source', content.source, 'source'),
      ];
    case 'observation':
      return one('subject', content.subject, 'article', 'source');
    case 'disclosure':
      return [...one('subject', content.subject, 'article', 'source'), ...one('source', content.source, 'source')];
    case 'consent':
      return [
        ...one('subject', content.subject, 'claim', 'article', 'source'),
        ...one('withdraws', content.withdraws, 'consent'),
      ];
    default:
      return [];
  }
}

// Returns the digests of the objects that a record needs beside itself.
export function objects({type, content}) {
  const found = {article: [content.text, content.original], source: [content.snapshot]}[type] ?? [];
  return found.filter((one) => one !== undefined).map((one) => one.digest);
}

// Returns the records of which a record says something, rather than using them.
export function spokenOf(record) {
  const {content} = record ?? {};
  switch (record?.type) {
    case 'review':
    case 'response':
    case 'foreign':
    case 'observation':
    case 'disclosure':
    case 'erasure':
      return [content.subject];
    case 'approval':
      return [content.review];
    case 'correction':
      return [content.subject, content.replacement];
    case 'consent':
      return [content.subject, content.withdraws];
    case 'relation':
      return [content.from, content.to];
    case 'article':
      return [content.revises];
    default:
      return [];
  }
}
