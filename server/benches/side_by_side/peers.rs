//! The servers under test: how each is found, told to be without throttles, started and ended.
//!
//! Each runs as a process of its own on a free port of 127.0.0.1, with its files in a folder that goes with it.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::trouble::{Trouble, check_stop};

/// How long a server may take until it accepts connections.
const START: Duration = Duration::from_secs(20);
/// What may wait for one client, in every server that can be told.
const SENDQ_BYTES: usize = 1 << 20;
/// What Teahouse is told besides where to listen and what to keep.
const TEAHOUSE: &[(&str, &str)] = &[
    ("flood_protection", "false"),
    ("history", "false"),
    ("language", "en"),
    ("lobby", ""),
    ("max_connections_per_ip", "0"),
    ("sendq", "1048576"),
];

/// One server under test.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its name in the table.
    pub name: String,
    kind: Kind,
    program: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Teahouse,
    Inspircd,
    Ngircd,
    Ergo,
}

/// A way to play a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dress {
    /// As RFC 2812 has it.
    Plain,
    /// Everybody has negotiated capabilities.
    Capabilities,
    /// What is said is kept, in memory.
    Remembered,
    /// What is said is kept, on the disk.
    Kept,
}

impl Peer {
    /// Teahouse as it was just built.
    pub fn teahouse() -> Self {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_teahouse-server"));
        Self { name: "teahouse".to_owned(), kind: Kind::Teahouse, program }
    }

    /// Another build of Teahouse, to compare with.
    pub fn other_build(program: PathBuf) -> Self {
        Self { name: "other build".to_owned(), kind: Kind::Teahouse, program }
    }

    /// The others that this machine has. `ergo` is the IRC server, by path: Debian has another program of that name.
    pub fn find(ergo: Option<PathBuf>) -> Vec<Self> {
        let peer = |name: &str, kind, program| Self { name: name.to_owned(), kind, program };
        let mut found = Vec::new();
        found.extend(in_path("inspircd").map(|program| peer("inspircd", Kind::Inspircd, program)));
        found.extend(in_path("ngircd").map(|program| peer("ngircd", Kind::Ngircd, program)));
        found.extend(ergo.map(|program| peer("ergo", Kind::Ergo, program)));
        found
    }

    /// Whether it counts among the others when the best of them is looked for.
    pub fn is_rival(&self) -> bool {
        self.kind != Kind::Teahouse
    }

    /// What it says of its version.
    pub fn version(&self) -> String {
        let output = Command::new(&self.program).arg("--version").output();
        let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        text.ok().and_then(|text| text.lines().next().map(str::to_owned)).unwrap_or_default()
    }

    /// Starts it and waits until it accepts connections.
    pub fn start(&self, dress: Dress) -> Result<Running, Trouble> {
        let folder = tempfile::tempdir()?;
        // Started by root, ngIRCd gives up its rights and must still be able to read its file.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        let port = free_port()?;
        let command = match self.kind {
            Kind::Teahouse => self.teahouse_command(folder.path(), port, dress),
            Kind::Inspircd => self.inspircd_command(folder.path(), port, dress)?,
            Kind::Ngircd => self.ngircd_command(folder.path(), port)?,
            Kind::Ergo => self.ergo_command(folder.path(), port)?,
        };
        Running::start(command, folder, port, self.newcomers_at_once())
    }

    /// How many people may be between connecting and having logged in, so that the server is at its best.
    fn newcomers_at_once(&self) -> usize {
        match self.kind {
            Kind::Teahouse | Kind::Ergo => 100,
            // Whoever has said NICK and USER is let in when it looks up, once a second: the more, the better.
            Kind::Inspircd => usize::MAX,
            // Its queue of new connections holds ten; whoever comes when it is full is overlooked for a second.
            Kind::Ngircd => 20,
        }
    }

