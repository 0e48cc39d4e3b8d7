//! Record sets as clients make, change, list and delete them.

use super::*;

#[test]
fn record_sets_have_entity_tags_and_conditions() {
    let context = writable();
    let record = format!("{}/A/db", zone("privatelink.vaultcore.azure.net"));
    let with = |method, name: &str, value: &str, body: &Value| {
        write(&context, method, &record)
            .with(name, value)
            .body(body)
            .json()
            .0
    };
    assert_eq!(with(Method::PUT, "if-match", "*", &a("10.0.0.1")), 412);
    assert_eq!(with(Method::PUT, "if-none-match", "*", &a("10.0.0.1")), 201);
    assert_eq!(with(Method::PUT, "if-none-match", "*", &a("10.0.0.1")), 412);
    let tag = read(&context, &record)["etag"].as_str().unwrap().to_owned();
    assert_eq!(with(Method::PUT, "if-match", &tag, &a("10.0.0.1")), 200);
    assert_eq!(
        with(Method::PUT, "if-match", &tag, &a("10.0.0.1")),
        412,
        "each write has a tag of its own"
    );
    let change = json!({"properties": {"ttl": 5, "metadata": {"k": "v"}}});
    assert_eq!(
        write(&context, Method::PATCH, &record)
            .body(&change)
            .json()
            .0,
        200
    );
    let shown = read(&context, &record)["properties"].clone();
    assert_eq!(shown["ttl"], 5);
    assert_eq!(shown["aRecords"], json!([{"ipv4Address": "10.0.0.1"}]));
    assert_eq!(shown["fqdn"], "db.privatelink.vaultcore.azure.net.");
    let stale = write(&context, Method::DELETE, &record).with("if-match", &tag);
    assert_eq!(stale.json().0, 412);
    assert_eq!(status(&context, Method::DELETE, &record), 200);
    assert_eq!(status(&context, Method::DELETE, &record), 204);
    let missing = write(&context, Method::PATCH, &record).body(&change).json();
    assert_eq!(missing.0, 404);
}

#[test]
fn record_sets_that_cannot_be_are_refused() {
    let context = writable();
    let inside = zone("privatelink.vaultcore.azure.net");
    for (path, properties) in [
        ("A/x", json!({"aRecords": [{"ipv4Address": "10.0.0.1"}]})),
        ("A/x", json!({"ttl": 0, "aRecords": []})),
        (
            "A/x",
            json!({"ttl": 1, "aRecords": [{"ipv4Address": "10.0.0.256"}]}),
        ),
        ("A/x", json!({"ttl": 1, "aRecords": [{}]})),
        ("A/x", json!({"ttl": 1, "cnameRecord": {"cname": "y"}})),
        ("A/x", json!({"ttl": 1, "metadata": {"a": 1}})),
        ("A/x", json!({"ttl": "1"})),
        ("A/x", json!(1)),
        ("A/a..b", json!({"ttl": 1})),
        (
            "AAAA/x",
            json!({"ttl": 1, "aaaaRecords": [{"ipv6Address": "10.0.0.1"}]}),
        ),
        ("CNAME/@", json!({"ttl": 1, "cnameRecord": {"cname": "y"}})),
        ("CNAME/x", json!({"ttl": 1, "cnameRecord": {}})),
        (
            "CNAME/kv-resource",
            json!({"ttl": 1, "cnameRecord": {"cname": "y"}}),
        ),
        (
            "MX/x",
            json!({"ttl": 1, "mxRecords": [{"preference": 70000, "exchange": "y"}]}),
        ),
        ("SOA/x", json!({"ttl": 1, "soaRecord": {}})),
    ] {
        let refused = put(
            &context,
            &format!("{inside}/{path}"),
            &json!({"properties": properties}),
        );
        assert_eq!(refused.0, 400, "{path} {properties}: {}", refused.1);
    }
    let soa = format!("{inside}/SOA/@");
    assert_eq!(status(&context, Method::DELETE, &soa), 400);
    let missing = put(
        &context,
        &format!("{}/A/x", zone("nothing.example")),
        &a("10.0.0.1"),
    );
    assert_eq!(code(&missing), (404, "ParentResourceNotFound"));
}

#[test]
fn a_set_of_aliases_may_be_made_empty_and_filled_later() {
    let context = writable();
    let path = format!("{NET}/privateDnsZones/privatelink.vaultcore.azure.net/CNAME/later");
    // `az network private-dns record-set cname create`, then `set-record`.
    let empty = json!({"properties": {"ttl": 1}});
    assert_eq!(put(&context, &path, &empty).0, 201);
    let filled = json!({"properties": {"ttl": 1, "cnameRecord": {"cname": "y"}}});
    assert_eq!(put(&context, &path, &filled).0, 200);
}

#[test]
fn lists_have_types_suffixes_and_pages() {
    let context = writable();
    let inside = zone("privatelink.vaultcore.azure.net");
    put(&context, &format!("{inside}/A/one"), &a("10.0.0.1"));
    let text = json!({"properties": {"ttl": 1, "txtRecords": [{"value": ["a", "b"]}]}});
    assert_eq!(put(&context, &format!("{inside}/TXT/only"), &text).0, 201);
    let alias = json!({"properties": {"ttl": 1, "cnameRecord": {"cname": "one.privatelink.vaultcore.azure.net"}}});
    assert_eq!(put(&context, &format!("{inside}/CNAME/two"), &alias).0, 201);
    let names = |path: &str| {
        let listed = read(&context, &format!("{inside}/{path}"));
        let all = listed["value"].as_array().unwrap().clone();
        let name = |it: &Value| it["name"].as_str().unwrap().to_owned();
        (
            all.iter().map(name).collect::<Vec<_>>(),
            listed["nextLink"].is_string(),
        )
    };
    let owned = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    assert_eq!(names("A").0, owned(&["kv-resource", "one"]));
    assert_eq!(names("txt").0, owned(&["only"]));
    assert_eq!(
        names("aLL").0,
        owned(&["kv-resource", "one", "two", "@", "only"])
    );
    assert_eq!(
        names("ALL?$recordsetnamesuffix=E").0,
        owned(&["kv-resource", "one"])
    );
    assert_eq!(names("ALL?$top=2"), (owned(&["kv-resource", "one"]), true));
    assert_eq!(
        read(&context, &inside)["properties"]["numberOfRecordSets"],
        5
    );
    assert_eq!(
        dns(&context, "two.privatelink.vaultcore.azure.net").1,
        ["one.privatelink.vaultcore.azure.net", "10.0.0.1"]
    );
    assert_eq!(
        dns(&context, "only.privatelink.vaultcore.azure.net"),
        (Rcode::NoError, vec![])
    );
}
