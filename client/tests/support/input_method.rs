//! A Chinese input method on a display: IBus with libpinyin, as people use it on Linux.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;

use super::PATIENCE;
use super::bus::Bus;
use super::display::Display;
use super::process::Process;

const ENGINE: &str = "libpinyin";
/// Where the small window with the candidates comes from.
const PANEL: &str = "/usr/libexec/ibus-ui-gtk3";
/// The class of that window.
pub const PANEL_CLASS: &str = "ibus-ui-gtk3";

const SETTINGS: &str = "[desktop/ibus/general]\nversion='1.5.27'\npreload-engines=['libpinyin']\n";

/// An input method that waits for somebody to write. Gone with this value.
pub struct InputMethod {
    environment: Vec<(&'static str, String)>,
    _daemon: Process,
    _bus: Bus,
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

        let bus = Bus::start(&environment);
        environment.push(("DBUS_SESSION_BUS_ADDRESS", bus.address().to_owned()));

        let mut command = Command::new("ibus-daemon");
        command.args(["--xim", "--panel", PANEL, "--cache=refresh"]).stdout(Stdio::null());
        let daemon = Process::start("ibus-daemon", command.envs(environment.clone()));
        let method = Self { environment, _daemon: daemon, _bus: bus, _folder: folder };
        let deadline = Instant::now() + PATIENCE;
        while !(method.takes_the_engine() && display.has_input_method() && display.has_window(PANEL_CLASS)) {
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
