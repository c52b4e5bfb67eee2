//! Passwords as they are kept: argon2id hashes ([RFC 9106](https://www.rfc-editor.org/rfc/rfc9106)), and, where the
//! configuration asks for them, the keys of SCRAM-SHA-256.
//!
//! Hashing takes tens of milliseconds and twenty megabytes, on purpose. In the server it is done by threads of its
//! own ([`hashing`](crate::auth::hashing)). Nothing here is to be called under the world's lock but for what
//! [`ScramKeys`] does with keys that are there already.

use std::io;
use std::num::NonZeroU32;

use argon2::password_hash::SaltString;
use argon2::password_hash::rand_core::{OsRng, RngCore};
use argon2::{Algorithm, Argon2, Block, Params, PasswordHash, Version};
use base64ct::{Base64, Base64Unpadded, Encoding};
use ring::{digest, hmac, pbkdf2};
use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;

/// The letters of a password that is made up for somebody: none that looks like another.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// How long such a password is, at least.
const MADE_UP_LETTERS: usize = 10;
/// The longest password, in bytes: it has to fit into a line, whichever way it is said.
pub const LONGEST_BYTES: usize = 300;
/// How often SCRAM hashes a password: what RFC 7677 asks for at least, since every client has to do it too.
const SCRAM_ITERATIONS: NonZeroU32 = NonZeroU32::new(4096).unwrap();
const SALT_BYTES: usize = 16;
/// The most that a hash of the configuration may ask for: kibibytes, passes, and both together. Other programs ask
/// for that by default; beyond it, checking one password would stop all others.
const MOST_KIB: u32 = 64 * 1024;
const MOST_PASSES: u32 = 16;
const MOST_WORK: u32 = 4 * MOST_KIB;
/// How long the hashes are that programs make. A hash of any other length is a piece of one.
const HASH_BYTES: [usize; 3] = [16, 32, 64];
/// Memory is asked for in pieces of at least this many kibibytes, of which only what is used is really there. From
/// 32 MiB on, glibc maps each piece by itself and gives it back when it is free. A smaller one makes it raise the limit
/// of what it maps, for good: from then on such pieces are cut from the heap, small things settle between them, and
/// a crowd that had left was seen to leave 600 MB behind.
const LEAST_KIB: usize = 33 * 1024;

/// Memory to hash passwords in, one after the other.
#[derive(Default)]
pub struct Memory(Vec<Block>);

impl Memory {
    /// So many blocks, with whatever is in them.
    fn blocks(&mut self, count: usize) -> io::Result<&mut [Block]> {
        if self.0.len() < count {
            if self.0.capacity() < count {
                self.0 = Vec::new();
                let asked = self.0.try_reserve_exact(count.max(LEAST_KIB));
                asked.map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
            }
            self.0.resize(count, Block::new());
        }
        Ok(&mut self.0[..count])
    }

    /// Gives it back to the system.
    pub fn release(&mut self) {
        self.0 = Vec::new();
    }

    fn fill(
        &mut self,
        (algorithm, version, params): (Algorithm, Version, Params),
        password: &[u8],
        salt: &[u8],
        hash: &mut [u8],
    ) -> io::Result<()> {
        let blocks = self.blocks(params.block_count())?;
        let argon2 = Argon2::new(algorithm, version, params);
        argon2
            .hash_password_into_with_memory(password, salt, hash, blocks)
            .map_err(|error| io::Error::other(error.to_string()))
    }

