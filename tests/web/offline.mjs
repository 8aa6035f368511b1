// Runs the script of the offline page, as it stands in the page, on a bundle: `node offline.mjs PAGE BUNDLE [LOG-KEY]`.
// Prints the text that the page shows then. The document is a small stand-in; there is no network and no module.

import {readFileSync} from 'node:fs';
import vm from 'node:vm';

class Node {
  constructor() {
    Object.assign(this, {own: '', children: [], value: '', className: '', listeners: {}});
    this.classList = {add() {}, remove() {}};
  }

  set textContent(text) {
    this.own = text;
    this.children = [];
  }

  get text() {
    return [this.own, ...this.children.map((child) => child.text)].filter((text) => text !== '').join('\n');
  }

  append(...children) {
    this.children.push(...children);
  }

  replaceChildren(...children) {
    this.children = children;
  }

  addEventListener(name, listener) {
    this.listeners[name] = listener;
  }
}

const [, , page, bundle, logKey] = process.argv;
const nodes = {};
const document = Object.assign(new Node(), {
  getElementById: (id) => (nodes[id] ??= new Node()),
  createElement: () => new Node(),
});
const [, script] = /<script>(.*)<\/script>/s.exec(readFileSync(page, 'utf8'));
globalThis.document = document;
vm.runInThisContext(script);
const bytes = readFileSync(bundle);
document.getElementById('log-key').value = logKey ?? '';
const file = {size: bytes.length, arrayBuffer: async () => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)};
nodes.file.listeners.change({target: {files: [file]}});
while (nodes.result.text === 'Checking…') {
  await new Promise((resolve) => {
    setTimeout(resolve, 10);
  });
}
console.log(nodes.result.text);
