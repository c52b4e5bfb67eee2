//! The modes of a channel: flags, parameters and lists.

use crate::world::mask::ListEntry;

/// Declares the flags of a channel: a name in the code, a letter, a bit.
macro_rules! flags {
    ($($(#[$meta:meta])* $name:ident = $letter:literal;)*) => {
        /// A mode that is on or off.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Flag {
            $($(#[$meta])* $name),*
        }

        impl Flag {
            /// All of them, with their letters, in the order of the letters.
            pub const ALL: &[(Self, char)] = &[$((Self::$name, $letter)),*];

            /// The flag with this letter.
            pub fn from_letter(letter: char) -> Option<Self> {
                Self::ALL.iter().find(|(_, wire)| *wire == letter).map(|(flag, _)| *flag)
            }
        }
    };
}

flags! {
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

/// The three lists of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// `b`: people who do not get in, or do not speak.
    Bans,
    /// `e`: people who are not banned whatever the bans say.
    Exceptions,
    /// `I`: people who get in without an invitation.
    Invitations,
}

impl List {
    /// All of them, with their letters.
    pub const ALL: &[(Self, char)] = &[(Self::Bans, 'b'), (Self::Exceptions, 'e'), (Self::Invitations, 'I')];

    /// The list with this letter.
    pub fn from_letter(letter: char) -> Option<Self> {
        Self::ALL.iter().find(|(_, wire)| *wire == letter).map(|(list, _)| *list)
    }

    /// Its letter in MODE.
    pub fn letter(self) -> char {
        Self::ALL[self as usize].1
    }
}

/// A mode with a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// `S`: how many seconds a speaker waits between two messages.
    Slow,
    /// `k`: what JOIN must say.
    Key,
    /// `l`: how many members there may be.
    Limit,
}

impl Setting {
    /// All of them, with their letters, in the order of the letters.
    pub const ALL: &[(Self, char)] = &[(Self::Slow, 'S'), (Self::Key, 'k'), (Self::Limit, 'l')];

    /// The setting with this letter.
    pub fn from_letter(letter: char) -> Option<Self> {
        Self::ALL.iter().find(|(_, wire)| *wire == letter).map(|(setting, _)| *setting)
    }
}

/// The rules of a channel: who may do what in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelModes {
    flags: u16,
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
        self.flags & (1 << flag as u8) != 0
    }

    pub(crate) fn set(&mut self, flag: Flag, on: bool) {
        let bit = 1 << flag as u8;
        if on {
            self.flags |= bit;
        } else {
            self.flags &= !bit;
        }
    }

    /// The entries of a list.
    pub fn list(&self, list: List) -> &[ListEntry] {
        &self.lists[list as usize]
    }

    pub(crate) fn list_mut(&mut self, list: List) -> &mut Vec<ListEntry> {
        &mut self.lists[list as usize]
    }

    /// Whether somebody who knows the name can still be kept out.
    pub(crate) fn is_guarded(&self) -> bool {
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
