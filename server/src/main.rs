//! `teahouse-server`: the command line, the log, the signals, the exit code.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{BufRead, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

use jiff::Timestamp;
use lexopt::prelude::*;
use log::{info, warn};
use teahouse_server::archive::Request;
use teahouse_server::auth::password;
use teahouse_server::config::addresses::reachable;
use teahouse_server::config::files;
use teahouse_server::config::{ConfigError, KEYS, Key, user_data_dir};
use teahouse_server::process::log_writer::LogWriter;
use teahouse_server::process::reload::{self, Origin};
use teahouse_server::process::service_manager::ServiceManager;
use teahouse_server::process::signals::Attendant;
#[cfg(target_os = "linux")]
use teahouse_server::process::slice;
use teahouse_server::process::{advice, console, program};
use teahouse_server::server::limits;
use teahouse_server::text::language::{Language, Text};
use teahouse_server::world::Order;
use teahouse_server::{Config, Server};

/// What the command line asks for.
enum Task {
    Serve(Box<Config>),
    Check(Box<Config>),
    HashPassword,
    /// A command and its words: `backup`, `export` or `import`.
    Archive(Box<Config>, Box<Request>),
    Say(String),
}

fn main() -> ExitCode {
    let locale = Language::of_tag(&sys_locale::get_locale().unwrap_or_default());
    let config = match read_command_line(locale) {
        Ok(Task::Serve(config)) => *config,
        Ok(Task::Check(config)) => return check(&config),
        Ok(Task::HashPassword) => return hash_password(locale),
        Ok(Task::Archive(config, request)) => return use_archive(&config, &request),
        Ok(Task::Say(words)) => return console::answer(words, locale),
        Err(error) => {
            console::complain(error.within(locale));
            return ExitCode::from(2);
        }
    };
    // Later it may not be there any more: an update puts another in its place, which is the one to start again.
    let program = program::file();
    start_again_with_a_frugal_allocator(&program);
    // Before the first thread, for it is inherited. Without it talk is as right and not as quick.
    #[cfg(target_os = "linux")]
    let _ = slice::ask_for_short_ones();
    let log = LogWriter::open(config.language);
    log.install();
    let code = match serve(config, locale, &log, &program) {
        Ok(Order::Restart(_)) => {
            log.finish();
            let error = again(&program).exec();
            log.say(format_args!("teahouse-server: {error}"));
            ExitCode::FAILURE
        }
        Ok(_) => ExitCode::SUCCESS,
        Err((error, language)) => {
            log.say(format_args!("teahouse-server: {}", error.within(language)));
            ExitCode::FAILURE
        }
    };
    log.finish();
    code
}

/// Takes the place of this process if the environment should be another one. Without that it serves too, but takes more
/// memory.
fn start_again_with_a_frugal_allocator(program: &Path) {
    let settings = limits::settings_of_the_allocator();
    if !settings.is_empty() {
        let _ = again(program).envs(settings).exec();
    }
}

/// The command line that this process was started with.
fn again(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(std::env::args_os().skip(1));
    command
}

/// Serves until a signal or an operator ends it; says which of the two endings it is to be.
fn serve(
    config: Config,
    locale: Language,
    log: &LogWriter,
    program: &Path,
) -> Result<Order, (Text, Language)> {
    let language = config.language;
    let say = |text: Text| info!("{}", text.within(language));
    let cannot_start = |error: std::io::Error| (Text::CannotStart(error.to_string()), language);
    let attendant = Attendant::start(log.clone(), language).map_err(cannot_start)?;
    let server = Server::start(config).map_err(|error| (error, language))?;
    attendant.serve(server.order_sender());
    let mut manager = ServiceManager::of_this_process();
    manager.is_ready();
    for address in server.addresses() {
        say(Text::Listening(address.to_string()));
    }
    for address in server.tls_addresses() {
        say(Text::ListeningTls(address.to_string()));
    }
    server.identity().iter().flat_map(reload::introduction).for_each(say);
    say(Text::Capacity(server.capacity().connections.to_string(), server.capacity().bound_by.to_owned()));
    if let Some(address) = server.addresses().first() {
        let address = reachable(*address);
        say(Text::JoinWith(format!("{} {}", address.ip(), address.port())));
    }
    say(reload::whereabouts(&server.config()));
    for text in advice::of(&server.config(), Timestamp::now()) {
        warn!("{}", text.within(language));
    }
    let read = || {
        let Task::Serve(config) = read_command_line(locale)? else {
            unreachable!("the command line is the same as at the start");
        };
        Ok(*config)
    };
    let ending = reload::follow_orders(&server, &Origin { program, read: &read }, &mut manager);
    match ending {
        Order::Restart(_) => manager.is_reloading(),
        _ => manager.is_stopping(),
    }
    server.stop();
    attendant.close();
    say(Text::Stopped);
    Ok(ending)
}

