//! Passwords, accounts and TLS, as the person at the window meets them.

use crate::support::display::Display;
use crate::support::person::{Person, Start};
use crate::support::server::Server;

#[test]
fn a_tick_for_tls_moves_the_port_along_and_a_password_shows_as_dots() {
    let display = Display::start(900, 720);
    let mut ming = Person::open(&display, &Start { nick: "小明", ..Start::default() });
    let seen = ming.sees();
    assert_eq!((&seen["ticks"]["tls"], &seen["fields"]["port"]), (&false.into(), &"6667".into()));
    ming.clicks("tls");
    ming.waits_for("the port of TLS", |seen| {
        seen["ticks"]["tls"] == true && seen["fields"]["port"] == "6697"
    });
    ming.fills_in("password", "sesame");
    display.picture("login-account");
    ming.clicks("tls");
    ming.waits_for("the port without", |seen| seen["fields"]["port"] == "6667");
    ming.fills_in("port", "7000");
    ming.clicks("tls");
    ming.waits_for("the port as it was typed", |seen| {
        seen["ticks"]["tls"] == true && seen["fields"]["port"] == "7000"
    });
}

#[test]
fn a_new_account_needs_a_password_and_is_open_after_the_login() {
    let (display, server) = (Display::start(1080, 720), Server::start());
    let mut ming =
        Person::open(&display, &Start { nick: "ming", port: Some(server.port()), ..Start::default() });
    ming.clicks("register");
    ming.waits_for("the tick", |seen| seen["ticks"]["register"] == true);
    ming.clicks("login");
    let seen = ming.waits_for("an error", |seen| seen["errors"]["password"].is_string());
    assert_eq!(seen["errors"]["password"], "请输入新帐号的密码");
    ming.fills_in("password", "芝麻开门芝麻开门");
    ming.presses("Return");
    ming.is_in_the_lobby();
    ming.reads("帐号 ming 注册好了，你已经登录");
    let settings = std::fs::read_to_string(ming.settings_file()).expect("the settings were saved");
    assert!(!settings.contains("芝麻"), "{settings}");
}
