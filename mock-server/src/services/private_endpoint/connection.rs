//! What did an endpoint ask for, and in which state is the connection?
//!
//! What the owner did last decides: a row of the world, or a client's write. Without a decision a *manual* connection is
//! `Pending`; an *automatic* one is `Approved` within a tenant, since whoever made it had the right to approve, and
//! `Pending` across tenants, where approval is always needed (PITFALLS B01). A target that does not exist leaves it
//! `Disconnected`, as a deleted target does (B03). Missing on purpose: auto-approval lists of private link services.

use std::collections::BTreeMap;

use serde_json::Value;

use super::groups::{Member, members, regions};
use crate::ids::ResourceId;
use crate::store::{Resource, State};
use crate::world::{Approval, ApprovalStatus};

/// What an endpoint asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Name of the connection in the endpoint.
    pub name: String,
    /// Which array of the endpoint it stands in.
    pub manual: bool,
    /// Id of the resource asked for, as written.
    pub target: String,
    /// Sub-resources asked for.
    pub groups: Vec<String>,
}

impl Asked {
    /// What an endpoint asks for; nothing when it has no connection (ARM allows exactly one).
    pub fn by(endpoint: &Resource) -> Option<Self> {
        let arrays = [
            ("/privateLinkServiceConnections/0", false),
            ("/manualPrivateLinkServiceConnections/0", true),
        ];
        let (item, manual) = arrays
            .into_iter()
            .find_map(|(at, manual)| Some((endpoint.property(at)?, manual)))?;
        let text = |pointer: &str| {
            item.pointer(pointer)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let groups = item
            .pointer("/properties/groupIds")
            .and_then(Value::as_array);
        Some(Self {
            name: text("/name"),
            manual,
            target: text("/properties/privateLinkServiceId"),
            groups: groups
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        })
    }

    /// The members asked for, with their group.
    pub fn members(&self, state: &State) -> Vec<(String, Member)> {
        let Ok(target) = ResourceId::parse(&self.target) else {
            return Vec::new();
        };
        let resource = state.resource(&self.target);
        let regions = resource.map_or_else(Vec::new, |it| regions(state, it));
        let mut all = Vec::new();
        for group in &self.groups {
            let members = members(&target.resource_type, group, &target.name, &regions);
            all.extend(members.into_iter().map(|member| (group.clone(), member)));
        }
        all
    }
}

/// The connection between an endpoint and its target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// What was asked for.
    pub asked: Asked,
    /// Its state.
    pub status: ApprovalStatus,
    /// What the owner wrote, or what Azure says.
    pub description: String,
}

impl Connection {
    /// Is it approved?
    pub fn is_approved(&self) -> bool {
        self.status == ApprovalStatus::Approved
    }

    /// Does it ask for this resource?
    pub fn is_to(&self, resource: &str) -> bool {
        self.asked.target.eq_ignore_ascii_case(resource)
    }
}

/// What owners did, by resource and endpoint.
pub struct Approvals<'a> {
    state: &'a State,
    rows: BTreeMap<(String, String), &'a Approval>,
}

impl<'a> Approvals<'a> {
    /// The rows of the world; of several for one connection the last.
    pub fn of(state: &'a State) -> Self {
        let key = |row: &Approval| {
            (
                row.resource.to_ascii_lowercase(),
                row.private_endpoint.to_ascii_lowercase(),
            )
        };
        Self {
            state,
            rows: state
                .approvals()
                .iter()
                .map(|row| (key(row), row))
                .collect(),
        }
    }

    /// The connection that an endpoint's wish became.
    pub fn connection(&self, endpoint: &Resource, asked: Asked) -> Connection {
        let (status, description) = self.status(endpoint, &asked);
        Connection {
            asked,
            status,
            description,
        }
    }

    fn status(&self, endpoint: &Resource, asked: &Asked) -> (ApprovalStatus, String) {
        let Some(resource) = self.state.resource(&asked.target) else {
            return (
                ApprovalStatus::Disconnected,
                "the target of the connection does not exist".to_owned(),
            );
        };
        let key = (
            asked.target.to_ascii_lowercase(),
            endpoint.id.to_ascii_lowercase(),
        );
        if let Some(row) = self.rows.get(&key) {
            return (row.status, row.description.clone());
        }
        if !asked.manual && resource.tenant == endpoint.tenant {
            return (ApprovalStatus::Approved, "Auto-Approved".to_owned());
        }
        (ApprovalStatus::Pending, "Awaiting approval".to_owned())
    }
}
