//! Function app and registry over real sockets, by real names, through the proxy of a vantage.

use std::path::PathBuf;

use reqwest::{Client, Proxy};
use serde_json::Value;
use xtenant_mock_server::{Mock, Options, serve};

use crate::support::*;

const LOGIN: &str = "acrresource.azurecr.io";

async fn start() -> Mock {
    let world = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/worlds/apps.yaml");
    serve(Options::of_file(PathBuf::from(world))).await.unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a client of the mock, not of the tool"
)]
fn behind(mock: &Mock, vantage: &str) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let vantages = &mock.coordinates.vantages;
    let at = vantages.iter().find(|it| it.name == vantage).unwrap();
    let ca = reqwest::Certificate::from_pem(mock.coordinates.ca_pem.as_bytes()).unwrap();
    let proxy = Proxy::all(format!("http://{}", at.proxy)).unwrap();
    let builder = Client::builder().tls_certs_only([ca]).proxy(proxy);
    builder.build().unwrap()
}

#[tokio::test]
async fn the_function_app_answers_the_internet() {
    let mock = start().await;
    let client = behind(&mock, "internet");
    let url = "https://func-orders.azurewebsites.net/api/GetSecretCrossTenant?key=TEST-SECRET-001";
    let (status, _) = json(client.get(url).send().await.unwrap()).await;
    assert_eq!(status, 401);
    let request = client.get(format!("{url}&code=secret-key"));
    let (status, body) = json(request.send().await.unwrap()).await;
    assert_eq!((status, body.as_str()), (200, Some("TenantB")));
}

async fn field(request: reqwest::RequestBuilder, key: &str) -> String {
    let (status, body) = json(request.send().await.unwrap()).await;
    assert_eq!(status, 200, "{body}");
    body[key].as_str().unwrap().to_owned()
}

/// The token of the workload for the registry, as MORE.md §1c has it.
async fn entra(client: &Client) -> String {
    let imds = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01";
    let request = client
        .get(format!("{imds}&resource={EXCHANGE}"))
        .header("Metadata", "true");
    let assertion = field(request, "access_token").await;
    let form = exchange_form(&assertion, "https://containerregistry.azure.net/.default");
    let url = format!("https://login.microsoftonline.com/{RESOURCE}/oauth2/v2.0/token");
    field(client.post(url).form(&form), "access_token").await
}

#[tokio::test]
async fn an_image_is_pulled_with_the_exchanged_token() {
    let mock = start().await;
    let client = behind(&mock, "app");
    let (status, _) = json(
        client
            .get(format!("https://{LOGIN}/v2/"))
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(status, 401);
    let entra = entra(&client).await;
    let form = [
        ("grant_type", "access_token"),
        ("service", LOGIN),
        ("tenant", RESOURCE),
        ("access_token", &entra),
    ];
    let request = client.post(format!("https://{LOGIN}/oauth2/exchange"));
    let refresh = field(request.form(&form), "refresh_token").await;
    let form = [
        ("grant_type", "refresh_token"),
        ("service", LOGIN),
        ("scope", "repository:orders/api:pull"),
        ("refresh_token", &refresh),
    ];
    let request = client.post(format!("https://{LOGIN}/oauth2/token"));
    let access = field(request.form(&form), "access_token").await;
    let get = |path: String| {
        let request = client.get(format!("https://{LOGIN}/v2/orders/api/{path}"));
        request.bearer_auth(&access).send()
    };
    let (status, manifest) = json(get("manifests/v1".to_owned()).await.unwrap()).await;
    assert_eq!(status, 200);
    let digest = Value::as_str(&manifest["layers"][0]["digest"]).unwrap();
    // Follows the redirect to the data endpoint: another name, address and certificate.
    let reply = get(format!("blobs/{digest}")).await.unwrap();
    assert_eq!(
        reply.url().host_str(),
        Some("acrresource.japaneast.data.azurecr.io")
    );
    assert_eq!(reply.text().await.unwrap(), "one");
}