    /// The hash of a password with a new salt, in the form that the configuration takes.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn hash(&mut self, password: &str) -> io::Result<String> {
        let salt = SaltString::generate(&mut OsRng);
        let mut bytes = [0; SALT_BYTES];
        let salt_bytes = salt.decode_b64(&mut bytes).expect("it is a salt");
        let params = Params::default();
        let mut hash = [0; Params::DEFAULT_OUTPUT_LEN];
        let shown =
            format!("$argon2id$v=19$m={},t={},p={}", params.m_cost(), params.t_cost(), params.p_cost());
        let way = (Algorithm::Argon2id, Version::V0x13, params);
        self.fill(way, password.as_bytes(), salt_bytes, &mut hash)?;
        Ok(format!("{shown}${salt}${}", Base64Unpadded::encode_string(&hash)))
    }

    /// Whether a password has this hash; no password has a hash that is not whole.
    ///
    /// # Errors
    /// When there is no memory to find out.
    pub fn fits(&mut self, hash: &str, given: &str) -> io::Result<bool> {
        let Ok(Hash { way, salt, hash }) = Hash::read(hash) else { return Ok(false) };
        let mut found = vec![0; hash.len()];
        self.fill(way, given.as_bytes(), &salt, &mut found)?;
        Ok(found.ct_eq(&hash).into())
    }

    /// Whether a password is the one that the configuration has, in clear or as a hash.
    ///
    /// # Errors
    /// When there is no memory to find out.
    pub fn is_right(&mut self, kept: &str, given: &str) -> io::Result<bool> {
        match Kept::read(kept) {
            Ok(Kept::Clear) => Ok(is_right_in_clear(kept, given)),
            Ok(Kept::Hash) => self.fits(kept, given),
            Err(_) => Ok(false),
        }
    }

    /// Takes as long as it takes to see that a password is wrong, so that the time does not tell which accounts exist.
    pub fn pretend_to_check(&mut self, given: &str) {
        let mut hash = [0; Params::DEFAULT_OUTPUT_LEN];
        let way = (Algorithm::Argon2id, Version::V0x13, Params::default());
        let _ = self.fill(way, given.as_bytes(), &[0; SALT_BYTES], &mut hash);
    }
}

/// The hash of a password with a new salt, in the configuration's form, for a caller with a single one to hash.
///
/// # Errors
/// When there is no memory for it.
pub fn hash(password: &str) -> io::Result<String> {
    Memory::default().hash(password)
}

/// Whether a password is the one that was kept in clear; the time that takes tells nothing of it.
pub fn is_right_in_clear(kept: &str, given: &str) -> bool {
    kept.as_bytes().ct_eq(given.as_bytes()).into()
}

/// The form of a password in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The password itself.
    Clear,
    /// An argon2 hash of it.
    Hash,
}

/// Why something that looks like a hash cannot be used as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It is cut off, or of a kind that is not known here.
    NotWhole,
    /// It asks for more memory or time than one password is worth.
    TooCostly,
}

impl Kept {
    /// Tells a hash from a password in clear. A text that looks like a hash is never taken for a password: it would
    /// be one that its owner does not know.
    ///
    /// # Errors
    /// What is wrong with something that looks like a hash.
    pub fn read(kept: &str) -> Result<Self, Unusable> {
        if looks_like_a_hash(kept) { Hash::read(kept).map(|_| Self::Hash) } else { Ok(Self::Clear) }
    }
}

/// Whether something is in the form of a hash, or was before something was lost at one end. Between double quotes a
/// shell takes `$argon2id` and `$v` for names, and leaves `=19=19456,t=2,p=1`.
fn looks_like_a_hash(kept: &str) -> bool {
    const KINDS: &[&str] =
        &["1", "2", "2a", "2b", "2x", "2y", "5", "6", "7", "y", "gy", "apr1", "md5", "sha1"];
    let lost = kept.contains(",t=") && kept.contains(",p=");
    let Some(rest) = kept.strip_prefix('$') else { return lost || kept.starts_with("argon2id$") };
    let is_known = |kind: &str| {
        KINDS.contains(&kind)
            || ["argon2", "bcrypt", "scrypt", "pbkdf2"].iter().any(|one| kind.starts_with(one))
    };
    lost || rest.starts_with("argon2") || rest.split_once('$').is_some_and(|(kind, _)| is_known(kind))
}

