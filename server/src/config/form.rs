//! The form of a value in the file or behind a flag, and what it is read as.
//!
//! A [`Form`] says what is asked of the words; a [`Reader`] has a form and makes the value of them. The
//! [table of keys](super::keys) names one for each key, and none of them knows a key's name.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use teahouse_protocol::text::truncate;
use toml::Value;

use super::{addresses, files};
use crate::text::language::{Both, Text};

/// How much of a wrong value is shown, in bytes.
const MOST_SHOWN: usize = 200;

/// The form that a value has to have.
#[derive(Clone, Copy)]
pub struct Form {
    pub kind: Kind,
    /// The longest text, so that each line that says it stays a single line, and each file has a name.
    most_bytes: usize,
    /// Whether nobody is to read the value.
    pub is_secret: bool,
    /// The flaw of a text, where there is more to say than what is expected.
    flaw: fn(&str) -> Option<Text>,
}

/// The type of a value in TOML.
#[derive(Clone, Copy)]
pub enum Kind {
    Text,
    List,
    Switch,
    Number { least: i64, most: i64 },
}

/// A value of the right kind, not yet understood.
pub enum Given {
    Text(String),
    List(Vec<String>),
    Switch(bool),
    Number(u64),
}

/// How a key's value is read: `None` for a value that is of the right form and means nothing.
pub struct Reader<T> {
    pub form: Form,
    pub read: fn(Given) -> Option<T>,
}

pub const SWITCH: Reader<bool> =
    Reader::new(Kind::Switch, |given| if let Given::Switch(on) = given { Some(on) } else { None });
/// A text; none where it is empty.
pub const TEXT: Reader<Option<String>> = Reader::new(Kind::Text, |given| given.text().map(some_text));
/// A path; none where the text is empty.
pub const PATH: Reader<Option<PathBuf>> = Reader::new(Kind::Text, |given| match some_text(given.text()?) {
    Some(path) => files::expand(&path).ok().map(Some),
    None => Some(None),
})
.with_flaw(|text| files::expand(text).err());
pub const ADDRESSES: Reader<Vec<SocketAddr>> =
    Reader::new(Kind::List, |given| given.each(|address| addresses::parse(address).ok()))
        .with_flaw(|text| addresses::parse(text).err());

/// A number from `least` to `most`.
pub const fn number<T: TryFrom<u64>>(least: i64, most: i64) -> Reader<T> {
    Reader::new(Kind::Number { least, most }, Given::number)
}

/// The same where a key that is not set is no number.
pub const fn number_if_set<T: TryFrom<u64>>(least: i64, most: i64) -> Reader<Option<T>> {
    Reader::new(Kind::Number { least, most }, |given| given.number().map(Some))
}

/// The most of something; none where the number is 0.
pub const fn limit<T: TryFrom<u64>>(most: i64) -> Reader<Option<T>> {
    Reader::new(Kind::Number { least: 0, most }, |given| {
        let number: u64 = given.number()?;
        Some(T::try_from(number).ok().filter(|_| number > 0))
    })
}

/// A length of time, in seconds.
pub const fn seconds(least: i64, most: i64) -> Reader<Duration> {
    Reader::new(Kind::Number { least, most }, |given| given.number().map(Duration::from_secs))
}

/// The same where a key that is not set is no length of time.
pub const fn seconds_if_set(least: i64, most: i64) -> Reader<Option<Duration>> {
    Reader::new(Kind::Number { least, most }, |given| {
        given.number().map(|time| Some(Duration::from_secs(time)))
    })
}

impl<T> Reader<T> {
    pub const fn new(kind: Kind, read: fn(Given) -> Option<T>) -> Self {
        Self { form: Form { kind, most_bytes: 4096, is_secret: false, flaw: |_| None }, read }
    }

    pub const fn at_most(mut self, bytes: usize) -> Self {
        self.form.most_bytes = bytes;
        self
    }

    pub const fn secret(mut self) -> Self {
        self.form.is_secret = true;
        self
    }

    pub const fn with_flaw(mut self, flaw: fn(&str) -> Option<Text>) -> Self {
        self.form.flaw = flaw;
        self
    }

