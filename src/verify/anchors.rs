//! Anchors: whether the words that a claim or a review quotes stand where it says.

use indexmap::IndexMap;

use super::finding::{Check, Finding};
use crate::canonical::{ArticleText, Digest, text};
use crate::record::claim::Appearance;
use crate::record::review::{Evidence, Passage, Position};
use crate::record::{Content, Record, Review};
use crate::store::{Object, StoreError};

/// Texts kept at once, in number and in bytes together; one text more may be as long as it likes. Claims usually
/// follow their article closely.
const MAX_TEXTS: usize = 16;
const MAX_TEXTS_LEN: usize = 64 << 20;

/// Looks up an object, wherever it is kept.
pub type Objects<'a> = &'a dyn Fn(&Digest) -> Result<Object, StoreError>;

/// Checks anchors one record at a time.
pub struct Anchors<'a> {
    objects: Objects<'a>,
    texts: Texts,
    /// How many anchors were looked at.
    pub checked: u64,
}

impl<'a> Anchors<'a> {
    /// Begins without any text.
    pub fn new(objects: Objects<'a>) -> Self {
        Anchors {
            objects,
            texts: Texts::default(),
            checked: 0,
        }
    }

    /// Checks the anchors of the record at `index`. Where the text was erased there is nothing to check.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if an object can't be read.
    pub fn check(&mut self, index: u64, record: &Record) -> Result<Vec<Finding>, StoreError> {
        match &record.content {
            Content::Claim(claim) => self.check_appearances(index, &claim.appearances),
            Content::Foreign(foreign) => self.check_appearances(index, foreign.passage.as_slice()),
            Content::Review(review) => self.check_review(index, review),
            _ => Ok(Vec::new()),
        }
    }

    fn check_appearances(
        &mut self,
        index: u64,
        appearances: &[Appearance],
    ) -> Result<Vec<Finding>, StoreError> {
        let mut findings = Vec::new();
        for appearance in appearances {
            let Some(text) = self.text(&appearance.article)? else {
                continue;
            };
            let found = describe(text, appearance);
            if let Some(found) = found {
                let expected = format!(
                    "{:?} at {}..{} of {}",
                    appearance.exact, appearance.start, appearance.end, appearance.article
                );
                findings.push(Finding::new(Check::Anchor, index, expected, found));
            }
            self.checked += 1;
        }
        Ok(findings)
    }

    fn check_review(&mut self, index: u64, review: &Review) -> Result<Vec<Finding>, StoreError> {
        let mut findings = Vec::new();
        for evidence in &review.evidence {
            let Evidence {
                source,
                passage:
                    Some(Passage {
                        exact,
                        position: Some(Position { start, end }),
                    }),
                ..
            } = evidence
            else {
                continue;
            };
            let Some(text) = self.text(source)? else {
                continue;
            };
            let found = text.slice(*start..*end);
            if found != Some(exact.as_str()) {
                findings.push(Finding::new(
                    Check::EvidencePassage,
                    index,
                    format!("{:?} at {start}..{end} of {source}", exact.as_str()),
                    format!("{:?}", found.unwrap_or_default()),
                ));
            }
            self.checked += 1;
        }
        Ok(findings)
    }

    /// Returns the text of an article, or of a source whose snapshot is plain text.
    fn text(&mut self, record: &Digest) -> Result<Option<&ArticleText>, StoreError> {
        if !self.texts.0.contains_key(record) {
            let text = read_text(self.objects, record)?;
            self.texts.keep(*record, text, MAX_TEXTS_LEN);
        }
        Ok(self.texts.0[record].as_ref())
    }
}

/// Texts by the article's or source's digest, in the order in which they were read; `None` where there is none to
/// look in.
#[derive(Default)]
struct Texts(IndexMap<Digest, Option<ArticleText>>);

impl Texts {
    /// Keeps a text, in place of the oldest as far as they and this one are too many or longer than `max_len`.
    fn keep(&mut self, record: Digest, text: Option<ArticleText>, max_len: usize) {
        let len_of = |text: &Option<ArticleText>| text.as_ref().map_or(0, |t| t.as_str().len());
        let mut len = len_of(&text) + self.0.values().map(len_of).sum::<usize>();
        while self.0.len() >= MAX_TEXTS || len > max_len {
            let Some((_, oldest)) = self.0.shift_remove_index(0) else {
                break;
            };
            len -= len_of(&oldest);
        }
        self.0.insert(record, text);
    }
}

/// Says what stands in the text, if it is not what the appearance says.
fn describe(text: &ArticleText, appearance: &Appearance) -> Option<String> {
    let Appearance {
        exact,
        prefix,
        suffix,
        start,
        end,
        ..
    } = appearance;
    let found = text.slice(*start..*end);
    if found != Some(exact) {
        return Some(format!("{:?}", found.unwrap_or_default()));
    }
    let before = prefix.chars().count() as u64;
    let found = start
        .checked_sub(before)
        .and_then(|at| text.slice(at..*start));
    if found != Some(prefix) {
        return Some(format!("{:?} before it", found.unwrap_or_default()));
    }
    let after = suffix.chars().count() as u64;
    let found = end.checked_add(after).and_then(|at| text.slice(*end..at));
    if found != Some(suffix) {
        return Some(format!("{:?} after it", found.unwrap_or_default()));
    }
    None
}

/// Reads the text that anchors in this article or source count in. `None` where it was erased, or is
/// faulty in a way that is reported elsewhere.
///
/// # Errors
///
/// [`StoreError`] if an object can't be read.
pub fn read_text(objects: Objects<'_>, record: &Digest) -> Result<Option<ArticleText>, StoreError> {
    let Object::Present(bytes) = objects(record)? else {
        return Ok(None);
    };
    let Ok(record) = Record::parse(&bytes) else {
        return Ok(None);
    };
    match record.content {
        Content::Article(article) => match objects(&article.text.digest)? {
            Object::Present(bytes) => Ok(ArticleText::from_object(bytes).ok()),
            Object::Erased | Object::Absent | Object::Withheld => Ok(None),
        },
        Content::Source(source) => match source.snapshot {
            Some(snapshot) if snapshot.media_type.as_str() == text::MEDIA_TYPE => {
                match objects(&snapshot.digest)? {
                    Object::Present(bytes) => Ok(ArticleText::normalize(&bytes).ok()),
                    Object::Erased | Object::Absent | Object::Withheld => Ok(None),
                }
            }
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oldest_texts_go_where_many_or_long_ones_come() {
        let text = |len: usize| {
            let text = format!("{}\n", "x".repeat(len - 1));
            Some(ArticleText::normalize(text.as_bytes()).unwrap())
        };
        let digest = |n: usize| Digest::of(&n.to_be_bytes());
        let mut texts = Texts::default();
        for n in 0..3 {
            texts.keep(digest(n), text(40), 100);
        }
        let kept = |texts: &Texts| -> Vec<Digest> { texts.0.keys().copied().collect() };
        assert_eq!(kept(&texts), [digest(1), digest(2)]);
        // Longer than all together may be: it stands alone.
        texts.keep(digest(3), text(200), 100);
        assert_eq!(kept(&texts), [digest(3)]);
        for n in 4..50 {
            texts.keep(digest(n), None, 100);
        }
        assert_eq!(kept(&texts).len(), MAX_TEXTS);
        assert_eq!(kept(&texts)[0], digest(50 - MAX_TEXTS));
    }
}
