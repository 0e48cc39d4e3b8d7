//! Secrets, certificates and consent, without sockets. The exchange by federation is in `tests/mock/exchange.rs`.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::Method;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair};
use serde_json::{Value, json};

use crate::context::Context;
use crate::request::Reply;
use crate::services::testing::{HOME, RESOURCE, ask, changed, example, get, header};
use crate::tokens::Certificate;
use crate::world::{KeyCredential, PasswordCredential};

const APP: &str = "cccccccc-cccc-cccc-cccc-cccccccccccc";
const SECRET: &str = "the secret & of=the application";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn certificate() -> Vec<u8> {
    crate::tokens::Signer::new().unwrap().certificate().to_vec()
}

/// The example world, whose application has a secret, an expired one, and a certificate.
fn world() -> Context {
    let password = |secret: &str, end: Option<&str>| PasswordCredential {
        key_id: None,
        display_name: None,
        secret_text: secret.to_owned(),
        end_date_time: end.map(str::to_owned),
    };
    changed(|world| {
        let application = &mut world.tenants.get_mut("home").unwrap().applications[0];
        application.password_credentials = vec![
            password(SECRET, None),
            password("old", Some("2020-01-01T00:00:00Z")),
        ];
        application.key_credentials = vec![KeyCredential {
            key_id: None,
            display_name: None,
            key: STANDARD.encode(certificate()),
        }];
    })
}

fn encoded(form: &[(&str, &str)]) -> Bytes {
    let encode = crate::services::arm::page::encode;
    let pairs: Vec<String> = form
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    Bytes::from(pairs.join("&"))
}

fn post(context: &Context, path: &str, form: &[(&str, &str)], basic: Option<&str>) -> (u16, Value) {
    let url = format!("login.microsoftonline.com/{path}");
    let mut request = ask(context, Method::POST, &url)
        .with("content-type", "application/x-www-form-urlencoded")
        .bytes(encoded(form));
    if let Some(basic) = basic {
        request = request.with(
            "authorization",
            &format!("Basic {}", STANDARD.encode(basic)),
        );
    }
    request.json()
}

fn form<'f>(proof: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("scope", "https://vault.azure.net/.default"),
        ("client_info", "1"),
        ("claims", "{}"),
    ];
    form.extend(proof);
    form
}

fn v2(context: &Context, proof: &[(&str, &str)]) -> (u16, Value) {
    post(
        context,
        &format!("{RESOURCE}/oauth2/v2.0/token"),
        &form(proof),
        None,
    )
}

fn code(body: &Value) -> u64 {
    body["error_codes"][0].as_u64().unwrap_or_default()
}

fn claims(body: &Value) -> Value {
    let token = body["access_token"].as_str().unwrap();
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap());
    serde_json::from_slice(&payload.unwrap()).unwrap()
}

// -- secrets -----------------------------------------------------------------------------------------------------------

#[test]
fn a_secret_proves_the_client_in_the_form_and_in_the_header() {
    let context = world();
    let (status, body) = v2(&context, &[("client_id", APP), ("client_secret", SECRET)]);
    assert_eq!(status, 200, "{body}");
    assert_eq!(claims(&body)["appidacr"], "1");
    let basic = format!("{APP}:the+secret+%26+of%3Dthe+application");
    let path = "fabrikam.onmicrosoft.com/oauth2/v2.0/token";
    let (status, body) = post(&context, path, &form(&[]), Some(&basic));
    assert_eq!(status, 200, "{body}");
    let v1 = [
        ("grant_type", "client_credentials"),
        ("resource", "https://management.azure.com/"),
        ("client_id", APP),
        ("client_secret", SECRET),
    ];
    let (status, body) = post(&context, &format!("{HOME}/oauth2/token"), &v1, None);
    assert_eq!((status, &body["expires_in"]), (200, &json!("3599")));
    assert_eq!(claims(&body)["aud"], "https://management.azure.com/");
}

