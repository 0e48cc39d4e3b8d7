//! What a provider's operations are called, for whoever writes a role: out of the mock's own route table, and the data actions
//! of the built-in roles.
//!
//! Shapes: azure-rest-api-specs `authorization/…/2022-04-01/authorization-ProviderOperationsCalls.json` and the `Operations_List` of
//! each provider, which are not at hand. Names for people are the actions' own.

use std::collections::{BTreeMap, BTreeSet};

use http::StatusCode;
use serde_json::{Value, json};

use super::errors::error;
use super::{page, provider, simplified, unbundled};
use crate::auth::{Audience, Caller};
use crate::context::Context;
use crate::rbac::built_in::BUILT_IN;
use crate::request::{Reply, Request};
use crate::services::{Access, Handler, Operation, SERVICES, Service};

/// The service.
pub const SERVICE: Service = provider(
    "arm-provider-operations",
    "names of operations, for whoever writes a role",
    OPERATIONS,
);

const OPERATIONS: &[Operation] = &[
    asked(
        "ProviderOperationsMetadata_List",
        "/providers/Microsoft.Authorization/providerOperations",
        list,
    ),
    asked(
        "ProviderOperationsMetadata_Get",
        "/providers/Microsoft.Authorization/providerOperations/{resourceProviderNamespace}",
        get,
    ),
    asked(
        "Operations_List",
        "/providers/{resourceProviderNamespace}/operations",
        flat,
    ),
];

/// What anybody with a token may ask.
const fn asked(id: &'static str, path: &'static str, handler: Handler) -> Operation {
    let operation = Operation {
        id,
        method: http::Method::GET,
        path,
        access: Access::Bearer(Audience::Arm),
        spec: None,
        simplified: "",
        handler: Some(handler),
    };
    unbundled(simplified(
        operation,
        "operations that the mock knows, without texts",
    ))
}

/// A type with its actions, each with whether it is of the data plane.
type Types = BTreeMap<String, BTreeSet<(&'static str, bool)>>;

/// Namespaces with the types and actions of each; one namespace may be spelled in several ways.
fn namespaces() -> BTreeMap<String, (&'static str, Types)> {
    let operations = SERVICES.iter().flat_map(|it| it.operations);
    let control = operations.filter_map(|it| match it.access {
        Access::Arm(action) => Some((action, false)),
        _ => None,
    });
    let data = BUILT_IN.iter().flat_map(|it| it.data_actions);
    let data = data.map(|action| (*action, true));
    let mut found = BTreeMap::<String, (&str, Types)>::new();
    for (action, is_data) in control.chain(data).filter(|it| !it.0.contains('*')) {
        let Some((namespace, rest)) = action.split_once('/') else {
            continue;
        };
        let verb = rest.strip_suffix("/action").unwrap_or(rest);
        let kind = verb.rsplit_once('/').map_or("", |(kind, _)| kind);
        let entry = found.entry(namespace.to_ascii_lowercase());
        let (_, types) = entry.or_insert((namespace, Types::new()));
        types
            .entry(kind.to_owned())
            .or_default()
            .insert((action, is_data));
    }
    found
}

fn list(_: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let all = namespaces().into_values();
    page::reply(
        request,
        all.map(|(name, types)| shown(name, &types)).collect(),
    )
}

fn get(_: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    named(request).map_or_else(
        |missing| missing,
        |(name, types)| Reply::ok(&shown(name, &types)),
    )
}

/// The operations of a provider in one list.
fn flat(_: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let (namespace, types) = match named(request) {
        Ok(found) => found,
        Err(missing) => return missing,
    };
    let operations = types.iter().flat_map(|(kind, actions)| {
        actions.iter().map(move |(action, is_data)| {
            json!({
                "name": action,
                "isDataAction": is_data,
                "display": {"provider": namespace, "resource": kind, "operation": action, "description": action},
            })
        })
    });
    page::single(operations.collect())
}

fn named(request: &Request) -> Result<(&'static str, Types), Reply> {
    let wanted = request.parameter("resourceProviderNamespace");
    namespaces()
        .remove(&wanted.to_ascii_lowercase())
        .ok_or_else(|| {
            let message = format!("The resource namespace '{wanted}' is invalid.");
            error(StatusCode::NOT_FOUND, "InvalidResourceNamespace", &message)
        })
}

fn shown(namespace: &str, types: &Types) -> Value {
    let operations = |of: &BTreeSet<(&str, bool)>| -> Value {
        let each = |(action, is_data): &(&str, bool)| {
            json!({
                "name": action,
                "displayName": action,
                "description": action,
                "origin": null,
                "properties": null,
                "isDataAction": is_data,
            })
        };
        of.iter().map(each).collect()
    };
    let of_types = types.iter().filter(|it| !it.0.is_empty());
    let of_types: Vec<Value> = of_types
        .map(|(name, of)| json!({"name": name, "displayName": name, "operations": operations(of)}))
        .collect();
    json!({
        "id": format!("/providers/Microsoft.Authorization/providerOperations/{namespace}"),
        "name": namespace,
        "type": "Microsoft.Authorization/providerOperations",
        "displayName": namespace,
        "resourceTypes": of_types,
        "operations": types.get("").map_or_else(|| json!([]), operations),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::arm;
    use crate::services::testing::example;

    #[test]
    fn a_provider_tells_its_operations_of_both_planes() {
        let context = example();
        let path = "/providers/Microsoft.Authorization/providerOperations";
        let vaults = arm(&context, &format!("{path}/microsoft.keyvault")).ok();
        assert_eq!(vaults["name"], "Microsoft.KeyVault");
        let secrets = vaults["resourceTypes"].as_array().unwrap().iter();
        let secrets: Vec<_> = secrets
            .filter(|it| it["name"] == "vaults/secrets")
            .flat_map(|it| it["operations"].as_array().unwrap())
            .collect();
        assert!(secrets.iter().any(|it| {
            it["name"] == "Microsoft.KeyVault/vaults/secrets/getSecret/action"
                && it["isDataAction"] == true
        }));
        let all = arm(&context, path).ok();
        assert!(all["value"].as_array().unwrap().len() > 5);
        let flat = arm(&context, "/providers/Microsoft.Network/operations").ok();
        let flat = flat["value"].as_array().unwrap();
        assert!(
            flat.iter()
                .any(|it| it["name"] == "Microsoft.Network/virtualNetworks/read")
        );
        let unknown = arm(&context, &format!("{path}/Contoso.Nothing")).json();
        assert_eq!(unknown.0, 404);
    }
}
