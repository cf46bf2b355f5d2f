//! JSON as servers write it: every part may be missing, of another kind, or a number in quotes.
//!
//! None of these types ever refuses a value of an unexpected kind. Refused is what is no JSON at all, and an object with
//! a known key twice: which one is meant nobody can tell, and to ask again is safe.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A text or a number; anything else is [`Scalar::Odd`]. Borrows, so that a page of 10,000 entries costs no allocation
/// for each.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Scalar<'a> {
    Text(Cow<'a, str>),
    Whole(u64),
    #[default]
    Odd,
}

impl Scalar<'_> {
    /// As a count: a whole number, in quotes or not.
    pub(crate) fn count(&self) -> Option<u64> {
        match self {
            Self::Text(text) => text.trim().parse().ok(),
            Self::Whole(whole) => Some(*whole),
            Self::Odd => None,
        }
    }

    /// As a text that says something.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) if !text.trim().is_empty() => Some(text.clone().into_owned()),
            Self::Whole(whole) => Some(whole.to_string()),
            Self::Text(_) | Self::Odd => None,
        }
    }
}

/// Yes or no, also as a text or as 1 and 0; whatever else stands there is not told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flag(pub(crate) Option<bool>);

/// An object; whatever else stands there is `None`.
#[derive(Debug)]
pub(crate) struct Object<T>(pub(crate) Option<T>);

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// The elements of an array; whatever else stands there has none.
#[derive(Debug)]
pub(crate) struct Array<T>(pub(crate) Vec<T>);

impl<T> Default for Array<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// The kinds that a visitor does not look for, each answered with the same value.
macro_rules! otherwise {
    ($value:expr => $($kind:ident $(($from:ty))?),*) => {
        $(fn $kind<E>(self $(, _: $from)?) -> Result<Self::Value, E> { Ok($value) })*
    };
}

/// The array of a visitor that does not look for one: read to its end, as JSON demands, and answered with the value.
macro_rules! otherwise_array {
    ($value:expr) => {
        fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
            while array.next_element::<IgnoredAny>()?.is_some() {}
            Ok($value)
        }
    };
}

/// The same for an object.
macro_rules! otherwise_object {
    ($value:expr) => {
        fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
            while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok($value)
        }
    };
}

struct Anything<T>(PhantomData<T>);

impl<'de> Visitor<'de> for Anything<Scalar<'de>> {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E>(self, whole: u64) -> Result<Self::Value, E> {
        Ok(Scalar::Whole(whole))
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, positive and below 2^53")]
    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        // Some writers put every number as a fraction: 3600.0. Above 2^53 a float no longer holds each whole number.
        let whole = number.fract() == 0.0 && (0.0..9_007_199_254_740_992.0).contains(&number);
        Ok(if whole { Scalar::Whole(number as u64) } else { Scalar::Odd })
    }

    otherwise!(Scalar::Odd => visit_bool(bool), visit_i64(i64), visit_unit);
    otherwise_array!(Scalar::Odd);
    otherwise_object!(Scalar::Odd);
}

impl<'de> Visitor<'de> for Anything<Flag> {
    type Value = Flag;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_bool<E>(self, told: bool) -> Result<Self::Value, E> {
        Ok(Flag(Some(told)))
    }

    fn visit_u64<E>(self, told: u64) -> Result<Self::Value, E> {
        Ok(Flag((told <= 1).then_some(told == 1)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Flag(match text.trim() {
            "1" => Some(true),
            "0" => Some(false),
            text => text.to_ascii_lowercase().parse().ok(),
        }))
    }

    otherwise!(Flag(None) => visit_i64(i64), visit_f64(f64), visit_unit);
    otherwise_array!(Flag(None));
    otherwise_object!(Flag(None));
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Anything<Object<T>> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(|read| Object(Some(read)))
    }

    otherwise!(Object(None) => visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_str(&str), visit_unit);
    otherwise_array!(Object(None));
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Anything<Array<T>> {
    type Value = Array<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = array.next_element()? {
            elements.push(element);
        }
        Ok(Array(elements))
    }

    otherwise!(Array::default() => visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_str(&str), visit_unit);
    otherwise_object!(Array::default());
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Anything::<Scalar<'de>>(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Anything::<Flag>(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Anything::<Object<T>>(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Array<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Anything::<Array<T>>(PhantomData))
    }
}

/// An id. It becomes a part of a path; `.` and `..` would be read as steps in it, also with a tab or a line end between
/// the dots, which addresses drop.
pub(crate) fn id(told: &Scalar<'_>) -> Option<String> {
    told.text().filter(|id| id != "." && id != ".." && !id.contains(char::is_control))
}

/// Reads a whole body; `None` where it is no JSON. A byte order mark before it is passed over.
pub(crate) fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Option<T> {
    serde_json::from_slice(without_mark(body)).ok()
}

/// A body without the byte order mark before it.
pub(crate) fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: &str = r#"[null, true, -1, 7, 7.0, 7.5, 1e300, "7", " 7 ", "x", "", [1, [2]], {"a": {"b": []}}]"#;

    #[test]
    fn every_kind_is_a_scalar_of_some_sort() {
        let read: Array<Scalar<'_>> = read(KINDS.as_bytes()).unwrap();
        let counts: Vec<_> = read.0.iter().map(Scalar::count).collect();
        let seven = Some(7);
        let none = None;
        assert_eq!(counts, [none, none, none, seven, seven, none, none, seven, seven, none, none, none, none]);
        assert_eq!(read.0.iter().filter_map(Scalar::text).collect::<Vec<_>>(), ["7", "7", "7", " 7 ", "x"]);
    }

    #[test]
    fn yes_and_no_are_told_in_many_ways() {
        let read: Array<Flag> = read(br#"[true, "False", 1, "0", " TRUE ", 2, "yes", null, [], {}]"#).unwrap();
        let told: Vec<_> = read.0.iter().filter_map(|flag| flag.0).collect();
        assert_eq!((told, read.0.len()), (vec![true, false, true, false, true], 10));
    }

    #[test]
    fn what_is_no_object_or_array_is_none() {
        let objects: Array<Object<IgnoredAny>> = read(KINDS.as_bytes()).unwrap();
        assert_eq!(objects.0.iter().filter(|object| object.0.is_some()).count(), 1);
        let arrays: Array<Array<IgnoredAny>> = read(KINDS.as_bytes()).unwrap();
        assert_eq!(arrays.0.iter().map(|array| array.0.len()).sum::<usize>(), 2);
        assert!(read::<Object<IgnoredAny>>(b"<html>").is_none());
        assert!(read::<Object<IgnoredAny>>(b"{\"a\": 1").is_none());
        assert!(read::<Object<IgnoredAny>>(b"\xef\xbb\xbf{}").is_some());
        assert_eq!(crate::v2::decode::posted(br#"{"added":1,"added":2}"#), None);
        assert!(crate::v2::decode::posted(br#"{"other":1,"other":2}"#).is_some());
    }
}
