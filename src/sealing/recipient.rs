//! The key to which the ballots of a sitting are sealed, with a table of its multiples: sealing then takes two
//! multiplications by tables, where the library takes three, one of them without.
//!
//! What comes out is plain DHKEM(X25519, HKDF-SHA256) of RFC 9180 and is opened by the library alone. Of the scheme only the
//! encapsulation is written here, because the library's takes no table; its key schedule and its cipher stay the library's.

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
use zeroize::Zeroizing;

use crate::sealing::keys::{Kdf, PublicKey, Purpose, seal_by};

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

/// DHKEM(X25519, HKDF-SHA256) to a recipient with a table.
struct ByTable;

impl Kem for ByTable {
    type PublicKey = Tabled;
    type PrivateKey = <Standard as Kem>::PrivateKey;
    type EncappedKey = <Standard as Kem>::EncappedKey;
    type NSecret = <Standard as Kem>::NSecret;

    const KEM_ID: u16 = Standard::KEM_ID;

    fn sk_to_pk(secret: &Self::PrivateKey) -> Self::PublicKey {
        let point = EdwardsPoint::mul_base_clamped(secret.to_bytes().into());
        Tabled { bytes: point.to_montgomery().to_bytes(), table: Arc::new(EdwardsBasepointTable::create(&point)) }
    }

    fn derive_keypair(material: &[u8]) -> (Self::PrivateKey, Self::PublicKey) {
        let (secret, _) = Standard::derive_keypair(material);
        let public = Self::sk_to_pk(&secret);
        (secret, public)
    }

    fn decap(
        secret: &Self::PrivateKey,
        sender: Option<&Self::PublicKey>,
        encapsulated: &Self::EncappedKey,
    ) -> Result<SharedSecret<Self>, HpkeError> {
        let sender = sender.map(|sender| <Standard as Kem>::PublicKey::from_bytes(&sender.bytes)).transpose()?;
        let shared = Standard::decap(secret, sender.as_ref(), encapsulated)?;
        Ok(SharedSecret(shared.0))
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
        let context = [encapsulated, recipient.bytes].concat();
        let suite = [b"KEM".as_slice(), &Self::KEM_ID.to_be_bytes()].concat();
        let mut shared = SharedSecret::<Self>::default();
        Kdf::extract_and_expand(agreed.as_slice(), &suite, &context, &mut shared.0)?;
        Ok((shared, Self::EncappedKey::from_bytes(&encapsulated)?))
    }
}
