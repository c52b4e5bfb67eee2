//! The program's words to the user who started it, beside its log.
//!
//! Printing can fail: the disk is full (`> /dev/full`), or nobody reads on (`| head`). `println!` would panic. Here it
//! is an error like any other: said where that is possible, and known by the exit code.

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use crate::text::language::{Language, Text};

/// Prints a line to standard output; it is out, not only in a buffer, when this comes back.
///
/// # Errors
/// When standard output does not take it.
pub fn print(words: impl fmt::Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{words}")?;
    out.flush()
}

/// Prints all that the program was asked for; says how the program ends.
pub fn answer(words: impl fmt::Display, language: Language) -> ExitCode {
    ending(print(words), language)
}

/// How the program ends after it has printed, or has not. A reader that has gone away has seen enough and is told
/// nothing.
pub fn ending(printed: io::Result<()>, language: Language) -> ExitCode {
    match printed {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if error.kind() != ErrorKind::BrokenPipe {
                complain(Text::CannotPrint(error.to_string()).within(language));
            }
            ExitCode::FAILURE
        }
    }
}

/// Says on standard error why something was not done.
pub fn complain(words: impl fmt::Display) {
    tell(format_args!("teahouse-server: {words}"));
}

/// Prints a line to standard error. If that fails there is nobody left to tell.
pub fn tell(words: impl fmt::Display) {
    // In one piece: the words of other processes on the same terminal come before or after it.
    let line = format!("{words}\n");
    let _ = io::stderr().write_all(line.as_bytes());
}
