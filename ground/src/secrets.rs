//! Secrets that people copy from paper, and what deriving a key or a hash from one costs.

/// What one hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    pub memory_kib: u32,
    pub passes: u32,
}

impl Cost {
    /// OWASP's recommendation: 19 MiB, 2 passes, 1 lane.
    pub const OWASP: Self = Self { memory_kib: 19 * 1024, passes: 2 };
    /// For tests that sign in hundreds of times and do not test the hash.
    pub const CHEAP: Self = Self { memory_kib: 8, passes: 1 };
}

/// A one-time code as it is printed: 24 of 31 letters and digits, 118 bits, so that a plain hash of it may be kept.
#[must_use]
pub fn code() -> String {
    readable(24, 4)
}

/// A secret for people to copy from paper: `length` letters and digits in groups of `group`, none that look alike, just
/// under five bits each.
#[must_use]
pub fn readable(length: usize, group: usize) -> String {
    const LETTERS: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut text = String::new();
    let mut letters = 0;
    while letters < length {
        let mut byte = [0_u8];
        rand::fill(&mut byte);
        // 248 = 8 × 31: bytes above it would favour the first letters.
        if let Some(letter) = LETTERS.get(usize::from(byte[0]) % 31).filter(|_| byte[0] < 248) {
            if letters > 0 && letters.is_multiple_of(group) {
                text.push('-');
            }
            text.push(char::from(*letter));
            letters += 1;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asvs_6_5_2_a_code_of_which_a_plain_hash_is_kept_has_112_bits_or_more() {
        let letters = code().chars().filter(char::is_ascii_alphanumeric).count();
        assert!(31_f64.log2() * f64::from(u32::try_from(letters).unwrap()) >= 112.0, "{letters} letters");
    }
}
