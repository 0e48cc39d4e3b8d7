//! In which ways can a world be broken? THE catalogue of state faults, [`CATALOGUE`].
//!
//! A fault changes what is *given* (never what is derived): it knows the places of a world where it applies and how to
//! plant itself there. The state is then built anew. A place is a text that names the thing: a resource id, or
//! `tenant/object` for directory objects.
//!
//! - [`identity`] applications and federated credentials · [`principals`] managed identities, service principals
//! - [`token_refusal`] refusals of Entra whose reason lies outside of the world
//! - [`private_endpoint`] endpoints and their approval · [`strangers`] those of others · [`private_dns`] zones, links, DNS servers · [`records`] in zones
//! - [`public_access`] the way around the endpoint · [`vantage`] where the workload runs
//! - [`roles`] role assignments · [`access_policies`] of vaults · [`other_tenant`] who trusts the wrong tenant
//! - [`data`] secrets and blobs · [`registry`] registries and images · [`apps`] function apps · [`propagation`] changes that
//!   are not heard of everywhere
//! - [`network_manager`] managers · [`tenant_connection`] their connections to other tenants · [`network_groups`] groups and
//!   networks · [`connectivity`] configurations · [`deployment`] commits · [`peering`] of networks by hand
//! - [`machines`] their interfaces, and what is on the way of their packets
//! - [`wire`] replies that are delayed, replaced, cut or lost on their way
//! - [`patch`] how to change a resource's JSON; [`directory`] how to find directory objects
//!
//! A new fault is one constant in its family's file and one line here.

pub mod access_policies;
pub mod apps;
pub mod connectivity;
pub mod data;
pub mod deployment;
pub mod directory;
pub mod identity;
pub mod machines;
pub mod network_groups;
pub mod network_manager;
pub mod other_tenant;
pub mod patch;
pub mod peering;
pub mod principals;
pub mod private_dns;
pub mod private_endpoint;
pub mod propagation;
pub mod public_access;
pub mod records;
pub mod registry;
pub mod roles;
pub mod strangers;
pub mod tenant_connection;
pub mod token_refusal;
pub mod vantage;
pub mod wire;

#[cfg(test)]
mod visible;
#[cfg(test)]
mod visible_networks;

use crate::world::World;

/// One way to break a world.
pub struct Fault {
    /// Stable name: `federated-credential-subject-case`.
    pub id: &'static str,
    /// What somebody did, in one sentence.
    pub about: &'static str,
    /// Where it applies in this world.
    pub places: fn(&World) -> Vec<String>,
    /// Plants it at one of its places.
    pub plant: fn(&mut World, &str) -> Result<(), String>,
}

