// Checks bundles for tests/web.rs. Reads JSON Lines on stdin, each `{"bundle": BASE64, "logKey"?, "policy"?}`, and
// answers each with a line: what `checkBundle` returns.

import {createInterface} from 'node:readline';

// The verifier to ask: a module with `checkBundle`.
const {checkBundle} = await import(process.argv[2] ?? '../../web/verify.js');

for await (const line of createInterface({input: process.stdin})) {
  const {bundle, ...trust} = JSON.parse(line);
  console.log(JSON.stringify(await checkBundle(new Uint8Array(Buffer.from(bundle, 'base64')), trust)));
}
