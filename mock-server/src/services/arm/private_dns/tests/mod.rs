//! Zones and links as clients make, change and delete them.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

mod records;

use crate::auth::Audience;
use crate::context::Context;
use crate::fabric::dns::{Data, DnsAnswer, Rcode, answer};
use crate::lro::Pace;
use crate::services::testing::{
    NET, RESOURCE, RESOURCE_WRITER, header, specifications, token, writable, write,
};

fn zone(name: &str) -> String {
    format!("{NET}/privateDnsZones/{name}")
}

fn put(context: &Context, path: &str, body: &Value) -> (u16, Value) {
    write(context, Method::PUT, path).body(body).json()
}

fn status(context: &Context, method: Method, path: &str) -> u16 {
    write(context, method, path).json().0
}

fn read(context: &Context, path: &str) -> Value {
    write(context, Method::GET, path).ok()
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (
        answer.0,
        answer.1["error"]["code"].as_str().unwrap_or_default(),
    )
}

fn link(network: &str) -> Value {
    json!({"location": "Global", "properties": {"registrationEnabled": false, "virtualNetwork": {"id": network}}})
}

fn home() -> String {
    format!("{NET}/virtualNetworks/home")
}

fn a(address: &str) -> Value {
    json!({"properties": {"ttl": 60, "aRecords": [{"ipv4Address": address}]}})
}

/// The addresses and the response code of a name, asked in the home network.
fn dns(context: &Context, name: &str) -> (Rcode, Vec<String>) {
    match answer(&context.state(), "app", name, "A") {
        DnsAnswer::Records { rcode, answers } => {
            let text = |data: &Data| match data {
                Data::A(address) => address.to_string(),
                Data::Cname(name) => name.clone(),
            };
            (rcode, answers.iter().map(|it| text(&it.data)).collect())
        }
        DnsAnswer::NoAnswer => panic!("the home network has DNS"),
    }
}

#[test]
fn a_zone_is_made_changed_and_deleted() {
    let context = writable();
    let path = zone("corp.example");
    let refused = put(&context, &path, &json!({"location": "japaneast"}));
    assert_eq!(code(&refused), (400, "LocationNotAvailableForResourceType"));
    for name in ["example", "a..b", "-x-.y z"] {
        let refused = put(&context, &zone(name), &json!({"location": "global"}));
        assert_eq!(refused.0, 400, "{name}");
    }
    let made = write(&context, Method::PUT, &path)
        .body(&json!({"location": "Global", "tags": {"a": "b"}, "properties": {}}))
        .reply();
    assert_eq!(made.status, 201);
    assert!(
        !header(&made, "location").is_empty() && !header(&made, "azure-asyncoperation").is_empty()
    );
    let shown = read(&context, &path);
    assert_eq!(shown["location"], "global");
    assert_eq!(shown["properties"]["numberOfRecordSets"], 1);
    let changed = write(&context, Method::PATCH, &path)
        .body(&json!({"tags": {"c": "d"}}))
        .json();
    assert_eq!(changed.0, 200);
    assert_eq!(read(&context, &path)["tags"], json!({"c": "d"}));
    let linked = format!("{path}/virtualNetworkLinks/home");
    assert_eq!(put(&context, &linked, &link(&home())).0, 201);
    let refused = write(&context, Method::DELETE, &path).json();
    assert_eq!(code(&refused), (409, "CannotDeleteResource"));
    assert!(
        refused
            .1
            .to_string()
            .contains("corp.example/virtualNetworkLinks/home")
    );
    assert_eq!(status(&context, Method::DELETE, &linked), 202);
    assert_eq!(status(&context, Method::DELETE, &path), 202);
    assert_eq!(status(&context, Method::DELETE, &path), 204);
}

#[test]
fn a_link_works_once_it_is_made() {
    let context = writable();
    let path = zone("corp.example");
    put(&context, &path, &json!({"location": "global"}));
    put(&context, &format!("{path}/A/db"), &a("10.1.1.9"));
    assert_eq!(dns(&context, "db.corp.example").0, Rcode::NxDomain);
    context
        .operations
        .set_pace(Pace::After(Duration::from_secs(30)));
    let linked = format!("{path}/virtualNetworkLinks/home");
    assert_eq!(put(&context, &linked, &link(&home())).0, 201);
    let shown = read(&context, &linked);
    assert_eq!(shown["properties"]["virtualNetworkLinkState"], "InProgress");
    assert_eq!(shown["properties"]["provisioningState"], "Creating");
    assert_eq!(dns(&context, "db.corp.example").0, Rcode::NxDomain);
    context.clock.advance(Duration::from_secs(31));
    let shown = read(&context, &linked);
    assert_eq!(shown["properties"]["virtualNetworkLinkState"], "Completed");
    assert_eq!(
        dns(&context, "db.corp.example"),
        (Rcode::NoError, vec!["10.1.1.9".to_owned()])
    );
    let tags = json!({"tags": {"a": "b"}});
    assert_eq!(
        write(&context, Method::PATCH, &linked).body(&tags).json().0,
        200
    );
    assert_eq!(
        dns(&context, "db.corp.example").0,
        Rcode::NoError,
        "a link that is changed works"
    );
}

