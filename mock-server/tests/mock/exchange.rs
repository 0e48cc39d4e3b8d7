//! The exchange of a managed identity's token for one of the other tenant, and every way in which Entra refuses it.

use std::time::Duration;

use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn the_workload_reads_its_secret_and_its_blob_over_the_private_path() {
    let mock = start().await;
    let (status, body) = exchange(&mock, VAULT_SCOPE).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["expires_in"], 3599);
    let token = body["access_token"].as_str().unwrap();
    let claims = claims(token);
    assert_eq!(claims["tid"], RESOURCE);
    assert_eq!(
        claims["iss"],
        format!("https://sts.windows.net/{RESOURCE}/")
    );
    assert_eq!(claims["aud"], "https://vault.azure.net");
    assert_eq!(claims["appid"], APPLICATION);
    assert_eq!(claims["oid"], "05000000-0000-4000-8000-000000000003");

    let host = "kv-resource.vault.azure.net";
    let address = crate::dns::resolve(&mock, "app", host).await;
    assert_eq!(address.octets()[..2], [10, 1], "a private address");
    let vault = client(&mock, &[(host, door(&mock, "app", address, 443).await)]);
    let url = format!("https://{host}/secrets/TEST-SECRET-001/?api-version=2025-07-01");
    let (status, body) = json(vault.get(&url).send().await.unwrap()).await;
    assert_eq!(status, 401, "{body}");
    let (status, body) = json(vault.get(&url).bearer_auth(token).send().await.unwrap()).await;
    assert_eq!((status, &body["value"]), (200, &json!("TenantB")), "{body}");

    let own = identity_token(&mock, "https://vault.azure.net").await;
    let (status, body) = json(vault.get(&url).bearer_auth(own).send().await.unwrap()).await;
    assert_eq!(status, 401);
    assert!(body.to_string().contains("AKV10032"), "{body}");

    let host = "stresource.blob.core.windows.net";
    let address = crate::dns::resolve(&mock, "app", host).await;
    let (_, body) = exchange(&mock, "https://storage.azure.com/.default").await;
    let account = client(&mock, &[(host, door(&mock, "app", address, 443).await)]);
    let request = account
        .get(format!("https://{host}/orders/hello.txt"))
        .header("x-ms-version", "2026-04-06");
    let (status, body) = json(
        request
            .bearer_auth(body["access_token"].as_str().unwrap())
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!((status, body), (200, json!("hello from Fabrikam\n")));
}

#[tokio::test]
async fn both_versions_of_the_endpoint_answer_in_their_own_form() {
    let mock = start().await;
    let assertion = identity_token(&mock, EXCHANGE).await;
    let mut form = exchange_form(&assertion, "");
    form[2] = ("resource", "https://vault.azure.net");
    let url = format!("https://login.microsoftonline.com/{RESOURCE}/oauth2/token");
    let (status, body) = post_form(&mock, &url, &form).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["expires_in"], "3599");
    let by_domain = post_token(
        &mock,
        "fabrikam.onmicrosoft.com",
        &exchange_form(&assertion, VAULT_SCOPE),
    )
    .await;
    assert_eq!(by_domain.0, 200);
    let azure_cli = exchange_form(&assertion, "https://management.core.windows.net//.default");
    let (_, body) = post_token(&mock, RESOURCE, &azure_cli).await;
    assert_eq!(
        claims(body["access_token"].as_str().unwrap())["aud"],
        "https://management.core.windows.net/"
    );
}

