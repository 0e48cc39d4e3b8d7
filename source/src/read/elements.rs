//! The elements of a list.

use serde::de::{DeserializeSeed, SeqAccess};

use crate::node::Node;
use crate::read::error::Error;
use crate::read::session::Session;

/// Walks over a list. In one of any length a bad element is passed over next time; one of a tuple spoils the tuple.
pub(super) struct Elements<'a> {
    session: &'a Session<'a>,
    list: &'a Node,
    nodes: &'a [Node],
    next: usize,
    is_tuple: bool,
}

impl<'a> Elements<'a> {
    pub(super) fn of_list(session: &'a Session<'a>, list: &'a Node, nodes: &'a [Node]) -> Self {
        let next = session.start(list);
        Self {
            session,
            list,
            nodes,
            next,
            is_tuple: false,
        }
    }

    pub(super) fn of_tuple(session: &'a Session<'a>, list: &'a Node, nodes: &'a [Node]) -> Self {
        Self {
            session,
            list,
            nodes,
            next: 0,
            is_tuple: true,
        }
    }
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some(node) = self.nodes.get(self.next) else {
            if !self.is_tuple {
                self.session.end(self.list, self.nodes.len());
            }
            return Ok(None);
        };
        let index = self.next;
        self.next += 1;
        let read = self.session.at(node, |reader| seed.deserialize(reader));
        read.map(Some).map_err(|error| {
            if self.is_tuple {
                error
            } else {
                self.session.pass_over(self.list, index, &error)
            }
        })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.nodes.len() - self.next.min(self.nodes.len()))
    }
}
