//! From the first line to the server's welcome: which capabilities are agreed on, and who we are.
//!
//! This is the talk itself, as a table of what comes and what is answered; it has no sockets and no clock.
//! The order is that of [IRCv3 capability negotiation](https://ircv3.net/specs/extensions/capability-negotiation):
//! `CAP LS 302` first, so that the server holds the welcome back until `CAP END`. A server that has never heard of
//! capabilities answers 421 or nothing, and welcomes us all the same.

use teahouse_protocol::Message;

use crate::event::{self, Failure, What};

/// The capabilities that the window makes use of.
const WANTED: [&str; 6] =
    ["away-notify", "cap-notify", "echo-message", "message-tags", "multi-prefix", "server-time"];

/// How the talk stands.
#[derive(Debug)]
pub struct Registration {
    nick: String,
    welcomed: bool,
    /// Whether `CAP END` was sent.
    ended: bool,
    /// What the server offers and we want, while its list is not complete.
    offered: Vec<String>,
    /// What is in force.
    enabled: Vec<String>,
}

/// What to do about a message.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Lines to send, without CR LF.
    pub lines: Vec<String>,
    /// What the window should learn.
    pub what: Option<What>,
}

impl Registration {
    /// Before the first line.
    pub fn new(nick: &str) -> Self {
        Self {
            nick: nick.to_owned(),
            welcomed: false,
            ended: false,
            offered: Vec::new(),
            enabled: Vec::new(),
        }
    }

    /// The lines to begin with.
    pub fn opening(&self) -> [String; 3] {
        // The user name is ASCII on every server; only the nickname and the real name may be 汉字.
        let user: String = self.nick.chars().filter(char::is_ascii_alphanumeric).take(9).collect();
        let user = if user.is_empty() { "teahouse" } else { &user };
        ["CAP LS 302".to_owned(), format!("NICK {}", self.nick), format!("USER {user} 0 * :{}", self.nick)]
    }

    /// Whether the server's welcome has come.
    pub fn is_welcomed(&self) -> bool {
        self.welcomed
    }

    /// Takes in a message. Those that are not part of the talk get an empty [`Step`].
    ///
    /// # Errors
    /// [`Failure`] when the server refuses the login, or shows before its welcome that it is not an IRC server.
    pub fn take(&mut self, message: &Message<'_>, host: &str) -> Result<Step, Failure> {
        if !self.welcomed {
            // A mail or file server also begins its lines with three digits, but never with a source.
            if message.numeric().is_some() && message.source().is_none() {
                return Err(Failure::NotAChatServer { host: host.to_owned() });
            }
            if let Some(failure) = event::login_refusal(message, &self.nick) {
                return Err(failure);
            }
            self.welcomed = event::is_welcome(message);
        }
        Ok(if message.is("CAP") { self.capability(message) } else { Step::default() })
    }

    /// `CAP <client> <subcommand> [*] :<list>`
    fn capability(&mut self, message: &Message<'_>) -> Step {
        let list = message.params().get(2..).and_then(<[_]>::last).copied().unwrap_or_default();
        let names = list.split(' ').filter(|name| !name.is_empty());
        let subcommand = message.param(1).unwrap_or_default().to_ascii_uppercase();
        match subcommand.as_str() {
            "LS" | "NEW" => {
                let known =
                    names.map(|name| name.split('=').next().unwrap_or(name)).filter(|it| WANTED.contains(it));
                self.offered.extend(known.map(str::to_owned));
                let is_complete = message.param(2) != Some("*") || message.params().len() < 4;
                if is_complete { self.request() } else { Step::default() }
            }
            "ACK" | "DEL" => {
                for name in names {
                    let (name, enable) = match name.strip_prefix('-') {
                        Some(name) => (name, false),
                        None => (name, subcommand == "ACK"),
                    };
                    self.enabled.retain(|enabled| enabled != name);
                    if enable {
                        self.enabled.push(name.to_owned());
                    }
                }
                Step { what: Some(What::Capabilities(self.enabled.clone())), ..self.end() }
            }
            "NAK" => self.end(),
            _ => Step::default(),
        }
    }

    /// Asks for what is offered, if there is anything.
    fn request(&mut self) -> Step {
        let offered = std::mem::take(&mut self.offered);
        if offered.is_empty() {
            return self.end();
        }
        Step { lines: vec![format!("CAP REQ :{}", offered.join(" "))], what: None }
    }

