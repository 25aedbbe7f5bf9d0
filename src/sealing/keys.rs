//! Keys, sealing and marks of the secret ballot.
//!
//! A sitting has one key pair. Ballots are sealed to the public half (HPKE, RFC 9180); the private half is split among the
//! monitors (Shamir, any `k` of `n`), each share sealed to its monitor, and forgotten. A monitor's own key pair is drawn
//! by Argon2id from a passphrase that only the monitor has: nothing that is stored opens anything.
//!
//! The portal's mark (HMAC under a key that is a file and no row) tells what the portal itself wrote from what somebody
//! wrote straight into a table.

use std::{
    fmt, fs,
    io::{ErrorKind, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use anyhow::{Context, Result, ensure};
use argon2::{Algorithm, Argon2, Params, Version};
use blahaj::{Share, Sharks};
use hmac::{Hmac, KeyInit, Mac};
use hpke::{
    Deserializable, Kem as _, OpModeR, OpModeS, Serializable, aead::ChaCha20Poly1305, kdf::HkdfSha256,
    kem::X25519HkdfSha256,
};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    ids::{AccountId, InstitutionId, ReviewId, SittingId, StudentId, SurveyId},
    secrets::{Cost, readable},
};

type Kem = X25519HkdfSha256;
pub(super) type Kdf = HkdfSha256;
type Aead = ChaCha20Poly1305;

/// Bytes of an encapsulated key, which stands before each sealed text.
const ENCAPSULATED: usize = 32;
/// Bytes that sealing adds to a text: the encapsulated key and the tag.
pub const OVERHEAD: usize = ENCAPSULATED + 16;
/// The most monitors of a sitting.
pub const MOST_MONITORS: usize = 9;

/// The public half of a key pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// The key as the database keeps it; none where these are not 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The private half, wiped from memory when it is dropped.
pub struct SecretKey(Zeroizing<Vec<u8>>);

impl SecretKey {
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey")
    }
}

/// A monitor's share, wiped from memory when it is dropped.
#[derive(Clone)]
pub struct OpenShare(Zeroizing<Vec<u8>>);

impl fmt::Debug for OpenShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpenShare")
    }
}

/// What something is sealed for: it opens for nothing else.
#[derive(Debug, Clone, Copy)]
pub enum Purpose {
    /// The ballots of a voter, by their place on the roll.
    Envelope(SittingId, i32),
    /// A monitor's share of a sitting's key.
    Share(SittingId, AccountId),
    /// A throw-away ballot of the rehearsal.
    Rehearsal(SittingId, i32),
    /// A form that waits for the person who wrote it.
    KeptForm(AccountId),
    /// A file about which the person who sent it is asked first.
    KeptFile(AccountId),
    /// A board member's sheet on one person, by the places of both in the review.
    Sheet(ReviewId, SheetPlace),
    /// A monitor's share of a review's key.
    SheetShare(ReviewId, AccountId),
    /// The secret of an account's second factor.
    SecondFactor(AccountId),
    /// A student's answers to a questionnaire.
    SurveySheet(SurveyId, StudentId),
    /// What opens the answers to a questionnaire.
    SurveyKey(SurveyId),
    /// The secret by which a university's sign-in server knows the portal.
    CampusSecret(InstitutionId),
}

/// Whose sheet it is and on whom, by their places in a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SheetPlace {
    pub scorer: i16,
    pub person: i16,
}

