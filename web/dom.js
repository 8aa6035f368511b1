// Elements, made without innerHTML: what a ledger holds is only ever text here.

// Makes an element. A member of `attributes` that is null or false is left out.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false && value !== undefined) {
      made.setAttribute(key, value === true ? '' : value);
    }
  }
  made.append(...children);
  return made;
}

// Loads the page's messages, and returns what says them.
export async function messages() {
  const language = document.documentElement.lang;
  const response = await fetch(new URL(`messages/${language}.json`, import.meta.url));
  const all = await response.json();
  return (name, values = {}) =>
    (all[name] ?? name).replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

// Says a word of a vocabulary.
export function word(say, vocabulary, value) {
  const name = `${vocabulary}.${value}`;
  const said = say(name);
  return said === name ? value : said;
}
