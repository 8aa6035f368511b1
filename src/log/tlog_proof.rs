//! Interim.
use super::Hash;
use std::fmt;
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    pub index: u64,
    pub path: Vec<Hash>,
    pub extra: Option<Vec<u8>>,
    pub checkpoint: String,
}
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("bad proof")]
pub struct TlogProofError;
impl TlogProof {
    pub fn new(index: u64, path: Vec<Hash>, checkpoint: String) -> Self {
        TlogProof {
            index,
            path,
            extra: None,
            checkpoint,
        }
    }
    pub fn head(&self) -> String {
        let mut s = format!("c2sp.org/tlog-proof@v1\nindex {}\n", self.index);
        for h in &self.path {
            s.push_str(&h.to_base64());
            s.push('\n');
        }
        s.push('\n');
        s
    }
}
impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.head(), self.checkpoint)
    }
}
impl std::str::FromStr for TlogProof {
    type Err = TlogProofError;
    fn from_str(t: &str) -> Result<Self, TlogProofError> {
        let r = t
            .strip_prefix("c2sp.org/tlog-proof@v1\nindex ")
            .ok_or(TlogProofError)?;
        let (h, c) = r.split_once("\n\n").ok_or(TlogProofError)?;
        let mut l = h.split('\n');
        let i = l.next().ok_or(TlogProofError)?;
        let index: u64 = i.parse().map_err(|_| TlogProofError)?;
        if index.to_string() != i {
            return Err(TlogProofError);
        }
        let path = l
            .map(|x| Hash::from_base64(x).map_err(|_| TlogProofError))
            .collect::<Result<_, _>>()?;
        Ok(TlogProof {
            index,
            path,
            extra: None,
            checkpoint: c.to_owned(),
        })
    }
}
