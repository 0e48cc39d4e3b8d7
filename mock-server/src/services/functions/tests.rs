//! The article's functions: who may run them, what they find, and that they say 404 for everything else.

use http::Method;

use super::client::{Credential, secret};
use super::outbound::Outbound;
use crate::context::Context;
use crate::services::apps_world::{HOST, context, problems};
use crate::services::testing::{ask, get};

const SECRET: &str = "func-orders.azurewebsites.net/api/GetSecretCrossTenant?key=TEST-SECRET-001";

fn call(context: &Context, path_and_query: &str) -> (u16, String) {
    let reply = get(context, &format!("{HOST}{path_and_query}"))
        .with("x-functions-key", "host-key")
        .reply();
    let body = String::from_utf8(reply.body.to_vec()).unwrap();
    (reply.status.as_u16(), body)
}

const CROSS: &str = "/api/GetSecretCrossTenant?key=TEST-SECRET-001";

#[test]
fn the_app_reads_the_secret_and_the_blob_of_the_other_tenant() {
    let context = context(&[]);
    assert_eq!(call(&context, CROSS), (200, "TenantB".to_owned()));
    let blob = "/api/downloadblobcrosstenant?container=orders&blob=hello.txt";
    assert_eq!(
        call(&context, blob),
        (200, "aGVsbG8gZnJvbSBGYWJyaWthbQo=".to_owned())
    );
}

#[test]
fn the_app_reads_the_secret_of_its_own_tenant() {
    let same = "/api/GetSecretSameTenant?key=TEST-SECRET-001";
    assert_eq!(call(&context(&[]), same), (200, "TenantA".to_owned()));
}

#[test]
fn its_calls_are_recorded_as_those_of_its_vantage() {
    let context = context(&[]);
    call(&context, CROSS);
    let entries = context.received.entries();
    let hosts: Vec<&str> = entries.iter().map(|it| it.host.as_str()).collect();
    assert_eq!(
        hosts,
        [
            "kv-resource.vault.azure.net",
            "169.254.129.5",
            "login.microsoftonline.com",
            "kv-resource.vault.azure.net"
        ]
    );
    let statuses: Vec<u16> = entries.iter().map(|it| it.status).collect();
    assert_eq!(statuses, [401, 200, 200, 200]);
    assert!(entries.iter().all(|it| it.vantage == "func"));
    assert_eq!(entries[3].destination.to_string(), "10.1.0.4");
}

#[test]
fn a_key_is_needed_and_the_header_wins() {
    let context = context(&[]);
    let status = |request: crate::services::testing::Ask<'_>| request.reply().status.as_u16();
    assert_eq!(status(get(&context, SECRET)), 401);
    for (code, expected) in [
        ("secret-key", 200),
        ("host-key", 200),
        ("master-key", 200),
        ("blob-key", 401),
        ("Secret-Key", 401),
        ("", 401),
    ] {
        let url = format!("{SECRET}&code={code}");
        assert_eq!(status(get(&context, &url)), expected, "{code}");
    }
    let both = format!("{SECRET}&code=secret-key");
    assert_eq!(
        status(get(&context, &both).with("x-functions-key", "wrong")),
        401
    );
    let reply = get(&context, SECRET).reply();
    assert!(reply.body.is_empty() && reply.headers.is_empty());
}

#[test]
fn an_unknown_route_is_404_before_the_key_and_a_disabled_function_after_it() {
    let context = context(&[]);
    let status = |url: &str| get(&context, url).reply().status.as_u16();
    assert_eq!(status(&format!("{HOST}/api/Nothing")), 404);
    assert_eq!(status(&format!("{HOST}/other/path")), 404);
    assert_eq!(status(&format!("{HOST}/api/DownloadBlobSameTenant")), 401);
    let disabled = format!("{HOST}/api/DownloadBlobSameTenant?container=own&blob=a.txt&code=");
    assert_eq!(status(&format!("{disabled}host-key")), 404);
    assert_eq!(status(&format!("{disabled}master-key")), 200);
    let post = ask(&context, Method::POST, &format!("{SECRET}&code=secret-key"));
    assert_eq!(post.reply().status, 404);
    assert_eq!(status(&format!("{HOST}/admin/host/status")), 501);
    assert_eq!(status(&format!("{HOST}/")), 200);
}

