//! The official examples of writes as requests to the mock: nothing is changed by hand.
//!
//! What is changed by rule: the subscription is the world's, ids of tenants, management groups, roles and principals are
//! ones that the world has, endpoints lead to its vault, the connection of an endpoint has the name that it got here. What
//! an example refers to is made before it ([`crate::seeds`]), by its own name.

use serde_json::{Value, json};

use crate::client::{Client, HOME, RESOURCE};
use crate::exchange::Exchange;
use crate::seeds::Maker;
use crate::spec::{Documented, Specifications};

const SUBSCRIPTION: &str = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
/// A service principal of the home tenant that holds no role.
const PRINCIPAL: &str = "05000000-0000-4000-8000-000000000001";

/// The role Reader.
const ROLE: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
/// A role that nobody else has.
const CUSTOM_ROLE: &str = "0d000000-0000-4000-8000-00000000000e";
const THEIRS: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";
const VAULT: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/app/providers/Microsoft.KeyVault/vaults/kv-home";

/// Examples that the mock does not take, and why.
const REFUSED: &[(&str, &str)] = &[
    (
        "NetworkManagerCommitPost",
        "commits a security admin configuration; the mock has connectivity configurations alone",
    ),
    (
        "NetworkManagerPut",
        "has no location, which ARM asks of every tracked resource (`LocationRequired`)",
    ),
    (
        "NetworkWatcherConnectivityCheck",
        "asks from a virtual machine; the mock has network interfaces without machines",
    ),
    (
        "NetworkWatcherIpFlowVerify",
        "asks of a virtual machine; the mock has network interfaces without machines",
    ),
    (
        "NetworkWatcherNextHopGet",
        "its source address is none of the interface that it names",
    ),
    (
        "PutRoleDefinition",
        "its `roleDefinition` is empty, what it means stands in another parameter",
    ),
    (
        "RoleAssignments_CreateForResource",
        "assigns at a database account, a type that the mock does not have",
    ),
    ("ResourcesFacetQuery", "facets are not evaluated"),
    (
        "ResourcesNextPageQuery",
        "its query's operator `contains` is not evaluated",
    ),
];

/// An example and what came of it.
pub(crate) struct Tried {
    pub(crate) name: String,
    pub(crate) exchange: Exchange,
    /// Why it is right that it was refused.
    pub(crate) excuse: Option<&'static str>,
}

/// Every example of an operation that writes and that the mock has.
pub(crate) fn try_all(specifications: &Specifications) -> Vec<Tried> {
    let mut tried = Vec::new();
    for operation in &specifications.operations {
        if matches!(operation.method.as_str(), "GET" | "HEAD") {
            continue;
        }
        let examples = operation.item["x-ms-examples"].as_object();
        for reference in examples.into_iter().flatten().map(|(_, it)| it) {
            let reference = reference["$ref"].as_str().unwrap();
            let example = specifications.example(&operation.file, reference);
            let name = reference.rsplit('/').next().unwrap().to_owned();
            let name = name.trim_end_matches(".json").to_owned();
            tried.extend(try_one(
                specifications,
                operation,
                name,
                &example["parameters"],
            ));
        }
    }
    tried
}

fn try_one(
    specifications: &Specifications,
    operation: &Documented,
    name: String,
    parameters: &Value,
) -> Option<Tried> {
    let mut client = Client::new(specifications);
    let parameters = mapped(operation, parameters);
    let mut target = filled(operation, &parameters);
    let path = target.split('?').next().unwrap_or_default();
    let (host, path) = path.split_at(path.find('/').unwrap_or_default());
    let host = if host.is_empty() {
        "management.azure.com"
    } else {
        host
    };
    let (_, built) = crate::client::table_operation(&operation.method, host, path)?;
    built.handler?;
    let body = operation
        .parameters
        .iter()
        .find(|it| it.is_in("body"))
        .and_then(|it| parameters.get(it.name()));
    let mut maker = Maker::new(&mut client, body);
    if host == "management.azure.com" {
        let is_new = operation.method == "PUT";
        target = maker.prepare(&target, is_new);
        maker.everything_in(body.unwrap_or(&Value::Null));
    } else {
        maker.secret(&target, &operation.method);
    }
    let body = body.map(Value::to_string).unwrap_or_default();
    let exchange = client.ask(&operation.method, &target, &[], body.as_bytes());
    let excuse = REFUSED.iter().find(|(example, _)| *example == name);
    Some(Tried {
        name,
        exchange,
        excuse: excuse.map(|(_, why)| *why),
    })
}

