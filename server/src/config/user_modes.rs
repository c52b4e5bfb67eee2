//! User modes: what a person is and wants, as MODE and the configuration name it
//! ([Modern IRC, "User Modes"](https://modern.ircdocs.horse/#user-modes)).

use crate::letters::{bit_set, letters};

letters! {
    /// Something that a person is or wants, in the order of the letters.
    pub enum UserMode;

    /// Is a program, and says so.
    Bot = 'B';
    /// Does not want private messages to be kept.
    Unrecorded = 'E';
    /// Hears privately from people with accounts only.
    RegisteredOnly = 'R';
    /// Came over TLS; set by the server.
    Secure = 'Z';
    /// Is not shown to people who share no room.
    Invisible = 'i';
    /// Is a server operator; set by OPER.
    Operator = 'o';
    /// Has logged in to an account; set by the server.
    Registered = 'r';
    /// Hears what operators say to everybody (WALLOPS).
    Wallops = 'w';
}

impl UserMode {
    /// Whether a person sets it, rather than the server.
    pub fn is_own_choice(self) -> bool {
        !matches!(self, Self::Operator | Self::Registered | Self::Secure)
    }
}

bit_set! {
    /// A set of user modes.
    pub struct UserModes(u16) of UserMode
}

impl UserModes {
    /// As 221 shows them.
    pub fn describe(self) -> String {
        let on = UserMode::ALL.iter().filter(|(mode, _)| self.has(*mode)).map(|(_, letter)| *letter);
        std::iter::once('+').chain(on).collect()
    }
}