#[test]
fn a_missing_parameter_is_400() {
    let context = context(&[]);
    assert_eq!(
        call(&context, "/api/GetSecretCrossTenant"),
        (400, "Missing 'key' parameter.".to_owned())
    );
    assert_eq!(
        call(&context, "/api/DownloadBlobCrossTenant?container=x").0,
        400
    );
}

#[test]
fn an_app_without_its_settings_is_500() {
    let context = context(&[("name: CROSS_KEYVAULT_ENDPOINT", "name: OTHER")]);
    assert_eq!(call(&context, CROSS).0, 500);
    assert_eq!(
        call(&context, "/api/GetSecretSameTenant?key=TEST-SECRET-001").0,
        200
    );
}

/// PITFALLS D07: the status says nothing about the cause.
#[test]
fn whatever_goes_wrong_is_404() {
    let right = "roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6   # Key Vault Secrets User\n      principalId: 05000000-0000-4000-8000-000000000003";
    for (from, to) in [
        // no role on the vault
        (
            right,
            "roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6\n      principalId: 05000000-0000-4000-8000-000000000004",
        ),
        // the federated credential trusts another identity
        (
            "subject: eeeeeeee-eeee-eeee-eeee-eeeeeeeeeeee",
            "subject: eeeeeeee-eeee-eeee-eeee-eeeeeeeeeeef",
        ),
        // the connection is not approved
        (
            "status: Approved\n    description: agreed with Contoso",
            "status: Pending",
        ),
        // another tenant, another application, no such identity, no such vault
        (
            "value: 22222222-2222-2222-2222-222222222222",
            "value: 11111111-1111-1111-1111-111111111111",
        ),
        (
            "value: cccccccc-cccc-cccc-cccc-cccccccccccc",
            "value: cccccccc-cccc-cccc-cccc-cccccccccccd",
        ),
        (
            "value: dddddddd-dddd-dddd-dddd-dddddddddddd",
            "value: dddddddd-dddd-dddd-dddd-ddddddddddde",
        ),
        (
            "https://kv-resource.vault.azure.net/\"",
            "https://kv-nothing.vault.azure.net/\"",
        ),
        (
            "https://kv-resource.vault.azure.net/\"",
            "http://kv-resource.vault.azure.net/\"",
        ),
        (
            "https://kv-resource.vault.azure.net/\"",
            "https://func-orders.azurewebsites.net/api\"",
        ),
        // the network asks a DNS server that does not answer
        (
            "addressSpace: {addressPrefixes: [10.1.0.0/16]}",
            "addressSpace: {addressPrefixes: [10.1.0.0/16]}\n      dhcpOptions: {dnsServers: [10.9.9.9]}",
        ),
        // the app has no way out, so no token
        (
            "app-service: true\n",
            "app-service: true\n    internet: false\n",
        ),
        ("TEST-SECRET-001: TenantB", "OTHER: TenantB"),
    ] {
        let context = context(&[(from, to)]);
        let not_found = "Secret 'TEST-SECRET-001' not found.".to_owned();
        assert_eq!(call(&context, CROSS), (404, not_found), "{to}");
    }
}

#[test]
fn odd_names_are_404_and_nothing_worse() {
    let context = context(&[]);
    for key in ["..", "a%2Fb", "%20", "%00", "x?y", "x%23y", "日本"] {
        let (status, _) = call(&context, &format!("/api/GetSecretCrossTenant?key={key}"));
        assert_eq!(status, 404, "{key}");
    }
    let blob = "/api/DownloadBlobCrossTenant?container=..&blob=../../x";
    assert_eq!(call(&context, blob).0, 404);
}

