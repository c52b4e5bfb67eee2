//! The window's sources keep their layers.

use std::path::Path;

#[path = "../../protocol/tests/support/layers.rs"]
mod layers;

use layers::{Table, flaws, sources};

/// What lies at the top, from the bottom up, and what each may name. A row names rows above it only.
const LAYERS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("config", &["text"]),
    ("event", &["text", "config"]),
    ("net", &["text", "config", "event"]),
    ("command", &["text", "event"]),
    ("logs", &["text", "config", "event"]),
    ("model", &["text", "config", "event", "command", "logs"]),
    ("desktop", &["config", "model"]),
    ("signals", &[]),
    ("ui", &["text", "config", "event", "net", "command", "logs", "model", "desktop", "signals"]),
    ("headless", &["text", "config", "event", "net", "model", "desktop", "signals"]),
];

/// The same within the window itself.
const UI: &[(&str, &[&str])] = &[
    ("look", &[]),
    ("edit", &[]),
    ("action", &["edit"]),
    ("context", &["look", "edit", "action"]),
    ("keys", &["action"]),
    ("probe", &["look"]),
    ("widgets", &["look", "edit", "action", "context"]),
    ("overlays", &["look", "edit", "action", "context", "widgets"]),
    ("views", &["look", "edit", "action", "context", "keys", "probe", "widgets", "overlays"]),
    ("presenter", &["look", "widgets", "overlays", "views"]),
    (
        "controller",
        &["look", "edit", "action", "context", "keys", "probe", "widgets", "overlays", "views", "presenter"],
    ),
];

const TABLES: &[Table] =
    &[Table { name: "LAYERS", folder: &[], rows: LAYERS }, Table { name: "UI", folder: &["ui"], rows: UI }];

#[test]
fn nothing_names_what_is_above_it() {
    let flaws = flaws(&sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")), TABLES);
    assert!(flaws.is_empty(), "\n{}", flaws.join("\n"));
}