/// The path with its parameters, and the query.
fn filled(operation: &Documented, parameters: &Value) -> String {
    let text = |name: &str| match &parameters[name] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let mut path = operation.path.clone();
    let mut query = Vec::new();
    for parameter in &operation.parameters {
        let name = parameter.name();
        if parameter.is_in("path") {
            let value = text(name);
            let value = value.trim_start_matches('/');
            path = path.replace(&format!("{{{name}}}"), value);
        } else if parameter.is_in("query") && !parameters[name].is_null() {
            query.push(format!("{name}={}", text(name)));
        }
    }
    if operation.file.starts_with("keyvault-data/") {
        path = format!("kv-home.vault.azure.net{path}");
    }
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{path}{mark}{}", query.join("&"))
}

/// The parameters with ids of this world.
fn mapped(operation: &Documented, parameters: &Value) -> Value {
    let mut parameters = parameters.clone();
    let own = parameters["subscriptionId"].as_str().map(str::to_owned);
    rewrite(&mut parameters, "", own.as_deref());
    for name in ["groupId", "managementGroupId"] {
        if parameters[name].is_string() {
            parameters[name] = json!("contoso");
        }
    }
    // A placeholder that is the parameter's own name.
    for (name, value) in [
        ("scope", format!("subscriptions/{SUBSCRIPTION}")),
        ("roleDefinitionId", CUSTOM_ROLE.to_owned()),
    ] {
        if parameters[name] == name {
            parameters[name] = json!(value);
        }
    }
    if operation.path.contains("/scopeConnections/")
        && let Some(properties) = parameters.pointer_mut("/parameters/properties")
    {
        // Connections lead to another tenant.
        properties["tenantId"] = json!(RESOURCE);
        properties["resourceId"] = json!(THEIRS);
    }
    parameters
}

fn rewrite(value: &mut Value, key: &str, subscription: Option<&str>) {
    match value {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| rewrite(item, key, subscription)),
        Value::Object(map) => {
            // No list of this world gave them out.
            map.shift_remove("skipToken");
            for (key, value) in map {
                rewrite(value, key, subscription);
            }
        }
        Value::String(text) => {
            *text = match key {
                "subscriptionId" | "subscriptions" if !text.contains('/') => {
                    SUBSCRIPTION.to_owned()
                }
                "tenantId" => HOME.to_owned(),
                "principalId" | "objectId" => PRINCIPAL.to_owned(),
                // A world has no users.
                "principalType" => "ServicePrincipal".to_owned(),
                // Private link services are a type that the mock does not have.
                "privateLinkServiceId" => VAULT.to_owned(),
                "groupIds" | "groupId" => "vault".to_owned(),
                "memberName" => "default".to_owned(),
                "managementGroups" if !text.contains('/') => "contoso".to_owned(),
                _ => with_own_ids(text, subscription),
            };
        }
        _ => {}
    }
}

/// An id with the world's subscription and management group; anything else as it is.
fn with_own_ids(text: &str, subscription: Option<&str>) -> String {
    // One example has the singular.
    let text = text.replace("/resourceGroup/", "/resourceGroups/");
    let mut parts: Vec<&str> = text.split('/').collect();
    for at in 1..parts.len() {
        match parts[at - 1] {
            "subscriptions" => parts[at] = SUBSCRIPTION,
            "managementGroups" => parts[at] = "contoso",
            "roleDefinitions" => parts[at] = ROLE,
            _ => {}
        }
    }
    let text = parts.join("/");
    match subscription {
        Some(id) if id.len() > 20 => text.replace(id, SUBSCRIPTION),
        _ => text,
    }
}
