// Texts: the normaliser text/1 as src/canonical/text.rs has it, and words as src/site/index.rs folds them.

// Normalises an article's text, so that it can be compared with the recorded one.
export function normalizeText(text) {
  const lines = text.replace(/\r\n?/g, '\n').replaceAll('\ufeff', '').normalize('NFC').split('\n');
  let out = '';
  let blank = false;
  for (const line of lines) {
    const trimmed = line.replace(/[ \t]+$/, '').replace(/[ \t]+/g, ' ');
    if (trimmed === '') {
      blank = true;
      continue;
    }
    out += (blank && out !== '' ? '\n' : '') + trimmed + '\n';
    blank = false;
  }
  return out === '' ? '\n' : out;
}

// Normalises quoted words in the same way.
export function normalizeQuote(text) {
  return normalizeText(text).replace(/\n+$/, '').replace(/^ +/, '');
}

// Returns the words of a text, each once, without case and without marks on letters.
export function words(text) {
  const letters = [...text.normalize('NFKD').replace(/\p{M}/gu, '')];
  // By letter: of a whole word, a capital sigma at its end would become another letter than within it.
  const folded = letters.map((letter) => letter.toLowerCase()).join('').replaceAll('ς', 'σ');
  return [...new Set(folded.match(/[\p{Alphabetic}\p{N}]+/gu) ?? [])];
}
