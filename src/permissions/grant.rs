//! What one link needs: each right with who must have it and where.

use serde::{Deserialize, Serialize};

use super::place::{Places, scope_of};
use crate::ids::ResourceId;
use crate::outcome::permission::{ids_in, of_type};
use crate::outcome::{By, Need, Permission, Right, TenantRef};
use crate::plan::{Expect, Plan, PlannedLink};
use crate::scenario::{Scenario, Tenant};

/// What kind of right it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An action of ARM.
    Action,
    /// An action on data.
    DataAction,
    /// An application permission of Microsoft Graph.
    Graph,
}

/// A right of one identity in one tenant, that one link needs at one place.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The tenant in which it is granted.
    pub tenant: TenantRef,
    /// To whom, by the scenario's name.
    pub identity: String,
    /// What kind of right it is.
    pub kind: Kind,
    /// Its name, as Azure spells it.
    pub right: String,
    /// Where a role must be assigned at least: the resource group, subscription or management group; of data, the
    /// resource itself. Absent for the directory.
    pub scope: Option<ResourceId>,
    /// When it is needed.
    pub need: Need,
    /// The link that needs it.
    pub link: String,
}

/// The rights that the selected links of a plan need.
pub(super) fn grants(scenario: &Scenario, plan: &Plan) -> Vec<Grant> {
    let places = Places { scenario, plan };
    let links = plan.links.iter().filter(|link| link.skip.is_none());
    links.flat_map(|link| of_link(&places, link)).collect()
}

fn of_link(places: &Places<'_>, link: &PlannedLink) -> Vec<Grant> {
    let permissions = link.kind.card.permissions.iter();
    permissions
        .filter(|permission| is_granted(permission, link))
        .flat_map(|permission| of_permission(places, link, permission))
        .collect()
}

/// Who is to be refused must not be given the right.
fn is_granted(permission: &Permission, link: &PlannedLink) -> bool {
    permission.by == By::Reader || link.expect == Expect::Allowed
}

fn of_permission(places: &Places<'_>, link: &PlannedLink, permission: &Permission) -> Vec<Grant> {
    let grant = |tenant: &Tenant, kind, right: String, scope| {
        let identity = match permission.by {
            By::Reader => tenant.read_as.clone()?,
            By::Workload => {
                let workload = link.workload.as_ref()?;
                (workload.tenant.id == tenant.id).then(|| workload.name.clone())?
            }
        };
        Some(Grant {
            tenant: tenant.reference(),
            identity,
            kind,
            right,
            scope,
            need: permission.need,
            link: link.id.clone(),
        })
    };
    if let Right::Graph(name) = permission.right {
        let tenants = places.directories(link, permission.at).into_iter();
        return tenants
            .filter_map(|tenant| grant(tenant, Kind::Graph, name.to_owned(), None))
            .collect();
    }
    let found = places.of(link, permission.at).into_iter();
    found
        .filter_map(|(tenant, id)| match permission.right {
            Right::DataAction(action) => {
                grant(tenant, Kind::DataAction, action.to_owned(), Some(id.top()))
            }
            Right::OfType(below) => grant(
                tenant,
                Kind::Action,
                of_type(&id, below),
                Some(scope_of(&id)),
            ),
            Right::Action(action) | Right::Graph(action) => {
                grant(tenant, Kind::Action, action.to_owned(), Some(scope_of(&id)))
            }
        })
        .collect()
}

/// What a link may ask, by name, each once; `true` for what only explains, or is asked only when something calls for it.
pub fn names(link: &PlannedLink) -> Vec<(Kind, String, bool)> {
    let mut found: Vec<(Kind, String, bool)> = Vec::new();
    for permission in link.kind.card.permissions {
        let (kind, names) = match permission.right {
            Right::Action(name) => (Kind::Action, vec![name.to_owned()]),
            Right::DataAction(name) => (Kind::DataAction, vec![name.to_owned()]),
            Right::Graph(name) => (Kind::Graph, vec![name.to_owned()]),
            Right::OfType(below) => {
                let name = permission.at.parameter().unwrap_or_default();
                let ids = ids_in(&link.parameters, name);
                let names = ids.iter().map(|id| of_type(id, below)).collect();
                (Kind::Action, names)
            }
        };
        for name in names {
            let is_maybe = permission.need != Need::Always;
            match found.iter_mut().find(|own| own.0 == kind && own.1 == name) {
                Some(own) => own.2 &= is_maybe,
                None => found.push((kind, name, is_maybe)),
            }
        }
    }
    found
}
