//! Flaws of a configuration that can be served all the same: said at the start, when the configuration is read again,
//! and by `--check-config`.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::config::Config;
use crate::config::motd::Motd;
use crate::net::tls::{Identity, SELF_SIGNED};
use crate::store;
use crate::text::language::Text;

/// How long before its end a certificate is spoken of.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// All that should be mended. Looks at the files that the configuration names.
pub fn of(config: &Config, now: Timestamp) -> Vec<Text> {
    let mut advice = Vec::new();
    if let (Some(file), Ok(Some(identity))) = (&config.tls_cert, Identity::given(config)) {
        advice.extend(about_certificate(file, &identity, now));
    }
    let own = config.data_dir.as_ref().map(|folder| folder.join(SELF_SIGNED));
    if let Some(key) = config.tls_key.as_ref().or(own.as_ref()).filter(|key| others_can_use(key)) {
        advice.push(Text::KeyForAll(key.display().to_string()));
    }
    // Before there is a database in it, the folder may be anything.
    let with_data = |folder: &&PathBuf| others_can_use(folder) && folder.join(store::FILE).exists();
    if let Some(folder) = config.data_dir.as_ref().filter(with_data) {
        advice.push(Text::FolderForAll(folder.display().to_string()));
    }
    if let Some(file) = &config.motd_file {
        let shown = file.display().to_string();
        match Motd::read(file) {
            Ok(motd) => advice.extend(motd.flaws(&shown)),
            Err(why) => advice.push(Text::NoMotdFile(shown, why)),
        }
    }
    advice
}

fn about_certificate(file: &Path, identity: &Identity, now: Timestamp) -> Vec<Text> {
    let shown = || file.display().to_string();
    let [from, until] = identity.holds;
    let day = |time: Timestamp| time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string();
    let time = if now > until {
        Some(Text::CertificateOver(shown(), day(until)))
    } else if now < from {
        Some(Text::CertificateToCome(shown(), day(from)))
    } else {
        let left = until.duration_since(now);
        (left < SOON).then(|| Text::CertificateEnds(shown(), day(until), (left.as_hours() / 24).to_string()))
    };
    let order = identity.stray.map(|number| Text::StrayCertificate(shown(), number.to_string()));
    time.into_iter().chain(order).collect()
}

/// Whether anybody else on this machine can do something with a file or folder. Root means what it gives to a group.
fn others_can_use(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|it| it.mode() & 0o007 != 0 || it.mode() & 0o070 != 0 && it.uid() != 0)
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use rcgen::{CertificateParams, KeyPair};

    use super::*;
    use crate::text::language::Language;

    fn advice(config: &Config) -> Vec<String> {
        of(config, Timestamp::now()).iter().map(|text| text.to_string(Language::English)).collect()
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    /// A pair that holds from and until so many days from now.
    fn pair(folder: &Path, days: [i64; 2]) -> (PathBuf, PathBuf) {
        let [from, until] = days.map(|days| Timestamp::now() + SignedDuration::from_hours(days * 24 + 1));
        let mut params = CertificateParams::new(vec!["tea.house".to_owned()]).unwrap();
        let date = |time: Timestamp| {
            let day = time.to_zoned(TimeZone::UTC).date();
            let (month, day_of_month) = (day.month().unsigned_abs(), day.day().unsigned_abs());
            rcgen::date_time_ymd(day.year().into(), month, day_of_month)
        };
        (params.not_before, params.not_after) = (date(from), date(until));
        let key = KeyPair::generate().unwrap();
        let files = (folder.join("cert.pem"), folder.join("key.pem"));
        fs::write(&files.0, params.self_signed(&key).unwrap().pem()).unwrap();
        fs::write(&files.1, key.serialize_pem()).unwrap();
        set_mode(&files.1, 0o600);
        files
    }

    #[test]
    fn a_certificate_that_is_over_or_to_come_or_ends_soon_is_spoken_of() {
        let folder = tempfile::tempdir().unwrap();
        for (days, said) in [
            ([-90, 60], ""),
            ([-90, -1], "has expired: it was good until "),
            ([2, 90], "is not good yet: it begins to be on "),
            ([-90, 20], "expires on "),
        ] {
            let (cert, key) = pair(folder.path(), days);
            let config = Config { tls_cert: Some(cert), tls_key: Some(key), ..Config::default() };
            let advice = advice(&config);
            match said {
                "" => assert_eq!(advice, [""; 0]),
                said => assert!(advice.len() == 1 && advice[0].contains(said), "{advice:?}"),
            }
        }
    }

    #[test]
    fn how_many_days_a_certificate_still_holds_is_told_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let (cert, key) = pair(folder.path(), [-90, 28]);
        let config = Config { tls_cert: Some(cert), tls_key: Some(key), ..Config::default() };
        let advice = advice(&config);
        // The certificate ends with the day.
        assert!(["27", "28"].iter().any(|days| advice[0].contains(&format!(" {days} days"))), "{advice:?}");
    }

    #[test]
    fn a_key_of_root_may_be_for_a_group_and_anybody_elses_may_not() {
        let folder = tempfile::tempdir().unwrap();
        let (cert, key) = pair(folder.path(), [-1, 90]);
        set_mode(&key, 0o640);
        let is_roots = fs::metadata(&key).unwrap().uid() == 0;
        let config = Config { tls_cert: Some(cert), tls_key: Some(key), ..Config::default() };
        assert_eq!(advice(&config).is_empty(), is_roots);
    }

    #[test]
    fn a_key_and_a_folder_that_others_can_read_are_spoken_of() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        let (cert, key) = pair(folder.path(), [-1, 90]);
        let config = Config {
            tls_cert: Some(cert),
            tls_key: Some(key.clone()),
            data_dir: Some(data.clone()),
            ..Config::default()
        };
        set_mode(&data, 0o700);
        assert_eq!(advice(&config), [""; 0]);
        set_mode(&data, 0o755);
        assert_eq!(advice(&config), [""; 0], "there is nothing to read");
        fs::write(data.join(store::FILE), "").unwrap();
        set_mode(&key, 0o644);
        let told = advice(&config);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].ends_with(&format!("chmod 600 {}", key.display())), "{told:?}");
        assert!(told[1].ends_with(&format!("chmod 700 {}", data.display())), "{told:?}");
    }
}
