//! The fields of a struct.

use serde::de::{DeserializeSeed, MapAccess};

use crate::node::{Map, Node};
use crate::read::error::{Error, Mistake};
use crate::read::key::KeyReader;
use crate::read::memory::{Absent, Repair};
use crate::read::session::Session;

/// Walks over the entries of a map that are fields, notes the others, and at the end makes up what is missing and was
/// noted as such.
pub(super) struct Fields<'a> {
    session: &'a Session<'a>,
    node: &'a Node,
    map: &'a Map,
    fields: &'static [&'static str],
    next: usize,
    current: Option<Field<'a>>,
    absent: Option<std::vec::IntoIter<Absent>>,
}

#[derive(Clone, Copy)]
enum Field<'a> {
    Absent(Absent),
    Present(&'a Node),
}

impl<'a> Fields<'a> {
    pub(super) fn new(
        session: &'a Session<'a>,
        node: &'a Node,
        map: &'a Map,
        fields: &'static [&'static str],
    ) -> Self {
        Self {
            session,
            node,
            map,
            fields,
            next: 0,
            current: None,
            absent: None,
        }
    }

    /// The next entry that is a field and not left out.
    fn next_present(&mut self) -> Option<(&'a str, Field<'a>)> {
        while let Some((key, node)) = self.map.at(self.next) {
            self.next += 1;
            if !self.fields.contains(&key.name.as_str()) {
                self.session.note_unknown(self.node, key, self.fields);
            } else if matches!(
                self.session.memory.borrow().repair(node),
                Some(Repair::Skip)
            ) {
                self.session.met_repair();
            } else {
                return Some((&key.name, Field::Present(node)));
            }
        }
        None
    }

    /// The next field that is missing and can be made up.
    fn next_absent(&mut self) -> Option<(&'a str, Field<'a>)> {
        let (session, node) = (self.session, self.node);
        self.absent
            .get_or_insert_with(|| session.memory.borrow().absent(node).into_iter())
            .find(|absent| matches!(absent.repair, Repair::Fill(_)))
            .map(|absent| (absent.name, Field::Absent(absent)))
    }

    fn read_present<'de, V: DeserializeSeed<'de>>(
        &self,
        node: &'a Node,
        seed: V,
    ) -> Result<V::Value, Error> {
        let repair = self.session.memory.borrow().repair(node);
        let read = match repair {
            Some(Repair::Fill(filler)) => {
                self.session.met_repair();
                filler.fill(seed)
            }
            Some(Repair::Skip) | None => self.session.at(node, |reader| seed.deserialize(reader)),
        };
        read.map_err(|error| self.session.repair(node, &error))
    }

    fn read_absent<'de, V: DeserializeSeed<'de>>(
        &self,
        absent: Absent,
        seed: V,
    ) -> Result<V::Value, Error> {
        let Repair::Fill(filler) = absent.repair else {
            return Err(Error::Noted);
        };
        self.session.met_repair();
        filler.fill(seed).map_err(|_| {
            let mut memory = self.session.memory.borrow_mut();
            memory.repair_absent_further(self.node, absent.name);
            Error::Repaired
        })
    }
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some((name, field)) = self.next_present().or_else(|| self.next_absent()) else {
            return Ok(None);
        };
        self.current = Some(field);
        seed.deserialize(KeyReader(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        match self.current.take() {
            Some(Field::Present(node)) => self.read_present(node, seed),
            Some(Field::Absent(absent)) => self.read_absent(absent, seed),
            None => Err(Mistake::value_before_key().into()),
        }
    }
}
