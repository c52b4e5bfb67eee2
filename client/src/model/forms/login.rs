//! The login form: what was typed, and whether the user can log in with it.

use teahouse_protocol::names::{self, InvalidName};

use crate::config::address::{check_port, check_server, shown};
use crate::config::profile::{MAX_NICK_BYTES, PLAIN_PORT, Profile, Secret, TLS_PORT};
use crate::event::failure::Field;
use crate::text::i18n::{Phrase, Text};
use crate::text::typed;

/// What stands in the form, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginForm {
    /// 用户名
    pub nick: String,
    /// 服务器ip
    pub server: String,
    /// 端口port
    pub port: String,
    /// 使用 TLS 加密
    pub tls: bool,
    /// 账号密码, of users who have an account.
    pub password: Secret,
    /// 服务器密码, of servers that have the same for everybody.
    pub server_password: Secret,
    /// 记住密码
    pub keep_password: bool,
    /// 注册新账号, with that name and that password.
    pub register: bool,
}

/// The errors, each with its field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormErrors {
    /// Of 用户名.
    pub nick: Option<Phrase>,
    /// Of 服务器ip.
    pub server: Option<Phrase>,
    /// Of 端口port.
    pub port: Option<Phrase>,
    /// Of 账号密码.
    pub password: Option<Phrase>,
    /// Of 服务器密码.
    pub server_password: Option<Phrase>,
    /// Of none of them in particular.
    pub general: Option<Phrase>,
}

impl FormErrors {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The error of a field.
    pub fn of(&self, field: Field) -> Option<&Phrase> {
        match field {
            Field::Nick => self.nick.as_ref(),
            Field::Server => self.server.as_ref(),
            Field::Port => self.port.as_ref(),
            Field::Password => self.password.as_ref(),
            Field::ServerPassword => self.server_password.as_ref(),
        }
    }

    /// A single error, beside its field or, without a field, beside none.
    pub(in crate::model) fn single(field: Option<Field>, phrase: Phrase) -> Self {
        let mut errors = Self::default();
        let place = match field {
            Some(Field::Nick) => &mut errors.nick,
            Some(Field::Server) => &mut errors.server,
            Some(Field::Port) => &mut errors.port,
            Some(Field::Password) => &mut errors.password,
            Some(Field::ServerPassword) => &mut errors.server_password,
            None => &mut errors.general,
        };
        *place = Some(phrase);
        errors
    }
}

impl LoginForm {
    /// Reads the form, which was filled in from `base`. Spaces around a value do not count, and letters and digits of
    /// full width (１２７。０。０。１, as a Chinese input method types them) are as good as others in the server's address
    /// and the port.
    ///
    /// # Errors
    /// The error of every field that has one.
    pub fn check(&self, base: &Profile) -> Result<Profile, FormErrors> {
        let nick = typed::name(&self.nick);
        let nick = nick.as_str();
        let nick_error = names::check_nickname(nick, MAX_NICK_BYTES).err().map(nick_error);
        let (server, server_error) = split(check_server(&self.server));
        let (port, port_error) = split(check_port(&self.port));
        let is_missing = self.register && self.password.is_empty();
        let password_error = is_missing.then(|| Text::PasswordMissing.into());
        match (nick_error, server, port, password_error) {
            (None, Some(server), Some(port), None) => {
                let mut profile = base.moved_to(&server, port, nick);
                profile.tls = self.tls;
                profile.is_doubtful = false;
                // A password that was filled in for a server is not said to another server.
                let is_for_other = !base.server.eq_ignore_ascii_case(&server)
                    && base.server_password == self.server_password;
                if !is_for_other {
                    profile.server_password = self.server_password.clone();
                }
                profile.keyring = self.keep_password;
                if profile.password != self.password {
                    profile.password = self.password.clone();
                    if base.nick != nick {
                        // It is that of the name beside it.
                        profile.account = String::new();
                    }
                }
                Ok(profile)
            }
            (nick, _, _, password) => {
                let (server, port) = (server_error, port_error);
                Err(FormErrors { nick, server, port, password, ..FormErrors::default() })
            }
        }
    }