impl Purpose {
    fn info(self) -> &'static [u8] {
        match self {
            Self::Envelope(..) => b"lunzhi envelope 1",
            Self::Share(..) => b"lunzhi share 1",
            Self::Rehearsal(..) => b"lunzhi rehearsal 1",
            Self::KeptForm(..) => b"lunzhi kept form 1",
            Self::KeptFile(..) => b"lunzhi kept file 1",
            Self::Sheet(..) => b"lunzhi sheet 1",
            Self::SheetShare(..) => b"lunzhi sheet share 1",
            Self::SecondFactor(..) => b"lunzhi second factor 1",
            Self::SurveySheet(..) => b"lunzhi survey sheet 1",
            Self::SurveyKey(..) => b"lunzhi survey key 1",
            Self::CampusSecret(..) => b"lunzhi campus secret 1",
        }
    }

    fn bound_to(self) -> Vec<u8> {
        match self {
            Self::Envelope(sitting, place) | Self::Rehearsal(sitting, place) => {
                [sitting.0.as_bytes().as_slice(), &place.to_be_bytes()].concat()
            }
            Self::KeptForm(account) | Self::KeptFile(account) | Self::SecondFactor(account) => {
                account.0.as_bytes().to_vec()
            }
            Self::CampusSecret(institution) => institution.0.as_bytes().to_vec(),
            Self::Share(sitting, account) => [sitting.0.as_bytes().as_slice(), account.0.as_bytes()].concat(),
            Self::Sheet(review, SheetPlace { scorer, person }) => {
                [review.0.as_bytes().as_slice(), &scorer.to_be_bytes(), &person.to_be_bytes()].concat()
            }
            Self::SheetShare(review, account) => [review.0.as_bytes().as_slice(), account.0.as_bytes()].concat(),
            Self::SurveySheet(survey, student) => [survey.0.as_bytes().as_slice(), student.0.as_bytes()].concat(),
            Self::SurveyKey(survey) => survey.0.as_bytes().to_vec(),
        }
    }
}

/// A new key pair.
#[must_use]
pub fn make_pair() -> (SecretKey, PublicKey) {
    let (secret, public) = Kem::gen_keypair();
    (SecretKey(Zeroizing::new(secret.to_bytes().to_vec())), PublicKey(public.to_bytes().into()))
}

/// The key pair of a secret of 256 bits, the same every time.
#[must_use]
pub fn pair_of_secret(secret: &[u8; 32]) -> (SecretKey, PublicKey) {
    let (secret, public) = Kem::derive_keypair(secret);
    (SecretKey(Zeroizing::new(secret.to_bytes().to_vec())), PublicKey(public.to_bytes().into()))
}

/// A new passphrase for a monitor, of some 99 bits. It is shown once and kept nowhere.
#[must_use]
pub fn passphrase() -> String {
    readable(20, 5)
}

