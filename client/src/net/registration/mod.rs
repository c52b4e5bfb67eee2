//! From the first line to the server's welcome, and what is agreed on later: which capabilities are in force, who we
//! are, and which account we are logged in to.
//!
//! This is the talk itself, as a table of what comes and what is answered; it has no sockets and no clock.
//! `CAP LS 302` comes first, so that the server holds the welcome back until `CAP END`. A server that has never heard
//! of capabilities answers 421, 451 or nothing, and welcomes us all the same.
//! What is agreed on is [`capabilities`]' subject, the login to an account [`sasl`]'s; `CAP END` waits for both.

use std::collections::VecDeque;
use std::mem;

use teahouse_protocol::{Capability, Message, numerics as n};

use crate::config::profile::Profile;
use crate::event::failure::{Failure, LoginFailure};
use crate::event::{What, read};
use crate::net::registration::capabilities::{Capabilities, Refused};
use crate::net::registration::sasl::{Login, Progress};
use crate::net::sts;
use crate::text::i18n::Text;

pub mod capabilities;
pub mod sasl;
pub mod scram;

/// How the talk stands.
#[derive(Debug)]
pub struct Registration {
    profile: Profile,
    /// The name that was asked for last, and those to ask for when it is taken.
    nick: String,
    other_nicks: VecDeque<String>,
    /// Whether the connection is by TLS.
    secure: bool,
    /// Whether anything came that only a chat server says.
    is_chat: bool,
    /// Whether we still hold our introduction back, and wait for word of what the server can do.
    holds_back: bool,
    welcomed: bool,
    capabilities: Capabilities,
    login: Option<Login>,
    /// What to tell the window with the welcome; before it there is no place to show it.
    news: Vec<What>,
}

/// What to do about a message.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Lines to send, without CR LF.
    pub lines: Vec<String>,
    /// Whether the message is dealt with, and nothing that the window need learn.
    pub is_settled: bool,
    /// What the window should learn, after what the message says by itself.
    pub news: Vec<What>,
    /// What the server says about coming by TLS only.
    pub sts: Option<sts::Offer>,
    /// Why this is the end, once the lines are sent.
    pub failure: Option<Failure>,
}

impl Step {
    fn say(line: impl Into<String>) -> Self {
        Self { lines: vec![line.into()], ..Self::default() }
    }

    /// What to do about this first, and then about that.
    fn and(mut self, then: Self) -> Self {
        self.lines.extend(then.lines);
        self.news.extend(then.news);
        Self { sts: self.sts.or(then.sts), failure: self.failure.or(then.failure), ..self }
    }
}

impl From<Vec<String>> for Step {
    fn from(lines: Vec<String>) -> Self {
        Self { lines, ..Self::default() }
    }
}

impl From<Failure> for Step {
    fn from(failure: Failure) -> Self {
        Self { failure: Some(failure), ..Self::default() }
    }
}

impl Registration {
    /// Before the first line of a connection that is by TLS, or is not.
    pub fn new(profile: &Profile, secure: bool) -> Self {
        Self {
            nick: profile.nick.clone(),
            other_nicks: profile.other_nicks.iter().cloned().collect(),
            profile: profile.clone(),
            secure,
            is_chat: false,
            // A server that has a better way asks for it in its list of capabilities. Until then no password is said in
            // the clear; and since PASS comes before NICK and USER, they wait, too.
            holds_back: !secure && !profile.server_password.is_empty(),
            welcomed: false,
            capabilities: Capabilities::default(),
            login: Login::of(profile),
            news: Vec::new(),
        }
    }

    /// The lines to begin with.
    pub fn opening(&self) -> Vec<String> {
        let mut lines = vec!["CAP LS 302".to_owned()];
        if !self.holds_back {
            lines.extend(self.introduction());
        }
        lines
    }

    /// The lines that introduce us.
    fn introduction(&self) -> Vec<String> {
        let Profile { user, real_name, server_password, .. } = &self.profile;
        // The user name is ASCII on every server; only the nickname and the real name may be 汉字.
        let of_nick: String = self.nick.chars().filter(char::is_ascii_alphanumeric).take(9).collect();
        let user = [user.as_str(), &of_nick].into_iter().find(|it| !it.is_empty()).unwrap_or("teahouse");
        let real_name = if real_name.is_empty() { &self.nick } else { real_name };
        let mut lines = Vec::new();
        if !server_password.is_empty() {
            lines.push(format!("PASS :{}", server_password.reveal()));
        }
        lines.push(format!("NICK {}", self.nick));
        lines.push(format!("USER {user} 0 * :{real_name}"));
        lines
    }

