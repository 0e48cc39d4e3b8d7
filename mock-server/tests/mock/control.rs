//! The control interface over HTTP.

use serde_json::{Value, json as value};
use xtenant_mock_server::Mock;

use crate::support::*;

async fn call(mock: &Mock, method: http::Method, path: &str, body: Option<Value>) -> (u16, Value) {
    let url = format!("http://{}{path}", mock.coordinates.control);
    let request = client(mock, &[]).request(method, url);
    let request = body
        .iter()
        .fold(request, |request, body| request.json(body));
    json(request.send().await.unwrap()).await
}

#[tokio::test]
async fn everything_can_be_steered_from_outside() {
    let mock = start().await;
    let (_, coordinates) = call(&mock, http::Method::GET, "/coordinates", None).await;
    assert_eq!(coordinates["vantages"][0]["name"], "app");
    assert_eq!(coordinates["vantages"][0]["name-server"], "168.63.129.16");
    assert_eq!(coordinates["vantages"][1]["name"], "internet");
    assert_eq!(
        coordinates["vantages"][0]["managed-identity"]["kind"],
        "imds"
    );

    let login = value!({"vantage": "app", "address": "203.0.113.10", "port": 443});
    let (_, door) = call(&mock, http::Method::POST, "/doors", Some(login)).await;
    assert!(door["dial"].as_str().unwrap().starts_with("127.0.0.1:"));
    let nobody = value!({"vantage": "app", "address": "8.8.8.8", "port": 443});
    let (_, door) = call(&mock, http::Method::POST, "/doors", Some(nobody)).await;
    assert!(
        door["timed-out"]
            .as_str()
            .unwrap()
            .ends_with("has the address 8.8.8.8")
    );
    let unknown = value!({"vantage": "lab", "address": "8.8.8.8", "port": 443});
    let (status, body) = call(&mock, http::Method::POST, "/doors", Some(unknown)).await;
    assert_eq!(
        (status, body["error"].as_str().unwrap()),
        (404, "the world has no vantage lab; it has: app, internet")
    );

    let (_, before) = call(&mock, http::Method::GET, "/clock", None).await;
    let (_, after) = call(
        &mock,
        http::Method::POST,
        "/clock",
        Some(value!({"advance-seconds": 60})),
    )
    .await;
    assert!(
        after["epoch-seconds"].as_i64().unwrap() - before["epoch-seconds"].as_i64().unwrap() >= 60
    );
}

#[tokio::test]
async fn stand_ins_get_tokens_of_their_own_tenant() {
    let mock = start().await;
    let asked =
        |principal: &str, scope: &str| Some(value!({"principal": principal, "scope": scope}));
    let graph = "https://graph.microsoft.com/.default";
    let (_, body) = call(
        &mock,
        http::Method::POST,
        "/tokens",
        asked("home-auditor", graph),
    )
    .await;
    let claims = claims(body["access_token"].as_str().unwrap());
    assert_eq!(
        (&claims["tid"], &claims["roles"]),
        (&value!(HOME), &value!(["Application.Read.All"]))
    );
    assert!(body["expires_on"].is_i64());
    let (status, body) = call(&mock, http::Method::POST, "/tokens", asked("nobody", graph)).await;
    assert_eq!(status, 404);
    assert_eq!(
        body["error"],
        "the world has no principal nobody; it has: home-auditor, resource-auditor"
    );
    let (status, body) = call(
        &mock,
        http::Method::POST,
        "/tokens",
        asked("home-auditor", "https://x.example/.default"),
    )
    .await;
    assert!(status == 400 && body["error"].as_str().unwrap().starts_with("AADSTS500011"));
}

#[tokio::test]
async fn faults_are_planted_and_healed() {
    let mock = start().await;
    let fault = value!({"fault": "service-principal-missing", "at": "resource/orders"});
    let (status, body) = call(&mock, http::Method::POST, "/faults", Some(fault.clone())).await;
    assert_eq!((status, &body["planted"][0]), (200, &fault));
    let again = call(&mock, http::Method::POST, "/faults", Some(fault)).await;
    assert_eq!(again.0, 409, "it applies there no more");
    let unknown = value!({"fault": "service-principal-mising", "at": "x"});
    let (status, body) = call(&mock, http::Method::POST, "/faults", Some(unknown)).await;
    assert!(
        status == 404
            && body["error"]
                .as_str()
                .unwrap()
                .ends_with("did you mean service-principal-missing?")
    );
    assert_eq!(exchange(&mock, VAULT_SCOPE).await.0, 400);
    call(&mock, http::Method::DELETE, "/faults", None).await;
    assert_eq!(exchange(&mock, VAULT_SCOPE).await.0, 200);
}

#[tokio::test]
async fn requests_are_recorded_without_secrets() {
    let mock = start().await;
    let (_, token) = exchange(&mock, VAULT_SCOPE).await;
    let (_, received) = call(&mock, http::Method::GET, "/received", None).await;
    let requests = received["requests"].as_array().unwrap();
    let paths: Vec<_> = requests
        .iter()
        .map(|request| request["path"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        paths,
        [
            "/metadata/identity/oauth2/token".to_owned(),
            format!("/{RESOURCE}/oauth2/v2.0/token")
        ]
    );
    assert_eq!(requests[1]["source"], "198.51.100.1");
    assert!(
        !received
            .to_string()
            .contains(token["access_token"].as_str().unwrap())
    );
    assert!(!received.to_string().contains("eyJ"));
}

#[tokio::test]
async fn a_web_page_may_not_steer_a_mock() {
    let mock = start().await;
    let url = format!("http://{}/coordinates", mock.coordinates.control);
    let response = client(&mock, &[])
        .get(url)
        .header("Origin", "https://example.com")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 403);
    for (host, status) in [
        ("rebound.example.com", 403),
        ("rebound.example.com:80", 403),
        ("localhost:1", 200),
        ("[::1]:1", 200),
    ] {
        let url = format!("http://{}/coordinates", mock.coordinates.control);
        let asked = client(&mock, &[]).get(url).header("Host", host);
        assert_eq!(asked.send().await.unwrap().status(), status, "{host}");
    }
    assert_eq!(call(&mock, http::Method::GET, "/world", None).await.0, 404);
}
