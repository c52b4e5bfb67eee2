//! A saved server while it is edited: what was typed and ticked, and whether a profile can be made of it.
//!
//! [`LAYOUT`] is the page from the top down; the window makes its fields of it. Every key of a profile has its place
//! there, and a test compares the two. Nothing here is kept before [`ProfileForm::check`] has found all of it good.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use teahouse_protocol::names;
use teahouse_protocol::sasl::Mechanism;

use crate::config::address::{check_port, check_server};
use crate::config::fingerprint::Fingerprint;
use crate::config::pem;
use crate::config::profile::{MAX_NICK_BYTES, Profile, Room, Secret};
use crate::model::forms::login::{move_port, nick_error};
use crate::text::encoding::Encoding;
use crate::text::i18n::{Phrase, Text};
use crate::text::typed;

macro_rules! entries {
    ($($(#[$doc:meta])* $name:ident: $key:literal, $label:ident $(, $hint:ident)?;)*) => {
        /// A field to write in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Entry {
            $($(#[$doc])* $name,)*
        }

        impl Entry {
            /// The profile's key that it is for.
            pub fn key(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)*
                }
            }

            /// What it asks for.
            pub fn label(self) -> Text {
                match self {
                    $(Self::$name => Text::$label,)*
                }
            }

            /// What stands in it while nothing does.
            fn usual_hint(self) -> Option<Text> {
                match self {
                    $($(Self::$name => Some(Text::$hint),)?)*
                    _ => None,
                }
            }
        }
    };
}

// The name of each field, the profile's key that it is for, its label, and what stands in it while nothing does.
entries! {
    /// What the person calls the server.
    Name: "name", ProfileName, HintName;
    /// Its address.
    Server: "server", ServerAddress;
    /// Its port.
    Port: "port", Port;
    /// What it wants from everybody.
    ServerPassword: "server_password", ServerPassword, HintServerPassword;
    /// The nickname.
    Nick: "nick", Nickname;
    /// Nicknames for when that one is taken, with commas between them.
    OtherNicks: "other_nicks", OtherNicks, HintOtherNicks;
    /// The user name of the login.
    User: "user", LoginUser, HintFromNick;
    /// The real name.
    RealName: "real_name", RealName, HintFromNick;
    /// The account.
    Account: "account", Account, HintFromNick;
    /// Its password.
    Password: "password", PasswordOfAccount, HintPassword;
    /// A further certificate to believe.
    Pin: "tls_fingerprints", AddPin, HintPin;
    /// A certificate to show.
    Certificate: "tls_certificate", OwnCertificate, HintCertificate;
    /// Its private key.
    PrivateKey: "tls_key", OwnKey, HintKey;
    /// Rooms to join, with commas between them.
    Rooms: "rooms", RoomsToJoin, HintRooms;
    /// How people there write letters.
    Encoding: "encoding", EncodingOfText, HintEncoding;
}

/// Something to tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tick {
    /// Speak TLS.
    Tls,
    /// Believe only certificates that somebody known vouches for.
    Verify,
    /// Keep the password in the system's keyring.
    Keyring,
    /// Log in to the account by this.
    Mechanism(Mechanism),
    /// Leave when that does not succeed.
    AccountRequired,
    /// Connect when the window opens.
    Connect,
}

/// Words that follow from what is typed and ticked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// Where the password is, or goes.
    Password,
    /// The certificates that are believed.
    Trust,
}

