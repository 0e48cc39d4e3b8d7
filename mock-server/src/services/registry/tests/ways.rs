//! By which way a registry and its layers are reached.

use std::time::Duration;

use http::Method;

use super::{DOOR, OPEN, body, code};
use crate::services::apps_world::{LOGIN, context};
use crate::services::testing::{WORKLOAD, ask, get, header};

#[test]
fn the_public_way_is_closed_and_says_whom_it_saw() {
    let context = context(&[]);
    for (method, path) in [
        (Method::GET, "/v2/"),
        (Method::POST, "/oauth2/exchange"),
        (Method::GET, "/v2/orders/api/manifests/v1"),
    ] {
        let reply = ask(&context, method, &format!("{LOGIN}{path}")).reply();
        assert_eq!(code(&reply), (403, "DENIED".to_owned()));
        assert_eq!(
            body(&reply)["errors"][0]["message"],
            "client with IP '198.51.100.1' is not allowed access. Refer https://aka.ms/acr/firewall to grant access."
        );
    }
}

#[test]
fn ip_rules_open_the_public_way() {
    for (rules, status) in [
        ("[]", 403),
        ("[{action: Allow, value: 198.51.100.0/24}]", 401),
        ("[{action: Allow, value: 198.51.100.1}]", 401),
        ("[{action: Allow, value: 198.51.100.9}]", 403),
    ] {
        let to = format!("{{networkRuleSet: {{defaultAction: Deny, ipRules: {rules}}}}}");
        let context = context(&[(OPEN.0, &to)]);
        let reply = get(&context, &format!("{LOGIN}/v2/")).reply();
        assert_eq!(reply.status.as_u16(), status, "{rules}");
    }
}

#[test]
fn without_an_endpoint_layers_come_from_storage() {
    let pending = (
        "    private-endpoint: /subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/privateEndpoints/registry\n    status: Approved",
        "    private-endpoint: /subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/privateEndpoints/registry\n    status: Pending",
    );
    let context = context(&[OPEN, pending]);
    let public = |path: &str, token: &str| {
        get(&context, &format!("{LOGIN}{path}"))
            .with("authorization", &format!("Bearer {token}"))
            .reply()
    };
    let token = {
        let state = context.state();
        let registry = state
            .resource(crate::services::apps_world::REGISTRY)
            .unwrap();
        assert!(!crate::services::registry::hosts::has_data_endpoint(
            &state, registry
        ));
        let scope =
            crate::services::registry::scope::Scope::parse("repository:orders/api:pull").unwrap();
        crate::services::registry::tokens::access(&context, LOGIN, WORKLOAD, &[scope]).unwrap()
    };
    let manifest = body(&public("/v2/orders/api/manifests/v1", &token));
    let layer = manifest["layers"][1]["digest"].as_str().unwrap();
    let reply = public(&format!("/v2/orders/api/blobs/{layer}"), &token);
    let link = header(&reply, "location")
        .strip_prefix("https://")
        .unwrap()
        .to_owned();
    assert!(
        link.starts_with("japaneastmanaged1.blob.core.windows.net/"),
        "{link}"
    );
    assert_eq!(&get(&context, &link).reply().body[..], b"two");
    let unsigned = link.split("&sig").next().unwrap();
    assert_eq!(get(&context, unsigned).reply().status, 403);
    context.clock.advance(Duration::from_secs(1201));
    assert_eq!(get(&context, &link).reply().status, 403);
    // The unapproved endpoint leads nowhere.
    assert_eq!(
        get(&context, &format!("{LOGIN}/v2/"))
            .by(DOOR)
            .reply()
            .status,
        403
    );
}
