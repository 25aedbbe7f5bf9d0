//! 动态验证码: the second factor of an account. A device shows codes that change every 30 seconds (RFC 6238); codes on paper
//! stand in for a device that is lost, each once.

use std::fmt;

use time::OffsetDateTime;
use totp_rs::{Builder, Secret, Totp};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::{
    failure::Failure,
    ids::AccountId,
    page::filters::query_value,
    sealing::keys::{self, MarkKey, Purpose},
    secrets,
};

/// Bytes of a secret: 160 bits, as RFC 4226 recommends.
const LENGTH: usize = 20;
/// Seconds of a step, as apps expect them.
const STEP: u64 = 30;
/// Steps by which a device's clock may be off.
const SKEW: u16 = 1;
/// How many codes on paper one gets.
const RECOVERY_CODES: usize = 8;

/// What seals secrets: drawn from the key that is a file and no row.
pub struct FactorKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for FactorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FactorKey")
    }
}

impl FactorKey {
    #[must_use]
    pub fn of(key: &MarkKey) -> Self {
        Self(key.secret_for("second factor"))
    }
}

/// What the device and the portal share.
pub struct FactorSecret(Zeroizing<[u8; LENGTH]>);

impl FactorSecret {
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0; LENGTH];
        rand::fill(&mut bytes);
        Self::of(bytes)
    }

    #[must_use]
    pub fn of(bytes: [u8; LENGTH]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The secret as the database keeps it, for that account alone.
    pub fn seal(&self, key: &FactorKey, account: AccountId) -> Result<Vec<u8>, Failure> {
        let (_, public) = keys::pair_of_secret(&key.0);
        Ok(keys::seal(&public, Purpose::SecondFactor(account), self.0.as_slice())?)
    }

    /// Opens what was sealed; none with another key, or for another account.
    #[must_use]
    pub fn open(sealed: &[u8], key: &FactorKey, account: AccountId) -> Option<Self> {
        let (secret, _) = keys::pair_of_secret(&key.0);
        let opened = keys::open(&secret, Purpose::SecondFactor(account), sealed)?;
        opened.as_slice().try_into().ok().map(Self::of)
    }

    fn totp(&self) -> Result<Totp, Failure> {
        let builder = Builder::new().with_secret(*self.0).with_digits(6).with_step_duration(STEP).with_skew(SKEW);
        Ok(builder.build().map_err(|error| anyhow::anyhow!("a second factor's secret: {error}"))?)
    }

    /// The step of a code as typed; none where it is no code of this moment.
    pub fn step_of(&self, typed: &str, now: OffsetDateTime) -> Result<Option<i64>, Failure> {
        let now = u64::try_from(now.unix_timestamp()).map_err(anyhow::Error::new)?;
        let step = self.totp()?.check(&plain(typed), now).map(i64::try_from);
        Ok(step.transpose().map_err(anyhow::Error::new)?)
    }

    /// The secret for whoever types it: Base32 in groups of four.
    #[must_use]
    pub fn text(&self) -> String {
        let letters: Vec<char> = Secret::from(*self.0).to_base32().chars().collect();
        letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    /// What the QR code says. ASCII alone: some apps read nothing else.
    #[must_use]
    pub fn link(&self, number: &str) -> String {
        let secret = Secret::from(*self.0).to_base32();
        format!("otpauth://totp/Lunzhi:{}?secret={secret}&issuer=Lunzhi&digits=6&period={STEP}", query_value(number))
    }
}

/// A code as it is compared: full-width digits are digits, blanks do not count.
fn plain(typed: &str) -> String {
    typed.nfkc().filter(|c| !c.is_whitespace()).collect()
}

/// What somebody gives as their second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What the device shows.
    Device,
    /// A code on paper.
    Recovery,
}

impl Kind {
    #[must_use]
    pub fn of(typed: &str) -> Self {
        let code = plain(typed);
        let is_code = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
        if is_code { Self::Device } else { Self::Recovery }
    }
}

/// New codes on paper.
#[must_use]
pub fn recovery_codes() -> Vec<String> {
    (0..RECOVERY_CODES).map(|_| secrets::code()).collect()
}
