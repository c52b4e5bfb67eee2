//! The computing side of SCRAM-SHA-256: a client that proves that it knows the password, and finds out whether the
//! server does ([RFC 5802 §3](https://www.rfc-editor.org/rfc/rfc5802#section-3),
//! [RFC 7677](https://www.rfc-editor.org/rfc/rfc7677)). What the messages look like is
//! [`teahouse_protocol::scram`]'s subject.

use std::num::NonZeroU32;

use base64ct::{Base64, Encoding};
use ring::rand::{SecureRandom, SystemRandom};
use ring::{digest, hmac, pbkdf2};
use teahouse_protocol::scram::{ClientFinal, ClientFirst, ServerFinal, ServerFirst, auth_message};
use unicode_normalization::UnicodeNormalization;

/// A server that asks for more rounds wants to keep us busy.
const MAX_ITERATIONS: u32 = 5_000_000;

/// The client's side of one exchange.
#[derive(Debug)]
pub struct Scram {
    nonce: String,
    /// What the server's signature must be, once the password was proved.
    expected: Option<Vec<u8>>,
}

/// The server does not play by the rules, or does not know the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotGenuine;

impl Scram {
    /// An exchange with a nonce that was never used before.
    pub fn begin() -> Self {
        let mut bytes = [0; 24];
        SystemRandom::new().fill(&mut bytes).expect("the system has random numbers");
        Self::with_nonce(Base64::encode_string(&bytes))
    }

    fn with_nonce(nonce: String) -> Self {
        Self { nonce, expected: None }
    }

    /// The first message.
    pub fn first(&self, user: &str) -> String {
        ClientFirst::new(user, &self.nonce).to_string()
    }

    /// The last message, in answer to the server's first.
    ///
    /// # Errors
    /// [`NotGenuine`], when the server's message is none, is not an answer to ours, or asks for what is beyond reason.
    pub fn last(&mut self, user: &str, password: &str, server_first: &str) -> Result<String, NotGenuine> {
        let first = ClientFirst::new(user, &self.nonce);
        let server = ServerFirst::parse(server_first).map_err(|_| NotGenuine)?;
        let is_answer = server.nonce.len() > self.nonce.len() && server.nonce.starts_with(&self.nonce);
        let rounds = NonZeroU32::new(server.iterations).filter(|rounds| rounds.get() <= MAX_ITERATIONS);
        let (true, Some(rounds)) = (is_answer, rounds) else { return Err(NotGenuine) };
        let salt = Base64::decode_vec(server.salt).map_err(|_| NotGenuine)?;

        let mut salted = [0; digest::SHA256_OUTPUT_LEN];
        // SASLprep (RFC 4013) as far as it concerns a password that somebody can type.
        let password: String = password.nfkc().collect();
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, &salt, password.as_bytes(), &mut salted);
        let client_key = sign(&salted, b"Client Key");
        let stored_key = digest::digest(&digest::SHA256, client_key.as_ref());

        let binding = Base64::encode_string(first.gs2_header().as_bytes());
        let mut last = ClientFinal { binding: &binding, nonce: server.nonce, extensions: "", proof: "" };
        let signed = auth_message(&first, &server, &last);
        let signature = sign(stored_key.as_ref(), signed.as_bytes());
        let proof: Vec<u8> =
            client_key.as_ref().iter().zip(signature.as_ref()).map(|(key, sign)| key ^ sign).collect();
        let proof = Base64::encode_string(&proof);
        last.proof = &proof;

        let server_key = sign(&salted, b"Server Key");
        self.expected = Some(sign(server_key.as_ref(), signed.as_bytes()).as_ref().to_vec());
        Ok(last.to_string())
    }

    /// Takes in the server's last message: whether it accepts our proof. Only a server that knows the password's keys
    /// can say so in this form.
    ///
    /// # Errors
    /// [`NotGenuine`], when the signature is wrong, or there can be none yet.
    pub fn verify(&self, server_final: &str) -> Result<bool, NotGenuine> {
        match ServerFinal::parse(server_final) {
            Ok(ServerFinal::Verifier(signature)) => {
                let signature = Base64::decode_vec(signature).map_err(|_| NotGenuine)?;
                if self.expected.as_ref() == Some(&signature) { Ok(true) } else { Err(NotGenuine) }
            }
            Ok(ServerFinal::Error(_)) => Ok(false),
            Err(_) => Err(NotGenuine),
        }
    }
}

fn sign(key: &[u8], text: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The exchange of RFC 7677 §3.
    const NONCE: &str = "rOprNGfwEbeRWgbNEkqO";
    const SERVER_FIRST: &str =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    const CLIENT_FINAL: &str = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                                p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    const SERVER_FINAL: &str = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    fn exchange() -> Scram {
        Scram::with_nonce(NONCE.to_owned())
    }

    #[test]
    fn the_exchange_of_the_rfc_is_computed() {
        let mut scram = exchange();
        assert_eq!(scram.first("user"), format!("n,,n=user,r={NONCE}"));
        assert_eq!(scram.last("user", "pencil", SERVER_FIRST).as_deref(), Ok(CLIENT_FINAL));
        assert_eq!(scram.verify(SERVER_FINAL), Ok(true));
    }

    #[test]
    fn a_server_that_does_not_know_the_password_is_found_out() {
        let mut scram = exchange();
        assert_eq!(scram.verify(SERVER_FINAL), Err(NotGenuine), "before anything was proved");
        scram.last("user", "pencil", SERVER_FIRST).unwrap();
        for bad in ["v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G8=", "v=AAAA", "v=", "", "tea"] {
            assert_eq!(scram.verify(bad), Err(NotGenuine), "{bad:?}");
        }
        assert_eq!(scram.verify("e=invalid-proof"), Ok(false));
    }

    #[test]
    fn a_server_that_does_not_answer_us_is_found_out() {
        for bad in [
            "r=somebodyelse%hvYDpWUa2Ra,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            "r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            "r=rOprNGfwEbeRWgbNEkqO%hv,s=====,i=4096",
            "r=rOprNGfwEbeRWgbNEkqO%hv,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4000000000",
            "m=tea,r=rOprNGfwEbeRWgbNEkqO%hv,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            "",
        ] {
            assert_eq!(exchange().last("user", "pencil", bad), Err(NotGenuine), "{bad:?}");
        }
    }

    #[test]
    fn no_nonce_comes_twice() {
        let nonces: std::collections::HashSet<_> = (0..100).map(|_| Scram::begin().nonce).collect();
        assert_eq!(nonces.len(), 100);
    }

    #[test]
    fn a_password_is_the_same_in_every_form_in_which_it_can_be_typed() {
        let last = |password: &str| exchange().last("user", password, SERVER_FIRST);
        assert_eq!(last("ｐｅｎｃｉｌ"), last("pencil"));
        assert_eq!(last("cafe\u{301}"), last("caf\u{e9}"));
    }
}