/// A row of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What the rows below are about.
    Heading(Text),
    /// What the boxes below are about.
    Caption(Text),
    /// Fields side by side.
    Entries(&'static [Entry]),
    /// Boxes side by side.
    Ticks(&'static [Tick]),
    /// Words in less weight, or none.
    Note(Note),
    /// The certificates that are believed, each to be taken out.
    Pins,
    /// Whether to connect again, one of [`RECONNECT`].
    Reconnect,
}

/// The page from the top down.
pub static LAYOUT: &[Part] = &[
    Part::Heading(Text::Server),
    Part::Entries(&[Entry::Name]),
    Part::Entries(&[Entry::Server, Entry::Port]),
    Part::Ticks(&[Tick::Tls]),
    Part::Entries(&[Entry::ServerPassword]),
    Part::Heading(Text::You),
    Part::Entries(&[Entry::Nick, Entry::OtherNicks]),
    Part::Entries(&[Entry::User, Entry::RealName]),
    Part::Heading(Text::Account),
    Part::Entries(&[Entry::Account, Entry::Password]),
    Part::Ticks(&[Tick::Keyring]),
    Part::Note(Note::Password),
    Part::Ticks(&[Tick::AccountRequired]),
    Part::Caption(Text::Mechanisms),
    Part::Ticks(&[
        Tick::Mechanism(Mechanism::External),
        Tick::Mechanism(Mechanism::ScramSha256),
        Tick::Mechanism(Mechanism::Plain),
    ]),
    Part::Heading(Text::Encryption),
    Part::Ticks(&[Tick::Verify]),
    Part::Note(Note::Trust),
    Part::Pins,
    Part::Entries(&[Entry::Pin]),
    Part::Entries(&[Entry::Certificate, Entry::PrivateKey]),
    Part::Heading(Text::Connection),
    Part::Entries(&[Entry::Rooms]),
    Part::Entries(&[Entry::Encoding]),
    Part::Ticks(&[Tick::Connect]),
    Part::Caption(Text::WhenLost),
    Part::Reconnect,
];

/// Whether to connect again, and the words for it.
pub const RECONNECT: [(Option<bool>, Text); 3] =
    [(None, Text::ReconnectWindow), (Some(true), Text::ReconnectAlways), (Some(false), Text::ReconnectNever)];

impl Entry {
    /// Whether the text in it is nobody's business.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::ServerPassword | Self::Password)
    }
}

impl Tick {
    /// The profile's key that it is for.
    pub fn key(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::Verify => "tls_verify",
            Self::Keyring => "keyring",
            Self::Mechanism(_) => "sasl",
            Self::AccountRequired => "account_required",
            Self::Connect => "connect",
        }
    }

    /// What it says.
    pub fn label(self) -> Phrase {
        match self {
            Self::Tls => Text::UseTls.into(),
            Self::Verify => Text::VerifyCertificate.into(),
            Self::Keyring => Text::KeepInKeyring.into(),
            Self::Mechanism(mechanism) => Text::Verbatim.with([mechanism.name()]),
            Self::AccountRequired => Text::AccountRequired.into(),
            Self::Connect => Text::AtStart.into(),
        }
    }
}

impl Part {
    /// The profile's keys that can be changed there.
    pub fn keys(self) -> Vec<&'static str> {
        match self {
            Self::Entries(entries) => entries.iter().map(|entry| entry.key()).collect(),
            Self::Ticks(ticks) => ticks.iter().map(|tick| tick.key()).collect(),
            Self::Pins => vec![Entry::Pin.key()],
            Self::Reconnect => vec!["reconnect"],
            Self::Heading(_) | Self::Caption(_) | Self::Note(_) => Vec::new(),
        }
    }
}

/// The errors, each beside its field.
pub type Errors = BTreeMap<Entry, Phrase>;

/// What stands on the page, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileForm {
    /// Some are passwords, so none of them shows itself in logs.
    entries: BTreeMap<Entry, Secret>,
    ticks: BTreeSet<Tick>,
    /// The certificates that are believed.
    pub pins: Vec<Fingerprint>,
    /// Whether to connect again when the connection is lost.
    pub reconnect: Option<bool>,
}

