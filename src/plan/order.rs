//! The graph of needs, and an order in which every need comes first.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};

use crate::scenario::{Scenario, split_fact};

/// For each link the positions of the links that it needs: those that it names, and those whose facts it uses.
pub(super) fn needs(scenario: &Scenario) -> Vec<Vec<usize>> {
    let positions: HashMap<_, _> = scenario
        .links
        .iter()
        .enumerate()
        .map(|(index, link)| (link.id.as_str(), index))
        .collect();
    let needs = scenario.links.iter().map(|link| {
        let facts = link
            .references
            .iter()
            .filter_map(|reference| split_fact(&reference.target));
        let names = link
            .needs
            .iter()
            .map(String::as_str)
            .chain(facts.map(|(link, _)| link));
        let found: BTreeSet<_> = names
            .filter_map(|name| positions.get(name).copied())
            .collect();
        found.into_iter().collect()
    });
    needs.collect()
}

/// For each link the position of its control.
pub(super) fn controls(scenario: &Scenario) -> Vec<Option<usize>> {
    let position = |name: &String| scenario.links.iter().position(|link| link.id == *name);
    let links = scenario.links.iter();
    links
        .map(|link| link.control.as_ref().and_then(position))
        .collect()
}

/// For each link whatever must have an outcome before it.
pub(super) fn before(needs: &[Vec<usize>], controls: &[Option<usize>]) -> Vec<Vec<usize>> {
    let each = needs.iter().zip(controls);
    each.map(|(needs, control)| with_control(needs, *control))
        .collect()
}

/// The needs and the control, each once.
pub(super) fn with_control(needs: &[usize], control: Option<usize>) -> Vec<usize> {
    let control = control.filter(|control| !needs.contains(control));
    needs.iter().copied().chain(control).collect()
}

/// Positions such that every need comes before what needs it, and otherwise the smaller first. Links that need each
/// other in a circle, which no loaded scenario has, come last.
pub(super) fn order(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut needed_by = vec![Vec::new(); needs.len()];
    let mut open: Vec<_> = needs.iter().map(Vec::len).collect();
    for (index, needs) in needs.iter().enumerate() {
        for &need in needs {
            needed_by[need].push(index);
        }
    }
    let free = (0..needs.len())
        .filter(|&index| open[index] == 0)
        .map(Reverse);
    let mut ready: BinaryHeap<_> = free.collect();
    let mut order = Vec::with_capacity(needs.len());
    while let Some(Reverse(index)) = ready.pop() {
        order.push(index);
        for &next in &needed_by[index] {
            open[next] -= 1;
            if open[next] == 0 {
                ready.push(Reverse(next));
            }
        }
    }
    order.extend((0..needs.len()).filter(|&index| open[index] > 0));
    order
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn needs_come_first_and_otherwise_the_order_of_the_file_stays() {
        let orders: [(&[&[usize]], &[usize]); 5] = [
            (&[], &[]),
            (&[&[], &[], &[]], &[0, 1, 2]),
            (&[&[2], &[], &[]], &[1, 2, 0]),
            (&[&[3], &[], &[1], &[1]], &[1, 2, 3, 0]),
            (&[&[1, 2], &[2], &[], &[0]], &[2, 1, 0, 3]),
        ];
        for (needs, expected) in orders {
            let needs: Vec<_> = needs.iter().map(|needs| needs.to_vec()).collect();
            assert_eq!(order(&needs), expected, "{needs:?}");
        }
    }

    #[test]
    fn every_link_is_in_the_order_even_in_a_circle() {
        let needs = [vec![1], vec![0], vec![], vec![2]];
        assert_eq!(order(&needs), [2, 3, 0, 1]);
    }
}
