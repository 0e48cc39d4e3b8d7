//! What a check asks, as Azure's access control names it: which right, of what, as whom, and what is lost without it.
//!
//! A card lists every right that its check may ever use. [`Declared`] holds the check to it: what is not listed is not
//! asked (`crate::ask`), so that the least role that `xtenant permissions` prints cannot drift from what is asked.

use std::collections::BTreeSet;

use crate::ids::ResourceId;
use crate::source::Node;

/// A right that a check needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    /// What must be granted.
    pub right: Right,
    /// Of what.
    pub at: At,
    /// To whom.
    pub by: By,
    /// When it is needed.
    pub need: Need,
}

impl Permission {
    /// An action of ARM, for whoever reads the tenant that lists the resource.
    pub const fn action(action: &'static str, at: At) -> Self {
        Self {
            right: Right::Action(action),
            at,
            by: By::Reader,
            need: Need::Always,
        }
    }

    /// An action below the type of the resource itself, such as `privateEndpointConnections/read`.
    pub const fn of_type(below: &'static str, at: At) -> Self {
        Self {
            right: Right::OfType(below),
            ..Self::action("", at)
        }
    }

    /// An application permission of Microsoft Graph, for whoever reads the tenant that the link asks.
    pub const fn graph(name: &'static str) -> Self {
        Self {
            right: Right::Graph(name),
            ..Self::action("", At::Directory)
        }
    }

    /// An action on data, for the identity under test.
    pub const fn data(action: &'static str, at: At) -> Self {
        Self {
            right: Right::DataAction(action),
            by: By::Workload,
            ..Self::action("", at)
        }
    }

    /// The same right, of these instead.
    #[must_use]
    pub const fn at(self, at: At) -> Self {
        Self { at, ..self }
    }

    /// The same right, for the identity under test.
    #[must_use]
    pub const fn by_workload(self) -> Self {
        Self {
            by: By::Workload,
            ..self
        }
    }

    /// The same right, needed only when what is found calls for it; `when` begins with "when" or "where".
    #[must_use]
    pub const fn sometimes(self, when: &'static str) -> Self {
        Self {
            need: Need::Sometimes(when),
            ..self
        }
    }

    /// The same right, which only explains what is broken.
    #[must_use]
    pub const fn explains(self) -> Self {
        Self {
            need: Need::Explains,
            ..self
        }
    }
}

