//! Objects as Graph writes them (property names of `graph/v1.0/graph-v1.0-cut.csdl.xml`).
//!
//! What the world does not know is null or empty, as in a plain object of Graph.

use serde_json::{Value, json};

use crate::store::Tenant;
use crate::world::{Application, FederatedIdentityCredential, Group, ServicePrincipal};

/// `microsoft.graph.application`.
pub(super) fn application(it: &Application, tenant: &Tenant) -> Value {
    json!({
        "id": it.id,
        "deletedDateTime": null,
        "appId": it.app_id,
        "applicationTemplateId": null,
        "displayName": it.display_name,
        "description": null,
        "disabledByMicrosoftStatus": null,
        "isDisabled": it.is_disabled.then_some(true),
        "identifierUris": it.identifier_uris,
        "publisherDomain": tenant.domain,
        "signInAudience": it.sign_in_audience,
        "tags": [],
        "web": it.web.clone().unwrap_or_else(|| json!({"redirectUris": []})),
        "requiredResourceAccess": it.required_resource_access,
        "keyCredentials": [],
        "passwordCredentials": [],
        "appRoles": [],
    })
}

/// `microsoft.graph.federatedIdentityCredential`.
pub(super) fn credential(it: &FederatedIdentityCredential) -> Value {
    json!({
        "id": it.id,
        "name": it.name,
        "issuer": it.issuer,
        "subject": it.subject,
        "description": it.description,
        "audiences": it.audiences,
    })
}

/// `microsoft.graph.servicePrincipal`. `audience` is the `signInAudience` of its application, where that is known.
pub(super) fn service_principal(
    it: &ServicePrincipal,
    owner: Option<&str>,
    audience: Option<&str>,
) -> Value {
    json!({
        "id": it.id,
        "deletedDateTime": null,
        "accountEnabled": it.account_enabled,
        "alternativeNames": [],
        "appDisplayName": it.display_name,
        "appId": it.app_id,
        "appOwnerOrganizationId": owner,
        "appRoleAssignmentRequired": false,
        "disabledByMicrosoftStatus": it.disabled_by_microsoft_status,
        "displayName": it.display_name,
        "isDisabled": it.is_disabled.then_some(true),
        "servicePrincipalNames": [it.app_id],
        "servicePrincipalType": it.service_principal_type,
        "signInAudience": audience,
        "tags": it.tags,
        "keyCredentials": [],
        "passwordCredentials": [],
        "appRoles": [],
    })
}

/// `microsoft.graph.group`.
pub(super) fn group(it: &Group) -> Value {
    json!({
        "id": it.id,
        "deletedDateTime": null,
        "displayName": it.display_name,
        "groupTypes": [],
        "mailEnabled": false,
        "securityEnabled": it.security_enabled,
    })
}

/// The object with `@odata.type` in front: for lists that mix types.
pub(super) fn typed(kind: &str, object: Value) -> Value {
    let mut typed = json!({"@odata.type": format!("#microsoft.graph.{kind}")});
    if let (Some(typed), Value::Object(object)) = (typed.as_object_mut(), object) {
        typed.extend(object);
    }
    typed
}
