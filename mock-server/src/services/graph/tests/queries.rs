//! What lists understand, and what they refuse.

use super::*;

#[test]
fn what_is_not_supported_is_refused_and_never_ignored() {
    let context = example();
    for (query, wanted) in [
        ("$top=0", "Request_BadRequest"),
        ("$top=1000", "Request_BadRequest"),
        ("$top=x", "Request_BadRequest"),
        ("$skiptoken=99", "Request_BadRequest"),
        ("$filter=tags%20eq%20'x'", "Request_UnsupportedQuery"),
        ("$filter=homepage%20eq%20'x'", "Request_UnsupportedQuery"),
        ("$filter=appId%20ne%20'x'", "Request_UnsupportedQuery"),
        ("$filter=nonsense", "BadRequest"),
        ("$orderby=appId", "Request_UnsupportedQuery"),
        (
            "$orderby=displayName&$filter=appId%20eq%20'x'",
            "Request_UnsupportedQuery",
        ),
        ("$search=\"displayName:x\"", "Request_UnsupportedQuery"),
        ("$expand=extensionProperties", "Request_UnsupportedQuery"),
        ("$skip=1", "BadRequest"),
        ("$apply=x", "BadRequest"),
    ] {
        let answer = home(&context, &format!("servicePrincipals?{query}"));
        assert_eq!(code(&answer), (400, wanted), "{query}");
    }
    let path = format!("applications/{APP_OBJECT}?$filter=x");
    assert_eq!(code(&home(&context, &path)), (400, "BadRequest"));
}

#[test]
fn filters_find_what_they_name() {
    let context = example();
    for (query, found) in [
        ("$filter=", 4),
        ("$filter=displayName%20eq%20'Orders'", 2),
        ("$filter=startswith(displayName,'home-')", 1),
        (
            "$filter=appId%20in%20('x','cccccccc-cccc-cccc-cccc-cccccccccccc')",
            1,
        ),
        ("$filter=servicePrincipalType%20eq%20'ManagedIdentity'", 1),
        ("$filter=accountEnabled%20eq%20false", 0),
        (
            "$filter=id%20eq%20'05000000-0000-4000-8000-000000000001'",
            1,
        ),
        (
            "$filter=appId%20eq%20'05000000-0000-4000-8000-000000000001'",
            0,
        ),
        ("$filter=servicePrincipalNames/any(c:c%20eq%20'nobody')", 0),
    ] {
        let (status, body) = home(&context, &format!("servicePrincipals?{query}"));
        assert_eq!(status, 200, "{query}: {body}");
        assert_eq!(
            body["value"].as_array().map(Vec::len),
            Some(found),
            "{query}"
        );
    }
}

#[test]
fn an_advanced_query_says_so_and_counts() {
    let context = example();
    let advanced = |query: &str| {
        let url = format!("graph.microsoft.com/v1.0/servicePrincipals{query}");
        get(&context, &url)
            .with("consistencylevel", "eventual")
            .bearing(HOME, HOME_AUDITOR, Audience::Graph)
    };
    let body = advanced("?$count=true&$filter=displayName%20ne%20'orders'").ok();
    assert_eq!(body["@odata.count"], 2);
    let body = advanced("?$count=true&$search=\"displayName:AUDIT\"&$orderby=displayName").ok();
    assert_eq!(body["value"][0]["id"], HOME_AUDITOR);
    assert_eq!(advanced("/$count").reply().body, "4");
    let plain = home(&context, "servicePrincipals/$count");
    assert_eq!(code(&plain).0, 400);
    let (_, body) = home(&context, "servicePrincipals?$count=true");
    assert_eq!(body.get("@odata.count"), None, "not without the header");
}

#[test]
fn sorted_pages_follow_their_links_too() {
    let context = example();
    let (_, body) = home(
        &context,
        "servicePrincipals?$orderby=displayName%20desc&$top=1",
    );
    let mut names = vec![body["value"][0]["displayName"].clone()];
    let mut next = body["@odata.nextLink"].as_str().map(str::to_owned);
    while let Some(link) = next {
        let path = link
            .trim_start_matches("https://graph.microsoft.com/v1.0/")
            .to_owned();
        let (_, body) = home(&context, &path);
        names.push(body["value"][0]["displayName"].clone());
        next = body["@odata.nextLink"].as_str().map(str::to_owned);
    }
    assert_eq!(
        names,
        ["orders", "orders", "Microsoft Graph", "home-auditor"]
    );
}

