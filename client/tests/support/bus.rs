//! A session bus of its own: what the programs of one desktop speak over.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use super::PATIENCE;
use super::process::Process;

/// A bus, gone with this value.
pub struct Bus {
    address: String,
    _daemon: Process,
}

impl Bus {
    /// Starts one. What it starts when it is asked for has this environment too.
    pub fn start(environment: &[(&'static str, String)]) -> Self {
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--nopidfile", "--print-address"]);
        command.envs(environment.iter().cloned()).stdout(Stdio::piped());
        let mut daemon = Process::start("dbus-daemon", &mut command);
        let stdout = daemon.take_stdout().expect("stdout is a pipe");
        let (sender, address) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            // An end without a line shows below, as an address that never came.
            let _ = BufReader::new(stdout).read_line(&mut line);
            let _ = sender.send(line.trim().to_owned());
        });
        let address = address.recv_timeout(PATIENCE).expect("dbus-daemon says its address");
        Self { address, _daemon: daemon }
    }

    /// Where it is, as in `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> &str {
        &self.address
    }
}
