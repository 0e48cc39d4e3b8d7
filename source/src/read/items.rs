//! The entries of a map whose keys are free.

use serde::de::{DeserializeSeed, MapAccess};

use crate::node::{Map, Node};
use crate::read::error::{At, Error, Mistake};
use crate::read::key::KeyReader;
use crate::read::session::Session;

/// Walks over a map. A bad entry is passed over next time.
pub(super) struct Items<'a> {
    session: &'a Session<'a>,
    node: &'a Node,
    map: &'a Map,
    next: usize,
}

impl<'a> Items<'a> {
    pub(super) fn new(session: &'a Session<'a>, node: &'a Node, map: &'a Map) -> Self {
        let next = session.start(node);
        Self {
            session,
            node,
            map,
            next,
        }
    }
}

impl<'de> MapAccess<'de> for Items<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some((key, node)) = self.map.at(self.next) else {
            self.session.end(self.node, self.map.len());
            return Ok(None);
        };
        let index = self.next;
        self.next += 1;
        let read = self.session.at(node, |_| {
            seed.deserialize(KeyReader(&key.name))
                .map_err(|error| match error {
                    Error::Open(mistake) => mistake.at(At::Span(key.span)).into(),
                    settled => settled,
                })
        });
        read.map(Some)
            .map_err(|error| self.session.pass_over(self.node, index, &error))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let index = self.next.saturating_sub(1);
        let Some((_, node)) = self.map.at(index) else {
            return Err(Mistake::value_before_key().into());
        };
        self.session
            .at(node, |reader| seed.deserialize(reader))
            .map_err(|error| self.session.pass_over(self.node, index, &error))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.map.len() - self.next.min(self.map.len()))
    }
}