/// Every fault.
pub const CATALOGUE: &[&Fault] = &[
    // -- applications and whom they trust --
    &identity::APPLICATION_DISABLED,
    &identity::APPLICATION_MISSING,
    &identity::APPLICATION_OF_RESOURCE_TENANT,
    &identity::APPLICATION_PERSONAL,
    &identity::APPLICATION_SINGLE_TENANT,
    &identity::CREDENTIAL_AUDIENCE_GUID,
    &identity::CREDENTIAL_AUDIENCE_OTHER,
    &identity::CREDENTIAL_BEHIND_ANOTHER,
    &identity::CREDENTIAL_ISSUER_OTHER_TENANT,
    &identity::CREDENTIAL_ISSUER_TRAILING_SLASH,
    &identity::CREDENTIAL_MISSING,
    &identity::CREDENTIAL_SUBJECT_CASE,
    &identity::CREDENTIAL_SUBJECT_CLIENT_ID,
    &identity::CREDENTIAL_SUBJECT_OTHER,
    &identity::CREDENTIAL_TWICE,
    &identity::CREDENTIALS_MANY,
    // -- managed identities and service principals --
    &principals::IDENTITY_DETACHED,
    &principals::IDENTITY_MISSING,
    &principals::IDENTITY_OTHER_CLIENT,
    &principals::IDENTITY_OTHER_PRINCIPAL,
    &principals::IDENTITY_OTHER_TENANT,
    &principals::SERVICE_PRINCIPAL_DEACTIVATED,
    &principals::SERVICE_PRINCIPAL_DISABLED,
    &principals::SERVICE_PRINCIPAL_MISSING,
    &principals::SERVICE_PRINCIPAL_OF_OTHER_HOME,
    &principals::STRANGER_ADMITTED,
    // -- where the workload runs --
    &vantage::NO_EGRESS,
    &vantage::NO_IDENTITY_ENDPOINT,
    // -- what only Entra knows --
    &token_refusal::BUSY,
    &token_refusal::CONDITIONAL_ACCESS,
    &token_refusal::CROSS_CLOUD,
    &token_refusal::NATIONAL_CLOUD,
    &token_refusal::OUT_OF_TIME,
    &token_refusal::REPLICATING,
    &token_refusal::RESOURCE_UNKNOWN,
    &token_refusal::SECOND_HOP,
    &token_refusal::SECURITY_POLICY,
    &token_refusal::SEVERAL_CREDENTIALS,
    &token_refusal::SIGNATURE,
    &token_refusal::TENANT_GONE,
    &token_refusal::TENANT_RESTRICTIONS,
    &token_refusal::THROTTLED,
    // -- the private way --
    &private_endpoint::PENDING,
    &private_endpoint::REJECTED,
    &private_endpoint::REMOVED_BY_OWNER,
    &private_endpoint::MISSING,
    &private_endpoint::FAILED,
    &private_endpoint::UPDATING,
    &private_endpoint::WITHOUT_ADDRESS,
    &private_endpoint::WRONG_TARGET,
    &private_endpoint::WRONG_GROUP,
    &private_endpoint::OTHER_APPROVED,
    &private_endpoint::SECOND_MAY_OVERWRITE_RECORD,
    &private_endpoint::SECOND_OVERWRITES_RECORD,
    &private_endpoint::UNPEERED,
    &private_endpoint::MANY,
    &strangers::APPROVED,
    &strangers::WAITING,
    &private_dns::ZONE_MISSING,
    &private_dns::ZONE_MISNAMED,
    &private_dns::ZONE_NOT_LINKED,
    &private_dns::ZONE_LINKED_ELSEWHERE,
    &private_dns::LINK_FAILED,
    &private_dns::LINK_IN_PROGRESS,
    &private_dns::ZONE_GROUP_ELSEWHERE,
    &private_dns::ZONE_GROUP_MISSING,
    &private_dns::ZONE_SAME_NAME_LINKED_EMPTY,
    &private_dns::ZONE_IN_OTHER_GROUP,
    &private_dns::DNS_SERVER_PUBLIC,
    &private_dns::DNS_SERVER_SILENT,
    &records::ALIAS_LOOP,
    &records::DATA_EMPTY,
    &records::DATA_PUBLIC,
    &records::DATA_STALE,
    &records::EMPTY,
    &records::FULL_NAME,
    &records::LONG_TTL,
    &records::MIXED,
    &records::OF_OTHER_ENDPOINT,
    &records::STALE,
    &records::ZONE_OF_PUBLIC_NAME,
    &records::ZONE_OF_PUBLIC_NAME_EMPTY,
    // -- what time heals --
    &propagation::CREDENTIAL,
    &propagation::RECORD,
    &propagation::ROLE,
    // -- the public way --
    &public_access::OPEN,
    &public_access::SELECTED,
    &public_access::BESIDE,
    &public_access::EXCEPTION,
    &public_access::ASKER,
    &public_access::WIDE,
    &public_access::PERIMETER,
    // -- rights --
    &roles::MISSING,
    &roles::OTHER_SCOPE,
    &roles::TO_HOME_SERVICE_PRINCIPAL,
    &roles::TO_APPLICATION_OBJECT,
    &roles::TO_MANAGED_IDENTITY,
    &roles::OWNER_INSTEAD,
    &roles::READER_INSTEAD,
    &roles::KEY_VAULT_READER_INSTEAD,
    &roles::BROADER,
    &roles::BROADER_ABOVE,
    &roles::BEHIND_CONDITION,
    &roles::CUSTOM_NOT_DATA_ACTIONS,
    &roles::DENIED,
    &access_policies::LIST_ONLY,
    &access_policies::MODE,
    &access_policies::NONE,
    &access_policies::OTHER_TENANT,
    &access_policies::FOR_USERS,
    &access_policies::WRONG_OBJECT,
    &other_tenant::ACCOUNT,
    &other_tenant::ACCOUNT_OPEN_TO_IDENTITY,
    &other_tenant::VAULT,
    &other_tenant::VAULT_OPEN_TO_IDENTITY,
    // -- data --
    &data::SECRET_MISSING,
    &data::SECRET_SOFT_DELETED,
    &data::SECRET_DISABLED,
    &data::SECRET_EXPIRED,
    &data::SECRET_EXPIRING,
    &data::SECRET_NOT_YET_VALID,
    &data::SECRET_VALUE_DIFFERS,
    &data::BLOB_MISSING,
    &data::BLOB_BYTES_DIFFER,
    &data::BLOB_CONTENT_DIFFERS,
    &data::CONTAINER_MISSING,
    &data::VAULT_MISSING,
    &data::ACCOUNT_MISSING,
    &data::SUBSCRIPTION_DISABLED,
    // -- registries and images --
    &registry::MISSING,
    &registry::NO_ARM_TOKENS,
    &registry::PER_REPOSITORY,
    &registry::OTHER_REPOSITORY,
    &registry::REPOSITORY_MISSING,
    &registry::IMAGE_MISSING,
    &registry::IMAGE_CHANGED,
    // -- function apps --
    &apps::MISSING,
    &apps::STOPPED,
    &apps::NOT_INTEGRATED,
    &apps::WITHOUT_SETTINGS,
    &apps::KEYS_CHANGED,
    &apps::PUBLIC_PATH,
    &apps::FUNCTION_MISSING,
    &apps::FUNCTION_DISABLED,
    // -- network managers and the other tenant --
    &tenant_connection::SCOPE_CONNECTION_MISSING,
    &tenant_connection::SCOPE_CONNECTION_OTHER_SCOPE,
    &tenant_connection::SCOPE_CONNECTION_OTHER_TENANT,
    &tenant_connection::SCOPE_CONNECTION_REVOKED,
    &tenant_connection::CONNECTION_MISSING,
    &tenant_connection::CONNECTION_OTHER_MANAGER,
    &tenant_connection::CONNECTION_REJECTED,
    &tenant_connection::CONNECTION_REVOKED,
    &network_manager::SECOND_MANAGER,
    &network_manager::SECOND_AGREEMENT,
    &network_manager::UNSEEN_MANAGER,
    &network_manager::MANAGER_ABOVE,
    &network_manager::MISSING,
    &network_manager::PROVISIONING_FAILED,
    &network_manager::UPDATING,
    &network_manager::DELETING,
    &network_manager::WITHOUT_CONNECTIVITY,
    &network_manager::SCOPE_TOO_NARROW,
    &network_manager::SUBSCRIPTION_MOVED,
    // -- groups, configurations, networks --
    &network_groups::GROUP_MISSING,
    &network_groups::GROUP_EXTRA_MEMBER,
    &network_groups::GROUP_CROWDED,
    &network_groups::OUTSIDER_JOINED,
    &network_groups::MEMBER_MISSING,
    &network_groups::MEMBER_GHOST,
    &connectivity::CONFIGURATION_MISSING,
    &connectivity::CONFIGURATION_FAILED,
    &connectivity::CONFIGURATION_UPDATING,
    &connectivity::OTHER_TOPOLOGY,
    &connectivity::GROUP_NOT_APPLIED,
    &connectivity::NOT_GLOBAL,
    &connectivity::OTHER_HUB,
    &connectivity::WITHOUT_HUB,
    &connectivity::HUB_WITHOUT_GATEWAY,
    &connectivity::HUB_GATEWAY_DELETED,
    &connectivity::HUB_IN_OTHER_REGION,
    &connectivity::DELETES_PEERINGS,
    &connectivity::MESH_WITHOUT_PRIVATE_ENDPOINTS,
    &network_groups::OVERLAP,
    &network_groups::NETWORK_MISSING,
    &network_groups::IN_OTHER_MESHES,
    &network_groups::SECOND_MANAGERS_MESH,
    &peering::NETWORK_MISSING,
    &peering::MISSING,
    &peering::REMOVED,
    &peering::ELSEWHERE,
    &peering::FAILED,
    &peering::UPDATING,
    &peering::WITHOUT_ACCESS,
    &peering::OUT_OF_SYNC,
    &peering::WITHOUT_FORWARDED_TRAFFIC,
    &peering::WITHOUT_GATEWAY_TRANSIT,
    &peering::WITHOUT_REMOTE_GATEWAY,
    // -- machines, and the way of their packets --
    &machines::INTERFACE_MISSING,
    &machines::INTERFACE_DETACHED,
    &machines::STOPPED,
    &machines::MISSING,
    &machines::WITHOUT_AGENT,
    &machines::AGENT_FAILED,
    &machines::ROUTE_DIVERTS,
    &machines::ROUTE_DROPS,
    &machines::DENIED_OUT,
    &machines::DENIED_IN,
    // -- commits --
    &deployment::NOT_COMMITTED,
    &deployment::COMMITTED_NOTHING,
    &deployment::COMMITTED_OTHER,
    &deployment::STALE,
    &deployment::FAILED,
    &deployment::DEPLOYING,
    &deployment::NOT_STARTED,
    &deployment::STUCK,
    &deployment::DEPLOYING_OTHER,
];

