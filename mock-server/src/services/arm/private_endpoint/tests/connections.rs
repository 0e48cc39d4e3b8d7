//! What the owner of a resource does with connections.

use super::*;

fn connection(context: &Context, resource: &str) -> Value {
    let path = format!("{resource}/privateEndpointConnections");
    owner(context, Method::GET, &path, None).1["value"][0].clone()
}

/// Sends the whole object back with another status, as the Azure CLI does.
fn decide(context: &Context, before: &Value, status: &str) -> (u16, Value) {
    let mut body = before.clone();
    let state = &mut body["properties"]["privateLinkServiceConnectionState"];
    state["status"] = json!(status);
    state["description"] = json!(format!("now {status}"));
    owner(
        context,
        Method::PUT,
        before["id"].as_str().unwrap(),
        Some(&body),
    )
}

#[test]
fn an_approved_connection_can_be_rejected_and_not_approved_again() {
    for resource in [VAULT, ACCOUNT] {
        let context = writable();
        let before = connection(&context, resource);
        assert_eq!(decide(&context, &before, "Approved").0, 200);
        let (status, rejected) = decide(&context, &before, "Rejected");
        assert_eq!(status, 200, "{rejected}");
        let state = &rejected["properties"]["privateLinkServiceConnectionState"];
        assert_eq!(state["status"], "Rejected");
        assert_eq!(state["description"], "now Rejected");
        let refused = decide(&context, &before, "Approved");
        assert_eq!(code(&refused), (400, "BadRequest"));
        assert_eq!(
            refused.1["error"]["message"],
            "Approving rejected private endpoint connections is not supported."
        );
        assert_eq!(decide(&context, &before, "Maybe").0, 400);
        assert_eq!(decide(&context, &before, "Disconnected").0, 400);
    }
}

#[test]
fn a_vaults_connection_has_an_entity_tag_that_changes() {
    let context = writable();
    let before = connection(&context, VAULT);
    let tag = before["etag"].as_str().unwrap().to_owned();
    let inside = owner(&context, Method::GET, VAULT, None).1;
    let inside = &inside["properties"]["privateEndpointConnections"][0];
    assert_eq!(inside["etag"], before["etag"]);
    assert_eq!(inside["id"], before["id"]);
    let (_, after) = decide(&context, &before, "Rejected");
    assert_ne!(after["etag"], before["etag"]);
    let url = format!(
        "management.azure.com{}?api-version=2023-07-01",
        before["id"].as_str().unwrap()
    );
    let stale = ask(&context, Method::DELETE, &url)
        .bearing(RESOURCE, RESOURCE_WRITER, Audience::Arm)
        .with("if-match", &tag);
    assert_eq!(stale.json().0, 412);
}

#[test]
fn a_removed_connection_severs_the_endpoint_for_good() {
    for (resource, name, group) in [(VAULT, "vault", "vault"), (ACCOUNT, "blob", "blob")] {
        let context = writable();
        let before = connection(&context, resource);
        let id = before["id"].as_str().unwrap();
        assert_eq!(owner(&context, Method::DELETE, id, None).0, 200);
        assert_eq!(owner(&context, Method::DELETE, id, None).0, 204);
        assert_eq!(owner(&context, Method::GET, id, None).0, 404);
        assert_eq!(decide(&context, &before, "Approved").0, 404);
        let path = format!("{NET}/privateEndpoints/{name}");
        let endpoint = read(&context, &path);
        let connection = &endpoint["properties"]["manualPrivateLinkServiceConnections"][0];
        let state = &connection["properties"]["privateLinkServiceConnectionState"];
        assert_eq!(state["status"], "Disconnected");
        assert_eq!(put(&context, &path, &endpoint).0, 200);
        assert_eq!(
            owner(&context, Method::GET, id, None).0,
            404,
            "writing it again changes nothing"
        );
        assert_eq!(write(&context, Method::DELETE, &path).json().0, 202);
        assert_eq!(put(&context, &path, &manual(resource, group)).0, 201);
        let now = super::connections::connection(&context, resource);
        let state = &now["properties"]["privateLinkServiceConnectionState"];
        assert_eq!(state["status"], "Pending", "a new endpoint asks anew");
    }
}

