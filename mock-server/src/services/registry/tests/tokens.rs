//! Tokens: who gets which, and how far they reach.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::json;

use super::{DOOR, OPEN, access, body, code, exchange, granted, post, read, refresh};
use crate::auth::Audience;
use crate::context::Context;
use crate::services::apps_world::{LOGIN, context};
use crate::services::testing::{
    HOME, HOME_AUDITOR, IDENTITY, RESOURCE, RESOURCE_AUDITOR, WORKLOAD, ask, get, header, token,
};

#[test]
fn the_challenge_names_realm_and_service_and_no_tenant() {
    let context = context(&[]);
    let reply = get(&context, &format!("{LOGIN}/v2/")).by(DOOR).reply();
    assert_eq!(code(&reply), (401, "UNAUTHORIZED".to_owned()));
    assert_eq!(
        header(&reply, "www-authenticate"),
        "Bearer realm=\"https://acrresource.azurecr.io/oauth2/token\",service=\"acrresource.azurecr.io\""
    );
    let reply = get(&context, &format!("{LOGIN}/v2/orders/api/manifests/v1"))
        .by(DOOR)
        .reply();
    assert!(header(&reply, "www-authenticate").ends_with(",scope=\"repository:orders/api:pull\""));
    assert_eq!(
        body(&reply)["errors"][0]["detail"],
        json!([{"Type": "repository", "Name": "orders/api", "Action": "pull"}])
    );
    let reply = read(&context, "/v2/orders/api/manifests/v1", "nonsense");
    assert!(header(&reply, "www-authenticate").ends_with(",error=\"invalid_token\""));
    let token = access(&context, "repository:orders/api:pull");
    assert_eq!(read(&context, "/v2/", &token).status, 200);
}

#[test]
fn the_exchange_refuses_other_tenants_audiences_and_callers_without_a_role() {
    let context = context(&[]);
    for (tenant, object, audience, status) in [
        (RESOURCE, WORKLOAD, Audience::Registry, 200),
        (RESOURCE, WORKLOAD, Audience::Arm, 200),
        (RESOURCE, WORKLOAD, Audience::KeyVault, 401),
        (RESOURCE, WORKLOAD, Audience::Graph, 401),
        (HOME, IDENTITY, Audience::Registry, 401),
        (HOME, HOME_AUDITOR, Audience::Arm, 401),
        // Reader has pull/read, so it may.
        (RESOURCE, RESOURCE_AUDITOR, Audience::Registry, 200),
    ] {
        let entra = token(&context, tenant, object, audience);
        let reply = exchange(&context, &entra).reply();
        assert_eq!(reply.status.as_u16(), status, "{object} {audience:?}");
    }
    assert_eq!(exchange(&context, "x.y.z").reply().status, 401);
    let without = self::context(&[(
        "7f951dda-4ed3-4680-a7ca-43fe172d538d",
        "bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7",
    )]);
    let entra = token(&without, RESOURCE, WORKLOAD, Audience::Registry);
    let reply = exchange(&without, &entra).reply();
    assert_eq!(code(&reply), (401, "UNAUTHORIZED".to_owned()));
    assert!(body(&reply)["errors"][0].get("detail").is_none());
}

#[test]
fn an_expired_entra_token_is_refused() {
    let context = context(&[]);
    let entra = token(&context, RESOURCE, WORKLOAD, Audience::Registry);
    context.clock.advance(Duration::from_secs(3601));
    assert_eq!(exchange(&context, &entra).reply().status, 401);
}

#[test]
fn tokens_for_arm_are_refused_where_the_policy_says_so() {
    let off = "{publicNetworkAccess: Disabled, policies: {azureADAuthenticationAsArmPolicy: {status: disabled}}}";
    let context = context(&[("{publicNetworkAccess: Disabled}", off)]);
    let arm = token(&context, RESOURCE, WORKLOAD, Audience::Arm);
    assert_eq!(exchange(&context, &arm).reply().status, 401);
    let own = token(&context, RESOURCE, WORKLOAD, Audience::Registry);
    assert_eq!(exchange(&context, &own).reply().status, 200);
}

