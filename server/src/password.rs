//! Passwords as they are kept: argon2id hashes ([RFC 9106](https://www.rfc-editor.org/rfc/rfc9106)), and, where the
//! configuration asks for them, the keys of SCRAM-SHA-256.
//!
//! Hashing takes tens of milliseconds and twenty megabytes, on purpose; so only as many passwords as there are
//! processors are hashed at a time, whoever asks. Nothing here is to be called under the world's lock but for what
//! [`ScramKeys`] does with keys that are there already.

use std::thread;

use argon2::password_hash::rand_core::{OsRng, RngCore};
use argon2::password_hash::{Error, PasswordHasher, SaltString};
use argon2::{Argon2, PasswordHash, PasswordVerifier};
use base64ct::{Base64, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use parking_lot::{Condvar, Mutex};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;

/// How often SCRAM hashes a password: what RFC 7677 asks for at least, since every client has to do it too.
const SCRAM_ITERATIONS: u32 = 4096;
const SALT_BYTES: usize = 16;

/// The hash of a password with a new salt, in the form that the configuration takes.
///
/// # Errors
/// When the password is longer than the algorithm allows.
pub fn hash(password: &str) -> Result<String, Error> {
    let salt = SaltString::generate(&mut OsRng);
    in_turn(|| Ok(Argon2::default().hash_password(password.as_bytes(), &salt)?.to_string()))
}

/// Whether a password is the one that was kept, in clear or as an argon2id hash.
pub fn is_right(kept: &str, given: &str) -> bool {
    match PasswordHash::new(kept) {
        Ok(hash) => in_turn(|| Argon2::default().verify_password(given.as_bytes(), &hash).is_ok()),
        Err(_) => is_right_in_clear(kept, given),
    }
}

/// Whether a password is the one that was kept in clear; how long that takes tells nothing of it.
pub fn is_right_in_clear(kept: &str, given: &str) -> bool {
    kept.as_bytes().ct_eq(given.as_bytes()).into()
}

/// Takes as long as it takes to see that a password is wrong, so that the time does not tell which accounts exist.
pub fn pretend_to_check(given: &str) {
    let _ = hash(given);
}

/// Runs some hashing when it is its turn.
fn in_turn<T>(work: impl FnOnce() -> T) -> T {
    static AT_WORK: Mutex<usize> = Mutex::new(0);
    static DONE: Condvar = Condvar::new();
    let most = thread::available_parallelism().map_or(1, usize::from);
    let mut at_work = AT_WORK.lock();
    DONE.wait_while(&mut at_work, |at_work| *at_work >= most);
    *at_work += 1;
    drop(at_work);
    let result = work();
    *AT_WORK.lock() -= 1;
    DONE.notify_one();
    result
}

/// What a server needs to log somebody in by SCRAM-SHA-256 without knowing the password
/// ([RFC 5802 §3](https://www.rfc-editor.org/rfc/rfc5802#section-3)).
///
/// They are worth less than the password to a thief, but cheaper to guess it from than its argon2id hash is.
#[derive(Clone, PartialEq, Eq)]
pub struct ScramKeys {
    salt: Vec<u8>,
    iterations: u32,
    stored_key: [u8; 32],
    server_key: [u8; 32],
}

impl ScramKeys {
    /// The keys of a password, with a new salt.
    pub fn of(password: &str) -> Self {
        let mut salt = [0; SALT_BYTES];
        OsRng.fill_bytes(&mut salt);
        in_turn(|| Self::derive(password, &salt, SCRAM_ITERATIONS))
    }

    fn derive(password: &str, salt: &[u8], iterations: u32) -> Self {
        // The part of SASLprep (RFC 4013) that matters to people: however it was typed, it is the same password.
        let password: String = password.nfkc().collect();
        let salted = pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(password.as_bytes(), salt, iterations);
        let stored_key = Sha256::digest(hmac(&salted, b"Client Key")).into();
        Self { salt: salt.to_vec(), iterations, stored_key, server_key: hmac(&salted, b"Server Key") }
    }

    /// Keys that no password fits, but always with the same salt for the same name: who asks for an account that does
    /// not exist is answered like anybody else.
    pub fn pretended(secret: &[u8; 32], name: &str) -> Self {
        let salt = hmac(secret, name.as_bytes())[..SALT_BYTES].to_vec();
        Self { salt, iterations: SCRAM_ITERATIONS, stored_key: [0; 32], server_key: [0; 32] }
    }

    /// The salt, in base64.
    pub fn salt(&self) -> String {
        Base64::encode_string(&self.salt)
    }

    /// How often the password is hashed.
    pub fn iterations(&self) -> u32 {
        self.iterations
    }

    /// Whether a client's proof, in base64, shows that it knows the password.
    pub fn prove(&self, auth_message: &str, proof: &str) -> bool {
        let Ok(proof) = Base64::decode_vec(proof) else { return false };
        let signature = hmac(&self.stored_key, auth_message.as_bytes());
        if proof.len() != signature.len() {
            return false;
        }
        let client_key: Vec<u8> = proof.iter().zip(signature).map(|(one, other)| one ^ other).collect();
        Sha256::digest(client_key).ct_eq(&self.stored_key).into()
    }

    /// What shows the client that the server knew the password's keys, in base64.
    pub fn signature(&self, auth_message: &str) -> String {
        Base64::encode_string(&hmac(&self.server_key, auth_message.as_bytes()))
    }

    /// The keys as they are kept: `SCRAM-SHA-256$iterations:salt$stored key:server key`, as RFC 5803 has them.
    pub fn to_text(&self) -> String {
        let [stored, server] = [&self.stored_key, &self.server_key].map(|key| Base64::encode_string(key));
        format!("SCRAM-SHA-256${}:{}${stored}:{server}", self.iterations, self.salt())
    }

    /// The keys that were kept so.
    pub fn from_text(text: &str) -> Option<Self> {
        let (how, keys) = text.strip_prefix("SCRAM-SHA-256$")?.split_once('$')?;
        let (iterations, salt) = how.split_once(':')?;
        let (stored, server) = keys.split_once(':')?;
        let key = |text| Base64::decode_vec(text).ok()?.try_into().ok();
        Some(Self {
            salt: Base64::decode_vec(salt).ok()?,
            iterations: iterations.parse().ok()?,
            stored_key: key(stored)?,
            server_key: key(server)?,
        })
    }
}

/// Keys are not for logs.
impl std::fmt::Debug for ScramKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ScramKeys(…)")
    }
}

