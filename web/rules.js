// Who may say what at which index, and what follows for each record: one fold over the entries in their order.
//
// Follows docs/spec/rules.md; the same fold as src/rules/. An erased record is known only by its entry: kind, signer,
// digest. An entry that breaks a rule has no effect, but that its record exists.

import {checkPublicKey} from './ed25519.js';
import {equalBytes} from './hash.js';
import {isOfTheLedgerItself, objects, parseTimestamp, references, KINDS} from './record.js';
import {Refusal} from './refusal.js';
import {parseDid} from './sign.js';

const MAX_CLOCK_LEAD_S = 300;

const ROLE_MAY = {
  owner: () => true,
  editor: (kind) => !isOfTheLedgerItself(kind),
  contributor: (kind) => ['article', 'source', 'claim', 'relation', 'foreign', 'observation'].includes(kind),
  auditor: () => false,
};

// Rules that are about the key that signed, not about what it said.
export const KEY_RULES = ['key-not-enrolled', 'key-revoked', 'role'];

// Returns why a key may not sign, or null.
function weakness(did) {
  try {
    checkPublicKey(parseDid(did).publicKey);
    return null;
  } catch (error) {
    if (error instanceof Refusal) {
      return error.message;
    }
    throw error;
  }
}

// The state of a ledger after some entries.
export class Rules {
  // `logKey` is the log's key that the founding record states, as `parseVerifierKey` reads it, or null if that is no key.
  constructor(logKey) {
    this.logKey = logKey;
    this.ledger = null;
    this.signers = new Map();
    this.subjects = new Map();
    this.neededObjects = new Set();
    this.erasedObjects = new Set();
    // Keys whose word is doubtful, each with the index from which it is.
    this.doubtful = [];
  }

  // Folds in the next entry, and returns the rules that it breaks. `record` is null where it can't be read.
  apply(entry, record) {
    const broken = new Violations();
    if (!this.checkEntry(entry, record, broken)) {
      return broken.list;
    }
    const subject = {
      index: entry.index,
      kind: entry.kind,
      editor: entry.proof.key,
      unread: record === null,
      erased: null,
      latestReview: null,
      decidedReview: null,
      corrected: null,
      retracted: null,
      review: null,
    };
    if (broken.list.length === 0 && record !== null) {
      const {content} = record;
      switch (record.type) {
        case 'ledger':
          this.found(entry, content, broken);
          break;
        case 'key':
          this.enrol(entry, content, broken);
          break;
        case 'revocation':
          this.revoke(entry, content, broken);
          break;
        case 'policy':
          if (this.ledger !== null) {
            this.ledger.approvals = content.approvals;
          }
          break;
        case 'erasure':
          this.erase(entry, content, broken);
          break;
        case 'review':
          this.review(entry, content, subject, broken);
          break;
        case 'approval':
          this.approve(entry, content, broken);
          break;
        case 'correction':
          this.correct(entry, content, broken);
          break;
        case 'consent':
          this.consent(entry, content, broken);
          break;
        case 'relation':
          if (content.from === content.to) {
            broken.add('relation-to-itself', 'two claims', content.from);
          }
          break;
        default:
      }
      if (broken.list.length === 0) {
        for (const digest of objects(record)) {
          this.neededObjects.add(digest);
        }
      }
    }
    this.subjects.set(entry.record, subject);
    if (this.ledger !== null) {
      this.ledger.recorded = entry.recorded;
      this.ledger.erasedWork ||= record === null;
    }
    return broken.list;
  }