#[test]
fn malformed_token_requests_are_400() {
    let context = context(&[]);
    let entra = token(&context, RESOURCE, WORKLOAD, Audience::Registry);
    let wrong: [Vec<(&str, &str)>; 5] = [
        vec![("service", LOGIN), ("access_token", &entra)],
        vec![
            ("grant_type", "password"),
            ("service", LOGIN),
            ("access_token", &entra),
        ],
        vec![("grant_type", "access_token"), ("access_token", &entra)],
        vec![
            ("grant_type", "access_token"),
            ("service", "other.azurecr.io"),
            ("access_token", &entra),
        ],
        vec![("grant_type", "access_token"), ("service", LOGIN)],
    ];
    for pairs in wrong {
        let reply = post(&context, "/oauth2/exchange", &pairs).reply();
        assert_eq!(reply.status, 400, "{pairs:?}");
    }
    let other_tenant = [
        ("grant_type", "access_token"),
        ("service", LOGIN),
        ("tenant", HOME),
        ("access_token", &entra),
    ];
    assert_eq!(
        post(&context, "/oauth2/exchange", &other_tenant)
            .reply()
            .status,
        401
    );
    let reply = ask(&context, Method::POST, &format!("{LOGIN}/oauth2/token"))
        .body(&json!({}))
        .by(DOOR)
        .reply();
    assert_eq!(reply.status, 415);
    let refresh = refresh(&context);
    let pairs = [
        ("grant_type", "refresh_token"),
        ("service", LOGIN),
        ("scope", "everything"),
        ("refresh_token", &refresh),
    ];
    assert_eq!(post(&context, "/oauth2/token", &pairs).reply().status, 400);
}

#[test]
fn a_token_reaches_as_far_as_its_scope() {
    let context = context(&[]);
    let token = access(&context, "repository:orders/api:pull,push");
    assert_eq!(
        granted(&token),
        json!([{"type": "repository", "name": "orders/api", "actions": ["pull"]}])
    );
    let reply = read(&context, "/v2/other/manifests/latest", &token);
    assert_eq!(code(&reply), (401, "UNAUTHORIZED".to_owned()));
    assert_eq!(read(&context, "/v2/_catalog", &token).status, 401);
    let entra = self::token(&context, RESOURCE, WORKLOAD, Audience::Registry);
    for wrong in [entra, refresh(&context)] {
        assert_eq!(
            read(&context, "/v2/orders/api/manifests/v1", &wrong).status,
            401
        );
    }
    context.clock.advance(Duration::from_secs(3601));
    let reply = read(&context, "/v2/orders/api/manifests/v1", &token);
    assert!(header(&reply, "www-authenticate").ends_with("error=\"invalid_token\""));
}

#[test]
fn a_refresh_token_ends_after_three_hours_and_an_access_token_is_none() {
    let context = context(&[]);
    let refresh = refresh(&context);
    let access = access(&context, "repository:orders/api:pull");
    let status = |token: &str| {
        let pairs = [
            ("grant_type", "refresh_token"),
            ("service", LOGIN),
            ("scope", "repository:orders/api:pull"),
            ("refresh_token", token),
        ];
        post(&context, "/oauth2/token", &pairs)
            .reply()
            .status
            .as_u16()
    };
    assert_eq!((status(&refresh), status(&access)), (200, 401));
    context.clock.advance(Duration::from_secs(3 * 3600 + 1));
    assert_eq!(status(&refresh), 401);
}

#[test]
fn docker_logs_in_with_basic_authentication() {
    let context = context(&[]);
    let refresh = refresh(&context);
    let ask = |user: &str| {
        let login = STANDARD.encode(format!("{user}:{refresh}"));
        let url = format!("{LOGIN}/oauth2/token?service={LOGIN}&scope=repository:orders/api:pull");
        get(&context, &url)
            .with("authorization", &format!("Basic {login}"))
            .by(DOOR)
            .reply()
    };
    let reply = ask("00000000-0000-0000-0000-000000000000");
    let token = body(&reply)["access_token"].as_str().unwrap().to_owned();
    assert_eq!(
        read(&context, "/v2/orders/api/manifests/v2", &token).status,
        200
    );
    assert_eq!(ask("admin").status, 401);
}

