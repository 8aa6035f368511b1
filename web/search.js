// Search without a server: words from the static index that `ledger publish` writes (docs/spec/published.md).

import {element, word} from './dom.js';
import {digestOf, utf8} from './hash.js';
import {normalizeQuote, words} from './text.js';

const MAX_SHOWN = 20;
const MAX_WORDS = 40;
const CLAIMS_PER_FILE = 256;

// Lets the form search in the page. Where the server has answered already, its answer stays.
export function offerSearch(say, root) {
  const form = document.querySelector('form.search');
  const field = form.querySelector('#q');
  const results = document.querySelector('#results');
  const query = new URLSearchParams(location.search).get('q');
  if (!results || !query || document.querySelector('#found')) {
    return;
  }
  field.value = query;
  search(say, root, query, results);
}

async function search(say, root, query, results) {
  const wanted = normalizeQuote(query);
  const hash = /^(?:sha256:)?([0-9a-f]{8,64})$/i.exec(wanted)?.[1].toLowerCase();
  const byItsHash = hash ? await byHash(root, hash) : [];
  // "deadbeef" may be meant as a word.
  const hits = byItsHash.length > 0 ? byItsHash : await byWords(root, wanted);
  const claims = await Promise.all(hits.map(async ({number, ...words}) => ({claim: await claimAt(root, number), ...words})));
  const rank = ({claim, shared = 0, of = 1}) => (claim.text === wanted ? 2 : shared / of);
  claims.sort((a, b) => rank(b) - rank(a));
  const language = document.documentElement.lang;
  const folder = language === 'en' ? root : `${root}${language}/`;
  const isMeant = ({claim, shared}) => shared === undefined || claim.text === wanted;
  const shown = claims.slice(0, MAX_SHOWN);
  const items = shown.map((one) => item(say, folder, one, wanted));
  const found = items.length === 0 || shown.some(isMeant) ? 'found' : 'found-similar';
  const title = items.length === 1 ? say(`${found}.one`) : say(`${found}.other`, {n: items.length});
  results.replaceChildren(
    element('h2', {id: 'found'}, title),
    items.length === 0 ? element('p', {}, say('search.unknown')) : element('ul', {class: 'summaries'}, ...items));
}

function item(say, folder, {claim, shared, of}, wanted) {
  const link = element('a', {href: `${folder}claim/${claim.hash.slice(7)}.html`},
    element('span', {dir: 'auto', lang: claim.language}, claim.text ?? say('erased.title')));
  const standing = element('p', {class: 'summary-standing'});
  const answer = (name) => element('strong', {class: `answer answer-${claim[name]}`}, word(say, name, claim[name]));
  if (claim.verdict) {
    standing.append(answer('verdict'), ' · ');
  } else {
    for (const name of ['attribution', 'quote'].filter((one) => claim[one])) {
      standing.append(`${say(`in-short.${name}`)} `, answer(name), ' · ');
    }
  }
  standing.append(element('span', {class: `state state-${claim.state}`}, word(say, 'state', claim.state)));
  if (claim.speaker) {
    standing.append(' · ', element('bdi', {}, claim.speaker));
  }
  const likeness = claim.text === wanted ? say('matched.exact') : say('matched.some-words', {shared, of});
  const matched = shared === undefined ? [] : [element('p', {class: 'matched'}, likeness)];
  return element('li', {class: 'summary'}, element('p', {class: 'summary-text'}, link), standing, ...matched);
}

const files = new Map();

// Gets a file of the index once. One that is not there holds nothing.
function file(root, path) {
  if (!files.has(path)) {
    files.set(path, fetch(`${root}search/${path}`).then((response) => (response.ok ? response.json() : {})));
  }
  return files.get(path);
}

async function byHash(root, hash) {
  const hashes = await file(root, `hashes/${hash.slice(0, 2)}.json`);
  const found = Object.entries(hashes).filter(([known]) => known.startsWith(hash));
  return found.slice(0, MAX_SHOWN).map(([, number]) => ({number}));
}

// Finds claims that have at least half of the words, those with the most first.
async function byWords(root, text) {
  const wanted = words(text).slice(0, MAX_WORDS);
  const counts = new Map();
  for (const numbers of await Promise.all(wanted.map((one) => numbersOf(root, one)))) {
    for (const number of numbers) {
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
  }
  return [...counts]
    .map(([number, shared]) => ({number, shared, of: wanted.length}))
    .filter(({shared, of}) => shared >= of / 2)
    .sort((a, b) => b.shared - a.shared)
    .slice(0, 4 * MAX_SHOWN);
}

async function numbersOf(root, one) {
  const digest = await digestOf(utf8(one));
  const index = await file(root, `words/${digest.slice(7, 9)}.json`);
  return Object.hasOwn(index, one) ? index[one] : [];
}

async function claimAt(root, number) {
  const claims = await file(root, `claims/${Math.floor(number / CLAIMS_PER_FILE)}.json`);
  return claims[number % CLAIMS_PER_FILE];
}
