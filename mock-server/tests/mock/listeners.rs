//! TLS, HTTP limits, request ids, and what ARM's router refuses.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::support::*;

const SUBSCRIPTION: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

async fn arm(
    mock: &xtenant_mock_server::Mock,
    path: &str,
    token: Option<&str>,
) -> (u16, Value, HeaderMap) {
    let client = public(mock, "internet", "management.azure.com").await;
    let request = client
        .get(format!("https://management.azure.com{path}"))
        .header("x-ms-client-request-id", "mine");
    let request = token
        .iter()
        .fold(request, |request, token| request.bearer_auth(token));
    let response = request.send().await.unwrap();
    let headers = response.headers().clone();
    let (status, body) = json(response).await;
    (status, body, headers)
}

fn arm_token(mock: &xtenant_mock_server::Mock, principal: &str) -> String {
    mock.control
        .token(principal, "https://management.azure.com/.default")
        .unwrap()
        .token
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "a client of the mock, not of the tool"
)]
async fn only_clients_that_trust_the_authority_get_in() {
    let mock = start().await;
    let url =
        format!("https://login.microsoftonline.com/{HOME}/v2.0/.well-known/openid-configuration");
    let by_name = client(
        &mock,
        &[("login.microsoftonline.com", mock.coordinates.https)],
    );
    let response = by_name.get(&url).send().await.unwrap();
    assert_eq!(
        (response.status(), response.version()),
        (StatusCode::OK, http::Version::HTTP_2)
    );
    let stranger = reqwest::Client::builder().tls_certs_only([]).no_proxy();
    let stranger = stranger
        .resolve("login.microsoftonline.com", mock.coordinates.https)
        .build()
        .unwrap();
    assert!(stranger.get(&url).send().await.is_err());
    let other = client(&mock, &[("example.com", mock.coordinates.https)]);
    assert!(
        other.get("https://example.com/").send().await.is_err(),
        "the certificate names the hosts of the mock only"
    );
}