/// The reason is known inside: it is the article's code that hides it.
#[test]
fn the_cause_is_that_of_the_chain() {
    let cause = |from: &str, to: &str, tenant: &str| {
        let context = context(&[(from, to)]);
        let out = Outbound {
            ctx: &context,
            vantage: "func",
        };
        let credential = Credential::ClientAssertion {
            tenant: tenant.to_owned(),
            application: "cccccccc-cccc-cccc-cccc-cccccccccccc".to_owned(),
            identity: Some("dddddddd-dddd-dddd-dddd-dddddddddddd".to_owned()),
        };
        let vault = "https://kv-resource.vault.azure.net/";
        secret(&out, &credential, vault, "TEST-SECRET-001")
            .unwrap_err()
            .0
    };
    let resource = "22222222-2222-2222-2222-222222222222";
    let home = "11111111-1111-1111-1111-111111111111";
    let same = ("TEST-SECRET-001: TenantB", "TEST-SECRET-001: TenantB");
    assert!(cause(same.0, same.1, home).contains("not configured to acquire tokens"));
    assert!(cause(same.0, "OTHER: x", resource).contains("404"));
    let pending = (
        "status: Approved\n    description: agreed with Contoso",
        "status: Pending",
    );
    assert!(cause(pending.0, pending.1, resource).contains("403"));
}

#[test]
fn a_closed_or_stopped_app_is_403() {
    let subnet = "      virtualNetworkSubnetId:";
    for more in [
        "publicNetworkAccess: Disabled",
        "state: Stopped",
        "enabled: false",
    ] {
        let to = format!("      {more}\n{subnet}");
        let context = context(&[(subnet, &to)]);
        let reply = get(&context, &format!("{SECRET}&code=secret-key")).reply();
        assert_eq!(reply.status, 403, "{more}");
    }
    assert_eq!(
        get(&context(&[]), "func-nothing.azurewebsites.net/api/X")
            .reply()
            .status,
        404
    );
}

#[test]
fn a_private_endpoint_closes_the_public_way_and_serves_the_app_alone() {
    let endpoint = format!(
        "\nresources:\n  - id: {net}/privateEndpoints/app\n    location: japaneast\n    properties:\n      subnet: {{id: {net}/virtualNetworks/home/subnets/endpoints}}\n      privateLinkServiceConnections:\n        - {{name: app, properties: {{privateLinkServiceId: {site}, groupIds: [sites]}}}}\n",
        net = crate::services::testing::NET,
        site = crate::services::apps_world::SITE,
    );
    let context = context(&[("\nresources:\n", &endpoint)]);
    let url = format!("{SECRET}&code=secret-key");
    assert_eq!(get(&context, &url).reply().status, 403);
    assert_eq!(get(&context, &url).by("10.1.0.4").reply().status, 200);
    assert_eq!(get(&context, &url).by("10.1.0.5").reply().status, 421);
}

#[test]
fn worlds_whose_app_and_vantage_disagree_are_refused() {
    for (from, to, title) in [
        (
            "vantage: func\n",
            "vantage: nobody\n",
            "the world has no vantage nobody",
        ),
        (
            "vantage: func\n",
            "vantage: app\n",
            "vantage app is no App Service",
        ),
        (
            "  func-orders:\n",
            "  func-other:\n",
            "the world has no Microsoft.Web/sites named func-other",
        ),
        (
            "      GetSecretSameTenant: {}",
            "      GetSecret: {}",
            "the mock does not know to run the function GetSecret",
        ),
        ("_master: master-key", "_master: \"\"", "the key is empty"),
        (
            "type: UserAssigned",
            "type: \"SystemAssigned, UserAssigned\"",
            "vantage func has other identities than the site",
        ),
        (
            "        appSettings:",
            "        appSetings:",
            "unknown property `appSetings` of Microsoft.Web/sites",
        ),
    ] {
        let found = problems(from, to);
        assert!(found.iter().any(|it| it == title), "{title}: {found:?}");
    }
}
