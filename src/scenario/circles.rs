//! Circles among links that need each other.

use crate::source::Span;

/// One link needs another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    /// Position of the other.
    pub(super) to: usize,
    /// Where that is written.
    pub(super) span: Span,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Unseen,
    /// On the path from where the search began.
    OnPath,
    Done,
}

/// Circles, such that without one edge of each there is none: each as the links of the circle with the place where
/// they name the next, beginning with the first in the file. `edges[i]` is what the link `i` needs.
pub(super) fn circles(edges: &[Vec<Edge>]) -> Vec<Vec<(usize, Span)>> {
    let mut states = vec![State::Unseen; edges.len()];
    let mut found = Vec::new();
    for start in 0..edges.len() {
        if states[start] == State::Unseen {
            search(edges, start, &mut states, &mut found);
        }
    }
    found
}

/// Depth first, without recursion: a chain may be long.
fn search(
    edges: &[Vec<Edge>],
    start: usize,
    states: &mut [State],
    found: &mut Vec<Vec<(usize, Span)>>,
) {
    // Each step of the path: a link, and how many of its edges were looked at.
    let mut path = vec![(start, 0)];
    states[start] = State::OnPath;
    while let Some((link, looked_at)) = path.last_mut() {
        let Some(edge) = edges[*link].get(*looked_at) else {
            states[*link] = State::Done;
            path.pop();
            continue;
        };
        *looked_at += 1;
        match states[edge.to] {
            State::Unseen => {
                states[edge.to] = State::OnPath;
                path.push((edge.to, 0));
            }
            State::OnPath => found.push(closed(edges, &path, edge.to)),
            State::Done => {}
        }
    }
}

/// The circle that the end of the path closes at `at`, from its first link in the file on.
fn closed(edges: &[Vec<Edge>], path: &[(usize, usize)], at: usize) -> Vec<(usize, Span)> {
    let begin = path
        .iter()
        .position(|&(link, _)| link == at)
        .unwrap_or_default();
    let step = |&(link, looked_at): &(usize, usize)| (link, edges[link][looked_at - 1].span);
    let mut circle: Vec<_> = path[begin..].iter().map(step).collect();
    let first = circle
        .iter()
        .enumerate()
        .min_by_key(|(_, (link, _))| *link)
        .map_or(0, |(position, _)| position);
    circle.rotate_left(first);
    circle
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(edges: &[&[usize]]) -> Vec<Vec<usize>> {
        let edge = |&to: &usize| Edge {
            to,
            span: Span::default(),
        };
        let edges: Vec<Vec<_>> = edges
            .iter()
            .map(|to| to.iter().map(edge).collect())
            .collect();
        circles(&edges)
            .into_iter()
            .map(|circle| circle.into_iter().map(|(link, _)| link).collect())
            .collect()
    }

    #[test]
    fn finds_every_circle_once_and_nothing_else() {
        let none: Vec<Vec<usize>> = Vec::new();
        assert_eq!(found(&[&[], &[0], &[0, 1], &[2, 0]]), none);
        assert_eq!(found(&[&[1], &[0]]), [[0, 1]]);
        assert_eq!(found(&[&[], &[3], &[1], &[2]]), [[1, 3, 2]]);
        assert_eq!(found(&[&[1], &[0], &[3], &[2], &[0]]), [[0, 1], [2, 3]]);
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let long: Vec<Vec<Edge>> = (0..200_000)
            .map(|link| {
                vec![Edge {
                    to: (link + 1) % 200_000,
                    span: Span::default(),
                }]
            })
            .collect();
        assert_eq!(circles(&long).len(), 1);
    }
}