#[tokio::test]
async fn faults_of_identity_are_refused_with_their_own_code() {
    let mock = start().await;
    for (fault, at, code_wanted) in [
        ("application-disabled", "home/orders", 7_000_112),
        ("application-missing", "home/orders", 700_016),
        ("application-of-resource-tenant", "home/orders", 700_236),
        ("application-single-tenant", "home/orders", 700_016),
        (
            "federated-credential-audience-guid",
            "home/orders/orders-identity",
            700_214,
        ),
        (
            "federated-credential-audience-other",
            "home/orders/orders-identity",
            700_212,
        ),
        (
            "federated-credential-issuer-other-tenant",
            "home/orders/orders-identity",
            700_211,
        ),
        (
            "federated-credential-issuer-trailing-slash",
            "home/orders/orders-identity",
            700_211,
        ),
        (
            "federated-credential-missing",
            "home/orders/orders-identity",
            700_211,
        ),
        (
            "federated-credential-subject-case",
            "home/orders/orders-identity",
            7_002_138,
        ),
        (
            "federated-credential-subject-client-id",
            "home/orders/orders-identity",
            700_213,
        ),
        ("managed-identity-other-principal", IDENTITY, 700_213),
        ("service-principal-disabled", "resource/orders", 7_000_112),
        ("service-principal-missing", "resource/orders", 700_016),
        ("application-personal-accounts-only", "home/orders", 700_016),
        ("managed-identity-of-other-tenant", IDENTITY, 700_236),
        (
            "service-principal-deactivated",
            "resource/orders",
            7_000_112,
        ),
        ("token-refused-replication", "resource/orders", 70_021),
        ("token-refused-transient", "resource/orders", 90_033),
        ("token-refused-throttled", "resource/orders", 90_055),
        ("token-refused-tenant-unknown", "resource/orders", 90_002),
        ("token-refused-national-cloud", "resource/orders", 90_038),
        ("token-refused-cross-cloud", "resource/orders", 700_238),
        (
            "token-refused-conditional-access",
            "resource/orders",
            53_003,
        ),
        ("token-refused-security-policy", "resource/orders", 530_032),
        (
            "token-refused-tenant-restrictions",
            "resource/orders",
            500_021,
        ),
        ("token-refused-resource-unknown", "resource/orders", 500_011),
        ("token-refused-out-of-time", "resource/orders", 700_024),
        (
            "token-refused-several-credentials",
            "resource/orders",
            700_263,
        ),
        ("token-refused-signature", "resource/orders", 700_027),
        ("token-refused-second-hop", "resource/orders", 700_231),
    ] {
        mock.control.plant(fault, at).unwrap();
        let (status, body) = exchange(&mock, VAULT_SCOPE).await;
        assert_eq!(
            (code(&body), status >= 400),
            (code_wanted, true),
            "{fault}: {body}"
        );
        assert!(
            body["error_description"]
                .as_str()
                .unwrap()
                .starts_with(&format!("AADSTS{code_wanted}: "))
        );
        mock.control.heal().unwrap();
    }
    assert_eq!(exchange(&mock, VAULT_SCOPE).await.0, 200, "healed");
}

#[tokio::test]
async fn an_application_without_a_service_principal_at_home_is_told_so() {
    let mock = start().await;
    mock.control
        .plant("service-principal-missing", "home/orders")
        .unwrap();
    let assertion = identity_token(&mock, EXCHANGE).await;
    let (_, body) = post_token(&mock, HOME, &exchange_form(&assertion, VAULT_SCOPE)).await;
    assert_eq!(code(&body), 7_000_229, "{body}");
}

#[tokio::test]
async fn malformed_requests_are_refused_with_their_own_code() {
    let mock = start().await;
    let assertion = identity_token(&mock, EXCHANGE).await;
    let without = |name: &str| {
        let mut form = exchange_form(&assertion, VAULT_SCOPE);
        form.retain(|(key, _)| *key != name);
        form
    };
    let with = |name: &'static str, value: &'static str| {
        let mut form = exchange_form(&assertion, VAULT_SCOPE);
        form.retain(|(key, _)| *key != name);
        form.push((name, value));
        form
    };
    let mut secret = without("client_assertion");
    secret.push(("client_secret", "hunter2"));
    for (tenant, form, code_wanted) in [
        (RESOURCE, without("grant_type"), 900_144),
        (RESOURCE, with("grant_type", "password"), 70_003),
        (RESOURCE, without("client_id"), 900_144),
        (RESOURCE, without("scope"), 900_144),
        (RESOURCE, without("client_assertion_type"), 900_144),
        (RESOURCE, without("client_assertion"), 7_000_218),
        (RESOURCE, secret, 7_000_215),
        (RESOURCE, with("client_assertion", "x.y"), 50_027),
        (RESOURCE, with("client_id", IDENTITY_CLIENT), 700_016),
        (
            RESOURCE,
            with("resource", "https://vault.azure.net"),
            901_002,
        ),
        (RESOURCE, with("scope", "https://vault.azure.net"), 70_011),
        (RESOURCE, with("scope", "openid profile"), 700_023),
        (
            RESOURCE,
            with(
                "scope",
                "https://vault.azure.net/.default https://storage.azure.com/.default",
            ),
            700_022,
        ),
        (
            RESOURCE,
            with("scope", "https://nobody.example/.default"),
            500_011,
        ),
        ("common", without(""), 9_001_023),
        ("fabrikam", without(""), 900_023),
        ("99999999-9999-9999-9999-999999999999", without(""), 90_002),
        ("nobody.example", without(""), 90_002),
    ] {
        let (status, body) = post_token(&mock, tenant, &form).await;
        assert_eq!(code(&body), code_wanted, "{form:?}: {body}");
        assert!(status == 400 || status == 401);
    }
}

