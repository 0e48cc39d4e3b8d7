//! A section of named entries: tenants, identities or vantages.

use super::name::{RULE, is_name};
use super::reading::{Reading, SEE_FORMAT, one_of, quote};
use crate::source::{Key, Map, Node, Span, Value};

/// The entries of a section.
pub(super) struct Section<'n, T> {
    /// What an entry is, for messages.
    what: &'static str,
    /// The key of the section.
    title: &'static str,
    pub(super) entries: Vec<Entry<'n, T>>,
    /// Whether all names are known: the section is a map.
    pub(super) is_known: bool,
}

/// One entry; without a value when it has a mistake.
pub(super) struct Entry<'n, T> {
    pub(super) key: &'n Key,
    pub(super) node: &'n Node,
    pub(super) value: Option<T>,
}

impl<'n, T> Section<'n, T> {
    /// Reads the entries one by one.
    pub(super) fn read(
        reading: &mut Reading,
        root: &'n Map,
        title: &'static str,
        what: &'static str,
        read: fn(&mut Reading, &'n Key, &'n Node) -> Option<T>,
    ) -> Self {
        let mut section = Self {
            what,
            title,
            entries: Vec::new(),
            is_known: true,
        };
        match root.get(title).map(|node| (&node.value, node)) {
            None | Some((Value::Null, _)) => {}
            Some((Value::Map(map), _)) => {
                for (key, node) in map.iter() {
                    refuse_name(reading, key, what);
                    let value = read(reading, key, node);
                    section.entries.push(Entry { key, node, value });
                }
            }
            Some((_, node)) => {
                section.is_known = false;
                let problem = reading.at(node.span, format!("`{title}` is a map"));
                reading.note(
                    problem
                        .expected(format!("a key for each {what}, its name"))
                        .hint(SEE_FORMAT),
                );
            }
        }
        section
    }

    /// The values without a mistake, in file order.
    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().filter_map(|entry| entry.value.as_ref())
    }

    /// The values, when none has a mistake.
    pub(super) fn into_values(self) -> Vec<T> {
        self.entries
            .into_iter()
            .filter_map(|entry| entry.value)
            .collect()
    }

    /// The entry of this name.
    pub(super) fn entry(&self, name: &str) -> Option<&Entry<'n, T>> {
        self.entries.iter().find(|entry| entry.key.name == name)
    }

    /// The value of this name, if it exists and has no mistake.
    pub(super) fn get(&self, name: &str) -> Option<&T> {
        self.entry(name)?.value.as_ref()
    }

    /// The names of all entries.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.key.name.as_str())
    }

    /// Notes a name that no entry has.
    pub(super) fn require(&self, reading: &mut Reading, name: &str, span: Span) {
        if !self.is_known || self.entry(name).is_some() {
            return;
        }
        let none = format!("a name declared under `{}:`", self.title);
        let advice = format!("declare `{name}` under `{}:`", self.title);
        let problem = reading.at(span, format!("unknown {} {}", self.what, quote(name)));
        reading.note(
            problem
                .expected(one_of(self.names(), &none))
                .hint(reading.meant(name, self.names(), advice)),
        );
    }
}

fn refuse_name(reading: &mut Reading, key: &Key, what: &str) {
    if !is_name(&key.name) {
        let problem = reading.at(key.span, format!("invalid name {}", quote(&key.name)));
        reading.note(
            problem
                .expected(RULE)
                .hint(format!("rename the {what}, also where it is used")),
        );
    }
}