impl From<&Profile> for ProfileForm {
    fn from(profile: &Profile) -> Self {
        let mut form =
            Self { pins: profile.tls_fingerprints.clone(), reconnect: profile.reconnect, ..Self::default() };
        let path = |path: &Option<PathBuf>| {
            path.as_ref().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
        };
        let rooms: Vec<_> = profile.rooms.iter().map(Room::to_string).collect();
        for (entry, text) in [
            (Entry::Name, profile.name.clone()),
            (Entry::Server, profile.server.clone()),
            (Entry::Port, profile.port.to_string()),
            (Entry::ServerPassword, profile.server_password.reveal().to_owned()),
            (Entry::Nick, profile.nick.clone()),
            (Entry::OtherNicks, profile.other_nicks.join(", ")),
            (Entry::User, profile.user.clone()),
            (Entry::RealName, profile.real_name.clone()),
            (Entry::Account, profile.account.clone()),
            (Entry::Password, profile.password.reveal().to_owned()),
            (Entry::Certificate, path(&profile.tls_certificate)),
            (Entry::PrivateKey, path(&profile.tls_key)),
            (Entry::Rooms, rooms.join(", ")),
            (Entry::Encoding, profile.encoding.to_string()),
        ] {
            form.set_text(entry, text);
        }
        for (tick, is_ticked) in [
            (Tick::Tls, profile.tls),
            (Tick::Verify, profile.tls_verify),
            // A password that is to come had better go there.
            (Tick::Keyring, profile.keyring || profile.password.is_empty()),
            (Tick::AccountRequired, profile.account_required),
            (Tick::Connect, profile.connect),
        ] {
            form.set_ticked(tick, is_ticked);
        }
        for mechanism in &profile.sasl {
            form.set_ticked(Tick::Mechanism(*mechanism), true);
        }
        form
    }
}

impl ProfileForm {
    /// What stands in a field.
    pub fn text(&self, entry: Entry) -> &str {
        self.entries.get(&entry).map_or("", Secret::reveal)
    }

    /// Changes what stands in a field.
    pub fn set_text(&mut self, entry: Entry, text: String) {
        if text.is_empty() {
            self.entries.remove(&entry);
        } else {
            self.entries.insert(entry, Secret::from(text));
        }
    }

    /// Whether something is ticked.
    pub fn is_ticked(&self, tick: Tick) -> bool {
        self.ticks.contains(&tick)
    }

    /// Ticks something, or takes the tick away.
    pub fn set_ticked(&mut self, tick: Tick, is_ticked: bool) {
        if is_ticked {
            self.ticks.insert(tick)
        } else {
            self.ticks.remove(&tick)
        };
    }

    /// Moves the port along after TLS was ticked, or the tick taken away.
    pub fn move_port(&mut self) {
        let mut port = self.text(Entry::Port).to_owned();
        move_port(&mut port, self.is_ticked(Tick::Tls));
        self.set_text(Entry::Port, port);
    }

    /// Believes the certificate whose fingerprint was typed, and makes room for another.
    ///
    /// # Errors
    /// When that is no fingerprint; then it stays where it is.
    pub fn add_pin(&mut self) -> Result<(), Phrase> {
        let typed = self.text(Entry::Pin).trim();
        if typed.is_empty() {
            return Ok(());
        }
        let pin = Fingerprint::parse(typed).ok_or(Text::BadPin)?;
        if !self.pins.contains(&pin) {
            self.pins.push(pin);
        }
        self.set_text(Entry::Pin, String::new());
        Ok(())
    }

    /// The text of an empty field, on a page that was filled in from `base`.
    pub fn hint(&self, entry: Entry, base: &Profile) -> Option<Text> {
        let is_kept = entry == Entry::Password && self.is_ticked(Tick::Keyring) && base.is_kept_in_keyring();
        if is_kept { Some(Text::HintKept) } else { entry.usual_hint() }
    }

