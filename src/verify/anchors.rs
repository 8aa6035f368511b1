//! Anchors: whether the words that a claim or a review quotes stand where it says.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use indexmap::IndexMap;

use super::finding::{Check, Finding};
use crate::canonical::{ArticleText, Digest, text};
use crate::record::claim::Appearance;
use crate::record::review::{Evidence, Passage, Position};
use crate::record::{Content, Prose, Record};
use crate::store::{Object, StoreError};

/// Texts kept at once, in number and in bytes together; one text more may be as long as it likes. Claims usually
/// follow their article closely.
const MAX_TEXTS: usize = 16;
const MAX_TEXTS_LEN: u64 = 64 << 20;

/// Looks up an object, wherever it is kept.
pub type Objects<'a> = &'a dyn Fn(&Digest) -> Result<Object, StoreError>;

/// Checks anchors, of one record or of several at once.
///
/// Whatever the order in which they name their texts, each text is read once for all the anchors that are checked at
/// once: records are short and texts may be long.
pub struct Anchors<'a> {
    objects: Objects<'a>,
    texts: Texts,
    /// Bytes of texts that may still be read.
    left: u64,
}

/// What was found of the anchors of one record.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// In the order of the anchors.
    pub findings: Vec<Finding>,
    /// How many anchors were looked at.
    pub anchors: u64,
    /// How many were not, for their texts are more than was to be read.
    pub passed_over: u64,
}

impl<'a> Anchors<'a> {
    /// Begins without any text.
    pub fn new(objects: Objects<'a>) -> Self {
        Self::within(objects, u64::MAX)
    }

    /// Begins without any text, and reads at most `max_len` bytes of texts.
    pub fn within(objects: Objects<'a>, max_len: u64) -> Self {
        Anchors {
            objects,
            texts: Texts::default(),
            left: max_len,
        }
    }

    /// Checks the anchors of the record at `index`. Where the text was erased there is nothing to check.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if an object can't be read.
    pub fn check(&mut self, index: u64, record: &Record) -> Result<Looked, StoreError> {
        let mut looked = self.check_all(&[(index, record)])?;
        Ok(looked.pop().unwrap_or_default())
    }

    /// Checks the anchors of records, each with its index, and returns what was found of each.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check).
    pub fn check_all(&mut self, records: &[(u64, &Record)]) -> Result<Vec<Looked>, StoreError> {
        let anchors: Vec<(usize, Anchor<'_>)> = (records.iter().enumerate())
            .flat_map(|(place, (_, record))| {
                let anchors = anchors_of(record).into_iter();
                anchors.map(move |anchor| (place, anchor))
            })
            .collect();
        let mut looked: Vec<Looked> = records.iter().map(|_| Looked::default()).collect();
        let mut findings = Vec::new();
        for (text, numbers) in self.by_text(&anchors)? {
            if !self.may_read(&text) {
                for number in numbers {
                    looked[anchors[number].0].passed_over += 1;
                }
                continue;
            }
            let Some(text) = self.text(&text)? else {
                continue;
            };
            for number in numbers {
                let (place, anchor) = &anchors[number];
                looked[*place].anchors += 1;
                let (index, _) = records[*place];
                findings.extend(anchor.check(index, text).map(|finding| (number, finding)));
            }
        }
        findings.sort_by_key(|(number, _)| *number);
        for (number, finding) in findings {
            looked[anchors[number].0].findings.push(finding);
        }
        Ok(looked)
    }

    /// Returns the texts that anchors count in, each with the numbers of its anchors.
    fn by_text(
        &self,
        anchors: &[(usize, Anchor<'_>)],
    ) -> Result<IndexMap<TextOf, Vec<usize>>, StoreError> {
        let mut known = HashMap::new();
        let mut by_text: IndexMap<TextOf, Vec<usize>> = IndexMap::new();
        for (number, (_, anchor)) in anchors.iter().enumerate() {
            let named = anchor.named();
            let text = match known.get(named) {
                Some(text) => *text,
                None => {
                    let text = TextOf::record(self.objects, named)?;
                    known.insert(*named, text);
                    text
                }
            };
            if let Some(text) = text {
                by_text.entry(text).or_default().push(number);
            }
        }
        Ok(by_text)
    }

    fn may_read(&self, of: &TextOf) -> bool {
        self.texts.0.contains_key(of) || of.size <= self.left
    }

    fn text(&mut self, of: &TextOf) -> Result<Option<&ArticleText>, StoreError> {
        if !self.texts.0.contains_key(of) {
            let bytes = of.bytes(self.objects)?;
            // Counted are the bytes that are there: what a record says of their number may be wrong.
            let len = bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
            self.left = self.left.saturating_sub(len);
            let text = bytes.and_then(|bytes| of.text(bytes));
            self.texts.keep(*of, text, MAX_TEXTS_LEN);
        }
        Ok(self.texts.0[of].as_ref())
    }
}

/// Words that are said to stand in a text.
enum Anchor<'a> {
    Appearance(&'a Appearance),
    Passage {
        source: &'a Digest,
        exact: &'a Prose,
        position: Position,
    },
}

fn anchors_of(record: &Record) -> Vec<Anchor<'_>> {
    match &record.content {
        Content::Claim(claim) => claim.appearances.iter().map(Anchor::Appearance).collect(),
        Content::Foreign(foreign) => foreign.passage.iter().map(Anchor::Appearance).collect(),
        Content::Review(review) => review.evidence.iter().filter_map(passage_of).collect(),
        _ => Vec::new(),
    }
}

fn passage_of(evidence: &Evidence) -> Option<Anchor<'_>> {
    match &evidence.passage {
        Some(Passage {
            exact,
            position: Some(position),
        }) => Some(Anchor::Passage {
            source: &evidence.source,
            exact,
            position: *position,
        }),
        _ => None,
    }
}

impl Anchor<'_> {
    /// Returns the article or source that is named.
    fn named(&self) -> &Digest {
        match self {
            Anchor::Appearance(appearance) => &appearance.article,
            Anchor::Passage { source, .. } => source,
        }
    }

