//! Servers that nobody vouches for.

use super::*;
use crate::config::fingerprint::Fingerprint;
use crate::event::failure::Distrust;

fn fingerprint(certificate: &str) -> Fingerprint {
    Fingerprint::of(certificate.as_bytes())
}

fn untrusted(certificate: &str, reason: Distrust, may_accept: bool) -> What {
    let host = "tea.house".to_owned();
    What::Ended(Failure::Untrusted { host, fingerprint: fingerprint(certificate), reason, may_accept })
}

/// The profile with which a connection is being made.
#[track_caller]
fn connecting(window: &mut Window) -> Profile {
    match window.model.take_effects().pop() {
        Some(Effect::Connect(_, profile)) => *profile,
        other => panic!("no connection: {other:?}"),
    }
}

#[test]
fn a_server_that_nobody_vouches_for_is_asked_about_once_and_known_from_then_on() {
    let mut window = Window::opened();
    window.model.log_in(LoginForm { tls: true, ..window.model.login().form().clone() });
    assert!(connecting(&mut window).tls_fingerprints.is_empty());
    window.happens(untrusted("first", Distrust::UnknownIssuer, true));
    let stranger = window.model.stranger().expect("a question");
    assert_eq!((stranger.can_be_trusted(), &stranger.fingerprint), (true, &fingerprint("first")));
    assert!(!window.model.login().is_under_way());

    window.model.trust_stranger();
    let profile = connecting(&mut window);
    assert_eq!((profile.tls, profile.tls_fingerprints), (true, vec![fingerprint("first")]));
    window.server_of(NetworkId(1), &[":tea.house 001 bob :Welcome"]);
    assert_eq!(window.model.view(), View::Chat);
    assert!(window.model.stranger().is_none());
}

#[test]
fn who_does_not_trust_it_is_not_connected() {
    let mut window = Window::opened();
    window.model.log_in(LoginForm { tls: true, ..window.model.login().form().clone() });
    connecting(&mut window);
    window.happens(untrusted("first", Distrust::Expired, true));
    window.model.dismiss_stranger();
    assert!(window.model.stranger().is_none());
    assert_eq!(window.model.take_effects(), [Effect::Disconnect(FIRST)]);
    assert!(window.model.login().errors().general.is_some(), "it still says why");
}

#[test]
fn a_server_with_another_certificate_is_refused_until_the_old_one_is_forgotten() {
    let mut window = Window::logged_in();
    window.lose_connection();
    window.model.connect_again(FIRST);
    connecting(&mut window);
    window.happens(untrusted("second", Distrust::OtherFingerprint, true));
    assert!(window.model.stranger().is_some_and(|it| it.is_changed() && !it.can_be_trusted()));
    window.model.trust_stranger();
    assert!(window.model.take_effects().is_empty(), "there is no way around it");
    assert_eq!(window.network().link(), Link::Down);

    window.model.forget_certificate(FIRST);
    assert!(connecting(&mut window).tls_fingerprints.is_empty());
    window.happens(untrusted("second", Distrust::UnknownIssuer, true));
    window.model.trust_stranger();
    assert_eq!(connecting(&mut window).tls_fingerprints, [fingerprint("second")]);
}

#[test]
fn servers_are_asked_about_one_after_the_other() {
    let mut window = Window::opened();
    let saved = |server: &str| Profile {
        server: server.into(),
        nick: "bob".into(),
        tls: true,
        connect: true,
        ..Profile::default()
    };
    window.model.set_profiles(vec![saved("one.tea"), saved("two.tea")]);
    window.model.connect_at_start();
    let ids: Vec<_> = window.model.networks().map(Network::id).collect();
    drop(window.model.take_effects());
    for (id, certificate) in [(ids[0], "first"), (ids[1], "second"), (ids[0], "third")] {
        window.model.apply(id, untrusted(certificate, Distrust::UnknownIssuer, true).into());
    }
    let shown = |window: &Window| window.model.stranger().map(|it| it.fingerprint.clone());
    assert_eq!(shown(&window), Some(fingerprint("first")), "what is shown stays");
    window.model.trust_stranger();
    assert_eq!(connecting(&mut window).tls_fingerprints, [fingerprint("first")]);
    assert_eq!(shown(&window), Some(fingerprint("second")));
    window.model.dismiss_stranger();
    assert_eq!(shown(&window), None);
}

#[test]
fn where_a_policy_forbids_it_nobody_is_asked() {
    let mut window = Window::opened();
    window.model.log_in(window.model.login().form().clone());
    connecting(&mut window);
    window.happens(untrusted("first", Distrust::UnknownIssuer, false));
    assert!(window.model.stranger().is_some_and(|it| !it.can_be_trusted() && !it.is_changed()));
    window.model.trust_stranger();
    assert_eq!(window.model.take_effects(), [Effect::Disconnect(FIRST)]);
}

#[test]
fn a_saved_server_may_be_forgotten_before_one_goes_there() {
    let known = Profile {
        server: "tea.house".into(),
        tls_fingerprints: vec![fingerprint("first")],
        ..Profile::default()
    };
    let mut window = Window::opened();
    window.model.set_profiles(vec![known]);
    window.model.forget_certificate_of_profile(0);
    assert!(window.model.profiles()[0].tls_fingerprints.is_empty());
}

#[test]
fn whoever_forgets_the_old_certificate_of_the_server_in_the_form_reads_no_more_of_it_there() {
    let known = Profile { tls: true, tls_fingerprints: vec![fingerprint("first")], ..bob() };
    let mut window = Window::opened();
    window.model.set_profiles(vec![known]);
    window.model.open_profile(0);
    connecting(&mut window);
    window.happens(untrusted("second", Distrust::OtherFingerprint, true));
    window.model.dismiss_stranger();
    assert!(!window.model.login().errors().is_empty());
    window.model.forget_certificate_of_profile(0);
    assert!(window.model.login().errors().is_empty());
    window.model.log_in(window.model.login().form().clone());
    assert!(connecting(&mut window).tls_fingerprints.is_empty());
}

#[test]
fn a_certificate_that_was_kept_is_forgotten_where_that_is_wanted() {
    let mut window = Window::opened();
    window.model.login.fill(Profile {
        server: "tea.house".into(),
        nick: "bob".into(),
        tls_fingerprints: vec![fingerprint("first")],
        ..Profile::default()
    });
    window.model.log_in(window.model.login().form().clone());
    assert_eq!(connecting(&mut window).tls_fingerprints, [fingerprint("first")]);
    window.server(&[":tea.house 001 bob :Welcome"]);
    window.model.forget_certificate(FIRST);
    assert!(connecting(&mut window).tls_fingerprints.is_empty());
}