/// The key pair of a passphrase as typed (case, blanks and hyphens do not count). Takes as long as a sign-in: not for the
/// threads that serve pages.
///
/// # Errors
/// Never for parameters that argon2 takes.
pub fn pair_of(passphrase: &str, salt: &[u8]) -> Result<(SecretKey, PublicKey)> {
    let plain = passphrase.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase());
    let plain: Zeroizing<String> = Zeroizing::new(plain.collect());
    let Cost { memory_kib, passes } = Cost::OWASP;
    let params = Params::new(memory_kib, passes, 1, Some(32)).context("argon2 parameters")?;
    let mut seed = Zeroizing::new([0_u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(plain.as_bytes(), salt, seed.as_mut())
        .context("argon2")?;
    let (secret, public) = Kem::derive_keypair(seed.as_ref());
    Ok((SecretKey(Zeroizing::new(secret.to_bytes().to_vec())), PublicKey(public.to_bytes().into())))
}

/// A new salt for a monitor's passphrase.
#[must_use]
pub fn salt() -> [u8; 16] {
    let mut salt = [0; 16];
    rand::fill(&mut salt);
    salt
}

/// Seals a text to a key, for one purpose.
///
/// # Errors
/// Where the key is no point of the curve.
pub fn seal(key: &PublicKey, purpose: Purpose, text: &[u8]) -> Result<Vec<u8>> {
    let key = <Kem as hpke::Kem>::PublicKey::from_bytes(&key.0).map_err(|_| anyhow::anyhow!("not a public key"))?;
    seal_by::<Kem>(&key, purpose, text)
}

/// Seals by a way to encapsulate; what comes out is the same by any.
pub(super) fn seal_by<K: hpke::Kem>(key: &K::PublicKey, purpose: Purpose, text: &[u8]) -> Result<Vec<u8>> {
    let (info, bound_to) = (purpose.info(), purpose.bound_to());
    let sealed =
        hpke::single_shot_seal_with_rng::<Aead, Kdf, K>(&OpModeS::Base, key, info, text, &bound_to, &mut rand::rng());
    let (encapsulated, sealed) = sealed.map_err(|error| anyhow::anyhow!("sealing failed: {error}"))?;
    Ok([encapsulated.to_bytes().as_slice(), &sealed].concat())
}

/// Opens what was sealed; none where it was sealed to another key, for another purpose, or changed since.
#[must_use]
pub fn open(key: &SecretKey, purpose: Purpose, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let key = <Kem as hpke::Kem>::PrivateKey::from_bytes(&key.0).ok()?;
    open_by::<Kem>(&key, purpose, sealed)
}

/// Opens by a way to decapsulate; what comes out is the same by any.
pub(super) fn open_by<K: hpke::Kem>(
    key: &K::PrivateKey,
    purpose: Purpose,
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let (encapsulated, text) = sealed.split_at_checked(ENCAPSULATED)?;
    let encapsulated = K::EncappedKey::from_bytes(encapsulated).ok()?;
    let (info, bound_to) = (purpose.info(), purpose.bound_to());
    let opened = hpke::single_shot_open::<Aead, Kdf, K>(&OpModeR::Base, key, &encapsulated, info, text, &bound_to);
    opened.ok().map(Zeroizing::new)
}

/// Splits a key so that any `threshold` of `number` shares give it back and fewer say nothing.
#[must_use]
pub fn split(key: &SecretKey, threshold: u8, number: usize) -> Vec<Zeroizing<Vec<u8>>> {
    Sharks(threshold).dealer(&key.0).take(number).map(|share| Zeroizing::new(Vec::from(&share))).collect()
}

/// A share as it was opened; none where these are no bytes of a share.
#[must_use]
pub fn share(bytes: &[u8]) -> Option<OpenShare> {
    Share::try_from(bytes).ok().map(|_| OpenShare(Zeroizing::new(bytes.to_vec())))
}

/// The key that shares give back; none where they are too few or not of this key.
#[must_use]
pub fn join(shares: &[OpenShare], threshold: u8, public: &PublicKey) -> Option<SecretKey> {
    let shares: Vec<Share> =
        shares.iter().map(|share| Share::try_from(share.0.as_slice()).ok()).collect::<Option<_>>()?;
    let secret = Zeroizing::new(Sharks(threshold).recover(&shares).ok()?);
    let key = <Kem as hpke::Kem>::PrivateKey::from_bytes(&secret).ok()?;
    let own: [u8; 32] = Kem::sk_to_pk(&key).to_bytes().into();
    (own == public.0).then_some(SecretKey(secret))
}

/// Every one of the shares gives back the key, with as many others as are needed.
#[must_use]
pub fn all_join(shares: &[OpenShare], threshold: u8, public: &PublicKey) -> bool {
    let mut turned = shares.to_vec();
    shares.iter().all(|_| {
        turned.rotate_left(1);
        turned.get(..usize::from(threshold)).is_some_and(|some| join(some, threshold, public).is_some())
    })
}

/// The key of the portal's mark: a file outside the database.
#[derive(Clone)]
pub struct MarkKey([u8; 64]);

impl fmt::Debug for MarkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MarkKey")
    }
}

impl MarkKey {
    /// A key that no file holds, for what does not outlive the process.
    #[must_use]
    pub fn random() -> Self {
        let mut key = [0; 64];
        rand::fill(&mut key);
        Self(key)
    }

    /// The key in the file at `path`; none where there is no such file.
    ///
    /// # Errors
    /// Where the file cannot be read, or holds something else.
    pub fn load(path: &Path) -> Result<Option<Self>> {
        match fs::File::open(path) {
            Ok(file) => {
                let mut bytes = Vec::new();
                file.take(65).read_to_end(&mut bytes).context("read the ballot key")?;
                let key = bytes.try_into().ok();
                Ok(Some(Self(key.with_context(|| format!("{} holds no ballot key", path.display()))?)))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("open the ballot key {}", path.display())),
        }
    }

