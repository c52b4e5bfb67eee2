//! A world in memory with people in it, to whom a fuzzer's bytes are given as if they came from the network.

use std::sync::LazyLock;

use base64ct::{Base64, Encoding as _};
use jiff::Timestamp;
use teahouse::net::registration::scram::Scram;
use teahouse_protocol::Message;
use teahouse_protocol::sasl::chunks;
use teahouse_server::Config;
use teahouse_server::auth::password::{self, ScramKeys};
use teahouse_server::config::Operator;
use teahouse_server::world::Account;

mod support;

use support::Stage as _;
use support::memory::Memory;

/// The password of the operator and of the account `a`.
pub const PASSWORD: &str = "sesame12";

/// Its keys for SCRAM, of a single iteration: a run is to be short.
const KEYS: &str = "SCRAM-SHA-256$1:c2FsdCBvZiBvbmUgdHVybg==$\
                    rNDZEjiLWEj1rW1M1u5iI2tdIaFT8pg0cotGmPv3s+0=:bJVkaUNY211CxhaVSo0hjDVD1r+LMEaEHN51mCPmBD4=";

/// The account `a`. To hash its password takes longer than a whole run.
static ACCOUNT: LazyLock<Account> = LazyLock::new(|| Account {
    name: "a".to_owned(),
    since: Timestamp::UNIX_EPOCH,
    password: password::Memory::default().hash(PASSWORD).expect("there is memory for it"),
    scram: ScramKeys::from_text(KEYS),
    certificates: Vec::new(),
    always_on: None,
    suspended: None,
});

/// The stage of one run.
pub struct Stage(Memory);

/// A house with an operator, an account, and two people in a room of their own: `a`, who founded it, and `b`.
pub fn open() -> Stage {
    let operators = vec![Operator { name: "root".to_owned(), password: PASSWORD.to_owned() }];
    let config = Config { flood_protection: false, scram: true, operators, ..Config::default() };
    let mut memory = Memory::open(config);
    memory.open_account(ACCOUNT.clone());
    for name in ["a", "b"] {
        memory.connect(name);
        for line in [&format!("NICK {name}"), "USER x 0 * :x", "JOIN #tea"] {
            memory.send(name, line);
        }
    }
    memory.connect("stranger");
    memory.received();
    Stage(memory)
}

#[allow(dead_code, reason = "each target uses its own part")]
impl Stage {
    /// Bytes as they come from a socket. Gives the lines with which the one who sent them is answered.
    pub fn raw(&mut self, name: &str, bytes: &[u8]) -> Vec<String> {
        self.0.send_bytes(name, bytes);
        let received = self.0.received();
        received.into_iter().filter(|(whose, _)| whose == name).map(|(_, line)| line).collect()
    }

    /// One line, as a person sends it.
    pub fn line(&mut self, name: &str, line: &str) -> Vec<String> {
        self.raw(name, format!("{line}\r\n").as_bytes())
    }

    /// Somebody proves the account `a`.
    pub fn prove(&mut self, name: &str) {
        let mut scram = Scram::begin();
        self.line(name, "CAP REQ :sasl account-tag message-tags batch labeled-response echo-message");
        self.line(name, "AUTHENTICATE SCRAM-SHA-256");
        let said = said(&self.line(name, &authenticate(scram.first("a").as_bytes()))).expect("an answer");
        let last = scram.last("a", PASSWORD, &said).expect("it is genuine");
        self.line(name, &authenticate(last.as_bytes()));
        let answers = self.line(name, "AUTHENTICATE +");
        assert!(answers.iter().any(|line| is_login_to_a(line)), "{answers:?}");
    }

    /// A newcomer logs in and is answered.
    pub fn still_works(&mut self) {
        self.0.connect("witness");
        self.0.send("witness", "NICK witness-of-all-this");
        self.0.send("witness", "USER x 0 * :x");
        self.0.send("witness", "PING :are you there");
        let answered =
            self.0.received().iter().any(|(name, line)| name == "witness" && line.contains("PONG"));
        assert!(answered, "the server answers no newcomer any more");
    }
}

/// The lines that say this in the way of SASL.
pub fn authenticate(said: &[u8]) -> String {
    let text = Base64::encode_string(said);
    chunks(&text).map(|chunk| format!("AUTHENTICATE {chunk}")).collect::<Vec<_>>().join("\r\n")
}

/// What the server says in the way of SASL, if it does.
pub fn said(lines: &[String]) -> Option<String> {
    let messages = lines.iter().filter_map(|line| Message::parse(line).ok());
    let chunks = messages.filter(|message| message.is("AUTHENTICATE"));
    let text: String = chunks.filter_map(|message| message.param(0).map(str::to_owned)).collect();
    String::from_utf8(Base64::decode_vec(&text).ok()?).ok()
}

/// Whether a line says that somebody is logged in to the account `a` now.
pub fn is_login_to_a(line: &str) -> bool {
    let message = Message::parse(line);
    message.is_ok_and(|message| message.is("900") && message.param(2) == Some("a"))
}
