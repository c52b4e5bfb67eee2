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
/// What Teahouse is told besides where to listen and what to keep.
const TEAHOUSE: &[(&str, &str)] = &[
    ("flood_protection", "false"),
    ("history", "false"),
    ("language", "en"),
    ("lobby", ""),
    ("max_connections_per_ip", "0"),
];

/// One server under test.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its name in the table.
    pub name: String,
    kind: Kind,
    program: PathBuf,
    /// The processors that it runs on, as `taskset` takes them; all if not set.
    processors: Option<String>,
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
    /// Everybody speaks TLS.
    Sealed,
}

/// How a server is set up for a load.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// What it is to do besides passing words on.
    pub dress: Dress,
    /// What may wait for one client, in every server that can be told, in bytes.
    pub sendq_bytes: usize,
}

impl Peer {
    /// Teahouse as it was just built.
    pub fn teahouse() -> Self {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_teahouse-server"));
        Self { name: "teahouse".to_owned(), kind: Kind::Teahouse, program, processors: None }
    }

    /// Another build of Teahouse, to compare with.
    pub fn other_build(name: String, program: PathBuf) -> Self {
        Self { name, kind: Kind::Teahouse, program, processors: None }
    }

    /// The others that this machine has. `ergo` is the IRC server, by path: Debian has another program of that name.
    pub fn find(ergo: Option<PathBuf>) -> Vec<Self> {
        let peer =
            |name: &str, kind, program| Self { name: name.to_owned(), kind, program, processors: None };
        let mut found = Vec::new();
        found.extend(in_path("inspircd").map(|program| peer("inspircd", Kind::Inspircd, program)));
        found.extend(in_path("ngircd").map(|program| peer("ngircd", Kind::Ngircd, program)));
        found.extend(ergo.map(|program| peer("ergo", Kind::Ergo, program)));
        found
    }

    /// The same on these processors only, as `taskset` takes them.
    pub fn on(self, processors: &str) -> Self {
        Self { processors: Some(processors.to_owned()), ..self }
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
    pub fn start(&self, setup: Setup) -> Result<Running, Trouble> {
        let folder = tempfile::tempdir()?;
        // Started by root, ngIRCd gives up its rights and must still be able to read its file.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        let port = free_port()?;
        let command = match self.kind {
            Kind::Teahouse => self.teahouse_command(folder.path(), port, setup),
            Kind::Inspircd => self.inspircd_command(folder.path(), port, setup)?,
            Kind::Ngircd => self.ngircd_command(folder.path(), port)?,
            Kind::Ergo => self.ergo_command(folder.path(), port, setup)?,
        };
        let mut running = Running::start(command, folder, port, self.newcomers_at_once())?;
        running.is_sealed = setup.dress == Dress::Sealed;
        Ok(running)
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

    fn command(&self) -> Command {
        let Some(processors) = &self.processors else { return Command::new(&self.program) };
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", processors]).arg(&self.program);
        command
    }

    fn teahouse_command(&self, folder: &Path, port: u16, Setup { dress, sendq_bytes }: Setup) -> Command {
        let mut command = self.command();
        // A server that listens for TLS only has no use for the other port, and the kernel chooses one.
        let own = format!("127.0.0.1:{port}");
        match dress {
            Dress::Sealed => command.args(["--listen-tls", &own, "--listen", "127.0.0.1:0"]),
            _ => command.args(["--listen", &own]),
        };
        command.env("RUST_LOG", "warn");
        command.args(["--sendq", &sendq_bytes.to_string()]);
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
            Dress::Sealed => matches!(self.kind, Kind::Teahouse | Kind::Inspircd),
        }
    }

    fn inspircd_command(&self, folder: &Path, port: u16, setup: Setup) -> io::Result<Command> {
        let Setup { dress, sendq_bytes } = setup;
        let modules = match dress {
            Dress::Plain | Dress::Remembered | Dress::Kept => &[][..],
            Dress::Sealed => &["ssl_gnutls"],
            Dress::Capabilities => {
                &["cap", "ircv3_servertime", "ircv3_ctctags", "ircv3_echomessage", "ircv3_accounttag"]
            }
        };
        let modules: String = modules.iter().map(|name| format!("<module name=\"{name}\">\n")).collect();
        let folder_name = folder.display();
        let (mut seal, mut sealed) = (String::new(), "");
        if dress == Dress::Sealed {
            let made =
                rcgen::generate_simple_self_signed(["localhost".to_owned()]).map_err(io::Error::other)?;
            let certificate = write(folder, "certificate.pem", &made.cert.pem())?;
            let key = write(folder, "key.pem", &made.signing_key.serialize_pem())?;
            seal = format!(
                "<sslprofile name=\"own\" provider=\"gnutls\" certfile=\"{}\" keyfile=\"{}\">\n",
                certificate.display(),
                key.display()
            );
            sealed = " sslprofile=\"own\"";
        }
        let text = format!(
            "<server name=\"inspircd.test\" description=\"side by side\" network=\"Test\" id=\"1AA\">\n\
             <admin name=\"nobody\" nick=\"nobody\" email=\"nobody@inspircd.test\">\n\
             <path datadir=\"{folder_name}\" logdir=\"{folder_name}\" runtimedir=\"{folder_name}\">\n\
             <pid file=\"{folder_name}/pid\">\n\
             <bind address=\"127.0.0.1\" port=\"{port}\" type=\"clients\"{sealed}>\n\
             <connect name=\"all\" allow=\"*\" timeout=\"120\" pingfreq=\"20m\" hardsendq=\"{sendq_bytes}\" \
             softsendq=\"{sendq_bytes}\" recvq=\"16M\" threshold=\"1000000\" commandrate=\"100000000\" \
             fakelag=\"no\" localmax=\"1000000\" globalmax=\"1000000\" maxconnwarn=\"no\" limit=\"1000000\" \
             resolvehostnames=\"no\" useident=\"no\">\n\
             <performance netbuffersize=\"65534\" somaxconn=\"4096\" softlimit=\"1000000\" \
             clonesonconnect=\"no\">\n\
             <limits maxnick=\"30\">\n{modules}{seal}"
        );
        let file = write(folder, "inspircd.conf", &text)?;
        let mut command = self.command();
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
        let mut command = self.command();
        command.args(["--nodaemon", "--passive", "--config"]).arg(file);
        Ok(command)
    }

    fn ergo_command(&self, folder: &Path, port: u16, setup: Setup) -> io::Result<Command> {
        let text = format!(
            "network:\n    name: Test\n\
             server:\n    name: ergo.test\n    listeners:\n        \"127.0.0.1:{port}\": {{}}\n    \
             casemapping: ascii\n    enforce-utf8: true\n    lookup-hostnames: false\n    \
             check-ident: false\n    max-sendq: {sendq_bytes}\n    \
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
            sendq_bytes = setup.sendq_bytes,
        );
        let file = write(folder, "ergo.yaml", &text)?;
        let made = Command::new(&self.program).args(["initdb", "--quiet", "--conf"]).arg(&file).status()?;
        if !made.success() {
            return Err(io::Error::other("ergo initdb failed"));
        }
        let mut command = self.command();
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
    is_sealed: bool,
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
        let mut running = Self { child, address, folder, newcomers_at_once, is_sealed: false };
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

    /// Whether it speaks TLS there.
    pub fn is_sealed(&self) -> bool {
        self.is_sealed
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
