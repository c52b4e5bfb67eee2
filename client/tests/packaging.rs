//! What a package gives to the desktop is about this program: one name leads from the menu to the window.

use std::fs;
use std::path::Path;

use teahouse::desktop::APP_ID;

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging").join(file);
    fs::read_to_string(path).expect("it is there")
}

#[test]
fn the_menu_starts_the_program_and_knows_its_window_and_its_addresses() {
    let entry = read(&format!("{APP_ID}.desktop"));
    let value = |key: &str| entry.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    assert_eq!(value("Exec"), Some(concat!(env!("CARGO_PKG_NAME"), " %u")));
    assert_eq!((value("Icon"), value("StartupWMClass")), (Some(APP_ID), Some(APP_ID)));
    assert_eq!(value("MimeType"), Some("x-scheme-handler/irc;x-scheme-handler/ircs;"));
    for key in ["Name[zh_CN]", "GenericName[zh_CN]", "Comment[zh_CN]"] {
        assert!(value(key).is_some(), "{key}");
    }
    assert!(read(&format!("{APP_ID}.svg")).contains("<svg"));
}

#[test]
fn software_centres_find_the_menu_entry_and_the_version_that_this_is() {
    let about = read("internal.teahouse.teahouse.metainfo.xml");
    assert!(about.contains(&format!("<launchable type=\"desktop-id\">{APP_ID}.desktop</launchable>")));
    assert!(about.contains(concat!("<release version=\"", env!("CARGO_PKG_VERSION"), "\"")));
}

#[test]
fn whatever_the_package_is_made_of_is_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).expect("it is there");
    let manifest: toml::Table = manifest.parse().expect("it is TOML");
    let assets = manifest["package"]["metadata"]["deb"]["assets"].as_array().expect("it is a list");
    for asset in assets {
        let file = asset[0].as_str().expect("it is a path");
        let is_made_first = file.starts_with("target/");
        assert!(is_made_first || file.contains('*') || folder.join(file).is_file(), "{file}");
    }
}
