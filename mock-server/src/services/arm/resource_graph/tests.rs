//! Resource Graph on the example world: who sees what, pages, formats, refusals, the official examples' queries.

use http::Method;
use serde_json::{Value, json};

use crate::auth::Audience;
use crate::context::Context;
use crate::request::Reply;
use crate::services::testing::{
    HOME, HOME_AUDITOR, IDENTITY, NET, RESOURCE, RESOURCE_AUDITOR, WORKLOAD, ask, example, header,
};
use crate::world::World;

const HOME_ID: &str = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
const RESOURCE_ID: &str = "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";
const URL: &str =
    "management.azure.com/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01";

fn send(context: &Context, tenant: &str, object: &str, body: &Value) -> Reply {
    let ask = ask(context, Method::POST, URL).body(body);
    ask.bearing(tenant, object, Audience::Arm).reply()
}

fn json_of(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap()
}

fn query(context: &Context, query: &str) -> Value {
    let reply = send(context, HOME, HOME_AUDITOR, &json!({"query": query}));
    let body = json_of(&reply);
    assert_eq!(reply.status, 200, "{query}: {body}");
    body["data"].clone()
}

#[test]
fn everybody_finds_what_it_may_read_in_its_own_tenant() {
    let context = example();
    let seen = |tenant: &str, object: &str, body: Value| {
        let reply = send(&context, tenant, object, &body);
        (
            reply.status.as_u16(),
            json_of(&reply)["totalRecords"].as_i64(),
        )
    };
    let vaults = "resources | where type =~ 'Microsoft.KeyVault/vaults'";
    let all = json!({"query": vaults});
    assert_eq!(
        seen(RESOURCE, RESOURCE_AUDITOR, all.clone()),
        (200, Some(1))
    );
    assert_eq!(seen(HOME, HOME_AUDITOR, all.clone()), (200, Some(0)));
    assert_eq!(
        seen(RESOURCE, WORKLOAD, all.clone()),
        (200, Some(0)),
        "a data role shows nothing"
    );
    let there = json!({"query": vaults, "subscriptions": [RESOURCE_ID]});
    assert_eq!(seen(HOME, HOME_AUDITOR, there.clone()), (403, None));
    assert_eq!(seen(RESOURCE, RESOURCE_AUDITOR, there), (200, Some(1)));
    let both = json!({"query": vaults, "subscriptions": [HOME_ID, RESOURCE_ID]});
    assert_eq!(seen(HOME, HOME_AUDITOR, both), (200, Some(0)));
    assert_eq!(seen(HOME, IDENTITY, all), (200, Some(0)));
}

#[test]
fn a_row_has_azures_columns_and_the_properties_that_a_get_shows() {
    let context = example();
    let rows = query(
        &context,
        "resources | where name == 'vault' and type == 'microsoft.network/privateendpoints'",
    );
    let row = &rows[0];
    assert_eq!(row["id"], format!("{NET}/privateEndpoints/vault"));
    assert_eq!(row["resourceGroup"], "net");
    assert_eq!(row["subscriptionId"], HOME_ID);
    assert_eq!(row["tenantId"], HOME);
    assert_eq!(row["managedBy"], "");
    assert_eq!(row["identity"], Value::Null);
    let state = "properties.manualPrivateLinkServiceConnections[0].properties.privateLinkServiceConnectionState.status";
    let rows = query(
        &context,
        &format!("resources | where {state} =~ 'approved' | project name | order by name asc"),
    );
    assert_eq!(
        rows,
        json!([{"name": "blob"}, {"name": "vault"}]),
        "derived states can be asked for"
    );
}

#[test]
fn containers_are_subscriptions_and_groups() {
    let context = example();
    let rows = query(
        &context,
        "resourcecontainers | project name, type, resourceGroup | order by type asc, name asc",
    );
    assert_eq!(
        rows[0],
        json!({"name": "contoso-workloads", "type": "microsoft.resources/subscriptions", "resourceGroup": ""})
    );
    assert_eq!(
        rows[1],
        json!({"name": "app", "type": "microsoft.resources/subscriptions/resourcegroups", "resourceGroup": "app"})
    );
}

/// The home network in two groups of a manager of its own tenant.
fn with_groups() -> Context {
    crate::services::testing::changed(|world: &mut World| {
        let manager = format!("{NET}/networkManagers/nm");
        let mut add = |id: String, properties: Value| {
            let body = json!({"id": id, "location": "japaneast", "properties": properties});
            world.resources.push(crate::world::Resource {
                body: body.as_object().unwrap().clone(),
            });
        };
        add(
            manager.clone(),
            json!({"networkManagerScopes": {"subscriptions": [format!("/subscriptions/{HOME_ID}")]}, "networkManagerScopeAccesses": ["Connectivity"]}),
        );
        for group in ["one", "two"] {
            add(format!("{manager}/networkGroups/{group}"), json!({}));
            let member = format!("{manager}/networkGroups/{group}/staticMembers/m");
            add(
                member,
                json!({"resourceId": format!("{NET}/virtualNetworks/home")}),
            );
        }
    })
}

