//! Objects as Graph writes them (property names of `graph/v1.0/graph-v1.0-cut.csdl.xml`).
//!
//! What nobody gave is null or empty, as in a plain object of Graph; properties that Graph was told to keep come last.

use serde_json::{Map, Value, json};

use super::app_roles;
use crate::clock::rfc3339;
use crate::directory::{Details, GRAPH, Key, Password};
use crate::store::{State, Tenant};
use crate::world::{Application, FederatedIdentityCredential, Group, ServicePrincipal};

/// `microsoft.graph.application`.
pub(super) fn application(it: &Application, state: &State, tenant: &Tenant) -> Value {
    let details = state.directory.details(&tenant.id, &it.id);
    let object = json!({
        "id": it.id,
        "deletedDateTime": null,
        "appId": it.app_id,
        "applicationTemplateId": null,
        "disabledByMicrosoftStatus": null,
        "createdDateTime": details.created.map(rfc3339),
        "displayName": it.display_name,
        "description": null,
        "groupMembershipClaims": null,
        "identifierUris": it.identifier_uris,
        "isDeviceOnlyAuthSupported": null,
        "isDisabled": it.is_disabled.then_some(true),
        "isFallbackPublicClient": null,
        "notes": null,
        "publisherDomain": tenant.domain,
        "serviceManagementReference": null,
        "signInAudience": it.sign_in_audience,
        "tags": [],
        "tokenEncryptionKeyId": null,
        "uniqueName": null,
        "optionalClaims": null,
        "addIns": [],
        "api": {
            "acceptMappedClaims": null,
            "knownClientApplications": [],
            "requestedAccessTokenVersion": null,
            "oauth2PermissionScopes": [],
            "preAuthorizedApplications": [],
        },
        "appRoles": [],
        "info": {},
        "keyCredentials": keys(details, false),
        "parentalControlSettings": {"countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow"},
        "passwordCredentials": passwords(details),
        "publicClient": {"redirectUris": []},
        "requiredResourceAccess": it.required_resource_access,
        "verifiedPublisher": {},
        "web": web(it),
        "spa": {"redirectUris": []},
    });
    kept(object, details)
}

fn web(it: &Application) -> Value {
    let mut web = json!({
        "homePageUrl": null,
        "logoutUrl": null,
        "redirectUris": [],
        "implicitGrantSettings": {"enableAccessTokenIssuance": false, "enableIdTokenIssuance": false},
    });
    if let (Some(web), Some(Value::Object(given))) = (web.as_object_mut(), &it.web) {
        web.extend(given.clone());
    }
    web
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

/// `microsoft.graph.passwordCredential`, without the secret.
pub(super) fn password(it: &Password) -> Value {
    json!({
        "customKeyIdentifier": null,
        "displayName": it.display_name,
        "endDateTime": it.end.map(rfc3339),
        "hint": it.hint,
        "keyId": it.key_id,
        "secretText": null,
        "startDateTime": it.start.map(rfc3339),
    })
}

fn passwords(details: &Details) -> Vec<Value> {
    details.passwords.iter().map(password).collect()
}

/// `microsoft.graph.keyCredential`; the certificate itself only for whoever selects it.
pub(super) fn keys(details: &Details, with_key: bool) -> Vec<Value> {
    details.keys.iter().map(|it| key(it, with_key)).collect()
}

fn key(it: &Key, with_key: bool) -> Value {
    use base64::Engine as _;
    let encoded = || base64::engine::general_purpose::STANDARD.encode(&it.certificate.der);
    let identifier = it.custom_key_identifier.clone();
    json!({
        "customKeyIdentifier": identifier.unwrap_or_else(|| it.certificate.thumbprint()),
        "displayName": it.display_name,
        "endDateTime": rfc3339(it.end),
        "key": with_key.then(encoded),
        "keyId": it.key_id,
        "startDateTime": rfc3339(it.start),
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    })
}

/// `microsoft.graph.servicePrincipal`, with what its application, wherever that is, says about itself.
pub(super) fn service_principal(it: &ServicePrincipal, state: &State, tenant: &Tenant) -> Value {
    let details = state.directory.details(&tenant.id, &it.id);
    let backing = backing(it, state);
    let addresses = backing.and_then(|it| it.web.as_ref()?.get("redirectUris"));
    let object = json!({
        "id": it.id,
        "deletedDateTime": null,
        "accountEnabled": it.account_enabled,
        "alternativeNames": [],
        "appDescription": null,
        "appDisplayName": backing.map_or(&it.display_name, |it| &it.display_name),
        "appId": it.app_id,
        "applicationTemplateId": null,
        "appOwnerOrganizationId": owner(it, state),
        "appRoleAssignmentRequired": false,
        "description": null,
        "disabledByMicrosoftStatus": it.disabled_by_microsoft_status,
        "displayName": it.display_name,
        "homepage": null,
        "isDisabled": it.is_disabled.then_some(true),
        "loginUrl": null,
        "logoutUrl": null,
        "notes": null,
        "notificationEmailAddresses": [],
        "preferredSingleSignOnMode": null,
        "preferredTokenSigningKeyThumbprint": null,
        "replyUrls": addresses.cloned().unwrap_or_else(|| json!([])),
        "servicePrincipalNames": names(it, state),
        "servicePrincipalType": it.service_principal_type,
        "signInAudience": backing.map(|it| it.sign_in_audience.as_str()),
        "tags": it.tags,
        "tokenEncryptionKeyId": null,
        "addIns": [],
        "appRoles": app_roles::of(it, state),
        "info": {},
        "keyCredentials": keys(details, false),
        "oauth2PermissionScopes": [],
        "passwordCredentials": passwords(details),
        "resourceSpecificApplicationPermissions": [],
        "verifiedPublisher": {},
    });
    kept(object, details)
}

fn backing<'s>(it: &ServicePrincipal, state: &'s State) -> Option<&'s Application> {
    let home = state.directory.home_of(&it.app_id)?;
    state.application(home, &it.app_id)
}

