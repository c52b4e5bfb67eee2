//! What the window remembers from one time to the next: a small TOML file in the person's own settings folder.
//!
//! [`ROWS`] is the table of what can stand there, and [`Profile`]'s keys what can stand in each of its servers.
//!
//! The file is for people to read and change. So nothing in it can keep the window from opening: a value that cannot
//! be used is ignored and said, and the file as it was is kept aside, since the next save would be without that value.
//! A file that is not TOML at all, or no file, is moved aside. Keys that nobody here knows are written again as they
//! were: a newer version may have written them.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::config::folder;
use crate::config::profile::{self, Profile, Secret};
use crate::text::i18n::{Phrase, Text};

mod rows;

pub use rows::{Choice, Density, HEADINGS, Kind, Notify, Place, ROWS, Row, SendKey, Settings, Shade};

/// The file's name in the settings folder.
const FILE_NAME: &str = "teahouse.toml";

impl Settings {
    /// The first of the profiles, where the program without a window goes.
    pub fn first_profile(&self) -> Profile {
        self.profiles.first().cloned().unwrap_or_default()
    }

    /// The profile that was gone to last, or else the first.
    pub fn last_profile(&self) -> Profile {
        let last = self.profiles.iter().find(|profile| profile.label() == self.last);
        last.cloned().unwrap_or_else(|| self.first_profile())
    }

    /// Notes that the user goes to a server, as the profile is. A new server comes behind the others, and the profile
    /// that nobody ever changed gives way. A password that was typed into the form is not written down; a password in
    /// the file stays there.
    pub fn remember(&mut self, profile: &Profile) {
        let mut profile = profile.clone();
        (profile.password, profile.server_password) = (Secret::default(), Secret::default());
        self.last = profile.label();
        match self.profiles.iter_mut().find(|saved| saved.is_same_as(&profile)) {
            Some(saved) => {
                profile.password = std::mem::take(&mut saved.password);
                profile.server_password = std::mem::take(&mut saved.server_password);
                *saved = profile;
            }
            None => {
                self.profiles.retain(|saved| *saved != Profile::default());
                self.profiles.push(profile);
            }
        }
    }
}

/// Where the settings are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsFile {
    path: PathBuf,
}

impl SettingsFile {
    /// The file in `folder`, or in this person's own settings folder. There is none where nobody has a home.
    pub fn locate(folder: Option<&Path>) -> Option<Self> {
        let folder = match folder {
            Some(folder) => folder.to_owned(),
            None => directories::ProjectDirs::from("", "", "teahouse")?.config_dir().to_owned(),
        };
        Some(Self { path: folder.join(FILE_NAME) })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that it is in.
    pub fn folder(&self) -> Option<&Path> {
        self.path.parent()
    }

    /// Reads the settings, and says what was wrong with them. No file is nothing wrong: the defaults hold.
    pub fn load(&self) -> (Settings, Vec<Phrase>) {
        let words = |words: &str| Text::Verbatim.with([words]);
        let table = match fs::read(&self.path) {
            Ok(bytes) => match String::from_utf8(bytes) {
                // Some editors begin every file with U+FEFF.
                Ok(text) => text.trim_start_matches('\u{feff}').parse::<toml::Table>(),
                Err(_) => return (Settings::default(), vec![self.set_aside(Text::NotText.into())]),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return (Settings::default(), Vec::new());
            }
            Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
                return (Settings::default(), vec![self.set_aside(Text::IsAFolder.into())]);
            }
            Err(error) => return (Settings::default(), vec![self.set_aside(words(&error.to_string()))]),
        };
        match table {
            Ok(table) => {
                let (mut settings, mut problems) = read(&table);
                for profile in &mut settings.profiles {
                    profile.find_files_in(self.path.parent().unwrap_or(Path::new("")));
                }
                if !problems.is_empty() {
                    problems.insert(0, self.copy_aside());
                }
                (settings, problems)
            }
            Err(error) => (Settings::default(), vec![self.set_aside(words(error.message()))]),
        }
    }

    /// Writes the settings: whole, or not at all, so that a full disk cannot leave half a file.
    ///
    /// # Errors
    /// Whatever the file system says, in plain words.
    pub fn save(&self, settings: &Settings) -> Result<(), Phrase> {
        self.write(settings).map_err(|error| self.cannot_keep(&error))
    }

    /// Says that nothing can be kept where this file is.
    pub fn cannot_keep(&self, error: &io::Error) -> Phrase {
        let folder = self.folder().unwrap_or(Path::new("")).display().to_string();
        Text::CannotKeep.of([Text::Verbatim.with([&folder]), folder::why(error)])
    }