    /// The text below a box, on a page that was filled in from `base`.
    pub fn note(&self, note: Note, base: &Profile) -> Option<Text> {
        match note {
            Note::Password => {
                let is_typed = !self.text(Entry::Password).is_empty();
                match (self.is_ticked(Tick::Keyring), is_typed, base.is_kept_in_keyring()) {
                    (true, true, _) => Some(Text::PasswordToKeyring),
                    (true, false, true) => Some(Text::PasswordInKeyring),
                    (false, true, _) => Some(Text::PasswordToFile),
                    (false, false, true) => Some(Text::PasswordToNobody),
                    (_, false, false) => None,
                }
            }
            Note::Trust => match (self.is_ticked(Tick::Verify), self.pins.is_empty()) {
                (_, false) => Some(Text::OnlyPinned),
                (false, true) => Some(Text::AnybodyBelieved),
                (true, true) => None,
            },
        }
    }

    /// Reads the page, which was filled in from `base`, the saved server whose place it is to take. `others` are the
    /// servers that stay; relative paths begin at `folder`. Spaces around a value do not count.
    ///
    /// # Errors
    /// The error of every field that has one.
    pub fn check(&self, base: &Profile, others: &[Profile], folder: &Path) -> Result<Profile, Errors> {
        let mut form = self.clone();
        let mut errors = Errors::new();
        if let Err(error) = form.add_pin() {
            errors.insert(Entry::Pin, error);
        }
        let (tls_certificate, tls_key) = (form.path(Entry::Certificate), form.path(Entry::PrivateKey));
        let mut profile = Profile {
            name: form.trimmed(Entry::Name),
            server: take(&mut errors, Entry::Server, check_server(form.text(Entry::Server))),
            port: take(&mut errors, Entry::Port, check_port(form.text(Entry::Port))),
            nick: take(&mut errors, Entry::Nick, check_nick(form.text(Entry::Nick))),
            other_nicks: take(&mut errors, Entry::OtherNicks, check_nicks(form.text(Entry::OtherNicks))),
            user: take(&mut errors, Entry::User, check_user(form.trimmed(Entry::User))),
            real_name: form.trimmed(Entry::RealName),
            server_password: form.secret(Entry::ServerPassword),
            tls: form.is_ticked(Tick::Tls),
            tls_verify: form.is_ticked(Tick::Verify),
            tls_fingerprints: form.pins.clone(),
            tls_certificate,
            tls_key,
            account: form.trimmed(Entry::Account),
            password: form.secret(Entry::Password),
            // Without a password there is nothing to keep.
            keyring: form.is_ticked(Tick::Keyring)
                && (base.keyring
                    || !form.text(Entry::Password).is_empty()
                    || !form.text(Entry::ServerPassword).is_empty()),
            sasl: form.mechanisms(base),
            account_required: form.is_ticked(Tick::AccountRequired),
            rooms: take(&mut errors, Entry::Rooms, check_rooms(form.text(Entry::Rooms))),
            connect: form.is_ticked(Tick::Connect),
            reconnect: form.reconnect,
            encoding: take(
                &mut errors,
                Entry::Encoding,
                Encoding::parse(form.text(Entry::Encoding)).ok_or(Text::BadEncoding.into()),
            ),
            unknown: base.unknown.clone(),
            is_doubtful: false,
        };
        profile.find_files_in(folder);
        check_files(&mut errors, &profile, base);
        if others.iter().any(|other| other.is_same_as(&profile)) {
            errors.insert(Entry::Name, Text::NameOfOther.with([&profile.label()]));
        }
        if errors.is_empty() { Ok(profile) } else { Err(errors) }
    }

    fn trimmed(&self, entry: Entry) -> String {
        self.text(entry).trim().to_owned()
    }

    /// A password, in which every space counts.
    fn secret(&self, entry: Entry) -> Secret {
        Secret::from(self.text(entry).to_owned())
    }

    fn path(&self, entry: Entry) -> Option<PathBuf> {
        let typed = self.text(entry).trim();
        let home = || Some(directories::BaseDirs::new()?.home_dir().join(typed.strip_prefix("~/")?));
        (!typed.is_empty()).then(|| home().unwrap_or_else(|| PathBuf::from(typed)))
    }