#[test]
fn links_that_cannot_be_are_refused() {
    let context = writable();
    let own = zone("corp.example");
    put(&context, &own, &json!({"location": "global"}));
    let other = own.replace("/net/", "/app/");
    assert_eq!(put(&context, &other, &json!({"location": "global"})).0, 201);
    let first = format!("{own}/virtualNetworkLinks/home");
    let mut body = link(&home());
    body["properties"]["resolutionPolicy"] = json!("NxDomainRedirect");
    assert_eq!(
        put(&context, &first, &body).0,
        400,
        "only privatelink zones redirect"
    );
    body["properties"]["resolutionPolicy"] = json!("Sometimes");
    assert_eq!(put(&context, &first, &body).0, 400);
    let nowhere = put(&context, &first, &link(&home().replace("/home", "/away")));
    assert_eq!(code(&nowhere), (400, "InvalidResourceReference"));
    let mut registers = link(&home());
    registers["properties"]["registrationEnabled"] = json!(true);
    assert_eq!(put(&context, &first, &registers).0, 201);
    let again = put(
        &context,
        &format!("{other}/virtualNetworkLinks/home"),
        &link(&home()),
    );
    assert_eq!(
        again.1["error"]["message"],
        "A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with 'corp.example' and 'corp.example' zones."
    );
    let second = zone("lab.example");
    put(&context, &second, &json!({"location": "global"}));
    let second = format!("{second}/virtualNetworkLinks/home");
    assert_eq!(
        put(&context, &second, &registers).0,
        400,
        "a network registers in one zone"
    );
    assert_eq!(put(&context, &second, &link(&home())).0, 201);
    let vault = format!(
        "{}/virtualNetworkLinks/home",
        zone("privatelink.vaultcore.azure.net")
    );
    let redirect = json!({"properties": {"resolutionPolicy": "nxdomainredirect"}});
    assert_eq!(
        write(&context, Method::PATCH, &vault)
            .body(&redirect)
            .json()
            .0,
        200
    );
    assert_eq!(
        read(&context, &vault)["properties"]["resolutionPolicy"],
        "NxDomainRedirect"
    );
}

#[test]
fn a_network_of_another_tenant_needs_a_token_of_it() {
    let context = writable();
    let away = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.Network/virtualNetworks/away";
    let body = json!({"location": "japaneast", "properties": {"addressSpace": {"addressPrefixes": ["10.7.0.0/16"]}}});
    context
        .state_mut()
        .put_resource(away, body.as_object().unwrap().clone())
        .unwrap();
    let path = format!(
        "{}/virtualNetworkLinks/away",
        zone("privatelink.vaultcore.azure.net")
    );
    let refused = put(&context, &path, &link(away));
    assert_eq!(code(&refused), (403, "LinkedAuthorizationFailed"));
    let auxiliary = token(&context, RESOURCE, RESOURCE_WRITER, Audience::Arm);
    let made = write(&context, Method::PUT, &path)
        .with(
            "x-ms-authorization-auxiliary",
            &format!("Bearer {auxiliary}"),
        )
        .body(&link(away));
    assert_eq!(made.json().0, 201);
}

/// The requests of the official examples are taken.
#[test]
fn official_requests_are_taken() {
    let Some(folder) = specifications() else {
        return;
    };
    let folder = folder.join("privatedns/2024-06-01/examples");
    let example = |file: &str| -> Value {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let all: Value = serde_json::from_str(&text.replace(
            "/subscriptions/virtualNetworkSubscriptionId/resourceGroups/virtualNetworkResourceGroup/providers/Microsoft.Network/virtualNetworks/virtualNetworkName",
            &home(),
        ))
        .unwrap();
        all["parameters"].clone()
    };
    let context = writable();
    // The official PATCH of a link sets a resolution policy that only such a zone has.
    let linked = "privatelink.privatezone1.com";
    for name in ["privatezone1.com", linked, "0.0.127.in-addr.arpa"] {
        let given = example("PrivateZonePut.json");
        assert_eq!(put(&context, &zone(name), &given["parameters"]).0, 201);
    }
    let links = format!("{}/virtualNetworkLinks/virtualNetworkLink1", zone(linked));
    let mut paths = vec![("VirtualNetworkLink", links)];
    for kind in ["A", "AAAA", "CNAME", "MX", "PTR", "SOA", "SRV", "TXT"] {
        let given = example(&format!("RecordSet{kind}Put.json"));
        let inside = zone(given["privateZoneName"].as_str().unwrap());
        let name = given["relativeRecordSetName"].as_str().unwrap();
        paths.push((kind, format!("{inside}/{kind}/{name}")));
    }
    for (kind, path) in &paths {
        let prefix = if *kind == "VirtualNetworkLink" {
            ""
        } else {
            "RecordSet"
        };
        let given = example(&format!("{prefix}{kind}Put.json"));
        let (status, body) = put(&context, path, &given["parameters"]);
        assert!(
            status == 201 || (*kind == "SOA" && status == 200),
            "{kind}: {body}"
        );
        let given = example(&format!("{prefix}{kind}Patch.json"));
        let patched = write(&context, Method::PATCH, path)
            .body(&given["parameters"])
            .json();
        assert_eq!(patched.0, 200, "{kind}: {}", patched.1);
    }
}
