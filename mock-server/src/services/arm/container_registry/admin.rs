//! The admin user of a registry, which the mock has none of, and what registries have beside images: tokens, scope maps,
//! webhooks — none.

use serde_json::json;

use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::Refusal;
use crate::services::arm::errors::{bad_request, refuse};
use crate::services::arm::{found, page};

/// `Registries_ListCredentials` and `Registries_RegenerateCredential`. The text is Azure's (Azure/acr, issues about
/// `az acr credential show`); where the admin user is enabled, the mock has no password that its registry would take.
pub(super) fn credentials(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let registry = match found::parent(&state, request) {
        Ok(registry) => registry,
        Err(missing) => return missing,
    };
    if registry.property("/adminUserEnabled") == Some(&json!(true)) {
        let operation = "credentials of a registry's admin user".to_owned();
        return refuse(&Refusal::NotImplemented { operation }, request, context);
    }
    let message = format!(
        "Cannot perform credential operations for {} as admin user is disabled. Kindly enable admin user as per docs: https://docs.microsoft.com/en-us/azure/container-registry/container-registry-authentication#admin-account",
        registry.id
    );
    bad_request("UnAuthorizedForCredentialOperations", &message)
}

/// `Tokens_List`, `ScopeMaps_List`, `Webhooks_List`.
pub(super) fn none(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::parent(&state, request).map_or_else(|missing| missing, |_| page::single(Vec::new()))
}
