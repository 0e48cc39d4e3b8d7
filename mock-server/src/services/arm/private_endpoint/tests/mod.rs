//! Endpoints as clients make and change them.

use http::Method;
use serde_json::{Value, json};

mod article;
mod connections;
mod lifecycle;

use crate::auth::Audience;
use crate::context::Context;
use crate::services::testing::{
    ACCOUNT, HOME, HOME_WRITER, NET, RESOURCE, RESOURCE_WRITER, VAULT, ask, changed, header, token,
    writable, write,
};

const SUBNET: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/home/subnets/endpoints";
const OWN_VAULT: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/app/providers/Microsoft.KeyVault/vaults/kv-home";

fn new() -> String {
    format!("{NET}/privateEndpoints/new")
}

/// A body that asks for approval, or connects at once.
fn asking(array: &str, target: &str, group: &str) -> Value {
    json!({"location": "japaneast", "properties": {
        "subnet": {"id": SUBNET},
        array: [{"name": "c", "properties": {"privateLinkServiceId": target, "groupIds": [group], "requestMessage": "please"}}],
    }})
}

fn manual(target: &str, group: &str) -> Value {
    asking("manualPrivateLinkServiceConnections", target, group)
}

fn automatic(target: &str, group: &str) -> Value {
    asking("privateLinkServiceConnections", target, group)
}

fn put(context: &Context, path: &str, body: &Value) -> (u16, Value) {
    write(context, Method::PUT, path).body(body).json()
}

fn read(context: &Context, path: &str) -> Value {
    write(context, Method::GET, path).ok()
}

/// As the owner of the resource tenant's subscription.
fn owner(context: &Context, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
    let url = format!("management.azure.com{path}?api-version=2023-07-01");
    let asked = ask(context, method, &url).bearing(RESOURCE, RESOURCE_WRITER, Audience::Arm);
    match body {
        Some(body) => asked.body(body).json(),
        None => asked.json(),
    }
}

fn code((status, body): &(u16, Value)) -> (u16, &str) {
    (*status, body["error"]["code"].as_str().unwrap_or_default())
}

/// A vault of the home tenant.
fn with_own_vault() -> Context {
    let context = writable();
    let body = json!({"location": "japaneast", "properties": {
        "tenantId": HOME, "sku": {"family": "A", "name": "standard"}, "accessPolicies": [],
    }});
    assert_eq!(put(&context, OWN_VAULT, &body).0, 201);
    context
}

#[test]
fn a_manual_endpoint_is_pending_on_both_sides() {
    let context = writable();
    let first = write(&context, Method::PUT, &new())
        .body(&manual(VAULT, "vault"))
        .reply();
    assert_eq!(first.status, 201);
    assert!(header(&first, "azure-asyncoperation").contains("/operations/"));
    assert_eq!(header(&first, "retry-after"), "1");
    let shown = read(&context, &new());
    let properties = &shown["properties"];
    let connection = &properties["manualPrivateLinkServiceConnections"][0]["properties"];
    let state = &connection["privateLinkServiceConnectionState"];
    assert_eq!(state["status"], "Pending");
    assert_eq!(state["description"], "Awaiting approval");
    assert_eq!(properties["privateLinkServiceConnections"], json!([]));
    assert_eq!(properties["provisioningState"], "Succeeded");
    let interface = properties["networkInterfaces"][0]["id"].as_str().unwrap();
    let interface = read(&context, interface);
    let configuration = &interface["properties"]["ipConfigurations"][0]["properties"];
    assert_eq!(configuration["privateIPAddress"], "10.1.0.6");
    let listed = owner(
        &context,
        Method::GET,
        &format!("{VAULT}/privateEndpointConnections"),
        None,
    )
    .1;
    let last = listed["value"].as_array().unwrap().last().unwrap();
    assert_eq!(last["properties"]["privateEndpoint"]["id"], new());
    assert_eq!(
        last["properties"]["privateLinkServiceConnectionState"]["status"],
        "Pending"
    );
    let mut again = shown.clone();
    again["tags"] = json!({"a": "b"});
    assert_eq!(
        put(&context, &new(), &again).0,
        200,
        "what GET answers can be put back"
    );
    assert_eq!(read(&context, &new())["tags"], json!({"a": "b"}));
}

