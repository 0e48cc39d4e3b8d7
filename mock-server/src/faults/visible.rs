//! Every fault of resources and data changes some answer: one that nobody can see is no fault.

use std::collections::BTreeMap;

use http::Method;

use super::{CATALOGUE, plant};
use crate::auth::Audience;
use crate::context::Context;
use crate::fabric::dns;
use crate::services::testing::{
    ACCOUNT, Ask, HOME, HOME_AUDITOR, NET, RESOURCE, RESOURCE_AUDITOR, VAULT, WORKLOAD, ask,
    example, mock,
};

/// Faults of identity are seen at the token endpoint; their own tests are in `tests/mock/exchange.rs`.
const OF_IDENTITY: &[&str] = &[
    "application-",
    "federated-credential",
    "managed-identity-",
    "service-principal-",
    "token-refused-",
    "vantage-",
];

/// What the checks of story 2 ask, and what they get.
fn answers(context: &Context) -> BTreeMap<String, String> {
    let mut answers = BTreeMap::new();
    let mut keep = |what: &str, ask: Ask<'_>| {
        let reply = ask.reply();
        let body = String::from_utf8_lossy(&reply.body).into_owned();
        answers.insert(what.to_owned(), format!("{} {body}", reply.status));
    };
    let get = |url: String| ask(context, Method::GET, &url);
    for endpoint in ["vault", "blob"] {
        let url =
            format!("management.azure.com{NET}/privateEndpoints/{endpoint}?api-version=2024-01-01");
        keep(
            endpoint,
            get(url).bearing(HOME, HOME_AUDITOR, Audience::Arm),
        );
    }
    for zone in [
        "privatelink.vaultcore.azure.net",
        "privatelink.blob.core.windows.net",
    ] {
        for list in ["virtualNetworkLinks", "A"] {
            let url = format!(
                "management.azure.com{NET}/privateDnsZones/{zone}/{list}?api-version=2024-06-01"
            );
            keep(
                &format!("{zone}/{list}"),
                get(url).bearing(HOME, HOME_AUDITOR, Audience::Arm),
            );
        }
    }
    for resource in [VAULT, ACCOUNT] {
        for part in [
            "",
            "/privateEndpointConnections",
            "/providers/Microsoft.Authorization/roleAssignments",
        ] {
            let url = format!("management.azure.com{resource}{part}?api-version=2023-07-01");
            keep(
                &format!("{resource}{part}"),
                get(url).bearing(RESOURCE, RESOURCE_AUDITOR, Audience::Arm),
            );
        }
    }
    let secret =
        get("kv-resource.vault.azure.net/secrets/TEST-SECRET-001?api-version=7.5".to_owned());
    keep(
        "secret",
        secret
            .bearing(RESOURCE, WORKLOAD, Audience::KeyVault)
            .by("10.1.0.4"),
    );
    let blob = get("stresource.blob.core.windows.net/orders/hello.txt".to_owned())
        .with("x-ms-version", "2024-08-04");
    keep(
        "blob-data",
        blob.bearing(RESOURCE, WORKLOAD, Audience::Storage)
            .by("10.1.0.5"),
    );
    for name in [
        "kv-resource.vault.azure.net",
        "stresource.blob.core.windows.net",
    ] {
        answers.insert(
            name.to_owned(),
            format!("{:?}", dns::answer(&context.state(), "app", name, "A")),
        );
    }
    // Ids of requests and times differ in every run and say nothing.
    answers.values_mut().for_each(|text| {
        *text = text
            .split("\nRequestId")
            .next()
            .unwrap_or_default()
            .to_owned()
    });
    answers
}

#[test]
fn every_fault_changes_an_answer() {
    let healthy = answers(&example());
    assert_eq!(
        healthy,
        answers(&example()),
        "the healthy world answers the same every time"
    );
    assert!(
        healthy["secret"].starts_with("200") && healthy["blob-data"].starts_with("200"),
        "{healthy:?}"
    );
    for fault in CATALOGUE
        .iter()
        .filter(|fault| !OF_IDENTITY.iter().any(|start| fault.id.starts_with(start)))
    {
        let world = crate::world::example();
        for place in (fault.places)(&world) {
            let mut broken = world.clone();
            plant(&mut broken, fault.id, &place).unwrap();
            assert_ne!(
                healthy,
                answers(&mock(&broken)),
                "{} at {place} changes nothing",
                fault.id
            );
        }
    }
}