    fn check(&self, index: u64, text: &ArticleText) -> Option<Finding> {
        match self {
            Anchor::Appearance(appearance) => {
                let found = describe(text, appearance)?;
                let Appearance {
                    article,
                    exact,
                    start,
                    end,
                    ..
                } = appearance;
                let expected = format!("{exact:?} at {start}..{end} of {article}");
                Some(Finding::new(Check::Anchor, index, expected, found))
            }
            Anchor::Passage {
                source,
                exact,
                position: Position { start, end },
            } => {
                let exact = exact.as_str();
                if text.slice(*start..*end) == Some(exact) {
                    return None;
                }
                // The place may be as long as the text, and a review may name it thousands of times.
                let len = (end - start).min(exact.chars().count() as u64);
                let found = text.slice(*start..start + len).unwrap_or_default();
                let more = if len < end - start { "…" } else { "" };
                Some(Finding::new(
                    Check::EvidencePassage,
                    index,
                    format!("{exact:?} at {start}..{end} of {source}"),
                    format!("{found:?}{more}"),
                ))
            }
        }
    }
}

/// A text in which anchors count, as an article or a source names it. Many may name the same.
#[derive(Clone, Copy, Debug)]
struct TextOf {
    digest: Digest,
    form: Form,
    /// In bytes, as the first of the records says.
    size: u64,
}

/// What has to be done with the bytes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Form {
    /// Nothing: an article's text is kept in its form.
    Normal,
    /// A snapshot is kept as it was received.
    Received,
}

impl TextOf {
    /// Returns which text an article has, or a source whose snapshot is plain text: `None` where there is none, or
    /// the record is faulty in a way that is reported elsewhere.
    fn record(objects: Objects<'_>, record: &Digest) -> Result<Option<Self>, StoreError> {
        let Object::Present(bytes) = objects(record)? else {
            return Ok(None);
        };
        let content = Record::parse(&bytes).ok().map(|record| record.content);
        Ok(match content {
            Some(Content::Article(article)) => Some(TextOf {
                digest: article.text.digest,
                form: Form::Normal,
                size: article.text.size,
            }),
            Some(Content::Source(source)) => source
                .snapshot
                .filter(|snapshot| snapshot.media_type.as_str() == text::MEDIA_TYPE)
                .map(|snapshot| TextOf {
                    digest: snapshot.digest,
                    form: Form::Received,
                    size: snapshot.size,
                }),
            _ => None,
        })
    }

    /// Reads the text's bytes. `None` where they were erased.
    fn bytes(&self, objects: Objects<'_>) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(match objects(&self.digest)? {
            Object::Present(bytes) => Some(bytes),
            Object::Erased | Object::Absent | Object::Withheld => None,
        })
    }

    /// Makes the text of its bytes, if they are one.
    fn text(&self, bytes: Vec<u8>) -> Option<ArticleText> {
        match self.form {
            Form::Normal => ArticleText::from_object(bytes).ok(),
            Form::Received => ArticleText::normalize(&bytes).ok(),
        }
    }
}

impl PartialEq for TextOf {
    fn eq(&self, other: &Self) -> bool {
        (self.digest, self.form) == (other.digest, other.form)
    }
}

impl Eq for TextOf {}

impl Hash for TextOf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.digest, self.form).hash(state);
    }
}

/// Texts in the order in which they were read; `None` where there is none to look in.
#[derive(Default)]
struct Texts(IndexMap<TextOf, Option<ArticleText>>);

impl Texts {
    /// Keeps a text, in place of the oldest as far as they and this one are too many or longer than `max_len`.
    fn keep(&mut self, of: TextOf, text: Option<ArticleText>, max_len: u64) {
        let mut len = len_of(&text) + self.0.values().map(len_of).sum::<u64>();
        while self.0.len() >= MAX_TEXTS || len > max_len {
            let Some((_, oldest)) = self.0.shift_remove_index(0) else {
                break;
            };
            len -= len_of(&oldest);
        }
        self.0.insert(of, text);
    }
}

fn len_of(text: &Option<ArticleText>) -> u64 {
    text.as_ref().map_or(0, |text| text.as_str().len() as u64)
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
    let Some(text) = TextOf::record(objects, record)? else {
        return Ok(None);
    };
    let bytes = text.bytes(objects)?;
    Ok(bytes.and_then(|bytes| text.text(bytes)))
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
        let of = |n: usize| TextOf {
            digest: Digest::of(&n.to_be_bytes()),
            form: Form::Normal,
            size: 0,
        };
        let mut texts = Texts::default();
        for n in 0..3 {
            texts.keep(of(n), text(40), 100);
        }
        let kept = |texts: &Texts| -> Vec<TextOf> { texts.0.keys().copied().collect() };
        assert_eq!(kept(&texts), [of(1), of(2)]);
        // Longer than all together may be: it stands alone.
        texts.keep(of(3), text(200), 100);
        assert_eq!(kept(&texts), [of(3)]);
        for n in 4..50 {
            texts.keep(of(n), None, 100);
        }
        assert_eq!(kept(&texts).len(), MAX_TEXTS);
        assert_eq!(kept(&texts)[0], of(50 - MAX_TEXTS));
    }
}
