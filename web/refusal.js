// Why something is not accepted. Everything in this folder that reads a stranger's bytes throws one of these two
// and nothing else; `checkBundle` in verify.js catches both.

// The bytes are not what the format says. `rule` names the rule in one word, as the vectors do.
export class Refusal extends Error {
  constructor(rule, message) {
    super(message);
    this.name = 'Refusal';
    this.rule = rule;
  }
}

// This browser can't decide it: that is not the same as wrong.
export class Unsupported extends Error {
  constructor(message) {
    super(message);
    this.name = 'Unsupported';
  }
}

// The beginning of a text, in quotation marks, for a message.
export function excerpt(text, most = 80) {
  const characters = Array.from(String(text).slice(0, 2 * most)).slice(0, most);
  return JSON.stringify(characters.join(''));
}
