//! The network part of the article about access without secrets, from beginning to end, and what fails on the way.

use super::*;
use crate::fabric::dns::{Data, DnsAnswer, answer};
use crate::fabric::reach::{NoRoute, route};
use crate::services::testing::{WORKLOAD, get};

const HOST: &str = "kv-resource.vault.azure.net";
const SECRET: &str = "kv-resource.vault.azure.net/secrets/TEST-SECRET-001/?api-version=7.5";

/// The home tenant without endpoints and zones.
fn before() -> Context {
    let context = writable();
    for path in [
        "privateEndpoints/vault",
        "privateEndpoints/blob",
        "privateDnsZones/privatelink.vaultcore.azure.net/virtualNetworkLinks/home",
        "privateDnsZones/privatelink.vaultcore.azure.net",
    ] {
        let path = format!("{NET}/{path}");
        assert_eq!(
            write(&context, Method::DELETE, &path).json().0,
            202,
            "{path}"
        );
    }
    context
}

fn addresses(context: &Context) -> Vec<String> {
    let DnsAnswer::Records { answers, .. } = answer(&context.state(), "app", HOST, "A") else {
        return Vec::new();
    };
    let address = |it: &crate::fabric::dns::Record| match &it.data {
        Data::A(address) => Some(address.to_string()),
        Data::Cname(_) => None,
    };
    answers.iter().filter_map(address).collect()
}

fn is_private(context: &Context) -> bool {
    addresses(context) == ["10.1.0.4"]
}

#[test]
fn the_way_to_a_secret_of_another_tenant() {
    let context = before();
    let endpoint = format!("{NET}/privateEndpoints/secrets");
    let zone = format!("{NET}/privateDnsZones/privatelink.vaultcore.azure.net");
    let link = format!("{zone}/virtualNetworkLinks/home");
    let group = format!("{endpoint}/privateDnsZoneGroups/default");
    assert_eq!(
        code(&put(&context, &endpoint, &automatic(VAULT, "vault"))),
        (403, "LinkedAuthorizationFailed"),
        "without approval only by asking for it"
    );
    assert_eq!(put(&context, &endpoint, &manual(VAULT, "vault")).0, 201);
    let address = "10.1.0.4".parse().unwrap();
    let dialled = route(&context.state(), "app", address, 443);
    assert!(
        matches!(dialled, Err(NoRoute::TimedOut(_))),
        "pending: {dialled:?}"
    );
    assert!(!is_private(&context));

    let path = format!("{VAULT}/privateEndpointConnections");
    let listed = owner(&context, Method::GET, &path, None).1;
    let asked = listed["value"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["properties"]["privateEndpoint"]["id"] == endpoint);
    let mut approved = asked.unwrap().clone();
    approved["properties"]["privateLinkServiceConnectionState"]["status"] = json!("Approved");
    let id = approved["id"].as_str().unwrap().to_owned();
    assert_eq!(
        put(&context, &id, &approved).0,
        401,
        "the home tenant cannot approve"
    );
    assert_eq!(owner(&context, Method::PUT, &id, Some(&approved)).0, 200);
    assert!(route(&context.state(), "app", address, 443).is_ok());
    assert!(!is_private(&context), "nobody told the DNS");

    let config = json!({"properties": {"privateDnsZoneConfigs": [{"name": "vaultcore", "properties": {"privateDnsZoneId": zone}}]}});
    assert_eq!(
        code(&put(&context, &group, &config)),
        (400, "InvalidResourceReference")
    );
    assert_eq!(put(&context, &zone, &json!({"location": "global"})).0, 201);
    let linked = json!({"location": "global", "properties": {"registrationEnabled": false, "virtualNetwork": {"id": format!("{NET}/virtualNetworks/home")}}});
    assert_eq!(put(&context, &link, &linked).0, 201);
    assert!(
        addresses(&context).is_empty(),
        "the zone is linked and has no record"
    );
    assert_eq!(put(&context, &group, &config).0, 201);
    assert!(is_private(&context), "{:?}", addresses(&context));

    let secret = get(&context, SECRET)
        .bearing(RESOURCE, WORKLOAD, Audience::KeyVault)
        .by("10.1.0.4")
        .ok();
    assert_eq!(secret["value"], "TenantB");
    let public = get(&context, SECRET).bearing(RESOURCE, WORKLOAD, Audience::KeyVault);
    assert_eq!(public.json().0, 403, "the public way stays closed");

    assert_eq!(owner(&context, Method::DELETE, &id, None).0, 200);
    assert!(
        !is_private(&context),
        "severed: the record is gone, and with it the public alias"
    );
    assert!(route(&context.state(), "app", address, 443).is_err());
}
