//! The command line, and what the window starts with: settings from the file, overridden by flags.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::config::address;
use crate::config::irc_url::{self, IrcUrl};
use crate::config::profile::{Profile, TLS_PORT};
use crate::config::settings::{Settings, SettingsFile};
use crate::text::i18n::{Language, Phrase, Text};

/// Size and place of the window, in pixels of a screen on which everything has its usual size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Width, at least 1.
    pub width: i32,
    /// Height, at least 1.
    pub height: i32,
    /// Left edge.
    pub x: i32,
    /// Top edge.
    pub y: i32,
}

/// What the window starts with.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the window remembers.
    pub settings: Settings,
    /// Where it is remembered; nowhere on a machine where nobody has a home.
    pub settings_file: Option<SettingsFile>,
    /// What was wrong with the settings, to be said in the window.
    pub problems: Vec<Phrase>,
    /// The language to begin with.
    pub language: Language,
    /// Where to log in, and what stands in the login form.
    pub profile: Profile,
    /// Whether to log in at once.
    pub connect: bool,
    /// Where to go at once.
    pub url: Option<IrcUrl>,
    /// Where to put the window, if anybody said.
    pub geometry: Option<Geometry>,
}

/// The flags as given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--server`
    pub server: Option<String>,
    /// `--port`
    pub port: Option<u16>,
    /// `--nick`
    pub nick: Option<String>,
    /// `--connect`
    pub connect: bool,
    /// `--lang`
    pub language: Option<Language>,
    /// `--geometry`
    pub geometry: Option<Geometry>,
    /// An `irc://` address.
    pub url: Option<IrcUrl>,
    /// `--profile`
    pub profile: Option<String>,
    /// `--tls`
    pub tls: bool,
    /// `--headless`
    pub headless: bool,
    /// `--config`
    pub config: Option<PathBuf>,
}

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Open the window.
    Open(Box<Flags>),
    /// `--help`, in this language.
    Help(Language),
    /// `--version`
    Version,
}

/// What is wrong with the command line, in the language that the person reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadFlag {
    /// What is wrong.
    pub phrase: Phrase,
    /// `--lang` if it was given and good, else the locale's.
    pub language: Language,
}

/// Reads the command line; `args` come without the program's own name. `locale` is the language unless `--lang` says
/// otherwise.
///
/// # Errors
/// [`BadFlag`] with the first thing that is wrong.
pub fn parse(args: impl IntoIterator<Item = OsString>, locale: Language) -> Result<Request, BadFlag> {
    let args: Vec<OsString> = args.into_iter().collect();
    // The language of an error is that of `--lang` even if that stands behind it.
    let language = language_among(&args).unwrap_or(locale);
    read(args, language).map_err(|phrase| BadFlag { phrase, language })
}

fn language_among(args: &[OsString]) -> Option<Language> {
    let value = |(flag, value): (&OsString, Option<&OsString>)| match flag.to_str()?.strip_prefix("--lang")? {
        "" => Language::from_code(value?.to_str()?),
        attached => Language::from_code(attached.strip_prefix('=')?),
    };
    (0..args.len()).filter_map(|index| value((&args[index], args.get(index + 1)))).next_back()
}

fn read(args: Vec<OsString>, language: Language) -> Result<Request, Phrase> {
    use lexopt::Arg;
    let mut flags = Flags::default();
    let mut parser = lexopt::Parser::from_args(args);
    while let Some(arg) = parser.next().map_err(|error| told(&error))? {
        match arg {
            Arg::Long("help") | Arg::Short('h') => return Ok(Request::Help(language)),
            Arg::Long("version") | Arg::Short('V') => return Ok(Request::Version),
            Arg::Long("connect") => flags.connect = true,
            Arg::Long("headless") => flags.headless = true,
            Arg::Long("tls") => flags.tls = true,
            Arg::Long("profile") => flags.profile = Some(text(&mut parser, "--profile")?),
            Arg::Long("server") => {
                let typed = text(&mut parser, "--server")?;
                let server = address::check_server(&typed).map_err(|why| bad("--server", &typed, why))?;
                flags.server = Some(server);
            }
            Arg::Long("port") => {
                let typed = text(&mut parser, "--port")?;
                let expected = || bad("--port", &typed, Text::ExpectPort.into());
                flags.port = Some(address::check_port(&typed).map_err(|_| expected())?);
            }
            Arg::Long("nick") => flags.nick = Some(text(&mut parser, "--nick")?),
            Arg::Long("lang") => {
                let typed = text(&mut parser, "--lang")?;
                let expected = || bad("--lang", &typed, Text::ExpectLanguage.into());
                flags.language = Some(Language::from_code(&typed).ok_or_else(expected)?);
            }
            Arg::Long("geometry") => {
                let typed = text(&mut parser, "--geometry")?;
                let expected = || bad("--geometry", &typed, Text::ExpectGeometry.into());
                flags.geometry = Some(geometry(&typed).ok_or_else(expected)?);
            }
            Arg::Value(value) if value.to_str().is_some_and(irc_url::is_irc_url) => {
                let typed = value.to_string_lossy();
                let url = IrcUrl::parse(&typed).ok_or_else(|| Text::BadUrl.with([&typed]))?;
                flags.url = Some(url);
            }
            Arg::Long("config") => flags.config = Some(value(&mut parser, "--config")?.into()),
            other => return Err(told(&other.unexpected())),
        }
    }
    Ok(Request::Open(Box::new(flags)))
}