  // Checks what holds for every entry, and tells whether its kind is known.
  checkEntry(entry, record, broken) {
    const {kind, recorded} = entry;
    const signer = entry.proof.key;
    if (record !== null) {
      if (record.type !== kind) {
        broken.add('entry-kind', record.type, kind);
      }
      if (record.editor !== signer) {
        broken.add('signer', record.editor, signer);
      }
      if (this.ledger !== null && record.ledger !== this.ledger.origin) {
        broken.add('other-ledger', this.ledger.origin, record.ledger);
      }
      this.checkLead(entry, 'the record', record.created, broken);
    }
    this.checkLead(entry, 'the proof', entry.proof.created, broken);
    // Times have one length and form, so their order is that of their characters.
    if (this.ledger !== null && recorded < this.ledger.recorded) {
      broken.add('clock-backwards', `${this.ledger.recorded} or later`, recorded);
    }
    if (!KINDS.includes(kind)) {
      return false;
    }
    if ((entry.index === 0) !== (kind === 'ledger')) {
      broken.add('first-entry', 'kind ledger at index 0 and nowhere else', `kind ${kind} at index ${entry.index}`);
    }
    const earlier = this.subjects.get(entry.record);
    if (earlier !== undefined) {
      broken.add('record-repeated', 'a record that is not in the ledger yet', `the record of entry ${earlier.index}`);
    }
    if (kind !== 'ledger') {
      this.checkRight(entry, record, broken);
    }
    if (record !== null) {
      this.checkReferences(record, broken);
    }
    return true;
  }

  checkLead(entry, what, created, broken) {
    if (parseTimestamp(created) > parseTimestamp(entry.recorded) + MAX_CLOCK_LEAD_S) {
      broken.add('created-ahead', `${what} created by five minutes after ${entry.recorded}`, created);
    }
  }

  // Checks that the signer may record this kind here.
  checkRight({kind, proof}, record, broken) {
    const did = proof.key;
    const signer = this.signers.get(did);
    // A key may always revoke itself.
    const givesItselfUp = record?.type === 'revocation' && record.content.key === did;
    if (signer === undefined) {
      broken.add('key-not-enrolled', 'an enrolled key', did);
    } else if (signer.revoked !== null) {
      broken.add('key-revoked', 'a key in use', `${did}, revoked at index ${signer.revoked}`);
    } else if (!ROLE_MAY[signer.role](kind) && !givesItselfUp) {
      broken.add('role', `a role that may record kind ${kind}`, `${did} in role ${signer.role}`);
    }
  }

  checkReferences(record, broken) {
    for (const {field, record: digest, kinds} of references(record)) {
      const target = this.subjects.get(digest);
      if (target === undefined) {
        broken.add('reference-unknown', `in ${field} a record at a lower index`, digest);
      } else if (!kinds.includes(target.kind)) {
        broken.add('reference-kind', `in ${field} a record of kind ${kinds.join(' or ')}`, `${digest} of kind ${target.kind}`);
      } else if (target.erased !== null && field !== 'supersedes') {
        // A chain of reviews goes on over an erased link.
        broken.add('reference-erased', `in ${field} a record that is not erased`, digest);
      }
    }
  }

  // The first entry: its record names the owners and the log's key.
  found(entry, content, broken) {
    const signer = entry.proof.key;
    if (!content.owners.includes(signer)) {
      broken.add('role', 'the signature of one of the owners', signer);
    }
    for (const owner of content.owners) {
      const weak = weakness(owner);
      if (weak !== null) {
        broken.add('weak-key', `an owner's key (${weak})`, owner);
      }
    }
    const owner = content.owners.find((did) => this.isLogKey(did));
    if (this.logKey === null) {
      broken.add('log-key', 'a C2SP verifier key', content.logKey);
    } else if (this.logKey.name !== content.origin) {
      broken.add('log-key', `a log key named ${content.origin}`, this.logKey.name);
    } else if (owner !== undefined) {
      broken.add('log-key', "a log key that is no owner's", owner);
    }
    if (broken.list.length > 0) {
      return;
    }
    this.ledger = {
      origin: content.origin,
      approvals: content.policy.approvals,
      recorded: entry.recorded,
      erasedWork: false,
    };
    for (const owner of content.owners) {
      this.signers.set(owner, {role: 'owner', holder: null, enrolled: 0, changed: 0, revoked: null, first: null});
    }
  }

  isLogKey(did) {
    return this.logKey !== null && equalBytes(parseDid(did).publicKey, this.logKey.publicKey);
  }

