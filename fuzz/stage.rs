//! A world in memory with people in it, to whom a fuzzer's bytes are given as if they came from the network.

use teahouse_server::Config;
use teahouse_server::config::Operator;

use crate::support::Stage as _;
use crate::support::memory::Memory;

/// The stage of one run.
pub struct Stage(Memory);

/// A house with an operator, and two people in a room of their own: `a`, who founded it, and `b`.
pub fn open() -> Stage {
    let operators = vec![Operator { name: "root".to_owned(), password: "sesame12".to_owned() }];
    let config = Config { flood_protection: false, scram: true, operators, ..Config::default() };
    let mut memory = Memory::open(config);
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
    /// Bytes as they come from a socket.
    pub fn raw(&mut self, name: &str, bytes: &[u8]) {
        self.0.send_bytes(name, bytes);
        self.0.received();
    }

    /// One line, as a person sends it.
    pub fn line(&mut self, name: &str, line: &str) {
        self.0.send(name, line);
        self.0.received();
    }

    /// A newcomer logs in and is answered.
    pub fn still_works(&mut self) {
        self.0.connect("witness");
        self.0.send("witness", "NICK witness-of-all-this");
        self.0.send("witness", "USER x 0 * :x");
        self.0.send("witness", "PING :are you there");
        let answered = self.0.received().iter().any(|(name, line)| name == "witness" && line.contains("PONG"));
        assert!(answered, "the server answers no newcomer any more");
    }
}
