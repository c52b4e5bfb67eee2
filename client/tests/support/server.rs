//! The real server, on a free port of this machine.

use std::path::Path;
use std::process::Command;

use super::process::Process;
use super::program;

/// A running `teahouse-server`.
pub struct Server {
    process: Process,
    port: u16,
}

impl Server {
    /// Starts it on a free port, with nothing kept on disk.
    pub fn start() -> Self {
        Self::start_on(0)
    }

    /// Starts it on this port, or on a free one if that is 0.
    pub fn start_on(port: u16) -> Self {
        Self::start_with(port, &["--data-dir", ""])
    }

    /// Starts it on this port, or on a free one if that is 0, with these flags.
    pub fn start_with(port: u16, flags: &[&str]) -> Self {
        let mut command = Command::new(program("teahouse-server"));
        command.args(["--listen", &format!("127.0.0.1:{port}")]).args(flags).env("LC_ALL", "C.UTF-8");
        let process = Process::start("teahouse-server", &mut command);
        let line = process.wait_for_line(&["listening on 127.0.0.1:"]);
        let (_, address) = line.rsplit_once("127.0.0.1:").expect("the line has it");
        let digits: String = address.chars().take_while(char::is_ascii_digit).collect();
        Self { port: digits.parse().unwrap_or_else(|_| panic!("no port in {line:?}")), process }
    }

    /// Starts it with TLS on this port, or on a free one if that is 0, and gives the fingerprint of the certificate,
    /// which is kept in `folder`.
    pub fn start_with_tls(port: u16, folder: &Path) -> (Self, String) {
        let mut command = Command::new(program("teahouse-server"));
        command.args(["--listen", "127.0.0.1:0", "--listen-tls", &format!("127.0.0.1:{port}"), "--data-dir"]);
        let process = Process::start("teahouse-server", command.arg(folder).env("LC_ALL", "C.UTF-8"));
        let line = process.wait_for_line(&["listening for TLS on 127.0.0.1:"]);
        let (_, port) = line.rsplit_once(':').expect("the line has it");
        let port = port.parse().unwrap_or_else(|_| panic!("no port in {line:?}"));
        let line = process.wait_for_line(&["fingerprint"]);
        let (_, fingerprint) = line.rsplit_once(' ').expect("the line has it");
        let fingerprint = fingerprint.to_owned();
        (Self { port, process }, fingerprint)
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Waits until its log has a line with all of these words.
    #[track_caller]
    pub fn wait_for_log(&self, words: &[&str]) -> String {
        self.process.wait_for_line(words)
    }

    /// Stops it as Ctrl-C does.
    pub fn stop(mut self) {
        self.process.interrupt();
        self.process.wait_for_end(super::PATIENCE);
    }
}
