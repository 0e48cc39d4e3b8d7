//! Managed identity: IMDS of machines and App Service's endpoint.

use serde_json::{Value, json as value};
use xtenant_mock_server::fabric::addresses::{APP_SERVICE, APP_SERVICE_PORT, IMDS};
use xtenant_mock_server::{Dial, IdentityEndpoint, World};

use crate::support::*;

#[tokio::test]
async fn a_token_for_the_exchange_carries_a_guid() {
    let mock = start().await;
    let (status, body) = imds(
        &mock,
        &[("resource", EXCHANGE), ("client_id", IDENTITY_CLIENT)],
    )
    .await;
    assert_eq!(status, 200, "{body}");
    assert!(
        body["expires_on"].is_string()
            && body["expires_in"].is_string()
            && body["not_before"].is_string()
    );
    let claims = claims(body["access_token"].as_str().unwrap());
    assert_eq!(claims["aud"], "fb60f99c-7a34-4190-8149-302f77469936");
    assert_eq!(
        claims["iss"],
        format!("https://login.microsoftonline.com/{HOME}/v2.0")
    );
    assert_eq!(
        (&claims["sub"], &claims["oid"]),
        (&value!(IDENTITY_PRINCIPAL), &value!(IDENTITY_PRINCIPAL))
    );
    assert_eq!(
        (&claims["azp"], &claims["ver"], &claims["idtyp"]),
        (&value!(IDENTITY_CLIENT), &value!("2.0"), &value!("app"))
    );
}

#[tokio::test]
async fn a_token_for_a_service_is_of_version_one() {
    let mock = start().await;
    let claims = claims(&identity_token(&mock, "https://management.azure.com/").await);
    assert_eq!(claims["iss"], format!("https://sts.windows.net/{HOME}/"));
    assert_eq!(claims["xms_mirid"], IDENTITY);
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        86_400
    );
}

