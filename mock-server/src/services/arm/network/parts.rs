//! Public addresses, application security groups, default rules of security groups, and lists that are empty here.
//!
//! A public address is Azure's to choose: one of the block that is kept for documentation (RFC 5737), by the id. Nothing of
//! the mock can be reached by it. Shapes: azure-rest-api-specs `network/…/2024-01-01` (`publicIpAddress.json`,
//! `applicationSecurityGroup.json`, `networkSecurityGroup.json`), of which the bundled files were cut to definitions.

use http::Method;
use serde_json::{Value, json};

use super::rules;
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::errors::{bad_request, resource_not_found};
use crate::services::arm::operations::Style;
use crate::services::arm::write::{Body, Kind, Location, Manner, Write, fields};
use crate::services::arm::{
    built, delete, found, get, list, page, patch, provider, put, read, shape, simplified, unbundled,
};
use crate::services::private_endpoint::derived_guid;
use crate::services::{Operation, Service};
use crate::store::{Resource, State};

/// The service.
pub const SERVICE: Service = provider(
    "arm-network-parts",
    "public addresses, application security groups, default security rules",
    OPERATIONS,
);

const ADDRESS: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/publicIPAddresses/{publicIpAddressName}";
const READ_ADDRESS: &str = "Microsoft.Network/publicIPAddresses/read";
const WRITE_ADDRESS: &str = "Microsoft.Network/publicIPAddresses/write";
const GROUP: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/applicationSecurityGroups/{applicationSecurityGroupName}";
const READ_GROUP: &str = "Microsoft.Network/applicationSecurityGroups/read";
const WRITE_GROUP: &str = "Microsoft.Network/applicationSecurityGroups/write";
const READ_RULE: &str = "Microsoft.Network/networkSecurityGroups/defaultSecurityRules/read";

/// THE list.
const OPERATIONS: &[Operation] = &[
    unbundled(list::<Addresses>(
        "PublicIPAddresses_ListAll",
        "/subscriptions/{subscriptionId}/providers/Microsoft.Network/publicIPAddresses",
        READ_ADDRESS,
        "",
    )),
    unbundled(list::<Addresses>(
        "PublicIPAddresses_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/publicIPAddresses",
        READ_ADDRESS,
        "",
    )),
    unbundled(get::<Addresses>(
        "PublicIPAddresses_Get",
        ADDRESS,
        READ_ADDRESS,
        "",
    )),
    simplified(
        unbundled(put::<Addresses>(
            "PublicIPAddresses_CreateOrUpdate",
            ADDRESS,
            WRITE_ADDRESS,
            "",
        )),
        "an address of the block that is kept for documentation, by which nothing is reached; nothing takes it",
    ),
    unbundled(patch::<Addresses>(
        "PublicIPAddresses_UpdateTags",
        ADDRESS,
        WRITE_ADDRESS,
        "",
    )),
    unbundled(delete::<Addresses>(
        "PublicIPAddresses_Delete",
        ADDRESS,
        "Microsoft.Network/publicIPAddresses/delete",
        "",
    )),
    unbundled(list::<Groups>(
        "ApplicationSecurityGroups_ListAll",
        "/subscriptions/{subscriptionId}/providers/Microsoft.Network/applicationSecurityGroups",
        READ_GROUP,
        "",
    )),
    unbundled(list::<Groups>(
        "ApplicationSecurityGroups_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/applicationSecurityGroups",
        READ_GROUP,
        "",
    )),
    unbundled(get::<Groups>(
        "ApplicationSecurityGroups_Get",
        GROUP,
        READ_GROUP,
        "",
    )),
    unbundled(put::<Groups>(
        "ApplicationSecurityGroups_CreateOrUpdate",
        GROUP,
        WRITE_GROUP,
        "",
    )),
    unbundled(patch::<Groups>(
        "ApplicationSecurityGroups_UpdateTags",
        GROUP,
        WRITE_GROUP,
        "",
    )),
    unbundled(delete::<Groups>(
        "ApplicationSecurityGroups_Delete",
        GROUP,
        "Microsoft.Network/applicationSecurityGroups/delete",
        "",
    )),
    unbundled(read(
        "DefaultSecurityRules_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}/defaultSecurityRules",
        READ_RULE,
        "",
        default_rules,
    )),
    unbundled(read(
        "DefaultSecurityRules_Get",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}/defaultSecurityRules/{defaultSecurityRuleName}",
        READ_RULE,
        "",
        default_rule,
    )),
    // -- of what is there, and has none of these --
    unbundled(read(
        "NetworkInterfaceLoadBalancers_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/networkInterfaces/{networkInterfaceName}/loadBalancers",
        "Microsoft.Network/networkInterfaces/loadBalancers/read",
        "",
        none,
    )),
    unbundled(read(
        "SecurityAdminConfigurations_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/networkManagers/{networkManagerName}/securityAdminConfigurations",
        "Microsoft.Network/networkManagers/securityAdminConfigurations/read",
        "",
        none,
    )),
    unbundled(read(
        "SecurityUserConfigurations_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/networkManagers/{networkManagerName}/securityUserConfigurations",
        "Microsoft.Network/networkManagers/securityUserConfigurations/read",
        "",
        none,
    )),
    unbundled(read(
        "NetworkManagerRoutingConfigurations_List",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/networkManagers/{networkManagerName}/routingConfigurations",
        "Microsoft.Network/networkManagers/routingConfigurations/read",
        "",
        none,
    )),
    unbundled(built(
        "ListActiveSecurityAdminRules",
        Method::POST,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/networkManagers/{networkManagerName}/listActiveSecurityAdminRules",
        "Microsoft.Network/networkManagers/listActiveSecurityAdminRules/action",
        "",
        none,
    )),
    unbundled(built(
        "ListNetworkManagerEffectiveSecurityAdminRules",
        Method::POST,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/listNetworkManagerEffectiveSecurityAdminRules",
        "Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveSecurityAdminRules/action",
        "",
        none,
    )),
];