/// A fault that cannot be planted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// The catalogue has no fault of that name.
    #[error("unknown fault: {given}{}", did_you_mean(.meant))]
    Unknown {
        /// The name that was given.
        given: String,
        /// The closest name of the catalogue.
        meant: Option<&'static str>,
    },
    /// The fault does not apply there.
    #[error("fault {fault} does not apply at {at}; it applies at: {}", list(.places))]
    NotHere {
        /// The fault.
        fault: &'static str,
        /// The place that was given.
        at: String,
        /// Where it applies in this world.
        places: Vec<String>,
    },
    /// It applies there, but could not be planted.
    #[error("failed to plant {fault} at {at}: {why}")]
    Failed {
        /// The fault.
        fault: &'static str,
        /// The place.
        at: String,
        /// Why.
        why: String,
    },
}

/// Plants the fault of this name at one of its places.
///
/// # Errors
/// The name is unknown, or the fault does not apply there.
pub fn plant(world: &mut World, name: &str, at: &str) -> Result<(), FaultError> {
    let fault = named(name)?;
    let places = (fault.places)(world);
    let Some(place) = places.iter().find(|place| place.eq_ignore_ascii_case(at)) else {
        return Err(FaultError::NotHere {
            fault: fault.id,
            at: at.to_owned(),
            places,
        });
    };
    (fault.plant)(world, place).map_err(|why| FaultError::Failed {
        fault: fault.id,
        at: at.to_owned(),
        why,
    })
}

