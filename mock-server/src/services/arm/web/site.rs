//! How a site looks in ARM, with its configuration, functions and networks (`specs/web/2023-12-01`, and its examples).
//!
//! App settings are never part of a site's answer. Identities carry the ids of what was attached; outbound addresses are
//! the egress of the vantage that the app runs at. `sku`, which the specification leaves out, is the tier of the plan: Azure
//! CLI reads it from this version (`is_flex_functionapp`).

use serde_json::{Map, Value, json};

use super::plans::tier_of;
use crate::directory::SystemIdentity;
use crate::fabric::addresses::egress;
use crate::services::arm::shape;
use crate::services::functions::host_of;
use crate::services::private_endpoint::derived_guid;
use crate::store::plans::plan_of;
use crate::store::{Resource, State};
use crate::world::{Function, FunctionApp};

/// What of `siteConfig` only its owner may see.
pub(super) const SECRET: &[&str] = &["appSettings", "authSettingsV2", "connectionStrings"];

/// The site.
pub(super) fn site(state: &State, given: &Resource) -> Value {
    let mut body = shape::without_provisioning_state(given);
    let host = host_of(given);
    let scm = host.replacen('.', ".scm.", 1);
    let group = crate::ids::ResourceId::parse(&given.id).ok();
    let group = group.and_then(|id| id.resource_group);
    shape::default(&mut body, "state", json!("Running"));
    shape::default(&mut body, "enabled", json!(true));
    shape::default(&mut body, "usageState", json!("Normal"));
    shape::default(&mut body, "availabilityState", json!("Normal"));
    shape::default(&mut body, "vnetRouteAllEnabled", json!(false));
    shape::default(&mut body, "httpsOnly", json!(false));
    let ssl =
        |name: &str, kind: &str| json!({"name": name, "sslState": "Disabled", "hostType": kind});
    for (property, value) in [
        ("defaultHostName", json!(host)),
        ("hostNames", json!([host])),
        ("enabledHostNames", json!([host, scm])),
        (
            "hostNameSslStates",
            json!([ssl(&host, "Standard"), ssl(&scm, "Repository")]),
        ),
        ("repositorySiteName", json!(given.name)),
        ("resourceGroup", json!(group)),
    ] {
        shape::derive(&mut body, property, value);
    }
    let linux = is_linux(state, given);
    if body["kind"].is_null() {
        body["kind"] = json!(if linux { "app,linux" } else { "app" });
    }
    shape::default(&mut body, "reserved", json!(linux));
    if let Some(plan) = plan_of(given) {
        shape::derive(&mut body, "sku", json!(tier_of(state, plan)));
    }
    let app = state.function_app(&given.name);
    if let Some(app) = app {
        let address = json!(egress(state, &app.vantage).to_string());
        shape::default(&mut body, "outboundIpAddresses", address.clone());
        shape::default(&mut body, "possibleOutboundIpAddresses", address);
    }
    shape::derive(&mut body, "siteConfig", Value::Object(visible(given)));
    identities(state, app, &mut body);
    body
}

