//! What gets lost between two formats.

use std::fmt;

use crate::record::vocabulary::vocabulary;

vocabulary! {
    /// What became of something that the other format can't say as it was.
    Fate {
        /// It is not there any more.
        Dropped = "dropped",
        /// It is said otherwise, and less exactly.
        Mapped = "mapped",
        /// It is kept as somebody else's statement.
        Foreign = "foreign",
        /// Nothing was taken over: it would have had to be guessed.
        Refused = "refused",
    }
}

/// One thing that was lost, or changed on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    pub fate: Fate,
    /// Where: a record's hash, or a place in the file.
    pub place: String,
    /// Which field, in the words of the format that was read.
    pub field: String,
    pub why: String,
}

impl Loss {
    pub(super) fn new(
        fate: Fate,
        place: impl fmt::Display,
        field: impl fmt::Display,
        why: impl fmt::Display,
    ) -> Self {
        Loss {
            fate,
            place: place.to_string(),
            field: field.to_string(),
            why: why.to_string(),
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Loss {
            fate,
            place,
            field,
            why,
        } = self;
        write!(f, "{fate}: {field} of {place}: {why}")
    }
}