/// The fault of this name.
///
/// # Errors
/// [`FaultError::Unknown`], with the closest name.
pub fn named(name: &str) -> Result<&'static Fault, FaultError> {
    CATALOGUE
        .iter()
        .copied()
        .find(|fault| fault.id == name)
        .ok_or_else(|| FaultError::Unknown {
            given: name.to_owned(),
            meant: xtenant_source::did_you_mean(name, CATALOGUE.iter().map(|fault| fault.id)),
        })
}

fn did_you_mean(meant: &Option<&'static str>) -> String {
    meant
        .map(|meant| format!("; did you mean {meant}?"))
        .unwrap_or_default()
}

fn list(places: &[String]) -> String {
    if places.is_empty() {
        "no place of this world".to_owned()
    } else {
        places.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_kebab_case() {
        let names: BTreeSet<_> = CATALOGUE.iter().map(|fault| fault.id).collect();
        assert_eq!(names.len(), CATALOGUE.len());
        for name in names {
            assert!(
                name.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{name}"
            );
        }
    }

    #[test]
    fn every_fault_applies_to_a_bundled_world_and_leaves_a_world_that_can_be_built() {
        let worlds: Vec<World> = crate::world::BUNDLED
            .iter()
            .map(|it| crate::world::bundled(it))
            .collect();
        for fault in CATALOGUE {
            let mut applied = 0;
            for world in &worlds {
                for place in (fault.places)(world) {
                    let mut broken = world.clone();
                    plant(&mut broken, fault.id, &place).unwrap();
                    crate::store::State::build(&broken).unwrap();
                    applied += 1;
                }
            }
            assert!(applied > 0, "{} applies nowhere", fault.id);
        }
    }

    #[test]
    fn a_wrong_name_names_the_closest() {
        let error = plant(&mut crate::world::example(), "aplication-disabled", "x").unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown fault: aplication-disabled; did you mean application-disabled?"
        );
        let error = plant(&mut crate::world::example(), "application-disabled", "x").unwrap_err();
        assert!(
            error.to_string().starts_with(
                "fault application-disabled does not apply at x; it applies at: home/"
            )
        );
    }
}
