//! Reading a JSON object field by field, in one pass, without losing what is not known.
//!
//! `serde`'s derive drops unknown fields, or buffers the whole object to keep them. A snapshot may be large, so each type says which
//! fields it takes; the rest stays where it is written, as slices of the file.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

/// What is wrong with a whole object, rather than with one of its fields.
pub(super) const MISSING: &str = "is missing in";

const NO_DOCUMENT: &str = "a policy document is an object or a string, this is neither";

/// The fields of an object that iamdx does not read: kept, and written again.
#[derive(Debug, Clone, Default)]
pub struct Other<'a>(pub Vec<(Cow<'a, str>, Cow<'a, RawValue>)>);

impl Serialize for Other<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// A type that is read from the fields of an object.
pub(super) trait Fields<'de>: Default {
    /// What it is, for messages: `a user`.
    const NOUN: &'static str;
    /// Fields that AWS writes and iamdx does not need.
    const IGNORED: &'static [&'static str];

    /// Takes the value of one field; `false` leaves it, for a field that is not known.
    fn field<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error>;

    /// Where the fields go that are not known.
    fn other(&mut self) -> &mut Other<'de>;

    /// The field that must be there and is not.
    fn missing(&self) -> Option<&'static str>;
}

/// Whether the file gave a field that must be there.
pub(super) trait Absent {
    /// Whether it did not.
    fn absent(&self) -> bool;
}

impl Absent for Cow<'_, str> {
    fn absent(&self) -> bool {
        self.is_empty()
    }
}

impl<T> Absent for Option<T> {
    fn absent(&self) -> bool {
        self.is_none()
    }
}

/// Declares objects of the file: each field with its type, its name in the file, the function of this file that reads it, and whether
/// it must be there.
macro_rules! declare {
    ($($(#[$doc:meta])* $type:ident<$life:lifetime>, $noun:literal, ignored [$($ignored:literal),*] {
        $($(#[$of_field:meta])* $field:ident: $kind:ty = $name:literal $read:ident $($required:ident)?,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, serde::Serialize)]
        pub struct $type<$life> {
            $($(#[$of_field])* #[serde(rename = $name)] pub $field: $kind,)*
            /// The fields that are not read.
            #[serde(flatten)]
            pub other: $crate::snapshot::object::Other<$life>,
        }

        impl<$life> $crate::snapshot::object::Fields<$life> for $type<$life> {
            const NOUN: &'static str = $noun;
            const IGNORED: &'static [&'static str] = &[$($ignored),*];

            fn field<A: serde::de::MapAccess<$life>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
                match name {
                    $($name => self.$field = $read(map)?,)*
                    _ => return Ok(false),
                }
                Ok(true)
            }

            fn other(&mut self) -> &mut $crate::snapshot::object::Other<$life> {
                &mut self.other
            }

            fn missing(&self) -> Option<&'static str> {
                let required: &[(&'static str, bool)] =
                    &[$($(($name, { let _ = stringify!($required); $crate::snapshot::object::Absent::absent(&self.$field) }),)?)*];
                required.iter().find(|(_, absent)| *absent).map(|(name, _)| *name)
            }
        }
    )*};
}
pub(super) use declare;

/// Reads one `T`.
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Fields<'de>> serde::Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ObjectVisitor(PhantomData))
    }
}

pub(super) struct ObjectVisitor<T>(pub(super) PhantomData<T>);

impl<'de, T: Fields<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut object = T::default();
        let mut seen: Vec<Cow<'de, str>> = Vec::new();
        while let Some(Text(name)) = map.next_key()? {
            if seen.contains(&name) {
                return Err(A::Error::custom(format_args!("`{name}` is given twice in {}", T::NOUN)));
            }
            if !object.field(&name, &mut map)? {
                let value: &'de RawValue = map.next_value()?;
                object.other().0.push((name.clone(), Cow::Borrowed(value)));
            }
            seen.push(name);
        }
        match object.missing() {
            Some(name) => Err(A::Error::custom(format_args!("`{name}` {MISSING} {}", T::NOUN))),
            None => Ok(Object(object)),
        }
    }
}