#[test]
fn wrong_proofs_are_refused_with_their_own_code() {
    let context = world();
    let bearer = ("client_assertion_type", JWT_BEARER);
    for (proof, wanted) in [
        (
            vec![("client_id", APP), ("client_secret", "wrong")],
            7_000_215,
        ),
        (
            vec![("client_id", APP), ("client_secret", "old")],
            7_000_222,
        ),
        (vec![("client_id", APP)], 7_000_218),
        (vec![("client_secret", SECRET)], 900_144),
        (
            vec![
                ("client_id", APP),
                ("client_secret", SECRET),
                ("client_assertion", "x.y.z"),
                bearer,
            ],
            9_002_313,
        ),
        (
            vec![("client_id", APP), ("client_assertion", "x.y.z"), bearer],
            50_027,
        ),
        (
            vec![
                ("client_id", APP),
                ("client_assertion", "x"),
                ("client_assertion_type", "x"),
            ],
            9_002_313,
        ),
    ] {
        let (status, body) = v2(&context, &proof);
        assert_eq!(code(&body), wanted, "{proof:?}: {body}");
        assert!(status == 400 || status == 401);
    }
    let path = format!("{RESOURCE}/oauth2/v2.0/token");
    for basic in ["nothing", "other:secret", ":x", "%:x"] {
        let (status, _) = post(&context, &path, &form(&[("client_id", APP)]), Some(basic));
        assert_eq!(status, 400, "{basic}");
    }
    let (_, body) = v2(&example(), &[("client_id", APP), ("client_secret", SECRET)]);
    assert_eq!(code(&body), 7_000_215, "an application without secrets");
}

#[test]
fn a_secret_of_graph_works_until_it_is_removed() {
    let context = changed(|world| {
        let home = world.tenants.get_mut("home").unwrap();
        home.service_principals[1].graph_permissions = vec!["Application.ReadWrite.All".to_owned()];
    });
    let graph = |path: &str, body: &Value| {
        let url = format!("graph.microsoft.com/v1.0/applications(appId='{APP}')/{path}");
        let auditor = crate::services::testing::HOME_AUDITOR;
        ask(&context, Method::POST, &url)
            .body(body)
            .bearing(HOME, auditor, crate::auth::Audience::Graph)
            .json()
    };
    let (_, made) = graph("addPassword", &json!({}));
    let secret = made["secretText"].as_str().unwrap().to_owned();
    let proof = [("client_id", APP), ("client_secret", secret.as_str())];
    assert_eq!(v2(&context, &proof).0, 200);
    assert_eq!(
        graph("removePassword", &json!({"keyId": made["keyId"]})).0,
        204
    );
    assert_eq!(code(&v2(&context, &proof).1), 7_000_215);
}

// -- certificates ------------------------------------------------------------------------------------------------------

