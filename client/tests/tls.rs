//! TLS and strict transport security, with certificates made for the test: who is believed, and what is said to whom.

mod support;

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use support::headless::{Headless, Home};
use support::peer::{Peer, TlsPeer, listen};
use teahouse::config::fingerprint::Fingerprint;

const OPENING: [&str; 3] = ["CAP LS 302", "NICK bob", "USER bob 0 * :bob"];

/// A certificate and its key.
struct Identity {
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Identity {
    /// One that signed itself.
    fn of(names: &[&str]) -> Self {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        Self { certificate: made.cert.der().clone(), key: made.signing_key }
    }

    /// One that an authority signed.
    fn signed_by(authority: &Authority, names: &[&str]) -> Self {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(names).unwrap().signed_by(&key, authority).unwrap();
        Self { certificate: certificate.der().clone(), key }
    }

    fn fingerprint(&self) -> String {
        Fingerprint::of(&self.certificate).to_string()
    }

    fn key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::try_from(self.key.serialize_der()).unwrap()
    }

    /// A server that is this.
    fn server(&self) -> Arc<ServerConfig> {
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        Arc::new(builder.with_single_cert(vec![self.certificate.clone()], self.key()).unwrap())
    }
}

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn pinned(identity: &Identity) -> String {
    format!("tls = true\ntls_fingerprints = [\"{}\"]", identity.fingerprint())
}

#[track_caller]
fn welcomes(server: &mut TlsPeer, bob: &mut Headless) {
    server.expect(&OPENING);
    server.send(":tea.house 001 bob :Welcome\r\n");
    bob.prints("You are here as bob");
}

/// Takes the next connection and expects nothing to be said on it; gives what the program complained of.
#[track_caller]
fn refused(listener: &TcpListener, server: &Identity, bob: Headless) -> String {
    TlsPeer::accept_tls(listener, &server.server()).expect_refusal();
    let (code, _, complained) = bob.ends();
    assert_eq!(code, Some(1), "{complained}");
    complained
}

// Whom to believe.

#[test]
fn a_server_that_signed_itself_is_believed_by_its_fingerprint() {
    let (listener, address) = listen();
    let server = Identity::of(&["whatever"]);
    let mut bob = Headless::start(&Home::of_bob(address, &pinned(&server)), &[]);
    let mut peer = TlsPeer::accept_tls(&listener, &server.server());
    welcomes(&mut peer, &mut bob);
    bob.types("/raw PRIVMSG alice 你好");
    peer.expect(&["PRIVMSG alice 你好"]);
    // Many records full to the brim.
    let long = "x".repeat(400);
    peer.send(format!(":alice!a@h PRIVMSG bob :{long}\r\n").repeat(2000));
    peer.send(":alice!a@h PRIVMSG bob :the last\r\nPING fence\r\n");
    bob.prints("the last");
    peer.expect(&["PONG :fence"]);
    bob.types_no_more();
    peer.expect(&["PING teahouse-fence"]);
    peer.send(":s PONG s teahouse-fence\r\n");
    peer.expect(&["QUIT"]);
    // The end is said in TLS too, so that nobody can have cut the line.
    peer.expect_end();
    assert_eq!(bob.ends().0, Some(0));
}

#[test]
fn a_server_that_nobody_vouches_for_hears_nothing() {
    let (listener, address) = listen();
    let server = Identity::of(&["127.0.0.1"]);
    let bob = Headless::start(&Home::of_bob(address, "tls = true"), &[]);
    let complained = refused(&listener, &server, bob);
    assert!(complained.contains("nobody who is trusted") && complained.contains(&server.fingerprint()));
}

#[test]
fn a_server_that_signed_itself_as_an_authority_does_is_nobody_either() {
    let (listener, address) = listen();
    let authority = authority();
    let key = KeyPair::from_pem(&authority.key().serialize_pem()).unwrap();
    let server = Identity { certificate: authority.der().clone(), key };
    let bob = Headless::start(&Home::of_bob(address, "tls = true"), &[]);
    let complained = refused(&listener, &server, bob);
    assert!(complained.contains("nobody who is trusted"), "{complained}");
}

#[test]
fn a_server_with_another_fingerprint_hears_nothing() {
    let (listener, address) = listen();
    let (known, server) = (Identity::of(&["127.0.0.1"]), Identity::of(&["127.0.0.1"]));
    let bob = Headless::start(&Home::of_bob(address, &pinned(&known)), &[]);
    let complained = refused(&listener, &server, bob);
    assert!(complained.contains("not the one that is known"), "{complained}");
}