/// An argon2 hash, taken apart.
struct Hash {
    way: (Algorithm, Version, Params),
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Hash {
    fn read(text: &str) -> Result<Self, Unusable> {
        let parsed = PasswordHash::new(text).map_err(|_| Unusable::NotWhole)?;
        let algorithm = Algorithm::try_from(parsed.algorithm).map_err(|_| Unusable::NotWhole)?;
        let version = parsed.version.map_or(Ok(Version::V0x13), Version::try_from);
        let number = |name| parsed.params.get_decimal(name);
        let (Some(kib), Some(passes)) = (number("m"), number("t")) else { return Err(Unusable::NotWhole) };
        if kib > MOST_KIB || passes > MOST_PASSES || kib * passes > MOST_WORK {
            return Err(Unusable::TooCostly);
        }
        let (Ok(version), Ok(params)) = (version, Params::try_from(&parsed)) else {
            return Err(Unusable::NotWhole);
        };
        let mut bytes = [0; 64];
        let salt = parsed.salt.and_then(|salt| salt.decode_b64(&mut bytes).ok().map(<[u8]>::to_vec));
        let hash = parsed.hash.filter(|hash| HASH_BYTES.contains(&hash.len()));
        let (Some(salt), Some(hash)) = (salt, hash) else { return Err(Unusable::NotWhole) };
        if salt.len() < argon2::MIN_SALT_LEN {
            return Err(Unusable::NotWhole);
        }
        Ok(Self { way: (algorithm, version, params), salt, hash: hash.as_bytes().to_vec() })
    }
}

/// The keys that let a server log somebody in by SCRAM-SHA-256 without knowing the password
/// ([RFC 5802 §3](https://www.rfc-editor.org/rfc/rfc5802#section-3)).
///
/// A thief gains less from them than from the password, but guesses it more cheaply from them than from the hash.
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
        Self::derive(password, &salt)
    }

    fn derive(password: &str, salt: &[u8]) -> Self {
        // The part of SASLprep (RFC 4013) that matters to people: however it was typed, it is the same password.
        let password: String = password.nfkc().collect();
        let mut salted = [0; 32];
        let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
        pbkdf2::derive(algorithm, SCRAM_ITERATIONS, salt, password.as_bytes(), &mut salted);
        Self {
            salt: salt.to_vec(),
            iterations: SCRAM_ITERATIONS.get(),
            stored_key: sha256(&hmac(&salted, b"Client Key")),
            server_key: hmac(&salted, b"Server Key"),
        }
    }

    /// Keys that no password fits, but always with the same salt for the same name: a client that asks for an account
    /// that does not exist is answered like any other.
    pub fn pretended(secret: &[u8; 32], name: &str) -> Self {
        let salt = hmac(secret, name.as_bytes())[..SALT_BYTES].to_vec();
        Self { salt, iterations: SCRAM_ITERATIONS.get(), stored_key: [0; 32], server_key: [0; 32] }
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
        sha256(&client_key).ct_eq(&self.stored_key).into()
    }

    /// The signature that shows the client that the server knew the password's keys, in base64.
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
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text).as_ref().try_into().expect("it has the bytes of SHA-256")
}

/// A hash without a key.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let hash = digest::digest(&digest::SHA256, bytes);
    hash.as_ref().try_into().expect("SHA-256 has so many bytes")
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

