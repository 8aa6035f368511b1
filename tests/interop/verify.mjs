// Verifies signed documents with Digital Bazaar's implementation of W3C Data Integrity, which shares
// no code with ours.
//
// Reads JSON Lines on stdin, each `{"document": {...}, "expect": "verified" | "refused"}`, and answers each
// with a line `{"line", "verified", "reason"?}`. Exits with 1 if one is not as expected.
//
// The documents have no `@context`: the suite works on JSON as it stands (JCS), and the library asks for none
// with a cryptosuite whose name has `-jcs-` in it. Its document loader is only asked for keys.

import {createInterface} from 'node:readline';

import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {createVerifyCryptosuite} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import jsigs from 'jsonld-signatures';

const {purposes: {AssertionProofPurpose}} = jsigs;

// Resolves did:key names and their keys from the name alone. There is nothing else to load, and no network.
async function documentLoader(url) {
  const [, did, multikey, fragment] = /^(did:key:(z6Mk[^#]*))(?:#(.*))?$/.exec(url) ?? [];
  if (did === undefined || (fragment !== undefined && fragment !== multikey)) {
    throw new Error(`expected the did:key of an Ed25519 key, found ${url}`);
  }
  const key = {
    id: `${did}#${multikey}`,
    type: 'Multikey',
    controller: did,
    publicKeyMultibase: multikey,
  };
  const controller = {id: did, assertionMethod: [key.id]};
  return {documentUrl: url, document: fragment === undefined ? controller : key};
}

async function verify(document) {
  // The library is content when *any* proof verifies; a document of ours has one.
  const proofs = [document.proof ?? []].flat();
  if (proofs.length !== 1) {
    return {verified: false, reason: `expected one proof, found ${proofs.length}`};
  }
  // A record says whose statement it is; nobody else's key may assert it.
  const {document: controller} = await documentLoader(document.editor);
  const purpose = new AssertionProofPurpose({controller});
  const suite = new DataIntegrityProof({cryptosuite: createVerifyCryptosuite()});
  const {verified, error} = await jsigs.verify(document, {suite, purpose, documentLoader});
  if (verified) {
    return {verified};
  }
  const reasons = [error?.errors ?? error].flat().map((error) => error?.message ?? String(error));
  return {verified, reason: reasons.join('; ')};
}

let line = 0;
for await (const text of createInterface({input: process.stdin})) {
  line += 1;
  const {document, expect} = JSON.parse(text);
  const judged = await verify(document).catch(({message}) => ({verified: false, reason: message}));
  const answer = {line, ...judged};
  console.log(JSON.stringify(answer));
  if (expect !== (answer.verified ? 'verified' : 'refused')) {
    process.exitCode = 1;
  }
}
