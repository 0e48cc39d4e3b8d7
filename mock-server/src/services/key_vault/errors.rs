//! Key Vault's error envelope, `{"error":{"code","message","innererror":{"code"}}}`, and its texts.
//!
//! Texts are those of `azure/IDENTITY.md` §6 "Key Vault"; where that lists none, the text is ours.

use http::StatusCode;
use serde_json::json;

use crate::rbac::DenyAssignment;
use crate::request::Reply;

/// The envelope; `inner` is the code that tells one 403 from another.
pub fn error(status: StatusCode, code: &str, message: &str, inner: Option<&str>) -> Reply {
    let mut body = json!({"error": {"code": code, "message": message}});
    if let Some(inner) = inner {
        body["error"]["innererror"] = json!({"code": inner});
    }
    Reply::json(status, &body)
}

/// 401 with the challenge that names the vault's tenant.
pub fn unauthorized(message: &str, tenant: &str) -> Reply {
    let challenge = format!(
        "Bearer authorization=\"https://login.microsoftonline.com/{tenant}\", resource=\"https://vault.azure.net\""
    );
    error(StatusCode::UNAUTHORIZED, "Unauthorized", message, None)
        .with("www-authenticate", challenge)
}

/// 403: the connection was made to an address that is not this vault's.
pub fn wrong_connection(host: &str) -> Reply {
    let message = format!("This TCP connection does not allow access to {host}.");
    error(StatusCode::FORBIDDEN, "Forbidden", &message, None)
}

/// 403: public access is disabled, or the private connection is not approved.
pub fn by_connection(caller: &str, vault: &str) -> Reply {
    let message = format!(
        "Public network access is disabled and request is not from a trusted service nor via an approved private link.\r\nCaller: {caller}\r\nVault: {vault}"
    );
    error(
        StatusCode::FORBIDDEN,
        "Forbidden",
        &message,
        Some("ForbiddenByConnection"),
    )
}

/// 403: the firewall does not list the client's address.
pub fn by_firewall(address: &str, caller: &str, vault: &str) -> Reply {
    let message = format!(
        "Client address is not authorized and caller is not a trusted service.\r\nClient address: {address}\r\nCaller: {caller}\r\nVault: {vault}"
    );
    error(
        StatusCode::FORBIDDEN,
        "Forbidden",
        &message,
        Some("ForbiddenByFirewall"),
    )
}

/// What role-based access control refused.
pub struct Refused<'a> {
    /// The data action.
    pub action: &'a str,
    /// Where.
    pub resource: &'a str,
    /// The deny assignment that decided, if one did.
    pub denied_by: Option<&'a DenyAssignment>,
}

/// 403: no role assignment grants the data action, or a deny assignment takes it away. Which reason Key Vault names for
/// the latter is nowhere documented; the word is ours.
pub fn by_rbac(caller: &str, refused: &Refused<'_>, vault: &str) -> Reply {
    let Refused {
        action, resource, ..
    } = refused;
    let (denied_by, reason) = match refused.denied_by {
        Some(by) => (format!("'{}'", by.id), "DeniedByDenyAssignment"),
        None => ("null".to_owned(), "DeniedWithNoValidRBAC"),
    };
    let message = format!(
        "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\nCaller: {caller}\r\nAction: '{action}'\r\nResource: '{resource}'\r\nAssignment: (not found)\r\nDenyAssignmentId: {denied_by}\r\nDecisionReason: '{reason}' \r\nVault: {vault}\r\n"
    );
    error(
        StatusCode::FORBIDDEN,
        "Forbidden",
        &message,
        Some("ForbiddenByRbac"),
    )
}

/// 403: no access policy of the vault grants the permission.
pub fn by_policy(caller: &str, permission: &str, vault: &str) -> Reply {
    let message = format!(
        "The user, group or application '{caller}' does not have {permission} permission on key vault '{vault}'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287"
    );
    error(
        StatusCode::FORBIDDEN,
        "Forbidden",
        &message,
        Some("AccessDenied"),
    )
}

/// 403: the secret exists but may not be read now.
pub fn secret_unusable(why: &str, inner: &str) -> Reply {
    error(
        StatusCode::FORBIDDEN,
        "Forbidden",
        &format!("Operation get is not allowed on {why} secret."),
        Some(inner),
    )
}

/// 404: absent or soft-deleted.
pub fn secret_not_found(name: &str) -> Reply {
    let message = format!(
        "A secret with (name/id) {name} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182"
    );
    error(StatusCode::NOT_FOUND, "SecretNotFound", &message, None)
}

/// 404: not deleted, or purged. The text is Key Vault's (recordings of the JavaScript SDK's tests).
pub fn deleted_secret_not_found(name: &str) -> Reply {
    let message = format!("Deleted Secret not found: {name}");
    error(StatusCode::NOT_FOUND, "SecretNotFound", &message, None)
}

/// 409: the name belongs to a deleted secret. The text is Key Vault's (tests of azure-sdk-for-net).
pub fn secret_deleted_but_recoverable(name: &str) -> Reply {
    let message = format!(
        "Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged."
    );
    error(
        StatusCode::CONFLICT,
        "Conflict",
        &message,
        Some("ObjectIsDeletedButRecoverable"),
    )
}

/// 409: a backup is of a secret that is there. The text is ours.
pub fn secret_exists(name: &str) -> Reply {
    let message = format!("The secret {name} exists in this vault: a backup does not replace it.");
    error(StatusCode::CONFLICT, "Conflict", &message, None)
}

/// 403: the vault keeps deleted secrets until their time is over.
pub fn purge_protected(vault: &str) -> Reply {
    let message = format!(
        "Operation \"purge\" is not allowed because purge protection is enabled for this vault. Key Vault service will automatically purge it after the retention period has passed.\r\nVault: {vault}"
    );
    error(StatusCode::FORBIDDEN, "Forbidden", &message, None)
}

/// 400: a name that no secret can have.
pub fn invalid_name(name: &str) -> Reply {
    bad_parameter(&format!("The request URI contains an invalid name: {name}"))
}

/// 400: a request that cannot be read.
pub fn bad_parameter(message: &str) -> Reply {
    error(StatusCode::BAD_REQUEST, "BadParameter", message, None)
}
