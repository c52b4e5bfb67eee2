//! The modes of a channel: flags, parameters and lists.

use crate::letters::{bit_set, letters};
use crate::world::mask::ListEntry;

letters! {
    /// A mode that is on or off, in the order of the letters.
    pub enum Flag;

    /// No CTCP but ACTION.
    NoCtcp = 'C';
    /// The server does not keep what is said.
    Unrecorded = 'E';
    /// A newcomer does not read what was said before.
    NothingBefore = 'H';
    /// A member without an account needs a voice to speak.
    RegisteredSpeak = 'M';
    /// A client without an account does not get in.
    RegisteredOnly = 'R';
    /// A client gets in by invitation only.
    InviteOnly = 'i';
    /// A member without a voice does not speak.
    Moderated = 'm';
    /// Only members speak.
    NoOutsiders = 'n';
    /// Others do not see that it exists.
    Secret = 's';
    /// Only half operators and higher change the topic.
    TopicLocked = 't';
}

bit_set! {
    /// The flags that are on.
    struct Flags(u16) of Flag
}

letters! {
    /// The three lists of a channel.
    pub enum List;

    /// People who do not get in, or do not speak.
    Bans = 'b';
    /// People who are not banned whatever the bans say.
    Exceptions = 'e';
    /// People who get in without an invitation.
    Invitations = 'I';
}

letters! {
    /// A mode with a parameter, in the order of the letters.
    pub enum Setting;

    /// How many seconds a speaker waits between two messages.
    Slow = 'S';
    /// What JOIN must say.
    Key = 'k';
    /// How many members there may be.
    Limit = 'l';
}

/// The rules of a channel: who may do what in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelModes {
    flags: Flags,
    /// `k`: what JOIN must say.
    pub key: Option<String>,
    /// `l`: how many members there may be.
    pub limit: Option<usize>,
    /// `S`: how many seconds a speaker waits between two messages.
    pub slow_secs: Option<u32>,
    lists: [Vec<ListEntry>; 3],
}

impl ChannelModes {
    /// Whether a flag is on.
    pub fn has(&self, flag: Flag) -> bool {
        self.flags.has(flag)
    }

    pub(crate) fn set(&mut self, flag: Flag, on: bool) {
        self.flags.set(flag, on);
    }

    /// The entries of a list.
    pub fn list(&self, list: List) -> &[ListEntry] {
        &self.lists[list as usize]
    }

    pub(crate) fn list_mut(&mut self, list: List) -> &mut Vec<ListEntry> {
        &mut self.lists[list as usize]
    }

    /// Whether somebody who knows the name can still be kept out.
    pub(in crate::world) fn is_guarded(&self) -> bool {
        [Flag::InviteOnly, Flag::RegisteredOnly, Flag::Secret].into_iter().any(|flag| self.has(flag))
            || self.key.is_some()
            || !self.list(List::Bans).is_empty()
    }

    /// How many entries all lists have together (MAXLIST).
    pub fn entries(&self) -> usize {
        self.lists.iter().map(Vec::len).sum()
    }

    /// As 324 shows them: letters, then parameters. The key is for members only.
    pub fn describe(&self, to_member: bool) -> String {
        let mut letters = String::from("+");
        letters.extend(Flag::ALL.iter().filter(|(flag, _)| self.has(*flag)).map(|(_, letter)| *letter));
        let mut params = String::new();
        for (setting, letter) in Setting::ALL {
            let param = match setting {
                Setting::Slow => self.slow_secs.map(|secs| secs.to_string()),
                Setting::Key if to_member => self.key.clone(),
                Setting::Key => self.key.as_ref().map(|_| "*".to_owned()),
                Setting::Limit => self.limit.map(|limit| limit.to_string()),
            };
            if let Some(param) = param {
                letters.push(*letter);
                params.push(' ');
                params.push_str(&param);
            }
        }
        letters + &params
    }
}
