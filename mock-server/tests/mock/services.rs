//! Resources and data over real sockets: what the wire adds to the answers, and refusals by the way a request came.

use serde_json::{Value, json};
use xtenant_mock_server::Mock;

use crate::support::*;

const VAULT: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv-resource";
const ENDPOINT: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/privateEndpoints/vault";

/// What ARM answers a principal of the world.
async fn arm(mock: &Mock, principal: &str, path: &str) -> (u16, Value) {
    let token = mock
        .control
        .token(principal, "https://management.azure.com/.default")
        .unwrap();
    let client = public(mock, "internet", "management.azure.com").await;
    let url = format!("https://management.azure.com{path}?api-version=2024-01-01");
    let request = client.get(url).bearer_auth(token.token);
    json(request.send().await.unwrap()).await
}

#[tokio::test]
async fn both_administrators_see_the_same_connection() {
    let mock = start().await;
    let status = |body: &Value, pointer: &str| {
        body.pointer(pointer)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let consumer = "/properties/manualPrivateLinkServiceConnections/0/properties/privateLinkServiceConnectionState/status";
    let provider = "/value/0/properties/privateLinkServiceConnectionState/status";
    let connections = format!("{VAULT}/privateEndpointConnections");
    for expected in ["Approved", "Rejected"] {
        if expected == "Rejected" {
            mock.control
                .plant("private-endpoint-rejected", ENDPOINT)
                .unwrap();
        }
        let (_, body) = arm(&mock, "home-auditor", ENDPOINT).await;
        assert_eq!(status(&body, consumer).as_deref(), Some(expected), "{body}");
        let (_, body) = arm(&mock, "resource-auditor", &connections).await;
        assert_eq!(status(&body, provider).as_deref(), Some(expected), "{body}");
    }
}

#[tokio::test]
async fn the_auditor_of_one_tenant_is_nobody_in_the_other() {
    let mock = start().await;
    let (status, body) = arm(&mock, "home-auditor", VAULT).await;
    assert_eq!(
        (status, &body["error"]["code"]),
        (401, &json!("InvalidAuthenticationTokenTenant"))
    );
}

#[tokio::test]
async fn head_has_the_length_of_the_blob_and_no_body() {
    let mock = start().await;
    let host = "stresource.blob.core.windows.net";
    let address = crate::dns::resolve(&mock, "app", host).await;
    let account = client(&mock, &[(host, door(&mock, "app", address, 443).await)]);
    let (_, body) = exchange(&mock, "https://storage.azure.com/.default").await;
    let token = body["access_token"].as_str().unwrap();
    let url = format!("https://{host}/orders/hello.txt");
    let request = account.head(&url).header("x-ms-version", "2024-08-04");
    let reply = request.bearer_auth(token).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.headers()["content-length"], "20");
    assert_eq!(reply.headers()["x-ms-blob-type"], "BlockBlob");
    let request = account
        .head(format!("{url}x"))
        .header("x-ms-version", "2024-08-04");
    let reply = request.bearer_auth(token).send().await.unwrap();
    assert_eq!(reply.status(), 404);
    assert_eq!(reply.headers()["x-ms-error-code"], "BlobNotFound");
    let request = account
        .get(&url)
        .header("x-ms-version", "2024-08-04")
        .header("x-ms-range", "bytes=0-4");
    let reply = request.bearer_auth(token).send().await.unwrap();
    assert_eq!(reply.status(), 206);
    assert_eq!(reply.headers()["content-range"], "bytes 0-4/20");
    assert_eq!(reply.text().await.unwrap(), "hello");
}

#[tokio::test]
async fn the_public_address_of_a_closed_vault_refuses_a_good_token() {
    let mock = start().await;
    let (_, body) = exchange(&mock, VAULT_SCOPE).await;
    let vault = public(&mock, "app", "kv-resource.vault.azure.net").await;
    let url = "https://kv-resource.vault.azure.net/secrets/TEST-SECRET-001?api-version=7.5";
    let request = vault
        .get(url)
        .bearer_auth(body["access_token"].as_str().unwrap());
    let (status, body) = json(request.send().await.unwrap()).await;
    assert_eq!(
        (status, &body["error"]["innererror"]["code"]),
        (403, &json!("ForbiddenByConnection"))
    );
}
