//! Logging in to an account: which mechanism, what is said, and what becomes of it
//! ([IRCv3 SASL 3.1](https://ircv3.net/specs/extensions/sasl-3.1),
//! [3.2](https://ircv3.net/specs/extensions/sasl-3.2)).
//!
//! Like [`registration`](crate::net::registration), of which it is a part, this is the talk alone: messages in, lines
//! out. The client tries one mechanism after another until one succeeds or none is left. There is one exception: a
//! server that did not prove in SCRAM that it knows the password is not told the password by the next mechanism.
//!
//! A mechanism is refused in up to two lines, in either order: a word of failure, and a list of what there is instead.
//! Neither says whether the other follows. So the next mechanism is begun only when the server has
//! [paused](Login::pause), and what comes after that is about the next one.

use std::collections::VecDeque;

use base64ct::{Base64, Encoding};
use teahouse_protocol::sasl::{self, Assembler, Mechanism};
use teahouse_protocol::{Message, numerics as n};

use crate::config::profile::{Profile, Secret};
use crate::event::failure::LoginFailure;
use crate::net::registration::scram::{NotGenuine, Scram};
use crate::text::formatting;

/// The login to one account.
#[derive(Debug)]
pub struct Login {
    account: String,
    password: Secret,
    /// Every mechanism that is possible, in the order of trying.
    possible: Vec<Mechanism>,
    /// Those that were not tried yet.
    untried: VecDeque<Mechanism>,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Nothing is under way.
    Idle,
    /// A mechanism was named or is being gone through.
    Talking(Exchange, Assembler),
    /// The server refused the mechanism, for this reason.
    Refused(LoginFailure),
    /// We gave the mechanism up, and wait for the server to say that it knows.
    Aborted,
    /// We are logged in.
    Done,
}

/// How far a mechanism has come.
#[derive(Debug)]
enum Exchange {
    /// One message says it all, and may have been sent.
    Single { mechanism: Mechanism, is_said: bool },
    /// The first message of SCRAM is to be sent, or was.
    Scram(Scram, ScramStep),
}

