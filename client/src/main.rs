//! `teahouse`: reads the command line and opens the window, or does without one.

use std::env;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::process::ExitCode;

use teahouse::config::options::{self, Options, Request};
use teahouse::text::i18n::{Language, Phrase, Text};
use teahouse::ui;

/// What a bad command line ends with.
const BAD_USAGE: u8 = 2;

fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("warn")).init();
    let locale = Language::of_tag(&sys_locale::get_locale().unwrap_or_default());
    let flags = match options::parse(env::args_os().skip(1), locale) {
        Ok(Request::Open(flags)) => flags,
        Ok(Request::Help(language)) => {
            print(Text::Usage.to(language));
            return ExitCode::SUCCESS;
        }
        Ok(Request::Version) => {
            print(concat!("teahouse ", env!("CARGO_PKG_VERSION")));
            return ExitCode::SUCCESS;
        }
        Err(bad) => {
            eprintln!("teahouse: {}", bad.phrase.to(bad.language));
            return ExitCode::from(BAD_USAGE);
        }
    };
    if !flags.headless {
        leave_plain_locale();
    }
    let options = Options::load(&flags, locale);
    let language = options.language;
    if flags.headless && !options.problems.is_empty() {
        for problem in &options.problems {
            eprintln!("teahouse: {}", problem.to(language));
        }
        return ExitCode::from(BAD_USAGE);
    }
    let ended = if flags.headless { without_window(options) } else { ui::run(options) };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("teahouse: {}", problem.to(language));
            ExitCode::FAILURE
        }
    }
}

#[cfg(unix)]
fn without_window(options: Options) -> Result<(), Phrase> {
    teahouse::headless::run(options)
}

#[cfg(not(unix))]
fn without_window(_options: Options) -> Result<(), Phrase> {
    Err(Text::HeadlessNeedsUnix.into())
}

/// Prints what was asked for. A reader that stops in the middle (`--help | head -1`) has read enough.
fn print(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// In the locale `C` the X input method swallows every key that is not ASCII. So where that is the locale, the
/// program starts itself anew with UTF-8: the environment belongs to the process that started us, and a running
/// program cannot change its own safely.
fn leave_plain_locale() {
    let Some(variable) = variable_of_plain_locale(|name| env::var_os(name)) else { return };
    start_again_with(variable, "C.UTF-8");
}

/// Which variable to set so that characters are more than ASCII; nothing if they are. `LC_ALL` overrides `LC_CTYPE`,
/// which overrides `LANG`; an empty variable counts as not set (POSIX, "Internationalization Variables").
fn variable_of_plain_locale<V: AsRef<OsStr>>(variable: impl Fn(&str) -> Option<V>) -> Option<&'static str> {
    let in_force = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| {
        let value = variable(name)?;
        (!value.as_ref().is_empty()).then_some((name, value))
    });
    match in_force {
        None => Some("LC_CTYPE"),
        Some((name, value)) if value.as_ref() == "C" || value.as_ref() == "POSIX" => {
            Some(if name == "LC_ALL" { "LC_ALL" } else { "LC_CTYPE" })
        }
        Some(_) => None,
    }
}

#[cfg(unix)]
fn start_again_with(variable: &str, value: &str) {
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    let Ok(program) = env::current_exe() else { return };
    // Comes back only if it did not work; then the window opens all the same.
    let error = Command::new(program).args(env::args_os().skip(1)).env(variable, value).exec();
    log::warn!("cannot start again with {variable}={value}: {error}");
}

#[cfg(not(unix))]
fn start_again_with(_variable: &str, _value: &str) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(set: &[(&str, &str)], expected: Option<&str>) {
        let variable = |name: &str| set.iter().find(|(one, _)| *one == name).map(|(_, value)| *value);
        assert_eq!(variable_of_plain_locale(variable), expected, "{set:?}");
    }

    #[test]
    fn a_locale_without_utf8_is_left_and_any_other_is_kept() {
        check(&[], Some("LC_CTYPE"));
        check(&[("LANG", "C")], Some("LC_CTYPE"));
        check(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")], Some("LC_ALL"));
        check(&[("LANG", "zh_CN.UTF-8"), ("LC_CTYPE", "POSIX")], Some("LC_CTYPE"));
        check(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "")], None);
        check(&[("LANG", "C"), ("LC_CTYPE", "C.UTF-8")], None);
        check(&[("LC_ALL", "C.UTF-8")], None);
    }
}