  enrol(entry, content, broken) {
    const {key, role, holder} = content;
    const replaces = content.replaces ?? null;
    const weak = weakness(key);
    if (weak !== null) {
      broken.add('weak-key', `a sound key (${weak})`, key);
    }
    if (this.isLogKey(key)) {
      broken.add('key-enrolment', "another key than the log's", key);
    }
    if (replaces !== null && (!this.signers.has(replaces) || replaces === key)) {
      broken.add('key-enrolment', 'in `replaces` an earlier key of the holder', replaces);
    }
    const before = this.signers.get(key);
    // Whose key it is decides whether an approval counts, so it can't become another person's later.
    if (replaces !== null && before !== undefined) {
      broken.add(
        'key-enrolment',
        `no \`replaces\` for a key that is enrolled since index ${before.enrolled}`,
        replaces,
      );
    }
    if (before !== undefined && before.revoked !== null) {
      broken.add('key-enrolment', 'a key that was never revoked', `${key}, revoked at index ${before.revoked}`);
    } else if (before !== undefined) {
      if (before.role === role && before.holder === holder.name) {
        broken.add('key-enrolment', 'a new key, role or holder', `${key}, enrolled so at index ${before.changed}`);
      }
      if (before.role === 'owner' && role !== 'owner') {
        this.checkOwnerRemains(key, broken);
      }
    }
    if (broken.list.length === 0) {
      this.signers.set(key, {
        role,
        holder: holder.name,
        enrolled: before?.enrolled ?? entry.index,
        changed: entry.index,
        revoked: null,
        // Another role or name does not make it another person's key.
        first: before === undefined ? replaces && this.firstKey(replaces) : before.first,
      });
    }
  }

  revoke(entry, content, broken) {
    const {key, distrustFrom} = content;
    const signer = this.signers.get(key);
    if (signer === undefined) {
      broken.add('key-enrolment', 'an enrolled key', key);
      return;
    }
    if (signer.revoked !== null) {
      broken.add('key-enrolment', 'a key in use', `${key}, revoked at index ${signer.revoked}`);
    }
    if (distrustFrom !== undefined && distrustFrom > entry.index) {
      broken.add('key-enrolment', `\`distrustFrom\` of at most ${entry.index}`, distrustFrom);
    }
    if (signer.role === 'owner') {
      this.checkOwnerRemains(key, broken);
    }
    if (broken.list.length === 0) {
      this.signers.set(key, {...signer, revoked: entry.index});
      if (distrustFrom !== undefined) {
        this.doubtful.push({key, from: distrustFrom});
      }
    }
  }

  // Returns the first of the keys that its holder had: two keys of one editor are not two editors.
  firstKey(did) {
    return this.signers.get(did)?.first ?? did;
  }

  checkOwnerRemains(leaving, broken) {
    for (const [did, signer] of this.signers) {
      if (did !== leaving && signer.role === 'owner' && signer.revoked === null) {
        return;
      }
    }
    broken.add('last-owner', "another owner's key in use", `${leaving} as the only one`);
  }

  // A review follows on the subject's review before, so that there is one line of judgement.
  review(entry, content, own, broken) {
    const subject = this.subjects.get(content.subject);
    if (subject === undefined) {
      return;
    }
    const before = content.supersedes === undefined ? undefined : this.subjects.get(content.supersedes);
    // Whose review an erased one was can't be told any more.
    const follows =
      before === undefined ? subject.latestReview === null : before.unread || before.index === subject.latestReview;
    if (!follows) {
      const expected =
        subject.latestReview === null
          ? 'no supersedes: the subject has no review yet'
          : `in supersedes the review of entry ${subject.latestReview}`;
      broken.add('supersession', expected, before === undefined ? 'none' : `the review of entry ${before.index}`);
      return;
    }
    const needed = this.ledger?.approvals ?? 1;
    own.review = {subject: content.subject, needed, approvedBy: []};
    subject.latestReview = entry.index;
    if (needed === 0) {
      subject.decidedReview = entry.index;
    }
  }

