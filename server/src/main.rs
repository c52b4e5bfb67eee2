//! `teahouse-server`: the command line, the log, the signals, the exit code.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use env_logger::{Builder, Env};
use jiff::Zoned;
use lexopt::prelude::*;
use log::{Level, LevelFilter, info};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use teahouse_server::addresses::reachable;
use teahouse_server::config::{ConfigError, KEYS};
use teahouse_server::language::{Language, Text};
use teahouse_server::{Config, Server};

/// What the command line asks for.
enum Task {
    Serve(Box<Config>),
    Say(String),
}

fn main() -> ExitCode {
    let locale = Language::from_locale();
    let config = match read_command_line(locale, std::env::args_os().skip(1)) {
        Ok(Task::Serve(config)) => *config,
        Ok(Task::Say(words)) => {
            println!("{words}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("teahouse-server: {}", error.within(locale));
            return ExitCode::from(2);
        }
    };
    start_log();
    match serve(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err((error, language)) => {
            eprintln!("teahouse-server: {}", error.within(language));
            ExitCode::FAILURE
        }
    }
}

fn serve(config: Config) -> Result<(), (Text, Language)> {
    let language = config.language;
    let say = |text: Text| info!("{}", text.within(language));
    // Before the first connection, so that no signal is missed.
    let mut signals =
        Signals::new([SIGINT, SIGTERM]).map_err(|error| (Text::CannotStart(error.to_string()), language))?;
    let server = Server::start(config).map_err(|error| (error, language))?;
    for address in server.addresses() {
        say(Text::Listening(address.to_string()));
    }
    say(Text::Room(server.room().connections.to_string(), server.room().bound_by.to_owned()));
    if let Some(address) = server.addresses().first() {
        let address = reachable(*address);
        say(Text::JoinWith(format!("{} {}", address.ip(), address.port())));
    }
    if let Some(signal) = signals.forever().next() {
        say(Text::Signal(if signal == SIGINT { "SIGINT" } else { "SIGTERM" }.to_owned()));
    }
    server.stop();
    say(Text::Stopped);
    Ok(())
}

/// The file first, then the flags over it.
fn read_command_line(locale: Language, args: impl Iterator<Item = OsString>) -> Result<Task, ConfigError> {
    let mut config = Config { language: locale, ..Config::default() };
    let mut flags = Vec::new();
    let mut parser = lexopt::Parser::from_args(args);
    while let Some(arg) = parser.next().map_err(|error| ConfigError::UnknownFlag(error.to_string()))? {
        match arg {
            Short('h') | Long("help") => return Ok(Task::Say(help(locale))),
            Short('V') | Long("version") => {
                return Ok(Task::Say(concat!("teahouse-server ", env!("CARGO_PKG_VERSION")).to_owned()));
            }
            Long("config") => {
                let path = parser.value().map_err(|_| ConfigError::MissingValue("--config".to_owned()))?;
                config.read_file(Path::new(&path))?;
            }
            Long(flag) if KEYS.iter().any(|key| key.name == flag.replace('-', "_")) => {
                let flag = flag.to_owned();
                let value = parser.value().map_err(|_| ConfigError::MissingValue(format!("--{flag}")))?;
                flags.push((flag, value.to_string_lossy().into_owned()));
            }
            Long(flag) => return Err(ConfigError::UnknownFlag(format!("--{flag}"))),
            Short(flag) => return Err(ConfigError::UnknownFlag(format!("-{flag}"))),
            Value(value) => return Err(ConfigError::UnknownFlag(value.to_string_lossy().into_owned())),
        }
    }
    for (flag, value) in flags {
        if let Some(result) = config.set_flag(&flag, &value) {
            result?;
        }
    }
    Ok(Task::Serve(Box::new(config)))
}

fn help(language: Language) -> String {
    let mut text = language
        .choose(
            "Teahouse's server: a chat that any IRC client can join.\n\n\
             usage: teahouse-server [--config FILE] [--KEY VALUE]...\n\n\
             Without anything it listens on 127.0.0.1:6667. Each key can stand in the TOML file (with _ for -) \
             or here:\n",
            "茶馆服务器：任何 IRC 客户端都能加入的聊天室。\n\n\
             用法：teahouse-server [--config 文件] [--键 值]...\n\n\
             不带参数时监听 127.0.0.1:6667。每个键都可以写在 TOML 文件里（- 换成 _），也可以写在这里：\n",
        )
        .to_owned();
    for key in KEYS {
        let meaning = language.choose(key.english, key.chinese);
        text += &format!("  --{:<22} {meaning}\n", key.name.replace('_', "-"));
    }
    text += language.choose(
        "  --help, --version\n\nRUST_LOG=warn keeps the console quiet, RUST_LOG=debug makes it talk.",
        "  --help, --version\n\n环境变量 RUST_LOG=warn 让控制台安静，RUST_LOG=debug 让它多说。",
    );
    text
}

/// One line each, with the time of day; a level only where it matters.
fn start_log() {
    let mut builder = Builder::from_env(Env::default());
    if std::env::var_os("RUST_LOG").is_none() {
        builder.filter_level(LevelFilter::Info);
    }
    builder.format(|out, record| {
        let time = Zoned::now().strftime("%H:%M:%S");
        match record.level() {
            Level::Info => writeln!(out, "{time} {}", record.args()),
            level => writeln!(out, "{time} {level}: {}", record.args()),
        }
    });
    builder.init();
}
