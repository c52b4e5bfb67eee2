//! A Chinese input method on a display: IBus with libpinyin, as people use it on Linux.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use tempfile::TempDir;

use super::PATIENCE;
use super::display::Display;
use super::process::Process;

const ENGINE: &str = "libpinyin";
/// Where the small window with the candidates comes from.
const PANEL: &str = "/usr/libexec/ibus-ui-gtk3";

const SETTINGS: &str = "[desktop/ibus/general]\nversion='1.5.27'\npreload-engines=['libpinyin']\n";

/// An input method that waits for somebody to write. Gone with this value.
pub struct InputMethod {
    environment: Vec<(&'static str, String)>,
    _daemon: Process,
    _bus: Process,
    /// Holds its settings and sockets.
    _folder: TempDir,
}

impl InputMethod {
    /// Whether there is one on this machine.
    pub fn is_installed() -> bool {
        Path::new(PANEL).exists() && Path::new("/usr/share/ibus/component/libpinyin.xml").exists()
    }

    /// Starts it, and waits until windows can use it.
    pub fn start(display: &Display) -> Self {
        let folder = tempfile::tempdir().expect("there can be a temporary folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        for name in ["run", "config", "cache"] {
            fs::create_dir(path(name)).expect("there can be folders");
        }
        fs::set_permissions(path("run"), Permissions::from_mode(0o700)).expect("it is ours");
        let mut environment = vec![
            ("DISPLAY", display.name().to_owned()),
            ("LC_ALL", "C.UTF-8".to_owned()),
            ("XMODIFIERS", "@im=ibus".to_owned()),
            ("GSETTINGS_BACKEND", "keyfile".to_owned()),
            ("HOME", path("")),
            ("XDG_RUNTIME_DIR", path("run")),
            ("XDG_CONFIG_HOME", path("config")),
            ("XDG_CACHE_HOME", path("cache")),
        ];

        let settings = folder.path().join("config/glib-2.0/settings");
        fs::create_dir_all(&settings).expect("there can be settings");
        fs::write(settings.join("keyfile"), SETTINGS).expect("settings can be written");

        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--nopidfile", "--print-address"]);
        let mut bus = Process::start("dbus-daemon", command.envs(environment.clone()).stdout(Stdio::piped()));
        let stdout = bus.take_stdout().expect("stdout is a pipe");
        let (sender, address) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            // An end without a line shows below, as an address that never came.
            let _ = BufReader::new(stdout).read_line(&mut line);
            let _ = sender.send(line.trim().to_owned());
        });
        let address = address.recv_timeout(PATIENCE).expect("dbus-daemon says its address");
        environment.push(("DBUS_SESSION_BUS_ADDRESS", address));

        let mut command = Command::new("ibus-daemon");
        command.args(["--xim", "--panel", PANEL, "--cache=refresh"]).stdout(Stdio::null());
        let daemon = Process::start("ibus-daemon", command.envs(environment.clone()));
        let method = Self { environment, _daemon: daemon, _bus: bus, _folder: folder };
        let deadline = Instant::now() + PATIENCE;
        while !(method.takes_the_engine() && display.has_input_method()) {
            assert!(Instant::now() < deadline, "the input method does not come up");
        }
        method
    }

    /// What a window needs in its environment to use it.
    pub fn environment(&self) -> &[(&'static str, String)] {
        &self.environment
    }

    fn takes_the_engine(&self) -> bool {
        // Whether it worked does not show in its exit code, but in what it says when asked.
        self.engine(&[ENGINE]);
        self.engine(&[]) == ENGINE
    }

    /// What `ibus engine` says.
    fn engine(&self, args: &[&str]) -> String {
        let mut command = Command::new("ibus");
        command.arg("engine").args(args).envs(self.environment.clone()).stderr(Stdio::null());
        let output = command.output().map(|output| output.stdout).unwrap_or_default();
        String::from_utf8_lossy(&output).trim().to_owned()
    }
}
