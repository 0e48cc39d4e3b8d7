//! Ids as parameters that say what they must name: one of another kind is refused when the scenario is loaded.
//!
//! A check that reads a virtual network where it expects a connection sees nonsense, and its fix would overwrite or
//! delete what is healthy. So every parameter that is an id names its kind, and the list of kinds stands here.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::ids::ResourceId;
use crate::outcome::{FactType, FactValue};

/// A kind of thing that an id may have to name.
pub(super) trait IdKind: Send + Sync + 'static {
    /// Name in the JSON Schema.
    const NAME: &'static str;
    /// What is expected, for messages.
    const WANTED: &'static str;

    /// Whether the id names such a thing.
    fn fits(id: &ResourceId) -> bool;
}

/// Declares kinds that are one resource type each.
macro_rules! resource_types {
    ($($(#[$doc:meta])* $kind:ident = $type:literal),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(super) enum $kind {}

        impl IdKind for $kind {
            const NAME: &'static str = stringify!($kind);
            const WANTED: &'static str = concat!("an id of type ", $type);

            fn fits(id: &ResourceId) -> bool {
                id.names_a_resource() && id.is_a($type)
            }
        }
    )*};
}

resource_types! {
    /// A user-assigned managed identity.
    UserAssignedIdentity = "Microsoft.ManagedIdentity/userAssignedIdentities",
    /// A network manager.
    NetworkManager = "Microsoft.Network/networkManagers",
    /// A connectivity configuration of a network manager.
    ConnectivityConfiguration = "Microsoft.Network/networkManagers/connectivityConfigurations",
    /// A network interface.
    NetworkInterface = "Microsoft.Network/networkInterfaces",
    /// A network group of a network manager.
    NetworkGroup = "Microsoft.Network/networkManagers/networkGroups",
    /// A network watcher.
    NetworkWatcher = "Microsoft.Network/networkWatchers",
    /// A scope connection of a network manager.
    ScopeConnection = "Microsoft.Network/networkManagers/scopeConnections",
    /// A private DNS zone.
    PrivateDnsZone = "Microsoft.Network/privateDnsZones",
    /// A private endpoint.
    PrivateEndpoint = "Microsoft.Network/privateEndpoints",
    /// A virtual machine.
    VirtualMachine = "Microsoft.Compute/virtualMachines",
    /// An app of App Service.
    WebSite = "Microsoft.Web/sites",
    /// A virtual network.
    VirtualNetwork = "Microsoft.Network/virtualNetworks",
}

/// The agreement of a subscription or management group, which is right below one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NetworkManagerConnection {}

impl IdKind for NetworkManagerConnection {
    const NAME: &'static str = "NetworkManagerConnection";
    const WANTED: &'static str = "an id of type Microsoft.Network/networkManagerConnections, right below a subscription \
                                  or management group";

    fn fits(id: &ResourceId) -> bool {
        let is_one =
            id.names_a_resource() && id.is_a("Microsoft.Network/networkManagerConnections");
        is_one
            && id
                .parent()
                .and_then(|it| it.parent())
                .is_some_and(|it| Scope::fits(&it))
    }
}

/// A subscription or a management group: what a network manager can be connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {}

impl IdKind for Scope {
    const NAME: &'static str = "SubscriptionOrManagementGroup";
    const WANTED: &'static str = "the id of a subscription or management group: /subscriptions/<id> or \
                                  /providers/Microsoft.Management/managementGroups/<name>";

    fn fits(id: &ResourceId) -> bool {
        let segments = id.as_str().split('/').count() - 1;
        let is_group = id.names_a_resource() && id.is_a("Microsoft.Management/managementGroups");
        (segments == 2 && id.subscription().is_some()) || (segments == 4 && is_group)
    }
}

/// A resource whose public way can be closed, and whose refusals tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Closable {}

impl IdKind for Closable {
    const NAME: &'static str = "VaultStorageAccountOrRegistry";
    const WANTED: &'static str = "an id of type Microsoft.KeyVault/vaults, Microsoft.Storage/storageAccounts or \
                                  Microsoft.ContainerRegistry/registries";

    fn fits(id: &ResourceId) -> bool {
        let types = [
            "Microsoft.KeyVault/vaults",
            "Microsoft.Storage/storageAccounts",
            "Microsoft.ContainerRegistry/registries",
        ];
        id.names_a_resource() && types.iter().any(|own| id.is_a(own))
    }
}

/// Any resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AnyResource {}

impl IdKind for AnyResource {
    const NAME: &'static str = "AnyResource";
    const WANTED: &'static str = "the id of a resource: …/providers/<namespace>/<type>/<name>";

    fn fits(id: &ResourceId) -> bool {
        id.names_a_resource()
    }
}

/// An id that names a `K`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IdOf<K>(ResourceId, PhantomData<fn() -> K>);

impl<K> Deref for IdOf<K> {
    type Target = ResourceId;

    fn deref(&self) -> &ResourceId {
        &self.0
    }
}

impl<K> fmt::Display for IdOf<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<K> Serialize for IdOf<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, K: IdKind> Deserialize<'de> for IdOf<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = ResourceId::deserialize(deserializer)?;
        if K::fits(&id) {
            return Ok(Self(id, PhantomData));
        }
        let found = de::Unexpected::Str(id.as_str());
        Err(de::Error::invalid_value(found, &K::WANTED))
    }
}