/// A client assertion, signed by the key of the certificate.
fn assertion(header: &Value, claims: &Value) -> String {
    let key = RsaKeyPair::from_pkcs8(include_bytes!("../../tokens/test-key.pkcs8.der")).unwrap();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let mut signature = vec![0; key.public().modulus_len()];
    let random = SystemRandom::new();
    let bytes = signed.as_bytes();
    match header["alg"].as_str() {
        Some("PS256") => key.sign(&RSA_PSS_SHA256, &random, bytes, &mut signature),
        _ => key.sign(&RSA_PKCS1_SHA256, &random, bytes, &mut signature),
    }
    .unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn headers() -> Value {
    let certificate = Certificate::of_der(&certificate()).unwrap();
    json!({"alg": "PS256", "typ": "JWT", "x5t#S256": certificate.x5t_s256()})
}

fn client_claims(context: &Context) -> Value {
    let now = context.clock.epoch_seconds();
    let audience = format!("https://login.microsoftonline.com/{RESOURCE}/oauth2/v2.0/token");
    json!({"aud": audience, "iss": APP, "sub": APP, "jti": "1", "nbf": now, "iat": now, "exp": now + 600})
}

fn by_certificate(context: &Context, header: &Value, claims: &Value) -> (u16, Value) {
    let assertion = assertion(header, claims);
    v2(
        context,
        &[
            ("client_id", APP),
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", &assertion),
        ],
    )
}

#[test]
fn a_certificate_proves_the_client_by_every_thumbprint() {
    let context = world();
    let certificate = Certificate::of_der(&certificate()).unwrap();
    for header in [
        headers(),
        json!({"alg": "RS256", "x5t": certificate.x5t()}),
        json!({"alg": "RS256", "kid": certificate.thumbprint()}),
    ] {
        let (status, body) = by_certificate(&context, &header, &client_claims(&context));
        assert_eq!(status, 200, "{header}: {body}");
        assert_eq!(claims(&body)["appidacr"], "2");
    }
    let mut fractions = client_claims(&context);
    for claim in ["nbf", "exp"] {
        fractions[claim] = json!(fractions[claim].as_f64().unwrap() + 0.5);
    }
    assert_eq!(by_certificate(&context, &headers(), &fractions).0, 200);
    let mut by_domain = client_claims(&context);
    by_domain["aud"] =
        json!("https://login.microsoftonline.com/fabrikam.onmicrosoft.com/oauth2/token");
    assert_eq!(by_certificate(&context, &headers(), &by_domain).0, 200);
}

#[test]
fn rules_of_client_assertions_each_have_their_code() {
    let context = world();
    let now = context.clock.epoch_seconds();
    for (claim, value, wanted) in [
        ("iss", json!(HOME), 700_021),
        ("sub", json!("x"), 700_021),
        (
            "aud",
            json!("https://login.microsoftonline.com/common/oauth2/v2.0/token"),
            700_023,
        ),
        (
            "aud",
            json!(format!(
                "https://login.microsoftonline.com/{HOME}/oauth2/v2.0/token"
            )),
            700_023,
        ),
        ("aud", json!("api://AzureADTokenExchange"), 700_023),
        ("exp", json!(now - 3600), 700_024),
        ("exp", Value::Null, 700_024),
        ("nbf", json!(now + 3600), 700_024),
        (
            "iss",
            json!("https://token.actions.githubusercontent.com"),
            700_211,
        ),
        (
            "iss",
            json!(format!("https://sts.windows.net/{HOME}/")),
            700_027,
        ),
    ] {
        let mut claims = client_claims(&context);
        claims[claim] = value;
        let (_, body) = by_certificate(&context, &headers(), &claims);
        assert_eq!(code(&body), wanted, "{claim}: {body}");
    }
    for header in [
        json!({"alg": "RS256"}),
        json!({"alg": "RS256", "x5t": "AAAA"}),
        json!({"alg": "none", "x5t#S256": headers()["x5t#S256"]}),
        json!({"alg": "HS256", "x5t#S256": headers()["x5t#S256"]}),
    ] {
        let (_, body) = by_certificate(&context, &header, &client_claims(&context));
        assert_eq!(code(&body), 700_027, "{header}");
    }
    let (_, body) = by_certificate(&example(), &headers(), &client_claims(&context));
    assert_eq!(code(&body), 700_027, "not registered");
}

#[test]
fn an_outside_issuer_that_is_trusted_is_said_to_be_not_built() {
    let context = changed(|world| {
        let application = &mut world.tenants.get_mut("home").unwrap().applications[0];
        application.federated_identity_credentials[0].issuer = "https://outside.example".to_owned();
        application.federated_identity_credentials[0].subject = "s".to_owned();
    });
    let mut claims = client_claims(&context);
    claims["iss"] = json!("https://outside.example");
    let (_, body) = by_certificate(&context, &headers(), &claims);
    assert_eq!(code(&body), 700_213);
    claims["sub"] = json!("s");
    assert_eq!(by_certificate(&context, &headers(), &claims).0, 501);
}

#[test]
fn an_application_may_want_tokens_of_the_second_form() {
    let context = world();
    let mut state = context.state_mut();
    let object = state.application(HOME, APP).unwrap().id.clone();
    state
        .directory
        .change_application(HOME, &object, |it, details| {
            it.identifier_uris = vec!["api://orders".to_owned()];
            let api = json!({"requestedAccessTokenVersion": 2});
            details.properties.insert("api".to_owned(), api);
        });
    drop(state);
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", "api://orders/.default"),
        ("client_id", APP),
        ("client_secret", SECRET),
    ];
    let (_, body) = post(
        &context,
        &format!("{RESOURCE}/oauth2/v2.0/token"),
        &form,
        None,
    );
    let claims = claims(&body);
    assert_eq!(
        (&claims["aud"], &claims["ver"], &claims["azpacr"]),
        (&json!(APP), &json!("2.0"), &json!("1"))
    );
}

