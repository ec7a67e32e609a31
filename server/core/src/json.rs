//! JSON as others send it. A name that stands twice in one object says two things, and whichever a parser takes, the other
//! is swallowed: so it is found and named, however it is escaped.

use std::fmt;
use std::fmt::Write as _;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

/// A value with every member that was sent, also those of the same name.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    Number(Number),
    Text(String),
    /// An array.
    List(Vec<Self>),
    /// An object, in the order in which it was sent.
    Object(Vec<(String, Self)>),
}

impl Node {
    /// Reads one value and nothing behind it.
    ///
    /// # Errors
    /// When it is no JSON.
    pub fn parse_json(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// The members of an object.
    pub fn members(&self) -> Option<&[(String, Self)]> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    /// The first member of a name.
    pub fn member(&self, name: &str) -> Option<&Self> {
        self.members()?.iter().find(|(of, _)| of == name).map(|(_, value)| value)
    }

    /// What a string says.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// What a string says, or each string of a list.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => vec![text],
            Self::List(values) => values.iter().filter_map(Self::text).collect(),
            _ => Vec::new(),
        }
    }

    /// The path to the first member whose name stands twice in its object, such as `who.email`. What does not read as a
    /// name (`is_name`) may be anybody's data and ends the path.
    pub fn repeated(&self, is_name: impl Fn(&str) -> bool + Copy) -> Option<String> {
        match self {
            Self::Object(members) => {
                let mut names = std::collections::HashSet::new();
                members.iter().find_map(|(name, value)| {
                    let known = if is_name(name) { name.as_str() } else { "" };
                    if !names.insert(name.as_str()) {
                        return Some(known.to_owned());
                    }
                    value.repeated(is_name).map(|path| if known.is_empty() { path } else { joined(known, &path) })
                })
            }
            Self::List(values) => values.iter().enumerate().find_map(|(at, value)| {
                let path = value.repeated(is_name)?;
                Some(joined(&format!("[{at}]"), &path))
            }),
            _ => None,
        }
    }
}

fn joined(start: &str, path: &str) -> String {
    let mut whole = start.to_owned();
    if !path.is_empty() && !path.starts_with('[') {
        whole.push('.');
    }
    _ = write!(whole, "{path}");
    whole
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeReader)
    }
}

struct NodeReader;

impl<'de> Visitor<'de> for NodeReader {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Node, E> {
        Ok(Node::Bool(yes))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Node, E> {
        Number::from_f64(number).map(Node::Number).ok_or_else(|| E::custom("no number"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Node, E> {
        Ok(Node::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Node::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = object.next_entry()? {
            members.push(member);
        }
        Ok(Node::Object(members))
    }
}

impl From<Node> for Value {
    /// Of members with the same name the last counts; look for them first.
    fn from(node: Node) -> Self {
        match node {
            Node::Null => Self::Null,
            Node::Bool(yes) => Self::Bool(yes),
            Node::Number(number) => Self::Number(number),
            Node::Text(text) => Self::String(text),
            Node::List(values) => Self::Array(values.into_iter().map(Self::from).collect()),
            Node::Object(members) => {
                Self::Object(members.into_iter().map(|(name, value)| (name, Self::from(value))).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_name(name: &str) -> bool {
        name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    }

    fn repeated(text: &str) -> Option<String> {
        Node::parse_json(text.as_bytes()).expect("JSON").repeated(is_name)
    }

    #[test]
    fn a_repeated_name_is_found_wherever_it_stands_and_however_it_is_written() {
        for (text, path) in [
            (r#"{"a":1,"a":1}"#, Some("a")),
            (r#"{"a":1,"\u0061":2}"#, Some("a")),
            (r#"{"who":{"email":"x","b":[],"email":"y"}}"#, Some("who.email")),
            (r#"{"who":[{},{"b":1,"b":2}]}"#, Some("who[1].b")),
            (r#"{"Geheim 1":1,"Geheim 1":2}"#, Some("")),
            (r#"{"who":{"Geheim":1,"Geheim":2}}"#, Some("who")),
            (r#"{"a":{"a":1},"b":{"a":1}}"#, None),
            (r#"[{"a":1},{"a":1}]"#, None),
            ("\"a\"", None),
        ] {
            assert_eq!(repeated(text).as_deref(), path, "{text}");
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map(".{0,6}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// Control: without repeats, what is read is what any other reader reads, and nothing is found.
        #[test]
        fn what_repeats_nothing_is_read_as_it_is(value in value()) {
            let node = Node::parse_json(value.to_string().as_bytes()).expect("JSON");
            prop_assert_eq!(node.repeated(|_| true), None);
            prop_assert_eq!(Value::from(node), value);
        }
    }
}
