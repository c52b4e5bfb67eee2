//! Certificates and keys as people have them: what cannot be used is named with the reason, in plain words.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use teahouse_server::process::advice;
use teahouse_server::text::language::{Language, Text};
use teahouse_server::{Config, Server};

/// A file made by other programs.
fn made(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/flawed").join(name)
}

fn config(certificate: &Path, key: &Path) -> Config {
    let (tls_cert, tls_key) = (Some(certificate.to_owned()), Some(key.to_owned()));
    Config { tls_cert, tls_key, ..Config::default() }
}

/// What is said of a pair, in both languages.
#[track_caller]
fn check(certificate: &Path, key: &Path, file: &Path, english: &str, chinese: &str) {
    let refusal = Server::check(&config(certificate, key)).expect_err("it cannot be used");
    for (language, words) in [(Language::English, english), (Language::Chinese, chinese)] {
        let said = refusal.to_string(language);
        assert!(said.starts_with(&file.display().to_string()) && said.contains(words), "{words}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn a_certificate_that_cannot_be_used_is_named_with_the_reason() {
    let good = made("good.key");
    for (name, english, chinese) in [
        ("version-1.pem", "X.509 version 1", "X.509 第 1 版"),
        ("good.der", "in binary form (DER or PKCS #12)", "二进制格式"),
        ("good.key", "tls_cert and tls_key seem to be exchanged", "似乎写反了"),
        ("request.csr", "which nobody has signed yet", "还没有人签发"),
        ("trusted.pem", "in another form (TRUSTED CERTIFICATE)", "另一种格式"),
        ("bundle.p7b", "in another form (PKCS7)", "另一种格式"),
        ("README.md", "no certificate in PEM form", "没有 PEM 格式的证书"),
        ("", "it is a folder", "这是文件夹"),
        ("nothing", "No such file", "No such file"),
    ] {
        let file = made(name);
        check(&file, &good, &file, english, chinese);
    }
}

#[test]
fn addresses_of_which_only_one_can_be_listened_on_are_told_before_anybody_tries() {
    let listen = |plain: &[&str], secure: &[&str]| {
        let [listen, listen_tls] =
            [plain, secure].map(|all| all.iter().map(|address| address.parse().unwrap()).collect());
        Server::check(&Config { listen, listen_tls, ..Config::default() })
    };
    assert_eq!(listen(&["127.0.0.1:6667", "[::1]:6667"], &["127.0.0.1:6697"]), Ok(()));
    assert!(matches!(listen(&[], &[]), Err(Text::NowhereToListen)));
    for (plain, secure) in [(&["127.0.0.1:6667"; 2][..], &[][..]), (&["[::1]:6697"], &["[::1]:6697"])] {
        assert!(matches!(listen(plain, secure), Err(Text::ListedTwice(_))), "{plain:?} {secure:?}");
    }
    assert!(matches!(listen(&["0.0.0.0:6697"], &["127.0.0.1:6697"]), Err(Text::ListedWithin(..))));
}

#[test]
fn a_key_that_cannot_be_used_is_named_with_the_reason() {
    let good = made("good.pem");
    assert_eq!(Server::check(&config(&good, &made("good.key"))), Ok(()));
    for (name, english, chinese) in [
        ("encrypted.key", "encrypted with a passphrase", "用密码加密"),
        ("encrypted-old.key", "encrypted with a passphrase", "用密码加密"),
        ("p521.key", "not supported", "不支持这种私钥"),
        ("dsa.key", "not supported", "不支持这种私钥"),
        ("rsa-1024.key", "RSA of 2048 to 4096 bits", "2048 到 4096 位"),
        ("ssh.key", "not supported", "不支持这种私钥"),
        ("public.key", "the private one is needed", "需要的是私钥"),
        ("good.pem", "tls_cert and tls_key seem to be exchanged", "似乎写反了"),
        ("README.md", "no private key in PEM form", "没有 PEM 格式的私钥"),
        ("", "it is a folder", "这是文件夹"),
    ] {
        let file = made(name);
        check(&good, &file, &file, english, chinese);
    }
}

#[test]
fn a_file_that_an_editor_has_spoilt_is_named_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("spoilt.pem");
    let pem = fs::read_to_string(made("good.pem")).unwrap();
    let wide: Vec<u8> =
        "\u{feff}".encode_utf16().chain(pem.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for (bytes, english, chinese) in [
        (&b""[..], "the file is empty", "文件是空的"),
        (b" \n", "the file is empty", "文件是空的"),
        (format!("\u{feff}{pem}").as_bytes(), "byte order mark (BOM)", "字节顺序标记（BOM）"),
        (&wide, "UTF-16", "UTF-16"),
        (&pem.as_bytes()[..300], "cut off or damaged", "不完整或已损坏"),
        (pem.replace('M', "?").as_bytes(), "cut off or damaged", "不完整或已损坏"),
    ] {
        fs::write(&file, bytes).unwrap();
        check(&file, &made("good.key"), &file, english, chinese);
        let key = if bytes.starts_with(b"-----") { continue } else { &file };
        check(&made("good.pem"), key, key, english, chinese);
    }
    // Line ends of another system are no mistake.
    fs::write(&file, pem.replace('\n', "\r\n")).unwrap();
    assert_eq!(Server::check(&config(&file, &made("good.key"))), Ok(()));
}

#[test]
fn a_chain_in_the_wrong_order_and_a_key_of_another_certificate_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let [chain, key] = ["chain.pem", "key.pem"].map(|name| folder.path().join(name));
    let authority = |name: &str| {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        (params.self_signed(&key).unwrap().pem(), Issuer::new(params, key))
    };
    let ((root, issuer), (stranger, _)) = (authority("Root"), authority("Stranger"));
    let own_key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["tea.house".to_owned()]).unwrap();
    let own = own.signed_by(&own_key, &issuer).unwrap().pem();
    fs::write(&key, own_key.serialize_pem()).unwrap();

    fs::write(&chain, format!("{root}{own}")).unwrap();
    check(&chain, &key, &chain, "is number 2 and must come first", "是第 2 个，应该放在最前面");
    fs::write(&chain, &root).unwrap();
    check(&chain, &key, &chain, "belongs to another certificate", "属于另一个证书");
    let advice = |chain_of: &[&str]| {
        fs::write(&chain, chain_of.concat()).unwrap();
        let config = config(&chain, &key);
        assert_eq!(Server::check(&config), Ok(()));
        let told = advice::of(&config, jiff::Timestamp::now()).into_iter();
        told.map(|text| text.to_string(Language::English))
            .filter(|text| text.contains("did not sign"))
            .count()
    };
    assert_eq!(advice(&[&own, &root]), 0);
    assert_eq!(advice(&[&own, &stranger]), 1);
}
