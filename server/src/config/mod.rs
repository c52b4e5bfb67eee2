//! What the server is told to be: one struct, one set of defaults, one table of keys for the file and the flags.
//!
//! Flags override the file, and the file overrides the defaults. Every key of the file is also a flag, with `-` for
//! `_`. Whatever is wrong is one clear line that names the file or flag, the key, and what was expected.

pub mod addresses;
mod changes;
mod error;
mod file;
pub mod files;
mod keys;
pub mod motd;
pub mod network;
pub mod user_modes;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use teahouse_protocol::CaseMapping;

use crate::auth::password::{Kept, Unusable};
use crate::text::language::{Both, Language};
pub use error::ConfigError;
pub use keys::{KEYS, Key};
use network::Network;
use user_modes::UserModes;

/// What the server is told to be. [`Config::default`] works as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The server's name, in prefixes.
    pub name: String,
    /// The network's name, in 001 and 005.
    pub network: String,
    /// Where to listen.
    pub listen: Vec<SocketAddr>,
    /// Where to listen for those who speak TLS.
    pub listen_tls: Vec<SocketAddr>,
    /// The certificate, and those of whoever vouches for it, in PEM form; without it and its key the server signs its
    /// own.
    pub tls_cert: Option<PathBuf>,
    /// The key to the certificate, in PEM form.
    pub tls_key: Option<PathBuf>,
    /// How long clients that support STS come over TLS only; zero makes them forget it, and `None` says nothing.
    pub sts_duration: Option<Duration>,
    /// The port that those clients are sent to; `None` for that of the first address of `listen_tls`.
    pub sts_port: Option<u16>,
    /// What every client must send with PASS.
    pub password: Option<String>,
    /// The message of the day, read again each time it is asked for.
    pub motd_file: Option<PathBuf>,
    /// The folder of what outlasts the server; `None` keeps everything in memory. The program, unlike
    /// [`Config::default`], begins with [`user_data_dir`].
    pub data_dir: Option<PathBuf>,
    /// Whether accounts can be opened.
    pub registration: bool,
    /// Whether that is possible before the login is complete.
    pub registration_before_connect: bool,
    /// The fewest characters of a password.
    pub min_password_length: usize,
    /// Whether the keys of SCRAM-SHA-256 are kept for each account.
    pub scram: bool,
    /// Whether a nickname that is an account's is that account's alone.
    pub protect_names: ProtectNames,
    /// Whether several connections of one account may share a nickname.
    pub multiclient: bool,
    /// Whether what is said is kept and can be read again.
    pub history: bool,
    /// For how many days; `None` for good.
    pub history_days: Option<u32>,
    /// How many messages of one conversation; `None` for all.
    pub history_lines: Option<u32>,
    /// Who stays without a connection.
    pub always_on: AlwaysOn,
    /// The room that everybody joins on login.
    pub lobby: Option<String>,
    /// The language of the server's own texts.
    pub language: Language,
    /// Who may become server operator, and with what password: in clear or as an argon2id hash.
    pub operators: Vec<Operator>,
    /// Whom to ask about this server (ADMIN).
    pub admin: Option<String>,
    /// Whether other people see a keyed hash in place of an address.
    pub cloak: bool,
    /// The user modes that everybody begins with.
    pub default_user_modes: UserModes,
    /// Whether a client that sends too fast is slowed down.
    pub flood_protection: bool,
    /// The most connections from one address; `None` for the default, which spares loopback and private ranges;
    /// 0 for no limit.
    pub max_connections_per_ip: Option<usize>,
    /// Networks that this limit is not for, nor those of registrations and of wrong passwords from one address.
    pub exempt_networks: Vec<Network>,
    /// The longest nickname, in bytes.
    pub nick_length: usize,
    /// How names are compared.
    pub casemapping: CaseMapping,
    /// The most connections at a time; `None` for what the system allows.
    pub max_connections: Option<usize>,
    /// How many bytes of other people's lines may wait for one client beyond what the kernel holds.
    pub sendq: usize,
    /// After this much silence a client is asked whether it is still there.
    pub ping_interval: Duration,
    /// How long the answer may take.
    pub ping_timeout: Duration,
    /// How long a login may take.
    pub registration_timeout: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            name: "tea.house".to_owned(),
            network: "Teahouse".to_owned(),
            listen: vec![SocketAddr::from(([127, 0, 0, 1], 6667))],
            listen_tls: Vec::new(),
            tls_cert: None,
            tls_key: None,
            sts_duration: None,
            sts_port: None,
            password: None,
            motd_file: None,
            data_dir: None,
            history: true,
            history_days: Some(90),
            history_lines: Some(20_000),
            registration: true,
            registration_before_connect: false,
            min_password_length: 8,
            scram: false,
            protect_names: ProtectNames::Refuse,
            multiclient: true,
            always_on: AlwaysOn::OptIn,
            lobby: Some("#lobby".to_owned()),
            language: Language::English,
            operators: Vec::new(),
            admin: None,
            cloak: true,
            default_user_modes: UserModes::default(),
            flood_protection: true,
            max_connections_per_ip: None,
            exempt_networks: Vec::new(),
            nick_length: 32,
            casemapping: CaseMapping::Ascii,
            max_connections: None,
            sendq: 256 * 1024,
            ping_interval: Duration::from_secs(90),
            ping_timeout: Duration::from_secs(60),
            registration_timeout: Duration::from_secs(30),
        }
    }
}

