//! Signatures of ID tokens: keys as servers publish them, read leniently, and what they signed.

use base64::{
    Engine as _, alphabet,
    engine::{
        DecodePaddingMode, GeneralPurpose,
        general_purpose::{GeneralPurposeConfig, NO_PAD},
    },
};
use ring::signature::{
    self, ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RsaParameters, RsaPublicKeyComponents,
    UnparsedPublicKey, VerificationAlgorithm,
};
use serde_json::Value;

const LENIENT: GeneralPurposeConfig = NO_PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Decodes base64url, with or without padding.
fn decoded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE.decode(text.trim()).ok()
}

/// A key's numbers.
#[derive(Debug, Clone)]
enum Numbers {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// The curve's name and the point, uncompressed.
    Curve {
        name: String,
        point: Vec<u8>,
    },
    Edwards(Vec<u8>),
}

#[derive(Debug, Clone)]
struct Key {
    id: Option<String>,
    numbers: Numbers,
}

/// The keys of a server; those that are of no use here are left out.
#[derive(Debug, Clone, Default)]
pub struct Keys(Vec<Key>);

fn field<'a>(json: &'a Value, name: &str) -> Option<&'a str> {
    json.get(name)?.as_str()
}

/// A whole number without the zeros before it, as ring takes it.
fn number(json: &Value, name: &str) -> Option<Vec<u8>> {
    let bytes = decoded(field(json, name)?)?;
    Some(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
}

/// A coordinate, of that many bytes.
fn coordinate(json: &Value, name: &str, length: usize) -> Option<Vec<u8>> {
    let bytes = number(json, name)?;
    let zeros = length.checked_sub(bytes.len())?;
    Some([vec![0; zeros], bytes].concat())
}

impl Key {
    fn read(json: &Value) -> Option<Self> {
        let numbers = match field(json, "kty")? {
            "RSA" => Numbers::Rsa { modulus: number(json, "n")?, exponent: number(json, "e")? },
            "EC" => {
                let name = field(json, "crv")?.to_owned();
                let length = if name == "P-384" { 48 } else { 32 };
                let point = [vec![4], coordinate(json, "x", length)?, coordinate(json, "y", length)?].concat();
                Numbers::Curve { name, point }
            }
            "OKP" => Numbers::Edwards(decoded(field(json, "x")?)?),
            _ => return None,
        };
        let for_signing = field(json, "use").is_none_or(|purpose| purpose == "sig");
        for_signing.then(|| Self { id: field(json, "kid").map(str::to_owned), numbers })
    }

    fn signed(&self, algorithm: &str, text: &[u8], signature: &[u8]) -> bool {
        let by = |how: &'static dyn VerificationAlgorithm, key: &[u8]| {
            UnparsedPublicKey::new(how, key).verify(text, signature).is_ok()
        };
        match (&self.numbers, algorithm) {
            (Numbers::Rsa { modulus, exponent }, _) => rsa(algorithm).is_some_and(|how| {
                RsaPublicKeyComponents { n: modulus, e: exponent }.verify(how, text, signature).is_ok()
            }),
            (Numbers::Curve { name, point }, "ES256") if name == "P-256" => by(&ECDSA_P256_SHA256_FIXED, point),
            (Numbers::Curve { name, point }, "ES384") if name == "P-384" => by(&ECDSA_P384_SHA384_FIXED, point),
            (Numbers::Edwards(key), "EdDSA" | "Ed25519") => by(&ED25519, key),
            _ => false,
        }
    }
}

/// How RSA signs by that name. Keys of less than 2,048 bits sign nothing.
fn rsa(algorithm: &str) -> Option<&'static RsaParameters> {
    Some(match algorithm {
        "RS256" => &signature::RSA_PKCS1_2048_8192_SHA256,
        "RS384" => &signature::RSA_PKCS1_2048_8192_SHA384,
        "RS512" => &signature::RSA_PKCS1_2048_8192_SHA512,
        "PS256" => &signature::RSA_PSS_2048_8192_SHA256,
        "PS384" => &signature::RSA_PSS_2048_8192_SHA384,
        "PS512" => &signature::RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

impl Keys {
    /// The keys of a JWK set; none where it is no set.
    #[must_use]
    pub fn read(json: &Value) -> Option<Self> {
        Some(Self(json.get("keys")?.as_array()?.iter().filter_map(Key::read).collect()))
    }

    /// Whether one of them signed it; a token that names its key was signed by that one.
    fn signed(&self, token: &SignedToken) -> bool {
        let meant = |key: &&Key| token.key.is_none() || key.id.is_none() || key.id == token.key;
        self.0.iter().filter(meant).any(|key| key.signed(&token.algorithm, token.signed.as_bytes(), &token.signature))
    }

    /// What a token claims; none where none of the keys signed it.
    #[must_use]
    pub fn claims(&self, token: &SignedToken) -> Option<Value> {
        self.signed(token).then(|| token.claims.clone())
    }
}

/// A token in its parts. What it claims is worth nothing before [`Keys::claims`] has given it.
#[derive(Debug)]
pub struct SignedToken {
    key: Option<String>,
    algorithm: String,
    /// Header and claims as they were signed.
    signed: String,
    signature: Vec<u8>,
    claims: Value,
}

impl SignedToken {
    /// Takes a token (JWS, compact) apart; none where it is none.
    #[must_use]
    pub fn read(token: &str) -> Option<Self> {
        let (signed, signature) = token.trim().rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Value = serde_json::from_slice(&decoded(header)?).ok()?;
        let claims: Value = serde_json::from_slice(&decoded(claims)?).ok()?;
        Some(Self {
            key: field(&header, "kid").map(str::to_owned),
            algorithm: field(&header, "alg")?.to_owned(),
            signed: signed.to_owned(),
            signature: decoded(signature)?,
            claims,
        })
    }
}
