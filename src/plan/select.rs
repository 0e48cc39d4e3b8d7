//! Which links were asked for.

use std::collections::HashSet;
use std::fmt;

use crate::scenario::{Link, Scenario};
use crate::source::did_you_mean;

/// Names listed in a message; the rest is counted.
const LISTED: usize = 12;

/// Links and tags that were named; without any, every link is selected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Ids of links: `--link`.
    pub links: Vec<String>,
    /// Tags: `--tag`.
    pub tags: Vec<String>,
}

/// A selection names something that does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    /// `link` or `tag`.
    pub what: &'static str,
    /// The name.
    pub name: String,
    /// The name that was probably meant.
    pub meant: Option<String>,
    /// The names that there are, in file order.
    pub known: Vec<String>,
}

impl Selection {
    /// Whether every link is selected.
    pub fn is_everything(&self) -> bool {
        self.links.is_empty() && self.tags.is_empty()
    }

    /// Every name must exist in one of the scenarios.
    ///
    /// # Errors
    /// The first name that does not.
    pub fn check(&self, scenarios: &[&Scenario]) -> Result<(), UnknownName> {
        let links = || scenarios.iter().flat_map(|scenario| &scenario.links);
        let ids: Vec<_> = links().map(|link| link.id.as_str()).collect();
        let tags: Vec<_> = links()
            .flat_map(|link| &link.tags)
            .map(String::as_str)
            .collect();
        refuse_unknown("link", &self.links, &ids)?;
        refuse_unknown("tag", &self.tags, &tags)
    }

    /// For each link whether it is selected, or needed by one that is.
    pub(super) fn closure(&self, scenario: &Scenario, needs: &[Vec<usize>]) -> Vec<bool> {
        let mut selected: Vec<_> = scenario
            .links
            .iter()
            .map(|link| self.selects(link))
            .collect();
        let mut open: Vec<_> = (0..selected.len())
            .filter(|&index| selected[index])
            .collect();
        while let Some(index) = open.pop() {
            for &need in &needs[index] {
                if !selected[need] {
                    selected[need] = true;
                    open.push(need);
                }
            }
        }
        selected
    }

    fn selects(&self, link: &Link) -> bool {
        self.is_everything()
            || self.links.contains(&link.id)
            || link.tags.iter().any(|tag| self.tags.contains(tag))
    }
}

fn refuse_unknown(what: &'static str, named: &[String], known: &[&str]) -> Result<(), UnknownName> {
    let Some(name) = named.iter().find(|name| !known.contains(&name.as_str())) else {
        return Ok(());
    };
    let mut seen = HashSet::new();
    Err(UnknownName {
        what,
        name: name.clone(),
        meant: did_you_mean(name, known.iter().copied()).map(str::to_owned),
        known: known
            .iter()
            .filter(|name| seen.insert(**name))
            .map(ToString::to_string)
            .collect(),
    })
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            name,
            meant,
            known,
        } = self;
        write!(f, "no {what} is named `{name}`")?;
        match (meant, &known[..]) {
            (Some(meant), _) => write!(f, "; did you mean `{meant}`?"),
            (None, []) => write!(f, "; there are no {what}s"),
            (None, known) if known.len() <= LISTED => {
                write!(f, "; there are: {}", known.join(", "))
            }
            (None, known) => {
                let more = known.len() - LISTED;
                write!(
                    f,
                    "; there are: {} and {more} more",
                    known[..LISTED].join(", ")
                )
            }
        }
    }
}

impl std::error::Error for UnknownName {}