    fn teahouse_command(&self, folder: &Path, port: u16, dress: Dress) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["--listen", &format!("127.0.0.1:{port}")]).env("RUST_LOG", "warn");
        for (key, value) in TEAHOUSE {
            command.args([&format!("--{}", key.replace('_', "-")), *value]);
        }
        let history = matches!(dress, Dress::Remembered | Dress::Kept);
        command.args(["--history", if history { "true" } else { "false" }]);
        command.arg("--data-dir").arg(if dress == Dress::Kept { folder } else { Path::new("") });
        command
    }

    /// Whether it can play a load in this dress.
    pub fn has(&self, dress: Dress) -> bool {
        match dress {
            Dress::Plain | Dress::Capabilities => true,
            Dress::Remembered | Dress::Kept => self.kind == Kind::Teahouse,
        }
    }

    fn inspircd_command(&self, folder: &Path, port: u16, dress: Dress) -> io::Result<Command> {
        let modules = match dress {
            Dress::Plain | Dress::Remembered | Dress::Kept => &[][..],
            Dress::Capabilities => {
                &["cap", "ircv3_servertime", "ircv3_ctctags", "ircv3_echomessage", "ircv3_accounttag"]
            }
        };
        let modules: String = modules.iter().map(|name| format!("<module name=\"{name}\">\n")).collect();
        let folder_name = folder.display();
        let text = format!(
            "<server name=\"inspircd.test\" description=\"side by side\" network=\"Test\" id=\"1AA\">\n\
             <admin name=\"nobody\" nick=\"nobody\" email=\"nobody@inspircd.test\">\n\
             <path datadir=\"{folder_name}\" logdir=\"{folder_name}\" runtimedir=\"{folder_name}\">\n\
             <pid file=\"{folder_name}/pid\">\n\
             <bind address=\"127.0.0.1\" port=\"{port}\" type=\"clients\">\n\
             <connect name=\"all\" allow=\"*\" timeout=\"120\" pingfreq=\"20m\" hardsendq=\"{SENDQ_BYTES}\" \
             softsendq=\"{SENDQ_BYTES}\" recvq=\"16M\" threshold=\"1000000\" commandrate=\"100000000\" \
             fakelag=\"no\" localmax=\"1000000\" globalmax=\"1000000\" maxconnwarn=\"no\" limit=\"1000000\" \
             resolvehostnames=\"no\" useident=\"no\">\n\
             <performance netbuffersize=\"65534\" somaxconn=\"4096\" softlimit=\"1000000\" \
             clonesonconnect=\"no\">\n\
             <limits maxnick=\"30\">\n{modules}"
        );
        let file = write(folder, "inspircd.conf", &text)?;
        let mut command = Command::new(&self.program);
        command.args(["--nofork", "--nolog", "--nopid", "--config"]).arg(file);
        if rustix::process::geteuid().is_root() {
            command.arg("--runasroot");
        }
        Ok(command)
    }

    fn ngircd_command(&self, folder: &Path, port: u16) -> io::Result<Command> {
        let text = format!(
            "[Global]\nName = ngircd.test\nInfo = side by side\nListen = 127.0.0.1\nPorts = {port}\n\
             MotdPhrase = welcome\nAdminEMail = nobody@ngircd.test\n\
             [Limits]\nMaxConnections = 0\nMaxConnectionsIP = 0\nMaxJoins = 0\nMaxNickLength = 30\n\
             MaxPenaltyTime = 0\nPingTimeout = 1200\nPongTimeout = 1200\n\
             [Options]\nDNS = no\nIdent = no\nPAM = no\n"
        );
        let file = write(folder, "ngircd.conf", &text)?;
        let mut command = Command::new(&self.program);
        command.args(["--nodaemon", "--passive", "--config"]).arg(file);
        Ok(command)
    }

    fn ergo_command(&self, folder: &Path, port: u16) -> io::Result<Command> {
        let text = format!(
            "network:\n    name: Test\n\
             server:\n    name: ergo.test\n    listeners:\n        \"127.0.0.1:{port}\": {{}}\n    \
             casemapping: ascii\n    enforce-utf8: true\n    lookup-hostnames: false\n    \
             check-ident: false\n    max-sendq: {SENDQ_BYTES}\n    \
             ip-limits:\n        count: false\n        throttle: false\n    \
             ip-cloaking:\n        enabled: false\n\
             accounts:\n    registration:\n        enabled: false\n    authentication-enabled: false\n\
             channels:\n    default-modes: +n\n    max-channels-per-client: 100\n\
             datastore:\n    path: {folder}/ergo.db\n    autoupgrade: true\n\
             limits:\n    nicklen: 32\n    identlen: 20\n    channellen: 64\n    awaylen: 390\n    \
             kicklen: 390\n    topiclen: 390\n    monitor-entries: 100\n    whowas-entries: 100\n    \
             chan-list-modes: 60\n    registration-messages: 1024\n\
             fakelag:\n    enabled: false\n\
             history:\n    enabled: false\n",
            folder = folder.display(),
        );
        let file = write(folder, "ergo.yaml", &text)?;
        let made = Command::new(&self.program).args(["initdb", "--quiet", "--conf"]).arg(&file).status()?;
        if !made.success() {
            return Err(io::Error::other("ergo initdb failed"));
        }
        let mut command = Command::new(&self.program);
        command.args(["run", "--quiet", "--conf"]).arg(file);
        Ok(command)
    }
}

/// A server that runs, and ends with this value, whatever becomes of the benchmark.
pub struct Running {
    child: Child,
    address: SocketAddr,
    folder: TempDir,
    newcomers_at_once: usize,
}

impl Running {
    /// Runs a command that listens on `port` of 127.0.0.1 once it is up.
    pub fn start(
        mut command: Command,
        folder: TempDir,
        port: u16,
        newcomers_at_once: usize,
    ) -> Result<Self, Trouble> {
        let log = fs::File::create(folder.path().join("log"))?;
        command.current_dir(folder.path()).stdin(Stdio::null());
        let child = command.stdout(log.try_clone()?).stderr(log).spawn()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut running = Self { child, address, folder, newcomers_at_once };
        let deadline = Instant::now() + START;
        while TcpStream::connect(address).is_err() {
            check_stop()?;
            if Instant::now() > deadline || running.child.try_wait()?.is_some() {
                return Err(Trouble::Cannot(format!("it does not start: {}", running.last_words())));
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(running)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How many people may be on their way in at a time.
    pub fn newcomers_at_once(&self) -> usize {
        self.newcomers_at_once
    }

    /// The last line that it printed.
    pub fn last_words(&self) -> String {
        let log = fs::read(self.folder.path().join("log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        log.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it printed nothing").to_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on. Somebody else may take it before it is used, and then the server does not start.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn write(folder: &Path, name: &str, text: &str) -> io::Result<PathBuf> {
    let file = folder.join(name);
    fs::write(&file, text)?;
    Ok(file)
}

/// Where a program is; in the folders for the system's own too, which a person's PATH may lack.
fn in_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
    folders.map(|folder| folder.join(name)).find(|program| program.is_file())
}
