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
pub(super) struct FactorSecret(Zeroizing<[u8; LENGTH]>);

impl FactorSecret {
    pub fn random() -> Self {
        let mut bytes = [0; LENGTH];
        rand::fill(&mut bytes);
        Self(Zeroizing::new(bytes))
    }

    /// The secret as the database keeps it, for that account alone.
    pub fn seal(&self, key: &FactorKey, account: AccountId) -> Result<Vec<u8>, Failure> {
        let (_, public) = keys::pair_of_secret(&key.0);
        Ok(keys::seal(&public, Purpose::SecondFactor(account), self.0.as_slice())?)
    }

    /// Opens what was sealed; none with another key, or for another account.
    pub fn open(sealed: &[u8], key: &FactorKey, account: AccountId) -> Option<Self> {
        let (secret, _) = keys::pair_of_secret(&key.0);
        let opened = keys::open(&secret, Purpose::SecondFactor(account), sealed)?;
        opened.as_slice().try_into().ok().map(|bytes| Self(Zeroizing::new(bytes)))
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
    pub fn text(&self) -> String {
        let letters: Vec<char> = Secret::from(*self.0).to_base32().chars().collect();
        letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    /// What the QR code says. ASCII alone: some apps read nothing else.
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
pub(super) enum Kind {
    /// What the device shows.
    Device,
    /// A code on paper.
    Recovery,
}

impl Kind {
    pub fn of(typed: &str) -> Self {
        let code = plain(typed);
        let is_code = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
        if is_code { Self::Device } else { Self::Recovery }
    }
}

/// New codes on paper.
pub(super) fn recovery_codes() -> Vec<String> {
    (0..RECOVERY_CODES).map(|_| secrets::code()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(second).unwrap()
    }

    #[test]
    fn rfc_6238_appendix_b_its_codes_are_accepted_one_step_off_and_no_further() {
        let secret = FactorSecret(Zeroizing::new(*b"12345678901234567890"));
        // The last six of the eight digits that the appendix prints for SHA-1.
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let step = second / 30;
            for off in [-30, 0, 30] {
                assert_eq!(secret.step_of(code, at(second + off)).unwrap(), Some(step), "{code} {off}");
            }
            assert_eq!(secret.step_of(code, at(second + 60)).unwrap(), None);
            assert_eq!(secret.step_of(code, at((second - 60).max(120))).unwrap(), None);
        }
        assert_eq!(secret.step_of(" ２８７　０８２ ", at(59)).unwrap(), Some(1), "as people type");
        assert_eq!(secret.step_of("+87082", at(59)).unwrap(), None);
        assert_eq!(secret.step_of("", at(59)).unwrap(), None);
        assert_eq!(secret.text(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert!(secret.link("张1&x").is_ascii(), "{}", secret.link("张1&x"));
    }

    #[test]
    fn a_secret_opens_with_its_key_for_its_account_alone() {
        let (mark, account) = (MarkKey::random(), AccountId::random());
        let (key, other) = (FactorKey::of(&mark), FactorKey::of(&MarkKey::random()));
        let secret = FactorSecret::random();
        let sealed = secret.seal(&key, account).unwrap();
        assert_eq!(FactorSecret::open(&sealed, &FactorKey::of(&mark), account).unwrap().text(), secret.text());
        assert!(FactorSecret::open(&sealed, &other, account).is_none());
        assert!(FactorSecret::open(&sealed, &key, AccountId::random()).is_none());
    }

    #[test]
    fn six_digits_are_of_the_device_and_all_else_of_the_paper() {
        assert_eq!(
            (Kind::of("１２３ 456"), Kind::of("12345a"), Kind::of("")),
            (Kind::Device, Kind::Recovery, Kind::Recovery)
        );
        let codes = recovery_codes();
        assert!(codes.len() == 8 && codes.iter().all(|code| Kind::of(code) == Kind::Recovery));
    }
}
