//! The HTTP proxy of a vantage: real names, nothing else to configure but the certificate authority.

use reqwest::{Client, Proxy};
use serde_json::json as value;
use xtenant_mock_server::Mock;

use crate::support::*;

#[expect(
    clippy::disallowed_methods,
    reason = "a client of the mock, not of the tool"
)]
fn behind(mock: &Mock, vantage: &str) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let at = mock
        .coordinates
        .vantages
        .iter()
        .find(|it| it.name == vantage)
        .unwrap();
    let ca = reqwest::Certificate::from_pem(mock.coordinates.ca_pem.as_bytes()).unwrap();
    let proxy = Proxy::all(format!("http://{}", at.proxy)).unwrap();
    Client::builder()
        .tls_certs_only([ca])
        .proxy(proxy)
        .build()
        .unwrap()
}

#[tokio::test]
async fn the_whole_chain_runs_by_real_names_alone() {
    let mock = start().await;
    let client = behind(&mock, "app");
    let imds = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01";
    let request = client
        .get(format!("{imds}&resource={EXCHANGE}"))
        .header("Metadata", "true");
    let (status, body) = json(request.send().await.unwrap()).await;
    assert_eq!(status, 200, "{body}");
    let form = exchange_form(body["access_token"].as_str().unwrap(), VAULT_SCOPE);
    let url = format!("https://login.microsoftonline.com/{RESOURCE}/oauth2/v2.0/token");
    let (_, body) = json(client.post(url).form(&form).send().await.unwrap()).await;
    let request =
        client.get("https://kv-resource.vault.azure.net/secrets/TEST-SECRET-001?api-version=7.5");
    let (status, body) = json(
        request
            .bearer_auth(body["access_token"].as_str().unwrap())
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(
        (status, &body["value"]),
        (200, &value!("TenantB")),
        "{body}"
    );
}

#[tokio::test]
async fn what_a_vantage_does_not_reach_stays_out_of_reach() {
    let mock = start().await;
    let app = behind(&mock, "app");
    assert!(app.get("https://nobody.example/").send().await.is_err());
    assert!(app.get("https://8.8.8.8/").send().await.is_err());
    assert_eq!(
        app.get("http://8.8.8.8/").send().await.unwrap().status(),
        504
    );
    assert_eq!(
        app.get("http://nobody.example/")
            .send()
            .await
            .unwrap()
            .status(),
        502
    );
    assert_eq!(
        app.get("http://127.0.0.1:22/")
            .send()
            .await
            .unwrap()
            .status(),
        504
    );
    let internet = behind(&mock, "internet");
    assert_eq!(
        internet
            .get("http://169.254.169.254/metadata/identity/oauth2/token")
            .send()
            .await
            .unwrap()
            .status(),
        504
    );
}
