// What a page shows, held against the proof: a server can put other words on the page than those that were signed.
//
// Compared is what a reader goes by: the words and who said them, the state and the editors' answers, what the sources do for it, and
// that nothing is missing that was said of it, or that makes a ground or a signature doubtful.

import {word} from './dom.js';

// Characters that are shown around the first difference.
const BEFORE = 16;
const AFTER = 32;

// Lists of what was said of the record. Each stands on its page under its kind and index.
const ABOUT = ['reviews', 'approvals', 'corrections', 'relations', 'responses', 'foreign', 'observations', 'disclosures', 'consents', 'erasures', 'versions'];

const STATEMENT = /^(review|approval|correction|relation|response|foreign|observation|disclosure|consent|erasure|article)-[0-9]+$/;

const TITLES = {claim: 'text', article: 'headline', source: 'title'};

// Returns where the page differs from what was found in the proof: `{what, shown, expected}`, each cut to the first difference.
export function differences(result, say, {hash, root = document, path = location.pathname}) {
  const differs = [];
  const compare = (what, shown, expected) => {
    if (shown !== expected) {
      differs.push({what, ...atFirstDifference(shown ?? '', expected ?? '')});
    }
  };
  const text = (selector) => root.querySelector(selector)?.textContent;
  const named = /([0-9a-f]{64})\.html$/.exec(path)?.[1];
  compare('hash', hash, result.hash ?? hash);
  if (named !== undefined) {
    compare('hash', hash, `sha256:${named}`);
  }
  if (!result.steps) {
    return differs;
  }
  compare('hash', text('#provenance-hash'), result.hash);
  const content = result.record?.content;
  if (content) {
    compare('words', text('h1 [data-signed]'), content[TITLES[result.kind]]);
  }
  compare('state', text('#verdict-line .state'), word(say, 'state', result.state));
  const review = (result.reviews ?? []).find((one) => one.hash === result.decidedReview)?.record?.content;
  compareAnswers(compare, text, say, review);
  if (result.kind === 'claim' && content) {
    compareClaim(compare, root, say, content, review);
  }
  compareStatements(compare, root, say, result);
  compareDoubts(compare, root, say, result, review);
  return differs;
}

// That a ground was retracted, or a signature is in doubt, stands on the page wherever the proof says so.
function compareDoubts(compare, root, say, result, review) {
  const text = (selector) => root.querySelector(selector)?.textContent;
  const {appearances = [], sources = []} = result.record?.content ?? {};
  const grounds = [...appearances.map(({article}) => article), ...[...sources, ...(review?.evidence ?? [])].map(({source}) => source)];
  const supporting = (result.supporting ?? []).filter((one) => one.record);
  for (const one of supporting.filter(({kind}) => kind === 'correction')) {
    const {subject, kind} = one.record.content;
    if (kind === 'retraction' && grounds.includes(subject)) {
      const where = `[data-retraction="${one.index}"]`;
      compareWords(compare, 'correction', text(where), one.record.content.reason);
      compareSigner(compare, root.querySelector(where), say, result, one);
    }
  }
  for (const {key, reason, distrustFrom} of supporting.filter(({kind}) => kind === 'revocation').map(({record}) => record.content)) {
    const isDoubted = (one) => distrustFrom !== undefined && one.index >= distrustFrom && keyOf(one) === key;
    const expected = say('signature.in-doubt', {reason: word(say, 'revocation', reason)});
    for (const one of [result, ...ABOUT.flatMap((list) => result[list] ?? [])].filter((one) => isDoubted(one) && isShown(one, result))) {
      compare('signature', text(`[data-doubt="${one.index}"]`), expected);
    }
  }
}

function compareAnswers(compare, text, say, review) {
  for (const vocabulary of ['verdict', 'attribution', 'quote']) {
    const shown = text(`#verdict-line [data-answer=${vocabulary}]`);
    // Without a review there is nothing to answer, and no answer may be shown.
    const expected = review?.[vocabulary] ? word(say, vocabulary, review[vocabulary]) : review && say('answer.none');
    compare('verdict', shown, expected);
  }
  if (review?.verdict) {
    compare('verdict', text('#verdict-line .conclusion > .answer'), word(say, 'verdict', review.verdict));
  }
}

function compareClaim(compare, root, say, content, review) {
  compare('speaker', root.querySelector('.speaker bdi')?.textContent, content.speaker.name);
  const marks = [...root.querySelectorAll('.appearance mark')];
  for (const [i, appearance] of content.appearances.entries()) {
    compare('context', marks[i]?.closest('p').textContent.replaceAll('…', ''), inContext(appearance).replaceAll('…', ''));
    compare('words', marks[i]?.textContent, appearance.exact);
  }
  const uses = [...(content.sources ?? []), ...(review?.evidence ?? [])];
  const items = [...root.querySelectorAll('.sources > li')];
  for (const [i, use] of uses.entries()) {
    compare('source', items[i]?.querySelector('.stance')?.textContent, word(say, 'stance', use.stance));
    const link = items[i]?.querySelector('a')?.getAttribute('href') ?? '';
    compare('source', /([0-9a-f]{64})\.html$/.exec(link)?.[1], use.source.slice('sha256:'.length));
  }
}

