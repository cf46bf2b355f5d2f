//! One object, its known keys put straight into a row.

use std::fmt;

use dncsync_core::row::Row;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::text::{self, Kind};
use crate::asked::Asked;
use crate::fault::Fault;
use crate::ignored::Ignored;
use crate::limits::MAX_IGNORED_KEYS;
use crate::names::{self, Column, Name};

/// Reads an object into a row. An error where the text is no object; a fault where it is one that cannot be a row.
pub(super) fn read(
    json: &str,
    row: &mut Row,
    asked: &Asked,
    ignored: &mut Ignored,
) -> serde_json::Result<Option<Fault>> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let object = Object { row, asked, ignored, given: [None; Column::COUNT], fault: None };
    let fault = deserializer.deserialize_map(object)?;
    deserializer.end()?;
    Ok(fault)
}

struct Object<'a> {
    row: &'a mut Row,
    asked: &'a Asked,
    ignored: &'a mut Ignored,
    /// The names by which the values that decide were given.
    given: [Option<Name>; Column::COUNT],
    fault: Option<Fault>,
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = Option<Fault>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self::Value, A::Error> {
        while let Some(name) = map.next_key_seed(Key { asked: self.asked, ignored: self.ignored })? {
            match name {
                Some(name) => self.put(name, map.next_value::<&RawValue>()?),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(self.fault)
    }
}

impl Object<'_> {
    fn put(&mut self, name: Name, value: &RawValue) {
        let row = &mut *self.row;
        let (field, decides) = match name.column {
            Column::Number => (&mut row.phone, true),
            Column::Source => (&mut row.source, true),
            Column::Action => (&mut row.action, true),
            Column::ChangedAt => (&mut row.changed_at, true),
            Column::Notes => (&mut row.notes, false),
            Column::ReceivedAt => (&mut row.received_at, false),
            // No two names mean it.
            Column::End => (&mut row.end, false),
        };
        if decides {
            let given = &mut self.given[name.column as usize];
            self.fault = self.fault.or(put_once(field, given, name, value));
        } else {
            field.clear();
            row.mended_encoding |= text::push(field, value).mended;
        }
    }
}

/// Puts a value that decides whom the row is about, or what becomes of the number. The same key again overrides, as is usual with JSON; but where two
/// *different* keys give different values, neither may be dropped in silence. An empty value contradicts nothing.
fn put_once(field: &mut String, given: &mut Option<Name>, name: Name, value: &RawValue) -> Option<Fault> {
    let before = given.map(|_| std::mem::take(field)).unwrap_or_default();
    field.clear();
    let kind = text::push(field, value).kind;
    if kind == Kind::Nested {
        return Some(Fault::NestedValue);
    }
    let other_name = given.is_some_and(|given| given != name);
    if other_name && field.is_empty() {
        *field = before;
        return None;
    }
    *given = Some(name);
    let contradicts = other_name && !before.is_empty() && before != *field;
    if contradicts {
        // Both are kept for the rejects file: which one is meant is for somebody else to say.
        field.insert_str(0, &(before + " / "));
    }
    contradicts.then_some(Fault::TwoValues)
}

/// Reads a key: a known name, or one to be ignored.
struct Key<'a> {
    asked: &'a Asked,
    ignored: &'a mut Ignored,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<Name>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<Name>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        let name = names::recognise(key, self.asked);
        if name.is_none() && self.ignored.names().len() < MAX_IGNORED_KEYS {
            self.ignored.note(key);
        }
        Ok(name)
    }
}
