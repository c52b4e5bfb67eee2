//! Why a load gave no figures, and the wish of the person at the console to stop.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use signal_hook::consts::{SIGINT, SIGTERM};

/// Why a load gave no figures.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// A line was lost, doubled, changed or out of order. It fails the benchmark, whoever did it.
    Wrong(String),
    /// The server does not carry this load: it hung up, was not done in time, or lacks what is asked for.
    /// For a peer that is an "n/a" in the table, for Teahouse a failure.
    Cannot(String),
    /// The benchmark was told to stop.
    Stopped,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong(what) | Self::Cannot(what) => f.write_str(what),
            Self::Stopped => f.write_str("stopped"),
        }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Cannot(error.to_string())
    }
}

impl From<rustix::io::Errno> for Trouble {
    fn from(error: rustix::io::Errno) -> Self {
        io::Error::from(error).into()
    }
}

/// Set by SIGINT and SIGTERM, so that the servers are ended in an orderly way even then.
static STOP: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// From here on a signal makes [`check_stop`] fail instead of ending this process at once.
pub fn heed_signals() -> io::Result<()> {
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&STOP))?;
    }
    Ok(())
}

/// Fails once a signal came.
pub fn check_stop() -> Result<(), Trouble> {
    if STOP.load(Ordering::Relaxed) { Err(Trouble::Stopped) } else { Ok(()) }
}