fn value(parser: &mut lexopt::Parser, flag: &str) -> Result<OsString, Phrase> {
    parser.value().map_err(|_| Text::FlagNeedsValue.with([flag]))
}

fn text(parser: &mut lexopt::Parser, flag: &str) -> Result<String, Phrase> {
    let value = value(parser, flag)?;
    value.into_string().map_err(|value| bad(flag, &value.to_string_lossy(), Text::ExpectText.into()))
}

fn bad(flag: &str, value: &str, expected: Phrase) -> Phrase {
    let words = |words| Text::Verbatim.with([words]);
    Text::FlagBadValue.of([words(flag), words(value), expected])
}

/// What `lexopt` found wrong, in our words.
fn told(error: &lexopt::Error) -> Phrase {
    match error {
        lexopt::Error::UnexpectedOption(flag) => Text::FlagUnknown.with([flag]),
        lexopt::Error::UnexpectedArgument(value) => Text::FlagUnknown.with([&value.to_string_lossy()]),
        lexopt::Error::UnexpectedValue { option, .. } => Text::FlagTakesNoValue.with([option]),
        other => Text::Verbatim.with([&other.to_string()]),
    }
}

/// `WxH+X+Y`, as X programs take it; `WxH` alone is a size at 0, 0. A place left of or above the screen is `+-5`.
fn geometry(typed: &str) -> Option<Geometry> {
    let (size, place) = typed.split_once('+').unwrap_or((typed, "0+0"));
    let (width, height) = size.split_once(['x', 'X'])?;
    let (x, y) = place.split_once('+')?;
    let number = |text: &str| text.parse::<i16>().ok().map(i32::from);
    let (width, height) = (number(width)?, number(height)?);
    (width > 0 && height > 0).then_some(Geometry { width, height, x: number(x)?, y: number(y)? })
}

impl Options {
    /// Reads the settings and lays the flags over them.
    pub fn load(flags: &Flags, locale: Language) -> Self {
        let settings_file = SettingsFile::locate(flags.config.as_deref());
        let (settings, mut problems) = settings_file.as_ref().map(SettingsFile::load).unwrap_or_default();
        let named = flags.profile.as_ref().map(|name| {
            let found = settings.profiles.iter().find(|profile| profile.title() == name);
            if found.is_none() {
                problems.push(Text::ProfileUnknown.with([name]));
            }
            found.cloned().unwrap_or_default()
        });
        let usual = || if flags.headless { settings.first_profile() } else { settings.last_profile() };
        let profile = chosen(flags, &named.unwrap_or_else(usual));
        let language = flags.language.or(settings.language).unwrap_or(locale);
        let Flags { geometry, .. } = *flags;
        let connect = flags.connect && !profile.is_doubtful;
        let url = flags.url.clone().map(|url| match &flags.nick {
            Some(nick) => {
                IrcUrl { tls: url.tls || flags.tls, nick: Some(nick.clone()), is_own_nick: true, ..url }
            }
            None => IrcUrl { tls: url.tls || flags.tls, ..url },
        });
        Self { settings, settings_file, problems, language, profile, connect, url, geometry }
    }
}