/// `--check-config`: each key has been read, so what is left is what they are together.
fn check(config: &Config) -> ExitCode {
    match Server::check(config) {
        Ok(()) => {
            for text in advice::of(config, Timestamp::now()) {
                console::tell(text.within(config.language));
            }
            console::answer(Text::ConfigIsFine.within(config.language), config.language)
        }
        Err(error) => {
            console::complain(error.within(config.language));
            ExitCode::from(2)
        }
    }
}

/// `hash-password`: reads a password from standard input and prints the hash that the configuration takes.
fn hash_password(locale: Language) -> ExitCode {
    console::tell(Text::AskPassword.within(locale));
    match read_password().map(|password| password::hash(&password)) {
        Ok(Ok(hash)) => console::answer(hash, locale),
        Ok(Err(error)) => {
            console::complain(error);
            ExitCode::FAILURE
        }
        Err(refusal) => {
            console::complain(refusal.within(locale));
            ExitCode::FAILURE
        }
    }
}

/// A line of the standard input that can be a password.
fn read_password() -> Result<String, Text> {
    let mut line = String::new();
    let most = password::LONGEST_BYTES + "\r\n".len() + 1;
    let read = std::io::stdin().lock().take(most as u64).read_line(&mut line);
    read.map_err(|error| Text::CannotRead("-".to_owned(), error.to_string()))?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        Err(Text::NoPassword)
    } else if password.len() > password::LONGEST_BYTES {
        Err(Text::PasswordTooLong(password::LONGEST_BYTES.to_string()))
    } else {
        Ok(password.to_owned())
    }
}

/// `backup`, `export` and `import`.
fn use_archive(config: &Config, request: &Request) -> ExitCode {
    request.run(config).unwrap_or_else(|| {
        console::tell(usage(config.language));
        ExitCode::from(2)
    })
}

/// The file first, then the flags over it.
fn read_command_line(locale: Language) -> Result<Task, ConfigError> {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    let mut config =
        Config { language: locale, data_dir: Some(user_data_dir().unwrap_or_default()), ..Config::default() };
    let mut flags: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut check = false;
    let mut request = Request::default();
    let mut parser = lexopt::Parser::from_args(args);
    while let Some(arg) = parser.next().map_err(|error| ConfigError::UnknownFlag(error.to_string()))? {
        match arg {
            Short('h') | Long("help") => return Ok(Task::Say(help(locale))),
            Short('V') | Long("version") => {
                return Ok(Task::Say(concat!("teahouse-server ", env!("CARGO_PKG_VERSION")).to_owned()));
            }
            Long("check-config") => check = true,
            Long("json") if !request.words.is_empty() => request.as_json = true,
            Long("config") => {
                let path = parser.value().map_err(|_| ConfigError::MissingValue("--config".to_owned()))?;
                // Not every shell puts the home in the place of `~` behind a `=`.
                let path = path.to_str().and_then(|path| files::expand(path).ok()).unwrap_or(path.into());
                config.read_file(&path)?;
                request.config_file = Some(path);
            }
            Long(flag) if Key::of_flag(flag).is_some() => {
                let flag = flag.to_owned();
                let value = parser.value().map_err(|_| ConfigError::MissingValue(format!("--{flag}")))?;
                let value = value.into_string().map_err(|_| ConfigError::FlagNotUtf8(format!("--{flag}")))?;
                flags.entry(flag).or_default().push(value);
            }
            Long(flag) => return Err(ConfigError::UnknownFlag(format!("--{flag}"))),
            Short(flag) => return Err(ConfigError::UnknownFlag(format!("-{flag}"))),
            Value(value) if value == "hash-password" => return Ok(Task::HashPassword),
            Value(value)
                if !request.words.is_empty()
                    || ["backup", "export", "import", "bans", "accounts"]
                        .iter()
                        .any(|word| value == *word) =>
            {
                request.words.push(value);
            }
            Value(value) => return Err(ConfigError::UnknownCommand(value.to_string_lossy().into_owned())),
        }
    }
    if !request.words.is_empty() {
        request.has_data_dir = flags.contains_key("data-dir");
        request.choose_database(&mut config)?;
    }
    for (flag, values) in flags {
        if let Some(result) = config.set_flag(&flag, &values) {
            result?;
        }
    }
    // It began as the user's own folder, which not everybody has; without one it is not in memory unasked.
    if config.data_dir.as_deref() == Some(Path::new("")) {
        return Err(ConfigError::NoUserFolder);
    }
    let config = Box::new(config);
    Ok(match (check, request.words.is_empty()) {
        (true, _) => Task::Check(config),
        (false, false) => Task::Archive(config, Box::new(request)),
        (false, true) => Task::Serve(config),
    })
}