/// The user's own folder for what the server keeps; `None` if this user has none.
pub fn user_data_dir() -> Option<PathBuf> {
    const NAME: &str = "teahouse-server";
    let own = directories::ProjectDirs::from("", "", NAME).map(|folders| folders.data_dir().to_owned());
    // A user without a home can still be told where data goes, as services are.
    let told = || std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    own.or_else(|| told().map(|folder| folder.join(NAME)))
}

impl Config {
    /// Whether accounts can be opened before the login is complete. Not where everybody has to say a password first.
    pub fn opens_accounts_early(&self) -> bool {
        self.registration && self.registration_before_connect && self.password.is_none()
    }

    /// Whether an address is in one of the networks whose people are not counted together.
    pub fn is_exempt(&self, address: IpAddr) -> bool {
        self.exempt_networks.iter().any(|network| network.holds(address))
    }

    /// Looks at the passwords: what looks like a hash has to be one that can be checked, or it would be taken for a
    /// password in clear that nobody knows.
    ///
    /// # Errors
    /// Whose cannot be, with the key that it stands under, and why.
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

/// What becomes of somebody who comes by the name of an account without having logged in to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProtectNames {
    /// The name is refused.
    Refuse,
    /// The person is called something else.
    Rename,
    /// Nothing: the name is anybody's.
    Off,
}

impl ProtectNames {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "refuse" => Some(Self::Refuse),
            "rename" => Some(Self::Rename),
            "off" => Some(Self::Off),
            _ => None,
        }
    }
}

/// Whether people with accounts stay in their rooms without a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlwaysOn {
    /// Nobody does.
    Disabled,
    /// Who wants to.
    OptIn,
    /// Who does not object.
    OptOut,
    /// Everybody does.
    Mandatory,
}

impl AlwaysOn {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "disabled" => Some(Self::Disabled),
            "opt-in" => Some(Self::OptIn),
            "opt-out" => Some(Self::OptOut),
            "mandatory" => Some(Self::Mandatory),
            _ => None,
        }
    }
}

