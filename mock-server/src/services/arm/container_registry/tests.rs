//! Registries in ARM, and the names and addresses that follow from them.

use serde_json::{Value, json};

use crate::auth::Audience;
use crate::context::Context;
use crate::services::apps_world::{REGISTRY, context};
use crate::services::testing::{Ask, HOME, HOME_AUDITOR, NET, RESOURCE, RESOURCE_AUDITOR, get};

fn url(path: &str) -> String {
    format!("management.azure.com{path}?api-version=2023-12-01")
}

fn registry<'a>(context: &'a Context, path: &str) -> Ask<'a> {
    let path = format!("{REGISTRY}{path}");
    get(context, &url(&path)).bearing(RESOURCE, RESOURCE_AUDITOR, Audience::Arm)
}

#[test]
fn a_registry_tells_its_names_and_its_data_endpoints() {
    let context = context(&[]);
    let body = registry(&context, "").ok();
    let properties = &body["properties"];
    assert_eq!(properties["loginServer"], "acrresource.azurecr.io");
    assert_eq!(properties["dataEndpointEnabled"], true);
    assert_eq!(
        properties["dataEndpointHostNames"],
        json!([
            "acrresource.japaneast.data.azurecr.io",
            "acrresource.japanwest.data.azurecr.io"
        ])
    );
    assert_eq!(
        properties["policies"]["azureADAuthenticationAsArmPolicy"]["status"],
        "enabled"
    );
    assert!(properties.get("roleAssignmentMode").is_none());
    let connections = registry(&context, "/privateEndpointConnections").ok();
    assert_eq!(
        connections["value"],
        properties["privateEndpointConnections"]
    );
    let connection = &connections["value"][0];
    assert_eq!(
        connection["properties"]["privateLinkServiceConnectionState"]["status"],
        "Approved"
    );
    let name = connection["name"].as_str().unwrap();
    assert_eq!(
        &registry(&context, &format!("/privateEndpointConnections/{name}")).ok(),
        connection
    );
    assert_eq!(
        registry(&context, "/replications").ok()["value"][0]["name"],
        "japanwest"
    );
}

#[test]
fn the_group_of_a_registry_has_a_member_for_each_region() {
    let context = context(&[]);
    let group = registry(&context, "/privateLinkResources/registry").ok();
    assert_eq!(
        group["properties"],
        json!({
            "groupId": "registry",
            "requiredMembers": ["registry", "registry_data_japaneast", "registry_data_japanwest"],
            "requiredZoneNames": ["privatelink.azurecr.io"],
        })
    );
    let all = registry(&context, "/privateLinkResources").ok();
    assert_eq!(all["value"], json!([group]));
    assert_eq!(
        registry(&context, "/privateLinkResources/vault").json().0,
        404
    );
    let records = get(
        &context,
        &url(&format!("{NET}/privateDnsZones/privatelink.azurecr.io/A")),
    );
    let records = records.bearing(HOME, HOME_AUDITOR, Audience::Arm).ok();
    let names: Vec<&Value> = records["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(
        names,
        [
            "acrresource",
            "acrresource.japaneast.data",
            "acrresource.japanwest.data"
        ]
    );
}

#[test]
fn names_lead_to_the_private_endpoint_and_to_nothing_else() {
    use crate::fabric::dns::{Data, DnsAnswer, Rcode, answer};
    let context = context(&[]);
    let ask = |vantage: &str, name: &str| {
        let DnsAnswer::Records { rcode, answers } = answer(&context.state(), vantage, name, "A")
        else {
            panic!("no answer");
        };
        let last = answers.last().map(|it| match &it.data {
            Data::A(address) => address.to_string(),
            Data::Cname(name) => name.clone(),
        });
        (rcode, last.unwrap_or_default())
    };
    for (vantage, name, address) in [
        ("func", "acrresource.azurecr.io", "10.1.0.6"),
        ("func", "acrresource.japaneast.data.azurecr.io", "10.1.0.7"),
        ("func", "acrresource.japanwest.data.azurecr.io", "10.1.0.8"),
        ("internet", "acrresource.azurecr.io", "203.0.113.70"),
        (
            "internet",
            "acrresource.japaneast.data.azurecr.io",
            "203.0.113.70",
        ),
        ("internet", "func-orders.azurewebsites.net", "203.0.113.60"),
        (
            "internet",
            "func-orders.scm.azurewebsites.net",
            "203.0.113.60",
        ),
        (
            "internet",
            "japaneastmanaged1.blob.core.windows.net",
            "203.0.113.50",
        ),
    ] {
        assert_eq!(
            ask(vantage, name),
            (Rcode::NoError, address.to_owned()),
            "{vantage} {name}"
        );
    }
    for name in [
        "acrother.azurecr.io",
        "acrresource.eastus.data.azurecr.io",
        "acrresource.japaneast.geo.azurecr.io",
        "func-other.azurewebsites.net",
        "func-orders.x.azurewebsites.net",
        "eastusmanaged1.blob.core.windows.net",
    ] {
        assert_eq!(ask("internet", name).0, Rcode::NxDomain, "{name}");
    }
    let names = crate::fabric::addresses::certificate_names(&context.state());
    assert!(names.iter().any(|it| it == "*.japanwest.data.azurecr.io"));
}
