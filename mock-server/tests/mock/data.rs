//! Writes of secrets and blobs over real sockets: sizes, headers that a caller chose, paths that cannot be read.

use reqwest::{Client, Method, Response};
use serde_json::json;
use xtenant_mock_server::{Mock, World};

use crate::support::*;

const HOST: &str = "stresource.blob.core.windows.net";
const WORKLOAD: &str = "05000000-0000-4000-8000-000000000003";
const CONTRIBUTOR: &str = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";

/// The workload may write blobs.
fn contributor(world: &mut World) {
    for resource in &mut world.resources {
        let is_role = resource.id().contains("/storageAccounts/stresource/")
            && resource.id().contains("/roleAssignments/");
        if is_role && resource.body["properties"]["principalId"] == WORKLOAD {
            let role = format!("/providers/Microsoft.Authorization/roleDefinitions/{CONTRIBUTOR}");
            resource.body["properties"]["roleDefinitionId"] = json!(role);
        }
    }
}

/// The account as the workload reaches it.
struct Account {
    client: Client,
    token: String,
}

impl Account {
    async fn of(mock: &Mock) -> Self {
        let address = crate::dns::resolve(mock, "app", HOST).await;
        let client = client(mock, &[(HOST, door(mock, "app", address, 443).await)]);
        let (_, body) = exchange(mock, "https://storage.azure.com/.default").await;
        let token = body["access_token"].as_str().unwrap().to_owned();
        Self { client, token }
    }

    async fn send(&self, method: Method, path: &str, body: Vec<u8>) -> Response {
        let request = self
            .client
            .request(method, format!("https://{HOST}{path}"))
            .header("x-ms-version", "2026-10-06")
            .header("x-ms-blob-type", "BlockBlob")
            .header("x-ms-meta-Colour", "red = warm")
            .bearer_auth(&self.token);
        request.body(body).send().await.unwrap()
    }
}

#[tokio::test]
async fn twenty_megabytes_go_up_and_come_down_and_what_is_too_long_is_refused_by_name() {
    let mock = start_with(contributor).await;
    let account = Account::of(&mock).await;
    let content: Vec<u8> = (0_u32..20 << 20).map(|at| at.to_le_bytes()[1]).collect();
    let reply = account
        .send(Method::PUT, "/orders/big", content.clone())
        .await;
    assert_eq!(reply.status(), 201);
    let reply = account.send(Method::GET, "/orders/big", Vec::new()).await;
    assert_eq!(reply.headers()["x-ms-meta-colour"], "red = warm");
    assert!(reply.bytes().await.unwrap() == content);
    let reply = account
        .send(Method::PUT, "/orders/big", vec![0; 257 << 20])
        .await;
    assert_eq!(reply.status(), 413);
    assert_eq!(reply.headers()["x-ms-error-code"], "RequestBodyTooLarge");
    let body = reply.text().await.unwrap();
    assert!(body.contains("<Code>RequestBodyTooLarge</Code>"), "{body}");
}

#[tokio::test]
async fn a_path_that_cannot_be_read_is_refused_in_the_services_words() {
    let mock = start_with(contributor).await;
    let account = Account::of(&mock).await;
    for path in ["/orders/%ff", "/orders/a%2F..%2Fb", "/orders/%zz"] {
        let reply = account.send(Method::GET, path, Vec::new()).await;
        assert_eq!(reply.status(), 400, "{path}");
        assert_eq!(reply.headers()["x-ms-error-code"], "InvalidUri", "{path}");
    }
    let reply = account
        .send(Method::PUT, "/orders/a%2Fb//c/", vec![1])
        .await;
    assert_eq!(reply.status(), 201);
    let reply = account
        .send(Method::GET, "/orders/a/b//c/", Vec::new())
        .await;
    assert_eq!(reply.status(), 200);
}