#[test]
fn an_automatic_endpoint_needs_the_right_to_approve() {
    let context = with_own_vault();
    let refused = put(&context, &new(), &automatic(VAULT, "vault"));
    assert_eq!(code(&refused), (403, "LinkedAuthorizationFailed"));
    assert_eq!(put(&context, &new(), &automatic(OWN_VAULT, "vault")).0, 201);
    let shown = read(&context, &new());
    let connection = &shown["properties"]["privateLinkServiceConnections"][0]["properties"];
    assert_eq!(
        connection["privateLinkServiceConnectionState"]["status"],
        "Approved"
    );
    assert_eq!(
        shown["properties"]["customDnsConfigs"],
        json!([{"fqdn": "kv-home.vault.azure.net", "ipAddresses": ["10.1.0.6"]}])
    );
    let auxiliary = format!(
        "Bearer {}",
        token(&context, RESOURCE, RESOURCE_WRITER, Audience::Arm)
    );
    let other = format!("{NET}/privateEndpoints/other");
    let allowed = write(&context, Method::PUT, &other)
        .with("x-ms-authorization-auxiliary", &auxiliary)
        .body(&automatic(VAULT, "vault"))
        .json();
    assert_eq!(allowed.0, 201, "{}", allowed.1);
    let connection = &read(&context, &other)["properties"]["privateLinkServiceConnections"][0];
    let state = &connection["properties"]["privateLinkServiceConnectionState"];
    assert_eq!(
        state["status"], "Pending",
        "approval is always needed across tenants"
    );
}

#[test]
fn rights_are_needed_where_a_body_points() {
    let contributor = |role: &str, scope: &str| {
        let body = json!({
            "id": format!("{scope}/providers/Microsoft.Authorization/roleAssignments/0b000000-0000-4000-8000-0000000000f1"),
            "properties": {
                "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{role}"),
                "principalId": HOME_WRITER,
                "principalType": "ServicePrincipal",
            },
        });
        let vault = json!({"id": OWN_VAULT, "location": "japaneast", "properties": {"sku": {"family": "A", "name": "standard"}}});
        changed(|world| {
            for body in [body, vault] {
                let body = body.as_object().cloned().unwrap_or_default();
                world.resources.push(crate::world::Resource { body });
            }
        })
    };
    let subscription = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
    let network_contributor = "4d97b98b-1d4f-4787-a291-c67834d212e7";
    let context = contributor(network_contributor, subscription);
    let refused = put(&context, &new(), &automatic(OWN_VAULT, "vault"));
    assert_eq!(code(&refused), (403, "LinkedAuthorizationFailed"));
    let message = refused.1["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("Microsoft.KeyVault/vaults/privateEndpointConnectionsApproval/action"),
        "{message}"
    );
    assert_eq!(put(&context, &new(), &manual(OWN_VAULT, "vault")).0, 201);
    let owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
    let elsewhere = format!("{subscription}/resourceGroups/app");
    let context = contributor(owner, &elsewhere);
    let path = format!("{elsewhere}/providers/Microsoft.Network/privateEndpoints/new");
    let refused = put(&context, &path, &automatic(OWN_VAULT, "vault"));
    assert_eq!(code(&refused), (403, "LinkedAuthorizationFailed"));
    let message = refused.1["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("virtualNetworks/subnets/join/action"),
        "{message}"
    );
}

