//! Doors: which vantage reaches which world address.

use std::net::Ipv4Addr;

use xtenant_mock_server::Dial;
use xtenant_mock_server::fabric::addresses::{AZURE_DNS, IMDS, front_door};

use crate::support::*;

#[tokio::test]
async fn a_private_endpoint_is_reached_from_its_own_network_once_it_is_approved() {
    let mock = start().await;
    let address = crate::dns::resolve(&mock, "app", "kv-resource.vault.azure.net").await;
    let first = door(&mock, "app", address, 443).await;
    assert_eq!(first, door(&mock, "app", address, 443).await, "opened once");
    assert!(first.ip().is_loopback());
    assert!(matches!(
        mock.control.dial("internet", address, 443).await.unwrap(),
        Dial::TimedOut { .. }
    ));
    assert!(matches!(
        mock.control.dial("app", address, 22).await.unwrap(),
        Dial::Refused { .. }
    ));

    let pending = start_with(|world| world.approvals.clear()).await;
    let Dial::TimedOut { why } = pending.control.dial("app", address, 443).await.unwrap() else {
        panic!()
    };
    assert!(why.ends_with("is not approved"), "{why}");
}

#[tokio::test]
async fn public_front_doors_need_a_way_to_the_internet() {
    let mock = start_with(|world| world.vantages.get_mut("app").unwrap().internet = false).await;
    let login = front_door("login.microsoftonline.com").unwrap();
    assert!(matches!(
        mock.control.dial("app", login, 443).await.unwrap(),
        Dial::TimedOut { .. }
    ));
    assert!(matches!(
        mock.control.dial("internet", login, 443).await.unwrap(),
        Dial::Open(_)
    ));
    assert!(matches!(
        mock.control.dial("internet", login, 80).await.unwrap(),
        Dial::Refused { .. }
    ));
    assert!(matches!(
        mock.control.dial("nowhere", login, 443).await.unwrap(),
        Dial::TimedOut { .. }
    ));
    assert_eq!(mock.coordinates.vantages[0].egress, None);
}

#[tokio::test]
async fn what_no_service_has_is_not_reached() {
    let mock = start().await;
    for address in [
        Ipv4Addr::new(8, 8, 8, 8),
        Ipv4Addr::LOCALHOST,
        Ipv4Addr::new(10, 1, 1, 200),
        Ipv4Addr::UNSPECIFIED,
    ] {
        let dial = mock.control.dial("app", address, 443).await.unwrap();
        assert!(matches!(dial, Dial::TimedOut { .. }), "{address}: {dial:?}");
    }
    assert!(matches!(
        mock.control.dial("app", AZURE_DNS, 443).await.unwrap(),
        Dial::Refused { .. }
    ));
    assert!(matches!(
        mock.control.dial("internet", IMDS, 80).await.unwrap(),
        Dial::TimedOut { .. }
    ));
    assert!(matches!(
        mock.control.dial("app", IMDS, 443).await.unwrap(),
        Dial::Refused { .. }
    ));
}

#[tokio::test]
async fn a_host_header_does_not_choose_another_service() {
    let mock = start().await;
    let vault = door(
        &mock,
        "app",
        front_door("kv-resource.vault.azure.net").unwrap(),
        443,
    )
    .await;
    let private = crate::dns::resolve(&mock, "app", "kv-resource.vault.azure.net").await;
    for address in [vault, door(&mock, "app", private, 443).await] {
        let misled = client(&mock, &[("management.azure.com", address)]);
        let response = misled
            .get("https://management.azure.com/subscriptions?api-version=2022-12-01")
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 421);
    }
}

#[tokio::test]
async fn the_public_path_to_a_closed_vault_is_refused_by_the_vault() {
    let mock = start().await;
    let (_, token) = exchange(&mock, VAULT_SCOPE).await;
    let client = public(&mock, "internet", "kv-resource.vault.azure.net").await;
    let request =
        client.get("https://kv-resource.vault.azure.net/secrets/TEST-SECRET-001?api-version=7.5");
    let (status, body) = json(
        request
            .bearer_auth(token["access_token"].as_str().unwrap())
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(status, 403, "{body}");
    assert_eq!(body["error"]["innererror"]["code"], "ForbiddenByConnection");
}

#[tokio::test]
async fn an_open_door_closes_when_the_world_changes() {
    let mock = start().await;
    let host = "kv-resource.vault.azure.net";
    let address = crate::dns::resolve(&mock, "app", host).await;
    let url = format!("https://{host}/healthstatus");
    let opened = door(&mock, "app", address, 443).await;
    assert_eq!(
        client(&mock, &[(host, opened)])
            .get(&url)
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    let pending = mock
        .control
        .applicable()
        .into_iter()
        .find(|it| it.fault == "private-endpoint-pending")
        .unwrap();
    for place in pending.places {
        mock.control
            .plant("private-endpoint-pending", &place)
            .unwrap();
    }
    assert!(
        client(&mock, &[(host, opened)])
            .get(&url)
            .send()
            .await
            .is_err()
    );
}
