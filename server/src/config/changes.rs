//! Which keys two configurations differ in.

use super::Config;

/// Compares two configurations key by key. A field that is not in the list does not compile.
macro_rules! differing {
    ($one:expr, $other:expr; $($key:ident)*) => {{
        let Config { $($key),* } = $one;
        [$(($key != &$other.$key).then_some(stringify!($key))),*].into_iter().flatten().collect()
    }};
}

impl Config {
    /// The keys whose values differ, in the order of [`KEYS`](super::KEYS).
    pub fn differing_keys(&self, other: &Self) -> Vec<&'static str> {
        differing!(self, other;
            listen listen_tls tls_cert tls_key sts_duration sts_port name network password motd_file data_dir
            registration registration_before_connect min_password_length scram protect_names multiclient history
            history_days history_lines always_on lobby language operators admin cloak default_user_modes
            flood_protection max_connections_per_ip exempt_networks nick_length casemapping max_connections sendq ping_interval
            ping_timeout registration_timeout
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::KEYS;

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