#[tokio::test]
async fn the_refusals_come_in_order() {
    let mock = start().await;
    let path = format!(
        "{SUBSCRIPTION}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/home"
    );
    let versioned = format!("{path}?api-version=2024-05-01");
    let code = |body: &Value| {
        body["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };

    let (status, body, headers) = arm(&mock, &path, None).await;
    assert_eq!(
        (status, code(&body)),
        (400, "MissingApiVersionParameter".to_owned())
    );
    assert_eq!(headers["x-ms-client-request-id"], "mine");
    assert!(
        headers.contains_key("x-ms-request-id")
            && headers.contains_key("x-ms-correlation-request-id")
    );
    let (status, body, headers) = arm(&mock, &versioned, None).await;
    assert_eq!(
        (status, code(&body)),
        (401, "AuthenticationFailed".to_owned())
    );
    assert!(
        headers["www-authenticate"]
            .to_str()
            .unwrap()
            .contains("authorization_uri=")
    );
    let (status, body, _) = arm(&mock, &versioned, Some("x.y.z")).await;
    assert_eq!(
        (status, code(&body)),
        (401, "InvalidAuthenticationToken".to_owned())
    );
    let vault = mock
        .control
        .token("home-auditor", VAULT_SCOPE)
        .unwrap()
        .token;
    assert_eq!(arm(&mock, &versioned, Some(&vault)).await.0, 401);
    let other = arm_token(&mock, "resource-auditor");
    let (status, body, _) = arm(&mock, &versioned, Some(&other)).await;
    assert_eq!(
        (status, code(&body)),
        (401, "InvalidAuthenticationTokenTenant".to_owned())
    );
    assert!(
        body["error"]["message"]
            .as_str()
            .unwrap()
            .contains(&format!("https://login.windows.net/{HOME}"))
    );
    let unknown = versioned.replace("aaaaaaaa-aaaa", "99999999-9999");
    let own = arm_token(&mock, "home-auditor");
    let (status, body, _) = arm(&mock, &unknown, Some(&own)).await;
    assert_eq!(
        (status, code(&body)),
        (404, "SubscriptionNotFound".to_owned())
    );
    let identity = identity_token(&mock, "https://management.azure.com").await;
    let (status, body, _) = arm(&mock, &versioned, Some(&identity)).await;
    assert_eq!(
        (status, code(&body)),
        (403, "AuthorizationFailed".to_owned()),
        "{body}"
    );
    let (status, body, _) = arm(
        &mock,
        &versioned.replace("resourceGroups", "RESOURCEgroups"),
        Some(&own),
    )
    .await;
    assert_eq!(
        (status, &body["name"]),
        (200, &Value::from("home")),
        "{body}"
    );
    mock.control.advance(Duration::from_secs(3600));
    let (status, body, _) = arm(&mock, &versioned, Some(&own)).await;
    assert_eq!(
        (status, code(&body)),
        (401, "ExpiredAuthenticationToken".to_owned())
    );
}

#[tokio::test]
async fn what_is_not_built_says_so() {
    let mock = start().await;
    let path = format!("{SUBSCRIPTION}/providers/Microsoft.Nothing/things?api-version=2024-05-01");
    let token = arm_token(&mock, "home-auditor");
    let (status, body, _) = arm(&mock, &path, Some(&token)).await;
    assert_eq!(status, 501, "{body}");
    assert!(body.to_string().contains("Microsoft.Nothing"), "{body}");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let mock = start().await;
    let client = public(&mock, "internet", "login.microsoftonline.com").await;
    let url = format!("https://login.microsoftonline.com/{HOME}/oauth2/v2.0/token");
    // The body is read to its end, so a client hears the answer.
    let sent = client.post(&url).body(vec![b'a'; (16 << 20) + 1]);
    let (status, body) = json(sent.send().await.unwrap()).await;
    assert_eq!((status, &body["error"]), (413, &"invalid_request".into()));
    assert_eq!(
        json(client.post(&url).body("x").send().await.unwrap())
            .await
            .0,
        400,
        "still serving"
    );
}

#[tokio::test]
async fn a_token_is_worth_what_its_owner_is() {
    let mock = start().await;
    let (_, body) = exchange(&mock, "https://management.azure.com/.default").await;
    let token = body["access_token"].as_str().unwrap();
    let path = "/subscriptions?api-version=2022-12-01";
    assert_eq!(arm(&mock, path, Some(token)).await.0, 200);
    mock.control
        .plant("service-principal-disabled", "resource/orders")
        .unwrap();
    assert_eq!(arm(&mock, path, Some(token)).await.0, 401, "disabled");
    mock.control.heal().unwrap();
    mock.control
        .plant("service-principal-missing", "resource/orders")
        .unwrap();
    assert_eq!(arm(&mock, path, Some(token)).await.0, 401, "gone");
}

#[tokio::test]
async fn one_request_has_one_token_and_one_readable_target() {
    let mock = start().await;
    let client = public(&mock, "internet", "management.azure.com").await;
    let token = arm_token(&mock, "home-auditor");
    let url = "https://management.azure.com/subscriptions?api-version=2022-12-01";
    let twice = client
        .get(url)
        .bearer_auth(&token)
        .header("Authorization", format!("Bearer {token}"));
    assert_eq!(twice.send().await.unwrap().status(), 401);
    let basic = client
        .get(url)
        .header("Authorization", format!("Basic {token}"));
    assert_eq!(basic.send().await.unwrap().status(), 401);
    let encoded = "https://management.azure.com/subscriptions?api%2Dversion=2022-12-01";
    assert_eq!(
        client
            .get(encoded)
            .bearer_auth(&token)
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    let folded = "https://management.azure.com//subscriptions/?api-version=2022-12-01";
    assert_eq!(
        client
            .get(folded)
            .bearer_auth(&token)
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!(
        client
            .get("https://management.azure.com/%ff")
            .send()
            .await
            .unwrap()
            .status(),
        400
    );
}
