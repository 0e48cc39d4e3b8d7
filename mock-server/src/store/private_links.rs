//! Private endpoints and what they are connected to: what owners decided, who is gone, which addresses were given out.
//!
//! The state of a connection is derived from what owners did last; here are the acts themselves. A connection that its
//! owner removed is `Disconnected` for the endpoint and no longer listed by the resource; one whose endpoint was deleted
//! stays `Disconnected` at the resource until its owner removes it (PITFALLS B03). An endpoint keeps the addresses that it
//! was given when others come and go.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::{Resource, State, kept, lower};
use crate::services::private_endpoint::groups::group_ids;
use crate::services::private_endpoint::{Endpoint, PRIVATE_ENDPOINTS};
use crate::world::{Approval, ApprovalStatus};

/// What is remembered of clients' acts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct PrivateLinks {
    /// Resource and endpoint, in lower case.
    removed: BTreeSet<(String, String)>,
    gone: Vec<GoneEndpoint>,
    /// By endpoint, group and member, in lower case.
    #[serde(with = "kept::pairs")]
    addresses: BTreeMap<(String, String, String), Ipv4Addr>,
}

/// An endpoint that was deleted while it was connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GoneEndpoint {
    /// Id of the resource that it was connected to.
    pub resource: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl State {
    /// The owner of a resource decides on a connection; earlier decisions on it are forgotten.
    pub fn decide(&mut self, decision: Approval) {
        let (resource, endpoint) = (&decision.resource, &decision.private_endpoint);
        self.approvals.retain(|row| !is_on(row, resource, endpoint));
        self.approvals.push(decision);
        self.derived = OnceLock::new();
    }

    /// The owner removes a connection for good.
    pub fn remove_connection(&mut self, resource: &str, endpoint: &str) {
        self.decide(Approval {
            resource: resource.to_owned(),
            private_endpoint: endpoint.to_owned(),
            status: ApprovalStatus::Disconnected,
            description: String::new(),
        });
        let key = (lower(resource), lower(endpoint));
        self.private_links.removed.insert(key);
    }

    /// The owner removes what a deleted endpoint left behind.
    pub fn forget_gone_endpoint(&mut self, resource: &str, endpoint: &str) {
        let is_it = |it: &GoneEndpoint| it.was(resource, endpoint);
        self.private_links.gone.retain(|it| !is_it(it));
    }

    /// Did the owner remove this connection?
    pub fn is_removed(&self, resource: &str, endpoint: &str) -> bool {
        let key = (lower(resource), lower(endpoint));
        self.private_links.removed.contains(&key)
    }

    /// Deleted endpoints that were connected to a resource, oldest first.
    pub fn gone_endpoints<'a>(
        &'a self,
        resource: &'a str,
    ) -> impl Iterator<Item = &'a GoneEndpoint> + use<'a> {
        let all = self.private_links.gone.iter();
        all.filter(move |it| it.resource.eq_ignore_ascii_case(resource))
    }

    /// The address that a member of an endpoint was given.
    pub fn given_address(&self, endpoint: &str, group: &str, member: &str) -> Option<Ipv4Addr> {
        let addresses = &self.private_links.addresses;
        if addresses.is_empty() {
            return None;
        }
        let key = (lower(endpoint), lower(group), lower(member));
        addresses.get(&key).copied()
    }

    /// Endpoints keep the addresses that they have now, whoever comes or goes later.
    pub fn keep_addresses(&mut self) {
        let mut given = Vec::new();
        for endpoint in self.derived().endpoints.iter() {
            for it in &endpoint.addresses {
                if let Some(address) = it.address {
                    let key = (lower(&endpoint.id), lower(&it.group), lower(&it.member));
                    given.push((key, address));
                }
            }
        }
        self.private_links.addresses = given.into_iter().collect();
    }

    /// An endpoint was written: it takes the place of what one of its id left behind.
    pub fn endpoint_written(&mut self, id: &str) {
        self.private_links
            .gone
            .retain(|it| !it.id.eq_ignore_ascii_case(id));
        self.keep_addresses();
    }

    /// What happens to connections when these resources go; they are still there.
    pub(super) fn part(&mut self, going: &[Arc<Resource>]) {
        let is_endpoint = |it: &Resource| it.is_a(PRIVATE_ENDPOINTS);
        let is_target = |it: &Resource| group_ids(&it.resource_type).next().is_some();
        if !going.iter().any(|it| is_endpoint(it) || is_target(it)) {
            return;
        }
        self.keep_addresses();
        for resource in going.iter().filter(|it| is_endpoint(it)) {
            let endpoint = self.derived().endpoints.get(&resource.id).cloned();
            if let Some(endpoint) = endpoint {
                self.endpoint_goes(&endpoint);
            }
        }
        for resource in going.iter().filter(|it| is_target(it)) {
            self.target_goes(&resource.id);
        }
    }

    fn endpoint_goes(&mut self, endpoint: &Endpoint) {
        let Some(connection) = &endpoint.connection else {
            return;
        };
        let target = &connection.asked.target;
        self.approvals
            .retain(|row| !is_on(row, target, &endpoint.id));
        let key = (lower(target), lower(&endpoint.id));
        self.private_links.removed.remove(&key);
        self.forget_gone_endpoint(target, &endpoint.id);
        let id = lower(&endpoint.id);
        self.private_links.addresses.retain(|key, _| key.0 != id);
        if connection.status != ApprovalStatus::Disconnected {
            self.private_links.gone.push(GoneEndpoint {
                resource: target.clone(),
                id: endpoint.id.clone(),
                name: endpoint.name.clone(),
            });
        }
    }

    fn target_goes(&mut self, resource: &str) {
        let endpoints = self.derived().endpoints.to(resource);
        let ids: Vec<String> = endpoints.map(|it| it.id.clone()).collect();
        for endpoint in ids {
            self.remove_connection(resource, &endpoint);
        }
        let is_it = |it: &GoneEndpoint| it.resource.eq_ignore_ascii_case(resource);
        self.private_links.gone.retain(|it| !is_it(it));
    }
}

impl GoneEndpoint {
    /// Was it this endpoint, connected to this resource?
    pub fn was(&self, resource: &str, endpoint: &str) -> bool {
        self.resource.eq_ignore_ascii_case(resource) && self.id.eq_ignore_ascii_case(endpoint)
    }
}

fn is_on(row: &Approval, resource: &str, endpoint: &str) -> bool {
    row.resource.eq_ignore_ascii_case(resource)
        && row.private_endpoint.eq_ignore_ascii_case(endpoint)
}
