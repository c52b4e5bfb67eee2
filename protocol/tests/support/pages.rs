//! Pages that are made in part from tables in the code: `make docs` writes those parts, and otherwise they are compared.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// Where a page is.
pub fn path(page: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page)
}

/// What a page says.
pub fn read(page: &str) -> String {
    fs::read_to_string(path(page)).expect("the page is there")
}

/// Compares what stands between two comments of a page, `<!-- NAME, made by … -->` and `<!-- end -->`, with what the code
/// says.
#[track_caller]
pub fn check_made(page: &str, name: &str, made: &str) {
    check_between(page, [&format!("<!-- {name}, made by `make docs` -->\n\n"), "\n<!-- end -->\n"], made);
}

/// The same between other marks; without an end, up to the page's own.
#[track_caller]
pub fn check_between(page: &str, [start, end]: [&str; 2], made: &str) {
    let text = read(page);
    let (before, rest) = text.split_once(start).unwrap_or_else(|| panic!("{page} has no {start}"));
    let ended = if end.is_empty() { Some((rest, "")) } else { rest.split_once(end) };
    let (there, behind) = ended.expect("what is made has an end");
    if there != made && env::var_os("UPDATE_EXPECT").is_some() {
        // Other tests read the page meanwhile, and are to find all of it.
        let aside = path(page).with_extension("made");
        fs::write(&aside, [before, start, made, end, behind].concat()).expect("it can be written");
        fs::rename(aside, path(page)).expect("it takes the place of the page");
    } else {
        assert_eq!(there, made, "{page}: run `make docs`");
    }
}
