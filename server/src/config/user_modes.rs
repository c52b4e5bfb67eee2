//! User modes: what a person is and wants, as MODE and the configuration name it
//! ([Modern IRC, "User Modes"](https://modern.ircdocs.horse/#user-modes)).

/// Declares the user modes: a name in the code, a letter, a bit.
macro_rules! user_modes {
    ($($(#[$meta:meta])* $name:ident = $letter:literal;)*) => {
        /// Something that a person is or wants.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum UserMode {
            $($(#[$meta])* $name),*
        }

        impl UserMode {
            /// All of them, with their letters, in the order of the letters.
            pub const ALL: &[(Self, char)] = &[$((Self::$name, $letter)),*];

            /// Its letter in MODE.
            pub fn letter(self) -> char {
                Self::ALL[self as usize].1
            }

            /// The mode with this letter.
            pub fn from_letter(letter: char) -> Option<Self> {
                Self::ALL.iter().find(|(_, wire)| *wire == letter).map(|(mode, _)| *mode)
            }
        }
    };
}

user_modes! {
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

/// A set of user modes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserModes(u8);

impl UserModes {
    /// Whether a mode is on.
    pub fn has(self, mode: UserMode) -> bool {
        self.0 & (1 << mode as u8) != 0
    }

    pub(crate) fn set(&mut self, mode: UserMode, on: bool) {
        let bit = 1 << mode as u8;
        if on {
            self.0 |= bit;
        } else {
            self.0 &= !bit;
        }
    }

    /// As 221 shows them.
    pub fn describe(self) -> String {
        let on = UserMode::ALL.iter().filter(|(mode, _)| self.has(*mode)).map(|(_, letter)| *letter);
        std::iter::once('+').chain(on).collect()
    }
}
