//! Passwords as they are kept: argon2id hashes ([RFC 9106](https://www.rfc-editor.org/rfc/rfc9106)).

use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{Error, PasswordHasher, SaltString};

/// The hash of a password with a new salt, in the form that the configuration takes.
///
/// # Errors
/// When the password is longer than the algorithm allows.
pub fn hash(password: &str) -> Result<String, Error> {
    let salt = SaltString::generate(&mut OsRng);
    Ok(Argon2::default().hash_password(password.as_bytes(), &salt)?.to_string())
}