/// `siteConfig` without what is secret.
fn visible(site: &Resource) -> Map<String, Value> {
    let given = site.property("/siteConfig").and_then(Value::as_object);
    let visible = given.into_iter().flatten();
    visible
        .filter(|(key, _)| !SECRET.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// Principal and client ids of the identities that are attached.
fn identities(state: &State, app: Option<&FunctionApp>, body: &mut Value) {
    let Some(identity) = body.get_mut("identity").and_then(Value::as_object_mut) else {
        return;
    };
    let vantage = app.and_then(|app| Some((app, state.vantage(&app.vantage)?)));
    let system = vantage.and_then(|(app, vantage)| {
        SystemIdentity::of(&app.vantage, &vantage, |it| {
            state.tenant_of_subscription(it).map(str::to_owned)
        })
    });
    if let Some(system) = system {
        identity.insert("principalId".to_owned(), json!(system.principal_id));
        identity.insert("tenantId".to_owned(), json!(system.tenant));
    }
    let assigned = identity.get_mut("userAssignedIdentities");
    for (id, ids) in assigned
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
    {
        if let Some(it) = state.resource(id) {
            *ids = json!({
                "principalId": it.property("/principalId"),
                "clientId": it.property("/clientId"),
            });
        }
    }
}

/// `config/web`: what nobody set is as in the official example (`GetSiteConfig.json`). What the mock runs of the article on
/// Linux is the article's language.
pub(super) fn configuration(state: &State, site: &Resource) -> Value {
    let mut properties = visible(site);
    let route_all = site.property("/vnetRouteAllEnabled").cloned();
    for (key, value) in [
        ("vnetRouteAllEnabled", route_all.unwrap_or(json!(false))),
        ("vnetName", json!(network_name(site).unwrap_or_default())),
        ("linuxFxVersion", json!(runtime(state, site))),
        ("numberOfWorkers", json!(1)),
        ("netFrameworkVersion", json!("v4.0")),
        ("requestTracingEnabled", json!(false)),
        ("remoteDebuggingEnabled", json!(false)),
        ("httpLoggingEnabled", json!(false)),
        ("acrUseManagedIdentityCreds", json!(false)),
        ("logsDirectorySizeLimit", json!(35)),
        ("detailedErrorLoggingEnabled", json!(false)),
        ("use32BitWorkerProcess", json!(false)),
        ("webSocketsEnabled", json!(false)),
        ("alwaysOn", json!(false)),
        ("appCommandLine", json!("")),
        ("managedPipelineMode", json!("Integrated")),
        ("loadBalancing", json!("LeastRequests")),
        ("autoHealEnabled", json!(false)),
        ("vnetPrivatePortsCount", json!(0)),
        ("functionAppScaleLimit", json!(0)),
        ("functionsRuntimeScaleMonitoringEnabled", json!(false)),
        ("minimumElasticInstanceCount", json!(0)),
        ("azureStorageAccounts", json!({})),
        ("minTlsVersion", json!("1.2")),
        ("scmMinTlsVersion", json!("1.2")),
        ("ftpsState", json!("FtpsOnly")),
        ("http20Enabled", json!(false)),
        ("ipSecurityRestrictionsDefaultAction", json!("Allow")),
    ] {
        properties.entry(key).or_insert(value);
    }
    config(site, "web", Value::Object(properties))
}

/// `linuxFxVersion`.
fn runtime(state: &State, site: &Resource) -> &'static str {
    if is_linux(state, site) && state.function_app(&site.name).is_some() {
        "DOTNET-ISOLATED|8.0"
    } else {
        ""
    }
}

/// By its kind, and without one by itself or its plan (`reserved`: "true if Linux", `Site`).
fn is_linux(state: &State, site: &Resource) -> bool {
    let reserved = |it: &Resource| it.property("/reserved").and_then(Value::as_bool);
    match site.body.get("kind").and_then(Value::as_str) {
        Some(kind) => kind.contains("linux"),
        None => {
            let plan = plan_of(site).and_then(|it| state.resource(it));
            reserved(site).or(plan.and_then(reserved)) == Some(true)
        }
    }
}

/// A part of the configuration.
pub(super) fn config(site: &Resource, name: &str, properties: Value) -> Value {
    json!({
        "id": format!("{}/config/{name}", site.id),
        "name": name,
        "type": "Microsoft.Web/sites/config",
        "kind": site.body.get("kind"),
        "properties": properties,
    })
}

/// A deployed function by name, without case.
pub(super) fn deployed<'a>(app: &'a FunctionApp, name: &str) -> Option<(&'a str, &'a Function)> {
    let mut all = app.functions.iter();
    all.find(|(it, _)| it.eq_ignore_ascii_case(name))
        .map(|(name, function)| (name.as_str(), function))
}

/// A deployed function.
pub(super) fn function(state: &State, site: &Resource, name: &str) -> Option<Value> {
    let (name, function) = deployed(state.function_app(&site.name)?, name)?;
    let host = host_of(site);
    let href = format!("https://{host}/admin/functions/{name}");
    Some(json!({
        "id": format!("{}/functions/{name}", site.id),
        "name": format!("{}/{name}", site.name),
        "type": "Microsoft.Web/sites/functions",
        "properties": {
            "function_app_id": site.id,
            "href": href,
            "config": {
                "name": name,
                "language": "dotnet-isolated",
                "bindings": [
                    {"name": "req", "type": "httpTrigger", "direction": "In", "authLevel": "Function", "methods": ["get"]},
                    {"name": "$return", "type": "http", "direction": "Out"},
                ],
            },
            "invoke_url_template": format!("https://{host}/api/{}", name.to_ascii_lowercase()),
            "language": "dotnet-isolated",
            "isDisabled": function.disabled,
        },
    }))
}

fn subnet(site: &Resource) -> Option<&str> {
    let subnet = site.property("/virtualNetworkSubnetId")?.as_str()?;
    (!subnet.is_empty()).then_some(subnet)
}

fn network_name(site: &Resource) -> Option<String> {
    let subnet = crate::ids::ResourceId::parse(subnet(site)?).ok()?;
    crate::ids::ResourceId::parse(subnet.parent()?)
        .ok()
        .map(|network| network.name)
}

/// `networkConfig/virtualNetwork`; without `subnetResourceId` when the app is in no network.
pub(super) fn integration(site: &Resource) -> Value {
    let mut properties = json!({"swiftSupported": true});
    if let Some(subnet) = subnet(site) {
        properties["subnetResourceId"] = json!(subnet);
    }
    json!({
        "id": format!("{}/networkConfig/virtualNetwork", site.id),
        "name": "virtualNetwork",
        "type": "Microsoft.Web/sites/networkConfig",
        "properties": properties,
    })
}

/// `virtualNetworkConnections`. Its `vnetResourceId` is the subnet's id, as Azure CLI's reference shows for
/// `az functionapp vnet-integration list`.
pub(super) fn networks(site: &Resource) -> Vec<Value> {
    let connection = |subnet: &str| {
        let last = subnet.rsplit('/').next().unwrap_or_default();
        let name = format!("{}_{last}", derived_guid(subnet, "vnet-integration"));
        json!({
            "id": format!("{}/virtualNetworkConnections/{name}", site.id),
            "name": name,
            "type": "Microsoft.Web/sites/virtualNetworkConnections",
            "properties": {"vnetResourceId": subnet, "resyncRequired": false, "isSwift": true},
        })
    };
    subnet(site).map(connection).into_iter().collect()
}
