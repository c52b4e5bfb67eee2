//! Logs as they were kept before they belonged to somebody: one folder for each server, `logs/tea.house`, in which
//! everybody who used the computer wrote.
//!
//! They are taken over once, and only if they certainly are somebody's. That is so where a single saved server leads
//! there, so that there is one name; where no private conversation has words of anybody but its two, so that nobody
//! else wrote there; and from the first word on that this name said in a conversation. All else is put where nobody
//! sees it, in `logs/+old/tea.house`, and stays there for its owner to read or to delete.

use std::fs;
use std::io;
use std::path::Path;

use teahouse_protocol::names::is_channel;
use teahouse_protocol::sasl::Mechanism;

use super::{Entry, FOLDER_NAME, GOES_ON, Identity, Owner, file_name, same_for_all_cases};
use crate::config::folder;
use crate::config::profile::Profile;

/// The folder of logs that belong to nobody for certain. No server has a `+` in its name.
const NOBODYS: &str = "+old";

/// A conversation of old, whole.
struct Old {
    /// What it is called.
    name: String,
    text: String,
}

/// Takes over what lies in the settings' folder `settings` from before logs belonged to somebody.
pub fn take_over(settings: &Path, profiles: &[Profile]) {
    let logs = settings.join(FOLDER_NAME);
    let Ok(entries) = fs::read_dir(&logs) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_old = !name.contains('+') && entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_old && let Err(error) = take_over_server(&logs, &name, profiles) {
            log::warn!("{} was not taken over: {error}", entry.path().display());
        }
    }
}

fn take_over_server(logs: &Path, folder: &str, profiles: &[Profile]) -> io::Result<()> {
    let from = logs.join(folder);
    let leads_here = |profile: &&Profile| old_file_name(&profile.server.to_ascii_lowercase()) == folder;
    let mut here = profiles.iter().filter(leads_here);
    if let (Some(profile), None) = (here.next(), here.next())
        && !profile.nick.is_empty()
    {
        let conversations = read_conversations(&from)?;
        if conversations.iter().all(|old| is_between(old, &profile.nick)) {
            let to = logs.join(owner(profile).folder());
            for old in &conversations {
                take_over_conversation(&from, &to, old, &profile.nick)?;
            }
        }
    }
    // The rest is nobody's, and is not looked at again.
    let nobodys = logs.join(NOBODYS);
    folder::make(&nobodys)?;
    let place = (1..).map(|number| {
        nobodys.join(if number == 1 { folder.to_owned() } else { format!("{folder}-{number}") })
    });
    let is_free = |place: &std::path::PathBuf| !place.exists();
    fs::remove_dir(&from)
        .or_else(|_| place.into_iter().find(is_free).map_or(Ok(()), |to| fs::rename(&from, to)))
}

/// The owner of the logs, if they are those of the only way to that server.
fn owner(profile: &Profile) -> Owner {
    let has_account =
        profile.keyring || !profile.password.is_empty() || profile.sasl.contains(&Mechanism::External);
    let identity = if has_account {
        Identity::Account(profile.account_name().to_owned())
    } else {
        Identity::Name(profile.nick.clone())
    };
    Owner { server: profile.server.clone(), port: profile.port, identity }
}

fn read_conversations(folder: &Path) -> io::Result<Vec<Old>> {
    let mut conversations = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.file_name().to_string_lossy().into_owned();
        if let Some(name) = file.strip_suffix(".log").and_then(old_name) {
            let text = String::from_utf8_lossy(&fs::read(folder.join(&file))?).into_owned();
            conversations.push(Old { name, text });
        }
    }
    Ok(conversations)
}

/// Whether nobody speaks in a private conversation but the two people who have it.
fn is_between(old: &Old, nick: &str) -> bool {
    let is_one = |from: &str| is_same(from, nick) || is_same(from, &old.name);
    is_channel(&old.name) || old.text.lines().filter_map(Entry::parse).all(|entry| is_one(&entry.from))
}

fn is_same(one: &str, other: &str) -> bool {
    same_for_all_cases(one) == same_for_all_cases(other)
}

/// Moves a conversation from the first word on that this name said, and up to when it was read.
fn take_over_conversation(from: &Path, to: &Path, old: &Old, nick: &str) -> io::Result<()> {
    let mut start = 0;
    let own = old.text.split_inclusive('\n').find(|line| {
        let is_own =
            !line.starts_with(GOES_ON) && Entry::parse(line).is_some_and(|it| is_same(&it.from, nick));
        start += if is_own { 0 } else { line.len() };
        is_own
    });
    if own.is_none() {
        return Ok(());
    }
    let path = |folder: &Path, name: &str, extension: &str| folder.join(format!("{name}.{extension}"));
    let (old_file, new_file) = (old_file_name(&old.name), file_name(&old.name));
    let target = path(to, &new_file, "log");
    if target.exists() {
        // It was begun once before, and broken off.
        return Ok(());
    }
    let read = path(from, &old_file, "read");
    if read.exists() {
        folder::make(to)?;
        fs::rename(read, path(to, &new_file, "read"))?;
    }
    let (before, after) = old.text.split_at(start);
    folder::replace(&target, after)?;
    let source = path(from, &old_file, "log");
    if before.is_empty() { fs::remove_file(source) } else { folder::replace(&source, before) }
}

/// The name of a file as it was made of a name then.
fn old_file_name(name: &str) -> String {
    let mut safe = String::with_capacity(name.len());
    for (index, c) in name.chars().enumerate() {
        if c.is_control() || r#"/\:*?"<>|%"#.contains(c) || (index == 0 && c == '.') {
            safe.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            safe.push(c);
        }
    }
    safe
}