/// Application security groups: a name that rules and interfaces use.
struct Groups;

impl Kind for Groups {
    const TYPE: &'static str = "Microsoft.Network/applicationSecurityGroups";
    const LOCATION: Location = Location::Required;
    const PUT: Manner = Manner::Operation(Style::AzureAsyncOperation);
    const DELETE: Manner = Manner::Operation(Style::Both);

    fn prepare(_: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::keep_only(body, &[]);
        Ok(())
    }

    fn show(_: &State, given: &Resource) -> Value {
        let mut body = shape::resource(given);
        let guid = derived_guid(&given.id, "resource");
        shape::default(&mut body, "resourceGuid", json!(guid));
        body["etag"] = shape::etag(given, &body);
        body
    }
}

/// What a client may say of an address (`publicIpAddress.json`, `PublicIPAddressPropertiesFormat`).
const SETTINGS: &[&str] = &[
    "ddosSettings",
    "deleteOption",
    "dnsSettings",
    "idleTimeoutInMinutes",
    "ipTags",
    "publicIPAddressVersion",
    "publicIPAllocationMethod",
];

/// Public addresses.
struct Addresses;

impl Kind for Addresses {
    const TYPE: &'static str = "Microsoft.Network/publicIPAddresses";
    const LOCATION: Location = Location::Required;
    const PUT: Manner = Manner::Operation(Style::AzureAsyncOperation);
    const DELETE: Manner = Manner::Operation(Style::Both);

    fn prepare(_: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::keep_only(body, SETTINGS);
        let methods = &["Static", "Dynamic"];
        let method = fields::one_of(body, "/properties/publicIPAllocationMethod", methods)?;
        fields::one_of(
            body,
            "/properties/publicIPAddressVersion",
            &["IPv4", "IPv6"],
        )?;
        fields::number(body, "/properties/idleTimeoutInMinutes")?;
        let sku = fields::one_of(body, "/sku/name", &["Basic", "Standard", "StandardV2"])?;
        let is_basic = matches!(sku, None | Some("Basic"));
        if !is_basic && method == Some("Dynamic") {
            return Err(bad_request(
                "PublicIPAndSKUNotCompatible",
                "Standard sku publicIp must have AllocationMethod set to Static.",
            ));
        }
        let method = method.unwrap_or(if is_basic { "Dynamic" } else { "Static" });
        fields::set(body, "publicIPAllocationMethod", method);
        Ok(())
    }

    fn show(_: &State, given: &Resource) -> Value {
        let mut body = shape::resource(given);
        if body["sku"].is_null() {
            body["sku"] = json!({"name": "Basic", "tier": "Regional"});
        } else if body["sku"]["tier"].is_null() {
            body["sku"]["tier"] = json!("Regional");
        }
        for (property, value) in [
            ("resourceGuid", json!(derived_guid(&given.id, "resource"))),
            ("publicIPAddressVersion", json!("IPv4")),
            ("idleTimeoutInMinutes", json!(4)),
            ("ipTags", json!([])),
        ] {
            shape::default(&mut body, property, value);
        }
        if body["properties"]["publicIPAllocationMethod"] == "Static" {
            shape::derive(&mut body, "ipAddress", json!(address(given)));
        }
        body["etag"] = shape::etag(given, &body);
        body
    }
}