#[test]
fn a_page_of_many_costs_what_it_holds_and_misses_nobody() {
    let context = changed(|world| {
        let home = world.tenants.get_mut("home").unwrap();
        let first = home.applications[0].clone();
        for number in 0..250 {
            let mut next = first.clone();
            next.id = format!("0c000000-0000-4000-8001-{number:012}");
            next.app_id = format!("0d000000-0000-4000-8001-{number:012}");
            home.applications.push(next);
        }
    });
    let (mut found, mut pages) = (0, 0);
    let mut path = "applications?$select=id".to_owned();
    loop {
        let (_, body) = home(&context, &path);
        found += body["value"].as_array().unwrap().len();
        pages += 1;
        let Some(next) = body["@odata.nextLink"].as_str() else {
            break;
        };
        path = next
            .trim_start_matches("https://graph.microsoft.com/v1.0/")
            .to_owned();
    }
    assert_eq!((found, pages), (251, 3));
}

#[test]
fn keys_in_parentheses_name_the_same_objects() {
    let context = example();
    for path in [
        format!("applications('{APP_OBJECT}')"),
        format!("applications(id='{APP_OBJECT}')"),
        format!("/applications(appId='{}')", APP.to_uppercase()),
    ] {
        let (status, body) = home(&context, &path);
        assert_eq!((status, body["appId"].as_str()), (200, Some(APP)), "{path}");
    }
    let broken = home(&context, "applications(appId=x)");
    assert_eq!(code(&broken), (400, "BadRequest"));
    let by_name =
        format!("applications(appId='{APP}')/federatedIdentityCredentials(name='orders-identity')");
    assert_eq!(home(&context, &by_name).0, 200);
}

#[test]
fn the_organization_and_the_person_that_nobody_is() {
    let context = permitted(&["Organization.Read.All"]);
    let (_, body) = home(&context, "organization");
    let domain = &body["value"][0]["verifiedDomains"][0];
    assert_eq!(body["value"][0]["id"], HOME);
    assert_eq!(domain["name"], "contoso.onmicrosoft.com");
    assert_eq!(home(&context, &format!("organization/{HOME}")).0, 200);
    assert_eq!(home(&context, &format!("organization/{RESOURCE}")).0, 404);
    assert_eq!(code(&home(&example(), "organization")).0, 403);
    let me = home(&context, "me");
    assert_eq!(code(&me), (400, "BadRequest"));
}

#[test]
fn there_are_no_people_and_only_readers_of_people_are_told_so() {
    let context = example();
    for path in ["users", "users/x@contoso.example", "oauth2PermissionGrants"] {
        let (status, body) = home(&context, path);
        assert_eq!(
            (status, &body["error"]["code"]),
            (403, &json!("Authorization_RequestDenied")),
            "{path}"
        );
    }
    let context = changed(|world| {
        let tenant = world.tenants.get_mut("home").unwrap();
        for principal in &mut tenant.service_principals {
            principal.graph_permissions = vec![
                "User.Read.All".to_owned(),
                "DelegatedPermissionGrant.Read.All".to_owned(),
            ];
        }
    });
    let filtered = "users?$filter=userPrincipalName%20eq%20'x@contoso.example'";
    for path in ["users", filtered, "oauth2PermissionGrants"] {
        let (status, body) = home(&context, path);
        assert_eq!((status, &body["value"]), (200, &json!([])), "{path}");
    }
    let (status, body) = home(&context, "users/x@contoso.example");
    assert_eq!(
        (status, &body["error"]["code"]),
        (404, &json!("Request_ResourceNotFound"))
    );
    assert_eq!(home(&context, "me/ownedObjects").0, 400);
}

#[test]
fn owners_and_members_are_expanded() {
    let context = permitted(&["Application.ReadWrite.All", "Group.ReadWrite.All"]);
    let group = json!({"displayName": "g", "mailEnabled": false, "mailNickname": "g", "securityEnabled": true});
    let (_, group) = post(&context, "groups", &group);
    let id = group["id"].as_str().unwrap();
    let link = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{HOME_AUDITOR}")});
    for relation in ["members", "owners"] {
        let added = post(&context, &format!("groups/{id}/{relation}/$ref"), &link);
        assert_eq!(added.0, 204, "{}", added.1);
    }
    let path = format!("groups/{id}?$select=id&$expand=members,owners($select=id,appId)");
    let (status, found) = home(&context, &path);
    assert_eq!(status, 200, "{found}");
    assert_eq!(found["members"][0]["id"], HOME_AUDITOR);
    assert!(found["owners"][0].get("displayName").is_none(), "{found}");
    assert!(found.get("displayName").is_none(), "{found}");
    let listed = home(
        &context,
        "groups?$filter=NOT%20startsWith(displayName,'x')&$count=true",
    );
    assert_eq!(listed.0, 400, "an advanced query needs its header");
    let all = home(&context, "groups?$expand=owners").1;
    assert_eq!(all["value"][0]["owners"][0]["id"], HOME_AUDITOR);
    assert_eq!(home(&context, "applications?$expand=owners").0, 200);
    for bad in ["memberOf", "owners($filter=id)", "members("] {
        assert_eq!(
            home(&context, &format!("groups?$expand={bad}")).0,
            400,
            "{bad}"
        );
    }
}