/// A string that borrows from the file where it can.
pub(super) struct Text<'de>(pub(super) Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

/// The value of a field that is a string.
pub(super) fn text<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Cow<'de, str>, A::Error> {
    Ok(map.next_value::<Text<'de>>()?.0)
}

/// The value of a field that is a string or `null`.
pub(super) fn maybe_text<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<Cow<'de, str>>, A::Error> {
    Ok(map.next_value::<Option<Text<'de>>>()?.map(|text| text.0))
}

/// The value of a field that is `true` or `false`; `null` is `false`.
pub(super) fn truth<'de, A: MapAccess<'de>>(map: &mut A) -> Result<bool, A::Error> {
    Ok(maybe_truth(map)?.unwrap_or_default())
}

/// The value of a field that is `true`, `false` or `null`.
pub(super) fn maybe_truth<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<bool>, A::Error> {
    map.next_value()
}

/// The value of a field that is a number.
pub(super) fn maybe_number<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<u64>, A::Error> {
    let raw: &'de RawValue = map.next_value()?;
    match raw.get().parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(A::Error::custom("a whole number is expected")),
    }
}

/// The value of a field that is a list of strings.
pub(super) fn texts<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Vec<Cow<'de, str>>, A::Error> {
    let texts: Option<Vec<Text<'de>>> = map.next_value()?;
    Ok(texts.unwrap_or_default().into_iter().map(|text| text.0).collect())
}

/// The value of a field that is a list of strings or `null`.
pub(super) fn maybe_texts<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<Vec<Cow<'de, str>>>, A::Error> {
    let texts: Option<Vec<Text<'de>>> = map.next_value()?;
    Ok(texts.map(|texts| texts.into_iter().map(|text| text.0).collect()))
}

/// The value of a field that is one object.
pub(super) fn object<'de, T: Fields<'de>, A: MapAccess<'de>>(map: &mut A) -> Result<Option<T>, A::Error> {
    Ok(map.next_value::<Option<Object<T>>>()?.map(|object| object.0))
}

/// The value of a field that is a list of objects; `null` is a list of none.
pub(super) fn objects<'de, T: Fields<'de>, A: MapAccess<'de>>(map: &mut A) -> Result<Vec<T>, A::Error> {
    map.next_value_seed(Objects(PhantomData))
}

struct Objects<T>(PhantomData<T>);

impl<'de, T: Fields<'de>> DeserializeSeed<'de> for Objects<T> {
    type Value = Vec<T>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Fields<'de>> Visitor<'de> for Objects<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Object(item)) = seq.next_element()? {
            list.push(item);
        }
        Ok(list)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
}

/// The value of a field that is a policy document: an object or a string; `null` is none.
pub(super) fn document<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<Cow<'de, RawValue>>, A::Error> {
    let raw: &'de RawValue = map.next_value()?;
    match raw.get().as_bytes().first() {
        Some(b'{' | b'"') => Ok(Some(Cow::Borrowed(raw))),
        Some(b'n') => Ok(None),
        _ => Err(A::Error::custom(NO_DOCUMENT)),
    }
}

/// The value of a field that is a policy document, or `null` to say that there is none.
pub(super) fn nullable_document<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<Cow<'de, RawValue>>, A::Error> {
    let raw: &'de RawValue = map.next_value()?;
    match raw.get().as_bytes().first() {
        Some(b'{' | b'"' | b'n') => Ok(Some(Cow::Borrowed(raw))),
        _ => Err(A::Error::custom(NO_DOCUMENT)),
    }
}

/// The values of a list, whatever they are.
pub(super) fn raws<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Vec<Cow<'de, RawValue>>, A::Error> {
    let raws: Vec<&'de RawValue> = map.next_value()?;
    Ok(raws.into_iter().map(Cow::Borrowed).collect())
}
