// What should be known of a checked proof and is not wrong, for whoever shows it.
//
// Follows docs/spec/bundle.md, "Notices". Takes what `checkBundle` returned; what is in it was checked there.

// Returns the record that a result is about, and every other in it.
export function allOf(result) {
  return [result, ...Object.values(result).filter(Array.isArray).flat()].filter((one) => one.hash && one.steps);
}

// Returns every notice in a result: `{one, message, by, isGrave}`. `one` is the record that it concerns, `by` the correction or
// revocation from which it follows. A grave one leaves no clean conclusion: what the conclusion rests on was retracted, or
// the signature of what it follows from is in doubt.
export function noticesOf(result) {
  const all = allOf(result);
  const decided = all.find(({hash}) => hash === result.decidedReview);
  const carries = (one) =>
    one === result ||
    one === decided ||
    ['correction', 'erasure'].includes(one.kind) ||
    (one.kind === 'approval' && one.record?.content.review === decided?.hash);
  return all.flatMap((one) =>
    (one.notices ?? []).map(({message, index}) => {
      const by = all.find((other) => other.index === index);
      const isMild = by?.record?.type === 'correction' && by.record.content.kind !== 'retraction';
      return {one, message, by, isGrave: carries(one) && !isMild};
    }),
  );
}

// Returns the content of the revocation of the key that signed a record, or nothing if it was not revoked.
export function revocationOf(result, one) {
  const key = one.proof[0].verificationMethod.split('#')[0];
  const revoked = (result.signers ?? []).find((signer) => signer.key === key)?.revoked;
  const revocation = revoked === undefined ? undefined : allOf(result).find(({index}) => index === revoked);
  return revocation?.record?.type === 'revocation' ? revocation.record.content : undefined;
}