#[tokio::test]
async fn only_tokens_of_user_assigned_identities_are_assertions() {
    let mock = start_with(|world| {
        world.vantages.get_mut("app").unwrap().system_identity = true;
    })
    .await;
    let refused = async |assertion: &str| {
        let (status, body) =
            post_token(&mock, RESOURCE, &exchange_form(assertion, VAULT_SCOPE)).await;
        assert_eq!(status, 401, "{body}");
        code(&body)
    };
    assert_eq!(
        refused(&identity_token(&mock, "https://management.azure.com/").await).await,
        7_002_121
    );
    assert_eq!(
        refused(&identity_token(&mock, "https://vault.azure.net").await).await,
        700_227
    );
    let stand_in = mock
        .control
        .token("home-auditor", &format!("{EXCHANGE}/.default"))
        .unwrap();
    assert_eq!(refused(&stand_in.token).await, 700_226);
    let (_, hop) = exchange(&mock, &format!("{EXCHANGE}/.default")).await;
    assert_eq!(
        refused(hop["access_token"].as_str().unwrap()).await,
        700_231
    );
    let (_, system) = imds(&mock, &[("resource", EXCHANGE)]).await;
    assert_eq!(
        refused(system["access_token"].as_str().unwrap()).await,
        700_222
    );
    let real = identity_token(&mock, EXCHANGE).await;
    let forged = format!("{}AAAA", &real[..real.len() - 4]);
    assert_eq!(refused(&forged).await, 700_027);
}

#[tokio::test]
async fn an_assertion_ends_with_its_time() {
    let mock = start().await;
    let assertion = identity_token(&mock, EXCHANGE).await;
    mock.control.advance(Duration::from_secs(86_401));
    let (_, body) = post_token(&mock, RESOURCE, &exchange_form(&assertion, VAULT_SCOPE)).await;
    assert_eq!(code(&body), 700_024);
    let text = body["error_description"].as_str().unwrap();
    assert!(
        text.contains("Current time: ") && text.contains("expiry time of assertion "),
        "{text}"
    );
}

#[tokio::test]
async fn discovery_names_issuer_and_keys() {
    let mock = start().await;
    let client = public(&mock, "internet", "login.microsoftonline.com").await;
    let get = async |path: &str| {
        json(
            client
                .get(format!("https://login.microsoftonline.com{path}"))
                .send()
                .await
                .unwrap(),
        )
        .await
    };
    let (_, document) = get(&format!(
        "/{RESOURCE}/v2.0/.well-known/openid-configuration"
    ))
    .await;
    assert_eq!(
        document["issuer"],
        format!("https://login.microsoftonline.com/{RESOURCE}/v2.0")
    );
    let (_, keys) = get(&format!("/{RESOURCE}/discovery/v2.0/keys")).await;
    assert_eq!(keys["keys"][0]["kty"], "RSA");
    let (status, unknown) =
        get("/99999999-9999-9999-9999-999999999999/v2.0/.well-known/openid-configuration").await;
    assert_eq!(
        (status, code(&unknown), &unknown["error"]),
        (400, 90_002, &json!("invalid_tenant"))
    );
    let instance = "/common/discovery/instance?api-version=1.1&authorization_endpoint=https://";
    assert_eq!(
        get(&format!(
            "{instance}login.microsoftonline.com/common/oauth2/v2.0/authorize"
        ))
        .await
        .0,
        200
    );
    let (status, unknown) = get(&format!(
        "{instance}login.example/common/oauth2/v2.0/authorize"
    ))
    .await;
    assert_eq!((status, code(&unknown)), (400, 50_049));
}