impl Exchange {
    fn mechanism(&self) -> Mechanism {
        match self {
            Self::Single { mechanism, .. } => *mechanism,
            Self::Scram(..) => Mechanism::ScramSha256,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ScramStep {
    Begin,
    Proof,
    Verdict,
    Verified,
}

/// What a message meant to the login.
#[derive(Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing.
    None,
    /// The login goes on with these lines.
    Lines(Vec<String>),
    /// We are logged in.
    Succeeded,
    /// We are not, and it was the last mechanism. These lines are still to be sent.
    Failed(Vec<String>, LoginFailure),
}

impl Login {
    /// The login that a profile asks for, if it does.
    pub fn of(profile: &Profile) -> Option<Self> {
        let chosen = if profile.sasl.is_empty() { &Mechanism::ALL[..] } else { &profile.sasl };
        let is_possible = |mechanism: &Mechanism| match mechanism {
            // A user who names the mechanism knows what the certificate is; a user who does not may have none.
            Mechanism::External => !profile.sasl.is_empty() || profile.tls_certificate.is_some(),
            Mechanism::ScramSha256 | Mechanism::Plain => !profile.password.is_empty(),
        };
        let possible: Vec<_> = chosen.iter().copied().filter(is_possible).collect();
        (!possible.is_empty()).then(|| Self {
            account: profile.account_name().to_owned(),
            password: profile.password.clone(),
            possible,
            untried: VecDeque::new(),
            state: State::Idle,
        })
    }

    /// The account.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Whether there is nothing to do: it has not begun, or is over.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle | State::Done)
    }

    /// Whether we are logged in.
    pub fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    /// Begins, now that the server agreed to `sasl`. `offered` are the mechanisms that it has, if it said so.
    pub fn begin(&mut self, offered: Option<&str>) -> Progress {
        self.untried = self.possible.iter().copied().collect();
        if let Some(list) = offered.filter(|list| !list.is_empty()) {
            self.untried.retain(|mechanism| mechanism.is_in(list));
        }
        self.next(LoginFailure::NoWay)
    }

    /// There will be no login: the server withdrew `sasl`, or answers no more.
    pub fn give_up(&mut self, why: LoginFailure) -> Progress {
        if self.is_idle() {
            return Progress::None;
        }
        self.untried.clear();
        self.next(why)
    }

    /// Takes in a message of the server.
    pub fn take(&mut self, message: &Message<'_>) -> Progress {
        if self.is_done() && message.numeric() == Some(n::RPL_LOGGEDOUT) {
            self.state = State::Idle;
        }
        if self.is_idle() {
            return Progress::None;
        }
        if message.is("AUTHENTICATE") {
            return self.chunk(message.param(0).unwrap_or_default());
        }
        let words = || message.params().last().map(|words| formatting::plain(words)).unwrap_or_default();
        match message.numeric() {
            Some(n::RPL_SASLSUCCESS) if self.may_succeed() => self.succeed(),
            Some(n::RPL_SASLSUCCESS) => self.refuse_impostor(),
            Some(n::ERR_SASLALREADY) if self.may_succeed() => self.succeed(),
            // No mechanism is taken any more.
            Some(n::ERR_SASLALREADY | n::ERR_NICKLOCKED) => self.give_up(LoginFailure::Refused(words())),
            Some(n::RPL_SASLMECHS) => {
                let list = message.param(1).unwrap_or_default();
                self.untried.retain(|mechanism| mechanism.is_in(list));
                if let State::Talking(exchange, _) = &self.state
                    && !exchange.mechanism().is_in(list)
                {
                    self.state = State::Refused(LoginFailure::NoWay);
                }
                Progress::None
            }
            Some(n::ERR_SASLFAIL | n::ERR_SASLTOOLONG | n::ERR_SASLABORTED) => {
                self.state = State::Refused(LoginFailure::Refused(words()));
                Progress::None
            }
            _ => Progress::None,
        }
    }

    /// The server has nothing more to say for now.
    pub fn pause(&mut self) -> Progress {
        match &self.state {
            State::Refused(why) => {
                let why = why.clone();
                self.next(why)
            }
            _ => Progress::None,
        }
    }

    /// Goes on to the next mechanism. When there is none, `why` tells what went wrong with the last mechanism.
    fn next(&mut self, why: LoginFailure) -> Progress {
        let Some(mechanism) = self.untried.pop_front() else {
            self.state = State::Idle;
            return Progress::Failed(Vec::new(), why);
        };
        let exchange = match mechanism {
            Mechanism::External | Mechanism::Plain => Exchange::Single { mechanism, is_said: false },
            Mechanism::ScramSha256 => Exchange::Scram(Scram::begin(), ScramStep::Begin),
        };
        self.state = State::Talking(exchange, Assembler::default());
        Progress::Lines(vec![format!("AUTHENTICATE {mechanism}")])
    }

    /// Whether the server's word that we are logged in is worth anything: not where it owes us a proof, nor where the
    /// mechanism was given up.
    fn may_succeed(&self) -> bool {
        match &self.state {
            State::Talking(Exchange::Scram(_, step), _) => *step == ScramStep::Verified,
            State::Talking(Exchange::Single { .. }, _) => true,
            State::Idle | State::Aborted | State::Refused(_) | State::Done => false,
        }
    }

    fn succeed(&mut self) -> Progress {
        self.state = State::Done;
        Progress::Succeeded
    }

    /// One line of what the server has to say to the mechanism.
    fn chunk(&mut self, chunk: &str) -> Progress {
        let State::Talking(_, assembler) = &mut self.state else { return Progress::None };
        let said = match assembler.take(chunk) {
            Ok(None) => return Progress::None,
            Ok(Some(encoded)) => Base64::decode_vec(&encoded).ok(),
            Err(_) => None,
        };
        let Some(said) = said.and_then(|said| String::from_utf8(said).ok()) else { return self.abort() };
        let State::Talking(exchange, _) = &mut self.state else { return Progress::None };
        let answer = match exchange {
            Exchange::Single { is_said: true, .. } => Ok(None),
            Exchange::Single { mechanism, is_said } => {
                *is_said = true;
                Ok(Some(match mechanism {
                    // The identity to act as, our own identity, and the proof (RFC 4616 §2).
                    Mechanism::Plain => format!("{0}\0{0}\0{1}", self.account, self.password.reveal()),
                    // The empty answer: to act as the certificate's identity (RFC 4422, appendix A).
                    Mechanism::External | Mechanism::ScramSha256 => String::new(),
                }))
            }
            Exchange::Scram(scram, step) => match step {
                ScramStep::Begin => {
                    *step = ScramStep::Proof;
                    Ok(Some(scram.first(&self.account)))
                }
                ScramStep::Proof => {
                    *step = ScramStep::Verdict;
                    // The other end knows now whether our password is right. If it says no, or shows no proof of its
                    // own, hearing the password itself helps only an impostor.
                    self.untried.retain(|mechanism| *mechanism != Mechanism::Plain);
                    scram.last(&self.account, self.password.reveal(), &said).map(Some)
                }
                ScramStep::Verdict => scram.verify(&said).map(|is_accepted| {
                    *step = ScramStep::Verified;
                    is_accepted.then(String::new)
                }),
                ScramStep::Verified => Ok(None),
            },
        };
        match answer {
            Ok(Some(answer)) => Progress::Lines(lines(&Base64::encode_string(answer.as_bytes()))),
            Ok(None) => self.abort(),
            Err(NotGenuine) => self.refuse_impostor(),
        }
    }

    /// Gives this mechanism up; the server will say that it noticed.
    fn abort(&mut self) -> Progress {
        self.state = State::Aborted;
        Progress::Lines(lines(sasl::ABORT))
    }

    /// Gives everything up.
    fn refuse_impostor(&mut self) -> Progress {
        self.untried.clear();
        self.state = State::Idle;
        Progress::Failed(lines(sasl::ABORT), LoginFailure::Impostor)
    }
}

/// The lines that carry a text in base64.
fn lines(encoded: &str) -> Vec<String> {
    sasl::chunks(encoded).map(|chunk| format!("AUTHENTICATE {chunk}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile() -> Profile {
        Profile {
            account: "jilles".into(),
            password: Secret::from("sesame".to_owned()),
            ..Profile::default()
        }
    }

    fn by(mechanisms: &[Mechanism]) -> Login {
        Login::of(&Profile { sasl: mechanisms.to_vec(), ..profile() }).expect("a login is possible")
    }

    /// Plays a line that a server sends, and waits for what is said to it.
    #[track_caller]
    fn take(login: &mut Login, line: &str) -> Progress {
        take_all(login, &[line])
    }

    /// Plays lines that a server sends without a pause between them.
    #[track_caller]
    fn take_all(login: &mut Login, lines: &[&str]) -> Progress {
        let mut progress = Progress::None;
        for line in lines {
            assert_eq!(progress, Progress::None, "before {line:?}");
            progress = login.take(&Message::parse(line).expect(line));
        }
        if progress == Progress::None { login.pause() } else { progress }
    }

    fn says(line: &str) -> Progress {
        Progress::Lines(vec![line.to_owned()])
    }

    fn refused(words: &str) -> Progress {
        Progress::Failed(vec![], LoginFailure::Refused(words.to_owned()))
    }

    #[test]
    fn a_login_needs_something_to_log_in_with() {
        assert!(Login::of(&Profile { nick: "bob".into(), ..Profile::default() }).is_none());
        assert!(Login::of(&Profile { sasl: vec![Mechanism::Plain], ..Profile::default() }).is_none());
        assert_eq!(Login::of(&profile()).unwrap().possible, [Mechanism::ScramSha256, Mechanism::Plain]);
        let with_certificate = Profile { tls_certificate: Some("me.pem".into()), ..profile() };
        assert_eq!(Login::of(&with_certificate).unwrap().possible, Mechanism::ALL);
        let nameless = Profile { account: String::new(), nick: "bob".into(), ..profile() };
        assert_eq!(Login::of(&nameless).unwrap().account(), "bob");
    }

    #[test]
    fn plain_says_name_and_password() {
        let mut login = by(&[Mechanism::Plain]);
        assert_eq!(login.begin(None), says("AUTHENTICATE PLAIN"));
        // The example of the IRCv3 document.
        let expected = says("AUTHENTICATE amlsbGVzAGppbGxlcwBzZXNhbWU=");
        assert_eq!(take(&mut login, "AUTHENTICATE +"), expected);
        assert_eq!(take(&mut login, ":s 900 bob bob!u@h jilles :You are now logged in"), Progress::None);
        assert_eq!(take(&mut login, ":s 903 bob :Welcome"), Progress::Succeeded);
        assert!(login.is_done() && login.is_idle());
    }

    #[test]
    fn a_long_password_comes_in_chunks() {
        // Base64 makes 400 bytes of 300: the name twice, two NULs, and a password of 286.
        for (bytes, lengths) in
            [(283, &[396][..]), (284, &[400, 1]), (286, &[400, 1]), (287, &[400, 4]), (586, &[400, 400, 1])]
        {
            let password = Secret::from("x".repeat(bytes));
            let mut login =
                Login::of(&Profile { sasl: vec![Mechanism::Plain], password, ..profile() }).unwrap();
            login.begin(None);
            let Progress::Lines(lines) = take(&mut login, "AUTHENTICATE +") else { panic!("{bytes}") };
            let found: Vec<_> = lines.iter().map(|line| line.len() - "AUTHENTICATE ".len()).collect();
            assert_eq!(found, lengths, "{bytes}");
        }
    }

    #[test]
    fn external_says_nothing_more() {
        let mut login =
            Login::of(&Profile { sasl: vec![Mechanism::External], ..Profile::default() }).unwrap();
        assert_eq!(login.begin(Some("EXTERNAL")), says("AUTHENTICATE EXTERNAL"));
        assert_eq!(take(&mut login, "AUTHENTICATE +"), says("AUTHENTICATE +"));
    }

    #[test]
    fn of_what_the_server_has_the_strongest_is_taken() {
        let first = |offered: Option<&str>| Login::of(&profile()).unwrap().begin(offered);
        assert_eq!(first(None), says("AUTHENTICATE SCRAM-SHA-256"));
        assert_eq!(first(Some("PLAIN,SCRAM-SHA-256,TEA")), says("AUTHENTICATE SCRAM-SHA-256"));
        assert_eq!(first(Some("EXTERNAL,plain")), says("AUTHENTICATE PLAIN"));
        assert_eq!(first(Some("EXTERNAL")), Progress::Failed(vec![], LoginFailure::NoWay));
        assert_eq!(by(&[Mechanism::Plain, Mechanism::ScramSha256]).begin(None), says("AUTHENTICATE PLAIN"));
    }

    #[test]
    fn one_mechanism_after_another_is_tried() {
        let mut login = by(&[Mechanism::External, Mechanism::ScramSha256, Mechanism::Plain]);
        assert_eq!(login.begin(None), says("AUTHENTICATE EXTERNAL"));
        assert_eq!(take(&mut login, ":s 904 bob :No"), says("AUTHENTICATE SCRAM-SHA-256"));
        assert_eq!(take(&mut login, ":s 906 bob :No"), says("AUTHENTICATE PLAIN"));
        take(&mut login, "AUTHENTICATE +");
        assert_eq!(take(&mut login, ":s 904 bob :Wrong password"), refused("Wrong password"));
        assert_eq!(take(&mut login, "AUTHENTICATE +"), Progress::None);
    }

    #[test]
    fn a_list_of_mechanisms_sends_us_on_with_and_without_a_word_of_failure() {
        for lines in [
            &[":s 908 bob PLAIN :are available"][..],
            &[":s 908 bob PLAIN :are available", ":s 904 bob :No"],
            &[":s 904 bob :No", ":s 908 bob PLAIN :are available"],
        ] {
            let mut login = by(&[Mechanism::External, Mechanism::ScramSha256, Mechanism::Plain]);
            login.begin(None);
            assert_eq!(take_all(&mut login, lines), says("AUTHENTICATE PLAIN"), "{lines:?}");
            assert!(matches!(take(&mut login, "AUTHENTICATE +"), Progress::Lines(_)));
            assert_eq!(take(&mut login, ":s 904 bob :No"), refused("No"));
        }
        let mut login = by(&[Mechanism::Plain]);
        login.begin(None);
        let failed = Progress::Failed(vec![], LoginFailure::NoWay);
        assert_eq!(take(&mut login, ":s 908 bob EXTERNAL :are available"), failed);
    }

    #[test]
    fn an_account_that_is_locked_is_not_tried_again() {
        let mut login = by(&[Mechanism::External, Mechanism::Plain]);
        login.begin(None);
        assert_eq!(take(&mut login, ":s 902 bob :Locked"), refused("Locked"));
    }

    #[test]
    fn what_is_no_base64_ends_the_mechanism() {
        let mut login = by(&[Mechanism::ScramSha256, Mechanism::Plain]);
        login.begin(None);
        assert_eq!(take(&mut login, "AUTHENTICATE :茶"), says("AUTHENTICATE *"));
        assert_eq!(take(&mut login, "AUTHENTICATE +"), Progress::None, "it is given up");
        assert_eq!(take(&mut login, ":s 906 bob :Aborted"), says("AUTHENTICATE PLAIN"));
        let mut login = by(&[Mechanism::Plain]);
        login.begin(None);
        assert_eq!(take(&mut login, &format!("AUTHENTICATE {}", "A".repeat(401))), says("AUTHENTICATE *"));
    }

    #[test]
    fn a_server_that_proves_nothing_does_not_get_the_password() {
        let impostor = |lines: &[&str]| {
            let mut login = by(&[Mechanism::ScramSha256, Mechanism::Plain]);
            login.begin(None);
            lines.iter().map(|line| take(&mut login, line)).last().unwrap()
        };
        let given_up = Progress::Failed(vec!["AUTHENTICATE *".to_owned()], LoginFailure::Impostor);
        let somebody_elses = Base64::encode_string(b"r=x,s=QQ==,i=4096");
        let answer = format!("AUTHENTICATE {somebody_elses}");
        assert_eq!(impostor(&["AUTHENTICATE +", &answer]), given_up);
        assert_eq!(impostor(&["AUTHENTICATE +", ":s 903 bob :Welcome"]), given_up);
        assert_eq!(impostor(&[":s 903 bob :Welcome"]), given_up);
        assert_eq!(impostor(&["AUTHENTICATE :茶", ":s 903 bob :Welcome"]), given_up);
    }

    #[test]
    fn a_server_that_has_our_proof_and_none_of_its_own_does_not_get_the_password() {
        for answer in [
            &[":s 904 bob :No"][..],
            &[":s 908 bob PLAIN :are available", ":s 904 bob :No"],
            &["AUTHENTICATE ZT1vdGhlci1lcnJvcg==", ":s 906 bob :Aborted"],
        ] {
            let mut login = by(&[Mechanism::ScramSha256, Mechanism::Plain]);
            login.begin(None);
            let Progress::Lines(first) = take(&mut login, "AUTHENTICATE +") else {
                panic!("no first message")
            };
            let first = Base64::decode_vec(first[0].strip_prefix("AUTHENTICATE ").unwrap()).unwrap();
            let nonce = String::from_utf8(first).unwrap().split("r=").last().unwrap().to_owned();
            let challenge = Base64::encode_string(format!("r={nonce}x,s=QQ==,i=4096").as_bytes());
            let proof = take(&mut login, &format!("AUTHENTICATE {challenge}"));
            assert!(matches!(proof, Progress::Lines(_)), "{proof:?}");
            let outcome = answer.iter().map(|line| take(&mut login, line)).last().unwrap();
            assert!(matches!(outcome, Progress::Failed(..) | Progress::None), "{answer:?}: {outcome:?}");
            assert!(login.is_idle() && !login.is_done(), "{answer:?}");
        }
    }

    #[test]
    fn that_we_are_logged_in_already_is_no_proof_where_there_must_be_one() {
        let already = ":s 907 bob :You have already authenticated";
        for before in [&[][..], &["AUTHENTICATE +"], &["AUTHENTICATE :茶"]] {
            let mut login = by(&[Mechanism::ScramSha256, Mechanism::Plain]);
            login.begin(None);
            for line in before {
                take(&mut login, line);
            }
            assert_eq!(take(&mut login, already), refused("You have already authenticated"), "{before:?}");
            assert!(!login.is_done());
        }
        let mut login = by(&[Mechanism::Plain]);
        login.begin(None);
        assert_eq!(take(&mut login, already), Progress::Succeeded);
    }

    #[test]
    fn the_password_is_said_once() {
        let mut login = by(&[Mechanism::Plain]);
        login.begin(None);
        assert!(matches!(take(&mut login, "AUTHENTICATE +"), Progress::Lines(_)));
        assert_eq!(take(&mut login, "AUTHENTICATE +"), says("AUTHENTICATE *"));
    }

    #[test]
    fn a_mechanism_that_is_refused_right_after_a_list_of_mechanisms_was_refused() {
        let mut login = by(&[Mechanism::External, Mechanism::Plain]);
        login.begin(None);
        assert_eq!(take(&mut login, ":s 908 bob PLAIN :are available"), says("AUTHENTICATE PLAIN"));
        assert_eq!(take(&mut login, ":s 904 bob :No"), refused("No"));
    }
}
