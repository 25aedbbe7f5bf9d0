//! The key pair of a sitting's ballots, made ready for many of them. The public half has a table of its multiples: sealing
//! then takes two multiplications by tables, where the library takes three, one of them without. The private half has the
//! public one beside it: opening takes one multiplication, where the library reckons the public half anew for each text.
//!
//! What comes out is plain DHKEM(X25519, HKDF-SHA256) of RFC 9180: what is sealed here the library opens, and the other way
//! round. Of the scheme only the agreement is written here, because the library's takes neither; its key schedule and its
//! cipher stay the library's.

use std::{fmt, sync::Arc};

use curve25519_dalek::{
    edwards::{EdwardsBasepointTable, EdwardsPoint},
    montgomery::MontgomeryPoint,
    traits::BasepointTable as _,
};
use hpke::{
    Deserializable, HpkeError, Kem, Serializable,
    kdf::Kdf as _,
    kem::{SharedSecret, X25519HkdfSha256 as Standard},
    rand_core::CryptoRng,
};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::sealing::keys::{Kdf, PublicKey, Purpose, SecretKey, open_by, seal_by};

/// A public key made ready to be sealed to many times.
#[derive(Debug, Clone)]
pub struct Recipient(Tabled);

impl Recipient {
    /// None where the key is no point of the curve, or one that every secret leads to the same text.
    #[must_use]
    pub fn new(key: &PublicKey) -> Option<Self> {
        Tabled::from_bytes(key.as_bytes()).ok().map(Self)
    }

    /// Seals a text, for one purpose: what the library would give.
    ///
    /// # Errors
    /// Where the cipher refuses the text.
    pub fn seal(&self, purpose: Purpose, text: &[u8]) -> anyhow::Result<Vec<u8>> {
        seal_by::<ByTable>(&self.0, purpose, text)
    }
}

/// A private key made ready to open many texts.
pub struct Opener(Paired);

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opener")
    }
}

impl Opener {
    /// None where it has not the length of a key.
    #[must_use]
    pub fn new(key: &SecretKey) -> Option<Self> {
        Paired::from_bytes(key.as_bytes()).ok().map(Self)
    }

    /// Opens what was sealed: what the library would give.
    #[must_use]
    pub fn open(&self, purpose: Purpose, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        open_by::<ByTable>(&self.0, purpose, sealed)
    }
}

/// A private key with its public half; the library wipes the private one from memory when it is dropped.
#[derive(Clone)]
struct Paired {
    secret: <Standard as Kem>::PrivateKey,
    public: [u8; 32],
}

impl ConstantTimeEq for Paired {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.secret.ct_eq(&other.secret)
    }
}

impl Serializable for Paired {
    type OutputSize = <<Standard as Kem>::PrivateKey as Serializable>::OutputSize;

    fn write_exact(&self, buf: &mut [u8]) {
        self.secret.write_exact(buf);
    }
}

impl Deserializable for Paired {
    fn from_bytes(encoded: &[u8]) -> Result<Self, HpkeError> {
        let secret = <Standard as Kem>::PrivateKey::from_bytes(encoded)?;
        let public = Standard::sk_to_pk(&secret).to_bytes().into();
        Ok(Self { secret, public })
    }
}

/// A public key with its table.
#[derive(Clone)]
struct Tabled {
    bytes: [u8; 32],
    table: Arc<EdwardsBasepointTable>,
}

impl fmt::Debug for Tabled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tabled")
    }
}

impl PartialEq for Tabled {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Tabled {}

impl Serializable for Tabled {
    type OutputSize = <<Standard as Kem>::PublicKey as Serializable>::OutputSize;