#[test]
fn memberships_are_an_extension_of_the_network() {
    let context = with_groups();
    let rows = query(
        &context,
        "networkresources | where type == \"microsoft.network/networkgroupmemberships\"",
    );
    assert_eq!(rows.as_array().unwrap().len(), 1);
    let network = format!("{NET}/virtualNetworks/home");
    assert_eq!(
        rows[0]["id"],
        format!("{network}/providers/Microsoft.Network/networkGroupMemberships/default")
    );
    let groups = &rows[0]["properties"]["GroupMemberships"];
    assert_eq!(
        groups[1]["NetworkGroupId"],
        format!("{NET}/networkManagers/nm/networkGroups/two")
    );
    let documented = format!(
        "networkresources\n| where type == \"microsoft.network/networkgroupmemberships\"\n| where id == \"{network}/providers/Microsoft.Network/networkGroupMemberships/default\"\n| mv-expand properties.GroupMemberships\n| project properties_GroupMemberships.NetworkGroupId"
    );
    let rows = query(&context, &documented);
    assert_eq!(
        rows[0]["properties_GroupMemberships_NetworkGroupId"],
        groups[0]["NetworkGroupId"]
    );
    assert_eq!(
        query(&context, "networkresources | summarize count()"),
        json!([{"count_": 1}])
    );
}

#[test]
fn results_come_in_pages_and_as_tables() {
    let context = example();
    let ask = |options: Value| {
        let query = "resources | project id, name | order by id asc";
        let reply = send(
            &context,
            HOME,
            HOME_AUDITOR,
            &json!({"query": query, "options": options}),
        );
        assert_eq!(header(&reply, "x-ms-user-quota-remaining"), "14");
        assert_eq!(header(&reply, "x-ms-user-quota-resets-after"), "00:00:05");
        (reply.status.as_u16(), json_of(&reply))
    };
    let whole = ask(json!({})).1;
    let total = whole["totalRecords"].as_u64().unwrap();
    assert!(total > 4 && whole.get("$skipToken").is_none());
    let (mut found, mut token) = (Vec::new(), Value::Null);
    loop {
        let options = json!({"$top": 2, "$skipToken": token});
        let (_, page) = ask(options);
        assert_eq!(page["resultTruncated"], "false");
        found.extend(page["data"].as_array().unwrap().clone());
        token = page.get("$skipToken").cloned().unwrap_or_default();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(json!(found), whole["data"]);
    let (_, table) = ask(json!({"resultFormat": "table", "$skip": 1, "$top": 1}));
    assert_eq!(
        table["data"]["columns"],
        json!([{"name": "id", "type": "string"}, {"name": "name", "type": "string"}])
    );
    assert_eq!(table["data"]["rows"][0][0], whole["data"][1]["id"]);
    for bad in [
        json!({"$top": 0}),
        json!({"$top": 1001}),
        json!({"$skip": -1}),
        json!({"$top": "2"}),
        json!({"$skipToken": "???"}),
        json!({"resultFormat": "xml"}),
    ] {
        assert_eq!(ask(bad.clone()).0, 400, "{bad}");
    }
    let limited = send(
        &context,
        HOME,
        HOME_AUDITOR,
        &json!({"query": "resources | limit 3", "options": {"$top": 2}}),
    );
    let limited = json_of(&limited);
    assert_eq!(
        (&limited["resultTruncated"], limited.get("$skipToken")),
        (&json!("true"), None)
    );
}

#[test]
fn a_query_that_is_not_understood_is_refused_in_azures_envelope() {
    let context = example();
    for (body, named) in [
        (json!({"query": "resources | join (x) on id"}), "'join'"),
        (json!({"query": "securityresources"}), "'securityresources'"),
        (
            json!({"query": "resources", "facets": [{"expression": "x"}]}),
            "facets",
        ),
    ] {
        let reply = send(&context, HOME, HOME_AUDITOR, &body);
        let error = &json_of(&reply)["error"];
        assert_eq!(
            (reply.status.as_u16(), error["code"].as_str()),
            (400, Some("BadRequest")),
            "{body}"
        );
        assert_eq!(error["details"][0]["code"], "InvalidQuery");
        assert!(error["details"].to_string().contains(named), "{error}");
    }
    for body in [
        json!({}),
        json!({"query": 1}),
        json!([]),
        json!({"query": "resources", "subscriptions": [1]}),
    ] {
        assert_eq!(
            send(&context, HOME, HOME_AUDITOR, &body).status,
            400,
            "{body}"
        );
    }
}

#[test]
fn the_operations_are_listed() {
    let url =
        "management.azure.com/providers/Microsoft.ResourceGraph/operations?api-version=2024-04-01";
    let context = example();
    let body = ask(&context, Method::GET, url)
        .bearing(HOME, IDENTITY, Audience::Arm)
        .ok();
    assert_eq!(
        body["value"][1]["name"],
        "Microsoft.ResourceGraph/resources/read"
    );
}