    /// Whether we still hold our introduction back, and wait for word of what the server can do.
    pub fn holds_back(&self) -> bool {
        self.holds_back
    }

    /// Introduces us, if that was held back.
    fn come_forward(&mut self) -> Step {
        if mem::take(&mut self.holds_back) { self.introduction().into() } else { Step::default() }
    }

    /// The name to ask for if we come back: the name that was asked for first, unless we took another since.
    pub fn nick_to_come_back_by(&self) -> &str {
        &self.profile.nick
    }

    /// Whether the connection is by TLS.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether the server's welcome has come.
    pub fn is_welcomed(&self) -> bool {
        self.welcomed
    }

    /// Takes in a message. Those that are not part of the talk get an empty [`Step`].
    pub fn take(&mut self, message: &Message<'_>) -> Step {
        let step = self.answer(message);
        self.with_news(step)
    }

    /// The server has nothing more to say for now.
    pub fn pause(&mut self) -> Step {
        let progress = self.login.as_mut().map_or(Progress::None, Login::pause);
        let step = self.go_on(progress);
        self.with_news(step)
    }

    /// The server has said nothing of use for as long as the client waits before the welcome. Gives what can still be
    /// done about it: to go on without what it does not answer.
    pub fn out_of_patience(&mut self) -> Option<Step> {
        if self.holds_back {
            return Some(self.come_forward());
        }
        let login = self.login.as_mut().filter(|login| !login.is_idle())?;
        let progress = login.give_up(LoginFailure::NoAnswer);
        Some(Step::say("AUTHENTICATE *").and(self.go_on(progress)))
    }

    fn with_news(&mut self, mut step: Step) -> Step {
        if self.welcomed {
            step.news.append(&mut self.news);
        }
        step
    }

    fn answer(&mut self, message: &Message<'_>) -> Step {
        if !self.welcomed {
            // A mail or file server also begins its lines with three digits, but never with a source. A chat server
            // that leaves the source out has said something else before.
            self.is_chat |= message.source().is_some() || message.is("CAP");
            if message.numeric().is_some() && !self.is_chat {
                return Failure::NotAChatServer { host: self.profile.server.clone() }.into();
            }
            match read::login_refusal(message, &self.nick) {
                Some(Failure::NickInUse { .. } | Failure::NickRefused { .. })
                    if !self.other_nicks.is_empty() =>
                {
                    self.nick = self.other_nicks.pop_front().unwrap_or_default();
                    return Step { is_settled: true, ..Step::say(format!("NICK {}", self.nick)) };
                }
                Some(failure) => return failure.into(),
                None => {}
            }
            if read::is_welcome(message) {
                self.nick = message.param(0).unwrap_or_default().to_owned();
                return self.welcome();
            }
        }
        if message.is("CAP") {
            return self.capability(message);
        }
        if self.holds_back && matches!(message.numeric(), Some(n::ERR_UNKNOWNCOMMAND | n::ERR_NOTREGISTERED))
        {
            // The server has never heard of capabilities.
            return self.come_forward();
        }
        if message.is("NICK") && message.source().is_some_and(|source| source.name == self.nick) {
            self.nick = message.param(0).unwrap_or_default().to_owned();
            self.profile.nick.clone_from(&self.nick);
        }
        match &mut self.login {
            Some(login) => {
                let progress = login.take(message);
                self.go_on(progress)
            }
            None => Step::default(),
        }
    }

    /// The server let us in, with or without the account.
    fn welcome(&mut self) -> Step {
        self.welcomed = true;
        self.capabilities.end();
        // A login that is under way may still end well.
        let is_missing = self.login.as_ref().is_some_and(|login| login.is_idle() && !login.is_done());
        // A server that knows no capabilities has not been asked, so there was no word of it yet.
        if is_missing && self.news.is_empty() {
            self.without_account(&LoginFailure::NotOffered)
        } else {
            Step::default()
        }
    }

    /// `CAP <client> <subcommand> [*] :<list>`
    fn capability(&mut self, message: &Message<'_>) -> Step {
        let list = message.params().get(2..).and_then(<[_]>::last).copied().unwrap_or_default();
        let names: Vec<_> = list.split(' ').filter(|name| !name.is_empty()).collect();
        let subcommand = message.param(1).unwrap_or_default().to_ascii_uppercase();
        match subcommand.as_str() {
            "LS" | "NEW" => {
                let sts = self.capabilities.offer(&names);
                if !self.secure && sts.is_some_and(|offer| offer.port.is_some()) {
                    // Nothing more is to be said in the clear.
                    return Step { sts, ..Step::default() };
                }
                let goes_on = message.param(2) == Some("*") && message.params().len() > 3;
                let step = if goes_on { Step::default() } else { self.request(subcommand == "NEW") };
                Step { sts, ..step }
            }
            "ACK" => self.agreed(&names),
            "NAK" => match self.capabilities.refuse(&names) {
                Refused::Nothing => Step::default(),
                Refused::AskAgain(lines) => lines.into(),
                Refused::DoWithout(Capability::Sasl) => self.go_on_without_account(&LoginFailure::NotOffered),
                Refused::DoWithout(_) => self.settle(),
            },
            "DEL" => {
                self.capabilities.withdraw(&names);
                let step = Step { news: vec![self.in_force()], ..Step::default() };
                match &mut self.login {
                    Some(login) if names.contains(&Capability::Sasl.name()) => {
                        let progress = login.give_up(LoginFailure::NotOffered);
                        step.and(self.go_on(progress))
                    }
                    _ => step,
                }
            }
            _ => Step::default(),
        }
    }

