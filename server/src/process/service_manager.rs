//! The words for systemd, and for other managers of services that listen to the same: the server is ready, reads its
//! configuration, stops, is alive, and how many people are here.
//!
//! The words are [sd_notify's](https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html): one datagram
//! each, to the socket that the environment names. Where it names none, nothing is said.

use std::env;
use std::io;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::process;
use std::time::Duration;

use crossbeam_channel::RecvTimeoutError;
use rustix::time::{ClockId, clock_gettime};

use crate::server::Server;
use crate::text::language::Text;
use crate::world::Order;

/// How often it is told how many people are here, at most, and whether all is well, at least.
const GLANCE: Duration = Duration::from_secs(5);
/// How long a word may wait for a manager that does not listen.
const PATIENCE: Duration = Duration::from_secs(1);

/// The way to the manager of services.
#[derive(Debug)]
pub struct ServiceManager {
    way: Option<(UnixDatagram, SocketAddr)>,
    /// How often it looks and tells.
    glance: Duration,
    /// Whether it wants to hear that the server is alive.
    is_watching: bool,
    /// How many were here when it was last told.
    told: Option<usize>,
}

impl ServiceManager {
    /// The manager that the environment names, if it names one that can be spoken to.
    pub fn of_this_process() -> Self {
        let way = env::var_os("NOTIFY_SOCKET")
            .and_then(|name| Some((socket().ok()?, address(name.to_str()?).ok()?)));
        let number = |name: &str| env::var(name).ok()?.parse::<u64>().ok();
        // Children inherit the environment; the watch is over the one process that it names.
        let is_watched = number("WATCHDOG_PID").is_none_or(|watched| watched == u64::from(process::id()));
        let watch = number("WATCHDOG_USEC").filter(|usec| is_watched && *usec > 0).map(Duration::from_micros);
        let glance = watch.map_or(GLANCE, |time| GLANCE.min(time / 2));
        Self { way, glance, is_watching: watch.is_some(), told: None }
    }

    /// The server listens, or has read its configuration.
    pub fn is_ready(&self) {
        self.tell("READY=1");
    }

    /// The server reads its configuration, or starts again in the place of this one; it will be ready again.
    pub fn is_reloading(&self) {
        let now = clock_gettime(ClockId::Monotonic);
        let usec =
            Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec.try_into().unwrap_or_default()).as_micros();
        self.tell(&format!("RELOADING=1\nMONOTONIC_USEC={usec}"));
    }

    /// The server stops.
    pub fn is_stopping(&self) {
        self.tell("STOPPING=1");
    }

    /// Waits for an order to the server. Meanwhile the manager hears how the server is.
    pub fn wait_for_order(&mut self, server: &Server) -> Order {
        if self.way.is_none() {
            return server.orders().recv().unwrap_or(Order::Die);
        }
        loop {
            self.report(server);
            match server.orders().recv_timeout(self.glance) {
                Ok(order) => return order,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Order::Die,
            }
        }
    }

    /// A server is alive if something can still happen in it: the lock of its world can be had.
    fn report(&mut self, server: &Server) {
        let Some(count) = server.count_people(self.glance) else {
            let text = Text::WorldIsStuck(self.glance.as_secs_f32().to_string());
            log::error!("{}", text.within(server.config().language));
            return;
        };
        if self.is_watching {
            self.tell("WATCHDOG=1");
        }
        if self.told.replace(count) != Some(count) {
            let words = Text::PeopleHere(count.to_string());
            self.tell(&format!("STATUS={}", words.within(server.config().language)));
        }
    }

    fn tell(&self, words: &str) {
        if let Some((socket, address)) = &self.way {
            // A manager that does not hear it has its own remedies.
            let _ = socket.send_to_addr(words.as_bytes(), address);
        }
    }
}

fn socket() -> io::Result<UnixDatagram> {
    let socket = UnixDatagram::unbound()?;
    socket.set_write_timeout(Some(PATIENCE))?;
    Ok(socket)
}

/// A path, or with `@` before it a name that no file stands for.
fn address(name: &str) -> io::Result<SocketAddr> {
    #[cfg(target_os = "linux")]
    if let Some(name) = name.strip_prefix('@') {
        use std::os::linux::net::SocketAddrExt;
        return SocketAddr::from_abstract_name(name);
    }
    SocketAddr::from_pathname(name)
}
