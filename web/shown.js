// What a page shows, held against the proof: a server can put other words on the page than those that were signed.
//
// Compared is what a reader goes by: the words and who said them, the state and the editors' answers, what the sources do for it, and
// that nothing is missing that was said of it, or that makes a ground or a signature doubtful.

import {word} from './dom.js';

// Characters that are shown around the first difference.
const BEFORE = 16;
const AFTER = 32;

// Lists of what was said of the record.
const ABOUT = ['reviews', 'approvals', 'corrections', 'relations', 'responses', 'foreign', 'observations', 'disclosures', 'consents', 'erasures'];

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
  for (const [kind, words] of [
    ['review', ({explanation}) => explanation],
    ['correction', ({reason}) => reason],
    ['response', (response) => response.text],
    ['erasure', ({reason}) => reason],
  ]) {
    for (const one of result[`${kind}s`] ?? []) {
      compareNotice(compare, text, kind, one, words);
    }
  }
  compareDoubts(compare, text, say, result, review);
  return differs;
}

// That a ground was retracted, or a signature is in doubt, stands on the page wherever the proof says so.
function compareDoubts(compare, text, say, result, review) {
  const {appearances = [], sources = []} = result.record?.content ?? {};
  const grounds = [...appearances.map(({article}) => article), ...[...sources, ...(review?.evidence ?? [])].map(({source}) => source)];
  const supporting = (result.supporting ?? []).filter((one) => one.record);
  for (const one of supporting.filter(({kind}) => kind === 'correction')) {
    const {subject, kind} = one.record.content;
    if (kind === 'retraction' && grounds.includes(subject)) {
      compareNotice(compare, text, 'correction', one, ({reason}) => reason, `[data-retraction="${one.index}"]`);
    }
  }
  for (const {key, reason, distrustFrom} of supporting.filter(({kind}) => kind === 'revocation').map(({record}) => record.content)) {
    const isDoubted = (one) => distrustFrom !== undefined && one.index >= distrustFrom && one.proof[0].verificationMethod.startsWith(`${key}#`);
    const expected = say('signature.in-doubt', {reason: word(say, 'revocation', reason)});
    for (const one of [result, ...ABOUT.flatMap((list) => result[list] ?? [])].filter(isDoubted)) {
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

// What was said of the record stands on its page, in its own words.
function compareNotice(compare, text, kind, one, words, where = `#${kind}-${one.index}`) {
  const shown = text(where);
  const expected = one.record ? words(one.record.content) : undefined;
  if (shown === undefined || (expected !== undefined && !shown.includes(expected))) {
    compare(kind, shown, expected ?? one.hash);
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
