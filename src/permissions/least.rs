//! The rights of all links together: per identity and tenant, each once, with the smallest scopes that hold them.

use serde::{Deserialize, Serialize};

use super::grant::{Grant, Kind, grants};
use super::graph::{GRAPH, app_role};
use super::place::scope_of;
use super::role::RoleDefinition;
use crate::ids::ResourceId;
use crate::outcome::{Need, TenantRef};
use crate::plan::Plan;
use crate::scenario::{IdentityKind, Scenario};

/// Version of the format; it only grows.
const FORMAT_VERSION: u32 = 1;

/// The least rights with which chains can be checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Permissions {
    /// Version of this format.
    pub format: u32,
    /// Version of the tool.
    pub xtenant: String,
    /// Whether rights that only explain what is broken are among them.
    pub explanations: bool,
    /// Who needs what, in the order of the scenarios.
    pub identities: Vec<Least>,
}

/// The least rights of one identity in one tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Least {
    /// The tenant in which they are granted.
    pub tenant: TenantRef,
    /// To whom, by the scenario's name.
    pub identity: String,
    /// How one becomes it, and what of it is known.
    pub holder: Holder,
    /// The role to define, as the Azure CLI takes it; none when only Microsoft Graph is asked. More than one where
    /// management groups are: a role names one of them at most.
    pub role_definitions: Vec<RoleDefinition>,
    /// The smallest scopes at which the role must be assigned.
    pub assign_at: Vec<String>,
    /// Application permissions of Microsoft Graph.
    pub graph: Vec<GraphPermission>,
    /// Every right with what it is for.
    pub rights: Vec<NeededRight>,
    /// How many rights that only explain what is broken were left out.
    pub explanations_left_out: usize,
}

/// What the scenario says of an identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Holder {
    /// The kind, as the scenario writes it.
    pub kind: String,
    /// Its application (client) id, where the scenario tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
}

/// An application permission of Microsoft Graph, as an app role assignment names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GraphPermission {
    /// Its name.
    pub permission: String,
    /// Id of its app role.
    pub app_role_id: String,
    /// Application id of Microsoft Graph.
    pub resource_app_id: String,
}

/// A right and what it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct NeededRight {
    /// What kind of right it is.
    pub kind: Kind,
    /// Its name, as Azure spells it.
    pub right: String,
    /// Without it: `always` a link is unknown, `sometimes` one is, when what is found calls for it, `explains` less is
    /// told of what is broken.
    pub need: NeedWord,
    /// What must be found for it to be needed; empty when it is needed always.
    pub when: Vec<String>,
    /// The smallest scopes at which it is needed; none for the directory.
    pub at: Vec<String>,
    /// The links that need it, as `SCENARIO/LINK`.
    pub links: Vec<String>,
}

/// When a right is needed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum NeedWord {
    /// Whenever the link is asked.
    Always,
    /// When what is found calls for it.
    Sometimes,
    /// To explain what is broken.
    Explains,
}

impl From<Need> for NeedWord {
    fn from(need: Need) -> Self {
        match need {
            Need::Always => Self::Always,
            Need::Sometimes(_) => Self::Sometimes,
            Need::Explains => Self::Explains,
        }
    }
}

/// A grant with the scenario that it is for.
struct Named<'s> {
    scenario: &'s Scenario,
    grant: Grant,
}

impl Permissions {
    /// Of the selected links of these chains.
    pub fn of<'s>(
        chains: impl IntoIterator<Item = (&'s Scenario, &'s Plan)>,
        explanations: bool,
    ) -> Self {
        let all: Vec<Named<'_>> = chains
            .into_iter()
            .flat_map(|(scenario, plan)| {
                let own = grants(scenario, plan).into_iter();
                own.map(move |grant| Named { scenario, grant })
            })
            .collect();
        let mut keys: Vec<(&TenantRef, &str)> = Vec::new();
        for Named { grant, .. } in &all {
            let is_own = |(tenant, identity): &(&TenantRef, &str)| {
                tenant.id == grant.tenant.id && *identity == grant.identity
            };
            if !keys.iter().any(is_own) {
                keys.push((&grant.tenant, &grant.identity));
            }
        }
        let identities = keys.into_iter().map(|(tenant, identity)| {
            let own = all.iter().filter(|named| {
                named.grant.tenant.id == tenant.id && named.grant.identity == identity
            });
            Least::new(tenant, identity, &own.collect::<Vec<_>>(), explanations)
        });
        Self {
            format: FORMAT_VERSION,
            xtenant: env!("CARGO_PKG_VERSION").to_owned(),
            explanations,
            identities: identities.filter(|own| !own.rights.is_empty()).collect(),
        }
    }
}