#[test]
fn the_systems_roots_vouch_for_a_name_and_for_no_other() {
    let authority = authority();
    let roots = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(roots.path(), authority.pem()).unwrap();
    let start = |address: SocketAddr, name: &str| {
        let home = Home::of_bob(address, "tls = true");
        Headless::start_with(&home, &["--server", name], &[("SSL_CERT_FILE", roots.path())])
    };
    let server = Identity::signed_by(&authority, &["localhost"]);
    let (listener, address) = listen();
    let port = address.port().to_string();
    let home = Home::with(&format!("server = \"localhost\"\nport = {port}\nnick = \"bob\"\ntls = true\n"));
    let variables = [("SSL_CERT_FILE", roots.path())];
    let mut bob = Headless::start_with(&home, &[], &variables);
    welcomes(&mut TlsPeer::accept_tls(&listener, &server.server()), &mut bob);
    drop(bob);
    let complained = refused(&listener, &server, start(address, "127.0.0.1"));
    assert!(complained.contains("for another name"), "{complained}");
    // Nobody knows this authority without the file.
    let stranger = Headless::start(&home, &[]);
    let complained = refused(&listener, &server, stranger);
    assert!(complained.contains("nobody who is trusted"), "{complained}");
}

#[test]
fn somebody_who_says_so_believes_anybody() {
    let (listener, address) = listen();
    let server = Identity::of(&["whatever"]);
    let mut bob = Headless::start(&Home::of_bob(address, "tls = true\ntls_verify = false"), &[]);
    welcomes(&mut TlsPeer::accept_tls(&listener, &server.server()), &mut bob);
}

#[test]
fn what_does_not_speak_tls_is_said_to_be_just_that() {
    let (listener, address) = listen();
    let bob = Headless::start(&Home::of_bob(address, "tls = true"), &[]);
    let mut peer = Peer::accept(&listener);
    peer.send(":tea.house NOTICE * :Looking up your hostname\r\n");
    let (code, _, complained) = bob.ends();
    assert_eq!(code, Some(1));
    assert!(complained.contains("does not speak TLS"), "{complained}");
}

// Who we are.

#[test]
fn a_certificate_of_our_own_is_shown_and_logged_in_with() {
    let (listener, address) = listen();
    let (server, ours) = (Identity::of(&["whatever"]), Identity::of(&["bob"]));
    let mut roots = RootCertStore::empty();
    roots.add(ours.certificate.clone()).unwrap();
    let provider = Arc::new(ring::default_provider());
    let asks =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
    let builder =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = builder.with_client_cert_verifier(asks);
    let config = Arc::new(config.with_single_cert(vec![server.certificate.clone()], server.key()).unwrap());
    let home = Home::of_bob(address, &format!("{}\ntls_certificate = \"bob.pem\"", pinned(&server)));
    let both = pem("CERTIFICATE", &ours.certificate) + &ours.key.serialize_pem();
    std::fs::write(home.path().join("bob.pem"), both).unwrap();
    let _bob = Headless::start(&home, &[]);
    let mut peer = TlsPeer::accept_tls(&listener, &config);
    peer.expect(&OPENING);
    assert_eq!(peer.reader.get_ref().conn.peer_certificates(), Some(&[ours.certificate][..]));
    peer.send(":tea.house CAP * LS :sasl=EXTERNAL,PLAIN\r\n");
    peer.expect(&["CAP REQ :sasl"]);
    peer.send(":tea.house CAP bob ACK :sasl\r\n");
    peer.expect(&["AUTHENTICATE EXTERNAL"]);
    peer.send("AUTHENTICATE +\r\n");
    peer.expect(&["AUTHENTICATE +"]);
    peer.send(":tea.house 903 bob :Done\r\n");
    peer.expect(&["CAP END"]);
}

fn pem(label: &str, der: &[u8]) -> String {
    use base64ct::{Base64, Encoding};
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", Base64::encode_string(der))
}

#[test]
fn a_certificate_that_is_not_there_is_named() {
    let (_listener, address) = listen();
    let home = Home::of_bob(address, "tls = true\ntls_certificate = \"nowhere.pem\"");
    let (code, _, complained) = Headless::start(&home, &[]).ends();
    assert_eq!(code, Some(1));
    assert!(complained.contains("nowhere.pem"), "{complained}");
}

// Strict transport security.

/// A server in the clear that wants to be spoken to by TLS at the other's port.
#[track_caller]
fn sends_on(plain: &TcpListener, secure: SocketAddr) {
    let mut peer = Peer::accept(plain);
    peer.expect(&OPENING);
    peer.send(format!(":tea.house CAP * LS :sts=port={} server-time\r\n", secure.port()));
    peer.expect_end();
}