/// Somebody who may become server operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// The name to give to OPER.
    pub name: String,
    /// The password, in clear or as an argon2id hash.
    pub password: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        let file = tempfile::Builder::new().prefix("tea").suffix(".toml").tempfile().unwrap();
        std::fs::write(&file, text).unwrap();
        let mut config = Config::default();
        let whence = file.path().display().to_string();
        match config.read_file(file.path()) {
            Ok(()) => Ok(config),
            Err(error) => Err(error.within(Language::English).to_string().replace(&whence, "tea.toml")),
        }
    }

    #[test]
    fn a_file_changes_what_it_names_and_nothing_else() {
        let config =
            read("name = 'a.b'\nlisten = ['0.0.0.0:7000', '[::1]:7000']\nlobby = ''\nping_interval = 5\n")
                .unwrap();
        assert_eq!(config.listen, ["0.0.0.0:7000".parse().unwrap(), "[::1]:7000".parse().unwrap()]);
        let expected = Config {
            name: "a.b".into(),
            listen: config.listen.clone(),
            lobby: None,
            ping_interval: Duration::from_secs(5),
            ..Config::default()
        };
        assert_eq!(config, expected);
        assert_eq!(read(""), Ok(Config::default()));
    }

    #[test]
    fn a_mistake_in_the_file_is_one_line_that_says_where_and_what() {
        for (text, complaint) in [
            ("nmae = 'x'", "tea.toml: line 1: unknown key nmae; --help lists the keys"),
            (
                "name = 'two words.x'",
                "tea.toml: line 1: name: expected this server's name, such as tea.house; found \"two words.x\": there is a space in it",
            ),
            (
                "lobby = 'lobby'",
                "tea.toml: line 1: lobby: expected room that everybody joins on login, such as #lobby; \"\" for none; found \"lobby\"",
            ),
            (
                "listen = ['127.0.0.1:abc']",
                "tea.toml: line 1: listen: expected addresses to listen on, such as 127.0.0.1:6667 or 0.0.0.0:6667; found [\"127.0.0.1:abc\"]: abc is no port, which is a number from 0 to 65535",
            ),
            (
                "max_connections = 'many'",
                "tea.toml: line 1: max_connections: expected most connections at a time; 0 for what the system allows (0–1000000); found \"many\"",
            ),
            (
                "sendq = 1",
                "tea.toml: line 1: sendq: expected bytes that may wait for a client that reads slowly (4096–1073741824); found 1",
            ),
        ] {
            assert_eq!(read(text), Err(complaint.to_owned()), "{text}");
        }
        let not_toml = read("name = 'a.b'\nlisten = [").unwrap_err();
        assert!(
            not_toml.starts_with("tea.toml: line 2: not TOML: ") && !not_toml.contains('\n'),
            "{not_toml}"
        );
    }

    #[test]
    fn a_hash_that_is_not_whole_is_refused_and_never_taken_for_a_password() {
        const WHOLE: &str =
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let cut = &WHOLE[..WHOLE.len() - 1];
        for text in [format!("password = '{WHOLE}'"), format!("operators = ['root:{WHOLE}', 'a:b:c']")] {
            assert!(read(&text).is_ok(), "{text}");
        }
        let complaint = read("operators = ['root sesame']").unwrap_err();
        assert!(
            complaint.starts_with("tea.toml: line 1: operators: expected who")
                && !complaint.contains("sesame")
        );
        for (text, whose) in [
            (format!("password = '{cut}'"), "password: PASS"),
            (format!("operators = ['a:b', 'root:{cut}']"), "operators: root"),
            ("operators = ['root:=19=19456,t=2,p=1']".to_owned(), "operators: root"),
        ] {
            let complaint = read(&format!("# secrets\n{text}")).unwrap_err();
            let begin = format!(
                "tea.toml: line 2: {whose}: this looks like the hash of a password, but it is cut off"
            );
            assert!(complaint.starts_with(&begin) && !complaint.contains("c29tZXNhbHQ"), "{complaint}");
        }
        let complaint = read(&format!("password = '{}'", WHOLE.replace("65536", "4194304"))).unwrap_err();
        assert!(complaint.contains("to check this hash takes too much"), "{complaint}");
        let mut config = Config::default();
        let refused = config.set_flag("operators", &[format!("root:{cut}")]).unwrap().unwrap_err();
        assert!(
            refused
                .within(Language::Chinese)
                .to_string()
                .starts_with("--operators：operators：root：这看起来是密码的散列，但不完整")
        );
    }

    #[test]
    fn a_text_may_be_as_long_as_what_it_is_said_in_has_room_for() {
        for (before, most) in [("network = '", 63), ("admin = '", 400), ("password = '", 480)] {
            assert!(read(&format!("{before}{}'", "x".repeat(most))).is_ok(), "{before}");
            let refusal = read(&format!("{before}{}'", "x".repeat(most + 1))).unwrap_err();
            assert!(
                refusal.contains(&format!("it has {} bytes, and {most} are the most", most + 1)),
                "{refusal}"
            );
        }
    }

    #[test]
    fn networks_that_are_exempt_are_addresses_with_or_without_bits() {
        let config = read("exempt_networks = ['203.0.113.7', '2001:db8::/32', '198.51.100.0/24']").unwrap();
        for (address, is_exempt) in [
            ("203.0.113.7", true),
            ("203.0.113.8", false),
            ("::ffff:198.51.100.9", true),
            ("2001:db8:1::1", true),
            ("2001:db9::1", false),
        ] {
            assert_eq!(config.is_exempt(address.parse().unwrap()), is_exempt, "{address}");
        }
        for wrong in ["exempt_networks = ['school']", "exempt_networks = ['1.2.3.4/40']"] {
            assert!(
                read(wrong).unwrap_err().starts_with("tea.toml: line 1: exempt_networks: expected addresses"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn every_key_is_also_a_flag() {
        let mut config = Config::default();
        for (flag, values) in [
            ("listen", &["127.0.0.1:0", "[::1]:0"][..]),
            ("ping-interval", &["6", "7"]),
            ("password", &["茶"]),
            ("lobby", &["#茶馆"]),
        ] {
            config.set_flag(flag, values).unwrap().unwrap();
        }
        assert_eq!(config.listen.len(), 2);
        assert_eq!(config.ping_interval, Duration::from_secs(7));
        assert_eq!((config.password.as_deref(), config.lobby.as_deref()), (Some("茶"), Some("#茶馆")));
        for bad in ["abc", "127.0.0.1:99999", "127.0.0.1", ""] {
            let error = config.set_flag("listen", &[bad]).unwrap().unwrap_err();
            assert!(
                error.within(Language::English).to_string().starts_with("--listen: listen: expected"),
                "{bad}"
            );
        }
        assert_eq!(config.set_flag("nope", &["1"]), None);
    }

    #[test]
    fn every_key_and_every_complaint_is_there_in_both_languages() {
        crate::text::language::tests::check_rows(ConfigError::ROWS);
        for key in KEYS {
            assert!(key.english.is_ascii() && !key.chinese.is_ascii(), "{}", key.name);
        }
    }
}