/// What must be granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// This action of ARM.
    Action(&'static str),
    /// The action of this name below the type of each resource, whatever that is.
    OfType(&'static str),
    /// This action on data.
    DataAction(&'static str),
    /// This application permission of Microsoft Graph.
    Graph(&'static str),
}

/// Of what a right must be granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The resource or resources whose ids stand in this parameter, or what lies in or beside them.
    Id(&'static str),
    /// The same, as far as they are of this type, or lie in one that is.
    IdOf(&'static str, &'static str),
    /// The subscription of the id in this parameter: everything of a type in it is listed.
    SubscriptionOf(&'static str),
    /// Every resource of this type that the scenario names anywhere.
    Named(&'static str),
    /// The resource of this type whose name begins the host in this parameter.
    Host(&'static str, &'static str),
    /// The network of the link's vantage.
    Network,
    /// Every subscription that the scenario lists.
    Subscriptions,
    /// Every management group that the scenario lists.
    ManagementGroups,
    /// The directory of the tenant that the link asks.
    Directory,
    /// The directories of all tenants of the scenario.
    Directories,
}

impl At {
    /// The parameter that it reads, if it reads one.
    pub const fn parameter(self) -> Option<&'static str> {
        match self {
            Self::Id(name)
            | Self::IdOf(name, _)
            | Self::SubscriptionOf(name)
            | Self::Host(name, _) => Some(name),
            _ => None,
        }
    }

    /// As documentation says it.
    pub fn describe(self) -> String {
        match self {
            Self::Id(name) => format!("at `{name}`"),
            Self::IdOf(name, of) => format!("at `{name}`, where that is one of `{of}`"),
            Self::SubscriptionOf(name) => format!("in the subscription of `{name}`"),
            Self::Named(of) => format!("at each of `{of}` that the scenario names"),
            Self::Host(name, of) => format!("at the one of `{of}` that `{name}` names"),
            Self::Network => "at the network of the link's vantage".to_owned(),
            Self::Subscriptions => "in every subscription of the scenario".to_owned(),
            Self::ManagementGroups => "at every management group of the scenario".to_owned(),
            Self::Directory => "in the tenant asked".to_owned(),
            Self::Directories => "in every tenant of the scenario".to_owned(),
        }
    }
}

/// To whom a right must be granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Whoever reads the tenant (`read-as`).
    Reader,
    /// The identity under test (`as`).
    Workload,
}

/// When a right is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Whenever the link is asked: without it, it is unknown.
    Always,
    /// Only when what is found calls for it; then, without it, the link is unknown.
    Sometimes(&'static str),
    /// Only to explain what is broken, or to see more of it: without it nothing is unknown, and less is told.
    Explains,
}

/// What a check may ask, with its parameters.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// In lower case.
    actions: BTreeSet<String>,
    /// Actions below types that no parameter tells, in lower case.
    endings: BTreeSet<String>,
    data_actions: BTreeSet<&'static str>,
    graph: BTreeSet<&'static str>,
}

impl Declared {
    /// By a card's permissions, and the parameters of the link.
    pub fn new(permissions: &[Permission], parameters: &Node) -> Self {
        let mut declared = Self::default();
        for permission in permissions {
            match permission.right {
                Right::Action(action) => {
                    declared.actions.insert(action.to_ascii_lowercase());
                }
                Right::DataAction(action) => {
                    declared.data_actions.insert(action);
                }
                Right::Graph(name) => {
                    declared.graph.insert(name);
                }
                Right::OfType(below) => {
                    let name = permission.at.parameter().unwrap_or_default();
                    let ids = ids_in(parameters, name);
                    let actions = ids.iter().map(|id| of_type(id, below).to_ascii_lowercase());
                    declared.actions.extend(actions);
                    if ids.is_empty() {
                        let ending = format!("/{below}").to_ascii_lowercase();
                        declared.endings.insert(ending);
                    }
                }
            }
        }
        declared
    }

    /// Whether an action of ARM is among them.
    pub fn has_action(&self, action: &str) -> bool {
        let action = action.to_ascii_lowercase();
        self.actions.contains(&action) || self.endings.iter().any(|own| action.ends_with(own))
    }

    /// Whether an action on data is among them.
    pub fn has_data_action(&self, action: &str) -> bool {
        self.data_actions.contains(action)
    }

    /// Whether a permission of Microsoft Graph is among them.
    pub fn has_graph(&self, name: &str) -> bool {
        self.graph.contains(name)
    }
}

/// The ids that stand in a parameter; none where a fact will stand, or nothing does.
pub fn ids_in(parameters: &Node, name: &str) -> Vec<ResourceId> {
    let node = parameters.as_map().and_then(|map| map.get(name));
    let nodes = node.iter().flat_map(|node| node.one_or_many());
    let texts = nodes.filter_map(|node| Some(&node.as_scalar()?.text));
    texts.filter_map(|text| text.parse().ok()).collect()
}

/// The action of this name below the type of a resource: `Microsoft.KeyVault/vaults/read` of a vault or a secret in it.
pub fn of_type(id: &ResourceId, below: &str) -> String {
    let top = id.top();
    match (top.resource_type(), top.resource_group()) {
        (Some(own), _) => format!("{own}/{below}"),
        (None, Some(_)) => format!("Microsoft.Resources/subscriptions/resourceGroups/{below}"),
        (None, None) => format!("Microsoft.Resources/subscriptions/{below}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::source::Span;

    const VAULT: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv";

    fn parameters(value: serde_json::Value) -> Node {
        Node::from_json(&value, Span::default())
    }

    #[test]
    fn what_is_not_listed_is_not_declared() {
        let listed = [
            Permission::action("Microsoft.Network/virtualNetworks/read", At::Network),
            Permission::of_type("privateEndpointConnections/read", At::Id("resource")),
            Permission::graph("Application.Read.All"),
            Permission::data(
                "Microsoft.KeyVault/vaults/secrets/getSecret/action",
                At::Network,
            ),
        ];
        let declared = Declared::new(&listed, &parameters(json!({"resource": VAULT})));
        for action in [
            "microsoft.network/VIRTUALNETWORKS/read",
            "Microsoft.KeyVault/vaults/privateEndpointConnections/read",
        ] {
            assert!(declared.has_action(action), "{action}");
        }
        for action in [
            "Microsoft.Network/virtualNetworks/subnets/read",
            "Microsoft.KeyVault/vaults/read",
            "Microsoft.Storage/storageAccounts/privateEndpointConnections/read",
        ] {
            assert!(!declared.has_action(action), "{action}");
        }
        assert!(declared.has_graph("Application.Read.All"));
        assert!(!declared.has_graph("Directory.Read.All"));
        assert!(declared.has_data_action("Microsoft.KeyVault/vaults/secrets/getSecret/action"));
        assert!(!declared.has_data_action("Microsoft.KeyVault/vaults/secrets/setSecret/action"));
    }

    #[test]
    fn a_type_that_no_parameter_tells_may_be_any() {
        let listed = [Permission::of_type("read", At::Id("target"))];
        let declared = Declared::new(&listed, &parameters(json!({})));
        assert!(declared.has_action("Microsoft.KeyVault/vaults/read"));
        assert!(!declared.has_action("Microsoft.KeyVault/vaults/write"));
    }

    #[test]
    fn the_action_is_that_of_the_resource_which_a_scope_is_or_lies_in() {
        let action = |text: &str| of_type(&text.parse().unwrap(), "read");
        let subscription = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";
        let group = format!("{subscription}/resourceGroups/data");
        let secret = format!("{VAULT}/secrets/s");
        for (id, expected) in [
            (VAULT, "Microsoft.KeyVault/vaults/read"),
            (&secret, "Microsoft.KeyVault/vaults/read"),
            (
                &group,
                "Microsoft.Resources/subscriptions/resourceGroups/read",
            ),
            (subscription, "Microsoft.Resources/subscriptions/read"),
            (
                "/providers/Microsoft.Management/managementGroups/contoso",
                "Microsoft.Management/managementGroups/read",
            ),
        ] {
            assert_eq!(action(id), expected);
        }
    }
}