    /// The ticked mechanisms: in the order of `base` where they stand there, or else the strongest first.
    fn mechanisms(&self, base: &Profile) -> Vec<Mechanism> {
        let is_ticked = |mechanism: &Mechanism| self.is_ticked(Tick::Mechanism(*mechanism));
        let mut mechanisms: Vec<_> = base.sasl.iter().copied().filter(is_ticked).collect();
        let is_same = Mechanism::ALL.into_iter().filter(is_ticked).count() == mechanisms.len();
        if !is_same {
            mechanisms = Mechanism::ALL.into_iter().filter(is_ticked).collect();
        }
        mechanisms
    }
}

/// The value, or what is wrong, which is noted.
fn take<T: Default>(errors: &mut Errors, entry: Entry, value: Result<T, Phrase>) -> T {
    value.unwrap_or_else(|error| {
        errors.insert(entry, error);
        T::default()
    })
}

fn check_nick(nick: &str) -> Result<String, Phrase> {
    let nick = typed::name(nick);
    names::check_nickname(&nick, MAX_NICK_BYTES).map_err(nick_error)?;
    Ok(nick)
}

fn check_nicks(typed: &str) -> Result<Vec<String>, Phrase> {
    let nicks = typed.split(|c: char| is_comma(c) || c.is_whitespace()).filter(|nick| !nick.is_empty());
    nicks.map(|nick| check_nick(nick).map_err(|_| Text::BadNick.with([nick]))).collect()
}

fn check_user(user: String) -> Result<String, Phrase> {
    let is_bad = |c: char| c.is_whitespace() || "@!".contains(c);
    if user.starts_with(':') || user.contains(is_bad) { Err(Text::BadUser.into()) } else { Ok(user) }
}

fn check_rooms(typed: &str) -> Result<Vec<Room>, Phrase> {
    let rooms = typed.split(is_comma).map(str::trim).filter(|room| !room.is_empty());
    rooms.map(|room| Room::parse(room).ok_or_else(|| Text::BadRoom.with([room]))).collect()
}

/// As people write between things, in either language.
fn is_comma(c: char) -> bool {
    matches!(c, ',' | '，' | '、')
}

