//! Closed vocabularies: enums whose values have one spelling each, in JSON, flags and text.

/// A closed vocabulary, as the command line lists it.
pub trait Vocabulary: Copy + 'static {
    /// Every value, in the order of the specification.
    const VALUES: &'static [Self];

    /// Returns the one spelling of the value.
    fn spelling(self) -> &'static str;
}

/// Defines a closed vocabulary: an enum whose values have one spelling each, in JSON, flags and text.
macro_rules! vocabulary {
    (
        $(#[$doc:meta])*
        $name:ident {
            $( $(#[$value_doc:meta])* $value:ident = $text:literal, )+
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[$value_doc])* $value, )+
        }

        impl $name {
            /// Every value, in the order of the specification.
            pub const ALL: &'static [$name] = &[ $( $name::$value, )+ ];

            /// Returns the one spelling of the value.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $( $name::$value => $text, )+
                }
            }

            /// Returns all spellings, for messages.
            pub fn names() -> String {
                Self::ALL
                    .iter()
                    .map(|value| value.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            }
        }

        impl $crate::record::vocabulary::Vocabulary for $name {
            const VALUES: &'static [Self] = Self::ALL;

            fn spelling(self) -> &'static str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::record::FieldError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|value| value.as_str() == text)
                    .ok_or_else(|| $crate::record::FieldError::new(
                        format!("one of {}", Self::names()),
                        text,
                    ))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use vocabulary;