/// A keyed hash.
pub(crate) fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    hmac.update(text);
    hmac.finalize().into_bytes().into()
}

/// A word that nobody can guess, for a nonce.
pub fn nonce() -> String {
    let mut bytes = [0; 18];
    OsRng.fill_bytes(&mut bytes);
    Base64::encode_string(&bytes)
}

/// Bytes that nobody can guess.
pub fn secret() -> [u8; 32] {
    let mut bytes = [0; 32];
    OsRng.fill_bytes(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_compared_in_clear_or_with_its_hash() {
        assert!(is_right("芝麻开门", "芝麻开门"));
        assert!(!is_right("芝麻开门", "芝麻关门"));
        let hash = hash("sesame").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(is_right(&hash, "sesame"));
        assert!(!is_right(&hash, "Sesame"));
    }

    #[test]
    fn the_exchange_of_rfc_7677_is_proven_and_signed() {
        let salt = Base64::decode_vec("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let keys = ScramKeys::derive("pencil", &salt, 4096);
        let auth_message = "n=user,r=rOprNGfwEbeRWgbNEkqO,\
                            r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,\
                            c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        assert!(keys.prove(auth_message, "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="));
        assert_eq!(keys.signature(auth_message), "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        for wrong in ["", "AAAA", "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVA="] {
            assert!(!keys.prove(auth_message, wrong), "{wrong}");
        }
        assert!(!keys.prove("n=mallory", "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="));
    }

    #[test]
    fn keys_are_kept_as_a_text_and_typed_in_any_width() {
        let keys = ScramKeys::of("密码ａｂｃ");
        assert_eq!(ScramKeys::from_text(&keys.to_text()).as_ref(), Some(&keys));
        assert_eq!(ScramKeys::derive("密码abc", &keys.salt, keys.iterations), keys);
        assert_ne!(ScramKeys::of("密码ａｂｃ"), keys, "another salt");
        for bad in ["", "SCRAM-SHA-256$4096:QQ==$QQ==:QQ==", "SCRAM-SHA-1$1:QQ==$x:y"] {
            assert_eq!(ScramKeys::from_text(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_account_that_does_not_exist_always_has_the_same_salt() {
        let secret = secret();
        assert_eq!(ScramKeys::pretended(&secret, "bob"), ScramKeys::pretended(&secret, "bob"));
        assert_ne!(ScramKeys::pretended(&secret, "bob").salt(), ScramKeys::pretended(&secret, "eve").salt());
    }
}