impl<K: IdKind> JsonSchema for IdOf<K> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("IdOf{}", K::NAME).into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": format!("Expects {}; may hold variables.", K::WANTED),
            "type": "string",
            "pattern": r"^(/|\$\{).*"
        })
    }
}

impl<K: IdKind> FactValue for IdOf<K> {
    const TYPE: FactType = FactType::ResourceId;
    const INPUT: &'static str = ResourceId::INPUT;

    fn placeholder() -> Self {
        Self(ResourceId::placeholder(), PhantomData)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SUBSCRIPTION: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";
    const GROUP: &str = "/providers/Microsoft.Management/managementGroups/root";

    fn reads<K: IdKind>(text: &str) -> bool {
        serde_json::from_value::<IdOf<K>>(json!(text)).is_ok()
    }

    #[test]
    fn an_id_of_another_type_is_refused_and_told_what_was_expected() {
        let network = format!(
            "{SUBSCRIPTION}/resourceGroups/g/providers/microsoft.network/VIRTUALNETWORKS/v"
        );
        assert!(reads::<VirtualNetwork>(&network) && reads::<AnyResource>(&network));
        for wrong in [
            format!("{network}/subnets/s"),
            network.rsplit_once('/').unwrap().0.to_owned(),
            format!("{SUBSCRIPTION}/resourceGroups/g"),
        ] {
            assert!(!reads::<VirtualNetwork>(&wrong), "{wrong}");
        }
        let told = serde_json::from_value::<IdOf<NetworkManager>>(json!(network)).unwrap_err();
        assert!(
            told.to_string()
                .contains("expected an id of type Microsoft.Network/networkManagers"),
            "{told}"
        );
    }

    #[test]
    fn a_scope_is_a_subscription_or_management_group_and_nothing_below() {
        assert!(reads::<Scope>(SUBSCRIPTION) && reads::<Scope>(GROUP));
        for wrong in [
            format!("{SUBSCRIPTION}/resourceGroups/g"),
            format!("{GROUP}/subscriptions/x"),
            "/providers/Microsoft.Management/managementGroups".to_owned(),
        ] {
            assert!(!reads::<Scope>(&wrong), "{wrong}");
        }
    }

    #[test]
    fn an_agreement_lies_right_below_a_scope() {
        let connection = "providers/Microsoft.Network/networkManagerConnections/c";
        for (scope, expected) in [
            (SUBSCRIPTION.to_owned(), true),
            (GROUP.to_owned(), true),
            (format!("{SUBSCRIPTION}/resourceGroups/g"), false),
        ] {
            let id = format!("{scope}/{connection}");
            assert_eq!(reads::<NetworkManagerConnection>(&id), expected, "{id}");
        }
    }
}
