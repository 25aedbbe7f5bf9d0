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
pub(super) struct Keys(Vec<Key>);

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
    pub fn read(json: &Value) -> Option<Self> {
        Some(Self(json.get("keys")?.as_array()?.iter().filter_map(Key::read).collect()))
    }

    #[cfg(test)]
    fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether one of them signed it; a token that names its key was signed by that one.
    fn signed(&self, token: &SignedToken) -> bool {
        let meant = |key: &&Key| token.key.is_none() || key.id.is_none() || key.id == token.key;
        self.0.iter().filter(meant).any(|key| key.signed(&token.algorithm, token.signed.as_bytes(), &token.signature))
    }

    /// What a token claims; none where none of the keys signed it.
    pub fn claims(&self, token: &SignedToken) -> Option<Value> {
        self.signed(token).then(|| token.claims.clone())
    }
}

/// A token in its parts. What it claims is worth nothing before [`Keys::claims`] has given it.
#[derive(Debug)]
pub(super) struct SignedToken {
    key: Option<String>,
    algorithm: String,
    /// Header and claims as they were signed.
    signed: String,
    signature: Vec<u8>,
    claims: Value,
}

impl SignedToken {
    /// Takes a token (JWS, compact) apart; none where it is none.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const MODULUS: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL\
                           -yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA\
                           9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8N\
                           Aco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9p\
                         c19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF\
                         5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQ\
                         BMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYE\
                         UipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

    fn keys(all: &[Value]) -> Keys {
        Keys::read(&json!({ "keys": all })).unwrap()
    }

    #[test]
    fn rfc_7515_appendix_a_2_its_token_is_signed_by_its_key_alone() {
        let token = SignedToken::read(TOKEN).unwrap();
        let own = json!({ "kty": "RSA", "n": MODULUS, "e": "AQAB" });
        assert_eq!(keys(std::slice::from_ref(&own)).claims(&token).unwrap()["iss"], "joe");
        let padded = json!({ "kty": "RSA", "n": format!("{MODULUS}=="), "e": "AAEAAQ", "x5c": 7, "alg": "odd" });
        assert!(keys(&[padded]).claims(&token).is_some(), "padding and zeros do not count");
        let odd = [json!({ "kty": "oct", "k": "AQ" }), json!(3), json!({ "kty": "RSA" }), own];
        assert_eq!(keys(&odd).count(), 1, "what is of no use is left out");
        assert!(keys(&odd).claims(&token).is_some());
        let other = json!({ "kty": "RSA", "n": MODULUS.replacen("ofgW", "ofgX", 1), "e": "AQAB" });
        assert!(keys(&[other]).claims(&token).is_none());
        let for_sealing = json!({ "kty": "RSA", "use": "enc", "n": MODULUS, "e": "AQAB" });
        assert!(keys(&[for_sealing]).claims(&token).is_none());
        assert!(Keys::default().claims(&token).is_none());
    }

    #[test]
    fn a_changed_token_and_one_without_a_signature_are_signed_by_nobody() {
        let own = keys(&[json!({ "kty": "RSA", "n": MODULUS, "e": "AQAB" })]);
        let (signed, signature) = TOKEN.rsplit_once('.').unwrap();
        let changed = format!("{}A.{signature}", &signed[..signed.len() - 1]);
        assert!(SignedToken::read(&changed).is_none_or(|token| own.claims(&token).is_none()));
        // {"alg":"none"}
        let none = SignedToken::read("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.").unwrap();
        assert!(own.claims(&none).is_none());
        // {"alg":"HS256"}
        let shared = SignedToken::read("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.AAAA").unwrap();
        assert!(own.claims(&shared).is_none());
    }

    proptest! {
        #[test]
        fn nothing_that_is_sent_stops_the_program(token in "[A-Za-z0-9_.-]{0,200}", numbers in "[A-Za-z0-9_=-]{0,80}") {
            let key = |kty: &str, crv: &str| json!({ "kty": kty, "crv": crv, "n": numbers, "e": numbers, "x": numbers, "y": numbers });
            let all = keys(&[key("RSA", ""), key("EC", "P-256"), key("EC", "P-384"), key("OKP", "Ed25519")]);
            let token = SignedToken::read(&token).or_else(|| SignedToken::read(TOKEN)).unwrap();
            prop_assert!(all.claims(&token).is_none());
        }
    }
}