// -- discovery ---------------------------------------------------------------------------------------------------------

#[test]
fn keys_carry_their_certificate_and_the_first_form_no_issuer() {
    let context = example();
    let key = |path: &str| {
        let url = format!("login.microsoftonline.com/{path}");
        get(&context, &url).ok()["keys"][0].clone()
    };
    let (v1, v2) = (
        key("common/discovery/keys"),
        key(&format!("{HOME}/discovery/v2.0/keys")),
    );
    assert!(v1.get("issuer").is_none() && v2["issuer"].is_string());
    let der = STANDARD.decode(v1["x5c"][0].as_str().unwrap()).unwrap();
    assert_eq!(
        Certificate::of_der(&der).unwrap().x5t(),
        v1["x5t"].as_str().unwrap()
    );
    let url = "login.microsoftonline.com/consumers/v2.0/.well-known/openid-configuration";
    let issuer = get(&context, url).ok()["issuer"].clone();
    assert_eq!(
        issuer,
        "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"
    );
    let url = "login.microsoftonline.com/contoso.onmicrosoft.com/.well-known/openid-configuration";
    assert_eq!(
        get(&context, url).ok()["issuer"],
        format!("https://sts.windows.net/{HOME}/")
    );
}

// -- consent -----------------------------------------------------------------------------------------------------------

const THIRD: &str = "0a000000-0000-4000-8000-00000000000c";

