//! `Microsoft.ManagedIdentity`: user-assigned identities and their federated credentials.
//!
//! Their service principals are derived by the directory, their tokens issued by IMDS and App Service. Missing on purpose:
//! tokens for what a federated credential of an identity trusts.

use serde_json::{Value, json};

use super::errors::{bad_request, conflict, resource_not_found};
use super::write::names::{self, Name};
use super::write::{Body, Kind, Location, Patch, Write, fields};
use super::{children, delete, found, get, list, own_get, patch, provider, put, read, shape};
use crate::auth::Caller;
use crate::context::Context;
use crate::directory::USER_ASSIGNED_IDENTITY;
use crate::request::{Reply, Request};
use crate::services::private_endpoint::derived_guid;
use crate::services::{Operation, Service};
use crate::store::{Resource, State};

const SPEC: &str = "managedidentity/2023-01-31/ManagedIdentity.json";
const READ: &str = "Microsoft.ManagedIdentity/userAssignedIdentities/read";
const WRITE: &str = "Microsoft.ManagedIdentity/userAssignedIdentities/write";
const READ_CREDENTIALS: &str =
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/read";
const ONE: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}";
const CREDENTIAL: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}";

/// Type of federated credentials of identities.
pub const CREDENTIALS: &str =
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials";
/// Most federated credentials of an identity (MORE.md §4).
const MOST_CREDENTIALS: usize = 20;
/// Most characters of issuer, subject and audience (entra-docs, `workload-identities/workload-identity-federation-config-app-trust-managed-identity.md`).
const LONGEST: usize = 600;

/// The service.
pub const SERVICE: Service = provider(
    "arm-managed-identity",
    "user-assigned managed identities and their federated credentials",
    OPERATIONS,
);

const OPERATIONS: &[Operation] = &[
    get::<Identities>("UserAssignedIdentities_Get", ONE, READ, SPEC),
    list::<Identities>(
        "UserAssignedIdentities_ListByResourceGroup",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ManagedIdentity/userAssignedIdentities",
        READ,
        SPEC,
    ),
    list::<Identities>(
        "UserAssignedIdentities_ListBySubscription",
        "/subscriptions/{subscriptionId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities",
        READ,
        SPEC,
    ),
    put::<Identities>("UserAssignedIdentities_CreateOrUpdate", ONE, WRITE, SPEC),
    patch::<Identities>("UserAssignedIdentities_Update", ONE, WRITE, SPEC),
    delete::<Identities>(
        "UserAssignedIdentities_Delete",
        ONE,
        "Microsoft.ManagedIdentity/userAssignedIdentities/delete",
        SPEC,
    ),
    get::<Credentials>(
        "FederatedIdentityCredentials_Get",
        CREDENTIAL,
        READ_CREDENTIALS,
        SPEC,
    ),
    read(
        "SystemAssignedIdentities_GetByScope",
        "/{scope*}/providers/Microsoft.ManagedIdentity/identities/default",
        "Microsoft.ManagedIdentity/identities/read",
        SPEC,
        of_scope,
    ),
    children::<Credentials>(
        "FederatedIdentityCredentials_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}/federatedIdentityCredentials",
        READ_CREDENTIALS,
        SPEC,
    ),
    put::<Credentials>(
        "FederatedIdentityCredentials_CreateOrUpdate",
        CREDENTIAL,
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
        SPEC,
    ),
    delete::<Credentials>(
        "FederatedIdentityCredentials_Delete",
        CREDENTIAL,
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/delete",
        SPEC,
    ),
];

/// The identity of the resource itself, which shows it.
fn of_scope(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let scope = format!("/{}", request.parameter("scope"));
    let missing = || match found::parse(&request.path) {
        Ok(id) => resource_not_found(&id),
        Err(reply) => reply,
    };
    let state = context.state();
    let Some(resource) = state.resource(&scope) else {
        return found::parse(&scope).map_or_else(|reply| reply, |id| found::missing(&state, &id));
    };
    let Some(reply) = own_get::of(context, request, &resource.id) else {
        return missing();
    };
    let shown: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let identity = &shown["identity"];
    let (principal, tenant) = (&identity["principalId"], resource.own_tenant());
    let object = principal.as_str();
    let Some(known) = object.and_then(|it| state.service_principal(tenant, it)) else {
        return missing();
    };
    Reply::ok(&json!({
        "id": format!("{}/providers/Microsoft.ManagedIdentity/identities/default", resource.id),
        "name": "default",
        "type": "Microsoft.ManagedIdentity/identities",
        "location": shown["location"],
        "tags": shown.get("tags").filter(|it| it.is_object()).cloned().unwrap_or_else(|| json!({})),
        "properties": {
            "tenantId": tenant,
            "principalId": principal,
            "clientId": known.app_id,
            "clientSecretUrl": format!("https://control-{}.identity.azure.net{}/credentials?tid={tenant}&oid={}&aid={}", shown["location"].as_str().unwrap_or_default().replace(' ', "").to_ascii_lowercase(), resource.id, known.id, known.app_id),
        },
    }))
}