/// A password that nobody has had before, of at least so many letters.
pub(crate) fn make_up(least: usize) -> String {
    let bytes = secret();
    let letter = |index: usize| LETTERS[usize::from(bytes[index % bytes.len()]) % LETTERS.len()] as char;
    (0..MADE_UP_LETTERS.max(least)).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rustix::time::{ClockId, clock_gettime};

    use super::*;

    /// From the tests of the reference implementation; for `password`.
    const OTHERS: &str =
        "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8";
    const LARGE: &str =
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

    #[test]
    fn the_time_that_a_password_takes_does_not_tell_whether_there_is_such_an_account() {
        let mut memory = Memory::default();
        let hash = memory.hash("correcthorse").unwrap();
        let mut shortest = |check: &mut dyn FnMut(&mut Memory)| {
            let times = (0..3).map(|_| {
                // The time of this thread alone: other threads do not count.
                let began = Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap();
                check(&mut memory);
                Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap() - began
            });
            times.min().unwrap()
        };
        let real = shortest(&mut |memory| assert!(!memory.fits(&hash, "wrong").unwrap()));
        let pretended = shortest(&mut |memory| memory.pretend_to_check("wrong"));
        assert!(pretended > real / 4 && real > pretended / 4, "{real:?} and {pretended:?}");
    }

    #[test]
    fn a_password_is_compared_in_clear_or_with_its_hash() {
        let mut memory = Memory::default();
        let mut is_right = |kept: &str, given: &str| memory.is_right(kept, given).unwrap();
        assert!(is_right("芝麻开门", "芝麻开门"));
        assert!(!is_right("芝麻开门", "芝麻关门"));
        let ours = hash("sesame").unwrap();
        assert!(ours.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{ours}");
        assert_eq!(ours.len(), 97, "{ours}");
        assert!(is_right(&ours, "sesame"));
        assert!(!is_right(&ours, "Sesame") && !is_right(&ours, "") && !is_right(&ours, &ours));
        // Memory that was used is used again, for less and for more.
        for (kept, given) in [(OTHERS, "password"), (LARGE, "password"), (&ours, "sesame")] {
            assert!(is_right(kept, given) && !is_right(kept, "wrong"), "{kept}");
        }
        assert_ne!(hash("sesame").unwrap(), ours, "another salt each time");
    }

    #[test]
    fn memory_is_asked_for_in_pieces_that_are_given_back_and_only_what_is_used_is_touched() {
        let mut memory = Memory::default();
        memory.hash("sesame").unwrap();
        assert!(memory.0.capacity() * Block::SIZE > 32 << 20);
        assert_eq!(memory.0.len(), Params::DEFAULT_M_COST as usize);
        memory.release();
        assert_eq!(memory.0.capacity(), 0);
    }

    #[test]
    fn an_accounts_hash_that_is_cut_off_is_no_password_in_clear() {
        let mut memory = Memory::default();
        for kept in ["", "sesame", "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ"] {
            assert!(!memory.fits(kept, kept).unwrap(), "{kept}");
        }
    }

    #[test]
    fn what_looks_like_a_hash_is_a_whole_one_or_is_refused() {
        let ours = hash("sesame").unwrap();
        for whole in [&*ours, LARGE, OTHERS] {
            assert_eq!(Kept::read(whole), Ok(Kept::Hash), "{whole}");
        }
        for length in "$argon2".len()..LARGE.len() {
            assert_eq!(Kept::read(&LARGE[..length]), Err(Unusable::NotWhole), "{}", &LARGE[..length]);
        }
        let salt = ours.split('$').nth(4).unwrap();
        for (found, fault) in [
            (ours["$".len()..].to_owned(), Unusable::NotWhole),
            ("=19=19456,t=2,p=1".to_owned(), Unusable::NotWhole),
            (ours.replace(salt, ""), Unusable::NotWhole),
            (ours.replace(salt, "QQ"), Unusable::NotWhole),
            (ours.replace("argon2id", "argon2x"), Unusable::NotWhole),
            (ours.replace("v=19", "v=20"), Unusable::NotWhole),
            (ours.replace("p=1", "p=0"), Unusable::NotWhole),
            ("$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW".to_owned(), Unusable::NotWhole),
            (
                "$6$salt$IxDD3jeSOb5eB1CX5LBsqZFVkJdido3OUILO5Ifz5iwMuTS4XMS130MTSuDDl3aCI6WouI".to_owned(),
                Unusable::NotWhole,
            ),
            (
                "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD"
                    .to_owned(),
                Unusable::NotWhole,
            ),
            (ours.replace("m=19456", "m=4194304"), Unusable::TooCostly),
            (ours.replace("m=19456", "m=65537"), Unusable::TooCostly),
            (ours.replace("t=2", "t=4000000000"), Unusable::TooCostly),
            (ours.replace("t=2", "t=16"), Unusable::TooCostly),
        ] {
            assert_eq!(Kept::read(&found), Err(fault), "{found}");
            assert!(!Memory::default().is_right(&found, &found).unwrap(), "{found}");
        }
        for clear in ["sesame", "$", "$ecret", "pa$$word", "$pa$$word", "100$ a day", "argon2", "m=1,t=2"] {
            assert_eq!(Kept::read(clear), Ok(Kept::Clear), "{clear}");
        }
    }

    #[test]
    fn no_nonce_and_no_secret_comes_twice() {
        let nonces: std::collections::HashSet<_> = (0..100).map(|_| nonce()).collect();
        assert_eq!(nonces.len(), 100);
        assert!(nonces.iter().all(|nonce| nonce.len() == 24 && !nonce.contains(',')), "{nonces:?}");
        assert_ne!(secret(), secret());
        assert_ne!(secret(), [0; 32]);
    }

    #[test]
    fn the_exchange_of_rfc_7677_is_proven_and_signed() {
        let salt = Base64::decode_vec("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let keys = ScramKeys::derive("pencil", &salt);
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
        assert_eq!(ScramKeys::derive("密码abc", &keys.salt), keys);
        assert_ne!(ScramKeys::of("密码ａｂｃ"), keys, "another salt");
        assert_eq!(keys.iterations(), ScramKeys::pretended(&secret(), "bob").iterations());
        assert_eq!(format!("{keys:?}"), "ScramKeys(…)");
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

    #[test]
    fn a_password_that_is_made_up_is_long_enough_and_another_each_time() {
        let one = make_up(8);
        assert_eq!(one.len(), MADE_UP_LETTERS);
        assert_ne!(one, make_up(8));
        assert_eq!(make_up(40).len(), 40);
    }
}