/// The tenant in which its application is registered.
pub(super) fn owner<'s>(it: &'s ServicePrincipal, state: &'s State) -> Option<&'s str> {
    let known = it.app_owner_organization_id.as_deref();
    known.or_else(|| state.directory.home_of(&it.app_id))
}

/// The name by which tokens for Graph are asked.
pub(super) const GRAPH_URI: &str = "https://graph.microsoft.com";

/// `servicePrincipalNames`: its application's id and URIs.
pub(super) fn names<'s>(it: &'s ServicePrincipal, state: &'s State) -> Vec<&'s str> {
    let uris = backing(it, state)
        .into_iter()
        .flat_map(|it| &it.identifier_uris);
    let uris = uris.map(String::as_str);
    let of_graph = (it.app_id == GRAPH).then_some(GRAPH_URI);
    std::iter::once(it.app_id.as_str())
        .chain(uris)
        .chain(of_graph)
        .collect()
}

/// `microsoft.graph.group`.
pub(super) fn group(it: &Group, state: &State, tenant: &Tenant) -> Value {
    let details = state.directory.details(&tenant.id, &it.id);
    let object = json!({
        "id": it.id,
        "deletedDateTime": null,
        "createdDateTime": details.created.map(rfc3339),
        "description": null,
        "displayName": it.display_name,
        "groupTypes": [],
        "isAssignableToRole": null,
        "mail": null,
        "mailEnabled": false,
        "mailNickname": null,
        "membershipRule": null,
        "proxyAddresses": [],
        "renewedDateTime": details.created.map(rfc3339),
        "securityEnabled": it.security_enabled,
        "visibility": null,
    });
    kept(object, details)
}

/// `microsoft.graph.organization`.
pub(super) fn organization(tenant: &Tenant) -> Value {
    json!({
        "id": tenant.id,
        "deletedDateTime": null,
        "displayName": tenant.name,
        "businessPhones": [],
        "city": null,
        "country": null,
        "countryLetterCode": null,
        "createdDateTime": null,
        "marketingNotificationEmails": [],
        "onPremisesSyncEnabled": null,
        "preferredLanguage": "en",
        "securityComplianceNotificationMails": [],
        "securityComplianceNotificationPhones": [],
        "technicalNotificationMails": [],
        "tenantType": "AAD",
        "assignedPlans": [],
        "provisionedPlans": [],
        "verifiedDomains": [{
            "capabilities": "Email, OfficeCommunicationsOnline",
            "isDefault": true,
            "isInitial": true,
            "name": tenant.domain,
            "type": "Managed",
        }],
    })
}

/// `microsoft.graph.domain`: the one that every tenant begins with (microsoft-graph-docs, `resources/domain`).
pub(super) fn domain(tenant: &Tenant) -> Value {
    json!({
        "authenticationType": "Managed",
        "availabilityStatus": null,
        "id": tenant.domain,
        "isAdminManaged": true,
        "isDefault": true,
        "isInitial": true,
        "isRoot": true,
        "isVerified": true,
        "supportedServices": ["Email", "OfficeCommunicationsOnline"],
        "passwordValidityPeriodInDays": null,
        "passwordNotificationWindowInDays": null,
        "state": null,
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

fn kept(mut object: Value, details: &Details) -> Value {
    if let Some(object) = object.as_object_mut() {
        object.extend(properties(&details.properties));
    }
    object
}

fn properties(all: &Map<String, Value>) -> impl Iterator<Item = (String, Value)> {
    all.iter()
        .map(|(name, value)| (name.clone(), value.clone()))
}
