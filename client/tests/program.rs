//! The program `teahouse` on its command line, before there is a window.

use std::process::Command;

/// What it says, and its exit code.
fn run(args: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_teahouse"));
    let output = command.args(args).env_remove("DISPLAY").env("LC_ALL", "C.UTF-8").output().unwrap();
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn without_a_display_it_says_so_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().to_str().unwrap();
    let (code, said) = run(&["--lang", "en", "--config", config]);
    assert_eq!(code, Some(1));
    assert!(said.contains("There is no display here") && said.lines().count() == 1, "{said}");
    let (code, said) = run(&["--lang", "zh", "--config", config]);
    assert_eq!(code, Some(1));
    assert!(said.contains("这里没有显示器"), "{said}");
}

#[test]
fn a_mistake_on_the_command_line_is_one_line_and_exit_code_2() {
    for args in
        [&["--port", "abc"][..], &["--port", "0"], &["--geometry", "big"], &["--lang", "fr"], &["--nope"]]
    {
        let (code, said) = run(args);
        assert_eq!(code, Some(2), "{args:?}: {said}");
        assert!(said.contains(args[0]) && said.lines().count() == 1, "{args:?}: {said}");
    }
}