/// How the program is called.
fn usage(language: Language) -> &'static str {
    language.choose(
        "usage: teahouse-server [--config FILE] [--KEY VALUE]...\n       \
         teahouse-server [--config FILE] [--KEY VALUE]... --check-config\n       \
         teahouse-server hash-password\n       \
         teahouse-server [...] backup FILE\n       \
         teahouse-server [...] export '#room' [--json] | export accounts\n       \
         teahouse-server [...] import '#room' FILE | import accounts FILE\n       \
         teahouse-server [...] bans list | bans lift TARGET\n       \
         teahouse-server [...] accounts list | accounts logout|reset|unsuspend NAME\n       \
         teahouse-server [...] accounts suspend NAME [REASON]",
        "用法：teahouse-server [--config 文件] [--键 值]...\n      \
         teahouse-server [--config 文件] [--键 值]... --check-config\n      \
         teahouse-server hash-password\n      \
         teahouse-server [...] backup 文件\n      \
         teahouse-server [...] export '#房间' [--json] | export accounts\n      \
         teahouse-server [...] import '#房间' 文件 | import accounts 文件\n      \
         teahouse-server [...] bans list | bans lift 目标\n      \
         teahouse-server [...] accounts list | accounts logout|reset|unsuspend 名字\n      \
         teahouse-server [...] accounts suspend 名字 [原因]",
    )
}

fn help(language: Language) -> String {
    let about = language.choose(
        "Teahouse's server: a chat that any IRC client can join.",
        "茶馆服务器：任何 IRC 客户端都能加入的聊天室。",
    );
    let keys = language.choose(
        "Without anything it listens on 127.0.0.1:6667. Each key can stand in the TOML file (with _ for -) or here; a \
         list is several flags:",
        "不带参数时监听 127.0.0.1:6667。每个键都可以写在 TOML 文件里（- 换成 _），也可以写在这里，列表就是重复几次：",
    );
    let mut text = format!("{about}\n\n{}\n\n{keys}\n", usage(language));
    for key in KEYS {
        let meaning = key.meaning.to(language);
        text += &format!("  --{:<28} {meaning}\n", key.name.replace('_', "-"));
    }
    text += language.choose(
        "  --check-config                 only says whether the configuration is right\n  --help, --version\n\n\
         SIGHUP reads the configuration again. RUST_LOG=warn keeps the console quiet, RUST_LOG=debug makes it talk.",
        "  --check-config                 只检查配置是否正确\n  --help, --version\n\n\
         SIGHUP 重新读取配置。环境变量 RUST_LOG=warn 让控制台安静，RUST_LOG=debug 让它多说。",
    );
    text
}
