//! The configuration of the server: one table of keys, which the struct, the file and the flags follow.
//!
//! Flags override the file, and the file overrides the defaults. Every key of the file is also a flag, with `-` for
//! `_`. Every mistake is one clear line that names the file or flag, the key, and what was expected.
//!
//! Read `keys.rs` first: a new key is a row there, and its use.

pub mod addresses;
mod choices;
mod error;
mod file;
pub mod files;
mod form;
mod keys;
pub mod motd;
pub mod network;
mod operator;
mod row;
mod set;
pub mod user_modes;

use std::net::IpAddr;
use std::path::PathBuf;

pub use choices::{AlwaysOn, ProtectNames};
pub use error::ConfigError;
pub use keys::{Config, KEYS, Key};
pub use operator::Operator;

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

    /// The server's description of itself (RPL_WHOISSERVER, RPL_LINKS).
    pub fn server_info(&self) -> &str {
        self.description.as_ref().unwrap_or(&self.network)
    }

    /// Whether an address is in one of the networks whose people are not counted together.
    pub fn is_exempt(&self, address: IpAddr) -> bool {
        self.exempt_networks.iter().any(|network| network.holds(address))
    }

    /// The keys whose values differ, in the order of [`KEYS`].
    pub fn differing_keys(&self, other: &Self) -> Vec<&'static str> {
        KEYS.iter().filter(|key| (key.differs)(self, other)).map(|key| key.name).collect()
    }

    /// Keeps the old values of the keys that need a restart; says which of them would have changed.
    pub fn keep_until_restart(&mut self, old: &Self) -> Vec<&'static str> {
        let fixed = KEYS.iter().filter(|key| key.needs_restart && (key.differs)(self, old));
        let fixed: Vec<_> = fixed.collect();
        fixed.iter().for_each(|key| (key.keep)(self, old));
        fixed.into_iter().map(|key| key.name).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::text::language::{Language, Words};

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
            let Words(english, chinese) = key.meaning;
            assert!(english.is_ascii() && !chinese.is_ascii(), "{}", key.name);
            let Words(english, chinese) = key.more;
            assert_eq!(english.is_empty(), chinese.is_empty(), "{}", key.name);
        }
    }

    #[test]
    fn every_key_that_is_set_otherwise_differs_and_no_other() {
        let default = Config::default();
        assert_eq!(default.differing_keys(&default), [""; 0]);
        for key in KEYS {
            let differs =
                ["1", "2", "false", "true", "zh", "i", "#x", "a.b", "a:b", "refuse", "rename", "disabled"];
            let more = ["127.0.0.1:1", "[::1]:1", "rfc1459", "20", "5000", "203.0.113.0/24"];
            let found = differs.into_iter().chain(more).any(|value| {
                let mut config = Config::default();
                let flag = key.name.replace('_', "-");
                config.set_flag(&flag, &[value]).unwrap().is_ok()
                    && config.differing_keys(&default) == [key.name]
            });
            assert!(found, "{}", key.name);
        }
    }
}