const inContext = ({prefix, exact, suffix}) => `${prefix ?? ''}${exact}${suffix ?? ''}`;

// What was said of the record stands on its page: each under its own id, in its own words, by whoever signed it, and nothing else.
function compareStatements(compare, root, say, result) {
  const all = ABOUT.flatMap((list) => result[list] ?? []);
  const shown = new Map([...root.querySelectorAll('[id]')].filter(({id}) => STATEMENT.test(id)).map((one) => [one.id, one]));
  for (const one of all) {
    const id = `${one.kind}-${one.index}`;
    const place = shown.get(id);
    shown.delete(id);
    if (!isShown(one, result)) {
      continue;
    }
    const words = one.record ? wordsOf(one, say, result) : [];
    if (place === undefined) {
      compare(one.kind, undefined, words[0] ?? one.hash);
      continue;
    }
    for (const expected of words.filter((expected) => expected !== undefined)) {
      compareWords(compare, one.kind, place.textContent, expected);
    }
    if (one.kind === 'relation' && one.record) {
      const links = [...place.querySelectorAll('a')].map((link) => link.getAttribute('href') ?? '');
      const other = otherOf(one.record.content, result);
      compare('relation', links.some((link) => link.endsWith(`${other}.html`)) ? other : links[0], other);
    }
    compareSigner(compare, one.kind === 'approval' ? place : place.querySelector('.by'), say, result, one);
  }
  compareSigners(compare, root, say, result, [result, ...all]);
  // What nobody signed is not said of it.
  for (const [id, place] of shown) {
    compare(id.split('-')[0], place.textContent, undefined);
  }
}

// An approval stands beside the review that it approves. If either was erased, it has no place.
const isShown = (one, {reviews = []}) =>
  one.kind !== 'approval' || reviews.some(({hash, record}) => record && hash === one.record?.content.review);

// Returns the words by which a reader knows a statement: each stands on the page as it is.
function wordsOf({kind, state, record: {content}}, say, result) {
  const since = {retracted: kind === 'consent' ? 'since.withdrawn' : 'since.retracted', corrected: 'since.corrected'}[state];
  const taken = ['relation', 'response', 'foreign', 'observation', 'disclosure', 'consent'].includes(kind) && since ? say(since) : undefined;
  switch (kind) {
    case 'review':
      return [content.explanation, ...['verdict', 'attribution', 'quote'].map((name) => content[name] && word(say, name, content[name]))];
    case 'correction':
      return [content.reason, content.subject === result.hash ? word(say, 'correction', content.kind) : undefined];
    case 'relation':
      return [word(say, content.from === result.hash ? 'relation' : 'relation-from', content.relation), content.note, taken];
    case 'response':
      return [content.text, content.by.name, content.by.role, taken];
    case 'foreign':
      return [content.statement, content.by.name, content.rating?.name, content.rating?.value, taken];
    case 'observation':
      return [word(say, 'sighting', content.outcome === 'changed' && !content.announced ? 'silent' : content.outcome), content.announced, taken];
    case 'disclosure':
      return [content.aiUse.description, content.by.name, content.aiUse.stage, content.aiUse.tool, content.aiUse.checkedBy, taken];
    case 'consent':
      return [word(say, 'decision', content.decision), content.person.name, content.scope.join(', '), content.note, taken];
    case 'erasure':
      return [content.reason, content.authority];
    case 'article':
      return [content.headline];
    default:
      return [];
  }
}

const otherOf = ({from, to}, {hash}) => (from === hash ? to : from).slice('sha256:'.length);

const keyOf = (one) => one.proof[0].verificationMethod.split('#')[0];

// The first link names whoever signed.
function compareSigner(compare, place, say, result, one) {
  const signer = (result.signers ?? []).find(({key}) => key === keyOf(one));
  compare('signer', place?.querySelector('a')?.textContent, signer?.holder ?? say('signer.unnamed'));
}

// The list of whoever signed the record and what was said of it.
function compareSigners(compare, root, say, result, signed) {
  const items = [...root.querySelectorAll('.signers > li')];
  for (const one of signed) {
    const item = items.find((shown) => shown.querySelector('code')?.textContent === keyOf(one));
    compareSigner(compare, item, say, result, one);
  }
}

function compareWords(compare, what, shown, expected) {
  if (!shown?.includes(expected)) {
    compare(what, shown, expected);
  }
}

function atFirstDifference(shown, expected) {
  let at = 0;
  while (at < shown.length && shown[at] === expected[at]) {
    at += 1;
  }
  const from = Math.max(0, at - BEFORE);
  const cut = (text) => `${from > 0 ? '…' : ''}${text.slice(from, at + AFTER)}${text.length > at + AFTER ? '…' : ''}`;
  return {shown: cut(shown), expected: cut(expected)};
}
