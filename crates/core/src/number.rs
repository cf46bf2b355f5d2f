//! A telephone number in E.164, held as an integer.

use std::fmt;

/// A telephone number in E.164. Whoever holds one knows that it was checked at the border ([`crate::check`]) or was
/// read from CXone.
///
/// `Debug` and `Display` show the calling code and the last two digits only, so that no log, error or panic can tell
/// a number by accident. To show it in clear is a call that can be searched for: [`Number::e164`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(u64);

/// Longest number libphonenumber may call valid, in digits: 3 of calling code and 17 national, less what no plan uses.
/// 18 digits always fit a `u64` and an SQLite integer.
const MAX_DIGITS: usize = 18;

impl Number {
    /// What stands where a number was erased: nobody's, for no number begins with 0.
    pub const NOBODY: Self = Self(0);

    /// Reads `+` and digits. Says nothing about validity: that is [`crate::check`]'s to say, or the server's that
    /// listed the number.
    pub fn from_e164(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('+')?;
        if digits.is_empty() || digits.len() > MAX_DIGITS || digits.starts_with('0') {
            return None;
        }
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        digits.parse().ok().map(Self)
    }

    /// The number as it was stored by [`Number::get`].
    pub fn from_stored(value: u64) -> Self {
        Self(value)
    }

    /// The digits as an integer, calling code first.
    pub fn get(self) -> u64 {
        self.0
    }

    /// The number in clear, for CXone and for files that belong to the user.
    pub fn e164(self) -> String {
        format!("+{}", self.0)
    }

    /// The country calling code, by the prefix structure of ITU-T E.164 (list of assigned codes): 1 and 7 are one
    /// digit long, the listed ones two, all others three.
    fn calling_code(self) -> u64 {
        let mut head = self.0;
        while head >= 1000 {
            head /= 10;
        }
        let (one, two) = (head / 100, head / 10);
        let two_digits = matches!(two,
            20 | 27 | 30..=34 | 36 | 39..=41 | 43..=49 | 51..=58 | 60..=66 | 81 | 82 | 84 | 86 | 90..=95 | 98);
        match one {
            1 | 7 => one,
            _ if two_digits => two,
            _ => head,
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Always seven dots: the length of a number tells something of it, too.
        write!(f, "+{}•••••••{:02}", self.calling_code(), self.0 % 100)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::from_e164(text).expect("a number")
    }

    #[test]
    fn shows_calling_code_and_last_two_digits_only() {
        let shown: Vec<String> = ["+12025551234", "+442071838750", "+79161234567", "+35312345678", "+39061234567"]
            .iter()
            .map(|text| format!("{:?}", number(text)))
            .collect();
        assert_eq!(shown, ["+1•••••••34", "+44•••••••50", "+7•••••••67", "+353•••••••78", "+39•••••••67"]);
    }

    #[test]
    fn keeps_every_digit() {
        assert_eq!(number("+390612345678").e164(), "+390612345678");
    }

    #[test]
    fn takes_only_plus_and_digits() {
        for text in ["", "+", "12025551234", "+0123456", "+1 202", "+1202555123x", "+1234567890123456789"] {
            assert_eq!(Number::from_e164(text), None, "{text}");
        }
    }
}