  // Approvals come from other editors, once each, while the review is the latest.
  approve(entry, content, broken) {
    const signer = this.firstKey(entry.proof.key);
    const review = this.subjects.get(content.review);
    if (review === undefined) {
      return;
    }
    if (this.firstKey(review.editor) === signer) {
      broken.add('own-approval', 'the key of another editor', signer);
      return;
    }
    // An erased review can have been approved before; nothing follows from it now.
    const facts = review.review;
    if (facts === null) {
      return;
    }
    if (facts.approvedBy.includes(signer)) {
      broken.add('approval-repeated', 'one approval by each editor', signer);
      return;
    }
    const subject = this.subjects.get(facts.subject);
    if (subject === undefined) {
      return;
    }
    if (subject.latestReview !== review.index) {
      broken.add('approval-late', "the subject's latest review", `the review of entry ${review.index}`);
      return;
    }
    facts.approvedBy.push(signer);
    if (facts.approvedBy.length >= facts.needed) {
      subject.decidedReview = review.index;
    }
  }

  correct(entry, content, broken) {
    const subject = this.subjects.get(content.subject);
    if (subject === undefined) {
      return;
    }
    const replacement = this.subjects.get(content.replacement);
    if (replacement !== undefined && (replacement.kind !== subject.kind || content.replacement === content.subject)) {
      broken.add(
        'correction-replacement',
        `another record of kind ${subject.kind}`,
        `${content.replacement} of kind ${replacement.kind}`,
      );
    }
    const isRetraction = content.kind === 'retraction';
    if (isRetraction && subject.retracted !== null) {
      broken.add('correction-repeated', 'a subject that stands', `${content.subject}, retracted at index ${subject.retracted}`);
    }
    if (broken.list.length === 0) {
      subject[isRetraction ? 'retracted' : 'corrected'] = entry.index;
    }
  }

  // A consent is withdrawn once. Its subject's state is another matter and stays.
  consent(entry, content, broken) {
    const withdrawn = this.subjects.get(content.withdraws);
    if (withdrawn === undefined) {
      return;
    }
    if (withdrawn.retracted !== null) {
      broken.add(
        'withdrawal-repeated',
        'a consent that stands',
        `${content.withdraws}, withdrawn at index ${withdrawn.retracted}`,
      );
      return;
    }
    withdrawn.retracted = entry.index;
  }

  // Records of the work and their objects can be erased, once.
  erase(entry, content, broken) {
    const digest = content.subject;
    const refuse = (found) =>
      broken.add('erasure-subject', 'a record of the work or an object that one needs, not erased before', found);
    const subject = this.subjects.get(digest);
    if (subject === undefined) {
      // Once a record of the work is erased, it can't be told which objects it needed.
      if (this.erasedObjects.has(digest)) {
        refuse(`${digest}, erased already`);
      } else if (this.neededObjects.has(digest) || this.ledger?.erasedWork) {
        this.erasedObjects.add(digest);
      } else {
        refuse(digest);
      }
    } else if (isOfTheLedgerItself(subject.kind)) {
      refuse(`${digest} of kind ${subject.kind}`);
    } else if (subject.erased !== null) {
      refuse(`${digest}, erased at index ${subject.erased}`);
    } else {
      subject.erased = entry.index;
      if (this.ledger !== null) {
        this.ledger.erasedWork = true;
      }
    }
  }
}

class Violations {
  constructor() {
    this.list = [];
  }

  add(rule, expected, found) {
    this.list.push({rule, expected: `${expected}`, found: `${found}`});
  }
}

// Returns the state that follows from what is known of a record: docs/spec/rules.md, "States".
export function stateOf(subject) {
  if (subject === undefined) {
    return 'recorded';
  }
  const waiting = subject.latestReview !== subject.decidedReview;
  const {review} = subject;
  if (subject.erased !== null || subject.unread) {
    return 'erased';
  } else if (subject.retracted !== null) {
    return 'retracted';
  } else if (waiting) {
    return subject.decidedReview === null ? 'in-review' : 're-review';
  } else if (subject.corrected !== null) {
    return 'corrected';
  } else if (subject.decidedReview !== null || (review !== null && review.approvedBy.length >= review.needed)) {
    return 'decided';
  }
  return review === null ? 'recorded' : 'in-review';
}
