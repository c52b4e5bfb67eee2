//! Modes by their letters, and sets of them: what the tables of modes have in common.

/// Declares an enum of modes, each with its letter in MODE.
macro_rules! letters {
    ($(#[$meta:meta])* pub enum $enum:ident; $($(#[$row:meta])* $name:ident = $letter:literal;)*) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $enum {
            $($(#[$row])* $name),*
        }

        impl $enum {
            /// All of them, with their letters.
            pub const ALL: &[(Self, char)] = &[$((Self::$name, $letter)),*];

            /// The mode with this letter.
            pub fn from_letter(letter: char) -> Option<Self> {
                Self::ALL.iter().find(|(_, wire)| *wire == letter).map(|(mode, _)| *mode)
            }

            /// Its letter in MODE.
            pub fn letter(self) -> char {
                Self::ALL[self as usize].1
            }
        }
    };
}

/// Declares a set of the variants of an enum: `Ranks(u8) of Rank`, a bit for each.
macro_rules! bit_set {
    ($(#[$meta:meta])* $vis:vis struct $set:ident($bits:ty) of $item:ty) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        $vis struct $set($bits);

        const _: () = assert!(<$item>::ALL.len() <= <$bits>::BITS as usize, "there is a bit for each");

        impl $set {
            /// Whether something is in the set.
            $vis fn has(self, item: $item) -> bool {
                self.0 & (1 << item as $bits) != 0
            }

            /// Puts something into the set, or takes it out.
            pub(crate) fn set(&mut self, item: $item, on: bool) {
                let bit = 1 << item as $bits;
                if on {
                    self.0 |= bit;
                } else {
                    self.0 &= !bit;
                }
            }
        }
    };
}

pub(crate) use {bit_set, letters};
