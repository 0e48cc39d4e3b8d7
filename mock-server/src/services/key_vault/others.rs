//! Keys and certificates of a vault: there are none. Their lists are empty for whoever may see them.

use http::Method;
use serde_json::json;

use super::access::Deed;
use super::vault::Vault;
use super::{SUFFIX, refuse, settle};
use crate::auth::{Audience, Caller};
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::{Access, ApiVersion, Handler, Hosts, Operation, Service};

/// The service.
pub const SERVICE: Service = Service {
    name: "key-vault-others",
    about: "keys and certificates of a vault, of which there are none",
    hosts: Hosts::Suffix(SUFFIX),
    api_version: ApiVersion::DateOrNumber,
    operations: OPERATIONS,
    refuse,
};

const OPERATIONS: &[Operation] = &[
    listed("GetKeys", "/keys", keys),
    listed("GetDeletedKeys", "/deletedkeys", keys),
    listed("GetCertificates", "/certificates", certificates),
    listed(
        "GetDeletedCertificates",
        "/deletedcertificates",
        certificates,
    ),
];

const fn listed(id: &'static str, path: &'static str, handler: Handler) -> Operation {
    Operation {
        id,
        method: Method::GET,
        path,
        access: Access::Bearer(Audience::KeyVault),
        spec: None,
        simplified: "always empty",
        handler: Some(handler),
    }
}

fn keys(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    none(context, request, caller, Deed::ListKeys)
}

fn certificates(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    none(context, request, caller, Deed::ListCertificates)
}

fn none(context: &Context, request: &Request, caller: Option<&Caller>, deed: Deed) -> Reply {
    let vault = Vault::admitting(context, request, caller, deed, "");
    settle(vault.map(|_| Reply::ok(&json!({"value": [], "nextLink": null}))))
}

#[cfg(test)]
mod tests {
    use crate::auth::Audience;
    use crate::services::testing::{RESOURCE, RESOURCE_AUDITOR, changed, get};

    #[test]
    fn whoever_may_list_keys_sees_none() {
        let officer = "4633458b-17de-408a-b874-0445c86b69e6";
        let administrator = "00482a5a-887f-4fb3-b363-3b7fe8e74483";
        let ask = |role: &str, path: &str| {
            let context = changed(|world| {
                let id = format!(
                    "{}/providers/Microsoft.Authorization/roleAssignments/0b000000-0000-4000-8000-0000000000f1",
                    crate::services::testing::VAULT
                );
                let body = serde_json::json!({"id": id, "properties": {
                    "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{role}"),
                    "principalId": RESOURCE_AUDITOR,
                    "principalType": "ServicePrincipal",
                }});
                let body = body.as_object().cloned().unwrap();
                world.resources.push(crate::world::Resource { body });
            });
            let url = format!("kv-resource.vault.azure.net{path}?api-version=7.5");
            let ask = get(&context, &url).bearing(RESOURCE, RESOURCE_AUDITOR, Audience::KeyVault);
            ask.by("10.1.0.4").json()
        };
        for path in [
            "/keys",
            "/certificates",
            "/deletedkeys",
            "/deletedcertificates",
        ] {
            let (status, body) = ask(administrator, path);
            assert_eq!(
                (status, &body["value"]),
                (200, &serde_json::json!([])),
                "{path}"
            );
            assert_eq!(ask(officer, path).0, 403, "{path}");
        }
    }
}