/// Looks into the files for the TLS handshake, if they are others than before: the old files may be on a disk that is
/// not here just now.
fn check_files(errors: &mut Errors, profile: &Profile, base: &Profile) {
    let files = (&profile.tls_certificate, &profile.tls_key);
    if files == (&base.tls_certificate, &base.tls_key) || files == (&None, &None) {
        return;
    }
    let Some(certificate) = &profile.tls_certificate else {
        errors.insert(Entry::Certificate, Text::KeyWithoutCertificate.into());
        return;
    };
    let unusable = |why: &dyn std::fmt::Display| Text::FileUnusable.with([&why.to_string()]);
    if let Err(why) = pem::certificates(certificate) {
        errors.insert(Entry::Certificate, unusable(&why));
    } else if let Err(why) = pem::private_key(profile.tls_key.as_ref().unwrap_or(certificate)) {
        errors.insert(Entry::PrivateKey, unusable(&why));
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::config::profile::KEYS;
    use crate::config::unknown::Unknown;

    fn folder() -> &'static Path {
        Path::new("/nowhere")
    }

    /// A profile in which nothing is as usual.
    fn unusual() -> Profile {
        Profile {
            name: "学校".into(),
            server: "tea.example".into(),
            port: 7000,
            nick: "小明".into(),
            other_nicks: vec!["xiaoming".into(), "小明2".into()],
            user: "ming".into(),
            real_name: "Xiao Ming".into(),
            server_password: Secret::from(" open sesame ".to_owned()),
            tls: true,
            tls_verify: false,
            tls_fingerprints: vec![Fingerprint::of(b"one"), Fingerprint::of(b"two")],
            tls_certificate: Some("/me.pem".into()),
            tls_key: Some("/me.key".into()),
            account: "ming".into(),
            password: Secret::from("tea".to_owned()),
            keyring: true,
            sasl: vec![Mechanism::Plain, Mechanism::External],
            account_required: true,
            rooms: vec![Room::parse("#茶馆").unwrap(), Room::parse("#b key").unwrap()],
            connect: true,
            reconnect: Some(false),
            encoding: Encoding::parse("Big5").unwrap(),
            unknown: Unknown::default(),
            is_doubtful: false,
        }
    }

    fn form() -> ProfileForm {
        ProfileForm::from(&Profile { nick: "bob".into(), ..Profile::default() })
    }

    fn read(form: &ProfileForm) -> Result<Profile, Errors> {
        form.check(&Profile::default(), &[], folder())
    }

    #[track_caller]
    fn refused(entry: Entry, typed: &str, text: Text) {
        let mut form = form();
        form.set_text(entry, typed.to_owned());
        let errors = read(&form).expect_err(typed);
        let texts: Vec<_> = errors.iter().map(|(entry, error)| (*entry, error.text())).collect();
        assert_eq!(texts, [(entry, text)], "{typed:?}");
        assert_eq!(form.text(entry), typed, "nothing that was typed is lost");
    }

    #[track_caller]
    fn taken(entry: Entry, typed: &str) -> Profile {
        let mut form = form();
        form.set_text(entry, typed.to_owned());
        read(&form).expect(typed)
    }

    #[test]
    fn passwords_are_hidden_while_they_are_typed_and_nothing_else_is() {
        assert!(Entry::Password.is_secret() && Entry::ServerPassword.is_secret());
        assert!([Entry::Server, Entry::Nick, Entry::Account, Entry::Rooms].iter().all(|it| !it.is_secret()));
    }

    #[test]
    fn what_nobody_touches_stays_as_it_is() {
        let profile = unusual();
        assert_eq!(ProfileForm::from(&profile).check(&profile, &[], folder()), Ok(profile));
        let profile = Profile { nick: "bob".into(), ..Profile::default() };
        assert_eq!(read(&ProfileForm::from(&profile)), Ok(profile));
    }

    #[test]
    fn every_key_of_a_profile_has_its_place_on_the_page() {
        let mut on_page: Vec<_> = LAYOUT.iter().flat_map(|part| part.keys()).collect();
        on_page.sort_unstable();
        on_page.dedup();
        let mut keys: Vec<_> = KEYS.iter().map(|key| key.name).collect();
        keys.sort_unstable();
        assert_eq!(on_page, keys);
    }

    #[test]
    fn every_place_on_the_page_changes_its_own_key_and_no_other() {
        let base = unusual();
        let before = toml::Table::try_from(&base).unwrap();
        let changed = |change: &dyn Fn(&mut ProfileForm)| {
            let mut form = ProfileForm::from(&base);
            change(&mut form);
            let after = form.check(&base, &[], folder()).expect("the change is good");
            let after = toml::Table::try_from(&after).unwrap();
            let is_changed = |key: &&'static str| before.get(*key) != after.get(*key);
            KEYS.iter().map(|key| key.name).filter(is_changed).collect::<Vec<_>>()
        };
        for part in LAYOUT {
            match part {
                Part::Entries(entries) => {
                    for entry in *entries {
                        let text = match entry {
                            Entry::Port => "6667".to_owned(),
                            Entry::Pin => Fingerprint::of(b"three").to_string(),
                            Entry::Rooms => "#another".to_owned(),
                            Entry::Encoding => "gbk".to_owned(),
                            // The files that these name are looked at, and there is a test of its own for that.
                            Entry::Certificate | Entry::PrivateKey => continue,
                            _ => "another".to_owned(),
                        };
                        assert_eq!(changed(&|form| form.set_text(*entry, text.clone())), [entry.key()]);
                    }
                }
                Part::Ticks(ticks) => {
                    for tick in *ticks {
                        let turn = |form: &mut ProfileForm| form.set_ticked(*tick, !form.is_ticked(*tick));
                        assert_eq!(changed(&turn), [tick.key()]);
                    }
                }
                Part::Pins => assert_eq!(changed(&|form| drop(form.pins.remove(0))), ["tls_fingerprints"]),
                Part::Reconnect => assert_eq!(changed(&|form| form.reconnect = Some(true)), ["reconnect"]),
                Part::Heading(_) | Part::Caption(_) | Part::Note(_) => {}
            }
        }
    }

    #[test]
    fn mistakes_are_said_beside_their_fields() {
        refused(Entry::Server, "", Text::ServerMissing);
        refused(Entry::Server, "http://tea", Text::ServerBad);
        refused(Entry::Port, "0", Text::PortBad);
        refused(Entry::Nick, "", Text::NameMissing);
        refused(Entry::Nick, "a b", Text::NameHasSpace);
        refused(Entry::OtherNicks, "bobby, 1bob", Text::BadNick);
        refused(Entry::User, "b ob", Text::BadUser);
        refused(Entry::User, "bob@home", Text::BadUser);
        refused(Entry::Encoding, "klingon", Text::BadEncoding);
        refused(Entry::Rooms, "#a, lobby", Text::BadRoom);
        refused(Entry::Rooms, "#a key more", Text::BadRoom);
        refused(Entry::Pin, "ab:cd", Text::BadPin);
        refused(Entry::Certificate, "me.pem", Text::FileUnusable);
        let mut form = form();
        for entry in [Entry::Server, Entry::Port, Entry::Nick] {
            form.set_text(entry, String::new());
        }
        assert_eq!(read(&form).unwrap_err().len(), 3, "all of them at once");
    }

    #[test]
    fn lists_are_written_with_commas_of_either_language() {
        assert_eq!(
            taken(Entry::OtherNicks, "bob2， 小明、bob_  bob__").other_nicks,
            ["bob2", "小明", "bob_", "bob__"]
        );
        let rooms = taken(Entry::Rooms, " #a,#b sesame， &c , ").rooms;
        assert_eq!(rooms, ["#a", "#b sesame", "&c"].map(|room| Room::parse(room).unwrap()));
    }

    #[test]
    fn two_saved_servers_are_told_from_each_other_by_name_or_address() {
        let other = Profile { nick: "alice".into(), ..Profile::default() };
        let errors = form().check(&Profile::default(), std::slice::from_ref(&other), folder()).unwrap_err();
        assert_eq!(errors[&Entry::Name], Text::NameOfOther.with(["127.0.0.1:6667"]));
        let mut form = form();
        form.set_text(Entry::Name, "home".into());
        assert!(form.check(&Profile::default(), &[other], folder()).is_ok());
    }

    #[test]
    fn a_fingerprint_is_added_once_and_taken_out_again() {
        let mut form = form();
        for _ in 0..2 {
            form.set_text(Entry::Pin, format!("SHA256:{}", Fingerprint::of(b"one")));
            form.add_pin().unwrap();
        }
        assert_eq!((form.text(Entry::Pin), &form.pins[..]), ("", &[Fingerprint::of(b"one")][..]));
        form.set_text(Entry::Pin, Fingerprint::of(b"two").to_string());
        assert_eq!(read(&form).unwrap().tls_fingerprints.len(), 2, "even if nobody pressed Enter");
        form.pins.clear();
        form.set_text(Entry::Pin, "two".into());
        form.add_pin().unwrap_err();
        assert_eq!(form.text(Entry::Pin), "two");
    }

    #[test]
    fn a_certificate_is_looked_at_before_it_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let pair = rcgen::generate_simple_self_signed(["me".to_owned()]).unwrap();
        fs::write(folder.path().join("me.pem"), pair.cert.pem()).unwrap();
        fs::write(folder.path().join("me.key"), pair.signing_key.serialize_pem()).unwrap();
        let check = |certificate: &str, key: &str| {
            let mut form = form();
            form.set_text(Entry::Certificate, certificate.into());
            form.set_text(Entry::PrivateKey, key.into());
            form.check(&Profile::default(), &[], folder.path())
        };
        let profile = check("me.pem", "me.key").unwrap();
        assert_eq!(profile.tls_certificate, Some(folder.path().join("me.pem")));
        let wrong = |certificate, key| check(certificate, key).unwrap_err().into_keys().collect::<Vec<_>>();
        assert_eq!(wrong("me.pem", ""), [Entry::PrivateKey], "the key is not in the same file");
        assert_eq!(wrong("me.key", "me.key"), [Entry::Certificate]);
        assert_eq!(wrong("", "me.key"), [Entry::Certificate]);
        // A certificate that cannot be read just now does not keep anybody from changing something else.
        let base = Profile { tls_certificate: Some("/gone.pem".into()), ..profile };
        assert!(ProfileForm::from(&base).check(&base, &[], folder.path()).is_ok());
    }

    #[test]
    fn it_is_said_where_the_password_goes() {
        let kept = Profile { keyring: true, ..Profile::default() };
        let note = |base: &Profile, keyring: bool, typed: &str| {
            let mut form = ProfileForm::from(base);
            form.set_ticked(Tick::Keyring, keyring);
            form.set_text(Entry::Password, typed.to_owned());
            form.note(Note::Password, base)
        };
        assert_eq!(note(&kept, true, ""), Some(Text::PasswordInKeyring));
        assert_eq!(note(&kept, false, ""), Some(Text::PasswordToNobody));
        let new = Profile::default();
        assert_eq!(note(&new, true, "tea"), Some(Text::PasswordToKeyring));
        assert_eq!(note(&new, false, "tea"), Some(Text::PasswordToFile));
        assert_eq!(note(&new, true, ""), None);
        assert_eq!(ProfileForm::from(&kept).hint(Entry::Password, &kept), Some(Text::HintKept));
        assert_eq!(ProfileForm::from(&new).hint(Entry::Password, &new), Some(Text::HintPassword));
    }

    #[test]
    fn a_keyring_is_asked_only_where_there_is_a_password_for_it() {
        let keeps = |base: &Profile, entry: Entry, typed: &str| {
            let mut form = ProfileForm::from(base);
            form.set_ticked(Tick::Keyring, true);
            form.set_text(entry, typed.to_owned());
            form.check(base, &[], Path::new("")).unwrap().keyring
        };
        let new = Profile { server: "tea.house".into(), nick: "bob".into(), ..Profile::default() };
        let kept = Profile { keyring: true, ..new.clone() };
        for (base, entry, typed, expected) in [
            (&new, Entry::Password, "", false),
            (&new, Entry::Password, "tea", true),
            (&new, Entry::ServerPassword, "tea", true),
            (&kept, Entry::Password, "", true),
        ] {
            assert_eq!(keeps(base, entry, typed), expected, "{entry:?} {typed:?}");
        }
    }

    #[test]
    fn the_port_moves_along_with_tls_in_a_saved_server_too() {
        let mut form = ProfileForm::from(&Profile::default());
        for (tls, typed, expected) in
            [(true, None, "6697"), (false, None, "6667"), (true, Some("7000"), "7000")]
        {
            if let Some(port) = typed {
                form.set_text(Entry::Port, port.to_owned());
            }
            form.set_ticked(Tick::Tls, tls);
            form.move_port();
            assert_eq!(form.text(Entry::Port), expected, "TLS: {tls}");
        }
    }

    #[test]
    fn passwords_do_not_show_themselves() {
        let shown = format!("{:?}", ProfileForm::from(&unusual()));
        assert!(!shown.contains("sesame") && !shown.contains("tea"), "{shown}");
    }
}
