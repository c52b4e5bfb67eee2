//! What the stage in memory asks of the support of the server's tests; that has sockets and TLS, too, and needs more.

#[path = "../server/tests/support/memory.rs"]
pub mod memory;

pub mod peer {
    use std::time::Duration;

    /// How long a person waits for their own question.
    pub const DEADLINE: Duration = Duration::from_secs(10);
}

/// Where people come, say something and are answered.
#[allow(dead_code, reason = "nobody leaves without a word here")]
pub trait Stage {
    fn connect(&mut self, name: &str);
    fn send(&mut self, name: &str, line: &str);
    fn hang_up(&mut self, name: &str);
    fn received(&mut self) -> Vec<(String, String)>;
}