/// The example world with an application of the home tenant that is nowhere else.
fn with_application(redirect: Option<&str>, audience: &str, roles: bool) -> Context {
    changed(|world| {
        let home = world.tenants.get_mut("home").unwrap();
        let mut application = home.applications[0].clone();
        application.id = "0c000000-0000-4000-8000-00000000000c".to_owned();
        application.app_id = THIRD.to_owned();
        application.display_name = "third".to_owned();
        application.sign_in_audience = audience.to_owned();
        application.web = redirect.map(|it| json!({"redirectUris": [it]}));
        if roles {
            let access = json!({"id": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30", "type": "Role"});
            application.required_resource_access = vec![
                json!({"resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": [access]}),
            ];
        }
        home.applications.push(application);
    })
}

fn visit(context: &Context, path: &str, query: &str) -> Reply {
    let url = format!("login.microsoftonline.com/{path}?client_id={THIRD}{query}");
    get(context, &url).reply()
}

fn shows(reply: &Reply, wanted: u32) -> bool {
    let page = String::from_utf8(reply.body.to_vec()).unwrap();
    reply.status == 200 && page.contains(&format!("AADSTS{wanted}:"))
}

fn is_there(context: &Context) -> bool {
    context.state().service_principal(RESOURCE, THIRD).is_some()
}

const MULTI: &str = "AzureADMultipleOrgs";

#[test]
fn without_an_address_for_the_reply_the_visit_fails_and_the_principal_is_there() {
    for (path, rest) in [
        (
            format!("{RESOURCE}/oauth2/authorize"),
            "&response_type=code",
        ),
        (
            "fabrikam.onmicrosoft.com/oauth2/v2.0/authorize".to_owned(),
            "&response_type=code&scope=openid",
        ),
    ] {
        let context = with_application(None, MULTI, false);
        let reply = visit(&context, &path, rest);
        assert!(shows(&reply, 500_113), "{reply:?}");
        assert!(header(&reply, "content-type").starts_with("text/html"));
        assert!(is_there(&context));
        assert!(shows(&visit(&context, &path, rest), 500_113), "once more");
    }
}

#[test]
fn an_address_for_the_reply_gets_one() {
    let context = with_application(Some("https://app.example/back"), MULTI, false);
    let path = format!("{RESOURCE}/oauth2/authorize");
    let reply = visit(&context, &path, "&response_type=code&state=a%20b");
    let place = header(&reply, "location");
    assert!(
        reply.status == 302 && place.starts_with("https://app.example/back?code="),
        "{place}"
    );
    assert!(place.ends_with("&state=a%20b"));
    let context = with_application(Some("https://app.example/back"), MULTI, false);
    let other = "&response_type=code&redirect_uri=https://evil.example";
    assert!(shows(&visit(&context, &path, other), 50_011));
    assert!(!is_there(&context), "refused before anything happened");
}

#[test]
fn consent_is_refused_to_whom_it_is_not_given() {
    let context = with_application(None, MULTI, false);
    let path = format!("{RESOURCE}/oauth2/authorize");
    for (rest, wanted) in [
        ("", 900_144),
        ("&response_type=id_token", 700_054),
        ("&response_type=code&login_hint=nobody", 50_034),
        ("&response_type=code&login_hint=home-auditor", 50_020),
        ("&response_type=code&prompt=none", 65_001),
    ] {
        assert!(shows(&visit(&context, &path, rest), wanted), "{rest}");
    }
    assert!(shows(
        &visit(
            &context,
            "nobody.example/oauth2/authorize",
            "&response_type=code"
        ),
        90_002
    ));
    assert!(
        shows(
            &visit(&context, &format!("{RESOURCE}/adminconsent"), ""),
            90_094
        ),
        "no administrator"
    );
    assert!(!is_there(&context));
    let single = with_application(None, "AzureADMyOrg", false);
    assert!(shows(
        &visit(&single, &path, "&response_type=code"),
        700_016
    ));
    let wants_rights = with_application(None, MULTI, true);
    assert!(shows(
        &visit(&wants_rights, &path, "&response_type=code"),
        90_094
    ));
    assert!(!is_there(&single) && !is_there(&wants_rights));
}

#[test]
fn where_nobody_is_nobody_consents() {
    let context = with_application(None, MULTI, false);
    let mut state = context.state_mut();
    state.principals.retain(|_, it| it.tenant != RESOURCE);
    drop(state);
    let reply = visit(
        &context,
        &format!("{RESOURCE}/oauth2/authorize"),
        "&response_type=code",
    );
    assert!(reply.status == 200 && !String::from_utf8_lossy(&reply.body).contains("AADSTS"));
    let reply = visit(
        &context,
        "organizations/oauth2/authorize",
        "&response_type=code",
    );
    assert!(!String::from_utf8_lossy(&reply.body).contains("AADSTS"));
    assert!(!is_there(&context));
}

#[test]
fn an_administrator_consents_for_all_and_grants_what_is_listed() {
    let context = with_application(Some("https://app.example/back"), MULTI, true);
    let mut state = context.state_mut();
    let auditor = crate::services::testing::RESOURCE_AUDITOR;
    state
        .directory
        .change_service_principal(RESOURCE, auditor, |it, _| {
            it.graph_permissions = vec!["Application.ReadWrite.All".to_owned()];
        });
    drop(state);
    let hint = "&login_hint=resource-auditor@fabrikam.onmicrosoft.com&state=s";
    let reply = visit(&context, "common/adminconsent", hint);
    let wanted = format!("https://app.example/back?admin_consent=True&tenant={RESOURCE}&state=s");
    assert_eq!(header(&reply, "location"), wanted);
    let state = context.state();
    let principal = state.service_principal(RESOURCE, THIRD).unwrap();
    assert_eq!(principal.graph_permissions, ["Application.Read.All"]);
}