#[test]
fn a_server_that_wants_tls_is_gone_to_by_tls_from_then_on() {
    let ((plain, address), (secure, secure_address)) = (listen(), listen());
    let server = Identity::of(&["whatever"]);
    // TLS is not asked for; the fingerprint is for when the server does.
    let home = Home::of_bob(address, &format!("tls_fingerprints = [\"{}\"]", server.fingerprint()));
    let bob = Headless::start(&home, &[]);
    sends_on(&plain, secure_address);
    let mut peer = TlsPeer::accept_tls(&secure, &server.server());
    peer.expect(&OPENING);
    peer.send(":tea.house CAP * LS :sts=duration=600,port=1\r\n");
    peer.expect(&["CAP END"]);
    bob.terminate();
    peer.expect_end();
    assert_eq!(bob.ends().0, Some(0));

    // The next time nothing is said in the clear at all.
    let bob = Headless::start(&home, &[]);
    let mut peer = TlsPeer::accept_tls(&secure, &server.server());
    peer.expect(&OPENING);
    // And the server may have it back.
    peer.send(":tea.house CAP * LS :sts=duration=0\r\n");
    peer.expect(&["CAP END"]);
    bob.terminate();
    peer.expect_end();
    assert_eq!(bob.ends().0, Some(0));

    let _bob = Headless::start(&home, &[]);
    Peer::accept(&plain).expect(&OPENING);
}

#[test]
fn a_server_that_wants_tls_does_not_hear_the_password_in_the_clear() {
    let ((plain, address), (secure, secure_address)) = (listen(), listen());
    let server = Identity::of(&["whatever"]);
    let keys = format!("server_password = \"sesame\"\ntls_fingerprints = [\"{}\"]", server.fingerprint());
    let _bob = Headless::start(&Home::of_bob(address, &keys), &[]);
    let mut peer = Peer::accept(&plain);
    peer.expect(&["CAP LS 302"]);
    peer.send(format!(":tea.house CAP * LS :sts=port={}\r\n", secure_address.port()));
    peer.expect_end();
    let mut peer = TlsPeer::accept_tls(&secure, &server.server());
    peer.expect(&["CAP LS 302", "PASS :sesame", "NICK bob", "USER bob 0 * :bob"]);
}

#[test]
fn a_server_that_wants_tls_from_now_on_is_left_and_come_back_to() {
    let ((plain, address), (secure, secure_address)) = (listen(), listen());
    let server = Identity::of(&["whatever"]);
    let home = Home::of_bob(address, &format!("tls_fingerprints = [\"{}\"]", server.fingerprint()));
    let mut bob = Headless::start(&home, &[]);
    let mut peer = Peer::accept(&plain);
    peer.expect(&OPENING);
    peer.send(":tea.house 001 bob :Welcome\r\n:bob!b@h JOIN #tea\r\n");
    bob.prints("You joined #tea");
    peer.send(format!(":tea.house CAP bob NEW :sts=port={}\r\n", secure_address.port()));
    peer.expect_end();
    let mut peer = TlsPeer::accept_tls(&secure, &server.server());
    peer.expect(&OPENING);
    peer.send(":tea.house 001 bob :Welcome\r\n");
    peer.expect(&["JOIN #tea"]);
}

#[test]
fn a_policy_that_has_expired_is_none() {
    let (plain, address) = listen();
    let home = Home::of_bob(address, "");
    let policy = "[\"127.0.0.1\"]\nport = 1\nexpires = \"2026-01-01T00:00:00Z\"\n";
    std::fs::write(home.path().join("sts.toml"), policy).unwrap();
    let _bob = Headless::start(&home, &[]);
    Peer::accept(&plain).expect(&OPENING);
}

#[test]
fn nothing_excuses_the_certificate_of_a_server_that_wants_tls() {
    let ((plain, address), (secure, secure_address)) = (listen(), listen());
    let server = Identity::of(&["127.0.0.1"]);
    let home = Home::of_bob(address, "tls_verify = false");
    let bob = Headless::start(&home, &[]);
    sends_on(&plain, secure_address);
    let complained = refused(&secure, &server, bob);
    assert!(complained.contains("nobody who is trusted"), "{complained}");
    assert!(!has_policy(home.path()), "who is not believed has no say");
}

#[test]
fn a_server_that_is_not_there_by_tls_is_not_spoken_to_in_the_clear() {
    let ((plain, address), (secure, secure_address)) = (listen(), listen());
    drop(secure);
    let bob = Headless::start(&Home::of_bob(address, ""), &[]);
    sends_on(&plain, secure_address);
    let (code, _, complained) = bob.ends();
    assert_eq!(code, Some(1));
    assert!(complained.contains(&secure_address.port().to_string()), "{complained}");
}

#[test]
fn somebody_who_may_be_anybody_cannot_set_a_policy() {
    let (listener, address) = listen();
    let server = Identity::of(&["whatever"]);
    let home = Home::of_bob(address, "tls = true\ntls_verify = false");
    let _bob = Headless::start(&home, &[]);
    let mut peer = TlsPeer::accept_tls(&listener, &server.server());
    peer.expect(&OPENING);
    peer.send(":tea.house CAP * LS :sts=duration=600\r\n");
    peer.expect(&["CAP END"]);
    assert!(!has_policy(home.path()));
}

fn has_policy(home: &Path) -> bool {
    home.join("sts.toml").exists()
}
