//! The people who may become server operator.

/// Somebody who may become server operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// The name to give to OPER.
    pub name: String,
    /// The password, in clear or as an argon2id hash.
    pub password: String,
}

impl Operator {
    /// Reads an entry of the list: `name:password`.
    pub(super) fn from_entry(entry: &str) -> Option<Self> {
        let (name, password) = entry.split_once(':')?;
        let is_whole = !name.is_empty() && !password.is_empty();
        is_whole.then(|| Self { name: name.to_owned(), password: password.to_owned() })
    }
}
