//! What was said, to whom it is due, and whether it came: every line once, unchanged, from its sender, in order.
//!
//! Each line is numbered by its speaker, and each listener knows which number of each speaker is next. So one
//! comparison a delivery finds what is lost, doubled, changed or out of order.

use std::time::{Duration, Instant};

use crate::arrival::{nick_of, person_of};
use crate::trouble::Trouble;
use crate::wire::{Received, shown};

/// Stands in `due` for a pair that does not listen to one another.
const NEVER: u32 = u32::MAX;
/// When nothing has come for so long, what is missing is lost.
const SILENCE: Duration = Duration::from_secs(5);
/// How many digits a line's number has.
const DIGITS: usize = 8;

/// The books of one load.
pub struct Ledger {
    voices: Vec<Voice>,
    /// Which voice a person has, if any.
    voice_of: Vec<Option<usize>>,
    /// `due[listener * voices.len() + voice]`: the number of the next line.
    due: Vec<u32>,
    /// What stands behind the number in every text.
    filler: Vec<u8>,
    /// How many deliveries were right so far.
    pub heard: u64,
}

/// One speaker.
struct Voice {
    /// The person.
    who: usize,
    /// How the line begins on its way to the server.
    saying: Vec<u8>,
    /// Whom it is for: the room, or the person.
    target: Vec<u8>,
    /// How many hear it.
    listeners: u32,
    /// How many lines were said.
    said: u32,
}

impl Ledger {
    /// Nothing said yet, by nobody out of `people`. Every text will have `text_bytes`.
    pub fn new(people: usize, text_bytes: usize) -> Self {
        let words = " with cardamom, and a slice of lemon on the side, please;".bytes().cycle();
        let mut filler: Vec<_> = words.take(text_bytes - DIGITS).collect();
        // Some servers drop a space at the end, which is not for this benchmark to judge.
        filler.splice(filler.len() - 1.., *b".");
        Self { voices: Vec::new(), voice_of: vec![None; people], due: Vec::new(), filler, heard: 0 }
    }

    /// Lets `who` speak to `target`, for `listeners` to hear. Only before the first line.
    ///
    /// `before` is what the speaker sends before PRIVMSG: nothing to a server, the whole source where what is said is
    /// passed on as it is.
    pub fn add_voice(&mut self, who: usize, before: &str, target: &str, listeners: &[usize]) {
        let saying = format!("{before}PRIVMSG {target} :").into_bytes();
        let voice = self.voices.len();
        let (people, voices) = (self.voice_of.len(), voice + 1);
        let mut due = vec![NEVER; people * voices];
        for person in 0..people {
            let old = &self.due[person * voice..(person + 1) * voice];
            due[person * voices..][..voice].copy_from_slice(old);
        }
        for listener in listeners {
            due[listener * voices + voice] = 0;
        }
        self.due = due;
        self.voice_of[who] = Some(voice);
        let listeners = u32::try_from(listeners.len()).expect("a crowd is small");
        self.voices.push(Voice { who, saying, target: target.as_bytes().to_vec(), listeners, said: 0 });
    }

    /// How many speak.
    pub fn voices(&self) -> usize {
        self.voices.len()
    }

    /// The person with this voice.
    pub fn person(&self, voice: usize) -> usize {
        self.voices[voice].who
    }

    /// How many hear this voice.
    pub fn listeners(&self, voice: usize) -> u32 {
        self.voices[voice].listeners
    }

    /// How many lines this voice has said.
    pub fn said(&self, voice: usize) -> u32 {
        self.voices[voice].said
    }

    /// Writes down the next line of a voice.
    pub fn say(&mut self, voice: usize, out: &mut Vec<u8>) {
        let voice = &mut self.voices[voice];
        out.extend_from_slice(&voice.saying);
        out.extend_from_slice(&digits(voice.said));
        out.extend_from_slice(&self.filler);
        out.extend_from_slice(b"\r\n");
        voice.said += 1;
    }

    /// Checks a line that came. Returns the voice and its line's number; `None` if it is no PRIVMSG.
    pub fn hear(&mut self, listener: usize, line: &[u8]) -> Result<Option<(usize, u32)>, Trouble> {
        let parts = Received::parse(line);
        if parts.command != b"PRIVMSG" {
            return Ok(None);
        }
        let wrong =
            |what: &str| Err(Trouble::Wrong(format!("{} heard {what}: {}", nick_of(listener), shown(line))));
        let voice = person_of(parts.nick()).and_then(|who| self.voice_of.get(who).copied().flatten());
        let Some(voice) = voice else { return wrong("somebody who said nothing") };
        let due = &mut self.due[listener * self.voices.len() + voice];
        if *due == NEVER {
            return wrong("what was not for its ears");
        }
        let (target, text) = parts.target();
        let text = text.strip_prefix(b":").unwrap_or(text);
        if target != self.voices[voice].target || text.get(DIGITS..) != Some(&self.filler) {
            return wrong("what was not said");
        }
        if text[..DIGITS] != digits(*due) {
            return wrong(&format!(
                "another line than number {due}, which is next (lost, doubled or out of order)"
            ));
        }
        let number = *due;
        *due += 1;
        self.heard += 1;
        Ok(Some((voice, number)))
    }

    /// How many deliveries are still to come.
    pub fn missing(&self) -> u64 {
        let due: u64 =
            self.voices.iter().map(|voice| u64::from(voice.said) * u64::from(voice.listeners)).sum();
        due - self.heard
    }
}

/// Listens until every delivery has come. `listen` does so for a moment and says how many are missing.
///
/// What still comes after `patience` need not be waited for: a server that is only slow has lost nothing.
pub fn settle(patience: Duration, mut listen: impl FnMut() -> Result<u64, Trouble>) -> Result<(), Trouble> {
    let began = Instant::now();
    let (mut fewest, mut since) = (u64::MAX, began);
    loop {
        let missing = listen()?;
        if missing == 0 {
            return Ok(());
        }
        if missing < fewest {
            (fewest, since) = (missing, Instant::now());
        } else if since.elapsed() > SILENCE {
            return Err(Trouble::Wrong(format!("{missing} deliveries never came")));
        }
        if began.elapsed() > patience && since.elapsed() < SILENCE / 2 {
            return Ok(());
        }
    }
}

fn digits(mut number: u32) -> [u8; DIGITS] {
    let mut digits = [b'0'; DIGITS];
    for digit in digits.iter_mut().rev() {
        *digit += (number % 10) as u8;
        number /= 10;
    }
    digits
}
