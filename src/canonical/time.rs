//! Times: RFC 3339, UTC, whole seconds, written with `Z`.

use std::fmt;
use std::str::FromStr;

use super::text_form::serde_as_text;

/// A moment in whole seconds, from the beginning of the year 0000 to 9999-12-30T22:00:00Z.
///
/// The last 26 hours of 9999 are left out (by the library, so that the date has four digits of year in any zone).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(jiff::Timestamp);

/// A text that is no time of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a time such as 2026-11-20T10:00:00Z, found {found:?}")]
pub struct TimestampError {
    pub found: String,
}

impl Timestamp {
    /// Returns the moment `seconds` after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    ///
    /// [`TimestampError`] before or after the moments that this type holds.
    pub fn from_unix_seconds(seconds: i64) -> Result<Self, TimestampError> {
        let wrong = || TimestampError {
            found: seconds.to_string(),
        };
        let time = jiff::Timestamp::from_second(seconds).map_err(|_| wrong())?;
        let timestamp = Timestamp(time);
        // Years before 0000 have a sign, which RFC 3339 does not.
        if timestamp.to_string().len() != LEN {
            return Err(wrong());
        }
        Ok(timestamp)
    }

    /// Returns the seconds since 1970-01-01T00:00:00Z.
    pub fn unix_seconds(self) -> i64 {
        self.0.as_second()
    }
}

const LEN: usize = "2026-11-20T10:00:00Z".len();

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let wrong = || TimestampError {
            found: text.chars().take(40).collect(),
        };
        if text.len() != LEN {
            return Err(wrong());
        }
        let timestamp = Timestamp(text.parse().map_err(|_| wrong())?);
        // The library reads more forms than the one that we write (a space for T, a leap second).
        if timestamp.to_string() != text {
            return Err(wrong());
        }
        Ok(timestamp)
    }
}

serde_as_text!(Timestamp);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_has_one_form() {
        let text = "2026-11-20T10:00:00Z";
        let time: Timestamp = text.parse().unwrap();
        assert_eq!(time.to_string(), text);
        assert_eq!(time.unix_seconds(), 1_795_168_800);
        assert_eq!(Timestamp::from_unix_seconds(time.unix_seconds()), Ok(time));
        for wrong in [
            "2026-11-20T10:00:00.5Z",
            "2026-11-20T10:00:00+00:00",
            "2026-11-20 10:00:00Z",
            "2026-11-20t10:00:00z",
            "2026-11-20T10:00:60Z",
            "2026-02-30T10:00:00Z",
            "2026-11-20T24:00:00Z",
            "",
        ] {
            assert!(wrong.parse::<Timestamp>().is_err(), "{wrong}");
        }
        assert!(Timestamp::from_unix_seconds(i64::MAX).is_err());
        assert!(Timestamp::from_unix_seconds(-62_200_000_000).is_err());
    }
}
