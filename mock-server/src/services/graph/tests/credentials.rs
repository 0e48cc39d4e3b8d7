//! Federated credentials, secrets and certificates.

use super::*;

const CREDENTIALS: &str =
    "applications/0c000000-0000-4000-8000-000000000001/federatedIdentityCredentials";

fn writer() -> Context {
    permitted(&["Application.ReadWrite.All"])
}

fn credential(name: &str, subject: &str) -> Value {
    json!({"name": name, "issuer": "https://token.example/", "subject": subject, "audiences": ["api://AzureADTokenExchange"]})
}

#[test]
fn a_credential_is_made_found_changed_and_deleted() {
    let context = writer();
    let (status, made) = post(&context, CREDENTIALS, &credential("second-one", "S"));
    assert_eq!((status, &made["subject"]), (201, &json!("S")), "{made}");
    let by_id = format!("{CREDENTIALS}/{}", made["id"].as_str().unwrap());
    let by_name = format!("{CREDENTIALS}/SECOND-one");
    for path in [&by_id, &by_name] {
        assert_eq!(home(&context, path).1["name"], "second-one");
    }
    assert_eq!(
        patch(
            &context,
            &by_name,
            &json!({"subject": "T", "description": "d"})
        )
        .0,
        204
    );
    assert_eq!(home(&context, &by_id).1["subject"], "T");
    assert_eq!(
        patch(&context, &by_id, &json!({"name": "third-one"})).0,
        400,
        "immutable"
    );
    assert_eq!(
        patch(&context, &by_id, &json!({"name": "second-one"})).0,
        204,
        "the same"
    );
    let (_, body) = home(
        &context,
        &format!("{CREDENTIALS}?$filter=subject%20eq%20'T'"),
    );
    assert_eq!(body["value"].as_array().map(Vec::len), Some(1));
    assert_eq!(delete(&context, &by_name).0, 204);
    assert_eq!(home(&context, &by_id).0, 404);
    let wrong = credential("wrong-values", "anybody");
    assert_eq!(
        post(&context, CREDENTIALS, &wrong).0,
        201,
        "accepted silently"
    );
}

#[test]
fn limits_of_credentials_are_those_of_graph() {
    let context = writer();
    let change = |name: &str, value: Value| {
        let mut body = credential("another-one", "S");
        body[name] = value;
        body
    };
    for body in [
        change("name", json!("ab")),
        change("name", json!("a".repeat(121))),
        change("name", json!("a b c")),
        change("issuer", json!("i".repeat(601))),
        change("subject", json!("s".repeat(601))),
        change("subject", json!("")),
        change("subject", Value::Null),
        change("audiences", json!([])),
        change("audiences", json!(["a", "b"])),
        change("audiences", json!("a")),
        change("id", json!("x")),
        change("other", json!("x")),
        json!({"name": "another-one"}),
    ] {
        let answer = post(&context, CREDENTIALS, &body);
        assert_eq!(code(&answer), (400, "Request_BadRequest"), "{body}");
    }
    let name = post(&context, CREDENTIALS, &credential("Orders-identity", "S"));
    assert_eq!(
        code(&name),
        (409, "Request_MultipleObjectsWithSameKeyValue")
    );
    assert_eq!(
        post(&context, CREDENTIALS, &credential("number-2", "S")).0,
        201
    );
    let pair = post(&context, CREDENTIALS, &credential("number-x", "S"));
    assert_eq!(
        code(&pair),
        (400, "InvalidFederatedIdentityCredentialValue")
    );
    for number in 3..=20 {
        let body = credential(&format!("number-{number}"), &number.to_string());
        assert_eq!(post(&context, CREDENTIALS, &body).0, 201, "{number}");
    }
    let more = post(&context, CREDENTIALS, &credential("number-21", "21"));
    assert_eq!(code(&more).0, 400, "20 and no more");
}

#[test]
fn a_credential_by_name_is_made_when_it_is_missing() {
    let context = writer();
    let url = format!("graph.microsoft.com/v1.0/{CREDENTIALS}(name='by-name')");
    let body = json!({"issuer": "https://i", "subject": "s", "audiences": ["a"]});
    let upsert = |prefer: &str| {
        ask(&context, Method::PATCH, &url)
            .with("prefer", prefer)
            .body(&body)
            .bearing(HOME, HOME_AUDITOR, Audience::Graph)
            .json()
            .0
    };
    assert_eq!(
        (upsert("x"), upsert("create-if-missing"), upsert("x")),
        (404, 201, 204)
    );
}

#[test]
fn a_secret_is_shown_once() {
    let context = writer();
    let path = format!("applications(appId='{APP}')");
    let body = json!({"passwordCredential": {"displayName": "s"}});
    let (status, made) = post(&context, &format!("{path}/addPassword"), &body);
    let secret = made["secretText"].as_str().unwrap();
    assert_eq!(
        (status, secret.len(), &made["displayName"]),
        (200, 40, &json!("s"))
    );
    let (_, seen) = home(&context, &path);
    let seen = &seen["passwordCredentials"][0];
    assert_eq!(seen["hint"], secret[..3]);
    assert!(!seen.to_string().contains(secret));
    let remove = |id: &Value| {
        post(
            &context,
            &format!("{path}/removePassword"),
            &json!({"keyId": id}),
        )
        .0
    };
    assert_eq!((remove(&made["keyId"]), remove(&made["keyId"])), (204, 400));
    for wrong in [
        json!({"passwordCredential": {"endDateTime": "tomorrow"}}),
        json!({"passwordCredential": {"endDateTime": "2000-01-01T00:00:00Z"}}),
        json!({"passwordCredential": 1}),
        json!({"passwordCredential": {"nonsense": 1}}),
    ] {
        assert_eq!(
            post(&context, &format!("{path}/addPassword"), &wrong).0,
            400,
            "{wrong}"
        );
    }
    post(&context, &format!("{path}/addPassword"), &json!({}));
    assert_eq!(
        patch(&context, &path, &json!({"passwordCredentials": []})).0,
        204
    );
    assert_eq!(home(&context, &path).1["passwordCredentials"], json!([]));
}

#[test]
fn a_certificate_is_written_kept_and_shown_to_whoever_selects_it() {
    use base64::Engine as _;
    let context = writer();
    let path = format!("applications/{APP_OBJECT}");
    let key = base64::engine::general_purpose::STANDARD.encode(context.signer.certificate());
    let keys = json!({"keyCredentials": [{"type": "AsymmetricX509Cert", "usage": "Verify", "displayName": "c", "key": key}]});
    let (status, answer) = patch(&context, &path, &keys);
    assert_eq!(status, 204, "{answer}");
    let (_, body) = home(&context, &path);
    let seen = &body["keyCredentials"][0];
    assert_eq!(seen["key"], Value::Null);
    assert_eq!(seen["customKeyIdentifier"].as_str().map(str::len), Some(40));
    let again = json!({"keyCredentials": [{"keyId": seen["keyId"], "type": "AsymmetricX509Cert", "usage": "Verify"}]});
    assert_eq!(patch(&context, &path, &again).0, 204);
    let (_, body) = home(&context, &format!("{path}?$select=keyCredentials"));
    assert_eq!(body["keyCredentials"][0]["key"], json!(key));
    for (name, value) in [
        ("type", "Symmetric"),
        ("usage", "Sign"),
        ("endDateTime", "9999-01-01T00:00:00Z"),
    ] {
        let mut wrong = keys.clone();
        wrong["keyCredentials"][0][name] = json!(value);
        assert_eq!(patch(&context, &path, &wrong).0, 400, "{name}");
    }
}