    /// Lets the server go on with its welcome, once.
    fn end(&mut self) -> Step {
        let is_first = !std::mem::replace(&mut self.ended, true);
        Step { lines: if is_first { vec!["CAP END".to_owned()] } else { Vec::new() }, what: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays what a server sends and gives what is answered.
    #[track_caller]
    fn answers(registration: &mut Registration, lines: &[&str]) -> Vec<String> {
        let mut answers = Vec::new();
        for line in lines {
            let message = Message::parse(line).expect(line);
            answers.extend(registration.take(&message, "tea.house").expect(line).lines);
        }
        answers
    }

    #[track_caller]
    fn fails(line: &str) -> Failure {
        let mut registration = Registration::new("bob");
        registration.take(&Message::parse(line).unwrap(), "tea.house").expect_err(line)
    }

    #[test]
    fn the_first_line_asks_for_capabilities_and_the_next_say_who_we_are() {
        assert_eq!(
            Registration::new("小明").opening(),
            ["CAP LS 302", "NICK 小明", "USER teahouse 0 * :小明"]
        );
        assert_eq!(Registration::new("bob_9").opening()[2], "USER bob9 0 * :bob_9");
    }

    #[test]
    fn what_the_server_offers_and_the_window_knows_is_asked_for() {
        let mut registration = Registration::new("bob");
        let offer = ":s CAP * LS :sasl=PLAIN server-time echo-message unknown/thing";
        assert_eq!(answers(&mut registration, &[offer]), ["CAP REQ :server-time echo-message"]);
        let message = Message::parse(":s CAP bob ACK :server-time echo-message ").unwrap();
        let step = registration.take(&message, "s").unwrap();
        assert_eq!(step.lines, ["CAP END"]);
        let enabled = ["server-time", "echo-message"].map(str::to_owned).to_vec();
        assert_eq!(step.what, Some(What::Capabilities(enabled)));
        assert!(!registration.is_welcomed());
        answers(&mut registration, &[":s 001 bob :Welcome"]);
        assert!(registration.is_welcomed());
    }

    #[test]
    fn a_list_in_several_lines_is_one_list() {
        let mut registration = Registration::new("bob");
        let lines = [":s CAP * LS * :server-time", ":s CAP * LS :multi-prefix"];
        assert_eq!(answers(&mut registration, &lines), ["CAP REQ :server-time multi-prefix"]);
    }

    #[test]
    fn nothing_offered_and_everything_refused_both_end_the_negotiation() {
        assert_eq!(answers(&mut Registration::new("bob"), &[":s CAP * LS :"]), ["CAP END"]);
        assert_eq!(answers(&mut Registration::new("bob"), &[":s CAP * LS :sasl"]), ["CAP END"]);
        let refused = [":s CAP * LS :server-time", ":s CAP * NAK :server-time"];
        let expected = ["CAP REQ :server-time", "CAP END"];
        assert_eq!(answers(&mut Registration::new("bob"), &refused), expected);
    }

    #[test]
    fn a_server_that_knows_no_capabilities_welcomes_us_too() {
        let mut registration = Registration::new("bob");
        let lines = [":s 421 bob CAP :Unknown command", ":s 001 bob :Welcome"];
        assert_eq!(answers(&mut registration, &lines), [""; 0]);
        assert!(registration.is_welcomed());
    }

    #[test]
    fn capabilities_come_and_go_while_we_are_there() {
        let mut registration = Registration::new("bob");
        answers(&mut registration, &[":s CAP * LS :", ":s 001 bob :Welcome"]);
        assert_eq!(answers(&mut registration, &[":s CAP bob NEW :echo-message"]), ["CAP REQ :echo-message"]);
        assert_eq!(answers(&mut registration, &[":s CAP bob ACK :echo-message"]), [""; 0]);
        let message = Message::parse(":s CAP bob DEL :echo-message").unwrap();
        assert_eq!(registration.take(&message, "s").unwrap().what, Some(What::Capabilities(vec![])));
    }

    #[test]
    fn a_refused_login_fails_and_a_refused_command_later_does_not() {
        assert_eq!(fails(":s 433 * bob :In use"), Failure::NickInUse { nick: "bob".to_owned() });
        assert_eq!(fails("ERROR :No more"), Failure::ClosedByServer { reason: "No more".to_owned() });
        let mut registration = Registration::new("bob");
        answers(&mut registration, &[":s 001 bob :Welcome", ":s 433 bob alice :In use"]);
    }

    #[test]
    fn a_mail_server_is_not_taken_for_a_chat_server() {
        let failure = Failure::NotAChatServer { host: "tea.house".to_owned() };
        assert_eq!(fails("220 mail.example ESMTP"), failure);
    }
}
