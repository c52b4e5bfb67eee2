//! A key takes a value, out of the file or from a flag, or says what is wrong with it.

use std::fmt;

use toml::Value;

use super::error::ConfigError;
use super::form::Kind;
use super::keys::{Config, Key};
use crate::auth::password::{Kept, Unusable};
use crate::text::language::{Both, Language, Speak, Text};

impl Config {
    /// Sets one key from a flag; `flag` is its name without the dashes before it. A list takes all `values`, anything
    /// else the last one.
    ///
    /// # Errors
    /// [`ConfigError`] when a value is wrong; `None` when there is no such flag.
    pub fn set_flag(&mut self, flag: &str, values: &[impl AsRef<str>]) -> Option<Result<(), ConfigError>> {
        let key = Key::of_flag(flag)?;
        Some(key.take(self, key.form.flag(values), || Both::as_it_is(format_args!("--{flag}"))))
    }

    /// Looks at the passwords: a password that looks like a hash has to be a hash that can be checked, or it would be
    /// taken for a password in clear that nobody knows.
    ///
    /// # Errors
    /// The person whose password cannot be, with the key that it stands under, and why.
    fn check_passwords(&self, whence: impl Fn() -> Both) -> Result<(), ConfigError> {
        let house = self.password.iter().map(|password| ("password", "PASS", password));
        let operators =
            self.operators.iter().map(|operator| ("operators", &*operator.name, &operator.password));
        for (key, whose, password) in house.chain(operators) {
            let (key, whose) = (key.to_owned(), whose.to_owned());
            match Kept::read(password) {
                Ok(_) => {}
                Err(Unusable::NotWhole) => return Err(ConfigError::NotAHash(whence(), key, whose)),
                Err(Unusable::TooCostly) => return Err(ConfigError::CostlyHash(whence(), key, whose)),
            }
        }
        Ok(())
    }
}

impl Key {
    /// Sets the key; a config with a wrong value is not used.
    pub(super) fn take(
        &self,
        config: &mut Config,
        value: Value,
        whence: impl Fn() -> Both,
    ) -> Result<(), ConfigError> {
        let found = self.form.shown(&value);
        let mistake = |flaw: Option<Text>| {
            let (key, expected) = (self.name.to_owned(), Both::of(self));
            match flaw {
                None => ConfigError::Mismatch(whence(), key, expected, found.clone()),
                Some(flaw) => ConfigError::Flaw(whence(), key, expected, found.clone(), Both::of(&flaw)),
            }
        };
        let given = self.form.given(value).ok_or_else(|| mistake(None))?;
        if let Some(flaw) = self.form.flaw(&given) {
            return Err(mistake(Some(flaw)));
        }
        (self.set)(config, given).ok_or_else(|| mistake(None))?;
        if self.form.is_secret { config.check_passwords(whence) } else { Ok(()) }
    }
}

/// What it does and, of a number, how large it may be.
impl Speak for Key {
    fn within(&self, language: Language) -> impl fmt::Display {
        fmt::from_fn(move |f| {
            f.write_str(self.meaning.to(language))?;
            match self.form.kind {
                Kind::Number { least, most } => match language {
                    Language::English => write!(f, " ({least}–{most})"),
                    Language::Chinese => write!(f, "（{least}–{most}）"),
                },
                _ => Ok(()),
            }
        })
    }
}