    /// Turns TLS on or off, and moves the port along.
    pub fn set_tls(&mut self, tls: bool) {
        self.tls = tls;
        move_port(&mut self.port, tls);
    }
}

/// The usual port without TLS becomes the usual port with it, or the other way round; any other was typed for a reason.
pub(in crate::model) fn move_port(port: &mut String, tls: bool) {
    let (from, to) = if tls { (PLAIN_PORT, TLS_PORT) } else { (TLS_PORT, PLAIN_PORT) };
    if check_port(port) == Ok(from) {
        *port = to.to_string();
    }
}

impl From<&Profile> for LoginForm {
    fn from(profile: &Profile) -> Self {
        Self {
            nick: profile.nick.clone(),
            server: profile.server.clone(),
            port: profile.port.to_string(),
            tls: profile.tls,
            password: profile.password.clone(),
            server_password: profile.server_password.clone(),
            keep_password: profile.keyring,
            register: false,
        }
    }
}

fn split<T>(result: Result<T, Phrase>) -> (Option<T>, Option<Phrase>) {
    match result {
        Ok(value) => (Some(value), None),
        Err(error) => (None, Some(error)),
    }
}

/// What is wrong with a name.
pub(super) fn nick_error(invalid: InvalidName) -> Phrase {
    match invalid {
        InvalidName::Empty => Text::NameMissing.into(),
        InvalidName::TooLong { max_bytes } => Text::NameTooLong.with([&max_bytes.to_string()]),
        InvalidName::BadStart(c) => Text::NameStartsWith.with([&shown(c)]),
        InvalidName::BadCharacter(c) if c.is_whitespace() => Text::NameHasSpace.into(),
        InvalidName::BadCharacter(c) => Text::NameHas.with([&shown(c)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(nick: &str, server: &str, port: &str) -> LoginForm {
        LoginForm {
            nick: nick.to_owned(),
            server: server.to_owned(),
            port: port.to_owned(),
            ..LoginForm::default()
        }
    }

    #[track_caller]
    fn check(form: &LoginForm, nick: Option<Text>, server: Option<Text>, port: Option<Text>) {
        let errors = form.check(&Profile::default()).err().unwrap_or_default();
        let texts = |error: &Option<Phrase>| error.as_ref().map(Phrase::text);
        assert_eq!(
            (texts(&errors.nick), texts(&errors.server), texts(&errors.port)),
            (nick, server, port),
            "{form:?}"
        );
    }

    #[test]
    fn a_good_form_says_where_to_log_in() {
        let base = Profile { real_name: "Xiao Ming".into(), ..Profile::default() };
        let profile = form(" 小明 ", " 127.0.0.1 ", " 6667 ").check(&base).unwrap();
        assert_eq!(profile, Profile { nick: "小明".into(), ..base });
        assert_eq!(LoginForm::from(&profile), form("小明", "127.0.0.1", "6667"));
    }

    #[test]
    fn every_wrong_field_is_told_at_once() {
        check(&form("", "", ""), Some(Text::NameMissing), Some(Text::ServerMissing), Some(Text::PortMissing));
        check(&form("a b", "h", "1"), Some(Text::NameHasSpace), None, None);
        check(&form("a　b", "h", "1"), Some(Text::NameHasSpace), None, None);
        check(&form("1a", "h", "1"), Some(Text::NameStartsWith), None, None);
        check(&form("#a", "h", "1"), Some(Text::NameStartsWith), None, None);
        check(&form("a!b", "h", "1"), Some(Text::NameHas), None, None);
        check(&form("a\u{202e}b", "h", "1"), Some(Text::NameHas), None, None);
        check(&form(&"茶".repeat(30), "h", "1"), Some(Text::NameTooLong), None, None);
    }

    #[test]
    fn a_port_is_a_number_from_1_to_65535() {
        for bad in ["abc", "0", "99999", "65536", "-1", "+1", "6667a", "66 67", "0x10"] {
            check(&form("a", "h", bad), None, None, Some(Text::PortBad));
        }
        for (good, port) in [("1", 1), ("65535", 65535), ("６６６７", 6667), ("\u{3000}6667", 6667)] {
            assert_eq!(check_port(good), Ok(port), "{good:?}");
        }
    }
}
