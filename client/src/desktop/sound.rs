//! The sound of a message, where the notification itself is not heard.
//!
//! Which programs play sounds differs from desktop to desktop; the first program that is here does. It plays the
//! sound of the desktop's own theme.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, iter};

use super::notes::SOUND;

/// Between two sounds. Many messages at once make one sound.
const PAUSE: Duration = Duration::from_secs(2);

/// Where sound themes are when nobody says otherwise.
const DATA_DIRS: &str = "/usr/local/share:/usr/share";

/// Plays sounds, one at a time.
#[derive(Default)]
pub(super) struct Player {
    program: Option<Child>,
    last: Option<Instant>,
}

impl Player {
    /// Whether it is time for another sound. Then it is taken for made.
    pub(super) fn is_due(&mut self) -> bool {
        let is_due = self.last.is_none_or(|last| last.elapsed() >= PAUSE);
        if is_due {
            self.last = Some(Instant::now());
        }
        is_due
    }

    /// Whether a program still plays.
    pub(super) fn is_playing(&mut self) -> bool {
        let is_playing = self.program.as_mut().is_some_and(|it| matches!(it.try_wait(), Ok(None)));
        if !is_playing {
            self.program = None;
        }
        is_playing
    }

    /// Plays the sound. Says whether anything here can.
    pub(super) fn play(&mut self) -> bool {
        self.is_playing() || {
            self.program = commands().find_map(|mut command| {
                command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()
            });
            self.program.is_some()
        }
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        if let Some(mut program) = self.program.take() {
            // It may have ended by itself.
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}

/// What could play it, the best first.
fn commands() -> impl Iterator<Item = Command> {
    let mut by_name = Command::new("canberra-gtk-play");
    by_name.args(["--id", SOUND]);
    let by_file = sound_file().into_iter().flat_map(|file| {
        ["pw-play", "paplay"].map(|program| {
            let mut command = Command::new(program);
            command.arg(&file);
            command
        })
    });
    iter::once(by_name).chain(by_file)
}

/// The sound of the theme that every other builds on.
fn sound_file() -> Option<PathBuf> {
    let folders = env::var("XDG_DATA_DIRS").ok().filter(|folders| !folders.is_empty());
    let folders = folders.unwrap_or_else(|| DATA_DIRS.to_owned());
    let file = format!("sounds/freedesktop/stereo/{SOUND}.oga");
    env::split_paths(&folders).map(|folder| folder.join(&file)).find(|file| file.is_file())
}