struct Identities;

impl Kind for Identities {
    const TYPE: &'static str = USER_ASSIGNED_IDENTITY;
    const NAME: Name = names::IDENTITY;
    const LOCATION: Location = Location::Required;
    const SYSTEM_DATA: bool = true;
    const PATCH: Patch = Patch::Tags;

    /// Ids are Azure's to give: new ones for a new identity, also for one of a name that was there before.
    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::keep_only(body, &["isolationScope"]);
        for property in ["clientId", "principalId", "tenantId"] {
            let kept = write.existing.and_then(|it| it.properties().get(property));
            if let Some(kept) = kept {
                fields::set(body, property, kept.clone());
            } else if property != "tenantId" {
                let made_from = format!("{}:{}", write.id, write.state.changes());
                fields::set(body, property, derived_guid(&made_from, property));
            }
        }
        Ok(())
    }

    fn show(_: &State, given: &Resource) -> Value {
        let mut body = shape::without_provisioning_state(given);
        shape::default(&mut body, "tenantId", json!(given.own_tenant()));
        body
    }
}

struct Credentials;

impl Kind for Credentials {
    const TYPE: &'static str = CREDENTIALS;
    const NAME: Name = Name {
        length: (3, 120),
        ..names::IDENTITY
    };
    const SYSTEM_DATA: bool = true;

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::keep_only(body, &["issuer", "subject", "audiences"]);
        let issuer = fields::required_text(body, "/properties/issuer")?;
        let subject = fields::required_text(body, "/properties/subject")?;
        let audiences = fields::texts(body, "/properties/audiences")?;
        let [audience] = audiences.as_slice() else {
            let found = audiences.len();
            return Err(refused(&format!(
                "a federated identity credential has exactly one audience, {found} were given"
            )));
        };
        if !issuer.starts_with("https://") || issuer.len() <= "https://".len() {
            return Err(refused(&format!(
                "the issuer is not an https URL: {issuer:.100}"
            )));
        }
        for (name, text) in [
            ("issuer", issuer),
            ("subject", subject),
            ("audience", audience),
        ] {
            if text.chars().count() > LONGEST {
                return Err(refused(&format!(
                    "the {name} has more than {LONGEST} characters"
                )));
            }
        }
        others_allow(write, issuer, subject)
    }

    fn show(_: &State, given: &Resource) -> Value {
        shape::without_provisioning_state(given)
    }
}

/// Issuer and subject together are unique in an identity, and there are at most twenty. The text of the first refusal is
/// that of captured answers (Azure/bicep-types-az #2054), the codes and the other text are ours.
fn others_allow(write: &Write<'_>, issuer: &str, subject: &str) -> Result<(), Reply> {
    let identity = write.id.parent().unwrap_or_default();
    let others = write.state.children(identity, CREDENTIALS);
    let others: Vec<&Resource> = others
        .filter(|it| !it.id.eq_ignore_ascii_case(write.id.as_str()))
        .collect();
    let same = |it: &&Resource| {
        let text = |name: &str| it.property(name).and_then(Value::as_str);
        text("/issuer") == Some(issuer) && text("/subject") == Some(subject)
    };
    if others.iter().any(same) {
        return Err(conflict(
            "Conflict",
            "Issuer and subject combination already exists for this Managed Identity.",
        ));
    }
    if others.len() >= MOST_CREDENTIALS {
        let message =
            format!("an identity has at most {MOST_CREDENTIALS} federated identity credentials");
        return Err(conflict(
            "FederatedIdentityCredentialLimitReached",
            &message,
        ));
    }
    Ok(())
}

fn refused(why: &str) -> Reply {
    bad_request("BadRequest", why)
}