    /// Asks for what is offered and of use, if there is anything; and says who we are before, if that was held back
    /// until it is known what the server can do. `anew` is for what has come later.
    fn request(&mut self, anew: bool) -> Step {
        let wants_account = self.login.as_ref().is_some_and(|login| !login.is_done());
        let mut step = Step::default();
        if !anew {
            if wants_account && !self.capabilities.offers_sasl() {
                let step = self.without_account(&LoginFailure::NotOffered);
                if step.failure.is_some() {
                    return step;
                }
            }
            self.capabilities.begin();
            step = self.come_forward();
        }
        step.lines.extend(self.capabilities.ask(wants_account));
        step.and(self.settle())
    }

    /// These are in force from now on, as far as they were asked for.
    fn agreed(&mut self, names: &[&str]) -> Step {
        let granted = self.capabilities.agree(names);
        if granted.is_empty() {
            return Step::default();
        }
        let step = Step { news: vec![self.in_force()], ..Step::default() };
        let then = match &mut self.login {
            Some(login) if granted.contains(&Capability::Sasl) && login.is_idle() && !login.is_done() => {
                let progress = login.begin(self.capabilities.mechanisms());
                self.go_on(progress)
            }
            _ => self.settle(),
        };
        step.and(then)
    }

    fn in_force(&self) -> What {
        What::Capabilities(self.capabilities.in_force())
    }

    /// What follows from the login's progress.
    fn go_on(&mut self, progress: Progress) -> Step {
        match progress {
            Progress::None => Step::default(),
            Progress::Lines(lines) => lines.into(),
            Progress::Succeeded => self.settle(),
            Progress::Failed(lines, why) => Step::from(lines).and(self.go_on_without_account(&why)),
        }
    }

    fn go_on_without_account(&mut self, why: &LoginFailure) -> Step {
        let step = self.without_account(why);
        if step.failure.is_some() { step } else { step.and(self.settle()) }
    }

    /// There is no login to the account: that is said, or is the end where there must be one. It is the end as well
    /// where the server may not be the one that we mean.
    fn without_account(&mut self, why: &LoginFailure) -> Step {
        let account = self.login.as_ref().map(|login| login.account().to_owned()).unwrap_or_default();
        if self.profile.account_required || *why == LoginFailure::Impostor {
            let failure = Failure::AccountRefused { account, why: why.clone() };
            return Step { failure: Some(failure), ..Step::say("QUIT") };
        }
        let words = Text::Verbatim.with([&account]);
        self.news.push(What::Answer(Text::LoginFailed.of([words, why.phrase()])));
        Step::default()
    }

