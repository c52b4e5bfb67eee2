//! The configuration's file: TOML, read key by key, each with the line that it stands in.

use std::path::Path;

use toml::de::DeTable;
use toml::{Table, Value};

use super::error::ConfigError;
use super::files;
use super::keys::{Config, Key};
use crate::text::language::{Both, Text};

/// How much is read of a file: a longer file is something else by mistake.
const MOST_BYTES: u64 = 1 << 20;

impl Config {
    /// Reads a file over what is there.
    ///
    /// # Errors
    /// [`ConfigError`] when the file cannot be read or is not TOML, or for the first key that is unknown or wrong.
    pub fn read_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let file = || path.display().to_string();
        let bytes = files::read(path, MOST_BYTES).map_err(|why| ConfigError::Unreadable(file(), why))?;
        let text = files::text(&bytes).map_err(|why| ConfigError::Unreadable(file(), Both::of(&why)))?;
        let line_at = |byte| files::line_at(text.as_bytes(), byte).to_string();
        let not_toml = |error: toml::de::Error| {
            let line = line_at(error.span().map_or(0, |span| span.start));
            ConfigError::NotToml(file(), line, error.message().replace('\n', " "))
        };
        let mut values: Table = text.parse().map_err(not_toml)?;
        let places = DeTable::parse(text).map_err(not_toml)?.into_inner();
        let mut places: Vec<_> = places.keys().map(|key| (key.span().start, key.get_ref())).collect();
        places.sort();
        for (place, name) in places {
            let whence = || Both::of(&Text::LineOfFile(file(), line_at(place)));
            let key = Key::find(name)
                .ok_or_else(|| ConfigError::UnknownKey(whence(), name.escape_debug().to_string()))?;
            let value = values.remove(&**name).unwrap_or(Value::Boolean(false));
            key.take(self, value, whence)?;
        }
        Ok(())
    }
}
