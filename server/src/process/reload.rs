//! The orders of operators and signals for the whole server: REHASH and SIGHUP, RESTART, DIE.
//!
//! An operator who asked is told what came of it by notices in their language, the console always. A mistake in the
//! configuration changes nothing, and a server that could not be started again is not stopped.

use std::collections::HashSet;
use std::io::{self, Read};
use std::iter;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use log::Level;

use crate::config::addresses;
use crate::config::{Config, ConfigError};
use crate::net::tls::Identity;
use crate::process::advice;
use crate::process::service_manager::ServiceManager;
use crate::server::Server;
use crate::store;
use crate::text::language::{Both, Text};
use crate::world::{ConnectionId, Order};

/// How long the program that is to be started may take to say whether it can be.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often the program is looked at meanwhile.
const GLANCE: Duration = Duration::from_millis(10);

/// The words for the operator who asked, and how loudly the console gets them.
type News = Vec<(Level, Text)>;

/// The things that the server can be started again from.
pub struct Origin<'a> {
    /// The [program's file](crate::process::program::file).
    pub program: &'a Path,
    /// Reads file and flags again.
    pub read: &'a dyn Fn() -> Result<Config, ConfigError>,
}

/// Carries out orders until one of them ends the server; says whether it is to be started again.
pub fn follow_orders(server: &Server, origin: &Origin, manager: &mut ServiceManager) -> Order {
    loop {
        let order = manager.wait_for_order(server);
        // However often it has been told to, it reads the configuration once; and an ending does not wait for that.
        let (mut rehash, mut restart) = (None, None);
        for order in iter::once(order).chain(server.orders().try_iter()) {
            match order {
                Order::Die => return Order::Die,
                Order::Rehash(asker) => rehash.get_or_insert_with(HashSet::new).extend(asker),
                Order::Restart(asker) => restart.get_or_insert_with(HashSet::new).extend(asker),
            }
        }
        if let Some(askers) = restart {
            match obstacle(server, origin) {
                None => return Order::Restart(None),
                Some(why) => announce(server, &askers, vec![(Level::Warn, Text::NotRestarted(why))]),
            }
        }
        if let Some(askers) = rehash {
            manager.is_reloading();
            announce(server, &askers, reload(server, origin));
            manager.is_ready();
        }
    }
}

fn announce(server: &Server, askers: &HashSet<ConnectionId>, news: News) {
    let language = server.config().language;
    for (level, text) in &news {
        log::log!(*level, "{}", text.within(language));
    }
    let news: Vec<_> = news.into_iter().map(|(_, text)| text).collect();
    askers.iter().for_each(|asker| server.tell(*asker, &news));
}

/// The words to the console on the server's identity for clients that come over TLS.
pub fn introduction(identity: &Identity) -> Vec<Text> {
    let fingerprint = Text::OwnFingerprint(identity.fingerprint.spelled_out());
    iter::once(fingerprint).chain(identity.is_self_signed.then_some(Text::SelfSigned)).collect()
}

/// Where the server keeps what outlasts it.
pub fn whereabouts(config: &Config) -> Text {
    let folder = config.data_dir.as_ref().map(|folder| folder.display().to_string());
    folder.map_or(Text::DataIsInMemory, Text::DataIsIn)
}

/// Reads the configuration and the certificate again.
fn reload(server: &Server, origin: &Origin) -> News {
    let (config, identity) = (server.config(), server.identity());
    let read = (origin.read)().map_err(|error| Both::of(&error));
    let fixed = match read.and_then(|config| server.reconfigure(config).map_err(|why| Both::of(&why))) {
        Ok(fixed) => fixed,
        Err(why) => return vec![(Level::Warn, Text::NotReloaded(why))],
    };
    let mut news: News =
        fixed.into_iter().map(|key| (Level::Warn, Text::RestartNeeded(key.to_owned()))).collect();
    let mut taken = server.config().differing_keys(&config);
    let known = identity.map(|identity| identity.fingerprint);
    if let Some(identity) = server.identity().filter(|now| known != Some(now.fingerprint)) {
        news.extend(introduction(&identity).into_iter().map(|text| (Level::Info, text)));
        // Other contents of the same file are news as well.
        if !taken.contains(&"tls_cert") && !identity.is_self_signed {
            taken.push("tls_cert");
        }
    }
    let advice = advice::of(&server.config(), Timestamp::now());
    news.extend(advice.into_iter().map(|text| (Level::Warn, text)));
    let done = if taken.is_empty() { Text::NothingTakenOn } else { Text::TakenOn(taken.join(", ")) };
    news.push((Level::Info, done));
    news
}

/// Why the server would not come up again; `None` if nothing speaks against it.
fn obstacle(server: &Server, origin: &Origin) -> Option<Both> {
    let read = (origin.read)();
    // The program may be newer and know other keys, so it is asked itself. This program's own complaint about the
    // configuration is only the better told reason.
    if let Err(why) = try_out(origin.program) {
        let own = match &read {
            Ok(config) => Server::check(config).err().map(|why| Both::of(&why)),
            Err(error) => Some(Both::of(error)),
        };
        return Some(own.unwrap_or(why));
    }
    let (before, config) = (server.config(), read.ok()?);
    let ours = [&before.listen, &before.listen_tls].into_iter().flatten().chain(server.addresses());
    let ours: HashSet<_> = ours.chain(server.tls_addresses()).map(SocketAddr::port).collect();
    // A port that is this server's is free once it has stopped.
    let all = [&config.listen[..], &config.listen_tls].concat();
    let mut new = all.iter().filter(|address| !ours.contains(&address.port()));
    let refusal = new.find_map(|address| addresses::listen(*address, &all).err());
    let is_elsewhere = config.data_dir != before.data_dir;
    let refusal = refusal.or_else(|| is_elsewhere.then(|| store::try_folder(&config).err()).flatten());
    refusal.map(|why| Both::of(&why))
}

/// Has the program that is to run say whether it can: with the same flags, in the same folder.
fn try_out(program: &Path) -> Result<(), Both> {
    let shown = || program.display().to_string();
    let cannot = |error: io::Error| Both::of(&Text::CannotRun(shown(), error.to_string()));
    let mut child = Command::new(program)
        .arg("--check-config")
        .args(std::env::args_os().skip(1))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(cannot)?;
    let ended = wait(&mut child, PATIENCE).map_err(cannot)?;
    match ended {
        None => Err(Both::of(&Text::DoesNotAnswer(shown(), PATIENCE.as_secs().to_string()))),
        Some(true) => Ok(()),
        Some(false) => {
            let mut said = String::new();
            // Words that are cut off, or not UTF-8, are better than none.
            let _ = child.stderr.take().map(|mut stderr| stderr.read_to_string(&mut said));
            let said = said.trim().trim_start_matches("teahouse-server: ");
            Err(Both::of(&Text::CannotRun(shown(), said.to_owned())))
        }
    }
}

/// Waits for a child to end; says whether it ended well. A child that does not end in time is ended: `None`.
fn wait(child: &mut Child, patience: Duration) -> io::Result<Option<bool>> {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.success()));
        }
        if Instant::now() > deadline {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(GLANCE);
    }
}