impl Least {
    fn new(tenant: &TenantRef, identity: &str, all: &[&Named<'_>], explanations: bool) -> Self {
        let is_meant = |own: &&&Named<'_>| explanations || own.grant.need != Need::Explains;
        let meant: Vec<&Named<'_>> = all.iter().filter(is_meant).copied().collect();
        let rights = rights(&meant);
        let of = |kind: Kind| {
            let own = rights.iter().filter(move |own| own.kind == kind);
            own.map(|own| own.right.clone()).collect::<Vec<String>>()
        };
        let scopes = |fine: fn(&ResourceId) -> ResourceId| {
            smallest(
                meant
                    .iter()
                    .filter_map(|own| own.grant.scope.as_ref())
                    .map(fine),
            )
        };
        let assignable = scopes(scope_of);
        let scenarios = scenarios(&meant);
        let role_definitions = if assignable.is_empty() {
            Vec::new()
        } else {
            RoleDefinition::all(
                &role_name(identity, &scenarios),
                &format!(
                    "what {identity} needs, and no more, for the checks of {}",
                    scenarios.join(", ")
                ),
                (of(Kind::Action), of(Kind::DataAction)),
                &assignable,
            )
        };
        let graph = of(Kind::Graph)
            .into_iter()
            .map(|permission| GraphPermission {
                app_role_id: app_role(&permission).unwrap_or_default().to_owned(),
                permission,
                resource_app_id: GRAPH.to_owned(),
            });
        Self {
            tenant: tenant.clone(),
            identity: identity.to_owned(),
            holder: Holder::of(identity, all),
            assign_at: scopes(Clone::clone)
                .iter()
                .map(ToString::to_string)
                .collect(),
            graph: graph.collect(),
            explanations_left_out: self::rights(all).len() - rights.len(),
            role_definitions,
            rights,
        }
    }
}

impl Holder {
    fn of(identity: &str, all: &[&Named<'_>]) -> Self {
        let known = all.iter().find_map(|own| own.scenario.identity(identity));
        let kind = known.map_or(&IdentityKind::Auto, |own| &own.kind);
        Self {
            kind: kind.name().to_owned(),
            application: kind.application().map(ToString::to_string),
        }
    }
}

/// Each right once, sorted by kind and name; the strongest need counts.
fn rights(all: &[&Named<'_>]) -> Vec<NeededRight> {
    let mut found: Vec<NeededRight> = Vec::new();
    let mut scopes: Vec<Vec<ResourceId>> = Vec::new();
    for Named { scenario, grant } in all {
        let is_same = |own: &NeededRight| {
            own.kind == grant.kind && own.right.eq_ignore_ascii_case(&grant.right)
        };
        let at = found.iter().position(is_same).unwrap_or_else(|| {
            found.push(NeededRight {
                kind: grant.kind,
                right: grant.right.clone(),
                need: grant.need.into(),
                when: Vec::new(),
                at: Vec::new(),
                links: Vec::new(),
            });
            scopes.push(Vec::new());
            found.len() - 1
        });
        let own = &mut found[at];
        own.need = own.need.min(grant.need.into());
        if let Need::Sometimes(when) = grant.need {
            add(&mut own.when, when.to_owned());
        }
        add(&mut own.links, format!("{}/{}", scenario.name, grant.link));
        scopes[at].extend(grant.scope.clone());
    }
    for (own, scopes) in found.iter_mut().zip(scopes) {
        if own.need == NeedWord::Always {
            own.when.clear();
        }
        own.at = smallest(scopes).iter().map(ToString::to_string).collect();
    }
    found.sort_by_key(|own| (own.kind, own.right.to_ascii_lowercase()));
    found
}

fn add(list: &mut Vec<String>, text: String) {
    if !list.contains(&text) {
        list.push(text);
    }
}

/// Scopes without those that lie in another one, sorted.
fn smallest(all: impl IntoIterator<Item = ResourceId>) -> Vec<ResourceId> {
    let mut all: Vec<ResourceId> = all.into_iter().collect();
    all.sort_by_key(ResourceId::key);
    let mut kept: Vec<ResourceId> = Vec::new();
    for scope in all {
        // What is above comes before what it holds.
        let is_held = kept.iter().any(|own| {
            own.key() == scope.key() || scope.key().starts_with(&format!("{}/", own.key()))
        });
        if !is_held {
            kept.push(scope);
        }
    }
    kept
}

/// The names of the scenarios, rows of a matrix taken together.
fn scenarios(all: &[&Named<'_>]) -> Vec<String> {
    let mut names = Vec::new();
    for Named { scenario, .. } in all {
        let name = scenario.name.split('[').next().unwrap_or_default();
        add(&mut names, name.to_owned());
    }
    names
}

/// A name that is unique in the tenant as long as a chain has one set of roles.
fn role_name(identity: &str, scenarios: &[String]) -> String {
    match scenarios {
        [only] => format!("xtenant {only} {identity}"),
        _ => format!("xtenant {identity}"),
    }
}

/// The JSON Schema of what is printed.
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Permissions).to_value();
    schema["title"] = "Permissions of an xtenant scenario".into();
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_that_lie_in_another_are_left_out() {
        let id = |text: &str| -> ResourceId {
            text.replace('S', "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa")
                .parse()
                .unwrap()
        };
        let kept = smallest([
            id("/subscriptions/S/resourceGroups/net/providers/M.N/a/b"),
            id("/subscriptions/S/resourceGroups/network"),
            id("/subscriptions/S/resourcegroups/NET"),
            id("/providers/Microsoft.Management/managementGroups/contoso"),
            id("/subscriptions/S/resourceGroups/net"),
        ]);
        let kept: Vec<&str> = kept.iter().map(ResourceId::name).collect();
        assert_eq!(kept, ["contoso", "NET", "network"]);
        assert_eq!(
            smallest([
                id("/subscriptions/S/resourceGroups/x"),
                id("/subscriptions/S")
            ])
            .len(),
            1
        );
    }

    #[test]
    fn a_role_names_one_management_group_at_most() {
        let group = |name: &str| -> ResourceId {
            format!("/providers/Microsoft.Management/managementGroups/{name}")
                .parse()
                .unwrap()
        };
        let scope: ResourceId = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"
            .parse()
            .unwrap();
        let rights = || {
            (
                vec!["Microsoft.Network/virtualNetworks/read".to_owned()],
                Vec::new(),
            )
        };
        let roles = RoleDefinition::all("r", "d", rights(), &[group("a"), group("b"), scope]);
        let scopes: Vec<usize> = roles
            .iter()
            .map(|role| role.assignable_scopes.len())
            .collect();
        let names: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
        assert_eq!((scopes, names), (vec![2, 1], vec!["r", "r 2"]));
    }
}