/// Of `203.0.113.0/24` and `2001:db8::/32`.
fn address(given: &Resource) -> String {
    let guid = derived_guid(&given.id, "address").replace('-', "");
    let number = u64::from_str_radix(&guid[..12], 16).unwrap_or_default();
    let version = given.property("/publicIPAddressVersion");
    if version.and_then(Value::as_str) == Some("IPv6") {
        return format!("2001:db8::{:x}", number % 0xffff + 1);
    }
    format!("203.0.113.{}", number % 254 + 1)
}

fn default_rules(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::parent(&state, request).map_or_else(
        |missing| missing,
        |group| page::single(rules::defaults(group)),
    )
}

fn default_rule(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let answer = || {
        let id = found::parse(&request.path)?;
        let group = id.parent().unwrap_or_default();
        let group = state
            .resource(group)
            .ok_or_else(|| found::missing(&state, &id))?;
        let mut all = rules::defaults(group).into_iter();
        let is_it = |it: &Value| {
            let name = it["name"].as_str().unwrap_or_default();
            name.eq_ignore_ascii_case(&id.name)
        };
        let found = all.find(is_it).ok_or_else(|| resource_not_found(&id))?;
        Ok(Reply::ok(&found))
    };
    answer().unwrap_or_else(|refused| refused)
}

fn none(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::parent(&state, request).map_or_else(|missing| missing, |_| page::single(Vec::new()))
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::json;

    use crate::services::testing::{NET, writable, write};

    #[test]
    fn a_public_address_is_made_changed_and_deleted() {
        let context = writable();
        let path = format!("{NET}/publicIPAddresses/ip");
        let put = |body| {
            let answer = write(&context, Method::PUT, &path).body(&body).json();
            context.clock.advance(std::time::Duration::from_secs(60));
            answer
        };
        let sku = json!({"name": "Standard"});
        let (status, made) = put(json!({"location": "japaneast", "sku": sku}));
        assert_eq!(status, 201, "{made}");
        assert!(
            made["properties"]["ipAddress"]
                .as_str()
                .unwrap()
                .starts_with("203.0.113.")
        );
        let wrong = json!({"location": "japaneast", "sku": sku, "properties": {"publicIPAllocationMethod": "Dynamic"}});
        let (status, refused) = put(wrong);
        assert_eq!(
            (status, &refused["error"]["code"]),
            (400, &json!("PublicIPAndSKUNotCompatible"))
        );
        let basic = write(
            &context,
            Method::PUT,
            &format!("{NET}/publicIPAddresses/basic"),
        )
        .body(&json!({"location": "japaneast"}))
        .json()
        .1;
        assert!(basic["properties"].get("ipAddress").is_none(), "{basic}");
        let patched = write(&context, Method::PATCH, &path).body(&json!({"tags": {"a": "b"}}));
        assert_eq!(patched.ok()["tags"]["a"], "b");
        assert_eq!(write(&context, Method::DELETE, &path).json().0, 202);
        let exported = context.state().export(&crate::world::example());
        let text = serde_json::to_string(&exported).unwrap();
        let file = xtenant_source::SourceFile::new("state.json", text);
        assert!(crate::world::World::parse(&file).is_ok());
    }

    #[test]
    fn the_default_rules_of_a_group_are_listed_and_read() {
        let context = writable();
        let group = format!("{NET}/networkSecurityGroups/g");
        let made = write(&context, Method::PUT, &group).body(&json!({"location": "japaneast"}));
        assert_eq!(made.json().0, 201);
        let rules = format!("{group}/defaultSecurityRules");
        let all = write(&context, Method::GET, &rules).ok();
        assert_eq!(all["value"].as_array().map(Vec::len), Some(6));
        let one = write(&context, Method::GET, &format!("{rules}/denyallinbound")).ok();
        assert_eq!(one["properties"]["access"], "Deny");
        for missing in [format!("{rules}/none"), rules.replace("/g/", "/other/")] {
            assert_eq!(
                write(&context, Method::GET, &missing).json().0,
                404,
                "{missing}"
            );
        }
    }
}