/// The name that a file was made of then; nothing if nobody can tell, since it was too long.
fn old_name(file: &str) -> Option<String> {
    let mut parts = file.split('%');
    let mut name = parts.next()?.to_owned();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        name.push(u8::from_str_radix(digits, 16).ok()?.into());
        name.push_str(rest);
    }
    (old_file_name(&name) == file).then_some(name)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::config::profile::Secret;
    use crate::logs::Logs;

    const MARK: &str = "2026-03-01T09:01:00.25Z <carol> anna, your mark is 2/10\n";

    fn anna() -> Profile {
        Profile { server: "Tea.House".into(), nick: "anna".into(), ..Profile::default() }
    }

    /// A folder as it was written then, with these conversations.
    fn written(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join("logs/tea.house");
        fs::create_dir_all(&old).unwrap();
        for (file, text) in files {
            fs::write(old.join(file), text).unwrap();
        }
        folder
    }

    /// What somebody reads of a conversation.
    fn reads(folder: &tempfile::TempDir, profile: &Profile, conversation: &str) -> Vec<String> {
        let logs = Logs::to_read(folder.path());
        let entries = logs.recall(&owner(profile), conversation, Timestamp::MAX, None, 99);
        entries.into_iter().map(|entry| entry.text).collect()
    }

    #[test]
    fn what_only_one_person_can_have_written_is_theirs_and_only_theirs() {
        let folder = written(&[
            (
                "#茶馆.log",
                "2026-03-01T09:00:00Z <bob> before her\n2026-03-01T09:01:00Z <anna> 你好\n2026-03-01T09:02:00Z <bob> hi\n\tanna\n",
            ),
            ("#茶馆.read", "2026-03-01T09:02:00Z\n"),
            (
                "carol.log",
                &format!("{MARK}2026-03-01T09:03:00Z * Anna sighs\n2026-03-01T09:04:00Z <carol> oh\n"),
            ),
            ("#elsewhere.log", "2026-03-01T09:00:00Z <bob> not hers\n"),
            ("a%2Fb.log", "2026-03-01T09:00:00Z <anna> slash\n"),
        ]);
        take_over(folder.path(), &[anna()]);
        assert_eq!(reads(&folder, &anna(), "#茶馆"), ["你好", "hi\nanna"]);
        assert_eq!(reads(&folder, &anna(), "carol"), ["sighs", "oh"]);
        assert_eq!(reads(&folder, &anna(), "a/b"), ["slash"]);
        assert_eq!(reads(&folder, &anna(), "#elsewhere"), [""; 0]);
        let until = Logs::to_read(folder.path()).read_until(&owner(&anna()), "#茶馆", Timestamp::MAX);
        assert_eq!(until, "2026-03-01T09:02:00Z".parse().ok());
        let left = folder.path().join("logs/+old/tea.house");
        assert_eq!(fs::read_to_string(left.join("carol.log")).unwrap(), MARK);
        assert!(left.join("#elsewhere.log").exists() && !left.join("a%2Fb.log").exists());
        let ben = Profile { nick: "ben".into(), ..anna() };
        assert_eq!(reads(&folder, &ben, "carol"), [""; 0]);
        // Nothing is done twice, and what came since stays.
        take_over(folder.path(), &[anna()]);
        assert_eq!(reads(&folder, &anna(), "carol"), ["sighs", "oh"]);
    }

    #[test]
    fn what_may_be_somebody_elses_is_seen_by_nobody_and_not_lost() {
        let ben = Profile { nick: "ben".into(), ..anna() };
        let both = Profile { name: "anna's".into(), ..anna() };
        let (hers, his) = ("2026-03-01T09:03:00Z <anna> oh\n", "2026-03-01T09:04:00Z <ben> me too\n");
        for (files, profiles) in [
            // He has answered nobody, so this may be for a person who sat here before.
            (vec![("carol.log", MARK.to_owned())], vec![ben.clone()]),
            // Two have written here.
            (vec![("carol.log", format!("{MARK}{hers}{his}"))], vec![ben.clone()]),
            (vec![("carol.log", format!("{MARK}{his}")), ("dora.log", hers.to_owned())], vec![ben.clone()]),
            // There are two ways to that server, or none.
            (vec![("carol.log", his.to_owned())], vec![ben.clone(), both]),
            (vec![("carol.log", his.to_owned())], vec![]),
        ] {
            let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
            let folder = written(&files);
            take_over(folder.path(), &profiles);
            assert_eq!(reads(&folder, &ben, "carol"), [""; 0], "{files:?}");
            assert_eq!(reads(&folder, &anna(), "carol"), [""; 0], "{files:?}");
            let left = folder.path().join("logs/+old/tea.house/carol.log");
            assert_eq!(fs::read_to_string(left).unwrap(), files[0].1);
        }
    }

    #[test]
    fn what_was_written_under_an_account_is_the_accounts() {
        let folder = written(&[("carol.log", "2026-03-01T09:03:00Z <anna> hi\n")]);
        let profile = Profile { password: Secret::from("x".to_owned()), account: "Anna1".into(), ..anna() };
        take_over(folder.path(), std::slice::from_ref(&profile));
        assert_eq!(reads(&folder, &profile, "carol"), ["hi"]);
        assert_eq!(reads(&folder, &anna(), "carol"), [""; 0]);
    }
}
