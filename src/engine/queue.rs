//! Which link may be begun next: those whose needs all have an outcome, in the plan's order.
//!
//! Each link counts the needs that are still open, so a link is looked at once per need and once when it is ready,
//! however long the chain is.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::plan::Plan;

/// The links that have not been begun.
pub(super) struct Queue {
    /// The plan's order: positions in it are what the heaps hold.
    order: Vec<usize>,
    /// For each link its position in the order.
    place: Vec<usize>,
    /// For each link how many of its needs have no outcome yet.
    open: Vec<usize>,
    /// For each link those that need it.
    needed_by: Vec<Vec<usize>>,
    /// Ready, and not looked at.
    ready: BinaryHeap<Reverse<usize>>,
    /// Looked at: will be asked as soon as there is room.
    held: BinaryHeap<Reverse<usize>>,
}

/// A link that is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nobody has looked at it: it may turn out that it is not asked at all.
    Fresh(usize),
    /// It was held back for want of room, and now there is some.
    Held(usize),
}

impl Queue {
    pub(super) fn of(plan: &Plan) -> Self {
        let needs: Vec<Vec<usize>> = plan.links.iter().map(|link| link.waits_for()).collect();
        let needs: Vec<&[usize]> = needs.iter().map(Vec::as_slice).collect();
        Self::new(plan.order.clone(), &needs)
    }

    fn new(order: Vec<usize>, needs: &[&[usize]]) -> Self {
        let (mut place, mut needed_by) = (vec![0; needs.len()], vec![Vec::new(); needs.len()]);
        for (at, &link) in order.iter().enumerate() {
            place[link] = at;
        }
        for (link, needs) in needs.iter().enumerate() {
            needs.iter().for_each(|need| needed_by[*need].push(link));
        }
        let open: Vec<usize> = needs.iter().map(|needs| needs.len()).collect();
        let free = (0..needs.len()).filter(|link| open[*link] == 0);
        Self {
            ready: free.map(|link| Reverse(place[link])).collect(),
            held: BinaryHeap::new(),
            order,
            place,
            open,
            needed_by,
        }
    }

    /// The first link, in the plan's order, that can be looked at; held ones count only when there is room.
    pub(super) fn next(&mut self, has_room: bool) -> Option<Next> {
        let ready = self.ready.peek().map(|Reverse(at)| *at);
        let held = self.held.peek().map(|Reverse(at)| *at);
        match (ready, held.filter(|_| has_room)) {
            (ready, Some(held)) if ready.is_none_or(|ready| held < ready) => {
                self.held.pop();
                Some(Next::Held(self.order[held]))
            }
            (Some(ready), _) => {
                self.ready.pop();
                Some(Next::Fresh(self.order[ready]))
            }
            (None, _) => None,
        }
    }

    /// Keeps a link for when there is room.
    pub(super) fn hold(&mut self, link: usize) {
        self.held.push(Reverse(self.place[link]));
    }

    /// The link has its outcome: whoever waited for nothing else is ready.
    pub(super) fn finished(&mut self, link: usize) {
        for next in std::mem::take(&mut self.needed_by[link]) {
            self.open[next] -= 1;
            if self.open[next] == 0 {
                self.ready.push(Reverse(self.place[next]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Next::{Fresh, Held};
    use super::*;

    fn queue(order: &[usize], needs: &[&[usize]]) -> Queue {
        Queue::new(order.to_vec(), needs)
    }

    #[test]
    fn links_come_in_the_plans_order_and_none_before_what_it_needs() {
        let mut queue = queue(&[1, 2, 0, 3], &[&[1, 2], &[], &[], &[0]]);
        assert_eq!(queue.next(true), Some(Fresh(1)));
        queue.finished(1);
        assert_eq!(queue.next(true), Some(Fresh(2)));
        assert_eq!(queue.next(true), None);
        queue.finished(2);
        assert_eq!(queue.next(true), Some(Fresh(0)));
        queue.finished(0);
        assert_eq!(queue.next(true), Some(Fresh(3)));
    }

    #[test]
    fn what_is_held_waits_for_room_and_keeps_its_place() {
        let mut queue = queue(&[0, 1, 2], &[&[], &[], &[]]);
        assert_eq!(queue.next(false), Some(Fresh(0)));
        queue.hold(0);
        assert_eq!(queue.next(false), Some(Fresh(1)));
        queue.hold(1);
        assert_eq!(queue.next(true), Some(Held(0)));
        assert_eq!(queue.next(true), Some(Held(1)));
        assert_eq!(queue.next(false), Some(Fresh(2)));
        assert_eq!(queue.next(true), None);
    }

    #[test]
    fn a_circle_never_becomes_ready() {
        assert_eq!(queue(&[0, 1], &[&[1], &[0]]).next(true), None);
    }

    /// Counted, not timed: each link is looked at once, and once more if there was no room for it.
    #[test]
    fn the_work_grows_with_the_chain_and_no_faster() {
        let count = 20_000;
        let chain: Vec<Vec<usize>> = (0..count)
            .map(|link| {
                if link % 2 == 0 {
                    vec![]
                } else {
                    vec![link - 1]
                }
            })
            .collect();
        let needs: Vec<&[usize]> = chain.iter().map(Vec::as_slice).collect();
        let mut queue = Queue::new((0..count).collect(), &needs);
        let (mut looks, mut running) = (0, Vec::new());
        loop {
            while let Some(next) = queue.next(running.len() < 16) {
                looks += 1;
                match next {
                    Fresh(link) if running.len() == 16 => queue.hold(link),
                    Fresh(link) | Held(link) => running.push(link),
                }
            }
            match running.pop() {
                Some(link) => queue.finished(link),
                None => break,
            }
        }
        assert!((count..=2 * count).contains(&looks), "{looks}");
    }
}
