//! How a row of the [table of keys](super::keys) becomes a field, its default, and a key.

/// Makes of each row a field of `Config`, its default, and its `Key`. A row is
///
/// ```text
/// name: Type = default, reader;
///     "what it does" | "做什么";
///     "what documents say besides" | "文档另外说的";
/// ```
///
/// The default stands as in the file and is read like it; it may be `None`. Behind it in parentheses is what documents
/// say in place of it, with the value for the sample file. `needs_restart` behind the reader is a column too. The third
/// line may be missing.
macro_rules! config {
    (
        $(#[$config:meta])* pub struct Config;
        $(
            $(#[$field:meta])*
            $name:ident: $type:ty = $default:tt $(($words:literal | $words_zh:literal, $sample:tt))?,
                $reader:expr $(, $needs_restart:tt)?;
            $english:literal | $chinese:literal;
            $($more:literal | $more_zh:literal;)?
        )*
    ) => {
        $(#[$config])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Config {
            $(#[doc = concat!($english, ".")] $(#[$field])* pub $name: $type),*
        }

        impl Default for Config {
            fn default() -> Self {
                Self { $($name: config!(@default $reader, $default)),* }
            }
        }

        /// Every key, in the order in which `--help` shows them.
        pub static KEYS: &[Key] = &[$({
            const READER: Reader<$type> = $reader;
            Key {
                name: stringify!($name),
                meaning: Words($english, $chinese),
                more: config!(@or Words("", "") $(; Words($more, $more_zh))?),
                default: config!(@or {
                    const DEFAULT: &str = concat!("`", stringify!($default), "`");
                    Words(DEFAULT, DEFAULT)
                } $(; Words($words, $words_zh))?),
                sample: config!(@or stringify!($default) $(; stringify!($sample))?),
                needs_restart: config!(@is $($needs_restart)?),
                form: READER.form,
                set: |config, given| (READER.read)(given).map(|value| config.$name = value),
                differs: |one, other| one.$name != other.$name,
                keep: |config, old| config.$name.clone_from(&old.$name),
            }
        }),*];
    };
    (@default $reader:expr, None) => { None };
    (@default $reader:expr, $default:tt) => { $reader.default($default) };
    (@or $otherwise:expr) => { $otherwise };
    (@or $otherwise:expr; $given:expr) => { $given };
    (@is) => { false };
    (@is needs_restart) => { true };
}
pub(super) use config;
