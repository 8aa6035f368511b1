//! Base58btc: how `did:key` names and `proofValue`s write their bytes, after a multibase `z`.
//!
//! Follows [draft-msporny-base58] with the Bitcoin alphabet. The bytes are one large number, so the plain algorithm,
//! a digit at a time over all bytes, takes quadratic time: an audit spent an eighth of its time in it
//! (`docs/decisions/0017-base58.md`). Here five digits are taken at a time over 32 bits.
//!
//! [draft-msporny-base58]: https://datatracker.ietf.org/doc/html/draft-msporny-base58

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Digits that are taken at a time: 58^5 is less than 2^32.
const GROUP: usize = 5;
const GROUP_VALUE: u64 = 58u64.pow(GROUP as u32);

/// No digit of the alphabet.
const NO_DIGIT: u8 = 0xff;

/// The value of each ASCII character as a digit.
const DIGITS: [u8; 128] = {
    let mut digits = [NO_DIGIT; 128];
    let mut value = 0;
    while value < ALPHABET.len() {
        digits[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    digits
};

/// Writes bytes as base58btc, without a multibase prefix.
pub(super) fn encode<const N: usize>(bytes: &[u8; N]) -> String {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    // The number in digits of 32 bits, the greatest first.
    let mut number: Vec<u32> = bytes
        .rchunks(4)
        .map(|word| word.iter().fold(0, |n, byte| n << 8 | u32::from(*byte)))
        .collect();
    number.reverse();
    let mut digits = Vec::with_capacity(N * 7 / 5 + GROUP);
    let mut rest = &mut number[..];
    while !rest.is_empty() {
        let mut remainder = 0;
        for word in rest.iter_mut() {
            let value = remainder << 32 | u64::from(*word);
            *word = (value / GROUP_VALUE) as u32;
            remainder = value % GROUP_VALUE;
        }
        for _ in 0..GROUP {
            digits.push(ALPHABET[(remainder % 58) as usize]);
            remainder /= 58;
        }
        let done = rest.iter().take_while(|word| **word == 0).count();
        rest = &mut rest[done..];
    }
    // The last group may have begun with zeros that the number has not.
    while digits.last() == Some(&ALPHABET[0]) {
        digits.pop();
    }
    digits.resize(digits.len() + zeros, ALPHABET[0]);
    digits.reverse();
    String::from_utf8(digits).expect("the alphabet is ASCII")
}

/// Reads exactly `N` bytes from base58btc, which writes them in one way only.
///
/// Takes time in proportion to `text` times `N`; a text that is too long for `N` bytes is not looked into.
pub(super) fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    // log 256 / log 58 is a little less than 1.366.
    if text.len() > N * 1366 / 1000 + 1 {
        return None;
    }
    let mut number = vec![0u32; N.div_ceil(4)];
    for group in text.as_bytes().chunks(GROUP) {
        let mut carry = 0;
        let mut scale = 1;
        for character in group {
            let digit = *DIGITS.get(usize::from(*character))?;
            if digit == NO_DIGIT {
                return None;
            }
            carry = carry * 58 + u64::from(digit);
            scale *= 58;
        }
        for word in number.iter_mut().rev() {
            let value = u64::from(*word) * scale + carry;
            *word = value as u32;
            carry = value >> 32;
        }
        if carry > 0 {
            return None;
        }
    }
    let number: Vec<u8> = number.into_iter().flat_map(u32::to_be_bytes).collect();
    let (above, bytes) = number.split_at(number.len() - N);
    let ones = text.bytes().take_while(|byte| *byte == ALPHABET[0]).count();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    // A leading 1 stands for a zero byte each.
    let fits = above.iter().all(|byte| *byte == 0) && ones == zeros;
    fits.then(|| bytes.try_into().expect("N bytes were split off"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn agrees_with_bs58<const N: usize>(bytes: [u8; N], zeros: usize) {
        let mut bytes = bytes;
        bytes[..zeros.min(N)].fill(0);
        let text = encode(&bytes);
        assert_eq!(text, bs58::encode(bytes).into_string());
        assert_eq!(decode(&text), Some(bytes));
    }

    #[test]
    fn ends_of_the_range_agree_with_bs58() {
        for zeros in [0, 1, 2, 33, 34, 63, 64] {
            agrees_with_bs58([0xff; 34], zeros);
            agrees_with_bs58([0xff; 64], zeros);
            agrees_with_bs58([1; 64], zeros);
        }
    }

    proptest! {
        #[test]
        fn bytes_agree_with_bs58(bytes: [u8; 32], more: [u8; 32], zeros in 0usize..4) {
            let key: [u8; 34] = [&bytes[..], &more[..2]].concat().try_into().unwrap();
            let signature: [u8; 64] = [bytes, more].concat().try_into().unwrap();
            agrees_with_bs58(key, zeros);
            agrees_with_bs58(signature, zeros);
        }

        #[test]
        fn any_text_agrees_with_bs58(text in "[1-9A-HJ-NP-Za-km-z]{0,90}|[ -~é]{0,90}") {
            let oracle = bs58::decode(&text).into_vec().ok();
            let of_len = |len: usize| oracle.clone().filter(|bytes| bytes.len() == len);
            prop_assert_eq!(decode::<64>(&text).map(Vec::from), of_len(64));
            prop_assert_eq!(decode::<34>(&text).map(Vec::from), of_len(34));
        }

        #[test]
        fn a_digit_more_or_another_agrees_with_bs58(bytes: [u8; 32], at in 0usize..44, digit in 0usize..58) {
            let mut text = encode(&bytes).into_bytes();
            let at = at.min(text.len() - 1);
            text[at] = ALPHABET[digit];
            for text in [&text[..], &[&text[..], b"1"].concat(), &[b"1", &text[..]].concat(), &text[1..]] {
                let text = std::str::from_utf8(text).unwrap();
                let oracle = bs58::decode(text).into_vec().ok().filter(|bytes| bytes.len() == 32);
                prop_assert_eq!(decode::<32>(text).map(Vec::from), oracle);
            }
        }
    }
}