#[test]
fn the_admin_user_may_everything_where_it_is_enabled() {
    let context = context(&[(
        OPEN.0,
        "{publicNetworkAccess: Disabled, adminUserEnabled: true}",
    )]);
    let login = |context: &Context| {
        let state = context.state();
        let registry = state
            .resource(crate::services::apps_world::REGISTRY)
            .unwrap();
        crate::services::arm::container_registry::admin::login(registry)
    };
    let (user, [first, second]) = login(&context).unwrap();
    let ask = |context: &Context, path: &str, user: &str, password: &str| {
        let login = STANDARD.encode(format!("{user}:{password}"));
        let ask = get(context, &format!("{LOGIN}{path}"));
        ask.with("authorization", &format!("Basic {login}"))
            .by(DOOR)
            .reply()
    };
    let path = format!("/oauth2/token?service={LOGIN}&scope=repository:orders/api:pull,push");
    for password in [&first, &second] {
        let token = body(&ask(&context, &path, &user, password))["access_token"].clone();
        let token = token.as_str().unwrap();
        assert_eq!(granted(token)[0]["actions"], json!(["pull", "push"]));
    }
    assert_eq!(ask(&context, "/acr/v1/_catalog", &user, &first).status, 200);
    assert_eq!(ask(&context, "/v2/", &user, &first).status, 200);
    for (user, password) in [(&*user, "wrong"), ("other", &*first), (&*user, "")] {
        for path in [&*path, "/acr/v1/_catalog", "/v2/"] {
            assert_eq!(ask(&context, path, user, password).status, 401, "{path}");
        }
    }
    let plain = crate::services::apps_world::context(&[]);
    assert!(login(&plain).is_none());
    assert_eq!(ask(&plain, "/v2/", &user, &first).status, 401);
}

#[test]
fn with_repository_permissions_acr_pull_is_nothing_and_conditions_choose() {
    const ABAC: (&str, &str) = (
        "{publicNetworkAccess: Disabled}",
        "{publicNetworkAccess: Disabled, roleAssignmentMode: AbacRepositoryPermissions}",
    );
    let legacy_role = context(&[ABAC]);
    let entra = token(&legacy_role, RESOURCE, WORKLOAD, Audience::Registry);
    assert_eq!(exchange(&legacy_role, &entra).reply().status, 401);

    let content = "Microsoft.ContainerRegistry/registries/repositories/content/read";
    let name = "@Request[Microsoft.ContainerRegistry/registries/repositories:name]";
    let condition = format!(
        "condition: \"((!(ActionMatches{{'{content}'}})) OR ({name} StringStartsWithIgnoreCase 'orders/'))\", conditionVersion: '2.0', principalId: 05000000-0000-4000-8000-000000000003"
    );
    let reader = (
        "7f951dda-4ed3-4680-a7ca-43fe172d538d, principalId: 05000000-0000-4000-8000-000000000003",
        &*format!("b93aa761-3e63-49ed-ac28-beffa264f7ac, {condition}"),
    );
    let context = context(&[ABAC, reader]);
    let own = access(&context, "repository:orders/api:pull");
    assert_eq!(
        read(&context, "/v2/orders/api/manifests/v1", &own).status,
        200
    );
    let other = access(&context, "repository:other:pull");
    assert_eq!(granted(&other), json!([]));
    assert_eq!(
        read(&context, "/v2/other/manifests/latest", &other).status,
        401
    );
    assert_eq!(granted(&access(&context, "registry:catalog:*")), json!([]));
}

#[test]
fn anonymous_pull_is_the_owners_to_allow() {
    let ask = |context: &Context| {
        let url = format!("{LOGIN}/oauth2/token?service={LOGIN}&scope=repository:other:pull,push");
        get(context, &url).by(DOOR).reply()
    };
    assert_eq!(ask(&context(&[])).status, 401);
    let open = context(&[(
        OPEN.0,
        "{publicNetworkAccess: Disabled, anonymousPullEnabled: true}",
    )]);
    let token = body(&ask(&open))["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(granted(&token)[0]["actions"], json!(["pull"]));
    assert_eq!(
        read(&open, "/v2/other/manifests/latest", &token).status,
        200
    );
}
