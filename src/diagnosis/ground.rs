//! What rules know of a chain beside its links.

use std::collections::HashMap;

use crate::outcome::run::{VantageReport, WorkloadReport};

/// Vantages and workloads of a chain, by name.
#[derive(Debug, Default)]
pub struct Ground {
    networks: HashMap<String, String>,
    workloads: HashMap<String, WorkloadReport>,
}

impl Ground {
    /// What is known of these.
    pub fn of(vantages: &[VantageReport], workloads: &[WorkloadReport]) -> Self {
        let networks = vantages.iter().filter_map(|own| {
            let network = own.network.as_ref()?;
            Some((own.name.clone(), network.clone()))
        });
        let workloads = workloads.iter().map(|own| (own.name.clone(), own.clone()));
        Self {
            networks: networks.collect(),
            workloads: workloads.collect(),
        }
    }

    /// The network of a vantage.
    pub(super) fn network(&self, vantage: Option<&String>) -> Option<&String> {
        self.networks.get(vantage?)
    }

    /// The identity under test of that name.
    pub(super) fn workload(&self, name: Option<&String>) -> Option<&WorkloadReport> {
        self.workloads.get(name?)
    }
}
