//! Containers, lists and roles for writing, on the example world.

use http::Method;

use super::testing::*;

#[test]
fn containers_come_and_go() {
    let context = contributor();
    let put = |path: &str| {
        let ask = asked(&context, Method::PUT, &format!("{path}?restype=container"));
        let reply = ask.with("x-ms-meta-team", "red").reply();
        (
            reply.status.as_u16(),
            header(&reply, "x-ms-error-code").to_owned(),
        )
    };
    assert_eq!(put("/fresh"), (201, String::new()));
    assert_eq!(put("/fresh"), (409, "ContainerAlreadyExists".to_owned()));
    for (name, error) in [
        ("/Fresh", "InvalidResourceName"),
        ("/fr--esh", "InvalidResourceName"),
        ("/-fresh", "InvalidResourceName"),
        ("/fr_esh", "InvalidResourceName"),
        ("/fr", "OutOfRangeInput"),
        (&format!("/{}", "f".repeat(64)), "OutOfRangeInput"),
    ] {
        assert_eq!(put(name), (400, error.to_owned()), "{name}");
    }
    let read = get(&context, "/fresh?restype=container");
    assert_eq!(
        (read.status.as_u16(), metadata(&read)),
        (200, vec!["team=red"])
    );
    let set = asked(
        &context,
        Method::PUT,
        "/fresh?restype=container&comp=metadata",
    );
    let set = set.with("x-ms-meta-team", "blue").reply();
    assert_ne!(header(&set, "etag"), header(&read, "etag"));
    let list = text(&get(&context, "/?comp=list&include=metadata&prefix=fre"));
    assert!(
        list.contains("<Metadata><team>blue</team></Metadata>"),
        "{list}"
    );
    let open = asked(&context, Method::PUT, "/open?restype=container");
    assert_eq!(
        code(&open.with("x-ms-blob-public-access", "blob").reply()),
        (409, "PublicAccessNotPermitted")
    );
    let delete = || asked(&context, Method::DELETE, "/fresh?restype=container").reply();
    assert_eq!(delete().status, 202);
    assert_eq!(code(&delete()), (404, "ContainerNotFound"));
    assert_eq!(code(&get(&context, "/fresh/x")), (404, "ContainerNotFound"));
}

#[test]
fn roles_tell_readers_writers_and_adders() {
    let context = example();
    let writes = |context: &Context| {
        [
            put(context, "/orders/w", "x").reply(),
            asked(
                context,
                Method::PUT,
                "/orders/w?comp=block&blockid=QQ%3D%3D",
            )
            .bytes("x")
            .reply(),
            asked(context, Method::PUT, "/orders/w?comp=blocklist")
                .bytes("<BlockList/>")
                .reply(),
            asked(context, Method::PUT, "/orders/w?comp=metadata").reply(),
            asked(context, Method::PUT, "/orders/w?comp=properties").reply(),
            asked(context, Method::PUT, "/orders/w?comp=tier")
                .with("x-ms-access-tier", "Hot")
                .reply(),
            asked(context, Method::DELETE, "/orders/w").reply(),
            asked(context, Method::PUT, "/orders2?restype=container").reply(),
            asked(
                context,
                Method::PUT,
                "/orders?restype=container&comp=metadata",
            )
            .reply(),
            asked(context, Method::DELETE, "/orders?restype=container").reply(),
        ]
    };
    for reply in writes(&context) {
        assert_eq!(code(&reply), (403, "AuthorizationPermissionMismatch"));
    }
    for (at, reply) in writes(&contributor()).iter().enumerate() {
        assert!(reply.status.is_success(), "{at}: {}", text(reply));
    }
    let information = "/?restype=account&comp=properties";
    let service = "/?restype=service&comp=properties";
    for path in [information, service] {
        let refused = get(&contributor(), path);
        assert_eq!(
            code(&refused),
            (403, "AuthorizationPermissionMismatch"),
            "{path}"
        );
    }
    let owner = with_role("17d1049b-9a84-46fb-8f53-869881c3d3ab");
    let reply = get(&owner, information);
    assert_eq!(header(&reply, "x-ms-account-kind"), "StorageV2");
    assert!(text(&get(&owner, service)).contains("<StorageServiceProperties>"));
}

#[test]
fn whoever_may_only_add_replaces_nothing() {
    let context = {
        let mut world = crate::world::example();
        let role = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/providers/Microsoft.Authorization/roleDefinitions/0a000000-0000-4000-8000-00000000000a";
        for resource in &mut world.resources {
            let is_role = resource.id().contains("/storageAccounts/stresource/")
                && resource.id().contains("/roleAssignments/");
            if is_role && resource.body["properties"]["principalId"] == WORKLOAD {
                resource.body["properties"]["roleDefinitionId"] = role.into();
            }
        }
        let body = serde_json::json!({"id": role, "properties": {"roleName": "Adder",
            "type": "CustomRole", "permissions": [{"actions": [], "notActions": [],
            "dataActions": ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action"],
            "notDataActions": []}],
            "assignableScopes": ["/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb"]}});
        world.resources.push(crate::world::Resource {
            body: body.as_object().unwrap().clone(),
        });
        mock(&world)
    };
    assert_eq!(put(&context, "/orders/n", "x").reply().status, 201);
    assert_eq!(
        code(&put(&context, "/orders/n", "y").reply()),
        (403, "AuthorizationPermissionMismatch")
    );
}

#[test]
fn folders_are_stepped_over_and_pages_lose_nothing() {
    let context = contributor();
    for name in ["a", "b/1", "b/2", "b/3", "b0", "c/x/1", "c/y/1", "d"] {
        put(&context, &format!("/orders/p/{name}"), "x").reply();
    }
    let mut seen = Vec::new();
    let mut marker = String::new();
    loop {
        let path = format!(
            "/orders?restype=container&comp=list&prefix=p/&delimiter=/&maxresults=2&marker={marker}"
        );
        let list = text(&get(&context, &path));
        let document = roxmltree::Document::parse(list.trim_start_matches('\u{feff}')).unwrap();
        let named = |name: &str| {
            let nodes = document.descendants().filter(|it| it.has_tag_name(name));
            nodes
                .filter_map(|it| it.text().map(str::to_owned))
                .collect::<Vec<_>>()
        };
        seen.extend(named("Name"));
        match named("NextMarker").pop() {
            Some(next) => marker = next,
            None => break,
        }
    }
    assert_eq!(seen, ["p/a", "p/b/", "p/b0", "p/c/", "p/d"]);
}