#[test]
fn what_cannot_be_asked_for_is_refused() {
    let context = writable();
    let with = |at: &str, value: Value| {
        let mut body = manual(VAULT, "vault");
        *body.pointer_mut(at).unwrap() = value;
        body
    };
    let connection = "/properties/manualPrivateLinkServiceConnections";
    let inside = "/properties/manualPrivateLinkServiceConnections/0/properties";
    let nowhere = VAULT.replace("kv-resource", "kv-nothing");
    let no_subnet = SUBNET.replace("endpoints", "nothing");
    for (body, expected) in [
        (
            with("/location", json!("westeurope")),
            (400, "InvalidResourceReference"),
        ),
        (
            with("/properties/subnet/id", json!(no_subnet)),
            (400, "InvalidResourceReference"),
        ),
        (
            with("/properties/subnet/id", json!("subnet")),
            (400, "LinkedInvalidPropertyId"),
        ),
        (
            with(connection, json!([])),
            (400, "InvalidPrivateEndpointConnections"),
        ),
        (
            with(&format!("{inside}/groupIds"), json!([])),
            (400, "MissingParameterOnPrivateLinkServiceConnection"),
        ),
        (
            with(&format!("{inside}/groupIds"), json!(["blob"])),
            (400, "InvalidGroupId"),
        ),
        (
            with(&format!("{inside}/groupIds"), json!(["vault", "x"])),
            (400, "OnlyOneGroupIdPermitted"),
        ),
        (
            with(&format!("{inside}/privateLinkServiceId"), json!(nowhere)),
            (400, "InvalidResourceReference"),
        ),
        (
            with(&format!("{inside}/requestMessage"), json!("x".repeat(141))),
            (400, "InvalidRequestContent"),
        ),
        (
            with(connection, json!({"a": 1})),
            (400, "InvalidRequestContent"),
        ),
        (with(connection, json!([1])), (400, "InvalidRequestContent")),
    ] {
        assert_eq!(code(&put(&context, &new(), &body)), expected, "{body}");
    }
    assert_eq!(write(&context, Method::GET, &new()).json().0, 404);
    let mut moved = read(&context, &format!("{NET}/privateEndpoints/vault"));
    moved["properties"]["manualPrivateLinkServiceConnections"][0]["properties"]["privateLinkServiceId"] =
        json!(ACCOUNT);
    moved["properties"]["manualPrivateLinkServiceConnections"][0]["properties"]["groupIds"] =
        json!(["blob"]);
    let refused = put(&context, &format!("{NET}/privateEndpoints/vault"), &moved);
    assert_eq!(code(&refused), (400, "PrivateEndpointCannotBeChanged"));
}

#[test]
fn addresses_are_given_kept_and_asked_for() {
    let context = writable();
    let with = |address: &str| {
        let mut body = manual(VAULT, "vault");
        body["properties"]["ipConfigurations"] = json!([{"name": "s", "properties": {"groupId": "vault", "memberName": "default", "privateIPAddress": address}}]);
        body["properties"]["customNetworkInterfaceName"] = json!("nic-new");
        body
    };
    for (address, expected) in [
        ("10.1.0.4", "PrivateIPAddressIsAllocated"),
        ("10.1.0.3", "PrivateIPAddressNotInSubnet"),
        ("10.2.0.9", "PrivateIPAddressNotInSubnet"),
        ("x", "InvalidRequestContent"),
    ] {
        assert_eq!(
            code(&put(&context, &new(), &with(address))).1,
            expected,
            "{address}"
        );
    }
    let mut misnamed = with("10.1.0.9");
    misnamed["properties"]["ipConfigurations"][0]["properties"]["memberName"] = json!("blob");
    assert_eq!(code(&put(&context, &new(), &misnamed)).0, 400);
    assert_eq!(put(&context, &new(), &with("10.1.0.9")).0, 201);
    let interface = read(&context, &format!("{NET}/networkInterfaces/nic-new"));
    assert_eq!(
        interface["properties"]["ipConfigurations"][0]["properties"]["privateIPAddress"],
        "10.1.0.9"
    );
    let first = format!("{NET}/privateEndpoints/vault");
    assert_eq!(write(&context, Method::DELETE, &first).json().0, 202);
    let blob = read(&context, &format!("{NET}/privateEndpoints/blob"));
    let interface = blob["properties"]["networkInterfaces"][0]["id"]
        .as_str()
        .unwrap();
    let interface = read(&context, interface);
    assert_eq!(
        interface["properties"]["ipConfigurations"][0]["properties"]["privateIPAddress"],
        "10.1.0.5",
        "the address of an endpoint does not change when another goes"
    );
}

#[test]
fn a_full_subnet_takes_no_endpoint() {
    let context = writable();
    let one = json!({"name": "small", "properties": {"addressPrefix": "10.1.2.0/29"}});
    let network = format!("{NET}/virtualNetworks/home");
    let subnet = format!("{network}/subnets/small");
    let body = json!({"properties": one["properties"]});
    context
        .state_mut()
        .put_resource(&subnet, body.as_object().unwrap().clone())
        .unwrap();
    let mut body = manual(VAULT, "vault");
    body["properties"]["subnet"]["id"] = json!(subnet);
    for (name, expected) in [("a", 201), ("b", 201), ("c", 201), ("d", 400)] {
        let path = format!("{NET}/privateEndpoints/{name}");
        assert_eq!(put(&context, &path, &body).0, expected, "{name}");
    }
}