    /// Lets the server go on with its welcome, once, when nothing is open any more.
    fn settle(&mut self) -> Step {
        let is_logging_in = self.login.as_ref().is_some_and(|login| !login.is_idle());
        if !is_logging_in && self.capabilities.may_end() { Step::say("CAP END") } else { Step::default() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::profile::Secret;
    use teahouse_protocol::sasl::Mechanism;

    fn bob() -> Profile {
        Profile { nick: "bob".into(), ..Profile::default() }
    }

    fn with_account() -> Profile {
        let sasl = vec![Mechanism::Plain];
        Profile { account: "jilles".into(), password: Secret::from("sesame".to_owned()), sasl, ..bob() }
    }

    fn talk(profile: &Profile) -> Registration {
        Registration::new(profile, false)
    }

    /// Plays a line that a server sends, and waits for what is said to it.
    #[track_caller]
    fn take(registration: &mut Registration, line: &str) -> Step {
        let step = registration.take(&Message::parse(line).expect(line));
        step.and(registration.pause())
    }

    /// Plays what a server sends and gives what is answered.
    #[track_caller]
    fn answers(registration: &mut Registration, lines: &[&str]) -> Vec<String> {
        let mut answers = Vec::new();
        for line in lines {
            let step = take(registration, line);
            assert_eq!(step.failure, None, "{line}");
            answers.extend(step.lines);
        }
        answers
    }

    #[track_caller]
    fn fails(line: &str) -> Option<Failure> {
        take(&mut talk(&bob()), line).failure
    }

    /// The words that the window shows of these news.
    fn told(news: &[What]) -> Vec<Text> {
        let text = |what: &What| match what {
            What::Answer(phrase) => Some(phrase.text()),
            _ => None,
        };
        news.iter().filter_map(text).collect()
    }

    #[test]
    fn the_first_line_asks_for_capabilities_and_the_next_say_who_we_are() {
        let opening = |nick: &str| talk(&Profile { nick: nick.to_owned(), ..Profile::default() }).opening();
        assert_eq!(opening("小明"), ["CAP LS 302", "NICK 小明", "USER teahouse 0 * :小明"]);
        assert_eq!(opening("bob_9")[2], "USER bob9 0 * :bob_9");
        let profile = Profile {
            user: "ming".into(),
            real_name: "Xiao Ming".into(),
            server_password: Secret::from("open sesame".to_owned()),
            ..bob()
        };
        let expected = ["CAP LS 302", "PASS :open sesame", "NICK bob", "USER ming 0 * :Xiao Ming"];
        assert_eq!(Registration::new(&profile, true).opening(), expected);
    }

    #[test]
    fn a_password_is_not_said_in_the_clear_before_the_server_could_ask_for_tls() {
        let profile = Profile { server_password: Secret::from("sesame".to_owned()), ..bob() };
        let opened = || {
            let registration = talk(&profile);
            assert_eq!(registration.opening(), ["CAP LS 302"]);
            assert!(registration.holds_back());
            registration
        };
        let introduction = ["PASS :sesame", "NICK bob", "USER bob 0 * :bob"];
        for lines in [
            &[
                ":s NOTICE * :Looking up your hostname",
                ":s CAP * LS * :server-time",
                ":s CAP * LS :away-notify",
            ][..],
            &[":s CAP * LS :"],
            // Servers that have never heard of capabilities.
            &[":s 421 * CAP :Unknown command"],
            &[":s 451 * :You have not registered"],
        ] {
            let mut registration = opened();
            let (last, before) = lines.split_last().unwrap();
            assert_eq!(answers(&mut registration, before), [""; 0], "{lines:?}");
            let said = answers(&mut registration, &[last]);
            assert_eq!(said[..3], introduction, "{lines:?}");
            assert!(!registration.holds_back());
        }
        // Servers that do not even say that.
        assert_eq!(
            opened().out_of_patience().map(|step| step.lines),
            Some(introduction.map(str::to_owned).into())
        );
        let step = take(&mut opened(), ":s CAP * LS * :sts=port=6697");
        assert_eq!((step.lines.len(), step.sts.and_then(|sts| sts.port)), (0, Some(6697)));
    }

    #[test]
    fn a_login_that_is_not_answered_does_not_keep_us_out() {
        let begin = [":s CAP * LS :sasl", ":s CAP * ACK :sasl"];
        let mut registration = talk(&with_account());
        answers(&mut registration, &begin);
        let step = registration.out_of_patience().expect("something to do");
        assert_eq!(
            (step.lines, step.failure),
            (["AUTHENTICATE *", "CAP END"].map(str::to_owned).to_vec(), None)
        );
        assert_eq!(registration.out_of_patience(), None);
        let step = take(&mut registration, ":s 001 bob :Welcome");
        assert_eq!(told(&step.news), [Text::LoginFailed]);

        let mut registration = talk(&Profile { account_required: true, ..with_account() });
        answers(&mut registration, &begin);
        let failure = registration.out_of_patience().and_then(|step| step.failure);
        let why = LoginFailure::NoAnswer;
        assert_eq!(failure, Some(Failure::AccountRefused { account: "jilles".to_owned(), why }));
    }

    #[test]
    fn what_the_server_offers_and_the_window_knows_is_asked_for() {
        let mut registration = talk(&bob());
        let offer = ":s CAP * LS :sasl=PLAIN server-time echo-message unknown/thing";
        assert_eq!(answers(&mut registration, &[offer]), ["CAP REQ :server-time echo-message"]);
        let step = take(&mut registration, ":s CAP bob ACK :server-time echo-message ");
        assert_eq!(step.lines, ["CAP END"]);
        assert_eq!(step.news, [What::agreed(&["server-time", "echo-message"])]);
        assert!(!registration.is_welcomed());
        answers(&mut registration, &[":s 001 bob :Welcome"]);
        assert!(registration.is_welcomed());
    }

    #[test]
    fn what_the_server_says_of_a_capability_is_told_and_the_last_word_holds() {
        let mut registration = talk(&bob());
        answers(&mut registration, &[":s CAP * LS :draft/multiline=max-bytes=4096"]);
        let step = take(&mut registration, ":s CAP * ACK :draft/multiline");
        assert_eq!(step.news, [What::agreed(&["draft/multiline=max-bytes=4096"])]);
        answers(&mut registration, &[":s CAP bob NEW :draft/multiline=max-bytes=8192"]);
        let step = take(&mut registration, ":s CAP bob ACK :draft/multiline");
        assert_eq!(step.news, [What::agreed(&["draft/multiline=max-bytes=8192"])]);
        let step = take(&mut registration, ":s CAP bob DEL :draft/multiline");
        assert_eq!(step.news, [What::agreed(&[])]);
    }

    #[test]
    fn a_list_in_several_lines_is_one_list() {
        let lines = [":s CAP * LS * :server-time", ":s CAP * LS :multi-prefix server-time"];
        assert_eq!(answers(&mut talk(&bob()), &lines), ["CAP REQ :multi-prefix server-time"]);
    }

    #[test]
    fn nothing_offered_and_everything_refused_both_end_the_negotiation() {
        assert_eq!(answers(&mut talk(&bob()), &[":s CAP * LS :"]), ["CAP END"]);
        assert_eq!(answers(&mut talk(&bob()), &[":s CAP * LS :sasl"]), ["CAP END"]);
        let refused = [":s CAP * LS :server-time", ":s CAP * NAK :server-time"];
        let expected = ["CAP REQ :server-time", "CAP END"];
        assert_eq!(answers(&mut talk(&bob()), &refused), expected);
    }

    #[test]
    fn one_that_is_refused_does_not_cost_us_the_others() {
        let mut registration = talk(&bob());
        answers(&mut registration, &[":s CAP * LS :server-time echo-message"]);
        let alone = ["CAP REQ :server-time", "CAP REQ :echo-message"];
        assert_eq!(answers(&mut registration, &[":s CAP * NAK :server-time echo-message"]), alone);
        assert_eq!(answers(&mut registration, &[":s CAP * NAK :server-time"]), [""; 0]);
        assert_eq!(answers(&mut registration, &[":s CAP * ACK :echo-message"]), ["CAP END"]);
    }

    #[test]
    fn the_end_waits_for_every_answer() {
        let mut registration = talk(&bob());
        answers(&mut registration, &[":s CAP * LS :server-time echo-message"]);
        assert_eq!(answers(&mut registration, &[":s CAP * ACK :server-time"]), [""; 0]);
        assert_eq!(answers(&mut registration, &[":s CAP * ACK :echo-message"]), ["CAP END"]);
    }

    #[test]
    fn what_nobody_asked_for_is_not_agreed_on() {
        let mut registration = talk(&with_account());
        answers(&mut registration, &[":s CAP * LS :server-time"]);
        for number in 0..100 {
            let line = format!(":s CAP * ACK :unknown/{number} sasl -server-time");
            assert_eq!(take(&mut registration, &line), Step::default(), "{line}");
        }
        let step = take(&mut registration, ":s CAP * ACK :server-time echo-message");
        assert_eq!(step.lines, ["CAP END"]);
        assert_eq!(step.news, [What::agreed(&["server-time"])]);
        assert_eq!(take(&mut registration, ":s CAP * ACK :-server-time"), Step::default());
    }

    #[test]
    fn a_refusal_of_what_nobody_asked_for_refuses_nothing() {
        let mut registration = talk(&bob());
        answers(&mut registration, &[":s CAP * LS :server-time"]);
        assert_eq!(answers(&mut registration, &[":s CAP * NAK :tea"]), [""; 0]);
        assert_eq!(answers(&mut registration, &[":s CAP * ACK :server-time"]), ["CAP END"]);
        // A server that does not say what it refuses means what was asked for.
        let mut registration = talk(&bob());
        answers(&mut registration, &[":s CAP * LS :server-time"]);
        assert_eq!(answers(&mut registration, &[":s CAP * NAK :"]), ["CAP END"]);
    }

    #[test]
    fn a_server_that_knows_no_capabilities_welcomes_us_too() {
        let mut registration = talk(&bob());
        let lines = [":s 421 bob CAP :Unknown command", ":s 001 bob :Welcome"];
        assert_eq!(answers(&mut registration, &lines), [""; 0]);
        assert!(registration.is_welcomed());
    }

    #[test]
    fn capabilities_come_and_go_while_we_are_there() {
        let mut registration = talk(&bob());
        answers(&mut registration, &[":s CAP * LS :", ":s 001 bob :Welcome"]);
        assert_eq!(answers(&mut registration, &[":s CAP bob NEW :echo-message"]), ["CAP REQ :echo-message"]);
        assert_eq!(answers(&mut registration, &[":s CAP bob ACK :echo-message"]), [""; 0]);
        let step = take(&mut registration, ":s CAP bob DEL :echo-message");
        assert_eq!(step.news, [What::agreed(&[])]);
    }

    #[test]
    fn a_refused_login_fails_and_a_refused_command_later_does_not() {
        assert_eq!(fails(":s 433 * bob :In use"), Some(Failure::NickInUse { nick: "bob".to_owned() }));
        let closed = Failure::ClosedByServer { reason: "No more".to_owned() };
        assert_eq!(fails("ERROR :No more"), Some(closed));
        let mut registration = talk(&bob());
        answers(&mut registration, &[":s 001 bob :Welcome", ":s 433 bob alice :In use"]);
    }

    #[test]
    fn a_name_that_is_taken_makes_room_for_the_next() {
        let other_nicks = ["bob_", "robert"].map(str::to_owned).to_vec();
        let mut registration = talk(&Profile { other_nicks, ..bob() });
        let lines = [":s 433 * bob :In use", ":s 432 * bob_ :Bad", ":s CAP * LS :"];
        assert_eq!(answers(&mut registration, &lines), ["NICK bob_", "NICK robert", "CAP END"]);
        let failure = take(&mut registration, ":s 433 * robert :In use").failure;
        assert_eq!(failure, Some(Failure::NickInUse { nick: "robert".to_owned() }));
    }

    #[test]
    fn a_mail_server_is_not_taken_for_a_chat_server() {
        let failure = Failure::NotAChatServer { host: "127.0.0.1".to_owned() };
        assert_eq!(fails("220 mail.example ESMTP"), Some(failure));
    }

    #[test]
    fn a_chat_server_that_leaves_its_name_out_is_not_taken_for_a_mail_server() {
        let mut registration = talk(&with_account());
        let lines =
            ["CAP * LS :sasl", "CAP * ACK :sasl", "AUTHENTICATE +", "903 bob :Welcome", "001 bob :Hello"];
        assert_eq!(answers(&mut registration, &lines).last().map(String::as_str), Some("CAP END"));
        assert!(registration.is_welcomed());
    }

    #[test]
    fn who_took_another_name_comes_back_by_that_name_and_who_was_given_one_by_their_own() {
        let mut registration = talk(&Profile { other_nicks: vec!["bob_".into()], ..bob() });
        answers(&mut registration, &[":s 433 * bob :In use", ":s 001 bob_ :Welcome"]);
        assert_eq!(registration.nick_to_come_back_by(), "bob");
        answers(&mut registration, &[":alice!a@h NICK carol"]);
        assert_eq!(registration.nick_to_come_back_by(), "bob");
        answers(&mut registration, &[":bob_!b@h NICK 小明"]);
        assert_eq!(registration.nick_to_come_back_by(), "小明");
    }

    // The account.

    #[test]
    fn the_end_waits_for_the_login() {
        let mut registration = talk(&with_account());
        for (line, expected) in [
            (":s CAP * LS :server-time sasl=PLAIN", &["CAP REQ :server-time sasl"][..]),
            (":s CAP * ACK :server-time sasl", &["AUTHENTICATE PLAIN"]),
            ("AUTHENTICATE +", &["AUTHENTICATE amlsbGVzAGppbGxlcwBzZXNhbWU="]),
            (":s 900 bob bob!u@h jilles :You are now logged in as jilles", &[]),
            (":s 903 bob :SASL authentication successful", &["CAP END"]),
            (":s 001 bob :Welcome", &[]),
        ] {
            assert_eq!(answers(&mut registration, &[line]), expected, "{line}");
        }
    }

    #[test]
    fn without_the_account_we_go_on_and_say_so() {
        for lines in [
            &[":s CAP * LS :server-time", ":s CAP * ACK :server-time"][..],
            &[":s CAP * LS :sasl=EXTERNAL", ":s CAP * ACK :sasl"],
            &[":s CAP * LS :sasl", ":s CAP * NAK :sasl"],
            &[":s CAP * LS :sasl", ":s CAP * ACK :sasl", ":s 904 bob :No"],
            &[":s CAP * LS :sasl", ":s CAP * ACK :sasl", "AUTHENTICATE +", ":s 904 bob :No"],
            &[":s CAP * LS :sasl", ":s CAP * ACK :sasl", ":s CAP * DEL :sasl"],
        ] {
            let mut registration = talk(&with_account());
            let said = answers(&mut registration, lines);
            assert_eq!(said.iter().filter(|line| *line == "CAP END").count(), 1, "{lines:?}: {said:?}");
            assert_eq!(said.last().map(String::as_str), Some("CAP END"), "{lines:?}");
            let step = take(&mut registration, ":s 001 bob :Welcome");
            assert_eq!(told(&step.news), [Text::LoginFailed], "{lines:?}");
        }
        let step = take(&mut talk(&with_account()), ":s 001 bob :Welcome");
        assert_eq!(told(&step.news), [Text::LoginFailed], "a server without capabilities");
    }

    #[test]
    fn a_login_that_is_refused_or_withdrawn_ends_where_it_must_not_be_done_without() {
        for lines in [
            &[":s CAP * LS :sasl", ":s CAP * NAK :sasl"][..],
            &[":s CAP * LS :sasl", ":s CAP * ACK :sasl", ":s CAP * DEL :sasl"],
            &[":s CAP * LS :sasl", ":s CAP * ACK :sasl", "AUTHENTICATE +", ":s CAP * DEL :server-time sasl"],
        ] {
            let mut registration = talk(&Profile { account_required: true, ..with_account() });
            let (last, before) = lines.split_last().expect("there are lines");
            answers(&mut registration, before);
            assert!(take(&mut registration, last).failure.is_some(), "{lines:?}");
        }
        // Another loss leaves it as it is.
        let mut registration = talk(&Profile { account_required: true, ..with_account() });
        answers(&mut registration, &[":s CAP * LS :server-time sasl", ":s CAP * ACK :server-time sasl"]);
        let step = take(&mut registration, ":s CAP * DEL :server-time");
        assert_eq!((step.failure, step.lines), (None, vec![]));
        assert_eq!(step.news, [What::agreed(&["sasl"])]);
        assert_eq!(answers(&mut registration, &["AUTHENTICATE +"]).len(), 1);
    }

    #[test]
    fn a_welcome_in_the_middle_of_the_login_does_not_end_it() {
        let begin = [":s CAP * LS :sasl=PLAIN", ":s CAP * ACK :sasl", "AUTHENTICATE +"];
        let mut registration = talk(&Profile { account_required: true, ..with_account() });
        answers(&mut registration, &begin);
        assert_eq!(take(&mut registration, ":s 001 bob :Welcome"), Step::default());
        assert_eq!(take(&mut registration, ":s 903 bob :You are in"), Step::default());

        let mut registration = talk(&with_account());
        answers(&mut registration, &begin);
        take(&mut registration, ":s 001 bob :Welcome");
        let step = take(&mut registration, ":s 906 bob :Aborted");
        assert_eq!((step.lines.len(), told(&step.news)), (0, vec![Text::LoginFailed]));
    }

    #[test]
    fn where_the_account_must_be_its_lack_is_the_end() {
        for (lines, why) in [
            (&[":s 001 bob :Welcome"][..], LoginFailure::NotOffered),
            (&[":s CAP * LS :server-time"], LoginFailure::NotOffered),
            (&[":s CAP * LS :sasl=EXTERNAL", ":s CAP * ACK :sasl"], LoginFailure::NoWay),
            (
                &[":s CAP * LS :sasl", ":s CAP * ACK :sasl", "AUTHENTICATE +", ":s 904 bob :No"],
                LoginFailure::Refused("No".to_owned()),
            ),
        ] {
            let mut registration = talk(&Profile { account_required: true, ..with_account() });
            let (last, before) = lines.split_last().unwrap();
            answers(&mut registration, before);
            let step = take(&mut registration, last);
            let failure = Failure::AccountRefused { account: "jilles".to_owned(), why };
            assert_eq!((step.lines, step.failure), (vec!["QUIT".to_owned()], Some(failure)), "{lines:?}");
        }
    }

    #[test]
    fn a_login_is_tried_again_when_it_becomes_possible() {
        let mut registration = talk(&with_account());
        answers(&mut registration, &[":s CAP * LS :", ":s 001 bob :Welcome"]);
        for (line, expected) in [
            (":s CAP bob NEW :sasl=PLAIN", &["CAP REQ :sasl"][..]),
            (":s CAP bob ACK :sasl", &["AUTHENTICATE PLAIN"]),
            ("AUTHENTICATE +", &["AUTHENTICATE amlsbGVzAGppbGxlcwBzZXNhbWU="]),
            (":s 903 bob :SASL authentication successful", &[]),
            (":s CAP bob DEL :sasl", &[]),
            (":s CAP bob NEW :sasl=PLAIN", &[]),
            // The accounts were away for longer, and nobody is logged in any more.
            (":s CAP bob DEL :sasl", &[]),
            (":s 901 bob bob!u@h :You are now logged out", &[]),
            (":s CAP bob NEW :sasl=PLAIN", &["CAP REQ :sasl"]),
            (":s CAP bob ACK :sasl", &["AUTHENTICATE PLAIN"]),
        ] {
            assert_eq!(answers(&mut registration, &[line]), expected, "{line}");
        }
    }

    // Strict transport security.

    #[test]
    fn nothing_is_said_in_the_clear_to_a_server_that_wants_tls() {
        for lines in [&[":s CAP * LS :sts=port=6697 server-time"][..], &[":s CAP * LS * :sts=port=6697"]] {
            let mut registration = talk(&bob());
            let step = take(&mut registration, lines[0]);
            let sts = Some(sts::Offer { port: Some(6697), duration_secs: None });
            assert_eq!(step, Step { sts, ..Step::default() });
        }
    }

    #[test]
    fn sts_is_never_asked_for_and_means_nothing_without_a_port_in_the_clear() {
        assert_eq!(answers(&mut talk(&bob()), &[":s CAP * LS :sts=duration=60"]), ["CAP END"]);
        let mut registration = Registration::new(&bob(), true);
        let step = take(&mut registration, ":s CAP * LS :sts=duration=60,port=6697 server-time");
        assert_eq!(step.lines, ["CAP REQ :server-time"]);
        assert_eq!(step.sts, Some(sts::Offer { port: Some(6697), duration_secs: Some(60) }));
    }

    // Whatever a server says, in whatever order.

    fn any_line() -> impl Strategy<Value = String> {
        let any_of = |those: &'static [&'static str]| prop::sample::select(those);
        let name =
            any_of(&["sasl", "sasl=PLAIN", "batch", "server-time", "-batch", "tea", "sts=duration=9", ""]);
        let list = prop::collection::vec(name, 0..4).prop_map(|names| names.join(" "));
        let subcommand = any_of(&["LS", "LS *", "ACK", "NAK", "NEW", "DEL", "LIST"]);
        let cap = (subcommand, list).prop_map(|(subcommand, list)| format!(":s CAP * {subcommand} :{list}"));
        let numeric = any_of(&[
            "001", "421", "432", "433", "451", "900", "901", "902", "903", "904", "906", "907", "908",
        ]);
        let numeric = numeric.prop_map(|numeric| format!(":s {numeric} bob PLAIN :words"));
        let other = any_of(&["AUTHENTICATE +", "AUTHENTICATE cj14", ":bob!b@h NICK bobby", "CAP"]);
        prop_oneof![3 => cap, 2 => numeric, 1 => other.prop_map(str::to_owned)]
    }

    proptest! {
        #[test]
        fn whatever_a_server_says_we_keep_the_rules(
            lines in prop::collection::vec((any_line(), any::<bool>()), 0..40),
            (secure, account_required) in any::<(bool, bool)>(),
        ) {
            let server_password = Secret::from("open sesame".to_owned());
            let other_nicks = vec!["bob_".to_owned()];
            let profile = Profile { server_password, other_nicks, account_required, ..with_account() };
            let mut registration = Registration::new(&profile, secure);
            let mut said = registration.opening();
            let mut is_answered = secure;
            for (line, pauses) in lines {
                let message = Message::parse(&line).unwrap();
                is_answered |= (message.is("CAP") && message.param(1) == Some("LS"))
                    || matches!(message.numeric(), Some(n::ERR_UNKNOWNCOMMAND | n::ERR_NOTREGISTERED));
                let mut step = registration.take(&message);
                if pauses && step.failure.is_none() {
                    step = step.and(registration.pause());
                }
                said.extend(step.lines);
                let says_pass = said.iter().any(|line| line.starts_with("PASS"));
                prop_assert!(is_answered || !says_pass, "the password went out too early");
                if step.failure.is_some() {
                    break;
                }
            }
            let place = |begin: &str| said.iter().position(|line| line.starts_with(begin));
            let count = |begin: &str| said.iter().filter(|line| line.starts_with(begin)).count();
            prop_assert!(count("CAP END") <= 1 && count("USER") <= 1, "{said:?}");
            prop_assert!(count("CAP END") == 0 || place("USER") < place("CAP END"), "{said:?}");
            prop_assert!(place("QUIT").is_none_or(|place| place + 1 == said.len()), "{said:?}");
            let asked: Vec<_> = said.iter().filter_map(|line| line.strip_prefix("CAP REQ :")).collect();
            let asked: Vec<_> = asked.iter().flat_map(|list| list.split(' ')).collect();
            let in_force = registration.capabilities.in_force();
            prop_assert!(in_force.keys().all(|it| asked.contains(&it.name())), "{in_force:?} {said:?}");
        }
    }
}