    fn write_exact(&self, buf: &mut [u8]) {
        buf.copy_from_slice(&self.bytes);
    }
}

impl Deserializable for Tabled {
    fn from_bytes(encoded: &[u8]) -> Result<Self, HpkeError> {
        let bytes: [u8; 32] = encoded.try_into().map_err(|_| HpkeError::ValidationError)?;
        // Of the two points with this coordinate either will do: their multiples have the same coordinate too.
        let point = MontgomeryPoint(bytes).to_edwards(0).ok_or(HpkeError::ValidationError)?;
        if !point.is_torsion_free() {
            return Err(HpkeError::ValidationError);
        }
        Ok(Self { bytes, table: Arc::new(EdwardsBasepointTable::create(&point)) })
    }
}

/// DHKEM(X25519, HKDF-SHA256) to a recipient with a table, opened by whoever has both halves.
struct ByTable;

impl ByTable {
    /// What both sides draw from the point on which they agree.
    fn shared(
        agreed: &[u8; 32],
        encapsulated: &[u8; 32],
        recipient: &[u8; 32],
    ) -> Result<SharedSecret<Self>, HpkeError> {
        let context = [*encapsulated, *recipient].concat();
        let suite = [b"KEM".as_slice(), &Self::KEM_ID.to_be_bytes()].concat();
        let mut shared = SharedSecret::<Self>::default();
        Kdf::extract_and_expand(agreed.as_slice(), &suite, &context, &mut shared.0)?;
        Ok(shared)
    }
}

impl Kem for ByTable {
    type PublicKey = Tabled;
    type PrivateKey = Paired;
    type EncappedKey = <Standard as Kem>::EncappedKey;
    type NSecret = <Standard as Kem>::NSecret;

    const KEM_ID: u16 = Standard::KEM_ID;

    fn sk_to_pk(secret: &Self::PrivateKey) -> Self::PublicKey {
        let point = EdwardsPoint::mul_base_clamped(secret.secret.to_bytes().into());
        Tabled { bytes: secret.public, table: Arc::new(EdwardsBasepointTable::create(&point)) }
    }

    fn derive_keypair(material: &[u8]) -> (Self::PrivateKey, Self::PublicKey) {
        let (secret, public) = Standard::derive_keypair(material);
        let secret = Paired { secret, public: public.to_bytes().into() };
        let public = Self::sk_to_pk(&secret);
        (secret, public)
    }

    fn decap(
        secret: &Self::PrivateKey,
        sender: Option<&Self::PublicKey>,
        encapsulated: &Self::EncappedKey,
    ) -> Result<SharedSecret<Self>, HpkeError> {
        if sender.is_some() {
            return Err(HpkeError::DecapError);
        }
        let encapsulated: [u8; 32] = encapsulated.to_bytes().into();
        let own: Zeroizing<[u8; 32]> = Zeroizing::new(secret.secret.to_bytes().into());
        let agreed = Zeroizing::new(MontgomeryPoint(encapsulated).mul_clamped(*own).to_bytes());
        // RFC 9180, 7.1.4: a point that every secret leads to is refused.
        if bool::from(agreed.as_slice().ct_eq([0_u8; 32].as_slice())) {
            return Err(HpkeError::DecapError);
        }
        Self::shared(&agreed, &encapsulated, &secret.public)
    }

    fn encap_with_rng(
        recipient: &Self::PublicKey,
        sender: Option<(&Self::PrivateKey, &Self::PublicKey)>,
        random: &mut impl CryptoRng,
    ) -> Result<(SharedSecret<Self>, Self::EncappedKey), HpkeError> {
        // A ballot that names its sender would be no secret one.
        if sender.is_some() {
            return Err(HpkeError::EncapError);
        }
        let mut ephemeral = Zeroizing::new([0_u8; 32]);
        random.fill_bytes(ephemeral.as_mut());
        let points = [EdwardsPoint::mul_base_clamped(*ephemeral), recipient.table.mul_base_clamped(*ephemeral)];
        // Together: the inversion is half as long as a multiplication, and one does for both.
        let coordinates = Zeroizing::new(EdwardsPoint::to_montgomery_batch(&points));
        let [encapsulated, agreed] = coordinates.as_slice() else { return Err(HpkeError::EncapError) };
        let (encapsulated, agreed) = (encapsulated.to_bytes(), Zeroizing::new(agreed.to_bytes()));
        let shared = Self::shared(&agreed, &encapsulated, &recipient.bytes)?;
        Ok((shared, Self::EncappedKey::from_bytes(&encapsulated)?))
    }
}
