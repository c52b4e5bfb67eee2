//! Signals: which of them are orders, which are harmless, and what an order means before the server serves.
//!
//! They are attended to from the first moment, so an ending ends a start too: the check of a large database, or a
//! configuration that does not come. A second order to end is heard only when the first has had its time: Ctrl-C
//! reaches a program twice where another stands between it and the terminal, and then a farewell must not be cut off.

use std::io;
use std::process;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;
use parking_lot::Mutex;
use signal_hook::consts::{
    SIGALRM, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGTERM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGXFSZ,
};
use signal_hook::iterator::{Handle, Signals};

use crate::process::log_writer::LogWriter;
use crate::text::language::{Language, Text};
use crate::world::Order;

/// Signals that would end the process and mean nothing to it. With SIGXFSZ caught, a file that may not grow is an
/// ordinary error of the write; SIGPIPE is ignored by Rust's runtime.
const HARMLESS: [i32; 7] = [SIGXFSZ, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO];
/// How long an ending may take; after that another order ends the process at once.
const ENDING: Duration = Duration::from_secs(2);

/// The thread that attends to signals.
#[derive(Debug)]
pub struct Attendant {
    hold: Handle,
    thread: JoinHandle<()>,
    desk: Arc<Mutex<Desk>>,
}

/// Where orders go.
#[derive(Debug)]
enum Desk {
    /// Nobody takes orders yet. An order to read the configuration is kept for later; an order to end is done at once.
    Starting {
        reload: bool,
    },
    Serving(Sender<Order>),
}

impl Attendant {
    /// Takes the signals over.
    ///
    /// # Errors
    /// When the system has no descriptor or thread left.
    pub fn start(log: LogWriter, language: Language) -> io::Result<Self> {
        let signals = Signals::new([SIGINT, SIGTERM, SIGHUP].iter().chain(&HARMLESS))?;
        let hold = signals.handle();
        let desk = Arc::new(Mutex::new(Desk::Starting { reload: false }));
        let orders = Arc::clone(&desk);
        let attend = move || attend(signals, &orders, &log, language);
        let thread = thread::Builder::new().name("signals".into()).spawn(attend)?;
        Ok(Self { hold, thread, desk })
    }

    /// The server serves: orders go to it from now on, and those that were kept too.
    pub fn serve(&self, orders: Sender<Order>) {
        let mut desk = self.desk.lock();
        if let Desk::Starting { reload: true } = *desk {
            // The receiver is the caller's.
            let _ = orders.send(Order::Rehash(None));
        }
        *desk = Desk::Serving(orders);
    }

    /// Gives the signals back, and joins the thread.
    pub fn close(self) {
        self.hold.close();
        if self.thread.join().is_err() {
            log::error!("thread signals panicked");
        }
    }
}

fn attend(mut signals: Signals, desk: &Mutex<Desk>, log: &LogWriter, language: Language) {
    let mut told: Option<Instant> = None;
    for signal in signals.forever() {
        let name = match signal {
            SIGINT => "SIGINT",
            SIGTERM => "SIGTERM",
            SIGHUP => {
                match &mut *desk.lock() {
                    Desk::Starting { reload } => *reload = true,
                    // Without a receiver the server is stopping.
                    Desk::Serving(orders) => drop(orders.send(Order::Rehash(None))),
                }
                continue;
            }
            _ => continue,
        };
        let since = *told.get_or_insert_with(Instant::now);
        if since.elapsed() >= ENDING {
            log::warn!("{}", Text::EndedAtOnce(name.to_owned()).within(language));
            log.finish();
            process::exit(1);
        }
        log::info!("{}", Text::Signal(name.to_owned()).within(language));
        let desk = desk.lock();
        match &*desk {
            Desk::Serving(orders) => drop(orders.send(Order::Die)),
            // Nobody has come yet, and a database takes no harm. The desk stays locked: it cannot begin to serve.
            Desk::Starting { .. } => {
                log.finish();
                process::exit(0);
            }
        }
    }
}
