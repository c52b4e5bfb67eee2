//! One channel: its name, its members and their ranks, its topic, its modes.

use std::collections::HashSet;
use std::sync::Arc;

use indexmap::IndexMap;
use jiff::Timestamp;
use teahouse_protocol::CaseMapping;

use crate::world::channels::deed::Deed;
use crate::world::mask::{ListEntry, Person, Subject};
use crate::world::people::client::Client;
use crate::world::{ClientId, Number};

/// One channel.
#[derive(Debug)]
pub struct Channel {
    /// As the one who opened it wrote it.
    pub name: String,
    /// What its history is filed under: its name, folded.
    pub(crate) place: Arc<str>,
    /// From when on what was said here may be read by those who come in.
    pub(crate) since: Number,
    /// When it was opened.
    pub created: Timestamp,
    /// What it is about.
    pub topic: Option<Topic>,
    /// Who may do what in it.
    pub modes: ChannelModes,
    /// Whose it is, if it is somebody's.
    pub deed: Option<Deed>,
    /// Who was invited and has not come yet.
    pub(crate) invited: Invited,
    /// Whether the store has it.
    pub(in crate::world) is_kept: bool,
    /// Somebody for whom it is kept, if they are still there and stay: the first to be asked.
    pub(in crate::world) kept_for: Option<ClientId>,
    /// Who sits in it. Inverse of `clients[..].channels`.
    pub(crate) members: IndexMap<ClientId, Member>,
}

/// What a channel is about, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// The words.
    pub text: String,
    /// `nick!user@host` of who set it.
    pub who: String,
    /// When it was set.
    pub when: Timestamp,
}

/// How many accounts are on the list of those who were invited to one channel; the oldest invitation gives way.
const MOST_INVITED: usize = 100;

/// Who was invited: clients, which may have gone, and accounts, whose owners may have gone and come again.
#[derive(Debug, Default)]
pub(crate) struct Invited {
    clients: HashSet<ClientId>,
    accounts: Vec<String>,
}

impl Invited {
    /// Whether somebody was invited.
    pub(crate) fn has(&self, id: ClientId, account: Option<&str>) -> bool {
        self.clients.contains(&id)
            || account.is_some_and(|account| self.accounts.iter().any(|it| it == account))
    }

    pub(in crate::world) fn accounts(&self) -> &[String] {
        &self.accounts
    }

    pub(in crate::world) fn add(&mut self, id: ClientId, is_here: impl Fn(ClientId) -> bool) {
        // Those who went without coming in must not pile up.
        self.clients.retain(|id| is_here(*id));
        self.clients.insert(id);
    }

    pub(in crate::world) fn add_account(&mut self, account: &str) {
        self.forget_account(account);
        if self.accounts.len() >= MOST_INVITED {
            self.accounts.remove(0);
        }
        self.accounts.push(account.to_owned());
    }

    pub(in crate::world) fn forget(&mut self, id: ClientId) -> bool {
        self.clients.remove(&id)
    }

    /// Returns whether the account was on the list.
    pub(in crate::world) fn forget_account(&mut self, account: &str) -> bool {
        let before = self.accounts.len();
        self.accounts.retain(|other| other != account);
        self.accounts.len() < before
    }
}

/// Somebody in a channel.
#[derive(Clone, Copy, Debug, Default)]
pub struct Member {
    /// What the person may do here.
    pub ranks: Ranks,
    /// When the person came in.
    pub(crate) since: Number,
    /// When the person last spoke here; slow mode asks.
    pub(crate) spoke: Option<Timestamp>,
}

/// What a member may do, from low to high.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// `+v`: speaks where not everybody may.
    Voice,
    /// `+h`: keeps order: removes members, bans, gives voice.
    HalfOperator,
    /// `+o`: sets every mode.
    Operator,
    /// `+a`: an operator whom other operators cannot remove.
    Admin,
    /// `+q`: founded the channel; gives every rank.
    Founder,
}

impl Rank {
    /// All ranks from high to low, with their letters and their prefixes (PREFIX).
    pub const ALL: &[(Self, char, char)] = &[
        (Self::Founder, 'q', '~'),
        (Self::Admin, 'a', '&'),
        (Self::Operator, 'o', '@'),
        (Self::HalfOperator, 'h', '%'),
        (Self::Voice, 'v', '+'),
    ];

    /// The rank with this letter in MODE.
    pub fn from_letter(letter: char) -> Option<Self> {
        Self::ALL.iter().find(|(_, wire, _)| *wire == letter).map(|(rank, ..)| *rank)
    }

    /// The rank with this prefix in NAMES.
    pub fn from_prefix(prefix: char) -> Option<Self> {
        Self::ALL.iter().find(|(.., wire)| *wire == prefix).map(|(rank, ..)| *rank)
    }

    /// Its letter in MODE.
    pub fn letter(self) -> char {
        Self::ALL.iter().find(|(rank, ..)| *rank == self).map_or(' ', |(_, letter, _)| *letter)
    }

