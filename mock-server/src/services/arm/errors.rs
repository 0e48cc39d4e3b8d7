//! ARM's error envelope, `{"error":{"code","message"}}`, and one constructor for each error that the mock can mean.
//!
//! Texts are those of `azure/IDENTITY.md` §6; where that lists only a code, the text is ours.

use http::StatusCode;
use serde_json::json;

use crate::context::Context;
use crate::ids::ResourceId;
use crate::rbac::DenyAssignment;
use crate::request::{Reply, Request};
use crate::services::bearer::Bearer;
use crate::services::{Refusal, too_large};

/// The envelope.
pub fn error(status: StatusCode, code: &str, message: &str) -> Reply {
    Reply::json(
        status,
        &json!({"error": {"code": code, "message": message}}),
    )
}

/// 404: no such resource, though its group (or parent) exists.
pub fn resource_not_found(id: &ResourceId) -> Reply {
    let group = id.resource_group.as_deref().unwrap_or_default();
    let message = format!(
        "The Resource '{}' under resource group '{group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
        type_and_names(id)
    );
    error(StatusCode::NOT_FOUND, "ResourceNotFound", &message)
}

/// 404: the resource group itself is missing.
pub fn resource_group_not_found(group: &str) -> Reply {
    let message = format!("Resource group '{group}' could not be found.");
    error(StatusCode::NOT_FOUND, "ResourceGroupNotFound", &message)
}

/// 404: the resource that the requested one would live in is missing.
pub fn parent_not_found(id: &ResourceId, parent: &ResourceId) -> Reply {
    parent_not_found_to("read", id, parent)
}

/// As [`parent_not_found`], for other verbs than `read`.
pub fn parent_not_found_to(verb: &str, id: &ResourceId, parent: &ResourceId) -> Reply {
    let message = format!(
        "Failed to perform '{verb}' on resource(s) of type '{}', because the parent resource '{}' could not be found.",
        id.resource_type, parent
    );
    error(StatusCode::NOT_FOUND, "ParentResourceNotFound", &message)
}

/// 404: no subscription of that id in this cloud.
pub fn subscription_not_found(id: &str) -> Reply {
    let message = format!("The subscription '{id}' could not be found.");
    error(StatusCode::NOT_FOUND, "SubscriptionNotFound", &message)
}

/// 400: a request whose query or filter cannot be read.
pub fn bad_request(code: &str, message: &str) -> Reply {
    error(StatusCode::BAD_REQUEST, code, message)
}

/// 409: what is there does not go with the request.
pub fn conflict(code: &str, message: &str) -> Reply {
    error(StatusCode::CONFLICT, code, message)
}

/// `Microsoft.Network/privateEndpoints/vault/privateDnsZoneGroups/default`: type segments and names in turn.
fn type_and_names(id: &ResourceId) -> String {
    let tail = id.as_str().rsplit_once("/providers/").map(|(_, tail)| tail);
    tail.unwrap_or(id.as_str()).to_owned()
}

/// What the router and `auth` refuse, in ARM's words.
pub fn refuse(refusal: &Refusal, request: &Request, _: &Context) -> Reply {
    match refusal {
        Refusal::NotImplemented { operation } => {
            let message = format!("the mock does not imitate this operation: {operation}");
            error(StatusCode::NOT_IMPLEMENTED, "NotImplemented", &message)
        }
        Refusal::ApiVersion { given: None } => bad_request(
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        ),
        Refusal::ApiVersion { given: Some(given) } => bad_request(
            "InvalidApiVersionParameter",
            &format!(
                "The api-version '{given}' is invalid. The supported versions have the form 'yyyy-MM-dd'."
            ),
        ),
        Refusal::UnknownSubscription { subscription } => subscription_not_found(subscription),
        Refusal::Misdirected { host } => error(
            StatusCode::MISDIRECTED_REQUEST,
            "MisdirectedRequest",
            &format!("the address that was dialled does not serve this host: {host}"),
        ),
        Refusal::TooLarge { limit } => error(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestEntityTooLarge",
            &too_large(*limit),
        ),
        Refusal::Malformed { why } => {
            bad_request("BadRequest", &format!("The request cannot be read: {why}"))
        }
        Refusal::Forbidden {
            action,
            scope,
            denied_by: None,
        } => forbidden(request, action, scope),
        Refusal::Forbidden {
            action,
            scope,
            denied_by: Some(by),
        } => denied(request, action, scope, by),
        Refusal::NoToken => unauthorized(
            "AuthenticationFailed",
            "Authentication failed. The 'Authorization' header is missing.",
            "The authentication failed because of missing 'Authorization' header.",
        ),
        Refusal::BadToken { why } => unauthorized(
            "InvalidAuthenticationToken",
            &format!("The access token is invalid: {why}"),
            "Could not validate the token.",
        ),
        Refusal::ExpiredToken => unauthorized(
            "ExpiredAuthenticationToken",
            "The access token expiry UTC time is earlier than current UTC time.",
            "The access token expired.",
        ),
        Refusal::WrongAudience { found, .. } => unauthorized(
            "InvalidAuthenticationTokenAudience",
            &format!(
                "The access token has been obtained for wrong audience or resource '{found}'. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'."
            ),
            "The access token has been obtained for wrong audience.",
        ),
        Refusal::WrongTenant { wanted, found } => unauthorized(
            "InvalidAuthenticationTokenTenant",
            &format!(
                "The access token is from the wrong issuer 'https://sts.windows.net/{found}/'. It must match the tenant 'https://sts.windows.net/{wanted}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/{wanted}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later."
            ),
            "The access token is from the wrong issuer.",
        ),
    }
}

fn unauthorized(code: &str, message: &str, description: &str) -> Reply {
    let challenge = format!(
        "Bearer authorization_uri=\"https://login.windows.net/\", error=\"invalid_token\", error_description=\"{description}\""
    );
    error(StatusCode::UNAUTHORIZED, code, message).with("www-authenticate", challenge)
}

/// The text is that of captured answers (such as hashicorp/terraform-provider-azurerm, issues about managed resource
/// groups).
fn denied(request: &Request, action: &str, scope: &str, by: &DenyAssignment) -> Reply {
    let caller = Bearer::of(request);
    let message = format!(
        "The client '{}' with object id '{}' has permission to perform action '{action}' on scope '{scope}'; however, the access is denied because of the deny assignment with name '{}' and Id '{}' at scope '{}'.",
        caller.application, caller.object, by.name, by.id, by.scope
    );
    error(
        StatusCode::FORBIDDEN,
        "DenyAssignmentAuthorizationFailed",
        &message,
    )
}

fn forbidden(request: &Request, action: &str, scope: &str) -> Reply {
    let caller = Bearer::of(request);
    let message = format!(
        "The client '{}' with object id '{}' does not have authorization to perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
        caller.application, caller.object
    );
    error(StatusCode::FORBIDDEN, "AuthorizationFailed", &message)
}