    /// The key in the file at `path`; the file is made where there is none, readable by its owner alone.
    ///
    /// # Errors
    /// Where the file cannot be read or made, or holds something else.
    pub fn load_or_make(path: &Path) -> Result<Self> {
        match Self::load(path)? {
            Some(key) => Ok(key),
            None => Self::random().keep_at(path),
        }
    }

    /// Keeps the key in a file: made beside its place, flushed and moved there, so that a crash leaves a whole key or none.
    /// Gives the key that is there afterwards: another one that was there first stays.
    ///
    /// # Errors
    /// Where the file cannot be made.
    pub fn keep_at(self, path: &Path) -> Result<Self> {
        let key = self;
        let folder = path.parent().context("the ballot key needs a folder")?;
        if !folder.as_os_str().is_empty() && !folder.exists() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        let draft = path.with_extension(format!("new-{}", std::process::id()));
        let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        file.write_all(&key.0)?;
        file.sync_all()?;
        // Two portals that start at once agree on the one that was there first.
        let placed = fs::hard_link(&draft, path);
        fs::remove_file(&draft)?;
        if let Err(error) = placed {
            ensure!(error.kind() == ErrorKind::AlreadyExists, "the ballot key cannot be made: {error}");
            return Self::load_or_make(path);
        }
        fs::File::open(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })?.sync_all()?;
        Ok(key)
    }

    fn hmac(&self, kind: &str, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new(&self.0.into());
        mac.update(kind.as_bytes());
        for part in parts {
            // Framed by their lengths, so that no two lists of parts have the same text.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }

    /// The mark on some parts.
    #[must_use]
    pub fn mark(&self, kind: &str, parts: &[&[u8]]) -> Vec<u8> {
        self.hmac(kind, parts).finalize().into_bytes().to_vec()
    }

    /// The mark is the portal's own; compared in constant time.
    #[must_use]
    pub fn is_mark(&self, kind: &str, parts: &[&[u8]], mark: &[u8]) -> bool {
        self.hmac(kind, parts).verify_slice(mark).is_ok()
    }

    /// A secret of 256 bits for that use, which gives nothing of the key away.
    #[must_use]
    pub fn secret_for(&self, kind: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.hmac(kind, &[]).finalize().into_bytes().into())
    }

    /// What tells this key from another and gives nothing of it away: its mark on nothing.
    #[must_use]
    pub fn check_value(&self) -> Vec<u8> {
        self.mark("key", &[])
    }

    /// The mark on an envelope.
    #[must_use]
    pub fn mark_envelope(&self, sitting: SittingId, voter: i32, sealed: &[u8]) -> Vec<u8> {
        self.mark("envelope", &[sitting.0.as_bytes(), &voter.to_be_bytes(), sealed])
    }

    /// The mark on a monitor's share as it was dealt, of the key whose public half is `public`.
    #[must_use]
    pub fn mark_share(&self, sitting: SittingId, account: AccountId, public: &PublicKey, share: &OpenShare) -> Vec<u8> {
        self.mark("share", &[sitting.0.as_bytes(), account.0.as_bytes(), &public.0, &share.0])
    }

    /// The share is the one that was dealt to the monitor.
    #[must_use]
    pub fn is_share(
        &self,
        sitting: SittingId,
        account: AccountId,
        public: &PublicKey,
        share: &OpenShare,
        mark: &[u8],
    ) -> bool {
        self.is_mark("share", &[sitting.0.as_bytes(), account.0.as_bytes(), &public.0, &share.0], mark)
    }

    /// The envelope is of the portal's making.
    #[must_use]
    pub fn is_envelope(&self, sitting: SittingId, voter: i32, sealed: &[u8], mark: &[u8]) -> bool {
        self.is_mark("envelope", &[sitting.0.as_bytes(), &voter.to_be_bytes(), sealed], mark)
    }
}