    /// Reads a default.
    pub fn default(&self, given: impl Into<Given>) -> T {
        (self.read)(given.into()).expect("a default is of its key's form")
    }
}

impl Form {
    /// The value, if it is of this kind. A single text is a list of one.
    pub fn given(&self, value: Value) -> Option<Given> {
        match (self.kind, value) {
            (Kind::Text, Value::String(text)) => Some(Given::Text(text)),
            (Kind::Switch, Value::Boolean(on)) => Some(Given::Switch(on)),
            (Kind::List, Value::String(text)) => Some(Given::List(vec![text])),
            (Kind::List, Value::Array(list)) => list
                .into_iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect::<Option<_>>()
                .map(Given::List),
            (Kind::Number { least, most }, Value::Integer(number)) if (least..=most).contains(&number) => {
                u64::try_from(number).ok().map(Given::Number)
            }
            _ => None,
        }
    }

    /// The value that a flag with these values stands for. A list takes all of them, anything else the last one.
    pub fn flag(&self, values: &[impl AsRef<str>]) -> Value {
        let last = values.last().map_or("", AsRef::as_ref);
        let text = || Value::String(last.to_owned());
        match self.kind {
            Kind::Number { .. } => last.parse().map_or_else(|_| text(), Value::Integer),
            Kind::Switch => last.parse().map_or_else(|_| text(), Value::Boolean),
            Kind::Text => text(),
            Kind::List if values.len() == 1 => text(),
            Kind::List => Value::Array(values.iter().map(|value| value.as_ref().into()).collect()),
        }
    }

    /// The flaw of a value, where there is more to say than what is expected.
    pub fn flaw(&self, given: &Given) -> Option<Text> {
        let texts = match given {
            Given::Text(text) => std::slice::from_ref(text),
            Given::List(list) => &list[..],
            Given::Switch(_) | Given::Number(_) => return None,
        };
        texts.iter().find_map(|text| {
            // Nobody could send such a password, and anything else could not be said in a line, or would play tricks.
            let is_bad = |c: &char| if self.is_secret { "\0\r\n".contains(*c) } else { c.is_control() };
            if let Some(bad) = text.chars().find(is_bad) {
                return Some(Text::HasControl(bad.escape_debug().to_string()));
            }
            if text.len() > self.most_bytes {
                return Some(Text::TextTooLong(text.len().to_string(), self.most_bytes.to_string()));
            }
            (self.flaw)(text)
        })
    }

    /// A value as it is shown to the person who has to correct it, on one line.
    pub fn shown(&self, value: &Value) -> Both {
        if self.is_secret {
            return Both::of(&Text::NotShown);
        }
        let shown = match value {
            Value::String(text) => format!("{text:?}"),
            Value::Array(list) => {
                let quoted =
                    |item: &Value| item.as_str().map_or_else(|| item.to_string(), |text| format!("{text:?}"));
                format!("[{}]", list.iter().map(quoted).collect::<Vec<_>>().join(", "))
            }
            other => other.to_string().replace('\n', " "),
        };
        let start = truncate(&shown, MOST_SHOWN);
        Both::as_it_is(if start.len() < shown.len() { format!("{start}…") } else { shown })
    }
}

impl Given {
    pub fn text(self) -> Option<String> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// A text that can stand as a parameter of a message.
    pub fn word(self) -> Option<String> {
        self.text().filter(|text| !text.is_empty() && !text.starts_with(':'))
    }

    /// Reads each text of a list.
    pub fn each<T>(self, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
        let Self::List(list) = self else { return None };
        list.iter().map(|text| read(text)).collect()
    }

    fn number<T: TryFrom<u64>>(self) -> Option<T> {
        if let Self::Number(number) = self { T::try_from(number).ok() } else { None }
    }
}

impl From<&str> for Given {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<const N: usize> From<[&str; N]> for Given {
    fn from(list: [&str; N]) -> Self {
        Self::List(list.map(str::to_owned).into())
    }
}

impl From<bool> for Given {
    fn from(on: bool) -> Self {
        Self::Switch(on)
    }
}

impl From<u64> for Given {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

fn some_text(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
