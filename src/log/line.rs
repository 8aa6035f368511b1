//! What stands in the lines of notes, proofs and policies: plain decimal numbers, and texts to quote.

/// Reads a number that is written in one way only: decimal digits, without sign and leading zeros.
pub(super) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    // Rust reads "+1" and "01" too.
    (number.to_string() == text).then_some(number)
}

/// The beginning of a text, for an error message.
pub(super) fn excerpt(text: &str) -> String {
    text.chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_has_one_form() {
        for (text, number) in [("0", 0), ("10", 10), ("18446744073709551615", u64::MAX)] {
            assert_eq!(decimal(text), Some(number));
        }
        for text in [
            "",
            "+1",
            "-0",
            "01",
            "00",
            "1 ",
            "1\r",
            "18446744073709551616",
            "١",
        ] {
            assert_eq!(decimal(text), None, "{text:?}");
        }
    }
}
