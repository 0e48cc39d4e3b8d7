//! A resource group as a template: `ResourceGroups_ExportTemplate` (azure-rest-api-specs `resources.json`, of which the bundled
//! file was cut; azure-docs, `azure-resource-manager/templates/export-template-portal.md`).
//!
//! Names are parameters whose defaults are the names; what Azure alone may say is left out. Resources that live in others are
//! part of those that show them.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Map, Value, json};

use super::write::{body, fields};
use super::{built, found, own_get, provider, simplified, unbundled};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::{Operation, Service};
use crate::store::RESOURCE_GROUPS;

/// The service.
pub const SERVICE: Service = provider("arm-export", "a resource group as a template", OPERATIONS);

const OPERATIONS: &[Operation] = &[simplified(
    unbundled(built(
        "ResourceGroups_ExportTemplate",
        Method::POST,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/exportTemplate",
        "Microsoft.Resources/subscriptions/resourceGroups/exportTemplate/action",
        "",
        export,
    )),
    "resources that have a location, without references to each other; api-versions are those of the mock's own table",
)];

const SCHEMA: &str =
    "https://schema.management.azure.com/schemas/2015-01-01/deploymentTemplate.json#";
/// What a template says of a resource beside its type, version and name.
const SAID: &[&str] = &[
    "location",
    "tags",
    "kind",
    "sku",
    "identity",
    "zones",
    "properties",
];
/// Azure's to say.
const READ_ONLY: &[&str] = &[
    "provisioningState",
    "resourceGuid",
    "etag",
    "privateEndpointConnections",
    "defaultSecurityRules",
    "networkInterfaces",
];

fn export(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    try_export(context, request).unwrap_or_else(|refused| refused)
}

fn try_export(context: &Context, request: &Request) -> Result<Reply, Reply> {
    let given = body::object(request)?;
    let wanted: Vec<_> = fields::texts(&given, "/resources")?;
    let is_wanted = |id: &str| {
        let all = wanted.is_empty() || wanted.contains(&"*");
        all || wanted.iter().any(|it| it.eq_ignore_ascii_case(id))
    };
    let state = context.state();
    let path = request.path.trim_end_matches('/');
    let group = path.rsplit_once('/').map_or(path, |(group, _)| group);
    let group = found::parse(group)?;
    let group = state.resource(group.as_str());
    let group = group.ok_or_else(|| {
        super::errors::resource_group_not_found(request.parameter("resourceGroupName"))
    })?;
    let mut parameters = Map::new();
    let mut resources = Vec::new();
    let within = state.below(&group.id).filter(|it| {
        it.body.contains_key("location") && !it.is_a(RESOURCE_GROUPS) && is_wanted(&it.id)
    });
    for resource in within {
        let Some(reply) = own_get::of(context, request, &resource.id) else {
            continue;
        };
        let shown: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let kind = shown["type"].as_str().unwrap_or_default();
        let parameter = parameter(kind, &resource.name, &parameters);
        let mut template = json!({
            "type": kind,
            "apiVersion": super::providers::newest_version(kind),
            "name": format!("[parameters('{parameter}')]"),
        });
        for key in SAID {
            if let Some(value) = shown.get(*key).filter(|it| !it.is_null()) {
                template[*key] = value.clone();
            }
        }
        if let Some(properties) = template["properties"].as_object_mut() {
            properties.retain(|key, _| !READ_ONLY.contains(&key.as_str()));
        }
        parameters.insert(
            parameter,
            json!({"defaultValue": resource.name, "type": "String"}),
        );
        resources.push(template);
    }
    Ok(Reply::ok(&json!({"template": {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "parameters": parameters,
        "variables": {},
        "resources": resources,
    }})))
}

/// `virtualNetworks_home_name`, or another when that is taken.
fn parameter(kind: &str, name: &str, taken: &Map<String, Value>) -> String {
    let last = kind.rsplit('/').next().unwrap_or(kind);
    let fits = |it: char| if it.is_ascii_alphanumeric() { it } else { '_' };
    let name: String = format!("{last}_{name}_name").chars().map(fits).collect();
    let taken: BTreeSet<&String> = taken.keys().collect();
    (1..)
        .map(|it| {
            if it == 1 {
                name.clone()
            } else {
                format!("{name}_{it}")
            }
        })
        .find(|it| !taken.contains(it))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::json;

    use crate::auth::Audience;
    use crate::services::testing::{HOME, IDENTITY, NET, ask, writable, write};

    #[test]
    fn a_group_is_a_template_of_what_it_holds() {
        let context = writable();
        let group = NET.split_once("/providers/").unwrap().0;
        let path = format!("{group}/exportTemplate");
        let export = |wanted: &str| {
            let body = json!({"resources": [wanted], "options": "IncludeParameterDefaultValue"});
            write(&context, Method::POST, &path).body(&body).ok()["template"].clone()
        };
        let all = export("*");
        let networks = all["resources"].as_array().unwrap().iter();
        let mut networks = networks.filter(|it| it["type"] == "Microsoft.Network/virtualNetworks");
        let network = networks.next().unwrap();
        assert_eq!(network["name"], "[parameters('virtualNetworks_home_name')]");
        assert_eq!(
            all["parameters"]["virtualNetworks_home_name"]["defaultValue"],
            "home"
        );
        assert!(network["properties"]["addressSpace"].is_object());
        assert!(network["properties"].get("provisioningState").is_none());
        let one = export(&format!("{NET}/virtualNetworks/home"));
        assert_eq!(one["resources"].as_array().map(Vec::len), Some(1));
        let nowhere = write(&context, Method::POST, &path.replace("/net/", "/no/"));
        assert_eq!(nowhere.body(&json!({})).json().0, 404);
        let url = format!("management.azure.com{path}?api-version=2024-07-01");
        let stranger = ask(&context, Method::POST, &url).bearing(HOME, IDENTITY, Audience::Arm);
        assert_eq!(stranger.body(&json!({})).json().0, 403);
    }
}