    fn write(&self, settings: &Settings) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let profiles = settings.profiles.iter().map(|profile| profile.clone().with_files_of(folder));
        let settings = Settings { profiles: profiles.collect(), ..settings.clone() };
        let text = toml::to_string(&settings).map_err(io::Error::other)?;
        folder::replace_for_good(&self.path, &text)
    }

    /// Moves a broken file aside, and says so.
    fn set_aside(&self, why: Phrase) -> Phrase {
        let words = |words: &str| Text::Verbatim.with([words]);
        match folder::set_aside(&self.path) {
            Ok(aside) => Text::SettingsBroken.of([words(&aside.display().to_string()), why]),
            Err(error) => {
                log::warn!("{} cannot be moved aside: {error}", self.path.display());
                Text::SettingsUnreadable.of([words(&self.path.display().to_string()), why])
            }
        }
    }

    /// Keeps the file as it is, for what of it will not be written again, and says where.
    fn copy_aside(&self) -> Phrase {
        match folder::copy_aside(&self.path) {
            Ok(aside) => Text::SettingsCopied.with([&aside.display().to_string()]),
            Err(error) => self.cannot_keep(&error),
        }
    }
}

/// Takes over each value that can be used, and names each key whose value cannot. It says nothing of an unknown key:
/// a newer version may have written it. A profile is different: a mistyped key there may have been meant to make the
/// connection safe.
fn read(table: &toml::Table) -> (Settings, Vec<Phrase>) {
    let mut settings = Settings::default();
    let mut problems = Vec::new();
    let mut first = toml::Table::new();
    let mut profiles: Vec<toml::Table> = Vec::new();
    for (key, value) in table {
        let is_usable = match ROWS.iter().find(|row| row.key == key) {
            Some(row) => (row.read)(&mut settings, value),
            None if key == "profile" => rows::each(&mut profiles, value),
            None => {
                let is_of_profile = profile::KEYS.iter().any(|row| row.name == key);
                let place = if is_of_profile { &mut first } else { &mut settings.unknown.0 };
                place.insert(key.clone(), value.clone());
                true
            }
        };
        if !is_usable {
            problems.push(Text::SettingIgnored.with([key]));
        }
    }
    // Keys outside of any [[profile]] are the first profile.
    if !first.is_empty() {
        profiles.insert(0, first);
    }
    if !profiles.is_empty() {
        let (read, wrong): (Vec<_>, Vec<_>) = profiles.iter().map(Profile::read).unzip();
        settings.profiles = read;
        problems.extend(wrong.into_iter().flatten());
    }
    (settings, problems)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::config::placement::Placement;
    use crate::config::unknown::Unknown;
    use crate::text::i18n::Language;

    fn file_with(text: &str) -> (tempfile::TempDir, SettingsFile) {
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::locate(Some(folder.path())).unwrap();
        fs::write(file.path(), text).unwrap();
        (folder, file)
    }

    fn texts(problems: &[Phrase]) -> Vec<Text> {
        problems.iter().map(Phrase::text).collect()
    }

    #[test]
    fn what_is_saved_is_there_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::locate(Some(&folder.path().join("not/yet/there"))).unwrap();
        assert_eq!(file.load(), (Settings::default(), vec![]));
        let settings = Settings {
            language: Some(Language::Chinese),
            theme: Shade::Dark,
            density: Density::Compact,
            font: "Noto Serif CJK SC".to_owned(),
            size: 125,
            times: false,
            traffic: false,
            typing: false,
            send_with: SendKey::CtrlEnter,
            notify: Notify::All,
            sound: false,
            ask_before_closing: false,
            logs: false,
            ignored: vec!["troll".to_owned()],
            notify_in: BTreeMap::from([("tea.house/#lobby".to_owned(), Notify::None)]),
            last: "tea.example:7000".to_owned(),
            unknown: Unknown::default(),
            window: Some(Placement { width: 900, height: 640, x: 5, y: -7, maximized: true }),
            profiles: vec![
                Profile { nick: "小明".to_owned(), ..Profile::default() },
                Profile { server: "tea.example".to_owned(), port: 7000, tls: true, ..Profile::default() },
            ],
        };
        file.save(&settings).unwrap();
        assert_eq!(file.load(), (settings, vec![]));
        file.save(&Settings::default()).unwrap();
        assert_eq!(file.load(), (Settings::default(), vec![]));
    }

    #[test]
    fn a_broken_file_is_moved_aside_and_said() {
        let (_folder, file) = file_with("server = [[[");
        let (settings, problems) = file.load();
        assert_eq!(settings, Settings::default());
        assert_eq!(texts(&problems), [Text::SettingsBroken]);
        assert_eq!(fs::read_to_string(file.path().with_extension("toml.broken")).unwrap(), "server = [[[");
        assert_eq!(file.load().1, []);
    }

    #[test]
    fn a_value_that_cannot_be_used_is_ignored_and_the_others_hold() {
        let (_folder, file) = file_with(
            "server = \"a b\"\nport = 99999\nnick = \"小明\"\nlanguage = \"fr\"\ntheme = 3\n\
             density = \"compact\"\nask_before_closing = \"no\"\nfuture = 1\n",
        );
        let (settings, problems) = file.load();
        let profiles = vec![Profile { nick: "小明".into(), is_doubtful: true, ..Profile::default() }];
        let expected = Settings {
            profiles,
            density: Density::Compact,
            unknown: settings.unknown.clone(),
            ..Settings::default()
        };
        assert_eq!(settings, expected);
        assert_eq!(texts(&problems[1..]), [Text::SettingIgnored; 5]);
        assert_eq!(problems[0].text(), Text::SettingsCopied);
        let aside = file.path().with_extension("toml.broken");
        assert!(problems[0].to(Language::English).contains(&aside.display().to_string()));
        file.save(&settings).unwrap();
        assert!(fs::read_to_string(aside).unwrap().contains("language = \"fr\""), "as it was");
        assert_eq!(file.load().1, []);
    }

    #[test]
    fn what_is_no_file_of_text_is_set_aside_and_said_too() {
        for bad in [&b"nick = \"caf\xe9\"\n"[..], b"\0\0\0\0", b"\xff\xfen\0i\0c\0k\0"] {
            let (_folder, file) = file_with("");
            fs::write(file.path(), bad).unwrap();
            let (settings, problems) = file.load();
            assert_eq!((settings, texts(&problems)), (Settings::default(), vec![Text::SettingsBroken]));
            assert_eq!(fs::read(file.path().with_extension("toml.broken")).unwrap(), bad);
        }
        let (_folder, file) = file_with("");
        fs::remove_file(file.path()).unwrap();
        fs::create_dir(file.path()).unwrap();
        assert_eq!(texts(&file.load().1), [Text::SettingsBroken]);
        file.save(&Settings::default()).unwrap();
        let (_folder, file) = file_with("\u{feff}nick = \"bob\"\n");
        assert_eq!((file.load().0.first_profile().nick.as_str(), file.load().1), ("bob", vec![]));
    }

    #[test]
    fn what_a_newer_version_wrote_outlasts_a_save() {
        let (_folder, file) = file_with(
            "future = 1\nfont = \"\"\n[later]\nof = [\"all\", 2]\n[[profile]]\nserver = \"h\"\nproxy = \"p\"\n\
             [profile.more]\ndeep = true\n[[profile]]\nserver = \"other\"\n",
        );
        let (mut settings, problems) = file.load();
        assert_eq!(texts(&problems), [Text::SettingsCopied, Text::SettingUnknown, Text::SettingUnknown]);
        settings.remember(&settings.profiles[0].moved_to("h", 6667, "bob"));
        file.save(&settings).unwrap();
        let text = fs::read_to_string(file.path()).unwrap();
        let table: toml::Table = text.parse().expect(&text);
        assert_eq!(table["future"].as_integer(), Some(1));
        assert_eq!(table["later"]["of"].as_array().map(Vec::len), Some(2));
        let profile = &table["profile"][0];
        assert_eq!((profile["proxy"].as_str(), profile["nick"].as_str()), (Some("p"), Some("bob")));
        assert_eq!(profile["more"]["deep"].as_bool(), Some(true));
        assert!(!text[text.find("other").unwrap()..].contains("proxy"), "{text}");
        assert_eq!(file.load().0, settings);
    }

    #[test]
    fn of_a_list_that_is_wrong_in_places_the_rest_holds() {
        let (_folder, file) = file_with(
            "ignored = [\"troll\", 3]\nprofile = [{server = \"one\"}, 2]\n[notify_in]\n\"a/#b\" = \"all\"\nc = 1\n",
        );
        let (settings, problems) = file.load();
        assert_eq!(settings.ignored, ["troll"]);
        assert_eq!(settings.first_profile().server, "one");
        assert_eq!(settings.notify_in, BTreeMap::from([("a/#b".to_owned(), Notify::All)]));
        assert_eq!(texts(&problems[1..]), [Text::SettingIgnored; 3]);
    }

    #[test]
    fn a_window_that_no_screen_has_room_for_is_ignored_and_said() {
        for bad in [
            "width = 2147483647, height = 600, x = 2147483647, y = 0",
            "width = 0, height = 600, x = 0, y = 0",
            "width = 900, height = -600, x = 0, y = 0",
            "width = 900, height = 600, x = -2147483648, y = 0",
            "width = 900, height = 600",
        ] {
            let (_folder, file) = file_with(&format!("window = {{{bad}}}\n"));
            let (settings, problems) = file.load();
            assert_eq!(settings.window, None, "{bad}");
            assert_eq!(texts(&problems[1..]), [Text::SettingIgnored], "{bad}");
        }
    }

    #[test]
    fn a_server_whose_certificates_cannot_be_read_is_not_believed_and_not_gone_to_by_itself() {
        let (_folder, file) = file_with(
            "server = \"h\"\ntls = true\ntls_verify = false\ntls_fingerprints = [\"ab\", 7]\nconnect = true\n",
        );
        let (settings, problems) = file.load();
        let profile = settings.first_profile();
        assert_eq!(profile.tls_fingerprints.len(), 2);
        assert!(profile.tls_fingerprints.iter().all(|pin| !pin.matches(b"whatever")));
        assert!(profile.is_doubtful && texts(&problems).contains(&Text::SettingIgnored));
        file.save(&settings).unwrap();
        let text = fs::read_to_string(file.path()).unwrap();
        assert!(text.contains("tls_fingerprints = [\"ab\", \"7\"]"), "{text}");
    }

    #[test]
    fn what_stands_outside_of_any_profile_is_the_first_one() {
        let (_folder, file) = file_with(
            "server = \"one\"\nnick = \"bob\"\n[[profile]]\nserver = \"two\"\n[[profile]]\nserver = \"three\"\n",
        );
        let (settings, problems) = file.load();
        let servers: Vec<_> = settings.profiles.iter().map(|profile| profile.server.as_str()).collect();
        assert_eq!((servers, problems), (vec!["one", "two", "three"], vec![]));
        assert_eq!(settings.first_profile().nick, "bob");
        let (_folder, file) = file_with("[profile]\nserver = \"only\"\ntsl = true\n");
        let (settings, problems) = file.load();
        assert_eq!((settings.profiles.len(), settings.profiles[0].server.as_str()), (1, "only"));
        assert_eq!(texts(&problems), [Text::SettingsCopied, Text::SettingUnknown]);
    }

    #[test]
    fn the_last_login_is_shown_again_and_the_servers_stay_in_their_order() {
        let profile = |name: &str, server: &str, nick: &str| Profile {
            name: name.to_owned(),
            server: server.to_owned(),
            nick: nick.to_owned(),
            ..Profile::default()
        };
        let mut settings = Settings::default();
        for (name, server, nick) in
            [("", "one", "bob"), ("", "two", "bob"), ("class", "one", "bob"), ("", "One", "alice")]
        {
            settings.remember(&profile(name, server, nick));
        }
        let saved = [profile("", "One", "alice"), profile("", "two", "bob"), profile("class", "one", "bob")];
        assert_eq!(settings.profiles, saved);
        assert_eq!(settings.last_profile(), saved[0]);
        settings.remember(&saved[2]);
        assert_eq!((settings.last_profile(), settings.profiles), (saved[2].clone(), saved.to_vec()));
    }

    #[test]
    fn a_password_that_was_typed_is_not_written_down_and_one_in_the_file_stays() {
        let profile = |password: &str| Profile {
            nick: "bob".to_owned(),
            password: Secret::from(password.to_owned()),
            ..Profile::default()
        };
        let mut settings = Settings::default();
        settings.remember(&profile("typed"));
        assert_eq!(settings.profiles, [profile("")]);
        settings.profiles = vec![profile("written")];
        settings.remember(&profile("typed"));
        assert_eq!(settings.profiles, [profile("written")]);
    }

    #[test]
    fn files_beside_the_settings_go_along_with_the_folder() {
        let (folder, file) = file_with("tls_certificate = \"me.pem\"\ntls_key = \"/elsewhere/me.key\"\n");
        let (settings, _) = file.load();
        assert_eq!(settings.profiles[0].tls_certificate, Some(folder.path().join("me.pem")));
        file.save(&settings).unwrap();
        let text = fs::read_to_string(file.path()).unwrap();
        assert!(text.contains("tls_certificate = \"me.pem\"\ntls_key = \"/elsewhere/me.key\"\n"), "{text}");
        assert_eq!(file.load().0, settings);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_what_is_saved() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::locate(Some(folder.path())).unwrap();
        file.save(&Settings::default()).unwrap();
        assert_eq!(fs::metadata(file.path()).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_said_in_plain_words() {
        let (_folder, file) = file_with("");
        let below_a_file = SettingsFile::locate(Some(file.path())).unwrap();
        let problem = below_a_file.save(&Settings::default()).unwrap_err();
        assert_eq!(problem.text(), Text::CannotKeep);
    }
}