/// The profile with the flags laid over it.
fn chosen(flags: &Flags, profile: &Profile) -> Profile {
    let server = flags.server.as_deref().unwrap_or(&profile.server);
    let nick = flags.nick.as_deref().unwrap_or(&profile.nick);
    let usual_port = if flags.tls && !profile.tls { TLS_PORT } else { profile.port };
    let profile = profile.moved_to(server, flags.port.unwrap_or(usual_port), nick);
    Profile { tls: flags.tls || profile.tls, ..profile }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<Request, BadFlag> {
        parse(args.iter().map(OsString::from), Language::English)
    }

    #[track_caller]
    fn refused(args: &[&str], expected: &str) {
        let bad = read(args).expect_err("a bad command line");
        let line = bad.phrase.to(bad.language);
        assert_eq!(line, expected, "{args:?}");
        assert!(!line.contains('\n'), "one line: {line}");
    }

    #[test]
    fn two_windows_can_be_started_by_a_script() {
        let line = "--server 127.0.0.1 --port 6667 --nick 小明 --connect --lang zh --geometry 900x640+5+-7";
        let args: Vec<_> = line.split(' ').collect();
        let flags = Flags {
            server: Some("127.0.0.1".to_owned()),
            port: Some(6667),
            nick: Some("小明".to_owned()),
            connect: true,
            language: Some(Language::Chinese),
            geometry: Some(Geometry { width: 900, height: 640, x: 5, y: -7 }),
            ..Flags::default()
        };
        assert_eq!(read(&args), Ok(Request::Open(Box::new(flags))));
        assert_eq!(read(&[]), Ok(Request::Open(Box::default())));
        assert_eq!(read(&["--lang=zh", "--help"]), Ok(Request::Help(Language::Chinese)));
        assert_eq!(read(&["--version"]), Ok(Request::Version));
        let url = IrcUrl::parse("irc://tea.house/lobby");
        let flags = Flags { url, ..Flags::default() };
        assert_eq!(read(&["irc://tea.house/lobby"]), Ok(Request::Open(Box::new(flags))));
    }

    #[test]
    fn a_bad_flag_is_one_clear_line() {
        refused(&["--prot", "1"], "unknown argument --prot (--help shows the usage)");
        refused(&["tea.house"], "unknown argument tea.house (--help shows the usage)");
        refused(&["irc://tea.house:x"], "irc://tea.house:x leads nowhere");
        refused(&["--port"], "--port needs a value");
        refused(&["--port", "abc"], "--port cannot be \"abc\": expected a number from 1 to 65535");
        refused(&["--port", "0"], "--port cannot be \"0\": expected a number from 1 to 65535");
        refused(&["--connect=yes"], "--connect takes no value");
        refused(&["--lang", "fr"], "--lang cannot be \"fr\": expected zh or en");
        refused(
            &["--geometry", "big"],
            "--geometry cannot be \"big\": expected WxH+X+Y, such as 900x640+0+0",
        );
        refused(
            &["--geometry", "0x5+0+0"],
            "--geometry cannot be \"0x5+0+0\": expected WxH+X+Y, such as 900x640+0+0",
        );
    }

    #[test]
    fn a_bad_flag_is_told_in_the_language_asked_for_wherever_it_stands() {
        refused(&["--port", "abc", "--lang", "zh"], "--port 的值“abc”不可用：应为 1 到 65535 的数字");
        refused(&["--lang=zh", "--port"], "--port 后面要有一个值");
    }

    #[test]
    fn one_of_several_servers_is_chosen_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::locate(Some(folder.path())).unwrap();
        let profile = |name: &str, server: &str| Profile {
            name: name.to_owned(),
            server: server.to_owned(),
            ..Profile::default()
        };
        let settings =
            Settings { profiles: vec![profile("", "one"), profile("work", "two")], ..Settings::default() };
        file.save(&settings).unwrap();
        let load = |name: &str| {
            let config = Some(folder.path().to_owned());
            Options::load(
                &Flags { profile: Some(name.to_owned()), config, ..Flags::default() },
                Language::English,
            )
        };
        assert_eq!(
            (load("one").profile.server.as_str(), load("work").profile.server.as_str()),
            ("one", "two")
        );
        assert_eq!(load("home").problems, [Text::ProfileUnknown.with(["home"])]);
    }

    #[test]
    fn tls_has_a_port_of_its_own() {
        let chosen = |args: &[&str]| match read(args) {
            Ok(Request::Open(flags)) => chosen(&flags, &Profile::default()),
            other => panic!("{other:?}"),
        };
        assert_eq!((chosen(&["--tls"]).port, chosen(&["--tls"]).tls), (6697, true));
        assert_eq!(chosen(&["--tls", "--port", "7000"]).port, 7000);
        assert_eq!((chosen(&[]).port, chosen(&[]).tls), (6667, false));
    }

    #[test]
    fn flags_win_over_settings_and_settings_over_the_locale() {
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::locate(Some(folder.path())).unwrap();
        let settings = Settings {
            profiles: vec![Profile { nick: "小明".to_owned(), port: 7000, ..Profile::default() }],
            language: Some(Language::Chinese),
            ..Settings::default()
        };
        file.save(&settings).unwrap();
        let flags = Flags { port: Some(7001), config: Some(folder.path().to_owned()), ..Flags::default() };
        let options = Options::load(&flags, Language::English);
        assert_eq!(options.profile.nick, "小明");
        assert_eq!(options.profile.port, 7001);
        assert_eq!(options.language, Language::Chinese);
        let options = Options::load(&Flags { language: Some(Language::English), ..flags }, Language::Chinese);
        assert_eq!(options.language, Language::English);
    }
}