#[test]
fn a_target_that_is_deleted_severs_its_endpoints() {
    let context = writable();
    assert_eq!(owner(&context, Method::DELETE, ACCOUNT, None).0, 200);
    let body =
        json!({"location": "japaneast", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}});
    assert_eq!(owner(&context, Method::PUT, ACCOUNT, Some(&body)).0, 202);
    let endpoint = read(&context, &format!("{NET}/privateEndpoints/blob"));
    let connection = &endpoint["properties"]["manualPrivateLinkServiceConnections"][0];
    let state = &connection["properties"]["privateLinkServiceConnectionState"];
    assert_eq!(
        state["status"], "Disconnected",
        "a new account of that name changes nothing"
    );
}

#[test]
fn only_who_may_write_connections_decides() {
    let context = writable();
    let before = connection(&context, VAULT);
    let id = before["id"].as_str().unwrap();
    assert_eq!(
        put(&context, id, &before).0,
        401,
        "a token of the other tenant"
    );
    assert_eq!(
        owner(&context, Method::PUT, &format!("{id}x"), Some(&before)).0,
        404
    );
    assert_eq!(
        owner(&context, Method::PUT, id, Some(&json!({"properties": {}}))).0,
        400
    );
}

/// The requests of the official examples are taken.
#[test]
fn official_requests_are_taken() {
    let Some(folder) = crate::services::testing::specifications() else {
        return;
    };
    let example = |file: &str| -> Value {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let old = "/subscriptions/subId/resourceGroups/rg1/providers/Microsoft.Network";
        let text = text
            .replace(
                &format!("{old}/virtualNetworks/myVnet/subnets/mySubnet"),
                SUBNET,
            )
            .replace(&format!("{old}/privateLinkServices/testPls"), ACCOUNT)
            .replace(
                &format!("{old}/privateDnsZones/zone1.com"),
                &format!("{NET}/privateDnsZones/privatelink.blob.core.windows.net"),
            )
            .replace("groupIdFromResource", "file")
            .replace("192.168.0.5", "10.1.0.15")
            .replace("eastus2euap", "japaneast")
            .replace("eastus", "japaneast");
        serde_json::from_str::<Value>(&text).unwrap()["parameters"].clone()
    };
    let context = writable();
    let network = "network/2024-01-01/examples";
    let given = example(&format!(
        "{network}/PrivateEndpointCreateForManualApproval.json"
    ));
    let (status, answer) = put(&context, &new(), &given["parameters"]);
    assert_eq!(status, 201, "{answer}");
    let given = example(&format!("{network}/PrivateEndpointCreateWithASG.json"));
    let auxiliary = token(&context, RESOURCE, RESOURCE_WRITER, Audience::Arm);
    let made = write(
        &context,
        Method::PUT,
        &format!("{NET}/privateEndpoints/other"),
    )
    .with(
        "x-ms-authorization-auxiliary",
        &format!("Bearer {auxiliary}"),
    )
    .body(&given["parameters"])
    .json();
    assert_eq!(made.0, 201, "{}", made.1);
    let given = example(&format!("{network}/PrivateEndpointDnsZoneGroupCreate.json"));
    let group = format!("{}/privateDnsZoneGroups/testPdnsgroup", new());
    let (status, answer) = put(&context, &group, &given["parameters"]);
    assert_eq!(status, 201, "{answer}");
    for (resource, file) in [
        (
            VAULT,
            "keyvault-mgmt/2023-07-01/examples/putPrivateEndpointConnection.json",
        ),
        (
            ACCOUNT,
            "storage-mgmt/2023-05-01/examples/StorageAccountPutPrivateEndpointConnection.json",
        ),
    ] {
        let id = connection(&context, resource)["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let (status, answer) = owner(
            &context,
            Method::PUT,
            &id,
            Some(&example(file)["properties"]),
        );
        assert_eq!(status, 200, "{answer}");
    }
}