    /// Who may give and take this rank: voice from half operators up, the two highest only the founder.
    pub fn given_by(self) -> Self {
        match self {
            Self::Voice => Self::HalfOperator,
            Self::HalfOperator | Self::Operator => Self::Operator,
            Self::Admin | Self::Founder => Self::Founder,
        }
    }
}

/// A set of ranks: one may be operator and have a voice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ranks(u8);

impl Ranks {
    /// The set of one rank.
    pub fn only(rank: Rank) -> Self {
        Self(1 << rank as u8)
    }

    /// Whether a rank is in the set.
    pub fn has(self, rank: Rank) -> bool {
        self.0 & Self::only(rank).0 != 0
    }

    pub(crate) fn set(&mut self, rank: Rank, on: bool) {
        if on {
            self.0 |= Self::only(rank).0;
        } else {
            self.0 &= !Self::only(rank).0;
        }
    }

    /// The highest of them.
    pub fn highest(self) -> Option<Rank> {
        Rank::ALL.iter().map(|(rank, ..)| *rank).find(|rank| self.has(*rank))
    }

    /// Whether one of them is `rank` or higher.
    pub fn at_least(self, rank: Rank) -> bool {
        self.highest().is_some_and(|highest| highest >= rank)
    }

    /// The prefixes, highest first; only that one unless `all`.
    pub fn prefixes(self, all: bool) -> impl Iterator<Item = char> {
        // Most people have none, and in a list of names everybody is asked.
        let ranks = if self.0 == 0 { &[] } else { Rank::ALL };
        let mine = ranks.iter().filter(move |(rank, ..)| self.has(*rank)).map(|(.., prefix)| *prefix);
        mine.take(if all { Rank::ALL.len() } else { 1 })
    }
}

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
        }
    };
}

flags! {
    /// No CTCP but ACTION.
    NoCtcp = 'C';
    /// What is said is not kept.
    Unrecorded = 'E';
    /// Who comes in does not read what was said before.
    NothingBefore = 'H';
    /// Without an account one needs a voice to speak.
    RegisteredSpeak = 'M';
    /// Without an account one does not get in.
    RegisteredOnly = 'R';
    /// One gets in by invitation only.
    InviteOnly = 'i';
    /// Without a voice one does not speak.
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
    /// `b`: who does not get in, or does not speak.
    Bans,
    /// `e`: who is not banned whatever the bans say.
    Exceptions,
    /// `I`: who gets in without an invitation.
    Invitations,
}

/// Who may do what in a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelModes {
    flags: u16,
    /// `k`: what JOIN must say.
    pub key: Option<String>,
    /// `l`: how many members there may be.
    pub limit: Option<usize>,
    /// `S`: how many seconds one waits between two messages.
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
        let mut with_param = |letter: char, param: Option<String>| {
            if let Some(param) = param {
                letters.push(letter);
                params.push(' ');
                params.push_str(&param);
            }
        };
        with_param('S', self.slow_secs.map(|secs| secs.to_string()));
        with_param('k', self.key.as_ref().map(|key| if to_member { key.clone() } else { "*".to_owned() }));
        with_param('l', self.limit.map(|limit| limit.to_string()));
        letters + &params
    }
}

impl Channel {
    pub(in crate::world) fn new(name: String, place: Arc<str>, since: Number, created: Timestamp) -> Self {
        let mut modes = ChannelModes::default();
        modes.set(Flag::NoOutsiders, true);
        modes.set(Flag::TopicLocked, true);
        Self {
            name,
            place,
            since,
            created,
            topic: None,
            modes,
            deed: None,
            invited: Invited::default(),
            is_kept: false,
            kept_for: None,
            members: IndexMap::new(),
        }
    }

    /// Who sits in it.
    pub fn members(&self) -> impl ExactSizeIterator<Item = (ClientId, &Member)> {
        self.members.iter().map(|(id, member)| (*id, member))
    }

    /// What somebody may do here; nothing for who is no member.
    pub fn ranks(&self, id: ClientId) -> Ranks {
        self.members.get(&id).map(|member| member.ranks).unwrap_or_default()
    }

    /// Whether an entry of the list of bans that is about one of `subjects` describes a client, and no exception does.
    pub fn bans(&self, client: &Client, subjects: &[Subject], casemapping: CaseMapping) -> bool {
        let bans = self.modes.list(List::Bans);
        if bans.is_empty() {
            return false;
        }
        let person = Person::of(client, casemapping);
        let banned = |entry: &ListEntry| {
            subjects.contains(&entry.subject().0) && entry.describes(&person, casemapping)
        };
        let excepted = |entry: &ListEntry| entry.describes(&person, casemapping);
        bans.iter().any(banned) && !self.modes.list(List::Exceptions).iter().any(excepted)
    }

    /// Whether a client is on the list of those who need no invitation.
    pub fn invites(&self, client: &Client, casemapping: CaseMapping) -> bool {
        let person = Person::of(client, casemapping);
        self.modes.list(List::Invitations).iter().any(|entry| entry.describes(&person, casemapping))
    }
}
