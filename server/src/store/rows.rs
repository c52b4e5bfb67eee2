//! Rows as they come from the disk. A person may have changed them by hand, so a row that cannot be read is left out,
//! and what it was is noted for the log: it keeps nobody out.

use std::borrow::Cow;
use std::cell::RefCell;
use std::mem;

use rusqlite::types::{Type, ValueRef};
use rusqlite::{Error, Row};

use crate::text::language::Text;

thread_local! {
    /// The sentences about rows that this thread has left out.
    static LEFT_OUT: RefCell<Vec<Text>> = const { RefCell::new(Vec::new()) };
}

/// The rows of a table that can be read.
///
/// # Errors
/// When it is the database that cannot be read, and not only a row.
pub(super) fn readable<T>(
    table: &str,
    rows: impl Iterator<Item = rusqlite::Result<T>>,
) -> rusqlite::Result<Vec<T>> {
    let mut all = Vec::new();
    for row in rows {
        match row {
            Ok(row) => all.push(row),
            Err(
                error @ (Error::FromSqlConversionFailure(..)
                | Error::IntegralValueOutOfRange(..)
                | Error::InvalidColumnType(..)
                | Error::Utf8Error(..)),
            ) => {
                let note = Text::RowLeftOut(table.to_owned(), error.to_string());
                LEFT_OUT.with_borrow_mut(|notes| notes.push(note));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}

/// The sentences about rows that this thread has left out since the last call.
pub(crate) fn left_out() -> Vec<Text> {
    LEFT_OUT.with_borrow_mut(mem::take)
}

/// The error for a value that is of the right type and makes no sense.
pub(super) fn senseless(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    // The value says more than the number of its column, and rusqlite leaves this number out of its words.
    Error::FromSqlConversionFailure(usize::MAX, Type::Text, why.into())
}

/// A text, whatever is in its place: nothing for NULL, and marks in the place of bytes that are not UTF-8.
pub(super) fn text<'r>(row: &'r Row, column: usize) -> rusqlite::Result<Cow<'r, str>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes),
        ValueRef::Null => Cow::Borrowed(""),
        ValueRef::Integer(number) => Cow::Owned(number.to_string()),
        ValueRef::Real(number) => Cow::Owned(number.to_string()),
    })
}

/// The same where it has to be one word, as all that stands before the words on the wire: it ends where a word does.
pub(super) fn word<'r>(row: &'r Row, column: usize) -> rusqlite::Result<Cow<'r, str>> {
    let ends = |letter: char| matches!(letter, ' ' | '\r' | '\n' | '\0');
    Ok(match text(row, column)? {
        text if !text.contains(ends) => text,
        text => Cow::Owned(text.split(ends).next().unwrap_or_default().to_owned()),
    })
}
