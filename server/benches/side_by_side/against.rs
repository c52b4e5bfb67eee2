//! Another revision of Teahouse, built to be measured beside this one.
//!
//! Its sources come out of git into a folder of its own below `target/against`, so nothing in the working tree changes,
//! and what is built once is there the next time.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::trouble::Trouble;

/// The repository.
const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Builds the server of a revision, whatever git calls one: `HEAD~3`, a branch, a tag, a hash. Returns the hash in short,
/// and the program.
///
/// # Errors
/// There is no such revision, or it does not build.
pub fn build(revision: &str) -> Result<(String, PathBuf), Trouble> {
    let name = name_of(revision)?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("against");
    let (program, sources) = (folder.join(&name).join("teahouse-server"), folder.join(&name).join("sources"));
    if program.is_file() {
        return Ok((name, program));
    }
    eprintln!("{name} is built first");
    fs::create_dir_all(&sources)?;
    take_out(&name, &sources)?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = folder.join("build");
    let built = Command::new(cargo)
        .args(["build", "--locked", "--quiet", "--release", "-p", "teahouse-server", "--target-dir"])
        .arg(&target)
        .current_dir(&sources)
        .status()?;
    if !built.success() {
        return Err(Trouble::Cannot(format!("{name} does not build")));
    }
    fs::copy(target.join("release/teahouse-server"), &program)?;
    fs::remove_dir_all(&sources)?;
    Ok((name, program))
}

fn name_of(revision: &str) -> Result<String, Trouble> {
    let commit = format!("{revision}^{{commit}}");
    let said =
        git().args(["rev-parse", "--verify", "--quiet", "--short", "--end-of-options", &commit]).output()?;
    let name = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    if name.is_empty() { Err(Trouble::Cannot(format!("git knows no revision {revision}"))) } else { Ok(name) }
}

/// Puts the files of a revision into a folder.
fn take_out(name: &str, folder: &Path) -> Result<(), Trouble> {
    let mut packed = git().args(["archive", "--format=tar", name]).stdout(Stdio::piped()).spawn()?;
    let pipe = packed.stdout.take().expect("it is a pipe");
    let unpacked = Command::new("tar").args(["-x", "-C"]).arg(folder).stdin(pipe).status()?;
    if packed.wait()?.success() && unpacked.success() {
        Ok(())
    } else {
        Err(Trouble::Cannot(format!("the files of {name} do not come out of git")))
    }
}

fn git() -> Command {
    let mut git = Command::new("git");
    git.args(["-C", REPOSITORY]);
    git
}
