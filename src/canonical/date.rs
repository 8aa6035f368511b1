//! Dates as sources give them: a year, a month, a day, a moment, or `unknown`.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::text_form::serde_as_text;

use super::Timestamp;

/// When something was said or published, as exactly as it is known.
///
/// `Unknown` is a value that somebody recorded. There is no default, least of all the day of recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Date {
    Unknown,
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, a date that the calendar has.
    Calendar(String),
    Moment(Timestamp),
}

/// A text that is no date of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a date (2026, 2026-11, 2026-11-20, 2026-11-20T10:00:00Z or unknown), found {found:?}"
)]
pub struct DateError {
    pub found: String,
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Date::Unknown => f.write_str("unknown"),
            Date::Calendar(date) => f.write_str(date),
            Date::Moment(time) => fmt::Display::fmt(time, f),
        }
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        if text == "unknown" {
            return Ok(Date::Unknown);
        }
        if let Ok(time) = text.parse() {
            return Ok(Date::Moment(time));
        }
        // A year or a month is a date when its first day is. A longer text may be a date to the library
        // (-000044-03-15), but not one of ours.
        let day = match text.len() {
            4 => Some(format!("{text}-01-01")),
            7 => Some(format!("{text}-01")),
            10 => Some(text.to_owned()),
            _ => None,
        };
        let in_calendar = day.is_some_and(
            |day| matches!(jiff::civil::Date::from_str(&day), Ok(date) if date.to_string() == day),
        );
        if in_calendar {
            Ok(Date::Calendar(text.to_owned()))
        } else {
            Err(DateError {
                found: text.chars().take(40).collect(),
            })
        }
    }
}

impl Date {
    /// Tells whether it lies wholly after a moment, in UTC. What is unknown does not.
    pub fn is_after(&self, moment: Timestamp) -> bool {
        self.compare(moment) == Some(Ordering::Greater)
    }

    /// Tells whether it lies wholly before a moment, in UTC. What is unknown does not.
    pub fn is_before(&self, moment: Timestamp) -> bool {
        self.compare(moment) == Some(Ordering::Less)
    }

    fn compare(&self, moment: Timestamp) -> Option<Ordering> {
        match self {
            Date::Unknown => None,
            // A moment is written from the year on, so that it begins with its month and its day.
            Date::Calendar(date) => Some(date.as_str().cmp(&moment.to_string()[..date.len()])),
            Date::Moment(time) => Some(time.cmp(&moment)),
        }
    }
}

serde_as_text!(Date);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_is_compared_as_exactly_as_it_is_known() {
        let now = "2026-06-04T08:00:00Z".parse().unwrap();
        for (text, before, after) in [
            ("unknown", false, false),
            ("2025", true, false),
            ("2026", false, false),
            ("2026-06", false, false),
            ("2026-05", true, false),
            ("2026-06-03", true, false),
            ("2026-06-04", false, false),
            ("2026-06-05", false, true),
            ("2027", false, true),
            ("2026-06-04T07:59:59Z", true, false),
            ("2026-06-04T08:00:00Z", false, false),
            ("2026-06-04T08:00:01Z", false, true),
        ] {
            let date: Date = text.parse().unwrap();
            assert_eq!(
                (date.is_before(now), date.is_after(now)),
                (before, after),
                "{text}"
            );
        }
    }

    #[test]
    fn date_is_as_exact_as_it_was_given() {
        for text in [
            "unknown",
            "2026",
            "2026-06",
            "2026-06-04",
            "2024-02-29",
            "2026-06-04T08:00:00Z",
        ] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "Unknown",
            "26",
            "2026-13",
            "2026-02-29",
            "2026-6-4",
            "Jun 4, 2026",
            "2026-06-04T08:00",
            "20260604",
            "2026-06-04T08:00:00+02:00",
            "+2026",
            "-000044-03-15",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }
}