#[tokio::test]
async fn the_header_is_required_to_the_letter() {
    let mock = start().await;
    let url = format!(
        "http://{}/metadata/identity/oauth2/token?api-version=2018-02-01&resource={EXCHANGE}",
        door(&mock, "app", IMDS, 80).await
    );
    let client = client(&mock, &[]);
    for wrong in [None, Some("True"), Some("1")] {
        let request = wrong.iter().fold(client.get(&url), |request, wrong| {
            request.header("Metadata", *wrong)
        });
        let (status, body) = json(request.send().await.unwrap()).await;
        assert_eq!((status, &body["error"]), (400, &value!("bad_request_102")));
    }
    let request = client
        .get(&url)
        .header("Metadata", "true")
        .header("X-Forwarded-For", "10.0.0.1");
    assert_eq!(json(request.send().await.unwrap()).await.0, 400);
    let unversioned = url.replace("api-version=2018-02-01&", "");
    let (status, _) = json(
        client
            .get(unversioned)
            .header("Metadata", "true")
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn an_identity_is_chosen_as_azure_does() {
    let one = start().await;
    assert_eq!(
        imds(&one, &[("resource", EXCHANGE)]).await.0,
        200,
        "the only one needs no selector"
    );
    for selector in [
        ("object_id", IDENTITY_PRINCIPAL),
        ("msi_res_id", IDENTITY),
        ("client_id", IDENTITY_CLIENT),
    ] {
        assert_eq!(
            imds(&one, &[("resource", EXCHANGE), selector]).await.0,
            200,
            "{selector:?}"
        );
    }
    let both = [
        ("resource", EXCHANGE),
        ("client_id", IDENTITY_CLIENT),
        ("object_id", IDENTITY_PRINCIPAL),
    ];
    assert_eq!(imds(&one, &both).await.0, 400);
    let (status, body) = imds(&one, &[("resource", EXCHANGE), ("client_id", APPLICATION)]).await;
    assert_eq!(
        (status, body),
        (
            400,
            value!({"error": "invalid_request", "error_description": "Identity not found"})
        )
    );
    assert_eq!(
        imds(&one, &[("client_id", IDENTITY_CLIENT)]).await.0,
        400,
        "resource is required"
    );
    let (status, body) = imds(&one, &[("resource", "https://vault.azure.net/.default")]).await;
    assert_eq!((status, code(&body)), (400, 500_011));

    let two = start_with(add_identity).await;
    let (status, body) = imds(&two, &[("resource", EXCHANGE)]).await;
    assert_eq!(status, 400);
    assert!(
        body["error_description"]
            .as_str()
            .unwrap()
            .starts_with("Multiple user assigned identities exist")
    );
    let system = start_with(|world| {
        add_identity(world);
        world.vantages.get_mut("app").unwrap().system_identity = true;
    })
    .await;
    let (status, body) = imds(&system, &[("resource", EXCHANGE)]).await;
    assert_eq!(status, 200);
    assert_ne!(
        claims(body["access_token"].as_str().unwrap())["sub"],
        IDENTITY_PRINCIPAL
    );
}

#[tokio::test]
async fn a_detached_identity_gives_no_token() {
    let mock = start().await;
    mock.control
        .plant("managed-identity-detached", "vantage/app")
        .unwrap();
    for query in [
        vec![("resource", EXCHANGE)],
        vec![("resource", EXCHANGE), ("client_id", IDENTITY_CLIENT)],
    ] {
        let (status, body) = imds(&mock, &query).await;
        assert_eq!(
            (status, &body["error_description"]),
            (400, &value!("Identity not found"))
        );
    }
}

#[tokio::test]
async fn app_service_wants_its_header_and_prefers_the_system_identity() {
    let mock = start_with(|world| world.vantages.get_mut("app").unwrap().app_service = true).await;
    assert!(matches!(
        mock.control.dial("app", IMDS, 80).await.unwrap(),
        Dial::TimedOut { .. }
    ));
    let Some(IdentityEndpoint::AppService {
        endpoint,
        header,
        world_endpoint,
    }) = mock.coordinates.vantages[0].managed_identity.clone()
    else {
        panic!("no App Service endpoint")
    };
    assert_eq!(world_endpoint, "http://169.254.129.5:8081/msi/token");
    let client = client(&mock, &[]);
    let get = async |query: &[(&str, &str)], header: &str| {
        let request = client
            .get(&endpoint)
            .query(&[("api-version", "2019-08-01"), ("resource", EXCHANGE)])
            .query(query);
        json(
            request
                .header("X-IDENTITY-HEADER", header)
                .send()
                .await
                .unwrap(),
        )
        .await
    };
    assert_eq!(get(&[("client_id", IDENTITY_CLIENT)], "wrong").await.0, 401);
    let (status, body) = get(&[("mi_res_id", IDENTITY)], &header).await;
    assert_eq!(status, 200, "{body}");
    assert!(body["expires_on"].is_string() && body.get("expires_in").is_none());
    let (status, body) = get(&[], &header).await;
    assert_eq!(status, 400, "one user-assigned identity is not the default");
    assert!(
        body["message"]
            .as_str()
            .unwrap()
            .starts_with("No User Assigned or Delegated Managed Identity found")
    );
    let dialled = door(&mock, "app", APP_SERVICE, APP_SERVICE_PORT).await;
    let url = format!(
        "http://{dialled}/metadata/identity/oauth2/token?api-version=2018-02-01&resource={EXCHANGE}"
    );
    assert_eq!(
        client
            .get(url)
            .header("Metadata", "true")
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
}

fn add_identity(world: &mut World) {
    let mut second = world
        .resources
        .iter()
        .find(|resource| resource.id() == IDENTITY)
        .unwrap()
        .clone();
    let id = format!("{IDENTITY}-2");
    second
        .body
        .insert("id".to_owned(), Value::String(id.clone()));
    second.body.insert(
        "properties".to_owned(),
        value!({"clientId": "dddddddd-0000-0000-0000-000000000002", "principalId": "eeeeeeee-0000-0000-0000-000000000002"}),
    );
    world.resources.push(second);
    world.vantages.get_mut("app").unwrap().identities.push(id);
}
